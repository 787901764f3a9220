//! Invalidation and synchronisation.
//!
//! A command must drop what it covers, and may drop more: where a page of which nothing was said goes
//! to, is for the hardware to choose between the old place and the new.

use anyhow::Result;
use vcm_regs::context::{self, Tlbiasid, Tlbiva, Tlbivaa, Tlbrange};
use vcm_regs::global;
use vcm_sim::axi::Request;
use vcm_sim::axil::Access;
use vcm_sim::signals::{Burst, Resp};
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::{Route, bank_offset};
use vcm_tests::tables::{Page, Size, Tables};

const IOVA: u32 = 0x4000_0000;
/// Where a page is first, and where it is after the table was changed.
const OLD: u32 = DATA;
const NEW: u32 = DATA + 0x0800_0000;

/// Which access looks.
#[derive(Clone, Copy, Debug)]
enum Way {
    Read,
    Write,
}

/// Either may have a TLB of its own.
const WAYS: [Way; 2] = [Way::Read, Way::Write];

/// Where an address of a stream goes.
fn look(bench: &Bench, way: Way, stream: u8, iova: u32) -> Result<u32> {
    let request = match way {
        Way::Read => Request::read(iova, 1).burst(Burst::Incr, 0),
        Way::Write => Request::write(iova, &[1]).burst(Burst::Incr, 0),
    };
    bench.passes(request.stream(stream))
}

/// Has a page in the TLBs, and then moves it in the table.
fn stale(bench: &Bench, tables: &mut Tables, stream: u8, page: Page) -> Result<()> {
    tables.map(page)?;
    for way in WAYS {
        look(bench, way, stream, page.iova)?;
    }
    tables.map(Page {
        pa: page.pa - OLD + NEW,
        ..page
    })
}

/// Where the first byte of a page of `stale` lies, and where it lies in the tables.
fn old_and_new(page: Page) -> [u32; 2] {
    [page.pa, page.pa - OLD + NEW]
}

/// Holds that a page of `stale` is in the TLBs, as it was.
fn expect_cached(bench: &Bench, stream: u8, page: Page) -> Result<()> {
    let [old, _] = old_and_new(page);
    for way in WAYS {
        let seen = look(bench, way, stream, page.iova)?;
        assert_eq!(seen, old, "{way:?} of {page:x?}");
    }
    Ok(())
}

/// Holds that a page of `stale` is translated as the tables say, or, unless it is gone from the TLBs, as
/// it was.
fn expect(bench: &Bench, stream: u8, page: Page, is_gone: bool, what: &str) -> Result<()> {
    let [old, new] = old_and_new(page);
    for way in WAYS {
        for offset in [0, page.size.bytes() - 1] {
            let seen = look(bench, way, stream, page.iova + offset)?;
            let shown = format!("{what}: {way:?} of {page:x?}, gone is {is_gone}");
            let is_new = seen == new + offset;
            let is_old = seen == old + offset;
            assert!(is_new || is_old && !is_gone, "{shown}: {seen:#x}");
        }
    }
    Ok(())
}

/// A page of each size.
fn pages(ng: bool) -> [Page; 4] {
    let mut n = 0;
    Size::ALL.map(|size| {
        n += 1;
        let offset = n * 0x0100_0000;
        Page {
            ng,
            ..Page::new(size, IOVA + offset, OLD + offset)
        }
    })
}

/// Prepares stale pages of every size, global and not, in contexts 0 and 1, issues a command, and holds
/// that those pages are gone that `gone` names.
fn command(
    what: &str,
    issue: impl Fn(&Bench, Page) -> Result<()>,
    gone: impl Fn(u32, Page, Page) -> bool,
) -> Result<()> {
    for ng in [false, true] {
        for target in pages(ng) {
            cosimulate(quick(), |bench| {
                let mut tables = [bench.context(0)?, bench.context(1)?];
                for (index, tables) in tables.iter_mut().enumerate() {
                    for page in pages(ng) {
                        stale(bench, tables, index as u8, page)?;
                    }
                }
                for index in 0..2 {
                    expect_cached(bench, index, target)?;
                }
                issue(bench, target)?;
                for (index, page) in (0..2).flat_map(|index| pages(ng).map(|page| (index, page))) {
                    let is_gone = gone(index, page, target);
                    expect(bench, index as u8, page, is_gone, what)?;
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

fn va(value: u32) -> u32 {
    value >> 12
}

#[test]
fn the_global_command_invalidates_everything() -> Result<()> {
    command(
        "TLBIALL",
        |bench, _| {
            bench.set_global(global::Tlbiall::default())?;
            bench.sync_all()
        },
        |_, _, _| true,
    )
}

#[test]
fn the_command_of_a_context_takes_all_of_it() -> Result<()> {
    command(
        "TLBIALL of context 1",
        |bench, _| bench.invalidate(1),
        |index, _, _| index == 1,
    )
}

#[test]
fn an_asid_takes_its_non_global_entries() -> Result<()> {
    command(
        "TLBIASID 0 of context 1",
        |bench, _| {
            bench.set_bank(1, Tlbiasid::default().with(Tlbiasid::ASID, 0))?;
            bench.sync(1)
        },
        |index, page, _| index == 1 && page.ng,
    )
}

#[test]
fn an_address_takes_the_page_that_covers_it() -> Result<()> {
    let command_of = |offset: fn(u32) -> u32| {
        command(
            "TLBIVAA",
            move |bench, page| {
                let at = page.iova + offset(page.size.bytes());
                bench.set_bank(0, Tlbivaa::default().with(Tlbivaa::VA, va(at)))?;
                bench.sync(0)
            },
            |index, page, target| index == 0 && page == target,
        )
    };
    command_of(|_| 0)?;
    command_of(|bytes| bytes - 1)?;
    command_of(|bytes| bytes / 2)
}

#[test]
fn a_range_takes_every_page_that_it_touches() -> Result<()> {
    for pages in [1, 3, 17, 255, 256, 0xFFF] {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            // Small ones, in two tables; the range begins in the middle of the first.
            let first = IOVA + 0x000F_8000;
            let page = |n: u32| Page::small(first + n * 0x1000, OLD + n * 0x1000);
            let within = [0, 1, 7, 8, pages / 2, pages].map(|n: u32| page(n.min(pages).min(500)));
            for page in within {
                tables.map(page)?;
                for way in WAYS {
                    look(bench, way, 0, page.iova)?;
                }
            }
            for page in within {
                tables.map(Page {
                    pa: page.pa - OLD + NEW,
                    ..page
                })?;
            }
            let range = Tlbrange::default()
                .with(Tlbrange::VA, va(first))
                .with(Tlbrange::PAGES, pages);
            bench.set_bank(0, range)?;
            bench.sync(0)?;
            for page in within {
                expect(bench, 0, page, true, "TLBRANGE")?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_command_for_elsewhere_costs_no_walk() -> Result<()> {
    for ng in [false, true] {
        for page in pages(ng) {
            cosimulate(quick(), |bench| {
                bench.context(0)?.map(page)?;
                let _other = bench.context(1)?;
                let walks = |bench: &Bench| -> Result<u32> {
                    bench.walks()?;
                    for way in WAYS {
                        look(bench, way, 0, page.iova)?;
                    }
                    bench.walks()
                };
                assert!(walks(bench)? > 0);
                let elsewhere = va(page.iova + 0x0800_0000);
                bench.set_bank(0, Tlbivaa::default().with(Tlbivaa::VA, elsewhere))?;
                bench.sync(0)?;
                assert_eq!(walks(bench)?, 0, "another address: {page:x?}");
                bench.invalidate(1)?;
                assert_eq!(walks(bench)?, 0, "another context: {page:x?}");
                bench.invalidate(0)?;
                assert!(walks(bench)? > 0);
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn an_address_with_an_asid_takes_global_entries_and_those_of_the_asid() -> Result<()> {
    for asid in [0, 0x80] {
        command(
            "TLBIVA",
            |bench, page| {
                let at = page.iova + page.size.bytes() - 1;
                let value = Tlbiva::default()
                    .with(Tlbiva::VA, va(at))
                    .with(Tlbiva::ASID, asid);
                bench.set_bank(0, value)?;
                bench.sync(0)
            },
            |index, page, target| index == 0 && page == target && (asid == 0 || !page.ng),
        )?;
    }
    Ok(())
}

#[test]
fn what_was_dropped_is_not_there_again_after_any_number_of_commands() -> Result<()> {
    for (index, all) in [(0, false), (5, false), (0, true)] {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(index)?;
            let stream = index as u8;
            // Twice each, so that every bit of a number is seen to come and to go.
            for commands in (0..=8).flat_map(|power| [1 << power; 2]) {
                // A page in the TLBs, and one whose table is in the cache of the first level.
                let mut remap = |to: u32| {
                    tables.add_second(IOVA, 0)?;
                    tables.map(Page::small(IOVA, to))?;
                    tables.map(Page::small(IOVA + 0x1000, to + 0x1000))?;
                    tables.map(Page::small(IOVA + 0x8000, to + 0x8000))
                };
                remap(OLD)?;
                bench.invalidate(index)?;
                // A number that comes again has the TLBs swept, and nothing is kept meanwhile.
                bench.platform.step(1_000);
                for way in WAYS {
                    assert_eq!(look(bench, way, stream, IOVA)?, OLD);
                }
                // The cache has the word after any number of commands, too.
                bench.settle()?;
                bench.seen();
                bench.transfer(Request::read(IOVA + 0x8000, 1).stream(stream))?;
                assert_eq!(bench.seen().walks.len(), 1, "before {commands}");
                remap(NEW)?;
                for _ in 0..commands {
                    match all {
                        true => bench.set_global(global::Tlbiall::default())?,
                        false => bench.set_bank(index, context::Tlbiall::default())?,
                    }
                }
                bench.sync(index)?;
                for way in WAYS {
                    for page in [0, 0x1000] {
                        let seen = look(bench, way, stream, IOVA + page)?;
                        assert_eq!(seen, NEW + page, "{way:?} after {commands}");
                    }
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn an_asid_is_invalidated_while_another_has_the_same_page() -> Result<()> {
    for by_address in [false, true] {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            let mut others = bench.tables(1)?;
            let page = Page {
                ng: true,
                ..Page::small(IOVA, OLD)
            };
            stale(bench, &mut tables, 0, page)?;
            bench.switch(0, 7, &others)?;
            let other = Page {
                pa: OLD + 0x1000,
                ..page
            };
            stale(bench, &mut others, 0, other)?;
            expect_cached(bench, 0, other)?;
            let value = Tlbiva::default()
                .with(Tlbiva::VA, va(IOVA))
                .with(Tlbiva::ASID, 7);
            match by_address {
                true => bench.set_bank(0, value)?,
                false => bench.set_bank(0, Tlbiasid::default().with(Tlbiasid::ASID, 7))?,
            }
            bench.sync(0)?;
            expect(bench, 0, other, true, "ASID 7")?;
            // Of this one nothing was said, but that it has its own pages.
            bench.switch(0, 0, &tables)?;
            expect(bench, 0, page, false, "ASID 0")
        })?;
    }
    Ok(())
}

#[test]
fn what_was_not_invalidated_needs_no_walk() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = [bench.context(0)?, bench.context(1)?];
        // Apart, so that no walk brings a page that another one is for.
        let iova = |n: u32| IOVA + n * 0x4000;
        for tables in &mut tables {
            for n in 0..4 {
                tables.map(Page::small(iova(n), OLD + n * 0x1000))?;
            }
        }
        let walks = |bench: &Bench, index: u8| -> Result<Vec<u32>> {
            (0..4)
                .map(|n| {
                    bench.walks()?;
                    for way in WAYS {
                        look(bench, way, index, iova(n))?;
                    }
                    bench.walks()
                })
                .collect()
        };
        let needed = |bench: &Bench| -> Result<[Vec<bool>; 2]> {
            let needed = |index| -> Result<Vec<bool>> {
                let walks = walks(bench, index)?;
                Ok(walks.into_iter().map(|walks| walks > 0).collect())
            };
            Ok([needed(0)?, needed(1)?])
        };
        let (all, none) = (vec![true; 4], vec![false; 4]);
        assert_eq!(needed(bench)?, [all.clone(), all.clone()]);
        assert_eq!(needed(bench)?, [none.clone(), none.clone()]);
        bench.set_bank(0, Tlbivaa::default().with(Tlbivaa::VA, va(iova(2))))?;
        bench.sync(0)?;
        let third = vec![false, false, true, false];
        assert_eq!(needed(bench)?, [third, none.clone()]);
        bench.invalidate(1)?;
        assert_eq!(needed(bench)?, [none, all.clone()]);
        bench.set_global(global::Tlbiall::default())?;
        bench.sync_all()?;
        assert_eq!(needed(bench)?, [all.clone(), all]);
        Ok(())
    })
}

#[test]
fn a_synchronisation_without_traffic_is_complete_at_once() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = bench.context(0)?;
        bench.set_bank(0, context::Tlbsync::default())?;
        assert!(!bench.is_syncing(0)?);
        bench.set_global(global::Tlbsync::default())?;
        assert!(!bench.is_syncing_all()?);
        Ok(())
    })
}

#[test]
fn commands_that_come_faster_than_they_are_carried_out_are_all_carried_out() -> Result<()> {
    const PAGES: u32 = 24;
    for register in [&context::TLBIVA, &context::TLBIVAA, &context::TLBRANGE] {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            // The neighbours of pages come along with them.
            let page = |n: u32, pa| Page::small(IOVA + n * 0x2000, pa + n * 0x1000);
            for n in 0..PAGES {
                stale(bench, &mut tables, 0, page(n, OLD))?;
            }
            bench.settle()?;
            for n in 0..PAGES {
                let at = bank_offset(0, register) as u16;
                let command = Access::write(at, IOVA + n * 0x2000);
                bench.platform.lock().registers_mut().submit(command);
            }
            bench.sync(0)?;
            for n in (0..PAGES).rev() {
                expect(bench, 0, page(n, OLD), true, register.name)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Has memory so slow that registers can be read while a burst waits.
const SLOW: u32 = 600;

#[test]
fn a_synchronisation_waits_for_what_was_translated_before() -> Result<()> {
    for way in WAYS {
        cosimulate(quick(), |bench| {
            bench.context(2)?.map(Page::small(IOVA, OLD))?;
            let _other = bench.context(3)?;
            look(bench, way, 2, IOVA)?;
            bench.set_latency(SLOW, SLOW);
            let request = match way {
                Way::Read => Request::read(IOVA, 2),
                Way::Write => Request::write(IOVA, &[3; 16]),
            };
            let ticket = bench.platform.submit(request.stream(2));
            bench.platform.wait_for("a burst of m_axi", |simulation| {
                let m_axi = simulation.wires().m_axi;
                (m_axi.ar.fires() || m_axi.aw.fires()).then_some(())
            })?;
            bench.set_bank(2, context::Tlbiall::default())?;
            bench.set_bank(2, context::Tlbsync::default())?;
            bench.set_bank(3, context::Tlbsync::default())?;
            bench.set_global(global::Tlbsync::default())?;
            for _ in 0..10 {
                assert!(bench.is_syncing(2)?);
                assert!(bench.is_syncing_all()?);
                assert!(!bench.is_syncing(3)?, "another context");
            }
            let done = bench.platform.wait(ticket)?;
            assert_eq!(done.resp, Resp::Okay);
            assert!(!bench.is_syncing(2)?);
            assert!(!bench.is_syncing_all()?);
            assert!(done.finished - done.issued > u64::from(SLOW));
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_synchronisation_waits_for_each_context_behind_any_number_of_others() -> Result<()> {
    for way in WAYS {
        cosimulate(quick(), |bench| {
            bench.route(8, Route::Bypass)?;
            let made = |iova: u32, id: u8| match way {
                Way::Read => Request::read(iova, 1).id(id),
                Way::Write => Request::write(iova, &[3; 8]).id(id),
            };
            for context in 0..8 {
                bench.context(context)?.map(Page::small(IOVA, OLD))?;
                look(bench, way, context as u8, IOVA)?;
            }
            bench.set_latency(SLOW, SLOW);
            for (context, before) in (0..8).flat_map(|c| (0..7).map(move |before| (c, before))) {
                for n in 0..before {
                    let id = 0x55u8.wrapping_mul(n + context as u8);
                    bench.platform.submit(made(OLD, id).stream(8));
                }
                let request = made(IOVA, 0xA5 ^ 1 << before).stream(context as u8);
                let ticket = bench.platform.submit(request);
                bench
                    .platform
                    .wait_for("its burst of m_axi", |simulation| {
                        let m_axi = simulation.wires().m_axi;
                        let ids = [
                            (m_axi.ar.fires(), m_axi.ar.id),
                            (m_axi.aw.fires(), m_axi.aw.id),
                        ];
                        ids.contains(&(true, 0xA5 ^ 1 << before)).then_some(())
                    })?;
                bench.set_bank(context, context::Tlbsync::default())?;
                for _ in 0..10 {
                    assert!(
                        bench.is_syncing(context)?,
                        "{way:?} {context} behind {before}"
                    );
                }
                bench.platform.wait(ticket)?;
                bench.platform.finish()?;
                assert!(
                    !bench.is_syncing(context)?,
                    "{way:?} {context} behind {before}"
                );
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_synchronisation_does_not_wait_for_what_comes_after_it() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.context(0)?.map(Page::small(IOVA, OLD))?;
        look(bench, Way::Read, 0, IOVA)?;
        bench.set_latency(SLOW, SLOW);
        let first = bench.platform.submit(Request::read(IOVA, 1).id(1));
        bench.platform.step(SLOW as u64 / 2);
        bench.set_bank(0, context::Tlbsync::default())?;
        for id in 2..6 {
            bench.platform.submit(Request::read(IOVA, 1).id(id));
        }
        bench.platform.wait(first)?;
        assert!(!bench.is_syncing(0)?);
        assert!(bench.platform.finish()?.len() == 4);
        Ok(())
    })
}

#[test]
fn the_global_synchronisation_waits_for_bypassed_streams_too() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = bench.context(0)?;
        bench.route(8, Route::Bypass)?;
        bench.set_latency(SLOW, SLOW);
        let ticket = bench.platform.submit(Request::read(OLD, 1).stream(8));
        bench.platform.step(20);
        bench.set_global(global::Tlbsync::default())?;
        bench.set_bank(0, context::Tlbsync::default())?;
        assert!(bench.is_syncing_all()?);
        assert!(!bench.is_syncing(0)?, "no context's");
        bench.platform.wait(ticket)?;
        assert!(!bench.is_syncing_all()?);
        Ok(())
    })
}

#[test]
fn synchronisations_of_contexts_are_apart_from_each_other() -> Result<()> {
    cosimulate(quick(), |bench| {
        for index in 0..8 {
            bench.context(index)?.map(Page::small(IOVA, OLD))?;
            look(bench, Way::Read, index as u8, IOVA)?;
        }
        bench.set_latency(SLOW, SLOW);
        for stream in [1, 4, 6] {
            bench
                .platform
                .submit(Request::read(IOVA, 1).stream(stream).id(stream));
        }
        bench.platform.step(30);
        bench.set_bank(4, context::Tlbsync::default())?;
        for index in 0..8 {
            assert_eq!(bench.is_syncing(index)?, index == 4);
        }
        for index in 0..8 {
            bench.set_bank(index, context::Tlbsync::default())?;
        }
        for index in 0..8 {
            assert_eq!(bench.is_syncing(index)?, [1, 4, 6].contains(&index));
        }
        bench.platform.finish()?;
        for index in 0..8 {
            assert!(!bench.is_syncing(index)?);
        }
        Ok(())
    })
}

/// Whether the walk that an invalidation meets was asked for by a read or a write, and at which of its
/// two reads it was.
fn discarded_walk(way: Way, reads: usize, all: bool) -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        tables.map(Page::small(IOVA, OLD))?;
        bench.set_latency(SLOW, SLOW);
        bench.seen();
        bench.walks()?;
        let request = match way {
            Way::Read => Request::read(IOVA, 1),
            Way::Write => Request::write(IOVA, &[1; 8]),
        };
        let ticket = bench.platform.submit(request);
        let mut asked = 0;
        bench
            .platform
            .wait_for("a descriptor to be read", |simulation| {
                asked += usize::from(simulation.wires().m_axi_ptw.ar.fires());
                (asked == reads).then_some(())
            })?;
        // Memory reads at the moment it answers: let it read the old descriptor, and no later one.
        bench.platform.wait_for("the descriptor", |simulation| {
            simulation.wires().m_axi_ptw.r.fires().then_some(())
        })?;
        match all {
            true => bench.set_global(global::Tlbiall::default())?,
            false => bench.set_bank(0, context::Tlbiall::default())?,
        }
        tables.map(Page::small(IOVA, NEW))?;
        bench.sync(0)?;
        let done = bench.platform.wait(ticket)?;
        assert_eq!(done.resp, Resp::Okay);
        bench.set_latency(3, 2);
        assert_eq!(look(bench, way, 0, IOVA)?, NEW);
        Ok(())
    })
}

#[test]
fn a_walk_under_way_is_discarded() -> Result<()> {
    for way in WAYS {
        for reads in [1, 2] {
            for all in [false, true] {
                discarded_walk(way, reads, all)?;
            }
        }
    }
    Ok(())
}

#[test]
fn a_walk_of_another_context_goes_on() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.context(0)?.map(Page::small(IOVA, OLD))?;
        let _other = bench.context(1)?;
        bench.set_latency(SLOW, SLOW);
        bench.walks()?;
        let ticket = bench.platform.submit(Request::read(IOVA, 1));
        bench.platform.step(40);
        bench.set_bank(1, context::Tlbiall::default())?;
        bench.set_bank(1, context::Tlbsync::default())?;
        assert!(!bench.is_syncing(1)?);
        assert_eq!(bench.platform.wait(ticket)?.resp, Resp::Okay);
        assert_eq!(bench.walks()?, 1);
        Ok(())
    })
}

/// Page 0 of a context moves back and forth under traffic. After each synchronisation nothing may go to
/// where it was; the scoreboard judges each burst, and here memory is looked at.
#[test]
fn after_a_synchronisation_nothing_goes_to_the_old_page() -> Result<()> {
    for seed in 71..75 {
        cosimulate(quick().stressed(seed), |bench| {
            let mut tables = bench.context(0)?;
            let mut rng = fastrand::Rng::with_seed(seed);
            let place = |round: u32| OLD + round % 64 * 0x1000;
            tables.map(Page::small(IOVA, place(0)))?;
            for round in 0..40 {
                for n in 0..12 {
                    let at = IOVA + 16 * (12 * (round % 16) + n);
                    let request = match rng.bool() {
                        true => Request::read(at, 2),
                        false => Request::write(at, &[round as u8; 16]),
                    };
                    bench.platform.submit(request.id(rng.u8(0..3)));
                }
                bench.platform.step(rng.u64(0..60));
                tables.map(Page::small(IOVA, place(round + 1)))?;
                match rng.u8(0..3) {
                    0 => bench.set_bank(0, context::Tlbiall::default())?,
                    1 => bench.set_global(global::Tlbiall::default())?,
                    _ => bench.set_bank(0, Tlbivaa::default().with(Tlbivaa::VA, va(IOVA)))?,
                }
                bench.sync(0)?;
                bench.seen();
                // The page may be used for something else from here on.
                bench.poke(place(round), 0x600D_600D)?;
                bench.platform.step(rng.u64(0..200));
                assert_eq!(bench.peek(place(round))?, 0x600D_600D);
                let seen = bench.seen();
                for ax in seen.reads.iter().chain(&seen.writes) {
                    assert_eq!(ax.addr & !0xFFF, place(round + 1), "round {round}");
                }
            }
            bench.platform.finish()?;
            Ok(())
        })?;
    }
    Ok(())
}
