//! The command line.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use vcm_sim::wave::filter::{Filter, Kind, Moment, addresses, number};
use vcm_sim::wave::{ClockChoice, Wave};

/// Tells what went on in a waveform: AXI transactions, and how the IOMMU dealt with them.
#[derive(Parser)]
#[command(name = "vcm-wave", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What is to be done.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Lists transactions.
    List(Box<List>),
    /// Tells the story of a transaction in plain sentences.
    Explain(Explain),
    /// Latencies, bandwidth, hit rates, and an account of every cycle.
    Stats(Stats),
    /// Runs the AXI checkers over all ports.
    Check(Check),
    /// Finds the first transaction in which two waveforms differ.
    Diff(Diff),
    /// Draws transactions as bars in lanes: a page to zoom and search in, or a picture.
    Timeline(Box<TimelineOf>),
    /// Writes views for GTKWave and Surfer beside the file: signals by block, states by name, faults marked.
    Views(ViewsOf),
}

/// The file, and how to read it.
#[derive(Args)]
pub(crate) struct File {
    /// A VCD file, plain or compressed by gzip, or an FST file (read by fst2vcd of GTKWave).
    pub(crate) file: PathBuf,
    /// The clock, by its name or full path; "none": each time stamp is a cycle. Without it the clock is
    /// looked for near each port.
    #[arg(long, value_name = "NAME")]
    clock: Option<String>,
}

impl File {
    pub(crate) fn choice(&self) -> ClockChoice {
        match self.clock.as_deref() {
            None => ClockChoice::Search,
            Some("none") => ClockChoice::None,
            Some(name) => ClockChoice::Named(name.to_owned()),
        }
    }

    /// Opens it.
    pub(crate) fn open(&self) -> Result<Wave, String> {
        Wave::open(&self.file, &self.choice()).map_err(|error| crate::output::chain(&error))
    }
}

/// Which transactions.
#[derive(Args)]
pub(crate) struct Choice {
    /// Only what was under way at or after this cycle (1234) or time (12.5us).
    #[arg(long, value_name = "WHEN")]
    from: Option<Moment>,
    /// Only what began at or before this cycle or time.
    #[arg(long, value_name = "WHEN")]
    to: Option<Moment>,
    /// Only this stream ID.
    #[arg(long, value_name = "N", value_parser = number)]
    stream: Option<u64>,
    /// Only this context.
    #[arg(long, value_name = "N", value_parser = number)]
    context: Option<u64>,
    /// Only this AXI ID.
    #[arg(long, value_name = "N", value_parser = number)]
    id: Option<u64>,
    /// Only what touches this address, or this range (0x1000-0x1fff), translated or not.
    #[arg(long, value_name = "ADDRESS", value_parser = addresses)]
    address: Option<RangeInclusive<u64>>,
    /// Only this kind: read, write, fault, error, micro, main, prefetch, walk, bypass, stalled; given
    /// several times, what is all of them.
    #[arg(long, value_name = "KIND")]
    kind: Vec<Kind>,
    /// Only what took at least so many cycles.
    #[arg(long, value_name = "CYCLES", value_parser = number)]
    latency: Option<u64>,
    /// Only ports with this in their name; then also the ports of an IOMMU one by one.
    #[arg(long, value_name = "TEXT")]
    pub(crate) port: Option<String>,
}

impl Choice {
    pub(crate) fn filter(&self) -> Filter {
        Filter {
            from: self.from,
            to: self.to,
            stream: self.stream,
            context: self.context,
            id: self.id,
            address: self.address.clone(),
            kinds: self.kind.clone(),
            latency: self.latency,
        }
    }
}

/// A form of output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// An aligned table.
    #[default]
    Table,
    /// A JSON list, with all that is known.
    Json,
    /// Comma-separated values.
    Csv,
}

/// `list`.
#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) file: File,
    #[command(flatten)]
    pub(crate) choice: Choice,
    /// In which form.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// At most so many.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
}

/// `explain`.
#[derive(Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) file: File,
    /// Which: a time (12.5us) or cycle (1234) within it, an address (0x4000) it touches, fault#N, or #N for
    /// a transaction by its number.
    pub(crate) what: String,
    /// At most so many transactions.
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) limit: u64,
}

/// `stats`.
#[derive(Args)]
pub(crate) struct Stats {
    #[command(flatten)]
    pub(crate) file: File,
}

/// `check`.
#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) file: File,
}

/// `diff`.
#[derive(Args)]
pub(crate) struct Diff {
    #[command(flatten)]
    pub(crate) file: File,
    /// The other file.
    pub(crate) other: PathBuf,
    /// Compares how many cycles transactions took, too.
    #[arg(long)]
    pub(crate) timing: bool,
}

/// `timeline`.
#[derive(Args)]
pub(crate) struct TimelineOf {
    #[command(flatten)]
    pub(crate) file: File,
    #[command(flatten)]
    pub(crate) choice: Choice,
    /// What to write: .html, a page that needs nothing else, or .svg, for a short time.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// At most so many transactions.
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    pub(crate) limit: u64,
}

/// `views`.
#[derive(Args)]
pub(crate) struct ViewsOf {
    #[command(flatten)]
    pub(crate) file: File,
}
