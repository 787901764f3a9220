//! The equivalence check itself: that it sees what is wrong, and says what.

use hdl_gen::equiv::{Check, Error, Simulator};
use hdl_gen::prim::Reg;
use rust_hdl::prelude::*;

/// A block whose hand-written Verilog is `VERILOG` number `V`.
#[derive(LogicBlock, Default)]
struct Adder<const V: usize> {
    a: Signal<In, Bits<8>>,
    b: Signal<In, Bits<8>>,
    sum: Signal<Out, Bits<8>>,
    wide: Signal<Out, Bits<80>>,
}

const VERILOG: [&str; 4] = [
    "always @* begin sum = a + b; wide = {72'h5, b}; end",
    // wrong for a == 200 only
    "always @* begin sum = a == 8'd200 ? 8'd0 : a + b; wide = {72'h5, b}; end",
    "always @* begin sum = a + b; wide = {72'h4, b}; end",
    // right in two-valued logic only: a latch that starts as X
    "reg [7:0] old; always @* begin if (a != 8'd0) old = b; end
     always @* begin sum = a + b; wide = {72'h5, b}; if (a == 8'd0) wide[0] = b[0] ^ old[0] ^ old[0]; end",
];

impl<const V: usize> Logic for Adder<V> {
    fn update(&mut self) {
        self.sum.next = self.a.val() + self.b.val();
        self.wide.next = bit_cast::<80, 8>(self.b.val()) | (bits::<80>(5) << 8);
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom(VERILOG[V].into())
    }
}

fn check<const V: usize>(name: &str) -> Result<(), Error> {
    Check::new(name)
        .cycles(256)
        .run(Adder::<V>::default(), |b, rng, cycle| {
            b.a.next = (cycle as u64 & 0xFF).into();
            b.b.next = (rng.below(255) + 1).into();
        })
}

#[test]
fn equal_designs_pass() {
    check::<0>("right").unwrap();
}

#[test]
fn a_wrong_output_is_named_with_its_cycle_and_both_values() {
    match check::<1>("wrong_once") {
        Err(Error::Mismatch {
            simulator,
            cycle,
            signal,
            verilog,
            rust,
        }) => {
            assert_eq!(simulator, Simulator::Verilator);
            assert_eq!(
                (cycle, signal.as_str(), verilog.as_str()),
                (200, "sum", "0")
            );
            assert_ne!(rust, "0");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_word_of_a_wide_output_is_compared() {
    match check::<2>("wrong_wide") {
        Err(Error::Mismatch {
            signal, cycle: 0, ..
        }) => assert_eq!(signal, "wide"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn verilog_that_synthesis_would_not_take_fails_too() {
    match check::<3>("latched") {
        Err(Error::Tool { tool, .. }) => assert!(["yosys", "verilator_bin"].contains(&&*tool)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_clock_that_is_not_driven_is_an_error() {
    let result = Check::new("no_clock").run(Reg::<Bits<8>>::default(), |_, _, _| {});
    match result {
        Err(Error::NoClock { clock }) => assert_eq!(clock, "clock"),
        other => panic!("{other:?}"),
    }
}

#[derive(LogicBlock, Default)]
struct Ring {
    a: Signal<In, Bit>,
    o: Signal<Out, Bit>,
    first: Invert,
    second: Invert,
}

#[derive(LogicBlock, Default)]
struct Invert {
    a: Signal<In, Bit>,
    b: Signal<In, Bit>,
    o: Signal<Out, Bit>,
}

impl Logic for Invert {
    #[hdl_gen]
    fn update(&mut self) {
        self.o.next = !(self.a.val() & self.b.val());
    }
}

impl Logic for Ring {
    #[hdl_gen]
    fn update(&mut self) {
        self.first.a.next = self.a.val();
        self.first.b.next = self.second.o.val();
        self.second.a.next = true;
        self.second.b.next = !self.first.o.val();
        self.o.next = self.first.o.val();
    }
}

#[test]
fn a_combinational_loop_is_an_error() {
    match Check::new("ring").run(Ring::default(), |b, rng, _| b.a.next = rng.bit()) {
        Err(Error::NotSettled { .. } | Error::Tool { .. }) => {}
        other => panic!("{other:?}"),
    }
}
