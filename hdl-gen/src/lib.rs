//! The hardware of VCM-IOMMU in Rust-HDL, one block a file, and the emitter that turns it into the
//! Verilog of `rtl/`.

pub mod axi;
pub mod axil;
pub mod dma;
pub mod emit;
pub mod equiv;
pub mod export;
pub mod iommu;
pub mod ipxact;
pub mod prim;
pub mod rtl;
pub mod soc;
pub mod timing;
mod tops;
mod words;
pub mod zynq;

pub use tops::tops;
