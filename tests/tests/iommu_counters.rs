//! Performance counters.

use anyhow::Result;
use vcm_regs::context::Dacr;
use vcm_regs::global::{CntCtrl, CntMainMiss, CntReads};
use vcm_sim::axi::Request;
use vcm_tests::bench::{DATA, cosimulate, quick};
use vcm_tests::registers::{Counters, RECORDING, Route};
use vcm_tests::tables::{Page, Size};

const IOVA: u32 = 0x0200_0000;

#[test]
fn a_snapshot_has_what_happened_since_the_one_before() -> Result<()> {
    for config in [quick(), quick().stressed(111)] {
        cosimulate(config, |bench| {
            let mut tables = bench.context(0)?;
            for n in 0..8 {
                tables.map(Page::small(IOVA + n * 0x1000, DATA + n * 0x1000))?;
            }
            bench.route(1, Route::Bypass)?;
            assert_eq!(bench.counters()?, Counters::default());
            // Reads of 6 pages, 3 times each; writes of 4 pages, 5 times each.
            for _ in 0..3 {
                for n in 0..6 {
                    bench.transfer(Request::read(IOVA + n * 0x1000, 3))?;
                }
            }
            for _ in 0..5 {
                for n in 0..4 {
                    bench.transfer(Request::write(IOVA + n * 0x1000, &[0; 24]))?;
                }
            }
            // 7 bypassed, 9 terminated, 2 unmapped.
            for _ in 0..7 {
                bench.transfer(Request::read(DATA, 1).stream(1))?;
            }
            for _ in 0..9 {
                bench.transfer(Request::write(DATA, &[0; 8]).stream(2))?;
            }
            for _ in 0..2 {
                bench.transfer(Request::read(0, 16))?;
            }
            let counters = bench.counters()?;
            let expected = Counters {
                reads: 18 + 7 + 2,
                writes: 20 + 9,
                miss_r: 6 + 2,
                hit_r: 12,
                miss_w: 4,
                hit_w: 16,
                walks: counters.walks,
                walk_cycles: counters.walk_cycles,
                faults: 9 + 2,
            };
            assert_eq!(counters, expected);
            // Pages share tables, and walks may bring several; faults are found anew each time.
            assert!((1 + 2..100).contains(&counters.walks), "{counters:?}");
            assert!(counters.walk_cycles > counters.walks);
            assert_eq!(bench.counters()?, Counters::default());
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn reads_of_a_snapshot_do_not_change_it() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.route(0, Route::Bypass)?;
        for _ in 0..3 {
            bench.transfer(Request::read(DATA, 1))?;
        }
        assert_eq!(bench.global::<CntReads>()?.bits(), 0, "no snapshot yet");
        bench.set_global(CntCtrl::default().with(CntCtrl::SNAPSHOT, 1))?;
        for _ in 0..3 {
            assert_eq!(bench.global::<CntReads>()?.bits(), 3);
            bench.transfer(Request::read(DATA, 1))?;
        }
        bench.set_global(CntCtrl::default())?;
        assert_eq!(bench.global::<CntReads>()?.bits(), 3, "0 is no command");
        bench.set_global(CntCtrl::default().with(CntCtrl::SNAPSHOT, 1))?;
        assert_eq!(bench.global::<CntReads>()?.bits(), 3);
        Ok(())
    })
}

#[test]
fn a_refused_access_is_looked_up_like_any_other_and_needs_one_walk() -> Result<()> {
    cosimulate(quick(), |bench| {
        let page = Page {
            ap: vcm_regs::descriptor::ap::RO,
            ..Page::new(Size::Section, IOVA, DATA)
        };
        bench.context(0)?.map(page)?;
        bench.refused(Request::write(IOVA, &[0; 8]))?;
        let first = bench.counters()?;
        assert_eq!((first.miss_w, first.hit_w), (1, 0));
        assert_eq!((first.walks, first.faults), (1, 1));
        for _ in 0..3 {
            bench.refused(Request::write(IOVA, &[0; 8]))?;
        }
        let others = bench.counters()?;
        assert_eq!(others.miss_w + others.hit_w, 3);
        assert_eq!((others.walks, others.faults), (0, 3));
        Ok(())
    })
}

#[test]
fn misses_of_the_main_tlb_are_those_that_need_a_walk() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        let at = |n: u32| IOVA + n * 0x2000;
        (0..12).try_for_each(|n| tables.map(Page::small(at(n), DATA)))?;
        let misses = || -> Result<u32> {
            bench.set_global(CntCtrl::default().with(CntCtrl::SNAPSHOT, 1))?;
            Ok(bench.global::<CntMainMiss>()?.bits())
        };
        // Downwards, so that nothing is fetched ahead.
        for (writes, pages) in [(false, 7..12), (true, 0..7)] {
            for count in [pages.len() as u32, 0] {
                // Any change of a context empties the micro-TLBs.
                bench.set_bank(0, Dacr::from_bits(0x5555_5555))?;
                misses()?;
                for n in pages.clone().rev() {
                    bench.passes(match writes {
                        false => Request::read(at(n), 1),
                        true => Request::write(at(n), &[0; 8]),
                    })?;
                    bench.settle()?;
                }
                assert_eq!(misses()?, count, "writes: {writes}");
            }
        }
        Ok(())
    })
}

#[test]
fn walk_cycles_follow_the_latency_of_memory() -> Result<()> {
    let cycles = |latency: u32| -> Result<u32> {
        let mut cycles = 0;
        cosimulate(quick(), |bench| {
            bench.context(0)?.map(Page::small(IOVA, DATA))?;
            bench.set_latency(latency, 1);
            bench.counters()?;
            bench.transfer(Request::read(IOVA, 1))?;
            cycles = bench.counters()?.walk_cycles;
            Ok(())
        })?;
        Ok(cycles)
    };
    let (fast, slow) = (cycles(10)?, cycles(110)?);
    // Two descriptors, one after the other.
    assert_eq!(slow - fast, 200);
    assert!((20..80).contains(&fast), "{fast}");
    Ok(())
}

#[test]
fn nothing_is_lost_or_counted_twice_by_snapshots_under_traffic() -> Result<()> {
    for seed in 112..115 {
        cosimulate(quick().stressed(seed), |bench| {
            let mut tables = bench.context(0)?;
            for n in 0..32 {
                tables.map(Page::small(IOVA + n * 0x1000, DATA + n * 0x1000))?;
            }
            let mut rng = fastrand::Rng::with_seed(seed);
            let (mut made, mut sum) = ([0; 2], Counters::default());
            for _ in 0..40 {
                for _ in 0..rng.u32(0..25) {
                    let at = IOVA + rng.u32(0..34) * 0x1000;
                    let write = rng.bool();
                    made[usize::from(write)] += 1;
                    let request = match write {
                        false => Request::read(at, 1),
                        true => Request::write(at, &[0; 8]),
                    };
                    bench.platform.submit(request.id(rng.u8(0..6)));
                }
                let part = bench.counters()?;
                sum.reads += part.reads;
                sum.writes += part.writes;
                sum.hit_r += part.hit_r;
                sum.hit_w += part.hit_w;
                sum.miss_r += part.miss_r;
                sum.miss_w += part.miss_w;
                sum.faults += part.faults;
            }
            let done = bench.platform.finish()?;
            bench.platform.step(RECORDING);
            let last = bench.counters()?;
            assert_eq!([sum.reads + last.reads, sum.writes + last.writes], made);
            let looked = |c: Counters| [c.hit_r + c.miss_r, c.hit_w + c.miss_w];
            let [reads, writes] = looked(sum);
            let [last_reads, last_writes] = looked(last);
            assert_eq!([reads + last_reads, writes + last_writes], made);
            let refused = done.iter().filter(|done| done.resp.is_error()).count();
            assert_eq!(sum.faults + last.faults, refused as u32);
            Ok(())
        })?;
    }
    Ok(())
}
