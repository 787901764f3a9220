# Clock of vcm_iommu or vcm_soc, synthesised out of context: the 150 MHz that the demonstration reckons with.
create_clock -period 6.667 [get_ports aclk]
