//! Primitives whose Verilog is written by hand: the only places where this crate writes Verilog text.

pub(crate) mod marker;
mod reg;

pub use reg::Reg;
