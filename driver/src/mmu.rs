//! What the VCM core needs of an MMU, and nothing about which one it is.

use core::fmt;

use crate::addr::{Iova, PhysAddr};
use crate::error::Errno;
use crate::seam::{BusError, MemError};

/// The proof that no hardware uses something any more: what memory and addresses need to go back to
/// where they came from.
///
/// It is worth as much as who makes it: only an implementation of [`Mmu`] or of a
/// [`Driver`](crate::driver::Driver) calls the constructors, and the framework where the error of a
/// driver says that nothing is bound. All others pass on what they were given. It cannot be copied, so
/// that one confirmation frees one thing; what is confirmed together is [split](Self::split).
///
/// ```
/// # use vcm::addr::PhysAddr;
/// # use vcm::fake::Ram;
/// # use vcm::mmu::Quiet;
/// # use vcm::wrap::{FrameRequest, FrameSource};
/// # let ram = Ram::new(PhysAddr::new(0x1000_0000), 1 << 20);
/// # let request = FrameRequest { size: 4096, page_sizes: &[], contiguous: true, align: 4096 };
/// let parts = FrameSource::allocate(&ram, &request)?;
/// FrameSource::free(&ram, &parts, Quiet::never_shared());
/// # Ok::<(), vcm::Error>(())
/// ```
///
/// Without it, memory can only be poisoned:
///
/// ```compile_fail,E0061
/// # use vcm::addr::PhysAddr;
/// # use vcm::fake::Ram;
/// # use vcm::mmu::Quiet;
/// # use vcm::wrap::{FrameRequest, FrameSource};
/// # let ram = Ram::new(PhysAddr::new(0x1000_0000), 1 << 20);
/// # let request = FrameRequest { size: 4096, page_sizes: &[], contiguous: true, align: 4096 };
/// let parts = FrameSource::allocate(&ram, &request)?;
/// FrameSource::free(&ram, &parts);
/// # Ok::<(), vcm::Error>(())
/// ```
///
/// An unmap that failed gives none, and one proof is not two:
///
/// ```compile_fail,E0382
/// # use vcm::addr::Iova;
/// # use vcm::mmu::{Mmu, MmuError, PhysPart};
/// # use vcm::wrap::FrameSource;
/// fn free(mmu: &dyn Mmu, frames: &dyn FrameSource, one: &PhysPart, two: &PhysPart) -> Result<(), MmuError> {
///     let quiet = mmu.unmap(Iova::new(0x4000_0000), one.size)?;
///     frames.free(&[*one], quiet);
///     frames.free(&[*two], quiet);
///     Ok(())
/// }
/// ```
#[must_use = "without this proof, memory and addresses are never used again"]
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Quiet(());

impl Quiet {
    /// The hardware has confirmed that nothing uses the old translations: TLB entries are gone, walks
    /// that may have read the old tables are discarded, and what they had translated has been answered.
    pub const fn confirmed() -> Self {
        Self(())
    }

    /// No hardware has ever been told of it.
    pub const fn never_shared() -> Self {
        Self(())
    }

    /// No hardware translates it: masters that see physical addresses. That these no longer use the
    /// memory is for their drivers to see to.
    pub const fn untranslated() -> Self {
        Self(())
    }

    /// The proof of two things, from that of both.
    pub const fn split(self) -> (Self, Self) {
        (Self(()), Self(()))
    }
}

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
    /// Devices may read. With neither read nor write the memory is mapped, and every access to it is a
    /// permission fault. Write without read is refused: no page format here has it.
    pub read: bool,
    /// Devices may write (AP/APX).
    pub write: bool,
    /// Instruction fetches are allowed (not XN).
    pub execute: bool,
    /// Unprivileged accesses are allowed too (`AxPROT[0]` = 0).
    pub user: bool,
    /// Memory type of the accesses, if the context takes it from the page table.
    pub memory: MemoryType,
    /// Belongs to the secure world: NS = 0 in the descriptors. It is for those who read the tables:
    /// VCM-IOMMU passes `AxPROT[1]` on as it came. All pages of less than 1 MiB in the same 1 MiB have
    /// to agree, as it stands in the word that points to their table.
    pub secure: bool,
}

impl Attributes {
    /// Whether there is such a mapping: who may write may read.
    pub const fn is_possible(&self) -> bool {
        self.read || !self.write
    }
}

/// What a master wants to do with memory. The default is an unprivileged read of data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Access {
    /// It writes.
    pub write: bool,
    /// It is privileged (`AxPROT[0]`).
    pub privileged: bool,
    /// It fetches instructions (`AxPROT[2]`).
    pub instruction: bool,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = if self.privileged { "privileged " } else { "" };
        let what = match (self.write, self.instruction) {
            (true, _) => "write",
            (false, true) => "instruction fetch",
            (false, false) => "read",
        };
        write!(f, "{who}{what}")
    }
}

/// Why attributes refuse an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Nobody may access it.
    NoAccess,
    /// It is for privileged accesses.
    Unprivileged,
    /// It is read-only.
    Write,
    /// It is not for instructions.
    Execute,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAccess => "nobody has access",
            Self::Unprivileged => "only privileged accesses are allowed",
            Self::Write => "writing is not allowed",
            Self::Execute => "instruction fetches are not allowed",
        })
    }
}

impl Attributes {
    /// Why an access is not allowed, if it is not.
    pub const fn refuse(&self, access: Access) -> Option<Refusal> {
        if !self.read {
            Some(Refusal::NoAccess)
        } else if !self.user && !access.privileged {
            Some(Refusal::Unprivileged)
        } else if !self.write && access.write {
            Some(Refusal::Write)
        } else if !self.execute && access.instruction {
            Some(Refusal::Execute)
        } else {
            None
        }
    }
}

impl Default for Attributes {
    /// Read and write, by unprivileged accesses too, no instruction fetches, normal non-cacheable, not
    /// secure.
    fn default() -> Self {
        Self {
            read: true,
            write: true,
            execute: false,
            user: true,
            memory: MemoryType::NonCacheable,
            secure: false,
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
    /// `NotMapped`, `Misaligned`, `OutOfRange`, `OutOfMemory`, `Memory`: all is mapped as before. `Bus`,
    /// `SyncTimeout`: the tables no longer map the range, but the hardware may still use it: see [`MmuError::is_unconfirmed`].
    fn unmap(&self, at: Iova, size: u32) -> Result<Quiet, MmuError>;

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
    fn deactivate(&self) -> Result<Quiet, MmuError>;

    /// Whether masters can be held.
    fn can_hold(&self) -> bool {
        false
    }

    /// From now on a master that misses a mapping waits for it instead of getting an error, until
    /// [`release`](Self::release) has been called as often. Not even a limit or a timeout of waiting
    /// ends that. Has no effect on an MMU that is not active, but is in force if it is activated
    /// meanwhile.
    ///
    /// # Errors
    /// `Unsupported`, `Bus`; nothing is held.
    fn hold(&self) -> Result<(), MmuError> {
        Err(MmuError::Unsupported)
    }

    /// Ends a [`hold`](Self::hold): who waits is translated anew.
    ///
    /// # Errors
    /// `Bus`, `SyncTimeout`; it is still held.
    fn release(&self) -> Result<(), MmuError> {
        Err(MmuError::Unsupported)
    }
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
    /// Memory that may be written but not read: the page format cannot say that.
    WriteOnly,
    /// Secure and other memory by pages of less than 1 MiB in the same 1 MiB: the page format has one
    /// bit for all of them.
    MixedSecurity {
        /// First address of that 1 MiB.
        at: Iova,
    },
    /// The hardware did not confirm an invalidation before the deadline.
    SyncTimeout,
    /// The platform could not change the CPU's mappings; only the MMU of a CPU says so.
    Cpu(CpuError),
    /// This MMU cannot do that.
    Unsupported,
}

/// Why the platform could not change the CPU's mappings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpuError {
    /// In words.
    pub reason: &'static str,
    /// As a number.
    pub errno: Errno,
}

impl fmt::Display for CpuError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)
    }
}

impl core::error::Error for CpuError {}

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
            Self::WriteOnly => write!(f, "the page format has no memory to write but not to read"),
            Self::MixedSecurity { at } => write!(
                f,
                "the 1 MiB at {at} has pages of the other security already"
            ),
            Self::SyncTimeout => write!(f, "the IOMMU did not confirm an invalidation in time"),
            Self::Cpu(e) => write!(f, "{e}"),
            Self::Unsupported => write!(f, "the MMU cannot do that"),
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

impl From<CpuError> for MmuError {
    fn from(e: CpuError) -> Self {
        Self::Cpu(e)
    }
}
