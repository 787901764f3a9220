//! Main TLB: four ways of block RAM for small and large pages, shared by all contexts.
//!
//! | cycle | what happens |
//! |---|---|
//! | 0 | `probe`, with `probe_vpn` and the size that is looked for, `probe_large` |
//! | 1 | the four entries of the set are compared with `key`, which stays through cycle 2 |
//! | 2 | `hit` and `page`; `kill` removes what matched; the next probe may come |
//!
//! `hit` and `page` stay until the cycle after the next probe. Of several entries that match, the
//! one in the lowest way answers, and a kill removes them all.
//!
//! An entry carries the *generation* that its context had when it was filled, and matches only
//! while that is the context's generation: a context, or all of them, are invalidated by one increment.
//! When a generation comes again, and after reset, the sets are swept one by one; meanwhile nothing hits
//! and nothing is filled.
//!
//! What comes from before an invalidation must not be taken for something newer:
//! - a fill in the cycle of a `bump` is dropped;
//! - a fill between the probe of a kill and the kill, which the probe may not have seen, is killed,
//!   with whatever page it is; one in the cycle of the kill is dropped.
//!
//! A comparison in the cycle of a `bump` still goes by the old generation. Whoever uses it must give
//! up lookups under way.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use std::ops::BitOr;

use rust_hdl::prelude::*;

use super::config::*;
use super::generations::Generations;
use super::types::*;
use super::victims::Victims;
use crate::prim::{BlockRam, Reg};

/// An entry: 70 bits, for a block RAM of 72.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct MainEntry {
    pub valid: Bit,
    pub context: Bits<CONTEXT_BITS>,
    pub generation: Bits<GENERATION_BITS>,
    pub asid: Bits<8>,
    pub not_global: Bit,
    pub large: Bit,
    /// I/O virtual address bits [31:21]; below are those of the set, or, of a large page, some twice.
    pub tag: Bits<11>,
    pub ppn: Bits<20>,
    pub ap: Bits<3>,
    pub xn: Bit,
    pub domain: Bits<4>,
    pub memory: Bits<5>,
}

/// One way, and its comparator.
#[derive(LogicBlock, Default)]
pub struct MainWay {
    pub clock: Signal<In, Clock>,
    pub read: Signal<In, Bit>,
    pub read_address: Signal<In, Bits<SET_BITS>>,
    pub write: Signal<In, Bit>,
    pub write_address: Signal<In, Bits<SET_BITS>>,
    pub write_data: Signal<In, MainEntry>,
    /// What was read, if it is valid.
    pub entry: Signal<Out, MainEntry>,
    /// What an entry that matches has in these fields.
    pub wanted: Signal<In, MainEntry>,
    pub any_asid: Signal<In, Bit>,
    pub matching: Signal<Out, Bit>,
    ram: BlockRam<MainEntry, SET_BITS>,
    asid_match: Signal<Local, Bit>,
}

impl Logic for MainWay {
    #[hdl_gen]
    fn update(&mut self) {
        self.ram.clock.next = self.clock.val();
        self.ram.read.next = self.read.val();
        self.ram.read_address.next = self.read_address.val();
        self.ram.write.next = self.write.val();
        self.ram.write_address.next = self.write_address.val();
        self.ram.write_data.next = self.write_data.val();
        self.entry.next = self.ram.read_data.val();
        self.asid_match.next = (self.ram.read_data.val().asid == self.wanted.val().asid)
            | !self.ram.read_data.val().not_global
            | self.any_asid.val();
        self.matching.next = self.ram.read_data.val().valid
            & (self.ram.read_data.val().context == self.wanted.val().context)
            & (self.ram.read_data.val().generation == self.wanted.val().generation)
            & (self.ram.read_data.val().large == self.wanted.val().large)
            & (self.ram.read_data.val().tag == self.wanted.val().tag)
            & self.asid_match.val();
    }
}

/// The main TLB.
#[derive(LogicBlock, Default)]
pub struct MainTlb {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// Cycle 0.
    pub probe: Signal<In, Bit>,
    pub probe_vpn: Signal<In, Bits<20>>,
    /// Looks for a large page, else for a small one.
    pub probe_large: Signal<In, Bit>,
    /// Cycles 1 and 2; the page number is that of the probe.
    pub key: Signal<In, Key>,
    /// Cycle 1: entries of every ASID match.
    pub any_asid: Signal<In, Bit>,
    /// Cycle 2.
    pub hit: Signal<Out, Bit>,
    /// Cycle 2. Context, ASID and page number are those of `key`.
    pub page: Signal<Out, Translation>,
    /// Cycle 2: the entries that match become invalid.
    pub kill: Signal<In, Bit>,
    /// One cycle. Pages of other sizes than small and large are ignored.
    pub fill: Signal<In, Bit>,
    pub fill_page: Signal<In, Translation>,
    /// One cycle: all entries of the context, or of all contexts, become invalid.
    pub bump: Signal<In, Flush>,
    pub sweeping: Signal<Out, Bit>,
    /// The set that is swept, while `sweeping`: for the first-level cache too.
    pub sweep_index: Signal<Out, Bits<SET_BITS>>,
    /// Generation of the context of `key`: for the first-level cache.
    pub generation: Signal<Out, Bits<GENERATION_BITS>>,
    /// The context of a fill of the first-level cache, and its generation in the same cycle.
    pub first_context: Signal<In, Bits<CONTEXT_BITS>>,
    pub first_generation: Signal<Out, Bits<GENERATION_BITS>>,
    generations: Generations,
    way: [MainWay; MAIN_WAYS],
    victims: Victims,
    /// Reset to 0: sweeping.
    swept: Reg<Bit>,
    /// Generations came again in the cycle before: a sweep begins.
    wrapped: Reg<Bit>,
    swept_index: Reg<Bits<SET_BITS>>,
    /// Cycle 1.
    compare: Reg<Bit>,
    probed_large: Reg<Bit>,
    matched: Reg<Bits<MAIN_WAYS>>,
    /// The first way that matched.
    chosen: Reg<Bits<2>>,
    /// Ways filled since the probe.
    recent: Reg<Bits<MAIN_WAYS>>,
    is_swept: Signal<Local, Bit>,
    probe_at: Signal<Local, Bits<20>>,
    probe_set: Signal<Local, Bits<SET_BITS>>,
    key_at: Signal<Local, Bits<20>>,
    key_set: Signal<Local, Bits<SET_BITS>>,
    fill_at: Signal<Local, Bits<20>>,
    fill_size: Signal<Local, Bits<3>>,
    fill_set: Signal<Local, Bits<SET_BITS>>,
    fills: Signal<Local, Bit>,
    kills: Signal<Local, Bit>,
    write_set: Signal<Local, Bits<SET_BITS>>,
    write_entry: Signal<Local, MainEntry>,
    wanted: Signal<Local, MainEntry>,
    one: Signal<Local, Bits<MAIN_WAYS>>,
    filled: Signal<Local, Bits<MAIN_WAYS>>,
    written: Signal<Local, Bits<MAIN_WAYS>>,
    matching: Signal<Local, Bits<MAIN_WAYS>>,
    read: Signal<Local, MainEntry>,
}

impl Logic for MainTlb {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            swept,
            wrapped,
            swept_index,
            compare,
            probed_large,
            matched,
            chosen,
            recent
        );
        self.swept.reset.next = self.reset.val();
        self.wrapped.reset.next = self.reset.val();
        self.swept_index.reset.next = self.reset.val();
        self.compare.reset.next = self.reset.val();
        self.probed_large.reset.next = self.reset.val();
        self.matched.reset.next = self.reset.val();
        self.chosen.reset.next = self.reset.val();
        self.recent.reset.next = self.reset.val();

        self.generations.clock.next = self.clock.val();
        self.generations.reset.next = self.reset.val();
        self.generations.bump.next = self.bump.val();
        self.generations.key_context.next = self.key.val().context;
        self.generations.fill_context.next = self.fill_page.val().context;
        self.generations.first_context.next = self.first_context.val();
        self.generation.next = self.generations.key_generation.val();
        self.first_generation.next = self.generations.first_generation.val();

        // Sets.
        self.probe_at.next = self.probe_vpn.val();
        self.probe_set.next = self.probe_at.val().get_bits::<SET_BITS>(0);
        if self.probe_large.val() {
            self.probe_set.next = self.probe_at.val().get_bits::<SET_BITS>(4);
        }
        self.key_at.next = self.key.val().vpn;
        self.key_set.next = self.key_at.val().get_bits::<SET_BITS>(0);
        if self.probed_large.q.val() {
            self.key_set.next = self.key_at.val().get_bits::<SET_BITS>(4);
        }
        self.fill_at.next = self.fill_page.val().vpn;
        self.fill_size.next = self.fill_page.val().large;
        self.fill_set.next = self.fill_at.val().get_bits::<SET_BITS>(0);
        if self.fill_size.val().get_bit(0) {
            self.fill_set.next = self.fill_at.val().get_bits::<SET_BITS>(4);
        }

        // Sweep.
        if !self.swept.q.val() {
            self.swept_index.d.next = self.swept_index.q.val() + 1;
            self.swept.d.next = self.swept_index.q.val().all();
        }
        self.wrapped.d.next = self.generations.wraps.val();
        if self.wrapped.q.val() {
            self.swept.d.next = false;
        }
        self.is_swept.next = self.swept.q.val() & !self.wrapped.q.val();
        self.sweeping.next = !self.is_swept.val();
        self.sweep_index.next = self.swept_index.q.val();

        // Writing: sweep, then kill, then fill.
        self.fills.next = self.fill.val()
            & !self.fill_size.val().get_bit(1)
            & self.is_swept.val()
            & !self.kill.val()
            & !self.bump.val().valid;
        self.kills.next = self.kill.val() & self.swept.q.val();
        self.victims.clock.next = self.clock.val();
        self.victims.reset.next = self.reset.val();
        self.victims.set.next = self.fill_set.val();
        self.victims.fill.next = self.fills.val();
        self.one.next = 1.into();
        self.filled.next = 0.into();
        if self.fills.val() {
            self.filled.next = self.one.val() << self.victims.way.val();
        }
        self.written.next = self.filled.val();
        self.write_set.next = self.fill_set.val();
        if self.kills.val() {
            self.written.next = self.matched.q.val() | self.recent.q.val();
            self.write_set.next = self.key_set.val();
        }
        if !self.swept.q.val() {
            self.written.next = 15.into();
            self.write_set.next = self.swept_index.q.val();
        }
        self.write_entry.next.valid = self.fills.val();
        self.write_entry.next.context = self.fill_page.val().context;
        self.write_entry.next.generation = self.generations.fill_generation.val();
        self.write_entry.next.asid = self.fill_page.val().asid;
        self.write_entry.next.not_global = self.fill_page.val().not_global;
        self.write_entry.next.large = self.fill_size.val().get_bit(0);
        self.write_entry.next.tag = self.fill_at.val().get_bits::<11>(9);
        self.write_entry.next.ppn = self.fill_page.val().ppn;
        self.write_entry.next.ap = self.fill_page.val().ap;
        self.write_entry.next.xn = self.fill_page.val().xn;
        self.write_entry.next.domain = self.fill_page.val().domain;
        self.write_entry.next.memory = self.fill_page.val().memory;

        // Reading and comparing.
        self.wanted.next = 0.into();
        self.wanted.next.context = self.key.val().context;
        self.wanted.next.generation = self.generations.key_generation.val();
        self.wanted.next.asid = self.key.val().asid;
        self.wanted.next.large = self.probed_large.q.val();
        self.wanted.next.tag = self.key_at.val().get_bits::<11>(9);
        self.matching.next = 0.into();
        for i in 0..MAIN_WAYS {
            self.way[i].clock.next = self.clock.val();
            self.way[i].read.next = self.probe.val();
            self.way[i].read_address.next = self.probe_set.val();
            self.way[i].write.next = self.written.val().get_bit(i);
            self.way[i].write_address.next = self.write_set.val();
            self.way[i].write_data.next = self.write_entry.val();
            self.way[i].wanted.next = self.wanted.val();
            self.way[i].any_asid.next = self.any_asid.val();
            self.matching.next = self
                .matching
                .val()
                .replace_bit(i, self.way[i].matching.val() & self.is_swept.val());
        }
        self.compare.d.next = self.probe.val();
        self.recent.d.next = self.recent.q.val() | self.filled.val();
        if self.probe.val() {
            self.probed_large.d.next = self.probe_large.val();
            self.recent.d.next = self.filled.val();
        }
        if self.compare.q.val() {
            self.matched.d.next = self.matching.val();
            self.chosen.d.next = 3.into();
            if self.matching.val().get_bit(2) {
                self.chosen.d.next = 2.into();
            }
            if self.matching.val().get_bit(1) {
                self.chosen.d.next = 1.into();
            }
            if self.matching.val().get_bit(0) {
                self.chosen.d.next = 0.into();
            }
        }

        // The answer.
        self.hit.next = self.matched.q.val().any();
        self.read.next = self.way[3].entry.val();
        match self.chosen.q.val().index() {
            0 => self.read.next = self.way[0].entry.val(),
            1 => self.read.next = self.way[1].entry.val(),
            2 => self.read.next = self.way[2].entry.val(),
            _ => {}
        }
        self.page.next.context = self.key.val().context;
        self.page.next.asid = self.key.val().asid;
        self.page.next.not_global = self.read.val().not_global;
        self.page.next.vpn = self.key.val().vpn;
        self.page.next.large = 0.into();
        if self.probed_large.q.val() {
            self.page.next.large = 1.into();
        }
        self.page.next.ppn = self.read.val().ppn;
        self.page.next.ap = self.read.val().ap;
        self.page.next.xn = self.read.val().xn;
        self.page.next.domain = self.read.val().domain;
        self.page.next.memory = self.read.val().memory;
    }
}

super::types::reducible!(MainEntry {
    valid,
    context,
    generation,
    asid,
    not_global,
    large,
    tag,
    ppn,
    ap,
    xn,
    domain,
    memory
});
