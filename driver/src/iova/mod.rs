//! I/O virtual addresses: exact-size, aligned ranges of an address space.
//!
//! The space is tiled by ranges, free or not, each of which knows its neighbours, so that they merge
//! when they are freed. Free ranges are in lists by size, so that a small one that fits is found in a
//! few steps, however many there are; a range is found by its address in a radix tree. Ranges of up to
//! 1 MiB that have been freed lately, up to an eighth of the space, are kept whole for requests of the
//! same size, until there is no other room. Nothing is rounded up: what is not used stays free.

mod bins;
mod index;
mod recent;
mod tiles;

#[cfg(test)]
mod tests;

use core::fmt;
use core::ops::Range;

use spin::Mutex;
use vcm_regs::descriptor::SMALL_PAGE_SIZE;

use tiles::{Tiles, Use};

use crate::addr::Iova;
use crate::table::PAGE_SIZES;

const PAGE: u64 = SMALL_PAGE_SIZE as u64;

/// A range of I/O virtual addresses that has been given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IovaRange {
    /// Its first address.
    pub start: Iova,
    /// Bytes; a non-zero multiple of 4 KiB.
    pub size: u32,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Bytes; a non-zero multiple of 4 KiB.
    pub size: u32,
    /// Alignment, a power of two. `None`: the largest page size that the size allows.
    pub align: Option<u32>,
    /// Bounds: all of the range lies in them. `None`: anywhere in the space.
    pub within: Option<Range<u64>>,
}

impl Request {
    /// `size` bytes anywhere, aligned to the largest page size that the size allows.
    pub const fn new(size: u32) -> Self {
        Self {
            size,
            align: None,
            within: None,
        }
    }

    /// With this alignment.
    #[must_use]
    pub const fn aligned(mut self, align: u32) -> Self {
        self.align = Some(align);
        self
    }

    /// Within these addresses.
    #[must_use]
    pub const fn within(mut self, bounds: Range<u64>) -> Self {
        self.within = Some(bounds);
        self
    }
}

/// Why a range could not be given, or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IovaError {
    /// A size or address is not a multiple of 4 KiB, a size is 0, or an alignment is not a power of two.
    Misaligned {
        /// The offending number.
        value: u32,
    },
    /// The range leaves the address space.
    OutOfRange {
        /// Its first address.
        at: Iova,
    },
    /// Something of the range has been given out already.
    InUse {
        /// First address that is not free.
        at: Iova,
    },
    /// There is no free range of this size and alignment within the bounds.
    NoSpace {
        /// Bytes asked for.
        size: u32,
        /// Alignment asked for.
        align: u32,
    },
    /// No range in this state begins at this address.
    NotReserved {
        /// The address.
        at: Iova,
    },
}

impl fmt::Display for IovaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misaligned { value } => write!(f, "{value:#x} is not a usable size or alignment"),
            Self::OutOfRange { at } => write!(f, "the range at {at} leaves the address space"),
            Self::InUse { at } => write!(f, "{at} has been reserved already"),
            Self::NoSpace { size, align } => write!(
                f,
                "no free addresses for {size:#x} bytes aligned to {align:#x}"
            ),
            Self::NotReserved { at } => write!(f, "no reservation begins at {at}"),
        }
    }
}

impl core::error::Error for IovaError {}

struct State {
    tiles: Tiles,
    poisoned: u64,
}

/// An allocator of I/O virtual addresses. All methods take `&self`.
pub struct IovaSpace {
    bounds: Range<u64>,
    state: Mutex<State>,
}

impl IovaSpace {
    /// An address space of `size` bytes from `start` on.
    ///
    /// # Errors
    /// `Misaligned`, `OutOfRange`.
    pub fn new(start: Iova, size: u64) -> Result<Self, IovaError> {
        let bounds = checked_range(start, size)?;
        if bounds.end > 1 << 32 {
            return Err(IovaError::OutOfRange { at: start });
        }
        Ok(Self {
            state: Mutex::new(State {
                tiles: Tiles::new(page(bounds.start), page(size)),
                poisoned: 0,
            }),
            bounds,
        })
    }

    /// Reserves a range: one of this size that has been freed lately, or else the lowest addresses of a
    /// small free range that fits. Takes the same time
    /// however many ranges there are, as long as some free range is longer than size and alignment
    /// together; with bounds, time linear in the ranges within them.
    ///
    /// # Errors
    /// `Misaligned`, `NoSpace`.
    pub fn reserve(&self, request: &Request) -> Result<IovaRange, IovaError> {
        let size = request.size;
        if size == 0 || size % SMALL_PAGE_SIZE != 0 {
            return Err(IovaError::Misaligned { value: size });
        }
        let align = request.align.unwrap_or_else(|| natural_alignment(size));
        if !align.is_power_of_two() {
            return Err(IovaError::Misaligned { value: align });
        }
        let align = align.max(SMALL_PAGE_SIZE);
        let (pages, multiple) = (page(size.into()), page(align.into()));
        let mut state = self.state.lock();
        let reserved = match &request.within {
            None => state.tiles.reserve(pages, multiple),
            Some(within) => {
                let low = within.start.max(self.bounds.start);
                let high = within.end.min(self.bounds.end);
                (low < high)
                    .then(|| (page(low.next_multiple_of(PAGE)), page(high)))
                    .and_then(|(low, high)| state.tiles.reserve_within(pages, multiple, low, high))
            }
        };
        let at = reserved.ok_or(IovaError::NoSpace { size, align })?;
        Ok(IovaRange {
            start: address(at),
            size,
        })
    }

    /// Reserves the range of `size` bytes at `at`.
    ///
    /// # Errors
    /// `Misaligned`, `OutOfRange`, `InUse`.
    pub fn reserve_at(&self, at: Iova, size: u32) -> Result<IovaRange, IovaError> {
        let range = checked_range(at, u64::from(size))?;
        if range.start < self.bounds.start || range.end > self.bounds.end {
            return Err(IovaError::OutOfRange { at });
        }
        let mut state = self.state.lock();
        let (first, end) = (page(range.start), page(range.end));
        state.tiles.merge_recent();
        let (id, tile) = state
            .tiles
            .around(first)
            .filter(|(_, tile)| tile.usage == Use::Free)
            .ok_or(IovaError::InUse { at })?;
        if tile.end() < end {
            // The neighbour of a free tile is not free.
            let at = address(tile.end());
            return Err(IovaError::InUse { at });
        }
        state.tiles.carve(id, first, end - first);
        Ok(IovaRange { start: at, size })
    }

    /// Frees the reservation that begins at `at`.
    ///
    /// # Errors
    /// `NotReserved`.
    pub fn free(&self, at: Iova) -> Result<(), IovaError> {
        self.change(at, Use::Reserved, Use::Free)
    }

    /// Gives back the reservation that begins at `at`, but keeps it from being used again until
    /// [`release`](Self::release): the hardware may still translate it.
    ///
    /// # Errors
    /// `NotReserved`.
    pub fn quarantine(&self, at: Iova) -> Result<(), IovaError> {
        self.change(at, Use::Reserved, Use::Quarantined)
    }

    /// Frees what has been quarantined: the hardware has confirmed that it does not use it.
    ///
    /// # Errors
    /// `NotReserved`, when it was not quarantined.
    pub fn release(&self, at: Iova) -> Result<(), IovaError> {
        self.change(at, Use::Quarantined, Use::Free)
    }

    /// Takes the reservation that begins at `at`, quarantined or not, out for good.
    ///
    /// # Errors
    /// `NotReserved`.
    pub fn poison(&self, at: Iova) -> Result<(), IovaError> {
        self.change(at, Use::Reserved, Use::Poisoned)
            .or_else(|_| self.change(at, Use::Quarantined, Use::Poisoned))
    }

    fn change(&self, at: Iova, from: Use, to: Use) -> Result<(), IovaError> {
        let mut state = self.state.lock();
        let tile = at
            .is_aligned(SMALL_PAGE_SIZE)
            .then(|| state.tiles.at(at.get() / SMALL_PAGE_SIZE))
            .flatten();
        let (id, tile) = tile
            .filter(|(_, tile)| tile.usage == from)
            .ok_or(IovaError::NotReserved { at })?;
        match to {
            Use::Free => state.tiles.free(id),
            _ => state.tiles.set_use(id, to),
        }
        if to == Use::Poisoned {
            state.poisoned += u64::from(tile.pages) * PAGE;
        }
        Ok(())
    }

    /// The reservation around an address, if there is one.
    pub fn find(&self, at: Iova) -> Option<IovaRange> {
        if !self.bounds.contains(&at.get().into()) {
            return None;
        }
        let (_, tile) = self.state.lock().tiles.around(at.get() / SMALL_PAGE_SIZE)?;
        // Only then: all of a space of 4 GiB has no size of 32 bits.
        (tile.usage == Use::Reserved).then(|| IovaRange {
            start: address(tile.start),
            size: tile.pages * SMALL_PAGE_SIZE,
        })
    }

    /// First address, and one past the last.
    pub const fn bounds(&self) -> &Range<u64> {
        &self.bounds
    }

    /// Bytes that are free.
    pub fn free_bytes(&self) -> u64 {
        u64::from(self.state.lock().tiles.free_pages()) * PAGE
    }

    /// Bytes that have been poisoned.
    pub fn poisoned_bytes(&self) -> u64 {
        self.state.lock().poisoned
    }
}

/// The number of a page, or a number of pages, of a space of 4 GiB.
const fn page(bytes: u64) -> u32 {
    (bytes / PAGE) as u32
}

/// Where a page begins.
const fn address(page: u32) -> Iova {
    Iova::new(page * SMALL_PAGE_SIZE)
}

/// The largest page size that is not larger than `size`.
pub fn natural_alignment(size: u32) -> u32 {
    PAGE_SIZES
        .into_iter()
        .find(|page| *page <= size)
        .unwrap_or(SMALL_PAGE_SIZE)
}

fn checked_range(at: Iova, size: u64) -> Result<Range<u64>, IovaError> {
    if !at.is_aligned(SMALL_PAGE_SIZE) {
        return Err(IovaError::Misaligned { value: at.get() });
    }
    if size == 0 || size % u64::from(SMALL_PAGE_SIZE) != 0 {
        return Err(IovaError::Misaligned { value: size as u32 });
    }
    let start = u64::from(at.get());
    let end = start
        .checked_add(size)
        .ok_or(IovaError::OutOfRange { at })?;
    Ok(start..end)
}
