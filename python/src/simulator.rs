//! The machine that is simulated in this process.

use std::error::Error;
use std::sync::Arc;

use vcm_sim::check::PortChecks;
use vcm_sim::model::Top;
use vcm_sim::platform::{Config, Platform};

use crate::machine::Machine;

/// `vcm_soc` at a PYNQ-Z2's memory, with a protocol checker on every port.
pub(crate) fn open() -> Result<Machine, Box<dyn Error>> {
    let platform = Platform::new(Config::with_top(Top::Soc).shared())?;
    platform.observe(PortChecks::default());
    let memory = platform.shared_memory().ok_or("the memory is no file")?;
    Ok(Machine {
        bus: Arc::new(platform.bus()),
        memory,
        clock: Arc::new(platform.clock()),
        irq: Arc::new(platform.irq()),
        broken: Box::new(move || platform.check().err().map(|error| error.to_string())),
    })
}
