//! Registers and reserved memory by `/dev/mem`: the fallback for systems without UIO or u-dma-buf.
//!
//! It needs root, and a kernel that permits it (`CONFIG_STRICT_DEVMEM` permits devices, and
//! `CONFIG_IO_STRICT_DEVMEM` only those that no driver of the kernel has). There is no interrupt:
//! faults have to be polled for.

use vcm::addr::PhysAddr;

use crate::error::Error;
use crate::file;
use crate::mapping::Mapping;
use crate::memory::{Memory, check_range};
use crate::registers::Registers;
use crate::roots::Roots;

/// The `size` bytes of registers at the physical address `base`; both multiples of 4 KiB.
///
/// # Errors
/// [`Error::Range`], [`Error::File`], [`Error::Map`]; [`Error::CanShrink`] if the node is no device.
///
/// # Safety
/// There are registers of a device, and no memory: writing to memory that is somebody else's changes
/// anything.
pub unsafe fn registers(roots: &Roots, base: u32, size: u32) -> Result<Registers, Error> {
    check_range(base.into(), size.into())?;
    let hint = "run as root, or use UIO, which needs a device-tree node only";
    let node = file::device(&roots.dev.join("mem"), true, hint)?;
    let hint =
        "the kernel does not permit it (CONFIG_STRICT_DEVMEM): use UIO, or boot with iomem=relaxed";
    let mapping = Mapping::new(&node, base.into(), size as usize, "the registers", hint)?;
    Registers::new(mapping, 0).ok_or(Error::Range {
        base: base.into(),
        size: size.into(),
    })
}

/// The `size` bytes of memory at the physical address `base`, uncached; both multiples of 4 KiB. The
/// kernel must have been told not to use them: by a `reserved-memory` node with `no-map`, or `mem=`.
///
/// # Errors
/// As [`registers`].
///
/// # Safety
/// Nobody else uses that memory, the kernel included.
pub unsafe fn memory(roots: &Roots, base: u32, size: u32) -> Result<Memory, Error> {
    check_range(base.into(), size.into())?;
    let hint = "run as root, or use u-dma-buf";
    let node = file::device(&roots.dev.join("mem"), true, hint)?;
    Memory::of_part(node, base.into(), PhysAddr::new(base), size)
}
