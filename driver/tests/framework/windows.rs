//! Windows of one MMU.

use vcm::addr::Iova;
use vcm::fake::Iommu;
use vcm::mmu::{Attributes, Mmu, MmuError};
use vcm::wrap::{SharedMmu, Window};
use vcm::{Errno, Error};

use crate::probe::{PAGE, START, part, region};

const PHYS: u32 = 0x1000_0000;

/// Two windows of four pages, one after the other.
fn windows() -> (Iommu, SharedMmu<Iommu>, [Window<Iommu>; 2]) {
    let mmu = Iommu::new();
    let shared = SharedMmu::new(mmu.clone());
    let window = |n: u32| shared.window(region(START + n * 4 * PAGE, 4 * PAGE));
    let windows = [0, 1].map(|n| window(n).unwrap());
    (mmu, shared, windows)
}

fn map(window: &Window<Iommu>, page: u32, pages: u32) -> Result<(), MmuError> {
    let at = Iova::new(START + page * PAGE);
    let part = part(PHYS + page * PAGE, pages * PAGE);
    window.map(at, &[part], Attributes::default())
}

fn unmap(window: &Window<Iommu>, page: u32, pages: u32) -> Result<(), MmuError> {
    let at = Iova::new(START + page * PAGE);
    window.unmap(at, pages * PAGE).map(drop)
}

#[test]
fn a_window_ends_where_the_next_one_begins() {
    let (mmu, _shared, windows) = windows();
    for window in &windows {
        window.activate().unwrap();
    }
    for (n, window) in (0..).zip(&windows) {
        for (page, pages) in (0..9).flat_map(|page| (1..6).map(move |pages| (page, pages))) {
            let own = page >= 4 * n && page + pages <= 4 * (n + 1);
            assert_eq!(map(window, page, pages).is_ok(), own, "{page}, {pages}");
            assert_eq!(mmu.pages(), if own { pages as usize } else { 0 });
            assert_eq!(unmap(window, page, pages).is_ok(), own);
            assert_eq!(mmu.pages(), 0);
        }
    }
}

#[test]
fn what_one_map_has_mapped_is_unmapped_as_a_whole_or_not_at_all() {
    let (mmu, _shared, [window, _]) = windows();
    window.activate().unwrap();
    map(&window, 0, 3).unwrap();
    for (page, pages, error) in [
        (0, 1, MmuError::Unsupported),
        (0, 4, MmuError::Unsupported),
        (
            1,
            2,
            MmuError::NotMapped {
                at: Iova::new(START + PAGE),
            },
        ),
    ] {
        assert_eq!(unmap(&window, page, pages), Err(error));
        assert_eq!(mmu.pages(), 3);
    }
    assert_eq!(
        map(&window, 2, 1),
        Err(MmuError::Overlap {
            at: Iova::new(START)
        })
    );
    unmap(&window, 0, 3).unwrap();
    assert_eq!(mmu.pages(), 0);
}

#[test]
fn the_mmu_runs_from_the_first_activation_of_a_window_to_the_last_deactivation() {
    let (mmu, _shared, [one, two]) = windows();
    map(&one, 0, 1).unwrap();
    map(&two, 4, 1).unwrap();
    assert_eq!((mmu.is_active(), mmu.pages()), (false, 0));
    one.activate().unwrap();
    two.activate().unwrap();
    one.activate().unwrap();
    assert_eq!((mmu.is_active(), mmu.pages()), (true, 2));
    for _ in 0..2 {
        let _quiet = one.deactivate().unwrap();
        assert_eq!((mmu.is_active(), mmu.pages()), (true, 1));
    }
    let _quiet = two.deactivate().unwrap();
    assert_eq!((mmu.is_active(), mmu.pages()), (false, 0));
    // And again.
    two.activate().unwrap();
    assert_eq!((mmu.is_active(), mmu.pages()), (true, 1));
    let _quiet = two.deactivate().unwrap();
    assert!(!mmu.is_active());
}

#[test]
fn an_activation_that_fails_leaves_nothing_of_a_new_window_and_all_of_an_active_one() {
    let (mmu, _shared, [one, two]) = windows();
    map(&one, 0, 1).unwrap();
    map(&two, 4, 1).unwrap();
    two.activate().unwrap();
    for active in [false, true] {
        let before = mmu.pages();
        // What is not active is mapped first.
        mmu.fail(usize::from(!active), MmuError::SyncTimeout);
        assert_eq!(one.activate(), Err(MmuError::SyncTimeout));
        assert_eq!(mmu.pages(), before, "active: {active}");
        one.activate().unwrap();
        assert_eq!(mmu.pages(), 2);
    }
}

#[test]
fn a_window_is_of_whole_pages_in_the_32_bit_space() {
    let (_mmu, shared, _windows) = windows();
    let last = region(0xFFFF_F000, PAGE);
    for (wanted, error) in [
        (region(START, 0), Error::ContextMisaligned(region(START, 0))),
        (
            region(0x1000_0800, PAGE),
            Error::ContextMisaligned(region(0x1000_0800, PAGE)),
        ),
        (
            region(0xFFFF_F000, 2 * PAGE),
            Error::ContextWraps(region(0xFFFF_F000, 2 * PAGE)),
        ),
        (
            region(0xFFFF_F000, 5 * PAGE),
            Error::ContextWraps(region(0xFFFF_F000, 5 * PAGE)),
        ),
    ] {
        assert_eq!(shared.window(wanted).map(drop), Err(error));
    }
    assert!(shared.window(last).is_ok());
}

#[test]
fn what_could_not_be_unmapped_is_still_there() {
    let (mmu, _shared, [window, _]) = windows();
    window.activate().unwrap();
    map(&window, 1, 2).unwrap();
    mmu.fail(0, MmuError::OutOfMemory);
    assert_eq!(unmap(&window, 1, 2), Err(MmuError::OutOfMemory));
    assert_eq!(mmu.pages(), 2);
    unmap(&window, 1, 2).unwrap();
    assert_eq!(mmu.pages(), 0);
}

#[test]
fn windows_have_no_address_in_common() {
    let (_mmu, shared, _windows) = windows();
    // The two have the pages 0 to 7.
    for (first, pages) in [(0, 1), (1, 2), (3, 2), (7, 1), (7, 5), (0, 9)] {
        let region = region(START + first * PAGE, pages * PAGE);
        let taken = shared.window(region).map(drop);
        assert!(matches!(taken, Err(Error::AddressInUse(_))), "{region}");
    }
    let below = region(START - 4 * PAGE, 5 * PAGE);
    assert!(shared.window(below).is_err());
    assert!(shared.window(region(START + 8 * PAGE, PAGE)).is_ok());
    assert!(shared.window(region(START - PAGE, PAGE)).is_ok());
}

#[test]
fn addresses_of_a_window_that_is_gone_are_anothers_unless_hardware_may_use_them() {
    let (mmu, shared, [one, two]) = windows();
    let again = |n: u32| {
        shared
            .window(region(START + n * 4 * PAGE, 4 * PAGE))
            .map(drop)
    };
    for n in 0..2 {
        let taken = again(n).unwrap_err();
        assert_eq!(taken.errno(), Errno::EADDRINUSE, "{taken}");
    }
    one.activate().unwrap();
    two.activate().unwrap();
    map(&one, 0, 1).unwrap();
    map(&two, 4, 1).unwrap();
    // What is still mapped goes with it.
    drop(one);
    assert_eq!(mmu.pages(), 1);
    again(0).unwrap();
    mmu.fail(0, MmuError::SyncTimeout);
    assert_eq!(two.deactivate().map(drop), Err(MmuError::SyncTimeout));
    mmu.fail(1, MmuError::SyncTimeout);
    drop(two);
    assert!(matches!(again(1), Err(Error::AddressInUse(_))));
    again(0).unwrap();
}
