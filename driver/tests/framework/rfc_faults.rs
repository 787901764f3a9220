//! The ten faults of the RFC's C, each shown to be absent. The numbers are those of the list in
//! the project's description of the framework.

use vcm::Misuse;
use vcm::addr::Iova;
use vcm::error::Operation;
use vcm::{Errno, Error};

use crate::probe::*;

#[test]
fn fault_1_a_failed_allocation_gives_the_reservation_back_once() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    probe.fail("phys", failure(Operation::Phys));
    let error = system.make_binding(vcm, PAGE, alloc(), res()).unwrap_err();
    assert_eq!(error, failure(Operation::Phys));
    assert_eq!(probe.log(), ["res", "phys", "unreserve"]);
    probe.fail("res", failure(Operation::Res));
    system.make_binding(vcm, PAGE, alloc(), res()).unwrap_err();
    assert_eq!(probe.log(), ["res"]);
}

#[test]
fn fault_2_a_failed_phys_operation_is_an_error_and_frees_nothing() {
    // That memory comes without `free` is impossible: PhysOp and AllocOp have it.
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    probe.fail("phys", Error::OutOfMemory { size: PAGE });
    let error = system.alloc(vcm, PAGE, alloc()).unwrap_err();
    assert_eq!(error.errno(), Errno::ENOMEM);
    assert_eq!(probe.log(), ["phys"]);
}

#[test]
fn fault_3_make_binding_through_map_returns_the_error_of_phys() {
    let has = Has {
        phys: true,
        map: true,
        ..Has::default()
    };
    let (system, probe) = (strict(), Probe::new(has));
    let vcm = probe.create(&system);
    let none = Error::OutOfMemory { size: PAGE };
    probe.fail("phys", none);
    assert_eq!(system.make_binding(vcm, PAGE, alloc(), res()), Err(none));
    assert_eq!(probe.log(), ["phys"]);
}

#[test]
fn fault_4_bind_has_one_kind_of_success_in_bind_map_and_make_binding() {
    // Result<(), Error> has no positive values; what is an error in one is an error in all.
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    let id = system.reserve(vcm, PAGE, res()).unwrap();
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    let failed = failure(Operation::Bind);
    probe.fail("bind", failed);
    assert_eq!(system.bind(id, phys), Err(failed));
    probe.fail("bind", failed);
    assert_eq!(system.map(vcm, phys, res()), Err(failed));
    probe.fail("bind", failed);
    assert_eq!(system.make_binding(vcm, PAGE, alloc(), res()), Err(failed));
    assert_eq!(system.phys(phys).unwrap().bindings, 0);
    assert_eq!(system.context(vcm).unwrap().reservations, 1);
}

#[test]
fn fault_5_a_failed_activate_does_not_count() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    probe.fail("activate", failure(Operation::Activate));
    let failed = Err(failure(Operation::Activate));
    assert_eq!(system.activate(vcm), failed);
    assert_eq!(system.context(vcm).unwrap().activations, 0);
    system.activate(vcm).unwrap();
    assert_eq!(probe.log(), ["activate", "activate"]);
}

#[test]
fn fault_6_destroy_with_activations_or_reservations_is_ebusy() {
    let (system, seen) = recording();
    let probe = Probe::new(MMU_LIKE);
    let vcm = probe.create(&system);
    system.activate(vcm).unwrap();
    let busy = system.destroy(vcm).unwrap_err();
    assert_eq!(busy.errno(), Errno::EBUSY, "{busy}");
    system.deactivate(vcm).unwrap();
    let id = system.reserve(vcm, PAGE, res()).unwrap();
    let expected = Error::ContextBusy {
        vcm,
        reservations: 1,
        activations: 0,
    };
    assert_eq!(system.destroy(vcm), Err(expected));
    assert_eq!(*seen.lock().unwrap(), [Misuse::DestroyedWhileBusy(vcm); 2]);
    system.unreserve(id).unwrap();
    system.destroy(vcm).unwrap();
}

#[test]
fn fault_7_all_calls_round_sizes_up_and_none_wraps_to_zero() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    let size = PAGE + 1;
    let bound = system.make_binding(vcm, size, alloc(), res()).unwrap();
    let reserved = system.reserve(vcm, size, res()).unwrap();
    let allocated = system.alloc(vcm, size, alloc()).unwrap();
    assert_eq!(system.reservation(bound).unwrap().bound_size, 2 * PAGE);
    assert_eq!(system.reservation(reserved).unwrap().region.size, 2 * PAGE);
    assert_eq!(system.phys(allocated).unwrap().size, 2 * PAGE);
    probe.log();
    let size = u32::MAX;
    let error = system.make_binding(vcm, size, alloc(), res());
    assert_eq!(error, Err(Error::SizeOverflow { size }));
    assert!(probe.log().is_empty());
}

#[test]
fn fault_8_contexts_do_not_wrap_and_results_of_drivers_are_checked() {
    let system = recording().0;
    let probe = Probe::new(MMU_LIKE);
    let wraps = system.create(Iova::new(0xFFFF_0000), 0x2_0000, Box::new(probe.clone()));
    assert!(matches!(wraps, Err(Error::ContextWraps(_))));
    let vcm = probe.create(&system);
    probe.state().parts = Some(vec![part(0x8000, PAGE)]);
    system.alloc(vcm, 2 * PAGE, alloc()).unwrap_err();
    probe.state().region = Some(region(START + SIZE, PAGE));
    system.reserve(vcm, PAGE, res()).unwrap_err();
}

#[test]
fn fault_9_memory_is_counted_as_bound_before_the_driver_binds_it() {
    use std::sync::{Arc, Barrier};
    use vcm::driver::{BindOp, Driver, Fate, Mapping, PhysOp, ResOp};

    /// A probe whose bind meets the test before and after the test's attempt to free.
    struct Slow(Probe, Arc<Barrier>);
    impl Driver for Slow {
        fn res_op(&mut self) -> Option<&mut dyn ResOp> {
            self.0.res_op()
        }
        fn phys_op(&mut self) -> Option<&mut dyn PhysOp> {
            self.0.phys_op()
        }
        fn bind_op(&mut self) -> Option<&mut dyn BindOp> {
            Some(self)
        }
        fn unreserve(&mut self, region: vcm::Region, fate: Fate) {
            self.0.unreserve(region, fate);
        }
    }
    impl BindOp for Slow {
        fn bind(&mut self, mapping: &Mapping<'_>) -> Result<(), Error> {
            self.1.wait();
            self.1.wait();
            BindOp::bind(&mut self.0, mapping)
        }
    }

    let (system, _) = recording();
    let (probe, barrier) = (Probe::new(MMU_LIKE), Arc::new(Barrier::new(2)));
    let driver = Box::new(Slow(probe.clone(), barrier.clone()));
    let vcm = system.create(Iova::new(START), SIZE, driver).unwrap();
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    std::thread::scope(|scope| {
        let binder = scope.spawn(|| system.map(vcm, phys, res()));
        barrier.wait();
        let busy = Err(Error::PhysBusy { phys, bindings: 1 });
        assert_eq!(system.free(phys), busy);
        // Nor does it move away from under the driver.
        let ram = vcm::fake::Ram::new(vcm::addr::PhysAddr::new(0), 0);
        let moved = system.migrate(phys, &ram, alloc());
        assert_eq!(moved, Err(Error::PhysMoving(phys)));
        barrier.wait();
        binder.join().unwrap().unwrap();
    });
    assert!(!probe.log().contains(&"free"));
}

#[test]
fn fault_10_destroy_binding_of_shared_memory_drops_one_count() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let other = Probe::new(MMU_LIKE);
    let (vcm, second) = (probe.create(&system), other.create(&system));
    let first = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    let phys = system.reservation(first).unwrap().phys.unwrap();
    let shared = system.map(second, phys, res()).unwrap();
    system.destroy_binding(first).unwrap();
    assert_eq!(system.phys(phys).unwrap().bindings, 1);
    assert!(!probe.log().contains(&"free"));
    system.unmap(shared).unwrap();
    assert_eq!(probe.log(), ["free"]);
    assert_eq!(system.phys(phys), Err(Error::StalePhys(phys)));
}
