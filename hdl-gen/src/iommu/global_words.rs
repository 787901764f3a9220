//! Words of the global registers, field by field.

use rust_hdl::prelude::*;
use vcm_regs::global;

use super::config::*;
use crate::words::{pack, unpack};

unpack! {
    /// IRQ_ENABLE.
    IrqEnableFields of global::IrqEnable {
        fault: Bit = FAULT;
        overflow: Bit = FQOVERFLOW;
    }
}
pack! {
    /// IRQ_STATUS.
    IrqStatusWord of global::IrqStatus {
        fault: Bit = FAULT;
        overflow: Bit = FQOVERFLOW;
        contexts: Bits<CONTEXTS> = CTX;
    }
}
pack! {
    /// What the queue says in FQ_STATUS.
    FqCount of global::FqStatus {
        count: Bits<5> = COUNT;
    }
}
pack! {
    /// What sets bits of FQ_STATUS.
    FqEvents of global::FqStatus {
        overflow: Bit = OVERFLOW;
    }
}
unpack! {
    /// FQ_STATUS.
    FqStatusFields of global::FqStatus {
        overflow: Bit = OVERFLOW;
    }
}
unpack! {
    /// FQ_POP.
    FqPopFields of global::FqPop {
        pop: Bit = POP;
    }
}
unpack! {
    /// CNT_CTRL.
    CntCtrlFields of global::CntCtrl {
        snapshot: Bit = SNAPSHOT;
    }
}
pack! {
    /// TLBSTATUS.
    TlbstatusWord of global::Tlbstatus {
        active: Bit = SACTIVE;
    }
}
