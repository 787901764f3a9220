// A read port of AXI4: AR and R. IDs from 0 to 2^ID_BITS - 1, with at most DEPTH bursts of each.
module read_rules #(
    parameter MASTER_PROVED = 1, // 0: the hardware is the slave
    parameter ID_BITS = 1,
    parameter DEPTH = 4
) (
    input wire clk,
    input wire arvalid,
    input wire arready,
    input wire [7:0] arid,
    input wire [7:0] arlen,
    input wire [63:0] ar, // the rest of AR's payload
    input wire rvalid,
    input wire rready,
    input wire [7:0] rid,
    input wire [63:0] rdata,
    input wire [1:0] rresp,
    input wire rlast,
    output wire [7:0] unanswered
);
    channel #(.WIDTH(80), .SOURCE_PROVED(MASTER_PROVED)) a (
        .clk(clk), .valid(arvalid), .ready(arready), .payload({arid, arlen, ar}));
    channel #(.WIDTH(75), .SOURCE_PROVED(!MASTER_PROVED)) r (
        .clk(clk), .valid(rvalid), .ready(rready), .payload({rid, rdata, rresp, rlast}));

    localparam IDS = 1 << ID_BITS;
    wire [IDS*8-1:0] counts;
    genvar i;
    generate for (i = 0; i < IDS; i = i + 1) begin : id
        wire begins = arvalid && arready && arid == i;
        wire answers = rvalid && rid == i;
        wire [3:0] count;
        wire full;
        wire [7:0] len;
        reg [7:0] beat = 0;
        always @(posedge clk) if (answers && rready) beat <= rlast ? 8'd0 : beat + 8'd1;
        lengths #(.DEPTH(DEPTH)) open (
            .clk(clk), .push(begins), .len(arlen), .pop(answers && rready && rlast),
            .count(count), .full(full), .oldest(len));
        assign counts[i*8+:8] = count;
        rule #(MASTER_PROVED) not_too_many (arvalid && arid == i, !full);
        // A3.3.1: an answer comes after its address.
        rule #(!MASTER_PROVED) r_was_asked_for (answers, count != 0);
        // A3.4.1, A5.3: as many beats as asked for, those of one ID in the order of their addresses.
        rule #(!MASTER_PROVED) r_last_on_last_beat (answers, rlast == (beat == len));
    end endgenerate
    rule #(MASTER_PROVED) ar_id_in_range (arvalid, arid < IDS);
    rule #(!MASTER_PROVED) r_id_in_range (rvalid, rid < IDS);
    // A7.2.4: nothing is asked for exclusively, or nothing is monitored.
    rule #(!MASTER_PROVED) r_never_exokay (rvalid, rresp != 2'd1);

    integer k;
    reg [7:0] sum;
    always @(*) begin
        sum = 0;
        for (k = 0; k < IDS; k = k + 1) sum = sum + counts[k*8+:8];
    end
    assign unanswered = sum;
endmodule
