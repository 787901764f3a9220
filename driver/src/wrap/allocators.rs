//! The crate's own allocators as sources for the wrappers.

use alloc::vec::Vec;

use super::source::{FrameRequest, FrameSource, IovaSource};
use crate::addr::Iova;
use crate::error::Error;
use crate::frames::Frames;
use crate::iova::{IovaSpace, Request};
use crate::mmu::{PhysPart, Quiet};
use crate::seam::PhysMem;
use crate::table::PAGE_SIZES;
use crate::vcm::{PAGE_SIZE, Region};

impl<M: PhysMem> FrameSource for Frames<M> {
    fn allocate(&self, request: &FrameRequest<'_>) -> Result<Vec<PhysPart>, Error> {
        let size = request.size;
        let parts = if request.contiguous {
            self.allocate_contiguous(size, request.align)
                .map(|part| Vec::from([part]))
        } else {
            let sizes = match request.page_sizes {
                [] => &PAGE_SIZES[..],
                sizes => sizes,
            };
            let largest = sizes.iter().copied().max().unwrap_or(PAGE_SIZE);
            Self::allocate(self, size, sizes, largest)
        };
        // Only memory can be missing: the core asks for whole pages of sizes that exist.
        parts.map_err(|_| Error::OutOfMemory { size })
    }

    // The parts are those of one allocation, so that taking them back cannot fail.

    fn free(&self, parts: &[PhysPart], _: Quiet) {
        for part in parts {
            let freed = Self::free(self, *part);
            debug_assert_eq!(freed, Ok(()));
        }
    }

    fn poison(&self, parts: &[PhysPart]) {
        for part in parts {
            let poisoned = Self::poison(self, *part);
            debug_assert_eq!(poisoned, Ok(()));
        }
    }
}

impl IovaSource for IovaSpace {
    fn reserve(&mut self, size: u32, align: u32, at: Option<Iova>) -> Result<Iova, Error> {
        let range = match at {
            Some(at) => self
                .reserve_at(at, size)
                .map_err(|_| Error::AddressInUse(Region::new(at, size))),
            None => Self::reserve(self, &Request::new(size).aligned(align))
                .map_err(|_| Error::NoAddresses { size, align }),
        };
        range.map(|range| range.start)
    }

    fn reserve_within(&mut self, size: u32, align: u32, within: Region) -> Result<Iova, Error> {
        let bounds = u64::from(within.start.get())..within.end();
        let request = Request::new(size).aligned(align).within(bounds);
        let range = Self::reserve(self, &request);
        let range = range.map_err(|_| Error::NoAddresses { size, align })?;
        Ok(range.start)
    }

    // The regions are those of `reserve`, so that taking them back cannot fail.

    fn release(&mut self, region: Region, _: Quiet) {
        let freed = self.free(region.start);
        debug_assert_eq!(freed, Ok(()));
    }

    fn poison(&mut self, region: Region) {
        let poisoned = Self::poison(self, region.start);
        debug_assert_eq!(poisoned, Ok(()));
    }
}
