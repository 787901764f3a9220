//! `vcm_iommu` on a bench: the test plays the bus masters and the software, and everything is watched.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, ensure};
use vcm::addr::PhysAddr;
use vcm_sim::axi::{Completion, Request};
use vcm_sim::check::PortChecks;
use vcm_sim::ddr::{DdrConfig, InjectedError, Port, Timing};
use vcm_sim::platform::{Config, Platform};
use vcm_sim::scoreboard::{Scoreboard, Settings, Termination};
use vcm_sim::signals::{AxiAddr, Cycle, Observer, Resp, Violation};

use crate::failure::Guard;
use crate::tables::Tables;

/// Where buffers may lie; the tables are below.
pub const DATA: u32 = 0x0800_0000;

/// Where the tables of the first context lie; those of the others follow.
const TABLES: u32 = 0x0100_0000;

/// Distance of the tables of two contexts.
const TABLES_STRIDE: u32 = 0x0010_0000;

/// Cycles that a table walk nobody waits for may take to its end, and that a write takes at most to
/// have its effect.
const QUIET: u64 = 2_000;

/// A quick memory and no back-pressure: for tests in which time does not matter.
pub fn quick() -> Config {
    let timing = Timing {
        read_latency: 3,
        write_latency: 2,
        bandwidth: 24,
    };
    Config {
        ddr: DdrConfig {
            timing,
            ..DdrConfig::default()
        },
        ..Config::default()
    }
}

/// [`quick`] with memory at all addresses, for tests of physical addresses.
pub fn all_memory() -> Config {
    let mut config = quick();
    config.ddr.base = 0;
    config.ddr.size = u32::MAX;
    config
}

/// What a bench is made of.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Hardware, memory, masters.
    pub config: Config,
    /// The bus masters break rules of AXI on purpose: they are not judged.
    pub unruly_masters: bool,
    /// Bursts may go unanswered for very long: they stand stalled.
    pub patient_masters: bool,
    /// What the scoreboard takes for granted.
    pub scoreboard: Settings,
}

impl From<Config> for Setup {
    /// With everything judged.
    fn from(config: Config) -> Self {
        Self {
            config,
            unruly_masters: false,
            patient_masters: false,
            scoreboard: Settings::default(),
        }
    }
}

impl Setup {
    /// With bus masters that break rules of AXI on purpose.
    pub fn unruly(config: Config) -> Self {
        Self {
            unruly_masters: true,
            ..config.into()
        }
    }

    /// With bus masters whose bursts may stand stalled for very long.
    pub fn patient(config: Config) -> Self {
        Self {
            patient_masters: true,
            ..config.into()
        }
    }
}

/// Runs a test on a bench, and then holds that all bursts were answered, that the protocol checkers and
/// the scoreboard found nothing, and that no rule was broken.
///
/// With `VCM_TRACE` set to a file name, the run leaves a waveform there. A test that fails is run once more
/// with one, and tells of it: see [`failure`](crate::failure).
///
/// # Errors
/// Those of the test; rules broken.
///
/// # Panics
/// When a checker or the scoreboard has found something.
pub fn cosimulate(setup: impl Into<Setup>, test: impl FnOnce(&Bench) -> Result<()>) -> Result<()> {
    let bench = Bench::new(setup.into())?;
    match test(&bench) {
        Ok(()) => bench.finish().inspect_err(|_| bench.guard.report()),
        Err(error) => {
            bench.guard.report();
            Err(error.context(bench.findings()))
        }
    }
}

/// What came out at the memory's ports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// AR of `m_axi`.
    pub reads: Vec<AxiAddr>,
    /// AW of `m_axi`.
    pub writes: Vec<AxiAddr>,
    /// AR of `m_axi_ptw`.
    pub walks: Vec<AxiAddr>,
}

/// Collects what comes out at the memory's ports.
#[derive(Debug, Default)]
struct Monitor(Seen);

impl Observer for Monitor {
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Violation> {
        let Cycle {
            m_axi, m_axi_ptw, ..
        } = cycle;
        if m_axi.ar.fires() {
            self.0.reads.push(m_axi.ar);
        }
        if m_axi.aw.fires() {
            self.0.writes.push(m_axi.aw);
        }
        if m_axi_ptw.ar.fires() {
            self.0.walks.push(m_axi_ptw.ar);
        }
        Ok(())
    }
}

/// The bench.
#[derive(Debug)]
pub struct Bench {
    /// Hardware, memory and masters.
    pub platform: Platform,
    checks: Arc<Mutex<PortChecks>>,
    scoreboard: Arc<Mutex<Scoreboard>>,
    monitor: Arc<Mutex<Monitor>>,
    guard: Guard,
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bench {
    fn new(setup: Setup) -> Result<Self> {
        let platform = Platform::new(setup.config)?;
        let mut checks = PortChecks::default();
        if setup.unruly_masters {
            checks = checks.with_unruly_masters();
        }
        if setup.patient_masters {
            checks = checks.with_patient_masters();
        }
        let checks = Arc::new(Mutex::new(checks));
        let scoreboard = Arc::new(Mutex::new(Scoreboard::new(setup.scoreboard)));
        let watched = (checks.clone(), scoreboard.clone());
        let guard = Guard::new(&platform, move || {
            let (checks, scoreboard) = (lock(&watched.0), lock(&watched.1));
            let broken = checks.violations().into_iter().map(|found| found.cycle);
            let wrong = scoreboard.mismatches().iter().map(|found| found.cycle);
            broken.chain(wrong).min()
        });
        let bench = Self {
            guard,
            checks,
            scoreboard,
            monitor: Arc::default(),
            platform,
        };
        bench.platform.observe(bench.checks.clone());
        bench.platform.observe(bench.scoreboard.clone());
        bench.platform.observe(bench.monitor.clone());
        Ok(bench)
    }

    /// Waits until nothing is under way at any port.
    ///
    /// # Errors
    /// When something is never answered.
    pub fn settle(&self) -> Result<()> {
        self.platform.finish()?;
        for _ in 0..QUIET {
            if lock(&self.checks).outstanding() == 0 {
                return Ok(());
            }
            self.platform.step(1);
        }
        anyhow::bail!(
            "{} transactions are never answered",
            lock(&self.checks).outstanding()
        )
    }

    fn finish(&self) -> Result<()> {
        self.settle()?;
        lock(&self.checks).assert_clean();
        lock(&self.scoreboard).assert_clean();
        self.platform.check()?;
        Ok(())
    }

    /// What checkers and scoreboard have found so far, as text.
    fn findings(&self) -> String {
        let mut text = String::from("what the checkers have found:");
        for violation in lock(&self.checks).violations() {
            // Writing to a String does not fail.
            let _ = write!(text, "\n{violation}");
        }
        for mismatch in lock(&self.scoreboard).mismatches() {
            let _ = write!(text, "\n{mismatch}");
        }
        text
    }

    /// What came out at the memory's ports since the last call.
    pub fn seen(&self) -> Seen {
        std::mem::take(&mut lock(&self.monitor).0)
    }

    /// Bursts that the scoreboard saw terminated since the last call.
    pub fn terminations(&self) -> Vec<Termination> {
        lock(&self.scoreboard).take_terminations()
    }

    /// Sends a burst and waits for the answer.
    ///
    /// # Errors
    /// When it is not answered.
    pub fn transfer(&self, request: Request) -> Result<Completion> {
        Ok(self.platform.transfer(request)?)
    }

    /// Sends a burst that must be answered with OKAY; returns its address on `m_axi`.
    ///
    /// # Errors
    /// When it is answered otherwise, or does not come out exactly once.
    pub fn passes(&self, request: Request) -> Result<u32> {
        self.seen();
        let done = self.transfer(request)?;
        let Seen { reads, writes, .. } = self.seen();
        let (came, stayed) = if done.request.is_write() {
            (writes, reads)
        } else {
            (reads, writes)
        };
        let request = &done.request;
        ensure!(done.resp == Resp::Okay, "{:?} for {request:x?}", done.resp);
        ensure!(
            came.len() == 1 && stayed.is_empty(),
            "{request:x?} came out as {came:x?}, {stayed:x?}"
        );
        Ok(came[0].addr)
    }

    /// Sends a burst that may go to one of these addresses, or be refused with SLVERR: software has
    /// changed tables and told nobody. Returns where it went.
    ///
    /// # Errors
    /// When it goes elsewhere.
    pub fn goes_to_one_of(&self, request: Request, allowed: &[u32]) -> Result<Option<u32>> {
        self.seen();
        let done = self.transfer(request)?;
        let Seen { reads, writes, .. } = self.seen();
        let request = &done.request;
        let came: Vec<u32> = reads.iter().chain(&writes).map(|ax| ax.addr).collect();
        match (done.resp, &came[..]) {
            (Resp::Okay, [at]) if allowed.contains(at) => Ok(Some(*at)),
            (Resp::SlvErr, []) => Ok(None),
            _ => anyhow::bail!(
                "{:?} for {request:x?}, which came out as {came:x?}",
                done.resp
            ),
        }
    }

    /// Sends a burst that must be refused with SLVERR on every beat, and must not come out on `m_axi`.
    ///
    /// # Errors
    /// When it is answered otherwise, or comes out.
    pub fn refused(&self, request: Request) -> Result<Completion> {
        self.refused_with(request, Resp::SlvErr)
    }

    /// The same with another response.
    ///
    /// # Errors
    /// As for [`refused`](Self::refused).
    pub fn refused_with(&self, request: Request, resp: Resp) -> Result<Completion> {
        self.seen();
        let done = self.transfer(request)?;
        let seen = self.seen();
        let request = &done.request;
        ensure!(done.resp == resp, "{:?} for {request:x?}", done.resp);
        ensure!(
            done.beats
                .iter()
                .all(|beat| beat.resp == resp && beat.data == 0),
            "{:x?} for {request:x?}",
            done.beats
        );
        let beats = if request.is_write() {
            0
        } else {
            usize::from(request.len) + 1
        };
        ensure!(
            done.beats.len() == beats,
            "{} beats for {request:x?}",
            done.beats.len()
        );
        ensure!(
            seen.reads.is_empty() && seen.writes.is_empty(),
            "{request:x?} came out: {seen:x?}"
        );
        Ok(done)
    }

    /// Empty tables for a context, in memory of their own.
    ///
    /// # Errors
    /// When there is no memory for them.
    pub fn tables(&self, context: u32) -> Result<Tables> {
        let at = TABLES + context * TABLES_STRIDE;
        Tables::new(self.platform.back_door(), at..at + TABLES_STRIDE)
    }

    /// Writes a word past all ports.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn poke(&self, at: u32, value: u32) -> Result<()> {
        Ok(self
            .platform
            .back_door()
            .write32(PhysAddr::new(at), value)?)
    }

    /// Reads a word past all ports.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn peek(&self, at: u32) -> Result<u32> {
        Ok(self.platform.back_door().read32(PhysAddr::new(at))?)
    }

    /// Lets every access of the word at `at` by a port fail from now on.
    pub fn inject(&self, at: u32, port: Port, resp: Resp) {
        self.platform.lock().ddr_mut().inject(InjectedError {
            range: at..=at + 3,
            port: Some(port),
            write: None,
            resp,
        });
    }

    /// Changes the speed of the memory.
    pub fn set_latency(&self, read: u32, write: u32) {
        let mut simulation = self.platform.lock();
        let timing = Timing {
            read_latency: read,
            write_latency: write,
            ..simulation.ddr().timing()
        };
        simulation.ddr_mut().set_timing(timing);
    }
}

impl Drop for Bench {
    /// A test that panics still tells what the checkers have found.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.findings());
        }
    }
}
