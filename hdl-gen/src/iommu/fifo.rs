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
    /// Where the head is, and where the next one goes: one bit more than an address.
    first: Reg<Bits<5>>,
    free: Reg<Bits<5>>,
    held: Signal<Local, Bits<5>>,
    any: Signal<Local, Bit>,
    removes: Signal<Local, Bit>,
    accepts: Signal<Local, Bit>,
    is_full: Signal<Local, Bit>,
    capacity: Constant<Bits<5>>,
    /// There are more places than entries.
    ample: Constant<Bit>,
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
            first: Default::default(),
            free: Default::default(),
            held: Default::default(),
            any: Default::default(),
            removes: Default::default(),
            accepts: Default::default(),
            is_full: Default::default(),
            capacity: Constant::new((N as u64).into()),
            ample: Constant::new(N < 16),
        }
    }
}

impl<T: Synth, const N: usize> Logic for Fifo<T, N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, first, free);
        self.first.reset.next = self.reset.val();
        self.free.reset.next = self.reset.val();
        self.held.next = self.free.q.val() - self.first.q.val();
        self.any.next = self.free.q.val() != self.first.q.val();
        self.is_full.next = self.held.val() == self.capacity.val();
        self.valid.next = self.any.val();
        self.full.next = self.is_full.val();
        self.count.next = bit_cast::<7, 5>(self.held.val());
        self.removes.next = self.pop.val() & self.any.val();
        self.accepts.next = self.push.val() & (!self.is_full.val() | self.removes.val());
        if self.removes.val() {
            self.first.d.next = self.first.q.val() + 1;
        }
        if self.accepts.val() {
            self.free.d.next = self.free.q.val() + 1;
        }
        self.item.clock.next = self.clock.val();
        // While it is full, the next place is the head's only if there is no other.
        self.item.write.next = self.push.val() & (self.ample.val() | self.accepts.val());
        self.item.write_address.next = self.free.q.val().get_bits::<4>(0);
        self.item.write_data.next = self.data.val();
        self.item.read_address.next = self.first.q.val().get_bits::<4>(0);
        self.head.next = self.item.read_data.val();
    }
}
