//! The hardware in use: what all objects of one `Iommu` have in common.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use vcm::System;
use vcm::dma::{Channel, Dma};
use vcm::frames::Frames;
use vcm::iommu::{Config, Iommu, IommuContext, IommuError};
use vcm::seam::{Clock as _, Irq as _};
use vcm_linux::{AnyBus, AnyClock, Memory};

use crate::machine::Machine;
use crate::processor::Processor;

/// The IOMMU.
pub(crate) type MachineIommu = Iommu<AnyBus, Arc<Memory>, AnyClock>;
/// A context bank of it.
pub(crate) type MachineContext = IommuContext<AnyBus, Arc<Memory>, AnyClock>;
/// A channel of the DMA engine.
pub(crate) type MachineChannel = Channel<AnyBus, AnyClock>;

/// Page sizes of the framework.
const PAGE: u32 = vcm::PAGE_SIZE;

/// The hardware in use.
pub(crate) struct Session {
    pub(crate) machine: Machine,
    pub(crate) iommu: MachineIommu,
    /// There is none in a design of one's own.
    pub(crate) dma: Option<Dma<AnyBus, AnyClock>>,
    pub(crate) frames: Arc<Frames<Arc<Memory>>>,
    pub(crate) system: System,
    pub(crate) processor: Arc<Processor>,
}

impl Session {
    /// Waits until an event is pending that was enabled, or for so long. Where there is no interrupt,
    /// it asks from time to time.
    pub(crate) fn wait_for_interrupt(&self, timeout: Duration) -> Result<(), IommuError> {
        let Machine { clock, irq, .. } = &self.machine;
        let deadline = clock.now() + timeout;
        while !self.iommu.pending_interrupts()?.any() {
            let left = deadline.saturating_sub(clock.now());
            if left.is_zero() || irq.wait(left) {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn new(machine: Machine) -> Result<Self, Box<dyn Error>> {
        let (bus, clock) = (&machine.bus, &machine.clock);
        let memory = &machine.memory;
        let iommu = Iommu::probe(
            Arc::clone(bus),
            Arc::clone(memory),
            Arc::clone(clock),
            Config::default(),
        )?;
        let dma = Dma::probe(Arc::clone(bus), Arc::clone(clock)).ok();
        let frames = Arc::new(Frames::new(Arc::clone(memory)));
        // The rest is for page tables.
        frames.add_pool(memory.size() / 4 / PAGE * 3 * PAGE)?;
        let system = System::new();
        let processor = Arc::new(Processor::new(&system, memory, &frames)?);
        Ok(Self {
            machine,
            iommu,
            dma,
            frames,
            system,
            processor,
        })
    }
}
