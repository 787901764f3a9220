//! Free tiles by size: a list for each of the small sizes, eight for each doubling of the larger.

use super::tiles::{NONE, Tile, TileId};

/// Sizes below this many pages have a list each.
const EXACT: u32 = 64;
/// Lists for each doubling of the size from there on, as a power of two.
const STEPS_LOG2: u32 = 3;
const STEPS: u32 = 1 << STEPS_LOG2;
/// The largest size: 4 GiB in pages.
const MOST: u32 = 1 << 20;
const BINS: usize = bin_of(MOST) as usize + 1;
const WORD: u32 = u64::BITS;

/// How many tiles that are perhaps too small are looked at, before one is taken that is large enough
/// for certain.
const PROBES: usize = 8;

/// The list for a size in pages.
const fn bin_of(pages: u32) -> u32 {
    if pages < EXACT {
        return pages;
    }
    let octave = pages.ilog2();
    let step = (pages >> (octave - STEPS_LOG2)) % STEPS;
    EXACT + (octave - EXACT.ilog2()) * STEPS + step
}

/// The first list of which every tile has at least so many pages.
const fn bin_for(pages: u32) -> u32 {
    if pages <= EXACT {
        return pages;
    }
    // The list after that of the next smaller size, whatever sizes it begins with.
    bin_of(pages - 1) + 1
}

/// The lists.
pub(super) struct Bins {
    first: [TileId; BINS],
    /// Bit n: list n is not empty.
    filled: [u64; BINS.div_ceil(WORD as usize)],
}

impl Bins {
    pub(super) const fn new() -> Self {
        Self {
            first: [NONE; BINS],
            filled: [0; BINS.div_ceil(WORD as usize)],
        }
    }

    /// Enters a tile.
    pub(super) fn insert(&mut self, tiles: &mut [Tile], id: TileId) {
        let bin = bin_of(tiles[id as usize].pages) as usize;
        let next = core::mem::replace(&mut self.first[bin], id);
        tiles[id as usize].previous = NONE;
        tiles[id as usize].next = next;
        if let Some(next) = tiles.get_mut(next as usize) {
            next.previous = id;
        } else {
            self.filled[bin / WORD as usize] |= 1 << (bin % WORD as usize);
        }
    }

    /// Takes a tile out, before its size changes.
    pub(super) fn remove(&mut self, tiles: &mut [Tile], id: TileId) {
        let Tile {
            previous,
            next,
            pages,
            ..
        } = tiles[id as usize];
        if let Some(next) = tiles.get_mut(next as usize) {
            next.previous = previous;
        }
        if let Some(previous) = tiles.get_mut(previous as usize) {
            previous.next = next;
            return;
        }
        let bin = bin_of(pages) as usize;
        self.first[bin] = next;
        if next == NONE {
            self.filled[bin / WORD as usize] &= !(1 << (bin % WORD as usize));
        }
    }

    /// The first list from `bin` on that is not empty.
    fn filled_from(&self, bin: u32) -> Option<u32> {
        let mut word = (bin / WORD) as usize;
        let mut bits = self.filled.get(word)? & (u64::MAX << (bin % WORD));
        while bits == 0 {
            word += 1;
            bits = *self.filled.get(word)?;
        }
        Some(word as u32 * WORD + bits.trailing_zeros())
    }

    /// A tile with room for `pages` pages at a multiple of `align`: a small one, if it is found at
    /// once; if there is one at all, it is found.
    pub(super) fn find(&self, tiles: &[Tile], pages: u32, align: u32) -> Option<TileId> {
        let certain = bin_for(pages.saturating_add(align - 1).min(MOST));
        let from = bin_of(pages);
        if let Some(bin) = self.filled_from(from) {
            if bin >= certain && pages + align - 1 <= MOST {
                return Some(self.first[bin as usize]);
            }
        }
        let fits = |id: &TileId| tiles[*id as usize].place(pages, align).is_some();
        let perhaps = || self.all_from(tiles, from);
        if let Some(id) = perhaps().take(PROBES).find(fits) {
            return Some(id);
        }
        if pages + align - 1 <= MOST {
            if let Some(bin) = self.filled_from(certain) {
                return Some(self.first[bin as usize]);
            }
        }
        perhaps().find(fits)
    }

    /// All tiles of the lists from `bin` on.
    fn all_from<'a>(&'a self, tiles: &'a [Tile], bin: u32) -> impl Iterator<Item = TileId> + 'a {
        let lists = core::iter::successors(self.filled_from(bin), |bin| self.filled_from(bin + 1));
        lists.flat_map(move |bin| {
            let first = self.first[bin as usize];
            core::iter::successors(Some(first), |id| {
                let next = tiles[*id as usize].next;
                (next != NONE).then_some(next)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tile_of_a_certain_list_is_large_enough() {
        for pages in (1..5000).chain([MOST - 1, MOST]) {
            assert!(bin_of(pages) < BINS as u32);
            assert!(bin_of(pages) <= bin_for(pages), "{pages}");
            assert!(bin_of(pages - 1) < bin_for(pages), "{pages}");
            // And no list is left out without need.
            assert!(bin_for(pages) <= bin_of(pages) + 1, "{pages}");
            assert_eq!(bin_of(pages) == pages, pages <= EXACT, "{pages}");
        }
    }
}
