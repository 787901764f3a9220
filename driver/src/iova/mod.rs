//! I/O virtual addresses: exact-size, aligned ranges of an address space.
//!
//! The space is tiled by ranges, free or not, in an ordered map, so that neighbours merge when they
//! are freed. Free ranges are indexed, for each page size, by how many bytes they hold from their first
//! address on that is aligned to it: the smallest range that fits is one look-up, however many there
//! are. Nothing is rounded up: what is not used stays free.

mod gaps;

#[cfg(test)]
mod tests;

use alloc::collections::BTreeMap;
use core::fmt;
use core::ops::Range;

use spin::Mutex;
use vcm_regs::descriptor::SMALL_PAGE_SIZE;

use gaps::Gaps;

use crate::addr::Iova;
use crate::table::PAGE_SIZES;

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

/// What a tile of the space is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Free,
    Reserved,
    /// Given back, but perhaps still used by the hardware.
    Quarantined,
    /// Never to be used again.
    Poisoned,
}

#[derive(Clone, Copy)]
struct Tile {
    size: u64,
    usage: Use,
}

struct State {
    /// Tiles by start address. They leave no holes, and no two free ones are neighbours.
    tiles: BTreeMap<u64, Tile>,
    gaps: Gaps,
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
        let mut state = State {
            tiles: BTreeMap::new(),
            gaps: Gaps::default(),
            poisoned: 0,
        };
        state.add_free(bounds.start, size);
        Ok(Self {
            bounds,
            state: Mutex::new(state),
        })
    }

    /// Reserves a range: of the free ranges that fit the smallest, and at its lowest address. Takes
    /// time logarithmic in the number of ranges; with bounds, or an alignment that is not a page size,
    /// linear in the free ranges that are large enough.
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
        let mut state = self.state.lock();
        let (gap, at) = state
            .gaps
            .find(u64::from(size), u64::from(align), request.within.as_ref())
            .ok_or(IovaError::NoSpace { size, align })?;
        state.carve(gap, at, u64::from(size));
        Ok(IovaRange {
            start: Iova::new(at as u32),
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
        let (start, tile) = state.tile_at(range.start);
        let end = start + tile.size;
        if tile.usage != Use::Free {
            return Err(IovaError::InUse { at });
        }
        if end < range.end {
            // The neighbour of a free tile is not free.
            let at = Iova::new(end as u32);
            return Err(IovaError::InUse { at });
        }
        state.carve(start, range.start, u64::from(size));
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
        let start = u64::from(at.get());
        let tile = match state.tiles.get_mut(&start) {
            Some(tile) if tile.usage == from => tile,
            _ => return Err(IovaError::NotReserved { at }),
        };
        tile.usage = to;
        let size = tile.size;
        match to {
            Use::Free => state.free(start, size),
            Use::Poisoned => state.poisoned += size,
            Use::Reserved | Use::Quarantined => {}
        }
        Ok(())
    }

    /// The reservation around an address, if there is one.
    pub fn find(&self, at: Iova) -> Option<IovaRange> {
        let at = u64::from(at.get());
        if !self.bounds.contains(&at) {
            return None;
        }
        let (start, tile) = self.state.lock().tile_at(at);
        (tile.usage == Use::Reserved).then_some(IovaRange {
            start: Iova::new(start as u32),
            size: tile.size as u32,
        })
    }

    /// First address, and one past the last.
    pub const fn bounds(&self) -> &Range<u64> {
        &self.bounds
    }

    /// Bytes that are free.
    pub fn free_bytes(&self) -> u64 {
        self.state.lock().gaps.bytes()
    }

    /// Bytes that have been poisoned.
    pub fn poisoned_bytes(&self) -> u64 {
        self.state.lock().poisoned
    }
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

impl State {
    /// The tile around an address of the space.
    fn tile_at(&self, at: u64) -> (u64, Tile) {
        self.tiles.range(..=at).next_back().map_or(
            (
                at,
                Tile {
                    size: 0,
                    usage: Use::Poisoned,
                },
            ),
            |(start, tile)| (*start, *tile),
        )
    }

    fn add_free(&mut self, start: u64, size: u64) {
        let usage = Use::Free;
        self.tiles.insert(start, Tile { size, usage });
        self.gaps.insert(start, size);
    }

    /// Reserves `size` bytes at `at` out of the free tile `gap`.
    fn carve(&mut self, gap: u64, at: u64, size: u64) {
        let Some(tile) = self.tiles.get_mut(&gap) else {
            return;
        };
        let end = gap + tile.size;
        self.gaps.remove(gap, tile.size);
        let reserved = Tile {
            size,
            usage: Use::Reserved,
        };
        if at == gap {
            *tile = reserved;
        } else {
            tile.size = at - gap;
            self.gaps.insert(gap, at - gap);
            self.tiles.insert(at, reserved);
        }
        if at + size < end {
            self.add_free(at + size, end - at - size);
        }
    }

    /// Merges the tile, which has become free, with its free neighbours.
    fn free(&mut self, start: u64, size: u64) {
        let (mut start, mut size) = (start, size);
        let next = start + size;
        if let Some(tile) = self.tiles.get(&next).copied() {
            if tile.usage == Use::Free {
                self.tiles.remove(&next);
                self.gaps.remove(next, tile.size);
                size += tile.size;
            }
        }
        if let Some((before, tile)) = self.tiles.range(..start).next_back() {
            if tile.usage == Use::Free {
                let (before, before_size) = (*before, tile.size);
                self.gaps.remove(before, before_size);
                self.tiles.remove(&start);
                start = before;
                size += before_size;
            }
        }
        if let Some(tile) = self.tiles.get_mut(&start) {
            tile.size = size;
        }
        self.gaps.insert(start, size);
    }
}
