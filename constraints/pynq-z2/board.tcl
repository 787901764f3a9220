# PYNQ-Z2 (TUL).
source [file join [file dirname [info script]] .. pynq.tcl]
