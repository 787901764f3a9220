// The terminator of reads: each refused burst gets ARLEN + 1 beats of zeroes, its ID and its error, RLAST on the last.
module read_terminator (
    input wire clock,
    input wire start,
    input wire [7:0] id,
    input wire [7:0] len,
    input wire [1:0] resp,
    input wire taken
);
    wire busy;
    wire [7:0] busy_id;
    wire [74:0] beat; // last, resp, data, id
    vcm_iommu_read_terminator dut (.reset(1'b0), .*);
    always @(*) begin
        if (start) assume (!busy);
        if (taken) assume (busy);
    end
    reg open = 0;
    reg [7:0] whose, beats;
    reg [1:0] why;
    always @(posedge clock) begin
        if (start) {open, whose, beats, why} <= {1'b1, id, len, resp};
        else if (taken && beats == 0) open <= 0;
        else if (taken) beats <= beats - 1;
    end
    rule busy_while_beats_are_owed (1'b1, busy == open);
    rule last_on_last_beat (busy, beat[74] == (beats == 0));
    rule says_whose_and_why (busy, beat[7:0] == whose && beat[73:72] == why && busy_id == whose);
    rule gives_no_data (busy, beat[71:8] == 0);
    seen end_of_a_long_burst (open && beats == 0 && taken && why == 3);
endmodule
