//! The bundles that pass between the blocks of the IOMMU.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use std::ops::BitOr;

use rust_hdl::prelude::*;

use super::config::*;

/// Lets a bundle be reduced by OR over one-hot sources, from 0 on, inside kernels.
macro_rules! reducible {
    ($Bundle:ident { $($field:ident),* }) => {
        impl BitOr for $Bundle {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                Self { $($field: self.$field | other.$field),* }
            }
        }
        impl From<i32> for $Bundle {
            /// Only of 0, the identity of OR.
            fn from(zero: i32) -> Self {
                assert_eq!(zero, 0, "a bundle is no number");
                Self::default()
            }
        }
    };
}

/// The payload of an AW or AR channel.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Burst {
    pub id: Bits<ID_BITS>,
    pub addr: Bits<32>,
    pub len: Bits<8>,
    pub size: Bits<3>,
    pub burst: Bits<2>,
    pub cache: Bits<4>,
    pub prot: Bits<3>,
    pub qos: Bits<4>,
    pub stream: Bits<STREAM_BITS>,
}

/// Where a stream goes: a stream-map register, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Route {
    pub bypass: Bit,
    pub translate: Bit,
    pub context: Bits<CONTEXT_BITS>,
}

/// What a lookup needs to know of a context bank.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct ContextState {
    pub enabled: Bit,
    pub afe: Bit,
    pub mtcfg: Bit,
    pub asid: Bits<8>,
    pub base: Bits<18>,
    pub dacr: Bits<32>,
}

/// A translation, as a TLB holds it. `large` is a thermometer: bit 0 from 64 KiB, bit 1 from 1 MiB,
/// bit 2 from 16 MiB on.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Translation {
    pub context: Bits<CONTEXT_BITS>,
    pub asid: Bits<8>,
    pub not_global: Bit,
    pub vpn: Bits<20>,
    pub large: Bits<3>,
    pub ppn: Bits<20>,
    pub ap: Bits<3>,
    pub xn: Bit,
    pub domain: Bits<4>,
    pub memory: Bits<5>,
}

/// What a TLB is asked.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Key {
    pub context: Bits<CONTEXT_BITS>,
    pub asid: Bits<8>,
    pub vpn: Bits<20>,
}

/// A TLB command, valid for one cycle. No qualifier: all entries. `sync`: not an invalidation, but
/// the begin of a synchronisation.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct TlbCommand {
    pub invalidate: Bit,
    pub sync: Bit,
    pub by_context: Bit,
    pub context: Bits<CONTEXT_BITS>,
    pub by_asid: Bit,
    /// Spares global entries (TLBIASID); by address, they go too.
    pub spare_global: Bit,
    pub asid: Bits<8>,
    pub by_va: Bit,
    pub vpn: Bits<20>,
}

/// A table walk that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct WalkRequest {
    pub context: Bits<CONTEXT_BITS>,
    pub asid: Bits<8>,
    pub vpn: Bits<20>,
    pub base: Bits<18>,
    pub afe: Bit,
}

/// A fault on its way to the records.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Fault {
    pub iova: Bits<32>,
    pub status: Bits<5>,
    pub write: Bit,
    pub privileged: Bit,
    pub instruction: Bit,
    pub in_context: Bit,
    pub context: Bits<CONTEXT_BITS>,
    pub stream: Bits<STREAM_BITS>,
    pub id: Bits<ID_BITS>,
}

/// A transaction that is outstanding to memory.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Outstanding {
    pub id: Bits<ID_BITS>,
    pub iova: Bits<32>,
    pub privileged: Bit,
    pub instruction: Bit,
    pub in_context: Bit,
    pub context: Bits<CONTEXT_BITS>,
    pub stream: Bits<STREAM_BITS>,
}

/// The payload of an R channel.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct ReadBeat {
    pub id: Bits<ID_BITS>,
    pub data: Bits<64>,
    pub resp: Bits<2>,
    pub last: Bit,
}

/// The payload of a W channel.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct WriteBeat {
    pub data: Bits<64>,
    pub strb: Bits<8>,
    pub last: Bit,
}

/// The payload of a B channel.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct WriteAnswer {
    pub id: Bits<ID_BITS>,
    pub resp: Bits<2>,
}

/// Which burst the next W beats belong to.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct WriteRoute {
    /// The beats go nowhere.
    pub terminated: Bit,
    pub len: Bits<8>,
}

/// Result of decoding a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Decoded {
    /// Go on at the second level.
    pub table: Bit,
    /// 0: a valid page.
    pub status: Bits<5>,
}

/// What is counted in this cycle, in the order of the counters' registers.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Events {
    pub read: Bit,
    pub write: Bit,
    pub miss_r: Bit,
    pub miss_w: Bit,
    pub hit_r: Bit,
    pub hit_w: Bit,
    pub walk: Bit,
    pub walking: Bit,
}

reducible!(Route {
    bypass,
    translate,
    context
});
reducible!(ContextState {
    enabled,
    afe,
    mtcfg,
    asid,
    base,
    dacr
});
reducible!(Translation {
    context,
    asid,
    not_global,
    vpn,
    large,
    ppn,
    ap,
    xn,
    domain,
    memory
});
reducible!(Outstanding {
    id,
    iova,
    privileged,
    instruction,
    in_context,
    context,
    stream
});
pub(crate) use reducible;
