//! The bundles that pass between the blocks of the IOMMU.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

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
    /// By address: pages of 4 KiB after the first.
    pub pages: Bits<12>,
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
    /// The transaction stalls, in slot `slot` of its path.
    pub stalled: Bit,
    pub slot: Bits<SLOT_BITS>,
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

/// State of a context bank as the translator needs it.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Bank {
    pub enabled: Bit,
    /// SCTLR.ONE2ONE: addresses pass unchanged, unchecked.
    pub one_to_one: Bit,
    pub afe: Bit,
    pub mtcfg: Bit,
    /// SCTLR.CFCFG: a faulting transaction stalls instead of being terminated.
    pub stall: Bit,
    pub asid: Bits<8>,
    pub base: Bits<18>,
    pub dacr: Bits<32>,
}

/// What a path asks the translator for a burst that waits in one of its slots.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Ask {
    pub slot: Bits<SLOT_BITS>,
    pub stream: Bits<STREAM_BITS>,
    pub vpn: Bits<20>,
    pub privileged: Bit,
    pub instruction: Bit,
    /// The burst breaks a rule of AXI4.
    pub illegal: Bit,
}

/// Who waits for a walk.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Asker {
    /// 0: read path, 1: write path, 2: prober (V2P, preload), 3: prefetch.
    pub kind: Bits<2>,
    pub slot: Bits<SLOT_BITS>,
    /// Read and write path only.
    pub stream: Bits<STREAM_BITS>,
    /// Read and write path only: the stream goes from page to page.
    pub sequential: Bit,
    pub privileged: Bit,
    pub instruction: Bit,
    /// Prober only: the access is a write.
    pub write: Bit,
    /// Prober only: keep the result in the locked part of the side TLB.
    pub lock: Bit,
}

/// The translator's answer for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct LookupAnswer {
    pub slot: Bits<SLOT_BITS>,
    /// 0: passes, 1: faults with `status`, 2: wait for walk `walk`, 3: ask again.
    pub outcome: Bits<2>,
    pub walk: Bits<WALK_BITS>,
    pub status: Bits<5>,
    /// The fault may stall (its context says so).
    pub stall: Bit,
    pub in_context: Bit,
    pub context: Bits<CONTEXT_BITS>,
    /// Physical address bits [31:12].
    pub page: Bits<20>,
    /// AxCACHE, unless `keep_cache`: then the master's stays.
    pub cache: Bits<4>,
    pub keep_cache: Bit,
}

/// An entry of a micro-TLB: a translation with everything resolved that registers and direction say.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct MicroEntry {
    pub context: Bits<CONTEXT_BITS>,
    pub vpn: Bits<20>,
    /// Thermometer of the size, as in [`Translation`].
    pub large: Bits<3>,
    pub ppn: Bits<20>,
    /// Who may: bit {instruction, privileged}.
    pub allow: Bits<4>,
    pub cache: Bits<4>,
    pub keep_cache: Bit,
}

/// A walk that begins.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct WalkStart {
    pub asker: Asker,
    pub context: Bits<CONTEXT_BITS>,
    pub asid: Bits<8>,
    pub vpn: Bits<20>,
    pub afe: Bit,
    /// Table base of the first level.
    pub base: Bits<18>,
    /// The first level is known: `table` and `domain` are from there.
    pub level2: Bit,
    pub table: Bits<22>,
    pub domain: Bits<4>,
    /// What it reads of the first level may go to the first-level cache.
    pub keep_first: Bit,
}

/// The end of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct WalkEnd {
    pub asker: Asker,
    /// 0, or a fault.
    pub status: Bits<5>,
    /// The page; context, ASID and page number are valid after a fault too.
    pub page: Translation,
}

/// A word for the first-level cache.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct FirstFill {
    pub context: Bits<CONTEXT_BITS>,
    pub asid: Bits<8>,
    /// I/O virtual address bits [31:20].
    pub index: Bits<12>,
    pub word: Bits<32>,
}

/// What configuration did in this cycle to translations that are on their way: micro-TLB entries of
/// the context are dropped, and what has been looked up but not yet issued is looked up again.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Flush {
    pub valid: Bit,
    pub by_context: Bit,
    pub context: Bits<CONTEXT_BITS>,
}

/// A RESUME command, valid for one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Resume {
    pub valid: Bit,
    pub context: Bits<CONTEXT_BITS>,
    /// Terminate instead of retry.
    pub terminate: Bit,
    /// Only the transaction with this tag: {write, slot}.
    pub one: Bit,
    pub write: Bit,
    pub slot: Bits<SLOT_FIELD_BITS>,
}

/// A request to the prober, valid for one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct ProbeRequest {
    pub valid: Bit,
    pub context: Bits<CONTEXT_BITS>,
    pub vpn: Bits<20>,
    pub privileged: Bit,
    pub write: Bit,
    pub lock: Bit,
}

/// The prober's answer, valid for one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct ProbeAnswer {
    pub valid: Bit,
    pub context: Bits<CONTEXT_BITS>,
    /// 0, or a fault.
    pub status: Bits<5>,
    /// Thermometer of the page's size.
    pub large: Bits<3>,
    /// Physical address bits [31:12].
    pub page: Bits<20>,
}

/// Limits of stalling, from the global registers.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct StallLimits {
    /// Bursts of each path that may stand stalled at the same time; a further fault terminates.
    pub most: Bits<4>,
    /// Ticks of 1024 cycles until a stalled burst is terminated; 0: never.
    pub ticks: Bits<16>,
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
    pub main_miss: Bit,
    pub stalling: Bit,
    pub prefetched: Bit,
}

pub(crate) use reducible;
