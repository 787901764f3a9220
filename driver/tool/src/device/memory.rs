//! No memory: for looking at an IOMMU of which the registers are enough.

use vcm::addr::PhysAddr;
use vcm::seam::{MemError, PhysMem};

/// Memory of which there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoMemory;

impl PhysMem for NoMemory {
    fn allocate(&self, _: u32, _: u32) -> Option<PhysAddr> {
        None
    }

    fn free(&self, _: PhysAddr, _: u32) {}

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        let size = u32::try_from(into.len()).unwrap_or(u32::MAX);
        Err(MemError { at, size })
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        let size = u32::try_from(from.len()).unwrap_or(u32::MAX);
        Err(MemError { at, size })
    }

    fn sync_for_device(&self, _: PhysAddr, _: u32) {}

    fn sync_for_cpu(&self, _: PhysAddr, _: u32) {}
}
