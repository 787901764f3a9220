//! `vcm_soc`: the IOMMU with a DMA engine in front of it, so that a bitstream does something by
//! itself. One 64 KiB register window for both.

use rust_hdl::prelude::*;

use crate::axi::*;
use crate::axil::AxilSplit;
use crate::dma::DmaEngine;
use crate::iommu::config::*;
use crate::iommu::Iommu;
use crate::prim::Reg;

/// The SoC side of the board design.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Soc {
    pub aclk: Signal<In, Clock>,
    /// Active low, synchronous.
    pub aresetn: Signal<In, Bit>,
    pub s_axil: AxilSlave<16>,
    pub m_axi: AxiMaster<ID_BITS>,
    pub m_axi_ptw: AxiReadMaster<2>,
    /// Level, active high: the IOMMU's and the DMA engine's.
    pub irq: Signal<Out, Bit>,
    split: AxilSplit,
    iommu: Iommu,
    dma: DmaEngine,
    irq_held: Reg<Bit>,
    reset: Signal<Local, Bit>,
}

impl Logic for Soc {
    #[hdl_gen]
    fn update(&mut self) {
        self.reset.next = !self.aresetn.val();
        self.split.clock.next = self.aclk.val();
        self.split.reset.next = self.reset.val();
        self.dma.clock.next = self.aclk.val();
        self.dma.reset.next = self.reset.val();
        self.iommu.aclk.next = self.aclk.val();
        self.iommu.aresetn.next = self.aresetn.val();
        self.irq_held.clock.next = self.aclk.val();
        self.irq_held.reset.next = self.reset.val();

        AxilSlave::<16>::link(&mut self.s_axil, &mut self.split.s_axil);
        AxilMaster::<16>::join(&mut self.split.iommu, &mut self.iommu.s_axil);
        AxilMaster::<16>::join(&mut self.split.dma, &mut self.dma.s_axil);
        AxiUserMaster::<ID_BITS, STREAM_BITS>::join(&mut self.dma.m_axi, &mut self.iommu.s_axi);
        AxiMaster::<ID_BITS>::link(&mut self.m_axi, &mut self.iommu.m_axi);
        AxiReadMaster::<2>::link(&mut self.m_axi_ptw, &mut self.iommu.m_axi_ptw);

        self.irq_held.d.next = self.iommu.irq.val() | self.dma.irq.val();
        self.irq.next = self.irq_held.q.val();
    }
}
