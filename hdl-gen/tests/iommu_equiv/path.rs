//! The pipelined path and its parts.

use hdl_gen::equiv::{Check, Rng};
use hdl_gen::iommu::chooser::Chooser;
use hdl_gen::iommu::intake::Intake;
use hdl_gen::iommu::micro_tlb::MicroTlb;
use hdl_gen::iommu::outstanding::OutstandingTable;
use hdl_gen::iommu::path::Path;
use hdl_gen::iommu::slots::Slots;
use hdl_gen::iommu::types::*;
use hdl_gen::iommu::write_path::AnswerMerge;

use crate::{count, iommu, reset};

fn flush(rng: &mut Rng, of: u32) -> Flush {
    Flush {
        valid: rng.chance(1, of),
        by_context: rng.bit(),
        context: rng.below(2).into(),
    }
}

fn entry(rng: &mut Rng) -> MicroEntry {
    MicroEntry {
        context: rng.below(2).into(),
        vpn: iommu::vpn(rng),
        large: rng.pick(&[0, 0, 0, 1, 3, 7]).unwrap_or(0).into(),
        ppn: rng.bits(),
        allow: (rng.below(16) | rng.below(16)).into(),
        cache: rng.bits(),
        keep_cache: rng.bit(),
    }
}

fn answer(rng: &mut Rng) -> LookupAnswer {
    LookupAnswer {
        slot: rng.bits(),
        outcome: rng.pick(&[0, 0, 0, 1, 1, 2, 3]).unwrap_or(0).into(),
        walk: rng.bits(),
        status: rng.below(0x13).into(),
        stall: rng.bit(),
        in_context: rng.bit(),
        context: rng.below(2).into(),
        page: rng.bits(),
        cache: rng.bits(),
        keep_cache: rng.bit(),
    }
}

fn resume(rng: &mut Rng) -> Resume {
    Resume {
        valid: rng.chance(1, 20),
        context: rng.below(2).into(),
        terminate: rng.bit(),
        one: rng.bit(),
        write: rng.bit(),
        slot: rng.bits(),
    }
}

#[test]
fn chooser() {
    Check::new("chooser")
        .cycles(4000)
        .run(Chooser::default(), |b, rng, _| {
            b.want.next = if rng.bit() {
                rng.bits()
            } else {
                (1 << rng.below(4)).into()
            };
            b.last.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn intake() {
    Check::new("intake")
        .clock(|b: &mut Intake| &mut b.clock)
        .cycles(4000)
        .run(Intake::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle, 200);
            b.in_valid.next = rng.bit();
            b.in_burst.next = iommu::burst(rng);
            b.route.next = iommu::route(rng);
            b.flush.next = rng.chance(1, 8);
            b.out_taken.next = b.out_valid.val() && rng.bit();
        })
        .unwrap();
}

#[test]
fn micro_tlb() {
    let mut seen = [0; 2];
    Check::new("micro_tlb")
        .clock(|b: &mut MicroTlb| &mut b.clock)
        .cycles(6000)
        .run(MicroTlb::default(), |b, rng, cycle| {
            count(&mut seen, [b.hit.val(), !b.hit.val()]);
            b.reset.next = reset(rng, cycle, 200);
            b.owner.next = rng.below(2).into();
            b.vpn.next = iommu::vpn(rng);
            b.access.next = rng.bits();
            b.fills.next = rng.chance(1, 3);
            b.page_at.next = rng.bits();
            b.slot.next = rng.bits();
            b.in_context.next = rng.bit();
            b.keep.next = rng.bit();
            b.fill.next = rng.chance(1, 3);
            b.answer.next = !b.fill.val() && rng.bit();
            b.entry.next = entry(rng);
            b.flush.next = rng.chance(1, 20);
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 50), "{seen:?}");
}

#[test]
fn outstanding() {
    let mut seen = [0; 4];
    let mut held = 0;
    Check::new("outstanding")
        .clock(|b: &mut OutstandingTable| &mut b.clock)
        .cycles(6000)
        .run(OutstandingTable::default(), |b, rng, cycle| {
            count(
                &mut seen,
                [
                    b.late_valid.val(),
                    b.waits_any.val(),
                    b.blocked.val(),
                    b.removed.val(),
                ],
            );
            let resets = reset(rng, cycle, 200);
            b.reset.next = resets;
            let filling = cycle % 80 < 40;
            b.push.next = held < 8 && rng.chance(if filling { 3 } else { 1 }, 4);
            held = if resets {
                0
            } else {
                (held + u32::from(b.push.next)).min(8)
            };
            b.incoming.next = iommu::outstanding(rng);
            b.offered.next = rng.chance(3, 4);
            b.response.next = b.offered.next && !b.blocked.val() && rng.chance(3, 4);
            b.response_id.next = rng.below(4).into();
            b.response_error.next = rng.chance(1, 8);
            b.response_last.next = rng.bit();
            b.data_done.next = rng.chance(1, 2);
            b.data_malformed.next = rng.chance(1, 8);
            b.data_late.next = rng.chance(1, 8);
            b.late_ready.next = rng.bit();
            b.mark.next = iommu::command(rng, 1, 20);
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 50), "{seen:?}");
}

#[test]
fn slots() {
    for write in [false, true] {
        let mut seen = [0; 5];
        Check::new(if write { "slots_w" } else { "slots_r" })
            .clock(|b: &mut Slots| &mut b.clock)
            .cycles(5000)
            .seed(u64::from(write) + 1)
            .run(Slots::default(), |b, rng, cycle| {
                count(
                    &mut seen,
                    [
                        !b.room.val(),
                        b.act.val(),
                        b.refused_faulted.val(),
                        b.refused.val() && !b.refused_faulted.val(),
                        b.stalls.val().any(),
                    ],
                );
                b.reset.next = reset(rng, cycle, 200);
                b.write.next = write;
                b.burst.next = iommu::burst(rng);
                b.illegal.next = rng.bit();
                b.park.next = !b.park.val() && b.room.val() && rng.chance(1, 2);
                b.taken.next = rng.bit();
                b.began.next = rng.chance(1, 4);
                b.began_slot.next = rng.bits();
                b.answer.next = rng.chance(3, 4);
                b.answered.next = answer(rng);
                b.wake.next = rng.bits();
                b.stale.next = rng.chance(1, 40);
                b.flush.next = rng.chance(1, 40);
                b.leave.next = b.act.val() && rng.chance(1, 4);
                b.seek.next = rng.chance(3, 4);
                let choice = rng.below(6);
                b.judged.next = choice < 3;
                b.ends.next = b.refused.val() && choice == 0;
                b.stall.next = b.refused_faulted.val() && choice == 1;
                b.outgoing.next = rng.bit();
                b.outgoing_slot.next = rng.bits();
                b.vacate.next = !b.leave.next && rng.bit();
                b.vacate_slot.next = rng.bits();
                b.resume.next = resume(rng);
                b.ticks.next = rng.below(4).into();
                b.now.next = ((cycle / 8) as u64 & 0xFFFF).into();
            })
            .unwrap();
        assert!(seen.iter().all(|&times| times > 20), "{seen:?}");
    }
}

#[test]
fn path() {
    for write in [false, true] {
        let mut seen = [0; 7];
        let mut hold = None;
        Check::new(if write { "path_w" } else { "path_r" })
            .clock(|b: &mut Path| &mut b.clock)
            .cycles(4000)
            .seed(u64::from(write) + 1)
            .run(Path::default(), |b, rng, cycle| {
                count(
                    &mut seen,
                    [
                        b.m_valid.val(),
                        b.terminate.val(),
                        b.late_valid.val(),
                        b.stalled.val().any(),
                        b.count_hit.val(),
                        b.count_miss.val(),
                        b.waits_any.val(),
                    ],
                );
                b.reset.next = reset(rng, cycle, 400);
                b.write.next = write;
                if !b.s_valid.val() || b.s_ready.val() {
                    hold = rng.chance(3, 4).then(|| iommu::burst(rng));
                }
                b.s_valid.next = hold.is_some();
                b.s_burst.next = hold.unwrap_or_default();
                b.m_ready.next = rng.chance(3, 4);
                b.terminator_busy.next = rng.bit();
                b.route.next = iommu::route(rng);
                b.taken.next = rng.bit();
                b.began.next = rng.chance(1, 4);
                b.answer.next = rng.bit();
                b.answered_lookup.next = answer(rng);
                b.fill.next = rng.chance(1, 4);
                b.fill_entry.next = entry(rng);
                b.flush.next = flush(rng, 40);
                b.mark.next = iommu::command(rng, 1, 20);
                b.wake.next = rng.bits();
                b.resume.next = resume(rng);
                b.limits.next = StallLimits {
                    most: 4.into(),
                    ticks: 6.into(),
                };
                b.now.next = ((cycle / 8) as u64 & 0xFFFF).into();
                b.offered.next = rng.chance(3, 4);
                b.response.next = b.offered.next && !b.blocked.val() && rng.chance(3, 4);
                b.response_id.next = rng.below(4).into();
                b.response_resp.next = rng.pick(&[0, 0, 0, 1, 2, 3]).unwrap_or(0).into();
                b.response_last.next = write || rng.bit();
                b.data_done.next = rng.chance(1, 3);
                b.data_malformed.next = rng.chance(1, 8);
                b.data_late.next = rng.chance(1, 8);
                b.fault_ready.next = rng.chance(3, 4);
                b.late_ready.next = rng.bit();
            })
            .unwrap();
        assert!(seen.iter().all(|&times| times > 5), "{seen:?}");
    }
}

#[test]
fn answer_merge() {
    Check::new("answer_merge")
        .clock(|b: &mut AnswerMerge| &mut b.clock)
        .run(AnswerMerge::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle, 200);
            b.memory_valid.next = rng.bit();
            b.memory.next = WriteAnswer {
                id: rng.bits(),
                resp: rng.bits(),
            };
            b.blocked.next = rng.bit();
            b.malformed.next = rng.chance(1, 4);
            b.terminator_valid.next = rng.bit();
            b.terminator.next = WriteAnswer {
                id: rng.bits(),
                resp: rng.bits(),
            };
            b.s_ready.next = rng.bit();
        })
        .unwrap();
}
