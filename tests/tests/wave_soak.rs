//! What is told of waveforms of random campaigns, held against what the scoreboard judged meanwhile, and
//! against what the hardware told its driver: resets, stalls, broken descriptors, unruly masters and memory
//! that refuses are all in them.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use tempfile::tempdir;
use vcm_regs::fault;
use vcm_regs::global::{FqSynd0, FqSynd1};
use vcm_sim::platform::Recording;
use vcm_sim::scoreboard::{Fate, Judgement};
use vcm_sim::soak::{Plan, run};
use vcm_sim::wave::{
    Doing, End, FaultEvent, Lookup, RegisterAccess, Source, Transaction, explain, fault_name,
};
use vcm_tests::waveform::{Recorded, only_ports, read};

/// What a campaign leaves.
struct Campaign {
    judgements: Vec<Judgement>,
    /// Its waveform.
    told: Recorded,
    /// The same with nothing but the ports in it.
    outside: Recorded,
    resets: u64,
}

fn campaign(seed: u64) -> Result<Campaign> {
    let folder = tempdir()?;
    let (file, ports) = (folder.path().join("a.vcd"), folder.path().join("b.vcd"));
    let verdict = run(&Plan::new(seed), Some(Recording::new(&file)));
    ensure!(verdict.failure.is_none(), "{:?}", verdict.failure);
    only_ports(&file, &ports, str::to_owned)?;
    let (told, outside) = (read(&file)?, read(&ports)?);
    for recorded in [&told, &outside] {
        let damage = &recorded.summary.ending.damage;
        ensure!(damage.is_none(), "{damage:?}");
    }
    Ok(Campaign {
        judgements: verdict.judgements,
        told,
        outside,
        resets: verdict.statistics.resets,
    })
}

/// What became of a burst.
#[derive(Clone, Debug, Default)]
struct Known {
    passed: Option<u32>,
    /// Status codes it may have had.
    failed: Option<Vec<u32>>,
}

/// By direction and the cycle in which its address stood on the port first, which are of one burst.
fn known(judgements: &[Judgement]) -> HashMap<(bool, u64), Known> {
    let mut all: HashMap<(bool, u64), Known> = HashMap::new();
    for judgement in judgements {
        let known = all
            .entry((judgement.burst.write, judgement.since))
            .or_default();
        match &judgement.fate {
            Fate::Passed(pa) => known.passed = Some(*pa),
            Fate::Failed(status) => known.failed = Some(status.clone()),
        }
    }
    all
}

/// A transaction, and its story, against what the scoreboard knew of it. `whole`: signals from within are in
/// the waveform, so that nothing may be left open.
fn compare(t: &Transaction, known: &Known, told: &Recorded, whole: bool) -> Result<()> {
    let story = explain(t, &told.base).join("\n");
    let says = |text: String| -> Result<()> {
        ensure!(story.contains(&text), "{text:?} is not in\n{story}");
        Ok(())
    };
    let to = t.forwarded.as_ref().map(|below| below.addr as u32);
    ensure!(
        to == known.passed,
        "it goes to {to:x?}, and {known:x?}\n{story}"
    );
    if let Some(pa) = known.passed {
        says(format!("at {pa:#010x}"))?;
        ensure!(t.evidence.agrees, "nothing explains that\n{story}");
    }
    let faults: Vec<&FaultEvent> = t.fault.iter().chain(&t.more_faults).collect();
    // What stalls may be cured by software.
    let ended = faults.iter().rfind(|fault| fault.stalled.is_none());
    let Some(failed) = &known.failed else {
        ensure!(ended.is_none(), "{ended:?}, and {known:x?}\n{story}");
        return Ok(());
    };
    ensure!(t.burst.resp >= 2, "{}\n{story}", t.burst.response());
    says(format!("its answer, {}", t.burst.response()))?;
    // What stands stalled is ended by RESUME without a further record.
    let last = ended.or(faults.last());
    let last = last.with_context(|| format!("no fault, and {known:x?}\n{story}"))?;
    let right = last.status.iter().any(|status| failed.contains(status))
        || last.stalled.is_some()
        || last.status == [fault::STALL_TIMEOUT]
        || (!whole && last.status.is_empty());
    ensure!(right, "{last:?}, and {known:x?}\n{story}");
    for status in &last.status {
        says(fault_name(*status))?;
    }
    let of_tables = !matches!(
        last.status[..],
        [fault::STALL_TIMEOUT | fault::EXTERNAL_ABORT | fault::ILLEGAL_BURST]
    );
    if whole && of_tables {
        ensure!(t.evidence.agrees, "nothing explains that\n{story}");
    }
    Ok(())
}

fn all_transactions(judgements: &[Judgement], told: &Recorded, whole: bool) -> Result<()> {
    let known = known(judgements);
    let mut seen = 0;
    // What a reset ends may not have been judged.
    for t in told.transactions.iter().filter(|t| t.end != End::Reset) {
        let of_it = known.get(&(t.burst.write, t.burst.valid));
        let of_it = of_it.with_context(|| format!("nobody knows of {t:x?}"))?;
        compare(t, of_it, told, whole)?;
        seen += 1;
    }
    ensure!(seen > 100, "{seen} transactions");
    let untold = told.faults.iter().filter(|fault| fault.status.is_empty());
    let (untold, all) = (untold.count(), told.faults.len());
    ensure!(untold * 50 <= all, "{untold} of {all} faults are not told");
    Ok(())
}

/// What a record of the fault queue says, in the words of a waveform.
type Record = (u32, u32, bool, u8, u8, Option<u8>, Option<u8>);

fn record(what: u32, who: u32, iova: u32) -> Record {
    let (what, who) = (FqSynd0::from_bits(what), FqSynd1::from_bits(who));
    (
        what.get(FqSynd0::FS),
        iova,
        what.has(FqSynd0::WNR),
        who.get(FqSynd1::SID) as u8,
        who.get(FqSynd1::AXID) as u8,
        what.has(FqSynd0::CBVALID)
            .then(|| what.get(FqSynd0::CBNDX) as u8),
        what.has(FqSynd0::STALLED)
            .then(|| what.get(FqSynd0::SLOT) as u8),
    )
}

/// The records that the driver read.
fn records(registers: &[RegisterAccess]) -> Vec<Record> {
    let mut last: HashMap<&str, u32> = HashMap::new();
    let mut records = Vec::new();
    for access in registers {
        let Some(name) = access.name.as_deref() else {
            continue;
        };
        if !access.write {
            last.insert(name, access.value);
        } else if name == "GLOBAL.FQ_POP" {
            let of = |name| last.get(name).copied().unwrap_or_default();
            if FqSynd0::from_bits(of("GLOBAL.FQ_SYND0")).has(FqSynd0::VALID) {
                let (what, who) = (of("GLOBAL.FQ_SYND0"), of("GLOBAL.FQ_SYND1"));
                records.push(record(what, who, of("GLOBAL.FQ_IOVA")));
            }
        }
    }
    records
}

/// Every record that the driver read is a fault that is told, each one once.
fn all_records(told: &Recorded) -> Result<()> {
    let mut faults: Vec<Record> = (told.faults.iter())
        .map(|fault| {
            ensure!(
                fault.source == Source::Inside || fault.transaction.is_some(),
                "{fault:?}"
            );
            let status = fault.status.first().copied().unwrap_or_default();
            let (stream, id) = (fault.stream, fault.id);
            let (context, stalled) = (fault.context, fault.stalled);
            Ok((
                status,
                fault.iova,
                fault.write,
                stream,
                id,
                context,
                stalled,
            ))
        })
        .collect::<Result<_>>()?;
    for record in records(&told.registers) {
        let at = faults.iter().position(|fault| *fault == record);
        let at = at.with_context(|| format!("a record of no fault: {record:x?}"))?;
        faults.swap_remove(at);
    }
    Ok(())
}

/// The sum of a counter over all readings of it.
fn counted(told: &Recorded, name: &str) -> usize {
    let name = format!("GLOBAL.{name}");
    let readings = told.registers.iter();
    let own = readings.filter(|access| !access.write && access.name.as_ref() == Some(&name));
    own.map(|access| access.value as usize).sum()
}

/// What the hardware has counted is what is told. (The driver reads the counters at the end.)
fn all_counters(told: &Recorded) -> Result<()> {
    let own = |write: bool| {
        told.transactions
            .iter()
            .filter(move |t| t.burst.write == write)
    };
    let micro = |write| own(write).filter(|t| t.lookup == Lookup::Micro).count();
    for (name, ours, most) in [
        ("CNT_READS", own(false).count(), 0),
        ("CNT_WRITES", own(true).count(), 0),
        // Of a burst that comes while its S2CR is written it is not known that it is looked up.
        ("CNT_HIT_R", micro(false), 2),
        ("CNT_HIT_W", micro(true), 2),
        ("CNT_WALKS", told.walks.len(), 0),
        ("CNT_FAULTS", told.faults.len(), 0),
    ] {
        let theirs = counted(told, name);
        let near = ours.abs_diff(theirs) <= most;
        ensure!(near, "{name}: {theirs}, and {ours} are told");
    }
    Ok(())
}

fn account(told: &Recorded) -> Result<()> {
    let account = &told.summary.devices[0];
    for write in [false, true] {
        ensure!(account.total(write) == told.summary.ending.cycles[0]);
        let own = || told.transactions.iter().filter(|t| t.burst.write == write);
        let beats: u64 = own().map(|t| u64::from(t.burst.beats)).sum();
        let moved = account.cycles(write, Doing::Data);
        ensure!(moved == beats, "{moved} beats, and {beats}");
        for t in own().filter(|t| t.burst.done.is_some()) {
            let phases = t.phases();
            let sum: u64 = phases.iter().map(|phase| phase.to - phase.from).sum();
            ensure!(Some(sum) == t.latency(), "{t:?}");
        }
    }
    Ok(())
}

fn hold(seed: u64) -> Result<()> {
    let Campaign {
        judgements,
        told,
        outside,
        resets,
    } = campaign(seed)?;
    all_transactions(&judgements, &told, true)?;
    all_transactions(&judgements, &outside, false).context("from outside")?;
    all_records(&told)?;
    account(&told)?;
    account(&outside).context("from outside")?;
    // What was counted before a reset nobody knows.
    if resets == 0 {
        all_counters(&told)?;
    }
    Ok(())
}

fn hold_all(seeds: impl IntoIterator<Item = u64>) -> Result<()> {
    for seed in seeds {
        hold(seed).with_context(|| format!("seed {seed} (vcm-soak --replay {seed})"))?;
    }
    Ok(())
}

#[test]
fn campaigns_are_told_as_the_scoreboard_judged_them() -> Result<()> {
    let more = std::env::var("VCM_CAMPAIGN");
    hold_all(0..more.map_or(Ok(3), |count| count.parse())?)
}

#[test]
fn so_are_campaigns_with_many_resets_and_stalls() -> Result<()> {
    hold_all([4, 7, 9])
}

#[test]
fn so_are_campaigns_with_walks_close_to_each_other() -> Result<()> {
    hold_all([38, 49, 65])
}

#[test]
fn so_are_campaigns_in_which_registers_change_under_way() -> Result<()> {
    hold_all([51, 80, 95])
}
