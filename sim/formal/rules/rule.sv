// A rule of a protocol binds one of the two sides: it is proved of the hardware's, and taken for granted of
// the environment's. The name of the instance is the name of the rule.
module rule #(
    parameter PROVED = 1 // the hardware is bound
) (
    input wire when,
    input wire holds
);
    generate if (PROVED) begin
        always @(*) if (when) rule: assert (holds);
    end else begin
        always @(*) if (when) assume (holds);
    end endgenerate
endmodule
