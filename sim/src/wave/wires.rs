//! What stands on the wires of all ports that were found.

use super::discover::{Channel, Field};
use super::scan::Bits;

/// The wires of a channel.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ChannelWires {
    values: [u64; Field::ALL.len()],
    /// Bit n: field n has an X or Z in it.
    unknown: u32,
}

impl ChannelWires {
    pub(super) fn set(&mut self, field: Field, bits: Bits) {
        let at = field as usize;
        self.values[at] = bits.value;
        let mask = 1 << at;
        self.unknown = if bits.unknown {
            self.unknown | mask
        } else {
            self.unknown & !mask
        };
    }

    /// The value of a field; 0 where it is unknown.
    pub(super) const fn get(&self, field: Field) -> u64 {
        self.values[field as usize]
    }

    /// Whether a field is known and not 0.
    pub(super) const fn has(&self, field: Field) -> bool {
        self.values[field as usize] != 0 && self.unknown & (1 << field as u32) == 0
    }

    /// Whether a field has an X or Z in it.
    pub(super) const fn is_unknown(&self, field: Field) -> bool {
        self.unknown & (1 << field as u32) != 0
    }

    pub(super) const fn valid(&self) -> bool {
        self.has(Field::Valid)
    }

    pub(super) const fn ready(&self) -> bool {
        self.has(Field::Ready)
    }

    /// Whether the payload is handed over.
    pub(super) const fn fires(&self) -> bool {
        self.valid() && self.ready()
    }

    /// Whether part of what is handed over is unknown, but for data, of which some lanes may be.
    pub(super) const fn payload_unknown(&self) -> bool {
        let harmless = 1 << Field::Data as u32 | 1 << Field::User as u32;
        self.unknown & !harmless != 0
    }
}

/// The wires of a port.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PortWires {
    channels: [ChannelWires; Channel::ALL.len()],
}

impl PortWires {
    pub(super) const fn channel(&self, channel: Channel) -> &ChannelWires {
        &self.channels[channel as usize]
    }

    pub(super) fn channel_mut(&mut self, channel: Channel) -> &mut ChannelWires {
        &mut self.channels[channel as usize]
    }

    /// AW or AR.
    pub(super) const fn address(&self, write: bool) -> &ChannelWires {
        self.channel(if write { Channel::Aw } else { Channel::Ar })
    }
}

/// The signals within an IOMMU, of one of its paths.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PathWires {
    pub(super) hit: bool,
    pub(super) miss: bool,
    pub(super) ask: bool,
    pub(super) taken: bool,
    pub(super) answer: bool,
    pub(super) fill: bool,
    pub(super) terminate: bool,
    pub(super) fault_valid: bool,
    pub(super) fault_ready: bool,
    pub(super) fault: u64,
}

impl PathWires {
    pub(super) fn set(&mut self, name: &str, bits: Bits) {
        use super::names::path;
        let on = bits.value != 0 && !bits.unknown;
        match name {
            path::HIT => self.hit = on,
            path::MISS => self.miss = on,
            path::ASK => self.ask = on,
            path::TAKEN => self.taken = on,
            path::ANSWER => self.answer = on,
            path::FILL => self.fill = on,
            path::TERMINATE => self.terminate = on,
            path::FAULT_VALID => self.fault_valid = on,
            path::FAULT_READY => self.fault_ready = on,
            path::FAULT => self.fault = bits.value,
            _ => {}
        }
    }
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Wires {
    /// By index of `Layout::ports`.
    pub(super) ports: Vec<PortWires>,
    /// By index of `Layout::devices`.
    pub(super) inside: Vec<[PathWires; 2]>,
    /// By index of `Layout::clocks`: whether reset is asserted.
    pub(super) resets: Vec<bool>,
}

/// Where the value of a signal goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Clock(usize),
    /// Of a clock, and whether it is active when low.
    Reset(usize, bool),
    Port(usize, Channel, Field),
    Inside(usize, usize, &'static str),
}
