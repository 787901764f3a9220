//! Side TLB: pages fetched ahead, which no transaction has used yet, and pages locked by software. Both
//! kinds are kept out of the main TLB, where they would displace others or be displaced.
//!
//! | cycle | what happens |
//! |---|---|
//! | 1 | all entries are compared with `key`, which stays through cycle 2 |
//! | 2 | `hit`, `locked` and `page`; `take` or `kill` removes what matched |
//!
//! Prefetched pages carry no ASID: they are dropped by every `flush`, and with that by every change of
//! their context's ASID. The oldest makes room for a new one. Locked pages have their ASID, and go by
//! `kill` and `bump` only.
//!
//! A page inserted in cycle 1 is not found yet, but by a kill, which removes it whatever it is: whoever
//! locks a page waits while kills are under way. One inserted in the cycle of a `kill` or a `flush` is
//! dropped: it comes from before. A comparison in the cycle of a `flush` or `bump` still goes by what was
//! there.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use std::ops::BitOr;

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::{LutRam, Reg};

/// Entries of both kinds.
const ENTRIES: usize = PREFETCH_ENTRIES + LOCK_ENTRIES;

/// What an entry holds beside its tag.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct SidePayload {
    pub not_global: Bit,
    pub large: Bits<3>,
    pub ppn: Bits<20>,
    pub ap: Bits<3>,
    pub xn: Bit,
    pub domain: Bits<4>,
    pub memory: Bits<5>,
}

/// What an entry matches by.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct SideTag {
    pub context: Bits<CONTEXT_BITS>,
    pub asid: Bits<8>,
    pub not_global: Bit,
    pub vpn: Bits<20>,
    pub large: Bits<3>,
}

/// Whether a page has the address that is looked for.
#[derive(LogicBlock, Default)]
pub struct SideCompare {
    pub tag: Signal<In, SideTag>,
    pub key: Signal<In, Key>,
    pub any_asid: Signal<In, Bit>,
    pub matching: Signal<Out, Bit>,
    span: Signal<Local, Bits<3>>,
    diff: Signal<Local, Bits<20>>,
}

impl Logic for SideCompare {
    #[hdl_gen]
    fn update(&mut self) {
        self.span.next = self.tag.val().large;
        self.diff.next = self.tag.val().vpn ^ self.key.val().vpn;
        self.matching.next = !self.diff.val().get_bits::<8>(12).any()
            & (!self.diff.val().get_bits::<4>(8).any() | self.span.val().get_bit(2))
            & (!self.diff.val().get_bits::<4>(4).any() | self.span.val().get_bit(1))
            & (!self.diff.val().get_bits::<4>(0).any() | self.span.val().get_bit(0))
            & (self.tag.val().context == self.key.val().context)
            & (self.any_asid.val()
                | !self.tag.val().not_global
                | (self.tag.val().asid == self.key.val().asid));
    }
}

/// One entry without its payload.
#[derive(LogicBlock, Default)]
pub struct SideEntry {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub key: Signal<In, Key>,
    pub any_asid: Signal<In, Bit>,
    /// Take the new tag; and hold it, unless `stillborn`.
    pub load: Signal<In, Bit>,
    pub stillborn: Signal<In, Bit>,
    pub incoming: Signal<In, SideTag>,
    /// What matched goes.
    pub remove: Signal<In, Bit>,
    /// And what was new then, too.
    pub kill: Signal<In, Bit>,
    /// What is of these contexts goes.
    pub drop: Signal<In, Flush>,
    pub valid: Signal<Out, Bit>,
    /// Of the cycle before.
    pub matched: Signal<Out, Bit>,
    held: Reg<Bit>,
    tag: Reg<SideTag>,
    hit: Reg<Bit>,
    /// Loaded in the cycle before.
    recent: Reg<Bit>,
    compare: SideCompare,
}

impl Logic for SideEntry {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held, tag, hit, recent);
        self.held.reset.next = self.reset.val();
        self.tag.reset.next = self.reset.val();
        self.hit.reset.next = self.reset.val();
        self.recent.reset.next = self.reset.val();
        self.compare.tag.next = self.tag.q.val();
        self.compare.key.next = self.key.val();
        self.compare.any_asid.next = self.any_asid.val();
        self.valid.next = self.held.q.val();
        self.matched.next = self.hit.q.val();
        self.hit.d.next = self.held.q.val() & self.compare.matching.val() & !self.load.val();
        self.recent.d.next = self.load.val();
        if ((self.remove.val() | self.kill.val()) & self.hit.q.val())
            | (self.kill.val() & self.recent.q.val())
            | (self.drop.val().valid
                & (!self.drop.val().by_context
                    | (self.drop.val().context == self.tag.q.val().context)))
        {
            self.held.d.next = false;
        }
        if self.load.val() {
            self.held.d.next = !self.stillborn.val();
            self.tag.d.next = self.incoming.val();
        }
    }
}

/// The side TLB.
#[derive(LogicBlock, Default)]
pub struct SideTlb {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// Cycles 1 and 2.
    pub key: Signal<In, Key>,
    /// Cycle 1: entries of every ASID match.
    pub any_asid: Signal<In, Bit>,
    /// Cycle 2.
    pub hit: Signal<Out, Bit>,
    /// Cycle 2: a locked page hit. It goes before a prefetched one.
    pub locked: Signal<Out, Bit>,
    /// Cycle 2. Context, ASID and page number are those of `key`.
    pub page: Signal<Out, Translation>,
    /// Cycle 2: a prefetched page that matched is removed.
    pub take: Signal<In, Bit>,
    /// Cycle 2: what matched is removed.
    pub kill: Signal<In, Bit>,
    pub insert_page: Signal<In, Translation>,
    /// One cycle: to the prefetched pages. It is small or large, else it is ignored.
    pub insert: Signal<In, Bit>,
    /// One cycle: to the locked pages; ignored if `lock_full`. Not with `insert`, and not in two cycles
    /// in a row.
    pub insert_lock: Signal<In, Bit>,
    /// A cycle late.
    pub lock_full: Signal<Out, Bit>,
    /// Locked pages.
    pub locks: Signal<Out, Bits<3>>,
    /// One cycle: prefetched pages of the context go. Every `bump` comes with one that includes it.
    pub flush: Signal<In, Flush>,
    /// One cycle: locked pages of the context go.
    pub bump: Signal<In, Flush>,
    entry: [SideEntry; ENTRIES],
    payload: LutRam<SidePayload, 3>,
    /// The next prefetched entry to be replaced.
    victim: Reg<Bits<2>>,
    tag: Signal<Local, SideTag>,
    /// As prefetched pages have it.
    bare: Signal<Local, SideTag>,
    size: Signal<Local, Bits<3>>,
    lock_valid: Signal<Local, Bits<LOCK_ENTRIES>>,
    stillborn: Signal<Local, Bit>,
    prefetches: Signal<Local, Bit>,
    lock_it: Signal<Local, Bit>,
    /// Where the next locked page goes, of the cycle before.
    place: Reg<Bits<2>>,
    full: Reg<Bit>,
    filled: Signal<Local, Bit>,
    count: Signal<Local, Bits<3>>,
    chosen: Signal<Local, Bits<3>>,
    any: Signal<Local, Bit>,
    written: Signal<Local, SidePayload>,
}

impl Logic for SideTlb {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, victim, place, full);
        self.victim.reset.next = self.reset.val();
        self.place.reset.next = self.reset.val();
        self.full.reset.next = self.reset.val();

        self.tag.next.context = self.insert_page.val().context;
        self.tag.next.asid = self.insert_page.val().asid;
        self.tag.next.not_global = self.insert_page.val().not_global;
        self.tag.next.vpn = self.insert_page.val().vpn;
        self.tag.next.large = self.insert_page.val().large;
        self.size.next = self.insert_page.val().large;
        self.bare.next = 0.into();
        self.bare.next.context = self.tag.val().context;
        self.bare.next.vpn = self.tag.val().vpn;
        self.bare.next.large = self.size.val() & 1;
        // These come late in the cycle.
        self.stillborn.next = self.kill.val() | self.flush.val().valid;

        self.lock_valid.next = 0.into();
        for i in PREFETCH_ENTRIES..ENTRIES {
            self.lock_valid.next = self.lock_valid.val() >> 1;
            if self.entry[i].valid.val() {
                self.lock_valid.next = self.lock_valid.val() | 8;
            }
        }
        self.filled.next = true;
        self.count.next = 0.into();
        self.place.d.next = 0.into();
        for i in 0..LOCK_ENTRIES {
            if self.filled.val() & !self.lock_valid.val().get_bit(i) {
                self.place.d.next = i.to_bits();
            }
            self.filled.next = self.filled.val() & self.lock_valid.val().get_bit(i);
            if self.lock_valid.val().get_bit(i) {
                self.count.next = self.count.val() + 1;
            }
        }
        self.full.d.next = self.filled.val();
        self.lock_full.next = self.full.q.val();
        self.locks.next = self.count.val();
        self.lock_it.next = self.insert_lock.val() & !self.full.q.val();
        self.prefetches.next = self.insert.val() & !self.size.val().get_bit(1);
        if self.prefetches.val() {
            self.victim.d.next = self.victim.q.val() + 1;
        }

        self.any.next = false;
        self.chosen.next = 0.into();
        for i in 0..PREFETCH_ENTRIES {
            self.entry[i].clock.next = self.clock.val();
            self.entry[i].reset.next = self.reset.val();
            self.entry[i].key.next = self.key.val();
            self.entry[i].any_asid.next = true;
            self.entry[i].load.next = self.prefetches.val() & (self.victim.q.val() == i.to_bits());
            self.entry[i].stillborn.next = self.stillborn.val();
            self.entry[i].incoming.next = self.bare.val();
            self.entry[i].remove.next = self.take.val();
            self.entry[i].kill.next = self.kill.val();
            self.entry[i].drop.next = self.flush.val();
            if self.entry[i].matched.val() {
                self.chosen.next = i.to_bits();
            }
            self.any.next = self.any.val() | self.entry[i].matched.val();
        }
        self.locked.next = false;
        for i in PREFETCH_ENTRIES..ENTRIES {
            self.entry[i].clock.next = self.clock.val();
            self.entry[i].reset.next = self.reset.val();
            self.entry[i].key.next = self.key.val();
            self.entry[i].any_asid.next = self.any_asid.val();
            self.entry[i].load.next =
                self.lock_it.val() & (bit_cast::<3, 2>(self.place.q.val()) + 4 == i.to_bits());
            self.entry[i].stillborn.next = self.stillborn.val();
            self.entry[i].incoming.next = self.tag.val();
            self.entry[i].remove.next = false;
            self.entry[i].kill.next = self.kill.val();
            self.entry[i].drop.next = self.bump.val();
            if self.entry[i].matched.val() {
                self.chosen.next = i.to_bits();
                self.locked.next = true;
            }
            self.any.next = self.any.val() | self.entry[i].matched.val();
        }
        self.hit.next = self.any.val();

        self.written.next.not_global = self.insert_page.val().not_global;
        self.written.next.large = self.insert_page.val().large;
        self.written.next.ppn = self.insert_page.val().ppn;
        self.written.next.ap = self.insert_page.val().ap;
        self.written.next.xn = self.insert_page.val().xn;
        self.written.next.domain = self.insert_page.val().domain;
        self.written.next.memory = self.insert_page.val().memory;
        self.payload.clock.next = self.clock.val();
        self.payload.write.next = self.prefetches.val() | self.lock_it.val();
        self.payload.write_address.next = bit_cast::<3, 2>(self.victim.q.val());
        if !self.insert.val() {
            self.payload.write_address.next = bit_cast::<3, 2>(self.place.q.val()) + 4;
        }
        self.payload.write_data.next = self.written.val();
        self.payload.read_address.next = self.chosen.val();
        self.page.next.context = self.key.val().context;
        self.page.next.asid = self.key.val().asid;
        self.page.next.vpn = self.key.val().vpn;
        self.page.next.not_global = self.payload.read_data.val().not_global;
        self.page.next.large = self.payload.read_data.val().large;
        self.page.next.ppn = self.payload.read_data.val().ppn;
        self.page.next.ap = self.payload.read_data.val().ap;
        self.page.next.xn = self.payload.read_data.val().xn;
        self.page.next.domain = self.payload.read_data.val().domain;
        self.page.next.memory = self.payload.read_data.val().memory;
    }
}

super::types::reducible!(SideTag {
    context,
    asid,
    not_global,
    vpn,
    large
});
