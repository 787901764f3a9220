//! The IOVA allocator against a naive model.

use std::collections::BTreeMap;
use std::vec::Vec;

use proptest::prelude::*;

use super::{IovaError, IovaSpace, Request};
use crate::addr::Iova;

const K: u32 = 1 << 10;
const M: u32 = 1 << 20;

fn space(start: u32, size: u64) -> IovaSpace {
    IovaSpace::new(Iova::new(start), size).unwrap()
}

#[test]
fn a_range_is_aligned_to_the_largest_page_its_size_allows() {
    let space = space(4 * K, 1 << 30);
    for (size, align) in [
        (4 * K, 4 * K),
        (60 * K, 4 * K),
        (68 * K, 64 * K),
        (M, M),
        (15 * M, M),
        (20 * M, 16 * M),
    ] {
        let range = space.reserve(&Request::new(size)).unwrap();
        assert!(range.start.is_aligned(align), "{size:#x}");
        assert_eq!(range.size, size);
    }
}

#[test]
fn an_alignment_between_page_sizes_is_kept() {
    let space = space(4 * K, 64 << 20);
    let request = Request::new(8 * K).aligned(256 * K);
    for _ in 0..200 {
        assert!(space.reserve(&request).unwrap().start.is_aligned(256 * K));
    }
}

#[test]
fn nothing_is_rounded_up() {
    let space = space(0, 1 << 20);
    for _ in 0..85 {
        space.reserve(&Request::new(12 * K)).unwrap();
    }
    assert_eq!(space.free_bytes(), 4 << 10);
    assert!(space.reserve(&Request::new(4 * K)).is_ok());
    assert_eq!(
        space.reserve(&Request::new(4 * K)),
        Err(IovaError::NoSpace {
            size: 4 * K,
            align: 4 * K
        })
    );
}

#[test]
fn a_fixed_address_is_reserved_once() {
    let space = space(M, 1 << 30);
    let at = Iova::new(8 * M);
    space.reserve_at(at, M).unwrap();
    let below = Iova::new(7 * M + 4 * K);
    assert_eq!(space.reserve_at(below, M), Err(IovaError::InUse { at }));
    let within = Iova::new(8 * M + 4 * K);
    assert_eq!(
        space.reserve_at(within, 4 * K),
        Err(IovaError::InUse { at: within })
    );
    let outside = Iova::new(0);
    assert_eq!(
        space.reserve_at(outside, 4 * K),
        Err(IovaError::OutOfRange { at: outside })
    );
    assert_eq!(space.find(within).unwrap().start, at);
    assert_eq!(space.find(below), None);
    space.free(at).unwrap();
    space.reserve_at(below, M).unwrap();
}

#[test]
fn bounds_are_kept() {
    let space = space(0, 1 << 32);
    let bounds = 0x1000_1000..0x1000_5000_u64;
    let request = Request::new(8 * K).within(bounds.clone());
    for start in [0x1000_1000, 0x1000_3000] {
        assert_eq!(space.reserve(&request).unwrap().start, Iova::new(start));
    }
    assert!(space.reserve(&request).is_err());
    assert!(space.reserve(&Request::new(8 * K)).is_ok());
}

#[test]
fn a_bounded_range_leaves_the_larger_gaps_whole() {
    let space = space(0, 64 << 10);
    space.reserve_at(Iova::new(32 * K), 4 * K).unwrap();
    // Free are 32 KiB below it and 28 KiB above.
    let request = Request::new(8 * K).within(0..64 << 10);
    let range = space.reserve(&request).unwrap();
    assert_eq!(range.start, Iova::new(36 * K));
    assert!(space.reserve(&Request::new(32 * K).aligned(4 * K)).is_ok());
}

#[test]
fn bounds_within_pages_count_as_whole_pages() {
    let space = space(0, 64 << 10);
    let within = |low, high| Request::new(8 * K).within(low..high);
    assert!(space.reserve(&within(0x1001, 0x3FFF)).is_err());
    assert!(space.reserve(&within(0x1000, 0x2FFF)).is_err());
    let range = space.reserve(&within(0x1001, 0x4FFF)).unwrap();
    assert_eq!(range.start, Iova::new(0x2000));
}

#[test]
fn a_place_is_found_behind_many_that_are_not_aligned() {
    // Gaps of 64 KiB, each of them between its neighbours from an odd page on, but one.
    for good in if cfg!(miri) {
        &[20][..]
    } else {
        &[0, 1, 20, 39]
    } {
        let space = space(0, 5 << 20);
        for n in 0..40 {
            let start = n * 128 * K + if n == *good { 0 } else { 4 * K };
            let (below, above) = (start % (128 * K), start + 64 * K);
            if below > 0 {
                space.reserve_at(Iova::new(n * 128 * K), below).unwrap();
            }
            let rest = (n + 1) * 128 * K - above;
            space.reserve_at(Iova::new(above), rest).unwrap();
        }
        let range = space.reserve(&Request::new(64 * K)).unwrap();
        assert_eq!(range.start, Iova::new(*good * 128 * K));
        assert!(space.reserve(&Request::new(64 * K)).is_err());
    }
}

#[test]
fn quarantine_and_poison_keep_addresses_from_use() {
    let space = space(0, u64::from(8 * K));
    let first = space.reserve(&Request::new(4 * K)).unwrap().start;
    let second = space.reserve(&Request::new(4 * K)).unwrap().start;
    assert_eq!(space.find(first).map(|range| range.start), Some(first));
    let not_in_quarantine = Err(IovaError::NotReserved { at: second });
    assert_eq!(space.release(second), not_in_quarantine);
    space.quarantine(first).unwrap();
    assert_eq!(space.find(first), None);
    assert!(space.reserve(&Request::new(4 * K)).is_err());
    assert_eq!(space.free(first), Err(IovaError::NotReserved { at: first }));
    space.release(first).unwrap();
    assert_eq!(space.reserve(&Request::new(4 * K)).unwrap().start, first);
    space.poison(second).unwrap();
    assert!(space.free(second).is_err() && space.release(second).is_err());
    space.quarantine(first).unwrap();
    space.poison(first).unwrap();
    assert_eq!((space.free_bytes(), space.poisoned_bytes()), (0, 8 << 10));
}

#[test]
fn bad_requests_are_refused() {
    let space = space(0, 1 << 32);
    let misaligned = |value| Err(IovaError::Misaligned { value });
    assert_eq!(space.reserve(&Request::new(0)), misaligned(0));
    assert_eq!(space.reserve(&Request::new(100)), misaligned(100));
    let odd = Request::new(4 * K).aligned(3);
    assert_eq!(space.reserve(&odd), misaligned(3));
    assert_eq!(space.reserve_at(Iova::new(1), 4 * K), misaligned(1));
    assert!(space.free(Iova::new(0)).is_err());
    assert!(IovaSpace::new(Iova::new(M), 1 << 32).is_err());
    assert!(IovaSpace::new(Iova::new(M), 0).is_err());
    let end = Iova::new(0xFFFF_F000);
    assert!(space.reserve_at(end, 8 * K).is_err());
    assert!(space.reserve_at(end, 4 * K).is_ok());
}

#[test]
fn what_is_freed_is_whole_again_when_it_is_needed() {
    let space = space(0, 1 << 20);
    // More of each size than are kept for the next request.
    for pages in [1, 2, 3] {
        let ranges: Vec<_> = (0..40)
            .map(|_| space.reserve(&Request::new(pages * 4 * K)).unwrap())
            .collect();
        for range in &ranges {
            space.free(range.start).unwrap();
            assert!(space.free(range.start).is_err());
            assert_eq!(space.find(range.start), None);
        }
        assert_eq!(space.free_bytes(), 1 << 20);
    }
    let all = space.reserve(&Request::new(M).aligned(4 * K)).unwrap();
    assert_eq!((all.start, space.free_bytes()), (Iova::new(0), 0));
}

#[test]
fn what_comes_and_goes_stays_where_it_is() {
    let space = space(0, 1 << 20);
    let request = Request::new(8 * K);
    let below = space.reserve(&request).unwrap();
    let first = space.reserve(&request).unwrap();
    space.free(below.start).unwrap();
    space.free(first.start).unwrap();
    for _ in 0..if cfg!(miri) { 100 } else { 10_000 } {
        let again = space.reserve(&request).unwrap();
        assert_eq!(again, first);
        space.free(again.start).unwrap();
    }
}

#[test]
fn a_range_freed_lately_is_only_given_to_whom_it_suits() {
    let space = space(0, 1 << 20);
    let request = Request::new(8 * K);
    let ranges: Vec<_> = (0..8).map(|_| space.reserve(&request).unwrap()).collect();
    for range in &ranges {
        space.free(range.start).unwrap();
    }
    let aligned = space.reserve(&request.clone().aligned(32 * K)).unwrap();
    assert!(aligned.start.is_aligned(32 * K));
    let low = request.within(0..u64::from(8 * K));
    let lowest = space.reserve(&low);
    assert_eq!(lowest.is_ok(), aligned.start != Iova::new(0));
    space.reserve_at(ranges[1].start, 4 * K).unwrap();
    assert_eq!(space.find(ranges[1].start).unwrap().size, 4 * K);
}

/// A bit a page.
struct Naive {
    used: Vec<bool>,
    live: BTreeMap<u32, u32>,
}

impl Naive {
    fn is_free(&self, page: u32, pages: u32) -> bool {
        let range = page as usize..(page + pages) as usize;
        range.end <= self.used.len() && self.used[range].iter().all(|used| !used)
    }
    fn exists(&self, first: u32, pages: u32, align: u32, within: &core::ops::Range<u32>) -> bool {
        within.clone().any(|page| {
            (first + page) % align == 0 && page + pages <= within.end && self.is_free(page, pages)
        })
    }
    fn set(&mut self, page: u32, pages: u32, used: bool) {
        self.used[page as usize..(page + pages) as usize].fill(used);
        if used {
            self.live.insert(page, pages);
        } else {
            self.live.remove(&page);
        }
    }
}

/// In Miri, which is slow, spaces, ranges and sequences are shorter by this.
const SHORTER: u32 = if cfg!(miri) { 8 } else { 1 };

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 96 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_behaves_as_a_bit_map_does(
        first in 0_u32..300,
        pages in 600 / SHORTER..1500 / SHORTER,
        steps in prop::collection::vec(
            (0_u8..7, 1..80 / SHORTER, 0_u32..10, 0..1500 / SHORTER, any::<prop::sample::Index>()),
            1..80 / SHORTER as usize,
        ),
    ) {
        let space = space(first << 12, u64::from(pages) << 12);
        let mut naive = Naive { used: std::vec![false; pages as usize], live: BTreeMap::new() };
        let address = |page: u32| Iova::new((first + page) << 12);
        for (what, size, align, place, index) in steps {
            let align = 1_u32 << align;
            let bytes = size << 12;
            let chosen = (!naive.live.is_empty())
                .then(|| *naive.live.iter().nth(index.index(naive.live.len())).unwrap().0);
            match (what, chosen) {
                (0..=1, _) => {
                    let (within, request) = if what == 0 {
                        (0..pages, Request::new(bytes).aligned(align << 12))
                    } else {
                        let low = place.min(pages);
                        let high = (low + 4 * size).min(pages);
                        let bounds = u64::from(first + low) << 12..u64::from(first + high) << 12;
                        (low..high, Request::new(bytes).aligned(align << 12).within(bounds))
                    };
                    let possible = naive.exists(first, size, align, &within);
                    let range = space.reserve(&request);
                    prop_assert_eq!(range.is_ok(), possible);
                    if let Ok(range) = range {
                        let page = (range.start.get() >> 12) - first;
                        prop_assert!(within.contains(&page) && page + size <= within.end);
                        prop_assert!(range.start.is_aligned(align << 12) && naive.is_free(page, size));
                        naive.set(page, size, true);
                    }
                }
                (2, _) => {
                    let possible = naive.is_free(place, size);
                    prop_assert_eq!(space.reserve_at(address(place), bytes).is_ok(), possible);
                    if possible {
                        naive.set(place, size, true);
                    }
                }
                (3..=5, Some(page)) => {
                    if what == 5 {
                        space.quarantine(address(page)).unwrap();
                        prop_assert!(space.reserve_at(address(page), 4 * K).is_err());
                        space.release(address(page)).unwrap();
                    } else {
                        space.free(address(page)).unwrap();
                    }
                    let size = naive.live[&page];
                    naive.set(page, size, false);
                }
                (6, Some(page)) if index.index(5) == 0 => {
                    space.poison(address(page)).unwrap();
                    // Used for good, and not to be freed.
                    naive.live.remove(&page);
                }
                _ => {}
            }
            let free = naive.used.iter().filter(|used| !**used).count() as u64;
            prop_assert_eq!(space.free_bytes(), free << 12);
        }
    }
}
