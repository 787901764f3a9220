//! How an equivalence check can fail.

use std::fmt;
use std::path::PathBuf;

use crate::emit::EmitError;

/// Who ran the Verilog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simulator {
    /// Verilator: two-valued, compiled.
    Verilator,
    /// Icarus Verilog: four-valued, event-driven.
    Icarus,
}

impl fmt::Display for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Simulator::Verilator => "Verilator",
            Simulator::Icarus => "Icarus",
        })
    }
}

/// How an equivalence check can fail. `Debug` is as `Display`, so that `unwrap` in a test is readable.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The emitter refuses the design.
    #[error(transparent)]
    Emit(#[from] EmitError),
    /// An output differs.
    #[error(
        "{simulator}, cycle {cycle}: `{signal}` is {verilog}, but {rust} in rust-hdl (hexadecimal)"
    )]
    Mismatch {
        /// Who ran the Verilog.
        simulator: Simulator,
        /// The first cycle with a difference, from 0.
        cycle: usize,
        /// Verilog name of the output.
        signal: String,
        /// Its value in Verilog.
        verilog: String,
        /// Its value in rust-hdl.
        rust: String,
    },
    /// rust-hdl's simulation found no steady state: a combinational loop.
    #[error("cycle {cycle}: rust-hdl's simulation does not settle")]
    NotSettled {
        /// The cycle, from 0.
        cycle: usize,
    },
    /// The block has a clock, but [`super::Check::clock`] was not called.
    #[error("the block has a clock, `{clock}`: name it with `Check::clock`")]
    NoClock {
        /// Verilog name of the clock.
        clock: String,
    },
    /// The block has more than one clock.
    #[error("the block has more than one clock: {clocks}")]
    ManyClocks {
        /// Verilog names of the clocks.
        clocks: String,
    },
    /// A tool is not installed.
    #[error("`{tool}` is missing: run `make setup`")]
    ToolMissing {
        /// Its command.
        tool: String,
    },
    /// A tool failed or warned.
    #[error("`{tool}` failed on {}:\n{output}", .directory.display())]
    Tool {
        /// Its command.
        tool: String,
        /// Where its input is.
        directory: PathBuf,
        /// What it said.
        output: String,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
