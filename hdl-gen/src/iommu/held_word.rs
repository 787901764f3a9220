//! A register whose address is decoded elsewhere.

use rust_hdl::prelude::*;
use vcm_regs::{Access, RegisterInfo};

use crate::prim::Reg;

/// Its RW fields hold what was written, its W1C fields are set by the hardware and cleared by writing 1.
/// Other fields read as their reset value. When a W1C bit is set and cleared in the same cycle, the set
/// wins, so that no event is lost.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct HeldWord {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// The address is this register's.
    pub mine: Signal<In, Bit>,
    /// Bytes that are written, if it is.
    pub write: Signal<In, Bits<4>>,
    pub data: Signal<In, Bits<32>>,
    /// Bits to set; only W1C fields heed it.
    pub set: Signal<In, Bits<32>>,
    pub q: Signal<Out, Bits<32>>,
    /// Value XOR reset value: what is held is 0 after reset.
    held: Reg<Bits<32>>,
    value: Signal<Local, Bits<32>>,
    written: Signal<Local, Bits<32>>,
    update: Signal<Local, Bits<32>>,
    writable: Constant<Bits<32>>,
    clearable: Constant<Bits<32>>,
    reset_value: Constant<Bits<32>>,
}

impl HeldWord {
    /// The register `info`.
    pub fn new(info: &RegisterInfo) -> Self {
        let word = |value: u32| Constant::new(u64::from(value).into());
        Self {
            clock: Default::default(),
            reset: Default::default(),
            mine: Default::default(),
            write: Default::default(),
            data: Default::default(),
            set: Default::default(),
            q: Default::default(),
            held: Default::default(),
            value: Default::default(),
            written: Default::default(),
            update: Default::default(),
            writable: word(info.mask(Access::ReadWrite)),
            clearable: word(info.mask(Access::WriteOneToClear)),
            reset_value: word(info.reset()),
        }
    }
}

impl Logic for HeldWord {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held);
        self.held.reset.next = self.reset.val();
        self.value.next = self.held.q.val() ^ self.reset_value.val();
        // All bits of a byte share their strobe: written so, synthesis finds a clock enable a byte.
        self.written.next =
            (self.value.val() & !self.writable.val() & !(self.data.val() & self.clearable.val()))
                | (self.data.val() & self.writable.val());
        self.update.next = self.value.val();
        if self.mine.val() & self.write.val().get_bit(0) {
            self.update.next =
                (self.update.val() & 0xFFFF_FF00_u64) | (self.written.val() & 0x0000_00FF);
        }
        if self.mine.val() & self.write.val().get_bit(1) {
            self.update.next =
                (self.update.val() & 0xFFFF_00FF_u64) | (self.written.val() & 0x0000_FF00);
        }
        if self.mine.val() & self.write.val().get_bit(2) {
            self.update.next =
                (self.update.val() & 0xFF00_FFFF_u64) | (self.written.val() & 0x00FF_0000);
        }
        if self.mine.val() & self.write.val().get_bit(3) {
            self.update.next =
                (self.update.val() & 0x00FF_FFFF) | (self.written.val() & 0xFF00_0000_u64);
        }
        self.held.d.next =
            (self.update.val() | (self.set.val() & self.clearable.val())) ^ self.reset_value.val();
        self.q.next = self.value.val();
    }
}
