//! Prefetch of the next page, preload and lock.

use anyhow::Result;
use vcm::seam::Bus;
use vcm_regs::context::{
    Dacr, Par, TLBIVA, TLBIVAA, TLBRANGE, Tlbiall, Tlbivaa, Tlbpreload, page_size,
};
use vcm_regs::fault;
use vcm_regs::global::{CntCtrl, CntPrefetches, TlbLocks};
use vcm_sim::axi::Request;
use vcm_sim::signals::Resp;
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::bank_offset;
use vcm_tests::tables::{Page, Size};
use vcm_tests::timeline::Timeline;

const IOVA: u32 = 0x0100_0000;

fn prefetches(bench: &Bench) -> Result<u32> {
    bench.set_global(CntCtrl::default().with(CntCtrl::SNAPSHOT, 1))?;
    Ok(bench.global::<CntPrefetches>()?.bits())
}

fn pages(bench: &Bench, size: Size, count: u32) -> Result<()> {
    let mut tables = bench.context(0)?;
    for n in 0..count {
        let at = n * size.bytes();
        tables.map(Page::new(size, IOVA + at, DATA + at))?;
    }
    Ok(())
}

#[test]
fn a_sequential_stream_finds_its_next_page_ready() -> Result<()> {
    for (size, count) in [(Size::Small, 64), (Size::Large, 16)] {
        for write in [false, true] {
            cosimulate(quick(), |bench| {
                pages(bench, size, count)?;
                bench.set_latency(100, 20);
                prefetches(bench)?;
                let timeline = Timeline::of(bench);
                for n in 0..count * 4 {
                    let iova = IOVA + n * (size.bytes() / 4);
                    let request = match write {
                        true => Request::write(iova, &[0; 2048]),
                        false => Request::read(iova, 256),
                    };
                    let request = match iova % 0x1000 + 2048 <= 0x1000 {
                        true => request,
                        false => Request::read(iova, 1),
                    };
                    bench.passes(request)?;
                }
                bench.settle()?;
                let seen = Timeline::take(&timeline);
                // After the first pages nobody waits for a table: what is between coming and leaving
                // is less than one read of a table.
                let (came, left) = match write {
                    true => (&seen.writes_in, &seen.writes_out),
                    false => (&seen.reads_in, &seen.reads_out),
                };
                let slow = came
                    .iter()
                    .zip(left)
                    .filter(|(came, left)| left.cycle - came.cycle > 50)
                    .count();
                assert!(slow <= 4, "{size:?}, write {write}: {slow} waited");
                let used = prefetches(bench)?;
                assert!(used >= count / 4, "{size:?}: {used} prefetches used");
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn every_context_has_its_own_next_page_ready() -> Result<()> {
    cosimulate(quick(), |bench| {
        for context in 0..8u8 {
            let at = u32::from(context) * 0x10_0000;
            let mut tables = bench.context(context.into())?;
            for page in (0..32).map(|n| at + n * 0x1000) {
                tables.map(Page::small(IOVA + page, DATA + page))?;
            }
            prefetches(bench)?;
            for page in (0..32).map(|n| at + n * 0x1000) {
                for half in [0, 0x800] {
                    let request = Request::read(IOVA + page + half, 256).stream(context);
                    bench.passes(request)?;
                }
            }
            bench.settle()?;
            let used = prefetches(bench)?;
            assert!(used >= 8, "context {context}: {used} prefetches used");
        }
        Ok(())
    })
}

#[test]
fn a_prefetch_never_faults() -> Result<()> {
    cosimulate(quick(), |bench| {
        // The stream goes up to the last page that is mapped.
        pages(bench, Size::Small, 6)?;
        for n in 0..6 {
            bench.passes(Request::read(IOVA + n * 0x1000, 1))?;
            bench.passes(Request::write(IOVA + n * 0x1000, &[0; 8]))?;
        }
        bench.settle()?;
        assert!(bench.faults()?.is_empty());
        Ok(())
    })
}

/// Whoever waits for a prefetch that fails has its turn then, and does not wait for the next one.
#[test]
fn a_stream_goes_through_a_mib_without_a_table_and_none_waits_for_ever() -> Result<()> {
    for latency in [3, 20, 40] {
        cosimulate(quick(), |bench| {
            let _empty = bench.context(0)?;
            bench.set_latency(latency, latency);
            for (bursts, gap) in (2..=8).flat_map(|n| [0, 1, 10, 60].map(|gap| (n, gap))) {
                let mut tickets = Vec::new();
                for n in 0..bursts {
                    let iova = IOVA + n * 0x1000;
                    let id = n as u8;
                    tickets.push(bench.platform.submit(Request::read(iova, 1).id(id)));
                    tickets.push(bench.platform.submit(Request::write(iova, &[1; 8]).id(id)));
                    bench.platform.step(gap);
                }
                // Each has a walk of its own at worst, and there are as many prefetches.
                let most = bench.platform.now() + u64::from(4 * bursts * (latency + 60));
                for ticket in tickets {
                    let done = bench.platform.wait(ticket)?;
                    let what = format!("{bursts} bursts, {gap} cycles apart, {latency} a read");
                    assert_eq!(done.resp, Resp::SlvErr, "{what}");
                    assert!(done.finished < most, "{what}: {} > {most}", done.finished);
                }
                bench.faults()?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_page_that_is_mapped_after_its_prefetch_failed_is_found() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        for n in 0..12 {
            tables.map(Page::small(IOVA + n * 0x1000, DATA + n * 0x1000))?;
            bench.passes(Request::read(IOVA + n * 0x1000, 1))?;
            bench.settle()?;
        }
        Ok(())
    })
}

#[test]
fn a_stream_up_to_the_last_address_fetches_nothing_of_the_first() -> Result<()> {
    for size in [Size::Small, Size::Large] {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            let pages = (1..9).rev().map(|n| 0u32.wrapping_sub(n * size.bytes()));
            for (iova, pa) in pages.clone().zip((DATA..).step_by(size.bytes() as usize)) {
                tables.map(Page::new(size, iova, pa))?;
            }
            tables.map(Page::new(size, 0, DATA))?;
            bench.invalidate(0)?;
            let timeline = Timeline::of(bench);
            for iova in pages {
                bench.passes(Request::read(iova, 1))?;
            }
            bench.settle()?;
            bench.platform.step(100);
            let walks = Timeline::take(&timeline).walks;
            assert!(
                !walks
                    .iter()
                    .any(|walk| walk.addr.addr == tables.first_at(0))
            );
            Ok(())
        })?;
    }
    Ok(())
}

/// Preloads a page, and returns what `PAR` says then.
fn preload(bench: &Bench, iova: u32, lock: bool) -> Result<Par> {
    let command = Tlbpreload::from_bits(iova & !0xFFF);
    bench.probe(0, command.with(Tlbpreload::LOCK, u32::from(lock)))
}

/// Reads pages at random over 16 MiB, which is more than any TLB holds.
fn thrash(bench: &Bench) -> Result<()> {
    let mut rng = fastrand::Rng::with_seed(3);
    for _ in 0..3_000 {
        let iova = IOVA + rng.u32(0..0x1000) * 0x1000;
        bench
            .platform
            .submit(Request::read(iova, 1).id(rng.u8(..16)));
    }
    bench.platform.finish()?;
    bench.settle()
}

#[test]
fn a_locked_page_stays_until_it_is_invalidated() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, Size::Small, 0x1000)?;
        let par = preload(bench, IOVA + 0x5000, true)?;
        assert!(!par.has(Par::F));
        assert_eq!(par.get(Par::PA) << 12, DATA + 0x5000);
        assert_eq!(bench.global::<TlbLocks>()?.get(TlbLocks::COUNT), 1);
        thrash(bench)?;
        bench.seen();
        bench.passes(Request::write(IOVA + 0x5000, &[0; 8]))?;
        bench.settle()?;
        assert!(bench.seen().walks.is_empty());
        bench.invalidate(0)?;
        assert_eq!(bench.global::<TlbLocks>()?.get(TlbLocks::COUNT), 0);
        bench.seen();
        bench.transfer(Request::read(IOVA + 0x5000, 1))?;
        assert!(!bench.seen().walks.is_empty());
        Ok(())
    })
}

#[test]
fn a_locked_page_of_an_asid_goes_with_its_address_whichever_asid_is_current() -> Result<()> {
    let at = IOVA;
    let elsewhere = DATA + 0x0100_0000;
    let commands = [
        (&TLBIVA, at | 1),
        (&TLBIVAA, at),
        (&TLBRANGE, at - 0x1000 + 1),
    ];
    for (size, (command, value)) in Size::ALL.into_iter().flat_map(|s| commands.map(|c| (s, c))) {
        cosimulate(quick(), |bench| {
            let page = |pa| Page {
                ng: true,
                ..Page::new(size, at, pa)
            };
            let mut tables = bench.context(0)?;
            bench.switch(0, 1, &tables)?;
            tables.map(page(DATA))?;
            assert!(!preload(bench, at, true)?.has(Par::F));
            tables.map(page(elsewhere))?;
            bench.switch(0, 2, &tables)?;
            let offset = bank_offset(0, command);
            bench.platform.bus().write32(offset, value)?;
            bench.sync(0)?;
            assert_eq!(bench.global::<TlbLocks>()?.get(TlbLocks::COUNT), 0);
            bench.switch(0, 1, &tables)?;
            let pa = bench.passes(Request::read(at, 1))?;
            assert_eq!(pa, elsewhere, "{size:?}, {}", command.name);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_locked_page_does_not_count_as_prefetched() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, Size::Small, 8)?;
        preload(bench, IOVA + 0x5000, true)?;
        prefetches(bench)?;
        for _ in 0..3 {
            // Any change of a context empties the micro-TLBs.
            bench.set_bank(0, Dacr::from_bits(0x5555_5555))?;
            bench.passes(Request::read(IOVA + 0x5000, 1))?;
            bench.passes(Request::write(IOVA + 0x5000, &[0; 8]))?;
        }
        assert_eq!(prefetches(bench)?, 0);
        Ok(())
    })
}

#[test]
fn locked_pages_are_told_apart_by_every_bit_by_context_and_by_asid() -> Result<()> {
    const ELSEWHERE: u32 = 0x0800_0000;
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        let mut others = [bench.context(1)?, bench.tables(2)?];
        let at = |n: u32| 0x4AA5_5000 ^ (n * 0x0111_1000);
        let local = |iova, pa| Page {
            ng: true,
            ..Page::small(iova, pa)
        };
        let mut count = 0;
        loop {
            let pa = DATA + count * 0x1000;
            tables.map(local(at(count), pa))?;
            if preload(bench, at(count), true)?.has(Par::F) {
                break;
            }
            count += 1;
        }
        assert!(count > 1, "{count} locked");
        for n in 0..count {
            for tables in &mut others {
                tables.map(local(at(n), DATA + ELSEWHERE + n * 0x1000))?;
            }
            for bit in 12..32 {
                let pa = DATA + ELSEWHERE + (n * 32 + bit) * 0x1000;
                tables.map(Page::small(at(n) ^ 1 << bit, pa))?;
            }
        }
        for n in 0..count {
            for bit in 12..32 {
                let pa = DATA + ELSEWHERE + (n * 32 + bit) * 0x1000;
                let request = Request::read(at(n) ^ 1 << bit, 1);
                assert_eq!(bench.passes(request)?, pa, "{n}, bit {bit}");
            }
            let pa = DATA + n * 0x1000;
            assert_eq!(bench.passes(Request::read(at(n), 1))?, pa);
            let request = Request::read(at(n), 1).stream(1);
            assert_eq!(bench.passes(request)?, pa + ELSEWHERE, "context 1");
        }
        for asid in (0..8).map(|bit| 1 << bit) {
            bench.switch(0, asid, &others[1])?;
            for n in 0..count {
                let pa = bench.passes(Request::read(at(n), 1))?;
                assert_eq!(pa, DATA + ELSEWHERE + n * 0x1000, "ASID {asid}, {n}");
            }
        }
        Ok(())
    })
}

#[test]
fn a_locked_page_of_any_size_is_of_its_asid_or_global() -> Result<()> {
    let at = 0x4000_0000;
    let elsewhere = DATA + 0x0100_0000;
    for (size, ng) in Size::ALL.into_iter().flat_map(|s| [(s, false), (s, true)]) {
        for others in [false, true] {
            cosimulate(quick(), |bench| {
                let page = |pa| Page {
                    ng,
                    others,
                    ..Page::new(size, at, pa)
                };
                bench.context(0)?.map(page(DATA))?;
                let mut tables = bench.tables(1)?;
                tables.map(page(elsewhere))?;
                assert!(!preload(bench, at, true)?.has(Par::F));
                bench.switch(0, 1, &tables)?;
                let pa = bench.passes(Request::read(at, 1))?;
                assert_eq!(pa, if ng { elsewhere } else { DATA }, "{size:?}");
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn pages_fetched_ahead_are_told_apart_by_every_bit() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        let small = |iova: u32| Page::small(iova, DATA ^ (iova & 0x07FF_F000));
        for round in 0..8 {
            let one = 0x4AA5_4000 ^ (round * 0x0111_4000);
            let pages = [one - 0x2000, one - 0x1000, one];
            for iova in pages.into_iter().chain((12..32).map(|bit| one ^ 1 << bit)) {
                tables.map(small(iova))?;
            }
            for iova in &pages[..2] {
                bench.passes(Request::read(*iova, 1))?;
                bench.settle()?;
            }
            prefetches(bench)?;
            for bit in 13..32 {
                let other = small(one ^ 1 << bit);
                assert_eq!(
                    bench.passes(Request::read(other.iova, 1))?,
                    other.pa,
                    "bit {bit}"
                );
            }
            assert_eq!(bench.passes(Request::read(one, 1))?, small(one).pa);
            assert_eq!(prefetches(bench)?, 1, "it was ready all the time");
        }
        Ok(())
    })
}

#[test]
fn pages_fetched_ahead_go_with_an_invalidation_of_any_context() -> Result<()> {
    const MOVED: u32 = 0x0400_0000;
    cosimulate(quick(), |bench| {
        for context in 0..8u8 {
            let mut tables = bench.context(context.into())?;
            let read = |n: u32| Request::read(IOVA + n * 0x1000, 1).stream(context);
            for by_address in [false, true] {
                for n in 0..3 {
                    tables.map(Page::small(IOVA + n * 0x1000, DATA + n * 0x1000))?;
                }
                bench.invalidate(context.into())?;
                for n in 0..2 {
                    bench.passes(read(n))?;
                    bench.settle()?;
                }
                tables.map(Page::small(IOVA + 0x2000, DATA + MOVED))?;
                match by_address {
                    true => bench.set_bank(context.into(), Tlbivaa::from_bits(IOVA + 0x2000))?,
                    false => bench.set_bank(context.into(), Tlbiall::default())?,
                }
                bench.sync(context.into())?;
                assert_eq!(bench.passes(read(2))?, DATA + MOVED, "context {context}");
            }
        }
        Ok(())
    })
}

#[test]
fn preloading_nothing_says_so() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, Size::Large, 1)?;
        let par = preload(bench, IOVA + 0x3000, false)?;
        assert_eq!(par.get(Par::SIZE), page_size::LARGE);
        let par = preload(bench, IOVA + 0x1_0000, true)?;
        assert!(par.has(Par::F));
        assert_eq!(par.get(Par::FS), fault::TRANSLATION_L2);
        assert!(bench.faults()?.is_empty());
        assert_eq!(bench.global::<TlbLocks>()?.get(TlbLocks::COUNT), 0);
        Ok(())
    })
}
