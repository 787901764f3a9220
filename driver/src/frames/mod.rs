//! Physical memory for buffers: the largest pages first.
//!
//! [`Frames`] takes pools from [`PhysMem`] and gives them out in naturally aligned power-of-two blocks
//! of 4 KiB to 16 MiB (a buddy allocator), so that what fits a page of the MMU is aligned for it. A
//! request is answered by few, large parts, in the order of their size: laid one after the other from
//! an aligned I/O virtual address on, each can be mapped by its own page size.

mod blocks;

#[cfg(test)]
mod tests;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use spin::Mutex;
use vcm_regs::descriptor::{SMALL_PAGE_SIZE, SUPERSECTION_SIZE};

use blocks::{Blocks, MAX_ORDER, MIN_ORDER};

use crate::addr::PhysAddr;
use crate::mmu::PhysPart;
use crate::seam::PhysMem;

/// Why frames could not be given, or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// A size is 0 or not a multiple of the smallest page size asked for.
    Misaligned {
        /// The offending size.
        size: u32,
    },
    /// A page size is not a power of two from 4 KiB to 16 MiB, or there is none up to the largest
    /// allowed.
    PageSize {
        /// The offending page size, or the largest allowed.
        size: u32,
    },
    /// Not enough memory, or none in parts of a sufficient size.
    OutOfMemory {
        /// Bytes asked for.
        size: u32,
        /// Bytes free, in parts of whatever size.
        free: u64,
    },
    /// The platform has no memory for a pool of this size.
    NoPool {
        /// Bytes asked for.
        size: u32,
    },
    /// The part was not given out, or not in this size.
    NotAllocated {
        /// The offending part.
        part: PhysPart,
    },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misaligned { size } => {
                write!(f, "{size:#x} bytes are not a whole number of pages")
            }
            Self::PageSize { size } => write!(f, "no usable page size: {size:#x}"),
            Self::OutOfMemory { size, free } => {
                write!(
                    f,
                    "no physical memory for {size:#x} bytes, {free:#x} are free"
                )
            }
            Self::NoPool { size } => write!(f, "the platform has no pool of {size:#x} bytes"),
            Self::NotAllocated { part } => write!(
                f,
                "{:#x} bytes at {} have not been allocated",
                part.size, part.start
            ),
        }
    }
}

impl core::error::Error for FrameError {}

#[derive(Default)]
struct State {
    /// What the platform has given. A part may reach from one pool into the next.
    pools: Vec<PhysPart>,
    free: Blocks,
    /// What has been given out: size by address.
    given: BTreeMap<PhysAddr, u32>,
    /// What is never given out again.
    poisoned: Vec<PhysPart>,
}

/// The physical allocator. All methods take `&self`.
pub struct Frames<M: PhysMem> {
    mem: M,
    state: Mutex<State>,
}

impl<M: PhysMem> Frames<M> {
    /// An allocator without memory: see [`add_pool`](Self::add_pool).
    pub fn new(mem: M) -> Self {
        Self {
            mem,
            state: Mutex::new(State::default()),
        }
    }

    /// Takes a pool of `size` bytes from the platform, aligned to the largest page that fits, if
    /// the platform can.
    ///
    /// # Errors
    /// `Misaligned`, `NoPool`.
    pub fn add_pool(&self, size: u32) -> Result<(), FrameError> {
        if size == 0 || size % SMALL_PAGE_SIZE != 0 {
            return Err(FrameError::Misaligned { size });
        }
        let start = crate::table::PAGE_SIZES
            .into_iter()
            .filter(|align| *align <= size)
            .find_map(|align| self.mem.allocate(size, align))
            .ok_or(FrameError::NoPool { size })?;
        let mut state = self.state.lock();
        state.free.give(u64::from(start.get()), u64::from(size));
        state.pools.push(PhysPart { start, size });
        Ok(())
    }

    /// Allocates `size` bytes by as few and as large parts as there are. Every part is a multiple of
    /// the smallest of `page_sizes`; none is larger than `largest` bytes. They come in the order of the
    /// page sizes that they can be mapped by, the largest first.
    ///
    /// # Errors
    /// `Misaligned`, `PageSize`, `OutOfMemory`; nothing is allocated then.
    pub fn allocate(
        &self,
        size: u32,
        page_sizes: &[u32],
        largest: u32,
    ) -> Result<Vec<PhysPart>, FrameError> {
        let (smallest, top) = orders(page_sizes, largest)?;
        if size == 0 || size % (1 << smallest) != 0 {
            return Err(FrameError::Misaligned { size });
        }
        let mut state = self.state.lock();
        let mut parts: Vec<PhysPart> = Vec::new();
        let mut left = size;
        let mut order = top;
        while left != 0 {
            let bytes = 1_u32 << order;
            let beside = parts
                .last()
                .map(|part| u64::from(part.start.get()) + u64::from(part.size));
            let taken = (bytes <= left)
                .then(|| {
                    beside
                        .filter(|at| state.free.take_at(*at, order))
                        .or_else(|| state.free.take(order))
                })
                .flatten();
            match taken {
                Some(at) => {
                    push(&mut parts, at as u32, bytes, beside == Some(at), largest);
                    left -= bytes;
                }
                None if order > smallest => order -= 1,
                None => {
                    for part in parts {
                        state.free.give(part.start.get().into(), part.size.into());
                    }
                    let free = state.free.bytes();
                    return Err(FrameError::OutOfMemory { size, free });
                }
            }
        }
        for part in &parts {
            state.record(*part);
        }
        Ok(parts)
    }

    /// Allocates `size` bytes in one part, aligned to `align` (a power of two of at least 4 KiB): for
    /// masters that are not translated.
    ///
    /// # Errors
    /// `Misaligned` (also for `align`), `OutOfMemory`; nothing is allocated then.
    pub fn allocate_contiguous(&self, size: u32, align: u32) -> Result<PhysPart, FrameError> {
        if size == 0 || size % SMALL_PAGE_SIZE != 0 {
            return Err(FrameError::Misaligned { size });
        }
        if !align.is_power_of_two() || align < SMALL_PAGE_SIZE {
            return Err(FrameError::Misaligned { size: align });
        }
        let mut state = self.state.lock();
        let Some(at) = state.free.take_run(u64::from(size), u64::from(align)) else {
            let free = state.free.bytes();
            return Err(FrameError::OutOfMemory { size, free });
        };
        let part = PhysPart {
            start: PhysAddr::new(at as u32),
            size,
        };
        state.record(part);
        Ok(part)
    }

    /// Takes back a part as it was given.
    ///
    /// # Errors
    /// `NotAllocated`.
    pub fn free(&self, part: PhysPart) -> Result<(), FrameError> {
        let mut state = self.state.lock();
        state.forget(part)?;
        state.free.give(part.start.get().into(), part.size.into());
        Ok(())
    }

    /// Takes a part out for good: a device may still use it. It is never given out again.
    ///
    /// # Errors
    /// `NotAllocated`.
    pub fn poison(&self, part: PhysPart) -> Result<(), FrameError> {
        let mut state = self.state.lock();
        state.forget(part)?;
        state.poisoned.push(part);
        Ok(())
    }

    /// Bytes that are free.
    pub fn free_bytes(&self) -> u64 {
        self.state.lock().free.bytes()
    }

    /// Bytes that have been poisoned.
    pub fn poisoned_bytes(&self) -> u64 {
        let state = self.state.lock();
        state.poisoned.iter().map(|part| u64::from(part.size)).sum()
    }
}

impl State {
    fn record(&mut self, part: PhysPart) {
        self.given.insert(part.start, part.size);
    }

    fn forget(&mut self, part: PhysPart) -> Result<(), FrameError> {
        if self.given.get(&part.start) != Some(&part.size) {
            return Err(FrameError::NotAllocated { part });
        }
        self.given.remove(&part.start);
        Ok(())
    }
}

impl<M: PhysMem> Drop for Frames<M> {
    /// Gives the pools back of which nothing is in use or poisoned.
    fn drop(&mut self) {
        let state = self.state.get_mut();
        let given = state.given.iter().map(|(start, size)| PhysPart {
            start: *start,
            size: *size,
        });
        let used: Vec<PhysPart> = given.chain(state.poisoned.iter().copied()).collect();
        for pool in &state.pools {
            if !used.iter().any(|part| overlap(pool, part)) {
                self.mem.free(pool.start, pool.size);
            }
        }
    }
}

fn overlap(a: &PhysPart, b: &PhysPart) -> bool {
    let end = |part: &PhysPart| u64::from(part.start.get()) + u64::from(part.size);
    u64::from(a.start.get()) < end(b) && u64::from(b.start.get()) < end(a)
}

/// The orders of the smallest and of the largest page size to use.
fn orders(page_sizes: &[u32], largest: u32) -> Result<(u32, u32), FrameError> {
    let usable = SMALL_PAGE_SIZE..=SUPERSECTION_SIZE;
    let mut orders: Option<(u32, u32)> = None;
    for size in page_sizes {
        if !size.is_power_of_two() || !usable.contains(size) {
            return Err(FrameError::PageSize { size: *size });
        }
        if *size <= largest {
            let order = size.trailing_zeros();
            let (low, high) = orders.unwrap_or((order, order));
            orders = Some((low.min(order), high.max(order)));
        }
    }
    let (low, high) = orders.ok_or(FrameError::PageSize { size: largest })?;
    debug_assert!(low >= MIN_ORDER && high <= MAX_ORDER);
    Ok((low, high))
}

/// Appends a block, as a part or to the last part if it lies `beside` it.
fn push(parts: &mut Vec<PhysPart>, at: u32, size: u32, beside: bool, largest: u32) {
    match parts.last_mut() {
        Some(last) if beside && last.size.saturating_add(size) <= largest => last.size += size,
        _ => parts.push(PhysPart {
            start: PhysAddr::new(at),
            size,
        }),
    }
}
