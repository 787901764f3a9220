//! A memory read one cycle later.

use rust_hdl::prelude::*;

use super::marker;

/// 2^`A` words, one write port and one read port: *block RAM* on an FPGA.
///
/// | port | direction | meaning |
/// |---|---|---|
/// | `clock` | in | rising edge |
/// | `write` | in | write `write_data` to `write_address` at the edge |
/// | `write_address`, `write_data` | in | |
/// | `read` | in | read `read_address` at the edge; else `read_data` stays |
/// | `read_address` | in | |
/// | `read_data` | out | the word, from the edge on |
///
/// *Read first*: a word that is read and written at the same edge gives its old value. There is no
/// reset: the words and `read_data` start as the default of `T` when the device is configured.
///
/// ```text
/// clock         __/~~\__/~~\__/~~\__
/// write         ~~~~~~~\____________
/// read          ~~~~~~~~~~~~~\______
/// addresses     ==3=================
/// read_data     ==0====X=old=X=new==
/// ```
#[derive(Clone, Debug, LogicBlock)]
pub struct BlockRam<T: Synth, const A: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Write at the edge.
    pub write: Signal<In, Bit>,
    /// Where to write.
    pub write_address: Signal<In, Bits<A>>,
    /// What to write.
    pub write_data: Signal<In, T>,
    /// Read at the edge.
    pub read: Signal<In, Bit>,
    /// Where to read.
    pub read_address: Signal<In, Bits<A>>,
    /// What was there.
    pub read_data: Signal<Out, T>,
    _words: Vec<T>,
}

impl<T: Synth, const A: usize> Default for BlockRam<T, A> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            write: Default::default(),
            write_address: Default::default(),
            write_data: Default::default(),
            read: Default::default(),
            read_address: Default::default(),
            read_data: Default::default(),
            _words: vec![T::default(); 1 << A],
        }
    }
}

impl<T: Synth, const A: usize> Logic for BlockRam<T, A> {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            if self.read.val() {
                self.read_data.next = self._words[self.read_address.val().index()];
            }
            if self.write.val() {
                self._words[self.write_address.val().index()] = self.write_data.val();
            }
        }
    }

    fn connect(&mut self) {
        self.read_data.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom(format!(
            "{}
(* ram_style = \"block\" *)
reg [{top}:0] words [0:{}];
reg [{top}:0] word = {zero};
integer i;
initial for (i = 0; i < {}; i = i + 1) words[i] = {zero};
assign read_data = word;
always @(posedge clock) begin
    if (write) words[write_address] <= write_data;
    if (read) word <= words[read_address];
end",
            marker::WIRES,
            (1_usize << A) - 1,
            1_usize << A,
            zero = marker::literal(T::default()),
            top = T::BITS.saturating_sub(1),
        ))
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let inputs = [
            "write",
            "write_address",
            "write_data",
            "read",
            "read_address",
        ];
        vec![TimingInfo {
            name: "block_ram".into(),
            clock: "clock".into(),
            inputs: inputs.map(String::from).to_vec(),
            outputs: vec!["read_data".into()],
        }]
    }
}
