//! A waveform as a picture: lanes for streams and ports, transactions as bars in them, each tied to its
//! walks and to its burst at memory.

mod drawing;
mod lanes;
mod page;

use std::collections::{BTreeMap, BTreeSet};

use super::burst::Burst;
use super::filter::Filter;
use super::player::{Timebase, Wave};
use super::reader::Listener;
use super::transaction::{End, FaultEvent, RegisterAccess, Stretch, Transaction, Walk};
use super::{explain, last_part};
use lanes::Lanes;

pub use drawing::MOST_DRAWN;

/// Faults of which the story is told in the picture itself.
const STORIES: usize = 1000;

/// What a bar stands for: an index of the list of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Transaction(usize),
    /// Its burst on `m_axi`.
    Forwarded(usize),
    Walk(usize),
    Register(usize),
    Burst(usize),
}

/// A bar; cycles are those of the first clock, `to` is the one after its last.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bar {
    lane: usize,
    row: usize,
    from: u64,
    to: u64,
    what: What,
}

/// A transaction, with what is drawn of it.
#[derive(Clone, Debug)]
struct Shown {
    transaction: Transaction,
    phases: Vec<Stretch>,
    /// What is told of it, where that is worth its space.
    story: Vec<String>,
}

/// Collects what is to be seen of a waveform, as a [`Listener`], and makes pictures of it.
///
/// It keeps what it takes: a limit bounds its memory.
#[derive(Debug)]
pub struct Timeline<'a> {
    wave: &'a Wave,
    filter: Filter,
    limit: usize,
    transactions: Vec<Shown>,
    walks: Vec<Walk>,
    registers: Vec<RegisterAccess>,
    bursts: Vec<(usize, Burst)>,
    faults: Vec<FaultEvent>,
    /// Those of the transactions that are taken.
    wanted_walks: BTreeSet<u64>,
    left_out: u64,
    past: bool,
    /// Cycle after the last of anything.
    end: u64,
}

/// A picture that cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimelineError {
    /// Too much for an SVG.
    #[error(
        "{bars} bars are too many for an SVG, which takes {MOST_DRAWN}: choose a part with --from and --to, or \
         write an .html file"
    )]
    TooMany {
        /// How much it would be.
        bars: usize,
    },
    /// Nothing to be drawn.
    #[error("there is no transaction to draw")]
    Empty,
}

impl<'a> Timeline<'a> {
    /// For what passes the filter, at most `limit` transactions.
    pub fn new(wave: &'a Wave, filter: Filter, limit: usize) -> Self {
        Self {
            wave,
            filter,
            limit,
            transactions: Vec::new(),
            walks: Vec::new(),
            registers: Vec::new(),
            bursts: Vec::new(),
            faults: Vec::new(),
            wanted_walks: BTreeSet::new(),
            left_out: 0,
            past: false,
            end: 0,
        }
    }

    /// How many transactions were taken.
    pub fn transactions(&self) -> usize {
        self.transactions.len() + self.bursts.len()
    }

    /// How many were left out because of the limit.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    fn base(&self, port: Option<usize>) -> Timebase {
        let layout = self.wave.layout();
        self.wave
            .timebase(port.map_or(0, |port| layout.ports[port].clock))
    }

    fn device_base(&self, device: usize) -> Timebase {
        let ports = self.wave.layout().devices[device].ports;
        self.base(ports[1].or_else(|| ports.into_iter().flatten().next()))
    }

    /// A cycle of one clock in those of the first.
    fn common(&self, cycle: u64, base: &Timebase) -> u64 {
        let first = self.wave.timebase(0);
        if *base == first {
            return cycle;
        }
        first.cycle_at(base.picoseconds(cycle))
    }

    fn is_full(&self) -> bool {
        self.transactions() >= self.limit
    }

    /// Whether something else than a transaction is within what is asked for.
    fn is_near(&self, from: u64, to: u64, base: &Timebase) -> bool {
        let filter = &self.filter;
        filter.from.is_none_or(|when| to >= when.cycle(base))
            && filter.to.is_none_or(|when| from <= when.cycle(base))
    }

    /// The lanes, in the order in which they stand, and all bars.
    fn bars(&self) -> (Vec<lanes::Lane>, Vec<Bar>) {
        let layout = self.wave.layout();
        let several = layout.devices.len() > 1;
        let mut lanes = Lanes::default();
        let prefix = |device: usize| match several {
            true => format!("{} ", last_part(&layout.devices[device].scope)),
            false => String::new(),
        };
        let direction = |write| if write { "writes" } else { "reads" };
        for (n, shown) in self.transactions.iter().enumerate() {
            let t = &shown.transaction;
            let base = self.device_base(t.device);
            let at = |cycle| self.common(cycle, &base);
            let seen = last_seen(t).map_or(self.end, |last| at(last + 1));
            let end = |done: Option<u64>| done.map_or(seen, |done| at(done + 1));
            let (of, way) = (prefix(t.device), direction(t.burst.write));
            let order = (t.device, 0, u64::from(t.stream), t.burst.write);
            lanes.add(
                order,
                format!("{of}stream {} {way}", t.stream),
                (at(t.burst.valid), end(t.burst.done)),
                What::Transaction(n),
            );
            if let Some(below) = &t.forwarded {
                lanes.add(
                    (t.device, 2, 0, t.burst.write),
                    format!("{of}m_axi {way}"),
                    (at(below.valid), end(below.done)),
                    What::Forwarded(n),
                );
            }
        }
        for (n, walk) in self.walks.iter().enumerate() {
            let base = self.device_base(walk.device);
            let ended = walk.ended().map(|ended| self.common(ended + 1, &base));
            // What was asked last and never answered shows for one cycle.
            let asked = walk.reads.last().map_or(0, |read| read.asked);
            let ended = ended.unwrap_or_else(|| self.common(asked + 1, &base));
            let span = (self.common(walk.began(), &base), ended);
            let name = format!("{}m_axi_ptw walks", prefix(walk.device));
            lanes.add((walk.device, 1, 0, false), name, span, What::Walk(n));
        }
        for (n, access) in self.registers.iter().enumerate() {
            let base = self.device_base(access.device);
            let at = |cycle| self.common(cycle, &base);
            let name = format!("{}s_axil registers", prefix(access.device));
            let span = (at(access.asked), at(access.done + 1));
            lanes.add((access.device, 3, 0, false), name, span, What::Register(n));
        }
        for (n, (port, burst)) in self.bursts.iter().enumerate() {
            let base = self.base(Some(*port));
            let at = |cycle| self.common(cycle, &base);
            let end = burst.done.map_or(self.end, |done| at(done + 1));
            // The outermost scope is the same for all.
            let full = &layout.ports[*port].name;
            let name = full.split_once('.').map_or(full.as_str(), |(_, rest)| rest);
            let name = format!("{name} {}", direction(burst.write));
            let order = (usize::MAX, 4, *port as u64, burst.write);
            lanes.add(order, name, (at(burst.valid), end), What::Burst(n));
        }
        lanes.finish()
    }

    /// Where faults stand in their lanes: lane, row, cycle, fault.
    fn marks(&self, bars: &[Bar]) -> Vec<(usize, usize, u64, &FaultEvent)> {
        let mut places = BTreeMap::new();
        for bar in bars {
            if let What::Transaction(n) = bar.what {
                let t = &self.transactions[n].transaction;
                places.insert((t.device, t.number), bar);
            }
        }
        let mut marks = Vec::new();
        for shown in &self.transactions {
            let t = &shown.transaction;
            let Some(bar) = places.get(&(t.device, t.number)) else {
                continue;
            };
            let base = self.device_base(t.device);
            for fault in t.fault.iter().chain(&t.more_faults) {
                let cycle = self.common(fault.cycle, &base).clamp(bar.from, bar.to);
                marks.push((bar.lane, bar.row, cycle, fault));
            }
        }
        marks
    }

    /// First cycle, and the one after the last, of the bars.
    fn span(bars: &[Bar]) -> (u64, u64) {
        let from = bars.iter().map(|bar| bar.from).min().unwrap_or(0);
        let to = bars.iter().map(|bar| bar.to).max().unwrap_or(1);
        (from, to.max(from + 1))
    }
}

/// The last that was seen of a transaction that was cut off by a gap, or by reset.
fn last_seen(t: &Transaction) -> Option<u64> {
    if !matches!(t.end, End::Gap | End::Reset) {
        return None;
    }
    let of = |burst: &Burst| burst.taken.max(burst.last_data.unwrap_or(0));
    let below = t.forwarded.as_ref().map_or(0, of);
    Some(of(&t.burst).max(below))
}

impl Listener for Timeline<'_> {
    fn transaction(&mut self, t: Transaction) {
        let base = self.device_base(t.device);
        let last = t.burst.done.unwrap_or(t.burst.taken);
        self.end = self.end.max(self.common(last + 1, &base));
        self.past |= self.filter.is_past(t.burst.valid, &base);
        // What was cut off by a gap is not under way for ever.
        let cut = last_seen(&t).is_some_and(|last| !self.is_near(t.burst.valid, last, &base));
        if cut || !self.filter.wants(&t, &base) {
            return;
        }
        if self.is_full() {
            self.left_out += 1;
            return;
        }
        self.wanted_walks.extend(&t.walks);
        self.faults
            .extend(t.fault.iter().chain(&t.more_faults).cloned());
        let told = self.faults.len() <= STORIES && t.fault.is_some();
        self.transactions.push(Shown {
            phases: t.phases(),
            story: if told { explain(&t, &base) } else { Vec::new() },
            transaction: t,
        });
    }

    fn burst(&mut self, port: usize, burst: Burst) {
        let base = self.base(Some(port));
        let last = burst.done.unwrap_or(burst.taken);
        self.end = self.end.max(self.common(last + 1, &base));
        if !self.filter.wants_burst(&burst, &base) {
            return;
        }
        if self.is_full() {
            self.left_out += 1;
            return;
        }
        self.bursts.push((port, burst));
    }

    fn walk(&mut self, walk: Walk) {
        let base = self.device_base(walk.device);
        let ended = walk.ended().unwrap_or_else(|| walk.began());
        let near = self.is_near(walk.began(), ended, &base);
        // Walks are told before the transactions that waited for them, or after.
        let room = !self.is_full() && self.walks.len() < self.limit;
        if near && room || self.wanted_walks.contains(&walk.number) {
            self.walks.push(walk);
        }
    }

    fn register(&mut self, access: RegisterAccess) {
        let base = self.device_base(access.device);
        let room = self.registers.len() < self.limit && !self.is_full();
        if room && self.is_near(access.asked, access.done, &base) {
            self.registers.push(access);
        }
    }

    fn goes_on(&self) -> bool {
        !self.past
    }
}
