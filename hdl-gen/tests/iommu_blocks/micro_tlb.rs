//! The micro-TLB against a list of entries.

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::config::*;
use hdl_gen::iommu::micro_tlb::{MicroPage, MicroTlb};
use hdl_gen::iommu::types::*;

use crate::iommu::{self, n, Sim};

/// What a lookup asks for: context, page number, {instruction, privileged}.
#[derive(Clone, Copy, Default, Debug)]
struct Asked {
    context: u64,
    vpn: u64,
    access: u64,
}

impl Asked {
    fn of(rng: &mut Rng) -> Self {
        Self {
            context: rng.below(2),
            vpn: n(iommu::vpn(rng)),
            access: rng.below(4),
        }
    }
}

fn pages(large: u64) -> u64 {
    match large {
        0 => 1,
        1 => 16,
        3 => 256,
        _ => 4096,
    }
}

fn covers(entry: &MicroEntry, context: u64, vpn: u64, pages: u64) -> bool {
    n(entry.context) == context && n(entry.vpn) / pages == vpn / pages
}

/// The ways, and which is replaced next.
#[derive(Default)]
struct Model {
    ways: [Option<MicroEntry>; MICRO_ENTRIES],
    victim: usize,
}

impl Model {
    fn find(&self, asked: &Asked) -> Option<usize> {
        self.ways.iter().position(|way| {
            way.is_some_and(|entry| {
                covers(&entry, asked.context, asked.vpn, pages(n(entry.large)))
                    && n(entry.allow) >> asked.access & 1 == 1
            })
        })
    }

    /// No two entries answer for a page, so what the new one overlaps goes.
    fn fill(&mut self, new: MicroEntry, dropped: bool) {
        for way in &mut self.ways {
            let overlaps = |old: &MicroEntry| {
                let pages = pages(n(old.large)).max(pages(n(new.large)));
                covers(old, n(new.context), n(new.vpn), pages)
            };
            *way = way.filter(|old| !overlaps(old));
        }
        if !dropped {
            self.ways[self.victim] = Some(new);
        }
        self.victim = (self.victim + 1) % MICRO_ENTRIES;
    }
}

fn entry(rng: &mut Rng) -> MicroEntry {
    let page = iommu::translation(rng);
    MicroEntry {
        context: page.context,
        vpn: page.vpn,
        large: page.large,
        ppn: page.ppn,
        allow: rng.bits(),
        cache: rng.bits(),
        keep_cache: rng.bit(),
    }
}

fn expected(entry: &MicroEntry, in_context: bool) -> MicroPage {
    MicroPage {
        in_context,
        context: entry.context,
        ppn: entry.ppn,
        large: entry.large,
        cache: entry.cache,
        keep_cache: entry.keep_cache,
    }
}

struct Pair {
    b: Sim<MicroTlb>,
    m: Model,
    rng: Rng,
    /// What was loaded, and is still to be answered for.
    asked: Option<Asked>,
    /// A fill comes in this cycle.
    filling: bool,
    hits: u32,
    misses: u32,
    kept: u32,
}

impl Pair {
    fn new(seed: u64) -> Self {
        Self {
            b: Sim::new(MicroTlb::default(), |b| &mut b.clock),
            m: Model::default(),
            rng: Rng::new(seed),
            asked: None,
            filling: false,
            hits: 0,
            misses: 0,
            kept: 0,
        }
    }

    /// What was loaded last is answered by the way that holds it, and by no other.
    fn answer(&mut self) {
        let Some(asked) = self.asked else { return };
        let found = self.m.find(&asked);
        assert_eq!(self.b.hit.val(), found.is_some(), "{asked:?}");
        self.misses += u32::from(found.is_none());
        let Some(way) = found else { return };
        self.hits += 1;
        assert_eq!(self.b.way.val().index(), way, "{asked:?}");
        let Some(entry) = self.m.ways[way] else {
            return;
        };
        self.b.page_at.next = (way as u64).into();
        self.b.settle();
        let in_context = self.b.page.val().in_context;
        assert_eq!(self.b.page.val(), expected(&entry, in_context));
    }

    /// Entry and slot of the answers stay as they are; the rest is drawn.
    fn cycle(&mut self) {
        let (b, rng) = (&mut self.b, &mut self.rng);
        let asked = Asked::of(rng);
        let load = rng.chance(2, 3);
        let fills = !self.filling && rng.chance(1, 6);
        let flush = rng.chance(1, 60);
        let keep = rng.chance(1, 3);
        if fills {
            b.entry.next = entry(rng);
        }
        b.load.next = load;
        b.owner.next = asked.context.into();
        b.vpn.next = asked.vpn.into();
        b.access.next = asked.access.into();
        b.fills.next = fills;
        b.fill.next = self.filling;
        b.flush.next = flush;
        b.keep.next = keep;
        b.in_context.next = rng.bit();
        b.page_at.next = rng.below(MICRO_ENTRIES as u64).into();
        b.settle();
        self.answer();
        let b = &mut self.b;
        let kept = keep && b.page_at.val().index() == self.m.victim;
        self.kept += u32::from(kept && self.filling);
        let entry = b.entry.val();
        b.edge();
        if self.filling {
            self.m.fill(entry, kept);
        }
        if flush {
            self.m.ways = Default::default();
        }
        let changed = fills || self.filling || flush;
        let still = self.asked.filter(|_| !load);
        self.asked = still.or(load.then_some(asked)).filter(|_| !changed);
        // A flush takes the fill back that was to come.
        self.filling = fills && !flush;
    }
}

#[test]
fn lookups_are_answered_by_what_was_filled_and_not_flushed() {
    let (mut hits, mut misses, mut kept) = (0, 0, 0);
    for seed in 0..4 {
        let mut pair = Pair::new(seed);
        for _ in 0..20_000 {
            pair.cycle();
        }
        (hits, misses, kept) = (hits + pair.hits, misses + pair.misses, kept + pair.kept);
    }
    assert!(
        hits > 5000 && misses > 5000 && kept > 200,
        "{hits} {misses} {kept}"
    );
}

#[test]
fn the_answers_of_slots_stand_beside_the_entries() {
    let mut pair = Pair::new(9);
    let mut answers = [MicroEntry::default(); SLOTS];
    for (slot, answer) in answers.iter_mut().enumerate() {
        let b = &mut pair.b;
        *answer = entry(&mut pair.rng);
        b.entry.next = *answer;
        b.in_context.next = slot % 2 == 0;
        b.slot.next = (slot as u64).into();
        b.answer.next = true;
        b.cycle();
        b.answer.next = false;
    }
    // Entries that are filled and flushed leave them alone.
    for _ in 0..2000 {
        pair.cycle();
    }
    for (slot, answer) in answers.iter().enumerate() {
        let b = &mut pair.b;
        b.page_at.next = ((MICRO_ENTRIES + slot) as u64).into();
        b.settle();
        assert_eq!(b.page.val(), expected(answer, slot % 2 == 0));
    }
}
