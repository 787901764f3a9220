// Placeholder with the ports of the generated file: no traffic on m_axi.
/* verilator lint_off UNUSEDSIGNAL */
module vcm_soc (
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
    input wire m_axi_ptw_arready,
    input wire [1:0] m_axi_ptw_rid,
    input wire [63:0] m_axi_ptw_rdata,
    input wire [1:0] m_axi_ptw_rresp,
    input wire m_axi_ptw_rlast,
    input wire m_axi_ptw_rvalid,
    output wire m_axi_ptw_rready
);

    // Register window: IDR0, IRQ_ENABLE; other offsets below 0x1000 are ignored, the rest is SLVERR.
    reg [1:0]  irq_enable;
    reg        bvalid;
    reg [1:0]  bresp;
    reg        rvalid;
    reg [1:0]  rresp;
    reg [31:0] rdata;
    wire write = s_axil_awvalid & s_axil_wvalid & ~bvalid;
    wire read = s_axil_arvalid & ~rvalid;
    assign s_axil_awready = write;
    assign s_axil_wready = write;
    assign s_axil_bvalid = bvalid;
    assign s_axil_bresp = bresp;
    assign s_axil_arready = read;
    assign s_axil_rvalid = rvalid;
    assign s_axil_rresp = rresp;
    assign s_axil_rdata = rdata;
    always @(posedge aclk) begin
        if (!aresetn) begin
            irq_enable <= 2'd0;
            bvalid <= 1'b0;
            rvalid <= 1'b0;
        end else begin
            if (s_axil_bready) bvalid <= 1'b0;
            if (write) begin
                bvalid <= 1'b1;
                bresp <= (s_axil_awaddr[15:12] == 4'd0) ? 2'b00 : 2'b10;
                if (s_axil_awaddr == 16'h20 && s_axil_wstrb[0]) irq_enable <= s_axil_wdata[1:0];
            end
            if (s_axil_rready) rvalid <= 1'b0;
            if (read) begin
                rvalid <= 1'b1;
                rresp <= (s_axil_araddr[15:12] == 4'd0) ? 2'b00 : 2'b10;
                rdata <= (s_axil_araddr == 16'd0) ? 32'h56434D31 : (s_axil_araddr == 16'h20) ? {30'd0, irq_enable} : 32'd0;
            end
        end
    end
    assign irq = 1'b0;

    assign m_axi_awid = 8'd0;
    assign m_axi_awaddr = 32'd0;
    assign m_axi_awlen = 8'd0;
    assign m_axi_awsize = 3'd0;
    assign m_axi_awburst = 2'd0;
    assign m_axi_awlock = 1'd0;
    assign m_axi_awcache = 4'd0;
    assign m_axi_awprot = 3'd0;
    assign m_axi_awqos = 4'd0;
    assign m_axi_awvalid = 1'd0;
    assign m_axi_wdata = 64'd0;
    assign m_axi_wstrb = 8'd0;
    assign m_axi_wlast = 1'd0;
    assign m_axi_wvalid = 1'd0;
    assign m_axi_bready = 1'd0;
    assign m_axi_arid = 8'd0;
    assign m_axi_araddr = 32'd0;
    assign m_axi_arlen = 8'd0;
    assign m_axi_arsize = 3'd0;
    assign m_axi_arburst = 2'd0;
    assign m_axi_arlock = 1'd0;
    assign m_axi_arcache = 4'd0;
    assign m_axi_arprot = 3'd0;
    assign m_axi_arqos = 4'd0;
    assign m_axi_arvalid = 1'd0;
    assign m_axi_rready = 1'd0;
    assign m_axi_ptw_arid = 2'd0;
    assign m_axi_ptw_araddr = 32'd0;
    assign m_axi_ptw_arlen = 8'd0;
    assign m_axi_ptw_arsize = 3'd0;
    assign m_axi_ptw_arburst = 2'd0;
    assign m_axi_ptw_arlock = 1'd0;
    assign m_axi_ptw_arcache = 4'd0;
    assign m_axi_ptw_arprot = 3'd0;
    assign m_axi_ptw_arqos = 4'd0;
    assign m_axi_ptw_aruser = 5'd0;
    assign m_axi_ptw_arvalid = 1'd0;
    assign m_axi_ptw_rready = 1'd0;
endmodule
