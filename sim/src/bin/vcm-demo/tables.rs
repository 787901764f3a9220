//! What is shown at the end.

use comfy_table::{CellAlignment, Table, presets};
use vcm_sim::demo::number::thousands;
use vcm_sim::demo::{Report, Transfer};
use vcm_sim::model::CLOCK_HZ;

use crate::screen::line;

/// Shows the tables.
pub(crate) fn show(report: &Report) {
    line("");
    line(&transfers(&report.transfers).to_string());
    line("Cycles: from the programming of the channel to its interrupt.\n");
    line(&faults(report).to_string());
    line("");
}

fn transfers(all: &[Transfer]) -> Table {
    let mut table = table(&[
        "DMA",
        "bytes",
        "cycles",
        "MB/s\nat 150 MHz",
        "TLB\nhits",
        "TLB\nmisses",
        "table\nwalks",
        "faults\nexpected",
        "faults\nseen",
    ]);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for transfer in all {
        let (hits, misses) = transfer.hits_and_misses();
        let speed = match transfer.bytes {
            0 => "–".to_owned(),
            _ => format!("{:.1}", transfer.megabytes_per_second()),
        };
        table.add_row([
            transfer.name.to_owned(),
            thousands(transfer.bytes),
            thousands(transfer.cycles(CLOCK_HZ)),
            speed,
            thousands(hits),
            thousands(misses),
            thousands(transfer.counters.walks),
            transfer.faults_expected.to_string(),
            transfer.faults.to_string(),
        ]);
    }
    table
}

fn faults(report: &Report) -> Table {
    let mut table = table(&[
        "refused",
        "IOVA",
        "stream",
        "access",
        "cause",
        "reservation",
    ]);
    for attempt in &report.attempts {
        let Some(record) = &attempt.record else {
            table.add_row([attempt.name, "", "", "", "not recorded", ""]);
            continue;
        };
        table.add_row([
            attempt.name,
            &record.iova.to_string(),
            &record.stream.get().to_string(),
            if record.write { "write" } else { "read" },
            &record.kind.to_string(),
            &attempt.place,
        ]);
    }
    table
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED);
    table.set_header(head);
    table
}
