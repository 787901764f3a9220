// The rules of AXI on every port of vcm_iommu, under any traffic and any register access.
`include "ports.svh"
`include "rules.svh"
module axi (`IOMMU_INPUTS);
    `IOMMU_WIRES
    vcm_iommu dut (.*);
    `IOMMU_RULES
    // WALK_ATTR.CACHE makes an ARCACHE that AXI allows: that is the driver's business.
    always @(*) if (s_axil_awvalid) assume (s_axil_awaddr[15:2] != 14'h000C);

    seen bypassed_read (m_axi_arvalid && m_axi_arqos == 4'd9);
    seen read_answered (s_axi_rvalid && s_axi_rresp == 0 && s_axi_rlast && s_axi_rready);
    seen read_refused (s_axi_rvalid && s_axi_rresp == 2'd3 && s_axi_rlast);
    seen write_answered (s_axi_bvalid && s_axi_bresp == 0);
    seen write_refused (s_axi_bvalid && s_axi_bresp == 2'd3);
    seen table_read (m_axi_ptw_arvalid && m_axi_ptw_arready);
    seen register_written (s_axil_bvalid && s_axil_bresp == 0);
    seen register_read (s_axil_rvalid && s_axil_rresp == 0 && s_axil_rdata != 0);
    seen two_writes_in_memory (memory_writes == 2);
    seen two_reads_in_memory (memory_reads == 2);
endmodule
