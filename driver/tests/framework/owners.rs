//! Reservations with several owners.

use vcm::{Error, Misuse, Served};

use crate::probe::*;

#[test]
fn a_retained_reservation_is_given_back_by_its_last_owner() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    let id = system.reserve(vcm, PAGE, res()).unwrap();
    system.retain_reservation(id).unwrap();
    assert_eq!(system.reservation(id).unwrap().owners, 2);
    system.unreserve(id).unwrap();
    assert_eq!(system.reservation(id).unwrap().owners, 1);
    assert_eq!(probe.log(), ["res"]);
    system.unreserve(id).unwrap();
    assert_eq!(probe.log(), ["unreserve"]);
    assert_eq!(system.unreserve(id), Err(Error::StaleReservation(id)));
    let error = system.retain_reservation(id);
    assert_eq!(error, Err(Error::StaleReservation(id)));
}

#[test]
fn what_is_bound_stays_bound_until_the_last_owner_leaves() {
    let (system, seen) = recording();
    let probe = Probe::new(MMU_LIKE);
    let vcm = probe.create(&system);
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    system.retain_reservation(id).unwrap();
    probe.log();
    system.unreserve(id).unwrap();
    assert!(system.reservation(id).unwrap().phys.is_some());
    assert!(probe.log().is_empty());
    assert!(seen.lock().unwrap().is_empty());
    system.unreserve(id).unwrap();
    let expected = [Misuse::UnreservedWhileBound(id)];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[test]
fn unmap_unbinds_and_leaves_the_addresses_to_the_other_owners() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    let phys = system.reservation(id).unwrap().phys.unwrap();
    system.retain_reservation(id).unwrap();
    probe.log();
    system.unmap(id).unwrap();
    assert_eq!(probe.log(), ["unbind"]);
    system.bind(id, phys).unwrap();
    system.destroy_binding(id).unwrap();
    assert_eq!(probe.log(), ["bind", "unbind", "unreserve", "free"]);
}

#[test]
fn what_came_on_demand_stays_until_the_last_owner_leaves() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    let id = system.reserve_on_demand(vcm, 2 * PAGE, PAGE, alloc(), res());
    let id = id.unwrap();
    let at = system.reservation(id).unwrap().region.start;
    assert_eq!(system.serve(vcm, at), Ok(Served::Retry));
    system.retain_reservation(id).unwrap();
    probe.log();
    system.unreserve(id).unwrap();
    assert_eq!(system.reservation(id).unwrap().bound_size, PAGE);
    assert!(probe.log().is_empty());
    system.unreserve(id).unwrap();
    assert_eq!(probe.log(), ["unbind", "unreserve", "free"]);
}
