//! Primitives whose Verilog is written by hand: the only places where this crate writes Verilog text.
//!
//! Each is also a Rust model; `hdl-gen/tests/emit_prims.rs` holds the two together.

pub(crate) mod marker;
mod ram;
mod reg;

pub use ram::{BlockRam, LutRam};
pub use reg::Reg;
