//! What happened, as a table.

use std::time::Duration;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use vcm_sim::soak::Statistics;

/// The sum of a campaign.
pub(crate) fn of(sum: &Statistics, time: Duration) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    let judged = sum.judged;
    for (name, value) in [
        ("runs", sum.runs),
        ("steps", sum.steps),
        ("clock cycles", sum.cycles),
        ("bursts sent", sum.bursts),
        ("  refused", sum.refused),
        ("  ended by a reset", sum.lost),
        ("reads that reached memory", judged.reads_forwarded),
        ("reads terminated", judged.reads_terminated),
        ("writes that reached memory", judged.writes_forwarded),
        ("writes terminated", judged.writes_terminated),
        ("reads of tables", judged.walk_reads),
        ("fault records", sum.records),
        ("overflows of the fault queue", sum.overflows),
        ("stalls resumed by name", sum.resumed),
        ("resets", sum.resets),
    ] {
        table.add_row([name.to_owned(), value.to_string()]);
    }
    table.add_row(["seconds".to_owned(), format!("{:.1}", time.as_secs_f64())]);
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}
