//! What the demonstration runs on: the driver's seams, and a quick way into memory.

use vcm::addr::PhysAddr;
use vcm::platform::Description;
use vcm::seam::{Bus, Clock, Irq, MemError, PhysMem};

/// A machine with `vcm_soc` in it.
///
/// What it hands out may be used side by side, and all refers to the same machine.
pub trait Machine {
    /// The register window.
    type Bus: Bus + Send + Sync + 'static;
    /// Memory, as the processor sees it.
    type Memory: PhysMem + Send + Sync + 'static;
    /// Time.
    type Clock: Clock + Send + Sync + 'static;
    /// The interrupt.
    type Irq: Irq;
    /// The quickest way to the bytes in memory.
    type Door: Door;

    /// Its name and its memories, without contexts.
    fn describe(&self) -> Description;
    /// The register window.
    fn bus(&self) -> Self::Bus;
    /// Memory, as the processor sees it: the front door.
    fn memory(&self) -> Self::Memory;
    /// Time.
    fn clock(&self) -> Self::Clock;
    /// The interrupt.
    fn irq(&self) -> Self::Irq;
    /// The quickest way to the bytes in memory.
    fn door(&self) -> Self::Door;
}

/// A way to the bytes in memory, for filling and comparing large buffers.
pub trait Door {
    /// What it is called in the report.
    fn name(&self) -> &'static str;

    /// Reads memory.
    ///
    /// # Errors
    /// [`MemError`] when the range is not memory of this machine.
    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError>;

    /// Writes memory.
    ///
    /// # Errors
    /// [`MemError`] when the range is not memory of this machine.
    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError>;
}
