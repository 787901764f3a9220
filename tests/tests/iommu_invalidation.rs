//! Invalidation and synchronisation.

use anyhow::Result;
use vcm_regs::context::{self, Tlbiasid, Tlbiva, Tlbivaa};
use vcm_regs::global;
use vcm_sim::axi::Request;
use vcm_sim::signals::{Burst, Resp};
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::Route;
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

/// Both have a TLB of their own.
const WAYS: [Way; 2] = [Way::Read, Way::Write];

/// Where an address of a stream goes.
fn look(bench: &Bench, way: Way, stream: u8, iova: u32) -> Result<u32> {
    let request = match way {
        Way::Read => Request::read(iova, 1).burst(Burst::Incr, 0),
        Way::Write => Request::write(iova, &[1]).burst(Burst::Incr, 0),
    };
    bench.passes(request.stream(stream))
}

/// Has a page in both TLBs, and then moves it in the table.
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

/// Holds that a page of `stale` is still translated as it was, or no longer.
fn expect(bench: &Bench, stream: u8, page: Page, is_stale: bool, what: &str) -> Result<()> {
    let base = if is_stale {
        page.pa
    } else {
        page.pa - OLD + NEW
    };
    for way in WAYS {
        for offset in [0, page.size.bytes() - 1] {
            let seen = look(bench, way, stream, page.iova + offset)?;
            let shown = format!("{what}: {way:?} of {page:x?}");
            assert_eq!(seen, base + offset, "{shown}, stale is {is_stale}");
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
/// that exactly those pages are gone that `gone` names.
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
                let all = || (0..2).flat_map(|index| pages(ng).map(|page| (index, page)));
                for (index, page) in all() {
                    expect(bench, index as u8, page, true, "before")?;
                }
                issue(bench, target)?;
                for (index, page) in all() {
                    let is_stale = !gone(index, page, target);
                    expect(bench, index as u8, page, is_stale, what)?;
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
fn the_command_of_a_context_spares_the_others() -> Result<()> {
    command(
        "TLBIALL of context 1",
        |bench, _| bench.invalidate(1),
        |index, _, _| index == 1,
    )
}

#[test]
fn an_asid_takes_its_non_global_entries_only() -> Result<()> {
    command(
        "TLBIASID 0 of context 1",
        |bench, _| {
            bench.set_bank(1, Tlbiasid::default().with(Tlbiasid::ASID, 0))?;
            bench.sync(1)
        },
        |index, page, _| index == 1 && page.ng,
    )?;
    command(
        "TLBIASID of another ASID",
        |bench, _| {
            bench.set_bank(1, Tlbiasid::default().with(Tlbiasid::ASID, 0x80))?;
            bench.sync(1)
        },
        |_, _, _| false,
    )
}

#[test]
fn an_address_takes_the_page_that_covers_it_and_no_other() -> Result<()> {
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
fn an_address_outside_takes_nothing() -> Result<()> {
    let command_of = |offset: fn(u32) -> u32| {
        command(
            "TLBIVAA",
            move |bench, page| {
                let at = page.iova.wrapping_add(offset(page.size.bytes()));
                bench.set_bank(0, Tlbivaa::default().with(Tlbivaa::VA, va(at)))?;
                bench.sync(0)
            },
            |_, _, _| false,
        )
    };
    // Pages lie 16 MiB apart, so behind a supersection another begins.
    command_of(|bytes| {
        if bytes == 0x0100_0000 {
            0x0800_0000
        } else {
            bytes
        }
    })?;
    command_of(|_| 0x8000_0000)?;
    command_of(|_| 0u32.wrapping_sub(0x1000))
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
fn entries_of_other_asids_survive() -> Result<()> {
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
            let value = Tlbiva::default()
                .with(Tlbiva::VA, va(IOVA))
                .with(Tlbiva::ASID, 7);
            match by_address {
                true => bench.set_bank(0, value)?,
                false => bench.set_bank(0, Tlbiasid::default().with(Tlbiasid::ASID, 7))?,
            }
            bench.sync(0)?;
            expect(bench, 0, other, false, "ASID 7")?;
            bench.switch(0, 0, &tables)?;
            expect(bench, 0, page, true, "ASID 0")
        })?;
    }
    Ok(())
}

#[test]
fn what_was_not_invalidated_needs_no_walk() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = [bench.context(0)?, bench.context(1)?];
        for tables in &mut tables {
            for n in 0..4 {
                tables.map(Page::small(IOVA + n * 0x1000, OLD + n * 0x1000))?;
            }
        }
        let walks = |bench: &Bench| -> Result<[u32; 2]> {
            let mut walks = [0; 2];
            for (index, walks) in walks.iter_mut().enumerate() {
                bench.walks()?;
                for n in 0..4 {
                    for way in WAYS {
                        look(bench, way, index as u8, IOVA + n * 0x1000)?;
                    }
                }
                *walks = bench.walks()?;
            }
            Ok(walks)
        };
        assert_eq!(walks(bench)?, [8, 8]);
        assert_eq!(walks(bench)?, [0, 0]);
        bench.set_bank(0, Tlbivaa::default().with(Tlbivaa::VA, va(IOVA + 0x2000)))?;
        bench.sync(0)?;
        assert_eq!(walks(bench)?, [2, 0]);
        bench.invalidate(1)?;
        assert_eq!(walks(bench)?, [0, 8]);
        bench.set_global(global::Tlbiall::default())?;
        bench.sync_all()?;
        assert_eq!(walks(bench)?, [8, 8]);
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
