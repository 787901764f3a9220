//! A whole simulated board: the hardware, the DDR memory, the processor's ports, and what the driver
//! needs of them.
//!
//! ```
//! use vcm::seam::{Bus, PhysMem};
//! use vcm_regs::global::{IDR0, IDR0_MAGIC, S2CR, S2cr, stream_type};
//! use vcm_sim::{axi::Request, platform::{Config, Platform}, signals::Resp};
//!
//! # fn main() -> anyhow::Result<()> {
//! let platform = Platform::new(Config::default().stressed(1))?;
//!
//! // What the driver uses.
//! let (bus, memory) = (platform.bus(), platform.memory());
//! assert_eq!(bus.read32(IDR0.offset)?, IDR0_MAGIC);
//! let buffer = memory.allocate(4096, 4096).expect("the pool is not empty");
//! memory.write(buffer, b"scattered")?;
//!
//! // What a bus master does: stream 2 passes untranslated.
//! let bypass = S2cr::default().with(S2cr::TYPE, stream_type::BYPASS);
//! bus.write32(S2CR.offset + 4 * 2, bypass.bits())?;
//! let read = platform.transfer(Request::read(buffer.get(), 2).stream(2).id(7))?;
//! assert_eq!(read.resp, Resp::Okay);
//! assert!(read.bytes().starts_with(b"scattered"));
//!
//! // Nobody broke a rule meanwhile.
//! platform.check()?;
//! # Ok(())
//! # }
//! ```

mod bus;
mod clock;
mod config;
mod irq;
mod memory;
mod pool;
mod recorder;
mod simulation;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use bus::SimBus;
pub use clock::SimClock;
pub use config::Config;
pub use irq::SimIrq;
pub use memory::{BackDoor, SimMemory};
pub use pool::{Misuse, Pool};
pub use recorder::{AROUND, Recording};
pub use simulation::Simulation;

use crate::axi::{Completion, Request, Ticket};
use crate::model::{TraceError, time_of};
use crate::signals::{Observer, Violation};

/// A shared handle on one simulation. Clones, and the parts it hands out, all refer to the same one.
///
/// Whoever waits for something lets simulated time pass, for all parts. A platform may be used by
/// several threads; they take turns.
#[derive(Clone, Debug)]
pub struct Platform {
    simulation: Arc<Mutex<Simulation>>,
    /// Cycles after which a wait is given up.
    deadline: u64,
}

impl Platform {
    /// A board whose hardware has just been reset.
    ///
    /// # Errors
    /// [`PlatformError::Model`].
    pub fn new(config: Config) -> Result<Self, PlatformError> {
        let mut simulation = Simulation::new(&config).map_err(PlatformError::Model)?;
        simulation.reset(RESET_CYCLES);
        Ok(Self {
            simulation: Arc::new(Mutex::new(simulation)),
            deadline: config.deadline,
        })
    }

    /// The simulation itself, for what has no method here. Everybody else waits meanwhile.
    pub fn lock(&self) -> MutexGuard<'_, Simulation> {
        // A panic of another thread does not make the simulation any less consistent.
        self.simulation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The register window.
    pub fn bus(&self) -> SimBus {
        SimBus::new(self.clone())
    }

    /// The memory as the processor sees it, through its port.
    pub fn memory(&self) -> SimMemory {
        SimMemory::new(self.clone())
    }

    /// The memory past all ports, in no time.
    pub fn back_door(&self) -> BackDoor {
        BackDoor::new(self.clone())
    }

    /// The memory as a file, for the program or another process to map, if [`Config::shared`] says that
    /// it is one. As by the [back door](Self::back_door), accesses take no simulated time.
    ///
    /// Memory is allocated by [`memory`](Self::memory) all the same: the file has an allocator of its
    /// own, which knows nothing of that.
    #[cfg(target_os = "linux")]
    pub fn shared_memory(&self) -> Option<Arc<vcm_linux::Memory>> {
        self.lock().ddr().memory().file().cloned()
    }

    /// The time.
    pub fn clock(&self) -> SimClock {
        SimClock::new(self.clone())
    }

    /// The interrupt line.
    pub fn irq(&self) -> SimIrq {
        SimIrq::new(self.clone())
    }

    /// Lets so many clock cycles pass.
    pub fn step(&self, cycles: u64) {
        let mut simulation = self.lock();
        for _ in 0..cycles {
            simulation.step();
        }
    }

    /// Number of the current cycle.
    pub fn now(&self) -> u64 {
        self.lock().now()
    }

    /// Resets the hardware and everything on its buses. Memory keeps its content.
    pub fn reset(&self) {
        self.lock().reset(RESET_CYCLES);
    }

    /// Queues a burst for the bus master at `s_axi`.
    pub fn submit(&self, request: Request) -> Ticket {
        self.lock().master_mut().submit(request)
    }

    /// Waits for a burst to be answered.
    ///
    /// # Errors
    /// [`PlatformError::Deadline`].
    pub fn wait(&self, ticket: Ticket) -> Result<Completion, PlatformError> {
        self.wait_for("a burst of s_axi", |simulation| {
            simulation.master_mut().take(ticket)
        })
    }

    /// Sends a burst from the bus master at `s_axi`, and waits for the answer.
    ///
    /// # Errors
    /// [`PlatformError::Deadline`].
    pub fn transfer(&self, request: Request) -> Result<Completion, PlatformError> {
        let ticket = self.submit(request);
        self.wait(ticket)
    }

    /// Waits until everything submitted at `s_axi` has been answered, and takes all answers that
    /// have not been taken yet, in the order of submission.
    ///
    /// # Errors
    /// [`PlatformError::Deadline`], if the next answer takes longer than the deadline.
    pub fn finish(&self) -> Result<Vec<Completion>, PlatformError> {
        let mut all = Vec::new();
        loop {
            let (some, idle) = self.wait_for("a burst of s_axi", |simulation| {
                let some = simulation.master_mut().drain();
                let idle = simulation.master_mut().is_idle();
                (idle || !some.is_empty()).then_some((some, idle))
            })?;
            all.extend(some);
            if idle {
                all.sort_by_key(|completion| completion.ticket);
                return Ok(all);
            }
        }
    }

    /// Steps until `done` gives something; it is asked before the first cycle, too.
    ///
    /// # Errors
    /// [`PlatformError::Deadline`] after [`Config::deadline`] cycles.
    pub fn wait_for<T>(
        &self,
        what: &'static str,
        mut done: impl FnMut(&mut Simulation) -> Option<T>,
    ) -> Result<T, PlatformError> {
        let mut simulation = self.lock();
        for _ in 0..self.deadline {
            if let Some(result) = done(&mut simulation) {
                return Ok(result);
            }
            simulation.step();
        }
        done(&mut simulation).ok_or(PlatformError::Deadline {
            what,
            cycles: self.deadline,
            now: simulation.now(),
        })
    }

    /// Shows every cycle from now on to this observer as well.
    pub fn observe(&self, observer: impl Observer + 'static) {
        self.lock().observe(Box::new(observer));
    }

    /// Rules that were broken until now, by the hardware at its ports or by the memory's user.
    ///
    /// # Errors
    /// [`PlatformError::Violations`]; they are then forgotten.
    pub fn check(&self) -> Result<(), PlatformError> {
        let (first, count) = self.lock().take_violations();
        match count {
            0 => Ok(()),
            _ => Err(PlatformError::Violations { first, count }),
        }
    }

    /// Writes a VCD file from now on; see [`crate::model::Model::start_trace`].
    ///
    /// # Errors
    /// [`TraceError`] when the file cannot be written.
    pub fn start_trace(&self, file: impl AsRef<Path>) -> Result<(), TraceError> {
        self.lock().model_mut().start_trace(file.as_ref())
    }

    /// Leaves out of the trace what happens from now on, until [`resume_trace`](Self::resume_trace).
    pub fn pause_trace(&self) {
        self.lock().model_mut().pause_trace();
    }

    /// Goes on with the trace, in the same file.
    pub fn resume_trace(&self) {
        self.lock().model_mut().resume_trace();
    }

    /// Ends the trace, if there is one; its file is then complete.
    pub fn stop_trace(&self) {
        self.lock().model_mut().stop_trace();
    }

    /// Records a part of what follows; it takes the place of a trace under way. The file is there after
    /// [`finish_recording`](Self::finish_recording).
    pub fn record(&self, recording: Recording) {
        self.lock().record(recording);
    }

    /// Ends the recording. Returns its file, if there is one: nothing may have gone wrong.
    ///
    /// # Errors
    /// [`TraceError`] when it could not be written.
    pub fn finish_recording(&self) -> Result<Option<PathBuf>, TraceError> {
        self.lock().finish_recording()
    }
}

/// Cycles for which reset is asserted; IHI 0022E asks for one, ARM recommends 16.
const RESET_CYCLES: u64 = 16;

/// Why the platform could not do it.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// The hardware model, or a shared memory for it, could not be made.
    #[error("cannot make the hardware model or its memory")]
    Model(#[source] std::io::Error),
    /// Something did not happen in time.
    #[error("{what} was not answered within {cycles} cycles (now is cycle {now}, {:?})", time_of(*now))]
    Deadline {
        /// What was waited for.
        what: &'static str,
        /// For how long.
        cycles: u64,
        /// Number of the current cycle.
        now: u64,
    },
    /// Rules were broken.
    #[error("{count} rules were broken, the first:\n{}", lines(first))]
    Violations {
        /// The first of them.
        first: Vec<Violation>,
        /// How many there were.
        count: u64,
    },
}

fn lines(violations: &[Violation]) -> String {
    let lines = violations.iter().map(Violation::to_string);
    lines.collect::<Vec<_>>().join("\n")
}
