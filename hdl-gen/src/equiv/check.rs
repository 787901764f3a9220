//! One block's check.

use rust_hdl::prelude::*;

use super::bench::Bench;
use super::error::Error;
use super::record::{Ports, Record};
use super::rng::Rng;
use super::{icarus, verilator, yosys};
use crate::emit;

/// rust-hdl passes a change through one level of hierarchy at a time; a settled design needs fewer.
const MAX_ITERATIONS: usize = 1000;

type ClockOf<U> = fn(&mut U) -> &mut Signal<In, Clock>;

/// Checks that the emitted Verilog of a block behaves as the block does in rust-hdl.
pub struct Check<U> {
    name: String,
    clock: Option<ClockOf<U>>,
    cycles: usize,
    seed: u64,
}

impl<U: Block> Check<U> {
    /// A check of 2000 cycles. `name` becomes the module's name and must not be used by another
    /// check of the same test binary.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            clock: None,
            cycles: 2000,
            seed: 1,
        }
    }

    /// Where the clock is, if the block has one.
    #[must_use]
    pub fn clock(mut self, clock: ClockOf<U>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// How many clock cycles to run.
    #[must_use]
    pub fn cycles(mut self, cycles: usize) -> Self {
        self.cycles = cycles;
        self
    }

    /// Start of the random sequence.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Runs `block`; `drive` sets its inputs before each rising edge.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if an output differs; else what kept the check from running.
    pub fn run(
        self,
        mut block: U,
        drive: impl FnMut(&mut U, &mut Rng, usize),
    ) -> Result<(), Error> {
        let verilog = emit::verilog(&block, &self.name)?;
        let record = self.record(&mut block, drive)?;
        let bench = Bench::new(&self.name, &verilog, &record)?;
        yosys::run(&bench)?;
        verilator::run(&bench)?;
        icarus::run(&bench)
    }

    fn record(
        &self,
        block: &mut U,
        mut drive: impl FnMut(&mut U, &mut Rng, usize),
    ) -> Result<Record, Error> {
        block.connect_all();
        let Ports { clocks, ports, .. } = Ports::of(block);
        match (clocks.as_slice(), self.clock) {
            ([], _) | ([_], Some(_)) => {}
            ([clock], None) => {
                return Err(Error::NoClock {
                    clock: clock.clone(),
                })
            }
            _ => {
                return Err(Error::ManyClocks {
                    clocks: clocks.join(", "),
                })
            }
        }
        let mut rng = Rng::new(self.seed);
        let mut cycles = Vec::with_capacity(self.cycles);
        for cycle in 0..self.cycles {
            drive(block, &mut rng, cycle);
            self.settle(block, false, cycle)?;
            cycles.push(Ports::of(block).values);
            self.settle(block, true, cycle)?;
        }
        Ok(Record {
            clock: clocks.into_iter().next(),
            ports,
            cycles,
        })
    }

    fn settle(&self, block: &mut U, level: bool, cycle: usize) -> Result<(), Error> {
        if let Some(clock) = self.clock {
            clock(block).next = Clock { clk: level };
        }
        if simulate(block, MAX_ITERATIONS) {
            Ok(())
        } else {
            Err(Error::NotSettled { cycle })
        }
    }
}
