//! Shares the memory's bandwidth among its ports, and refuses what is not there.

use std::ops::RangeInclusive;

use crate::axi::{BUS_BYTES, Beat, BurstShape};
use crate::ddr::Port;
use crate::ddr::memory::Memory;
use crate::ddr::port::{Access, PortConfig, SlavePort};
use crate::signals::{AxiCycle, Resp};

/// How fast the memory is. May be changed at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Cycles from the AR handshake to the first RVALID, if nothing else is in the way; at least 1.
    pub read_latency: u32,
    /// Cycles from the last W beat reaching the memory to BVALID, at least 1.
    pub write_latency: u32,
    /// Bytes a cycle that all ports that share it can move together, reads and writes; at least 1.
    pub bandwidth: u32,
}

impl Default for Timing {
    /// 40 cycles, and enough bandwidth (DDR3-1066, 32 bits wide, at 150 MHz) for one port to read
    /// and write 8 bytes a cycle.
    fn default() -> Self {
        Self {
            read_latency: 40,
            write_latency: 20,
            bandwidth: 28,
        }
    }
}

/// The memory and its ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DdrConfig {
    /// Address of the first byte.
    pub base: u32,
    /// Size in bytes. Parts never written to take no memory of the host.
    pub size: u32,
    /// What every byte is at first.
    pub fill: u8,
    /// Speed.
    pub timing: Timing,
    /// The port of `m_axi`.
    pub data: PortConfig,
    /// The port of `m_axi_ptw`.
    pub walk: PortConfig,
    /// The processor's port.
    pub cpu: PortConfig,
}

impl Default for DdrConfig {
    /// As on a PYNQ-Z2: from 1 MiB up to 512 MiB. What nobody has written is 0xA5, so that nobody
    /// can rely on zeroes.
    fn default() -> Self {
        Self {
            base: 0x0010_0000,
            size: 0x1ff0_0000,
            fill: 0xa5,
            timing: Timing::default(),
            data: PortConfig::default(),
            walk: PortConfig::default(),
            cpu: PortConfig::default(),
        }
    }
}

/// Addresses at which accesses fail on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InjectedError {
    /// Every beat with a byte in this range fails.
    pub range: RangeInclusive<u32>,
    /// At this port only.
    pub port: Option<Port>,
    /// Writes only, or reads only.
    pub write: Option<bool>,
    /// The response. Data is not written, and reads as 0.
    pub resp: Resp,
}

/// The memory behind its controller.
///
/// Each cycle: [`drive`](Self::drive) all ports, [`clock`](Self::clock) all ports, then
/// [`serve`](Self::serve). A beat is read or written at the moment it is served; a write has been
/// done when its response appears.
#[derive(Debug)]
pub struct Ddr {
    memory: Memory,
    timing: Timing,
    ports: [SlavePort; 3],
    errors: Vec<InjectedError>,
    /// Bytes that may still be moved.
    credit: u32,
    /// Whose turn it is: two turns a port, reads and writes.
    turn: usize,
}

impl Ddr {
    /// A memory nobody has written to.
    pub fn new(config: &DdrConfig) -> Self {
        let memory = Memory::new(config.base, config.size, config.fill);
        Self::with_memory(config, memory)
    }

    /// One with these bytes, whatever the configuration says of base, size and fill.
    pub fn with_memory(config: &DdrConfig, memory: Memory) -> Self {
        Self {
            memory,
            timing: config.timing,
            ports: [
                SlavePort::new(config.data, false),
                SlavePort::new(config.walk, true),
                SlavePort::new(config.cpu, false),
            ],
            errors: Vec::new(),
            credit: 0,
            turn: 0,
        }
    }

    /// The bytes, past all ports.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The bytes, past all ports.
    pub fn memory_mut(&mut self) -> &mut Memory {
        &mut self.memory
    }

    /// The speed.
    pub fn timing(&self) -> Timing {
        self.timing
    }

    /// Changes the speed, for bursts that are accepted from now on.
    pub fn set_timing(&mut self, timing: Timing) {
        self.timing = timing;
    }

    /// Changes the behaviour of a port.
    pub fn configure(&mut self, port: Port, config: PortConfig) {
        self.ports[port as usize].configure(config);
    }

    /// Lets accesses fail from now on. Of errors for the same byte the oldest counts.
    pub fn inject(&mut self, error: InjectedError) {
        self.errors.push(error);
    }

    /// Ends all injected errors.
    pub fn clear_injected(&mut self) {
        self.errors.clear();
    }

    /// Forgets what is under way at all ports; the bytes stay.
    pub fn reset(&mut self) {
        self.ports.iter_mut().for_each(SlavePort::reset);
        self.credit = 0;
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.ports.iter().all(SlavePort::is_idle)
    }

    /// Sets the memory's side of a port for cycle `now`.
    pub fn drive(&mut self, port: Port, wires: &mut AxiCycle, now: u64) {
        self.ports[port as usize].drive(wires, now);
    }

    /// Takes in what both sides of a port had on the wires in cycle `now`.
    pub fn clock(&mut self, port: Port, wires: &AxiCycle, now: u64) {
        self.ports[port as usize].clock(wires, now, self.timing.read_latency);
    }

    /// Moves beats between ports and memory at the end of cycle `now`.
    ///
    /// Reads and writes of the ports take turns, a beat each. Who cannot be served for lack of
    /// bandwidth is the first in the next cycle, so that nobody starves.
    pub fn serve(&mut self, now: u64) {
        let bandwidth = self.timing.bandwidth.max(1);
        // What is left over is not lost if it is less than a beat.
        self.credit = (self.credit + bandwidth).min(bandwidth + BUS_BYTES - 1);
        let turns = 2 * self.ports.len();
        let first = self.turn;
        let mut refused = None;
        for turn in (first..first + turns).map(|turn| turn % turns) {
            let (which, write) = (Port::ALL[turn / 2], turn % 2 == 1);
            let port = &mut self.ports[turn / 2];
            // Nobody gets ahead of who was refused, but for a port that takes no share.
            if refused.is_some() && port.shares_bandwidth() {
                continue;
            }
            let wanted = match write {
                true => port.wants_write().map(|bytes| (bytes, 0)),
                false => port.wants_read(now),
            };
            let Some((bytes, index)) = wanted else {
                continue;
            };
            if port.shares_bandwidth() {
                let bytes = bytes.min(BUS_BYTES);
                if bytes > self.credit {
                    refused = Some(turn);
                    continue;
                }
                self.credit -= bytes;
                self.turn = (turn + 1) % turns;
            }
            let mut access = PortAccess {
                memory: &mut self.memory,
                errors: &self.errors,
                port: which,
            };
            match write {
                true => port.serve_write(&mut access, now, self.timing.write_latency.max(1)),
                false => port.serve_read(index, &mut access),
            }
        }
        self.turn = refused.unwrap_or(self.turn);
    }
}

/// The memory as one port sees it.
struct PortAccess<'a> {
    memory: &'a mut Memory,
    errors: &'a [InjectedError],
    port: Port,
}

impl PortAccess<'_> {
    /// Why a beat is refused, if it is, before the memory is asked.
    fn refuse(&self, shape: BurstShape, beat: Beat, write: bool) -> Option<Resp> {
        if !shape.is_legal() {
            return Some(Resp::SlvErr);
        }
        let hits = |error: &&InjectedError| {
            error.port.is_none_or(|port| port == self.port)
                && error.write.is_none_or(|which| which == write)
                && beat.bytes().any(|(addr, _)| error.range.contains(&addr))
        };
        self.errors.iter().find(hits).map(|error| error.resp)
    }
}

impl Access for PortAccess<'_> {
    fn read(&mut self, shape: BurstShape, beat: Beat) -> (u64, Resp) {
        if let Some(resp) = self.refuse(shape, beat, false) {
            return (0, resp);
        }
        match self.memory.read_beat(beat) {
            Ok(data) => (data, Resp::Okay),
            Err(_) => (0, Resp::DecErr),
        }
    }

    fn write(&mut self, shape: BurstShape, beat: Beat, data: u64, strb: u8) -> Resp {
        if let Some(resp) = self.refuse(shape, beat, true) {
            return resp;
        }
        match self.memory.write_beat(beat, data, strb) {
            Ok(()) => Resp::Okay,
            Err(_) => Resp::DecErr,
        }
    }
}
