//! One seed again.

use std::time::Instant;

use vcm_sim::soak::{Plan, run};

use crate::arguments::Arguments;
use crate::campaign::say;
use crate::found;
use crate::table;

/// Runs the plan of a seed, or a part of it, with a waveform. Returns whether it does not fail.
fn carry_out(plan: &Plan, arguments: &Arguments) -> Result<bool, String> {
    let begun = Instant::now();
    let verdict = run(plan, Some(arguments.recording(plan.seed)?));
    say(&table::of(&verdict.statistics, begun.elapsed()));
    match verdict.waveform {
        Some(vcd) => found::leave(&vcd, arguments)?,
        None => say("no waveform: nothing of what was asked for happened"),
    }
    match verdict.failure {
        None => {
            say("nothing was found");
            Ok(true)
        }
        Some(failure) => {
            say(&failure.to_string());
            Ok(false)
        }
    }
}

/// Runs a seed again, or lists what it does.
pub(crate) fn replay(seed: u64, arguments: &Arguments) -> Result<bool, String> {
    let whole = Plan::new(seed);
    let plan = match &arguments.keep {
        Some(keep) => whole.keep(keep),
        None => whole,
    };
    if arguments.list {
        found::list(&plan);
        return Ok(true);
    }
    carry_out(&plan, arguments)
}
