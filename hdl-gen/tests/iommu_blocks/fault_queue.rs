//! The arbiter and the queue of faults.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::config::FAULT_QUEUE;
use hdl_gen::iommu::fault_arbiter::FaultArbiter;
use hdl_gen::iommu::fault_queue::FaultQueue;
use hdl_gen::iommu::types::Fault;
use vcm_regs::global::{FqSynd0, FqSynd1};

use crate::iommu::{fault, n, Sim};

/// Offers of the four sources: reads, writes, late reads, late writes. Returns who was served.
fn collect(b: &mut Sim<FaultArbiter>, offers: [Option<Fault>; 4], rng: &mut Rng) -> Option<usize> {
    let payload = offers.map(|offer| offer.unwrap_or_else(|| fault(rng)));
    b.read_valid.next = offers[0].is_some();
    b.write_valid.next = offers[1].is_some();
    b.late_read_valid.next = offers[2].is_some();
    b.late_write_valid.next = offers[3].is_some();
    b.read.next = payload[0];
    b.write.next = payload[1];
    b.late_read.next = payload[2];
    b.late_write.next = payload[3];
    b.settle();
    let ready = [
        b.read_ready.val(),
        b.write_ready.val(),
        b.late_read_ready.val(),
        b.late_write_ready.val(),
    ];
    let served = (0..4).filter(|&i| ready[i] && offers[i].is_some());
    let served: Vec<usize> = served.collect();
    assert!(served.len() < 2, "two sources at once");
    served.first().copied()
}

#[test]
fn each_fault_is_recorded_once_in_the_order_of_its_source() {
    let mut b = Sim::new(FaultArbiter::default(), |b| &mut b.clock);
    let mut rng = Rng::new(1);
    let mut offers = [None; 4];
    let (mut due, mut announced, mut recorded) = (None, false, 0);
    for _ in 0..5000 {
        for offer in &mut offers {
            if offer.is_none() && rng.chance(1, 4) {
                *offer = Some(fault(&mut rng));
            }
        }
        let served = collect(&mut b, offers, &mut rng);
        if b.record.val() {
            assert!(announced, "a record that was not due");
            assert_eq!(Some(b.fault.val()), due.take());
            recorded += 1;
        }
        announced = b.due.val();
        if let Some(source) = served {
            assert!(due.is_none(), "a fault is overwritten");
            due = offers[source].take();
        }
        b.edge();
    }
    assert!(recorded > 1500, "{recorded}");
}

/// Some sources always have a fault, others now and then. One is taken every third cycle.
#[test]
fn no_source_waits_for_more_than_three_others() {
    let mut rng = Rng::new(2);
    for always in 0..16u32 {
        let mut b = Sim::new(FaultArbiter::default(), |b| &mut b.clock);
        let mut offers = [None; 4];
        let mut waits = [0; 4];
        for _ in 0..500 {
            for (source, offer) in offers.iter_mut().enumerate() {
                if offer.is_none() && (always >> source & 1 == 1 || rng.chance(1, 6)) {
                    *offer = Some(fault(&mut rng));
                }
            }
            let served = collect(&mut b, offers, &mut rng);
            for source in 0..4 {
                waits[source] += u32::from(offers[source].is_some());
                assert!(waits[source] <= 12, "source {source} with {always:04b}");
            }
            if let Some(source) = served {
                offers[source] = None;
                waits[source] = 0;
            }
            b.edge();
        }
    }
}

#[test]
fn the_queue_keeps_the_oldest_and_tells_what_is_lost() {
    let mut b = Sim::new(FaultQueue::default(), |b| &mut b.clock);
    let mut rng = Rng::new(3);
    let mut held: VecDeque<Fault> = VecDeque::new();
    let (mut lost, mut full_and_both) = (0, 0);
    for cycle in 0..8000 {
        let filling = cycle % 200 < 100;
        b.valid.next = rng.chance(if filling { 6 } else { 2 }, 10);
        b.fault.next = fault(&mut rng);
        b.pop.next = rng.chance(if filling { 2 } else { 6 }, 10);
        b.settle();
        assert_eq!(n(b.count.val()), held.len() as u64);
        let words = [b.iova.val(), b.syndrome0.val(), b.syndrome1.val()].map(n);
        let head = held.front().map_or([0; 3], words_of);
        assert_eq!(words, head, "cycle {cycle}");
        let was_full = held.len() == FAULT_QUEUE;
        if b.pop.val() {
            held.pop_front();
        }
        let fits = held.len() < FAULT_QUEUE;
        assert_eq!(b.lost.val(), b.valid.val() && !fits, "cycle {cycle}");
        if b.valid.val() {
            full_and_both += u32::from(was_full && fits);
            lost += u32::from(!fits);
            if fits {
                held.push_back(b.fault.val());
            }
        }
        b.edge();
    }
    assert!(lost > 100 && full_and_both > 50, "{lost} {full_and_both}");
}

/// The record as the register map has it.
pub fn words_of(fault: &Fault) -> [u64; 3] {
    let synd0 = FqSynd0::from_bits(0)
        .with(FqSynd0::FS, n(fault.status) as u32)
        .with(FqSynd0::WNR, fault.write.into())
        .with(FqSynd0::PNU, fault.privileged.into())
        .with(FqSynd0::IND, fault.instruction.into())
        .with(FqSynd0::STALLED, fault.stalled.into())
        .with(FqSynd0::SLOT, n(fault.slot) as u32)
        .with(FqSynd0::CBVALID, fault.in_context.into())
        .with(FqSynd0::CBNDX, n(fault.context) as u32)
        .with(FqSynd0::VALID, 1);
    let synd1 = FqSynd1::from_bits(0)
        .with(FqSynd1::SID, n(fault.stream) as u32)
        .with(FqSynd1::AXID, n(fault.id) as u32);
    [n(fault.iova), synd0.bits().into(), synd1.bits().into()]
}
