//! Prefetch: finds streams that go through pages one after the other, and asks for the next page.
//!
//! For each stream and direction the page is kept that would come next, the first after the one that
//! was looked up last. A lookup of just that page is *sequential*, and makes a request for the page
//! after it. There is place for one request; a newer one takes it. What the memory holds after reset is
//! as good as a guess, and a prefetch by a wrong guess does no harm.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::{LutRam, Reg};

/// The page that a stream is expected to go to.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Expected {
    /// There is one: not after the top of the address space.
    pub valid: Bit,
    pub context: Bits<CONTEXT_BITS>,
    pub vpn: Bits<20>,
}

/// The prefetcher.
#[derive(LogicBlock, Default)]
pub struct Prefetch {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// A lookup's stream, direction and page.
    pub stream: Signal<In, Bits<STREAM_BITS>>,
    pub write: Signal<In, Bit>,
    pub key: Signal<In, Key>,
    /// Combinational: it is sequential.
    pub sequential: Signal<Out, Bit>,
    /// A lookup is over: it was of `learn_vpn`, in a page of size `learn_large`.
    pub learn: Signal<In, Bit>,
    pub learn_stream: Signal<In, Bits<STREAM_BITS>>,
    pub learn_write: Signal<In, Bit>,
    pub learn_context: Signal<In, Bits<CONTEXT_BITS>>,
    pub learn_vpn: Signal<In, Bits<20>>,
    pub learn_large: Signal<In, Bits<3>>,
    /// It was sequential.
    pub learn_sequential: Signal<In, Bit>,
    pub ask: Signal<Out, Bit>,
    pub ask_context: Signal<Out, Bits<CONTEXT_BITS>>,
    pub ask_vpn: Signal<Out, Bits<20>>,
    pub taken: Signal<In, Bit>,
    expected: LutRam<Expected, 5>,
    pending: Reg<Bit>,
    context_reg: Reg<Bits<CONTEXT_BITS>>,
    vpn_reg: Reg<Bits<20>>,
    last: Signal<Local, Bits<20>>,
    following: Signal<Local, Bits<20>>,
    found: Signal<Local, Expected>,
}

impl Logic for Prefetch {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, pending, context_reg, vpn_reg);
        self.pending.reset.next = self.reset.val();
        self.context_reg.reset.next = self.reset.val();
        self.vpn_reg.reset.next = self.reset.val();

        self.expected.clock.next = self.clock.val();
        self.expected.read_address.next = (bit_cast::<5, STREAM_BITS>(self.stream.val()) << 1)
            | bit_cast::<5, 1>(self.write.val().into());
        self.found.next = self.expected.read_data.val();
        self.sequential.next = self.found.val().valid
            & (self.found.val().context == self.key.val().context)
            & (self.found.val().vpn == self.key.val().vpn);

        // The last page of 4 KiB in the page, and the one after it.
        self.last.next = self.learn_vpn.val();
        if self.learn_large.val().get_bit(0) {
            self.last.next = self.last.val() | 0xF;
        }
        if self.learn_large.val().get_bit(1) {
            self.last.next = self.last.val() | 0xF0;
        }
        if self.learn_large.val().get_bit(2) {
            self.last.next = self.last.val() | 0xF00;
        }
        self.following.next = self.last.val() + 1;
        self.expected.write.next = self.learn.val();
        self.expected.write_address.next = (bit_cast::<5, STREAM_BITS>(self.learn_stream.val())
            << 1)
            | bit_cast::<5, 1>(self.learn_write.val().into());
        self.expected.write_data.next.valid = !self.last.val().all();
        self.expected.write_data.next.context = self.learn_context.val();
        self.expected.write_data.next.vpn = self.following.val();

        self.ask.next = self.pending.q.val();
        self.ask_context.next = self.context_reg.q.val();
        self.ask_vpn.next = self.vpn_reg.q.val();
        if self.taken.val() {
            self.pending.d.next = false;
        }
        if self.learn.val() & self.learn_sequential.val() & !self.last.val().all() {
            self.pending.d.next = true;
            self.context_reg.d.next = self.learn_context.val();
            self.vpn_reg.d.next = self.following.val();
        }
    }
}
