//! A register window, mapped.

use std::sync::Arc;

use vcm::seam::{Bus, BusError};

use crate::barrier;
use crate::mapping::Mapping;

/// A register window that is mapped into the program. Clones are the same one.
///
/// An access that the hardware answers with an error cannot be told from others here: the kernel ends
/// the program with SIGBUS. What fails is an access outside the window, or not to a whole register.
#[derive(Clone, Debug)]
pub struct Registers {
    mapping: Arc<Mapping>,
    /// Offset of the first register in the mapping.
    first: usize,
}

impl Registers {
    /// Those from `first` on; `None` if there are none.
    pub(crate) fn new(mapping: Mapping, first: usize) -> Option<Self> {
        mapping.register(first)?;
        Some(Self {
            mapping: Arc::new(mapping),
            first,
        })
    }

    fn register(&self, offset: u32, write: bool) -> Result<std::ptr::NonNull<u32>, BusError> {
        let register = self.first.checked_add(offset as usize);
        register
            .and_then(|offset| self.mapping.register(offset))
            .ok_or(BusError { offset, write })
    }
}

impl Bus for Registers {
    fn read32(&self, offset: u32) -> Result<u32, BusError> {
        let register = self.register(offset, false)?;
        // SAFETY: it is mapped, aligned, and of a device or of memory that others write to.
        let value = unsafe { register.read_volatile() };
        // What is read from memory after it, is read after it.
        barrier::full();
        Ok(u32::from_le(value))
    }

    fn write32(&self, offset: u32, value: u32) -> Result<(), BusError> {
        let register = self.register(offset, true)?;
        // What was written to memory before it, is written before it.
        barrier::full();
        // SAFETY: as in `read32`, and mapped writable.
        unsafe { register.write_volatile(value.to_le()) };
        Ok(())
    }
}
