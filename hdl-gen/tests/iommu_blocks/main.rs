//! Behaviour of the IOMMU's blocks, each against a small model of its own, in rust-hdl's own
//! simulation.

#[path = "../iommu/mod.rs"]
mod iommu;

#[path = "../axil_host/mod.rs"]
mod axil_host;

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
mod traffic;
mod walker;
mod whole;
mod writes;
