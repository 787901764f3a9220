//! Addresses within a burst.

use rust_hdl::prelude::*;

/// Where the beat after the one at `addr` is (IHI 0022E A3.4.1), for beats of up to 32 bits and bursts of up to 16.
/// Combinational.
#[derive(LogicBlock, Default)]
pub struct Step {
    /// Low bits of the address of a beat.
    pub addr: Signal<In, Bits<12>>,
    /// AxLEN.
    pub len: Signal<In, Bits<4>>,
    /// AxSIZE.
    pub size: Signal<In, Bits<3>>,
    /// AxBURST.
    pub burst: Signal<In, Bits<2>>,
    /// Low bits of the address of the next.
    pub after: Signal<Out, Bits<12>>,
    following: Signal<Local, Bits<12>>,
    span: Signal<Local, Bits<12>>,
}

impl Logic for Step {
    #[hdl_gen]
    fn update(&mut self) {
        // After the beat; and the bytes of a wrapping burst, less one.
        match self.size.val().index() {
            0 => {
                self.following.next = self.addr.val() + 1;
                self.span.next = bit_cast::<12, 4>(self.len.val());
            }
            1 => {
                self.following.next = (self.addr.val() & 0xFFE) + 2;
                self.span.next = (bit_cast::<12, 4>(self.len.val()) << 1) | 1;
            }
            _ => {
                self.following.next = (self.addr.val() & 0xFFC) + 4;
                self.span.next = (bit_cast::<12, 4>(self.len.val()) << 2) | 3;
            }
        }
        match self.burst.val().index() {
            0 => {
                self.after.next = self.addr.val();
            }
            2 => {
                self.after.next =
                    (self.addr.val() & !self.span.val()) | (self.following.val() & self.span.val());
            }
            _ => {
                self.after.next = self.following.val();
            }
        }
    }
}
