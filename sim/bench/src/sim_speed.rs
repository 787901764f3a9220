//! How fast the simulation is: our loop in Rust beside a loop in C++ over the same Verilated model.

use std::time::Duration;

use anyhow::{Result, ensure};
use cpu_time::ThreadTime;
use vcm_regs::global::{S2CR, S2cr, stream_type};

use crate::case::{Case, Length};
use crate::measurement::{Measurement, Outcome, Params};
use vcm_sim::model::{Model, Native, Top};
use vcm_sim::signals::Cycle;

pub(super) fn cases(length: Length) -> Vec<Case> {
    // Many short rounds in turn, so that what else the machine does meanwhile hits both.
    let (rounds, cycles) = length.pick((150, 5_000), (10, 4_000));
    let params = Params::default().with("top", "vcm_iommu");
    vec![Case::new(
        "sim_speed",
        params,
        move |_, scenario, params| measure(scenario, params, rounds, cycles),
    )]
}

/// A model whose stream 0 is bypassed, and what stands on its ports.
struct Side {
    model: Model,
    cycle: Cycle,
    state: Native,
}

impl Side {
    fn new() -> Result<Self> {
        let mut side = Self {
            model: Model::new(Top::Iommu)?,
            cycle: Cycle {
                reset: true,
                ..Cycle::default()
            },
            state: Native::default(),
        };
        side.step(16);
        side.cycle.reset = false;
        side.bypass()?;
        Ok(side)
    }

    fn step(&mut self, cycles: u32) {
        for _ in 0..cycles {
            self.model.settle(&mut self.cycle);
            self.model.rise(self.cycle.number);
            self.cycle.number += 1;
        }
    }

    /// Writes the stream map by the bare wires.
    fn bypass(&mut self) -> Result<()> {
        let value = S2cr::default().with(S2cr::TYPE, stream_type::BYPASS);
        let wires = &mut self.cycle.s_axil;
        (wires.aw.valid, wires.w.valid, wires.b.ready) = (true, true, true);
        wires.aw.addr = S2CR.offset as u16;
        (wires.w.data, wires.w.strb) = (value.bits(), 15);
        // After reset it is answered when the memories of the TLBs have been swept.
        for _ in 0..10_000 {
            self.model.settle(&mut self.cycle);
            let wires = self.cycle.s_axil;
            self.model.rise(self.cycle.number);
            self.cycle.number += 1;
            self.cycle.s_axil.aw.valid &= !wires.aw.fires();
            self.cycle.s_axil.w.valid &= !wires.w.fires();
            if wires.b.fires() {
                return Ok(());
            }
        }
        anyhow::bail!("a register write was not answered")
    }

    fn run(&mut self, cycles: u64, native: bool) -> Duration {
        // The time of this thread: others may run meanwhile.
        let begin = ThreadTime::now();
        (self.model).run_loop(&mut self.state, &mut self.cycle, cycles, native);
        begin.elapsed()
    }
}

fn measure(scenario: &str, params: Params, rounds: usize, cycles: u64) -> Result<Vec<Measurement>> {
    let (mut ours, mut native) = (Side::new()?, Side::new()?);
    let mut times = Vec::new();
    for round in 0..rounds {
        // Neither is always the one that finds the other's data in the caches.
        let (mut first, mut second) = (Duration::ZERO, Duration::ZERO);
        for turn in [round % 2, (round + 1) % 2] {
            match turn {
                0 => first = ours.run(cycles, false),
                _ => second = native.run(cycles, true),
            }
        }
        times.push((first.as_secs_f64(), second.as_secs_f64()));
    }
    ensure!(
        ours.state == native.state,
        "the loops have done different work"
    );
    ensure!(ours.state.sum() != 0, "nothing was read");
    // Others share the caches, too: the fastest rounds are those that measured nothing but this.
    let fastest = |time: fn(&(f64, f64)) -> f64| times.iter().map(time).fold(f64::MAX, f64::min);
    let per_second = |seconds: f64| (cycles as f64 / seconds).round();
    Ok(vec![Measurement {
        scenario: scenario.to_owned(),
        params,
        outcome: Outcome::Beside {
            value: per_second(fastest(|(ours, _)| *ours)),
            native: per_second(fastest(|(_, native)| *native)),
            unit: "cycles/s",
        },
    }])
}
