//! The register map of VCM-IOMMU and the page-table descriptor formats, **written once**.
//!
//! Hardware (`hdl-gen`), driver (`vcm`), simulator and documents all read these tables; no other
//! file of the project holds a register offset, a field position or a descriptor bit.
//!
//! - [`MAP`] lists every register block of the 64 KiB window: [`global`], [`dma`], [`context`].
//! - [`descriptor::FORMATS`] lists the ARMv7-A short-descriptor formats.
//! - Each register is also a type with typed fields:
//!
//! ```
//! use vcm_regs::context::Sctlr;
//! let on = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::CFIE, 1);
//! assert_eq!(on.bits(), 0x41);
//! assert!(on.has(Sctlr::M));
//! ```
#![no_std]
#![forbid(unsafe_code)]

mod table;

pub mod context;
pub mod descriptor;
pub mod dma;
pub mod fault;
pub mod global;

pub use table::{Access, Block, Field, FieldInfo, FormatInfo, Register, RegisterInfo, Value};

/// Size of the whole register window in bytes.
pub const WINDOW_SIZE: u32 = 0x1_0000;

/// Address of the window on the Zynq-7000: the start of what its port M_AXI_GP0 reaches (UG585,
/// chapter 4).
pub const ZYNQ_BASE: u32 = 0x4000_0000;

/// Every register block of the window, in the order of its addresses.
pub const MAP: &[&Block] = &[&global::BLOCK, &dma::BLOCK, &dma::CHANNEL, &context::BLOCK];
