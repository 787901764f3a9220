// The whole board design, with the ports of `vcm_soc`, so that everything that runs on that runs on this: what is at
// the ports goes through the processing system's model (`ps7.v`) and the bridges.
`default_nettype none

module vcm_board(
    input wire aclk,
    input wire aresetn,
    output wire irq,
    input wire [15:0] s_axil_awaddr,
    input wire [2:0] s_axil_awprot,
    input wire s_axil_awvalid,
    output wire s_axil_awready,
    input wire [31:0] s_axil_wdata,
    input wire [3:0] s_axil_wstrb,
    input wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input wire s_axil_bready,
    input wire [15:0] s_axil_araddr,
    input wire [2:0] s_axil_arprot,
    input wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input wire s_axil_rready,
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
    input wire m_axi_awready,
    output wire [63:0] m_axi_wdata,
    output wire [7:0] m_axi_wstrb,
    output wire m_axi_wlast,
    output wire m_axi_wvalid,
    input wire m_axi_wready,
    input wire [7:0] m_axi_bid,
    input wire [1:0] m_axi_bresp,
    input wire m_axi_bvalid,
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
    input wire m_axi_arready,
    input wire [7:0] m_axi_rid,
    input wire [63:0] m_axi_rdata,
    input wire [1:0] m_axi_rresp,
    input wire m_axi_rlast,
    input wire m_axi_rvalid,
    output wire m_axi_rready,
    output wire [7:0] m_axi_ptw_arid,
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
    input wire m_axi_ptw_arready,
    input wire [7:0] m_axi_ptw_rid,
    input wire [63:0] m_axi_ptw_rdata,
    input wire [1:0] m_axi_ptw_rresp,
    input wire m_axi_ptw_rlast,
    input wire m_axi_ptw_rvalid,
    output wire m_axi_ptw_rready
);

parameter WALKS = "HP1";

vcm_zynq #(.WALKS(WALKS)) board(.led());

assign board.ps7.clock = aclk;
assign board.ps7.resetn = aresetn;
assign irq = board.ps7.irq;
assign board.ps7.cpu_awaddr = s_axil_awaddr;
assign board.ps7.cpu_awprot = s_axil_awprot;
assign board.ps7.cpu_awvalid = s_axil_awvalid;
assign s_axil_awready = board.ps7.cpu_awready;
assign board.ps7.cpu_wdata = s_axil_wdata;
assign board.ps7.cpu_wstrb = s_axil_wstrb;
assign board.ps7.cpu_wvalid = s_axil_wvalid;
assign s_axil_wready = board.ps7.cpu_wready;
assign s_axil_bresp = board.ps7.cpu_bresp;
assign s_axil_bvalid = board.ps7.cpu_bvalid;
assign board.ps7.cpu_bready = s_axil_bready;
assign board.ps7.cpu_araddr = s_axil_araddr;
assign board.ps7.cpu_arprot = s_axil_arprot;
assign board.ps7.cpu_arvalid = s_axil_arvalid;
assign s_axil_arready = board.ps7.cpu_arready;
assign s_axil_rdata = board.ps7.cpu_rdata;
assign s_axil_rresp = board.ps7.cpu_rresp;
assign s_axil_rvalid = board.ps7.cpu_rvalid;
assign board.ps7.cpu_rready = s_axil_rready;
assign m_axi_awid = board.ps7.data_awid;
assign m_axi_awaddr = board.ps7.data_awaddr;
assign m_axi_awlen = board.ps7.data_awlen;
assign m_axi_awsize = board.ps7.data_awsize;
assign m_axi_awburst = board.ps7.data_awburst;
assign m_axi_awlock = board.ps7.data_awlock;
assign m_axi_awcache = board.ps7.data_awcache;
assign m_axi_awprot = board.ps7.data_awprot;
assign m_axi_awqos = board.ps7.data_awqos;
assign m_axi_awvalid = board.ps7.data_awvalid;
assign board.ps7.data_awready = m_axi_awready;
assign m_axi_wdata = board.ps7.data_wdata;
assign m_axi_wstrb = board.ps7.data_wstrb;
assign m_axi_wlast = board.ps7.data_wlast;
assign m_axi_wvalid = board.ps7.data_wvalid;
assign board.ps7.data_wready = m_axi_wready;
assign board.ps7.data_bid = m_axi_bid;
assign board.ps7.data_bresp = m_axi_bresp;
assign board.ps7.data_bvalid = m_axi_bvalid;
assign m_axi_bready = board.ps7.data_bready;
assign m_axi_arid = board.ps7.data_arid;
assign m_axi_araddr = board.ps7.data_araddr;
assign m_axi_arlen = board.ps7.data_arlen;
assign m_axi_arsize = board.ps7.data_arsize;
assign m_axi_arburst = board.ps7.data_arburst;
assign m_axi_arlock = board.ps7.data_arlock;
assign m_axi_arcache = board.ps7.data_arcache;
assign m_axi_arprot = board.ps7.data_arprot;
assign m_axi_arqos = board.ps7.data_arqos;
assign m_axi_arvalid = board.ps7.data_arvalid;
assign board.ps7.data_arready = m_axi_arready;
assign board.ps7.data_rid = m_axi_rid;
assign board.ps7.data_rdata = m_axi_rdata;
assign board.ps7.data_rresp = m_axi_rresp;
assign board.ps7.data_rlast = m_axi_rlast;
assign board.ps7.data_rvalid = m_axi_rvalid;
assign m_axi_rready = board.ps7.data_rready;
assign m_axi_ptw_arid = board.ps7.walk_arid;
assign m_axi_ptw_araddr = board.ps7.walk_araddr;
assign m_axi_ptw_arlen = board.ps7.walk_arlen;
assign m_axi_ptw_arsize = board.ps7.walk_arsize;
assign m_axi_ptw_arburst = board.ps7.walk_arburst;
assign m_axi_ptw_arlock = board.ps7.walk_arlock;
assign m_axi_ptw_arcache = board.ps7.walk_arcache;
assign m_axi_ptw_arprot = board.ps7.walk_arprot;
assign m_axi_ptw_arqos = board.ps7.walk_arqos;
assign m_axi_ptw_aruser = board.ps7.walk_aruser;
assign m_axi_ptw_arvalid = board.ps7.walk_arvalid;
assign board.ps7.walk_arready = m_axi_ptw_arready;
assign board.ps7.walk_rid = m_axi_ptw_rid;
assign board.ps7.walk_rdata = m_axi_ptw_rdata;
assign board.ps7.walk_rresp = m_axi_ptw_rresp;
assign board.ps7.walk_rlast = m_axi_ptw_rlast;
assign board.ps7.walk_rvalid = m_axi_ptw_rvalid;
assign m_axi_ptw_rready = board.ps7.walk_rready;

endmodule

`default_nettype wire
