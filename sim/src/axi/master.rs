//! A bus master: sends requests, many at a time, and keeps what comes back.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fastrand::Rng;

use crate::axi::request::{Completion, Direction, Lead, ReadBeat, Request, Ticket, WriteBeat};
use crate::pressure::{Gates, PortPressure};
use crate::signals::{AxiAddr, AxiCycle, AxiWrite, Resp, Violation};

/// How a master behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MasterConfig {
    /// Where it holds up the bus.
    pub pressure: PortPressure,
    /// Reads that it has outstanding at most, and as many writes.
    pub outstanding: usize,
    /// For the pressure.
    pub seed: u64,
}

impl Default for MasterConfig {
    /// As fast as the bus allows, 64 outstanding.
    fn default() -> Self {
        Self {
            pressure: PortPressure::NONE,
            outstanding: 64,
            seed: 0,
        }
    }
}

/// An AXI4 bus master.
///
/// Each cycle, [`drive`](Self::drive) sets its side of the wires, and [`clock`](Self::clock), given
/// both sides, moves on. Reads are sent in the order of submission, and so are writes; reads and
/// writes do not wait for each other.
#[derive(Debug)]
pub struct Master {
    name: &'static str,
    outstanding: usize,
    gates: Gates,
    next: u64,
    reads: Reads,
    writes: Writes,
    done: BTreeMap<Ticket, Completion>,
    abandoned: BTreeSet<Ticket>,
    violations: Vec<Violation>,
}

/// A request on its way.
#[derive(Debug)]
struct Flight {
    ticket: Ticket,
    request: Request,
    /// When AxVALID rose.
    issued: Option<u64>,
    /// When AxVALID met AxREADY.
    accepted: Option<u64>,
    /// When the first WVALID rose.
    data_issued: Option<u64>,
    /// The last W beat has been accepted.
    data_sent: bool,
    first: Option<u64>,
    beats: Vec<ReadBeat>,
}

impl Flight {
    fn new(ticket: Ticket, request: Request) -> Self {
        Self {
            ticket,
            request,
            issued: None,
            accepted: None,
            data_issued: None,
            data_sent: false,
            first: None,
            beats: Vec::new(),
        }
    }

    fn into_completion(self, resp: Resp, now: u64) -> Completion {
        Completion {
            ticket: self.ticket,
            resp,
            beats: self.beats,
            issued: self.issued.unwrap_or(now),
            accepted: self.accepted.unwrap_or(now),
            first: self.first.unwrap_or(now),
            finished: now,
            request: self.request,
        }
    }
}

/// Reads, from submission to the last beat.
#[derive(Debug, Default)]
struct Reads {
    /// Not on AR yet.
    waiting: VecDeque<Flight>,
    /// On AR, not accepted yet.
    offered: Option<Flight>,
    /// Accepted, by ID.
    accepted: BTreeMap<u8, VecDeque<Flight>>,
    outstanding: usize,
}

/// Writes, from submission to the response.
#[derive(Debug, Default)]
struct Writes {
    /// All of them by ID, in the order of submission.
    flights: BTreeMap<u8, VecDeque<Flight>>,
    /// What has not been accepted on AW; the first may be on the wires.
    addresses: VecDeque<Address>,
    address_offered: bool,
    /// What has not been accepted on W; the first beat of the first burst may be on the wires.
    bursts: VecDeque<Burst>,
    beat_offered: bool,
    outstanding: usize,
}

/// An AW to be sent.
#[derive(Debug)]
struct Address {
    ticket: Ticket,
    payload: AxiAddr,
    lead: Lead,
}

/// The W beats of a burst that remain to be sent.
#[derive(Debug)]
struct Burst {
    ticket: Ticket,
    id: u8,
    lead: Lead,
    beats: VecDeque<WriteBeat>,
}

impl Writes {
    fn flight(&mut self, id: u8, ticket: Ticket) -> Option<&mut Flight> {
        let mut flights = self.flights.get_mut(&id)?.iter_mut();
        flights.find(|flight| flight.ticket == ticket)
    }
}

impl Master {
    /// A master with nothing to do; `name` is what it calls its port when something is wrong there.
    pub fn new(name: &'static str, config: MasterConfig) -> Self {
        Self {
            name,
            outstanding: config.outstanding.max(1),
            gates: Gates::new(config.pressure, &mut Rng::with_seed(config.seed)),
            next: 0,
            reads: Reads::default(),
            writes: Writes::default(),
            done: BTreeMap::new(),
            abandoned: BTreeSet::new(),
            violations: Vec::new(),
        }
    }

    /// Changes the behaviour; what is on the wires stays there.
    pub fn configure(&mut self, config: MasterConfig) {
        self.outstanding = config.outstanding.max(1);
        self.gates = Gates::new(config.pressure, &mut Rng::with_seed(config.seed));
    }

    /// Queues a request.
    pub fn submit(&mut self, request: Request) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        if let Direction::Write { beats, lead } = &request.direction {
            let (id, lead) = (request.id, *lead);
            self.writes.addresses.push_back(Address {
                ticket,
                payload: address(&request),
                lead,
            });
            // A burst has a beat, and a master that misbehaves sends the wrong number of them.
            let mut beats = VecDeque::from(beats.clone());
            if beats.is_empty() {
                beats.push_back(WriteBeat::default());
            }
            self.writes.bursts.push_back(Burst {
                ticket,
                id,
                lead,
                beats,
            });
            let flight = Flight::new(ticket, request);
            self.writes.flights.entry(id).or_default().push_back(flight);
        } else {
            self.reads.waiting.push_back(Flight::new(ticket, request));
        }
        ticket
    }

    /// Whether everything submitted has been answered.
    pub fn is_idle(&self) -> bool {
        self.reads.waiting.is_empty()
            && self.reads.offered.is_none()
            && self.reads.outstanding == 0
            && self.writes.addresses.is_empty()
            && self.writes.bursts.is_empty()
            && self.writes.outstanding == 0
    }

    /// The completion of this request, if it is there.
    pub fn take(&mut self, ticket: Ticket) -> Option<Completion> {
        self.done.remove(&ticket)
    }

    /// All completions that have not been taken, in the order of submission.
    pub fn drain(&mut self) -> Vec<Completion> {
        std::mem::take(&mut self.done).into_values().collect()
    }

    /// Nobody will take the completion of this request.
    pub fn abandon(&mut self, ticket: Ticket) {
        if self.done.remove(&ticket).is_none() {
            self.abandoned.insert(ticket);
        }
    }

    /// What was wrong with the responses since the last call.
    pub fn take_violations(&mut self) -> Vec<Violation> {
        std::mem::take(&mut self.violations)
    }

    /// Forgets everything that is under way or queued.
    pub fn reset(&mut self) {
        self.reads = Reads::default();
        self.writes = Writes::default();
        self.abandoned.clear();
    }

    /// Sets the master's side of the wires for cycle `now`.
    pub fn drive(&mut self, wires: &mut AxiCycle, now: u64) {
        wires.b.ready = self.gates.b.next();
        wires.r.ready = self.gates.r.next();
        let ready = wires.ar.ready;
        wires.ar = self.drive_ar(now);
        wires.ar.ready = ready;
        let ready = wires.aw.ready;
        wires.aw = self.drive_aw(now);
        wires.aw.ready = ready;
        let ready = wires.w.ready;
        wires.w = self.drive_w(now);
        wires.w.ready = ready;
    }

    fn drive_ar(&mut self, now: u64) -> AxiAddr {
        let open = self.gates.ar.next() && self.reads.outstanding < self.outstanding;
        if open && self.reads.offered.is_none() {
            self.reads.offered = self.reads.waiting.pop_front();
            if let Some(flight) = &mut self.reads.offered {
                flight.issued = Some(now);
                self.reads.outstanding += 1;
            }
        }
        let offered = self.reads.offered.as_ref();
        offered.map_or_else(AxiAddr::default, |flight| AxiAddr {
            valid: true,
            ..address(&flight.request)
        })
    }

    fn drive_aw(&mut self, now: u64) -> AxiAddr {
        let open = self.gates.aw.next() && self.writes.outstanding < self.outstanding;
        let Some(first) = self.writes.addresses.front() else {
            return AxiAddr::default();
        };
        let (ticket, lead, payload) = (first.ticket, first.lead, first.payload);
        if open && !self.writes.address_offered {
            if let Some(flight) = self.writes.flight(payload.id, ticket) {
                let may = match lead {
                    Lead::Data(cycles) => has_passed(flight.data_issued, cycles, now),
                    Lead::Either | Lead::Address(_) => true,
                };
                if may {
                    flight.issued = Some(now);
                    self.writes.outstanding += 1;
                    self.writes.address_offered = true;
                }
            }
        }
        match self.writes.address_offered {
            true => AxiAddr {
                valid: true,
                ..payload
            },
            false => AxiAddr::default(),
        }
    }

    fn drive_w(&mut self, now: u64) -> AxiWrite {
        let open = self.gates.w.next();
        let Some(first) = self.writes.bursts.front() else {
            return AxiWrite::default();
        };
        let (ticket, id, lead) = (first.ticket, first.id, first.lead);
        let last = first.beats.len() == 1;
        let beat = first.beats.front().copied().unwrap_or_default();
        if open && !self.writes.beat_offered {
            if let Some(flight) = self.writes.flight(id, ticket) {
                let may = match lead {
                    Lead::Address(cycles) => has_passed(flight.issued, cycles, now),
                    Lead::Either | Lead::Data(_) => true,
                };
                if may {
                    flight.data_issued.get_or_insert(now);
                    self.writes.beat_offered = true;
                }
            }
        }
        match self.writes.beat_offered {
            true => AxiWrite {
                valid: true,
                ready: false,
                data: beat.data,
                strb: beat.strb,
                last,
            },
            false => AxiWrite::default(),
        }
    }

    /// Takes in what both sides had on the wires in cycle `now`.
    pub fn clock(&mut self, wires: &AxiCycle, now: u64) {
        // Responses first: one in the cycle of the handshake that it answers would be too early.
        if wires.b.fires() {
            self.clock_b(wires, now);
        }
        if wires.r.fires() {
            self.clock_r(wires, now);
        }
        if wires.ar.fires() {
            if let Some(mut flight) = self.reads.offered.take() {
                flight.accepted = Some(now);
                let flights = self.reads.accepted.entry(flight.request.id).or_default();
                flights.push_back(flight);
            }
        }
        if wires.aw.fires() {
            self.writes.address_offered = false;
            if let Some(sent) = self.writes.addresses.pop_front() {
                if let Some(flight) = self.writes.flight(sent.payload.id, sent.ticket) {
                    flight.accepted = Some(now);
                }
            }
        }
        if wires.w.fires() {
            self.clock_w();
        }
    }

    fn clock_w(&mut self) {
        self.writes.beat_offered = false;
        let Some(burst) = self.writes.bursts.front_mut() else {
            return;
        };
        burst.beats.pop_front();
        if burst.beats.is_empty() {
            let (id, ticket) = (burst.id, burst.ticket);
            self.writes.bursts.pop_front();
            if let Some(flight) = self.writes.flight(id, ticket) {
                flight.data_sent = true;
            }
        }
    }

    fn clock_b(&mut self, wires: &AxiCycle, now: u64) {
        let id = wires.b.id;
        let flights = self.writes.flights.get_mut(&id);
        let flight = flights.and_then(|flights| {
            let answered = |flight: &mut Flight| flight.accepted.is_some() && flight.data_sent;
            flights
                .front_mut()
                .is_some_and(answered)
                .then(|| flights.pop_front())?
        });
        match flight {
            Some(flight) => {
                self.writes.outstanding -= 1;
                self.finish(flight.into_completion(wires.b.resp, now));
            }
            None => self.violated(now, format!("B with ID {id:#04x} that no write waits for")),
        }
    }

    fn clock_r(&mut self, wires: &AxiCycle, now: u64) {
        let (r, id) = (&wires.r, wires.r.id);
        let flights = self.reads.accepted.entry(id).or_default();
        let Some(flight) = flights.front_mut() else {
            self.violated(now, format!("R with ID {id:#04x} that no read waits for"));
            return;
        };
        flight.first.get_or_insert(now);
        flight.beats.push(ReadBeat {
            data: r.data,
            resp: r.resp,
        });
        let (got, asked) = (flight.beats.len(), usize::from(flight.request.len) + 1);
        // A missing RLAST must not leave the read open for ever.
        if !r.last && got < asked {
            return;
        }
        let flight = flights.pop_front();
        if r.last != (got == asked) {
            let seen = if r.last { "RLAST" } else { "no RLAST" };
            self.violated(
                now,
                format!("{seen} with beat {got} of {asked} of ID {id:#04x}"),
            );
        }
        if let Some(flight) = flight {
            self.reads.outstanding -= 1;
            let worst = flight.beats.iter().map(|beat| beat.resp).max();
            self.finish(flight.into_completion(worst.unwrap_or_default(), now));
        }
    }

    fn finish(&mut self, completion: Completion) {
        if !self.abandoned.remove(&completion.ticket) {
            self.done.insert(completion.ticket, completion);
        }
    }

    fn violated(&mut self, cycle: u64, what: String) {
        self.violations.push(Violation {
            cycle,
            place: self.name,
            what,
        });
    }
}

/// The payload of an address channel.
fn address(request: &Request) -> AxiAddr {
    AxiAddr {
        valid: false,
        ready: false,
        id: request.id,
        addr: request.addr,
        len: request.len,
        size: request.size & 7,
        burst: request.burst,
        lock: request.lock,
        cache: request.cache & 15,
        prot: request.prot & 7,
        qos: request.qos & 15,
        user: request.stream & 15,
    }
}

/// Whether something happened at least so many cycles before `now`.
fn has_passed(happened: Option<u64>, cycles: u32, now: u64) -> bool {
    happened.is_some_and(|then| now >= then + u64::from(cycles))
}
