//! The one-to-one wrapper.

use std::sync::{Arc, Mutex};

use vcm::Misuse;
use vcm::addr::{Iova, PhysAddr};
use vcm::driver::Fate;
use vcm::error::Operation;
use vcm::fake::{Addresses, Iommu, Ram};
use vcm::mmu::{MmuError, PhysPart};
use vcm::wrap::{Gate, MmuGate, OneToOne, VcmMmu};
use vcm::{Errno, Error, ResFlags, System, Vcm, Where};

use crate::probe::{PAGE, alloc, failure, part, region, res};

const BASE: u32 = 0x1000_0000;
const LEN: u32 = 4 << 20;

fn bench(ram: &Ram) -> (System, Vcm) {
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    let driver = OneToOne::new(ram.clone(), region(BASE, LEN));
    let vcm = system.create(Iova::new(BASE), LEN, Box::new(driver));
    (system, vcm.unwrap())
}

fn ram() -> Ram {
    Ram::scattered(PhysAddr::new(BASE), LEN)
}

#[test]
fn make_binding_gives_contiguous_memory_under_its_own_address() {
    let ram = ram();
    let (_system, vcm) = bench(&ram);
    let binding = vcm.make_binding(7 * PAGE, alloc(), res()).unwrap();
    let parts = binding.phys().parts();
    assert_eq!(parts.len(), 1);
    assert_eq!(binding.start().get(), parts[0].start.get());
    binding.destroy().unwrap();
    assert_eq!(ram.used(), 0);
}

#[test]
fn a_reservation_alone_is_eopnotsupp() {
    let (_system, vcm) = bench(&ram());
    let error = vcm.reserve(PAGE, res()).unwrap_err();
    assert_eq!(error.errno(), Errno::EOPNOTSUPP, "{error}");
}

#[test]
fn memory_alone_can_be_mapped() {
    let (_system, vcm) = bench(&ram());
    let phys = vcm.alloc(2 * PAGE, alloc()).unwrap();
    let binding = vcm.map(&phys, res()).unwrap();
    assert_eq!(binding.start().get(), phys.parts()[0].start.get());
}

#[test]
fn the_same_memory_can_be_mapped_twice() {
    let (_system, vcm) = bench(&ram());
    let first = vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let second = vcm.map(first.phys(), res()).unwrap();
    assert_eq!(first.start(), second.start());
    first.destroy().unwrap();
    assert!(vcm.translate(second.start()).is_some());
}

#[test]
fn unbind_and_bind_of_the_same_pair_works_and_of_another_fails() {
    let (_system, vcm) = bench(&ram());
    let other = vcm.alloc(PAGE, alloc()).unwrap();
    let binding = vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let (reservation, phys) = binding.unbind().unwrap();
    let failed = reservation.bind(&other).unwrap_err();
    assert!(matches!(failed.error, Error::NotOneToOne { .. }));
    failed.value.bind(&phys).unwrap().destroy().unwrap();
}

#[test]
fn scattered_memory_and_memory_out_of_reach_cannot_be_mapped() {
    let ram = ram();
    let (system, vcm) = bench(&ram);
    let space = region(0x4000_0000, LEN);
    let driver = VcmMmu::new(Iommu::new(), ram, Addresses::new(space));
    let iommu = system
        .create(space.start, space.size, Box::new(driver))
        .unwrap();
    let scattered = iommu.alloc(2 * PAGE, alloc()).unwrap();
    let error = vcm.map(&scattered, res()).unwrap_err();
    assert_eq!(error, Error::Scattered { parts: 2 });
    assert_eq!(error.errno(), Errno::EOPNOTSUPP);
    assert_eq!(scattered.bindings(), 0);

    let far = Ram::new(PhysAddr::new(0x8000_0000), LEN);
    let driver = OneToOne::new(far, region(0x8000_0000, LEN));
    let elsewhere = Iova::new(0x8000_0000);
    let elsewhere = system.create(elsewhere, LEN, Box::new(driver)).unwrap();
    let binding = elsewhere.make_binding(PAGE, alloc(), res()).unwrap();
    let error = vcm.map(binding.phys(), res()).unwrap_err();
    assert_eq!(error.errno(), Errno::ENOSPC, "{error}");
}

#[test]
fn memory_allocated_out_of_reach_goes_back() {
    let ram = Ram::new(PhysAddr::new(BASE), LEN);
    let system = System::new();
    let reach = region(BASE + LEN / 2, LEN / 2);
    let driver = OneToOne::new(ram.clone(), reach);
    let vcm = system
        .create(reach.start, reach.size, Box::new(driver))
        .unwrap();
    let error = vcm.make_binding(PAGE, alloc(), res()).unwrap_err();
    assert_eq!(error.errno(), Errno::ENOSPC, "{error}");
    assert_eq!(ram.used(), 0);
}

#[test]
fn wanted_addresses_are_the_memorys_or_refused() {
    let (_system, vcm) = bench(&ram());
    let phys = vcm.alloc(PAGE, alloc()).unwrap();
    let own = Iova::new(phys.parts()[0].start.get());
    let at = |at| ResFlags {
        at: Some(at),
        ..res()
    };
    assert_eq!(vcm.map(&phys, at(own)).unwrap().start(), own);
    let other = own.checked_add(PAGE).unwrap();
    let error = vcm.map(&phys, at(other)).unwrap_err();
    assert!(matches!(error, Error::NotOneToOne { .. }));
    let error = vcm.make_binding(PAGE, alloc(), at(other)).unwrap_err();
    assert_eq!(error.errno(), Errno::EOPNOTSUPP);
}

#[test]
fn the_gate_opens_on_activation_and_closes_on_deactivation() {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<&'static str>>>);
    impl Gate for Log {
        fn open(&mut self) -> Result<(), Error> {
            let mut log = self.0.lock().unwrap();
            log.push("open");
            if log.len() == 1 {
                return Err(failure(Operation::Activate));
            }
            Ok(())
        }
        fn close(&mut self) -> Result<(), Error> {
            self.0.lock().unwrap().push("close");
            Ok(())
        }
    }
    let (system, log) = (System::new(), Log::default());
    let driver = OneToOne::with_gate(ram(), region(BASE, LEN), log.clone());
    let vcm = system
        .create(Iova::new(BASE), LEN, Box::new(driver))
        .unwrap();
    vcm.activate().unwrap_err();
    drop(vcm.activate().unwrap());
    assert_eq!(*log.0.lock().unwrap(), ["open", "open", "close"]);
}

#[test]
fn a_context_of_an_mmu_can_be_the_gate() {
    let (system, mmu) = (System::new(), Iommu::new());
    let gate = MmuGate(mmu.clone());
    let driver = OneToOne::with_gate(ram(), region(BASE, LEN), gate);
    let vcm = system
        .create(Iova::new(BASE), LEN, Box::new(driver))
        .unwrap();
    mmu.fail(0, MmuError::SyncTimeout);
    let error = vcm.activate().unwrap_err();
    assert!(matches!(
        error,
        Error::Mmu {
            operation: Operation::Activate,
            ..
        }
    ));
    let active = vcm.activate().unwrap();
    assert!(mmu.is_active());
    drop(active);
    assert!(!mmu.is_active());
}

#[test]
fn an_address_is_found_in_the_reservation_around_it_whatever_else_begins_in_that() {
    let (system, vcm) = bench(&ram());
    let import = |page: u32, pages: u32| {
        let lender = |_: &[PhysPart], _: Fate| {};
        let parts = [part(BASE + page * PAGE, pages * PAGE)];
        system.import(&parts, lender).unwrap()
    };
    let pieces = [(0, 8), (2, 1), (4, 2), (4, 1)].map(|(page, pages)| import(page, pages));
    let bound = pieces.each_ref().map(|phys| vcm.map(phys, res()).unwrap());
    for page in 0..9 {
        let at = Iova::new(BASE + page * PAGE + 7);
        let found = match vcm.resolve(at) {
            Where::InReservation { id, .. } => Some(id),
            _ => None,
        };
        let mut around = bound.iter().filter(|b| {
            let offset = at.get().checked_sub(b.start().get());
            offset.is_some_and(|offset| offset < b.size())
        });
        let is_right = match found {
            Some(id) => around.any(|b| b.id() == id),
            None => around.next().is_none(),
        };
        assert!(is_right, "page {page}: {found:?}");
        assert_eq!(vcm.translate(at).is_some(), page < 8);
    }
}

#[test]
fn memory_that_another_master_may_still_use_is_not_used_again() {
    let ram = ram();
    let (system, vcm) = (System::new(), ram.clone());
    let driver = OneToOne::new(vcm, region(BASE, LEN));
    let direct = system.create(Iova::new(BASE), LEN, Box::new(driver));
    let direct = direct.unwrap();
    let (mmu, space) = (Iommu::new(), region(0x4000_0000, LEN));
    let driver = VcmMmu::new(mmu.clone(), ram.clone(), Addresses::new(space));
    let mapped = system.create(space.start, space.size, Box::new(driver));
    let mapped = mapped.unwrap();
    let _active = mapped.activate().unwrap();
    let owner = direct.make_binding(2 * PAGE, alloc(), res()).unwrap();
    let other = mapped.map(owner.phys(), res()).unwrap();
    mmu.fail(0, MmuError::SyncTimeout);
    drop(other);
    owner.destroy().unwrap();
    assert_eq!((ram.used(), ram.poisoned()), (0, 2 * PAGE));
}

#[test]
fn a_context_whose_gate_does_not_close_is_still_active() {
    struct Stuck;
    impl Gate for Stuck {
        fn open(&mut self) -> Result<(), Error> {
            Ok(())
        }
        fn close(&mut self) -> Result<(), Error> {
            Err(failure(Operation::Deactivate))
        }
    }
    let system: System = System::new();
    let driver = OneToOne::with_gate(ram(), region(BASE, LEN), Stuck);
    let raw = system.raw();
    let vcm = raw.create(Iova::new(BASE), LEN, Box::new(driver)).unwrap();
    raw.activate(vcm).unwrap();
    assert_eq!(raw.deactivate(vcm), Err(failure(Operation::Deactivate)));
    assert_eq!(raw.context(vcm).unwrap().activations, 1);
}
