//! VCM, Virtual Contiguous Memory: scattered physical pages as one contiguous, protected address
//! range for bus masters behind VCM-IOMMU.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod addr;
pub mod dma;
pub mod frames;
pub mod iommu;
pub mod iova;
pub mod mmu;
pub mod seam;
pub mod table;

#[cfg(test)]
mod mock;
mod registers;
