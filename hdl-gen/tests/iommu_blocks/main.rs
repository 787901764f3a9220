//! Behaviour of the IOMMU's blocks, each against a small model of its own, in rust-hdl's own
//! simulation.

#[path = "../iommu/mod.rs"]
mod iommu;

#[path = "../axil_host/mod.rs"]
mod axil_host;

mod attributes;
mod burst_check;
mod fate;
mod fault_queue;
mod fifo;
mod first_cache;
mod main_tlb;
mod mapping;
mod micro_tlb;
mod path;
mod reads;
mod registers;
mod resolve;
mod shootdown;
mod side_tlb;
mod traffic;
mod translator;
mod translator_bench;
mod walks;
mod whole;
mod writes;
