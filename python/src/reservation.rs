//! Reserved addresses.

use std::sync::Arc;

use pyo3::prelude::*;

use crate::binding::Binding;
use crate::error::ForPython;
use crate::memory::Memory;
use crate::session::Session;
use crate::slot::Slot;

/// Reserved device addresses with no memory: a master that accesses them faults.
#[pyclass(frozen, module = "pynq_vcm")]
pub(crate) struct Reservation {
    slot: Slot<vcm::Reservation>,
    session: Arc<Session>,
    start: u32,
    size: u32,
}

impl Reservation {
    pub(crate) fn new(session: &Arc<Session>, reservation: vcm::Reservation) -> Self {
        Self {
            start: reservation.start().get(),
            size: reservation.size(),
            slot: Slot::new("the reservation", reservation),
            session: Arc::clone(session),
        }
    }

    pub(crate) fn slot(&self) -> &Slot<vcm::Reservation> {
        &self.slot
    }
}

#[pymethods]
impl Reservation {
    /// Its first address, as masters see it.
    #[getter]
    fn start(&self) -> u32 {
        self.start
    }

    /// Its size in bytes.
    #[getter]
    fn size(&self) -> u32 {
        self.size
    }

    /// Binds memory to it, which makes it a binding; this is used up then.
    fn bind(&self, memory: &Memory) -> PyResult<Binding> {
        match self.slot.consume()?.bind(memory.phys()) {
            Ok(binding) => Ok(Binding::new(&self.session, binding, memory.clone())),
            Err(failed) => {
                self.slot.restore(failed.value);
                Err(failed.error).for_python()
            }
        }
    }

    /// Gives the addresses back. Once more does nothing.
    fn close(&self) -> PyResult<()> {
        match self.slot.take() {
            Some(reserved) => reserved.unreserve().map_err(vcm::Error::from).for_python(),
            None => Ok(()),
        }
    }

    fn __enter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (*_why))]
    fn __exit__(&self, _why: &Bound<'_, pyo3::types::PyTuple>) -> PyResult<()> {
        self.close()
    }

    fn __repr__(&self) -> String {
        format!("Reservation({} bytes at {:#010x})", self.size, self.start)
    }
}
