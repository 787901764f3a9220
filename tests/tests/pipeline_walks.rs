//! What a miss costs: table reads, walks side by side, walks that serve many.

use anyhow::Result;
use vcm_regs::global::{BLOCK, WALK_ATTR, WalkAttr};
use vcm_sim::axi::Request;
use vcm_sim::axil::Access;
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::tables::{Page, Size};
use vcm_tests::timeline::Timeline;

const IOVA: u32 = 0x0100_0000;
const MIB: u32 = 0x10_0000;

/// Small pages all over `mibs` MiB of context 0, page n at `DATA` + n pages.
fn pages(bench: &Bench, mibs: u32) -> Result<()> {
    let mut tables = bench.context(0)?;
    for n in 0..mibs * 256 {
        tables.map(Page::small(IOVA + n * 0x1000, DATA + n * 0x1000))?;
    }
    Ok(())
}

/// Reads pages, one after the other, and returns how often tables were read.
fn cost(bench: &Bench, pages: impl IntoIterator<Item = u32>) -> Result<usize> {
    bench.seen();
    let mut reads = 0;
    for iova in pages {
        bench.transfer(Request::read(iova, 1))?;
        bench.settle()?;
        reads += bench.seen().walks.len();
    }
    Ok(reads)
}

#[test]
fn a_cold_miss_reads_two_descriptors_and_the_next_in_the_mib_one() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, 2)?;
        // Downwards and apart, so that nothing is sequential and no neighbour helps.
        assert_eq!(cost(bench, [IOVA + 0x80000])?, 2, "cold");
        for n in [0x60, 0x40, 0x20, 0x10] {
            assert_eq!(cost(bench, [IOVA + n * 0x1000])?, 1, "first level cached");
        }
        assert_eq!(cost(bench, [IOVA + 0x80000])?, 0, "a hit");
        // The neighbouring first-level word came along.
        assert_eq!(cost(bench, [IOVA + MIB + 0x80000])?, 1, "the next MiB");
        Ok(())
    })
}

#[test]
fn a_prefetch_displaces_no_word_of_the_first_level() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        for at in (0x1F0..0x210).map(|n| n * 0x1000) {
            tables.map(Page::small(IOVA + at, DATA + at))?;
        }
        // 512 MiB further, so in the place of the MiB that the stream goes to.
        let other = IOVA + 2 * MIB + 0x2000_0000;
        for (page, n) in [0x40, 0x80].into_iter().zip(0..) {
            let at = page * 0x1000;
            tables.map(Page::small(other + at, DATA + 4 * MIB + n * 0x1000))?;
        }
        assert_eq!(cost(bench, [other + 0x80000])?, 2, "cold");
        for n in [0x1FD, 0x1FE, 0x1FF] {
            bench.passes(Request::read(IOVA + n * 0x1000, 1))?;
        }
        bench.settle()?;
        bench.platform.step(100);
        assert_eq!(cost(bench, [IOVA + 2 * MIB])?, 0, "fetched");
        assert_eq!(cost(bench, [other + 0x40000])?, 1, "still there");
        Ok(())
    })
}

#[test]
fn the_neighbour_of_a_page_comes_along() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, 1)?;
        for n in [0x80, 0x61, 0x40, 0x21] {
            assert_ne!(cost(bench, [IOVA + n * 0x1000])?, 0, "page {n:x}");
            // By a write: reads of one page after the other would be worth a prefetch.
            bench.passes(Request::write(IOVA + (n ^ 1) * 0x1000, &[0; 8]))?;
            bench.settle()?;
            assert!(bench.seen().walks.is_empty(), "beside {n:x}");
        }
        Ok(())
    })
}

#[test]
fn the_main_tlb_holds_two_mib_of_small_pages() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, 2)?;
        let mut order: Vec<u32> = (0..512).map(|n| IOVA + n * 0x1000).collect();
        fastrand::Rng::with_seed(1).shuffle(&mut order);
        for &iova in &order {
            bench.passes(Request::read(iova, 1))?;
        }
        bench.settle()?;
        bench.walks()?;
        // What the read path has fetched serves writes too.
        for &iova in &order {
            assert_eq!(bench.passes(Request::read(iova, 1))?, iova - IOVA + DATA);
            assert_eq!(
                bench.passes(Request::write(iova, &[0; 8]))?,
                iova - IOVA + DATA
            );
        }
        assert_eq!(bench.walks()?, 0);
        Ok(())
    })
}

#[test]
fn lookups_of_the_main_tlb_follow_each_other_without_a_gap() -> Result<()> {
    const BURSTS: u32 = 256;
    cosimulate(quick(), |bench| {
        pages(bench, 1)?;
        // Never the next page, so that none is fetched ahead, nor one of the last eight.
        let at = |n: u32| IOVA + n * 7 % 64 * 0x1000;
        for n in 0..64 {
            bench.passes(Request::read(at(n), 1))?;
        }
        bench.settle()?;
        bench.walks()?;
        let begun = bench.platform.now();
        for n in 0..BURSTS {
            bench.platform.submit(Request::read(at(n), 1).id(n as u8));
        }
        bench.platform.finish()?;
        let took = bench.platform.now() - begun;
        assert_eq!(bench.walks()?, 0);
        assert!(took < u64::from(4 * BURSTS), "{took} cycles");
        Ok(())
    })
}

#[test]
fn large_pages_and_sections_stay_too() -> Result<()> {
    for (size, count) in [
        (Size::Large, 64),
        (Size::Section, 32),
        (Size::Supersection, 4),
    ] {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            let step = size.bytes();
            for n in 0..count {
                tables.map(Page::new(size, n * step, DATA))?;
            }
            // A supersection is cached by the MiB.
            let stride = step.min(MIB);
            let at: Vec<u32> = (0..count * step / stride).map(|n| n * stride).collect();
            cost(bench, at.iter().rev().copied())?;
            assert_eq!(cost(bench, at.iter().rev().copied())?, 0, "{size:?}");
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn four_walks_go_side_by_side() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, 8)?;
        bench.set_latency(100, 100);
        let timeline = Timeline::of(bench);
        for n in 0..8u8 {
            let iova = IOVA + u32::from(7 - n) * MIB + 0x8000;
            bench.platform.submit(Request::read(iova, 1).id(n));
        }
        bench.platform.finish()?;
        assert_eq!(Timeline::take(&timeline).most_walks, 4);
        // Writes too, although they go in order; and of one ID.
        for n in 0..8u8 {
            let iova = IOVA + u32::from(7 - n) * MIB + 0x4000;
            bench.platform.submit(Request::write(iova, &[n; 8]).id(3));
        }
        bench.platform.finish()?;
        assert_eq!(Timeline::take(&timeline).most_walks, 4);
        Ok(())
    })
}

#[test]
fn misses_of_one_page_share_a_walk() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, 1)?;
        bench.set_latency(100, 100);
        let timeline = Timeline::of(bench);
        for n in 0..6u8 {
            let iova = IOVA + 0x8_8000 + 8 * u32::from(n);
            bench.platform.submit(Request::read(iova, 1).id(n));
            bench.platform.submit(Request::write(iova, &[n; 8]).id(n));
        }
        bench.platform.finish()?;
        let seen = Timeline::take(&timeline);
        assert_eq!(seen.walks.len(), 2, "{:x?}", seen.walks);
        Ok(())
    })
}

#[test]
fn misses_of_one_mib_share_the_first_level() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, 1)?;
        bench.set_latency(100, 100);
        let timeline = Timeline::of(bench);
        for n in 0..6u8 {
            let iova = IOVA + 0xC_8000 - 0x4000 * u32::from(n);
            bench.platform.submit(Request::read(iova, 1).id(n));
        }
        bench.platform.finish()?;
        let seen = Timeline::take(&timeline);
        assert_eq!(seen.walks.len(), 1 + 6, "{:x?}", seen.walks);
        Ok(())
    })
}

#[test]
fn walks_of_addresses_that_differ_in_one_bit_are_apart() -> Result<()> {
    const LATENCY: u32 = 100;
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        let one = 0x4AA5_5000;
        tables.map(Page::small(one, DATA))?;
        for bit in 12..32u32 {
            tables.map(Page::small(one ^ 1 << bit, DATA + bit * 0x1000))?;
        }
        // Others keep walks busy, so that it is the turn of any.
        for n in 0..4 {
            let filler = 0x7000_0000 + n * MIB;
            tables.map(Page::small(filler, DATA + MIB + n * 0x1000))?;
        }
        bench.set_latency(LATENCY, LATENCY);
        for (bit, busy) in (12..32u32).flat_map(|bit| (0..4u32).map(move |busy| (bit, busy))) {
            let other = (one ^ 1 << bit, DATA + bit * 0x1000);
            for mut pair in [[(one, DATA), other], [other, (one, DATA)]] {
                bench.invalidate(0)?;
                bench.seen();
                for n in 0..busy {
                    let filler = Request::read(0x7000_0000 + n * MIB, 1);
                    bench.platform.submit(filler.id(n as u8));
                }
                for ((iova, _), id) in pair.iter().zip(8..) {
                    bench.platform.submit(Request::read(*iova, 1).id(id));
                }
                let begun = bench.platform.now();
                bench.platform.finish()?;
                // Two levels and the data: no walk waits for another but for the level that it shares.
                let took = bench.platform.now() - begun;
                let most = u64::from(3 * LATENCY) + 100;
                assert!(busy == 3 || took < most, "bit {bit}, {busy} before: {took}");
                let seen = bench.seen().reads;
                let gone = seen.iter().map(|ar| ar.addr).filter(|at| *at < DATA + MIB);
                let mut gone: Vec<u32> = gone.collect();
                gone.sort_unstable();
                pair.sort_unstable_by_key(|(_, pa)| *pa);
                let expected = pair.map(|(_, pa)| pa);
                assert_eq!(gone, expected, "bit {bit}, {busy} walks before: {pair:x?}");
            }
        }
        Ok(())
    })
}

#[test]
fn walks_of_contexts_that_differ_in_one_bit_are_apart() -> Result<()> {
    const LATENCY: u32 = 100;
    cosimulate(quick(), |bench| {
        for context in 0..8 {
            let mut tables = bench.context(context)?;
            tables.map(Page::small(IOVA, DATA + context * 0x1000))?;
        }
        bench.set_latency(LATENCY, LATENCY);
        for (first, bit) in (0..8).flat_map(|first| (0..3).map(move |bit| (first, bit))) {
            let pair: [u8; 2] = [first, first ^ 1 << bit];
            for context in pair {
                bench.invalidate(context.into())?;
            }
            for context in pair {
                let request = Request::read(IOVA, 1).stream(context).id(context);
                bench.platform.submit(request);
            }
            let begun = bench.platform.now();
            bench.platform.finish()?;
            let took = bench.platform.now() - begun;
            let most = u64::from(3 * LATENCY) + 100;
            assert!(took < most, "contexts {pair:?}: {took} cycles");
        }
        Ok(())
    })
}

#[test]
fn walks_carry_the_attributes_that_are_set() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        let timeline = Timeline::of(bench);
        for (n, (cache, user)) in (0..).zip([(3, 0), (0xF, 0x1F), (0x7, 1)]) {
            let at = n * 0x10_0000;
            tables.map(Page::small(IOVA + at, DATA + at))?;
            bench.set_global(
                WalkAttr::default()
                    .with(WalkAttr::CACHE, cache)
                    .with(WalkAttr::USER, user),
            )?;
            bench.invalidate(0)?;
            bench.passes(Request::read(IOVA + at, 1))?;
            let walks = Timeline::take(&timeline).walks;
            assert!(!walks.is_empty());
            for walk in walks {
                assert_eq!(u32::from(walk.addr.cache), cache);
                assert_eq!(u32::from(walk.addr.user), user);
                assert_eq!(walk.addr.size, 3);
            }
        }
        Ok(())
    })
}

#[test]
fn the_attributes_of_a_walk_that_waits_stay_when_they_are_changed() -> Result<()> {
    cosimulate(quick().stressed(41), |bench| {
        pages(bench, 4)?;
        let at = (BLOCK.at(0) + WALK_ATTR.offset) as u16;
        for round in 0..60u32 {
            bench.invalidate(0)?;
            for n in 0..4 {
                let read = Request::read(IOVA + n * MIB + round * 0x1000, 1);
                bench.platform.submit(read.id(n as u8));
            }
            for n in 0..8 {
                let value = [0x0003, 0x1F0F, 0x0107, 0x1001][(round + n) as usize % 4];
                let change = Access::write(at, value);
                bench.platform.lock().registers_mut().submit(change);
            }
            bench.settle()?;
        }
        Ok(())
    })
}
