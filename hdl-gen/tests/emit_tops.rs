//! The shipped designs as a whole, with random signals at every port.

use hdl_gen::axi::{AxiMaster, AxiReadMaster, AxiUserSlave, AxilSlave};
use hdl_gen::equiv::{Check, Rng};
use hdl_gen::iommu::Iommu;
use hdl_gen::soc::Soc;

const CYCLES: usize = 1000;

/// Out of reset from the fourth cycle on, with a rare reset later.
fn aresetn(rng: &mut Rng, cycle: usize) -> bool {
    cycle > 3 && !rng.chance(1, 1000)
}

/// Mostly the first registers of the first blocks, where writes have the most effect.
fn register_accesses(port: &mut AxilSlave<16>, rng: &mut Rng) {
    port.awaddr.next = (rng.below(16) * 4 + rng.below(3) * 0x1000).into();
    port.awvalid.next = rng.bit();
    port.wdata.next = rng.bits();
    port.wstrb.next = rng.bits();
    port.wvalid.next = rng.bit();
    port.bready.next = rng.bit();
    port.araddr.next = rng.bits();
    port.arvalid.next = rng.bit();
    port.rready.next = rng.bit();
}

fn bursts(port: &mut AxiUserSlave<8, 4>, rng: &mut Rng) {
    port.awid.next = rng.bits();
    port.awaddr.next = rng.bits();
    port.awlen.next = rng.below(4).into();
    port.awuser.next = rng.bits();
    port.awvalid.next = rng.bit();
    port.wdata.next = rng.bits();
    port.wstrb.next = rng.bits();
    port.wlast.next = rng.bit();
    port.wvalid.next = rng.bit();
    port.bready.next = rng.bit();
    port.arid.next = rng.bits();
    port.araddr.next = rng.bits();
    port.arlen.next = rng.below(4).into();
    port.aruser.next = rng.bits();
    port.arvalid.next = rng.bit();
    port.rready.next = rng.bit();
}

fn memory(port: &mut AxiMaster<8>, rng: &mut Rng) {
    port.awready.next = rng.bit();
    port.wready.next = rng.bit();
    port.bid.next = rng.bits();
    port.bresp.next = rng.bits();
    port.bvalid.next = rng.bit();
    port.arready.next = rng.bit();
    port.rid.next = rng.bits();
    port.rdata.next = rng.bits();
    port.rresp.next = rng.bits();
    port.rlast.next = rng.bit();
    port.rvalid.next = rng.bit();
}

fn tables(port: &mut AxiReadMaster<2>, rng: &mut Rng) {
    port.arready.next = rng.bit();
    port.rid.next = rng.bits();
    port.rdata.next = rng.bits();
    port.rlast.next = rng.bit();
    port.rvalid.next = rng.bit();
}

#[test]
fn vcm_iommu_behaves_as_in_rust() {
    Check::new("vcm_iommu")
        .clock(|b: &mut Iommu| &mut b.aclk)
        .cycles(CYCLES)
        .run(Iommu::default(), |b, rng, cycle| {
            b.aresetn.next = aresetn(rng, cycle);
            register_accesses(&mut b.s_axil, rng);
            bursts(&mut b.s_axi, rng);
            memory(&mut b.m_axi, rng);
            tables(&mut b.m_axi_ptw, rng);
        })
        .unwrap();
}

#[test]
fn vcm_soc_behaves_as_in_rust() {
    Check::new("vcm_soc")
        .clock(|b: &mut Soc| &mut b.aclk)
        .cycles(CYCLES)
        .run(Soc::default(), |b, rng, cycle| {
            b.aresetn.next = aresetn(rng, cycle);
            register_accesses(&mut b.s_axil, rng);
            memory(&mut b.m_axi, rng);
            tables(&mut b.m_axi_ptw, rng);
        })
        .unwrap();
}
