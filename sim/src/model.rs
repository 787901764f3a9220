//! The Verilated hardware: a clock, wires, and a trace of what goes on inside.

mod ffi;
mod native;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use native::Native;

use crate::signals::Cycle;

/// Frequency of `aclk`, the design's goal on the board.
pub const CLOCK_HZ: u64 = 150_000_000;

/// Picoseconds in a second: the unit of time in traces.
const PICOSECONDS: u128 = 1_000_000_000_000;

/// Simulated time at the beginning of cycle `number`.
pub fn time_of(number: u64) -> Duration {
    let nanos = u128::from(number) * 1_000_000_000 / u128::from(CLOCK_HZ);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// Cycles that begin within `time`, at least one.
pub fn cycles_in(time: Duration) -> u64 {
    let cycles = time.as_nanos() * u128::from(CLOCK_HZ) / 1_000_000_000;
    u64::try_from(cycles).unwrap_or(u64::MAX).max(1)
}

/// A hardware top that can be simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Top {
    /// `vcm_iommu`: bus masters are on `s_axi`.
    #[default]
    Iommu,
    /// `vcm_soc`: the bus master is the DMA engine inside, `s_axi` does not exist.
    Soc,
    /// The whole board design, `vcm_zynq`: `vcm_soc` behind AXI3 bridges and a model of the processing
    /// system, so `m_axi` carries bursts of up to 16 beats, with IDs of 6 bits.
    Board,
}

/// A Verilated top. Models share nothing, and may be sent to other threads.
pub struct Model {
    // Dropped before the model that it traces.
    trace: Option<ffi::Tracer>,
    /// Whether the trace leaves out what happens now.
    paused: bool,
    handle: ffi::Handle,
    top: Top,
}

impl Model {
    /// A new model, its registers at their initial values. Reset it before use.
    ///
    /// # Errors
    /// [`io::ErrorKind::OutOfMemory`].
    pub fn new(top: Top) -> io::Result<Self> {
        let functions = match top {
            Top::Iommu => &ffi::IOMMU,
            Top::Soc => &ffi::SOC,
            Top::Board => &ffi::BOARD,
        };
        let handle = ffi::Handle::new(functions).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self {
            trace: None,
            paused: false,
            handle,
            top,
        })
    }

    /// Which top this is.
    pub fn top(&self) -> Top {
        self.top
    }

    /// First half of a clock cycle: `aclk` falls, the inputs in `cycle` are applied, and everything
    /// settles. The outputs in `cycle` are then what stands on the ports before the rising edge.
    ///
    /// Inputs are `reset`, and on each channel what the top does not drive.
    #[inline]
    pub fn settle(&mut self, cycle: &mut Cycle) {
        self.handle.drive(cycle);
        self.handle.set_clock(false);
        self.handle.eval();
        self.handle.sample(cycle);
        self.dump(2 * cycle.number);
    }

    /// Second half of cycle `number`: `aclk` rises.
    #[inline]
    pub fn rise(&mut self, number: u64) {
        self.handle.set_clock(true);
        self.handle.eval();
        self.dump(2 * number + 1);
    }

    /// Runs a fixed loop for so many cycles: in C++, or the same in Rust.
    ///
    /// It is there to measure what calling the model from Rust costs. The model must not be in reset.
    pub fn run_loop(&mut self, state: &mut Native, cycle: &mut Cycle, cycles: u64, native: bool) {
        if native {
            self.handle.native(state, cycles);
        } else {
            for _ in 0..cycles {
                state.drive(cycle);
                self.settle(cycle);
                state.clock(cycle);
                self.rise(cycle.number);
                cycle.number += 1;
            }
        }
    }

    /// Writes all signals of the top to a VCD file from now on, replacing a trace under way.
    ///
    /// Its time stamps are picoseconds: cycle n begins, with the falling edge, at n · 20 000 / 3, and
    /// `aclk` rises half a period later. Simulation takes two to three times as long meanwhile.
    ///
    /// # Errors
    /// [`TraceError`] when the file cannot be written; nothing is traced then.
    pub fn start_trace(&mut self, file: &Path) -> Result<(), TraceError> {
        self.trace = None;
        let mut trace = self.handle.tracer();
        trace.0.open(file).map_err(|source| TraceError {
            file: file.to_path_buf(),
            source,
        })?;
        self.trace = Some(trace);
        self.paused = false;
        Ok(())
    }

    /// Ends the trace, if there is one; its file is then complete.
    pub fn stop_trace(&mut self) {
        self.trace = None;
    }

    /// Leaves out of the trace what happens from now on, until [`resume_trace`](Self::resume_trace).
    pub fn pause_trace(&mut self) {
        self.paused = true;
    }

    /// Goes on with the trace, in the same file.
    pub fn resume_trace(&mut self) {
        self.paused = false;
    }

    /// Whether a trace is under way.
    pub fn is_tracing(&self) -> bool {
        self.trace.is_some()
    }

    fn dump(&mut self, half_cycles: u64) {
        if let Some(trace) = self.trace.as_mut().filter(|_| !self.paused) {
            let time = u128::from(half_cycles) * PICOSECONDS / u128::from(2 * CLOCK_HZ);
            trace.0.dump(u64::try_from(time).unwrap_or(u64::MAX));
        }
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Model");
        debug
            .field("top", &self.top)
            .field("tracing", &self.is_tracing());
        debug.finish_non_exhaustive()
    }
}

/// A trace file that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the trace {}", file.display())]
pub struct TraceError {
    /// The file.
    pub file: PathBuf,
    /// Why not.
    pub source: io::Error,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cycles after reset within which registers answer: the hardware may first have to sweep its
    /// memories.
    const AFTER_RESET: u64 = 2_000;

    fn reset(model: &mut Model, cycle: &mut Cycle) {
        cycle.reset = true;
        for _ in 0..4 {
            model.settle(cycle);
            model.rise(cycle.number);
            cycle.number += 1;
        }
        cycle.reset = false;
    }

    #[test]
    fn a_register_answers_on_the_bare_wires() {
        for top in [Top::Iommu, Top::Soc, Top::Board] {
            let mut model = Model::new(top).unwrap();
            let mut cycle = Cycle::default();
            reset(&mut model, &mut cycle);
            cycle.s_axil.ar.valid = true;
            cycle.s_axil.ar.addr = vcm_regs::global::IDR0.offset as u16;
            cycle.s_axil.r.ready = true;
            let mut data = None;
            for _ in 0..AFTER_RESET {
                model.settle(&mut cycle);
                let (sent, got) = (cycle.s_axil.ar.fires(), cycle.s_axil.r.fires());
                model.rise(cycle.number);
                cycle.number += 1;
                if sent {
                    cycle.s_axil.ar.valid = false;
                }
                if got {
                    data = Some(cycle.s_axil.r.data);
                    break;
                }
            }
            assert_eq!(data, Some(vcm_regs::global::IDR0_MAGIC), "{top:?}");
        }
    }

    #[test]
    fn ports_a_top_lacks_stay_at_zero() {
        let mut model = Model::new(Top::Soc).unwrap();
        let mut cycle = Cycle::default();
        cycle.s_axi.ar.valid = true;
        cycle.s_axi.ar.addr = 0xffff_ffff;
        reset(&mut model, &mut cycle);
        assert!(!cycle.s_axi.ar.ready);
        assert!(!cycle.s_axi.r.valid);
        assert!(!cycle.m_axi_ptw.aw.valid && !cycle.m_axi_ptw.w.valid);
    }

    #[test]
    fn a_cycle_takes_the_time_of_150_mhz() {
        assert_eq!(time_of(3), Duration::from_nanos(20));
        assert_eq!(cycles_in(Duration::from_micros(1)), 150);
        assert_eq!(cycles_in(Duration::ZERO), 1);
    }

    #[test]
    fn a_trace_that_cannot_be_written_is_an_error() {
        let mut model = Model::new(Top::Iommu).unwrap();
        let error = model.start_trace(Path::new("/nonexistent/trace.vcd"));
        assert!(error.unwrap_err().to_string().contains("trace.vcd"));
        assert!(!model.is_tracing());
    }
}
