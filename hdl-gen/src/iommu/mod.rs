//! The IOMMU, one block a file, from the inside out.

pub mod attributes;
pub mod burst_check;
pub mod codes;
pub mod config;
pub mod lookup;
pub mod permission;
pub mod skid;
pub mod tlb;
pub mod tracker;
pub mod types;
pub mod walker;
