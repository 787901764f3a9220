//! Memory at addresses of a context.

use std::sync::Arc;

use pyo3::prelude::*;

use crate::error::ForPython;
use crate::memory::Memory;
use crate::reservation::Reservation;
use crate::session::Session;
use crate::slot::Slot;

/// Memory, bound to device addresses of a context: `with ctx.bind(size) as binding:`.
///
/// `start` is what a master is told. It has what PYNQ's drivers expect of a buffer, so that it can be
/// given to them (`dma.sendchannel.transfer(binding)`).
#[pyclass(frozen, module = "pynq_vcm")]
pub(crate) struct Binding {
    slot: Slot<Held>,
    session: Arc<Session>,
    start: u32,
    size: u32,
    /// Bytes asked for.
    length: u32,
}

/// What is given back when a binding is closed.
pub(crate) struct Held {
    // Dropped in this order.
    binding: vcm::Binding,
    memory: Memory,
}

impl Held {
    /// Unbinds the memory and gives everything back.
    pub(crate) fn destroy(self) -> Result<(), vcm::Error> {
        Ok(self.binding.destroy()?)
    }
}

impl Binding {
    pub(crate) fn new(session: &Arc<Session>, binding: vcm::Binding, memory: Memory) -> Self {
        let (start, size) = (binding.start().get(), binding.region().size);
        let length = memory.length();
        Self {
            slot: Slot::new("the binding", Held { binding, memory }),
            session: Arc::clone(session),
            start,
            size,
            length,
        }
    }

    pub(crate) fn slot(&self) -> &Slot<Held> {
        &self.slot
    }

    pub(crate) fn first(&self) -> PyResult<u32> {
        self.slot.with(|held| held.binding.start().get())
    }

    pub(crate) fn held_memory(&self) -> PyResult<Memory> {
        self.slot.with(|held| held.memory.clone())
    }

    pub(crate) fn length(&self) -> u32 {
        self.length
    }
}

#[pymethods]
impl Binding {
    /// Its first address, as masters see it.
    #[getter]
    fn start(&self) -> PyResult<u32> {
        self.first()
    }

    /// The same, as PYNQ calls it.
    #[getter]
    fn device_address(&self) -> PyResult<u32> {
        self.first()
    }

    /// The same, as older drivers of PYNQ call it: it is what they give to their master, not where the
    /// memory is (`memory.parts`).
    #[getter]
    fn physical_address(&self) -> PyResult<u32> {
        self.first()
    }

    /// Bytes asked for.
    #[getter]
    fn nbytes(&self) -> u32 {
        self.length
    }

    /// Bytes of addresses: whole pages.
    #[getter]
    fn size(&self) -> u32 {
        self.size
    }

    /// The memory.
    #[getter]
    fn memory(&self) -> PyResult<Memory> {
        self.held_memory()
    }

    /// A NumPy array over the memory. It keeps the memory alive, also after this has been given back.
    #[pyo3(signature = (dtype=None, shape=None))]
    fn array<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<Bound<'py, PyAny>>,
        shape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.held_memory()?.array(py, dtype, shape)
    }

    /// For `numpy.asarray(binding)`.
    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let array = self.array(py, None, None)?;
        match dtype {
            Some(dtype) => array.call_method1("astype", (dtype,)),
            None if copy == Some(true) => array.call_method0("copy"),
            None => Ok(array),
        }
    }

    /// Makes what the program has written visible to masters.
    fn sync_to_device(&self) -> PyResult<()> {
        self.held_memory()?.sync_to_device()
    }

    /// Makes what masters have written visible to the program.
    fn sync_from_device(&self) -> PyResult<()> {
        self.held_memory()?.sync_from_device()
    }

    /// `sync_to_device`, as PYNQ calls it.
    fn flush(&self) -> PyResult<()> {
        self.held_memory()?.sync_to_device()
    }

    /// `sync_from_device`, as PYNQ calls it.
    fn invalidate(&self) -> PyResult<()> {
        self.held_memory()?.sync_from_device()
    }

    /// Takes it apart: its reservation, which other memory can be bound to, and its memory.
    fn unbind(&self) -> PyResult<(Reservation, Memory)> {
        let Held { binding, memory } = self.slot.consume()?;
        match binding.unbind() {
            Ok((reservation, _owner)) => Ok((Reservation::new(&self.session, reservation), memory)),
            Err(failed) => {
                let binding = failed.value;
                self.slot.restore(Held { binding, memory });
                Err(failed.error).for_python()
            }
        }
    }

    /// Unbinds the memory and gives the addresses back. When this returns, no master reaches it any
    /// more. Once more does nothing.
    fn close(&self) -> PyResult<()> {
        match self.slot.take() {
            Some(held) => held.destroy().for_python(),
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

    fn __len__(&self) -> usize {
        self.length as usize
    }

    fn __repr__(&self) -> String {
        let (start, length) = (self.start, self.length);
        match self.held_memory() {
            Ok(memory) => {
                let parts = memory.phys().parts().len();
                format!("Binding({length} bytes at {start:#010x}, in {parts} parts)")
            }
            Err(_) => "Binding(given back)".to_owned(),
        }
    }
}
