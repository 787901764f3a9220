//! The miss table of a path: bursts that wait for their translation, or for their turn.
//!
//! A burst holds its slot until it leaves it for the output register, or until the terminator has
//! answered it. The slots of one ID (of a write path: all) are a chain in
//! the order of their arrival: `first` marks the one whose turn it is, `last` the one to append to,
//! and each but the first knows its predecessor.
//!
//! ```text
//! free → lookup → asked → ready ────────────────────────────────→ free
//!         ↑ ↑       ↓ ↘─→ faulted ────────────────────→ ending ────↗
//!         │ └── waiting      ↓                            ↑
//!         └────────────── stalled → expired, doomed ──────┘
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

/// Why a burst does not pass, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Verdict {
    pub status: Bits<5>,
    pub stall: Bit,
    pub in_context: Bit,
    pub context: Bits<CONTEXT_BITS>,
}

/// One slot. Its state is one-hot; of one that is held and in none of them, the burst is with the
/// terminator.
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
    /// A walk began for this slot: the answer takes long.
    pub began: Signal<In, Bit>,
    /// It answers this slot, by one of these.
    pub answer: Signal<In, Bit>,
    pub passes: Signal<In, Bit>,
    pub faults: Signal<In, Bit>,
    pub waits: Signal<In, Bit>,
    pub walk: Signal<In, Bits<WALK_BITS>>,
    pub answer_context: Signal<In, Bits<CONTEXT_BITS>>,
    pub wake: Signal<In, Bits<WALKS>>,
    /// Whoever has no answer becomes urgent.
    pub hastens: Signal<In, Bit>,
    /// Only who is urgent asks.
    pub rush: Signal<In, Bit>,
    pub flush: Signal<In, Bit>,
    /// The burst goes to memory.
    pub leave: Signal<In, Bit>,
    /// It goes to the terminator.
    pub ends: Signal<In, Bit>,
    /// Its fault is announced, and it stalls.
    pub stall: Signal<In, Bit>,
    pub resume: Signal<In, Resume>,
    /// `resume` means this slot, if its context.
    pub resume_here: Signal<In, Bit>,
    /// It stood stalled long enough.
    pub expire: Signal<In, Bit>,
    /// The terminator has answered it.
    pub vacate: Signal<In, Bit>,
    /// In the last cycle a burst left its slot, and which.
    pub left: Signal<In, Bit>,
    pub left_slot: Signal<In, Bits<SLOT_BITS>>,
    /// The burst that left this slot is in the output register.
    pub outgoing: Signal<In, Bit>,
    /// Slot that is proposed, if any.
    pub acting: Signal<In, Bit>,
    pub acting_slot: Signal<In, Bits<SLOT_BITS>>,
    /// Slot of the youngest burst that the one in stage B must stay behind.
    pub tail: Signal<In, Bits<SLOT_BITS>>,
    pub vacant: Signal<Out, Bit>,
    /// The burst in stage B must stay behind this one.
    pub same: Signal<Out, Bit>,
    /// And that may take long.
    pub slow: Signal<Out, Bit>,
    /// It must stay behind this one, and behind none that came later.
    pub last: Signal<Out, Bit>,
    pub asks: Signal<Out, Bit>,
    pub urgent: Signal<Out, Bit>,
    /// An answer is expected.
    pub accepts: Signal<Out, Bit>,
    /// It may go to memory, and it is its turn, or will be when the one that is proposed leaves.
    pub acts: Signal<Out, Bit>,
    /// It is its turn, and it is to be refused: it is faulted, expired or doomed.
    pub refuses: Signal<Out, Bit>,
    pub faulted: Signal<Out, Bit>,
    pub expired: Signal<Out, Bit>,
    pub stalled: Signal<Out, Bit>,
    pub owner: Signal<Out, Bits<CONTEXT_BITS>>,
    held: Reg<Bit>,
    /// Asks the translator.
    lookup: Reg<Bit>,
    /// Has asked.
    pending: Reg<Bit>,
    /// Beside `pending`: waits for a walk.
    waiting: Reg<Bit>,
    /// Goes first until it is answered.
    is_urgent: Reg<Bit>,
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
    /// It waits for a walk or for software, or is to be refused.
    is_slow: Reg<Bit>,
    held_id: Reg<Bits<ID_BITS>>,
    held_context: Reg<Bits<CONTEXT_BITS>>,
    held_walk: Reg<Bits<WALK_BITS>>,
    predecessor: Reg<Bits<SLOT_BITS>>,
    is_first: Reg<Bit>,
    is_last: Reg<Bit>,
    answered: Signal<Local, Bit>,
    woken: Signal<Local, Bit>,
    again: Signal<Local, Bit>,
    resumed: Signal<Local, Bit>,
    /// What keeps the burst in stage B from having to stay behind: one wide OR.
    differs: Signal<Local, Bits<{ ID_BITS + 1 }>>,
    is_same: Signal<Local, Bit>,
}

impl Logic for Slot {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            held,
            lookup,
            pending,
            waiting,
            is_urgent,
            is_ready,
            is_faulted,
            is_stalled,
            is_expired,
            is_doomed,
            is_slow,
            held_id,
            held_context,
            held_walk,
            predecessor,
            is_first,
            is_last
        );
        self.held.reset.next = self.reset.val();
        self.lookup.reset.next = self.reset.val();
        self.pending.reset.next = self.reset.val();
        self.waiting.reset.next = self.reset.val();
        self.is_urgent.reset.next = self.reset.val();
        self.is_ready.reset.next = self.reset.val();
        self.is_faulted.reset.next = self.reset.val();
        self.is_stalled.reset.next = self.reset.val();
        self.is_expired.reset.next = self.reset.val();
        self.is_doomed.reset.next = self.reset.val();
        self.is_slow.reset.next = self.reset.val();
        self.held_id.reset.next = self.reset.val();
        self.held_context.reset.next = self.reset.val();
        self.held_walk.reset.next = self.reset.val();
        self.predecessor.reset.next = self.reset.val();
        self.is_first.reset.next = self.reset.val();
        self.is_last.reset.next = self.reset.val();

        self.vacant.next = !self.held.q.val() & !self.outgoing.val();
        self.differs.next =
            bit_cast::<{ ID_BITS + 1 }, ID_BITS>(self.held_id.q.val() ^ self.id.val());
        if self.write.val() {
            self.differs.next = 0.into();
        }
        if !self.held.q.val() {
            self.differs.next = self.differs.val() | 0x100;
        }
        self.is_same.next = !self.differs.val().any();
        self.same.next = self.is_same.val();
        self.slow.next = self.is_same.val() & self.is_slow.q.val();
        self.last.next = self.is_same.val() & self.is_last.q.val();
        self.asks.next = self.lookup.q.val() & (self.is_urgent.q.val() | !self.rush.val());
        self.urgent.next = self.is_urgent.q.val();
        self.accepts.next = self.pending.q.val();
        self.acts.next = self.is_ready.q.val()
            & (self.is_first.q.val()
                | (self.acting.val() & (self.predecessor.q.val() == self.acting_slot.val())));
        self.refuses.next = self.is_first.q.val()
            & (self.is_faulted.q.val() | self.is_expired.q.val() | self.is_doomed.q.val());
        self.faulted.next = self.is_faulted.q.val();
        self.expired.next = self.is_expired.q.val();
        self.stalled.next = self.is_stalled.q.val();
        self.owner.next = self.held_context.q.val();

        self.resumed.next = self.resume.val().valid
            & self.resume_here.val()
            & self.is_stalled.q.val()
            & (self.resume.val().context == self.held_context.q.val());
        self.answered.next = self.pending.q.val() & self.answer.val();
        self.woken.next =
            self.waiting.q.val() & self.wake.val().get_bit(self.held_walk.q.val().index());
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
        self.waiting.d.next =
            (self.answered.val() & self.waits.val()) | (self.waiting.q.val() & !self.woken.val());
        self.is_urgent.d.next = (self.is_urgent.q.val() | self.hastens.val())
            & (self.lookup.q.val() | self.pending.q.val());
        self.is_ready.d.next = (self.answered.val() & self.passes.val())
            | (self.is_ready.q.val() & !self.flush.val() & !self.leave.val());
        self.is_faulted.d.next = (self.answered.val() & self.faults.val())
            | (self.is_faulted.q.val() & !self.flush.val() & !self.ends.val() & !self.stall.val());
        self.is_stalled.d.next =
            self.stall.val() | (self.is_stalled.q.val() & !self.resumed.val() & !self.expire.val());
        self.is_expired.d.next =
            (self.is_stalled.q.val() & !self.resumed.val() & self.expire.val())
                | (self.is_expired.q.val() & !self.ends.val());
        self.is_doomed.d.next = (self.resumed.val() & self.resume.val().terminate)
            | (self.is_doomed.q.val() & !self.ends.val());
        self.held.d.next =
            self.load.val() | (self.held.q.val() & !self.leave.val() & !self.vacate.val());
        if self.load.val() | self.woken.val() {
            self.is_slow.d.next = false;
        }
        if self.began.val() {
            self.is_slow.d.next = true;
        }
        if self.answered.val() {
            self.is_slow.d.next = !self.passes.val();
            self.held_walk.d.next = self.walk.val();
            self.held_context.d.next = self.answer_context.val();
        }

        if self.left.val() & (self.left_slot.val() == self.predecessor.q.val()) {
            self.is_first.d.next = true;
        }
        if self.park.val() & self.is_same.val() {
            self.is_last.d.next = false;
        }
        if self.load.val() {
            self.held_id.d.next = self.id.val();
            self.predecessor.d.next = self.tail.val();
            self.is_first.d.next = self.load_first.val();
            self.is_last.d.next = true;
        }
    }
}

/// How many of four.
#[derive(LogicBlock, Default)]
pub struct Population {
    pub of: Signal<In, Bits<SLOTS>>,
    pub count: Signal<Out, Bits<3>>,
    low: Signal<Local, Bit>,
    low_pair: Signal<Local, Bit>,
    high: Signal<Local, Bit>,
    high_pair: Signal<Local, Bit>,
    total: Signal<Local, Bits<3>>,
}

impl Logic for Population {
    #[hdl_gen]
    fn update(&mut self) {
        self.low.next = self.of.val().get_bit(0) ^ self.of.val().get_bit(1);
        self.low_pair.next = self.of.val().get_bit(0) & self.of.val().get_bit(1);
        self.high.next = self.of.val().get_bit(2) ^ self.of.val().get_bit(3);
        self.high_pair.next = self.of.val().get_bit(2) & self.of.val().get_bit(3);
        self.total.next = 0.into();
        if self.low.val() ^ self.high.val() {
            self.total.next = self.total.val() | 1;
        }
        if self.low_pair.val() ^ self.high_pair.val() ^ (self.low.val() & self.high.val()) {
            self.total.next = self.total.val() | 2;
        }
        if self.low_pair.val() & self.high_pair.val() {
            self.total.next = self.total.val() | 4;
        }
        self.count.next = self.total.val();
    }
}

/// The miss table.
///
/// Of the slots that are ready it proposes one to go to memory (`act`), until it goes (`leave`); one
/// can go in every cycle, those of one chain too.
/// Of those that are to be refused it finds one by scanning, and holds it (`refused`) until the
/// parent has judged it: it `ends` or is to `stall`; else it is found again later. A flush takes
/// both back.
///
/// ```text
///        cycle   0        1        2        3
/// answer       ‾‾\__
/// ready                ‾‾‾‾\___________\__
/// act, act_slot                 ‾‾‾‾‾‾‾‾\__
/// leave                              ‾‾‾\__
/// ```
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
    /// And that may take long.
    pub slow: Signal<Out, Bit>,
    /// There is a free slot: `place`. Both are from registers, and right from the second cycle on
    /// after a `park`.
    pub room: Signal<Out, Bit>,
    pub place: Signal<Out, Bits<SLOT_BITS>>,
    /// The burst goes into `place`; only if `room`.
    pub park: Signal<In, Bit>,
    pub ask: Signal<Out, Bit>,
    pub request: Signal<Out, Ask>,
    pub taken: Signal<In, Bit>,
    /// A walk began for the question of `began_slot`.
    pub began: Signal<In, Bit>,
    pub began_slot: Signal<In, Bits<SLOT_BITS>>,
    pub answer: Signal<In, Bit>,
    pub answered: Signal<In, LookupAnswer>,
    /// The answer is from before a flush.
    pub stale: Signal<In, Bit>,
    pub wake: Signal<In, Bits<WALKS>>,
    /// Whoever has no answer becomes urgent.
    pub hastens: Signal<In, Bit>,
    /// Some slot is urgent.
    pub urgent: Signal<Out, Bit>,
    /// Only who is urgent asks.
    pub rush: Signal<In, Bit>,
    /// What has been looked up is looked up again.
    pub flush: Signal<In, Bit>,
    /// The answer is for a slot that expects it.
    pub accepts: Signal<Out, Bit>,
    pub act: Signal<Out, Bit>,
    pub act_slot: Signal<Out, Bits<SLOT_BITS>>,
    pub leave: Signal<In, Bit>,
    /// The parent can judge a slot.
    pub seek: Signal<In, Bit>,
    pub refused: Signal<Out, Bit>,
    pub refused_slot: Signal<Out, Bits<SLOT_BITS>>,
    /// Which of the three states it is in; in neither of these two, it is doomed.
    pub refused_faulted: Signal<Out, Bit>,
    pub refused_expired: Signal<Out, Bit>,
    pub verdict: Signal<Out, Verdict>,
    /// It has been judged.
    pub judged: Signal<In, Bit>,
    pub ends: Signal<In, Bit>,
    pub stall: Signal<In, Bit>,
    /// The burst that left `outgoing_slot` is in the output register.
    pub outgoing: Signal<In, Bit>,
    pub outgoing_slot: Signal<In, Bits<SLOT_BITS>>,
    /// The terminator has answered the burst in `vacate_slot`; not with `leave`.
    pub vacate: Signal<In, Bit>,
    pub vacate_slot: Signal<In, Bits<SLOT_BITS>>,
    pub resume: Signal<In, Resume>,
    pub ticks: Signal<In, Bits<16>>,
    pub now: Signal<In, Bits<16>>,
    /// How many stand stalled.
    pub stalls: Signal<Out, Bits<3>>,
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
    verdicts: LutRam<Verdict, SLOT_BITS>,
    /// The tick in which a slot began to stall.
    stalled_at: LutRam<Bits<16>, SLOT_BITS>,
    has_room: Reg<Bit>,
    vacancy: Reg<Bits<SLOT_BITS>>,
    asking: Reg<Bit>,
    ask_slot: Reg<Bits<SLOT_BITS>>,
    acting: Reg<Bit>,
    acting_slot: Reg<Bits<SLOT_BITS>>,
    left: Reg<Bit>,
    left_slot: Reg<Bits<SLOT_BITS>>,
    /// Slot that is looked at: for the end of its stall, its stall, its refusal.
    scan: Reg<Bits<SLOT_BITS>>,
    is_refused: Reg<Bit>,
    judged_slot: Reg<Bits<SLOT_BITS>>,
    judged_faulted: Reg<Bit>,
    judged_expired: Reg<Bit>,
    /// A wake counts for who is told to wait in its very cycle.
    woken: Reg<Bits<WALKS>>,
    asks: Signal<Local, Bits<SLOTS>>,
    wants: Signal<Local, Bits<SLOTS>>,
    is_same: Signal<Local, Bit>,
    is_slow: Signal<Local, Bit>,
    passes: Signal<Local, Bit>,
    faults: Signal<Local, Bit>,
    tail: Signal<Local, Bits<SLOT_BITS>>,
    behind: Signal<Local, Bit>,
    is_accepted: Signal<Local, Bit>,
    is_urgent: Signal<Local, Bit>,
    waited: Signal<Local, Bits<16>>,
    expires: Signal<Local, Bit>,
    stalls_now: Signal<Local, Bits<SLOTS>>,
    scanned: Signal<Local, Bit>,
    scanned_context: Signal<Local, Bits<CONTEXT_BITS>>,
    scanned_refused: Signal<Local, Bit>,
    scanned_faulted: Signal<Local, Bit>,
    scanned_expired: Signal<Local, Bit>,
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
            has_room,
            vacancy,
            asking,
            ask_slot,
            acting,
            acting_slot,
            left,
            left_slot,
            scan,
            is_refused,
            judged_slot,
            judged_faulted,
            judged_expired,
            seen,
            shown,
            woken
        );
        self.has_room.reset.next = self.reset.val();
        self.vacancy.reset.next = self.reset.val();
        self.asking.reset.next = self.reset.val();
        self.ask_slot.reset.next = self.reset.val();
        self.acting.reset.next = self.reset.val();
        self.acting_slot.reset.next = self.reset.val();
        self.left.reset.next = self.reset.val();
        self.left_slot.reset.next = self.reset.val();
        self.scan.reset.next = self.reset.val();
        self.is_refused.reset.next = self.reset.val();
        self.judged_slot.reset.next = self.reset.val();
        self.judged_faulted.reset.next = self.reset.val();
        self.judged_expired.reset.next = self.reset.val();
        self.seen.reset.next = self.reset.val();
        self.shown.reset.next = self.reset.val();
        self.woken.reset.next = self.reset.val();
        self.woken.d.next = self.wake.val();
        self.scan.d.next = self.scan.q.val() + 1;

        // An answer from before a flush is no answer, but a walk that is waited for goes on.
        self.passes.next =
            (self.answered.val().outcome == 0) & !self.stale.val() & !self.flush.val();
        self.faults.next =
            (self.answered.val().outcome == 1) & !self.stale.val() & !self.flush.val();

        // What the slots say.
        self.asks.next = 0.into();
        self.wants.next = 0.into();
        self.is_same.next = false;
        self.is_slow.next = false;
        self.has_room.d.next = false;
        self.vacancy.d.next = 0.into();
        self.tail.next = 0.into();
        self.behind.next = false;
        self.is_accepted.next = false;
        self.is_urgent.next = false;
        self.stalls_now.next = 0.into();
        self.scanned.next = false;
        self.scanned_context.next = 0.into();
        self.scanned_refused.next = false;
        self.scanned_faulted.next = false;
        self.scanned_expired.next = false;
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
            if self.scan.q.val() == i.to_bits() {
                self.scanned.next = self.scanned.val() | self.slot[i].stalled.val();
                self.scanned_context.next = self.scanned_context.val() | self.slot[i].owner.val();
                self.scanned_refused.next = self.scanned_refused.val() | self.slot[i].refuses.val();
                self.scanned_faulted.next = self.scanned_faulted.val() | self.slot[i].faulted.val();
                self.scanned_expired.next = self.scanned_expired.val() | self.slot[i].expired.val();
            }
            self.is_same.next = self.is_same.val() | self.slot[i].same.val();
            self.is_slow.next = self.is_slow.val() | self.slot[i].slow.val();
            self.is_urgent.next = self.is_urgent.val() | self.slot[i].urgent.val();
            if self.slot[i].vacant.val() {
                self.has_room.d.next = true;
                self.vacancy.d.next = i.to_bits();
            }
            if self.slot[i].last.val() {
                self.tail.next = self.tail.val() | i.to_bits();
            }
            self.behind.next = self.behind.val() | self.slot[i].last.val();
            if self.answered.val().slot == i.to_bits() {
                self.is_accepted.next =
                    self.is_accepted.val() | (self.answer.val() & self.slot[i].accepts.val());
            }
            if self.slot[i].stalled.val() {
                self.stalls_now.next = self.stalls_now.val().replace_bit(i, true);
            }
        }
        self.same.next = self.is_same.val();
        self.slow.next = self.is_slow.val();
        self.urgent.next = self.is_urgent.val();
        self.room.next = self.has_room.q.val();
        self.place.next = self.vacancy.q.val();
        self.accepts.next = self.is_accepted.val();
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
            self.slot[i].load.next = self.park.val() & (self.vacancy.q.val() == i.to_bits());
            self.slot[i].load_first.next = !self.behind.val();
            self.slot[i].tail.next = self.tail.val();
            self.slot[i].asked.next =
                self.asking.q.val() & self.taken.val() & (self.ask_slot.q.val() == i.to_bits());
            self.slot[i].began.next = self.began.val() & (self.began_slot.val() == i.to_bits());
            self.slot[i].answer.next =
                self.answer.val() & (self.answered.val().slot == i.to_bits());
            self.slot[i].passes.next = self.passes.val();
            self.slot[i].faults.next = self.faults.val();
            self.slot[i].waits.next = self.answered.val().outcome == 2;
            self.slot[i].walk.next = self.answered.val().walk;
            self.slot[i].answer_context.next = self.answered.val().context;
            self.slot[i].wake.next = self.woken.q.val();
            self.slot[i].hastens.next = self.hastens.val();
            self.slot[i].rush.next = self.rush.val();
            self.slot[i].flush.next = self.flush.val();
            self.slot[i].leave.next = self.leave.val() & (self.acting_slot.q.val() == i.to_bits());
            self.slot[i].ends.next = self.ends.val() & (self.judged_slot.q.val() == i.to_bits());
            self.slot[i].stall.next = self.stall.val() & (self.judged_slot.q.val() == i.to_bits());
            self.slot[i].resume.next = self.resume.val();
            self.slot[i].resume_here.next = !self.resume.val().one
                | ((self.resume.val().write == self.write.val())
                    & (self.resume.val().slot == i.to_bits()));
            self.slot[i].expire.next = self.expires.val() & (self.scan.q.val() == i.to_bits());
            self.slot[i].vacate.next = self.vacate.val() & (self.vacate_slot.val() == i.to_bits());
            self.slot[i].left.next = self.left.q.val();
            self.slot[i].left_slot.next = self.left_slot.q.val();
            self.slot[i].outgoing.next =
                self.outgoing.val() & (self.outgoing_slot.val() == i.to_bits());
            self.slot[i].acting.next = self.acting.q.val();
            self.slot[i].acting_slot.next = self.acting_slot.q.val();
        }

        // Who asks, who acts, and who is refused.
        self.ask_chooser.want.next = self.asks.val();
        self.ask_chooser.last.next = self.ask_slot.q.val();
        if !self.asking.q.val() | self.taken.val() {
            self.asking.d.next = self.ask_chooser.any.val();
            self.ask_slot.d.next = self.ask_chooser.pick.val();
        }
        self.act_chooser.want.next = self.wants.val();
        self.act_chooser.last.next = self.acting_slot.q.val();
        if !self.acting.q.val() | self.leave.val() {
            self.acting.d.next = self.act_chooser.any.val();
            self.acting_slot.d.next = self.act_chooser.pick.val();
        }
        self.left.d.next = self.leave.val() | self.vacate.val();
        self.left_slot.d.next = self.acting_slot.q.val();
        if self.vacate.val() {
            self.left_slot.d.next = self.vacate_slot.val();
        }
        if !self.is_refused.q.val() {
            self.is_refused.d.next = self.seek.val() & self.scanned_refused.val();
            self.judged_slot.d.next = self.scan.q.val();
            self.judged_faulted.d.next = self.scanned_faulted.val();
            self.judged_expired.d.next = self.scanned_expired.val();
        }
        if self.judged.val() {
            self.is_refused.d.next = false;
        }
        if self.flush.val() {
            self.acting.d.next = false;
            self.is_refused.d.next = false;
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
        self.refused.next = self.is_refused.q.val();
        self.refused_slot.next = self.judged_slot.q.val();
        self.refused_faulted.next = self.judged_faulted.q.val();
        self.refused_expired.next = self.judged_expired.q.val();

        // Memories.
        self.addr.next = self.burst.val().addr;
        self.prot.next = self.burst.val().prot;
        self.question.clock.next = self.clock.val();
        self.question.write.next = self.park.val();
        self.question.write_address.next = self.vacancy.q.val();
        self.question.write_data.next.stream = self.burst.val().stream;
        self.question.write_data.next.vpn = self.addr.val().get_bits::<20>(12);
        self.question.write_data.next.privileged = self.prot.val().get_bit(0);
        self.question.write_data.next.instruction = self.prot.val().get_bit(2);
        self.question.write_data.next.illegal = self.illegal.val();
        self.question.read_address.next = self.ask_slot.q.val();
        self.verdicts.clock.next = self.clock.val();
        self.verdicts.write.next = self.is_accepted.val();
        self.verdicts.write_address.next = self.answered.val().slot;
        self.verdicts.write_data.next.status = self.answered.val().status;
        self.verdicts.write_data.next.stall = self.answered.val().stall;
        self.verdicts.write_data.next.in_context = self.answered.val().in_context;
        self.verdicts.write_data.next.context = self.answered.val().context;
        self.verdicts.read_address.next = self.judged_slot.q.val();
        self.verdict.next = self.verdicts.read_data.val();
        self.stalled_at.clock.next = self.clock.val();
        self.stalled_at.write.next = self.stall.val();
        self.stalled_at.write_address.next = self.judged_slot.q.val();
        self.stalled_at.write_data.next = self.now.val();
        self.stalled_at.read_address.next = self.scan.q.val();
    }
}
