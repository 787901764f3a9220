//! The register window.

use vcm::seam::{Bus, BusError};
use vcm_regs::WINDOW_SIZE;

use crate::barrier::{device_barrier, memory_barrier};
use crate::io::{Io, Volatile};

/// The register window, at its address.
///
/// An access that the hardware refuses is an external abort, which is for the program's handler: here
/// only an offset that is no register's is an error.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    io: Volatile,
}

impl Window {
    /// The window from `base` on: [`vcm_regs::ZYNQ_BASE`].
    ///
    /// # Safety
    /// As [`Volatile::new`], for 64 KiB.
    pub const unsafe fn new(base: usize) -> Self {
        // SAFETY: as this.
        let io = unsafe { Volatile::new(base) };
        Self { io }
    }
}

impl Bus for Window {
    fn read32(&self, offset: u32) -> Result<u32, BusError> {
        let word = self.io.read(checked(offset, false)?);
        // What the register tells of, a buffer that is complete, is read after it.
        memory_barrier();
        Ok(word)
    }

    fn write32(&self, offset: u32, value: u32) -> Result<(), BusError> {
        let at = checked(offset, true)?;
        // Page tables written before are in memory before.
        device_barrier();
        self.io.write(at, value);
        Ok(())
    }
}

fn checked(offset: u32, write: bool) -> Result<usize, BusError> {
    if offset % 4 == 0 && offset < WINDOW_SIZE {
        Ok(offset as usize)
    } else {
        Err(BusError { offset, write })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_where_they_were_written_and_nowhere_else() {
        let mut words = [0_u32; WINDOW_SIZE as usize / 4];
        // SAFETY: there are 64 KiB of it.
        let window = unsafe { Window::new(words.as_mut_ptr() as usize) };
        window.write32(0xFFFC, 7).expect("in the window");
        assert_eq!(window.read32(0xFFFC), Ok(7));
        assert_eq!(window.read32(0), Ok(0));
        let refused = |offset, write| BusError { offset, write };
        assert_eq!(window.read32(0x1_0000), Err(refused(0x1_0000, false)));
        assert_eq!(window.write32(2, 7), Err(refused(2, true)));
    }
}
