//! What an allocation or a reservation is to be like. The default is the RFC's flags of 0.

use super::region::Region;
use crate::addr::Iova;
use crate::mmu::Attributes;

/// Wishes for an allocation of physical memory (the RFC's `alloc_flags`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AllocFlags {
    /// One physically contiguous part.
    pub contiguous: bool,
    /// Alignment of a contiguous allocation in bytes, a power of two; 0 for the page size.
    pub align: u32,
    /// The largest part size to use, in bytes, for allocations of restricted page size; 0 for any.
    pub max_page: u32,
}

/// Wishes for a reservation of addresses (the RFC's `res_flags`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResFlags {
    /// At this address, and nowhere else.
    pub at: Option<Iova>,
    /// Alignment in bytes, a power of two; 0 leaves it to the driver.
    pub align: u32,
    /// Only addresses in this range, for a master that cannot form all of the context's. Where the
    /// memory decides about the address (one-to-one), the call fails if it lies elsewhere.
    pub within: Option<Region>,
    /// Who may do what with memory that is bound here. A one-to-one context cannot enforce it.
    pub attributes: Attributes,
}
