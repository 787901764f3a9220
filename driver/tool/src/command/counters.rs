//! `counters`: what the IOMMU has counted.

use std::sync::Arc;

use comfy_table::{CellAlignment, Table, presets};
use vcm::iommu::{Config, Counters, Iommu};
use vcm_demo_core::number::thousands;
use vcm_demo_core::terminal::line;
use vcm_linux::Device;

use super::watch;
use crate::arguments::Watch;
use crate::device::NoMemory;
use crate::failure::{Failure, While};

/// Rows after which the head of the live table is repeated.
const PAGE: u64 = 20;

pub(super) fn run(device: &Device, how: &Watch) -> Result<(), Failure> {
    let (bus, clock) = (Arc::clone(&device.bus), Arc::clone(&device.clock));
    let iommu = Iommu::observe(bus, NoMemory, clock, Config::default())?;
    if !how.watch {
        let counters = iommu.counters().when("reading the counters")?;
        line(&all(&counters).to_string());
        return Ok(());
    }
    let mut row = 0;
    watch::each(how, || {
        if row % PAGE == 0 {
            line(&head());
        }
        row += 1;
        let counters = iommu.counters().when("reading the counters")?;
        line(&live(&counters));
        Ok(())
    })
}

fn named(counters: &Counters) -> [(&'static str, u32); 12] {
    [
        ("reads", counters.reads),
        ("writes", counters.writes),
        ("read hits", counters.read_hits),
        ("read misses", counters.read_misses),
        ("write hits", counters.write_hits),
        ("write misses", counters.write_misses),
        ("main misses", counters.main_misses),
        ("walks", counters.walks),
        ("walk cycles", counters.walk_cycles),
        ("stall cycles", counters.stall_cycles),
        ("prefetches", counters.prefetches),
        ("faults", counters.faults),
    ]
}

fn all(counters: &Counters) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED);
    table.set_header(["counted", "since the last look"]);
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for (name, count) in named(counters) {
        table.add_row([name.to_owned(), thousands(count)]);
    }
    table
}

fn head() -> String {
    let names = named(&Counters::default()).map(|(name, _)| format!("{name:>13}"));
    names.concat()
}

fn live(counters: &Counters) -> String {
    let counts = named(counters).map(|(_, count)| format!("{:>13}", thousands(count)));
    counts.concat()
}
