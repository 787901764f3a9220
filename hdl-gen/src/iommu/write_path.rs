//! Writes: where W beats go, the write terminator, and the B channel that both memory and
//! terminator answer on.

use rust_hdl::prelude::*;

use super::config::*;
use super::fifo::Fifo;
use super::types::*;
use crate::prim::Reg;

/// What the W router does with the present burst.
#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
pub enum WriteState {
    /// Beats pass.
    Pass,
    /// WLAST came early: the missing beats are made up, with all strobes 0.
    Pad,
    /// WLAST did not come: beats are dropped until it does.
    Drop,
}

/// Sends W beats where their burst went.
///
/// Memory gets exactly AWLEN+1 beats a burst with WLAST on the last, whatever the master does; the
/// next burst begins after the master's WLAST.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct WriteRouter {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub push: Signal<In, Bit>,
    pub route: Signal<In, WriteRoute>,
    pub s_valid: Signal<In, Bit>,
    pub s_ready: Signal<Out, Bit>,
    pub s_beat: Signal<In, WriteBeat>,
    pub m_valid: Signal<Out, Bit>,
    pub m_ready: Signal<In, Bit>,
    pub m_beat: Signal<Out, WriteBeat>,
    /// One cycle: the burst that went to memory has had its last beat.
    pub done: Signal<Out, Bit>,
    pub malformed: Signal<Out, Bit>,
    /// Memory has had all beats of the burst, but WLAST has not come. From a register.
    pub late: Signal<Out, Bit>,
    /// One cycle: the terminated burst has been drained.
    pub drained: Signal<Out, Bit>,
    /// Routes of the bursts whose W beats are not done, in AW order: at most one an entry of the
    /// outstanding table and one for the terminator.
    fifo: Fifo<WriteRoute, { OUTSTANDING + 1 }>,
    state: Reg<WriteState>,
    beats: Reg<Bits<8>>,
    to_memory: Signal<Local, Bit>,
    at_end: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    moved: Signal<Local, Bit>,
    finish: Signal<Local, Bit>,
    drain: Signal<Local, Bit>,
}

impl Logic for WriteRouter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, beats);
        self.state.reset.next = self.reset.val();
        self.beats.reset.next = self.reset.val();
        self.fifo.clock.next = self.clock.val();
        self.fifo.reset.next = self.reset.val();
        self.fifo.push.next = self.push.val();
        self.fifo.data.next = self.route.val();

        self.to_memory.next = self.fifo.valid.val() & !self.fifo.head.val().terminated;
        self.at_end.next = self.beats.q.val() == self.fifo.head.val().len;
        self.ends.next = self.s_beat.val().last;
        self.m_valid.next = false;
        self.s_ready.next = false;
        self.m_beat.next = self.s_beat.val();
        self.m_beat.next.last = self.at_end.val();
        self.moved.next = false;
        self.finish.next = false;
        self.drain.next = false;
        self.malformed.next = false;
        self.late.next = false;
        match self.state.q.val() {
            WriteState::Pass => {
                if self.to_memory.val() {
                    self.m_valid.next = self.s_valid.val();
                    self.s_ready.next = self.m_ready.val();
                    self.moved.next = self.s_valid.val() & self.m_ready.val();
                    if self.moved.val() {
                        if self.ends.val() & self.at_end.val() {
                            self.finish.next = true;
                        } else if self.ends.val() {
                            self.state.d.next = WriteState::Pad;
                        } else if self.at_end.val() {
                            self.state.d.next = WriteState::Drop;
                        }
                    }
                } else if self.fifo.valid.val() {
                    self.s_ready.next = true;
                    self.drain.next = self.s_valid.val() & self.ends.val();
                }
            }
            WriteState::Pad => {
                self.m_valid.next = true;
                // Not the master's: those may change while memory is not ready.
                self.m_beat.next.data = 0.into();
                self.m_beat.next.strb = 0.into();
                self.moved.next = self.m_ready.val();
                self.finish.next = self.m_ready.val() & self.at_end.val();
                self.malformed.next = true;
            }
            WriteState::Drop => {
                self.s_ready.next = true;
                self.finish.next = self.s_valid.val() & self.ends.val();
                self.malformed.next = true;
                self.late.next = true;
            }
            _ => {
                self.state.d.next = WriteState::Pass;
            }
        }
        if self.moved.val() {
            self.beats.d.next = self.beats.q.val() + 1;
        }
        if self.finish.val() {
            self.beats.d.next = 0.into();
            self.state.d.next = WriteState::Pass;
        }
        self.done.next = self.finish.val();
        self.drained.next = self.drain.val();
        self.fifo.pop.next = self.finish.val() | self.drain.val();
    }
}

/// Answers terminated writes: one B with an error, after the last W beat.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct WriteTerminator {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// One cycle, only while not `busy`.
    pub start: Signal<In, Bit>,
    pub id: Signal<In, Bits<ID_BITS>>,
    pub resp: Signal<In, Bits<2>>,
    pub busy: Signal<Out, Bit>,
    /// ID that is being answered.
    pub busy_id: Signal<Out, Bits<ID_BITS>>,
    pub drained: Signal<In, Bit>,
    pub valid: Signal<Out, Bit>,
    pub answer: Signal<Out, WriteAnswer>,
    pub taken: Signal<In, Bit>,
    active: Reg<Bit>,
    answering: Reg<Bit>,
    held: Reg<WriteAnswer>,
}

impl Logic for WriteTerminator {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, active, answering, held);
        self.active.reset.next = self.reset.val();
        self.answering.reset.next = self.reset.val();
        self.held.reset.next = self.reset.val();
        self.busy.next = self.active.q.val();
        self.busy_id.next = self.held.q.val().id;
        self.valid.next = self.answering.q.val();
        self.answer.next = self.held.q.val();
        if self.start.val() {
            self.active.d.next = true;
            self.held.d.next.id = self.id.val();
            self.held.d.next.resp = self.resp.val();
        }
        if self.drained.val() {
            self.answering.d.next = true;
        }
        if self.taken.val() {
            self.active.d.next = false;
            self.answering.d.next = false;
        }
    }
}

/// Merges memory's and the terminator's B beats.
///
/// Memory's pass in the same cycle, but wait while they are `blocked`: memory has had all beats of a
/// burst whose WLAST is late before the master has sent it, but the master must see no B before
/// (AXI A3.3.1), and only then is the burst known to be at its end. The terminator never takes a B
/// back that the master has seen waiting.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct AnswerMerge {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub memory_valid: Signal<In, Bit>,
    pub memory_ready: Signal<Out, Bit>,
    pub memory: Signal<In, WriteAnswer>,
    /// Memory's answer may not pass yet, unless the master has seen it.
    pub blocked: Signal<In, Bit>,
    /// The burst that it answers was malformed: its answer becomes SLVERR.
    pub malformed: Signal<In, Bit>,
    pub terminator_valid: Signal<In, Bit>,
    pub terminator_taken: Signal<Out, Bit>,
    pub terminator: Signal<In, WriteAnswer>,
    pub s_valid: Signal<Out, Bit>,
    pub s_ready: Signal<In, Bit>,
    pub s_answer: Signal<Out, WriteAnswer>,
    /// An answer of memory's passes.
    pub response: Signal<Out, Bit>,
    /// The terminator has the channel.
    granted: Reg<Bit>,
    /// The master has seen memory's answer, and did not take it.
    seen: Reg<Bit>,
    closed: Signal<Local, Bit>,
    offered: Signal<Local, Bit>,
}

impl Logic for AnswerMerge {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, granted, seen);
        self.granted.reset.next = self.reset.val();
        self.seen.reset.next = self.reset.val();
        self.closed.next = self.blocked.val() & !self.seen.q.val();
        self.offered.next = self.memory_valid.val() & !self.closed.val();
        self.memory_ready.next = self.s_ready.val() & !self.closed.val() & !self.granted.q.val();
        self.seen.d.next = self.offered.val() & !self.granted.q.val() & !self.s_ready.val();
        self.response.next = self.offered.val() & self.s_ready.val() & !self.granted.q.val();
        self.terminator_taken.next = self.granted.q.val() & self.s_ready.val();
        self.s_valid.next = self.offered.val();
        self.s_answer.next = self.memory.val();
        if self.malformed.val() {
            self.s_answer.next.resp = 2.into();
        } else if self.memory.val().resp == 1 {
            self.s_answer.next.resp = 0.into(); // never EXOKAY: exclusive access is not supported
        }
        if self.granted.q.val() {
            self.s_valid.next = true;
            self.s_answer.next = self.terminator.val();
            if self.s_ready.val() {
                self.granted.d.next = false;
            }
        } else if self.terminator_valid.val() & (!self.offered.val() | self.s_ready.val()) {
            self.granted.d.next = true;
        }
    }
}
