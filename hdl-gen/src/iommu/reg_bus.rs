//! The register bus inside the IOMMU: what `AxilRegs` asks and what a group of registers answers.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use std::ops::BitOr;

use rust_hdl::prelude::*;

/// An access, in the cycle of its pulse. A write and a read never come in the same cycle, and accesses
/// at most in every third one; what is no pulse stays in the cycle after, and the address is there in the
/// cycle before, for decoding into registers.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Access {
    pub wr: Bit,
    pub rd: Bit,
    /// Byte address, bits 1:0 are 0.
    pub addr: Bits<16>,
    pub data: Bits<32>,
    /// Bytes that are written.
    pub strobes: Bits<4>,
}

/// In the cycle of the pulse and the one after it: whose the address is. In the cycle after: what is
/// read, 0 unless it is.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Reply {
    pub hit: Bit,
    pub data: Bits<32>,
}

super::types::reducible!(Reply { hit, data });

/// Memories have no reset: after it, their words are written with reset values, one a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Sweep {
    pub active: Bit,
    pub index: Bits<6>,
}
