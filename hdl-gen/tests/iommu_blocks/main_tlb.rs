//! The main TLB against a list of ways that counts invalidations without end.

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::main_tlb::MainTlb;
use hdl_gen::iommu::types::*;

use crate::iommu::{self, n, Sim};

/// Numbers of a generation.
const GENERATIONS: u64 = 256;
const EPOCHS: u64 = 16;
const SETS: usize = 512;

fn set(vpn: u64, large: bool) -> usize {
    (if large { vpn >> 4 } else { vpn }) as usize % SETS
}

#[derive(Clone, Copy)]
struct Entry {
    page: Translation,
    /// Bumps of its context before it came.
    born: (u64, u64),
}

impl Entry {
    fn matches(&self, key: Key, large: bool, any_asid: bool) -> bool {
        let page = &self.page;
        let number = |vpn: u64| if large { vpn >> 4 } else { vpn };
        page.large.any() == large
            && page.context == key.context
            && number(n(page.vpn)) == number(n(key.vpn))
            && (any_asid || !page.not_global || page.asid == key.asid)
    }
}

#[derive(Clone, Copy, Default)]
struct Inputs {
    reset: bool,
    probe: bool,
    vpn: u64,
    large: bool,
    key: Key,
    any_asid: bool,
    kill: bool,
    fill: bool,
    page: Translation,
    bump: Flush,
}

struct Model {
    ways: Vec<[Option<Entry>; 4]>,
    /// Fills of the sets with the same low bits.
    fills: [usize; 32],
    /// The last fill, which is counted a cycle later.
    counts: Option<(usize, usize)>,
    bumps: [u64; 8],
    epoch: u64,
    sweep: usize,
    read: [Option<Entry>; 4],
    compare: bool,
    large: bool,
    matched: [bool; 4],
    recent: [bool; 4],
}

impl Model {
    fn new() -> Self {
        Self {
            ways: vec![[None; 4]; SETS],
            fills: [0; 32],
            counts: None,
            bumps: [0; 8],
            epoch: 0,
            sweep: SETS,
            read: [None; 4],
            compare: false,
            large: false,
            matched: [false; 4],
            recent: [false; 4],
        }
    }

    /// The page that answers now.
    fn answer(&self, key: Key) -> Option<Translation> {
        let way = self.matched.iter().position(|&matched| matched)?;
        let page = self.read[way].expect("it matched").page;
        Some(Translation {
            context: key.context,
            asid: key.asid,
            vpn: key.vpn,
            ..page
        })
    }

    fn edge(&mut self, i: &Inputs) {
        let swept = self.sweep == 0;
        if self.compare {
            for way in 0..4 {
                self.matched[way] = swept
                    && self.read[way].is_some_and(|entry| {
                        entry.born == (self.epoch, self.bumps[entry.page.context.index()])
                            && entry.matches(i.key, self.large, i.any_asid)
                    });
            }
        }
        if i.probe {
            self.read = self.ways[set(i.vpn, i.large)];
        }
        let mut filled = [false; 4];
        let mut counts = None;
        if i.kill && swept {
            for way in 0..4 {
                if self.matched[way] || self.recent[way] {
                    self.ways[set(n(i.key.vpn), self.large)][way] = None;
                }
            }
        } else if i.fill && swept && !i.bump.valid && n(i.page.large) < 2 {
            let at = set(n(i.page.vpn), i.page.large.any());
            let fills = self.fills[at % 32];
            let way = (fills + fills / 16) % 4;
            counts = Some((at % 32, (fills + 1) % 64));
            self.ways[at][way] = Some(Entry {
                page: i.page,
                born: (self.epoch, self.bumps[i.page.context.index()]),
            });
            filled[way] = true;
        }
        for (recent, filled) in self.recent.iter_mut().zip(filled) {
            *recent = filled || *recent && !i.probe;
        }
        if let Some((at, fills)) = self.counts {
            self.fills[at] = fills;
        }
        self.counts = counts;
        if i.probe {
            self.large = i.large;
        }
        self.compare = i.probe;
        self.sweep = match self.sweep {
            // The sweep has not begun, or begins again.
            at if at > SETS => SETS,
            at => at.saturating_sub(1),
        };
        if i.bump.valid {
            let c = i.bump.context.index();
            let comes_again = if i.bump.by_context {
                self.bumps[c] += 1;
                self.bumps[c] % GENERATIONS == 0
            } else {
                self.epoch += 1;
                self.epoch % EPOCHS == 0
            };
            if comes_again {
                self.ways = vec![[None; 4]; SETS];
                if self.sweep == 0 {
                    self.sweep = SETS + 1;
                }
            }
        }
        if i.reset {
            *self = Self {
                bumps: self.bumps,
                fills: self.fills,
                ..Self::new()
            };
        }
    }
}

/// The block, its model, and both in step.
struct Pair {
    b: Sim<MainTlb>,
    model: Model,
}

impl Pair {
    fn new() -> Self {
        Self {
            b: Sim::new(MainTlb::default(), |b| &mut b.clock),
            model: Model::new(),
        }
    }

    /// A block that has been swept.
    fn ready() -> Self {
        let mut pair = Self::new();
        for _ in 0..SETS {
            pair.cycle(&Inputs::default());
        }
        pair
    }

    fn cycle(&mut self, i: &Inputs) -> Option<Translation> {
        let b = &mut self.b;
        b.reset.next = i.reset;
        b.probe.next = i.probe;
        b.probe_vpn.next = i.vpn.into();
        b.probe_large.next = i.large;
        b.key.next = i.key;
        b.any_asid.next = i.any_asid;
        b.kill.next = i.kill;
        b.fill.next = i.fill;
        b.fill_page.next = i.page;
        b.bump.next = i.bump;
        b.settle();
        assert_eq!(b.sweeping.val(), self.model.sweep > 0);
        let answer = b.hit.val().then(|| b.page.val());
        // In the cycle after a probe the answer is that of no page.
        if !self.model.compare {
            assert_eq!(answer, self.model.answer(i.key), "{i:?}");
        }
        self.model.edge(i);
        self.b.edge();
        answer
    }

    fn fill(&mut self, page: Translation) {
        self.cycle(&Inputs {
            fill: true,
            page,
            ..Inputs::default()
        });
    }

    fn bump(&mut self, context: u64) {
        self.cycle(&Inputs {
            bump: of(context),
            ..Inputs::default()
        });
    }

    /// A probe, with the three cycles changed by `change`.
    fn probe(
        &mut self,
        key: Key,
        large: bool,
        mut change: impl FnMut(usize, &mut Inputs),
    ) -> Option<Translation> {
        let mut answer = None;
        for cycle in 0..3 {
            let mut inputs = Inputs {
                probe: cycle == 0,
                vpn: n(key.vpn),
                large,
                key,
                ..Inputs::default()
            };
            change(cycle, &mut inputs);
            answer = self.cycle(&inputs);
        }
        answer
    }

    fn look(&mut self, key: Key) -> Option<Translation> {
        self.probe(key, false, |_, _| {})
    }

    fn look_large(&mut self, key: Key) -> Option<Translation> {
        self.probe(key, true, |_, _| {})
    }
}

impl std::fmt::Debug for Inputs {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(
            f,
            "vpn {:x} large {} key {:?} kill {} fill {}",
            self.vpn, self.large, self.key, self.kill, self.fill
        )
    }
}

fn of(context: u64) -> Flush {
    Flush {
        valid: true,
        by_context: true,
        context: context.into(),
    }
}

fn key(context: u64, asid: u64, vpn: u64) -> Key {
    Key {
        context: context.into(),
        asid: asid.into(),
        vpn: vpn.into(),
    }
}

fn page(context: u64, vpn: u64, ppn: u64) -> Translation {
    Translation {
        context: context.into(),
        asid: 9.into(),
        not_global: true,
        vpn: vpn.into(),
        ppn: ppn.into(),
        ap: 5.into(),
        domain: 11.into(),
        memory: 19.into(),
        ..Translation::default()
    }
}

fn page_64k(context: u64, vpn: u64, ppn: u64) -> Translation {
    Translation {
        large: 1.into(),
        ..page(context, vpn, ppn)
    }
}

fn ppn(answer: Option<Translation>) -> Option<u64> {
    answer.map(|page| n(page.ppn))
}

#[test]
fn a_page_is_found_by_size_context_asid_and_number() {
    let mut p = Pair::ready();
    p.fill(page(1, 0x12345, 0xA));
    p.fill(page_64k(1, 0x54321, 0xB));
    let found = p.look(key(1, 9, 0x12345)).expect("a small page");
    assert_eq!(found, page(1, 0x12345, 0xA));
    assert_eq!(p.look_large(key(1, 9, 0x12345)), None);
    assert_eq!(p.look(key(2, 9, 0x12345)), None);
    assert_eq!(p.look(key(1, 8, 0x12345)), None);
    assert_eq!(p.look(key(1, 9, 0x12145)), None);
    assert_eq!(p.look(key(1, 9, 0x92345)), None);
    for low in 0..16 {
        let large = p.look_large(key(1, 9, 0x54320 + low)).expect("any of 16");
        assert_eq!((n(large.large), n(large.ppn)), (1, 0xB));
        assert_eq!(p.look(key(1, 9, 0x54320 + low)), None);
    }
    assert_eq!(p.look_large(key(1, 9, 0x54330)), None);
    assert_eq!(p.look_large(key(1, 9, 0x5431F)), None);
    p.fill(Translation {
        not_global: false,
        ..page(1, 0x777, 0xC)
    });
    assert_eq!(ppn(p.look(key(1, 200, 0x777))), Some(0xC));
}

#[test]
fn sections_are_not_taken() {
    let mut p = Pair::ready();
    for large in [3u64, 7] {
        p.fill(Translation {
            large: large.into(),
            ..page(1, 0x12345, 0xA)
        });
    }
    assert_eq!(p.look(key(1, 9, 0x12345)), None);
    assert_eq!(p.look_large(key(1, 9, 0x12345)), None);
}

#[test]
fn a_set_keeps_its_last_four_pages() {
    let mut p = Pair::ready();
    for i in 0..6 {
        p.fill(page(1, 0x33 + i * 512, i));
        p.fill(page(1, 0x32 + i * 512, i)); // its neighbour, as a walk fills it
    }
    for i in 0..6 {
        let kept = (i > 1).then_some(i);
        assert_eq!(ppn(p.look(key(1, 9, 0x33 + i * 512))), kept);
        assert_eq!(ppn(p.look(key(1, 9, 0x32 + i * 512))), kept);
    }
}

#[test]
fn a_run_of_pages_fits_to_the_last_entry() {
    for pairs in [false, true] {
        let mut p = Pair::ready();
        for vpn in 0..2048 {
            // A walk may fill the odd page of a pair first.
            p.fill(page(1, 0x7000 + (vpn ^ u64::from(pairs)), vpn));
        }
        for vpn in 0..2048 {
            assert!(p.look(key(1, 9, 0x7000 + vpn)).is_some(), "{vpn:x}");
        }
    }
}

#[test]
fn of_duplicates_the_lowest_way_answers_and_a_kill_removes_all() {
    let mut p = Pair::ready();
    for i in 0..4 {
        p.fill(page(1, 0x33, 1 << i));
        p.cycle(&Inputs::default());
    }
    assert_eq!(ppn(p.look(key(1, 9, 0x33))), Some(1));
    p.probe(key(1, 9, 0x33), false, |cycle, i| i.kill = cycle == 2);
    assert_eq!(p.look(key(1, 9, 0x33)), None);
}

#[test]
fn a_kill_spares_other_asids_unless_it_is_of_any() {
    for any_asid in [false, true] {
        let mut p = Pair::ready();
        let other = Translation {
            asid: 7.into(),
            ..page(1, 0x33, 2)
        };
        let everywhere = Translation {
            not_global: false,
            ..page(1, 0x33, 3)
        };
        for page in [page(1, 0x33, 1), other, everywhere, page(2, 0x33, 4)] {
            p.fill(page);
            p.cycle(&Inputs::default());
        }
        p.probe(key(1, 9, 0x33), false, |cycle, i| {
            i.any_asid = any_asid;
            i.kill = cycle == 2;
        });
        assert_eq!(p.look(key(1, 9, 0x33)), None);
        assert_eq!(ppn(p.look(key(1, 7, 0x33))), (!any_asid).then_some(2));
        assert_eq!(ppn(p.look(key(2, 9, 0x33))), Some(4));
    }
}

#[test]
fn a_large_page_is_killed_by_any_address_in_it() {
    for low in [0, 5, 15] {
        let mut p = Pair::ready();
        p.fill(page_64k(1, 0x54320, 1));
        p.fill(page_64k(1, 0x54330, 2));
        p.fill(page(1, 0x54320 + low, 3));
        p.probe(key(1, 9, 0x54320 + low), true, |cycle, i| {
            i.kill = cycle == 2
        });
        assert_eq!(p.look_large(key(1, 9, 0x54327)), None);
        assert_eq!(ppn(p.look_large(key(1, 9, 0x54337))), Some(2));
        assert_eq!(ppn(p.look(key(1, 9, 0x54320 + low))), Some(3));
    }
}

#[test]
fn no_fill_from_the_probe_of_a_kill_on_survives_it() {
    for at in 0..3 {
        let mut p = Pair::ready();
        p.probe(key(1, 9, 0x33), false, |cycle, i| {
            i.kill = cycle == 2;
            i.fill = cycle == at;
            i.page = page(1, 0x33, 1);
        });
        assert_eq!(p.look(key(1, 9, 0x33)), None, "filled in cycle {at}");
        // Without a kill it is there.
        p.probe(key(1, 9, 0x33), false, |cycle, i| {
            i.fill = cycle == at;
            i.page = page(1, 0x33, 1);
        });
        assert_eq!(ppn(p.look(key(1, 9, 0x33))), Some(1));
    }
}

#[test]
fn a_kill_of_a_miss_removes_nothing() {
    let mut p = Pair::ready();
    for i in 0..4 {
        p.fill(page(1, 0x33 + i * 512, i));
        p.cycle(&Inputs::default());
    }
    p.probe(key(1, 9, 0x33 + 4 * 512), false, |cycle, i| {
        i.kill = cycle == 2
    });
    for i in 0..4 {
        assert_eq!(ppn(p.look(key(1, 9, 0x33 + i * 512))), Some(i));
    }
}

#[test]
fn a_bump_invalidates_its_context_alone() {
    let mut p = Pair::ready();
    for context in 0..8 {
        p.fill(page(context, 0x33 + context, context));
    }
    p.bump(3);
    for context in 0..8 {
        let kept = (context != 3).then_some(context);
        assert_eq!(ppn(p.look(key(context, 9, 0x33 + context))), kept);
    }
    p.fill(page(3, 0x36, 3));
    assert_eq!(ppn(p.look(key(3, 9, 0x36))), Some(3));
}

#[test]
fn a_fill_in_the_cycle_of_a_bump_is_lost() {
    let mut p = Pair::ready();
    p.cycle(&Inputs {
        fill: true,
        page: page(3, 0x33, 1),
        bump: of(3),
        ..Inputs::default()
    });
    assert_eq!(p.look(key(3, 9, 0x33)), None);
}

#[test]
fn a_comparison_in_the_cycle_of_a_bump_goes_by_the_old_generation() {
    let mut p = Pair::ready();
    p.fill(page(3, 0x33, 1));
    let bump_in = |at: usize| {
        move |cycle: usize, i: &mut Inputs| {
            if cycle == at {
                i.bump = of(3);
            }
        }
    };
    assert_eq!(ppn(p.probe(key(3, 9, 0x33), false, bump_in(1))), Some(1));
    assert_eq!(p.look(key(3, 9, 0x33)), None);
    p.fill(page(3, 0x33, 1));
    assert_eq!(p.probe(key(3, 9, 0x33), false, bump_in(0)), None);
}

#[test]
fn a_generation_that_comes_again_revives_nothing() {
    let mut p = Pair::ready();
    p.fill(page(3, 0x33, 1));
    p.fill(page(4, 0x33, 2));
    for bump in 1..GENERATIONS {
        p.bump(3);
        if bump % 50 == 0 {
            assert_eq!(p.look(key(3, 9, 0x33)), None);
            assert_eq!(ppn(p.look(key(4, 9, 0x33))), Some(2));
        }
        assert!(!p.b.sweeping.val());
    }
    p.bump(3);
    for cycle in 0..SETS {
        // Neither a set that was swept already nor one that will be takes a fill.
        let vpn = if cycle % 2 == 0 { 0 } else { 0x1FF };
        let answer = p.cycle(&Inputs {
            probe: cycle % 3 == 0,
            vpn: 0x33,
            key: key(3, 9, 0x33),
            fill: true,
            page: page(3, vpn, 1),
            ..Inputs::default()
        });
        // In the first two there is still the answer of before.
        assert!(cycle < 2 || answer.is_none());
    }
    assert_eq!(p.look(key(3, 9, 0)), None);
    assert_eq!(p.look(key(3, 9, 0x33)), None);
    assert_eq!(p.look(key(3, 9, 0x1FF)), None);
    assert_eq!(p.look(key(4, 9, 0x33)), None);
    p.fill(page(3, 0x33, 1));
    assert_eq!(ppn(p.look(key(3, 9, 0x33))), Some(1));
}

/// The comparison comes when the generation is there again already, and the sweep has yet to begin.
#[test]
fn a_generation_that_comes_again_in_the_cycle_of_a_probe_revives_nothing() {
    let mut p = Pair::ready();
    p.fill(page(3, 0x33, 1));
    for _ in 1..GENERATIONS {
        p.bump(3);
    }
    let answer = p.probe(key(3, 9, 0x33), false, |cycle, i| {
        if cycle == 0 {
            i.bump = of(3);
        }
    });
    assert_eq!(answer, None);
}

#[test]
fn invalidating_all_contexts_leaves_nothing_and_fills_go_on() {
    let mut p = Pair::ready();
    for epoch in 1..=2 * EPOCHS {
        for vpn in 0..SETS as u64 {
            p.fill(page(vpn % 8, vpn, vpn));
        }
        assert_eq!(ppn(p.look(key(5, 9, 5))), Some(5));
        p.cycle(&Inputs {
            bump: Flush {
                valid: true,
                ..Flush::default()
            },
            ..Inputs::default()
        });
        for vpn in 0..600 {
            let vpn = (511 - vpn % 512) as u64;
            assert_eq!(p.look(key(vpn % 8, 9, vpn)), None);
        }
        // Only when the epoch comes again are the sets swept.
        p.fill(page(0, 0x77, 1));
        let found = ppn(p.look(key(0, 9, 0x77)));
        let was_swept = epoch % EPOCHS == 0;
        assert!(found == Some(1) || was_swept, "epoch {epoch}: {found:?}");
    }
}

#[test]
fn lookups_one_after_the_other_and_everything_else_at_random() {
    let mut p = Pair::new();
    let mut rng = Rng::new(5);
    let (mut hits, mut misses, mut kills) = (0, 0, 0);
    let mut phase = 0;
    let mut i = Inputs::default();
    for _ in 0..60_000 {
        // 0: idle or probe, 1: compare, 2: answer, and perhaps the next probe.
        i.reset = rng.chance(1, 8000);
        i.kill = phase == 2 && rng.chance(1, 12);
        i.fill = rng.chance(1, 5);
        i.page = iommu::translation(&mut rng);
        if n(i.page.large) > 1 && rng.bit() {
            i.page.large = 0.into();
        }
        i.bump = Flush {
            valid: rng.chance(1, 60),
            by_context: !rng.chance(1, 60),
            context: rng.below(2).into(),
        };
        i.probe = phase != 1 && rng.chance(3, 4);
        i.any_asid = rng.chance(1, 4);
        let next = iommu::key(&mut rng);
        if i.probe {
            i.vpn = n(next.vpn);
            i.large = rng.chance(1, 3);
        } else {
            i.vpn = rng.below(1 << 20);
            i.large = rng.bit();
        }
        let answered = phase == 2;
        let answer = p.cycle(&i);
        hits += u32::from(answered && answer.is_some());
        misses += u32::from(answered && answer.is_none());
        kills += u32::from(i.kill && answer.is_some());
        phase = match (i.probe, phase) {
            (true, _) => 1,
            (_, 1) => 2,
            _ => phase,
        };
        if i.probe {
            i.key = next;
        }
    }
    assert!(
        hits > 1000 && misses > 1000 && kills > 100,
        "{hits} {misses} {kills}"
    );
}
