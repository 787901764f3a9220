//! The bench: `vcm_iommu` with a memory, set up by the driver, a context for each page size.

use anyhow::{Context as _, Result, ensure};
use fastrand::Rng;
use vcm::addr::{Iova, PhysAddr};
use vcm::iommu::{Config as IommuConfig, ContextConfig, Iommu, IommuContext, StreamId};
use vcm::mmu::{Attributes, Mmu, PhysPart};

use vcm_sim::axi::{Completion, MasterConfig, Request};
use vcm_sim::ddr::Timing;
use vcm_sim::platform::{Config, Platform, SimBus, SimClock, SimMemory};
use vcm_sim::signals::Resp;

/// Where the masters' window begins, in every context; in bypass it is memory, too.
pub(super) const WINDOW: u32 = 0x0400_0000;
/// Bytes of the window.
pub(super) const WINDOW_SIZE: u32 = 64 << 20;
/// Where the window is mapped to.
const MEMORY: u32 = 0x0800_0000;
/// Stream that is bypassed; those below have a context, in the order of [`Page::ALL`].
const BYPASS: u8 = 8;
/// Cycles that a benchmark waits for an answer.
const DEADLINE: u64 = 1_000_000;

/// A page size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Small,
    Large,
    Section,
    Supersection,
}

impl Page {
    pub(super) const ALL: [Self; 4] = [Self::Small, Self::Large, Self::Section, Self::Supersection];

    pub(super) const fn bytes(self) -> u32 {
        match self {
            Self::Small => 4 << 10,
            Self::Large => 64 << 10,
            Self::Section => 1 << 20,
            Self::Supersection => 16 << 20,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Small => "4KiB",
            Self::Large => "64KiB",
            Self::Section => "1MiB",
            Self::Supersection => "16MiB",
        }
    }
}

/// Which way a burst goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Through the context with these pages.
    Translated(Page),
    /// Untranslated.
    Bypass,
}

impl Way {
    pub(super) const fn stream(self) -> u8 {
        match self {
            Self::Translated(page) => page as u8,
            Self::Bypass => BYPASS,
        }
    }
}

pub(super) type BenchContext = IommuContext<SimBus, SimMemory, SimClock>;

/// The bench.
pub struct Rig {
    pub(super) platform: Platform,
    pub(super) iommu: Iommu<SimBus, SimMemory, SimClock>,
    contexts: Vec<BenchContext>,
}

impl std::fmt::Debug for Rig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rig").finish_non_exhaustive()
    }
}

impl Rig {
    /// Makes the hardware and the contexts. Pages lie in memory in random order, the same each time.
    ///
    /// # Errors
    /// When the driver cannot set it up.
    pub fn new() -> Result<Self> {
        let platform = Platform::new(Config {
            deadline: DEADLINE,
            s_axi: MasterConfig::default(),
            ..Config::default()
        })?;
        set_latency(&platform, 1);
        let (bus, memory, clock) = (platform.bus(), platform.memory(), platform.clock());
        let iommu = Iommu::probe(bus, memory, clock, IommuConfig::default())
            .context("the driver does not find the IOMMU")?;
        let contexts = Page::ALL
            .into_iter()
            .map(|page| context(&iommu, page))
            .collect::<Result<_>>()?;
        iommu.bypass(StreamId::new(BYPASS.into()))?;
        Ok(Self {
            platform,
            iommu,
            contexts,
        })
    }

    /// The context with these pages.
    pub(super) fn context(&self, page: Page) -> &BenchContext {
        &self.contexts[page as usize]
    }

    /// Changes the speed of the memory, and has the TLBs forget all contexts.
    pub(super) fn begin(&self, latency: u32) -> Result<()> {
        set_latency(&self.platform, latency);
        Ok(self.iommu.invalidate_all()?)
    }

    /// Sends all of these bursts as fast as they are taken, and waits for the last answer.
    pub(super) fn run(&self, bursts: Vec<Request>) -> Result<Run> {
        let count = bursts.len();
        {
            let mut simulation = self.platform.lock();
            for burst in bursts {
                simulation.master_mut().submit(burst);
            }
        }
        let completions = self.platform.finish()?;
        ensure!(completions.len() == count, "bursts were lost");
        Run::new(&completions)
    }

    /// That nothing went wrong at any port.
    pub(super) fn check(&self) -> Result<()> {
        Ok(self.platform.check()?)
    }
}

/// Many bursts, from the first AxVALID to the last response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) cycles: u64,
    pub(super) bytes: u64,
}

impl Run {
    fn new(completions: &[Completion]) -> Result<Self> {
        let wrong = completions.iter().find(|done| done.resp != Resp::Okay);
        if let Some(wrong) = wrong {
            anyhow::bail!("{:?} for {:x?}", wrong.resp, wrong.request.shape());
        }
        let begin = completions.iter().map(|done| done.issued).min();
        let finish = completions.iter().map(|done| done.finished).max();
        let bytes = |done: &Completion| {
            let shape = done.request.shape();
            u64::from(shape.beats() * shape.beat_bytes())
        };
        Ok(Self {
            cycles: finish
                .zip(begin)
                .map_or(0, |(last, first)| last + 1 - first),
            bytes: completions.iter().map(bytes).sum(),
        })
    }
}

fn set_latency(platform: &Platform, latency: u32) {
    let mut simulation = platform.lock();
    simulation.ddr_mut().set_timing(Timing {
        read_latency: latency,
        write_latency: latency.div_ceil(2),
        ..Timing::default()
    });
}

/// A context with the whole window mapped by pages of one size, and its stream.
fn context(iommu: &Iommu<SimBus, SimMemory, SimClock>, page: Page) -> Result<BenchContext> {
    let mut order: Vec<u32> = (0..WINDOW_SIZE / page.bytes()).collect();
    Rng::with_seed(page.bytes().into()).shuffle(&mut order);
    let parts: Vec<PhysPart> = (order.into_iter())
        .map(|number| PhysPart {
            start: PhysAddr::new(MEMORY + number * page.bytes()),
            size: page.bytes(),
        })
        .collect();
    let context = iommu.context(ContextConfig::default())?;
    context.map(Iova::new(WINDOW), &parts, Attributes::default())?;
    context.attach(StreamId::new(Way::Translated(page).stream().into()))?;
    context.activate()?;
    Ok(context)
}
