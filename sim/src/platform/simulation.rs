//! One simulation: everything that moves with the clock.

use std::io;
use std::path::PathBuf;
#[cfg(target_os = "linux")]
use std::sync::Arc;

use crate::axi;
use crate::axil;
#[cfg(target_os = "linux")]
use crate::ddr::Memory;
use crate::ddr::{Ddr, Port};
use crate::model::{Model, TraceError};
use crate::platform::config::Config;
use crate::platform::pool::Pool;
use crate::platform::recorder::{Recorder, Recording};
use crate::signals::{AxiCycle, AxilCycle, Cycle, Observer, Violation};

/// Broken rules that are kept; the others are counted.
const KEPT_VIOLATIONS: usize = 20;

/// The hardware and all that is connected to it.
pub struct Simulation {
    model: Model,
    /// Number of the next cycle to be simulated.
    now: u64,
    /// The wires of the hardware.
    cycle: Cycle,
    /// The wires between processor and memory.
    cpu_wires: AxiCycle,
    registers: axil::Master,
    master: axi::Master,
    cpu: axi::Master,
    ddr: Ddr,
    pub(super) pool: Pool,
    observers: Vec<Box<dyn Observer>>,
    violations: Vec<Violation>,
    violation_count: u64,
    recorder: Option<Recorder>,
}

impl Simulation {
    pub(super) fn new(config: &Config) -> io::Result<Self> {
        Ok(Self {
            model: Model::new(config.top)?,
            now: 0,
            cycle: Cycle::default(),
            cpu_wires: AxiCycle::default(),
            registers: axil::Master::new("s_axil", config.s_axil),
            master: axi::Master::new("s_axi", config.s_axi),
            cpu: axi::Master::new("cpu", config.cpu),
            ddr: ddr(config)?,
            pool: Pool::new(config.pool.clone()),
            observers: Vec::new(),
            violations: Vec::new(),
            violation_count: 0,
            recorder: None,
        })
    }

    /// Lets one clock cycle pass.
    pub fn step(&mut self) {
        let now = self.now;
        self.registers.drive(&mut self.cycle.s_axil, now);
        self.master.drive(&mut self.cycle.s_axi, now);
        self.cpu.drive(&mut self.cpu_wires, now);
        self.ddr.drive(Port::Data, &mut self.cycle.m_axi, now);
        self.ddr.drive(Port::Walk, &mut self.cycle.m_axi_ptw, now);
        self.ddr.drive(Port::Cpu, &mut self.cpu_wires, now);
        self.evaluate();
        self.registers.clock(&self.cycle.s_axil, now);
        self.master.clock(&self.cycle.s_axi, now);
        self.cpu.clock(&self.cpu_wires, now);
        self.ddr.clock(Port::Data, &self.cycle.m_axi, now);
        self.ddr.clock(Port::Walk, &self.cycle.m_axi_ptw, now);
        self.ddr.clock(Port::Cpu, &self.cpu_wires, now);
        self.ddr.serve(now);
        self.collect_violations();
        self.now += 1;
    }

    /// Has the hardware and the observers see the wires.
    fn evaluate(&mut self) {
        self.cycle.number = self.now;
        if let Some(recorder) = &mut self.recorder {
            recorder.before(&mut self.model, self.now);
        }
        let broken = self.violation_count;
        self.model.settle(&mut self.cycle);
        for observer in &mut self.observers {
            if let Err(violation) = observer.cycle(&self.cycle) {
                keep(&mut self.violations, &mut self.violation_count, violation);
            }
        }
        self.model.rise(self.cycle.number);
        if let Some(recorder) = &mut self.recorder {
            recorder.after(&self.cycle, self.violation_count > broken);
        }
    }

    pub(super) fn record(&mut self, recording: Recording) {
        self.model.stop_trace();
        self.recorder = Some(Recorder::new(recording));
    }

    pub(super) fn finish_recording(&mut self) -> Result<Option<PathBuf>, TraceError> {
        match self.recorder.take() {
            Some(recorder) => recorder.finish(&mut self.model),
            None => Ok(None),
        }
    }

    /// Asserts reset for so many cycles. What is under way or queued at any port is forgotten.
    pub fn reset(&mut self, cycles: u64) {
        self.registers.reset();
        self.master.reset();
        self.cpu.reset();
        self.ddr.reset();
        self.cycle.reset = true;
        for _ in 0..cycles {
            // Every VALID into the hardware is low during reset (IHI 0022E A3.1.2).
            self.cycle.s_axil = AxilCycle::default();
            self.cycle.s_axi = AxiCycle::default();
            self.cycle.m_axi = AxiCycle::default();
            self.cycle.m_axi_ptw = AxiCycle::default();
            self.evaluate();
            self.now += 1;
        }
        self.cycle.reset = false;
        self.cpu_wires = AxiCycle::default();
    }

    /// Number of the cycle that the next [`step`](Self::step) simulates.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// What stood on the wires in the last cycle.
    pub fn wires(&self) -> &Cycle {
        &self.cycle
    }

    /// The Verilated hardware.
    pub fn model_mut(&mut self) -> &mut Model {
        &mut self.model
    }

    /// The master of the register window.
    pub fn registers_mut(&mut self) -> &mut axil::Master {
        &mut self.registers
    }

    /// The bus master at `s_axi`. With `vcm_soc` nothing answers it.
    pub fn master_mut(&mut self) -> &mut axi::Master {
        &mut self.master
    }

    /// The processor's memory port.
    pub fn cpu_mut(&mut self) -> &mut axi::Master {
        &mut self.cpu
    }

    /// The memory.
    pub fn ddr(&self) -> &Ddr {
        &self.ddr
    }

    /// The memory.
    pub fn ddr_mut(&mut self) -> &mut Ddr {
        &mut self.ddr
    }

    /// Shows every cycle from now on to this observer as well.
    pub fn observe(&mut self, observer: Box<dyn Observer>) {
        self.observers.push(observer);
    }

    /// The first rules broken since the last call, and how many there were.
    pub fn take_violations(&mut self) -> (Vec<Violation>, u64) {
        let count = std::mem::take(&mut self.violation_count);
        (std::mem::take(&mut self.violations), count)
    }

    /// Records a broken rule.
    pub(super) fn violated(&mut self, place: &'static str, what: String) {
        let cycle = self.now;
        let violation = Violation { cycle, place, what };
        keep(&mut self.violations, &mut self.violation_count, violation);
    }

    fn collect_violations(&mut self) {
        let found = [
            self.registers.take_violations(),
            self.master.take_violations(),
            self.cpu.take_violations(),
        ];
        for violation in found.into_iter().flatten() {
            keep(&mut self.violations, &mut self.violation_count, violation);
        }
    }
}

/// The memory, private or shared.
fn ddr(config: &Config) -> io::Result<Ddr> {
    if !config.shared {
        return Ok(Ddr::new(&config.ddr));
    }
    #[cfg(target_os = "linux")]
    {
        let base = vcm::addr::PhysAddr::new(config.ddr.base);
        let file = vcm_linux::Memory::anonymous(base, config.ddr.size);
        let memory = Memory::shared(Arc::new(file.map_err(io::Error::other)?));
        Ok(Ddr::with_memory(&config.ddr, memory))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let reason = "memory can be shared on Linux only";
        Err(io::Error::new(io::ErrorKind::Unsupported, reason))
    }
}

fn keep(kept: &mut Vec<Violation>, count: &mut u64, violation: Violation) {
    *count += 1;
    if kept.len() < KEPT_VIOLATIONS {
        kept.push(violation);
    }
}

impl std::fmt::Debug for Simulation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulation")
            .field("model", &self.model)
            .field("now", &self.now)
            .field("violations", &self.violation_count)
            .finish_non_exhaustive()
    }
}
