//! A pool of memory addresses: first fit, neighbours merged.

use std::collections::BTreeMap;
use std::ops::Range;

/// Smallest unit that is handed out, in bytes: a cache line of the Cortex-A9 (32) does not hold parts
/// of two allocations.
const GRANULE: u32 = 32;

/// Addresses that can be allocated.
#[derive(Clone, Debug)]
pub struct Pool {
    /// What is free: sizes by start.
    free: BTreeMap<u32, u32>,
    /// What is allocated: sizes by start, as asked for.
    live: BTreeMap<u32, u32>,
}

/// Memory that cannot be given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{size:#x} bytes at {at:#010x} are given back, but {}", match allocated {
    Some(size) => format!("{size:#x} bytes were allocated"),
    None => "nothing was allocated there".to_string(),
})]
pub struct Misuse {
    /// The address.
    pub at: u32,
    /// The size that was given.
    pub size: u32,
    /// The size that was allocated there, if any was.
    pub allocated: Option<u32>,
}

impl Pool {
    /// All of `range` is free.
    pub fn new(range: Range<u32>) -> Self {
        let start = range.start.next_multiple_of(GRANULE);
        let size = range.end.saturating_sub(start) / GRANULE * GRANULE;
        let free = (size > 0).then_some((start, size)).into_iter().collect();
        Self {
            free,
            live: BTreeMap::new(),
        }
    }

    /// Takes the lowest `size` bytes aligned to `align`, a power of two.
    pub fn allocate(&mut self, size: u32, align: u32) -> Option<u32> {
        if size == 0 || !align.is_power_of_two() {
            return None;
        }
        let taken = size.checked_next_multiple_of(GRANULE)?;
        let fits = |(&start, &free): (&u32, &u32)| {
            let at = start.checked_next_multiple_of(align.max(GRANULE))?;
            let before = at - start;
            let after = free.checked_sub(before)?.checked_sub(taken)?;
            Some((start, before, at, after))
        };
        let (start, before, at, after) = self.free.iter().find_map(fits)?;
        self.free.remove(&start);
        if before > 0 {
            self.free.insert(start, before);
        }
        if after > 0 {
            self.free.insert(at + taken, after);
        }
        self.live.insert(at, size);
        Some(at)
    }

    /// Gives back what was allocated.
    ///
    /// # Errors
    /// [`Misuse`] when nothing of that size was allocated there; nothing is given back then.
    pub fn free(&mut self, at: u32, size: u32) -> Result<(), Misuse> {
        let allocated = self.live.get(&at).copied();
        if allocated != Some(size) {
            return Err(Misuse {
                at,
                size,
                allocated,
            });
        }
        self.live.remove(&at);
        let (mut start, mut size) = (at, size.next_multiple_of(GRANULE));
        if let Some((&before, &bytes)) = self.free.range(..at).next_back() {
            if before + bytes == start {
                self.free.remove(&before);
                (start, size) = (before, bytes + size);
            }
        }
        // The pool may end where 32 bits do.
        if let Some(bytes) = start
            .checked_add(size)
            .and_then(|end| self.free.remove(&end))
        {
            size += bytes;
        }
        self.free.insert(start, size);
        Ok(())
    }

    /// What is allocated: addresses and sizes.
    pub fn live(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.live.iter().map(|(&at, &size)| (at, size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allocations_are_aligned_and_do_not_overlap() {
        let mut pool = Pool::new(0x1004..0x2_0000);
        let mut rng = fastrand::Rng::with_seed(3);
        let mut taken: Vec<(u32, u32)> = Vec::new();
        for _ in 0..2_000 {
            if rng.bool() {
                let (size, align) = (rng.u32(1..0x1000), 1 << rng.u32(0..13));
                if let Some(at) = pool.allocate(size, align) {
                    assert_eq!(at % align, 0);
                    assert!(at >= 0x1004 && at + size <= 0x2_0000);
                    let apart =
                        |&(other, bytes): &(u32, u32)| at + size <= other || other + bytes <= at;
                    assert!(taken.iter().all(apart));
                    taken.push((at, size));
                }
            } else if !taken.is_empty() {
                let (at, size) = taken.swap_remove(rng.usize(0..taken.len()));
                pool.free(at, size).unwrap();
            }
        }
        for (at, size) in taken {
            pool.free(at, size).unwrap();
        }
        assert_eq!(
            pool.free.into_iter().collect::<Vec<_>>(),
            [(0x1020, 0x1_efe0)]
        );
    }

    #[test]
    fn an_empty_pool_and_a_full_one_give_nothing() {
        assert_eq!(Pool::new(0x1000..0x1000).allocate(1, 1), None);
        let mut pool = Pool::new(0x1000..0x2000);
        assert_eq!(pool.allocate(0x1000, 0x1000), Some(0x1000));
        assert_eq!(pool.allocate(1, 1), None);
        assert_eq!(pool.allocate(u32::MAX, 1), None);
    }

    #[test]
    fn giving_back_what_was_not_taken_is_refused() {
        let mut pool = Pool::new(0x1000..0x2000);
        let at = pool.allocate(64, 64).unwrap();
        assert_eq!(pool.free(at, 32).unwrap_err().allocated, Some(64));
        assert_eq!(pool.free(at + 32, 32).unwrap_err().allocated, None);
        pool.free(at, 64).unwrap();
        let error = pool.free(at, 64).unwrap_err();
        assert!(error.to_string().contains("nothing was allocated"));
    }
}
