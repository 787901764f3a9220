// A reset of one cycle, in whatever state the hardware is: from the next cycle on no channel of a master port
// is valid, nor an answer of a slave port (IHI 0022E, A3.1.2), and no interrupt is there.
`include "ports.svh"
module reset_rules (`IOMMU_INPUTS);
    reg aresetn = 1'b0;
    reg after = 1'b0;
    always @(posedge aclk) {aresetn, after} <= {1'b1, !aresetn};
`undef IOMMU_RESET
`define IOMMU_RESET
    `IOMMU_WIRES
    vcm_iommu dut (.*);
    // Nothing has been asked of memory since.
    always @(*) if (after) assume (!m_axi_rvalid && !m_axi_bvalid && !m_axi_ptw_rvalid);
    rule m_axi_is_silent (after, !m_axi_awvalid && !m_axi_wvalid && !m_axi_arvalid);
    rule m_axi_ptw_is_silent (after, !m_axi_ptw_arvalid);
    rule s_axi_is_silent (after, !s_axi_rvalid && !s_axi_bvalid);
    rule s_axil_is_silent (after, !s_axil_rvalid && !s_axil_bvalid);
    rule no_interrupt (after, !irq);
    seen busy_before (!aresetn && m_axi_awvalid && m_axi_arvalid && s_axi_rvalid && irq);
endmodule
