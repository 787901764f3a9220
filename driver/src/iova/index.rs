//! Where tiles begin: a radix tree over page numbers, so that a look-up takes the same few steps
//! however many there are.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::tiles::TileId;

/// Pages of a leaf: those of 1 MiB.
const LEAF: u32 = 256;
const WORD: u32 = u64::BITS;
const WORDS: usize = (LEAF / WORD) as usize;

#[derive(Default)]
struct Leaf {
    /// Bit n: a tile begins at page n.
    begins: [u64; WORDS],
    /// Bits set in the words before each.
    before: [u8; WORDS],
    /// The tiles that begin here, in order: no more than there are, as many leaves have few.
    tiles: Vec<TileId>,
}

impl Leaf {
    /// Where in `tiles` that of page `at` is, or would be, and whether it is.
    const fn rank(&self, at: u32) -> (usize, bool) {
        let word = (at / WORD) as usize;
        let bit = 1 << (at % WORD);
        let below = (self.begins[word] & (bit - 1)).count_ones();
        (
            self.before[word] as usize + below as usize,
            self.begins[word] & bit != 0,
        )
    }

    /// The tile that begins at page `at` or before, the nearest.
    fn at_or_before(&self, at: u32) -> Option<TileId> {
        let (rank, begins) = self.rank(at);
        let last = if begins { rank } else { rank.checked_sub(1)? };
        self.tiles.get(last).copied()
    }

    /// Enters a tile at a page where none begins.
    fn insert(&mut self, at: u32, tile: TileId) {
        let (rank, _) = self.rank(at);
        self.tiles.insert(rank, tile);
        let word = (at / WORD) as usize;
        self.begins[word] |= 1 << (at % WORD);
        for before in &mut self.before[word + 1..] {
            *before += 1;
        }
    }

    /// Takes the tile out that begins at a page.
    fn remove(&mut self, at: u32) {
        let (rank, begins) = self.rank(at);
        if !begins {
            return;
        }
        self.tiles.remove(rank);
        let word = (at / WORD) as usize;
        self.begins[word] &= !(1 << (at % WORD));
        for before in &mut self.before[word + 1..] {
            *before -= 1;
        }
    }
}

/// Tiles by their first page.
pub(super) struct Index {
    /// First page of the first leaf.
    base: u32,
    leaves: Vec<Option<Box<Leaf>>>,
    /// An empty leaf, so that a range that comes and goes does not ask for memory each time.
    spare: Option<Box<Leaf>>,
}

impl Index {
    /// For pages from `first` to `last`.
    pub(super) fn new(first: u32, last: u32) -> Self {
        let base = first - first % LEAF;
        let mut leaves = Vec::new();
        leaves.resize_with(((last - base) / LEAF) as usize + 1, || None);
        Self {
            base,
            leaves,
            spare: None,
        }
    }

    /// Number of the leaf, and of the page within it.
    const fn place(&self, page: u32) -> (usize, u32) {
        let offset = page.wrapping_sub(self.base);
        ((offset / LEAF) as usize, offset % LEAF)
    }

    /// The tile that begins at this page.
    pub(super) fn get(&self, page: u32) -> Option<TileId> {
        let (leaf, at) = self.place(page);
        let leaf = self.leaves.get(leaf)?.as_ref()?;
        let (rank, begins) = leaf.rank(at);
        begins.then(|| leaf.tiles[rank])
    }

    /// The tile around this page, one of the space.
    pub(super) fn around(&self, page: u32) -> Option<TileId> {
        let (number, at) = self.place(page);
        let here = self.leaves.get(number)?.as_ref();
        here.and_then(|leaf| leaf.at_or_before(at)).or_else(|| {
            let below = self.leaves[..number].iter().rev().flatten();
            below.filter_map(|leaf| leaf.tiles.last().copied()).next()
        })
    }

    pub(super) fn insert(&mut self, page: u32, tile: TileId) {
        let (leaf, at) = self.place(page);
        let Some(leaf) = self.leaves.get_mut(leaf) else {
            return;
        };
        leaf.get_or_insert_with(|| self.spare.take().unwrap_or_default())
            .insert(at, tile);
    }

    pub(super) fn remove(&mut self, page: u32) {
        let (number, at) = self.place(page);
        let Some(leaf) = self.leaves.get_mut(number) else {
            return;
        };
        if let Some(leaf) = leaf {
            leaf.remove(at);
        }
        if leaf.as_ref().is_some_and(|leaf| leaf.tiles.is_empty()) {
            self.spare = leaf.take();
        }
    }
}
