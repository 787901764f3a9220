//! The bundles that pass between the blocks of the bridges.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;

/// Width of an AXI3 ID at the HP ports (UG585, table 5-3).
pub const HP_ID_BITS: usize = 6;
/// Width of an AXI3 ID at the GP ports as masters.
pub const GP_ID_BITS: usize = 12;
/// Width of an AXI3 ID at the ACP.
pub const ACP_ID_BITS: usize = 3;
/// log2 of [`ENTRIES`].
pub const ENTRY_BITS: usize = 3;
/// AXI4 IDs that may be outstanding at the same time in a direction: as many as the IOMMU has
/// transactions.
pub const ENTRIES: usize = 1 << ENTRY_BITS;
/// log2 of the AXI3 bursts of one ID that a table tells apart; one fewer may be outstanding.
pub const DEPTH_BITS: usize = 4;

/// The payload of an AXI4 address channel.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct LongBurst {
    pub id: Bits<8>,
    pub addr: Bits<32>,
    pub len: Bits<8>,
    pub size: Bits<3>,
    pub burst: Bits<2>,
    pub lock: Bit,
    pub cache: Bits<4>,
    pub prot: Bits<3>,
    pub qos: Bits<4>,
}

/// The payload of an AXI3 address channel.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct ShortBurst {
    pub entry: Bits<ENTRY_BITS>,
    pub addr: Bits<32>,
    pub len: Bits<4>,
    pub size: Bits<3>,
    pub burst: Bits<2>,
    pub lock: Bit,
    pub cache: Bits<4>,
    pub prot: Bits<3>,
    pub qos: Bits<4>,
}

/// The payload of an AXI4 R channel.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct ReadData {
    pub id: Bits<8>,
    pub data: Bits<64>,
    pub resp: Bits<2>,
    pub last: Bit,
}

/// The payload of an AXI3 W channel.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct ShortData {
    pub entry: Bits<ENTRY_BITS>,
    pub data: Bits<64>,
    pub strb: Bits<8>,
    pub last: Bit,
}

/// Where the W beats of an AXI3 burst go.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct DataRoute {
    pub entry: Bits<ENTRY_BITS>,
    pub len: Bits<4>,
}

/// The payload of an AXI4 B channel.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct LongAnswer {
    pub id: Bits<8>,
    pub resp: Bits<2>,
}
