//! The tracker against a queue.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::config::OUTSTANDING;
use hdl_gen::iommu::tracker::Tracker;
use hdl_gen::iommu::types::*;

use crate::iommu::{self, n, Sim};

#[derive(Clone, Copy, Debug)]
struct Entry {
    what: Outstanding,
    old: bool,
    error: bool,
    done: bool,
    malformed: bool,
}

#[test]
fn transactions_and_their_marks_are_those_of_a_queue() {
    let mut b = Sim::new(Tracker::default(), |b| &mut b.clock);
    let mut held: VecDeque<Entry> = VecDeque::new();
    let mut rng = Rng::new(1);
    let (mut removed_and_pushed, mut out_of_order, mut waited) = (0, 0, 0);
    for cycle in 0..20_000 {
        let (push, answer) = [(8, 4), (4, 8), (5, 5)][cycle / 200 % 3];
        let reset = rng.chance(1, 2000);
        b.reset.next = reset;
        b.push.next = rng.chance(push, 10) && held.len() < OUTSTANDING;
        b.incoming.next = iommu::outstanding(&mut rng);
        b.response.next = rng.chance(answer, 10);
        b.response_id.next = rng.below(4).into();
        b.response_error.next = rng.chance(1, 4);
        b.response_last.next = rng.chance(2, 3);
        b.data_done.next = rng.chance(2, 5);
        b.data_malformed.next = rng.chance(1, 3);
        b.query_id.next = rng.below(5).into();
        b.command.next = iommu::command(&mut rng, 1, 20);
        b.settle();

        let of_id = |entry: &Entry, id| n(entry.what.id) == id;
        let id = n(b.response_id.val());
        let answered = held.iter().position(|entry| of_id(entry, id));
        assert_eq!(b.full.val(), held.len() == OUTSTANDING, "cycle {cycle}");
        let queried = n(b.query_id.val());
        let busy = held.iter().any(|entry| of_id(entry, queried));
        assert_eq!(b.query_busy.val(), busy, "cycle {cycle}");
        if let Some(entry) = answered.map(|at| held[at]) {
            assert_eq!(b.answered.val(), entry.what, "cycle {cycle}");
            assert_eq!(b.answered_error.val(), entry.error, "cycle {cycle}");
            assert_eq!(b.answered_malformed.val(), entry.malformed, "cycle {cycle}");
            assert_eq!(b.answered_open.val(), !entry.done, "cycle {cycle}");
        } else {
            assert!(!b.answered_open.val() && !b.answered_malformed.val());
        }
        let old = || held.iter().filter(|entry| entry.old);
        let contexts = old().filter(|entry| entry.what.in_context);
        let waits = contexts.fold(0, |waits, entry| waits | 1 << n(entry.what.context));
        assert_eq!(n(b.waits.val()), waits, "cycle {cycle}");
        assert_eq!(b.waits_any.val(), old().count() > 0, "cycle {cycle}");
        waited += u32::from(waits != 0);

        let command = b.command.val();
        for entry in held.iter_mut().filter(|_| command.sync) {
            let own = entry.what.in_context && entry.what.context == command.context;
            entry.old |= !command.by_context || own;
        }
        if let Some(first) = held.iter_mut().find(|entry| !entry.done) {
            if b.data_done.val() {
                first.done = true;
                first.malformed |= b.data_malformed.val();
            }
        }
        if let (Some(at), true) = (answered, b.response.val()) {
            held[at].error |= b.response_error.val();
            if b.response_last.val() {
                held.remove(at);
                out_of_order += u32::from(at > 0);
                removed_and_pushed += u32::from(b.push.val());
            }
        }
        if b.push.val() {
            held.push_back(Entry {
                what: b.incoming.val(),
                old: false,
                error: false,
                done: false,
                malformed: false,
            });
        }
        if reset {
            held.clear();
        }
        b.edge();
    }
    let seen = (removed_and_pushed, out_of_order, waited);
    assert!(seen.0 > 500 && seen.1 > 500 && seen.2 > 500, "{seen:?}");
}

#[test]
fn a_transaction_issued_with_the_sync_does_not_hold_it_up() {
    let mut b = Sim::new(Tracker::default(), |b| &mut b.clock);
    let mut rng = Rng::new(2);
    b.push.next = true;
    b.incoming.next = iommu::outstanding(&mut rng);
    b.command.next = TlbCommand {
        sync: true,
        ..TlbCommand::default()
    };
    b.cycle();
    b.push.next = false;
    b.command.next = TlbCommand::default();
    b.settle();
    assert!(!b.waits_any.val());
}
