//! The demonstration in simulation: the machine, and the waveforms of what is worth looking at.

use std::path::Path;

use vcm::addr::PhysAddr;
use vcm::platform::Description;
use vcm::seam::MemError;
use vcm_demo_core::{CONTIGUOUS_POOL, Check, Door, Machine, Stage, Watcher};

use crate::check::PortChecks;
use crate::ddr::DdrConfig;
use crate::model::{Top, TraceError};
use crate::platform::{
    BackDoor, Config, Platform, PlatformError, SimBus, SimClock, SimIrq, SimMemory,
};
use crate::scoreboard::{Scoreboard, Settings};

/// Cycles of the copy that are traced: the first walks and bursts of some pages.
const TRACED: u64 = 500;

/// Memory from here on is given to the demonstration.
const POOL_START: u32 = 0x0400_0000;
/// Memory up to here is given to the demonstration: the end of it.
const POOL_END: u32 = 0x2000_0000;

/// `vcm_soc` at a PYNQ-Z2's memory, with a protocol checker on every port, and a
/// model of the translation that every access to memory is held against.
///
/// # Errors
/// [`PlatformError::Model`].
pub fn machine() -> Result<Platform, PlatformError> {
    let platform = Platform::new(Config {
        pool: POOL_START..POOL_END,
        ..Config::with_top(Top::Soc)
    })?;
    platform.observe(PortChecks::default());
    // The bypassed stream has business in contiguous memory only, which is taken first.
    let contiguous = POOL_START..POOL_START + CONTIGUOUS_POOL;
    let settings = Settings::default();
    platform.observe(Scoreboard::for_soc(settings, vec![contiguous]));
    Ok(platform)
}

/// Whether every rule of the bus protocols was kept, and all memory has come back to the platform.
pub fn check(platform: &Platform) -> Check {
    let check =
        Check::new("no port broke a rule of AXI or went to untranslated memory, and none was lost");
    let lost = platform.memory().live().len();
    check
        .unless(platform.check().err().map(|error| error.to_string()))
        .unless((lost > 0).then(|| format!("{lost} pieces of memory were not given back")))
}

impl Machine for Platform {
    type Bus = SimBus;
    type Memory = SimMemory;
    type Clock = SimClock;
    type Irq = SimIrq;
    type Door = BackDoor;

    fn describe(&self) -> Description {
        let DdrConfig { base, size, .. } = DdrConfig::default();
        Description::new("PYNQ-Z2, simulated").memory("DDR3", PhysAddr::new(base), size)
    }
    fn bus(&self) -> SimBus {
        self.bus()
    }
    fn memory(&self) -> SimMemory {
        self.memory()
    }
    fn clock(&self) -> SimClock {
        self.clock()
    }
    fn irq(&self) -> SimIrq {
        self.irq()
    }
    fn door(&self) -> BackDoor {
        self.back_door()
    }
}

impl Door for BackDoor {
    fn name(&self) -> &'static str {
        "the simulator's back door"
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        let size = into.len() as u32;
        self.read(at, into).map_err(|_| MemError { at, size })
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        let size = from.len() as u32;
        self.write(at, from).map_err(|_| MemError { at, size })
    }
}

/// Has the waveforms written to a VCD file: of the first cycles of the copy, and of the faults.
pub struct Traced<W> {
    platform: Platform,
    watcher: W,
    /// The cycle at which to pause.
    until: Option<u64>,
}

impl<W: Watcher> Traced<W> {
    /// Begins the file, and passes on to `watcher` what it is told.
    ///
    /// # Errors
    /// [`TraceError`] when the file cannot be written.
    pub fn new(platform: Platform, file: &Path, watcher: W) -> Result<Self, TraceError> {
        platform.start_trace(file)?;
        platform.pause_trace();
        Ok(Self {
            platform,
            watcher,
            until: None,
        })
    }

    /// Completes the file.
    pub fn finish(self) -> W {
        self.platform.stop_trace();
        self.watcher
    }
}

impl<W: Watcher> Watcher for Traced<W> {
    fn stage(&mut self, stage: Stage) {
        self.until = match stage {
            Stage::Copy => Some(self.platform.now() + TRACED),
            Stage::Protect => Some(u64::MAX),
            _ => None,
        };
        if self.until.is_some() {
            self.platform.resume_trace();
        } else {
            self.platform.pause_trace();
        }
        self.watcher.stage(stage);
    }

    fn note(&mut self, text: &str) {
        self.watcher.note(text);
    }

    fn progress(&mut self, copied: u32, total: u32) {
        if self.until.is_some_and(|until| self.platform.now() >= until) {
            self.platform.pause_trace();
            self.until = None;
        }
        self.watcher.progress(copied, total);
    }
}

#[cfg(test)]
mod tests {
    use vcm_demo_core::{FILE_LIMIT, pool_size};

    use super::*;

    #[test]
    fn the_largest_file_fits_into_memory() {
        let tables = 1 << 20;
        assert!(pool_size(FILE_LIMIT) + tables <= POOL_END - POOL_START);
    }
}
