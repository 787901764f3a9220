//! The contexts and what is bound in them.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use vcm::addr::Iova;
use vcm::frames::{FrameError, Frames};
use vcm::iommu::{ContextConfig, FaultRecord, IommuContext};
use vcm::iova::IovaSpace;
use vcm::mmu::{Access, Attributes, PhysPart};
use vcm::platform::{Description, Graph, Platform, Through};
use vcm::wrap::{OneToOne, VcmMmu};
use vcm::{
    Active, AllocFlags, Attribution, Binding, Failed, Region, ResFlags, ResId, Reservation, System,
    Vcm, Where,
};

use crate::bench::{Bench, Which};
use crate::error::{DemoError, While};
use crate::gate::BypassedStream;
use crate::machine::Machine;
use crate::mix;
use crate::report::Check;
use crate::worn::WornMemory;

/// The largest file in bytes.
pub const FILE_LIMIT: usize = 64 << 20;

/// Device addresses of the translated streams. There is no memory at these physical addresses.
const SPACE: Region = Region::new(Iova::new(0x8000_0000), 0x1000_0000);

/// Device addresses of the bypassed stream: every physical address.
const ALL: Region = Region::new(Iova::new(0), 0xffff_f000);

/// Names in the mapping graph.
const IOMMU: &str = "VCM-IOMMU";
const TRANSLATED: &str = "translated";
const BYPASSED: &str = "bypassed";
const PROCESSOR: &str = "processor";

/// The shared buffer of the RFC's example: `SZ_2MB | SZ_4K`.
pub(crate) const SHARED_SIZE: u32 = (2 << 20) | (4 << 10);

/// Physically contiguous memory, for the one-to-one context: as little as on a real board. Wherever it
/// begins, the shared buffer fits in, and is aligned to its size.
pub const CONTIGUOUS_POOL: u32 = 8 << 20;

/// Addresses after the destination that are reserved, with no memory: what runs over falls in there.
const GUARD_SIZE: u32 = 64 << 10;

/// Any number; the same for all runs, so that they can be compared.
const SEED: u64 = 2010;

type Context<M> = IommuContext<<M as Machine>::Bus, <M as Machine>::Memory, <M as Machine>::Clock>;

/// What the demonstration works on.
pub(crate) struct Buffers<M: Machine> {
    /// The file; devices may only read it.
    pub(crate) source: Binding,
    /// Where it is copied to.
    pub(crate) destination: Binding,
    /// Reserved behind the destination, with nothing bound.
    pub(crate) guard: Reservation,
    /// The shared buffer, as the translated stream sees it.
    pub(crate) shared: Binding,
    /// The same memory, as the bypassed stream sees it.
    pub(crate) shared_direct: Binding,
    /// The same memory, as the processor sees it.
    shared_processor: Binding,
    pub(crate) translated: Vcm,
    pub(crate) direct: Vcm,
    processor: Vcm,
    platform: Platform,
    pub(crate) context: Arc<Context<M>>,
    pub(crate) worn: Arc<WornMemory<M::Memory>>,
    contiguous: Arc<Frames<M::Memory>>,
    free_at_first: u64,
}

/// Both contexts are in hardware.
pub(crate) struct Activated {
    translated: Active,
    direct: Active,
}

/// How many pages of each size source and destination take together.
fn needed(file: usize) -> [usize; 3] {
    let pages = mix::page_sizes(mix::buffer_size(file) as u32);
    mix::count(&pages).map(|count| 2 * count)
}

/// Bytes of memory that the buffers for a file are taken from; page tables come on top.
pub fn pool_size(file: usize) -> u32 {
    crate::worn::pool_size(needed(file)) + CONTIGUOUS_POOL
}

impl<M: Machine> Buffers<M> {
    /// Makes both contexts, and binds everything for a file of so many bytes.
    pub(crate) fn new(bench: &Bench<'_, M>, file: usize) -> Result<Self, DemoError> {
        let doing = "taking memory";
        let memory = || bench.machine.memory();
        let contiguous = Arc::new(contiguous_pool(memory()).when(doing)?);
        let worn = Arc::new(WornMemory::new(memory(), needed(file), SEED).when(doing)?);
        let free_at_first = worn.free_bytes() + contiguous.free_bytes();

        let doing = "making the contexts";
        let context = Arc::new(bench.iommu.context(ContextConfig::default()).when(doing)?);
        context
            .attach(bench.stream(Which::Translated))
            .when(doing)?;
        let addresses = IovaSpace::new(SPACE.start, u64::from(SPACE.size)).when(doing)?;
        let mmu = VcmMmu::new(context.clone(), worn.clone(), addresses);
        let gate = BypassedStream {
            iommu: bench.iommu.clone(),
            stream: bench.stream(Which::Bypassed),
        };
        let direct = OneToOne::with_gate(contiguous.clone(), ALL, gate);
        let processor = OneToOne::new(contiguous.clone(), ALL);
        let platform = Platform::new(describe(bench), System::new()).when(doing)?;
        let translated = platform.create(TRANSLATED, Box::new(mmu)).when(doing)?;
        let direct = platform.create(BYPASSED, Box::new(direct)).when(doing)?;
        let processor = platform
            .create(PROCESSOR, Box::new(processor))
            .when(doing)?;

        let doing = "binding the buffers";
        let size = mix::buffer_size(file) as u32;
        let (alloc, res) = (AllocFlags::default(), ResFlags::default());
        let read_only = ResFlags {
            attributes: Attributes {
                write: false,
                ..Attributes::default()
            },
            ..res
        };
        let source = translated
            .make_binding(size, alloc, read_only)
            .when(doing)?;
        let destination = translated.make_binding(size, alloc, res).when(doing)?;
        let behind = ResFlags {
            at: Some(end(destination.region())),
            ..res
        };
        let guard = translated.reserve(GUARD_SIZE, behind).when(doing)?;
        // The RFC's example: allocated where it has to be contiguous, and mapped where it need not be.
        let shared_direct = direct.make_binding(SHARED_SIZE, alloc, res).when(doing)?;
        let shared = translated.map(shared_direct.phys(), res).when(doing)?;
        let shared_processor = processor.map(shared_direct.phys(), res).when(doing)?;
        Ok(Self {
            source,
            destination,
            guard,
            shared,
            shared_direct,
            shared_processor,
            translated,
            direct,
            processor,
            platform,
            context,
            worn,
            contiguous,
            free_at_first,
        })
    }

    /// Brings both contexts to the hardware.
    pub(crate) fn activate(&self) -> Result<Activated, DemoError> {
        let doing = "activating the contexts";
        Ok(Activated {
            direct: self.direct.activate().when(doing)?,
            translated: self.translated.activate().when(doing)?,
        })
    }

    /// All memory in which a DMA could do harm.
    pub(crate) fn memory(&self) -> Vec<PhysPart> {
        let shared = self.shared.phys().parts();
        [self.worn.blocks(), &shared].concat()
    }

    /// What a reservation is for.
    fn name(&self, id: ResId) -> &'static str {
        let names = [
            (self.source.id(), "source"),
            (self.destination.id(), "destination"),
            (self.guard.id(), "guard"),
            (self.shared.id(), "shared buffer"),
        ];
        let found = names.into_iter().find(|(known, _)| *known == id);
        found.map_or("unknown", |(_, name)| name)
    }

    /// Who sees which memory under which address.
    pub(crate) fn graph(&self) -> Result<Graph, DemoError> {
        self.platform.graph().when("drawing the mapping graph")
    }

    /// Reports a fault of the translated stream to the framework.
    pub(crate) fn blame(&self, record: &FaultRecord) -> Result<Attribution, DemoError> {
        let fault = self
            .translated
            .report_fault(record.iova, Access::from(record));
        fault.when("attributing a fault")
    }

    /// In which reservation an address of the translated stream lies, in words.
    pub(crate) fn place(&self, at: Iova) -> String {
        match self.translated.resolve(at) {
            Where::InReservation { id, offset, bound } => {
                let unbound = if bound { "" } else { ", nothing bound" };
                format!("{} + {offset:#x}{unbound}", self.name(id))
            }
            Where::InSpace => "none".to_owned(),
            Where::Outside => "outside the context".to_owned(),
        }
    }

    /// Gives everything back, in the order of the RFC's example.
    pub(crate) fn release(self, active: Activated) -> Result<Check, DemoError> {
        let doing = "giving everything back";
        drop(self.shared.unmap().map_err(reason).when(doing)?);
        drop(self.shared_processor.unmap().map_err(reason).when(doing)?);
        self.shared_direct.destroy().map_err(reason).when(doing)?;
        self.source.destroy().map_err(reason).when(doing)?;
        self.destination.destroy().map_err(reason).when(doing)?;
        self.guard.unreserve().map_err(reason).when(doing)?;
        active.translated.deactivate().map_err(reason).when(doing)?;
        active.direct.deactivate().map_err(reason).when(doing)?;
        self.translated.destroy().map_err(reason).when(doing)?;
        self.direct.destroy().map_err(reason).when(doing)?;
        self.processor.destroy().map_err(reason).when(doing)?;

        let free = self.worn.free_bytes() + self.contiguous.free_bytes();
        let lost = self.free_at_first.abs_diff(free);
        let misuses = self.platform.system().misuses();
        let check = Check::new("all memory was given back, and the framework was not misused");
        Ok(if lost != 0 {
            check.failed(format!("{lost} bytes of memory were not given back"))
        } else if misuses != 0 {
            check.failed(format!("misused {misuses} times"))
        } else {
            check
        })
    }
}

/// The machine with what the demonstration makes of it.
fn describe<M: Machine>(bench: &Bench<'_, M>) -> Description {
    let channel = |which| format!("DMA, {}", bench.stream(which));
    bench
        .machine
        .describe()
        .mmu(IOMMU)
        .context(TRANSLATED, SPACE, Through::Mmu(IOMMU.into()))
        .context(BYPASSED, ALL, Through::Direct)
        .context(PROCESSOR, ALL, Through::Cpu)
        .master(channel(Which::Translated), TRANSLATED)
        .master(channel(Which::Bypassed), BYPASSED)
}

fn contiguous_pool<M: vcm::seam::PhysMem>(memory: M) -> Result<Frames<M>, FrameError> {
    let frames = Frames::new(memory);
    frames.add_pool(CONTIGUOUS_POOL)?;
    Ok(frames)
}

/// The address behind a region of [`SPACE`].
fn end(region: Region) -> Iova {
    Iova::new(region.start.get() + region.size)
}

fn reason<T>(failed: Failed<T>) -> vcm::Error {
    failed.error
}
