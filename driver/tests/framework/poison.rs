//! What the hardware may still use is never used for anything else.

use vcm::Misuse;
use vcm::error::Operation;
use vcm::{Errno, Error, Served, System};

use crate::probe::*;

fn timeout() -> Error {
    unconfirmed(Operation::Unbind)
}

#[test]
fn an_unconfirmed_unbind_fails_once_and_poisons_what_is_given_back() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    let phys = system.reservation(id).unwrap().phys.unwrap();
    probe.log();
    probe.fail("unbind", timeout());
    let error = system.destroy_binding(id).unwrap_err();
    assert_eq!(error.errno(), Errno::ETIMEDOUT);
    assert!(system.reservation(id).unwrap().poisoned);
    assert!(system.phys(phys).unwrap().poisoned);
    // The driver does not have it any more, so nothing is there for whoever misses.
    let at = system.reservation(id).unwrap().region.start;
    assert_eq!(system.serve(vcm, at), Ok(Served::Terminate));
    system.destroy_binding(id).unwrap();
    assert_eq!(probe.log(), ["unbind", "poison addresses", "poison memory"]);
}

#[test]
fn nothing_can_be_bound_to_a_poisoned_reservation() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    probe.fail("unbind", timeout());
    assert_eq!(system.unbind(id), Err(timeout()));
    let phys = system.unbind(id).unwrap();
    let error = system.bind(id, phys).unwrap_err();
    assert_eq!((error, error.errno()), (Error::Poisoned(id), Errno::EIO));
}

#[test]
fn an_unconfirmed_bind_poisons_too() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    probe.fail("bind", unconfirmed(Operation::Bind));
    system.make_binding(vcm, PAGE, alloc(), res()).unwrap_err();
    let expected = ["res", "phys", "bind", "poison addresses", "poison memory"];
    assert_eq!(probe.log(), expected);
}

#[test]
fn memory_poisoned_in_one_context_stays_bound_in_others_and_is_poisoned_in_the_end() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let other = Probe::new(MMU_LIKE);
    let (vcm, second) = (probe.create(&system), other.create(&system));
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    let id = system.map(vcm, phys, res()).unwrap();
    let elsewhere = system.map(second, phys, res()).unwrap();
    probe.fail("unbind", timeout());
    system.unmap(id).unwrap_err();
    system.unmap(id).unwrap();
    system.unmap(elsewhere).unwrap();
    assert_eq!(other.log(), ["res", "bind", "unbind", "unreserve"]);
    system.free(phys).unwrap();
    assert_eq!(probe.log().last(), Some(&"poison memory"));
}

#[test]
fn an_unbind_that_fails_for_another_reason_changes_nothing() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    let before = system.reservation(id).unwrap();
    probe.fail("unbind", failure(Operation::Unbind));
    system.unmap(id).unwrap_err();
    assert_eq!(system.reservation(id).unwrap(), before);
    probe.log();
    system.destroy_binding(id).unwrap();
    assert_eq!(probe.log(), ["unbind", "unreserve", "free"]);
}

#[test]
fn a_dropped_binding_reports_the_timeout_and_poisons() {
    let seen = std::sync::Arc::<std::sync::Mutex<Vec<Misuse>>>::default();
    let sink = seen.clone();
    let system: System =
        System::with_sink(move |misuse: &Misuse| sink.lock().unwrap().push(*misuse));
    let probe = Probe::new(MMU_LIKE);
    let start = vcm::addr::Iova::new(START);
    let vcm = system.create(start, SIZE, Box::new(probe.clone())).unwrap();
    let binding = vcm.make_binding(PAGE, alloc(), res()).unwrap();
    probe.log();
    probe.fail("unbind", timeout());
    drop(binding);
    assert_eq!(probe.log(), ["unbind", "poison addresses", "poison memory"]);
    let expected = [Misuse::Dropped { error: timeout() }];
    assert_eq!(*seen.lock().unwrap(), expected);
    vcm.destroy().unwrap();
}
