//! The VCM MMU wrapper over the fake MMU.

use vcm::Misuse;
use vcm::addr::{Iova, PhysAddr};
use vcm::driver::{Driver, Mapping};
use vcm::error::Operation;
use vcm::fake::{Addresses, Call, Iommu, Ram};
use vcm::mmu::{Attributes, MemoryType, Mmu, MmuError, PhysPart, Quiet};
use vcm::seam::{BusError, MemError};
use vcm::wrap::{FrameSource, IovaSource, VcmMmu};
use vcm::{AllocFlags, Errno, Error, Region, ResFlags, System, Vcm};

use crate::probe::{PAGE, SIZE, START, alloc, region, res};

struct Bench {
    mmu: Iommu,
    ram: Ram,
    addresses: Addresses,
    vcm: Vcm,
    system: System,
}

fn bench_with(ram: Ram) -> Bench {
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    let reach = region(START, SIZE);
    let (mmu, addresses) = (Iommu::new(), Addresses::new(reach));
    // Behind pointers, as whoever chooses at run time has them.
    let pointed: Box<dyn Mmu + Send> = Box::new(mmu.clone());
    let frames: Box<dyn FrameSource + Send> = Box::new(ram.clone());
    let space: Box<dyn IovaSource + Send> = Box::new(addresses.clone());
    let driver = VcmMmu::new(pointed, frames, space);
    let vcm = system.create(reach.start, reach.size, Box::new(driver));
    Bench {
        mmu,
        ram,
        addresses,
        vcm: vcm.unwrap(),
        system,
    }
}

fn bench() -> Bench {
    bench_with(Ram::new(PhysAddr::new(0x1000_0000), 8 << 20))
}

const TIMEOUT: MmuError = MmuError::SyncTimeout;

#[test]
fn inactive_bindings_are_only_recorded() {
    let b = bench();
    let binding = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    binding.destroy().unwrap();
    assert!(b.mmu.calls().is_empty());
    assert_eq!(b.ram.used(), 0);
    assert!(b.addresses.used().is_empty());
}

#[test]
fn activation_replays_all_bindings_before_masters_get_through() {
    let b = bench();
    let one = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let two = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let _reserved = b.vcm.reserve(PAGE, res()).unwrap();
    let _active = b.vcm.activate().unwrap();
    let expected = [
        Call::Map(one.start()),
        Call::Map(two.start()),
        Call::Activate,
    ];
    assert_eq!(b.mmu.calls(), expected);
    for binding in [&one, &two] {
        let physical = binding.phys().parts()[0].start;
        assert_eq!(b.mmu.access(binding.start()), Some(physical));
        assert_eq!(b.vcm.translate(binding.start()), Some(physical));
    }
}

#[test]
fn bindings_of_an_active_context_are_in_hardware_at_once() {
    let b = bench();
    let _active = b.vcm.activate().unwrap();
    let binding = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let start = binding.start();
    assert!(b.mmu.access(start).is_some());
    binding.destroy().unwrap();
    assert_eq!(b.mmu.access(start), None);
}

#[test]
fn deactivation_stops_the_masters_and_then_empties_the_table() {
    let b = bench();
    let binding = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    b.vcm.activate().unwrap().deactivate().unwrap();
    let start = binding.start();
    let expected = [
        Call::Map(start),
        Call::Activate,
        Call::Deactivate,
        Call::Unmap(start),
    ];
    assert_eq!(b.mmu.calls(), expected);
    let _active = b.vcm.activate().unwrap();
    assert!(b.mmu.access(start).is_some());
}

#[test]
fn a_failed_replay_is_rolled_back() {
    let b = bench();
    let bindings = [(); 3].map(|()| b.vcm.make_binding(PAGE, alloc(), res()).unwrap());
    b.mmu.fail(2, MmuError::OutOfMemory);
    let error = b.vcm.activate().unwrap_err();
    assert_eq!(error.errno(), Errno::ENOMEM, "{error}");
    assert_eq!(b.mmu.pages(), 0);
    assert!(!b.mmu.is_active());
    let _active = b.vcm.activate().unwrap();
    assert!(bindings.iter().all(|it| b.mmu.access(it.start()).is_some()));
}

#[test]
fn a_failed_activation_of_the_hardware_is_rolled_back() {
    let b = bench();
    let _binding = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    b.mmu.fail(1, TIMEOUT);
    let error = b.vcm.activate().unwrap_err();
    assert_eq!(error.errno(), Errno::ETIMEDOUT, "{error}");
    assert_eq!(b.mmu.pages(), 0);
}

#[test]
fn a_failed_deactivation_leaves_the_context_active() {
    let b = bench();
    let binding = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let active = b.vcm.activate().unwrap();
    b.mmu.fail(0, TIMEOUT);
    let failed = active.deactivate().unwrap_err();
    assert!(b.mmu.access(binding.start()).is_some());
    failed.value.deactivate().unwrap();
    assert_eq!(b.mmu.access(binding.start()), None);
}

#[test]
fn a_timeout_of_an_unmap_keeps_memory_and_addresses_out_of_use() {
    let b = bench();
    let _active = b.vcm.activate().unwrap();
    let binding = b.vcm.make_binding(2 * PAGE, alloc(), res()).unwrap();
    let (where_, physical) = (binding.region(), binding.phys().parts()[0].start);
    b.mmu.fail(0, TIMEOUT);
    let failed = binding.destroy().unwrap_err();
    assert_eq!(failed.error.errno(), Errno::ETIMEDOUT);
    failed.value.destroy().unwrap();
    assert_eq!(b.mmu.stale()[0], (where_.start, physical));
    assert_eq!((b.ram.used(), b.ram.poisoned()), (0, 2 * PAGE));
    assert_eq!(b.addresses.poisoned(), [where_]);
    let next = b.vcm.make_binding(2 * PAGE, alloc(), res()).unwrap();
    assert!(!next.region().overlaps(&where_));
    assert_ne!(next.phys().parts()[0].start, physical);
}

#[test]
fn a_timeout_while_emptying_the_table_poisons_when_unbound_later() {
    let b = bench();
    let binding = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let active = b.vcm.activate().unwrap();
    b.mmu.fail(1, TIMEOUT);
    active.deactivate().unwrap();
    let failed = binding.destroy().unwrap_err();
    assert!(failed.error.is_unconfirmed());
    failed.value.destroy().unwrap();
    assert_eq!(b.ram.poisoned(), PAGE);
}

#[test]
fn a_later_confirmed_unmap_of_the_same_binding_makes_it_clean_again() {
    let b = bench();
    let binding = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let active = b.vcm.activate().unwrap();
    b.mmu.fail(1, TIMEOUT);
    active.deactivate().unwrap();
    b.vcm.activate().unwrap().deactivate().unwrap();
    binding.destroy().unwrap();
    assert_eq!((b.ram.used(), b.ram.poisoned()), (0, 0));
}

#[test]
fn reservations_are_aligned_to_the_largest_page_that_fits() {
    let b = bench();
    let _small = b.vcm.reserve(PAGE, res()).unwrap();
    for (size, align) in [
        (0x8000, 0x1000),
        (0x1_0000, 0x1_0000),
        (0x1_8000, 0x1_0000),
        (0x10_0000, 0x10_0000),
        (0x30_0000, 0x10_0000),
    ] {
        let reservation = b.vcm.reserve(size, res()).unwrap();
        assert!(reservation.start().is_aligned(align), "{reservation:?}");
    }
}

#[test]
fn reservations_fall_back_to_smaller_alignments_before_giving_up() {
    let b = bench();
    // One page in each 1 MiB: no place for a section, much for large pages.
    let _taken = (0..16)
        .map(|n| {
            let at = Some(Iova::new(START + n * 0x10_0000));
            b.vcm.reserve(PAGE, ResFlags { at, ..res() }).unwrap()
        })
        .collect::<Vec<_>>();
    let error = b.vcm.reserve(0x10_0000, res()).unwrap_err();
    assert_eq!(error.errno(), Errno::ENOSPC, "{error}");
    let bumpy = b.vcm.reserve(0xF_0000, res()).unwrap();
    assert!(bumpy.start().is_aligned(0x1_0000));
    let strict = ResFlags {
        align: 0x10_0000,
        ..res()
    };
    assert!(b.vcm.reserve(PAGE, strict).is_err());

    // Room for a section, but nowhere where one could be.
    let b = bench();
    let walls = (START..START + SIZE).step_by(0x20_0000);
    let walls = walls.flat_map(|at| [at + 0x8_0000, at + 0x20_0000 - PAGE]);
    let _taken: Vec<_> = walls
        .map(|at| {
            let at = Some(Iova::new(at));
            b.vcm.reserve(PAGE, ResFlags { at, ..res() }).unwrap()
        })
        .collect();
    let between = b.vcm.reserve(0x10_0000, res()).unwrap();
    assert!(between.start().is_aligned(0x1_0000));
    assert!(!between.start().is_aligned(0x10_0000));
}

#[test]
fn a_wanted_address_is_given_or_refused() {
    let b = bench();
    let at = Some(Iova::new(START + 0x5000));
    let first = b.vcm.reserve(PAGE, ResFlags { at, ..res() }).unwrap();
    assert_eq!(Some(first.start()), at);
    let error = b.vcm.reserve(PAGE, ResFlags { at, ..res() }).unwrap_err();
    assert_eq!(error.errno(), Errno::EADDRINUSE, "{error}");
}

#[test]
fn a_wanted_address_that_contradicts_its_alignment_is_the_callers_mistake() {
    let b = bench();
    let at = Iova::new(START + 0x5000);
    let flags = ResFlags {
        at: Some(at),
        align: 0x1_0000,
        ..res()
    };
    let error = b.vcm.reserve(PAGE, flags).unwrap_err();
    assert_eq!(error, Error::BadAddress { at });
    assert!(b.addresses.used().is_empty());
}

#[test]
fn memory_comes_in_the_largest_pages_unless_restricted() {
    let b = bench();
    let sizes = |flags| {
        let phys = b.vcm.alloc(0x11_1000, flags).unwrap();
        let parts = phys.parts();
        let mut sizes = parts.iter().map(|part| part.size).collect::<Vec<_>>();
        sizes.dedup();
        (sizes, parts.len())
    };
    assert_eq!(sizes(alloc()), (vec![0x10_0000, 0x1_0000, 0x1000], 3));
    let max_page = 0x1_0000;
    let restricted = sizes(AllocFlags {
        max_page,
        ..alloc()
    });
    assert_eq!(restricted, (vec![0x1_0000, 0x1000], 18));
    let contiguous = true;
    let whole = sizes(AllocFlags {
        contiguous,
        ..alloc()
    });
    assert_eq!(whole, (vec![0x11_1000], 1));
}

#[test]
fn scattered_memory_is_contiguous_to_the_masters() {
    let b = bench_with(Ram::scattered(PhysAddr::new(0x1000_0000), 1 << 20));
    let _active = b.vcm.activate().unwrap();
    let binding = b.vcm.make_binding(16 * PAGE, alloc(), res()).unwrap();
    let parts = binding.phys().parts();
    assert_eq!(parts.len(), 16);
    for (page, part) in (0..).zip(parts.iter()) {
        let at = binding.start().checked_add(page * PAGE + 12).unwrap();
        assert_eq!(b.mmu.access(at), part.start.checked_add(12));
    }
}

#[test]
fn attributes_of_the_reservation_reach_the_hardware() {
    let b = bench();
    let _active = b.vcm.activate().unwrap();
    let attributes = Attributes {
        write: false,
        ..Attributes::default()
    };
    let flags = ResFlags {
        attributes,
        ..res()
    };
    let binding = b.vcm.make_binding(PAGE, alloc(), flags).unwrap();
    assert_eq!(b.mmu.attributes(binding.start()), Some(attributes));
}

#[test]
fn attributes_are_kept_until_the_context_is_active() {
    let b = bench();
    let attributes = Attributes {
        write: false,
        execute: true,
        user: false,
        secure: true,
        memory: MemoryType::Device,
        ..Attributes::default()
    };
    let flags = ResFlags {
        attributes,
        ..res()
    };
    let binding = b.vcm.make_binding(PAGE, alloc(), flags).unwrap();
    for _ in 0..2 {
        let _active = b.vcm.activate().unwrap();
        assert_eq!(b.mmu.attributes(binding.start()), Some(attributes));
    }
}

#[test]
fn contiguous_memory_is_aligned_as_asked() {
    let b = bench();
    let _shift = b.vcm.alloc(PAGE, alloc()).unwrap();
    for align in [PAGE, 4 * PAGE, 0x1_0000, 0x10_0000] {
        let flags = AllocFlags {
            contiguous: true,
            align,
            ..alloc()
        };
        let phys = b.vcm.alloc(2 * PAGE, flags).unwrap();
        let [part] = phys.parts()[..] else {
            panic!("one part");
        };
        assert!(part.start.is_aligned(align), "{align:#x}: {}", part.start);
    }
}

#[test]
fn what_a_failed_replay_may_have_left_in_the_table_is_not_used_again() {
    let b = bench();
    let binding = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let at = PhysAddr::new(0x1000);
    b.mmu.fail(0, MmuError::Unrevoked(MemError { at, size: 4 }));
    let error = b.vcm.activate().unwrap_err();
    assert!(error.is_unconfirmed(), "{error}");
    let failed = binding.destroy().unwrap_err();
    assert!(failed.error.is_unconfirmed());
    failed.value.destroy().unwrap();
    assert_eq!((b.ram.used(), b.ram.poisoned()), (0, PAGE));
    assert_eq!(b.addresses.poisoned().len(), 1);
}

#[test]
fn memory_running_out_is_enomem_and_leaves_nothing_behind() {
    let b = bench_with(Ram::new(PhysAddr::new(0), 4 * PAGE));
    let error = b.vcm.make_binding(8 * PAGE, alloc(), res()).unwrap_err();
    let size = 8 * PAGE;
    assert_eq!(error, Error::OutOfMemory { size });
    assert_eq!(b.ram.used(), 0);
    assert!(b.addresses.used().is_empty());
    assert_eq!(b.system.misuses(), 0);
}

/// A driver by itself, and a page that is bound.
fn bound_page() -> (Iommu, impl Driver, Mapping<'static>) {
    const RAM: PhysAddr = PhysAddr::new(0x1000_0000);
    const PARTS: [PhysPart; 1] = [PhysPart {
        start: RAM,
        size: PAGE,
    }];
    let (mmu, reach) = (Iommu::new(), region(START, SIZE));
    let ram = Ram::new(RAM, 8 << 20);
    let mut driver = VcmMmu::new(mmu.clone(), ram, Addresses::new(reach));
    let mapping = Mapping {
        reservation: region(START, PAGE),
        parts: &PARTS,
        size: PAGE,
        attributes: Attributes::default(),
    };
    driver.bind_op().unwrap().bind(&mapping).unwrap();
    (mmu, driver, mapping)
}

#[test]
fn a_move_that_cannot_be_ended_says_what_is_left_of_it() {
    let bus = |offset| {
        MmuError::Bus(BusError {
            offset,
            write: true,
        })
    };
    for (unmap, operation, error) in [
        (None, Operation::Hold, bus(1)),
        (Some(bus(2)), Operation::Move, bus(2)),
        // It is mapped still, which nobody has confirmed.
        (Some(MmuError::OutOfMemory), Operation::Move, TIMEOUT),
    ] {
        let (mmu, mut driver, mapping) = bound_page();
        driver.activate().unwrap();
        let moves = driver.move_op().unwrap();
        let _quiet = moves.suspend(&mapping).unwrap();
        // It maps, then releases, then unmaps.
        mmu.fail(1, bus(1));
        if let Some(unmap) = unmap {
            mmu.fail(2, unmap);
        }
        let at = Some(mapping.reservation.start);
        let expected = Error::Mmu {
            operation,
            at,
            error,
        };
        assert_eq!(moves.resume(&mapping), Err(expected));
        assert!(expected.is_unconfirmed() || unmap.is_none());
    }
}

#[test]
fn an_activation_that_fails_takes_nothing_from_a_context_that_is_active_already() {
    let (mmu, mut driver, mapping) = bound_page();
    for active in [false, true] {
        let calls = mmu.calls().len();
        // What is not active is mapped first.
        mmu.fail(usize::from(!active), TIMEOUT);
        driver.activate().unwrap_err();
        let unmapped = mmu.calls()[calls..].contains(&Call::Unmap(mapping.reservation.start));
        assert_eq!(unmapped, !active);
        driver.activate().unwrap();
        assert_eq!(
            mmu.access(mapping.reservation.start),
            Some(mapping.parts[0].start)
        );
    }
}

#[test]
fn an_allocator_without_bounds_says_so() {
    struct Unbounded;
    impl IovaSource for Unbounded {
        fn reserve(&mut self, _: u32, _: u32, _: Option<Iova>) -> Result<Iova, Error> {
            Ok(Iova::new(START))
        }
        fn release(&mut self, _: Region, _: Quiet) {}
        fn poison(&mut self, _: Region) {}
    }
    let within = region(START, SIZE);
    let refused = Unbounded.reserve_within(PAGE, PAGE, within);
    assert_eq!(refused, Err(Error::Unsupported(Operation::Res)));
}
