//! The pipelined path against a plain model of everything around it: master, translator, memory,
//! terminator, fault records.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::config::*;
use hdl_gen::iommu::path::Path;
use hdl_gen::iommu::slots::Population;
use hdl_gen::iommu::types::*;
use rust_hdl::prelude::*;

use crate::iommu::{self, n, Sim};

const TIMEOUT: u64 = 0x13;
/// Ticks wrap around soon.
const FIRST_TICK: u64 = 0xFE00;

/// What stream map and page tables say.
#[derive(Clone)]
struct World {
    routes: [Route; 4],
    version: [u64; 2],
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Pass { page: u64, cache: u64, keep: bool },
    Fault { status: u64, stall: bool },
}

fn hash(of: &[u64]) -> u64 {
    of.iter().fold(0x9E37_79B9_7F4A_7C15, |sum, word| {
        let mixed = (sum ^ word).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        mixed ^ mixed >> 29
    })
}

fn route(kind: u64) -> Route {
    Route {
        bypass: kind == 2,
        translate: kind < 2,
        context: (kind & 1).into(),
    }
}

fn is_illegal(burst: &Burst) -> bool {
    n(burst.size) > 3
}

fn access(prot: Bits<3>) -> u64 {
    let prot = n(prot);
    (prot >> 2 & 1) << 1 | prot & 1
}

impl World {
    fn entry(&self, context: u64, vpn: u64, write: bool) -> (u64, MicroEntry) {
        let (large, unit) = match (vpn >> 12 & 1, vpn >> 8 & 1, context) {
            (0, 0, _) => (0, 0),
            (0, _, 0) => (1, 4),
            (0, ..) => (3, 8),
            _ => (7, 12),
        };
        let h = hash(&[
            context,
            vpn >> unit,
            self.version[context as usize],
            write.into(),
        ]);
        let entry = MicroEntry {
            context: context.into(),
            vpn: vpn.into(),
            large: large.into(),
            ppn: (h >> 8 & 0xFFFFF & !((1 << unit) - 1)).into(),
            allow: (h >> 30 & 15 | h >> 34 & 15).into(),
            cache: (h >> 38 & 15).into(),
            keep_cache: h >> 42 & 1 == 1,
        };
        (h, entry)
    }

    fn fate(&self, burst: &Burst, write: bool) -> (Fate, Route) {
        let route = self.routes[n(burst.stream) as usize];
        let vpn = n(burst.addr) >> 12;
        let fault = |status, stall| Fate::Fault { status, stall };
        let fate = if !route.bypass && !route.translate {
            fault(0x10, false)
        } else if is_illegal(burst) {
            fault(0x12, false)
        } else if route.bypass {
            Fate::Pass {
                page: vpn,
                cache: 0,
                keep: true,
            }
        } else {
            let (h, entry) = self.entry(n(route.context), vpn, write);
            let stall = n(route.context) == 1 && h >> 50 & 1 == 1;
            if h % 5 == 0 {
                fault(0x07, stall)
            } else if n(entry.allow) >> access(burst.prot) & 1 == 0 {
                fault(0x0F, stall)
            } else {
                let mask = [0, 0xF, 0, 0xFF, 0, 0, 0, 0xFFF][n(entry.large) as usize];
                Fate::Pass {
                    page: n(entry.ppn) & !mask | vpn & mask,
                    cache: n(entry.cache),
                    keep: entry.keep_cache,
                }
            }
        };
        (fate, route)
    }
}

/// A lookup in the translator.
struct Pending {
    ask: Ask,
    left: u64,
    killed: bool,
}

/// A walk: it answers its asker, and then wakes those that wait for it. A stale one says *ask again* at
/// once.
#[derive(Clone)]
struct Walk {
    ask: Ask,
    context: u64,
    left: u64,
    stale: bool,
}

#[derive(Clone, Copy)]
struct Sent {
    burst: Burst,
    route: Route,
    error: bool,
    open: bool,
    malformed: bool,
    old: bool,
    failed: bool,
    /// Cycle of its issue.
    at: u64,
}

/// A response beat that memory offers.
#[derive(Clone, Copy)]
struct Beat {
    id: u64,
    resp: u64,
    last: bool,
}

/// Who goes first.
#[derive(Default)]
struct Urgency {
    /// Slots that do; of those that have not asked yet nobody knows.
    slots: [Option<bool>; SLOTS],
    /// That have asked, and have no answer.
    open: [bool; SLOTS],
    nobody: bool,
    /// Somebody else is urgent.
    others: bool,
    /// What was told in the last cycle.
    answer: Option<LookupAnswer>,
    flush: bool,
    hastens: bool,
    /// The last cycle's ask was not taken.
    asked: bool,
    /// As `slots`, if in the last cycle only these could begin to ask.
    first: Option<[Option<bool>; SLOTS]>,
}

struct Stalled {
    slot: u64,
    burst: Burst,
    since: u64,
    context: u64,
    doomed: bool,
}

#[derive(Default, Debug)]
struct Seen {
    passed: u32,
    terminated: u32,
    late: u32,
    stalled: u32,
    expired: u32,
    doomed: u32,
    retried: u32,
    full: u32,
    waited: u32,
    overtaken: u32,
    urgent: u32,
    hits: u32,
    misses: u32,
}

struct Bench {
    b: Sim<Path>,
    rng: Rng,
    write: bool,
    world: World,
    /// As it was in the last cycle.
    before: World,
    offered: Option<Burst>,
    /// Accepted, not gone yet, in their order.
    waiting: Vec<Burst>,
    lookups: VecDeque<Pending>,
    walks: [Option<Walk>; WALKS],
    direct: VecDeque<Pending>,
    outstanding: Vec<Sent>,
    /// Contexts whose synchronisation goes on.
    syncing: u64,
    /// Cycles since a context has had nothing to wait for.
    idle: [usize; CONTEXTS],
    /// Faults of what has failed, the oldest first.
    late: VecDeque<Fault>,
    /// Cycles since nothing has failed, and in which a fault of that was due.
    sound: usize,
    late_due: usize,
    beat: Option<Beat>,
    /// The master has seen the beat, and did not take it.
    beat_seen: bool,
    /// Cycles in which the beat did not pass for no reason.
    beat_held: usize,
    /// WLAST of the first burst whose W beats are not done has not come in time.
    data_late: bool,
    /// Cycles since nothing outstanding was old.
    settled: usize,
    /// The fault that is offered.
    fault: Option<Fault>,
    /// The burst that is to be terminated, and why.
    due: Option<(Burst, u64)>,
    stalled: Vec<Stalled>,
    /// At least and at most how many stood stalled in the last cycles.
    standing: VecDeque<(usize, usize)>,
    last_now: u64,
    urgency: Urgency,
    /// `urgent` in the last cycle.
    rushes: bool,
    terminating: Option<(u64, u64)>,
    held: Option<Burst>,
    accepted: u32,
    cycle: u64,
    seen: Seen,
    /// Chances of ten.
    m_ready: u32,
    fault_ready: u32,
    answers: u32,
    taken: u32,
    /// Chance in 20 that others become urgent.
    crowd: u32,
    /// Of how many cycles one changes the configuration.
    changes: u32,
    resumes: u32,
    resets: bool,
}

impl Bench {
    fn new(seed: u64, write: bool) -> Self {
        let mut b = Sim::new(Path::default(), |b| &mut b.clock);
        b.write.next = write;
        b.limits.next = StallLimits {
            most: 3.into(),
            ticks: 20.into(),
        };
        let world = World {
            routes: [0, 1, 2, 3].map(route),
            version: [0; 2],
        };
        Self {
            b,
            rng: Rng::new(seed),
            write,
            before: world.clone(),
            world,
            offered: None,
            waiting: Vec::new(),
            lookups: VecDeque::new(),
            walks: [const { None }; WALKS],
            direct: VecDeque::new(),
            outstanding: Vec::new(),
            syncing: 0,
            idle: [0; CONTEXTS],
            late: VecDeque::new(),
            sound: 0,
            late_due: 0,
            beat: None,
            beat_seen: false,
            beat_held: 0,
            data_late: false,
            settled: 0,
            fault: None,
            due: None,
            stalled: Vec::new(),
            standing: VecDeque::new(),
            last_now: 0,
            urgency: Urgency::default(),
            rushes: false,
            terminating: None,
            held: None,
            accepted: 0,
            cycle: 0,
            seen: Seen::default(),
            m_ready: 7,
            fault_ready: 7,
            answers: 5,
            taken: 7,
            crowd: 1,
            changes: 60,
            resumes: 60,
            resets: false,
        }
    }

    fn burst(&mut self) -> Burst {
        let any = iommu::burst(&mut self.rng);
        Burst {
            addr: (n(any.addr) & !0xFFF | self.rng.below(0x1F0) << 3).into(),
            len: self.rng.below(2).into(),
            size: if self.rng.chance(1, 40) { 7 } else { 3 }.into(),
            burst: 1.into(),
            prot: if self.rng.chance(1, 4) {
                any.prot
            } else {
                1.into()
            },
            ..any
        }
    }

    fn answer_to(&self, pending: &Pending) -> (LookupAnswer, Option<MicroEntry>) {
        let ask = pending.ask;
        let burst = Burst {
            addr: (n(ask.vpn) << 12).into(),
            stream: ask.stream,
            size: if ask.illegal { 7 } else { 3 }.into(),
            prot: (u64::from(ask.instruction) << 2 | u64::from(ask.privileged)).into(),
            ..Burst::default()
        };
        let (fate, route) = self.world.fate(&burst, self.write);
        let mut answer = LookupAnswer {
            slot: ask.slot,
            in_context: route.translate && !route.bypass,
            context: route.context,
            ..LookupAnswer::default()
        };
        if pending.killed {
            answer.outcome = 3.into();
            return (answer, None);
        }
        let mut fill = None;
        match fate {
            Fate::Pass { page, cache, keep } => {
                answer.page = page.into();
                answer.cache = cache.into();
                answer.keep_cache = keep;
                if answer.in_context {
                    let vpn = n(ask.vpn);
                    fill = Some(self.world.entry(n(route.context), vpn, self.write).1);
                }
            }
            Fate::Fault { status, stall } => {
                answer.outcome = 1.into();
                answer.status = status.into();
                answer.stall = stall;
            }
        }
        (answer, fill)
    }

    /// The translator: one answer a cycle at most, and one walk's end.
    fn translator(&mut self) {
        for pending in self.lookups.iter_mut().chain(&mut self.direct) {
            pending.left = pending.left.saturating_sub(1);
        }
        let (mut wake, mut failed) = (0, false);
        for i in 0..WALKS {
            let Some(walk) = &mut self.walks[i] else {
                continue;
            };
            walk.left = walk.left.saturating_sub(1);
            if walk.left == 4 && !walk.stale {
                self.direct.push_back(Pending {
                    ask: walk.ask,
                    left: 2,
                    killed: false,
                });
                walk.stale = true;
            }
            if walk.left == 0 {
                wake |= 1 << i;
                failed |= self.rng.bit();
                self.walks[i] = None;
            } else if walk.left == 12 {
                wake |= 1 << i; // The first level is done: those that waited for it ask again.
            }
        }
        self.b.wake.next = wake.into();
        self.b.failed.next = failed;
        let due = |queue: &VecDeque<Pending>| queue.front().is_some_and(|first| first.left == 0);
        let (mut answer, mut fill, mut began) = (None, None, None);
        if due(&self.direct) {
            let pending = self.direct.pop_front().unwrap();
            let (given, entry) = self.answer_to(&pending);
            (answer, fill) = (Some(given), entry);
        } else if due(&self.lookups) {
            let pending = self.lookups.pop_front().unwrap();
            let (mut given, entry) = self.answer_to(&pending);
            let place = self.rng.below(WALKS as u64) as usize;
            let walks = given.in_context && n(given.outcome) < 2 && self.rng.chance(1, 2);
            match &self.walks[place] {
                Some(walk) if walks && walk.left > 4 => {
                    given.outcome = 2.into();
                    given.walk = (place as u64).into();
                    answer = Some(given);
                }
                None if walks => {
                    self.walks[place] = Some(Walk {
                        ask: pending.ask,
                        context: n(given.context),
                        left: 6 + self.rng.below(30),
                        stale: false,
                    });
                    began = Some(given);
                }
                _ => (answer, fill) = (Some(given), entry),
            }
        }
        let fill = fill.filter(|_| self.rng.chance(3, 4));
        let b = &mut self.b;
        b.answer.next = answer.is_some();
        b.began.next = began.is_some();
        b.answered_lookup.next = answer.or(began).unwrap_or_default();
        b.fill.next = fill.is_some();
        b.fill_entry.next = fill.unwrap_or_default();
    }

    /// Now and then the configuration changes; the flush comes in the same cycle.
    fn configuration(&mut self) {
        self.before = self.world.clone();
        let mut flush = Flush::default();
        if self.changes > 0 && self.rng.chance(1, self.changes) {
            flush.valid = true;
            if self.rng.chance(1, 3) {
                let stream = self.rng.below(4) as usize;
                self.world.routes[stream] = route(self.rng.below(4));
            } else {
                let context = self.rng.below(2);
                self.world.version[context as usize] += 1;
                flush.by_context = true;
                flush.context = context.into();
            }
            for pending in self.lookups.iter_mut().chain(&mut self.direct) {
                pending.killed = true;
            }
            for walk in self.walks.iter_mut().flatten() {
                if !walk.stale && (!flush.by_context || walk.context == n(flush.context)) {
                    walk.stale = true;
                    self.direct.push_back(Pending {
                        ask: walk.ask,
                        left: 2,
                        killed: true,
                    });
                }
            }
        }
        self.b.flush.next = flush;
    }

    fn cycle(&mut self) {
        let rng = &mut self.rng;
        self.cycle += 1;
        let b = &mut self.b;
        b.reset.next = self.resets && rng.chance(1, 500);
        b.s_valid.next = self.offered.is_some();
        b.s_burst.next = self.offered.unwrap_or_default();
        b.m_ready.next = rng.chance(self.m_ready, 10);
        b.fault_ready.next = rng.chance(self.fault_ready, 10);
        b.late_ready.next = rng.chance(1, 2);
        b.taken.next = self.lookups.len() < 3 && rng.chance(self.taken, 10);
        b.now.next = ((FIRST_TICK + self.cycle / 8) & 0xFFFF).into();
        b.terminator_busy.next = self.terminating.is_some();
        let others = &mut self.urgency.others;
        *others = self.crowd > 0 && rng.chance(if *others { 15 } else { self.crowd }, 20);
        let others = *others;
        b.mark.next = TlbCommand {
            sync: rng.chance(1, 40),
            by_context: rng.bit(),
            context: rng.below(2).into(),
            ..TlbCommand::default()
        };
        // The slots are looked at in turn: for a tick, a stall may be over or not.
        let now = FIRST_TICK + self.cycle / 8;
        let over = self.stalled.iter().any(|stalled| now - stalled.since >= 20);
        b.resume.next = Resume {
            valid: !over && self.resumes > 0 && rng.chance(1, self.resumes.max(1)),
            context: rng.below(2).into(),
            terminate: rng.bit(),
            one: rng.bit(),
            write: rng.bit(),
            slot: rng.bits(),
        };
        // Its last W beat comes in the cycle after its issue at the earliest.
        let first = self.outstanding.iter().find(|sent| sent.open).copied();
        let long = first.is_some_and(|sent| self.cycle > sent.at + 2);
        self.data_late |= self.write && long && rng.chance(1, 20);
        b.data_late.next = self.data_late;
        b.data_done.next = first.is_some() && rng.chance(1, if self.data_late { 8 } else { 2 });
        b.data_malformed.next = self.data_late || long && rng.chance(1, 12);
        let ready: Vec<u64> = self
            .outstanding
            .iter()
            .filter(|sent| !sent.failed)
            .map(|sent| n(sent.burst.id))
            .collect();
        if let Some(id) = rng.pick(&ready) {
            let of = |sent: &&Sent| n(sent.burst.id) == id && !sent.failed;
            let answered = self.outstanding.iter().find(of).unwrap();
            let late = self.data_late && first.is_some_and(|sent| sent.burst == answered.burst);
            if self.beat.is_none() && (!answered.open || late) && rng.chance(self.answers, 10) {
                self.beat = Some(Beat {
                    id,
                    resp: rng.pick(&[0, 0, 0, 0, 0, 0, 1, 2, 3]).unwrap_or(0),
                    last: self.write || rng.chance(2, 3),
                });
                self.beat_seen = false;
            }
        }
        let beat = self.beat.unwrap_or(Beat {
            id: rng.below(4),
            resp: rng.below(4),
            last: rng.bit(),
        });
        b.offered.next = self.beat.is_some();
        b.response_id.next = beat.id.into();
        b.response_resp.next = beat.resp.into();
        b.response_last.next = beat.last;
        b.rush.next = self.rushes || others;
        b.settle();
        self.rushes = b.urgent.val();
        let shown = self.beat.is_some() && (self.beat_seen || !b.blocked.val());
        b.response.next = shown && rng.chance(3, 4);
        self.beat_seen = shown;
        self.translator();
        self.configuration();
        self.b.settle();
        self.b.route.next = self.world.routes[n(self.b.stream.val()) as usize & 3];
        self.b.settle();
        if self.b.reset.val() {
            self.restart();
            self.b.edge();
            return;
        }
        self.master();
        self.memory();
        self.faults();
        self.responses();
        self.urgency();
        if self.b.ask.val() && self.b.taken.val() {
            let left = 1 + self.rng.below(5);
            self.lookups.push_back(Pending {
                ask: self.b.request.val(),
                left,
                killed: false,
            });
        }
        self.b.edge();
    }

    fn restart(&mut self) {
        self.offered = None;
        self.waiting.clear();
        self.lookups.clear();
        self.direct.clear();
        self.walks = [const { None }; WALKS];
        self.outstanding.clear();
        self.late.clear();
        (self.beat, self.beat_seen, self.data_late) = (None, false, false);
        (self.sound, self.late_due, self.beat_held, self.settled) = (0, 0, 0, 0);
        (self.fault, self.due) = (None, None);
        self.stalled.clear();
        self.standing.clear();
        self.terminating = None;
        self.urgency = Urgency::default();
        self.held = None;
        (self.accepted, self.seen.passed, self.seen.terminated) = (0, 0, 0);
    }

    /// Whoever has no answer when a walk fails goes first, until it is answered.
    fn urgency(&mut self) {
        let (b, u) = (&self.b, &mut self.urgency);
        let urgent = b.urgent.val();
        assert!(urgent || !u.slots.contains(&Some(true)), "it gives way");
        // The last one's answer is seen a cycle later.
        let nobody = u.slots == [Some(false); SLOTS];
        assert!(!urgent || !nobody || !u.nobody, "for nobody");
        u.nobody = nobody;
        self.seen.urgent += u32::from(urgent);
        if let (true, false, Some(first)) = (b.ask.val(), u.asked, u.first) {
            let slot = n(b.request.val().slot) as usize;
            assert_ne!(first[slot], Some(false), "slot {slot} does not give way");
        }
        u.asked = b.ask.val() && !b.taken.val();
        u.first = b.rush.val().then_some(u.slots);

        if u.hastens {
            u.slots = u.open.map(|open| open.then_some(true));
        } else if !urgent {
            u.slots = [Some(false); SLOTS];
        }
        let flush = b.flush.val().valid;
        if let Some(answer) = u.answer.filter(|answer| n(answer.outcome) < 2) {
            if !u.flush && !flush {
                u.slots[answer.slot.index()] = Some(false);
                u.open[answer.slot.index()] = false;
            }
        }
        if b.ask.val() && b.taken.val() {
            u.open[b.request.val().slot.index()] = true;
        }
        u.answer = b.answer.val().then_some(b.answered_lookup.val());
        u.flush = flush;
        u.hastens = b.failed.val() && !b.rush.val();
    }

    fn master(&mut self) {
        let b = &self.b;
        let accepted = b.s_valid.val() && b.s_ready.val();
        assert_eq!(b.count_burst.val(), accepted);
        self.accepted += u32::from(accepted);
        if accepted {
            self.waiting.extend(self.offered.take());
        }
        self.seen.hits += u32::from(b.count_hit.val());
        self.seen.misses += u32::from(b.count_miss.val());
    }

    /// Takes the burst out of those that wait whose turn it is, with this ID.
    fn next(&mut self, id: u64) -> Burst {
        let at = if self.write {
            0
        } else {
            let of = |burst: &Burst| n(burst.id) == id;
            self.waiting.iter().position(of).expect("a burst of nobody")
        };
        self.seen.overtaken += u32::from(at > 0);
        let burst = self.waiting.remove(at);
        assert_eq!(n(burst.id), id, "order");
        burst
    }

    fn memory(&mut self) {
        let b = &self.b;
        let sent = b.m_valid.val().then(|| b.m_burst.val());
        let issue = b.issue.val();
        assert_eq!(issue, sent.is_some() && self.held.is_none(), "issue");
        if self.held.is_some() {
            assert_eq!(sent, self.held, "a waiting address changed");
        }
        self.held = sent.filter(|_| !b.m_ready.val());
        let mark = b.mark.val();
        if let (Some(sent), true) = (sent, issue) {
            if self.write {
                assert_eq!(b.leaving_len.val(), sent.len);
            }
            if let Some((id, _)) = self.terminating {
                assert_ne!(id, n(sent.id), "ID order");
            }
            let burst = self.next(n(sent.id));
            assert!(!self.stalled.iter().any(|stalled| stalled.burst == burst));
            let (fate, route) = self.before.fate(&burst, self.write);
            let Fate::Pass { page, cache, keep } = fate else {
                panic!("{burst:?} passed, {fate:?}");
            };
            let expected = Burst {
                addr: (page << 12 | n(burst.addr) & 0xFFF).into(),
                cache: if keep { burst.cache } else { cache.into() },
                ..burst
            };
            assert_eq!(sent, expected, "cycle {}", self.cycle);
            self.outstanding.push(Sent {
                burst,
                route,
                error: false,
                open: self.write,
                malformed: false,
                old: false,
                failed: false,
                at: self.cycle,
            });
            assert!(self.unanswered() <= OUTSTANDING);
            self.seen.passed += 1;
        }
        self.seen.full += u32::from(self.unanswered() == OUTSTANDING);
        let waits = self.outstanding.iter().any(|sent| sent.old);
        assert!(self.b.waits_any.val() || !waits);
        // What has been answered is removed a cycle later, if no fault is in the way.
        let busy = waits || self.b.response.val() || self.sound < 6;
        self.settled = if busy { 0 } else { self.settled + 1 };
        assert!(!self.b.waits_any.val() || self.settled <= 3);
        for context in 0..CONTEXTS {
            let bit = 1 << context;
            let old = self.outstanding.iter().any(|sent| {
                sent.old
                    && sent.route.translate
                    && !sent.route.bypass
                    && n(sent.route.context) == context as u64
            });
            if old && self.syncing & bit != 0 {
                self.idle[context] = 0;
                assert_ne!(n(self.b.waits.val()) & bit, 0, "context {context}");
                self.seen.waited += 1;
            } else {
                // Over after a scan of the contexts, or one more for each mark meanwhile, unless a synchronisation of all contexts makes
                // others old meanwhile.
                self.syncing &= !bit;
                let busy = old || self.sound < 6;
                self.idle[context] = if busy { 0 } else { self.idle[context] + 1 };
                let over = self.idle[context] > 3 * CONTEXTS;
                assert!(
                    !over || n(self.b.waits.val()) & bit == 0,
                    "context {context}"
                );
            }
        }
        if mark.sync && mark.by_context {
            self.syncing |= 1 << n(mark.context);
            self.idle[n(mark.context) as usize] = 0;
        }
        for sent in &mut self.outstanding {
            let own =
                sent.route.translate && !sent.route.bypass && sent.route.context == mark.context;
            sent.old |= mark.sync && (!mark.by_context || own);
        }
    }

    /// Those that failed have been answered: only their fault is due.
    fn unanswered(&self) -> usize {
        self.outstanding.iter().filter(|sent| !sent.failed).count()
    }

    fn record(&self, burst: &Burst, route: &Route, status: u64) -> Fault {
        let prot = n(burst.prot);
        Fault {
            iova: burst.addr,
            status: status.into(),
            write: self.write,
            privileged: prot & 1 == 1,
            instruction: prot >> 2 == 1,
            in_context: route.translate && !route.bypass,
            context: route.context,
            stream: burst.stream,
            id: burst.id,
            stalled: false,
            slot: 0.into(),
        }
    }

    fn faults(&mut self) {
        if let Some((id, left)) = self.terminating.take() {
            self.terminating = (left > 0).then(|| (id, left - 1));
            assert!(!self.b.terminate.val(), "the terminator is busy");
        }
        let new = self.b.fault_valid.val() && self.fault.is_none();
        let shown = self.b.fault_valid.val().then(|| self.b.fault.val());
        if self.fault.is_some() {
            assert_eq!(shown, self.fault, "a waiting fault changed");
        }
        self.fault = shown.filter(|_| !self.b.fault_ready.val());
        if let (Some(fault), true) = (shown, new) {
            if fault.stalled {
                self.stall(fault);
            } else {
                self.refuse(fault);
            }
        }
        if self.b.terminate.val() {
            assert!(!self.b.fault_valid.val(), "its fault has not been taken");
            self.terminate();
        }
        let resume = self.b.resume.val();
        let write = self.write;
        let retried = &mut self.seen.retried;
        self.stalled.retain_mut(|stalled| {
            let here = !resume.one || resume.write == write && n(resume.slot) == stalled.slot;
            let hit = resume.valid && here && n(resume.context) == stalled.context;
            if hit && !stalled.doomed {
                stalled.doomed = resume.terminate;
                *retried += u32::from(!resume.terminate);
                return resume.terminate;
            }
            true
        });
        let now = FIRST_TICK + self.cycle / 8;
        let open = self.stalled.iter().filter(|stalled| !stalled.doomed);
        let sure = open.clone().filter(|stalled| now - stalled.since < 20);
        self.standing.push_front((sure.count(), open.count()));
        self.standing.truncate(6);
        self.last_now = now;
    }

    /// The fault of a burst that stalls since the last cycle.
    fn stall(&mut self, fault: Fault) {
        let of = |burst: &&Burst| self.write || burst.id == fault.id;
        let burst = *self.waiting.iter().find(of).expect("a fault of nobody");
        let (fate, route) = self.before.fate(&burst, self.write);
        let Fate::Fault { status, stall } = fate else {
            panic!("{burst:?} faulted, {fault:?}");
        };
        let least = self.standing.iter().map(|&(least, _)| least).min();
        assert!(stall && least.unwrap_or(0) < 3, "{burst:?}");
        let mut expected = self.record(&burst, &route, status);
        (expected.stalled, expected.slot) = (true, fault.slot);
        assert_eq!(fault, expected);
        assert!(!self.stalled.iter().any(|stalled| stalled.burst == burst));
        self.seen.stalled += 1;
        self.stalled.push(Stalled {
            slot: n(fault.slot),
            burst,
            since: self.last_now,
            context: n(route.context),
            doomed: false,
        });
    }

    /// The fault of a burst that is going to the terminator.
    fn refuse(&mut self, fault: Fault) {
        let of = |burst: &&Burst| self.write || burst.id == fault.id;
        let burst = *self.waiting.iter().find(of).expect("a fault of nobody");
        let of = |stalled: &Stalled| stalled.burst == burst;
        let (fate, route) = self.before.fate(&burst, self.write);
        let mut expected;
        if let Some(at) = self.stalled.iter().position(of) {
            let stalled = self.stalled.remove(at);
            assert!(!stalled.doomed && FIRST_TICK + self.cycle / 8 >= stalled.since + 20);
            self.seen.expired += 1;
            expected = self.record(&burst, &route, TIMEOUT);
            (expected.in_context, expected.context) = (true, stalled.context.into());
        } else {
            let Fate::Fault { status, stall } = fate else {
                panic!("{burst:?} terminated");
            };
            let most = self.standing.iter().map(|&(_, most)| most).max();
            assert!(!stall || most.unwrap_or(0) >= 3, "{burst:?}");
            expected = self.record(&burst, &route, status);
        }
        expected.slot = fault.slot;
        assert_eq!(fault, expected);
        assert_eq!(self.due.replace((burst, n(fault.status))), None);
    }

    /// A burst goes to the terminator, after its fault unless it was told to.
    fn terminate(&mut self) {
        let id = n(self.b.terminate_id.val());
        let burst = self.next(id);
        if !self.write {
            assert_eq!(self.b.leaving_len.val(), burst.len);
        }
        let of = |sent: &Sent| n(sent.burst.id) == id && !sent.failed;
        assert!(!self.outstanding.iter().any(of), "ID order");
        if let Some((refused, status)) = self.due.take() {
            assert_eq!(refused, burst);
            let decode = status == 0x10;
            assert_eq!(n(self.b.terminate_resp.val()), 2 + u64::from(decode));
        } else {
            let of = |stalled: &Stalled| stalled.burst == burst;
            let at = self.stalled.iter().position(of).expect("it was told to");
            assert!(self.stalled.remove(at).doomed);
            self.seen.doomed += 1;
        }
        self.seen.terminated += 1;
        self.terminating = Some((id, self.rng.below(12)));
    }

    fn responses(&mut self) {
        let b = &self.b;
        let fault = self.late.front().copied();
        self.sound = if fault.is_some() { 0 } else { self.sound + 1 };
        self.late_due += 1;
        if !b.late_valid.val() {
            assert!(fault.is_none() || self.late_due <= 4, "a fault was lost");
        } else {
            assert_eq!(Some(b.late.val()), fault);
            if b.late_ready.val() {
                self.late.pop_front();
                self.late_due = 0;
                self.seen.late += 1;
                let iova = b.late.val().iova;
                let of = |sent: &Sent| sent.failed && sent.burst.addr == iova;
                let at = self.outstanding.iter().position(of);
                self.outstanding.remove(at.unwrap());
            }
        }
        let open = |id: u64| {
            let of = |sent: &&Sent| n(sent.burst.id) == id && !sent.failed;
            self.outstanding.iter().find(of).unwrap().open
        };
        // It may have to be looked up, in two cycles, or three after the end of W.
        let free = self.beat.is_some_and(|beat| !open(beat.id)) && self.sound > 2;
        self.beat_held = if free && !self.beat_seen {
            self.beat_held + 1
        } else {
            0
        };
        assert!(self.beat_held <= 4, "a response is held up");
        if b.response.val() {
            let beat = self.beat.take().unwrap();
            let of = |sent: &Sent| n(sent.burst.id) == beat.id && !sent.failed;
            let at = self.outstanding.iter().position(of).unwrap();
            let mut sent = self.outstanding[at];
            assert_eq!(b.malformed.val(), sent.malformed);
            assert!(!sent.open, "it passed before WLAST");
            sent.error |= beat.resp > 1;
            if !beat.last {
                self.outstanding[at] = sent;
            } else if sent.malformed || sent.error {
                let status = if sent.malformed { 0x12 } else { 0x08 };
                if self.late.is_empty() {
                    self.late_due = 0;
                }
                let mut fault = self.record(&sent.burst, &sent.route, status);
                if !fault.in_context {
                    fault.context = 0.into();
                }
                self.late.push_back(fault);
                sent.failed = true;
                self.outstanding[at] = sent;
            } else {
                self.outstanding.remove(at);
            }
        }
        if self.b.data_done.val() {
            let malformed = self.b.data_malformed.val();
            // Not one that was issued in this very cycle alone: its data cannot be done.
            let first = self.outstanding.iter_mut().find(|sent| sent.open).unwrap();
            first.open = false;
            first.malformed = malformed;
            self.data_late = false;
        }
    }

    /// Everything goes; nothing is left.
    fn drain(&mut self) {
        self.offered = None;
        (self.m_ready, self.fault_ready, self.answers, self.taken) = (10, 10, 9, 10);
        self.crowd = 0;
        (self.changes, self.resumes, self.resets) = (0, 0, false);
        for _ in 0..2000 {
            self.cycle();
        }
        assert_eq!(self.accepted, self.seen.passed + self.seen.terminated);
        assert!(self.waiting.is_empty() && self.outstanding.is_empty());
        assert!(self.late.is_empty() && self.stalled.is_empty());
        assert!(!self.b.waits_any.val() && !self.b.stalled.val().any());
    }
}

fn every_burst_leaves_once(seed: u64, write: bool) -> Seen {
    let mut t = Bench::new(seed, write);
    for cycle in 0..40_000 {
        if cycle % 500 == 0 {
            let pace = t.rng.below(9) as u32;
            (t.m_ready, t.fault_ready) = (2 + pace, 10 - pace);
            t.answers = t.rng.pick(&[1, 4, 8]).unwrap();
            t.taken = t.rng.pick(&[2, 5, 10]).unwrap();
            t.changes = t.rng.pick(&[0, 15, 60, 300]).unwrap();
            t.resumes = t.rng.pick(&[0, 20, 100]).unwrap();
        }
        if t.offered.is_none() && t.rng.chance(8, 10) {
            t.offered = Some(t.burst());
        }
        t.cycle();
    }
    t.drain();
    t.seen
}

#[test]
fn reads_leave_once_in_the_order_of_their_id_and_rightly_translated() {
    let seen = every_burst_leaves_once(1, false);
    println!("{seen:?}");
    assert!(seen.passed > 1000 && seen.terminated > 300, "{seen:?}");
    assert!(
        seen.late > 50 && seen.waited > 50 && seen.full > 50,
        "{seen:?}"
    );
    assert!(seen.stalled > 30 && seen.overtaken > 100, "{seen:?}");
    assert!(
        seen.expired > 5 && seen.doomed > 5 && seen.retried > 5,
        "{seen:?}"
    );
    assert!(seen.hits > 100 && seen.misses > 200, "{seen:?}");
    assert!(seen.urgent > 100, "{seen:?}");
}

#[test]
fn writes_leave_once_in_their_order_and_rightly_translated() {
    let seen = every_burst_leaves_once(2, true);
    println!("{seen:?}");
    assert!(seen.passed > 500 && seen.terminated > 100, "{seen:?}");
    assert!(seen.late > 50 && seen.waited > 50, "{seen:?}");
    assert!(
        seen.expired > 2 && seen.doomed > 2 && seen.retried > 2,
        "{seen:?}"
    );
}

#[test]
fn a_reset_in_the_midst_of_things_leaves_nothing_behind() {
    for write in [false, true] {
        let mut t = Bench::new(5, write);
        t.resets = true;
        for _ in 0..6000 {
            if t.offered.is_none() && t.rng.chance(8, 10) {
                t.offered = Some(t.burst());
            }
            t.cycle();
        }
        t.drain();
    }
}

/// Everybody is ready, and nothing changes.
fn eager(write: bool) -> Bench {
    let mut t = Bench::new(3, write);
    (t.m_ready, t.fault_ready, t.answers) = (10, 10, 10);
    (t.changes, t.resumes, t.crowd) = (0, 0, 0);
    t.world.routes = [0, 1, 2, 3].map(route);
    t
}

fn plain(stream: u64, id: u64, addr: u64) -> Burst {
    Burst {
        id: id.into(),
        addr: addr.into(),
        size: 3.into(),
        burst: 1.into(),
        prot: 1.into(),
        stream: stream.into(),
        ..Burst::default()
    }
}

/// A page of context 0 that may be accessed, and one that faults.
fn pages(t: &Bench) -> (u64, u64) {
    let passes = |page: &u64| {
        let (fate, _) = t.world.fate(&plain(0, 0, page << 12), t.write);
        matches!(fate, Fate::Pass { .. })
    };
    let good = (0..).find(passes).unwrap();
    let bad = (0..).find(|page| !passes(page)).unwrap();
    (good << 12, bad << 12)
}

/// One cycle with these bursts offered, memory answering at once, the translator silent.
fn step(b: &mut Sim<Path>, offered: Option<Burst>, answered: Option<u64>) -> Option<Burst> {
    b.s_valid.next = offered.is_some();
    b.s_burst.next = offered.unwrap_or_default();
    b.m_ready.next = true;
    b.offered.next = answered.is_some();
    b.response.next = answered.is_some();
    b.response_id.next = answered.unwrap_or(0).into();
    b.response_last.next = true;
    b.response_resp.next = 0.into();
    b.data_done.next = b.write.val() && b.issue.val();
    b.settle();
    let stream = n(b.stream.val());
    b.route.next = route(stream);
    b.settle();
    if offered.is_some() {
        assert!(b.s_ready.val());
    }
    let sent = b.m_valid.val().then(|| b.m_burst.val());
    b.edge();
    b.fill.next = false;
    b.answer.next = false;
    b.began.next = false;
    sent
}

fn filled(write: bool) -> (Bench, u64, u64) {
    let mut t = eager(write);
    let (good, bad) = pages(&t);
    let entry = t.world.entry(0, good >> 12, write).1;
    t.b.fill.next = true;
    t.b.fill_entry.next = entry;
    t.b.answer.next = true;
    t.b.answered_lookup.next = LookupAnswer {
        in_context: true,
        context: entry.context,
        page: entry.ppn,
        cache: entry.cache,
        keep_cache: entry.keep_cache,
        ..LookupAnswer::default()
    };
    for _ in 0..3 {
        step(&mut t.b, None, None);
    }
    (t, good, bad)
}

#[test]
fn bursts_that_hit_pass_one_a_cycle_two_cycles_after_they_came() {
    for stream in [0, 2] {
        let (mut t, good, _) = filled(false);
        let mut on_the_way = VecDeque::new();
        for cycle in 0..100 {
            let burst = plain(stream, cycle % 4, good + 8 * cycle);
            let answered = if on_the_way.len() > 3 {
                on_the_way.pop_front()
            } else {
                None
            };
            let sent = step(&mut t.b, Some(burst), answered);
            assert_eq!(sent.is_some(), cycle > 1, "cycle {cycle}");
            if let Some(sent) = sent {
                assert_eq!(n(sent.addr) & 0xFFF, 8 * (cycle - 2));
                on_the_way.push_back(n(sent.id));
            }
        }
    }
}

#[test]
fn hits_of_other_ids_pass_a_miss_and_those_of_its_own_wait() {
    let (mut t, good, bad) = filled(false);
    let offered = [
        plain(0, 1, bad ^ 0x4000_0000),
        plain(0, 2, good),
        plain(0, 1, good),
        plain(0, 3, good),
    ];
    let mut offered = offered.into_iter().peekable();
    let mut sent = Vec::new();
    let mut asked = None;
    for _ in 0..20 {
        t.b.taken.next = true;
        if let Some(slot) = asked {
            t.b.began.next = true;
            t.b.answered_lookup.next = LookupAnswer {
                slot,
                ..LookupAnswer::default()
            };
        }
        t.b.settle();
        asked = t.b.ask.val().then(|| t.b.request.val().slot);
        let burst = offered.next_if(|_| t.b.s_ready.val());
        sent.extend(step(&mut t.b, burst, None));
    }
    let ids: Vec<u64> = sent.iter().map(|burst| n(burst.id)).collect();
    assert_eq!(ids, [2, 3]);
}

#[test]
fn a_parked_burst_does_not_starve_under_a_stream_of_hits() {
    let (mut t, good, _) = filled(false);
    let other = good ^ 0x7000_0000;
    let mut asked = None;
    let mut parked = None;
    let mut on_the_way = VecDeque::new();
    let mut offered = 0;
    let mut slot = 0.into();
    for cycle in 0..60 {
        let id = if cycle == 3 { 9 } else { cycle % 4 };
        let burst = plain(0, id, if cycle == 3 { other } else { good });
        t.b.taken.next = true;
        if asked.map(|at| at + 4) == Some(cycle) {
            t.b.answer.next = true;
            t.b.answered_lookup.next = LookupAnswer {
                slot,
                page: 0x12345.into(),
                in_context: true,
                ..LookupAnswer::default()
            };
        }
        t.b.settle();
        let ready = t.b.s_ready.val();
        offered += u32::from(ready);
        let ask = t.b.ask.val();
        if ask {
            slot = t.b.request.val().slot;
        }
        let answered = if on_the_way.len() > 3 {
            on_the_way.pop_front()
        } else {
            None
        };
        let sent = step(&mut t.b, ready.then_some(burst), answered);
        if ask {
            assert_eq!(asked.replace(cycle), None);
        }
        if let Some(sent) = sent {
            on_the_way.push_back(n(sent.id));
            if n(sent.id) == 9 {
                assert_eq!(n(sent.addr) >> 12, 0x12345);
                parked = Some(cycle);
            }
        }
    }
    assert!(offered > 55);
    let (asked, parked) = (asked.unwrap(), parked.expect("it starves"));
    assert!(parked - asked <= 8, "{asked} {parked}");
}

#[test]
fn eight_are_outstanding_and_no_ninth() {
    let (mut t, good, _) = filled(false);
    let mut sent = 0;
    for id in 0..9 {
        sent += u32::from(step(&mut t.b, Some(plain(0, id, good)), None).is_some());
    }
    for _ in 0..10 {
        sent += u32::from(step(&mut t.b, None, None).is_some());
    }
    assert_eq!(sent, 8);
    step(&mut t.b, None, Some(3));
    for _ in 0..5 {
        sent += u32::from(step(&mut t.b, None, None).is_some());
    }
    assert_eq!(sent, 9);
}

#[test]
fn population_counts() {
    let mut b = Population::default();
    b.connect_all();
    for of in 0..16_u64 {
        b.of.next = of.into();
        iommu::settle(&mut b);
        assert_eq!(n(b.count.val()), u64::from(of.count_ones()));
    }
}
