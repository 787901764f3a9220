//! `vcm_zynq_core`: `vcm_soc` with bridges to the ports of the processing system.

use rust_hdl::prelude::*;

use super::axi3::*;
use super::data_port::DataPort;
use super::register_port::RegisterPort;
use super::types::*;
use super::walk_port::WalkPort;
use crate::axi::{AxiMaster, AxiReadMaster, AxilMaster};
use crate::iommu::config::ID_BITS;
use crate::soc::Soc;

/// All of the board design but the processing system itself, which `rtl/zynq/vcm_zynq.v` puts beside it.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct ZynqCore {
    pub aclk: Signal<In, Clock>,
    /// Active low, synchronous.
    pub aresetn: Signal<In, Bit>,
    /// From `M_AXI_GP0`.
    pub s_axi_gp: Axi3WordSlave<GP_ID_BITS>,
    /// To `S_AXI_HP0`.
    pub m_axi_hp: Axi3Master<HP_ID_BITS>,
    /// To `S_AXI_ACP` or `S_AXI_HP1`.
    pub m_axi_ptw: Axi3ReadMaster<ACP_ID_BITS>,
    /// To `IRQ_F2P[0]`: level, active high.
    pub irq: Signal<Out, Bit>,
    soc: Soc,
    registers: RegisterPort,
    data: DataPort,
    walk: WalkPort,
    reset: Signal<Local, Bit>,
}

impl Logic for ZynqCore {
    #[hdl_gen]
    fn update(&mut self) {
        self.reset.next = !self.aresetn.val();
        self.soc.aclk.next = self.aclk.val();
        self.soc.aresetn.next = self.aresetn.val();
        self.registers.clock.next = self.aclk.val();
        self.registers.reset.next = self.reset.val();
        self.data.clock.next = self.aclk.val();
        self.data.reset.next = self.reset.val();
        self.walk.clock.next = self.aclk.val();
        self.walk.reset.next = self.reset.val();
        Axi3WordSlave::<GP_ID_BITS>::link(&mut self.s_axi_gp, &mut self.registers.s_axi);
        AxilMaster::<16>::join(&mut self.registers.m_axil, &mut self.soc.s_axil);
        AxiMaster::<ID_BITS>::join(&mut self.soc.m_axi, &mut self.data.s_axi);
        Axi3Master::<HP_ID_BITS>::link(&mut self.m_axi_hp, &mut self.data.m_axi);
        AxiReadMaster::<2>::join(&mut self.soc.m_axi_ptw, &mut self.walk.s_axi);
        Axi3ReadMaster::<ACP_ID_BITS>::link(&mut self.m_axi_ptw, &mut self.walk.m_axi);
        self.irq.next = self.soc.irq.val();
    }
}
