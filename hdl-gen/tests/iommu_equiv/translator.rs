//! The translator and its blocks.

use hdl_gen::equiv::{Check, Rng};
use hdl_gen::iommu::prefetch::Prefetch;
use hdl_gen::iommu::prober::Prober;
use hdl_gen::iommu::resolve::{Found, Resolve};
use hdl_gen::iommu::translator::Translator;
use hdl_gen::iommu::types::*;
use hdl_gen::iommu::walk_owner::WalkOwner;

use crate::{count, iommu, reset};

fn flush(rng: &mut Rng, of: u32) -> Flush {
    Flush {
        valid: rng.chance(1, of),
        by_context: rng.chance(3, 4),
        context: rng.below(2).into(),
    }
}

fn ask(rng: &mut Rng) -> Ask {
    Ask {
        slot: rng.bits(),
        stream: rng.below(4).into(),
        vpn: iommu::vpn(rng),
        privileged: rng.bit(),
        instruction: rng.chance(1, 4),
        illegal: rng.chance(1, 12),
    }
}

fn asker(rng: &mut Rng) -> Asker {
    Asker {
        kind: rng.below(3).into(),
        slot: rng.bits(),
        stream: rng.bits(),
        sequential: rng.bit(),
        privileged: rng.bit(),
        instruction: rng.bit(),
        write: rng.bit(),
        lock: rng.bit(),
    }
}

fn probe(rng: &mut Rng, of: u32) -> ProbeRequest {
    ProbeRequest {
        valid: rng.chance(1, of),
        context: rng.below(3).into(),
        vpn: iommu::vpn(rng),
        privileged: rng.bit(),
        write: rng.bit(),
        lock: rng.bit(),
    }
}

fn found(rng: &mut Rng) -> Found {
    let page = iommu::translation(rng);
    Found {
        kind: rng.bits(),
        slot: rng.bits(),
        stream: rng.bits(),
        privileged: rng.bit(),
        instruction: rng.bit(),
        direct: rng.chance(1, 6),
        in_context: rng.bit(),
        retry: rng.chance(1, 6),
        waits: rng.chance(1, 6),
        walk: rng.bits(),
        walks: rng.bit(),
        learns: rng.bit(),
        sequential: rng.bit(),
        promotes: rng.bit(),
        locked: rng.bit(),
        status: if rng.bit() { 0.into() } else { rng.bits() },
        context: page.context,
        vpn: page.vpn,
        not_global: page.not_global,
        large: page.large,
        ppn: page.ppn,
        ap: page.ap,
        xn: page.xn,
        domain: page.domain,
        memory: page.memory,
    }
}

#[test]
fn resolve() {
    Check::new("resolve")
        .cycles(10_000)
        .run(Resolve::default(), |b, rng, _| {
            b.found.next = found(rng);
            b.bank.next = iommu::bank(rng);
            b.write.next = rng.bit();
            b.flush.next = rng.chance(1, 6);
            b.wake.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn prober() {
    let mut seen = [0; 3];
    Check::new("prober")
        .clock(|b: &mut Prober| &mut b.clock)
        .cycles(6000)
        .run(Prober::default(), |b, rng, cycle| {
            count(
                &mut seen,
                [b.ask.val(), b.done.val(), b.probing.val().any()],
            );
            b.reset.next = reset(rng, cycle, 2000);
            b.probe.next = probe(rng, 12);
            b.taken.next = b.ask.val() && rng.bit();
            b.again.next = rng.chance(1, 8);
            b.waits.next = rng.chance(1, 8);
            b.woken.next = rng.chance(1, 4);
            b.done.next = rng.chance(1, 8);
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 100), "{seen:?}");
}

#[test]
fn prefetch() {
    let mut seen = [0; 2];
    let mut last = [0; 4];
    Check::new("prefetch")
        .clock(|b: &mut Prefetch| &mut b.clock)
        .cycles(6000)
        .run(Prefetch::default(), |b, rng, cycle| {
            count(&mut seen, [b.ask.val(), b.sequential.val()]);
            b.reset.next = reset(rng, cycle, 2000);
            let stream = rng.below(4);
            let next = if rng.bit() {
                last[stream as usize] + 1
            } else {
                rng.below(1 << 20)
            };
            b.stream.next = stream.into();
            b.write.next = false;
            b.key.next.vpn = (next & 0xF_FFFF).into();
            b.key.next.context = rng.below(2).into();
            b.learn.next = rng.bit();
            let learnt = rng.below(4);
            last[learnt as usize] = rng.below(1 << 20);
            b.learn_stream.next = learnt.into();
            b.learn_write.next = false;
            b.learn_context.next = rng.below(2).into();
            b.learn_vpn.next = last[learnt as usize].into();
            b.learn_large.next = rng.pick(&[0, 0, 1, 3, 7]).unwrap_or(0).into();
            b.learn_sequential.next = rng.bit();
            b.taken.next = b.ask.val() && rng.bit();
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 50), "{seen:?}");
}

#[test]
fn walk_owner() {
    let mut seen = [0; 2];
    Check::new("walk_owner")
        .clock(|b: &mut WalkOwner| &mut b.clock)
        .cycles(6000)
        .run(WalkOwner::default(), |b, rng, cycle| {
            count(&mut seen, [b.retry.val(), b.owned.val()]);
            b.reset.next = reset(rng, cycle, 2000);
            b.start.next = rng.chance(1, 6) && !b.retry.val();
            b.kind.next = rng.below(3).into();
            b.slot.next = rng.below(2).into();
            b.walk_context.next = rng.below(2).into();
            b.flush.next = flush(rng, 10);
            b.ended.next = rng.chance(1, 6);
            b.ended_kind.next = rng.below(3).into();
            b.ended_slot.next = rng.below(2).into();
            b.retried.next = rng.chance(1, 3);
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 100), "{seen:?}");
}

#[test]
fn translator() {
    let mut seen = [0; 11];
    Check::new("translator")
        .clock(|b: &mut Translator| &mut b.clock)
        .cycles(10_000)
        .run(Translator::default(), |b, rng, cycle| {
            count(
                &mut seen,
                [
                    b.read_answer.val(),
                    b.write_answer.val(),
                    b.read_began.val(),
                    b.write_began.val(),
                    b.read_fill.val(),
                    b.write_fill.val(),
                    b.start.val(),
                    b.probed.val().valid,
                    b.count_prefetched.val(),
                    b.count_main_miss.val(),
                    b.waits.val().any(),
                ],
            );
            b.reset.next = reset(rng, cycle, 2000);
            b.read_ask.next = rng.bit();
            b.read_request.next = ask(rng);
            b.write_ask.next = rng.bit();
            b.write_request.next = ask(rng);
            b.route.next = iommu::route(rng);
            b.bank.next = iommu::bank(rng);
            b.respond_bank.next = iommu::bank(rng);
            b.command.next = iommu::command(rng, 1, 120);
            b.command.next.pages = if rng.bit() {
                rng.below(4).into()
            } else {
                0.into()
            };
            b.configured.next = flush(rng, 200);
            b.can_start.next = !rng.chance(1, 10);
            b.can_prefetch.next = rng.bit();
            // One walk is the prober's, or others would take its owner from it.
            b.start_index.next = if b.start_request.val().asker.kind == 2 {
                3.into()
            } else {
                rng.below(3).into()
            };
            b.same.next = if rng.chance(1, 4) {
                rng.bits()
            } else {
                0.into()
            };
            b.wake.next = rng.bits();
            b.ended.next = rng.chance(1, 3);
            b.ended_walk.next = WalkEnd {
                asker: asker(rng),
                status: if rng.bit() { 0.into() } else { rng.bits() },
                page: iommu::translation(rng),
            };
            b.page_fill.next = rng.chance(1, 6);
            b.page_offered.next = b.page_fill.next;
            b.page.next = iommu::translation(rng);
            b.page_prefetched.next = rng.bit();
            b.first_fill.next = rng.chance(1, 6);
            b.first.next = FirstFill {
                context: rng.below(2).into(),
                asid: rng.below(2).into(),
                index: (iommu::n(iommu::vpn(rng)) >> 8).into(),
                word: rng.bits(),
            };
            b.probe.next = probe(rng, 40);
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 4), "{seen:?}");
}
