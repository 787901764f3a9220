//! VCM-IOMMU in simulation: the Verilated hardware, the buses and the memory around it, and the
//! platform on which the driver runs.

pub mod check;
pub mod golden;
pub mod scoreboard;
pub mod signals;
