//! Which part of a run is to be recorded, as command lines and the environment say it, and what is left
//! of it: the waveform, and views of it beside it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::model::cycles_in;
use crate::platform::{AROUND, Recording};
use crate::wave::filter::Moment;
use crate::wave::{ClockChoice, PackError, ViewError, ViewFiles, Wave, pack, write_views};

/// Options of the programs that leave a waveform.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceOptions {
    /// Has the waveform from this cycle (1234) or time (12.5us) on.
    #[arg(long, value_name = "WHEN")]
    pub trace_from: Option<Moment>,

    /// Has the waveform up to this cycle or time.
    #[arg(long, value_name = "WHEN")]
    pub trace_to: Option<Moment>,

    /// Has a waveform only of what is around the first fault.
    #[arg(long, value_name = "WHAT")]
    pub trace_on: Option<TraceOn>,

    /// Leaves the waveform in this format; fst is a tenth of the size, and needs vcd2fst of GTKWave.
    #[arg(long, value_name = "FORMAT", default_value_t, value_enum)]
    pub trace_format: TraceFormat,
}

/// What begins a waveform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TraceOn {
    /// A fault, or a rule that is broken.
    Fault,
}

/// The format of a waveform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TraceFormat {
    /// Text (IEEE 1364).
    #[default]
    Vcd,
    /// That of GTKWave.
    Fst,
}

impl TraceOptions {
    /// What `VCM_TRACE_FROM`, `VCM_TRACE_TO` and `VCM_TRACE_ON` say, for a waveform in `file`, whose
    /// name gives the format.
    ///
    /// # Errors
    /// With the variable that cannot be understood.
    pub fn from_environment(file: &Path) -> Result<Self, String> {
        let fst = file.extension().is_some_and(|ending| ending == "fst");
        Ok(Self {
            trace_from: variable("VCM_TRACE_FROM", Moment::from_str)?,
            trace_to: variable("VCM_TRACE_TO", Moment::from_str)?,
            trace_on: variable("VCM_TRACE_ON", |text| TraceOn::from_str(text, false))?,
            trace_format: match fst {
                true => TraceFormat::Fst,
                false => TraceFormat::Vcd,
            },
        })
    }

    /// The part of the run that is asked for, in a VCD file; `None`: no part in particular.
    pub fn recording(&self, file: impl Into<PathBuf>) -> Option<Recording> {
        if self.trace_from.is_none() && self.trace_to.is_none() && self.trace_on.is_none() {
            return None;
        }
        Some(Recording {
            from: self.trace_from.map_or(0, cycle),
            to: self.trace_to.map_or(u64::MAX, cycle),
            on_fault: self.trace_on.map(|TraceOn::Fault| AROUND),
            ..Recording::new(file)
        })
    }

    /// Leaves a recorded VCD file in the format that is asked for, with views beside it.
    ///
    /// # Errors
    /// [`LeaveError`]; the VCD file is then still there.
    pub fn leave(&self, vcd: &Path) -> Result<Left, LeaveError> {
        let waveform = match self.trace_format {
            TraceFormat::Vcd => vcd.to_path_buf(),
            TraceFormat::Fst => {
                let fst = vcd.with_extension("fst");
                pack(vcd, &fst)?;
                // That there is one file too many does no harm.
                let _ = fs::remove_file(vcd);
                fst
            }
        };
        // One that is too short to have ports has no views.
        let views = match Wave::open(&waveform, &ClockChoice::Search) {
            Ok(wave) => Some(write_views(&wave)?),
            Err(_) => None,
        };
        Ok(Left { waveform, views })
    }
}

fn cycle(moment: Moment) -> u64 {
    match moment {
        Moment::Cycle(cycle) => cycle,
        Moment::Time(picoseconds) => {
            let nanos = u64::try_from(picoseconds / 1000).unwrap_or(u64::MAX);
            cycles_in(Duration::from_nanos(nanos))
        }
    }
}

fn variable<T>(
    name: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    let Some(text) = env::var_os(name) else {
        return Ok(None);
    };
    let text = text.to_string_lossy();
    parse(&text)
        .map(Some)
        .map_err(|error| format!("{name}={text}: {error}"))
}

/// What is left of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The waveform.
    pub waveform: PathBuf,
    /// Views of it.
    pub views: Option<ViewFiles>,
}

impl Left {
    /// The files that a person may open.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let views = self.views.iter();
        let views = views.flat_map(|views| [views.gtkwave.as_path(), views.surfer.as_path()]);
        std::iter::once(self.waveform.as_path()).chain(views)
    }
}

/// A recording that cannot be left as it is asked for.
#[derive(Debug, thiserror::Error)]
pub enum LeaveError {
    /// It cannot be packed.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// Views cannot be written.
    #[error(transparent)]
    View(#[from] ViewError),
}
