//! The TLB memories, and what invalidates them.

use hdl_gen::equiv::{Check, Rng};
use hdl_gen::iommu::first_cache::FirstCache;
use hdl_gen::iommu::main_tlb::MainTlb;
use hdl_gen::iommu::shootdown::Shootdown;
use hdl_gen::iommu::side_tlb::SideTlb;
use hdl_gen::iommu::types::*;

use crate::{count, iommu, reset};

fn flush(rng: &mut Rng, hits: u32, of: u32) -> Flush {
    Flush {
        valid: rng.chance(hits, of),
        by_context: !rng.chance(1, 20),
        context: rng.below(2).into(),
    }
}

#[test]
fn main_tlb() {
    let mut seen = [0; 4];
    let mut key = Key::default();
    Check::new("main_tlb")
        .clock(|b: &mut MainTlb| &mut b.clock)
        .cycles(12_000)
        .run(MainTlb::default(), |b, rng, cycle| {
            count(
                &mut seen,
                [
                    b.hit.val(),
                    !b.hit.val(),
                    b.sweeping.val(),
                    b.hit.val() && b.kill.val(),
                ],
            );
            b.reset.next = reset(rng, cycle, 3000);
            if cycle % 3 == 0 {
                key = iommu::key(rng);
            }
            b.probe.next = cycle % 3 == 0;
            b.probe_vpn.next = key.vpn;
            b.probe_large.next = rng.bit();
            b.key.next = key;
            b.any_asid.next = rng.chance(1, 4);
            b.kill.next = rng.chance(1, 20);
            b.fill.next = rng.bit();
            b.fill_page.next = iommu::translation(rng);
            b.bump.next = flush(rng, 1, 100);
            b.first_context.next = rng.bits();
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 20), "{seen:?}");
}

#[test]
fn first_cache() {
    let mut seen = [0; 4];
    let mut key = Key::default();
    Check::new("first_cache")
        .clock(|b: &mut FirstCache| &mut b.clock)
        .cycles(8000)
        .run(FirstCache::default(), |b, rng, cycle| {
            count(
                &mut seen,
                [
                    b.hit.val(),
                    !b.hit.val(),
                    b.vacant.val(),
                    b.killing.val() && b.fill.val(),
                ],
            );
            b.reset.next = reset(rng, cycle, 3000);
            if cycle % 3 == 0 {
                key = iommu::key(rng);
            }
            b.probe.next = cycle % 3 == 0;
            b.probe_context.next = key.context;
            b.probe_vpn.next = key.vpn;
            b.key.next = key;
            b.generation.next = rng.below(2).into();
            b.fill.next = rng.bit();
            b.first.next = FirstFill {
                context: rng.below(2).into(),
                asid: rng.below(3).into(),
                index: (iommu::vpn(rng) >> 8).get_bits::<12>(0),
                word: rng.bits(),
            };
            b.fill_generation.next = rng.below(2).into();
            b.kill_group.next = rng.chance(1, 60);
            b.kill_context.next = rng.below(2).into();
            b.kill_vpn.next = iommu::vpn(rng);
            b.bump.next = flush(rng, 1, 100);
            b.sweeping.next = rng.chance(1, 50);
            b.sweep_index.next = rng.bits();
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 50), "{seen:?}");
}

#[test]
fn side_tlb() {
    let mut seen = [0; 4];
    let mut key = Key::default();
    Check::new("side_tlb")
        .clock(|b: &mut SideTlb| &mut b.clock)
        .cycles(8000)
        .run(SideTlb::default(), |b, rng, cycle| {
            count(
                &mut seen,
                [
                    b.hit.val(),
                    b.locked.val(),
                    b.lock_full.val(),
                    b.hit.val() && b.kill.val(),
                ],
            );
            b.reset.next = reset(rng, cycle, 3000);
            if cycle % 2 == 0 {
                key = iommu::key(rng);
            }
            b.key.next = key;
            b.any_asid.next = rng.chance(1, 4);
            b.take.next = rng.chance(1, 6);
            b.kill.next = rng.chance(1, 12);
            b.insert.next = rng.chance(1, 6);
            b.insert_page.next = iommu::translation(rng);
            b.insert_lock.next = rng.chance(1, 12);
            b.flush.next = flush(rng, 1, 40);
            b.bump.next = flush(rng, 1, 200);
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 50), "{seen:?}");
}

#[test]
fn shootdown() {
    let mut seen = [0; 5];
    Check::new("shootdown")
        .clock(|b: &mut Shootdown| &mut b.clock)
        .cycles(8000)
        .run(Shootdown::default(), |b, rng, cycle| {
            count(
                &mut seen,
                [
                    b.kill_ask.val(),
                    b.kill_group.val(),
                    b.bump.val().valid,
                    b.mark.val().sync && !b.command.val().sync,
                    b.flush.val().valid,
                ],
            );
            b.reset.next = reset(rng, cycle, 3000);
            b.command.next = TlbCommand {
                pages: if rng.chance(1, 20) {
                    rng.bits()
                } else {
                    rng.below(6).into()
                },
                vpn: (rng.below(4) << 12 | 0xFFC | rng.below(4)).into(),
                ..iommu::command(rng, 1, 20)
            };
            b.configured.next = flush(rng, 1, 20);
            b.kill_taken.next = rng.bit();
            b.kill_done.next = rng.bit();
            b.killing.next = rng.chance(1, 4);
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 50), "{seen:?}");
}
