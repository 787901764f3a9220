//! AXI4-Lite: the master that makes register accesses.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fastrand::Rng;

use crate::axi::{Lead, MasterConfig, Ticket};
use crate::pressure::Gates;
use crate::signals::{AxilAddr, AxilCycle, AxilWrite, Resp, Violation};

/// A register access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Byte offset in the window.
    pub addr: u16,
    /// AxPROT.
    pub prot: u8,
    /// What to write, or `None` for a read.
    pub write: Option<Write>,
}

/// The data of a register write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// WDATA.
    pub data: u32,
    /// WSTRB, four bits.
    pub strb: u8,
    /// Which channel goes first.
    pub lead: Lead,
}

impl Access {
    /// Reads a word.
    pub const fn read(addr: u16) -> Self {
        Self {
            addr,
            prot: 0,
            write: None,
        }
    }

    /// Writes a whole word.
    pub const fn write(addr: u16, data: u32) -> Self {
        Self::write_bytes(addr, data, 0xf)
    }

    /// Writes the bytes of a word whose strobe is set.
    pub const fn write_bytes(addr: u16, data: u32, strb: u8) -> Self {
        let write = Write {
            data,
            strb,
            lead: Lead::Either,
        };
        Self {
            addr,
            prot: 0,
            write: Some(write),
        }
    }

    /// With this order of AW and W; nothing changes for a read.
    #[must_use]
    pub const fn lead(mut self, lead: Lead) -> Self {
        if let Some(write) = &mut self.write {
            write.lead = lead;
        }
        self
    }
}

/// What came of a register access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The access.
    pub access: Access,
    /// RDATA; 0 for a write.
    pub data: u32,
    /// RRESP or BRESP.
    pub resp: Resp,
    /// Cycle in which the first VALID rose.
    pub issued: u64,
    /// Cycle of the response.
    pub finished: u64,
}

/// An AXI4-Lite master. It is driven and clocked as [`crate::axi::Master`] is.
///
/// Reads are sent in the order of submission, and so are writes; reads and writes do not wait for
/// each other: who needs an order between them takes the answer first.
#[derive(Debug)]
pub struct Master {
    name: &'static str,
    outstanding: usize,
    gates: Gates,
    next: u64,
    /// Waiting, or on AR.
    reads: VecDeque<Flight>,
    ar_offered: bool,
    /// Accepted on AR.
    reads_accepted: VecDeque<Flight>,
    /// All writes that have no response yet.
    writes: VecDeque<Flight>,
    /// How many of `writes` have been accepted on AW, and on W.
    aw_accepted: usize,
    w_accepted: usize,
    aw_offered: bool,
    w_offered: bool,
    done: BTreeMap<Ticket, Answer>,
    abandoned: BTreeSet<Ticket>,
    violations: Vec<Violation>,
}

/// An access on its way.
#[derive(Clone, Copy, Debug)]
struct Flight {
    ticket: Ticket,
    access: Access,
    /// When AxVALID rose.
    addr_at: Option<u64>,
    /// When WVALID rose.
    data_at: Option<u64>,
}

impl Flight {
    fn answer(&self, data: u32, resp: Resp, now: u64) -> Answer {
        let issued = self.addr_at.into_iter().chain(self.data_at).min();
        Answer {
            access: self.access,
            data,
            resp,
            issued: issued.unwrap_or(now),
            finished: now,
        }
    }

    fn lead(&self) -> Lead {
        self.access
            .write
            .map(|write| write.lead)
            .unwrap_or_default()
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
            reads: VecDeque::new(),
            ar_offered: false,
            reads_accepted: VecDeque::new(),
            writes: VecDeque::new(),
            aw_accepted: 0,
            w_accepted: 0,
            aw_offered: false,
            w_offered: false,
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

    /// Queues an access.
    pub fn submit(&mut self, access: Access) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        let flight = Flight {
            ticket,
            access,
            addr_at: None,
            data_at: None,
        };
        match access.write {
            Some(_) => self.writes.push_back(flight),
            None => self.reads.push_back(flight),
        }
        ticket
    }

    /// Whether everything submitted has been answered.
    pub fn is_idle(&self) -> bool {
        self.reads.is_empty() && self.reads_accepted.is_empty() && self.writes.is_empty()
    }

    /// The answer to this access, if it is there.
    pub fn take(&mut self, ticket: Ticket) -> Option<Answer> {
        self.done.remove(&ticket)
    }

    /// Nobody will take the answer to this access.
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
        self.reads.clear();
        self.reads_accepted.clear();
        self.writes.clear();
        (self.aw_accepted, self.w_accepted) = (0, 0);
        (self.ar_offered, self.aw_offered, self.w_offered) = (false, false, false);
        self.abandoned.clear();
    }

    /// Sets the master's side of the wires for cycle `now`.
    pub fn drive(&mut self, wires: &mut AxilCycle, now: u64) {
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

    fn drive_ar(&mut self, now: u64) -> AxilAddr {
        let open = self.gates.ar.next() && self.reads_accepted.len() < self.outstanding;
        let Some(flight) = self.reads.front_mut() else {
            return AxilAddr::default();
        };
        self.ar_offered |= open;
        if !self.ar_offered {
            return AxilAddr::default();
        }
        flight.addr_at.get_or_insert(now);
        address(&flight.access)
    }

    fn drive_aw(&mut self, now: u64) -> AxilAddr {
        let open = self.gates.aw.next() && self.aw_accepted < self.outstanding;
        let Some(flight) = self.writes.get_mut(self.aw_accepted) else {
            return AxilAddr::default();
        };
        self.aw_offered |= open
            && match flight.lead() {
                Lead::Data(cycles) => flight
                    .data_at
                    .is_some_and(|at| at + u64::from(cycles) <= now),
                Lead::Either | Lead::Address(_) => true,
            };
        if !self.aw_offered {
            return AxilAddr::default();
        }
        flight.addr_at.get_or_insert(now);
        address(&flight.access)
    }

    fn drive_w(&mut self, now: u64) -> AxilWrite {
        let open = self.gates.w.next() && self.w_accepted < self.outstanding;
        let Some(flight) = self.writes.get_mut(self.w_accepted) else {
            return AxilWrite::default();
        };
        self.w_offered |= open
            && match flight.lead() {
                Lead::Address(cycles) => flight
                    .addr_at
                    .is_some_and(|at| at + u64::from(cycles) <= now),
                Lead::Either | Lead::Data(_) => true,
            };
        let Some(write) = flight.access.write.filter(|_| self.w_offered) else {
            return AxilWrite::default();
        };
        flight.data_at.get_or_insert(now);
        AxilWrite {
            valid: true,
            ready: false,
            data: write.data,
            strb: write.strb & 15,
        }
    }

    /// Takes in what both sides had on the wires in cycle `now`.
    pub fn clock(&mut self, wires: &AxilCycle, now: u64) {
        // Responses first: one in the cycle of the last handshake would be too early.
        if wires.b.fires() {
            self.clock_b(wires.b.resp, now);
        }
        if wires.r.fires() {
            match self.reads_accepted.pop_front() {
                Some(flight) => {
                    let answer = flight.answer(wires.r.data, wires.r.resp, now);
                    self.finish(flight.ticket, answer);
                }
                None => self.violated(now, "R that no read waits for"),
            }
        }
        if wires.ar.fires() {
            self.ar_offered = false;
            self.reads_accepted.extend(self.reads.pop_front());
        }
        if wires.aw.fires() {
            self.aw_offered = false;
            self.aw_accepted += 1;
        }
        if wires.w.fires() {
            self.w_offered = false;
            self.w_accepted += 1;
        }
    }

    fn clock_b(&mut self, resp: Resp, now: u64) {
        if self.aw_accepted == 0 || self.w_accepted == 0 {
            self.violated(now, "B before the write's address and data were accepted");
            return;
        }
        if let Some(flight) = self.writes.pop_front() {
            self.aw_accepted -= 1;
            self.w_accepted -= 1;
            self.finish(flight.ticket, flight.answer(0, resp, now));
        }
    }

    fn finish(&mut self, ticket: Ticket, answer: Answer) {
        if !self.abandoned.remove(&ticket) {
            self.done.insert(ticket, answer);
        }
    }

    fn violated(&mut self, cycle: u64, what: &str) {
        self.violations.push(Violation {
            cycle,
            place: self.name,
            what: what.to_string(),
        });
    }
}

fn address(access: &Access) -> AxilAddr {
    AxilAddr {
        valid: true,
        ready: false,
        addr: access.addr,
        prot: access.prot & 7,
    }
}
