//! Which way of a set the main TLB fills next.
//!
//! Sets with the same low bits share a counter of fills. Its low bits move on with each fill, for pages
//! that meet in one set; its high bits with each round over the sets that share it, for runs of pages
//! that come in order. Either way four pages of a set lie in its four ways.

use rust_hdl::prelude::*;

use super::config::*;
use crate::prim::{LutRam, Reg};

/// log2 of the counters.
const COUNTER_BITS: usize = 5;

/// The counters.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Victims {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub set: Signal<In, Bits<SET_BITS>>,
    pub way: Signal<Out, Bits<2>>,
    /// `way` is filled.
    pub fill: Signal<In, Bit>,
    /// Two bits more than there are sets to a counter.
    counter: LutRam<Bits<6>, COUNTER_BITS>,
    /// Counters are written a cycle later: a memory with one address for both would be single-port RAM,
    /// which not every place-and-route tool knows. Two fills of one set in a row go to the same way.
    counts: Reg<Bit>,
    at: Reg<Bits<COUNTER_BITS>>,
    count: Reg<Bits<6>>,
    index: Signal<Local, Bits<COUNTER_BITS>>,
    fills: Signal<Local, Bits<6>>,
}

impl Logic for Victims {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, counts, at, count);
        self.counts.reset.next = self.reset.val();
        self.at.reset.next = self.reset.val();
        self.count.reset.next = self.reset.val();
        self.index.next = self.set.val().get_bits::<COUNTER_BITS>(0);
        self.counter.clock.next = self.clock.val();
        self.counter.read_address.next = self.index.val();
        self.fills.next = self.counter.read_data.val();
        self.way.next = self.fills.val().get_bits::<2>(0) + self.fills.val().get_bits::<2>(4);
        self.counts.d.next = self.fill.val();
        self.at.d.next = self.index.val();
        self.count.d.next = self.fills.val() + 1;
        self.counter.write.next = self.counts.q.val();
        self.counter.write_address.next = self.at.q.val();
        self.counter.write_data.next = self.count.q.val();
    }
}
