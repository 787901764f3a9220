//! Primitives whose Verilog is written by hand: the only places where this crate writes Verilog text.

mod reg;

pub use reg::Reg;
