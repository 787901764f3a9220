//! What is shown at the end.

use alloc::format;
use alloc::string::ToString;

use comfy_table::{CellAlignment, Table, presets};

use super::screen::line;
use crate::Report;
use crate::table;

/// Shows the tables. With the frequency of the clock, if it is known, times are cycles of it.
pub fn show(report: &Report, clock: Option<u64>) {
    line("");
    line(&drawn(table::transfers(report, clock)).to_string());
    let time = if clock.is_some() { "Cycles" } else { "Time" };
    line(&format!(
        "{time}: from the programming of the channel to its interrupt.\n"
    ));
    line(&drawn(table::faults(report)).to_string());
    line("");
}

fn drawn(from: table::Table) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED);
    table.set_header(from.head);
    for column in table.column_iter_mut().skip(1).filter(|_| from.numbers) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.add_rows(from.rows);
    table
}
