//! Primitives whose Verilog is written by hand: the only places where this crate writes Verilog text.
//!
//! Each is also a Rust model; `hdl-gen/tests/emit_prims.rs` holds the two together.

mod block_ram;
mod byte_ram;
mod lut_ram;
pub(crate) mod marker;
mod reg;

pub use block_ram::BlockRam;
pub use byte_ram::ByteRam;
pub use lut_ram::LutRam;
pub use reg::Reg;
