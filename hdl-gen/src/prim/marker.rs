//! What a primitive's Verilog text tells the emitter, in lines of their own at its start.

use rust_hdl::prelude::*;

/// Followed by the reset value. The block is `clock`, `reset`, `d` and `q`, and nothing but a
/// register; the emitter writes it into the parent's `always @(posedge …)`.
pub(crate) const REGISTER: &str = "//@register ";

/// The outputs are driven by `assign`; without it they are declared `output reg`.
pub(crate) const WIRES: &str = "//@wires";

/// A value as a literal of its type's width. (rust-hdl gives enums 64 bits.)
pub(crate) fn literal<T: Synth>(value: T) -> String {
    let text = format!("{:x}", value.verilog());
    let digits = text.split_once("'h").map_or("0", |(_, digits)| digits);
    format!("{}'h{digits}", T::BITS)
}
