//! The device, opened as the arguments say, and as the demonstration wants it.

mod machine;
mod memory;

pub(crate) use machine::Machine;
pub(crate) use memory::NoMemory;

use vcm_linux::{Caching, Device, Roots};

use crate::arguments::DeviceArguments;
use crate::failure::Failure;

/// Finds and opens it.
pub(crate) fn open(arguments: &DeviceArguments) -> Result<Device, Failure> {
    let roots = Roots {
        sys: arguments.root.join("sys"),
        dev: arguments.root.join("dev"),
    };
    let caching = if arguments.cached {
        Caching::On
    } else {
        Caching::Off
    };
    let memory = arguments.memory.clone();
    // SAFETY: the user says that there are registers, and that nobody else uses the memory.
    Ok(unsafe { Device::open(&arguments.device, memory, caching, roots) }?)
}
