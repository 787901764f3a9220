//! Emitted Verilog of the bridges against rust-hdl's own simulation.

use hdl_gen::equiv::{Check, Rng};
use hdl_gen::zynq::step::Step;
use hdl_gen::zynq::{DataPort, RegisterPort, WalkPort, ZynqCore};

/// AXI3 IDs that the table of `DataPort` gives out.
const ENTRIES: u64 = 8;

fn size(rng: &mut Rng, widest: u64) -> u64 {
    let narrow = rng.below(widest + 1);
    rng.pick(&[widest, widest, narrow]).unwrap_or(widest)
}

#[test]
fn data_port() {
    Check::new("data_port")
        .clock(|b: &mut DataPort| &mut b.clock)
        .cycles(4000)
        .run(DataPort::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 300);
            let port = &mut b.s_axi;
            port.awid.next = rng.below(12).into();
            port.awaddr.next = rng.bits();
            port.awlen.next = rng.pick(&[0, 1, 15, 16, 40]).unwrap_or(0u64).into();
            port.awsize.next = size(rng, 3).into();
            port.awburst.next = rng.bits();
            port.awlock.next = rng.bit();
            port.awcache.next = rng.bits();
            port.awprot.next = rng.bits();
            port.awqos.next = rng.bits();
            port.awvalid.next = rng.bit();
            port.wdata.next = rng.bits();
            port.wstrb.next = rng.bits();
            port.wlast.next = rng.bit();
            port.wvalid.next = rng.bit();
            port.bready.next = rng.bit();
            port.arid.next = rng.below(12).into();
            port.araddr.next = rng.bits();
            port.arlen.next = rng.pick(&[0, 1, 15, 16, 40]).unwrap_or(0u64).into();
            port.arsize.next = size(rng, 3).into();
            port.arburst.next = rng.bits();
            port.arlock.next = rng.bit();
            port.arcache.next = rng.bits();
            port.arprot.next = rng.bits();
            port.arqos.next = rng.bits();
            port.arvalid.next = rng.bit();
            port.rready.next = rng.bit();
            let port = &mut b.m_axi;
            port.awready.next = rng.bit();
            port.wready.next = rng.bit();
            port.bid.next = rng.below(ENTRIES).into();
            port.bresp.next = rng.bits();
            port.bvalid.next = rng.chance(1, 4);
            port.arready.next = rng.bit();
            port.rid.next = rng.below(ENTRIES).into();
            port.rdata.next = rng.bits();
            port.rresp.next = rng.bits();
            port.rlast.next = rng.chance(1, 4);
            port.rvalid.next = rng.bit();
        })
        .unwrap();
}

#[test]
fn register_port() {
    Check::new("register_port")
        .clock(|b: &mut RegisterPort| &mut b.clock)
        .cycles(4000)
        .run(RegisterPort::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 300);
            let port = &mut b.s_axi;
            port.awid.next = rng.bits();
            port.awaddr.next = (0x4000_0000 | rng.below(1 << 17)).into();
            port.awlen.next = rng.below(4).into();
            port.awsize.next = size(rng, 2).into();
            port.awburst.next = rng.bits();
            port.awprot.next = rng.bits();
            port.awvalid.next = rng.bit();
            port.wdata.next = rng.bits();
            port.wstrb.next = rng.bits();
            port.wvalid.next = rng.bit();
            port.bready.next = rng.bit();
            port.arid.next = rng.bits();
            port.araddr.next = (0x4000_0000 | rng.below(1 << 17)).into();
            port.arlen.next = rng.below(4).into();
            port.arsize.next = size(rng, 2).into();
            port.arburst.next = rng.bits();
            port.arprot.next = rng.bits();
            port.arvalid.next = rng.bit();
            port.rready.next = rng.bit();
            let port = &mut b.m_axil;
            port.awready.next = rng.bit();
            port.wready.next = rng.bit();
            port.bresp.next = rng.bits();
            port.bvalid.next = rng.bit();
            port.arready.next = rng.bit();
            port.rdata.next = rng.bits();
            port.rresp.next = rng.bits();
            port.rvalid.next = rng.bit();
        })
        .unwrap();
}

#[test]
fn walk_port() {
    Check::new("walk_port")
        .clock(|b: &mut WalkPort| &mut b.clock)
        .run(WalkPort::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 100);
            b.s_axi.arid.next = rng.bits();
            b.s_axi.araddr.next = rng.bits();
            b.s_axi.arlen.next = rng.bits();
            b.s_axi.arsize.next = rng.bits();
            b.s_axi.arburst.next = rng.bits();
            b.s_axi.arlock.next = rng.bit();
            b.s_axi.arcache.next = rng.bits();
            b.s_axi.arprot.next = rng.bits();
            b.s_axi.arqos.next = rng.bits();
            b.s_axi.aruser.next = rng.bits();
            b.s_axi.arvalid.next = rng.bit();
            b.s_axi.rready.next = rng.bit();
            b.m_axi.arready.next = rng.bit();
            b.m_axi.rid.next = rng.bits();
            b.m_axi.rdata.next = rng.bits();
            b.m_axi.rresp.next = rng.bits();
            b.m_axi.rlast.next = rng.bit();
            b.m_axi.rvalid.next = rng.bit();
        })
        .unwrap();
}

#[test]
fn step() {
    Check::new("step")
        .run(Step::default(), |b, rng, _| {
            b.addr.next = rng.bits();
            b.len.next = rng.bits();
            b.size.next = rng.bits();
            b.burst.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn the_whole_core() {
    Check::new("vcm_zynq_core")
        .clock(|b: &mut ZynqCore| &mut b.aclk)
        .cycles(1000)
        .run(ZynqCore::default(), |b, rng, cycle| {
            b.aresetn.next = cycle > 3 && !rng.chance(1, 1000);
            let port = &mut b.s_axi_gp;
            port.awaddr.next = (0x4000_0000 | (rng.below(16) * 4) | (rng.below(3) << 12)).into();
            port.awvalid.next = rng.bit();
            port.wdata.next = rng.bits();
            port.wstrb.next = rng.bits();
            port.wvalid.next = rng.bit();
            port.bready.next = rng.bit();
            port.araddr.next = (0x4000_0000 | rng.below(1 << 16)).into();
            port.arvalid.next = rng.bit();
            port.rready.next = rng.bit();
            let port = &mut b.m_axi_hp;
            port.awready.next = rng.bit();
            port.wready.next = rng.bit();
            port.bid.next = rng.below(ENTRIES).into();
            port.bresp.next = rng.bits();
            port.bvalid.next = rng.chance(1, 8);
            port.arready.next = rng.bit();
            port.rid.next = rng.below(ENTRIES).into();
            port.rdata.next = rng.bits();
            port.rlast.next = rng.bit();
            port.rvalid.next = rng.chance(1, 8);
            b.m_axi_ptw.arready.next = rng.bit();
            b.m_axi_ptw.rid.next = rng.bits();
            b.m_axi_ptw.rdata.next = rng.bits();
            b.m_axi_ptw.rlast.next = rng.bit();
            b.m_axi_ptw.rvalid.next = rng.bit();
        })
        .unwrap();
}
