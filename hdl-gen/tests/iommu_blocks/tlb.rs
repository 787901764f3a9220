//! The TLB against a list of entries that knows pages as ranges of addresses.

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::config::TLB_ENTRIES;
use hdl_gen::iommu::tlb::Tlb;
use hdl_gen::iommu::types::*;
use rust_hdl::prelude::*;

use crate::iommu::{self, n, Sim};

/// The first page of an entry, and the first one after it.
fn pages(entry: &Translation) -> (u64, u64) {
    let count = match n(entry.large) {
        0 => 1,
        1 => 16,
        3 => 256,
        _ => 4096,
    };
    let first = n(entry.vpn) / count * count;
    (first, first + count)
}

fn covers(entry: &Translation, vpn: Bits<20>) -> bool {
    let (first, end) = pages(entry);
    (first..end).contains(&n(vpn))
}

/// Ways are replaced in turn.
#[derive(Default)]
struct Model {
    ways: [Option<Translation>; TLB_ENTRIES],
    victim: usize,
}

impl Model {
    fn remove(&mut self, goes: impl Fn(&Translation) -> bool) {
        for way in &mut self.ways {
            *way = way.filter(|entry| !goes(entry));
        }
    }

    fn lookup(&self, key: Key) -> Vec<Translation> {
        let hits = self.ways.iter().flatten().filter(|entry| {
            entry.context == key.context
                && (!entry.not_global || entry.asid == key.asid)
                && covers(entry, key.vpn)
        });
        hits.copied().collect()
    }

    fn fill(&mut self, new: Translation) {
        // Whatever some lookup could find beside the new entry.
        self.remove(|old| {
            let ((a, b), (c, d)) = (pages(old), pages(&new));
            let both = !old.not_global || !new.not_global || old.asid == new.asid;
            old.context == new.context && both && a < d && c < b
        });
        self.ways[self.victim] = Some(new);
        self.victim = (self.victim + 1) % TLB_ENTRIES;
    }

    fn invalidate(&mut self, command: &TlbCommand) {
        self.remove(|entry| {
            let mut goes = true;
            if command.by_context {
                goes &= entry.context == command.context;
            }
            if command.by_va {
                goes &= covers(entry, command.vpn);
            }
            if command.by_asid {
                goes &= if entry.not_global {
                    entry.asid == command.asid
                } else {
                    !command.spare_global
                };
            }
            goes
        });
    }
}

#[test]
fn lookups_fills_and_invalidations_are_those_of_a_list() {
    let mut b = Sim::new(Tlb::default(), |b| &mut b.clock);
    let mut model = Model::default();
    let mut rng = Rng::new(1);
    let (mut hits, mut misses, mut removed) = (0, 0, 0);
    for cycle in 0..20_000 {
        let reset = rng.chance(1, 2000);
        let command = iommu::command(&mut rng, 1, 30);
        let fill = rng.chance(1, 5) && !command.invalidate;
        b.reset.next = reset;
        b.key.next = iommu::key(&mut rng);
        b.command.next = command;
        b.fill.next = fill;
        b.translation.next = iommu::translation(&mut rng);
        b.settle();
        assert_eq!(b.busy.val(), fill || command.invalidate);
        if !b.busy.val() {
            let found = model.lookup(b.key.val());
            assert!(found.len() < 2, "cycle {cycle}: two entries answer");
            let hit = b.hit.val().then(|| b.result.val());
            assert_eq!(hit, found.first().copied(), "cycle {cycle}");
            if hit.is_some() {
                hits += 1;
            } else {
                misses += 1;
            }
        }
        let before = model.ways.iter().flatten().count();
        if command.invalidate {
            model.invalidate(&command);
            removed += before - model.ways.iter().flatten().count();
        }
        if fill {
            model.fill(b.translation.val());
        }
        if reset {
            model = Model::default();
        }
        b.edge();
    }
    assert!(
        hits > 1000 && misses > 1000 && removed > 1000,
        "{hits} {misses} {removed}"
    );
}

/// A TLB with one entry for each page size and sort, in context 1.
fn filled() -> (Sim<Tlb>, Vec<Translation>) {
    let mut b = Sim::new(Tlb::default(), |b| &mut b.clock);
    let mut entries = Vec::new();
    for (i, large) in [0u64, 1, 3, 7].into_iter().enumerate() {
        for not_global in [false, true] {
            entries.push(Translation {
                context: 1.into(),
                asid: 9.into(),
                not_global,
                vpn: ((4 * i as u64 + 2 * u64::from(not_global)) << 12 | 0x345).into(),
                large: large.into(),
                ppn: (0x1000 + i as u64).into(),
                ..Translation::default()
            });
        }
    }
    for entry in &entries {
        b.fill.next = true;
        b.translation.next = *entry;
        b.cycle();
    }
    b.fill.next = false;
    (b, entries)
}

fn present(b: &mut Sim<Tlb>, entry: &Translation, vpn: u64, asid: u64) -> bool {
    b.key.next = Key {
        context: entry.context,
        asid: asid.into(),
        vpn: vpn.into(),
    };
    b.settle();
    b.hit.val()
}

#[test]
fn a_page_answers_from_its_first_address_to_its_last() {
    let (mut b, entries) = filled();
    for entry in &entries {
        let (first, end) = pages(entry);
        for (vpn, hit) in [(first.wrapping_sub(1) & 0xF_FFFF, false), (first, true)] {
            assert_eq!(present(&mut b, entry, vpn, 9), hit, "{vpn:x} {entry:?}");
        }
        assert!(present(&mut b, entry, end - 1, 9), "{entry:?}");
        assert!(!present(&mut b, entry, end, 9), "{entry:?}");
        // Global entries serve every ASID.
        assert_eq!(present(&mut b, entry, first, 8), !entry.not_global);
    }
}

#[test]
fn each_kind_of_invalidation_removes_its_entries_and_no_others() {
    let by_asid = TlbCommand {
        by_asid: true,
        spare_global: true,
        asid: 9.into(),
        ..TlbCommand::default()
    };
    let by_va = |vpn: u64| TlbCommand {
        by_va: true,
        vpn: vpn.into(),
        ..TlbCommand::default()
    };
    type Goes = fn(&Translation) -> bool;
    let cases: [(TlbCommand, Goes); 6] = [
        (TlbCommand::default(), |_| true),
        (by_asid, |entry| entry.not_global),
        (
            TlbCommand {
                asid: 8.into(),
                ..by_asid
            },
            |_| false,
        ),
        // By address: the section's last page, global entries too.
        (by_va(0x83FF), |entry| covers(entry, 0x83FFu64.into())),
        (
            TlbCommand {
                by_asid: true,
                asid: 9.into(),
                ..by_va(0x8300)
            },
            |entry| covers(entry, 0x8300u64.into()),
        ),
        // An address of another ASID.
        (
            TlbCommand {
                by_asid: true,
                asid: 8.into(),
                ..by_va(0xA300)
            },
            |_| false,
        ),
    ];
    for (command, goes) in cases {
        for context in [0u64, 1] {
            for by_context in [false, true] {
                let (mut b, entries) = filled();
                b.command.next = TlbCommand {
                    invalidate: true,
                    by_context,
                    context: context.into(),
                    ..command
                };
                b.cycle();
                b.command.next = TlbCommand::default();
                let concerns = !by_context || context == 1;
                for entry in &entries {
                    let there = present(&mut b, entry, n(entry.vpn), 9);
                    assert_eq!(there, !(concerns && goes(entry)), "{command:?} {entry:?}");
                }
            }
        }
    }
}

#[test]
fn sync_alone_removes_nothing() {
    let (mut b, entries) = filled();
    b.command.next = TlbCommand {
        sync: true,
        ..TlbCommand::default()
    };
    b.cycle();
    b.command.next = TlbCommand::default();
    for entry in &entries {
        assert!(present(&mut b, entry, n(entry.vpn), 9));
    }
}

#[test]
fn the_oldest_entry_goes_when_all_ways_are_taken() {
    let mut b = Sim::new(Tlb::default(), |b| &mut b.clock);
    let entry = |vpn: u64| Translation {
        vpn: vpn.into(),
        ..Translation::default()
    };
    let count = TLB_ENTRIES as u64;
    for vpn in 0..count + 3 {
        b.fill.next = true;
        b.translation.next = entry(vpn);
        b.cycle();
    }
    b.fill.next = false;
    for vpn in 0..count + 3 {
        assert_eq!(present(&mut b, &entry(vpn), vpn, 0), vpn > 2, "{vpn}");
    }
}
