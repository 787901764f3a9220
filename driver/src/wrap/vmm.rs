//! The CPU as one more master: an address space of its own, in which scattered memory is contiguous.
//!
//! The RFC calls it VMM and leaves it out. Here it is a [`VcmMmu`] whose MMU is the CPU's, behind what
//! the platform has to change its mappings ([`CpuMapper`]).
//!
//! Where the CPU has no mappings that could be changed (bare metal, with the MMU off or mapping every
//! address to itself), its address of memory is the physical one, and its context is
//! [`Identity`]: contiguous memory is bound at its own address, scattered memory is refused.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;

use super::mmu::VcmMmu;
use super::one_to_one::OneToOne;
use crate::addr::Iova;
use crate::mmu::{Attributes, CpuError, Mmu, MmuError, PhysPart, Quiet};
use crate::table::PAGE_SIZES;
use crate::vcm::Region;

/// What the platform has to change the CPU's mappings in a range of addresses.
///
/// The addresses of the framework have 32 bits. Where the CPU's have more, those of the context are
/// offsets in the range, and the mapper knows where it begins.
pub trait CpuMapper {
    /// The range that has been set aside for the context: nothing else of the program is there.
    fn window(&self) -> Region;

    /// Makes `parts` appear, one after the other, from `at` on. All of it lies in the window.
    ///
    /// # Errors
    /// [`CpuError`]; nothing is mapped then.
    fn map(&self, at: Iova, parts: &[PhysPart], attributes: Attributes) -> Result<(), CpuError>;

    /// Takes away what one call of `map` has made appear: when this returns, no CPU reaches the memory
    /// by these addresses.
    ///
    /// # Errors
    /// [`CpuError`], with [`EBUSY`](crate::Errno::EBUSY) if somebody looks at it; all of it is still
    /// mapped.
    fn unmap(&self, at: Iova, size: u32) -> Result<(), CpuError>;

    /// Lets the program look at what is mapped.
    ///
    /// # Errors
    /// [`CpuError`]; it may not look.
    fn open(&self) -> Result<(), CpuError> {
        Ok(())
    }

    /// Lets the program look no longer.
    ///
    /// # Errors
    /// [`CpuError`], with [`EBUSY`](crate::Errno::EBUSY) if somebody is looking; nothing has changed.
    fn close(&self) -> Result<(), CpuError> {
        Ok(())
    }
}

/// The MMU of the CPU, as far as a [`CpuMapper`] changes it.
///
/// It says that it has all page sizes of the IOMMU, so that memory that is allocated here is as good
/// for contexts behind one.
#[derive(Clone, Debug)]
pub struct CpuMmu<C> {
    mapper: C,
}

impl<C: CpuMapper> CpuMmu<C> {
    /// Over this mapper.
    pub const fn new(mapper: C) -> Self {
        Self { mapper }
    }

    /// The mapper.
    pub const fn mapper(&self) -> &C {
        &self.mapper
    }

    /// Fails if some of the range is not in the window.
    fn check(&self, at: Iova, size: u64) -> Result<(), MmuError> {
        let window = self.mapper.window();
        let end = u64::from(at.get()) + size;
        if at >= window.start && end <= window.end() {
            Ok(())
        } else {
            Err(MmuError::OutOfRange { at })
        }
    }
}

impl<C: CpuMapper> Mmu for CpuMmu<C> {
    fn page_sizes(&self) -> &[u32] {
        &PAGE_SIZES
    }

    fn map(&self, at: Iova, parts: &[PhysPart], attributes: Attributes) -> Result<(), MmuError> {
        let size = parts.iter().map(|part| u64::from(part.size)).sum();
        self.check(at, size)?;
        Ok(self.mapper.map(at, parts, attributes)?)
    }

    fn unmap(&self, at: Iova, size: u32) -> Result<Quiet, MmuError> {
        self.check(at, size.into())?;
        self.mapper.unmap(at, size)?;
        Ok(Quiet::confirmed())
    }

    fn activate(&self) -> Result<(), MmuError> {
        Ok(self.mapper.open()?)
    }

    fn deactivate(&self) -> Result<Quiet, MmuError> {
        self.mapper.close()?;
        Ok(Quiet::confirmed())
    }

    // The program is not made to wait: memory that it looks at is not unmapped, and so not moved; and
    // while memory moves, there is nothing to look at.

    fn can_hold(&self) -> bool {
        true
    }

    fn hold(&self) -> Result<(), MmuError> {
        Ok(())
    }

    fn release(&self) -> Result<(), MmuError> {
        Ok(())
    }
}

/// Driver of the CPU's context: what is bound while it is active appears in the mapper's window.
///
/// ```
/// # fn context<C, F>(system: &vcm::System, mapper: C, frames: F) -> Result<vcm::Vcm, vcm::Error>
/// # where C: vcm::wrap::CpuMapper + Send + 'static, F: vcm::wrap::FrameSource + Send + 'static {
/// use vcm::fake::Addresses; // or `vcm::iova::IovaSpace`
/// use vcm::wrap::{CpuMmu, Vmm};
///
/// let window = mapper.window();
/// let driver = Vmm::new(CpuMmu::new(mapper), frames, Addresses::new(window));
/// system.create(window.start, window.size, Box::new(driver))
/// # }
/// ```
///
/// The rights of a reservation are those of the program, as far as its CPU and operating system can
/// tell them apart.
pub type Vmm<C, F, I> = VcmMmu<CpuMmu<C>, F, I>;

/// Driver of the CPU's context where its addresses are the physical ones.
///
/// It is the driver of any master that sees memory directly; the range of the context says where the
/// CPU has memory.
pub type Identity<F> = OneToOne<F>;

macro_rules! cpu_mapper_by_pointer {
    ($($Pointer:ty),+) => {$(
        impl<C: CpuMapper + ?Sized> CpuMapper for $Pointer {
            fn window(&self) -> Region {
                (**self).window()
            }
            fn map(
                &self,
                at: Iova,
                parts: &[PhysPart],
                attributes: Attributes,
            ) -> Result<(), CpuError> {
                (**self).map(at, parts, attributes)
            }
            fn unmap(&self, at: Iova, size: u32) -> Result<(), CpuError> {
                (**self).unmap(at, size)
            }
            fn open(&self) -> Result<(), CpuError> {
                (**self).open()
            }
            fn close(&self) -> Result<(), CpuError> {
                (**self).close()
            }
        }
    )+};
}

cpu_mapper_by_pointer!(&C, Arc<C>, Rc<C>, Box<C>);
