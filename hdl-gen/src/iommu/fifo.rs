//! A small first-in first-out queue of registers.

use rust_hdl::prelude::*;

use crate::prim::Reg;

/// `N` entries, at most 127; the head is visible as long as `valid`.
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
    item: [Reg<T>; N],
    held: Reg<Bits<7>>,
    place: Signal<Local, Bits<7>>,
    removes: Signal<Local, Bit>,
    accepts: Signal<Local, Bit>,
    capacity: Constant<Bits<7>>,
}

impl<T: Synth, const N: usize> Default for Fifo<T, N> {
    fn default() -> Self {
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
            item: array_init::array_init(|_| Default::default()),
            held: Default::default(),
            place: Default::default(),
            removes: Default::default(),
            accepts: Default::default(),
            capacity: Constant::new((N as u64).into()),
        }
    }
}

impl<T: Synth, const N: usize> Logic for Fifo<T, N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held);
        self.held.reset.next = self.reset.val();
        self.valid.next = self.held.q.val().any();
        self.full.next = self.held.q.val() == self.capacity.val();
        self.count.next = self.held.q.val();
        self.removes.next = self.pop.val() & self.held.q.val().any();
        self.place.next = self.held.q.val();
        if self.removes.val() {
            self.place.next = self.held.q.val() - 1;
        }
        self.accepts.next = self.push.val() & (self.place.val() != self.capacity.val());
        self.held.d.next = self.place.val();
        if self.accepts.val() {
            self.held.d.next = self.place.val() + 1;
        }
        for i in 0..N {
            self.item[i].clock.next = self.clock.val();
            self.item[i].reset.next = self.reset.val();
            self.item[i].d.next = self.item[i].q.val();
        }
        for i in 0..(N - 1) {
            if self.removes.val() {
                self.item[i].d.next = self.item[i + 1].q.val();
            }
        }
        for i in 0..N {
            if self.accepts.val() & (self.place.val() == i.to_bits()) {
                self.item[i].d.next = self.data.val();
            }
        }
        self.head.next = self.item[0].q.val();
    }
}
