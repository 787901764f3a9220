//! Which device is meant: `sim` is the simulator of this process, all others are those of `vcm_linux`.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use vcm_linux::{Caching, MemoryPlace, Place, Roots};

use crate::machine::Machine;

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Device {
    /// The hardware, simulated in this process.
    Simulator,
    /// Anywhere else.
    At(Place),
}

impl Default for Device {
    /// The register window of `vcm_soc`, for which stock PYNQ images have a UIO device.
    fn default() -> Self {
        Self::At(Place::Uio("0x40000000".to_owned()))
    }
}

impl FromStr for Device {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sim" => Ok(Self::Simulator),
            _ => text.parse().map(Self::At).map_err(|hint| {
                format!("{text:?} is no device: {hint}, or sim for the simulator of this process")
            }),
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Simulator => f.write_str("sim"),
            Self::At(place) => place.fmt(f),
        }
    }
}

/// Opens a device that is not of this process.
pub(crate) fn open(
    place: &Place,
    memory: Option<MemoryPlace>,
    caching: Caching,
) -> Result<Machine, Box<dyn Error>> {
    // SAFETY: whoever names the place says that the hardware is there, and that nobody else uses the
    // memory.
    let device = unsafe { vcm_linux::Device::open(place, memory, caching, roots()) }?;
    Ok(Machine {
        memory: device.memory()?,
        bus: device.bus,
        clock: device.clock,
        irq: device.irq,
        broken: Box::new(|| None),
    })
}

/// `/sys` and `/dev`, or what stands for them in a test.
fn roots() -> Roots {
    let folder = |variable| std::env::var_os(variable).map(PathBuf::from);
    let system = Roots::default();
    Roots {
        sys: folder("VCM_SYS").unwrap_or(system.sys),
        dev: folder("VCM_DEV").unwrap_or(system.dev),
    }
}
