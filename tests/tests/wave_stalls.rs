//! Stalled faults, prefetches and probes, as a waveform tells them.

use anyhow::Result;
use tempfile::tempdir;
use vcm_regs::context::{Resume, Sctlr, V2ppr};
use vcm_regs::fault;
use vcm_regs::global::{CntCtrl, CntPrefetches, CntWalks};
use vcm_sim::axi::Request;
use vcm_sim::signals::Resp;
use vcm_sim::wave::{Lookup, Phase, Purpose, explain};
use vcm_tests::bench::{DATA, cosimulate, quick};
use vcm_tests::tables::Page;
use vcm_tests::waveform::{read, record};

const IOVA: u32 = 0x0100_0000;

#[test]
fn a_fault_that_stalls_and_is_resumed_is_one_transaction_that_passes() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("stall.vcd");
    cosimulate(quick(), |bench| {
        record(bench, &file, || {
            let mut tables = bench.context(0)?;
            tables.map(Page::small(IOVA + 0x1000, DATA))?;
            bench.set_bank(0, Sctlr::default().with(Sctlr::M, 1).with(Sctlr::CFCFG, 1))?;
            let ticket = bench.platform.submit(Request::read(IOVA, 4).id(5));
            bench.platform.step(300);
            let records = bench.faults()?;
            assert_eq!(records.len(), 1);
            tables.map(Page::small(IOVA, DATA + 0x7000))?;
            bench.set_bank(0, Resume::default())?;
            let done = bench.platform.wait(ticket)?;
            assert_eq!(done.resp, Resp::Okay);
            bench.settle()
        })?;
        let told = read(&file)?;
        let [ref t] = told.transactions[..] else {
            panic!("{:?}", told.transactions);
        };
        let stalled = t.fault.as_ref().expect("it faulted");
        assert_eq!(stalled.status, [fault::TRANSLATION_L2]);
        assert!(stalled.stalled.is_some());
        let below = t.forwarded.as_ref().expect("it passed");
        assert_eq!(below.addr, u64::from(DATA + 0x7000));
        assert_eq!((t.lookup, t.burst.resp), (Lookup::Walk, 0));
        let stalled: u64 = (t.phases().iter())
            .filter(|stretch| stretch.phase == Phase::Stalled)
            .map(|stretch| stretch.to - stretch.from)
            .sum();
        assert!(stalled > 200, "{:?}", t.phases());
        let text = explain(t, &told.base).join("\n");
        assert!(text.contains("stands stalled in slot"), "{text}");
        assert!(text.contains("OKAY on 4 beats"), "{text}");
        Ok(())
    })
}

#[test]
fn pages_that_were_looked_up_ahead_are_told_from_walks_that_were_waited_for() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("prefetch.vcd");
    cosimulate(quick(), |bench| {
        let counted = record(bench, &file, || {
            let mut tables = bench.context(0)?;
            for n in 0..32 {
                tables.map(Page::small(IOVA + n * 0x1000, DATA + n * 0x1000))?;
            }
            bench.set_latency(60, 20);
            for n in 0..32 * 4 {
                bench.passes(Request::read(IOVA + n * 0x400, 128))?;
            }
            bench.settle()?;
            bench.set_global(CntCtrl::default().with(CntCtrl::SNAPSHOT, 1))?;
            let used = bench.global::<CntPrefetches>()?.bits();
            Ok((used, bench.global::<CntWalks>()?.bits()))
        })?;
        let told = read(&file)?;
        let by = |lookup| {
            told.transactions
                .iter()
                .filter(|t| t.lookup == lookup)
                .count()
        };
        let (used, walks) = counted;
        assert_eq!(told.walks.len(), walks as usize);
        assert!(used > 8, "{used}");
        assert!(
            (by(Lookup::Prefetch) as u32).abs_diff(used) * 4 <= used,
            "{} {used}",
            by(Lookup::Prefetch)
        );
        assert!(by(Lookup::Walk) >= 1 && by(Lookup::Micro) >= 32 * 3 - 8);
        let ahead = told
            .walks
            .iter()
            .filter(|walk| walk.purpose == Purpose::Prefetch);
        assert!(ahead.count() > 8);
        Ok(())
    })
}

#[test]
fn a_walk_for_a_command_of_software_is_nobodys_prefetch() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("probe.vcd");
    cosimulate(quick(), |bench| {
        record(bench, &file, || {
            let mut tables = bench.context(0)?;
            tables.map(Page::small(IOVA, DATA))?;
            bench.probe(0, V2ppr::default().with(V2ppr::VA, IOVA >> 12))?;
            bench.settle()
        })?;
        let told = read(&file)?;
        let purposes: Vec<Purpose> = told.walks.iter().map(|walk| walk.purpose).collect();
        assert_eq!(purposes, [Purpose::Probe]);
        assert_eq!(told.walks[0].reads.len(), 2);
        let names: Vec<_> = told
            .registers
            .iter()
            .filter_map(|r| r.name.clone())
            .collect();
        assert!(
            names.iter().any(|name| name == "CONTEXT0.V2PPR"),
            "{names:?}"
        );
        Ok(())
    })
}

#[test]
fn a_walk_of_a_recording_that_begins_at_a_fault_is_nobodys_prefetch() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("late.vcd");
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        tables.map(Page::small(IOVA, DATA))?;
        // What the registers hold and where the tables are is not in the recording.
        bench.platform.start_trace(&file)?;
        bench.refused(Request::read(IOVA + 0x40_0000, 4))?;
        bench.platform.stop_trace();
        bench.faults().map(drop)
    })?;
    let told = read(&file)?;
    let [walk] = &told.walks[..] else {
        panic!("{:?}", told.walks)
    };
    assert_eq!(
        (walk.purpose, &walk.transactions[..]),
        (Purpose::Demand, &[0][..])
    );
    let t = &told.transactions[0];
    assert_eq!((t.lookup, &t.walks[..]), (Lookup::Walk, &[0][..]));
    let text = explain(t, &told.base).join("\n");
    assert!(text.contains("it waited for walk #0, 1 read"), "{text}");
    Ok(())
}
