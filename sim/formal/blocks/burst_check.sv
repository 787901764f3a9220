// The check of bursts against AXI4 (IHI 0022E, A3.4.1): refused is what breaks a rule, and nothing else.
module burst_check (
    input wire [67:0] burst
);
    wire [31:0] addr = burst[39:8];
    wire [7:0] len = burst[47:40];
    wire [2:0] size = burst[50:48];
    wire [1:0] kind = burst[52:51];
    wire by_shape;
    vcm_iommu_reads_intake_check check (.burst(burst), .illegal(by_shape));
`ifdef HAS_vcm_iommu_reads_intake_page_check
    wire crosses;
    vcm_iommu_reads_intake_page_check page_check (.burst(burst), .crosses(crosses));
    wire refused = by_shape || crosses;
`else
    wire refused = by_shape;
`endif

    burst_rules legal (
        .valid(!refused), .addr(addr), .len(len), .size(size), .burst(kind), .lock(1'b0), .cache(4'd0));

    // A3.4.1 once more, by the byte: the last one of an INCR burst is in the page of the first.
    wire [31:0] first_byte = (addr >> size) << size;
    wire [31:0] last_byte = first_byte + ((({24'd0, len} + 32'd1) << size) - 32'd1);
    wire incr = kind == 2'd1 && size <= 3 && last_byte[31:12] == addr[31:12];
    wire fixed = kind == 2'd0 && size <= 3 && len <= 15;
    wire wrap = kind == 2'd2 && size <= 3 && (len == 1 || len == 3 || len == 7 || len == 15) && first_byte == addr;
    rule passes_all_that_is_legal (incr || fixed || wrap, !refused);
    seen refusal (refused);
    seen burst_of_a_page (!refused && len == 255 && size == 3);
endmodule
