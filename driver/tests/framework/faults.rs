//! Faults are attributed, counted, and passed on.

use std::sync::{Arc, Mutex};

use vcm::addr::{Iova, PhysAddr};
use vcm::fake::{Addresses, Iommu, Ram};
use vcm::mmu::{Access, Attributes, Refusal};
use vcm::wrap::{OneToOne, VcmMmu};
use vcm::{AllocFlags, Attribution, Cause, FaultCounts, Misuse, ResFlags, System, Vcm, Verdict};

use crate::probe::*;

const READ: Access = Access {
    write: false,
    privileged: false,
    instruction: false,
};
const WRITE: Access = Access {
    write: true,
    ..READ
};

fn bench() -> (System, Vcm) {
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    let space = region(START, SIZE);
    let ram = Ram::scattered(PhysAddr::new(0x1000_0000), 1 << 20);
    let driver = VcmMmu::new(Iommu::new(), ram, Addresses::new(space));
    let vcm = system.create(space.start, space.size, Box::new(driver));
    (system, vcm.unwrap())
}

fn cause(vcm: &Vcm, at: u32, access: Access) -> Cause {
    let fault = vcm.attribute(Iova::new(at), access).unwrap();
    assert_eq!((fault.at.get(), fault.access), (at, access));
    fault.cause
}

#[test]
fn an_address_is_followed_from_reservation_to_binding_to_release() {
    let (_system, vcm) = bench();
    assert_eq!(cause(&vcm, START - 1, READ), Cause::Outside);
    assert_eq!(cause(&vcm, START, READ), Cause::InSpace);

    // It does not begin where the context does.
    let _before = vcm.reserve(PAGE, res()).unwrap();
    let reservation = vcm.reserve(4 * PAGE, res()).unwrap();
    let (id, start) = (reservation.id(), reservation.start().get());
    let (reservation_id, offset) = (id, 0x123);
    let at = start + offset;
    let never = Cause::NeverBound {
        reservation: reservation_id,
        offset,
    };
    assert_eq!(cause(&vcm, at, READ), never);

    let phys = vcm.alloc(2 * PAGE, alloc()).unwrap();
    let second = phys.parts()[1].start;
    let binding = reservation.bind(&phys).unwrap();
    let bound = |offset, verdict| Cause::Bound {
        reservation: id,
        offset: PAGE + offset,
        phys: second.checked_add(offset).unwrap(),
        verdict,
    };
    let at = start + PAGE + 8;
    assert_eq!(cause(&vcm, at, WRITE), bound(8, Verdict::Inactive));
    let active = vcm.activate().unwrap();
    assert_eq!(cause(&vcm, at, WRITE), bound(8, Verdict::Allowed));
    let beyond = Cause::Beyond {
        reservation: id,
        offset: 2 * PAGE,
        bound: 2 * PAGE,
    };
    assert_eq!(cause(&vcm, start + 2 * PAGE, READ), beyond);
    active.deactivate().unwrap();

    let (reservation, _) = binding.unbind().unwrap();
    let unbound = Cause::Unbound {
        reservation: id,
        offset: PAGE + 8,
    };
    assert_eq!(cause(&vcm, at, READ), unbound);
    reservation.unreserve().unwrap();
    let stale = Cause::Stale {
        reservation: id,
        offset: PAGE + 8,
        was_bound: true,
    };
    assert_eq!(cause(&vcm, at, READ), stale);
    assert_eq!(cause(&vcm, start + 4 * PAGE, READ), Cause::InSpace);

    // Who has the address now comes before who had it.
    let next = ResFlags {
        at: Some(Iova::new(start)),
        ..res()
    };
    let next = vcm.reserve(4 * PAGE, next).unwrap();
    let never = Cause::NeverBound {
        reservation: next.id(),
        offset: PAGE + 8,
    };
    assert_eq!(cause(&vcm, at, READ), never);
}

#[test]
fn a_context_remembers_the_last_32_reservations_and_of_an_address_the_latest() {
    let (_system, vcm) = bench();
    let released = |n: u32| {
        let flags = ResFlags {
            at: Some(Iova::new(START + n * PAGE)),
            ..res()
        };
        let reservation = vcm.reserve(PAGE, flags).unwrap();
        let id = reservation.id();
        drop(reservation);
        id
    };
    let ids: Vec<_> = (0..33).map(released).collect();
    let is_stale = |n: u32| match cause(&vcm, START + n * PAGE, READ) {
        Cause::Stale { reservation, .. } => Some(reservation),
        _ => None,
    };
    assert_eq!(is_stale(0), None);
    assert_eq!(is_stale(1), Some(ids[1]));
    let again = released(20);
    assert_eq!(is_stale(20), Some(again));
    assert_eq!(is_stale(1), None);
}

#[test]
fn what_the_attributes_refuse_is_named() {
    let (_system, vcm) = bench();
    let active = vcm.activate().unwrap();
    let verdict = |attributes, access| {
        let flags = ResFlags {
            attributes,
            ..res()
        };
        let binding = vcm.make_binding(PAGE, alloc(), flags).unwrap();
        match cause(&vcm, binding.start().get(), access) {
            Cause::Bound { verdict, .. } => verdict,
            other => panic!("{other:?}"),
        }
    };
    let all = Attributes::default();
    let fetch = Access {
        instruction: true,
        ..READ
    };
    let none = Attributes {
        read: false,
        write: false,
        ..all
    };
    let read_only = Attributes {
        write: false,
        ..all
    };
    let privileged = Attributes { user: false, ..all };
    for (attributes, access, refusal) in [
        (none, READ, Refusal::NoAccess),
        (read_only, WRITE, Refusal::Write),
        (privileged, READ, Refusal::Unprivileged),
        (all, fetch, Refusal::Execute),
    ] {
        assert_eq!(verdict(attributes, access), Verdict::Refused(refusal));
    }
    assert_eq!(verdict(read_only, READ), Verdict::Allowed);
    active.deactivate().unwrap();
    // While the context is not active nothing is allowed to anybody.
    for access in [READ, WRITE] {
        assert_eq!(verdict(read_only, access), Verdict::Inactive);
    }
}

#[test]
fn nothing_refuses_in_a_one_to_one_context() {
    let system = System::new();
    let ram = Ram::new(PhysAddr::new(START), 1 << 20);
    let driver = OneToOne::new(ram, region(START, 1 << 20));
    let vcm = system.create(Iova::new(START), 1 << 20, Box::new(driver));
    let vcm = vcm.unwrap();
    let flags = ResFlags {
        attributes: Attributes {
            write: false,
            ..Attributes::default()
        },
        ..res()
    };
    let binding = vcm.make_binding(PAGE, alloc(), flags).unwrap();
    let active = vcm.activate().unwrap();
    let found = cause(&vcm, binding.start().get(), WRITE);
    let allowed = matches!(
        found,
        Cause::Bound {
            verdict: Verdict::Allowed,
            ..
        }
    );
    assert!(allowed, "{found:?}");
    active.deactivate().unwrap();
}

#[test]
fn an_attribution_is_one_sentence() {
    let (_system, vcm) = bench();
    let say = |at: u32, access| vcm.attribute(Iova::new(at), access).unwrap().to_string();
    assert_eq!(
        say(0x1000, READ),
        "read at 0x00001000 in context 0.0: outside the context"
    );
    assert_eq!(
        say(START, WRITE),
        "write at 0x40000000 in context 0.0: in no reservation"
    );
    let reservation = vcm.reserve(2 * PAGE, res()).unwrap();
    assert_eq!(
        say(START + 16, READ),
        "read at 0x40000010 in context 0.0: 0x10 into reservation 0.0, to which nothing was ever bound"
    );
    let phys = vcm.alloc(PAGE, AllocFlags::default()).unwrap();
    let binding = reservation.bind(&phys).unwrap();
    assert_eq!(
        say(START + PAGE, READ),
        "read at 0x40001000 in context 0.0: 0x1000 into reservation 0.0, beyond the 0x1000 bytes bound to it"
    );
    assert_eq!(
        say(START, READ),
        "read at 0x40000000 in context 0.0: 0x0 into reservation 0.0, bound to 0x10000000, but the context is not active"
    );
    binding.destroy().unwrap();
    let fetch = Access {
        privileged: true,
        instruction: true,
        ..READ
    };
    assert_eq!(
        say(START, fetch),
        "privileged instruction fetch at 0x40000000 in context 0.0: 0x0 into what was reservation 0.0 until it was given back"
    );
}

#[test]
fn reported_faults_are_counted_by_cause_and_passed_to_the_hook_without_locks() {
    let (system, vcm) = bench();
    let reservation = vcm.reserve(PAGE, res()).unwrap();
    let seen = Arc::<Mutex<Vec<Attribution>>>::default();
    let (into, of) = (seen.clone(), system.clone());
    vcm.set_fault_hook(move |fault: &Attribution| {
        // With a lock held, these would wait for ever.
        assert!(of.raw().fault_counts(fault.vcm).unwrap().total() > 0);
        of.raw().activate(fault.vcm).unwrap();
        of.raw().deactivate(fault.vcm).unwrap();
        into.lock().unwrap().push(*fault);
    })
    .unwrap();
    let first = vcm.report_fault(reservation.start(), READ).unwrap();
    let second = vcm.report_fault(Iova::new(0), WRITE).unwrap();
    assert_eq!(*seen.lock().unwrap(), [first, second]);
    let counts = vcm.fault_counts();
    assert_eq!((counts.never_bound, counts.outside), (1, 1));
    assert_eq!(counts.total(), 2);

    // Looking counts nothing, and nobody is told.
    vcm.attribute(Iova::new(0), READ).unwrap();
    assert_eq!(vcm.fault_counts(), counts);
    assert_eq!(seen.lock().unwrap().len(), 2);
}

#[test]
fn a_hook_can_be_taken_away_and_goes_with_its_context_without_locks() {
    /// Uses the system when it is dropped.
    struct Last(System, Arc<Mutex<u32>>);
    impl vcm::FaultHook for Last {
        fn fault(&self, _: &Attribution) {
            *self.1.lock().unwrap() += 1;
        }
    }
    impl Drop for Last {
        fn drop(&mut self) {
            assert!(self.0.raw().snapshot().is_ok());
            *self.1.lock().unwrap() += 100;
        }
    }
    let (system, vcm) = bench();
    let calls = Arc::<Mutex<u32>>::default();
    vcm.set_fault_hook(Last(system.clone(), calls.clone()))
        .unwrap();
    vcm.report_fault(Iova::new(0), READ).unwrap();
    let raw = system.raw();
    assert!(raw.set_fault_hook(vcm.id(), None).unwrap().is_some());
    vcm.report_fault(Iova::new(0), READ).unwrap();
    assert_eq!(*calls.lock().unwrap(), 101);
    vcm.set_fault_hook(Last(system.clone(), calls.clone()))
        .unwrap();
    let id = vcm.id();
    vcm.destroy().unwrap();
    assert_eq!(*calls.lock().unwrap(), 201);
    let hook = Last(system.clone(), calls.clone());
    assert!(raw.set_fault_hook(id, Some(Arc::new(hook))).is_err());
    assert!(raw.report_fault(id, Iova::new(0), READ).is_err());
    assert!(raw.fault_counts(id).is_err());
    assert_eq!(*calls.lock().unwrap(), 301);
    assert_eq!(FaultCounts::default().total(), 0);
}

#[test]
fn a_granule_that_nobody_has_touched_was_never_bound() {
    let (_system, vcm) = bench();
    let all = vcm.reserve_on_demand(2 * PAGE, PAGE, alloc(), res());
    let all = all.unwrap();
    let (reservation, start) = (all.id(), all.start());
    vcm.serve(start).unwrap();
    let found = cause(&vcm, start.get() + PAGE + 4, READ);
    let offset = PAGE + 4;
    let never = Cause::NeverBound {
        reservation,
        offset,
    };
    assert_eq!(found, never);
    let found = cause(&vcm, start.get(), READ);
    assert!(matches!(found, Cause::Bound { offset: 0, .. }), "{found:?}");
}
