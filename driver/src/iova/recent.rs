//! Ranges that have been freed lately: kept whole for a request of the same size, so that what comes
//! and goes neither merges nor splits.

use super::tiles::{NONE, Tile, TileId};

/// Ranges of up to this many pages are kept.
const MOST_PAGES: usize = 256;
/// So many of each size at most.
const DEPTH: u8 = 32;
/// What is kept is at most this part of the space.
const PART: u32 = 8;

/// Ranges by size.
pub(super) struct Recent {
    /// Stacks: the latest range, that which was freed before it is its `next`.
    latest: [TileId; MOST_PAGES],
    depths: [u8; MOST_PAGES],
    /// Pages that may be kept still.
    room: u32,
    /// Ranges in all stacks.
    count: u32,
}

impl Recent {
    /// For a space of `pages` pages.
    pub(super) const fn new(pages: u32) -> Self {
        Self {
            latest: [NONE; MOST_PAGES],
            depths: [0; MOST_PAGES],
            room: pages / PART,
            count: 0,
        }
    }

    /// Keeps a range. `false`: there is no room.
    pub(super) fn keep(&mut self, tiles: &mut [Tile], id: TileId) -> bool {
        let tile = &mut tiles[id as usize];
        let stack = (tile.pages as usize).wrapping_sub(1);
        if stack >= MOST_PAGES || self.depths[stack] == DEPTH || tile.pages > self.room {
            return false;
        }
        tile.next = core::mem::replace(&mut self.latest[stack], id);
        self.depths[stack] += 1;
        self.room -= tile.pages;
        self.count += 1;
        true
    }

    /// Takes the latest range of this size that begins at a multiple of `align`.
    pub(super) fn take(&mut self, tiles: &mut [Tile], pages: u32, align: u32) -> Option<TileId> {
        let stack = (pages as usize).wrapping_sub(1);
        let mut above = NONE;
        let mut id = *self.latest.get(stack)?;
        while let Some(tile) = tiles.get(id as usize) {
            let next = tile.next;
            if tile.start & (align - 1) == 0 {
                match tiles.get_mut(above as usize) {
                    Some(above) => above.next = next,
                    None => self.latest[stack] = next,
                }
                self.depths[stack] -= 1;
                self.room += pages;
                self.count -= 1;
                return Some(id);
            }
            above = id;
            id = next;
        }
        None
    }

    /// Takes any range.
    pub(super) fn take_any(&mut self, tiles: &mut [Tile]) -> Option<TileId> {
        if self.count == 0 {
            return None;
        }
        let stack = self.depths.iter().position(|depth| *depth != 0)?;
        self.take(tiles, stack as u32 + 1, 1)
    }
}
