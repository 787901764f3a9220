//! Which bursts stand stalled, as far as software has been told.
//!
//! A fault record with `STALLED` says that its burst waits: nothing comes of it until a `RESUME`, or
//! until it has waited for too long. The record is known once software has read all of it. What cannot
//! be told for certain is not held against the hardware: a record that may be of an earlier burst of the
//! same name, or of before a `RESUME`.

use std::collections::{BTreeSet, HashMap};

use vcm_regs::context::{self, Resume};
use vcm_regs::fault;
use vcm_regs::global::{self, FqPop, FqSynd0, FqSynd1};

use super::matching::Request;
use super::mirror::bank;
use super::mismatch::BurstName;
use super::registers::Event;

/// Whether a transaction may stall for a fault of this status: for what tables say. What its master did wrong would be
/// wrong again, a stream or a context is off on purpose, and memory has answered.
pub(crate) fn may_stall(status: u32) -> bool {
    let never = [
        fault::EXTERNAL_ABORT,
        fault::UNMAPPED_STREAM,
        fault::CONTEXT_DISABLED,
        fault::ILLEGAL_BURST,
        fault::STALL_TIMEOUT,
    ];
    !never.contains(&status)
}

/// What `RESUME` calls a burst that stands stalled; reads and writes are told apart besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    context: u32,
    slot: u32,
}

impl Tag {
    /// The context that it stands in.
    pub(super) const fn context(self) -> u32 {
        self.context
    }
}

/// A burst stands stalled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stalled {
    pub(super) burst: BurstName,
    pub(super) tag: Tag,
    /// Bursts that came before may have been resumed since: cycle of the context's last `RESUME`.
    pub(super) resumed: Option<u64>,
}

impl Stalled {
    /// Whether it is the record of a request, and not of before a `RESUME`.
    pub(super) fn is_of(&self, request: &Request) -> bool {
        request.name() == self.burst && self.resumed.is_none_or(|at| at < request.since)
    }
}

/// A `RESUME` was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Resumed {
    context: u32,
    /// Direction and slot, if not all of the context.
    one: Option<(bool, u32)>,
}

impl Resumed {
    /// Whether it lets a burst go on.
    pub(super) fn covers(&self, write: bool, tag: Tag) -> bool {
        tag.context == self.context && self.one.is_none_or(|one| one == (write, tag.slot))
    }
}

/// What has become known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StallEvent {
    Stalled(Stalled),
    Resumed(Resumed),
}

/// Follows the fault queue and `RESUME`.
#[derive(Debug, Default)]
pub(super) struct StallWatch {
    /// The oldest record, as far as it has been read.
    what: Option<FqSynd0>,
    who: Option<FqSynd1>,
    iova: Option<u32>,
    /// It has been told.
    told: bool,
    resumed: HashMap<u32, u64>,
    /// Bursts that were answered while records of them may have been in the queue.
    answered: BTreeSet<BurstName>,
}

impl StallWatch {
    /// A burst that may have stalled has been answered.
    pub(super) fn answered(&mut self, burst: BurstName) {
        self.answered.insert(burst);
    }

    /// Takes in a register access.
    pub(super) fn register(&mut self, event: &Event) -> Option<StallEvent> {
        match *event {
            Event::WriteBegun(write) => self.write(write.offset, write.value, write.begun),
            Event::WriteDone { .. } => None,
            Event::Read { offset, value, .. } => {
                self.read(offset, value);
                self.record()
            }
        }
    }

    fn write(&mut self, offset: u32, value: u32, begun: u64) -> Option<StallEvent> {
        if offset == global::BLOCK.base + global::FQ_POP.offset {
            if FqPop::from_bits(value).has(FqPop::POP) {
                self.forget();
            }
            return None;
        }
        let (context, local) = bank(&context::BLOCK, offset)?;
        if local != context::RESUME.offset {
            return None;
        }
        let context = context as u32;
        self.resumed.insert(context, begun);
        let resume = Resume::from_bits(value);
        let one = (resume.has(Resume::WNR), resume.get(Resume::SLOT));
        Some(StallEvent::Resumed(Resumed {
            context,
            one: resume.has(Resume::ONE).then_some(one),
        }))
    }

    fn read(&mut self, offset: u32, value: u32) {
        let at = |register: &vcm_regs::RegisterInfo| offset == global::BLOCK.base + register.offset;
        if at(&global::FQ_SYND0) {
            self.what = Some(FqSynd0::from_bits(value)).filter(|what| what.has(FqSynd0::VALID));
            if self.what.is_none() {
                self.forget();
                // The queue is empty.
                self.answered.clear();
            }
        } else if at(&global::FQ_SYND1) && self.what.is_some() {
            self.who = Some(FqSynd1::from_bits(value));
        } else if at(&global::FQ_IOVA) && self.what.is_some() {
            self.iova = Some(value);
        }
    }

    /// The oldest record is gone.
    fn forget(&mut self) {
        (self.what, self.who, self.iova) = (None, None, None);
        self.told = false;
    }

    /// The oldest record, once it is known and if it is of a burst that stands stalled.
    fn record(&mut self) -> Option<StallEvent> {
        let (what, who, iova) = (self.what?, self.who?, self.iova?);
        if std::mem::replace(&mut self.told, true) || !what.has(FqSynd0::STALLED) {
            return None;
        }
        let burst = BurstName {
            write: what.has(FqSynd0::WNR),
            stream: who.get(FqSynd1::SID) as u8,
            id: who.get(FqSynd1::AXID) as u8,
            iova,
        };
        if self.answered.contains(&burst) {
            return None;
        }
        let tag = Tag {
            context: what.get(FqSynd0::CBNDX),
            slot: what.get(FqSynd0::SLOT),
        };
        Some(StallEvent::Stalled(Stalled {
            burst,
            tag,
            resumed: self.resumed.get(&tag.context).copied(),
        }))
    }
}
