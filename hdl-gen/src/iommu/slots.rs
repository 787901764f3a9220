//! The miss table of a path: bursts that wait for their translation, or for their turn.
//!
//! A burst stays in its slot until it has left: to memory, when that has taken its address; to the
//! terminator, when that has answered it. The slots of one ID (of a write path: all) are a chain in
//! the order of their arrival: `first` marks the one whose turn it is, `last` the one to append to,
//! and a memory of links says who follows.
//!
//! ```text
//! free → lookup → asked → ready ──────────────────────────→ leaving → free
//!         ↑ ↑       ↓ ↘─→ faulted ─────────────────────────↗
//!         │ └── waiting      ↓                             │
//!         └────────────── stalled → expired, doomed ───────┘
//! ```

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;

use super::chooser::Chooser;
use super::config::*;
use super::types::*;
use crate::prim::{LutRam, Reg};

/// What the translator's question is made of.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Question {
    pub stream: Bits<STREAM_BITS>,
    pub vpn: Bits<20>,
    pub privileged: Bit,
    pub instruction: Bit,
    pub illegal: Bit,
}

/// What a fault's record and the terminator need of a burst.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Culprit {
    pub id: Bits<ID_BITS>,
    pub iova: Bits<32>,
    pub len: Bits<8>,
    pub privileged: Bit,
    pub instruction: Bit,
    pub stream: Bits<STREAM_BITS>,
}

/// Where a burst that passes goes.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Destination {
    pub page: Bits<20>,
    pub cache: Bits<4>,
    pub keep_cache: Bit,
}

/// Why a burst does not pass, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Verdict {
    pub status: Bits<5>,
    pub stall: Bit,
    pub in_context: Bit,
    pub context: Bits<CONTEXT_BITS>,
}

/// One slot. Its state is one-hot; of one that is occupied and in none of them, the burst is leaving.
#[derive(LogicBlock, Default)]
pub struct Slot {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// A write path, wired.
    pub write: Signal<In, Bit>,
    /// ID of the burst in stage B.
    pub id: Signal<In, Bits<ID_BITS>>,
    /// It parks, in this slot or another.
    pub park: Signal<In, Bit>,
    /// It parks here.
    pub load: Signal<In, Bit>,
    pub load_first: Signal<In, Bit>,
    /// The translator takes this slot's question.
    pub asked: Signal<In, Bit>,
    /// It answers this slot, by one of these.
    pub answer: Signal<In, Bit>,
    pub passes: Signal<In, Bit>,
    pub faults: Signal<In, Bit>,
    pub waits: Signal<In, Bit>,
    pub walk: Signal<In, Bits<WALK_BITS>>,
    pub answer_context: Signal<In, Bits<CONTEXT_BITS>>,
    pub wake: Signal<In, Bits<WALKS>>,
    pub flush: Signal<In, Bit>,
    /// The burst goes to memory or to the terminator.
    pub leave: Signal<In, Bit>,
    /// Its fault is announced, and it stalls.
    pub stall: Signal<In, Bit>,
    pub resume: Signal<In, Resume>,
    /// `resume` means this slot, if its context.
    pub resume_here: Signal<In, Bit>,
    /// It stood stalled long enough.
    pub expire: Signal<In, Bit>,
    /// It has left.
    pub vacate: Signal<In, Bit>,
    /// Its predecessor has left.
    pub promote: Signal<In, Bit>,
    pub vacant: Signal<Out, Bit>,
    /// The burst in stage B must stay behind this one.
    pub same: Signal<Out, Bit>,
    pub last: Signal<Out, Bit>,
    pub asks: Signal<Out, Bit>,
    /// An answer is expected.
    pub accepts: Signal<Out, Bit>,
    /// It is its turn, in one of the states that follow.
    pub acts: Signal<Out, Bit>,
    pub ready: Signal<Out, Bit>,
    pub faulted: Signal<Out, Bit>,
    pub expired: Signal<Out, Bit>,
    pub stalled: Signal<Out, Bit>,
    pub owner: Signal<Out, Bits<CONTEXT_BITS>>,
    occupied: Reg<Bit>,
    /// Asks the translator.
    lookup: Reg<Bit>,
    /// Has asked.
    pending: Reg<Bit>,
    /// Beside `pending`: waits for a walk.
    waiting: Reg<Bit>,
    /// May go to memory.
    is_ready: Reg<Bit>,
    /// Its fault has not been announced.
    is_faulted: Reg<Bit>,
    /// Its fault has been announced; waits for RESUME.
    is_stalled: Reg<Bit>,
    /// Stood stalled too long, which has not been announced.
    is_expired: Reg<Bit>,
    /// Stood stalled, and is to be terminated.
    is_doomed: Reg<Bit>,
    held_id: Reg<Bits<ID_BITS>>,
    held_context: Reg<Bits<CONTEXT_BITS>>,
    held_walk: Reg<Bits<WALK_BITS>>,
    is_first: Reg<Bit>,
    is_last: Reg<Bit>,
    answered: Signal<Local, Bit>,
    woken: Signal<Local, Bit>,
    again: Signal<Local, Bit>,
    resumed: Signal<Local, Bit>,
}

impl Logic for Slot {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            occupied,
            lookup,
            pending,
            waiting,
            is_ready,
            is_faulted,
            is_stalled,
            is_expired,
            is_doomed,
            held_id,
            held_context,
            held_walk,
            is_first,
            is_last
        );
        self.occupied.reset.next = self.reset.val();
        self.lookup.reset.next = self.reset.val();
        self.pending.reset.next = self.reset.val();
        self.waiting.reset.next = self.reset.val();
        self.is_ready.reset.next = self.reset.val();
        self.is_faulted.reset.next = self.reset.val();
        self.is_stalled.reset.next = self.reset.val();
        self.is_expired.reset.next = self.reset.val();
        self.is_doomed.reset.next = self.reset.val();
        self.held_id.reset.next = self.reset.val();
        self.held_context.reset.next = self.reset.val();
        self.held_walk.reset.next = self.reset.val();
        self.is_first.reset.next = self.reset.val();
        self.is_last.reset.next = self.reset.val();

        self.vacant.next = !self.occupied.q.val();
        self.same.next =
            self.occupied.q.val() & (self.write.val() | (self.held_id.q.val() == self.id.val()));
        self.last.next = self.is_last.q.val();
        self.asks.next = self.lookup.q.val();
        self.accepts.next = self.pending.q.val();
        self.acts.next = self.is_first.q.val()
            & (self.is_ready.q.val()
                | self.is_faulted.q.val()
                | self.is_expired.q.val()
                | self.is_doomed.q.val());
        self.ready.next = self.is_ready.q.val();
        self.faulted.next = self.is_faulted.q.val();
        self.expired.next = self.is_expired.q.val();
        self.stalled.next = self.is_stalled.q.val();
        self.owner.next = self.held_context.q.val();

        self.resumed.next = self.resume.val().valid
            & self.resume_here.val()
            & self.is_stalled.q.val()
            & (self.resume.val().context == self.held_context.q.val());
        self.answered.next = self.pending.q.val() & self.answer.val();
        self.woken.next = self.waiting.q.val()
            & !self.answer.val()
            & self.wake.val().get_bit(self.held_walk.q.val().index());
        self.again.next =
            self.answered.val() & !self.passes.val() & !self.faults.val() & !self.waits.val();
        self.lookup.d.next = self.load.val()
            | (self.lookup.q.val() & !self.asked.val())
            | self.again.val()
            | self.woken.val()
            | (self.flush.val() & (self.is_ready.q.val() | self.is_faulted.q.val()))
            | (self.resumed.val() & !self.resume.val().terminate);
        self.pending.d.next = self.asked.val()
            | (self.pending.q.val() & !self.woken.val() & (!self.answer.val() | self.waits.val()));
        self.waiting.d.next = (self.answered.val() & self.waits.val())
            | (self.waiting.q.val() & !self.woken.val() & !self.answer.val());
        self.is_ready.d.next = (self.answered.val() & self.passes.val())
            | (self.is_ready.q.val() & !self.flush.val() & !self.leave.val());
        self.is_faulted.d.next = (self.answered.val() & self.faults.val())
            | (self.is_faulted.q.val() & !self.flush.val() & !self.leave.val() & !self.stall.val());
        self.is_stalled.d.next =
            self.stall.val() | (self.is_stalled.q.val() & !self.resumed.val() & !self.expire.val());
        self.is_expired.d.next =
            (self.is_stalled.q.val() & !self.resumed.val() & self.expire.val())
                | (self.is_expired.q.val() & !self.leave.val());
        self.is_doomed.d.next = (self.resumed.val() & self.resume.val().terminate)
            | (self.is_doomed.q.val() & !self.leave.val());
        self.occupied.d.next = self.load.val() | (self.occupied.q.val() & !self.vacate.val());
        if self.answered.val() {
            self.held_walk.d.next = self.walk.val();
            self.held_context.d.next = self.answer_context.val();
        }

        if self.promote.val() {
            self.is_first.d.next = true;
        }
        if self.park.val() & self.same.val() {
            self.is_last.d.next = false;
        }
        if self.load.val() {
            self.held_id.d.next = self.id.val();
            self.is_first.d.next = self.load_first.val();
            self.is_last.d.next = true;
        }
    }
}

/// How many of eight: adders of single bits, without carry chains.
#[derive(LogicBlock, Default)]
pub struct Population {
    pub of: Signal<In, Bits<SLOTS>>,
    pub count: Signal<Out, Bits<4>>,
    sum_low: Signal<Local, Bit>,
    sum_mid: Signal<Local, Bit>,
    sum_high: Signal<Local, Bit>,
    twos_low: Signal<Local, Bit>,
    twos_mid: Signal<Local, Bit>,
    twos_high: Signal<Local, Bit>,
    twos_sum: Signal<Local, Bit>,
    twos: Signal<Local, Bit>,
    fours: Signal<Local, Bit>,
    fours_sum: Signal<Local, Bit>,
    total: Signal<Local, Bits<4>>,
}

impl Logic for Population {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum_low.next =
            self.of.val().get_bit(0) ^ self.of.val().get_bit(1) ^ self.of.val().get_bit(2);
        self.twos_low.next = (self.of.val().get_bit(0) & self.of.val().get_bit(1))
            | (self.of.val().get_bit(2) & (self.of.val().get_bit(0) | self.of.val().get_bit(1)));
        self.sum_mid.next =
            self.of.val().get_bit(3) ^ self.of.val().get_bit(4) ^ self.of.val().get_bit(5);
        self.twos_mid.next = (self.of.val().get_bit(3) & self.of.val().get_bit(4))
            | (self.of.val().get_bit(5) & (self.of.val().get_bit(3) | self.of.val().get_bit(4)));
        self.sum_high.next = self.of.val().get_bit(6) ^ self.of.val().get_bit(7);
        self.twos_high.next = self.of.val().get_bit(6) & self.of.val().get_bit(7);
        self.twos_sum.next = (self.sum_low.val() & self.sum_mid.val())
            | (self.sum_high.val() & (self.sum_low.val() | self.sum_mid.val()));
        self.twos.next = self.twos_low.val() ^ self.twos_mid.val() ^ self.twos_high.val();
        self.fours.next = (self.twos_low.val() & self.twos_mid.val())
            | (self.twos_high.val() & (self.twos_low.val() | self.twos_mid.val()));
        self.fours_sum.next = self.twos.val() & self.twos_sum.val();
        self.total.next = 0.into();
        if self.sum_low.val() ^ self.sum_mid.val() ^ self.sum_high.val() {
            self.total.next = self.total.val() | 1;
        }
        if self.twos.val() ^ self.twos_sum.val() {
            self.total.next = self.total.val() | 2;
        }
        if self.fours.val() ^ self.fours_sum.val() {
            self.total.next = self.total.val() | 4;
        }
        if self.fours.val() & self.fours_sum.val() {
            self.total.next = self.total.val() | 8;
        }
        self.count.next = self.total.val();
    }
}

/// The miss table. Each cycle it proposes one slot to `act` on; the parent says what becomes of it
/// (`leave`, `stall`, or `hold`: keep proposing it), else another one is proposed.
#[derive(LogicBlock, Default)]
pub struct Slots {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// A write path, wired.
    pub write: Signal<In, Bit>,
    /// The burst in stage B.
    pub burst: Signal<In, Burst>,
    pub illegal: Signal<In, Bit>,
    /// It must not overtake a slot.
    pub same: Signal<Out, Bit>,
    /// There is a free slot: `place`.
    pub room: Signal<Out, Bit>,
    pub place: Signal<Out, Bits<SLOT_BITS>>,
    /// It goes into `place`; only if `room`.
    pub park: Signal<In, Bit>,
    pub ask: Signal<Out, Bit>,
    pub request: Signal<Out, Ask>,
    pub taken: Signal<In, Bit>,
    pub answer: Signal<In, Bit>,
    pub answered: Signal<In, LookupAnswer>,
    pub wake: Signal<In, Bits<WALKS>>,
    /// What has been looked up is looked up again.
    pub flush: Signal<In, Bit>,
    pub act: Signal<Out, Bit>,
    pub act_slot: Signal<Out, Bits<SLOT_BITS>>,
    /// Which of the four states it is in.
    pub act_ready: Signal<Out, Bit>,
    pub act_faulted: Signal<Out, Bit>,
    pub act_expired: Signal<Out, Bit>,
    pub act_doomed: Signal<Out, Bit>,
    pub culprit: Signal<Out, Culprit>,
    pub verdict: Signal<Out, Verdict>,
    pub leave: Signal<In, Bit>,
    pub stall: Signal<In, Bit>,
    pub hold: Signal<In, Bit>,
    /// The burst in `vacate_slot` has left.
    pub vacate: Signal<In, Bit>,
    pub vacate_slot: Signal<In, Bits<SLOT_BITS>>,
    /// The answer for `page_slot`.
    pub page_slot: Signal<In, Bits<SLOT_BITS>>,
    pub page: Signal<Out, Destination>,
    pub resume: Signal<In, Resume>,
    pub ticks: Signal<In, Bits<16>>,
    pub now: Signal<In, Bits<16>>,
    /// How many stand stalled.
    pub stalls: Signal<Out, Bits<4>>,
    pub any_stalled: Signal<Out, Bit>,
    /// Contexts with a stalled slot, up to two scans ago.
    pub stalled: Signal<Out, Bits<CONTEXTS>>,
    slot: [Slot; SLOTS],
    ask_chooser: Chooser,
    act_chooser: Chooser,
    population: Population,
    /// Contexts with a stalled slot: in this scan of the slots, and in the last.
    seen: Reg<Bits<CONTEXTS>>,
    shown: Reg<Bits<CONTEXTS>>,
    question: LutRam<Question, SLOT_BITS>,
    culprits: LutRam<Culprit, SLOT_BITS>,
    pages: LutRam<Destination, SLOT_BITS>,
    verdicts: LutRam<Verdict, SLOT_BITS>,
    link: LutRam<Bits<SLOT_BITS>, SLOT_BITS>,
    /// The tick in which a slot began to stall.
    stalled_at: LutRam<Bits<16>, SLOT_BITS>,
    asking: Reg<Bit>,
    ask_slot: Reg<Bits<SLOT_BITS>>,
    acting: Reg<Bit>,
    acting_slot: Reg<Bits<SLOT_BITS>>,
    /// Slot that is looked at for its deadline.
    scan: Reg<Bits<SLOT_BITS>>,
    /// A wake counts for who is told to wait in its very cycle.
    woken: Reg<Bits<WALKS>>,
    asks: Signal<Local, Bits<SLOTS>>,
    wants: Signal<Local, Bits<SLOTS>>,
    is_ready: Signal<Local, Bit>,
    is_faulted: Signal<Local, Bit>,
    is_expired: Signal<Local, Bit>,
    is_same: Signal<Local, Bit>,
    has_room: Signal<Local, Bit>,
    vacancy: Signal<Local, Bits<SLOT_BITS>>,
    passes: Signal<Local, Bit>,
    faults: Signal<Local, Bit>,
    tail: Signal<Local, Bits<SLOT_BITS>>,
    behind: Signal<Local, Bit>,
    accepts: Signal<Local, Bit>,
    vacates_last: Signal<Local, Bit>,
    promotes: Signal<Local, Bit>,
    waited: Signal<Local, Bits<16>>,
    expires: Signal<Local, Bit>,
    stalls_now: Signal<Local, Bits<SLOTS>>,
    scanned: Signal<Local, Bit>,
    scanned_context: Signal<Local, Bits<CONTEXT_BITS>>,
    found: Signal<Local, Bits<CONTEXTS>>,
    one: Signal<Local, Bits<CONTEXTS>>,
    addr: Signal<Local, Bits<32>>,
    prot: Signal<Local, Bits<3>>,
}

impl Logic for Slots {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            asking,
            ask_slot,
            acting,
            acting_slot,
            scan,
            seen,
            shown,
            woken
        );
        self.asking.reset.next = self.reset.val();
        self.ask_slot.reset.next = self.reset.val();
        self.acting.reset.next = self.reset.val();
        self.acting_slot.reset.next = self.reset.val();
        self.scan.reset.next = self.reset.val();
        self.seen.reset.next = self.reset.val();
        self.shown.reset.next = self.reset.val();
        self.woken.reset.next = self.reset.val();
        self.woken.d.next = self.wake.val();
        self.scan.d.next = self.scan.q.val() + 1;

        // An answer from before a flush is no answer, but a walk that is waited for goes on.
        self.passes.next = (self.answered.val().outcome == 0) & !self.flush.val();
        self.faults.next = (self.answered.val().outcome == 1) & !self.flush.val();

        // What the slots say.
        self.asks.next = 0.into();
        self.wants.next = 0.into();
        self.is_ready.next = false;
        self.is_faulted.next = false;
        self.is_expired.next = false;
        self.is_same.next = false;
        self.has_room.next = false;
        self.vacancy.next = 0.into();
        self.tail.next = 0.into();
        self.behind.next = false;
        self.accepts.next = false;
        self.vacates_last.next = false;
        self.stalls_now.next = 0.into();
        self.scanned.next = false;
        self.scanned_context.next = 0.into();
        self.one.next = 1.into();
        for i in 0..SLOTS {
            if self.slot[i].asks.val()
                & !(self.asking.q.val() & (self.ask_slot.q.val() == i.to_bits()))
            {
                self.asks.next = self.asks.val().replace_bit(i, true);
            }
            if self.slot[i].acts.val()
                & !(self.acting.q.val() & (self.acting_slot.q.val() == i.to_bits()))
            {
                self.wants.next = self.wants.val().replace_bit(i, true);
            }
            if self.acting_slot.q.val() == i.to_bits() {
                self.is_ready.next = self.is_ready.val() | self.slot[i].ready.val();
                self.is_faulted.next = self.is_faulted.val() | self.slot[i].faulted.val();
                self.is_expired.next = self.is_expired.val() | self.slot[i].expired.val();
            }
            if self.scan.q.val() == i.to_bits() {
                self.scanned.next = self.scanned.val() | self.slot[i].stalled.val();
                self.scanned_context.next = self.scanned_context.val() | self.slot[i].owner.val();
            }
            self.is_same.next = self.is_same.val() | self.slot[i].same.val();
            if self.slot[i].vacant.val() {
                self.has_room.next = true;
                self.vacancy.next = i.to_bits();
            }
            if self.slot[i].same.val() & self.slot[i].last.val() {
                self.tail.next = self.tail.val() | i.to_bits();
                self.behind.next = true;
            }
            if self.answered.val().slot == i.to_bits() {
                self.accepts.next =
                    self.accepts.val() | (self.answer.val() & self.slot[i].accepts.val());
            }
            if self.vacate_slot.val() == i.to_bits() {
                self.vacates_last.next = self.vacates_last.val() | self.slot[i].last.val();
            }
            if self.slot[i].stalled.val() {
                self.stalls_now.next = self.stalls_now.val().replace_bit(i, true);
            }
        }
        if self.vacate.val() & (self.vacate_slot.val() == self.tail.val()) {
            self.behind.next = false;
        }
        self.promotes.next = self.vacate.val() & !self.vacates_last.val();
        self.same.next = self.is_same.val();
        self.room.next = self.has_room.val();
        self.place.next = self.vacancy.val();
        self.population.of.next = self.stalls_now.val();
        self.stalls.next = self.population.count.val();
        self.any_stalled.next = self.stalls_now.val().any();
        self.found.next = self.seen.q.val();
        if self.scanned.val() {
            self.found.next = self.seen.q.val() | (self.one.val() << self.scanned_context.val());
        }
        self.seen.d.next = self.found.val();
        if self.scan.q.val().all() {
            self.seen.d.next = 0.into();
            self.shown.d.next = self.found.val();
        }
        self.stalled.next = self.shown.q.val();
        self.waited.next = self.now.val() - self.stalled_at.read_data.val();
        self.expires.next = self.ticks.val().any() & (self.waited.val() >= self.ticks.val());

        for i in 0..SLOTS {
            self.slot[i].clock.next = self.clock.val();
            self.slot[i].reset.next = self.reset.val();
            self.slot[i].write.next = self.write.val();
            self.slot[i].id.next = self.burst.val().id;
            self.slot[i].park.next = self.park.val();
            self.slot[i].load.next = self.park.val() & (self.vacancy.val() == i.to_bits());
            self.slot[i].load_first.next = !self.behind.val();
            self.slot[i].asked.next =
                self.asking.q.val() & self.taken.val() & (self.ask_slot.q.val() == i.to_bits());
            self.slot[i].answer.next =
                self.answer.val() & (self.answered.val().slot == i.to_bits());
            self.slot[i].passes.next = self.passes.val();
            self.slot[i].faults.next = self.faults.val();
            self.slot[i].waits.next = self.answered.val().outcome == 2;
            self.slot[i].walk.next = self.answered.val().walk;
            self.slot[i].answer_context.next = self.answered.val().context;
            self.slot[i].wake.next = self.woken.q.val();
            self.slot[i].flush.next = self.flush.val();
            self.slot[i].leave.next = self.leave.val() & (self.acting_slot.q.val() == i.to_bits());
            self.slot[i].stall.next = self.stall.val() & (self.acting_slot.q.val() == i.to_bits());
            self.slot[i].resume.next = self.resume.val();
            self.slot[i].resume_here.next = !self.resume.val().one
                | ((self.resume.val().write == self.write.val())
                    & (self.resume.val().slot == i.to_bits()));
            self.slot[i].expire.next = self.expires.val() & (self.scan.q.val() == i.to_bits());
            self.slot[i].vacate.next = self.vacate.val() & (self.vacate_slot.val() == i.to_bits());
            self.slot[i].promote.next =
                self.promotes.val() & (self.link.read_data.val() == i.to_bits());
        }

        // Who asks, and who acts.
        self.ask_chooser.want.next = self.asks.val();
        self.ask_chooser.last.next = self.ask_slot.q.val();
        if !self.asking.q.val() | self.taken.val() {
            self.asking.d.next = self.ask_chooser.any.val();
            self.ask_slot.d.next = self.ask_chooser.pick.val();
        }
        self.act_chooser.want.next = self.wants.val();
        self.act_chooser.last.next = self.acting_slot.q.val();
        if !self.hold.val() {
            self.acting.d.next = self.act_chooser.any.val();
            self.acting_slot.d.next = self.act_chooser.pick.val();
        }
        if self.flush.val() {
            self.acting.d.next = false;
        }
        self.ask.next = self.asking.q.val();
        self.request.next.slot = self.ask_slot.q.val();
        self.request.next.stream = self.question.read_data.val().stream;
        self.request.next.vpn = self.question.read_data.val().vpn;
        self.request.next.privileged = self.question.read_data.val().privileged;
        self.request.next.instruction = self.question.read_data.val().instruction;
        self.request.next.illegal = self.question.read_data.val().illegal;
        self.act.next = self.acting.q.val();
        self.act_slot.next = self.acting_slot.q.val();
        self.act_ready.next = self.acting.q.val() & self.is_ready.val();
        self.act_faulted.next = self.acting.q.val() & self.is_faulted.val();
        self.act_expired.next = self.acting.q.val() & self.is_expired.val();
        self.act_doomed.next = self.acting.q.val()
            & !self.is_ready.val()
            & !self.is_faulted.val()
            & !self.is_expired.val();

        // Memories. A free place may be written whether the burst parks or not.
        self.addr.next = self.burst.val().addr;
        self.prot.next = self.burst.val().prot;
        self.question.clock.next = self.clock.val();
        self.question.write.next = self.has_room.val();
        self.question.write_address.next = self.vacancy.val();
        self.question.write_data.next.stream = self.burst.val().stream;
        self.question.write_data.next.vpn = self.addr.val().get_bits::<20>(12);
        self.question.write_data.next.privileged = self.prot.val().get_bit(0);
        self.question.write_data.next.instruction = self.prot.val().get_bit(2);
        self.question.write_data.next.illegal = self.illegal.val();
        self.question.read_address.next = self.ask_slot.q.val();
        self.culprits.clock.next = self.clock.val();
        self.culprits.write.next = self.has_room.val();
        self.culprits.write_address.next = self.vacancy.val();
        self.culprits.write_data.next.id = self.burst.val().id;
        self.culprits.write_data.next.iova = self.burst.val().addr;
        self.culprits.write_data.next.len = self.burst.val().len;
        self.culprits.write_data.next.privileged = self.prot.val().get_bit(0);
        self.culprits.write_data.next.instruction = self.prot.val().get_bit(2);
        self.culprits.write_data.next.stream = self.burst.val().stream;
        self.culprits.read_address.next = self.acting_slot.q.val();
        self.culprit.next = self.culprits.read_data.val();
        self.pages.clock.next = self.clock.val();
        self.pages.write.next = self.accepts.val();
        self.pages.write_address.next = self.answered.val().slot;
        self.pages.write_data.next.page = self.answered.val().page;
        self.pages.write_data.next.cache = self.answered.val().cache;
        self.pages.write_data.next.keep_cache = self.answered.val().keep_cache;
        self.pages.read_address.next = self.page_slot.val();
        self.page.next = self.pages.read_data.val();
        self.verdicts.clock.next = self.clock.val();
        self.verdicts.write.next = self.accepts.val();
        self.verdicts.write_address.next = self.answered.val().slot;
        self.verdicts.write_data.next.status = self.answered.val().status;
        self.verdicts.write_data.next.stall = self.answered.val().stall;
        self.verdicts.write_data.next.in_context = self.answered.val().in_context;
        self.verdicts.write_data.next.context = self.answered.val().context;
        self.verdicts.read_address.next = self.acting_slot.q.val();
        self.verdict.next = self.verdicts.read_data.val();
        self.link.clock.next = self.clock.val();
        self.link.write.next = self.park.val() & self.behind.val();
        self.link.write_address.next = self.tail.val();
        self.link.write_data.next = self.vacancy.val();
        self.link.read_address.next = self.vacate_slot.val();
        self.stalled_at.clock.next = self.clock.val();
        self.stalled_at.write.next = self.stall.val();
        self.stalled_at.write_address.next = self.acting_slot.q.val();
        self.stalled_at.write_data.next = self.now.val();
        self.stalled_at.read_address.next = self.scan.q.val();
    }
}
