//! In-memory stand-ins for hardware and allocators, to test contexts and their users on any machine.
//!
//! They are strict: what real hardware or a real allocator would let pass and suffer from (memory
//! freed twice, a range that was never reserved) panics here.

mod addresses;
mod iommu;
mod ram;

pub use addresses::Addresses;
pub use iommu::{Call, Iommu};
pub use ram::Ram;
