//! The board with `vcm_soc`, the driver on it, and everything that watches.
//!
//! ```
//! use vcm_tests::soc::Soc;
//!
//! # fn main() -> anyhow::Result<()> {
//! let soc = Soc::new()?;
//! let space = soc.space(&[0])?;
//! let (from, to) = (soc.bind(&space, 5_000)?, soc.bind(&space, 5_000)?);
//! soc.write(from.phys(), 0, b"scattered")?;
//! let active = space.vcm.activate()?;
//! soc.copy(0, from.start(), to.start(), 5_000)?;
//! assert_eq!(soc.read(to.phys(), 0, 9)?, b"scattered");
//! drop((active, from, to));
//! soc.finish([space])
//! # }
//! ```

mod fence;
mod flaky;
mod scattered;
mod tables;

use std::iter;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use vcm::addr::{Iova, PhysAddr};
use vcm::dma::{Channel, Dma, DmaError};
use vcm::frames::Frames;
use vcm::iommu::{self, ContextConfig, FaultRecord, Iommu, IommuContext, StreamId};
use vcm::iova::IovaSpace;
use vcm::mmu::PhysPart;
use vcm::seam::{Bus, PhysMem};
use vcm::wrap::{FrameSource, VcmMmu};
use vcm::{AllocFlags, Binding, Misuse, Phys, ResFlags, System, Vcm};
use vcm_regs::context::{self, Sctlr};
use vcm_sim::check::PortChecks;
use vcm_sim::golden;
use vcm_sim::model::Top;
use vcm_sim::platform::{Config, Platform, SimClock, SimMemory};
use vcm_sim::scoreboard::{Scoreboard, Settings};

use crate::failure::Guard;

pub use fence::Fence;
pub use flaky::{Failure, FlakyBus, FlakyMemory, Trip};
pub use scattered::Scattered;
pub use tables::Tables;

/// The IOMMU on this board.
pub type SocIommu = Iommu<FlakyBus, FlakyMemory, SimClock>;
/// A context of it.
pub type SocContext = IommuContext<FlakyBus, FlakyMemory, SimClock>;
/// The DMA engine on this board.
pub type SocDma = Dma<FlakyBus, SimClock>;
/// A channel of it.
pub type SocChannel = Channel<FlakyBus, SimClock>;

/// First address of every context: where there is no memory, so that an address that slips through
/// untranslated gets nowhere.
pub const SPACE_START: Iova = Iova::new(0x4000_0000);
/// Size of every context.
pub const SPACE_SIZE: u32 = 0x1000_0000;
/// Memory for buffers.
pub const FRAMES: u32 = 0x400_0000;
/// How long a copy may take.
pub const PATIENCE: Duration = Duration::from_millis(20);
/// How long the hardware has to confirm an invalidation.
pub const SYNC_TIMEOUT: Duration = Duration::from_micros(100);

/// The board, with the driver on it.
pub struct Soc {
    /// The simulation.
    pub platform: Platform,
    /// The register window, as the driver uses it.
    pub bus: FlakyBus,
    /// Memory for page tables, as the driver uses it.
    pub memory: FlakyMemory,
    /// The IOMMU.
    pub iommu: SocIommu,
    /// The DMA engine.
    pub dma: SocDma,
    /// Memory for buffers.
    pub frames: Arc<Frames<SimMemory>>,
    /// The mapping graph. Misuse panics.
    pub system: System,
    scoreboard: Arc<Mutex<Scoreboard>>,
    checks: Arc<Mutex<PortChecks>>,
    _guard: Guard,
}

/// A VCM context on a context of the IOMMU.
pub struct Space {
    /// The VCM context.
    pub vcm: Vcm,
    /// What is under it.
    pub mmu: Arc<SocContext>,
}

impl Soc {
    /// A board at full speed.
    ///
    /// # Errors
    /// When it cannot be simulated, or the driver does not find its devices.
    pub fn new() -> Result<Self> {
        Self::with(Config::default())
    }

    /// A board with back-pressure on all channels.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn stressed(seed: u64) -> Result<Self> {
        Self::with(Config::default().stressed(seed))
    }

    /// A board of this kind; its top is `vcm_soc` in any case.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with(config: Config) -> Result<Self> {
        let platform = Platform::new(Config {
            top: Top::Soc,
            ..config
        })?;
        let end = config.ddr.base.saturating_add(config.ddr.size);
        let bypass = iter::once(config.ddr.base..end).collect();
        let scoreboard = Scoreboard::for_soc(Settings::default(), bypass);
        let scoreboard = Arc::new(Mutex::new(scoreboard));
        let checks = Arc::new(Mutex::new(PortChecks::default()));
        platform.observe(Arc::clone(&scoreboard));
        platform.observe(Arc::clone(&checks));
        let watched = (Arc::clone(&checks), Arc::clone(&scoreboard));
        let guard = Guard::new(&platform, move || {
            let checks = watched.0.lock().unwrap_or_else(PoisonError::into_inner);
            let scoreboard = watched.1.lock().unwrap_or_else(PoisonError::into_inner);
            let broken = checks.violations().into_iter().map(|found| found.cycle);
            let wrong = scoreboard.mismatches().iter().map(|found| found.cycle);
            broken.chain(wrong).min()
        });

        let bus = FlakyBus::new(platform.bus());
        let memory = FlakyMemory::new(platform.memory());
        let behaviour = iommu::Config {
            sync_timeout: SYNC_TIMEOUT,
        };
        let iommu = Iommu::probe(bus.clone(), memory.clone(), platform.clock(), behaviour)?;
        let dma = Dma::probe(bus.clone(), platform.clock())?;
        let frames = Arc::new(Frames::new(platform.memory()));
        frames.add_pool(FRAMES)?;
        let system = System::with_sink(|misuse: &Misuse| panic!("misuse: {misuse}"));
        Ok(Self {
            platform,
            bus,
            memory,
            iommu,
            dma,
            frames,
            system,
            scoreboard,
            checks,
            _guard: guard,
        })
    }

    /// A VCM context of these streams, which are those of the DMA channels of the same numbers. All
    /// contexts have the same addresses. It is not active.
    ///
    /// # Errors
    /// What the driver says.
    pub fn space(&self, streams: &[u16]) -> Result<Space> {
        self.space_with(streams, Arc::clone(&self.frames), ContextConfig::default())
    }

    /// The same with memory in as many pieces as there are pages, in no order.
    ///
    /// # Errors
    /// What the driver says.
    pub fn scattered_space(&self, streams: &[u16], seed: u64) -> Result<Space> {
        let frames = Scattered::new(Arc::clone(&self.frames), seed);
        self.space_with(streams, frames, ContextConfig::default())
    }

    /// The same with any memory and any behaviour.
    ///
    /// # Errors
    /// What the driver says.
    pub fn space_with(
        &self,
        streams: &[u16],
        frames: impl FrameSource + Send + 'static,
        config: ContextConfig,
    ) -> Result<Space> {
        let mmu = Arc::new(self.iommu.context(config)?);
        for &stream in streams {
            mmu.attach(StreamId::new(stream))?;
        }
        let addresses = IovaSpace::new(SPACE_START, SPACE_SIZE.into())?;
        let driver = VcmMmu::new(Arc::clone(&mmu), frames, addresses);
        let vcm = self
            .system
            .create(SPACE_START, SPACE_SIZE, Box::new(driver))?;
        Ok(Space { vcm, mmu })
    }

    /// New memory, bound to new addresses.
    ///
    /// # Errors
    /// What the driver says.
    pub fn bind(&self, space: &Space, size: u32) -> Result<Binding> {
        let binding = space
            .vcm
            .make_binding(size, AllocFlags::default(), ResFlags::default())?;
        Ok(binding)
    }

    /// Writes memory by the processor, from `offset` bytes after its beginning on.
    ///
    /// # Errors
    /// When that is more than there is.
    pub fn write(&self, phys: &Phys, offset: u32, bytes: &[u8]) -> Result<()> {
        self.write_parts(&phys.parts(), offset, bytes)
    }

    /// Reads memory by the processor.
    ///
    /// # Errors
    /// When that is more than there is.
    pub fn read(&self, phys: &Phys, offset: u32, size: u32) -> Result<Vec<u8>> {
        self.read_parts(&phys.parts(), offset, size)
    }

    /// As [`write`](Self::write), for memory of the raw layer.
    ///
    /// # Errors
    /// When that is more than there is.
    pub fn write_parts(&self, parts: &[PhysPart], offset: u32, bytes: &[u8]) -> Result<()> {
        let memory = self.platform.memory();
        let mut rest = bytes;
        for (at, size) in pieces(parts, offset, bytes.len() as u32)? {
            let (now, later) = rest.split_at(size as usize);
            memory.write(at, now)?;
            rest = later;
        }
        Ok(())
    }

    /// As [`read`](Self::read), for memory of the raw layer.
    ///
    /// # Errors
    /// When that is more than there is.
    pub fn read_parts(&self, parts: &[PhysPart], offset: u32, size: u32) -> Result<Vec<u8>> {
        let memory = self.platform.memory();
        let mut bytes = vec![0; size as usize];
        let mut rest = &mut bytes[..];
        for (at, size) in pieces(parts, offset, size)? {
            let (now, later) = rest.split_at_mut(size as usize);
            memory.read(at, now)?;
            rest = later;
        }
        Ok(bytes)
    }

    /// Copies by a channel of the DMA engine, and waits for the end.
    ///
    /// # Errors
    /// What the driver says.
    pub fn copy(&self, channel: u8, from: Iova, to: Iova, length: u32) -> Result<u32, DmaError> {
        let mut channel = self.dma.channel(channel)?;
        self.copy_on(&mut channel, from, to, length)
    }

    /// The same by a channel that is taken already.
    ///
    /// # Errors
    /// What the driver says.
    pub fn copy_on(
        &self,
        channel: &mut SocChannel,
        from: Iova,
        to: Iova,
        length: u32,
    ) -> Result<u32, DmaError> {
        channel.copy(from, to, length)?;
        channel.wait(PATIENCE)
    }

    /// Takes all fault records.
    ///
    /// # Errors
    /// When the registers cannot be read, or records have been lost.
    pub fn faults(&self) -> Result<Vec<FaultRecord>> {
        let mut records = Vec::new();
        let drained = self.iommu.drain_faults(&mut records)?;
        ensure!(!drained.overflowed, "fault records have been lost");
        Ok(records)
    }

    /// A reader of a context's tables, with what stands in its registers. A context that is not active
    /// is read as if it were, as its registers are only written then.
    ///
    /// # Errors
    /// When the registers cannot be read.
    pub fn tables(&self, space: &Space) -> Result<Tables> {
        let bus = self.platform.bus();
        let bank = context::BLOCK.at(space.mmu.bank().into());
        let active = bus.read32(bank + context::SCTLR.offset)? & Sctlr::M.mask() != 0;
        let registers = golden::Context {
            enabled: true,
            access_flag: false,
            ttbr0: space.mmu.table_base().get(),
            dacr: 1,
            asid: space.mmu.asid(),
        };
        if active {
            let ttbr0 = bus.read32(bank + context::TTBR0.offset)?;
            let asid = bus.read32(bank + context::CONTEXTIDR.offset)?;
            ensure!(ttbr0 == registers.ttbr0, "TTBR0 is {ttbr0:#x}");
            ensure!(asid == u32::from(registers.asid), "the ASID is {asid}");
            let dacr = bus.read32(bank + context::DACR.offset)?;
            let registers = golden::Context { dacr, ..registers };
            return Ok(Tables::new(self.platform.back_door(), registers));
        }
        Ok(Tables::new(self.platform.back_door(), registers))
    }

    /// Has frames watched that no device may touch any more.
    pub fn fence(&self) -> Arc<Mutex<Fence>> {
        let fence = Arc::new(Mutex::new(Fence::default()));
        self.platform.observe(Arc::clone(&fence));
        fence
    }

    /// Rules that were broken until now, at any port.
    ///
    /// # Errors
    /// When there is one.
    pub fn check(&self) -> Result<()> {
        self.platform.check()?;
        let checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        checks.assert_clean();
        let scoreboard = self
            .scoreboard
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        scoreboard.assert_clean();
        Ok(())
    }

    /// Ends a test: no rule was broken, and addresses, frames, table memory, context banks have all
    /// been given back.
    ///
    /// # Errors
    /// When that is not so.
    pub fn finish(self, spaces: impl IntoIterator<Item = Space>) -> Result<()> {
        for space in spaces {
            space.destroy()?;
        }
        let free = self.frames.free_bytes();
        ensure!(
            free == u64::from(FRAMES),
            "{free:#x} bytes of frames are free"
        );
        self.end()
    }

    /// Ends a test in which something was poisoned: no rule was broken, and all memory that is not
    /// poisoned has been given back. Returns what has not.
    ///
    /// # Errors
    /// When that is not so.
    pub fn finish_poisoned(self, spaces: impl IntoIterator<Item = Space>) -> Result<Leftovers> {
        drop(Vec::from_iter(spaces));
        let free = self.frames.free_bytes();
        let poisoned = self.frames.poisoned_bytes();
        ensure!(
            free + poisoned == u64::from(FRAMES),
            "{free:#x} bytes of frames are free, {poisoned:#x} poisoned"
        );
        self.check()?;
        let memory = self.platform.memory();
        drop((self.dma, self.iommu, self.frames, self.system));
        let tables = memory.live();
        Ok(Leftovers {
            frames: poisoned,
            live: tables.into_iter().map(|(_, size)| size).collect(),
        })
    }

    fn end(self) -> Result<()> {
        // As many banks can be had as there are: none was lost.
        let count = self.iommu.features().contexts;
        let banks: Vec<SocContext> = (0..count)
            .map(|_| self.iommu.context(ContextConfig::default()))
            .collect::<Result<_, _>>()
            .context("a context bank was not given back")?;
        drop(banks);
        self.check()?;
        let memory = self.platform.memory();
        drop((self.dma, self.iommu, self.frames, self.system));
        let live = memory.live();
        ensure!(live.is_empty(), "not given back: {live:x?}");
        Ok(())
    }
}

/// What a test has left, because it is never to be used again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftovers {
    /// Bytes of poisoned frames.
    pub frames: u64,
    /// Sizes of what was not given back to the platform.
    pub live: Vec<u32>,
}

impl Space {
    /// Destroys the context. All its addresses must be free.
    ///
    /// # Errors
    /// When they are not, or the context is in use.
    pub fn destroy(self) -> Result<()> {
        let everything = ResFlags {
            at: Some(SPACE_START),
            ..ResFlags::default()
        };
        let all = self.vcm.reserve(SPACE_SIZE, everything);
        drop(all.context("not all addresses were given back")?);
        self.vcm.destroy()?;
        if Arc::into_inner(self.mmu).is_none() {
            bail!("the context of the IOMMU is still in use");
        }
        Ok(())
    }
}

/// The physical pieces of a range of memory that is in parts.
fn pieces(parts: &[PhysPart], offset: u32, size: u32) -> Result<Vec<(PhysAddr, u32)>> {
    let (mut skip, mut left) = (offset, size);
    let mut pieces = Vec::new();
    for part in parts {
        if skip >= part.size {
            skip -= part.size;
            continue;
        }
        let now = left.min(part.size - skip);
        if now == 0 {
            break;
        }
        pieces.push((PhysAddr::new(part.start.get() + skip), now));
        left -= now;
        skip = 0;
    }
    ensure!(left == 0, "{left:#x} bytes are beyond the memory");
    Ok(pieces)
}

/// Bytes that are hardly the same anywhere else: for this seed always the same.
pub fn noise(seed: u64, size: u32) -> Vec<u8> {
    let mut rng = fastrand::Rng::with_seed(seed);
    (0..size).map(|_| rng.u8(..)).collect()
}
