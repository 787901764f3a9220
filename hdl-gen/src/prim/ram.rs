//! Memories: one write port, one read port, one clock, all zero at power-up.

use rust_hdl::prelude::*;

use super::marker;

/// Memory of `1 << A` words read without a clock, for LUT RAM.
#[derive(Clone, Debug, LogicBlock)]
pub struct LutRam<T: Synth, const A: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Write `write_data` to `write_address`.
    pub write: Signal<In, Bit>,
    /// Word to write.
    pub write_address: Signal<In, Bits<A>>,
    /// What to write.
    pub write_data: Signal<In, T>,
    /// Word to read.
    pub read_address: Signal<In, Bits<A>>,
    /// The word at `read_address`, in the same cycle.
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
            "\
(* ram_style = \"distributed\" *) reg [{msb}:0] mem [0:{last}];
integer i;
initial for (i = 0; i <= {last}; i = i + 1) mem[i] = {zero};
always @(posedge clock) if (write) mem[write_address] <= write_data;
always @* read_data = mem[read_address];",
            msb = T::BITS - 1,
            last = (1 << A) - 1,
            zero = marker::literal(T::default()),
        ))
    }
    fn timing(&self) -> Vec<TimingInfo> {
        vec![]
    }
}

/// Memory of `1 << A` words with a read register, for block RAM. A word that is read while it is
/// written reads as before.
#[derive(Clone, Debug, LogicBlock)]
pub struct BlockRam<T: Synth, const A: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Write `write_data` to `write_address`.
    pub write: Signal<In, Bit>,
    /// Word to write.
    pub write_address: Signal<In, Bits<A>>,
    /// What to write.
    pub write_data: Signal<In, T>,
    /// Load `read_data`; it keeps its value otherwise.
    pub read: Signal<In, Bit>,
    /// Word to read.
    pub read_address: Signal<In, Bits<A>>,
    /// The word read last.
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
            "\
(* ram_style = \"block\" *) reg [{msb}:0] mem [0:{last}];
integer i;
initial begin
    for (i = 0; i <= {last}; i = i + 1) mem[i] = {zero};
    read_data = {zero};
end
always @(posedge clock) begin
    if (read) read_data <= mem[read_address];
    if (write) mem[write_address] <= write_data;
end",
            msb = T::BITS - 1,
            last = (1 << A) - 1,
            zero = marker::literal(T::default()),
        ))
    }
    fn timing(&self) -> Vec<TimingInfo> {
        vec![TimingInfo {
            name: "block_ram".into(),
            clock: "clock".into(),
            inputs: vec![
                "write".into(),
                "write_address".into(),
                "write_data".into(),
                "read".into(),
                "read_address".into(),
            ],
            outputs: vec!["read_data".into()],
        }]
    }
}
