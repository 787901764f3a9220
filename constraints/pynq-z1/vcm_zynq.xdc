# Pins of rtl/zynq/vcm_zynq.v on a PYNQ-Z1: the four LEDs. Those of the processing system are wired in the device.
# For the open flow, which takes the clock from --freq and knows no more than this of XDC. (With Vivado the top is a
# block design, which has no pins of its own, and whose clock is a setting of the processing system.)
set_property PACKAGE_PIN R14 [get_ports {led[0]}]
set_property IOSTANDARD LVCMOS33 [get_ports {led[0]}]
set_property PACKAGE_PIN P14 [get_ports {led[1]}]
set_property IOSTANDARD LVCMOS33 [get_ports {led[1]}]
set_property PACKAGE_PIN N16 [get_ports {led[2]}]
set_property IOSTANDARD LVCMOS33 [get_ports {led[2]}]
set_property PACKAGE_PIN M14 [get_ports {led[3]}]
set_property IOSTANDARD LVCMOS33 [get_ports {led[3]}]
