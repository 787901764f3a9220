//! The extension module `pynq_vcm._vcm`: the VCM framework for Python.
//!
//! | class | on top of |
//! |---|---|
//! | `Iommu` | [`vcm::iommu::Iommu`] on a board (`device`) or simulated (`simulator`) |
//! | `Context` | [`vcm::Vcm`] on a context bank |
//! | `Memory`, `Reservation`, `Binding` | [`vcm::Phys`], [`vcm::Reservation`], [`vcm::Binding`] |
//! | `Channel` | [`vcm::dma::Channel`] |
//!
//! The program sees memory through a context of its own (`processor`), in which all of a binding is
//! one range of addresses; a NumPy array over it keeps the memory alive by itself, so that no array
//! ever points to memory that is someone else's.
//!
//! Locks: an object's own one is never held while another object's is taken, but for what is given
//! back; the interpreter is released while hardware is waited for.
#![cfg(target_os = "linux")]

mod binding;
mod channel;
mod context;
mod counters;
mod device;
mod error;
mod fault;
mod iommu;
mod machine;
mod memory;
mod processor;
mod reservation;
mod session;
#[cfg(feature = "simulator")]
mod simulator;
mod slot;
mod view;

use pyo3::prelude::*;

/// What `pynq_vcm` is made of.
#[pymodule]
fn _vcm(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("HAS_SIMULATOR", cfg!(feature = "simulator"))?;
    module.add("VcmError", py.get_type::<error::VcmError>())?;
    module.add("DmaError", py.get_type::<error::DmaError>())?;
    module.add_class::<iommu::Iommu>()?;
    module.add_class::<context::Context>()?;
    module.add_class::<memory::Memory>()?;
    module.add_class::<reservation::Reservation>()?;
    module.add_class::<binding::Binding>()?;
    module.add_class::<channel::Channel>()?;
    module.add_class::<counters::Counters>()?;
    module.add_class::<fault::Fault>()?;
    module.add_class::<view::View>()
}
