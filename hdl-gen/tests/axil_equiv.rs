//! Emitted Verilog of the AXI4-Lite blocks against rust-hdl's own simulation.

mod axil_host;

use axil_host::AxilHost;
use hdl_gen::axil::{AxilRegs, AxilSplit, CfgReg, CmdReg, RoReg};
use hdl_gen::equiv::Check;
use rust_hdl::prelude::*;
use vcm_regs::context::SCTLR;
use vcm_regs::dma::{CTRL, STATUS};
use vcm_regs::RegisterInfo;

#[test]
fn axil_regs() {
    let mut host = AxilHost::new(5, 60);
    Check::new("axil_regs")
        .clock(|b: &mut AxilRegs| &mut b.clock)
        .cycles(4000)
        .run(AxilRegs::default(), move |b, rng, cycle| {
            let reset = cycle < 2 || rng.chance(1, 200);
            b.reset.next = reset;
            if reset {
                host.reset();
            }
            if host.idle() {
                for _ in 0..rng.below(4) {
                    host.write(rng.below(0x10000) as u16, rng.below(1 << 32) as u32, 15);
                    host.write(0, 1, rng.below(16) as u8);
                    host.read(rng.below(0x10000) as u16);
                }
            }
            // The bus outputs come from registers: they already are what holds at the next edge.
            host.drive(&mut b.s_axil);
            if !reset {
                host.sample(&b.s_axil);
            }
            while host.take().is_some() {}
            b.wr_ok.next = rng.bit();
            b.rd_ok.next = rng.bit();
            b.rd_data.next = rng.bits();
        })
        .unwrap();
}

/// `set` is a word of C++, of which Verilator warns at the top.
#[derive(LogicBlock)]
struct Top {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    wr: Signal<In, Bit>,
    wr_addr: Signal<In, Bits<16>>,
    wr_data: Signal<In, Bits<32>>,
    wr_mask: Signal<In, Bits<32>>,
    rd_addr: Signal<In, Bits<16>>,
    events: Signal<In, Bits<32>>,
    q: Signal<Out, Bits<32>>,
    hits: Signal<Out, Bits<2>>,
    rd_data: Signal<Out, Bits<32>>,
    inner: CfgReg,
}

impl Logic for Top {
    #[hdl_gen]
    fn update(&mut self) {
        self.inner.clock.next = self.clock.val();
        self.inner.reset.next = self.reset.val();
        self.inner.wr.next = self.wr.val();
        self.inner.wr_addr.next = self.wr_addr.val();
        self.inner.wr_data.next = self.wr_data.val();
        self.inner.wr_mask.next = self.wr_mask.val();
        self.inner.rd_addr.next = self.rd_addr.val();
        self.inner.set.next = self.events.val();
        self.q.next = self.inner.q.val();
        self.hits.next = bit_cast::<2, 1>(self.inner.wr_hit.val().into())
            | (bit_cast::<2, 1>(self.inner.rd_hit.val().into()) << 1);
        self.rd_data.next = self.inner.rd_data.val();
    }
}

fn cfg_reg(name: &str, info: &RegisterInfo) {
    let top = Top {
        clock: Default::default(),
        reset: Default::default(),
        wr: Default::default(),
        wr_addr: Default::default(),
        wr_data: Default::default(),
        wr_mask: Default::default(),
        rd_addr: Default::default(),
        events: Default::default(),
        q: Default::default(),
        hits: Default::default(),
        rd_data: Default::default(),
        inner: CfgReg::new(info, 0x4104),
    };
    Check::new(name)
        .clock(|b: &mut Top| &mut b.clock)
        .run(top, |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 100);
            b.wr.next = rng.bit();
            b.wr_addr.next = (0x4104 + 4 * rng.below(2)).into();
            b.wr_data.next = rng.bits();
            b.wr_mask.next = rng.bits();
            b.rd_addr.next = (0x4104 + 4 * rng.below(2)).into();
            b.events.next = rng.bits::<32>() & rng.bits::<32>();
        })
        .unwrap();
}

#[test]
fn cfg_reg_of_each_kind_of_field() {
    cfg_reg("status", &STATUS);
    cfg_reg("sctlr", &SCTLR);
}

#[test]
fn ro_reg() {
    Check::new("ro_reg")
        .run(RoReg::new(0x18), |b, rng, _| {
            b.wr_addr.next = (0x10 + 4 * rng.below(4)).into();
            b.rd_addr.next = (0x10 + 4 * rng.below(4)).into();
            b.value.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn cmd_reg() {
    Check::new("cmd_reg")
        .run(CmdReg::new(&CTRL, 0x18), |b, rng, _| {
            b.wr.next = rng.bit();
            b.wr_addr.next = (0x10 + 4 * rng.below(4)).into();
            b.wr_data.next = rng.bits();
            b.wr_mask.next = rng.bits();
            b.rd_addr.next = (0x10 + 4 * rng.below(4)).into();
        })
        .unwrap();
}

#[test]
fn axil_split() {
    Check::new("axil_split")
        .clock(|b: &mut AxilSplit| &mut b.clock)
        .cycles(4000)
        .run(AxilSplit::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 300);
            b.s_axil.awaddr.next = (rng.below(8) << 12 | rng.below(0x1000)).into();
            b.s_axil.awprot.next = rng.bits();
            b.s_axil.awvalid.next = rng.bit();
            b.s_axil.wdata.next = rng.bits();
            b.s_axil.wstrb.next = rng.bits();
            b.s_axil.wvalid.next = rng.bit();
            b.s_axil.bready.next = rng.bit();
            b.s_axil.araddr.next = (rng.below(8) << 12 | rng.below(0x1000)).into();
            b.s_axil.arprot.next = rng.bits();
            b.s_axil.arvalid.next = rng.bit();
            b.s_axil.rready.next = rng.bit();
            for port in [&mut b.dma, &mut b.iommu] {
                port.awready.next = rng.bit();
                port.wready.next = rng.bit();
                port.bresp.next = rng.bits();
                port.bvalid.next = rng.bit();
                port.arready.next = rng.bit();
                port.rdata.next = rng.bits();
                port.rresp.next = rng.bits();
                port.rvalid.next = rng.bit();
            }
        })
        .unwrap();
}
