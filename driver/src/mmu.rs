//! What the VCM core needs of an MMU, and nothing about which one it is.

use core::fmt;

use crate::addr::{Iova, PhysAddr};
use crate::seam::{BusError, MemError};

/// A physically contiguous part of a physical allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhysPart {
    /// Address of its first byte; page-aligned.
    pub start: PhysAddr,
    /// Bytes; a non-zero multiple of 4 KiB.
    pub size: u32,
}

/// Who may do what with a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attributes {
    /// Devices may write (AP/APX).
    pub write: bool,
    /// Instruction fetches are allowed (not XN).
    pub execute: bool,
    /// Unprivileged accesses are allowed too (`AxPROT[0]` = 0).
    pub user: bool,
    /// Memory type of the accesses, if the context takes it from the page table.
    pub memory: MemoryType,
}

impl Default for Attributes {
    /// Read and write, by unprivileged accesses too, no instruction fetches, normal non-cacheable.
    fn default() -> Self {
        Self {
            write: true,
            execute: false,
            user: true,
            memory: MemoryType::NonCacheable,
        }
    }
}

/// Memory types of the short-descriptor format without TEX remap (ARM ARM table B3-10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MemoryType {
    /// TEX=000 C=0 B=0.
    StronglyOrdered,
    /// Shareable device: TEX=000 C=0 B=1.
    Device,
    /// Normal, outer and inner non-cacheable: TEX=001 C=0 B=0.
    #[default]
    NonCacheable,
    /// Normal, write-through, no write-allocate: TEX=000 C=1 B=0.
    WriteThrough,
    /// Normal, write-back, write-allocate: TEX=001 C=1 B=1.
    WriteBack,
}

/// An address space that an MMU translates.
///
/// All sizes are bytes. An implementation is consistent after every error: what failed has been
/// rolled back, unless the error says [`MmuError::is_unconfirmed`].
pub trait Mmu {
    /// Page sizes, the largest first.
    fn page_sizes(&self) -> &[u32];

    /// Maps `parts`, one after the other, from `at` on, with the largest pages that fit. Effective in
    /// hardware when this returns, if the context is active.
    ///
    /// # Errors
    /// Every variant of [`MmuError`] but `NotMapped`; nothing is mapped then, unless the error
    /// [is unconfirmed](MmuError::is_unconfirmed).
    fn map(&self, at: Iova, parts: &[PhysPart], attributes: Attributes) -> Result<(), MmuError>;

    /// Unmaps `size` bytes from `at` on, which one or several calls of `map` have mapped in full, and
    /// returns after the hardware has confirmed that nothing uses the old translations any more.
    ///
    /// # Errors
    /// `NotMapped`, `Misaligned`, `OutOfRange`: nothing was unmapped. `Bus`, `SyncTimeout`: the tables
    /// no longer map the range, but the hardware may still use it: see [`MmuError::is_unconfirmed`].
    fn unmap(&self, at: Iova, size: u32) -> Result<(), MmuError>;

    /// Lets the masters of this address space through, translated.
    ///
    /// # Errors
    /// `Bus`, `SyncTimeout`; the context stays inactive.
    fn activate(&self) -> Result<(), MmuError>;

    /// Stops the masters of this address space: every access of theirs faults from now on, and
    /// everything under way has been answered.
    ///
    /// # Errors
    /// `Bus`, `SyncTimeout`; see [`MmuError::is_unconfirmed`].
    fn deactivate(&self) -> Result<(), MmuError>;
}

/// Why an MMU could not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MmuError {
    /// No memory for a page table.
    OutOfMemory,
    /// An address or size is not a multiple of 4 KiB, or a size is 0.
    Misaligned {
        /// The offending address or size.
        value: u32,
    },
    /// The range leaves the 32-bit space.
    OutOfRange {
        /// Its first address.
        at: Iova,
    },
    /// Something is mapped there already.
    Overlap {
        /// First address that is mapped.
        at: Iova,
    },
    /// Nothing is mapped there.
    NotMapped {
        /// First address that is not mapped.
        at: Iova,
    },
    /// A register access failed.
    Bus(BusError),
    /// Table memory could not be accessed.
    Memory(MemError),
    /// Table memory could not be accessed, nor could what had been written until then be taken back.
    Unrevoked(MemError),
    /// The hardware did not confirm an invalidation before the deadline.
    SyncTimeout,
}

impl MmuError {
    /// Whether the hardware may still use translations that are no longer, or never were, to be used:
    /// the physical memory and the address range must not be used for anything else until a reset.
    pub const fn is_unconfirmed(&self) -> bool {
        matches!(self, Self::Bus(_) | Self::SyncTimeout | Self::Unrevoked(_))
    }
}

impl fmt::Display for MmuError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory => write!(f, "no memory for a page table"),
            Self::Misaligned { value } => {
                write!(f, "{value:#x} is not a non-zero multiple of 4 KiB")
            }
            Self::OutOfRange { at } => write!(f, "the range at {at} leaves the 32-bit space"),
            Self::Overlap { at } => write!(f, "{at} is mapped already"),
            Self::NotMapped { at } => write!(f, "{at} is not mapped"),
            Self::Bus(e) => write!(f, "{e}"),
            Self::Memory(e) => write!(f, "page table: {e}"),
            Self::Unrevoked(e) => write!(f, "page table, half written: {e}"),
            Self::SyncTimeout => write!(f, "the IOMMU did not confirm an invalidation in time"),
        }
    }
}

impl core::error::Error for MmuError {}

impl From<BusError> for MmuError {
    fn from(e: BusError) -> Self {
        Self::Bus(e)
    }
}

impl From<MemError> for MmuError {
    fn from(e: MemError) -> Self {
        Self::Memory(e)
    }
}
