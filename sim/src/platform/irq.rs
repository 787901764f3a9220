//! The interrupt line.

use std::time::Duration;

use vcm::seam::Irq;

use crate::model::cycles_in;
use crate::platform::Platform;

/// The `irq` port, as a level.
#[derive(Clone, Debug)]
pub struct SimIrq {
    platform: Platform,
}

impl SimIrq {
    pub(super) fn new(platform: Platform) -> Self {
        Self { platform }
    }
}

impl Irq for SimIrq {
    /// Takes at least a cycle: what stood on the wire before may be out of date.
    fn wait(&self, timeout: Duration) -> bool {
        let mut simulation = self.platform.lock();
        for _ in 0..cycles_in(timeout) {
            simulation.step();
            if simulation.wires().irq {
                return true;
            }
        }
        false
    }

    /// A level needs no arming.
    fn ack(&self) {}
}
