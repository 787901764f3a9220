//! A small first-in first-out queue in distributed RAM.

use rust_hdl::prelude::*;

use crate::prim::{LutRam, Reg};

/// `N` entries, at most 16; the head is visible as long as `valid`.
///
/// `push` while full (and without `pop`) is lost: the parent looks at `full` first.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct Fifo<T: Synth, const N: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub push: Signal<In, Bit>,
    pub data: Signal<In, T>,
    pub pop: Signal<In, Bit>,
    pub valid: Signal<Out, Bit>,
    pub head: Signal<Out, T>,
    pub full: Signal<Out, Bit>,
    pub count: Signal<Out, Bits<7>>,
    item: LutRam<T, 4>,
    held: Reg<Bits<5>>,
    first: Reg<Bits<4>>,
    free: Reg<Bits<4>>,
    removes: Signal<Local, Bit>,
    accepts: Signal<Local, Bit>,
    is_full: Signal<Local, Bit>,
    capacity: Constant<Bits<5>>,
}

impl<T: Synth, const N: usize> Default for Fifo<T, N> {
    fn default() -> Self {
        assert!(N <= 16, "entries of a queue");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            push: Default::default(),
            data: Default::default(),
            pop: Default::default(),
            valid: Default::default(),
            head: Default::default(),
            full: Default::default(),
            count: Default::default(),
            item: Default::default(),
            held: Default::default(),
            first: Default::default(),
            free: Default::default(),
            removes: Default::default(),
            accepts: Default::default(),
            is_full: Default::default(),
            capacity: Constant::new((N as u64).into()),
        }
    }
}

impl<T: Synth, const N: usize> Logic for Fifo<T, N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held, first, free);
        self.held.reset.next = self.reset.val();
        self.first.reset.next = self.reset.val();
        self.free.reset.next = self.reset.val();
        self.is_full.next = self.held.q.val() == self.capacity.val();
        self.valid.next = self.held.q.val().any();
        self.full.next = self.is_full.val();
        self.count.next = bit_cast::<7, 5>(self.held.q.val());
        self.removes.next = self.pop.val() & self.held.q.val().any();
        self.accepts.next = self.push.val() & (!self.is_full.val() | self.removes.val());
        if self.accepts.val() & !self.removes.val() {
            self.held.d.next = self.held.q.val() + 1;
        }
        if self.removes.val() & !self.accepts.val() {
            self.held.d.next = self.held.q.val() - 1;
        }
        if self.removes.val() {
            self.first.d.next = self.first.q.val() + 1;
        }
        if self.accepts.val() {
            self.free.d.next = self.free.q.val() + 1;
        }
        self.item.clock.next = self.clock.val();
        self.item.write.next = self.accepts.val();
        self.item.write_address.next = self.free.q.val();
        self.item.write_data.next = self.data.val();
        self.item.read_address.next = self.first.q.val();
        self.head.next = self.item.read_data.val();
    }
}
