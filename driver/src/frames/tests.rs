//! The physical allocator: what it chooses, and that nothing overlaps or leaks.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::vec::Vec;

use proptest::prelude::*;

use super::{FrameError, Frames};
use crate::addr::PhysAddr;
use crate::mmu::PhysPart;
use crate::seam::{MemError, PhysMem};
use crate::table::PAGE_SIZES;

const K: u32 = 1 << 10;
const M: u32 = 1 << 20;
const BASE: u32 = 0x1000_0000;
const LARGEST: u32 = 16 * M;

/// Gives out addresses one after the other, each only as aligned as asked; there is nothing behind
/// them.
struct Addresses {
    next: Mutex<u32>,
    given: Mutex<BTreeSet<(u32, u32)>>,
}

impl Addresses {
    fn from(next: u32) -> Self {
        Self {
            next: Mutex::new(next),
            given: Mutex::default(),
        }
    }
}

impl PhysMem for Addresses {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        let mut next = self.next.lock().unwrap();
        let at = next.checked_next_multiple_of(align)?;
        *next = at.checked_add(size)?;
        self.given.lock().unwrap().insert((at, size));
        Some(PhysAddr::new(at))
    }
    fn free(&self, at: PhysAddr, size: u32) {
        assert!(self.given.lock().unwrap().remove(&(at.get(), size)));
    }
    fn read(&self, at: PhysAddr, _: &mut [u8]) -> Result<(), MemError> {
        Err(MemError { at, size: 0 })
    }
    fn write(&self, at: PhysAddr, _: &[u8]) -> Result<(), MemError> {
        Err(MemError { at, size: 0 })
    }
    fn sync_for_device(&self, _: PhysAddr, _: u32) {}
    fn sync_for_cpu(&self, _: PhysAddr, _: u32) {}
}

fn frames(memory: &Addresses, size: u32) -> Frames<&Addresses> {
    let frames = Frames::new(memory);
    frames.add_pool(size).unwrap();
    frames
}

fn sizes(parts: &[PhysPart]) -> Vec<u32> {
    parts.iter().map(|part| part.size).collect()
}

#[test]
fn the_largest_pages_come_first_and_aligned() {
    let memory = Addresses::from(BASE);
    let frames = frames(&memory, 64 * M);
    let parts = frames
        .allocate(17 * M + 68 * K, &PAGE_SIZES, LARGEST)
        .unwrap();
    assert_eq!(sizes(&parts), [16 * M, M + 68 * K]);
    assert!(parts.iter().all(|part| part.start.is_aligned(M)));
}

#[test]
fn a_pool_is_aligned_to_the_largest_page_that_fits() {
    for (size, align) in [
        (4 * K, 4 * K),
        (60 * K, 4 * K),
        (68 * K, 64 * K),
        (3 * M, M),
        (20 * M, 16 * M),
    ] {
        let memory = Addresses::from(BASE + 4 * K);
        let frames = frames(&memory, size);
        let pools = memory.given.lock().unwrap().clone();
        let expected = (BASE + 4 * K).next_multiple_of(align);
        assert_eq!(Vec::from_iter(pools), [(expected, size)]);
        drop(frames);
    }
}

#[test]
fn no_part_is_larger_than_allowed() {
    let memory = Addresses::from(BASE);
    let frames = frames(&memory, 4 * M);
    let parts = frames.allocate(40 * K, &PAGE_SIZES, 4 * K).unwrap();
    assert_eq!(sizes(&parts), [4 * K; 10]);
    let parts = frames.allocate(M + 64 * K, &PAGE_SIZES, M - 1).unwrap();
    assert!(parts.iter().all(|part| part.size < M));
}

#[test]
fn smaller_pages_are_used_when_memory_is_fragmented() {
    let memory = Addresses::from(BASE);
    let frames = frames(&memory, 2 * M);
    let pages = frames.allocate(2 * M, &PAGE_SIZES, 4 * K).unwrap();
    // The first MiB but for one page, and all of the second, are free again.
    for page in pages.iter().filter(|page| page.start.get() != BASE) {
        frames.free(*page).unwrap();
    }
    let parts = frames
        .allocate(2 * M - 4 * K, &PAGE_SIZES, LARGEST)
        .unwrap();
    assert_eq!(parts[0].size, M);
    assert_eq!(
        parts.iter().map(|part| part.size).sum::<u32>(),
        2 * M - 4 * K
    );
    assert_eq!(frames.free_bytes(), 0);
}

#[test]
fn only_the_pages_asked_for_are_used() {
    let memory = Addresses::from(BASE);
    let frames = frames(&memory, 2 * M);
    let parts = frames.allocate(192 * K, &[64 * K, M], M).unwrap();
    assert!(parts.iter().all(|part| part.size % (64 * K) == 0));
    assert_eq!(
        frames.allocate(4 * K, &[64 * K, M], M),
        Err(FrameError::Misaligned { size: 4 * K })
    );
    assert_eq!(
        frames.allocate(M, &[M], 64 * K),
        Err(FrameError::PageSize { size: 64 * K })
    );
    assert_eq!(
        frames.allocate(M, &[5000], M),
        Err(FrameError::PageSize { size: 5000 })
    );
}

#[test]
fn a_request_that_fails_is_rolled_back() {
    let memory = Addresses::from(BASE);
    let frames = frames(&memory, 2 * M);
    let free = u64::from(2 * M);
    assert_eq!(
        frames.allocate(2 * M + 4 * K, &PAGE_SIZES, LARGEST),
        Err(FrameError::OutOfMemory {
            size: 2 * M + 4 * K,
            free
        })
    );
    assert_eq!(frames.free_bytes(), free);
    assert_eq!(
        sizes(&frames.allocate(2 * M, &PAGE_SIZES, LARGEST).unwrap()),
        [2 * M]
    );
}

#[test]
fn a_contiguous_part_may_span_blocks() {
    let memory = Addresses::from(BASE);
    let frames = frames(&memory, 64 * M);
    let small = frames.allocate_contiguous(12 * K, 64 * K).unwrap();
    assert!(small.start.is_aligned(64 * K));
    let large = frames.allocate_contiguous(40 * M + 4 * K, M).unwrap();
    assert!(large.start.is_aligned(M));
    assert!(large.start.get() >= small.start.get() + small.size);
    assert!(frames.allocate_contiguous(40 * M, 4 * K).is_err());
    frames.free(large).unwrap();
    frames.free(small).unwrap();
    assert_eq!(frames.free_bytes(), u64::from(64 * M));
    for (size, align) in [
        (4 * K, 2 * K),
        (4 * K, 12 * K),
        (4 * K, 0),
        (6 * K, 4 * K),
        (0, 4 * K),
    ] {
        let refused = frames.allocate_contiguous(size, align);
        assert!(matches!(refused, Err(FrameError::Misaligned { .. })));
    }
    assert!(frames.allocate_contiguous(64 * M, 16 * M).is_ok());
}

#[test]
fn what_was_not_given_out_is_not_taken_back() {
    let memory = Addresses::from(BASE);
    let frames = frames(&memory, M);
    let part = frames.allocate(8 * K, &PAGE_SIZES, M).unwrap()[0];
    let half = PhysPart {
        size: 4 * K,
        ..part
    };
    assert_eq!(
        frames.free(half),
        Err(FrameError::NotAllocated { part: half })
    );
    frames.free(part).unwrap();
    assert_eq!(frames.free(part), Err(FrameError::NotAllocated { part }));
}

#[test]
fn pools_go_back_unless_something_of_them_is_poisoned() {
    let memory = Addresses::from(BASE + 4 * K);
    let frames = frames(&memory, M);
    frames.add_pool(4 * K).unwrap();
    let parts = frames.allocate(M + 4 * K, &PAGE_SIZES, M).unwrap();
    let (last, others) = parts.split_last().unwrap();
    for part in others {
        frames.free(*part).unwrap();
    }
    frames.poison(*last).unwrap();
    assert_eq!(frames.poisoned_bytes(), u64::from(last.size));
    assert!(frames.free(*last).is_err());
    drop(frames);
    assert_eq!(memory.given.lock().unwrap().len(), 1);
}

#[test]
fn a_part_keeps_every_pool_that_it_reaches_into() {
    let memory = Addresses::from(BASE);
    let frames = frames(&memory, 8 * K);
    frames.add_pool(8 * K).unwrap();
    let part = frames.allocate_contiguous(12 * K, 4 * K).unwrap();
    drop(frames);
    assert_eq!(part.size, 12 * K);
    assert_eq!(memory.given.lock().unwrap().len(), 2);
}

#[test]
fn memory_up_to_the_end_of_the_space_is_usable() {
    let memory = Addresses::from(0xFFE0_0000);
    let frames = Frames::new(&memory);
    frames.add_pool(2 * M - 4 * K).unwrap();
    assert!(frames.allocate(2 * M - 4 * K, &PAGE_SIZES, LARGEST).is_ok());
    assert_eq!(
        frames.add_pool(100),
        Err(FrameError::Misaligned { size: 100 })
    );
    assert_eq!(
        frames.add_pool(64 * M),
        Err(FrameError::NoPool { size: 64 * M })
    );
}

/// Of a request; in Miri, which is slow, it has fewer.
const MOST_PAGES: u32 = if cfg!(miri) { 90 } else { 700 };

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 64 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_never_overlap_and_nothing_is_lost(
        steps in prop::collection::vec((0_u8..5, 1..MOST_PAGES, 0_usize..4, any::<prop::sample::Index>()), 1..60),
    ) {
        let memory = Addresses::from(BASE + 20 * K);
        let pools = [3 * M + 12 * K, 4 * K, M];
        let frames = Frames::new(&memory);
        for pool in pools {
            frames.add_pool(pool).unwrap();
        }
        let all: u64 = pools.iter().map(|pool| u64::from(*pool)).sum();
        let given = memory.given.lock().unwrap().clone();
        let mut live: Vec<PhysPart> = Vec::new();
        let mut poisoned = 0;
        for (what, pages, largest, index) in steps {
            let size = pages * 4 * K;
            let used: u64 = live.iter().map(|part| u64::from(part.size)).sum();
            prop_assert_eq!(frames.free_bytes() + used + poisoned, all);
            match what {
                0 | 1 => match frames.allocate(size, &PAGE_SIZES, PAGE_SIZES[largest]) {
                    Ok(parts) => {
                        prop_assert_eq!(parts.iter().map(|part| part.size).sum::<u32>(), size);
                        prop_assert!(parts.iter().all(|part| part.size <= PAGE_SIZES[largest]));
                        // One after the other from an aligned address on, each is aligned as its size.
                        let mut offset = 0_u32;
                        for part in &parts {
                            let align = 1 << part.start.get().trailing_zeros();
                            let natural = 1 << part.size.ilog2();
                            prop_assert!(offset % natural.min(LARGEST).min(align) == 0);
                            offset += part.size;
                        }
                        live.extend(parts);
                    }
                    // The smallest pages do for everything that is free.
                    Err(_) => prop_assert!(frames.free_bytes() < u64::from(size)),
                },
                2 => {
                    let align = PAGE_SIZES[largest];
                    if let Ok(part) = frames.allocate_contiguous(size, align) {
                        prop_assert!(part.start.is_aligned(align));
                        live.push(part);
                    }
                }
                3 if !live.is_empty() => {
                    let part = live.swap_remove(index.index(live.len()));
                    frames.free(part).unwrap();
                }
                4 if !live.is_empty() && index.index(4) == 0 => {
                    let part = live.swap_remove(index.index(live.len()));
                    frames.poison(part).unwrap();
                    poisoned += u64::from(part.size);
                }
                _ => {}
            }
            let mut sorted: Vec<(u32, u32)> =
                live.iter().map(|part| (part.start.get(), part.start.get() + part.size)).collect();
            sorted.sort_unstable();
            prop_assert!(sorted.windows(2).all(|pair| pair[0].1 <= pair[1].0));
            // Miri is slow.
            let stride = if cfg!(miri) { 4096 * 61 } else { 4096 };
            let in_a_pool = |page: u32| {
                given.iter().any(|(pool, size)| (*pool..pool + size).contains(&page))
            };
            prop_assert!(sorted.iter().all(|(start, end)| (*start..*end).step_by(stride).all(in_a_pool)));
        }
        for part in live {
            frames.free(part).unwrap();
        }
        prop_assert_eq!(frames.free_bytes() + poisoned, all);
        if poisoned == 0 {
            prop_assert_eq!(sizes(&frames.allocate(2 * M, &PAGE_SIZES, LARGEST).unwrap()), [2 * M]);
        }
    }
}
