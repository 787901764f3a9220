//! Addresses that software has translated: V2P, preloading, locking.

use anyhow::Result;
use vcm_regs::context::{
    Atsr, Par, Sctlr, Tlbpreload, Tlbrange, V2ppr, V2ppw, V2pur, V2puw, page_size,
};
use vcm_regs::descriptor::ap;
use vcm_regs::fault;
use vcm_regs::global::TlbLocks;
use vcm_sim::axi::Request;
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::tables::{Page, Size};

const IOVA: u32 = 0x4000_0000;
const PA: u32 = 0x0A00_0000;

fn va(iova: u32) -> u32 {
    iova >> 12
}

/// What each of the four commands says of an address: privileged read and write, user read and write.
fn all_four(bench: &Bench, iova: u32) -> Result<[Par; 4]> {
    let page = va(iova);
    Ok([
        bench.probe(0, V2ppr::default().with(V2ppr::VA, page))?,
        bench.probe(0, V2ppw::default().with(V2ppw::VA, page))?,
        bench.probe(0, V2pur::default().with(V2pur::VA, page))?,
        bench.probe(0, V2puw::default().with(V2puw::VA, page))?,
    ])
}

fn found(par: Par) -> Option<u32> {
    (!par.has(Par::F)).then(|| par.get(Par::PA) << 12)
}

fn preload(bench: &Bench, iova: u32, lock: bool) -> Result<Par> {
    let command = Tlbpreload::default()
        .with(Tlbpreload::VA, va(iova))
        .with(Tlbpreload::LOCK, u32::from(lock));
    bench.probe(0, command)
}

fn locks(bench: &Bench) -> Result<u32> {
    Ok(bench.global::<TlbLocks>()?.get(TlbLocks::COUNT))
}

#[test]
fn an_address_is_translated_by_a_page_of_every_size() -> Result<()> {
    let sizes = [
        page_size::SMALL,
        page_size::LARGE,
        page_size::SECTION,
        page_size::SUPERSECTION,
    ];
    for (size, code) in Size::ALL.into_iter().zip(sizes) {
        cosimulate(quick(), |bench| {
            bench.context(0)?.map(Page::new(size, IOVA, PA))?;
            for offset in [0, size.bytes() / 2, size.bytes() - 0x1000] {
                // With a walk, and from the TLB.
                for _ in 0..2 {
                    for par in all_four(bench, IOVA + offset)? {
                        assert_eq!(found(par), Some(PA + (offset & !0xFFF)), "{size:?}");
                        assert_eq!(par.get(Par::SIZE), code);
                    }
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn rights_are_those_of_the_access_that_was_asked_about() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        for (rights, expected) in [
            (ap::RW, [true; 4]),
            (ap::NONE, [false; 4]),
            (ap::PRIV_RW_USER_RO, [true, true, true, false]),
            (ap::PRIV_RO, [true, false, false, false]),
        ] {
            tables.map(Page {
                ap: rights,
                ..Page::small(IOVA, PA)
            })?;
            bench.invalidate(0)?;
            for (par, permitted) in all_four(bench, IOVA)?.into_iter().zip(expected) {
                assert_eq!(!par.has(Par::F), permitted, "{rights:03b}: {par:?}");
                if !permitted {
                    assert_eq!(par.get(Par::FS), fault::PERMISSION_L2);
                }
            }
        }
        Ok(())
    })
}

#[test]
fn a_fault_comes_to_par_and_is_recorded_nowhere() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        bench.counters()?;
        let status = |bench: &Bench, iova| -> Result<Vec<u32>> {
            let all = all_four(bench, iova)?;
            assert!(all.iter().all(|par| par.has(Par::F)));
            Ok(all.iter().map(|par| par.get(Par::FS)).collect())
        };
        assert_eq!(status(bench, IOVA)?, [fault::TRANSLATION_L1; 4]);
        tables.add_second(IOVA, 0)?;
        assert_eq!(status(bench, IOVA)?, [fault::TRANSLATION_L2; 4]);
        bench.set_bank(0, Sctlr::default())?;
        assert_eq!(status(bench, IOVA)?, [fault::CONTEXT_DISABLED; 4]);
        assert_eq!(bench.faults()?, []);
        assert_eq!(bench.bank::<vcm_regs::context::Fsr>(0)?.bits(), 0);
        assert_eq!(bench.counters()?.faults, 0);
        Ok(())
    })
}

#[test]
fn a_preloaded_page_needs_no_walk() -> Result<()> {
    for size in Size::ALL {
        for lock in [false, true] {
            cosimulate(quick(), |bench| {
                bench.context(0)?.map(Page::new(size, IOVA, PA))?;
                assert_eq!(found(preload(bench, IOVA, lock)?), Some(PA));
                bench.walks()?;
                assert_eq!(bench.passes(Request::read(IOVA + 8, 1))?, PA + 8);
                assert_eq!(bench.passes(Request::write(IOVA + 16, &[1; 8]))?, PA + 16);
                assert_eq!(bench.walks()?, 0, "{size:?}, locked: {lock}");
                bench.invalidate(0)?;
                assert_eq!(locks(bench)?, 0);
                bench.passes(Request::read(IOVA + 8, 1))?;
                assert!(bench.walks()? > 0);
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn a_locked_page_stays_whatever_else_is_used() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        let locked = Page::small(IOVA, PA);
        tables.map(locked)?;
        preload(bench, IOVA, true)?;
        assert_eq!(locks(bench)?, 1);
        // Pages that share whatever index an address has.
        for n in 1..=16 {
            let page = Page::small(IOVA + n * 0x0020_0000, DATA + n * 0x1000);
            tables.map(page)?;
            bench.passes(Request::read(page.iova, 1))?;
        }
        bench.walks()?;
        assert_eq!(bench.passes(Request::read(IOVA, 1))?, PA);
        assert_eq!(bench.walks()?, 0);
        assert_eq!(locks(bench)?, 1);
        Ok(())
    })
}

#[test]
fn a_page_that_is_locked_while_others_are_invalidated_is_locked() -> Result<()> {
    let (others, further) = (IOVA + 0x0100_0000, 60);
    cosimulate(quick(), |bench| {
        bench.context(0)?.map(Page::small(IOVA, PA))?;
        for wait in 0..40 {
            // Page by page, beside the lookups of the command.
            let range = Tlbrange::from_bits(others).with(Tlbrange::PAGES, further);
            bench.set_bank(0, range)?;
            bench.platform.step(wait);
            assert_eq!(found(preload(bench, IOVA, true)?), Some(PA));
            bench.sync(0)?;
            assert_eq!(locks(bench)?, 1, "after {wait} cycles");
            bench.invalidate(0)?;
            assert_eq!(locks(bench)?, 0);
        }
        Ok(())
    })
}

#[test]
fn when_no_locked_entry_is_free_the_command_says_so() -> Result<()> {
    use vcm_regs::global::{IDR4, Idr4};
    let places = Idr4::from_bits(IDR4.reset()).get(Idr4::LOCKS);
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        for n in 0..places + 1 {
            tables.map(Page::small(IOVA + n * 0x1000, PA + n * 0x1000))?;
        }
        for n in 0..places {
            let par = preload(bench, IOVA + n * 0x1000, true)?;
            assert_eq!(found(par), Some(PA + n * 0x1000));
            assert_eq!(locks(bench)?, n + 1);
        }
        let full = preload(bench, IOVA + places * 0x1000, true)?;
        assert!(full.has(Par::F));
        assert_eq!(full.get(Par::FS), fault::LOCK_FULL);
        bench.invalidate(0)?;
        assert_eq!(locks(bench)?, 0);
        Ok(())
    })
}

/// Whichever entries are free.
#[test]
fn what_is_locked_takes_the_entries_that_others_have_left() -> Result<()> {
    use vcm_regs::global::{IDR4, Idr4};
    let places = Idr4::from_bits(IDR4.reset()).get(Idr4::LOCKS);
    let page = |n: u32| IOVA + n * 0x1000;
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        for n in 0..2 * places {
            tables.map(Page::small(page(n), PA + n * 0x1000))?;
        }
        for left in 0u32..1 << places {
            for n in 0..places {
                preload(bench, page(n), true)?;
            }
            let leaves = |n: &u32| left >> n & 1 == 0;
            for n in (0..places).filter(leaves) {
                bench.set_bank(0, Tlbrange::from_bits(page(n)))?;
            }
            bench.sync(0)?;
            let mut count = left.count_ones();
            assert_eq!(locks(bench)?, count, "left: {left:#b}");
            let taken = |n: u32| if leaves(&n) { places + n } else { n };
            for n in (0..places).filter(leaves) {
                let par = preload(bench, page(places + n), true)?;
                assert_eq!(found(par), Some(PA + (places + n) * 0x1000), "{left:#b}");
                count += 1;
                assert_eq!(locks(bench)?, count, "left: {left:#b}");
            }
            bench.walks()?;
            // Downwards, so that nothing is prefetched.
            for n in (0..places).map(taken).rev() {
                assert_eq!(bench.passes(Request::read(page(n), 1))?, PA + n * 0x1000);
            }
            assert_eq!(bench.walks()?, 0, "left: {left:#b}");
            bench.invalidate(0)?;
        }
        Ok(())
    })
}

#[test]
fn probes_of_several_contexts_at_once_do_not_mix() -> Result<()> {
    cosimulate(quick().stressed(5), |bench| {
        for index in 0..8 {
            let pa = DATA + index * 0x1000;
            bench.context(index)?.map(Page::small(IOVA, pa))?;
        }
        for index in 0..8 {
            bench.set_bank(index, V2ppr::default().with(V2ppr::VA, va(IOVA)))?;
        }
        for index in 0..8 {
            let mut polls = 0..1_000;
            while bench.bank::<Atsr>(index)?.has(Atsr::ACTIVE) {
                assert!(polls.next().is_some(), "context {index}");
            }
            let par = bench.bank::<Par>(index)?;
            assert_eq!(par.get(Par::PA) << 12, DATA + index * 0x1000);
        }
        Ok(())
    })
}
