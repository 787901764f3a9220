//! First-level cache: first-level descriptor words, so that a walk needs to read the second level only,
//! and a section nothing at all.
//!
//! | cycle | what happens |
//! |---|---|
//! | 0 | `probe`, with `probe_context` and `probe_vpn` |
//! | 1 | the entry is compared with `key`, which has the same context and page number |
//! | 2 | `hit`, `word` and `vacant`, which stay until the cycle after the next probe |
//!
//! Direct-mapped block RAM. Generations are those of the main TLB, which also leads the sweep. By
//! address the entries of a 16 MiB block are invalidated together: a supersection has sixteen words,
//! and any of them may be here.
//!
//! A fill is dropped in the cycle of a `bump`, of a `kill_group`, while `killing` and while `sweeping`.
//! A comparison in the cycle of one of these still goes by what was before.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::{BlockRam, Reg};

/// An entry: 55 bits, for a block RAM of 72.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct FirstEntry {
    pub valid: Bit,
    pub context: Bits<CONTEXT_BITS>,
    pub asid: Bits<8>,
    pub generation: Bits<GENERATION_BITS>,
    /// I/O virtual address bits [31:29].
    pub tag: Bits<3>,
    pub word: Bits<32>,
}

/// The first-level cache.
#[derive(LogicBlock, Default)]
pub struct FirstCache {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// Cycle 0.
    pub probe: Signal<In, Bit>,
    pub probe_context: Signal<In, Bits<CONTEXT_BITS>>,
    pub probe_vpn: Signal<In, Bits<20>>,
    /// Cycle 1.
    pub key: Signal<In, Key>,
    /// Cycle 1: of the context of `key`.
    pub generation: Signal<In, Bits<GENERATION_BITS>>,
    /// Cycle 2.
    pub hit: Signal<Out, Bit>,
    pub word: Signal<Out, Bits<32>>,
    /// Cycle 2: nothing of use would be replaced by a fill.
    pub vacant: Signal<Out, Bit>,
    /// One cycle.
    pub fill: Signal<In, Bit>,
    pub first: Signal<In, FirstFill>,
    /// Of the context of `first`.
    pub fill_generation: Signal<In, Bits<GENERATION_BITS>>,
    /// One cycle: begin to invalidate the 16 MiB around `kill_vpn`; not while `killing`.
    pub kill_group: Signal<In, Bit>,
    pub kill_context: Signal<In, Bits<CONTEXT_BITS>>,
    pub kill_vpn: Signal<In, Bits<20>>,
    pub killing: Signal<Out, Bit>,
    /// Invalidates contexts, by their generations.
    pub bump: Signal<In, Flush>,
    /// Entry `sweep_index` is invalidated.
    pub sweeping: Signal<In, Bit>,
    pub sweep_index: Signal<In, Bits<SET_BITS>>,
    ram: BlockRam<FirstEntry, SET_BITS>,
    compare: Reg<Bit>,
    hits: Reg<Bit>,
    empty: Reg<Bit>,
    kills: Reg<Bit>,
    /// The group, and the entry in it.
    kill_high: Reg<Bits<5>>,
    kill_low: Reg<Bits<4>>,
    probe_at: Signal<Local, Bits<20>>,
    fill_at: Signal<Local, Bits<12>>,
    kill_at: Signal<Local, Bits<20>>,
    key_at: Signal<Local, Bits<20>>,
    fills: Signal<Local, Bit>,
    write_at: Signal<Local, Bits<SET_BITS>>,
    entry: Signal<Local, FirstEntry>,
    same_context: Signal<Local, Bit>,
    same_generation: Signal<Local, Bit>,
}

impl Logic for FirstCache {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, compare, hits, empty, kills, kill_high, kill_low);
        self.compare.reset.next = self.reset.val();
        self.hits.reset.next = self.reset.val();
        self.empty.reset.next = self.reset.val();
        self.kills.reset.next = self.reset.val();
        self.kill_high.reset.next = self.reset.val();
        self.kill_low.reset.next = self.reset.val();

        self.kill_at.next = self.kill_vpn.val();
        if self.kills.q.val() {
            self.kill_low.d.next = self.kill_low.q.val() + 1;
            self.kills.d.next = !self.kill_low.q.val().all();
        }
        if self.kill_group.val() {
            self.kills.d.next = true;
            self.kill_high.d.next = self.kill_at.val().get_bits::<5>(12)
                ^ (bit_cast::<5, CONTEXT_BITS>(self.kill_context.val()) << 2);
            self.kill_low.d.next = 0.into();
        }
        self.killing.next = self.kills.q.val();

        self.fills.next = self.fill.val()
            & !self.sweeping.val()
            & !self.kills.q.val()
            & !self.kill_group.val()
            & !self.bump.val().valid;
        self.fill_at.next = self.first.val().index;
        self.write_at.next = self.fill_at.val().get_bits::<SET_BITS>(0)
            ^ (bit_cast::<SET_BITS, CONTEXT_BITS>(self.first.val().context) << 6);
        if self.kills.q.val() {
            self.write_at.next = (bit_cast::<SET_BITS, 5>(self.kill_high.q.val()) << 4)
                | bit_cast::<SET_BITS, 4>(self.kill_low.q.val());
        }
        if self.sweeping.val() {
            self.write_at.next = self.sweep_index.val();
        }
        self.entry.next.valid = self.fills.val();
        self.entry.next.context = self.first.val().context;
        self.entry.next.asid = self.first.val().asid;
        self.entry.next.generation = self.fill_generation.val();
        self.entry.next.tag = self.fill_at.val().get_bits::<3>(9);
        self.entry.next.word = self.first.val().word;
        self.ram.clock.next = self.clock.val();
        self.ram.write.next = self.fills.val() | self.kills.q.val() | self.sweeping.val();
        self.ram.write_address.next = self.write_at.val();
        self.ram.write_data.next = self.entry.val();

        self.probe_at.next = self.probe_vpn.val();
        self.ram.read.next = self.probe.val();
        self.ram.read_address.next = self.probe_at.val().get_bits::<SET_BITS>(8)
            ^ (bit_cast::<SET_BITS, CONTEXT_BITS>(self.probe_context.val()) << 6);
        self.compare.d.next = self.probe.val();
        self.key_at.next = self.key.val().vpn;
        self.same_context.next = self.ram.read_data.val().context == self.key.val().context;
        self.same_generation.next = self.ram.read_data.val().generation == self.generation.val();
        if self.compare.q.val() {
            self.hits.d.next = self.ram.read_data.val().valid
                & !self.sweeping.val()
                & self.same_context.val()
                & self.same_generation.val()
                & (self.ram.read_data.val().asid == self.key.val().asid)
                & (self.ram.read_data.val().tag == self.key_at.val().get_bits::<3>(17));
            // Whether an entry of another context is stale is not known here.
            self.empty.d.next = !self.ram.read_data.val().valid
                | (self.same_context.val() & !self.same_generation.val());
        }
        self.hit.next = self.hits.q.val();
        self.vacant.next = self.empty.q.val();
        self.word.next = self.ram.read_data.val().word;
    }
}
