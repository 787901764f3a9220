//! The table walks.

use hdl_gen::equiv::{Check, Rng};
use hdl_gen::iommu::decode::DescriptorDecode;
use hdl_gen::iommu::types::*;
use hdl_gen::iommu::walks::Walks;

use crate::{
    count,
    iommu::{self, n},
    reset,
};

/// A word with every kind of descriptor.
fn descriptor(rng: &mut Rng) -> u64 {
    let word: u64 = n(rng.bits::<32>());
    // Mostly no extended base address.
    if rng.bit() {
        word & !0x00F0_01E0
    } else {
        word
    }
}

#[test]
fn descriptor_decode() {
    Check::new("descriptor_decode")
        .cycles(6000)
        .run(DescriptorDecode::default(), |b, rng, _| {
            b.word.next = descriptor(rng).into();
            b.bus_error.next = rng.chance(1, 8);
            b.level2.next = rng.bit();
            b.key.next = iommu::key(rng);
            b.afe.next = rng.bit();
            b.table_domain.next = rng.bits();
        })
        .unwrap();
}

fn start(rng: &mut Rng) -> WalkStart {
    WalkStart {
        asker: Asker {
            kind: rng.bits(),
            slot: rng.bits(),
            stream: rng.bits(),
            sequential: rng.bit(),
            privileged: rng.bit(),
            instruction: rng.bit(),
            write: rng.bit(),
            lock: rng.bit(),
        },
        context: rng.below(2).into(),
        asid: rng.bits(),
        vpn: iommu::vpn(rng),
        afe: rng.bit(),
        base: rng.bits(),
        level2: rng.chance(1, 4),
        table: rng.bits(),
        domain: rng.bits(),
        keep_first: rng.chance(3, 4),
    }
}

#[test]
fn walks() {
    let mut seen = [0; 9];
    // Walks that wait for R.
    let mut reading: Vec<u64> = vec![];
    let mut present = None;
    Check::new("walks")
        .clock(|b: &mut Walks| &mut b.clock)
        .cycles(8000)
        .run(Walks::default(), |b, rng, cycle| {
            let port = &mut b.m_axi_ptw;
            let happens = [
                b.ended.val(),
                b.page_fill.val(),
                b.page_fill.val() && b.page_prefetched.val(),
                b.first_fill.val(),
                b.wake.val().any(),
                b.waits.val().any(),
                b.same.val().any(),
                !b.can_start.val(),
                port.rready.val() && present.is_some(),
            ];
            count(&mut seen, happens);
            let resets = reset(rng, cycle, 300);
            b.reset.next = resets;
            b.start.next = b.can_start.val() && rng.chance(1, 4);
            b.start_request.next = start(rng);
            b.query.next = iommu::key(rng);
            b.flush.next = Flush {
                valid: rng.chance(1, 30),
                by_context: rng.chance(3, 4),
                context: rng.below(2).into(),
            };
            b.ended_ready.next = rng.chance(1, 2);
            b.cache.next = rng.bits();
            b.user.next = rng.bits();
            // AR, R and RREADY depend on registers alone: what they are now, they are at the edge.
            if present.is_none() && !reading.is_empty() && rng.chance(2, 3) {
                let at = rng.below(reading.len() as u64) as usize;
                present = Some(reading.swap_remove(at));
                port.rid.next = present.unwrap_or(0).into();
                let beat = descriptor(rng) << 32 | descriptor(rng);
                port.rdata.next = beat.into();
                port.rresp.next = if rng.chance(1, 10) { 2 } else { 0 }.into();
            }
            port.rlast.next = true;
            port.rvalid.next = present.is_some();
            if port.rready.val() {
                present = None;
            }
            let ready = rng.bit();
            port.arready.next = ready;
            if port.arvalid.val() && ready {
                reading.push(n(port.arid.val()));
            }
            if resets {
                reading.clear();
                present = None;
            }
        })
        .unwrap();
    assert!(seen.iter().all(|&times| times > 50), "{seen:?}");
}
