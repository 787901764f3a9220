//! The scoreboard: compares every transaction that goes through the IOMMU with the
//! [golden model](crate::golden).
//!
//! It sees only the ports. From `s_axil` it learns what the registers hold (`mirror`), from
//! `m_axi_ptw` which descriptors the hardware has read (`walks`); with these the golden model says
//! what may become of a burst on `s_axi` (`predict`), and what happens on `m_axi` and in the
//! responses is held against that (`reads`, `writes`).
//!
//! # What counts as right
//! A register write takes effect at some time between its handshake and its response, and a burst is
//! looked up at some time between its VALID on `s_axi` and its appearance on `m_axi` (or its error
//! response). So a prediction is a set of outcomes: one for every state in that window. Of the registers only what
//! they hold as it appears on `m_axi` counts there: a change of them is for everything that has not left.
//!
//! A TLB, or a cache of descriptors, may answer from any descriptor that was read on `m_axi_ptw` since
//! the last invalidation that covers it *and* was completed, by TLBSYNC and a TLBSTATUS that read 0.
//! What has never been read, or not since, explains nothing: a TLB that keeps an entry it should have
//! dropped is found even when the tables have not changed. Faults that no TLB may hold
//! ([`Fault::may_be_cached`]) must rest on a descriptor that was read for this very burst. What is
//! dropped without need is never wrong. When the synchronisation is complete, what it waits for has been answered by
//! memory (`syncs`).
//!
//! Walks may go ahead of the bursts that need them, several at a time: what they read must lie in the
//! first-level table of an enabled context, or in a table that a descriptor there pointed to.
//!
//! Every fault has a record in the fault queue, and every record its fault, of a status that the golden
//! model allows (`records`); so have the fault registers of the context banks (`syndromes`), and the interrupt
//! (`interrupts`). Counters are held against what was seen, each as closely as the ports can tell (`counters`, with
//! a table).
//!
//! A burst of a context that stalls faults is held to its record: once software has read that it stands
//! stalled, nothing may come of it before `RESUME` or `STALL_CTRL.TIMEOUT` (`stalls`).
//!
//! # Reduced mode
//! In `vcm_soc` the master side cannot be seen. There each burst on `m_axi` must be the translation of
//! *some* address of *some* stream by descriptors that were read, or come from a bypassed stream:
//! see [`Scoreboard::for_soc`].
//!
//! [`Fault::may_be_cached`]: crate::golden::Fault::may_be_cached

mod counters;
mod covered;
mod history;
mod interrupts;
mod matching;
mod mirror;
mod mismatch;
mod predict;
mod reads;
mod records;
mod reduced;
mod registers;
mod stalls;
mod syncs;
mod syndromes;
mod walks;
mod writes;

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

pub use mismatch::{BurstName, Fate, Judgement, Mismatch, MismatchKind, Termination};

use vcm_regs::global::WalkAttr;

use crate::coverage::Collector;
use crate::golden::WalkMemory;
use crate::signals::{AxiAddr, Cycle, Observer, Violation};
use counters::CounterWatch;
use interrupts::{InterruptWatch, Sources};
use matching::Request;
use mirror::Mirror;
use mismatch::Report;
use predict::Golden;
use reads::Reads;
use records::{RecordWatch, UnderWay};
use reduced::Reduced;
use registers::{Event, RegisterWatch};
pub(crate) use stalls::may_stall;
use stalls::{StallEvent, StallWatch};
use syncs::{Synchronised, Unanswered};
use syndromes::{Open, SyndromeWatch};
use walks::{Tables, WalkWatch, Walker};
use writes::Writes;

/// Cycles in which a read of a descriptor may stand ready with the attributes of before.
const WALK_LAG: u64 = 4;

/// What the scoreboard takes for granted about time, and what it checks beyond transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Cycles after its response until when a register write may still be without effect.
    pub register_slack: u64,
    /// Cycles before its burst appears in which a descriptor read counts as made for it: several
    /// bursts may share one walk.
    pub walk_slack: u64,
    /// Cycles before a table walk in which a context may have had the table that is read. In reduced
    /// mode: cycles before a burst appears on `m_axi` in which it may have been looked up.
    pub lookback: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            register_slack: 4,
            walk_slack: 32,
            lookback: 4096,
        }
    }
}

/// How many bursts the scoreboard has judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Reads that went to memory, answered in full.
    pub reads_forwarded: u64,
    /// Reads that were terminated.
    pub reads_terminated: u64,
    /// Writes that went to memory, answered.
    pub writes_forwarded: u64,
    /// Writes that were terminated.
    pub writes_terminated: u64,
    /// Reads of descriptors on `m_axi_ptw`; one of 8 bytes has two of them.
    pub walk_reads: u64,
}

/// Which side of the traffic can be seen.
enum Mode {
    Full(Box<Traffic>),
    Reduced(Reduced),
}

/// Bursts from `s_axi` to their responses.
#[derive(Default)]
struct Traffic {
    reads: Reads,
    writes: Writes,
    records: RecordWatch,
    syndromes: SyndromeWatch,
    interrupts: InterruptWatch,
    counters: CounterWatch,
}

/// Bursts that have not been answered.
struct Bursts<'a>(&'a Reads, &'a Writes);

impl UnderWay for Bursts<'_> {
    fn named(&self, name: BurstName) -> Vec<Request> {
        match name.write {
            true => self.1.named(name).collect(),
            false => self.0.named(name).collect(),
        }
    }
}

impl Traffic {
    fn stall(&mut self, event: &StallEvent) {
        match event {
            StallEvent::Stalled(stalled) if stalled.burst.write => self.writes.stall(stalled),
            StallEvent::Stalled(stalled) => self.reads.stall(stalled),
            StallEvent::Resumed(resumed) => {
                self.reads.resume(resumed);
                self.writes.resume(resumed);
            }
        }
    }
}

/// Watches all ports and compares them with the golden model.
pub struct Scoreboard {
    settings: Settings,
    registers: RegisterWatch,
    mirror: Mirror,
    stalls: StallWatch,
    walks: WalkWatch,
    tables: Option<Tables>,
    mode: Mode,
    report: Report,
    counts: Counts,
    coverage: Option<Collector>,
    /// What became of bursts, if that is to be kept.
    judgements: Option<Vec<Judgement>>,
}

impl fmt::Debug for Scoreboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoreboard")
            .field("settings", &self.settings)
            .field("counts", &self.counts)
            .field("mismatches", &self.report.mismatches())
            .finish_non_exhaustive()
    }
}

impl Default for Scoreboard {
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

impl Scoreboard {
    /// A scoreboard of `vcm_iommu`, whose `s_axi` is visible.
    pub fn new(settings: Settings) -> Self {
        Self::with_mode(settings, Mode::Full(Box::default()))
    }

    /// A scoreboard of `vcm_soc`, whose masters are inside. While a stream is bypassed, bursts to
    /// `bypass` are accepted unseen.
    pub fn for_soc(settings: Settings, bypass: Vec<Range<u32>>) -> Self {
        Self::with_mode(settings, Mode::Reduced(Reduced::new(bypass)))
    }

    fn with_mode(settings: Settings, mode: Mode) -> Self {
        Self {
            settings,
            registers: RegisterWatch::default(),
            mirror: Mirror::new(settings.register_slack),
            stalls: StallWatch::default(),
            walks: WalkWatch::default(),
            tables: None,
            mode,
            report: Report::default(),
            counts: Counts::default(),
            coverage: Collector::from_environment(),
            judgements: None,
        }
    }

    /// Keeps what becomes of every burst: see [`take_judgements`](Self::take_judgements).
    #[must_use]
    pub fn with_judgements(self) -> Self {
        Self {
            judgements: Some(Vec::new()),
            ..self
        }
    }

    /// Holds the descriptors that are read on `m_axi_ptw` against the memory behind it, too. `tables`
    /// is asked while the simulation is locked.
    #[must_use]
    pub fn with_tables(self, tables: impl WalkMemory + Send + 'static) -> Self {
        Self {
            tables: Some(Box::new(tables)),
            ..self
        }
    }

    /// How many bursts have been judged.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// What did not agree, the first ones if there was very much.
    pub fn mismatches(&self) -> &[Mismatch] {
        self.report.mismatches()
    }

    /// Hands out the terminated bursts since the last call: what the fault records ought to say.
    pub fn take_terminations(&mut self) -> Vec<Termination> {
        self.report.take_terminations()
    }

    /// Hands out what became of bursts since the last call, in the order in which it showed; nothing
    /// without [`with_judgements`](Self::with_judgements), or where masters cannot be seen.
    pub fn take_judgements(&mut self) -> Vec<Judgement> {
        self.judgements
            .as_mut()
            .map_or_else(Vec::new, std::mem::take)
    }

    /// Bursts on `s_axi` that have not been answered in full.
    pub fn outstanding(&self) -> usize {
        match &self.mode {
            Mode::Full(traffic) => traffic.reads.outstanding() + traffic.writes.outstanding(),
            Mode::Reduced(_) => 0,
        }
    }

    /// For tests: everything agreed, and nothing is left unanswered.
    ///
    /// # Panics
    /// When that is not so; the message lists what did not agree.
    pub fn assert_clean(&self) {
        let list: Vec<String> = self.mismatches().iter().map(ToString::to_string).collect();
        assert!(list.is_empty(), "scoreboard:\n{}", list.join("\n"));
        let outstanding = self.outstanding();
        assert!(
            outstanding == 0,
            "scoreboard: {outstanding} bursts have not been answered"
        );
    }

    fn reset(&mut self) {
        self.registers = RegisterWatch::default();
        self.mirror = Mirror::new(self.settings.register_slack);
        self.stalls = StallWatch::default();
        self.walks = WalkWatch::default();
        match &mut self.mode {
            Mode::Full(traffic) => **traffic = Traffic::default(),
            Mode::Reduced(reduced) => reduced.reset(),
        }
    }

    fn step(&mut self, now: &Cycle) {
        let number = now.number;
        let events: Vec<Event> = self.registers.cycle(number, &now.s_axil).collect();
        let mut synchronised: Vec<Synchronised> = Vec::new();
        for event in &events {
            synchronised.extend(self.mirror.register(number, event));
            if let (Some(event), Mode::Full(traffic)) =
                (self.stalls.register(event), &mut self.mode)
            {
                traffic.stall(&event);
            }
        }
        if let Mode::Full(traffic) = &mut self.mode {
            traffic.reads.upstream_address(number, &now.s_axi.ar);
            traffic.writes.upstream_address(number, &now.s_axi.aw);
        }
        self.walk(now);
        let golden = Golden {
            mirror: &self.mirror,
            walks: self.walks.log(),
            settings: &self.settings,
        };
        let (report, counts) = (&mut self.report, &mut self.counts);
        match &mut self.mode {
            Mode::Full(traffic) => {
                let Traffic {
                    reads,
                    writes,
                    records,
                    syndromes,
                    interrupts,
                    counters,
                } = &mut **traffic;
                for event in &events {
                    let bursts = Bursts(reads, writes);
                    records.register(event, &bursts, &golden, report, number);
                    let open = || Open {
                        requests: reads.requests().chain(writes.requests()).collect(),
                        held: (reads.held(&golden, number))
                            .chain(writes.held(&golden, number))
                            .collect(),
                    };
                    syndromes.register(event, open, &golden, report, number);
                    let sources = || Sources {
                        syndromes,
                        open: reads.requests().chain(writes.requests()).collect(),
                        golden: &golden,
                    };
                    let slack = self.settings.register_slack;
                    interrupts.register(event, sources, slack, report, number);
                    counters.register(event, report, number);
                }
                if !synchronised.is_empty() {
                    let unanswered = reads.unanswered().chain(writes.unanswered());
                    let unanswered: Vec<Unanswered> = unanswered.collect();
                    for done in &synchronised {
                        done.judge(&unanswered, &golden, report, number);
                    }
                }
                let answered = [
                    reads.cycle(now, &golden, report, counts),
                    writes.cycle(now, &golden, report, counts),
                ];
                let seen = report.take_seen();
                if let Some(judgements) = &mut self.judgements {
                    judgements.extend(seen.judgements(number));
                }
                if let Some(collector) = &mut self.coverage {
                    let under_way = reads.outstanding() + writes.outstanding() > 0;
                    covered::cycle(collector, now, &events, &seen, under_way, &golden);
                }
                for fault in seen.faults {
                    let may_stall = self.mirror.may_stall(fault.request.since, number);
                    counters.fault(number);
                    syndromes.fault(&fault, may_stall, &golden, number);
                    interrupts.fault(&fault.request, !may_stall, number);
                    records.fault(fault, number, !may_stall);
                }
                for request in answered.into_iter().flatten() {
                    let may_stall = self.mirror.may_stall(request.since, number);
                    if may_stall {
                        self.stalls.answered(request.name());
                        syndromes.answered(&request, &golden, number);
                        interrupts.answered(number);
                    }
                    let bursts = Bursts(reads, writes);
                    records.answered(&request, may_stall, &bursts, &golden, report, number);
                    counters.answered(&request, &golden, number);
                }
                let sources = || Sources {
                    syndromes,
                    open: reads.requests().chain(writes.requests()).collect(),
                    golden: &golden,
                };
                interrupts.cycle(now, sources, report);
                counters.cycle(now, self.mirror.may_stall(number, number));
            }
            Mode::Reduced(reduced) => reduced.cycle(now, &golden, report, counts),
        }
    }

    fn walk(&mut self, now: &Cycle) {
        let walker = Walker {
            tables: &mut self.tables,
            epoch: self.mirror.epoch(now.number),
        };
        let asked = self
            .walks
            .cycle(now, walker, &mut self.report, &mut self.counts);
        let Some(read) = asked else {
            return;
        };
        let golden = Golden {
            mirror: &self.mirror,
            walks: self.walks.log(),
            settings: &self.settings,
        };
        let attributes = self
            .mirror
            .walk_attr
            .during(now.number.saturating_sub(WALK_LAG), now.number);
        if !attributes
            .into_iter()
            .any(|value| has_attributes(&read, WalkAttr::from_bits(value)))
        {
            self.report.mismatch(Mismatch {
                expected: "ARCACHE and ARUSER of WALK_ATTR, ARPROT 1, ARQOS 0".to_owned(),
                got: format!("{read:x?}"),
                ..Mismatch::new(MismatchKind::Walk, "m_axi_ptw")
            });
        }
        if !golden.is_table_address(read.addr, now.number) {
            self.report.mismatch(Mismatch {
                expected: "a descriptor of a table of an enabled context".to_owned(),
                got: format!("a read of {:#010x}", read.addr),
                ..Mismatch::new(MismatchKind::Walk, "m_axi_ptw")
            });
        }
    }
}

/// Whether a read of a descriptor looks as `WALK_ATTR` demands: as a privileged, secure one of data.
fn has_attributes(read: &AxiAddr, attributes: WalkAttr) -> bool {
    (u32::from(read.cache), u32::from(read.user))
        == (
            attributes.get(WalkAttr::CACHE),
            attributes.get(WalkAttr::USER),
        )
        && (read.prot, read.qos) == (0b001, 0)
}

impl Observer for Scoreboard {
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Violation> {
        self.report.begin(cycle.number);
        if cycle.reset {
            self.reset();
            return Ok(());
        }
        self.step(cycle);
        match self.report.now() {
            Some(mismatch) => Err(mismatch.into()),
            None => Ok(()),
        }
    }
}
