//! Bursts of one port, put together from the handshakes of its channels.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::discover::{Channel, Field, Port};
use super::wires::{ChannelWires, PortWires};

/// Bursts under way of which a port keeps account; what is more is taken for the trace of an error, and
/// the oldest are given up.
const MOST_OPEN: usize = 4096;

/// A transaction of a port. Cycles are those in which a handshake took place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burst {
    /// Its number among those of its direction on the port, in the order of their addresses.
    pub number: u64,
    /// A write.
    pub write: bool,
    /// AxID.
    pub id: u64,
    /// AxADDR.
    pub addr: u64,
    /// AxLEN: beats less one.
    pub len: u16,
    /// AxSIZE: log2 of the bytes a beat.
    pub size: u8,
    /// AxBURST.
    pub burst: u8,
    /// AxLOCK.
    pub lock: bool,
    /// AxCACHE.
    pub cache: u8,
    /// AxPROT.
    pub prot: u8,
    /// AxQOS.
    pub qos: u8,
    /// AxUSER.
    pub user: u64,
    /// Cycle in which the address stood on the channel first.
    pub valid: u64,
    /// Cycle in which it was handed over.
    pub taken: u64,
    /// Cycle of the first data beat, of either direction.
    pub first_data: Option<u64>,
    /// Cycle of the last data beat.
    pub last_data: Option<u64>,
    /// Cycle in which it was answered in full: the last beat of R, or B.
    pub done: Option<u64>,
    /// Data beats so far.
    pub beats: u32,
    /// The worst xRESP so far: 0 OKAY, 1 EXOKAY, 2 SLVERR, 3 DECERR.
    pub resp: u8,
    /// Of all data, to compare: that of lanes without a strobe does not count.
    pub digest: u64,
    /// Something in its address or responses was X or Z.
    pub unknown: bool,
}

impl Burst {
    /// Bytes that it moves at most.
    pub fn bytes(&self) -> u64 {
        (u64::from(self.len) + 1) << self.size.min(7)
    }

    /// Whether WLAST was not with its last beat, as far as data were seen.
    pub fn is_misplaced_last(&self) -> bool {
        self.write && self.last_data.is_some() && self.beats != u32::from(self.len) + 1
    }

    /// Name of its response.
    pub const fn response(&self) -> &'static str {
        response(self.resp)
    }
}

/// Name of an xRESP.
pub(super) const fn response(resp: u8) -> &'static str {
    match resp {
        0 => "OKAY",
        1 => "EXOKAY",
        2 => "SLVERR",
        _ => "DECERR",
    }
}

/// What happens to bursts in a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BurstEvent {
    /// An address stands on its channel for the first time; it is not handed over before the event
    /// [`Taken`](Self::Taken), which may be of the same cycle.
    Shown(Burst),
    /// An address is handed over.
    Taken(Burst),
    /// A burst has been answered, or given up.
    Done(Burst),
    /// An answer to nothing: channel and ID.
    Stray(Channel, u64),
}

/// Data of a write that go ahead of their address.
#[derive(Clone, Copy, Debug, Default)]
struct EarlyData {
    beats: u32,
    first: u64,
    last: u64,
    complete: bool,
    digest: u64,
}

/// Follows a port.
#[derive(Debug)]
pub(super) struct BurstTracker {
    reads: bool,
    writes: bool,
    lite: bool,
    /// By direction.
    numbers: [u64; 2],
    shown: [Option<u64>; 2],
    /// By direction, in the order of addresses.
    open: [VecDeque<Burst>; 2],
    /// Addresses whose data are not complete, from this number on.
    next_data: u64,
    early: VecDeque<EarlyData>,
}

impl BurstTracker {
    pub(super) fn new(port: &Port) -> Self {
        Self {
            reads: port.reads,
            writes: port.writes,
            lite: port.protocol == super::discover::Protocol::Lite,
            numbers: [0; 2],
            shown: [None; 2],
            open: Default::default(),
            next_data: 0,
            early: VecDeque::new(),
        }
    }

    /// Bursts that have not been answered.
    pub(super) fn open(&self, write: bool) -> &VecDeque<Burst> {
        &self.open[usize::from(write)]
    }

    /// Since when an address stands on its channel that was not handed over.
    pub(super) fn shown(&self, write: bool) -> Option<u64> {
        self.shown[usize::from(write)]
    }

    /// Gives up everything that is under way.
    pub(super) fn forget(&mut self) -> impl Iterator<Item = Burst> + use<> {
        self.shown = [None; 2];
        self.early.clear();
        self.next_data = self.numbers[1];
        let [reads, writes] = std::mem::take(&mut self.open);
        reads.into_iter().chain(writes)
    }

    /// Takes in one cycle.
    pub(super) fn step(&mut self, cycle: u64, wires: &PortWires, events: &mut Vec<BurstEvent>) {
        // Answers first: they are not to what is handed over in the same cycle.
        if self.reads {
            self.read_data(cycle, wires.channel(Channel::R), events);
        }
        if self.writes {
            self.write_response(cycle, wires.channel(Channel::B), events);
            self.address(cycle, true, wires.channel(Channel::Aw), events);
            self.write_data(cycle, wires.channel(Channel::W));
        }
        if self.reads {
            self.address(cycle, false, wires.channel(Channel::Ar), events);
        }
    }

    fn address(
        &mut self,
        cycle: u64,
        write: bool,
        ax: &ChannelWires,
        events: &mut Vec<BurstEvent>,
    ) {
        let direction = usize::from(write);
        if !ax.valid() {
            self.shown[direction] = None;
            return;
        }
        let since = self.shown[direction];
        if since.is_some() && !ax.ready() {
            return;
        }
        let mut burst = Burst {
            number: self.numbers[direction],
            write,
            id: ax.get(Field::Id),
            addr: ax.get(Field::Addr),
            len: ax.get(Field::Len) as u16,
            size: ax.get(Field::Size) as u8,
            burst: ax.get(Field::Burst) as u8,
            lock: ax.has(Field::Lock),
            cache: ax.get(Field::Cache) as u8,
            prot: ax.get(Field::Prot) as u8,
            qos: ax.get(Field::Qos) as u8,
            user: ax.get(Field::User),
            valid: since.unwrap_or(cycle),
            taken: cycle,
            unknown: ax.payload_unknown(),
            ..Burst::default()
        };
        if since.is_none() {
            self.shown[direction] = Some(cycle);
            events.push(BurstEvent::Shown(burst.clone()));
        }
        if !ax.ready() {
            return;
        }
        self.shown[direction] = None;
        self.numbers[direction] += 1;
        if write && self.next_data == burst.number {
            if let Some(early) = self.early.pop_front() {
                burst.first_data = Some(early.first);
                burst.last_data = early.complete.then_some(early.last);
                burst.beats = early.beats;
                burst.digest = early.digest;
                self.next_data += u64::from(early.complete);
            }
        }
        events.push(BurstEvent::Taken(burst.clone()));
        let open = &mut self.open[direction];
        open.push_back(burst);
        if open.len() > MOST_OPEN {
            events.extend(open.pop_front().map(BurstEvent::Done));
        }
    }

    fn write_data(&mut self, cycle: u64, w: &ChannelWires) {
        if !w.fires() {
            return;
        }
        let last = w.has(Field::Last) || self.lite;
        let (data, strobes) = (w.get(Field::Data), w.get(Field::Strb));
        let due = self.open[1].iter_mut().find(|b| b.number == self.next_data);
        if let Some(burst) = due {
            burst.first_data.get_or_insert(cycle);
            burst.digest = digest(burst.digest, data, Some(strobes), burst.beats);
            burst.beats += 1;
            burst.unknown |= w.payload_unknown();
            if last {
                burst.last_data = Some(cycle);
                self.next_data += 1;
            }
            return;
        }
        let begins = self.early.back().is_none_or(|early| early.complete);
        if begins {
            self.early.push_back(EarlyData {
                first: cycle,
                ..EarlyData::default()
            });
            if self.early.len() > MOST_OPEN {
                self.early.pop_front();
            }
        }
        if let Some(early) = self.early.back_mut() {
            early.digest = digest(early.digest, data, Some(strobes), early.beats);
            early.beats += 1;
            early.last = cycle;
            early.complete = last;
        }
    }

    fn write_response(&mut self, cycle: u64, b: &ChannelWires, events: &mut Vec<BurstEvent>) {
        if !b.fires() {
            return;
        }
        let id = b.get(Field::Id);
        let Some(at) = self.open[1].iter().position(|burst| burst.id == id) else {
            return events.push(BurstEvent::Stray(Channel::B, id));
        };
        if let Some(mut burst) = self.open[1].remove(at) {
            burst.done = Some(cycle);
            burst.resp = b.get(Field::Resp) as u8 & 3;
            burst.unknown |= b.payload_unknown();
            // An answer before the last beat of data: what is still to come belongs to nobody.
            self.next_data = self.next_data.max(burst.number + 1);
            events.push(BurstEvent::Done(burst));
        }
    }

    fn read_data(&mut self, cycle: u64, r: &ChannelWires, events: &mut Vec<BurstEvent>) {
        if !r.fires() {
            return;
        }
        let id = r.get(Field::Id);
        let Some(at) = self.open[0].iter().position(|burst| burst.id == id) else {
            return events.push(BurstEvent::Stray(Channel::R, id));
        };
        let burst = &mut self.open[0][at];
        burst.first_data.get_or_insert(cycle);
        burst.digest = digest(burst.digest, r.get(Field::Data), None, burst.beats);
        burst.beats += 1;
        burst.resp = burst.resp.max(r.get(Field::Resp) as u8 & 3);
        burst.unknown |= r.payload_unknown();
        if r.has(Field::Last) || self.lite {
            burst.last_data = Some(cycle);
            burst.done = Some(cycle);
            events.extend(self.open[0].remove(at).map(BurstEvent::Done));
        }
    }
}

/// The digest of data with another beat. `None` as strobes: there are none.
fn digest(before: u64, data: u64, strobes: Option<u64>, beat: u32) -> u64 {
    let mask = match strobes {
        Some(strobes) if strobes <= 0xFF => (0..8)
            .filter(|lane| strobes >> lane & 1 == 1)
            .fold(0, |mask, lane| mask | 0xFFu64 << (8 * lane)),
        _ => u64::MAX,
    };
    let mixed = before.rotate_left(5) ^ (data & mask) ^ u64::from(beat);
    let mixed = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 29)
}
