//! The small blocks.

use hdl_gen::equiv::Check;
use hdl_gen::iommu::attributes::Attributes;
use hdl_gen::iommu::burst_check::BurstCheck;
use hdl_gen::iommu::fault_queue::FaultQueue;
use hdl_gen::iommu::fifo::Fifo;
use hdl_gen::iommu::read_path::{ReadMerge, ReadTerminator};
use hdl_gen::iommu::types::*;
use hdl_gen::iommu::write_path::{WriteRouter, WriteTerminator};
use rust_hdl::prelude::*;

use crate::{count, iommu, reset};

#[test]
fn fifo() {
    Check::new("fifo")
        .clock(|b: &mut Fifo<Bits<9>, 5>| &mut b.clock)
        .run(Fifo::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle, 200);
            // Full for a while, empty for a while.
            let filling = cycle % 60 < 30;
            b.push.next = rng.chance(if filling { 3 } else { 1 }, 4);
            b.pop.next = rng.chance(if filling { 1 } else { 3 }, 4);
            b.data.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn burst_check() {
    Check::new("burst_check")
        .cycles(6000)
        .run(BurstCheck::default(), |b, rng, _| {
            let wild = iommu::burst(rng);
            b.burst.next = Burst {
                len: if rng.bit() {
                    rng.bits()
                } else {
                    rng.below(17).into()
                },
                size: rng.below(5).into(),
                burst: rng.bits(),
                ..wild
            };
        })
        .unwrap();
}

#[test]
fn attributes() {
    Check::new("attributes")
        .cycles(64)
        .run(Attributes::default(), |b, _, cycle| {
            b.memory.next = (cycle as u64 & 31).into();
            b.write.next = cycle > 31;
        })
        .unwrap();
}

#[test]
fn read_terminator() {
    Check::new("read_terminator")
        .clock(|b: &mut ReadTerminator| &mut b.clock)
        .run(ReadTerminator::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle, 200);
            b.start.next = rng.chance(1, 4) && !b.busy.val();
            b.id.next = rng.bits();
            b.len.next = if rng.chance(1, 20) {
                rng.bits()
            } else {
                rng.below(5).into()
            };
            b.resp.next = rng.bits();
            b.taken.next = b.busy.val() && rng.chance(3, 4);
        })
        .unwrap();
}

#[test]
fn read_merge() {
    Check::new("read_merge")
        .clock(|b: &mut ReadMerge| &mut b.clock)
        .cycles(4000)
        .run(ReadMerge::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle, 200);
            b.memory_valid.next = rng.bit();
            b.memory.next = iommu::read_beat(rng);
            b.blocked.next = rng.chance(1, 4);
            b.terminator_valid.next = rng.bit();
            b.terminator.next = iommu::read_beat(rng);
            b.s_ready.next = rng.chance(2, 3);
        })
        .unwrap();
}

#[test]
fn write_router() {
    let mut seen = [0; 3];
    Check::new("write_router")
        .clock(|b: &mut WriteRouter| &mut b.clock)
        .cycles(6000)
        .run(WriteRouter::default(), |b, rng, cycle| {
            count(
                &mut seen,
                [
                    b.done.val() && !b.malformed.val(),
                    b.done.val() && b.malformed.val(),
                    b.drained.val(),
                ],
            );
            b.reset.next = reset(rng, cycle, 200);
            b.push.next = rng.chance(1, if cycle % 100 < 50 { 2 } else { 6 });
            b.route.next = WriteRoute {
                terminated: rng.chance(1, 4),
                len: rng.below(5).into(),
            };
            b.s_valid.next = rng.chance(3, 4);
            b.s_beat.next = iommu::write_beat(rng);
            b.m_ready.next = rng.chance(3, 4);
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 50), "{seen:?}");
}

#[test]
fn write_terminator() {
    Check::new("write_terminator")
        .clock(|b: &mut WriteTerminator| &mut b.clock)
        .run(WriteTerminator::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle, 200);
            b.start.next = rng.bit() && !b.busy.val();
            b.id.next = rng.bits();
            b.resp.next = rng.bits();
            b.drained.next = b.busy.val() && !b.valid.val() && rng.bit();
            b.taken.next = b.valid.val() && rng.bit();
        })
        .unwrap();
}

#[test]
fn fault_queue() {
    let mut seen = [0; 2];
    Check::new("fault_queue")
        .clock(|b: &mut FaultQueue| &mut b.clock)
        .cycles(4000)
        .run(FaultQueue::default(), |b, rng, cycle| {
            count(&mut seen, [b.lost.val(), b.count.val() == 0]);
            b.reset.next = reset(rng, cycle, 200);
            let filling = cycle % 120 < 60;
            b.valid.next = rng.chance(if filling { 3 } else { 1 }, 4);
            b.pop.next = rng.chance(if filling { 1 } else { 3 }, 4);
            b.fault.next = iommu::fault(rng);
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 50), "{seen:?}");
}
