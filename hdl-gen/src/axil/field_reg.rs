//! The registers behind [`AxilRegs`](super::AxilRegs), made from the register map.
//!
//! They all answer to the same wires: `wr_hit` and `rd_hit` say that the address is theirs, `rd_data`
//! is 0 unless it is, so that a parent ORs hits and data of all its registers.

use crate::prim::Reg;
use rust_hdl::prelude::*;
use vcm_regs::{Access, RegisterInfo};

/// A register that software writes: its RW fields hold what was written, its W1C fields are set by
/// the hardware and cleared by writing 1. Other fields read as their reset value.
///
/// Both kinds honour byte strobes. When a W1C bit is set and cleared in the same cycle, the set wins,
/// so that no event is lost.
#[derive(LogicBlock)]
pub struct CfgReg {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous, active high.
    pub reset: Signal<In, Bit>,
    /// Write pulse. `wr_hit` does not depend on it: a parent may gate it to lock the register.
    pub wr: Signal<In, Bit>,
    /// Byte address of the word written, bits 1:0 are 0.
    pub wr_addr: Signal<In, Bits<16>>,
    /// Data written.
    pub wr_data: Signal<In, Bits<32>>,
    /// Bits of the word that are written: whole bytes.
    pub wr_mask: Signal<In, Bits<32>>,
    /// Byte address of the word read, bits 1:0 are 0.
    pub rd_addr: Signal<In, Bits<16>>,
    /// Bits to set; only W1C fields heed it.
    pub set: Signal<In, Bits<32>>,
    /// The register's value.
    pub q: Signal<Out, Bits<32>>,
    /// `wr_addr` is this register.
    pub wr_hit: Signal<Out, Bit>,
    /// `rd_addr` is this register.
    pub rd_hit: Signal<Out, Bit>,
    /// `q` if `rd_addr` is this register, otherwise 0.
    pub rd_data: Signal<Out, Bits<32>>,
    /// Value XOR reset value: what is held is 0 after reset.
    held: Reg<Bits<32>>,
    value: Signal<Local, Bits<32>>,
    written: Signal<Local, Bits<32>>,
    update: Signal<Local, Bits<32>>,
    w_here: Signal<Local, Bit>,
    r_here: Signal<Local, Bit>,
    address: Constant<Bits<16>>,
    writable: Constant<Bits<32>>,
    clearable: Constant<Bits<32>>,
    reset_value: Constant<Bits<32>>,
}

impl CfgReg {
    /// The register `info` at byte `address` of the window.
    pub fn new(info: &RegisterInfo, address: u32) -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            wr: Default::default(),
            wr_addr: Default::default(),
            wr_data: Default::default(),
            wr_mask: Default::default(),
            rd_addr: Default::default(),
            set: Default::default(),
            q: Default::default(),
            wr_hit: Default::default(),
            rd_hit: Default::default(),
            rd_data: Default::default(),
            held: Default::default(),
            value: Default::default(),
            written: Default::default(),
            update: Default::default(),
            w_here: Default::default(),
            r_here: Default::default(),
            address: word(address),
            writable: word(info.mask(Access::ReadWrite)),
            clearable: word(info.mask(Access::WriteOneToClear)),
            reset_value: word(info.reset()),
        }
    }
}

impl Logic for CfgReg {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held);
        self.held.reset.next = self.reset.val();
        self.value.next = self.held.q.val() ^ self.reset_value.val();
        // In halves: many registers share the upper one.
        self.w_here.next = (self.wr_addr.val().get_bits::<8>(8)
            == self.address.val().get_bits::<8>(8))
            & (self.wr_addr.val().get_bits::<8>(0) == self.address.val().get_bits::<8>(0));
        self.r_here.next = (self.rd_addr.val().get_bits::<8>(8)
            == self.address.val().get_bits::<8>(8))
            & (self.rd_addr.val().get_bits::<8>(0) == self.address.val().get_bits::<8>(0));
        // All bits of a byte share their strobe: written so, synthesis finds a clock enable a byte.
        self.written.next = (self.value.val()
            & !self.writable.val()
            & !(self.wr_data.val() & self.clearable.val()))
            | (self.wr_data.val() & self.writable.val());
        self.update.next = self.value.val();
        if self.wr.val() & self.w_here.val() & self.wr_mask.val().get_bit(0) {
            self.update.next =
                (self.update.val() & 0xFFFF_FF00_u64) | (self.written.val() & 0x0000_00FF);
        }
        if self.wr.val() & self.w_here.val() & self.wr_mask.val().get_bit(8) {
            self.update.next =
                (self.update.val() & 0xFFFF_00FF_u64) | (self.written.val() & 0x0000_FF00);
        }
        if self.wr.val() & self.w_here.val() & self.wr_mask.val().get_bit(16) {
            self.update.next =
                (self.update.val() & 0xFF00_FFFF_u64) | (self.written.val() & 0x00FF_0000);
        }
        if self.wr.val() & self.w_here.val() & self.wr_mask.val().get_bit(24) {
            self.update.next =
                (self.update.val() & 0x00FF_FFFF) | (self.written.val() & 0xFF00_0000_u64);
        }
        self.held.d.next =
            (self.update.val() | (self.set.val() & self.clearable.val())) ^ self.reset_value.val();
        self.q.next = self.value.val();
        self.wr_hit.next = self.w_here.val();
        self.rd_hit.next = self.r_here.val();
        self.rd_data.next = 0.into();
        if self.r_here.val() {
            self.rd_data.next = self.value.val();
        }
    }
}

/// A register that software only reads. Writes to it are decoded and change nothing.
#[derive(LogicBlock)]
pub struct RoReg {
    /// Byte address of the word written, bits 1:0 are 0.
    pub wr_addr: Signal<In, Bits<16>>,
    /// Byte address of the word read, bits 1:0 are 0.
    pub rd_addr: Signal<In, Bits<16>>,
    /// What the register reads.
    pub value: Signal<In, Bits<32>>,
    /// `wr_addr` is this register.
    pub wr_hit: Signal<Out, Bit>,
    /// `rd_addr` is this register.
    pub rd_hit: Signal<Out, Bit>,
    /// `value` if `rd_addr` is this register, otherwise 0.
    pub rd_data: Signal<Out, Bits<32>>,
    r_here: Signal<Local, Bit>,
    address: Constant<Bits<16>>,
}

impl RoReg {
    /// A register at byte `address` of the window.
    pub fn new(address: u32) -> Self {
        Self {
            wr_addr: Default::default(),
            rd_addr: Default::default(),
            value: Default::default(),
            wr_hit: Default::default(),
            rd_hit: Default::default(),
            rd_data: Default::default(),
            r_here: Default::default(),
            address: word(address),
        }
    }
}

impl Logic for RoReg {
    #[hdl_gen]
    fn update(&mut self) {
        self.r_here.next = (self.rd_addr.val().get_bits::<8>(8)
            == self.address.val().get_bits::<8>(8))
            & (self.rd_addr.val().get_bits::<8>(0) == self.address.val().get_bits::<8>(0));
        self.wr_hit.next = (self.wr_addr.val().get_bits::<8>(8)
            == self.address.val().get_bits::<8>(8))
            & (self.wr_addr.val().get_bits::<8>(0) == self.address.val().get_bits::<8>(0));
        self.rd_hit.next = self.r_here.val();
        self.rd_data.next = 0.into();
        if self.r_here.val() {
            self.rd_data.next = self.value.val();
        }
    }
}

/// A register that is a command: writing it acts, reading it gives 0.
#[derive(LogicBlock)]
pub struct CmdReg {
    /// Write pulse.
    pub wr: Signal<In, Bit>,
    /// Byte address of the word written, bits 1:0 are 0.
    pub wr_addr: Signal<In, Bits<16>>,
    /// Data written.
    pub wr_data: Signal<In, Bits<32>>,
    /// Bits of the word that are written.
    pub wr_mask: Signal<In, Bits<32>>,
    /// Byte address of the word read, bits 1:0 are 0.
    pub rd_addr: Signal<In, Bits<16>>,
    /// The register is written in this cycle.
    pub go: Signal<Out, Bit>,
    /// What is written: the fields' bits in the bytes that the strobes name, otherwise 0.
    pub data: Signal<Out, Bits<32>>,
    /// `wr_addr` is this register.
    pub wr_hit: Signal<Out, Bit>,
    /// `rd_addr` is this register.
    pub rd_hit: Signal<Out, Bit>,
    w_here: Signal<Local, Bit>,
    address: Constant<Bits<16>>,
    commands: Constant<Bits<32>>,
}

impl CmdReg {
    /// The register `info` at byte `address` of the window.
    pub fn new(info: &RegisterInfo, address: u32) -> Self {
        Self {
            wr: Default::default(),
            wr_addr: Default::default(),
            wr_data: Default::default(),
            wr_mask: Default::default(),
            rd_addr: Default::default(),
            go: Default::default(),
            data: Default::default(),
            wr_hit: Default::default(),
            rd_hit: Default::default(),
            w_here: Default::default(),
            address: word(address),
            commands: word(info.mask(Access::WriteOnly)),
        }
    }
}

impl Logic for CmdReg {
    #[hdl_gen]
    fn update(&mut self) {
        self.w_here.next = (self.wr_addr.val().get_bits::<8>(8)
            == self.address.val().get_bits::<8>(8))
            & (self.wr_addr.val().get_bits::<8>(0) == self.address.val().get_bits::<8>(0));
        self.wr_hit.next = self.w_here.val();
        self.rd_hit.next = (self.rd_addr.val().get_bits::<8>(8)
            == self.address.val().get_bits::<8>(8))
            & (self.rd_addr.val().get_bits::<8>(0) == self.address.val().get_bits::<8>(0));
        self.go.next = self.wr.val() & self.w_here.val();
        self.data.next = 0.into();
        if self.wr.val() & self.w_here.val() {
            self.data.next = self.wr_data.val() & self.wr_mask.val() & self.commands.val();
        }
    }
}

fn word<const N: usize>(value: u32) -> Constant<Bits<N>> {
    Constant::new(u64::from(value).into())
}
