//! A seed that fails: made small, and told with a waveform.

use std::path::Path;

use vcm_sim::soak::{Plan, run, shrink};
use vcm_sim::wave::chain;

use crate::arguments::Arguments;
use crate::campaign::say;

/// Runs that are made to shrink a plan.
const RUNS: u32 = 400;

/// Shrinks the plan of a seed that fails, and tells how it fails.
pub(crate) fn shrunk(seed: u64, arguments: &Arguments) -> Result<(), String> {
    let whole = Plan::new(seed);
    let Some(failure) = run(&whole, None).failure else {
        say(&format!("seed {seed} does not fail again"));
        return Ok(());
    };
    let all = whole.steps.len();
    eprintln!("seed {seed} fails: looking for the smallest part of it that does");
    let mut last = all;
    let plan = shrink(&whole, &failure.kind, RUNS, &mut |left| {
        if left < last {
            last = left;
            eprintln!("{left} of {all} steps");
        }
    });
    tell(&plan, arguments)
}

/// Runs a plan that fails, with a waveform, and tells of it.
fn tell(plan: &Plan, arguments: &Arguments) -> Result<(), String> {
    let verdict = run(plan, Some(arguments.recording(plan.seed)?));
    if let Some(failure) = &verdict.failure {
        say(&format!("\nseed {}: {failure}", plan.seed));
    }
    say("\nthe steps that are needed:");
    list(plan);
    let kept = match plan.is_whole() {
        true => String::new(),
        false => format!(" --keep {}", plan.kept()),
    };
    say("\nonce more, with a waveform:");
    let seed = plan.seed;
    say(&format!(
        "  cargo run -p vcm-sim --bin vcm-soak -- --replay {seed}{kept}"
    ));
    if let Some(vcd) = verdict.waveform {
        leave(&vcd, arguments)?;
        if let Some(failure) = &verdict.failure {
            say(&format!("  (wrong from cycle {} on)", failure.cycle));
        }
    }
    Ok(())
}

/// Leaves a waveform, and says how to look at it.
pub(crate) fn leave(vcd: &Path, arguments: &Arguments) -> Result<(), String> {
    let left = arguments.trace.leave(vcd).map_err(|error| chain(&error))?;
    let file = left.waveform.display();
    say(&format!("waveform: {file}"));
    let wave = "cargo run -p vcm-sim --bin vcm-wave --";
    say(&format!("  {wave} list {file}"));
    if let Some(views) = &left.views {
        for command in views.commands() {
            say(&format!("  {command}"));
        }
    }
    Ok(())
}

/// Lists the steps of a plan.
pub(crate) fn list(plan: &Plan) {
    say(&format!("  {:?}", plan.setup));
    for numbered in &plan.steps {
        say(&format!("  {:>4}  {:x?}", numbered.number, numbered.step));
    }
}
