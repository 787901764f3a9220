//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use vcm_sim::model::cycles_in;
use vcm_sim::platform::{AROUND, Recording};
use vcm_sim::soak::Keep;
use vcm_sim::wave::filter::Moment;

/// Cycles of the waveform of a failure that are kept.
const LAST: u64 = 20_000;

/// Runs random campaigns on the simulated IOMMU: masters of every kind, while the driver works and
/// memory misbehaves.
#[derive(Parser)]
#[command(name = "vcm-soak", version)]
pub(crate) struct Arguments {
    /// How long to go on, in minutes.
    #[arg(short, long, default_value_t = 1.0, conflicts_with = "seeds")]
    pub(crate) minutes: f64,

    /// How many seeds to run, however long that takes.
    #[arg(short, long)]
    pub(crate) seeds: Option<u64>,

    /// The first seed; without it, one of the time.
    #[arg(short, long)]
    pub(crate) from: Option<u64>,

    /// Runs at the same time; without it, one for each core.
    #[arg(short, long)]
    pub(crate) jobs: Option<usize>,

    /// Runs one seed again, with a waveform.
    #[arg(long, value_name = "SEED", conflicts_with_all = ["minutes", "seeds", "from"])]
    pub(crate) replay: Option<u64>,

    /// Only these steps of it, as in 0-4,7,9x3 (of step 9 only 3 bursts).
    #[arg(long, value_name = "STEPS", requires = "replay")]
    pub(crate) keep: Option<Keep>,

    /// Lists the steps instead.
    #[arg(long, requires = "replay")]
    pub(crate) list: bool,

    /// Where to leave waveforms; without it, target/soak of the workspace.
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: Option<PathBuf>,

    /// With --replay: has the waveform from this cycle (1234) or time (12.5us) on.
    #[arg(long, value_name = "WHEN", requires = "replay")]
    pub(crate) trace_from: Option<Moment>,

    /// With --replay: has the waveform up to this cycle or time.
    #[arg(long, value_name = "WHEN", requires = "replay")]
    pub(crate) trace_to: Option<Moment>,

    /// With --replay: has a waveform only of what is around the first fault.
    #[arg(long, value_name = "WHAT", requires = "replay")]
    pub(crate) trace_on: Option<TraceOn>,
}

/// What begins a waveform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceOn {
    /// A fault, or a rule that is broken.
    Fault,
}

impl Arguments {
    /// The folder for waveforms.
    pub(crate) fn folder(&self) -> PathBuf {
        let usual = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/soak"));
        self.output.clone().unwrap_or_else(usual)
    }

    /// The waveform of a replay: what was asked for, or the last cycles.
    pub(crate) fn recording(&self, file: PathBuf) -> Recording {
        if self.trace_from.is_none() && self.trace_to.is_none() && self.trace_on.is_none() {
            return of_the_end(file);
        }
        let cycle = |moment: Moment| match moment {
            Moment::Cycle(cycle) => cycle,
            Moment::Time(picoseconds) => {
                let nanos = u64::try_from(picoseconds / 1000).unwrap_or(u64::MAX);
                cycles_in(std::time::Duration::from_nanos(nanos))
            }
        };
        Recording {
            from: self.trace_from.map_or(0, cycle),
            to: self.trace_to.map_or(u64::MAX, cycle),
            on_fault: self.trace_on.map(|TraceOn::Fault| AROUND),
            ..Recording::new(file)
        }
    }
}

/// The last cycles of a run.
pub(crate) fn of_the_end(file: PathBuf) -> Recording {
    Recording {
        last: Some(LAST),
        ..Recording::new(file)
    }
}
