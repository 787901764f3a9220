//! Is a burst legal? (AMBA AXI IHI 0022E, A3.4.1)

use rust_hdl::prelude::*;

use super::types::Burst;

/// Combinational check of a burst on the 64-bit bus.
///
/// Illegal are: AxSIZE over 8 bytes; AxBURST 3; a FIXED burst of more than 16 beats; a WRAP burst
/// whose length is not 2, 4, 8 or 16 beats or whose address is not aligned to a beat; an INCR burst
/// that crosses a 4 KiB boundary.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct BurstCheck {
    pub burst: Signal<In, Burst>,
    pub illegal: Signal<Out, Bit>,
    addr: Signal<Local, Bits<32>>,
    offset: Signal<Local, Bits<16>>,
    len: Signal<Local, Bits<8>>,
    size: Signal<Local, Bits<3>>,
    kind: Signal<Local, Bits<2>>,
    /// Offset in the page of the first beat, aligned down to the beat's size.
    first: Signal<Local, Bits<16>>,
    /// Offset in the page at which the last beat begins.
    last: Signal<Local, Bits<16>>,
    wrap_len: Signal<Local, Bit>,
}

impl Logic for BurstCheck {
    #[hdl_gen]
    fn update(&mut self) {
        self.addr.next = self.burst.val().addr;
        self.offset.next = bit_cast::<16, 12>(self.addr.val().get_bits::<12>(0));
        self.len.next = self.burst.val().len;
        self.size.next = self.burst.val().size;
        self.kind.next = self.burst.val().burst;
        self.first.next = (self.offset.val() >> self.size.val()) << self.size.val();
        self.last.next = self.first.val() + (bit_cast::<16, 8>(self.len.val()) << self.size.val());
        self.wrap_len.next = (self.len.val() == 1)
            | (self.len.val() == 3)
            | (self.len.val() == 7)
            | (self.len.val() == 15);
        self.illegal.next = (self.size.val() > 3) | (self.kind.val() == 3);
        if (self.kind.val() == 0) & (self.len.val() > 15) {
            self.illegal.next = true;
        }
        if (self.kind.val() == 1) & self.last.val().get_bits::<4>(12).any() {
            self.illegal.next = true;
        }
        if (self.kind.val() == 2) & (!self.wrap_len.val() | (self.first.val() != self.offset.val()))
        {
            self.illegal.next = true;
        }
    }
}
