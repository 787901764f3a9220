//! What is shown at the end: the transfers, and what was refused.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::number::thousands;
use crate::{Report, Transfer};

/// A table, for whoever draws it; shown as it is, its columns are aligned by spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What the columns are called. Some names have two lines.
    pub head: Vec<String>,
    /// What is in them.
    pub rows: Vec<Vec<String>>,
    /// Whether all columns but the first have numbers.
    pub numbers: bool,
}

impl Table {
    fn new(head: &[&str], numbers: bool) -> Self {
        Self {
            head: head.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
            numbers,
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head: Vec<String> = self
            .head
            .iter()
            .map(|name| name.replace('\n', " "))
            .collect();
        let lines: Vec<&Vec<String>> = core::iter::once(&head).chain(&self.rows).collect();
        let width = |column: usize| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        for line in &lines {
            for (n, (cell, &width)) in line.iter().zip(&widths).enumerate() {
                let gap = if n == 0 { "" } else { " | " };
                match self.numbers && n > 0 {
                    true => write!(f, "{gap}{cell:>width$}")?,
                    false => write!(f, "{gap}{cell:width$}")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Every DMA transfer. With the frequency of the clock, if it is known, times are cycles of it.
pub fn transfers(report: &Report, clock: Option<u64>) -> Table {
    let (time, speed) = match clock {
        Some(hertz) => ("cycles", format!("MB/s\nat {} MHz", hertz / 1_000_000)),
        None => ("µs", "MB/s".to_owned()),
    };
    let mut table = Table::new(
        &[
            "DMA",
            "bytes",
            time,
            &speed,
            "TLB\nhits",
            "TLB\nmisses",
            "table\nwalks",
            "faults\nexpected",
            "faults\nseen",
        ],
        true,
    );
    let rows = report.transfers.iter().map(|transfer| row(transfer, clock));
    table.rows.extend(rows);
    table
}

fn row(transfer: &Transfer, clock: Option<u64>) -> Vec<String> {
    let (hits, misses) = transfer.hits_and_misses();
    let speed = match transfer.bytes {
        0 => "–".to_owned(),
        _ => format!("{:.1}", transfer.megabytes_per_second()),
    };
    let time = match clock {
        Some(hertz) => thousands(transfer.cycles(hertz)),
        None => format!("{:.1}", transfer.time.as_secs_f64() * 1e6),
    };
    [
        transfer.name.to_owned(),
        thousands(transfer.bytes),
        time,
        speed,
        thousands(hits),
        thousands(misses),
        thousands(transfer.counters.walks),
        transfer.faults_expected.to_string(),
        transfer.faults.to_string(),
    ]
    .into()
}

/// Every access that had to fault.
pub fn faults(report: &Report) -> Table {
    let head = [
        "refused",
        "IOVA",
        "stream",
        "access",
        "cause",
        "reservation",
    ];
    let mut table = Table::new(&head, false);
    for attempt in &report.attempts {
        let name = attempt.name.to_owned();
        table.rows.push(match &attempt.record {
            None => {
                let nothing = String::new;
                let cause = "not recorded".to_owned();
                [name, nothing(), nothing(), nothing(), cause, nothing()].into()
            }
            Some(record) => [
                name,
                record.iova.to_string(),
                record.stream.get().to_string(),
                if record.write { "write" } else { "read" }.to_owned(),
                record.kind.to_string(),
                attempt.place.clone(),
            ]
            .into(),
        });
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        let mut table = Table::new(&["DMA", "TLB\nhits"], true);
        table
            .rows
            .push(["µ".to_owned(), "1,000,000".to_owned()].into());
        assert_eq!(table.to_string(), "DMA |  TLB hits\nµ   | 1,000,000\n");
        table.numbers = false;
        assert_eq!(table.to_string(), "DMA | TLB hits \nµ   | 1,000,000\n");
    }
}
