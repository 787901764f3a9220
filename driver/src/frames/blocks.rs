//! Free blocks of a buddy allocator: naturally aligned powers of two, merged whenever possible.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use vcm_regs::descriptor::{SMALL_PAGE_SIZE, SUPERSECTION_SIZE};

/// log2 of the smallest block.
pub(super) const MIN_ORDER: u32 = SMALL_PAGE_SIZE.trailing_zeros();
/// log2 of the largest block.
pub(super) const MAX_ORDER: u32 = SUPERSECTION_SIZE.trailing_zeros();
const ORDERS: usize = (MAX_ORDER - MIN_ORDER + 1) as usize;

/// The free blocks. Addresses are 64-bit numbers, as a block may end at 4 GiB.
#[derive(Default)]
pub(super) struct Blocks {
    /// Start addresses by order.
    free: [BTreeSet<u64>; ORDERS],
    bytes: u64,
}

impl Blocks {
    /// Bytes in all blocks.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    fn of(&mut self, order: u32) -> &mut BTreeSet<u64> {
        &mut self.free[(order - MIN_ORDER) as usize]
    }

    /// Takes the lowest block of an order, out of a larger one if there is none of that order.
    pub(super) fn take(&mut self, order: u32) -> Option<u64> {
        let from = (order..=MAX_ORDER).find(|from| !self.of(*from).is_empty())?;
        let at = *self.of(from).first()?;
        self.carve(at, from, order);
        Some(at)
    }

    /// Takes the block of an order at this address, where a free block begins, if that is large enough.
    pub(super) fn take_at(&mut self, at: u64, order: u32) -> bool {
        let from = (order..=MAX_ORDER).find(|from| self.of(*from).contains(&at));
        if let Some(from) = from {
            self.carve(at, from, order);
        }
        from.is_some()
    }

    /// Takes the block (`at`, `order`) out of the free block (`at`, `from`).
    fn carve(&mut self, at: u64, from: u32, order: u32) {
        self.of(from).remove(&at);
        self.bytes -= 1 << order;
        for half in order..from {
            self.of(half).insert(at + (1 << half));
        }
    }

    /// Takes a run of `size` bytes from an address that is a multiple of `align`: out of the smallest
    /// block that has room, or else of several blocks in a row.
    pub(super) fn take_run(&mut self, size: u64, align: u64) -> Option<u64> {
        let block = size.next_power_of_two().max(align);
        if block <= 1 << MAX_ORDER {
            let order = block.trailing_zeros().max(MIN_ORDER);
            if let Some(at) = self.take(order) {
                self.give(at + size, (1 << order) - size);
                return Some(at);
            }
        }
        // It begins with a block, as each is aligned to its size.
        let at = self.find_run(size, align)?;
        let end = at + size;
        let mut next = at;
        while next < end {
            let most = next
                .trailing_zeros()
                .min((end - next).ilog2())
                .clamp(MIN_ORDER, MAX_ORDER);
            let order = (MIN_ORDER..=most)
                .rev()
                .find(|order| self.take_at(next, *order))?;
            next += 1 << order;
        }
        Some(at)
    }

    /// The lowest place of `size` free bytes in a row, whatever blocks they are of.
    fn find_run(&self, size: u64, align: u64) -> Option<u64> {
        let mut blocks: Vec<(u64, u64)> = (MIN_ORDER..)
            .zip(&self.free)
            .flat_map(|(order, starts)| starts.iter().map(move |start| (*start, 1 << order)))
            .collect();
        blocks.sort_unstable();
        let mut run: Option<(u64, u64)> = None;
        for (start, bytes) in blocks {
            let (from, end) = match run {
                Some((from, end)) if end == start => (from, end + bytes),
                _ => (start, start + bytes),
            };
            run = Some((from, end));
            let at = from.next_multiple_of(align);
            if at + size <= end {
                return Some(at);
            }
        }
        None
    }

    /// Gives back a range of whole pages: cut into the largest blocks, merged with free neighbours.
    pub(super) fn give(&mut self, start: u64, size: u64) {
        let mut at = start;
        let mut left = size;
        while left != 0 {
            let order = at
                .trailing_zeros()
                .min(left.ilog2())
                .clamp(MIN_ORDER, MAX_ORDER);
            self.merge(at, order);
            at += 1 << order;
            left -= 1 << order;
        }
        self.bytes += size;
    }

    fn merge(&mut self, at: u64, order: u32) {
        let (mut at, mut order) = (at, order);
        while order < MAX_ORDER && self.of(order).remove(&(at ^ (1 << order))) {
            at &= !(1 << order);
            order += 1;
        }
        self.of(order).insert(at);
    }
}
