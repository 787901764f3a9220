//! Who a walk was started for.
//!
//! The asker gets its answer when the walk is over. A flush of the walk's context makes the walk stale,
//! so that it ends without a result: then the asker is told at once to ask again (`retry`).

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::Reg;

/// The owner of one walk.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct WalkOwner {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// The walk begins; not while `retry`.
    pub start: Signal<In, Bit>,
    pub kind: Signal<In, Bits<2>>,
    pub slot: Signal<In, Bits<SLOT_BITS>>,
    pub walk_context: Signal<In, Bits<CONTEXT_BITS>>,
    pub flush: Signal<In, Flush>,
    /// A walk for this asker ends.
    pub ended: Signal<In, Bit>,
    pub ended_kind: Signal<In, Bits<2>>,
    pub ended_slot: Signal<In, Bits<SLOT_BITS>>,
    /// Combinational: it is this walk.
    pub owned: Signal<Out, Bit>,
    /// The asker has to be told to ask again.
    pub retry: Signal<Out, Bit>,
    pub retry_kind: Signal<Out, Bits<2>>,
    pub retry_slot: Signal<Out, Bits<SLOT_BITS>>,
    /// It is told.
    pub retried: Signal<In, Bit>,
    live: Reg<Bit>,
    again: Reg<Bit>,
    kind_reg: Reg<Bits<2>>,
    slot_reg: Reg<Bits<SLOT_BITS>>,
    context_reg: Reg<Bits<CONTEXT_BITS>>,
    same: Signal<Local, Bit>,
    stays: Signal<Local, Bit>,
    flushed: Signal<Local, Bit>,
}

impl Logic for WalkOwner {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, live, again, kind_reg, slot_reg, context_reg);
        self.live.reset.next = self.reset.val();
        self.again.reset.next = self.reset.val();
        self.kind_reg.reset.next = self.reset.val();
        self.slot_reg.reset.next = self.reset.val();
        self.context_reg.reset.next = self.reset.val();

        self.same.next = self.live.q.val()
            & (self.ended_kind.val() == self.kind_reg.q.val())
            & (self.ended_slot.val() == self.slot_reg.q.val());
        self.owned.next = self.same.val();
        self.retry.next = self.again.q.val();
        self.retry_kind.next = self.kind_reg.q.val();
        self.retry_slot.next = self.slot_reg.q.val();
        if self.retried.val() {
            self.again.d.next = false;
        }
        self.stays.next = self.live.q.val() & !(self.ended.val() & self.same.val());
        self.flushed.next = self.flush.val().valid
            & (!self.flush.val().by_context
                | (self.flush.val().context == self.context_reg.q.val()));
        if self.stays.val() & self.flushed.val() {
            self.again.d.next = true;
        }
        // Written as a sum, as `start` comes late in the cycle.
        self.live.d.next = self.start.val() | (self.stays.val() & !self.flushed.val());
        // Whether a walk begins comes late in the cycle.
        if !self.live.q.val() & !self.again.q.val() {
            self.kind_reg.d.next = self.kind.val();
            self.slot_reg.d.next = self.slot.val();
            self.context_reg.d.next = self.walk_context.val();
        }
    }
}
