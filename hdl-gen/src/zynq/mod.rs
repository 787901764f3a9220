//! What stands between `vcm_soc` and the processing system of a Zynq-7000, whose ports are AXI3.
//!
//! | block | between | and |
//! |---|---|---|
//! | [`RegisterPort`] | `M_AXI_GP0`, AXI3, 32-bit data | the register window, AXI4-Lite |
//! | [`DataPort`] | translated traffic, AXI4 | `S_AXI_HP0`, AXI3, 64-bit data |
//! | [`WalkPort`] | table walks, AXI4 | `S_AXI_ACP` or `S_AXI_HP1`, AXI3, read only |
//!
//! Ports of the processing system: UG585, chapter 5 (Interconnect), tables 5-1 and 5-3; AXI3 and how it
//! differs from AXI4: IHI 0022E, A1.3 and part A.

pub mod axi3;
pub mod burst_split;
mod core;
mod data_port;
pub mod id_table;
mod register_port;
mod slice;
pub mod step;
pub mod types;
mod walk_port;

pub use core::ZynqCore;
pub use data_port::DataPort;
pub use register_port::RegisterPort;
pub use slice::Slice;
pub use walk_port::WalkPort;

/// Where the register window stands in the processor's address space: at the beginning of `M_AXI_GP0`
/// (UG585, table 4-1).
pub const WINDOW: u32 = 0x4000_0000;
