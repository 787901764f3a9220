// Isolation: no address leaves m_axi that tables, registers and permissions do not allow.
//
// The tables are one memory: `first` and `second` are the descriptors of one page `page` in the tables of
// contexts 0 and 1, all of them any constants; what else is read of the tables is anything. AxQOS, which
// passes unchanged, says whether a burst is about the page (bit 3), and has the stream's number below, so that
// what leaves can be compared with what came. Since the page is any, what holds of it holds of all.
`include "ports.svh"
`include "rules.svh"
module isolation (`IOMMU_INPUTS);
    `IOMMU_WIRES
    vcm_iommu dut (.*);
    `IOMMU_RULES

    // Registers as `boot` in proofs.toml writes them.
    localparam [31:0] DACR = 32'h5555_558D;
    localparam [31:0] TTBR_A = 32'h0000_4000;
    localparam [31:0] TTBR_B = 32'h0000_8000;

    (* anyconst *) wire [19:0] page;
    (* anyconst *) wire [31:0] first_a, second_a, first_b, second_b;

    wire [31:0] first_a_at = {TTBR_A[31:14], page[19:8], 2'b00};
    wire [31:0] first_b_at = {TTBR_B[31:14], page[19:8], 2'b00};
    wire [31:0] second_a_at = {first_a[31:10], page[7:0], 2'b00};
    wire [31:0] second_b_at = {first_b[31:10], page[7:0], 2'b00};
    wire a_table = first_a[1:0] == 2'b01;
    wire b_table = first_b[1:0] == 2'b01;

    // Which double word each walk has asked for.
    reg [28:0] asked [0:3];
    always @(posedge aclk) if (m_axi_ptw_arvalid && m_axi_ptw_arready) asked[m_axi_ptw_arid] <= m_axi_ptw_araddr[31:3];
    wire [28:0] at = asked[m_axi_ptw_rid];
    table_word low (.valid(m_axi_ptw_rvalid), .at({at, 3'b000}), .word(m_axi_ptw_rdata[31:0]), .*);
    table_word high (.valid(m_axi_ptw_rvalid), .at({at, 3'b100}), .word(m_axi_ptw_rdata[63:32]), .*);

    // The masters' side of the marks.
    wire r_about = s_axi_araddr[31:12] == page;
    wire w_about = s_axi_awaddr[31:12] == page;
    always @(*) begin
        if (s_axi_arvalid) assume (s_axi_arqos == {r_about, s_axi_aruser[2:0]} && !s_axi_aruser[3]);
        if (s_axi_awvalid) assume (s_axi_awqos == {w_about, s_axi_awuser[2:0]} && !s_axi_awuser[3]);
    end

    // As many bursts as the proof goes deep for, and tables that answer in the cycle after they are asked.
    reg [3:0] begun = 0;
    always @(posedge aclk)
        begun <= begun + (s_axi_arvalid && s_axi_arready) + (s_axi_awvalid && s_axi_awready);
    always @(*) begin
        if (s_axi_arvalid || s_axi_awvalid) assume (begun < `BURSTS);
        assume (m_axi_ptw_rvalid == (table_reads != 0));
    end

    leaves #(.WRITE(0)) reads (.clk(aclk), .valid(m_axi_arvalid), .addr(m_axi_araddr), .prot(m_axi_arprot),
        .mark(m_axi_arqos), .first_a(first_a), .second_a(second_a), .first_b(first_b), .second_b(second_b), .page(page));
    leaves #(.WRITE(1)) writes (.clk(aclk), .valid(m_axi_awvalid), .addr(m_axi_awaddr), .prot(m_axi_awprot),
        .mark(m_axi_awqos), .first_a(first_a), .second_a(second_a), .first_b(first_b), .second_b(second_b), .page(page));

    seen fault (s_axi_rvalid && s_axi_rresp == 2'd2 && s_axi_rready);
    seen refused (s_axi_rvalid && s_axi_rresp == 2'd3 && s_axi_rready);
endmodule

// A word that a walk reads.
module table_word (
    input wire valid,
    input wire [31:0] at,
    input wire [31:0] word,
    input wire [31:0] first_a_at, first_b_at, second_a_at, second_b_at,
    input wire a_table, b_table,
    input wire [31:0] first_a, first_b, second_a, second_b
);
    always @(*) if (valid) begin
        if (at == first_a_at) assume (word == first_a);
        if (at == first_b_at) assume (word == first_b);
        if (a_table && at == second_a_at) assume (word == second_a);
        if (b_table && at == second_b_at) assume (word == second_b);
        // B3.5.1: supersections and large pages stand 16 times.
        if (at[31:6] == first_a_at[31:6] && (supersection(word) || supersection(first_a))) assume (word == first_a);
        if (at[31:6] == first_b_at[31:6] && (supersection(word) || supersection(first_b))) assume (word == first_b);
        if (a_table && at[31:6] == second_a_at[31:6] && (large(word) || large(second_a))) assume (word == second_a);
        if (b_table && at[31:6] == second_b_at[31:6] && (large(word) || large(second_b))) assume (word == second_b);
    end
    function supersection(input [31:0] w);
        supersection = w[1:0] == 2'b10 && w[18];
    endfunction
    function large(input [31:0] w);
        large = w[1:0] == 2'b01;
    endfunction
endmodule

// What leaves to memory in one direction.
module leaves #(
    parameter WRITE = 0
) (
    input wire clk,
    input wire valid,
    input wire [31:0] addr,
    input wire [2:0] prot,
    input wire [3:0] mark,
    input wire [31:0] first_a, second_a, first_b, second_b,
    input wire [19:0] page
);
    localparam [31:0] DACR = 32'h5555_558D;
    wire [2:0] stream = mark[2:0];
    wire about = mark[3];
    wire in_b = stream == 3'd1;
    wire translated = stream <= 3'd1;
    wire unchanged = stream == 3'd2 || stream == 3'd5;
    wire allowed;
    wire [31:0] pa;
    reference expected (
        .va({page, addr[11:0]}), .write(WRITE != 0), .privileged(prot[0]), .instruction(prot[2]),
        .afe(in_b), .dacr(DACR), .first(in_b ? first_b : first_a), .second(in_b ? second_b : second_a),
        .allowed(allowed), .pa(pa));
    rule stream_may (valid, translated || unchanged);
    rule page_may (valid && about && translated, allowed);
    rule address_is_the_page (valid && about && translated, addr == pa);
    rule bypass_is_unchanged (valid && about && unchanged, addr[31:12] == page);
    wire [31:0] first = in_b ? first_b : first_a;
    wire [31:0] second = in_b ? second_b : second_a;
    wire seen_here = valid && about && translated;
    seen small_page (seen_here && first[1:0] == 2'b01 && second[1]);
    seen large_page (seen_here && first[1:0] == 2'b01 && second[1:0] == 2'b01);
    seen section (seen_here && first[1:0] == 2'b10 && !first[18]);
    seen supersection (seen_here && first[1:0] == 2'b10 && first[18]);
    seen with_access_flag (seen_here && in_b);
    seen bypassed (valid && about && stream == 3'd2);
    seen one_to_one (valid && about && stream == 3'd5);
endmodule
