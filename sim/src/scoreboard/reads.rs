//! Reads from `s_axi` to their last beat.

use std::collections::VecDeque;

use vcm_regs::fault;

use super::Counts;
use super::matching::{Presented, Request, find, stalled};
use super::mismatch::{BurstName, Mismatch, MismatchKind, Report};
use super::predict::{Golden, Outcome, list};
use super::stalls::{Resumed, Stalled, Tag};
use super::syncs::Unanswered;
use crate::golden::BurstShape;
use crate::signals::{AxiAddr, AxiRead, Cycle, Resp};

/// Bytes of the data bus.
const BUS_BYTES: u32 = 8;

/// What has become of a read.
#[derive(Clone, Debug)]
enum Fate {
    /// Not known yet.
    Open,
    /// It appeared on `m_axi`.
    Forwarded(Forwarded),
    /// It is being answered with this error.
    Terminated(Resp),
}

/// A read on `m_axi`.
#[derive(Clone, Debug)]
struct Forwarded {
    ax: AxiAddr,
    /// Cycle in which it appeared.
    at: u64,
    /// Beats that memory gave and that have not come out at `s_axi`.
    beats: VecDeque<AxiRead>,
    /// Memory has given the last one.
    complete: bool,
}

/// A read on `s_axi`.
#[derive(Clone, Debug)]
struct Read {
    request: Request,
    fate: Fate,
    /// It stands stalled.
    held: Option<Tag>,
    /// Beats handed over to the master.
    beats: u32,
    /// Memory has answered one with an error.
    failed: bool,
}

/// All reads under way, in the order of their addresses.
#[derive(Debug, Default)]
pub(super) struct Reads {
    upstream: Presented,
    downstream: Presented,
    bursts: VecDeque<Read>,
}

impl Reads {
    pub(super) fn outstanding(&self) -> usize {
        self.bursts.len()
    }

    /// What they ask for.
    pub(super) fn requests(&self) -> impl Iterator<Item = Request> {
        self.bursts.iter().map(|read| read.request)
    }

    /// All, and at which addresses memory has still to answer some.
    pub(super) fn unanswered(&self) -> impl Iterator<Item = Unanswered> {
        self.bursts.iter().map(|read| Unanswered {
            request: read.request,
            at_memory: match &read.fate {
                Fate::Forwarded(Forwarded {
                    ax,
                    at,
                    complete: false,
                    ..
                }) => Some((ax.addr, *at)),
                _ => None,
            },
        })
    }

    /// Where some certainly stand stalled.
    pub(super) fn held(&self, golden: &Golden<'_>, now: u64) -> impl Iterator<Item = Tag> {
        let held = self
            .bursts
            .iter()
            .filter(move |read| read.is_held(golden, now));
        held.filter_map(|read| read.held)
    }

    /// Those of a name.
    pub(super) fn named(&self, name: BurstName) -> impl Iterator<Item = Request> {
        self.requests()
            .filter(move |request| request.name() == name)
    }

    /// AR of `s_axi`.
    pub(super) fn upstream_address(&mut self, number: u64, ar: &AxiAddr) {
        let Some(since) = self.upstream.step(number, ar) else {
            return;
        };
        if ar.ready {
            self.bursts.push_back(Read {
                request: Request {
                    ax: *ar,
                    write: false,
                    since,
                },
                fate: Fate::Open,
                held: None,
                beats: 0,
                failed: false,
            });
        }
    }

    /// A read stands stalled.
    pub(super) fn stall(&mut self, stalled: &Stalled) {
        let mut open = self.bursts.iter_mut();
        let open =
            open.find(|read| matches!(read.fate, Fate::Open) && stalled.is_of(&read.request));
        if let Some(read) = open {
            read.held = Some(stalled.tag);
        }
    }

    /// Stalled reads go on.
    pub(super) fn resume(&mut self, resumed: &Resumed) {
        for read in &mut self.bursts {
            read.held = read.held.filter(|tag| !resumed.covers(false, *tag));
        }
    }

    /// Takes in the rest of the cycle: what comes out of the IOMMU, and what memory answers. Returns the
    /// read that is answered in full in it.
    pub(super) fn cycle(
        &mut self,
        now: &Cycle,
        golden: &Golden<'_>,
        report: &mut Report,
        counts: &mut Counts,
    ) -> Option<Request> {
        let ar = &now.m_axi.ar;
        if let Some(at) = self.downstream.step(now.number, ar) {
            if ar.ready {
                self.downstream_address(golden, report, ar, at);
            }
        }
        if now.m_axi.r.fires() {
            self.memory_beat(&now.m_axi.r);
        }
        if !now.s_axi.r.fires() {
            return None;
        }
        self.master_beat(now.number, &now.s_axi.r, golden, report, counts)
    }

    fn downstream_address(
        &mut self,
        golden: &Golden<'_>,
        report: &mut Report,
        ar: &AxiAddr,
        at: u64,
    ) {
        let index = match find(golden, &self.open(ar.id), ar, at) {
            Ok(index) => Some(index),
            Err(wrong) => {
                report.mismatch(wrong.mismatch);
                wrong.probably
            }
        };
        let Some(index) = index else { return };
        report.passed(&self.bursts[index].request, ar.addr);
        let held = |read: &&Read| read.request.ax.id == ar.id && read.is_held(golden, at);
        if let Some(held) = self.bursts.iter().take(index + 1).find(held) {
            report.mismatch(stalled(&held.request, format!("{ar:x?}")));
        }
        if let Some(read) = self.bursts.get_mut(index) {
            read.fate = Fate::Forwarded(Forwarded {
                ax: *ar,
                at,
                beats: VecDeque::new(),
                complete: false,
            });
        }
    }

    /// The reads of an ID that may appear on `m_axi` next: those after the last one that did.
    fn open(&self, id: u8) -> Vec<(usize, Request)> {
        let mut open = Vec::new();
        for (index, read) in self.bursts.iter().enumerate() {
            if read.request.ax.id == id {
                match read.fate {
                    Fate::Open => open.push((index, read.request)),
                    Fate::Forwarded(_) => open.clear(),
                    Fate::Terminated(_) => {}
                }
            }
        }
        open
    }

    fn memory_beat(&mut self, r: &AxiRead) {
        let forwarded = self
            .bursts
            .iter_mut()
            .find_map(|read| match &mut read.fate {
                Fate::Forwarded(forwarded) if read.request.ax.id == r.id && !forwarded.complete => {
                    Some(forwarded)
                }
                _ => None,
            });
        // An answer to nothing is a matter of the protocol checker.
        if let Some(forwarded) = forwarded {
            forwarded.beats.push_back(*r);
            forwarded.complete = r.last;
        }
    }

    fn master_beat(
        &mut self,
        number: u64,
        r: &AxiRead,
        golden: &Golden<'_>,
        report: &mut Report,
        counts: &mut Counts,
    ) -> Option<Request> {
        let of_id = |read: &Read| read.request.ax.id == r.id;
        let Some(index) = self.bursts.iter().position(of_id) else {
            report.mismatch(Mismatch {
                expected: "no beat of an ID without a read".to_owned(),
                got: format!("{r:x?}"),
                ..Mismatch::new(MismatchKind::Unexplained, "s_axi")
            });
            return None;
        };
        if self.bursts[index].beats == 0 {
            self.first_beat(index, number, r, golden, report);
        }
        let read = &mut self.bursts[index];
        if let Some(mismatch) = read.judge(r) {
            report.mismatch(mismatch);
        }
        read.beats += 1;
        read.failed |= r.resp.is_error() && matches!(read.fate, Fate::Forwarded(_));
        if !r.last {
            return None;
        }
        let read = self.bursts.remove(index)?;
        if read.failed {
            report.fault(&read.request, vec![fault::EXTERNAL_ABORT]);
        }
        match read.fate {
            Fate::Forwarded(_) => counts.reads_forwarded += 1,
            _ => counts.reads_terminated += 1,
        }
        Some(read.request)
    }

    /// The first beat of a read tells whether it was terminated.
    fn first_beat(
        &mut self,
        index: usize,
        number: u64,
        r: &AxiRead,
        golden: &Golden<'_>,
        report: &mut Report,
    ) {
        let read = &self.bursts[index];
        let answered_by_memory = match &read.fate {
            Fate::Forwarded(forwarded) => forwarded
                .beats
                .front()
                .is_some_and(|beat| read.same_beat(beat, r)),
            _ => false,
        };
        if answered_by_memory {
            return;
        }
        let request = read.request;
        if read.is_held(golden, number) {
            report.mismatch(stalled(&request, format!("{:?}", r.resp)));
        }
        let outcomes = request.outcomes(golden, number);
        let status: Vec<u32> = outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                Outcome::Terminate { status, resp } if *resp == r.resp => Some(*status),
                _ => None,
            })
            .collect();
        let was_forwarded = matches!(read.fate, Fate::Forwarded(_));
        if was_forwarded && (status.is_empty() || !self.give_way(index, golden)) {
            return; // `judge` tells in what the beat differs from memory's
        }
        let read = &mut self.bursts[index];
        read.fate = Fate::Terminated(r.resp);
        if status.is_empty() {
            report.mismatch(Mismatch {
                burst: Some(request.name()),
                expected: list(&outcomes),
                got: format!("{:?} without a read on m_axi", r.resp),
                ..Mismatch::new(MismatchKind::Termination, "s_axi")
            });
        } else {
            report.termination(&request, r.resp, status);
        }
    }

    /// A read that was taken for the one on `m_axi` turns out to be terminated. Gives what appeared on
    /// `m_axi` to the reads of the same ID after it, if that explains it just as well.
    fn give_way(&mut self, index: usize, golden: &Golden<'_>) -> bool {
        let before = self.bursts.clone();
        let id = self.bursts[index].request.ax.id;
        let mut moved = Vec::new();
        for read in self.bursts.iter_mut().filter(|r| r.request.ax.id == id) {
            if let Fate::Forwarded(forwarded) = std::mem::replace(&mut read.fate, Fate::Open) {
                moved.push(forwarded);
            }
        }
        self.bursts[index].fate = Fate::Terminated(Resp::SlvErr);
        for forwarded in moved {
            let place = find(golden, &self.open(id), &forwarded.ax, forwarded.at);
            match place {
                Ok(place) => self.bursts[place].fate = Fate::Forwarded(forwarded),
                Err(_) => {
                    self.bursts = before;
                    return false;
                }
            }
        }
        true
    }
}

impl Read {
    /// Whether nothing may come of it.
    fn is_held(&self, golden: &Golden<'_>, now: u64) -> bool {
        self.held.is_some() && !golden.mirror.may_have_timed_out(self.request.since, now)
    }

    /// Compares a beat at the master with what it should be.
    fn judge(&mut self, r: &AxiRead) -> Option<Mismatch> {
        let last = self.beats == u32::from(self.request.ax.len);
        let (kind, expected) = match &mut self.fate {
            Fate::Forwarded(forwarded) => {
                let beat = forwarded.beats.pop_front();
                if beat.is_some_and(|beat| self.same_beat(&beat, r)) && r.last == last {
                    return None;
                }
                let expected = match beat {
                    Some(beat) => format!("{beat:x?} as from memory"),
                    None => "nothing, as memory has not answered".to_owned(),
                };
                (MismatchKind::Response, expected)
            }
            Fate::Terminated(resp) => {
                if r.resp == *resp && r.data == 0 && r.last == last {
                    return None;
                }
                let expected = format!("{resp:?}, data 0, RLAST {}", u8::from(last));
                (MismatchKind::Termination, expected)
            }
            Fate::Open => return None,
        };
        let (beat, beats) = (self.beats + 1, u32::from(self.request.ax.len) + 1);
        Some(Mismatch {
            burst: Some(self.request.name()),
            expected,
            got: format!("{r:x?} on beat {beat} of {beats}"),
            ..Mismatch::new(kind, "s_axi")
        })
    }

    /// Whether a beat at the master is the beat that memory gave. Bytes outside the beat do not count,
    /// and data does not where the response is an error.
    fn same_beat(&self, memory: &AxiRead, master: &AxiRead) -> bool {
        let lanes = BurstShape::from(&self.request.ax).lanes(self.beats, BUS_BYTES);
        let differ = memory.data ^ master.data;
        let same_data =
            (0..BUS_BYTES).all(|lane| lanes & 1 << lane == 0 || (differ >> (8 * lane)) & 0xFF == 0);
        memory.resp == master.resp && (memory.resp.is_error() || same_data)
    }
}
