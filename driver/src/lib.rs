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
pub mod platform;
pub mod seam;
pub mod table;
pub mod vcm;
pub mod wrap;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod proof;
mod registers;
mod sync;

// Its examples are compiled and run as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/writing-a-driver.md")]
mod writing_a_driver {}

pub use error::{Errno, Error};
pub use vcm::{
    Active, AllocFlags, Attribution, Binding, Cause, Copier, Count, Failed, FaultCounts, FaultHook,
    Lender, Misuse, OnDemand, PAGE_SIZE, Phys, PhysId, Region, ResFlags, ResId, Reservation,
    Served, Sink, System, Vcm, VcmId, Verdict, Where, driver, raw,
};
