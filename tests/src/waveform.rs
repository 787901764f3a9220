//! A run recorded, and its waveform read back.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use vcm_sim::wave::{
    Burst, ClockChoice, FaultEvent, Listener, RegisterAccess, Summary, Timebase, Transaction, Walk,
    Wave,
};

use crate::bench::Bench;

/// All that a waveform tells.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Transactions through the IOMMU, in their order.
    pub transactions: Vec<Transaction>,
    /// Bursts of ports that are of no IOMMU: port, and burst.
    pub bursts: Vec<(usize, Burst)>,
    /// Table walks.
    pub walks: Vec<Walk>,
    /// Faults.
    pub faults: Vec<FaultEvent>,
    /// Register accesses.
    pub registers: Vec<RegisterAccess>,
    /// How it ended.
    pub summary: Summary,
    /// Cycles and time.
    pub base: Timebase,
}

impl Listener for Recorded {
    fn transaction(&mut self, transaction: Transaction) {
        self.transactions.push(transaction);
    }

    fn burst(&mut self, port: usize, burst: Burst) {
        self.bursts.push((port, burst));
    }

    fn walk(&mut self, walk: Walk) {
        self.walks.push(walk);
    }

    fn fault(&mut self, fault: FaultEvent) {
        self.faults.push(fault);
    }

    fn register(&mut self, access: RegisterAccess) {
        self.registers.push(access);
    }
}

/// Reads a waveform.
///
/// # Errors
/// When it cannot be read.
pub fn read(file: &Path) -> Result<Recorded> {
    let wave = Wave::open(file, &ClockChoice::Search)?;
    let mut recorded = Recorded {
        base: wave.timebase(0),
        ..Recorded::default()
    };
    recorded.summary = wave.read(&mut recorded)?;
    Ok(recorded)
}

/// Runs something on a bench with a waveform of it in a file, from a reset on.
///
/// # Errors
/// Those of what runs; when the file cannot be written.
pub fn record<T>(bench: &Bench, file: &Path, run: impl FnOnce() -> Result<T>) -> Result<T> {
    bench.platform.start_trace(file)?;
    bench.platform.reset();
    // No VALID is high in the first cycle.
    bench.platform.step(1);
    let done = run();
    bench.platform.stop_trace();
    done
}

/// Leaves of a waveform only the signals of the outermost scope, as another simulator or a logic
/// analyser would that knows nothing of the inside; with other names, as `rename` makes them.
///
/// # Errors
/// When a file cannot be read or written.
pub fn only_ports(from: &Path, to: &Path, rename: impl Fn(&str) -> String) -> Result<()> {
    let text = fs::read_to_string(from)?;
    let (header, body) = text
        .split_once("$enddefinitions $end\n")
        .context("no declarations")?;
    let mut kept = String::from("$timescale 1ps $end\n$scope module top $end\n");
    let mut codes = std::collections::HashSet::new();
    let mut depth = 0;
    for line in header.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["$scope", ..] => depth += 1,
            ["$upscope", ..] => depth -= 1,
            ["$var", kind, width, code, name, ..] if depth == 1 => {
                codes.insert(code);
                let name = rename(name);
                kept.push_str(&format!("$var {kind} {width} {code} {name} $end\n"));
            }
            _ => {}
        }
    }
    kept.push_str("$upscope $end\n$enddefinitions $end\n");
    for line in body.lines() {
        let code = match line.as_bytes().first() {
            None | Some(b'#' | b'$') => None,
            Some(b'b') => line.split_once(' ').map(|(_, code)| code),
            Some(_) => line.get(1..),
        };
        if code.is_none_or(|code| codes.contains(code)) {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    fs::write(to, kept).context("cannot write")
}
