//! `demo`: that of `make demo`, on this machine.

use std::fs;
use std::path::Path;

use vcm_demo_core::terminal::{self, Input, Screen, line};
use vcm_demo_core::{number, pool_size};

use vcm_linux::Device;
use vcm_linux::number::size;

use super::rules;
use crate::device::Machine;
use crate::failure::{Failure, While};

/// For page tables, and for what alignment costs.
const TABLES: u32 = 2 << 20;

pub(super) fn run(
    device: &Device,
    file: Option<&Path>,
    output: Option<&Path>,
) -> Result<(), Failure> {
    let input = Input::read(file).map_err(Failure::Unusable)?;
    let machine = Machine::new(device)?;
    let (has, needed) = (machine.memory_size(), pool_size(input.bytes.len()) + TABLES);
    if has < needed {
        return Err(Failure::Unusable(format!(
            "{} of memory for devices are too little, {} are needed: give a smaller file, or make \
             the u-dma-buf larger (modprobe u-dma-buf udmabuf0={needed:#x})",
            size(has.into()),
            size(needed.into()),
        )));
    }
    line(&format!(
        "VCM-IOMMU at {}: {}, {}\n",
        device.name,
        input.shown,
        number::bytes(input.bytes.len() as u64)
    ));
    let mut screen = Screen::default();
    let report = vcm_demo_core::run(&machine, &input.bytes, &mut screen);
    screen.finish();
    let mut report = report.when("the demonstration")?;
    report.checks.extend(rules(device));
    let clock = device.served.as_ref();
    terminal::show(&report, clock.map(vcm_linux::Served::clock_frequency));
    if let Some(path) = output {
        fs::write(path, &report.copy).map_err(|error| {
            Failure::Unusable(format!(
                "cannot write {} ({error}): make room or give permission for it",
                path.display()
            ))
        })?;
        line(&format!("wrote {}", path.display()));
    }
    terminal::verdict(&report).map_err(Failure::Wrong)
}
