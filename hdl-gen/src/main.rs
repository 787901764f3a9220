//! Writes the generated files of the repository.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

/// Writes the files that are generated from the hardware's sources.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The Verilog of `rtl/`.
    Rtl(Rtl),
}

#[derive(Args)]
struct Rtl {
    /// Only compare with the files that are there.
    #[arg(long)]
    check: bool,
    /// Where the files are.
    #[arg(long, value_name = "DIR", default_value = "rtl")]
    out: PathBuf,
}

impl Rtl {
    fn run(&self) -> Result<()> {
        let tops = hdl_gen::tops();
        if self.check {
            hdl_gen::rtl::check(&tops, &self.out)
        } else {
            hdl_gen::rtl::write(&tops, &self.out)
        }
    }
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Rtl(rtl) => rtl.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
