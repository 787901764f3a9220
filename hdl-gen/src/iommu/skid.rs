//! Skid buffer: a register stage on a channel that passes one payload a cycle.

use rust_hdl::prelude::*;

use super::types::Burst;
use crate::prim::Reg;

/// Two-entry skid buffer for an address channel.
///
/// `in_ready` and `out_valid` come from registers; a payload appears at the output one cycle after
/// it was accepted. After reset `in_ready` is high from the first cycle on.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Skid {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_ready: Signal<Out, Bit>,
    pub in_data: Signal<In, Burst>,
    pub out_valid: Signal<Out, Bit>,
    pub out_ready: Signal<In, Bit>,
    pub out_data: Signal<Out, Burst>,
    head_valid: Reg<Bit>,
    head: Reg<Burst>,
    spare_valid: Reg<Bit>,
    spare: Reg<Burst>,
    accept: Signal<Local, Bit>,
    head_free: Signal<Local, Bit>,
}

impl Logic for Skid {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, head_valid, head, spare_valid, spare);
        self.head_valid.reset.next = self.reset.val();
        self.head.reset.next = self.reset.val();
        self.spare_valid.reset.next = self.reset.val();
        self.spare.reset.next = self.reset.val();
        self.in_ready.next = !self.spare_valid.q.val();
        self.out_valid.next = self.head_valid.q.val();
        self.out_data.next = self.head.q.val();
        self.accept.next = self.in_valid.val() & !self.spare_valid.q.val();
        self.head_free.next = !self.head_valid.q.val() | self.out_ready.val();
        if self.head_free.val() {
            self.head_valid.d.next = self.spare_valid.q.val() | self.accept.val();
            self.spare_valid.d.next = false;
            if self.spare_valid.q.val() {
                self.head.d.next = self.spare.q.val();
            } else if self.accept.val() {
                self.head.d.next = self.in_data.val();
            }
        } else if self.accept.val() {
            self.spare_valid.d.next = true;
            self.spare.d.next = self.in_data.val();
        }
    }
}
