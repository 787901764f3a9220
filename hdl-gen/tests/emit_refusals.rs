//! What the emitter refuses, and that it says which block and why.

use hdl_gen::emit::{verilog, EmitError, Reason};
use rust_hdl::prelude::*;

fn refusal<U: Block + Default>() -> Reason {
    let error = verilog(&U::default(), "top").expect_err("the design has to be refused");
    assert_eq!(error.path, "top");
    error.reason
}

/// A block of these fields; the rest is its `Logic`.
macro_rules! block {
    ($name:ident { $($field:ident: $ty:ty),* $(,)? } $($logic:tt)*) => {
        #[derive(LogicBlock, Default)]
        struct $name { $($field: $ty),* }
        impl Logic for $name { $($logic)* }
    };
}

block! {
LatchedOutput { a: Signal<In, Bit>, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    if self.a.val() {
        self.o.next = true;
    }
}
}
block! {
LatchedLocal {
    a: Signal<In, Bits<2>>, o: Signal<Out, Bit>, l: Signal<Local, Bits<2>>,
}
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a.val().any();
    match self.a.val().index() {
        0 => self.l.next = 1.into(),
        1 => self.l.next = 2.into(),
        _ => {}
    }
}
}
#[derive(Clone, Copy, Debug, Default, PartialEq, LogicStruct)]
struct Pair {
    low: Bits<4>,
    high: Bits<4>,
}
block! {
LatchedField { a: Signal<In, Bits<4>>, o: Signal<Out, Pair> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next.high = self.a.val();
}
}

#[test]
fn latches_are_refused() {
    let latch = |signal: &str| Reason::Latch {
        signal: signal.into(),
    };
    assert_eq!(refusal::<LatchedOutput>(), latch("o"));
    assert_eq!(refusal::<LatchedLocal>(), latch("l"));
    assert_eq!(refusal::<LatchedField>(), latch("o"));
}

block! {
ReadsTooEarly { a: Signal<In, Bit>, o: Signal<Out, Bit>, l: Signal<Local, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.l.val();
    self.l.next = self.a.val();
}
}

#[test]
fn reading_a_local_before_it_is_assigned_is_refused() {
    assert_eq!(
        refusal::<ReadsTooEarly>(),
        Reason::ReadBeforeAssigned { signal: "l".into() }
    );
}

block! {
Keyworded { a: Signal<In, Bit>, do_it: Signal<Out, Bit>, logic: Signal<Local, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.logic.next = self.a.val();
    self.do_it.next = self.logic.val();
}
}

#[test]
fn keywords_are_refused_as_names() {
    assert_eq!(
        refusal::<Keyworded>(),
        Reason::Keyword {
            name: "logic".into()
        }
    );
    let error = verilog(&Passes::default(), "always").unwrap_err();
    assert_eq!(
        error.reason,
        Reason::Keyword {
            name: "always".into()
        }
    );
}

block! {
SlicesTooFar { a: Signal<In, Bits<8>>, o: Signal<Out, Bits<4>> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a.val().get_bits::<4>(5);
}
}
block! {
BitTooFar { a: Signal<In, Bits<8>>, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a.val().get_bit(8);
}
}

#[test]
fn slices_out_of_range_are_refused() {
    assert_eq!(
        refusal::<SlicesTooFar>(),
        Reason::SliceOutOfRange {
            high: 8,
            low: 5,
            width: 8
        }
    );
    assert_eq!(
        refusal::<BitTooFar>(),
        Reason::SliceOutOfRange {
            high: 8,
            low: 8,
            width: 8
        }
    );
}

mod one {
    use rust_hdl::prelude::*;
    #[derive(Clone, Copy, Debug, PartialEq, LogicState)]
    #[allow(dead_code)]
    pub enum State {
        Idle,
        Busy,
    }
}
mod other {
    use rust_hdl::prelude::*;
    #[derive(Clone, Copy, Debug, PartialEq, LogicState)]
    #[allow(dead_code)]
    pub enum State {
        Busy,
        Idle,
        Done,
    }
}
block! {
TwoStates {
    a: Signal<In, one::State>, b: Signal<In, other::State>, o: Signal<Out, Bit>,
}
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a.val() == one::State::Idle;
}
}

#[test]
fn enums_of_one_name_that_differ_are_refused() {
    assert_eq!(
        refusal::<TwoStates>(),
        Reason::EnumsDiffer {
            name: "State".into()
        }
    );
}

block! {
ClockCompared {
    clock: Signal<In, Clock>, other: Signal<In, Clock>, o: Signal<Out, Bit>,
}
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.clock.val() == self.other.val();
}
}
block! {
ClockInverted { clock: Signal<In, Clock>, o: Signal<Out, Clock> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = !self.clock.val();
}
}
block! {
ClockGated {
    clock: Signal<In, Clock>, other: Signal<In, Clock>, on: Signal<In, Bit>, o: Signal<Out, Clock>,
}
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.clock.val();
    if self.on.val() {
        self.o.next = self.other.val();
    }
}
}

#[test]
fn clocks_are_refused_as_data_and_as_logic() {
    for reason in [
        refusal::<ClockCompared>(),
        refusal::<ClockInverted>(),
        refusal::<ClockGated>(),
    ] {
        assert!(matches!(reason, Reason::ClockAsData { .. }), "{reason}");
    }
}

block! {
Undriven { a: Signal<In, Bit>, o: Signal<Out, Bit>, l: Signal<Local, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.l.next = self.a.val();
}
}
block! {
Passes { a: Signal<In, Bit>, b: Signal<In, Bit>, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a.val() & self.b.val();
}
}
block! {
OpenInput { a: Signal<In, Bit>, o: Signal<Out, Bit>, child: Passes }
    #[hdl_gen]
    fn update(&mut self) {
    self.child.a.next = self.a.val();
    self.o.next = self.child.o.val();
}
}

#[test]
fn undriven_signals_are_refused() {
    assert_eq!(
        refusal::<Undriven>(),
        Reason::Undriven { signal: "o".into() }
    );
    assert_eq!(
        refusal::<OpenInput>(),
        Reason::Undriven {
            signal: "child.b".into()
        }
    );
}

#[derive(LogicInterface, Clone, Debug, Default)]
#[join = "Sink"]
struct Source {
    data: Signal<Out, Bit>,
}
#[derive(LogicInterface, Clone, Debug, Default)]
#[join = "Source"]
struct Sink {
    data: Signal<In, Bit>,
}
block! {
Inner { bus: Source, a: Signal<In, Bit> }
    #[hdl_gen]
    fn update(&mut self) { self.bus.data.next = self.a.val(); }
}
block! {
LinkedTwice { a: Signal<In, Bit>, bus: Source, x: Inner, y: Inner }
    #[hdl_gen]
    fn update(&mut self) {
    self.x.a.next = self.a.val();
    self.y.a.next = !self.a.val();
    Source::link(&mut self.bus, &mut self.x.bus);
    Source::link(&mut self.bus, &mut self.y.bus);
}
}

#[test]
fn wires_driven_twice_are_refused() {
    assert_eq!(
        refusal::<LinkedTwice>(),
        Reason::DrivenTwice {
            signal: "bus.data".into()
        }
    );
}

block! {
WritesItsInput { a: Signal<In, Bit>, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a.val();
    self.a.next = false;
}
}
block! {
WritesAnOutput { a: Signal<In, Bit>, o: Signal<Out, Bit>, child: Passes }
    #[hdl_gen]
    fn update(&mut self) {
    self.child.a.next = self.a.val();
    self.child.b.next = self.a.val();
    self.o.next = self.child.o.val();
    self.child.o.next = false;
}
}

#[test]
fn writing_what_another_block_drives_is_refused() {
    let refused = |reason| matches!(reason, Reason::NotWritable { .. });
    assert!(refused(refusal::<WritesItsInput>()));
    assert!(refused(refusal::<WritesAnOutput>()));
}

block! {
LiteralTooWide { a: Signal<In, Bits<4>>, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a.val() == 16;
}
}

#[test]
fn literals_that_do_not_fit_are_refused() {
    assert_eq!(
        refusal::<LiteralTooWide>(),
        Reason::LiteralTooWide {
            value: "16".into(),
            width: 4
        }
    );
}

block! {
IndexArithmetic {
    a: Signal<In, Bits<16>>, at: Signal<In, Bits<3>>, o: Signal<Out, Bit>,
}
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a.val().get_bit(self.at.val().index() + 1);
}
}
block! {
MatchArithmetic { at: Signal<In, Bits<3>>, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    match self.at.val().index() + 1 {
        1 => self.o.next = true,
        _ => self.o.next = false,
    }
}
}

#[test]
fn arithmetic_that_may_or_may_not_wrap_is_refused() {
    let refused = |reason| matches!(reason, Reason::Unsupported(text) if text.contains("wraps"));
    assert!(refused(refusal::<IndexArithmetic>()));
    assert!(refused(refusal::<MatchArithmetic>()));
}

const LIMIT: u64 = 5;
block! {
UsesAConst { a: Signal<In, Bits<4>>, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a.val() == LIMIT;
}
}

#[test]
fn rust_constants_are_refused_by_name() {
    assert_eq!(
        refusal::<UsesAConst>(),
        Reason::UnknownName {
            name: "LIMIT".into()
        }
    );
}

block! {
LoopNamedLikeAField { i: Signal<In, Bits<4>>, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = false;
    for i in 0..4 {
        self.o.next = self.o.val() ^ self.i.val().get_bit(i);
    }
}
}

#[test]
fn a_loop_variable_with_the_name_of_a_field_is_refused() {
    assert_eq!(
        refusal::<LoopNamedLikeAField>(),
        Reason::AmbiguousName { name: "i".into() }
    );
}

block! {
VariableIndex {
    sel: Signal<In, Bits<1>>, a: Signal<In, Bit>, o: Signal<Out, Bit>, way: [Passes; 2],
}
    #[hdl_gen]
    fn update(&mut self) {
    for i in 0..2 {
        self.way[i].a.next = self.a.val();
        self.way[i].b.next = self.a.val();
    }
    self.o.next = self.way[self.sel.val().index()].o.val();
}
}

#[test]
fn a_variable_index_into_sub_blocks_is_refused() {
    assert!(matches!(refusal::<VariableIndex>(), Reason::Index { .. }));
}

block! {
Signs { a: Signal<In, Signed<8>>, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a.val().get_bit(7);
}
}
block! {
TwoWay { a: Signal<InOut, Bits<8>>, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = true;
}
}
#[derive(LogicBlock, Default)]
struct NoKernel {
    o: Signal<Out, Bit>,
}
impl Logic for NoKernel {
    fn update(&mut self) {
        self.o.next = true;
    }
}

#[test]
fn what_has_no_translation_is_refused() {
    for reason in [
        refusal::<Signs>(),
        refusal::<TwoWay>(),
        refusal::<NoKernel>(),
    ] {
        assert!(matches!(reason, Reason::Unsupported(_)), "{reason}");
    }
}

block! {
Clash { a_b: Signal<In, Bit>, a: Sink, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a_b.val() ^ self.a.data.val();
}
}
#[derive(LogicInterface, Clone, Debug, Default)]
struct Named {
    b: Signal<In, Bit>,
}
block! {
NamedClash { a_b: Signal<In, Bit>, a: Named, o: Signal<Out, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.o.next = self.a_b.val() ^ self.a.b.val();
}
}

#[test]
fn names_that_meet_in_verilog_are_refused() {
    assert!(verilog(&Clash::default(), "top").is_ok());
    assert_eq!(
        refusal::<NamedClash>(),
        Reason::NameClash { name: "a_b".into() }
    );
}

block! {
ReadsBack { a: Signal<In, Bit>, o: Signal<Out, Bit>, child: Passes }
    #[hdl_gen]
    fn update(&mut self) {
    self.child.a.next = self.a.val();
    self.o.next = self.child.a.val();
    self.child.a.next = self.child.o.val();
    self.child.b.next = self.a.val();
}
}

#[test]
fn a_childs_input_read_before_its_last_write_is_refused() {
    assert_eq!(
        refusal::<ReadsBack>(),
        Reason::ReadBeforeLastWrite {
            signal: "child.a".into()
        }
    );
}

block! {
Outer { a: Signal<In, Bit>, o: Signal<Out, Bit>, stage: [LatchedOutput; 2] }
    #[hdl_gen]
    fn update(&mut self) {
    self.stage[0].a.next = self.a.val();
    self.stage[1].a.next = self.stage[0].o.val();
    self.o.next = self.stage[1].o.val();
}
}

#[test]
fn the_error_names_the_block_and_the_signal() {
    let error: EmitError = verilog(&Outer::default(), "top").unwrap_err();
    assert_eq!(
        error.to_string(),
        "block `top.stage.0`: `o` would be a latch: not every path through the kernel assigns all its bits"
    );
}
