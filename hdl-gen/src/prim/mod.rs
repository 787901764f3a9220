//! Primitives whose Verilog is written by hand: the only places where this crate writes Verilog text.

pub(crate) mod marker;
mod ram;
mod reg;

pub use ram::{BlockRam, LutRam};
pub use reg::Reg;
