// Progress: `BURSTS bursts are answered within `WITHIN cycles of the last one's arrival, whatever the tables say, if
// everybody takes at once what is offered, memory answers in the cycle after it is asked, tables `TABLES cycles later
// than that, and the master sends its data in the cycle after its address. A retry, a walk or an order that is waited
// for in vain would be seen as a burst that stays open.
`include "ports.svh"
`include "rules.svh"
module progress (`IOMMU_INPUTS);
    `IOMMU_WIRES
    vcm_iommu dut (.*);
    `IOMMU_RULES

    // As many bursts as the proof goes deep for.
    reg [3:0] begun = 0;
    // Bursts whose data the master owes, and those whose data memory has had, but not answered.
    reg [3:0] data_owed = 0, answers_owed = 0;
    always @(posedge aclk) begin
        begun <= begun + (s_axi_arvalid && s_axi_arready) + (s_axi_awvalid && s_axi_awready);
        data_owed <= data_owed + (s_axi_awvalid && s_axi_awready) - (s_axi_wvalid && s_axi_wready && s_axi_wlast);
        answers_owed <= answers_owed + (m_axi_wvalid && m_axi_wready && m_axi_wlast) - (m_axi_bvalid && m_axi_bready);
    end
    // Cycles since the tables were asked, after the first.
    reg [3:0] asked = 0;
    always @(posedge aclk) asked <= table_reads == 0 || m_axi_ptw_rvalid ? 0 : asked + (asked != 15);
    always @(*) begin
        if (s_axi_arvalid || s_axi_awvalid) assume (begun < `BURSTS);
        // What faults in the context of stream 1 stalls until software says how it goes on.
        if (s_axi_arvalid) assume (s_axi_aruser != 1);
        if (s_axi_awvalid) assume (s_axi_awuser != 1);
        assume (s_axi_wvalid == (data_owed != 0));
        if (s_axi_wvalid) assume (s_axi_wlast); // of bursts of one beat
        assume (m_axi_ptw_rvalid == (table_reads != 0 && asked >= `TABLES));
        assume (m_axi_rvalid == (memory_reads != 0));
        assume (m_axi_bvalid == (answers_owed != 0));
    end

    // From the last burst's arrival on. One that is not taken is waited for, too.
    wire open = reads_open != 0 || writes_open != 0 || s_axi_arvalid || s_axi_awvalid;
    wire arrives = s_axi_arvalid && s_axi_arready || s_axi_awvalid && s_axi_awready;
    reg [6:0] age = 0;
    always @(posedge aclk) age <= open && !arrives ? age + 1 : 0;
    rule answered_in_time (open, age < `WITHIN);

    wire answered = s_axi_rvalid || s_axi_bvalid;
    wire [1:0] resp = s_axi_rvalid ? s_axi_rresp : s_axi_bresp;
    reg walked = 0;
    always @(posedge aclk) if (m_axi_ptw_arvalid) walked <= 1;
    seen passed (answered && resp == 2'd0 && !walked);
    seen translated (answered && resp == 2'd0 && walked);
    seen faulted (answered && resp == 2'd2);
    seen refused (answered && resp == 2'd3);
endmodule
