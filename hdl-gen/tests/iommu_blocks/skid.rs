//! The skid buffer against a queue of two.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::skid::Skid;

use crate::iommu::{burst, settle, Sim};

fn new() -> Sim<Skid> {
    Sim::new(Skid::default(), |b| &mut b.clock)
}

#[test]
fn payloads_pass_in_order_and_none_is_lost() {
    let mut b = new();
    let mut rng = Rng::new(1);
    let mut held = VecDeque::new();
    let mut passed = 0;
    for cycle in 0..4000 {
        // Both sides busy, the master slow, the slave slow.
        let (push, pull) = [(9, 9), (3, 9), (9, 3)][cycle / 100 % 3];
        let offered = rng.chance(push, 10).then(|| burst(&mut rng));
        b.in_valid.next = offered.is_some();
        b.in_data.next = offered.unwrap_or_else(|| burst(&mut rng));
        b.out_ready.next = rng.chance(pull, 10);
        b.settle();
        assert_eq!(b.in_ready.val(), held.len() < 2, "cycle {cycle}");
        // What waits at the output is the same until it is taken.
        let out = b.out_valid.val().then(|| b.out_data.val());
        assert_eq!(out.as_ref(), held.front(), "cycle {cycle}");
        if b.out_ready.val() && held.pop_front().is_some() {
            passed += 1;
        }
        if b.in_ready.val() {
            held.extend(offered);
        }
        b.edge();
    }
    assert!(passed > 1500, "{passed}");
}

#[test]
fn a_payload_passes_every_cycle_and_takes_one() {
    let mut b = new();
    let mut rng = Rng::new(2);
    let mut last = None;
    b.in_valid.next = true;
    b.out_ready.next = true;
    for _ in 0..50 {
        let data = burst(&mut rng);
        b.in_data.next = data;
        b.settle();
        assert!(b.in_ready.val());
        assert_eq!(b.out_valid.val().then(|| b.out_data.val()), last);
        last = Some(data);
        b.edge();
    }
}

#[test]
fn neither_side_sees_the_other_within_a_cycle() {
    let mut b = new();
    let mut rng = Rng::new(3);
    for _ in 0..500 {
        b.settle();
        let outputs = (b.in_ready.val(), b.out_valid.val(), b.out_data.val());
        for _ in 0..3 {
            b.in_valid.next = rng.bit();
            b.in_data.next = burst(&mut rng);
            b.out_ready.next = rng.bit();
            settle(&mut *b);
            let now = (b.in_ready.val(), b.out_valid.val(), b.out_data.val());
            assert_eq!(now, outputs);
        }
        b.edge();
    }
}

#[test]
fn reset_empties_it_and_it_is_ready_at_once() {
    let mut b = new();
    let mut rng = Rng::new(4);
    b.in_valid.next = true;
    for _ in 0..3 {
        b.in_data.next = burst(&mut rng);
        b.cycle();
    }
    b.settle();
    assert!(b.out_valid.val() && !b.in_ready.val());
    b.reset.next = true;
    b.cycle();
    b.reset.next = false;
    b.in_valid.next = false;
    b.settle();
    assert!(!b.out_valid.val() && b.in_ready.val());
}
