//! `vcm-wave`: what went on in a waveform, as transactions.
//!
//! Exit status: 0 when the file was read to its end and, with `check` and `diff`, nothing was found; 1
//! when something was found, or the file goes wrong in the middle; 2 when it cannot be read at all.

mod arguments;
mod check;
mod diff;
mod explain;
mod list;
mod output;
mod progress;
mod stats;
mod timeline;
mod views;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Command::List(list) => list::run(list),
        Command::Explain(explain) => explain::run(explain),
        Command::Stats(stats) => stats::run(stats),
        Command::Check(check) => check::run(check),
        Command::Diff(diff) => diff::run(diff),
        Command::Timeline(timeline) => timeline::run(timeline),
        Command::Views(views) => views::run(views),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("vcm-wave: {message}");
            ExitCode::from(2)
        }
    }
}
