//! Writes the generated files of the repository, and says how fast their hardware is.

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hdl_gen::export::cli::RegsArgs;
use hdl_gen::rtl::RtlArgs;
use hdl_gen::timing::TimingArgs;

/// Writes the generated files of VCM-IOMMU.
#[derive(Parser)]
#[command(name = "hdl-gen", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Rtl(RtlArgs),
    Regs(RegsArgs),
    Timing(TimingArgs),
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let result = match Cli::parse().command {
        Command::Rtl(args) => args.run(&root),
        Command::Regs(args) => args.run(&root),
        Command::Timing(args) => args.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("hdl-gen: {e:#}");
            ExitCode::FAILURE
        }
    }
}
