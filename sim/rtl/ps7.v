// Models of the primitives in `rtl/zynq/vcm_zynq.v`, for simulation.
`default_nettype none

module BUFG(input wire I, output wire O);
assign O = I;
endmodule

// The processing system, as far as the fabric sees it (UG585, chapter 5). What is behind its ports is not here:
// `vcm_board` connects the wires `cpu_*`, `data_*` and `walk_*` by their hierarchical names.
//
// - `cpu_*`, AXI4-Lite, becomes single-beat bursts at `M_AXI_GP0`, each with another ID.
// - `S_AXI_HP0` becomes `data_*`, with the signals of AXI4. Write data is held to the rules of AXI3.
// - `S_AXI_HP1` and `S_AXI_ACP`, read only, become `walk_*`: whichever asks.
//
// Who breaks a rule is answered DECERR from then on, by all ports, and `broken` stays high.
module PS7(
    output wire [3:0] FCLKCLK, output wire [3:0] FCLKRESETN, input wire [3:0] FCLKCLKTRIGN,
    input wire [19:0] IRQF2P,
    input wire FPGAIDLEN, input wire [3:0] DDRARB, input wire EMIOSRAMINTIN, input wire EVENTEVENTI,

    input wire MAXIGP0ACLK,
    output wire [11:0] MAXIGP0AWID, output wire [31:0] MAXIGP0AWADDR, output wire [3:0] MAXIGP0AWLEN,
    output wire [1:0] MAXIGP0AWSIZE, output wire [1:0] MAXIGP0AWBURST, output wire [2:0] MAXIGP0AWPROT,
    output wire MAXIGP0AWVALID, input wire MAXIGP0AWREADY,
    output wire [31:0] MAXIGP0WDATA, output wire [3:0] MAXIGP0WSTRB,
    output wire MAXIGP0WVALID, input wire MAXIGP0WREADY,
    input wire [11:0] MAXIGP0BID, input wire [1:0] MAXIGP0BRESP,
    input wire MAXIGP0BVALID, output wire MAXIGP0BREADY,
    output wire [11:0] MAXIGP0ARID, output wire [31:0] MAXIGP0ARADDR, output wire [3:0] MAXIGP0ARLEN,
    output wire [1:0] MAXIGP0ARSIZE, output wire [1:0] MAXIGP0ARBURST, output wire [2:0] MAXIGP0ARPROT,
    output wire MAXIGP0ARVALID, input wire MAXIGP0ARREADY,
    input wire [11:0] MAXIGP0RID, input wire [31:0] MAXIGP0RDATA, input wire [1:0] MAXIGP0RRESP,
    input wire MAXIGP0RLAST, input wire MAXIGP0RVALID, output wire MAXIGP0RREADY,

    input wire SAXIHP0ACLK, input wire SAXIHP0RDISSUECAP1EN, input wire SAXIHP0WRISSUECAP1EN,
    input wire [5:0] SAXIHP0AWID, input wire [31:0] SAXIHP0AWADDR, input wire [3:0] SAXIHP0AWLEN,
    input wire [1:0] SAXIHP0AWSIZE, input wire [1:0] SAXIHP0AWBURST, input wire [1:0] SAXIHP0AWLOCK,
    input wire [3:0] SAXIHP0AWCACHE, input wire [2:0] SAXIHP0AWPROT, input wire [3:0] SAXIHP0AWQOS,
    input wire SAXIHP0AWVALID, output wire SAXIHP0AWREADY,
    input wire [5:0] SAXIHP0WID, input wire [63:0] SAXIHP0WDATA, input wire [7:0] SAXIHP0WSTRB,
    input wire SAXIHP0WLAST, input wire SAXIHP0WVALID, output wire SAXIHP0WREADY,
    output wire [5:0] SAXIHP0BID, output wire [1:0] SAXIHP0BRESP,
    output wire SAXIHP0BVALID, input wire SAXIHP0BREADY,
    input wire [5:0] SAXIHP0ARID, input wire [31:0] SAXIHP0ARADDR, input wire [3:0] SAXIHP0ARLEN,
    input wire [1:0] SAXIHP0ARSIZE, input wire [1:0] SAXIHP0ARBURST, input wire [1:0] SAXIHP0ARLOCK,
    input wire [3:0] SAXIHP0ARCACHE, input wire [2:0] SAXIHP0ARPROT, input wire [3:0] SAXIHP0ARQOS,
    input wire SAXIHP0ARVALID, output wire SAXIHP0ARREADY,
    output wire [5:0] SAXIHP0RID, output wire [63:0] SAXIHP0RDATA, output wire [1:0] SAXIHP0RRESP,
    output wire SAXIHP0RLAST, output wire SAXIHP0RVALID, input wire SAXIHP0RREADY,

    input wire SAXIHP1ACLK, input wire SAXIHP1RDISSUECAP1EN, input wire SAXIHP1WRISSUECAP1EN,
    input wire SAXIHP1AWVALID, input wire SAXIHP1WVALID, input wire SAXIHP1BREADY,
    input wire [5:0] SAXIHP1ARID, input wire [31:0] SAXIHP1ARADDR, input wire [3:0] SAXIHP1ARLEN,
    input wire [1:0] SAXIHP1ARSIZE, input wire [1:0] SAXIHP1ARBURST, input wire [1:0] SAXIHP1ARLOCK,
    input wire [3:0] SAXIHP1ARCACHE, input wire [2:0] SAXIHP1ARPROT, input wire [3:0] SAXIHP1ARQOS,
    input wire SAXIHP1ARVALID, output wire SAXIHP1ARREADY,
    output wire [5:0] SAXIHP1RID, output wire [63:0] SAXIHP1RDATA, output wire [1:0] SAXIHP1RRESP,
    output wire SAXIHP1RLAST, output wire SAXIHP1RVALID, input wire SAXIHP1RREADY,

    input wire SAXIACPACLK,
    input wire SAXIACPAWVALID, input wire SAXIACPWVALID, input wire SAXIACPBREADY,
    input wire [2:0] SAXIACPARID, input wire [31:0] SAXIACPARADDR, input wire [3:0] SAXIACPARLEN,
    input wire [1:0] SAXIACPARSIZE, input wire [1:0] SAXIACPARBURST, input wire [1:0] SAXIACPARLOCK,
    input wire [3:0] SAXIACPARCACHE, input wire [2:0] SAXIACPARPROT, input wire [3:0] SAXIACPARQOS,
    input wire [4:0] SAXIACPARUSER, input wire SAXIACPARVALID, output wire SAXIACPARREADY,
    output wire [2:0] SAXIACPRID, output wire [63:0] SAXIACPRDATA, output wire [1:0] SAXIACPRRESP,
    output wire SAXIACPRLAST, output wire SAXIACPRVALID, input wire SAXIACPRREADY
);

// From `vcm_board`.
wire clock, resetn;
wire [15:0] cpu_awaddr, cpu_araddr;
wire [2:0] cpu_awprot, cpu_arprot;
wire [31:0] cpu_wdata;
wire [3:0] cpu_wstrb;
wire cpu_awvalid, cpu_wvalid, cpu_bready, cpu_arvalid, cpu_rready;
wire data_awready, data_wready, data_bvalid, data_arready, data_rlast, data_rvalid;
wire [7:0] data_bid, data_rid, walk_rid;
wire [1:0] data_bresp, data_rresp, walk_rresp;
wire [63:0] data_rdata, walk_rdata;
wire walk_arready, walk_rlast, walk_rvalid;

assign FCLKCLK = {3'b0, clock};
assign FCLKRESETN = {3'b111, resetn};

// No software runs before the fabric is out of reset.
reg [3:0] since_reset = 0;
wire ready = &since_reset;
always @(posedge clock)
    if (!resetn) since_reset <= 0;
    else if (!ready) since_reset <= since_reset + 1'b1;

reg broken = 0;
wire [1:0] poison = {2{broken}};

// M_AXI_GP0.
reg [11:0] awid = 12'h123, bid = 12'h123, arid = 12'hABC, rid = 12'hABC;
assign MAXIGP0AWID = awid;
assign MAXIGP0AWADDR = {16'h4000, cpu_awaddr};
assign MAXIGP0AWLEN = 4'd0;
assign MAXIGP0AWSIZE = 2'd2;
assign MAXIGP0AWBURST = 2'd1;
assign MAXIGP0AWPROT = cpu_awprot;
assign MAXIGP0AWVALID = cpu_awvalid && ready;
assign MAXIGP0WDATA = cpu_wdata;
assign MAXIGP0WSTRB = cpu_wstrb;
assign MAXIGP0WVALID = cpu_wvalid && ready;
assign MAXIGP0BREADY = cpu_bready;
assign MAXIGP0ARID = arid;
assign MAXIGP0ARADDR = {16'h4000, cpu_araddr};
assign MAXIGP0ARLEN = 4'd0;
assign MAXIGP0ARSIZE = 2'd2;
assign MAXIGP0ARBURST = 2'd1;
assign MAXIGP0ARPROT = cpu_arprot;
assign MAXIGP0ARVALID = cpu_arvalid && ready;
assign MAXIGP0RREADY = cpu_rready;
wire cpu_awready = MAXIGP0AWREADY && ready;
wire cpu_wready = MAXIGP0WREADY && ready;
wire cpu_bvalid = MAXIGP0BVALID && ready;
wire [1:0] cpu_bresp = MAXIGP0BRESP | poison;
wire cpu_arready = MAXIGP0ARREADY && ready;
wire cpu_rvalid = MAXIGP0RVALID && ready;
wire [1:0] cpu_rresp = MAXIGP0RRESP | poison;
wire [31:0] cpu_rdata = MAXIGP0RDATA;
always @(posedge clock) begin
    if (cpu_awvalid && cpu_awready) awid <= awid + 12'h111;
    if (cpu_bvalid && cpu_bready) bid <= bid + 12'h111;
    if (cpu_arvalid && cpu_arready) arid <= arid + 12'h111;
    if (cpu_rvalid && cpu_rready) rid <= rid + 12'h111;
    if (!resetn) begin
        bid <= awid;
        rid <= arid;
    end
end

// S_AXI_HP0.
wire data_awvalid = SAXIHP0AWVALID && resetn;
wire [7:0] data_awid = {2'b0, SAXIHP0AWID};
wire [31:0] data_awaddr = SAXIHP0AWADDR;
wire [7:0] data_awlen = {4'b0, SAXIHP0AWLEN};
wire [2:0] data_awsize = {1'b0, SAXIHP0AWSIZE};
wire [1:0] data_awburst = SAXIHP0AWBURST;
wire data_awlock = SAXIHP0AWLOCK[0];
wire [3:0] data_awcache = SAXIHP0AWCACHE;
wire [2:0] data_awprot = SAXIHP0AWPROT;
wire [3:0] data_awqos = SAXIHP0AWQOS;
assign SAXIHP0AWREADY = data_awready;
wire data_wvalid = SAXIHP0WVALID && resetn;
wire [63:0] data_wdata = SAXIHP0WDATA;
wire [7:0] data_wstrb = SAXIHP0WSTRB;
wire data_wlast = SAXIHP0WLAST;
assign SAXIHP0WREADY = data_wready;
assign SAXIHP0BVALID = data_bvalid;
assign SAXIHP0BID = data_bid[5:0];
assign SAXIHP0BRESP = data_bresp | poison;
wire data_bready = SAXIHP0BREADY;
wire data_arvalid = SAXIHP0ARVALID && resetn;
wire [7:0] data_arid = {2'b0, SAXIHP0ARID};
wire [31:0] data_araddr = SAXIHP0ARADDR;
wire [7:0] data_arlen = {4'b0, SAXIHP0ARLEN};
wire [2:0] data_arsize = {1'b0, SAXIHP0ARSIZE};
wire [1:0] data_arburst = SAXIHP0ARBURST;
wire data_arlock = SAXIHP0ARLOCK[0];
wire [3:0] data_arcache = SAXIHP0ARCACHE;
wire [2:0] data_arprot = SAXIHP0ARPROT;
wire [3:0] data_arqos = SAXIHP0ARQOS;
assign SAXIHP0ARREADY = data_arready;
assign SAXIHP0RVALID = data_rvalid;
assign SAXIHP0RID = data_rid[5:0];
assign SAXIHP0RDATA = data_rdata;
assign SAXIHP0RRESP = data_rresp | poison;
assign SAXIHP0RLAST = data_rlast;
wire data_rready = SAXIHP0RREADY;

// Write bursts whose AWVALID has been seen, in order, and the one whose data is due.
reg [9:0] bursts [0:63];
reg [5:0] seen = 0, due = 0;
reg [3:0] beats = 0;
reg waits = 0;
wire begins = data_awvalid && !waits;
wire fresh = due == seen;
wire [9:0] burst = fresh ? {SAXIHP0AWID, SAXIHP0AWLEN} : bursts[due];
wire ahead = fresh && !begins;
wire ends = beats == burst[3:0];
always @(posedge clock) begin
    waits <= data_awvalid && !data_awready;
    if (begins) begin
        bursts[seen] <= {SAXIHP0AWID, SAXIHP0AWLEN};
        seen <= seen + 1'b1;
    end
    if (data_wvalid && data_wready) begin
        beats <= ends ? 4'd0 : beats + 1'b1;
        if (ends) due <= due + 1'b1;
    end
    if (data_wvalid && (ahead || SAXIHP0WID != burst[9:4] || SAXIHP0WLAST != ends)) begin
        broken <= 1;
        $display("PS7: S_AXI_HP0: W does not belong to its AW: WID %h, WLAST %b", SAXIHP0WID, SAXIHP0WLAST);
    end
    if (cpu_bvalid && MAXIGP0BID != bid || cpu_rvalid && (MAXIGP0RID != rid || !MAXIGP0RLAST)) begin
        broken <= 1;
        $display("PS7: M_AXI_GP0: an answer with a wrong ID, or without RLAST");
    end
    if (SAXIHP1ARVALID && SAXIACPARVALID && resetn) begin
        broken <= 1;
        $display("PS7: walks come by two ways");
    end
    if (!resetn) begin
        seen <= 0;
        due <= 0;
        beats <= 0;
        waits <= 0;
    end
end

// S_AXI_ACP and S_AXI_HP1.
reg coherent = 0;
wire asks_acp = SAXIACPARVALID;
always @(posedge clock) if (walk_arvalid) coherent <= asks_acp;
wire walk_arvalid = (SAXIHP1ARVALID || SAXIACPARVALID) && resetn;
wire [7:0] walk_arid = asks_acp ? {5'b0, SAXIACPARID} : {2'b0, SAXIHP1ARID};
wire [31:0] walk_araddr = asks_acp ? SAXIACPARADDR : SAXIHP1ARADDR;
wire [7:0] walk_arlen = {4'b0, asks_acp ? SAXIACPARLEN : SAXIHP1ARLEN};
wire [2:0] walk_arsize = {1'b0, asks_acp ? SAXIACPARSIZE : SAXIHP1ARSIZE};
wire [1:0] walk_arburst = asks_acp ? SAXIACPARBURST : SAXIHP1ARBURST;
wire walk_arlock = asks_acp ? SAXIACPARLOCK[0] : SAXIHP1ARLOCK[0];
wire [3:0] walk_arcache = asks_acp ? SAXIACPARCACHE : SAXIHP1ARCACHE;
wire [2:0] walk_arprot = asks_acp ? SAXIACPARPROT : SAXIHP1ARPROT;
wire [3:0] walk_arqos = asks_acp ? SAXIACPARQOS : SAXIHP1ARQOS;
wire [4:0] walk_aruser = asks_acp ? SAXIACPARUSER : 5'd0;
assign SAXIACPARREADY = walk_arready;
assign SAXIHP1ARREADY = walk_arready;
assign SAXIACPRVALID = walk_rvalid && coherent;
assign SAXIHP1RVALID = walk_rvalid && !coherent;
assign SAXIACPRID = walk_rid[2:0];
assign SAXIHP1RID = walk_rid[5:0];
assign SAXIACPRDATA = walk_rdata;
assign SAXIHP1RDATA = walk_rdata;
assign SAXIACPRRESP = walk_rresp | poison;
assign SAXIHP1RRESP = walk_rresp | poison;
assign SAXIACPRLAST = walk_rlast;
assign SAXIHP1RLAST = walk_rlast;
wire walk_rready = coherent ? SAXIACPRREADY : SAXIHP1RREADY;

wire irq = IRQF2P[0];

endmodule

`default_nettype wire
