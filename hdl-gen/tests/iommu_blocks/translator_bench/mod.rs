//! The translator between models: paths that ask, walks over tables in memory, software that changes
//! tables and configuration. Every answer is held against the tables.

pub mod tables;

use std::collections::BTreeMap;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::attributes::Attributes;
use hdl_gen::iommu::config::*;
use hdl_gen::iommu::translator::Translator;
use hdl_gen::iommu::types::*;
use rust_hdl::prelude::*;
use tables::{First, Page, Tables};
use vcm_regs::fault;

use crate::iommu::{self, n, Sim};

/// A slot of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slot {
    Free,
    Lookup,
    Asked,
    Wait(u64),
}

/// A slot with its burst.
#[derive(Clone, Copy, Debug)]
pub struct Parked {
    pub state: Slot,
    pub ask: Ask,
    /// When it came, and when it was asked for last.
    pub born: u64,
    pub asked: u64,
}

/// A walk under way.
#[derive(Clone, Copy)]
struct Walk {
    start: WalkStart,
    stale: bool,
    level2: bool,
    table: u32,
    domain: u64,
    delay: u64,
}

/// A walk that is over but for its `wake`.
#[derive(Clone, Copy)]
struct WalkOver {
    index: usize,
    delay: u64,
}

/// A walk's result that waits to be taken.
#[derive(Clone, Copy)]
struct Outcome {
    index: usize,
    fresh: bool,
    page: Option<Page>,
    first: Option<u32>,
    status: u32,
}

/// What happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    pub passed: u64,
    pub faulted: u64,
    pub waited: u64,
    pub retried: u64,
    pub walks: u64,
    pub short_walks: u64,
    pub prefetch_walks: u64,
    pub prefetched: u64,
    pub probed: u64,
    pub probe_faults: u64,
    pub misses: u64,
    pub fills: u64,
    /// Cycles from the first ask to the end of the slowest burst.
    pub slowest: u64,
}

pub struct Bench {
    pub uut: Sim<Translator>,
    pub rng: Rng,
    pub now: u64,
    pub tables: Tables,
    /// As software set them; they are in force from the cycle after `configured` on, with the flush.
    pub routes: [Route; STREAMS],
    pub banks: [Bank; CONTEXTS],
    routes_now: [Route; STREAMS],
    /// In this cycle, and in the one before: probes are answered a cycle later.
    banks_now: [Bank; CONTEXTS],
    banks_before: [Bank; CONTEXTS],
    /// Older tables that may still be in force, of each context.
    older: BTreeMap<u64, Vec<Tables>>,
    /// Those that went out of force in the last cycle: the answer to a probe may have been on its way.
    leaving: BTreeMap<u64, Vec<Tables>>,
    commanded: [u64; CONTEXTS],
    /// Contexts whose older tables go out of force with the next flush.
    renewed: u64,
    pub paths: [[Parked; SLOTS]; 2],
    /// Whose turn it is to ask.
    turn: [usize; 2],
    walks: [Option<Walk>; WALKS],
    result: Option<Outcome>,
    over: Vec<WalkOver>,
    neighbour: Option<(Translation, bool)>,
    level1_wake: Option<usize>,
    pub probes: BTreeMap<u64, ProbeRequest>,
    pub last_probe: Option<ProbeAnswer>,
    pub command: TlbCommand,
    pub configured: Flush,
    pub probe: ProbeRequest,
    /// Cycles of a table read: at least, and random ones more.
    pub memory: (u64, u64),
    pub seen: Seen,
    /// Answers with each status; 0: passed.
    pub statuses: BTreeMap<u64, u64>,
    /// Cycles that the last answer to a path took.
    pub latency: u64,
    pub flushed: Flush,
    cache: Vec<u64>,
    /// A path has a burst that goes first.
    urgent: bool,
    /// `rush`, and whether there was a reason for it: bit n is of n + 1 cycles ago.
    rush: u32,
    reasons: u32,
    /// Chance in 60 that a burst begins to go first.
    pub crowd: u32,
}

fn concerns(flush: &Flush, context: Bits<CONTEXT_BITS>) -> bool {
    flush.valid && (!flush.by_context || flush.context == context)
}

fn cache_table() -> Vec<u64> {
    let mut block = Attributes::default();
    block.connect_all();
    (0..64)
        .map(|i: u64| {
            block.memory.next = (i & 31).into();
            block.write.next = i > 31;
            iommu::settle(&mut block);
            n(block.cache.val())
        })
        .collect()
}

impl Bench {
    /// All streams are bound to the context of their number modulo 4; nothing is mapped.
    pub fn new(seed: u64) -> Self {
        let routes = std::array::from_fn(|i| Route {
            bypass: false,
            translate: true,
            context: (i as u64 % 4).into(),
        });
        let banks = std::array::from_fn(|i| Bank {
            enabled: true,
            asid: 0.into(),
            base: Tables::base(i as u64, 0).into(),
            dacr: 0x5555_5555.into(),
            ..Bank::default()
        });
        let free = Parked {
            state: Slot::Free,
            ask: Ask::default(),
            born: 0,
            asked: 0,
        };
        let mut bench = Self {
            uut: Sim::new(Translator::default(), |b| &mut b.clock),
            rng: Rng::new(seed),
            now: 0,
            tables: Tables::default(),
            routes,
            banks,
            routes_now: routes,
            banks_now: banks,
            banks_before: banks,
            older: BTreeMap::new(),
            leaving: BTreeMap::new(),
            commanded: [0; CONTEXTS],
            renewed: 0,
            paths: [[free; SLOTS]; 2],
            turn: [0; 2],
            walks: [None; WALKS],
            result: None,
            over: Vec::new(),
            neighbour: None,
            level1_wake: None,
            urgent: false,
            rush: 0,
            reasons: 0,
            crowd: 1,
            probes: BTreeMap::new(),
            last_probe: None,
            command: TlbCommand::default(),
            configured: Flush::default(),
            probe: ProbeRequest::default(),
            memory: (2, 20),
            seen: Seen::default(),
            statuses: BTreeMap::new(),
            latency: 0,
            flushed: Flush::default(),
            cache: cache_table(),
        };
        bench.uut.reset.next = true;
        bench.cycles(2);
        bench.uut.reset.next = false;
        // The TLBs are swept.
        bench.cycles(520);
        bench
    }

    pub fn cycles(&mut self, count: u64) {
        for _ in 0..count {
            self.cycle();
        }
    }

    /// Puts a burst into a free slot.
    pub fn park(&mut self, write: bool, stream: u64, vpn: u64) -> Option<usize> {
        let ask = Ask {
            stream: stream.into(),
            vpn: vpn.into(),
            privileged: true,
            ..Ask::default()
        };
        self.park_ask(write, ask)
    }

    pub fn park_ask(&mut self, write: bool, ask: Ask) -> Option<usize> {
        let path = &mut self.paths[usize::from(write)];
        let free = path.iter().position(|slot| slot.state == Slot::Free)?;
        path[free] = Parked {
            state: Slot::Lookup,
            ask: Ask {
                slot: (free as u64).into(),
                ..ask
            },
            born: self.now,
            asked: self.now,
        };
        Some(free)
    }

    pub fn busy(&self) -> bool {
        self.paths
            .iter()
            .flatten()
            .any(|slot| slot.state != Slot::Free)
    }

    /// Until every burst is answered for good.
    pub fn drain(&mut self) {
        let until = self.now + 20_000;
        while self.busy() {
            self.cycle();
            assert!(self.now < until, "a burst is not answered");
        }
    }

    /// One burst, to its end; how many cycles its last answer took.
    pub fn one(&mut self, write: bool, stream: u64, vpn: u64) -> u64 {
        self.park(write, stream, vpn).expect("a free slot");
        self.drain();
        self.latency
    }

    /// Walks under way, prefetches too.
    pub fn walking(&self) -> usize {
        self.walks.iter().flatten().count()
    }

    /// Until no walk is under way.
    pub fn settle_walks(&mut self) {
        for _ in 0..5 {
            self.cycles(8);
            while self.walking() > 0 {
                self.cycle();
            }
        }
    }

    /// Before tables change: what is now may be in force for a while.
    pub fn keep_old(&mut self, context: u64) {
        let old = self.tables.clone();
        self.older.entry(context).or_default().push(old);
    }

    /// `command` for the next cycle; the tables have been changed.
    pub fn invalidate(&mut self, command: TlbCommand) {
        self.command = command;
        for context in 0..CONTEXTS {
            if !command.by_context || n(command.context) == context as u64 {
                self.commanded[context] = self.now;
                if !command.by_va && command.invalidate {
                    self.renewed |= 1 << context;
                }
            }
        }
    }

    fn in_force(&self, context: u64) -> Vec<&Tables> {
        let older = self.older.get(&context).into_iter().flatten();
        std::iter::once(&self.tables).chain(older).collect()
    }

    /// Whether an answer is right by some tables in force.
    fn right(&self, write: bool, ask: &Ask, answer: &LookupAnswer) -> bool {
        let route = self.routes_now[ask.stream.index()];
        let bank = self.banks_now[route.context.index()];
        let in_context = route.translate && !route.bypass;
        let status = u64::from(answer.outcome == 1) * n(answer.status);
        let faults = |code: u32, stalls: bool| {
            status == u64::from(code)
                && answer.in_context == in_context
                && (!in_context || answer.context == route.context)
                && answer.stall == (stalls && in_context && bank.stall)
        };
        let unchanged = answer.outcome == 0
            && answer.page == ask.vpn
            && answer.keep_cache
            && answer.in_context == in_context;
        if !route.bypass && !route.translate {
            return faults(fault::UNMAPPED_STREAM, true);
        } else if ask.illegal {
            return faults(fault::ILLEGAL_BURST, false);
        } else if route.bypass {
            return unchanged;
        } else if !bank.enabled {
            return faults(fault::CONTEXT_DISABLED, false);
        } else if bank.one_to_one {
            return unchanged && answer.context == route.context;
        }
        let vpn = n(ask.vpn);
        self.in_force(n(route.context)).into_iter().any(|tables| {
            match self.resolve(tables, &bank, vpn, write, ask.privileged, ask.instruction) {
                Err(code) => faults(code, true),
                Ok(page) => {
                    answer.outcome == 0
                        && answer.in_context
                        && answer.context == route.context
                        && n(answer.page) == page.place(vpn)
                        && answer.keep_cache != bank.mtcfg
                        && n(answer.cache) == self.cache_of(&page, write)
                }
            }
        })
    }

    /// For messages: what the tables say.
    fn expected(&self, context: u64, ask: &Ask) -> Vec<Result<Page, u32>> {
        let base = n(self.banks_now[context as usize].base);
        let tables = self.in_force(context).into_iter();
        tables
            .map(|tables| tables.translate(base, n(ask.vpn)))
            .collect()
    }

    fn cache_of(&self, page: &Page, write: bool) -> u64 {
        self.cache[page.memory as usize + 32 * usize::from(write)]
    }

    fn resolve(
        &self,
        tables: &Tables,
        bank: &Bank,
        vpn: u64,
        write: bool,
        privileged: bool,
        instruction: bool,
    ) -> Result<Page, u32> {
        let page = tables.translate(n(bank.base), vpn)?;
        match page.refuses(bank, write, privileged, instruction) {
            0 => Ok(page),
            code => Err(code),
        }
    }

    /// Whether a fill of a micro-TLB says what the tables say.
    fn right_fill(&self, write: bool, ask: &Ask, fill: &MicroEntry) -> bool {
        let context = fill.context;
        let bank = self.banks_now[context.index()];
        let vpn = n(ask.vpn);
        if n(fill.vpn) != vpn || context != self.routes_now[ask.stream.index()].context {
            return false;
        }
        if bank.one_to_one {
            return n(fill.ppn) == vpn
                && n(fill.allow) == 15
                && n(fill.large) == 7
                && fill.keep_cache;
        }
        self.in_force(n(context)).into_iter().any(|tables| {
            let Ok(page) = tables.translate(n(bank.base), vpn) else {
                return false;
            };
            let allow: u64 = (0..4)
                .filter(|who| page.refuses(&bank, write, who & 1 == 1, who & 2 == 2) == 0)
                .map(|who| 1 << who)
                .sum();
            page.large == n(fill.large)
                && page.place(vpn) == n(fill.ppn)
                && allow == n(fill.allow)
                && fill.keep_cache != bank.mtcfg
                && n(fill.cache) == self.cache_of(&page, write)
        })
    }

    fn check_probe(&mut self) {
        let answer = self.uut.probed.val();
        if !answer.valid {
            return;
        }
        self.last_probe = Some(answer);
        let context = n(answer.context);
        let request = self.probes.remove(&context).expect("was asked for");
        let bank = self.banks_before[context as usize];
        let vpn = n(request.vpn);
        let right = if !bank.enabled {
            n(answer.status) == u64::from(fault::CONTEXT_DISABLED)
        } else if bank.one_to_one {
            n(answer.status) == 0 && answer.page == request.vpn
        } else {
            let leaving = self.leaving.get(&context).into_iter().flatten();
            self.in_force(context)
                .into_iter()
                .chain(leaving)
                .any(|tables| {
                    let (write, privileged) = (request.write, request.privileged);
                    match self.resolve(tables, &bank, vpn, write, privileged, false) {
                        Err(code) => n(answer.status) == u64::from(code),
                        Ok(page) => {
                            (n(answer.status) == 0 || request.lock && n(answer.status) == 0x14)
                                && n(answer.page) == page.place(vpn)
                                && n(answer.large) == page.large
                        }
                    }
                })
        };
        let ask = Ask {
            vpn: request.vpn,
            ..Ask::default()
        };
        assert!(
            right,
            "cycle {}: {request:?} {answer:?} not {:?} {bank:?}",
            self.now,
            self.expected(context, &ask)
        );
        self.seen.probed += 1;
        self.seen.probe_faults += u64::from(answer.status != 0);
    }

    /// A read of a table is over: its outcome comes in this cycle.
    fn read_tables(&mut self) {
        if self.result.is_some() {
            return;
        }
        let ready = (0..WALKS).find(|&i| {
            self.walks[i].is_some_and(|walk| walk.delay == 0)
                && self.over.iter().all(|over| over.index != i)
        });
        let Some(index) = ready else { return };
        let Some(mut walk) = self.walks[index] else {
            return;
        };
        let mut outcome = Outcome {
            index,
            fresh: true,
            page: None,
            first: None,
            status: 0,
        };
        let vpn = n(walk.start.vpn);
        let page = if walk.stale {
            None
        } else if walk.level2 {
            let word = self.tables.word(walk.table | (vpn as u32 & 255) << 2);
            outcome.status = fault::TRANSLATION_L2;
            tables::second(word, walk.domain)
        } else {
            let word = self
                .tables
                .word(Tables::first_addr(n(walk.start.base), vpn));
            outcome.status = fault::TRANSLATION_L1;
            outcome.first = Some(word).filter(|_| walk.start.keep_first);
            match tables::first(word) {
                First::Fault => {
                    outcome.first = None;
                    None
                }
                First::Page(page) => Some(page),
                First::Table { table, domain } => {
                    walk.level2 = true;
                    walk.table = table;
                    walk.domain = domain;
                    walk.delay = self.memory.0 + self.rng.below(self.memory.1 + 1);
                    self.walks[index] = Some(walk);
                    if self.rng.bit() {
                        self.level1_wake = Some(index);
                    }
                    // No result yet but a fill.
                    if outcome.first.is_some() {
                        self.result = Some(outcome);
                    }
                    return;
                }
            }
        };
        if let Some(page) = page {
            outcome.status = 0;
            outcome.page = Some(page);
            if walk.start.afe && page.ap & 1 == 0 {
                outcome.status = page_access_flag(&page);
            }
        }
        self.result = Some(outcome);
    }

    fn same(&self, query: &Key, waking: u64) -> u64 {
        (0..WALKS)
            .filter(|&i| {
                let Some(walk) = self.walks[i] else {
                    return false;
                };
                let (a, b) = (n(walk.start.vpn), n(query.vpn));
                !walk.stale
                    && waking >> i & 1 == 0
                    && self.over.iter().all(|over| over.index != i)
                    && walk.start.context == query.context
                    && (a == b || a >> 8 == b >> 8 && !walk.level2)
            })
            .map(|i| 1 << i)
            .sum()
    }

    fn translation(&self, start: &WalkStart, page: Option<Page>) -> Translation {
        let mut result = Translation {
            context: start.context,
            asid: start.asid,
            vpn: start.vpn,
            ..Translation::default()
        };
        if let Some(page) = page {
            result.not_global = page.not_global;
            result.large = page.large.into();
            result.ppn = page.ppn.into();
            result.ap = page.ap.into();
            result.xn = page.xn;
            result.domain = page.domain.into();
            result.memory = page.memory.into();
        }
        result
    }

    pub fn cycle(&mut self) {
        // What came out at the edge.
        self.check_probe();
        self.uut.probe.next = self.probe;
        if self.probe.valid {
            self.probes.insert(n(self.probe.context), self.probe);
        }
        self.uut.command.next = self.command;
        self.uut.configured.next = self.configured;

        // Paths.
        let mut asks = [None; 2];
        for (which, path) in self.paths.iter().enumerate() {
            let from = self.turn[which];
            asks[which] = (0..SLOTS)
                .map(|i| (from + i) % SLOTS)
                .find(|&i| path[i].state == Slot::Lookup);
        }
        self.uut.read_ask.next = asks[0].is_some();
        self.uut.read_request.next = self.paths[0][asks[0].unwrap_or(0)].ask;
        self.uut.write_ask.next = asks[1].is_some();
        self.uut.write_request.next = self.paths[1][asks[1].unwrap_or(0)].ask;

        // Who goes first.
        let (on, of) = if self.urgent {
            (19, 20)
        } else {
            (self.crowd, 60)
        };
        self.urgent = self.rng.chance(on, of);
        let which = self.rng.bit();
        self.uut.read_urgent.next = self.urgent && which;
        self.uut.write_urgent.next = self.urgent && !which;
        let failed = self.rng.bit();

        // Walks.
        self.level1_wake = None;
        self.read_tables();
        let scheduled: u64 = self
            .over
            .iter()
            .filter(|over| over.delay == 0)
            .map(|over| 1 << over.index)
            .sum::<u64>()
            | self.level1_wake.map_or(0, |i| 1 << i);
        let free: Vec<usize> = (0..WALKS).filter(|&i| self.walks[i].is_none()).collect();
        self.uut.can_start.next = !free.is_empty();
        self.uut.can_prefetch.next = free.len() > 1;
        self.uut.start_index.next = (free.first().copied().unwrap_or(0) as u64).into();
        let result = self
            .result
            .and_then(|r| self.walks[r.index].map(|w| (r, w)));
        let ends = result.is_some_and(|(r, _)| r.page.is_some() || r.status != 0);
        let ends = ends && !result.is_some_and(|(r, w)| w.level2 && r.first.is_some());
        let prefetches = result.is_some_and(|(_, w)| w.start.asker.kind == 3);
        let stale = result.is_some_and(|(_, w)| w.stale);
        self.uut.ended.next = ends && !prefetches && !stale;
        if let Some((r, w)) = result {
            self.uut.ended_walk.next.asker = w.start.asker;
            self.uut.ended_walk.next.status = u64::from(r.status).into();
            self.uut.ended_walk.next.page = self.translation(&w.start, r.page);
        }
        let wake_at_once = self.rng.bit();
        let mut wake = scheduled;
        let mut finished = false;
        for _ in 0..4 {
            self.uut.settle();
            let flush = self.uut.flush.val();
            self.uut.route.next = self.routes_now[self.uut.stream.val().index()];
            self.uut.bank.next = self.banks_now[self.uut.bank_index.val().index()];
            self.uut.respond_bank.next = self.banks_now[self.uut.respond_index.val().index()];
            finished =
                result.is_some() && (!ends || prefetches || stale || self.uut.ended_ready.val());
            wake = scheduled;
            if let Some((r, w)) = result {
                let fills = r.fresh && !w.stale && !concerns(&flush, w.start.context);
                if ends && finished && wake_at_once {
                    wake |= 1 << r.index;
                }
                let small = r.page.is_some_and(|page| page.large < 2);
                self.uut.page_fill.next = fills && small && r.status == 0;
                self.uut.page_offered.next = self.uut.page_fill.next;
                self.uut.page.next = self.translation(&w.start, r.page);
                self.uut.page_prefetched.next = prefetches;
                self.uut.first_fill.next = fills && r.first.is_some();
                self.uut.first.next = FirstFill {
                    context: w.start.context,
                    asid: w.start.asid,
                    index: (n(w.start.vpn) >> 8).into(),
                    word: u64::from(r.first.unwrap_or(0)).into(),
                };
            } else {
                self.uut.page_fill.next = false;
                self.uut.page_offered.next = self.uut.page_fill.next;
                self.uut.first_fill.next = false;
            }
            if let Some((page, prefetched)) = self.neighbour {
                self.uut.page_fill.next = !concerns(&flush, page.context);
                self.uut.page_offered.next = self.uut.page_fill.next;
                self.uut.page.next = page;
                self.uut.page_prefetched.next = prefetched;
            }
            self.uut.wake.next = wake.into();
            self.uut.failed.next = failed && wake != 0;
            let query = self.uut.query.val();
            self.uut.same.next = self.same(&query, wake).into();
        }
        self.uut.settle();
        let neighbour_was = self.neighbour.take().is_some();
        let flush = self.uut.flush.val();
        self.flushed = flush;

        // Old tables go out of force.
        let waits = n(self.uut.waits.val());
        for context in 0..CONTEXTS {
            if waits >> context & 1 == 0 && self.commanded[context] < self.now {
                self.older.remove(&(context as u64));
            }
        }
        self.answers(&flush, wake);
        self.leaving.clear();
        for context in 0..CONTEXTS as u64 {
            if self.renewed >> context & 1 == 1 {
                let old = self.older.remove(&context);
                self.leaving.extend(old.map(|old| (context, old)));
            }
        }
        self.renewed = 0;

        // Asks.
        for (which, taken) in [self.uut.read_taken.val(), self.uut.write_taken.val()]
            .into_iter()
            .enumerate()
        {
            if taken {
                let index = asks[which].expect("asked");
                self.turn[which] = index + 1;
                let slot = &mut self.paths[which][index];
                slot.state = Slot::Asked;
                slot.asked = self.now;
            }
        }
        self.seen.misses += u64::from(self.uut.count_main_miss.val());
        self.seen.prefetched += u64::from(self.uut.count_prefetched.val());

        // Walks that end, that begin, that become stale.
        if let Some((r, w)) = result {
            if let Some(result) = &mut self.result {
                result.fresh = false;
            }
            if finished {
                self.result = None;
                if ends || w.stale {
                    if !(ends && wake_at_once) {
                        let delay = self.rng.below(4);
                        self.over.push(WalkOver {
                            index: r.index,
                            delay: delay + 1,
                        });
                    } else {
                        self.walks[r.index] = None;
                    }
                }
                if r.page.is_some_and(|page| page.large == 0)
                    && !neighbour_was
                    && !w.stale
                    && !concerns(&flush, w.start.context)
                    && self.rng.bit()
                {
                    let vpn = n(w.start.vpn) ^ 1;
                    let page = self.tables.translate(n(w.start.base), vpn);
                    if let Ok(page) = page {
                        // Tables may have changed since; then the walk would be stale.
                        if page.large == 0 && !(w.start.afe && page.ap & 1 == 0) {
                            let start = WalkStart {
                                vpn: vpn.into(),
                                ..w.start
                            };
                            self.neighbour =
                                Some((self.translation(&start, Some(page)), prefetches));
                        }
                    }
                }
            }
        }
        self.over.retain_mut(|over| {
            if over.delay == 0 {
                self.walks[over.index] = None;
                return false;
            }
            over.delay -= 1;
            true
        });
        for walk in self.walks.iter_mut().flatten() {
            walk.delay = walk.delay.saturating_sub(1);
            walk.stale |= concerns(&flush, walk.start.context);
        }
        if self.uut.start.val() {
            self.begin_walk(&flush);
        }
        self.rush = self.rush << 1 | u32::from(self.uut.rush.val());
        let urgent = self.urgent;
        let probing = self.uut.probing.val().any();
        self.uut.edge();
        self.uut.settle();
        let rush = self.uut.rush.val();
        assert!(rush || !urgent, "an urgent path gives way");
        self.reasons = self.reasons << 1 | u32::from(urgent || probing);
        assert!(
            !rush || self.reasons & 7 != 0,
            "everybody gives way to nobody"
        );
        self.now += 1;
        self.banks_before = self.banks_now;
        self.banks_now = self.banks;
        self.routes_now = self.routes;
        self.command = TlbCommand::default();
        self.configured = Flush::default();
        self.probe = ProbeRequest::default();
    }

    fn begin_walk(&mut self, flush: &Flush) {
        assert!(!flush.valid && self.uut.can_start.val());
        let start = self.uut.start_request.val();
        let prefetch = start.asker.kind == 3;
        assert!(!prefetch || self.uut.can_prefetch.val());
        // It was taken six cycles ago.
        assert!(
            !prefetch || self.rush >> 5 & 1 == 0,
            "a prefetch goes before who has waited"
        );
        self.seen.walks += 1;
        self.seen.short_walks += u64::from(start.level2);
        self.seen.prefetch_walks += u64::from(prefetch);
        let bank = self.banks_now[start.context.index()];
        assert_eq!(
            (start.asid, start.base, start.afe),
            (bank.asid, bank.base, bank.afe)
        );
        let index = self.uut.start_index.val().index();
        self.walks[index] = Some(Walk {
            start,
            stale: false,
            level2: start.level2,
            table: (n(start.table) << 10) as u32,
            domain: n(start.domain),
            delay: self.memory.0 + self.rng.below(self.memory.1 + 1),
        });
    }

    /// Answers of this cycle, and who wakes.
    fn answers(&mut self, flush: &Flush, wake: u64) {
        for slot in self.paths.iter_mut().flatten() {
            if let Slot::Wait(walk) = slot.state {
                if wake >> walk & 1 == 1 {
                    slot.state = Slot::Lookup;
                }
            }
        }
        let answer = self.uut.answer.val();
        let given = [
            (self.uut.read_answer.val(), self.uut.read_fill.val()),
            (self.uut.write_answer.val(), self.uut.write_fill.val()),
        ];
        assert!(!(given[0].0 && given[1].0));
        for (which, (answered, filled)) in given.into_iter().enumerate() {
            assert!(answered || !filled);
            if !answered {
                continue;
            }
            let write = which == 1;
            let index = answer.slot.index();
            let slot = self.paths[which][index];
            assert_eq!(slot.state, Slot::Asked, "cycle {}: {answer:?}", self.now);
            let state = match n(answer.outcome) {
                2 if wake >> n(answer.walk) & 1 == 1 => Slot::Lookup,
                2 => {
                    let walk = answer.walk.index();
                    assert!(
                        self.walks[walk].is_some(),
                        "cycle {}: waits for nothing",
                        self.now
                    );
                    self.seen.waited += 1;
                    Slot::Wait(n(answer.walk))
                }
                3 => {
                    self.seen.retried += 1;
                    Slot::Lookup
                }
                _ => {
                    assert!(!flush.valid, "cycle {}: {answer:?}", self.now);
                    assert!(
                        self.right(write, &slot.ask, &answer),
                        "cycle {}: {:?} {:?} {answer:?} not {:?}",
                        self.now,
                        slot.ask,
                        self.routes_now[slot.ask.stream.index()],
                        self.expected(n(answer.context), &slot.ask)
                    );
                    self.seen.passed += u64::from(answer.outcome == 0);
                    self.seen.faulted += u64::from(answer.outcome == 1);
                    *self
                        .statuses
                        .entry(n(answer.status) * u64::from(answer.outcome == 1))
                        .or_default() += 1;
                    self.seen.slowest = self.seen.slowest.max(self.now - slot.born);
                    Slot::Free
                }
            };
            if filled {
                assert!(answer.outcome == 0 && !flush.valid);
                let fill = self.uut.fill.val();
                assert!(
                    self.right_fill(write, &slot.ask, &fill),
                    "cycle {}: {:?} {fill:?}",
                    self.now,
                    slot.ask
                );
                self.seen.fills += 1;
            }
            self.latency = self.now - slot.asked;
            self.paths[which][index].state = state;
        }
        for slot in self.paths.iter().flatten() {
            assert!(
                slot.state == Slot::Free || self.now - slot.born < 10_000,
                "cycle {}: {slot:?} is never answered",
                self.now
            );
        }
    }
}

fn page_access_flag(page: &Page) -> u32 {
    if page.large > 1 {
        fault::ACCESS_FLAG_L1
    } else {
        fault::ACCESS_FLAG_L2
    }
}
