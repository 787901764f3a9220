//! The first-level cache against an array.

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::first_cache::FirstCache;
use hdl_gen::iommu::types::*;

use crate::iommu::{n, Sim};

const ENTRIES: usize = 512;

fn place(context: u64, index: u64) -> usize {
    ((index % 512) ^ (context << 6)) as usize
}

#[derive(Clone, Copy, Default, Debug)]
struct Inputs {
    reset: bool,
    probe: bool,
    probe_context: u64,
    probe_vpn: u64,
    key: Key,
    fill: bool,
    first: FirstFill,
    kill_group: bool,
    kill_context: u64,
    kill_vpn: u64,
    bump: Option<u64>,
    sweep: Option<usize>,
}

struct Model {
    entries: Vec<Option<(FirstFill, u64)>>,
    generation: [u64; 8],
    read: Option<(FirstFill, u64)>,
    compare: bool,
    hit: Option<u64>,
    vacant: bool,
    /// Entries still to be killed, the next one first.
    killing: Vec<usize>,
}

struct Pair {
    b: Sim<FirstCache>,
    m: Model,
}

impl Pair {
    fn new() -> Self {
        Self {
            b: Sim::new(FirstCache::default(), |b| &mut b.clock),
            m: Model {
                entries: vec![None; ENTRIES],
                generation: [0; 8],
                read: None,
                compare: false,
                hit: None,
                vacant: false,
                killing: Vec::new(),
            },
        }
    }

    /// Hit and word, and whether the entry is vacant.
    fn cycle(&mut self, i: &Inputs) -> (Option<u64>, bool) {
        let (b, m) = (&mut self.b, &mut self.m);
        b.reset.next = i.reset;
        b.probe.next = i.probe;
        b.probe_context.next = i.probe_context.into();
        b.probe_vpn.next = i.probe_vpn.into();
        b.key.next = i.key;
        b.generation.next = (m.generation[i.key.context.index()] % 256).into();
        b.fill.next = i.fill;
        b.first.next = i.first;
        b.fill_generation.next = (m.generation[i.first.context.index()] % 256).into();
        b.kill_group.next = i.kill_group;
        b.kill_context.next = i.kill_context.into();
        b.kill_vpn.next = i.kill_vpn.into();
        b.bump.next = Flush {
            valid: i.bump.is_some(),
            by_context: true,
            context: i.bump.unwrap_or(0).into(),
        };
        b.sweeping.next = i.sweep.is_some();
        b.sweep_index.next = (i.sweep.unwrap_or(0) as u64).into();
        b.settle();
        assert_eq!(b.killing.val(), !m.killing.is_empty());
        let answer = (b.hit.val().then(|| n(b.word.val())), b.vacant.val());
        if !m.compare {
            assert_eq!(answer, (m.hit, m.vacant), "{i:?}");
        }

        if m.compare {
            let now = m.generation[i.key.context.index()];
            let same = m.read.filter(|(e, _)| e.context == i.key.context);
            m.hit = same
                .filter(|&(e, born)| {
                    born == now
                        && e.asid == i.key.asid
                        && n(e.index) == n(i.key.vpn) >> 8
                        && i.sweep.is_none()
                })
                .map(|(e, _)| n(e.word));
            m.vacant = m.read.is_none() || same.is_some_and(|(_, born)| born != now);
        }
        if i.probe {
            m.read = m.entries[place(i.probe_context, i.probe_vpn >> 8)];
        }
        m.compare = i.probe;
        if let Some(at) = i.sweep {
            m.entries[at] = None;
            if !m.killing.is_empty() {
                m.killing.remove(0);
            }
        } else if !m.killing.is_empty() {
            let at = m.killing.remove(0);
            m.entries[at] = None;
        } else if i.fill && !i.kill_group && i.bump.is_none() {
            let f = i.first;
            m.entries[place(n(f.context), n(f.index))] = Some((f, m.generation[f.context.index()]));
        }
        if i.kill_group {
            let first = i.kill_vpn >> 12 << 4;
            let each = (first..first + 16).map(|index| place(i.kill_context, index));
            m.killing = each.collect();
        }
        if let Some(context) = i.bump {
            m.generation[context as usize] += 1;
        }
        if i.reset {
            m.killing.clear();
            m.compare = false;
            m.hit = None;
            m.vacant = false;
        }
        self.b.edge();
        answer
    }

    fn fill(&mut self, first: FirstFill) {
        self.cycle(&Inputs {
            fill: true,
            first,
            ..Inputs::default()
        });
    }

    fn look(&mut self, context: u64, asid: u64, index: u64) -> (Option<u64>, bool) {
        let inputs = Inputs {
            probe_context: context,
            probe_vpn: index << 8 | 0x5A,
            key: Key {
                context: context.into(),
                asid: asid.into(),
                vpn: (index << 8 | 0x5A).into(),
            },
            ..Inputs::default()
        };
        self.cycle(&Inputs {
            probe: true,
            ..inputs
        });
        self.cycle(&inputs);
        self.cycle(&inputs)
    }

    fn idle(&mut self, cycles: usize) {
        for _ in 0..cycles {
            self.cycle(&Inputs::default());
        }
    }
}

fn first(context: u64, asid: u64, index: u64, word: u64) -> FirstFill {
    FirstFill {
        context: context.into(),
        asid: asid.into(),
        index: index.into(),
        word: word.into(),
    }
}

#[test]
fn a_word_is_found_by_context_asid_and_index() {
    let mut p = Pair::new();
    p.fill(first(2, 9, 0x345, 0xDEAD_BEEF));
    assert_eq!(p.look(2, 9, 0x345), (Some(0xDEAD_BEEF), false));
    assert_eq!(p.look(2, 8, 0x345), (None, false));
    assert_eq!(p.look(2, 9, 0x145), (None, false));
    assert_eq!(p.look(2, 9, 0xF45), (None, false));
    // The entry where context 0 would have this index.
    assert_eq!(p.look(0, 9, 0x345), (None, true));
    assert_eq!(p.look(0, 9, 0x345 ^ 2 << 6), (None, false));
    assert_eq!(p.look(3, 9, 0x344), (None, true));
}

#[test]
fn an_entry_of_a_bumped_context_is_vacant() {
    let mut p = Pair::new();
    p.fill(first(2, 9, 0x345, 1));
    p.cycle(&Inputs {
        bump: Some(2),
        ..Inputs::default()
    });
    assert_eq!(p.look(2, 9, 0x345), (None, true));
}

#[test]
fn a_fill_in_the_cycle_of_a_bump_is_lost() {
    let mut p = Pair::new();
    p.cycle(&Inputs {
        bump: Some(2),
        fill: true,
        first: first(2, 9, 0x345, 1),
        ..Inputs::default()
    });
    assert_eq!(p.look(2, 9, 0x345), (None, true));
}

#[test]
fn a_group_of_sixteen_mebibytes_is_killed_and_no_more() {
    for (context, group) in [(0, 0), (5, 0x7B), (7, 0xFF)] {
        let mut p = Pair::new();
        let base = group << 4;
        for offset in 0..48 {
            let index = (base + 4096 - 16 + offset) % 4096;
            p.fill(first(context, 9, index, index));
        }
        p.cycle(&Inputs {
            kill_group: true,
            kill_context: context,
            kill_vpn: base << 8 | 0x7AB,
            ..Inputs::default()
        });
        p.idle(16);
        assert!(!p.b.killing.val());
        for offset in 0..48 {
            let index = (base + 4096 - 16 + offset) % 4096;
            let dies = (16..32).contains(&offset);
            assert_eq!(p.look(context, 9, index), ((!dies).then_some(index), dies));
        }
    }
}

#[test]
fn nothing_is_filled_from_the_begin_of_a_kill_to_its_end() {
    for at in 0..18 {
        let mut p = Pair::new();
        for cycle in 0..20 {
            p.cycle(&Inputs {
                kill_group: cycle == 0,
                kill_context: 1,
                kill_vpn: 0x12_000,
                fill: cycle == at,
                first: first(1, 9, 0x120, 7),
                ..Inputs::default()
            });
        }
        assert_eq!(p.look(1, 9, 0x120).0, (at == 17).then_some(7), "{at}");
    }
}

#[test]
fn everything_at_random() {
    let mut p = Pair::new();
    let mut rng = Rng::new(6);
    let (mut hits, mut misses, mut vacant) = (0, 0, 0);
    let mut i = Inputs::default();
    let mut sweep = 0;
    for _ in 0..60_000 {
        let index = |rng: &mut Rng| rng.below(2) << 9 | rng.below(2) << 6 | rng.below(20);
        let compare = p.m.compare;
        i.reset = rng.chance(1, 5000);
        i.bump = rng.chance(1, 100).then(|| rng.below(2));
        i.fill = rng.chance(1, 3);
        i.first = first(
            rng.below(2),
            rng.below(2),
            index(&mut rng),
            rng.below(1 << 32),
        );
        i.kill_group = p.m.killing.is_empty() && rng.chance(1, 80);
        i.kill_context = rng.below(2);
        i.kill_vpn = index(&mut rng) << 8;
        if sweep == 0 && rng.chance(1, 2000) {
            sweep = ENTRIES;
        }
        i.sweep = (sweep > 0).then(|| ENTRIES - sweep);
        sweep = sweep.saturating_sub(1);
        i.probe = !compare && rng.chance(2, 3);
        i.probe_context = rng.below(2);
        i.probe_vpn = index(&mut rng) << 8 | rng.below(256);
        let (hit, empty) = p.cycle(&i);
        if !compare {
            hits += u32::from(hit.is_some());
            misses += u32::from(hit.is_none());
            vacant += u32::from(empty);
        }
        if i.probe {
            i.key.context = i.probe_context.into();
            i.key.vpn = i.probe_vpn.into();
            i.key.asid = rng.below(2).into();
        }
    }
    assert!(
        hits > 1000 && misses > 1000 && vacant > 1000,
        "{hits} {misses} {vacant}"
    );
}
