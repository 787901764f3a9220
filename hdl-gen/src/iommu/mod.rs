//! The IOMMU, one block a file, from the inside out.

pub mod attributes;
pub mod burst_check;
pub mod codes;
pub mod commands;
pub mod config;
pub mod context_bank;
pub mod counters;
pub mod dispatch;
pub mod fault_queue;
pub mod fifo;
pub mod globals;
pub mod lookup;
pub mod permission;
pub mod read_path;
pub mod reg_bus;
pub mod skid;
pub mod stream_map;
pub mod tlb;
pub mod top;
pub mod tracker;
pub mod types;
pub mod walker;
pub mod write_path;

pub use top::Iommu;
