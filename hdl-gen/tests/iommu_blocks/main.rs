//! Behaviour of the IOMMU's blocks, each against a small model of its own, in rust-hdl's own
//! simulation.

#[path = "../iommu/mod.rs"]
mod iommu;

mod attributes;
mod burst_check;
mod dispatch;
mod faults;
mod fifo;
mod lookup;
mod mapping;
mod permission;
mod reads;
mod registers;
mod skid;
mod tlb;
mod tracker;
mod walker;
mod writes;
