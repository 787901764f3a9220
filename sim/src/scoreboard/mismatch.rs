//! What did not agree.

use std::fmt;

use super::matching::Request;
use crate::signals::{Resp, Violation};

/// Mismatches kept; more are only counted.
const KEPT: usize = 256;

/// Terminations kept until they are asked for.
const TERMINATIONS_KEPT: usize = 4096;

/// In what the hardware and the golden model differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MismatchKind {
    /// A burst appeared on `m_axi` with a wrong address, or should not have appeared.
    Translation,
    /// Its address is right; another signal of AW or AR is not.
    Attributes,
    /// Something appeared that nothing explains.
    Unexplained,
    /// A beat of W differs from the one the master sent.
    WriteData,
    /// A response or a read beat differs from what memory gave.
    Response,
    /// A burst was terminated that should not have been, or not in the right way.
    Termination,
    /// A burst went on although it stands stalled.
    Stall,
    /// A synchronisation was complete before what it waits for.
    Synchronisation,
    /// A table walk was wrong.
    Walk,
    /// A fault has no record, or a record has no fault, or another one.
    Record,
    /// A counter has counted too much or too little.
    Counter,
    /// `irq` or `IRQ_STATUS` shows what is not pending, or does not show what is.
    Interrupt,
}

/// A difference between the hardware and the golden model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Number of the cycle in which it showed.
    pub cycle: u64,
    /// The port.
    pub place: &'static str,
    /// In what they differ.
    pub kind: MismatchKind,
    /// Stream ID, AXI ID and address of the burst on `s_axi`, if one is known.
    pub burst: Option<BurstName>,
    /// What the golden model allows.
    pub expected: String,
    /// What was seen.
    pub got: String,
}

/// How a burst on `s_axi` is called in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BurstName {
    /// Whether it is a write.
    pub write: bool,
    /// Stream ID.
    pub stream: u8,
    /// AXI ID.
    pub id: u8,
    /// I/O virtual address.
    pub iova: u32,
}

impl fmt::Display for BurstName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            write,
            stream,
            id,
            iova,
        } = self;
        let what = if *write { "write" } else { "read" };
        write!(
            f,
            "{what} of IOVA {iova:#010x} by stream {stream}, ID {id:#x}"
        )
    }
}

impl Mismatch {
    pub(super) const fn new(kind: MismatchKind, place: &'static str) -> Self {
        Self {
            cycle: 0,
            place,
            kind,
            burst: None,
            expected: String::new(),
            got: String::new(),
        }
    }

    fn text(&self) -> String {
        let burst = self.burst.map(|burst| format!(" of the {burst}"));
        format!(
            "{:?}{}: expected {}, got {}",
            self.kind,
            burst.unwrap_or_default(),
            self.expected,
            self.got
        )
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cycle {}: {}: {}", self.cycle, self.place, self.text())
    }
}

impl std::error::Error for Mismatch {}

impl From<&Mismatch> for Violation {
    fn from(mismatch: &Mismatch) -> Self {
        Self {
            cycle: mismatch.cycle,
            place: mismatch.place,
            what: mismatch.text(),
        }
    }
}

/// A burst that was rightly answered with an error and did not reach memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Termination {
    /// Number of the cycle of the first error response.
    pub cycle: u64,
    /// The burst.
    pub burst: BurstName,
    /// The response.
    pub resp: Resp,
    /// Status codes ([`vcm_regs::fault`]) that may stand in its fault record; more than one only
    /// while registers or tables changed.
    pub status: Vec<u32>,
}

/// What became of a burst on `s_axi`, as it was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Number of the cycle in which it showed.
    pub cycle: u64,
    /// The burst.
    pub burst: BurstName,
    /// Number of the cycle in which its address stood on the port first.
    pub since: u64,
    /// What became of it.
    pub fate: Fate,
}

/// What becomes of a burst. One that memory refuses has two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It appeared on `m_axi` with this address.
    Passed(u32),
    /// It was answered with an error, and has one of these status codes ([`vcm_regs::fault`]).
    Failed(Vec<u32>),
}

/// A burst that was answered with an error, as it should.
#[derive(Clone, Debug)]
pub(super) struct Faulted {
    pub(super) request: Request,
    /// Status codes that may stand in its fault record.
    pub(super) status: Vec<u32>,
}

/// What was judged in a cycle.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Bursts that appeared on `m_axi`, and their addresses there.
    pub(super) passed: Vec<(Request, u32)>,
    /// Bursts that were answered with an error.
    pub(super) faults: Vec<Faulted>,
    /// Direction and status of records of stalls.
    pub(super) stalls: Vec<(bool, u32)>,
    /// Bursts of which a record says that they stood stalled for too long.
    pub(super) timeouts: Vec<Request>,
}

impl Seen {
    /// All that became of bursts.
    pub(super) fn judgements(&self, cycle: u64) -> impl Iterator<Item = Judgement> {
        let judged = move |request: &Request, fate| Judgement {
            cycle,
            burst: request.name(),
            since: request.since,
            fate,
        };
        let passed = self.passed.iter();
        let passed = passed.map(move |(request, pa)| judged(request, Fate::Passed(*pa)));
        let failed = self.faults.iter();
        let failed =
            failed.map(move |fault| judged(&fault.request, Fate::Failed(fault.status.clone())));
        passed.chain(failed)
    }
}

/// Collects what is found.
#[derive(Debug, Default)]
pub(super) struct Report {
    cycle: u64,
    seen: Seen,
    mismatches: Vec<Mismatch>,
    terminations: Vec<Termination>,
}

impl Report {
    /// A cycle begins.
    pub(super) const fn begin(&mut self, cycle: u64) {
        self.cycle = cycle;
    }

    pub(super) fn mismatch(&mut self, mismatch: Mismatch) {
        if self.mismatches.len() < KEPT {
            let cycle = self.cycle;
            self.mismatches.push(Mismatch { cycle, ..mismatch });
        }
    }

    /// A burst appeared on `m_axi`.
    pub(super) fn passed(&mut self, request: &Request, pa: u32) {
        self.seen.passed.push((*request, pa));
    }

    /// Memory, or where WLAST was, has made a burst fail.
    pub(super) fn fault(&mut self, request: &Request, status: Vec<u32>) {
        let request = *request;
        self.seen.faults.push(Faulted { request, status });
    }

    /// A record says that a burst stalls.
    pub(super) fn stall(&mut self, write: bool, status: u32) {
        self.seen.stalls.push((write, status));
    }

    /// A record says that a burst stood stalled for too long.
    pub(super) fn timeout(&mut self, request: &Request) {
        self.seen.timeouts.push(*request);
    }

    /// What was judged since the last call.
    pub(super) fn take_seen(&mut self) -> Seen {
        std::mem::take(&mut self.seen)
    }

    pub(super) fn termination(&mut self, request: &Request, resp: Resp, status: Vec<u32>) {
        let burst = request.name();
        self.fault(request, status.clone());
        if self.terminations.len() < TERMINATIONS_KEPT {
            self.terminations.push(Termination {
                cycle: self.cycle,
                burst,
                resp,
                status,
            });
        }
    }

    pub(super) fn mismatches(&self) -> &[Mismatch] {
        &self.mismatches
    }

    pub(super) fn take_terminations(&mut self) -> Vec<Termination> {
        std::mem::take(&mut self.terminations)
    }

    /// The first mismatch of this cycle.
    pub(super) fn now(&self) -> Option<&Mismatch> {
        let first = self.mismatches.partition_point(|m| m.cycle < self.cycle);
        self.mismatches.get(first)
    }
}
