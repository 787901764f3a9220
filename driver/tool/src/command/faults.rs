//! `faults`: what was refused.

use std::sync::Arc;

use vcm::iommu::{Config, Iommu};
use vcm_demo_core::terminal::line;
use vcm_linux::Device;

use super::watch;
use crate::arguments::Watch;
use crate::device::NoMemory;
use crate::failure::{Failure, While};

pub(super) fn run(device: &Device, how: &Watch) -> Result<(), Failure> {
    let (bus, clock) = (Arc::clone(&device.bus), Arc::clone(&device.clock));
    let iommu = Iommu::observe(bus, NoMemory, clock, Config::default())?;
    let mut seen = 0_u64;
    watch::each(how, || {
        let mut records = Vec::new();
        let drained = iommu.drain_faults(&mut records);
        for record in &records {
            line(&record.to_string());
        }
        seen += records.len() as u64;
        if drained.when("reading the fault queue")?.overflowed {
            line("... and more, which were lost: the queue was full");
        }
        Ok(())
    })?;
    if seen == 0 {
        line("no faults");
    }
    Ok(())
}
