// The ports of vcm_iommu inside a proof: its inputs are those of the proof, free in every cycle.
`define IOMMU_INPUTS \
    input wire aclk, \
    input wire [15:0] s_axil_awaddr, \
    input wire [2:0] s_axil_awprot, \
    input wire s_axil_awvalid, \
    input wire [31:0] s_axil_wdata, \
    input wire [3:0] s_axil_wstrb, \
    input wire s_axil_wvalid, \
    input wire s_axil_bready, \
    input wire [15:0] s_axil_araddr, \
    input wire [2:0] s_axil_arprot, \
    input wire s_axil_arvalid, \
    input wire s_axil_rready, \
    input wire [7:0] s_axi_awid, \
    input wire [31:0] s_axi_awaddr, \
    input wire [7:0] s_axi_awlen, \
    input wire [2:0] s_axi_awsize, \
    input wire [1:0] s_axi_awburst, \
    input wire s_axi_awlock, \
    input wire [3:0] s_axi_awcache, \
    input wire [2:0] s_axi_awprot, \
    input wire [3:0] s_axi_awqos, \
    input wire s_axi_awvalid, \
    input wire [63:0] s_axi_wdata, \
    input wire [7:0] s_axi_wstrb, \
    input wire s_axi_wlast, \
    input wire s_axi_wvalid, \
    input wire s_axi_bready, \
    input wire [7:0] s_axi_arid, \
    input wire [31:0] s_axi_araddr, \
    input wire [7:0] s_axi_arlen, \
    input wire [2:0] s_axi_arsize, \
    input wire [1:0] s_axi_arburst, \
    input wire s_axi_arlock, \
    input wire [3:0] s_axi_arcache, \
    input wire [2:0] s_axi_arprot, \
    input wire [3:0] s_axi_arqos, \
    input wire s_axi_arvalid, \
    input wire s_axi_rready, \
    input wire [3:0] s_axi_awuser, \
    input wire [3:0] s_axi_aruser, \
    input wire m_axi_awready, \
    input wire m_axi_wready, \
    input wire [7:0] m_axi_bid, \
    input wire [1:0] m_axi_bresp, \
    input wire m_axi_bvalid, \
    input wire m_axi_arready, \
    input wire [7:0] m_axi_rid, \
    input wire [63:0] m_axi_rdata, \
    input wire [1:0] m_axi_rresp, \
    input wire m_axi_rlast, \
    input wire m_axi_rvalid, \
    input wire m_axi_ptw_arready, \
    input wire [1:0] m_axi_ptw_rid, \
    input wire [63:0] m_axi_ptw_rdata, \
    input wire [1:0] m_axi_ptw_rresp, \
    input wire m_axi_ptw_rlast, \
    input wire m_axi_ptw_rvalid

`define IOMMU_RESET wire aresetn = 1'b1;
`define IOMMU_WIRES \
    `IOMMU_RESET \
    wire s_axil_awready; \
    wire s_axil_wready; \
    wire [1:0] s_axil_bresp; \
    wire s_axil_bvalid; \
    wire s_axil_arready; \
    wire [31:0] s_axil_rdata; \
    wire [1:0] s_axil_rresp; \
    wire s_axil_rvalid; \
    wire s_axi_awready; \
    wire s_axi_wready; \
    wire [7:0] s_axi_bid; \
    wire [1:0] s_axi_bresp; \
    wire s_axi_bvalid; \
    wire s_axi_arready; \
    wire [7:0] s_axi_rid; \
    wire [63:0] s_axi_rdata; \
    wire [1:0] s_axi_rresp; \
    wire s_axi_rlast; \
    wire s_axi_rvalid; \
    wire [7:0] m_axi_awid; \
    wire [31:0] m_axi_awaddr; \
    wire [7:0] m_axi_awlen; \
    wire [2:0] m_axi_awsize; \
    wire [1:0] m_axi_awburst; \
    wire m_axi_awlock; \
    wire [3:0] m_axi_awcache; \
    wire [2:0] m_axi_awprot; \
    wire [3:0] m_axi_awqos; \
    wire m_axi_awvalid; \
    wire [63:0] m_axi_wdata; \
    wire [7:0] m_axi_wstrb; \
    wire m_axi_wlast; \
    wire m_axi_wvalid; \
    wire m_axi_bready; \
    wire [7:0] m_axi_arid; \
    wire [31:0] m_axi_araddr; \
    wire [7:0] m_axi_arlen; \
    wire [2:0] m_axi_arsize; \
    wire [1:0] m_axi_arburst; \
    wire m_axi_arlock; \
    wire [3:0] m_axi_arcache; \
    wire [2:0] m_axi_arprot; \
    wire [3:0] m_axi_arqos; \
    wire m_axi_arvalid; \
    wire m_axi_rready; \
    wire [1:0] m_axi_ptw_arid; \
    wire [31:0] m_axi_ptw_araddr; \
    wire [7:0] m_axi_ptw_arlen; \
    wire [2:0] m_axi_ptw_arsize; \
    wire [1:0] m_axi_ptw_arburst; \
    wire m_axi_ptw_arlock; \
    wire [3:0] m_axi_ptw_arcache; \
    wire [2:0] m_axi_ptw_arprot; \
    wire [3:0] m_axi_ptw_arqos; \
    wire [4:0] m_axi_ptw_aruser; \
    wire m_axi_ptw_arvalid; \
    wire m_axi_ptw_rready; \
    wire irq;
