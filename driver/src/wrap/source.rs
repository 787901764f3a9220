//! What the wrappers need of an allocator of physical memory and of one of device addresses.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::addr::Iova;
use crate::error::{Error, Operation};
use crate::mmu::{PhysPart, Quiet};
use crate::vcm::Region;

/// What physical memory is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRequest<'a> {
    /// Bytes; a non-zero multiple of the page size. The parts must add up to it.
    pub size: u32,
    /// Sizes of the parts to prefer, the largest first; each part is best a multiple of one of them,
    /// and aligned to it. Empty when it does not matter.
    pub page_sizes: &'a [u32],
    /// Whether it has to be one part.
    pub contiguous: bool,
    /// Alignment of a contiguous allocation: a power of two, at least the page size.
    pub align: u32,
}

/// An allocator of physical memory, shared by any number of contexts.
pub trait FrameSource {
    /// Allocates physical memory, in as few and large parts as it can.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`]; nothing was allocated.
    fn allocate(&self, request: &FrameRequest<'_>) -> Result<Vec<PhysPart>, Error>;

    /// Takes back what one call of `allocate` has returned, and no hardware uses any more.
    fn free(&self, parts: &[PhysPart], quiet: Quiet);

    /// Takes out of use what one call of `allocate` has returned: hardware may still write to it.
    fn poison(&self, parts: &[PhysPart]);
}

/// An allocator of the device addresses of one context.
pub trait IovaSource {
    /// Reserves `size` bytes (a non-zero multiple of the page size) at `at`, or else anywhere at a
    /// multiple of `align` (a power of two, at least the page size). With `at`, `align` is ignored.
    ///
    /// # Errors
    /// [`Error::NoAddresses`]; with `at` [`Error::AddressInUse`].
    fn reserve(&mut self, size: u32, align: u32, at: Option<Iova>) -> Result<Iova, Error>;

    /// As [`reserve`](Self::reserve) without `at`, but only addresses in `within`, of which the part in
    /// the context counts.
    ///
    /// # Errors
    /// [`Error::NoAddresses`]; [`Error::Unsupported`] of an allocator that has no bounds, which is the
    /// default.
    fn reserve_within(&mut self, size: u32, align: u32, within: Region) -> Result<Iova, Error> {
        let _ = (size, align, within);
        Err(Error::Unsupported(Operation::Res))
    }

    /// Takes back what one call of `reserve` or `reserve_within` has returned, and no hardware translates
    /// any more.
    fn release(&mut self, region: Region, quiet: Quiet);

    /// Takes out of use what one call of `reserve` or `reserve_within` has returned: hardware may still
    /// translate it.
    fn poison(&mut self, region: Region);
}

macro_rules! frame_source_by_pointer {
    ($($Pointer:ty),+) => {$(
        impl<F: FrameSource + ?Sized> FrameSource for $Pointer {
            fn allocate(&self, request: &FrameRequest<'_>) -> Result<Vec<PhysPart>, Error> {
                (**self).allocate(request)
            }
            fn free(&self, parts: &[PhysPart], quiet: Quiet) {
                (**self).free(parts, quiet);
            }
            fn poison(&self, parts: &[PhysPart]) {
                (**self).poison(parts);
            }
        }
    )+};
}

frame_source_by_pointer!(&F, Arc<F>, Rc<F>, Box<F>);

impl<I: IovaSource + ?Sized> IovaSource for Box<I> {
    fn reserve(&mut self, size: u32, align: u32, at: Option<Iova>) -> Result<Iova, Error> {
        (**self).reserve(size, align, at)
    }
    fn reserve_within(&mut self, size: u32, align: u32, within: Region) -> Result<Iova, Error> {
        (**self).reserve_within(size, align, within)
    }
    fn release(&mut self, region: Region, quiet: Quiet) {
        (**self).release(region, quiet);
    }
    fn poison(&mut self, region: Region) {
        (**self).poison(region);
    }
}
