//! `vcm-soak`: random campaigns, shrunk and with a waveform where one fails.
//!
//! Exit status: 0 when nothing was found; 1 when something was; 2 when the arguments cannot be used or a
//! file cannot be written.

mod arguments;
mod campaign;
mod found;
mod replay;
mod table;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.replay {
        Some(seed) => replay::replay(seed, &arguments),
        None => campaign::campaign(&arguments),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("vcm-soak: {message}");
            ExitCode::from(2)
        }
    }
}
