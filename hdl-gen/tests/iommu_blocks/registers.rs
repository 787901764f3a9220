//! The registers behind the bus: TLB commands, stream map, context banks, counters, globals.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::commands::Commands;
use hdl_gen::iommu::config::*;
use hdl_gen::iommu::context_bank::ContextBanks;
use hdl_gen::iommu::counters::Counter;
use hdl_gen::iommu::globals::Globals;
use hdl_gen::iommu::reg_bus::{RegAnswer, RegRequest};
use hdl_gen::iommu::stream_map::StreamMap;
use hdl_gen::iommu::types::*;
use rust_hdl::prelude::*;
use vcm_regs::context::{self, Fsr, Fsynr0, Fsynr1, Sctlr};
use vcm_regs::global::{self, stream_type, CntCtrl, FqPop, FqStatus, IrqEnable, IrqStatus, S2cr};
use vcm_regs::{Access, RegisterInfo};

use crate::iommu::{self, n, Sim};

fn bank_at(index: u32, info: &RegisterInfo) -> u32 {
    context::BLOCK.at(index) + info.offset
}

fn global_at(info: &RegisterInfo) -> u32 {
    global::BLOCK.at(0) + info.offset
}

/// A write of a whole word.
fn write(addr: u32, data: u32) -> RegRequest {
    RegRequest {
        wr: true,
        wr_addr: u64::from(addr).into(),
        wr_data: u64::from(data).into(),
        wr_mask: u64::from(u32::MAX).into(),
        ..RegRequest::default()
    }
}

fn read(addr: u32) -> RegRequest {
    RegRequest {
        rd_addr: u64::from(addr).into(),
        ..RegRequest::default()
    }
}

/// A register as its fields' access says, with byte strobes.
fn written(info: &RegisterInfo, value: u32, request: &RegRequest) -> u32 {
    let (data, mask) = (n(request.wr_data) as u32, n(request.wr_mask) as u32);
    let writable = info.mask(Access::ReadWrite) & mask;
    let cleared = info.mask(Access::WriteOneToClear) & mask & data;
    value & !writable & !cleared | data & writable
}

#[test]
fn every_write_to_a_command_register_is_one_command_in_the_next_cycle() {
    let mut b = Sim::new(Commands::default(), |b| &mut b.clock);
    let any = TlbCommand::default();
    let invalidate = TlbCommand {
        invalidate: true,
        ..any
    };
    let sync = TlbCommand { sync: true, ..any };
    let by_asid = |command| TlbCommand {
        by_asid: true,
        asid: 0x5A.into(),
        ..command
    };
    let by_va = |command| TlbCommand {
        by_va: true,
        vpn: 0xABCDE.into(),
        ..command
    };
    let spare_global = |command| TlbCommand {
        spare_global: true,
        ..command
    };
    let in_bank = |command, index: u32| TlbCommand {
        by_context: true,
        context: u64::from(index).into(),
        ..command
    };
    let mut cases = vec![
        (global_at(&global::TLBIALL), invalidate),
        (global_at(&global::TLBSYNC), sync),
    ];
    for i in 0..CONTEXTS as u32 {
        cases.extend([
            (
                bank_at(i, &context::TLBIVA),
                in_bank(by_asid(by_va(invalidate)), i),
            ),
            (bank_at(i, &context::TLBIVAA), in_bank(by_va(invalidate), i)),
            (
                bank_at(i, &context::TLBIASID),
                in_bank(spare_global(by_asid(invalidate)), i),
            ),
            (bank_at(i, &context::TLBIALL), in_bank(invalidate, i)),
            (bank_at(i, &context::TLBSYNC), in_bank(sync, i)),
        ]);
    }
    let none = |command: TlbCommand| !command.invalidate && !command.sync;
    for (addr, expected) in cases {
        b.request.next = RegRequest {
            rd_addr: u64::from(addr).into(),
            ..write(addr, 0xABCD_E05A)
        };
        b.settle();
        assert!(none(b.command.val()), "{addr:#x}");
        let answer = b.answer.val();
        assert!(answer.wr_hit && answer.rd_hit && n(answer.rd_data) == 0);
        b.edge();
        b.request.next = RegRequest::default();
        b.settle();
        // What no qualifier asks for does not matter.
        let mut command = b.command.val();
        if !command.by_asid {
            command.asid = 0.into();
        }
        if !command.by_va {
            command.vpn = 0.into();
        }
        if !command.by_context {
            command.context = 0.into();
        }
        assert_eq!(command, expected, "{addr:#x}");
        b.edge();
        b.settle();
        assert!(none(b.command.val()), "{addr:#x}");
    }
}

#[test]
fn no_other_address_is_a_command() {
    let mut b = Sim::new(Commands::default(), |b| &mut b.clock);
    let commands = |addr: u32| {
        let of = |offset: u32, registers: &[&RegisterInfo]| {
            registers.iter().any(|info| info.offset == offset)
        };
        match addr >> 12 {
            0 => of(addr, &[&global::TLBIALL, &global::TLBSYNC]),
            8..=15 => of(
                addr & 0xFFF,
                &[
                    &context::TLBIVA,
                    &context::TLBIVAA,
                    &context::TLBIASID,
                    &context::TLBIALL,
                    &context::TLBSYNC,
                ],
            ),
            _ => false,
        }
    };
    for addr in (0..0x1_0000).step_by(4) {
        b.request.next = RegRequest {
            rd_addr: u64::from(addr).into(),
            ..write(addr, 0)
        };
        b.settle();
        let hits = (b.answer.val().wr_hit, b.answer.val().rd_hit);
        assert_eq!(hits, (commands(addr), commands(addr)), "{addr:#x}");
    }
}

#[test]
fn each_stream_goes_where_its_register_says() {
    let mut b = Sim::new(StreamMap::default(), |b| &mut b.clock);
    let mut rng = Rng::new(1);
    let reset = S2cr::default().bits();
    let mut map = [reset; STREAMS];
    let first = global_at(&global::S2CR);
    let addresses: Vec<u32> = (first - 8..first + 4 * STREAMS as u32 + 8)
        .step_by(4)
        .collect();
    let route = |word: u32| {
        let word = S2cr::from_bits(word);
        let kind = word.get(S2cr::TYPE);
        Route {
            bypass: kind == stream_type::BYPASS,
            translate: kind == stream_type::TRANSLATE,
            context: u64::from(word.get(S2cr::CBNDX)).into(),
        }
    };
    for _ in 0..8000 {
        let request = iommu::register_access(&mut rng, &addresses);
        let resets = rng.chance(1, 1000);
        b.reset.next = resets;
        b.request.next = request;
        b.read_stream.next = rng.bits();
        b.write_stream.next = rng.bits();
        b.settle();
        let of = |stream: Bits<STREAM_BITS>| route(map[n(stream) as usize]);
        assert_eq!(b.read_route.val(), of(b.read_stream.val()));
        assert_eq!(b.write_route.val(), of(b.write_stream.val()));
        let index = |addr: Bits<16>| {
            let at = (n(addr) as usize).checked_sub(first as usize)? / 4;
            (at < STREAMS).then_some(at)
        };
        let (wr, rd) = (index(request.wr_addr), index(request.rd_addr));
        let expected = RegAnswer {
            wr_hit: wr.is_some(),
            rd_hit: rd.is_some(),
            rd_data: u64::from(rd.map_or(0, |at| map[at])).into(),
        };
        assert_eq!(b.answer.val(), expected);
        if let (Some(at), true) = (wr, request.wr) {
            map[at] = written(&global::S2CR, map[at], &request);
        }
        if resets {
            map = [reset; STREAMS];
        }
        b.edge();
    }
}

/// The bit of FSR for each status (the prose of the register).
fn kind(status: u64) -> u32 {
    match status {
        0x05 | 0x07 | 0x11 => Fsr::TF.mask(),
        0x03 | 0x06 => Fsr::AFF.mask(),
        0x0D | 0x0F => Fsr::PF.mask(),
        0x08 | 0x0C | 0x0E => Fsr::EF.mask(),
        0x09 | 0x0B => Fsr::DF.mask(),
        0x12 => Fsr::BF.mask(),
        _ => 0,
    }
}

/// The registers of a bank that hold something, and what they hold.
#[derive(Clone, Copy, Default)]
struct Bank {
    sctlr: u32,
    ttbr0: u32,
    contextidr: u32,
    dacr: u32,
    fsr: u32,
    far: u32,
    fsynr0: u32,
    fsynr1: u32,
}

impl Bank {
    fn read(&self, offset: u32, syncing: bool) -> Option<u32> {
        Some(match offset {
            o if o == context::SCTLR.offset => self.sctlr,
            o if o == context::TTBR0.offset => self.ttbr0,
            o if o == context::CONTEXTIDR.offset => self.contextidr,
            o if o == context::DACR.offset => self.dacr,
            o if o == context::FSR.offset => self.fsr,
            o if o == context::FAR.offset => self.far,
            o if o == context::FSYNR0.offset => self.fsynr0,
            o if o == context::FSYNR1.offset => self.fsynr1,
            o if o == context::TLBSTATUS.offset => syncing.into(),
            _ => return None,
        })
    }

    fn write(&mut self, offset: u32, request: &RegRequest) {
        let held = [
            (&context::SCTLR, &mut self.sctlr),
            (&context::TTBR0, &mut self.ttbr0),
            (&context::CONTEXTIDR, &mut self.contextidr),
            (&context::DACR, &mut self.dacr),
            (&context::FSR, &mut self.fsr),
        ];
        for (info, value) in held {
            if info.offset == offset {
                *value = written(info, *value, request);
            }
        }
    }

    /// After a write of the same cycle: what it clears is clear, the new fault is kept.
    fn record(&mut self, fault: &Fault) {
        // MULTI alone names no fault.
        if self.fsr & !Fsr::MULTI.mask() == 0 {
            self.far = n(fault.iova) as u32;
            self.fsynr0 = Fsynr0::from_bits(0)
                .with(Fsynr0::WNR, fault.write.into())
                .with(Fsynr0::PNU, fault.privileged.into())
                .with(Fsynr0::IND, fault.instruction.into())
                .with(Fsynr0::FS, n(fault.status) as u32)
                .bits();
            self.fsynr1 = Fsynr1::from_bits(0)
                .with(Fsynr1::SID, n(fault.stream) as u32)
                .with(Fsynr1::AXID, n(fault.id) as u32)
                .bits();
        } else {
            self.fsr |= Fsr::MULTI.mask();
        }
        self.fsr |= kind(n(fault.status));
    }

    fn state(&self) -> ContextState {
        let sctlr = Sctlr::from_bits(self.sctlr);
        ContextState {
            enabled: sctlr.has(Sctlr::M),
            afe: sctlr.has(Sctlr::AFE),
            mtcfg: sctlr.has(Sctlr::MTCFG),
            asid: u64::from(self.contextidr).into(),
            base: u64::from(self.ttbr0 >> 14).into(),
            dacr: u64::from(self.dacr).into(),
        }
    }
}

#[test]
fn context_banks_hold_their_settings_and_their_first_fault() {
    let mut b = Sim::new(ContextBanks::default(), |b| &mut b.clock);
    let mut rng = Rng::new(2);
    let mut banks = [Bank::default(); CONTEXTS];
    let mut addresses = vec![0, 0x100];
    for index in 0..CONTEXTS as u32 {
        let registers = context::BLOCK.registers.iter();
        addresses.extend(registers.map(|info| bank_at(index, info)));
        // What clears faults comes often enough to find few.
        addresses.extend([bank_at(index, &context::FSR); 4]);
    }
    let (mut multi, mut together) = (0, 0);
    for cycle in 0..20_000 {
        let request = iommu::register_access(&mut rng, &addresses);
        let resets = rng.chance(1, 3000);
        b.reset.next = resets;
        b.request.next = request;
        b.read_index.next = rng.bits();
        b.write_index.next = rng.bits();
        b.fault_valid.next = rng.chance(1, 10);
        b.fault.next = iommu::fault(&mut rng);
        b.sync_active.next = rng.bits();
        b.settle();
        let state = |index: Bits<CONTEXT_BITS>| banks[n(index) as usize].state();
        assert_eq!(b.read_state.val(), state(b.read_index.val()));
        assert_eq!(b.write_state.val(), state(b.write_index.val()));
        let interrupts = banks.iter().enumerate().fold(0, |all, (i, bank)| {
            let raised = bank.fsr != 0 && Sctlr::from_bits(bank.sctlr).has(Sctlr::CFIE);
            all | u64::from(raised) << i
        });
        assert_eq!(n(b.interrupts.val()), interrupts);

        let place = |addr: Bits<16>| {
            let addr = n(addr) as u32;
            let index = (addr >> 12).checked_sub(context::BLOCK.base >> 12)?;
            Some((index as usize, addr & 0xFFF))
        };
        let syncing = |index: usize| n(b.sync_active.val()) >> index & 1 == 1;
        let read = |addr| {
            place(addr).and_then(|(index, offset)| banks[index].read(offset, syncing(index)))
        };
        let rd = read(request.rd_addr);
        let expected = RegAnswer {
            wr_hit: read(request.wr_addr).is_some(),
            rd_hit: rd.is_some(),
            rd_data: u64::from(rd.unwrap_or(0)).into(),
        };
        assert_eq!(b.answer.val(), expected, "cycle {cycle}, {request:x?}");

        let mut clears = None;
        if let (Some((index, offset)), true) = (place(request.wr_addr), request.wr) {
            let before = banks[index].fsr;
            banks[index].write(offset, &request);
            clears = (banks[index].fsr != before).then_some(index);
        }
        let fault = b.fault.val();
        if b.fault_valid.val() && fault.in_context {
            let index = n(fault.context) as usize;
            banks[index].record(&fault);
            multi += u32::from(Fsr::from_bits(banks[index].fsr).has(Fsr::MULTI));
            together += u32::from(clears == Some(index));
        }
        if resets {
            banks = [Bank::default(); CONTEXTS];
        }
        b.edge();
    }
    assert!(multi > 300 && together > 10, "{multi} {together}");
}

#[test]
fn a_counter_misses_no_event_at_its_snapshot() {
    let mut b = Sim::new(Counter::new(0x104), |b| &mut b.clock);
    let mut rng = Rng::new(3);
    let (mut count, mut copy) = (0u64, 0);
    b.request.next = read(0x104);
    for _ in 0..3000 {
        b.happens.next = rng.chance(2, 3);
        b.snapshot.next = rng.chance(1, 10);
        b.settle();
        assert_eq!(n(b.answer.val().rd_data), copy);
        if b.snapshot.val() {
            copy = count;
            count = 0;
        }
        count += u64::from(b.happens.val());
        b.edge();
    }
}

#[test]
fn globals_are_what_their_registers_say() {
    let mut b = Sim::new(Globals::default(), |b| &mut b.clock);
    let mut rng = Rng::new(4);
    let mut queue: VecDeque<Fault> = VecDeque::new();
    let (mut enable, mut overflow, mut overflows) = (0, false, 0);
    // In the order of their registers: those of `Events`, then faults.
    let (mut counts, mut copies) = ([0u32; 9], [0u32; 9]);
    let own = global::BLOCK.registers.iter().filter(|info| {
        ![
            global::S2CR.offset,
            global::TLBIALL.offset,
            global::TLBSYNC.offset,
        ]
        .contains(&info.offset)
    });
    let own: Vec<u32> = own.map(|info| info.offset).collect();
    let registers = global::BLOCK.registers.iter().map(|info| info.offset);
    let addresses: Vec<u32> = registers.chain([0x10, 0x28, 0x128, 0x4000]).collect();
    for cycle in 0..20_000 {
        let mut request = iommu::register_access(&mut rng, &addresses);
        if rng.chance(1, 8) {
            request.wr_addr = u64::from(global::FQ_POP.offset).into();
        }
        b.request.next = request;
        b.fault_valid.next = rng.chance(if cycle % 1000 < 500 { 4 } else { 1 }, 20);
        b.fault.next = iommu::fault(&mut rng);
        b.interrupts.next = if rng.chance(1, 4) {
            rng.bits()
        } else {
            0.into()
        };
        b.sync_active.next = rng.bit();
        let happen: [bool; 8] = std::array::from_fn(|_| rng.chance(1, 3));
        b.events.next = Events {
            read: happen[0],
            write: happen[1],
            miss_r: happen[2],
            miss_w: happen[3],
            hit_r: happen[4],
            hit_w: happen[5],
            walk: happen[6],
            walking: happen[7],
        };
        b.settle();

        let head = queue.front().map_or([0; 3], crate::faults::words_of);
        let contexts = n(b.interrupts.val()) as u32;
        let value = |offset: u32| match offset {
            o if o == global::IDR0.offset => global::IDR0_MAGIC,
            o if o == global::IDR1.offset => global::IDR1.reset(),
            o if o == global::IDR2.offset => global::IDR2.reset(),
            o if o == global::IDR3.offset => global::IDR3.reset(),
            o if o == global::IRQ_ENABLE.offset => enable,
            o if o == global::IRQ_STATUS.offset => IrqStatus::from_bits(0)
                .with(IrqStatus::FAULT, (!queue.is_empty()).into())
                .with(IrqStatus::FQOVERFLOW, overflow.into())
                .with(IrqStatus::CTX, contexts)
                .bits(),
            o if o == global::FQ_STATUS.offset => FqStatus::from_bits(0)
                .with(FqStatus::COUNT, queue.len() as u32)
                .with(FqStatus::OVERFLOW, overflow.into())
                .bits(),
            o if o == global::FQ_IOVA.offset => head[0] as u32,
            o if o == global::FQ_SYND0.offset => head[1] as u32,
            o if o == global::FQ_SYND1.offset => head[2] as u32,
            o if o == global::TLBSTATUS.offset => b.sync_active.val().into(),
            o if o >= global::CNT_READS.offset => {
                copies[((o - global::CNT_READS.offset) / 4) as usize]
            }
            _ => 0, // commands
        };
        let rd = n(request.rd_addr) as u32;
        let expected = RegAnswer {
            wr_hit: own.contains(&(n(request.wr_addr) as u32)),
            rd_hit: own.contains(&rd),
            rd_data: if own.contains(&rd) {
                value(rd).into()
            } else {
                0
            }
            .into(),
        };
        assert_eq!(b.answer.val(), expected, "cycle {cycle}, {request:x?}");
        let irq = IrqEnable::from_bits(enable);
        let irq = irq.has(IrqEnable::FAULT) && !queue.is_empty()
            || irq.has(IrqEnable::FQOVERFLOW) && overflow
            || contexts != 0;
        assert_eq!(b.irq.val(), irq, "cycle {cycle}");

        let wr = n(request.wr_addr) as u32;
        let data = (n(request.wr_data) & n(request.wr_mask)) as u32;
        let hits =
            |info: &RegisterInfo, mask: u32| request.wr && wr == info.offset && data & mask != 0;
        if hits(&global::FQ_POP, FqPop::POP.mask()) {
            queue.pop_front();
        }
        if hits(&global::FQ_STATUS, FqStatus::OVERFLOW.mask()) {
            overflow = false;
        }
        if b.fault_valid.val() {
            if queue.len() < FAULT_QUEUE {
                queue.push_back(b.fault.val());
            } else {
                overflow = true;
                overflows += 1;
            }
        }
        if request.wr && wr == global::IRQ_ENABLE.offset {
            enable = written(&global::IRQ_ENABLE, enable, &request);
        }
        if hits(&global::CNT_CTRL, CntCtrl::SNAPSHOT.mask()) {
            copies = counts;
            counts = [0; 9];
        }
        let events = happen.into_iter().chain([b.fault_valid.val()]);
        for (count, happens) in counts.iter_mut().zip(events) {
            *count += u32::from(happens);
        }
        b.edge();
    }
    assert!(overflows > 50, "{overflows}");
}
