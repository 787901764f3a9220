//! The driver as a whole, against what must hold whatever happens.
//!
//! A [`machine`] has contexts of every kind: two behind the [mock](crate::mock)'s IOMMU, two
//! one-to-one, two with drivers of their own. Calls are made at the raw layer, some of them while
//! something fails. A [`model`] of the RFC says what each must lead to. After each, the bookkeeping, the
//! allocators and the hardware are [compared](check) with it: page tables by a walker that shares
//! nothing with the driver, and what the TLBs hold.

mod check;
mod cost;
mod demand;
mod device;
mod faults;
mod leaks;
mod ledger;
mod machine;
mod model;
mod moves;
mod sequences;
mod sources;
mod steps;
