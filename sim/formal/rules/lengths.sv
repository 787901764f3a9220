// The lengths of bursts that are not over, oldest first, up to DEPTH.
module lengths #(
    parameter DEPTH = 4,
    parameter WIDTH = 8
) (
    input wire clk,
    input wire push,
    input wire [WIDTH-1:0] len,
    input wire pop,
    output wire [3:0] count,
    output wire full,
    output wire [WIDTH-1:0] oldest
);
    reg [3:0] held = 0;
    reg [DEPTH*WIDTH-1:0] items = 0;
    reg [DEPTH*WIDTH-1:0] kept;
    reg [3:0] left;
    always @(*) begin
        kept = pop ? items >> WIDTH : items;
        left = held - (pop && held != 0);
    end
    // What comes while nothing is held may go at once.
    wire keeps = push && !(pop && held == 0);
    always @(posedge clk) begin
        held <= left + keeps;
        items <= kept;
        if (keeps) items[left*WIDTH+:WIDTH] <= len;
    end
    assign count = held;
    assign full = held >= DEPTH;
    assign oldest = items[WIDTH-1:0];
endmodule
