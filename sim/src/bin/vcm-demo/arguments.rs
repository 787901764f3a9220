//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Parser, ValueEnum};
use vcm_sim::model::cycles_in;
use vcm_sim::platform::{AROUND, Recording};
use vcm_sim::wave::filter::Moment;

/// Copies a file by DMA through the simulated IOMMU, and shows what it refuses.
#[derive(Parser)]
#[command(name = "vcm-demo", version)]
pub(crate) struct Arguments {
    /// The file to copy, up to 64 MiB; without one, a picture that is made for it.
    pub(crate) file: Option<PathBuf>,

    /// Where to write the copy, the map and the waveforms; without it, target/demo of the workspace.
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: Option<PathBuf>,

    /// Shows who sees which memory under which address: as text, or in a file that ends in .dot or
    /// .svg (the latter needs Graphviz).
    #[arg(long, value_name = "FILE", require_equals = true)]
    pub(crate) graph: Option<Option<PathBuf>>,

    /// Has the waveform from this cycle (1234) or time (12.5us) on, instead of the parts worth seeing.
    #[arg(long, value_name = "WHEN")]
    pub(crate) trace_from: Option<Moment>,

    /// Has the waveform up to this cycle or time.
    #[arg(long, value_name = "WHEN")]
    pub(crate) trace_to: Option<Moment>,

    /// Has a waveform only of what is around the first fault.
    #[arg(long, value_name = "WHAT")]
    pub(crate) trace_on: Option<TraceOn>,
}

/// What begins a waveform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceOn {
    /// A fault, or a rule that is broken.
    Fault,
}

impl Arguments {
    /// The waveform that is asked for in a file; `None`: the usual one.
    pub(crate) fn recording(&self, file: PathBuf) -> Option<Recording> {
        if self.trace_from.is_none() && self.trace_to.is_none() && self.trace_on.is_none() {
            return None;
        }
        let cycle = |moment: Moment| match moment {
            Moment::Cycle(cycle) => cycle,
            Moment::Time(picoseconds) => {
                let nanos = u64::try_from(picoseconds / 1000).unwrap_or(u64::MAX);
                cycles_in(Duration::from_nanos(nanos))
            }
        };
        Some(Recording {
            from: self.trace_from.map_or(0, cycle),
            to: self.trace_to.map_or(u64::MAX, cycle),
            on_fault: self.trace_on.map(|TraceOn::Fault| AROUND),
            ..Recording::new(file)
        })
    }
}

/// What is to be done.
pub(crate) enum Parsed {
    /// Run, with these arguments.
    Run(Arguments),
    /// Show this text.
    Show(String),
}

/// Reads the command line. An error is one line.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Parsed, String> {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => Ok(Parsed::Run(arguments)),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Ok(Parsed::Show(error.to_string()))
            }
            _ => {
                let text = error.to_string();
                let first = text.lines().next().unwrap_or_default();
                let what = first.strip_prefix("error: ").unwrap_or(first);
                Err(format!(
                    "{what}: give one file, or none (make demo FILE=path)"
                ))
            }
        },
    }
}
