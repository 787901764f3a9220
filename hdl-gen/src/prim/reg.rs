//! A register with a synchronous reset.

use rust_hdl::prelude::*;

use super::marker;

/// D flip-flops, reset to `T::default()` by a synchronous, active-high `reset`.
///
/// rust-hdl's own `DFF` has an initial value but no reset. A reset inside a kernel (`if reset …`)
/// would put the reset into every combinational cone, which costs simulation speed.
#[derive(Clone, Debug, LogicBlock)]
pub struct Reg<T: Synth> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous, active high.
    pub reset: Signal<In, Bit>,
    /// Next value.
    pub d: Signal<In, T>,
    /// Present value.
    pub q: Signal<Out, T>,
}

impl<T: Synth> Default for Reg<T> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            d: Default::default(),
            q: Default::default(),
        }
    }
}

impl<T: Synth> Logic for Reg<T> {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            self.q.next = if self.reset.val() {
                T::default()
            } else {
                self.d.val()
            };
        }
    }
    fn connect(&mut self) {
        self.q.connect();
    }
    fn hdl(&self) -> Verilog {
        let init = marker::literal(T::default());
        Verilog::Custom(format!(
            "{}{init}\ninitial q = {init};\nalways @(posedge clock) begin\n    if (reset) q <= {init};\n    else q <= d;\nend",
            marker::REGISTER
        ))
    }
    fn timing(&self) -> Vec<TimingInfo> {
        vec![TimingInfo {
            name: "reg".into(),
            clock: "clock".into(),
            inputs: vec!["d".into(), "reset".into()],
            outputs: vec!["q".into()],
        }]
    }
}
