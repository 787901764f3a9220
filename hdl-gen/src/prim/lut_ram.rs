//! A memory read in the same cycle.

use rust_hdl::prelude::*;

use super::marker;

/// 2^`A` words, one write port and one read port: *distributed RAM* on an FPGA.
///
/// | port | direction | meaning |
/// |---|---|---|
/// | `clock` | in | rising edge |
/// | `write` | in | write `write_data` to `write_address` at the edge |
/// | `write_address`, `write_data` | in | |
/// | `read_address` | in | |
/// | `read_data` | out | the word at `read_address`, in the same cycle |
///
/// A word written at an edge is read from the next cycle on. There is no reset: the words start
/// as the default of `T` when the device is configured, and then keep what they hold.
///
/// ```text
/// clock         __/~~\__/~~\__/~~\__
/// write         ~~~~~~~\____________
/// write_address ==3====X============
/// read_address  ==3=================
/// read_data     ==old==X==new=======
/// ```
#[derive(Clone, Debug, LogicBlock)]
pub struct LutRam<T: Synth, const A: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Write at the edge.
    pub write: Signal<In, Bit>,
    /// Where to write.
    pub write_address: Signal<In, Bits<A>>,
    /// What to write.
    pub write_data: Signal<In, T>,
    /// Where to read.
    pub read_address: Signal<In, Bits<A>>,
    /// What is there.
    pub read_data: Signal<Out, T>,
    _words: Vec<T>,
}

impl<T: Synth, const A: usize> Default for LutRam<T, A> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            write: Default::default(),
            write_address: Default::default(),
            write_data: Default::default(),
            read_address: Default::default(),
            read_data: Default::default(),
            _words: vec![T::default(); 1 << A],
        }
    }
}

impl<T: Synth, const A: usize> Logic for LutRam<T, A> {
    fn update(&mut self) {
        if self.clock.pos_edge() && self.write.val() {
            self._words[self.write_address.val().index()] = self.write_data.val();
        }
        self.read_data.next = self._words[self.read_address.val().index()];
    }

    fn connect(&mut self) {
        self.read_data.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom(format!(
            "{}
(* ram_style = \"distributed\" *)
reg [{}:0] words [0:{}];
integer i;
initial for (i = 0; i < {}; i = i + 1) words[i] = {zero};
assign read_data = words[read_address];
always @(posedge clock) if (write) words[write_address] <= write_data;",
            marker::WIRES,
            T::BITS.saturating_sub(1),
            (1_usize << A) - 1,
            1_usize << A,
            zero = marker::literal(T::default()),
        ))
    }

    fn timing(&self) -> Vec<TimingInfo> {
        vec![TimingInfo {
            name: "lut_ram".into(),
            clock: "clock".into(),
            inputs: vec!["write".into(), "write_address".into(), "write_data".into()],
            outputs: vec![],
        }]
    }
}
