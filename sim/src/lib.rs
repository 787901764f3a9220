//! VCM-IOMMU in simulation: the Verilated hardware, the buses and the memory around it, and the
//! platform on which the driver runs.

pub mod axi;
pub mod axil;
pub mod cached;
pub mod check;
pub mod coverage;
pub mod ddr;
pub mod golden;
pub mod model;
pub mod platform;
pub mod pressure;
pub mod scoreboard;
#[cfg(target_os = "linux")]
pub mod serve;
pub mod signals;
pub mod simulated;
pub mod soak;
pub mod trace;
pub mod wave;

/// The demonstration, and the simulated machine that it runs on.
pub mod demo {
    pub use vcm_demo_core::*;

    pub use crate::simulated;
}
