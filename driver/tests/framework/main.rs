//! The VCM framework against fakes: the RFC's calls, its drivers' operations, its faults avoided.

mod calls;
mod concurrency;
mod cross;
mod demand;
mod driver_results;
mod fakes;
mod fallbacks;
mod faults;
mod handles;
mod imports;
mod limits;
mod migrate;
mod model;
mod one_to_one;
mod owners;
mod platform;
mod poison;
mod probe;
mod rfc_faults;
mod texts;
mod vcm_mmu;
mod vmm;
mod windows;
