//! The fault queue: every record is of a burst that faulted, and every fault is recorded.
//!
//! A burst that was terminated, or answered by memory with an error, has one record, of a status that the
//! golden model allows. It may be lost only while the queue is full, which `FQ_STATUS.OVERFLOW` tells.
//! A burst of a context that stalls may have one for each time that it was looked up, each of which says
//! `STALLED`, but for the last.
//!
//! The record may be there before the answer: then the answer has to be what the record says.

use std::collections::VecDeque;

use vcm_regs::fault;
use vcm_regs::global::{self, FqPop, FqStatus, FqSynd0, FqSynd1};

use super::matching::Request;
use super::mismatch::{BurstName, Faulted, Mismatch, MismatchKind, Report};
use super::predict::{Golden, Outcome};
use super::registers::Event;
use super::stalls::may_stall;

/// Cycles after an answer until when its record may not be there.
pub(super) const RECORDING: u64 = 64;

/// Faults that are kept although nobody reads the queue.
const KEPT: usize = 1024;

/// What a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Record {
    what: FqSynd0,
    who: FqSynd1,
    iova: u32,
}

impl Record {
    fn burst(&self) -> BurstName {
        BurstName {
            write: self.what.has(FqSynd0::WNR),
            stream: self.who.get(FqSynd1::SID) as u8,
            id: self.who.get(FqSynd1::AXID) as u8,
            iova: self.iova,
        }
    }

    fn status(&self) -> u32 {
        self.what.get(FqSynd0::FS)
    }

    fn context(&self) -> Option<u32> {
        let bound = self.what.has(FqSynd0::CBVALID);
        bound.then(|| self.what.get(FqSynd0::CBNDX))
    }

    /// Whether its address signals are those of a request.
    fn is_of(&self, request: &Request) -> bool {
        let prot = request.ax.prot;
        self.burst() == request.name()
            && self.what.has(FqSynd0::PNU) == (prot & 0b001 != 0)
            && self.what.has(FqSynd0::IND) == (prot & 0b100 != 0)
    }
}

/// A fault that has no record yet.
#[derive(Clone, Debug)]
struct Due {
    request: Request,
    status: Vec<u32>,
    /// Cycle in which it had shown.
    at: u64,
    /// It has a record for certain, or had one that was lost.
    certain: bool,
}

impl Due {
    fn explains(&self, record: &Record) -> bool {
        record.is_of(&self.request) && self.status.contains(&record.status())
    }
}

/// Follows the fault queue.
#[derive(Debug, Default)]
pub(super) struct RecordWatch {
    /// The oldest record, as far as it has been read.
    what: Option<FqSynd0>,
    who: Option<FqSynd1>,
    iova: Option<u32>,
    /// It has been read as a whole.
    told: Option<Record>,
    due: VecDeque<Due>,
    /// Records of bursts that have not been answered.
    early: Vec<Record>,
    /// Bursts that may have stalled and have been answered, with the cycle and what they may have met.
    answered: VecDeque<Due>,
    /// The queue was read empty, and these have no record.
    missing: Vec<Due>,
    /// Records of faults of bursts that came before this cycle may have been lost.
    forgiven: u64,
}

/// Who knows what is under way.
pub(super) trait UnderWay {
    /// The bursts of this name that have not been answered.
    fn named(&self, name: BurstName) -> Vec<Request>;
}

impl RecordWatch {
    /// Takes in a fault that has shown.
    pub(super) fn fault(&mut self, fault: Faulted, at: u64, certain: bool) {
        let due = Due {
            certain: certain && fault.request.since > self.forgiven,
            request: fault.request,
            status: fault.status,
            at,
        };
        let early = self.early.iter().position(|record| due.explains(record));
        match early {
            Some(index) => drop(self.early.swap_remove(index)),
            None if self.due.len() < KEPT => self.due.push_back(due),
            None => {}
        }
    }

    /// A burst was answered; `may_stall`: it may have stood stalled.
    pub(super) fn answered(
        &mut self,
        request: &Request,
        may_stall: bool,
        under_way: &impl UnderWay,
        golden: &Golden<'_>,
        report: &mut Report,
        at: u64,
    ) {
        if may_stall && self.answered.len() < KEPT {
            self.answered.push_back(Due {
                request: *request,
                status: statuses(request, golden, at),
                at,
                certain: false,
            });
        }
        let name = request.name();
        if self.early.iter().any(|record| record.burst() == name)
            && under_way.named(name).is_empty()
        {
            let of_it = |record: &Record| record.burst() == name;
            let (wrong, early): (Vec<Record>, Vec<Record>) = self.early.drain(..).partition(of_it);
            self.early = early;
            for record in wrong {
                report.mismatch(mismatch(&record, "no such fault, as its answer says"));
            }
        }
    }

    /// Takes in a register access.
    pub(super) fn register(
        &mut self,
        event: &Event,
        under_way: &impl UnderWay,
        golden: &Golden<'_>,
        report: &mut Report,
        now: u64,
    ) {
        let at = |offset: u32, register: &vcm_regs::RegisterInfo| {
            offset == global::BLOCK.base + register.offset
        };
        match *event {
            Event::WriteBegun(write)
                if at(write.offset, &global::FQ_POP)
                    && FqPop::from_bits(write.value).has(FqPop::POP) =>
            {
                self.pop(now);
            }
            Event::WriteBegun(write)
                if at(write.offset, &global::FQ_STATUS)
                    && FqStatus::from_bits(write.value).has(FqStatus::OVERFLOW) =>
            {
                self.forgive(now);
            }
            Event::Read {
                offset,
                value,
                begun,
            } => {
                if at(offset, &global::FQ_STATUS) {
                    self.status(FqStatus::from_bits(value), begun, now, report);
                } else if at(offset, &global::FQ_SYND0) {
                    let what = FqSynd0::from_bits(value);
                    if what.has(FqSynd0::VALID) {
                        self.what = Some(what);
                    } else {
                        self.empty(begun);
                    }
                } else if at(offset, &global::FQ_SYND1) {
                    self.who = Some(FqSynd1::from_bits(value)).filter(|_| self.what.is_some());
                } else if at(offset, &global::FQ_IOVA) {
                    self.iova = Some(value).filter(|_| self.what.is_some());
                } else {
                    return;
                }
                if let (Some(what), Some(who), Some(iova)) = (self.what, self.who, self.iova) {
                    let record = Record { what, who, iova };
                    match self.told.replace(record) {
                        None => self.judge(&record, under_way, golden, report, now),
                        Some(told) if told == record => {}
                        Some(_) => report.mismatch(mismatch(&record, "the record from before")),
                    }
                }
            }
            _ => {}
        }
    }

    fn judge(
        &mut self,
        record: &Record,
        under_way: &impl UnderWay,
        golden: &Golden<'_>,
        report: &mut Report,
        now: u64,
    ) {
        let open = under_way.named(record.burst());
        let open = open.iter().filter(|request| record.is_of(request));
        if record.what.has(FqSynd0::STALLED) {
            let stalls = |request: &Request| {
                let bank = record.context().and_then(|at| golden.mirror.context(at));
                may_stall(record.status())
                    && bank.is_some_and(|bank| bank.may_stall(request.since, now))
                    && is_bound(request, record, golden, now)
            };
            let told = |due: &Due| due.explains(record) && stalls(&due.request);
            let explained = self.answered.iter().any(told)
                || open.clone().any(|request| {
                    statuses(request, golden, now).contains(&record.status()) && stalls(request)
                });
            report.stall(record.what.has(FqSynd0::WNR), record.status());
            if !explained {
                report.mismatch(mismatch(record, "no record of a stall that there was not"));
            }
            return;
        }
        let burst = open.clone().next();
        let burst = burst.or_else(|| {
            self.due
                .iter()
                .map(|due| &due.request)
                .find(|r| record.is_of(r))
        });
        if let Some(request) = burst.filter(|_| record.status() == fault::STALL_TIMEOUT) {
            report.timeout(request);
        }
        // Of faults that it may be of, the one that can be nothing else.
        let due = (0..).zip(&self.due);
        let due = due.filter(|(_, due)| due.explains(record));
        let best = due.min_by_key(|(_, due)| due.status.len());
        if let Some((index, due)) = best {
            if !is_bound(&due.request, record, golden, now) {
                report.mismatch(mismatch(record, "the context that its stream was bound to"));
            }
            self.due.remove(index);
        } else if open.count() > 0 {
            self.early.push(*record);
        } else if let Some(index) = self.missing.iter().position(|due| due.explains(record)) {
            self.missing.swap_remove(index);
        } else {
            report.mismatch(mismatch(record, "no record of what no burst has met"));
        }
    }

    fn pop(&mut self, now: u64) {
        if self.told.is_none() {
            // Nobody knows whose record is gone.
            self.forgive(now);
        }
        self.forget();
    }

    fn forget(&mut self) {
        (self.what, self.who, self.iova, self.told) = (None, None, None, None);
    }

    /// Records may have been lost until now.
    fn forgive(&mut self, now: u64) {
        self.forgiven = now;
        self.missing.clear();
        for due in &mut self.due {
            due.certain = false;
        }
    }

    /// The queue was empty when a read of it began, or later.
    fn empty(&mut self, begun: u64) {
        self.forget();
        let old = |due: &Due| due.at + RECORDING < begun;
        let (gone, kept): (VecDeque<Due>, VecDeque<Due>) = self.due.drain(..).partition(old);
        self.due = kept;
        self.missing
            .extend(gone.into_iter().filter(|due| due.certain));
        self.answered.retain(|due| !old(due));
    }

    fn status(&mut self, status: FqStatus, begun: u64, now: u64, report: &mut Report) {
        if status.has(FqStatus::OVERFLOW) {
            self.forgive(now);
        }
        if status.get(FqStatus::COUNT) == 0 && self.what.is_none() {
            self.empty(begun);
        }
        for due in self.missing.drain(..) {
            report.mismatch(Mismatch {
                burst: Some(due.request.name()),
                expected: format!("a fault record of status {:x?}", due.status),
                got: "none, and no overflow".to_owned(),
                ..Mismatch::new(MismatchKind::Record, "fault queue")
            });
        }
    }
}

/// Whether the context of a record is one that the stream may have been bound to.
fn is_bound(request: &Request, record: &Record, golden: &Golden<'_>, now: u64) -> bool {
    let bound = golden.bindings(request.ax.user, request.since, now);
    bound.contains(&record.context())
}

/// The faults that a burst may have met until now.
pub(super) fn statuses(request: &Request, golden: &Golden<'_>, now: u64) -> Vec<u32> {
    let outcomes = request.outcomes(golden, now);
    let status = |outcome: &Outcome| match outcome {
        Outcome::Terminate { status, .. } => Some(*status),
        Outcome::Forward { .. } => None,
    };
    outcomes.iter().filter_map(status).collect()
}

fn mismatch(record: &Record, expected: &str) -> Mismatch {
    Mismatch {
        burst: Some(record.burst()),
        expected: expected.to_owned(),
        got: format!(
            "a record of status {:#04x}, context {:?}, stalled {}",
            record.status(),
            record.context(),
            u8::from(record.what.has(FqSynd0::STALLED)),
        ),
        ..Mismatch::new(MismatchKind::Record, "fault queue")
    }
}
