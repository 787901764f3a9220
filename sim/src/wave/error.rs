//! Why a waveform cannot be read, or not to its end.

use std::io;
use std::path::PathBuf;

/// A place in a VCD file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Bytes before it, of the text (not of its compressed form).
    pub byte: u64,
    /// Its line, the first is 1.
    pub line: u64,
    /// The last time stamp before it, in units of the file.
    pub time: u64,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { byte, line, time } = self;
        write!(f, "line {line} (byte {byte}, after time #{time})")
    }
}

/// Why a waveform cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum WaveError {
    /// The file cannot be opened or read.
    #[error("cannot read {}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The declarations are not those of a VCD file.
    #[error("{}: not a VCD file, or a damaged one: {what}, in line {line}", file.display())]
    Header {
        /// The file.
        file: PathBuf,
        /// The line, the first is 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// No AXI port can be seen in it.
    #[error("{}: no AXI port among its {signals} signals: {hint}", file.display())]
    NoPorts {
        /// The file.
        file: PathBuf,
        /// Signals it declares.
        signals: usize,
        /// What came nearest.
        hint: String,
    },
    /// What was asked for by name is not there.
    #[error("{}: no {what} {name:?}; there is {there}", file.display())]
    NoSuch {
        /// The file.
        file: PathBuf,
        /// What was asked for, such as "signal".
        what: &'static str,
        /// Its name.
        name: String,
        /// What could have been named.
        there: String,
    },
    /// No clock can be told.
    #[error("{}: {what}: name the clock with --clock, or --clock none if each time stamp is a cycle", file.display())]
    NoClock {
        /// The file.
        file: PathBuf,
        /// What was looked for.
        what: String,
    },
}

/// Why reading ended before the end of the recording. What was read until then is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Where.
    pub place: Place,
    /// What stands there.
    pub what: String,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// An error with what is behind it, in a line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}
