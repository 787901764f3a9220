//! ARMv7-A short-descriptor page tables (ARM ARM DDI 0406C, B3.5.1), built in memory that a walker in
//! hardware reads.
//!
//! [`PageTable`] knows nothing of TLBs; it says what its user has to do about them:
//!
//! 1. [`map`](PageTable::map) turns invalid entries into valid ones. Faults are not cached in TLBs, so
//!    nothing needs to be invalidated.
//! 2. [`unmap`](PageTable::unmap) and [`split`](PageTable::split) turn valid entries into invalid ones,
//!    and say by [`Invalidation`] what a TLB may still hold.
//! 3. When the hardware has confirmed that invalidation, [`confirm`](PageTable::confirm) frees the
//!    second-level tables that became empty, and maps again, by smaller pages, what remains of a page
//!    that was split: break before make (ARM ARM B3.10.1), as a TLB must never see two sizes at once.
//! 4. When it has not, [`poison_retired`](PageTable::poison_retired): those tables are never freed. What
//!    remains of a split page stays invalid until a later `confirm`.
//! 5. After `Err(Memory)` of any call, everything is to be invalidated before `confirm`: a walker may
//!    have seen what has been rolled back.
//!
//! Words are written to memory in runs, each followed by one `sync_for_device`: second-level words
//! first, then the first-level word that makes them reachable. All decisions are made from a copy of
//! the tables in CPU memory, as reading uncached table memory is slow.

mod descriptor;
mod map;
mod pool;
mod seconds;
mod span;
mod unmap;
mod walk;

#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use vcm_regs::descriptor::{FIRST_TABLE_SIZE, FIRST_TABLE_WORDS, SECOND_TABLE_SIZE};

pub use descriptor::{PAGE_SIZES, PageSize};
pub use unmap::Invalidation;
pub use walk::{Translation, WalkFault, walk};

use pool::{Pool, Second, WORDS};
use seconds::Seconds;
use span::Span;

use crate::addr::PhysAddr;
use crate::mmu::{MmuError, Quiet};
use crate::seam::{MemError, PhysMem};

const WORD: usize = size_of::<u32>();

/// A two-level translation table.
///
/// Dropping it gives its memory back after [`end`](Self::end); otherwise the memory is never used
/// again.
pub struct PageTable<M: PhysMem> {
    mem: M,
    root: PhysAddr,
    /// Whether pages are global (nG = 0), which means they belong to every ASID.
    global: bool,
    /// Copy of the first-level words.
    first: Box<[u32]>,
    /// The second-level tables, by section.
    second: Seconds,
    pool: Pool,
    /// Tables that nothing in memory points to any more, but perhaps a walk under way.
    retired: Vec<Second>,
    /// What is to be written to memory from the copies at the next `confirm`.
    pending: Vec<Span>,
    /// No hardware reads it any more.
    ended: Option<Quiet>,
}

impl<M: PhysMem> PageTable<M> {
    /// An empty table, in memory taken from `mem`. `global`: its pages match every ASID.
    ///
    /// # Errors
    /// `OutOfMemory`, `Memory`.
    pub fn new(mem: M, global: bool) -> Result<Self, MmuError> {
        let root = mem
            .allocate(FIRST_TABLE_SIZE, FIRST_TABLE_SIZE)
            .ok_or(MmuError::OutOfMemory)?;
        let mut table = Self {
            mem,
            root,
            global,
            first: vec![0; FIRST_TABLE_WORDS as usize].into_boxed_slice(),
            second: Seconds::new(),
            pool: Pool::default(),
            retired: Vec::new(),
            pending: Vec::new(),
            ended: Some(Quiet::never_shared()),
        };
        write_words(&table.mem, root, &table.first)?;
        table.ended = None;
        Ok(table)
    }

    /// Physical address of the first-level table, for TTBR0.
    pub const fn root(&self) -> PhysAddr {
        self.root
    }

    /// Ends an unmap or a split: the hardware has confirmed the invalidation, and that no walk from
    /// before it goes on.
    ///
    /// # Errors
    /// When a remainder of a split page could not be written; it stays invalid until a later call.
    pub fn confirm(&mut self, quiet: Quiet) -> Result<(), MemError> {
        // What it proves lasts for all tables that were waiting for it.
        let _all = quiet;
        while let Some(table) = self.retired.pop() {
            self.pool.give(&self.mem, table);
        }
        self.settle()
    }

    /// Whether memory holds what it ought to: nothing is left for [`settle`](Self::settle) to write.
    pub fn is_settled(&self) -> bool {
        self.pending.is_empty()
    }

    /// Writes what [`confirm`](Self::confirm) could not.
    ///
    /// # Errors
    /// As there.
    pub fn settle(&mut self) -> Result<(), MemError> {
        while let Some(span) = self.pending.pop() {
            if let Err(e) = self.write_span(span) {
                self.pending.push(span);
                return Err(e);
            }
        }
        Ok(())
    }

    /// Ends an unmap or a split whose invalidation the hardware did not confirm: the tables that
    /// became empty are never used or freed again.
    pub fn poison_retired(&mut self) {
        while let Some(table) = self.retired.pop() {
            self.pool.poison(table);
        }
    }

    /// How many second-level tables have been poisoned.
    pub const fn poisoned(&self) -> usize {
        self.pool.poisoned
    }

    /// Lets the table memory go back to where it came from when this is dropped.
    pub fn end(&mut self, quiet: Quiet) {
        self.ended = Some(quiet);
    }

    /// Writes what the copies hold for `span` to memory: also what is there already.
    fn write_span(&mut self, span: Span) -> Result<(), MemError> {
        let sections = span.sections();
        for section in sections.clone() {
            if let Some(table) = self.second.get_mut(section) {
                let changed = match table.written {
                    true => span.words(section),
                    false => 0..WORDS,
                };
                table.write(&self.mem, changed)?;
            }
        }
        let at = word_address(self.root, sections.start);
        write_words(&self.mem, at, &self.first[sections])
    }
}

impl<M: PhysMem> Drop for PageTable<M> {
    fn drop(&mut self) {
        if self.ended.is_some() {
            self.pool.free_all(&self.mem);
            self.mem.free(self.root, FIRST_TABLE_SIZE);
        }
    }
}

/// Address of word `index` of the table at `table`.
fn word_address(table: PhysAddr, index: usize) -> PhysAddr {
    PhysAddr::new(table.get() + (index * WORD) as u32)
}

/// Writes a run of words and makes it visible to the device.
fn write_words(mem: &impl PhysMem, at: PhysAddr, words: &[u32]) -> Result<(), MemError> {
    let mut bytes = [0; SECOND_TABLE_SIZE as usize];
    let mut next = at;
    let mut result = Ok(());
    for chunk in words.chunks(WORDS) {
        let bytes = &mut bytes[..chunk.len() * WORD];
        for (to, from) in bytes.chunks_exact_mut(WORD).zip(chunk) {
            to.copy_from_slice(&from.to_le_bytes());
        }
        result = mem.write(next, bytes);
        if result.is_err() {
            break;
        }
        next = word_address(next, chunk.len());
    }
    // Also after an error: what has been written has been written.
    if !words.is_empty() {
        mem.sync_for_device(at, (words.len() * WORD) as u32);
    }
    result
}
