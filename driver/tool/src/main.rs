//! VCM-IOMMU from the command line: `vcm-tool --device uio:fabric probe`, and so on.
//!
//! Exit status: 0 when all is well, 1 when something does not hold, 2 when the arguments or the device
//! cannot be used.
#![cfg_attr(not(target_os = "linux"), allow(unused))]

#[cfg(target_os = "linux")]
mod arguments;
#[cfg(target_os = "linux")]
mod command;
#[cfg(target_os = "linux")]
mod device;
#[cfg(target_os = "linux")]
mod failure;
#[cfg(target_os = "linux")]
#[cfg(target_os = "linux")]
mod peek;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    use clap::Parser;

    match command::run(arguments::Arguments::parse()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("vcm-tool: {failure}");
            failure.status()
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("vcm-tool: it needs Linux");
    std::process::exit(2);
}
