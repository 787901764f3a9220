//! Words of the context banks' registers, field by field.

use rust_hdl::prelude::*;
use vcm_regs::context;

use super::config::*;
use crate::words::{pack, unpack};

unpack! {
    /// TTBR0.
    Ttbr0Fields of context::Ttbr0 {
        base: Bits<18> = BASE;
    }
}
unpack! {
    /// CONTEXTIDR.
    ContextidrFields of context::Contextidr {
        asid: Bits<8> = ASID;
    }
}
pack! {
    /// FSYNR1.
    Fsynr1Word of context::Fsynr1 {
        stream: Bits<STREAM_BITS> = SID;
        id: Bits<ID_BITS> = AXID;
    }
}
pack! {
    /// TLBSTATUS.
    TlbstatusWord of context::Tlbstatus {
        active: Bit = SACTIVE;
    }
}
