//! VCM-IOMMU in simulation: the Verilated hardware, the buses and the memory around it, and the
//! platform on which the driver runs.

pub mod axi;
pub mod axil;
pub mod check;
pub mod ddr;
pub mod demo;
pub mod golden;
pub mod model;
pub mod platform;
pub mod pressure;
pub mod scoreboard;
pub mod signals;
pub mod wave;
