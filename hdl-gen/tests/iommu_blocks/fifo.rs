//! The register queue against a `VecDeque`.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::fifo::Fifo;
use rust_hdl::prelude::*;

use crate::iommu::{n, Sim};

fn against_a_model<const N: usize>(seed: u64) {
    let mut b = Sim::new(Fifo::<Bits<9>, N>::default(), |b| &mut b.clock);
    let mut rng = Rng::new(seed);
    let mut held = VecDeque::new();
    let (mut lost, mut full_and_both) = (0, 0);
    for cycle in 0..4000 {
        let (push, pop) = [(8, 5), (5, 8)][cycle / 200 % 2];
        let reset = rng.chance(1, 300);
        b.reset.next = reset;
        b.push.next = rng.chance(push, 10);
        b.pop.next = rng.chance(pop, 10);
        b.data.next = rng.bits();
        b.settle();
        assert_eq!(b.valid.val(), !held.is_empty(), "cycle {cycle}");
        assert_eq!(b.full.val(), held.len() == N, "cycle {cycle}");
        assert_eq!(n(b.count.val()), held.len() as u64, "cycle {cycle}");
        if let Some(&head) = held.front() {
            assert_eq!(b.head.val(), head, "cycle {cycle}");
        }
        let was_full = held.len() == N;
        if b.pop.val() {
            held.pop_front();
        }
        if b.push.val() {
            full_and_both += u32::from(was_full && held.len() < N);
            if held.len() < N {
                held.push_back(b.data.val());
            } else {
                lost += 1;
            }
        }
        if reset {
            held.clear();
        }
        b.edge();
    }
    assert!(lost > 20 && full_and_both > 20, "{lost} {full_and_both}");
}

#[test]
fn entries_come_out_in_order_and_only_a_push_when_full_is_lost() {
    against_a_model::<5>(1);
    against_a_model::<9>(2);
}

#[test]
fn one_entry_is_enough() {
    against_a_model::<1>(3);
}
