//! Is a burst legal? (AMBA AXI IHI 0022E, A3.4.1)

use rust_hdl::prelude::*;

use super::types::Burst;

/// Combinational check of a burst on the 64-bit bus, but for its page.
///
/// Illegal are: AxSIZE over 8 bytes; AxBURST 3; a FIXED burst of more than 16 beats; a WRAP burst
/// whose length is not 2, 4, 8 or 16 beats or whose address is not aligned to a beat.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct BurstCheck {
    pub burst: Signal<In, Burst>,
    pub illegal: Signal<Out, Bit>,
    addr: Signal<Local, Bits<32>>,
    /// Offset of the first beat in a piece of 8 bytes.
    low: Signal<Local, Bits<3>>,
    len: Signal<Local, Bits<8>>,
    size: Signal<Local, Bits<3>>,
    kind: Signal<Local, Bits<2>>,
    wrap_len: Signal<Local, Bit>,
    shift: Signal<Local, Bits<2>>,
    all: Signal<Local, Bits<3>>,
}

impl Logic for BurstCheck {
    #[hdl_gen]
    fn update(&mut self) {
        self.addr.next = self.burst.val().addr;
        self.all.next = 7.into();
        self.len.next = self.burst.val().len;
        self.size.next = self.burst.val().size;
        self.kind.next = self.burst.val().burst;
        // Sizes from 4 on are illegal anyway.
        self.shift.next = self.size.val().get_bits::<2>(0);
        self.low.next = self.addr.val().get_bits::<3>(0);
        self.wrap_len.next = (self.len.val() == 1)
            | (self.len.val() == 3)
            | (self.len.val() == 7)
            | (self.len.val() == 15);
        self.illegal.next = (self.size.val() > 3) | (self.kind.val() == 3);
        if (self.kind.val() == 0) & (self.len.val() > 15) {
            self.illegal.next = true;
        }
        if (self.kind.val() == 2)
            & (!self.wrap_len.val()
                | (self.low.val() & !(self.all.val() << self.shift.val())).any())
        {
            self.illegal.next = true;
        }
    }
}

/// Combinational: an INCR burst whose AxSIZE is legal crosses a 4 KiB boundary.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct PageCheck {
    pub burst: Signal<In, Burst>,
    pub crosses: Signal<Out, Bit>,
    addr: Signal<Local, Bits<32>>,
    offset: Signal<Local, Bits<13>>,
    len: Signal<Local, Bits<8>>,
    size: Signal<Local, Bits<3>>,
    /// Offset in the page at which the last beat begins, or up to a beat's size less one more if the
    /// first is not aligned: that makes no carry, as the distance is a multiple of the size.
    last: Signal<Local, Bits<13>>,
}

impl Logic for PageCheck {
    #[hdl_gen]
    fn update(&mut self) {
        self.addr.next = self.burst.val().addr;
        self.offset.next = bit_cast::<13, 12>(self.addr.val().get_bits::<12>(0));
        self.len.next = self.burst.val().len;
        self.size.next = self.burst.val().size;
        self.last.next = self.offset.val()
            + (bit_cast::<13, 8>(self.len.val()) << self.size.val().get_bits::<2>(0));
        self.crosses.next = (self.burst.val().burst == 1) & self.last.val().get_bit(12);
    }
}
