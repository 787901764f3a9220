//! The tables as an independent walker sees them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::{PageSize, PageTable, WalkFault};
use crate::addr::{Iova, PhysAddr};
use crate::mmu::{Attributes, MemoryType, MmuError, PhysPart, Quiet};
use crate::mock::walker::Leaf;
use crate::mock::{FailIn, Observer, Platform};

const K: u32 = 1 << 10;
const M: u32 = 1 << 20;
/// Where every page is looked at: in Miri, which is slow, one of so many.
const STRIDE: usize = if cfg!(miri) { 61 } else { 1 };

type Table = PageTable<Arc<Platform>>;

fn platform() -> Arc<Platform> {
    Arc::new(Platform::new(2 << 20))
}

fn table(platform: &Arc<Platform>) -> Table {
    PageTable::new(Arc::clone(platform), false).unwrap()
}

fn part(start: u32, size: u32) -> PhysPart {
    PhysPart {
        start: PhysAddr::new(start),
        size,
    }
}

fn seen(platform: &Platform, table: &Table, at: u32) -> Result<Leaf, u32> {
    platform.world().walk(table.root().get(), at)
}

/// Maps one range with default attributes.
fn map(table: &mut Table, at: u32, phys: u32, size: u32) -> Result<(), MmuError> {
    table.map(Iova::new(at), &[part(phys, size)], Attributes::default())
}

/// What descriptors say of attributes: AP, XN, TEX with C and B (ARM ARM tables B3-8 and B3-10), S, nG,
/// NS, domain.
type Bits = (u32, bool, u32, bool, bool, bool, u32);

fn bits_of(attributes: &Attributes) -> Bits {
    let ap = match (attributes.read, attributes.write, attributes.user) {
        (false, ..) => 0b000,
        (_, true, true) => 0b011,
        (_, true, false) => 0b001,
        (_, false, true) => 0b111,
        (_, false, false) => 0b101,
    };
    let texcb = match attributes.memory {
        MemoryType::StronglyOrdered => 0b0_0000,
        MemoryType::Device => 0b0_0001,
        MemoryType::WriteThrough => 0b0_0010,
        MemoryType::NonCacheable => 0b0_0100,
        MemoryType::WriteBack => 0b0_0111,
    };
    let (xn, ns) = (!attributes.execute, !attributes.secure);
    (ap, xn, texcb, false, true, ns, 0)
}

const fn bits_in(leaf: &Leaf) -> Bits {
    let Leaf {
        ap,
        xn,
        texcb,
        s,
        ng,
        ns,
        domain,
        ..
    } = *leaf;
    (ap, xn, texcb, s, ng, ns, domain)
}

/// Gives the table back.
fn end(mut table: Table) {
    table.end(Quiet::confirmed());
}

/// Unmaps, as if the hardware had confirmed at once.
fn unmap(table: &mut Table, at: u32, size: u32) -> Result<(), MmuError> {
    let _invalidation = table.unmap(Iova::new(at), size)?;
    Ok(table.confirm(Quiet::confirmed())?)
}

#[test]
fn every_page_size_is_mapped_and_unmapped() {
    for (size, bits) in [(4 * K, 12), (64 * K, 16), (M, 20), (16 * M, 24)] {
        let platform = platform();
        let mut table = table(&platform);
        map(&mut table, 0x4000_0000, 0x8000_0000, size).unwrap();
        for offset in [0, 5, size / 2, size - 1] {
            let leaf = seen(&platform, &table, 0x4000_0000 + offset).unwrap();
            assert_eq!((leaf.phys, leaf.bits), (0x8000_0000 + offset, bits));
        }
        assert!(seen(&platform, &table, 0x4000_0000 - 1).is_err());
        assert!(seen(&platform, &table, 0x4000_0000 + size).is_err());
        unmap(&mut table, 0x4000_0000, size).unwrap();
        assert!(seen(&platform, &table, 0x4000_0000).is_err());
    }
}

#[test]
fn the_page_size_follows_both_alignments_and_the_length() {
    let platform = platform();
    for (at, phys, size, bits) in [
        (0x4000_0000, 0x8000_1000, 64 * K, 12),
        (0x4000_1000, 0x8000_0000, 64 * K, 12),
        (0x4000_0000, 0x8000_0000, 60 * K, 12),
        (0x4000_0000, 0x8001_0000, M, 16),
        (0x4010_0000, 0x8000_0000, 16 * M, 20),
        (0x4000_0000, 0x8000_0000, 16 * M - 4 * K, 20),
    ] {
        let mut table = table(&platform);
        map(&mut table, at, phys, size).unwrap();
        assert_eq!(seen(&platform, &table, at).unwrap().bits, bits);
    }
}

#[test]
fn a_range_grows_and_shrinks_through_all_page_sizes() {
    let platform = platform();
    let mut table = table(&platform);
    // From 4 KiB before a boundary of 64 KiB before one of 1 MiB before one of 16 MiB, and back down.
    let lead = M + 64 * K + 4 * K;
    let (at, phys, size) = (0x4100_0000 - lead, 0x9100_0000 - lead, 2 * lead + 16 * M);
    map(&mut table, at, phys, size).unwrap();
    let sizes: Vec<u32> = [
        0,
        4 * K,
        4 * K + 64 * K,
        lead,
        lead + 16 * M,
        lead + 17 * M,
        size - 4 * K,
    ]
    .into_iter()
    .map(|offset| {
        let leaf = seen(&platform, &table, at + offset).unwrap();
        assert_eq!(leaf.phys, phys + offset);
        // The walk by software comes to the same, from the first byte of the page to the last one.
        for byte in [offset, offset + (1 << leaf.bits) - 1] {
            let found = table.walk(Iova::new(at + byte)).unwrap();
            assert_eq!(found.phys, PhysAddr::new(phys + byte));
            assert_eq!(found.page.bytes(), 1 << leaf.bits);
        }
        leaf.bits
    })
    .collect();
    assert_eq!(sizes, [12, 16, 20, 24, 20, 16, 12]);
}

#[test]
fn a_range_takes_larger_pages_from_the_first_place_for_one_on() {
    let platform = platform();
    for (small, bits) in [(4 * K, 16), (64 * K, 20), (M, 24)] {
        // From each page before a boundary, to the same place of another, even or odd.
        for (before, other) in (1..16).flat_map(|n| [(n * small, 0), (n * small, 1 << bits)]) {
            let mut table = table(&platform);
            let at = 0x4100_0000 - before;
            map(
                &mut table,
                at,
                at + 0x4000_0000 + other,
                before + (3 << bits),
            )
            .unwrap();
            for n in 0..3 {
                let leaf = seen(&platform, &table, 0x4100_0000 + (n << bits)).unwrap();
                assert_eq!(leaf.bits, bits, "{before:#x} before, {other:#x} on");
            }
        }
    }
}

#[test]
fn the_last_page_of_the_space_can_be_mapped() {
    let platform = platform();
    let mut table = table(&platform);
    map(&mut table, 0xFFFF_F000, 0xFFFF_F000, 4 * K).unwrap();
    assert_eq!(seen(&platform, &table, u32::MAX).unwrap().phys, u32::MAX);
    unmap(&mut table, 0xFFFF_F000, 4 * K).unwrap();
    map(&mut table, 0xFF00_0000, 0, 16 * M).unwrap();
    unmap(&mut table, 0xFFFF_F000, 4 * K).unwrap();
    assert!(seen(&platform, &table, u32::MAX).is_err());
    assert_eq!(
        seen(&platform, &table, 0xFFFF_EFFF).unwrap().phys,
        0x00FF_EFFF
    );
}

#[test]
fn attributes_stand_in_every_format() {
    let platform = platform();
    let memories = [
        MemoryType::StronglyOrdered,
        MemoryType::Device,
        MemoryType::WriteThrough,
        MemoryType::NonCacheable,
        MemoryType::WriteBack,
    ];
    let accesses = [
        (true, true, true),
        (true, true, false),
        (true, false, true),
        (true, false, false),
        (false, false, true),
    ];
    for size in [4 * K, 64 * K, M, 16 * M] {
        let mut table = table(&platform);
        for memory in memories {
            for (read, write, user) in accesses {
                for (execute, secure) in [(false, false), (true, false), (false, true)] {
                    let attributes = Attributes {
                        read,
                        write,
                        execute,
                        user,
                        memory,
                        secure,
                    };
                    let at = Iova::new(0x4000_0000);
                    table
                        .map(at, &[part(0x8000_0000, size)], attributes)
                        .unwrap();
                    let leaf = seen(&platform, &table, at.get()).unwrap();
                    assert_eq!(bits_in(&leaf), bits_of(&attributes));
                    assert_eq!(table.walk(at).unwrap().attributes, attributes);
                    // Of a page that is split every piece is as it was.
                    if table.split(Iova::new(at.get() + 4 * K)).unwrap().is_some() {
                        table.confirm(Quiet::confirmed()).unwrap();
                    }
                    for offset in [0, 4 * K, 64 * K, M, 8 * M] {
                        if offset < size {
                            let leaf = seen(&platform, &table, at.get() + offset).unwrap();
                            assert_eq!(bits_in(&leaf), bits_of(&attributes));
                        }
                    }
                    unmap(&mut table, at.get(), size).unwrap();
                }
            }
        }
    }
}

#[test]
fn memory_to_write_but_not_to_read_is_refused() {
    let platform = platform();
    let mut table = table(&platform);
    let attributes = Attributes {
        read: false,
        ..Attributes::default()
    };
    let at = Iova::new(0x4000_0000);
    let mapped = table.map(at, &[part(0x8000_0000, 4 * K)], attributes);
    assert_eq!(mapped, Err(MmuError::WriteOnly));
    assert_eq!(seen(&platform, &table, at.get()), Err(1));
}

#[test]
fn pages_of_one_section_are_secure_together_or_not_at_all() {
    let platform = platform();
    let mut table = table(&platform);
    let mut map = |at, size, secure| {
        let attributes = Attributes {
            secure,
            ..Attributes::default()
        };
        table.map(Iova::new(at), &[part(0x8000_0000, size)], attributes)
    };
    let section = 0x4000_0000;
    map(section, 4 * K, true).unwrap();
    let at = Iova::new(section);
    let mixed = Err(MmuError::MixedSecurity { at });
    assert_eq!(map(section + 64 * K, 64 * K, false), mixed);
    assert_eq!(
        map(section - 64 * K, 128 * K, false),
        Err(MmuError::Overlap { at })
    );
    assert_eq!(map(section + M - 4 * K, 8 * K, false), mixed);
    map(section + 64 * K, 64 * K, true).unwrap();
    map(section + M, 4 * K, false).unwrap();
    // Only the last section of the range has others.
    map(section + 5 * M + 64 * K, 4 * K, true).unwrap();
    let at = Iova::new(section + 5 * M);
    let mixed = Err(MmuError::MixedSecurity { at });
    assert_eq!(map(section + 5 * M - 4 * K, 8 * K, false), mixed);
    // Of a split page the rest is what it was.
    map(section + 2 * M, M, true).unwrap();
    unmap(&mut table, section + 2 * M, 4 * K).unwrap();
    let ns = |at| seen(&platform, &table, at).unwrap().ns;
    assert!(!ns(section) && ns(section + M) && !ns(section + 2 * M + 4 * K));
}

#[test]
fn a_walk_tells_page_size_address_and_level_of_a_fault() {
    let platform = platform();
    let mut table = table(&platform);
    map(&mut table, 0x4000_0000, 0x8000_0000, 64 * K).unwrap();
    let found = table.walk(Iova::new(0x4000_1234)).unwrap();
    assert_eq!(found.phys, PhysAddr::new(0x8000_1234));
    assert_eq!(found.page, PageSize::LargePage);
    assert_eq!(
        table.walk(Iova::new(0x4001_0000)),
        Err(WalkFault::TranslationL2)
    );
    assert_eq!(
        table.walk(Iova::new(0x4010_0000)),
        Err(WalkFault::TranslationL1)
    );
}

#[test]
fn a_partial_unmap_splits_and_keeps_the_rest() {
    for size in [64 * K, M, 16 * M] {
        for (offset, length) in [
            (0, 4 * K),
            (size - 4 * K, 4 * K),
            (size / 2 + 4 * K, 8 * K),
            (4 * K, size - 8 * K),
        ] {
            let platform = platform();
            let mut table = table(&platform);
            let (at, phys) = (0x4000_0000, 0x8000_0000);
            map(&mut table, at, phys, size).unwrap();
            let invalidation = table.unmap(Iova::new(at + offset), length).unwrap();
            // Break before make: nothing of the page translates until the TLB has forgotten it.
            assert_eq!(invalidation.pages(), Some(&[Iova::new(at)][..]));
            for page in [0, offset, size - 4 * K] {
                assert!(seen(&platform, &table, at + page).is_err());
            }
            table.confirm(Quiet::confirmed()).unwrap();
            for page in (0..size).step_by(4096 * STRIDE) {
                let leaf = seen(&platform, &table, at + page);
                if (offset..offset + length).contains(&page) {
                    assert!(leaf.is_err());
                } else {
                    assert_eq!(leaf.unwrap().phys, phys + page);
                }
            }
            unmap(&mut table, at + offset, length).unwrap_err();
            if offset > 0 {
                unmap(&mut table, at, offset).unwrap();
            }
            if offset + length < size {
                unmap(&mut table, at + offset + length, size - offset - length).unwrap();
            }
            end(table);
            assert!(platform.world().allocated.is_empty());
        }
    }
}

#[test]
fn a_split_uses_the_largest_smaller_pages() {
    let platform = platform();
    let mut table = table(&platform);
    map(&mut table, 0x4000_0000, 0x8000_0000, 16 * M).unwrap();
    let cut = Iova::new(0x4021_1000);
    let invalidation = table.split(cut).unwrap().unwrap();
    assert_eq!(invalidation.pages(), Some(&[Iova::new(0x4000_0000)][..]));
    table.confirm(Quiet::confirmed()).unwrap();
    for (at, bits) in [
        (0x4000_0000, 20),
        (0x4020_0000, 16),
        (0x4021_0000, 12),
        (0x4021_1000, 12),
        (0x4022_0000, 16),
        (0x4030_0000, 20),
    ] {
        let leaf = seen(&platform, &table, at).unwrap();
        assert_eq!((leaf.phys, leaf.bits), (at + 0x4000_0000, bits));
    }
    assert_eq!(table.split(cut).unwrap(), None);
}

#[test]
fn a_map_into_what_was_split_writes_all_of_the_table() {
    let platform = platform();
    let mut table = table(&platform);
    map(&mut table, 0x4000_0000, 0x8000_0000, M).unwrap();
    // The rest of the section is in the copy only, until this is confirmed.
    let _unconfirmed = table.unmap(Iova::new(0x4000_0000), 4 * K).unwrap();
    map(&mut table, 0x4000_0000, 0x9000_0000, 4 * K).unwrap();
    for page in (0..M).step_by(4096) {
        let phys = if page == 0 { 0x9000_0000 } else { 0x8000_0000 };
        let leaf = seen(&platform, &table, 0x4000_0000 + page).unwrap();
        assert_eq!(leaf.phys, phys + page);
    }
    table.confirm(Quiet::confirmed()).unwrap();
    end(table);
}

#[test]
fn what_overlaps_is_refused_and_changes_nothing() {
    let platform = platform();
    let mut table = table(&platform);
    map(&mut table, 0x4000_4000, 0x8000_4000, 8 * K).unwrap();
    map(&mut table, 0x4020_0000, 0x8020_0000, M).unwrap();
    assert_eq!(
        map(&mut table, 0x4000_0000, 0x9000_0000, 64 * K),
        Err(MmuError::Overlap {
            at: Iova::new(0x4000_4000)
        })
    );
    assert_eq!(
        map(&mut table, 0x4010_0000, 0x9000_0000, 2 * M),
        Err(MmuError::Overlap {
            at: Iova::new(0x4020_0000)
        })
    );
    assert!(seen(&platform, &table, 0x4000_0000).is_err());
    assert!(seen(&platform, &table, 0x4010_0000).is_err());
}

#[test]
fn an_overlap_by_one_page_is_an_overlap() {
    let sizes = match cfg!(miri) {
        true => &[8 * K, 64 * K][..],
        false => &[4 * K, 8 * K, 64 * K, 252 * K, M, 3 * M, 16 * M],
    };
    let phys = 0x8000_0000;
    // Where a section begins, and within one.
    let places = sizes
        .iter()
        .flat_map(|&size| [(0x4000_0000_u32, size), (0x4008_0000, size)]);
    for (at, size) in places {
        let platform = platform();
        let mut table = table(&platform);
        map(&mut table, at, phys, size).unwrap();
        for &other in sizes {
            // Its last page is the first one that is mapped; its first page is the last one.
            let below = at + 4 * K - other;
            let above = at + size - 4 * K;
            for (from, first) in [(below, at), (above, above)] {
                let overlap = Err(MmuError::Overlap {
                    at: Iova::new(first),
                });
                assert_eq!(
                    map(&mut table, from, phys, other),
                    overlap,
                    "{size:#x}, {other:#x}"
                );
            }
            for from in [at - other, at + size] {
                map(&mut table, from, phys, other).unwrap();
                unmap(&mut table, from, other).unwrap();
            }
        }
        end(table);
    }
}

#[test]
fn unmapping_what_is_not_all_mapped_is_refused_and_changes_nothing() {
    let platform = platform();
    let mut table = table(&platform);
    map(&mut table, 0x4000_0000, 0x8000_0000, 16 * K).unwrap();
    assert_eq!(
        table.unmap(Iova::new(0x4000_0000), 20 * K).unwrap_err(),
        MmuError::NotMapped {
            at: Iova::new(0x4000_4000)
        }
    );
    assert!(seen(&platform, &table, 0x4000_0000).is_ok());
}

#[test]
fn bad_ranges_are_refused() {
    let platform = platform();
    let mut table = table(&platform);
    let misaligned = |value| Err(MmuError::Misaligned { value });
    assert_eq!(map(&mut table, 0x800, 0, 4 * K), misaligned(0x800));
    assert_eq!(map(&mut table, 0, 0x10, 4 * K), misaligned(0x10));
    assert_eq!(map(&mut table, 0, 0, 100), misaligned(100));
    assert_eq!(map(&mut table, 0, 0, 0), misaligned(0));
    let attributes = Attributes::default();
    assert_eq!(table.map(Iova::new(0), &[], attributes), misaligned(0));
    let at = Iova::new(0xFFFF_F000);
    let out = Err(MmuError::OutOfRange { at });
    assert_eq!(map(&mut table, at.get(), 0, 8 * K), out);
    let parts = [part(0, 0xFFFF_F000), part(0, 0xFFFF_F000)];
    assert!(table.map(Iova::new(0), &parts, attributes).is_err());
    assert!(table.unmap(at, 8 * K).is_err());
    assert!(table.unmap(at, 0).is_err());
}

#[test]
fn a_map_that_runs_out_of_memory_is_rolled_back() {
    let page = if cfg!(miri) { 64 * K } else { 4 * K };
    let phys = |n: u32| part(0x8000_0000 + n * 2 * page, page);
    // Scattered pages: sixteen tables, four frames.
    let parts: Vec<PhysPart> = (0..4000 * 4 * K / page).map(phys).collect();
    for k in 0..5 {
        let succeeds = k == 4;
        let platform = platform();
        let mut table = table(&platform);
        map(&mut table, 0x4800_0000, 0, M).unwrap();
        let before = platform.world().allocated.len();
        platform.world().allocations = FailIn::after(k);
        let result = table.map(Iova::new(0x4000_0000), &parts, Attributes::default());
        assert_eq!(result.is_ok(), succeeds);
        if !succeeds {
            assert_eq!(result, Err(MmuError::OutOfMemory));
            for at in (0x4000_0000..0x4100_0000).step_by(4096 * STRIDE) {
                assert!(seen(&platform, &table, at).is_err());
            }
            // No more than a spare frame is kept.
            assert!(platform.world().allocated.len() <= before + 1);
            table
                .map(Iova::new(0x4000_0000), &parts, Attributes::default())
                .unwrap();
        }
        end(table);
        assert!(platform.world().allocated.is_empty());
    }
}

#[test]
fn what_a_failed_map_has_written_is_not_found_where_its_table_is_used_next() {
    let (first, second, third) = (0x4000_0000, 0x4010_0000, 0x4020_0000);
    for k in 0.. {
        let platform = platform();
        let mut table = table(&platform);
        // Of the table's memory all is 0 but where it was used.
        map(&mut table, first, 0x8000_1000, 4 * K).unwrap();
        unmap(&mut table, first, 4 * K).unwrap();
        platform.world().writes = FailIn::after(k);
        let failed = map(&mut table, second + 4 * K, 0x8000_1000, 800 * K).is_err();
        platform.world().writes = FailIn::default();
        if !failed {
            break;
        }
        table.confirm(Quiet::confirmed()).unwrap();
        map(&mut table, third, 0x9000_1000, 4 * K).unwrap();
        for page in (1..256).map(|page| page * 4 * K) {
            assert!(seen(&platform, &table, third + page).is_err(), "{k}");
        }
    }
}

#[test]
fn a_split_without_memory_for_its_table_is_refused() {
    let platform = platform();
    let mut table = table(&platform);
    map(&mut table, 0x4000_0000, 0x8000_0000, 16 * M).unwrap();
    platform.world().allocations = FailIn::after(0);
    let result = table.unmap(Iova::new(0x4000_1000), 4 * K);
    assert_eq!(result.unwrap_err(), MmuError::OutOfMemory);
    assert_eq!(seen(&platform, &table, 0x4000_1000).unwrap().bits, 24);
}

#[test]
fn a_memory_error_is_rolled_back_wherever_it_comes() {
    let parts = [
        part(0x8000_0000, M),
        part(0x9000_0000, 64 * K),
        part(0xA000_1000, M),
    ];
    let (at, size) = (0x4000_0000, 2 * M + 64 * K);
    let total = |platform: &Platform, table: &Table, what: fn(bool) -> bool| {
        (at..at + size)
            .step_by(4096 * STRIDE)
            .all(|page| what(seen(platform, table, page).is_ok()))
    };
    let mut failures = 0;
    for k in (0..).step_by(if cfg!(miri) { 5 } else { 1 }) {
        let platform = platform();
        let mut table = table(&platform);
        map(&mut table, at - 4 * K, 0, 4 * K).unwrap();
        map(&mut table, at + size, 0, 4 * K).unwrap();
        platform.world().writes = FailIn::after(k);
        let mapped = table.map(Iova::new(at), &parts, Attributes::default());
        if mapped.is_err() {
            failures += 1;
            table.confirm(Quiet::confirmed()).unwrap();
            assert!(platform.world().is_clean());
            assert!(total(&platform, &table, |mapped| !mapped));
            table
                .map(Iova::new(at), &parts, Attributes::default())
                .unwrap();
        }
        assert!(total(&platform, &table, |mapped| mapped));
        // Both ends of this are within pages, so that it splits.
        let cut = (Iova::new(at + 4 * K), size - 0x9_0000);
        if table.unmap(cut.0, cut.1).is_err() {
            failures += 1;
            table.confirm(Quiet::confirmed()).unwrap();
            assert!(total(&platform, &table, |mapped| mapped));
            let _again = table.unmap(cut.0, cut.1).unwrap();
        }
        if table.confirm(Quiet::confirmed()).is_err() {
            failures += 1;
            table.confirm(Quiet::confirmed()).unwrap();
        }
        for page in (0..size).step_by(4096 * STRIDE) {
            let left = !(4 * K..4 * K + cut.1).contains(&page);
            assert_eq!(seen(&platform, &table, at + page).is_ok(), left);
        }
        let done = platform.world().writes.is_pending();
        assert!(seen(&platform, &table, at - 4 * K).is_ok());
        assert!(seen(&platform, &table, at + size).is_ok());
        end(table);
        assert!(platform.world().allocated.is_empty());
        if done {
            break;
        }
    }
    assert!(cfg!(miri) || failures > 6, "{failures}");
}

#[test]
fn empty_tables_are_freed_only_after_the_confirmation() {
    let platform = platform();
    let mut table = table(&platform);
    // Nine tables in three frames.
    map(&mut table, 0x4000_0000, 0x8000_1000, 9 * M).unwrap();
    assert_eq!(platform.world().allocated.len(), 1 + 3);
    let _invalidation = table.unmap(Iova::new(0x4000_0000), 9 * M).unwrap();
    assert_eq!(platform.world().allocated.len(), 1 + 3);
    table.confirm(Quiet::confirmed()).unwrap();
    // One frame is kept, so that the next map need not ask for memory; also later.
    for _ in 0..3 {
        assert_eq!(platform.world().allocated.len(), 1 + 1);
        platform.world().allocations = FailIn::after(0);
        map(&mut table, 0x4000_0000, 0x8000_1000, 4 * M).unwrap();
        platform.world().allocations = FailIn::default();
        unmap(&mut table, 0x4000_0000, 4 * M).unwrap();
    }
}

#[test]
fn unconfirmed_tables_are_never_used_again() {
    let platform = platform();
    let mut table = table(&platform);
    map(&mut table, 0x4000_0000, 0x8000_1000, M).unwrap();
    let old = seen(&platform, &table, 0x4000_0000).unwrap().table.unwrap();
    let _invalidation = table.unmap(Iova::new(0x4000_0000), M).unwrap();
    table.poison_retired();
    assert_eq!(table.poisoned(), 1);
    map(&mut table, 0x5000_0000, 0x8000_1000, 20 * M).unwrap();
    for section in 0..20 {
        let leaf = seen(&platform, &table, 0x5000_0000 + section * M).unwrap();
        assert_ne!(leaf.table, Some(old));
    }
    end(table);
    let left: Vec<u32> = platform.world().allocated.keys().copied().collect();
    assert_eq!(left, [old & !0xFFF]);
}

#[test]
fn many_pages_are_invalidated_as_a_whole() {
    let platform = platform();
    let mut table = table(&platform);
    map(&mut table, 0x4000_0000, 0x8000_1000, M).unwrap();
    let few = table.unmap(Iova::new(0x4000_0000), 64 * K).unwrap();
    assert_eq!(few.pages().unwrap().len(), 16);
    let many = table.unmap(Iova::new(0x4001_0000), 68 * K).unwrap();
    assert_eq!(many.pages(), None);
}

#[test]
fn words_are_written_in_runs() {
    let platform = platform();
    let mut table = table(&platform);
    let scattered: Vec<PhysPart> = (0..256)
        .map(|n| part(0x8000_0000 + n * 0x2000, 4 * K))
        .collect();
    let before = platform.world().written();
    let at = Iova::new(0x4000_0000);
    table.map(at, &scattered, Attributes::default()).unwrap();
    let _invalidation = table.unmap(at, M).unwrap();
    let after = platform.world().written();
    // Map: the second-level table and the word that points to it. Unmap: that word.
    assert_eq!((after.0 - before.0, after.1 - before.1), (3, 3));
}

#[test]
fn what_is_beside_a_page_is_not_written_again() {
    let platform = platform();
    let mut table = table(&platform);
    map(&mut table, 0x4000_0000, 0x8000_0000, 64 * K).unwrap();
    let before = platform.world().bytes_written;
    map(&mut table, 0x4001_0000, 0x9000_1000, 8 * K).unwrap();
    assert_eq!(platform.world().bytes_written - before, 2 * 4);
    unmap(&mut table, 0x4001_1000, 4 * K).unwrap();
    // Once to clear it, and once as what the copy holds.
    assert!(platform.world().bytes_written - before <= 5 * 4);
}

#[test]
fn a_walker_never_sees_a_wrong_word() {
    let platform = platform();
    let mut table = table(&platform);
    let most = if cfg!(miri) { M } else { 16 * M };
    let (at, phys, size) = (0x4000_0000, 0x8000_0000, most + M + 68 * K);
    let offsets = [0, most / 16 * 5, most, most + M + 4 * K, most + M + 64 * K];
    let allowed: BTreeMap<u32, Vec<u32>> = offsets
        .into_iter()
        .map(|offset| (at + offset, vec![phys + offset]))
        .collect();
    platform.world().observer = Some(Observer {
        root: table.root().get(),
        allowed,
    });
    // The walker of this test insists that repeated words are equal, which they are not while they
    // are written: pages without repetition only.
    let parts: Vec<PhysPart> = (0..size / (4 * K))
        .map(|n| part(phys + n * 4 * K, 4 * K))
        .collect();
    table
        .map(Iova::new(at), &parts, Attributes::default())
        .unwrap();
    unmap(&mut table, at + most / 4, most / 8 + 4 * K).unwrap();
    unmap(&mut table, at, 4 * K).unwrap();
}

/// What a random test does.
#[derive(Clone, Debug)]
enum Step {
    Map(u32, Vec<(u32, u32)>, Attributes),
    Unmap(u32, u32),
    Split(u32),
}

/// Sizes in pages that meet every page size.
fn pages() -> impl Strategy<Value = u32> {
    prop_oneof![
        1_u32..40,
        (1_u32..20).prop_map(|n| n * 16),
        Just(256),
        (1_u32..3).prop_map(|n| n * 256),
        Just(4096),
        4000_u32..4200,
    ]
}

/// Page numbers, often aligned.
fn place(most: u32) -> impl Strategy<Value = u32> {
    prop_oneof![
        0..most,
        (0..most / 16).prop_map(|n| n * 16),
        (0..most / 256).prop_map(|n| n * 256),
        (0..most / 4096).prop_map(|n| n * 4096),
    ]
}

fn attributes() -> impl Strategy<Value = Attributes> {
    let memory = prop_oneof![Just(MemoryType::Device), Just(MemoryType::WriteBack)];
    (any::<[bool; 3]>(), memory).prop_map(|([write, execute, user], memory)| Attributes {
        write,
        execute,
        user,
        memory,
        ..Attributes::default()
    })
}

/// Two supersections are looked at.
const WINDOW: u32 = 8192;
const MOST_STEPS: usize = if cfg!(miri) { 8 } else { 16 };

fn step() -> impl Strategy<Value = Step> {
    let parts = prop::collection::vec((place(0x40000), pages()), 1..4);
    prop_oneof![
        3 => (place(WINDOW), parts, attributes())
            .prop_map(|(at, parts, attributes)| Step::Map(at, parts, attributes)),
        3 => (place(WINDOW), pages()).prop_map(|(at, size)| Step::Unmap(at, size)),
        1 => place(WINDOW).prop_map(Step::Split),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 128 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tables_hold_what_was_mapped(steps in prop::collection::vec(step(), 1..MOST_STEPS), [high, secure] in any::<[bool; 2]>()) {
        let base = if high { 0_u32.wrapping_sub(WINDOW * 4096) } else { 0x4000_0000 };
        let platform = platform();
        let mut table = table(&platform);
        let mut model: BTreeMap<u32, (u32, Bits)> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Map(at, parts, attributes) => {
                    let attributes = Attributes { secure, ..attributes };
                    let bits = bits_of(&attributes);
                    let parts: Vec<PhysPart> = parts
                        .iter()
                        .map(|(page, pages)| part(page << 12, pages << 12))
                        .collect();
                    let pages: Vec<u32> = parts
                        .iter()
                        .flat_map(|p| (0..p.size >> 12).map(|n| (p.start.get() >> 12) + n))
                        .collect();
                    let pages = pages.into_iter().map(|page| (page, bits));
                    let end = at + pages.len() as u32;
                    let free = model.range(at..end).next().is_none();
                    if end > WINDOW {
                        continue;
                    }
                    let result = table.map(Iova::new(base + (at << 12)), &parts, attributes);
                    prop_assert_eq!(result.is_ok(), free);
                    if free {
                        model.extend((at..).zip(pages));
                    }
                }
                Step::Unmap(at, size) => {
                    let size = size.min(WINDOW - at);
                    let all = model.range(at..at + size).count() == size as usize;
                    let result = table.unmap(Iova::new(base + (at << 12)), size << 12);
                    prop_assert_eq!(result.is_ok(), all);
                    if all {
                        model.retain(|page, _| !(at..at + size).contains(page));
                        // What was cleared is gone at once.
                        for page in [at, at + size - 1] {
                            prop_assert!(seen(&platform, &table, base + (page << 12)).is_err());
                        }
                        table.confirm(Quiet::confirmed()).unwrap();
                    }
                }
                Step::Split(at) => {
                    let at = Iova::new(base + (at << 12));
                    if table.split(at).unwrap().is_some() {
                        table.confirm(Quiet::confirmed()).unwrap();
                    }
                    if let Ok(found) = table.walk(at) {
                        prop_assert!(at.is_aligned(found.page.bytes()));
                    }
                }
            }
            for page in (0..WINDOW).step_by(STRIDE) {
                let leaf = seen(&platform, &table, base + (page << 12));
                let leaf = leaf.ok().map(|leaf| (leaf.phys >> 12, bits_in(&leaf)));
                prop_assert_eq!(leaf, model.get(&page).copied());
            }
        }
        prop_assert!(platform.world().is_clean());
        end(table);
        prop_assert!(platform.world().allocated.is_empty());
    }
}
