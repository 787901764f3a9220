//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;
use clap::error::ErrorKind;
use vcm_sim::trace::TraceOptions;

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

    #[command(flatten)]
    pub(crate) trace: TraceOptions,
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
