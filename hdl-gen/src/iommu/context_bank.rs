//! Context banks: the registers of one translation context, and the array of them.

use rust_hdl::prelude::*;
use vcm_regs::context;

use super::codes::FaultCodes;
use super::config::*;
use super::reg_bus::*;
use super::types::*;
use crate::axil::{CfgReg, RoReg};
use crate::prim::Reg;
use crate::words::{pack, unpack};

unpack! {
    /// SCTLR.
    SctlrFields of context::Sctlr {
        enabled: Bit = M;
        afe: Bit = AFE;
        raises: Bit = CFIE;
        mtcfg: Bit = MTCFG;
    }
}
unpack! {
    /// TTBR0.
    Ttbr0Fields of context::Ttbr0 {
        base: Bits<18> = BASE;
    }
}
unpack! {
    /// CONTEXTIDR.
    ContextidrFields of context::Contextidr {
        asid: Bits<8> = ASID;
    }
}
pack! {
    /// What sets bits of FSR.
    FsrEvents of context::Fsr {
        translation: Bit = TF;
        access_flag: Bit = AFF;
        permission: Bit = PF;
        external: Bit = EF;
        domain: Bit = DF;
        illegal_burst: Bit = BF;
        multi: Bit = MULTI;
    }
}
pack! {
    /// FSYNR0.
    Fsynr0Word of context::Fsynr0 {
        write: Bit = WNR;
        privileged: Bit = PNU;
        instruction: Bit = IND;
        status: Bits<5> = FS;
    }
}
pack! {
    /// FSYNR1.
    Fsynr1Word of context::Fsynr1 {
        stream: Bits<STREAM_BITS> = SID;
        id: Bits<ID_BITS> = AXID;
    }
}
pack! {
    /// TLBSTATUS.
    TlbstatusWord of context::Tlbstatus {
        active: Bit = SACTIVE;
    }
}

/// Which bit of FSR a fault status sets.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct FaultClass {
    pub status: Signal<In, Bits<5>>,
    pub translation: Signal<Out, Bit>,
    pub access_flag: Signal<Out, Bit>,
    pub permission: Signal<Out, Bit>,
    pub external: Signal<Out, Bit>,
    pub domain: Signal<Out, Bit>,
    pub illegal_burst: Signal<Out, Bit>,
    code: FaultCodes,
}

impl Logic for FaultClass {
    #[hdl_gen]
    fn update(&mut self) {
        self.translation.next = (self.status.val() == self.code.translation_l1.val())
            | (self.status.val() == self.code.translation_l2.val())
            | (self.status.val() == self.code.context_disabled.val());
        self.access_flag.next = (self.status.val() == self.code.access_flag_l1.val())
            | (self.status.val() == self.code.access_flag_l2.val());
        self.permission.next = (self.status.val() == self.code.permission_l1.val())
            | (self.status.val() == self.code.permission_l2.val());
        self.external.next = (self.status.val() == self.code.walk_abort_l1.val())
            | (self.status.val() == self.code.walk_abort_l2.val())
            | (self.status.val() == self.code.external_abort.val());
        self.domain.next = (self.status.val() == self.code.domain_l1.val())
            | (self.status.val() == self.code.domain_l2.val());
        self.illegal_burst.next = self.status.val() == self.code.illegal_burst.val();
    }
}

/// One context bank. Addresses are offsets in the bank, and faults are its own: the array selects.
/// (The TLB command registers are decoded once for all banks: see `commands`.)
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct ContextBank {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub request: Signal<In, RegRequest>,
    pub answer: Signal<Out, RegAnswer>,
    pub state: Signal<Out, ContextState>,
    /// One cycle: a fault of this context.
    pub fault_valid: Signal<In, Bit>,
    pub fault: Signal<In, Fault>,
    /// A synchronisation of this context goes on.
    pub sync_active: Signal<In, Bit>,
    pub raised: Signal<Out, Bit>,
    sctlr: CfgReg,
    ttbr0: CfgReg,
    contextidr: CfgReg,
    fsr: CfgReg,
    dacr: CfgReg,
    far: RoReg,
    fsynr0: RoReg,
    fsynr1: RoReg,
    tlbstatus: RoReg,
    sctlr_fields: SctlrFields,
    ttbr0_fields: Ttbr0Fields,
    contextidr_fields: ContextidrFields,
    kind_of: FaultClass,
    events: FsrEvents,
    pack0: Fsynr0Word,
    pack1: Fsynr1Word,
    pack_status: TlbstatusWord,
    far_held: Reg<Bits<32>>,
    fsynr0_held: Reg<Bits<32>>,
    fsynr1_held: Reg<Bits<32>>,
    multi: Constant<Bits<32>>,
    remains: Signal<Local, Bits<32>>,
}

impl Default for ContextBank {
    fn default() -> Self {
        let cfg = |info: &vcm_regs::RegisterInfo| CfgReg::new(info, info.offset);
        let ro = |info: &vcm_regs::RegisterInfo| RoReg::new(info.offset);
        Self {
            clock: Default::default(),
            reset: Default::default(),
            request: Default::default(),
            answer: Default::default(),
            state: Default::default(),
            fault_valid: Default::default(),
            fault: Default::default(),
            sync_active: Default::default(),
            raised: Default::default(),
            sctlr: cfg(&context::SCTLR),
            ttbr0: cfg(&context::TTBR0),
            contextidr: cfg(&context::CONTEXTIDR),
            fsr: cfg(&context::FSR),
            dacr: cfg(&context::DACR),
            far: ro(&context::FAR),
            fsynr0: ro(&context::FSYNR0),
            fsynr1: ro(&context::FSYNR1),
            tlbstatus: ro(&context::TLBSTATUS),
            sctlr_fields: Default::default(),
            ttbr0_fields: Default::default(),
            contextidr_fields: Default::default(),
            kind_of: Default::default(),
            events: Default::default(),
            pack0: Default::default(),
            pack1: Default::default(),
            pack_status: Default::default(),
            far_held: Default::default(),
            fsynr0_held: Default::default(),
            fsynr1_held: Default::default(),
            multi: Constant::new(u64::from(context::Fsr::MULTI.mask()).into()),
            remains: Default::default(),
        }
    }
}

impl Logic for ContextBank {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, far_held, fsynr0_held, fsynr1_held);
        self.far_held.reset.next = self.reset.val();
        self.fsynr0_held.reset.next = self.reset.val();
        self.fsynr1_held.reset.next = self.reset.val();

        // The bus to every register.
        self.sctlr.clock.next = self.clock.val();
        self.sctlr.reset.next = self.reset.val();
        self.sctlr.wr.next = self.request.val().wr;
        self.sctlr.wr_addr.next = self.request.val().wr_addr;
        self.sctlr.wr_data.next = self.request.val().wr_data;
        self.sctlr.wr_mask.next = self.request.val().wr_mask;
        self.sctlr.rd_addr.next = self.request.val().rd_addr;
        self.sctlr.set.next = 0.into();
        self.ttbr0.clock.next = self.clock.val();
        self.ttbr0.reset.next = self.reset.val();
        self.ttbr0.wr.next = self.request.val().wr;
        self.ttbr0.wr_addr.next = self.request.val().wr_addr;
        self.ttbr0.wr_data.next = self.request.val().wr_data;
        self.ttbr0.wr_mask.next = self.request.val().wr_mask;
        self.ttbr0.rd_addr.next = self.request.val().rd_addr;
        self.ttbr0.set.next = 0.into();
        self.contextidr.clock.next = self.clock.val();
        self.contextidr.reset.next = self.reset.val();
        self.contextidr.wr.next = self.request.val().wr;
        self.contextidr.wr_addr.next = self.request.val().wr_addr;
        self.contextidr.wr_data.next = self.request.val().wr_data;
        self.contextidr.wr_mask.next = self.request.val().wr_mask;
        self.contextidr.rd_addr.next = self.request.val().rd_addr;
        self.contextidr.set.next = 0.into();
        self.dacr.clock.next = self.clock.val();
        self.dacr.reset.next = self.reset.val();
        self.dacr.wr.next = self.request.val().wr;
        self.dacr.wr_addr.next = self.request.val().wr_addr;
        self.dacr.wr_data.next = self.request.val().wr_data;
        self.dacr.wr_mask.next = self.request.val().wr_mask;
        self.dacr.rd_addr.next = self.request.val().rd_addr;
        self.dacr.set.next = 0.into();
        self.fsr.clock.next = self.clock.val();
        self.fsr.reset.next = self.reset.val();
        self.fsr.wr.next = self.request.val().wr;
        self.fsr.wr_addr.next = self.request.val().wr_addr;
        self.fsr.wr_data.next = self.request.val().wr_data;
        self.fsr.wr_mask.next = self.request.val().wr_mask;
        self.fsr.rd_addr.next = self.request.val().rd_addr;
        self.far.wr_addr.next = self.request.val().wr_addr;
        self.far.rd_addr.next = self.request.val().rd_addr;
        self.fsynr0.wr_addr.next = self.request.val().wr_addr;
        self.fsynr0.rd_addr.next = self.request.val().rd_addr;
        self.fsynr1.wr_addr.next = self.request.val().wr_addr;
        self.fsynr1.rd_addr.next = self.request.val().rd_addr;
        self.tlbstatus.wr_addr.next = self.request.val().wr_addr;
        self.tlbstatus.rd_addr.next = self.request.val().rd_addr;
        self.answer.next.wr_hit = self.sctlr.wr_hit.val()
            | self.ttbr0.wr_hit.val()
            | self.contextidr.wr_hit.val()
            | self.fsr.wr_hit.val()
            | self.dacr.wr_hit.val()
            | self.far.wr_hit.val()
            | self.fsynr0.wr_hit.val()
            | self.fsynr1.wr_hit.val()
            | self.tlbstatus.wr_hit.val();
        self.answer.next.rd_hit = self.sctlr.rd_hit.val()
            | self.ttbr0.rd_hit.val()
            | self.contextidr.rd_hit.val()
            | self.fsr.rd_hit.val()
            | self.dacr.rd_hit.val()
            | self.far.rd_hit.val()
            | self.fsynr0.rd_hit.val()
            | self.fsynr1.rd_hit.val()
            | self.tlbstatus.rd_hit.val();
        self.answer.next.rd_data = self.sctlr.rd_data.val()
            | self.ttbr0.rd_data.val()
            | self.contextidr.rd_data.val()
            | self.fsr.rd_data.val()
            | self.dacr.rd_data.val()
            | self.far.rd_data.val()
            | self.fsynr0.rd_data.val()
            | self.fsynr1.rd_data.val()
            | self.tlbstatus.rd_data.val();

        // What lookups see.
        self.sctlr_fields.word.next = self.sctlr.q.val();
        self.ttbr0_fields.word.next = self.ttbr0.q.val();
        self.contextidr_fields.word.next = self.contextidr.q.val();
        self.state.next.enabled = self.sctlr_fields.enabled.val();
        self.state.next.afe = self.sctlr_fields.afe.val();
        self.state.next.mtcfg = self.sctlr_fields.mtcfg.val();
        self.state.next.asid = self.contextidr_fields.asid.val();
        self.state.next.base = self.ttbr0_fields.base.val();
        self.state.next.dacr = self.dacr.q.val();

        // Faults: FSR collects the kinds; FAR and FSYNR keep the first.
        // MULTI alone names no fault, so it hides none.
        self.remains.next = self.fsr.q.val() & !self.multi.val();
        if self.request.val().wr & self.fsr.wr_hit.val() {
            self.remains.next = self.fsr.q.val()
                & !self.multi.val()
                & !(self.request.val().wr_data & self.request.val().wr_mask);
        }
        self.kind_of.status.next = self.fault.val().status;
        self.events.translation.next = self.kind_of.translation.val();
        self.events.access_flag.next = self.kind_of.access_flag.val();
        self.events.permission.next = self.kind_of.permission.val();
        self.events.external.next = self.kind_of.external.val();
        self.events.domain.next = self.kind_of.domain.val();
        self.events.illegal_burst.next = self.kind_of.illegal_burst.val();
        self.events.multi.next = self.remains.val().any();
        self.fsr.set.next = 0.into();
        if self.fault_valid.val() {
            self.fsr.set.next = self.events.word.val();
        }
        self.pack0.write.next = self.fault.val().write;
        self.pack0.privileged.next = self.fault.val().privileged;
        self.pack0.instruction.next = self.fault.val().instruction;
        self.pack0.status.next = self.fault.val().status;
        self.pack1.stream.next = self.fault.val().stream;
        self.pack1.id.next = self.fault.val().id;
        if self.fault_valid.val() & !self.remains.val().any() {
            self.far_held.d.next = self.fault.val().iova;
            self.fsynr0_held.d.next = self.pack0.word.val();
            self.fsynr1_held.d.next = self.pack1.word.val();
        }
        self.far.value.next = self.far_held.q.val();
        self.fsynr0.value.next = self.fsynr0_held.q.val();
        self.fsynr1.value.next = self.fsynr1_held.q.val();
        self.pack_status.active.next = self.sync_active.val();
        self.tlbstatus.value.next = self.pack_status.word.val();
        self.raised.next = self.fsr.q.val().any() & self.sctlr_fields.raises.val();
    }
}

/// Which bank, and which register in it, an address of the window is.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct BankSelect {
    pub addr: Signal<In, Bits<16>>,
    pub hit: Signal<Out, Bit>,
    pub index: Signal<Out, Bits<CONTEXT_BITS>>,
    pub offset: Signal<Out, Bits<16>>,
    base: Constant<Bits<4>>,
    banks: Constant<Bits<4>>,
    bank: Signal<Local, Bits<4>>,
}

impl Default for BankSelect {
    fn default() -> Self {
        // A bank is one 4 KiB page, so address bits [15:12] number it.
        assert_eq!(context::BLOCK.stride, 0x1000, "the stride of context banks");
        Self {
            addr: Default::default(),
            hit: Default::default(),
            index: Default::default(),
            offset: Default::default(),
            base: Constant::new(u64::from(context::BLOCK.base >> 12).into()),
            banks: Constant::new((CONTEXTS as u64).into()),
            bank: Default::default(),
        }
    }
}

impl Logic for BankSelect {
    #[hdl_gen]
    fn update(&mut self) {
        self.bank.next = self.addr.val().get_bits::<4>(12) - self.base.val();
        self.hit.next = self.bank.val() < self.banks.val();
        self.index.next = self.bank.val().get_bits::<CONTEXT_BITS>(0);
        self.offset.next = bit_cast::<16, 12>(self.addr.val().get_bits::<12>(0));
    }
}

/// All context banks, and what each path's lookup sees of the one it uses.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct ContextBanks {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub request: Signal<In, RegRequest>,
    pub answer: Signal<Out, RegAnswer>,
    pub read_index: Signal<In, Bits<CONTEXT_BITS>>,
    pub read_state: Signal<Out, ContextState>,
    pub write_index: Signal<In, Bits<CONTEXT_BITS>>,
    pub write_state: Signal<Out, ContextState>,
    pub fault_valid: Signal<In, Bit>,
    pub fault: Signal<In, Fault>,
    /// Contexts whose synchronisation goes on.
    pub sync_active: Signal<In, Bits<CONTEXTS>>,
    /// Contexts that interrupt.
    pub interrupts: Signal<Out, Bits<CONTEXTS>>,
    bank: [ContextBank; CONTEXTS],
    wr_select: BankSelect,
    rd_select: BankSelect,
    inner: Signal<Local, RegRequest>,
    current: Signal<Local, RegAnswer>,
    merged: Signal<Local, RegAnswer>,
    for_read: Signal<Local, ContextState>,
    for_write: Signal<Local, ContextState>,
    raised: Signal<Local, Bits<CONTEXTS>>,
}

impl Logic for ContextBanks {
    #[hdl_gen]
    fn update(&mut self) {
        self.wr_select.addr.next = self.request.val().wr_addr;
        self.rd_select.addr.next = self.request.val().rd_addr;
        self.inner.next.wr_addr = self.wr_select.offset.val();
        self.inner.next.wr_data = self.request.val().wr_data;
        self.inner.next.wr_mask = self.request.val().wr_mask;
        self.inner.next.rd_addr = self.rd_select.offset.val();
        self.merged.next = 0.into();
        self.for_read.next = 0.into();
        self.for_write.next = 0.into();
        self.raised.next = 0.into();
        for i in 0..CONTEXTS {
            self.bank[i].clock.next = self.clock.val();
            self.bank[i].reset.next = self.reset.val();
            self.inner.next.wr = self.request.val().wr
                & self.wr_select.hit.val()
                & (self.wr_select.index.val() == i.to_bits());
            self.bank[i].request.next = self.inner.val();
            self.bank[i].fault_valid.next = self.fault_valid.val()
                & self.fault.val().in_context
                & (self.fault.val().context == i.to_bits());
            self.bank[i].fault.next = self.fault.val();
            self.bank[i].sync_active.next = self.sync_active.val().get_bit(i);
            self.current.next = self.bank[i].answer.val();
            if self.wr_select.hit.val() & (self.wr_select.index.val() == i.to_bits()) {
                self.merged.next.wr_hit = self.current.val().wr_hit;
            }
            if self.rd_select.hit.val() & (self.rd_select.index.val() == i.to_bits()) {
                self.merged.next.rd_hit = self.current.val().rd_hit;
                self.merged.next.rd_data = self.current.val().rd_data;
            }
            if self.read_index.val() == i.to_bits() {
                self.for_read.next = self.bank[i].state.val();
            }
            if self.write_index.val() == i.to_bits() {
                self.for_write.next = self.bank[i].state.val();
            }
            if self.bank[i].raised.val() {
                self.raised.next = self.raised.val().replace_bit(i, true);
            }
        }
        self.answer.next = self.merged.val();
        self.read_state.next = self.for_read.val();
        self.write_state.next = self.for_write.val();
        self.interrupts.next = self.raised.val();
    }
}
