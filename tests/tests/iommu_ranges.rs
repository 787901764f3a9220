//! Invalidation of ranges.

use anyhow::Result;
use vcm_regs::context::Tlbrange;
use vcm_sim::axi::Request;
use vcm_tests::bench::{DATA, cosimulate, quick};
use vcm_tests::tables::{Page, Size};

const IOVA: u32 = 0x0600_0000;

#[test]
fn a_range_takes_its_pages_and_spares_the_others() -> Result<()> {
    const PAGES: u32 = 40;
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(1)?;
        let moved = |n: u32, by: u32| Page::small(IOVA + n * 0x1000, DATA + by + n * 0x1000);
        for (first, further) in [(3, 0), (5, 9), (16, 23)] {
            for n in 0..PAGES {
                tables.map(moved(n, 0))?;
            }
            for n in 0..PAGES {
                bench.passes(Request::read(IOVA + n * 0x1000, 1).stream(1))?;
            }
            bench.settle()?;
            for n in 0..PAGES {
                tables.map(moved(n, 0x0100_0000))?;
            }
            let range = Tlbrange::from_bits(IOVA + first * 0x1000);
            bench.set_bank(1, range.with(Tlbrange::PAGES, further))?;
            bench.sync(1)?;
            for n in 0..PAGES {
                let at = IOVA + n * 0x1000;
                let pa = bench.passes(Request::read(at, 1).stream(1))?;
                let gone = (first..=first + further).contains(&n);
                let by = if gone { 0x0100_0000 } else { 0 };
                // Its neighbour's walk may have brought a page along anew.
                if gone || (n ^ 1) < first || (n ^ 1) > first + further {
                    assert_eq!(pa, DATA + by + n * 0x1000, "page {n} of {first}+{further}");
                }
            }
            bench.invalidate(1)?;
        }
        Ok(())
    })
}

#[test]
fn a_synchronisation_waits_for_the_range_of_any_context() -> Result<()> {
    const FURTHER: u32 = 200;
    cosimulate(quick(), |bench| {
        for context in 0..8u8 {
            let mut tables = bench.context(context.into())?;
            let last = IOVA + FURTHER * 0x1000;
            let read = || Request::read(last, 1).stream(context);
            tables.map(Page::small(last, DATA))?;
            assert_eq!(bench.passes(read())?, DATA);
            tables.map(Page::small(last, DATA + 0x0100_0000))?;
            let range = Tlbrange::from_bits(IOVA).with(Tlbrange::PAGES, FURTHER);
            bench.set_bank(context.into(), range)?;
            bench.sync(context.into())?;
            assert_eq!(bench.passes(read())?, DATA + 0x0100_0000, "{context}");
        }
        Ok(())
    })
}

#[test]
fn a_synchronisation_waits_for_every_range_before_it() -> Result<()> {
    const FURTHER: u32 = 60;
    let at = |n: u32| IOVA + n * 0x0010_0000;
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(1)?;
        for by in [0, 0x0100_0000] {
            for n in 0..6 {
                let last = at(n) + FURTHER * 0x1000;
                tables.map(Page::small(last, DATA + by + n * 0x1000))?;
                if by == 0 {
                    bench.passes(Request::read(last, 1).stream(1))?;
                }
            }
        }
        for n in 0..6 {
            let range = Tlbrange::from_bits(at(n)).with(Tlbrange::PAGES, FURTHER);
            bench.set_bank(1, range)?;
        }
        bench.sync(1)?;
        for n in (0..6).rev() {
            let last = at(n) + FURTHER * 0x1000;
            let pa = bench.passes(Request::read(last, 1).stream(1))?;
            assert_eq!(pa, DATA + 0x0100_0000 + n * 0x1000, "range {n}");
        }
        Ok(())
    })
}

#[test]
fn a_range_takes_tables_and_pages_on_both_sides_of_any_boundary() -> Result<()> {
    for boundary in [
        0x0611_0000,
        0x0620_0000,
        0x0700_0000,
        0x4000_0000,
        0x8000_0000,
    ] {
        for pages in [2, 256] {
            cosimulate(quick(), |bench| {
                let mut tables = bench.context(1)?;
                let ends = [
                    boundary - pages / 2 * 0x1000,
                    boundary + (pages / 2 - 1) * 0x1000,
                ];
                for (n, at) in (0..).zip(ends) {
                    tables.map(Page::small(at, DATA + n * 0x1000))?;
                    bench.passes(Request::read(at, 1).stream(1))?;
                }
                bench.settle()?;
                for at in ends {
                    tables.add_second(at, 0)?;
                }
                for (n, at) in (0..).zip(ends) {
                    tables.map(Page::small(at, DATA + 0x0100_0000 + n * 0x1000))?;
                }
                let range = Tlbrange::from_bits(ends[0]).with(Tlbrange::PAGES, pages - 1);
                bench.set_bank(1, range)?;
                bench.sync(1)?;
                for (n, at) in (0..).zip(ends) {
                    let pa = bench.passes(Request::read(at, 1).stream(1))?;
                    assert_eq!(pa, DATA + 0x0100_0000 + n * 0x1000, "{at:#x}");
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn a_range_takes_larger_pages_that_it_touches() -> Result<()> {
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(1)?;
            tables.map(Page::new(size, IOVA, DATA))?;
            bench.passes(Request::read(IOVA, 1).stream(1))?;
            tables.map(Page::new(size, IOVA, DATA + 0x0100_0000))?;
            let last = IOVA + size.bytes() - 0x1000;
            let range = Tlbrange::from_bits(last).with(Tlbrange::PAGES, 2);
            bench.set_bank(1, range)?;
            bench.sync(1)?;
            let pa = bench.passes(Request::read(IOVA, 1).stream(1))?;
            assert_eq!(pa, DATA + 0x0100_0000, "{size:?}");
            Ok(())
        })?;
    }
    Ok(())
}
