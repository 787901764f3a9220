//! Command registers: writes become commands to TLBs, slots and prober.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;
use vcm_regs::{context, global, RegisterInfo};

use super::bank_select::BankSelect;
use super::config::*;
use super::reg_bus::*;
use super::types::*;
use crate::prim::Reg;
use crate::words::unpack;

unpack! {
    /// RESUME.
    ResumeFields of context::Resume {
        terminate: Bit = TERMINATE;
        one: Bit = ONE;
        write: Bit = WNR;
        slot: Bits<SLOT_FIELD_BITS> = SLOT;
    }
}
unpack! {
    /// TLBRANGE, and all commands that take an address or an ASID.
    TlbrangeFields of context::Tlbrange {
        pages: Bits<12> = PAGES;
        vpn: Bits<20> = VA;
    }
}
unpack! {
    /// TLBIVA and TLBIASID.
    AsidFields of context::Tlbiva {
        asid: Bits<8> = ASID;
    }
}
unpack! {
    /// TLBPRELOAD.
    TlbpreloadFields of context::Tlbpreload {
        lock: Bit = LOCK;
    }
}

/// Which command an address is.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct CommandKind {
    pub invalidate: Bit,
    pub sync: Bit,
    pub by_context: Bit,
    pub by_asid: Bit,
    pub spare_global: Bit,
    pub by_va: Bit,
    pub ranged: Bit,
    pub resume: Bit,
    pub probe: Bit,
    pub privileged: Bit,
    pub write: Bit,
    pub preload: Bit,
}

/// Decodes the command registers: the two global ones, and those of all context banks at once.
/// They read as 0. A command is given in the cycle after its write (RESUME in the one after that), and
/// ignores the strobes.
#[derive(LogicBlock)]
pub struct TlbCommands {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub access: Signal<In, Access>,
    pub reply: Signal<Out, Reply>,
    pub command: Signal<Out, TlbCommand>,
    pub resume: Signal<Out, Resume>,
    pub probe: Signal<Out, ProbeRequest>,
    select: BankSelect,
    /// What the address means.
    kind: Reg<CommandKind>,
    /// The cycle after a write.
    invalidates: Reg<Bit>,
    syncs: Reg<Bit>,
    goes_on: Reg<Bit>,
    probes: Reg<Bit>,
    resumes: Reg<Resume>,
    range_fields: TlbrangeFields,
    asid_fields: AsidFields,
    resume_fields: ResumeFields,
    preload_fields: TlbpreloadFields,
    global_tlbiall_at: Constant<Bits<16>>,
    global_tlbsync_at: Constant<Bits<16>>,
    resume_at: Constant<Bits<16>>,
    tlbiva_at: Constant<Bits<16>>,
    tlbivaa_at: Constant<Bits<16>>,
    tlbiasid_at: Constant<Bits<16>>,
    tlbiall_at: Constant<Bits<16>>,
    tlbrange_at: Constant<Bits<16>>,
    tlbpreload_at: Constant<Bits<16>>,
    tlbsync_at: Constant<Bits<16>>,
    v2ppr_at: Constant<Bits<16>>,
    v2ppw_at: Constant<Bits<16>>,
    v2pur_at: Constant<Bits<16>>,
    v2puw_at: Constant<Bits<16>>,
    offset: Signal<Local, Bits<16>>,
    banked: Signal<Local, Bit>,
    all: Signal<Local, Bit>,
    all_sync: Signal<Local, Bit>,
    resume_here: Signal<Local, Bit>,
    iva: Signal<Local, Bit>,
    ivaa: Signal<Local, Bit>,
    iasid: Signal<Local, Bit>,
    iall: Signal<Local, Bit>,
    range: Signal<Local, Bit>,
    sync: Signal<Local, Bit>,
    preload: Signal<Local, Bit>,
    ppr: Signal<Local, Bit>,
    ppw: Signal<Local, Bit>,
    pur: Signal<Local, Bit>,
    puw: Signal<Local, Bit>,
}

impl Default for TlbCommands {
    fn default() -> Self {
        // One decoder reads the address of all commands, and one the ASID.
        let va = context::Tlbrange::VA.mask();
        assert_eq!(context::Tlbiva::VA.mask(), va);
        assert_eq!(context::Tlbivaa::VA.mask(), va);
        assert_eq!(context::Tlbpreload::VA.mask(), va);
        assert_eq!(context::V2ppr::VA.mask(), va);
        assert_eq!(context::V2ppw::VA.mask(), va);
        assert_eq!(context::V2pur::VA.mask(), va);
        assert_eq!(context::V2puw::VA.mask(), va);
        let asid = context::Tlbiva::ASID.mask();
        assert_eq!(context::Tlbiasid::ASID.mask(), asid);
        let whole = |info: &RegisterInfo| {
            Constant::new(u64::from(global::BLOCK.at(0) + info.offset).into())
        };
        let banked = |info: &RegisterInfo| Constant::new(u64::from(info.offset).into());
        Self {
            clock: Default::default(),
            reset: Default::default(),
            access: Default::default(),
            reply: Default::default(),
            command: Default::default(),
            resume: Default::default(),
            probe: Default::default(),
            select: Default::default(),
            kind: Default::default(),
            invalidates: Default::default(),
            syncs: Default::default(),
            goes_on: Default::default(),
            probes: Default::default(),
            resumes: Default::default(),
            range_fields: Default::default(),
            asid_fields: Default::default(),
            resume_fields: Default::default(),
            preload_fields: Default::default(),
            global_tlbiall_at: whole(&global::TLBIALL),
            global_tlbsync_at: whole(&global::TLBSYNC),
            resume_at: banked(&context::RESUME),
            tlbiva_at: banked(&context::TLBIVA),
            tlbivaa_at: banked(&context::TLBIVAA),
            tlbiasid_at: banked(&context::TLBIASID),
            tlbiall_at: banked(&context::TLBIALL),
            tlbrange_at: banked(&context::TLBRANGE),
            tlbpreload_at: banked(&context::TLBPRELOAD),
            tlbsync_at: banked(&context::TLBSYNC),
            v2ppr_at: banked(&context::V2PPR),
            v2ppw_at: banked(&context::V2PPW),
            v2pur_at: banked(&context::V2PUR),
            v2puw_at: banked(&context::V2PUW),
            offset: Default::default(),
            banked: Default::default(),
            all: Default::default(),
            all_sync: Default::default(),
            resume_here: Default::default(),
            iva: Default::default(),
            ivaa: Default::default(),
            iasid: Default::default(),
            iall: Default::default(),
            range: Default::default(),
            sync: Default::default(),
            preload: Default::default(),
            ppr: Default::default(),
            ppw: Default::default(),
            pur: Default::default(),
            puw: Default::default(),
        }
    }
}

impl Logic for TlbCommands {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            kind,
            invalidates,
            syncs,
            goes_on,
            probes,
            resumes
        );
        self.kind.reset.next = self.reset.val();
        self.invalidates.reset.next = self.reset.val();
        self.syncs.reset.next = self.reset.val();
        self.goes_on.reset.next = self.reset.val();
        self.probes.reset.next = self.reset.val();
        self.resumes.reset.next = self.reset.val();

        // Which register.
        self.select.addr.next = self.access.val().addr;
        self.offset.next = self.select.offset.val();
        self.banked.next = self.select.hit.val();
        self.all.next = self.access.val().addr == self.global_tlbiall_at.val();
        self.all_sync.next = self.access.val().addr == self.global_tlbsync_at.val();
        // (Offsets in halves: many registers share the upper one.)
        self.resume_here.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.resume_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.resume_at.val().get_bits::<5>(0));
        self.iva.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.tlbiva_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.tlbiva_at.val().get_bits::<5>(0));
        self.ivaa.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.tlbivaa_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.tlbivaa_at.val().get_bits::<5>(0));
        self.iasid.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.tlbiasid_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.tlbiasid_at.val().get_bits::<5>(0));
        self.iall.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.tlbiall_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.tlbiall_at.val().get_bits::<5>(0));
        self.range.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.tlbrange_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.tlbrange_at.val().get_bits::<5>(0));
        self.sync.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.tlbsync_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.tlbsync_at.val().get_bits::<5>(0));
        self.preload.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.tlbpreload_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.tlbpreload_at.val().get_bits::<5>(0));
        self.ppr.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.v2ppr_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.v2ppr_at.val().get_bits::<5>(0));
        self.ppw.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.v2ppw_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.v2ppw_at.val().get_bits::<5>(0));
        self.pur.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.v2pur_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.v2pur_at.val().get_bits::<5>(0));
        self.puw.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.v2puw_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.v2puw_at.val().get_bits::<5>(0));
        self.kind.d.next.invalidate = self.all.val()
            | self.iva.val()
            | self.ivaa.val()
            | self.iasid.val()
            | self.iall.val()
            | self.range.val();
        self.kind.d.next.sync = self.all_sync.val() | self.sync.val();
        self.kind.d.next.by_context = self.banked.val();
        self.kind.d.next.by_asid = self.iva.val() | self.iasid.val();
        self.kind.d.next.spare_global = self.iasid.val();
        self.kind.d.next.by_va = self.iva.val() | self.ivaa.val() | self.range.val();
        self.kind.d.next.ranged = self.range.val();
        self.kind.d.next.resume = self.resume_here.val();
        self.kind.d.next.probe =
            self.preload.val() | self.ppr.val() | self.ppw.val() | self.pur.val() | self.puw.val();
        self.kind.d.next.privileged = self.preload.val() | self.ppr.val() | self.ppw.val();
        self.kind.d.next.write = self.ppw.val() | self.puw.val();
        self.kind.d.next.preload = self.preload.val();

        // The cycle of the access.
        self.reply.next.hit = self.kind.q.val().invalidate
            | self.kind.q.val().sync
            | self.kind.q.val().resume
            | self.kind.q.val().probe;
        self.reply.next.data = 0.into();
        self.invalidates.d.next = self.access.val().wr & self.kind.q.val().invalidate;
        self.syncs.d.next = self.access.val().wr & self.kind.q.val().sync;
        self.goes_on.d.next = self.access.val().wr & self.kind.q.val().resume;
        self.probes.d.next = self.access.val().wr & self.kind.q.val().probe;

        // The cycle after: context and data are still there.
        self.range_fields.word.next = self.access.val().data;
        self.asid_fields.word.next = self.access.val().data;
        self.resume_fields.word.next = self.access.val().data;
        self.preload_fields.word.next = self.access.val().data;
        self.command.next.invalidate = self.invalidates.q.val();
        self.command.next.sync = self.syncs.q.val();
        self.command.next.by_context = self.kind.q.val().by_context;
        self.command.next.context = self.select.index.val();
        self.command.next.by_asid = self.kind.q.val().by_asid;
        self.command.next.spare_global = self.kind.q.val().spare_global;
        self.command.next.asid = self.asid_fields.asid.val();
        self.command.next.by_va = self.kind.q.val().by_va;
        self.command.next.vpn = self.range_fields.vpn.val();
        self.command.next.pages = 0.into();
        if self.kind.q.val().ranged {
            self.command.next.pages = self.range_fields.pages.val();
        }
        self.resumes.d.next.valid = self.goes_on.q.val();
        self.resumes.d.next.context = self.select.index.val();
        self.resumes.d.next.terminate = self.resume_fields.terminate.val();
        self.resumes.d.next.one = self.resume_fields.one.val();
        self.resumes.d.next.write = self.resume_fields.write.val();
        self.resumes.d.next.slot = self.resume_fields.slot.val();
        self.resume.next = self.resumes.q.val();
        self.probe.next.valid = self.probes.q.val();
        self.probe.next.context = self.select.index.val();
        self.probe.next.vpn = self.range_fields.vpn.val();
        self.probe.next.privileged = self.kind.q.val().privileged;
        self.probe.next.write = self.kind.q.val().write;
        self.probe.next.lock = self.kind.q.val().preload & self.preload_fields.lock.val();
    }
}
