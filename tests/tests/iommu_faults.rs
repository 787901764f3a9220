//! Faults and their records: fault queue, FSR, FAR, FSYNR, interrupt.

use anyhow::Result;
use vcm_regs::context::{Dacr, Far, Fsr, Fsynr0, Fsynr1, Resume, Sctlr};
use vcm_regs::descriptor::{ap, first};
use vcm_regs::fault;
use vcm_regs::global::{
    self, FqIova, FqPop, FqStatus, FqSynd0, FqSynd1, IDR3, Idr3, IrqEnable, IrqStatus,
};
use vcm_sim::axi::Request;
use vcm_sim::axil::Access;
use vcm_sim::ddr::Port;
use vcm_sim::signals::{Burst, Resp};
use vcm_tests::bench::{Bench, DATA, Setup, cosimulate, quick};
use vcm_tests::registers::{FaultRecord, RECORDING, Route};
use vcm_tests::tables::{Page, Size, Tables};

const IOVA: u32 = 0x3000_0000;
const PA: u32 = DATA;
/// The context under test, and the stream that is bound to it.
const CONTEXT: u32 = 5;
const STREAM: u8 = 11;

/// Records that the fault queue holds.
const DEPTH: u32 = Idr3::from_bits(IDR3.reset()).get(Idr3::FQDEPTH);

/// Makes a kind of fault happen at `IOVA`; its status code and its bit of FSR.
struct Kind {
    status: u32,
    bit: vcm_regs::Field<Fsr>,
    prepare: fn(&Bench, &mut Tables) -> Result<()>,
}

fn kind(
    status: u32,
    bit: vcm_regs::Field<Fsr>,
    prepare: fn(&Bench, &mut Tables) -> Result<()>,
) -> Kind {
    Kind {
        status,
        bit,
        prepare,
    }
}

fn section() -> Page {
    Page::new(Size::Section, IOVA, PA)
}

fn small() -> Page {
    Page::small(IOVA, PA)
}

/// Every kind that a legal burst of a context may have.
fn kinds() -> [Kind; 12] {
    [
        kind(fault::TRANSLATION_L1, Fsr::TF, |_, _| Ok(())),
        kind(fault::TRANSLATION_L2, Fsr::TF, |_, t| t.add_second(IOVA, 0)),
        kind(fault::CONTEXT_DISABLED, Fsr::TF, |bench, _| {
            bench.set_bank(CONTEXT, Sctlr::default())
        }),
        kind(fault::ACCESS_FLAG_L1, Fsr::AFF, |bench, t| {
            use_access_flags(bench)?;
            t.map(Page {
                ap: ap::PRIV_RW_USER_RO,
                ..section()
            })
        }),
        kind(fault::ACCESS_FLAG_L2, Fsr::AFF, |bench, t| {
            use_access_flags(bench)?;
            t.map(Page {
                ap: ap::PRIV_RW_USER_RO,
                ..small()
            })
        }),
        kind(fault::DOMAIN_L1, Fsr::DF, |bench, t| {
            bench.set_bank(CONTEXT, Dacr::from_bits(0))?;
            t.map(section())
        }),
        kind(fault::DOMAIN_L2, Fsr::DF, |bench, t| {
            bench.set_bank(CONTEXT, Dacr::from_bits(0))?;
            t.map(small())
        }),
        kind(fault::PERMISSION_L1, Fsr::PF, |_, t| {
            t.map(Page {
                ap: ap::NONE,
                ..section()
            })
        }),
        kind(fault::PERMISSION_L2, Fsr::PF, |_, t| {
            t.map(Page {
                ap: ap::NONE,
                ..small()
            })
        }),
        kind(fault::WALK_ABORT_L1, Fsr::EF, |bench, t| {
            bench.inject(t.first_at(IOVA), Port::Walk, Resp::SlvErr);
            Ok(())
        }),
        kind(fault::WALK_ABORT_L2, Fsr::EF, |bench, t| {
            t.map(small())?;
            bench.inject(t.second_at(IOVA)?, Port::Walk, Resp::DecErr);
            Ok(())
        }),
        kind(fault::EXTERNAL_ABORT, Fsr::EF, |bench, t| {
            t.map(small())?;
            (0..0x40).for_each(|n| bench.inject(PA + 4 * n, Port::Data, Resp::SlvErr));
            Ok(())
        }),
    ]
}

fn use_access_flags(bench: &Bench) -> Result<()> {
    let sctlr = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::AFE, 1);
    bench.set_bank(CONTEXT, sctlr)
}

/// The context under test, with its stream.
fn context(bench: &Bench) -> Result<Tables> {
    let tables = bench.context(CONTEXT)?;
    bench.route(STREAM, Route::Context(CONTEXT))?;
    Ok(tables)
}

fn request(write: bool, prot: u8, id: u8) -> Request {
    let request = match write {
        false => Request::read(IOVA + 8, 4),
        true => Request::write(IOVA + 8, &[0; 32]),
    };
    request.prot(prot).id(id).stream(STREAM)
}

/// A fault that fills FSR with its first bit.
fn a_fault(bench: &Bench, iova: u32) -> Result<()> {
    bench.refused(Request::read(iova, 1).stream(STREAM))?;
    bench.platform.step(RECORDING);
    Ok(())
}

/// Has the oldest record removed, and does not wait for it.
fn begin_pop(bench: &Bench) {
    let offset = global::BLOCK.at(0) + global::FQ_POP.offset;
    let pop = Access::write(offset as u16, FqPop::default().with(FqPop::POP, 1).bits());
    bench.platform.lock().registers_mut().submit(pop);
}

#[test]
fn every_kind_is_recorded_with_all_that_is_known_of_it() -> Result<()> {
    for (n, kind) in (0..).zip(kinds()) {
        cosimulate(quick(), |bench| {
            (kind.prepare)(bench, &mut context(bench)?)?;
            for (write, prot) in [
                (false, 0),
                (true, 0),
                (false, 1),
                (true, 1),
                (false, 4),
                (true, 5),
            ] {
                let id = 0xC0 + 2 * n + u8::from(write);
                let done = bench.transfer(request(write, prot, id))?;
                assert_eq!(done.resp, Resp::SlvErr);
                let expected = FaultRecord {
                    status: kind.status,
                    iova: IOVA + 8,
                    write,
                    privileged: prot & 1 != 0,
                    instruction: prot & 4 != 0,
                    context: Some(CONTEXT),
                    stream: u32::from(STREAM),
                    id: u32::from(id),
                    stalled: None,
                };
                assert_eq!(bench.faults()?, [expected]);
                let fsr = bench.bank::<Fsr>(CONTEXT)?;
                assert_eq!(fsr, Fsr::default().with(kind.bit, 1), "{expected:x?}");
                assert_eq!(bench.bank::<Far>(CONTEXT)?.bits(), IOVA + 8);
                let fsynr0 = bench.bank::<Fsynr0>(CONTEXT)?;
                assert_eq!(fsynr0.has(Fsynr0::WNR), write);
                assert_eq!(fsynr0.get(Fsynr0::PNU), u32::from(prot & 1));
                assert_eq!(fsynr0.get(Fsynr0::IND), u32::from(prot >> 2));
                assert_eq!(fsynr0.get(Fsynr0::FS), kind.status);
                assert!(!fsynr0.has(Fsynr0::STALLED));
                let fsynr1 = Fsynr1::default()
                    .with(Fsynr1::SID, u32::from(STREAM))
                    .with(Fsynr1::AXID, u32::from(id));
                assert_eq!(bench.bank::<Fsynr1>(CONTEXT)?, fsynr1);
                bench.set_bank(CONTEXT, Fsr::from_bits(u32::MAX))?;
                assert_eq!(bench.bank::<Fsr>(CONTEXT)?.bits(), 0);
            }
            // No other bank has noticed.
            for other in (0..8).filter(|&other| other != CONTEXT) {
                assert_eq!(bench.bank::<Fsr>(other)?.bits(), 0);
                assert_eq!(bench.bank::<Far>(other)?.bits(), 0);
            }
            assert_eq!(bench.counters()?.faults, 6);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn every_kind_that_tables_cause_stalls_in_a_context_that_stalls() -> Result<()> {
    for kind in kinds() {
        let stalls = ![fault::CONTEXT_DISABLED, fault::EXTERNAL_ABORT].contains(&kind.status);
        cosimulate(quick(), |bench| {
            (kind.prepare)(bench, &mut context(bench)?)?;
            let sctlr = bench.bank::<Sctlr>(CONTEXT)?.with(Sctlr::CFCFG, 1);
            bench.set_bank(CONTEXT, sctlr)?;
            for write in [false, true] {
                let ticket = bench.platform.submit(request(write, 0, 3));
                bench.platform.step(200);
                let records = bench.faults()?;
                assert_eq!(records.len(), 1, "{records:x?}");
                assert_eq!(records[0].status, kind.status);
                assert_eq!(records[0].write, write);
                assert_eq!(records[0].stalled.is_some(), stalls, "{records:x?}");
                assert_eq!(bench.bank::<Fsr>(CONTEXT)?.has(Fsr::SS), stalls);
                bench.set_bank(CONTEXT, Resume::default().with(Resume::TERMINATE, 1))?;
                assert_eq!(bench.platform.wait(ticket)?.resp, Resp::SlvErr);
                assert_eq!(bench.faults()?, [], "recorded once");
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn an_illegal_burst_of_a_context_is_recorded_in_it() -> Result<()> {
    cosimulate(Setup::unruly(quick()), |bench| {
        context(bench)?.map(section())?;
        for write in [false, true] {
            let request = request(write, 1, 9).burst(Burst::Reserved, 3);
            bench.refused(request)?;
            let fsr = bench.bank::<Fsr>(CONTEXT)?;
            assert_eq!(fsr, Fsr::default().with(Fsr::BF, 1));
            let fsynr0 = bench.bank::<Fsynr0>(CONTEXT)?;
            assert_eq!(fsynr0.get(Fsynr0::FS), fault::ILLEGAL_BURST);
            assert_eq!(fsynr0.get(Fsynr0::WNR), u32::from(write));
            bench.set_bank(CONTEXT, Fsr::from_bits(u32::MAX))?;
            let faults = bench.faults()?;
            assert_eq!(faults.len(), 1);
            assert_eq!(faults[0].status, fault::ILLEGAL_BURST);
            assert_eq!(faults[0].context, Some(CONTEXT));
        }
        Ok(())
    })
}

#[test]
fn an_illegal_burst_does_not_stall() -> Result<()> {
    cosimulate(Setup::unruly(quick()), |bench| {
        context(bench)?.map(section())?;
        let sctlr = bench.bank::<Sctlr>(CONTEXT)?.with(Sctlr::CFCFG, 1);
        bench.set_bank(CONTEXT, sctlr)?;
        for write in [false, true] {
            bench.refused(request(write, 0, 9).burst(Burst::Reserved, 3))?;
            let faults = bench.faults()?;
            assert_eq!(faults.len(), 1);
            assert_eq!(faults[0].stalled, None);
            assert!(!bench.bank::<Fsr>(CONTEXT)?.has(Fsr::SS));
        }
        Ok(())
    })
}

#[test]
fn faults_of_streams_without_a_context_only_enter_the_queue() -> Result<()> {
    cosimulate(Setup::unruly(quick()), |bench| {
        bench.route(1, Route::Bypass)?;
        bench.inject(PA, Port::Data, Resp::DecErr);
        let illegal = Request::read(PA + 0x100, 1).burst(Burst::Reserved, 3);
        for (request, status, resp) in [
            (
                Request::read(PA, 2).stream(0),
                fault::UNMAPPED_STREAM,
                Resp::DecErr,
            ),
            (
                Request::write(PA, &[0; 8]).stream(3),
                fault::UNMAPPED_STREAM,
                Resp::DecErr,
            ),
            (
                Request::read(PA, 2).stream(1),
                fault::EXTERNAL_ABORT,
                Resp::DecErr,
            ),
            (
                Request::write(PA, &[0; 8]).stream(1),
                fault::EXTERNAL_ABORT,
                Resp::DecErr,
            ),
            (illegal.stream(1), fault::ILLEGAL_BURST, Resp::SlvErr),
        ] {
            let done = bench.transfer(request.id(0xEE).prot(1))?;
            assert_eq!(done.resp, resp);
            let expected = FaultRecord {
                status,
                iova: done.request.addr,
                write: done.request.is_write(),
                privileged: true,
                instruction: false,
                context: None,
                stream: u32::from(done.request.stream),
                id: 0xEE,
                stalled: None,
            };
            assert_eq!(bench.faults()?, [expected]);
        }
        for context in 0..8 {
            assert_eq!(bench.bank::<Fsr>(context)?.bits(), 0);
        }
        Ok(())
    })
}

#[test]
fn an_unmapped_stream_wins_over_an_illegal_burst() -> Result<()> {
    cosimulate(Setup::unruly(quick()), |bench| {
        let request = Request::read(PA, 3).burst(Burst::Reserved, 3);
        bench.refused_with(request, Resp::DecErr)?;
        assert_eq!(bench.faults()?[0].status, fault::UNMAPPED_STREAM);
        Ok(())
    })
}

#[test]
fn the_context_keeps_the_first_fault_and_gathers_the_kinds() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = context(bench)?;
        tables.map(Page {
            ap: ap::RO,
            ..section()
        })?;
        let refuse = |request: Request| bench.refused(request.stream(STREAM).id(3));
        refuse(Request::write(IOVA + 0x10, &[0; 4]).prot(1))?;
        let first = Fsr::default().with(Fsr::PF, 1);
        assert_eq!(bench.bank::<Fsr>(CONTEXT)?, first);
        refuse(Request::write(IOVA + 0x20, &[0; 4]))?;
        let again = first.with(Fsr::MULTI, 1);
        assert_eq!(bench.bank::<Fsr>(CONTEXT)?, again);
        refuse(Request::read(0x100, 1))?;
        bench.set_bank(CONTEXT, Dacr::from_bits(0))?;
        refuse(Request::read(IOVA, 1))?;
        let all = again.with(Fsr::TF, 1).with(Fsr::DF, 1);
        assert_eq!(bench.bank::<Fsr>(CONTEXT)?, all);
        assert_eq!(bench.bank::<Far>(CONTEXT)?.bits(), IOVA + 0x10);
        let fsynr0 = bench.bank::<Fsynr0>(CONTEXT)?;
        assert_eq!(fsynr0.get(Fsynr0::FS), fault::PERMISSION_L1);
        assert!(fsynr0.has(Fsynr0::WNR) && fsynr0.has(Fsynr0::PNU));
        // Clearing some bits leaves the first fault where it is.
        bench.set_bank(CONTEXT, Fsr::default().with(Fsr::PF, 1).with(Fsr::DF, 1))?;
        assert_eq!(
            bench.bank::<Fsr>(CONTEXT)?,
            Fsr::default().with(Fsr::TF, 1).with(Fsr::MULTI, 1)
        );
        a_fault(bench, 0x300)?;
        assert_eq!(bench.bank::<Far>(CONTEXT)?.bits(), IOVA + 0x10);
        // Clearing all makes the next the first.
        bench.set_bank(CONTEXT, Fsr::from_bits(u32::MAX))?;
        a_fault(bench, 0x400)?;
        assert_eq!(bench.bank::<Far>(CONTEXT)?.bits(), 0x400);
        assert_eq!(bench.bank::<Fsr>(CONTEXT)?, Fsr::default().with(Fsr::TF, 1));
        Ok(())
    })
}

#[test]
fn of_two_faults_the_first_is_kept_whatever_their_kinds() -> Result<()> {
    let illegal = || Request::read(IOVA + 0x40, 1).burst(Burst::Reserved, 3);
    for kind in kinds() {
        for illegal_first in [false, true] {
            cosimulate(Setup::unruly(quick()), |bench| {
                let mut tables = context(bench)?;
                (kind.prepare)(bench, &mut tables)?;
                let of_kind = (request(false, 0, 1), kind.status);
                let other = (illegal().stream(STREAM), fault::ILLEGAL_BURST);
                let both = match illegal_first {
                    true => [other, of_kind],
                    false => [of_kind, other],
                };
                let [(_, status), _] = &both;
                let (at, status) = (both[0].0.addr, *status);
                for (request, _) in both {
                    assert!(bench.transfer(request)?.resp.is_error());
                    bench.platform.step(RECORDING);
                }
                let fsr = Fsr::default().with(Fsr::BF, 1).with(kind.bit, 1);
                let fsr = fsr.with(Fsr::MULTI, 1);
                let what = format!("{:#x}, the other first: {illegal_first}", kind.status);
                assert_eq!(bench.bank::<Fsr>(CONTEXT)?, fsr, "{what}");
                assert_eq!(bench.bank::<Far>(CONTEXT)?.bits(), at, "{what}");
                let fsynr0 = bench.bank::<Fsynr0>(CONTEXT)?;
                assert_eq!(fsynr0.get(Fsynr0::FS), status, "{what}");
                // Each is cleared by its own bit.
                let mut left = fsr;
                for bit in [Fsr::MULTI, kind.bit, Fsr::BF] {
                    assert_eq!(bench.bank::<Fsr>(CONTEXT)?, left, "{what}");
                    bench.set_bank(CONTEXT, Fsr::default().with(bit, 1))?;
                    left = left.with(bit, 0);
                }
                assert_eq!(bench.bank::<Fsr>(CONTEXT)?, left, "{what}");
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn what_remains_of_multi_does_not_hide_the_next_fault() -> Result<()> {
    // Software reads FSR, another fault of the kind comes, software clears what it has read.
    cosimulate(quick(), |bench| {
        let _empty = context(bench)?;
        a_fault(bench, 0x100)?;
        let read = bench.bank::<Fsr>(CONTEXT)?;
        a_fault(bench, 0x200)?;
        bench.set_bank(CONTEXT, read)?;
        let multi = Fsr::default().with(Fsr::MULTI, 1);
        assert_eq!(bench.bank::<Fsr>(CONTEXT)?, multi);
        a_fault(bench, 0x300)?;
        assert_eq!(bench.bank::<Fsr>(CONTEXT)?, multi.with(Fsr::TF, 1));
        assert_eq!(bench.bank::<Far>(CONTEXT)?.bits(), 0x300);
        Ok(())
    })
}

#[test]
fn an_empty_queue_reads_0() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = context(bench)?;
        for _ in 0..3 {
            assert_eq!(bench.global::<FqStatus>()?.bits(), 0);
            assert_eq!(bench.global::<FqSynd0>()?.bits(), 0);
            assert_eq!(bench.global::<FqSynd1>()?.bits(), 0);
            assert_eq!(bench.global::<FqIova>()?.bits(), 0);
            a_fault(bench, 0xABCD_EF00)?;
            bench.pop_fault()?;
        }
        Ok(())
    })
}

#[test]
fn the_queue_keeps_the_order() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = context(bench)?;
        let iovas: Vec<u32> = (0..DEPTH).map(|n| 0x1000 * n + 0x10).collect();
        for (n, iova) in (1..).zip(&iovas) {
            a_fault(bench, *iova)?;
            let status = bench.global::<FqStatus>()?;
            assert_eq!(status, FqStatus::default().with(FqStatus::COUNT, n));
        }
        // Reading does not remove.
        for _ in 0..2 {
            assert_eq!(bench.first_fault()?.map(|fault| fault.iova), Some(iovas[0]));
        }
        let seen: Vec<u32> = bench.faults()?.iter().map(|fault| fault.iova).collect();
        assert_eq!(seen, iovas);
        assert_eq!(bench.global::<FqStatus>()?.bits(), 0);
        Ok(())
    })
}

#[test]
fn the_queue_goes_round_while_it_is_filled_and_emptied() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = context(bench)?;
        let mut rng = fastrand::Rng::with_seed(3);
        let (mut made, mut popped) = (0, 0);
        for _ in 0..150 {
            if made - popped < DEPTH && rng.bool() {
                a_fault(bench, 0x40 * made)?;
                made += 1;
            } else if popped < made {
                assert_eq!(bench.first_fault()?.map(|f| f.iova), Some(0x40 * popped));
                bench.pop_fault()?;
                popped += 1;
            } else {
                assert_eq!(bench.first_fault()?, None);
                bench.pop_fault()?;
            }
            let count = bench.global::<FqStatus>()?.get(FqStatus::COUNT);
            assert_eq!(count, made - popped);
        }
        Ok(())
    })
}

#[test]
fn a_full_queue_keeps_its_records_and_flags_the_loss() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = context(bench)?;
        let full = FqStatus::default().with(FqStatus::COUNT, DEPTH);
        for n in 0..DEPTH {
            a_fault(bench, 0x100 * n)?;
        }
        assert_eq!(bench.global::<FqStatus>()?, full);
        a_fault(bench, 0xBAD0)?;
        a_fault(bench, 0xBAD0)?;
        assert_eq!(
            bench.global::<FqStatus>()?,
            full.with(FqStatus::OVERFLOW, 1)
        );
        // Cleared by 1, and by nothing else.
        bench.set_global(FqStatus::default())?;
        bench.set_global(FqStatus::from_bits(!FqStatus::OVERFLOW.mask()))?;
        assert!(bench.global::<FqStatus>()?.has(FqStatus::OVERFLOW));
        bench.set_global(FqStatus::default().with(FqStatus::OVERFLOW, 1))?;
        assert_eq!(bench.global::<FqStatus>()?, full);
        // One place is enough for the next.
        bench.pop_fault()?;
        a_fault(bench, 0x600D)?;
        let iovas: Vec<u32> = bench.faults()?.iter().map(|fault| fault.iova).collect();
        let expected: Vec<u32> = (1..DEPTH).map(|n| 0x100 * n).chain([0x600D]).collect();
        assert_eq!(iovas, expected);
        // Lost ones are counted, too.
        assert_eq!(bench.counters()?.faults, DEPTH + 3);
        assert_eq!(bench.global::<FqStatus>()?.bits(), 0);
        Ok(())
    })
}

#[test]
fn overflow_tells_of_a_loss_and_of_nothing_else_whenever_room_comes() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = context(bench)?;
        let overflow = FqStatus::default().with(FqStatus::OVERFLOW, 1);
        let mut losses = 0;
        for cycles in 0..40 {
            for n in 0..DEPTH {
                a_fault(bench, 0x100 * n)?;
            }
            let last = Request::read(0xBAD0, 1).stream(STREAM);
            bench.platform.submit(last);
            bench.platform.step(cycles);
            begin_pop(bench);
            bench.settle()?;
            bench.platform.step(RECORDING);
            let lost = bench.global::<FqStatus>()?.has(FqStatus::OVERFLOW);
            let left = bench.faults()?.len() as u32;
            assert_eq!(left, DEPTH - u32::from(lost), "after {cycles} cycles");
            bench.set_global(overflow)?;
            losses += u32::from(lost);
        }
        assert!((1..40).contains(&losses), "{losses}");
        Ok(())
    })
}

/// Two faults are recorded one right behind the other, and room may come in between, or in the cycle of the second.
#[test]
fn overflow_is_not_told_if_room_comes_in_the_cycle_of_a_record() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = context(bench)?;
        let overflow = FqStatus::default().with(FqStatus::OVERFLOW, 1);
        for cycles in 0..40 {
            for n in 1..DEPTH {
                a_fault(bench, 0x100 * n)?;
            }
            // Of a stream that is terminated: no walk holds up one of them.
            bench.platform.submit(request(false, 0, 1).stream(0));
            bench.platform.submit(request(true, 0, 2).stream(0));
            bench.platform.step(cycles);
            begin_pop(bench);
            bench.settle()?;
            bench.platform.step(RECORDING);
            let lost = bench.global::<FqStatus>()?.has(FqStatus::OVERFLOW);
            let left = bench.faults()?.len() as u32;
            assert_eq!(left, DEPTH - u32::from(lost), "after {cycles} cycles");
            bench.set_global(overflow)?;
        }
        Ok(())
    })
}

/// The level of `irq` once it has had time to change.
fn irq(bench: &Bench) -> bool {
    bench.platform.step(RECORDING);
    bench.platform.lock().wires().irq
}

#[test]
fn the_queue_interrupts_while_it_holds_a_record_if_enabled() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = context(bench)?;
        a_fault(bench, 0x100)?;
        a_fault(bench, 0x200)?;
        let pending = IrqStatus::default().with(IrqStatus::FAULT, 1);
        assert_eq!(
            bench.global::<IrqStatus>()?,
            pending,
            "whether enabled or not"
        );
        assert!(!irq(bench));
        bench.set_global(IrqEnable::default().with(IrqEnable::FQOVERFLOW, 1))?;
        assert!(!irq(bench));
        bench.set_global(IrqEnable::default().with(IrqEnable::FAULT, 1))?;
        assert!(irq(bench));
        bench.pop_fault()?;
        assert!(irq(bench));
        bench.pop_fault()?;
        assert!(!irq(bench));
        assert_eq!(bench.global::<IrqStatus>()?.bits(), 0);
        Ok(())
    })
}

#[test]
fn an_overflow_interrupts_until_its_flag_is_cleared_if_enabled() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = context(bench)?;
        bench.set_global(IrqEnable::default().with(IrqEnable::FQOVERFLOW, 1))?;
        for n in 0..DEPTH {
            a_fault(bench, 0x100 * n)?;
            assert!(!irq(bench));
        }
        a_fault(bench, 0)?;
        assert!(irq(bench));
        let both = IrqStatus::default()
            .with(IrqStatus::FAULT, 1)
            .with(IrqStatus::FQOVERFLOW, 1);
        assert_eq!(bench.global::<IrqStatus>()?, both);
        bench.faults()?;
        assert!(irq(bench), "the queue is empty, but the flag is set");
        bench.set_global(IrqEnable::default())?;
        assert!(!irq(bench));
        bench.set_global(IrqEnable::default().with(IrqEnable::FQOVERFLOW, 1))?;
        assert!(irq(bench));
        bench.set_global(FqStatus::default().with(FqStatus::OVERFLOW, 1))?;
        assert!(!irq(bench));
        Ok(())
    })
}

#[test]
fn a_context_interrupts_while_its_fsr_is_not_0_if_cfie() -> Result<()> {
    cosimulate(quick(), |bench| {
        for context in 0..8 {
            let _empty = bench.context(context)?;
            bench.refused(Request::read(0x40, 1).stream(context as u8))?;
        }
        bench.faults()?;
        assert_eq!(bench.global::<IrqStatus>()?.bits(), 0, "CFIE is 0");
        assert!(!irq(bench));
        for context in 0..8 {
            for raises in [1, 0, 1] {
                let on = Sctlr::default().with(Sctlr::M, 1);
                bench.set_bank(context, on.with(Sctlr::CFIE, raises))?;
                let status = IrqStatus::default().with(IrqStatus::CTX, raises << context);
                assert_eq!(bench.global::<IrqStatus>()?, status);
                assert_eq!(irq(bench), raises == 1);
            }
            bench.set_bank(context, Fsr::default().with(Fsr::MULTI, 1))?;
            assert!(irq(bench), "the fault itself is not cleared");
            bench.set_bank(context, Fsr::default().with(Fsr::TF, 1))?;
            assert!(!irq(bench));
            assert_eq!(bench.global::<IrqStatus>()?.bits(), 0);
        }
        Ok(())
    })
}

#[test]
fn a_faulting_read_returns_all_its_beats_and_a_faulting_write_one_response() -> Result<()> {
    for config in [quick(), quick().stressed(21)] {
        cosimulate(config, |bench| {
            let tables = context(bench)?;
            tables.set_first(IOVA, first::FAULT)?;
            for beats in [1, 2, 3, 8, 16, 255, 256] {
                let read = Request::read(IOVA, beats).stream(STREAM);
                assert_eq!(bench.refused(read)?.beats.len(), usize::from(beats));
                let write = Request::write(IOVA, &vec![0xFF; 8 * usize::from(beats)]);
                bench.refused(write.stream(STREAM))?;
            }
            // Without a context the response is DECERR.
            bench.route(STREAM, Route::Terminate)?;
            for beats in [1, 16, 256] {
                let read = Request::read(IOVA, beats).stream(STREAM);
                bench.refused_with(read, Resp::DecErr)?;
                let write = Request::write(IOVA, &vec![0xFF; 8 * usize::from(beats)]);
                bench.refused_with(write.stream(STREAM), Resp::DecErr)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_refused_write_leaves_memory_as_it_was() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = context(bench)?;
        tables.map(Page {
            ap: ap::RO,
            ..small()
        })?;
        let before = bench.peek(PA + 8)?;
        bench.refused(Request::write(IOVA + 8, &[!before as u8; 16]).stream(STREAM))?;
        assert_eq!(bench.peek(PA + 8)?, before);
        assert_eq!(
            bench
                .transfer(Request::read(IOVA + 8, 1).stream(STREAM))?
                .resp,
            Resp::Okay
        );
        Ok(())
    })
}
