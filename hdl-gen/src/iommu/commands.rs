//! TLB commands: writes to the command registers become one command a cycle for TLBs, walker and
//! trackers.

use rust_hdl::prelude::*;
use vcm_regs::{context, global, RegisterInfo};

use super::config::*;
use super::context_bank::BankSelect;
use super::reg_bus::*;
use super::types::*;
use crate::words::unpack;

unpack! {
    /// TLBIVA.
    TlbivaFields of context::Tlbiva {
        asid: Bits<8> = ASID;
        vpn: Bits<20> = VA;
    }
}

/// Decodes the command registers: the two global ones, and those of all context banks at once.
/// They read as 0.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct Commands {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub request: Signal<In, RegRequest>,
    pub answer: Signal<Out, RegAnswer>,
    /// One cycle, the one after the write.
    pub command: Signal<Out, TlbCommand>,
    held: crate::prim::Reg<TlbCommand>,
    fields: TlbivaFields,
    wr: CommandAddress,
    rd: CommandAddress,
}

/// Which command register an address is.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct CommandAddress {
    pub addr: Signal<In, Bits<16>>,
    pub global_tlbiall: Signal<Out, Bit>,
    pub global_tlbsync: Signal<Out, Bit>,
    pub tlbiva: Signal<Out, Bit>,
    pub tlbivaa: Signal<Out, Bit>,
    pub tlbiasid: Signal<Out, Bit>,
    pub tlbiall: Signal<Out, Bit>,
    pub tlbsync: Signal<Out, Bit>,
    pub index: Signal<Out, Bits<CONTEXT_BITS>>,
    global_tlbiall_at: Constant<Bits<16>>,
    global_tlbsync_at: Constant<Bits<16>>,
    tlbiva_at: Constant<Bits<16>>,
    tlbivaa_at: Constant<Bits<16>>,
    tlbiasid_at: Constant<Bits<16>>,
    tlbiall_at: Constant<Bits<16>>,
    tlbsync_at: Constant<Bits<16>>,
    select: BankSelect,
    offset: Signal<Local, Bits<16>>,
    in_bank: Signal<Local, Bit>,
}

impl Default for CommandAddress {
    fn default() -> Self {
        let global = |info: &RegisterInfo| {
            Constant::new(u64::from(global::BLOCK.at(0) + info.offset).into())
        };
        let banked = |info: &RegisterInfo| Constant::new(u64::from(info.offset).into());
        Self {
            addr: Default::default(),
            global_tlbiall: Default::default(),
            global_tlbsync: Default::default(),
            tlbiva: Default::default(),
            tlbivaa: Default::default(),
            tlbiasid: Default::default(),
            tlbiall: Default::default(),
            tlbsync: Default::default(),
            index: Default::default(),
            global_tlbiall_at: global(&global::TLBIALL),
            global_tlbsync_at: global(&global::TLBSYNC),
            tlbiva_at: banked(&context::TLBIVA),
            tlbivaa_at: banked(&context::TLBIVAA),
            tlbiasid_at: banked(&context::TLBIASID),
            tlbiall_at: banked(&context::TLBIALL),
            tlbsync_at: banked(&context::TLBSYNC),
            select: Default::default(),
            offset: Default::default(),
            in_bank: Default::default(),
        }
    }
}

impl Logic for CommandAddress {
    #[hdl_gen]
    fn update(&mut self) {
        self.global_tlbiall.next = self.addr.val() == self.global_tlbiall_at.val();
        self.global_tlbsync.next = self.addr.val() == self.global_tlbsync_at.val();
        self.select.addr.next = self.addr.val();
        self.offset.next = self.select.offset.val();
        self.in_bank.next = self.select.hit.val();
        self.index.next = self.select.index.val();
        self.tlbiva.next = self.in_bank.val() & (self.offset.val() == self.tlbiva_at.val());
        self.tlbivaa.next = self.in_bank.val() & (self.offset.val() == self.tlbivaa_at.val());
        self.tlbiasid.next = self.in_bank.val() & (self.offset.val() == self.tlbiasid_at.val());
        self.tlbiall.next = self.in_bank.val() & (self.offset.val() == self.tlbiall_at.val());
        self.tlbsync.next = self.in_bank.val() & (self.offset.val() == self.tlbsync_at.val());
    }
}

impl Default for Commands {
    fn default() -> Self {
        // TLBIVAA and TLBIASID are read with the fields of TLBIVA.
        assert_eq!(context::Tlbivaa::VA.lsb, context::Tlbiva::VA.lsb);
        assert_eq!(context::Tlbiasid::ASID.lsb, context::Tlbiva::ASID.lsb);
        Self {
            clock: Default::default(),
            reset: Default::default(),
            request: Default::default(),
            answer: Default::default(),
            command: Default::default(),
            held: Default::default(),
            fields: Default::default(),
            wr: Default::default(),
            rd: Default::default(),
        }
    }
}

impl Logic for Commands {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held);
        self.held.reset.next = self.reset.val();
        self.wr.addr.next = self.request.val().wr_addr;
        self.rd.addr.next = self.request.val().rd_addr;
        self.fields.word.next = self.request.val().wr_data;
        self.answer.next.wr_hit = self.wr.global_tlbiall.val()
            | self.wr.global_tlbsync.val()
            | self.wr.tlbiva.val()
            | self.wr.tlbivaa.val()
            | self.wr.tlbiasid.val()
            | self.wr.tlbiall.val()
            | self.wr.tlbsync.val();
        self.answer.next.rd_hit = self.rd.global_tlbiall.val()
            | self.rd.global_tlbsync.val()
            | self.rd.tlbiva.val()
            | self.rd.tlbivaa.val()
            | self.rd.tlbiasid.val()
            | self.rd.tlbiall.val()
            | self.rd.tlbsync.val();
        self.answer.next.rd_data = 0.into();
        self.held.d.next.invalidate = self.request.val().wr
            & (self.wr.global_tlbiall.val()
                | self.wr.tlbiva.val()
                | self.wr.tlbivaa.val()
                | self.wr.tlbiasid.val()
                | self.wr.tlbiall.val());
        self.held.d.next.sync =
            self.request.val().wr & (self.wr.global_tlbsync.val() | self.wr.tlbsync.val());
        self.held.d.next.by_context = !self.wr.global_tlbiall.val() & !self.wr.global_tlbsync.val();
        self.held.d.next.context = self.wr.index.val();
        self.held.d.next.by_asid = self.wr.tlbiva.val() | self.wr.tlbiasid.val();
        self.held.d.next.spare_global = self.wr.tlbiasid.val();
        self.held.d.next.asid = self.fields.asid.val();
        self.held.d.next.by_va = self.wr.tlbiva.val() | self.wr.tlbivaa.val();
        self.held.d.next.vpn = self.fields.vpn.val();
        self.command.next = self.held.q.val();
    }
}
