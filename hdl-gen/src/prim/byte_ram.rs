//! A memory of words, written by bytes and read one cycle later.

use rust_hdl::prelude::*;

use super::marker;

/// 2^`A` words of four bytes, one write port and one read port: *block RAM* on an FPGA.
///
/// As [`BlockRam`](super::BlockRam), but that bit n of `write` writes byte n only.
#[derive(Clone, Debug, LogicBlock)]
pub struct ByteRam<const A: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Bytes to write at the edge.
    pub write: Signal<In, Bits<4>>,
    /// Where to write.
    pub write_address: Signal<In, Bits<A>>,
    /// What to write.
    pub write_data: Signal<In, Bits<32>>,
    /// Read at the edge.
    pub read: Signal<In, Bit>,
    /// Where to read.
    pub read_address: Signal<In, Bits<A>>,
    /// What was there.
    pub read_data: Signal<Out, Bits<32>>,
    _words: Vec<u64>,
}

impl<const A: usize> Default for ByteRam<A> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            write: Default::default(),
            write_address: Default::default(),
            write_data: Default::default(),
            read: Default::default(),
            read_address: Default::default(),
            read_data: Default::default(),
            _words: vec![0; 1 << A],
        }
    }
}

impl<const A: usize> Logic for ByteRam<A> {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            if self.read.val() {
                self.read_data.next = self._words[self.read_address.val().index()].into();
            }
            let word = &mut self._words[self.write_address.val().index()];
            for byte in 0..4 {
                if self.write.val().get_bit(byte) {
                    let mask = 0xFF << (8 * byte);
                    *word = *word & !mask | self.write_data.val().to_u64() & mask;
                }
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
reg [31:0] words [0:{}];
reg [31:0] word = 32'h0;
integer i;
initial for (i = 0; i < {}; i = i + 1) words[i] = 32'h0;
assign read_data = word;
always @(posedge clock) begin
    if (write[0]) words[write_address][7:0] <= write_data[7:0];
    if (write[1]) words[write_address][15:8] <= write_data[15:8];
    if (write[2]) words[write_address][23:16] <= write_data[23:16];
    if (write[3]) words[write_address][31:24] <= write_data[31:24];
    if (read) word <= words[read_address];
end",
            marker::WIRES,
            (1_usize << A) - 1,
            1_usize << A,
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
            name: "byte_ram".into(),
            clock: "clock".into(),
            inputs: inputs.map(String::from).to_vec(),
            outputs: vec!["read_data".into()],
        }]
    }
}
