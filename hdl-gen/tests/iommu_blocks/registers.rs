//! All registers of the IOMMU, from the AXI4-Lite bus, against a plain model, cycle by cycle.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::config::{CONTEXTS, FAULT_QUEUE, STREAMS};
use hdl_gen::iommu::registers::Registers;
use hdl_gen::iommu::types::*;
use vcm_regs::context::{self, Contextidr, Fsr, Fsynr0, Fsynr1, Par, Resume, Sctlr, Ttbr0};
use vcm_regs::global::{self, stream_type, FqSynd0, FqSynd1, S2cr, StallCtrl, WalkAttr};
use vcm_regs::{fault, Access, Block, RegisterInfo};

use crate::axil_host::{AxilHost, Done, OKAY, SLVERR};
use crate::iommu::{self, n, Sim};

/// Inputs that registers show as they are.
#[derive(Clone, Copy, Default)]
struct Live {
    stalled: u64,
    probing: u64,
    sync_active: u64,
    sync_any: bool,
    locks: u64,
}

/// What a write does beside changing registers; given out one cycle later.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
struct Effects {
    command: TlbCommand,
    resume: ResumeCommand,
    probe: ProbeRequest,
    configured: Flush,
}
type ResumeCommand = hdl_gen::iommu::types::Resume;

#[derive(Clone, Default)]
struct BankModel {
    sctlr: u32,
    ttbr0: u32,
    contextidr: u32,
    dacr: u32,
    fsr: u32,
    far: u32,
    fsynr0: u32,
    fsynr1: u32,
    par: u32,
}

struct Model {
    banks: Vec<BankModel>,
    s2cr: Vec<u32>,
    irq_enable: u32,
    walk_attr: u32,
    stall_ctrl: u32,
    queue: VecDeque<Fault>,
    overflow: bool,
    counts: [u32; 12],
    copies: [u32; 12],
}

fn merge(old: u32, data: u32, mask: u32, info: &RegisterInfo) -> u32 {
    let mask = mask & info.mask(Access::ReadWrite);
    (old & !mask) | (data & mask)
}

/// Which register an address is, and which of its array or of its bank.
fn decode(address: u32) -> Option<(&'static Block, &'static RegisterInfo, usize)> {
    for block in [&global::BLOCK, &context::BLOCK] {
        for register in block.registers.iter().copied() {
            for bank in 0..block.count {
                for i in 0..register.count {
                    if block.at(bank) + register.offset + 4 * i == address {
                        return Some((block, register, (bank + i) as usize));
                    }
                }
            }
        }
    }
    None
}

fn synd1(fault: &Fault) -> u32 {
    FqSynd1::from_bits(0)
        .with(FqSynd1::SID, n(fault.stream) as u32)
        .with(FqSynd1::AXID, n(fault.id) as u32)
        .bits()
}

fn synd0(fault: &Fault) -> u32 {
    FqSynd0::from_bits(0)
        .with(FqSynd0::FS, n(fault.status) as u32)
        .with(FqSynd0::WNR, fault.write.into())
        .with(FqSynd0::PNU, fault.privileged.into())
        .with(FqSynd0::IND, fault.instruction.into())
        .with(FqSynd0::STALLED, fault.stalled.into())
        .with(FqSynd0::SLOT, n(fault.slot) as u32)
        .with(FqSynd0::CBVALID, fault.in_context.into())
        .with(FqSynd0::CBNDX, n(fault.context) as u32)
        .with(FqSynd0::VALID, 1)
        .bits()
}

impl Model {
    fn new() -> Self {
        Self {
            banks: vec![BankModel::default(); CONTEXTS],
            s2cr: vec![S2cr::default().bits(); STREAMS],
            irq_enable: global::IRQ_ENABLE.reset(),
            walk_attr: global::WALK_ATTR.reset(),
            stall_ctrl: global::STALL_CTRL.reset(),
            queue: VecDeque::new(),
            overflow: false,
            counts: [0; 12],
            copies: [0; 12],
        }
    }

    fn interrupts(&self) -> u64 {
        let raised =
            |bank: &BankModel| bank.fsr != 0 && Sctlr::from_bits(bank.sctlr).has(Sctlr::CFIE);
        (0..CONTEXTS)
            .map(|i| u64::from(raised(&self.banks[i])) << i)
            .sum()
    }

    fn irq(&self) -> bool {
        (!self.queue.is_empty() && self.irq_enable & 1 != 0)
            || (self.overflow && self.irq_enable & 2 != 0)
            || self.interrupts() != 0
    }

    fn record(&mut self, fault: &Fault) {
        self.counts[8] += 1;
        if self.queue.len() < FAULT_QUEUE {
            self.queue.push_back(*fault);
        } else {
            self.overflow = true;
        }
        if !fault.in_context {
            return;
        }
        let bank = &mut self.banks[n(fault.context) as usize];
        let kind = match n(fault.status) as u32 {
            fault::TRANSLATION_L1 | fault::TRANSLATION_L2 | fault::CONTEXT_DISABLED => {
                Fsr::TF.mask()
            }
            fault::ACCESS_FLAG_L1 | fault::ACCESS_FLAG_L2 => Fsr::AFF.mask(),
            fault::PERMISSION_L1 | fault::PERMISSION_L2 => Fsr::PF.mask(),
            fault::WALK_ABORT_L1 | fault::WALK_ABORT_L2 | fault::EXTERNAL_ABORT => Fsr::EF.mask(),
            fault::DOMAIN_L1 | fault::DOMAIN_L2 => Fsr::DF.mask(),
            fault::ILLEGAL_BURST => Fsr::BF.mask(),
            fault::STALL_TIMEOUT => Fsr::TO.mask(),
            _ => 0,
        };
        if bank.fsr & !Fsr::MULTI.mask() != 0 {
            bank.fsr |= Fsr::MULTI.mask();
        } else {
            bank.far = n(fault.iova) as u32;
            bank.fsynr0 = Fsynr0::from_bits(0)
                .with(Fsynr0::WNR, fault.write.into())
                .with(Fsynr0::PNU, fault.privileged.into())
                .with(Fsynr0::IND, fault.instruction.into())
                .with(Fsynr0::STALLED, fault.stalled.into())
                .with(Fsynr0::SLOT, n(fault.slot) as u32)
                .with(Fsynr0::FS, n(fault.status) as u32)
                .bits();
            bank.fsynr1 = Fsynr1::from_bits(synd1(fault)).bits();
        }
        bank.fsr |= kind;
    }

    fn probed(&mut self, answer: &ProbeAnswer) {
        let size = [0, 1, 9, 2, 9, 9, 9, 3][n(answer.large) as usize];
        self.banks[n(answer.context) as usize].par = Par::from_bits(0)
            .with(Par::F, (n(answer.status) != 0).into())
            .with(Par::FS, n(answer.status) as u32)
            .with(Par::SIZE, size)
            .with(Par::PA, n(answer.page) as u32)
            .bits();
    }

    fn read(&self, address: u32, live: &Live) -> Option<u32> {
        let (block, register, i) = decode(address)?;
        let bit = |bits: u64| (bits >> i & 1) as u32;
        let oldest = self.queue.front();
        Some(if block.name == "CONTEXT" {
            let bank = &self.banks[i];
            match register.name {
                "SCTLR" => bank.sctlr,
                "TTBR0" => bank.ttbr0,
                "CONTEXTIDR" => bank.contextidr,
                "DACR" => bank.dacr,
                "FSR" => Fsr::from_bits(bank.fsr)
                    .with(Fsr::SS, bit(live.stalled))
                    .bits(),
                "FAR" => bank.far,
                "FSYNR0" => bank.fsynr0,
                "FSYNR1" => bank.fsynr1,
                "PAR" => bank.par,
                "TLBSTATUS" => bit(live.sync_active),
                "ATSR" => bit(live.probing),
                _ => 0,
            }
        } else {
            match register.name {
                "IDR0" | "IDR1" | "IDR2" | "IDR3" | "IDR4" => register.reset(),
                "IRQ_ENABLE" => self.irq_enable,
                "IRQ_STATUS" => {
                    let queue = u32::from(!self.queue.is_empty());
                    queue | u32::from(self.overflow) << 1 | (self.interrupts() as u32) << 8
                }
                "WALK_ATTR" => self.walk_attr,
                "STALL_CTRL" => self.stall_ctrl,
                "FQ_STATUS" => self.queue.len() as u32 | u32::from(self.overflow) << 8,
                "FQ_IOVA" => oldest.map_or(0, |fault| n(fault.iova) as u32),
                "FQ_SYND0" => oldest.map_or(0, synd0),
                "FQ_SYND1" => oldest.map_or(0, synd1),
                "TLBSTATUS" => live.sync_any.into(),
                "TLB_LOCKS" => live.locks as u32,
                "S2CR" => self.s2cr[i],
                name if name.starts_with("CNT_") && name != "CNT_CTRL" => {
                    self.copies[(register.offset as usize - 0x104) / 4]
                }
                _ => 0,
            }
        })
    }

    /// `None`: nobody's address.
    fn write(&mut self, address: u32, data: u32, strobes: u8) -> Option<Effects> {
        let (block, register, i) = decode(address)?;
        let mask = (0..4)
            .map(|b| u32::from(strobes >> b & 1) * (0xFF << (8 * b)))
            .sum();
        let mut effects = Effects::default();
        let (vpn, asid) = (u64::from(data >> 12).into(), u64::from(data & 0xFF).into());
        let context = (i as u64 % CONTEXTS as u64).into();
        let command = TlbCommand {
            invalidate: true,
            by_context: true,
            context,
            vpn,
            asid,
            ..TlbCommand::default()
        };
        let probe = ProbeRequest {
            valid: true,
            context,
            vpn,
            ..ProbeRequest::default()
        };
        if block.name == "CONTEXT" {
            let bank = &mut self.banks[i];
            let held = match register.name {
                "SCTLR" => Some(&mut bank.sctlr),
                "TTBR0" => Some(&mut bank.ttbr0),
                "CONTEXTIDR" => Some(&mut bank.contextidr),
                "DACR" => Some(&mut bank.dacr),
                _ => None,
            };
            if let Some(held) = held {
                *held = merge(*held, data, mask, register);
                effects.configured = Flush {
                    valid: true,
                    by_context: true,
                    context,
                };
            }
            match register.name {
                "FSR" => bank.fsr &= !(data & mask),
                "RESUME" => {
                    let word = Resume::from_bits(data);
                    effects.resume = ResumeCommand {
                        valid: true,
                        context,
                        terminate: word.has(Resume::TERMINATE),
                        one: word.has(Resume::ONE),
                        write: word.has(Resume::WNR),
                        slot: u64::from(word.get(Resume::SLOT)).into(),
                    };
                }
                "TLBIVA" => {
                    effects.command = command;
                    effects.command.by_asid = true;
                    effects.command.by_va = true;
                }
                "TLBIVAA" => {
                    effects.command = command;
                    effects.command.by_va = true;
                }
                "TLBIASID" => {
                    effects.command = command;
                    effects.command.by_asid = true;
                    effects.command.spare_global = true;
                }
                "TLBIALL" => effects.command = command,
                "TLBRANGE" => {
                    effects.command = command;
                    effects.command.by_va = true;
                    effects.command.pages = u64::from(data & 0xFFF).into();
                }
                "TLBSYNC" => {
                    effects.command = command;
                    effects.command.invalidate = false;
                    effects.command.sync = true;
                }
                "TLBPRELOAD" => {
                    effects.probe = probe;
                    effects.probe.privileged = true;
                    effects.probe.lock = data & 1 == 1;
                }
                "V2PPR" | "V2PPW" | "V2PUR" | "V2PUW" => {
                    effects.probe = probe;
                    effects.probe.privileged = register.name.contains("2PP");
                    effects.probe.write = register.name.ends_with('W');
                }
                _ => {}
            }
        } else {
            match register.name {
                "IRQ_ENABLE" => self.irq_enable = merge(self.irq_enable, data, mask, register),
                "WALK_ATTR" => self.walk_attr = merge(self.walk_attr, data, mask, register),
                "STALL_CTRL" => self.stall_ctrl = merge(self.stall_ctrl, data, mask, register),
                "FQ_STATUS" => self.overflow &= data & mask & 0x100 == 0,
                "CNT_CTRL" if data & mask & 1 == 1 => {
                    self.copies = self.counts;
                    self.counts = [0; 12];
                }
                "S2CR" => {
                    self.s2cr[i] = merge(self.s2cr[i], data, mask, register);
                    effects.configured.valid = true;
                }
                "TLBIALL" | "TLBSYNC" => {
                    effects.command = command;
                    effects.command.by_context = false;
                    effects.command.invalidate = register.name == "TLBIALL";
                    effects.command.sync = register.name == "TLBSYNC";
                }
                _ => {}
            }
        }
        Some(effects)
    }

    fn route(word: u32) -> Route {
        let word = S2cr::from_bits(word);
        Route {
            bypass: word.get(S2cr::TYPE) == stream_type::BYPASS,
            translate: word.get(S2cr::TYPE) == stream_type::TRANSLATE,
            context: u64::from(word.get(S2cr::CBNDX)).into(),
        }
    }

    fn bank(held: &BankModel) -> Bank {
        let sctlr = Sctlr::from_bits(held.sctlr);
        Bank {
            enabled: sctlr.has(Sctlr::M),
            one_to_one: sctlr.has(Sctlr::ONE2ONE),
            afe: sctlr.has(Sctlr::AFE),
            mtcfg: sctlr.has(Sctlr::MTCFG),
            stall: sctlr.has(Sctlr::CFCFG),
            asid: u64::from(Contextidr::from_bits(held.contextidr).get(Contextidr::ASID)).into(),
            base: u64::from(Ttbr0::from_bits(held.ttbr0).get(Ttbr0::BASE)).into(),
            dacr: u64::from(held.dacr).into(),
        }
    }
}

/// An access that is under way.
#[derive(Clone, Copy, Debug)]
enum Request {
    Read(u32),
    Write(u32, u32, u8),
}

struct Bench {
    uut: Sim<Registers>,
    rng: Rng,
    host: AxilHost,
    model: Model,
    cycle: u64,
    request: Option<Request>,
    /// What the model says that the access is answered with.
    expected: Option<Done>,
    answer: Option<Done>,
    responded: bool,
    /// What the read under way would have got in the cycle before this one.
    fetched: Option<u32>,
    /// FQ_POP was written in the cycle before.
    pops: bool,
    /// What a RESUME of the cycle before gives out.
    resume: ResumeCommand,
    /// What lookups see: a cycle later than the bus.
    seen: (Vec<BankModel>, Vec<u32>),
    faults: [Option<Fault>; 4],
    due_faults: VecDeque<(u64, Fault)>,
    due_answers: VecDeque<(u64, ProbeAnswer)>,
    live: Live,
    irq: bool,
    events: Events,
    /// Chance of a fault a source and cycle, one in so many.
    faulty: u32,
    /// The same of the prober's answers.
    answering: u32,
    recorded: u32,
    initialising: u64,
}

impl Bench {
    fn new(seed: u64) -> Self {
        let mut bench = Self {
            uut: Sim::new(Registers::default(), |b| &mut b.clock),
            rng: Rng::new(seed),
            host: AxilHost::new(seed, 80),
            model: Model::new(),
            cycle: 0,
            request: None,
            expected: None,
            answer: None,
            responded: false,
            fetched: None,
            pops: false,
            resume: ResumeCommand::default(),
            seen: Default::default(),
            faults: [None; 4],
            due_faults: VecDeque::new(),
            due_answers: VecDeque::new(),
            live: Live::default(),
            irq: false,
            events: Events::default(),
            faulty: 40,
            answering: 20,
            recorded: 0,
            initialising: 0,
        };
        bench.reset();
        bench
    }

    fn reset(&mut self) {
        self.uut.reset.next = true;
        self.drive();
        self.uut.settle();
        self.uut.edge();
        self.uut.reset.next = false;
        self.model = Model::new();
        self.host.reset();
        self.request = None;
        self.expected = None;
        self.responded = false;
        self.pops = false;
        self.resume = ResumeCommand::default();
        self.seen = (self.model.banks.clone(), self.model.s2cr.clone());
        self.faults = [None; 4];
        self.due_faults.clear();
        self.due_answers.clear();
        self.irq = false;
        self.events = Events::default();
        self.initialising = 64;
    }

    fn drive(&mut self) {
        let (uut, rng) = (&mut self.uut, &mut self.rng);
        self.host.drive(&mut uut.s_axil);
        for fault in &mut self.faults {
            if fault.is_none() && rng.chance(1, self.faulty) {
                *fault = Some(iommu::fault(rng));
                if let Some(fault) = fault {
                    fault.status = rng.below(0x15).into();
                }
            }
        }
        uut.read_fault_valid.next = self.faults[0].is_some();
        uut.read_fault.next = self.faults[0].unwrap_or_else(|| iommu::fault(rng));
        uut.write_fault_valid.next = self.faults[1].is_some();
        uut.write_fault.next = self.faults[1].unwrap_or_else(|| iommu::fault(rng));
        uut.late_read_valid.next = self.faults[2].is_some();
        uut.late_read.next = self.faults[2].unwrap_or_else(|| iommu::fault(rng));
        uut.late_write_valid.next = self.faults[3].is_some();
        uut.late_write.next = self.faults[3].unwrap_or_else(|| iommu::fault(rng));
        uut.read_stream.next = rng.bits();
        uut.write_stream.next = rng.bits();
        uut.lookup_stream.next = rng.bits();
        uut.bank_index.next = rng.bits();
        uut.respond_index.next = rng.bits();
        uut.probed.next = ProbeAnswer {
            valid: self.initialising == 0
                && self.due_answers.is_empty()
                && rng.chance(1, self.answering),
            context: rng.bits(),
            status: if rng.bit() { 0.into() } else { rng.bits() },
            large: rng.pick(&[0, 1, 3, 7]).unwrap_or(0).into(),
            page: rng.bits(),
        };
        uut.probing.next = rng.bits();
        uut.sync_active.next = rng.bits();
        uut.sync_any.next = rng.bit();
        uut.stalled.next = rng.bits();
        uut.locks.next = rng.bits();
        uut.events.next = Events {
            read: true,
            write: rng.bit(),
            miss_r: rng.chance(1, 9),
            miss_w: rng.chance(8, 9),
            hit_r: rng.bit(),
            hit_w: true,
            walk: rng.bit(),
            walking: rng.bit(),
            main_miss: true,
            stalling: rng.bit(),
            prefetched: true,
        };
    }

    /// What happened in the cycle before this one, now that an answer shows whether it was an access.
    fn follow(&mut self) {
        let port = &self.uut.s_axil;
        let ran = !self.responded && (port.bvalid.val() | port.rvalid.val());
        let mut effects = Effects::default();
        while self
            .due_answers
            .front()
            .is_some_and(|due| due.0 < self.cycle)
        {
            let (_, answer) = self.due_answers.pop_front().unwrap();
            self.model.probed(&answer);
        }
        if std::mem::take(&mut self.pops) {
            self.model.queue.pop_front();
        }
        if ran {
            self.responded = true;
            match self.request.expect("an answer without a request") {
                Request::Read(_) => {
                    self.expected = Some(match self.fetched {
                        Some(data) => Done::Read { resp: OKAY, data },
                        None => Done::Read {
                            resp: SLVERR,
                            data: 0,
                        },
                    });
                }
                Request::Write(address, data, strobes) => {
                    let done = self.model.write(address, data, strobes);
                    self.pops = address == global::BLOCK.at(0) + global::FQ_POP.offset
                        && data & strobes as u32 & 1 == 1;
                    effects = done.unwrap_or_default();
                    let resp = if done.is_some() { OKAY } else { SLVERR };
                    self.expected = Some(Done::Write { resp });
                }
            }
        }
        // Data come a cycle after their access.
        if let Some(Request::Read(address)) = self.request {
            self.fetched = self.model.read(address, &self.live);
        }
        // After a snapshot: the events of its own cycle are the first of the new count.
        let e = self.events;
        let happened = [
            e.read,
            e.write,
            e.miss_r,
            e.miss_w,
            e.hit_r,
            e.hit_w,
            e.walk,
            e.walking,
            false,
            e.main_miss,
            e.stalling,
            e.prefetched,
        ];
        for (count, happened) in self.model.counts.iter_mut().zip(happened) {
            *count += u32::from(happened);
        }
        if self
            .due_faults
            .front()
            .is_some_and(|due| due.0 + 1 == self.cycle)
        {
            let (_, fault) = self.due_faults.pop_front().unwrap();
            let writes = matches!(self.request, Some(Request::Write(..)));
            assert!(!(ran && writes), "an access in the cycle of a record");
            self.model.record(&fault);
            self.recorded += 1;
        }

        let command = self.uut.command.val();
        assert_eq!(
            (command.invalidate, command.sync),
            (effects.command.invalidate, effects.command.sync)
        );
        if command.invalidate {
            assert_eq!(command.by_context, effects.command.by_context);
            assert_eq!(command.by_asid, effects.command.by_asid);
            assert_eq!(command.by_va, effects.command.by_va);
            assert_eq!(command.spare_global, effects.command.spare_global);
            assert_eq!(command.pages, effects.command.pages);
            if command.by_va {
                assert_eq!(command.vpn, effects.command.vpn);
            }
            if command.by_asid {
                assert_eq!(command.asid, effects.command.asid);
            }
        }
        if command.invalidate | command.sync {
            assert_eq!(command.by_context, effects.command.by_context);
            assert!(!command.by_context || command.context == effects.command.context);
        }
        assert_eq!(self.uut.resume.val().valid, self.resume.valid);
        if self.resume.valid {
            assert_eq!(self.uut.resume.val(), self.resume);
        }
        self.resume = effects.resume;
        assert_eq!(self.uut.probe.val().valid, effects.probe.valid);
        if effects.probe.valid {
            assert_eq!(self.uut.probe.val(), effects.probe);
        }
        assert_eq!(self.uut.configured.val().valid, effects.configured.valid);
        if effects.configured.valid {
            let by_context = effects.configured.by_context;
            assert_eq!(self.uut.configured.val().by_context, by_context);
            if by_context {
                assert_eq!(self.uut.configured.val(), effects.configured);
            }
        }
    }

    /// What the other blocks see in this cycle.
    fn compare(&mut self) {
        let uut = &self.uut;
        let closed = self.initialising > 0;
        assert_eq!(uut.initialising.val(), closed);
        let route = |stream: u64| {
            let route = Model::route(self.seen.1[stream as usize]);
            Route {
                bypass: route.bypass && !closed,
                translate: route.translate && !closed,
                context: route.context,
            }
        };
        for (stream, seen) in [
            (uut.read_stream.val(), uut.read_route.val()),
            (uut.write_stream.val(), uut.write_route.val()),
            (uut.lookup_stream.val(), uut.lookup_route.val()),
        ] {
            let expected = route(n(stream));
            assert_eq!(
                (seen.bypass, seen.translate),
                (expected.bypass, expected.translate)
            );
            assert!(closed || seen.context == expected.context);
        }
        if !closed {
            let bank = |index| Model::bank(&self.seen.0[n(index) as usize]);
            assert_eq!(uut.bank.val(), bank(uut.bank_index.val()));
            assert_eq!(uut.respond_bank.val(), bank(uut.respond_index.val()));
        }
        let stall = StallCtrl::from_bits(self.model.stall_ctrl);
        assert_eq!(n(uut.limits.val().most) as u32, stall.get(StallCtrl::LIMIT));
        assert_eq!(
            n(uut.limits.val().ticks) as u32,
            stall.get(StallCtrl::TIMEOUT)
        );
        let walk = WalkAttr::from_bits(self.model.walk_attr);
        assert_eq!(n(uut.walk_cache.val()) as u32, walk.get(WalkAttr::CACHE));
        assert_eq!(n(uut.walk_user.val()) as u32, walk.get(WalkAttr::USER));
        assert_eq!(uut.irq.val(), self.irq);
        self.irq = self.model.irq();
        self.seen = (self.model.banks.clone(), self.model.s2cr.clone());
    }

    fn cycle(&mut self) {
        self.cycle += 1;
        self.drive();
        self.uut.settle();
        self.follow();
        self.compare();
        let uut = &self.uut;
        let ready = [
            uut.read_fault_ready.val(),
            uut.write_fault_ready.val(),
            uut.late_read_ready.val(),
            uut.late_write_ready.val(),
        ];
        for (fault, ready) in self.faults.iter_mut().zip(ready) {
            if let Some(taken) = fault.take_if(|_| ready) {
                assert!(self.initialising == 0);
                self.due_faults.push_back((self.cycle + 2, taken));
            }
        }
        if uut.probed.val().valid {
            self.due_answers
                .push_back((self.cycle + 3, uut.probed.val()));
        }
        self.events = uut.events.val();
        self.live = Live {
            stalled: n(uut.stalled.val()),
            probing: n(uut.probing.val()),
            sync_active: n(uut.sync_active.val()),
            sync_any: uut.sync_any.val(),
            locks: n(uut.locks.val()),
        };
        self.host.sample(&self.uut.s_axil);
        if let Some(done) = self.host.take() {
            assert_eq!(Some(done), self.expected.take(), "{:x?}", self.request);
            self.answer = Some(done);
            self.request = None;
            self.responded = false;
        }
        self.uut.edge();
        self.initialising = self.initialising.saturating_sub(1);
    }

    fn access(&mut self, request: Request) -> Done {
        self.request = Some(request);
        match request {
            Request::Read(address) => self.host.read(address as u16),
            Request::Write(address, data, strobes) => {
                self.host.write(address as u16, data, strobes);
            }
        }
        for _ in 0..400 {
            self.cycle();
            if self.request.is_none() {
                return self.answer.expect("an answer");
            }
        }
        panic!("no answer to {request:x?}");
    }

    fn read(&mut self, address: u32) -> u32 {
        match self.access(Request::Read(address)) {
            Done::Read { data, .. } => data,
            Done::Write { .. } => unreachable!(),
        }
    }

    fn write(&mut self, address: u32, data: u32) {
        self.access(Request::Write(address, data, 0xF));
    }

    fn random_access(&mut self, only: &[u32]) {
        let address = self.rng.pick(only).unwrap_or(0);
        let request = if self.rng.bit() {
            Request::Read(address)
        } else {
            let strobes = if self.rng.bit() {
                15
            } else {
                self.rng.below(16) as u8
            };
            Request::Write(address, n(self.rng.bits::<32>()) as u32, strobes)
        };
        self.access(request);
    }
}

/// Every register of the map, and some addresses that are nobody's.
fn addresses() -> Vec<u32> {
    let mut all = vec![
        0x014, 0x134, 0x240, 0x800, 0x4000, 0x7FFC, 0x8004, 0xF7F8, 0xFFFC, 0x1000,
    ];
    for block in [&global::BLOCK, &context::BLOCK] {
        for register in block.registers {
            for bank in 0..block.count {
                for i in 0..register.count {
                    all.push(block.at(bank) + register.offset + 4 * i);
                }
            }
        }
    }
    all
}

#[test]
fn every_register_does_what_the_map_says_over_random_accesses_faults_and_resets() {
    let mut bench = Bench::new(1);
    let all = addresses();
    for round in 0..12 {
        bench.faulty = [4, 40, 400][round % 3];
        for _ in 0..400 {
            bench.random_access(&all);
        }
        if round % 4 == 3 {
            bench.reset();
            bench.faulty = 100_000;
            for &address in &all {
                bench.read(address);
            }
        }
    }
    assert!(bench.recorded > 500, "{}", bench.recorded);
}

#[test]
fn after_a_reset_all_registers_read_their_reset_values() {
    let mut bench = Bench::new(2);
    bench.faulty = 3;
    for _ in 0..500 {
        bench.random_access(&addresses());
    }
    bench.answering = u32::MAX;
    bench.faulty = u32::MAX;
    bench.reset();
    for block in [&global::BLOCK, &context::BLOCK] {
        for register in block.registers {
            let live = register.name == "FSR" || register.name == "ATSR";
            if live || register.name.starts_with("TLB") {
                continue;
            }
            for bank in 0..block.count {
                let read = bench.read(block.at(bank) + register.offset);
                assert_eq!(read, register.reset(), "{}", register.name);
            }
        }
    }
}

#[test]
fn snapshots_are_exact_at_any_distance_and_can_be_read_at_once() {
    let mut bench = Bench::new(3);
    bench.host.eager = 100;
    let ctrl = global::CNT_CTRL.offset;
    for round in 0..150 {
        for _ in 0..bench.rng.below(40) {
            bench.cycle();
        }
        bench.write(ctrl, 1);
        if round % 3 == 0 {
            continue;
        }
        let first = bench.rng.below(12) as u32;
        for i in 0..12 {
            bench.read(ctrl + 4 + (first + i) % 12 * 4);
        }
    }
}

/// Long enough for carries, and with reads that take the memory from the round.
#[test]
fn counters_do_not_lose_events_while_others_are_read() {
    let mut bench = Bench::new(4);
    bench.host.eager = 100;
    let ctrl = global::CNT_CTRL.offset;
    for _ in 0..3 {
        for i in 0..300 {
            bench.read(ctrl + 4 + i % 12 * 4);
        }
        bench.write(ctrl, 1);
    }
    for i in 0..12 {
        bench.read(ctrl + 4 + i * 4);
    }
}

#[test]
fn a_full_fault_queue_keeps_its_records_and_tells_of_the_loss() {
    let mut bench = Bench::new(5);
    for _ in 0..4 {
        bench.faulty = 2;
        while !bench.model.overflow {
            bench.cycle();
        }
        bench.faulty = u32::MAX;
        while bench.faults.iter().any(Option::is_some) || !bench.due_faults.is_empty() {
            bench.cycle();
        }
        assert_eq!(bench.read(global::FQ_STATUS.offset), 16 | 0x100);
        for left in (0..16).rev() {
            bench.read(global::FQ_IOVA.offset);
            bench.read(global::FQ_SYND0.offset);
            bench.read(global::FQ_SYND1.offset);
            bench.write(global::FQ_POP.offset, 1);
            assert_eq!(bench.read(global::FQ_STATUS.offset) & 0x1F, left);
        }
        assert_eq!(bench.read(global::FQ_SYND0.offset), 0);
        bench.write(global::FQ_STATUS.offset, 0x100);
        assert_eq!(bench.read(global::FQ_STATUS.offset), 0);
    }
}

#[test]
fn a_tick_comes_every_1024_cycles() {
    let mut bench = Bench::new(6);
    let mut last = None;
    for cycle in 0..5000 {
        let before = n(bench.uut.now.val());
        let tick = bench.uut.tick.val();
        bench.cycle();
        let after = n(bench.uut.now.val());
        assert_eq!(after, before + u64::from(tick), "cycle {cycle}");
        if tick {
            assert!(last.is_none_or(|last| cycle - last == 1024));
            last = Some(cycle);
        }
    }
    assert_eq!(n(bench.uut.now.val()), 4);
}
