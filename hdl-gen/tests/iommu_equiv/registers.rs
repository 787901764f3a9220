//! The register blocks.

use hdl_gen::axil::AxilRegs;
use hdl_gen::equiv::{Check, Rng};
use hdl_gen::iommu::config::CONTEXTS;
use hdl_gen::iommu::fault_arbiter::FaultArbiter;
use hdl_gen::iommu::fifo::Fifo;
use hdl_gen::iommu::registers::Registers;
use hdl_gen::iommu::tallies::Tallies;
use hdl_gen::iommu::types::{Events, ProbeAnswer};
use rust_hdl::prelude::*;
use vcm_regs::{context, global};

use crate::{iommu, reset};

/// Registers of two banks and the global ones, and addresses beside them.
fn address(rng: &mut Rng) -> Bits<16> {
    let (block, index) = match rng.below(5) {
        0 | 1 => (&global::BLOCK, 0),
        2 => (&context::BLOCK, rng.below(CONTEXTS as u64) as u32),
        _ => (&context::BLOCK, rng.below(2) as u32),
    };
    let infos: Vec<u32> = block.registers.iter().map(|info| info.offset).collect();
    let offset = rng.pick(&infos).unwrap_or(0) + rng.below(8) as u32 / 7 * 4;
    u64::from(block.at(index) + offset).into()
}

fn events(rng: &mut Rng) -> Events {
    Events {
        read: rng.bit(),
        write: rng.bit(),
        miss_r: rng.chance(1, 9),
        miss_w: rng.chance(8, 9),
        hit_r: rng.bit(),
        hit_w: true,
        walk: rng.bit(),
        walking: rng.bit(),
        main_miss: rng.bit(),
        stalling: rng.bit(),
        prefetched: rng.bit(),
    }
}

#[test]
fn registers() {
    Check::new("registers")
        .cycles(6000)
        .clock(|b: &mut Registers| &mut b.clock)
        .run(Registers::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle, 2000);
            b.s_axil.awaddr.next = address(rng);
            b.s_axil.awvalid.next = rng.bit();
            b.s_axil.wvalid.next = rng.bit();
            b.s_axil.wdata.next = rng.bits();
            b.s_axil.wstrb.next = if rng.bit() { 15.into() } else { rng.bits() };
            b.s_axil.araddr.next = address(rng);
            b.s_axil.arvalid.next = rng.bit();
            b.s_axil.bready.next = rng.chance(3, 4);
            b.s_axil.rready.next = rng.chance(3, 4);
            b.read_stream.next = rng.bits();
            b.write_stream.next = rng.bits();
            b.lookup_stream.next = rng.bits();
            b.bank_index.next = rng.bits();
            b.respond_index.next = rng.bits();
            b.probed.next = ProbeAnswer {
                valid: rng.chance(1, 10),
                context: rng.bits(),
                status: rng.bits(),
                large: rng.pick(&[0, 1, 3, 7]).unwrap_or(0).into(),
                page: rng.bits(),
            };
            b.probing.next = rng.bits();
            b.sync_active.next = rng.bits();
            b.sync_any.next = rng.bit();
            b.stalled.next = rng.bits();
            b.locks.next = rng.bits();
            b.events.next = events(rng);
            // Many faults for a while, few for a while.
            let of = if cycle % 400 < 100 { 4 } else { 100 };
            b.read_fault_valid.next = rng.chance(1, of);
            b.read_fault.next = iommu::fault(rng);
            b.write_fault_valid.next = rng.chance(1, of);
            b.write_fault.next = iommu::fault(rng);
            b.late_read_valid.next = rng.chance(1, of);
            b.late_read.next = iommu::fault(rng);
            b.late_write_valid.next = rng.chance(1, of);
            b.late_write.next = iommu::fault(rng);
        })
        .unwrap();
}

#[test]
fn tallies() {
    let mut last = 0;
    Check::new("tallies")
        .clock(|b: &mut Tallies| &mut b.clock)
        .run(Tallies::default(), move |b, rng, cycle| {
            let restart = reset(rng, cycle, 700);
            if restart {
                last = cycle;
            }
            b.reset.next = restart;
            b.happens.next = rng.bits();
            let steady = cycle > last + 30;
            let snapshot = steady && rng.chance(1, 60);
            if snapshot {
                last = cycle;
            }
            b.snapshot.next = snapshot;
            b.read.next = steady && !snapshot && cycle % 2 == 0 && rng.bit();
            b.index.next = (rng.below(12) + 1).into();
        })
        .unwrap();
}

#[test]
fn fault_arbiter() {
    Check::new("fault_arbiter")
        .clock(|b: &mut FaultArbiter| &mut b.clock)
        .run(FaultArbiter::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle, 200);
            b.hold.next = rng.chance(1, 5);
            b.read_valid.next = rng.bit();
            b.read.next = iommu::fault(rng);
            b.write_valid.next = rng.bit();
            b.write.next = iommu::fault(rng);
            b.late_read_valid.next = rng.bit();
            b.late_read.next = iommu::fault(rng);
            b.late_write_valid.next = rng.bit();
            b.late_write.next = iommu::fault(rng);
        })
        .unwrap();
}

#[test]
fn axil_front_end_with_hold() {
    Check::new("axil_regs")
        .clock(|b: &mut AxilRegs| &mut b.clock)
        .run(AxilRegs::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle, 200);
            b.hold.next = rng.chance(1, 3);
            b.s_axil.awaddr.next = rng.bits();
            b.s_axil.awvalid.next = rng.bit();
            b.s_axil.wvalid.next = rng.bit();
            b.s_axil.wdata.next = rng.bits();
            b.s_axil.wstrb.next = rng.bits();
            b.s_axil.araddr.next = rng.bits();
            b.s_axil.arvalid.next = rng.bit();
            b.s_axil.bready.next = rng.bit();
            b.s_axil.rready.next = rng.bit();
            b.wr_ok.next = rng.bit();
            b.rd_ok.next = rng.bit();
            b.rd_data.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn a_queue_as_deep_as_its_memory() {
    Check::new("fifo")
        .clock(|b: &mut Fifo<Bits<9>, 16>| &mut b.clock)
        .run(Fifo::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle, 200);
            let filling = cycle % 100 < 50;
            b.push.next = rng.chance(if filling { 3 } else { 1 }, 4);
            b.pop.next = rng.chance(if filling { 1 } else { 3 }, 4);
            b.data.next = rng.bits();
        })
        .unwrap();
}
