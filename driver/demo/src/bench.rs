//! The hardware: the IOMMU, three channels of the DMA engine, and how a transfer is run and measured.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use vcm::addr::Iova;
use vcm::dma::{Channel, Dma, DmaError};
use vcm::iommu::{Config, Counters, FaultRecord, Interrupts, Iommu, StreamId};
use vcm::seam::{Clock, Irq};

use crate::error::{DemoError, While};
use crate::machine::Machine;

/// How long to wait at first until the progress is looked at; then twice as long, up to [`LAST_LOOK`].
const FIRST_LOOK: Duration = Duration::from_micros(2);
/// How long at most to wait until the progress is looked at.
const LAST_LOOK: Duration = Duration::from_micros(64);

/// A channel of the DMA engine, by what becomes of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Bound to a context.
    Translated = 0,
    /// Passes untranslated.
    Bypassed = 1,
    /// Terminated, as it is after reset.
    Terminated = 2,
}

type MachineChannel<M> = Channel<<M as Machine>::Bus, <M as Machine>::Clock>;
type MachineIommu<M> = Iommu<<M as Machine>::Bus, <M as Machine>::Memory, <M as Machine>::Clock>;

/// The hardware.
pub(crate) struct Bench<'m, M: Machine> {
    pub(crate) machine: &'m M,
    pub(crate) iommu: MachineIommu<M>,
    clock: M::Clock,
    irq: M::Irq,
    channel_count: u8,
    channels: [MachineChannel<M>; 3],
}

/// What a transfer has come to.
pub(crate) struct Run {
    /// Bytes copied, or why not all.
    pub(crate) result: Result<u32, DmaError>,
    /// From the programming of the channel to its interrupt.
    pub(crate) time: Duration,
    /// What the IOMMU counted meanwhile.
    pub(crate) counters: Counters,
    /// The faults that the IOMMU recorded.
    pub(crate) faults: Vec<FaultRecord>,
    /// The fault interrupt was pending.
    pub(crate) fault_interrupt: bool,
}

impl<'m, M: Machine> Bench<'m, M> {
    /// Finds out what was built.
    pub(crate) fn probe(machine: &'m M) -> Result<Self, DemoError> {
        let (bus, clock) = (machine.bus(), machine.clock());
        let iommu = Iommu::probe(machine.bus(), machine.memory(), clock, Config::default())
            .when("probing the IOMMU")?;
        let dma = Dma::probe(bus, machine.clock()).when("probing the DMA engine")?;
        let channel = |which: Which| {
            let mut channel = dma.channel(which as u8)?;
            channel.set_interrupt(true);
            Ok::<_, DmaError>(channel)
        };
        let doing = "taking DMA channels";
        let channels = [
            channel(Which::Translated).when(doing)?,
            channel(Which::Bypassed).when(doing)?,
            channel(Which::Terminated).when(doing)?,
        ];
        let interrupts = Interrupts {
            fault: true,
            overflow: true,
        };
        iommu
            .enable_interrupts(interrupts)
            .when("enabling fault interrupts")?;
        Ok(Self {
            machine,
            iommu,
            clock: machine.clock(),
            irq: machine.irq(),
            channel_count: dma.channels(),
            channels,
        })
    }

    /// What was found, in words.
    pub(crate) fn describe(&self) -> [String; 2] {
        let found = self.iommu.features();
        let iommu = format!(
            "IOMMU 1.{}: {} contexts, {} streams, {} + {} TLB entries, fault queue of {}",
            found.minor,
            found.contexts,
            found.streams,
            found.tlb_entries,
            found.tlb_entries,
            found.fault_queue
        );
        let dma = format!("DMA engine: {} channels", self.channel_count);
        [iommu, dma]
    }

    /// The stream of a channel.
    pub(crate) fn stream(&self, which: Which) -> StreamId {
        self.channels[which as usize].stream()
    }

    /// Copies by DMA, and waits for the end.
    pub(crate) fn transfer(
        &mut self,
        which: Which,
        from: Iova,
        to: Iova,
        length: u32,
        progress: &mut dyn FnMut(u32),
    ) -> Result<Run, DemoError> {
        let doing = "copying by DMA";
        self.iommu.counters().when("clearing the counters")?;
        let begin = self.clock.now();
        let deadline = begin + patience(length);
        let channel = &mut self.channels[which as usize];
        channel.copy(from, to, length).when(doing)?;
        let mut look = FIRST_LOOK;
        let (result, end) = loop {
            self.irq.wait(look);
            let now = self.clock.now();
            match channel.poll() {
                Ok(None) if now > deadline => {
                    let copied = channel.abort(patience(0)).when(doing)?;
                    break (Err(DmaError::Aborted { copied }), now);
                }
                Ok(None) => progress(channel.copied().when(doing)?),
                Ok(Some(copied)) => {
                    progress(copied);
                    break (Ok(copied), now);
                }
                Err(error @ DmaError::Transfer { .. }) => break (Err(error), now),
                Err(error) => return Err(error).when(doing),
            }
            look = (2 * look).min(LAST_LOOK);
        };
        let pending = self.iommu.pending_interrupts().when("reading interrupts")?;
        let mut faults = Vec::new();
        self.iommu
            .drain_faults(&mut faults)
            .when("reading the fault queue")?;
        self.irq.ack();
        Ok(Run {
            result,
            time: end - begin,
            counters: self.iommu.counters().when("reading the counters")?,
            faults,
            fault_interrupt: pending.fault,
        })
    }
}

/// How long a copy may take: a hundred times what it should.
fn patience(length: u32) -> Duration {
    Duration::from_millis(10) + Duration::from_nanos(100) * length
}
