//! Unmapping, and splitting of larger pages.

use core::fmt;

use vcm_regs::descriptor::{
    LARGE_PAGE_SIZE, REPEAT, SECOND_TABLE_SIZE, SECTION_SIZE, SMALL_PAGE_SIZE, SUPERSECTION_SIZE,
};

use super::descriptor::{First, PageBits, PageSize, decode_second, table_word};
use super::pool::WORDS;
use super::span::{self, Span, check_aligned};
use super::{PageTable, WORD, word_address};
use crate::addr::{Iova, PhysAddr};
use crate::mmu::MmuError;
use crate::seam::{MemError, PhysMem};

/// Up to this many pages are invalidated one by one.
const MOST_PAGES: usize = 16;
const SECTION: u64 = SECTION_SIZE as u64;
const SMALL: u64 = SMALL_PAGE_SIZE as u64;
/// Words of a supersection or large page.
const REPEATED: usize = REPEAT as usize;

/// What a TLB may still hold of what is not in the table any more.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "the TLB may still hold what has been unmapped"]
pub struct Invalidation {
    addresses: [Iova; MOST_PAGES],
    pages: usize,
    span: Span,
}

impl Invalidation {
    const fn none(span: Span) -> Self {
        Self {
            addresses: [Iova::new(0); MOST_PAGES],
            pages: 0,
            span,
        }
    }

    fn add(&mut self, at: Iova) {
        if let Some(to) = self.addresses.get_mut(self.pages) {
            *to = at;
        }
        self.pages += 1;
    }

    /// Whether there are so many pages that they are not listed.
    const fn is_full(&self) -> bool {
        self.pages > MOST_PAGES
    }

    /// Where the pages are: first address and bytes.
    pub const fn range(&self) -> (Iova, u64) {
        (
            Iova::new(self.span.start as u32),
            self.span.end - self.span.start,
        )
    }

    /// An address in each page. `None`: they are more than it would be worth to invalidate one by
    /// one; the [range](Self::range) is to be invalidated, or the whole context.
    pub fn pages(&self) -> Option<&[Iova]> {
        self.addresses.get(..self.pages)
    }
}

impl fmt::Debug for Invalidation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Invalidation").field(&self.pages()).finish()
    }
}

impl<M: PhysMem> PageTable<M> {
    /// Unmaps `size` bytes from `at` on, all of which are mapped. A page that is only in part in the
    /// range is split; its other part does not translate until [`confirm`](Self::confirm).
    ///
    /// # Errors
    /// `Misaligned`, `OutOfRange`, `NotMapped`, `OutOfMemory` (for the table that a split needs),
    /// `Memory`; everything is still mapped then. After `Memory` everything is to be invalidated and
    /// confirmed.
    pub fn unmap(&mut self, at: Iova, size: u32) -> Result<Invalidation, MmuError> {
        let span = Span::new(at, u64::from(size))?;
        self.check_mapped(span)?;
        let wide = Span {
            start: self.page_at(span.start).0,
            end: self.page_at(span.end - SMALL).1,
        };
        if wide == span {
            let invalidation = self.leaves(span);
            return match self.write_cleared(span, span) {
                Ok(()) => {
                    self.clear(span);
                    Ok(invalidation)
                }
                Err(e) => Err(self.restore(span, e)),
            };
        }
        let invalidation = self.break_pages(wide, span)?;
        self.clear(span);
        Ok(invalidation)
    }

    /// Makes a page begin at `at`: the page around it, if there is one, is split into the largest
    /// smaller ones, and does not translate until [`confirm`](Self::confirm). Returns `None` when
    /// nothing had to be done.
    ///
    /// # Errors
    /// `Misaligned`, `OutOfMemory`, `Memory`; nothing has been split then. After `Memory` everything is
    /// to be invalidated and confirmed.
    pub fn split(&mut self, at: Iova) -> Result<Option<Invalidation>, MmuError> {
        check_aligned(at.get())?;
        let cut = u64::from(at.get());
        let (start, end) = self.page_at(cut);
        if start == cut {
            return Ok(None);
        }
        let nothing = Span {
            start: cut,
            end: cut,
        };
        self.break_pages(Span { start, end }, nothing).map(Some)
    }

    /// Removes the pages of `wide` from memory, and splits them at both ends of `cleared` in the
    /// copies. What the copies hold in the end is pending.
    fn break_pages(&mut self, wide: Span, cleared: Span) -> Result<Invalidation, MmuError> {
        let cuts = [cleared.start, cleared.end];
        let added = self.add_split_tables(cuts)?;
        let invalidation = self.leaves(wide);
        if let Err(e) = self.write_cleared(wide, cleared) {
            self.drop_split_tables(added);
            return Err(self.restore(wide, e));
        }
        for (section, table) in added.into_iter().flatten() {
            self.second.insert(section, table);
        }
        for cut in cuts {
            self.split_copy(cut);
        }
        self.pending.push(wide);
        Ok(invalidation)
    }

    /// After a failed write: writes the copies to memory again, now or at the next `confirm`.
    fn restore(&mut self, span: Span, e: MemError) -> MmuError {
        if self.write_span(span).is_err() {
            self.pending.push(span);
        }
        MmuError::Memory(e)
    }

    /// Whether all of `span` is mapped.
    fn check_mapped(&self, span: Span) -> Result<(), MmuError> {
        for section in span.sections() {
            let words = span.words(section);
            let Some(table) = self.second.get(section) else {
                if self.first[section] == 0 {
                    let at = span::address(section, words.start);
                    return Err(MmuError::NotMapped { at });
                }
                continue;
            };
            let mapped = &table.words[words.clone()];
            // The common cases first, without branches.
            if table.used == WORDS || mapped.iter().fold(true, |all, word| all & (*word != 0)) {
                continue;
            }
            let skip = mapped.iter().take_while(|word| **word != 0).count();
            let at = span::address(section, words.start + skip);
            return Err(MmuError::NotMapped { at });
        }
        Ok(())
    }

    /// Where the page around `at` begins and ends; 4 KiB when nothing is mapped there.
    fn page_at(&self, at: u64) -> (u64, u64) {
        let section = (at / SECTION) as usize;
        let page = match First::decode(self.first[section]) {
            First::Page(page, _) => page,
            First::Table(_) => self
                .second
                .get(section)
                .and_then(|table| decode_second(table.words[((at % SECTION) / SMALL) as usize]))
                .map_or(PageSize::SmallPage, |(page, _)| page),
            First::Fault => PageSize::SmallPage,
        };
        let bytes = u64::from(page.bytes());
        let start = at - at % bytes;
        (start, start + bytes)
    }

    /// The pages of `span`.
    fn leaves(&self, span: Span) -> Invalidation {
        let mut pages = Invalidation::none(span);
        let mut at = span.start;
        while at < span.end && !pages.is_full() {
            pages.add(Iova::new(at as u32));
            at = self.page_at(at).1;
        }
        pages
    }

    /// Writes zeros over all of `wide` in memory, of which `cleared` will stay so. A table that has no
    /// page beyond `cleared` is only unlinked, as it is going to be retired.
    pub(super) fn write_cleared(&self, wide: Span, cleared: Span) -> Result<(), MemError> {
        // Only the tables at both ends can have other pages, so that the first-level words to be
        // cleared are in one run.
        let mut first = wide.sections();
        for section in wide.sections() {
            let Some(table) = self.second.get(section) else {
                continue;
            };
            if table.used == cleared.words(section).len() {
                continue;
            }
            let words = wide.words(section);
            zero_words(&self.mem, word_address(table.at, words.start), words.len())?;
            if section == first.start {
                first.start += 1;
            } else {
                first.end -= 1;
            }
        }
        zero_words(&self.mem, word_address(self.root, first.start), first.len())
    }

    /// Removes `span` from the copies; it begins and ends with a page. Tables that get empty are
    /// retired.
    pub(super) fn clear(&mut self, span: Span) {
        for section in span.sections() {
            let Some(table) = self.second.get_mut(section) else {
                self.first[section] = 0;
                continue;
            };
            let words = span.words(section);
            if table.used > words.len() {
                table.words[words.clone()].fill(0);
                table.used -= words.len();
                continue;
            }
            self.first[section] = 0;
            if let Some(table) = self.second.remove(section) {
                self.retired.push(table);
            }
        }
    }

    /// Takes the tables that splitting at `cuts` needs, all or none.
    fn add_split_tables(&mut self, cuts: [u64; 2]) -> Result<SplitTables, MmuError> {
        let mut added = [None, None];
        for (index, cut) in cuts.into_iter().enumerate() {
            let section = (cut / SECTION) as usize;
            if cut % SECTION == 0
                || !matches!(First::decode(self.first[section]), First::Page(..))
                || is_for(&added[0], section)
            {
                continue;
            }
            let Some(table) = self.pool.take(&self.mem) else {
                self.drop_split_tables(added);
                return Err(MmuError::OutOfMemory);
            };
            added[index] = Some((section, table));
        }
        Ok(added)
    }

    fn drop_split_tables(&mut self, added: SplitTables) {
        for (_, table) in added.into_iter().flatten() {
            self.pool.give(&self.mem, table);
        }
    }

    /// Splits the page around `cut` in the copies, so that a page begins there.
    fn split_copy(&mut self, cut: u64) {
        if cut >> 32 != 0 {
            return;
        }
        let section = (cut / SECTION) as usize;
        if let First::Page(PageSize::Supersection, phys) = First::decode(self.first[section]) {
            if cut % u64::from(SUPERSECTION_SIZE) == 0 {
                return;
            }
            let start = section - section % REPEATED;
            let bits = PageBits::decode(
                PageSize::Supersection,
                self.first[section],
                self.first[section],
            );
            for (n, word) in (0_u32..).zip(&mut self.first[start..start + REPEATED]) {
                *word = bits.encode(PageSize::Section, phys.get() + n * SECTION_SIZE);
            }
        }
        if cut % SECTION == 0 {
            return;
        }
        let first = self.first[section];
        let Some(table) = self.second.get_mut(section) else {
            return;
        };
        if let First::Page(PageSize::Section, phys) = First::decode(first) {
            let bits = PageBits::decode(PageSize::Section, first, first);
            for (n, words) in (0_u32..).zip(table.words.chunks_exact_mut(REPEATED)) {
                words.fill(bits.encode(PageSize::LargePage, phys.get() + n * LARGE_PAGE_SIZE));
            }
            table.used = WORDS;
            self.first[section] = table_word(table.at, bits.ns());
        }
        let word = ((cut % SECTION) / SMALL) as usize;
        if word % REPEATED == 0 {
            return;
        }
        if let Some((PageSize::LargePage, phys)) = decode_second(table.words[word]) {
            let bits = PageBits::decode(PageSize::LargePage, table.words[word], first);
            let start = word - word % REPEATED;
            for (n, word) in (0_u32..).zip(&mut table.words[start..start + REPEATED]) {
                *word = bits.encode(PageSize::SmallPage, phys.get() + n * SMALL_PAGE_SIZE);
            }
        }
    }
}

/// Tables for the sections that are split at the two ends of a range.
type SplitTables = [Option<(usize, super::Second)>; 2];

fn is_for(table: &Option<(usize, super::Second)>, section: usize) -> bool {
    table.as_ref().is_some_and(|(of, _)| *of == section)
}

/// Writes a run of zero words and makes it visible to the device.
fn zero_words(mem: &impl PhysMem, at: PhysAddr, words: usize) -> Result<(), MemError> {
    const ZEROS: [u8; SECOND_TABLE_SIZE as usize] = [0; SECOND_TABLE_SIZE as usize];
    if words == 0 {
        return Ok(());
    }
    let bytes = words * WORD;
    let mut result = Ok(());
    for done in (0..bytes).step_by(ZEROS.len()) {
        let to = PhysAddr::new(at.get() + done as u32);
        result = mem.write(to, &ZEROS[..ZEROS.len().min(bytes - done)]);
        if result.is_err() {
            break;
        }
    }
    mem.sync_for_device(at, bytes as u32);
    result
}
