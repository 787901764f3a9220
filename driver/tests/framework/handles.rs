//! The typed layer: nothing leaks, nothing is given back too early.

use vcm::Misuse;
use vcm::addr::Iova;
use vcm::error::Operation;
use vcm::{Errno, Error, System, Vcm};

use crate::probe::*;

fn system() -> (System, Probe, Vcm) {
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    let probe = Probe::new(MMU_LIKE);
    let driver = Box::new(probe.clone());
    let vcm = system.create(Iova::new(START), SIZE, driver).unwrap();
    (system, probe, vcm)
}

#[test]
fn handles_give_back_what_they_stand_for_when_dropped_in_any_order() {
    let (_system, probe, vcm) = system();
    let binding = vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let active = vcm.activate().unwrap();
    drop(vcm);
    drop(binding);
    drop(active);
    let expected = [
        "res",
        "phys",
        "bind",
        "activate",
        "unbind",
        "unreserve",
        "free",
        "deactivate",
        "cleanup",
    ];
    assert_eq!(probe.log(), expected);
}

#[test]
fn memory_lives_while_it_is_bound_or_owned() {
    let (_system, probe, vcm) = system();
    let first = vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let second = vcm.map(first.phys(), res()).unwrap();
    first.destroy().unwrap();
    let phys = second.unmap().unwrap();
    assert!(!probe.log().contains(&"free"));
    assert_eq!(phys.size(), PAGE);
    phys.free().unwrap();
    assert_eq!(probe.log(), ["free"]);
}

#[test]
fn bind_and_unbind_turn_reservation_and_memory_into_a_binding_and_back() {
    let (_system, _, vcm) = system();
    let phys = vcm.alloc(PAGE, alloc()).unwrap();
    let reservation = vcm.reserve(2 * PAGE, res()).unwrap();
    let start = reservation.start();
    let binding = reservation.bind(&phys).unwrap();
    assert_eq!((binding.start(), binding.size()), (start, PAGE));
    assert_eq!(phys.bindings(), 1);
    let (reservation, same) = binding.unbind().unwrap();
    assert_eq!(same.id(), phys.id());
    reservation.unreserve().unwrap();
}

#[test]
fn a_failed_bind_hands_the_reservation_back() {
    let (_system, probe, vcm) = system();
    let phys = vcm.alloc(PAGE, alloc()).unwrap();
    let reservation = vcm.reserve(PAGE, res()).unwrap();
    probe.fail("bind", failure(Operation::Bind));
    let failed = reservation.bind(&phys).unwrap_err();
    assert_eq!(failed.error, failure(Operation::Bind));
    assert!(failed.value.bind(&phys).is_ok());
}

#[test]
fn a_failed_unmap_hands_the_binding_back() {
    let (_system, probe, vcm) = system();
    let binding = vcm.make_binding(PAGE, alloc(), res()).unwrap();
    probe.fail("unbind", failure(Operation::Unbind));
    let failed = binding.unmap().unwrap_err();
    assert_eq!(failed.value.phys().bindings(), 1);
    failed.value.destroy().unwrap();
}

#[test]
fn a_failed_deactivate_hands_the_activation_back() {
    let (_system, probe, vcm) = system();
    let active = vcm.activate().unwrap();
    probe.fail("deactivate", failure(Operation::Deactivate));
    let failed = active.deactivate().unwrap_err();
    assert_eq!(failed.error, failure(Operation::Deactivate));
    failed.value.deactivate().unwrap();
    assert_eq!(probe.log(), ["activate", "deactivate", "deactivate"]);
}

#[test]
fn destroy_of_a_context_in_use_hands_it_back_with_ebusy() {
    let (_system, probe, vcm) = system();
    let reservation = vcm.reserve(PAGE, res()).unwrap();
    let failed = vcm.destroy().unwrap_err();
    assert_eq!(failed.error.errno(), Errno::EBUSY);
    let id = failed.value.id();
    let expected = Error::ContextShared { vcm: id, others: 1 };
    assert_eq!(failed.error, expected);
    drop(reservation);
    failed.value.destroy().unwrap();
    assert_eq!(probe.log(), ["res", "unreserve", "cleanup"]);
}

#[test]
fn free_of_bound_memory_hands_it_back_with_ebusy() {
    let system: System = System::new();
    let driver = Box::new(Probe::new(MMU_LIKE));
    let vcm = system.create(Iova::new(START), SIZE, driver).unwrap();
    let phys = vcm.alloc(PAGE, alloc()).unwrap();
    let binding = vcm.map(&phys, res()).unwrap();
    let failed = phys.free().unwrap_err();
    assert_eq!(failed.error.errno(), Errno::EBUSY);
    assert_eq!(system.misuses(), 1);
    binding.destroy().unwrap();
    failed.value.free().unwrap();
}

#[test]
fn drivers_that_cannot_be_sent_have_a_system_too() {
    use std::rc::Rc;
    use vcm::addr::PhysAddr;
    use vcm::fake::{Addresses, Iommu, Ram};
    use vcm::wrap::VcmMmu;
    use vcm::{Count, driver::Driver};

    let system = System::<dyn Driver>::with_sink(Count);
    let mmu = Rc::new(Iommu::new());
    let ram = Rc::new(Ram::new(PhysAddr::new(0), 1 << 20));
    let driver = VcmMmu::new(mmu.clone(), ram, Addresses::new(region(START, SIZE)));
    let vcm = system
        .create(Iova::new(START), SIZE, Box::new(driver))
        .unwrap();
    let binding = vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let active = vcm.activate().unwrap();
    assert!(mmu.access(binding.start()).is_some());
    drop(active);
}

/// The first memory of each system has the same number there.
#[test]
fn memory_of_another_system_is_not_bound() {
    let [(system, vcm), (_other, foreign)] = [(); 2].map(|()| {
        let system: System = System::new();
        let driver = Box::new(Probe::new(MMU_LIKE));
        let vcm = system.create(Iova::new(START), SIZE, driver).unwrap();
        (system, vcm)
    });
    let ours = vcm.alloc(PAGE, alloc()).unwrap();
    let memory = foreign.alloc(PAGE, alloc()).unwrap();
    let mapped = vcm.map(&memory, res()).unwrap_err();
    assert_eq!(mapped, Error::StalePhys(memory.id()));
    let reservation = vcm.reserve(PAGE, res()).unwrap();
    let failed = reservation.bind(&memory).unwrap_err();
    assert_eq!(failed.error, Error::StalePhys(memory.id()));
    assert_eq!((ours.bindings(), memory.bindings()), (0, 0));
    drop((failed, ours, memory));
    assert_eq!(system.misuses(), 0);
}
