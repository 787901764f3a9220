//! The command line.

use std::fs;
use std::path::PathBuf;

use clap::Parser;
use vcm_sim::platform::Recording;
use vcm_sim::soak::Keep;
use vcm_sim::trace::TraceOptions;

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

    #[command(flatten)]
    pub(crate) trace: TraceOptions,
}

impl Arguments {
    /// The folder for waveforms.
    fn folder(&self) -> PathBuf {
        let usual = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/soak"));
        self.output.clone().unwrap_or_else(usual)
    }

    /// The waveform of a replay, or of a seed that fails: what was asked for, or the last cycles.
    pub(crate) fn recording(&self, seed: u64) -> Result<Recording, String> {
        let folder = self.folder();
        let made = fs::create_dir_all(&folder).and_then(|()| folder.canonicalize());
        let folder = made.map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let file = folder.join(format!("{seed}.vcd"));
        let asked = self.trace.recording(&file);
        Ok(asked.unwrap_or_else(|| Recording {
            last: Some(LAST),
            ..Recording::new(file)
        }))
    }
}
