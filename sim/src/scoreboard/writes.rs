//! Writes from `s_axi` to their response.
//!
//! Of two writes with the same ID and the same address signals, both waiting for their lookup while the
//! registers or tables that decide on them change, the older one is taken for the first that appears
//! on `m_axi`. Should the hardware have terminated the older and passed the younger, that is reported
//! although it is right. (Reads need no such guess: their answers tell.)

use std::collections::{BTreeMap, VecDeque};

use vcm_regs::fault;

use super::Counts;
use super::matching::{Presented, Request, find, stalled};
use super::mismatch::{BurstName, Mismatch, MismatchKind, Report};
use super::predict::{Golden, Outcome, list};
use super::stalls::{Resumed, Stalled, Tag};
use super::syncs::Unanswered;
use crate::signals::{AxiAddr, AxiResp, AxiWrite, Cycle, Resp};

/// What has become of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Not known yet.
    Open,
    /// It appeared on `m_axi`; memory's response, if it has come.
    Forwarded(Option<Resp>),
}

/// A write on `s_axi`.
#[derive(Clone, Debug)]
struct Write {
    request: Request,
    /// Its place in the order of addresses, which is also that of data bursts.
    number: u64,
    fate: Fate,
    /// Its address on `m_axi`, and the cycle in which it appeared there.
    sent: Option<(u32, u64)>,
    /// It stands stalled.
    held: Option<Tag>,
}

impl Write {
    /// Whether nothing may come of it.
    fn is_held(&self, golden: &Golden<'_>, now: u64) -> bool {
        self.held.is_some() && !golden.mirror.may_have_timed_out(self.request.since, now)
    }
}

/// A data burst on `s_axi`; WLAST ends it, rightly or not.
#[derive(Clone, Debug, Default)]
struct Data {
    beats: Vec<AxiWrite>,
    complete: bool,
}

impl Data {
    /// Whether WLAST came, and not on the last beat.
    fn is_misplaced(&self, len: u8) -> bool {
        self.complete && self.beats.len() != usize::from(len) + 1
    }
}

/// A data burst on `m_axi` that is due.
#[derive(Clone, Copy, Debug)]
struct Due {
    /// Number of the write; `None` when no write explains the address.
    number: Option<u64>,
    request: Option<Request>,
    len: u8,
    /// Beats handed over.
    beats: usize,
}

/// All writes under way, in the order of their addresses.
#[derive(Debug, Default)]
pub(super) struct Writes {
    upstream: Presented,
    downstream: Presented,
    bursts: VecDeque<Write>,
    /// Addresses accepted so far, and data bursts begun.
    addresses: u64,
    data_bursts: u64,
    data: BTreeMap<u64, Data>,
    due: VecDeque<Due>,
}

impl Writes {
    pub(super) fn outstanding(&self) -> usize {
        self.bursts.len()
    }

    /// What they ask for.
    pub(super) fn requests(&self) -> impl Iterator<Item = Request> {
        self.bursts.iter().map(|write| write.request)
    }

    /// All, and at which addresses memory has still to answer some.
    pub(super) fn unanswered(&self) -> impl Iterator<Item = Unanswered> {
        self.bursts.iter().map(|write| Unanswered {
            request: write.request,
            at_memory: write.sent.filter(|_| write.fate == Fate::Forwarded(None)),
        })
    }

    /// Where some certainly stand stalled.
    pub(super) fn held(&self, golden: &Golden<'_>, now: u64) -> impl Iterator<Item = Tag> {
        let held = self
            .bursts
            .iter()
            .filter(move |write| write.is_held(golden, now));
        held.filter_map(|write| write.held)
    }

    /// Those of a name.
    pub(super) fn named(&self, name: BurstName) -> impl Iterator<Item = Request> {
        self.requests()
            .filter(move |request| request.name() == name)
    }

    /// AW of `s_axi`.
    pub(super) fn upstream_address(&mut self, number: u64, aw: &AxiAddr) {
        let Some(since) = self.upstream.step(number, aw) else {
            return;
        };
        if aw.ready {
            self.bursts.push_back(Write {
                request: Request {
                    ax: *aw,
                    write: true,
                    since,
                },
                number: self.addresses,
                fate: Fate::Open,
                sent: None,
                held: None,
            });
            self.addresses += 1;
        }
    }

    /// A write stands stalled.
    pub(super) fn stall(&mut self, stalled: &Stalled) {
        let mut open = self.bursts.iter_mut();
        let open = open.find(|write| write.fate == Fate::Open && stalled.is_of(&write.request));
        if let Some(write) = open {
            write.held = Some(stalled.tag);
        }
    }

    /// Stalled writes go on.
    pub(super) fn resume(&mut self, resumed: &Resumed) {
        for write in &mut self.bursts {
            write.held = write.held.filter(|tag| !resumed.covers(true, *tag));
        }
    }

    /// Takes in the rest of the cycle: data, what comes out of the IOMMU, and what memory answers. Returns
    /// the write that is answered in it.
    pub(super) fn cycle(
        &mut self,
        now: &Cycle,
        golden: &Golden<'_>,
        report: &mut Report,
        counts: &mut Counts,
    ) -> Option<Request> {
        if now.s_axi.w.fires() {
            self.master_data(&now.s_axi.w);
        }
        let aw = &now.m_axi.aw;
        // When it is offered, not when it is accepted: its data need not wait for that.
        if self.downstream.step(now.number, aw) == Some(now.number) {
            self.downstream_address(golden, report, aw, now.number);
        }
        if now.m_axi.w.fires() {
            self.downstream_data(&now.m_axi.w, report);
        }
        if now.m_axi.b.fires() {
            self.memory_response(&now.m_axi.b);
        }
        if !now.s_axi.b.fires() {
            return None;
        }
        self.master_response(now.number, &now.s_axi.b, golden, report, counts)
    }

    fn master_data(&mut self, w: &AxiWrite) {
        let last = self.data_bursts.checked_sub(1);
        let unfinished = last.filter(|n| self.data.get(n).is_some_and(|data| !data.complete));
        let number = unfinished.unwrap_or_else(|| {
            self.data_bursts += 1;
            self.data_bursts - 1
        });
        let data = self.data.entry(number).or_default();
        data.beats.push(*w);
        data.complete = w.last;
    }

    fn downstream_address(
        &mut self,
        golden: &Golden<'_>,
        report: &mut Report,
        aw: &AxiAddr,
        at: u64,
    ) {
        let index = match find(golden, &self.open(aw.id), aw, at) {
            Ok(index) => Some(index),
            Err(wrong) => {
                report.mismatch(wrong.mismatch);
                wrong.probably
            }
        };
        // Writes of all IDs keep their order, as their data do.
        let until = index.map_or(0, |index| index + 1);
        let held = |write: &&Write| write.is_held(golden, at);
        if let Some(held) = self.bursts.iter().take(until).find(held) {
            report.mismatch(stalled(&held.request, format!("{aw:x?}")));
        }
        let write = index.and_then(|index| self.bursts.get_mut(index));
        let write = write.map(|write| {
            write.fate = Fate::Forwarded(None);
            write.sent = Some((aw.addr, at));
            report.passed(&write.request, aw.addr);
            &*write
        });
        self.due.push_back(Due {
            number: write.map(|write| write.number),
            request: write.map(|write| write.request),
            len: aw.len,
            beats: 0,
        });
    }

    /// The writes of an ID that may appear on `m_axi` next: those after the last one that did.
    fn open(&self, id: u8) -> Vec<(usize, Request)> {
        let mut open = Vec::new();
        for (index, write) in self.bursts.iter().enumerate() {
            if write.request.ax.id == id {
                match write.fate {
                    Fate::Open => open.push((index, write.request)),
                    Fate::Forwarded(_) => open.clear(),
                }
            }
        }
        open
    }

    fn downstream_data(&mut self, w: &AxiWrite, report: &mut Report) {
        let Some(due) = self.due.front_mut() else {
            return report.mismatch(Mismatch {
                expected: "no data before its address".to_owned(),
                got: format!("{w:x?}"),
                ..Mismatch::new(MismatchKind::WriteData, "m_axi")
            });
        };
        let n = due.beats;
        due.beats += 1;
        let due = *due;
        let ended = n >= usize::from(due.len);
        if ended {
            self.due.pop_front();
        }
        // Where no write explains the address, that has been told already.
        let Some(number) = due.number else { return };
        let expected = match self.data.get(&number).map(|data| (data.beats.get(n), data)) {
            Some((Some(beat), _)) if same_data(beat, w) && w.last == ended => return,
            Some((Some(beat), _)) => {
                format!("{beat:x?} with WLAST {}", u8::from(ended))
            }
            // WLAST came too early on s_axi: what is missing must not write anything.
            Some((None, data)) if data.complete => {
                if w.strb == 0 && w.last == ended {
                    return;
                }
                format!("no strobes, WLAST {}", u8::from(ended))
            }
            _ => "nothing, as the master has not sent the beat".to_owned(),
        };
        report.mismatch(Mismatch {
            burst: due.request.map(|request| request.name()),
            expected,
            got: format!("{w:x?} on beat {} of {}", n + 1, usize::from(due.len) + 1),
            ..Mismatch::new(MismatchKind::WriteData, "m_axi")
        });
    }

    fn memory_response(&mut self, b: &AxiResp) {
        let write = self
            .bursts
            .iter_mut()
            .find(|write| write.request.ax.id == b.id && write.fate == Fate::Forwarded(None));
        // An answer to nothing is a matter of the protocol checker.
        if let Some(write) = write {
            write.fate = Fate::Forwarded(Some(b.resp));
        }
    }

    fn master_response(
        &mut self,
        number: u64,
        b: &AxiResp,
        golden: &Golden<'_>,
        report: &mut Report,
        counts: &mut Counts,
    ) -> Option<Request> {
        let of_id = |write: &Write| write.request.ax.id == b.id;
        let index = self.bursts.iter().position(of_id);
        let Some(write) = index.and_then(|index| self.bursts.remove(index)) else {
            report.mismatch(Mismatch {
                expected: "no response of an ID without a write".to_owned(),
                got: format!("{b:x?}"),
                ..Mismatch::new(MismatchKind::Unexplained, "s_axi")
            });
            return None;
        };
        let data = self.data.remove(&write.number).unwrap_or_default();
        let misplaced = data.is_misplaced(write.request.ax.len);
        match write.fate {
            Fate::Forwarded(answer) => {
                counts.writes_forwarded += 1;
                judge_answer(&write.request, answer, b, misplaced, report);
            }
            Fate::Open => {
                counts.writes_terminated += 1;
                if !data.complete {
                    report.mismatch(Mismatch {
                        burst: Some(write.request.name()),
                        expected: "no response before WLAST".to_owned(),
                        got: format!("{:?}", b.resp),
                        ..Mismatch::new(MismatchKind::Termination, "s_axi")
                    });
                }
                let request = &write.request;
                if write.is_held(golden, number) {
                    report.mismatch(stalled(request, format!("{:?}", b.resp)));
                }
                let outcomes = request.outcomes(golden, number);
                judge_termination(request, outcomes, b, misplaced, report);
            }
        }
        Some(write.request)
    }
}

/// Compares the response to a write that went to memory. One whose WLAST was misplaced may be answered
/// with SLVERR whatever memory says.
fn judge_answer(
    request: &Request,
    answer: Option<Resp>,
    b: &AxiResp,
    misplaced: bool,
    report: &mut Report,
) {
    let why = [
        answer
            .filter(|resp| resp.is_error())
            .map(|_| fault::EXTERNAL_ABORT),
        misplaced.then_some(fault::ILLEGAL_BURST),
    ];
    let why: Vec<u32> = why.into_iter().flatten().collect();
    if !why.is_empty() {
        report.fault(request, why);
    }
    let excused = misplaced && answer.is_some() && b.resp == Resp::SlvErr;
    if answer == Some(b.resp) || excused {
        return;
    }
    report.mismatch(Mismatch {
        burst: Some(request.name()),
        expected: match answer {
            Some(resp) => format!("{resp:?} as from memory"),
            None => "nothing, as memory has not answered".to_owned(),
        },
        got: format!("{:?}", b.resp),
        ..Mismatch::new(MismatchKind::Response, "s_axi")
    });
}

/// Judges the response to a write that did not go to memory.
fn judge_termination(
    request: &Request,
    mut outcomes: Vec<Outcome>,
    b: &AxiResp,
    misplaced: bool,
    report: &mut Report,
) {
    if misplaced {
        outcomes.push(Outcome::Terminate {
            status: fault::ILLEGAL_BURST,
            resp: Resp::SlvErr,
        });
    }
    let status: Vec<u32> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Terminate { status, resp } if *resp == b.resp => Some(*status),
            _ => None,
        })
        .collect();
    if status.is_empty() {
        report.mismatch(Mismatch {
            burst: Some(request.name()),
            expected: list(&outcomes),
            got: format!("{:?} without a write on m_axi", b.resp),
            ..Mismatch::new(MismatchKind::Termination, "s_axi")
        });
    } else {
        report.termination(request, b.resp, status);
    }
}

/// Strobes are the same, and so is every byte that they select.
fn same_data(sent: &AxiWrite, seen: &AxiWrite) -> bool {
    let differ = sent.data ^ seen.data;
    sent.strb == seen.strb
        && (0..8).all(|lane| sent.strb & 1 << lane == 0 || (differ >> (8 * lane)) & 0xFF == 0)
}
