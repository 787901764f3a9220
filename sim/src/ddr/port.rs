//! One AXI4 slave port of the memory controller: accepts bursts, queues their beats, and answers.

use std::collections::VecDeque;

use fastrand::Rng;

use crate::axi::{Beat, BurstShape};
use crate::pressure::{Gates, PortPressure};
use crate::signals::{AxiAddr, AxiCycle, AxiRead, AxiResp, AxiWrite, Resp};

/// Read beats that wait between memory and R channel.
const READ_BUFFER: usize = 4;

/// In which order a port answers. Within an ID it is always that of the requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As the requests came.
    #[default]
    InOrder,
    /// Whole bursts of different IDs overtake each other at random.
    Shuffled,
    /// Moreover, read beats of different IDs are mixed.
    Interleaved,
}

/// How a port behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortConfig {
    /// Where it holds up the bus.
    pub pressure: PortPressure,
    /// In which order it answers.
    pub order: Order,
    /// Bursts that it accepts before the first is answered: reads, and as many writes.
    pub outstanding: usize,
    /// W beats that it accepts ahead of their address or of the memory.
    pub write_buffer: usize,
    /// Its beats use the bandwidth of the memory. Otherwise they come as if the port had a memory of its
    /// own, or a cache: one beat a cycle in each direction, after the same latency.
    pub shares_bandwidth: bool,
    /// Accepts an AW only once it has the first W beat of that burst, as IHI 0022E A3.3.1 allows a slave.
    pub address_after_data: bool,
    /// For the pressure and the order.
    pub seed: u64,
}

impl Default for PortConfig {
    /// No pressure, in order, 32 bursts, 16 W beats, of the memory's bandwidth.
    fn default() -> Self {
        Self {
            pressure: PortPressure::NONE,
            order: Order::InOrder,
            outstanding: 32,
            write_buffer: 16,
            shares_bandwidth: true,
            address_after_data: false,
            seed: 0,
        }
    }
}

/// What the port does with a beat at the memory.
pub(super) trait Access {
    /// Reads a beat.
    fn read(&mut self, shape: BurstShape, beat: Beat) -> (u64, Resp);
    /// Writes a beat.
    fn write(&mut self, shape: BurstShape, beat: Beat, data: u64, strb: u8) -> Resp;
}

/// The port.
#[derive(Debug)]
pub(super) struct SlavePort {
    config: PortConfig,
    /// Lacks AW, W and B.
    read_only: bool,
    gates: Gates,
    rng: Rng,
    reads: VecDeque<ReadBurst>,
    /// The burst under way, by ID, where bursts are not interleaved.
    reading: Option<u8>,
    read_beats: VecDeque<AxiRead>,
    read_offered: bool,
    writes: VecDeque<WriteBurst>,
    write_beats: VecDeque<AxiWrite>,
    responses: VecDeque<Response>,
    response_offered: Option<AxiResp>,
}

#[derive(Debug)]
struct ReadBurst {
    id: u8,
    shape: BurstShape,
    next: u32,
    /// Cycle in which its first beat may be on the wires.
    due: u64,
}

#[derive(Debug)]
struct WriteBurst {
    id: u8,
    shape: BurstShape,
    next: u32,
    worst: Resp,
}

#[derive(Debug)]
struct Response {
    id: u8,
    resp: Resp,
    /// Cycle in which it may be on the wires.
    due: u64,
}

impl SlavePort {
    pub(super) fn new(config: PortConfig, read_only: bool) -> Self {
        let mut rng = Rng::with_seed(config.seed);
        Self {
            config,
            read_only,
            gates: Gates::new(config.pressure, &mut rng),
            rng,
            reads: VecDeque::new(),
            reading: None,
            read_beats: VecDeque::new(),
            read_offered: false,
            writes: VecDeque::new(),
            write_beats: VecDeque::new(),
            responses: VecDeque::new(),
            response_offered: None,
        }
    }

    /// Changes the behaviour; what is on the wires or queued stays.
    pub(super) fn configure(&mut self, config: PortConfig) {
        self.rng = Rng::with_seed(config.seed);
        self.gates = Gates::new(config.pressure, &mut self.rng);
        self.config = config;
    }

    /// Forgets everything that is under way.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.config, self.read_only);
    }

    pub(super) fn shares_bandwidth(&self) -> bool {
        self.config.shares_bandwidth
    }

    pub(super) fn is_idle(&self) -> bool {
        self.reads.is_empty()
            && self.read_beats.is_empty()
            && self.writes.is_empty()
            && self.write_beats.is_empty()
            && self.responses.is_empty()
            && self.response_offered.is_none()
    }

    /// Sets the slave's side of the wires for cycle `now`.
    pub(super) fn drive(&mut self, wires: &mut AxiCycle, now: u64) {
        wires.ar.ready = self.gates.ar.next() && self.reads.len() < self.config.outstanding;
        let ready = wires.r.ready;
        wires.r = self.drive_r();
        wires.r.ready = ready;
        if self.read_only {
            return;
        }
        let writes = self.writes.len() + self.responses.len();
        let has_data = self.writes.is_empty() && !self.write_beats.is_empty();
        wires.aw.ready = self.gates.aw.next()
            && writes < self.config.outstanding
            && (has_data || !self.config.address_after_data);
        wires.w.ready =
            self.gates.w.next() && self.write_beats.len() < self.config.write_buffer.max(1);
        let ready = wires.b.ready;
        wires.b = self.drive_b(now);
        wires.b.ready = ready;
    }

    fn drive_r(&mut self) -> AxiRead {
        let open = self.gates.r.next();
        self.read_offered |= open && !self.read_beats.is_empty();
        match self.read_beats.front() {
            Some(beat) if self.read_offered => *beat,
            _ => AxiRead::default(),
        }
    }

    fn drive_b(&mut self, now: u64) -> AxiResp {
        let open = self.gates.b.next();
        if open && self.response_offered.is_none() {
            let ids = self.responses.iter().map(|r| (r.id, r.due <= now));
            let picked = pick(ids, self.config.order, &mut self.rng);
            let response = picked.and_then(|index| self.responses.remove(index));
            self.response_offered = response.map(|response| AxiResp {
                valid: true,
                ready: false,
                id: response.id,
                resp: response.resp,
            });
        }
        self.response_offered.unwrap_or_default()
    }

    /// Takes in what both sides had on the wires in cycle `now`. Read data may be on the wires
    /// `latency` cycles after its AR.
    pub(super) fn clock(&mut self, wires: &AxiCycle, now: u64, latency: u32) {
        if wires.ar.fires() {
            self.reads.push_back(ReadBurst {
                id: wires.ar.id,
                shape: BurstShape::from(&wires.ar),
                next: 0,
                due: now + u64::from(latency),
            });
        }
        if wires.r.fires() {
            self.read_offered = false;
            self.read_beats.pop_front();
        }
        if self.read_only {
            return;
        }
        if wires.aw.fires() {
            self.writes.push_back(write_burst(&wires.aw));
        }
        if wires.w.fires() {
            self.write_beats.push_back(wires.w);
        }
        if wires.b.fires() {
            self.response_offered = None;
        }
    }

    /// Size of the beat that could be read at the end of cycle `now`, in bytes; and which it is, for
    /// [`serve_read`](Self::serve_read).
    pub(super) fn wants_read(&mut self, now: u64) -> Option<(u32, usize)> {
        if self.read_beats.len() >= READ_BUFFER {
            return None;
        }
        let index = match self.reading {
            Some(id) => self.reads.iter().position(|burst| burst.id == id),
            // Read now, on the wires in the next cycle.
            None => {
                let ids = self
                    .reads
                    .iter()
                    .map(|burst| (burst.id, burst.due <= now + 1));
                pick(ids, self.config.order, &mut self.rng)
            }
        }?;
        Some((self.reads.get(index)?.shape.beat_bytes(), index))
    }

    /// Reads the next beat of burst `index`.
    pub(super) fn serve_read(&mut self, index: usize, memory: &mut impl Access) {
        let Some(burst) = self.reads.get_mut(index) else {
            return;
        };
        let (data, resp) = memory.read(burst.shape, burst.shape.beat(burst.next));
        burst.next += 1;
        let last = burst.next == burst.shape.beats();
        self.read_beats.push_back(AxiRead {
            valid: true,
            ready: false,
            id: burst.id,
            data,
            resp,
            last,
        });
        let whole = self.config.order != Order::Interleaved;
        self.reading = (whole && !last).then_some(burst.id);
        if last {
            self.reads.remove(index);
        }
    }

    /// Size of the beat that could be written, in bytes.
    pub(super) fn wants_write(&self) -> Option<u32> {
        self.write_beats.front()?;
        Some(self.writes.front()?.shape.beat_bytes())
    }

    /// Writes the next beat, at the end of cycle `now`. The response may be on the wires `latency`
    /// cycles after the last one.
    pub(super) fn serve_write(&mut self, memory: &mut impl Access, now: u64, latency: u32) {
        let Some(burst) = self.writes.front_mut() else {
            return;
        };
        let Some(beat) = self.write_beats.pop_front() else {
            return;
        };
        let place = burst.shape.beat(burst.next);
        let resp = memory.write(burst.shape, place, beat.data, beat.strb);
        burst.worst = burst.worst.max(resp);
        burst.next += 1;
        if burst.next == burst.shape.beats() {
            self.responses.push_back(Response {
                id: burst.id,
                resp: burst.worst,
                due: now + u64::from(latency),
            });
            self.writes.pop_front();
        }
    }
}

fn write_burst(channel: &AxiAddr) -> WriteBurst {
    WriteBurst {
        id: channel.id,
        shape: BurstShape::from(channel),
        next: 0,
        worst: Resp::Okay,
    }
}

/// Picks which of the queued (ID, ready) is next: the first, or any that is the first of its ID.
fn pick(
    queue: impl Iterator<Item = (u8, bool)> + Clone,
    order: Order,
    rng: &mut Rng,
) -> Option<usize> {
    if order == Order::InOrder {
        let (_, ready) = queue.clone().next()?;
        return ready.then_some(0);
    }
    let mut seen = [false; 256];
    let firsts = queue.enumerate().filter_map(|(index, (id, ready))| {
        let first = !std::mem::replace(&mut seen[usize::from(id)], true);
        (first && ready).then_some(index)
    });
    rng.choice(firsts.collect::<Vec<_>>())
}
