//! The registers that translations depend on, as they stand in the hardware.

use vcm_regs::context::{Sctlr, Tlbrange};
use vcm_regs::global::StallCtrl;
use vcm_regs::{Access, Block, RegisterInfo, context, global};

use super::history::History;
use super::registers::{Event, Write};
use super::syncs::Synchronised;
use crate::golden::PageSize;

/// Cycles of a tick of `STALL_CTRL.TIMEOUT`.
const TICK: u64 = 1024;

/// Bytes of the smallest page.
const PAGE: u64 = 0x1000;

/// `TLBRANGE.PAGES` from which on it takes the whole context.
const WHOLE_CONTEXT: u32 = 256;

/// Which entries an invalidation drops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    All,
    Asid(u8),
    Address {
        va: u32,
        asid: Option<u8>,
    },
    /// Of every ASID; the last byte is included.
    Range {
        first: u32,
        last: u32,
    },
}

/// An invalidation of entries of a context.
#[derive(Clone, Copy, Debug)]
struct Invalidation {
    scope: Scope,
    issued: u64,
    /// Cycle in which software learnt that a later synchronisation was complete.
    completed: Option<u64>,
}

/// An entry that a TLB may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// An address that it covers.
    pub(super) iova: u32,
    /// How much it covers.
    pub(super) size: PageSize,
    /// The ASID it belongs to; `None`: it is global.
    pub(super) asid: Option<u8>,
}

impl Scope {
    /// Whether an entry is dropped.
    fn covers(self, entry: &Entry) -> bool {
        match self {
            Self::All => true,
            Self::Asid(asid) => entry.asid == Some(asid),
            Self::Address { va, asid } => {
                let same_page = (va ^ entry.iova) & !(entry.size.bytes() - 1) == 0;
                let same_space = match (asid, entry.asid) {
                    (Some(asked), Some(held)) => asked == held,
                    _ => true,
                };
                same_page && same_space
            }
            Self::Range { first, last } => {
                let begin = entry.iova & !(entry.size.bytes() - 1);
                begin <= last && first <= begin | (entry.size.bytes() - 1)
            }
        }
    }
}

/// A synchronisation: when TLBSYNC was written, and since when it is known to be under way.
#[derive(Clone, Copy, Debug)]
struct Sync {
    issued: u64,
    confirmed: u64,
}

/// A context bank.
#[derive(Debug)]
pub(super) struct ContextMirror {
    /// `SCTLR`.
    pub(super) sctlr: History,
    /// `TTBR0`.
    pub(super) ttbr0: History,
    /// `CONTEXTIDR`.
    pub(super) contextidr: History,
    /// `DACR`.
    pub(super) dacr: History,
    invalidations: Vec<Invalidation>,
    sync: Option<Sync>,
}

/// A time in which each context has had one ASID, and has used access flags or not, as far as is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Epoch {
    changes: u64,
    /// The cycle itself, while the last change may be in effect, or not.
    unsettled: Option<u64>,
}

impl ContextMirror {
    fn new() -> Self {
        Self {
            sctlr: History::new(context::SCTLR.reset()),
            ttbr0: History::new(context::TTBR0.reset()),
            contextidr: History::new(context::CONTEXTIDR.reset()),
            dacr: History::new(context::DACR.reset()),
            invalidations: Vec::new(),
            sync: None,
        }
    }

    /// Since when entries may stem from at all: the last invalidation of everything that was complete
    /// at `at`.
    pub(super) fn horizon(&self, at: u64) -> u64 {
        self.completed(at)
            .filter(|invalidation| invalidation.scope == Scope::All)
            .map(|invalidation| invalidation.issued)
            .max()
            .unwrap_or(0)
    }

    /// Whether an entry whose descriptors were asked for at `read` was gone at `at`.
    pub(super) fn is_invalidated(&self, entry: &Entry, read: u64, at: u64) -> bool {
        self.completed(at)
            .any(|invalidation| invalidation.issued > read && invalidation.scope.covers(entry))
    }

    /// Whether a fault may have stalled its burst at some time from `from` to `to`.
    pub(super) fn may_stall(&self, from: u64, to: u64) -> bool {
        let mut values = self.sctlr.during(from, to).into_iter();
        values.any(|value| Sctlr::from_bits(value).has(Sctlr::CFCFG))
    }

    fn completed(&self, at: u64) -> impl Iterator<Item = &Invalidation> {
        self.invalidations
            .iter()
            .filter(move |invalidation| invalidation.completed.is_some_and(|done| done <= at))
    }

    fn invalidate(&mut self, scope: Scope, issued: u64) {
        self.invalidations.push(Invalidation {
            scope,
            issued,
            completed: None,
        });
    }

    /// A synchronisation that was asked for at `issued` was complete at `now`.
    fn synchronised(&mut self, issued: u64, now: u64) {
        for invalidation in &mut self.invalidations {
            if invalidation.issued < issued {
                invalidation.completed.get_or_insert(now);
            }
        }
        // Windows of bursts under way may still reach back before `now`, but not before the completion
        // of an invalidation of everything that is itself followed by another.
        let mut whole: Vec<u64> = self
            .completed(now)
            .filter(|invalidation| invalidation.scope == Scope::All)
            .map(|invalidation| invalidation.issued)
            .collect();
        whole.sort_unstable();
        if let [.., older, _] = whole[..] {
            self.invalidations
                .retain(|invalidation| invalidation.issued >= older);
        }
    }
}

/// All registers that matter.
#[derive(Debug)]
pub(super) struct Mirror {
    register_slack: u64,
    stall_ctrl: History,
    /// `IRQ_ENABLE`.
    pub(super) irq_enable: History,
    /// `WALK_ATTR`.
    pub(super) walk_attr: History,
    streams: Vec<History>,
    contexts: Vec<ContextMirror>,
    global_sync: Option<Sync>,
    /// Changes of what an entry of a TLB remembers of its context.
    changes: u64,
    /// The last of them may be in effect, or not, until this cycle; as long as its write is not answered, it is `MAX`.
    settles: u64,
}

impl Mirror {
    /// The registers after reset.
    pub(super) fn new(register_slack: u64) -> Self {
        Self {
            register_slack,
            stall_ctrl: History::new(global::STALL_CTRL.reset()),
            irq_enable: History::new(global::IRQ_ENABLE.reset()),
            walk_attr: History::new(global::WALK_ATTR.reset()),
            streams: (0..global::S2CR.count)
                .map(|_| History::new(global::S2CR.reset()))
                .collect(),
            contexts: (0..context::BLOCK.count)
                .map(|_| ContextMirror::new())
                .collect(),
            global_sync: None,
            changes: 0,
            settles: 0,
        }
    }

    /// `S2CR` of a stream.
    pub(super) fn stream(&self, stream: u8) -> Option<&History> {
        self.streams.get(usize::from(stream))
    }

    /// `S2CR` of all streams.
    pub(super) fn streams(&self) -> &[History] {
        &self.streams
    }

    /// A context bank.
    pub(super) fn context(&self, index: u32) -> Option<&ContextMirror> {
        self.contexts.get(index as usize)
    }

    /// All context banks.
    pub(super) fn contexts(&self) -> &[ContextMirror] {
        &self.contexts
    }

    /// Whether a burst that came at `from` may have stood stalled at some time until `to`.
    pub(super) fn may_stall(&self, from: u64, to: u64) -> bool {
        self.contexts.iter().any(|bank| bank.may_stall(from, to))
    }

    /// Whether a burst that came at `from` and stood stalled may have done so for too long at `to`.
    pub(super) fn may_have_timed_out(&self, from: u64, to: u64) -> bool {
        self.stall_ctrl.during(from, to).into_iter().any(|value| {
            let ticks = StallCtrl::from_bits(value).get(StallCtrl::TIMEOUT);
            // The first tick may come at once.
            ticks != 0 && to - from >= u64::from(ticks - 1) * TICK
        })
    }

    /// The epoch that a cycle belongs to.
    pub(super) fn epoch(&self, now: u64) -> Epoch {
        Epoch {
            changes: self.changes,
            unsettled: (now < self.settles).then_some(now),
        }
    }

    /// Takes in what has become known of a register access. Returns the synchronisation that is complete by it.
    pub(super) fn register(&mut self, now: u64, event: &Event) -> Option<Synchronised> {
        match event {
            Event::WriteBegun(write) => self.begin(write),
            Event::WriteDone { write, okay: true } => self.commit(write, now),
            Event::WriteDone { write, okay: false } => {
                self.settles = self.settles.min(now);
                if let Some((_, history)) = self.held(write.offset) {
                    history.revoke(write.begun);
                }
            }
            Event::Read {
                offset,
                begun,
                value,
            } => return self.status(*offset, *begun, *value, now),
        }
        None
    }

    fn begin(&mut self, write: &Write) {
        if let Some((info, history)) = self.held(write.offset) {
            let kept = history.latest() & !write.lanes();
            let value = (kept | write.selected()) & info.mask(Access::ReadWrite);
            let differs = value ^ history.latest();
            let remembered = match info.name {
                name if name == context::CONTEXTIDR.name => u32::MAX,
                name if name == context::SCTLR.name => Sctlr::AFE.mask(),
                _ => 0,
            };
            history.begin(value, write.begun);
            if differs & remembered != 0 {
                self.changes += 1;
                self.settles = u64::MAX;
            }
        }
    }

    fn commit(&mut self, write: &Write, now: u64) {
        let effective = now + self.register_slack;
        self.settles = self.settles.min(effective);
        if let Some((_, history)) = self.held(write.offset) {
            history.commit(write.begun, effective);
        } else if write.strb == 0xF {
            // Commands with some strobes only are not counted on.
            self.command(write, now);
        }
    }

    /// The register at an offset, if it holds state.
    fn held(&mut self, offset: u32) -> Option<(&'static RegisterInfo, &mut History)> {
        if let Some(local) = offset.checked_sub(global::BLOCK.base + global::S2CR.offset) {
            if local / 4 < global::S2CR.count {
                let history = self.streams.get_mut(local as usize / 4)?;
                return Some((&global::S2CR, history));
            }
        }
        if let Some((_, local)) = bank(&global::BLOCK, offset) {
            let found: (&'static RegisterInfo, &mut History) = match local {
                at if at == global::STALL_CTRL.offset => {
                    (&global::STALL_CTRL, &mut self.stall_ctrl)
                }
                at if at == global::IRQ_ENABLE.offset => {
                    (&global::IRQ_ENABLE, &mut self.irq_enable)
                }
                at if at == global::WALK_ATTR.offset => (&global::WALK_ATTR, &mut self.walk_attr),
                _ => return None,
            };
            return Some(found);
        }
        let (bank, local) = bank(&context::BLOCK, offset)?;
        let bank = self.contexts.get_mut(bank)?;
        let found: (&'static RegisterInfo, &mut History) = match local {
            at if at == context::SCTLR.offset => (&context::SCTLR, &mut bank.sctlr),
            at if at == context::TTBR0.offset => (&context::TTBR0, &mut bank.ttbr0),
            at if at == context::CONTEXTIDR.offset => (&context::CONTEXTIDR, &mut bank.contextidr),
            at if at == context::DACR.offset => (&context::DACR, &mut bank.dacr),
            _ => return None,
        };
        Some(found)
    }

    fn command(&mut self, write: &Write, now: u64) {
        let Write {
            offset,
            value,
            begun: issued,
            ..
        } = *write;
        let sync = Some(Sync {
            issued,
            confirmed: now,
        });
        if let Some((_, local)) = bank(&global::BLOCK, offset) {
            if local == global::TLBIALL.offset {
                for bank in &mut self.contexts {
                    bank.invalidate(Scope::All, issued);
                }
            } else if local == global::TLBSYNC.offset {
                self.global_sync = sync;
            }
            return;
        }
        let Some((index, local)) = bank(&context::BLOCK, offset) else {
            return;
        };
        let Some(bank) = self.contexts.get_mut(index) else {
            return;
        };
        let va = value & context::Tlbiva::VA.mask();
        let asid = context::Tlbiva::from_bits(value).get(context::Tlbiva::ASID) as u8;
        match local {
            at if at == context::TLBIALL.offset => bank.invalidate(Scope::All, issued),
            at if at == context::TLBIASID.offset => bank.invalidate(Scope::Asid(asid), issued),
            at if at == context::TLBIVA.offset => {
                let asid = Some(asid);
                bank.invalidate(Scope::Address { va, asid }, issued);
            }
            at if at == context::TLBIVAA.offset => {
                bank.invalidate(Scope::Address { va, asid: None }, issued);
            }
            at if at == context::TLBRANGE.offset => bank.invalidate(range(value), issued),
            at if at == context::TLBSYNC.offset => bank.sync = sync,
            _ => {}
        }
    }

    /// A register was read: TLBSTATUS completes a synchronisation that was known to be under way when
    /// the read began.
    fn status(&mut self, offset: u32, begun: u64, value: u32, now: u64) -> Option<Synchronised> {
        if value & context::Tlbstatus::SACTIVE.mask() != 0 {
            return None;
        }
        let complete = |sync: &mut Option<Sync>| {
            let done = sync.filter(|sync| sync.confirmed < begun)?;
            *sync = None;
            Some(done.issued)
        };
        if offset == global::BLOCK.base + global::TLBSTATUS.offset {
            let issued = complete(&mut self.global_sync)?;
            for bank in &mut self.contexts {
                bank.synchronised(issued, now);
            }
            let context = None;
            return Some(Synchronised { context, issued });
        }
        let (index, local) = bank(&context::BLOCK, offset)?;
        let bank = self.contexts.get_mut(index)?;
        if local != context::TLBSTATUS.offset {
            return None;
        }
        let issued = complete(&mut bank.sync)?;
        bank.synchronised(issued, now);
        let context = Some(index as u32);
        Some(Synchronised { context, issued })
    }
}

/// What a `TLBRANGE` covers.
fn range(value: u32) -> Scope {
    let pages = Tlbrange::from_bits(value).get(Tlbrange::PAGES);
    if pages >= WHOLE_CONTEXT {
        return Scope::All;
    }
    let first = value & Tlbrange::VA.mask();
    // Behind the last page of all there is none.
    let last = u64::from(first) + u64::from(pages) * PAGE + (PAGE - 1);
    Scope::Range {
        first,
        last: u32::try_from(last).unwrap_or(u32::MAX),
    }
}

/// Index of the bank of a block that an offset lies in, and the offset within it.
pub(super) fn bank(block: &Block, offset: u32) -> Option<(usize, u32)> {
    let local = offset.checked_sub(block.base)?;
    let index = local / block.stride;
    (index < block.count).then_some((index as usize, local % block.stride))
}
