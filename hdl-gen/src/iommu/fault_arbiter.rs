//! The way of faults to the records, one at a time.

use rust_hdl::prelude::*;

use super::types::*;
use crate::prim::Reg;

/// Takes faults out of four sources, fairly: refused bursts of the read and of the write path, and
/// late faults (external aborts) of both. At most every third cycle one is recorded, so that
/// register accesses fall between.
///
/// ```text
/// clock      __/~~\__/~~\__/~~\__/~~\__/~~\__
/// read_valid ~~~~~~~~~~~~~\__________________
/// read_ready _______/~~~~~\__________________
/// due        _____________/~~~~~~~~~~~\______
/// record     ___________________/~~~~~\______
/// ```
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct FaultArbiter {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// Take none: `fault` stays. What is valid has to stay until it is taken.
    pub hold: Signal<In, Bit>,
    pub read_valid: Signal<In, Bit>,
    pub read_ready: Signal<Out, Bit>,
    pub read: Signal<In, Fault>,
    pub write_valid: Signal<In, Bit>,
    pub write_ready: Signal<Out, Bit>,
    pub write: Signal<In, Fault>,
    pub late_read_valid: Signal<In, Bit>,
    pub late_read_ready: Signal<Out, Bit>,
    pub late_read: Signal<In, Fault>,
    pub late_write_valid: Signal<In, Bit>,
    pub late_write_ready: Signal<Out, Bit>,
    pub late_write: Signal<In, Fault>,
    /// This cycle records, or the next.
    pub due: Signal<Out, Bit>,
    /// One cycle: `fault` is recorded.
    pub record: Signal<Out, Bit>,
    pub fault: Signal<Out, Fault>,
    /// The late sources go first, or the others.
    late_turn: Reg<Bit>,
    /// Of two late sources, the write path goes first.
    late_write_turn: Reg<Bit>,
    /// Of the two others, the write path goes first.
    direct_write_turn: Reg<Bit>,
    /// A source is chosen: which.
    chosen: Reg<Bit>,
    from_late: Reg<Bit>,
    from_write: Reg<Bit>,
    full: Reg<Bit>,
    records: Reg<Bit>,
    out: Reg<Fault>,
    any_late: Signal<Local, Bit>,
    any_direct: Signal<Local, Bit>,
    pick_late: Signal<Local, Bit>,
    is_write: Signal<Local, Bit>,
    accepts: Signal<Local, Bit>,
}

impl Logic for FaultArbiter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            late_turn,
            late_write_turn,
            direct_write_turn,
            chosen,
            from_late,
            from_write,
            full,
            records,
            out
        );
        self.late_turn.reset.next = self.reset.val();
        self.late_write_turn.reset.next = self.reset.val();
        self.direct_write_turn.reset.next = self.reset.val();
        self.chosen.reset.next = self.reset.val();
        self.from_late.reset.next = self.reset.val();
        self.from_write.reset.next = self.reset.val();
        self.full.reset.next = self.reset.val();
        self.records.reset.next = self.reset.val();
        self.out.reset.next = self.reset.val();
        self.due.next = self.full.q.val();
        self.record.next = self.records.q.val();
        self.fault.next = self.out.q.val();
        self.records.d.next = self.full.q.val() & !self.records.q.val();

        // Who is next.
        self.any_late.next = self.late_read_valid.val() | self.late_write_valid.val();
        self.any_direct.next = self.read_valid.val() | self.write_valid.val();
        self.pick_late.next =
            self.any_late.val() & (self.late_turn.q.val() | !self.any_direct.val());
        self.is_write.next =
            self.write_valid.val() & (self.direct_write_turn.q.val() | !self.read_valid.val());
        if self.pick_late.val() {
            self.is_write.next = self.late_write_valid.val()
                & (self.late_write_turn.q.val() | !self.late_read_valid.val());
        }

        if !self.chosen.q.val() & (!self.full.q.val() | self.records.q.val()) {
            self.chosen.d.next = self.any_late.val() | self.any_direct.val();
            self.from_late.d.next = self.pick_late.val();
            self.from_write.d.next = self.is_write.val();
        }

        // It is taken when the register is free.
        self.accepts.next = self.chosen.q.val() & !self.hold.val() & !self.full.q.val();
        if self.records.q.val() {
            self.full.d.next = false;
        }
        if self.accepts.val() {
            self.chosen.d.next = false;
            self.full.d.next = true;
            self.late_turn.d.next = !self.from_late.q.val();
            if self.from_late.q.val() {
                self.late_write_turn.d.next = !self.from_write.q.val();
            } else {
                self.direct_write_turn.d.next = !self.from_write.q.val();
            }
        }
        // (Loaded whenever it is free.)
        if !self.full.q.val() & !self.hold.val() {
            self.out.d.next = self.read.val();
            if self.from_write.q.val() {
                self.out.d.next = self.write.val();
            }
            if self.from_late.q.val() {
                self.out.d.next = self.late_read.val();
                if self.from_write.q.val() {
                    self.out.d.next = self.late_write.val();
                }
            }
        }
        self.late_write_ready.next =
            self.accepts.val() & self.from_late.q.val() & self.from_write.q.val();
        self.late_read_ready.next =
            self.accepts.val() & self.from_late.q.val() & !self.from_write.q.val();
        self.write_ready.next =
            self.accepts.val() & !self.from_late.q.val() & self.from_write.q.val();
        self.read_ready.next =
            self.accepts.val() & !self.from_late.q.val() & !self.from_write.q.val();
    }
}
