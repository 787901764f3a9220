# Bitstream, .bin and .hwh with Vivado, without a project.
#
#   vivado -mode batch -source constraints/vivado.tcl -tclargs BOARD WALKS MHZ OUTPUT
#
# The block design has what rtl/zynq/vcm_zynq.v has: the processing system, vcm_zynq_core (by its package,
# rtl/zynq/component.xml) and the reset. PYNQ's Overlay learns from its .hwh where the registers are.

if {[llength $argv] != 4} {
    error "usage: vivado -mode batch -source vivado.tcl -tclargs BOARD WALKS MHZ OUTPUT"
}
lassign $argv board walks mhz output
set here [file dirname [file normalize [info script]]]
set root [file dirname $here]
source [file join $here $board board.tcl]
file mkdir $output

create_project -in_memory -part $part
set_property ip_repo_paths [file join $root rtl] [current_project]
update_ip_catalog

create_bd_design -dir $output vcm
set ps7 [create_bd_cell -type ip -vlnv xilinx.com:ip:processing_system7:5.5 ps7]
set_property -dict $ps7_settings $ps7
set_property -dict [list \
    CONFIG.PCW_FPGA0_PERIPHERAL_FREQMHZ $mhz \
    CONFIG.PCW_EN_CLK0_PORT {1} \
    CONFIG.PCW_EN_RST0_PORT {1} \
    CONFIG.PCW_USE_M_AXI_GP0 {1} \
    CONFIG.PCW_USE_S_AXI_HP0 {1} \
    CONFIG.PCW_S_AXI_HP0_DATA_WIDTH {64} \
    CONFIG.PCW_USE_FABRIC_INTERRUPT {1} \
    CONFIG.PCW_IRQ_F2P_INTR {1} \
] $ps7
switch $walks {
    HP1 {
        set_property -dict {CONFIG.PCW_USE_S_AXI_HP1 {1} CONFIG.PCW_S_AXI_HP1_DATA_WIDTH {64}} $ps7
        set walk_port S_AXI_HP1
        set walk_memory HP1_DDR_LOWOCM
    }
    ACP {
        # ARUSER is the IOMMU's, not a constant.
        set_property -dict {CONFIG.PCW_USE_S_AXI_ACP {1} CONFIG.PCW_USE_DEFAULT_ACP_USER_VAL {0}} $ps7
        set walk_port S_AXI_ACP
        set walk_memory ACP_DDR_LOWOCM
    }
    default { error "WALKS is $walks: it may be HP1 or ACP" }
}
set core [create_bd_cell -type ip -vlnv vcm-iommu:vcm:vcm_zynq_core:0.1 core]
set reset [create_bd_cell -type ip -vlnv xilinx.com:ip:proc_sys_reset:5.0 reset]

make_bd_intf_pins_external -name DDR [get_bd_intf_pins ps7/DDR]
make_bd_intf_pins_external -name FIXED_IO [get_bd_intf_pins ps7/FIXED_IO]
connect_bd_intf_net [get_bd_intf_pins ps7/M_AXI_GP0] [get_bd_intf_pins core/s_axi_gp]
connect_bd_intf_net [get_bd_intf_pins core/m_axi_hp] [get_bd_intf_pins ps7/S_AXI_HP0]
connect_bd_intf_net [get_bd_intf_pins core/m_axi_ptw] [get_bd_intf_pins ps7/$walk_port]
foreach pin [list M_AXI_GP0_ACLK S_AXI_HP0_ACLK ${walk_port}_ACLK] {
    connect_bd_net [get_bd_pins ps7/FCLK_CLK0] [get_bd_pins ps7/$pin]
}
connect_bd_net [get_bd_pins ps7/FCLK_CLK0] [get_bd_pins core/aclk] [get_bd_pins reset/slowest_sync_clk]
connect_bd_net [get_bd_pins ps7/FCLK_RESET0_N] [get_bd_pins reset/ext_reset_in]
connect_bd_net [get_bd_pins reset/peripheral_aresetn] [get_bd_pins core/aresetn]
connect_bd_net [get_bd_pins core/irq] [get_bd_pins ps7/IRQ_F2P]

assign_bd_address -offset 0x40000000 -range 64K \
    -target_address_space [get_bd_addr_spaces ps7/Data] [get_bd_addr_segs core/s_axi_gp/registers]
assign_bd_address -offset 0x00000000 -range 512M \
    -target_address_space [get_bd_addr_spaces core/m_axi_hp] [get_bd_addr_segs ps7/S_AXI_HP0/HP0_DDR_LOWOCM]
assign_bd_address -offset 0x00000000 -range 512M \
    -target_address_space [get_bd_addr_spaces core/m_axi_ptw] [get_bd_addr_segs ps7/$walk_port/$walk_memory]

validate_bd_design
save_bd_design
set design [get_files [file join $output vcm vcm.bd]]
set_property synth_checkpoint_mode None $design
generate_target all $design
read_verilog [make_wrapper -files $design -top]

synth_design -top vcm_wrapper -part $part
report_utilization -file [file join $output utilization_synth.txt]
opt_design
place_design
phys_opt_design
route_design
report_utilization -hierarchical -file [file join $output utilization.txt]
report_timing_summary -file [file join $output timing.txt]
report_drc -file [file join $output drc.txt]
report_cdc -file [file join $output cdc.txt]
write_checkpoint -force [file join $output vcm.dcp]
set slack [get_property SLACK [get_timing_paths -max_paths 1 -setup]]
if {$slack < 0} {
    error "timing is not met at $mhz MHz: slack $slack ns, see $output/timing.txt; try MHZ=100"
}
write_bitstream -force -bin_file [file join $output vcm.bit]
file copy -force [file join $output vcm hw_handoff vcm.hwh] [file join $output vcm.hwh]
puts "bitstream: $output/vcm.bit, vcm.bin and vcm.hwh; slack $slack ns at $mhz MHz"
