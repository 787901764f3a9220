//! The machine, as the demonstration and the driver want it.

use std::sync::Arc;

use vcm::addr::PhysAddr;
use vcm::platform::Description;
use vcm::seam::{MemError, PhysMem};
use vcm_demo_core::Door;
use vcm_linux::{AnyBus, AnyClock, AnyIrq, Device, Memory};

use crate::failure::Failure;

/// A machine with memory for devices.
pub(crate) struct Machine {
    name: String,
    bus: AnyBus,
    clock: AnyClock,
    irq: AnyIrq,
    memory: Arc<Memory>,
}

/// The mapping of the memory: the processor's own accesses are the quickest.
pub(crate) struct Mapped(Arc<Memory>);

impl vcm_demo_core::Machine for Machine {
    type Bus = AnyBus;
    type Memory = Arc<Memory>;
    type Clock = AnyClock;
    type Irq = AnyIrq;
    type Door = Mapped;

    fn describe(&self) -> Description {
        let (base, size) = (self.memory.base(), self.memory.size());
        Description::new(self.name.clone()).memory("memory for devices", base, size)
    }

    fn bus(&self) -> AnyBus {
        Arc::clone(&self.bus)
    }

    fn memory(&self) -> Arc<Memory> {
        Arc::clone(&self.memory)
    }

    fn clock(&self) -> AnyClock {
        Arc::clone(&self.clock)
    }

    fn irq(&self) -> AnyIrq {
        Arc::clone(&self.irq)
    }

    fn door(&self) -> Mapped {
        Mapped(Arc::clone(&self.memory))
    }
}

impl Door for Mapped {
    fn name(&self) -> &'static str {
        "the processor's mapping"
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        self.0.read(at, into)
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        self.0.write(at, from)
    }
}

impl Machine {
    /// The machine that a device is, with its memory.
    pub(crate) fn new(device: &Device) -> Result<Self, Failure> {
        Ok(Self {
            name: device.name.clone(),
            bus: Arc::clone(&device.bus),
            clock: Arc::clone(&device.clock),
            irq: Arc::clone(&device.irq),
            memory: device.memory()?,
        })
    }

    /// How many bytes of memory it has.
    pub(crate) fn memory_size(&self) -> u32 {
        self.memory.size()
    }
}
