// A channel with VALID and READY: once VALID is high, it and the payload stay until READY is
// (IHI 0022E, A3.2.1 and A3.2.2).
module channel #(
    parameter WIDTH = 1,
    parameter SOURCE_PROVED = 1
) (
    input wire clk,
    input wire valid,
    input wire ready,
    input wire [WIDTH-1:0] payload
);
    reg waits = 0;
    reg [WIDTH-1:0] before = 0;
    always @(posedge clk) begin
        waits <= valid && !ready;
        before <= payload;
    end
    rule #(SOURCE_PROVED) valid_held (waits, valid);
    rule #(SOURCE_PROVED) payload_held (waits, payload == before);
endmodule
