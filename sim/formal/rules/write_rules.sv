// A write port of AXI4: AW, W and B. IDs from 0 to 2^ID_BITS - 1, with at most DEPTH bursts open.
module write_rules #(
    parameter MASTER_PROVED = 1, // 0: the hardware is the slave
    // Data come with or after their address, and WLAST on the last beat.
    parameter ORDERLY = 1,
    parameter ID_BITS = 1,
    parameter DEPTH = 8
) (
    input wire clk,
    input wire awvalid,
    input wire awready,
    input wire [7:0] awid,
    input wire [7:0] awlen,
    input wire [63:0] aw, // the rest of AW's payload
    input wire wvalid,
    input wire wready,
    input wire [63:0] wdata,
    input wire [7:0] wstrb,
    input wire wlast,
    input wire bvalid,
    input wire bready,
    input wire [7:0] bid,
    input wire [1:0] bresp,
    output wire [7:0] unanswered
);
    channel #(.WIDTH(80), .SOURCE_PROVED(MASTER_PROVED)) a (
        .clk(clk), .valid(awvalid), .ready(awready), .payload({awid, awlen, aw}));
    channel #(.WIDTH(73), .SOURCE_PROVED(MASTER_PROVED)) w (
        .clk(clk), .valid(wvalid), .ready(wready), .payload({wdata, wstrb, wlast}));
    channel #(.WIDTH(10), .SOURCE_PROVED(!MASTER_PROVED)) b (
        .clk(clk), .valid(bvalid), .ready(bready), .payload({bid, bresp}));

    localparam IDS = 1 << ID_BITS;
    wire taken = awvalid && awready;
    wire ends = wvalid && wready && wlast;
    wire answered = bvalid && bready;

    // Data against addresses: from AWVALID on, whether AWREADY has come or not.
    generate if (ORDERLY) begin : data
        reg offered = 0;
        always @(posedge clk) offered <= awvalid && !awready;
        wire begins = awvalid && !offered;
        reg [7:0] beat = 0;
        always @(posedge clk) if (wvalid && wready) beat <= wlast ? 8'd0 : beat + 8'd1;
        wire [3:0] count;
        wire full;
        wire [7:0] len;
        wire through = count == 0;
        lengths #(.DEPTH(DEPTH)) open (
            .clk(clk), .push(begins), .len(awlen), .pop(ends), .count(count), .full(full), .oldest(len));
        rule #(MASTER_PROVED) w_not_before_aw (wvalid, !through || begins);
        rule #(MASTER_PROVED) w_last_on_last_beat (wvalid, wlast == (beat == (through ? awlen : len)));
    end endgenerate

    // Answers: a burst may be answered from the cycle on after address and data have both been taken
    // (A3.3.1), those of one ID once each.
    wire [3:0] waiting;
    wire full;
    wire [7:0] oldest;
    reg [3:0] ahead = 0; // bursts of data that were taken before their addresses
    wire [3:0] data_there = ahead + ends;
    wire match = (waiting != 0 || taken) && data_there != 0;
    wire [7:0] matched = waiting != 0 ? oldest : awid;
    lengths #(.DEPTH(DEPTH)) addresses (
        .clk(clk), .push(taken), .len(awid), .pop(match), .count(waiting), .full(full), .oldest(oldest));
    always @(posedge clk) ahead <= data_there - match;
    wire [IDS*8-1:0] counts;
    genvar i;
    generate for (i = 0; i < IDS; i = i + 1) begin : id
        reg [3:0] complete = 0;
        always @(posedge clk)
            complete <= complete + (match && matched == i) - (answered && bid == i);
        assign counts[i*8+:8] = complete;
        rule #(!MASTER_PROVED) b_after_aw_and_w (bvalid && bid == i, complete != 0);
    end endgenerate
    reg [3:0] open = 0;
    always @(posedge clk) open <= open + taken - answered;
    rule #(MASTER_PROVED) not_too_many (awvalid, open < DEPTH);
    rule #(MASTER_PROVED) data_not_too_far_ahead (wvalid, ahead < DEPTH);
    rule #(MASTER_PROVED) aw_id_in_range (awvalid, awid < IDS);
    rule #(!MASTER_PROVED) b_id_in_range (bvalid, bid < IDS);
    rule #(!MASTER_PROVED) b_never_exokay (bvalid, bresp != 2'd1);
    assign unanswered = open;
endmodule
