//! Free ranges, indexed by how much aligned room they have.

use alloc::collections::BTreeSet;
use core::ops::Range;

use crate::table::PAGE_SIZES;

/// The page sizes, the smallest first: one index each.
const CLASSES: usize = PAGE_SIZES.len();

const fn class_alignment(class: usize) -> u64 {
    PAGE_SIZES[CLASSES - 1 - class] as u64
}

/// Free ranges of an address space.
#[derive(Default)]
pub(super) struct Gaps {
    /// (room, start): bytes of the range from its first address on that is aligned to the class. Ranges
    /// without such an address are not in it.
    by_room: [BTreeSet<(u64, u64)>; CLASSES],
    bytes: u64,
}

/// Bytes of a range from its first aligned address on.
fn room(start: u64, size: u64, align: u64) -> u64 {
    size.saturating_sub(start.next_multiple_of(align) - start)
}

impl Gaps {
    /// Bytes in all ranges.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn insert(&mut self, start: u64, size: u64) {
        for (class, index) in self.by_room.iter_mut().enumerate() {
            match room(start, size, class_alignment(class)) {
                0 => break,
                room => index.insert((room, start)),
            };
        }
        self.bytes += size;
    }

    pub(super) fn remove(&mut self, start: u64, size: u64) {
        for (class, index) in self.by_room.iter_mut().enumerate() {
            match room(start, size, class_alignment(class)) {
                0 => break,
                room => index.remove(&(room, start)),
            };
        }
        self.bytes -= size;
    }

    /// The smallest range with room for `size` bytes at a multiple of `align` within `bounds`: where
    /// it starts, and the lowest such address in it.
    pub(super) fn find(
        &self,
        size: u64,
        align: u64,
        bounds: Option<&Range<u64>>,
    ) -> Option<(u64, u64)> {
        // The class of the largest page size that `align` is a multiple of: its ranges are those
        // which may fit.
        let class = (0..CLASSES)
            .rev()
            .find(|class| align % class_alignment(*class) == 0)?;
        let exact = align == class_alignment(class);
        let mut fitting = self.by_room[class].range((size, 0)..);
        if exact && bounds.is_none() {
            let (_, start) = fitting.next()?;
            return Some((*start, start.next_multiple_of(align)));
        }
        let bounds = bounds.cloned().unwrap_or(0..u64::MAX);
        fitting.find_map(|(room, start)| {
            let end = start.next_multiple_of(class_alignment(class)) + room;
            let at = (*start).max(bounds.start).checked_next_multiple_of(align)?;
            let fits = at.checked_add(size)? <= end.min(bounds.end);
            fits.then_some((*start, at))
        })
    }
}
