//! A simulated machine for other processes: `vcm-sim serve SOCKET`.
//!
//! Exit status: 2 when the arguments or the socket cannot be used. It runs until it is ended.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// VCM-IOMMU in simulation, for other programs.
#[derive(Parser)]
#[command(name = "vcm-sim", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves a machine, with the IOMMU, a DMA engine and memory, to programs that are given
    /// `--device sim:SOCKET`. Several may use it; it runs until it is ended.
    Serve {
        /// Where the socket is made.
        socket: PathBuf,

        /// Random back-pressure on every bus, the same for the same number.
        #[arg(long, value_name = "SEED")]
        stress: Option<u64>,
    },
}

fn main() -> ExitCode {
    let Command::Serve { socket, stress } = Arguments::parse().command;
    match serve(&socket, stress) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("vcm-sim: {message}");
            ExitCode::from(2)
        }
    }
}

#[cfg(target_os = "linux")]
fn serve(socket: &std::path::Path, stress: Option<u64>) -> Result<(), String> {
    use std::io::Write;

    use vcm_sim::platform::Config;
    use vcm_sim::serve::{Server, machine};

    let config = match stress {
        Some(seed) => Config::default().stressed(seed),
        None => Config::default(),
    };
    let platform = machine(config).map_err(|error| error.to_string())?;
    let server = Server::bind(platform, socket).map_err(|error| error.to_string())?;
    // Who waits for it may connect from now on. That nobody reads it is no reason to stop.
    let _ = writeln!(std::io::stdout(), "serving sim:{}", socket.display());
    server.run().map_err(|error| error.to_string())
}

#[cfg(not(target_os = "linux"))]
fn serve(_: &std::path::Path, _: Option<u64>) -> Result<(), String> {
    Err("memory can be shared on Linux only: run it there".to_owned())
}
