// What a burst may be (IHI 0022E, A3.4.1 and A4.4), on a bus of 64 bits.
module burst_rules #(
    parameter PROVED = 1
) (
    input wire valid,
    input wire [31:0] addr,
    input wire [7:0] len,
    input wire [2:0] size,
    input wire [1:0] burst,
    input wire lock,
    input wire [3:0] cache
);
    localparam FIXED = 2'd0, INCR = 2'd1, WRAP = 2'd2;
    wire [12:0] width = 13'd1 << size;
    wire [12:0] first = {1'b0, addr[11:0]} & ~(width - 13'd1);
    wire [15:0] bytes = ({8'd0, len} + 16'd1) << size;
    rule #(PROVED) size_fits_bus (valid, size <= 3'd3);
    rule #(PROVED) burst_not_reserved (valid, burst != 2'd3);
    rule #(PROVED) fixed_up_to_16 (valid && burst == FIXED, len <= 8'd15);
    rule #(PROVED) wrap_length (valid && burst == WRAP, len == 8'd1 || len == 8'd3 || len == 8'd7 || len == 8'd15);
    rule #(PROVED) wrap_aligned (valid && burst == WRAP, (addr[2:0] & (width[2:0] - 3'd1)) == 0);
    rule #(PROVED) within_4_kib (valid && burst == INCR, {3'd0, first} + bytes <= 16'd4096);
    rule #(PROVED) not_exclusive (valid, !lock);
    rule #(PROVED) allocates_modifiable_only (valid && cache[3:2] != 0, cache[1]);
endmodule
