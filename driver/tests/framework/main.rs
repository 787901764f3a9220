//! The VCM framework against fakes: the RFC's calls, its drivers' operations, its faults avoided.

mod calls;
mod concurrency;
mod driver_results;
mod fallbacks;
mod handles;
mod model;
mod one_to_one;
mod poison;
mod probe;
mod rfc_faults;
mod vcm_mmu;
