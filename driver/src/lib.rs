//! VCM, Virtual Contiguous Memory: scattered physical pages as one contiguous, protected address
//! range for bus masters behind VCM-IOMMU.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod addr;
pub mod dma;
pub mod error;
#[cfg(any(test, feature = "testing"))]
pub mod fake;
pub mod frames;
pub mod iommu;
pub mod iova;
pub mod mmu;
pub mod seam;
pub mod table;
pub mod vcm;
pub mod wrap;

#[cfg(test)]
mod mock;
mod registers;

pub use error::{Errno, Error};
pub use vcm::{
    Active, AllocFlags, Binding, Count, Failed, Misuse, PAGE_SIZE, Phys, PhysId, Region, ResFlags,
    ResId, Reservation, Sink, System, Vcm, VcmId, Where, driver, raw,
};
