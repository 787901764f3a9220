//! What is shown at the end.

use crate::number::thousands;
use crate::{Report, Transfer};
use comfy_table::{CellAlignment, Table, presets};

use super::screen::line;

/// Shows the tables. With the frequency of the clock, if it is known, times are cycles of it.
pub fn show(report: &Report, clock: Option<u64>) {
    line("");
    line(&transfers(&report.transfers, clock).to_string());
    let time = if clock.is_some() { "Cycles" } else { "Time" };
    line(&format!(
        "{time}: from the programming of the channel to its interrupt.\n"
    ));
    line(&faults(report).to_string());
    line("");
}

fn transfers(all: &[Transfer], clock: Option<u64>) -> Table {
    let (time, speed) = match clock {
        Some(hertz) => ("cycles", format!("MB/s\nat {} MHz", hertz / 1_000_000)),
        None => ("µs", "MB/s".to_owned()),
    };
    let mut table = table(&[
        "DMA",
        "bytes",
        time,
        &speed,
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
            match clock {
                Some(hertz) => thousands(transfer.cycles(hertz)),
                None => format!("{:.1}", transfer.time.as_secs_f64() * 1e6),
            },
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
