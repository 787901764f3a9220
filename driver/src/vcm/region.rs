//! Ranges of device addresses.

use core::fmt;

use crate::addr::Iova;

/// The smallest page, in bytes: all sizes of the framework are multiples of it.
pub const PAGE_SIZE: u32 = vcm_regs::descriptor::SMALL_PAGE_SIZE;

/// A range of device addresses: a context, or a reservation in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Region {
    /// Its first address.
    pub start: Iova,
    /// Its size in bytes.
    pub size: u32,
}

impl Region {
    /// From its first address and its size in bytes.
    pub const fn new(start: Iova, size: u32) -> Self {
        Self { start, size }
    }

    /// The address after the last one; up to 2^32.
    pub const fn end(&self) -> u64 {
        self.start.get() as u64 + self.size as u64
    }

    /// Whether `at` is one of its addresses.
    pub const fn contains(&self, at: Iova) -> bool {
        self.start.get() <= at.get() && (at.get() as u64) < self.end()
    }

    /// Whether `other` lies in it as a whole.
    pub const fn encloses(&self, other: &Self) -> bool {
        self.start.get() <= other.start.get() && other.end() <= self.end()
    }

    /// Whether it and `other` have addresses in common.
    pub const fn overlaps(&self, other: &Self) -> bool {
        (self.start.get() as u64) < other.end() && (other.start.get() as u64) < self.end()
    }

    /// Whether start and size are multiples of the page size.
    pub const fn is_page_aligned(&self) -> bool {
        (self.start.get() | self.size) & (PAGE_SIZE - 1) == 0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:#x}", self.start, self.size)
    }
}
