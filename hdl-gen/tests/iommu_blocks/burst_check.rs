//! Burst rules against the byte addresses that a burst transfers (AMBA AXI IHI 0022E, A3.4.1).

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::burst_check::{BurstCheck, PageCheck};
use hdl_gen::iommu::types::Burst;
use rust_hdl::prelude::*;

use crate::iommu::settle;

/// Whether AXI4 allows the burst on a bus of 8 bytes.
pub fn legal(addr: u64, len: u64, size: u64, kind: u64) -> bool {
    let bytes = 1 << size;
    let beats = len + 1;
    let aligned = addr / bytes * bytes;
    if bytes > 8 {
        return false;
    }
    match kind {
        0 => beats <= 16,
        // Every byte of every beat is in the page of the first.
        1 => (0..beats).all(|i| (aligned + i * bytes + bytes - 1) / 4096 == addr / 4096),
        2 => [2, 4, 8, 16].contains(&beats) && addr == aligned,
        _ => false,
    }
}

#[test]
fn every_length_size_and_kind_at_boundaries_and_elsewhere() {
    let mut b = BurstCheck::default();
    b.connect_all();
    let mut page_check = PageCheck::default();
    page_check.connect_all();
    let mut rng = Rng::new(1);
    let mut allowed = [0; 4];
    for kind in 0..4u64 {
        for size in 0..8 {
            for len in 0..256u64 {
                // The last start that fits, its neighbours, the page's ends, and anywhere.
                let fits = 4096u64.saturating_sub((len + 1) << size);
                let near = fits.saturating_sub(1)..fits + 2;
                let page = rng.below(1 << 20) << 12;
                for offset in near.chain([0, 0xFFF, rng.below(4096), rng.below(512) * 8]) {
                    let addr = page | (offset & 0xFFF);
                    b.burst.next = Burst {
                        addr: addr.into(),
                        len: len.into(),
                        size: u64::from(size as u8).into(),
                        burst: kind.into(),
                        ..crate::iommu::burst(&mut rng)
                    };
                    page_check.burst.next = b.burst.next;
                    settle(&mut b);
                    settle(&mut page_check);
                    let legal = legal(addr, len, size, kind);
                    assert_eq!(
                        b.illegal.val() || page_check.crosses.val(),
                        !legal,
                        "AxADDR {addr:#x} AxLEN {len} AxSIZE {size} AxBURST {kind}"
                    );
                    allowed[kind as usize] += u32::from(legal);
                }
            }
        }
    }
    assert!(allowed[0] > 100 && allowed[1] > 1000 && allowed[2] > 50 && allowed[3] == 0);
}
