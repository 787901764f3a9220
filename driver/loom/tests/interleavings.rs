//! Every order of a few threads' calls: of what is counted, shared, and given back.
//!
//! Loom runs each test once for every order in which its threads can take the locks, with up to
//! [`PREEMPTIONS`] switches that no lock forces. It fails where an order ends in a deadlock.

mod ledger;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use loom::thread;
use vcm_loom::addr::Iova;
use vcm_loom::{AllocFlags, Error, PhysId, ResFlags, ResId, VcmId};

use ledger::{Ledger, Raw, SIZE, START, Typed, Unwatched, Watch};

const PREEMPTIONS: usize = 4;
const PAGE: u32 = 0x1000;

fn every_order(test: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(PREEMPTIONS);
    model.max_branches = 10_000;
    let orders = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&orders);
    model.check(move || {
        count.fetch_add(1, Ordering::Relaxed);
        test();
    });
    // One order would prove nothing.
    let orders = orders.load(Ordering::Relaxed);
    assert!(orders > 1, "{orders} order");
}

fn alloc() -> AllocFlags {
    AllocFlags::default()
}

fn res() -> ResFlags {
    ResFlags::default()
}

/// A system with two contexts, and what their drivers note.
struct Two {
    system: Arc<Raw>,
    ledgers: [Ledger; 2],
    contexts: [VcmId; 2],
}

impl Two {
    fn new() -> Self {
        let system = Arc::new(Raw::new());
        let ledgers = [Ledger::new(0x1000_0000), Ledger::new(0x2000_0000)];
        let contexts = ledgers.clone().map(|ledger| {
            let start = Iova::new(START);
            system.create(start, SIZE, Box::new(ledger)).unwrap()
        });
        Self {
            system,
            ledgers,
            contexts,
        }
    }

    fn alloc(&self, vcm: usize) -> PhysId {
        self.system
            .alloc(self.contexts[vcm], PAGE, alloc())
            .unwrap()
    }

    fn reserve(&self, vcm: usize) -> ResId {
        self.system
            .reserve(self.contexts[vcm], PAGE, res())
            .unwrap()
    }

    /// Runs `call` in a thread of its own.
    fn spawn<R: 'static>(&self, call: impl FnOnce(&Raw) -> R + 'static) -> thread::JoinHandle<R> {
        let system = Arc::clone(&self.system);
        thread::spawn(move || call(&system))
    }

    /// Nothing is left in either driver.
    fn check_empty(&self) {
        for ledger in &self.ledgers {
            ledger.check_empty();
        }
    }
}

#[test]
fn memory_is_freed_or_bound_but_never_both() {
    every_order(|| {
        let two = Two::new();
        let (phys, id) = (two.alloc(0), two.reserve(1));
        let freeing = two.spawn(move |system| system.free(phys));
        let bound = two.system.bind(id, phys);
        let freed = freeing.join().unwrap();
        match (bound, freed) {
            (Ok(()), Err(Error::PhysBusy { .. })) => {
                two.system.destroy_binding(id).unwrap();
            }
            (Err(Error::StalePhys(_)), Ok(())) => two.system.unreserve(id).unwrap(),
            other => panic!("{other:?}"),
        }
        two.check_empty();
    });
}

#[test]
fn memory_is_freed_or_mapped_but_never_both() {
    every_order(|| {
        let two = Two::new();
        let (phys, vcm) = (two.alloc(0), two.contexts[1]);
        let freeing = two.spawn(move |system| system.free(phys));
        let mapped = two.system.map(vcm, phys, res());
        match (mapped, freeing.join().unwrap()) {
            (Ok(id), Err(Error::PhysBusy { .. })) => two.system.destroy_binding(id).unwrap(),
            (Err(Error::StalePhys(_)), Ok(())) => {}
            other => panic!("{other:?}"),
        }
        two.check_empty();
    });
}

/// What somebody else does to memory that is bound, while it moves: it is done before or after, or
/// refused.
fn beside_a_move(
    other: impl Fn(&Raw, ResId, PhysId) -> Result<(), Error> + Copy + Sync + Send + 'static,
) {
    every_order(move || {
        let two = Two::new();
        let phys = two.alloc(0);
        let shared = [0, 1].map(|vcm: usize| {
            let vcm = two.contexts[vcm];
            two.system.map(vcm, phys, res()).unwrap()
        });
        let watch = Watch(two.ledgers.clone());
        let moving = two.spawn(move |system| system.migrate(phys, &watch, alloc()));
        let done = other(&two.system, shared[1], phys);
        let moved = moving.join().unwrap();
        for result in [done, moved] {
            let refused = |e| matches!(e, Error::PhysMoving(_) | Error::PhysBusy { .. });
            assert!(result.is_ok() || result.is_err_and(refused), "{result:?}");
        }
        assert!(
            done.is_ok() || moved.is_ok(),
            "each was refused for the other"
        );
        for id in shared {
            match two.system.unmap(id) {
                Ok(()) | Err(Error::StaleReservation(_)) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(two.system.free(phys), Ok(()));
        two.check_empty();
    });
}

#[test]
fn memory_moves_beside_an_unbind_but_never_both_at_once() {
    beside_a_move(|system, id, _| system.unbind(id).map(drop));
}

#[test]
fn memory_moves_beside_an_unmap_but_never_both_at_once() {
    beside_a_move(|system, id, _| system.unmap(id));
}

#[test]
fn of_two_that_move_the_same_memory_each_moves_it_or_is_refused() {
    beside_a_move(|system, _, phys| system.migrate(phys, &Unwatched, alloc()));
}

#[test]
fn an_activation_returns_with_the_driver_active_and_the_last_deactivation_stops_it() {
    every_order(|| {
        let two = Two::new();
        let vcm = two.contexts[0];
        let ledger = two.ledgers[0].clone();
        let other = two.spawn(move |system| {
            system.activate(vcm).unwrap();
            assert!(ledger.is_active());
            system.deactivate(vcm).unwrap();
        });
        two.system.activate(vcm).unwrap();
        assert!(two.ledgers[0].is_active());
        other.join().unwrap();
        assert!(two.ledgers[0].is_active());
        two.system.deactivate(vcm).unwrap();
        assert!(!two.ledgers[0].is_active());
        two.check_empty();
    });
}

#[test]
fn two_activations_beside_a_deactivation_are_counted_right() {
    every_order(|| {
        let two = Two::new();
        let vcm = two.contexts[0];
        two.system.activate(vcm).unwrap();
        let first = two.spawn(move |system| system.activate(vcm).unwrap());
        let second = two.spawn(move |system| system.deactivate(vcm).unwrap());
        two.system.activate(vcm).unwrap();
        first.join().unwrap();
        second.join().unwrap();
        assert_eq!(two.system.context(vcm).unwrap().activations, 2);
        assert!(two.ledgers[0].is_active());
    });
}

#[test]
fn a_binding_is_made_beside_one_that_is_destroyed() {
    every_order(|| {
        let two = Two::new();
        let vcm = two.contexts[0];
        let old = two.system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
        let destroying = two.spawn(move |system| system.destroy_binding(old).unwrap());
        let new = two.system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
        destroying.join().unwrap();
        assert!(two.system.reservation(old).is_err());
        two.system.destroy_binding(new).unwrap();
        two.check_empty();
    });
}

#[test]
fn a_context_is_destroyed_or_used_but_never_both() {
    every_order(|| {
        let two = Two::new();
        let vcm = two.contexts[0];
        let making = two.spawn(move |system| system.make_binding(vcm, PAGE, alloc(), res()));
        let destroyed = two.system.destroy(vcm);
        match (making.join().unwrap(), destroyed) {
            (Ok(id), Err(Error::ContextBusy { .. })) => two.system.destroy_binding(id).unwrap(),
            (Err(Error::StaleContext(_)), Ok(())) => {}
            other => panic!("{other:?}"),
        }
        two.check_empty();
    });
}

#[test]
fn of_two_that_unbind_the_same_one_succeeds() {
    every_order(|| {
        let two = Two::new();
        let vcm = two.contexts[0];
        let id = two.system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
        let other = two.spawn(move |system| system.unbind(id));
        let results = [two.system.unbind(id), other.join().unwrap()];
        let phys = results.iter().find_map(|result| result.ok()).unwrap();
        let lost = results.iter().filter(|result| result.is_err());
        assert!(lost.eq([&Err(Error::NotBound(id))]));
        two.system.unreserve(id).unwrap();
        two.system.free(phys).unwrap();
        two.check_empty();
    });
}

#[test]
fn the_last_binding_of_shared_memory_frees_it_once() {
    every_order(|| {
        let two = Two::new();
        let phys = two.alloc(0);
        let ids = two
            .contexts
            .map(|vcm| two.system.map(vcm, phys, res()).unwrap());
        let other = two.spawn(move |system| system.destroy_binding(ids[0]).unwrap());
        two.system.destroy_binding(ids[1]).unwrap();
        other.join().unwrap();
        assert_eq!(two.system.free(phys), Err(Error::StalePhys(phys)));
        two.check_empty();
    });
}

#[test]
fn memory_goes_back_to_a_driver_that_is_at_work_and_the_other_way_round() {
    every_order(|| {
        let two = Two::new();
        // Each context has the other's memory.
        let crossed = [0, 1].map(|n| {
            let phys = two.alloc(n);
            two.system.map(two.contexts[1 - n], phys, res()).unwrap()
        });
        let other = two.spawn(move |system| system.destroy_binding(crossed[0]).unwrap());
        two.system.destroy_binding(crossed[1]).unwrap();
        other.join().unwrap();
        two.check_empty();
    });
}

#[test]
fn a_look_up_sees_a_binding_whole_or_not_at_all() {
    every_order(|| {
        let two = Two::new();
        let (phys, id) = (two.alloc(0), two.reserve(0));
        let (at, vcm) = (
            two.system.reservation(id).unwrap().region.start,
            two.contexts[0],
        );
        let start = two.system.phys(phys).unwrap().parts[0].start;
        let binding = two.spawn(move |system| system.bind(id, phys).unwrap());
        let seen = two.system.translate(vcm, at).unwrap();
        assert!(seen.is_none_or(|seen| seen == start));
        binding.join().unwrap();
        assert_eq!(two.system.translate(vcm, at), Ok(Some(start)));
        two.system.destroy_binding(id).unwrap();
        two.check_empty();
    });
}

#[test]
fn handles_that_share_memory_free_it_once_when_they_are_dropped_together() {
    every_order(|| {
        let system = Typed::new();
        let ledger = Ledger::new(0x1000_0000);
        let start = Iova::new(START);
        let vcm = system
            .create(start, SIZE, Box::new(ledger.clone()))
            .unwrap();
        let phys = vcm.alloc(PAGE, alloc()).unwrap();
        let binding = vcm.map(&phys, res()).unwrap();
        let other = thread::spawn(move || drop(phys));
        let shared = binding.phys().share().unwrap();
        drop(binding);
        other.join().unwrap();
        assert_eq!(ledger.allocated(), 1);
        drop(shared);
        ledger.check_empty();
    });
}

#[test]
fn contexts_end_with_their_last_handle_in_whatever_thread() {
    every_order(|| {
        let system = Typed::new();
        let ledger = Ledger::new(0x1000_0000);
        let start = Iova::new(START);
        let vcm = system
            .create(start, SIZE, Box::new(ledger.clone()))
            .unwrap();
        let binding = vcm.make_binding(PAGE, alloc(), res()).unwrap();
        let active = vcm.activate().unwrap();
        let other = thread::spawn(move || drop(binding));
        drop(vcm);
        drop(active);
        other.join().unwrap();
        assert!(ledger.is_cleaned_up());
        ledger.check_empty();
        assert_eq!(system.misuses(), 0);
    });
}
