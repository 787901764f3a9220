//! What stands where in the picture.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use vcm_regs::descriptor::SECTION_SIZE;

use super::svg::Rect;
use super::tile::Tile;
use crate::layout::{Buffer, MemoryMap, Page};

/// Width of a tile of device addresses.
const WIDE: f64 = 190.0;
/// Width and height of a tile of memory.
const MEMORY: (f64, f64) = (160.0, 64.0);
/// Space above a tile of memory, for its address.
const LABEL: f64 = 17.0;
/// Space between the columns of device addresses and of memory, where the ribbons are.
const BETWEEN: f64 = 190.0;
/// Space between columns of memory.
const COLUMN_GAP: f64 = 34.0;
/// Tiles of memory in a column.
const COLUMN: usize = 14;
/// Columns of memory; beyond that they become longer.
const COLUMNS: usize = 6;
/// The highest tile of device addresses.
const HIGHEST: f64 = 230.0;

/// Left edge of everything.
pub(super) const LEFT: f64 = 120.0;
/// Where the columns begin.
pub(super) const TOP: f64 = 186.0;
/// Height of a tile of the shared buffer.
const SHARED: f64 = 48.0;
/// Space above the shared buffer.
const SHARED_HEAD: f64 = 86.0;
/// Space below the shared buffer.
const BOTTOM: f64 = 44.0;
/// Space for the guard behind the destination.
const GUARD: f64 = 46.0;

/// Tiles by the number of their MiB, in bytes divided by 1 MiB.
pub(super) type Tiles = BTreeMap<u32, Tile>;

/// The places of all tiles.
pub(super) struct Plan {
    /// Device addresses of the source, on the left.
    pub(super) source: Tiles,
    /// Device addresses of the destination, on the right.
    pub(super) destination: Tiles,
    /// Memory, in the middle.
    pub(super) memory: Tiles,
    /// The shared buffer: as the bypassed stream sees it, its memory, as the translated stream does.
    pub(super) shared: [Tiles; 3],
    /// The guard behind the destination.
    pub(super) guard: Rect,
    pub(super) middle: f64,
    pub(super) right: f64,
    pub(super) shared_top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// In which MiB an address lies.
pub(super) const fn mib(address: u32) -> u32 {
    address / SECTION_SIZE
}

impl Plan {
    pub(super) fn new(
        map: &MemoryMap,
        source: &Buffer,
        destination: &Buffer,
        shared: &Buffer,
    ) -> Self {
        let pages = || source.pages.iter().chain(&destination.pages);
        let used: Vec<u32> = map
            .blocks
            .iter()
            .map(|block| mib(block.start.get()))
            .filter(|block| pages().any(|page| mib(page.phys.get()) == *block))
            .collect();
        let columns = used.len().div_ceil(COLUMN).clamp(1, COLUMNS);
        let rows = used.len().div_ceil(columns).max(1);
        let middle = LEFT + WIDE + BETWEEN;
        let pitch = (MEMORY.0 + COLUMN_GAP, MEMORY.1 + LABEL);
        let right = middle + pitch.0 * columns as f64 - COLUMN_GAP + BETWEEN;

        let memory = used.iter().enumerate().map(|(place, block)| {
            let x = middle + pitch.0 * (place / rows) as f64;
            let y = TOP + LABEL + pitch.1 * (place % rows) as f64;
            let at = Rect::new(x, y, MEMORY.0, MEMORY.1);
            (*block, Tile { at })
        });
        let bottom = TOP + pitch.1 * rows as f64;
        let room = bottom - TOP - LABEL - GUARD;
        let stack_bottom = |tiles: &Tiles| {
            let last = tiles.values().next_back();
            last.map_or(TOP, |tile| tile.at.bottom())
        };
        let source = stack(iovas(source), LEFT, TOP + LABEL, room, HIGHEST);
        let destination = stack(iovas(destination), right, TOP + LABEL, room, HIGHEST);
        let guard = Rect::new(right, stack_bottom(&destination) + 6.0, WIDE, GUARD - 26.0);
        let bottom = bottom.max(guard.bottom() + 8.0);

        let shared_top = bottom + SHARED_HEAD;
        let column = |mibs: Vec<u32>, x| {
            let mut tiles = stack(mibs, x, shared_top, f64::INFINITY, SHARED);
            // In the middle, as wide as memory is elsewhere.
            if x == middle {
                for tile in tiles.values_mut() {
                    tile.at.width = MEMORY.0;
                }
            }
            tiles
        };
        let physical = by_mib(shared.pages.iter().map(|page| page.phys.get()));
        let shared = [
            column(physical.clone(), LEFT),
            column(physical, middle),
            column(iovas(shared), right),
        ];
        let width = right + WIDE + LEFT;
        let height = stack_bottom(&shared[0]) + BOTTOM;
        Self {
            source,
            destination,
            memory: memory.collect(),
            shared,
            guard,
            middle,
            right,
            shared_top,
            width,
            height,
        }
    }
}

fn iovas(buffer: &Buffer) -> Vec<u32> {
    by_mib(buffer.pages.iter().map(|page: &Page| page.iova.get()))
}

fn by_mib(addresses: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut all: Vec<u32> = addresses.map(mib).collect();
    all.dedup();
    all
}

/// One tile below the other, within `room`.
fn stack(mibs: Vec<u32>, x: f64, top: f64, room: f64, highest: f64) -> Tiles {
    let pitch = (room / mibs.len().max(1) as f64).min(highest);
    let gap = (pitch * 0.08).min(6.0);
    let tiles = mibs.into_iter().enumerate().map(|(place, mib)| {
        let at = Rect::new(x, top + pitch * place as f64, WIDE, pitch - gap);
        (mib, Tile { at })
    });
    tiles.collect()
}
