//! The tiles of an address space, in address order. They leave no holes, and no two free ones are
//! neighbours, but for those that have been freed lately. Addresses and sizes are in pages.

use alloc::vec::Vec;

use super::bins::Bins;
use super::index::Index;
use super::recent::Recent;

/// Number of a tile.
pub(super) type TileId = u32;
/// No tile.
pub(super) const NONE: TileId = u32::MAX;

/// What a tile is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Free,
    /// Free, but kept whole for a while.
    Recent,
    Reserved,
    /// Given back, but perhaps still used by the hardware.
    Quarantined,
    /// Never to be used again.
    Poisoned,
}

/// A range of pages.
#[derive(Clone, Copy)]
pub(super) struct Tile {
    pub(super) start: u32,
    pub(super) pages: u32,
    pub(super) usage: Use,
    /// Its neighbours.
    below: TileId,
    above: TileId,
    /// Its neighbours in the list of free tiles that it is in.
    pub(super) previous: TileId,
    pub(super) next: TileId,
}

impl Tile {
    /// One past its last page.
    pub(super) const fn end(&self) -> u32 {
        self.start + self.pages
    }

    /// The first multiple of `align` with `pages` pages of the tile from there on.
    pub(super) const fn place(&self, pages: u32, align: u32) -> Option<u32> {
        self.place_within(pages, align, 0, u32::MAX)
    }

    /// The same from page `low` on and before `high`.
    const fn place_within(&self, pages: u32, align: u32, low: u32, high: u32) -> Option<u32> {
        let from = if self.start > low { self.start } else { low };
        let to = if self.end() < high { self.end() } else { high };
        let Some(at) = from.checked_next_multiple_of(align) else {
            return None;
        };
        if at <= to && pages <= to - at {
            Some(at)
        } else {
            None
        }
    }
}

/// All tiles of a space.
pub(super) struct Tiles {
    tiles: Vec<Tile>,
    index: Index,
    bins: Bins,
    recent: Recent,
    /// Numbers that are not in use.
    unused: Vec<TileId>,
    /// Pages that are free.
    free: u32,
}

impl Tiles {
    /// One free tile of `pages` pages.
    pub(super) fn new(start: u32, pages: u32) -> Self {
        let mut tiles = Self {
            tiles: Vec::new(),
            index: Index::new(start, start + pages - 1),
            bins: Bins::new(),
            recent: Recent::new(pages),
            unused: Vec::new(),
            free: pages,
        };
        let all = tiles.add(start, pages, Use::Free, [NONE; 2]);
        tiles.bins.insert(&mut tiles.tiles, all);
        tiles
    }

    /// Pages that are free.
    pub(super) const fn free_pages(&self) -> u32 {
        self.free
    }

    /// The tile around a page of the space.
    pub(super) fn around(&self, page: u32) -> Option<(TileId, Tile)> {
        let id = self.index.around(page)?;
        self.tiles.get(id as usize).map(|tile| (id, *tile))
    }

    /// The tile that begins at a page.
    pub(super) fn at(&self, page: u32) -> Option<(TileId, Tile)> {
        let id = self.index.get(page)?;
        self.tiles.get(id as usize).map(|tile| (id, *tile))
    }

    /// Reserves `pages` pages at a multiple of `align`. Returns where they are.
    pub(super) fn reserve(&mut self, pages: u32, align: u32) -> Option<u32> {
        if let Some(id) = self.recent.take(&mut self.tiles, pages, align) {
            let tile = &mut self.tiles[id as usize];
            tile.usage = Use::Reserved;
            self.free -= pages;
            return Some(tile.start);
        }
        let id = match self.bins.find(&self.tiles, pages, align) {
            Some(id) => id,
            None => {
                self.merge_recent();
                self.bins.find(&self.tiles, pages, align)?
            }
        };
        let at = self.tiles[id as usize].place(pages, align)?;
        self.carve(id, at, pages);
        Some(at)
    }

    /// The same from page `low` on and before `high`, in the smallest free tile that fits.
    pub(super) fn reserve_within(
        &mut self,
        pages: u32,
        align: u32,
        low: u32,
        high: u32,
    ) -> Option<u32> {
        self.merge_recent();
        let (id, at) = self.find_within(pages, align, low, high)?;
        self.carve(id, at, pages);
        Some(at)
    }

    /// Makes what has been freed lately free tiles like any other.
    pub(super) fn merge_recent(&mut self) {
        while let Some(id) = self.recent.take_any(&mut self.tiles) {
            self.merge(id);
        }
    }

    fn find_within(&self, pages: u32, align: u32, low: u32, high: u32) -> Option<(TileId, u32)> {
        let mut id = self.index.around(low)?;
        let mut best: Option<(u32, TileId, u32)> = None;
        while let Some(tile) = self.tiles.get(id as usize).filter(|tile| tile.start < high) {
            let smaller = best.is_none_or(|(best, ..)| tile.pages < best);
            if tile.usage == Use::Free && smaller {
                if let Some(at) = tile.place_within(pages, align, low, high) {
                    best = Some((tile.pages, id, at));
                }
            }
            id = tile.above;
        }
        best.map(|(_, id, at)| (id, at))
    }

    /// Changes the use of a tile that is not and does not get free.
    pub(super) fn set_use(&mut self, id: TileId, usage: Use) {
        self.tiles[id as usize].usage = usage;
    }

    fn add(&mut self, start: u32, pages: u32, usage: Use, neighbours: [TileId; 2]) -> TileId {
        let tile = Tile {
            start,
            pages,
            usage,
            below: neighbours[0],
            above: neighbours[1],
            previous: NONE,
            next: NONE,
        };
        let id = match self.unused.pop() {
            Some(id) => {
                self.tiles[id as usize] = tile;
                id
            }
            None => {
                self.tiles.push(tile);
                self.tiles.len() as TileId - 1
            }
        };
        for (neighbour, up) in neighbours.into_iter().zip([true, false]) {
            if let Some(neighbour) = self.tiles.get_mut(neighbour as usize) {
                *(if up {
                    &mut neighbour.above
                } else {
                    &mut neighbour.below
                }) = id;
            }
        }
        self.index.insert(start, id);
        id
    }

    /// Reserves `pages` pages at `at` out of a free tile.
    pub(super) fn carve(&mut self, id: TileId, at: u32, pages: u32) {
        let whole = self.tiles[id as usize];
        self.bins.remove(&mut self.tiles, id);
        self.free -= pages;
        let mut reserved = id;
        if at == whole.start {
            let tile = &mut self.tiles[id as usize];
            tile.pages = pages;
            tile.usage = Use::Reserved;
        } else {
            self.tiles[id as usize].pages = at - whole.start;
            reserved = self.add(at, pages, Use::Reserved, [id, whole.above]);
            self.bins.insert(&mut self.tiles, id);
        }
        let end = at + pages;
        if end < whole.end() {
            let rest = self.add(end, whole.end() - end, Use::Free, [reserved, whole.above]);
            self.bins.insert(&mut self.tiles, rest);
        }
    }

    /// Frees a tile.
    pub(super) fn free(&mut self, id: TileId) {
        self.free += self.tiles[id as usize].pages;
        if self.recent.keep(&mut self.tiles, id) {
            self.tiles[id as usize].usage = Use::Recent;
        } else {
            self.merge(id);
        }
    }

    /// Makes a tile free, and merges it with its free neighbours.
    fn merge(&mut self, id: TileId) {
        let Tile { below, above, .. } = self.tiles[id as usize];
        if self.is_free(above) {
            self.bins.remove(&mut self.tiles, above);
            self.join(id, above);
        }
        let mut id = id;
        if self.is_free(below) {
            self.bins.remove(&mut self.tiles, below);
            self.join(below, id);
            id = below;
        }
        self.tiles[id as usize].usage = Use::Free;
        self.bins.insert(&mut self.tiles, id);
    }

    fn is_free(&self, id: TileId) -> bool {
        let tile = self.tiles.get(id as usize);
        tile.is_some_and(|tile| tile.usage == Use::Free)
    }

    /// Makes `above`, its upper neighbour, part of `id`.
    fn join(&mut self, id: TileId, above: TileId) {
        let gone = self.tiles[above as usize];
        self.index.remove(gone.start);
        self.unused.push(above);
        let tile = &mut self.tiles[id as usize];
        tile.pages += gone.pages;
        tile.above = gone.above;
        if let Some(next) = self.tiles.get_mut(gone.above as usize) {
            next.below = id;
        }
    }
}
