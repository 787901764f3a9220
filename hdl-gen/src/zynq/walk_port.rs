//! Table walks to the accelerator coherency port or a high-performance port.

use rust_hdl::prelude::*;

use super::axi3::*;
use super::slice::Slice;
use super::types::*;
use crate::axi::AxiReadSlave;

/// AXI4 to AXI3 for table walks: read only, at most 16 beats a burst, and in fact one.
///
/// The two bits of ID go through, to any port with so many. At the ACP a read is coherent when ARUSER\[0\]
/// and ARCACHE\[1\] are both 1 (UG585, chapter 3, Accelerator Coherency Port Interface): both are what the
/// IOMMU's walk-attribute register says. A high-performance port has no ARUSER. AR passes in the same
/// cycle, R comes a cycle later, out of a register.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct WalkPort {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub s_axi: AxiReadSlave<2>,
    pub m_axi: Axi3ReadMaster<ACP_ID_BITS>,
    r: Slice<ReadData>,
    read_data: Signal<Local, ReadData>,
}

impl Logic for WalkPort {
    #[hdl_gen]
    fn update(&mut self) {
        self.r.clock.next = self.clock.val();
        self.r.reset.next = self.reset.val();

        self.m_axi.arvalid.next = self.s_axi.arvalid.val();
        self.s_axi.arready.next = self.m_axi.arready.val();
        self.m_axi.arid.next = bit_cast::<ACP_ID_BITS, 2>(self.s_axi.arid.val());
        self.m_axi.araddr.next = self.s_axi.araddr.val();
        self.m_axi.arlen.next = self.s_axi.arlen.val().get_bits::<4>(0);
        self.m_axi.arsize.next = self.s_axi.arsize.val();
        self.m_axi.arburst.next = self.s_axi.arburst.val();
        self.m_axi.arlock.next = bit_cast::<2, 1>(self.s_axi.arlock.val().into());
        self.m_axi.arcache.next = self.s_axi.arcache.val();
        self.m_axi.arprot.next = self.s_axi.arprot.val();
        self.m_axi.arqos.next = self.s_axi.arqos.val();
        self.m_axi.aruser.next = self.s_axi.aruser.val();

        self.read_data.next.id = bit_cast::<8, ACP_ID_BITS>(self.m_axi.rid.val());
        self.read_data.next.data = self.m_axi.rdata.val();
        self.read_data.next.resp = self.m_axi.rresp.val();
        self.read_data.next.last = self.m_axi.rlast.val();
        self.r.s_valid.next = self.m_axi.rvalid.val();
        self.r.s_data.next = self.read_data.val();
        self.m_axi.rready.next = self.r.s_ready.val();
        self.s_axi.rvalid.next = self.r.m_valid.val();
        self.r.m_ready.next = self.s_axi.rready.val();
        self.s_axi.rid.next = self.r.m_data.val().id.get_bits::<2>(0);
        self.s_axi.rdata.next = self.r.m_data.val().data;
        self.s_axi.rresp.next = self.r.m_data.val().resp;
        self.s_axi.rlast.next = self.r.m_data.val().last;
    }
}
