//! Carries out a plan.

use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;

use super::failure::Failure;
use super::machine::Machine;
use super::plan::Plan;
use crate::platform::Recording;
use crate::scoreboard::{Counts, Judgement};

/// What happened in a run, or in several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Runs.
    pub runs: u64,
    /// Steps that were carried out.
    pub steps: u64,
    /// Clock cycles.
    pub cycles: u64,
    /// Bursts that masters sent.
    pub bursts: u64,
    /// Bursts that were answered with an error.
    pub refused: u64,
    /// Bursts that a reset ended.
    pub lost: u64,
    /// Fault records that the driver read.
    pub records: u64,
    /// How often the fault queue had overflowed.
    pub overflows: u64,
    /// Stalled transactions that the driver resumed by name.
    pub resumed: u64,
    /// Resets.
    pub resets: u64,
    /// What the scoreboard judged.
    pub judged: Counts,
}

impl Statistics {
    /// Both together.
    pub fn add(&mut self, other: &Self) {
        let Counts {
            reads_forwarded,
            reads_terminated,
            writes_forwarded,
            writes_terminated,
            walk_reads,
        } = other.judged;
        for (sum, more) in [
            (&mut self.runs, other.runs),
            (&mut self.steps, other.steps),
            (&mut self.cycles, other.cycles),
            (&mut self.bursts, other.bursts),
            (&mut self.refused, other.refused),
            (&mut self.lost, other.lost),
            (&mut self.records, other.records),
            (&mut self.overflows, other.overflows),
            (&mut self.resumed, other.resumed),
            (&mut self.resets, other.resets),
            (&mut self.judged.reads_forwarded, reads_forwarded),
            (&mut self.judged.reads_terminated, reads_terminated),
            (&mut self.judged.writes_forwarded, writes_forwarded),
            (&mut self.judged.writes_terminated, writes_terminated),
            (&mut self.judged.walk_reads, walk_reads),
        ] {
            *sum += more;
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What happened.
    pub statistics: Statistics,
    /// What went wrong first.
    pub failure: Option<Failure>,
    /// The waveform, if one was asked for and there is something in it.
    pub waveform: Option<PathBuf>,
    /// What became of every burst, if a waveform was asked for.
    pub judgements: Vec<Judgement>,
}

/// Carries out a plan on a board of its own. The same plan does the same every time, cycle by cycle.
pub fn run(plan: &Plan, recording: Option<Recording>) -> Verdict {
    let mut machine = match Machine::new(&plan.setup, recording) {
        Ok(machine) => machine,
        Err(failure) => {
            return Verdict {
                statistics: Statistics::default(),
                failure: Some(failure),
                waveform: None,
                judgements: Vec::new(),
            };
        }
    };
    let platform = machine.board.platform.clone();
    // What panics is a failure like any other: it has a seed, and can be shrunk.
    let all = AssertUnwindSafe(|| carry_out(plan, &mut machine));
    let failure = match panic::catch_unwind(all) {
        Ok(done) => done.err(),
        Err(reason) => {
            let text = reason.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| reason.downcast_ref::<&str>().copied());
            let text = text.unwrap_or("it does not say why");
            Some(Failure::new("panic", platform.now(), text))
        }
    };
    let mut statistics = machine.statistics;
    statistics.runs = 1;
    statistics.cycles = platform.now();
    statistics.judged = machine.board.scoreboard().counts();
    let judgements = machine.board.scoreboard().take_judgements();
    if failure.is_none() {
        let failure = machine.end().err();
        let waveform = platform.finish_recording().ok().flatten();
        return Verdict {
            statistics,
            failure,
            waveform,
            judgements,
        };
    }
    // The waveform ends where it went wrong, and not in what the driver does when it is dropped.
    let waveform = platform.finish_recording().ok().flatten();
    // After a panic or a hang the driver cannot be expected to end well.
    std::mem::forget(machine);
    Verdict {
        statistics,
        failure,
        waveform,
        judgements,
    }
}

fn carry_out(plan: &Plan, machine: &mut Machine) -> Result<(), Failure> {
    for numbered in &plan.steps {
        let named = |failure: Failure| Failure {
            step: Some(numbered.number),
            ..failure
        };
        let done = machine.carry_out(&numbered.step);
        // What a watcher has seen comes before what came of it.
        machine.board.check().map_err(named)?;
        done.map_err(named)?;
        machine.statistics.steps += 1;
    }
    machine.finish()
}
