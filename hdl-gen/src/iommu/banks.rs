//! Context banks: the registers of all translation contexts, in distributed RAM.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;
use vcm_regs::{context, RegisterInfo};

use super::bank_select::BankSelect;
use super::bank_words::{ContextidrFields, Fsynr1Word, TlbstatusWord, Ttbr0Fields};
use super::codes::FaultCodes;
use super::config::*;
use super::fault_class::FaultClass;
use super::reg_bus::*;
use super::types::*;
use crate::prim::{ByteRam, LutRam, Reg};
use crate::words::{pack, unpack};

unpack! {
    /// SCTLR.
    SctlrBits of context::Sctlr {
        enabled: Bit = M;
        afe: Bit = AFE;
        raises: Bit = CFIE;
        stall: Bit = CFCFG;
        one_to_one: Bit = ONE2ONE;
        mtcfg: Bit = MTCFG;
    }
}
unpack! {
    /// What is written to FSR.
    FsrFields of context::Fsr {
        translation: Bit = TF;
        access_flag: Bit = AFF;
        permission: Bit = PF;
        external: Bit = EF;
        domain: Bit = DF;
        illegal_burst: Bit = BF;
        timeout: Bit = TO;
        multi: Bit = MULTI;
    }
}
pack! {
    /// FSR.
    FsrWord of context::Fsr {
        translation: Bit = TF;
        access_flag: Bit = AFF;
        permission: Bit = PF;
        external: Bit = EF;
        domain: Bit = DF;
        illegal_burst: Bit = BF;
        timeout: Bit = TO;
        stalled: Bit = SS;
        multi: Bit = MULTI;
    }
}
pack! {
    /// FSYNR0.
    Fsynr0Bits of context::Fsynr0 {
        write: Bit = WNR;
        privileged: Bit = PNU;
        instruction: Bit = IND;
        stalled: Bit = STALLED;
        slot: Bits<SLOT_FIELD_BITS> = SLOT;
        status: Bits<5> = FS;
    }
}
pack! {
    /// PAR.
    ParWord of context::Par {
        faulted: Bit = F;
        status: Bits<5> = FS;
        size: Bits<2> = SIZE;
        page: Bits<20> = PA;
    }
}
pack! {
    /// ATSR.
    AtsrWord of context::Atsr {
        active: Bit = ACTIVE;
    }
}

/// FSR, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct FaultFlags {
    pub translation: Bit,
    pub access_flag: Bit,
    pub permission: Bit,
    pub external: Bit,
    pub domain: Bit,
    pub illegal_burst: Bit,
    pub timeout: Bit,
    pub multi: Bit,
}

/// The registers that an address may be, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct BankRegister {
    pub sctlr: Bit,
    pub ttbr0: Bit,
    pub contextidr: Bit,
    pub dacr: Bit,
    pub fsr: Bit,
    pub tlbstatus: Bit,
    pub atsr: Bit,
    /// It is in the memory.
    pub kept: Bit,
    /// Where: number of the register.
    pub number: Bits<3>,
    pub index: Bits<CONTEXT_BITS>,
}

/// A word a context, written by bytes.
#[derive(LogicBlock, Default)]
pub struct ByteLanes<const A: usize> {
    pub clock: Signal<In, Clock>,
    /// Bytes to write.
    pub write: Signal<In, Bits<4>>,
    pub write_address: Signal<In, Bits<A>>,
    pub write_data: Signal<In, Bits<32>>,
    pub read_address: Signal<In, Bits<A>>,
    pub read_data: Signal<Out, Bits<32>>,
    lane_0: LutRam<Bits<8>, A>,
    lane_1: LutRam<Bits<8>, A>,
    lane_2: LutRam<Bits<8>, A>,
    lane_3: LutRam<Bits<8>, A>,
}

impl<const A: usize> Logic for ByteLanes<A> {
    #[hdl_gen]
    fn update(&mut self) {
        self.lane_0.clock.next = self.clock.val();
        self.lane_0.write.next = self.write.val().get_bit(0);
        self.lane_0.write_address.next = self.write_address.val();
        self.lane_0.write_data.next = self.write_data.val().get_bits::<8>(0);
        self.lane_0.read_address.next = self.read_address.val();
        self.lane_1.clock.next = self.clock.val();
        self.lane_1.write.next = self.write.val().get_bit(1);
        self.lane_1.write_address.next = self.write_address.val();
        self.lane_1.write_data.next = self.write_data.val().get_bits::<8>(8);
        self.lane_1.read_address.next = self.read_address.val();
        self.lane_2.clock.next = self.clock.val();
        self.lane_2.write.next = self.write.val().get_bit(2);
        self.lane_2.write_address.next = self.write_address.val();
        self.lane_2.write_data.next = self.write_data.val().get_bits::<8>(16);
        self.lane_2.read_address.next = self.read_address.val();
        self.lane_3.clock.next = self.clock.val();
        self.lane_3.write.next = self.write.val().get_bit(3);
        self.lane_3.write_address.next = self.write_address.val();
        self.lane_3.write_data.next = self.write_data.val().get_bits::<8>(24);
        self.lane_3.read_address.next = self.read_address.val();
        self.read_data.next = bit_cast::<32, 8>(self.lane_0.read_data.val())
            | (bit_cast::<32, 8>(self.lane_1.read_data.val()) << 8)
            | (bit_cast::<32, 8>(self.lane_2.read_data.val()) << 16)
            | (bit_cast::<32, 8>(self.lane_3.read_data.val()) << 24);
    }
}

/// The banks as one stage of the translator sees them.
#[derive(LogicBlock, Default)]
pub struct BankPort {
    pub clock: Signal<In, Clock>,
    /// Bytes to write of each register.
    pub write_sctlr: Signal<In, Bits<4>>,
    pub write_ttbr0: Signal<In, Bits<4>>,
    pub write_contextidr: Signal<In, Bits<4>>,
    pub write_dacr: Signal<In, Bits<4>>,
    pub write_index: Signal<In, Bits<CONTEXT_BITS>>,
    pub write_data: Signal<In, Bits<32>>,
    pub index: Signal<In, Bits<CONTEXT_BITS>>,
    pub bank: Signal<Out, Bank>,
    sctlr: ByteLanes<CONTEXT_BITS>,
    ttbr0: ByteLanes<CONTEXT_BITS>,
    contextidr: ByteLanes<CONTEXT_BITS>,
    dacr: ByteLanes<CONTEXT_BITS>,
    sctlr_bits: SctlrBits,
    ttbr0_fields: Ttbr0Fields,
    contextidr_fields: ContextidrFields,
}

impl Logic for BankPort {
    #[hdl_gen]
    fn update(&mut self) {
        self.sctlr.clock.next = self.clock.val();
        self.sctlr.write.next = self.write_sctlr.val();
        self.sctlr.write_address.next = self.write_index.val();
        self.sctlr.write_data.next = self.write_data.val();
        self.sctlr.read_address.next = self.index.val();
        self.ttbr0.clock.next = self.clock.val();
        self.ttbr0.write.next = self.write_ttbr0.val();
        self.ttbr0.write_address.next = self.write_index.val();
        self.ttbr0.write_data.next = self.write_data.val();
        self.ttbr0.read_address.next = self.index.val();
        self.contextidr.clock.next = self.clock.val();
        self.contextidr.write.next = self.write_contextidr.val();
        self.contextidr.write_address.next = self.write_index.val();
        self.contextidr.write_data.next = self.write_data.val();
        self.contextidr.read_address.next = self.index.val();
        self.dacr.clock.next = self.clock.val();
        self.dacr.write.next = self.write_dacr.val();
        self.dacr.write_address.next = self.write_index.val();
        self.dacr.write_data.next = self.write_data.val();
        self.dacr.read_address.next = self.index.val();
        self.sctlr_bits.word.next = self.sctlr.read_data.val();
        self.ttbr0_fields.word.next = self.ttbr0.read_data.val();
        self.contextidr_fields.word.next = self.contextidr.read_data.val();
        self.bank.next.enabled = self.sctlr_bits.enabled.val();
        self.bank.next.one_to_one = self.sctlr_bits.one_to_one.val();
        self.bank.next.afe = self.sctlr_bits.afe.val();
        self.bank.next.mtcfg = self.sctlr_bits.mtcfg.val();
        self.bank.next.stall = self.sctlr_bits.stall.val();
        self.bank.next.asid = self.contextidr_fields.asid.val();
        self.bank.next.base = self.ttbr0_fields.base.val();
        self.bank.next.dacr = self.dacr.read_data.val();
    }
}

/// All context banks, but for their command registers.
///
/// What is only read back, by the bus, is in one block RAM: the bus's copy of the configuration, FAR,
/// FSYNR0, FSYNR1 and PAR. Its one write port takes what was written in the cycle after an access, then a
/// result of the prober, then the three words of a fault, one a cycle.
///
/// ```text
/// record      ‾‾\__
/// busy           ‾‾‾‾‾‾‾‾\__    if the fault is the first in its context; longer if a result comes
/// ```
///
/// While `sweep` is active, `access.data` must be 0 and no access may come: it is what
/// the sweep writes. No access may come in the cycle of `record`, while `busy` and in the cycles after these.
/// `fault` stays while `busy`. Results come at most every fourth cycle.
#[derive(LogicBlock)]
pub struct Banks {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub sweep: Signal<In, Sweep>,
    pub access: Signal<In, Access>,
    pub reply: Signal<Out, Reply>,
    pub bank_index: Signal<In, Bits<CONTEXT_BITS>>,
    pub bank: Signal<Out, Bank>,
    pub respond_index: Signal<In, Bits<CONTEXT_BITS>>,
    pub respond_bank: Signal<Out, Bank>,
    /// One cycle: `fault` is recorded.
    pub record: Signal<In, Bit>,
    pub fault: Signal<In, Fault>,
    /// FAR and FSYNR are being written.
    pub busy: Signal<Out, Bit>,
    /// Contexts of which a transaction stands stalled.
    pub stalled: Signal<In, Bits<CONTEXTS>>,
    pub probed: Signal<In, ProbeAnswer>,
    /// Contexts whose V2P or preload is under way.
    pub probing: Signal<In, Bits<CONTEXTS>>,
    /// Contexts whose synchronisation goes on.
    pub sync_active: Signal<In, Bits<CONTEXTS>>,
    /// Contexts that interrupt.
    pub interrupts: Signal<Out, Bits<CONTEXTS>>,
    /// One cycle, the one after a write to a register that lookups see, and the last one in which they
    /// see the old word.
    pub configured: Signal<Out, Flush>,
    select: BankSelect,
    /// What the bus reads: context, number of the register.
    store: ByteRam<6>,
    register: Reg<BankRegister>,
    lookups: BankPort,
    answers: BankPort,
    flags: LutRam<FaultFlags, CONTEXT_BITS>,
    result: Reg<ProbeAnswer>,
    /// Which word of a fault is next: FAR, FSYNR0, FSYNR1; 0 none.
    words: Reg<Bits<2>>,
    // What is written to the memory: one at most is not 0.
    kept_bytes: Reg<Bits<4>>,
    kept_at: Reg<Bits<6>>,
    kept_data: Reg<Bits<32>>,
    kept_far: Reg<Bits<32>>,
    kept_fsynr0: Reg<Bits<32>>,
    kept_fsynr1: Reg<Bits<32>>,
    kept_par: Reg<Bits<32>>,
    /// Contexts of which FSR is not 0.
    faulted: Reg<Bits<CONTEXTS>>,
    /// SCTLR.CFIE.
    raises: Reg<Bits<CONTEXTS>>,
    changed: Reg<Bit>,
    // What is read: one at most is not 0.
    read_fsr: Reg<Bits<32>>,
    read_status: Reg<Bits<32>>,
    kind_of: FaultClass,
    sctlr_bits: SctlrBits,
    fsr_fields: FsrFields,
    fsr_word: FsrWord,
    fsynr0_word: Fsynr0Bits,
    fsynr1_word: Fsynr1Word,
    par_word: ParWord,
    tlbstatus_word: TlbstatusWord,
    atsr_word: AtsrWord,
    code: FaultCodes,
    sctlr_at: Constant<Bits<16>>,
    ttbr0_at: Constant<Bits<16>>,
    contextidr_at: Constant<Bits<16>>,
    dacr_at: Constant<Bits<16>>,
    fsr_at: Constant<Bits<16>>,
    far_at: Constant<Bits<16>>,
    fsynr0_at: Constant<Bits<16>>,
    fsynr1_at: Constant<Bits<16>>,
    par_at: Constant<Bits<16>>,
    tlbstatus_at: Constant<Bits<16>>,
    atsr_at: Constant<Bits<16>>,
    sctlr_mask: Constant<Bits<32>>,
    ttbr0_mask: Constant<Bits<32>>,
    contextidr_mask: Constant<Bits<32>>,
    dacr_mask: Constant<Bits<32>>,
    offset: Signal<Local, Bits<16>>,
    banked: Signal<Local, Bit>,
    sctlr: Signal<Local, Bit>,
    ttbr0: Signal<Local, Bit>,
    contextidr: Signal<Local, Bit>,
    dacr: Signal<Local, Bit>,
    fsr: Signal<Local, Bit>,
    far: Signal<Local, Bit>,
    fsynr0: Signal<Local, Bit>,
    fsynr1: Signal<Local, Bit>,
    par: Signal<Local, Bit>,
    tlbstatus: Signal<Local, Bit>,
    atsr: Signal<Local, Bit>,
    strobes: Signal<Local, Bits<4>>,
    number: Signal<Local, Bits<3>>,
    index: Signal<Local, Bits<CONTEXT_BITS>>,
    takes_data: Signal<Local, Bit>,
    takes_result: Signal<Local, Bit>,
    takes_word: Signal<Local, Bit>,
    masked: Signal<Local, Bits<32>>,
    port_place: Signal<Local, Bits<CONTEXT_BITS>>,
    write_sctlr: Signal<Local, Bits<4>>,
    write_ttbr0: Signal<Local, Bits<4>>,
    write_contextidr: Signal<Local, Bits<4>>,
    write_dacr: Signal<Local, Bits<4>>,
    mask: Signal<Local, Bits<32>>,
    data: Signal<Local, Bits<32>>,
    strobed: Signal<Local, Bits<32>>,
    fault_place: Signal<Local, Bits<CONTEXT_BITS>>,
    old: Signal<Local, FaultFlags>,
    new_flags: Signal<Local, FaultFlags>,
    records: Signal<Local, Bit>,
    remains: Signal<Local, Bit>,
    any_flag: Signal<Local, Bit>,
    write_flags: Signal<Local, Bit>,
    size: Signal<Local, Bits<2>>,
    thermometer: Signal<Local, Bits<3>>,
    will_raise: Signal<Local, Bits<CONTEXTS>>,
    will_fault: Signal<Local, Bits<CONTEXTS>>,
    is_stalled: Signal<Local, Bit>,
    is_probing: Signal<Local, Bit>,
    is_syncing: Signal<Local, Bit>,
}

impl Default for Banks {
    fn default() -> Self {
        // The sweep writes 0, and CFIE is written by the strobe of byte 0.
        let held = [
            &context::SCTLR,
            &context::TTBR0,
            &context::CONTEXTIDR,
            &context::DACR,
        ];
        assert!(held.iter().all(|info| info.reset() == 0), "reset values");
        assert_eq!(context::Sctlr::CFIE.mask() & !0x0000_00FF, 0);
        let at = |info: &RegisterInfo| Constant::new(u64::from(info.offset).into());
        let mask = |info: &RegisterInfo| {
            let bits = info.mask(vcm_regs::Access::ReadWrite);
            Constant::new(u64::from(bits).into())
        };
        Self {
            clock: Default::default(),
            reset: Default::default(),
            sweep: Default::default(),
            access: Default::default(),
            reply: Default::default(),
            bank_index: Default::default(),
            bank: Default::default(),
            respond_index: Default::default(),
            respond_bank: Default::default(),
            record: Default::default(),
            fault: Default::default(),
            busy: Default::default(),
            stalled: Default::default(),
            probed: Default::default(),
            probing: Default::default(),
            sync_active: Default::default(),
            interrupts: Default::default(),
            configured: Default::default(),
            select: Default::default(),
            store: Default::default(),
            register: Default::default(),
            lookups: Default::default(),
            answers: Default::default(),
            flags: Default::default(),
            result: Default::default(),
            words: Default::default(),
            kept_bytes: Default::default(),
            kept_at: Default::default(),
            kept_data: Default::default(),
            kept_far: Default::default(),
            kept_fsynr0: Default::default(),
            kept_fsynr1: Default::default(),
            kept_par: Default::default(),
            faulted: Default::default(),
            raises: Default::default(),
            changed: Default::default(),
            read_fsr: Default::default(),
            read_status: Default::default(),
            kind_of: Default::default(),
            sctlr_bits: Default::default(),
            fsr_fields: Default::default(),
            fsr_word: Default::default(),
            fsynr0_word: Default::default(),
            fsynr1_word: Default::default(),
            par_word: Default::default(),
            tlbstatus_word: Default::default(),
            atsr_word: Default::default(),
            code: Default::default(),
            sctlr_at: at(&context::SCTLR),
            ttbr0_at: at(&context::TTBR0),
            contextidr_at: at(&context::CONTEXTIDR),
            dacr_at: at(&context::DACR),
            fsr_at: at(&context::FSR),
            far_at: at(&context::FAR),
            fsynr0_at: at(&context::FSYNR0),
            fsynr1_at: at(&context::FSYNR1),
            par_at: at(&context::PAR),
            tlbstatus_at: at(&context::TLBSTATUS),
            atsr_at: at(&context::ATSR),
            sctlr_mask: mask(&context::SCTLR),
            ttbr0_mask: mask(&context::TTBR0),
            contextidr_mask: mask(&context::CONTEXTIDR),
            dacr_mask: mask(&context::DACR),
            offset: Default::default(),
            banked: Default::default(),
            sctlr: Default::default(),
            ttbr0: Default::default(),
            contextidr: Default::default(),
            dacr: Default::default(),
            fsr: Default::default(),
            far: Default::default(),
            fsynr0: Default::default(),
            fsynr1: Default::default(),
            par: Default::default(),
            tlbstatus: Default::default(),
            atsr: Default::default(),
            strobes: Default::default(),
            number: Default::default(),
            index: Default::default(),
            takes_data: Default::default(),
            takes_result: Default::default(),
            takes_word: Default::default(),
            masked: Default::default(),
            port_place: Default::default(),
            write_sctlr: Default::default(),
            write_ttbr0: Default::default(),
            write_contextidr: Default::default(),
            write_dacr: Default::default(),
            mask: Default::default(),
            data: Default::default(),
            strobed: Default::default(),
            fault_place: Default::default(),
            old: Default::default(),
            new_flags: Default::default(),
            records: Default::default(),
            remains: Default::default(),
            any_flag: Default::default(),
            write_flags: Default::default(),
            size: Default::default(),
            thermometer: Default::default(),
            will_raise: Default::default(),
            will_fault: Default::default(),
            is_stalled: Default::default(),
            is_probing: Default::default(),
            is_syncing: Default::default(),
        }
    }
}

impl Logic for Banks {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            register,
            result,
            words,
            kept_bytes,
            kept_at,
            kept_data,
            kept_far,
            kept_fsynr0,
            kept_fsynr1,
            kept_par,
            faulted,
            raises,
            changed,
            read_fsr,
            read_status
        );
        self.register.reset.next = self.reset.val();
        self.words.reset.next = self.reset.val();
        self.kept_bytes.reset.next = self.reset.val();
        self.kept_at.reset.next = self.reset.val();
        self.kept_data.reset.next = self.reset.val();
        self.kept_far.reset.next = self.reset.val();
        self.kept_fsynr0.reset.next = self.reset.val();
        self.kept_fsynr1.reset.next = self.reset.val();
        self.kept_par.reset.next = self.reset.val();
        self.read_fsr.reset.next = self.reset.val();
        self.read_status.reset.next = self.reset.val();
        self.result.reset.next = self.reset.val();
        self.faulted.reset.next = self.reset.val();
        self.raises.reset.next = self.reset.val();
        self.changed.reset.next = self.reset.val();

        // Which register of which bank.
        self.select.addr.next = self.access.val().addr;
        self.offset.next = self.select.offset.val();
        self.banked.next = self.select.hit.val();
        // (Offsets in halves: many registers share the upper one.)
        self.sctlr.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.sctlr_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.sctlr_at.val().get_bits::<5>(0));
        self.ttbr0.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.ttbr0_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.ttbr0_at.val().get_bits::<5>(0));
        self.contextidr.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.contextidr_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.contextidr_at.val().get_bits::<5>(0));
        self.dacr.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.dacr_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.dacr_at.val().get_bits::<5>(0));
        self.fsr.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.fsr_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.fsr_at.val().get_bits::<5>(0));
        self.far.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.far_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.far_at.val().get_bits::<5>(0));
        self.fsynr0.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.fsynr0_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.fsynr0_at.val().get_bits::<5>(0));
        self.fsynr1.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.fsynr1_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.fsynr1_at.val().get_bits::<5>(0));
        self.par.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.par_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.par_at.val().get_bits::<5>(0));
        self.tlbstatus.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.tlbstatus_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.tlbstatus_at.val().get_bits::<5>(0));
        self.atsr.next = self.banked.val()
            & (self.offset.val().get_bits::<7>(5) == self.atsr_at.val().get_bits::<7>(5))
            & (self.offset.val().get_bits::<5>(0) == self.atsr_at.val().get_bits::<5>(0));
        self.register.d.next.sctlr = self.sctlr.val();
        self.register.d.next.ttbr0 = self.ttbr0.val();
        self.register.d.next.contextidr = self.contextidr.val();
        self.register.d.next.dacr = self.dacr.val();
        self.register.d.next.fsr = self.fsr.val();
        self.register.d.next.tlbstatus = self.tlbstatus.val();
        self.register.d.next.atsr = self.atsr.val();
        self.register.d.next.kept = self.sctlr.val()
            | self.ttbr0.val()
            | self.contextidr.val()
            | self.dacr.val()
            | self.far.val()
            | self.fsynr0.val()
            | self.fsynr1.val()
            | self.par.val();
        self.number.next = 0.into();
        if self.ttbr0.val() | self.dacr.val() | self.fsynr0.val() | self.par.val() {
            self.number.next = self.number.val() | 1;
        }
        if self.contextidr.val() | self.dacr.val() | self.fsynr1.val() | self.par.val() {
            self.number.next = self.number.val() | 2;
        }
        if self.far.val() | self.fsynr0.val() | self.fsynr1.val() | self.par.val() {
            self.number.next = self.number.val() | 4;
        }
        self.register.d.next.number = self.number.val();
        self.register.d.next.index = self.select.index.val();

        // The cycle of the access, and the one after it.
        self.index.next = self.register.q.val().index;

        // Configuration: written by bytes, to the bus's copy and to the translator's.
        self.strobes.next = self.access.val().strobes;
        self.data.next = self.access.val().data;
        self.port_place.next = self.index.val();
        self.write_sctlr.next = 0.into();
        self.write_ttbr0.next = 0.into();
        self.write_contextidr.next = 0.into();
        self.write_dacr.next = 0.into();
        if self.changed.q.val() {
            if self.register.q.val().sctlr {
                self.write_sctlr.next = self.strobes.val();
            }
            if self.register.q.val().ttbr0 {
                self.write_ttbr0.next = self.strobes.val();
            }
            if self.register.q.val().contextidr {
                self.write_contextidr.next = self.strobes.val();
            }
            if self.register.q.val().dacr {
                self.write_dacr.next = self.strobes.val();
            }
        }
        if self.sweep.val().active {
            self.port_place.next = bit_cast::<CONTEXT_BITS, 6>(self.sweep.val().index);
            self.write_sctlr.next = 15.into();
            self.write_ttbr0.next = 15.into();
            self.write_contextidr.next = 15.into();
            self.write_dacr.next = 15.into();
        }
        self.lookups.clock.next = self.clock.val();
        self.lookups.write_sctlr.next = self.write_sctlr.val();
        self.lookups.write_ttbr0.next = self.write_ttbr0.val();
        self.lookups.write_contextidr.next = self.write_contextidr.val();
        self.lookups.write_dacr.next = self.write_dacr.val();
        self.lookups.write_index.next = self.port_place.val();
        self.lookups.write_data.next = self.data.val();
        self.lookups.index.next = self.bank_index.val();
        self.bank.next = self.lookups.bank.val();
        self.answers.clock.next = self.clock.val();
        self.answers.write_sctlr.next = self.write_sctlr.val();
        self.answers.write_ttbr0.next = self.write_ttbr0.val();
        self.answers.write_contextidr.next = self.write_contextidr.val();
        self.answers.write_dacr.next = self.write_dacr.val();
        self.answers.write_index.next = self.port_place.val();
        self.answers.write_data.next = self.data.val();
        self.answers.index.next = self.respond_index.val();
        self.respond_bank.next = self.answers.bank.val();
        self.sctlr_bits.word.next = self.data.val();
        self.will_raise.next = self.raises.q.val();
        for i in 0..CONTEXTS {
            if self.access.val().wr
                & self.register.q.val().sctlr
                & self.strobes.val().get_bit(0)
                & (self.index.val() == i.to_bits())
            {
                self.will_raise.next = self
                    .will_raise
                    .val()
                    .replace_bit(i, self.sctlr_bits.raises.val());
            }
        }
        self.raises.d.next = self.will_raise.val();
        self.changed.d.next = self.access.val().wr
            & (self.register.q.val().sctlr
                | self.register.q.val().ttbr0
                | self.register.q.val().contextidr
                | self.register.q.val().dacr);
        self.configured.next.valid = self.changed.q.val();
        self.configured.next.by_context = self.changed.q.val();
        self.configured.next.context = self.index.val();

        // FSR collects the kinds of faults. MULTI alone names no fault, so it hides none.
        self.records.next = self.record.val() & self.fault.val().in_context;
        self.fault_place.next = self.index.val();
        if self.record.val() {
            self.fault_place.next = self.fault.val().context;
        }
        self.flags.read_address.next = self.fault_place.val();
        self.old.next = self.flags.read_data.val();
        self.remains.next = self.old.val().translation
            | self.old.val().access_flag
            | self.old.val().permission
            | self.old.val().external
            | self.old.val().domain
            | self.old.val().illegal_burst
            | self.old.val().timeout;
        self.kind_of.status.next = self.fault.val().status;
        self.strobed.next = 0.into();
        if self.strobes.val().get_bit(0) {
            self.strobed.next = self.strobed.val() | (self.data.val() & 0x0000_00FF);
        }
        if self.strobes.val().get_bit(1) {
            self.strobed.next = self.strobed.val() | (self.data.val() & 0x0000_FF00);
        }
        if self.strobes.val().get_bit(3) {
            self.strobed.next = self.strobed.val() | (self.data.val() & 0xFF00_0000_u64);
        }
        self.fsr_fields.word.next = self.strobed.val();
        self.new_flags.next.translation =
            self.old.val().translation & !self.fsr_fields.translation.val();
        self.new_flags.next.access_flag =
            self.old.val().access_flag & !self.fsr_fields.access_flag.val();
        self.new_flags.next.permission =
            self.old.val().permission & !self.fsr_fields.permission.val();
        self.new_flags.next.external = self.old.val().external & !self.fsr_fields.external.val();
        self.new_flags.next.domain = self.old.val().domain & !self.fsr_fields.domain.val();
        self.new_flags.next.illegal_burst =
            self.old.val().illegal_burst & !self.fsr_fields.illegal_burst.val();
        self.new_flags.next.timeout = self.old.val().timeout & !self.fsr_fields.timeout.val();
        self.new_flags.next.multi = self.old.val().multi & !self.fsr_fields.multi.val();
        if self.record.val() {
            self.new_flags.next.translation =
                self.old.val().translation | self.kind_of.translation.val();
            self.new_flags.next.access_flag =
                self.old.val().access_flag | self.kind_of.access_flag.val();
            self.new_flags.next.permission =
                self.old.val().permission | self.kind_of.permission.val();
            self.new_flags.next.external = self.old.val().external | self.kind_of.external.val();
            self.new_flags.next.domain = self.old.val().domain | self.kind_of.domain.val();
            self.new_flags.next.illegal_burst =
                self.old.val().illegal_burst | self.kind_of.illegal_burst.val();
            self.new_flags.next.timeout =
                self.old.val().timeout | (self.fault.val().status == self.code.stall_timeout.val());
            self.new_flags.next.multi = self.old.val().multi | self.remains.val();
        }
        self.write_flags.next =
            self.records.val() | (self.access.val().wr & self.register.q.val().fsr);
        if self.sweep.val().active {
            self.fault_place.next = bit_cast::<CONTEXT_BITS, 6>(self.sweep.val().index);
            self.new_flags.next.translation = false;
            self.new_flags.next.access_flag = false;
            self.new_flags.next.permission = false;
            self.new_flags.next.external = false;
            self.new_flags.next.domain = false;
            self.new_flags.next.illegal_burst = false;
            self.new_flags.next.timeout = false;
            self.new_flags.next.multi = false;
            self.write_flags.next = true;
        }
        self.flags.clock.next = self.clock.val();
        self.flags.write.next = self.write_flags.val();
        self.flags.write_address.next = self.fault_place.val();
        self.flags.write_data.next = self.new_flags.val();
        self.any_flag.next = self.new_flags.val().translation
            | self.new_flags.val().access_flag
            | self.new_flags.val().permission
            | self.new_flags.val().external
            | self.new_flags.val().domain
            | self.new_flags.val().illegal_burst
            | self.new_flags.val().timeout
            | self.new_flags.val().multi;
        self.will_fault.next = self.faulted.q.val();
        for i in 0..CONTEXTS {
            if self.write_flags.val() & (self.fault_place.val() == i.to_bits()) {
                self.will_fault.next = self.will_fault.val().replace_bit(i, self.any_flag.val());
            }
        }
        self.faulted.d.next = self.will_fault.val();
        self.interrupts.next = self.faulted.q.val() & self.raises.q.val();

        // Whose turn it is to write to the bus's memory.
        self.takes_data.next = self.changed.q.val();
        self.takes_result.next = self.result.q.val().valid & !self.changed.q.val();
        self.takes_word.next =
            self.words.q.val().any() & !self.result.q.val().valid & !self.changed.q.val();

        // FAR and FSYNR keep the first.
        if self.records.val() & !self.remains.val() {
            self.words.d.next = 1.into();
        }
        if self.takes_word.val() {
            self.words.d.next = self.words.q.val() + 1;
        }
        self.busy.next = self.words.q.val().any();
        self.fsynr0_word.write.next = self.fault.val().write;
        self.fsynr0_word.privileged.next = self.fault.val().privileged;
        self.fsynr0_word.instruction.next = self.fault.val().instruction;
        self.fsynr0_word.stalled.next = self.fault.val().stalled;
        self.fsynr0_word.slot.next = bit_cast::<SLOT_FIELD_BITS, SLOT_BITS>(self.fault.val().slot);
        self.fsynr0_word.status.next = self.fault.val().status;
        self.fsynr1_word.stream.next = self.fault.val().stream;
        self.fsynr1_word.id.next = self.fault.val().id;

        // PAR.
        if self.takes_result.val() {
            self.result.d.next.valid = false;
        }
        if self.probed.val().valid {
            self.result.d.next = self.probed.val();
        }
        self.thermometer.next = self.result.q.val().large;
        self.size.next = 0.into();
        if self.thermometer.val().get_bit(2) {
            self.size.next = 3.into();
        } else if self.thermometer.val().get_bit(1) {
            self.size.next = 2.into();
        } else if self.thermometer.val().get_bit(0) {
            self.size.next = 1.into();
        }
        self.par_word.faulted.next = self.result.q.val().status.any();
        self.par_word.status.next = self.result.q.val().status;
        self.par_word.size.next = self.size.val();
        self.par_word.page.next = self.result.q.val().page;

        // What is written there. (Written so, synthesis finds a register's synchronous reset.)
        self.mask.next = 0.into();
        if self.register.q.val().sctlr {
            self.mask.next = self.mask.val() | self.sctlr_mask.val();
        }
        if self.register.q.val().ttbr0 {
            self.mask.next = self.mask.val() | self.ttbr0_mask.val();
        }
        if self.register.q.val().contextidr {
            self.mask.next = self.mask.val() | self.contextidr_mask.val();
        }
        if self.register.q.val().dacr {
            self.mask.next = self.mask.val() | self.dacr_mask.val();
        }
        self.masked.next = self.data.val() & self.mask.val();
        self.kept_data.d.next = 0.into();
        if self.takes_data.val() {
            self.kept_data.d.next = self.masked.val();
        }
        self.kept_par.d.next = 0.into();
        if self.takes_result.val() {
            self.kept_par.d.next = self.par_word.word.val();
        }
        self.kept_far.d.next = 0.into();
        if self.takes_word.val() & (self.words.q.val() == 1) {
            self.kept_far.d.next = self.fault.val().iova;
        }
        self.kept_fsynr0.d.next = 0.into();
        if self.takes_word.val() & (self.words.q.val() == 2) {
            self.kept_fsynr0.d.next = self.fsynr0_word.word.val();
        }
        self.kept_fsynr1.d.next = 0.into();
        if self.takes_word.val() & (self.words.q.val() == 3) {
            self.kept_fsynr1.d.next = self.fsynr1_word.word.val();
        }
        // FAR is number 4, PAR 7.
        self.kept_bytes.d.next = 0.into();
        self.kept_at.d.next = (bit_cast::<6, CONTEXT_BITS>(self.fault.val().context) << 3)
            | (bit_cast::<6, 2>(self.words.q.val()) + 3);
        if self.takes_word.val() {
            self.kept_bytes.d.next = 15.into();
        }
        if self.takes_result.val() {
            self.kept_bytes.d.next = 15.into();
            self.kept_at.d.next =
                (bit_cast::<6, CONTEXT_BITS>(self.result.q.val().context) << 3) | 7;
        }
        if self.takes_data.val() {
            self.kept_bytes.d.next = self.strobes.val();
            self.kept_at.d.next = (bit_cast::<6, CONTEXT_BITS>(self.index.val()) << 3)
                | bit_cast::<6, 3>(self.register.q.val().number);
        }
        if self.sweep.val().active {
            self.kept_bytes.d.next = 15.into();
            self.kept_at.d.next = self.sweep.val().index;
        }
        self.store.clock.next = self.clock.val();
        self.store.write.next = self.kept_bytes.q.val();
        self.store.write_address.next = self.kept_at.q.val();
        self.store.write_data.next = self.kept_data.q.val()
            | self.kept_far.q.val()
            | self.kept_fsynr0.q.val()
            | self.kept_fsynr1.q.val()
            | self.kept_par.q.val();
        self.store.read.next = true;
        self.store.read_address.next = (bit_cast::<6, CONTEXT_BITS>(self.index.val()) << 3)
            | bit_cast::<6, 3>(self.register.q.val().number);

        // Live bits.
        self.is_stalled.next = false;
        self.is_probing.next = false;
        self.is_syncing.next = false;
        for i in 0..CONTEXTS {
            if self.index.val() == i.to_bits() {
                self.is_stalled.next = self.stalled.val().get_bit(i);
                self.is_probing.next = self.probing.val().get_bit(i);
                self.is_syncing.next = self.sync_active.val().get_bit(i);
            }
        }

        // What is read.
        self.fsr_word.translation.next = self.old.val().translation;
        self.fsr_word.access_flag.next = self.old.val().access_flag;
        self.fsr_word.permission.next = self.old.val().permission;
        self.fsr_word.external.next = self.old.val().external;
        self.fsr_word.domain.next = self.old.val().domain;
        self.fsr_word.illegal_burst.next = self.old.val().illegal_burst;
        self.fsr_word.timeout.next = self.old.val().timeout;
        self.fsr_word.multi.next = self.old.val().multi;
        self.fsr_word.stalled.next = self.is_stalled.val();
        self.tlbstatus_word.active.next = self.is_syncing.val();
        self.atsr_word.active.next = self.is_probing.val();
        self.reply.next.hit = self.register.q.val().kept
            | self.register.q.val().fsr
            | self.register.q.val().tlbstatus
            | self.register.q.val().atsr;
        self.read_fsr.d.next = 0.into();
        if self.register.q.val().fsr {
            self.read_fsr.d.next = self.fsr_word.word.val();
        }
        self.read_status.d.next = 0.into();
        if self.register.q.val().tlbstatus {
            self.read_status.d.next = self.tlbstatus_word.word.val();
        }
        if self.register.q.val().atsr {
            self.read_status.d.next = self.atsr_word.word.val();
        }
        self.reply.next.data = self.read_fsr.q.val() | self.read_status.q.val();
        if self.register.q.val().kept {
            self.reply.next.data =
                self.store.read_data.val() | self.read_fsr.q.val() | self.read_status.q.val();
        }
    }
}
