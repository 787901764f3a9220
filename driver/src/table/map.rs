//! Mapping: the largest pages that fit, all or nothing.

use alloc::vec::Vec;
use core::slice;

use vcm_regs::descriptor::{REPEAT, SECTION_SIZE, SMALL_PAGE_SIZE};

use super::descriptor::{First, PageBits, PageSize, ns_of, table_word};
use super::span::{self, Span, check_aligned};
use super::{PageTable, word_address, write_words};
use crate::addr::Iova;
use crate::mmu::{Attributes, MmuError, PhysPart};
use crate::seam::{MemError, PhysMem};

/// Pages of one size, one after the other in both address spaces.
struct Run {
    at: u64,
    phys: u32,
    page: PageSize,
    pages: usize,
}

/// The runs that `parts` are mapped by. A run of second-level pages ends with its section.
struct Runs<'a> {
    at: u64,
    phys: u64,
    left: u64,
    parts: slice::Iter<'a, PhysPart>,
}

impl<'a> Runs<'a> {
    fn new(span: Span, parts: &'a [PhysPart]) -> Self {
        Self {
            at: span.start,
            phys: 0,
            left: 0,
            parts: parts.iter(),
        }
    }

    /// Leaves out what is before `at`, which is in the pages to come or at their end.
    fn skip_to(&mut self, at: u64) {
        while self.at < at {
            if self.left == 0 {
                let Some(part) = self.parts.next() else {
                    return;
                };
                self.phys = u64::from(part.start.get());
                self.left = u64::from(part.size);
            }
            let skipped = self.left.min(at - self.at);
            self.at += skipped;
            self.phys += skipped;
            self.left -= skipped;
        }
    }
}

impl Iterator for Runs<'_> {
    type Item = Run;

    #[inline]
    fn next(&mut self) -> Option<Run> {
        if self.left == 0 {
            let part = self.parts.next()?;
            self.phys = u64::from(part.start.get());
            self.left = u64::from(part.size);
        }
        let page = largest(self.at | self.phys, self.left);
        let bytes = u64::from(page.bytes());
        let mut length = self.left;
        // Up to where larger pages can begin, if there is such a place.
        if let Some(larger) = page.larger() {
            let larger = u64::from(larger.bytes());
            let to_boundary = self.at.wrapping_neg() & (larger - 1);
            let congruent = (self.at ^ self.phys) & (larger - 1) == 0;
            if congruent && to_boundary != 0 && self.left >= to_boundary + larger {
                length = to_boundary;
            }
        }
        if !page.is_first_level() {
            let section = u64::from(SECTION_SIZE);
            length = length.min(section - self.at % section);
        }
        length &= !(bytes - 1);
        let run = Run {
            at: self.at,
            phys: self.phys as u32,
            page,
            pages: (length >> bytes.trailing_zeros()) as usize,
        };
        self.at += length;
        self.phys += length;
        self.left -= length;
        Some(run)
    }
}

/// The largest page at addresses with these bits, of at least 4 KiB as they are.
#[inline]
fn largest(addresses: u64, left: u64) -> PageSize {
    let fits = |page: &PageSize| {
        let bytes = u64::from(page.bytes());
        addresses & (bytes - 1) == 0 && left >= bytes
    };
    // The small ones first: they are many.
    let [rest @ .., small] = PageSize::ALL;
    match rest.last().filter(|page| fits(page)) {
        None => small,
        Some(_) => rest.into_iter().find(fits).unwrap_or(small),
    }
}

/// The range that `parts` take from `at` on.
fn span_of(at: Iova, parts: &[PhysPart]) -> Result<Span, MmuError> {
    let mut size = 0_u64;
    for part in parts {
        check_aligned(part.start.get())?;
        check_aligned(part.size)?;
        if part.size == 0 {
            return Err(MmuError::Misaligned { value: 0 });
        }
        if u64::from(part.start.get()) + u64::from(part.size) > 1 << 32 {
            return Err(MmuError::OutOfRange { at });
        }
        size += u64::from(part.size);
    }
    Span::new(at, size)
}

/// Fills `words` with the descriptors of a run of pages, the first of which is `first`.
#[inline]
fn fill(words: &mut [u32], run: &Run, first: u32) {
    let bytes = run.page.bytes();
    let word = |page: usize| first.wrapping_add(page as u32 * bytes);
    match run.page {
        PageSize::Section | PageSize::SmallPage => {
            for (page, to) in words[..run.pages].iter_mut().enumerate() {
                *to = word(page);
            }
        }
        PageSize::Supersection | PageSize::LargePage => {
            let repeat = REPEAT as usize;
            let words = words[..run.pages * repeat].chunks_exact_mut(repeat);
            for (page, to) in words.enumerate() {
                to.fill(word(page));
            }
        }
    }
}

impl<M: PhysMem> PageTable<M> {
    /// Maps `parts`, one after the other, from `at` on. Each page is the largest that both addresses
    /// and the length allow. Nothing needs to be invalidated after it.
    ///
    /// # Errors
    /// `WriteOnly`, `Misaligned`, `OutOfRange`, `Overlap`, `MixedSecurity`, `OutOfMemory`, `Memory`;
    /// nothing is mapped then. After `Memory` everything is to be invalidated and [confirmed](Self::confirm); if that fails too, some
    /// of it may be mapped in memory.
    pub fn map(
        &mut self,
        at: Iova,
        parts: &[PhysPart],
        attributes: Attributes,
    ) -> Result<(), MmuError> {
        if !attributes.is_possible() {
            return Err(MmuError::WriteOnly);
        }
        let span = span_of(at, parts)?;
        let bits = PageBits::new(attributes, self.global);
        self.check_free(span)?;
        self.check_security(span, bits.ns())?;
        self.add_tables(span, parts, bits.ns())?;
        self.fill_span(span, parts, bits);
        self.write_mapped(span).map_err(|e| {
            let undone = self.write_cleared(span, span);
            self.clear(span);
            if undone.is_err() {
                self.pending.push(span);
                // What stands in memory may still lead a walk there.
                self.poison_retired();
            }
            MmuError::Memory(e)
        })
    }

    /// Whether nothing of `span` is mapped.
    fn check_free(&self, span: Span) -> Result<(), MmuError> {
        for section in span.sections() {
            let first = self.first[section];
            if first == 0 {
                continue;
            }
            let words = span.words(section);
            let Some(table) = self.second.get(section) else {
                let at = span::address(section, words.start);
                return Err(MmuError::Overlap { at });
            };
            // The common case first, without branches.
            let mapped = &table.words[words.clone()];
            if mapped.iter().fold(0, |all, word| all | word) == 0 {
                continue;
            }
            let skip = mapped.iter().take_while(|word| **word == 0).count();
            let at = span::address(section, words.start + skip);
            return Err(MmuError::Overlap { at });
        }
        Ok(())
    }

    /// Whether `span`, which is free, can be mapped with this NS bit: only the first and the last
    /// section can have pages already.
    fn check_security(&self, span: Span, ns: u32) -> Result<(), MmuError> {
        let sections = span.sections();
        for section in [sections.start, sections.end - 1] {
            let first = self.first[section];
            if first != 0 && ns_of(first) != ns {
                let at = span::address(section, 0);
                return Err(MmuError::MixedSecurity { at });
            }
        }
        Ok(())
    }

    /// Adds the second-level tables that mapping `parts` needs, all or none.
    fn add_tables(&mut self, span: Span, parts: &[PhysPart], ns: u32) -> Result<(), MmuError> {
        let mut added = Vec::new();
        let mut runs = Runs::new(span, parts);
        while let Some(run) = runs.next() {
            let section = (run.at / u64::from(SECTION_SIZE)) as usize;
            if run.page.is_first_level() {
                continue;
            }
            if self.first[section] == 0 {
                let Some(table) = self.pool.take(&self.mem) else {
                    for section in added {
                        self.drop_unlinked(section);
                    }
                    return Err(MmuError::OutOfMemory);
                };
                self.first[section] = table_word(table.at, ns);
                self.second.insert(section, table);
                added.push(section);
            }
            // The rest of the section has its table.
            runs.skip_to((section as u64 + 1) * u64::from(SECTION_SIZE));
        }
        Ok(())
    }

    /// Takes a table out again that no word in memory has ever pointed to.
    pub(super) fn drop_unlinked(&mut self, section: usize) {
        if let Some(table) = self.second.remove(section) {
            self.pool.give(&self.mem, table);
            self.first[section] = 0;
        }
    }

    /// Enters the pages into the copies.
    fn fill_span(&mut self, span: Span, parts: &[PhysPart], bits: PageBits) {
        // In each format the address stands where it is in the address itself.
        let mut encoded = (PageSize::SmallPage, bits.encode(PageSize::SmallPage, 0));
        let mut runs = Runs::new(span, parts).peekable();
        while let Some(mut run) = runs.next() {
            let section = (run.at / u64::from(SECTION_SIZE)) as usize;
            let mut table = match run.page.is_first_level() {
                true => None,
                false => self.second.get_mut(section),
            };
            // All of this section that is of this level.
            loop {
                if encoded.0 != run.page {
                    encoded = (run.page, bits.encode(run.page, 0));
                }
                let first = encoded.1 | run.phys;
                match &mut table {
                    None => fill(&mut self.first[section..], &run, first),
                    Some(table) => {
                        let word = (run.at % u64::from(SECTION_SIZE)) / u64::from(SMALL_PAGE_SIZE);
                        fill(&mut table.words[word as usize..], &run, first);
                        table.used += run.pages * (run.page.bytes() / SMALL_PAGE_SIZE) as usize;
                    }
                }
                let next = runs.next_if(|next| {
                    table.is_some()
                        && !next.page.is_first_level()
                        && (next.at / u64::from(SECTION_SIZE)) as usize == section
                });
                match next {
                    Some(next) => run = next,
                    None => break,
                }
            }
        }
    }

    /// Writes what has been mapped to memory: second-level words first, then the first-level words
    /// that have changed, which are in one run: only the first and the last section of a range can
    /// have had a table already.
    fn write_mapped(&mut self, span: Span) -> Result<(), MemError> {
        let mut sections = span.sections();
        let (head, tail) = (sections.start, sections.end - 1);
        let had_table = |table: Option<&super::Second>| table.is_some_and(|table| table.written);
        let head_had_table = had_table(self.second.get(head));
        let tail_had_table = had_table(self.second.get(tail));
        for section in sections.clone() {
            if let Some(table) = self.second.get_mut(section) {
                table.write(&self.mem, span.words(section))?;
            }
        }
        if head_had_table {
            sections.start += 1;
        }
        if tail_had_table && tail >= sections.start {
            sections.end -= 1;
        }
        debug_assert!(
            self.first[sections.clone()]
                .iter()
                .all(|word| !matches!(First::decode(*word), First::Fault))
        );
        let at = word_address(self.root, sections.start);
        write_words(&self.mem, at, &self.first[sections])
    }
}
