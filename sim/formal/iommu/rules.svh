// The rules of every port of vcm_iommu: what is the hardware's is proved, what is the environment's assumed.
`define IOMMU_RULES \
    wire [7:0] reads_open, writes_open, memory_reads, memory_writes, table_reads; \
    read_rules #(.MASTER_PROVED(0)) s_axi_r (.clk(aclk), \
        .arvalid(s_axi_arvalid), .arready(s_axi_arready), .arid(s_axi_arid), .arlen(s_axi_arlen), \
        .ar({s_axi_araddr, s_axi_arsize, s_axi_arburst, s_axi_arlock, s_axi_arcache, s_axi_arprot, s_axi_arqos, s_axi_aruser}), \
        .rvalid(s_axi_rvalid), .rready(s_axi_rready), .rid(s_axi_rid), .rdata(s_axi_rdata), \
        .rresp(s_axi_rresp), .rlast(s_axi_rlast), .unanswered(reads_open)); \
    write_rules #(.MASTER_PROVED(0), .ORDERLY(0)) s_axi_w (.clk(aclk), \
        .awvalid(s_axi_awvalid), .awready(s_axi_awready), .awid(s_axi_awid), .awlen(s_axi_awlen), \
        .aw({s_axi_awaddr, s_axi_awsize, s_axi_awburst, s_axi_awlock, s_axi_awcache, s_axi_awprot, s_axi_awqos, s_axi_awuser}), \
        .wvalid(s_axi_wvalid), .wready(s_axi_wready), .wdata(s_axi_wdata), .wstrb(s_axi_wstrb), .wlast(s_axi_wlast), \
        .bvalid(s_axi_bvalid), .bready(s_axi_bready), .bid(s_axi_bid), .bresp(s_axi_bresp), .unanswered(writes_open)); \
    read_rules m_axi_r (.clk(aclk), \
        .arvalid(m_axi_arvalid), .arready(m_axi_arready), .arid(m_axi_arid), .arlen(m_axi_arlen), \
        .ar({m_axi_araddr, m_axi_arsize, m_axi_arburst, m_axi_arlock, m_axi_arcache, m_axi_arprot, m_axi_arqos}), \
        .rvalid(m_axi_rvalid), .rready(m_axi_rready), .rid(m_axi_rid), .rdata(m_axi_rdata), \
        .rresp(m_axi_rresp), .rlast(m_axi_rlast), .unanswered(memory_reads)); \
    write_rules m_axi_w (.clk(aclk), \
        .awvalid(m_axi_awvalid), .awready(m_axi_awready), .awid(m_axi_awid), .awlen(m_axi_awlen), \
        .aw({m_axi_awaddr, m_axi_awsize, m_axi_awburst, m_axi_awlock, m_axi_awcache, m_axi_awprot, m_axi_awqos}), \
        .wvalid(m_axi_wvalid), .wready(m_axi_wready), .wdata(m_axi_wdata), .wstrb(m_axi_wstrb), .wlast(m_axi_wlast), \
        .bvalid(m_axi_bvalid), .bready(m_axi_bready), .bid(m_axi_bid), .bresp(m_axi_bresp), .unanswered(memory_writes)); \
    burst_rules m_axi_ar (.valid(m_axi_arvalid), .addr(m_axi_araddr), .len(m_axi_arlen), .size(m_axi_arsize), \
        .burst(m_axi_arburst), .lock(m_axi_arlock), .cache(m_axi_arcache)); \
    burst_rules m_axi_aw (.valid(m_axi_awvalid), .addr(m_axi_awaddr), .len(m_axi_awlen), .size(m_axi_awsize), \
        .burst(m_axi_awburst), .lock(m_axi_awlock), .cache(m_axi_awcache)); \
    read_rules #(.ID_BITS(2), .DEPTH(1)) m_axi_ptw_r (.clk(aclk), \
        .arvalid(m_axi_ptw_arvalid), .arready(m_axi_ptw_arready), .arid({6'd0, m_axi_ptw_arid}), .arlen(m_axi_ptw_arlen), \
        .ar({m_axi_ptw_araddr, m_axi_ptw_arsize, m_axi_ptw_arburst, m_axi_ptw_arlock, m_axi_ptw_arcache, m_axi_ptw_arprot, m_axi_ptw_arqos, m_axi_ptw_aruser}), \
        .rvalid(m_axi_ptw_rvalid), .rready(m_axi_ptw_rready), .rid({6'd0, m_axi_ptw_rid}), .rdata(m_axi_ptw_rdata), \
        .rresp(m_axi_ptw_rresp), .rlast(m_axi_ptw_rlast), .unanswered(table_reads)); \
    burst_rules m_axi_ptw_ar (.valid(m_axi_ptw_arvalid), .addr(m_axi_ptw_araddr), .len(m_axi_ptw_arlen), .size(m_axi_ptw_arsize), \
        .burst(m_axi_ptw_arburst), .lock(m_axi_ptw_arlock), .cache(m_axi_ptw_arcache)); \
    lite_rules s_axil (.clk(aclk), \
        .awvalid(s_axil_awvalid), .awready(s_axil_awready), .awaddr(s_axil_awaddr), \
        .wvalid(s_axil_wvalid), .wready(s_axil_wready), .wdata(s_axil_wdata), .wstrb(s_axil_wstrb), \
        .bvalid(s_axil_bvalid), .bready(s_axil_bready), .bresp(s_axil_bresp), \
        .arvalid(s_axil_arvalid), .arready(s_axil_arready), .araddr(s_axil_araddr), \
        .rvalid(s_axil_rvalid), .rready(s_axil_rready), .rdata(s_axil_rdata), .rresp(s_axil_rresp)); \
    /* A4.4: the hardware passes AxCACHE on, so that of the masters and of WALK_ATTR has to be legal. */ \
    always @(*) begin \
        if (s_axi_arvalid) assume (s_axi_arcache[3:2] == 0 || s_axi_arcache[1]); \
        if (s_axi_awvalid) assume (s_axi_awcache[3:2] == 0 || s_axi_awcache[1]); \
    end
