//! The emitter on ordinary designs.

use hdl_gen::equiv::Check;
use hdl_gen::prim::Reg;
use rust_hdl::prelude::*;

#[test]
fn a_register_as_the_top_behaves_as_in_rust() {
    Check::new("register_top")
        .clock(|b: &mut Reg<Bits<8>>| &mut b.clock)
        .run(Reg::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 50);
            b.d.next = rng.bits();
        })
        .unwrap();
}

#[derive(LogicBlock, Default)]
struct Counter {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    enable: Signal<In, Bit>,
    load: Signal<In, Bit>,
    value: Signal<In, Bits<12>>,
    count: Signal<Out, Bits<12>>,
    wrapped: Signal<Out, Bit>,
    state: Reg<Bits<12>>,
    wrap: Reg<Bit>,
    next: Signal<Local, Bits<12>>,
}

impl Logic for Counter {
    #[hdl_gen]
    fn update(&mut self) {
        self.state.clock.next = self.clock.val();
        self.wrap.clock.next = self.clock.val();
        self.state.reset.next = self.reset.val();
        self.wrap.reset.next = self.reset.val();
        self.state.d.next = self.state.q.val();
        self.wrap.d.next = self.wrap.q.val();
        self.next.next = self.state.q.val() + 1;
        if self.load.val() {
            self.state.d.next = self.value.val();
        } else if self.enable.val() {
            self.state.d.next = self.next.val();
            self.wrap.d.next = self.next.val() == 0;
        }
        self.count.next = self.state.q.val();
        self.wrapped.next = self.wrap.q.val();
    }
}

#[test]
fn a_counter_counts() {
    Check::new("counter")
        .clock(|b: &mut Counter| &mut b.clock)
        .run(Counter::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 300);
            b.enable.next = rng.chance(9, 10);
            b.load.next = rng.chance(1, 10);
            b.value.next = if rng.bit() { 0xFFD.into() } else { rng.bits() };
        })
        .unwrap();
}
