//! Performance counters: they count on while their last snapshot is read.

use rust_hdl::prelude::*;

use super::reg_bus::*;
use crate::axil::RoReg;
use crate::prim::Reg;

/// One 32-bit counter and the copy that software reads.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct Counter {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// Count this cycle.
    pub happens: Signal<In, Bit>,
    /// Copy the count to where it is read, and begin again; an event of this cycle is the first of
    /// the new count.
    pub snapshot: Signal<In, Bit>,
    pub request: Signal<In, RegRequest>,
    pub answer: Signal<Out, RegAnswer>,
    count: Reg<Bits<32>>,
    copy: Reg<Bits<32>>,
    register: RoReg,
}

impl Counter {
    /// A counter that is read at byte `address` of the window.
    pub fn new(address: u32) -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            happens: Default::default(),
            snapshot: Default::default(),
            request: Default::default(),
            answer: Default::default(),
            count: Default::default(),
            copy: Default::default(),
            register: RoReg::new(address),
        }
    }
}

impl Logic for Counter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count, copy);
        self.count.reset.next = self.reset.val();
        self.copy.reset.next = self.reset.val();
        if self.snapshot.val() {
            self.copy.d.next = self.count.q.val();
            self.count.d.next = 0.into();
            if self.happens.val() {
                self.count.d.next = 1.into();
            }
        } else if self.happens.val() {
            self.count.d.next = self.count.q.val() + 1;
        }
        self.register.wr_addr.next = self.request.val().wr_addr;
        self.register.rd_addr.next = self.request.val().rd_addr;
        self.register.value.next = self.copy.q.val();
        self.answer.next.wr_hit = self.register.wr_hit.val();
        self.answer.next.rd_hit = self.register.rd_hit.val();
        self.answer.next.rd_data = self.register.rd_data.val();
    }
}
