//! Faults that stall: retry, terminate, limit, timeout, and who waits for whom.

use anyhow::{Result, ensure};
use vcm_regs::context::{Fsr, Fsynr0, Resume, Sctlr};
use vcm_regs::fault;
use vcm_regs::global::{CntCtrl, CntStallCycles, FqIova, FqSynd0, FqSynd1, StallCtrl};
use vcm_sim::axi::{Request, Ticket};
use vcm_sim::signals::Resp;
use vcm_tests::bench::{Bench, DATA, Setup, cosimulate, quick};
use vcm_tests::registers::{FaultRecord, RECORDING, Route};
use vcm_tests::tables::{Page, Tables};

const IOVA: u32 = 0x2000_0000;
const CONTEXT: u32 = 3;
const STREAM: u8 = 3;

/// A record of the queue that says that its transaction stalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stall {
    iova: u32,
    id: u32,
    write: bool,
    slot: u32,
    status: u32,
    stalled: bool,
}

/// The context under test stalls; nothing is mapped but the page at `IOVA` - 1 MiB.
fn stalling(bench: &Bench) -> Result<Tables> {
    let mut tables = bench.context(CONTEXT)?;
    tables.map(hit())?;
    bench.set_bank(
        CONTEXT,
        Sctlr::default().with(Sctlr::M, 1).with(Sctlr::CFCFG, 1),
    )?;
    Ok(tables)
}

fn hit() -> Page {
    Page::small(IOVA - 0x10_0000, DATA - 0x10_0000)
}

fn submit(bench: &Bench, request: Request, id: u8) -> Ticket {
    bench.platform.submit(request.stream(STREAM).id(id))
}

/// Waits for records, and removes them.
fn records(bench: &Bench, count: usize) -> Result<Vec<Stall>> {
    let mut all = Vec::new();
    for _ in 0..400 {
        let synd0 = bench.global::<FqSynd0>()?;
        if synd0.has(FqSynd0::VALID) {
            all.push(Stall {
                iova: bench.global::<FqIova>()?.bits(),
                id: bench.global::<FqSynd1>()?.get(FqSynd1::AXID),
                write: synd0.has(FqSynd0::WNR),
                slot: synd0.get(FqSynd0::SLOT),
                status: synd0.get(FqSynd0::FS),
                stalled: synd0.has(FqSynd0::STALLED),
            });
            bench.pop_fault()?;
        } else if all.len() >= count {
            break;
        }
    }
    ensure!(all.len() == count, "{count} records: {all:x?}");
    Ok(all)
}

fn resume(bench: &Bench, terminate: bool) -> Result<()> {
    bench.set_bank(
        CONTEXT,
        Resume::default().with(Resume::TERMINATE, u32::from(terminate)),
    )
}

fn one(stall: Stall, terminate: bool) -> Resume {
    Resume::default()
        .with(Resume::ONE, 1)
        .with(Resume::TERMINATE, u32::from(terminate))
        .with(Resume::WNR, u32::from(stall.write))
        .with(Resume::SLOT, stall.slot)
}

/// FSR.SS follows within 16 cycles.
fn is_stalled(bench: &Bench) -> Result<bool> {
    bench.platform.step(20);
    Ok(bench.bank::<Fsr>(CONTEXT)?.has(Fsr::SS))
}

fn requests() -> [Request; 2] {
    [
        Request::read(IOVA + 0x18, 5),
        Request::write(IOVA + 0x18, &[7; 40]),
    ]
}

#[test]
fn a_stalled_transaction_goes_on_after_its_page_was_mapped() -> Result<()> {
    for seed in [None, Some(21)] {
        for request in requests() {
            let config = seed.map_or_else(quick, |seed| quick().stressed(seed));
            cosimulate(config, |bench| {
                let mut tables = stalling(bench)?;
                let write = request.is_write();
                let ticket = submit(bench, request.clone(), 9);
                let record = records(bench, 1)?[0];
                let expected = Stall {
                    iova: IOVA + 0x18,
                    id: 9,
                    write,
                    slot: record.slot,
                    status: fault::TRANSLATION_L1,
                    stalled: true,
                };
                assert_eq!(record, expected);
                assert!(is_stalled(bench)?);
                let synd = bench.bank::<Fsynr0>(CONTEXT)?;
                assert!(synd.has(Fsynr0::STALLED));
                assert_eq!(synd.get(Fsynr0::SLOT), record.slot);
                // Still not mapped: it stalls again.
                resume(bench, false)?;
                assert_eq!(records(bench, 1)?[0].iova, IOVA + 0x18);
                tables.map(Page::small(IOVA, DATA))?;
                resume(bench, false)?;
                assert_eq!(bench.platform.wait(ticket)?.resp, Resp::Okay);
                assert!(!is_stalled(bench)?);
                assert!(records(bench, 0)?.is_empty());
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn a_stalled_transaction_can_be_terminated() -> Result<()> {
    for request in requests() {
        cosimulate(quick(), |bench| {
            stalling(bench)?;
            let beats = if request.is_write() { 0 } else { 5 };
            let ticket = submit(bench, request.clone(), 9);
            records(bench, 1)?;
            resume(bench, true)?;
            let done = bench.platform.wait(ticket)?;
            assert_eq!(done.resp, Resp::SlvErr);
            assert_eq!(done.beats.len(), beats);
            assert!(!is_stalled(bench)?);
            assert!(records(bench, 0)?.is_empty(), "recorded once");
            // The port lives on.
            let other = submit(bench, request_of(request.is_write(), hit().iova), 9);
            assert_eq!(bench.platform.wait(other)?.resp, Resp::Okay);
            Ok(())
        })?;
    }
    Ok(())
}

fn request_of(write: bool, iova: u32) -> Request {
    match write {
        true => Request::write(iova, &[3; 8]),
        false => Request::read(iova, 1),
    }
}

#[test]
fn one_of_several_is_resumed() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = stalling(bench)?;
        let tickets: Vec<Ticket> = (0..3u8)
            .map(|n| submit(bench, Request::read(IOVA + u32::from(n) * 0x1000, 1), n))
            .chain([submit(bench, Request::write(IOVA + 0x3000, &[1; 8]), 3)])
            .collect();
        let stalls = records(bench, 4)?;
        let of = |id| stalls.iter().find(|stall| stall.id == id).copied();
        tables.map(Page::small(IOVA + 0x1000, DATA))?;
        tables.map(Page::small(IOVA + 0x3000, DATA + 0x3000))?;
        let (first, second) = (of(0).unwrap(), of(1).unwrap());
        bench.set_bank(CONTEXT, one(first, true))?;
        assert_eq!(bench.platform.wait(tickets[0])?.resp, Resp::SlvErr);
        bench.set_bank(CONTEXT, one(second, false))?;
        assert_eq!(bench.platform.wait(tickets[1])?.resp, Resp::Okay);
        // Another context's command does nothing.
        bench.set_bank(CONTEXT + 1, Resume::default().with(Resume::TERMINATE, 1))?;
        bench.platform.step(200);
        assert!(is_stalled(bench)?);
        bench.set_bank(CONTEXT, one(of(3).unwrap(), false))?;
        assert_eq!(bench.platform.wait(tickets[3])?.resp, Resp::Okay);
        resume(bench, true)?;
        assert_eq!(bench.platform.wait(tickets[2])?.resp, Resp::SlvErr);
        assert!(!is_stalled(bench)?);
        Ok(())
    })
}

#[test]
fn what_stands_stalled_is_shown_and_resumed_by_its_own_context_in_every_slot() -> Result<()> {
    const CONTEXTS: u32 = 8;
    const BURSTS: u32 = 4;
    for (write, first) in [false, true]
        .into_iter()
        .flat_map(|write| (0..CONTEXTS).map(move |first| (write, first)))
    {
        cosimulate(quick(), |bench| {
            for context in 0..CONTEXTS {
                let _empty = bench.context(context)?;
                let stalls = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::CFCFG, 1);
                bench.set_bank(context, stalls)?;
            }
            for n in 0..BURSTS {
                let request = request_of(write, IOVA + n * 0x1000).id(n as u8);
                let stream = (first + n) % CONTEXTS;
                bench.platform.submit(request.stream(stream as u8));
            }
            // Of reads all stall at once, of writes one behind the other.
            let mut left = BURSTS;
            while left > 0 {
                let mut stalled: Vec<FaultRecord> = Vec::new();
                for _ in 0..20 {
                    stalled.extend(bench.faults()?);
                    if !stalled.is_empty() {
                        break;
                    }
                }
                ensure!(!stalled.is_empty(), "{left} do not stall");
                while let Some(record) = stalled.pop() {
                    let own = record.context.unwrap_or(CONTEXTS);
                    assert_eq!(own, record.stream);
                    let resume = Resume::default()
                        .with(Resume::ONE, 1)
                        .with(Resume::TERMINATE, 1)
                        .with(Resume::WNR, u32::from(write))
                        .with(Resume::SLOT, record.stalled.unwrap_or(0));
                    for other in (0..CONTEXTS).filter(|other| *other != own) {
                        bench.set_bank(other, resume)?;
                    }
                    // Neither does its context, if it names another slot.
                    let slots = [0, 1]
                        .into_iter()
                        .flat_map(|wnr| (0..8).map(move |n| (wnr, n)));
                    for (wnr, n) in slots {
                        let named = resume.with(Resume::WNR, wnr).with(Resume::SLOT, n);
                        if named != resume {
                            bench.set_bank(own, named)?;
                        }
                    }
                    bench.platform.step(60);
                    for context in 0..CONTEXTS {
                        let of_it = |record: &FaultRecord| record.context == Some(context);
                        let stands = context == own || stalled.iter().any(of_it);
                        let shown = bench.bank::<Fsr>(context)?.has(Fsr::SS);
                        assert_eq!(shown, stands, "{context} beside {record:x?}");
                    }
                    bench.set_bank(own, resume)?;
                    left -= 1;
                }
            }
            let all = bench.platform.finish()?;
            assert!(all.iter().all(|done| done.resp == Resp::SlvErr));
            assert_eq!(all.len(), BURSTS as usize);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn resuming_what_does_not_stand_stalled_does_nothing() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = stalling(bench)?;
        let at = |id: u8| IOVA + u32::from(id) * 0x1000;
        for id in 0..4 {
            submit(bench, Request::read(at(id), 1), id);
        }
        let stalls = records(bench, 4)?;
        let held = |slot| stalls.iter().any(|stall| stall.slot == slot);
        for (slot, write) in (0..8).flat_map(|slot| [(slot, false), (slot, true)]) {
            if write || !held(slot) {
                let stall = Stall {
                    slot,
                    write,
                    ..stalls[0]
                };
                bench.set_bank(CONTEXT, one(stall, true))?;
            }
            if !write {
                // Nor of another context.
                let stall = Stall { slot, ..stalls[0] };
                bench.set_bank(CONTEXT + 1, one(stall, true))?;
            }
        }
        bench.platform.step(200);
        for id in 0..4 {
            tables.map(Page::small(at(id), DATA))?;
        }
        resume(bench, false)?;
        let done = bench.platform.finish()?;
        assert_eq!(done.len(), 4);
        assert!(done.iter().all(|done| done.resp == Resp::Okay), "{done:x?}");
        Ok(())
    })
}

#[test]
fn a_stalled_read_does_not_hold_up_writes_or_other_ids_or_contexts() -> Result<()> {
    cosimulate(quick(), |bench| {
        stalling(bench)?;
        bench.context(1)?.map(Page::small(IOVA, DATA))?;
        let stalled = submit(bench, Request::read(IOVA, 1), 0);
        records(bench, 1)?;
        for n in 1..20u8 {
            let others = [
                Request::read(hit().iova, 1).stream(STREAM),
                Request::write(hit().iova, &[n; 8]).stream(STREAM),
                Request::read(IOVA, 1).stream(1),
            ];
            for other in others {
                let done = bench.transfer(other.id(n))?;
                assert_eq!(done.resp, Resp::Okay);
                assert!(done.finished - done.issued < 200);
            }
        }
        let behind = submit(bench, Request::read(hit().iova, 1), 0);
        bench.platform.step(300);
        resume(bench, true)?;
        let first = bench.platform.wait(stalled)?;
        let second = bench.platform.wait(behind)?;
        assert_eq!((first.resp, second.resp), (Resp::SlvErr, Resp::Okay));
        assert!(second.finished > first.finished, "order within an ID");
        Ok(())
    })
}

#[test]
fn a_stalled_write_does_not_hold_up_reads() -> Result<()> {
    cosimulate(quick(), |bench| {
        stalling(bench)?;
        let stalled = submit(bench, Request::write(IOVA, &[1; 8]), 0);
        records(bench, 1)?;
        let behind = submit(bench, Request::write(hit().iova, &[1; 8]), 1);
        for n in 0..20u8 {
            let done = bench.transfer(Request::read(hit().iova, 1).stream(STREAM).id(n))?;
            assert_eq!(done.resp, Resp::Okay);
            assert!(done.finished - done.issued < 200);
        }
        resume(bench, true)?;
        assert_eq!(bench.platform.wait(stalled)?.resp, Resp::SlvErr);
        assert_eq!(bench.platform.wait(behind)?.resp, Resp::Okay);
        Ok(())
    })
}

#[test]
fn no_more_than_the_limit_stall() -> Result<()> {
    let cases = (0..4).flat_map(|limit| (0..4).map(move |before| (limit, before)));
    for (limit, before) in cases {
        cosimulate(quick(), |bench| {
            let mut tables = stalling(bench)?;
            let control = bench.global::<StallCtrl>()?;
            bench.set_global(control.with(StallCtrl::LIMIT, limit))?;
            bench.set_latency(60, 60);
            // Those that come before take places too, and find their pages later.
            let walked = IOVA - 0x20_0000;
            for n in 0..before {
                tables.map(Page::small(walked + n * 0x1000, DATA))?;
                submit(bench, Request::read(walked + n * 0x1000, 1), 8 + n as u8);
            }
            let tickets: Vec<Ticket> = (0..5u8)
                .map(|n| submit(bench, Request::read(IOVA + u32::from(n) * 0x1000, 1), n))
                .collect();
            let all = records(bench, 5)?;
            let stalled = all.iter().filter(|record| record.stalled).count();
            assert_eq!(stalled, limit as usize, "behind {before}: {all:x?}");
            bench.platform.step(200);
            resume(bench, true)?;
            for ticket in tickets {
                assert_eq!(bench.platform.wait(ticket)?.resp, Resp::SlvErr);
            }
            bench.platform.finish()?;
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn with_a_limit_of_all_slots_or_more_all_of_them_stall() -> Result<()> {
    cosimulate(quick(), |bench| {
        stalling(bench)?;
        let control = bench.global::<StallCtrl>()?;
        for limit in 4..16 {
            bench.set_global(control.with(StallCtrl::LIMIT, limit))?;
            for n in 0..4u8 {
                submit(bench, Request::read(IOVA + u32::from(n) * 0x1000, 1), n);
            }
            let all = records(bench, 4)?;
            assert!(all.iter().all(|record| record.stalled), "{limit}: {all:x?}");
            resume(bench, true)?;
            bench.platform.finish()?;
            bench.platform.step(RECORDING);
            bench.faults()?;
        }
        Ok(())
    })
}

#[test]
fn what_nobody_resumes_times_out() -> Result<()> {
    for request in requests() {
        cosimulate(quick(), |bench| {
            stalling(bench)?;
            let control = bench.global::<StallCtrl>()?;
            bench.set_global(control.with(StallCtrl::TIMEOUT, 2))?;
            let begun = bench.platform.now();
            let ticket = submit(bench, request.clone(), 4);
            records(bench, 1)?;
            bench.platform.step(4 * 1024);
            let done = bench.platform.wait(ticket)?;
            assert_eq!(done.resp, Resp::SlvErr);
            let waited = done.finished - begun;
            assert!((1024..=4 * 1024).contains(&waited), "{waited} cycles");
            let record = records(bench, 1)?[0];
            assert_eq!(record.status, fault::STALL_TIMEOUT);
            assert!(!record.stalled);
            // The flag of what stalled is cleared by its own bit, and so is that of the timeout.
            let both = bench.bank::<Fsr>(CONTEXT)?;
            assert!(both.has(Fsr::TO) && both.has(Fsr::TF), "{both:x?}");
            bench.set_bank(CONTEXT, Fsr::default().with(Fsr::TF, 1))?;
            assert_eq!(bench.bank::<Fsr>(CONTEXT)?, both.with(Fsr::TF, 0));
            bench.set_bank(CONTEXT, Fsr::default().with(Fsr::TO, 1))?;
            let neither = both.with(Fsr::TF, 0).with(Fsr::TO, 0);
            assert_eq!(bench.bank::<Fsr>(CONTEXT)?, neither);
            assert!(!is_stalled(bench)?);
            Ok(())
        })?;
    }
    Ok(())
}

/// The first tick is the rest of the one in which the stall began.
#[test]
fn a_timeout_comes_with_its_last_tick_and_not_later() -> Result<()> {
    const TICK: u64 = 1024;
    for (ticks, request) in [1, 2].into_iter().flat_map(|t| requests().map(|r| (t, r))) {
        cosimulate(quick(), |bench| {
            stalling(bench)?;
            let control = bench.global::<StallCtrl>()?;
            bench.set_global(control.with(StallCtrl::TIMEOUT, ticks))?;
            let ticks = u64::from(ticks);
            let (mut shortest, mut longest) = (u64::MAX, 0);
            for _ in 0..16 {
                bench.platform.step(TICK / 16 + 3);
                let begun = bench.platform.now();
                let ticket = submit(bench, request.clone(), 4);
                let waited = bench.platform.wait(ticket)?.finished - begun;
                (shortest, longest) = (shortest.min(waited), longest.max(waited));
                records(bench, 2)?;
            }
            assert!(longest < ticks * TICK + 100, "{longest} cycles");
            assert!(shortest >= (ticks - 1) * TICK, "{shortest} cycles");
            assert!(
                longest - shortest > TICK / 2,
                "all in the same part of a tick"
            );
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_timeout_of_more_than_256_ticks_comes_too() -> Result<()> {
    const TICKS: u32 = 257;
    cosimulate(Setup::patient(quick()), |bench| {
        stalling(bench)?;
        let control = bench.global::<StallCtrl>()?;
        bench.set_global(control.with(StallCtrl::TIMEOUT, TICKS))?;
        let ticket = submit(bench, Request::read(IOVA, 1), 4);
        records(bench, 1)?;
        bench.platform.step(u64::from(TICKS - 2) * 1024);
        assert!(is_stalled(bench)?);
        bench.platform.step(3 * 1024);
        assert_eq!(bench.platform.wait(ticket)?.resp, Resp::SlvErr);
        assert_eq!(records(bench, 1)?[0].status, fault::STALL_TIMEOUT);
        Ok(())
    })
}

#[test]
fn every_bit_of_the_timeout_counts() -> Result<()> {
    cosimulate(quick(), |bench| {
        stalling(bench)?;
        let control = bench.global::<StallCtrl>()?;
        let ticket = submit(bench, Request::read(IOVA, 1), 4);
        records(bench, 1)?;
        // Long enough for a timeout of which only the lowest bits are looked at.
        bench.platform.step(2 * 1024);
        for bit in 3..16 {
            bench.set_global(control.with(StallCtrl::TIMEOUT, 1 << bit | 1))?;
            bench.platform.step(40);
            assert_eq!(records(bench, 0)?, [], "bit {bit}");
        }
        resume(bench, true)?;
        assert_eq!(bench.platform.wait(ticket)?.resp, Resp::SlvErr);
        Ok(())
    })
}

#[test]
fn a_timeout_that_is_set_later_counts_from_when_the_stall_began() -> Result<()> {
    // Ticks waited without a timeout, and ticks that it is then set to.
    for (before, ticks) in [(0, 4), (3, 5), (6, 2)] {
        cosimulate(quick(), |bench| {
            stalling(bench)?;
            let control = bench.global::<StallCtrl>()?;
            bench.set_global(control.with(StallCtrl::TIMEOUT, 0))?;
            let begun = bench.platform.now();
            let ticket = submit(bench, Request::read(IOVA, 1), 4);
            records(bench, 1)?;
            bench.platform.step(u64::from(before) * 1024);
            assert!(is_stalled(bench)?, "0 is no timeout");
            bench.set_global(control.with(StallCtrl::TIMEOUT, ticks))?;
            let done = bench.platform.wait(ticket)?;
            assert_eq!(done.resp, Resp::SlvErr);
            let waited = done.finished - begun;
            let least = u64::from((ticks - 1).max(before)) * 1024;
            let right = least..least + 2 * 1024 + 500;
            assert!(right.contains(&waited), "{waited} cycles, not {right:?}");
            assert_eq!(records(bench, 1)?[0].status, fault::STALL_TIMEOUT);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn stalled_cycles_are_counted() -> Result<()> {
    for request in requests() {
        cosimulate(quick(), |bench| {
            stalling(bench)?;
            let ticket = submit(bench, request, 0);
            records(bench, 1)?;
            let snapshot = || bench.set_global(CntCtrl::default().with(CntCtrl::SNAPSHOT, 1));
            snapshot()?;
            bench.platform.step(1_000);
            snapshot()?;
            let counted = bench.global::<CntStallCycles>()?.bits();
            assert!((1_000..1_100).contains(&counted), "{counted}");
            resume(bench, true)?;
            bench.platform.wait(ticket)?;
            bench.platform.step(50);
            snapshot()?;
            snapshot()?;
            assert_eq!(bench.global::<CntStallCycles>()?.bits(), 0);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_stalled_transaction_is_not_waited_for_by_a_synchronisation() -> Result<()> {
    cosimulate(quick(), |bench| {
        stalling(bench)?;
        let ticket = submit(bench, Request::read(IOVA, 1), 0);
        records(bench, 1)?;
        bench.invalidate(CONTEXT)?;
        bench.sync_all()?;
        // Its stream was routed elsewhere meanwhile: the old context's tables no longer count.
        bench.route(STREAM, Route::Terminate)?;
        resume(bench, false)?;
        assert_eq!(bench.platform.wait(ticket)?.resp, Resp::DecErr);
        Ok(())
    })
}

#[test]
fn a_context_that_is_switched_off_stalls_nothing() -> Result<()> {
    cosimulate(quick(), |bench| {
        stalling(bench)?;
        // Switched off, though it would stall.
        bench.set_bank(CONTEXT, Sctlr::default().with(Sctlr::CFCFG, 1))?;
        let ticket = submit(bench, Request::read(IOVA, 1), 0);
        assert_eq!(bench.platform.wait(ticket)?.resp, Resp::SlvErr);
        let record = records(bench, 1)?[0];
        assert_eq!(record.status, fault::CONTEXT_DISABLED);
        assert!(!record.stalled);
        Ok(())
    })
}
