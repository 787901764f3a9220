//! The seams between the driver and its platform: registers, memory, time, interrupt.
//!
//! They belong to an instance, never to the program: nothing here is static. All methods take
//! `&self`, so that one platform object can serve several drivers; what has to be mutable inside is
//! the platform's own affair.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use crate::addr::PhysAddr;

/// Access to the 64 KiB register window.
///
/// Writes take effect in program order, and before this returns for a later `read32` of the same
/// window. Memory writes made before a `write32` (page tables, after
/// [`PhysMem::sync_for_device`]) must be visible to the device when the register write arrives:
/// the implementation has the barrier.
pub trait Bus {
    /// Reads the 32-bit register at `offset` bytes from the start of the window.
    ///
    /// # Errors
    /// [`BusError`] when the access is answered with SLVERR or DECERR, or cannot be made.
    fn read32(&self, offset: u32) -> Result<u32, BusError>;

    /// Writes the 32-bit register at `offset` bytes from the start of the window.
    ///
    /// # Errors
    /// [`BusError`] when the access is answered with SLVERR or DECERR, or cannot be made.
    fn write32(&self, offset: u32, value: u32) -> Result<(), BusError>;
}

/// A register access that was not answered with OKAY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusError {
    /// Byte offset in the register window.
    pub offset: u32,
    /// Whether it was a write.
    pub write: bool,
}

impl fmt::Display for BusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.write { "write" } else { "read" };
        write!(f, "register {what} at {:#06x} failed", self.offset)
    }
}

impl core::error::Error for BusError {}

/// Physical memory that both the CPU and the devices reach: for page tables and buffers.
pub trait PhysMem {
    /// Takes `size` bytes of physically contiguous memory aligned to `align` (a power of two).
    /// The content is undefined. `None` when there is none left.
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr>;

    /// Gives back what [`allocate`](Self::allocate) returned, with the same size.
    fn free(&self, at: PhysAddr, size: u32);

    /// Reads memory by the CPU.
    ///
    /// # Errors
    /// [`MemError`] when the range is not memory of this platform.
    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError>;

    /// Writes memory by the CPU. Every aligned 32-bit word of the range is written by one access, so
    /// that a walker sees the old word or the new one.
    ///
    /// # Errors
    /// [`MemError`] when the range is not memory of this platform.
    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError>;

    /// Reads an aligned little-endian word by one access.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn read32(&self, at: PhysAddr) -> Result<u32, MemError> {
        let mut word = [0; 4];
        self.read(at, &mut word)?;
        Ok(u32::from_le_bytes(word))
    }

    /// Writes an aligned little-endian word by one access: a walker sees the old word or the new one.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    fn write32(&self, at: PhysAddr, value: u32) -> Result<(), MemError> {
        self.write(at, &value.to_le_bytes())
    }

    /// Makes CPU writes of the range visible to devices (cache clean and barrier).
    fn sync_for_device(&self, at: PhysAddr, size: u32);

    /// Makes device writes of the range visible to the CPU (cache invalidate and barrier).
    fn sync_for_cpu(&self, at: PhysAddr, size: u32);
}

/// A CPU access outside the platform's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemError {
    /// Physical address of the first byte of the access.
    pub at: PhysAddr,
    /// Length of the access in bytes.
    pub size: u32,
}

impl fmt::Display for MemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no memory at {} for {} bytes", self.at, self.size)
    }
}

impl core::error::Error for MemError {}

/// Time, for the deadline that every poll has.
pub trait Clock {
    /// Time since some fixed moment; never goes back. In simulation it is simulated time, and asking
    /// lets at least one clock cycle pass.
    fn now(&self) -> Duration;
}

/// The device's interrupt: level, active high.
pub trait Irq {
    /// Waits until the interrupt is pending, at most for `timeout`. Returns whether it is.
    fn wait(&self, timeout: Duration) -> bool;

    /// Arms the interrupt again after its cause has been cleared in the device.
    fn ack(&self);
}

/// A seam can be shared: what points to an implementation is one.
macro_rules! shared_seams {
    ($($Pointer:ty),*) => { $(
        impl<T: Bus + ?Sized> Bus for $Pointer {
            fn read32(&self, offset: u32) -> Result<u32, BusError> {
                (**self).read32(offset)
            }
            fn write32(&self, offset: u32, value: u32) -> Result<(), BusError> {
                (**self).write32(offset, value)
            }
        }

        impl<T: PhysMem + ?Sized> PhysMem for $Pointer {
            fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
                (**self).allocate(size, align)
            }
            fn free(&self, at: PhysAddr, size: u32) {
                (**self).free(at, size);
            }
            fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
                (**self).read(at, into)
            }
            fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
                (**self).write(at, from)
            }
            fn read32(&self, at: PhysAddr) -> Result<u32, MemError> {
                (**self).read32(at)
            }
            fn write32(&self, at: PhysAddr, value: u32) -> Result<(), MemError> {
                (**self).write32(at, value)
            }
            fn sync_for_device(&self, at: PhysAddr, size: u32) {
                (**self).sync_for_device(at, size);
            }
            fn sync_for_cpu(&self, at: PhysAddr, size: u32) {
                (**self).sync_for_cpu(at, size);
            }
        }

        impl<T: Clock + ?Sized> Clock for $Pointer {
            fn now(&self) -> Duration {
                (**self).now()
            }
        }

        impl<T: Irq + ?Sized> Irq for $Pointer {
            fn wait(&self, timeout: Duration) -> bool {
                (**self).wait(timeout)
            }
            fn ack(&self) {
                (**self).ack();
            }
        }
    )* };
}

shared_seams!(&T, Arc<T>);
