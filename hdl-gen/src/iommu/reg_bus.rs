//! The register bus inside the IOMMU: what `AxilRegs` asks and what a group of registers answers.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use std::ops::BitOr;

use rust_hdl::prelude::*;

/// An access, in the cycle of its pulse.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct RegRequest {
    pub wr: Bit,
    pub wr_addr: Bits<16>,
    pub wr_data: Bits<32>,
    pub wr_mask: Bits<32>,
    pub rd_addr: Bits<16>,
}

/// Whose the addresses are, and what is read.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct RegAnswer {
    pub wr_hit: Bit,
    pub rd_hit: Bit,
    pub rd_data: Bits<32>,
}

super::types::reducible!(RegAnswer {
    wr_hit,
    rd_hit,
    rd_data
});
