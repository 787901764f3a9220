//! Second-level tables: four of them in a 4 KiB frame.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::ops::Range;

use vcm_regs::descriptor::{SECOND_TABLE_SIZE, SECOND_TABLE_WORDS, SMALL_PAGE_SIZE};

use super::{word_address, write_words};
use crate::addr::PhysAddr;
use crate::seam::{MemError, PhysMem};

/// Words of a second-level table.
pub(super) const WORDS: usize = SECOND_TABLE_WORDS as usize;

const FRAME: u32 = SMALL_PAGE_SIZE;
const TABLES: usize = (FRAME / SECOND_TABLE_SIZE) as usize;
/// Bit n: table n of a frame.
const ALL_TABLES: u8 = (1 << TABLES) - 1;
/// Frames without a table in use that are kept, so that a map after an unmap need not ask the
/// platform for memory.
const SPARE_FRAMES: usize = 1;
/// Shadows that are kept for new tables.
const SPARE_SHADOWS: usize = 16;

/// A second-level table, with a copy of its words that the CPU reads instead of the memory.
pub(super) struct Second {
    pub(super) at: PhysAddr,
    /// What the words in memory are, or will be when pending writes have been made.
    pub(super) words: Box<[u32; WORDS]>,
    /// Words that are not 0.
    pub(super) used: usize,
    /// Whether the memory holds all of `words`. If not, no first-level word may point here.
    pub(super) written: bool,
    /// Words beyond which the memory holds 0.
    touched: Range<usize>,
}

impl Second {
    /// Writes to memory the words that have changed, and with them all that it does not hold yet.
    pub(super) fn write(
        &mut self,
        mem: &impl PhysMem,
        changed: Range<usize>,
    ) -> Result<(), MemError> {
        let used = match self.written || self.used <= changed.len() {
            true => changed,
            // There are others that are not written.
            false => 0..WORDS,
        };
        let all = hull(&used, &self.touched);
        let words = if self.written {
            used.clone()
        } else {
            all.clone()
        };
        let clean = if self.written { all.clone() } else { used };
        // As long as it is not known how much has been written.
        self.touched = all;
        let at = word_address(self.at, words.start);
        write_words(mem, at, &self.words[words])?;
        self.touched = clean;
        self.written = true;
        Ok(())
    }
}

/// The smallest range that holds both.
fn hull(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    if b.is_empty() {
        a.clone()
    } else {
        a.start.min(b.start)..a.end.max(b.end)
    }
}

struct Frame {
    free: u8,
    poisoned: u8,
    /// By table: words beyond which its memory holds 0.
    touched: [Range<usize>; TABLES],
}

/// Where second-level tables come from.
#[derive(Default)]
pub(super) struct Pool {
    frames: BTreeMap<PhysAddr, Frame>,
    /// Frames with a free table.
    open: BTreeSet<PhysAddr>,
    /// Frames of which every table is free.
    spare: usize,
    #[expect(
        clippy::vec_box,
        reason = "the boxes move on into tables, not their content"
    )]
    shadows: Vec<Box<[u32; WORDS]>>,
    /// Tables that will not be used again.
    pub(super) poisoned: usize,
}

fn place(table: PhysAddr) -> (PhysAddr, u8) {
    let offset = table.get() % FRAME;
    let frame = PhysAddr::new(table.get() - offset);
    (frame, 1 << (offset / SECOND_TABLE_SIZE))
}

impl Pool {
    /// An empty table: its shadow is all 0, its memory is not written. `None`: no memory.
    pub(super) fn take(&mut self, mem: &impl PhysMem) -> Option<Second> {
        let frame = match self.open.first() {
            Some(frame) => *frame,
            None => {
                let frame = mem.allocate(FRAME, FRAME)?;
                self.frames.insert(
                    frame,
                    Frame {
                        free: ALL_TABLES,
                        poisoned: 0,
                        touched: core::array::from_fn(|_| 0..WORDS),
                    },
                );
                self.open.insert(frame);
                self.spare += 1;
                frame
            }
        };
        let state = self.frames.get_mut(&frame)?;
        if state.free == ALL_TABLES {
            self.spare -= 1;
        }
        let index = state.free.trailing_zeros();
        state.free &= !(1 << index);
        if state.free == 0 {
            self.open.remove(&frame);
        }
        let words = match self.shadows.pop() {
            Some(mut words) => {
                words.fill(0);
                words
            }
            None => Box::new([0; WORDS]),
        };
        Some(Second {
            at: PhysAddr::new(frame.get() + index * SECOND_TABLE_SIZE),
            words,
            used: 0,
            written: false,
            touched: state.touched[index as usize].clone(),
        })
    }

    /// Takes back a table that the hardware cannot reach.
    pub(super) fn give(&mut self, mem: &impl PhysMem, table: Second) {
        let (frame, bit) = place(table.at);
        if self.shadows.len() < SPARE_SHADOWS {
            self.shadows.push(table.words);
        }
        let Some(state) = self.frames.get_mut(&frame) else {
            return;
        };
        if state.free == 0 {
            self.open.insert(frame);
        }
        state.free |= bit;
        state.touched[bit.trailing_zeros() as usize] = table.touched;
        if state.free != ALL_TABLES {
            return;
        }
        if self.spare < SPARE_FRAMES {
            self.spare += 1;
        } else {
            self.frames.remove(&frame);
            self.open.remove(&frame);
            mem.free(frame, FRAME);
        }
    }

    /// Never uses this table again: the hardware may still read it.
    pub(super) fn poison(&mut self, table: Second) {
        let (frame, bit) = place(table.at);
        if let Some(state) = self.frames.get_mut(&frame) {
            state.poisoned |= bit;
            self.poisoned += 1;
        }
    }

    /// Gives all frames back but those with a poisoned table.
    pub(super) fn free_all(&mut self, mem: &impl PhysMem) {
        for (frame, state) in core::mem::take(&mut self.frames) {
            if state.poisoned == 0 {
                mem.free(frame, FRAME);
            }
        }
        self.open.clear();
        self.spare = 0;
    }
}
