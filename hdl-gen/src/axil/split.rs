//! One AXI4-Lite port split in two by address.

use crate::axi::{AxilMaster, AxilSlave};
use crate::prim::Reg;
use rust_hdl::prelude::*;

/// Leads the register window of `vcm_soc` to the IOMMU and to the DMA engine.
///
/// The 4 KiB page of the window in which the DMA engine's registers stand (offsets 0x4000 to 0x4FFF)
/// goes to `dma`, everything else to `iommu`. Addresses pass unchanged.
///
/// One write and one read are under way at a time; they do not wait for each other. AW and W may come
/// in any order, W is passed on once its AW is known. All that is driven comes from registers.
#[derive(LogicBlock)]
pub struct AxilSplit {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous, active high.
    pub reset: Signal<In, Bit>,
    /// The whole window.
    pub s_axil: AxilSlave<16>,
    /// The IOMMU's part.
    pub iommu: AxilMaster<16>,
    /// The DMA engine's part.
    pub dma: AxilMaster<16>,
    /// A write is under way: from its AW taken to its B given.
    writing: Reg<Bit>,
    w_to_dma: Reg<Bit>,
    aw_full: Reg<Bit>,
    aw_addr: Reg<Bits<16>>,
    aw_prot: Reg<Bits<3>>,
    w_full: Reg<Bit>,
    /// W of the write under way has been passed on.
    w_sent: Reg<Bit>,
    w_data: Reg<Bits<32>>,
    w_strb: Reg<Bits<4>>,
    b_full: Reg<Bit>,
    b_resp: Reg<Bits<2>>,
    /// A read is under way: from its AR taken to its R given.
    reading: Reg<Bit>,
    r_to_dma: Reg<Bit>,
    ar_full: Reg<Bit>,
    ar_addr: Reg<Bits<16>>,
    ar_prot: Reg<Bits<3>>,
    r_full: Reg<Bit>,
    r_data: Reg<Bits<32>>,
    r_resp: Reg<Bits<2>>,
    w_offer: Signal<Local, Bit>,
    b_want: Signal<Local, Bit>,
    r_want: Signal<Local, Bit>,
    dma_page: Constant<Bits<4>>,
}

impl Default for AxilSplit {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            s_axil: Default::default(),
            iommu: Default::default(),
            dma: Default::default(),
            writing: Default::default(),
            w_to_dma: Default::default(),
            aw_full: Default::default(),
            aw_addr: Default::default(),
            aw_prot: Default::default(),
            w_full: Default::default(),
            w_sent: Default::default(),
            w_data: Default::default(),
            w_strb: Default::default(),
            b_full: Default::default(),
            b_resp: Default::default(),
            reading: Default::default(),
            r_to_dma: Default::default(),
            ar_full: Default::default(),
            ar_addr: Default::default(),
            ar_prot: Default::default(),
            r_full: Default::default(),
            r_data: Default::default(),
            r_resp: Default::default(),
            w_offer: Default::default(),
            b_want: Default::default(),
            r_want: Default::default(),
            dma_page: Constant::new(u64::from(vcm_regs::dma::BLOCK.base >> 12).into()),
        }
    }
}

impl Logic for AxilSplit {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clock, writing, w_to_dma, aw_full, aw_addr, aw_prot, w_full, w_sent, w_data,
            w_strb, b_full, b_resp, reading, r_to_dma, ar_full, ar_addr, ar_prot, r_full, r_data,
            r_resp
        );
        self.writing.reset.next = self.reset.val();
        self.w_to_dma.reset.next = self.reset.val();
        self.aw_full.reset.next = self.reset.val();
        self.aw_addr.reset.next = self.reset.val();
        self.aw_prot.reset.next = self.reset.val();
        self.w_full.reset.next = self.reset.val();
        self.w_sent.reset.next = self.reset.val();
        self.w_data.reset.next = self.reset.val();
        self.w_strb.reset.next = self.reset.val();
        self.b_full.reset.next = self.reset.val();
        self.b_resp.reset.next = self.reset.val();
        self.reading.reset.next = self.reset.val();
        self.r_to_dma.reset.next = self.reset.val();
        self.ar_full.reset.next = self.reset.val();
        self.ar_addr.reset.next = self.reset.val();
        self.ar_prot.reset.next = self.reset.val();
        self.r_full.reset.next = self.reset.val();
        self.r_data.reset.next = self.reset.val();
        self.r_resp.reset.next = self.reset.val();

        // Write address.
        if self.s_axil.awvalid.val() & !self.writing.q.val() {
            self.writing.d.next = true;
            self.aw_full.d.next = true;
            self.aw_addr.d.next = self.s_axil.awaddr.val();
            self.aw_prot.d.next = self.s_axil.awprot.val();
            self.w_to_dma.d.next =
                self.s_axil.awaddr.val().get_bits::<4>(12) == self.dma_page.val();
        }
        if self.aw_full.q.val()
            & ((self.w_to_dma.q.val() & self.dma.awready.val())
                | (!self.w_to_dma.q.val() & self.iommu.awready.val()))
        {
            self.aw_full.d.next = false;
        }

        // Write data: may be taken before its address, and is offered after.
        self.w_offer.next = self.w_full.q.val() & self.writing.q.val() & !self.w_sent.q.val();
        if self.s_axil.wvalid.val() & !self.w_full.q.val() {
            self.w_full.d.next = true;
            self.w_data.d.next = self.s_axil.wdata.val();
            self.w_strb.d.next = self.s_axil.wstrb.val();
        }
        if self.w_offer.val()
            & ((self.w_to_dma.q.val() & self.dma.wready.val())
                | (!self.w_to_dma.q.val() & self.iommu.wready.val()))
        {
            self.w_full.d.next = false;
            self.w_sent.d.next = true;
        }

        // Write response.
        self.b_want.next = self.writing.q.val()
            & !self.aw_full.q.val()
            & self.w_sent.q.val()
            & !self.b_full.q.val();
        if self.b_want.val() & self.w_to_dma.q.val() & self.dma.bvalid.val() {
            self.b_full.d.next = true;
            self.b_resp.d.next = self.dma.bresp.val();
        }
        if self.b_want.val() & !self.w_to_dma.q.val() & self.iommu.bvalid.val() {
            self.b_full.d.next = true;
            self.b_resp.d.next = self.iommu.bresp.val();
        }
        if self.b_full.q.val() & self.s_axil.bready.val() {
            self.b_full.d.next = false;
            self.w_sent.d.next = false;
            self.writing.d.next = false;
        }

        // Read address.
        if self.s_axil.arvalid.val() & !self.reading.q.val() {
            self.reading.d.next = true;
            self.ar_full.d.next = true;
            self.ar_addr.d.next = self.s_axil.araddr.val();
            self.ar_prot.d.next = self.s_axil.arprot.val();
            self.r_to_dma.d.next =
                self.s_axil.araddr.val().get_bits::<4>(12) == self.dma_page.val();
        }
        if self.ar_full.q.val()
            & ((self.r_to_dma.q.val() & self.dma.arready.val())
                | (!self.r_to_dma.q.val() & self.iommu.arready.val()))
        {
            self.ar_full.d.next = false;
        }

        // Read data.
        self.r_want.next = self.reading.q.val() & !self.ar_full.q.val() & !self.r_full.q.val();
        if self.r_want.val() & self.r_to_dma.q.val() & self.dma.rvalid.val() {
            self.r_full.d.next = true;
            self.r_data.d.next = self.dma.rdata.val();
            self.r_resp.d.next = self.dma.rresp.val();
        }
        if self.r_want.val() & !self.r_to_dma.q.val() & self.iommu.rvalid.val() {
            self.r_full.d.next = true;
            self.r_data.d.next = self.iommu.rdata.val();
            self.r_resp.d.next = self.iommu.rresp.val();
        }
        if self.r_full.q.val() & self.s_axil.rready.val() {
            self.r_full.d.next = false;
            self.reading.d.next = false;
        }

        self.s_axil.awready.next = !self.writing.q.val();
        self.s_axil.wready.next = !self.w_full.q.val();
        self.s_axil.bvalid.next = self.b_full.q.val();
        self.s_axil.bresp.next = self.b_resp.q.val();
        self.s_axil.arready.next = !self.reading.q.val();
        self.s_axil.rvalid.next = self.r_full.q.val();
        self.s_axil.rdata.next = self.r_data.q.val();
        self.s_axil.rresp.next = self.r_resp.q.val();

        self.dma.awaddr.next = self.aw_addr.q.val();
        self.dma.awprot.next = self.aw_prot.q.val();
        self.dma.awvalid.next = self.aw_full.q.val() & self.w_to_dma.q.val();
        self.dma.wdata.next = self.w_data.q.val();
        self.dma.wstrb.next = self.w_strb.q.val();
        self.dma.wvalid.next = self.w_offer.val() & self.w_to_dma.q.val();
        self.dma.bready.next = self.b_want.val() & self.w_to_dma.q.val();
        self.dma.araddr.next = self.ar_addr.q.val();
        self.dma.arprot.next = self.ar_prot.q.val();
        self.dma.arvalid.next = self.ar_full.q.val() & self.r_to_dma.q.val();
        self.dma.rready.next = self.r_want.val() & self.r_to_dma.q.val();

        self.iommu.awaddr.next = self.aw_addr.q.val();
        self.iommu.awprot.next = self.aw_prot.q.val();
        self.iommu.awvalid.next = self.aw_full.q.val() & !self.w_to_dma.q.val();
        self.iommu.wdata.next = self.w_data.q.val();
        self.iommu.wstrb.next = self.w_strb.q.val();
        self.iommu.wvalid.next = self.w_offer.val() & !self.w_to_dma.q.val();
        self.iommu.bready.next = self.b_want.val() & !self.w_to_dma.q.val();
        self.iommu.araddr.next = self.ar_addr.q.val();
        self.iommu.arprot.next = self.ar_prot.q.val();
        self.iommu.arvalid.next = self.ar_full.q.val() & !self.r_to_dma.q.val();
        self.iommu.rready.next = self.r_want.val() & !self.r_to_dma.q.val();
    }
}
