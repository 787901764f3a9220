// An AXI4-Lite port whose slave is the hardware, with at most 7 accesses under way.
module lite_rules (
    input wire clk,
    input wire awvalid,
    input wire awready,
    input wire [15:0] awaddr,
    input wire wvalid,
    input wire wready,
    input wire [31:0] wdata,
    input wire [3:0] wstrb,
    input wire bvalid,
    input wire bready,
    input wire [1:0] bresp,
    input wire arvalid,
    input wire arready,
    input wire [15:0] araddr,
    input wire rvalid,
    input wire rready,
    input wire [31:0] rdata,
    input wire [1:0] rresp
);
    channel #(.WIDTH(16), .SOURCE_PROVED(0)) aw (
        .clk(clk), .valid(awvalid), .ready(awready), .payload(awaddr));
    channel #(.WIDTH(36), .SOURCE_PROVED(0)) w (
        .clk(clk), .valid(wvalid), .ready(wready), .payload({wdata, wstrb}));
    channel #(.WIDTH(16), .SOURCE_PROVED(0)) ar (
        .clk(clk), .valid(arvalid), .ready(arready), .payload(araddr));
    channel #(.WIDTH(2), .SOURCE_PROVED(1)) b (
        .clk(clk), .valid(bvalid), .ready(bready), .payload(bresp));
    channel #(.WIDTH(34), .SOURCE_PROVED(1)) r (
        .clk(clk), .valid(rvalid), .ready(rready), .payload({rdata, rresp}));

    reg [2:0] addresses = 0;
    reg [2:0] data = 0;
    reg [2:0] reads = 0;
    wire answered = bvalid && bready;
    always @(posedge clk) begin
        addresses <= addresses + (awvalid && awready) - answered;
        data <= data + (wvalid && wready) - answered;
        reads <= reads + (arvalid && arready) - (rvalid && rready);
    end
    rule #(0) few_addresses (awvalid, addresses != 7);
    rule #(0) few_data (wvalid, data != 7);
    rule #(0) few_reads (arvalid, reads != 7);
    // IHI 0022E, A3.3.1 and B1.1.1.
    rule #(1) b_after_aw_and_w (bvalid, addresses != 0 && data != 0);
    rule #(1) r_after_ar (rvalid, reads != 0);
    rule #(1) b_never_exokay (bvalid, bresp != 2'd1);
    rule #(1) r_never_exokay (rvalid, rresp != 2'd1);
endmodule
