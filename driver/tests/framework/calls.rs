//! Each call of the RFC, and each error it names.

use vcm::addr::Iova;
use vcm::error::Operation;
use vcm::mmu::PhysPart;
use vcm::{Errno, Error, ResFlags, System};
use vcm::{Misuse, raw::Where};

use crate::probe::*;

fn system() -> (vcm::raw::System, Probe, vcm::VcmId) {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    (system, probe, vcm)
}

#[test]
fn create_gives_an_inactive_context_without_reservations() {
    let (system, _, vcm) = system();
    let info = system.context(vcm).unwrap();
    assert_eq!(info.space, region(START, SIZE));
    assert_eq!((info.activations, info.reservations), (0, 0));
}

#[test]
fn create_rejects_ranges_that_are_empty_unaligned_or_wrap_with_einval() {
    let system = strict();
    for (start, size) in [
        (START, 0),
        (START + 1, PAGE),
        (START, PAGE + 1),
        (0xFFFF_F000, 2 * PAGE),
    ] {
        let driver = Box::new(Probe::new(MMU_LIKE));
        let error = system.create(Iova::new(start), size, driver).unwrap_err();
        assert_eq!(error.errno(), Errno::EINVAL, "{error}");
    }
    let last = Box::new(Probe::new(MMU_LIKE));
    assert!(system.create(Iova::new(0xFFFF_F000), PAGE, last).is_ok());
}

#[test]
fn create_rejects_a_driver_that_can_do_nothing_with_einval() {
    let driver = Box::new(Probe::new(Has::default()));
    let error = strict().create(Iova::new(START), SIZE, driver).unwrap_err();
    assert_eq!(error, Error::DriverIncomplete);
    assert_eq!(error.errno(), Errno::EINVAL);
}

#[test]
fn make_binding_allocates_reserves_and_binds() {
    let (system, probe, vcm) = system();
    let id = system.make_binding(vcm, 2 * PAGE, alloc(), res()).unwrap();
    assert_eq!(probe.log(), ["res", "phys", "bind"]);
    let info = system.reservation(id).unwrap();
    assert_eq!(info.bound_size, 2 * PAGE);
    assert_eq!(system.phys(info.phys.unwrap()).unwrap().bindings, 1);
}

#[test]
fn destroy_binding_unbinds_unreserves_and_frees() {
    let (system, probe, vcm) = system();
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    probe.log();
    system.destroy_binding(id).unwrap();
    assert_eq!(probe.log(), ["unbind", "unreserve", "free"]);
    assert_eq!(system.reservation(id), Err(Error::StaleReservation(id)));
}

#[test]
fn map_reserves_and_binds_and_unmap_leaves_the_memory() {
    let (system, probe, vcm) = system();
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    let id = system.map(vcm, phys, res()).unwrap();
    system.unmap(id).unwrap();
    assert_eq!(probe.log(), ["phys", "res", "bind", "unbind", "unreserve"]);
    assert_eq!(system.phys(phys).unwrap().bindings, 0);
    system.free(phys).unwrap();
}

#[test]
fn alloc_and_free_pair() {
    let (system, probe, vcm) = system();
    let phys = system.alloc(vcm, 1, alloc()).unwrap();
    assert_eq!(system.phys(phys).unwrap().size, PAGE);
    system.free(phys).unwrap();
    assert_eq!(probe.log(), ["phys", "free"]);
    assert_eq!(system.free(phys), Err(Error::StalePhys(phys)));
}

#[test]
fn free_while_bound_is_ebusy_and_leaks_nothing() {
    let (system, seen) = recording();
    let probe = Probe::new(MMU_LIKE);
    let vcm = probe.create(&system);
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    let phys = system.reservation(id).unwrap().phys.unwrap();
    let error = system.free(phys).unwrap_err();
    assert_eq!(error, Error::PhysBusy { phys, bindings: 1 });
    assert_eq!(error.errno(), Errno::EBUSY);
    assert_eq!(*seen.lock().unwrap(), [Misuse::FreedWhileBound(phys)]);
    assert_eq!(system.unbind(id), Ok(phys));
    system.free(phys).unwrap();
    assert!(probe.log().contains(&"free"));
}

#[test]
fn reserve_and_unreserve_pair() {
    let (system, probe, vcm) = system();
    let id = system.reserve(vcm, PAGE + 1, res()).unwrap();
    assert_eq!(system.reservation(id).unwrap().region.size, 2 * PAGE);
    system.unreserve(id).unwrap();
    assert_eq!(probe.log(), ["res", "unreserve"]);
}

#[test]
fn sizes_of_zero_and_sizes_that_overflow_are_einval_in_every_call() {
    let (system, probe, vcm) = system();
    for size in [0, 0xFFFF_F001, u32::MAX] {
        for error in [
            system.alloc(vcm, size, alloc()).unwrap_err(),
            system.reserve(vcm, size, res()).unwrap_err(),
            system.make_binding(vcm, size, alloc(), res()).unwrap_err(),
        ] {
            assert_eq!(error.errno(), Errno::EINVAL, "{error}");
        }
    }
    assert!(probe.log().is_empty());
}

#[test]
fn flags_that_cannot_be_are_einval() {
    let (system, _, vcm) = system();
    for flags in [
        ResFlags { align: 3, ..res() },
        ResFlags {
            at: Some(Iova::new(START + 1)),
            ..res()
        },
        ResFlags {
            at: Some(Iova::new(START - PAGE)),
            ..res()
        },
        ResFlags {
            at: Some(Iova::new(START + SIZE)),
            ..res()
        },
    ] {
        let error = system.reserve(vcm, PAGE, flags).unwrap_err();
        assert_eq!(error.errno(), Errno::EINVAL, "{error}");
    }
    for (align, max_page) in [(3, 0), (0, 3), (0, 2048), (0, 3 * PAGE), (3 * PAGE, 0)] {
        let flags = vcm::AllocFlags {
            align,
            max_page,
            ..alloc()
        };
        let error = system.alloc(vcm, PAGE, flags).unwrap_err();
        assert_eq!(error.errno(), Errno::EINVAL, "{error}");
    }
}

#[test]
fn unreserve_of_a_bound_reservation_is_misuse_and_unbinds_first() {
    let (system, seen) = recording();
    let probe = Probe::new(MMU_LIKE);
    let vcm = probe.create(&system);
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    let id = system.map(vcm, phys, res()).unwrap();
    probe.log();
    system.unreserve(id).unwrap();
    assert_eq!(probe.log(), ["unbind", "unreserve"]);
    assert_eq!(*seen.lock().unwrap(), [Misuse::UnreservedWhileBound(id)]);
    system.free(phys).unwrap();
}

#[test]
fn bind_again_is_ealready_and_bind_of_other_memory_is_eaddrinuse() {
    let (system, _, vcm) = system();
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    let phys = system.reservation(id).unwrap().phys.unwrap();
    let other = system.alloc(vcm, PAGE, alloc()).unwrap();
    let again = system.bind(id, phys).unwrap_err();
    assert_eq!(again.errno(), Errno::EALREADY, "{again}");
    let in_use = system.bind(id, other).unwrap_err();
    assert_eq!(in_use.errno(), Errno::EADDRINUSE, "{in_use}");
    assert_eq!(system.phys(phys).unwrap().bindings, 1);
    assert_eq!(system.phys(other).unwrap().bindings, 0);
}

#[test]
fn bind_of_memory_larger_than_the_reservation_is_enospc() {
    let (system, _, vcm) = system();
    let id = system.reserve(vcm, PAGE, res()).unwrap();
    let phys = system.alloc(vcm, 2 * PAGE, alloc()).unwrap();
    let error = system.bind(id, phys).unwrap_err();
    assert_eq!(error.errno(), Errno::ENOSPC, "{error}");
    let roomy = system.reserve(vcm, 3 * PAGE, res()).unwrap();
    system.bind(roomy, phys).unwrap();
    assert_eq!(system.reservation(roomy).unwrap().bound_size, 2 * PAGE);
}

#[test]
fn bind_without_the_operation_is_eopnotsupp() {
    let system = strict();
    let probe = Probe::new(Has {
        bind: false,
        ..MMU_LIKE
    });
    let vcm = probe.create(&system);
    let id = system.reserve(vcm, PAGE, res()).unwrap();
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    let error = system.bind(id, phys).unwrap_err();
    assert_eq!(error, Error::Unsupported(Operation::Bind));
    assert_eq!(error.errno(), Errno::EOPNOTSUPP);
}

#[test]
fn unbind_returns_the_memory() {
    let (system, _, vcm) = system();
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    let bound = system.reservation(id).unwrap().phys;
    let phys = system.unbind(id).unwrap();
    assert_eq!(Some(phys), bound);
    assert_eq!(system.reservation(id).unwrap().bound_size, 0);
    system.bind(id, phys).unwrap();
}

#[test]
fn unbind_of_a_free_reservation_is_misuse() {
    let (system, seen) = recording();
    let vcm = Probe::new(MMU_LIKE).create(&system);
    let id = system.reserve(vcm, PAGE, res()).unwrap();
    assert_eq!(system.unbind(id), Err(Error::NotBound(id)));
    assert_eq!(*seen.lock().unwrap(), [Misuse::UnboundWhileFree(id)]);
    assert_eq!(system.misuses(), 1);
}

#[test]
fn activate_and_deactivate_call_the_driver_once_however_often_they_are_called() {
    let (system, probe, vcm) = system();
    for _ in 0..3 {
        system.activate(vcm).unwrap();
    }
    assert_eq!(probe.log(), ["activate"]);
    for _ in 0..2 {
        system.deactivate(vcm).unwrap();
    }
    assert!(probe.log().is_empty());
    system.deactivate(vcm).unwrap();
    assert_eq!(probe.log(), ["deactivate"]);
}

#[test]
fn a_context_whose_deactivation_failed_is_let_through_again_by_the_next_activation() {
    let (system, probe, vcm) = system();
    system.activate(vcm).unwrap();
    probe.fail("deactivate", failure(Operation::Deactivate));
    system.deactivate(vcm).unwrap_err();
    probe.log();
    system.activate(vcm).unwrap();
    assert_eq!(probe.log(), ["activate"]);
    // Only the first time; and the last of both ends it.
    system.activate(vcm).unwrap();
    for _ in 0..2 {
        system.deactivate(vcm).unwrap();
    }
    assert!(probe.log().is_empty());
    system.deactivate(vcm).unwrap();
    assert_eq!(probe.log(), ["deactivate"]);
}

#[test]
fn deactivate_of_an_inactive_context_is_misuse() {
    let (system, seen) = recording();
    let vcm = Probe::new(MMU_LIKE).create(&system);
    assert_eq!(system.deactivate(vcm), Err(Error::NotActive(vcm)));
    let expected = [Misuse::DeactivatedWhileInactive(vcm)];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[test]
fn destroy_calls_cleanup_and_ends_the_identifier() {
    let (system, probe, vcm) = system();
    system.destroy(vcm).unwrap();
    assert_eq!(probe.log(), ["cleanup"]);
    assert_eq!(system.destroy(vcm), Err(Error::StaleContext(vcm)));
    let later = probe.create(&system);
    assert_ne!(later, vcm);
    assert_eq!(system.activate(vcm), Err(Error::StaleContext(vcm)));
}

#[test]
fn memory_outlives_its_context() {
    let (system, probe, vcm) = system();
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    system.destroy(vcm).unwrap();
    let other = Probe::new(MMU_LIKE);
    let vcm = other.create(&system);
    let id = system.map(vcm, phys, res()).unwrap();
    system.destroy_binding(id).unwrap();
    assert_eq!(probe.log(), ["phys", "cleanup", "free"]);
    assert_eq!(other.log(), ["res", "bind", "unbind", "unreserve"]);
}

#[test]
fn one_allocation_is_bound_in_several_contexts_at_once() {
    let (system, _, vcm) = system();
    let second = Probe::new(MMU_LIKE).create(&system);
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    let ids = [vcm, second, second].map(|vcm| system.map(vcm, phys, res()).unwrap());
    assert_eq!(system.phys(phys).unwrap().bindings, 3);
    assert_eq!(system.bindings(phys).unwrap(), ids);
    for id in ids {
        system.unmap(id).unwrap();
    }
    system.free(phys).unwrap();
}

#[test]
fn resolve_tells_reservation_offset_and_binding() {
    let (system, probe, vcm) = system();
    let id = system.reserve(vcm, 2 * PAGE, res()).unwrap();
    let at = |offset| system.resolve(vcm, Iova::new(START + offset)).unwrap();
    let inside = |offset, bound| Where::InReservation { id, offset, bound };
    assert_eq!(at(0x1234), inside(0x1234, false));
    probe.state().parts = Some(vec![part(0x9000, PAGE)]);
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    system.bind(id, phys).unwrap();
    assert_eq!(at(0xFFF), inside(0xFFF, true));
    assert_eq!(at(PAGE), inside(PAGE, false));
    assert_eq!(at(2 * PAGE), Where::InSpace);
    let outside = system.resolve(vcm, Iova::new(START - 1));
    assert_eq!(outside, Ok(Where::Outside));
}

#[test]
fn translate_follows_the_parts() {
    let (system, probe, vcm) = system();
    probe.state().parts = Some(vec![part(0x9000, PAGE), part(0x5000, 2 * PAGE)]);
    system.make_binding(vcm, 3 * PAGE, alloc(), res()).unwrap();
    let at = |offset| system.translate(vcm, Iova::new(START + offset)).unwrap();
    assert_eq!(at(4).map(|a| a.get()), Some(0x9004));
    assert_eq!(at(2 * PAGE + 8).map(|a| a.get()), Some(0x6008));
    assert_eq!(at(3 * PAGE), None);
}

#[test]
fn systems_with_drivers_that_may_be_sent_are_send_and_sync() {
    fn check<T: Send + Sync>() {}
    check::<System>();
    check::<vcm::Vcm>();
    check::<vcm::Binding>();
    check::<vcm::Phys>();
}

/// The identifiers that another system gives first are those that this one has given first.
#[test]
fn identifiers_of_another_system_are_einval_in_every_call() {
    let [
        (system, vcm, id, phys),
        (_other, context, reservation, memory),
    ] = [(); 2].map(|()| {
        let (system, _) = recording();
        let vcm = Probe::new(MMU_LIKE).create(&system);
        let id = system.reserve(vcm, PAGE, res()).unwrap();
        let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
        (system, vcm, id, phys)
    });
    let results = [
        system.activate(context),
        system.deactivate(context),
        system.destroy(context),
        system.alloc(context, PAGE, alloc()).map(drop),
        system.reserve(context, PAGE, res()).map(drop),
        system.make_binding(context, PAGE, alloc(), res()).map(drop),
        system.map(context, phys, res()).map(drop),
        system.map(vcm, memory, res()).map(drop),
        system.bind(id, memory),
        system.bind(reservation, phys),
        system.unbind(reservation).map(drop),
        system.unmap(reservation),
        system.unreserve(reservation),
        system.retain_reservation(reservation),
        system.destroy_binding(reservation),
        system.free(memory),
        system.migrate_to(phys, context, &NoCopy, alloc()),
        system.migrate(memory, &NoCopy, alloc()),
        system.serve(context, Iova::new(START)).map(drop),
        system.translate(context, Iova::new(START)).map(drop),
        system.resolve(context, Iova::new(START)).map(drop),
    ];
    for (index, result) in results.into_iter().enumerate() {
        let errno = result.map_err(|error| error.errno());
        assert_eq!(errno, Err(Errno::EINVAL), "call {index}");
    }
    assert_eq!(system.phys(phys).unwrap().bindings, 0);
}

/// A copier for memory that must not be moved.
struct NoCopy;

impl vcm::Copier for NoCopy {
    fn copy(&self, from: &[PhysPart], _: &[PhysPart]) -> Result<(), vcm::seam::MemError> {
        panic!("{from:?} is copied");
    }
}
