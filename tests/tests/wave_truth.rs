//! What is told of a waveform, held against what is known of the run that left it: from the bus master,
//! from the ports as they were watched, from the fault queue and from the counters.

use anyhow::Result;
use fastrand::Rng;
use tempfile::tempdir;
use vcm_regs::context::{Dacr, Sctlr};
use vcm_regs::descriptor::ap;
use vcm_sim::axi::{Completion, Request};
use vcm_sim::platform::Config;
use vcm_sim::wave::{Account, Doing, Lookup, Purpose, Route as Way, Transaction, explain};
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::{Counters, FaultRecord, Route};
use vcm_tests::tables::{Page, Size};
use vcm_tests::timeline::Timeline;
use vcm_tests::traffic;
use vcm_tests::waveform::{Recorded, only_ports, read, record};

const IOVA: u32 = 0x2000_0000;
/// Where there is no memory.
const NOWHERE: u32 = 0xF000_0000;
/// Streams: one by context 0, one bypassed, one by a context that is one-to-one; others are terminated.
const TRANSLATED: u8 = 0;
const BYPASSED: u8 = 1;
const ONE_TO_ONE: u8 = 2;
const UNMAPPED: u8 = 3;

/// What is known of a run.
struct Truth {
    done: Vec<Completion>,
    timeline: Timeline,
    records: Vec<FaultRecord>,
    counters: Counters,
}

fn prepare(bench: &Bench) -> Result<()> {
    let mut tables = bench.context(0)?;
    // Domain 7 has no access.
    bench.set_bank(0, Dacr::from_bits(0x5555_1555))?;
    for n in 0..40 {
        tables.map(Page::small(IOVA + n * 0x1000, DATA + (n ^ 5) * 0x1000))?;
    }
    // What may not be done: nothing, only by the privileged, only read; and where memory is missing.
    for (n, rights) in [0, ap::RW - 2, 0b110].into_iter().enumerate() {
        let at = IOVA + (40 + n as u32) * 0x1000;
        tables.map(Page {
            ap: rights,
            ..Page::small(at, DATA)
        })?;
    }
    tables.map(Page::small(IOVA + 43 * 0x1000, NOWHERE))?;
    tables.map(Page {
        domain: 7,
        ..Page::new(Size::Section, IOVA + 0x10_0000, DATA)
    })?;
    tables.map(Page::new(Size::Section, IOVA + 0x20_0000, DATA + 0x10_0000))?;
    tables.map(Page::new(Size::Large, IOVA + 0x40_0000, DATA + 0x1_0000))?;
    bench.route(BYPASSED, Route::Bypass)?;
    let one_to_one = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::ONE2ONE, 1);
    bench.set_bank(1, one_to_one)?;
    bench.route(ONE_TO_ONE, Route::Context(1))
}

fn random(bench: &Bench, rng: &mut Rng) {
    let stream = [
        TRANSLATED, TRANSLATED, TRANSLATED, BYPASSED, ONE_TO_ONE, UNMAPPED,
    ][rng.usize(0..6)];
    let page = match (stream, rng.u8(0..8)) {
        (TRANSLATED, 0) => IOVA + 0x10_0000 + rng.u32(0..4) * 0x10_0000,
        (TRANSLATED, _) => IOVA + rng.u32(0..48) * 0x1000,
        _ => DATA + rng.u32(0..4) * 0x1000,
    };
    let mut request = traffic::burst(rng, page).stream(stream);
    request.id %= 4;
    request.prot = if rng.u8(0..4) == 0 { rng.u8(0..8) } else { 0 };
    bench.platform.submit(request);
}

/// Random bursts, in small groups, so that the fault queue can be emptied in between.
fn run(bench: &Bench, seed: u64) -> Result<Truth> {
    let mut rng = Rng::with_seed(seed);
    let timeline = Timeline::of(bench);
    prepare(bench)?;
    let (mut done, mut records) = (Vec::new(), Vec::new());
    // One of each kind that there is, and the rest at random.
    for request in [
        Request::read(IOVA + 60 * 0x1000, 1),
        Request::write(IOVA + 0x10_0000, &[0; 8]),
        Request::read(IOVA + 40 * 0x1000, 4),
        Request::read(IOVA + 43 * 0x1000, 2),
        Request::read(DATA, 2).stream(UNMAPPED),
        Request::read(DATA, 2).stream(BYPASSED),
    ] {
        bench.platform.submit(request);
        done.extend(bench.platform.finish()?);
    }
    bench.settle()?;
    records.extend(bench.faults()?);
    for _ in 0..60 {
        for _ in 0..rng.usize(1..16) {
            random(bench, &mut rng);
        }
        done.extend(bench.platform.finish()?);
        bench.settle()?;
        records.extend(bench.faults()?);
    }
    Ok(Truth {
        done,
        timeline: Timeline::take(&timeline),
        records,
        counters: bench.counters()?,
    })
}

/// Runs, and reads the waveform: as it is, and with nothing of the inside.
fn both(config: Config, seed: u64, judge: impl Fn(&Truth, &Recorded, bool)) -> Result<()> {
    let folder = tempdir()?;
    let (whole, outside) = (folder.path().join("a.vcd"), folder.path().join("b.vcd"));
    cosimulate(config, |bench| {
        let truth = record(bench, &whole, || run(bench, seed))?;
        judge(&truth, &read(&whole)?, true);
        only_ports(&whole, &outside, str::to_owned)?;
        judge(&truth, &read(&outside)?, false);
        Ok(())
    })
}

fn configs() -> [(Config, u64); 3] {
    let mut slow = quick().stressed(3);
    slow.ddr.timing.read_latency = 50;
    [(quick(), 1), (quick().stressed(2), 2), (slow, 3)]
}

#[test]
fn every_transaction_is_told_as_the_master_sent_it_and_was_answered() -> Result<()> {
    for (config, seed) in configs() {
        both(config, seed, |truth, told, _| {
            let mut came: Vec<_> = (truth
                .timeline
                .reads_in
                .iter()
                .map(|e| (e.cycle, false, e.addr)))
            .chain(
                truth
                    .timeline
                    .writes_in
                    .iter()
                    .map(|e| (e.cycle, true, e.addr)),
            )
            .collect();
            came.sort_by_key(|&(cycle, _, _)| cycle);
            assert_eq!(told.transactions.len(), came.len());
            for write in [false, true] {
                let ours = told.transactions.iter().filter(|t| t.burst.write == write);
                let theirs = came.iter().filter(|(_, w, _)| *w == write);
                for (ours, (cycle, _, addr)) in ours.zip(theirs) {
                    let burst = &ours.burst;
                    assert_eq!(burst.taken, *cycle);
                    assert_eq!(burst.addr, u64::from(addr.addr));
                    assert_eq!((burst.id, burst.len), (addr.id.into(), addr.len.into()));
                    assert_eq!(ours.stream, addr.user);
                    assert!(!burst.unknown);
                }
                // Answers: of each ID in their order.
                let mut answers: Vec<_> = (truth.done.iter())
                    .filter(|done| done.request.is_write() == write)
                    .map(|done| {
                        (
                            done.issued,
                            done.finished,
                            done.request.addr,
                            done.resp.bits(),
                        )
                    })
                    .collect();
                let ours = told.transactions.iter().filter(|t| t.burst.write == write);
                let mut ours: Vec<_> = ours
                    .map(|t| {
                        let burst = &t.burst;
                        let done = burst.done.expect("was answered");
                        (burst.valid, done, burst.addr as u32, burst.resp)
                    })
                    .collect();
                answers.sort_unstable();
                ours.sort_unstable();
                // When a burst was issued is known to the master alone: from its first VALID, of any
                // channel.
                let rest = |list: Vec<(u64, u64, u32, u8)>| {
                    let mut list: Vec<_> = list.into_iter().map(|x| (x.1, x.2, x.3)).collect();
                    list.sort_unstable();
                    list
                };
                assert_eq!(rest(ours), rest(answers));
            }
            assert_eq!(
                (told.summary.strays, told.summary.unknown_handshakes),
                (0, 0)
            );
        })?;
    }
    Ok(())
}

#[test]
fn every_transaction_is_tied_to_its_burst_on_m_axi() -> Result<()> {
    for (config, seed) in configs() {
        both(config, seed, |truth, told, _| {
            for write in [false, true] {
                let seen = if write {
                    &truth.timeline.writes_out
                } else {
                    &truth.timeline.reads_out
                };
                let mut ours: Vec<(u64, u64)> = (told.transactions.iter())
                    .filter(|t| t.burst.write == write)
                    .filter_map(|t| t.forwarded.as_ref())
                    .map(|burst| (burst.taken, burst.addr))
                    .collect();
                ours.sort_unstable();
                let theirs: Vec<(u64, u64)> = (seen.iter())
                    .map(|event| (event.cycle, u64::from(event.addr.addr)))
                    .collect();
                assert_eq!(ours, theirs);
            }
            for t in &told.transactions {
                let Some(below) = &t.forwarded else { continue };
                let (same, page) = (below.addr == t.burst.addr, below.addr & !0xFFF);
                match t.stream {
                    TRANSLATED => {
                        assert_eq!(t.route, Way::Translate);
                        assert!(t.evidence.agrees, "{t:x?}");
                        let at = (t.burst.addr as u32 - IOVA) >> 12;
                        if at < 40 {
                            assert_eq!(page, u64::from(DATA + (at ^ 5) * 0x1000));
                        }
                    }
                    BYPASSED => assert!(same && t.route == Way::Bypass),
                    _ => assert!(same && t.route == Way::OneToOne),
                }
            }
        })?;
    }
    Ok(())
}

#[test]
fn every_fault_is_told_as_the_fault_queue_records_it() -> Result<()> {
    for (config, seed) in configs() {
        both(config, seed, |truth, told, _| {
            let mut ours: Vec<_> = (told.faults.iter())
                .map(|fault| {
                    let context = fault.context.map(u32::from);
                    let key = (fault.iova, fault.write, u32::from(fault.id));
                    (key, u32::from(fault.stream), fault.status.clone(), context)
                })
                .collect();
            let mut theirs: Vec<_> = (truth.records.iter())
                .map(|record| {
                    let key = (record.iova, record.write, record.id);
                    (key, record.stream, vec![record.status], record.context)
                })
                .collect();
            ours.sort_unstable();
            theirs.sort_unstable();
            assert!(ours.len() > 20, "{}", ours.len());
            assert_eq!(ours.len(), truth.counters.faults as usize);
            // What the queue lost it has not recorded.
            if theirs.len() == ours.len() {
                assert_eq!(ours, theirs);
            } else {
                theirs.retain(|record| !ours.contains(record));
                assert!(theirs.is_empty(), "{theirs:x?}");
            }
        })?;
    }
    Ok(())
}

#[test]
fn lookups_and_walks_are_those_that_the_hardware_counts() -> Result<()> {
    for (config, seed) in configs() {
        both(config, seed, |truth, told, whole| {
            let micro = |write: bool| {
                let own = told.transactions.iter().filter(|t| t.burst.write == write);
                own.filter(|t| t.lookup == Lookup::Micro).count() as u32
            };
            let (ours, theirs) = (
                [micro(false), micro(true)],
                [truth.counters.hit_r, truth.counters.hit_w],
            );
            if whole {
                assert_eq!(ours, theirs);
            } else {
                // From outside a burst that hit and was held back by its ID looks like one that missed.
                for (ours, theirs) in ours.into_iter().zip(theirs) {
                    assert!(ours <= theirs && ours * 4 >= theirs, "{ours} {theirs}");
                }
            }
            assert_eq!(told.walks.len() as u32, truth.counters.walks);
            let reads: usize = told.walks.iter().map(|walk| walk.reads.len()).sum();
            assert_eq!(reads, truth.timeline.walks.len());
            // A walk for somebody has somebody, and the other way round.
            for walk in &told.walks {
                assert_eq!(
                    walk.purpose == Purpose::Demand,
                    !walk.transactions.is_empty()
                );
            }
            let walked = told
                .transactions
                .iter()
                .filter(|t| t.lookup == Lookup::Walk);
            for t in walked {
                assert!(!t.walks.is_empty() && !t.walking.is_empty());
            }
        })?;
    }
    Ok(())
}

#[test]
fn every_cycle_is_accounted_for_once() -> Result<()> {
    for (config, seed) in configs() {
        both(config, seed, |_, told, _| {
            let account: &Account = &told.summary.devices[0];
            for write in [false, true] {
                assert_eq!(account.total(write), told.summary.ending.cycles[0]);
                assert!(account.cycles(write, Doing::Data) > 0);
                let beats: u64 = (told.transactions.iter())
                    .filter(|t| t.burst.write == write)
                    .map(|t| u64::from(t.burst.beats))
                    .sum();
                assert_eq!(account.cycles(write, Doing::Data), beats);
            }
            for t in &told.transactions {
                let phases = t.phases();
                let sum: u64 = phases.iter().map(|phase| phase.to - phase.from).sum();
                assert_eq!(Some(sum), t.latency(), "{t:?}");
                assert!(phases.windows(2).all(|pair| pair[0].to == pair[1].from));
            }
        })?;
    }
    Ok(())
}

#[test]
fn explanations_name_what_decided() -> Result<()> {
    both(quick(), 4, |_, told, whole| {
        let story = |wanted: &dyn Fn(&Transaction) -> bool| {
            let t = told
                .transactions
                .iter()
                .find(|t| wanted(t))
                .expect("there is one");
            explain(t, &told.base).join("\n")
        };
        let with = |status: u32| {
            story(&|t| {
                t.fault
                    .as_ref()
                    .is_some_and(|fault| fault.status == [status])
            })
        };
        use vcm_regs::fault::*;
        for (status, says) in [
            (TRANSLATION_L2, "bits [1:0] = 0b00: not valid"),
            (DOMAIN_L1, "domain 7 has 0b00, no access: a domain fault"),
            (PERMISSION_L2, "a permission fault"),
            (
                UNMAPPED_STREAM,
                "S2CR3 is 0x20000: TYPE = 2 terminates the stream",
            ),
            (EXTERNAL_ABORT, "Memory answers with"),
        ] {
            let text = with(status);
            assert!(text.contains(says), "{text}");
            assert!(text.contains("The master has its answer"), "{text}");
        }
        let text = story(&|t| t.stream == BYPASSED && t.forwarded.is_some());
        assert!(
            text.contains("TYPE = BYPASS") && text.contains("unchanged"),
            "{text}"
        );
        let text = story(&|t| t.lookup == Lookup::Walk && t.forwarded.is_some());
        assert!(text.contains("it waited for walk #"), "{text}");
        assert!(
            text.contains("small page (4 KiB)") || text.contains("section"),
            "{text}"
        );
        assert!(whole || !text.contains("records"), "{text}");
    })
}
