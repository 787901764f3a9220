//! Registers of the processing system.

use core::ptr::{read_volatile, write_volatile};

/// Words by their offset in bytes.
pub trait Io {
    /// Reads a register.
    fn read(&self, offset: usize) -> u32;
    /// Writes a register.
    fn write(&self, offset: usize, value: u32);
}

/// Registers at an address.
#[derive(Clone, Copy, Debug)]
pub struct Volatile {
    base: usize,
}

impl Volatile {
    /// The registers from `base` on.
    ///
    /// # Safety
    /// There are registers as far as they are used, at an address that the MMU, if it is on, does not
    /// move and has as Device memory; and nobody else uses them at the same time.
    pub const unsafe fn new(base: usize) -> Self {
        Self { base }
    }
}

impl Io for Volatile {
    fn read(&self, offset: usize) -> u32 {
        // SAFETY: `new` was promised that there is a register.
        unsafe { read_volatile((self.base + offset) as *const u32) }
    }

    fn write(&self, offset: usize, value: u32) {
        // SAFETY: `new` was promised that there is a register.
        unsafe { write_volatile((self.base + offset) as *mut u32, value) }
    }
}

impl<T: Io + ?Sized> Io for &T {
    fn read(&self, offset: usize) -> u32 {
        (**self).read(offset)
    }
    fn write(&self, offset: usize, value: u32) {
        (**self).write(offset, value);
    }
}
