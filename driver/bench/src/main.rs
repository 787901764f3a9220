//! Prints what the driver's operations cost.

use std::io::{self, Write};

use vcm_bench_driver::{Measurement, run};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let measured = run(|what| eprintln!("{what}"));
    writeln!(
        out,
        "{:<16} {:<44} {:>11} {:>8} {:>6} {:>5}  beside",
        "operation", "with", "ns", "words", "syncs", "TLB"
    )?;
    measured.iter().try_for_each(|row| line(&mut out, row))
}

fn line(out: &mut impl Write, row: &Measurement) -> io::Result<()> {
    let params: Vec<String> = row.params.iter().map(|(n, v)| format!("{n} {v}")).collect();
    write!(
        out,
        "{:<16} {:<44} {:>11.1} {:>8.1} {:>6.1} {:>5.1}",
        row.scenario,
        params.join(", "),
        row.ns_per_op,
        row.table_writes,
        row.cache_syncs,
        row.tlb_commands
    )?;
    if let Some((what, ns)) = &row.baseline {
        write!(out, "  {:.2} x {what} ({ns:.1})", row.ns_per_op / ns)?;
    }
    writeln!(out)
}
