//! The bridges to the processing system of a Zynq-7000, in rust-hdl's own simulation, and their Verilog
//! against it.

#[path = "../iommu/mod.rs"]
mod iommu;

mod bursts;
mod data;
mod data_bench;
mod equiv;
mod registers;
mod registers_bench;
mod rules;
mod walk;
