# PYNQ-Z1 (Digilent). Its processing system is set up as that of the PYNQ-Z2.
source [file join [file dirname [info script]] .. pynq.tcl]
