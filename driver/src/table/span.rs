//! A range of I/O virtual addresses as the tables see it: sections, and words within a section.

use core::ops::Range;

use vcm_regs::descriptor::{SECTION_SIZE, SMALL_PAGE_SIZE};

use crate::addr::Iova;
use crate::mmu::MmuError;

/// One past the last address.
const END: u64 = 1 << 32;
const SMALL: u64 = SMALL_PAGE_SIZE as u64;
const SECTION: u64 = SECTION_SIZE as u64;

/// A non-empty range of whole 4 KiB pages within the 32-bit space. 64-bit numbers, since its end may
/// be 4 GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) end: u64,
}

/// Whether a byte count or address is a multiple of 4 KiB.
pub(super) fn check_aligned(value: u32) -> Result<(), MmuError> {
    if value % SMALL_PAGE_SIZE == 0 {
        Ok(())
    } else {
        Err(MmuError::Misaligned { value })
    }
}

impl Span {
    pub(super) fn new(at: Iova, size: u64) -> Result<Self, MmuError> {
        check_aligned(at.get())?;
        if size == 0 || size % SMALL != 0 {
            return Err(MmuError::Misaligned { value: size as u32 });
        }
        let start = u64::from(at.get());
        match start.checked_add(size) {
            Some(end) if end <= END => Ok(Self { start, end }),
            _ => Err(MmuError::OutOfRange { at }),
        }
    }

    /// The sections that it touches.
    pub(super) fn sections(&self) -> Range<usize> {
        (self.start / SECTION) as usize..self.end.div_ceil(SECTION) as usize
    }

    /// The words of the second-level table of `section`, one of its [`sections`](Self::sections),
    /// that it covers.
    pub(super) fn words(&self, section: usize) -> Range<usize> {
        let base = section as u64 * SECTION;
        let from = self.start.max(base) - base;
        let to = self.end.min(base + SECTION) - base;
        (from / SMALL) as usize..(to / SMALL) as usize
    }
}

/// The address of a second-level word.
pub(super) fn address(section: usize, word: usize) -> Iova {
    Iova::new(section as u32 * SECTION_SIZE + word as u32 * SMALL_PAGE_SIZE)
}
