//! The walk a walker in hardware makes, by software: for faults, tests, and tools.

use core::fmt;

use vcm_regs::descriptor::{FIRST_TABLE_SIZE, SECTION_SIZE, SMALL_PAGE_SIZE};

use super::descriptor::{First, PageBits, PageSize, decode_second};
use super::{PageTable, word_address};
use crate::addr::{Iova, PhysAddr};
use crate::mmu::Attributes;
use crate::seam::{MemError, PhysMem};

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The physical address.
    pub phys: PhysAddr,
    /// The page that it is in.
    pub page: PageSize,
    /// Who may do what there.
    pub attributes: Attributes,
}

/// Why an address leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalkFault {
    /// The first-level descriptor is not valid.
    TranslationL1,
    /// The second-level descriptor is not valid.
    TranslationL2,
    /// The descriptor is valid, but not one that this driver writes.
    Foreign {
        /// The descriptor.
        word: u32,
    },
    /// A table could not be read.
    Memory(MemError),
}

impl fmt::Display for WalkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TranslationL1 => write!(f, "the first-level descriptor is not valid"),
            Self::TranslationL2 => write!(f, "the second-level descriptor is not valid"),
            Self::Foreign { word } => write!(f, "descriptor {word:#010x} is not of this driver"),
            Self::Memory(e) => write!(f, "page table: {e}"),
        }
    }
}

impl core::error::Error for WalkFault {}

impl From<MemError> for WalkFault {
    fn from(e: MemError) -> Self {
        Self::Memory(e)
    }
}

impl<M: PhysMem> PageTable<M> {
    /// Translates `at` by what stands in memory (not by what this driver remembers).
    ///
    /// # Errors
    /// [`WalkFault`], with the level at which the walk ended.
    pub fn walk(&self, at: Iova) -> Result<Translation, WalkFault> {
        walk(&self.mem, self.root, at)
    }
}

/// Translates `at` by the tables that begin at `root`, whoever has written them. Of `root` the bits
/// count that a first-level table can begin at, 31 to 14, as for hardware.
///
/// # Errors
/// [`WalkFault`], with the level at which the walk ended.
pub fn walk(mem: &impl PhysMem, root: PhysAddr, at: Iova) -> Result<Translation, WalkFault> {
    let root = PhysAddr::new(root.get() & !(FIRST_TABLE_SIZE - 1));
    let section = (at.get() / SECTION_SIZE) as usize;
    let word = mem.read32(word_address(root, section))?;
    let table = match First::decode(word) {
        First::Fault => return Err(WalkFault::TranslationL1),
        First::Page(page, phys) => return translation(at, word, word, page, phys),
        First::Table(table) => table,
    };
    let first = word;
    let index = (at.get() % SECTION_SIZE / SMALL_PAGE_SIZE) as usize;
    let word = mem.read32(word_address(table, index))?;
    match decode_second(word) {
        None => Err(WalkFault::TranslationL2),
        Some((page, phys)) => translation(at, word, first, page, phys),
    }
}

fn translation(
    at: Iova,
    word: u32,
    first: u32,
    page: PageSize,
    phys: PhysAddr,
) -> Result<Translation, WalkFault> {
    let attributes = PageBits::decode(page, word, first)
        .attributes()
        .ok_or(WalkFault::Foreign { word })?;
    Ok(Translation {
        phys: PhysAddr::new(phys.get() | (at.get() % page.bytes())),
        page,
        attributes,
    })
}
