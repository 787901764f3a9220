//! The side TLB against lists of pages.

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::config::*;
use hdl_gen::iommu::side_tlb::SideTlb;
use hdl_gen::iommu::types::*;
use rust_hdl::prelude::*;

use crate::iommu::{self, n, Sim};

fn covers(page: &Translation, vpn: u64) -> bool {
    let count = match n(page.large) {
        0 => 1,
        1 => 16,
        3 => 256,
        _ => 4096,
    };
    n(page.vpn) / count == vpn / count
}

#[derive(Clone, Copy, Default, Debug)]
struct Inputs {
    reset: bool,
    key: Key,
    any_asid: bool,
    take: bool,
    kill: bool,
    insert: bool,
    page: Translation,
    lock: bool,
    flush: Flush,
    bump: Flush,
}

impl Inputs {
    fn matches(&self, page: &Translation) -> bool {
        page.context == self.key.context
            && covers(page, n(self.key.vpn))
            && (self.any_asid || !page.not_global || page.asid == self.key.asid)
    }
}

fn concerns(flush: Flush, context: Bits<CONTEXT_BITS>) -> bool {
    flush.valid && (!flush.by_context || flush.context == context)
}

/// Prefetched pages first, then locked ones. A page, and whether it has matched.
#[derive(Default)]
struct Model {
    entries: [Option<Translation>; PREFETCH_ENTRIES + LOCK_ENTRIES],
    matched: [Option<Translation>; PREFETCH_ENTRIES + LOCK_ENTRIES],
    recent: Option<usize>,
    victim: usize,
    /// Locked pages, and where the next one goes, a cycle ago.
    locked: usize,
    free: Option<usize>,
}

impl Model {
    fn edge(&mut self, i: &Inputs) {
        // Prefetched pages are kept without ASID.
        let any = Inputs {
            any_asid: true,
            ..*i
        };
        let mut at = 0;
        let mut matched = self.entries.map(|entry| {
            at += 1;
            let by = if at > PREFETCH_ENTRIES { i } else { &any };
            entry.filter(|page| by.matches(page))
        });
        let (first, locks) = (PREFETCH_ENTRIES, &self.entries[PREFETCH_ENTRIES..]);
        let room = locks.iter().position(Option::is_none).map(|at| at + first);
        let locked = locks.iter().flatten().count();
        // After reset.
        let free = self.free.or((self.locked == 0).then_some(first));
        for at in 0..self.entries.len() {
            let prefetched = at < PREFETCH_ENTRIES;
            let Some(page) = self.entries[at] else {
                continue;
            };
            let killed = i.kill && (self.matched[at].is_some() || self.recent == Some(at));
            let removed = killed || self.matched[at].is_some() && i.take && prefetched;
            let by = if prefetched { i.flush } else { i.bump };
            if removed || concerns(by, page.context) {
                self.entries[at] = None;
            }
        }
        let place = if i.lock {
            free
        } else {
            (n(i.page.large) < 2).then_some(self.victim)
        };
        self.recent = place.filter(|_| i.insert);
        if let Some(at) = self.recent {
            self.entries[at] = (!i.kill && !i.flush.valid).then_some(i.page);
            matched[at] = None;
            if !i.lock {
                self.victim = (self.victim + 1) % PREFETCH_ENTRIES;
            }
        }
        self.matched = matched;
        (self.free, self.locked) = (room, locked);
        if i.reset {
            *self = Self::default();
        }
    }
}

struct Pair {
    b: Sim<SideTlb>,
    m: Model,
}

impl Pair {
    fn new() -> Self {
        Self {
            b: Sim::new(SideTlb::default(), |b| &mut b.clock),
            m: Model::default(),
        }
    }

    /// The page, and whether it is locked.
    fn cycle(&mut self, i: &Inputs) -> Option<(Translation, bool)> {
        let (b, m) = (&mut self.b, &mut self.m);
        b.reset.next = i.reset;
        b.key.next = i.key;
        b.any_asid.next = i.any_asid;
        b.take.next = i.take;
        b.kill.next = i.kill;
        b.insert.next = i.insert && !i.lock;
        b.insert_page.next = i.page;
        b.insert_lock.next = i.insert && i.lock;
        b.flush.next = i.flush;
        b.bump.next = i.bump;
        b.settle();
        let locks = m.entries[PREFETCH_ENTRIES..].iter().flatten().count();
        assert_eq!(n(b.locks.val()), locks as u64);
        assert_eq!(b.lock_full.val(), m.locked == LOCK_ENTRIES);
        let answer = b.hit.val().then(|| (b.page.val(), b.locked.val()));
        let with_key = |page: Translation| Translation {
            context: i.key.context,
            asid: i.key.asid,
            vpn: i.key.vpn,
            ..page
        };
        let (prefetched, locked) = m.matched.split_at(PREFETCH_ENTRIES);
        let locked: Vec<_> = locked
            .iter()
            .flatten()
            .map(|&p| (with_key(p), true))
            .collect();
        let prefetched = prefetched.iter().flatten().map(|&p| (with_key(p), false));
        let expected = if locked.is_empty() {
            prefetched.collect()
        } else {
            locked
        };
        match answer {
            None => assert!(expected.is_empty(), "{i:?}"),
            Some(answer) => assert!(expected.contains(&answer), "{answer:?} {expected:?}"),
        }
        self.m.edge(i);
        self.b.edge();
        answer
    }

    fn insert(&mut self, page: Translation, lock: bool) {
        self.cycle(&Inputs {
            insert: true,
            page,
            lock,
            ..Inputs::default()
        });
        self.cycle(&Inputs::default());
    }

    /// Cycles 1 and 2 of a lookup, changed by `change`.
    fn probe(
        &mut self,
        key: Key,
        mut change: impl FnMut(usize, &mut Inputs),
    ) -> Option<(u64, bool)> {
        let mut answer = None;
        for cycle in 1..3 {
            let mut i = Inputs {
                key,
                ..Inputs::default()
            };
            change(cycle, &mut i);
            answer = self.cycle(&i);
        }
        answer.map(|(page, locked)| (n(page.ppn), locked))
    }

    fn look(&mut self, key: Key) -> Option<(u64, bool)> {
        self.probe(key, |_, _| {})
    }

    fn kill(&mut self, key: Key, any_asid: bool) {
        self.probe(key, |cycle, i| {
            i.any_asid = any_asid;
            i.kill = cycle == 2;
        });
    }
}

fn key(context: u64, asid: u64, vpn: u64) -> Key {
    Key {
        context: context.into(),
        asid: asid.into(),
        vpn: vpn.into(),
    }
}

fn page(context: u64, vpn: u64, large: u64, ppn: u64) -> Translation {
    Translation {
        context: context.into(),
        asid: 9.into(),
        not_global: true,
        vpn: vpn.into(),
        large: large.into(),
        ppn: ppn.into(),
        ap: 5.into(),
        xn: true,
        domain: 11.into(),
        memory: 19.into(),
    }
}

fn of(context: u64) -> Flush {
    Flush {
        valid: true,
        by_context: true,
        context: context.into(),
    }
}

#[test]
fn locked_pages_of_every_size_answer_over_all_of_it() {
    let mut p = Pair::new();
    for (i, large) in [0, 1, 3, 7].into_iter().enumerate() {
        p.insert(page(1, (i as u64) << 16 | 0x1234, large, i as u64), true);
    }
    assert!(p.b.lock_full.val());
    for (i, (first, last)) in [
        (0x01234, 0x01234),
        (0x11230, 0x1123F),
        (0x21200, 0x212FF),
        (0x31000, 0x31FFF),
    ]
    .into_iter()
    .enumerate()
    {
        for vpn in [first, last] {
            assert_eq!(p.look(key(1, 9, vpn)), Some((i as u64, true)), "{vpn:x}");
            assert_eq!(p.look(key(1, 8, vpn)), None);
            assert_eq!(p.look(key(2, 9, vpn)), None);
        }
        assert_eq!(p.look(key(1, 9, first - 1)), None);
        assert_eq!(p.look(key(1, 9, last + 1)), None);
    }
    // A fifth finds no room, and displaces nothing.
    p.insert(page(1, 0x555, 0, 5), true);
    assert_eq!(p.look(key(1, 9, 0x555)), None);
    assert_eq!(p.look(key(1, 9, 0x1234)), Some((0, true)));
}

#[test]
fn the_oldest_prefetched_page_makes_room() {
    let mut p = Pair::new();
    for i in 0..6 {
        p.insert(page(1, 0x100 + i, 0, i), false);
    }
    for i in 0..6 {
        let kept = (i > 1).then_some((i, false));
        assert_eq!(p.look(key(1, 9, 0x100 + i)), kept);
    }
}

#[test]
fn a_taken_page_is_gone_and_a_locked_one_stays() {
    let mut p = Pair::new();
    p.insert(page(1, 0x100, 0, 1), false);
    p.insert(page(1, 0x100, 0, 2), true);
    assert_eq!(p.look(key(1, 9, 0x100)), Some((2, true)), "locked first");
    p.probe(key(1, 9, 0x100), |cycle, i| i.take = cycle == 2);
    assert_eq!(p.look(key(1, 9, 0x100)), Some((2, true)));
    p.kill(key(1, 9, 0x100), false);
    assert_eq!(
        p.look(key(1, 9, 0x100)),
        None,
        "the prefetched one was taken"
    );
    assert_eq!(n(p.b.locks.val()), 0);
}

#[test]
fn a_kill_of_any_asid_removes_what_covers_the_address() {
    for any_asid in [false, true] {
        let mut p = Pair::new();
        p.insert(page(1, 0x12340, 1, 1), true);
        p.insert(page(1, 0x12300, 3, 2), true);
        p.insert(page(1, 0x12347, 0, 3), true);
        p.insert(page(1, 0x12348, 0, 4), true);
        p.insert(page(1, 0x12347, 0, 5), false);
        p.insert(page(1, 0x12349, 0, 6), false);
        p.kill(key(1, 0, 0x12347), any_asid);
        assert_eq!(n(p.b.locks.val()), if any_asid { 1 } else { 4 });
        let left = p.look(key(1, 9, 0x12347));
        assert_eq!(left.is_none(), any_asid);
        assert!(p.look(key(1, 9, 0x12348)).is_some());
        assert!(p.look(key(1, 9, 0x12349)).is_some());
    }
}

#[test]
fn no_insertion_about_or_during_a_kill_survives_it() {
    for lock in [false, true] {
        for at in 0..3 {
            for (vpn, dies) in [(0x12347, true), (0x12357, false)] {
                let mut p = Pair::new();
                let insert = |cycle: usize, i: &mut Inputs| {
                    i.insert = cycle == at;
                    i.lock = lock;
                    i.page = page(1, vpn, 1, 1);
                };
                let mut i = Inputs::default();
                insert(0, &mut i);
                p.cycle(&i);
                p.probe(key(1, 9, 0x12340), |cycle, i| {
                    insert(cycle, i);
                    i.kill = cycle == 2;
                });
                let left = p.look(key(1, 9, vpn));
                let dies = dies || at > 0;
                assert_eq!(left.is_none(), dies, "lock {lock}, cycle {at}");
            }
        }
    }
}

#[test]
fn a_page_that_replaces_a_match_is_not_taken_for_it() {
    let mut p = Pair::new();
    for i in 0..4 {
        p.insert(page(1, 0x100 + i, 0, i), false);
    }
    // The first entry is replaced while it is compared.
    let found = p.probe(key(1, 9, 0x100), |cycle, i| {
        i.insert = cycle == 1;
        i.page = page(1, 0x200, 0, 7);
    });
    assert_eq!(found, None);
}

#[test]
fn a_flush_takes_prefetched_pages_and_a_bump_locked_ones() {
    let mut p = Pair::new();
    for context in 1..3 {
        p.insert(page(context, 0x100, 0, context), false);
        p.insert(page(context, 0x200, 0, context), true);
    }
    p.cycle(&Inputs {
        flush: of(1),
        ..Inputs::default()
    });
    assert_eq!(p.look(key(1, 9, 0x100)), None);
    assert_eq!(p.look(key(1, 9, 0x200)), Some((1, true)));
    assert_eq!(p.look(key(2, 9, 0x100)), Some((2, false)));
    p.cycle(&Inputs {
        flush: of(2),
        bump: of(2),
        ..Inputs::default()
    });
    assert_eq!(p.look(key(1, 9, 0x200)), Some((1, true)));
    assert_eq!(p.look(key(2, 9, 0x100)), None);
    assert_eq!(p.look(key(2, 9, 0x200)), None);
    let all = Flush {
        valid: true,
        ..Flush::default()
    };
    p.cycle(&Inputs {
        flush: all,
        bump: all,
        ..Inputs::default()
    });
    assert_eq!(n(p.b.locks.val()), 0);
}

#[test]
fn an_insertion_in_the_cycle_of_a_flush_is_lost() {
    for (lock, other) in [(false, 1), (true, 1), (false, 2), (true, 2)] {
        let mut p = Pair::new();
        p.cycle(&Inputs {
            flush: of(other),
            insert: true,
            page: page(1, 0x100, 0, 1),
            lock,
            ..Inputs::default()
        });
        assert_eq!(p.look(key(1, 9, 0x100)), None);
    }
}

#[test]
fn everything_at_random() {
    let mut p = Pair::new();
    let mut rng = Rng::new(7);
    let (mut hits, mut misses, mut locked, mut kills) = (0, 0, 0, 0);
    let mut key = Key::default();
    let mut locks = false;
    for cycle in 0..60_000 {
        let second = cycle % 2 == 1;
        if !second {
            key = iommu::key(&mut rng);
        }
        let bump = Flush {
            valid: rng.chance(1, 150),
            by_context: !rng.chance(1, 10),
            context: rng.below(2).into(),
        };
        let flush = Flush {
            valid: bump.valid || rng.chance(1, 60),
            ..bump
        };
        let i = Inputs {
            reset: rng.chance(1, 3000),
            key,
            any_asid: rng.chance(1, 4),
            take: second && rng.chance(1, 8),
            kill: second && rng.chance(1, 20),
            insert: rng.chance(1, 6),
            page: iommu::translation(&mut rng),
            lock: !locks && rng.chance(1, 3),
            flush,
            bump,
        };
        let answer = p.cycle(&i);
        locks = i.insert && i.lock;
        if second {
            hits += u32::from(answer.is_some());
            misses += u32::from(answer.is_none());
            locked += u32::from(answer.is_some_and(|(_, locked)| locked));
            kills += u32::from(answer.is_some() && i.kill);
        }
    }
    assert!(
        hits > 1000 && misses > 1000 && locked > 500 && kills > 100,
        "{hits} {misses} {locked} {kills}"
    );
}
