//! The counters: what a snapshot has is held against what was seen at the ports.
//!
//! | counter | how it is held |
//! |---|---|
//! | `CNT_READS`, `CNT_WRITES` | exact |
//! | hits + misses, reads and writes apart | exact, but for illegal bursts, and those of contexts that are off, one-to-one, or changed meanwhile |
//! | `CNT_FAULTS` | exact while no context stalls, else a lower bound: each retry may fault anew |
//! | `CNT_WALKS` | between half of the table reads, and all of them and the walks under way |
//! | `CNT_WALK_CYCLES` | at least the cycles in which a table read was under way, at most all |
//! | `CNT_STALL_CYCLES` | 0 while no context stalls, at most all cycles |
//! | `CNT_MAIN_MISS`, `CNT_PREFETCHES` | at most all cycles, at most all bursts |
//!
//! *Exact* is: for every snapshot, up to what came in the few cycles in which it was taken, and summed up
//! over all snapshots that were read, up to what came in the cycles of the last.

use std::collections::VecDeque;

use vcm_regs::global::{self, CntCtrl};

use super::matching::Request;
use super::mismatch::{Mismatch, MismatchKind, Report};
use super::predict::{Golden, Looked, Window};
use super::records::RECORDING;
use super::registers::Event;
use crate::signals::Cycle;

/// Cycles that an event may take until it is counted.
const LAG: usize = 6;
/// Cycles after its response until when a snapshot has been taken.
const SLACK: u64 = 4;
/// Walks that may be under way, and not have read anything yet.
const WALKS: u64 = 8;

/// What is counted, as far as the ports tell: at least, and at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Bounds {
    low: u64,
    high: u64,
}

/// What is held, by its place in [`NAMES`].
const HELD: usize = 10;

/// Names of what is held.
const NAMES: [&str; HELD] = [
    "CNT_READS",
    "CNT_WRITES",
    "CNT_HIT_R + CNT_MISS_R",
    "CNT_HIT_W + CNT_MISS_W",
    "CNT_FAULTS",
    "CNT_WALKS",
    "CNT_WALK_CYCLES",
    "CNT_MAIN_MISS",
    "CNT_STALL_CYCLES",
    "CNT_PREFETCHES",
];

/// The registers that make up each.
fn place(offset: u32) -> Option<usize> {
    let registers: [&[&vcm_regs::RegisterInfo]; HELD] = [
        &[&global::CNT_READS],
        &[&global::CNT_WRITES],
        &[&global::CNT_HIT_R, &global::CNT_MISS_R],
        &[&global::CNT_HIT_W, &global::CNT_MISS_W],
        &[&global::CNT_FAULTS],
        &[&global::CNT_WALKS],
        &[&global::CNT_WALK_CYCLES],
        &[&global::CNT_MAIN_MISS],
        &[&global::CNT_STALL_CYCLES],
        &[&global::CNT_PREFETCHES],
    ];
    registers.iter().position(|all| {
        let mut all = all.iter();
        all.any(|register| global::BLOCK.base + register.offset == offset)
    })
}

/// Totals since the reset.
type Totals = [Bounds; HELD];

/// A snapshot: totals when it was begun and when it was certainly over.
#[derive(Clone, Copy, Debug)]
struct Snapshot {
    low: [u64; HELD],
    high: Option<[u64; HELD]>,
    /// Cycle in which its write was answered.
    done: Option<u64>,
}

/// Follows the counters.
#[derive(Debug, Default)]
pub(super) struct CounterWatch {
    totals: Totals,
    /// Totals of the last cycles, the oldest first.
    past: VecDeque<[u64; HELD]>,
    /// Faults that have been seen, and when: they are counted by then.
    faults: VecDeque<u64>,
    /// Bursts that have arrived and not been answered, by direction.
    open: [u64; 2],
    /// Bursts that were not looked up, by direction.
    unlooked: [u64; 2],
    /// Some burst may have stalled since the reset.
    stalls: bool,
    reads_of_tables: u64,
    /// The snapshot before, and the one that can be read.
    snapshots: [Option<Snapshot>; 2],
    /// What has been read of the last one, by register.
    read: Vec<(u32, u32)>,
    /// Sums of all that was read, while nothing was left out.
    sums: [Option<u64>; HELD],
    begun: bool,
}

impl CounterWatch {
    /// Takes in what is to be seen at the ports in a cycle.
    pub(super) fn cycle(&mut self, now: &Cycle, stalls: bool) {
        if !self.begun {
            self.begun = true;
            self.sums = [Some(0); HELD];
        }
        self.stalls |= stalls;
        let [reads, writes] = [&now.s_axi.ar, &now.s_axi.aw].map(|ax| u64::from(ax.fires()));
        for (direction, came) in [reads, writes].into_iter().enumerate() {
            self.open[direction] += came;
            let arrived = &mut self.totals[direction];
            arrived.low += came;
            arrived.high += came;
            self.totals[2 + direction].high = arrived.high - self.unlooked[direction];
        }
        self.reads_of_tables += u64::from(now.m_axi_ptw.ar.fires());
        let asked = self.totals[5].high + u64::from(now.m_axi_ptw.ar.fires());
        self.totals[5] = Bounds {
            low: asked.div_ceil(2),
            high: asked,
        };
        let under_way = self.reads_of_tables > 0;
        self.reads_of_tables -= u64::from(now.m_axi_ptw.r.fires() && under_way);
        self.totals[6].low += u64::from(under_way && self.reads_of_tables > 0);
        for cycles in 6..HELD {
            self.totals[cycles].high += 1;
        }
        if !self.stalls {
            self.totals[8].high = 0;
        }
        self.totals[9].high = self.totals[0].high + self.totals[1].high;
        while self
            .faults
            .front()
            .is_some_and(|at| at + RECORDING <= now.number)
        {
            self.faults.pop_front();
            self.totals[4].low += 1;
        }
        if self.past.len() == LAG {
            self.past.pop_front();
        }
        self.past.push_back(self.totals.map(|bounds| bounds.low));
        self.settle(now.number);
    }

    /// A burst has faulted.
    pub(super) fn fault(&mut self, at: u64) {
        self.faults.push_back(at);
        self.totals[4].high += 1;
    }

    /// A burst was answered.
    pub(super) fn answered(&mut self, request: &Request, golden: &Golden<'_>, now: u64) {
        let direction = usize::from(request.write);
        self.open[direction] = self.open[direction].saturating_sub(1);
        let window = Window {
            from: request.since,
            to: now,
        };
        match golden.looked_up(&request.ax, window) {
            Some(Looked::Certainly) => self.totals[2 + direction].low += 1,
            Some(Looked::Perhaps) => {}
            None => self.unlooked[direction] += 1,
        }
    }

    /// All that may have been counted until now.
    fn most(&self) -> [u64; HELD] {
        let mut most = self.totals.map(|bounds| bounds.high);
        most[4] = match self.stalls {
            true => u64::MAX,
            // Those that are not answered yet may have faulted; a misplaced WLAST and an abort are two.
            false => most[4] + 2 * (self.open[0] + self.open[1]),
        };
        most[5] += WALKS;
        most
    }

    /// The slack of the last snapshot is over.
    fn settle(&mut self, now: u64) {
        let most = self.most();
        if let Some(snapshot) = &mut self.snapshots[1] {
            if snapshot.high.is_none() && snapshot.done.is_some_and(|done| now >= done + SLACK) {
                snapshot.high = Some(most);
            }
        }
    }

    /// Takes in a register access.
    pub(super) fn register(&mut self, event: &Event, report: &mut Report, now: u64) {
        let control = global::BLOCK.base + global::CNT_CTRL.offset;
        match *event {
            Event::WriteBegun(write)
                if write.offset == control
                    && CntCtrl::from_bits(write.value).has(CntCtrl::SNAPSHOT) =>
            {
                self.forget_unread();
                let most = self.most();
                let [_, last] = &mut self.snapshots;
                if let Some(last) = last {
                    last.high.get_or_insert(most);
                }
                let low = self.past.front().copied().unwrap_or_default();
                self.snapshots = [
                    self.snapshots[1],
                    Some(Snapshot {
                        low,
                        high: None,
                        done: None,
                    }),
                ];
            }
            Event::WriteDone { write, okay: true } if write.offset == control => {
                if let Some(snapshot) = &mut self.snapshots[1] {
                    snapshot.done.get_or_insert(now);
                }
            }
            Event::Read { offset, value, .. } => {
                let known = self.read.iter().find(|(read, _)| *read == offset);
                match known {
                    Some((_, first)) if *first != value => {
                        report.mismatch(Mismatch {
                            expected: format!("{first}, as read from this snapshot before"),
                            got: value.to_string(),
                            ..Mismatch::new(MismatchKind::Counter, "counters")
                        });
                    }
                    Some(_) => {}
                    None => self.value(offset, value, report),
                }
            }
            _ => {}
        }
    }

    fn value(&mut self, offset: u32, value: u32, report: &mut Report) {
        let Some(held) = place(offset) else { return };
        self.read.push((offset, value));
        let parts = self.read.iter().filter(|(at, _)| place(*at) == Some(held));
        let wanted = if matches!(held, 2 | 3) { 2 } else { 1 };
        if parts.clone().count() < wanted {
            return;
        }
        let counted: u64 = parts.map(|(_, value)| u64::from(*value)).sum();
        let most = self.most();
        let [before, Some(last)] = &self.snapshots else {
            // Nothing has been counted where nothing was asked for.
            if counted != 0 {
                report.mismatch(wrong(held, counted, Bounds::default()));
            }
            return;
        };
        let (low, high) = (last.low[held], last.high.unwrap_or(most)[held]);
        let (first, begun) = match before {
            Some(before) => (before.low[held], before.high.unwrap_or(most)[held]),
            None => (0, 0),
        };
        let bounds = Bounds {
            low: low.saturating_sub(begun),
            high: high.saturating_sub(first),
        };
        if !(bounds.low..=bounds.high).contains(&counted) {
            report.mismatch(wrong(held, counted, bounds));
        }
        if let Some(sum) = &mut self.sums[held] {
            *sum += counted;
            let bounds = Bounds { low, high };
            if !(bounds.low..=bounds.high).contains(sum) {
                report.mismatch(Mismatch {
                    expected: format!("{low} to {high} of {} since the reset", NAMES[held]),
                    got: sum.to_string(),
                    ..Mismatch::new(MismatchKind::Counter, "counters")
                });
            }
        }
    }

    /// What was not read of the last snapshot is not known any more.
    fn forget_unread(&mut self) {
        if self.snapshots[1].is_some() {
            for (held, sum) in self.sums.iter_mut().enumerate() {
                let wanted = if matches!(held, 2 | 3) { 2 } else { 1 };
                let parts = self.read.iter().filter(|(at, _)| place(*at) == Some(held));
                if parts.count() < wanted {
                    *sum = None;
                }
            }
        }
        self.read.clear();
    }
}

fn wrong(held: usize, counted: u64, bounds: Bounds) -> Mismatch {
    let Bounds { low, high } = bounds;
    Mismatch {
        expected: format!("{low} to {high} of {} since the last snapshot", NAMES[held]),
        got: counted.to_string(),
        ..Mismatch::new(MismatchKind::Counter, "counters")
    }
}
