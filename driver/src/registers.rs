//! Typed access to a register block over [`Bus`].

use vcm_regs::{Block, Register};

use crate::seam::{Bus, BusError};

/// One register block of the window.
pub(crate) struct Registers<'a, B> {
    bus: &'a B,
    base: u32,
}

impl<'a, B: Bus> Registers<'a, B> {
    /// Block `index` of those of its kind.
    pub(crate) const fn new(bus: &'a B, block: &Block, index: u32) -> Self {
        Self {
            bus,
            base: block.at(index),
        }
    }

    pub(crate) fn read<R: Register>(&self) -> Result<R, BusError> {
        self.read_nth(0)
    }

    /// Reads register `index` of an array.
    pub(crate) fn read_nth<R: Register>(&self, index: u32) -> Result<R, BusError> {
        let offset = self.base + R::INFO.offset + index * size_of::<u32>() as u32;
        self.bus.read32(offset).map(R::from_bits)
    }

    pub(crate) fn write<R: Register>(&self, value: R) -> Result<(), BusError> {
        self.write_nth(0, value)
    }

    /// Writes register `index` of an array.
    pub(crate) fn write_nth<R: Register>(&self, index: u32, value: R) -> Result<(), BusError> {
        let offset = self.base + R::INFO.offset + index * size_of::<u32>() as u32;
        self.bus.write32(offset, value.bits())
    }
}
