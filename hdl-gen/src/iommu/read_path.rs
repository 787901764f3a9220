//! Reads: dispatch, terminator, and the R channel that both memory and terminator answer on.

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::Reg;

/// Answers terminated reads: ARLEN+1 beats of 0 with an error, RLAST on the last.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct ReadTerminator {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// One cycle, only while not `busy`.
    pub start: Signal<In, Bit>,
    pub id: Signal<In, Bits<ID_BITS>>,
    pub len: Signal<In, Bits<8>>,
    pub resp: Signal<In, Bits<2>>,
    pub busy: Signal<Out, Bit>,
    /// ID that is being answered.
    pub busy_id: Signal<Out, Bits<ID_BITS>>,
    pub beat: Signal<Out, ReadBeat>,
    /// The beat passes to the master.
    pub taken: Signal<In, Bit>,
    active: Reg<Bit>,
    held_id: Reg<Bits<ID_BITS>>,
    held_resp: Reg<Bits<2>>,
    /// Counts up to all ones, which is the last beat.
    left: Reg<Bits<8>>,
    last: Signal<Local, Bit>,
}

impl Logic for ReadTerminator {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, active, held_id, held_resp, left);
        self.active.reset.next = self.reset.val();
        self.held_id.reset.next = self.reset.val();
        self.held_resp.reset.next = self.reset.val();
        self.left.reset.next = self.reset.val();
        self.busy.next = self.active.q.val();
        self.busy_id.next = self.held_id.q.val();
        self.last.next = self.left.q.val().all();
        self.beat.next.id = self.held_id.q.val();
        self.beat.next.data = 0.into();
        self.beat.next.resp = self.held_resp.q.val();
        self.beat.next.last = self.last.val();
        if self.taken.val() {
            self.left.d.next = self.left.q.val() + 1;
            if self.last.val() {
                self.active.d.next = false;
            }
        }
        if self.start.val() {
            self.active.d.next = true;
            self.held_id.d.next = self.id.val();
            self.held_resp.d.next = self.resp.val();
            self.left.d.next = !self.len.val();
        }
    }
}

/// Merges memory's and the terminator's R beats.
///
/// Memory's beats pass in the same cycle. The terminator gets the channel between two bursts, and for
/// a whole burst; it never takes a beat back that the master has seen waiting.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct ReadMerge {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub memory_valid: Signal<In, Bit>,
    pub memory_ready: Signal<Out, Bit>,
    pub memory: Signal<In, ReadBeat>,
    /// Memory's beat may not pass, unless the master has seen it.
    pub blocked: Signal<In, Bit>,
    pub terminator_valid: Signal<In, Bit>,
    pub terminator_taken: Signal<Out, Bit>,
    pub terminator: Signal<In, ReadBeat>,
    pub s_valid: Signal<Out, Bit>,
    pub s_ready: Signal<In, Bit>,
    pub s_beat: Signal<Out, ReadBeat>,
    /// A beat of memory's passes.
    pub response: Signal<Out, Bit>,
    /// The terminator has the channel.
    granted: Reg<Bit>,
    /// Memory is within a burst.
    in_burst: Reg<Bit>,
    /// The master has seen memory's beat, and did not take it.
    seen: Reg<Bit>,
    closed: Signal<Local, Bit>,
    memory_beat: Signal<Local, Bit>,
    waiting: Signal<Local, Bit>,
}

impl Logic for ReadMerge {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, granted, in_burst, seen);
        self.granted.reset.next = self.reset.val();
        self.in_burst.reset.next = self.reset.val();
        self.seen.reset.next = self.reset.val();
        self.closed.next = self.blocked.val() & !self.seen.q.val();
        self.memory_ready.next = self.s_ready.val() & !self.granted.q.val() & !self.closed.val();
        self.s_valid.next = self.memory_valid.val() & !self.closed.val();
        self.s_beat.next = self.memory.val();
        if self.memory.val().resp == 1 {
            self.s_beat.next.resp = 0.into(); // never EXOKAY: exclusive access is not supported
        }
        self.memory_beat.next = self.memory_valid.val()
            & self.s_ready.val()
            & !self.granted.q.val()
            & !self.closed.val();
        self.waiting.next = self.memory_valid.val() & !self.closed.val() & !self.s_ready.val();
        self.seen.d.next = self.waiting.val() & !self.granted.q.val();
        self.response.next = self.memory_beat.val();
        self.terminator_taken.next = self.granted.q.val() & self.s_ready.val();
        if self.memory_beat.val() {
            self.in_burst.d.next = !self.memory.val().last;
        }
        if self.granted.q.val() {
            self.s_valid.next = true;
            self.s_beat.next = self.terminator.val();
            if self.s_ready.val() & self.terminator.val().last {
                self.granted.d.next = false;
            }
        } else if self.terminator_valid.val()
            & !self.waiting.val()
            & ((self.memory_beat.val() & self.memory.val().last)
                | (!self.memory_beat.val() & !self.in_burst.q.val()))
        {
            self.granted.d.next = true;
        }
    }
}
