//! Memory that moves: what its tables say before and after, to an MMU that nobody here has written.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use vcm::addr::{Iova, PhysAddr};
use vcm::mmu::{Attributes, PhysPart};
use vcm::seam::MemError;
use vcm::{AllocFlags, Binding, Copier, ResFlags};
use vcm_sim::golden::Context;
use vcm_sim::platform::{BackDoor, Config};
use vcm_tests::arm::memory;
use vcm_tests::soc::{Soc, Space, noise};
use vcm_tests::tables::Size;

use crate::cortex::{Cortex, PROGRAM};
use crate::{ACCESSES, MIB, access, compare, hardware, map_program};

const PAGE: u32 = 0x1000;
/// One page of each size: where they begin, and the end.
const EACH: [u32; 4] = [0, 16 * MIB, 17 * MIB, 17 * MIB + 0x1_0000];
const SIZE: u32 = EACH[3] + PAGE;
/// The largest page where the memory is at first, and where it goes (0: any).
const PLACES: [u32; 4] = [0, 0x1_0000, PAGE, 0];

/// Copies past all ports, since how bytes get there is for other tests; and leaves none of them where they were.
struct Past(BackDoor);

impl Copier for Past {
    fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
        let mut page = [0; PAGE as usize];
        for (from, to) in pages(from).zip(pages(to)) {
            let error = |at| move |_| MemError { at, size: PAGE };
            self.0.read(from, &mut page).map_err(error(from))?;
            self.0.write(to, &page).map_err(error(to))?;
            self.0
                .write(from, &[0; PAGE as usize])
                .map_err(error(from))?;
        }
        Ok(())
    }
}

fn pages(parts: &[PhysPart]) -> impl Iterator<Item = PhysAddr> {
    let all = parts.iter();
    all.flat_map(|part| (0..part.size / PAGE).map(|n| PhysAddr::new(part.start.get() + n * PAGE)))
}

/// Every page that may be reached: where it lies, and whether it may be written.
type Reachable = BTreeMap<u32, (u32, bool)>;

fn reachable(bindings: &[(&Binding, bool)]) -> Reachable {
    let mut all: Reachable = (PROGRAM..PROGRAM + MIB)
        .step_by(PAGE as usize)
        .map(|at| (at, (at, true)))
        .collect();
    for (binding, writable) in bindings {
        let addresses = (binding.start().get()..).step_by(PAGE as usize);
        let parts = binding.phys().parts();
        all.extend(addresses.zip(pages(&parts).map(|page| (page.get(), *writable))));
    }
    all
}

/// All pages of each MiB in which some can be reached, and one of each other MiB.
fn everywhere(expected: &Reachable) -> Vec<u32> {
    let used: BTreeSet<u32> = expected.keys().map(|at| at / MIB).collect();
    let pages = |mib| if used.contains(&mib) { MIB / PAGE } else { 1 };
    (0..=u32::MAX / MIB)
        .flat_map(|mib| (0..pages(mib)).map(move |n| mib * MIB + n * PAGE))
        .collect()
}

/// The processor, the model and the hardware find what is to be found, and nothing else in the whole address space.
fn agree(cortex: &Cortex, soc: &Soc, space: &Space, expected: &Reachable) -> Result<()> {
    let registers = Context {
        enabled: true,
        ttbr0: space.mmu.table_base().get(),
        dacr: 1,
        ..Context::default()
    };
    let asked = everywhere(expected);
    let answers = cortex.ask(&soc.platform, &registers, &asked)?;
    compare(&soc.platform, &registers, &asked, &answers)?;
    for (&at, pars) in asked.iter().zip(&answers) {
        for (par, (privileged, write)) in pars.iter().zip(ACCESSES) {
            let found = expected
                .get(&at)
                .filter(|(_, writable)| *writable || !write);
            let place = found.map(|(place, _)| *place);
            assert_eq!(par.decode(at).ok(), place, "{at:#x}, PAR {:#010x}", par.0);
            if privileged {
                let place_there = hardware(&space.mmu, access(at, (privileged, write)))?;
                assert_eq!(place_there, place, "{at:#x}, by the hardware");
            }
        }
    }
    let tables = soc.tables(space)?.mapped().into_iter();
    let tables: BTreeMap<u32, u32> = tables.map(|(at, to)| (at.get(), to.get())).collect();
    let expected: BTreeMap<u32, u32> = expected.iter().map(|(at, (to, _))| (*at, *to)).collect();
    assert!(tables == expected, "the model finds something else");
    Ok(())
}

/// The sizes of the pages that the tables have for a binding.
fn sizes(soc: &Soc, space: &Space, binding: &Binding) -> Result<BTreeSet<u32>> {
    let tables = soc.tables(space)?;
    let at = |offset| binding.start().get() + offset;
    let size = |offset: u32| Ok(tables.read(at(offset))?.size.bytes());
    (0..SIZE).step_by(PAGE as usize).map(size).collect()
}

/// Has the DMA engine, which has these translations in the TLB, read from a page of each size.
fn read_by_dma(soc: &Soc, from: &Binding, text: &[u8], scratch: &Binding) -> Result<()> {
    for offset in EACH {
        let at = Iova::new(from.start().get() + offset);
        assert_eq!(soc.copy(0, at, scratch.start(), PAGE)?, PAGE);
        let expected = &text[offset as usize..][..PAGE as usize];
        assert!(
            soc.read(scratch.phys(), 0, PAGE)? == expected,
            "{offset:#x}"
        );
    }
    Ok(())
}

#[test]
fn a_cortex_a9_finds_memory_that_moved_at_its_new_place_and_nowhere_else() -> Result<()> {
    let Some(cortex) = Cortex::find()? else {
        return Ok(());
    };
    let soc = Soc::with(memory(Config::default()))?;
    let space = soc.scattered_space(&[0], 1)?;
    map_program(&space.mmu)?;
    let moving = soc.bind(&space, SIZE)?;
    let read_only = ResFlags {
        attributes: Attributes {
            write: false,
            ..Attributes::default()
        },
        ..ResFlags::default()
    };
    let again = space.vcm.map(moving.phys(), read_only)?;
    let scratch = soc.bind(&space, PAGE)?;
    let active = space.vcm.activate()?;
    let past = Past(soc.platform.back_door());
    let text = noise(1, SIZE);
    for (page, text) in pages(&moving.phys().parts()).zip(text.chunks(PAGE as usize)) {
        past.0.write(page, text)?;
    }
    for (n, max_page) in PLACES.into_iter().enumerate() {
        if n > 0 {
            let before: BTreeSet<_> = pages(&moving.phys().parts()).collect();
            let flags = AllocFlags {
                max_page,
                ..AllocFlags::default()
            };
            moving.phys().migrate(&past, flags)?;
            assert!(pages(&moving.phys().parts()).all(|page| !before.contains(&page)));
        }
        let all = [(&moving, true), (&again, false), (&scratch, true)];
        agree(&cortex, &soc, &space, &reachable(&all))?;
        for binding in [&moving, &again] {
            assert_eq!(sizes(&soc, &space, binding)?, sizes_up_to(max_page));
            read_by_dma(&soc, binding, &text, &scratch)?;
        }
    }
    assert!(soc.faults()?.is_empty());
    drop((active, moving, again, scratch));
    soc.finish([space])
}

/// The page sizes of memory in which no page is larger.
fn sizes_up_to(max_page: u32) -> BTreeSet<u32> {
    let fits = |size: &u32| max_page == 0 || *size <= max_page;
    Size::ALL
        .map(Size::bytes)
        .into_iter()
        .filter(fits)
        .collect()
}
