//! Performance counters: they count on while their last snapshot is read.
//!
//! A counter is a short count in flip-flops and a word in distributed RAM. One counter a cycle adds
//! its short count to its word: read in one cycle, added and written in the next. There are two banks of words: one is counted into, the other is read.
//!
//! A snapshot swaps the banks and moves all short counts aside, in one cycle: that is what makes it
//! exact. Then the short counts that were moved go to the old bank, and the new bank's words are
//! written over. No word is read meanwhile.

use rust_hdl::prelude::*;
use vcm_regs::global;

use crate::prim::{LutRam, Reg};

/// Counters, numbered from 1 on: by the words from CNT_CTRL on.
pub const TALLIES: usize = 12;

/// The short counts of one counter.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Tally {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// Count this cycle.
    pub happens: Signal<In, Bit>,
    /// Begin again; an event of this cycle is the first of the new count.
    pub take: Signal<In, Bit>,
    /// The same, and move the count aside.
    pub snapshot: Signal<In, Bit>,
    pub present: Signal<Out, Bits<5>>,
    pub aside: Signal<Out, Bits<5>>,
    count: Reg<Bits<5>>,
    moved: Reg<Bits<5>>,
}

impl Logic for Tally {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count, moved);
        self.count.reset.next = self.reset.val();
        self.moved.reset.next = self.reset.val();
        self.count.d.next = self.count.q.val() + bit_cast::<5, 1>(self.happens.val().into());
        if self.take.val() | self.snapshot.val() {
            self.count.d.next = bit_cast::<5, 1>(self.happens.val().into());
        }
        if self.snapshot.val() {
            self.moved.d.next = self.count.q.val();
        }
        self.present.next = self.count.q.val();
        self.aside.next = self.moved.q.val();
    }
}

/// All counters.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct Tallies {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// Bit n: counter n+1 counts this cycle.
    pub happens: Signal<In, Bits<TALLIES>>,
    /// Copy the counts to where they are read, and begin again; only while not `busy`.
    pub snapshot: Signal<In, Bit>,
    /// A snapshot (or the reset) is still being carried out: `data` is not yet valid.
    pub busy: Signal<Out, Bit>,
    /// `data` is read; only while not `busy`, and not in two cycles in a row.
    pub read: Signal<In, Bit>,
    pub index: Signal<In, Bits<4>>,
    pub data: Signal<Out, Bits<32>>,
    tally: [Tally; TALLIES],
    totals: LutRam<Bits<32>, 5>,
    /// What `step` does; see the constants.
    phase: Reg<Bits<2>>,
    bank: Reg<Bit>,
    /// Whose turn it is: 0 nobody's.
    turn: Reg<Bits<4>>,
    // The counter that was read, its word and its short count.
    writes: Reg<Bit>,
    at: Reg<Bits<5>>,
    word: Reg<Bits<32>>,
    short: Reg<Bits<5>>,
    present: [Signal<Local, Bits<5>>; 16],
    aside: [Signal<Local, Bits<5>>; 16],
    present_8: [Signal<Local, Bits<5>>; 8],
    aside_8: [Signal<Local, Bits<5>>; 8],
    present_4: [Signal<Local, Bits<5>>; 4],
    aside_4: [Signal<Local, Bits<5>>; 4],
    present_2: [Signal<Local, Bits<5>>; 2],
    aside_2: [Signal<Local, Bits<5>>; 2],
    addend: Signal<Local, Bits<5>>,
    visits: Signal<Local, Bit>,
    drains: Signal<Local, Bit>,
    old_bank: Signal<Local, Bit>,
    place: Signal<Local, Bits<5>>,
    last: Constant<Bits<4>>,
    /// After reset: the old bank's words become 0.
    clearing: Constant<Bits<2>>,
    /// The new bank's words become the short counts.
    loading: Constant<Bits<2>>,
    /// Short counts are added to the words.
    steady: Constant<Bits<2>>,
    /// What was moved aside is added to the old bank's words.
    draining: Constant<Bits<2>>,
}

impl Default for Tallies {
    fn default() -> Self {
        let first = global::CNT_READS.offset - global::CNT_CTRL.offset;
        let last = global::CNT_PREFETCHES.offset - global::CNT_CTRL.offset;
        assert_eq!((first / 4, last / 4), (1, TALLIES as u32), "counters");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            happens: Default::default(),
            snapshot: Default::default(),
            busy: Default::default(),
            read: Default::default(),
            index: Default::default(),
            data: Default::default(),
            tally: Default::default(),
            totals: Default::default(),
            phase: Default::default(),
            bank: Default::default(),
            turn: Default::default(),
            writes: Default::default(),
            at: Default::default(),
            word: Default::default(),
            short: Default::default(),
            present: Default::default(),
            aside: Default::default(),
            present_8: Default::default(),
            aside_8: Default::default(),
            present_4: Default::default(),
            aside_4: Default::default(),
            present_2: Default::default(),
            aside_2: Default::default(),
            addend: Default::default(),
            visits: Default::default(),
            drains: Default::default(),
            old_bank: Default::default(),
            place: Default::default(),
            last: Constant::new((TALLIES as u64).into()),
            clearing: Constant::new(0.into()),
            loading: Constant::new(1.into()),
            steady: Constant::new(2.into()),
            draining: Constant::new(3.into()),
        }
    }
}

impl Logic for Tallies {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, phase, bank, turn, writes, at, word, short);
        self.writes.reset.next = self.reset.val();
        self.at.reset.next = self.reset.val();
        self.word.reset.next = self.reset.val();
        self.short.reset.next = self.reset.val();
        self.phase.reset.next = self.reset.val();
        self.bank.reset.next = self.reset.val();
        self.turn.reset.next = self.reset.val();

        // The round: one counter a cycle, but that reading has the memory first.
        self.visits.next = !self.read.val();
        if self.visits.val() {
            self.turn.d.next = self.turn.q.val() + 1;
            if self.turn.q.val() == self.last.val() {
                self.turn.d.next = 0.into();
                if self.phase.q.val() == self.loading.val() {
                    self.phase.d.next = self.steady.val();
                } else if self.phase.q.val() != self.steady.val() {
                    self.phase.d.next = self.loading.val();
                }
            }
        }
        if self.snapshot.val() {
            self.phase.d.next = self.draining.val();
            self.turn.d.next = 0.into();
            self.bank.d.next = !self.bank.q.val();
        }
        self.busy.next = self.phase.q.val() != self.steady.val();

        // Short counts. (In the cycle of a snapshot they are moved aside, and none is added.)
        self.drains.next = (self.phase.q.val() == self.draining.val())
            | (self.phase.q.val() == self.clearing.val());
        for i in 0..16 {
            self.present[i].next = 0.into();
            self.aside[i].next = 0.into();
        }
        for i in 0..TALLIES {
            self.tally[i].clock.next = self.clock.val();
            self.tally[i].reset.next = self.reset.val();
            self.tally[i].happens.next = self.happens.val().get_bit(i);
            self.tally[i].snapshot.next = self.snapshot.val();
            self.tally[i].take.next =
                self.visits.val() & !self.drains.val() & (self.turn.q.val() == (i + 1).to_bits());
            self.present[i + 1].next = self.tally[i].present.val();
            self.aside[i + 1].next = self.tally[i].aside.val();
        }
        for i in 0..8 {
            self.present_8[i].next = self.present[2 * i].val();
            self.aside_8[i].next = self.aside[2 * i].val();
            if self.turn.q.val().get_bit(0) {
                self.present_8[i].next = self.present[2 * i + 1].val();
                self.aside_8[i].next = self.aside[2 * i + 1].val();
            }
        }
        for i in 0..4 {
            self.present_4[i].next = self.present_8[2 * i].val();
            self.aside_4[i].next = self.aside_8[2 * i].val();
            if self.turn.q.val().get_bit(1) {
                self.present_4[i].next = self.present_8[2 * i + 1].val();
                self.aside_4[i].next = self.aside_8[2 * i + 1].val();
            }
        }
        for i in 0..2 {
            self.present_2[i].next = self.present_4[2 * i].val();
            self.aside_2[i].next = self.aside_4[2 * i].val();
            if self.turn.q.val().get_bit(2) {
                self.present_2[i].next = self.present_4[2 * i + 1].val();
                self.aside_2[i].next = self.aside_4[2 * i + 1].val();
            }
        }
        self.addend.next = self.present_2[0].val();
        if self.turn.q.val().get_bit(3) {
            self.addend.next = self.present_2[1].val();
        }
        if self.drains.val() {
            self.addend.next = self.aside_2[0].val();
            if self.turn.q.val().get_bit(3) {
                self.addend.next = self.aside_2[1].val();
            }
        }

        // Words.
        self.old_bank.next = self.drains.val() | self.read.val();
        self.place.next = bit_cast::<5, 4>(self.turn.q.val());
        if self.read.val() {
            self.place.next = bit_cast::<5, 4>(self.index.val());
        }
        if self.old_bank.val() ^ self.bank.q.val() {
            self.place.next = self.place.val() | 16;
        }
        self.totals.clock.next = self.clock.val();
        self.totals.read_address.next = self.place.val();
        self.writes.d.next = self.visits.val() & !self.snapshot.val();
        self.at.d.next = self.place.val();
        self.short.d.next = self.addend.val();
        self.word.d.next = 0.into();
        if (self.phase.q.val() == self.steady.val()) | (self.phase.q.val() == self.draining.val()) {
            self.word.d.next = self.totals.read_data.val();
        }
        self.totals.write.next = self.writes.q.val();
        self.totals.write_address.next = self.at.q.val();
        self.totals.write_data.next = self.word.q.val() + bit_cast::<32, 5>(self.short.q.val());
        self.data.next = self.totals.read_data.val();
    }
}
