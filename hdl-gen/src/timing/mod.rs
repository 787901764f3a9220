//! An estimate of the clock from a netlist that Yosys has mapped to an xc7 FPGA: nothing is placed or
//! routed, so it is for comparing designs, and for finding the path to shorten next.
//!
//! Each cell has the delay of its kind ([`delays`]); each net one that grows with the number of its
//! loads. The longest path between registers, memories and ports is found by visiting the
//! combinational cells in topological order.

mod delays;
mod netlist;
mod paths;

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{bail, Context, Result};
use clap::Args;

pub use netlist::Netlist;
pub use paths::{longest, Path, Timing};

/// Estimate the clock of netlists (JSON, written by Yosys).
#[derive(Args)]
pub struct TimingArgs {
    /// Show the longest paths, so many, each to another kind of end point.
    #[arg(long, value_name = "N", default_value_t = 1)]
    paths: usize,
    /// Name the nets that the paths go through.
    #[arg(long)]
    nets: bool,
    /// Fail below so many MHz.
    #[arg(long, value_name = "MHZ")]
    least: Option<f64>,
    /// The netlists.
    #[arg(required = true)]
    netlists: Vec<PathBuf>,
}

impl TimingArgs {
    /// Prints the estimates.
    ///
    /// # Errors
    /// A file that cannot be read or is no flat netlist of known cells; a clock below the least.
    pub fn run(&self) -> Result<()> {
        let mut slow = Vec::new();
        for file in &self.netlists {
            let text = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
            let netlist =
                Netlist::parse(&text).with_context(|| format!("in {}", file.display()))?;
            let timing = longest(&netlist).with_context(|| format!("in {}", file.display()))?;
            let Some(worst) = timing.paths.first() else {
                bail!("{}: nothing in it has a clock", file.display());
            };
            println!(
                "{}: {:.0} MHz estimated, not placed: {:.2} ns, {} levels",
                netlist.top,
                1000.0 / worst.delay,
                worst.delay,
                worst.levels(),
            );
            self.show(&timing);
            if self.least.is_some_and(|least| 1000.0 / worst.delay < least) {
                slow.push(netlist.top.clone());
            }
        }
        match self.least {
            Some(least) if !slow.is_empty() => bail!("below {least} MHz: {}", slow.join(", ")),
            _ => Ok(()),
        }
    }

    fn show(&self, timing: &Timing) {
        let mut seen = HashSet::new();
        let kinds = timing
            .paths
            .iter()
            .filter(|path| seen.insert(kind(&path.to)));
        for path in kinds.take(self.paths) {
            println!(
                "{:7.2} ns {:3} levels  {} -> {}",
                path.delay,
                path.levels(),
                path.from,
                path.to
            );
            if self.nets {
                for (net, at) in &path.nets {
                    println!("{at:17.2}  {net}");
                }
            }
        }
    }
}

/// A name without its numbers: the same for all bits of a register, and for repeated blocks.
fn kind(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect()
}
