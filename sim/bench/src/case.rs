//! The benchmarks, each a case that can be run by itself.

use std::fmt;

use anyhow::{Context as _, Result};

use crate::measurement::{Measurement, Params};
use crate::rig::Rig;
use crate::{bandwidth, fairness, hits, invalidation, latency, misses, sim_speed, wave};

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// All of it.
    Full,
    /// A few seconds: that everything runs, and roughly how fast.
    Quick,
}

impl Length {
    /// One of two values.
    pub(super) fn pick<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

type Run = dyn Fn(&Rig, &str, Params) -> Result<Vec<Measurement>>;

/// A benchmark.
pub struct Case {
    scenario: String,
    params: Params,
    run: Box<Run>,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            scenario, params, ..
        } = self;
        write!(f, "{} {params}", scenario)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({self})")
    }
}

impl Case {
    pub(super) fn new(
        scenario: &str,
        params: Params,
        run: impl Fn(&Rig, &str, Params) -> Result<Vec<Measurement>> + 'static,
    ) -> Self {
        Self {
            scenario: scenario.to_owned(),
            params,
            run: Box::new(run),
        }
    }

    /// Runs it.
    ///
    /// # Errors
    /// When a burst is refused or not answered, or a rule was broken at a port.
    pub fn run(&self, rig: &Rig) -> Result<Vec<Measurement>> {
        let run = || -> Result<_> {
            let measured = (self.run)(rig, &self.scenario, self.params.clone())?;
            rig.check()?;
            Ok(measured)
        };
        run().with_context(|| self.to_string())
    }
}

/// All cases.
pub fn cases(length: Length) -> Vec<Case> {
    [
        bandwidth::cases(length),
        hits::cases(length),
        latency::cases(length),
        misses::cases(length),
        fairness::cases(length),
        invalidation::cases(length),
        sim_speed::cases(length),
        wave::cases(length),
    ]
    .into_iter()
    .flatten()
    .collect()
}
