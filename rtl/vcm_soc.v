// vcm_soc, generated from the Rust-HDL sources in hdl-gen/src by `make rtl`. Do not edit.
// A name ending in `_v` is a value under way; its process commits it once, at its end.

module vcm_soc (
    input  wire aclk,
    input  wire aresetn,
    input  wire [15:0] s_axil_awaddr,
    input  wire [2:0] s_axil_awprot,
    input  wire s_axil_awvalid,
    output wire s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0] s_axil_wstrb,
    input  wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input  wire s_axil_bready,
    input  wire [15:0] s_axil_araddr,
    input  wire [2:0] s_axil_arprot,
    input  wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input  wire s_axil_rready,
    output wire [7:0] m_axi_awid,
    output wire [31:0] m_axi_awaddr,
    output wire [7:0] m_axi_awlen,
    output wire [2:0] m_axi_awsize,
    output wire [1:0] m_axi_awburst,
    output wire m_axi_awlock,
    output wire [3:0] m_axi_awcache,
    output wire [2:0] m_axi_awprot,
    output wire [3:0] m_axi_awqos,
    output wire m_axi_awvalid,
    input  wire m_axi_awready,
    output wire [63:0] m_axi_wdata,
    output wire [7:0] m_axi_wstrb,
    output wire m_axi_wlast,
    output wire m_axi_wvalid,
    input  wire m_axi_wready,
    input  wire [7:0] m_axi_bid,
    input  wire [1:0] m_axi_bresp,
    input  wire m_axi_bvalid,
    output wire m_axi_bready,
    output wire [7:0] m_axi_arid,
    output wire [31:0] m_axi_araddr,
    output wire [7:0] m_axi_arlen,
    output wire [2:0] m_axi_arsize,
    output wire [1:0] m_axi_arburst,
    output wire m_axi_arlock,
    output wire [3:0] m_axi_arcache,
    output wire [2:0] m_axi_arprot,
    output wire [3:0] m_axi_arqos,
    output wire m_axi_arvalid,
    input  wire m_axi_arready,
    input  wire [7:0] m_axi_rid,
    input  wire [63:0] m_axi_rdata,
    input  wire [1:0] m_axi_rresp,
    input  wire m_axi_rlast,
    input  wire m_axi_rvalid,
    output wire m_axi_rready,
    output wire [1:0] m_axi_ptw_arid,
    output wire [31:0] m_axi_ptw_araddr,
    output wire [7:0] m_axi_ptw_arlen,
    output wire [2:0] m_axi_ptw_arsize,
    output wire [1:0] m_axi_ptw_arburst,
    output wire m_axi_ptw_arlock,
    output wire [3:0] m_axi_ptw_arcache,
    output wire [2:0] m_axi_ptw_arprot,
    output wire [3:0] m_axi_ptw_arqos,
    output wire [4:0] m_axi_ptw_aruser,
    output wire m_axi_ptw_arvalid,
    input  wire m_axi_ptw_arready,
    input  wire [1:0] m_axi_ptw_rid,
    input  wire [63:0] m_axi_ptw_rdata,
    input  wire [1:0] m_axi_ptw_rresp,
    input  wire m_axi_ptw_rlast,
    input  wire m_axi_ptw_rvalid,
    output wire m_axi_ptw_rready,
    output wire irq
);
    wire reset;
    wire [15:0] split_iommu_awaddr;
    wire [2:0] split_iommu_awprot;
    wire split_iommu_awvalid;
    wire [31:0] split_iommu_wdata;
    wire [3:0] split_iommu_wstrb;
    wire split_iommu_wvalid;
    wire split_iommu_bready;
    wire [15:0] split_iommu_araddr;
    wire [2:0] split_iommu_arprot;
    wire split_iommu_arvalid;
    wire split_iommu_rready;
    wire [15:0] split_dma_awaddr;
    wire [2:0] split_dma_awprot;
    wire split_dma_awvalid;
    wire [31:0] split_dma_wdata;
    wire [3:0] split_dma_wstrb;
    wire split_dma_wvalid;
    wire split_dma_bready;
    wire [15:0] split_dma_araddr;
    wire [2:0] split_dma_arprot;
    wire split_dma_arvalid;
    wire split_dma_rready;
    wire iommu_s_axil_awready;
    wire iommu_s_axil_wready;
    wire [1:0] iommu_s_axil_bresp;
    wire iommu_s_axil_bvalid;
    wire iommu_s_axil_arready;
    wire [31:0] iommu_s_axil_rdata;
    wire [1:0] iommu_s_axil_rresp;
    wire iommu_s_axil_rvalid;
    wire iommu_s_axi_awready;
    wire iommu_s_axi_wready;
    wire [7:0] iommu_s_axi_bid;
    wire [1:0] iommu_s_axi_bresp;
    wire iommu_s_axi_bvalid;
    wire iommu_s_axi_arready;
    wire [7:0] iommu_s_axi_rid;
    wire [63:0] iommu_s_axi_rdata;
    wire [1:0] iommu_s_axi_rresp;
    wire iommu_s_axi_rlast;
    wire iommu_s_axi_rvalid;
    wire iommu_irq;
    wire dma_s_axil_awready;
    wire dma_s_axil_wready;
    wire [1:0] dma_s_axil_bresp;
    wire dma_s_axil_bvalid;
    wire dma_s_axil_arready;
    wire [31:0] dma_s_axil_rdata;
    wire [1:0] dma_s_axil_rresp;
    wire dma_s_axil_rvalid;
    wire [7:0] dma_m_axi_awid;
    wire [31:0] dma_m_axi_awaddr;
    wire [7:0] dma_m_axi_awlen;
    wire [2:0] dma_m_axi_awsize;
    wire [1:0] dma_m_axi_awburst;
    wire dma_m_axi_awlock;
    wire [3:0] dma_m_axi_awcache;
    wire [2:0] dma_m_axi_awprot;
    wire [3:0] dma_m_axi_awqos;
    wire dma_m_axi_awvalid;
    wire [63:0] dma_m_axi_wdata;
    wire [7:0] dma_m_axi_wstrb;
    wire dma_m_axi_wlast;
    wire dma_m_axi_wvalid;
    wire dma_m_axi_bready;
    wire [7:0] dma_m_axi_arid;
    wire [31:0] dma_m_axi_araddr;
    wire [7:0] dma_m_axi_arlen;
    wire [2:0] dma_m_axi_arsize;
    wire [1:0] dma_m_axi_arburst;
    wire dma_m_axi_arlock;
    wire [3:0] dma_m_axi_arcache;
    wire [2:0] dma_m_axi_arprot;
    wire [3:0] dma_m_axi_arqos;
    wire dma_m_axi_arvalid;
    wire dma_m_axi_rready;
    wire [3:0] dma_m_axi_awuser;
    wire [3:0] dma_m_axi_aruser;
    wire dma_irq;
    reg  irq_held_q;

    assign irq = irq_held_q;
    assign reset = !aresetn;

    initial begin
        irq_held_q <= 1'h0;
    end
    always @(posedge aclk) begin
        if (reset) begin
            irq_held_q <= 1'h0;
        end else begin
            irq_held_q <= iommu_irq | dma_irq;
        end
    end

    vcm_soc_split split (
        .clock(aclk),
        .reset(reset),
        .s_axil_awaddr(s_axil_awaddr),
        .s_axil_awprot(s_axil_awprot),
        .s_axil_awvalid(s_axil_awvalid),
        .s_axil_awready(s_axil_awready),
        .s_axil_wdata(s_axil_wdata),
        .s_axil_wstrb(s_axil_wstrb),
        .s_axil_wvalid(s_axil_wvalid),
        .s_axil_wready(s_axil_wready),
        .s_axil_bresp(s_axil_bresp),
        .s_axil_bvalid(s_axil_bvalid),
        .s_axil_bready(s_axil_bready),
        .s_axil_araddr(s_axil_araddr),
        .s_axil_arprot(s_axil_arprot),
        .s_axil_arvalid(s_axil_arvalid),
        .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata),
        .s_axil_rresp(s_axil_rresp),
        .s_axil_rvalid(s_axil_rvalid),
        .s_axil_rready(s_axil_rready),
        .iommu_awaddr(split_iommu_awaddr),
        .iommu_awprot(split_iommu_awprot),
        .iommu_awvalid(split_iommu_awvalid),
        .iommu_awready(iommu_s_axil_awready),
        .iommu_wdata(split_iommu_wdata),
        .iommu_wstrb(split_iommu_wstrb),
        .iommu_wvalid(split_iommu_wvalid),
        .iommu_wready(iommu_s_axil_wready),
        .iommu_bresp(iommu_s_axil_bresp),
        .iommu_bvalid(iommu_s_axil_bvalid),
        .iommu_bready(split_iommu_bready),
        .iommu_araddr(split_iommu_araddr),
        .iommu_arprot(split_iommu_arprot),
        .iommu_arvalid(split_iommu_arvalid),
        .iommu_arready(iommu_s_axil_arready),
        .iommu_rdata(iommu_s_axil_rdata),
        .iommu_rresp(iommu_s_axil_rresp),
        .iommu_rvalid(iommu_s_axil_rvalid),
        .iommu_rready(split_iommu_rready),
        .dma_awaddr(split_dma_awaddr),
        .dma_awprot(split_dma_awprot),
        .dma_awvalid(split_dma_awvalid),
        .dma_awready(dma_s_axil_awready),
        .dma_wdata(split_dma_wdata),
        .dma_wstrb(split_dma_wstrb),
        .dma_wvalid(split_dma_wvalid),
        .dma_wready(dma_s_axil_wready),
        .dma_bresp(dma_s_axil_bresp),
        .dma_bvalid(dma_s_axil_bvalid),
        .dma_bready(split_dma_bready),
        .dma_araddr(split_dma_araddr),
        .dma_arprot(split_dma_arprot),
        .dma_arvalid(split_dma_arvalid),
        .dma_arready(dma_s_axil_arready),
        .dma_rdata(dma_s_axil_rdata),
        .dma_rresp(dma_s_axil_rresp),
        .dma_rvalid(dma_s_axil_rvalid),
        .dma_rready(split_dma_rready)
    );

    vcm_soc_iommu iommu (
        .aclk(aclk),
        .aresetn(aresetn),
        .s_axil_awaddr(split_iommu_awaddr),
        .s_axil_awprot(split_iommu_awprot),
        .s_axil_awvalid(split_iommu_awvalid),
        .s_axil_awready(iommu_s_axil_awready),
        .s_axil_wdata(split_iommu_wdata),
        .s_axil_wstrb(split_iommu_wstrb),
        .s_axil_wvalid(split_iommu_wvalid),
        .s_axil_wready(iommu_s_axil_wready),
        .s_axil_bresp(iommu_s_axil_bresp),
        .s_axil_bvalid(iommu_s_axil_bvalid),
        .s_axil_bready(split_iommu_bready),
        .s_axil_araddr(split_iommu_araddr),
        .s_axil_arprot(split_iommu_arprot),
        .s_axil_arvalid(split_iommu_arvalid),
        .s_axil_arready(iommu_s_axil_arready),
        .s_axil_rdata(iommu_s_axil_rdata),
        .s_axil_rresp(iommu_s_axil_rresp),
        .s_axil_rvalid(iommu_s_axil_rvalid),
        .s_axil_rready(split_iommu_rready),
        .s_axi_awid(dma_m_axi_awid),
        .s_axi_awaddr(dma_m_axi_awaddr),
        .s_axi_awlen(dma_m_axi_awlen),
        .s_axi_awsize(dma_m_axi_awsize),
        .s_axi_awburst(dma_m_axi_awburst),
        .s_axi_awlock(dma_m_axi_awlock),
        .s_axi_awcache(dma_m_axi_awcache),
        .s_axi_awprot(dma_m_axi_awprot),
        .s_axi_awqos(dma_m_axi_awqos),
        .s_axi_awvalid(dma_m_axi_awvalid),
        .s_axi_awready(iommu_s_axi_awready),
        .s_axi_wdata(dma_m_axi_wdata),
        .s_axi_wstrb(dma_m_axi_wstrb),
        .s_axi_wlast(dma_m_axi_wlast),
        .s_axi_wvalid(dma_m_axi_wvalid),
        .s_axi_wready(iommu_s_axi_wready),
        .s_axi_bid(iommu_s_axi_bid),
        .s_axi_bresp(iommu_s_axi_bresp),
        .s_axi_bvalid(iommu_s_axi_bvalid),
        .s_axi_bready(dma_m_axi_bready),
        .s_axi_arid(dma_m_axi_arid),
        .s_axi_araddr(dma_m_axi_araddr),
        .s_axi_arlen(dma_m_axi_arlen),
        .s_axi_arsize(dma_m_axi_arsize),
        .s_axi_arburst(dma_m_axi_arburst),
        .s_axi_arlock(dma_m_axi_arlock),
        .s_axi_arcache(dma_m_axi_arcache),
        .s_axi_arprot(dma_m_axi_arprot),
        .s_axi_arqos(dma_m_axi_arqos),
        .s_axi_arvalid(dma_m_axi_arvalid),
        .s_axi_arready(iommu_s_axi_arready),
        .s_axi_rid(iommu_s_axi_rid),
        .s_axi_rdata(iommu_s_axi_rdata),
        .s_axi_rresp(iommu_s_axi_rresp),
        .s_axi_rlast(iommu_s_axi_rlast),
        .s_axi_rvalid(iommu_s_axi_rvalid),
        .s_axi_rready(dma_m_axi_rready),
        .s_axi_awuser(dma_m_axi_awuser),
        .s_axi_aruser(dma_m_axi_aruser),
        .m_axi_awid(m_axi_awid),
        .m_axi_awaddr(m_axi_awaddr),
        .m_axi_awlen(m_axi_awlen),
        .m_axi_awsize(m_axi_awsize),
        .m_axi_awburst(m_axi_awburst),
        .m_axi_awlock(m_axi_awlock),
        .m_axi_awcache(m_axi_awcache),
        .m_axi_awprot(m_axi_awprot),
        .m_axi_awqos(m_axi_awqos),
        .m_axi_awvalid(m_axi_awvalid),
        .m_axi_awready(m_axi_awready),
        .m_axi_wdata(m_axi_wdata),
        .m_axi_wstrb(m_axi_wstrb),
        .m_axi_wlast(m_axi_wlast),
        .m_axi_wvalid(m_axi_wvalid),
        .m_axi_wready(m_axi_wready),
        .m_axi_bid(m_axi_bid),
        .m_axi_bresp(m_axi_bresp),
        .m_axi_bvalid(m_axi_bvalid),
        .m_axi_bready(m_axi_bready),
        .m_axi_arid(m_axi_arid),
        .m_axi_araddr(m_axi_araddr),
        .m_axi_arlen(m_axi_arlen),
        .m_axi_arsize(m_axi_arsize),
        .m_axi_arburst(m_axi_arburst),
        .m_axi_arlock(m_axi_arlock),
        .m_axi_arcache(m_axi_arcache),
        .m_axi_arprot(m_axi_arprot),
        .m_axi_arqos(m_axi_arqos),
        .m_axi_arvalid(m_axi_arvalid),
        .m_axi_arready(m_axi_arready),
        .m_axi_rid(m_axi_rid),
        .m_axi_rdata(m_axi_rdata),
        .m_axi_rresp(m_axi_rresp),
        .m_axi_rlast(m_axi_rlast),
        .m_axi_rvalid(m_axi_rvalid),
        .m_axi_rready(m_axi_rready),
        .m_axi_ptw_arid(m_axi_ptw_arid),
        .m_axi_ptw_araddr(m_axi_ptw_araddr),
        .m_axi_ptw_arlen(m_axi_ptw_arlen),
        .m_axi_ptw_arsize(m_axi_ptw_arsize),
        .m_axi_ptw_arburst(m_axi_ptw_arburst),
        .m_axi_ptw_arlock(m_axi_ptw_arlock),
        .m_axi_ptw_arcache(m_axi_ptw_arcache),
        .m_axi_ptw_arprot(m_axi_ptw_arprot),
        .m_axi_ptw_arqos(m_axi_ptw_arqos),
        .m_axi_ptw_aruser(m_axi_ptw_aruser),
        .m_axi_ptw_arvalid(m_axi_ptw_arvalid),
        .m_axi_ptw_arready(m_axi_ptw_arready),
        .m_axi_ptw_rid(m_axi_ptw_rid),
        .m_axi_ptw_rdata(m_axi_ptw_rdata),
        .m_axi_ptw_rresp(m_axi_ptw_rresp),
        .m_axi_ptw_rlast(m_axi_ptw_rlast),
        .m_axi_ptw_rvalid(m_axi_ptw_rvalid),
        .m_axi_ptw_rready(m_axi_ptw_rready),
        .irq(iommu_irq)
    );

    vcm_soc_dma dma (
        .clock(aclk),
        .reset(reset),
        .s_axil_awaddr(split_dma_awaddr),
        .s_axil_awprot(split_dma_awprot),
        .s_axil_awvalid(split_dma_awvalid),
        .s_axil_awready(dma_s_axil_awready),
        .s_axil_wdata(split_dma_wdata),
        .s_axil_wstrb(split_dma_wstrb),
        .s_axil_wvalid(split_dma_wvalid),
        .s_axil_wready(dma_s_axil_wready),
        .s_axil_bresp(dma_s_axil_bresp),
        .s_axil_bvalid(dma_s_axil_bvalid),
        .s_axil_bready(split_dma_bready),
        .s_axil_araddr(split_dma_araddr),
        .s_axil_arprot(split_dma_arprot),
        .s_axil_arvalid(split_dma_arvalid),
        .s_axil_arready(dma_s_axil_arready),
        .s_axil_rdata(dma_s_axil_rdata),
        .s_axil_rresp(dma_s_axil_rresp),
        .s_axil_rvalid(dma_s_axil_rvalid),
        .s_axil_rready(split_dma_rready),
        .m_axi_awid(dma_m_axi_awid),
        .m_axi_awaddr(dma_m_axi_awaddr),
        .m_axi_awlen(dma_m_axi_awlen),
        .m_axi_awsize(dma_m_axi_awsize),
        .m_axi_awburst(dma_m_axi_awburst),
        .m_axi_awlock(dma_m_axi_awlock),
        .m_axi_awcache(dma_m_axi_awcache),
        .m_axi_awprot(dma_m_axi_awprot),
        .m_axi_awqos(dma_m_axi_awqos),
        .m_axi_awvalid(dma_m_axi_awvalid),
        .m_axi_awready(iommu_s_axi_awready),
        .m_axi_wdata(dma_m_axi_wdata),
        .m_axi_wstrb(dma_m_axi_wstrb),
        .m_axi_wlast(dma_m_axi_wlast),
        .m_axi_wvalid(dma_m_axi_wvalid),
        .m_axi_wready(iommu_s_axi_wready),
        .m_axi_bid(iommu_s_axi_bid),
        .m_axi_bresp(iommu_s_axi_bresp),
        .m_axi_bvalid(iommu_s_axi_bvalid),
        .m_axi_bready(dma_m_axi_bready),
        .m_axi_arid(dma_m_axi_arid),
        .m_axi_araddr(dma_m_axi_araddr),
        .m_axi_arlen(dma_m_axi_arlen),
        .m_axi_arsize(dma_m_axi_arsize),
        .m_axi_arburst(dma_m_axi_arburst),
        .m_axi_arlock(dma_m_axi_arlock),
        .m_axi_arcache(dma_m_axi_arcache),
        .m_axi_arprot(dma_m_axi_arprot),
        .m_axi_arqos(dma_m_axi_arqos),
        .m_axi_arvalid(dma_m_axi_arvalid),
        .m_axi_arready(iommu_s_axi_arready),
        .m_axi_rid(iommu_s_axi_rid),
        .m_axi_rdata(iommu_s_axi_rdata),
        .m_axi_rresp(iommu_s_axi_rresp),
        .m_axi_rlast(iommu_s_axi_rlast),
        .m_axi_rvalid(iommu_s_axi_rvalid),
        .m_axi_rready(dma_m_axi_rready),
        .m_axi_awuser(dma_m_axi_awuser),
        .m_axi_aruser(dma_m_axi_aruser),
        .irq(dma_irq)
    );
endmodule

module vcm_soc_dma (
    input  wire clock,
    input  wire reset,
    input  wire [15:0] s_axil_awaddr,
    input  wire [2:0] s_axil_awprot,
    input  wire s_axil_awvalid,
    output wire s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0] s_axil_wstrb,
    input  wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input  wire s_axil_bready,
    input  wire [15:0] s_axil_araddr,
    input  wire [2:0] s_axil_arprot,
    input  wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input  wire s_axil_rready,
    output wire [7:0] m_axi_awid,
    output wire [31:0] m_axi_awaddr,
    output wire [7:0] m_axi_awlen,
    output wire [2:0] m_axi_awsize,
    output wire [1:0] m_axi_awburst,
    output wire m_axi_awlock,
    output wire [3:0] m_axi_awcache,
    output wire [2:0] m_axi_awprot,
    output wire [3:0] m_axi_awqos,
    output wire m_axi_awvalid,
    input  wire m_axi_awready,
    output wire [63:0] m_axi_wdata,
    output wire [7:0] m_axi_wstrb,
    output wire m_axi_wlast,
    output wire m_axi_wvalid,
    input  wire m_axi_wready,
    input  wire [7:0] m_axi_bid,
    input  wire [1:0] m_axi_bresp,
    input  wire m_axi_bvalid,
    output wire m_axi_bready,
    output wire [7:0] m_axi_arid,
    output wire [31:0] m_axi_araddr,
    output wire [7:0] m_axi_arlen,
    output wire [2:0] m_axi_arsize,
    output wire [1:0] m_axi_arburst,
    output wire m_axi_arlock,
    output wire [3:0] m_axi_arcache,
    output wire [2:0] m_axi_arprot,
    output wire [3:0] m_axi_arqos,
    output wire m_axi_arvalid,
    input  wire m_axi_arready,
    input  wire [7:0] m_axi_rid,
    input  wire [63:0] m_axi_rdata,
    input  wire [1:0] m_axi_rresp,
    input  wire m_axi_rlast,
    input  wire m_axi_rvalid,
    output wire m_axi_rready,
    output wire [3:0] m_axi_awuser,
    output wire [3:0] m_axi_aruser,
    output wire irq
);
    localparam [2:0] BEAT_SIZE = 3'h3;
    localparam [31:0] BUILD = 32'h10004;
    localparam [3:0] CACHE = 4'h3;
    localparam [15:0] CHANNELS = 16'h4100;
    localparam [31:0] IDENTITY = 32'h56434d44;
    localparam [1:0] INCR = 2'h1;

    wire [15:0] wr_place;
    wire [15:0] rd_place;
    reg  wr_hit;
    reg  rd_hit;
    reg  [31:0] rd_data;
    reg  [3:0] ended;
    reg  [3:0] issue_want;
    reg  [3:0] take_want;
    wire [1:0] plan_sel;
    reg  [31:0] plan_src;
    reg  [31:0] plan_dst;
    reg  [31:0] plan_len;
    reg  [31:0] plan_offset;
    reg  [2:0] plan_slot;
    wire [4:0] plan_entry;
    wire [1:0] take_sel;
    reg  [2:0] take_slot;
    wire [4:0] take_entry;
    wire [1:0] r_sel;
    reg  [2:0] fill_slot;
    reg  [4:0] fill_beat;
    reg  [1:0] fill_result;
    wire [4:0] fill_entry;
    wire [8:0] fill_word;
    wire [1:0] b_sel;
    reg  [2:0] ack_slot;
    wire [4:0] ack_entry;
    wire launch;
    wire front_wr;
    wire [15:0] front_wr_addr;
    wire [31:0] front_wr_data;
    wire [31:0] front_wr_mask;
    wire [15:0] front_rd_addr;
    wire idr0_wr_hit;
    wire idr0_rd_hit;
    wire [31:0] idr0_rd_data;
    wire idr1_wr_hit;
    wire idr1_rd_hit;
    wire [31:0] idr1_rd_data;
    wire [31:0] irq_status_value;
    wire irq_status_wr_hit;
    wire irq_status_rd_hit;
    wire [31:0] irq_status_rd_data;
    wire channel_0_wr;
    wire [15:0] channel_0_wr_addr;
    wire channel_0_wr_hit;
    wire [15:0] channel_0_rd_addr;
    wire channel_0_rd_hit;
    wire [31:0] channel_0_rd_data;
    wire channel_0_irq;
    wire [31:0] channel_0_src;
    wire [31:0] channel_0_dst;
    wire [31:0] channel_0_len;
    wire [31:0] channel_0_offset;
    wire channel_0_issue_want;
    wire [2:0] channel_0_issue_slot;
    wire channel_0_issue_hold;
    wire channel_0_issue;
    wire channel_0_fill;
    wire [2:0] channel_0_fill_slot;
    wire [4:0] channel_0_fill_beat;
    wire [1:0] channel_0_fill_result;
    wire channel_0_take_want;
    wire [2:0] channel_0_take_slot;
    wire channel_0_take_hold;
    wire channel_0_take;
    wire channel_0_launch;
    wire channel_0_fail;
    wire channel_0_ack;
    wire [2:0] channel_0_ack_slot;
    wire channel_1_wr;
    wire [15:0] channel_1_wr_addr;
    wire channel_1_wr_hit;
    wire [15:0] channel_1_rd_addr;
    wire channel_1_rd_hit;
    wire [31:0] channel_1_rd_data;
    wire channel_1_irq;
    wire [31:0] channel_1_src;
    wire [31:0] channel_1_dst;
    wire [31:0] channel_1_len;
    wire [31:0] channel_1_offset;
    wire channel_1_issue_want;
    wire [2:0] channel_1_issue_slot;
    wire channel_1_issue_hold;
    wire channel_1_issue;
    wire channel_1_fill;
    wire [2:0] channel_1_fill_slot;
    wire [4:0] channel_1_fill_beat;
    wire [1:0] channel_1_fill_result;
    wire channel_1_take_want;
    wire [2:0] channel_1_take_slot;
    wire channel_1_take_hold;
    wire channel_1_take;
    wire channel_1_launch;
    wire channel_1_fail;
    wire channel_1_ack;
    wire [2:0] channel_1_ack_slot;
    wire channel_2_wr;
    wire [15:0] channel_2_wr_addr;
    wire channel_2_wr_hit;
    wire [15:0] channel_2_rd_addr;
    wire channel_2_rd_hit;
    wire [31:0] channel_2_rd_data;
    wire channel_2_irq;
    wire [31:0] channel_2_src;
    wire [31:0] channel_2_dst;
    wire [31:0] channel_2_len;
    wire [31:0] channel_2_offset;
    wire channel_2_issue_want;
    wire [2:0] channel_2_issue_slot;
    wire channel_2_issue_hold;
    wire channel_2_issue;
    wire channel_2_fill;
    wire [2:0] channel_2_fill_slot;
    wire [4:0] channel_2_fill_beat;
    wire [1:0] channel_2_fill_result;
    wire channel_2_take_want;
    wire [2:0] channel_2_take_slot;
    wire channel_2_take_hold;
    wire channel_2_take;
    wire channel_2_launch;
    wire channel_2_fail;
    wire channel_2_ack;
    wire [2:0] channel_2_ack_slot;
    wire channel_3_wr;
    wire [15:0] channel_3_wr_addr;
    wire channel_3_wr_hit;
    wire [15:0] channel_3_rd_addr;
    wire channel_3_rd_hit;
    wire [31:0] channel_3_rd_data;
    wire channel_3_irq;
    wire [31:0] channel_3_src;
    wire [31:0] channel_3_dst;
    wire [31:0] channel_3_len;
    wire [31:0] channel_3_offset;
    wire channel_3_issue_want;
    wire [2:0] channel_3_issue_slot;
    wire channel_3_issue_hold;
    wire channel_3_issue;
    wire channel_3_fill;
    wire [2:0] channel_3_fill_slot;
    wire [4:0] channel_3_fill_beat;
    wire [1:0] channel_3_fill_result;
    wire channel_3_take_want;
    wire [2:0] channel_3_take_slot;
    wire channel_3_take_hold;
    wire channel_3_take;
    wire channel_3_launch;
    wire channel_3_fail;
    wire channel_3_ack;
    wire [2:0] channel_3_ack_slot;
    wire [1:0] planner_sel;
    wire planner_hold;
    wire planner_issue;
    wire [31:0] planner_issue_end;
    wire [31:0] planner_chunk_src;
    wire [31:0] planner_chunk_dst;
    wire [8:0] planner_chunk_len;
    wire [1:0] planner_ar_channel;
    wire [4:0] planner_ar_len;
    wire [1:0] scheduler_sel;
    wire scheduler_hold;
    wire scheduler_take;
    wire scheduler_fail;
    wire [1:0] scheduler_fail_resp;
    wire [31:0] scheduler_fail_addr;
    wire [1:0] scheduler_aw_channel;
    wire [4:0] scheduler_aw_len;
    wire scheduler_job_valid;
    wire [1:0] scheduler_job_channel;
    wire [1:0] scheduler_job_slot;
    wire [2:0] scheduler_job_turn;
    wire [7:0] scheduler_job_keep;
    wire scheduler_job_lag;
    wire [4:0] scheduler_job_len;
    wire [7:0] scheduler_job_head;
    wire [7:0] scheduler_job_tail;
    wire stream_job_ready;
    wire stream_read;
    wire [8:0] stream_read_address;
    wire [63:0] buffer_read_data;
    wire [31:0] chunk_src_read_data;
    wire [31:0] chunk_dst_read_data;
    wire [8:0] chunk_len_read_data;
    wire chunk_resp_write;
    wire [1:0] chunk_resp_read_data;
    wire [31:0] ack_dst_read_data;
    wire [8:0] ack_len_read_data;
    reg  r_valid_q;
    reg  [1:0] r_channel_q;
    reg  [63:0] r_data_q;
    reg  [1:0] r_resp_q;
    reg  r_last_q;
    reg  b_valid_q;
    reg  [1:0] b_channel_q;
    reg  [1:0] b_resp_q;
    reg  wr_hit_v;
    reg  rd_hit_v;
    reg  [31:0] rd_data_v;
    reg  [3:0] ended_v;
    reg  [3:0] issue_want_v;
    reg  [31:0] plan_src_v;
    reg  [31:0] plan_dst_v;
    reg  [31:0] plan_len_v;
    reg  [31:0] plan_offset_v;
    reg  [2:0] plan_slot_v;
    reg  [2:0] fill_slot_v;
    reg  [4:0] fill_beat_v;
    reg  [1:0] fill_result_v;
    reg  [3:0] take_want_v;
    reg  [2:0] take_slot_v;
    reg  [2:0] ack_slot_v;

    assign m_axi_awid = {6'h0, scheduler_aw_channel};
    assign m_axi_awlen = {3'h0, scheduler_aw_len};
    assign m_axi_awsize = BEAT_SIZE;
    assign m_axi_awburst = INCR;
    assign m_axi_awlock = 1'b0;
    assign m_axi_awcache = CACHE;
    assign m_axi_awprot = 3'h0;
    assign m_axi_awqos = 4'h0;
    assign m_axi_bready = 1'b1;
    assign m_axi_arid = {6'h0, planner_ar_channel};
    assign m_axi_arlen = {3'h0, planner_ar_len};
    assign m_axi_arsize = BEAT_SIZE;
    assign m_axi_arburst = INCR;
    assign m_axi_arlock = 1'b0;
    assign m_axi_arcache = CACHE;
    assign m_axi_arprot = 3'h0;
    assign m_axi_arqos = 4'h0;
    assign m_axi_rready = 1'b1;
    assign m_axi_awuser = {2'h0, scheduler_aw_channel};
    assign m_axi_aruser = {2'h0, planner_ar_channel};
    assign irq = |ended;
    assign wr_place = front_wr_addr - CHANNELS;
    assign rd_place = front_rd_addr - CHANNELS;
    assign plan_sel = planner_sel;
    assign plan_entry = ({3'h0, plan_sel} << 3) | {2'h0, plan_slot};
    assign take_sel = scheduler_sel;
    assign take_entry = ({3'h0, take_sel} << 3) | {2'h0, take_slot};
    assign r_sel = r_channel_q;
    assign fill_entry = ({3'h0, r_sel} << 3) | {2'h0, fill_slot};
    assign fill_word = (({7'h0, r_sel} << 7) | ({7'h0, fill_slot[1:0]} << 5)) | {4'h0, fill_beat};
    assign b_sel = b_channel_q;
    assign ack_entry = ({3'h0, b_sel} << 3) | {2'h0, ack_slot};
    assign launch = scheduler_job_valid & stream_job_ready;
    assign irq_status_value = {28'h0, ended};
    assign channel_0_wr = front_wr & (wr_place[15:6] == 10'h0);
    assign channel_0_wr_addr = {10'h0, wr_place[5:0]};
    assign channel_0_rd_addr = {10'h0, rd_place[5:0]};
    assign channel_0_issue_hold = planner_hold & (planner_sel == 2'h0);
    assign channel_0_issue = planner_issue & (planner_sel == 2'h0);
    assign channel_0_fill = r_valid_q & (r_channel_q == 2'h0);
    assign channel_0_take_hold = scheduler_hold & (scheduler_sel == 2'h0);
    assign channel_0_take = scheduler_take & (scheduler_sel == 2'h0);
    assign channel_0_launch = launch & (scheduler_job_channel == 2'h0);
    assign channel_0_fail = scheduler_fail & (scheduler_sel == 2'h0);
    assign channel_0_ack = b_valid_q & (b_channel_q == 2'h0);
    assign channel_1_wr = front_wr & (wr_place[15:6] == 10'h1);
    assign channel_1_wr_addr = {10'h0, wr_place[5:0]};
    assign channel_1_rd_addr = {10'h0, rd_place[5:0]};
    assign channel_1_issue_hold = planner_hold & (planner_sel == 2'h1);
    assign channel_1_issue = planner_issue & (planner_sel == 2'h1);
    assign channel_1_fill = r_valid_q & (r_channel_q == 2'h1);
    assign channel_1_take_hold = scheduler_hold & (scheduler_sel == 2'h1);
    assign channel_1_take = scheduler_take & (scheduler_sel == 2'h1);
    assign channel_1_launch = launch & (scheduler_job_channel == 2'h1);
    assign channel_1_fail = scheduler_fail & (scheduler_sel == 2'h1);
    assign channel_1_ack = b_valid_q & (b_channel_q == 2'h1);
    assign channel_2_wr = front_wr & (wr_place[15:6] == 10'h2);
    assign channel_2_wr_addr = {10'h0, wr_place[5:0]};
    assign channel_2_rd_addr = {10'h0, rd_place[5:0]};
    assign channel_2_issue_hold = planner_hold & (planner_sel == 2'h2);
    assign channel_2_issue = planner_issue & (planner_sel == 2'h2);
    assign channel_2_fill = r_valid_q & (r_channel_q == 2'h2);
    assign channel_2_take_hold = scheduler_hold & (scheduler_sel == 2'h2);
    assign channel_2_take = scheduler_take & (scheduler_sel == 2'h2);
    assign channel_2_launch = launch & (scheduler_job_channel == 2'h2);
    assign channel_2_fail = scheduler_fail & (scheduler_sel == 2'h2);
    assign channel_2_ack = b_valid_q & (b_channel_q == 2'h2);
    assign channel_3_wr = front_wr & (wr_place[15:6] == 10'h3);
    assign channel_3_wr_addr = {10'h0, wr_place[5:0]};
    assign channel_3_rd_addr = {10'h0, rd_place[5:0]};
    assign channel_3_issue_hold = planner_hold & (planner_sel == 2'h3);
    assign channel_3_issue = planner_issue & (planner_sel == 2'h3);
    assign channel_3_fill = r_valid_q & (r_channel_q == 2'h3);
    assign channel_3_take_hold = scheduler_hold & (scheduler_sel == 2'h3);
    assign channel_3_take = scheduler_take & (scheduler_sel == 2'h3);
    assign channel_3_launch = launch & (scheduler_job_channel == 2'h3);
    assign channel_3_fail = scheduler_fail & (scheduler_sel == 2'h3);
    assign channel_3_ack = b_valid_q & (b_channel_q == 2'h3);
    assign chunk_resp_write = r_valid_q & r_last_q;

    always @* begin
        wr_hit_v = (idr0_wr_hit | idr1_wr_hit) | irq_status_wr_hit;
        if (wr_place[15:6] == 10'h0) begin
            wr_hit_v = wr_hit_v | channel_0_wr_hit;
        end
        if (wr_place[15:6] == 10'h1) begin
            wr_hit_v = wr_hit_v | channel_1_wr_hit;
        end
        if (wr_place[15:6] == 10'h2) begin
            wr_hit_v = wr_hit_v | channel_2_wr_hit;
        end
        if (wr_place[15:6] == 10'h3) begin
            wr_hit_v = wr_hit_v | channel_3_wr_hit;
        end
        wr_hit = wr_hit_v;
    end

    always @* begin
        rd_hit_v = (idr0_rd_hit | idr1_rd_hit) | irq_status_rd_hit;
        rd_data_v = (idr0_rd_data | idr1_rd_data) | irq_status_rd_data;
        if (rd_place[15:6] == 10'h0) begin
            rd_hit_v = rd_hit_v | channel_0_rd_hit;
            rd_data_v = rd_data_v | channel_0_rd_data;
        end
        if (rd_place[15:6] == 10'h1) begin
            rd_hit_v = rd_hit_v | channel_1_rd_hit;
            rd_data_v = rd_data_v | channel_1_rd_data;
        end
        if (rd_place[15:6] == 10'h2) begin
            rd_hit_v = rd_hit_v | channel_2_rd_hit;
            rd_data_v = rd_data_v | channel_2_rd_data;
        end
        if (rd_place[15:6] == 10'h3) begin
            rd_hit_v = rd_hit_v | channel_3_rd_hit;
            rd_data_v = rd_data_v | channel_3_rd_data;
        end
        rd_hit = rd_hit_v;
        rd_data = rd_data_v;
    end

    always @* begin
        ended_v = 4'h0;
        ended_v = (ended_v & 4'he) | ({3'h0, channel_0_irq} << 0);
        ended_v = (ended_v & 4'hd) | ({3'h0, channel_1_irq} << 1);
        ended_v = (ended_v & 4'hb) | ({3'h0, channel_2_irq} << 2);
        ended_v = (ended_v & 4'h7) | ({3'h0, channel_3_irq} << 3);
        ended = ended_v;
    end

    always @* begin
        issue_want_v = 4'h0;
        issue_want_v = (issue_want_v & 4'he) | ({3'h0, channel_0_issue_want} << 0);
        issue_want_v = (issue_want_v & 4'hd) | ({3'h0, channel_1_issue_want} << 1);
        issue_want_v = (issue_want_v & 4'hb) | ({3'h0, channel_2_issue_want} << 2);
        issue_want_v = (issue_want_v & 4'h7) | ({3'h0, channel_3_issue_want} << 3);
        issue_want = issue_want_v;
    end

    always @* begin
        if (plan_sel[1]) begin
            if (plan_sel[0]) begin
                plan_src_v = channel_3_src;
                plan_dst_v = channel_3_dst;
                plan_len_v = channel_3_len;
                plan_offset_v = channel_3_offset;
                plan_slot_v = channel_3_issue_slot;
            end else begin
                plan_src_v = channel_2_src;
                plan_dst_v = channel_2_dst;
                plan_len_v = channel_2_len;
                plan_offset_v = channel_2_offset;
                plan_slot_v = channel_2_issue_slot;
            end
        end else if (plan_sel[0]) begin
            plan_src_v = channel_1_src;
            plan_dst_v = channel_1_dst;
            plan_len_v = channel_1_len;
            plan_offset_v = channel_1_offset;
            plan_slot_v = channel_1_issue_slot;
        end else begin
            plan_src_v = channel_0_src;
            plan_dst_v = channel_0_dst;
            plan_len_v = channel_0_len;
            plan_offset_v = channel_0_offset;
            plan_slot_v = channel_0_issue_slot;
        end
        plan_src = plan_src_v;
        plan_dst = plan_dst_v;
        plan_len = plan_len_v;
        plan_offset = plan_offset_v;
        plan_slot = plan_slot_v;
    end

    always @* begin
        if (r_sel[1]) begin
            if (r_sel[0]) begin
                fill_slot_v = channel_3_fill_slot;
                fill_beat_v = channel_3_fill_beat;
                fill_result_v = channel_3_fill_result;
            end else begin
                fill_slot_v = channel_2_fill_slot;
                fill_beat_v = channel_2_fill_beat;
                fill_result_v = channel_2_fill_result;
            end
        end else if (r_sel[0]) begin
            fill_slot_v = channel_1_fill_slot;
            fill_beat_v = channel_1_fill_beat;
            fill_result_v = channel_1_fill_result;
        end else begin
            fill_slot_v = channel_0_fill_slot;
            fill_beat_v = channel_0_fill_beat;
            fill_result_v = channel_0_fill_result;
        end
        fill_slot = fill_slot_v;
        fill_beat = fill_beat_v;
        fill_result = fill_result_v;
    end

    always @* begin
        take_want_v = 4'h0;
        take_want_v = (take_want_v & 4'he) | ({3'h0, channel_0_take_want} << 0);
        take_want_v = (take_want_v & 4'hd) | ({3'h0, channel_1_take_want} << 1);
        take_want_v = (take_want_v & 4'hb) | ({3'h0, channel_2_take_want} << 2);
        take_want_v = (take_want_v & 4'h7) | ({3'h0, channel_3_take_want} << 3);
        take_want = take_want_v;
    end

    always @* begin
        if (take_sel[1]) begin
            if (take_sel[0]) begin
                take_slot_v = channel_3_take_slot;
            end else begin
                take_slot_v = channel_2_take_slot;
            end
        end else if (take_sel[0]) begin
            take_slot_v = channel_1_take_slot;
        end else begin
            take_slot_v = channel_0_take_slot;
        end
        take_slot = take_slot_v;
    end

    always @* begin
        if (b_sel[1]) begin
            if (b_sel[0]) begin
                ack_slot_v = channel_3_ack_slot;
            end else begin
                ack_slot_v = channel_2_ack_slot;
            end
        end else if (b_sel[0]) begin
            ack_slot_v = channel_1_ack_slot;
        end else begin
            ack_slot_v = channel_0_ack_slot;
        end
        ack_slot = ack_slot_v;
    end

    initial begin
        r_valid_q <= 1'h0;
        r_channel_q <= 2'h0;
        r_data_q <= 64'h0;
        r_resp_q <= 2'h0;
        r_last_q <= 1'h0;
        b_valid_q <= 1'h0;
        b_channel_q <= 2'h0;
        b_resp_q <= 2'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            r_valid_q <= 1'h0;
            r_channel_q <= 2'h0;
            r_data_q <= 64'h0;
            r_resp_q <= 2'h0;
            r_last_q <= 1'h0;
            b_valid_q <= 1'h0;
            b_channel_q <= 2'h0;
            b_resp_q <= 2'h0;
        end else begin
            r_valid_q <= m_axi_rvalid;
            r_channel_q <= m_axi_rid[1:0];
            r_data_q <= m_axi_rdata;
            r_resp_q <= m_axi_rresp;
            r_last_q <= m_axi_rlast;
            b_valid_q <= m_axi_bvalid;
            b_channel_q <= m_axi_bid[1:0];
            b_resp_q <= m_axi_bresp;
        end
    end

    vcm_soc_iommu_registers_axil front (
        .clock(clock),
        .reset(reset),
        .s_axil_awaddr(s_axil_awaddr),
        .s_axil_awprot(s_axil_awprot),
        .s_axil_awvalid(s_axil_awvalid),
        .s_axil_awready(s_axil_awready),
        .s_axil_wdata(s_axil_wdata),
        .s_axil_wstrb(s_axil_wstrb),
        .s_axil_wvalid(s_axil_wvalid),
        .s_axil_wready(s_axil_wready),
        .s_axil_bresp(s_axil_bresp),
        .s_axil_bvalid(s_axil_bvalid),
        .s_axil_bready(s_axil_bready),
        .s_axil_araddr(s_axil_araddr),
        .s_axil_arprot(s_axil_arprot),
        .s_axil_arvalid(s_axil_arvalid),
        .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata),
        .s_axil_rresp(s_axil_rresp),
        .s_axil_rvalid(s_axil_rvalid),
        .s_axil_rready(s_axil_rready),
        .hold(1'b0),
        .wr(front_wr),
        .wr_addr(front_wr_addr),
        .wr_data(front_wr_data),
        .wr_strb(),
        .wr_mask(front_wr_mask),
        .wr_ok(wr_hit),
        .rd(),
        .rd_addr(front_rd_addr),
        .rd_ok(rd_hit),
        .rd_data(rd_data)
    );

    vcm_soc_dma_idr0 #(
        .ADDRESS(16'h4000)
    ) idr0 (
        .wr_addr(front_wr_addr),
        .rd_addr(front_rd_addr),
        .value(IDENTITY),
        .wr_hit(idr0_wr_hit),
        .rd_hit(idr0_rd_hit),
        .rd_data(idr0_rd_data)
    );

    vcm_soc_dma_idr0 #(
        .ADDRESS(16'h4004)
    ) idr1 (
        .wr_addr(front_wr_addr),
        .rd_addr(front_rd_addr),
        .value(BUILD),
        .wr_hit(idr1_wr_hit),
        .rd_hit(idr1_rd_hit),
        .rd_data(idr1_rd_data)
    );

    vcm_soc_dma_idr0 #(
        .ADDRESS(16'h4008)
    ) irq_status (
        .wr_addr(front_wr_addr),
        .rd_addr(front_rd_addr),
        .value(irq_status_value),
        .wr_hit(irq_status_wr_hit),
        .rd_hit(irq_status_rd_hit),
        .rd_data(irq_status_rd_data)
    );

    vcm_soc_dma_channel channel_0 (
        .clock(clock),
        .reset(reset),
        .number(8'h0),
        .wr(channel_0_wr),
        .wr_addr(channel_0_wr_addr),
        .wr_data(front_wr_data),
        .wr_mask(front_wr_mask),
        .wr_hit(channel_0_wr_hit),
        .rd_addr(channel_0_rd_addr),
        .rd_hit(channel_0_rd_hit),
        .rd_data(channel_0_rd_data),
        .irq(channel_0_irq),
        .src(channel_0_src),
        .dst(channel_0_dst),
        .len(channel_0_len),
        .offset(channel_0_offset),
        .issue_want(channel_0_issue_want),
        .issue_slot(channel_0_issue_slot),
        .issue_hold(channel_0_issue_hold),
        .issue(channel_0_issue),
        .issue_end(planner_issue_end),
        .fill(channel_0_fill),
        .fill_last(r_last_q),
        .fill_resp(r_resp_q),
        .fill_slot(channel_0_fill_slot),
        .fill_beat(channel_0_fill_beat),
        .fill_result(channel_0_fill_result),
        .take_want(channel_0_take_want),
        .take_slot(channel_0_take_slot),
        .take_hold(channel_0_take_hold),
        .take(channel_0_take),
        .launch(channel_0_launch),
        .fail(channel_0_fail),
        .fail_resp(scheduler_fail_resp),
        .fail_addr(scheduler_fail_addr),
        .ack(channel_0_ack),
        .ack_resp(b_resp_q),
        .ack_addr(ack_dst_read_data),
        .ack_len(ack_len_read_data),
        .ack_slot(channel_0_ack_slot)
    );

    vcm_soc_dma_channel channel_1 (
        .clock(clock),
        .reset(reset),
        .number(8'h1),
        .wr(channel_1_wr),
        .wr_addr(channel_1_wr_addr),
        .wr_data(front_wr_data),
        .wr_mask(front_wr_mask),
        .wr_hit(channel_1_wr_hit),
        .rd_addr(channel_1_rd_addr),
        .rd_hit(channel_1_rd_hit),
        .rd_data(channel_1_rd_data),
        .irq(channel_1_irq),
        .src(channel_1_src),
        .dst(channel_1_dst),
        .len(channel_1_len),
        .offset(channel_1_offset),
        .issue_want(channel_1_issue_want),
        .issue_slot(channel_1_issue_slot),
        .issue_hold(channel_1_issue_hold),
        .issue(channel_1_issue),
        .issue_end(planner_issue_end),
        .fill(channel_1_fill),
        .fill_last(r_last_q),
        .fill_resp(r_resp_q),
        .fill_slot(channel_1_fill_slot),
        .fill_beat(channel_1_fill_beat),
        .fill_result(channel_1_fill_result),
        .take_want(channel_1_take_want),
        .take_slot(channel_1_take_slot),
        .take_hold(channel_1_take_hold),
        .take(channel_1_take),
        .launch(channel_1_launch),
        .fail(channel_1_fail),
        .fail_resp(scheduler_fail_resp),
        .fail_addr(scheduler_fail_addr),
        .ack(channel_1_ack),
        .ack_resp(b_resp_q),
        .ack_addr(ack_dst_read_data),
        .ack_len(ack_len_read_data),
        .ack_slot(channel_1_ack_slot)
    );

    vcm_soc_dma_channel channel_2 (
        .clock(clock),
        .reset(reset),
        .number(8'h2),
        .wr(channel_2_wr),
        .wr_addr(channel_2_wr_addr),
        .wr_data(front_wr_data),
        .wr_mask(front_wr_mask),
        .wr_hit(channel_2_wr_hit),
        .rd_addr(channel_2_rd_addr),
        .rd_hit(channel_2_rd_hit),
        .rd_data(channel_2_rd_data),
        .irq(channel_2_irq),
        .src(channel_2_src),
        .dst(channel_2_dst),
        .len(channel_2_len),
        .offset(channel_2_offset),
        .issue_want(channel_2_issue_want),
        .issue_slot(channel_2_issue_slot),
        .issue_hold(channel_2_issue_hold),
        .issue(channel_2_issue),
        .issue_end(planner_issue_end),
        .fill(channel_2_fill),
        .fill_last(r_last_q),
        .fill_resp(r_resp_q),
        .fill_slot(channel_2_fill_slot),
        .fill_beat(channel_2_fill_beat),
        .fill_result(channel_2_fill_result),
        .take_want(channel_2_take_want),
        .take_slot(channel_2_take_slot),
        .take_hold(channel_2_take_hold),
        .take(channel_2_take),
        .launch(channel_2_launch),
        .fail(channel_2_fail),
        .fail_resp(scheduler_fail_resp),
        .fail_addr(scheduler_fail_addr),
        .ack(channel_2_ack),
        .ack_resp(b_resp_q),
        .ack_addr(ack_dst_read_data),
        .ack_len(ack_len_read_data),
        .ack_slot(channel_2_ack_slot)
    );

    vcm_soc_dma_channel channel_3 (
        .clock(clock),
        .reset(reset),
        .number(8'h3),
        .wr(channel_3_wr),
        .wr_addr(channel_3_wr_addr),
        .wr_data(front_wr_data),
        .wr_mask(front_wr_mask),
        .wr_hit(channel_3_wr_hit),
        .rd_addr(channel_3_rd_addr),
        .rd_hit(channel_3_rd_hit),
        .rd_data(channel_3_rd_data),
        .irq(channel_3_irq),
        .src(channel_3_src),
        .dst(channel_3_dst),
        .len(channel_3_len),
        .offset(channel_3_offset),
        .issue_want(channel_3_issue_want),
        .issue_slot(channel_3_issue_slot),
        .issue_hold(channel_3_issue_hold),
        .issue(channel_3_issue),
        .issue_end(planner_issue_end),
        .fill(channel_3_fill),
        .fill_last(r_last_q),
        .fill_resp(r_resp_q),
        .fill_slot(channel_3_fill_slot),
        .fill_beat(channel_3_fill_beat),
        .fill_result(channel_3_fill_result),
        .take_want(channel_3_take_want),
        .take_slot(channel_3_take_slot),
        .take_hold(channel_3_take_hold),
        .take(channel_3_take),
        .launch(channel_3_launch),
        .fail(channel_3_fail),
        .fail_resp(scheduler_fail_resp),
        .fail_addr(scheduler_fail_addr),
        .ack(channel_3_ack),
        .ack_resp(b_resp_q),
        .ack_addr(ack_dst_read_data),
        .ack_len(ack_len_read_data),
        .ack_slot(channel_3_ack_slot)
    );

    vcm_soc_dma_planner planner (
        .clock(clock),
        .reset(reset),
        .want(issue_want),
        .sel(planner_sel),
        .hold(planner_hold),
        .src(plan_src),
        .dst(plan_dst),
        .len(plan_len),
        .offset(plan_offset),
        .issue(planner_issue),
        .issue_end(planner_issue_end),
        .chunk_src(planner_chunk_src),
        .chunk_dst(planner_chunk_dst),
        .chunk_len(planner_chunk_len),
        .ar_channel(planner_ar_channel),
        .ar_addr(m_axi_araddr),
        .ar_len(planner_ar_len),
        .ar_valid(m_axi_arvalid),
        .ar_ready(m_axi_arready)
    );

    vcm_soc_dma_scheduler scheduler (
        .clock(clock),
        .reset(reset),
        .want(take_want),
        .sel(scheduler_sel),
        .hold(scheduler_hold),
        .src(chunk_src_read_data),
        .dst(chunk_dst_read_data),
        .len(chunk_len_read_data),
        .resp(chunk_resp_read_data),
        .slot(take_slot[1:0]),
        .take(scheduler_take),
        .fail(scheduler_fail),
        .fail_resp(scheduler_fail_resp),
        .fail_addr(scheduler_fail_addr),
        .aw_channel(scheduler_aw_channel),
        .aw_addr(m_axi_awaddr),
        .aw_len(scheduler_aw_len),
        .aw_valid(m_axi_awvalid),
        .aw_ready(m_axi_awready),
        .job_valid(scheduler_job_valid),
        .job_ready(stream_job_ready),
        .job_channel(scheduler_job_channel),
        .job_slot(scheduler_job_slot),
        .job_turn(scheduler_job_turn),
        .job_keep(scheduler_job_keep),
        .job_lag(scheduler_job_lag),
        .job_len(scheduler_job_len),
        .job_head(scheduler_job_head),
        .job_tail(scheduler_job_tail)
    );

    vcm_soc_dma_stream stream (
        .clock(clock),
        .reset(reset),
        .job_valid(scheduler_job_valid),
        .job_ready(stream_job_ready),
        .job_channel(scheduler_job_channel),
        .job_slot(scheduler_job_slot),
        .job_turn(scheduler_job_turn),
        .job_keep(scheduler_job_keep),
        .job_lag(scheduler_job_lag),
        .job_len(scheduler_job_len),
        .job_head(scheduler_job_head),
        .job_tail(scheduler_job_tail),
        .read(stream_read),
        .read_address(stream_read_address),
        .read_data(buffer_read_data),
        .w_data(m_axi_wdata),
        .w_strb(m_axi_wstrb),
        .w_last(m_axi_wlast),
        .w_valid(m_axi_wvalid),
        .w_ready(m_axi_wready)
    );

    vcm_soc_block_ram_3 buffer (
        .clock(clock),
        .write(r_valid_q),
        .write_address(fill_word),
        .write_data(r_data_q),
        .read(stream_read),
        .read_address(stream_read_address),
        .read_data(buffer_read_data)
    );

    vcm_soc_lut_ram_3 chunk_src (
        .clock(clock),
        .write(planner_issue),
        .write_address(plan_entry),
        .write_data(planner_chunk_src),
        .read_address(take_entry),
        .read_data(chunk_src_read_data)
    );

    vcm_soc_lut_ram_3 chunk_dst (
        .clock(clock),
        .write(planner_issue),
        .write_address(plan_entry),
        .write_data(planner_chunk_dst),
        .read_address(take_entry),
        .read_data(chunk_dst_read_data)
    );

    vcm_soc_lut_ram_22 chunk_len (
        .clock(clock),
        .write(planner_issue),
        .write_address(plan_entry),
        .write_data(planner_chunk_len),
        .read_address(take_entry),
        .read_data(chunk_len_read_data)
    );

    vcm_soc_lut_ram_23 chunk_resp (
        .clock(clock),
        .write(chunk_resp_write),
        .write_address(fill_entry),
        .write_data(fill_result),
        .read_address(take_entry),
        .read_data(chunk_resp_read_data)
    );

    vcm_soc_lut_ram_3 ack_dst (
        .clock(clock),
        .write(planner_issue),
        .write_address(plan_entry),
        .write_data(planner_chunk_dst),
        .read_address(ack_entry),
        .read_data(ack_dst_read_data)
    );

    vcm_soc_lut_ram_22 ack_len (
        .clock(clock),
        .write(planner_issue),
        .write_address(plan_entry),
        .write_data(planner_chunk_len),
        .read_address(ack_entry),
        .read_data(ack_len_read_data)
    );
endmodule

module vcm_soc_lut_ram_23 (
    input  wire clock,
    input  wire write,
    input  wire [4:0] write_address,
    input  wire [1:0] write_data,
    input  wire [4:0] read_address,
    output wire [1:0] read_data
);
    (* ram_style = "distributed" *)
    reg [1:0] words [0:31];
    integer i;
    initial for (i = 0; i < 32; i = i + 1) words[i] = 2'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_lut_ram_22 (
    input  wire clock,
    input  wire write,
    input  wire [4:0] write_address,
    input  wire [8:0] write_data,
    input  wire [4:0] read_address,
    output wire [8:0] read_data
);
    (* ram_style = "distributed" *)
    reg [8:0] words [0:31];
    integer i;
    initial for (i = 0; i < 32; i = i + 1) words[i] = 9'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_block_ram_3 (
    input  wire clock,
    input  wire write,
    input  wire [8:0] write_address,
    input  wire [63:0] write_data,
    input  wire read,
    input  wire [8:0] read_address,
    output wire [63:0] read_data
);
    (* ram_style = "block" *)
    reg [63:0] words [0:511];
    reg [63:0] word = 64'h0;
    integer i;
    initial for (i = 0; i < 512; i = i + 1) words[i] = 64'h0;
    assign read_data = word;
    always @(posedge clock) begin
        if (write) words[write_address] <= write_data;
        if (read) word <= words[read_address];
    end
endmodule

module vcm_soc_dma_stream (
    input  wire clock,
    input  wire reset,
    input  wire job_valid,
    output wire job_ready,
    input  wire [1:0] job_channel,
    input  wire [1:0] job_slot,
    input  wire [2:0] job_turn,
    input  wire [7:0] job_keep,
    input  wire job_lag,
    input  wire [4:0] job_len,
    input  wire [7:0] job_head,
    input  wire [7:0] job_tail,
    output wire read,
    output wire [8:0] read_address,
    input  wire [63:0] read_data,
    output wire [63:0] w_data,
    output wire [7:0] w_strb,
    output wire w_last,
    output wire w_valid,
    input  wire w_ready
);
    localparam [7:0] ALL_LANES = 8'hff;
    localparam [5:0] ONE = 6'h1;

    wire go;
    wire first_word;
    wire last_word;
    wire take;
    reg  [7:0] lanes;
    reg  [63:0] merged;
    reg  [63:0] turned4;
    reg  [63:0] turned2;
    reg  [63:0] turned;
    reg  active_d;
    reg  active_q;
    reg  [3:0] base_d;
    reg  [3:0] base_q;
    reg  [2:0] turn_d;
    reg  [2:0] turn_q;
    reg  [7:0] keep_d;
    reg  [7:0] keep_q;
    reg  lag_d;
    reg  lag_q;
    reg  [5:0] words_d;
    reg  [5:0] words_q;
    reg  [7:0] head_d;
    reg  [7:0] head_q;
    reg  [7:0] tail_d;
    reg  [7:0] tail_q;
    reg  [5:0] word_d;
    reg  [5:0] word_q;
    reg  fetched_d;
    reg  fetched_q;
    reg  makes_beat_d;
    reg  makes_beat_q;
    reg  [2:0] f_turn_d;
    reg  [2:0] f_turn_q;
    reg  [7:0] f_keep_d;
    reg  [7:0] f_keep_q;
    reg  [7:0] f_strb_d;
    reg  [7:0] f_strb_q;
    reg  f_last_d;
    reg  f_last_q;
    reg  [63:0] earlier_d;
    reg  [63:0] earlier_q;
    reg  valid_d;
    reg  valid_q;
    reg  [63:0] data_d;
    reg  [63:0] data_q;
    reg  [7:0] strb_d;
    reg  [7:0] strb_q;
    reg  last_d;
    reg  last_q;
    reg  [7:0] lanes_v;
    reg  [63:0] merged_v;
    reg  [63:0] turned4_v;
    reg  [63:0] turned2_v;
    reg  [63:0] turned_v;

    assign job_ready = go & ((!active_q) | last_word);
    assign read = go;
    assign read_address = ({5'h0, base_q} << 5) | {4'h0, word_q[4:0]};
    assign w_data = data_q;
    assign w_strb = strb_q;
    assign w_last = last_q;
    assign w_valid = valid_q;
    assign go = (!valid_q) | w_ready;
    assign first_word = word_q == {5'h0, lag_q};
    assign last_word = word_q == words_q;
    assign take = (go & ((!active_q) | last_word)) & job_valid;

    always @* begin
        active_d = active_q;
        base_d = base_q;
        turn_d = turn_q;
        keep_d = keep_q;
        lag_d = lag_q;
        words_d = words_q;
        head_d = head_q;
        tail_d = tail_q;
        word_d = word_q;
        fetched_d = fetched_q;
        makes_beat_d = makes_beat_q;
        f_turn_d = f_turn_q;
        f_keep_d = f_keep_q;
        f_strb_d = f_strb_q;
        f_last_d = f_last_q;
        earlier_d = earlier_q;
        valid_d = valid_q;
        data_d = data_q;
        strb_d = strb_q;
        last_d = last_q;
        if (go) begin
            valid_d = fetched_q & makes_beat_q;
            data_d = turned;
            strb_d = f_strb_q;
            last_d = f_last_q;
            earlier_d = read_data;
            fetched_d = active_q;
            makes_beat_d = (!lag_q) | (|word_q);
            f_turn_d = turn_q;
            f_keep_d = keep_q;
            f_strb_d = lanes;
            f_last_d = last_word;
            word_d = word_q + ONE;
            if (last_word) begin
                active_d = 1'b0;
            end
        end
        if (take) begin
            active_d = 1'b1;
            base_d = ({2'h0, job_channel} << 2) | {2'h0, job_slot};
            turn_d = job_turn;
            keep_d = job_keep;
            lag_d = job_lag;
            words_d = {1'b0, job_len} + {5'h0, job_lag};
            head_d = job_head;
            tail_d = job_tail;
            word_d = 6'h0;
        end
    end

    always @* begin
        lanes_v = ALL_LANES;
        if (first_word) begin
            lanes_v = head_q;
        end
        if (last_word) begin
            lanes_v = lanes_v & tail_q;
        end
        lanes = lanes_v;
    end

    always @* begin
        merged_v = read_data;
        if (f_keep_q[0]) begin
            merged_v = (merged_v & 64'hffffffffffffff00) | (earlier_q & 64'hff);
        end
        if (f_keep_q[1]) begin
            merged_v = (merged_v & 64'hffffffffffff00ff) | (earlier_q & 64'hff00);
        end
        if (f_keep_q[2]) begin
            merged_v = (merged_v & 64'hffffffffff00ffff) | (earlier_q & 64'hff0000);
        end
        if (f_keep_q[3]) begin
            merged_v = (merged_v & 64'hffffffff00ffffff) | (earlier_q & 64'hff000000);
        end
        if (f_keep_q[4]) begin
            merged_v = (merged_v & 64'hffffff00ffffffff) | (earlier_q & 64'hff00000000);
        end
        if (f_keep_q[5]) begin
            merged_v = (merged_v & 64'hffff00ffffffffff) | (earlier_q & 64'hff0000000000);
        end
        if (f_keep_q[6]) begin
            merged_v = (merged_v & 64'hff00ffffffffffff) | (earlier_q & 64'hff000000000000);
        end
        if (f_keep_q[7]) begin
            merged_v = (merged_v & 64'hffffffffffffff) | (earlier_q & 64'hff00000000000000);
        end
        merged = merged_v;
    end

    always @* begin
        turned4_v = merged;
        if (f_turn_q[2]) begin
            turned4_v = (merged >> 32) | (merged << 32);
        end
        turned4 = turned4_v;
    end

    always @* begin
        turned2_v = turned4;
        if (f_turn_q[1]) begin
            turned2_v = (turned4 >> 16) | (turned4 << 48);
        end
        turned2 = turned2_v;
    end

    always @* begin
        turned_v = turned2;
        if (f_turn_q[0]) begin
            turned_v = (turned2 >> 8) | (turned2 << 56);
        end
        turned = turned_v;
    end

    initial begin
        active_q <= 1'h0;
        base_q <= 4'h0;
        turn_q <= 3'h0;
        keep_q <= 8'h0;
        lag_q <= 1'h0;
        words_q <= 6'h0;
        head_q <= 8'h0;
        tail_q <= 8'h0;
        word_q <= 6'h0;
        fetched_q <= 1'h0;
        makes_beat_q <= 1'h0;
        f_turn_q <= 3'h0;
        f_keep_q <= 8'h0;
        f_strb_q <= 8'h0;
        f_last_q <= 1'h0;
        earlier_q <= 64'h0;
        valid_q <= 1'h0;
        data_q <= 64'h0;
        strb_q <= 8'h0;
        last_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            active_q <= 1'h0;
            base_q <= 4'h0;
            turn_q <= 3'h0;
            keep_q <= 8'h0;
            lag_q <= 1'h0;
            words_q <= 6'h0;
            head_q <= 8'h0;
            tail_q <= 8'h0;
            word_q <= 6'h0;
            fetched_q <= 1'h0;
            makes_beat_q <= 1'h0;
            f_turn_q <= 3'h0;
            f_keep_q <= 8'h0;
            f_strb_q <= 8'h0;
            f_last_q <= 1'h0;
            earlier_q <= 64'h0;
            valid_q <= 1'h0;
            data_q <= 64'h0;
            strb_q <= 8'h0;
            last_q <= 1'h0;
        end else begin
            active_q <= active_d;
            base_q <= base_d;
            turn_q <= turn_d;
            keep_q <= keep_d;
            lag_q <= lag_d;
            words_q <= words_d;
            head_q <= head_d;
            tail_q <= tail_d;
            word_q <= word_d;
            fetched_q <= fetched_d;
            makes_beat_q <= makes_beat_d;
            f_turn_q <= f_turn_d;
            f_keep_q <= f_keep_d;
            f_strb_q <= f_strb_d;
            f_last_q <= f_last_d;
            earlier_q <= earlier_d;
            valid_q <= valid_d;
            data_q <= data_d;
            strb_q <= strb_d;
            last_q <= last_d;
        end
    end
endmodule

module vcm_soc_dma_scheduler (
    input  wire clock,
    input  wire reset,
    input  wire [3:0] want,
    output wire [1:0] sel,
    output wire hold,
    input  wire [31:0] src,
    input  wire [31:0] dst,
    input  wire [8:0] len,
    input  wire [1:0] resp,
    input  wire [1:0] slot,
    output wire take,
    output wire fail,
    output wire [1:0] fail_resp,
    output wire [31:0] fail_addr,
    output wire [1:0] aw_channel,
    output wire [31:0] aw_addr,
    output wire [4:0] aw_len,
    output wire aw_valid,
    input  wire aw_ready,
    output wire job_valid,
    input  wire job_ready,
    output wire [1:0] job_channel,
    output wire [1:0] job_slot,
    output wire [2:0] job_turn,
    output wire [7:0] job_keep,
    output wire job_lag,
    output wire [4:0] job_len,
    output wire [7:0] job_head,
    output wire [7:0] job_tail
);
    localparam [7:0] ALL_LANES = 8'hff;
    localparam [2:0] LAST_LANE = 3'h7;
    localparam [8:0] ONE = 9'h1;
    localparam [31:0] WORD_MASK = 32'hfffffff8;

    localparam [1:0] TakeState_Choose = 2'h0;
    localparam [1:0] TakeState_Look = 2'h1;
    localparam [1:0] TakeState_Send = 2'h2;

    wire [2:0] turn;
    wire [8:0] last_byte;
    wire [2:0] after;
    wire wanted;
    wire free;
    reg  taking;
    reg  failing;
    wire arbiter_any;
    wire [1:0] arbiter_pick;
    reg  [1:0] state_d;
    reg  [1:0] state_q;
    reg  [1:0] channel_d;
    reg  [1:0] channel_q;
    reg  [31:0] from_d;
    reg  [31:0] from_q;
    reg  [31:0] to_d;
    reg  [31:0] to_q;
    reg  [8:0] bytes_d;
    reg  [8:0] bytes_q;
    reg  [1:0] outcome_d;
    reg  [1:0] outcome_q;
    reg  [1:0] place_d;
    reg  [1:0] place_q;
    reg  awvalid_d;
    reg  awvalid_q;
    reg  [1:0] awchannel_d;
    reg  [1:0] awchannel_q;
    reg  [31:0] awaddr_d;
    reg  [31:0] awaddr_q;
    reg  [4:0] awlen_d;
    reg  [4:0] awlen_q;
    reg  jvalid_d;
    reg  jvalid_q;
    reg  [1:0] jchannel_d;
    reg  [1:0] jchannel_q;
    reg  [1:0] jslot_d;
    reg  [1:0] jslot_q;
    reg  [2:0] jturn_d;
    reg  [2:0] jturn_q;
    reg  [7:0] jkeep_d;
    reg  [7:0] jkeep_q;
    reg  jlag_d;
    reg  jlag_q;
    reg  [4:0] jlen_d;
    reg  [4:0] jlen_q;
    reg  [7:0] jhead_d;
    reg  [7:0] jhead_q;
    reg  [7:0] jtail_d;
    reg  [7:0] jtail_q;
    reg  taking_v;
    reg  failing_v;

    assign sel = channel_q;
    assign hold = state_q != TakeState_Choose;
    assign take = taking;
    assign fail = failing;
    assign fail_resp = outcome_q;
    assign fail_addr = from_q;
    assign aw_channel = awchannel_q;
    assign aw_addr = awaddr_q;
    assign aw_len = awlen_q;
    assign aw_valid = awvalid_q;
    assign job_valid = jvalid_q;
    assign job_channel = jchannel_q;
    assign job_slot = jslot_q;
    assign job_turn = jturn_q;
    assign job_keep = jkeep_q;
    assign job_lag = jlag_q;
    assign job_len = jlen_q;
    assign job_head = jhead_q;
    assign job_tail = jtail_q;
    assign turn = from_q[2:0] - to_q[2:0];
    assign last_byte = ({6'h0, to_q[2:0]} + bytes_q) - ONE;
    assign after = LAST_LANE - last_byte[2:0];
    assign wanted = want[channel_q];
    assign free = ((!awvalid_q) | aw_ready) & ((!jvalid_q) | job_ready);

    always @* begin
        state_d = state_q;
        channel_d = channel_q;
        from_d = from_q;
        to_d = to_q;
        bytes_d = bytes_q;
        outcome_d = outcome_q;
        place_d = place_q;
        awvalid_d = awvalid_q;
        awchannel_d = awchannel_q;
        awaddr_d = awaddr_q;
        awlen_d = awlen_q;
        jvalid_d = jvalid_q;
        jchannel_d = jchannel_q;
        jslot_d = jslot_q;
        jturn_d = jturn_q;
        jkeep_d = jkeep_q;
        jlag_d = jlag_q;
        jlen_d = jlen_q;
        jhead_d = jhead_q;
        jtail_d = jtail_q;
        taking_v = 1'b0;
        failing_v = 1'b0;
        if (aw_ready) begin
            awvalid_d = 1'b0;
        end
        if (job_ready) begin
            jvalid_d = 1'b0;
        end
        case (state_q)
            TakeState_Choose: begin
                if (arbiter_any) begin
                    channel_d = arbiter_pick;
                    state_d = TakeState_Look;
                end
            end
            TakeState_Look: begin
                from_d = src;
                to_d = dst;
                bytes_d = len;
                outcome_d = resp;
                place_d = slot;
                state_d = TakeState_Send;
            end
            TakeState_Send: begin
                if (!wanted) begin
                    state_d = TakeState_Choose;
                end else if (|outcome_q) begin
                    failing_v = 1'b1;
                    state_d = TakeState_Choose;
                end else if (free) begin
                    taking_v = 1'b1;
                    awvalid_d = 1'b1;
                    awchannel_d = channel_q;
                    awaddr_d = to_q & WORD_MASK;
                    awlen_d = last_byte[7:3];
                    jvalid_d = 1'b1;
                    jchannel_d = channel_q;
                    jslot_d = place_q;
                    jturn_d = turn;
                    jkeep_d = 8'h0;
                    if (|turn) begin
                        jkeep_d = ALL_LANES << turn;
                    end
                    jlag_d = from_q[2:0] > to_q[2:0];
                    jlen_d = last_byte[7:3];
                    jhead_d = ALL_LANES << to_q[2:0];
                    jtail_d = ALL_LANES >> after;
                    state_d = TakeState_Choose;
                end
            end
            default: begin
                state_d = TakeState_Choose;
            end
        endcase
        taking = taking_v;
        failing = failing_v;
    end

    initial begin
        state_q <= 2'h0;
        channel_q <= 2'h0;
        from_q <= 32'h0;
        to_q <= 32'h0;
        bytes_q <= 9'h0;
        outcome_q <= 2'h0;
        place_q <= 2'h0;
        awvalid_q <= 1'h0;
        awchannel_q <= 2'h0;
        awaddr_q <= 32'h0;
        awlen_q <= 5'h0;
        jvalid_q <= 1'h0;
        jchannel_q <= 2'h0;
        jslot_q <= 2'h0;
        jturn_q <= 3'h0;
        jkeep_q <= 8'h0;
        jlag_q <= 1'h0;
        jlen_q <= 5'h0;
        jhead_q <= 8'h0;
        jtail_q <= 8'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            state_q <= 2'h0;
            channel_q <= 2'h0;
            from_q <= 32'h0;
            to_q <= 32'h0;
            bytes_q <= 9'h0;
            outcome_q <= 2'h0;
            place_q <= 2'h0;
            awvalid_q <= 1'h0;
            awchannel_q <= 2'h0;
            awaddr_q <= 32'h0;
            awlen_q <= 5'h0;
            jvalid_q <= 1'h0;
            jchannel_q <= 2'h0;
            jslot_q <= 2'h0;
            jturn_q <= 3'h0;
            jkeep_q <= 8'h0;
            jlag_q <= 1'h0;
            jlen_q <= 5'h0;
            jhead_q <= 8'h0;
            jtail_q <= 8'h0;
        end else begin
            state_q <= state_d;
            channel_q <= channel_d;
            from_q <= from_d;
            to_q <= to_d;
            bytes_q <= bytes_d;
            outcome_q <= outcome_d;
            place_q <= place_d;
            awvalid_q <= awvalid_d;
            awchannel_q <= awchannel_d;
            awaddr_q <= awaddr_d;
            awlen_q <= awlen_d;
            jvalid_q <= jvalid_d;
            jchannel_q <= jchannel_d;
            jslot_q <= jslot_d;
            jturn_q <= jturn_d;
            jkeep_q <= jkeep_d;
            jlag_q <= jlag_d;
            jlen_q <= jlen_d;
            jhead_q <= jhead_d;
            jtail_q <= jtail_d;
        end
    end

    vcm_soc_iommu_walks_turn arbiter (
        .want(want),
        .last(channel_q),
        .any(arbiter_any),
        .pick(arbiter_pick)
    );
endmodule

module vcm_soc_dma_planner (
    input  wire clock,
    input  wire reset,
    input  wire [3:0] want,
    output wire [1:0] sel,
    output wire hold,
    input  wire [31:0] src,
    input  wire [31:0] dst,
    input  wire [31:0] len,
    input  wire [31:0] offset,
    output wire issue,
    output wire [31:0] issue_end,
    output wire [31:0] chunk_src,
    output wire [31:0] chunk_dst,
    output wire [8:0] chunk_len,
    output wire [1:0] ar_channel,
    output wire [31:0] ar_addr,
    output wire [4:0] ar_len,
    output wire ar_valid,
    input  wire ar_ready
);
    localparam [8:0] BURST_BYTES = 9'h100;
    localparam [8:0] ONE = 9'h1;
    localparam [12:0] PAGE_BYTES = 13'h1000;
    localparam [31:0] WORD_MASK = 32'hfffffff8;

    localparam [2:0] PlanState_Cut = 3'h3;
    localparam [2:0] PlanState_Issue = 3'h4;
    localparam [2:0] PlanState_Limit = 3'h2;
    localparam [2:0] PlanState_Pick = 3'h0;
    localparam [2:0] PlanState_Place = 3'h1;

    reg  [2:0] lane;
    reg  [11:0] in_page;
    wire [8:0] by_beats;
    wire [12:0] by_page;
    wire [8:0] last_byte;
    wire wanted;
    wire free;
    reg  go;
    wire arbiter_any;
    wire [1:0] arbiter_pick;
    reg  [2:0] state_d;
    reg  [2:0] state_q;
    reg  [1:0] channel_d;
    reg  [1:0] channel_q;
    reg  [31:0] from_d;
    reg  [31:0] from_q;
    reg  [31:0] to_d;
    reg  [31:0] to_q;
    reg  [31:0] left_d;
    reg  [31:0] left_q;
    reg  [8:0] limit_d;
    reg  [8:0] limit_q;
    reg  [8:0] bytes_d;
    reg  [8:0] bytes_q;
    reg  valid_d;
    reg  valid_q;
    reg  [1:0] burst_channel_d;
    reg  [1:0] burst_channel_q;
    reg  [31:0] burst_addr_d;
    reg  [31:0] burst_addr_q;
    reg  [4:0] burst_len_d;
    reg  [4:0] burst_len_q;
    reg  go_v;
    reg  [2:0] lane_v;
    reg  [11:0] in_page_v;

    assign sel = channel_q;
    assign hold = state_q != PlanState_Pick;
    assign issue = go;
    assign issue_end = offset + {23'h0, bytes_q};
    assign chunk_src = from_q;
    assign chunk_dst = to_q;
    assign chunk_len = bytes_q;
    assign ar_channel = burst_channel_q;
    assign ar_addr = burst_addr_q;
    assign ar_len = burst_len_q;
    assign ar_valid = valid_q;
    assign by_beats = BURST_BYTES - {6'h0, lane};
    assign by_page = PAGE_BYTES - {1'b0, in_page};
    assign last_byte = ({6'h0, from_q[2:0]} + bytes_q) - ONE;
    assign wanted = want[channel_q];
    assign free = (!valid_q) | ar_ready;

    always @* begin
        state_d = state_q;
        channel_d = channel_q;
        from_d = from_q;
        to_d = to_q;
        left_d = left_q;
        limit_d = limit_q;
        bytes_d = bytes_q;
        valid_d = valid_q;
        burst_channel_d = burst_channel_q;
        burst_addr_d = burst_addr_q;
        burst_len_d = burst_len_q;
        go_v = 1'b0;
        if (ar_ready) begin
            valid_d = 1'b0;
        end
        case (state_q)
            PlanState_Pick: begin
                if (arbiter_any) begin
                    channel_d = arbiter_pick;
                    state_d = PlanState_Place;
                end
            end
            PlanState_Place: begin
                from_d = src + offset;
                to_d = dst + offset;
                left_d = len - offset;
                state_d = PlanState_Limit;
            end
            PlanState_Limit: begin
                limit_d = by_beats;
                if (by_page < {4'h0, by_beats}) begin
                    limit_d = by_page[8:0];
                end
                state_d = PlanState_Cut;
            end
            PlanState_Cut: begin
                bytes_d = limit_q;
                if (left_q < {23'h0, limit_q}) begin
                    bytes_d = left_q[8:0];
                end
                state_d = PlanState_Issue;
            end
            PlanState_Issue: begin
                if (!wanted) begin
                    state_d = PlanState_Pick;
                end else if (free) begin
                    go_v = 1'b1;
                    valid_d = 1'b1;
                    burst_channel_d = channel_q;
                    burst_addr_d = from_q & WORD_MASK;
                    burst_len_d = last_byte[7:3];
                    state_d = PlanState_Pick;
                end
            end
            default: begin
                state_d = PlanState_Pick;
            end
        endcase
        go = go_v;
    end

    always @* begin
        lane_v = from_q[2:0];
        if (to_q[2:0] > from_q[2:0]) begin
            lane_v = to_q[2:0];
        end
        lane = lane_v;
    end

    always @* begin
        in_page_v = from_q[11:0];
        if (to_q[11:0] > from_q[11:0]) begin
            in_page_v = to_q[11:0];
        end
        in_page = in_page_v;
    end

    initial begin
        state_q <= 3'h0;
        channel_q <= 2'h0;
        from_q <= 32'h0;
        to_q <= 32'h0;
        left_q <= 32'h0;
        limit_q <= 9'h0;
        bytes_q <= 9'h0;
        valid_q <= 1'h0;
        burst_channel_q <= 2'h0;
        burst_addr_q <= 32'h0;
        burst_len_q <= 5'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            state_q <= 3'h0;
            channel_q <= 2'h0;
            from_q <= 32'h0;
            to_q <= 32'h0;
            left_q <= 32'h0;
            limit_q <= 9'h0;
            bytes_q <= 9'h0;
            valid_q <= 1'h0;
            burst_channel_q <= 2'h0;
            burst_addr_q <= 32'h0;
            burst_len_q <= 5'h0;
        end else begin
            state_q <= state_d;
            channel_q <= channel_d;
            from_q <= from_d;
            to_q <= to_d;
            left_q <= left_d;
            limit_q <= limit_d;
            bytes_q <= bytes_d;
            valid_q <= valid_d;
            burst_channel_q <= burst_channel_d;
            burst_addr_q <= burst_addr_d;
            burst_len_q <= burst_len_d;
        end
    end

    vcm_soc_iommu_walks_turn arbiter (
        .want(want),
        .last(channel_q),
        .any(arbiter_any),
        .pick(arbiter_pick)
    );
endmodule

module vcm_soc_dma_channel (
    input  wire clock,
    input  wire reset,
    input  wire [7:0] number,
    input  wire wr,
    input  wire [15:0] wr_addr,
    input  wire [31:0] wr_data,
    input  wire [31:0] wr_mask,
    output wire wr_hit,
    input  wire [15:0] rd_addr,
    output wire rd_hit,
    output wire [31:0] rd_data,
    output wire irq,
    output wire [31:0] src,
    output wire [31:0] dst,
    output wire [31:0] len,
    output wire [31:0] offset,
    output wire issue_want,
    output wire [2:0] issue_slot,
    input  wire issue_hold,
    input  wire issue,
    input  wire [31:0] issue_end,
    input  wire fill,
    input  wire fill_last,
    input  wire [1:0] fill_resp,
    output wire [2:0] fill_slot,
    output wire [4:0] fill_beat,
    output wire [1:0] fill_result,
    output wire take_want,
    output wire [2:0] take_slot,
    input  wire take_hold,
    input  wire take,
    input  wire launch,
    input  wire fail,
    input  wire [1:0] fail_resp,
    input  wire [31:0] fail_addr,
    input  wire ack,
    input  wire [1:0] ack_resp,
    input  wire [31:0] ack_addr,
    input  wire [8:0] ack_len,
    output wire [2:0] ack_slot
);
    localparam [31:0] ABORTED_MASK = 32'h40;
    localparam [31:0] ABORT_MASK = 32'h4;
    localparam [31:0] BUSY_MASK = 32'h1;
    localparam [31:0] DONE_MASK = 32'h2;
    localparam [31:0] ERROR_MASK = 32'h4;
    localparam [4:0] ERROR_RESP_LSB = 5'h4;
    localparam [31:0] ERROR_WNR_MASK = 32'h8;
    localparam [31:0] IE_MASK = 32'h2;
    localparam [3:0] ONE4 = 4'h1;
    localparam [4:0] ONE5 = 5'h1;
    localparam [3:0] READ_AHEAD = 4'h3;
    localparam [31:0] START_MASK = 32'h1;

    wire writable;
    wire start;
    wire abort;
    wire clear_done;
    wire alive;
    wire more;
    wire [3:0] ahead;
    wire [3:0] open;
    wire full;
    wire to_take;
    wire quiet;
    wire finished;
    reg  [1:0] result;
    reg  [31:0] status;
    wire [31:0] ctrl_reg_q;
    wire ctrl_reg_wr_hit;
    wire ctrl_reg_rd_hit;
    wire [31:0] ctrl_reg_rd_data;
    wire [31:0] ctrl_cmd_data;
    wire status_reg_wr_hit;
    wire status_reg_rd_hit;
    wire [31:0] status_reg_rd_data;
    wire src_reg_wr_hit;
    wire src_reg_rd_hit;
    wire [31:0] src_reg_rd_data;
    wire dst_reg_wr_hit;
    wire dst_reg_rd_hit;
    wire [31:0] dst_reg_rd_data;
    wire len_reg_wr_hit;
    wire len_reg_rd_hit;
    wire [31:0] len_reg_rd_data;
    wire count_reg_wr_hit;
    wire count_reg_rd_hit;
    wire [31:0] count_reg_rd_data;
    wire err_addr_reg_wr_hit;
    wire err_addr_reg_rd_hit;
    wire [31:0] err_addr_reg_rd_data;
    wire [31:0] stream_reg_value;
    wire stream_reg_wr_hit;
    wire stream_reg_rd_hit;
    wire [31:0] stream_reg_rd_data;
    reg  busy_d;
    reg  busy_q;
    reg  stopping_d;
    reg  stopping_q;
    reg  done_d;
    reg  done_q;
    reg  error_d;
    reg  error_q;
    reg  error_wnr_d;
    reg  error_wnr_q;
    reg  [1:0] error_resp_d;
    reg  [1:0] error_resp_q;
    reg  aborted_d;
    reg  aborted_q;
    reg  [31:0] error_addr_d;
    reg  [31:0] error_addr_q;
    reg  [31:0] issued_bytes_d;
    reg  [31:0] issued_bytes_q;
    reg  [31:0] acked_bytes_d;
    reg  [31:0] acked_bytes_q;
    reg  [3:0] issued_d;
    reg  [3:0] issued_q;
    reg  [3:0] filled_d;
    reg  [3:0] filled_q;
    reg  [3:0] taken_d;
    reg  [3:0] taken_q;
    reg  [3:0] launched_d;
    reg  [3:0] launched_q;
    reg  [3:0] acked_d;
    reg  [3:0] acked_q;
    reg  [4:0] beat_d;
    reg  [4:0] beat_q;
    reg  [1:0] burst_resp_d;
    reg  [1:0] burst_resp_q;
    reg  [31:0] status_v;
    reg  [1:0] result_v;

    assign wr_hit = ((((((ctrl_reg_wr_hit | status_reg_wr_hit) | src_reg_wr_hit) | dst_reg_wr_hit) | len_reg_wr_hit) | count_reg_wr_hit) | err_addr_reg_wr_hit) | stream_reg_wr_hit;
    assign rd_hit = ((((((ctrl_reg_rd_hit | status_reg_rd_hit) | src_reg_rd_hit) | dst_reg_rd_hit) | len_reg_rd_hit) | count_reg_rd_hit) | err_addr_reg_rd_hit) | stream_reg_rd_hit;
    assign rd_data = ((((((ctrl_reg_rd_data | status_reg_rd_data) | src_reg_rd_data) | dst_reg_rd_data) | len_reg_rd_data) | count_reg_rd_data) | err_addr_reg_rd_data) | stream_reg_rd_data;
    assign irq = done_q & (|(ctrl_reg_q & IE_MASK));
    assign offset = issued_bytes_q;
    assign issue_want = (alive & more) & (!full);
    assign issue_slot = issued_q[2:0];
    assign fill_slot = filled_q[2:0];
    assign fill_beat = beat_q;
    assign fill_result = result;
    assign take_want = alive & to_take;
    assign take_slot = taken_q[2:0];
    assign ack_slot = acked_q[2:0];
    assign writable = wr & (!busy_q);
    assign start = (|(ctrl_cmd_data & START_MASK)) & (!busy_q);
    assign abort = |(ctrl_cmd_data & ABORT_MASK);
    assign clear_done = (wr & status_reg_wr_hit) & (|((wr_data & wr_mask) & DONE_MASK));
    assign alive = busy_q & (!stopping_q);
    assign more = issued_bytes_q != len;
    assign ahead = issued_q - launched_q;
    assign open = issued_q - acked_q;
    assign full = (ahead >= READ_AHEAD) | open[3];
    assign to_take = filled_q != taken_q;
    assign quiet = (((issued_q == filled_q) & (taken_q == acked_q)) & (!issue_hold)) & (!take_hold);
    assign finished = (busy_q & quiet) & (stopping_q | ((!more) & (!to_take)));
    assign stream_reg_value = {24'h0, number};

    always @* begin
        busy_d = busy_q;
        stopping_d = stopping_q;
        done_d = done_q;
        error_d = error_q;
        error_wnr_d = error_wnr_q;
        error_resp_d = error_resp_q;
        aborted_d = aborted_q;
        error_addr_d = error_addr_q;
        issued_bytes_d = issued_bytes_q;
        acked_bytes_d = acked_bytes_q;
        issued_d = issued_q;
        filled_d = filled_q;
        taken_d = taken_q;
        launched_d = launched_q;
        acked_d = acked_q;
        beat_d = beat_q;
        burst_resp_d = burst_resp_q;
        if (issue) begin
            issued_d = issued_q + ONE4;
            issued_bytes_d = issue_end;
        end
        if (fill) begin
            beat_d = beat_q + ONE5;
            burst_resp_d = result;
            if (fill_last) begin
                beat_d = 5'h0;
                burst_resp_d = 2'h0;
                filled_d = filled_q + ONE4;
            end
        end
        if (take) begin
            taken_d = taken_q + ONE4;
        end
        if (launch) begin
            launched_d = launched_q + ONE4;
        end
        if (ack) begin
            acked_d = acked_q + ONE4;
            if (!(|ack_resp)) begin
                acked_bytes_d = acked_bytes_q + {23'h0, ack_len};
            end
        end
        if ((alive & abort) & (!finished)) begin
            stopping_d = 1'b1;
            aborted_d = 1'b1;
        end
        if (alive & fail) begin
            stopping_d = 1'b1;
            aborted_d = 1'b0;
            error_d = 1'b1;
            error_wnr_d = 1'b0;
            error_resp_d = fail_resp;
            error_addr_d = fail_addr;
        end
        if ((alive & ack) & (|ack_resp)) begin
            stopping_d = 1'b1;
            aborted_d = 1'b0;
            error_d = 1'b1;
            error_wnr_d = 1'b1;
            error_resp_d = ack_resp;
            error_addr_d = ack_addr;
        end
        if (clear_done) begin
            done_d = 1'b0;
        end
        if (finished) begin
            busy_d = 1'b0;
            stopping_d = 1'b0;
            done_d = 1'b1;
        end
        if (start) begin
            busy_d = 1'b1;
            stopping_d = abort;
            aborted_d = abort;
            done_d = 1'b0;
            error_d = 1'b0;
            error_wnr_d = 1'b0;
            error_resp_d = 2'h0;
            issued_bytes_d = 32'h0;
            acked_bytes_d = 32'h0;
            issued_d = 4'h0;
            filled_d = 4'h0;
            taken_d = 4'h0;
            launched_d = 4'h0;
            acked_d = 4'h0;
        end
    end

    always @* begin
        status_v = {30'h0, error_resp_q} << ERROR_RESP_LSB;
        if (busy_q) begin
            status_v = status_v | BUSY_MASK;
        end
        if (done_q) begin
            status_v = status_v | DONE_MASK;
        end
        if (error_q) begin
            status_v = status_v | ERROR_MASK;
        end
        if (error_wnr_q) begin
            status_v = status_v | ERROR_WNR_MASK;
        end
        if (aborted_q) begin
            status_v = status_v | ABORTED_MASK;
        end
        status = status_v;
    end

    always @* begin
        result_v = burst_resp_q;
        if (!(|burst_resp_q)) begin
            result_v = fill_resp;
        end
        result = result_v;
    end

    initial begin
        busy_q <= 1'h0;
        stopping_q <= 1'h0;
        done_q <= 1'h0;
        error_q <= 1'h0;
        error_wnr_q <= 1'h0;
        error_resp_q <= 2'h0;
        aborted_q <= 1'h0;
        error_addr_q <= 32'h0;
        issued_bytes_q <= 32'h0;
        acked_bytes_q <= 32'h0;
        issued_q <= 4'h0;
        filled_q <= 4'h0;
        taken_q <= 4'h0;
        launched_q <= 4'h0;
        acked_q <= 4'h0;
        beat_q <= 5'h0;
        burst_resp_q <= 2'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            busy_q <= 1'h0;
            stopping_q <= 1'h0;
            done_q <= 1'h0;
            error_q <= 1'h0;
            error_wnr_q <= 1'h0;
            error_resp_q <= 2'h0;
            aborted_q <= 1'h0;
            error_addr_q <= 32'h0;
            issued_bytes_q <= 32'h0;
            acked_bytes_q <= 32'h0;
            issued_q <= 4'h0;
            filled_q <= 4'h0;
            taken_q <= 4'h0;
            launched_q <= 4'h0;
            acked_q <= 4'h0;
            beat_q <= 5'h0;
            burst_resp_q <= 2'h0;
        end else begin
            busy_q <= busy_d;
            stopping_q <= stopping_d;
            done_q <= done_d;
            error_q <= error_d;
            error_wnr_q <= error_wnr_d;
            error_resp_q <= error_resp_d;
            aborted_q <= aborted_d;
            error_addr_q <= error_addr_d;
            issued_bytes_q <= issued_bytes_d;
            acked_bytes_q <= acked_bytes_d;
            issued_q <= issued_d;
            filled_q <= filled_d;
            taken_q <= taken_d;
            launched_q <= launched_d;
            acked_q <= acked_d;
            beat_q <= beat_d;
            burst_resp_q <= burst_resp_d;
        end
    end

    vcm_soc_dma_channel_ctrl_reg #(
        .ADDRESS(16'h0),
        .WRITABLE(32'h2)
    ) ctrl_reg (
        .clock(clock),
        .reset(reset),
        .wr(wr),
        .wr_addr(wr_addr),
        .wr_data(wr_data),
        .wr_mask(wr_mask),
        .rd_addr(rd_addr),
        .set(32'h0),
        .q(ctrl_reg_q),
        .wr_hit(ctrl_reg_wr_hit),
        .rd_hit(ctrl_reg_rd_hit),
        .rd_data(ctrl_reg_rd_data)
    );

    vcm_soc_dma_channel_ctrl_cmd ctrl_cmd (
        .wr(wr),
        .wr_addr(wr_addr),
        .wr_data(wr_data),
        .wr_mask(wr_mask),
        .rd_addr(rd_addr),
        .go(),
        .data(ctrl_cmd_data),
        .wr_hit(),
        .rd_hit()
    );

    vcm_soc_dma_idr0 #(
        .ADDRESS(16'h4)
    ) status_reg (
        .wr_addr(wr_addr),
        .rd_addr(rd_addr),
        .value(status),
        .wr_hit(status_reg_wr_hit),
        .rd_hit(status_reg_rd_hit),
        .rd_data(status_reg_rd_data)
    );

    vcm_soc_dma_channel_ctrl_reg #(
        .ADDRESS(16'h8),
        .WRITABLE(32'hffffffff)
    ) src_reg (
        .clock(clock),
        .reset(reset),
        .wr(writable),
        .wr_addr(wr_addr),
        .wr_data(wr_data),
        .wr_mask(wr_mask),
        .rd_addr(rd_addr),
        .set(32'h0),
        .q(src),
        .wr_hit(src_reg_wr_hit),
        .rd_hit(src_reg_rd_hit),
        .rd_data(src_reg_rd_data)
    );

    vcm_soc_dma_channel_ctrl_reg #(
        .ADDRESS(16'hc),
        .WRITABLE(32'hffffffff)
    ) dst_reg (
        .clock(clock),
        .reset(reset),
        .wr(writable),
        .wr_addr(wr_addr),
        .wr_data(wr_data),
        .wr_mask(wr_mask),
        .rd_addr(rd_addr),
        .set(32'h0),
        .q(dst),
        .wr_hit(dst_reg_wr_hit),
        .rd_hit(dst_reg_rd_hit),
        .rd_data(dst_reg_rd_data)
    );

    vcm_soc_dma_channel_ctrl_reg #(
        .ADDRESS(16'h10),
        .WRITABLE(32'hffffffff)
    ) len_reg (
        .clock(clock),
        .reset(reset),
        .wr(writable),
        .wr_addr(wr_addr),
        .wr_data(wr_data),
        .wr_mask(wr_mask),
        .rd_addr(rd_addr),
        .set(32'h0),
        .q(len),
        .wr_hit(len_reg_wr_hit),
        .rd_hit(len_reg_rd_hit),
        .rd_data(len_reg_rd_data)
    );

    vcm_soc_dma_idr0 #(
        .ADDRESS(16'h14)
    ) count_reg (
        .wr_addr(wr_addr),
        .rd_addr(rd_addr),
        .value(acked_bytes_q),
        .wr_hit(count_reg_wr_hit),
        .rd_hit(count_reg_rd_hit),
        .rd_data(count_reg_rd_data)
    );

    vcm_soc_dma_idr0 #(
        .ADDRESS(16'h18)
    ) err_addr_reg (
        .wr_addr(wr_addr),
        .rd_addr(rd_addr),
        .value(error_addr_q),
        .wr_hit(err_addr_reg_wr_hit),
        .rd_hit(err_addr_reg_rd_hit),
        .rd_data(err_addr_reg_rd_data)
    );

    vcm_soc_dma_idr0 #(
        .ADDRESS(16'h1c)
    ) stream_reg (
        .wr_addr(wr_addr),
        .rd_addr(rd_addr),
        .value(stream_reg_value),
        .wr_hit(stream_reg_wr_hit),
        .rd_hit(stream_reg_rd_hit),
        .rd_data(stream_reg_rd_data)
    );
endmodule

module vcm_soc_dma_channel_ctrl_cmd (
    input  wire wr,
    input  wire [15:0] wr_addr,
    input  wire [31:0] wr_data,
    input  wire [31:0] wr_mask,
    input  wire [15:0] rd_addr,
    output wire go,
    output reg  [31:0] data,
    output wire wr_hit,
    output wire rd_hit
);
    localparam [15:0] ADDRESS = 16'h0;
    localparam [31:0] COMMANDS = 32'h5;

    wire w_here;
    reg  [31:0] data_v;

    assign go = wr & w_here;
    assign wr_hit = w_here;
    assign rd_hit = (rd_addr[15:8] == ADDRESS[15:8]) & (rd_addr[7:0] == ADDRESS[7:0]);
    assign w_here = (wr_addr[15:8] == ADDRESS[15:8]) & (wr_addr[7:0] == ADDRESS[7:0]);

    always @* begin
        data_v = 32'h0;
        if (wr & w_here) begin
            data_v = (wr_data & wr_mask) & COMMANDS;
        end
        data = data_v;
    end
endmodule

module vcm_soc_dma_channel_ctrl_reg #(
    parameter [15:0] ADDRESS = 16'h0,
    parameter [31:0] WRITABLE = 32'h2
) (
    input  wire clock,
    input  wire reset,
    input  wire wr,
    input  wire [15:0] wr_addr,
    input  wire [31:0] wr_data,
    input  wire [31:0] wr_mask,
    input  wire [15:0] rd_addr,
    input  wire [31:0] set,
    output wire [31:0] q,
    output wire wr_hit,
    output wire rd_hit,
    output reg  [31:0] rd_data
);
    localparam [31:0] CLEARABLE = 32'h0;
    localparam [31:0] RESET_VALUE = 32'h0;

    wire [31:0] value;
    wire [31:0] written;
    reg  [31:0] update;
    wire w_here;
    wire r_here;
    reg  [31:0] held_q;
    reg  [31:0] update_v;
    reg  [31:0] rd_data_v;

    assign q = value;
    assign wr_hit = w_here;
    assign rd_hit = r_here;
    assign value = held_q ^ RESET_VALUE;
    assign written = ((value & (~WRITABLE)) & (~(wr_data & CLEARABLE))) | (wr_data & WRITABLE);
    assign w_here = (wr_addr[15:8] == ADDRESS[15:8]) & (wr_addr[7:0] == ADDRESS[7:0]);
    assign r_here = (rd_addr[15:8] == ADDRESS[15:8]) & (rd_addr[7:0] == ADDRESS[7:0]);

    always @* begin
        update_v = value;
        if ((wr & w_here) & wr_mask[0]) begin
            update_v = (update_v & 32'hffffff00) | (written & 32'hff);
        end
        if ((wr & w_here) & wr_mask[8]) begin
            update_v = (update_v & 32'hffff00ff) | (written & 32'hff00);
        end
        if ((wr & w_here) & wr_mask[16]) begin
            update_v = (update_v & 32'hff00ffff) | (written & 32'hff0000);
        end
        if ((wr & w_here) & wr_mask[24]) begin
            update_v = (update_v & 32'hffffff) | (written & 32'hff000000);
        end
        update = update_v;
    end

    always @* begin
        rd_data_v = 32'h0;
        if (r_here) begin
            rd_data_v = value;
        end
        rd_data = rd_data_v;
    end

    initial begin
        held_q <= 32'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            held_q <= 32'h0;
        end else begin
            held_q <= (update | (set & CLEARABLE)) ^ RESET_VALUE;
        end
    end
endmodule

module vcm_soc_dma_idr0 #(
    parameter [15:0] ADDRESS = 16'h4000
) (
    input  wire [15:0] wr_addr,
    input  wire [15:0] rd_addr,
    input  wire [31:0] value,
    output wire wr_hit,
    output wire rd_hit,
    output reg  [31:0] rd_data
);
    wire r_here;
    reg  [31:0] rd_data_v;

    assign wr_hit = (wr_addr[15:8] == ADDRESS[15:8]) & (wr_addr[7:0] == ADDRESS[7:0]);
    assign rd_hit = r_here;
    assign r_here = (rd_addr[15:8] == ADDRESS[15:8]) & (rd_addr[7:0] == ADDRESS[7:0]);

    always @* begin
        rd_data_v = 32'h0;
        if (r_here) begin
            rd_data_v = value;
        end
        rd_data = rd_data_v;
    end
endmodule

module vcm_soc_iommu (
    input  wire aclk,
    input  wire aresetn,
    input  wire [15:0] s_axil_awaddr,
    input  wire [2:0] s_axil_awprot,
    input  wire s_axil_awvalid,
    output wire s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0] s_axil_wstrb,
    input  wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input  wire s_axil_bready,
    input  wire [15:0] s_axil_araddr,
    input  wire [2:0] s_axil_arprot,
    input  wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input  wire s_axil_rready,
    input  wire [7:0] s_axi_awid,
    input  wire [31:0] s_axi_awaddr,
    input  wire [7:0] s_axi_awlen,
    input  wire [2:0] s_axi_awsize,
    input  wire [1:0] s_axi_awburst,
    input  wire s_axi_awlock,
    input  wire [3:0] s_axi_awcache,
    input  wire [2:0] s_axi_awprot,
    input  wire [3:0] s_axi_awqos,
    input  wire s_axi_awvalid,
    output wire s_axi_awready,
    input  wire [63:0] s_axi_wdata,
    input  wire [7:0] s_axi_wstrb,
    input  wire s_axi_wlast,
    input  wire s_axi_wvalid,
    output wire s_axi_wready,
    output wire [7:0] s_axi_bid,
    output wire [1:0] s_axi_bresp,
    output wire s_axi_bvalid,
    input  wire s_axi_bready,
    input  wire [7:0] s_axi_arid,
    input  wire [31:0] s_axi_araddr,
    input  wire [7:0] s_axi_arlen,
    input  wire [2:0] s_axi_arsize,
    input  wire [1:0] s_axi_arburst,
    input  wire s_axi_arlock,
    input  wire [3:0] s_axi_arcache,
    input  wire [2:0] s_axi_arprot,
    input  wire [3:0] s_axi_arqos,
    input  wire s_axi_arvalid,
    output wire s_axi_arready,
    output wire [7:0] s_axi_rid,
    output wire [63:0] s_axi_rdata,
    output wire [1:0] s_axi_rresp,
    output wire s_axi_rlast,
    output wire s_axi_rvalid,
    input  wire s_axi_rready,
    input  wire [3:0] s_axi_awuser,
    input  wire [3:0] s_axi_aruser,
    output wire [7:0] m_axi_awid,
    output wire [31:0] m_axi_awaddr,
    output wire [7:0] m_axi_awlen,
    output wire [2:0] m_axi_awsize,
    output wire [1:0] m_axi_awburst,
    output wire m_axi_awlock,
    output wire [3:0] m_axi_awcache,
    output wire [2:0] m_axi_awprot,
    output wire [3:0] m_axi_awqos,
    output wire m_axi_awvalid,
    input  wire m_axi_awready,
    output wire [63:0] m_axi_wdata,
    output wire [7:0] m_axi_wstrb,
    output wire m_axi_wlast,
    output wire m_axi_wvalid,
    input  wire m_axi_wready,
    input  wire [7:0] m_axi_bid,
    input  wire [1:0] m_axi_bresp,
    input  wire m_axi_bvalid,
    output wire m_axi_bready,
    output wire [7:0] m_axi_arid,
    output wire [31:0] m_axi_araddr,
    output wire [7:0] m_axi_arlen,
    output wire [2:0] m_axi_arsize,
    output wire [1:0] m_axi_arburst,
    output wire m_axi_arlock,
    output wire [3:0] m_axi_arcache,
    output wire [2:0] m_axi_arprot,
    output wire [3:0] m_axi_arqos,
    output wire m_axi_arvalid,
    input  wire m_axi_arready,
    input  wire [7:0] m_axi_rid,
    input  wire [63:0] m_axi_rdata,
    input  wire [1:0] m_axi_rresp,
    input  wire m_axi_rlast,
    input  wire m_axi_rvalid,
    output wire m_axi_rready,
    output wire [1:0] m_axi_ptw_arid,
    output wire [31:0] m_axi_ptw_araddr,
    output wire [7:0] m_axi_ptw_arlen,
    output wire [2:0] m_axi_ptw_arsize,
    output wire [1:0] m_axi_ptw_arburst,
    output wire m_axi_ptw_arlock,
    output wire [3:0] m_axi_ptw_arcache,
    output wire [2:0] m_axi_ptw_arprot,
    output wire [3:0] m_axi_ptw_arqos,
    output wire [4:0] m_axi_ptw_aruser,
    output wire m_axi_ptw_arvalid,
    input  wire m_axi_ptw_arready,
    input  wire [1:0] m_axi_ptw_rid,
    input  wire [63:0] m_axi_ptw_rdata,
    input  wire [1:0] m_axi_ptw_rresp,
    input  wire m_axi_ptw_rlast,
    input  wire m_axi_ptw_rvalid,
    output wire m_axi_ptw_rready,
    output wire irq
);
    wire reset;
    wire [10:0] events;
    wire [67:0] read_burst;
    wire [67:0] write_burst;
    wire [72:0] write_beat;
    wire [74:0] memory_beat;
    wire [9:0] memory_answer;
    wire [8:0] route;
    wire [7:0] waits;
    wire waits_any;
    wire [4:0] registers_read_route;
    wire [4:0] registers_write_route;
    wire [4:0] registers_lookup_route;
    wire [62:0] registers_bank;
    wire [62:0] registers_respond_bank;
    wire [4:0] registers_configured;
    wire [48:0] registers_command;
    wire [9:0] registers_resume;
    wire [26:0] registers_probe;
    wire [7:0] registers_stalled;
    wire registers_read_fault_ready;
    wire registers_write_fault_ready;
    wire registers_late_read_ready;
    wire registers_late_write_ready;
    wire [19:0] registers_limits;
    wire [15:0] registers_now;
    wire [3:0] registers_walk_cache;
    wire [4:0] registers_walk_user;
    wire [67:0] reads_m_burst;
    wire [7:0] reads_leaving_len;
    wire reads_terminate;
    wire [7:0] reads_terminate_id;
    wire [1:0] reads_terminate_resp;
    wire [3:0] reads_stream;
    wire reads_ask;
    wire [28:0] reads_request;
    wire reads_urgent;
    wire [7:0] reads_stalled;
    wire reads_blocked;
    wire [7:0] reads_waits;
    wire reads_waits_any;
    wire reads_fault_valid;
    wire [58:0] reads_fault;
    wire reads_late_valid;
    wire [58:0] reads_late;
    wire reads_count_burst;
    wire reads_count_hit;
    wire reads_count_miss;
    wire reads_count_stalling;
    wire read_terminator_busy;
    wire [74:0] read_terminator_beat;
    wire read_merge_terminator_taken;
    wire [74:0] read_merge_s_beat;
    wire read_merge_response;
    wire [67:0] writes_m_burst;
    wire writes_issue;
    wire [7:0] writes_leaving_len;
    wire writes_terminate;
    wire [7:0] writes_terminate_id;
    wire [1:0] writes_terminate_resp;
    wire [3:0] writes_stream;
    wire writes_ask;
    wire [28:0] writes_request;
    wire writes_urgent;
    wire [7:0] writes_stalled;
    wire writes_blocked;
    wire writes_malformed;
    wire [7:0] writes_waits;
    wire writes_waits_any;
    wire writes_fault_valid;
    wire [58:0] writes_fault;
    wire writes_late_valid;
    wire [58:0] writes_late;
    wire writes_count_burst;
    wire writes_count_hit;
    wire writes_count_miss;
    wire writes_count_stalling;
    wire write_router_push;
    wire [72:0] write_router_m_beat;
    wire write_router_done;
    wire write_router_malformed;
    wire write_router_late;
    wire write_router_drained;
    wire write_terminator_busy;
    wire write_terminator_valid;
    wire [9:0] write_terminator_answer;
    wire write_merge_terminator_taken;
    wire [9:0] write_merge_s_answer;
    wire write_merge_response;
    wire translator_read_taken;
    wire translator_write_taken;
    wire translator_read_answer;
    wire translator_write_answer;
    wire [40:0] translator_answer;
    wire translator_read_began;
    wire translator_write_began;
    wire translator_read_fill;
    wire translator_write_fill;
    wire [54:0] translator_fill;
    wire [3:0] translator_stream;
    wire [2:0] translator_bank_index;
    wire [2:0] translator_respond_index;
    wire [4:0] translator_flush;
    wire [48:0] translator_mark;
    wire [7:0] translator_waits;
    wire translator_start;
    wire [90:0] translator_start_request;
    wire [30:0] translator_query;
    wire translator_rush;
    wire translator_ended_ready;
    wire [31:0] translator_probed;
    wire [7:0] translator_probing;
    wire [2:0] translator_locks;
    wire translator_sweeping;
    wire translator_count_main_miss;
    wire translator_count_prefetched;
    wire [1:0] walks_start_index;
    wire walks_can_start;
    wire walks_can_prefetch;
    wire [3:0] walks_same;
    wire [3:0] walks_wake;
    wire walks_failed;
    wire walks_ended;
    wire [85:0] walks_ended_walk;
    wire walks_page_fill;
    wire walks_page_offered;
    wire [67:0] walks_page;
    wire walks_page_prefetched;
    wire walks_first_fill;
    wire [54:0] walks_first;
    wire [7:0] walks_waits;
    wire walks_count_walk;
    wire walks_walking;

    assign s_axi_bid = write_merge_s_answer[7:0];
    assign s_axi_bresp = write_merge_s_answer[9:8];
    assign s_axi_rid = read_merge_s_beat[7:0];
    assign s_axi_rdata = read_merge_s_beat[71:8];
    assign s_axi_rresp = read_merge_s_beat[73:72];
    assign s_axi_rlast = read_merge_s_beat[74];
    assign m_axi_awid = writes_m_burst[7:0];
    assign m_axi_awaddr = writes_m_burst[39:8];
    assign m_axi_awlen = writes_m_burst[47:40];
    assign m_axi_awsize = writes_m_burst[50:48];
    assign m_axi_awburst = writes_m_burst[52:51];
    assign m_axi_awlock = 1'b0;
    assign m_axi_awcache = writes_m_burst[56:53];
    assign m_axi_awprot = writes_m_burst[59:57];
    assign m_axi_awqos = writes_m_burst[63:60];
    assign m_axi_wdata = write_router_m_beat[63:0];
    assign m_axi_wstrb = write_router_m_beat[71:64];
    assign m_axi_wlast = write_router_m_beat[72];
    assign m_axi_arid = reads_m_burst[7:0];
    assign m_axi_araddr = reads_m_burst[39:8];
    assign m_axi_arlen = reads_m_burst[47:40];
    assign m_axi_arsize = reads_m_burst[50:48];
    assign m_axi_arburst = reads_m_burst[52:51];
    assign m_axi_arlock = 1'b0;
    assign m_axi_arcache = reads_m_burst[56:53];
    assign m_axi_arprot = reads_m_burst[59:57];
    assign m_axi_arqos = reads_m_burst[63:60];
    assign reset = !aresetn;
    assign events = {translator_count_prefetched, reads_count_stalling | writes_count_stalling, translator_count_main_miss, walks_walking, walks_count_walk, writes_count_hit, reads_count_hit, writes_count_miss, reads_count_miss, writes_count_burst, reads_count_burst};
    assign read_burst = {s_axi_aruser, s_axi_arqos, s_axi_arprot, s_axi_arcache, s_axi_arburst, s_axi_arsize, s_axi_arlen, s_axi_araddr, s_axi_arid};
    assign write_burst = {s_axi_awuser, s_axi_awqos, s_axi_awprot, s_axi_awcache, s_axi_awburst, s_axi_awsize, s_axi_awlen, s_axi_awaddr, s_axi_awid};
    assign write_beat = {s_axi_wlast, s_axi_wstrb, s_axi_wdata};
    assign memory_beat = {m_axi_rlast, m_axi_rresp, m_axi_rdata, m_axi_rid};
    assign memory_answer = {m_axi_bresp, m_axi_bid};
    assign route = {writes_leaving_len, writes_terminate};
    assign waits = ((reads_waits | writes_waits) | walks_waits) | translator_waits;
    assign waits_any = ((reads_waits_any | writes_waits_any) | (|walks_waits)) | (|translator_waits);
    assign registers_stalled = reads_stalled | writes_stalled;
    assign write_router_push = writes_issue | writes_terminate;

    vcm_soc_iommu_registers registers (
        .clock(aclk),
        .reset(reset),
        .s_axil_awaddr(s_axil_awaddr),
        .s_axil_awprot(s_axil_awprot),
        .s_axil_awvalid(s_axil_awvalid),
        .s_axil_awready(s_axil_awready),
        .s_axil_wdata(s_axil_wdata),
        .s_axil_wstrb(s_axil_wstrb),
        .s_axil_wvalid(s_axil_wvalid),
        .s_axil_wready(s_axil_wready),
        .s_axil_bresp(s_axil_bresp),
        .s_axil_bvalid(s_axil_bvalid),
        .s_axil_bready(s_axil_bready),
        .s_axil_araddr(s_axil_araddr),
        .s_axil_arprot(s_axil_arprot),
        .s_axil_arvalid(s_axil_arvalid),
        .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata),
        .s_axil_rresp(s_axil_rresp),
        .s_axil_rvalid(s_axil_rvalid),
        .s_axil_rready(s_axil_rready),
        .hold(translator_sweeping),
        .initialising(),
        .read_stream(reads_stream),
        .read_route(registers_read_route),
        .write_stream(writes_stream),
        .write_route(registers_write_route),
        .lookup_stream(translator_stream),
        .lookup_route(registers_lookup_route),
        .bank_index(translator_bank_index),
        .bank(registers_bank),
        .respond_index(translator_respond_index),
        .respond_bank(registers_respond_bank),
        .configured(registers_configured),
        .command(registers_command),
        .resume(registers_resume),
        .probe(registers_probe),
        .probed(translator_probed),
        .probing(translator_probing),
        .sync_active(waits),
        .sync_any(waits_any),
        .stalled(registers_stalled),
        .locks(translator_locks),
        .events(events),
        .read_fault_valid(reads_fault_valid),
        .read_fault_ready(registers_read_fault_ready),
        .read_fault(reads_fault),
        .write_fault_valid(writes_fault_valid),
        .write_fault_ready(registers_write_fault_ready),
        .write_fault(writes_fault),
        .late_read_valid(reads_late_valid),
        .late_read_ready(registers_late_read_ready),
        .late_read(reads_late),
        .late_write_valid(writes_late_valid),
        .late_write_ready(registers_late_write_ready),
        .late_write(writes_late),
        .irq(irq),
        .limits(registers_limits),
        .tick(),
        .now(registers_now),
        .walk_cache(registers_walk_cache),
        .walk_user(registers_walk_user)
    );

    vcm_soc_iommu_reads reads (
        .clock(aclk),
        .reset(reset),
        .write(1'b0),
        .s_valid(s_axi_arvalid),
        .s_ready(s_axi_arready),
        .s_burst(read_burst),
        .m_valid(m_axi_arvalid),
        .m_ready(m_axi_arready),
        .m_burst(reads_m_burst),
        .issue(),
        .leaving_len(reads_leaving_len),
        .terminate(reads_terminate),
        .terminate_id(reads_terminate_id),
        .terminate_resp(reads_terminate_resp),
        .terminator_busy(read_terminator_busy),
        .stream(reads_stream),
        .route(registers_read_route),
        .ask(reads_ask),
        .request(reads_request),
        .taken(translator_read_taken),
        .began(translator_read_began),
        .answer(translator_read_answer),
        .answered_lookup(translator_answer),
        .fill(translator_read_fill),
        .fill_entry(translator_fill),
        .flush(translator_flush),
        .mark(translator_mark),
        .wake(walks_wake),
        .failed(walks_failed),
        .urgent(reads_urgent),
        .rush(translator_rush),
        .resume(registers_resume),
        .limits(registers_limits),
        .now(registers_now),
        .stalled(reads_stalled),
        .offered(m_axi_rvalid),
        .response(read_merge_response),
        .response_id(m_axi_rid),
        .response_resp(m_axi_rresp),
        .response_last(m_axi_rlast),
        .blocked(reads_blocked),
        .malformed(),
        .data_done(1'b0),
        .data_malformed(1'b0),
        .data_late(1'b0),
        .waits(reads_waits),
        .waits_any(reads_waits_any),
        .fault_valid(reads_fault_valid),
        .fault_ready(registers_read_fault_ready),
        .fault(reads_fault),
        .late_valid(reads_late_valid),
        .late_ready(registers_late_read_ready),
        .late(reads_late),
        .count_burst(reads_count_burst),
        .count_hit(reads_count_hit),
        .count_miss(reads_count_miss),
        .count_stalling(reads_count_stalling)
    );

    vcm_soc_iommu_read_terminator read_terminator (
        .clock(aclk),
        .reset(reset),
        .start(reads_terminate),
        .id(reads_terminate_id),
        .len(reads_leaving_len),
        .resp(reads_terminate_resp),
        .busy(read_terminator_busy),
        .busy_id(),
        .beat(read_terminator_beat),
        .taken(read_merge_terminator_taken)
    );

    vcm_soc_iommu_read_merge read_merge (
        .clock(aclk),
        .reset(reset),
        .memory_valid(m_axi_rvalid),
        .memory_ready(m_axi_rready),
        .memory(memory_beat),
        .blocked(reads_blocked),
        .terminator_valid(read_terminator_busy),
        .terminator_taken(read_merge_terminator_taken),
        .terminator(read_terminator_beat),
        .s_valid(s_axi_rvalid),
        .s_ready(s_axi_rready),
        .s_beat(read_merge_s_beat),
        .response(read_merge_response)
    );

    vcm_soc_iommu_reads writes (
        .clock(aclk),
        .reset(reset),
        .write(1'b1),
        .s_valid(s_axi_awvalid),
        .s_ready(s_axi_awready),
        .s_burst(write_burst),
        .m_valid(m_axi_awvalid),
        .m_ready(m_axi_awready),
        .m_burst(writes_m_burst),
        .issue(writes_issue),
        .leaving_len(writes_leaving_len),
        .terminate(writes_terminate),
        .terminate_id(writes_terminate_id),
        .terminate_resp(writes_terminate_resp),
        .terminator_busy(write_terminator_busy),
        .stream(writes_stream),
        .route(registers_write_route),
        .ask(writes_ask),
        .request(writes_request),
        .taken(translator_write_taken),
        .began(translator_write_began),
        .answer(translator_write_answer),
        .answered_lookup(translator_answer),
        .fill(translator_write_fill),
        .fill_entry(translator_fill),
        .flush(translator_flush),
        .mark(translator_mark),
        .wake(walks_wake),
        .failed(walks_failed),
        .urgent(writes_urgent),
        .rush(translator_rush),
        .resume(registers_resume),
        .limits(registers_limits),
        .now(registers_now),
        .stalled(writes_stalled),
        .offered(m_axi_bvalid),
        .response(write_merge_response),
        .response_id(m_axi_bid),
        .response_resp(m_axi_bresp),
        .response_last(1'b1),
        .blocked(writes_blocked),
        .malformed(writes_malformed),
        .data_done(write_router_done),
        .data_malformed(write_router_malformed),
        .data_late(write_router_late),
        .waits(writes_waits),
        .waits_any(writes_waits_any),
        .fault_valid(writes_fault_valid),
        .fault_ready(registers_write_fault_ready),
        .fault(writes_fault),
        .late_valid(writes_late_valid),
        .late_ready(registers_late_write_ready),
        .late(writes_late),
        .count_burst(writes_count_burst),
        .count_hit(writes_count_hit),
        .count_miss(writes_count_miss),
        .count_stalling(writes_count_stalling)
    );

    vcm_soc_iommu_write_router write_router (
        .clock(aclk),
        .reset(reset),
        .push(write_router_push),
        .route(route),
        .s_valid(s_axi_wvalid),
        .s_ready(s_axi_wready),
        .s_beat(write_beat),
        .m_valid(m_axi_wvalid),
        .m_ready(m_axi_wready),
        .m_beat(write_router_m_beat),
        .done(write_router_done),
        .malformed(write_router_malformed),
        .late(write_router_late),
        .drained(write_router_drained)
    );

    vcm_soc_iommu_write_terminator write_terminator (
        .clock(aclk),
        .reset(reset),
        .start(writes_terminate),
        .id(writes_terminate_id),
        .resp(writes_terminate_resp),
        .busy(write_terminator_busy),
        .busy_id(),
        .drained(write_router_drained),
        .valid(write_terminator_valid),
        .answer(write_terminator_answer),
        .taken(write_merge_terminator_taken)
    );

    vcm_soc_iommu_write_merge write_merge (
        .clock(aclk),
        .reset(reset),
        .memory_valid(m_axi_bvalid),
        .memory_ready(m_axi_bready),
        .memory(memory_answer),
        .blocked(writes_blocked),
        .malformed(writes_malformed),
        .terminator_valid(write_terminator_valid),
        .terminator_taken(write_merge_terminator_taken),
        .terminator(write_terminator_answer),
        .s_valid(s_axi_bvalid),
        .s_ready(s_axi_bready),
        .s_answer(write_merge_s_answer),
        .response(write_merge_response)
    );

    vcm_soc_iommu_translator translator (
        .clock(aclk),
        .reset(reset),
        .read_ask(reads_ask),
        .read_request(reads_request),
        .read_taken(translator_read_taken),
        .write_ask(writes_ask),
        .write_request(writes_request),
        .write_taken(translator_write_taken),
        .read_answer(translator_read_answer),
        .write_answer(translator_write_answer),
        .answer(translator_answer),
        .read_began(translator_read_began),
        .write_began(translator_write_began),
        .read_fill(translator_read_fill),
        .write_fill(translator_write_fill),
        .fill(translator_fill),
        .stream(translator_stream),
        .route(registers_lookup_route),
        .bank_index(translator_bank_index),
        .bank(registers_bank),
        .respond_index(translator_respond_index),
        .respond_bank(registers_respond_bank),
        .command(registers_command),
        .configured(registers_configured),
        .flush(translator_flush),
        .mark(translator_mark),
        .waits(translator_waits),
        .start(translator_start),
        .start_request(translator_start_request),
        .can_start(walks_can_start),
        .can_prefetch(walks_can_prefetch),
        .start_index(walks_start_index),
        .query(translator_query),
        .same(walks_same),
        .wake(walks_wake),
        .failed(walks_failed),
        .read_urgent(reads_urgent),
        .write_urgent(writes_urgent),
        .rush(translator_rush),
        .ended(walks_ended),
        .ended_walk(walks_ended_walk),
        .ended_ready(translator_ended_ready),
        .page_fill(walks_page_fill),
        .page_offered(walks_page_offered),
        .page(walks_page),
        .page_prefetched(walks_page_prefetched),
        .first_fill(walks_first_fill),
        .first(walks_first),
        .probe(registers_probe),
        .probed(translator_probed),
        .probing(translator_probing),
        .locks(translator_locks),
        .sweeping(translator_sweeping),
        .count_main_miss(translator_count_main_miss),
        .count_prefetched(translator_count_prefetched)
    );

    vcm_soc_iommu_walks walks (
        .clock(aclk),
        .reset(reset),
        .start(translator_start),
        .start_request(translator_start_request),
        .start_index(walks_start_index),
        .can_start(walks_can_start),
        .can_prefetch(walks_can_prefetch),
        .query(translator_query),
        .same(walks_same),
        .flush(translator_flush),
        .wake(walks_wake),
        .failed(walks_failed),
        .ended(walks_ended),
        .ended_walk(walks_ended_walk),
        .ended_ready(translator_ended_ready),
        .page_fill(walks_page_fill),
        .page_offered(walks_page_offered),
        .page(walks_page),
        .page_prefetched(walks_page_prefetched),
        .first_fill(walks_first_fill),
        .first(walks_first),
        .waits(walks_waits),
        .cache(registers_walk_cache),
        .user(registers_walk_user),
        .count_walk(walks_count_walk),
        .walking(walks_walking),
        .m_axi_ptw_arid(m_axi_ptw_arid),
        .m_axi_ptw_araddr(m_axi_ptw_araddr),
        .m_axi_ptw_arlen(m_axi_ptw_arlen),
        .m_axi_ptw_arsize(m_axi_ptw_arsize),
        .m_axi_ptw_arburst(m_axi_ptw_arburst),
        .m_axi_ptw_arlock(m_axi_ptw_arlock),
        .m_axi_ptw_arcache(m_axi_ptw_arcache),
        .m_axi_ptw_arprot(m_axi_ptw_arprot),
        .m_axi_ptw_arqos(m_axi_ptw_arqos),
        .m_axi_ptw_aruser(m_axi_ptw_aruser),
        .m_axi_ptw_arvalid(m_axi_ptw_arvalid),
        .m_axi_ptw_arready(m_axi_ptw_arready),
        .m_axi_ptw_rid(m_axi_ptw_rid),
        .m_axi_ptw_rdata(m_axi_ptw_rdata),
        .m_axi_ptw_rresp(m_axi_ptw_rresp),
        .m_axi_ptw_rlast(m_axi_ptw_rlast),
        .m_axi_ptw_rvalid(m_axi_ptw_rvalid),
        .m_axi_ptw_rready(m_axi_ptw_rready)
    );
endmodule

module vcm_soc_iommu_walks (
    input  wire clock,
    input  wire reset,
    input  wire start,
    input  wire [90:0] start_request,
    output wire [1:0] start_index,
    output wire can_start,
    output wire can_prefetch,
    input  wire [30:0] query,
    output wire [3:0] same,
    input  wire [4:0] flush,
    output reg  [3:0] wake,
    output wire failed,
    output wire ended,
    output wire [85:0] ended_walk,
    input  wire ended_ready,
    output wire page_fill,
    output wire page_offered,
    output wire [67:0] page,
    output wire page_prefetched,
    output wire first_fill,
    output wire [54:0] first,
    output wire [7:0] waits,
    input  wire [3:0] cache,
    input  wire [4:0] user,
    output wire count_walk,
    output wire walking,
    output wire [1:0] m_axi_ptw_arid,
    output wire [31:0] m_axi_ptw_araddr,
    output wire [7:0] m_axi_ptw_arlen,
    output wire [2:0] m_axi_ptw_arsize,
    output wire [1:0] m_axi_ptw_arburst,
    output wire m_axi_ptw_arlock,
    output wire [3:0] m_axi_ptw_arcache,
    output wire [2:0] m_axi_ptw_arprot,
    output wire [3:0] m_axi_ptw_arqos,
    output wire [4:0] m_axi_ptw_aruser,
    output wire m_axi_ptw_arvalid,
    input  wire m_axi_ptw_arready,
    input  wire [1:0] m_axi_ptw_rid,
    input  wire [63:0] m_axi_ptw_rdata,
    input  wire [1:0] m_axi_ptw_rresp,
    input  wire m_axi_ptw_rlast,
    input  wire m_axi_ptw_rvalid,
    output wire m_axi_ptw_rready
);
    wire [30:0] start_key;
    wire [12:0] start_asker;
    wire [19:0] start_vpn;
    reg  [28:0] start_address;
    wire request_flushed;
    reg  [3:0] busy;
    reg  [3:0] wants;
    reg  [3:0] level2;
    reg  [3:0] stale;
    reg  [3:0] lane;
    reg  [3:0] matching;
    reg  working;
    reg  [7:0] waiting;
    wire [3:0] free;
    wire two_free;
    reg  [1:0] lowest;
    wire ar_free;
    wire queue;
    wire present;
    wire [1:0] resp;
    wire take;
    wire beat_stale;
    reg  [31:0] word;
    wire [6:0] pair;
    wire [28:0] next_address;
    wire wants_link;
    wire link;
    wire advance;
    wire [5:0] decoded;
    wire [30:0] result_key;
    reg  [19:0] result_vpn;
    wire [31:0] result_word;
    wire [2:0] result_large;
    reg  [19:0] ppn;
    wire [67:0] out_at;
    wire [19:0] out_vpn;
    wire [2:0] out_large;
    wire result_stale;
    wire result_free;
    wire takes_result;
    reg  [67:0] translation;
    wire fresh;
    wire was_stale;
    wire offered;
    wire good;
    wire last;
    wire halfway;
    wire silent;
    wire finish;
    wire [3:0] one;
    wire slot_0_load;
    wire slot_0_link;
    wire slot_0_present;
    wire slot_0_finish;
    wire slot_0_freed;
    wire slot_0_busy;
    wire slot_0_working;
    wire slot_0_wants;
    wire slot_0_level2;
    wire slot_0_stale;
    wire slot_0_lane;
    wire slot_0_same;
    wire [7:0] slot_0_waits;
    wire slot_1_load;
    wire slot_1_link;
    wire slot_1_present;
    wire slot_1_finish;
    wire slot_1_freed;
    wire slot_1_busy;
    wire slot_1_working;
    wire slot_1_wants;
    wire slot_1_level2;
    wire slot_1_stale;
    wire slot_1_lane;
    wire slot_1_same;
    wire [7:0] slot_1_waits;
    wire slot_2_load;
    wire slot_2_link;
    wire slot_2_present;
    wire slot_2_finish;
    wire slot_2_freed;
    wire slot_2_busy;
    wire slot_2_working;
    wire slot_2_wants;
    wire slot_2_level2;
    wire slot_2_stale;
    wire slot_2_lane;
    wire slot_2_same;
    wire [7:0] slot_2_waits;
    wire slot_3_load;
    wire slot_3_link;
    wire slot_3_present;
    wire slot_3_finish;
    wire slot_3_freed;
    wire slot_3_busy;
    wire slot_3_working;
    wire slot_3_wants;
    wire slot_3_level2;
    wire slot_3_stale;
    wire slot_3_lane;
    wire slot_3_same;
    wire [7:0] slot_3_waits;
    wire [12:0] asker_read_data;
    wire [30:0] key_read_data;
    wire [9:0] needs_write_data;
    wire [9:0] needs_read_data;
    wire address_write;
    reg  [1:0] address_write_address;
    reg  [28:0] address_write_data;
    wire [28:0] address_read_data;
    wire domain_write;
    reg  [1:0] domain_write_address;
    reg  [3:0] domain_write_data;
    wire [3:0] domain_read_data;
    reg  one_left_q;
    reg  spare_left_q;
    wire turn_any;
    wire [1:0] turn_pick;
    reg  ar_valid_d;
    reg  ar_valid_q;
    reg  [1:0] ar_walk_d;
    reg  [1:0] ar_walk_q;
    reg  [3:0] ar_cache_d;
    reg  [3:0] ar_cache_q;
    reg  [4:0] ar_user_d;
    reg  [4:0] ar_user_q;
    reg  beat_valid_d;
    reg  beat_valid_q;
    reg  [1:0] beat_walk_d;
    reg  [1:0] beat_walk_q;
    reg  [63:0] beat_data_d;
    reg  [63:0] beat_data_q;
    reg  beat_error_d;
    reg  beat_error_q;
    reg  beat_level2_d;
    reg  beat_level2_q;
    reg  beat_lane_d;
    reg  beat_lane_q;
    reg  beat_linked_d;
    reg  beat_linked_q;
    reg  beat_neighbour_d;
    reg  beat_neighbour_q;
    wire [30:0] decode_key;
    wire [5:0] decode_decoded;
    wire [67:0] decode_translation;
    wire [21:0] decode_next_table;
    wire [3:0] decode_next_domain;
    reg  result_valid_d;
    reg  result_valid_q;
    reg  [43:0] result_d;
    reg  [43:0] result_q;
    reg  [67:0] result_page_d;
    reg  [67:0] result_page_q;
    reg  out_valid_d;
    reg  out_valid_q;
    reg  out_fresh_q;
    reg  [43:0] out_d;
    reg  [43:0] out_q;
    reg  [67:0] out_page_d;
    reg  [67:0] out_page_q;
    reg  [12:0] out_asker_d;
    reg  [12:0] out_asker_q;
    reg  over_0_q;
    reg  over_1_q;
    reg  over_2_q;
    reg  over_last_0_q;
    reg  over_last_1_q;
    reg  over_last_2_q;
    reg  over_failed_0_q;
    reg  over_failed_1_q;
    reg  over_failed_2_q;
    reg  [1:0] over_walk_0_q;
    reg  [1:0] over_walk_1_q;
    reg  [1:0] over_walk_2_q;
    reg  [3:0] busy_v;
    reg  [3:0] wants_v;
    reg  [3:0] level2_v;
    reg  [3:0] stale_v;
    reg  [3:0] lane_v;
    reg  [3:0] matching_v;
    reg  [7:0] waiting_v;
    reg  working_v;
    reg  [1:0] lowest_v;
    reg  [19:0] result_vpn_v;
    reg  [67:0] translation_v;
    reg  [19:0] ppn_v;
    reg  [3:0] wake_v;
    reg  [31:0] word_v;
    reg  [28:0] start_address_v;
    reg  [1:0] address_write_address_v;
    reg  [28:0] address_write_data_v;
    reg  [1:0] domain_write_address_v;
    reg  [3:0] domain_write_data_v;

    assign start_index = lowest;
    assign can_start = one_left_q;
    assign can_prefetch = spare_left_q;
    assign same = matching;
    assign failed = over_failed_2_q;
    assign ended = last & (!silent);
    assign ended_walk = {out_at, out_q[11:7], out_asker_q};
    assign page_fill = offered & (!result_stale);
    assign page_offered = offered & (!was_stale);
    assign page = out_at;
    assign page_prefetched = out_q[6];
    assign first_fill = (good & (!out_q[2])) & out_q[5];
    assign first = {out_q[43:12], out_vpn[19:8], out_at[10:3], out_at[2:0]};
    assign waits = waiting;
    assign count_walk = start;
    assign walking = working;
    assign m_axi_ptw_arid = ar_walk_q;
    assign m_axi_ptw_araddr = {3'h0, address_read_data} << 3;
    assign m_axi_ptw_arlen = 8'h0;
    assign m_axi_ptw_arsize = 3'h3;
    assign m_axi_ptw_arburst = 2'h1;
    assign m_axi_ptw_arlock = 1'b0;
    assign m_axi_ptw_arcache = ar_cache_q;
    assign m_axi_ptw_arprot = 3'h1;
    assign m_axi_ptw_arqos = 4'h0;
    assign m_axi_ptw_aruser = ar_user_q;
    assign m_axi_ptw_arvalid = ar_valid_q;
    assign m_axi_ptw_rready = !beat_valid_q;
    assign start_key = {start_request[43:24], start_request[23:16], start_request[15:13]};
    assign start_asker = start_request[12:0];
    assign start_vpn = start_request[43:24];
    assign request_flushed = flush[0] & ((!flush[1]) | (flush[4:2] == start_request[15:13]));
    assign free = ~busy;
    assign two_free = (((|free[1:0]) & (|free[3:2])) | (&free[1:0])) | (&free[3:2]);
    assign ar_free = (!ar_valid_q) | m_axi_ptw_arready;
    assign queue = (!ar_free) | turn_any;
    assign present = ar_free & turn_any;
    assign resp = m_axi_ptw_rresp;
    assign take = m_axi_ptw_rvalid & (!beat_valid_q);
    assign beat_stale = stale[beat_walk_q];
    assign pair = needs_read_data[9:3];
    assign next_address = ({7'h0, decode_next_table} << 7) | {22'h0, pair};
    assign wants_link = (((beat_valid_q & (!beat_neighbour_q)) & (!beat_linked_q)) & (!beat_stale)) & decoded[0];
    assign link = wants_link & (!start);
    assign advance = (beat_valid_q & takes_result) & (!(wants_link & start));
    assign decoded = decode_decoded;
    assign result_key = key_read_data;
    assign result_word = result_q[43:12];
    assign result_large = result_page_q[34:32];
    assign out_at = out_page_q;
    assign out_vpn = out_at[31:12];
    assign out_large = out_at[34:32];
    assign result_stale = was_stale | (flush[0] & ((!flush[1]) | (flush[4:2] == out_at[2:0])));
    assign result_free = ((!last) | silent) | ended_ready;
    assign takes_result = (!result_valid_q) | (!out_valid_q);
    assign fresh = (out_valid_q & out_fresh_q) & (!(|out_q[11:7]));
    assign was_stale = stale[out_q[1:0]];
    assign offered = (fresh & out_q[2]) & ((!out_q[4]) | (!(|out_large)));
    assign good = fresh & (!result_stale);
    assign last = (out_valid_q & (!out_q[4])) & (!out_q[3]);
    assign halfway = (out_valid_q & (!out_q[4])) & out_q[3];
    assign silent = result_stale | out_q[6];
    assign finish = last & (silent | ended_ready);
    assign one = 4'h1;
    assign slot_0_load = start & (lowest == 2'h0);
    assign slot_0_link = link & (beat_walk_q == 2'h0);
    assign slot_0_present = present & (turn_pick == 2'h0);
    assign slot_0_finish = finish & (out_q[1:0] == 2'h0);
    assign slot_0_freed = over_last_2_q & (over_walk_2_q == 2'h0);
    assign slot_1_load = start & (lowest == 2'h1);
    assign slot_1_link = link & (beat_walk_q == 2'h1);
    assign slot_1_present = present & (turn_pick == 2'h1);
    assign slot_1_finish = finish & (out_q[1:0] == 2'h1);
    assign slot_1_freed = over_last_2_q & (over_walk_2_q == 2'h1);
    assign slot_2_load = start & (lowest == 2'h2);
    assign slot_2_link = link & (beat_walk_q == 2'h2);
    assign slot_2_present = present & (turn_pick == 2'h2);
    assign slot_2_finish = finish & (out_q[1:0] == 2'h2);
    assign slot_2_freed = over_last_2_q & (over_walk_2_q == 2'h2);
    assign slot_3_load = start & (lowest == 2'h3);
    assign slot_3_link = link & (beat_walk_q == 2'h3);
    assign slot_3_present = present & (turn_pick == 2'h3);
    assign slot_3_finish = finish & (out_q[1:0] == 2'h3);
    assign slot_3_freed = over_last_2_q & (over_walk_2_q == 2'h3);
    assign needs_write_data = {start_vpn[7:1], &start_asker[1:0], start_request[90], start_request[44]};
    assign address_write = start | link;
    assign domain_write = start | link;
    assign decode_key = {20'h0, 8'h0, 3'h0};

    always @* begin
        ar_valid_d = ar_valid_q;
        ar_walk_d = ar_walk_q;
        ar_cache_d = ar_cache_q;
        ar_user_d = ar_user_q;
        if (ar_free) begin
            ar_valid_d = (turn_any | start) | link;
            ar_cache_d = cache;
            ar_user_d = user;
            if (turn_any) begin
                ar_walk_d = turn_pick;
            end else if (start) begin
                ar_walk_d = lowest;
            end else if (link) begin
                ar_walk_d = beat_walk_q;
            end
        end
    end

    always @* begin
        beat_valid_d = beat_valid_q;
        beat_walk_d = beat_walk_q;
        beat_data_d = beat_data_q;
        beat_error_d = beat_error_q;
        beat_level2_d = beat_level2_q;
        beat_lane_d = beat_lane_q;
        beat_linked_d = beat_linked_q;
        beat_neighbour_d = beat_neighbour_q;
        if (link) begin
            beat_linked_d = 1'b1;
        end
        if (advance) begin
            beat_neighbour_d = 1'b1;
            beat_lane_d = !beat_lane_q;
            if (beat_neighbour_q) begin
                beat_valid_d = 1'b0;
            end
        end
        if (!beat_valid_q) begin
            beat_valid_d = take;
            beat_walk_d = m_axi_ptw_rid;
            beat_data_d = m_axi_ptw_rdata;
            beat_error_d = resp[1];
            beat_level2_d = level2[m_axi_ptw_rid];
            beat_lane_d = lane[m_axi_ptw_rid];
            beat_linked_d = 1'b0;
            beat_neighbour_d = 1'b0;
        end
    end

    always @* begin
        result_valid_d = result_valid_q;
        result_d = result_q;
        result_page_d = result_page_q;
        out_valid_d = out_valid_q;
        out_d = out_q;
        out_page_d = out_page_q;
        out_asker_d = out_asker_q;
        if (result_free) begin
            out_valid_d = 1'b0;
        end
        if (!out_valid_q) begin
            out_valid_d = result_valid_q;
            result_valid_d = 1'b0;
            out_d = result_q;
            out_page_d = translation;
            out_asker_d = asker_read_data;
        end
        if (takes_result) begin
            result_valid_d = advance;
            result_d[1:0] = beat_walk_q;
            result_d[2] = beat_level2_q;
            result_d[3] = beat_linked_q | wants_link;
            result_d[4] = beat_neighbour_q;
            result_d[5] = needs_read_data[1];
            result_d[6] = needs_read_data[2];
            result_d[11:7] = decoded[5:1];
            result_d[43:12] = word;
            result_page_d = decode_translation;
            result_page_d[54:35] = 20'h0;
        end
    end

    always @* begin
        busy_v = 4'h0;
        busy_v = (busy_v & 4'he) | ({3'h0, slot_0_busy} << 0);
        busy_v = (busy_v & 4'hd) | ({3'h0, slot_1_busy} << 1);
        busy_v = (busy_v & 4'hb) | ({3'h0, slot_2_busy} << 2);
        busy_v = (busy_v & 4'h7) | ({3'h0, slot_3_busy} << 3);
        busy = busy_v;
    end

    always @* begin
        wants_v = 4'h0;
        wants_v = (wants_v & 4'he) | ({3'h0, slot_0_wants} << 0);
        wants_v = (wants_v & 4'hd) | ({3'h0, slot_1_wants} << 1);
        wants_v = (wants_v & 4'hb) | ({3'h0, slot_2_wants} << 2);
        wants_v = (wants_v & 4'h7) | ({3'h0, slot_3_wants} << 3);
        wants = wants_v;
    end

    always @* begin
        level2_v = 4'h0;
        level2_v = (level2_v & 4'he) | ({3'h0, slot_0_level2} << 0);
        level2_v = (level2_v & 4'hd) | ({3'h0, slot_1_level2} << 1);
        level2_v = (level2_v & 4'hb) | ({3'h0, slot_2_level2} << 2);
        level2_v = (level2_v & 4'h7) | ({3'h0, slot_3_level2} << 3);
        level2 = level2_v;
    end

    always @* begin
        stale_v = 4'h0;
        stale_v = (stale_v & 4'he) | ({3'h0, slot_0_stale} << 0);
        stale_v = (stale_v & 4'hd) | ({3'h0, slot_1_stale} << 1);
        stale_v = (stale_v & 4'hb) | ({3'h0, slot_2_stale} << 2);
        stale_v = (stale_v & 4'h7) | ({3'h0, slot_3_stale} << 3);
        stale = stale_v;
    end

    always @* begin
        lane_v = 4'h0;
        lane_v = (lane_v & 4'he) | ({3'h0, slot_0_lane} << 0);
        lane_v = (lane_v & 4'hd) | ({3'h0, slot_1_lane} << 1);
        lane_v = (lane_v & 4'hb) | ({3'h0, slot_2_lane} << 2);
        lane_v = (lane_v & 4'h7) | ({3'h0, slot_3_lane} << 3);
        lane = lane_v;
    end

    always @* begin
        matching_v = 4'h0;
        matching_v = (matching_v & 4'he) | ({3'h0, slot_0_same} << 0);
        matching_v = (matching_v & 4'hd) | ({3'h0, slot_1_same} << 1);
        matching_v = (matching_v & 4'hb) | ({3'h0, slot_2_same} << 2);
        matching_v = (matching_v & 4'h7) | ({3'h0, slot_3_same} << 3);
        matching = matching_v;
    end

    always @* begin
        waiting_v = 8'h0;
        waiting_v = waiting_v | slot_0_waits;
        waiting_v = waiting_v | slot_1_waits;
        waiting_v = waiting_v | slot_2_waits;
        waiting_v = waiting_v | slot_3_waits;
        waiting = waiting_v;
    end

    always @* begin
        working_v = 1'b0;
        working_v = working_v | slot_0_working;
        working_v = working_v | slot_1_working;
        working_v = working_v | slot_2_working;
        working_v = working_v | slot_3_working;
        working = working_v;
    end

    always @* begin
        lowest_v = 2'h3;
        if (free[2]) begin
            lowest_v = 2'h2;
        end
        if (free[1]) begin
            lowest_v = 2'h1;
        end
        if (free[0]) begin
            lowest_v = 2'h0;
        end
        lowest = lowest_v;
    end

    always @* begin
        result_vpn_v = result_key[30:11];
        if (result_q[4]) begin
            if (result_q[2]) begin
                result_vpn_v = result_key[30:11] ^ 20'h1;
            end else begin
                result_vpn_v = result_key[30:11] ^ 20'h100;
            end
        end
        result_vpn = result_vpn_v;
    end

    always @* begin
        translation_v = result_page_q;
        translation_v[2:0] = result_key[2:0];
        translation_v[10:3] = result_key[10:3];
        translation_v[31:12] = result_vpn;
        translation_v[54:35] = ppn;
        translation = translation_v;
    end

    always @* begin
        ppn_v = result_word[31:12];
        if (result_large[0]) begin
            ppn_v = ppn_v & 20'hffff0;
        end
        if (result_large[1]) begin
            ppn_v = ppn_v & 20'hfff00;
        end
        if (result_large[2]) begin
            ppn_v = ppn_v & 20'hff000;
        end
        ppn = ppn_v;
    end

    always @* begin
        wake_v = 4'h0;
        if (over_2_q) begin
            wake_v = one << over_walk_2_q;
        end
        wake = wake_v;
    end

    always @* begin
        word_v = beat_data_q[31:0];
        if (beat_lane_q) begin
            word_v = beat_data_q[63:32];
        end
        word = word_v;
    end

    always @* begin
        start_address_v = ({11'h0, start_request[62:45]} << 11) | {18'h0, start_vpn[19:9]};
        if (start_request[63]) begin
            start_address_v = ({7'h0, start_request[85:64]} << 7) | {22'h0, start_vpn[7:1]};
        end
        start_address = start_address_v;
    end

    always @* begin
        if (start) begin
            address_write_address_v = lowest;
            address_write_data_v = start_address;
            domain_write_address_v = lowest;
            domain_write_data_v = start_request[89:86];
        end else begin
            address_write_address_v = beat_walk_q;
            address_write_data_v = next_address;
            domain_write_address_v = beat_walk_q;
            domain_write_data_v = decode_next_domain;
        end
        address_write_address = address_write_address_v;
        address_write_data = address_write_data_v;
        domain_write_address = domain_write_address_v;
        domain_write_data = domain_write_data_v;
    end

    initial begin
        one_left_q <= 1'h0;
        spare_left_q <= 1'h0;
        ar_valid_q <= 1'h0;
        ar_walk_q <= 2'h0;
        ar_cache_q <= 4'h0;
        ar_user_q <= 5'h0;
        beat_valid_q <= 1'h0;
        beat_walk_q <= 2'h0;
        beat_data_q <= 64'h0;
        beat_error_q <= 1'h0;
        beat_level2_q <= 1'h0;
        beat_lane_q <= 1'h0;
        beat_linked_q <= 1'h0;
        beat_neighbour_q <= 1'h0;
        result_valid_q <= 1'h0;
        result_q <= 44'h0;
        result_page_q <= 68'h0;
        out_valid_q <= 1'h0;
        out_fresh_q <= 1'h0;
        out_q <= 44'h0;
        out_page_q <= 68'h0;
        out_asker_q <= 13'h0;
        over_0_q <= 1'h0;
        over_1_q <= 1'h0;
        over_2_q <= 1'h0;
        over_last_0_q <= 1'h0;
        over_last_1_q <= 1'h0;
        over_last_2_q <= 1'h0;
        over_failed_0_q <= 1'h0;
        over_failed_1_q <= 1'h0;
        over_failed_2_q <= 1'h0;
        over_walk_0_q <= 2'h0;
        over_walk_1_q <= 2'h0;
        over_walk_2_q <= 2'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            one_left_q <= 1'h0;
            spare_left_q <= 1'h0;
            ar_valid_q <= 1'h0;
            ar_walk_q <= 2'h0;
            ar_cache_q <= 4'h0;
            ar_user_q <= 5'h0;
            beat_valid_q <= 1'h0;
            beat_walk_q <= 2'h0;
            beat_data_q <= 64'h0;
            beat_error_q <= 1'h0;
            beat_level2_q <= 1'h0;
            beat_lane_q <= 1'h0;
            beat_linked_q <= 1'h0;
            beat_neighbour_q <= 1'h0;
            result_valid_q <= 1'h0;
            result_q <= 44'h0;
            result_page_q <= 68'h0;
            out_valid_q <= 1'h0;
            out_fresh_q <= 1'h0;
            out_q <= 44'h0;
            out_page_q <= 68'h0;
            out_asker_q <= 13'h0;
            over_0_q <= 1'h0;
            over_1_q <= 1'h0;
            over_2_q <= 1'h0;
            over_last_0_q <= 1'h0;
            over_last_1_q <= 1'h0;
            over_last_2_q <= 1'h0;
            over_failed_0_q <= 1'h0;
            over_failed_1_q <= 1'h0;
            over_failed_2_q <= 1'h0;
            over_walk_0_q <= 2'h0;
            over_walk_1_q <= 2'h0;
            over_walk_2_q <= 2'h0;
        end else begin
            one_left_q <= two_free | ((|free) & (!start));
            spare_left_q <= two_free & (!start);
            ar_valid_q <= ar_valid_d;
            ar_walk_q <= ar_walk_d;
            ar_cache_q <= ar_cache_d;
            ar_user_q <= ar_user_d;
            beat_valid_q <= beat_valid_d;
            beat_walk_q <= beat_walk_d;
            beat_data_q <= beat_data_d;
            beat_error_q <= beat_error_d;
            beat_level2_q <= beat_level2_d;
            beat_lane_q <= beat_lane_d;
            beat_linked_q <= beat_linked_d;
            beat_neighbour_q <= beat_neighbour_d;
            result_valid_q <= result_valid_d;
            result_q <= result_d;
            result_page_q <= result_page_d;
            out_valid_q <= out_valid_d;
            out_fresh_q <= result_valid_q & (!out_valid_q);
            out_q <= out_d;
            out_page_q <= out_page_d;
            out_asker_q <= out_asker_d;
            over_0_q <= finish | halfway;
            over_1_q <= over_0_q;
            over_2_q <= over_1_q;
            over_last_0_q <= finish;
            over_last_1_q <= over_last_0_q;
            over_last_2_q <= over_last_1_q;
            over_failed_0_q <= finish & (|out_q[11:7]);
            over_failed_1_q <= over_failed_0_q;
            over_failed_2_q <= over_failed_1_q;
            over_walk_0_q <= out_q[1:0];
            over_walk_1_q <= over_walk_0_q;
            over_walk_2_q <= over_walk_1_q;
        end
    end

    vcm_soc_iommu_walks_slot slot_0 (
        .clock(clock),
        .reset(reset),
        .load(slot_0_load),
        .request(start_key),
        .request_level2(start_request[63]),
        .request_flushed(request_flushed),
        .link(slot_0_link),
        .queue(queue),
        .present(slot_0_present),
        .finish(slot_0_finish),
        .freed(slot_0_freed),
        .flush(flush),
        .query(query),
        .busy(slot_0_busy),
        .working(slot_0_working),
        .wants(slot_0_wants),
        .level2(slot_0_level2),
        .stale(slot_0_stale),
        .lane(slot_0_lane),
        .same(slot_0_same),
        .waits(slot_0_waits)
    );

    vcm_soc_iommu_walks_slot slot_1 (
        .clock(clock),
        .reset(reset),
        .load(slot_1_load),
        .request(start_key),
        .request_level2(start_request[63]),
        .request_flushed(request_flushed),
        .link(slot_1_link),
        .queue(queue),
        .present(slot_1_present),
        .finish(slot_1_finish),
        .freed(slot_1_freed),
        .flush(flush),
        .query(query),
        .busy(slot_1_busy),
        .working(slot_1_working),
        .wants(slot_1_wants),
        .level2(slot_1_level2),
        .stale(slot_1_stale),
        .lane(slot_1_lane),
        .same(slot_1_same),
        .waits(slot_1_waits)
    );

    vcm_soc_iommu_walks_slot slot_2 (
        .clock(clock),
        .reset(reset),
        .load(slot_2_load),
        .request(start_key),
        .request_level2(start_request[63]),
        .request_flushed(request_flushed),
        .link(slot_2_link),
        .queue(queue),
        .present(slot_2_present),
        .finish(slot_2_finish),
        .freed(slot_2_freed),
        .flush(flush),
        .query(query),
        .busy(slot_2_busy),
        .working(slot_2_working),
        .wants(slot_2_wants),
        .level2(slot_2_level2),
        .stale(slot_2_stale),
        .lane(slot_2_lane),
        .same(slot_2_same),
        .waits(slot_2_waits)
    );

    vcm_soc_iommu_walks_slot slot_3 (
        .clock(clock),
        .reset(reset),
        .load(slot_3_load),
        .request(start_key),
        .request_level2(start_request[63]),
        .request_flushed(request_flushed),
        .link(slot_3_link),
        .queue(queue),
        .present(slot_3_present),
        .finish(slot_3_finish),
        .freed(slot_3_freed),
        .flush(flush),
        .query(query),
        .busy(slot_3_busy),
        .working(slot_3_working),
        .wants(slot_3_wants),
        .level2(slot_3_level2),
        .stale(slot_3_stale),
        .lane(slot_3_lane),
        .same(slot_3_same),
        .waits(slot_3_waits)
    );

    vcm_soc_lut_ram_18 asker (
        .clock(clock),
        .write(start),
        .write_address(lowest),
        .write_data(start_asker),
        .read_address(result_q[1:0]),
        .read_data(asker_read_data)
    );

    vcm_soc_lut_ram_19 key (
        .clock(clock),
        .write(start),
        .write_address(lowest),
        .write_data(start_key),
        .read_address(result_q[1:0]),
        .read_data(key_read_data)
    );

    vcm_soc_lut_ram_7 needs (
        .clock(clock),
        .write(start),
        .write_address(lowest),
        .write_data(needs_write_data),
        .read_address(beat_walk_q),
        .read_data(needs_read_data)
    );

    vcm_soc_lut_ram_20 address (
        .clock(clock),
        .write(address_write),
        .write_address(address_write_address),
        .write_data(address_write_data),
        .read_address(ar_walk_q),
        .read_data(address_read_data)
    );

    vcm_soc_lut_ram_21 domain (
        .clock(clock),
        .write(domain_write),
        .write_address(domain_write_address),
        .write_data(domain_write_data),
        .read_address(beat_walk_q),
        .read_data(domain_read_data)
    );

    vcm_soc_iommu_walks_turn turn (
        .want(wants),
        .last(ar_walk_q),
        .any(turn_any),
        .pick(turn_pick)
    );

    vcm_soc_iommu_translator_decode decode (
        .word(word),
        .level2(beat_level2_q),
        .bus_error(beat_error_q),
        .key(decode_key),
        .afe(needs_read_data[0]),
        .table_domain(domain_read_data),
        .decoded(decode_decoded),
        .translation(decode_translation),
        .next_table(decode_next_table),
        .next_domain(decode_next_domain)
    );
endmodule

module vcm_soc_iommu_walks_turn (
    input  wire [3:0] want,
    input  wire [1:0] last,
    output wire any,
    output wire [1:0] pick
);
    localparam [1:0] ONE = 2'h1;
    localparam [1:0] THREE = 2'h3;
    localparam [1:0] TWO = 2'h2;

    wire [1:0] first;
    wire [1:0] second;
    wire [1:0] third;
    reg  [1:0] chosen;
    reg  [1:0] chosen_v;

    assign any = |want;
    assign pick = chosen;
    assign first = last + ONE;
    assign second = last + TWO;
    assign third = last + THREE;

    always @* begin
        chosen_v = last;
        if (want[third]) begin
            chosen_v = third;
        end
        if (want[second]) begin
            chosen_v = second;
        end
        if (want[first]) begin
            chosen_v = first;
        end
        chosen = chosen_v;
    end
endmodule

module vcm_soc_lut_ram_21 (
    input  wire clock,
    input  wire write,
    input  wire [1:0] write_address,
    input  wire [3:0] write_data,
    input  wire [1:0] read_address,
    output wire [3:0] read_data
);
    (* ram_style = "distributed" *)
    reg [3:0] words [0:3];
    integer i;
    initial for (i = 0; i < 4; i = i + 1) words[i] = 4'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_lut_ram_20 (
    input  wire clock,
    input  wire write,
    input  wire [1:0] write_address,
    input  wire [28:0] write_data,
    input  wire [1:0] read_address,
    output wire [28:0] read_data
);
    (* ram_style = "distributed" *)
    reg [28:0] words [0:3];
    integer i;
    initial for (i = 0; i < 4; i = i + 1) words[i] = 29'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_lut_ram_19 (
    input  wire clock,
    input  wire write,
    input  wire [1:0] write_address,
    input  wire [30:0] write_data,
    input  wire [1:0] read_address,
    output wire [30:0] read_data
);
    (* ram_style = "distributed" *)
    reg [30:0] words [0:3];
    integer i;
    initial for (i = 0; i < 4; i = i + 1) words[i] = 31'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_lut_ram_18 (
    input  wire clock,
    input  wire write,
    input  wire [1:0] write_address,
    input  wire [12:0] write_data,
    input  wire [1:0] read_address,
    output wire [12:0] read_data
);
    (* ram_style = "distributed" *)
    reg [12:0] words [0:3];
    integer i;
    initial for (i = 0; i < 4; i = i + 1) words[i] = 13'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_walks_slot (
    input  wire clock,
    input  wire reset,
    input  wire load,
    input  wire [30:0] request,
    input  wire request_level2,
    input  wire request_flushed,
    input  wire link,
    input  wire queue,
    input  wire present,
    input  wire finish,
    input  wire freed,
    input  wire [4:0] flush,
    input  wire [30:0] query,
    output wire busy,
    output wire working,
    output wire wants,
    output wire level2,
    output wire stale,
    output reg  lane,
    output wire same,
    output reg  [7:0] waits
);
    wire [19:0] vpn;
    wire [19:0] query_vpn;
    wire flushed;
    wire same_first;
    wire same_pair;
    wire [7:0] one;
    reg  busy_reg_d;
    reg  busy_reg_q;
    reg  over_reg_d;
    reg  over_reg_q;
    reg  wants_reg_d;
    reg  wants_reg_q;
    reg  level2_reg_d;
    reg  level2_reg_q;
    reg  stale_reg_d;
    reg  stale_reg_q;
    reg  [2:0] context_reg_d;
    reg  [2:0] context_reg_q;
    reg  [19:0] vpn_reg_d;
    reg  [19:0] vpn_reg_q;
    reg  lane_v;
    reg  [7:0] waits_v;

    assign busy = busy_reg_q;
    assign working = busy_reg_q & (!over_reg_q);
    assign wants = wants_reg_q;
    assign level2 = level2_reg_q;
    assign stale = stale_reg_q;
    assign same = (((busy_reg_q & (!over_reg_q)) & (!stale_reg_q)) & same_first) & ((!level2_reg_q) | same_pair);
    assign vpn = vpn_reg_q;
    assign query_vpn = query[30:11];
    assign flushed = flush[0] & ((!flush[1]) | (flush[4:2] == context_reg_q));
    assign same_first = (query[2:0] == context_reg_q) & (query_vpn[19:8] == vpn[19:8]);
    assign same_pair = query_vpn[7:1] == vpn[7:1];
    assign one = 8'h1;

    always @* begin
        busy_reg_d = busy_reg_q;
        over_reg_d = over_reg_q;
        wants_reg_d = wants_reg_q;
        level2_reg_d = level2_reg_q;
        stale_reg_d = stale_reg_q;
        if (flushed & busy_reg_q) begin
            stale_reg_d = 1'b1;
        end
        if (present) begin
            wants_reg_d = 1'b0;
        end
        if (link) begin
            level2_reg_d = 1'b1;
            wants_reg_d = queue;
        end
        if (finish) begin
            over_reg_d = 1'b1;
        end
        if (freed) begin
            busy_reg_d = 1'b0;
            stale_reg_d = 1'b0;
        end
        if (load) begin
            busy_reg_d = 1'b1;
            over_reg_d = 1'b0;
            stale_reg_d = request_flushed;
            wants_reg_d = queue;
            level2_reg_d = request_level2;
        end
    end

    always @* begin
        context_reg_d = context_reg_q;
        vpn_reg_d = vpn_reg_q;
        if (!busy_reg_q) begin
            context_reg_d = request[2:0];
            vpn_reg_d = request[30:11];
        end
    end

    always @* begin
        lane_v = vpn[8];
        if (level2_reg_q) begin
            lane_v = vpn[0];
        end
        lane = lane_v;
    end

    always @* begin
        waits_v = 8'h0;
        if (stale_reg_q) begin
            waits_v = one << context_reg_q;
        end
        waits = waits_v;
    end

    initial begin
        busy_reg_q <= 1'h0;
        over_reg_q <= 1'h0;
        wants_reg_q <= 1'h0;
        level2_reg_q <= 1'h0;
        stale_reg_q <= 1'h0;
        context_reg_q <= 3'h0;
        vpn_reg_q <= 20'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            busy_reg_q <= 1'h0;
            over_reg_q <= 1'h0;
            wants_reg_q <= 1'h0;
            level2_reg_q <= 1'h0;
            stale_reg_q <= 1'h0;
            context_reg_q <= 3'h0;
            vpn_reg_q <= 20'h0;
        end else begin
            busy_reg_q <= busy_reg_d;
            over_reg_q <= over_reg_d;
            wants_reg_q <= wants_reg_d;
            level2_reg_q <= level2_reg_d;
            stale_reg_q <= stale_reg_d;
            context_reg_q <= context_reg_d;
            vpn_reg_q <= vpn_reg_d;
        end
    end
endmodule

module vcm_soc_iommu_translator (
    input  wire clock,
    input  wire reset,
    input  wire read_ask,
    input  wire [28:0] read_request,
    output wire read_taken,
    input  wire write_ask,
    input  wire [28:0] write_request,
    output wire write_taken,
    output wire read_answer,
    output wire write_answer,
    output reg  [40:0] answer,
    output wire read_began,
    output wire write_began,
    output wire read_fill,
    output wire write_fill,
    output wire [54:0] fill,
    output wire [3:0] stream,
    input  wire [4:0] route,
    output wire [2:0] bank_index,
    input  wire [62:0] bank,
    output wire [2:0] respond_index,
    input  wire [62:0] respond_bank,
    input  wire [48:0] command,
    input  wire [4:0] configured,
    output wire [4:0] flush,
    output wire [48:0] mark,
    output wire [7:0] waits,
    output wire start,
    output wire [90:0] start_request,
    input  wire can_start,
    input  wire can_prefetch,
    input  wire [1:0] start_index,
    output wire [30:0] query,
    input  wire [3:0] same,
    input  wire [3:0] wake,
    input  wire failed,
    input  wire read_urgent,
    input  wire write_urgent,
    output wire rush,
    input  wire ended,
    input  wire [85:0] ended_walk,
    output wire ended_ready,
    input  wire page_fill,
    input  wire page_offered,
    input  wire [67:0] page,
    input  wire page_prefetched,
    input  wire first_fill,
    input  wire [54:0] first,
    input  wire [26:0] probe,
    output wire [31:0] probed,
    output wire [7:0] probing,
    output wire [2:0] locks,
    output wire sweeping,
    output wire count_main_miss,
    output wire count_prefetched
);
    localparam [4:0] CODE_CONTEXT_DISABLED = 5'h11;
    localparam [4:0] CODE_ILLEGAL_BURST = 5'h12;
    localparam [4:0] CODE_LOCK_FULL = 5'h14;
    localparam [4:0] CODE_UNMAPPED_STREAM = 5'h10;

    localparam [2:0] LookupStep_Compare = 3'h2;
    localparam [2:0] LookupStep_CompareLarge = 3'h3;
    localparam [2:0] LookupStep_Idle = 3'h0;
    localparam [2:0] LookupStep_Probe = 3'h1;
    localparam [2:0] LookupStep_Select = 3'h4;
    localparam [2:0] LookupStep_SelectLarge = 3'h5;
    localparam [2:0] LookupStep_Start = 3'h6;

    wire idle;
    wire comparing;
    wire selecting;
    wire selecting_large;
    wire starting;
    wire is_path;
    wire is_prefetch;
    wire tlb_hit;
    wire over;
    reg  retries;
    wire open;
    wire asked;
    wire kill_first;
    wire take_kill;
    wire may;
    wire next_read;
    wire next_write;
    wire next_prober;
    reg  [1:0] source;
    wire take_read;
    wire take_write;
    wire take_prober;
    wire prefetch_asks;
    wire take_prefetch;
    reg  [2:0] context_now;
    reg  [30:0] key;
    wire found_now;
    wire resolves;
    wire misses;
    wire wakes_now;
    wire [3:0] woken;
    wire starts;
    wire cannot;
    reg  [1:0] place;
    reg  [67:0] chosen;
    wire [67:0] ended_page;
    wire [2:0] ended_large;
    wire [12:0] ended_asker;
    wire [12:0] asker;
    wire free;
    wire take_ended;
    reg  owned;
    reg  retry_done;
    reg  [1:0] retry_kind;
    reg  [1:0] retry_slot;
    reg  [1:0] waited;
    reg  [85:0] result;
    wire [85:0] respond;
    wire [67:0] respond_page;
    reg  [67:0] filled_page;
    wire for_prober;
    wire passes;
    wire gives_up;
    wire respond_fails;
    wire locks_now;
    wire kills;
    reg  [1:0] outcome;
    wire settled;
    wire confirms;
    wire main_probe;
    wire main_any_asid;
    wire main_hit;
    wire [67:0] main_page;
    wire main_kill;
    wire main_fill;
    wire [8:0] main_sweep_index;
    wire [11:0] main_generation;
    wire [11:0] main_first_generation;
    wire firsts_probe;
    wire firsts_hit;
    wire [31:0] firsts_word;
    wire firsts_vacant;
    wire firsts_fill;
    wire firsts_killing;
    wire side_any_asid;
    wire side_hit;
    wire side_locked;
    wire [67:0] side_page;
    wire side_take;
    wire side_kill;
    wire side_insert;
    wire side_insert_lock;
    wire side_lock_full;
    wire [4:0] shootdown_bump;
    wire shootdown_kill_ask;
    wire [30:0] shootdown_kill_key;
    wire shootdown_kill_any_asid;
    wire shootdown_kill_done;
    wire shootdown_kill_group;
    wire shootdown_grouping;
    wire prober_ask;
    wire [26:0] prober_request;
    wire prober_again;
    wire prober_waits;
    wire prober_woken;
    wire prober_open;
    wire prefetch_sequential;
    wire prefetch_learn;
    wire prefetch_ask;
    wire [2:0] prefetch_ask_context;
    wire [19:0] prefetch_ask_vpn;
    wire [5:0] decode_decoded;
    wire [67:0] decode_translation;
    wire [21:0] decode_next_table;
    wire [3:0] decode_next_domain;
    wire resolve_write;
    wire [40:0] resolve_answer;
    wire [3:0] resolve_allow;
    wire owner_0_start;
    wire owner_0_owned;
    wire owner_0_retry;
    wire [1:0] owner_0_retry_kind;
    wire [1:0] owner_0_retry_slot;
    reg  owner_0_retried;
    wire owner_1_start;
    wire owner_1_owned;
    wire owner_1_retry;
    wire [1:0] owner_1_retry_kind;
    wire [1:0] owner_1_retry_slot;
    reg  owner_1_retried;
    wire owner_2_start;
    wire owner_2_owned;
    wire owner_2_retry;
    wire [1:0] owner_2_retry_kind;
    wire [1:0] owner_2_retry_slot;
    reg  owner_2_retried;
    wire owner_3_start;
    wire owner_3_owned;
    wire owner_3_retry;
    wire [1:0] owner_3_retry_kind;
    wire [1:0] owner_3_retry_slot;
    reg  owner_3_retried;
    reg  [2:0] state_d;
    reg  [2:0] state_q;
    reg  selects_q;
    reg  selects_large_q;
    reg  prefetches_q;
    reg  probe_urgent_q;
    reg  in_rush_q;
    reg  asked_before_q;
    reg  to_lock_q;
    reg  [31:0] job_d;
    reg  [31:0] job_q;
    reg  [2:0] context_reg_d;
    reg  [2:0] context_reg_q;
    reg  bypass_d;
    reg  bypass_q;
    reg  translate_d;
    reg  translate_q;
    reg  direct_d;
    reg  direct_q;
    reg  [4:0] direct_status_d;
    reg  [4:0] direct_status_q;
    reg  in_context_d;
    reg  in_context_q;
    reg  sequential_d;
    reg  sequential_q;
    reg  flushed_d;
    reg  flushed_q;
    reg  section_q;
    reg  pointer_q;
    reg  [3:0] same_reg_q;
    reg  same_any_q;
    reg  [1:0] turn_d;
    reg  [1:0] turn_q;
    reg  killed_d;
    reg  killed_q;
    reg  found_valid_d;
    reg  found_valid_q;
    reg  [85:0] found_q;
    reg  [62:0] found_bank_q;
    reg  page_valid_q;
    reg  page_comes_q;
    reg  page_side_q;
    reg  [67:0] page_reg_q;
    reg  [40:0] answer_reg_q;
    reg  read_answer_reg_q;
    reg  write_answer_reg_q;
    reg  read_began_reg_q;
    reg  write_began_reg_q;
    reg  fills_q;
    reg  [19:0] fill_vpn_q;
    reg  [2:0] fill_large_q;
    reg  [3:0] fill_allow_q;
    reg  probe_answer_reg_q;
    reg  probe_loose_q;
    reg  probe_put_off_q;
    reg  probe_no_room_q;
    reg  checked_d;
    reg  checked_q;
    reg  [31:0] probed_reg_d;
    reg  [31:0] probed_reg_q;
    reg  retries_v;
    reg  [1:0] source_v;
    reg  [2:0] context_now_v;
    reg  [30:0] key_v;
    reg  [1:0] waited_v;
    reg  owned_v;
    reg  [1:0] retry_kind_v;
    reg  [1:0] retry_slot_v;
    reg  [1:0] place_v;
    reg  [67:0] chosen_v;
    reg  [85:0] result_v;
    reg  [67:0] filled_page_v;
    reg  [1:0] outcome_v;
    reg  [40:0] answer_v;

    assign read_taken = take_read;
    assign write_taken = take_write;
    assign read_answer = read_answer_reg_q;
    assign write_answer = write_answer_reg_q;
    assign read_began = read_began_reg_q;
    assign write_began = write_began_reg_q;
    assign read_fill = (read_answer_reg_q & fills_q) & (!flush[0]);
    assign write_fill = (write_answer_reg_q & fills_q) & (!flush[0]);
    assign fill = {answer_reg_q[40], answer_reg_q[39:36], fill_allow_q, answer_reg_q[35:16], fill_large_q, fill_vpn_q, answer_reg_q[15:13]};
    assign stream = job_q[8:5];
    assign bank_index = context_reg_q;
    assign respond_index = result[28:26];
    assign start = starts;
    assign start_request = {(!is_prefetch) | firsts_vacant, decode_next_domain, decode_next_table, pointer_q, bank[30:13], bank[2], key[30:11], key[10:3], key[2:0], asker};
    assign query = key;
    assign rush = in_rush_q;
    assign ended_ready = free & (!retries);
    assign probed = probed_reg_q;
    assign count_main_miss = ((misses & is_path) & (!flushed_q)) & (!flush[0]);
    assign count_prefetched = (side_take & side_hit) & (!side_locked);
    assign idle = state_q == LookupStep_Idle;
    assign comparing = state_q == LookupStep_Compare;
    assign selecting = selects_q;
    assign selecting_large = selects_large_q;
    assign starting = state_q == LookupStep_Start;
    assign is_path = (!job_q[0]) & (job_q[2:1] < 2'h2);
    assign is_prefetch = prefetches_q;
    assign tlb_hit = main_hit | side_hit;
    assign over = (selecting & (!job_q[0])) & (direct_q | main_hit);
    assign open = ((idle | over) & (!retries)) & (!flush[0]);
    assign asked = (read_ask | write_ask) | prober_ask;
    assign kill_first = shootdown_kill_ask & (!((killed_q & asked_before_q) & can_start));
    assign take_kill = ((open & idle) & kill_first) & (!(found_valid_q & (found_q[19] | (found_q[1:0] == 2'h2))));
    assign may = (open & (!kill_first)) & can_start;
    assign next_read = read_ask & (((turn_q == 2'h2) | ((turn_q == 2'h1) & (!prober_ask))) | ((!write_ask) & (!prober_ask)));
    assign next_write = write_ask & (((turn_q == 2'h0) | ((turn_q == 2'h2) & (!read_ask))) | ((!read_ask) & (!prober_ask)));
    assign next_prober = prober_ask & (((turn_q == 2'h1) | ((turn_q == 2'h0) & (!write_ask))) | ((!read_ask) & (!write_ask)));
    assign take_read = may & next_read;
    assign take_write = may & next_write;
    assign take_prober = may & next_prober;
    assign prefetch_asks = (prefetch_ask & can_prefetch) & (!in_rush_q);
    assign take_prefetch = (may & prefetch_asks) & (!asked);
    assign found_now = direct_q | tlb_hit;
    assign resolves = (!job_q[0]) & (((selecting & (found_now | flushed_q)) | (selecting_large & (tlb_hit | section_q))) | starting);
    assign misses = starting;
    assign wakes_now = |woken;
    assign woken = same_reg_q & wake;
    assign starts = (((((misses & (!same_any_q)) & (!flushed_q)) & (!flush[0])) & (!retries)) & can_start) & (can_prefetch | (!is_prefetch));
    assign cannot = (misses & (!same_any_q)) & (retries | (!can_start));
    assign ended_page = ended_walk[85:18];
    assign ended_large = ended_page[34:32];
    assign ended_asker = ended_walk[12:0];
    assign asker = {prober_request[26], prober_request[25], job_q[30], job_q[29], sequential_q, job_q[8:5], job_q[4:3], job_q[2:1]};
    assign free = ((!selecting) & (!selecting_large)) & (!starting);
    assign take_ended = (free & (!retries)) & ended;
    assign respond = found_q;
    assign respond_page = {respond[85:81], respond[80:77], respond[76], respond[75:73], respond[72:53], respond[52:50], respond[48:29], respond[49], found_bank_q[12:5], respond[28:26]};
    assign for_prober = found_valid_q & (respond[1:0] == 2'h2);
    assign passes = resolve_answer[3:2] == 2'h0;
    assign gives_up = resolve_answer[3:2] == 2'h3;
    assign respond_fails = |respond[25:21];
    assign locks_now = (((((((for_prober & checked_q) & to_lock_q) & (!respond[16])) & (!respond[13])) & (!respond[12])) & (!respond[10])) & (!respond[20])) & (!respond_fails);
    assign kills = job_q[0] & (!idle);
    assign settled = (probe_answer_reg_q & (outcome < 2'h2)) & (!probe_put_off_q);
    assign confirms = (((settled & (outcome == 2'h0)) & prober_request[26]) & probe_loose_q) & (!checked_q);
    assign main_probe = (state_q == LookupStep_Probe) | selecting;
    assign main_any_asid = job_q[0] & shootdown_kill_any_asid;
    assign main_kill = job_q[0] & (selecting | selecting_large);
    assign main_fill = (page_valid_q & (!page_side_q)) | ((((!page_comes_q) & found_valid_q) & respond[19]) & (!flush[0]));
    assign firsts_probe = state_q == LookupStep_Probe;
    assign firsts_fill = first_fill & (!shootdown_grouping);
    assign side_any_asid = job_q[0] & shootdown_kill_any_asid;
    assign side_take = (((is_path & (selecting | selecting_large)) & (!direct_q)) & (!flushed_q)) & (!flush[0]);
    assign side_kill = job_q[0] & (selecting | selecting_large);
    assign side_insert = page_valid_q & page_side_q;
    assign side_insert_lock = ((!page_comes_q) & locks_now) & (!kills);
    assign shootdown_kill_done = job_q[0] & selecting_large;
    assign prober_again = probe_answer_reg_q & (((outcome == 2'h3) | probe_put_off_q) | confirms);
    assign prober_waits = probe_answer_reg_q & (outcome == 2'h2);
    assign prober_woken = |wake;
    assign prefetch_learn = (found_valid_q & respond[17]) & (!gives_up);
    assign resolve_write = (respond[1:0] == 2'h1) | ((respond[1:0] == 2'h2) & prober_request[25]);
    assign owner_0_start = (starts & (!is_prefetch)) & (start_index == 2'h0);
    assign owner_1_start = (starts & (!is_prefetch)) & (start_index == 2'h1);
    assign owner_2_start = (starts & (!is_prefetch)) & (start_index == 2'h2);
    assign owner_3_start = (starts & (!is_prefetch)) & (start_index == 2'h3);

    always @* begin
        state_d = state_q;
        case (state_q)
            LookupStep_Probe: begin
                state_d = LookupStep_Compare;
            end
            LookupStep_Compare: begin
                state_d = LookupStep_Select;
            end
            LookupStep_Select: begin
                state_d = LookupStep_CompareLarge;
                if (resolves) begin
                    state_d = LookupStep_Idle;
                end
            end
            LookupStep_CompareLarge: begin
                state_d = LookupStep_SelectLarge;
            end
            LookupStep_SelectLarge: begin
                state_d = LookupStep_Start;
                if (job_q[0] | resolves) begin
                    state_d = LookupStep_Idle;
                end
            end
            LookupStep_Start: begin
                state_d = LookupStep_Idle;
            end
            default: ;
        endcase
        if (take_kill | (may & (asked | prefetch_asks))) begin
            state_d = LookupStep_Probe;
        end
    end

    always @* begin
        job_d = job_q;
        context_reg_d = context_reg_q;
        bypass_d = bypass_q;
        translate_d = translate_q;
        if (idle | over) begin
            job_d[0] = kill_first;
            job_d[2:1] = source;
            job_d[4:3] = read_request[1:0];
            job_d[8:5] = read_request[5:2];
            job_d[29] = read_request[26];
            job_d[30] = read_request[27];
            job_d[31] = read_request[28];
            context_reg_d = prober_request[3:1];
            if (source[0]) begin
                job_d[4:3] = write_request[1:0];
                job_d[8:5] = write_request[5:2];
                job_d[29] = write_request[26];
                job_d[30] = write_request[27];
                job_d[31] = write_request[28];
                context_reg_d = prefetch_ask_context;
            end
            if (source[1]) begin
                job_d[29] = prober_request[24];
                job_d[30] = 1'b0;
            end
            case (source)
                2'h0: begin
                    job_d[28:9] = read_request[25:6];
                end
                2'h1: begin
                    job_d[28:9] = write_request[25:6];
                end
                2'h2: begin
                    job_d[28:9] = prober_request[23:4];
                end
                default: begin
                    job_d[28:9] = prefetch_ask_vpn;
                end
            endcase
            if (kill_first) begin
                job_d[2:1] = 2'h0;
                job_d[28:9] = shootdown_kill_key[30:11];
                context_reg_d = shootdown_kill_key[2:0];
            end
        end
        if (state_q == LookupStep_Probe) begin
            context_reg_d = context_now;
            bypass_d = route[0];
            translate_d = route[1];
        end
    end

    always @* begin
        direct_d = direct_q;
        direct_status_d = direct_status_q;
        in_context_d = in_context_q;
        sequential_d = sequential_q;
        if (comparing) begin
            sequential_d = prefetch_sequential;
            direct_d = 1'b1;
            direct_status_d = 5'h0;
            in_context_d = (!is_path) | (translate_q & (!bypass_q));
            if (job_q[0]) begin
                direct_d = 1'b0;
            end else if ((is_path & (!bypass_q)) & (!translate_q)) begin
                direct_status_d = CODE_UNMAPPED_STREAM;
            end else if (is_path & job_q[31]) begin
                direct_status_d = CODE_ILLEGAL_BURST;
            end else if (is_path & bypass_q) begin
                direct_d = 1'b1;
            end else if (!bank[0]) begin
                direct_status_d = CODE_CONTEXT_DISABLED;
            end else begin
                direct_d = bank[1];
            end
        end
    end

    always @* begin
        turn_d = turn_q;
        killed_d = killed_q;
        if (take_kill) begin
            killed_d = 1'b1;
        end
        if (may & asked) begin
            turn_d = source;
            killed_d = 1'b0;
        end
    end

    always @* begin
        checked_d = checked_q;
        if (confirms) begin
            checked_d = 1'b1;
        end
        if (flush[0] | probed_reg_q[0]) begin
            checked_d = 1'b0;
        end
    end

    always @* begin
        probed_reg_d = probed_reg_q;
        probed_reg_d[0] = settled & (!confirms);
        probed_reg_d[3:1] = answer_reg_q[15:13];
        probed_reg_d[8:4] = 5'h0;
        if (outcome == 2'h1) begin
            probed_reg_d[8:4] = answer_reg_q[10:6];
        end
        if (probe_no_room_q) begin
            probed_reg_d[8:4] = CODE_LOCK_FULL;
        end
        probed_reg_d[11:9] = fill_large_q;
        probed_reg_d[31:12] = answer_reg_q[35:16];
    end

    always @* begin
        retries_v = 1'b0;
        retries_v = retries_v | owner_0_retry;
        retries_v = retries_v | owner_1_retry;
        retries_v = retries_v | owner_2_retry;
        retries_v = retries_v | owner_3_retry;
        retries = retries_v;
    end

    always @* begin
        source_v = 2'h3;
        if (next_read) begin
            source_v = 2'h0;
        end
        if (next_write) begin
            source_v = 2'h1;
        end
        if (next_prober) begin
            source_v = 2'h2;
        end
        source = source_v;
    end

    always @* begin
        context_now_v = context_reg_q;
        if (is_path) begin
            context_now_v = route[4:2];
        end
        context_now = context_now_v;
    end

    always @* begin
        key_v[2:0] = context_reg_q;
        key_v[10:3] = bank[12:5];
        key_v[30:11] = job_q[28:9];
        if (job_q[0]) begin
            key_v[10:3] = shootdown_kill_key[10:3];
        end
        key = key_v;
    end

    always @* begin
        waited_v = 2'h3;
        if (same_reg_q[2]) begin
            waited_v = 2'h2;
        end
        if (same_reg_q[1]) begin
            waited_v = 2'h1;
        end
        if (same_reg_q[0]) begin
            waited_v = 2'h0;
        end
        waited = waited_v;
    end

    always @* begin
        flushed_d = flushed_q | flush[0];
        if (idle | (state_q == LookupStep_Probe)) begin
            flushed_d = 1'b0;
        end
    end

    always @* begin
        owned_v = 1'b0;
        owned_v = owned_v | owner_0_owned;
        owned_v = owned_v | owner_1_owned;
        owned_v = owned_v | owner_2_owned;
        owned_v = owned_v | owner_3_owned;
        owned = owned_v;
    end

    always @* begin
        retry_done = !free;
        retry_kind_v = 2'h0;
        retry_slot_v = 2'h0;
        owner_0_retried = !retry_done;
        if (owner_0_retry & (!retry_done)) begin
            retry_kind_v = owner_0_retry_kind;
            retry_slot_v = owner_0_retry_slot;
        end
        retry_done = retry_done | owner_0_retry;
        owner_1_retried = !retry_done;
        if (owner_1_retry & (!retry_done)) begin
            retry_kind_v = owner_1_retry_kind;
            retry_slot_v = owner_1_retry_slot;
        end
        retry_done = retry_done | owner_1_retry;
        owner_2_retried = !retry_done;
        if (owner_2_retry & (!retry_done)) begin
            retry_kind_v = owner_2_retry_kind;
            retry_slot_v = owner_2_retry_slot;
        end
        retry_done = retry_done | owner_2_retry;
        owner_3_retried = !retry_done;
        if (owner_3_retry & (!retry_done)) begin
            retry_kind_v = owner_3_retry_kind;
            retry_slot_v = owner_3_retry_slot;
        end
        retry_done = retry_done | owner_3_retry;
        retry_kind = retry_kind_v;
        retry_slot = retry_slot_v;
    end

    always @* begin
        place_v = 2'h0;
        if (main_hit) begin
            place_v = 2'h1;
        end
        if (side_hit) begin
            place_v = 2'h2;
        end
        if (free) begin
            place_v = 2'h3;
        end
        place = place_v;
    end

    always @* begin
        case (place)
            2'h0: begin
                chosen_v = decode_translation;
            end
            2'h1: begin
                chosen_v = main_page;
            end
            2'h2: begin
                chosen_v = side_page;
            end
            default: begin
                chosen_v = ended_page;
            end
        endcase
        chosen = chosen_v;
    end

    always @* begin
        result_v[1:0] = job_q[2:1];
        result_v[3:2] = job_q[4:3];
        result_v[7:4] = job_q[8:5];
        result_v[8] = job_q[29];
        result_v[9] = job_q[30];
        result_v[10] = direct_q;
        result_v[11] = in_context_q;
        result_v[12] = ((flushed_q | flush[0]) | cannot) | (misses & wakes_now);
        result_v[13] = misses & same_any_q;
        result_v[15:14] = waited;
        result_v[16] = starts;
        result_v[17] = is_path & (!direct_q);
        result_v[18] = sequential_q;
        result_v[19] = count_prefetched;
        result_v[20] = side_locked;
        result_v[25:21] = direct_status_q;
        result_v[49] = chosen[11];
        result_v[52:50] = chosen[34:32];
        result_v[72:53] = chosen[54:35];
        result_v[75:73] = chosen[57:55];
        result_v[76] = chosen[58];
        result_v[80:77] = chosen[62:59];
        result_v[85:81] = chosen[67:63];
        result_v[28:26] = context_reg_q;
        result_v[48:29] = job_q[28:9];
        if (misses) begin
            result_v[52:50] = 3'h0;
        end
        if (direct_q) begin
            result_v[52:50] = 3'h7;
        end
        found_valid_d = resolves;
        if (free) begin
            result_v[1:0] = ended_asker[1:0];
            result_v[3:2] = ended_asker[3:2];
            result_v[7:4] = ended_asker[7:4];
            result_v[8] = ended_asker[9];
            result_v[9] = ended_asker[10];
            result_v[10] = 1'b0;
            result_v[11] = 1'b1;
            result_v[12] = flush[0] | retries;
            result_v[13] = 1'b0;
            result_v[16] = 1'b0;
            result_v[17] = ((!ended_asker[1]) & (|ended_large)) & (!(|ended_walk[17:13]));
            result_v[18] = ended_asker[8];
            result_v[19] = 1'b0;
            result_v[20] = 1'b0;
            result_v[25:21] = ended_walk[17:13];
            result_v[52:50] = ended_page[34:32];
            result_v[28:26] = ended_page[2:0];
            result_v[48:29] = ended_page[31:12];
            found_valid_d = (take_ended & owned) | retries;
            if (retries) begin
                result_v[1:0] = retry_kind;
                result_v[3:2] = retry_slot;
            end
        end
        result = result_v;
    end

    always @* begin
        filled_page_v = respond_page;
        if (page_comes_q) begin
            filled_page_v = page_reg_q;
        end
        filled_page = filled_page_v;
    end

    always @* begin
        outcome_v = answer_reg_q[3:2];
        if (flush[0] & (answer_reg_q[3:2] != 2'h2)) begin
            outcome_v = 2'h3;
        end
        outcome = outcome_v;
    end

    always @* begin
        answer_v = answer_reg_q;
        answer_v[3:2] = outcome;
        answer = answer_v;
    end

    initial begin
        state_q <= 3'h0;
        selects_q <= 1'h0;
        selects_large_q <= 1'h0;
        prefetches_q <= 1'h0;
        probe_urgent_q <= 1'h0;
        in_rush_q <= 1'h0;
        asked_before_q <= 1'h0;
        to_lock_q <= 1'h0;
        job_q <= 32'h0;
        context_reg_q <= 3'h0;
        bypass_q <= 1'h0;
        translate_q <= 1'h0;
        direct_q <= 1'h0;
        direct_status_q <= 5'h0;
        in_context_q <= 1'h0;
        sequential_q <= 1'h0;
        flushed_q <= 1'h0;
        section_q <= 1'h0;
        pointer_q <= 1'h0;
        same_reg_q <= 4'h0;
        same_any_q <= 1'h0;
        turn_q <= 2'h0;
        killed_q <= 1'h0;
        found_valid_q <= 1'h0;
        found_q <= 86'h0;
        found_bank_q <= 63'h0;
        page_valid_q <= 1'h0;
        page_comes_q <= 1'h0;
        page_side_q <= 1'h0;
        page_reg_q <= 68'h0;
        answer_reg_q <= 41'h0;
        read_answer_reg_q <= 1'h0;
        write_answer_reg_q <= 1'h0;
        read_began_reg_q <= 1'h0;
        write_began_reg_q <= 1'h0;
        fills_q <= 1'h0;
        fill_vpn_q <= 20'h0;
        fill_large_q <= 3'h0;
        fill_allow_q <= 4'h0;
        probe_answer_reg_q <= 1'h0;
        probe_loose_q <= 1'h0;
        probe_put_off_q <= 1'h0;
        probe_no_room_q <= 1'h0;
        checked_q <= 1'h0;
        probed_reg_q <= 32'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            state_q <= 3'h0;
            selects_q <= 1'h0;
            selects_large_q <= 1'h0;
            prefetches_q <= 1'h0;
            probe_urgent_q <= 1'h0;
            in_rush_q <= 1'h0;
            asked_before_q <= 1'h0;
            to_lock_q <= 1'h0;
            job_q <= 32'h0;
            context_reg_q <= 3'h0;
            bypass_q <= 1'h0;
            translate_q <= 1'h0;
            direct_q <= 1'h0;
            direct_status_q <= 5'h0;
            in_context_q <= 1'h0;
            sequential_q <= 1'h0;
            flushed_q <= 1'h0;
            section_q <= 1'h0;
            pointer_q <= 1'h0;
            same_reg_q <= 4'h0;
            same_any_q <= 1'h0;
            turn_q <= 2'h0;
            killed_q <= 1'h0;
            found_valid_q <= 1'h0;
            found_q <= 86'h0;
            found_bank_q <= 63'h0;
            page_valid_q <= 1'h0;
            page_comes_q <= 1'h0;
            page_side_q <= 1'h0;
            page_reg_q <= 68'h0;
            answer_reg_q <= 41'h0;
            read_answer_reg_q <= 1'h0;
            write_answer_reg_q <= 1'h0;
            read_began_reg_q <= 1'h0;
            write_began_reg_q <= 1'h0;
            fills_q <= 1'h0;
            fill_vpn_q <= 20'h0;
            fill_large_q <= 3'h0;
            fill_allow_q <= 4'h0;
            probe_answer_reg_q <= 1'h0;
            probe_loose_q <= 1'h0;
            probe_put_off_q <= 1'h0;
            probe_no_room_q <= 1'h0;
            checked_q <= 1'h0;
            probed_reg_q <= 32'h0;
        end else begin
            state_q <= state_d;
            selects_q <= comparing;
            selects_large_q <= state_q == LookupStep_CompareLarge;
            prefetches_q <= job_q[2:1] == 2'h3;
            probe_urgent_q <= prober_open & (probe_urgent_q | (failed & (!in_rush_q)));
            in_rush_q <= (read_urgent | write_urgent) | probe_urgent_q;
            asked_before_q <= asked;
            to_lock_q <= prober_request[26];
            job_q <= job_d;
            context_reg_q <= context_reg_d;
            bypass_q <= bypass_d;
            translate_q <= translate_d;
            direct_q <= direct_d;
            direct_status_q <= direct_status_d;
            in_context_q <= in_context_d;
            sequential_q <= sequential_d;
            flushed_q <= flushed_d;
            section_q <= (firsts_hit & (!decode_decoded[0])) & (!(|decode_decoded[5:1]));
            pointer_q <= firsts_hit & decode_decoded[0];
            same_reg_q <= same;
            same_any_q <= |same;
            turn_q <= turn_d;
            killed_q <= killed_d;
            found_valid_q <= found_valid_d;
            found_q <= result;
            found_bank_q <= respond_bank;
            page_valid_q <= page_fill;
            page_comes_q <= page_offered;
            page_side_q <= page_prefetched;
            page_reg_q <= page;
            answer_reg_q <= resolve_answer;
            read_answer_reg_q <= (found_valid_q & (respond[1:0] == 2'h0)) & (!respond[16]);
            write_answer_reg_q <= (found_valid_q & (respond[1:0] == 2'h1)) & (!respond[16]);
            read_began_reg_q <= (found_valid_q & (respond[1:0] == 2'h0)) & respond[16];
            write_began_reg_q <= (found_valid_q & (respond[1:0] == 2'h1)) & respond[16];
            fills_q <= passes & respond[11];
            fill_vpn_q <= respond[48:29];
            fill_large_q <= respond[52:50];
            fill_allow_q <= resolve_allow;
            probe_answer_reg_q <= for_prober & (!respond[16]);
            probe_loose_q <= (!respond[20]) & (!respond[10]);
            probe_put_off_q <= locks_now & (page_comes_q | kills);
            probe_no_room_q <= locks_now & side_lock_full;
            checked_q <= checked_d;
            probed_reg_q <= probed_reg_d;
        end
    end

    vcm_soc_iommu_translator_main main (
        .clock(clock),
        .reset(reset),
        .probe(main_probe),
        .probe_vpn(job_q[28:9]),
        .probe_large(selecting),
        .key(key),
        .any_asid(main_any_asid),
        .hit(main_hit),
        .page(main_page),
        .kill(main_kill),
        .fill(main_fill),
        .fill_page(filled_page),
        .bump(shootdown_bump),
        .sweeping(sweeping),
        .sweep_index(main_sweep_index),
        .generation(main_generation),
        .first_context(first[2:0]),
        .first_generation(main_first_generation)
    );

    vcm_soc_iommu_translator_firsts firsts (
        .clock(clock),
        .reset(reset),
        .probe(firsts_probe),
        .probe_context(context_now),
        .probe_vpn(job_q[28:9]),
        .key(key),
        .generation(main_generation),
        .hit(firsts_hit),
        .word(firsts_word),
        .vacant(firsts_vacant),
        .fill(firsts_fill),
        .first(first),
        .fill_generation(main_first_generation),
        .kill_group(shootdown_kill_group),
        .kill_context(shootdown_kill_key[2:0]),
        .kill_vpn(shootdown_kill_key[30:11]),
        .killing(firsts_killing),
        .bump(shootdown_bump),
        .sweeping(sweeping),
        .sweep_index(main_sweep_index)
    );

    vcm_soc_iommu_translator_side side (
        .clock(clock),
        .reset(reset),
        .key(key),
        .any_asid(side_any_asid),
        .hit(side_hit),
        .locked(side_locked),
        .page(side_page),
        .take(side_take),
        .kill(side_kill),
        .insert_page(filled_page),
        .insert(side_insert),
        .insert_lock(side_insert_lock),
        .lock_full(side_lock_full),
        .locks(locks),
        .flush(flush),
        .bump(shootdown_bump)
    );

    vcm_soc_iommu_translator_shootdown shootdown (
        .clock(clock),
        .reset(reset),
        .command(command),
        .configured(configured),
        .flush(flush),
        .mark(mark),
        .bump(shootdown_bump),
        .kill_ask(shootdown_kill_ask),
        .kill_key(shootdown_kill_key),
        .kill_any_asid(shootdown_kill_any_asid),
        .kill_taken(take_kill),
        .kill_done(shootdown_kill_done),
        .kill_group(shootdown_kill_group),
        .killing(firsts_killing),
        .grouping(shootdown_grouping),
        .waits(waits)
    );

    vcm_soc_iommu_translator_prober prober (
        .clock(clock),
        .reset(reset),
        .probe(probe),
        .ask(prober_ask),
        .request(prober_request),
        .taken(take_prober),
        .again(prober_again),
        .waits(prober_waits),
        .woken(prober_woken),
        .done(probed_reg_q[0]),
        .open(prober_open),
        .probing(probing)
    );

    vcm_soc_iommu_translator_prefetch prefetch (
        .clock(clock),
        .reset(reset),
        .stream(job_q[8:5]),
        .write(job_q[1]),
        .key(key),
        .sequential(prefetch_sequential),
        .learn(prefetch_learn),
        .learn_stream(respond[7:4]),
        .learn_write(respond[0]),
        .learn_context(respond[28:26]),
        .learn_vpn(respond[48:29]),
        .learn_large(respond[52:50]),
        .learn_sequential(respond[18]),
        .ask(prefetch_ask),
        .ask_context(prefetch_ask_context),
        .ask_vpn(prefetch_ask_vpn),
        .taken(take_prefetch)
    );

    vcm_soc_iommu_translator_decode decode (
        .word(firsts_word),
        .level2(1'b0),
        .bus_error(1'b0),
        .key(key),
        .afe(bank[2]),
        .table_domain(4'h0),
        .decoded(decode_decoded),
        .translation(decode_translation),
        .next_table(decode_next_table),
        .next_domain(decode_next_domain)
    );

    vcm_soc_iommu_translator_resolve resolve (
        .found(respond),
        .bank(found_bank_q),
        .write(resolve_write),
        .flush(flush[0]),
        .wake(wake),
        .answer(resolve_answer),
        .allow(resolve_allow)
    );

    vcm_soc_iommu_translator_owner owner_0 (
        .clock(clock),
        .reset(reset),
        .start(owner_0_start),
        .kind(job_q[2:1]),
        .slot(job_q[4:3]),
        .walk_context(context_reg_q),
        .flush(flush),
        .ended(take_ended),
        .ended_kind(ended_asker[1:0]),
        .ended_slot(ended_asker[3:2]),
        .owned(owner_0_owned),
        .retry(owner_0_retry),
        .retry_kind(owner_0_retry_kind),
        .retry_slot(owner_0_retry_slot),
        .retried(owner_0_retried)
    );

    vcm_soc_iommu_translator_owner owner_1 (
        .clock(clock),
        .reset(reset),
        .start(owner_1_start),
        .kind(job_q[2:1]),
        .slot(job_q[4:3]),
        .walk_context(context_reg_q),
        .flush(flush),
        .ended(take_ended),
        .ended_kind(ended_asker[1:0]),
        .ended_slot(ended_asker[3:2]),
        .owned(owner_1_owned),
        .retry(owner_1_retry),
        .retry_kind(owner_1_retry_kind),
        .retry_slot(owner_1_retry_slot),
        .retried(owner_1_retried)
    );

    vcm_soc_iommu_translator_owner owner_2 (
        .clock(clock),
        .reset(reset),
        .start(owner_2_start),
        .kind(job_q[2:1]),
        .slot(job_q[4:3]),
        .walk_context(context_reg_q),
        .flush(flush),
        .ended(take_ended),
        .ended_kind(ended_asker[1:0]),
        .ended_slot(ended_asker[3:2]),
        .owned(owner_2_owned),
        .retry(owner_2_retry),
        .retry_kind(owner_2_retry_kind),
        .retry_slot(owner_2_retry_slot),
        .retried(owner_2_retried)
    );

    vcm_soc_iommu_translator_owner owner_3 (
        .clock(clock),
        .reset(reset),
        .start(owner_3_start),
        .kind(job_q[2:1]),
        .slot(job_q[4:3]),
        .walk_context(context_reg_q),
        .flush(flush),
        .ended(take_ended),
        .ended_kind(ended_asker[1:0]),
        .ended_slot(ended_asker[3:2]),
        .owned(owner_3_owned),
        .retry(owner_3_retry),
        .retry_kind(owner_3_retry_kind),
        .retry_slot(owner_3_retry_slot),
        .retried(owner_3_retried)
    );
endmodule

module vcm_soc_iommu_translator_owner (
    input  wire clock,
    input  wire reset,
    input  wire start,
    input  wire [1:0] kind,
    input  wire [1:0] slot,
    input  wire [2:0] walk_context,
    input  wire [4:0] flush,
    input  wire ended,
    input  wire [1:0] ended_kind,
    input  wire [1:0] ended_slot,
    output wire owned,
    output wire retry,
    output wire [1:0] retry_kind,
    output wire [1:0] retry_slot,
    input  wire retried
);
    wire same;
    wire stays;
    wire flushed;
    reg  live_q;
    reg  again_d;
    reg  again_q;
    reg  [1:0] kind_reg_d;
    reg  [1:0] kind_reg_q;
    reg  [1:0] slot_reg_d;
    reg  [1:0] slot_reg_q;
    reg  [2:0] context_reg_d;
    reg  [2:0] context_reg_q;

    assign owned = same;
    assign retry = again_q;
    assign retry_kind = kind_reg_q;
    assign retry_slot = slot_reg_q;
    assign same = (live_q & (ended_kind == kind_reg_q)) & (ended_slot == slot_reg_q);
    assign stays = live_q & (!(ended & same));
    assign flushed = flush[0] & ((!flush[1]) | (flush[4:2] == context_reg_q));

    always @* begin
        again_d = again_q;
        if (retried) begin
            again_d = 1'b0;
        end
        if (stays & flushed) begin
            again_d = 1'b1;
        end
    end

    always @* begin
        kind_reg_d = kind_reg_q;
        slot_reg_d = slot_reg_q;
        context_reg_d = context_reg_q;
        if ((!live_q) & (!again_q)) begin
            kind_reg_d = kind;
            slot_reg_d = slot;
            context_reg_d = walk_context;
        end
    end

    initial begin
        live_q <= 1'h0;
        again_q <= 1'h0;
        kind_reg_q <= 2'h0;
        slot_reg_q <= 2'h0;
        context_reg_q <= 3'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            live_q <= 1'h0;
            again_q <= 1'h0;
            kind_reg_q <= 2'h0;
            slot_reg_q <= 2'h0;
            context_reg_q <= 3'h0;
        end else begin
            live_q <= start | (stays & (!flushed));
            again_q <= again_d;
            kind_reg_q <= kind_reg_d;
            slot_reg_q <= slot_reg_d;
            context_reg_q <= context_reg_d;
        end
    end
endmodule

module vcm_soc_iommu_translator_resolve (
    input  wire [85:0] found,
    input  wire [62:0] bank,
    input  wire write,
    input  wire flush,
    input  wire [3:0] wake,
    output reg  [40:0] answer,
    output wire [3:0] allow
);
    localparam [4:0] CODE_ACCESS_FLAG_L1 = 5'h3;
    localparam [4:0] CODE_ACCESS_FLAG_L2 = 5'h6;
    localparam [4:0] CODE_CONTEXT_DISABLED = 5'h11;
    localparam [4:0] CODE_DOMAIN_L1 = 5'h9;
    localparam [4:0] CODE_DOMAIN_L2 = 5'hb;
    localparam [4:0] CODE_ILLEGAL_BURST = 5'h12;
    localparam [4:0] CODE_PERMISSION_L1 = 5'hd;
    localparam [4:0] CODE_PERMISSION_L2 = 5'hf;
    localparam [2:0] PERM_PRIV_RO = 3'h5;
    localparam [2:0] PERM_PRIV_RW = 3'h1;
    localparam [2:0] PERM_PRIV_RW_USER_RO = 3'h2;
    localparam [2:0] PERM_RO = 3'h7;
    localparam [2:0] PERM_RO_OLD = 3'h6;
    localparam [2:0] PERM_RW = 3'h3;

    function [1:0] bits_1_0_of_32;
        /* verilator lint_off UNUSEDSIGNAL */ // the bits cut off
        input [31:0] x;
        /* verilator lint_on UNUSEDSIGNAL */
        bits_1_0_of_32 = x[1:0];
    endfunction

    wire level1;
    reg  [2:0] ap;
    reg  anyone;
    reg  privileged_only;
    wire [4:0] select;
    wire [31:0] dacr;
    wire [1:0] access;
    wire [1:0] asks_for;
    reg  [3:0] allowed;
    reg  [4:0] status;
    wire [2:0] size;
    wire [19:0] vpn;
    reg  [19:0] page;
    wire [3:0] attributes_cache;
    reg  [2:0] ap_v;
    reg  anyone_v;
    reg  privileged_only_v;
    reg  [3:0] allowed_v;
    reg  [4:0] status_v;
    reg  [19:0] page_v;
    reg  [40:0] answer_v;

    assign allow = allowed;
    assign level1 = size[1];
    assign select = {1'b0, found[80:77]} << 1;
    assign dacr = bank[62:31];
    assign access = bits_1_0_of_32(dacr >> select);
    assign asks_for = ({1'b0, found[9]} << 1) | {1'b0, found[8]};
    assign size = found[52:50];
    assign vpn = found[48:29];

    always @* begin
        ap_v = found[75:73];
        if (bank[2]) begin
            ap_v = found[75:73] | 3'h1;
        end
        ap = ap_v;
    end

    always @* begin
        if (write) begin
            anyone_v = ap == PERM_RW;
            privileged_only_v = (ap == PERM_PRIV_RW) | (ap == PERM_PRIV_RW_USER_RO);
        end else begin
            anyone_v = (((ap == PERM_RW) | (ap == PERM_RO_OLD)) | (ap == PERM_RO)) | (ap == PERM_PRIV_RW_USER_RO);
            privileged_only_v = (ap == PERM_PRIV_RW) | (ap == PERM_PRIV_RO);
        end
        anyone = anyone_v;
        privileged_only = privileged_only_v;
    end

    always @* begin
        allowed_v = 4'h0;
        if (anyone) begin
            allowed_v = 4'hf;
        end
        if (privileged_only) begin
            allowed_v = 4'ha;
        end
        if (found[76]) begin
            allowed_v = allowed_v & 4'h3;
        end
        if (access[1] | found[10]) begin
            allowed_v = 4'hf;
        end
        allowed = allowed_v;
    end

    always @* begin
        status_v = 5'h0;
        if (!access[0]) begin
            status_v = CODE_DOMAIN_L2;
            if (level1) begin
                status_v = CODE_DOMAIN_L1;
            end
        end else if (!allowed[asks_for]) begin
            status_v = CODE_PERMISSION_L2;
            if (level1) begin
                status_v = CODE_PERMISSION_L1;
            end
        end
        if (bank[2] & (!found[73])) begin
            status_v = CODE_ACCESS_FLAG_L2;
            if (level1) begin
                status_v = CODE_ACCESS_FLAG_L1;
            end
        end
        if (found[10] | (|found[25:21])) begin
            status_v = found[25:21];
        end
        status = status_v;
    end

    always @* begin
        page_v = found[72:53];
        if (size[0]) begin
            page_v = (page_v & 20'hffff0) | (vpn & 20'hf);
        end
        if (size[1]) begin
            page_v = (page_v & 20'hfff0f) | (vpn & 20'hf0);
        end
        if (size[2]) begin
            page_v = (page_v & 20'hff0ff) | (vpn & 20'hf00);
        end
        if (found[10]) begin
            page_v = vpn;
        end
        page = page_v;
    end

    always @* begin
        answer_v[1:0] = found[3:2];
        answer_v[5:4] = found[15:14];
        answer_v[10:6] = status;
        answer_v[12] = found[11];
        answer_v[15:13] = found[28:26];
        answer_v[35:16] = page;
        answer_v[39:36] = attributes_cache;
        answer_v[40] = found[10] | (!bank[3]);
        answer_v[11] = ((found[11] & bank[4]) & (status != CODE_ILLEGAL_BURST)) & (status != CODE_CONTEXT_DISABLED);
        answer_v[3:2] = 2'h0;
        if (|status) begin
            answer_v[3:2] = 2'h1;
        end
        if (found[13]) begin
            answer_v[3:2] = 2'h2;
        end
        if ((found[12] | (found[13] & wake[found[15:14]])) | (flush & (!found[13]))) begin
            answer_v[3:2] = 2'h3;
        end
        answer = answer_v;
    end

    vcm_soc_iommu_translator_resolve_attributes attributes (
        .memory(found[85:81]),
        .write(write),
        .cache(attributes_cache)
    );
endmodule

module vcm_soc_iommu_translator_resolve_attributes (
    input  wire [4:0] memory,
    input  wire write,
    output reg  [3:0] cache
);
    reg  [1:0] policy;
    reg  cacheable;
    reg  [1:0] policy_v;
    reg  cacheable_v;
    reg  [3:0] cache_v;

    always @* begin
        policy_v = memory[3:2];
        cacheable_v = memory[4];
        if (memory == 5'h2) begin
            policy_v = 2'h2;
            cacheable_v = 1'b1;
        end
        if (memory == 5'h3) begin
            policy_v = 2'h3;
            cacheable_v = 1'b1;
        end
        if (memory == 5'h7) begin
            policy_v = 2'h1;
            cacheable_v = 1'b1;
        end
        policy = policy_v;
        cacheable = cacheable_v;
    end

    always @* begin
        cache_v = 4'h0;
        if (cacheable) begin
            if (policy == 2'h0) begin
                cache_v = 4'h3;
            end else if (policy == 2'h1) begin
                cache_v = 4'hf;
            end else if (policy == 2'h2) begin
                cache_v = 4'he;
                if (write) begin
                    cache_v = 4'h6;
                end
            end else begin
                cache_v = 4'hf;
                if (write) begin
                    cache_v = 4'h7;
                end
            end
        end else if (memory == 5'h4) begin
            cache_v = 4'h3;
        end else if ((memory == 5'h1) | (memory == 5'h8)) begin
            cache_v = 4'h1;
        end
        cache = cache_v;
    end
endmodule

module vcm_soc_iommu_translator_decode (
    input  wire [31:0] word,
    input  wire level2,
    input  wire bus_error,
    input  wire [30:0] key,
    input  wire afe,
    input  wire [3:0] table_domain,
    output reg  [5:0] decoded,
    output reg  [67:0] translation,
    output wire [21:0] next_table,
    output wire [3:0] next_domain
);
    localparam [4:0] CODE_ACCESS_FLAG_L1 = 5'h3;
    localparam [4:0] CODE_ACCESS_FLAG_L2 = 5'h6;
    localparam [4:0] CODE_TRANSLATION_L1 = 5'h5;
    localparam [4:0] CODE_TRANSLATION_L2 = 5'h7;
    localparam [4:0] CODE_WALK_ABORT_L1 = 5'hc;
    localparam [4:0] CODE_WALK_ABORT_L2 = 5'he;
    localparam [1:0] KINDS_FAULT = 2'h0;
    localparam [1:0] KINDS_LARGE = 2'h1;
    localparam [1:0] KINDS_SECTION = 2'h2;
    localparam [1:0] KINDS_TABLE = 2'h1;

    reg  [2:0] ap;
    reg  [2:0] tex;
    wire c;
    wire b;
    wire [1:0] pointer_kind;
    wire section_b;
    wire section_c;
    wire section_xn;
    wire [3:0] section_domain;
    wire [1:0] section_ap;
    wire [2:0] section_tex;
    wire section_apx;
    wire section_not_global;
    wire section_is_super;
    wire [11:0] section_base;
    wire [3:0] supersection_extbase_hi;
    wire [3:0] supersection_extbase_lo;
    wire [7:0] supersection_base;
    wire [1:0] page64k_kind;
    wire [1:0] page64k_ap;
    wire page64k_apx;
    wire page64k_not_global;
    wire [2:0] page64k_tex;
    wire page64k_xn;
    wire [15:0] page64k_base;
    wire page4k_xn;
    wire [2:0] page4k_tex;
    wire [19:0] page4k_base;
    reg  [5:0] decoded_v;
    reg  [67:0] translation_v;

    assign c = section_c;
    assign b = section_b;

    always @* begin
        translation_v[2:0] = key[2:0];
        translation_v[10:3] = key[10:3];
        translation_v[31:12] = key[30:11];
        decoded_v[0] = 1'b0;
        decoded_v[5:1] = 5'h0;
        if (level2) begin
            ap = {1'b0, page64k_ap} | ({2'h0, page64k_apx} << 2);
            translation_v[11] = page64k_not_global;
            translation_v[62:59] = table_domain;
            if (page64k_kind == KINDS_LARGE) begin
                tex = page64k_tex;
                translation_v[58] = page64k_xn;
                translation_v[34:32] = 3'h1;
                translation_v[54:35] = {4'h0, page64k_base} << 4;
            end else begin
                tex = page4k_tex;
                translation_v[58] = page4k_xn;
                translation_v[34:32] = 3'h0;
                translation_v[54:35] = page4k_base;
            end
            if (bus_error) begin
                decoded_v[5:1] = CODE_WALK_ABORT_L2;
            end else if (page64k_kind == KINDS_FAULT) begin
                decoded_v[5:1] = CODE_TRANSLATION_L2;
            end else if (afe & (!ap[0])) begin
                decoded_v[5:1] = CODE_ACCESS_FLAG_L2;
            end
        end else begin
            ap = {1'b0, section_ap} | ({2'h0, section_apx} << 2);
            tex = section_tex;
            translation_v[11] = section_not_global;
            translation_v[58] = section_xn;
            if (section_is_super) begin
                translation_v[62:59] = 4'h0;
                translation_v[34:32] = 3'h7;
                translation_v[54:35] = {12'h0, supersection_base} << 12;
            end else begin
                translation_v[62:59] = section_domain;
                translation_v[34:32] = 3'h3;
                translation_v[54:35] = {8'h0, section_base} << 8;
            end
            if (bus_error) begin
                decoded_v[5:1] = CODE_WALK_ABORT_L1;
            end else if (pointer_kind == KINDS_TABLE) begin
                decoded_v[0] = 1'b1;
            end else if ((pointer_kind != KINDS_SECTION) | (section_is_super & ((|supersection_extbase_hi) | (|supersection_extbase_lo)))) begin
                decoded_v[5:1] = CODE_TRANSLATION_L1;
            end else if (afe & (!ap[0])) begin
                decoded_v[5:1] = CODE_ACCESS_FLAG_L1;
            end
        end
        translation_v[57:55] = ap;
        translation_v[67:63] = (({2'h0, tex} << 2) | ({4'h0, c} << 1)) | {4'h0, b};
        decoded = decoded_v;
        translation = translation_v;
    end

    vcm_soc_iommu_translator_decode_pointer pointer (
        .word(word),
        .kind(pointer_kind),
        .domain(next_domain),
        .base(next_table)
    );

    vcm_soc_iommu_translator_decode_section section (
        .word(word),
        .b(section_b),
        .c(section_c),
        .xn(section_xn),
        .domain(section_domain),
        .ap(section_ap),
        .tex(section_tex),
        .apx(section_apx),
        .not_global(section_not_global),
        .is_super(section_is_super),
        .base(section_base)
    );

    vcm_soc_iommu_translator_decode_supersection supersection (
        .word(word),
        .extbase_hi(supersection_extbase_hi),
        .extbase_lo(supersection_extbase_lo),
        .base(supersection_base)
    );

    vcm_soc_iommu_translator_decode_page64k page64k (
        .word(word),
        .kind(page64k_kind),
        .ap(page64k_ap),
        .apx(page64k_apx),
        .not_global(page64k_not_global),
        .tex(page64k_tex),
        .xn(page64k_xn),
        .base(page64k_base)
    );

    vcm_soc_iommu_translator_decode_page4k page4k (
        .word(word),
        .xn(page4k_xn),
        .tex(page4k_tex),
        .base(page4k_base)
    );
endmodule

module vcm_soc_iommu_translator_decode_page4k (
    input  wire [31:0] word,
    output wire xn,
    output wire [2:0] tex,
    output wire [19:0] base
);
    assign xn = word[0];
    assign tex = word[8:6];
    assign base = word[31:12];
endmodule

module vcm_soc_iommu_translator_decode_page64k (
    input  wire [31:0] word,
    output wire [1:0] kind,
    output wire [1:0] ap,
    output wire apx,
    output wire not_global,
    output wire [2:0] tex,
    output wire xn,
    output wire [15:0] base
);
    assign kind = word[1:0];
    assign ap = word[5:4];
    assign apx = word[9];
    assign not_global = word[11];
    assign tex = word[14:12];
    assign xn = word[15];
    assign base = word[31:16];
endmodule

module vcm_soc_iommu_translator_decode_supersection (
    input  wire [31:0] word,
    output wire [3:0] extbase_hi,
    output wire [3:0] extbase_lo,
    output wire [7:0] base
);
    assign extbase_hi = word[8:5];
    assign extbase_lo = word[23:20];
    assign base = word[31:24];
endmodule

module vcm_soc_iommu_translator_decode_section (
    input  wire [31:0] word,
    output wire b,
    output wire c,
    output wire xn,
    output wire [3:0] domain,
    output wire [1:0] ap,
    output wire [2:0] tex,
    output wire apx,
    output wire not_global,
    output wire is_super,
    output wire [11:0] base
);
    assign b = word[2];
    assign c = word[3];
    assign xn = word[4];
    assign domain = word[8:5];
    assign ap = word[11:10];
    assign tex = word[14:12];
    assign apx = word[15];
    assign not_global = word[17];
    assign is_super = word[18];
    assign base = word[31:20];
endmodule

module vcm_soc_iommu_translator_decode_pointer (
    input  wire [31:0] word,
    output wire [1:0] kind,
    output wire [3:0] domain,
    output wire [21:0] base
);
    assign kind = word[1:0];
    assign domain = word[8:5];
    assign base = word[31:10];
endmodule

module vcm_soc_iommu_translator_prefetch (
    input  wire clock,
    input  wire reset,
    input  wire [3:0] stream,
    input  wire write,
    input  wire [30:0] key,
    output wire sequential,
    input  wire learn,
    input  wire [3:0] learn_stream,
    input  wire learn_write,
    input  wire [2:0] learn_context,
    input  wire [19:0] learn_vpn,
    input  wire [2:0] learn_large,
    input  wire learn_sequential,
    output wire ask,
    output wire [2:0] ask_context,
    output wire [19:0] ask_vpn,
    input  wire taken
);
    reg  [19:0] last;
    wire [19:0] following;
    wire [23:0] found;
    wire [4:0] expected_write_address;
    wire [23:0] expected_write_data;
    wire [4:0] expected_read_address;
    wire [23:0] expected_read_data;
    reg  pending_d;
    reg  pending_q;
    reg  [2:0] context_reg_d;
    reg  [2:0] context_reg_q;
    reg  [19:0] vpn_reg_d;
    reg  [19:0] vpn_reg_q;
    reg  [19:0] last_v;

    assign sequential = (found[0] & (found[3:1] == key[2:0])) & (found[23:4] == key[30:11]);
    assign ask = pending_q;
    assign ask_context = context_reg_q;
    assign ask_vpn = vpn_reg_q;
    assign following = last + 20'h1;
    assign found = expected_read_data;
    assign expected_write_address = ({1'b0, learn_stream} << 1) | {4'h0, learn_write};
    assign expected_write_data = {following, learn_context, !(&last)};
    assign expected_read_address = ({1'b0, stream} << 1) | {4'h0, write};

    always @* begin
        pending_d = pending_q;
        context_reg_d = context_reg_q;
        vpn_reg_d = vpn_reg_q;
        if (taken) begin
            pending_d = 1'b0;
        end
        if ((learn & learn_sequential) & (!(&last))) begin
            pending_d = 1'b1;
            context_reg_d = learn_context;
            vpn_reg_d = following;
        end
    end

    always @* begin
        last_v = learn_vpn;
        if (learn_large[0]) begin
            last_v = last_v | 20'hf;
        end
        if (learn_large[1]) begin
            last_v = last_v | 20'hf0;
        end
        if (learn_large[2]) begin
            last_v = last_v | 20'hf00;
        end
        last = last_v;
    end

    initial begin
        pending_q <= 1'h0;
        context_reg_q <= 3'h0;
        vpn_reg_q <= 20'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            pending_q <= 1'h0;
            context_reg_q <= 3'h0;
            vpn_reg_q <= 20'h0;
        end else begin
            pending_q <= pending_d;
            context_reg_q <= context_reg_d;
            vpn_reg_q <= vpn_reg_d;
        end
    end

    vcm_soc_lut_ram_17 expected (
        .clock(clock),
        .write(learn),
        .write_address(expected_write_address),
        .write_data(expected_write_data),
        .read_address(expected_read_address),
        .read_data(expected_read_data)
    );
endmodule

module vcm_soc_lut_ram_17 (
    input  wire clock,
    input  wire write,
    input  wire [4:0] write_address,
    input  wire [23:0] write_data,
    input  wire [4:0] read_address,
    output wire [23:0] read_data
);
    (* ram_style = "distributed" *)
    reg [23:0] words [0:31];
    integer i;
    initial for (i = 0; i < 32; i = i + 1) words[i] = 24'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_translator_prober (
    input  wire clock,
    input  wire reset,
    input  wire [26:0] probe,
    output wire ask,
    output reg  [26:0] request,
    input  wire taken,
    input  wire again,
    input  wire waits,
    input  wire woken,
    input  wire done,
    output wire open,
    output wire [7:0] probing
);
    localparam [1:0] ProberState_Ask = 2'h1;
    localparam [1:0] ProberState_Asked = 2'h2;
    localparam [1:0] ProberState_Scan = 2'h0;
    localparam [1:0] ProberState_Waiting = 2'h3;

    wire [7:0] one;
    reg  [7:0] kept;
    wire [26:0] requests_read_data;
    reg  [7:0] pending_d;
    reg  [7:0] pending_q;
    reg  [2:0] current_d;
    reg  [2:0] current_q;
    reg  [1:0] state_d;
    reg  [1:0] state_q;
    reg  [7:0] kept_v;
    reg  [26:0] request_v;

    assign ask = state_q == ProberState_Ask;
    assign open = state_q != ProberState_Scan;
    assign probing = pending_q;
    assign one = 8'h1;

    always @* begin
        current_d = current_q;
        state_d = state_q;
        kept_v = pending_q;
        case (state_q)
            ProberState_Scan: begin
                if (pending_q[current_q]) begin
                    state_d = ProberState_Ask;
                end else begin
                    current_d = current_q + 3'h1;
                end
            end
            ProberState_Ask: begin
                if (taken) begin
                    state_d = ProberState_Asked;
                end
            end
            ProberState_Asked: begin
                if (again) begin
                    state_d = ProberState_Ask;
                end
                if (waits) begin
                    state_d = ProberState_Waiting;
                    if (woken) begin
                        state_d = ProberState_Ask;
                    end
                end
                if (done) begin
                    kept_v = pending_q & (~(one << current_q));
                    current_d = current_q + 3'h1;
                    state_d = ProberState_Scan;
                end
            end
            ProberState_Waiting: begin
                if (woken) begin
                    state_d = ProberState_Ask;
                end
            end
            default: begin
                state_d = ProberState_Scan;
            end
        endcase
        kept = kept_v;
    end

    always @* begin
        request_v = requests_read_data;
        request_v[3:1] = current_q;
        request = request_v;
    end

    always @* begin
        pending_d = kept;
        if (probe[0]) begin
            pending_d = kept | (one << probe[3:1]);
        end
    end

    initial begin
        pending_q <= 8'h0;
        current_q <= 3'h0;
        state_q <= 2'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            pending_q <= 8'h0;
            current_q <= 3'h0;
            state_q <= 2'h0;
        end else begin
            pending_q <= pending_d;
            current_q <= current_d;
            state_q <= state_d;
        end
    end

    vcm_soc_lut_ram_16 requests (
        .clock(clock),
        .write(probe[0]),
        .write_address(probe[3:1]),
        .write_data(probe),
        .read_address(current_q),
        .read_data(requests_read_data)
    );
endmodule

module vcm_soc_lut_ram_16 (
    input  wire clock,
    input  wire write,
    input  wire [2:0] write_address,
    input  wire [26:0] write_data,
    input  wire [2:0] read_address,
    output wire [26:0] read_data
);
    (* ram_style = "distributed" *)
    reg [26:0] words [0:7];
    integer i;
    initial for (i = 0; i < 8; i = i + 1) words[i] = 27'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_translator_shootdown (
    input  wire clock,
    input  wire reset,
    input  wire [48:0] command,
    input  wire [4:0] configured,
    output wire [4:0] flush,
    output wire [48:0] mark,
    output wire [4:0] bump,
    output reg  kill_ask,
    output wire [30:0] kill_key,
    output wire kill_any_asid,
    input  wire kill_taken,
    input  wire kill_done,
    output reg  kill_group,
    input  wire killing,
    output wire grouping,
    output wire [7:0] waits
);
    localparam [2:0] ShootdownState_Ask = 3'h3;
    localparam [2:0] ShootdownState_Finish = 3'h5;
    localparam [2:0] ShootdownState_Group = 3'h1;
    localparam [2:0] ShootdownState_Grouped = 3'h2;
    localparam [2:0] ShootdownState_Idle = 3'h0;
    localparam [2:0] ShootdownState_Kill = 3'h4;

    wire full;
    wire wide;
    wire [11:0] pages;
    wire push;
    wire [39:0] incoming;
    wire is_command;
    wire is_last;
    reg  finishes;
    reg  own;
    wire [7:0] one;
    wire [19:0] following;
    reg  [4:0] flush_now;
    reg  [48:0] mark_now;
    reg  [7:0] marks;
    reg  [7:0] waiting;
    wire [39:0] queue_read_data;
    wire [2:0] newest_read_data;
    reg  [3:0] head_d;
    reg  [3:0] head_q;
    reg  [3:0] tail_d;
    reg  [3:0] tail_q;
    reg  [7:0] pending_d;
    reg  [7:0] pending_q;
    reg  [2:0] state_d;
    reg  [2:0] state_q;
    reg  [2:0] owner_d;
    reg  [2:0] owner_q;
    reg  [19:0] vpn_d;
    reg  [19:0] vpn_q;
    reg  [7:0] left_d;
    reg  [7:0] left_q;
    reg  [4:0] flush_reg_q;
    reg  [48:0] mark_reg_q;
    reg  [4:0] bump_reg_d;
    reg  [4:0] bump_reg_q;
    reg  [7:0] marked_0_q;
    reg  [7:0] marked_1_q;
    reg  [7:0] marked_2_q;
    reg  kill_ask_v;
    reg  kill_group_v;
    reg  finishes_v;
    reg  own_v;
    reg  [4:0] flush_now_v;
    reg  [48:0] mark_now_v;
    reg  [7:0] marks_v;
    reg  [7:0] waiting_v;

    assign flush = flush_reg_q;
    assign mark = mark_reg_q;
    assign bump = bump_reg_q;
    assign kill_key = {vpn_q, queue_read_data[11:4], owner_q};
    assign kill_any_asid = !queue_read_data[3];
    assign grouping = (state_q == ShootdownState_Group) | (state_q == ShootdownState_Grouped);
    assign waits = waiting;
    assign full = (tail_q ^ 4'h8) == head_q;
    assign wide = |pages[11:8];
    assign pages = command[48:37];
    assign push = ((command[0] & command[16]) & (!wide)) & (!full);
    assign incoming = {pages[7:0], command[36:17], command[15:8], command[6], command[5:3]};
    assign is_command = command[0] | command[1];
    assign is_last = newest_read_data == head_q[2:0];
    assign one = 8'h1;
    assign following = vpn_q + 20'h1;

    always @* begin
        head_d = head_q;
        state_d = state_q;
        owner_d = owner_q;
        vpn_d = vpn_q;
        left_d = left_q;
        kill_ask_v = 1'b0;
        kill_group_v = 1'b0;
        own_v = 1'b0;
        finishes_v = 1'b0;
        case (state_q)
            ShootdownState_Idle: begin
                owner_d = queue_read_data[2:0];
                vpn_d = queue_read_data[31:12];
                left_d = ~queue_read_data[39:32];
                if (head_q != tail_q) begin
                    state_d = ShootdownState_Group;
                end
            end
            ShootdownState_Group: begin
                kill_group_v = 1'b1;
                state_d = ShootdownState_Grouped;
            end
            ShootdownState_Grouped: begin
                own_v = (!killing) & (!is_command);
                if ((!killing) & (!is_command)) begin
                    state_d = ShootdownState_Ask;
                end
            end
            ShootdownState_Ask: begin
                kill_ask_v = 1'b1;
                if (kill_taken) begin
                    state_d = ShootdownState_Kill;
                end
            end
            ShootdownState_Kill: begin
                if (kill_done) begin
                    vpn_d = following;
                    left_d = left_q + 8'h1;
                    state_d = ShootdownState_Ask;
                    if (!(|following[11:0])) begin
                        state_d = ShootdownState_Group;
                    end
                    if (&left_q) begin
                        state_d = ShootdownState_Finish;
                    end
                end
            end
            ShootdownState_Finish: begin
                own_v = !is_command;
                if (!is_command) begin
                    finishes_v = is_last;
                    head_d = head_q + 4'h1;
                    state_d = ShootdownState_Idle;
                end
            end
            default: begin
                state_d = ShootdownState_Idle;
            end
        endcase
        kill_ask = kill_ask_v;
        kill_group = kill_group_v;
        finishes = finishes_v;
        own = own_v;
    end

    always @* begin
        tail_d = tail_q;
        if (push) begin
            tail_d = tail_q + 4'h1;
        end
    end

    always @* begin
        pending_d = pending_q;
        if (push) begin
            pending_d = pending_q | (one << command[5:3]);
        end
        if (finishes) begin
            pending_d = pending_q & (~(one << owner_q));
        end
    end

    always @* begin
        bump_reg_d = bump_reg_q;
        bump_reg_d[0] = command[0] & (!push);
        bump_reg_d[1] = command[2];
        bump_reg_d[4:2] = command[5:3];
    end

    always @* begin
        flush_now_v[0] = (is_command | own) | configured[0];
        flush_now_v[1] = configured[1];
        flush_now_v[4:2] = configured[4:2];
        if (is_command) begin
            flush_now_v[1] = command[2] & (!configured[0]);
            flush_now_v[4:2] = command[5:3];
        end
        if (own) begin
            flush_now_v[1] = !configured[0];
            flush_now_v[4:2] = owner_q;
        end
        flush_now = flush_now_v;
    end

    always @* begin
        mark_now_v = command;
        mark_now_v[0] = 1'b0;
        if (finishes) begin
            mark_now_v[1] = 1'b1;
            mark_now_v[2] = 1'b1;
            mark_now_v[5:3] = owner_q;
        end
        mark_now = mark_now_v;
    end

    always @* begin
        marks_v = 8'h0;
        if (mark_now[1]) begin
            marks_v = one << mark_now[5:3];
            if (!mark_now[2]) begin
                marks_v = 8'hff;
            end
        end
        marks = marks_v;
    end

    always @* begin
        waiting_v = pending_q;
        waiting_v = waiting_v | marked_0_q;
        waiting_v = waiting_v | marked_1_q;
        waiting_v = waiting_v | marked_2_q;
        waiting = waiting_v;
    end

    initial begin
        head_q <= 4'h0;
        tail_q <= 4'h0;
        pending_q <= 8'h0;
        state_q <= 3'h0;
        owner_q <= 3'h0;
        vpn_q <= 20'h0;
        left_q <= 8'h0;
        flush_reg_q <= 5'h0;
        mark_reg_q <= 49'h0;
        bump_reg_q <= 5'h0;
        marked_0_q <= 8'h0;
        marked_1_q <= 8'h0;
        marked_2_q <= 8'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            head_q <= 4'h0;
            tail_q <= 4'h0;
            pending_q <= 8'h0;
            state_q <= 3'h0;
            owner_q <= 3'h0;
            vpn_q <= 20'h0;
            left_q <= 8'h0;
            flush_reg_q <= 5'h0;
            mark_reg_q <= 49'h0;
            bump_reg_q <= 5'h0;
            marked_0_q <= 8'h0;
            marked_1_q <= 8'h0;
            marked_2_q <= 8'h0;
        end else begin
            head_q <= head_d;
            tail_q <= tail_d;
            pending_q <= pending_d;
            state_q <= state_d;
            owner_q <= owner_d;
            vpn_q <= vpn_d;
            left_q <= left_d;
            flush_reg_q <= flush_now;
            mark_reg_q <= mark_now;
            bump_reg_q <= bump_reg_d;
            marked_0_q <= marks;
            marked_1_q <= marked_0_q;
            marked_2_q <= marked_1_q;
        end
    end

    vcm_soc_lut_ram_15 queue (
        .clock(clock),
        .write(push),
        .write_address(tail_q[2:0]),
        .write_data(incoming),
        .read_address(head_q[2:0]),
        .read_data(queue_read_data)
    );

    vcm_soc_lut_ram_10 newest (
        .clock(clock),
        .write(push),
        .write_address(command[5:3]),
        .write_data(tail_q[2:0]),
        .read_address(owner_q),
        .read_data(newest_read_data)
    );
endmodule

module vcm_soc_lut_ram_15 (
    input  wire clock,
    input  wire write,
    input  wire [2:0] write_address,
    input  wire [39:0] write_data,
    input  wire [2:0] read_address,
    output wire [39:0] read_data
);
    (* ram_style = "distributed" *)
    reg [39:0] words [0:7];
    integer i;
    initial for (i = 0; i < 8; i = i + 1) words[i] = 40'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_translator_side (
    input  wire clock,
    input  wire reset,
    input  wire [30:0] key,
    input  wire any_asid,
    output wire hit,
    output reg  locked,
    output wire [67:0] page,
    input  wire take,
    input  wire kill,
    input  wire [67:0] insert_page,
    input  wire insert,
    input  wire insert_lock,
    output wire lock_full,
    output wire [2:0] locks,
    input  wire [4:0] flush,
    input  wire [4:0] bump
);
    wire [34:0] tag;
    reg  [34:0] bare;
    wire [2:0] size;
    reg  [3:0] lock_valid;
    wire stillborn;
    wire prefetches;
    wire lock_it;
    reg  filled;
    reg  [2:0] count;
    reg  [2:0] chosen;
    reg  any;
    wire [36:0] written;
    wire entry_0_load;
    wire entry_0_matched;
    wire entry_1_load;
    wire entry_1_matched;
    wire entry_2_load;
    wire entry_2_matched;
    wire entry_3_load;
    wire entry_3_matched;
    wire entry_4_load;
    wire entry_4_valid;
    wire entry_4_matched;
    wire entry_5_load;
    wire entry_5_valid;
    wire entry_5_matched;
    wire entry_6_load;
    wire entry_6_valid;
    wire entry_6_matched;
    wire entry_7_load;
    wire entry_7_valid;
    wire entry_7_matched;
    wire payload_write;
    reg  [2:0] payload_write_address;
    wire [36:0] payload_read_data;
    reg  [1:0] victim_d;
    reg  [1:0] victim_q;
    reg  [1:0] place_d;
    reg  [1:0] place_q;
    reg  full_q;
    reg  [34:0] bare_v;
    reg  [3:0] lock_valid_v;
    reg  filled_v;
    reg  [2:0] count_v;
    reg  any_v;
    reg  locked_v;
    reg  [2:0] chosen_v;
    reg  [2:0] payload_write_address_v;

    assign hit = any;
    assign page = {payload_read_data[36:32], payload_read_data[31:28], payload_read_data[27], payload_read_data[26:24], payload_read_data[23:4], payload_read_data[3:1], key[30:11], payload_read_data[0], key[10:3], key[2:0]};
    assign lock_full = full_q;
    assign locks = count;
    assign tag = {insert_page[34:32], insert_page[31:12], insert_page[11], insert_page[10:3], insert_page[2:0]};
    assign size = insert_page[34:32];
    assign stillborn = kill | flush[0];
    assign prefetches = insert & (!size[1]);
    assign lock_it = insert_lock & (!full_q);
    assign written = {insert_page[67:63], insert_page[62:59], insert_page[58], insert_page[57:55], insert_page[54:35], insert_page[34:32], insert_page[11]};
    assign entry_0_load = prefetches & (victim_q == 2'h0);
    assign entry_1_load = prefetches & (victim_q == 2'h1);
    assign entry_2_load = prefetches & (victim_q == 2'h2);
    assign entry_3_load = prefetches & (victim_q == 2'h3);
    assign entry_4_load = lock_it & (({1'b0, place_q} + 3'h4) == 3'h4);
    assign entry_5_load = lock_it & (({1'b0, place_q} + 3'h4) == 3'h5);
    assign entry_6_load = lock_it & (({1'b0, place_q} + 3'h4) == 3'h6);
    assign entry_7_load = lock_it & (({1'b0, place_q} + 3'h4) == 3'h7);
    assign payload_write = prefetches | lock_it;

    always @* begin
        victim_d = victim_q;
        if (prefetches) begin
            victim_d = victim_q + 2'h1;
        end
    end

    always @* begin
        bare_v = 35'h0;
        bare_v[2:0] = tag[2:0];
        bare_v[31:12] = tag[31:12];
        bare_v[34:32] = size & 3'h1;
        bare = bare_v;
    end

    always @* begin
        lock_valid_v = 4'h0;
        lock_valid_v = lock_valid_v >> 1;
        if (entry_4_valid) begin
            lock_valid_v = lock_valid_v | 4'h8;
        end
        lock_valid_v = lock_valid_v >> 1;
        if (entry_5_valid) begin
            lock_valid_v = lock_valid_v | 4'h8;
        end
        lock_valid_v = lock_valid_v >> 1;
        if (entry_6_valid) begin
            lock_valid_v = lock_valid_v | 4'h8;
        end
        lock_valid_v = lock_valid_v >> 1;
        if (entry_7_valid) begin
            lock_valid_v = lock_valid_v | 4'h8;
        end
        lock_valid = lock_valid_v;
    end

    always @* begin
        filled_v = 1'b1;
        place_d = 2'h0;
        if (filled_v & (!lock_valid[0])) begin
            place_d = 2'h0;
        end
        filled_v = filled_v & lock_valid[0];
        if (filled_v & (!lock_valid[1])) begin
            place_d = 2'h1;
        end
        filled_v = filled_v & lock_valid[1];
        if (filled_v & (!lock_valid[2])) begin
            place_d = 2'h2;
        end
        filled_v = filled_v & lock_valid[2];
        if (filled_v & (!lock_valid[3])) begin
            place_d = 2'h3;
        end
        filled_v = filled_v & lock_valid[3];
        filled = filled_v;
    end

    always @* begin
        count_v = 3'h0;
        if (lock_valid[0]) begin
            count_v = count_v + 3'h1;
        end
        if (lock_valid[1]) begin
            count_v = count_v + 3'h1;
        end
        if (lock_valid[2]) begin
            count_v = count_v + 3'h1;
        end
        if (lock_valid[3]) begin
            count_v = count_v + 3'h1;
        end
        count = count_v;
    end

    always @* begin
        any_v = 1'b0;
        any_v = any_v | entry_0_matched;
        any_v = any_v | entry_1_matched;
        any_v = any_v | entry_2_matched;
        any_v = any_v | entry_3_matched;
        any_v = any_v | entry_4_matched;
        any_v = any_v | entry_5_matched;
        any_v = any_v | entry_6_matched;
        any_v = any_v | entry_7_matched;
        any = any_v;
    end

    always @* begin
        chosen_v = 3'h0;
        if (entry_0_matched) begin
            chosen_v = 3'h0;
        end
        if (entry_1_matched) begin
            chosen_v = 3'h1;
        end
        if (entry_2_matched) begin
            chosen_v = 3'h2;
        end
        if (entry_3_matched) begin
            chosen_v = 3'h3;
        end
        locked_v = 1'b0;
        if (entry_4_matched) begin
            chosen_v = 3'h4;
            locked_v = 1'b1;
        end
        if (entry_5_matched) begin
            chosen_v = 3'h5;
            locked_v = 1'b1;
        end
        if (entry_6_matched) begin
            chosen_v = 3'h6;
            locked_v = 1'b1;
        end
        if (entry_7_matched) begin
            chosen_v = 3'h7;
            locked_v = 1'b1;
        end
        locked = locked_v;
        chosen = chosen_v;
    end

    always @* begin
        payload_write_address_v = {1'b0, victim_q};
        if (!insert) begin
            payload_write_address_v = {1'b0, place_q} + 3'h4;
        end
        payload_write_address = payload_write_address_v;
    end

    initial begin
        victim_q <= 2'h0;
        place_q <= 2'h0;
        full_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            victim_q <= 2'h0;
            place_q <= 2'h0;
            full_q <= 1'h0;
        end else begin
            victim_q <= victim_d;
            place_q <= place_d;
            full_q <= filled;
        end
    end

    vcm_soc_iommu_translator_side_entry entry_0 (
        .clock(clock),
        .reset(reset),
        .key(key),
        .any_asid(1'b1),
        .load(entry_0_load),
        .stillborn(stillborn),
        .incoming(bare),
        .remove(take),
        .kill(kill),
        .drop(flush),
        .valid(),
        .matched(entry_0_matched)
    );

    vcm_soc_iommu_translator_side_entry entry_1 (
        .clock(clock),
        .reset(reset),
        .key(key),
        .any_asid(1'b1),
        .load(entry_1_load),
        .stillborn(stillborn),
        .incoming(bare),
        .remove(take),
        .kill(kill),
        .drop(flush),
        .valid(),
        .matched(entry_1_matched)
    );

    vcm_soc_iommu_translator_side_entry entry_2 (
        .clock(clock),
        .reset(reset),
        .key(key),
        .any_asid(1'b1),
        .load(entry_2_load),
        .stillborn(stillborn),
        .incoming(bare),
        .remove(take),
        .kill(kill),
        .drop(flush),
        .valid(),
        .matched(entry_2_matched)
    );

    vcm_soc_iommu_translator_side_entry entry_3 (
        .clock(clock),
        .reset(reset),
        .key(key),
        .any_asid(1'b1),
        .load(entry_3_load),
        .stillborn(stillborn),
        .incoming(bare),
        .remove(take),
        .kill(kill),
        .drop(flush),
        .valid(),
        .matched(entry_3_matched)
    );

    vcm_soc_iommu_translator_side_entry entry_4 (
        .clock(clock),
        .reset(reset),
        .key(key),
        .any_asid(any_asid),
        .load(entry_4_load),
        .stillborn(stillborn),
        .incoming(tag),
        .remove(1'b0),
        .kill(kill),
        .drop(bump),
        .valid(entry_4_valid),
        .matched(entry_4_matched)
    );

    vcm_soc_iommu_translator_side_entry entry_5 (
        .clock(clock),
        .reset(reset),
        .key(key),
        .any_asid(any_asid),
        .load(entry_5_load),
        .stillborn(stillborn),
        .incoming(tag),
        .remove(1'b0),
        .kill(kill),
        .drop(bump),
        .valid(entry_5_valid),
        .matched(entry_5_matched)
    );

    vcm_soc_iommu_translator_side_entry entry_6 (
        .clock(clock),
        .reset(reset),
        .key(key),
        .any_asid(any_asid),
        .load(entry_6_load),
        .stillborn(stillborn),
        .incoming(tag),
        .remove(1'b0),
        .kill(kill),
        .drop(bump),
        .valid(entry_6_valid),
        .matched(entry_6_matched)
    );

    vcm_soc_iommu_translator_side_entry entry_7 (
        .clock(clock),
        .reset(reset),
        .key(key),
        .any_asid(any_asid),
        .load(entry_7_load),
        .stillborn(stillborn),
        .incoming(tag),
        .remove(1'b0),
        .kill(kill),
        .drop(bump),
        .valid(entry_7_valid),
        .matched(entry_7_matched)
    );

    vcm_soc_lut_ram_14 payload (
        .clock(clock),
        .write(payload_write),
        .write_address(payload_write_address),
        .write_data(written),
        .read_address(chosen),
        .read_data(payload_read_data)
    );
endmodule

module vcm_soc_lut_ram_14 (
    input  wire clock,
    input  wire write,
    input  wire [2:0] write_address,
    input  wire [36:0] write_data,
    input  wire [2:0] read_address,
    output wire [36:0] read_data
);
    (* ram_style = "distributed" *)
    reg [36:0] words [0:7];
    integer i;
    initial for (i = 0; i < 8; i = i + 1) words[i] = 37'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_translator_side_entry (
    input  wire clock,
    input  wire reset,
    input  wire [30:0] key,
    input  wire any_asid,
    input  wire load,
    input  wire stillborn,
    input  wire [34:0] incoming,
    input  wire remove,
    input  wire kill,
    input  wire [4:0] drop,
    output wire valid,
    output wire matched
);
    reg  held_d;
    reg  held_q;
    reg  [34:0] tag_d;
    reg  [34:0] tag_q;
    reg  hit_q;
    reg  recent_q;
    wire compare_matching;

    assign valid = held_q;
    assign matched = hit_q;

    always @* begin
        held_d = held_q;
        tag_d = tag_q;
        if ((((remove | kill) & hit_q) | (kill & recent_q)) | (drop[0] & ((!drop[1]) | (drop[4:2] == tag_q[2:0])))) begin
            held_d = 1'b0;
        end
        if (load) begin
            held_d = !stillborn;
            tag_d = incoming;
        end
    end

    initial begin
        held_q <= 1'h0;
        tag_q <= 35'h0;
        hit_q <= 1'h0;
        recent_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            held_q <= 1'h0;
            tag_q <= 35'h0;
            hit_q <= 1'h0;
            recent_q <= 1'h0;
        end else begin
            held_q <= held_d;
            tag_q <= tag_d;
            hit_q <= (held_q & compare_matching) & (!load);
            recent_q <= load;
        end
    end

    vcm_soc_iommu_translator_side_entry_compare compare (
        .tag(tag_q),
        .key(key),
        .any_asid(any_asid),
        .matching(compare_matching)
    );
endmodule

module vcm_soc_iommu_translator_side_entry_compare (
    input  wire [34:0] tag,
    input  wire [30:0] key,
    input  wire any_asid,
    output wire matching
);
    wire [2:0] span;
    wire [19:0] diff;

    assign matching = (((((!(|diff[19:12])) & ((!(|diff[11:8])) | span[2])) & ((!(|diff[7:4])) | span[1])) & ((!(|diff[3:0])) | span[0])) & (tag[2:0] == key[2:0])) & ((any_asid | (!tag[11])) | (tag[10:3] == key[10:3]));
    assign span = tag[34:32];
    assign diff = tag[31:12] ^ key[30:11];
endmodule

module vcm_soc_iommu_translator_firsts (
    input  wire clock,
    input  wire reset,
    input  wire probe,
    input  wire [2:0] probe_context,
    input  wire [19:0] probe_vpn,
    input  wire [30:0] key,
    input  wire [11:0] generation,
    output wire hit,
    output wire [31:0] word,
    output wire vacant,
    input  wire fill,
    input  wire [54:0] first,
    input  wire [11:0] fill_generation,
    input  wire kill_group,
    input  wire [2:0] kill_context,
    input  wire [19:0] kill_vpn,
    output wire killing,
    input  wire [4:0] bump,
    input  wire sweeping,
    input  wire [8:0] sweep_index
);
    wire [19:0] probe_at;
    wire [11:0] fill_at;
    wire [19:0] kill_at;
    wire [19:0] key_at;
    wire fills;
    reg  [8:0] write_at;
    wire [58:0] entry;
    wire same_context;
    wire same_generation;
    wire ram_write;
    wire [8:0] ram_read_address;
    wire [58:0] ram_read_data;
    reg  compare_q;
    reg  hits_d;
    reg  hits_q;
    reg  empty_d;
    reg  empty_q;
    reg  kills_d;
    reg  kills_q;
    reg  [4:0] kill_high_d;
    reg  [4:0] kill_high_q;
    reg  [3:0] kill_low_d;
    reg  [3:0] kill_low_q;
    reg  [8:0] write_at_v;

    assign hit = hits_q;
    assign word = ram_read_data[58:27];
    assign vacant = empty_q;
    assign killing = kills_q;
    assign probe_at = probe_vpn;
    assign fill_at = first[22:11];
    assign kill_at = kill_vpn;
    assign key_at = key[30:11];
    assign fills = (((fill & (!sweeping)) & (!kills_q)) & (!kill_group)) & (!bump[0]);
    assign entry = {first[54:23], fill_at[11:9], fill_generation, first[10:3], first[2:0], fills};
    assign same_context = ram_read_data[3:1] == key[2:0];
    assign same_generation = ram_read_data[23:12] == generation;
    assign ram_write = (fills | kills_q) | sweeping;
    assign ram_read_address = probe_at[16:8] ^ ({6'h0, probe_context} << 6);

    always @* begin
        hits_d = hits_q;
        empty_d = empty_q;
        if (compare_q) begin
            hits_d = ((((ram_read_data[0] & (!sweeping)) & same_context) & same_generation) & (ram_read_data[11:4] == key[10:3])) & (ram_read_data[26:24] == key_at[19:17]);
            empty_d = (!ram_read_data[0]) | (same_context & (!same_generation));
        end
    end

    always @* begin
        kills_d = kills_q;
        kill_high_d = kill_high_q;
        kill_low_d = kill_low_q;
        if (kills_q) begin
            kill_low_d = kill_low_q + 4'h1;
            kills_d = !(&kill_low_q);
        end
        if (kill_group) begin
            kills_d = 1'b1;
            kill_high_d = kill_at[16:12] ^ ({2'h0, kill_context} << 2);
            kill_low_d = 4'h0;
        end
    end

    always @* begin
        write_at_v = fill_at[8:0] ^ ({6'h0, first[2:0]} << 6);
        if (kills_q) begin
            write_at_v = ({4'h0, kill_high_q} << 4) | {5'h0, kill_low_q};
        end
        if (sweeping) begin
            write_at_v = sweep_index;
        end
        write_at = write_at_v;
    end

    initial begin
        compare_q <= 1'h0;
        hits_q <= 1'h0;
        empty_q <= 1'h0;
        kills_q <= 1'h0;
        kill_high_q <= 5'h0;
        kill_low_q <= 4'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            compare_q <= 1'h0;
            hits_q <= 1'h0;
            empty_q <= 1'h0;
            kills_q <= 1'h0;
            kill_high_q <= 5'h0;
            kill_low_q <= 4'h0;
        end else begin
            compare_q <= probe;
            hits_q <= hits_d;
            empty_q <= empty_d;
            kills_q <= kills_d;
            kill_high_q <= kill_high_d;
            kill_low_q <= kill_low_d;
        end
    end

    vcm_soc_block_ram_2 ram (
        .clock(clock),
        .write(ram_write),
        .write_address(write_at),
        .write_data(entry),
        .read(probe),
        .read_address(ram_read_address),
        .read_data(ram_read_data)
    );
endmodule

module vcm_soc_block_ram_2 (
    input  wire clock,
    input  wire write,
    input  wire [8:0] write_address,
    input  wire [58:0] write_data,
    input  wire read,
    input  wire [8:0] read_address,
    output wire [58:0] read_data
);
    (* ram_style = "block" *)
    reg [58:0] words [0:511];
    reg [58:0] word = 59'h0;
    integer i;
    initial for (i = 0; i < 512; i = i + 1) words[i] = 59'h0;
    assign read_data = word;
    always @(posedge clock) begin
        if (write) words[write_address] <= write_data;
        if (read) word <= words[read_address];
    end
endmodule

module vcm_soc_iommu_translator_main (
    input  wire clock,
    input  wire reset,
    input  wire probe,
    input  wire [19:0] probe_vpn,
    input  wire probe_large,
    input  wire [30:0] key,
    input  wire any_asid,
    output wire hit,
    output reg  [67:0] page,
    input  wire kill,
    input  wire fill,
    input  wire [67:0] fill_page,
    input  wire [4:0] bump,
    output wire sweeping,
    output wire [8:0] sweep_index,
    output wire [11:0] generation,
    input  wire [2:0] first_context,
    output wire [11:0] first_generation
);
    wire is_swept;
    wire [19:0] probe_at;
    reg  [8:0] probe_set;
    wire [19:0] key_at;
    reg  [8:0] key_set;
    wire [19:0] fill_at;
    wire [2:0] fill_size;
    reg  [8:0] fill_set;
    wire fills;
    wire kills;
    reg  [8:0] write_set;
    wire [69:0] write_entry;
    reg  [69:0] wanted;
    wire [3:0] one;
    reg  [3:0] filled;
    reg  [3:0] written;
    reg  [3:0] matching;
    reg  [69:0] read;
    wire generations_wraps;
    wire [11:0] generations_fill_generation;
    wire [69:0] way_0_entry;
    wire way_0_matching;
    wire [69:0] way_1_entry;
    wire way_1_matching;
    wire [69:0] way_2_entry;
    wire way_2_matching;
    wire [69:0] way_3_entry;
    wire way_3_matching;
    wire [1:0] victims_way;
    reg  swept_d;
    reg  swept_q;
    reg  wrapped_q;
    reg  [8:0] swept_index_d;
    reg  [8:0] swept_index_q;
    reg  compare_q;
    reg  probed_large_d;
    reg  probed_large_q;
    reg  [3:0] matched_d;
    reg  [3:0] matched_q;
    reg  [1:0] chosen_d;
    reg  [1:0] chosen_q;
    reg  [3:0] recent_d;
    reg  [3:0] recent_q;
    reg  [8:0] probe_set_v;
    reg  [8:0] key_set_v;
    reg  [8:0] fill_set_v;
    reg  [3:0] filled_v;
    reg  [8:0] write_set_v;
    reg  [3:0] written_v;
    reg  [69:0] wanted_v;
    reg  [3:0] matching_v;
    reg  [69:0] read_v;
    reg  [67:0] page_v;

    assign hit = |matched_q;
    assign sweeping = !is_swept;
    assign sweep_index = swept_index_q;
    assign is_swept = swept_q & (!wrapped_q);
    assign probe_at = probe_vpn;
    assign key_at = key[30:11];
    assign fill_at = fill_page[31:12];
    assign fill_size = fill_page[34:32];
    assign fills = (((fill & (!fill_size[1])) & is_swept) & (!kill)) & (!bump[0]);
    assign kills = kill & swept_q;
    assign write_entry = {fill_page[67:63], fill_page[62:59], fill_page[58], fill_page[57:55], fill_page[54:35], fill_at[19:9], fill_size[0], fill_page[11], fill_page[10:3], generations_fill_generation, fill_page[2:0], fills};
    assign one = 4'h1;

    always @* begin
        swept_d = swept_q;
        swept_index_d = swept_index_q;
        if (!swept_q) begin
            swept_index_d = swept_index_q + 9'h1;
            swept_d = &swept_index_q;
        end
        if (wrapped_q) begin
            swept_d = 1'b0;
        end
    end

    always @* begin
        probed_large_d = probed_large_q;
        recent_d = recent_q | filled;
        if (probe) begin
            probed_large_d = probe_large;
            recent_d = filled;
        end
    end

    always @* begin
        matched_d = matched_q;
        chosen_d = chosen_q;
        if (compare_q) begin
            matched_d = matching;
            chosen_d = 2'h3;
            if (matching[2]) begin
                chosen_d = 2'h2;
            end
            if (matching[1]) begin
                chosen_d = 2'h1;
            end
            if (matching[0]) begin
                chosen_d = 2'h0;
            end
        end
    end

    always @* begin
        probe_set_v = probe_at[8:0];
        if (probe_large) begin
            probe_set_v = probe_at[12:4];
        end
        probe_set = probe_set_v;
    end

    always @* begin
        key_set_v = key_at[8:0];
        if (probed_large_q) begin
            key_set_v = key_at[12:4];
        end
        key_set = key_set_v;
    end

    always @* begin
        fill_set_v = fill_at[8:0];
        if (fill_size[0]) begin
            fill_set_v = fill_at[12:4];
        end
        fill_set = fill_set_v;
    end

    always @* begin
        filled_v = 4'h0;
        if (fills) begin
            filled_v = one << victims_way;
        end
        filled = filled_v;
    end

    always @* begin
        written_v = filled;
        write_set_v = fill_set;
        if (kills) begin
            written_v = matched_q | recent_q;
            write_set_v = key_set;
        end
        if (!swept_q) begin
            written_v = 4'hf;
            write_set_v = swept_index_q;
        end
        write_set = write_set_v;
        written = written_v;
    end

    always @* begin
        wanted_v = 70'h0;
        wanted_v[3:1] = key[2:0];
        wanted_v[15:4] = generation;
        wanted_v[23:16] = key[10:3];
        wanted_v[25] = probed_large_q;
        wanted_v[36:26] = key_at[19:9];
        wanted = wanted_v;
    end

    always @* begin
        matching_v = 4'h0;
        matching_v = (matching_v & 4'he) | ({3'h0, way_0_matching & is_swept} << 0);
        matching_v = (matching_v & 4'hd) | ({3'h0, way_1_matching & is_swept} << 1);
        matching_v = (matching_v & 4'hb) | ({3'h0, way_2_matching & is_swept} << 2);
        matching_v = (matching_v & 4'h7) | ({3'h0, way_3_matching & is_swept} << 3);
        matching = matching_v;
    end

    always @* begin
        read_v = way_3_entry;
        case (chosen_q)
            2'h0: begin
                read_v = way_0_entry;
            end
            2'h1: begin
                read_v = way_1_entry;
            end
            2'h2: begin
                read_v = way_2_entry;
            end
            default: ;
        endcase
        read = read_v;
    end

    always @* begin
        page_v[2:0] = key[2:0];
        page_v[10:3] = key[10:3];
        page_v[11] = read[24];
        page_v[31:12] = key[30:11];
        page_v[34:32] = 3'h0;
        if (probed_large_q) begin
            page_v[34:32] = 3'h1;
        end
        page_v[54:35] = read[56:37];
        page_v[57:55] = read[59:57];
        page_v[58] = read[60];
        page_v[62:59] = read[64:61];
        page_v[67:63] = read[69:65];
        page = page_v;
    end

    initial begin
        swept_q <= 1'h0;
        wrapped_q <= 1'h0;
        swept_index_q <= 9'h0;
        compare_q <= 1'h0;
        probed_large_q <= 1'h0;
        matched_q <= 4'h0;
        chosen_q <= 2'h0;
        recent_q <= 4'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            swept_q <= 1'h0;
            wrapped_q <= 1'h0;
            swept_index_q <= 9'h0;
            compare_q <= 1'h0;
            probed_large_q <= 1'h0;
            matched_q <= 4'h0;
            chosen_q <= 2'h0;
            recent_q <= 4'h0;
        end else begin
            swept_q <= swept_d;
            wrapped_q <= generations_wraps;
            swept_index_q <= swept_index_d;
            compare_q <= probe;
            probed_large_q <= probed_large_d;
            matched_q <= matched_d;
            chosen_q <= chosen_d;
            recent_q <= recent_d;
        end
    end

    vcm_soc_iommu_translator_main_generations generations (
        .clock(clock),
        .reset(reset),
        .bump(bump),
        .wraps(generations_wraps),
        .key_context(key[2:0]),
        .key_generation(generation),
        .fill_context(fill_page[2:0]),
        .fill_generation(generations_fill_generation),
        .first_context(first_context),
        .first_generation(first_generation)
    );

    vcm_soc_iommu_translator_main_way way_0 (
        .clock(clock),
        .read(probe),
        .read_address(probe_set),
        .write(written[0]),
        .write_address(write_set),
        .write_data(write_entry),
        .entry(way_0_entry),
        .wanted(wanted),
        .any_asid(any_asid),
        .matching(way_0_matching)
    );

    vcm_soc_iommu_translator_main_way way_1 (
        .clock(clock),
        .read(probe),
        .read_address(probe_set),
        .write(written[1]),
        .write_address(write_set),
        .write_data(write_entry),
        .entry(way_1_entry),
        .wanted(wanted),
        .any_asid(any_asid),
        .matching(way_1_matching)
    );

    vcm_soc_iommu_translator_main_way way_2 (
        .clock(clock),
        .read(probe),
        .read_address(probe_set),
        .write(written[2]),
        .write_address(write_set),
        .write_data(write_entry),
        .entry(way_2_entry),
        .wanted(wanted),
        .any_asid(any_asid),
        .matching(way_2_matching)
    );

    vcm_soc_iommu_translator_main_way way_3 (
        .clock(clock),
        .read(probe),
        .read_address(probe_set),
        .write(written[3]),
        .write_address(write_set),
        .write_data(write_entry),
        .entry(way_3_entry),
        .wanted(wanted),
        .any_asid(any_asid),
        .matching(way_3_matching)
    );

    vcm_soc_iommu_translator_main_victims victims (
        .clock(clock),
        .reset(reset),
        .set(fill_set),
        .way(victims_way),
        .fill(fills)
    );
endmodule

module vcm_soc_iommu_translator_main_victims (
    input  wire clock,
    input  wire reset,
    input  wire [8:0] set,
    output wire [1:0] way,
    input  wire fill
);
    wire [4:0] index;
    wire [5:0] fills;
    wire [5:0] counter_read_data;
    reg  counts_q;
    reg  [4:0] at_q;
    reg  [5:0] count_q;

    assign way = fills[1:0] + fills[5:4];
    assign index = set[4:0];
    assign fills = counter_read_data;

    initial begin
        counts_q <= 1'h0;
        at_q <= 5'h0;
        count_q <= 6'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            counts_q <= 1'h0;
            at_q <= 5'h0;
            count_q <= 6'h0;
        end else begin
            counts_q <= fill;
            at_q <= index;
            count_q <= fills + 6'h1;
        end
    end

    vcm_soc_lut_ram_13 counter (
        .clock(clock),
        .write(counts_q),
        .write_address(at_q),
        .write_data(count_q),
        .read_address(index),
        .read_data(counter_read_data)
    );
endmodule

module vcm_soc_lut_ram_13 (
    input  wire clock,
    input  wire write,
    input  wire [4:0] write_address,
    input  wire [5:0] write_data,
    input  wire [4:0] read_address,
    output wire [5:0] read_data
);
    (* ram_style = "distributed" *)
    reg [5:0] words [0:31];
    integer i;
    initial for (i = 0; i < 32; i = i + 1) words[i] = 6'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_translator_main_way (
    input  wire clock,
    input  wire read,
    input  wire [8:0] read_address,
    input  wire write,
    input  wire [8:0] write_address,
    input  wire [69:0] write_data,
    output wire [69:0] entry,
    input  wire [69:0] wanted,
    input  wire any_asid,
    output wire matching
);
    wire asid_match;

    assign matching = ((((entry[0] & (entry[3:1] == wanted[3:1])) & (entry[15:4] == wanted[15:4])) & (entry[25] == wanted[25])) & (entry[36:26] == wanted[36:26])) & asid_match;
    assign asid_match = ((entry[23:16] == wanted[23:16]) | (!entry[24])) | any_asid;

    vcm_soc_block_ram ram (
        .clock(clock),
        .write(write),
        .write_address(write_address),
        .write_data(write_data),
        .read(read),
        .read_address(read_address),
        .read_data(entry)
    );
endmodule

module vcm_soc_block_ram (
    input  wire clock,
    input  wire write,
    input  wire [8:0] write_address,
    input  wire [69:0] write_data,
    input  wire read,
    input  wire [8:0] read_address,
    output wire [69:0] read_data
);
    (* ram_style = "block" *)
    reg [69:0] words [0:511];
    reg [69:0] word = 70'h0;
    integer i;
    initial for (i = 0; i < 512; i = i + 1) words[i] = 70'h0;
    assign read_data = word;
    always @(posedge clock) begin
        if (write) words[write_address] <= write_data;
        if (read) word <= words[read_address];
    end
endmodule

module vcm_soc_iommu_translator_main_generations (
    input  wire clock,
    input  wire reset,
    input  wire [4:0] bump,
    output reg  wraps,
    input  wire [2:0] key_context,
    output wire [11:0] key_generation,
    input  wire [2:0] fill_context,
    output wire [11:0] fill_generation,
    input  wire [2:0] first_context,
    output wire [11:0] first_generation
);
    wire [11:0] era;
    wire bumps;
    reg  [2:0] fill_at;
    wire [7:0] number;
    wire [7:0] key_port_read_data;
    wire [7:0] fill_port_read_data;
    wire [7:0] first_port_read_data;
    reg  [3:0] epoch_d;
    reg  [3:0] epoch_q;
    reg  [2:0] fill_at_v;
    reg  wraps_v;

    assign key_generation = {4'h0, key_port_read_data} | era;
    assign fill_generation = {4'h0, fill_port_read_data} | era;
    assign first_generation = {4'h0, first_port_read_data} | era;
    assign era = {8'h0, epoch_q} << 8;
    assign bumps = bump[0] & bump[1];
    assign number = fill_port_read_data + 8'h1;

    always @* begin
        epoch_d = epoch_q;
        if (bump[0] & (!bump[1])) begin
            epoch_d = epoch_q + 4'h1;
        end
    end

    always @* begin
        fill_at_v = fill_context;
        if (bump[0]) begin
            fill_at_v = bump[4:2];
        end
        fill_at = fill_at_v;
    end

    always @* begin
        wraps_v = bump[0] & (&epoch_q);
        if (bumps) begin
            wraps_v = &fill_port_read_data;
        end
        wraps = wraps_v;
    end

    initial begin
        epoch_q <= 4'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            epoch_q <= 4'h0;
        end else begin
            epoch_q <= epoch_d;
        end
    end

    vcm_soc_lut_ram key_port (
        .clock(clock),
        .write(bumps),
        .write_address(bump[4:2]),
        .write_data(number),
        .read_address(key_context),
        .read_data(key_port_read_data)
    );

    vcm_soc_lut_ram fill_port (
        .clock(clock),
        .write(bumps),
        .write_address(bump[4:2]),
        .write_data(number),
        .read_address(fill_at),
        .read_data(fill_port_read_data)
    );

    vcm_soc_lut_ram first_port (
        .clock(clock),
        .write(bumps),
        .write_address(bump[4:2]),
        .write_data(number),
        .read_address(first_context),
        .read_data(first_port_read_data)
    );
endmodule

module vcm_soc_iommu_write_merge (
    input  wire clock,
    input  wire reset,
    input  wire memory_valid,
    output wire memory_ready,
    input  wire [9:0] memory,
    input  wire blocked,
    input  wire malformed,
    input  wire terminator_valid,
    output wire terminator_taken,
    input  wire [9:0] terminator,
    output reg  s_valid,
    input  wire s_ready,
    output reg  [9:0] s_answer,
    output wire response
);
    wire closed;
    wire offered;
    reg  granted_d;
    reg  granted_q;
    reg  seen_q;
    reg  s_valid_v;
    reg  [9:0] s_answer_v;

    assign memory_ready = (s_ready & (!closed)) & (!granted_q);
    assign terminator_taken = granted_q & s_ready;
    assign response = (offered & s_ready) & (!granted_q);
    assign closed = blocked & (!seen_q);
    assign offered = memory_valid & (!closed);

    always @* begin
        granted_d = granted_q;
        s_valid_v = offered;
        s_answer_v = memory;
        if (malformed) begin
            s_answer_v[9:8] = 2'h2;
        end else if (memory[9:8] == 2'h1) begin
            s_answer_v[9:8] = 2'h0;
        end
        if (granted_q) begin
            s_valid_v = 1'b1;
            s_answer_v = terminator;
            if (s_ready) begin
                granted_d = 1'b0;
            end
        end else if (terminator_valid & ((!offered) | s_ready)) begin
            granted_d = 1'b1;
        end
        s_valid = s_valid_v;
        s_answer = s_answer_v;
    end

    initial begin
        granted_q <= 1'h0;
        seen_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            granted_q <= 1'h0;
            seen_q <= 1'h0;
        end else begin
            granted_q <= granted_d;
            seen_q <= (offered & (!granted_q)) & (!s_ready);
        end
    end
endmodule

module vcm_soc_iommu_write_terminator (
    input  wire clock,
    input  wire reset,
    input  wire start,
    input  wire [7:0] id,
    input  wire [1:0] resp,
    output wire busy,
    output wire [7:0] busy_id,
    input  wire drained,
    output wire valid,
    output wire [9:0] answer,
    input  wire taken
);
    reg  active_d;
    reg  active_q;
    reg  answering_d;
    reg  answering_q;
    reg  [9:0] held_d;
    reg  [9:0] held_q;

    assign busy = active_q;
    assign busy_id = held_q[7:0];
    assign valid = answering_q;
    assign answer = held_q;

    always @* begin
        active_d = active_q;
        answering_d = answering_q;
        held_d = held_q;
        if (start) begin
            active_d = 1'b1;
            held_d[7:0] = id;
            held_d[9:8] = resp;
        end
        if (drained) begin
            answering_d = 1'b1;
        end
        if (taken) begin
            active_d = 1'b0;
            answering_d = 1'b0;
        end
    end

    initial begin
        active_q <= 1'h0;
        answering_q <= 1'h0;
        held_q <= 10'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            active_q <= 1'h0;
            answering_q <= 1'h0;
            held_q <= 10'h0;
        end else begin
            active_q <= active_d;
            answering_q <= answering_d;
            held_q <= held_d;
        end
    end
endmodule

module vcm_soc_iommu_write_router (
    input  wire clock,
    input  wire reset,
    input  wire push,
    input  wire [8:0] route,
    input  wire s_valid,
    output reg  s_ready,
    input  wire [72:0] s_beat,
    output reg  m_valid,
    input  wire m_ready,
    output reg  [72:0] m_beat,
    output wire done,
    output reg  malformed,
    output reg  late,
    output wire drained
);
    localparam [1:0] WriteState_Drop = 2'h2;
    localparam [1:0] WriteState_Pad = 2'h1;
    localparam [1:0] WriteState_Pass = 2'h0;

    wire to_memory;
    wire at_end;
    wire ends;
    reg  moved;
    reg  finish;
    reg  drain;
    wire fifo_pop;
    wire fifo_valid;
    wire [8:0] fifo_head;
    reg  [1:0] state_d;
    reg  [1:0] state_q;
    reg  [7:0] beats_d;
    reg  [7:0] beats_q;
    reg  s_ready_v;
    reg  m_valid_v;
    reg  [72:0] m_beat_v;
    reg  malformed_v;
    reg  late_v;
    reg  finish_v;
    reg  drain_v;

    assign done = finish;
    assign drained = drain;
    assign to_memory = fifo_valid & (!fifo_head[0]);
    assign at_end = beats_q == fifo_head[8:1];
    assign ends = s_beat[72];
    assign fifo_pop = finish | drain;

    always @* begin
        state_d = state_q;
        beats_d = beats_q;
        m_valid_v = 1'b0;
        s_ready_v = 1'b0;
        m_beat_v = s_beat;
        m_beat_v[72] = at_end;
        moved = 1'b0;
        finish_v = 1'b0;
        drain_v = 1'b0;
        malformed_v = 1'b0;
        late_v = 1'b0;
        case (state_q)
            WriteState_Pass: begin
                if (to_memory) begin
                    m_valid_v = s_valid;
                    s_ready_v = m_ready;
                    moved = s_valid & m_ready;
                    if (moved) begin
                        if (ends & at_end) begin
                            finish_v = 1'b1;
                        end else if (ends) begin
                            state_d = WriteState_Pad;
                        end else if (at_end) begin
                            state_d = WriteState_Drop;
                        end
                    end
                end else if (fifo_valid) begin
                    s_ready_v = 1'b1;
                    drain_v = s_valid & ends;
                end
            end
            WriteState_Pad: begin
                m_valid_v = 1'b1;
                m_beat_v[63:0] = 64'h0;
                m_beat_v[71:64] = 8'h0;
                moved = m_ready;
                finish_v = m_ready & at_end;
                malformed_v = 1'b1;
            end
            WriteState_Drop: begin
                s_ready_v = 1'b1;
                finish_v = s_valid & ends;
                malformed_v = 1'b1;
                late_v = 1'b1;
            end
            default: begin
                state_d = WriteState_Pass;
            end
        endcase
        if (moved) begin
            beats_d = beats_q + 8'h1;
        end
        if (finish_v) begin
            beats_d = 8'h0;
            state_d = WriteState_Pass;
        end
        s_ready = s_ready_v;
        m_valid = m_valid_v;
        m_beat = m_beat_v;
        malformed = malformed_v;
        late = late_v;
        finish = finish_v;
        drain = drain_v;
    end

    initial begin
        state_q <= 2'h0;
        beats_q <= 8'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            state_q <= 2'h0;
            beats_q <= 8'h0;
        end else begin
            state_q <= state_d;
            beats_q <= beats_d;
        end
    end

    vcm_soc_iommu_write_router_fifo fifo (
        .clock(clock),
        .reset(reset),
        .push(push),
        .data(route),
        .pop(fifo_pop),
        .valid(fifo_valid),
        .head(fifo_head),
        .full(),
        .count()
    );
endmodule

module vcm_soc_iommu_write_router_fifo (
    input  wire clock,
    input  wire reset,
    input  wire push,
    input  wire [8:0] data,
    input  wire pop,
    output wire valid,
    output wire [8:0] head,
    output wire full,
    output wire [6:0] count
);
    localparam AMPLE = 1'b1;
    localparam [4:0] CAPACITY = 5'h9;

    wire [4:0] held;
    wire any;
    wire removes;
    wire accepts;
    wire is_full;
    wire item_write;
    reg  [4:0] first_d;
    reg  [4:0] first_q;
    reg  [4:0] free_d;
    reg  [4:0] free_q;

    assign valid = any;
    assign full = is_full;
    assign count = {2'h0, held};
    assign held = free_q - first_q;
    assign any = free_q != first_q;
    assign removes = pop & any;
    assign accepts = push & ((!is_full) | removes);
    assign is_full = held == CAPACITY;
    assign item_write = push & (AMPLE | accepts);

    always @* begin
        first_d = first_q;
        if (removes) begin
            first_d = first_q + 5'h1;
        end
    end

    always @* begin
        free_d = free_q;
        if (accepts) begin
            free_d = free_q + 5'h1;
        end
    end

    initial begin
        first_q <= 5'h0;
        free_q <= 5'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            first_q <= 5'h0;
            free_q <= 5'h0;
        end else begin
            first_q <= first_d;
            free_q <= free_d;
        end
    end

    vcm_soc_lut_ram_12 item (
        .clock(clock),
        .write(item_write),
        .write_address(free_q[3:0]),
        .write_data(data),
        .read_address(first_q[3:0]),
        .read_data(head)
    );
endmodule

module vcm_soc_lut_ram_12 (
    input  wire clock,
    input  wire write,
    input  wire [3:0] write_address,
    input  wire [8:0] write_data,
    input  wire [3:0] read_address,
    output wire [8:0] read_data
);
    (* ram_style = "distributed" *)
    reg [8:0] words [0:15];
    integer i;
    initial for (i = 0; i < 16; i = i + 1) words[i] = 9'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_read_merge (
    input  wire clock,
    input  wire reset,
    input  wire memory_valid,
    output wire memory_ready,
    input  wire [74:0] memory,
    input  wire blocked,
    input  wire terminator_valid,
    output wire terminator_taken,
    input  wire [74:0] terminator,
    output reg  s_valid,
    input  wire s_ready,
    output reg  [74:0] s_beat,
    output wire response
);
    wire closed;
    wire memory_beat;
    wire waiting;
    reg  granted_d;
    reg  granted_q;
    reg  in_burst_d;
    reg  in_burst_q;
    reg  seen_q;
    reg  s_valid_v;
    reg  [74:0] s_beat_v;

    assign memory_ready = (s_ready & (!granted_q)) & (!closed);
    assign terminator_taken = granted_q & s_ready;
    assign response = memory_beat;
    assign closed = blocked & (!seen_q);
    assign memory_beat = ((memory_valid & s_ready) & (!granted_q)) & (!closed);
    assign waiting = (memory_valid & (!closed)) & (!s_ready);

    always @* begin
        granted_d = granted_q;
        s_valid_v = memory_valid & (!closed);
        s_beat_v = memory;
        if (memory[73:72] == 2'h1) begin
            s_beat_v[73:72] = 2'h0;
        end
        if (granted_q) begin
            s_valid_v = 1'b1;
            s_beat_v = terminator;
            if (s_ready & terminator[74]) begin
                granted_d = 1'b0;
            end
        end else if ((terminator_valid & (!waiting)) & ((memory_beat & memory[74]) | ((!memory_beat) & (!in_burst_q)))) begin
            granted_d = 1'b1;
        end
        s_valid = s_valid_v;
        s_beat = s_beat_v;
    end

    always @* begin
        in_burst_d = in_burst_q;
        if (memory_beat) begin
            in_burst_d = !memory[74];
        end
    end

    initial begin
        granted_q <= 1'h0;
        in_burst_q <= 1'h0;
        seen_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            granted_q <= 1'h0;
            in_burst_q <= 1'h0;
            seen_q <= 1'h0;
        end else begin
            granted_q <= granted_d;
            in_burst_q <= in_burst_d;
            seen_q <= waiting & (!granted_q);
        end
    end
endmodule

module vcm_soc_iommu_read_terminator (
    input  wire clock,
    input  wire reset,
    input  wire start,
    input  wire [7:0] id,
    input  wire [7:0] len,
    input  wire [1:0] resp,
    output wire busy,
    output wire [7:0] busy_id,
    output wire [74:0] beat,
    input  wire taken
);
    wire last;
    reg  active_d;
    reg  active_q;
    reg  [7:0] held_id_d;
    reg  [7:0] held_id_q;
    reg  [1:0] held_resp_d;
    reg  [1:0] held_resp_q;
    reg  [7:0] left_d;
    reg  [7:0] left_q;

    assign busy = active_q;
    assign busy_id = held_id_q;
    assign beat = {last, held_resp_q, 64'h0, held_id_q};
    assign last = &left_q;

    always @* begin
        active_d = active_q;
        held_id_d = held_id_q;
        held_resp_d = held_resp_q;
        left_d = left_q;
        if (taken) begin
            left_d = left_q + 8'h1;
            if (last) begin
                active_d = 1'b0;
            end
        end
        if (start) begin
            active_d = 1'b1;
            held_id_d = id;
            held_resp_d = resp;
            left_d = ~len;
        end
    end

    initial begin
        active_q <= 1'h0;
        held_id_q <= 8'h0;
        held_resp_q <= 2'h0;
        left_q <= 8'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            active_q <= 1'h0;
            held_id_q <= 8'h0;
            held_resp_q <= 2'h0;
            left_q <= 8'h0;
        end else begin
            active_q <= active_d;
            held_id_q <= held_id_d;
            held_resp_q <= held_resp_d;
            left_q <= left_d;
        end
    end
endmodule

module vcm_soc_iommu_reads (
    input  wire clock,
    input  wire reset,
    input  wire write,
    input  wire s_valid,
    output wire s_ready,
    input  wire [67:0] s_burst,
    output wire m_valid,
    input  wire m_ready,
    output wire [67:0] m_burst,
    output wire issue,
    output reg  [7:0] leaving_len,
    output wire terminate,
    output wire [7:0] terminate_id,
    output reg  [1:0] terminate_resp,
    input  wire terminator_busy,
    output wire [3:0] stream,
    input  wire [4:0] route,
    output wire ask,
    output wire [28:0] request,
    input  wire taken,
    input  wire began,
    input  wire answer,
    input  wire [40:0] answered_lookup,
    input  wire fill,
    input  wire [54:0] fill_entry,
    input  wire [4:0] flush,
    input  wire [48:0] mark,
    input  wire [3:0] wake,
    input  wire failed,
    output wire urgent,
    input  wire rush,
    input  wire [9:0] resume,
    input  wire [19:0] limits,
    input  wire [15:0] now,
    output wire [7:0] stalled,
    input  wire offered,
    input  wire response,
    input  wire [7:0] response_id,
    input  wire [1:0] response_resp,
    input  wire response_last,
    output wire blocked,
    output wire malformed,
    input  wire data_done,
    input  wire data_malformed,
    input  wire data_late,
    output wire [7:0] waits,
    output wire waits_any,
    output wire fault_valid,
    input  wire fault_ready,
    output wire [58:0] fault,
    output wire late_valid,
    input  wire late_ready,
    output reg  [58:0] late,
    output wire count_burst,
    output wire count_hit,
    output wire count_miss,
    output wire count_stalling
);
    localparam [4:0] CODE_EXTERNAL_ABORT = 5'h8;
    localparam [4:0] CODE_ILLEGAL_BURST = 5'h12;
    localparam [4:0] CODE_STALL_TIMEOUT = 5'h13;
    localparam [4:0] CODE_UNMAPPED_STREAM = 5'h10;

    wire translates;
    wire through;
    wire steady;
    wire parking;
    wire parks;
    wire out_free;
    wire may_go;
    wire may_issue;
    wire may_pass;
    wire passes;
    wire issues;
    wire is_full;
    wire from_slot;
    reg  [58:0] refusal;
    wire [54:0] entry;
    wire missing;
    wire gives;
    wire answered_slot;
    wire claims;
    wire judges;
    wire ends;
    wire goes;
    wire announces;
    reg  [2:0] place;
    wire [31:0] out_addr;
    wire [2:0] out_prot;
    wire [19:0] vpn;
    wire [2:0] span;
    reg  [19:0] page;
    reg  [67:0] sent;
    wire intake_out_valid;
    wire intake_out_taken;
    wire [67:0] intake_burst;
    wire intake_illegal;
    wire [4:0] intake_routed;
    wire intake_loads;
    wire [19:0] intake_next_vpn;
    wire [1:0] intake_next_access;
    wire [2:0] intake_next_context;
    wire micro_hit;
    wire [2:0] micro_way;
    wire [31:0] micro_page;
    wire slots_same;
    wire slots_slow;
    wire slots_room;
    wire [1:0] slots_place;
    wire slots_accepts;
    wire slots_act;
    wire [1:0] slots_act_slot;
    wire slots_seek;
    wire slots_refused;
    wire [1:0] slots_refused_slot;
    wire slots_refused_faulted;
    wire slots_refused_expired;
    wire [9:0] slots_verdict;
    wire slots_stall;
    wire slots_outgoing;
    wire [2:0] slots_stalls;
    wire [49:0] outstanding_incoming;
    wire outstanding_removed;
    wire [49:0] outstanding_late;
    wire outstanding_late_malformed;
    wire outstanding_busy;
    wire bursts_write;
    wire [67:0] bursts_read_data;
    reg  out_valid_d;
    reg  out_valid_q;
    reg  out_new_q;
    reg  [2:0] out_place_d;
    reg  [2:0] out_place_q;
    reg  [3:0] out_page_d;
    reg  [3:0] out_page_q;
    reg  out_bypass_d;
    reg  out_bypass_q;
    reg  answer_valid_q;
    reg  answer_stale_q;
    reg  walk_began_q;
    reg  [1:0] began_slot_q;
    reg  [40:0] answer_held_d;
    reg  [40:0] answer_held_q;
    reg  filling_q;
    reg  fills_q;
    reg  filled_q;
    reg  [19:0] fill_vpn_d;
    reg  [19:0] fill_vpn_q;
    reg  [2:0] fill_large_d;
    reg  [2:0] fill_large_q;
    reg  [3:0] fill_allow_d;
    reg  [3:0] fill_allow_q;
    reg  [3:0] woken_q;
    reg  hastens_q;
    reg  missed_q;
    reg  missed_hit_q;
    reg  counts_hit_q;
    reg  counts_miss_q;
    reg  [3:0] issued_d;
    reg  [3:0] issued_q;
    reg  released_q;
    reg  terminating_d;
    reg  terminating_q;
    reg  ended_q;
    reg  [1:0] terminating_slot_d;
    reg  [1:0] terminating_slot_q;
    reg  looking_q;
    reg  comparing_q;
    reg  checked_q;
    reg  clear_q;
    reg  doomed_d;
    reg  doomed_q;
    reg  [7:0] refused_len_d;
    reg  [7:0] refused_len_q;
    reg  may_stall_q;
    reg  fault_full_d;
    reg  fault_full_q;
    reg  [58:0] fault_held_d;
    reg  [58:0] fault_held_q;
    reg  [2:0] place_v;
    reg  [19:0] page_v;
    reg  [67:0] sent_v;
    reg  [58:0] refusal_v;
    reg  [1:0] terminate_resp_v;
    reg  [7:0] leaving_len_v;
    reg  [58:0] late_v;

    assign m_valid = out_valid_q;
    assign m_burst = sent;
    assign issue = out_new_q;
    assign terminate = goes;
    assign terminate_id = fault_held_q[55:48];
    assign fault_valid = fault_full_q;
    assign fault = fault_held_q;
    assign count_burst = s_valid & s_ready;
    assign count_hit = counts_hit_q;
    assign count_miss = counts_miss_q;
    assign translates = (intake_routed[1] & (!intake_routed[0])) & (!intake_illegal);
    assign through = (!intake_illegal) & (intake_routed[0] | (intake_routed[1] & micro_hit));
    assign steady = (((intake_out_valid & (!parking)) & (!fills_q)) & (!filled_q)) & (!flush[0]);
    assign parking = missed_q & slots_room;
    assign parks = parking & (!flush[0]);
    assign out_free = (!out_valid_q) | m_ready;
    assign may_go = ((!is_full) & (!flush[0])) & (!claims);
    assign may_issue = slots_act & may_go;
    assign may_pass = (((steady & may_go) & (!slots_act)) & (!slots_same)) & through;
    assign passes = may_pass & out_free;
    assign issues = may_issue & out_free;
    assign is_full = issued_q[3] | (out_new_q & (issued_q == 4'h7));
    assign from_slot = !out_place_q[2];
    assign entry = {answer_held_q[40], answer_held_q[39:36], fill_allow_q, answer_held_q[35:16], fill_large_q, fill_vpn_q, answer_held_q[15:13]};
    assign missing = steady & (slots_slow | (!through));
    assign gives = filling_q & (!answer);
    assign answered_slot = (terminating_q & (!terminator_busy)) & (!issues);
    assign claims = (((slots_refused & (!looking_q)) & (!comparing_q)) & (!checked_q)) & (!fault_full_q);
    assign judges = checked_q & (!flush[0]);
    assign ends = (judges & clear_q) & (!fault_held_q[56]);
    assign goes = ended_q & (!fault_full_q);
    assign announces = judges & (fault_held_q[56] | (clear_q & (!doomed_q)));
    assign out_addr = bursts_read_data[39:8];
    assign out_prot = bursts_read_data[59:57];
    assign vpn = out_addr[31:12];
    assign span = micro_page[26:24];
    assign intake_out_taken = passes | parks;
    assign slots_seek = (!terminating_q) & (!ended_q);
    assign slots_stall = judges & fault_held_q[56];
    assign slots_outgoing = out_valid_q & from_slot;
    assign outstanding_incoming = {bursts_read_data[67:64], micro_page[3:1], micro_page[0] & (!out_bypass_q), out_prot[2], out_prot[0], out_addr, bursts_read_data[7:0]};
    assign bursts_write = out_free | parking;

    always @* begin
        out_valid_d = out_valid_q;
        if (m_ready) begin
            out_valid_d = 1'b0;
        end
        if (issues | passes) begin
            out_valid_d = 1'b1;
        end
    end

    always @* begin
        out_place_d = out_place_q;
        out_page_d = out_page_q;
        out_bypass_d = out_bypass_q;
        if (out_free) begin
            out_place_d = 3'h4;
            out_page_d = {1'b0, micro_way};
            out_bypass_d = intake_routed[0];
            if (slots_act) begin
                out_place_d = {1'b0, slots_act_slot};
                out_page_d = {2'h0, slots_act_slot} | 4'h8;
                out_bypass_d = 1'b0;
            end
            if (claims) begin
                out_place_d = {1'b0, slots_refused_slot};
            end
        end
    end

    always @* begin
        answer_held_d = answer_held_q;
        fill_vpn_d = fill_vpn_q;
        fill_large_d = fill_large_q;
        fill_allow_d = fill_allow_q;
        if (answer) begin
            answer_held_d = answered_lookup;
            fill_vpn_d = fill_entry[22:3];
            fill_allow_d = fill_entry[49:46];
            fill_large_d = 3'h0;
            if (fill) begin
                fill_large_d = fill_entry[25:23];
            end
        end
    end

    always @* begin
        issued_d = issued_q;
        if (out_new_q & (!released_q)) begin
            issued_d = issued_q + 4'h1;
        end else if ((!out_new_q) & released_q) begin
            issued_d = issued_q - 4'h1;
        end
    end

    always @* begin
        terminating_d = terminating_q;
        if (answered_slot) begin
            terminating_d = 1'b0;
        end
        if (goes) begin
            terminating_d = 1'b1;
        end
    end

    always @* begin
        terminating_slot_d = terminating_slot_q;
        if (ends) begin
            terminating_slot_d = slots_refused_slot;
        end
    end

    always @* begin
        doomed_d = doomed_q;
        refused_len_d = refused_len_q;
        fault_held_d = fault_held_q;
        if (looking_q) begin
            fault_held_d = refusal;
            refused_len_d = bursts_read_data[47:40];
            doomed_d = (!slots_refused_faulted) & (!slots_refused_expired);
        end
    end

    always @* begin
        fault_full_d = fault_full_q;
        if (fault_ready) begin
            fault_full_d = 1'b0;
        end
        if (announces) begin
            fault_full_d = 1'b1;
        end
    end

    always @* begin
        place_v = 3'h4;
        if (parking) begin
            place_v = {1'b0, slots_place};
        end
        place = place_v;
    end

    always @* begin
        page_v = micro_page[23:4];
        if (span[0]) begin
            page_v = (page_v & 20'hffff0) | (vpn & 20'hf);
        end
        if (span[1]) begin
            page_v = (page_v & 20'hfff0f) | (vpn & 20'hf0);
        end
        if (span[2]) begin
            page_v = (page_v & 20'hff0ff) | (vpn & 20'hf00);
        end
        if (out_bypass_q) begin
            page_v = vpn;
        end
        page = page_v;
    end

    always @* begin
        sent_v = bursts_read_data;
        sent_v[39:8] = ({12'h0, page} << 12) | {20'h0, out_addr[11:0]};
        if ((!out_bypass_q) & (!micro_page[31])) begin
            sent_v[56:53] = micro_page[30:27];
        end
        sent = sent_v;
    end

    always @* begin
        refusal_v[31:0] = out_addr;
        refusal_v[36:32] = slots_verdict[4:0];
        if (slots_refused_expired) begin
            refusal_v[36:32] = CODE_STALL_TIMEOUT;
        end
        refusal_v[37] = write;
        refusal_v[38] = out_prot[0];
        refusal_v[39] = out_prot[2];
        refusal_v[40] = slots_verdict[6];
        refusal_v[43:41] = slots_verdict[9:7];
        refusal_v[47:44] = bursts_read_data[67:64];
        refusal_v[55:48] = bursts_read_data[7:0];
        refusal_v[56] = (slots_refused_faulted & slots_verdict[5]) & may_stall_q;
        refusal_v[58:57] = slots_refused_slot;
        refusal = refusal_v;
    end

    always @* begin
        terminate_resp_v = 2'h2;
        if (fault_held_q[36:32] == CODE_UNMAPPED_STREAM) begin
            terminate_resp_v = 2'h3;
        end
        terminate_resp = terminate_resp_v;
    end

    always @* begin
        leaving_len_v = refused_len_q;
        if (write) begin
            leaving_len_v = bursts_read_data[47:40];
        end
        leaving_len = leaving_len_v;
    end

    always @* begin
        late_v[31:0] = outstanding_late[39:8];
        late_v[36:32] = CODE_EXTERNAL_ABORT;
        if (outstanding_late_malformed) begin
            late_v[36:32] = CODE_ILLEGAL_BURST;
        end
        late_v[37] = write;
        late_v[38] = outstanding_late[40];
        late_v[39] = outstanding_late[41];
        late_v[40] = outstanding_late[42];
        late_v[43:41] = 3'h0;
        if (outstanding_late[42]) begin
            late_v[43:41] = outstanding_late[45:43];
        end
        late_v[47:44] = outstanding_late[49:46];
        late_v[55:48] = outstanding_late[7:0];
        late_v[56] = 1'b0;
        late_v[58:57] = 2'h0;
        late = late_v;
    end

    initial begin
        out_valid_q <= 1'h0;
        out_new_q <= 1'h0;
        out_place_q <= 3'h0;
        out_page_q <= 4'h0;
        out_bypass_q <= 1'h0;
        answer_valid_q <= 1'h0;
        answer_stale_q <= 1'h0;
        walk_began_q <= 1'h0;
        began_slot_q <= 2'h0;
        answer_held_q <= 41'h0;
        filling_q <= 1'h0;
        fills_q <= 1'h0;
        filled_q <= 1'h0;
        fill_vpn_q <= 20'h0;
        fill_large_q <= 3'h0;
        fill_allow_q <= 4'h0;
        woken_q <= 4'h0;
        hastens_q <= 1'h0;
        missed_q <= 1'h0;
        missed_hit_q <= 1'h0;
        counts_hit_q <= 1'h0;
        counts_miss_q <= 1'h0;
        issued_q <= 4'h0;
        released_q <= 1'h0;
        terminating_q <= 1'h0;
        ended_q <= 1'h0;
        terminating_slot_q <= 2'h0;
        looking_q <= 1'h0;
        comparing_q <= 1'h0;
        checked_q <= 1'h0;
        clear_q <= 1'h0;
        doomed_q <= 1'h0;
        refused_len_q <= 8'h0;
        may_stall_q <= 1'h0;
        fault_full_q <= 1'h0;
        fault_held_q <= 59'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            out_valid_q <= 1'h0;
            out_new_q <= 1'h0;
            out_place_q <= 3'h0;
            out_page_q <= 4'h0;
            out_bypass_q <= 1'h0;
            answer_valid_q <= 1'h0;
            answer_stale_q <= 1'h0;
            walk_began_q <= 1'h0;
            began_slot_q <= 2'h0;
            answer_held_q <= 41'h0;
            filling_q <= 1'h0;
            fills_q <= 1'h0;
            filled_q <= 1'h0;
            fill_vpn_q <= 20'h0;
            fill_large_q <= 3'h0;
            fill_allow_q <= 4'h0;
            woken_q <= 4'h0;
            hastens_q <= 1'h0;
            missed_q <= 1'h0;
            missed_hit_q <= 1'h0;
            counts_hit_q <= 1'h0;
            counts_miss_q <= 1'h0;
            issued_q <= 4'h0;
            released_q <= 1'h0;
            terminating_q <= 1'h0;
            ended_q <= 1'h0;
            terminating_slot_q <= 2'h0;
            looking_q <= 1'h0;
            comparing_q <= 1'h0;
            checked_q <= 1'h0;
            clear_q <= 1'h0;
            doomed_q <= 1'h0;
            refused_len_q <= 8'h0;
            may_stall_q <= 1'h0;
            fault_full_q <= 1'h0;
            fault_held_q <= 59'h0;
        end else begin
            out_valid_q <= out_valid_d;
            out_new_q <= issues | passes;
            out_place_q <= out_place_d;
            out_page_q <= out_page_d;
            out_bypass_q <= out_bypass_d;
            answer_valid_q <= answer;
            answer_stale_q <= flush[0];
            walk_began_q <= began;
            began_slot_q <= answered_lookup[1:0];
            answer_held_q <= answer_held_d;
            filling_q <= (answer & fill) & (!flush[0]);
            fills_q <= gives & (!flush[0]);
            filled_q <= fills_q;
            fill_vpn_q <= fill_vpn_d;
            fill_large_q <= fill_large_d;
            fill_allow_q <= fill_allow_d;
            woken_q <= wake;
            hastens_q <= failed & (!rush);
            missed_q <= missing;
            missed_hit_q <= translates & micro_hit;
            counts_hit_q <= (passes & translates) | (parks & missed_hit_q);
            counts_miss_q <= (parks & translates) & (!missed_hit_q);
            issued_q <= issued_d;
            released_q <= outstanding_removed;
            terminating_q <= terminating_d;
            ended_q <= ends | (ended_q & fault_full_q);
            terminating_slot_q <= terminating_slot_d;
            looking_q <= (claims & out_free) & (!flush[0]);
            comparing_q <= looking_q & (!flush[0]);
            checked_q <= comparing_q & (!flush[0]);
            clear_q <= !outstanding_busy;
            doomed_q <= doomed_d;
            refused_len_q <= refused_len_d;
            may_stall_q <= {1'b0, slots_stalls} < limits[3:0];
            fault_full_q <= fault_full_d;
            fault_held_q <= fault_held_d;
        end
    end

    vcm_soc_iommu_reads_intake intake (
        .clock(clock),
        .reset(reset),
        .in_valid(s_valid),
        .in_ready(s_ready),
        .in_burst(s_burst),
        .stream(stream),
        .route(route),
        .flush(flush[0]),
        .out_valid(intake_out_valid),
        .out_taken(intake_out_taken),
        .burst(intake_burst),
        .illegal(intake_illegal),
        .routed(intake_routed),
        .again(filled_q),
        .loads(intake_loads),
        .next_vpn(intake_next_vpn),
        .next_access(intake_next_access),
        .next_context(intake_next_context)
    );

    vcm_soc_iommu_reads_micro micro (
        .clock(clock),
        .reset(reset),
        .load(intake_loads),
        .owner(intake_next_context),
        .vpn(intake_next_vpn),
        .access(intake_next_access),
        .hit(micro_hit),
        .way(micro_way),
        .page_at(out_page_q),
        .page(micro_page),
        .keep(out_valid_q),
        .fills(gives),
        .fill(fills_q),
        .entry(entry),
        .answer(slots_accepts),
        .slot(answer_held_q[1:0]),
        .in_context(answer_held_q[12]),
        .flush(flush[0])
    );

    vcm_soc_iommu_reads_slots slots (
        .clock(clock),
        .reset(reset),
        .write(write),
        .burst(intake_burst),
        .illegal(intake_illegal),
        .same(slots_same),
        .slow(slots_slow),
        .room(slots_room),
        .place(slots_place),
        .park(parks),
        .ask(ask),
        .request(request),
        .taken(taken),
        .began(walk_began_q),
        .began_slot(began_slot_q),
        .answer(answer_valid_q),
        .answered(answer_held_q),
        .stale(answer_stale_q),
        .wake(woken_q),
        .hastens(hastens_q),
        .urgent(urgent),
        .rush(rush),
        .flush(flush[0]),
        .accepts(slots_accepts),
        .act(slots_act),
        .act_slot(slots_act_slot),
        .leave(issues),
        .seek(slots_seek),
        .refused(slots_refused),
        .refused_slot(slots_refused_slot),
        .refused_faulted(slots_refused_faulted),
        .refused_expired(slots_refused_expired),
        .verdict(slots_verdict),
        .judged(checked_q),
        .ends(ends),
        .stall(slots_stall),
        .outgoing(slots_outgoing),
        .outgoing_slot(out_place_q[1:0]),
        .vacate(answered_slot),
        .vacate_slot(terminating_slot_q),
        .resume(resume),
        .ticks(limits[19:4]),
        .now(now),
        .stalls(slots_stalls),
        .any_stalled(count_stalling),
        .stalled(stalled)
    );

    vcm_soc_iommu_reads_outstanding outstanding (
        .clock(clock),
        .reset(reset),
        .write(write),
        .push(out_new_q),
        .incoming(outstanding_incoming),
        .removed(outstanding_removed),
        .offered(offered),
        .response(response),
        .response_id(response_id),
        .response_error(response_resp[1]),
        .response_last(response_last),
        .blocked(blocked),
        .malformed(malformed),
        .data_done(data_done),
        .data_malformed(data_malformed),
        .data_late(data_late),
        .late_valid(late_valid),
        .late_ready(late_ready),
        .late(outstanding_late),
        .late_malformed(outstanding_late_malformed),
        .busy(outstanding_busy),
        .mark(mark),
        .waits(waits),
        .waits_any(waits_any)
    );

    vcm_soc_lut_ram_11 bursts (
        .clock(clock),
        .write(bursts_write),
        .write_address(place),
        .write_data(intake_burst),
        .read_address(out_place_q),
        .read_data(bursts_read_data)
    );
endmodule

module vcm_soc_lut_ram_11 (
    input  wire clock,
    input  wire write,
    input  wire [2:0] write_address,
    input  wire [67:0] write_data,
    input  wire [2:0] read_address,
    output wire [67:0] read_data
);
    (* ram_style = "distributed" *)
    reg [67:0] words [0:7];
    integer i;
    initial for (i = 0; i < 8; i = i + 1) words[i] = 68'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_reads_outstanding (
    input  wire clock,
    input  wire reset,
    input  wire write,
    input  wire push,
    input  wire [49:0] incoming,
    output wire removed,
    input  wire offered,
    input  wire response,
    input  wire [7:0] response_id,
    input  wire response_error,
    input  wire response_last,
    output wire blocked,
    output wire malformed,
    input  wire data_done,
    input  wire data_malformed,
    input  wire data_late,
    output wire late_valid,
    input  wire late_ready,
    output wire [49:0] late,
    output wire late_malformed,
    output wire busy,
    input  wire [48:0] mark,
    output reg  [7:0] waits,
    output wire waits_any
);
    reg  [2:0] place;
    reg  [2:0] tail;
    reg  behind;
    wire looks;
    reg  any_answered;
    reg  [2:0] answered;
    reg  error;
    reg  is_malformed;
    reg  any_malformed;
    wire ended;
    reg  is_busy;
    reg  any_old;
    wire sync_all;
    reg  [2:0] key;
    wire of_key;
    reg  any_of_key;
    reg  [7:0] goes_on;
    wire entry_0_load;
    wire entry_0_load_first;
    wire entry_0_load_old;
    wire entry_0_set_error;
    wire entry_0_set_malformed;
    wire entry_0_valid;
    wire entry_0_same;
    wire entry_0_last;
    wire entry_0_stays;
    wire entry_0_is_response;
    wire entry_0_error;
    wire entry_0_malformed;
    wire entry_0_waits;
    wire entry_0_waits_for_key;
    wire entry_1_load;
    wire entry_1_load_first;
    wire entry_1_load_old;
    wire entry_1_set_error;
    wire entry_1_set_malformed;
    wire entry_1_valid;
    wire entry_1_same;
    wire entry_1_last;
    wire entry_1_stays;
    wire entry_1_is_response;
    wire entry_1_error;
    wire entry_1_malformed;
    wire entry_1_waits;
    wire entry_1_waits_for_key;
    wire entry_2_load;
    wire entry_2_load_first;
    wire entry_2_load_old;
    wire entry_2_set_error;
    wire entry_2_set_malformed;
    wire entry_2_valid;
    wire entry_2_same;
    wire entry_2_last;
    wire entry_2_stays;
    wire entry_2_is_response;
    wire entry_2_error;
    wire entry_2_malformed;
    wire entry_2_waits;
    wire entry_2_waits_for_key;
    wire entry_3_load;
    wire entry_3_load_first;
    wire entry_3_load_old;
    wire entry_3_set_error;
    wire entry_3_set_malformed;
    wire entry_3_valid;
    wire entry_3_same;
    wire entry_3_last;
    wire entry_3_stays;
    wire entry_3_is_response;
    wire entry_3_error;
    wire entry_3_malformed;
    wire entry_3_waits;
    wire entry_3_waits_for_key;
    wire entry_4_load;
    wire entry_4_load_first;
    wire entry_4_load_old;
    wire entry_4_set_error;
    wire entry_4_set_malformed;
    wire entry_4_valid;
    wire entry_4_same;
    wire entry_4_last;
    wire entry_4_stays;
    wire entry_4_is_response;
    wire entry_4_error;
    wire entry_4_malformed;
    wire entry_4_waits;
    wire entry_4_waits_for_key;
    wire entry_5_load;
    wire entry_5_load_first;
    wire entry_5_load_old;
    wire entry_5_set_error;
    wire entry_5_set_malformed;
    wire entry_5_valid;
    wire entry_5_same;
    wire entry_5_last;
    wire entry_5_stays;
    wire entry_5_is_response;
    wire entry_5_error;
    wire entry_5_malformed;
    wire entry_5_waits;
    wire entry_5_waits_for_key;
    wire entry_6_load;
    wire entry_6_load_first;
    wire entry_6_load_old;
    wire entry_6_set_error;
    wire entry_6_set_malformed;
    wire entry_6_valid;
    wire entry_6_same;
    wire entry_6_last;
    wire entry_6_stays;
    wire entry_6_is_response;
    wire entry_6_error;
    wire entry_6_malformed;
    wire entry_6_waits;
    wire entry_6_waits_for_key;
    wire entry_7_load;
    wire entry_7_load_first;
    wire entry_7_load_old;
    wire entry_7_set_error;
    wire entry_7_set_malformed;
    wire entry_7_valid;
    wire entry_7_same;
    wire entry_7_last;
    wire entry_7_stays;
    wire entry_7_is_response;
    wire entry_7_error;
    wire entry_7_malformed;
    wire entry_7_waits;
    wire entry_7_waits_for_key;
    wire [49:0] what_read_data;
    wire [2:0] order_read_data;
    reg  pushing_q;
    reg  [49:0] burst_q;
    reg  burst_old_q;
    reg  [2:0] order_in_d;
    reg  [2:0] order_in_q;
    reg  [2:0] order_out_d;
    reg  [2:0] order_out_q;
    reg  passed_d;
    reg  passed_q;
    reg  [7:0] passed_id_d;
    reg  [7:0] passed_id_q;
    reg  passed_error_d;
    reg  passed_error_q;
    reg  passed_last_d;
    reg  passed_last_q;
    reg  asked_q;
    reg  known_q;
    reg  known_late_d;
    reg  known_late_q;
    reg  known_bad_d;
    reg  known_bad_q;
    reg  [7:0] syncing_q;
    reg  [2:0] scan_q;
    reg  late_pending_d;
    reg  late_pending_q;
    reg  [2:0] late_entry_d;
    reg  [2:0] late_entry_q;
    reg  late_bad_d;
    reg  late_bad_q;
    reg  late_held_d;
    reg  late_held_q;
    reg  [49:0] held_d;
    reg  [49:0] held_q;
    reg  any_answered_v;
    reg  [2:0] answered_v;
    reg  error_v;
    reg  is_malformed_v;
    reg  any_malformed_v;
    reg  [2:0] place_v;
    reg  [2:0] tail_v;
    reg  behind_v;
    reg  is_busy_v;
    reg  [2:0] key_v;
    reg  any_old_v;
    reg  any_of_key_v;
    reg  [7:0] goes_on_v;
    reg  [7:0] waits_v;

    assign removed = ended;
    assign blocked = late_pending_q | ((data_late | any_malformed) & ((!known_q) | known_late_q));
    assign malformed = known_bad_q;
    assign late_valid = late_held_q;
    assign late = held_q;
    assign late_malformed = late_bad_q;
    assign busy = is_busy;
    assign waits_any = any_old;
    assign looks = (!late_pending_q) | (!passed_q);
    assign ended = (passed_q & passed_last_q) & (!late_pending_q);
    assign sync_all = mark[1] & (!mark[2]);
    assign of_key = burst_q[42] & (burst_q[45:43] == key);
    assign entry_0_load = pushing_q & (place == 3'h0);
    assign entry_0_load_first = !behind;
    assign entry_0_load_old = (burst_old_q | sync_all) | (mark[1] & of_key);
    assign entry_0_set_error = (passed_q & passed_error_q) & (!write);
    assign entry_0_set_malformed = (data_done & data_malformed) & (order_read_data == 3'h0);
    assign entry_1_load = pushing_q & (place == 3'h1);
    assign entry_1_load_first = !behind;
    assign entry_1_load_old = (burst_old_q | sync_all) | (mark[1] & of_key);
    assign entry_1_set_error = (passed_q & passed_error_q) & (!write);
    assign entry_1_set_malformed = (data_done & data_malformed) & (order_read_data == 3'h1);
    assign entry_2_load = pushing_q & (place == 3'h2);
    assign entry_2_load_first = !behind;
    assign entry_2_load_old = (burst_old_q | sync_all) | (mark[1] & of_key);
    assign entry_2_set_error = (passed_q & passed_error_q) & (!write);
    assign entry_2_set_malformed = (data_done & data_malformed) & (order_read_data == 3'h2);
    assign entry_3_load = pushing_q & (place == 3'h3);
    assign entry_3_load_first = !behind;
    assign entry_3_load_old = (burst_old_q | sync_all) | (mark[1] & of_key);
    assign entry_3_set_error = (passed_q & passed_error_q) & (!write);
    assign entry_3_set_malformed = (data_done & data_malformed) & (order_read_data == 3'h3);
    assign entry_4_load = pushing_q & (place == 3'h4);
    assign entry_4_load_first = !behind;
    assign entry_4_load_old = (burst_old_q | sync_all) | (mark[1] & of_key);
    assign entry_4_set_error = (passed_q & passed_error_q) & (!write);
    assign entry_4_set_malformed = (data_done & data_malformed) & (order_read_data == 3'h4);
    assign entry_5_load = pushing_q & (place == 3'h5);
    assign entry_5_load_first = !behind;
    assign entry_5_load_old = (burst_old_q | sync_all) | (mark[1] & of_key);
    assign entry_5_set_error = (passed_q & passed_error_q) & (!write);
    assign entry_5_set_malformed = (data_done & data_malformed) & (order_read_data == 3'h5);
    assign entry_6_load = pushing_q & (place == 3'h6);
    assign entry_6_load_first = !behind;
    assign entry_6_load_old = (burst_old_q | sync_all) | (mark[1] & of_key);
    assign entry_6_set_error = (passed_q & passed_error_q) & (!write);
    assign entry_6_set_malformed = (data_done & data_malformed) & (order_read_data == 3'h6);
    assign entry_7_load = pushing_q & (place == 3'h7);
    assign entry_7_load_first = !behind;
    assign entry_7_load_old = (burst_old_q | sync_all) | (mark[1] & of_key);
    assign entry_7_set_error = (passed_q & passed_error_q) & (!write);
    assign entry_7_set_malformed = (data_done & data_malformed) & (order_read_data == 3'h7);

    always @* begin
        order_in_d = order_in_q;
        if (pushing_q) begin
            order_in_d = order_in_q + 3'h1;
        end
    end

    always @* begin
        order_out_d = order_out_q;
        if (data_done) begin
            order_out_d = order_out_q + 3'h1;
        end
    end

    always @* begin
        passed_d = passed_q;
        passed_id_d = passed_id_q;
        passed_error_d = passed_error_q;
        passed_last_d = passed_last_q;
        if (looks) begin
            passed_d = response;
            passed_id_d = response_id;
            passed_error_d = response_error;
            passed_last_d = response_last;
        end
    end

    always @* begin
        known_late_d = known_late_q;
        known_bad_d = known_bad_q;
        if (asked_q & (!late_pending_q)) begin
            known_late_d = (data_late & any_answered) & (order_read_data == answered);
            known_bad_d = is_malformed;
        end
        if (response) begin
            known_bad_d = 1'b0;
        end
    end

    always @* begin
        late_pending_d = late_pending_q;
        late_held_d = late_pending_q;
        if (late_held_q & late_ready) begin
            late_held_d = 1'b0;
            late_pending_d = 1'b0;
        end
        if (ended & ((error | passed_error_q) | is_malformed)) begin
            late_pending_d = 1'b1;
        end
    end

    always @* begin
        late_entry_d = late_entry_q;
        late_bad_d = late_bad_q;
        if (!late_pending_q) begin
            late_entry_d = answered;
            late_bad_d = is_malformed;
        end
    end

    always @* begin
        held_d = held_q;
        if (!late_held_q) begin
            held_d = what_read_data;
        end
    end

    always @* begin
        any_answered_v = 1'b0;
        answered_v = 3'h0;
        error_v = 1'b0;
        is_malformed_v = 1'b0;
        if (entry_0_is_response) begin
            any_answered_v = 1'b1;
            answered_v = answered_v | 3'h0;
            error_v = error_v | entry_0_error;
            is_malformed_v = is_malformed_v | entry_0_malformed;
        end
        if (entry_1_is_response) begin
            any_answered_v = 1'b1;
            answered_v = answered_v | 3'h1;
            error_v = error_v | entry_1_error;
            is_malformed_v = is_malformed_v | entry_1_malformed;
        end
        if (entry_2_is_response) begin
            any_answered_v = 1'b1;
            answered_v = answered_v | 3'h2;
            error_v = error_v | entry_2_error;
            is_malformed_v = is_malformed_v | entry_2_malformed;
        end
        if (entry_3_is_response) begin
            any_answered_v = 1'b1;
            answered_v = answered_v | 3'h3;
            error_v = error_v | entry_3_error;
            is_malformed_v = is_malformed_v | entry_3_malformed;
        end
        if (entry_4_is_response) begin
            any_answered_v = 1'b1;
            answered_v = answered_v | 3'h4;
            error_v = error_v | entry_4_error;
            is_malformed_v = is_malformed_v | entry_4_malformed;
        end
        if (entry_5_is_response) begin
            any_answered_v = 1'b1;
            answered_v = answered_v | 3'h5;
            error_v = error_v | entry_5_error;
            is_malformed_v = is_malformed_v | entry_5_malformed;
        end
        if (entry_6_is_response) begin
            any_answered_v = 1'b1;
            answered_v = answered_v | 3'h6;
            error_v = error_v | entry_6_error;
            is_malformed_v = is_malformed_v | entry_6_malformed;
        end
        if (entry_7_is_response) begin
            any_answered_v = 1'b1;
            answered_v = answered_v | 3'h7;
            error_v = error_v | entry_7_error;
            is_malformed_v = is_malformed_v | entry_7_malformed;
        end
        any_answered = any_answered_v;
        answered = answered_v;
        error = error_v;
        is_malformed = is_malformed_v;
    end

    always @* begin
        any_malformed_v = 1'b0;
        any_malformed_v = any_malformed_v | entry_0_malformed;
        any_malformed_v = any_malformed_v | entry_1_malformed;
        any_malformed_v = any_malformed_v | entry_2_malformed;
        any_malformed_v = any_malformed_v | entry_3_malformed;
        any_malformed_v = any_malformed_v | entry_4_malformed;
        any_malformed_v = any_malformed_v | entry_5_malformed;
        any_malformed_v = any_malformed_v | entry_6_malformed;
        any_malformed_v = any_malformed_v | entry_7_malformed;
        any_malformed = any_malformed_v;
    end

    always @* begin
        place_v = 3'h0;
        if (!entry_0_valid) begin
            place_v = 3'h0;
        end
        if (!entry_1_valid) begin
            place_v = 3'h1;
        end
        if (!entry_2_valid) begin
            place_v = 3'h2;
        end
        if (!entry_3_valid) begin
            place_v = 3'h3;
        end
        if (!entry_4_valid) begin
            place_v = 3'h4;
        end
        if (!entry_5_valid) begin
            place_v = 3'h5;
        end
        if (!entry_6_valid) begin
            place_v = 3'h6;
        end
        if (!entry_7_valid) begin
            place_v = 3'h7;
        end
        place = place_v;
    end

    always @* begin
        tail_v = 3'h0;
        if (entry_0_last) begin
            tail_v = tail_v | 3'h0;
        end
        if (entry_1_last) begin
            tail_v = tail_v | 3'h1;
        end
        if (entry_2_last) begin
            tail_v = tail_v | 3'h2;
        end
        if (entry_3_last) begin
            tail_v = tail_v | 3'h3;
        end
        if (entry_4_last) begin
            tail_v = tail_v | 3'h4;
        end
        if (entry_5_last) begin
            tail_v = tail_v | 3'h5;
        end
        if (entry_6_last) begin
            tail_v = tail_v | 3'h6;
        end
        if (entry_7_last) begin
            tail_v = tail_v | 3'h7;
        end
        tail = tail_v;
    end

    always @* begin
        behind_v = 1'b0;
        behind_v = behind_v | entry_0_stays;
        behind_v = behind_v | entry_1_stays;
        behind_v = behind_v | entry_2_stays;
        behind_v = behind_v | entry_3_stays;
        behind_v = behind_v | entry_4_stays;
        behind_v = behind_v | entry_5_stays;
        behind_v = behind_v | entry_6_stays;
        behind_v = behind_v | entry_7_stays;
        behind = behind_v;
    end

    always @* begin
        is_busy_v = 1'b0;
        is_busy_v = is_busy_v | entry_0_same;
        is_busy_v = is_busy_v | entry_1_same;
        is_busy_v = is_busy_v | entry_2_same;
        is_busy_v = is_busy_v | entry_3_same;
        is_busy_v = is_busy_v | entry_4_same;
        is_busy_v = is_busy_v | entry_5_same;
        is_busy_v = is_busy_v | entry_6_same;
        is_busy_v = is_busy_v | entry_7_same;
        is_busy = is_busy_v;
    end

    always @* begin
        key_v = scan_q;
        if (mark[1]) begin
            key_v = mark[5:3];
        end
        key = key_v;
    end

    always @* begin
        any_old_v = late_pending_q | (pushing_q & burst_old_q);
        any_old_v = any_old_v | entry_0_waits;
        any_old_v = any_old_v | entry_1_waits;
        any_old_v = any_old_v | entry_2_waits;
        any_old_v = any_old_v | entry_3_waits;
        any_old_v = any_old_v | entry_4_waits;
        any_old_v = any_old_v | entry_5_waits;
        any_old_v = any_old_v | entry_6_waits;
        any_old_v = any_old_v | entry_7_waits;
        any_old = any_old_v;
    end

    always @* begin
        any_of_key_v = late_pending_q | ((pushing_q & burst_old_q) & of_key);
        any_of_key_v = any_of_key_v | entry_0_waits_for_key;
        any_of_key_v = any_of_key_v | entry_1_waits_for_key;
        any_of_key_v = any_of_key_v | entry_2_waits_for_key;
        any_of_key_v = any_of_key_v | entry_3_waits_for_key;
        any_of_key_v = any_of_key_v | entry_4_waits_for_key;
        any_of_key_v = any_of_key_v | entry_5_waits_for_key;
        any_of_key_v = any_of_key_v | entry_6_waits_for_key;
        any_of_key_v = any_of_key_v | entry_7_waits_for_key;
        any_of_key = any_of_key_v;
    end

    always @* begin
        goes_on_v = syncing_q;
        if ((key == 3'h0) & (!sync_all)) begin
            goes_on_v = (goes_on_v & 8'hfe) | ({7'h0, mark[1] | (any_of_key & syncing_q[0])} << 0);
        end
        if ((key == 3'h1) & (!sync_all)) begin
            goes_on_v = (goes_on_v & 8'hfd) | ({7'h0, mark[1] | (any_of_key & syncing_q[1])} << 1);
        end
        if ((key == 3'h2) & (!sync_all)) begin
            goes_on_v = (goes_on_v & 8'hfb) | ({7'h0, mark[1] | (any_of_key & syncing_q[2])} << 2);
        end
        if ((key == 3'h3) & (!sync_all)) begin
            goes_on_v = (goes_on_v & 8'hf7) | ({7'h0, mark[1] | (any_of_key & syncing_q[3])} << 3);
        end
        if ((key == 3'h4) & (!sync_all)) begin
            goes_on_v = (goes_on_v & 8'hef) | ({7'h0, mark[1] | (any_of_key & syncing_q[4])} << 4);
        end
        if ((key == 3'h5) & (!sync_all)) begin
            goes_on_v = (goes_on_v & 8'hdf) | ({7'h0, mark[1] | (any_of_key & syncing_q[5])} << 5);
        end
        if ((key == 3'h6) & (!sync_all)) begin
            goes_on_v = (goes_on_v & 8'hbf) | ({7'h0, mark[1] | (any_of_key & syncing_q[6])} << 6);
        end
        if ((key == 3'h7) & (!sync_all)) begin
            goes_on_v = (goes_on_v & 8'h7f) | ({7'h0, mark[1] | (any_of_key & syncing_q[7])} << 7);
        end
        goes_on = goes_on_v;
    end

    always @* begin
        waits_v = 8'h0;
        if (any_old) begin
            waits_v = syncing_q;
        end
        waits = waits_v;
    end

    initial begin
        pushing_q <= 1'h0;
        burst_q <= 50'h0;
        burst_old_q <= 1'h0;
        order_in_q <= 3'h0;
        order_out_q <= 3'h0;
        passed_q <= 1'h0;
        passed_id_q <= 8'h0;
        passed_error_q <= 1'h0;
        passed_last_q <= 1'h0;
        asked_q <= 1'h0;
        known_q <= 1'h0;
        known_late_q <= 1'h0;
        known_bad_q <= 1'h0;
        syncing_q <= 8'h0;
        scan_q <= 3'h0;
        late_pending_q <= 1'h0;
        late_entry_q <= 3'h0;
        late_bad_q <= 1'h0;
        late_held_q <= 1'h0;
        held_q <= 50'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            pushing_q <= 1'h0;
            burst_q <= 50'h0;
            burst_old_q <= 1'h0;
            order_in_q <= 3'h0;
            order_out_q <= 3'h0;
            passed_q <= 1'h0;
            passed_id_q <= 8'h0;
            passed_error_q <= 1'h0;
            passed_last_q <= 1'h0;
            asked_q <= 1'h0;
            known_q <= 1'h0;
            known_late_q <= 1'h0;
            known_bad_q <= 1'h0;
            syncing_q <= 8'h0;
            scan_q <= 3'h0;
            late_pending_q <= 1'h0;
            late_entry_q <= 3'h0;
            late_bad_q <= 1'h0;
            late_held_q <= 1'h0;
            held_q <= 50'h0;
        end else begin
            pushing_q <= push;
            burst_q <= incoming;
            burst_old_q <= sync_all | ((mark[1] & incoming[42]) & (incoming[45:43] == mark[5:3]));
            order_in_q <= order_in_d;
            order_out_q <= order_out_d;
            passed_q <= passed_d;
            passed_id_q <= passed_id_d;
            passed_error_q <= passed_error_d;
            passed_last_q <= passed_last_d;
            asked_q <= (offered & (!response)) & looks;
            known_q <= (asked_q & (!late_pending_q)) & (!response);
            known_late_q <= known_late_d;
            known_bad_q <= known_bad_d;
            syncing_q <= goes_on;
            scan_q <= scan_q + 3'h1;
            late_pending_q <= late_pending_d;
            late_entry_q <= late_entry_d;
            late_bad_q <= late_bad_d;
            late_held_q <= late_held_d;
            held_q <= held_d;
        end
    end

    vcm_soc_iommu_reads_outstanding_entry entry_0 (
        .clock(clock),
        .reset(reset),
        .push(pushing_q),
        .load(entry_0_load),
        .load_first(entry_0_load_first),
        .load_old(entry_0_load_old),
        .id(burst_q[7:0]),
        .in_context(burst_q[42]),
        .owner(burst_q[45:43]),
        .sync(mark[1]),
        .sync_all(sync_all),
        .key(key),
        .response_id(passed_id_q),
        .set_error(entry_0_set_error),
        .set_malformed(entry_0_set_malformed),
        .ends(ended),
        .removed(answered),
        .tail(tail),
        .valid(entry_0_valid),
        .same(entry_0_same),
        .last(entry_0_last),
        .stays(entry_0_stays),
        .is_response(entry_0_is_response),
        .error(entry_0_error),
        .malformed(entry_0_malformed),
        .waits(entry_0_waits),
        .waits_for_key(entry_0_waits_for_key)
    );

    vcm_soc_iommu_reads_outstanding_entry entry_1 (
        .clock(clock),
        .reset(reset),
        .push(pushing_q),
        .load(entry_1_load),
        .load_first(entry_1_load_first),
        .load_old(entry_1_load_old),
        .id(burst_q[7:0]),
        .in_context(burst_q[42]),
        .owner(burst_q[45:43]),
        .sync(mark[1]),
        .sync_all(sync_all),
        .key(key),
        .response_id(passed_id_q),
        .set_error(entry_1_set_error),
        .set_malformed(entry_1_set_malformed),
        .ends(ended),
        .removed(answered),
        .tail(tail),
        .valid(entry_1_valid),
        .same(entry_1_same),
        .last(entry_1_last),
        .stays(entry_1_stays),
        .is_response(entry_1_is_response),
        .error(entry_1_error),
        .malformed(entry_1_malformed),
        .waits(entry_1_waits),
        .waits_for_key(entry_1_waits_for_key)
    );

    vcm_soc_iommu_reads_outstanding_entry entry_2 (
        .clock(clock),
        .reset(reset),
        .push(pushing_q),
        .load(entry_2_load),
        .load_first(entry_2_load_first),
        .load_old(entry_2_load_old),
        .id(burst_q[7:0]),
        .in_context(burst_q[42]),
        .owner(burst_q[45:43]),
        .sync(mark[1]),
        .sync_all(sync_all),
        .key(key),
        .response_id(passed_id_q),
        .set_error(entry_2_set_error),
        .set_malformed(entry_2_set_malformed),
        .ends(ended),
        .removed(answered),
        .tail(tail),
        .valid(entry_2_valid),
        .same(entry_2_same),
        .last(entry_2_last),
        .stays(entry_2_stays),
        .is_response(entry_2_is_response),
        .error(entry_2_error),
        .malformed(entry_2_malformed),
        .waits(entry_2_waits),
        .waits_for_key(entry_2_waits_for_key)
    );

    vcm_soc_iommu_reads_outstanding_entry entry_3 (
        .clock(clock),
        .reset(reset),
        .push(pushing_q),
        .load(entry_3_load),
        .load_first(entry_3_load_first),
        .load_old(entry_3_load_old),
        .id(burst_q[7:0]),
        .in_context(burst_q[42]),
        .owner(burst_q[45:43]),
        .sync(mark[1]),
        .sync_all(sync_all),
        .key(key),
        .response_id(passed_id_q),
        .set_error(entry_3_set_error),
        .set_malformed(entry_3_set_malformed),
        .ends(ended),
        .removed(answered),
        .tail(tail),
        .valid(entry_3_valid),
        .same(entry_3_same),
        .last(entry_3_last),
        .stays(entry_3_stays),
        .is_response(entry_3_is_response),
        .error(entry_3_error),
        .malformed(entry_3_malformed),
        .waits(entry_3_waits),
        .waits_for_key(entry_3_waits_for_key)
    );

    vcm_soc_iommu_reads_outstanding_entry entry_4 (
        .clock(clock),
        .reset(reset),
        .push(pushing_q),
        .load(entry_4_load),
        .load_first(entry_4_load_first),
        .load_old(entry_4_load_old),
        .id(burst_q[7:0]),
        .in_context(burst_q[42]),
        .owner(burst_q[45:43]),
        .sync(mark[1]),
        .sync_all(sync_all),
        .key(key),
        .response_id(passed_id_q),
        .set_error(entry_4_set_error),
        .set_malformed(entry_4_set_malformed),
        .ends(ended),
        .removed(answered),
        .tail(tail),
        .valid(entry_4_valid),
        .same(entry_4_same),
        .last(entry_4_last),
        .stays(entry_4_stays),
        .is_response(entry_4_is_response),
        .error(entry_4_error),
        .malformed(entry_4_malformed),
        .waits(entry_4_waits),
        .waits_for_key(entry_4_waits_for_key)
    );

    vcm_soc_iommu_reads_outstanding_entry entry_5 (
        .clock(clock),
        .reset(reset),
        .push(pushing_q),
        .load(entry_5_load),
        .load_first(entry_5_load_first),
        .load_old(entry_5_load_old),
        .id(burst_q[7:0]),
        .in_context(burst_q[42]),
        .owner(burst_q[45:43]),
        .sync(mark[1]),
        .sync_all(sync_all),
        .key(key),
        .response_id(passed_id_q),
        .set_error(entry_5_set_error),
        .set_malformed(entry_5_set_malformed),
        .ends(ended),
        .removed(answered),
        .tail(tail),
        .valid(entry_5_valid),
        .same(entry_5_same),
        .last(entry_5_last),
        .stays(entry_5_stays),
        .is_response(entry_5_is_response),
        .error(entry_5_error),
        .malformed(entry_5_malformed),
        .waits(entry_5_waits),
        .waits_for_key(entry_5_waits_for_key)
    );

    vcm_soc_iommu_reads_outstanding_entry entry_6 (
        .clock(clock),
        .reset(reset),
        .push(pushing_q),
        .load(entry_6_load),
        .load_first(entry_6_load_first),
        .load_old(entry_6_load_old),
        .id(burst_q[7:0]),
        .in_context(burst_q[42]),
        .owner(burst_q[45:43]),
        .sync(mark[1]),
        .sync_all(sync_all),
        .key(key),
        .response_id(passed_id_q),
        .set_error(entry_6_set_error),
        .set_malformed(entry_6_set_malformed),
        .ends(ended),
        .removed(answered),
        .tail(tail),
        .valid(entry_6_valid),
        .same(entry_6_same),
        .last(entry_6_last),
        .stays(entry_6_stays),
        .is_response(entry_6_is_response),
        .error(entry_6_error),
        .malformed(entry_6_malformed),
        .waits(entry_6_waits),
        .waits_for_key(entry_6_waits_for_key)
    );

    vcm_soc_iommu_reads_outstanding_entry entry_7 (
        .clock(clock),
        .reset(reset),
        .push(pushing_q),
        .load(entry_7_load),
        .load_first(entry_7_load_first),
        .load_old(entry_7_load_old),
        .id(burst_q[7:0]),
        .in_context(burst_q[42]),
        .owner(burst_q[45:43]),
        .sync(mark[1]),
        .sync_all(sync_all),
        .key(key),
        .response_id(passed_id_q),
        .set_error(entry_7_set_error),
        .set_malformed(entry_7_set_malformed),
        .ends(ended),
        .removed(answered),
        .tail(tail),
        .valid(entry_7_valid),
        .same(entry_7_same),
        .last(entry_7_last),
        .stays(entry_7_stays),
        .is_response(entry_7_is_response),
        .error(entry_7_error),
        .malformed(entry_7_malformed),
        .waits(entry_7_waits),
        .waits_for_key(entry_7_waits_for_key)
    );

    vcm_soc_lut_ram_9 what (
        .clock(clock),
        .write(pushing_q),
        .write_address(place),
        .write_data(burst_q),
        .read_address(late_entry_q),
        .read_data(what_read_data)
    );

    vcm_soc_lut_ram_10 order (
        .clock(clock),
        .write(pushing_q),
        .write_address(order_in_q),
        .write_data(place),
        .read_address(order_out_q),
        .read_data(order_read_data)
    );
endmodule

module vcm_soc_lut_ram_10 (
    input  wire clock,
    input  wire write,
    input  wire [2:0] write_address,
    input  wire [2:0] write_data,
    input  wire [2:0] read_address,
    output wire [2:0] read_data
);
    (* ram_style = "distributed" *)
    reg [2:0] words [0:7];
    integer i;
    initial for (i = 0; i < 8; i = i + 1) words[i] = 3'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_lut_ram_9 (
    input  wire clock,
    input  wire write,
    input  wire [2:0] write_address,
    input  wire [49:0] write_data,
    input  wire [2:0] read_address,
    output wire [49:0] read_data
);
    (* ram_style = "distributed" *)
    reg [49:0] words [0:7];
    integer i;
    initial for (i = 0; i < 8; i = i + 1) words[i] = 50'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_reads_outstanding_entry (
    input  wire clock,
    input  wire reset,
    input  wire push,
    input  wire load,
    input  wire load_first,
    input  wire load_old,
    input  wire [7:0] id,
    input  wire in_context,
    input  wire [2:0] owner,
    input  wire sync,
    input  wire sync_all,
    input  wire [2:0] key,
    input  wire [7:0] response_id,
    input  wire set_error,
    input  wire set_malformed,
    input  wire ends,
    input  wire [2:0] removed,
    input  wire [2:0] tail,
    output wire valid,
    output wire same,
    output wire last,
    output wire stays,
    output wire is_response,
    output wire error,
    output wire malformed,
    output wire waits,
    output wire waits_for_key
);
    wire is_same;
    wire answers;
    wire goes;
    wire of_key;
    reg  held_d;
    reg  held_q;
    reg  [7:0] held_id_d;
    reg  [7:0] held_id_q;
    reg  [2:0] predecessor_d;
    reg  [2:0] predecessor_q;
    reg  is_first_d;
    reg  is_first_q;
    reg  is_last_d;
    reg  is_last_q;
    reg  held_in_context_d;
    reg  held_in_context_q;
    reg  [2:0] held_context_d;
    reg  [2:0] held_context_q;
    reg  old_d;
    reg  old_q;
    reg  erred_d;
    reg  erred_q;
    reg  bad_d;
    reg  bad_q;

    assign valid = held_q;
    assign same = is_same;
    assign last = is_same & is_last_q;
    assign stays = (is_same & is_last_q) & (!goes);
    assign is_response = answers;
    assign error = erred_q;
    assign malformed = held_q & bad_q;
    assign waits = held_q & old_q;
    assign waits_for_key = (held_q & old_q) & of_key;
    assign is_same = held_q & (held_id_q == id);
    assign answers = (held_q & is_first_q) & (held_id_q == response_id);
    assign goes = ends & answers;
    assign of_key = held_in_context_q & (held_context_q == key);

    always @* begin
        held_d = held_q;
        held_id_d = held_id_q;
        predecessor_d = predecessor_q;
        is_first_d = is_first_q;
        is_last_d = is_last_q;
        held_in_context_d = held_in_context_q;
        held_context_d = held_context_q;
        old_d = old_q;
        erred_d = erred_q;
        bad_d = bad_q;
        if (sync_all | (sync & of_key)) begin
            old_d = 1'b1;
        end
        if (answers & set_error) begin
            erred_d = 1'b1;
        end
        if (set_malformed) begin
            bad_d = 1'b1;
        end
        if (ends & (removed == predecessor_q)) begin
            is_first_d = 1'b1;
        end
        if (push & is_same) begin
            is_last_d = 1'b0;
        end
        if (goes) begin
            held_d = 1'b0;
        end
        if (load) begin
            held_d = 1'b1;
            held_id_d = id;
            predecessor_d = tail;
            is_first_d = load_first;
            is_last_d = 1'b1;
            held_in_context_d = in_context;
            held_context_d = owner;
            old_d = load_old;
            erred_d = 1'b0;
            bad_d = 1'b0;
        end
    end

    initial begin
        held_q <= 1'h0;
        held_id_q <= 8'h0;
        predecessor_q <= 3'h0;
        is_first_q <= 1'h0;
        is_last_q <= 1'h0;
        held_in_context_q <= 1'h0;
        held_context_q <= 3'h0;
        old_q <= 1'h0;
        erred_q <= 1'h0;
        bad_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            held_q <= 1'h0;
            held_id_q <= 8'h0;
            predecessor_q <= 3'h0;
            is_first_q <= 1'h0;
            is_last_q <= 1'h0;
            held_in_context_q <= 1'h0;
            held_context_q <= 3'h0;
            old_q <= 1'h0;
            erred_q <= 1'h0;
            bad_q <= 1'h0;
        end else begin
            held_q <= held_d;
            held_id_q <= held_id_d;
            predecessor_q <= predecessor_d;
            is_first_q <= is_first_d;
            is_last_q <= is_last_d;
            held_in_context_q <= held_in_context_d;
            held_context_q <= held_context_d;
            old_q <= old_d;
            erred_q <= erred_d;
            bad_q <= bad_d;
        end
    end
endmodule

module vcm_soc_iommu_reads_slots (
    input  wire clock,
    input  wire reset,
    input  wire write,
    input  wire [67:0] burst,
    input  wire illegal,
    output wire same,
    output wire slow,
    output wire room,
    output wire [1:0] place,
    input  wire park,
    output wire ask,
    output wire [28:0] request,
    input  wire taken,
    input  wire began,
    input  wire [1:0] began_slot,
    input  wire answer,
    input  wire [40:0] answered,
    input  wire stale,
    input  wire [3:0] wake,
    input  wire hastens,
    output wire urgent,
    input  wire rush,
    input  wire flush,
    output wire accepts,
    output wire act,
    output wire [1:0] act_slot,
    input  wire leave,
    input  wire seek,
    output wire refused,
    output wire [1:0] refused_slot,
    output wire refused_faulted,
    output wire refused_expired,
    output wire [9:0] verdict,
    input  wire judged,
    input  wire ends,
    input  wire stall,
    input  wire outgoing,
    input  wire [1:0] outgoing_slot,
    input  wire vacate,
    input  wire [1:0] vacate_slot,
    input  wire [9:0] resume,
    input  wire [15:0] ticks,
    input  wire [15:0] now,
    output wire [2:0] stalls,
    output wire any_stalled,
    output wire [7:0] stalled
);
    reg  [3:0] asks;
    reg  [3:0] wants;
    reg  is_same;
    reg  is_slow;
    wire passes;
    wire faults;
    reg  [1:0] tail;
    reg  behind;
    reg  is_accepted;
    reg  is_urgent;
    wire [15:0] waited;
    wire expires;
    reg  [3:0] stalls_now;
    reg  scanned;
    reg  [2:0] scanned_context;
    reg  scanned_refused;
    reg  scanned_faulted;
    reg  scanned_expired;
    reg  [7:0] found;
    wire [7:0] one;
    wire [31:0] addr;
    wire [2:0] prot;
    wire slot_0_load;
    wire slot_0_load_first;
    wire slot_0_asked;
    wire slot_0_began;
    wire slot_0_answer;
    wire slot_0_waits;
    wire slot_0_leave;
    wire slot_0_ends;
    wire slot_0_stall;
    wire slot_0_resume_here;
    wire slot_0_expire;
    wire slot_0_vacate;
    wire slot_0_outgoing;
    wire slot_0_vacant;
    wire slot_0_same;
    wire slot_0_slow;
    wire slot_0_last;
    wire slot_0_asks;
    wire slot_0_urgent;
    wire slot_0_accepts;
    wire slot_0_acts;
    wire slot_0_refuses;
    wire slot_0_faulted;
    wire slot_0_expired;
    wire slot_0_stalled;
    wire [2:0] slot_0_owner;
    wire slot_1_load;
    wire slot_1_load_first;
    wire slot_1_asked;
    wire slot_1_began;
    wire slot_1_answer;
    wire slot_1_waits;
    wire slot_1_leave;
    wire slot_1_ends;
    wire slot_1_stall;
    wire slot_1_resume_here;
    wire slot_1_expire;
    wire slot_1_vacate;
    wire slot_1_outgoing;
    wire slot_1_vacant;
    wire slot_1_same;
    wire slot_1_slow;
    wire slot_1_last;
    wire slot_1_asks;
    wire slot_1_urgent;
    wire slot_1_accepts;
    wire slot_1_acts;
    wire slot_1_refuses;
    wire slot_1_faulted;
    wire slot_1_expired;
    wire slot_1_stalled;
    wire [2:0] slot_1_owner;
    wire slot_2_load;
    wire slot_2_load_first;
    wire slot_2_asked;
    wire slot_2_began;
    wire slot_2_answer;
    wire slot_2_waits;
    wire slot_2_leave;
    wire slot_2_ends;
    wire slot_2_stall;
    wire slot_2_resume_here;
    wire slot_2_expire;
    wire slot_2_vacate;
    wire slot_2_outgoing;
    wire slot_2_vacant;
    wire slot_2_same;
    wire slot_2_slow;
    wire slot_2_last;
    wire slot_2_asks;
    wire slot_2_urgent;
    wire slot_2_accepts;
    wire slot_2_acts;
    wire slot_2_refuses;
    wire slot_2_faulted;
    wire slot_2_expired;
    wire slot_2_stalled;
    wire [2:0] slot_2_owner;
    wire slot_3_load;
    wire slot_3_load_first;
    wire slot_3_asked;
    wire slot_3_began;
    wire slot_3_answer;
    wire slot_3_waits;
    wire slot_3_leave;
    wire slot_3_ends;
    wire slot_3_stall;
    wire slot_3_resume_here;
    wire slot_3_expire;
    wire slot_3_vacate;
    wire slot_3_outgoing;
    wire slot_3_vacant;
    wire slot_3_same;
    wire slot_3_slow;
    wire slot_3_last;
    wire slot_3_asks;
    wire slot_3_urgent;
    wire slot_3_accepts;
    wire slot_3_acts;
    wire slot_3_refuses;
    wire slot_3_faulted;
    wire slot_3_expired;
    wire slot_3_stalled;
    wire [2:0] slot_3_owner;
    wire ask_chooser_any;
    wire [1:0] ask_chooser_pick;
    wire act_chooser_any;
    wire [1:0] act_chooser_pick;
    reg  [7:0] seen_d;
    reg  [7:0] seen_q;
    reg  [7:0] shown_d;
    reg  [7:0] shown_q;
    wire [26:0] question_write_data;
    wire [26:0] question_read_data;
    wire [9:0] verdicts_write_data;
    wire [15:0] stalled_at_read_data;
    reg  has_room_d;
    reg  has_room_q;
    reg  [1:0] vacancy_d;
    reg  [1:0] vacancy_q;
    reg  asking_d;
    reg  asking_q;
    reg  [1:0] ask_slot_d;
    reg  [1:0] ask_slot_q;
    reg  acting_d;
    reg  acting_q;
    reg  [1:0] acting_slot_d;
    reg  [1:0] acting_slot_q;
    reg  left_q;
    reg  [1:0] left_slot_d;
    reg  [1:0] left_slot_q;
    reg  [1:0] scan_q;
    reg  is_refused_d;
    reg  is_refused_q;
    reg  [1:0] judged_slot_d;
    reg  [1:0] judged_slot_q;
    reg  judged_faulted_d;
    reg  judged_faulted_q;
    reg  judged_expired_d;
    reg  judged_expired_q;
    reg  [3:0] woken_q;
    reg  [3:0] asks_v;
    reg  [3:0] wants_v;
    reg  is_same_v;
    reg  is_slow_v;
    reg  [1:0] tail_v;
    reg  behind_v;
    reg  is_accepted_v;
    reg  is_urgent_v;
    reg  [3:0] stalls_now_v;
    reg  scanned_v;
    reg  [2:0] scanned_context_v;
    reg  scanned_refused_v;
    reg  scanned_faulted_v;
    reg  scanned_expired_v;
    reg  [7:0] found_v;

    assign same = is_same;
    assign slow = is_slow;
    assign room = has_room_q;
    assign place = vacancy_q;
    assign ask = asking_q;
    assign request = {question_read_data[26], question_read_data[25], question_read_data[24], question_read_data[23:4], question_read_data[3:0], ask_slot_q};
    assign urgent = is_urgent;
    assign accepts = is_accepted;
    assign act = acting_q;
    assign act_slot = acting_slot_q;
    assign refused = is_refused_q;
    assign refused_slot = judged_slot_q;
    assign refused_faulted = judged_faulted_q;
    assign refused_expired = judged_expired_q;
    assign any_stalled = |stalls_now;
    assign stalled = shown_q;
    assign passes = ((answered[3:2] == 2'h0) & (!stale)) & (!flush);
    assign faults = ((answered[3:2] == 2'h1) & (!stale)) & (!flush);
    assign waited = now - stalled_at_read_data;
    assign expires = (|ticks) & (waited >= ticks);
    assign one = 8'h1;
    assign addr = burst[39:8];
    assign prot = burst[59:57];
    assign slot_0_load = park & (vacancy_q == 2'h0);
    assign slot_0_load_first = !behind;
    assign slot_0_asked = (asking_q & taken) & (ask_slot_q == 2'h0);
    assign slot_0_began = began & (began_slot == 2'h0);
    assign slot_0_answer = answer & (answered[1:0] == 2'h0);
    assign slot_0_waits = answered[3:2] == 2'h2;
    assign slot_0_leave = leave & (acting_slot_q == 2'h0);
    assign slot_0_ends = ends & (judged_slot_q == 2'h0);
    assign slot_0_stall = stall & (judged_slot_q == 2'h0);
    assign slot_0_resume_here = (!resume[5]) | ((resume[6] == write) & (resume[9:7] == 3'h0));
    assign slot_0_expire = expires & (scan_q == 2'h0);
    assign slot_0_vacate = vacate & (vacate_slot == 2'h0);
    assign slot_0_outgoing = outgoing & (outgoing_slot == 2'h0);
    assign slot_1_load = park & (vacancy_q == 2'h1);
    assign slot_1_load_first = !behind;
    assign slot_1_asked = (asking_q & taken) & (ask_slot_q == 2'h1);
    assign slot_1_began = began & (began_slot == 2'h1);
    assign slot_1_answer = answer & (answered[1:0] == 2'h1);
    assign slot_1_waits = answered[3:2] == 2'h2;
    assign slot_1_leave = leave & (acting_slot_q == 2'h1);
    assign slot_1_ends = ends & (judged_slot_q == 2'h1);
    assign slot_1_stall = stall & (judged_slot_q == 2'h1);
    assign slot_1_resume_here = (!resume[5]) | ((resume[6] == write) & (resume[9:7] == 3'h1));
    assign slot_1_expire = expires & (scan_q == 2'h1);
    assign slot_1_vacate = vacate & (vacate_slot == 2'h1);
    assign slot_1_outgoing = outgoing & (outgoing_slot == 2'h1);
    assign slot_2_load = park & (vacancy_q == 2'h2);
    assign slot_2_load_first = !behind;
    assign slot_2_asked = (asking_q & taken) & (ask_slot_q == 2'h2);
    assign slot_2_began = began & (began_slot == 2'h2);
    assign slot_2_answer = answer & (answered[1:0] == 2'h2);
    assign slot_2_waits = answered[3:2] == 2'h2;
    assign slot_2_leave = leave & (acting_slot_q == 2'h2);
    assign slot_2_ends = ends & (judged_slot_q == 2'h2);
    assign slot_2_stall = stall & (judged_slot_q == 2'h2);
    assign slot_2_resume_here = (!resume[5]) | ((resume[6] == write) & (resume[9:7] == 3'h2));
    assign slot_2_expire = expires & (scan_q == 2'h2);
    assign slot_2_vacate = vacate & (vacate_slot == 2'h2);
    assign slot_2_outgoing = outgoing & (outgoing_slot == 2'h2);
    assign slot_3_load = park & (vacancy_q == 2'h3);
    assign slot_3_load_first = !behind;
    assign slot_3_asked = (asking_q & taken) & (ask_slot_q == 2'h3);
    assign slot_3_began = began & (began_slot == 2'h3);
    assign slot_3_answer = answer & (answered[1:0] == 2'h3);
    assign slot_3_waits = answered[3:2] == 2'h2;
    assign slot_3_leave = leave & (acting_slot_q == 2'h3);
    assign slot_3_ends = ends & (judged_slot_q == 2'h3);
    assign slot_3_stall = stall & (judged_slot_q == 2'h3);
    assign slot_3_resume_here = (!resume[5]) | ((resume[6] == write) & (resume[9:7] == 3'h3));
    assign slot_3_expire = expires & (scan_q == 2'h3);
    assign slot_3_vacate = vacate & (vacate_slot == 2'h3);
    assign slot_3_outgoing = outgoing & (outgoing_slot == 2'h3);
    assign question_write_data = {illegal, prot[2], prot[0], addr[31:12], burst[67:64]};
    assign verdicts_write_data = {answered[15:13], answered[12], answered[11], answered[10:6]};

    always @* begin
        asking_d = asking_q;
        ask_slot_d = ask_slot_q;
        if ((!asking_q) | taken) begin
            asking_d = ask_chooser_any;
            ask_slot_d = ask_chooser_pick;
        end
    end

    always @* begin
        acting_d = acting_q;
        acting_slot_d = acting_slot_q;
        is_refused_d = is_refused_q;
        judged_slot_d = judged_slot_q;
        judged_faulted_d = judged_faulted_q;
        judged_expired_d = judged_expired_q;
        if ((!acting_q) | leave) begin
            acting_d = act_chooser_any;
            acting_slot_d = act_chooser_pick;
        end
        if (!is_refused_q) begin
            is_refused_d = seek & scanned_refused;
            judged_slot_d = scan_q;
            judged_faulted_d = scanned_faulted;
            judged_expired_d = scanned_expired;
        end
        if (judged) begin
            is_refused_d = 1'b0;
        end
        if (flush) begin
            acting_d = 1'b0;
            is_refused_d = 1'b0;
        end
    end

    always @* begin
        shown_d = shown_q;
        seen_d = found;
        if (&scan_q) begin
            seen_d = 8'h0;
            shown_d = found;
        end
    end

    always @* begin
        asks_v = 4'h0;
        if (slot_0_asks & (!(asking_q & (ask_slot_q == 2'h0)))) begin
            asks_v = (asks_v & 4'he) | (4'h1 << 0);
        end
        if (slot_1_asks & (!(asking_q & (ask_slot_q == 2'h1)))) begin
            asks_v = (asks_v & 4'hd) | (4'h1 << 1);
        end
        if (slot_2_asks & (!(asking_q & (ask_slot_q == 2'h2)))) begin
            asks_v = (asks_v & 4'hb) | (4'h1 << 2);
        end
        if (slot_3_asks & (!(asking_q & (ask_slot_q == 2'h3)))) begin
            asks_v = (asks_v & 4'h7) | (4'h1 << 3);
        end
        asks = asks_v;
    end

    always @* begin
        wants_v = 4'h0;
        if (slot_0_acts & (!(acting_q & (acting_slot_q == 2'h0)))) begin
            wants_v = (wants_v & 4'he) | (4'h1 << 0);
        end
        if (slot_1_acts & (!(acting_q & (acting_slot_q == 2'h1)))) begin
            wants_v = (wants_v & 4'hd) | (4'h1 << 1);
        end
        if (slot_2_acts & (!(acting_q & (acting_slot_q == 2'h2)))) begin
            wants_v = (wants_v & 4'hb) | (4'h1 << 2);
        end
        if (slot_3_acts & (!(acting_q & (acting_slot_q == 2'h3)))) begin
            wants_v = (wants_v & 4'h7) | (4'h1 << 3);
        end
        wants = wants_v;
    end

    always @* begin
        is_same_v = 1'b0;
        is_same_v = is_same_v | slot_0_same;
        is_same_v = is_same_v | slot_1_same;
        is_same_v = is_same_v | slot_2_same;
        is_same_v = is_same_v | slot_3_same;
        is_same = is_same_v;
    end

    always @* begin
        is_slow_v = 1'b0;
        is_slow_v = is_slow_v | slot_0_slow;
        is_slow_v = is_slow_v | slot_1_slow;
        is_slow_v = is_slow_v | slot_2_slow;
        is_slow_v = is_slow_v | slot_3_slow;
        is_slow = is_slow_v;
    end

    always @* begin
        has_room_d = 1'b0;
        vacancy_d = 2'h0;
        if (slot_0_vacant) begin
            has_room_d = 1'b1;
            vacancy_d = 2'h0;
        end
        if (slot_1_vacant) begin
            has_room_d = 1'b1;
            vacancy_d = 2'h1;
        end
        if (slot_2_vacant) begin
            has_room_d = 1'b1;
            vacancy_d = 2'h2;
        end
        if (slot_3_vacant) begin
            has_room_d = 1'b1;
            vacancy_d = 2'h3;
        end
    end

    always @* begin
        tail_v = 2'h0;
        if (slot_0_last) begin
            tail_v = tail_v | 2'h0;
        end
        if (slot_1_last) begin
            tail_v = tail_v | 2'h1;
        end
        if (slot_2_last) begin
            tail_v = tail_v | 2'h2;
        end
        if (slot_3_last) begin
            tail_v = tail_v | 2'h3;
        end
        tail = tail_v;
    end

    always @* begin
        behind_v = 1'b0;
        behind_v = behind_v | slot_0_last;
        behind_v = behind_v | slot_1_last;
        behind_v = behind_v | slot_2_last;
        behind_v = behind_v | slot_3_last;
        behind = behind_v;
    end

    always @* begin
        is_accepted_v = 1'b0;
        if (answered[1:0] == 2'h0) begin
            is_accepted_v = is_accepted_v | (answer & slot_0_accepts);
        end
        if (answered[1:0] == 2'h1) begin
            is_accepted_v = is_accepted_v | (answer & slot_1_accepts);
        end
        if (answered[1:0] == 2'h2) begin
            is_accepted_v = is_accepted_v | (answer & slot_2_accepts);
        end
        if (answered[1:0] == 2'h3) begin
            is_accepted_v = is_accepted_v | (answer & slot_3_accepts);
        end
        is_accepted = is_accepted_v;
    end

    always @* begin
        is_urgent_v = 1'b0;
        is_urgent_v = is_urgent_v | slot_0_urgent;
        is_urgent_v = is_urgent_v | slot_1_urgent;
        is_urgent_v = is_urgent_v | slot_2_urgent;
        is_urgent_v = is_urgent_v | slot_3_urgent;
        is_urgent = is_urgent_v;
    end

    always @* begin
        stalls_now_v = 4'h0;
        if (slot_0_stalled) begin
            stalls_now_v = (stalls_now_v & 4'he) | (4'h1 << 0);
        end
        if (slot_1_stalled) begin
            stalls_now_v = (stalls_now_v & 4'hd) | (4'h1 << 1);
        end
        if (slot_2_stalled) begin
            stalls_now_v = (stalls_now_v & 4'hb) | (4'h1 << 2);
        end
        if (slot_3_stalled) begin
            stalls_now_v = (stalls_now_v & 4'h7) | (4'h1 << 3);
        end
        stalls_now = stalls_now_v;
    end

    always @* begin
        scanned_v = 1'b0;
        scanned_context_v = 3'h0;
        scanned_refused_v = 1'b0;
        scanned_faulted_v = 1'b0;
        scanned_expired_v = 1'b0;
        if (scan_q == 2'h0) begin
            scanned_v = scanned_v | slot_0_stalled;
            scanned_context_v = scanned_context_v | slot_0_owner;
            scanned_refused_v = scanned_refused_v | slot_0_refuses;
            scanned_faulted_v = scanned_faulted_v | slot_0_faulted;
            scanned_expired_v = scanned_expired_v | slot_0_expired;
        end
        if (scan_q == 2'h1) begin
            scanned_v = scanned_v | slot_1_stalled;
            scanned_context_v = scanned_context_v | slot_1_owner;
            scanned_refused_v = scanned_refused_v | slot_1_refuses;
            scanned_faulted_v = scanned_faulted_v | slot_1_faulted;
            scanned_expired_v = scanned_expired_v | slot_1_expired;
        end
        if (scan_q == 2'h2) begin
            scanned_v = scanned_v | slot_2_stalled;
            scanned_context_v = scanned_context_v | slot_2_owner;
            scanned_refused_v = scanned_refused_v | slot_2_refuses;
            scanned_faulted_v = scanned_faulted_v | slot_2_faulted;
            scanned_expired_v = scanned_expired_v | slot_2_expired;
        end
        if (scan_q == 2'h3) begin
            scanned_v = scanned_v | slot_3_stalled;
            scanned_context_v = scanned_context_v | slot_3_owner;
            scanned_refused_v = scanned_refused_v | slot_3_refuses;
            scanned_faulted_v = scanned_faulted_v | slot_3_faulted;
            scanned_expired_v = scanned_expired_v | slot_3_expired;
        end
        scanned = scanned_v;
        scanned_context = scanned_context_v;
        scanned_refused = scanned_refused_v;
        scanned_faulted = scanned_faulted_v;
        scanned_expired = scanned_expired_v;
    end

    always @* begin
        found_v = seen_q;
        if (scanned) begin
            found_v = seen_q | (one << scanned_context);
        end
        found = found_v;
    end

    always @* begin
        left_slot_d = acting_slot_q;
        if (vacate) begin
            left_slot_d = vacate_slot;
        end
    end

    initial begin
        seen_q <= 8'h0;
        shown_q <= 8'h0;
        has_room_q <= 1'h0;
        vacancy_q <= 2'h0;
        asking_q <= 1'h0;
        ask_slot_q <= 2'h0;
        acting_q <= 1'h0;
        acting_slot_q <= 2'h0;
        left_q <= 1'h0;
        left_slot_q <= 2'h0;
        scan_q <= 2'h0;
        is_refused_q <= 1'h0;
        judged_slot_q <= 2'h0;
        judged_faulted_q <= 1'h0;
        judged_expired_q <= 1'h0;
        woken_q <= 4'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            seen_q <= 8'h0;
            shown_q <= 8'h0;
            has_room_q <= 1'h0;
            vacancy_q <= 2'h0;
            asking_q <= 1'h0;
            ask_slot_q <= 2'h0;
            acting_q <= 1'h0;
            acting_slot_q <= 2'h0;
            left_q <= 1'h0;
            left_slot_q <= 2'h0;
            scan_q <= 2'h0;
            is_refused_q <= 1'h0;
            judged_slot_q <= 2'h0;
            judged_faulted_q <= 1'h0;
            judged_expired_q <= 1'h0;
            woken_q <= 4'h0;
        end else begin
            seen_q <= seen_d;
            shown_q <= shown_d;
            has_room_q <= has_room_d;
            vacancy_q <= vacancy_d;
            asking_q <= asking_d;
            ask_slot_q <= ask_slot_d;
            acting_q <= acting_d;
            acting_slot_q <= acting_slot_d;
            left_q <= leave | vacate;
            left_slot_q <= left_slot_d;
            scan_q <= scan_q + 2'h1;
            is_refused_q <= is_refused_d;
            judged_slot_q <= judged_slot_d;
            judged_faulted_q <= judged_faulted_d;
            judged_expired_q <= judged_expired_d;
            woken_q <= wake;
        end
    end

    vcm_soc_iommu_reads_slots_slot slot_0 (
        .clock(clock),
        .reset(reset),
        .write(write),
        .id(burst[7:0]),
        .park(park),
        .load(slot_0_load),
        .load_first(slot_0_load_first),
        .asked(slot_0_asked),
        .began(slot_0_began),
        .answer(slot_0_answer),
        .passes(passes),
        .faults(faults),
        .waits(slot_0_waits),
        .walk(answered[5:4]),
        .answer_context(answered[15:13]),
        .wake(woken_q),
        .hastens(hastens),
        .rush(rush),
        .flush(flush),
        .leave(slot_0_leave),
        .ends(slot_0_ends),
        .stall(slot_0_stall),
        .resume(resume),
        .resume_here(slot_0_resume_here),
        .expire(slot_0_expire),
        .vacate(slot_0_vacate),
        .left(left_q),
        .left_slot(left_slot_q),
        .outgoing(slot_0_outgoing),
        .acting(acting_q),
        .acting_slot(acting_slot_q),
        .tail(tail),
        .vacant(slot_0_vacant),
        .same(slot_0_same),
        .slow(slot_0_slow),
        .last(slot_0_last),
        .asks(slot_0_asks),
        .urgent(slot_0_urgent),
        .accepts(slot_0_accepts),
        .acts(slot_0_acts),
        .refuses(slot_0_refuses),
        .faulted(slot_0_faulted),
        .expired(slot_0_expired),
        .stalled(slot_0_stalled),
        .owner(slot_0_owner)
    );

    vcm_soc_iommu_reads_slots_slot slot_1 (
        .clock(clock),
        .reset(reset),
        .write(write),
        .id(burst[7:0]),
        .park(park),
        .load(slot_1_load),
        .load_first(slot_1_load_first),
        .asked(slot_1_asked),
        .began(slot_1_began),
        .answer(slot_1_answer),
        .passes(passes),
        .faults(faults),
        .waits(slot_1_waits),
        .walk(answered[5:4]),
        .answer_context(answered[15:13]),
        .wake(woken_q),
        .hastens(hastens),
        .rush(rush),
        .flush(flush),
        .leave(slot_1_leave),
        .ends(slot_1_ends),
        .stall(slot_1_stall),
        .resume(resume),
        .resume_here(slot_1_resume_here),
        .expire(slot_1_expire),
        .vacate(slot_1_vacate),
        .left(left_q),
        .left_slot(left_slot_q),
        .outgoing(slot_1_outgoing),
        .acting(acting_q),
        .acting_slot(acting_slot_q),
        .tail(tail),
        .vacant(slot_1_vacant),
        .same(slot_1_same),
        .slow(slot_1_slow),
        .last(slot_1_last),
        .asks(slot_1_asks),
        .urgent(slot_1_urgent),
        .accepts(slot_1_accepts),
        .acts(slot_1_acts),
        .refuses(slot_1_refuses),
        .faulted(slot_1_faulted),
        .expired(slot_1_expired),
        .stalled(slot_1_stalled),
        .owner(slot_1_owner)
    );

    vcm_soc_iommu_reads_slots_slot slot_2 (
        .clock(clock),
        .reset(reset),
        .write(write),
        .id(burst[7:0]),
        .park(park),
        .load(slot_2_load),
        .load_first(slot_2_load_first),
        .asked(slot_2_asked),
        .began(slot_2_began),
        .answer(slot_2_answer),
        .passes(passes),
        .faults(faults),
        .waits(slot_2_waits),
        .walk(answered[5:4]),
        .answer_context(answered[15:13]),
        .wake(woken_q),
        .hastens(hastens),
        .rush(rush),
        .flush(flush),
        .leave(slot_2_leave),
        .ends(slot_2_ends),
        .stall(slot_2_stall),
        .resume(resume),
        .resume_here(slot_2_resume_here),
        .expire(slot_2_expire),
        .vacate(slot_2_vacate),
        .left(left_q),
        .left_slot(left_slot_q),
        .outgoing(slot_2_outgoing),
        .acting(acting_q),
        .acting_slot(acting_slot_q),
        .tail(tail),
        .vacant(slot_2_vacant),
        .same(slot_2_same),
        .slow(slot_2_slow),
        .last(slot_2_last),
        .asks(slot_2_asks),
        .urgent(slot_2_urgent),
        .accepts(slot_2_accepts),
        .acts(slot_2_acts),
        .refuses(slot_2_refuses),
        .faulted(slot_2_faulted),
        .expired(slot_2_expired),
        .stalled(slot_2_stalled),
        .owner(slot_2_owner)
    );

    vcm_soc_iommu_reads_slots_slot slot_3 (
        .clock(clock),
        .reset(reset),
        .write(write),
        .id(burst[7:0]),
        .park(park),
        .load(slot_3_load),
        .load_first(slot_3_load_first),
        .asked(slot_3_asked),
        .began(slot_3_began),
        .answer(slot_3_answer),
        .passes(passes),
        .faults(faults),
        .waits(slot_3_waits),
        .walk(answered[5:4]),
        .answer_context(answered[15:13]),
        .wake(woken_q),
        .hastens(hastens),
        .rush(rush),
        .flush(flush),
        .leave(slot_3_leave),
        .ends(slot_3_ends),
        .stall(slot_3_stall),
        .resume(resume),
        .resume_here(slot_3_resume_here),
        .expire(slot_3_expire),
        .vacate(slot_3_vacate),
        .left(left_q),
        .left_slot(left_slot_q),
        .outgoing(slot_3_outgoing),
        .acting(acting_q),
        .acting_slot(acting_slot_q),
        .tail(tail),
        .vacant(slot_3_vacant),
        .same(slot_3_same),
        .slow(slot_3_slow),
        .last(slot_3_last),
        .asks(slot_3_asks),
        .urgent(slot_3_urgent),
        .accepts(slot_3_accepts),
        .acts(slot_3_acts),
        .refuses(slot_3_refuses),
        .faulted(slot_3_faulted),
        .expired(slot_3_expired),
        .stalled(slot_3_stalled),
        .owner(slot_3_owner)
    );

    vcm_soc_iommu_reads_slots_ask_chooser ask_chooser (
        .want(asks),
        .last(ask_slot_q),
        .any(ask_chooser_any),
        .pick(ask_chooser_pick)
    );

    vcm_soc_iommu_reads_slots_ask_chooser act_chooser (
        .want(wants),
        .last(acting_slot_q),
        .any(act_chooser_any),
        .pick(act_chooser_pick)
    );

    vcm_soc_iommu_reads_slots_population population (
        .of(stalls_now),
        .count(stalls)
    );

    vcm_soc_lut_ram_6 question (
        .clock(clock),
        .write(park),
        .write_address(vacancy_q),
        .write_data(question_write_data),
        .read_address(ask_slot_q),
        .read_data(question_read_data)
    );

    vcm_soc_lut_ram_7 verdicts (
        .clock(clock),
        .write(is_accepted),
        .write_address(answered[1:0]),
        .write_data(verdicts_write_data),
        .read_address(judged_slot_q),
        .read_data(verdict)
    );

    vcm_soc_lut_ram_8 stalled_at (
        .clock(clock),
        .write(stall),
        .write_address(judged_slot_q),
        .write_data(now),
        .read_address(scan_q),
        .read_data(stalled_at_read_data)
    );
endmodule

module vcm_soc_lut_ram_8 (
    input  wire clock,
    input  wire write,
    input  wire [1:0] write_address,
    input  wire [15:0] write_data,
    input  wire [1:0] read_address,
    output wire [15:0] read_data
);
    (* ram_style = "distributed" *)
    reg [15:0] words [0:3];
    integer i;
    initial for (i = 0; i < 4; i = i + 1) words[i] = 16'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_lut_ram_7 (
    input  wire clock,
    input  wire write,
    input  wire [1:0] write_address,
    input  wire [9:0] write_data,
    input  wire [1:0] read_address,
    output wire [9:0] read_data
);
    (* ram_style = "distributed" *)
    reg [9:0] words [0:3];
    integer i;
    initial for (i = 0; i < 4; i = i + 1) words[i] = 10'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_lut_ram_6 (
    input  wire clock,
    input  wire write,
    input  wire [1:0] write_address,
    input  wire [26:0] write_data,
    input  wire [1:0] read_address,
    output wire [26:0] read_data
);
    (* ram_style = "distributed" *)
    reg [26:0] words [0:3];
    integer i;
    initial for (i = 0; i < 4; i = i + 1) words[i] = 27'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_reads_slots_population (
    input  wire [3:0] of,
    output wire [2:0] count
);
    wire low;
    wire low_pair;
    wire high;
    wire high_pair;
    reg  [2:0] total;
    reg  [2:0] total_v;

    assign count = total;
    assign low = of[0] ^ of[1];
    assign low_pair = of[0] & of[1];
    assign high = of[2] ^ of[3];
    assign high_pair = of[2] & of[3];

    always @* begin
        total_v = 3'h0;
        if (low ^ high) begin
            total_v = total_v | 3'h1;
        end
        if ((low_pair ^ high_pair) ^ (low & high)) begin
            total_v = total_v | 3'h2;
        end
        if (low_pair & high_pair) begin
            total_v = total_v | 3'h4;
        end
        total = total_v;
    end
endmodule

module vcm_soc_iommu_reads_slots_ask_chooser (
    input  wire [3:0] want,
    input  wire [1:0] last,
    output wire any,
    output wire [1:0] pick
);
    localparam [3:0] ALL = 4'hf;

    wire [3:0] from;
    reg  [3:0] low;
    reg  [1:0] chosen;
    reg  [3:0] low_v;
    reg  [1:0] chosen_v;

    assign any = |want;
    assign pick = chosen;
    assign from = ALL << last;

    always @* begin
        low_v = want & (~from);
        if (!(|low_v)) begin
            low_v = want;
        end
        low = low_v;
    end

    always @* begin
        chosen_v = 2'h0;
        if (low[0]) begin
            chosen_v = 2'h0;
        end
        if (low[1]) begin
            chosen_v = 2'h1;
        end
        if (low[2]) begin
            chosen_v = 2'h2;
        end
        if (low[3]) begin
            chosen_v = 2'h3;
        end
        chosen = chosen_v;
    end
endmodule

module vcm_soc_iommu_reads_slots_slot (
    input  wire clock,
    input  wire reset,
    input  wire write,
    input  wire [7:0] id,
    input  wire park,
    input  wire load,
    input  wire load_first,
    input  wire asked,
    input  wire began,
    input  wire answer,
    input  wire passes,
    input  wire faults,
    input  wire waits,
    input  wire [1:0] walk,
    input  wire [2:0] answer_context,
    input  wire [3:0] wake,
    input  wire hastens,
    input  wire rush,
    input  wire flush,
    input  wire leave,
    input  wire ends,
    input  wire stall,
    input  wire [9:0] resume,
    input  wire resume_here,
    input  wire expire,
    input  wire vacate,
    input  wire left,
    input  wire [1:0] left_slot,
    input  wire outgoing,
    input  wire acting,
    input  wire [1:0] acting_slot,
    input  wire [1:0] tail,
    output wire vacant,
    output wire same,
    output wire slow,
    output wire last,
    output wire asks,
    output wire urgent,
    output wire accepts,
    output wire acts,
    output wire refuses,
    output wire faulted,
    output wire expired,
    output wire stalled,
    output wire [2:0] owner
);
    wire answered;
    wire woken;
    wire again;
    wire resumed;
    reg  [8:0] differs;
    wire is_same;
    reg  held_q;
    reg  lookup_q;
    reg  pending_q;
    reg  waiting_q;
    reg  is_urgent_q;
    reg  is_ready_q;
    reg  is_faulted_q;
    reg  is_stalled_q;
    reg  is_expired_q;
    reg  is_doomed_q;
    reg  is_slow_d;
    reg  is_slow_q;
    reg  [7:0] held_id_d;
    reg  [7:0] held_id_q;
    reg  [2:0] held_context_d;
    reg  [2:0] held_context_q;
    reg  [1:0] held_walk_d;
    reg  [1:0] held_walk_q;
    reg  [1:0] predecessor_d;
    reg  [1:0] predecessor_q;
    reg  is_first_d;
    reg  is_first_q;
    reg  is_last_d;
    reg  is_last_q;
    reg  [8:0] differs_v;

    assign vacant = (!held_q) & (!outgoing);
    assign same = is_same;
    assign slow = is_same & is_slow_q;
    assign last = is_same & is_last_q;
    assign asks = lookup_q & (is_urgent_q | (!rush));
    assign urgent = is_urgent_q;
    assign accepts = pending_q;
    assign acts = is_ready_q & (is_first_q | (acting & (predecessor_q == acting_slot)));
    assign refuses = is_first_q & ((is_faulted_q | is_expired_q) | is_doomed_q);
    assign faulted = is_faulted_q;
    assign expired = is_expired_q;
    assign stalled = is_stalled_q;
    assign owner = held_context_q;
    assign answered = pending_q & answer;
    assign woken = waiting_q & wake[held_walk_q];
    assign again = ((answered & (!passes)) & (!faults)) & (!waits);
    assign resumed = ((resume[0] & resume_here) & is_stalled_q) & (resume[3:1] == held_context_q);
    assign is_same = !(|differs);

    always @* begin
        is_slow_d = is_slow_q;
        held_context_d = held_context_q;
        held_walk_d = held_walk_q;
        if (load | woken) begin
            is_slow_d = 1'b0;
        end
        if (began) begin
            is_slow_d = 1'b1;
        end
        if (answered) begin
            is_slow_d = !passes;
            held_walk_d = walk;
            held_context_d = answer_context;
        end
    end

    always @* begin
        held_id_d = held_id_q;
        predecessor_d = predecessor_q;
        is_first_d = is_first_q;
        is_last_d = is_last_q;
        if (left & (left_slot == predecessor_q)) begin
            is_first_d = 1'b1;
        end
        if (park & is_same) begin
            is_last_d = 1'b0;
        end
        if (load) begin
            held_id_d = id;
            predecessor_d = tail;
            is_first_d = load_first;
            is_last_d = 1'b1;
        end
    end

    always @* begin
        differs_v = {1'b0, held_id_q ^ id};
        if (write) begin
            differs_v = 9'h0;
        end
        if (!held_q) begin
            differs_v = differs_v | 9'h100;
        end
        differs = differs_v;
    end

    initial begin
        held_q <= 1'h0;
        lookup_q <= 1'h0;
        pending_q <= 1'h0;
        waiting_q <= 1'h0;
        is_urgent_q <= 1'h0;
        is_ready_q <= 1'h0;
        is_faulted_q <= 1'h0;
        is_stalled_q <= 1'h0;
        is_expired_q <= 1'h0;
        is_doomed_q <= 1'h0;
        is_slow_q <= 1'h0;
        held_id_q <= 8'h0;
        held_context_q <= 3'h0;
        held_walk_q <= 2'h0;
        predecessor_q <= 2'h0;
        is_first_q <= 1'h0;
        is_last_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            held_q <= 1'h0;
            lookup_q <= 1'h0;
            pending_q <= 1'h0;
            waiting_q <= 1'h0;
            is_urgent_q <= 1'h0;
            is_ready_q <= 1'h0;
            is_faulted_q <= 1'h0;
            is_stalled_q <= 1'h0;
            is_expired_q <= 1'h0;
            is_doomed_q <= 1'h0;
            is_slow_q <= 1'h0;
            held_id_q <= 8'h0;
            held_context_q <= 3'h0;
            held_walk_q <= 2'h0;
            predecessor_q <= 2'h0;
            is_first_q <= 1'h0;
            is_last_q <= 1'h0;
        end else begin
            held_q <= load | ((held_q & (!leave)) & (!vacate));
            lookup_q <= ((((load | (lookup_q & (!asked))) | again) | woken) | (flush & (is_ready_q | is_faulted_q))) | (resumed & (!resume[4]));
            pending_q <= asked | ((pending_q & (!woken)) & ((!answer) | waits));
            waiting_q <= (answered & waits) | (waiting_q & (!woken));
            is_urgent_q <= (is_urgent_q | hastens) & (lookup_q | pending_q);
            is_ready_q <= (answered & passes) | ((is_ready_q & (!flush)) & (!leave));
            is_faulted_q <= (answered & faults) | (((is_faulted_q & (!flush)) & (!ends)) & (!stall));
            is_stalled_q <= stall | ((is_stalled_q & (!resumed)) & (!expire));
            is_expired_q <= ((is_stalled_q & (!resumed)) & expire) | (is_expired_q & (!ends));
            is_doomed_q <= (resumed & resume[4]) | (is_doomed_q & (!ends));
            is_slow_q <= is_slow_d;
            held_id_q <= held_id_d;
            held_context_q <= held_context_d;
            held_walk_q <= held_walk_d;
            predecessor_q <= predecessor_d;
            is_first_q <= is_first_d;
            is_last_q <= is_last_d;
        end
    end
endmodule

module vcm_soc_iommu_reads_micro (
    input  wire clock,
    input  wire reset,
    input  wire load,
    input  wire [2:0] owner,
    input  wire [19:0] vpn,
    input  wire [1:0] access,
    output wire hit,
    output wire [2:0] way,
    input  wire [3:0] page_at,
    output wire [31:0] page,
    input  wire keep,
    input  wire fills,
    input  wire fill,
    input  wire [54:0] entry,
    input  wire answer,
    input  wire [1:0] slot,
    input  wire in_context,
    input  wire flush
);
    reg  [2:0] looked_context;
    reg  [19:0] looked_vpn;
    wire write;
    reg  [7:0] hits;
    reg  [2:0] index;
    wire tag_0_load;
    wire tag_0_write;
    wire tag_0_hit;
    wire tag_1_load;
    wire tag_1_write;
    wire tag_1_hit;
    wire tag_2_load;
    wire tag_2_write;
    wire tag_2_hit;
    wire tag_3_load;
    wire tag_3_write;
    wire tag_3_hit;
    wire tag_4_load;
    wire tag_4_write;
    wire tag_4_hit;
    wire tag_5_load;
    wire tag_5_write;
    wire tag_5_hit;
    wire tag_6_load;
    wire tag_6_write;
    wire tag_6_hit;
    wire tag_7_load;
    wire tag_7_write;
    wire tag_7_hit;
    wire pages_write;
    reg  [3:0] pages_write_address;
    wire [31:0] pages_write_data;
    reg  [2:0] victim_d;
    reg  [2:0] victim_q;
    reg  [2:0] looked_context_v;
    reg  [19:0] looked_vpn_v;
    reg  [7:0] hits_v;
    reg  [2:0] index_v;
    reg  [3:0] pages_write_address_v;

    assign hit = |hits;
    assign way = index;
    assign write = (fill & (!flush)) & (!(keep & ({1'b0, victim_q} == page_at)));
    assign tag_0_load = load | fills;
    assign tag_0_write = write & (victim_q == 3'h0);
    assign tag_1_load = load | fills;
    assign tag_1_write = write & (victim_q == 3'h1);
    assign tag_2_load = load | fills;
    assign tag_2_write = write & (victim_q == 3'h2);
    assign tag_3_load = load | fills;
    assign tag_3_write = write & (victim_q == 3'h3);
    assign tag_4_load = load | fills;
    assign tag_4_write = write & (victim_q == 3'h4);
    assign tag_5_load = load | fills;
    assign tag_5_write = write & (victim_q == 3'h5);
    assign tag_6_load = load | fills;
    assign tag_6_write = write & (victim_q == 3'h6);
    assign tag_7_load = load | fills;
    assign tag_7_write = write & (victim_q == 3'h7);
    assign pages_write = write | answer;
    assign pages_write_data = {entry[54], entry[53:50], entry[25:23], entry[45:26], entry[2:0], in_context};

    always @* begin
        victim_d = victim_q;
        if (fill) begin
            victim_d = victim_q + 3'h1;
        end
    end

    always @* begin
        looked_context_v = owner;
        looked_vpn_v = vpn;
        if (fills) begin
            looked_context_v = entry[2:0];
            looked_vpn_v = entry[22:3];
        end
        looked_context = looked_context_v;
        looked_vpn = looked_vpn_v;
    end

    always @* begin
        hits_v = 8'h0;
        hits_v = (hits_v & 8'hfe) | ({7'h0, tag_0_hit} << 0);
        hits_v = (hits_v & 8'hfd) | ({7'h0, tag_1_hit} << 1);
        hits_v = (hits_v & 8'hfb) | ({7'h0, tag_2_hit} << 2);
        hits_v = (hits_v & 8'hf7) | ({7'h0, tag_3_hit} << 3);
        hits_v = (hits_v & 8'hef) | ({7'h0, tag_4_hit} << 4);
        hits_v = (hits_v & 8'hdf) | ({7'h0, tag_5_hit} << 5);
        hits_v = (hits_v & 8'hbf) | ({7'h0, tag_6_hit} << 6);
        hits_v = (hits_v & 8'h7f) | ({7'h0, tag_7_hit} << 7);
        hits = hits_v;
    end

    always @* begin
        index_v = 3'h0;
        if (tag_0_hit) begin
            index_v = index_v | 3'h0;
        end
        if (tag_1_hit) begin
            index_v = index_v | 3'h1;
        end
        if (tag_2_hit) begin
            index_v = index_v | 3'h2;
        end
        if (tag_3_hit) begin
            index_v = index_v | 3'h3;
        end
        if (tag_4_hit) begin
            index_v = index_v | 3'h4;
        end
        if (tag_5_hit) begin
            index_v = index_v | 3'h5;
        end
        if (tag_6_hit) begin
            index_v = index_v | 3'h6;
        end
        if (tag_7_hit) begin
            index_v = index_v | 3'h7;
        end
        index = index_v;
    end

    always @* begin
        pages_write_address_v = {1'b0, victim_q};
        if (answer) begin
            pages_write_address_v = {2'h0, slot} | 4'h8;
        end
        pages_write_address = pages_write_address_v;
    end

    initial begin
        victim_q <= 3'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            victim_q <= 3'h0;
        end else begin
            victim_q <= victim_d;
        end
    end

    vcm_soc_iommu_reads_micro_tag tag_0 (
        .clock(clock),
        .reset(reset),
        .load(tag_0_load),
        .owner(looked_context),
        .vpn(looked_vpn),
        .access(access),
        .fills(fills),
        .entry(entry),
        .fill(fill),
        .write(tag_0_write),
        .flush(flush),
        .hit(tag_0_hit)
    );

    vcm_soc_iommu_reads_micro_tag tag_1 (
        .clock(clock),
        .reset(reset),
        .load(tag_1_load),
        .owner(looked_context),
        .vpn(looked_vpn),
        .access(access),
        .fills(fills),
        .entry(entry),
        .fill(fill),
        .write(tag_1_write),
        .flush(flush),
        .hit(tag_1_hit)
    );

    vcm_soc_iommu_reads_micro_tag tag_2 (
        .clock(clock),
        .reset(reset),
        .load(tag_2_load),
        .owner(looked_context),
        .vpn(looked_vpn),
        .access(access),
        .fills(fills),
        .entry(entry),
        .fill(fill),
        .write(tag_2_write),
        .flush(flush),
        .hit(tag_2_hit)
    );

    vcm_soc_iommu_reads_micro_tag tag_3 (
        .clock(clock),
        .reset(reset),
        .load(tag_3_load),
        .owner(looked_context),
        .vpn(looked_vpn),
        .access(access),
        .fills(fills),
        .entry(entry),
        .fill(fill),
        .write(tag_3_write),
        .flush(flush),
        .hit(tag_3_hit)
    );

    vcm_soc_iommu_reads_micro_tag tag_4 (
        .clock(clock),
        .reset(reset),
        .load(tag_4_load),
        .owner(looked_context),
        .vpn(looked_vpn),
        .access(access),
        .fills(fills),
        .entry(entry),
        .fill(fill),
        .write(tag_4_write),
        .flush(flush),
        .hit(tag_4_hit)
    );

    vcm_soc_iommu_reads_micro_tag tag_5 (
        .clock(clock),
        .reset(reset),
        .load(tag_5_load),
        .owner(looked_context),
        .vpn(looked_vpn),
        .access(access),
        .fills(fills),
        .entry(entry),
        .fill(fill),
        .write(tag_5_write),
        .flush(flush),
        .hit(tag_5_hit)
    );

    vcm_soc_iommu_reads_micro_tag tag_6 (
        .clock(clock),
        .reset(reset),
        .load(tag_6_load),
        .owner(looked_context),
        .vpn(looked_vpn),
        .access(access),
        .fills(fills),
        .entry(entry),
        .fill(fill),
        .write(tag_6_write),
        .flush(flush),
        .hit(tag_6_hit)
    );

    vcm_soc_iommu_reads_micro_tag tag_7 (
        .clock(clock),
        .reset(reset),
        .load(tag_7_load),
        .owner(looked_context),
        .vpn(looked_vpn),
        .access(access),
        .fills(fills),
        .entry(entry),
        .fill(fill),
        .write(tag_7_write),
        .flush(flush),
        .hit(tag_7_hit)
    );

    vcm_soc_lut_ram_5 pages (
        .clock(clock),
        .write(pages_write),
        .write_address(pages_write_address),
        .write_data(pages_write_data),
        .read_address(page_at),
        .read_data(page)
    );
endmodule

module vcm_soc_lut_ram_5 (
    input  wire clock,
    input  wire write,
    input  wire [3:0] write_address,
    input  wire [31:0] write_data,
    input  wire [3:0] read_address,
    output wire [31:0] read_data
);
    (* ram_style = "distributed" *)
    reg [31:0] words [0:15];
    integer i;
    initial for (i = 0; i < 16; i = i + 1) words[i] = 32'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_reads_micro_tag (
    input  wire clock,
    input  wire reset,
    input  wire load,
    input  wire [2:0] owner,
    input  wire [19:0] vpn,
    input  wire [1:0] access,
    input  wire fills,
    input  wire [54:0] entry,
    input  wire fill,
    input  wire write,
    input  wire flush,
    output wire hit
);
    reg  [2:0] ignore;
    wire [19:0] diff;
    reg  [14:0] differs;
    reg  held_d;
    reg  held_q;
    reg  [2:0] tag_context_d;
    reg  [2:0] tag_context_q;
    reg  [19:0] tag_vpn_d;
    reg  [19:0] tag_vpn_q;
    reg  [2:0] tag_large_d;
    reg  [2:0] tag_large_q;
    reg  [3:0] tag_allow_d;
    reg  [3:0] tag_allow_q;
    reg  matched_d;
    reg  matched_q;
    reg  [2:0] ignore_v;
    reg  [14:0] differs_v;

    assign hit = matched_q;
    assign diff = tag_vpn_q ^ vpn;

    always @* begin
        held_d = held_q;
        tag_context_d = tag_context_q;
        tag_vpn_d = tag_vpn_q;
        tag_large_d = tag_large_q;
        tag_allow_d = tag_allow_q;
        if (fill & matched_q) begin
            held_d = 1'b0;
        end
        if (write) begin
            held_d = 1'b1;
            tag_context_d = entry[2:0];
            tag_vpn_d = entry[22:3];
            tag_large_d = entry[25:23];
            tag_allow_d = entry[49:46];
        end
        if (flush) begin
            held_d = 1'b0;
        end
    end

    always @* begin
        matched_d = matched_q;
        if (load) begin
            matched_d = !(|differs);
        end
    end

    always @* begin
        ignore_v = tag_large_q;
        if (fills) begin
            ignore_v = tag_large_q | entry[25:23];
        end
        ignore = ignore_v;
    end

    always @* begin
        differs_v = {7'h0, diff[19:12]} | ({12'h0, tag_context_q ^ owner} << 8);
        if ((|diff[3:0]) & (!ignore[0])) begin
            differs_v = differs_v | 15'h800;
        end
        if ((|diff[7:4]) & (!ignore[1])) begin
            differs_v = differs_v | 15'h1000;
        end
        if ((|diff[11:8]) & (!ignore[2])) begin
            differs_v = differs_v | 15'h2000;
        end
        if ((!held_q) | ((!fills) & (!tag_allow_q[access]))) begin
            differs_v = differs_v | 15'h4000;
        end
        differs = differs_v;
    end

    initial begin
        held_q <= 1'h0;
        tag_context_q <= 3'h0;
        tag_vpn_q <= 20'h0;
        tag_large_q <= 3'h0;
        tag_allow_q <= 4'h0;
        matched_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            held_q <= 1'h0;
            tag_context_q <= 3'h0;
            tag_vpn_q <= 20'h0;
            tag_large_q <= 3'h0;
            tag_allow_q <= 4'h0;
            matched_q <= 1'h0;
        end else begin
            held_q <= held_d;
            tag_context_q <= tag_context_d;
            tag_vpn_q <= tag_vpn_d;
            tag_large_q <= tag_large_d;
            tag_allow_q <= tag_allow_d;
            matched_q <= matched_d;
        end
    end
endmodule

module vcm_soc_iommu_reads_intake (
    input  wire clock,
    input  wire reset,
    input  wire in_valid,
    output wire in_ready,
    input  wire [67:0] in_burst,
    output reg  [3:0] stream,
    input  wire [4:0] route,
    input  wire flush,
    output wire out_valid,
    input  wire out_taken,
    output wire [67:0] burst,
    output wire illegal,
    output wire [4:0] routed,
    input  wire again,
    output wire loads,
    output wire [19:0] next_vpn,
    output wire [1:0] next_access,
    output reg  [2:0] next_context
);
    wire accept;
    wire head_free;
    reg  head_next;
    reg  spare_next;
    reg  [4:0] spare_routed;
    reg  [67:0] coming;
    reg  [31:0] addr;
    reg  [2:0] prot;
    wire stays;
    wire check_illegal;
    wire page_check_crosses;
    reg  head_valid_q;
    reg  [67:0] head_d;
    reg  [67:0] head_q;
    reg  head_illegal_d;
    reg  head_illegal_q;
    reg  head_crosses_d;
    reg  head_crosses_q;
    reg  [4:0] head_route_d;
    reg  [4:0] head_route_q;
    reg  head_stale_d;
    reg  head_stale_q;
    reg  spare_valid_q;
    reg  [67:0] spare_d;
    reg  [67:0] spare_q;
    reg  spare_illegal_d;
    reg  spare_illegal_q;
    reg  spare_crosses_d;
    reg  spare_crosses_q;
    reg  [4:0] spare_route_d;
    reg  [4:0] spare_route_q;
    reg  spare_stale_d;
    reg  spare_stale_q;
    reg  head_next_v;
    reg  spare_next_v;
    reg  [3:0] stream_v;
    reg  [67:0] coming_v;
    reg  [4:0] spare_routed_v;
    reg  [2:0] next_context_v;
    reg  [31:0] addr_v;
    reg  [2:0] prot_v;

    assign in_ready = !spare_valid_q;
    assign out_valid = head_valid_q & (!head_stale_q);
    assign burst = head_q;
    assign illegal = head_illegal_q | head_crosses_q;
    assign routed = head_route_q;
    assign loads = head_free | stays;
    assign next_vpn = addr[31:12];
    assign next_access = ({1'b0, prot[2]} << 1) | {1'b0, prot[0]};
    assign accept = in_valid & (!spare_valid_q);
    assign head_free = (!head_valid_q) | out_taken;
    assign stays = head_stale_q | (head_valid_q & again);

    always @* begin
        head_d = head_q;
        head_illegal_d = head_illegal_q;
        head_crosses_d = head_crosses_q;
        spare_next_v = spare_valid_q;
        head_next_v = 1'b1;
        head_stale_d = 1'b0;
        spare_stale_d = spare_stale_q & head_stale_q;
        if (head_free) begin
            head_next_v = spare_valid_q | accept;
            spare_next_v = 1'b0;
            head_d = coming;
            head_illegal_d = check_illegal;
            head_crosses_d = page_check_crosses;
            if (spare_valid_q) begin
                head_illegal_d = spare_illegal_q;
                head_crosses_d = spare_crosses_q;
            end
        end else if (accept) begin
            spare_next_v = 1'b1;
            spare_stale_d = head_stale_q;
        end
        if (flush) begin
            head_stale_d = head_next_v;
            spare_stale_d = spare_next_v;
        end
        head_next = head_next_v;
        spare_next = spare_next_v;
    end

    always @* begin
        head_route_d = head_route_q;
        if (head_free | head_stale_q) begin
            head_route_d = spare_routed;
        end
    end

    always @* begin
        spare_d = spare_q;
        spare_illegal_d = spare_illegal_q;
        spare_crosses_d = spare_crosses_q;
        if (!spare_valid_q) begin
            spare_d = in_burst;
            spare_illegal_d = check_illegal;
            spare_crosses_d = page_check_crosses;
        end
    end

    always @* begin
        spare_route_d = spare_route_q;
        if (!head_stale_q) begin
            spare_route_d = spare_routed;
        end
    end

    always @* begin
        stream_v = in_burst[67:64];
        if (head_stale_q) begin
            stream_v = head_q[67:64];
        end else if (spare_stale_q) begin
            stream_v = spare_q[67:64];
        end
        stream = stream_v;
    end

    always @* begin
        coming_v = in_burst;
        if (spare_valid_q) begin
            coming_v = spare_q;
        end
        coming = coming_v;
    end

    always @* begin
        spare_routed_v = route;
        if ((spare_valid_q & (!spare_stale_q)) & (!head_stale_q)) begin
            spare_routed_v = spare_route_q;
        end
        spare_routed = spare_routed_v;
    end

    always @* begin
        addr_v = coming[39:8];
        prot_v = coming[59:57];
        next_context_v = spare_routed[4:2];
        if (stays) begin
            addr_v = head_q[39:8];
            prot_v = head_q[59:57];
            next_context_v = head_route_q[4:2];
        end
        if (head_stale_q) begin
            next_context_v = route[4:2];
        end
        next_context = next_context_v;
        addr = addr_v;
        prot = prot_v;
    end

    initial begin
        head_valid_q <= 1'h0;
        head_q <= 68'h0;
        head_illegal_q <= 1'h0;
        head_crosses_q <= 1'h0;
        head_route_q <= 5'h0;
        head_stale_q <= 1'h0;
        spare_valid_q <= 1'h0;
        spare_q <= 68'h0;
        spare_illegal_q <= 1'h0;
        spare_crosses_q <= 1'h0;
        spare_route_q <= 5'h0;
        spare_stale_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            head_valid_q <= 1'h0;
            head_q <= 68'h0;
            head_illegal_q <= 1'h0;
            head_crosses_q <= 1'h0;
            head_route_q <= 5'h0;
            head_stale_q <= 1'h0;
            spare_valid_q <= 1'h0;
            spare_q <= 68'h0;
            spare_illegal_q <= 1'h0;
            spare_crosses_q <= 1'h0;
            spare_route_q <= 5'h0;
            spare_stale_q <= 1'h0;
        end else begin
            head_valid_q <= head_next;
            head_q <= head_d;
            head_illegal_q <= head_illegal_d;
            head_crosses_q <= head_crosses_d;
            head_route_q <= head_route_d;
            head_stale_q <= head_stale_d;
            spare_valid_q <= spare_next;
            spare_q <= spare_d;
            spare_illegal_q <= spare_illegal_d;
            spare_crosses_q <= spare_crosses_d;
            spare_route_q <= spare_route_d;
            spare_stale_q <= spare_stale_d;
        end
    end

    vcm_soc_iommu_reads_intake_check check (
        .burst(in_burst),
        .illegal(check_illegal)
    );

    vcm_soc_iommu_reads_intake_page_check page_check (
        .burst(in_burst),
        .crosses(page_check_crosses)
    );
endmodule

module vcm_soc_iommu_reads_intake_page_check (
    input  wire [67:0] burst,
    output wire crosses
);
    wire [31:0] addr;
    wire [12:0] offset;
    wire [7:0] len;
    wire [2:0] size;
    wire [12:0] last;

    assign crosses = (burst[52:51] == 2'h1) & last[12];
    assign addr = burst[39:8];
    assign offset = {1'b0, addr[11:0]};
    assign len = burst[47:40];
    assign size = burst[50:48];
    assign last = offset + ({5'h0, len} << size[1:0]);
endmodule

module vcm_soc_iommu_reads_intake_check (
    input  wire [67:0] burst,
    output reg  illegal
);
    wire [31:0] addr;
    wire [2:0] low;
    wire [7:0] len;
    wire [2:0] size;
    wire [1:0] kind;
    wire wrap_len;
    wire [1:0] shift;
    wire [2:0] all;
    reg  illegal_v;

    assign addr = burst[39:8];
    assign low = addr[2:0];
    assign len = burst[47:40];
    assign size = burst[50:48];
    assign kind = burst[52:51];
    assign wrap_len = (((len == 8'h1) | (len == 8'h3)) | (len == 8'h7)) | (len == 8'hf);
    assign shift = size[1:0];
    assign all = 3'h7;

    always @* begin
        illegal_v = (size > 3'h3) | (kind == 2'h3);
        if ((kind == 2'h0) & (len > 8'hf)) begin
            illegal_v = 1'b1;
        end
        if ((kind == 2'h2) & ((!wrap_len) | (|(low & (~(all << shift)))))) begin
            illegal_v = 1'b1;
        end
        illegal = illegal_v;
    end
endmodule

module vcm_soc_iommu_registers (
    input  wire clock,
    input  wire reset,
    input  wire [15:0] s_axil_awaddr,
    input  wire [2:0] s_axil_awprot,
    input  wire s_axil_awvalid,
    output wire s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0] s_axil_wstrb,
    input  wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input  wire s_axil_bready,
    input  wire [15:0] s_axil_araddr,
    input  wire [2:0] s_axil_arprot,
    input  wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input  wire s_axil_rready,
    input  wire hold,
    output wire initialising,
    input  wire [3:0] read_stream,
    output wire [4:0] read_route,
    input  wire [3:0] write_stream,
    output wire [4:0] write_route,
    input  wire [3:0] lookup_stream,
    output wire [4:0] lookup_route,
    input  wire [2:0] bank_index,
    output wire [62:0] bank,
    input  wire [2:0] respond_index,
    output wire [62:0] respond_bank,
    output wire [4:0] configured,
    output wire [48:0] command,
    output wire [9:0] resume,
    output wire [26:0] probe,
    input  wire [31:0] probed,
    input  wire [7:0] probing,
    input  wire [7:0] sync_active,
    input  wire sync_any,
    input  wire [7:0] stalled,
    input  wire [2:0] locks,
    input  wire [10:0] events,
    input  wire read_fault_valid,
    output wire read_fault_ready,
    input  wire [58:0] read_fault,
    input  wire write_fault_valid,
    output wire write_fault_ready,
    input  wire [58:0] write_fault,
    input  wire late_read_valid,
    output wire late_read_ready,
    input  wire [58:0] late_read,
    input  wire late_write_valid,
    output wire late_write_ready,
    input  wire [58:0] late_write,
    output wire irq,
    output wire [19:0] limits,
    output wire tick,
    output wire [15:0] now,
    output wire [3:0] walk_cache,
    output wire [4:0] walk_user
);
    wire [6:0] sweep;
    wire waiting;
    wire [53:0] access;
    wire [32:0] reply;
    wire axil_hold;
    wire axil_wr;
    wire [15:0] axil_wr_addr;
    wire [31:0] axil_wr_data;
    wire [3:0] axil_wr_strb;
    wire axil_rd;
    wire [32:0] banks_reply;
    wire banks_busy;
    wire [7:0] banks_interrupts;
    wire [4:0] banks_configured;
    wire [32:0] streams_reply;
    wire streams_configured;
    wire [32:0] commands_reply;
    wire [32:0] globals_reply;
    wire globals_busy;
    wire globals_irq;
    wire faults_hold;
    wire faults_due;
    wire faults_record;
    wire [58:0] faults_fault;
    reg  irq_held_q;
    reg  swept_d;
    reg  swept_q;
    reg  [5:0] step_q;
    reg  recorded_q;

    assign initialising = !swept_q;
    assign configured = {banks_configured[4:2], banks_configured[1], banks_configured[0] | streams_configured};
    assign irq = irq_held_q;
    assign sweep = {step_q, !swept_q};
    assign waiting = ((read_fault_valid | write_fault_valid) | late_read_valid) | late_write_valid;
    assign access = {axil_wr_strb, axil_wr_data, axil_wr_addr, axil_rd, axil_wr};
    assign reply = ((banks_reply | streams_reply) | commands_reply) | globals_reply;
    assign axil_hold = ((((!swept_q) | globals_busy) | faults_due) | banks_busy) | (waiting & (!recorded_q));
    assign faults_hold = (!swept_q) | banks_busy;

    always @* begin
        swept_d = swept_q;
        if ((&step_q) & (!hold)) begin
            swept_d = 1'b1;
        end
    end

    initial begin
        irq_held_q <= 1'h0;
        swept_q <= 1'h0;
        step_q <= 6'h0;
        recorded_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            irq_held_q <= 1'h0;
            swept_q <= 1'h0;
            step_q <= 6'h0;
            recorded_q <= 1'h0;
        end else begin
            irq_held_q <= globals_irq;
            swept_q <= swept_d;
            step_q <= step_q + 6'h1;
            recorded_q <= faults_record | banks_busy;
        end
    end

    vcm_soc_iommu_registers_axil axil (
        .clock(clock),
        .reset(reset),
        .s_axil_awaddr(s_axil_awaddr),
        .s_axil_awprot(s_axil_awprot),
        .s_axil_awvalid(s_axil_awvalid),
        .s_axil_awready(s_axil_awready),
        .s_axil_wdata(s_axil_wdata),
        .s_axil_wstrb(s_axil_wstrb),
        .s_axil_wvalid(s_axil_wvalid),
        .s_axil_wready(s_axil_wready),
        .s_axil_bresp(s_axil_bresp),
        .s_axil_bvalid(s_axil_bvalid),
        .s_axil_bready(s_axil_bready),
        .s_axil_araddr(s_axil_araddr),
        .s_axil_arprot(s_axil_arprot),
        .s_axil_arvalid(s_axil_arvalid),
        .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata),
        .s_axil_rresp(s_axil_rresp),
        .s_axil_rvalid(s_axil_rvalid),
        .s_axil_rready(s_axil_rready),
        .hold(axil_hold),
        .wr(axil_wr),
        .wr_addr(axil_wr_addr),
        .wr_data(axil_wr_data),
        .wr_strb(axil_wr_strb),
        .wr_mask(),
        .wr_ok(reply[0]),
        .rd(axil_rd),
        .rd_addr(),
        .rd_ok(reply[0]),
        .rd_data(reply[32:1])
    );

    vcm_soc_iommu_registers_banks banks (
        .clock(clock),
        .reset(reset),
        .sweep(sweep),
        .access(access),
        .reply(banks_reply),
        .bank_index(bank_index),
        .bank(bank),
        .respond_index(respond_index),
        .respond_bank(respond_bank),
        .record(faults_record),
        .fault(faults_fault),
        .busy(banks_busy),
        .stalled(stalled),
        .probed(probed),
        .probing(probing),
        .sync_active(sync_active),
        .interrupts(banks_interrupts),
        .configured(banks_configured)
    );

    vcm_soc_iommu_registers_streams streams (
        .clock(clock),
        .reset(reset),
        .sweep(sweep),
        .access(access),
        .reply(streams_reply),
        .read_stream(read_stream),
        .read_route(read_route),
        .write_stream(write_stream),
        .write_route(write_route),
        .lookup_stream(lookup_stream),
        .lookup_route(lookup_route),
        .configured(streams_configured)
    );

    vcm_soc_iommu_registers_commands commands (
        .clock(clock),
        .reset(reset),
        .access(access),
        .reply(commands_reply),
        .command(command),
        .resume(resume),
        .probe(probe)
    );

    vcm_soc_iommu_registers_globals globals (
        .clock(clock),
        .reset(reset),
        .access(access),
        .reply(globals_reply),
        .busy(globals_busy),
        .record(faults_record),
        .fault(faults_fault),
        .interrupts(banks_interrupts),
        .sync_active(sync_any),
        .locks(locks),
        .events(events),
        .irq(globals_irq),
        .limits(limits),
        .tick(tick),
        .now(now),
        .walk_cache(walk_cache),
        .walk_user(walk_user)
    );

    vcm_soc_iommu_registers_faults faults (
        .clock(clock),
        .reset(reset),
        .hold(faults_hold),
        .read_valid(read_fault_valid),
        .read_ready(read_fault_ready),
        .read(read_fault),
        .write_valid(write_fault_valid),
        .write_ready(write_fault_ready),
        .write(write_fault),
        .late_read_valid(late_read_valid),
        .late_read_ready(late_read_ready),
        .late_read(late_read),
        .late_write_valid(late_write_valid),
        .late_write_ready(late_write_ready),
        .late_write(late_write),
        .due(faults_due),
        .record(faults_record),
        .fault(faults_fault)
    );
endmodule

module vcm_soc_iommu_registers_faults (
    input  wire clock,
    input  wire reset,
    input  wire hold,
    input  wire read_valid,
    output wire read_ready,
    input  wire [58:0] read,
    input  wire write_valid,
    output wire write_ready,
    input  wire [58:0] write,
    input  wire late_read_valid,
    output wire late_read_ready,
    input  wire [58:0] late_read,
    input  wire late_write_valid,
    output wire late_write_ready,
    input  wire [58:0] late_write,
    output wire due,
    output wire record,
    output wire [58:0] fault
);
    wire any_late;
    wire any_direct;
    wire pick_late;
    reg  is_write;
    wire accepts;
    reg  late_turn_d;
    reg  late_turn_q;
    reg  late_write_turn_d;
    reg  late_write_turn_q;
    reg  direct_write_turn_d;
    reg  direct_write_turn_q;
    reg  chosen_d;
    reg  chosen_q;
    reg  from_late_d;
    reg  from_late_q;
    reg  from_write_d;
    reg  from_write_q;
    reg  full_d;
    reg  full_q;
    reg  records_q;
    reg  [58:0] out_d;
    reg  [58:0] out_q;
    reg  is_write_v;

    assign read_ready = (accepts & (!from_late_q)) & (!from_write_q);
    assign write_ready = (accepts & (!from_late_q)) & from_write_q;
    assign late_read_ready = (accepts & from_late_q) & (!from_write_q);
    assign late_write_ready = (accepts & from_late_q) & from_write_q;
    assign due = full_q;
    assign record = records_q;
    assign fault = out_q;
    assign any_late = late_read_valid | late_write_valid;
    assign any_direct = read_valid | write_valid;
    assign pick_late = any_late & (late_turn_q | (!any_direct));
    assign accepts = (chosen_q & (!hold)) & (!full_q);

    always @* begin
        late_turn_d = late_turn_q;
        late_write_turn_d = late_write_turn_q;
        direct_write_turn_d = direct_write_turn_q;
        chosen_d = chosen_q;
        from_late_d = from_late_q;
        from_write_d = from_write_q;
        full_d = full_q;
        if ((!chosen_q) & ((!full_q) | records_q)) begin
            chosen_d = any_late | any_direct;
            from_late_d = pick_late;
            from_write_d = is_write;
        end
        if (records_q) begin
            full_d = 1'b0;
        end
        if (accepts) begin
            chosen_d = 1'b0;
            full_d = 1'b1;
            late_turn_d = !from_late_q;
            if (from_late_q) begin
                late_write_turn_d = !from_write_q;
            end else begin
                direct_write_turn_d = !from_write_q;
            end
        end
    end

    always @* begin
        out_d = out_q;
        if ((!full_q) & (!hold)) begin
            out_d = read;
            if (from_write_q) begin
                out_d = write;
            end
            if (from_late_q) begin
                out_d = late_read;
                if (from_write_q) begin
                    out_d = late_write;
                end
            end
        end
    end

    always @* begin
        is_write_v = write_valid & (direct_write_turn_q | (!read_valid));
        if (pick_late) begin
            is_write_v = late_write_valid & (late_write_turn_q | (!late_read_valid));
        end
        is_write = is_write_v;
    end

    initial begin
        late_turn_q <= 1'h0;
        late_write_turn_q <= 1'h0;
        direct_write_turn_q <= 1'h0;
        chosen_q <= 1'h0;
        from_late_q <= 1'h0;
        from_write_q <= 1'h0;
        full_q <= 1'h0;
        records_q <= 1'h0;
        out_q <= 59'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            late_turn_q <= 1'h0;
            late_write_turn_q <= 1'h0;
            direct_write_turn_q <= 1'h0;
            chosen_q <= 1'h0;
            from_late_q <= 1'h0;
            from_write_q <= 1'h0;
            full_q <= 1'h0;
            records_q <= 1'h0;
            out_q <= 59'h0;
        end else begin
            late_turn_q <= late_turn_d;
            late_write_turn_q <= late_write_turn_d;
            direct_write_turn_q <= direct_write_turn_d;
            chosen_q <= chosen_d;
            from_late_q <= from_late_d;
            from_write_q <= from_write_d;
            full_q <= full_d;
            records_q <= full_q & (!records_q);
            out_q <= out_d;
        end
    end
endmodule

module vcm_soc_iommu_registers_globals (
    input  wire clock,
    input  wire reset,
    input  wire [53:0] access,
    output wire [32:0] reply,
    output wire busy,
    input  wire record,
    input  wire [58:0] fault,
    input  wire [7:0] interrupts,
    input  wire sync_active,
    input  wire [2:0] locks,
    input  wire [10:0] events,
    output wire irq,
    output wire [19:0] limits,
    output wire tick,
    output wire [15:0] now,
    output wire [3:0] walk_cache,
    output wire [4:0] walk_user
);
    localparam [15:0] CNT_CTRL_AT = 16'h100;
    localparam [9:0] COUNTERS = 10'h4;
    localparam [3:0] FIRST_COUNTER = 4'h1;
    localparam [15:0] FQ_IOVA_AT = 16'h44;
    localparam [15:0] FQ_POP_AT = 16'h50;
    localparam [15:0] FQ_STATUS_AT = 16'h40;
    localparam [15:0] FQ_SYND0_AT = 16'h48;
    localparam [15:0] FQ_SYND1_AT = 16'h4c;
    localparam [31:0] ID0 = 32'h56434d31;
    localparam [31:0] ID1 = 32'h10001;
    localparam [31:0] ID2 = 32'h80408;
    localparam [31:0] ID3 = 32'h100808;
    localparam [31:0] ID4 = 32'h4444949;
    localparam [15:0] IDR0_AT = 16'h0;
    localparam [15:0] IDR1_AT = 16'h4;
    localparam [15:0] IDR2_AT = 16'h8;
    localparam [15:0] IDR3_AT = 16'hc;
    localparam [15:0] IDR4_AT = 16'h10;
    localparam [15:0] IRQ_ENABLE_AT = 16'h20;
    localparam [15:0] IRQ_STATUS_AT = 16'h24;
    localparam [3:0] LAST_COUNTER = 4'hc;
    localparam [15:0] STALL_CTRL_AT = 16'h34;
    localparam [15:0] TLBSTATUS_AT = 16'h68;
    localparam [15:0] TLB_LOCKS_AT = 16'h6c;
    localparam [15:0] WALK_ATTR_AT = 16'h30;

    wire [3:0] strobes;
    wire irq_enable_here;
    wire walk_attr_here;
    wire stall_ctrl_here;
    wire fq_status_here;
    wire idr0_here;
    wire idr1_here;
    wire idr2_here;
    wire idr3_here;
    wire idr4_here;
    wire irq_status_here;
    wire fq_iova_here;
    wire fq_synd0_here;
    wire fq_synd1_here;
    wire tlbstatus_here;
    wire tlb_locks_here;
    wire fq_pop_here;
    wire cnt_ctrl_here;
    wire [15:0] addr;
    wire [9:0] block;
    wire [3:0] place;
    wire counter;
    reg  [3:0] writes;
    wire [31:0] data;
    reg  [11:0] happens;
    wire pending;
    wire [31:0] irq_enable_q;
    wire [31:0] walk_attr_q;
    wire [31:0] stall_ctrl_q;
    wire [31:0] fq_status_q;
    reg  [18:0] register_d;
    reg  [18:0] register_q;
    wire tallies_busy;
    wire tallies_read;
    wire [31:0] tallies_data;
    wire queue_lost;
    wire [4:0] queue_count;
    wire [31:0] queue_iova;
    wire [31:0] queue_syndrome0;
    wire [31:0] queue_syndrome1;
    reg  [11:0] happened_q;
    reg  snaps_q;
    reg  pops_q;
    reg  [31:0] read_count_d;
    reg  [31:0] read_count_q;
    reg  [31:0] read_ids_d;
    reg  [31:0] read_ids_q;
    reg  [31:0] read_iova_d;
    reg  [31:0] read_iova_q;
    reg  [31:0] read_synd0_d;
    reg  [31:0] read_synd0_q;
    reg  [31:0] read_synd1_d;
    reg  [31:0] read_synd1_q;
    reg  [31:0] read_stall_d;
    reg  [31:0] read_stall_q;
    reg  [31:0] read_walk_d;
    reg  [31:0] read_walk_q;
    reg  [31:0] read_irq_d;
    reg  [31:0] read_irq_q;
    reg  [31:0] read_queue_status_d;
    reg  [31:0] read_queue_status_q;
    reg  [31:0] read_status_d;
    reg  [31:0] read_status_q;
    wire irq_enable_fields_fault;
    wire irq_enable_fields_overflow;
    wire [15:0] stall_ctrl_fields_timeout;
    wire [3:0] stall_ctrl_fields_limit;
    wire [31:0] irq_status_word_word;
    wire [31:0] fq_count_word;
    wire [31:0] fq_events_word;
    wire fq_status_fields_overflow;
    wire fq_pop_fields_pop;
    wire cnt_ctrl_fields_snapshot;
    wire [31:0] tlbstatus_word_word;
    wire [31:0] tlb_locks_word_word;
    reg  [3:0] writes_v;
    reg  [11:0] happens_v;

    assign reply = {((((((((read_count_q | read_ids_q) | read_iova_q) | read_synd0_q) | read_synd1_q) | read_stall_q) | read_walk_q) | read_irq_q) | read_queue_status_q) | read_status_q, register_q[18]};
    assign busy = tallies_busy | snaps_q;
    assign irq = ((pending & irq_enable_fields_fault) | (fq_status_fields_overflow & irq_enable_fields_overflow)) | (|interrupts);
    assign limits = {stall_ctrl_fields_timeout, stall_ctrl_fields_limit};
    assign strobes = access[53:50];
    assign irq_enable_here = addr == IRQ_ENABLE_AT;
    assign walk_attr_here = addr == WALK_ATTR_AT;
    assign stall_ctrl_here = addr == STALL_CTRL_AT;
    assign fq_status_here = addr == FQ_STATUS_AT;
    assign idr0_here = addr == IDR0_AT;
    assign idr1_here = addr == IDR1_AT;
    assign idr2_here = addr == IDR2_AT;
    assign idr3_here = addr == IDR3_AT;
    assign idr4_here = addr == IDR4_AT;
    assign irq_status_here = addr == IRQ_STATUS_AT;
    assign fq_iova_here = addr == FQ_IOVA_AT;
    assign fq_synd0_here = addr == FQ_SYND0_AT;
    assign fq_synd1_here = addr == FQ_SYND1_AT;
    assign tlbstatus_here = addr == TLBSTATUS_AT;
    assign tlb_locks_here = addr == TLB_LOCKS_AT;
    assign fq_pop_here = addr == FQ_POP_AT;
    assign cnt_ctrl_here = addr == CNT_CTRL_AT;
    assign addr = access[17:2];
    assign block = addr[15:6];
    assign place = addr[5:2];
    assign counter = ((block == COUNTERS) & (place >= FIRST_COUNTER)) & (place <= LAST_COUNTER);
    assign data = access[49:18];
    assign pending = |queue_count;
    assign tallies_read = register_q[17] & access[1];

    always @* begin
        register_d = register_q;
        register_d[0] = irq_enable_here;
        register_d[1] = walk_attr_here;
        register_d[2] = stall_ctrl_here;
        register_d[3] = fq_status_here;
        register_d[4] = idr0_here;
        register_d[5] = idr1_here;
        register_d[6] = idr2_here;
        register_d[7] = idr3_here;
        register_d[8] = idr4_here;
        register_d[9] = irq_status_here;
        register_d[10] = fq_iova_here;
        register_d[11] = fq_synd0_here;
        register_d[12] = fq_synd1_here;
        register_d[13] = tlbstatus_here;
        register_d[14] = tlb_locks_here;
        register_d[15] = fq_pop_here;
        register_d[16] = cnt_ctrl_here;
        register_d[17] = counter;
        register_d[18] = ((((((((((((((((counter | irq_enable_here) | walk_attr_here) | stall_ctrl_here) | fq_status_here) | idr0_here) | idr1_here) | idr2_here) | idr3_here) | idr4_here) | irq_status_here) | fq_iova_here) | fq_synd0_here) | fq_synd1_here) | tlbstatus_here) | tlb_locks_here) | fq_pop_here) | cnt_ctrl_here;
    end

    always @* begin
        writes_v = 4'h0;
        if (access[0]) begin
            writes_v = strobes;
        end
        writes = writes_v;
    end

    always @* begin
        read_count_d = 32'h0;
        if (register_q[17]) begin
            read_count_d = tallies_data;
        end
    end

    always @* begin
        happens_v = 12'h0;
        if (events[0]) begin
            happens_v = happens_v | 12'h1;
        end
        if (events[1]) begin
            happens_v = happens_v | 12'h2;
        end
        if (events[2]) begin
            happens_v = happens_v | 12'h4;
        end
        if (events[3]) begin
            happens_v = happens_v | 12'h8;
        end
        if (events[4]) begin
            happens_v = happens_v | 12'h10;
        end
        if (events[5]) begin
            happens_v = happens_v | 12'h20;
        end
        if (events[6]) begin
            happens_v = happens_v | 12'h40;
        end
        if (events[7]) begin
            happens_v = happens_v | 12'h80;
        end
        if (record) begin
            happens_v = happens_v | 12'h100;
        end
        if (events[8]) begin
            happens_v = happens_v | 12'h200;
        end
        if (events[9]) begin
            happens_v = happens_v | 12'h400;
        end
        if (events[10]) begin
            happens_v = happens_v | 12'h800;
        end
        happens = happens_v;
    end

    always @* begin
        read_ids_d = 32'h0;
        if (register_q[4]) begin
            read_ids_d = ID0;
        end
        if (register_q[5]) begin
            read_ids_d = ID1;
        end
        if (register_q[6]) begin
            read_ids_d = ID2;
        end
        if (register_q[7]) begin
            read_ids_d = ID3;
        end
        if (register_q[8]) begin
            read_ids_d = ID4;
        end
    end

    always @* begin
        read_iova_d = 32'h0;
        if (register_q[10]) begin
            read_iova_d = queue_iova;
        end
    end

    always @* begin
        read_synd0_d = 32'h0;
        if (register_q[11]) begin
            read_synd0_d = queue_syndrome0;
        end
    end

    always @* begin
        read_synd1_d = 32'h0;
        if (register_q[12]) begin
            read_synd1_d = queue_syndrome1;
        end
    end

    always @* begin
        read_stall_d = 32'h0;
        if (register_q[2]) begin
            read_stall_d = stall_ctrl_q;
        end
    end

    always @* begin
        read_walk_d = 32'h0;
        if (register_q[1]) begin
            read_walk_d = walk_attr_q;
        end
    end

    always @* begin
        read_queue_status_d = 32'h0;
        if (register_q[3]) begin
            read_queue_status_d = fq_status_q | fq_count_word;
        end
    end

    always @* begin
        read_irq_d = 32'h0;
        if (register_q[9]) begin
            read_irq_d = irq_status_word_word;
        end
    end

    always @* begin
        read_status_d = 32'h0;
        if (register_q[0]) begin
            read_status_d = irq_enable_q;
        end
        if (register_q[13]) begin
            read_status_d = tlbstatus_word_word;
        end
        if (register_q[14]) begin
            read_status_d = tlb_locks_word_word;
        end
    end

    initial begin
        register_q <= 19'h0;
        happened_q <= 12'h0;
        snaps_q <= 1'h0;
        pops_q <= 1'h0;
        read_count_q <= 32'h0;
        read_ids_q <= 32'h0;
        read_iova_q <= 32'h0;
        read_synd0_q <= 32'h0;
        read_synd1_q <= 32'h0;
        read_stall_q <= 32'h0;
        read_walk_q <= 32'h0;
        read_irq_q <= 32'h0;
        read_queue_status_q <= 32'h0;
        read_status_q <= 32'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            register_q <= 19'h0;
            happened_q <= 12'h0;
            snaps_q <= 1'h0;
            pops_q <= 1'h0;
            read_count_q <= 32'h0;
            read_ids_q <= 32'h0;
            read_iova_q <= 32'h0;
            read_synd0_q <= 32'h0;
            read_synd1_q <= 32'h0;
            read_stall_q <= 32'h0;
            read_walk_q <= 32'h0;
            read_irq_q <= 32'h0;
            read_queue_status_q <= 32'h0;
            read_status_q <= 32'h0;
        end else begin
            register_q <= register_d;
            happened_q <= happens;
            snaps_q <= (register_q[16] & writes[0]) & cnt_ctrl_fields_snapshot;
            pops_q <= (register_q[15] & writes[0]) & fq_pop_fields_pop;
            read_count_q <= read_count_d;
            read_ids_q <= read_ids_d;
            read_iova_q <= read_iova_d;
            read_synd0_q <= read_synd0_d;
            read_synd1_q <= read_synd1_d;
            read_stall_q <= read_stall_d;
            read_walk_q <= read_walk_d;
            read_irq_q <= read_irq_d;
            read_queue_status_q <= read_queue_status_d;
            read_status_q <= read_status_d;
        end
    end

    vcm_soc_iommu_registers_globals_irq_enable #(
        .CLEARABLE(32'h0),
        .RESET_VALUE(32'h0),
        .WRITABLE(32'h3)
    ) irq_enable (
        .clock(clock),
        .reset(reset),
        .mine(register_q[0]),
        .write(writes),
        .data(data),
        .set(32'h0),
        .q(irq_enable_q)
    );

    vcm_soc_iommu_registers_globals_irq_enable #(
        .CLEARABLE(32'h0),
        .RESET_VALUE(32'h3),
        .WRITABLE(32'h1f0f)
    ) walk_attr (
        .clock(clock),
        .reset(reset),
        .mine(register_q[1]),
        .write(writes),
        .data(data),
        .set(32'h0),
        .q(walk_attr_q)
    );

    vcm_soc_iommu_registers_globals_irq_enable #(
        .CLEARABLE(32'h0),
        .RESET_VALUE(32'h44000),
        .WRITABLE(32'hfffff)
    ) stall_ctrl (
        .clock(clock),
        .reset(reset),
        .mine(register_q[2]),
        .write(writes),
        .data(data),
        .set(32'h0),
        .q(stall_ctrl_q)
    );

    vcm_soc_iommu_registers_globals_irq_enable #(
        .CLEARABLE(32'h100),
        .RESET_VALUE(32'h0),
        .WRITABLE(32'h0)
    ) fq_status (
        .clock(clock),
        .reset(reset),
        .mine(register_q[3]),
        .write(writes),
        .data(data),
        .set(fq_events_word),
        .q(fq_status_q)
    );

    vcm_soc_iommu_registers_globals_tallies tallies (
        .clock(clock),
        .reset(reset),
        .happens(happened_q),
        .snapshot(snaps_q),
        .busy(tallies_busy),
        .read(tallies_read),
        .index(place),
        .data(tallies_data)
    );

    vcm_soc_iommu_registers_globals_queue queue (
        .clock(clock),
        .reset(reset),
        .valid(record),
        .fault(fault),
        .pop(pops_q),
        .lost(queue_lost),
        .count(queue_count),
        .iova(queue_iova),
        .syndrome0(queue_syndrome0),
        .syndrome1(queue_syndrome1)
    );

    vcm_soc_iommu_registers_globals_ticker ticker (
        .clock(clock),
        .reset(reset),
        .tick(tick),
        .now(now)
    );

    vcm_soc_iommu_registers_globals_irq_enable_fields irq_enable_fields (
        .word(irq_enable_q),
        .fault(irq_enable_fields_fault),
        .overflow(irq_enable_fields_overflow)
    );

    vcm_soc_iommu_registers_globals_walk_attr_fields walk_attr_fields (
        .word(walk_attr_q),
        .cache(walk_cache),
        .user(walk_user)
    );

    vcm_soc_iommu_registers_globals_stall_ctrl_fields stall_ctrl_fields (
        .word(stall_ctrl_q),
        .timeout(stall_ctrl_fields_timeout),
        .limit(stall_ctrl_fields_limit)
    );

    vcm_soc_iommu_registers_globals_irq_status_word irq_status_word (
        .fault(pending),
        .overflow(fq_status_fields_overflow),
        .contexts(interrupts),
        .word(irq_status_word_word)
    );

    vcm_soc_iommu_registers_globals_fq_count fq_count (
        .count(queue_count),
        .word(fq_count_word)
    );

    vcm_soc_iommu_registers_globals_fq_events fq_events (
        .overflow(queue_lost),
        .word(fq_events_word)
    );

    vcm_soc_iommu_registers_globals_fq_status_fields fq_status_fields (
        .word(fq_status_q),
        .overflow(fq_status_fields_overflow)
    );

    vcm_soc_iommu_registers_globals_fq_pop_fields fq_pop_fields (
        .word(data),
        .pop(fq_pop_fields_pop)
    );

    vcm_soc_iommu_registers_globals_cnt_ctrl_fields cnt_ctrl_fields (
        .word(data),
        .snapshot(cnt_ctrl_fields_snapshot)
    );

    vcm_soc_iommu_registers_banks_tlbstatus_word tlbstatus_word (
        .active(sync_active),
        .word(tlbstatus_word_word)
    );

    vcm_soc_iommu_registers_globals_tlb_locks_word tlb_locks_word (
        .count(locks),
        .word(tlb_locks_word_word)
    );
endmodule

module vcm_soc_iommu_registers_globals_tlb_locks_word (
    input  wire [2:0] count,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[2:0] = count;
        word = word_v;
    end
endmodule

module vcm_soc_iommu_registers_globals_cnt_ctrl_fields (
    input  wire [31:0] word,
    output wire snapshot
);
    assign snapshot = word[0];
endmodule

module vcm_soc_iommu_registers_globals_fq_pop_fields (
    input  wire [31:0] word,
    output wire pop
);
    assign pop = word[0];
endmodule

module vcm_soc_iommu_registers_globals_fq_status_fields (
    input  wire [31:0] word,
    output wire overflow
);
    assign overflow = word[8];
endmodule

module vcm_soc_iommu_registers_globals_fq_events (
    input  wire overflow,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[8] = overflow;
        word = word_v;
    end
endmodule

module vcm_soc_iommu_registers_globals_fq_count (
    input  wire [4:0] count,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[4:0] = count;
        word = word_v;
    end
endmodule

module vcm_soc_iommu_registers_globals_irq_status_word (
    input  wire fault,
    input  wire overflow,
    input  wire [7:0] contexts,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[0] = fault;
        word_v[1] = overflow;
        word_v[15:8] = contexts;
        word = word_v;
    end
endmodule

module vcm_soc_iommu_registers_globals_stall_ctrl_fields (
    input  wire [31:0] word,
    output wire [15:0] timeout,
    output wire [3:0] limit
);
    assign timeout = word[15:0];
    assign limit = word[19:16];
endmodule

module vcm_soc_iommu_registers_globals_walk_attr_fields (
    input  wire [31:0] word,
    output wire [3:0] cache,
    output wire [4:0] user
);
    assign cache = word[3:0];
    assign user = word[12:8];
endmodule

module vcm_soc_iommu_registers_globals_irq_enable_fields (
    input  wire [31:0] word,
    output wire fault,
    output wire overflow
);
    assign fault = word[0];
    assign overflow = word[1];
endmodule

module vcm_soc_iommu_registers_globals_ticker (
    input  wire clock,
    input  wire reset,
    output wire tick,
    output wire [15:0] now
);
    reg  [9:0] cycles_q;
    reg  wrapped_q;
    reg  [15:0] ticks_d;
    reg  [15:0] ticks_q;

    assign tick = wrapped_q;
    assign now = ticks_q;

    always @* begin
        ticks_d = ticks_q;
        if (wrapped_q) begin
            ticks_d = ticks_q + 16'h1;
        end
    end

    initial begin
        cycles_q <= 10'h0;
        wrapped_q <= 1'h0;
        ticks_q <= 16'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            cycles_q <= 10'h0;
            wrapped_q <= 1'h0;
            ticks_q <= 16'h0;
        end else begin
            cycles_q <= cycles_q + 10'h1;
            wrapped_q <= cycles_q == 10'h3ff;
            ticks_q <= ticks_d;
        end
    end
endmodule

module vcm_soc_iommu_registers_globals_queue (
    input  wire clock,
    input  wire reset,
    input  wire valid,
    input  wire [58:0] fault,
    input  wire pop,
    output wire lost,
    output wire [4:0] count,
    output reg  [31:0] iova,
    output reg  [31:0] syndrome0,
    output reg  [31:0] syndrome1
);
    wire fifo_valid;
    wire [58:0] fifo_head;
    wire fifo_full;
    wire [6:0] fifo_count;
    wire [2:0] pack0_slot;
    wire [31:0] pack0_word;
    wire [31:0] pack1_word;
    reg  [31:0] iova_v;
    reg  [31:0] syndrome0_v;
    reg  [31:0] syndrome1_v;

    assign lost = (valid & fifo_full) & (!pop);
    assign count = fifo_count[4:0];
    assign pack0_slot = {1'b0, fifo_head[58:57]};

    always @* begin
        iova_v = 32'h0;
        syndrome0_v = 32'h0;
        syndrome1_v = 32'h0;
        if (fifo_valid) begin
            iova_v = fifo_head[31:0];
            syndrome0_v = pack0_word;
            syndrome1_v = pack1_word;
        end
        iova = iova_v;
        syndrome0 = syndrome0_v;
        syndrome1 = syndrome1_v;
    end

    vcm_soc_iommu_registers_globals_queue_fifo fifo (
        .clock(clock),
        .reset(reset),
        .push(valid),
        .data(fault),
        .pop(pop),
        .valid(fifo_valid),
        .head(fifo_head),
        .full(fifo_full),
        .count(fifo_count)
    );

    vcm_soc_iommu_registers_globals_queue_pack0 pack0 (
        .status(fifo_head[36:32]),
        .write(fifo_head[37]),
        .privileged(fifo_head[38]),
        .instruction(fifo_head[39]),
        .stalled(fifo_head[56]),
        .slot(pack0_slot),
        .in_context(fifo_head[40]),
        .index(fifo_head[43:41]),
        .valid(fifo_valid),
        .word(pack0_word)
    );

    vcm_soc_iommu_registers_banks_fsynr1_word pack1 (
        .stream(fifo_head[47:44]),
        .id(fifo_head[55:48]),
        .word(pack1_word)
    );
endmodule

module vcm_soc_iommu_registers_globals_queue_pack0 (
    input  wire [4:0] status,
    input  wire write,
    input  wire privileged,
    input  wire instruction,
    input  wire stalled,
    input  wire [2:0] slot,
    input  wire in_context,
    input  wire [2:0] index,
    input  wire valid,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[4:0] = status;
        word_v[8] = write;
        word_v[9] = privileged;
        word_v[10] = instruction;
        word_v[11] = stalled;
        word_v[14:12] = slot;
        word_v[15] = in_context;
        word_v[23:16] = {5'h0, index};
        word_v[31] = valid;
        word = word_v;
    end
endmodule

module vcm_soc_iommu_registers_globals_queue_fifo (
    input  wire clock,
    input  wire reset,
    input  wire push,
    input  wire [58:0] data,
    input  wire pop,
    output wire valid,
    output wire [58:0] head,
    output wire full,
    output wire [6:0] count
);
    localparam AMPLE = 1'b0;
    localparam [4:0] CAPACITY = 5'h10;

    wire [4:0] held;
    wire any;
    wire removes;
    wire accepts;
    wire is_full;
    wire item_write;
    reg  [4:0] first_d;
    reg  [4:0] first_q;
    reg  [4:0] free_d;
    reg  [4:0] free_q;

    assign valid = any;
    assign full = is_full;
    assign count = {2'h0, held};
    assign held = free_q - first_q;
    assign any = free_q != first_q;
    assign removes = pop & any;
    assign accepts = push & ((!is_full) | removes);
    assign is_full = held == CAPACITY;
    assign item_write = push & (AMPLE | accepts);

    always @* begin
        first_d = first_q;
        if (removes) begin
            first_d = first_q + 5'h1;
        end
    end

    always @* begin
        free_d = free_q;
        if (accepts) begin
            free_d = free_q + 5'h1;
        end
    end

    initial begin
        first_q <= 5'h0;
        free_q <= 5'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            first_q <= 5'h0;
            free_q <= 5'h0;
        end else begin
            first_q <= first_d;
            free_q <= free_d;
        end
    end

    vcm_soc_lut_ram_4 item (
        .clock(clock),
        .write(item_write),
        .write_address(free_q[3:0]),
        .write_data(data),
        .read_address(first_q[3:0]),
        .read_data(head)
    );
endmodule

module vcm_soc_lut_ram_4 (
    input  wire clock,
    input  wire write,
    input  wire [3:0] write_address,
    input  wire [58:0] write_data,
    input  wire [3:0] read_address,
    output wire [58:0] read_data
);
    (* ram_style = "distributed" *)
    reg [58:0] words [0:15];
    integer i;
    initial for (i = 0; i < 16; i = i + 1) words[i] = 59'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_registers_globals_tallies (
    input  wire clock,
    input  wire reset,
    input  wire [11:0] happens,
    input  wire snapshot,
    output wire busy,
    input  wire read,
    input  wire [3:0] index,
    output wire [31:0] data
);
    localparam [1:0] CLEARING = 2'h0;
    localparam [1:0] DRAINING = 2'h3;
    localparam [3:0] LAST = 4'hc;
    localparam [1:0] LOADING = 2'h1;
    localparam [1:0] STEADY = 2'h2;

    wire [4:0] present_0;
    wire [4:0] present_1;
    wire [4:0] present_2;
    wire [4:0] present_3;
    wire [4:0] present_4;
    wire [4:0] present_5;
    wire [4:0] present_6;
    wire [4:0] present_7;
    wire [4:0] present_8;
    wire [4:0] present_9;
    wire [4:0] present_10;
    wire [4:0] present_11;
    wire [4:0] present_12;
    wire [4:0] present_13;
    wire [4:0] present_14;
    wire [4:0] present_15;
    wire [4:0] aside_0;
    wire [4:0] aside_1;
    wire [4:0] aside_2;
    wire [4:0] aside_3;
    wire [4:0] aside_4;
    wire [4:0] aside_5;
    wire [4:0] aside_6;
    wire [4:0] aside_7;
    wire [4:0] aside_8;
    wire [4:0] aside_9;
    wire [4:0] aside_10;
    wire [4:0] aside_11;
    wire [4:0] aside_12;
    wire [4:0] aside_13;
    wire [4:0] aside_14;
    wire [4:0] aside_15;
    reg  [4:0] present_8_0;
    reg  [4:0] present_8_1;
    reg  [4:0] present_8_2;
    reg  [4:0] present_8_3;
    reg  [4:0] present_8_4;
    reg  [4:0] present_8_5;
    reg  [4:0] present_8_6;
    reg  [4:0] present_8_7;
    reg  [4:0] aside_8_0;
    reg  [4:0] aside_8_1;
    reg  [4:0] aside_8_2;
    reg  [4:0] aside_8_3;
    reg  [4:0] aside_8_4;
    reg  [4:0] aside_8_5;
    reg  [4:0] aside_8_6;
    reg  [4:0] aside_8_7;
    reg  [4:0] present_4_0;
    reg  [4:0] present_4_1;
    reg  [4:0] present_4_2;
    reg  [4:0] present_4_3;
    reg  [4:0] aside_4_0;
    reg  [4:0] aside_4_1;
    reg  [4:0] aside_4_2;
    reg  [4:0] aside_4_3;
    reg  [4:0] present_2_0;
    reg  [4:0] present_2_1;
    reg  [4:0] aside_2_0;
    reg  [4:0] aside_2_1;
    reg  [4:0] addend;
    wire visits;
    wire drains;
    wire old_bank;
    reg  [4:0] place;
    wire tally_0_take;
    wire [4:0] tally_0_present;
    wire [4:0] tally_0_aside;
    wire tally_1_take;
    wire [4:0] tally_1_present;
    wire [4:0] tally_1_aside;
    wire tally_2_take;
    wire [4:0] tally_2_present;
    wire [4:0] tally_2_aside;
    wire tally_3_take;
    wire [4:0] tally_3_present;
    wire [4:0] tally_3_aside;
    wire tally_4_take;
    wire [4:0] tally_4_present;
    wire [4:0] tally_4_aside;
    wire tally_5_take;
    wire [4:0] tally_5_present;
    wire [4:0] tally_5_aside;
    wire tally_6_take;
    wire [4:0] tally_6_present;
    wire [4:0] tally_6_aside;
    wire tally_7_take;
    wire [4:0] tally_7_present;
    wire [4:0] tally_7_aside;
    wire tally_8_take;
    wire [4:0] tally_8_present;
    wire [4:0] tally_8_aside;
    wire tally_9_take;
    wire [4:0] tally_9_present;
    wire [4:0] tally_9_aside;
    wire tally_10_take;
    wire [4:0] tally_10_present;
    wire [4:0] tally_10_aside;
    wire tally_11_take;
    wire [4:0] tally_11_present;
    wire [4:0] tally_11_aside;
    wire [31:0] totals_write_data;
    reg  [1:0] phase_d;
    reg  [1:0] phase_q;
    reg  bank_d;
    reg  bank_q;
    reg  [3:0] turn_d;
    reg  [3:0] turn_q;
    reg  writes_q;
    reg  [4:0] at_q;
    reg  [31:0] word_d;
    reg  [31:0] word_q;
    reg  [4:0] short_q;
    reg  [4:0] present_8_0_v;
    reg  [4:0] aside_8_0_v;
    reg  [4:0] present_8_1_v;
    reg  [4:0] aside_8_1_v;
    reg  [4:0] present_8_2_v;
    reg  [4:0] aside_8_2_v;
    reg  [4:0] present_8_3_v;
    reg  [4:0] aside_8_3_v;
    reg  [4:0] present_8_4_v;
    reg  [4:0] aside_8_4_v;
    reg  [4:0] present_8_5_v;
    reg  [4:0] aside_8_5_v;
    reg  [4:0] present_8_6_v;
    reg  [4:0] aside_8_6_v;
    reg  [4:0] present_8_7_v;
    reg  [4:0] aside_8_7_v;
    reg  [4:0] present_4_0_v;
    reg  [4:0] aside_4_0_v;
    reg  [4:0] present_4_1_v;
    reg  [4:0] aside_4_1_v;
    reg  [4:0] present_4_2_v;
    reg  [4:0] aside_4_2_v;
    reg  [4:0] present_4_3_v;
    reg  [4:0] aside_4_3_v;
    reg  [4:0] present_2_0_v;
    reg  [4:0] aside_2_0_v;
    reg  [4:0] present_2_1_v;
    reg  [4:0] aside_2_1_v;
    reg  [4:0] addend_v;
    reg  [4:0] place_v;

    assign busy = phase_q != STEADY;
    assign present_0 = 5'h0;
    assign present_1 = tally_0_present;
    assign present_2 = tally_1_present;
    assign present_3 = tally_2_present;
    assign present_4 = tally_3_present;
    assign present_5 = tally_4_present;
    assign present_6 = tally_5_present;
    assign present_7 = tally_6_present;
    assign present_8 = tally_7_present;
    assign present_9 = tally_8_present;
    assign present_10 = tally_9_present;
    assign present_11 = tally_10_present;
    assign present_12 = tally_11_present;
    assign present_13 = 5'h0;
    assign present_14 = 5'h0;
    assign present_15 = 5'h0;
    assign aside_0 = 5'h0;
    assign aside_1 = tally_0_aside;
    assign aside_2 = tally_1_aside;
    assign aside_3 = tally_2_aside;
    assign aside_4 = tally_3_aside;
    assign aside_5 = tally_4_aside;
    assign aside_6 = tally_5_aside;
    assign aside_7 = tally_6_aside;
    assign aside_8 = tally_7_aside;
    assign aside_9 = tally_8_aside;
    assign aside_10 = tally_9_aside;
    assign aside_11 = tally_10_aside;
    assign aside_12 = tally_11_aside;
    assign aside_13 = 5'h0;
    assign aside_14 = 5'h0;
    assign aside_15 = 5'h0;
    assign visits = !read;
    assign drains = (phase_q == DRAINING) | (phase_q == CLEARING);
    assign old_bank = drains | read;
    assign tally_0_take = (visits & (!drains)) & (turn_q == 4'h1);
    assign tally_1_take = (visits & (!drains)) & (turn_q == 4'h2);
    assign tally_2_take = (visits & (!drains)) & (turn_q == 4'h3);
    assign tally_3_take = (visits & (!drains)) & (turn_q == 4'h4);
    assign tally_4_take = (visits & (!drains)) & (turn_q == 4'h5);
    assign tally_5_take = (visits & (!drains)) & (turn_q == 4'h6);
    assign tally_6_take = (visits & (!drains)) & (turn_q == 4'h7);
    assign tally_7_take = (visits & (!drains)) & (turn_q == 4'h8);
    assign tally_8_take = (visits & (!drains)) & (turn_q == 4'h9);
    assign tally_9_take = (visits & (!drains)) & (turn_q == 4'ha);
    assign tally_10_take = (visits & (!drains)) & (turn_q == 4'hb);
    assign tally_11_take = (visits & (!drains)) & (turn_q == 4'hc);
    assign totals_write_data = word_q + {27'h0, short_q};

    always @* begin
        phase_d = phase_q;
        bank_d = bank_q;
        turn_d = turn_q;
        if (visits) begin
            turn_d = turn_q + 4'h1;
            if (turn_q == LAST) begin
                turn_d = 4'h0;
                if (phase_q == LOADING) begin
                    phase_d = STEADY;
                end else if (phase_q != STEADY) begin
                    phase_d = LOADING;
                end
            end
        end
        if (snapshot) begin
            phase_d = DRAINING;
            turn_d = 4'h0;
            bank_d = !bank_q;
        end
    end

    always @* begin
        present_8_0_v = present_0;
        aside_8_0_v = aside_0;
        if (turn_q[0]) begin
            present_8_0_v = present_1;
            aside_8_0_v = aside_1;
        end
        present_8_0 = present_8_0_v;
        aside_8_0 = aside_8_0_v;
    end

    always @* begin
        present_8_1_v = present_2;
        aside_8_1_v = aside_2;
        if (turn_q[0]) begin
            present_8_1_v = present_3;
            aside_8_1_v = aside_3;
        end
        present_8_1 = present_8_1_v;
        aside_8_1 = aside_8_1_v;
    end

    always @* begin
        present_8_2_v = present_4;
        aside_8_2_v = aside_4;
        if (turn_q[0]) begin
            present_8_2_v = present_5;
            aside_8_2_v = aside_5;
        end
        present_8_2 = present_8_2_v;
        aside_8_2 = aside_8_2_v;
    end

    always @* begin
        present_8_3_v = present_6;
        aside_8_3_v = aside_6;
        if (turn_q[0]) begin
            present_8_3_v = present_7;
            aside_8_3_v = aside_7;
        end
        present_8_3 = present_8_3_v;
        aside_8_3 = aside_8_3_v;
    end

    always @* begin
        present_8_4_v = present_8;
        aside_8_4_v = aside_8;
        if (turn_q[0]) begin
            present_8_4_v = present_9;
            aside_8_4_v = aside_9;
        end
        present_8_4 = present_8_4_v;
        aside_8_4 = aside_8_4_v;
    end

    always @* begin
        present_8_5_v = present_10;
        aside_8_5_v = aside_10;
        if (turn_q[0]) begin
            present_8_5_v = present_11;
            aside_8_5_v = aside_11;
        end
        present_8_5 = present_8_5_v;
        aside_8_5 = aside_8_5_v;
    end

    always @* begin
        present_8_6_v = present_12;
        aside_8_6_v = aside_12;
        if (turn_q[0]) begin
            present_8_6_v = present_13;
            aside_8_6_v = aside_13;
        end
        present_8_6 = present_8_6_v;
        aside_8_6 = aside_8_6_v;
    end

    always @* begin
        present_8_7_v = present_14;
        aside_8_7_v = aside_14;
        if (turn_q[0]) begin
            present_8_7_v = present_15;
            aside_8_7_v = aside_15;
        end
        present_8_7 = present_8_7_v;
        aside_8_7 = aside_8_7_v;
    end

    always @* begin
        present_4_0_v = present_8_0;
        aside_4_0_v = aside_8_0;
        if (turn_q[1]) begin
            present_4_0_v = present_8_1;
            aside_4_0_v = aside_8_1;
        end
        present_4_0 = present_4_0_v;
        aside_4_0 = aside_4_0_v;
    end

    always @* begin
        present_4_1_v = present_8_2;
        aside_4_1_v = aside_8_2;
        if (turn_q[1]) begin
            present_4_1_v = present_8_3;
            aside_4_1_v = aside_8_3;
        end
        present_4_1 = present_4_1_v;
        aside_4_1 = aside_4_1_v;
    end

    always @* begin
        present_4_2_v = present_8_4;
        aside_4_2_v = aside_8_4;
        if (turn_q[1]) begin
            present_4_2_v = present_8_5;
            aside_4_2_v = aside_8_5;
        end
        present_4_2 = present_4_2_v;
        aside_4_2 = aside_4_2_v;
    end

    always @* begin
        present_4_3_v = present_8_6;
        aside_4_3_v = aside_8_6;
        if (turn_q[1]) begin
            present_4_3_v = present_8_7;
            aside_4_3_v = aside_8_7;
        end
        present_4_3 = present_4_3_v;
        aside_4_3 = aside_4_3_v;
    end

    always @* begin
        present_2_0_v = present_4_0;
        aside_2_0_v = aside_4_0;
        if (turn_q[2]) begin
            present_2_0_v = present_4_1;
            aside_2_0_v = aside_4_1;
        end
        present_2_0 = present_2_0_v;
        aside_2_0 = aside_2_0_v;
    end

    always @* begin
        present_2_1_v = present_4_2;
        aside_2_1_v = aside_4_2;
        if (turn_q[2]) begin
            present_2_1_v = present_4_3;
            aside_2_1_v = aside_4_3;
        end
        present_2_1 = present_2_1_v;
        aside_2_1 = aside_2_1_v;
    end

    always @* begin
        addend_v = present_2_0;
        if (turn_q[3]) begin
            addend_v = present_2_1;
        end
        if (drains) begin
            addend_v = aside_2_0;
            if (turn_q[3]) begin
                addend_v = aside_2_1;
            end
        end
        addend = addend_v;
    end

    always @* begin
        place_v = {1'b0, turn_q};
        if (read) begin
            place_v = {1'b0, index};
        end
        if (old_bank ^ bank_q) begin
            place_v = place_v | 5'h10;
        end
        place = place_v;
    end

    always @* begin
        word_d = 32'h0;
        if ((phase_q == STEADY) | (phase_q == DRAINING)) begin
            word_d = data;
        end
    end

    initial begin
        phase_q <= 2'h0;
        bank_q <= 1'h0;
        turn_q <= 4'h0;
        writes_q <= 1'h0;
        at_q <= 5'h0;
        word_q <= 32'h0;
        short_q <= 5'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            phase_q <= 2'h0;
            bank_q <= 1'h0;
            turn_q <= 4'h0;
            writes_q <= 1'h0;
            at_q <= 5'h0;
            word_q <= 32'h0;
            short_q <= 5'h0;
        end else begin
            phase_q <= phase_d;
            bank_q <= bank_d;
            turn_q <= turn_d;
            writes_q <= visits & (!snapshot);
            at_q <= place;
            word_q <= word_d;
            short_q <= addend;
        end
    end

    vcm_soc_iommu_registers_globals_tallies_tally tally_0 (
        .clock(clock),
        .reset(reset),
        .happens(happens[0]),
        .take(tally_0_take),
        .snapshot(snapshot),
        .present(tally_0_present),
        .aside(tally_0_aside)
    );

    vcm_soc_iommu_registers_globals_tallies_tally tally_1 (
        .clock(clock),
        .reset(reset),
        .happens(happens[1]),
        .take(tally_1_take),
        .snapshot(snapshot),
        .present(tally_1_present),
        .aside(tally_1_aside)
    );

    vcm_soc_iommu_registers_globals_tallies_tally tally_2 (
        .clock(clock),
        .reset(reset),
        .happens(happens[2]),
        .take(tally_2_take),
        .snapshot(snapshot),
        .present(tally_2_present),
        .aside(tally_2_aside)
    );

    vcm_soc_iommu_registers_globals_tallies_tally tally_3 (
        .clock(clock),
        .reset(reset),
        .happens(happens[3]),
        .take(tally_3_take),
        .snapshot(snapshot),
        .present(tally_3_present),
        .aside(tally_3_aside)
    );

    vcm_soc_iommu_registers_globals_tallies_tally tally_4 (
        .clock(clock),
        .reset(reset),
        .happens(happens[4]),
        .take(tally_4_take),
        .snapshot(snapshot),
        .present(tally_4_present),
        .aside(tally_4_aside)
    );

    vcm_soc_iommu_registers_globals_tallies_tally tally_5 (
        .clock(clock),
        .reset(reset),
        .happens(happens[5]),
        .take(tally_5_take),
        .snapshot(snapshot),
        .present(tally_5_present),
        .aside(tally_5_aside)
    );

    vcm_soc_iommu_registers_globals_tallies_tally tally_6 (
        .clock(clock),
        .reset(reset),
        .happens(happens[6]),
        .take(tally_6_take),
        .snapshot(snapshot),
        .present(tally_6_present),
        .aside(tally_6_aside)
    );

    vcm_soc_iommu_registers_globals_tallies_tally tally_7 (
        .clock(clock),
        .reset(reset),
        .happens(happens[7]),
        .take(tally_7_take),
        .snapshot(snapshot),
        .present(tally_7_present),
        .aside(tally_7_aside)
    );

    vcm_soc_iommu_registers_globals_tallies_tally tally_8 (
        .clock(clock),
        .reset(reset),
        .happens(happens[8]),
        .take(tally_8_take),
        .snapshot(snapshot),
        .present(tally_8_present),
        .aside(tally_8_aside)
    );

    vcm_soc_iommu_registers_globals_tallies_tally tally_9 (
        .clock(clock),
        .reset(reset),
        .happens(happens[9]),
        .take(tally_9_take),
        .snapshot(snapshot),
        .present(tally_9_present),
        .aside(tally_9_aside)
    );

    vcm_soc_iommu_registers_globals_tallies_tally tally_10 (
        .clock(clock),
        .reset(reset),
        .happens(happens[10]),
        .take(tally_10_take),
        .snapshot(snapshot),
        .present(tally_10_present),
        .aside(tally_10_aside)
    );

    vcm_soc_iommu_registers_globals_tallies_tally tally_11 (
        .clock(clock),
        .reset(reset),
        .happens(happens[11]),
        .take(tally_11_take),
        .snapshot(snapshot),
        .present(tally_11_present),
        .aside(tally_11_aside)
    );

    vcm_soc_lut_ram_3 totals (
        .clock(clock),
        .write(writes_q),
        .write_address(at_q),
        .write_data(totals_write_data),
        .read_address(place),
        .read_data(data)
    );
endmodule

module vcm_soc_lut_ram_3 (
    input  wire clock,
    input  wire write,
    input  wire [4:0] write_address,
    input  wire [31:0] write_data,
    input  wire [4:0] read_address,
    output wire [31:0] read_data
);
    (* ram_style = "distributed" *)
    reg [31:0] words [0:31];
    integer i;
    initial for (i = 0; i < 32; i = i + 1) words[i] = 32'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_registers_globals_tallies_tally (
    input  wire clock,
    input  wire reset,
    input  wire happens,
    input  wire take,
    input  wire snapshot,
    output wire [4:0] present,
    output wire [4:0] aside
);
    reg  [4:0] count_d;
    reg  [4:0] count_q;
    reg  [4:0] moved_d;
    reg  [4:0] moved_q;

    assign present = count_q;
    assign aside = moved_q;

    always @* begin
        moved_d = moved_q;
        if (snapshot) begin
            moved_d = count_q;
        end
    end

    always @* begin
        count_d = count_q + {4'h0, happens};
        if (take | snapshot) begin
            count_d = {4'h0, happens};
        end
    end

    initial begin
        count_q <= 5'h0;
        moved_q <= 5'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            count_q <= 5'h0;
            moved_q <= 5'h0;
        end else begin
            count_q <= count_d;
            moved_q <= moved_d;
        end
    end
endmodule

module vcm_soc_iommu_registers_globals_irq_enable #(
    parameter [31:0] CLEARABLE = 32'h0,
    parameter [31:0] RESET_VALUE = 32'h0,
    parameter [31:0] WRITABLE = 32'h3
) (
    input  wire clock,
    input  wire reset,
    input  wire mine,
    input  wire [3:0] write,
    input  wire [31:0] data,
    input  wire [31:0] set,
    output wire [31:0] q
);
    wire [31:0] value;
    wire [31:0] written;
    reg  [31:0] update;
    reg  [31:0] held_q;
    reg  [31:0] update_v;

    assign q = value;
    assign value = held_q ^ RESET_VALUE;
    assign written = ((value & (~WRITABLE)) & (~(data & CLEARABLE))) | (data & WRITABLE);

    always @* begin
        update_v = value;
        if (mine & write[0]) begin
            update_v = (update_v & 32'hffffff00) | (written & 32'hff);
        end
        if (mine & write[1]) begin
            update_v = (update_v & 32'hffff00ff) | (written & 32'hff00);
        end
        if (mine & write[2]) begin
            update_v = (update_v & 32'hff00ffff) | (written & 32'hff0000);
        end
        if (mine & write[3]) begin
            update_v = (update_v & 32'hffffff) | (written & 32'hff000000);
        end
        update = update_v;
    end

    initial begin
        held_q <= 32'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            held_q <= 32'h0;
        end else begin
            held_q <= (update | (set & CLEARABLE)) ^ RESET_VALUE;
        end
    end
endmodule

module vcm_soc_iommu_registers_commands (
    input  wire clock,
    input  wire reset,
    input  wire [53:0] access,
    output wire [32:0] reply,
    output reg  [48:0] command,
    output wire [9:0] resume,
    output wire [26:0] probe
);
    localparam [15:0] GLOBAL_TLBIALL_AT = 16'h60;
    localparam [15:0] GLOBAL_TLBSYNC_AT = 16'h64;
    localparam [15:0] RESUME_AT = 16'h8;
    localparam [15:0] TLBIALL_AT = 16'h618;
    localparam [15:0] TLBIASID_AT = 16'h610;
    localparam [15:0] TLBIVAA_AT = 16'h608;
    localparam [15:0] TLBIVA_AT = 16'h600;
    localparam [15:0] TLBPRELOAD_AT = 16'h650;
    localparam [15:0] TLBRANGE_AT = 16'h640;
    localparam [15:0] TLBSYNC_AT = 16'h7f0;
    localparam [15:0] V2PPR_AT = 16'h800;
    localparam [15:0] V2PPW_AT = 16'h808;
    localparam [15:0] V2PUR_AT = 16'h810;
    localparam [15:0] V2PUW_AT = 16'h818;

    wire [15:0] offset;
    wire banked;
    wire all;
    wire all_sync;
    wire resume_here;
    wire iva;
    wire ivaa;
    wire iasid;
    wire iall;
    wire range;
    wire sync;
    wire preload;
    wire ppr;
    wire ppw;
    wire pur;
    wire puw;
    wire select_hit;
    wire [2:0] select_index;
    wire [15:0] select_offset;
    reg  [11:0] kind_d;
    reg  [11:0] kind_q;
    reg  invalidates_q;
    reg  syncs_q;
    reg  goes_on_q;
    reg  probes_q;
    reg  [9:0] resumes_d;
    reg  [9:0] resumes_q;
    wire [11:0] range_fields_pages;
    wire [19:0] range_fields_vpn;
    wire [7:0] asid_fields_asid;
    wire resume_fields_terminate;
    wire resume_fields_one;
    wire resume_fields_write;
    wire [2:0] resume_fields_slot;
    wire preload_fields_lock;
    reg  [48:0] command_v;

    assign reply = {32'h0, ((kind_q[0] | kind_q[1]) | kind_q[7]) | kind_q[8]};
    assign resume = resumes_q;
    assign probe = {kind_q[11] & preload_fields_lock, kind_q[10], kind_q[9], range_fields_vpn, select_index, probes_q};
    assign offset = select_offset;
    assign banked = select_hit;
    assign all = access[17:2] == GLOBAL_TLBIALL_AT;
    assign all_sync = access[17:2] == GLOBAL_TLBSYNC_AT;
    assign resume_here = (banked & (offset[11:5] == RESUME_AT[11:5])) & (offset[4:0] == RESUME_AT[4:0]);
    assign iva = (banked & (offset[11:5] == TLBIVA_AT[11:5])) & (offset[4:0] == TLBIVA_AT[4:0]);
    assign ivaa = (banked & (offset[11:5] == TLBIVAA_AT[11:5])) & (offset[4:0] == TLBIVAA_AT[4:0]);
    assign iasid = (banked & (offset[11:5] == TLBIASID_AT[11:5])) & (offset[4:0] == TLBIASID_AT[4:0]);
    assign iall = (banked & (offset[11:5] == TLBIALL_AT[11:5])) & (offset[4:0] == TLBIALL_AT[4:0]);
    assign range = (banked & (offset[11:5] == TLBRANGE_AT[11:5])) & (offset[4:0] == TLBRANGE_AT[4:0]);
    assign sync = (banked & (offset[11:5] == TLBSYNC_AT[11:5])) & (offset[4:0] == TLBSYNC_AT[4:0]);
    assign preload = (banked & (offset[11:5] == TLBPRELOAD_AT[11:5])) & (offset[4:0] == TLBPRELOAD_AT[4:0]);
    assign ppr = (banked & (offset[11:5] == V2PPR_AT[11:5])) & (offset[4:0] == V2PPR_AT[4:0]);
    assign ppw = (banked & (offset[11:5] == V2PPW_AT[11:5])) & (offset[4:0] == V2PPW_AT[4:0]);
    assign pur = (banked & (offset[11:5] == V2PUR_AT[11:5])) & (offset[4:0] == V2PUR_AT[4:0]);
    assign puw = (banked & (offset[11:5] == V2PUW_AT[11:5])) & (offset[4:0] == V2PUW_AT[4:0]);

    always @* begin
        kind_d = kind_q;
        kind_d[0] = ((((all | iva) | ivaa) | iasid) | iall) | range;
        kind_d[1] = all_sync | sync;
        kind_d[2] = banked;
        kind_d[3] = iva | iasid;
        kind_d[4] = iasid;
        kind_d[5] = (iva | ivaa) | range;
        kind_d[6] = range;
        kind_d[7] = resume_here;
        kind_d[8] = (((preload | ppr) | ppw) | pur) | puw;
        kind_d[9] = (preload | ppr) | ppw;
        kind_d[10] = ppw | puw;
        kind_d[11] = preload;
    end

    always @* begin
        resumes_d = resumes_q;
        resumes_d[0] = goes_on_q;
        resumes_d[3:1] = select_index;
        resumes_d[4] = resume_fields_terminate;
        resumes_d[5] = resume_fields_one;
        resumes_d[6] = resume_fields_write;
        resumes_d[9:7] = resume_fields_slot;
    end

    always @* begin
        command_v[0] = invalidates_q;
        command_v[1] = syncs_q;
        command_v[2] = kind_q[2];
        command_v[5:3] = select_index;
        command_v[6] = kind_q[3];
        command_v[7] = kind_q[4];
        command_v[15:8] = asid_fields_asid;
        command_v[16] = kind_q[5];
        command_v[36:17] = range_fields_vpn;
        command_v[48:37] = 12'h0;
        if (kind_q[6]) begin
            command_v[48:37] = range_fields_pages;
        end
        command = command_v;
    end

    initial begin
        kind_q <= 12'h0;
        invalidates_q <= 1'h0;
        syncs_q <= 1'h0;
        goes_on_q <= 1'h0;
        probes_q <= 1'h0;
        resumes_q <= 10'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            kind_q <= 12'h0;
            invalidates_q <= 1'h0;
            syncs_q <= 1'h0;
            goes_on_q <= 1'h0;
            probes_q <= 1'h0;
            resumes_q <= 10'h0;
        end else begin
            kind_q <= kind_d;
            invalidates_q <= access[0] & kind_q[0];
            syncs_q <= access[0] & kind_q[1];
            goes_on_q <= access[0] & kind_q[7];
            probes_q <= access[0] & kind_q[8];
            resumes_q <= resumes_d;
        end
    end

    vcm_soc_iommu_registers_banks_select select (
        .addr(access[17:2]),
        .hit(select_hit),
        .index(select_index),
        .offset(select_offset)
    );

    vcm_soc_iommu_registers_commands_range_fields range_fields (
        .word(access[49:18]),
        .pages(range_fields_pages),
        .vpn(range_fields_vpn)
    );

    vcm_soc_iommu_registers_banks_lookups_contextidr_fields asid_fields (
        .word(access[49:18]),
        .asid(asid_fields_asid)
    );

    vcm_soc_iommu_registers_commands_resume_fields resume_fields (
        .word(access[49:18]),
        .terminate(resume_fields_terminate),
        .one(resume_fields_one),
        .write(resume_fields_write),
        .slot(resume_fields_slot)
    );

    vcm_soc_iommu_registers_commands_preload_fields preload_fields (
        .word(access[49:18]),
        .lock(preload_fields_lock)
    );
endmodule

module vcm_soc_iommu_registers_commands_preload_fields (
    input  wire [31:0] word,
    output wire lock
);
    assign lock = word[0];
endmodule

module vcm_soc_iommu_registers_commands_resume_fields (
    input  wire [31:0] word,
    output wire terminate,
    output wire one,
    output wire write,
    output wire [2:0] slot
);
    assign terminate = word[0];
    assign one = word[1];
    assign write = word[4];
    assign slot = word[10:8];
endmodule

module vcm_soc_iommu_registers_commands_range_fields (
    input  wire [31:0] word,
    output wire [11:0] pages,
    output wire [19:0] vpn
);
    assign pages = word[11:0];
    assign vpn = word[31:12];
endmodule

module vcm_soc_iommu_registers_streams (
    input  wire clock,
    input  wire reset,
    input  wire [6:0] sweep,
    input  wire [53:0] access,
    output wire [32:0] reply,
    input  wire [3:0] read_stream,
    output wire [4:0] read_route,
    input  wire [3:0] write_stream,
    output wire [4:0] write_route,
    input  wire [3:0] lookup_stream,
    output wire [4:0] lookup_route,
    output wire configured
);
    localparam [1:0] KIND_RESET = 2'h2;

    wire [3:0] strobes;
    wire write;
    reg  [3:0] place;
    reg  [4:0] merged;
    wire select_hit;
    wire [3:0] select_index;
    wire [4:0] bus_read_data;
    wire [2:0] fields_index;
    wire [1:0] fields_kind;
    wire [1:0] s2cr_word_kind;
    wire [31:0] s2cr_word_word;
    reg  here_q;
    reg  changed_q;
    reg  [31:0] word_d;
    reg  [31:0] word_q;
    reg  [3:0] place_v;
    reg  [4:0] merged_v;

    assign reply = {word_q, here_q};
    assign configured = changed_q;
    assign strobes = access[53:50];
    assign write = changed_q | sweep[0];
    assign s2cr_word_kind = bus_read_data[4:3] ^ KIND_RESET;

    always @* begin
        merged_v = bus_read_data;
        if (strobes[0]) begin
            merged_v[2:0] = fields_index;
        end
        if (strobes[2]) begin
            merged_v[4:3] = fields_kind ^ KIND_RESET;
        end
        place_v = select_index;
        if (sweep[0]) begin
            merged_v[2:0] = 3'h0;
            merged_v[4:3] = 2'h0;
            place_v = sweep[4:1];
        end
        place = place_v;
        merged = merged_v;
    end

    always @* begin
        word_d = 32'h0;
        if (here_q) begin
            word_d = s2cr_word_word;
        end
    end

    initial begin
        here_q <= 1'h0;
        changed_q <= 1'h0;
        word_q <= 32'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            here_q <= 1'h0;
            changed_q <= 1'h0;
            word_q <= 32'h0;
        end else begin
            here_q <= select_hit;
            changed_q <= access[0] & here_q;
            word_q <= word_d;
        end
    end

    vcm_soc_iommu_registers_streams_select select (
        .addr(access[17:2]),
        .hit(select_hit),
        .index(select_index)
    );

    vcm_soc_lut_ram_2 bus (
        .clock(clock),
        .write(write),
        .write_address(place),
        .write_data(merged),
        .read_address(select_index),
        .read_data(bus_read_data)
    );

    vcm_soc_iommu_registers_streams_reads reads (
        .clock(clock),
        .write(write),
        .write_address(place),
        .write_data(merged),
        .stream(read_stream),
        .closed(sweep[0]),
        .route(read_route)
    );

    vcm_soc_iommu_registers_streams_reads writes (
        .clock(clock),
        .write(write),
        .write_address(place),
        .write_data(merged),
        .stream(write_stream),
        .closed(sweep[0]),
        .route(write_route)
    );

    vcm_soc_iommu_registers_streams_reads lookups (
        .clock(clock),
        .write(write),
        .write_address(place),
        .write_data(merged),
        .stream(lookup_stream),
        .closed(sweep[0]),
        .route(lookup_route)
    );

    vcm_soc_iommu_registers_streams_fields fields (
        .word(access[49:18]),
        .index(fields_index),
        .kind(fields_kind)
    );

    vcm_soc_iommu_registers_streams_s2cr_word s2cr_word (
        .index(bus_read_data[2:0]),
        .kind(s2cr_word_kind),
        .word(s2cr_word_word)
    );
endmodule

module vcm_soc_iommu_registers_streams_s2cr_word (
    input  wire [2:0] index,
    input  wire [1:0] kind,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[2:0] = index;
        word_v[17:16] = kind;
        word = word_v;
    end
endmodule

module vcm_soc_iommu_registers_streams_fields (
    input  wire [31:0] word,
    output wire [2:0] index,
    output wire [1:0] kind
);
    assign index = word[2:0];
    assign kind = word[17:16];
endmodule

module vcm_soc_iommu_registers_streams_reads (
    input  wire clock,
    input  wire write,
    input  wire [3:0] write_address,
    input  wire [4:0] write_data,
    input  wire [3:0] stream,
    input  wire closed,
    output wire [4:0] route
);
    localparam [1:0] KINDS_BYPASS = 2'h1;
    localparam [1:0] KINDS_TRANSLATE = 2'h0;
    localparam [1:0] KIND_RESET = 2'h2;

    wire [1:0] kind;
    wire [4:0] held_read_data;

    assign route = {held_read_data[2:0], (!closed) & (kind == KINDS_TRANSLATE), (!closed) & (kind == KINDS_BYPASS)};
    assign kind = held_read_data[4:3] ^ KIND_RESET;

    vcm_soc_lut_ram_2 held (
        .clock(clock),
        .write(write),
        .write_address(write_address),
        .write_data(write_data),
        .read_address(stream),
        .read_data(held_read_data)
    );
endmodule

module vcm_soc_lut_ram_2 (
    input  wire clock,
    input  wire write,
    input  wire [3:0] write_address,
    input  wire [4:0] write_data,
    input  wire [3:0] read_address,
    output wire [4:0] read_data
);
    (* ram_style = "distributed" *)
    reg [4:0] words [0:15];
    integer i;
    initial for (i = 0; i < 16; i = i + 1) words[i] = 5'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_iommu_registers_streams_select (
    input  wire [15:0] addr,
    output wire hit,
    output wire [3:0] index
);
    localparam [13:0] BASE = 14'h80;
    localparam [13:0] STREAMS = 14'h10;

    wire [13:0] word;

    assign hit = word < STREAMS;
    assign index = word[3:0];
    assign word = addr[15:2] - BASE;
endmodule

module vcm_soc_iommu_registers_banks (
    input  wire clock,
    input  wire reset,
    input  wire [6:0] sweep,
    input  wire [53:0] access,
    output reg  [32:0] reply,
    input  wire [2:0] bank_index,
    output wire [62:0] bank,
    input  wire [2:0] respond_index,
    output wire [62:0] respond_bank,
    input  wire record,
    input  wire [58:0] fault,
    output wire busy,
    input  wire [7:0] stalled,
    input  wire [31:0] probed,
    input  wire [7:0] probing,
    input  wire [7:0] sync_active,
    output wire [7:0] interrupts,
    output wire [4:0] configured
);
    localparam [15:0] ATSR_AT = 16'h8f0;
    localparam [4:0] CODE_STALL_TIMEOUT = 5'h13;
    localparam [15:0] CONTEXTIDR_AT = 16'h34;
    localparam [31:0] CONTEXTIDR_MASK = 32'hff;
    localparam [15:0] DACR_AT = 16'h80;
    localparam [31:0] DACR_MASK = 32'hffffffff;
    localparam [15:0] FAR_AT = 16'h60;
    localparam [15:0] FSR_AT = 16'h58;
    localparam [15:0] FSYNR0_AT = 16'h68;
    localparam [15:0] FSYNR1_AT = 16'h6c;
    localparam [15:0] PAR_AT = 16'h50;
    localparam [15:0] SCTLR_AT = 16'h0;
    localparam [31:0] SCTLR_MASK = 32'h1001c5;
    localparam [15:0] TLBSTATUS_AT = 16'h7f4;
    localparam [15:0] TTBR0_AT = 16'h20;
    localparam [31:0] TTBR0_MASK = 32'hffffc000;

    wire [15:0] offset;
    wire banked;
    wire sctlr;
    wire ttbr0;
    wire contextidr;
    wire dacr;
    wire fsr;
    wire far;
    wire fsynr0;
    wire fsynr1;
    wire par;
    wire tlbstatus;
    wire atsr;
    wire [3:0] strobes;
    reg  [2:0] number;
    wire [2:0] index;
    wire takes_data;
    wire takes_result;
    wire takes_word;
    wire [31:0] masked;
    reg  [2:0] port_place;
    reg  [3:0] write_sctlr;
    reg  [3:0] write_ttbr0;
    reg  [3:0] write_contextidr;
    reg  [3:0] write_dacr;
    reg  [31:0] mask;
    wire [31:0] data;
    reg  [31:0] strobed;
    reg  [2:0] fault_place;
    wire [7:0] old;
    reg  [7:0] new_flags;
    wire records;
    wire remains;
    wire any_flag;
    reg  write_flags;
    reg  [1:0] size;
    wire [2:0] thermometer;
    reg  [7:0] will_raise;
    reg  [7:0] will_fault;
    reg  is_stalled;
    reg  is_probing;
    reg  is_syncing;
    wire select_hit;
    wire [2:0] select_index;
    wire [15:0] select_offset;
    wire [31:0] store_write_data;
    wire [5:0] store_read_address;
    wire [31:0] store_read_data;
    reg  [13:0] register_d;
    reg  [13:0] register_q;
    reg  [2:0] flags_read_address;
    wire [7:0] flags_read_data;
    reg  [31:0] result_d;
    reg  [31:0] result_q;
    reg  [1:0] words_d;
    reg  [1:0] words_q;
    reg  [3:0] kept_bytes_d;
    reg  [3:0] kept_bytes_q;
    reg  [5:0] kept_at_d;
    reg  [5:0] kept_at_q;
    reg  [31:0] kept_data_d;
    reg  [31:0] kept_data_q;
    reg  [31:0] kept_far_d;
    reg  [31:0] kept_far_q;
    reg  [31:0] kept_fsynr0_d;
    reg  [31:0] kept_fsynr0_q;
    reg  [31:0] kept_fsynr1_d;
    reg  [31:0] kept_fsynr1_q;
    reg  [31:0] kept_par_d;
    reg  [31:0] kept_par_q;
    reg  [7:0] faulted_q;
    reg  [7:0] raises_q;
    reg  changed_q;
    reg  [31:0] read_fsr_d;
    reg  [31:0] read_fsr_q;
    reg  [31:0] read_status_d;
    reg  [31:0] read_status_q;
    wire kind_of_translation;
    wire kind_of_access_flag;
    wire kind_of_permission;
    wire kind_of_external;
    wire kind_of_domain;
    wire kind_of_illegal_burst;
    wire sctlr_bits_raises;
    wire fsr_fields_translation;
    wire fsr_fields_access_flag;
    wire fsr_fields_permission;
    wire fsr_fields_external;
    wire fsr_fields_domain;
    wire fsr_fields_illegal_burst;
    wire fsr_fields_timeout;
    wire fsr_fields_multi;
    wire [31:0] fsr_word_word;
    wire [2:0] fsynr0_word_slot;
    wire [31:0] fsynr0_word_word;
    wire [31:0] fsynr1_word_word;
    wire par_word_faulted;
    wire [31:0] par_word_word;
    wire [31:0] tlbstatus_word_word;
    wire [31:0] atsr_word_word;
    reg  [2:0] number_v;
    reg  [2:0] port_place_v;
    reg  [3:0] write_sctlr_v;
    reg  [3:0] write_ttbr0_v;
    reg  [3:0] write_contextidr_v;
    reg  [3:0] write_dacr_v;
    reg  [7:0] will_raise_v;
    reg  [2:0] fault_place_v;
    reg  [7:0] new_flags_v;
    reg  write_flags_v;
    reg  [31:0] strobed_v;
    reg  [7:0] will_fault_v;
    reg  [1:0] size_v;
    reg  [31:0] mask_v;
    reg  is_stalled_v;
    reg  is_probing_v;
    reg  is_syncing_v;
    reg  [32:0] reply_v;

    assign busy = |words_q;
    assign interrupts = faulted_q & raises_q;
    assign configured = {index, changed_q, changed_q};
    assign offset = select_offset;
    assign banked = select_hit;
    assign sctlr = (banked & (offset[11:5] == SCTLR_AT[11:5])) & (offset[4:0] == SCTLR_AT[4:0]);
    assign ttbr0 = (banked & (offset[11:5] == TTBR0_AT[11:5])) & (offset[4:0] == TTBR0_AT[4:0]);
    assign contextidr = (banked & (offset[11:5] == CONTEXTIDR_AT[11:5])) & (offset[4:0] == CONTEXTIDR_AT[4:0]);
    assign dacr = (banked & (offset[11:5] == DACR_AT[11:5])) & (offset[4:0] == DACR_AT[4:0]);
    assign fsr = (banked & (offset[11:5] == FSR_AT[11:5])) & (offset[4:0] == FSR_AT[4:0]);
    assign far = (banked & (offset[11:5] == FAR_AT[11:5])) & (offset[4:0] == FAR_AT[4:0]);
    assign fsynr0 = (banked & (offset[11:5] == FSYNR0_AT[11:5])) & (offset[4:0] == FSYNR0_AT[4:0]);
    assign fsynr1 = (banked & (offset[11:5] == FSYNR1_AT[11:5])) & (offset[4:0] == FSYNR1_AT[4:0]);
    assign par = (banked & (offset[11:5] == PAR_AT[11:5])) & (offset[4:0] == PAR_AT[4:0]);
    assign tlbstatus = (banked & (offset[11:5] == TLBSTATUS_AT[11:5])) & (offset[4:0] == TLBSTATUS_AT[4:0]);
    assign atsr = (banked & (offset[11:5] == ATSR_AT[11:5])) & (offset[4:0] == ATSR_AT[4:0]);
    assign strobes = access[53:50];
    assign index = register_q[13:11];
    assign takes_data = changed_q;
    assign takes_result = result_q[0] & (!changed_q);
    assign takes_word = ((|words_q) & (!result_q[0])) & (!changed_q);
    assign masked = data & mask;
    assign data = access[49:18];
    assign old = flags_read_data;
    assign records = record & fault[40];
    assign remains = (((((old[0] | old[1]) | old[2]) | old[3]) | old[4]) | old[5]) | old[6];
    assign any_flag = ((((((new_flags[0] | new_flags[1]) | new_flags[2]) | new_flags[3]) | new_flags[4]) | new_flags[5]) | new_flags[6]) | new_flags[7];
    assign thermometer = result_q[11:9];
    assign store_write_data = (((kept_data_q | kept_far_q) | kept_fsynr0_q) | kept_fsynr1_q) | kept_par_q;
    assign store_read_address = ({3'h0, index} << 3) | {3'h0, register_q[10:8]};
    assign fsynr0_word_slot = {1'b0, fault[58:57]};
    assign par_word_faulted = |result_q[8:4];

    always @* begin
        register_d = register_q;
        register_d[0] = sctlr;
        register_d[1] = ttbr0;
        register_d[2] = contextidr;
        register_d[3] = dacr;
        register_d[4] = fsr;
        register_d[5] = tlbstatus;
        register_d[6] = atsr;
        register_d[7] = ((((((sctlr | ttbr0) | contextidr) | dacr) | far) | fsynr0) | fsynr1) | par;
        register_d[10:8] = number;
        register_d[13:11] = select_index;
    end

    always @* begin
        result_d = result_q;
        if (takes_result) begin
            result_d[0] = 1'b0;
        end
        if (probed[0]) begin
            result_d = probed;
        end
    end

    always @* begin
        words_d = words_q;
        if (records & (!remains)) begin
            words_d = 2'h1;
        end
        if (takes_word) begin
            words_d = words_q + 2'h1;
        end
    end

    always @* begin
        number_v = 3'h0;
        if (((ttbr0 | dacr) | fsynr0) | par) begin
            number_v = number_v | 3'h1;
        end
        if (((contextidr | dacr) | fsynr1) | par) begin
            number_v = number_v | 3'h2;
        end
        if (((far | fsynr0) | fsynr1) | par) begin
            number_v = number_v | 3'h4;
        end
        number = number_v;
    end

    always @* begin
        port_place_v = index;
        write_sctlr_v = 4'h0;
        write_ttbr0_v = 4'h0;
        write_contextidr_v = 4'h0;
        write_dacr_v = 4'h0;
        if (changed_q) begin
            if (register_q[0]) begin
                write_sctlr_v = strobes;
            end
            if (register_q[1]) begin
                write_ttbr0_v = strobes;
            end
            if (register_q[2]) begin
                write_contextidr_v = strobes;
            end
            if (register_q[3]) begin
                write_dacr_v = strobes;
            end
        end
        if (sweep[0]) begin
            port_place_v = sweep[3:1];
            write_sctlr_v = 4'hf;
            write_ttbr0_v = 4'hf;
            write_contextidr_v = 4'hf;
            write_dacr_v = 4'hf;
        end
        port_place = port_place_v;
        write_sctlr = write_sctlr_v;
        write_ttbr0 = write_ttbr0_v;
        write_contextidr = write_contextidr_v;
        write_dacr = write_dacr_v;
    end

    always @* begin
        will_raise_v = raises_q;
        if (((access[0] & register_q[0]) & strobes[0]) & (index == 3'h0)) begin
            will_raise_v = (will_raise_v & 8'hfe) | ({7'h0, sctlr_bits_raises} << 0);
        end
        if (((access[0] & register_q[0]) & strobes[0]) & (index == 3'h1)) begin
            will_raise_v = (will_raise_v & 8'hfd) | ({7'h0, sctlr_bits_raises} << 1);
        end
        if (((access[0] & register_q[0]) & strobes[0]) & (index == 3'h2)) begin
            will_raise_v = (will_raise_v & 8'hfb) | ({7'h0, sctlr_bits_raises} << 2);
        end
        if (((access[0] & register_q[0]) & strobes[0]) & (index == 3'h3)) begin
            will_raise_v = (will_raise_v & 8'hf7) | ({7'h0, sctlr_bits_raises} << 3);
        end
        if (((access[0] & register_q[0]) & strobes[0]) & (index == 3'h4)) begin
            will_raise_v = (will_raise_v & 8'hef) | ({7'h0, sctlr_bits_raises} << 4);
        end
        if (((access[0] & register_q[0]) & strobes[0]) & (index == 3'h5)) begin
            will_raise_v = (will_raise_v & 8'hdf) | ({7'h0, sctlr_bits_raises} << 5);
        end
        if (((access[0] & register_q[0]) & strobes[0]) & (index == 3'h6)) begin
            will_raise_v = (will_raise_v & 8'hbf) | ({7'h0, sctlr_bits_raises} << 6);
        end
        if (((access[0] & register_q[0]) & strobes[0]) & (index == 3'h7)) begin
            will_raise_v = (will_raise_v & 8'h7f) | ({7'h0, sctlr_bits_raises} << 7);
        end
        will_raise = will_raise_v;
    end

    always @* begin
        fault_place_v = index;
        if (record) begin
            fault_place_v = fault[43:41];
        end
        flags_read_address = fault_place_v;
        new_flags_v[0] = old[0] & (!fsr_fields_translation);
        new_flags_v[1] = old[1] & (!fsr_fields_access_flag);
        new_flags_v[2] = old[2] & (!fsr_fields_permission);
        new_flags_v[3] = old[3] & (!fsr_fields_external);
        new_flags_v[4] = old[4] & (!fsr_fields_domain);
        new_flags_v[5] = old[5] & (!fsr_fields_illegal_burst);
        new_flags_v[6] = old[6] & (!fsr_fields_timeout);
        new_flags_v[7] = old[7] & (!fsr_fields_multi);
        if (record) begin
            new_flags_v[0] = old[0] | kind_of_translation;
            new_flags_v[1] = old[1] | kind_of_access_flag;
            new_flags_v[2] = old[2] | kind_of_permission;
            new_flags_v[3] = old[3] | kind_of_external;
            new_flags_v[4] = old[4] | kind_of_domain;
            new_flags_v[5] = old[5] | kind_of_illegal_burst;
            new_flags_v[6] = old[6] | (fault[36:32] == CODE_STALL_TIMEOUT);
            new_flags_v[7] = old[7] | remains;
        end
        write_flags_v = records | (access[0] & register_q[4]);
        if (sweep[0]) begin
            fault_place_v = sweep[3:1];
            new_flags_v[0] = 1'b0;
            new_flags_v[1] = 1'b0;
            new_flags_v[2] = 1'b0;
            new_flags_v[3] = 1'b0;
            new_flags_v[4] = 1'b0;
            new_flags_v[5] = 1'b0;
            new_flags_v[6] = 1'b0;
            new_flags_v[7] = 1'b0;
            write_flags_v = 1'b1;
        end
        fault_place = fault_place_v;
        new_flags = new_flags_v;
        write_flags = write_flags_v;
    end

    always @* begin
        strobed_v = 32'h0;
        if (strobes[0]) begin
            strobed_v = strobed_v | (data & 32'hff);
        end
        if (strobes[1]) begin
            strobed_v = strobed_v | (data & 32'hff00);
        end
        if (strobes[3]) begin
            strobed_v = strobed_v | (data & 32'hff000000);
        end
        strobed = strobed_v;
    end

    always @* begin
        will_fault_v = faulted_q;
        if (write_flags & (fault_place == 3'h0)) begin
            will_fault_v = (will_fault_v & 8'hfe) | ({7'h0, any_flag} << 0);
        end
        if (write_flags & (fault_place == 3'h1)) begin
            will_fault_v = (will_fault_v & 8'hfd) | ({7'h0, any_flag} << 1);
        end
        if (write_flags & (fault_place == 3'h2)) begin
            will_fault_v = (will_fault_v & 8'hfb) | ({7'h0, any_flag} << 2);
        end
        if (write_flags & (fault_place == 3'h3)) begin
            will_fault_v = (will_fault_v & 8'hf7) | ({7'h0, any_flag} << 3);
        end
        if (write_flags & (fault_place == 3'h4)) begin
            will_fault_v = (will_fault_v & 8'hef) | ({7'h0, any_flag} << 4);
        end
        if (write_flags & (fault_place == 3'h5)) begin
            will_fault_v = (will_fault_v & 8'hdf) | ({7'h0, any_flag} << 5);
        end
        if (write_flags & (fault_place == 3'h6)) begin
            will_fault_v = (will_fault_v & 8'hbf) | ({7'h0, any_flag} << 6);
        end
        if (write_flags & (fault_place == 3'h7)) begin
            will_fault_v = (will_fault_v & 8'h7f) | ({7'h0, any_flag} << 7);
        end
        will_fault = will_fault_v;
    end

    always @* begin
        size_v = 2'h0;
        if (thermometer[2]) begin
            size_v = 2'h3;
        end else if (thermometer[1]) begin
            size_v = 2'h2;
        end else if (thermometer[0]) begin
            size_v = 2'h1;
        end
        size = size_v;
    end

    always @* begin
        mask_v = 32'h0;
        if (register_q[0]) begin
            mask_v = mask_v | SCTLR_MASK;
        end
        if (register_q[1]) begin
            mask_v = mask_v | TTBR0_MASK;
        end
        if (register_q[2]) begin
            mask_v = mask_v | CONTEXTIDR_MASK;
        end
        if (register_q[3]) begin
            mask_v = mask_v | DACR_MASK;
        end
        mask = mask_v;
    end

    always @* begin
        kept_data_d = 32'h0;
        if (takes_data) begin
            kept_data_d = masked;
        end
    end

    always @* begin
        kept_par_d = 32'h0;
        if (takes_result) begin
            kept_par_d = par_word_word;
        end
    end

    always @* begin
        kept_far_d = 32'h0;
        if (takes_word & (words_q == 2'h1)) begin
            kept_far_d = fault[31:0];
        end
    end

    always @* begin
        kept_fsynr0_d = 32'h0;
        if (takes_word & (words_q == 2'h2)) begin
            kept_fsynr0_d = fsynr0_word_word;
        end
    end

    always @* begin
        kept_fsynr1_d = 32'h0;
        if (takes_word & (words_q == 2'h3)) begin
            kept_fsynr1_d = fsynr1_word_word;
        end
    end

    always @* begin
        kept_bytes_d = 4'h0;
        kept_at_d = ({3'h0, fault[43:41]} << 3) | ({4'h0, words_q} + 6'h3);
        if (takes_word) begin
            kept_bytes_d = 4'hf;
        end
        if (takes_result) begin
            kept_bytes_d = 4'hf;
            kept_at_d = ({3'h0, result_q[3:1]} << 3) | 6'h7;
        end
        if (takes_data) begin
            kept_bytes_d = strobes;
            kept_at_d = ({3'h0, index} << 3) | {3'h0, register_q[10:8]};
        end
        if (sweep[0]) begin
            kept_bytes_d = 4'hf;
            kept_at_d = sweep[6:1];
        end
    end

    always @* begin
        is_stalled_v = 1'b0;
        is_probing_v = 1'b0;
        is_syncing_v = 1'b0;
        if (index == 3'h0) begin
            is_stalled_v = stalled[0];
            is_probing_v = probing[0];
            is_syncing_v = sync_active[0];
        end
        if (index == 3'h1) begin
            is_stalled_v = stalled[1];
            is_probing_v = probing[1];
            is_syncing_v = sync_active[1];
        end
        if (index == 3'h2) begin
            is_stalled_v = stalled[2];
            is_probing_v = probing[2];
            is_syncing_v = sync_active[2];
        end
        if (index == 3'h3) begin
            is_stalled_v = stalled[3];
            is_probing_v = probing[3];
            is_syncing_v = sync_active[3];
        end
        if (index == 3'h4) begin
            is_stalled_v = stalled[4];
            is_probing_v = probing[4];
            is_syncing_v = sync_active[4];
        end
        if (index == 3'h5) begin
            is_stalled_v = stalled[5];
            is_probing_v = probing[5];
            is_syncing_v = sync_active[5];
        end
        if (index == 3'h6) begin
            is_stalled_v = stalled[6];
            is_probing_v = probing[6];
            is_syncing_v = sync_active[6];
        end
        if (index == 3'h7) begin
            is_stalled_v = stalled[7];
            is_probing_v = probing[7];
            is_syncing_v = sync_active[7];
        end
        is_stalled = is_stalled_v;
        is_probing = is_probing_v;
        is_syncing = is_syncing_v;
    end

    always @* begin
        reply_v[0] = ((register_q[7] | register_q[4]) | register_q[5]) | register_q[6];
        reply_v[32:1] = read_fsr_q | read_status_q;
        if (register_q[7]) begin
            reply_v[32:1] = (store_read_data | read_fsr_q) | read_status_q;
        end
        reply = reply_v;
    end

    always @* begin
        read_fsr_d = 32'h0;
        if (register_q[4]) begin
            read_fsr_d = fsr_word_word;
        end
    end

    always @* begin
        read_status_d = 32'h0;
        if (register_q[5]) begin
            read_status_d = tlbstatus_word_word;
        end
        if (register_q[6]) begin
            read_status_d = atsr_word_word;
        end
    end

    initial begin
        register_q <= 14'h0;
        result_q <= 32'h0;
        words_q <= 2'h0;
        kept_bytes_q <= 4'h0;
        kept_at_q <= 6'h0;
        kept_data_q <= 32'h0;
        kept_far_q <= 32'h0;
        kept_fsynr0_q <= 32'h0;
        kept_fsynr1_q <= 32'h0;
        kept_par_q <= 32'h0;
        faulted_q <= 8'h0;
        raises_q <= 8'h0;
        changed_q <= 1'h0;
        read_fsr_q <= 32'h0;
        read_status_q <= 32'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            register_q <= 14'h0;
            result_q <= 32'h0;
            words_q <= 2'h0;
            kept_bytes_q <= 4'h0;
            kept_at_q <= 6'h0;
            kept_data_q <= 32'h0;
            kept_far_q <= 32'h0;
            kept_fsynr0_q <= 32'h0;
            kept_fsynr1_q <= 32'h0;
            kept_par_q <= 32'h0;
            faulted_q <= 8'h0;
            raises_q <= 8'h0;
            changed_q <= 1'h0;
            read_fsr_q <= 32'h0;
            read_status_q <= 32'h0;
        end else begin
            register_q <= register_d;
            result_q <= result_d;
            words_q <= words_d;
            kept_bytes_q <= kept_bytes_d;
            kept_at_q <= kept_at_d;
            kept_data_q <= kept_data_d;
            kept_far_q <= kept_far_d;
            kept_fsynr0_q <= kept_fsynr0_d;
            kept_fsynr1_q <= kept_fsynr1_d;
            kept_par_q <= kept_par_d;
            faulted_q <= will_fault;
            raises_q <= will_raise;
            changed_q <= access[0] & (((register_q[0] | register_q[1]) | register_q[2]) | register_q[3]);
            read_fsr_q <= read_fsr_d;
            read_status_q <= read_status_d;
        end
    end

    vcm_soc_iommu_registers_banks_select select (
        .addr(access[17:2]),
        .hit(select_hit),
        .index(select_index),
        .offset(select_offset)
    );

    vcm_soc_byte_ram store (
        .clock(clock),
        .write(kept_bytes_q),
        .write_address(kept_at_q),
        .write_data(store_write_data),
        .read(1'b1),
        .read_address(store_read_address),
        .read_data(store_read_data)
    );

    vcm_soc_iommu_registers_banks_lookups lookups (
        .clock(clock),
        .write_sctlr(write_sctlr),
        .write_ttbr0(write_ttbr0),
        .write_contextidr(write_contextidr),
        .write_dacr(write_dacr),
        .write_index(port_place),
        .write_data(data),
        .index(bank_index),
        .bank(bank)
    );

    vcm_soc_iommu_registers_banks_lookups answers (
        .clock(clock),
        .write_sctlr(write_sctlr),
        .write_ttbr0(write_ttbr0),
        .write_contextidr(write_contextidr),
        .write_dacr(write_dacr),
        .write_index(port_place),
        .write_data(data),
        .index(respond_index),
        .bank(respond_bank)
    );

    vcm_soc_lut_ram flags (
        .clock(clock),
        .write(write_flags),
        .write_address(fault_place),
        .write_data(new_flags),
        .read_address(flags_read_address),
        .read_data(flags_read_data)
    );

    vcm_soc_iommu_registers_banks_kind_of kind_of (
        .status(fault[36:32]),
        .translation(kind_of_translation),
        .access_flag(kind_of_access_flag),
        .permission(kind_of_permission),
        .external(kind_of_external),
        .domain(kind_of_domain),
        .illegal_burst(kind_of_illegal_burst)
    );

    vcm_soc_iommu_registers_banks_lookups_sctlr_bits sctlr_bits (
        .word(data),
        .enabled(),
        .afe(),
        .raises(sctlr_bits_raises),
        .stall(),
        .one_to_one(),
        .mtcfg()
    );

    vcm_soc_iommu_registers_banks_fsr_fields fsr_fields (
        .word(strobed),
        .translation(fsr_fields_translation),
        .access_flag(fsr_fields_access_flag),
        .permission(fsr_fields_permission),
        .external(fsr_fields_external),
        .domain(fsr_fields_domain),
        .illegal_burst(fsr_fields_illegal_burst),
        .timeout(fsr_fields_timeout),
        .multi(fsr_fields_multi)
    );

    vcm_soc_iommu_registers_banks_fsr_word fsr_word (
        .translation(old[0]),
        .access_flag(old[1]),
        .permission(old[2]),
        .external(old[3]),
        .domain(old[4]),
        .illegal_burst(old[5]),
        .timeout(old[6]),
        .stalled(is_stalled),
        .multi(old[7]),
        .word(fsr_word_word)
    );

    vcm_soc_iommu_registers_banks_fsynr0_word fsynr0_word (
        .write(fault[37]),
        .privileged(fault[38]),
        .instruction(fault[39]),
        .stalled(fault[56]),
        .slot(fsynr0_word_slot),
        .status(fault[36:32]),
        .word(fsynr0_word_word)
    );

    vcm_soc_iommu_registers_banks_fsynr1_word fsynr1_word (
        .stream(fault[47:44]),
        .id(fault[55:48]),
        .word(fsynr1_word_word)
    );

    vcm_soc_iommu_registers_banks_par_word par_word (
        .faulted(par_word_faulted),
        .status(result_q[8:4]),
        .size(size),
        .page(result_q[31:12]),
        .word(par_word_word)
    );

    vcm_soc_iommu_registers_banks_tlbstatus_word tlbstatus_word (
        .active(is_syncing),
        .word(tlbstatus_word_word)
    );

    vcm_soc_iommu_registers_banks_tlbstatus_word atsr_word (
        .active(is_probing),
        .word(atsr_word_word)
    );
endmodule

module vcm_soc_iommu_registers_banks_tlbstatus_word (
    input  wire active,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[0] = active;
        word = word_v;
    end
endmodule

module vcm_soc_iommu_registers_banks_par_word (
    input  wire faulted,
    input  wire [4:0] status,
    input  wire [1:0] size,
    input  wire [19:0] page,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[0] = faulted;
        word_v[5:1] = status;
        word_v[9:8] = size;
        word_v[31:12] = page;
        word = word_v;
    end
endmodule

module vcm_soc_iommu_registers_banks_fsynr1_word (
    input  wire [3:0] stream,
    input  wire [7:0] id,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[15:0] = {12'h0, stream};
        word_v[31:16] = {8'h0, id};
        word = word_v;
    end
endmodule

module vcm_soc_iommu_registers_banks_fsynr0_word (
    input  wire write,
    input  wire privileged,
    input  wire instruction,
    input  wire stalled,
    input  wire [2:0] slot,
    input  wire [4:0] status,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[4] = write;
        word_v[5] = privileged;
        word_v[6] = instruction;
        word_v[8] = stalled;
        word_v[11:9] = slot;
        word_v[20:16] = status;
        word = word_v;
    end
endmodule

module vcm_soc_iommu_registers_banks_fsr_word (
    input  wire translation,
    input  wire access_flag,
    input  wire permission,
    input  wire external,
    input  wire domain,
    input  wire illegal_burst,
    input  wire timeout,
    input  wire stalled,
    input  wire multi,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[1] = translation;
        word_v[2] = access_flag;
        word_v[3] = permission;
        word_v[4] = external;
        word_v[8] = domain;
        word_v[9] = illegal_burst;
        word_v[10] = timeout;
        word_v[30] = stalled;
        word_v[31] = multi;
        word = word_v;
    end
endmodule

module vcm_soc_iommu_registers_banks_fsr_fields (
    input  wire [31:0] word,
    output wire translation,
    output wire access_flag,
    output wire permission,
    output wire external,
    output wire domain,
    output wire illegal_burst,
    output wire timeout,
    output wire multi
);
    assign translation = word[1];
    assign access_flag = word[2];
    assign permission = word[3];
    assign external = word[4];
    assign domain = word[8];
    assign illegal_burst = word[9];
    assign timeout = word[10];
    assign multi = word[31];
endmodule

module vcm_soc_iommu_registers_banks_kind_of (
    input  wire [4:0] status,
    output wire translation,
    output wire access_flag,
    output wire permission,
    output wire external,
    output wire domain,
    output wire illegal_burst
);
    localparam [4:0] CODE_ACCESS_FLAG_L1 = 5'h3;
    localparam [4:0] CODE_ACCESS_FLAG_L2 = 5'h6;
    localparam [4:0] CODE_CONTEXT_DISABLED = 5'h11;
    localparam [4:0] CODE_DOMAIN_L1 = 5'h9;
    localparam [4:0] CODE_DOMAIN_L2 = 5'hb;
    localparam [4:0] CODE_EXTERNAL_ABORT = 5'h8;
    localparam [4:0] CODE_ILLEGAL_BURST = 5'h12;
    localparam [4:0] CODE_PERMISSION_L1 = 5'hd;
    localparam [4:0] CODE_PERMISSION_L2 = 5'hf;
    localparam [4:0] CODE_TRANSLATION_L1 = 5'h5;
    localparam [4:0] CODE_TRANSLATION_L2 = 5'h7;
    localparam [4:0] CODE_WALK_ABORT_L1 = 5'hc;
    localparam [4:0] CODE_WALK_ABORT_L2 = 5'he;

    assign translation = ((status == CODE_TRANSLATION_L1) | (status == CODE_TRANSLATION_L2)) | (status == CODE_CONTEXT_DISABLED);
    assign access_flag = (status == CODE_ACCESS_FLAG_L1) | (status == CODE_ACCESS_FLAG_L2);
    assign permission = (status == CODE_PERMISSION_L1) | (status == CODE_PERMISSION_L2);
    assign external = ((status == CODE_WALK_ABORT_L1) | (status == CODE_WALK_ABORT_L2)) | (status == CODE_EXTERNAL_ABORT);
    assign domain = (status == CODE_DOMAIN_L1) | (status == CODE_DOMAIN_L2);
    assign illegal_burst = status == CODE_ILLEGAL_BURST;
endmodule

module vcm_soc_iommu_registers_banks_lookups (
    input  wire clock,
    input  wire [3:0] write_sctlr,
    input  wire [3:0] write_ttbr0,
    input  wire [3:0] write_contextidr,
    input  wire [3:0] write_dacr,
    input  wire [2:0] write_index,
    input  wire [31:0] write_data,
    input  wire [2:0] index,
    output wire [62:0] bank
);
    wire [31:0] sctlr_read_data;
    wire [31:0] ttbr0_read_data;
    wire [31:0] contextidr_read_data;
    wire [31:0] dacr_read_data;
    wire sctlr_bits_enabled;
    wire sctlr_bits_afe;
    wire sctlr_bits_stall;
    wire sctlr_bits_one_to_one;
    wire sctlr_bits_mtcfg;
    wire [17:0] ttbr0_fields_base;
    wire [7:0] contextidr_fields_asid;

    assign bank = {dacr_read_data, ttbr0_fields_base, contextidr_fields_asid, sctlr_bits_stall, sctlr_bits_mtcfg, sctlr_bits_afe, sctlr_bits_one_to_one, sctlr_bits_enabled};

    vcm_soc_iommu_registers_banks_lookups_sctlr sctlr (
        .clock(clock),
        .write(write_sctlr),
        .write_address(write_index),
        .write_data(write_data),
        .read_address(index),
        .read_data(sctlr_read_data)
    );

    vcm_soc_iommu_registers_banks_lookups_sctlr ttbr0 (
        .clock(clock),
        .write(write_ttbr0),
        .write_address(write_index),
        .write_data(write_data),
        .read_address(index),
        .read_data(ttbr0_read_data)
    );

    vcm_soc_iommu_registers_banks_lookups_sctlr contextidr (
        .clock(clock),
        .write(write_contextidr),
        .write_address(write_index),
        .write_data(write_data),
        .read_address(index),
        .read_data(contextidr_read_data)
    );

    vcm_soc_iommu_registers_banks_lookups_sctlr dacr (
        .clock(clock),
        .write(write_dacr),
        .write_address(write_index),
        .write_data(write_data),
        .read_address(index),
        .read_data(dacr_read_data)
    );

    vcm_soc_iommu_registers_banks_lookups_sctlr_bits sctlr_bits (
        .word(sctlr_read_data),
        .enabled(sctlr_bits_enabled),
        .afe(sctlr_bits_afe),
        .raises(),
        .stall(sctlr_bits_stall),
        .one_to_one(sctlr_bits_one_to_one),
        .mtcfg(sctlr_bits_mtcfg)
    );

    vcm_soc_iommu_registers_banks_lookups_ttbr0_fields ttbr0_fields (
        .word(ttbr0_read_data),
        .base(ttbr0_fields_base)
    );

    vcm_soc_iommu_registers_banks_lookups_contextidr_fields contextidr_fields (
        .word(contextidr_read_data),
        .asid(contextidr_fields_asid)
    );
endmodule

module vcm_soc_iommu_registers_banks_lookups_contextidr_fields (
    input  wire [31:0] word,
    output wire [7:0] asid
);
    assign asid = word[7:0];
endmodule

module vcm_soc_iommu_registers_banks_lookups_ttbr0_fields (
    input  wire [31:0] word,
    output wire [17:0] base
);
    assign base = word[31:14];
endmodule

module vcm_soc_iommu_registers_banks_lookups_sctlr_bits (
    input  wire [31:0] word,
    output wire enabled,
    output wire afe,
    output wire raises,
    output wire stall,
    output wire one_to_one,
    output wire mtcfg
);
    assign enabled = word[0];
    assign afe = word[2];
    assign raises = word[6];
    assign stall = word[7];
    assign one_to_one = word[8];
    assign mtcfg = word[20];
endmodule

module vcm_soc_iommu_registers_banks_lookups_sctlr (
    input  wire clock,
    input  wire [3:0] write,
    input  wire [2:0] write_address,
    input  wire [31:0] write_data,
    input  wire [2:0] read_address,
    output wire [31:0] read_data
);
    wire [7:0] lane_0_read_data;
    wire [7:0] lane_1_read_data;
    wire [7:0] lane_2_read_data;
    wire [7:0] lane_3_read_data;

    assign read_data = (({24'h0, lane_0_read_data} | ({24'h0, lane_1_read_data} << 8)) | ({24'h0, lane_2_read_data} << 16)) | ({24'h0, lane_3_read_data} << 24);

    vcm_soc_lut_ram lane_0 (
        .clock(clock),
        .write(write[0]),
        .write_address(write_address),
        .write_data(write_data[7:0]),
        .read_address(read_address),
        .read_data(lane_0_read_data)
    );

    vcm_soc_lut_ram lane_1 (
        .clock(clock),
        .write(write[1]),
        .write_address(write_address),
        .write_data(write_data[15:8]),
        .read_address(read_address),
        .read_data(lane_1_read_data)
    );

    vcm_soc_lut_ram lane_2 (
        .clock(clock),
        .write(write[2]),
        .write_address(write_address),
        .write_data(write_data[23:16]),
        .read_address(read_address),
        .read_data(lane_2_read_data)
    );

    vcm_soc_lut_ram lane_3 (
        .clock(clock),
        .write(write[3]),
        .write_address(write_address),
        .write_data(write_data[31:24]),
        .read_address(read_address),
        .read_data(lane_3_read_data)
    );
endmodule

module vcm_soc_lut_ram (
    input  wire clock,
    input  wire write,
    input  wire [2:0] write_address,
    input  wire [7:0] write_data,
    input  wire [2:0] read_address,
    output wire [7:0] read_data
);
    (* ram_style = "distributed" *)
    reg [7:0] words [0:7];
    integer i;
    initial for (i = 0; i < 8; i = i + 1) words[i] = 8'h0;
    assign read_data = words[read_address];
    always @(posedge clock) if (write) words[write_address] <= write_data;
endmodule

module vcm_soc_byte_ram (
    input  wire clock,
    input  wire [3:0] write,
    input  wire [5:0] write_address,
    input  wire [31:0] write_data,
    input  wire read,
    input  wire [5:0] read_address,
    output wire [31:0] read_data
);
    (* ram_style = "block" *)
    reg [31:0] words [0:63];
    reg [31:0] word = 32'h0;
    integer i;
    initial for (i = 0; i < 64; i = i + 1) words[i] = 32'h0;
    assign read_data = word;
    always @(posedge clock) begin
        if (write[0]) words[write_address][7:0] <= write_data[7:0];
        if (write[1]) words[write_address][15:8] <= write_data[15:8];
        if (write[2]) words[write_address][23:16] <= write_data[23:16];
        if (write[3]) words[write_address][31:24] <= write_data[31:24];
        if (read) word <= words[read_address];
    end
endmodule

module vcm_soc_iommu_registers_banks_select (
    input  wire [15:0] addr,
    output wire hit,
    output wire [2:0] index,
    output wire [15:0] offset
);
    localparam [3:0] BANKS = 4'h8;
    localparam [3:0] BASE = 4'h8;

    wire [3:0] bank;

    assign hit = bank < BANKS;
    assign index = bank[2:0];
    assign offset = {4'h0, addr[11:0]};
    assign bank = addr[15:12] - BASE;
endmodule

module vcm_soc_iommu_registers_axil (
    input  wire clock,
    input  wire reset,
    input  wire [15:0] s_axil_awaddr,
    input  wire [2:0] s_axil_awprot,
    input  wire s_axil_awvalid,
    output wire s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0] s_axil_wstrb,
    input  wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input  wire s_axil_bready,
    input  wire [15:0] s_axil_araddr,
    input  wire [2:0] s_axil_arprot,
    input  wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input  wire s_axil_rready,
    input  wire hold,
    output wire wr,
    output wire [15:0] wr_addr,
    output wire [31:0] wr_data,
    output wire [3:0] wr_strb,
    output wire [31:0] wr_mask,
    input  wire wr_ok,
    output wire rd,
    output wire [15:0] rd_addr,
    input  wire rd_ok,
    input  wire [31:0] rd_data
);
    localparam [1:0] OKAY = 2'h0;
    localparam [1:0] SLVERR = 2'h2;

    wire can_write;
    wire can_read;
    wire do_write;
    wire do_read;
    reg  [31:0] mask;
    reg  aw_full_d;
    reg  aw_full_q;
    reg  [15:0] aw_addr_d;
    reg  [15:0] aw_addr_q;
    reg  w_full_d;
    reg  w_full_q;
    reg  [31:0] w_data_d;
    reg  [31:0] w_data_q;
    reg  [3:0] w_strb_d;
    reg  [3:0] w_strb_q;
    reg  b_full_d;
    reg  b_full_q;
    reg  [1:0] b_resp_d;
    reg  [1:0] b_resp_q;
    reg  ar_full_d;
    reg  ar_full_q;
    reg  [15:0] ar_addr_d;
    reg  [15:0] ar_addr_q;
    reg  r_full_d;
    reg  r_full_q;
    reg  [1:0] r_resp_d;
    reg  [1:0] r_resp_q;
    reg  [31:0] r_data_d;
    reg  [31:0] r_data_q;
    reg  read_first_d;
    reg  read_first_q;
    reg  stands_d;
    reg  stands_q;
    reg  runs_q;
    reg  writes_d;
    reg  writes_q;
    reg  reads_q;
    reg  [15:0] addr_d;
    reg  [15:0] addr_q;
    reg  [31:0] mask_v;

    assign s_axil_awready = !aw_full_q;
    assign s_axil_wready = (!w_full_q) & (!hold);
    assign s_axil_bresp = b_resp_q;
    assign s_axil_bvalid = b_full_q;
    assign s_axil_arready = !ar_full_q;
    assign s_axil_rdata = r_data_q;
    assign s_axil_rresp = r_resp_q;
    assign s_axil_rvalid = r_full_q;
    assign wr = do_write;
    assign wr_addr = addr_q & 16'hfffc;
    assign wr_data = w_data_q;
    assign wr_strb = w_strb_q;
    assign wr_mask = mask;
    assign rd = do_read;
    assign rd_addr = addr_q & 16'hfffc;
    assign can_write = (aw_full_q & w_full_q) & (!b_full_q);
    assign can_read = (ar_full_q & (!r_full_q)) & (!reads_q);
    assign do_write = runs_q & writes_q;
    assign do_read = runs_q & (!writes_q);

    always @* begin
        aw_full_d = aw_full_q;
        aw_addr_d = aw_addr_q;
        w_full_d = w_full_q;
        w_data_d = w_data_q;
        w_strb_d = w_strb_q;
        b_full_d = b_full_q;
        b_resp_d = b_resp_q;
        ar_full_d = ar_full_q;
        ar_addr_d = ar_addr_q;
        read_first_d = read_first_q;
        if (s_axil_awvalid & (!aw_full_q)) begin
            aw_addr_d = s_axil_awaddr;
            aw_full_d = 1'b1;
        end
        if ((s_axil_wvalid & (!w_full_q)) & (!hold)) begin
            w_data_d = s_axil_wdata;
            w_strb_d = s_axil_wstrb;
            w_full_d = 1'b1;
        end
        if (s_axil_arvalid & (!ar_full_q)) begin
            ar_addr_d = s_axil_araddr;
            ar_full_d = 1'b1;
        end
        if (s_axil_bready) begin
            b_full_d = 1'b0;
        end
        if (do_write) begin
            aw_full_d = 1'b0;
            w_full_d = 1'b0;
            b_full_d = 1'b1;
            b_resp_d = SLVERR;
            if (wr_ok) begin
                b_resp_d = OKAY;
            end
            read_first_d = 1'b1;
        end
        if (do_read) begin
            ar_full_d = 1'b0;
            read_first_d = 1'b0;
        end
    end

    always @* begin
        r_full_d = r_full_q;
        r_resp_d = r_resp_q;
        r_data_d = r_data_q;
        if (s_axil_rready) begin
            r_full_d = 1'b0;
        end
        if (reads_q) begin
            r_full_d = 1'b1;
            r_data_d = rd_data;
            r_resp_d = SLVERR;
            if (rd_ok) begin
                r_resp_d = OKAY;
            end
        end
    end

    always @* begin
        stands_d = stands_q;
        writes_d = writes_q;
        addr_d = addr_q;
        if (stands_q & (!hold)) begin
            stands_d = 1'b0;
        end
        if (((!stands_q) & (!runs_q)) & (can_write | can_read)) begin
            stands_d = 1'b1;
            writes_d = can_write & ((!can_read) | (!read_first_q));
            addr_d = ar_addr_q;
            if (can_write & ((!can_read) | (!read_first_q))) begin
                addr_d = aw_addr_q;
            end
        end
    end

    always @* begin
        mask_v = 32'h0;
        if (w_strb_q[0]) begin
            mask_v = mask_v | 32'hff;
        end
        if (w_strb_q[1]) begin
            mask_v = mask_v | 32'hff00;
        end
        if (w_strb_q[2]) begin
            mask_v = mask_v | 32'hff0000;
        end
        if (w_strb_q[3]) begin
            mask_v = mask_v | 32'hff000000;
        end
        mask = mask_v;
    end

    initial begin
        aw_full_q <= 1'h0;
        aw_addr_q <= 16'h0;
        w_full_q <= 1'h0;
        w_data_q <= 32'h0;
        w_strb_q <= 4'h0;
        b_full_q <= 1'h0;
        b_resp_q <= 2'h0;
        ar_full_q <= 1'h0;
        ar_addr_q <= 16'h0;
        r_full_q <= 1'h0;
        r_resp_q <= 2'h0;
        r_data_q <= 32'h0;
        read_first_q <= 1'h0;
        stands_q <= 1'h0;
        runs_q <= 1'h0;
        writes_q <= 1'h0;
        reads_q <= 1'h0;
        addr_q <= 16'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            aw_full_q <= 1'h0;
            aw_addr_q <= 16'h0;
            w_full_q <= 1'h0;
            w_data_q <= 32'h0;
            w_strb_q <= 4'h0;
            b_full_q <= 1'h0;
            b_resp_q <= 2'h0;
            ar_full_q <= 1'h0;
            ar_addr_q <= 16'h0;
            r_full_q <= 1'h0;
            r_resp_q <= 2'h0;
            r_data_q <= 32'h0;
            read_first_q <= 1'h0;
            stands_q <= 1'h0;
            runs_q <= 1'h0;
            writes_q <= 1'h0;
            reads_q <= 1'h0;
            addr_q <= 16'h0;
        end else begin
            aw_full_q <= aw_full_d;
            aw_addr_q <= aw_addr_d;
            w_full_q <= w_full_d;
            w_data_q <= w_data_d;
            w_strb_q <= w_strb_d;
            b_full_q <= b_full_d;
            b_resp_q <= b_resp_d;
            ar_full_q <= ar_full_d;
            ar_addr_q <= ar_addr_d;
            r_full_q <= r_full_d;
            r_resp_q <= r_resp_d;
            r_data_q <= r_data_d;
            read_first_q <= read_first_d;
            stands_q <= stands_d;
            runs_q <= stands_q & (!hold);
            writes_q <= writes_d;
            reads_q <= do_read;
            addr_q <= addr_d;
        end
    end
endmodule

module vcm_soc_split (
    input  wire clock,
    input  wire reset,
    input  wire [15:0] s_axil_awaddr,
    input  wire [2:0] s_axil_awprot,
    input  wire s_axil_awvalid,
    output wire s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0] s_axil_wstrb,
    input  wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input  wire s_axil_bready,
    input  wire [15:0] s_axil_araddr,
    input  wire [2:0] s_axil_arprot,
    input  wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input  wire s_axil_rready,
    output wire [15:0] iommu_awaddr,
    output wire [2:0] iommu_awprot,
    output wire iommu_awvalid,
    input  wire iommu_awready,
    output wire [31:0] iommu_wdata,
    output wire [3:0] iommu_wstrb,
    output wire iommu_wvalid,
    input  wire iommu_wready,
    input  wire [1:0] iommu_bresp,
    input  wire iommu_bvalid,
    output wire iommu_bready,
    output wire [15:0] iommu_araddr,
    output wire [2:0] iommu_arprot,
    output wire iommu_arvalid,
    input  wire iommu_arready,
    input  wire [31:0] iommu_rdata,
    input  wire [1:0] iommu_rresp,
    input  wire iommu_rvalid,
    output wire iommu_rready,
    output wire [15:0] dma_awaddr,
    output wire [2:0] dma_awprot,
    output wire dma_awvalid,
    input  wire dma_awready,
    output wire [31:0] dma_wdata,
    output wire [3:0] dma_wstrb,
    output wire dma_wvalid,
    input  wire dma_wready,
    input  wire [1:0] dma_bresp,
    input  wire dma_bvalid,
    output wire dma_bready,
    output wire [15:0] dma_araddr,
    output wire [2:0] dma_arprot,
    output wire dma_arvalid,
    input  wire dma_arready,
    input  wire [31:0] dma_rdata,
    input  wire [1:0] dma_rresp,
    input  wire dma_rvalid,
    output wire dma_rready
);
    localparam [3:0] DMA_PAGE = 4'h4;

    wire w_offer;
    wire b_want;
    wire r_want;
    reg  writing_d;
    reg  writing_q;
    reg  w_to_dma_d;
    reg  w_to_dma_q;
    reg  aw_full_d;
    reg  aw_full_q;
    reg  [15:0] aw_addr_d;
    reg  [15:0] aw_addr_q;
    reg  [2:0] aw_prot_d;
    reg  [2:0] aw_prot_q;
    reg  w_full_d;
    reg  w_full_q;
    reg  w_sent_d;
    reg  w_sent_q;
    reg  [31:0] w_data_d;
    reg  [31:0] w_data_q;
    reg  [3:0] w_strb_d;
    reg  [3:0] w_strb_q;
    reg  b_full_d;
    reg  b_full_q;
    reg  [1:0] b_resp_d;
    reg  [1:0] b_resp_q;
    reg  reading_d;
    reg  reading_q;
    reg  r_to_dma_d;
    reg  r_to_dma_q;
    reg  ar_full_d;
    reg  ar_full_q;
    reg  [15:0] ar_addr_d;
    reg  [15:0] ar_addr_q;
    reg  [2:0] ar_prot_d;
    reg  [2:0] ar_prot_q;
    reg  r_full_d;
    reg  r_full_q;
    reg  [31:0] r_data_d;
    reg  [31:0] r_data_q;
    reg  [1:0] r_resp_d;
    reg  [1:0] r_resp_q;

    assign s_axil_awready = !writing_q;
    assign s_axil_wready = !w_full_q;
    assign s_axil_bresp = b_resp_q;
    assign s_axil_bvalid = b_full_q;
    assign s_axil_arready = !reading_q;
    assign s_axil_rdata = r_data_q;
    assign s_axil_rresp = r_resp_q;
    assign s_axil_rvalid = r_full_q;
    assign iommu_awaddr = aw_addr_q;
    assign iommu_awprot = aw_prot_q;
    assign iommu_awvalid = aw_full_q & (!w_to_dma_q);
    assign iommu_wdata = w_data_q;
    assign iommu_wstrb = w_strb_q;
    assign iommu_wvalid = w_offer & (!w_to_dma_q);
    assign iommu_bready = b_want & (!w_to_dma_q);
    assign iommu_araddr = ar_addr_q;
    assign iommu_arprot = ar_prot_q;
    assign iommu_arvalid = ar_full_q & (!r_to_dma_q);
    assign iommu_rready = r_want & (!r_to_dma_q);
    assign dma_awaddr = aw_addr_q;
    assign dma_awprot = aw_prot_q;
    assign dma_awvalid = aw_full_q & w_to_dma_q;
    assign dma_wdata = w_data_q;
    assign dma_wstrb = w_strb_q;
    assign dma_wvalid = w_offer & w_to_dma_q;
    assign dma_bready = b_want & w_to_dma_q;
    assign dma_araddr = ar_addr_q;
    assign dma_arprot = ar_prot_q;
    assign dma_arvalid = ar_full_q & r_to_dma_q;
    assign dma_rready = r_want & r_to_dma_q;
    assign w_offer = (w_full_q & writing_q) & (!w_sent_q);
    assign b_want = ((writing_q & (!aw_full_q)) & w_sent_q) & (!b_full_q);
    assign r_want = (reading_q & (!ar_full_q)) & (!r_full_q);

    always @* begin
        writing_d = writing_q;
        w_to_dma_d = w_to_dma_q;
        aw_full_d = aw_full_q;
        aw_addr_d = aw_addr_q;
        aw_prot_d = aw_prot_q;
        w_full_d = w_full_q;
        w_sent_d = w_sent_q;
        w_data_d = w_data_q;
        w_strb_d = w_strb_q;
        b_full_d = b_full_q;
        b_resp_d = b_resp_q;
        if (s_axil_awvalid & (!writing_q)) begin
            writing_d = 1'b1;
            aw_full_d = 1'b1;
            aw_addr_d = s_axil_awaddr;
            aw_prot_d = s_axil_awprot;
            w_to_dma_d = s_axil_awaddr[15:12] == DMA_PAGE;
        end
        if (aw_full_q & ((w_to_dma_q & dma_awready) | ((!w_to_dma_q) & iommu_awready))) begin
            aw_full_d = 1'b0;
        end
        if (s_axil_wvalid & (!w_full_q)) begin
            w_full_d = 1'b1;
            w_data_d = s_axil_wdata;
            w_strb_d = s_axil_wstrb;
        end
        if (w_offer & ((w_to_dma_q & dma_wready) | ((!w_to_dma_q) & iommu_wready))) begin
            w_full_d = 1'b0;
            w_sent_d = 1'b1;
        end
        if ((b_want & w_to_dma_q) & dma_bvalid) begin
            b_full_d = 1'b1;
            b_resp_d = dma_bresp;
        end
        if ((b_want & (!w_to_dma_q)) & iommu_bvalid) begin
            b_full_d = 1'b1;
            b_resp_d = iommu_bresp;
        end
        if (b_full_q & s_axil_bready) begin
            b_full_d = 1'b0;
            w_sent_d = 1'b0;
            writing_d = 1'b0;
        end
    end

    always @* begin
        reading_d = reading_q;
        r_to_dma_d = r_to_dma_q;
        ar_full_d = ar_full_q;
        ar_addr_d = ar_addr_q;
        ar_prot_d = ar_prot_q;
        r_full_d = r_full_q;
        r_data_d = r_data_q;
        r_resp_d = r_resp_q;
        if (s_axil_arvalid & (!reading_q)) begin
            reading_d = 1'b1;
            ar_full_d = 1'b1;
            ar_addr_d = s_axil_araddr;
            ar_prot_d = s_axil_arprot;
            r_to_dma_d = s_axil_araddr[15:12] == DMA_PAGE;
        end
        if (ar_full_q & ((r_to_dma_q & dma_arready) | ((!r_to_dma_q) & iommu_arready))) begin
            ar_full_d = 1'b0;
        end
        if ((r_want & r_to_dma_q) & dma_rvalid) begin
            r_full_d = 1'b1;
            r_data_d = dma_rdata;
            r_resp_d = dma_rresp;
        end
        if ((r_want & (!r_to_dma_q)) & iommu_rvalid) begin
            r_full_d = 1'b1;
            r_data_d = iommu_rdata;
            r_resp_d = iommu_rresp;
        end
        if (r_full_q & s_axil_rready) begin
            r_full_d = 1'b0;
            reading_d = 1'b0;
        end
    end

    initial begin
        writing_q <= 1'h0;
        w_to_dma_q <= 1'h0;
        aw_full_q <= 1'h0;
        aw_addr_q <= 16'h0;
        aw_prot_q <= 3'h0;
        w_full_q <= 1'h0;
        w_sent_q <= 1'h0;
        w_data_q <= 32'h0;
        w_strb_q <= 4'h0;
        b_full_q <= 1'h0;
        b_resp_q <= 2'h0;
        reading_q <= 1'h0;
        r_to_dma_q <= 1'h0;
        ar_full_q <= 1'h0;
        ar_addr_q <= 16'h0;
        ar_prot_q <= 3'h0;
        r_full_q <= 1'h0;
        r_data_q <= 32'h0;
        r_resp_q <= 2'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            writing_q <= 1'h0;
            w_to_dma_q <= 1'h0;
            aw_full_q <= 1'h0;
            aw_addr_q <= 16'h0;
            aw_prot_q <= 3'h0;
            w_full_q <= 1'h0;
            w_sent_q <= 1'h0;
            w_data_q <= 32'h0;
            w_strb_q <= 4'h0;
            b_full_q <= 1'h0;
            b_resp_q <= 2'h0;
            reading_q <= 1'h0;
            r_to_dma_q <= 1'h0;
            ar_full_q <= 1'h0;
            ar_addr_q <= 16'h0;
            ar_prot_q <= 3'h0;
            r_full_q <= 1'h0;
            r_data_q <= 32'h0;
            r_resp_q <= 2'h0;
        end else begin
            writing_q <= writing_d;
            w_to_dma_q <= w_to_dma_d;
            aw_full_q <= aw_full_d;
            aw_addr_q <= aw_addr_d;
            aw_prot_q <= aw_prot_d;
            w_full_q <= w_full_d;
            w_sent_q <= w_sent_d;
            w_data_q <= w_data_d;
            w_strb_q <= w_strb_d;
            b_full_q <= b_full_d;
            b_resp_q <= b_resp_d;
            reading_q <= reading_d;
            r_to_dma_q <= r_to_dma_d;
            ar_full_q <= ar_full_d;
            ar_addr_q <= ar_addr_d;
            ar_prot_q <= ar_prot_d;
            r_full_q <= r_full_d;
            r_data_q <= r_data_d;
            r_resp_q <= r_resp_d;
        end
    end
endmodule
