//! What the demonstration has found.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use vcm::Attribution;
use vcm::iommu::{Counters, FaultRecord};
use vcm::platform::Graph;

use crate::layout::MemoryMap;
use crate::memory::Way;

/// Everything that was found.
#[derive(Clone, Debug)]
pub struct Report {
    /// Where everything lay.
    pub map: MemoryMap,
    /// Who saw which memory under which address, before everything was given back.
    pub graph: Graph,
    /// How the file got into memory, and back.
    pub way: Way,
    /// What was in the destination after the copy.
    pub copy: Vec<u8>,
    /// Every DMA transfer.
    pub transfers: Vec<Transfer>,
    /// Every access that had to fault.
    pub attempts: Vec<Attempt>,
    /// Everything that had to hold.
    pub checks: Vec<Check>,
}

impl Report {
    /// The checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.held())
    }

    /// That all checks held, in words.
    ///
    /// # Errors
    /// Those that did not, in words.
    pub fn verdict(&self) -> Result<String, String> {
        let failures: Vec<String> = self
            .failures()
            .map(|check| {
                let why = check.failure.as_deref().unwrap_or_default();
                format!("{}: {why}", check.what)
            })
            .collect();
        let all = self.checks.len();
        if failures.is_empty() {
            return Ok(format!("All {all} checks held."));
        }
        Err(format!(
            "{} of {all} checks failed:\n  {}",
            failures.len(),
            failures.join("\n  ")
        ))
    }
}

/// One DMA transfer.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// What it was.
    pub name: &'static str,
    /// Bytes copied.
    pub bytes: u32,
    /// From the programming of the channel to its interrupt.
    pub time: Duration,
    /// What the IOMMU counted meanwhile.
    pub counters: Counters,
    /// How many faults there should be.
    pub faults_expected: usize,
    /// How many there were.
    pub faults: usize,
}

impl Transfer {
    /// Clock cycles, at this frequency of the clock.
    pub fn cycles(&self, hertz: u64) -> u64 {
        let cycles = self.time.as_nanos() * u128::from(hertz) + 500_000_000;
        u64::try_from(cycles / 1_000_000_000).unwrap_or(u64::MAX)
    }

    /// Megabytes (10^6 bytes) a second.
    pub fn megabytes_per_second(&self) -> f64 {
        f64::from(self.bytes) / self.time.as_secs_f64() / 1e6
    }

    /// Lookups that hit, and lookups that missed.
    pub fn hits_and_misses(&self) -> (u32, u32) {
        let of = &self.counters;
        (
            of.read_hits + of.write_hits,
            of.read_misses + of.write_misses,
        )
    }
}

/// An access that had to fault.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What it was.
    pub name: &'static str,
    /// What the IOMMU recorded, if it did.
    pub record: Option<FaultRecord>,
    /// In which reservation the address lies, in words.
    pub place: String,
    /// What the framework says of it, if it is in a context.
    pub attribution: Option<Attribution>,
}

impl Attempt {
    /// What became of it, in words.
    pub fn describe(&self) -> String {
        match &self.record {
            Some(record) => format!("{} at {}: {}", self.name, record.iova, record.kind),
            None => format!("{}: not recorded", self.name),
        }
    }
}

/// Something that had to hold.
#[derive(Clone, Debug)]
pub struct Check {
    /// What.
    pub what: String,
    /// Why it did not, if it did not.
    pub failure: Option<String>,
}

impl Check {
    /// This holds, until it [`failed`](Self::failed).
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            failure: None,
        }
    }

    /// It does not hold.
    #[must_use]
    pub fn failed(self, why: impl Into<String>) -> Self {
        Self {
            failure: Some(why.into()),
            ..self
        }
    }

    /// It does not hold if there is a reason.
    #[must_use]
    pub fn unless(self, why: Option<String>) -> Self {
        Self {
            failure: self.failure.or(why),
            ..self
        }
    }

    /// Whether it holds.
    pub const fn held(&self) -> bool {
        self.failure.is_none()
    }
}

/// What is found bit by bit.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) attempts: Vec<Attempt>,
    checks: Vec<Check>,
}

impl Findings {
    pub(crate) fn check(&mut self, check: Check) {
        self.checks.push(check);
    }

    pub(crate) fn report(self, map: MemoryMap, graph: Graph, way: Way, copy: Vec<u8>) -> Report {
        Report {
            map,
            graph,
            way,
            copy,
            transfers: self.transfers,
            attempts: self.attempts,
            checks: self.checks,
        }
    }
}
