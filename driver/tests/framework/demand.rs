//! Memory that is bound when it is touched.

use vcm::addr::{Iova, PhysAddr};
use vcm::fake::{Addresses, Iommu, Ram};
use vcm::mmu::MmuError;
use vcm::wrap::{OneToOne, SharedMmu, VcmMmu};
use vcm::{AllocFlags, Errno, Error, Misuse, ResFlags, Served, System, Vcm, Where};

use crate::probe::{PAGE, SIZE, START, alloc, region, res};

const GRANULE: u32 = 4 * PAGE;

struct Bench {
    system: System,
    mmu: Iommu,
    ram: Ram,
    addresses: Addresses,
    vcm: Vcm,
}

fn bench() -> Bench {
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    let space = region(START, SIZE);
    let (mmu, addresses) = (Iommu::new(), Addresses::new(space));
    let ram = Ram::new(PhysAddr::new(0x1000_0000), 1 << 20);
    let driver = VcmMmu::new(mmu.clone(), ram.clone(), addresses.clone());
    let vcm = system.create(space.start, space.size, Box::new(driver));
    Bench {
        vcm: vcm.unwrap(),
        system,
        mmu,
        ram,
        addresses,
    }
}

fn after(at: Iova, offset: u32) -> Iova {
    at.checked_add(offset).unwrap()
}

#[test]
fn a_granule_gets_memory_when_it_is_touched_and_once() {
    let b = bench();
    let all = b.vcm.reserve_on_demand(10 * PAGE, GRANULE, alloc(), res());
    let all = all.unwrap();
    let _active = b.vcm.activate().unwrap();
    assert_eq!((b.ram.used(), all.bound()), (0, 0));
    let touched = after(all.start(), 5 * PAGE + 12);
    assert_eq!(b.mmu.access(touched), None);
    for _ in 0..2 {
        assert_eq!(b.vcm.serve(touched), Ok(Served::Retry));
        assert_eq!(all.bound(), GRANULE);
        let physical = b.vcm.translate(touched);
        assert!(physical.is_some());
        assert_eq!(b.mmu.access(touched), physical);
        assert_eq!(b.mmu.access(all.start()), None);
    }
    // The last one ends where the reservation does.
    let last = after(all.start(), 9 * PAGE);
    assert_eq!(b.vcm.serve(last), Ok(Served::Retry));
    assert_eq!(all.bound(), GRANULE + 2 * PAGE);
    let free = after(all.start(), 1);
    for (at, bound) in [(touched, true), (last, true), (free, false)] {
        let offset = at.get() - all.start().get();
        let id = all.id();
        assert_eq!(
            b.vcm.resolve(at),
            Where::InReservation { id, offset, bound }
        );
    }
    all.unreserve().unwrap();
    assert_eq!((b.ram.used(), b.mmu.pages()), (0, 0));
    assert!(b.addresses.used().is_empty());
}

#[test]
fn bindings_stay_when_the_context_stops_and_starts() {
    let b = bench();
    let all = b.vcm.reserve_on_demand(GRANULE, PAGE, alloc(), res());
    let all = all.unwrap();
    b.vcm.serve(all.start()).unwrap();
    for _ in 0..2 {
        let _active = b.vcm.activate().unwrap();
        assert!(b.mmu.access(all.start()).is_some());
    }
    drop(all);
    assert_eq!(b.ram.used(), 0);
}

#[test]
fn granules_are_allocated_as_wanted() {
    let b = bench();
    let _shift = b.vcm.alloc(PAGE, alloc()).unwrap();
    let pieces = |flags| {
        let all = b.vcm.reserve_on_demand(GRANULE, GRANULE, flags, res());
        let all = all.unwrap();
        b.vcm.serve(all.start()).unwrap();
        let raw = b.system.raw();
        let phys = raw.phys_at(b.vcm.id(), all.start()).unwrap().unwrap();
        raw.phys(phys).unwrap().parts
    };
    let align = 16 * PAGE;
    let contiguous = AllocFlags {
        contiguous: true,
        align,
        ..alloc()
    };
    let parts = pieces(contiguous);
    assert!(parts.len() == 1 && parts[0].start.is_aligned(align));
    let small = AllocFlags {
        max_page: PAGE,
        ..alloc()
    };
    assert!(pieces(small).iter().all(|part| part.size == PAGE));
}

#[test]
fn memory_at_an_address_ends_where_it_does() {
    let b = bench();
    let raw = b.system.raw();
    let reservation = b.vcm.reserve(3 * PAGE, res()).unwrap();
    let phys = b.vcm.alloc(2 * PAGE, alloc()).unwrap();
    let binding = reservation.bind(&phys).unwrap();
    for offset in [0, 2 * PAGE - 1, 2 * PAGE, 3 * PAGE - 1, 3 * PAGE] {
        let at = after(binding.start(), offset);
        let there = (offset < 2 * PAGE).then_some(phys.id());
        assert_eq!(raw.phys_at(b.vcm.id(), at), Ok(there));
        let found = b.vcm.resolve(at);
        let is_bound = matches!(found, Where::InReservation { bound: true, .. });
        assert_eq!(is_bound, there.is_some(), "{offset:#x}");
        // Whoever waits there goes on, and who waits beyond it is ended.
        let served = if is_bound {
            Served::Retry
        } else {
            Served::Terminate
        };
        assert_eq!(b.vcm.serve(at), Ok(served), "{offset:#x}");
    }
}

#[test]
fn elsewhere_nothing_is_bound() {
    let b = bench();
    let plain = b.vcm.reserve(PAGE, res()).unwrap();
    let all = b.vcm.reserve_on_demand(GRANULE, PAGE, alloc(), res());
    let all = all.unwrap();
    for at in [plain.start(), after(all.start(), GRANULE), Iova::new(0)] {
        assert_eq!(b.vcm.serve(at), Ok(Served::Terminate));
    }
    assert_eq!(b.ram.used(), 0);
    let bound = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    assert_eq!(b.vcm.serve(bound.start()), Ok(Served::Retry));
}

#[test]
fn nobody_else_binds_or_unbinds_there() {
    let b = bench();
    let all = b.vcm.reserve_on_demand(GRANULE, PAGE, alloc(), res());
    let all = all.unwrap();
    b.vcm.serve(all.start()).unwrap();
    let raw = b.system.raw();
    let phys = b.vcm.alloc(PAGE, alloc()).unwrap();
    let refused = Error::OnDemand(all.id());
    assert_eq!(raw.bind(all.id(), phys.id()), Err(refused));
    assert_eq!(raw.unbind(all.id()), Err(refused));
    assert_eq!(raw.unmap(all.id()), Err(refused));
    assert_eq!(raw.destroy_binding(all.id()), Err(refused));
    assert_eq!(refused.errno(), Errno::EADDRINUSE);
    drop(phys);
    assert_eq!(all.bound(), PAGE);
}

#[test]
fn granules_and_flags_are_checked_and_a_driver_has_to_be_able() {
    let b = bench();
    for granule in [0, 0x800, 3 * PAGE] {
        let error = b.vcm.reserve_on_demand(GRANULE, granule, alloc(), res());
        let align = granule;
        assert_eq!(error.unwrap_err(), Error::BadAlignment { align });
    }
    // Not even where the granule is aligned as that would be.
    let align = 3 * PAGE;
    let odd = ResFlags { align, ..res() };
    let error = b
        .vcm
        .reserve_on_demand(4 * GRANULE, 4 * GRANULE, alloc(), odd);
    assert_eq!(error.unwrap_err(), Error::BadAlignment { align });
    let at = ResFlags {
        at: Some(Iova::new(START + PAGE)),
        ..res()
    };
    let error = b.vcm.reserve_on_demand(GRANULE, GRANULE, alloc(), at);
    assert!(matches!(error.unwrap_err(), Error::BadAddress { .. }));
    let at = Iova::new(START + GRANULE);
    let there = ResFlags {
        at: Some(at),
        ..res()
    };
    let all = b.vcm.reserve_on_demand(GRANULE, GRANULE, alloc(), there);
    assert_eq!(all.unwrap().start(), at);
    let reach = region(0x1000_0000, 1 << 20);
    let driver = OneToOne::new(b.ram.clone(), reach);
    let direct = b.system.create(reach.start, reach.size, Box::new(driver));
    let error = direct
        .unwrap()
        .reserve_on_demand(PAGE, PAGE, alloc(), res());
    assert_eq!(error.unwrap_err().errno(), Errno::EOPNOTSUPP);
    assert!(b.addresses.used().is_empty());
}

#[test]
fn memory_that_is_short_is_told_and_nothing_is_left_behind() {
    let b = bench();
    let all = b.vcm.reserve_on_demand(8 << 20, 4 << 20, alloc(), res());
    let all = all.unwrap();
    let error = b.vcm.serve(all.start()).unwrap_err();
    assert_eq!(error.errno(), Errno::ENOMEM);
    let _active = b.vcm.activate().unwrap();
    let small = b.vcm.reserve_on_demand(PAGE, PAGE, alloc(), res()).unwrap();
    b.mmu.fail(0, MmuError::OutOfMemory);
    assert!(b.vcm.serve(small.start()).is_err());
    assert_eq!((b.ram.used(), small.bound()), (0, 0));
    assert_eq!(b.vcm.serve(small.start()), Ok(Served::Retry));
    drop((all, small));
    assert_eq!(b.ram.used(), 0);
}

#[test]
fn a_granule_moves_like_any_memory_and_whoever_touches_it_waits() {
    use vcm::mmu::PhysPart;
    use vcm::seam::MemError;
    let b = bench();
    let all = b.vcm.reserve_on_demand(GRANULE, PAGE, alloc(), res());
    let all = all.unwrap();
    let _active = b.vcm.activate().unwrap();
    let at = after(all.start(), PAGE);
    b.vcm.serve(at).unwrap();
    let before = b.vcm.translate(at);
    struct Touches<'a>(&'a Bench, Iova);
    impl vcm::Copier for Touches<'_> {
        fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
            assert_eq!(self.0.vcm.serve(self.1), Ok(Served::Wait));
            self.0.ram.copy(from, to)
        }
    }
    let raw = b.system.raw();
    let id = raw.phys_at(b.vcm.id(), at).unwrap().unwrap();
    assert_eq!(raw.bindings(id).unwrap(), [all.id()]);
    raw.migrate(id, &Touches(&b, at), AllocFlags::default())
        .unwrap();
    assert_ne!(b.vcm.translate(at), before);
    assert_eq!(b.mmu.access(at), b.vcm.translate(at));
}

#[test]
fn what_is_not_confirmed_is_poisoned_granule_by_granule() {
    let b = bench();
    let all = b.vcm.reserve_on_demand(GRANULE, PAGE, alloc(), res());
    let all = all.unwrap();
    let _active = b.vcm.activate().unwrap();
    for page in 0..4 {
        b.vcm.serve(after(all.start(), page * PAGE)).unwrap();
    }
    b.mmu.fail(1, MmuError::SyncTimeout);
    let failed = all.unreserve().unwrap_err();
    assert!(failed.error.is_unconfirmed());
    assert_eq!(b.ram.used(), PAGE, "the others are free");
    // Nothing is in the table: whoever misses would be tried again for ever.
    let gone = after(failed.value.start(), PAGE);
    assert_eq!(b.vcm.serve(gone), Ok(Served::Terminate));
    failed.value.unreserve().unwrap();
    assert_eq!((b.ram.used(), b.ram.poisoned()), (0, PAGE));
    assert_eq!(b.addresses.poisoned().len(), 1);
}

#[test]
fn a_handle_that_is_dropped_gives_back_what_is_confirmed_and_poisons_the_rest() {
    let system: System = System::new();
    let b = Bench { system, ..bench() };
    let space = region(START, SIZE);
    let driver = VcmMmu::new(b.mmu.clone(), b.ram.clone(), b.addresses.clone());
    let vcm = b.system.create(space.start, space.size, Box::new(driver));
    let vcm = vcm.unwrap();
    let all = vcm.reserve_on_demand(3 * PAGE, PAGE, alloc(), res());
    let all = all.unwrap();
    let _active = vcm.activate().unwrap();
    for page in 0..3 {
        vcm.serve(after(all.start(), page * PAGE)).unwrap();
    }
    b.mmu.fail(1, MmuError::SyncTimeout);
    drop(all);
    assert_eq!((b.ram.used(), b.ram.poisoned()), (0, PAGE));
    assert!(b.addresses.used().is_empty());
    assert_eq!(b.addresses.poisoned().len(), 1);
    assert_eq!(b.system.raw().context(vcm.id()).unwrap().reservations, 0);
}

#[test]
fn windows_of_one_mmu_are_activated_one_by_one_and_the_mmu_with_the_first() {
    let b = bench();
    let mmu = Iommu::new();
    let shared = SharedMmu::new(mmu.clone());
    let contexts = [0, 1].map(|n| {
        let space = region(0x8000_0000 + n * SIZE, SIZE);
        let window = shared.window(space).unwrap();
        let driver = VcmMmu::new(window, b.ram.clone(), Addresses::new(space));
        let vcm = b.system.create(space.start, space.size, Box::new(driver));
        vcm.unwrap()
    });
    let bound = contexts
        .each_ref()
        .map(|vcm| vcm.make_binding(PAGE, alloc(), res()).unwrap());
    let seen = || bound.each_ref().map(|b| mmu.access(b.start()).is_some());
    let first = contexts[0].activate().unwrap();
    assert_eq!(seen(), [true, false]);
    let second = contexts[1].activate().unwrap();
    assert_eq!(seen(), [true, true]);
    drop(first);
    assert_eq!((seen(), mmu.is_active()), ([false, true], true));
    // A window that cannot be activated leaves the other as it is.
    mmu.fail(0, MmuError::OutOfMemory);
    contexts[0].activate().unwrap_err();
    assert_eq!(seen(), [false, true]);
    let first = contexts[0].activate().unwrap();
    drop(second);
    assert_eq!(seen(), [true, false]);
    // A removal that is not confirmed keeps memory out of use.
    let third = contexts[1].activate().unwrap();
    mmu.fail(0, MmuError::SyncTimeout);
    let failed = first.deactivate().unwrap_err();
    assert!(failed.error.is_unconfirmed());
    failed.value.deactivate().unwrap();
    drop(third);
    assert!(!mmu.is_active());
    let [one, two] = bound;
    two.destroy().unwrap();
    let failed = one.destroy().unwrap_err();
    failed.value.destroy().unwrap();
    assert_eq!((b.ram.used(), b.ram.poisoned()), (0, PAGE));
    assert_eq!(mmu.pages(), 0);
}
