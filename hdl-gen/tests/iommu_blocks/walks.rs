//! The table walks between a translator and tables in memory, cycle by cycle against a model.

use std::collections::BTreeMap;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::types::*;
use hdl_gen::iommu::walks::Walks;
use rust_hdl::prelude::*;
use vcm_regs::descriptor::*;
use vcm_regs::fault;

use crate::iommu::{n, Sim};

/// Tables of eight contexts. What a word holds is a function of its address and of its context's
/// version; bit 31 of an address tells second-level tables, bits 30:28 are the context.
#[derive(Clone, Default)]
struct Tables {
    version: [u64; 8],
}

fn hash(of: u64) -> u32 {
    let mut x = of.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ (x >> 32)) as u32
}

impl Tables {
    fn hash(&self, addr: u32, salt: u64) -> u32 {
        let version = self.version[(addr >> 28 & 7) as usize];
        hash(u64::from(addr) | version << 32 | salt << 56)
    }

    fn word(&self, addr: u32) -> u32 {
        let own = self.hash(addr, 0);
        let kind = self.hash(addr, 1) & 15;
        let second = addr >> 31 == 1;
        match (second, kind) {
            (_, 0 | 1) => own & !3,
            (true, 2..=4) => own & !3 | 1,
            (true, _) => own | 2,
            (false, 2) => own | 3,
            (false, 3) => own & !3 | 2 | 1 << 18,
            (false, 4) => own & !3 & !0x00F0_01E0 | 2 | 1 << 18,
            (false, 5 | 6) => own & !3 & !(1 << 18) | 2,
            (false, _) => own & 0x0FFF_FFFC | 1 | 1 << 31 | addr & 0x7000_0000,
        }
    }

    /// 64 bits and whether they are good.
    fn beat(&self, addr: u32) -> (u64, bool) {
        assert_eq!(addr & 7, 0);
        let word = |addr| u64::from(self.word(addr));
        (
            word(addr) | word(addr | 4) << 32,
            self.hash(addr, 2) % 24 != 0,
        )
    }

    fn base(context: u64, which: u64) -> u64 {
        (context << 28 | which << 14) >> 14
    }
}

/// What a word of the second level comes to.
fn second(word: u32, good: bool, domain: u32, afe: bool) -> Result<Translation, u32> {
    let large = LargePageDescriptor::from_bits(word);
    let small = SmallPageDescriptor::from_bits(word);
    let ap = large.get(LargePageDescriptor::AP) | large.get(LargePageDescriptor::APX) << 2;
    let (c, b) = (
        large.get(LargePageDescriptor::C),
        large.get(LargePageDescriptor::B),
    );
    let kind = large.get(LargePageDescriptor::TYPE);
    if !good {
        return Err(fault::WALK_ABORT_L2);
    } else if kind == second::FAULT {
        return Err(fault::TRANSLATION_L2);
    } else if afe && ap & 1 == 0 {
        return Err(fault::ACCESS_FLAG_L2);
    }
    let (size, ppn, tex, xn) = if kind == second::LARGE {
        (
            1,
            large.get(LargePageDescriptor::BASE) << 4,
            large.get(LargePageDescriptor::TEX),
            large.get(LargePageDescriptor::XN),
        )
    } else {
        (
            0,
            small.get(SmallPageDescriptor::BASE),
            small.get(SmallPageDescriptor::TEX),
            small.get(SmallPageDescriptor::XN),
        )
    };
    Ok(Translation {
        not_global: large.get(LargePageDescriptor::NG) == 1,
        large: size.into(),
        ppn: u64::from(ppn).into(),
        ap: u64::from(ap).into(),
        xn: xn == 1,
        domain: u64::from(domain).into(),
        memory: u64::from(tex << 2 | c << 1 | b).into(),
        ..Translation::default()
    })
}

enum First {
    Table { base: u32, domain: u32 },
    Section(Translation),
    Fault(u32),
}

/// What a word of the first level comes to.
fn first(word: u32, good: bool, afe: bool) -> First {
    let section = SectionDescriptor::from_bits(word);
    let is_super = SupersectionDescriptor::from_bits(word);
    let ap = section.get(SectionDescriptor::AP) | section.get(SectionDescriptor::APX) << 2;
    let (tex, c, b) = (
        section.get(SectionDescriptor::TEX),
        section.get(SectionDescriptor::C),
        section.get(SectionDescriptor::B),
    );
    if !good {
        return First::Fault(fault::WALK_ABORT_L1);
    }
    match section.get(SectionDescriptor::TYPE) {
        first::TABLE => {
            let table = TableDescriptor::from_bits(word);
            return First::Table {
                base: table.get(TableDescriptor::BASE),
                domain: table.get(TableDescriptor::DOMAIN),
            };
        }
        first::SECTION => {}
        _ => return First::Fault(fault::TRANSLATION_L1),
    }
    let (size, ppn, domain) = if section.get(SectionDescriptor::SUPER) == 1 {
        let beyond = is_super.get(SupersectionDescriptor::EXTBASE_HI)
            | is_super.get(SupersectionDescriptor::EXTBASE_LO);
        if beyond != 0 {
            return First::Fault(fault::TRANSLATION_L1);
        }
        (7, is_super.get(SupersectionDescriptor::BASE) << 12, 0)
    } else {
        (
            3,
            section.get(SectionDescriptor::BASE) << 8,
            section.get(SectionDescriptor::DOMAIN),
        )
    };
    if afe && ap & 1 == 0 {
        return First::Fault(fault::ACCESS_FLAG_L1);
    }
    First::Section(Translation {
        not_global: section.get(SectionDescriptor::NG) == 1,
        large: size.into(),
        ppn: u64::from(ppn).into(),
        ap: u64::from(ap).into(),
        xn: section.get(SectionDescriptor::XN) == 1,
        domain: u64::from(domain).into(),
        memory: u64::from(tex << 2 | c << 1 | b).into(),
        ..Translation::default()
    })
}

/// All that a walk has to do.
#[derive(Debug, Clone, PartialEq, Default)]
struct Expected {
    reads: Vec<u32>,
    result: Option<Result<Translation, u32>>,
    pages: Vec<Translation>,
    firsts: Vec<(u64, u32)>,
}

fn expect(tables: &Tables, walk: &WalkStart) -> Expected {
    let mut out = Expected::default();
    let vpn = n(walk.vpn) as u32;
    let named = |mut page: Translation, vpn: u32| {
        page.context = walk.context;
        page.asid = walk.asid;
        page.vpn = u64::from(vpn).into();
        page
    };
    let (table, domain) = if walk.level2 {
        (n(walk.table) as u32, n(walk.domain) as u32)
    } else {
        let index = vpn >> 8;
        let at = (n(walk.base) as u32) << 14 | index << 2;
        let good = tables.beat(at & !7).1;
        out.reads.push(at & !7);
        for (at, index) in [(at, index), (at ^ 4, index ^ 1)] {
            let word = tables.word(at);
            let bad = matches!(first(word, good, walk.afe), First::Fault(_));
            if walk.keep_first && !bad {
                out.firsts.push((index.into(), word));
            }
        }
        match first(tables.word(at), good, walk.afe) {
            First::Table { base, domain } => (base, domain),
            First::Section(page) => {
                out.result = Some(Ok(named(page, vpn)));
                return out;
            }
            First::Fault(status) => {
                out.result = Some(Err(status));
                return out;
            }
        }
    };
    let at = table << 10 | (vpn & 0xFF) << 2;
    let good = tables.beat(at & !7).1;
    out.reads.push(at & !7);
    let own = second(tables.word(at), good, domain, walk.afe);
    let neighbour = second(tables.word(at ^ 4), good, domain, walk.afe);
    let own = own.map(|page| named(page, vpn));
    out.pages.extend(own);
    out.pages.extend(
        neighbour
            .ok()
            .filter(|page| n(page.large) == 0)
            .map(|page| named(page, vpn ^ 1)),
    );
    out.result = Some(own);
    out
}

/// A walk under way, or over and not yet woken for.
#[derive(Debug)]
struct Walk {
    request: WalkStart,
    started: u64,
    /// When its context was flushed.
    stale: Option<u64>,
    reads: Vec<u32>,
    /// When its last R beat was taken.
    read_at: u64,
    pages: Vec<Translation>,
    firsts: Vec<(u64, u32)>,
    ended: Option<u64>,
    /// Its first level brought a table, which is not followed yet.
    pointer: bool,
    /// It went on at the second level.
    linked: bool,
    /// It woke those who waited for the first level.
    halfway: bool,
    /// When `same` named it last.
    named: u64,
    /// For the first level only.
    named_first: u64,
}

struct Read {
    id: u64,
    beat: (u64, bool),
    after: u64,
}

#[derive(Clone)]
struct Speed {
    /// Chances in tenths.
    arready: u32,
    rvalid: u32,
    ended_ready: u32,
    start: u32,
    /// In thousandths.
    flush: u32,
    latency: u64,
}

const CALM: Speed = Speed {
    arready: 6,
    rvalid: 6,
    ended_ready: 6,
    start: 5,
    flush: 0,
    latency: 12,
};

struct Bench {
    b: Sim<Walks>,
    rng: Rng,
    speed: Speed,
    now: u64,
    tables: Tables,
    walks: [Option<Walk>; 4],
    reading: Vec<Read>,
    present: Option<Read>,
    /// AR payload that stands and is not yet taken.
    held: Option<[u64; 9]>,
    /// `ended_walk` that stands and is not yet taken.
    held_end: Option<WalkEnd>,
    asids: u64,
    /// Ends by status (100 + size if good), and other things that happened.
    seen: BTreeMap<u32, u32>,
    most_in_flight: usize,
    wakes: u64,
    starts: u64,
    /// Reset in this cycle.
    reset: bool,
    /// Starts in this cycle.
    next: Option<WalkStart>,
    flush: Option<Option<u64>>,
    /// Walks that were free in the cycle before, and that did not begin then.
    left: usize,
    /// One began then.
    began: bool,
}

impl Bench {
    fn new(seed: u64, speed: Speed) -> Self {
        let mut bench = Self {
            b: Sim::new(Walks::default(), |b| &mut b.clock),
            rng: Rng::new(seed),
            speed,
            now: 10,
            tables: Tables::default(),
            walks: Default::default(),
            reading: vec![],
            present: None,
            held: None,
            held_end: None,
            asids: 0,
            seen: BTreeMap::new(),
            most_in_flight: 0,
            wakes: 0,
            starts: 0,
            reset: false,
            next: None,
            flush: None,
            left: 0,
            began: false,
        };
        bench.cycle();
        bench
    }

    fn request(&mut self) -> WalkStart {
        let rng = &mut self.rng;
        // Each walk has its own ASID here, so that what it fills can be told.
        self.asids += 1;
        let context = rng.below(8);
        let table = hash(rng.below(16)) & 0x3F_FFFF | 1 << 21;
        let table = u64::from(table) & !(7 << 18) | context << 18;
        WalkStart {
            asker: Asker {
                kind: rng.bits(),
                slot: rng.bits(),
                stream: rng.bits(),
                sequential: rng.bit(),
                privileged: rng.bit(),
                instruction: rng.bit(),
                write: rng.bit(),
                lock: rng.bit(),
            },
            context: context.into(),
            asid: (self.asids & 0xFF).into(),
            vpn: rng.bits(),
            afe: rng.chance(1, 3),
            base: Tables::base(context, rng.below(16)).into(),
            level2: rng.chance(1, 3),
            table: table.into(),
            domain: rng.bits(),
            keep_first: rng.chance(3, 4),
        }
    }

    fn see(&mut self, what: u32) {
        *self.seen.entry(what).or_insert(0) += 1;
    }

    fn by_asid(&mut self, asid: Bits<8>) -> &mut Walk {
        let walks = self.walks.iter_mut().flatten();
        let mut walks = walks.filter(|walk| walk.request.asid == asid);
        walks.next().expect("a fill that belongs to no walk")
    }

    /// A cycle as the fields say, with everything else drawn.
    fn cycle(&mut self) {
        let now = self.now;
        self.now += 1;

        // Inputs.
        let flush = self.flush.take();
        let (b, rng) = (&mut self.b, &mut self.rng);
        b.reset.next = self.reset;
        let start = self.next.take();
        b.start.next = start.is_some();
        b.start_request.next = start.unwrap_or_default();
        b.flush.next = Flush {
            valid: flush.is_some(),
            by_context: flush.flatten().is_some(),
            context: flush.flatten().unwrap_or_else(|| rng.below(8)).into(),
        };
        b.ended_ready.next = rng.chance(self.speed.ended_ready, 10);
        b.cache.next = rng.bits();
        b.user.next = rng.bits();
        // Near a walk that is under way.
        let near = rng.pick(&[0, 1, 2, 3]).unwrap_or(0);
        let key = self.walks[near].as_ref().map_or_else(
            || Key {
                context: 0.into(),
                asid: 0.into(),
                vpn: 0.into(),
            },
            |walk| Key {
                context: if rng.chance(7, 8) {
                    walk.request.context
                } else {
                    rng.bits()
                },
                asid: walk.request.asid,
                vpn: (n(walk.request.vpn) ^ rng.pick(&[0, 0, 1, 2, 0x100, 0x80]).unwrap_or(0))
                    .into(),
            },
        );
        b.query.next = key;
        let port = &mut b.m_axi_ptw;
        port.arready.next = rng.chance(self.speed.arready, 10);
        if self.present.is_none() && rng.chance(self.speed.rvalid, 10) {
            let ready: Vec<usize> = (0..self.reading.len())
                .filter(|&at| self.reading[at].after <= now)
                .collect();
            if !ready.is_empty() {
                let at = ready[rng.below(ready.len() as u64) as usize];
                self.present = Some(self.reading.swap_remove(at));
            }
        }
        port.rvalid.next = self.present.is_some();
        port.rlast.next = true;
        if let Some(read) = &self.present {
            port.rid.next = read.id.into();
            port.rdata.next = read.beat.0.into();
            let codes = if read.beat.1 { [0, 1] } else { [2, 3] };
            // It may not change while RVALID stands.
            port.rresp.next = codes[(read.id & 1) as usize].into();
        }
        b.settle();

        // AR.
        let port = &b.m_axi_ptw;
        let payload = [
            n(port.arid.val()),
            n(port.araddr.val()),
            n(port.arlen.val()),
            n(port.arsize.val()),
            n(port.arburst.val()),
            n(port.arcache.val()),
            n(port.aruser.val()),
            n(port.arprot.val()),
            u64::from(port.arlock.val()),
        ];
        let (arvalid, arready) = (port.arvalid.val(), port.arready.val());
        let took_r = port.rvalid.val() && port.rready.val();
        if let Some(held) = self.held.take() {
            assert!(arvalid, "ARVALID fell before ARREADY");
            assert_eq!(held, payload, "AR changed before ARREADY");
        }
        if arvalid {
            let [id, addr, len, size, burst, .., prot, lock] = payload;
            assert_eq!((len, size, burst, prot, lock), (0, 3, 1, 1, 0));
            assert_eq!(addr % 8, 0);
            if arready {
                let read = Read {
                    id,
                    // What memory holds now, or when it answers.
                    beat: self.tables.beat(addr as u32),
                    after: now + 1 + rng.below(self.speed.latency + 1),
                };
                assert!(self.reading.iter().all(|other| other.id != id));
                assert!(self.present.as_ref().is_none_or(|other| other.id != id));
                self.reading.push(read);
                let walk = self.walks[id as usize].as_mut().expect("a read of no walk");
                assert!(
                    walk.reads.is_empty() || walk.linked,
                    "a stale pointer is followed"
                );
                walk.reads.push(addr as u32);
            } else {
                self.held = Some(payload);
            }
        }
        self.most_in_flight = self
            .most_in_flight
            .max(self.reading.len() + usize::from(self.present.is_some()));
        if took_r {
            let read = self.present.take().unwrap();
            let walk = self.walks[read.id as usize].as_mut().unwrap();
            walk.read_at = now;
            let own = read.beat.0 >> (32 * (n(walk.request.vpn) >> 8 & 1)) & 3;
            walk.pointer = read.beat.1 && own == 1 && !walk.request.level2 && walk.reads.len() == 1;
        }

        // What it says of itself.
        let free = self.walks.iter().filter(|walk| walk.is_none()).count();
        let b = &self.b;
        assert_eq!(b.can_start.val(), self.left > 0);
        assert_eq!(b.can_prefetch.val(), self.left > 1 && !self.began);
        self.began = start.is_some();
        self.left = free - usize::from(start.is_some());
        assert_eq!(b.count_walk.val(), start.is_some());
        let working = |walk: &&Walk| walk.ended.is_none_or(|ended| ended >= now);
        let any_working = self.walks.iter().flatten().any(|walk| working(&walk));
        // A stale or prefetching walk ends in silence: until its wake nobody can tell.
        let silent = |walk: &Walk| walk.stale.is_some() || walk.request.asker.kind.all();
        if !self.walks.iter().flatten().any(silent) {
            assert_eq!(b.walking.val(), any_working);
        }
        let waits = self
            .walks
            .iter()
            .flatten()
            .filter(|walk| walk.stale.is_some());
        let waits = waits.fold(0, |waits, walk| waits | 1 << n(walk.request.context));
        assert_eq!(n(b.waits.val()), waits);
        let same = n(b.same.val());
        for (index, walk) in self.walks.iter_mut().enumerate() {
            let named = same >> index & 1 == 1;
            let Some(walk) = walk else {
                assert!(!named, "`same` names no walk");
                continue;
            };
            let xor = n(walk.request.vpn) ^ n(key.vpn);
            let near = walk.request.context == key.context && xor >> 8 == 0;
            let pair = near && xor >> 1 == 0;
            // A prefetching walk ends in silence.
            let prefetch = walk.request.asker.kind.all();
            let over = walk.stale.is_some() || !working(&&*walk);
            let expected = near && !over && (pair || !(walk.request.level2 || walk.linked));
            assert!(
                named == expected || prefetch && !named,
                "{walk:?} is named: {named}"
            );
            if named {
                walk.named = now;
                if !pair {
                    walk.named_first = now;
                }
            }
        }

        // A pointer is followed at the first cycle in which no walk begins.
        for walk in self.walks.iter_mut().flatten().filter(|walk| walk.pointer) {
            if walk.read_at < now && (walk.stale.is_some() || start.is_none()) {
                walk.linked = walk.stale.is_none();
                walk.pointer = false;
            }
        }

        // Fills.
        let flushes =
            |context: Bits<3>| flush.is_some_and(|flush| flush.is_none_or(|of| of == n(context)));
        let page_fill = b
            .page_fill
            .val()
            .then(|| (b.page.val(), b.page_prefetched.val()));
        let first_fill = b.first_fill.val().then(|| b.first.val());
        let ended = b.ended.val().then(|| b.ended_walk.val());
        let ended_ready = b.ended_ready.val();
        let wake = n(b.wake.val());
        let failed = b.failed.val();
        assert!(!failed || wake != 0, "what failed?");
        let start_index = n(b.start_index.val()) as usize;
        if let Some((page, prefetched)) = page_fill {
            assert!(!flushes(page.context));
            let walk = self.by_asid(page.asid);
            assert!(walk.stale.is_none(), "a fill from old tables");
            assert_eq!(prefetched, walk.request.asker.kind.all());
            walk.pages.push(page);
        }
        if let Some(word) = first_fill {
            assert!(!flushes(word.context));
            let walk = self.by_asid(word.asid);
            assert!(walk.stale.is_none(), "a fill from old tables");
            assert_eq!(walk.request.context, word.context);
            walk.firsts.push((n(word.index), n(word.word) as u32));
        }

        // Ends.
        if let Some(held) = self.held_end.take() {
            if !flushes(held.page.context) {
                assert_eq!(ended, Some(held), "the end changed");
            }
        }
        if let Some(walk_end) = ended {
            let page = walk_end.page;
            assert!(!flushes(page.context), "an end in the cycle of a flush");
            let tables = self.tables.clone();
            let walk = self.by_asid(page.asid);
            assert!(walk.stale.is_none(), "the end of a stale walk");
            assert_eq!(walk.ended, None, "a second end");
            let request = walk.request;
            assert!(!request.asker.kind.all(), "a prefetch ends aloud");
            assert_eq!(walk_end.asker, request.asker);
            assert_eq!((page.context, page.vpn), (request.context, request.vpn));
            let expected = expect(&tables, &request);
            let result = match n(walk_end.status) as u32 {
                0 => Ok(page),
                status => Err(status),
            };
            assert_eq!(Some(result), expected.result, "{request:?}");
            if let Ok(page) = result {
                if n(page.large) < 3 {
                    assert_eq!(walk.pages.first(), Some(&page), "it ended before the fill");
                }
            }
            assert_eq!(walk.reads, expected.reads);
            if ended_ready {
                walk.ended = Some(now);
                self.see(result.map_or_else(|status| status, |page| 100 + n(page.large) as u32));
            } else {
                self.held_end = Some(walk_end);
            }
        }

        // Wakes.
        for index in 0..4 {
            if wake >> index & 1 == 0 {
                continue;
            }
            let half = self.walks[index].as_mut().expect("a wake of no walk");
            if half.linked && !half.halfway {
                half.halfway = true;
                assert!(now >= half.named_first + 3, "a wake is lost");
                if half.stale.is_none() {
                    let expected = expect(&self.tables, &half.request);
                    assert_eq!(half.firsts, expected.firsts, "a wake before the fill");
                }
                assert!(!failed, "a table is no fault");
                continue;
            }
            assert!(now >= half.named + 3, "a wake is lost");
            self.wakes += 1;
            let walk = self.walks[index].take().expect("a wake of no walk");
            assert!(now >= walk.named + 3, "a wake is lost");
            let expected = expect(&self.tables, &walk.request);
            match (walk.stale, walk.ended) {
                // Flushed after its end: what it filled was true then.
                (Some(_), _) => self.see(200),
                (None, None) => {
                    assert!(walk.request.asker.kind.all(), "it ended in silence");
                    self.see(201);
                }
                (None, Some(ended)) => assert_eq!(now, ended + 3),
            }
            let all: Vec<_> = self.reading.iter().chain(&self.present).collect();
            assert!(all.iter().all(|read| read.id as usize != index));
            if walk.stale.is_none() {
                assert_eq!(walk.reads, expected.reads);
                assert_eq!(walk.pages, expected.pages, "{:?}", walk.request);
                assert_eq!(walk.firsts, expected.firsts, "{:?}", walk.request);
                assert_eq!(
                    failed,
                    matches!(expected.result, Some(Err(_))),
                    "{:?}",
                    walk.request
                );
            } else {
                assert!(walk.reads.len() <= 2);
            }
        }

        // Flushes and starts count from the next cycle on; tables change now.
        for walk in self.walks.iter_mut().flatten() {
            if flushes(walk.request.context) {
                walk.stale.get_or_insert(now);
            }
        }
        for context in 0..8 {
            if flushes(context.into()) {
                self.tables.version[context as usize] += 1;
            }
        }
        if let Some(request) = start {
            assert!(self.walks[start_index].is_none(), "a walk is used twice");
            self.starts += 1;
            self.walks[start_index] = Some(Walk {
                request,
                started: now,
                stale: flushes(request.context).then_some(now),
                reads: vec![],
                read_at: 0,
                pages: vec![],
                firsts: vec![],
                ended: None,
                pointer: false,
                linked: false,
                halfway: false,
                named: 0,
                named_first: 0,
            });
        }
        if self.reset {
            self.walks = Default::default();
            self.left = 0;
            self.reading.clear();
            (self.present, self.held, self.held_end) = (None, None, None);
        }
        self.b.edge();
    }

    /// A cycle in which a walk may start and a flush may come.
    fn random_cycle(&mut self) {
        if self.b.can_start.val() && self.rng.chance(self.speed.start, 10) {
            self.next = Some(self.request());
        }
        if self.rng.chance(self.speed.flush, 1000) {
            let context = self.rng.below(8);
            self.flush = Some(self.rng.chance(5, 6).then_some(context));
        }
        self.cycle();
    }

    /// Until all is quiet.
    fn drain(&mut self) {
        for _ in 0..400 {
            self.cycle();
            if self.walks.iter().all(Option::is_none) {
                assert_eq!(self.wakes, self.starts);
                return;
            }
        }
        panic!("walks do not end: {:?}", self.walks);
    }
}

#[test]
fn each_walk_reads_fills_and_ends_as_the_tables_say() {
    let mut t = Bench::new(1, CALM);
    for _ in 0..30_000 {
        t.random_cycle();
    }
    t.drain();
    assert_eq!(t.most_in_flight, 4);
    let kinds = [
        fault::ACCESS_FLAG_L1,
        fault::TRANSLATION_L1,
        fault::ACCESS_FLAG_L2,
        fault::TRANSLATION_L2,
        fault::WALK_ABORT_L1,
        fault::WALK_ABORT_L2,
        100,
        101,
        103,
        107,
        201,
    ];
    for kind in kinds {
        assert!(
            t.seen.get(&kind).is_some_and(|&times| times > 20),
            "{:?}",
            t.seen
        );
    }
}

#[test]
fn speeds_of_any_kind_change_nothing() {
    for (seed, speeds) in [
        [10, 10, 10, 10],
        [1, 10, 10, 10],
        [10, 10, 1, 10],
        [10, 2, 3, 9],
    ]
    .into_iter()
    .enumerate()
    {
        let [arready, rvalid, ended_ready, start] = speeds;
        for latency in [0, 40] {
            let mut t = Bench::new(10 + seed as u64, CALM);
            t.speed = Speed {
                arready,
                rvalid,
                ended_ready,
                start,
                flush: 5,
                latency,
            };
            for _ in 0..4000 {
                t.random_cycle();
            }
            t.drain();
        }
    }
}

/// Tables change under the walks' hands, and they are told in the same cycle.
#[test]
fn a_flush_in_any_state_leaves_nothing_of_old_tables() {
    for flush in [10, 60, 200] {
        let mut t = Bench::new(u64::from(flush), CALM);
        t.speed.flush = flush;
        t.speed.start = 8;
        for _ in 0..15_000 {
            t.random_cycle();
        }
        t.drain();
        assert!(t.seen[&200] > 100, "{:?}", t.seen);
    }
}

#[test]
fn reset_in_the_middle_leaves_nothing_behind() {
    let mut t = Bench::new(5, CALM);
    for _ in 0..300 {
        for _ in 0..t.rng.below(30) {
            t.random_cycle();
        }
        t.reset = true;
        t.cycle();
        t.reset = false;
        t.b.settle();
        assert!(!t.b.m_axi_ptw.arvalid.val() && !t.b.ended.val() && !t.b.walking.val());
        t.wakes = t.starts;
    }
    for _ in 0..200 {
        t.random_cycle();
    }
    t.drain();
}

/// Neither master nor memory makes it wait.
const FAST: Speed = Speed {
    arready: 10,
    rvalid: 10,
    ended_ready: 10,
    start: 0,
    flush: 0,
    latency: 0,
};

#[test]
fn a_lone_walk_loses_no_cycle() {
    let mut t = Bench::new(6, FAST);
    let mut levels = [0; 3];
    for _ in 0..400 {
        let mut request = t.request();
        request.asker.kind = t.rng.below(3).into();
        let expected = expect(&t.tables, &request);
        let started = t.now;
        t.next = Some(request);
        t.cycle();
        let walk = t.walks.iter().flatten().next().unwrap();
        assert_eq!(walk.started, started);
        let mut ended = None;
        let mut ar = vec![];
        let mut r = vec![];
        while t.walks.iter().any(Option::is_some) {
            let before = |t: &Bench| {
                let walk = t.walks.iter().flatten().next();
                walk.map_or((9, 0, None), |walk| {
                    (walk.reads.len(), walk.read_at, walk.ended)
                })
            };
            let (reads, read_at, _) = before(&t);
            let now = t.now;
            t.cycle();
            let after = before(&t);
            if after.0 == reads + 1 {
                ar.push(now - started);
            }
            if after.1 != read_at && after.1 == now {
                r.push(now - started);
            }
            ended = ended.or(after.2.map(|at| at - started));
        }
        // Start, ARVALID; R a cycle later; then ARVALID again or the end. At a memory this fast the end
        // waits a cycle for the neighbour of the first level.
        let cycles = match expected.reads.len() {
            1 => (vec![1], vec![2], Some(5)),
            _ => (vec![1, 4], vec![2, 5], Some(9)),
        };
        assert_eq!((ar, r, ended), cycles, "{request:?}");
        levels[expected.reads.len()] += 1;
    }
    assert!(levels[1] > 50 && levels[2] > 50);
}

#[test]
fn four_walks_read_at_the_same_time_and_answers_come_in_any_order() {
    let mut t = Bench::new(7, FAST);
    for round in 0..50 {
        // Memory answers when all four have asked.
        t.speed.rvalid = 0;
        for _ in 0..4 {
            t.next = Some(t.request());
            t.cycle();
        }
        t.cycle();
        assert_eq!(t.reading.len(), 4, "round {round}");
        t.speed.rvalid = 10;
        t.drain();
    }
}

#[test]
fn an_end_that_is_not_taken_keeps_memory_waiting_but_not_the_requests() {
    let mut t = Bench::new(8, FAST);
    for _ in 0..100 {
        t.speed.ended_ready = 0;
        for _ in 0..4 {
            let mut request = t.request();
            request.level2 = true;
            request.asker.kind = 0.into();
            t.next = Some(request);
            t.cycle();
        }
        for _ in 0..20 {
            t.cycle();
        }
        assert!(t.held_end.is_some());
        // The next one's beat is in the decoder, the others are in memory.
        assert_eq!(t.reading.len() + usize::from(t.present.is_some()), 2);
        t.speed.ended_ready = 10;
        t.drain();
    }
}
