// The board design: the processing system of a Zynq-7000, and `vcm_zynq_core` at its ports.
//
//   M_AXI_GP0  registers, 64 KiB at 0x4000_0000        S_AXI_HP0  the traffic of the DMA engine
//   IRQ_F2P[0] interrupt, level, high                  S_AXI_ACP or S_AXI_HP1  table walks
//
// Everything runs from FCLK_CLK0. Rates of the clocks, width of the HP ports and level shifters are set
// by the boot loader or by PYNQ, not by the bitstream (UG585, chapters 5.3 and 25).
//
// `WALKS`: "HP1": tables are read from DDR, so what the processor has cached has to be cleaned first.
// "ACP": they are read through the processor's caches where the IOMMU's walk attributes ask for it.
//
// `PS7` is the primitive as Vivado and Yosys know it. Its DDR and MIO pins are wired in the device, so they
// are no ports here; a block design in Vivado uses `vcm_zynq_ip` instead of this file.
`default_nettype none

module vcm_zynq #(
    parameter WALKS = "HP1"
) (
    // 0: the clock runs (about 1 Hz at 100 MHz), 1: out of reset, 2: interrupt, 3: memory traffic
    output wire [3:0] led
);

wire [3:0] fclk;
wire [3:0] fclk_resetn;
wire clock;
wire resetn;
wire irq;

BUFG clock_buffer(.I(fclk[0]), .O(clock));

vcm_zynq_reset synchroniser(.clock(clock), .async_resetn(fclk_resetn[0]), .resetn(resetn));

// M_AXI_GP0
wire [11:0] gp_awid, gp_bid, gp_arid, gp_rid;
wire [31:0] gp_awaddr, gp_araddr, gp_wdata, gp_rdata;
wire [3:0] gp_awlen, gp_arlen, gp_wstrb;
wire [1:0] gp_awsize, gp_arsize, gp_awburst, gp_arburst, gp_bresp, gp_rresp;
wire [2:0] gp_awprot, gp_arprot;
wire gp_awvalid, gp_awready, gp_wvalid, gp_wready, gp_bvalid, gp_bready;
wire gp_arvalid, gp_arready, gp_rlast, gp_rvalid, gp_rready;

// S_AXI_HP0
wire [5:0] hp_awid, hp_wid, hp_bid, hp_arid, hp_rid;
wire [31:0] hp_awaddr, hp_araddr;
wire [63:0] hp_wdata, hp_rdata;
wire [7:0] hp_wstrb;
wire [3:0] hp_awlen, hp_arlen, hp_awcache, hp_arcache, hp_awqos, hp_arqos;
wire [2:0] hp_awsize, hp_arsize, hp_awprot, hp_arprot;
wire [1:0] hp_awburst, hp_arburst, hp_awlock, hp_arlock, hp_bresp, hp_rresp;
wire hp_awvalid, hp_awready, hp_wlast, hp_wvalid, hp_wready, hp_bvalid, hp_bready;
wire hp_arvalid, hp_arready, hp_rlast, hp_rvalid, hp_rready;

// S_AXI_ACP or S_AXI_HP1
wire [2:0] walk_arid, walk_rid, walk_arsize, walk_arprot;
wire [31:0] walk_araddr;
wire [63:0] walk_rdata;
wire [4:0] walk_aruser;
wire [3:0] walk_arlen, walk_arcache, walk_arqos;
wire [1:0] walk_arburst, walk_arlock, walk_rresp;
wire walk_arvalid, walk_arready, walk_rlast, walk_rvalid, walk_rready;

wire [2:0] acp_rid;
wire [5:0] hp1_rid;
wire [63:0] acp_rdata, hp1_rdata;
wire [1:0] acp_rresp, hp1_rresp;
wire acp_arready, acp_rlast, acp_rvalid;
wire hp1_arready, hp1_rlast, hp1_rvalid;

// Of the port that is not used the answers are left alone, and nothing is asked.
localparam COHERENT = WALKS == "ACP";
assign walk_arready = COHERENT ? acp_arready : hp1_arready;
assign walk_rid = COHERENT ? acp_rid : hp1_rid[2:0];
assign walk_rdata = COHERENT ? acp_rdata : hp1_rdata;
assign walk_rresp = COHERENT ? acp_rresp : hp1_rresp;
assign walk_rlast = COHERENT ? acp_rlast : hp1_rlast;
assign walk_rvalid = COHERENT ? acp_rvalid : hp1_rvalid;

vcm_zynq_core core(
    .aclk(clock), .aresetn(resetn), .irq(irq),

    .s_axi_gp_awid(gp_awid), .s_axi_gp_awaddr(gp_awaddr), .s_axi_gp_awlen(gp_awlen),
    .s_axi_gp_awsize({1'b0, gp_awsize}), .s_axi_gp_awburst(gp_awburst), .s_axi_gp_awprot(gp_awprot),
    .s_axi_gp_awvalid(gp_awvalid), .s_axi_gp_awready(gp_awready),
    .s_axi_gp_wdata(gp_wdata), .s_axi_gp_wstrb(gp_wstrb),
    .s_axi_gp_wvalid(gp_wvalid), .s_axi_gp_wready(gp_wready),
    .s_axi_gp_bid(gp_bid), .s_axi_gp_bresp(gp_bresp),
    .s_axi_gp_bvalid(gp_bvalid), .s_axi_gp_bready(gp_bready),
    .s_axi_gp_arid(gp_arid), .s_axi_gp_araddr(gp_araddr), .s_axi_gp_arlen(gp_arlen),
    .s_axi_gp_arsize({1'b0, gp_arsize}), .s_axi_gp_arburst(gp_arburst), .s_axi_gp_arprot(gp_arprot),
    .s_axi_gp_arvalid(gp_arvalid), .s_axi_gp_arready(gp_arready),
    .s_axi_gp_rid(gp_rid), .s_axi_gp_rdata(gp_rdata), .s_axi_gp_rresp(gp_rresp),
    .s_axi_gp_rlast(gp_rlast), .s_axi_gp_rvalid(gp_rvalid), .s_axi_gp_rready(gp_rready),

    .m_axi_hp_awid(hp_awid), .m_axi_hp_awaddr(hp_awaddr), .m_axi_hp_awlen(hp_awlen),
    .m_axi_hp_awsize(hp_awsize), .m_axi_hp_awburst(hp_awburst), .m_axi_hp_awlock(hp_awlock),
    .m_axi_hp_awcache(hp_awcache), .m_axi_hp_awprot(hp_awprot), .m_axi_hp_awqos(hp_awqos),
    .m_axi_hp_awvalid(hp_awvalid), .m_axi_hp_awready(hp_awready),
    .m_axi_hp_wid(hp_wid), .m_axi_hp_wdata(hp_wdata), .m_axi_hp_wstrb(hp_wstrb),
    .m_axi_hp_wlast(hp_wlast), .m_axi_hp_wvalid(hp_wvalid), .m_axi_hp_wready(hp_wready),
    .m_axi_hp_bid(hp_bid), .m_axi_hp_bresp(hp_bresp),
    .m_axi_hp_bvalid(hp_bvalid), .m_axi_hp_bready(hp_bready),
    .m_axi_hp_arid(hp_arid), .m_axi_hp_araddr(hp_araddr), .m_axi_hp_arlen(hp_arlen),
    .m_axi_hp_arsize(hp_arsize), .m_axi_hp_arburst(hp_arburst), .m_axi_hp_arlock(hp_arlock),
    .m_axi_hp_arcache(hp_arcache), .m_axi_hp_arprot(hp_arprot), .m_axi_hp_arqos(hp_arqos),
    .m_axi_hp_arvalid(hp_arvalid), .m_axi_hp_arready(hp_arready),
    .m_axi_hp_rid(hp_rid), .m_axi_hp_rdata(hp_rdata), .m_axi_hp_rresp(hp_rresp),
    .m_axi_hp_rlast(hp_rlast), .m_axi_hp_rvalid(hp_rvalid), .m_axi_hp_rready(hp_rready),

    .m_axi_ptw_arid(walk_arid), .m_axi_ptw_araddr(walk_araddr), .m_axi_ptw_arlen(walk_arlen),
    .m_axi_ptw_arsize(walk_arsize), .m_axi_ptw_arburst(walk_arburst), .m_axi_ptw_arlock(walk_arlock),
    .m_axi_ptw_arcache(walk_arcache), .m_axi_ptw_arprot(walk_arprot), .m_axi_ptw_arqos(walk_arqos),
    .m_axi_ptw_aruser(walk_aruser), .m_axi_ptw_arvalid(walk_arvalid), .m_axi_ptw_arready(walk_arready),
    .m_axi_ptw_rid(walk_rid), .m_axi_ptw_rdata(walk_rdata), .m_axi_ptw_rresp(walk_rresp),
    .m_axi_ptw_rlast(walk_rlast), .m_axi_ptw_rvalid(walk_rvalid), .m_axi_ptw_rready(walk_rready)
);

PS7 ps7(
    .FCLKCLK(fclk), .FCLKRESETN(fclk_resetn), .FCLKCLKTRIGN(4'b0),
    .IRQF2P({19'b0, irq}),
    .FPGAIDLEN(1'b1), .DDRARB(4'b0), .EMIOSRAMINTIN(1'b0), .EVENTEVENTI(1'b0),

    .MAXIGP0ACLK(clock),
    .MAXIGP0AWID(gp_awid), .MAXIGP0AWADDR(gp_awaddr), .MAXIGP0AWLEN(gp_awlen),
    .MAXIGP0AWSIZE(gp_awsize), .MAXIGP0AWBURST(gp_awburst), .MAXIGP0AWPROT(gp_awprot),
    .MAXIGP0AWVALID(gp_awvalid), .MAXIGP0AWREADY(gp_awready),
    .MAXIGP0WDATA(gp_wdata), .MAXIGP0WSTRB(gp_wstrb),
    .MAXIGP0WVALID(gp_wvalid), .MAXIGP0WREADY(gp_wready),
    .MAXIGP0BID(gp_bid), .MAXIGP0BRESP(gp_bresp),
    .MAXIGP0BVALID(gp_bvalid), .MAXIGP0BREADY(gp_bready),
    .MAXIGP0ARID(gp_arid), .MAXIGP0ARADDR(gp_araddr), .MAXIGP0ARLEN(gp_arlen),
    .MAXIGP0ARSIZE(gp_arsize), .MAXIGP0ARBURST(gp_arburst), .MAXIGP0ARPROT(gp_arprot),
    .MAXIGP0ARVALID(gp_arvalid), .MAXIGP0ARREADY(gp_arready),
    .MAXIGP0RID(gp_rid), .MAXIGP0RDATA(gp_rdata), .MAXIGP0RRESP(gp_rresp),
    .MAXIGP0RLAST(gp_rlast), .MAXIGP0RVALID(gp_rvalid), .MAXIGP0RREADY(gp_rready),

    .SAXIHP0ACLK(clock), .SAXIHP0RDISSUECAP1EN(1'b0), .SAXIHP0WRISSUECAP1EN(1'b0),
    .SAXIHP0AWID(hp_awid), .SAXIHP0AWADDR(hp_awaddr), .SAXIHP0AWLEN(hp_awlen),
    .SAXIHP0AWSIZE(hp_awsize[1:0]), .SAXIHP0AWBURST(hp_awburst), .SAXIHP0AWLOCK(hp_awlock),
    .SAXIHP0AWCACHE(hp_awcache), .SAXIHP0AWPROT(hp_awprot), .SAXIHP0AWQOS(hp_awqos),
    .SAXIHP0AWVALID(hp_awvalid), .SAXIHP0AWREADY(hp_awready),
    .SAXIHP0WID(hp_wid), .SAXIHP0WDATA(hp_wdata), .SAXIHP0WSTRB(hp_wstrb),
    .SAXIHP0WLAST(hp_wlast), .SAXIHP0WVALID(hp_wvalid), .SAXIHP0WREADY(hp_wready),
    .SAXIHP0BID(hp_bid), .SAXIHP0BRESP(hp_bresp),
    .SAXIHP0BVALID(hp_bvalid), .SAXIHP0BREADY(hp_bready),
    .SAXIHP0ARID(hp_arid), .SAXIHP0ARADDR(hp_araddr), .SAXIHP0ARLEN(hp_arlen),
    .SAXIHP0ARSIZE(hp_arsize[1:0]), .SAXIHP0ARBURST(hp_arburst), .SAXIHP0ARLOCK(hp_arlock),
    .SAXIHP0ARCACHE(hp_arcache), .SAXIHP0ARPROT(hp_arprot), .SAXIHP0ARQOS(hp_arqos),
    .SAXIHP0ARVALID(hp_arvalid), .SAXIHP0ARREADY(hp_arready),
    .SAXIHP0RID(hp_rid), .SAXIHP0RDATA(hp_rdata), .SAXIHP0RRESP(hp_rresp),
    .SAXIHP0RLAST(hp_rlast), .SAXIHP0RVALID(hp_rvalid), .SAXIHP0RREADY(hp_rready),

    .SAXIHP1ACLK(clock), .SAXIHP1RDISSUECAP1EN(1'b0), .SAXIHP1WRISSUECAP1EN(1'b0),
    .SAXIHP1AWVALID(1'b0), .SAXIHP1WVALID(1'b0), .SAXIHP1BREADY(1'b1),
    .SAXIHP1ARID({3'b0, walk_arid}), .SAXIHP1ARADDR(walk_araddr), .SAXIHP1ARLEN(walk_arlen),
    .SAXIHP1ARSIZE(walk_arsize[1:0]), .SAXIHP1ARBURST(walk_arburst), .SAXIHP1ARLOCK(walk_arlock),
    .SAXIHP1ARCACHE(walk_arcache), .SAXIHP1ARPROT(walk_arprot), .SAXIHP1ARQOS(walk_arqos),
    .SAXIHP1ARVALID(walk_arvalid && !COHERENT), .SAXIHP1ARREADY(hp1_arready),
    .SAXIHP1RID(hp1_rid), .SAXIHP1RDATA(hp1_rdata), .SAXIHP1RRESP(hp1_rresp),
    .SAXIHP1RLAST(hp1_rlast), .SAXIHP1RVALID(hp1_rvalid), .SAXIHP1RREADY(walk_rready),

    .SAXIACPACLK(clock),
    .SAXIACPAWVALID(1'b0), .SAXIACPWVALID(1'b0), .SAXIACPBREADY(1'b1),
    .SAXIACPARID(walk_arid), .SAXIACPARADDR(walk_araddr), .SAXIACPARLEN(walk_arlen),
    .SAXIACPARSIZE(walk_arsize[1:0]), .SAXIACPARBURST(walk_arburst), .SAXIACPARLOCK(walk_arlock),
    .SAXIACPARCACHE(walk_arcache), .SAXIACPARPROT(walk_arprot), .SAXIACPARQOS(walk_arqos),
    .SAXIACPARUSER(walk_aruser),
    .SAXIACPARVALID(walk_arvalid && COHERENT), .SAXIACPARREADY(acp_arready),
    .SAXIACPRID(acp_rid), .SAXIACPRDATA(acp_rdata), .SAXIACPRRESP(acp_rresp),
    .SAXIACPRLAST(acp_rlast), .SAXIACPRVALID(acp_rvalid), .SAXIACPRREADY(walk_rready)
);

// A person wants to see that it lives.
reg [25:0] beat = 0;
reg [21:0] traffic = 0;
always @(posedge clock) begin
    beat <= beat + 1'b1;
    if (hp_arvalid || hp_awvalid) traffic <= {22{1'b1}};
    else if (traffic != 0) traffic <= traffic - 1'b1;
end
assign led = {traffic != 0, irq, resetn, beat[25]};

endmodule

// FCLK_RESETN is asynchronous (UG585, chapter 25): it acts at once, and ends with the clock.
module vcm_zynq_reset(
    input wire clock,
    input wire async_resetn,
    output wire resetn
);

(* ASYNC_REG = "TRUE" *) reg [2:0] released = 0;
always @(posedge clock or negedge async_resetn)
    if (!async_resetn) released <= 0;
    else released <= {released[1:0], 1'b1};
assign resetn = released[2];

endmodule

`default_nettype wire
