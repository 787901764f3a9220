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
    offset: Signal<Local, Bits<13>>,
    len: Signal<Local, Bits<8>>,
    size: Signal<Local, Bits<3>>,
    kind: Signal<Local, Bits<2>>,
    /// Offset in the page of the first beat, aligned down to the beat's size.
    first: Signal<Local, Bits<13>>,
    /// Offset in the page at which the last beat begins.
    last: Signal<Local, Bits<13>>,
    wrap_len: Signal<Local, Bit>,
    shift: Signal<Local, Bits<2>>,
    all: Signal<Local, Bits<13>>,
}

impl Logic for BurstCheck {
    #[hdl_gen]
    fn update(&mut self) {
        self.addr.next = self.burst.val().addr;
        self.all.next = 0x1FFF.into();
        self.offset.next = bit_cast::<13, 12>(self.addr.val().get_bits::<12>(0));
        self.len.next = self.burst.val().len;
        self.size.next = self.burst.val().size;
        self.kind.next = self.burst.val().burst;
        // Sizes from 4 on are illegal anyway.
        self.shift.next = self.size.val().get_bits::<2>(0);
        self.first.next = self.offset.val() & (self.all.val() << self.shift.val());
        self.last.next = self.first.val() + (bit_cast::<13, 8>(self.len.val()) << self.shift.val());
        self.wrap_len.next = (self.len.val() == 1)
            | (self.len.val() == 3)
            | (self.len.val() == 7)
            | (self.len.val() == 15);
        self.illegal.next = (self.size.val() > 3) | (self.kind.val() == 3);
        if (self.kind.val() == 0) & (self.len.val() > 15) {
            self.illegal.next = true;
        }
        if (self.kind.val() == 1) & self.last.val().get_bit(12) {
            self.illegal.next = true;
        }
        if (self.kind.val() == 2) & (!self.wrap_len.val() | (self.first.val() != self.offset.val()))
        {
            self.illegal.next = true;
        }
    }
}
