//! The page tables that the driver writes, as a reader sees them that was written apart from it.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::Result;
use vcm::addr::{Iova, PhysAddr};
use vcm::iommu::ContextConfig;
use vcm::mmu::{Attributes, MemoryType, Mmu, MmuError, PhysPart};
use vcm_sim::golden::{Fault, Level, PageSize};
use vcm_tests::soc::{Soc, SocContext, Tables};

const PAGE: u32 = 0x1000;
const MIB: u32 = 1 << 20;

/// What ought to be mapped: by 4 KiB page.
type Expected = BTreeMap<u32, (u32, Attributes)>;

fn reader(soc: &Soc, context: &SocContext) -> Tables {
    let registers = vcm_sim::golden::Context {
        enabled: true,
        access_flag: false,
        ttbr0: context.table_base().get(),
        dacr: 1,
        asid: context.asid(),
    };
    Tables::new(soc.platform.back_door(), registers)
}

/// Every page of the 32-bit space is mapped as expected, or faults.
#[track_caller]
fn assert_tables(tables: &Tables, expected: &Expected) {
    let mapped = tables.mapped();
    let wanted: Vec<_> = expected
        .iter()
        .map(|(&at, &(to, _))| (Iova::new(at), PhysAddr::new(to)))
        .collect();
    if mapped != wanted {
        let differs = mapped
            .iter()
            .zip(&wanted)
            .find(|(seen, wanted)| seen != wanted);
        panic!("{} pages, not {}: {differs:?}", mapped.len(), wanted.len());
    }
}

/// Of some of the pages also their rights and memory type.
#[track_caller]
fn assert_attributes(tables: &Tables, expected: &Expected, rng: &mut fastrand::Rng) {
    let pages: Vec<_> = expected.iter().collect();
    for _ in 0..40.min(pages.len()) {
        let (&at, &(to, attributes)) = pages[rng.usize(..pages.len())];
        tables.assert_page(Iova::new(at), PhysAddr::new(to), None, attributes);
    }
}

fn random_attributes(rng: &mut fastrand::Rng) -> Attributes {
    let memory = [
        MemoryType::StronglyOrdered,
        MemoryType::Device,
        MemoryType::NonCacheable,
        MemoryType::WriteThrough,
        MemoryType::WriteBack,
    ];
    Attributes {
        write: rng.bool(),
        execute: rng.bool(),
        user: rng.bool(),
        memory: memory[rng.usize(..memory.len())],
        ..Attributes::default()
    }
}

fn part(start: u32, size: u32) -> PhysPart {
    PhysPart {
        start: PhysAddr::new(start),
        size,
    }
}

/// A range of addresses for a mapping, and its memory: of any size from one page to some
/// supersections, at more or less aligned places.
fn random_mapping(rng: &mut fastrand::Rng) -> (u32, Vec<PhysPart>) {
    let sizes = [PAGE, 0x1_0000, MIB, 16 * MIB];
    let align = sizes[rng.usize(..4)];
    // A window of 128 MiB, so that they meet.
    let at = 0x8000_0000 + rng.u32(..128 * MIB / align) * align;
    let parts = (0..rng.u32(1..4)).map(|_| {
        let unit = sizes[rng.usize(..4)];
        let size = match unit {
            0x100_0000 => unit,
            _ => unit * rng.u32(1..20),
        };
        let align = sizes[rng.usize(..4)].min(unit.max(PAGE));
        part(rng.u32(..0xC000_0000 / align) * align, size)
    });
    (at, parts.collect())
}

fn pages(at: u32, parts: &[PhysPart]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let memory = parts.iter().flat_map(|part| {
        let start = part.start.get();
        (0..part.size)
            .step_by(PAGE as usize)
            .map(move |offset| start + offset)
    });
    memory.zip(0_u32..).map(move |(to, n)| (at + n * PAGE, to))
}

fn size_of(parts: &[PhysPart]) -> u32 {
    parts.iter().map(|part| part.size).sum()
}

/// Maps, unmaps and splits at random, in an active context or not, and compares the tables.
fn random_operations(seed: u64, active: bool) -> Result<()> {
    let soc = Soc::new()?;
    let context = soc.iommu.context(ContextConfig::default())?;
    if active {
        context.activate()?;
    }
    let tables = reader(&soc, &context);
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut expected = Expected::new();
    let (mut mapped, mut unmapped, mut refused) = (0, 0, 0);
    for _ in 0..60 {
        if rng.u8(..5) < 3 {
            let (at, parts) = random_mapping(&mut rng);
            let attributes = random_attributes(&mut rng);
            let overlap = expected.range(at..at + size_of(&parts)).next();
            let result = context.map(Iova::new(at), &parts, attributes);
            match overlap {
                None => {
                    result?;
                    mapped += 1;
                    let new = pages(at, &parts).map(|(at, to)| (at, (to, attributes)));
                    expected.extend(new);
                }
                Some((&first, _)) => {
                    let at = Iova::new(first);
                    assert_eq!(result, Err(MmuError::Overlap { at }));
                    refused += 1;
                }
            }
        } else if let Some(range) = random_mapped_range(&expected, &mut rng) {
            let at = Iova::new(range.start);
            if rng.u8(..5) == 0 {
                context.split(at)?;
            } else {
                let _quiet = context.unmap(at, range.end - range.start)?;
                expected.retain(|page, _| !range.contains(page));
                unmapped += 1;
            }
        }
        assert_tables(&tables, &expected);
        assert_attributes(&tables, &expected, &mut rng);
    }
    assert!(mapped > 5 && unmapped > 5 && refused > 0);
    while let Some(range) = contiguous(&expected, &mut rng) {
        let _quiet = context.unmap(Iova::new(range.start), range.end - range.start)?;
        expected.retain(|page, _| !range.contains(page));
    }
    assert_tables(&tables, &Expected::new());
    drop(context);
    soc.finish([])
}

/// A range that is mapped in full, from some page to the end of its mappings.
fn contiguous(expected: &Expected, rng: &mut fastrand::Rng) -> Option<Range<u32>> {
    let start = *expected.keys().nth(rng.usize(..expected.len().max(1)))?;
    let end = (0..)
        .map(|n| start + n * PAGE)
        .find(|at| !expected.contains_key(at))?;
    Some(start..end)
}

/// A range that is mapped in full, and begins and ends anywhere.
fn random_mapped_range(expected: &Expected, rng: &mut fastrand::Rng) -> Option<Range<u32>> {
    let whole = contiguous(expected, rng)?;
    let pages = (whole.end - whole.start) / PAGE;
    let length = match rng.u8(..3) {
        0 => pages,
        1 => rng.u32(1..=pages.min(40)),
        _ => rng.u32(1..=pages),
    };
    Some(whole.start..whole.start + length * PAGE)
}

#[test]
fn random_maps_unmaps_and_splits_of_an_inactive_context() -> Result<()> {
    random_operations(1, false)
}

#[test]
fn random_maps_unmaps_and_splits_of_an_active_context() -> Result<()> {
    random_operations(2, true)
}

#[test]
fn the_largest_page_that_fits_is_used() -> Result<()> {
    let soc = Soc::new()?;
    let context = soc.iommu.context(ContextConfig::default())?;
    let tables = reader(&soc, &context);
    let (at, to) = (0x40FE_F000, 0x1FE_F000);
    // 4 KiB, 64 KiB, 1 MiB, 16 MiB, and down again.
    let sizes = [
        PageSize::Small,
        PageSize::Large,
        PageSize::Section,
        PageSize::Supersection,
        PageSize::Section,
        PageSize::Large,
        PageSize::Small,
    ];
    let (at, to): (u32, u32) = (at - MIB, to - MIB);
    let total = sizes.iter().map(|size| size.bytes()).sum();
    context.map(Iova::new(at), &[part(to, total)], Attributes::default())?;
    let mut offset = 0;
    for size in sizes {
        for offset in [offset, offset + size.bytes() - PAGE] {
            let (iova, phys) = (Iova::new(at + offset), PhysAddr::new(to + offset));
            tables.assert_page(iova, phys, Some(size), Attributes::default());
        }
        offset += size.bytes();
    }
    // Where the two addresses are not congruent, only smaller pages fit.
    for (start, size) in [
        (0x1000, PageSize::Small),
        (0x1_0000, PageSize::Large),
        (0x10_0000, PageSize::Section),
    ] {
        context.map(
            Iova::new(0xA000_0000),
            &[part(start, 16 * MIB)],
            Attributes::default(),
        )?;
        let (iova, phys) = (Iova::new(0xA010_0000), PhysAddr::new(start + MIB));
        tables.assert_page(iova, phys, Some(size), Attributes::default());
        let _quiet = context.unmap(Iova::new(0xA000_0000), 16 * MIB)?;
    }
    drop(context);
    soc.finish([])
}

#[test]
fn unmapping_a_part_of_a_large_page_splits_it() -> Result<()> {
    let soc = Soc::new()?;
    let context = soc.iommu.context(ContextConfig::default())?;
    context.activate()?;
    let tables = reader(&soc, &context);
    let start = 0x5000_0000;
    let attributes = Attributes {
        write: false,
        execute: true,
        user: true,
        memory: MemoryType::WriteThrough,
        ..Attributes::default()
    };
    for (size, smaller) in [
        (PageSize::Large, PageSize::Small),
        (PageSize::Section, PageSize::Large),
        (PageSize::Supersection, PageSize::Section),
    ] {
        let bytes = size.bytes();
        let to = 0x200_0000;
        for hole in [0, bytes / 2 + PAGE, bytes - PAGE] {
            context.map(Iova::new(start), &[part(to, bytes)], attributes)?;
            tables.assert_page(Iova::new(start), PhysAddr::new(to), Some(size), attributes);
            let _quiet = context.unmap(Iova::new(start + hole), PAGE)?;
            let mut expected: Expected = pages(start, &[part(to, bytes)])
                .map(|(at, to)| (at, (to, attributes)))
                .collect();
            expected.remove(&(start + hole));
            assert_tables(&tables, &expected);
            // Far from the hole by the next smaller pages, beside it by the smallest.
            let far = if hole < bytes / 2 {
                bytes - smaller.bytes()
            } else {
                0
            };
            let (iova, phys) = (Iova::new(start + far), PhysAddr::new(to + far));
            tables.assert_page(iova, phys, Some(smaller), attributes);
            let beside = if hole == 0 { PAGE } else { hole - PAGE };
            let (iova, phys) = (Iova::new(start + beside), PhysAddr::new(to + beside));
            tables.assert_page(iova, phys, Some(PageSize::Small), attributes);
            // The rest in two pieces, and the hole is not in them.
            let not_mapped = context.unmap(Iova::new(start), bytes);
            let at = Iova::new(start + hole);
            assert_eq!(not_mapped, Err(MmuError::NotMapped { at }));
            assert_tables(&tables, &expected);
            if hole > 0 {
                let _quiet = context.unmap(Iova::new(start), hole)?;
            }
            if hole + PAGE < bytes {
                let _quiet = context.unmap(Iova::new(start + hole + PAGE), bytes - hole - PAGE)?;
            }
            assert_tables(&tables, &Expected::new());
        }
    }
    drop(context);
    soc.finish([])
}

#[test]
fn both_ends_of_the_address_space_can_be_mapped() -> Result<()> {
    let soc = Soc::new()?;
    let context = soc.iommu.context(ContextConfig::default())?;
    let tables = reader(&soc, &context);
    let memory = [part(0x1800_0000, 16 * MIB)];
    for at in [0, 0xFF00_0000] {
        context.map(Iova::new(at), &memory, Attributes::default())?;
        let expected = pages(at, &memory).map(|(at, to)| (at, (to, Attributes::default())));
        assert_tables(&tables, &expected.collect());
        let _quiet = context.unmap(Iova::new(at), 16 * MIB)?;
    }
    let beyond = context.map(Iova::new(0xFFFF_F000), &memory, Attributes::default());
    let at = Iova::new(0xFFFF_F000);
    assert_eq!(beyond, Err(MmuError::OutOfRange { at }));
    assert_eq!(tables.read(0), Err(Fault::Translation(Level::First)));
    assert_tables(&tables, &Expected::new());
    drop(context);
    soc.finish([])
}

#[test]
fn the_driver_and_the_reader_walk_to_the_same_place() -> Result<()> {
    let soc = Soc::new()?;
    let context = soc.iommu.context(ContextConfig::default())?;
    let tables = reader(&soc, &context);
    let mut rng = fastrand::Rng::with_seed(9);
    for _ in 0..8 {
        let (at, parts) = random_mapping(&mut rng);
        // What overlaps is refused.
        let _ = context.map(Iova::new(at), &parts, Attributes::default());
    }
    let mut agreed = 0;
    for _ in 0..2_000 {
        let at = 0x8000_0000 + rng.u32(..160 * MIB);
        match (context.walk(Iova::new(at)), tables.read(at)) {
            (Ok(walked), Ok(read)) => {
                assert_eq!(walked.phys.get(), read.pa);
                assert_eq!(walked.page.bytes(), read.size.bytes());
                agreed += 1;
            }
            (Err(_), Err(_)) => {}
            (walked, read) => panic!("{at:#x}: {walked:?}, {read:?}"),
        }
    }
    assert!(agreed > 100, "{agreed}");
    drop(context);
    soc.finish([])
}
