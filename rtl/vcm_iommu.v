// vcm_iommu, generated from the Rust-HDL sources in hdl-gen/src by `make rtl`. Do not edit.
// A name ending in `_v` is a value under way; its process commits it once, at its end.

module vcm_iommu (
    input  wire aclk,
    input  wire aresetn,
    input  wire [15:0] s_axil_awaddr,
    input  wire [2:0] s_axil_awprot,
    input  wire s_axil_awvalid,
    output wire s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0] s_axil_wstrb,
    input  wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input  wire s_axil_bready,
    input  wire [15:0] s_axil_araddr,
    input  wire [2:0] s_axil_arprot,
    input  wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input  wire s_axil_rready,
    input  wire [7:0] s_axi_awid,
    input  wire [31:0] s_axi_awaddr,
    input  wire [7:0] s_axi_awlen,
    input  wire [2:0] s_axi_awsize,
    input  wire [1:0] s_axi_awburst,
    input  wire s_axi_awlock,
    input  wire [3:0] s_axi_awcache,
    input  wire [2:0] s_axi_awprot,
    input  wire [3:0] s_axi_awqos,
    input  wire s_axi_awvalid,
    output wire s_axi_awready,
    input  wire [63:0] s_axi_wdata,
    input  wire [7:0] s_axi_wstrb,
    input  wire s_axi_wlast,
    input  wire s_axi_wvalid,
    output wire s_axi_wready,
    output wire [7:0] s_axi_bid,
    output wire [1:0] s_axi_bresp,
    output wire s_axi_bvalid,
    input  wire s_axi_bready,
    input  wire [7:0] s_axi_arid,
    input  wire [31:0] s_axi_araddr,
    input  wire [7:0] s_axi_arlen,
    input  wire [2:0] s_axi_arsize,
    input  wire [1:0] s_axi_arburst,
    input  wire s_axi_arlock,
    input  wire [3:0] s_axi_arcache,
    input  wire [2:0] s_axi_arprot,
    input  wire [3:0] s_axi_arqos,
    input  wire s_axi_arvalid,
    output wire s_axi_arready,
    output wire [7:0] s_axi_rid,
    output wire [63:0] s_axi_rdata,
    output wire [1:0] s_axi_rresp,
    output wire s_axi_rlast,
    output wire s_axi_rvalid,
    input  wire s_axi_rready,
    input  wire [3:0] s_axi_awuser,
    input  wire [3:0] s_axi_aruser,
    output wire [7:0] m_axi_awid,
    output wire [31:0] m_axi_awaddr,
    output wire [7:0] m_axi_awlen,
    output wire [2:0] m_axi_awsize,
    output wire [1:0] m_axi_awburst,
    output wire m_axi_awlock,
    output wire [3:0] m_axi_awcache,
    output wire [2:0] m_axi_awprot,
    output wire [3:0] m_axi_awqos,
    output wire m_axi_awvalid,
    input  wire m_axi_awready,
    output wire [63:0] m_axi_wdata,
    output wire [7:0] m_axi_wstrb,
    output wire m_axi_wlast,
    output wire m_axi_wvalid,
    input  wire m_axi_wready,
    input  wire [7:0] m_axi_bid,
    input  wire [1:0] m_axi_bresp,
    input  wire m_axi_bvalid,
    output wire m_axi_bready,
    output wire [7:0] m_axi_arid,
    output wire [31:0] m_axi_araddr,
    output wire [7:0] m_axi_arlen,
    output wire [2:0] m_axi_arsize,
    output wire [1:0] m_axi_arburst,
    output wire m_axi_arlock,
    output wire [3:0] m_axi_arcache,
    output wire [2:0] m_axi_arprot,
    output wire [3:0] m_axi_arqos,
    output wire m_axi_arvalid,
    input  wire m_axi_arready,
    input  wire [7:0] m_axi_rid,
    input  wire [63:0] m_axi_rdata,
    input  wire [1:0] m_axi_rresp,
    input  wire m_axi_rlast,
    input  wire m_axi_rvalid,
    output wire m_axi_rready,
    output wire [1:0] m_axi_ptw_arid,
    output wire [31:0] m_axi_ptw_araddr,
    output wire [7:0] m_axi_ptw_arlen,
    output wire [2:0] m_axi_ptw_arsize,
    output wire [1:0] m_axi_ptw_arburst,
    output wire m_axi_ptw_arlock,
    output wire [3:0] m_axi_ptw_arcache,
    output wire [2:0] m_axi_ptw_arprot,
    output wire [3:0] m_axi_ptw_arqos,
    output wire [4:0] m_axi_ptw_aruser,
    output wire m_axi_ptw_arvalid,
    input  wire m_axi_ptw_arready,
    input  wire [1:0] m_axi_ptw_rid,
    input  wire [63:0] m_axi_ptw_rdata,
    input  wire [1:0] m_axi_ptw_rresp,
    input  wire m_axi_ptw_rlast,
    input  wire m_axi_ptw_rvalid,
    output wire m_axi_ptw_rready,
    output wire irq
);
    wire reset;
    wire [96:0] request;
    wire [33:0] answer;
    wire [7:0] events;
    wire [67:0] read_burst;
    wire [67:0] write_burst;
    wire [72:0] write_beat;
    wire [74:0] memory_beat;
    wire [9:0] memory_answer;
    wire [8:0] route;
    wire [7:0] waits;
    wire waits_any;
    wire axil_wr;
    wire [15:0] axil_wr_addr;
    wire [31:0] axil_wr_data;
    wire [31:0] axil_wr_mask;
    wire [15:0] axil_rd_addr;
    wire [33:0] globals_answer;
    wire globals_irq;
    wire [33:0] streams_answer;
    wire [4:0] streams_read_route;
    wire [4:0] streams_write_route;
    wire [33:0] banks_answer;
    wire [60:0] banks_read_state;
    wire [60:0] banks_write_state;
    wire [7:0] banks_interrupts;
    wire [33:0] commands_answer;
    wire [36:0] commands_command;
    wire [67:0] reads_m_burst;
    wire [7:0] reads_leaving_len;
    wire reads_terminate;
    wire [7:0] reads_terminate_id;
    wire [1:0] reads_terminate_resp;
    wire [3:0] reads_stream;
    wire reads_walk;
    wire [49:0] reads_walk_request;
    wire [7:0] reads_waits;
    wire reads_waits_any;
    wire reads_fault_valid;
    wire [55:0] reads_fault;
    wire reads_late_valid;
    wire [55:0] reads_late;
    wire reads_count_burst;
    wire reads_count_hit;
    wire reads_count_miss;
    wire read_terminator_busy;
    wire [7:0] read_terminator_busy_id;
    wire [74:0] read_terminator_beat;
    wire read_merge_memory_valid;
    wire read_merge_memory_ready;
    wire read_merge_terminator_taken;
    wire [74:0] read_merge_s_beat;
    wire read_merge_response;
    wire [67:0] writes_m_burst;
    wire writes_issue;
    wire [7:0] writes_leaving_len;
    wire writes_terminate;
    wire [7:0] writes_terminate_id;
    wire [1:0] writes_terminate_resp;
    wire [3:0] writes_stream;
    wire writes_walk;
    wire [49:0] writes_walk_request;
    wire writes_answered_malformed;
    wire writes_answered_open;
    wire [7:0] writes_waits;
    wire writes_waits_any;
    wire writes_fault_valid;
    wire [55:0] writes_fault;
    wire writes_late_valid;
    wire [55:0] writes_late;
    wire writes_count_burst;
    wire writes_count_hit;
    wire writes_count_miss;
    wire write_router_push;
    wire [72:0] write_router_m_beat;
    wire write_router_done;
    wire write_router_malformed;
    wire write_router_drained;
    wire write_terminator_busy;
    wire [7:0] write_terminator_busy_id;
    wire write_terminator_valid;
    wire [9:0] write_terminator_answer;
    wire [9:0] write_merge_pending;
    wire write_merge_blocked;
    wire write_merge_terminator_taken;
    wire [9:0] write_merge_s_answer;
    wire write_merge_response;
    wire walker_read_fill;
    wire walker_write_fill;
    wire walker_read_fault;
    wire walker_write_fault;
    wire [4:0] walker_status;
    wire [67:0] walker_translation;
    wire [7:0] walker_waits;
    wire walker_count_walk;
    wire walker_walking;
    wire faults_read_ready;
    wire faults_write_ready;
    wire faults_late_read_ready;
    wire faults_late_write_ready;
    wire faults_valid;
    wire [55:0] faults_fault;
    reg  irq_held_q;

    assign s_axi_bid = write_merge_s_answer[7:0];
    assign s_axi_bresp = write_merge_s_answer[9:8];
    assign s_axi_rid = read_merge_s_beat[7:0];
    assign s_axi_rdata = read_merge_s_beat[71:8];
    assign s_axi_rresp = read_merge_s_beat[73:72];
    assign s_axi_rlast = read_merge_s_beat[74];
    assign m_axi_awid = writes_m_burst[7:0];
    assign m_axi_awaddr = writes_m_burst[39:8];
    assign m_axi_awlen = writes_m_burst[47:40];
    assign m_axi_awsize = writes_m_burst[50:48];
    assign m_axi_awburst = writes_m_burst[52:51];
    assign m_axi_awlock = 1'b0;
    assign m_axi_awcache = writes_m_burst[56:53];
    assign m_axi_awprot = writes_m_burst[59:57];
    assign m_axi_awqos = writes_m_burst[63:60];
    assign m_axi_wdata = write_router_m_beat[63:0];
    assign m_axi_wstrb = write_router_m_beat[71:64];
    assign m_axi_wlast = write_router_m_beat[72];
    assign m_axi_arid = reads_m_burst[7:0];
    assign m_axi_araddr = reads_m_burst[39:8];
    assign m_axi_arlen = reads_m_burst[47:40];
    assign m_axi_arsize = reads_m_burst[50:48];
    assign m_axi_arburst = reads_m_burst[52:51];
    assign m_axi_arlock = 1'b0;
    assign m_axi_arcache = reads_m_burst[56:53];
    assign m_axi_arprot = reads_m_burst[59:57];
    assign m_axi_arqos = reads_m_burst[63:60];
    assign m_axi_rready = read_merge_memory_ready & (!reads_late_valid);
    assign irq = irq_held_q;
    assign reset = !aresetn;
    assign request = {axil_rd_addr, axil_wr_mask, axil_wr_data, axil_wr_addr, axil_wr};
    assign answer = ((globals_answer | streams_answer) | banks_answer) | commands_answer;
    assign events = {walker_walking, walker_count_walk, writes_count_hit, reads_count_hit, writes_count_miss, reads_count_miss, writes_count_burst, reads_count_burst};
    assign read_burst = {s_axi_aruser, s_axi_arqos, s_axi_arprot, s_axi_arcache, s_axi_arburst, s_axi_arsize, s_axi_arlen, s_axi_araddr, s_axi_arid};
    assign write_burst = {s_axi_awuser, s_axi_awqos, s_axi_awprot, s_axi_awcache, s_axi_awburst, s_axi_awsize, s_axi_awlen, s_axi_awaddr, s_axi_awid};
    assign write_beat = {s_axi_wlast, s_axi_wstrb, s_axi_wdata};
    assign memory_beat = {m_axi_rlast, m_axi_rresp, m_axi_rdata, m_axi_rid};
    assign memory_answer = {m_axi_bresp, m_axi_bid};
    assign route = {writes_leaving_len, writes_terminate};
    assign waits = (reads_waits | writes_waits) | walker_waits;
    assign waits_any = (reads_waits_any | writes_waits_any) | (|walker_waits);
    assign read_merge_memory_valid = m_axi_rvalid & (!reads_late_valid);
    assign write_router_push = writes_issue | writes_terminate;
    assign write_merge_blocked = writes_answered_open | writes_late_valid;

    initial begin
        irq_held_q <= 1'h0;
    end
    always @(posedge aclk) begin
        if (reset) begin
            irq_held_q <= 1'h0;
        end else begin
            irq_held_q <= globals_irq;
        end
    end

    vcm_iommu_axil axil (
        .clock(aclk),
        .reset(reset),
        .s_axil_awaddr(s_axil_awaddr),
        .s_axil_awprot(s_axil_awprot),
        .s_axil_awvalid(s_axil_awvalid),
        .s_axil_awready(s_axil_awready),
        .s_axil_wdata(s_axil_wdata),
        .s_axil_wstrb(s_axil_wstrb),
        .s_axil_wvalid(s_axil_wvalid),
        .s_axil_wready(s_axil_wready),
        .s_axil_bresp(s_axil_bresp),
        .s_axil_bvalid(s_axil_bvalid),
        .s_axil_bready(s_axil_bready),
        .s_axil_araddr(s_axil_araddr),
        .s_axil_arprot(s_axil_arprot),
        .s_axil_arvalid(s_axil_arvalid),
        .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata),
        .s_axil_rresp(s_axil_rresp),
        .s_axil_rvalid(s_axil_rvalid),
        .s_axil_rready(s_axil_rready),
        .wr(axil_wr),
        .wr_addr(axil_wr_addr),
        .wr_data(axil_wr_data),
        .wr_strb(),
        .wr_mask(axil_wr_mask),
        .wr_ok(answer[0]),
        .rd(),
        .rd_addr(axil_rd_addr),
        .rd_ok(answer[1]),
        .rd_data(answer[33:2])
    );

    vcm_iommu_globals globals (
        .clock(aclk),
        .reset(reset),
        .request(request),
        .answer(globals_answer),
        .fault_valid(faults_valid),
        .fault(faults_fault),
        .interrupts(banks_interrupts),
        .sync_active(waits_any),
        .events(events),
        .irq(globals_irq)
    );

    vcm_iommu_streams streams (
        .clock(aclk),
        .reset(reset),
        .request(request),
        .answer(streams_answer),
        .read_stream(reads_stream),
        .read_route(streams_read_route),
        .write_stream(writes_stream),
        .write_route(streams_write_route)
    );

    vcm_iommu_banks banks (
        .clock(aclk),
        .reset(reset),
        .request(request),
        .answer(banks_answer),
        .read_index(streams_read_route[4:2]),
        .read_state(banks_read_state),
        .write_index(streams_write_route[4:2]),
        .write_state(banks_write_state),
        .fault_valid(faults_valid),
        .fault(faults_fault),
        .sync_active(waits),
        .interrupts(banks_interrupts)
    );

    vcm_iommu_commands commands (
        .clock(aclk),
        .reset(reset),
        .request(request),
        .answer(commands_answer),
        .command(commands_command)
    );

    vcm_iommu_reads reads (
        .clock(aclk),
        .reset(reset),
        .write(1'b0),
        .s_valid(s_axi_arvalid),
        .s_ready(s_axi_arready),
        .s_burst(read_burst),
        .m_valid(m_axi_arvalid),
        .m_ready(m_axi_arready),
        .m_burst(reads_m_burst),
        .issue(),
        .leaving_len(reads_leaving_len),
        .terminate(reads_terminate),
        .terminate_id(reads_terminate_id),
        .terminate_resp(reads_terminate_resp),
        .terminator_busy(read_terminator_busy),
        .terminator_id(read_terminator_busy_id),
        .stream(reads_stream),
        .route(streams_read_route),
        .bank(banks_read_state),
        .command(commands_command),
        .walk(reads_walk),
        .walk_request(reads_walk_request),
        .walk_fill(walker_read_fill),
        .walk_fault(walker_read_fault),
        .walk_status(walker_status),
        .walk_translation(walker_translation),
        .response(read_merge_response),
        .response_id(m_axi_rid),
        .response_resp(m_axi_rresp),
        .response_last(m_axi_rlast),
        .answered_malformed(),
        .answered_open(),
        .data_done(1'b0),
        .data_malformed(1'b0),
        .waits(reads_waits),
        .waits_any(reads_waits_any),
        .fault_valid(reads_fault_valid),
        .fault_ready(faults_read_ready),
        .fault(reads_fault),
        .late_valid(reads_late_valid),
        .late_ready(faults_late_read_ready),
        .late(reads_late),
        .count_burst(reads_count_burst),
        .count_hit(reads_count_hit),
        .count_miss(reads_count_miss)
    );

    vcm_iommu_read_terminator read_terminator (
        .clock(aclk),
        .reset(reset),
        .start(reads_terminate),
        .id(reads_terminate_id),
        .len(reads_leaving_len),
        .resp(reads_terminate_resp),
        .busy(read_terminator_busy),
        .busy_id(read_terminator_busy_id),
        .beat(read_terminator_beat),
        .taken(read_merge_terminator_taken)
    );

    vcm_iommu_read_merge read_merge (
        .clock(aclk),
        .reset(reset),
        .memory_valid(read_merge_memory_valid),
        .memory_ready(read_merge_memory_ready),
        .memory(memory_beat),
        .terminator_valid(read_terminator_busy),
        .terminator_taken(read_merge_terminator_taken),
        .terminator(read_terminator_beat),
        .s_valid(s_axi_rvalid),
        .s_ready(s_axi_rready),
        .s_beat(read_merge_s_beat),
        .response(read_merge_response)
    );

    vcm_iommu_reads writes (
        .clock(aclk),
        .reset(reset),
        .write(1'b1),
        .s_valid(s_axi_awvalid),
        .s_ready(s_axi_awready),
        .s_burst(write_burst),
        .m_valid(m_axi_awvalid),
        .m_ready(m_axi_awready),
        .m_burst(writes_m_burst),
        .issue(writes_issue),
        .leaving_len(writes_leaving_len),
        .terminate(writes_terminate),
        .terminate_id(writes_terminate_id),
        .terminate_resp(writes_terminate_resp),
        .terminator_busy(write_terminator_busy),
        .terminator_id(write_terminator_busy_id),
        .stream(writes_stream),
        .route(streams_write_route),
        .bank(banks_write_state),
        .command(commands_command),
        .walk(writes_walk),
        .walk_request(writes_walk_request),
        .walk_fill(walker_write_fill),
        .walk_fault(walker_write_fault),
        .walk_status(walker_status),
        .walk_translation(walker_translation),
        .response(write_merge_response),
        .response_id(write_merge_pending[7:0]),
        .response_resp(write_merge_pending[9:8]),
        .response_last(1'b1),
        .answered_malformed(writes_answered_malformed),
        .answered_open(writes_answered_open),
        .data_done(write_router_done),
        .data_malformed(write_router_malformed),
        .waits(writes_waits),
        .waits_any(writes_waits_any),
        .fault_valid(writes_fault_valid),
        .fault_ready(faults_write_ready),
        .fault(writes_fault),
        .late_valid(writes_late_valid),
        .late_ready(faults_late_write_ready),
        .late(writes_late),
        .count_burst(writes_count_burst),
        .count_hit(writes_count_hit),
        .count_miss(writes_count_miss)
    );

    vcm_iommu_write_router write_router (
        .clock(aclk),
        .reset(reset),
        .push(write_router_push),
        .route(route),
        .s_valid(s_axi_wvalid),
        .s_ready(s_axi_wready),
        .s_beat(write_beat),
        .m_valid(m_axi_wvalid),
        .m_ready(m_axi_wready),
        .m_beat(write_router_m_beat),
        .done(write_router_done),
        .malformed(write_router_malformed),
        .drained(write_router_drained)
    );

    vcm_iommu_write_terminator write_terminator (
        .clock(aclk),
        .reset(reset),
        .start(writes_terminate),
        .id(writes_terminate_id),
        .resp(writes_terminate_resp),
        .busy(write_terminator_busy),
        .busy_id(write_terminator_busy_id),
        .drained(write_router_drained),
        .valid(write_terminator_valid),
        .answer(write_terminator_answer),
        .taken(write_merge_terminator_taken)
    );

    vcm_iommu_write_merge write_merge (
        .clock(aclk),
        .reset(reset),
        .memory_valid(m_axi_bvalid),
        .memory_ready(m_axi_bready),
        .memory(memory_answer),
        .pending(write_merge_pending),
        .blocked(write_merge_blocked),
        .malformed(writes_answered_malformed),
        .terminator_valid(write_terminator_valid),
        .terminator_taken(write_merge_terminator_taken),
        .terminator(write_terminator_answer),
        .s_valid(s_axi_bvalid),
        .s_ready(s_axi_bready),
        .s_answer(write_merge_s_answer),
        .response(write_merge_response)
    );

    vcm_iommu_walker walker (
        .clock(aclk),
        .reset(reset),
        .read_walk(reads_walk),
        .read_request(reads_walk_request),
        .write_walk(writes_walk),
        .write_request(writes_walk_request),
        .read_fill(walker_read_fill),
        .write_fill(walker_write_fill),
        .read_fault(walker_read_fault),
        .write_fault(walker_write_fault),
        .status(walker_status),
        .translation(walker_translation),
        .command(commands_command),
        .waits(walker_waits),
        .count_walk(walker_count_walk),
        .walking(walker_walking),
        .m_axi_ptw_arid(m_axi_ptw_arid),
        .m_axi_ptw_araddr(m_axi_ptw_araddr),
        .m_axi_ptw_arlen(m_axi_ptw_arlen),
        .m_axi_ptw_arsize(m_axi_ptw_arsize),
        .m_axi_ptw_arburst(m_axi_ptw_arburst),
        .m_axi_ptw_arlock(m_axi_ptw_arlock),
        .m_axi_ptw_arcache(m_axi_ptw_arcache),
        .m_axi_ptw_arprot(m_axi_ptw_arprot),
        .m_axi_ptw_arqos(m_axi_ptw_arqos),
        .m_axi_ptw_aruser(m_axi_ptw_aruser),
        .m_axi_ptw_arvalid(m_axi_ptw_arvalid),
        .m_axi_ptw_arready(m_axi_ptw_arready),
        .m_axi_ptw_rid(m_axi_ptw_rid),
        .m_axi_ptw_rdata(m_axi_ptw_rdata),
        .m_axi_ptw_rresp(m_axi_ptw_rresp),
        .m_axi_ptw_rlast(m_axi_ptw_rlast),
        .m_axi_ptw_rvalid(m_axi_ptw_rvalid),
        .m_axi_ptw_rready(m_axi_ptw_rready)
    );

    vcm_iommu_faults faults (
        .clock(aclk),
        .reset(reset),
        .read_valid(reads_fault_valid),
        .read_ready(faults_read_ready),
        .read(reads_fault),
        .write_valid(writes_fault_valid),
        .write_ready(faults_write_ready),
        .write(writes_fault),
        .late_read_valid(reads_late_valid),
        .late_read_ready(faults_late_read_ready),
        .late_read(reads_late),
        .late_write_valid(writes_late_valid),
        .late_write_ready(faults_late_write_ready),
        .late_write(writes_late),
        .valid(faults_valid),
        .fault(faults_fault)
    );
endmodule

module vcm_iommu_faults (
    input  wire clock,
    input  wire reset,
    input  wire read_valid,
    output reg  read_ready,
    input  wire [55:0] read,
    input  wire write_valid,
    output reg  write_ready,
    input  wire [55:0] write,
    input  wire late_read_valid,
    output reg  late_read_ready,
    input  wire [55:0] late_read,
    input  wire late_write_valid,
    output reg  late_write_ready,
    input  wire [55:0] late_write,
    output wire valid,
    output wire [55:0] fault
);
    wire any_late;
    wire any_direct;
    wire pick_late;
    reg  pick_write;
    reg  late_turn_d;
    reg  late_turn_q;
    reg  late_write_turn_d;
    reg  late_write_turn_q;
    reg  direct_write_turn_d;
    reg  direct_write_turn_q;
    reg  out_valid_d;
    reg  out_valid_q;
    reg  [55:0] out_d;
    reg  [55:0] out_q;
    reg  read_ready_v;
    reg  write_ready_v;
    reg  late_read_ready_v;
    reg  late_write_ready_v;
    reg  pick_write_v;

    assign valid = out_valid_q;
    assign fault = out_q;
    assign any_late = late_read_valid | late_write_valid;
    assign any_direct = read_valid | write_valid;
    assign pick_late = any_late & (late_turn_q | (!any_direct));

    always @* begin
        late_turn_d = late_turn_q;
        out_valid_d = 1'b0;
        if (any_late | any_direct) begin
            out_valid_d = 1'b1;
            late_turn_d = !pick_late;
        end
    end

    always @* begin
        late_write_turn_d = late_write_turn_q;
        direct_write_turn_d = direct_write_turn_q;
        out_d = out_q;
        read_ready_v = 1'b0;
        write_ready_v = 1'b0;
        late_read_ready_v = 1'b0;
        late_write_ready_v = 1'b0;
        if (pick_late) begin
            late_write_turn_d = !pick_write;
            if (pick_write) begin
                late_write_ready_v = 1'b1;
                out_d = late_write;
            end else begin
                late_read_ready_v = 1'b1;
                out_d = late_read;
            end
        end else if (any_direct) begin
            direct_write_turn_d = !pick_write;
            if (pick_write) begin
                write_ready_v = 1'b1;
                out_d = write;
            end else begin
                read_ready_v = 1'b1;
                out_d = read;
            end
        end
        read_ready = read_ready_v;
        write_ready = write_ready_v;
        late_read_ready = late_read_ready_v;
        late_write_ready = late_write_ready_v;
    end

    always @* begin
        pick_write_v = write_valid & (direct_write_turn_q | (!read_valid));
        if (pick_late) begin
            pick_write_v = late_write_valid & (late_write_turn_q | (!late_read_valid));
        end
        pick_write = pick_write_v;
    end

    initial begin
        late_turn_q <= 1'h0;
        late_write_turn_q <= 1'h0;
        direct_write_turn_q <= 1'h0;
        out_valid_q <= 1'h0;
        out_q <= 56'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            late_turn_q <= 1'h0;
            late_write_turn_q <= 1'h0;
            direct_write_turn_q <= 1'h0;
            out_valid_q <= 1'h0;
            out_q <= 56'h0;
        end else begin
            late_turn_q <= late_turn_d;
            late_write_turn_q <= late_write_turn_d;
            direct_write_turn_q <= direct_write_turn_d;
            out_valid_q <= out_valid_d;
            out_q <= out_d;
        end
    end
endmodule

module vcm_iommu_walker (
    input  wire clock,
    input  wire reset,
    input  wire read_walk,
    input  wire [49:0] read_request,
    input  wire write_walk,
    input  wire [49:0] write_request,
    output reg  read_fill,
    output reg  write_fill,
    output reg  read_fault,
    output reg  write_fault,
    output wire [4:0] status,
    output wire [67:0] translation,
    input  wire [36:0] command,
    output reg  [7:0] waits,
    output reg  count_walk,
    output wire walking,
    output wire [1:0] m_axi_ptw_arid,
    output wire [31:0] m_axi_ptw_araddr,
    output wire [7:0] m_axi_ptw_arlen,
    output wire [2:0] m_axi_ptw_arsize,
    output wire [1:0] m_axi_ptw_arburst,
    output wire m_axi_ptw_arlock,
    output wire [3:0] m_axi_ptw_arcache,
    output wire [2:0] m_axi_ptw_arprot,
    output wire [3:0] m_axi_ptw_arqos,
    output wire [4:0] m_axi_ptw_aruser,
    output wire m_axi_ptw_arvalid,
    input  wire m_axi_ptw_arready,
    input  wire [1:0] m_axi_ptw_rid,
    input  wire [63:0] m_axi_ptw_rdata,
    input  wire [1:0] m_axi_ptw_rresp,
    input  wire m_axi_ptw_rlast,
    input  wire m_axi_ptw_rvalid,
    output wire m_axi_ptw_rready
);
    localparam [2:0] WalkerState_Address = 3'h1;
    localparam [2:0] WalkerState_Data = 3'h2;
    localparam [2:0] WalkerState_Decode = 3'h3;
    localparam [2:0] WalkerState_Done = 3'h4;
    localparam [2:0] WalkerState_Idle = 3'h0;

    wire take_write;
    reg  [49:0] chosen;
    wire [19:0] chosen_vpn;
    wire concerned;
    wire [7:0] one;
    wire [1:0] resp;
    wire [5:0] decode_decoded;
    wire [67:0] decode_translation;
    wire [31:0] decode_next_address;
    wire [3:0] decode_domain;
    reg  [2:0] state_d;
    reg  [2:0] state_q;
    reg  [49:0] request_d;
    reg  [49:0] request_q;
    reg  for_write_d;
    reg  for_write_q;
    reg  level2_d;
    reg  level2_q;
    reg  stale_d;
    reg  stale_q;
    reg  [31:0] address_d;
    reg  [31:0] address_q;
    reg  [31:0] word_d;
    reg  [31:0] word_q;
    reg  bus_error_d;
    reg  bus_error_q;
    reg  [3:0] domain_d;
    reg  [3:0] domain_q;
    reg  [67:0] result_d;
    reg  [67:0] result_q;
    reg  [4:0] result_status_d;
    reg  [4:0] result_status_q;
    reg  read_fill_v;
    reg  write_fill_v;
    reg  read_fault_v;
    reg  write_fault_v;
    reg  count_walk_v;
    reg  [7:0] waits_v;
    reg  [49:0] chosen_v;

    assign status = result_status_q;
    assign translation = result_q;
    assign walking = state_q != WalkerState_Idle;
    assign m_axi_ptw_arid = 2'h0;
    assign m_axi_ptw_araddr = address_q;
    assign m_axi_ptw_arlen = 8'h0;
    assign m_axi_ptw_arsize = 3'h2;
    assign m_axi_ptw_arburst = 2'h1;
    assign m_axi_ptw_arlock = 1'b0;
    assign m_axi_ptw_arcache = 4'h3;
    assign m_axi_ptw_arprot = 3'h1;
    assign m_axi_ptw_arqos = 4'h0;
    assign m_axi_ptw_aruser = 5'h0;
    assign m_axi_ptw_arvalid = state_q == WalkerState_Address;
    assign m_axi_ptw_rready = state_q == WalkerState_Data;
    assign take_write = write_walk & ((!read_walk) | (!for_write_q));
    assign chosen_vpn = chosen[30:11];
    assign concerned = (command[0] | command[1]) & ((!command[2]) | (command[5:3] == request_q[2:0]));
    assign one = 8'h1;
    assign resp = m_axi_ptw_rresp;

    always @* begin
        state_d = state_q;
        request_d = request_q;
        for_write_d = for_write_q;
        level2_d = level2_q;
        stale_d = stale_q;
        address_d = address_q;
        word_d = word_q;
        bus_error_d = bus_error_q;
        domain_d = domain_q;
        result_d = result_q;
        result_status_d = result_status_q;
        if (walking & concerned) begin
            stale_d = 1'b1;
        end
        count_walk_v = 1'b0;
        read_fill_v = 1'b0;
        write_fill_v = 1'b0;
        read_fault_v = 1'b0;
        write_fault_v = 1'b0;
        case (state_q)
            WalkerState_Idle: begin
                stale_d = 1'b0;
                level2_d = 1'b0;
                if (read_walk | write_walk) begin
                    count_walk_v = 1'b1;
                    for_write_d = take_write;
                    request_d = chosen;
                    address_d = ({14'h0, chosen[48:31]} << 14) | ({20'h0, chosen_vpn[19:8]} << 2);
                    state_d = WalkerState_Address;
                end
            end
            WalkerState_Address: begin
                if (m_axi_ptw_arready) begin
                    state_d = WalkerState_Data;
                end
            end
            WalkerState_Data: begin
                word_d = m_axi_ptw_rdata[31:0];
                if (address_q[2]) begin
                    word_d = m_axi_ptw_rdata[63:32];
                end
                bus_error_d = resp[1];
                if (m_axi_ptw_rvalid) begin
                    state_d = WalkerState_Decode;
                end
            end
            WalkerState_Decode: begin
                result_d = decode_translation;
                result_status_d = decode_decoded[5:1];
                domain_d = decode_domain;
                address_d = decode_next_address;
                if (stale_q) begin
                    state_d = WalkerState_Idle;
                end else if (decode_decoded[0]) begin
                    level2_d = 1'b1;
                    state_d = WalkerState_Address;
                end else begin
                    state_d = WalkerState_Done;
                end
            end
            WalkerState_Done: begin
                if (stale_q | concerned) begin
                    state_d = WalkerState_Idle;
                end else if (!command[0]) begin
                    if (|result_status_q) begin
                        read_fault_v = !for_write_q;
                        write_fault_v = for_write_q;
                    end else begin
                        read_fill_v = !for_write_q;
                        write_fill_v = for_write_q;
                    end
                    state_d = WalkerState_Idle;
                end
            end
            default: begin
                state_d = WalkerState_Idle;
            end
        endcase
        read_fill = read_fill_v;
        write_fill = write_fill_v;
        read_fault = read_fault_v;
        write_fault = write_fault_v;
        count_walk = count_walk_v;
    end

    always @* begin
        waits_v = 8'h0;
        if (walking & stale_q) begin
            waits_v = one << request_q[2:0];
        end
        waits = waits_v;
    end

    always @* begin
        chosen_v = read_request;
        if (take_write) begin
            chosen_v = write_request;
        end
        chosen = chosen_v;
    end

    initial begin
        state_q <= 3'h0;
        request_q <= 50'h0;
        for_write_q <= 1'h0;
        level2_q <= 1'h0;
        stale_q <= 1'h0;
        address_q <= 32'h0;
        word_q <= 32'h0;
        bus_error_q <= 1'h0;
        domain_q <= 4'h0;
        result_q <= 68'h0;
        result_status_q <= 5'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            state_q <= 3'h0;
            request_q <= 50'h0;
            for_write_q <= 1'h0;
            level2_q <= 1'h0;
            stale_q <= 1'h0;
            address_q <= 32'h0;
            word_q <= 32'h0;
            bus_error_q <= 1'h0;
            domain_q <= 4'h0;
            result_q <= 68'h0;
            result_status_q <= 5'h0;
        end else begin
            state_q <= state_d;
            request_q <= request_d;
            for_write_q <= for_write_d;
            level2_q <= level2_d;
            stale_q <= stale_d;
            address_q <= address_d;
            word_q <= word_d;
            bus_error_q <= bus_error_d;
            domain_q <= domain_d;
            result_q <= result_d;
            result_status_q <= result_status_d;
        end
    end

    vcm_iommu_walker_decode decode (
        .word(word_q),
        .bus_error(bus_error_q),
        .level2(level2_q),
        .request(request_q),
        .table_domain(domain_q),
        .decoded(decode_decoded),
        .translation(decode_translation),
        .next_address(decode_next_address),
        .domain(decode_domain)
    );
endmodule

module vcm_iommu_walker_decode (
    input  wire [31:0] word,
    input  wire bus_error,
    input  wire level2,
    input  wire [49:0] request,
    input  wire [3:0] table_domain,
    output reg  [5:0] decoded,
    output reg  [67:0] translation,
    output wire [31:0] next_address,
    output wire [3:0] domain
);
    localparam [4:0] CODE_ACCESS_FLAG_L1 = 5'h3;
    localparam [4:0] CODE_ACCESS_FLAG_L2 = 5'h6;
    localparam [4:0] CODE_TRANSLATION_L1 = 5'h5;
    localparam [4:0] CODE_TRANSLATION_L2 = 5'h7;
    localparam [4:0] CODE_WALK_ABORT_L1 = 5'hc;
    localparam [4:0] CODE_WALK_ABORT_L2 = 5'he;
    localparam [1:0] KINDS_FAULT = 2'h0;
    localparam [1:0] KINDS_LARGE = 2'h1;
    localparam [1:0] KINDS_SECTION = 2'h2;
    localparam [1:0] KINDS_TABLE = 2'h1;

    wire [19:0] vpn;
    reg  [2:0] ap;
    reg  [2:0] tex;
    reg  c;
    reg  b;
    wire [1:0] pointer_kind;
    wire [21:0] pointer_base;
    wire section_b;
    wire section_c;
    wire section_xn;
    wire [3:0] section_domain;
    wire [1:0] section_ap;
    wire [2:0] section_tex;
    wire section_apx;
    wire section_not_global;
    wire section_is_super;
    wire [11:0] section_base;
    wire [3:0] supersection_extbase_hi;
    wire [3:0] supersection_extbase_lo;
    wire [7:0] supersection_base;
    wire [1:0] page64k_kind;
    wire page64k_b;
    wire page64k_c;
    wire [1:0] page64k_ap;
    wire page64k_apx;
    wire page64k_not_global;
    wire [2:0] page64k_tex;
    wire page64k_xn;
    wire [15:0] page64k_base;
    wire page4k_xn;
    wire [2:0] page4k_tex;
    wire [19:0] page4k_base;
    reg  [5:0] decoded_v;
    reg  [67:0] translation_v;

    assign next_address = ({10'h0, pointer_base} << 10) | ({24'h0, vpn[7:0]} << 2);
    assign vpn = request[30:11];

    always @* begin
        translation_v[2:0] = request[2:0];
        translation_v[10:3] = request[10:3];
        translation_v[31:12] = vpn;
        decoded_v[0] = 1'b0;
        decoded_v[5:1] = 5'h0;
        if (level2) begin
            b = page64k_b;
            c = page64k_c;
            ap = {1'b0, page64k_ap} | ({2'h0, page64k_apx} << 2);
            translation_v[11] = page64k_not_global;
            translation_v[62:59] = table_domain;
            if (page64k_kind == KINDS_LARGE) begin
                tex = page64k_tex;
                translation_v[58] = page64k_xn;
                translation_v[34:32] = 3'h1;
                translation_v[54:35] = {4'h0, page64k_base} << 4;
            end else begin
                tex = page4k_tex;
                translation_v[58] = page4k_xn;
                translation_v[34:32] = 3'h0;
                translation_v[54:35] = page4k_base;
            end
            if (bus_error) begin
                decoded_v[5:1] = CODE_WALK_ABORT_L2;
            end else if (page64k_kind == KINDS_FAULT) begin
                decoded_v[5:1] = CODE_TRANSLATION_L2;
            end else if (request[49] & (!ap[0])) begin
                decoded_v[5:1] = CODE_ACCESS_FLAG_L2;
            end
        end else begin
            b = section_b;
            c = section_c;
            ap = {1'b0, section_ap} | ({2'h0, section_apx} << 2);
            tex = section_tex;
            translation_v[11] = section_not_global;
            translation_v[58] = section_xn;
            if (section_is_super) begin
                translation_v[62:59] = 4'h0;
                translation_v[34:32] = 3'h7;
                translation_v[54:35] = {12'h0, supersection_base} << 12;
            end else begin
                translation_v[62:59] = section_domain;
                translation_v[34:32] = 3'h3;
                translation_v[54:35] = {8'h0, section_base} << 8;
            end
            if (bus_error) begin
                decoded_v[5:1] = CODE_WALK_ABORT_L1;
            end else if (pointer_kind == KINDS_TABLE) begin
                decoded_v[0] = 1'b1;
            end else if ((pointer_kind != KINDS_SECTION) | (section_is_super & ((|supersection_extbase_hi) | (|supersection_extbase_lo)))) begin
                decoded_v[5:1] = CODE_TRANSLATION_L1;
            end else if (request[49] & (!ap[0])) begin
                decoded_v[5:1] = CODE_ACCESS_FLAG_L1;
            end
        end
        translation_v[57:55] = ap;
        translation_v[67:63] = (({2'h0, tex} << 2) | ({4'h0, c} << 1)) | {4'h0, b};
        decoded = decoded_v;
        translation = translation_v;
    end

    vcm_iommu_walker_decode_pointer pointer (
        .word(word),
        .kind(pointer_kind),
        .domain(domain),
        .base(pointer_base)
    );

    vcm_iommu_walker_decode_section section (
        .word(word),
        .b(section_b),
        .c(section_c),
        .xn(section_xn),
        .domain(section_domain),
        .ap(section_ap),
        .tex(section_tex),
        .apx(section_apx),
        .not_global(section_not_global),
        .is_super(section_is_super),
        .base(section_base)
    );

    vcm_iommu_walker_decode_supersection supersection (
        .word(word),
        .extbase_hi(supersection_extbase_hi),
        .extbase_lo(supersection_extbase_lo),
        .base(supersection_base)
    );

    vcm_iommu_walker_decode_page64k page64k (
        .word(word),
        .kind(page64k_kind),
        .b(page64k_b),
        .c(page64k_c),
        .ap(page64k_ap),
        .apx(page64k_apx),
        .not_global(page64k_not_global),
        .tex(page64k_tex),
        .xn(page64k_xn),
        .base(page64k_base)
    );

    vcm_iommu_walker_decode_page4k page4k (
        .word(word),
        .xn(page4k_xn),
        .tex(page4k_tex),
        .base(page4k_base)
    );
endmodule

module vcm_iommu_walker_decode_page4k (
    input  wire [31:0] word,
    output wire xn,
    output wire [2:0] tex,
    output wire [19:0] base
);
    assign xn = word[0];
    assign tex = word[8:6];
    assign base = word[31:12];
endmodule

module vcm_iommu_walker_decode_page64k (
    input  wire [31:0] word,
    output wire [1:0] kind,
    output wire b,
    output wire c,
    output wire [1:0] ap,
    output wire apx,
    output wire not_global,
    output wire [2:0] tex,
    output wire xn,
    output wire [15:0] base
);
    assign kind = word[1:0];
    assign b = word[2];
    assign c = word[3];
    assign ap = word[5:4];
    assign apx = word[9];
    assign not_global = word[11];
    assign tex = word[14:12];
    assign xn = word[15];
    assign base = word[31:16];
endmodule

module vcm_iommu_walker_decode_supersection (
    input  wire [31:0] word,
    output wire [3:0] extbase_hi,
    output wire [3:0] extbase_lo,
    output wire [7:0] base
);
    assign extbase_hi = word[8:5];
    assign extbase_lo = word[23:20];
    assign base = word[31:24];
endmodule

module vcm_iommu_walker_decode_section (
    input  wire [31:0] word,
    output wire b,
    output wire c,
    output wire xn,
    output wire [3:0] domain,
    output wire [1:0] ap,
    output wire [2:0] tex,
    output wire apx,
    output wire not_global,
    output wire is_super,
    output wire [11:0] base
);
    assign b = word[2];
    assign c = word[3];
    assign xn = word[4];
    assign domain = word[8:5];
    assign ap = word[11:10];
    assign tex = word[14:12];
    assign apx = word[15];
    assign not_global = word[17];
    assign is_super = word[18];
    assign base = word[31:20];
endmodule

module vcm_iommu_walker_decode_pointer (
    input  wire [31:0] word,
    output wire [1:0] kind,
    output wire [3:0] domain,
    output wire [21:0] base
);
    assign kind = word[1:0];
    assign domain = word[8:5];
    assign base = word[31:10];
endmodule

module vcm_iommu_write_merge (
    input  wire clock,
    input  wire reset,
    input  wire memory_valid,
    output wire memory_ready,
    input  wire [9:0] memory,
    output wire [9:0] pending,
    input  wire blocked,
    input  wire malformed,
    input  wire terminator_valid,
    output wire terminator_taken,
    input  wire [9:0] terminator,
    output reg  s_valid,
    input  wire s_ready,
    output reg  [9:0] s_answer,
    output wire response
);
    wire offered;
    wire passes;
    wire takes;
    reg  granted_d;
    reg  granted_q;
    reg  full_d;
    reg  full_q;
    reg  [9:0] held_d;
    reg  [9:0] held_q;
    reg  s_valid_v;
    reg  [9:0] s_answer_v;

    assign memory_ready = takes;
    assign pending = held_q;
    assign terminator_taken = granted_q & s_ready;
    assign response = passes;
    assign offered = full_q & (!blocked);
    assign passes = (offered & s_ready) & (!granted_q);
    assign takes = (!full_q) | passes;

    always @* begin
        granted_d = granted_q;
        s_valid_v = offered;
        s_answer_v = held_q;
        if (malformed) begin
            s_answer_v[9:8] = 2'h2;
        end else if (held_q[9:8] == 2'h1) begin
            s_answer_v[9:8] = 2'h0;
        end
        if (granted_q) begin
            s_valid_v = 1'b1;
            s_answer_v = terminator;
            if (s_ready) begin
                granted_d = 1'b0;
            end
        end else if (terminator_valid & ((!offered) | s_ready)) begin
            granted_d = 1'b1;
        end
        s_valid = s_valid_v;
        s_answer = s_answer_v;
    end

    always @* begin
        full_d = full_q;
        held_d = held_q;
        if (passes) begin
            full_d = 1'b0;
        end
        if (memory_valid & takes) begin
            full_d = 1'b1;
            held_d = memory;
        end
    end

    initial begin
        granted_q <= 1'h0;
        full_q <= 1'h0;
        held_q <= 10'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            granted_q <= 1'h0;
            full_q <= 1'h0;
            held_q <= 10'h0;
        end else begin
            granted_q <= granted_d;
            full_q <= full_d;
            held_q <= held_d;
        end
    end
endmodule

module vcm_iommu_write_terminator (
    input  wire clock,
    input  wire reset,
    input  wire start,
    input  wire [7:0] id,
    input  wire [1:0] resp,
    output wire busy,
    output wire [7:0] busy_id,
    input  wire drained,
    output wire valid,
    output wire [9:0] answer,
    input  wire taken
);
    reg  active_d;
    reg  active_q;
    reg  answering_d;
    reg  answering_q;
    reg  [9:0] held_d;
    reg  [9:0] held_q;

    assign busy = active_q;
    assign busy_id = held_q[7:0];
    assign valid = answering_q;
    assign answer = held_q;

    always @* begin
        active_d = active_q;
        answering_d = answering_q;
        held_d = held_q;
        if (start) begin
            active_d = 1'b1;
            held_d[7:0] = id;
            held_d[9:8] = resp;
        end
        if (drained) begin
            answering_d = 1'b1;
        end
        if (taken) begin
            active_d = 1'b0;
            answering_d = 1'b0;
        end
    end

    initial begin
        active_q <= 1'h0;
        answering_q <= 1'h0;
        held_q <= 10'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            active_q <= 1'h0;
            answering_q <= 1'h0;
            held_q <= 10'h0;
        end else begin
            active_q <= active_d;
            answering_q <= answering_d;
            held_q <= held_d;
        end
    end
endmodule

module vcm_iommu_write_router (
    input  wire clock,
    input  wire reset,
    input  wire push,
    input  wire [8:0] route,
    input  wire s_valid,
    output reg  s_ready,
    input  wire [72:0] s_beat,
    output reg  m_valid,
    input  wire m_ready,
    output reg  [72:0] m_beat,
    output wire done,
    output reg  malformed,
    output wire drained
);
    localparam [1:0] WriteState_Drop = 2'h2;
    localparam [1:0] WriteState_Pad = 2'h1;
    localparam [1:0] WriteState_Pass = 2'h0;

    wire to_memory;
    wire at_end;
    wire ends;
    reg  moved;
    reg  finish;
    reg  drain;
    wire fifo_pop;
    wire fifo_valid;
    wire [8:0] fifo_head;
    reg  [1:0] state_d;
    reg  [1:0] state_q;
    reg  [7:0] beats_d;
    reg  [7:0] beats_q;
    reg  s_ready_v;
    reg  m_valid_v;
    reg  [72:0] m_beat_v;
    reg  malformed_v;
    reg  finish_v;
    reg  drain_v;

    assign done = finish;
    assign drained = drain;
    assign to_memory = fifo_valid & (!fifo_head[0]);
    assign at_end = beats_q == fifo_head[8:1];
    assign ends = s_beat[72];
    assign fifo_pop = finish | drain;

    always @* begin
        state_d = state_q;
        beats_d = beats_q;
        m_valid_v = 1'b0;
        s_ready_v = 1'b0;
        m_beat_v = s_beat;
        m_beat_v[72] = at_end;
        moved = 1'b0;
        finish_v = 1'b0;
        drain_v = 1'b0;
        malformed_v = 1'b0;
        case (state_q)
            WriteState_Pass: begin
                if (to_memory) begin
                    m_valid_v = s_valid;
                    s_ready_v = m_ready;
                    moved = s_valid & m_ready;
                    if (moved) begin
                        if (ends & at_end) begin
                            finish_v = 1'b1;
                        end else if (ends) begin
                            state_d = WriteState_Pad;
                        end else if (at_end) begin
                            state_d = WriteState_Drop;
                        end
                    end
                end else if (fifo_valid) begin
                    s_ready_v = 1'b1;
                    drain_v = s_valid & ends;
                end
            end
            WriteState_Pad: begin
                m_valid_v = 1'b1;
                m_beat_v[63:0] = 64'h0;
                m_beat_v[71:64] = 8'h0;
                moved = m_ready;
                finish_v = m_ready & at_end;
                malformed_v = 1'b1;
            end
            WriteState_Drop: begin
                s_ready_v = 1'b1;
                finish_v = s_valid & ends;
                malformed_v = 1'b1;
            end
            default: begin
                state_d = WriteState_Pass;
            end
        endcase
        if (moved) begin
            beats_d = beats_q + 8'h1;
        end
        if (finish_v) begin
            beats_d = 8'h0;
            state_d = WriteState_Pass;
        end
        s_ready = s_ready_v;
        m_valid = m_valid_v;
        m_beat = m_beat_v;
        malformed = malformed_v;
        finish = finish_v;
        drain = drain_v;
    end

    initial begin
        state_q <= 2'h0;
        beats_q <= 8'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            state_q <= 2'h0;
            beats_q <= 8'h0;
        end else begin
            state_q <= state_d;
            beats_q <= beats_d;
        end
    end

    vcm_iommu_write_router_fifo fifo (
        .clock(clock),
        .reset(reset),
        .push(push),
        .data(route),
        .pop(fifo_pop),
        .valid(fifo_valid),
        .head(fifo_head),
        .full(),
        .count()
    );
endmodule

module vcm_iommu_write_router_fifo (
    input  wire clock,
    input  wire reset,
    input  wire push,
    input  wire [8:0] data,
    input  wire pop,
    output wire valid,
    output wire [8:0] head,
    output wire full,
    output wire [6:0] count
);
    localparam [6:0] CAPACITY = 7'h9;

    reg  [6:0] place;
    wire removes;
    wire accepts;
    reg  [8:0] item_0_d;
    reg  [8:0] item_0_q;
    reg  [8:0] item_1_d;
    reg  [8:0] item_1_q;
    reg  [8:0] item_2_d;
    reg  [8:0] item_2_q;
    reg  [8:0] item_3_d;
    reg  [8:0] item_3_q;
    reg  [8:0] item_4_d;
    reg  [8:0] item_4_q;
    reg  [8:0] item_5_d;
    reg  [8:0] item_5_q;
    reg  [8:0] item_6_d;
    reg  [8:0] item_6_q;
    reg  [8:0] item_7_d;
    reg  [8:0] item_7_q;
    reg  [8:0] item_8_d;
    reg  [8:0] item_8_q;
    reg  [6:0] held_d;
    reg  [6:0] held_q;
    reg  [6:0] place_v;

    assign valid = |held_q;
    assign head = item_0_q;
    assign full = held_q == CAPACITY;
    assign count = held_q;
    assign removes = pop & (|held_q);
    assign accepts = push & (place != CAPACITY);

    always @* begin
        place_v = held_q;
        if (removes) begin
            place_v = held_q - 7'h1;
        end
        place = place_v;
    end

    always @* begin
        held_d = place;
        if (accepts) begin
            held_d = place + 7'h1;
        end
    end

    always @* begin
        item_0_d = item_0_q;
        if (removes) begin
            item_0_d = item_1_q;
        end
        if (accepts & (place == 7'h0)) begin
            item_0_d = data;
        end
    end

    always @* begin
        item_1_d = item_1_q;
        if (removes) begin
            item_1_d = item_2_q;
        end
        if (accepts & (place == 7'h1)) begin
            item_1_d = data;
        end
    end

    always @* begin
        item_2_d = item_2_q;
        if (removes) begin
            item_2_d = item_3_q;
        end
        if (accepts & (place == 7'h2)) begin
            item_2_d = data;
        end
    end

    always @* begin
        item_3_d = item_3_q;
        if (removes) begin
            item_3_d = item_4_q;
        end
        if (accepts & (place == 7'h3)) begin
            item_3_d = data;
        end
    end

    always @* begin
        item_4_d = item_4_q;
        if (removes) begin
            item_4_d = item_5_q;
        end
        if (accepts & (place == 7'h4)) begin
            item_4_d = data;
        end
    end

    always @* begin
        item_5_d = item_5_q;
        if (removes) begin
            item_5_d = item_6_q;
        end
        if (accepts & (place == 7'h5)) begin
            item_5_d = data;
        end
    end

    always @* begin
        item_6_d = item_6_q;
        if (removes) begin
            item_6_d = item_7_q;
        end
        if (accepts & (place == 7'h6)) begin
            item_6_d = data;
        end
    end

    always @* begin
        item_7_d = item_7_q;
        if (removes) begin
            item_7_d = item_8_q;
        end
        if (accepts & (place == 7'h7)) begin
            item_7_d = data;
        end
    end

    always @* begin
        item_8_d = item_8_q;
        if (accepts & (place == 7'h8)) begin
            item_8_d = data;
        end
    end

    initial begin
        item_0_q <= 9'h0;
        item_1_q <= 9'h0;
        item_2_q <= 9'h0;
        item_3_q <= 9'h0;
        item_4_q <= 9'h0;
        item_5_q <= 9'h0;
        item_6_q <= 9'h0;
        item_7_q <= 9'h0;
        item_8_q <= 9'h0;
        held_q <= 7'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            item_0_q <= 9'h0;
            item_1_q <= 9'h0;
            item_2_q <= 9'h0;
            item_3_q <= 9'h0;
            item_4_q <= 9'h0;
            item_5_q <= 9'h0;
            item_6_q <= 9'h0;
            item_7_q <= 9'h0;
            item_8_q <= 9'h0;
            held_q <= 7'h0;
        end else begin
            item_0_q <= item_0_d;
            item_1_q <= item_1_d;
            item_2_q <= item_2_d;
            item_3_q <= item_3_d;
            item_4_q <= item_4_d;
            item_5_q <= item_5_d;
            item_6_q <= item_6_d;
            item_7_q <= item_7_d;
            item_8_q <= item_8_d;
            held_q <= held_d;
        end
    end
endmodule

module vcm_iommu_read_merge (
    input  wire clock,
    input  wire reset,
    input  wire memory_valid,
    output wire memory_ready,
    input  wire [74:0] memory,
    input  wire terminator_valid,
    output wire terminator_taken,
    input  wire [74:0] terminator,
    output reg  s_valid,
    input  wire s_ready,
    output reg  [74:0] s_beat,
    output wire response
);
    wire memory_beat;
    wire waiting;
    reg  granted_d;
    reg  granted_q;
    reg  in_burst_d;
    reg  in_burst_q;
    reg  s_valid_v;
    reg  [74:0] s_beat_v;

    assign memory_ready = s_ready & (!granted_q);
    assign terminator_taken = granted_q & s_ready;
    assign response = memory_beat;
    assign memory_beat = (memory_valid & s_ready) & (!granted_q);
    assign waiting = memory_valid & (!s_ready);

    always @* begin
        granted_d = granted_q;
        s_valid_v = memory_valid;
        s_beat_v = memory;
        if (memory[73:72] == 2'h1) begin
            s_beat_v[73:72] = 2'h0;
        end
        if (granted_q) begin
            s_valid_v = 1'b1;
            s_beat_v = terminator;
            if (s_ready & terminator[74]) begin
                granted_d = 1'b0;
            end
        end else if ((terminator_valid & (!waiting)) & ((memory_beat & memory[74]) | ((!memory_beat) & (!in_burst_q)))) begin
            granted_d = 1'b1;
        end
        s_valid = s_valid_v;
        s_beat = s_beat_v;
    end

    always @* begin
        in_burst_d = in_burst_q;
        if (memory_beat) begin
            in_burst_d = !memory[74];
        end
    end

    initial begin
        granted_q <= 1'h0;
        in_burst_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            granted_q <= 1'h0;
            in_burst_q <= 1'h0;
        end else begin
            granted_q <= granted_d;
            in_burst_q <= in_burst_d;
        end
    end
endmodule

module vcm_iommu_read_terminator (
    input  wire clock,
    input  wire reset,
    input  wire start,
    input  wire [7:0] id,
    input  wire [7:0] len,
    input  wire [1:0] resp,
    output wire busy,
    output wire [7:0] busy_id,
    output wire [74:0] beat,
    input  wire taken
);
    wire last;
    reg  active_d;
    reg  active_q;
    reg  [7:0] held_id_d;
    reg  [7:0] held_id_q;
    reg  [1:0] held_resp_d;
    reg  [1:0] held_resp_q;
    reg  [7:0] left_d;
    reg  [7:0] left_q;

    assign busy = active_q;
    assign busy_id = held_id_q;
    assign beat = {last, held_resp_q, 64'h0, held_id_q};
    assign last = !(|left_q);

    always @* begin
        active_d = active_q;
        held_id_d = held_id_q;
        held_resp_d = held_resp_q;
        left_d = left_q;
        if (taken) begin
            left_d = left_q - 8'h1;
            if (last) begin
                active_d = 1'b0;
            end
        end
        if (start) begin
            active_d = 1'b1;
            held_id_d = id;
            held_resp_d = resp;
            left_d = len;
        end
    end

    initial begin
        active_q <= 1'h0;
        held_id_q <= 8'h0;
        held_resp_q <= 2'h0;
        left_q <= 8'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            active_q <= 1'h0;
            held_id_q <= 8'h0;
            held_resp_q <= 2'h0;
            left_q <= 8'h0;
        end else begin
            active_q <= active_d;
            held_id_q <= held_id_d;
            held_resp_q <= held_resp_d;
            left_q <= left_d;
        end
    end
endmodule

module vcm_iommu_reads (
    input  wire clock,
    input  wire reset,
    input  wire write,
    input  wire s_valid,
    output wire s_ready,
    input  wire [67:0] s_burst,
    output wire m_valid,
    input  wire m_ready,
    output wire [67:0] m_burst,
    output wire issue,
    output wire [7:0] leaving_len,
    output wire terminate,
    output wire [7:0] terminate_id,
    output reg  [1:0] terminate_resp,
    input  wire terminator_busy,
    input  wire [7:0] terminator_id,
    output wire [3:0] stream,
    input  wire [4:0] route,
    input  wire [60:0] bank,
    input  wire [36:0] command,
    output wire walk,
    output wire [49:0] walk_request,
    input  wire walk_fill,
    input  wire walk_fault,
    input  wire [4:0] walk_status,
    input  wire [67:0] walk_translation,
    input  wire response,
    input  wire [7:0] response_id,
    input  wire [1:0] response_resp,
    input  wire response_last,
    output wire answered_malformed,
    output wire answered_open,
    input  wire data_done,
    input  wire data_malformed,
    output wire [7:0] waits,
    output wire waits_any,
    output wire fault_valid,
    input  wire fault_ready,
    output wire [55:0] fault,
    output wire late_valid,
    input  wire late_ready,
    output wire [55:0] late,
    output wire count_burst,
    output wire count_hit,
    output wire count_miss
);
    localparam [4:0] CODE_EXTERNAL_ABORT = 5'h8;
    localparam [4:0] CODE_ILLEGAL_BURST = 5'h12;

    wire [2:0] prot;
    wire same_id;
    wire to_memory;
    wire wants_terminator;
    wire to_terminator;
    reg  [67:0] translated;
    wire [49:0] entry;
    wire [49:0] answered;
    wire failed;
    wire skid_out_valid;
    wire skid_out_ready;
    wire [67:0] skid_out_data;
    wire lookup_advance;
    wire lookup_ready;
    wire lookup_pass;
    wire [31:0] lookup_address;
    wire [3:0] lookup_cache;
    wire [4:0] lookup_status;
    wire lookup_decode_error;
    wire tracker_full;
    wire [49:0] tracker_answered;
    wire tracker_answered_error;
    wire tracker_query_busy;
    reg  out_valid_d;
    reg  out_valid_q;
    reg  [67:0] out_d;
    reg  [67:0] out_q;
    reg  late_pending_d;
    reg  late_pending_q;
    reg  [55:0] late_fault_d;
    reg  [55:0] late_fault_q;
    reg  [1:0] terminate_resp_v;
    reg  [67:0] translated_v;

    assign m_valid = out_valid_q;
    assign m_burst = out_q;
    assign issue = to_memory;
    assign leaving_len = skid_out_data[47:40];
    assign terminate = to_terminator;
    assign terminate_id = skid_out_data[7:0];
    assign stream = skid_out_data[67:64];
    assign fault_valid = wants_terminator;
    assign fault = {skid_out_data[7:0], skid_out_data[67:64], route[4:2], route[1] & (!route[0]), prot[2], prot[0], write, lookup_status, skid_out_data[39:8]};
    assign late_valid = late_pending_q;
    assign late = late_fault_q;
    assign count_burst = s_valid & s_ready;
    assign prot = skid_out_data[59:57];
    assign same_id = skid_out_data[7:0] == terminator_id;
    assign to_memory = (((lookup_ready & lookup_pass) & (!tracker_full)) & ((!out_valid_q) | m_ready)) & (!(terminator_busy & same_id));
    assign wants_terminator = ((lookup_ready & (!lookup_pass)) & (!terminator_busy)) & (!tracker_query_busy);
    assign to_terminator = wants_terminator & fault_ready;
    assign entry = {skid_out_data[67:64], route[4:2], route[1] & (!route[0]), prot[2], prot[0], skid_out_data[39:8], skid_out_data[7:0]};
    assign answered = tracker_answered;
    assign failed = (response & response_last) & ((tracker_answered_error | response_resp[1]) | answered_malformed);
    assign skid_out_ready = to_memory | to_terminator;
    assign lookup_advance = to_memory | to_terminator;

    always @* begin
        out_valid_d = out_valid_q;
        out_d = out_q;
        if (m_ready) begin
            out_valid_d = 1'b0;
        end
        if (to_memory) begin
            out_valid_d = 1'b1;
            out_d = translated;
        end
    end

    always @* begin
        late_pending_d = late_pending_q;
        late_fault_d = late_fault_q;
        if (late_ready) begin
            late_pending_d = 1'b0;
        end
        if (failed) begin
            late_pending_d = 1'b1;
            late_fault_d[31:0] = answered[39:8];
            late_fault_d[36:32] = CODE_EXTERNAL_ABORT;
            late_fault_d[37] = write;
            late_fault_d[38] = answered[40];
            late_fault_d[39] = answered[41];
            late_fault_d[40] = answered[42];
            late_fault_d[43:41] = answered[45:43];
            late_fault_d[47:44] = answered[49:46];
            late_fault_d[55:48] = answered[7:0];
            if (answered_malformed) begin
                late_fault_d[36:32] = CODE_ILLEGAL_BURST;
            end
        end
    end

    always @* begin
        terminate_resp_v = 2'h2;
        if (lookup_decode_error) begin
            terminate_resp_v = 2'h3;
        end
        terminate_resp = terminate_resp_v;
    end

    always @* begin
        translated_v = skid_out_data;
        translated_v[39:8] = lookup_address;
        translated_v[56:53] = lookup_cache;
        translated = translated_v;
    end

    initial begin
        out_valid_q <= 1'h0;
        out_q <= 68'h0;
        late_pending_q <= 1'h0;
        late_fault_q <= 56'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            out_valid_q <= 1'h0;
            out_q <= 68'h0;
            late_pending_q <= 1'h0;
            late_fault_q <= 56'h0;
        end else begin
            out_valid_q <= out_valid_d;
            out_q <= out_d;
            late_pending_q <= late_pending_d;
            late_fault_q <= late_fault_d;
        end
    end

    vcm_iommu_reads_skid skid (
        .clock(clock),
        .reset(reset),
        .in_valid(s_valid),
        .in_ready(s_ready),
        .in_data(s_burst),
        .out_valid(skid_out_valid),
        .out_ready(skid_out_ready),
        .out_data(skid_out_data)
    );

    vcm_iommu_reads_lookup lookup (
        .clock(clock),
        .reset(reset),
        .valid(skid_out_valid),
        .burst(skid_out_data),
        .write(write),
        .route(route),
        .bank(bank),
        .advance(lookup_advance),
        .ready(lookup_ready),
        .pass(lookup_pass),
        .address(lookup_address),
        .cache(lookup_cache),
        .status(lookup_status),
        .decode_error(lookup_decode_error),
        .command(command),
        .walk(walk),
        .walk_request(walk_request),
        .walk_fill(walk_fill),
        .walk_fault(walk_fault),
        .walk_status(walk_status),
        .walk_translation(walk_translation),
        .count_hit(count_hit),
        .count_miss(count_miss)
    );

    vcm_iommu_reads_tracker tracker (
        .clock(clock),
        .reset(reset),
        .push(to_memory),
        .incoming(entry),
        .full(tracker_full),
        .response(response),
        .response_id(response_id),
        .response_error(response_resp[1]),
        .response_last(response_last),
        .answered(tracker_answered),
        .answered_error(tracker_answered_error),
        .answered_malformed(answered_malformed),
        .answered_open(answered_open),
        .data_done(data_done),
        .data_malformed(data_malformed),
        .query_id(skid_out_data[7:0]),
        .query_busy(tracker_query_busy),
        .command(command),
        .waits(waits),
        .waits_any(waits_any)
    );
endmodule

module vcm_iommu_reads_tracker (
    input  wire clock,
    input  wire reset,
    input  wire push,
    input  wire [49:0] incoming,
    output wire full,
    input  wire response,
    input  wire [7:0] response_id,
    input  wire response_error,
    input  wire response_last,
    output wire [49:0] answered,
    output wire answered_error,
    output wire answered_malformed,
    output wire answered_open,
    input  wire data_done,
    input  wire data_malformed,
    input  wire [7:0] query_id,
    output wire query_busy,
    input  wire [36:0] command,
    output wire [7:0] waits,
    output wire waits_any
);
    reg  found;
    reg  here;
    reg  undone;
    reg  undone_here;
    reg  free_below;
    reg  [49:0] merged;
    reg  merged_error;
    reg  merged_malformed;
    reg  merged_open;
    reg  all_valid;
    reg  busy;
    reg  [7:0] wait_set;
    reg  wait_any;
    reg  slot_0_answered;
    reg  slot_0_answered_or_after;
    reg  slot_0_load;
    reg  slot_0_set_data_done;
    reg  slot_0_set_malformed;
    wire slot_0_valid;
    wire [49:0] slot_0_entry;
    wire slot_0_error_q;
    wire slot_0_data_done_q;
    wire slot_0_malformed_q;
    wire slot_0_is_response;
    wire slot_0_is_query;
    wire [7:0] slot_0_waits;
    wire slot_0_waits_any;
    wire slot_0_kept;
    reg  slot_1_answered;
    reg  slot_1_answered_or_after;
    reg  slot_1_load;
    reg  slot_1_set_data_done;
    reg  slot_1_set_malformed;
    wire slot_1_valid;
    wire [49:0] slot_1_entry;
    wire slot_1_old;
    wire slot_1_error;
    wire slot_1_data_done;
    wire slot_1_malformed;
    wire slot_1_error_q;
    wire slot_1_data_done_q;
    wire slot_1_malformed_q;
    wire slot_1_is_response;
    wire slot_1_is_query;
    wire [7:0] slot_1_waits;
    wire slot_1_waits_any;
    wire slot_1_kept;
    reg  slot_2_answered;
    reg  slot_2_answered_or_after;
    reg  slot_2_load;
    reg  slot_2_set_data_done;
    reg  slot_2_set_malformed;
    wire slot_2_valid;
    wire [49:0] slot_2_entry;
    wire slot_2_old;
    wire slot_2_error;
    wire slot_2_data_done;
    wire slot_2_malformed;
    wire slot_2_error_q;
    wire slot_2_data_done_q;
    wire slot_2_malformed_q;
    wire slot_2_is_response;
    wire slot_2_is_query;
    wire [7:0] slot_2_waits;
    wire slot_2_waits_any;
    wire slot_2_kept;
    reg  slot_3_answered;
    reg  slot_3_answered_or_after;
    reg  slot_3_load;
    reg  slot_3_set_data_done;
    reg  slot_3_set_malformed;
    wire slot_3_valid;
    wire [49:0] slot_3_entry;
    wire slot_3_old;
    wire slot_3_error;
    wire slot_3_data_done;
    wire slot_3_malformed;
    wire slot_3_error_q;
    wire slot_3_data_done_q;
    wire slot_3_malformed_q;
    wire slot_3_is_response;
    wire slot_3_is_query;
    wire [7:0] slot_3_waits;
    wire slot_3_waits_any;
    wire slot_3_kept;
    reg  slot_4_answered;
    reg  slot_4_answered_or_after;
    reg  slot_4_load;
    reg  slot_4_set_data_done;
    reg  slot_4_set_malformed;
    wire slot_4_valid;
    wire [49:0] slot_4_entry;
    wire slot_4_old;
    wire slot_4_error;
    wire slot_4_data_done;
    wire slot_4_malformed;
    wire slot_4_error_q;
    wire slot_4_data_done_q;
    wire slot_4_malformed_q;
    wire slot_4_is_response;
    wire slot_4_is_query;
    wire [7:0] slot_4_waits;
    wire slot_4_waits_any;
    wire slot_4_kept;
    reg  slot_5_answered;
    reg  slot_5_answered_or_after;
    reg  slot_5_load;
    reg  slot_5_set_data_done;
    reg  slot_5_set_malformed;
    wire slot_5_valid;
    wire [49:0] slot_5_entry;
    wire slot_5_old;
    wire slot_5_error;
    wire slot_5_data_done;
    wire slot_5_malformed;
    wire slot_5_error_q;
    wire slot_5_data_done_q;
    wire slot_5_malformed_q;
    wire slot_5_is_response;
    wire slot_5_is_query;
    wire [7:0] slot_5_waits;
    wire slot_5_waits_any;
    wire slot_5_kept;
    reg  slot_6_answered;
    reg  slot_6_answered_or_after;
    reg  slot_6_load;
    reg  slot_6_set_data_done;
    reg  slot_6_set_malformed;
    wire slot_6_valid;
    wire [49:0] slot_6_entry;
    wire slot_6_old;
    wire slot_6_error;
    wire slot_6_data_done;
    wire slot_6_malformed;
    wire slot_6_error_q;
    wire slot_6_data_done_q;
    wire slot_6_malformed_q;
    wire slot_6_is_response;
    wire slot_6_is_query;
    wire [7:0] slot_6_waits;
    wire slot_6_waits_any;
    wire slot_6_kept;
    reg  slot_7_load;
    wire slot_7_set_data_done;
    wire slot_7_set_malformed;
    wire slot_7_valid;
    wire [49:0] slot_7_entry;
    wire slot_7_old;
    wire slot_7_error;
    wire slot_7_data_done;
    wire slot_7_malformed;
    wire slot_7_error_q;
    wire slot_7_data_done_q;
    wire slot_7_malformed_q;
    wire slot_7_is_response;
    wire slot_7_is_query;
    wire [7:0] slot_7_waits;
    wire slot_7_waits_any;
    wire slot_7_kept;
    reg  found_v;
    reg  here_v;
    reg  [49:0] merged_v;
    reg  merged_error_v;
    reg  merged_malformed_v;
    reg  merged_open_v;
    reg  undone_here_v;
    reg  all_valid_v;
    reg  busy_v;
    reg  [7:0] wait_set_v;
    reg  wait_any_v;

    assign full = all_valid;
    assign answered = merged;
    assign answered_error = merged_error;
    assign answered_malformed = merged_malformed;
    assign answered_open = merged_open;
    assign query_busy = busy;
    assign waits = wait_set;
    assign waits_any = wait_any;
    assign slot_7_set_data_done = data_done & undone_here;
    assign slot_7_set_malformed = (data_done & data_malformed) & undone_here;

    always @* begin
        found_v = 1'b0;
        merged_v = 50'h0;
        merged_error_v = 1'b0;
        merged_malformed_v = 1'b0;
        merged_open_v = 1'b0;
        here_v = slot_0_is_response & (!found_v);
        found_v = found_v | here_v;
        slot_0_answered = here_v;
        slot_0_answered_or_after = found_v;
        if (here_v) begin
            merged_v = slot_0_entry;
            merged_error_v = slot_0_error_q;
            merged_malformed_v = slot_0_malformed_q;
            merged_open_v = !slot_0_data_done_q;
        end
        here_v = slot_1_is_response & (!found_v);
        found_v = found_v | here_v;
        slot_1_answered = here_v;
        slot_1_answered_or_after = found_v;
        if (here_v) begin
            merged_v = slot_1_entry;
            merged_error_v = slot_1_error_q;
            merged_malformed_v = slot_1_malformed_q;
            merged_open_v = !slot_1_data_done_q;
        end
        here_v = slot_2_is_response & (!found_v);
        found_v = found_v | here_v;
        slot_2_answered = here_v;
        slot_2_answered_or_after = found_v;
        if (here_v) begin
            merged_v = slot_2_entry;
            merged_error_v = slot_2_error_q;
            merged_malformed_v = slot_2_malformed_q;
            merged_open_v = !slot_2_data_done_q;
        end
        here_v = slot_3_is_response & (!found_v);
        found_v = found_v | here_v;
        slot_3_answered = here_v;
        slot_3_answered_or_after = found_v;
        if (here_v) begin
            merged_v = slot_3_entry;
            merged_error_v = slot_3_error_q;
            merged_malformed_v = slot_3_malformed_q;
            merged_open_v = !slot_3_data_done_q;
        end
        here_v = slot_4_is_response & (!found_v);
        found_v = found_v | here_v;
        slot_4_answered = here_v;
        slot_4_answered_or_after = found_v;
        if (here_v) begin
            merged_v = slot_4_entry;
            merged_error_v = slot_4_error_q;
            merged_malformed_v = slot_4_malformed_q;
            merged_open_v = !slot_4_data_done_q;
        end
        here_v = slot_5_is_response & (!found_v);
        found_v = found_v | here_v;
        slot_5_answered = here_v;
        slot_5_answered_or_after = found_v;
        if (here_v) begin
            merged_v = slot_5_entry;
            merged_error_v = slot_5_error_q;
            merged_malformed_v = slot_5_malformed_q;
            merged_open_v = !slot_5_data_done_q;
        end
        here_v = slot_6_is_response & (!found_v);
        found_v = found_v | here_v;
        slot_6_answered = here_v;
        slot_6_answered_or_after = found_v;
        if (here_v) begin
            merged_v = slot_6_entry;
            merged_error_v = slot_6_error_q;
            merged_malformed_v = slot_6_malformed_q;
            merged_open_v = !slot_6_data_done_q;
        end
        here_v = slot_7_is_response & (!found_v);
        found_v = found_v | here_v;
        if (here_v) begin
            merged_v = slot_7_entry;
            merged_error_v = slot_7_error_q;
            merged_malformed_v = slot_7_malformed_q;
            merged_open_v = !slot_7_data_done_q;
        end
        found = found_v;
        here = here_v;
        merged = merged_v;
        merged_error = merged_error_v;
        merged_malformed = merged_malformed_v;
        merged_open = merged_open_v;
    end

    always @* begin
        undone = 1'b0;
        undone_here_v = (slot_0_valid & (!slot_0_data_done_q)) & (!undone);
        undone = undone | undone_here_v;
        slot_0_set_data_done = data_done & undone_here_v;
        slot_0_set_malformed = (data_done & data_malformed) & undone_here_v;
        undone_here_v = (slot_1_valid & (!slot_1_data_done_q)) & (!undone);
        undone = undone | undone_here_v;
        slot_1_set_data_done = data_done & undone_here_v;
        slot_1_set_malformed = (data_done & data_malformed) & undone_here_v;
        undone_here_v = (slot_2_valid & (!slot_2_data_done_q)) & (!undone);
        undone = undone | undone_here_v;
        slot_2_set_data_done = data_done & undone_here_v;
        slot_2_set_malformed = (data_done & data_malformed) & undone_here_v;
        undone_here_v = (slot_3_valid & (!slot_3_data_done_q)) & (!undone);
        undone = undone | undone_here_v;
        slot_3_set_data_done = data_done & undone_here_v;
        slot_3_set_malformed = (data_done & data_malformed) & undone_here_v;
        undone_here_v = (slot_4_valid & (!slot_4_data_done_q)) & (!undone);
        undone = undone | undone_here_v;
        slot_4_set_data_done = data_done & undone_here_v;
        slot_4_set_malformed = (data_done & data_malformed) & undone_here_v;
        undone_here_v = (slot_5_valid & (!slot_5_data_done_q)) & (!undone);
        undone = undone | undone_here_v;
        slot_5_set_data_done = data_done & undone_here_v;
        slot_5_set_malformed = (data_done & data_malformed) & undone_here_v;
        undone_here_v = (slot_6_valid & (!slot_6_data_done_q)) & (!undone);
        undone = undone | undone_here_v;
        slot_6_set_data_done = data_done & undone_here_v;
        slot_6_set_malformed = (data_done & data_malformed) & undone_here_v;
        undone_here_v = (slot_7_valid & (!slot_7_data_done_q)) & (!undone);
        undone = undone | undone_here_v;
        undone_here = undone_here_v;
    end

    always @* begin
        free_below = 1'b0;
        slot_0_load = (push & (!slot_0_kept)) & (!free_below);
        free_below = free_below | (!slot_0_kept);
        slot_1_load = (push & (!slot_1_kept)) & (!free_below);
        free_below = free_below | (!slot_1_kept);
        slot_2_load = (push & (!slot_2_kept)) & (!free_below);
        free_below = free_below | (!slot_2_kept);
        slot_3_load = (push & (!slot_3_kept)) & (!free_below);
        free_below = free_below | (!slot_3_kept);
        slot_4_load = (push & (!slot_4_kept)) & (!free_below);
        free_below = free_below | (!slot_4_kept);
        slot_5_load = (push & (!slot_5_kept)) & (!free_below);
        free_below = free_below | (!slot_5_kept);
        slot_6_load = (push & (!slot_6_kept)) & (!free_below);
        free_below = free_below | (!slot_6_kept);
        slot_7_load = (push & (!slot_7_kept)) & (!free_below);
        free_below = free_below | (!slot_7_kept);
    end

    always @* begin
        all_valid_v = 1'b1;
        all_valid_v = all_valid_v & slot_0_valid;
        all_valid_v = all_valid_v & slot_1_valid;
        all_valid_v = all_valid_v & slot_2_valid;
        all_valid_v = all_valid_v & slot_3_valid;
        all_valid_v = all_valid_v & slot_4_valid;
        all_valid_v = all_valid_v & slot_5_valid;
        all_valid_v = all_valid_v & slot_6_valid;
        all_valid_v = all_valid_v & slot_7_valid;
        all_valid = all_valid_v;
    end

    always @* begin
        busy_v = 1'b0;
        busy_v = busy_v | slot_0_is_query;
        busy_v = busy_v | slot_1_is_query;
        busy_v = busy_v | slot_2_is_query;
        busy_v = busy_v | slot_3_is_query;
        busy_v = busy_v | slot_4_is_query;
        busy_v = busy_v | slot_5_is_query;
        busy_v = busy_v | slot_6_is_query;
        busy_v = busy_v | slot_7_is_query;
        busy = busy_v;
    end

    always @* begin
        wait_set_v = 8'h0;
        wait_set_v = wait_set_v | slot_0_waits;
        wait_set_v = wait_set_v | slot_1_waits;
        wait_set_v = wait_set_v | slot_2_waits;
        wait_set_v = wait_set_v | slot_3_waits;
        wait_set_v = wait_set_v | slot_4_waits;
        wait_set_v = wait_set_v | slot_5_waits;
        wait_set_v = wait_set_v | slot_6_waits;
        wait_set_v = wait_set_v | slot_7_waits;
        wait_set = wait_set_v;
    end

    always @* begin
        wait_any_v = 1'b0;
        wait_any_v = wait_any_v | slot_0_waits_any;
        wait_any_v = wait_any_v | slot_1_waits_any;
        wait_any_v = wait_any_v | slot_2_waits_any;
        wait_any_v = wait_any_v | slot_3_waits_any;
        wait_any_v = wait_any_v | slot_4_waits_any;
        wait_any_v = wait_any_v | slot_5_waits_any;
        wait_any_v = wait_any_v | slot_6_waits_any;
        wait_any_v = wait_any_v | slot_7_waits_any;
        wait_any = wait_any_v;
    end

    vcm_iommu_reads_tracker_slot slot_0 (
        .clock(clock),
        .reset(reset),
        .answered(slot_0_answered),
        .answered_or_after(slot_0_answered_or_after),
        .response(response),
        .response_error(response_error),
        .response_last(response_last),
        .load(slot_0_load),
        .incoming(incoming),
        .successor_valid(slot_1_valid),
        .successor(slot_1_entry),
        .successor_old(slot_1_old),
        .successor_error(slot_1_error),
        .successor_data_done(slot_1_data_done),
        .successor_malformed(slot_1_malformed),
        .set_data_done(slot_0_set_data_done),
        .set_malformed(slot_0_set_malformed),
        .command(command),
        .response_id(response_id),
        .query_id(query_id),
        .valid(slot_0_valid),
        .entry(slot_0_entry),
        .old(),
        .error(),
        .data_done(),
        .malformed(),
        .error_q(slot_0_error_q),
        .data_done_q(slot_0_data_done_q),
        .malformed_q(slot_0_malformed_q),
        .is_response(slot_0_is_response),
        .is_query(slot_0_is_query),
        .waits(slot_0_waits),
        .waits_any(slot_0_waits_any),
        .kept(slot_0_kept)
    );

    vcm_iommu_reads_tracker_slot slot_1 (
        .clock(clock),
        .reset(reset),
        .answered(slot_1_answered),
        .answered_or_after(slot_1_answered_or_after),
        .response(response),
        .response_error(response_error),
        .response_last(response_last),
        .load(slot_1_load),
        .incoming(incoming),
        .successor_valid(slot_2_valid),
        .successor(slot_2_entry),
        .successor_old(slot_2_old),
        .successor_error(slot_2_error),
        .successor_data_done(slot_2_data_done),
        .successor_malformed(slot_2_malformed),
        .set_data_done(slot_1_set_data_done),
        .set_malformed(slot_1_set_malformed),
        .command(command),
        .response_id(response_id),
        .query_id(query_id),
        .valid(slot_1_valid),
        .entry(slot_1_entry),
        .old(slot_1_old),
        .error(slot_1_error),
        .data_done(slot_1_data_done),
        .malformed(slot_1_malformed),
        .error_q(slot_1_error_q),
        .data_done_q(slot_1_data_done_q),
        .malformed_q(slot_1_malformed_q),
        .is_response(slot_1_is_response),
        .is_query(slot_1_is_query),
        .waits(slot_1_waits),
        .waits_any(slot_1_waits_any),
        .kept(slot_1_kept)
    );

    vcm_iommu_reads_tracker_slot slot_2 (
        .clock(clock),
        .reset(reset),
        .answered(slot_2_answered),
        .answered_or_after(slot_2_answered_or_after),
        .response(response),
        .response_error(response_error),
        .response_last(response_last),
        .load(slot_2_load),
        .incoming(incoming),
        .successor_valid(slot_3_valid),
        .successor(slot_3_entry),
        .successor_old(slot_3_old),
        .successor_error(slot_3_error),
        .successor_data_done(slot_3_data_done),
        .successor_malformed(slot_3_malformed),
        .set_data_done(slot_2_set_data_done),
        .set_malformed(slot_2_set_malformed),
        .command(command),
        .response_id(response_id),
        .query_id(query_id),
        .valid(slot_2_valid),
        .entry(slot_2_entry),
        .old(slot_2_old),
        .error(slot_2_error),
        .data_done(slot_2_data_done),
        .malformed(slot_2_malformed),
        .error_q(slot_2_error_q),
        .data_done_q(slot_2_data_done_q),
        .malformed_q(slot_2_malformed_q),
        .is_response(slot_2_is_response),
        .is_query(slot_2_is_query),
        .waits(slot_2_waits),
        .waits_any(slot_2_waits_any),
        .kept(slot_2_kept)
    );

    vcm_iommu_reads_tracker_slot slot_3 (
        .clock(clock),
        .reset(reset),
        .answered(slot_3_answered),
        .answered_or_after(slot_3_answered_or_after),
        .response(response),
        .response_error(response_error),
        .response_last(response_last),
        .load(slot_3_load),
        .incoming(incoming),
        .successor_valid(slot_4_valid),
        .successor(slot_4_entry),
        .successor_old(slot_4_old),
        .successor_error(slot_4_error),
        .successor_data_done(slot_4_data_done),
        .successor_malformed(slot_4_malformed),
        .set_data_done(slot_3_set_data_done),
        .set_malformed(slot_3_set_malformed),
        .command(command),
        .response_id(response_id),
        .query_id(query_id),
        .valid(slot_3_valid),
        .entry(slot_3_entry),
        .old(slot_3_old),
        .error(slot_3_error),
        .data_done(slot_3_data_done),
        .malformed(slot_3_malformed),
        .error_q(slot_3_error_q),
        .data_done_q(slot_3_data_done_q),
        .malformed_q(slot_3_malformed_q),
        .is_response(slot_3_is_response),
        .is_query(slot_3_is_query),
        .waits(slot_3_waits),
        .waits_any(slot_3_waits_any),
        .kept(slot_3_kept)
    );

    vcm_iommu_reads_tracker_slot slot_4 (
        .clock(clock),
        .reset(reset),
        .answered(slot_4_answered),
        .answered_or_after(slot_4_answered_or_after),
        .response(response),
        .response_error(response_error),
        .response_last(response_last),
        .load(slot_4_load),
        .incoming(incoming),
        .successor_valid(slot_5_valid),
        .successor(slot_5_entry),
        .successor_old(slot_5_old),
        .successor_error(slot_5_error),
        .successor_data_done(slot_5_data_done),
        .successor_malformed(slot_5_malformed),
        .set_data_done(slot_4_set_data_done),
        .set_malformed(slot_4_set_malformed),
        .command(command),
        .response_id(response_id),
        .query_id(query_id),
        .valid(slot_4_valid),
        .entry(slot_4_entry),
        .old(slot_4_old),
        .error(slot_4_error),
        .data_done(slot_4_data_done),
        .malformed(slot_4_malformed),
        .error_q(slot_4_error_q),
        .data_done_q(slot_4_data_done_q),
        .malformed_q(slot_4_malformed_q),
        .is_response(slot_4_is_response),
        .is_query(slot_4_is_query),
        .waits(slot_4_waits),
        .waits_any(slot_4_waits_any),
        .kept(slot_4_kept)
    );

    vcm_iommu_reads_tracker_slot slot_5 (
        .clock(clock),
        .reset(reset),
        .answered(slot_5_answered),
        .answered_or_after(slot_5_answered_or_after),
        .response(response),
        .response_error(response_error),
        .response_last(response_last),
        .load(slot_5_load),
        .incoming(incoming),
        .successor_valid(slot_6_valid),
        .successor(slot_6_entry),
        .successor_old(slot_6_old),
        .successor_error(slot_6_error),
        .successor_data_done(slot_6_data_done),
        .successor_malformed(slot_6_malformed),
        .set_data_done(slot_5_set_data_done),
        .set_malformed(slot_5_set_malformed),
        .command(command),
        .response_id(response_id),
        .query_id(query_id),
        .valid(slot_5_valid),
        .entry(slot_5_entry),
        .old(slot_5_old),
        .error(slot_5_error),
        .data_done(slot_5_data_done),
        .malformed(slot_5_malformed),
        .error_q(slot_5_error_q),
        .data_done_q(slot_5_data_done_q),
        .malformed_q(slot_5_malformed_q),
        .is_response(slot_5_is_response),
        .is_query(slot_5_is_query),
        .waits(slot_5_waits),
        .waits_any(slot_5_waits_any),
        .kept(slot_5_kept)
    );

    vcm_iommu_reads_tracker_slot slot_6 (
        .clock(clock),
        .reset(reset),
        .answered(slot_6_answered),
        .answered_or_after(slot_6_answered_or_after),
        .response(response),
        .response_error(response_error),
        .response_last(response_last),
        .load(slot_6_load),
        .incoming(incoming),
        .successor_valid(slot_7_valid),
        .successor(slot_7_entry),
        .successor_old(slot_7_old),
        .successor_error(slot_7_error),
        .successor_data_done(slot_7_data_done),
        .successor_malformed(slot_7_malformed),
        .set_data_done(slot_6_set_data_done),
        .set_malformed(slot_6_set_malformed),
        .command(command),
        .response_id(response_id),
        .query_id(query_id),
        .valid(slot_6_valid),
        .entry(slot_6_entry),
        .old(slot_6_old),
        .error(slot_6_error),
        .data_done(slot_6_data_done),
        .malformed(slot_6_malformed),
        .error_q(slot_6_error_q),
        .data_done_q(slot_6_data_done_q),
        .malformed_q(slot_6_malformed_q),
        .is_response(slot_6_is_response),
        .is_query(slot_6_is_query),
        .waits(slot_6_waits),
        .waits_any(slot_6_waits_any),
        .kept(slot_6_kept)
    );

    vcm_iommu_reads_tracker_slot slot_7 (
        .clock(clock),
        .reset(reset),
        .answered(here),
        .answered_or_after(found),
        .response(response),
        .response_error(response_error),
        .response_last(response_last),
        .load(slot_7_load),
        .incoming(incoming),
        .successor_valid(1'b0),
        .successor(incoming),
        .successor_old(1'b0),
        .successor_error(1'b0),
        .successor_data_done(1'b0),
        .successor_malformed(1'b0),
        .set_data_done(slot_7_set_data_done),
        .set_malformed(slot_7_set_malformed),
        .command(command),
        .response_id(response_id),
        .query_id(query_id),
        .valid(slot_7_valid),
        .entry(slot_7_entry),
        .old(slot_7_old),
        .error(slot_7_error),
        .data_done(slot_7_data_done),
        .malformed(slot_7_malformed),
        .error_q(slot_7_error_q),
        .data_done_q(slot_7_data_done_q),
        .malformed_q(slot_7_malformed_q),
        .is_response(slot_7_is_response),
        .is_query(slot_7_is_query),
        .waits(slot_7_waits),
        .waits_any(slot_7_waits_any),
        .kept(slot_7_kept)
    );
endmodule

module vcm_iommu_reads_tracker_slot (
    input  wire clock,
    input  wire reset,
    input  wire answered,
    input  wire answered_or_after,
    input  wire response,
    input  wire response_error,
    input  wire response_last,
    input  wire load,
    input  wire [49:0] incoming,
    input  wire successor_valid,
    input  wire [49:0] successor,
    input  wire successor_old,
    input  wire successor_error,
    input  wire successor_data_done,
    input  wire successor_malformed,
    input  wire set_data_done,
    input  wire set_malformed,
    input  wire [36:0] command,
    input  wire [7:0] response_id,
    input  wire [7:0] query_id,
    output wire valid,
    output wire [49:0] entry,
    output wire old,
    output wire error,
    output wire data_done,
    output wire malformed,
    output wire error_q,
    output wire data_done_q,
    output wire malformed_q,
    output wire is_response,
    output wire is_query,
    output reg  [7:0] waits,
    output wire waits_any,
    output reg  kept
);
    wire sync_match;
    wire set_error;
    wire shift;
    wire [7:0] one;
    reg  valid_reg_d;
    reg  valid_reg_q;
    reg  [49:0] entry_reg_d;
    reg  [49:0] entry_reg_q;
    reg  old_reg_d;
    reg  old_reg_q;
    reg  error_reg_d;
    reg  error_reg_q;
    reg  data_done_reg_d;
    reg  data_done_reg_q;
    reg  malformed_reg_d;
    reg  malformed_reg_q;
    reg  kept_v;
    reg  [7:0] waits_v;

    assign valid = valid_reg_q;
    assign entry = entry_reg_q;
    assign old = old_reg_q | sync_match;
    assign error = error_reg_q | set_error;
    assign data_done = data_done_reg_q | set_data_done;
    assign malformed = malformed_reg_q | set_malformed;
    assign error_q = error_reg_q;
    assign data_done_q = data_done_reg_q;
    assign malformed_q = malformed_reg_q;
    assign is_response = valid_reg_q & (entry_reg_q[7:0] == response_id);
    assign is_query = valid_reg_q & (entry_reg_q[7:0] == query_id);
    assign waits_any = valid_reg_q & old_reg_q;
    assign sync_match = command[1] & ((!command[2]) | (entry_reg_q[42] & (entry_reg_q[45:43] == command[5:3])));
    assign set_error = (answered & response) & response_error;
    assign shift = (answered_or_after & response) & response_last;
    assign one = 8'h1;

    always @* begin
        valid_reg_d = valid_reg_q;
        entry_reg_d = entry_reg_q;
        old_reg_d = old_reg_q | sync_match;
        error_reg_d = error_reg_q | set_error;
        data_done_reg_d = data_done_reg_q | set_data_done;
        malformed_reg_d = malformed_reg_q | set_malformed;
        if (load) begin
            valid_reg_d = 1'b1;
            entry_reg_d = incoming;
            old_reg_d = 1'b0;
            error_reg_d = 1'b0;
            data_done_reg_d = 1'b0;
            malformed_reg_d = 1'b0;
        end else if (shift) begin
            valid_reg_d = successor_valid;
            entry_reg_d = successor;
            old_reg_d = successor_old;
            error_reg_d = successor_error;
            data_done_reg_d = successor_data_done;
            malformed_reg_d = successor_malformed;
        end
    end

    always @* begin
        kept_v = valid_reg_q;
        if (shift) begin
            kept_v = successor_valid;
        end
        kept = kept_v;
    end

    always @* begin
        waits_v = 8'h0;
        if (waits_any & entry_reg_q[42]) begin
            waits_v = one << entry_reg_q[45:43];
        end
        waits = waits_v;
    end

    initial begin
        valid_reg_q <= 1'h0;
        entry_reg_q <= 50'h0;
        old_reg_q <= 1'h0;
        error_reg_q <= 1'h0;
        data_done_reg_q <= 1'h0;
        malformed_reg_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            valid_reg_q <= 1'h0;
            entry_reg_q <= 50'h0;
            old_reg_q <= 1'h0;
            error_reg_q <= 1'h0;
            data_done_reg_q <= 1'h0;
            malformed_reg_q <= 1'h0;
        end else begin
            valid_reg_q <= valid_reg_d;
            entry_reg_q <= entry_reg_d;
            old_reg_q <= old_reg_d;
            error_reg_q <= error_reg_d;
            data_done_reg_q <= data_done_reg_d;
            malformed_reg_q <= malformed_reg_d;
        end
    end
endmodule

module vcm_iommu_reads_lookup (
    input  wire clock,
    input  wire reset,
    input  wire valid,
    input  wire [67:0] burst,
    input  wire write,
    input  wire [4:0] route,
    input  wire [60:0] bank,
    input  wire advance,
    output reg  ready,
    output reg  pass,
    output reg  [31:0] address,
    output reg  [3:0] cache,
    output reg  [4:0] status,
    output reg  decode_error,
    input  wire [36:0] command,
    output wire walk,
    output wire [49:0] walk_request,
    input  wire walk_fill,
    input  wire walk_fault,
    input  wire [4:0] walk_status,
    input  wire [67:0] walk_translation,
    output wire count_hit,
    output wire count_miss
);
    localparam [4:0] CODE_CONTEXT_DISABLED = 5'h11;
    localparam [4:0] CODE_ILLEGAL_BURST = 5'h12;
    localparam [4:0] CODE_UNMAPPED_STREAM = 5'h10;

    wire [31:0] virtual_address;
    wire [19:0] ppn;
    wire [2:0] span;
    reg  [19:0] page;
    reg  translates;
    reg  walks;
    wire same_page;
    wire [30:0] key_of_key;
    wire key_of_privileged;
    wire key_of_instruction;
    wire check_illegal;
    wire tlb_busy;
    wire tlb_hit;
    wire [67:0] tlb_result;
    wire permission_fault;
    wire [4:0] permission_status;
    wire [3:0] attributes_cache;
    reg  fault_valid_d;
    reg  fault_valid_q;
    reg  [2:0] fault_context_d;
    reg  [2:0] fault_context_q;
    reg  [4:0] fault_status_d;
    reg  [4:0] fault_status_q;
    reg  counted_d;
    reg  counted_q;
    reg  ready_v;
    reg  pass_v;
    reg  [4:0] status_v;
    reg  decode_error_v;
    reg  translates_v;
    reg  walks_v;
    reg  [19:0] page_v;
    reg  [31:0] address_v;
    reg  [3:0] cache_v;

    assign walk = walks;
    assign count_hit = (translates & tlb_hit) & (!counted_q);
    assign count_miss = (translates & (!tlb_hit)) & (!counted_q);
    assign virtual_address = burst[39:8];
    assign ppn = tlb_result[54:35];
    assign span = tlb_result[34:32];
    assign same_page = ((walk_translation[31:12] == key_of_key[30:11]) & (walk_translation[2:0] == key_of_key[2:0])) & (walk_translation[10:3] == key_of_key[10:3]);

    always @* begin
        fault_valid_d = fault_valid_q;
        fault_context_d = fault_context_q;
        fault_status_d = fault_status_q;
        counted_d = counted_q;
        if (command[0] | command[1]) begin
            fault_valid_d = 1'b0;
        end
        if ((walk_fault & walks) & same_page) begin
            fault_valid_d = 1'b1;
            fault_context_d = route[4:2];
            fault_status_d = walk_status;
        end
        if (translates) begin
            counted_d = 1'b1;
        end
        if (advance) begin
            counted_d = 1'b0;
            fault_valid_d = 1'b0;
        end
    end

    always @* begin
        ready_v = 1'b0;
        pass_v = 1'b0;
        status_v = 5'h0;
        decode_error_v = 1'b0;
        walks_v = 1'b0;
        translates_v = 1'b0;
        if ((!route[0]) & (!route[1])) begin
            ready_v = valid;
            status_v = CODE_UNMAPPED_STREAM;
            decode_error_v = 1'b1;
        end else if (check_illegal) begin
            ready_v = valid;
            status_v = CODE_ILLEGAL_BURST;
        end else if (route[0]) begin
            ready_v = valid;
            pass_v = 1'b1;
        end else if (!bank[0]) begin
            ready_v = valid;
            status_v = CODE_CONTEXT_DISABLED;
        end else if (fault_valid_q & (fault_context_q == route[4:2])) begin
            ready_v = valid;
            status_v = fault_status_q;
        end else if (!tlb_busy) begin
            translates_v = valid;
            if (tlb_hit) begin
                ready_v = valid;
                pass_v = !permission_fault;
                status_v = permission_status;
            end else begin
                walks_v = valid;
            end
        end
        ready = ready_v;
        pass = pass_v;
        status = status_v;
        decode_error = decode_error_v;
        translates = translates_v;
        walks = walks_v;
    end

    always @* begin
        page_v = ppn;
        if (span[0]) begin
            page_v = (page_v & 20'hffff0) | {16'h0, virtual_address[15:12]};
        end
        if (span[1]) begin
            page_v = (page_v & 20'hfff0f) | ({16'h0, virtual_address[19:16]} << 4);
        end
        if (span[2]) begin
            page_v = (page_v & 20'hff0ff) | ({16'h0, virtual_address[23:20]} << 8);
        end
        page = page_v;
    end

    always @* begin
        address_v = ({12'h0, page} << 12) | {20'h0, virtual_address[11:0]};
        cache_v = burst[56:53];
        if (route[0]) begin
            address_v = virtual_address;
        end else if (bank[2]) begin
            cache_v = attributes_cache;
        end
        address = address_v;
        cache = cache_v;
    end

    initial begin
        fault_valid_q <= 1'h0;
        fault_context_q <= 3'h0;
        fault_status_q <= 5'h0;
        counted_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            fault_valid_q <= 1'h0;
            fault_context_q <= 3'h0;
            fault_status_q <= 5'h0;
            counted_q <= 1'h0;
        end else begin
            fault_valid_q <= fault_valid_d;
            fault_context_q <= fault_context_d;
            fault_status_q <= fault_status_d;
            counted_q <= counted_d;
        end
    end

    vcm_iommu_reads_lookup_key_of key_of (
        .burst(burst),
        .route(route),
        .bank(bank),
        .key(key_of_key),
        .request(walk_request),
        .privileged(key_of_privileged),
        .instruction(key_of_instruction)
    );

    vcm_iommu_reads_lookup_check check (
        .burst(burst),
        .illegal(check_illegal)
    );

    vcm_iommu_reads_lookup_tlb tlb (
        .clock(clock),
        .reset(reset),
        .key(key_of_key),
        .busy(tlb_busy),
        .hit(tlb_hit),
        .result(tlb_result),
        .command(command),
        .fill(walk_fill),
        .translation(walk_translation)
    );

    vcm_iommu_reads_lookup_permission permission (
        .translation(tlb_result),
        .afe(bank[1]),
        .dacr(bank[60:29]),
        .write(write),
        .privileged(key_of_privileged),
        .instruction(key_of_instruction),
        .fault(permission_fault),
        .status(permission_status)
    );

    vcm_iommu_reads_lookup_attributes attributes (
        .memory(tlb_result[67:63]),
        .write(write),
        .cache(attributes_cache)
    );
endmodule

module vcm_iommu_reads_lookup_attributes (
    input  wire [4:0] memory,
    input  wire write,
    output reg  [3:0] cache
);
    reg  [1:0] policy;
    reg  cacheable;
    reg  [1:0] policy_v;
    reg  cacheable_v;
    reg  [3:0] cache_v;

    always @* begin
        policy_v = memory[3:2];
        cacheable_v = memory[4];
        if (memory == 5'h2) begin
            policy_v = 2'h2;
            cacheable_v = 1'b1;
        end
        if (memory == 5'h3) begin
            policy_v = 2'h3;
            cacheable_v = 1'b1;
        end
        if (memory == 5'h7) begin
            policy_v = 2'h1;
            cacheable_v = 1'b1;
        end
        policy = policy_v;
        cacheable = cacheable_v;
    end

    always @* begin
        cache_v = 4'h0;
        if (cacheable) begin
            if (policy == 2'h0) begin
                cache_v = 4'h3;
            end else if (policy == 2'h1) begin
                cache_v = 4'hf;
            end else if (policy == 2'h2) begin
                cache_v = 4'he;
                if (write) begin
                    cache_v = 4'h6;
                end
            end else begin
                cache_v = 4'hf;
                if (write) begin
                    cache_v = 4'h7;
                end
            end
        end else if (memory == 5'h4) begin
            cache_v = 4'h3;
        end else if ((memory == 5'h1) | (memory == 5'h8)) begin
            cache_v = 4'h1;
        end
        cache = cache_v;
    end
endmodule

module vcm_iommu_reads_lookup_permission (
    input  wire [67:0] translation,
    input  wire afe,
    input  wire [31:0] dacr,
    input  wire write,
    input  wire privileged,
    input  wire instruction,
    output wire fault,
    output reg  [4:0] status
);
    localparam [4:0] CODE_ACCESS_FLAG_L1 = 5'h3;
    localparam [4:0] CODE_ACCESS_FLAG_L2 = 5'h6;
    localparam [4:0] CODE_DOMAIN_L1 = 5'h9;
    localparam [4:0] CODE_DOMAIN_L2 = 5'hb;
    localparam [4:0] CODE_PERMISSION_L1 = 5'hd;
    localparam [4:0] CODE_PERMISSION_L2 = 5'hf;
    localparam [2:0] PERM_PRIV_RO = 3'h5;
    localparam [2:0] PERM_PRIV_RW = 3'h1;
    localparam [2:0] PERM_PRIV_RW_USER_RO = 3'h2;
    localparam [2:0] PERM_RO = 3'h7;
    localparam [2:0] PERM_RO_OLD = 3'h6;
    localparam [2:0] PERM_RW = 3'h3;

    function [1:0] bits_1_0_of_32;
        /* verilator lint_off UNUSEDSIGNAL */ // the bits cut off
        input [31:0] x;
        /* verilator lint_on UNUSEDSIGNAL */
        bits_1_0_of_32 = x[1:0];
    endfunction

    wire [2:0] span;
    wire level1;
    reg  [2:0] ap;
    wire [4:0] domain;
    wire [1:0] domain_access;
    wire readable;
    wire writable;
    wire denied;
    reg  [2:0] ap_v;
    reg  [4:0] status_v;

    assign fault = |status;
    assign span = translation[34:32];
    assign level1 = span[1];
    assign domain = {1'b0, translation[62:59]} << 1;
    assign domain_access = bits_1_0_of_32(dacr >> domain);
    assign readable = ((((ap == PERM_RW) | (ap == PERM_RO_OLD)) | (ap == PERM_RO)) | (ap == PERM_PRIV_RW_USER_RO)) | (privileged & ((ap == PERM_PRIV_RW) | (ap == PERM_PRIV_RO)));
    assign writable = (ap == PERM_RW) | (privileged & ((ap == PERM_PRIV_RW) | (ap == PERM_PRIV_RW_USER_RO)));
    assign denied = ((write & (!writable)) | ((!write) & (!readable))) | (instruction & translation[58]);

    always @* begin
        ap_v = translation[57:55];
        if (afe) begin
            ap_v = translation[57:55] | 3'h1;
        end
        ap = ap_v;
    end

    always @* begin
        status_v = 5'h0;
        if (!domain_access[0]) begin
            status_v = CODE_DOMAIN_L2;
            if (level1) begin
                status_v = CODE_DOMAIN_L1;
            end
        end else if ((!domain_access[1]) & denied) begin
            status_v = CODE_PERMISSION_L2;
            if (level1) begin
                status_v = CODE_PERMISSION_L1;
            end
        end
        if (afe & (!translation[55])) begin
            status_v = CODE_ACCESS_FLAG_L2;
            if (level1) begin
                status_v = CODE_ACCESS_FLAG_L1;
            end
        end
        status = status_v;
    end
endmodule

module vcm_iommu_reads_lookup_tlb (
    input  wire clock,
    input  wire reset,
    input  wire [30:0] key,
    output wire busy,
    output wire hit,
    output wire [67:0] result,
    input  wire [36:0] command,
    input  wire fill,
    input  wire [67:0] translation
);
    reg  any;
    reg  [67:0] merged;
    wire [30:0] select_key;
    wire [2:0] select_span;
    wire way_0_write;
    wire way_0_hit;
    wire [67:0] way_0_result;
    wire way_1_write;
    wire way_1_hit;
    wire [67:0] way_1_result;
    wire way_2_write;
    wire way_2_hit;
    wire [67:0] way_2_result;
    wire way_3_write;
    wire way_3_hit;
    wire [67:0] way_3_result;
    wire way_4_write;
    wire way_4_hit;
    wire [67:0] way_4_result;
    wire way_5_write;
    wire way_5_hit;
    wire [67:0] way_5_result;
    wire way_6_write;
    wire way_6_hit;
    wire [67:0] way_6_result;
    wire way_7_write;
    wire way_7_hit;
    wire [67:0] way_7_result;
    wire way_8_write;
    wire way_8_hit;
    wire [67:0] way_8_result;
    wire way_9_write;
    wire way_9_hit;
    wire [67:0] way_9_result;
    wire way_10_write;
    wire way_10_hit;
    wire [67:0] way_10_result;
    wire way_11_write;
    wire way_11_hit;
    wire [67:0] way_11_result;
    wire way_12_write;
    wire way_12_hit;
    wire [67:0] way_12_result;
    wire way_13_write;
    wire way_13_hit;
    wire [67:0] way_13_result;
    wire way_14_write;
    wire way_14_hit;
    wire [67:0] way_14_result;
    wire way_15_write;
    wire way_15_hit;
    wire [67:0] way_15_result;
    reg  [3:0] victim_d;
    reg  [3:0] victim_q;
    reg  any_v;
    reg  [67:0] merged_v;

    assign busy = command[0] | fill;
    assign hit = any;
    assign result = merged;
    assign way_0_write = fill & (victim_q == 4'h0);
    assign way_1_write = fill & (victim_q == 4'h1);
    assign way_2_write = fill & (victim_q == 4'h2);
    assign way_3_write = fill & (victim_q == 4'h3);
    assign way_4_write = fill & (victim_q == 4'h4);
    assign way_5_write = fill & (victim_q == 4'h5);
    assign way_6_write = fill & (victim_q == 4'h6);
    assign way_7_write = fill & (victim_q == 4'h7);
    assign way_8_write = fill & (victim_q == 4'h8);
    assign way_9_write = fill & (victim_q == 4'h9);
    assign way_10_write = fill & (victim_q == 4'ha);
    assign way_11_write = fill & (victim_q == 4'hb);
    assign way_12_write = fill & (victim_q == 4'hc);
    assign way_13_write = fill & (victim_q == 4'hd);
    assign way_14_write = fill & (victim_q == 4'he);
    assign way_15_write = fill & (victim_q == 4'hf);

    always @* begin
        victim_d = victim_q;
        if (fill) begin
            victim_d = victim_q + 4'h1;
        end
    end

    always @* begin
        any_v = 1'b0;
        any_v = any_v | way_0_hit;
        any_v = any_v | way_1_hit;
        any_v = any_v | way_2_hit;
        any_v = any_v | way_3_hit;
        any_v = any_v | way_4_hit;
        any_v = any_v | way_5_hit;
        any_v = any_v | way_6_hit;
        any_v = any_v | way_7_hit;
        any_v = any_v | way_8_hit;
        any_v = any_v | way_9_hit;
        any_v = any_v | way_10_hit;
        any_v = any_v | way_11_hit;
        any_v = any_v | way_12_hit;
        any_v = any_v | way_13_hit;
        any_v = any_v | way_14_hit;
        any_v = any_v | way_15_hit;
        any = any_v;
    end

    always @* begin
        merged_v = 68'h0;
        merged_v = merged_v | way_0_result;
        merged_v = merged_v | way_1_result;
        merged_v = merged_v | way_2_result;
        merged_v = merged_v | way_3_result;
        merged_v = merged_v | way_4_result;
        merged_v = merged_v | way_5_result;
        merged_v = merged_v | way_6_result;
        merged_v = merged_v | way_7_result;
        merged_v = merged_v | way_8_result;
        merged_v = merged_v | way_9_result;
        merged_v = merged_v | way_10_result;
        merged_v = merged_v | way_11_result;
        merged_v = merged_v | way_12_result;
        merged_v = merged_v | way_13_result;
        merged_v = merged_v | way_14_result;
        merged_v = merged_v | way_15_result;
        merged = merged_v;
    end

    initial begin
        victim_q <= 4'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            victim_q <= 4'h0;
        end else begin
            victim_q <= victim_d;
        end
    end

    vcm_iommu_reads_lookup_tlb_select select (
        .lookup(key),
        .command(command),
        .fill(fill),
        .translation(translation),
        .key(select_key),
        .span(select_span)
    );

    vcm_iommu_reads_lookup_tlb_way way_0 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_0_write),
        .translation(translation),
        .hit(way_0_hit),
        .result(way_0_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_1 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_1_write),
        .translation(translation),
        .hit(way_1_hit),
        .result(way_1_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_2 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_2_write),
        .translation(translation),
        .hit(way_2_hit),
        .result(way_2_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_3 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_3_write),
        .translation(translation),
        .hit(way_3_hit),
        .result(way_3_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_4 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_4_write),
        .translation(translation),
        .hit(way_4_hit),
        .result(way_4_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_5 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_5_write),
        .translation(translation),
        .hit(way_5_hit),
        .result(way_5_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_6 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_6_write),
        .translation(translation),
        .hit(way_6_hit),
        .result(way_6_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_7 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_7_write),
        .translation(translation),
        .hit(way_7_hit),
        .result(way_7_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_8 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_8_write),
        .translation(translation),
        .hit(way_8_hit),
        .result(way_8_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_9 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_9_write),
        .translation(translation),
        .hit(way_9_hit),
        .result(way_9_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_10 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_10_write),
        .translation(translation),
        .hit(way_10_hit),
        .result(way_10_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_11 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_11_write),
        .translation(translation),
        .hit(way_11_hit),
        .result(way_11_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_12 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_12_write),
        .translation(translation),
        .hit(way_12_hit),
        .result(way_12_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_13 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_13_write),
        .translation(translation),
        .hit(way_13_hit),
        .result(way_13_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_14 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_14_write),
        .translation(translation),
        .hit(way_14_hit),
        .result(way_14_result)
    );

    vcm_iommu_reads_lookup_tlb_way way_15 (
        .clock(clock),
        .reset(reset),
        .key(select_key),
        .key_large(select_span),
        .key_not_global(translation[11]),
        .command(command),
        .fill(fill),
        .write(way_15_write),
        .translation(translation),
        .hit(way_15_hit),
        .result(way_15_result)
    );
endmodule

module vcm_iommu_reads_lookup_tlb_way (
    input  wire clock,
    input  wire reset,
    input  wire [30:0] key,
    input  wire [2:0] key_large,
    input  wire key_not_global,
    input  wire [36:0] command,
    input  wire fill,
    input  wire write,
    input  wire [67:0] translation,
    output wire hit,
    output reg  [67:0] result
);
    wire [2:0] span;
    wire [19:0] diff;
    wire va_match;
    wire context_match;
    wire asid_match;
    wire is_global;
    wire by_asid;
    wire kill;
    reg  valid_d;
    reg  valid_q;
    reg  [67:0] entry_d;
    reg  [67:0] entry_q;
    reg  [67:0] result_v;

    assign hit = ((valid_q & va_match) & context_match) & (asid_match | is_global);
    assign span = entry_q[34:32] | key_large;
    assign diff = entry_q[31:12] ^ key[30:11];
    assign va_match = (((!(|diff[19:12])) & ((!(|diff[11:8])) | span[2])) & ((!(|diff[7:4])) | span[1])) & ((!(|diff[3:0])) | span[0]);
    assign context_match = entry_q[2:0] == key[2:0];
    assign asid_match = entry_q[10:3] == key[10:3];
    assign is_global = !entry_q[11];
    assign by_asid = (asid_match & (!is_global)) | ((!command[7]) & is_global);
    assign kill = (((!command[2]) | context_match) & ((!command[16]) | va_match)) & ((!command[6]) | by_asid);

    always @* begin
        valid_d = valid_q;
        entry_d = entry_q;
        if (command[0] & kill) begin
            valid_d = 1'b0;
        end
        if (((fill & va_match) & context_match) & ((asid_match | is_global) | (!key_not_global))) begin
            valid_d = 1'b0;
        end
        if (write) begin
            valid_d = 1'b1;
            entry_d = translation;
        end
    end

    always @* begin
        result_v = 68'h0;
        if (hit) begin
            result_v = entry_q;
        end
        result = result_v;
    end

    initial begin
        valid_q <= 1'h0;
        entry_q <= 68'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            valid_q <= 1'h0;
            entry_q <= 68'h0;
        end else begin
            valid_q <= valid_d;
            entry_q <= entry_d;
        end
    end
endmodule

module vcm_iommu_reads_lookup_tlb_select (
    input  wire [30:0] lookup,
    input  wire [36:0] command,
    input  wire fill,
    input  wire [67:0] translation,
    output reg  [30:0] key,
    output reg  [2:0] span
);
    reg  [30:0] key_v;
    reg  [2:0] span_v;

    always @* begin
        key_v = lookup;
        span_v = 3'h0;
        if (command[0]) begin
            key_v[2:0] = command[5:3];
            key_v[10:3] = command[15:8];
            key_v[30:11] = command[36:17];
        end
        if (fill) begin
            key_v[2:0] = translation[2:0];
            key_v[10:3] = translation[10:3];
            key_v[30:11] = translation[31:12];
            span_v = translation[34:32];
        end
        key = key_v;
        span = span_v;
    end
endmodule

module vcm_iommu_reads_lookup_check (
    input  wire [67:0] burst,
    output reg  illegal
);
    wire [31:0] addr;
    wire [15:0] offset;
    wire [7:0] len;
    wire [2:0] size;
    wire [1:0] kind;
    wire [15:0] first;
    wire [15:0] last;
    wire wrap_len;
    reg  illegal_v;

    assign addr = burst[39:8];
    assign offset = {4'h0, addr[11:0]};
    assign len = burst[47:40];
    assign size = burst[50:48];
    assign kind = burst[52:51];
    assign first = (offset >> size) << size;
    assign last = first + ({8'h0, len} << size);
    assign wrap_len = (((len == 8'h1) | (len == 8'h3)) | (len == 8'h7)) | (len == 8'hf);

    always @* begin
        illegal_v = (size > 3'h3) | (kind == 2'h3);
        if ((kind == 2'h0) & (len > 8'hf)) begin
            illegal_v = 1'b1;
        end
        if ((kind == 2'h1) & (|last[15:12])) begin
            illegal_v = 1'b1;
        end
        if ((kind == 2'h2) & ((!wrap_len) | (first != offset))) begin
            illegal_v = 1'b1;
        end
        illegal = illegal_v;
    end
endmodule

module vcm_iommu_reads_lookup_key_of (
    input  wire [67:0] burst,
    input  wire [4:0] route,
    input  wire [60:0] bank,
    output wire [30:0] key,
    output wire [49:0] request,
    output wire privileged,
    output wire instruction
);
    wire [31:0] addr;
    wire [2:0] prot;

    assign key = {addr[31:12], bank[10:3], route[4:2]};
    assign request = {bank[1], bank[28:11], addr[31:12], bank[10:3], route[4:2]};
    assign privileged = prot[0];
    assign instruction = prot[2];
    assign addr = burst[39:8];
    assign prot = burst[59:57];
endmodule

module vcm_iommu_reads_skid (
    input  wire clock,
    input  wire reset,
    input  wire in_valid,
    output wire in_ready,
    input  wire [67:0] in_data,
    output wire out_valid,
    input  wire out_ready,
    output wire [67:0] out_data
);
    wire accept;
    wire head_free;
    reg  head_valid_d;
    reg  head_valid_q;
    reg  [67:0] head_d;
    reg  [67:0] head_q;
    reg  spare_valid_d;
    reg  spare_valid_q;
    reg  [67:0] spare_d;
    reg  [67:0] spare_q;

    assign in_ready = !spare_valid_q;
    assign out_valid = head_valid_q;
    assign out_data = head_q;
    assign accept = in_valid & (!spare_valid_q);
    assign head_free = (!head_valid_q) | out_ready;

    always @* begin
        head_valid_d = head_valid_q;
        head_d = head_q;
        spare_valid_d = spare_valid_q;
        spare_d = spare_q;
        if (head_free) begin
            head_valid_d = spare_valid_q | accept;
            spare_valid_d = 1'b0;
            if (spare_valid_q) begin
                head_d = spare_q;
            end else if (accept) begin
                head_d = in_data;
            end
        end else if (accept) begin
            spare_valid_d = 1'b1;
            spare_d = in_data;
        end
    end

    initial begin
        head_valid_q <= 1'h0;
        head_q <= 68'h0;
        spare_valid_q <= 1'h0;
        spare_q <= 68'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            head_valid_q <= 1'h0;
            head_q <= 68'h0;
            spare_valid_q <= 1'h0;
            spare_q <= 68'h0;
        end else begin
            head_valid_q <= head_valid_d;
            head_q <= head_d;
            spare_valid_q <= spare_valid_d;
            spare_q <= spare_d;
        end
    end
endmodule

module vcm_iommu_commands (
    input  wire clock,
    input  wire reset,
    input  wire [96:0] request,
    output wire [33:0] answer,
    output wire [36:0] command
);
    reg  [36:0] held_d;
    reg  [36:0] held_q;
    wire [7:0] fields_asid;
    wire [19:0] fields_vpn;
    wire wr_global_tlbiall;
    wire wr_global_tlbsync;
    wire wr_tlbiva;
    wire wr_tlbivaa;
    wire wr_tlbiasid;
    wire wr_tlbiall;
    wire wr_tlbsync;
    wire [2:0] wr_index;
    wire rd_global_tlbiall;
    wire rd_global_tlbsync;
    wire rd_tlbiva;
    wire rd_tlbivaa;
    wire rd_tlbiasid;
    wire rd_tlbiall;
    wire rd_tlbsync;

    assign answer = {32'h0, (((((rd_global_tlbiall | rd_global_tlbsync) | rd_tlbiva) | rd_tlbivaa) | rd_tlbiasid) | rd_tlbiall) | rd_tlbsync, (((((wr_global_tlbiall | wr_global_tlbsync) | wr_tlbiva) | wr_tlbivaa) | wr_tlbiasid) | wr_tlbiall) | wr_tlbsync};
    assign command = held_q;

    always @* begin
        held_d = held_q;
        held_d[0] = request[0] & ((((wr_global_tlbiall | wr_tlbiva) | wr_tlbivaa) | wr_tlbiasid) | wr_tlbiall);
        held_d[1] = request[0] & (wr_global_tlbsync | wr_tlbsync);
        held_d[2] = (!wr_global_tlbiall) & (!wr_global_tlbsync);
        held_d[5:3] = wr_index;
        held_d[6] = wr_tlbiva | wr_tlbiasid;
        held_d[7] = wr_tlbiasid;
        held_d[15:8] = fields_asid;
        held_d[16] = wr_tlbiva | wr_tlbivaa;
        held_d[36:17] = fields_vpn;
    end

    initial begin
        held_q <= 37'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            held_q <= 37'h0;
        end else begin
            held_q <= held_d;
        end
    end

    vcm_iommu_commands_fields fields (
        .word(request[48:17]),
        .asid(fields_asid),
        .vpn(fields_vpn)
    );

    vcm_iommu_commands_wr wr (
        .addr(request[16:1]),
        .global_tlbiall(wr_global_tlbiall),
        .global_tlbsync(wr_global_tlbsync),
        .tlbiva(wr_tlbiva),
        .tlbivaa(wr_tlbivaa),
        .tlbiasid(wr_tlbiasid),
        .tlbiall(wr_tlbiall),
        .tlbsync(wr_tlbsync),
        .index(wr_index)
    );

    vcm_iommu_commands_wr rd (
        .addr(request[96:81]),
        .global_tlbiall(rd_global_tlbiall),
        .global_tlbsync(rd_global_tlbsync),
        .tlbiva(rd_tlbiva),
        .tlbivaa(rd_tlbivaa),
        .tlbiasid(rd_tlbiasid),
        .tlbiall(rd_tlbiall),
        .tlbsync(rd_tlbsync),
        .index()
    );
endmodule

module vcm_iommu_commands_wr (
    input  wire [15:0] addr,
    output wire global_tlbiall,
    output wire global_tlbsync,
    output wire tlbiva,
    output wire tlbivaa,
    output wire tlbiasid,
    output wire tlbiall,
    output wire tlbsync,
    output wire [2:0] index
);
    localparam [15:0] GLOBAL_TLBIALL_AT = 16'h60;
    localparam [15:0] GLOBAL_TLBSYNC_AT = 16'h64;
    localparam [15:0] TLBIALL_AT = 16'h618;
    localparam [15:0] TLBIASID_AT = 16'h610;
    localparam [15:0] TLBIVAA_AT = 16'h608;
    localparam [15:0] TLBIVA_AT = 16'h600;
    localparam [15:0] TLBSYNC_AT = 16'h7f0;

    wire [15:0] offset;
    wire in_bank;
    wire select_hit;
    wire [15:0] select_offset;

    assign global_tlbiall = addr == GLOBAL_TLBIALL_AT;
    assign global_tlbsync = addr == GLOBAL_TLBSYNC_AT;
    assign tlbiva = in_bank & (offset == TLBIVA_AT);
    assign tlbivaa = in_bank & (offset == TLBIVAA_AT);
    assign tlbiasid = in_bank & (offset == TLBIASID_AT);
    assign tlbiall = in_bank & (offset == TLBIALL_AT);
    assign tlbsync = in_bank & (offset == TLBSYNC_AT);
    assign offset = select_offset;
    assign in_bank = select_hit;

    vcm_iommu_banks_wr_select select (
        .addr(addr),
        .hit(select_hit),
        .index(index),
        .offset(select_offset)
    );
endmodule

module vcm_iommu_commands_fields (
    input  wire [31:0] word,
    output wire [7:0] asid,
    output wire [19:0] vpn
);
    assign asid = word[7:0];
    assign vpn = word[31:12];
endmodule

module vcm_iommu_banks (
    input  wire clock,
    input  wire reset,
    input  wire [96:0] request,
    output wire [33:0] answer,
    input  wire [2:0] read_index,
    output wire [60:0] read_state,
    input  wire [2:0] write_index,
    output wire [60:0] write_state,
    input  wire fault_valid,
    input  wire [55:0] fault,
    input  wire [7:0] sync_active,
    output wire [7:0] interrupts
);
    reg  [96:0] inner;
    reg  [33:0] current;
    reg  [33:0] merged;
    reg  [60:0] for_read;
    reg  [60:0] for_write;
    reg  [7:0] raised;
    reg  [96:0] bank_0_request;
    wire [33:0] bank_0_answer;
    wire [60:0] bank_0_state;
    wire bank_0_fault_valid;
    wire bank_0_raised;
    reg  [96:0] bank_1_request;
    wire [33:0] bank_1_answer;
    wire [60:0] bank_1_state;
    wire bank_1_fault_valid;
    wire bank_1_raised;
    reg  [96:0] bank_2_request;
    wire [33:0] bank_2_answer;
    wire [60:0] bank_2_state;
    wire bank_2_fault_valid;
    wire bank_2_raised;
    reg  [96:0] bank_3_request;
    wire [33:0] bank_3_answer;
    wire [60:0] bank_3_state;
    wire bank_3_fault_valid;
    wire bank_3_raised;
    reg  [96:0] bank_4_request;
    wire [33:0] bank_4_answer;
    wire [60:0] bank_4_state;
    wire bank_4_fault_valid;
    wire bank_4_raised;
    reg  [96:0] bank_5_request;
    wire [33:0] bank_5_answer;
    wire [60:0] bank_5_state;
    wire bank_5_fault_valid;
    wire bank_5_raised;
    reg  [96:0] bank_6_request;
    wire [33:0] bank_6_answer;
    wire [60:0] bank_6_state;
    wire bank_6_fault_valid;
    wire bank_6_raised;
    wire [33:0] bank_7_answer;
    wire [60:0] bank_7_state;
    wire bank_7_fault_valid;
    wire bank_7_raised;
    wire wr_select_hit;
    wire [2:0] wr_select_index;
    wire [15:0] wr_select_offset;
    wire rd_select_hit;
    wire [2:0] rd_select_index;
    wire [15:0] rd_select_offset;
    reg  [96:0] inner_v;
    reg  [33:0] merged_v;
    reg  [60:0] for_read_v;
    reg  [60:0] for_write_v;
    reg  [7:0] raised_v;

    assign answer = merged;
    assign read_state = for_read;
    assign write_state = for_write;
    assign interrupts = raised;
    assign bank_0_fault_valid = (fault_valid & fault[40]) & (fault[43:41] == 3'h0);
    assign bank_1_fault_valid = (fault_valid & fault[40]) & (fault[43:41] == 3'h1);
    assign bank_2_fault_valid = (fault_valid & fault[40]) & (fault[43:41] == 3'h2);
    assign bank_3_fault_valid = (fault_valid & fault[40]) & (fault[43:41] == 3'h3);
    assign bank_4_fault_valid = (fault_valid & fault[40]) & (fault[43:41] == 3'h4);
    assign bank_5_fault_valid = (fault_valid & fault[40]) & (fault[43:41] == 3'h5);
    assign bank_6_fault_valid = (fault_valid & fault[40]) & (fault[43:41] == 3'h6);
    assign bank_7_fault_valid = (fault_valid & fault[40]) & (fault[43:41] == 3'h7);

    always @* begin
        inner_v[16:1] = wr_select_offset;
        inner_v[48:17] = request[48:17];
        inner_v[80:49] = request[80:49];
        inner_v[96:81] = rd_select_offset;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 3'h0);
        bank_0_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 3'h1);
        bank_1_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 3'h2);
        bank_2_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 3'h3);
        bank_3_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 3'h4);
        bank_4_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 3'h5);
        bank_5_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 3'h6);
        bank_6_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 3'h7);
        inner = inner_v;
    end

    always @* begin
        merged_v = 34'h0;
        current = bank_0_answer;
        if (wr_select_hit & (wr_select_index == 3'h0)) begin
            merged_v[0] = current[0];
        end
        if (rd_select_hit & (rd_select_index == 3'h0)) begin
            merged_v[1] = current[1];
            merged_v[33:2] = current[33:2];
        end
        current = bank_1_answer;
        if (wr_select_hit & (wr_select_index == 3'h1)) begin
            merged_v[0] = current[0];
        end
        if (rd_select_hit & (rd_select_index == 3'h1)) begin
            merged_v[1] = current[1];
            merged_v[33:2] = current[33:2];
        end
        current = bank_2_answer;
        if (wr_select_hit & (wr_select_index == 3'h2)) begin
            merged_v[0] = current[0];
        end
        if (rd_select_hit & (rd_select_index == 3'h2)) begin
            merged_v[1] = current[1];
            merged_v[33:2] = current[33:2];
        end
        current = bank_3_answer;
        if (wr_select_hit & (wr_select_index == 3'h3)) begin
            merged_v[0] = current[0];
        end
        if (rd_select_hit & (rd_select_index == 3'h3)) begin
            merged_v[1] = current[1];
            merged_v[33:2] = current[33:2];
        end
        current = bank_4_answer;
        if (wr_select_hit & (wr_select_index == 3'h4)) begin
            merged_v[0] = current[0];
        end
        if (rd_select_hit & (rd_select_index == 3'h4)) begin
            merged_v[1] = current[1];
            merged_v[33:2] = current[33:2];
        end
        current = bank_5_answer;
        if (wr_select_hit & (wr_select_index == 3'h5)) begin
            merged_v[0] = current[0];
        end
        if (rd_select_hit & (rd_select_index == 3'h5)) begin
            merged_v[1] = current[1];
            merged_v[33:2] = current[33:2];
        end
        current = bank_6_answer;
        if (wr_select_hit & (wr_select_index == 3'h6)) begin
            merged_v[0] = current[0];
        end
        if (rd_select_hit & (rd_select_index == 3'h6)) begin
            merged_v[1] = current[1];
            merged_v[33:2] = current[33:2];
        end
        current = bank_7_answer;
        if (wr_select_hit & (wr_select_index == 3'h7)) begin
            merged_v[0] = current[0];
        end
        if (rd_select_hit & (rd_select_index == 3'h7)) begin
            merged_v[1] = current[1];
            merged_v[33:2] = current[33:2];
        end
        merged = merged_v;
    end

    always @* begin
        for_read_v = 61'h0;
        if (read_index == 3'h0) begin
            for_read_v = bank_0_state;
        end
        if (read_index == 3'h1) begin
            for_read_v = bank_1_state;
        end
        if (read_index == 3'h2) begin
            for_read_v = bank_2_state;
        end
        if (read_index == 3'h3) begin
            for_read_v = bank_3_state;
        end
        if (read_index == 3'h4) begin
            for_read_v = bank_4_state;
        end
        if (read_index == 3'h5) begin
            for_read_v = bank_5_state;
        end
        if (read_index == 3'h6) begin
            for_read_v = bank_6_state;
        end
        if (read_index == 3'h7) begin
            for_read_v = bank_7_state;
        end
        for_read = for_read_v;
    end

    always @* begin
        for_write_v = 61'h0;
        if (write_index == 3'h0) begin
            for_write_v = bank_0_state;
        end
        if (write_index == 3'h1) begin
            for_write_v = bank_1_state;
        end
        if (write_index == 3'h2) begin
            for_write_v = bank_2_state;
        end
        if (write_index == 3'h3) begin
            for_write_v = bank_3_state;
        end
        if (write_index == 3'h4) begin
            for_write_v = bank_4_state;
        end
        if (write_index == 3'h5) begin
            for_write_v = bank_5_state;
        end
        if (write_index == 3'h6) begin
            for_write_v = bank_6_state;
        end
        if (write_index == 3'h7) begin
            for_write_v = bank_7_state;
        end
        for_write = for_write_v;
    end

    always @* begin
        raised_v = 8'h0;
        if (bank_0_raised) begin
            raised_v = (raised_v & 8'hfe) | (8'h1 << 0);
        end
        if (bank_1_raised) begin
            raised_v = (raised_v & 8'hfd) | (8'h1 << 1);
        end
        if (bank_2_raised) begin
            raised_v = (raised_v & 8'hfb) | (8'h1 << 2);
        end
        if (bank_3_raised) begin
            raised_v = (raised_v & 8'hf7) | (8'h1 << 3);
        end
        if (bank_4_raised) begin
            raised_v = (raised_v & 8'hef) | (8'h1 << 4);
        end
        if (bank_5_raised) begin
            raised_v = (raised_v & 8'hdf) | (8'h1 << 5);
        end
        if (bank_6_raised) begin
            raised_v = (raised_v & 8'hbf) | (8'h1 << 6);
        end
        if (bank_7_raised) begin
            raised_v = (raised_v & 8'h7f) | (8'h1 << 7);
        end
        raised = raised_v;
    end

    vcm_iommu_banks_bank bank_0 (
        .clock(clock),
        .reset(reset),
        .request(bank_0_request),
        .answer(bank_0_answer),
        .state(bank_0_state),
        .fault_valid(bank_0_fault_valid),
        .fault(fault),
        .sync_active(sync_active[0]),
        .raised(bank_0_raised)
    );

    vcm_iommu_banks_bank bank_1 (
        .clock(clock),
        .reset(reset),
        .request(bank_1_request),
        .answer(bank_1_answer),
        .state(bank_1_state),
        .fault_valid(bank_1_fault_valid),
        .fault(fault),
        .sync_active(sync_active[1]),
        .raised(bank_1_raised)
    );

    vcm_iommu_banks_bank bank_2 (
        .clock(clock),
        .reset(reset),
        .request(bank_2_request),
        .answer(bank_2_answer),
        .state(bank_2_state),
        .fault_valid(bank_2_fault_valid),
        .fault(fault),
        .sync_active(sync_active[2]),
        .raised(bank_2_raised)
    );

    vcm_iommu_banks_bank bank_3 (
        .clock(clock),
        .reset(reset),
        .request(bank_3_request),
        .answer(bank_3_answer),
        .state(bank_3_state),
        .fault_valid(bank_3_fault_valid),
        .fault(fault),
        .sync_active(sync_active[3]),
        .raised(bank_3_raised)
    );

    vcm_iommu_banks_bank bank_4 (
        .clock(clock),
        .reset(reset),
        .request(bank_4_request),
        .answer(bank_4_answer),
        .state(bank_4_state),
        .fault_valid(bank_4_fault_valid),
        .fault(fault),
        .sync_active(sync_active[4]),
        .raised(bank_4_raised)
    );

    vcm_iommu_banks_bank bank_5 (
        .clock(clock),
        .reset(reset),
        .request(bank_5_request),
        .answer(bank_5_answer),
        .state(bank_5_state),
        .fault_valid(bank_5_fault_valid),
        .fault(fault),
        .sync_active(sync_active[5]),
        .raised(bank_5_raised)
    );

    vcm_iommu_banks_bank bank_6 (
        .clock(clock),
        .reset(reset),
        .request(bank_6_request),
        .answer(bank_6_answer),
        .state(bank_6_state),
        .fault_valid(bank_6_fault_valid),
        .fault(fault),
        .sync_active(sync_active[6]),
        .raised(bank_6_raised)
    );

    vcm_iommu_banks_bank bank_7 (
        .clock(clock),
        .reset(reset),
        .request(inner),
        .answer(bank_7_answer),
        .state(bank_7_state),
        .fault_valid(bank_7_fault_valid),
        .fault(fault),
        .sync_active(sync_active[7]),
        .raised(bank_7_raised)
    );

    vcm_iommu_banks_wr_select wr_select (
        .addr(request[16:1]),
        .hit(wr_select_hit),
        .index(wr_select_index),
        .offset(wr_select_offset)
    );

    vcm_iommu_banks_wr_select rd_select (
        .addr(request[96:81]),
        .hit(rd_select_hit),
        .index(rd_select_index),
        .offset(rd_select_offset)
    );
endmodule

module vcm_iommu_banks_wr_select (
    input  wire [15:0] addr,
    output wire hit,
    output wire [2:0] index,
    output wire [15:0] offset
);
    localparam [3:0] BANKS = 4'h8;
    localparam [3:0] BASE = 4'h8;

    wire [3:0] bank;

    assign hit = bank < BANKS;
    assign index = bank[2:0];
    assign offset = {4'h0, addr[11:0]};
    assign bank = addr[15:12] - BASE;
endmodule

module vcm_iommu_banks_bank (
    input  wire clock,
    input  wire reset,
    input  wire [96:0] request,
    output wire [33:0] answer,
    output wire [60:0] state,
    input  wire fault_valid,
    input  wire [55:0] fault,
    input  wire sync_active,
    output wire raised
);
    localparam [31:0] MULTI = 32'h80000000;

    reg  [31:0] remains;
    wire [31:0] sctlr_q;
    wire sctlr_wr_hit;
    wire sctlr_rd_hit;
    wire [31:0] sctlr_rd_data;
    wire [31:0] ttbr0_q;
    wire ttbr0_wr_hit;
    wire ttbr0_rd_hit;
    wire [31:0] ttbr0_rd_data;
    wire [31:0] contextidr_q;
    wire contextidr_wr_hit;
    wire contextidr_rd_hit;
    wire [31:0] contextidr_rd_data;
    reg  [31:0] fsr_set;
    wire [31:0] fsr_q;
    wire fsr_wr_hit;
    wire fsr_rd_hit;
    wire [31:0] fsr_rd_data;
    wire [31:0] dacr_q;
    wire dacr_wr_hit;
    wire dacr_rd_hit;
    wire [31:0] dacr_rd_data;
    wire far_wr_hit;
    wire far_rd_hit;
    wire [31:0] far_rd_data;
    wire fsynr0_wr_hit;
    wire fsynr0_rd_hit;
    wire [31:0] fsynr0_rd_data;
    wire fsynr1_wr_hit;
    wire fsynr1_rd_hit;
    wire [31:0] fsynr1_rd_data;
    wire tlbstatus_wr_hit;
    wire tlbstatus_rd_hit;
    wire [31:0] tlbstatus_rd_data;
    wire sctlr_fields_enabled;
    wire sctlr_fields_afe;
    wire sctlr_fields_raises;
    wire sctlr_fields_mtcfg;
    wire [17:0] ttbr0_fields_base;
    wire [7:0] contextidr_fields_asid;
    wire kind_of_translation;
    wire kind_of_access_flag;
    wire kind_of_permission;
    wire kind_of_external;
    wire kind_of_domain;
    wire kind_of_illegal_burst;
    wire events_multi;
    wire [31:0] events_word;
    wire [31:0] pack0_word;
    wire [31:0] pack1_word;
    wire [31:0] pack_status_word;
    reg  [31:0] far_held_d;
    reg  [31:0] far_held_q;
    reg  [31:0] fsynr0_held_d;
    reg  [31:0] fsynr0_held_q;
    reg  [31:0] fsynr1_held_d;
    reg  [31:0] fsynr1_held_q;
    reg  [31:0] remains_v;
    reg  [31:0] fsr_set_v;

    assign answer = {(((((((sctlr_rd_data | ttbr0_rd_data) | contextidr_rd_data) | fsr_rd_data) | dacr_rd_data) | far_rd_data) | fsynr0_rd_data) | fsynr1_rd_data) | tlbstatus_rd_data, (((((((sctlr_rd_hit | ttbr0_rd_hit) | contextidr_rd_hit) | fsr_rd_hit) | dacr_rd_hit) | far_rd_hit) | fsynr0_rd_hit) | fsynr1_rd_hit) | tlbstatus_rd_hit, (((((((sctlr_wr_hit | ttbr0_wr_hit) | contextidr_wr_hit) | fsr_wr_hit) | dacr_wr_hit) | far_wr_hit) | fsynr0_wr_hit) | fsynr1_wr_hit) | tlbstatus_wr_hit};
    assign state = {dacr_q, ttbr0_fields_base, contextidr_fields_asid, sctlr_fields_mtcfg, sctlr_fields_afe, sctlr_fields_enabled};
    assign raised = (|fsr_q) & sctlr_fields_raises;
    assign events_multi = |remains;

    always @* begin
        far_held_d = far_held_q;
        fsynr0_held_d = fsynr0_held_q;
        fsynr1_held_d = fsynr1_held_q;
        if (fault_valid & (!(|remains))) begin
            far_held_d = fault[31:0];
            fsynr0_held_d = pack0_word;
            fsynr1_held_d = pack1_word;
        end
    end

    always @* begin
        remains_v = fsr_q & (~MULTI);
        if (request[0] & fsr_wr_hit) begin
            remains_v = (fsr_q & (~MULTI)) & (~(request[48:17] & request[80:49]));
        end
        remains = remains_v;
    end

    always @* begin
        fsr_set_v = 32'h0;
        if (fault_valid) begin
            fsr_set_v = events_word;
        end
        fsr_set = fsr_set_v;
    end

    initial begin
        far_held_q <= 32'h0;
        fsynr0_held_q <= 32'h0;
        fsynr1_held_q <= 32'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            far_held_q <= 32'h0;
            fsynr0_held_q <= 32'h0;
            fsynr1_held_q <= 32'h0;
        end else begin
            far_held_q <= far_held_d;
            fsynr0_held_q <= fsynr0_held_d;
            fsynr1_held_q <= fsynr1_held_d;
        end
    end

    vcm_iommu_globals_irq_enable #(
        .ADDRESS(16'h0),
        .CLEARABLE(32'h0),
        .RESET_VALUE(32'h0),
        .WRITABLE(32'h100045)
    ) sctlr (
        .clock(clock),
        .reset(reset),
        .wr(request[0]),
        .wr_addr(request[16:1]),
        .wr_data(request[48:17]),
        .wr_mask(request[80:49]),
        .rd_addr(request[96:81]),
        .set(32'h0),
        .q(sctlr_q),
        .wr_hit(sctlr_wr_hit),
        .rd_hit(sctlr_rd_hit),
        .rd_data(sctlr_rd_data)
    );

    vcm_iommu_globals_irq_enable #(
        .ADDRESS(16'h20),
        .CLEARABLE(32'h0),
        .RESET_VALUE(32'h0),
        .WRITABLE(32'hffffc000)
    ) ttbr0 (
        .clock(clock),
        .reset(reset),
        .wr(request[0]),
        .wr_addr(request[16:1]),
        .wr_data(request[48:17]),
        .wr_mask(request[80:49]),
        .rd_addr(request[96:81]),
        .set(32'h0),
        .q(ttbr0_q),
        .wr_hit(ttbr0_wr_hit),
        .rd_hit(ttbr0_rd_hit),
        .rd_data(ttbr0_rd_data)
    );

    vcm_iommu_globals_irq_enable #(
        .ADDRESS(16'h34),
        .CLEARABLE(32'h0),
        .RESET_VALUE(32'h0),
        .WRITABLE(32'hff)
    ) contextidr (
        .clock(clock),
        .reset(reset),
        .wr(request[0]),
        .wr_addr(request[16:1]),
        .wr_data(request[48:17]),
        .wr_mask(request[80:49]),
        .rd_addr(request[96:81]),
        .set(32'h0),
        .q(contextidr_q),
        .wr_hit(contextidr_wr_hit),
        .rd_hit(contextidr_rd_hit),
        .rd_data(contextidr_rd_data)
    );

    vcm_iommu_globals_irq_enable #(
        .ADDRESS(16'h58),
        .CLEARABLE(32'h8000031e),
        .RESET_VALUE(32'h0),
        .WRITABLE(32'h0)
    ) fsr (
        .clock(clock),
        .reset(reset),
        .wr(request[0]),
        .wr_addr(request[16:1]),
        .wr_data(request[48:17]),
        .wr_mask(request[80:49]),
        .rd_addr(request[96:81]),
        .set(fsr_set),
        .q(fsr_q),
        .wr_hit(fsr_wr_hit),
        .rd_hit(fsr_rd_hit),
        .rd_data(fsr_rd_data)
    );

    vcm_iommu_globals_irq_enable #(
        .ADDRESS(16'h80),
        .CLEARABLE(32'h0),
        .RESET_VALUE(32'h0),
        .WRITABLE(32'hffffffff)
    ) dacr (
        .clock(clock),
        .reset(reset),
        .wr(request[0]),
        .wr_addr(request[16:1]),
        .wr_data(request[48:17]),
        .wr_mask(request[80:49]),
        .rd_addr(request[96:81]),
        .set(32'h0),
        .q(dacr_q),
        .wr_hit(dacr_wr_hit),
        .rd_hit(dacr_rd_hit),
        .rd_data(dacr_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h60)
    ) far (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(far_held_q),
        .wr_hit(far_wr_hit),
        .rd_hit(far_rd_hit),
        .rd_data(far_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h68)
    ) fsynr0 (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(fsynr0_held_q),
        .wr_hit(fsynr0_wr_hit),
        .rd_hit(fsynr0_rd_hit),
        .rd_data(fsynr0_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h6c)
    ) fsynr1 (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(fsynr1_held_q),
        .wr_hit(fsynr1_wr_hit),
        .rd_hit(fsynr1_rd_hit),
        .rd_data(fsynr1_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h7f4)
    ) tlbstatus (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(pack_status_word),
        .wr_hit(tlbstatus_wr_hit),
        .rd_hit(tlbstatus_rd_hit),
        .rd_data(tlbstatus_rd_data)
    );

    vcm_iommu_banks_bank_sctlr_fields sctlr_fields (
        .word(sctlr_q),
        .enabled(sctlr_fields_enabled),
        .afe(sctlr_fields_afe),
        .raises(sctlr_fields_raises),
        .mtcfg(sctlr_fields_mtcfg)
    );

    vcm_iommu_banks_bank_ttbr0_fields ttbr0_fields (
        .word(ttbr0_q),
        .base(ttbr0_fields_base)
    );

    vcm_iommu_banks_bank_contextidr_fields contextidr_fields (
        .word(contextidr_q),
        .asid(contextidr_fields_asid)
    );

    vcm_iommu_banks_bank_kind_of kind_of (
        .status(fault[36:32]),
        .translation(kind_of_translation),
        .access_flag(kind_of_access_flag),
        .permission(kind_of_permission),
        .external(kind_of_external),
        .domain(kind_of_domain),
        .illegal_burst(kind_of_illegal_burst)
    );

    vcm_iommu_banks_bank_events events (
        .translation(kind_of_translation),
        .access_flag(kind_of_access_flag),
        .permission(kind_of_permission),
        .external(kind_of_external),
        .domain(kind_of_domain),
        .illegal_burst(kind_of_illegal_burst),
        .multi(events_multi),
        .word(events_word)
    );

    vcm_iommu_banks_bank_pack0 pack0 (
        .write(fault[37]),
        .privileged(fault[38]),
        .instruction(fault[39]),
        .status(fault[36:32]),
        .word(pack0_word)
    );

    vcm_iommu_globals_queue_pack1 pack1 (
        .stream(fault[47:44]),
        .id(fault[55:48]),
        .word(pack1_word)
    );

    vcm_iommu_globals_tlbstatus_word pack_status (
        .active(sync_active),
        .word(pack_status_word)
    );
endmodule

module vcm_iommu_banks_bank_pack0 (
    input  wire write,
    input  wire privileged,
    input  wire instruction,
    input  wire [4:0] status,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[4] = write;
        word_v[5] = privileged;
        word_v[6] = instruction;
        word_v[20:16] = status;
        word = word_v;
    end
endmodule

module vcm_iommu_banks_bank_events (
    input  wire translation,
    input  wire access_flag,
    input  wire permission,
    input  wire external,
    input  wire domain,
    input  wire illegal_burst,
    input  wire multi,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[1] = translation;
        word_v[2] = access_flag;
        word_v[3] = permission;
        word_v[4] = external;
        word_v[8] = domain;
        word_v[9] = illegal_burst;
        word_v[31] = multi;
        word = word_v;
    end
endmodule

module vcm_iommu_banks_bank_kind_of (
    input  wire [4:0] status,
    output wire translation,
    output wire access_flag,
    output wire permission,
    output wire external,
    output wire domain,
    output wire illegal_burst
);
    localparam [4:0] CODE_ACCESS_FLAG_L1 = 5'h3;
    localparam [4:0] CODE_ACCESS_FLAG_L2 = 5'h6;
    localparam [4:0] CODE_CONTEXT_DISABLED = 5'h11;
    localparam [4:0] CODE_DOMAIN_L1 = 5'h9;
    localparam [4:0] CODE_DOMAIN_L2 = 5'hb;
    localparam [4:0] CODE_EXTERNAL_ABORT = 5'h8;
    localparam [4:0] CODE_ILLEGAL_BURST = 5'h12;
    localparam [4:0] CODE_PERMISSION_L1 = 5'hd;
    localparam [4:0] CODE_PERMISSION_L2 = 5'hf;
    localparam [4:0] CODE_TRANSLATION_L1 = 5'h5;
    localparam [4:0] CODE_TRANSLATION_L2 = 5'h7;
    localparam [4:0] CODE_WALK_ABORT_L1 = 5'hc;
    localparam [4:0] CODE_WALK_ABORT_L2 = 5'he;

    assign translation = ((status == CODE_TRANSLATION_L1) | (status == CODE_TRANSLATION_L2)) | (status == CODE_CONTEXT_DISABLED);
    assign access_flag = (status == CODE_ACCESS_FLAG_L1) | (status == CODE_ACCESS_FLAG_L2);
    assign permission = (status == CODE_PERMISSION_L1) | (status == CODE_PERMISSION_L2);
    assign external = ((status == CODE_WALK_ABORT_L1) | (status == CODE_WALK_ABORT_L2)) | (status == CODE_EXTERNAL_ABORT);
    assign domain = (status == CODE_DOMAIN_L1) | (status == CODE_DOMAIN_L2);
    assign illegal_burst = status == CODE_ILLEGAL_BURST;
endmodule

module vcm_iommu_banks_bank_contextidr_fields (
    input  wire [31:0] word,
    output wire [7:0] asid
);
    assign asid = word[7:0];
endmodule

module vcm_iommu_banks_bank_ttbr0_fields (
    input  wire [31:0] word,
    output wire [17:0] base
);
    assign base = word[31:14];
endmodule

module vcm_iommu_banks_bank_sctlr_fields (
    input  wire [31:0] word,
    output wire enabled,
    output wire afe,
    output wire raises,
    output wire mtcfg
);
    assign enabled = word[0];
    assign afe = word[2];
    assign raises = word[6];
    assign mtcfg = word[20];
endmodule

module vcm_iommu_streams (
    input  wire clock,
    input  wire reset,
    input  wire [96:0] request,
    output reg  [33:0] answer,
    input  wire [3:0] read_stream,
    output wire [4:0] read_route,
    input  wire [3:0] write_stream,
    output wire [4:0] write_route
);
    reg  [96:0] inner;
    reg  [33:0] current;
    reg  [31:0] read_data;
    reg  [4:0] for_read;
    reg  [4:0] for_write;
    reg  [96:0] entry_0_request;
    wire [33:0] entry_0_answer;
    wire [4:0] entry_0_route;
    reg  [96:0] entry_1_request;
    wire [33:0] entry_1_answer;
    wire [4:0] entry_1_route;
    reg  [96:0] entry_2_request;
    wire [33:0] entry_2_answer;
    wire [4:0] entry_2_route;
    reg  [96:0] entry_3_request;
    wire [33:0] entry_3_answer;
    wire [4:0] entry_3_route;
    reg  [96:0] entry_4_request;
    wire [33:0] entry_4_answer;
    wire [4:0] entry_4_route;
    reg  [96:0] entry_5_request;
    wire [33:0] entry_5_answer;
    wire [4:0] entry_5_route;
    reg  [96:0] entry_6_request;
    wire [33:0] entry_6_answer;
    wire [4:0] entry_6_route;
    reg  [96:0] entry_7_request;
    wire [33:0] entry_7_answer;
    wire [4:0] entry_7_route;
    reg  [96:0] entry_8_request;
    wire [33:0] entry_8_answer;
    wire [4:0] entry_8_route;
    reg  [96:0] entry_9_request;
    wire [33:0] entry_9_answer;
    wire [4:0] entry_9_route;
    reg  [96:0] entry_10_request;
    wire [33:0] entry_10_answer;
    wire [4:0] entry_10_route;
    reg  [96:0] entry_11_request;
    wire [33:0] entry_11_answer;
    wire [4:0] entry_11_route;
    reg  [96:0] entry_12_request;
    wire [33:0] entry_12_answer;
    wire [4:0] entry_12_route;
    reg  [96:0] entry_13_request;
    wire [33:0] entry_13_answer;
    wire [4:0] entry_13_route;
    reg  [96:0] entry_14_request;
    wire [33:0] entry_14_answer;
    wire [4:0] entry_14_route;
    wire [33:0] entry_15_answer;
    wire [4:0] entry_15_route;
    wire wr_select_hit;
    wire [3:0] wr_select_index;
    wire rd_select_hit;
    wire [3:0] rd_select_index;
    reg  [96:0] inner_v;
    reg  [31:0] read_data_v;
    reg  [4:0] for_read_v;
    reg  [4:0] for_write_v;
    reg  [33:0] answer_v;

    assign read_route = for_read;
    assign write_route = for_write;

    always @* begin
        inner_v[16:1] = 16'h0;
        inner_v[48:17] = request[48:17];
        inner_v[80:49] = request[80:49];
        inner_v[96:81] = 16'h0;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'h0);
        entry_0_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'h1);
        entry_1_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'h2);
        entry_2_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'h3);
        entry_3_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'h4);
        entry_4_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'h5);
        entry_5_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'h6);
        entry_6_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'h7);
        entry_7_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'h8);
        entry_8_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'h9);
        entry_9_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'ha);
        entry_10_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'hb);
        entry_11_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'hc);
        entry_12_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'hd);
        entry_13_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'he);
        entry_14_request = inner_v;
        inner_v[0] = (request[0] & wr_select_hit) & (wr_select_index == 4'hf);
        inner = inner_v;
    end

    always @* begin
        read_data_v = 32'h0;
        current = entry_0_answer;
        if (rd_select_index == 4'h0) begin
            read_data_v = current[33:2];
        end
        current = entry_1_answer;
        if (rd_select_index == 4'h1) begin
            read_data_v = current[33:2];
        end
        current = entry_2_answer;
        if (rd_select_index == 4'h2) begin
            read_data_v = current[33:2];
        end
        current = entry_3_answer;
        if (rd_select_index == 4'h3) begin
            read_data_v = current[33:2];
        end
        current = entry_4_answer;
        if (rd_select_index == 4'h4) begin
            read_data_v = current[33:2];
        end
        current = entry_5_answer;
        if (rd_select_index == 4'h5) begin
            read_data_v = current[33:2];
        end
        current = entry_6_answer;
        if (rd_select_index == 4'h6) begin
            read_data_v = current[33:2];
        end
        current = entry_7_answer;
        if (rd_select_index == 4'h7) begin
            read_data_v = current[33:2];
        end
        current = entry_8_answer;
        if (rd_select_index == 4'h8) begin
            read_data_v = current[33:2];
        end
        current = entry_9_answer;
        if (rd_select_index == 4'h9) begin
            read_data_v = current[33:2];
        end
        current = entry_10_answer;
        if (rd_select_index == 4'ha) begin
            read_data_v = current[33:2];
        end
        current = entry_11_answer;
        if (rd_select_index == 4'hb) begin
            read_data_v = current[33:2];
        end
        current = entry_12_answer;
        if (rd_select_index == 4'hc) begin
            read_data_v = current[33:2];
        end
        current = entry_13_answer;
        if (rd_select_index == 4'hd) begin
            read_data_v = current[33:2];
        end
        current = entry_14_answer;
        if (rd_select_index == 4'he) begin
            read_data_v = current[33:2];
        end
        current = entry_15_answer;
        if (rd_select_index == 4'hf) begin
            read_data_v = current[33:2];
        end
        read_data = read_data_v;
    end

    always @* begin
        for_read_v = 5'h0;
        if (read_stream == 4'h0) begin
            for_read_v = entry_0_route;
        end
        if (read_stream == 4'h1) begin
            for_read_v = entry_1_route;
        end
        if (read_stream == 4'h2) begin
            for_read_v = entry_2_route;
        end
        if (read_stream == 4'h3) begin
            for_read_v = entry_3_route;
        end
        if (read_stream == 4'h4) begin
            for_read_v = entry_4_route;
        end
        if (read_stream == 4'h5) begin
            for_read_v = entry_5_route;
        end
        if (read_stream == 4'h6) begin
            for_read_v = entry_6_route;
        end
        if (read_stream == 4'h7) begin
            for_read_v = entry_7_route;
        end
        if (read_stream == 4'h8) begin
            for_read_v = entry_8_route;
        end
        if (read_stream == 4'h9) begin
            for_read_v = entry_9_route;
        end
        if (read_stream == 4'ha) begin
            for_read_v = entry_10_route;
        end
        if (read_stream == 4'hb) begin
            for_read_v = entry_11_route;
        end
        if (read_stream == 4'hc) begin
            for_read_v = entry_12_route;
        end
        if (read_stream == 4'hd) begin
            for_read_v = entry_13_route;
        end
        if (read_stream == 4'he) begin
            for_read_v = entry_14_route;
        end
        if (read_stream == 4'hf) begin
            for_read_v = entry_15_route;
        end
        for_read = for_read_v;
    end

    always @* begin
        for_write_v = 5'h0;
        if (write_stream == 4'h0) begin
            for_write_v = entry_0_route;
        end
        if (write_stream == 4'h1) begin
            for_write_v = entry_1_route;
        end
        if (write_stream == 4'h2) begin
            for_write_v = entry_2_route;
        end
        if (write_stream == 4'h3) begin
            for_write_v = entry_3_route;
        end
        if (write_stream == 4'h4) begin
            for_write_v = entry_4_route;
        end
        if (write_stream == 4'h5) begin
            for_write_v = entry_5_route;
        end
        if (write_stream == 4'h6) begin
            for_write_v = entry_6_route;
        end
        if (write_stream == 4'h7) begin
            for_write_v = entry_7_route;
        end
        if (write_stream == 4'h8) begin
            for_write_v = entry_8_route;
        end
        if (write_stream == 4'h9) begin
            for_write_v = entry_9_route;
        end
        if (write_stream == 4'ha) begin
            for_write_v = entry_10_route;
        end
        if (write_stream == 4'hb) begin
            for_write_v = entry_11_route;
        end
        if (write_stream == 4'hc) begin
            for_write_v = entry_12_route;
        end
        if (write_stream == 4'hd) begin
            for_write_v = entry_13_route;
        end
        if (write_stream == 4'he) begin
            for_write_v = entry_14_route;
        end
        if (write_stream == 4'hf) begin
            for_write_v = entry_15_route;
        end
        for_write = for_write_v;
    end

    always @* begin
        answer_v[0] = wr_select_hit;
        answer_v[1] = rd_select_hit;
        answer_v[33:2] = 32'h0;
        if (rd_select_hit) begin
            answer_v[33:2] = read_data;
        end
        answer = answer_v;
    end

    vcm_iommu_streams_entry entry_0 (
        .clock(clock),
        .reset(reset),
        .request(entry_0_request),
        .answer(entry_0_answer),
        .route(entry_0_route)
    );

    vcm_iommu_streams_entry entry_1 (
        .clock(clock),
        .reset(reset),
        .request(entry_1_request),
        .answer(entry_1_answer),
        .route(entry_1_route)
    );

    vcm_iommu_streams_entry entry_2 (
        .clock(clock),
        .reset(reset),
        .request(entry_2_request),
        .answer(entry_2_answer),
        .route(entry_2_route)
    );

    vcm_iommu_streams_entry entry_3 (
        .clock(clock),
        .reset(reset),
        .request(entry_3_request),
        .answer(entry_3_answer),
        .route(entry_3_route)
    );

    vcm_iommu_streams_entry entry_4 (
        .clock(clock),
        .reset(reset),
        .request(entry_4_request),
        .answer(entry_4_answer),
        .route(entry_4_route)
    );

    vcm_iommu_streams_entry entry_5 (
        .clock(clock),
        .reset(reset),
        .request(entry_5_request),
        .answer(entry_5_answer),
        .route(entry_5_route)
    );

    vcm_iommu_streams_entry entry_6 (
        .clock(clock),
        .reset(reset),
        .request(entry_6_request),
        .answer(entry_6_answer),
        .route(entry_6_route)
    );

    vcm_iommu_streams_entry entry_7 (
        .clock(clock),
        .reset(reset),
        .request(entry_7_request),
        .answer(entry_7_answer),
        .route(entry_7_route)
    );

    vcm_iommu_streams_entry entry_8 (
        .clock(clock),
        .reset(reset),
        .request(entry_8_request),
        .answer(entry_8_answer),
        .route(entry_8_route)
    );

    vcm_iommu_streams_entry entry_9 (
        .clock(clock),
        .reset(reset),
        .request(entry_9_request),
        .answer(entry_9_answer),
        .route(entry_9_route)
    );

    vcm_iommu_streams_entry entry_10 (
        .clock(clock),
        .reset(reset),
        .request(entry_10_request),
        .answer(entry_10_answer),
        .route(entry_10_route)
    );

    vcm_iommu_streams_entry entry_11 (
        .clock(clock),
        .reset(reset),
        .request(entry_11_request),
        .answer(entry_11_answer),
        .route(entry_11_route)
    );

    vcm_iommu_streams_entry entry_12 (
        .clock(clock),
        .reset(reset),
        .request(entry_12_request),
        .answer(entry_12_answer),
        .route(entry_12_route)
    );

    vcm_iommu_streams_entry entry_13 (
        .clock(clock),
        .reset(reset),
        .request(entry_13_request),
        .answer(entry_13_answer),
        .route(entry_13_route)
    );

    vcm_iommu_streams_entry entry_14 (
        .clock(clock),
        .reset(reset),
        .request(entry_14_request),
        .answer(entry_14_answer),
        .route(entry_14_route)
    );

    vcm_iommu_streams_entry entry_15 (
        .clock(clock),
        .reset(reset),
        .request(inner),
        .answer(entry_15_answer),
        .route(entry_15_route)
    );

    vcm_iommu_streams_wr_select wr_select (
        .addr(request[16:1]),
        .hit(wr_select_hit),
        .index(wr_select_index)
    );

    vcm_iommu_streams_wr_select rd_select (
        .addr(request[96:81]),
        .hit(rd_select_hit),
        .index(rd_select_index)
    );
endmodule

module vcm_iommu_streams_wr_select (
    input  wire [15:0] addr,
    output wire hit,
    output wire [3:0] index
);
    localparam [13:0] BASE = 14'h80;
    localparam [13:0] STREAMS = 14'h10;

    wire [13:0] word;

    assign hit = word < STREAMS;
    assign index = word[3:0];
    assign word = addr[15:2] - BASE;
endmodule

module vcm_iommu_streams_entry (
    input  wire clock,
    input  wire reset,
    input  wire [96:0] request,
    output wire [33:0] answer,
    output wire [4:0] route
);
    localparam [1:0] KINDS_BYPASS = 2'h1;
    localparam [1:0] KINDS_TRANSLATE = 2'h0;

    wire [31:0] register_q;
    wire register_wr_hit;
    wire register_rd_hit;
    wire [31:0] register_rd_data;
    wire [2:0] fields_index;
    wire [1:0] fields_kind;

    assign answer = {register_rd_data, register_rd_hit, register_wr_hit};
    assign route = {fields_index, fields_kind == KINDS_TRANSLATE, fields_kind == KINDS_BYPASS};

    vcm_iommu_globals_irq_enable #(
        .ADDRESS(16'h0),
        .CLEARABLE(32'h0),
        .RESET_VALUE(32'h20000),
        .WRITABLE(32'h30007)
    ) register (
        .clock(clock),
        .reset(reset),
        .wr(request[0]),
        .wr_addr(request[16:1]),
        .wr_data(request[48:17]),
        .wr_mask(request[80:49]),
        .rd_addr(request[96:81]),
        .set(32'h0),
        .q(register_q),
        .wr_hit(register_wr_hit),
        .rd_hit(register_rd_hit),
        .rd_data(register_rd_data)
    );

    vcm_iommu_streams_entry_fields fields (
        .word(register_q),
        .index(fields_index),
        .kind(fields_kind)
    );
endmodule

module vcm_iommu_streams_entry_fields (
    input  wire [31:0] word,
    output wire [2:0] index,
    output wire [1:0] kind
);
    assign index = word[2:0];
    assign kind = word[17:16];
endmodule

module vcm_iommu_globals (
    input  wire clock,
    input  wire reset,
    input  wire [96:0] request,
    output wire [33:0] answer,
    input  wire fault_valid,
    input  wire [55:0] fault,
    input  wire [7:0] interrupts,
    input  wire sync_active,
    input  wire [7:0] events,
    output wire irq
);
    localparam [31:0] ID0 = 32'h56434d31;
    localparam [31:0] ID1 = 32'h10000;
    localparam [31:0] ID2 = 32'h80408;
    localparam [31:0] ID3 = 32'h100810;

    reg  [31:0] live;
    wire pending;
    wire [31:0] irq_enable_q;
    wire irq_enable_wr_hit;
    wire irq_enable_rd_hit;
    wire [31:0] irq_enable_rd_data;
    wire [31:0] fq_status_q;
    wire fq_status_wr_hit;
    wire fq_status_rd_hit;
    wire [31:0] fq_status_rd_data;
    wire idr0_wr_hit;
    wire idr0_rd_hit;
    wire [31:0] idr0_rd_data;
    wire idr1_wr_hit;
    wire idr1_rd_hit;
    wire [31:0] idr1_rd_data;
    wire idr2_wr_hit;
    wire idr2_rd_hit;
    wire [31:0] idr2_rd_data;
    wire idr3_wr_hit;
    wire idr3_rd_hit;
    wire [31:0] idr3_rd_data;
    wire irq_status_wr_hit;
    wire irq_status_rd_hit;
    wire [31:0] irq_status_rd_data;
    wire fq_iova_wr_hit;
    wire fq_iova_rd_hit;
    wire [31:0] fq_iova_rd_data;
    wire fq_synd0_wr_hit;
    wire fq_synd0_rd_hit;
    wire [31:0] fq_synd0_rd_data;
    wire fq_synd1_wr_hit;
    wire fq_synd1_rd_hit;
    wire [31:0] fq_synd1_rd_data;
    wire tlbstatus_wr_hit;
    wire tlbstatus_rd_hit;
    wire [31:0] tlbstatus_rd_data;
    wire [31:0] fq_pop_data;
    wire fq_pop_wr_hit;
    wire fq_pop_rd_hit;
    wire [31:0] cnt_ctrl_data;
    wire cnt_ctrl_wr_hit;
    wire cnt_ctrl_rd_hit;
    wire [33:0] cnt_reads_answer;
    wire [33:0] cnt_writes_answer;
    wire [33:0] cnt_miss_r_answer;
    wire [33:0] cnt_miss_w_answer;
    wire [33:0] cnt_hit_r_answer;
    wire [33:0] cnt_hit_w_answer;
    wire [33:0] cnt_walks_answer;
    wire [33:0] cnt_walk_cycles_answer;
    wire [33:0] cnt_faults_answer;
    wire queue_lost;
    wire [4:0] queue_count;
    wire [31:0] queue_iova;
    wire [31:0] queue_syndrome0;
    wire [31:0] queue_syndrome1;
    wire irq_enable_fields_fault;
    wire irq_enable_fields_overflow;
    wire [31:0] irq_status_word_word;
    wire [31:0] fq_count_word;
    wire [31:0] fq_events_word;
    wire fq_status_fields_overflow;
    wire fq_pop_fields_pop;
    wire cnt_ctrl_fields_snapshot;
    wire [31:0] tlbstatus_word_word;
    reg  [31:0] live_v;

    assign answer = {(((((((((((((((((((live | irq_enable_rd_data) | fq_status_rd_data) | idr0_rd_data) | idr1_rd_data) | idr2_rd_data) | idr3_rd_data) | irq_status_rd_data) | fq_iova_rd_data) | fq_synd0_rd_data) | fq_synd1_rd_data) | tlbstatus_rd_data) | cnt_reads_answer[33:2]) | cnt_writes_answer[33:2]) | cnt_miss_r_answer[33:2]) | cnt_miss_w_answer[33:2]) | cnt_hit_r_answer[33:2]) | cnt_hit_w_answer[33:2]) | cnt_walks_answer[33:2]) | cnt_walk_cycles_answer[33:2]) | cnt_faults_answer[33:2], ((((((((((((((((((((irq_enable_rd_hit | fq_status_rd_hit) | idr0_rd_hit) | idr1_rd_hit) | idr2_rd_hit) | idr3_rd_hit) | irq_status_rd_hit) | fq_iova_rd_hit) | fq_synd0_rd_hit) | fq_synd1_rd_hit) | tlbstatus_rd_hit) | fq_pop_rd_hit) | cnt_ctrl_rd_hit) | cnt_reads_answer[1]) | cnt_writes_answer[1]) | cnt_miss_r_answer[1]) | cnt_miss_w_answer[1]) | cnt_hit_r_answer[1]) | cnt_hit_w_answer[1]) | cnt_walks_answer[1]) | cnt_walk_cycles_answer[1]) | cnt_faults_answer[1], ((((((((((((((((((((irq_enable_wr_hit | fq_status_wr_hit) | idr0_wr_hit) | idr1_wr_hit) | idr2_wr_hit) | idr3_wr_hit) | irq_status_wr_hit) | fq_iova_wr_hit) | fq_synd0_wr_hit) | fq_synd1_wr_hit) | tlbstatus_wr_hit) | fq_pop_wr_hit) | cnt_ctrl_wr_hit) | cnt_reads_answer[0]) | cnt_writes_answer[0]) | cnt_miss_r_answer[0]) | cnt_miss_w_answer[0]) | cnt_hit_r_answer[0]) | cnt_hit_w_answer[0]) | cnt_walks_answer[0]) | cnt_walk_cycles_answer[0]) | cnt_faults_answer[0]};
    assign irq = ((pending & irq_enable_fields_fault) | (fq_status_fields_overflow & irq_enable_fields_overflow)) | (|interrupts);
    assign pending = |queue_count;

    always @* begin
        live_v = 32'h0;
        if (fq_status_rd_hit) begin
            live_v = fq_count_word;
        end
        live = live_v;
    end

    vcm_iommu_globals_irq_enable #(
        .ADDRESS(16'h20),
        .CLEARABLE(32'h0),
        .RESET_VALUE(32'h0),
        .WRITABLE(32'h3)
    ) irq_enable (
        .clock(clock),
        .reset(reset),
        .wr(request[0]),
        .wr_addr(request[16:1]),
        .wr_data(request[48:17]),
        .wr_mask(request[80:49]),
        .rd_addr(request[96:81]),
        .set(32'h0),
        .q(irq_enable_q),
        .wr_hit(irq_enable_wr_hit),
        .rd_hit(irq_enable_rd_hit),
        .rd_data(irq_enable_rd_data)
    );

    vcm_iommu_globals_irq_enable #(
        .ADDRESS(16'h40),
        .CLEARABLE(32'h100),
        .RESET_VALUE(32'h0),
        .WRITABLE(32'h0)
    ) fq_status (
        .clock(clock),
        .reset(reset),
        .wr(request[0]),
        .wr_addr(request[16:1]),
        .wr_data(request[48:17]),
        .wr_mask(request[80:49]),
        .rd_addr(request[96:81]),
        .set(fq_events_word),
        .q(fq_status_q),
        .wr_hit(fq_status_wr_hit),
        .rd_hit(fq_status_rd_hit),
        .rd_data(fq_status_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h0)
    ) idr0 (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(ID0),
        .wr_hit(idr0_wr_hit),
        .rd_hit(idr0_rd_hit),
        .rd_data(idr0_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h4)
    ) idr1 (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(ID1),
        .wr_hit(idr1_wr_hit),
        .rd_hit(idr1_rd_hit),
        .rd_data(idr1_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h8)
    ) idr2 (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(ID2),
        .wr_hit(idr2_wr_hit),
        .rd_hit(idr2_rd_hit),
        .rd_data(idr2_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'hc)
    ) idr3 (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(ID3),
        .wr_hit(idr3_wr_hit),
        .rd_hit(idr3_rd_hit),
        .rd_data(idr3_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h24)
    ) irq_status (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(irq_status_word_word),
        .wr_hit(irq_status_wr_hit),
        .rd_hit(irq_status_rd_hit),
        .rd_data(irq_status_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h44)
    ) fq_iova (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(queue_iova),
        .wr_hit(fq_iova_wr_hit),
        .rd_hit(fq_iova_rd_hit),
        .rd_data(fq_iova_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h48)
    ) fq_synd0 (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(queue_syndrome0),
        .wr_hit(fq_synd0_wr_hit),
        .rd_hit(fq_synd0_rd_hit),
        .rd_data(fq_synd0_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h4c)
    ) fq_synd1 (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(queue_syndrome1),
        .wr_hit(fq_synd1_wr_hit),
        .rd_hit(fq_synd1_rd_hit),
        .rd_data(fq_synd1_rd_data)
    );

    vcm_iommu_globals_idr0 #(
        .ADDRESS(16'h68)
    ) tlbstatus (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(tlbstatus_word_word),
        .wr_hit(tlbstatus_wr_hit),
        .rd_hit(tlbstatus_rd_hit),
        .rd_data(tlbstatus_rd_data)
    );

    vcm_iommu_globals_fq_pop #(
        .ADDRESS(16'h50)
    ) fq_pop (
        .wr(request[0]),
        .wr_addr(request[16:1]),
        .wr_data(request[48:17]),
        .wr_mask(request[80:49]),
        .rd_addr(request[96:81]),
        .go(),
        .data(fq_pop_data),
        .wr_hit(fq_pop_wr_hit),
        .rd_hit(fq_pop_rd_hit)
    );

    vcm_iommu_globals_fq_pop #(
        .ADDRESS(16'h100)
    ) cnt_ctrl (
        .wr(request[0]),
        .wr_addr(request[16:1]),
        .wr_data(request[48:17]),
        .wr_mask(request[80:49]),
        .rd_addr(request[96:81]),
        .go(),
        .data(cnt_ctrl_data),
        .wr_hit(cnt_ctrl_wr_hit),
        .rd_hit(cnt_ctrl_rd_hit)
    );

    vcm_iommu_globals_cnt_reads #(
        .REGISTER_ADDRESS(16'h104)
    ) cnt_reads (
        .clock(clock),
        .reset(reset),
        .happens(events[0]),
        .snapshot(cnt_ctrl_fields_snapshot),
        .request(request),
        .answer(cnt_reads_answer)
    );

    vcm_iommu_globals_cnt_reads #(
        .REGISTER_ADDRESS(16'h108)
    ) cnt_writes (
        .clock(clock),
        .reset(reset),
        .happens(events[1]),
        .snapshot(cnt_ctrl_fields_snapshot),
        .request(request),
        .answer(cnt_writes_answer)
    );

    vcm_iommu_globals_cnt_reads #(
        .REGISTER_ADDRESS(16'h10c)
    ) cnt_miss_r (
        .clock(clock),
        .reset(reset),
        .happens(events[2]),
        .snapshot(cnt_ctrl_fields_snapshot),
        .request(request),
        .answer(cnt_miss_r_answer)
    );

    vcm_iommu_globals_cnt_reads #(
        .REGISTER_ADDRESS(16'h110)
    ) cnt_miss_w (
        .clock(clock),
        .reset(reset),
        .happens(events[3]),
        .snapshot(cnt_ctrl_fields_snapshot),
        .request(request),
        .answer(cnt_miss_w_answer)
    );

    vcm_iommu_globals_cnt_reads #(
        .REGISTER_ADDRESS(16'h114)
    ) cnt_hit_r (
        .clock(clock),
        .reset(reset),
        .happens(events[4]),
        .snapshot(cnt_ctrl_fields_snapshot),
        .request(request),
        .answer(cnt_hit_r_answer)
    );

    vcm_iommu_globals_cnt_reads #(
        .REGISTER_ADDRESS(16'h118)
    ) cnt_hit_w (
        .clock(clock),
        .reset(reset),
        .happens(events[5]),
        .snapshot(cnt_ctrl_fields_snapshot),
        .request(request),
        .answer(cnt_hit_w_answer)
    );

    vcm_iommu_globals_cnt_reads #(
        .REGISTER_ADDRESS(16'h11c)
    ) cnt_walks (
        .clock(clock),
        .reset(reset),
        .happens(events[6]),
        .snapshot(cnt_ctrl_fields_snapshot),
        .request(request),
        .answer(cnt_walks_answer)
    );

    vcm_iommu_globals_cnt_reads #(
        .REGISTER_ADDRESS(16'h120)
    ) cnt_walk_cycles (
        .clock(clock),
        .reset(reset),
        .happens(events[7]),
        .snapshot(cnt_ctrl_fields_snapshot),
        .request(request),
        .answer(cnt_walk_cycles_answer)
    );

    vcm_iommu_globals_cnt_reads #(
        .REGISTER_ADDRESS(16'h124)
    ) cnt_faults (
        .clock(clock),
        .reset(reset),
        .happens(fault_valid),
        .snapshot(cnt_ctrl_fields_snapshot),
        .request(request),
        .answer(cnt_faults_answer)
    );

    vcm_iommu_globals_queue queue (
        .clock(clock),
        .reset(reset),
        .valid(fault_valid),
        .fault(fault),
        .pop(fq_pop_fields_pop),
        .lost(queue_lost),
        .count(queue_count),
        .iova(queue_iova),
        .syndrome0(queue_syndrome0),
        .syndrome1(queue_syndrome1)
    );

    vcm_iommu_globals_irq_enable_fields irq_enable_fields (
        .word(irq_enable_q),
        .fault(irq_enable_fields_fault),
        .overflow(irq_enable_fields_overflow)
    );

    vcm_iommu_globals_irq_status_word irq_status_word (
        .fault(pending),
        .overflow(fq_status_fields_overflow),
        .contexts(interrupts),
        .word(irq_status_word_word)
    );

    vcm_iommu_globals_fq_count fq_count (
        .count(queue_count),
        .word(fq_count_word)
    );

    vcm_iommu_globals_fq_events fq_events (
        .overflow(queue_lost),
        .word(fq_events_word)
    );

    vcm_iommu_globals_fq_status_fields fq_status_fields (
        .word(fq_status_q),
        .overflow(fq_status_fields_overflow)
    );

    vcm_iommu_globals_fq_pop_fields fq_pop_fields (
        .word(fq_pop_data),
        .pop(fq_pop_fields_pop)
    );

    vcm_iommu_globals_cnt_ctrl_fields cnt_ctrl_fields (
        .word(cnt_ctrl_data),
        .snapshot(cnt_ctrl_fields_snapshot)
    );

    vcm_iommu_globals_tlbstatus_word tlbstatus_word (
        .active(sync_active),
        .word(tlbstatus_word_word)
    );
endmodule

module vcm_iommu_globals_tlbstatus_word (
    input  wire active,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[0] = active;
        word = word_v;
    end
endmodule

module vcm_iommu_globals_cnt_ctrl_fields (
    input  wire [31:0] word,
    output wire snapshot
);
    assign snapshot = word[0];
endmodule

module vcm_iommu_globals_fq_pop_fields (
    input  wire [31:0] word,
    output wire pop
);
    assign pop = word[0];
endmodule

module vcm_iommu_globals_fq_status_fields (
    input  wire [31:0] word,
    output wire overflow
);
    assign overflow = word[8];
endmodule

module vcm_iommu_globals_fq_events (
    input  wire overflow,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[8] = overflow;
        word = word_v;
    end
endmodule

module vcm_iommu_globals_fq_count (
    input  wire [4:0] count,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[4:0] = count;
        word = word_v;
    end
endmodule

module vcm_iommu_globals_irq_status_word (
    input  wire fault,
    input  wire overflow,
    input  wire [7:0] contexts,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[0] = fault;
        word_v[1] = overflow;
        word_v[15:8] = contexts;
        word = word_v;
    end
endmodule

module vcm_iommu_globals_irq_enable_fields (
    input  wire [31:0] word,
    output wire fault,
    output wire overflow
);
    assign fault = word[0];
    assign overflow = word[1];
endmodule

module vcm_iommu_globals_queue (
    input  wire clock,
    input  wire reset,
    input  wire valid,
    input  wire [55:0] fault,
    input  wire pop,
    output wire lost,
    output wire [4:0] count,
    output reg  [31:0] iova,
    output reg  [31:0] syndrome0,
    output reg  [31:0] syndrome1
);
    wire fifo_valid;
    wire [55:0] fifo_head;
    wire fifo_full;
    wire [6:0] fifo_count;
    wire [31:0] pack0_word;
    wire [31:0] pack1_word;
    reg  [31:0] iova_v;
    reg  [31:0] syndrome0_v;
    reg  [31:0] syndrome1_v;

    assign lost = (valid & fifo_full) & (!pop);
    assign count = fifo_count[4:0];

    always @* begin
        iova_v = 32'h0;
        syndrome0_v = 32'h0;
        syndrome1_v = 32'h0;
        if (fifo_valid) begin
            iova_v = fifo_head[31:0];
            syndrome0_v = pack0_word;
            syndrome1_v = pack1_word;
        end
        iova = iova_v;
        syndrome0 = syndrome0_v;
        syndrome1 = syndrome1_v;
    end

    vcm_iommu_globals_queue_fifo fifo (
        .clock(clock),
        .reset(reset),
        .push(valid),
        .data(fault),
        .pop(pop),
        .valid(fifo_valid),
        .head(fifo_head),
        .full(fifo_full),
        .count(fifo_count)
    );

    vcm_iommu_globals_queue_pack0 pack0 (
        .status(fifo_head[36:32]),
        .write(fifo_head[37]),
        .privileged(fifo_head[38]),
        .instruction(fifo_head[39]),
        .in_context(fifo_head[40]),
        .index(fifo_head[43:41]),
        .valid(fifo_valid),
        .word(pack0_word)
    );

    vcm_iommu_globals_queue_pack1 pack1 (
        .stream(fifo_head[47:44]),
        .id(fifo_head[55:48]),
        .word(pack1_word)
    );
endmodule

module vcm_iommu_globals_queue_pack1 (
    input  wire [3:0] stream,
    input  wire [7:0] id,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[15:0] = {12'h0, stream};
        word_v[31:16] = {8'h0, id};
        word = word_v;
    end
endmodule

module vcm_iommu_globals_queue_pack0 (
    input  wire [4:0] status,
    input  wire write,
    input  wire privileged,
    input  wire instruction,
    input  wire in_context,
    input  wire [2:0] index,
    input  wire valid,
    output reg  [31:0] word
);
    reg  [31:0] word_v;

    always @* begin
        word_v = 32'h0;
        word_v[4:0] = status;
        word_v[8] = write;
        word_v[9] = privileged;
        word_v[10] = instruction;
        word_v[15] = in_context;
        word_v[23:16] = {5'h0, index};
        word_v[31] = valid;
        word = word_v;
    end
endmodule

module vcm_iommu_globals_queue_fifo (
    input  wire clock,
    input  wire reset,
    input  wire push,
    input  wire [55:0] data,
    input  wire pop,
    output wire valid,
    output wire [55:0] head,
    output wire full,
    output wire [6:0] count
);
    localparam [6:0] CAPACITY = 7'h10;

    reg  [6:0] place;
    wire removes;
    wire accepts;
    reg  [55:0] item_0_d;
    reg  [55:0] item_0_q;
    reg  [55:0] item_1_d;
    reg  [55:0] item_1_q;
    reg  [55:0] item_2_d;
    reg  [55:0] item_2_q;
    reg  [55:0] item_3_d;
    reg  [55:0] item_3_q;
    reg  [55:0] item_4_d;
    reg  [55:0] item_4_q;
    reg  [55:0] item_5_d;
    reg  [55:0] item_5_q;
    reg  [55:0] item_6_d;
    reg  [55:0] item_6_q;
    reg  [55:0] item_7_d;
    reg  [55:0] item_7_q;
    reg  [55:0] item_8_d;
    reg  [55:0] item_8_q;
    reg  [55:0] item_9_d;
    reg  [55:0] item_9_q;
    reg  [55:0] item_10_d;
    reg  [55:0] item_10_q;
    reg  [55:0] item_11_d;
    reg  [55:0] item_11_q;
    reg  [55:0] item_12_d;
    reg  [55:0] item_12_q;
    reg  [55:0] item_13_d;
    reg  [55:0] item_13_q;
    reg  [55:0] item_14_d;
    reg  [55:0] item_14_q;
    reg  [55:0] item_15_d;
    reg  [55:0] item_15_q;
    reg  [6:0] held_d;
    reg  [6:0] held_q;
    reg  [6:0] place_v;

    assign valid = |held_q;
    assign head = item_0_q;
    assign full = held_q == CAPACITY;
    assign count = held_q;
    assign removes = pop & (|held_q);
    assign accepts = push & (place != CAPACITY);

    always @* begin
        place_v = held_q;
        if (removes) begin
            place_v = held_q - 7'h1;
        end
        place = place_v;
    end

    always @* begin
        held_d = place;
        if (accepts) begin
            held_d = place + 7'h1;
        end
    end

    always @* begin
        item_0_d = item_0_q;
        if (removes) begin
            item_0_d = item_1_q;
        end
        if (accepts & (place == 7'h0)) begin
            item_0_d = data;
        end
    end

    always @* begin
        item_1_d = item_1_q;
        if (removes) begin
            item_1_d = item_2_q;
        end
        if (accepts & (place == 7'h1)) begin
            item_1_d = data;
        end
    end

    always @* begin
        item_2_d = item_2_q;
        if (removes) begin
            item_2_d = item_3_q;
        end
        if (accepts & (place == 7'h2)) begin
            item_2_d = data;
        end
    end

    always @* begin
        item_3_d = item_3_q;
        if (removes) begin
            item_3_d = item_4_q;
        end
        if (accepts & (place == 7'h3)) begin
            item_3_d = data;
        end
    end

    always @* begin
        item_4_d = item_4_q;
        if (removes) begin
            item_4_d = item_5_q;
        end
        if (accepts & (place == 7'h4)) begin
            item_4_d = data;
        end
    end

    always @* begin
        item_5_d = item_5_q;
        if (removes) begin
            item_5_d = item_6_q;
        end
        if (accepts & (place == 7'h5)) begin
            item_5_d = data;
        end
    end

    always @* begin
        item_6_d = item_6_q;
        if (removes) begin
            item_6_d = item_7_q;
        end
        if (accepts & (place == 7'h6)) begin
            item_6_d = data;
        end
    end

    always @* begin
        item_7_d = item_7_q;
        if (removes) begin
            item_7_d = item_8_q;
        end
        if (accepts & (place == 7'h7)) begin
            item_7_d = data;
        end
    end

    always @* begin
        item_8_d = item_8_q;
        if (removes) begin
            item_8_d = item_9_q;
        end
        if (accepts & (place == 7'h8)) begin
            item_8_d = data;
        end
    end

    always @* begin
        item_9_d = item_9_q;
        if (removes) begin
            item_9_d = item_10_q;
        end
        if (accepts & (place == 7'h9)) begin
            item_9_d = data;
        end
    end

    always @* begin
        item_10_d = item_10_q;
        if (removes) begin
            item_10_d = item_11_q;
        end
        if (accepts & (place == 7'ha)) begin
            item_10_d = data;
        end
    end

    always @* begin
        item_11_d = item_11_q;
        if (removes) begin
            item_11_d = item_12_q;
        end
        if (accepts & (place == 7'hb)) begin
            item_11_d = data;
        end
    end

    always @* begin
        item_12_d = item_12_q;
        if (removes) begin
            item_12_d = item_13_q;
        end
        if (accepts & (place == 7'hc)) begin
            item_12_d = data;
        end
    end

    always @* begin
        item_13_d = item_13_q;
        if (removes) begin
            item_13_d = item_14_q;
        end
        if (accepts & (place == 7'hd)) begin
            item_13_d = data;
        end
    end

    always @* begin
        item_14_d = item_14_q;
        if (removes) begin
            item_14_d = item_15_q;
        end
        if (accepts & (place == 7'he)) begin
            item_14_d = data;
        end
    end

    always @* begin
        item_15_d = item_15_q;
        if (accepts & (place == 7'hf)) begin
            item_15_d = data;
        end
    end

    initial begin
        item_0_q <= 56'h0;
        item_1_q <= 56'h0;
        item_2_q <= 56'h0;
        item_3_q <= 56'h0;
        item_4_q <= 56'h0;
        item_5_q <= 56'h0;
        item_6_q <= 56'h0;
        item_7_q <= 56'h0;
        item_8_q <= 56'h0;
        item_9_q <= 56'h0;
        item_10_q <= 56'h0;
        item_11_q <= 56'h0;
        item_12_q <= 56'h0;
        item_13_q <= 56'h0;
        item_14_q <= 56'h0;
        item_15_q <= 56'h0;
        held_q <= 7'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            item_0_q <= 56'h0;
            item_1_q <= 56'h0;
            item_2_q <= 56'h0;
            item_3_q <= 56'h0;
            item_4_q <= 56'h0;
            item_5_q <= 56'h0;
            item_6_q <= 56'h0;
            item_7_q <= 56'h0;
            item_8_q <= 56'h0;
            item_9_q <= 56'h0;
            item_10_q <= 56'h0;
            item_11_q <= 56'h0;
            item_12_q <= 56'h0;
            item_13_q <= 56'h0;
            item_14_q <= 56'h0;
            item_15_q <= 56'h0;
            held_q <= 7'h0;
        end else begin
            item_0_q <= item_0_d;
            item_1_q <= item_1_d;
            item_2_q <= item_2_d;
            item_3_q <= item_3_d;
            item_4_q <= item_4_d;
            item_5_q <= item_5_d;
            item_6_q <= item_6_d;
            item_7_q <= item_7_d;
            item_8_q <= item_8_d;
            item_9_q <= item_9_d;
            item_10_q <= item_10_d;
            item_11_q <= item_11_d;
            item_12_q <= item_12_d;
            item_13_q <= item_13_d;
            item_14_q <= item_14_d;
            item_15_q <= item_15_d;
            held_q <= held_d;
        end
    end
endmodule

module vcm_iommu_globals_cnt_reads #(
    parameter [15:0] REGISTER_ADDRESS = 16'h104
) (
    input  wire clock,
    input  wire reset,
    input  wire happens,
    input  wire snapshot,
    input  wire [96:0] request,
    output wire [33:0] answer
);
    reg  [31:0] count_d;
    reg  [31:0] count_q;
    reg  [31:0] copy_d;
    reg  [31:0] copy_q;
    wire register_wr_hit;
    wire register_rd_hit;
    wire [31:0] register_rd_data;

    assign answer = {register_rd_data, register_rd_hit, register_wr_hit};

    always @* begin
        count_d = count_q;
        copy_d = copy_q;
        if (snapshot) begin
            copy_d = count_q;
            count_d = 32'h0;
            if (happens) begin
                count_d = 32'h1;
            end
        end else if (happens) begin
            count_d = count_q + 32'h1;
        end
    end

    initial begin
        count_q <= 32'h0;
        copy_q <= 32'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            count_q <= 32'h0;
            copy_q <= 32'h0;
        end else begin
            count_q <= count_d;
            copy_q <= copy_d;
        end
    end

    vcm_iommu_globals_idr0 #(
        .ADDRESS(REGISTER_ADDRESS)
    ) register (
        .wr_addr(request[16:1]),
        .rd_addr(request[96:81]),
        .value(copy_q),
        .wr_hit(register_wr_hit),
        .rd_hit(register_rd_hit),
        .rd_data(register_rd_data)
    );
endmodule

module vcm_iommu_globals_fq_pop #(
    parameter [15:0] ADDRESS = 16'h50
) (
    input  wire wr,
    input  wire [15:0] wr_addr,
    input  wire [31:0] wr_data,
    input  wire [31:0] wr_mask,
    input  wire [15:0] rd_addr,
    output wire go,
    output reg  [31:0] data,
    output wire wr_hit,
    output wire rd_hit
);
    localparam [31:0] COMMANDS = 32'h1;

    wire w_here;
    reg  [31:0] data_v;

    assign go = wr & w_here;
    assign wr_hit = w_here;
    assign rd_hit = rd_addr == ADDRESS;
    assign w_here = wr_addr == ADDRESS;

    always @* begin
        data_v = 32'h0;
        if (wr & w_here) begin
            data_v = (wr_data & wr_mask) & COMMANDS;
        end
        data = data_v;
    end
endmodule

module vcm_iommu_globals_idr0 #(
    parameter [15:0] ADDRESS = 16'h0
) (
    input  wire [15:0] wr_addr,
    input  wire [15:0] rd_addr,
    input  wire [31:0] value,
    output wire wr_hit,
    output wire rd_hit,
    output reg  [31:0] rd_data
);
    wire r_here;
    reg  [31:0] rd_data_v;

    assign wr_hit = wr_addr == ADDRESS;
    assign rd_hit = r_here;
    assign r_here = rd_addr == ADDRESS;

    always @* begin
        rd_data_v = 32'h0;
        if (r_here) begin
            rd_data_v = value;
        end
        rd_data = rd_data_v;
    end
endmodule

module vcm_iommu_globals_irq_enable #(
    parameter [15:0] ADDRESS = 16'h20,
    parameter [31:0] CLEARABLE = 32'h0,
    parameter [31:0] RESET_VALUE = 32'h0,
    parameter [31:0] WRITABLE = 32'h3
) (
    input  wire clock,
    input  wire reset,
    input  wire wr,
    input  wire [15:0] wr_addr,
    input  wire [31:0] wr_data,
    input  wire [31:0] wr_mask,
    input  wire [15:0] rd_addr,
    input  wire [31:0] set,
    output wire [31:0] q,
    output wire wr_hit,
    output wire rd_hit,
    output reg  [31:0] rd_data
);
    wire [31:0] value;
    wire [31:0] written;
    reg  [31:0] update;
    wire w_here;
    wire r_here;
    reg  [31:0] held_q;
    reg  [31:0] update_v;
    reg  [31:0] rd_data_v;

    assign q = value;
    assign wr_hit = w_here;
    assign rd_hit = r_here;
    assign value = held_q ^ RESET_VALUE;
    assign written = ((value & (~WRITABLE)) & (~(wr_data & CLEARABLE))) | (wr_data & WRITABLE);
    assign w_here = wr_addr == ADDRESS;
    assign r_here = rd_addr == ADDRESS;

    always @* begin
        update_v = value;
        if ((wr & w_here) & wr_mask[0]) begin
            update_v = (update_v & 32'hffffff00) | (written & 32'hff);
        end
        if ((wr & w_here) & wr_mask[8]) begin
            update_v = (update_v & 32'hffff00ff) | (written & 32'hff00);
        end
        if ((wr & w_here) & wr_mask[16]) begin
            update_v = (update_v & 32'hff00ffff) | (written & 32'hff0000);
        end
        if ((wr & w_here) & wr_mask[24]) begin
            update_v = (update_v & 32'hffffff) | (written & 32'hff000000);
        end
        update = update_v;
    end

    always @* begin
        rd_data_v = 32'h0;
        if (r_here) begin
            rd_data_v = value;
        end
        rd_data = rd_data_v;
    end

    initial begin
        held_q <= 32'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            held_q <= 32'h0;
        end else begin
            held_q <= (update | (set & CLEARABLE)) ^ RESET_VALUE;
        end
    end
endmodule

module vcm_iommu_axil (
    input  wire clock,
    input  wire reset,
    input  wire [15:0] s_axil_awaddr,
    input  wire [2:0] s_axil_awprot,
    input  wire s_axil_awvalid,
    output wire s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0] s_axil_wstrb,
    input  wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input  wire s_axil_bready,
    input  wire [15:0] s_axil_araddr,
    input  wire [2:0] s_axil_arprot,
    input  wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input  wire s_axil_rready,
    output wire wr,
    output wire [15:0] wr_addr,
    output wire [31:0] wr_data,
    output wire [3:0] wr_strb,
    output wire [31:0] wr_mask,
    input  wire wr_ok,
    output wire rd,
    output wire [15:0] rd_addr,
    input  wire rd_ok,
    input  wire [31:0] rd_data
);
    localparam [1:0] OKAY = 2'h0;
    localparam [1:0] SLVERR = 2'h2;

    wire can_write;
    wire can_read;
    wire do_write;
    wire do_read;
    reg  [31:0] mask;
    reg  aw_full_d;
    reg  aw_full_q;
    reg  [15:0] aw_addr_d;
    reg  [15:0] aw_addr_q;
    reg  w_full_d;
    reg  w_full_q;
    reg  [31:0] w_data_d;
    reg  [31:0] w_data_q;
    reg  [3:0] w_strb_d;
    reg  [3:0] w_strb_q;
    reg  b_full_d;
    reg  b_full_q;
    reg  [1:0] b_resp_d;
    reg  [1:0] b_resp_q;
    reg  ar_full_d;
    reg  ar_full_q;
    reg  [15:0] ar_addr_d;
    reg  [15:0] ar_addr_q;
    reg  r_full_d;
    reg  r_full_q;
    reg  [1:0] r_resp_d;
    reg  [1:0] r_resp_q;
    reg  [31:0] r_data_d;
    reg  [31:0] r_data_q;
    reg  read_first_d;
    reg  read_first_q;
    reg  [31:0] mask_v;

    assign s_axil_awready = !aw_full_q;
    assign s_axil_wready = !w_full_q;
    assign s_axil_bresp = b_resp_q;
    assign s_axil_bvalid = b_full_q;
    assign s_axil_arready = !ar_full_q;
    assign s_axil_rdata = r_data_q;
    assign s_axil_rresp = r_resp_q;
    assign s_axil_rvalid = r_full_q;
    assign wr = do_write;
    assign wr_addr = aw_addr_q & 16'hfffc;
    assign wr_data = w_data_q;
    assign wr_strb = w_strb_q;
    assign wr_mask = mask;
    assign rd = do_read;
    assign rd_addr = ar_addr_q & 16'hfffc;
    assign can_write = (aw_full_q & w_full_q) & (!b_full_q);
    assign can_read = ar_full_q & (!r_full_q);
    assign do_write = can_write & ((!can_read) | (!read_first_q));
    assign do_read = can_read & ((!can_write) | read_first_q);

    always @* begin
        aw_full_d = aw_full_q;
        aw_addr_d = aw_addr_q;
        w_full_d = w_full_q;
        w_data_d = w_data_q;
        w_strb_d = w_strb_q;
        b_full_d = b_full_q;
        b_resp_d = b_resp_q;
        ar_full_d = ar_full_q;
        ar_addr_d = ar_addr_q;
        r_full_d = r_full_q;
        r_resp_d = r_resp_q;
        r_data_d = r_data_q;
        read_first_d = read_first_q;
        if (s_axil_awvalid & (!aw_full_q)) begin
            aw_addr_d = s_axil_awaddr;
            aw_full_d = 1'b1;
        end
        if (s_axil_wvalid & (!w_full_q)) begin
            w_data_d = s_axil_wdata;
            w_strb_d = s_axil_wstrb;
            w_full_d = 1'b1;
        end
        if (s_axil_arvalid & (!ar_full_q)) begin
            ar_addr_d = s_axil_araddr;
            ar_full_d = 1'b1;
        end
        if (s_axil_bready) begin
            b_full_d = 1'b0;
        end
        if (s_axil_rready) begin
            r_full_d = 1'b0;
        end
        if (do_write) begin
            aw_full_d = 1'b0;
            w_full_d = 1'b0;
            b_full_d = 1'b1;
            b_resp_d = SLVERR;
            if (wr_ok) begin
                b_resp_d = OKAY;
            end
            read_first_d = 1'b1;
        end
        if (do_read) begin
            ar_full_d = 1'b0;
            r_full_d = 1'b1;
            r_resp_d = SLVERR;
            r_data_d = 32'h0;
            if (rd_ok) begin
                r_resp_d = OKAY;
                r_data_d = rd_data;
            end
            read_first_d = 1'b0;
        end
    end

    always @* begin
        mask_v = 32'h0;
        if (w_strb_q[0]) begin
            mask_v = mask_v | 32'hff;
        end
        if (w_strb_q[1]) begin
            mask_v = mask_v | 32'hff00;
        end
        if (w_strb_q[2]) begin
            mask_v = mask_v | 32'hff0000;
        end
        if (w_strb_q[3]) begin
            mask_v = mask_v | 32'hff000000;
        end
        mask = mask_v;
    end

    initial begin
        aw_full_q <= 1'h0;
        aw_addr_q <= 16'h0;
        w_full_q <= 1'h0;
        w_data_q <= 32'h0;
        w_strb_q <= 4'h0;
        b_full_q <= 1'h0;
        b_resp_q <= 2'h0;
        ar_full_q <= 1'h0;
        ar_addr_q <= 16'h0;
        r_full_q <= 1'h0;
        r_resp_q <= 2'h0;
        r_data_q <= 32'h0;
        read_first_q <= 1'h0;
    end
    always @(posedge clock) begin
        if (reset) begin
            aw_full_q <= 1'h0;
            aw_addr_q <= 16'h0;
            w_full_q <= 1'h0;
            w_data_q <= 32'h0;
            w_strb_q <= 4'h0;
            b_full_q <= 1'h0;
            b_resp_q <= 2'h0;
            ar_full_q <= 1'h0;
            ar_addr_q <= 16'h0;
            r_full_q <= 1'h0;
            r_resp_q <= 2'h0;
            r_data_q <= 32'h0;
            read_first_q <= 1'h0;
        end else begin
            aw_full_q <= aw_full_d;
            aw_addr_q <= aw_addr_d;
            w_full_q <= w_full_d;
            w_data_q <= w_data_d;
            w_strb_q <= w_strb_d;
            b_full_q <= b_full_d;
            b_resp_q <= b_resp_d;
            ar_full_q <= ar_full_d;
            ar_addr_q <= ar_addr_d;
            r_full_q <= r_full_d;
            r_resp_q <= r_resp_d;
            r_data_q <= r_data_d;
            read_first_q <= read_first_d;
        end
    end
endmodule
