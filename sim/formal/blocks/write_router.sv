// The router of write data: memory sees complete bursts with WLAST on the last beat, in the order of their
// addresses, whatever the master does with WLAST.
module write_router (
    input wire clock,
    input wire push,
    input wire [8:0] route,
    input wire s_valid,
    input wire [72:0] s_beat,
    input wire m_ready
);
    wire s_ready, m_valid, done, malformed, late, drained;
    wire [72:0] m_beat;
    vcm_iommu_write_router dut (.reset(1'b0), .*);

    // `count` bursts have been routed to memory and are not over; `terminated` beside them are not for memory.
    reg [3:0] held = 0;
    wire over = (m_valid && m_ready && m_beat[72]) || drained;
    always @(posedge clock) held <= held + push - (done || drained);
    always @(*) if (push) assume (held < 4);

    channel #(.WIDTH(73), .SOURCE_PROVED(0)) s (.clk(clock), .valid(s_valid), .ready(s_ready), .payload(s_beat));
    channel #(.WIDTH(73)) m (.clk(clock), .valid(m_valid), .ready(m_ready), .payload(m_beat));
    wire [3:0] count;
    wire full;
    wire [8:0] oldest;
    wire leaves = m_valid && m_ready && m_beat[72];
    lengths #(.DEPTH(5), .WIDTH(9)) open (
        .clk(clock), .push(push), .len(route), .pop(leaves || drained), .count(count), .full(full), .oldest(oldest));
    reg [7:0] beat = 0;
    always @(posedge clock) if (m_valid && m_ready) beat <= m_beat[72] ? 8'd0 : beat + 8'd1;
    wire [8:0] now = count != 0 ? oldest : route;
    rule only_routed_bursts (m_valid, (count != 0 || push) && !now[0]);
    rule last_on_last_beat (m_valid, m_beat[72] == (beat == now[8:1]));
    seen short_burst (leaves && beat == 1);
    seen terminated (drained);
    seen wrong_last (malformed);
endmodule
