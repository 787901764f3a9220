//! `irq` and `IRQ_STATUS`: high while an event that is enabled is pending, low otherwise.
//!
//! An event is certain from when a fault must have been recorded, or software has read that it is pending, until
//! software begins to clear it; it is impossible from when software has read or made it nothing, until a burst
//! comes that may fault. In between nothing is demanded. The line is judged whenever it changes, and now and then.

use std::fmt;

use vcm_regs::context::Sctlr;
use vcm_regs::global::{self, FqStatus, FqSynd0, IrqEnable, IrqStatus};
use vcm_regs::{Field, context};

use super::matching::Request;
use super::mirror::bank;
use super::mismatch::{Mismatch, MismatchKind, Report};
use super::predict::Golden;
use super::records::{RECORDING, statuses};
use super::registers::Event;
use super::syndromes::SyndromeWatch;
use crate::signals::{Cycle, Resp};

/// Cycles in which an event may have come or gone, and the line not followed yet.
const LAG: u64 = 8;
/// The line is judged each so many cycles.
const PERIOD: u64 = 64;

/// What is known of a signal during a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// 0 all the time.
    Low,
    /// 1 all the time.
    High,
    /// Either, or both.
    Unknown,
}

impl Level {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Low, _) | (_, Self::Low) => Self::Low,
            (Self::High, Self::High) => Self::High,
            _ => Self::Unknown,
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::High, _) | (_, Self::High) => Self::High,
            (Self::Low, Self::Low) => Self::Low,
            _ => Self::Unknown,
        }
    }

    fn allows(self, high: bool) -> bool {
        match self {
            Self::Low => !high,
            Self::High => high,
            Self::Unknown => true,
        }
    }

    /// Of a bit of a register that has held these values.
    fn of(values: &[u32], mask: u32) -> Self {
        let ones = values.iter().filter(|value| *value & mask != 0).count();
        match ones {
            0 => Self::Low,
            _ if ones == values.len() => Self::High,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "0",
            Self::High => "1",
            Self::Unknown => "0 or 1",
        })
    }
}

/// An event of the fault queue.
#[derive(Clone, Copy, Debug, Default)]
struct Pending {
    /// It was not pending in this cycle, or later.
    zero: u64,
    /// Software may have cleared it until this cycle.
    clearing: u64,
    /// It is pending since this cycle.
    set: Option<u64>,
}

impl Pending {
    fn clear_begun(&mut self) {
        (self.clearing, self.set) = (u64::MAX, None);
    }

    fn clear_done(&mut self, at: u64) {
        self.clearing = at;
    }

    fn read(&mut self, is_set: bool, begun: u64, now: u64) {
        if !is_set {
            (self.zero, self.set) = (self.zero.max(begun), None);
        } else if self.clearing < begun {
            self.set.get_or_insert(now);
        }
    }

    /// In a window; `may_have_come`: something may have made it pending.
    fn level(&self, may_have_come: bool, from: u64) -> Level {
        match self.set {
            Some(since) if since < from => Level::High,
            None if !may_have_come && self.clearing < from => Level::Low,
            _ => Level::Unknown,
        }
    }
}

/// Follows the interrupt.
#[derive(Debug, Default)]
pub(super) struct InterruptWatch {
    line: bool,
    /// The queue has a record.
    filled: Pending,
    overflow: Pending,
    /// Records may have come until this cycle.
    recorded: u64,
    /// Memory refused something in this cycle last.
    aborted: u64,
}

/// What the levels follow from.
pub(super) struct Sources<'a> {
    pub(super) syndromes: &'a SyndromeWatch,
    /// Bursts that have not been answered.
    pub(super) open: Vec<Request>,
    pub(super) golden: &'a Golden<'a>,
}

impl InterruptWatch {
    /// Takes in a fault that has shown; `certain`: it has a record, or was lost.
    pub(super) fn fault(&mut self, request: &Request, certain: bool, at: u64) {
        self.answered(at);
        if certain && self.filled.clearing < request.since {
            self.filled.set.get_or_insert(at + RECORDING);
        }
    }

    /// A burst was answered that may have faulted.
    pub(super) fn answered(&mut self, at: u64) {
        self.recorded = self.recorded.max(at + RECORDING);
    }

    /// Takes in a register access.
    pub(super) fn register<'a>(
        &mut self,
        event: &Event,
        sources: impl FnOnce() -> Sources<'a>,
        slack: u64,
        report: &mut Report,
        now: u64,
    ) {
        match *event {
            Event::WriteBegun(write) => {
                let cleared = self.cleared(write.offset, write.selected());
                cleared.into_iter().for_each(Pending::clear_begun);
            }
            Event::WriteDone { write, okay } => {
                let done = now + slack;
                let cleared = self.cleared(write.offset, write.selected());
                cleared.into_iter().for_each(|event| event.clear_done(done));
                if okay && write.offset == global::BLOCK.base + global::FQ_STATUS.offset {
                    let overflow = write.selected() & FqStatus::OVERFLOW.mask() != 0;
                    if overflow {
                        self.overflow.zero = self.overflow.zero.max(write.begun);
                    }
                }
            }
            Event::Read {
                offset,
                begun,
                value,
            } => self.read(offset, value, (begun, now), sources, report),
        }
    }

    /// What a write to a register may clear.
    fn cleared(&mut self, offset: u32, value: u32) -> Option<&mut Pending> {
        let (_, local) = bank(&global::BLOCK, offset)?;
        match local {
            at if at == global::FQ_POP.offset => Some(&mut self.filled),
            at if at == global::FQ_STATUS.offset && value & FqStatus::OVERFLOW.mask() != 0 => {
                Some(&mut self.overflow)
            }
            _ => None,
        }
    }

    fn read<'a>(
        &mut self,
        offset: u32,
        value: u32,
        (begun, now): (u64, u64),
        sources: impl FnOnce() -> Sources<'a>,
        report: &mut Report,
    ) {
        let Some((_, local)) = bank(&global::BLOCK, offset) else {
            return;
        };
        if local == global::FQ_STATUS.offset {
            let status = FqStatus::from_bits(value);
            self.filled
                .read(status.get(FqStatus::COUNT) != 0, begun, now);
            self.overflow
                .read(status.has(FqStatus::OVERFLOW), begun, now);
        } else if local == global::FQ_SYND0.offset {
            let valid = FqSynd0::from_bits(value).has(FqSynd0::VALID);
            self.filled.read(valid, begun, now);
        } else if local == global::IRQ_STATUS.offset {
            self.status(
                IrqStatus::from_bits(value),
                (begun, now),
                &sources(),
                report,
            );
        }
    }

    /// `IRQ_STATUS` was read.
    fn status(
        &mut self,
        status: IrqStatus,
        (begun, now): (u64, u64),
        sources: &Sources<'_>,
        report: &mut Report,
    ) {
        let window = (begun.saturating_sub(LAG), now);
        let first = 1 << IrqStatus::CTX.mask().trailing_zeros();
        let events = (0..context::BLOCK.count)
            .map(|index| (first << index, sources.context(index, window)))
            .chain([
                (IrqStatus::FAULT.mask(), self.filled(sources, window)),
                (IrqStatus::FQOVERFLOW.mask(), self.overflow(sources, window)),
            ]);
        for (mask, level) in events {
            if !level.allows(status.bits() & mask != 0) {
                report.mismatch(Mismatch {
                    expected: format!("{level} of bit {mask:#x} of IRQ_STATUS"),
                    got: format!("{:#010x}", status.bits()),
                    ..Mismatch::new(MismatchKind::Interrupt, "s_axil")
                });
            }
        }
        self.filled.read(status.has(IrqStatus::FAULT), begun, now);
        self.overflow
            .read(status.has(IrqStatus::FQOVERFLOW), begun, now);
    }

    /// Takes in a cycle.
    pub(super) fn cycle<'a>(
        &mut self,
        now: &Cycle,
        sources: impl FnOnce() -> Sources<'a>,
        report: &mut Report,
    ) {
        let Cycle {
            number, m_axi, irq, ..
        } = *now;
        let refused = |valid: bool, resp: Resp| valid && resp.is_error();
        if refused(m_axi.r.valid, m_axi.r.resp) || refused(m_axi.b.valid, m_axi.b.resp) {
            self.aborted = number;
        }
        let changes = irq != std::mem::replace(&mut self.line, irq);
        if !changes && number % PERIOD != 0 {
            return;
        }
        let level = self.expected(&sources(), (number.saturating_sub(LAG), number));
        if !level.allows(irq) {
            report.mismatch(Mismatch {
                expected: format!("{level}, by the events that are enabled"),
                got: u8::from(irq).to_string(),
                ..Mismatch::new(MismatchKind::Interrupt, "irq")
            });
        }
    }

    fn expected(&self, sources: &Sources<'_>, window: (u64, u64)) -> Level {
        let enable = (sources.golden.mirror.irq_enable).during(window.0, window.1);
        let enabled = |field: Field<IrqEnable>| Level::of(&enable, field.mask());
        let filled = enabled(IrqEnable::FAULT).and(self.filled(sources, window));
        let overflow = enabled(IrqEnable::FQOVERFLOW).and(self.overflow(sources, window));
        (0..context::BLOCK.count)
            .map(|index| sources.context(index, window))
            .fold(filled.or(overflow), Level::or)
    }

    fn filled(&self, sources: &Sources<'_>, window: (u64, u64)) -> Level {
        let came = self.may_have_come(&self.filled, sources, window);
        self.filled.level(came, window.0)
    }

    fn overflow(&self, sources: &Sources<'_>, window: (u64, u64)) -> Level {
        let came = self.may_have_come(&self.overflow, sources, window);
        self.overflow.level(came, window.0)
    }

    /// Whether a fault may have been recorded since an event was not pending.
    fn may_have_come(&self, event: &Pending, sources: &Sources<'_>, window: (u64, u64)) -> bool {
        let faults = |request: &Request| {
            // The last beat of a write may come at the wrong time.
            request.write
                || self.aborted >= event.zero
                || !statuses(request, sources.golden, window.1).is_empty()
        };
        self.recorded > event.zero || sources.open.iter().any(faults)
    }
}

impl Sources<'_> {
    /// Whether a context has an event that is enabled.
    fn context(&self, index: u32, (from, to): (u64, u64)) -> Level {
        let Some(bank) = self.golden.mirror.context(index) else {
            return Level::Low;
        };
        let enabled = Level::of(&bank.sctlr.during(from, to), Sctlr::CFIE.mask());
        if enabled == Level::Low {
            return Level::Low;
        }
        let window = (from, to);
        enabled.and((self.syndromes).pending(index as usize, &self.open, self.golden, window))
    }
}
