//! What can be done.

mod counters;
mod demo;
mod faults;
mod map;
mod probe;
mod ranges;
mod selftest;
mod unmap;
mod walk;
mod watch;

use vcm_demo_core::Check;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::peek::Peek;
use vcm_linux::Device;

/// Does it.
pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let device = crate::device::open(&arguments.device)?;
    let peek = Peek::new(&device)?;
    match arguments.command {
        Command::Probe => probe::run(&device, &peek),
        Command::Demo {
            file,
            output,
            reset,
        } => {
            may_reset(&peek, reset.force)?;
            demo::run(&device, file.as_deref(), output.as_deref())
        }
        Command::Map(map) => {
            may_reset(&peek, map.reset.force)?;
            map::run(&device, &map)
        }
        Command::Unmap { address, context } => unmap::run(&device, &peek, context, address),
        Command::Walk { address, context } => walk::run(&device, &peek, context, address),
        Command::Faults { watch } => faults::run(&device, &watch),
        Command::Counters { watch } => counters::run(&device, &watch),
        Command::Selftest { reset } => {
            may_reset(&peek, reset.force)?;
            selftest::run(&device)
        }
    }
}

fn may_reset(peek: &Peek<'_>, force: bool) -> Result<(), Failure> {
    if force {
        return Ok(());
    }
    peek.refuse_if_in_use()
}

/// Whether the simulator, if it is one, has seen no rule broken.
fn rules(device: &Device) -> Option<Check> {
    let served = device.served.as_ref()?;
    let check = Check::new("no port broke a rule of AXI, or went to untranslated memory");
    Some(match served.broken_rules() {
        Some(0) => check,
        Some(count) => check.failed(format!("{count} rules were broken: vcm-sim says which")),
        None => check.failed("the simulator does not answer"),
    })
}
