//! What is shown at the end.

use comfy_table::{CellAlignment, Table, presets};
use vcm_sim::demo::{Report, Transfer};
use vcm_sim::model::CLOCK_HZ;

use crate::screen::line;

/// Shows the tables.
pub(crate) fn show(report: &Report) {
    line("");
    line(&transfers(&report.transfers).to_string());
    line("\n  Refused:");
    line(&faults(report).to_string());
    line("");
}

fn transfers(all: &[Transfer]) -> Table {
    let mut table = table(&[
        "DMA",
        "bytes",
        "cycles",
        "MB/s at 150 MHz",
        "TLB hits",
        "misses",
        "walks",
        "faults expected",
        "seen",
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
            thousands(transfer.bytes.into()),
            thousands(transfer.cycles(CLOCK_HZ)),
            speed,
            thousands(hits.into()),
            thousands(misses.into()),
            thousands(transfer.counters.walks.into()),
            transfer.faults_expected.to_string(),
            transfer.faults.to_string(),
        ]);
    }
    table
}

fn faults(report: &Report) -> Table {
    let mut table = table(&["access", "IOVA", "stream", "", "cause", "reservation"]);
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
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(head);
    table
}

/// A number with its digits in groups of three.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
