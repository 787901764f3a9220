//! The synthesis side: Yosys has to read the Verilog, and find no latch in it.

use std::process::Command;

use super::bench::{Bench, DESIGN};
use super::error::Error;
use super::tool;

pub(super) fn run(bench: &Bench) -> Result<(), Error> {
    let script = format!(
        "read_verilog {DESIGN}; hierarchy -check -top {}; proc; check -assert; select -assert-none t:$dlatch",
        bench.name
    );
    tool::success(
        Command::new("yosys").args(["-q", "-p", &script]),
        &bench.directory,
    )
    .map(drop)
}
