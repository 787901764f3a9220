//! Simulated time.

use std::time::Duration;

use vcm::seam::Clock;

use crate::model::time_of;
use crate::platform::Platform;

/// The simulated time, at 150 MHz. Each question takes a cycle.
#[derive(Clone, Debug)]
pub struct SimClock {
    platform: Platform,
}

impl SimClock {
    pub(super) fn new(platform: Platform) -> Self {
        Self { platform }
    }
}

impl Clock for SimClock {
    fn now(&self) -> Duration {
        let mut simulation = self.platform.lock();
        simulation.step();
        time_of(simulation.now())
    }
}
