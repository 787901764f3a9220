//! Physical memory.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use vcm::Phys;

use crate::error::{ForPython, failed};
use crate::processor::Shown;
use crate::session::Session;
use crate::view::View;

/// Physical memory: maybe in many pieces, and one array for the program.
///
/// It lives as long as anybody has it: this object, an array over it, or a binding.
#[pyclass(frozen, module = "pynq_vcm")]
#[derive(Clone)]
pub(crate) struct Memory {
    block: Arc<Block>,
}

struct Block {
    // Dropped before the owner of the memory.
    shown: Mutex<Option<Arc<Shown>>>,
    phys: Phys,
    session: Arc<Session>,
    /// Bytes asked for.
    length: u32,
}

impl Memory {
    pub(crate) fn new(session: &Arc<Session>, phys: Phys, length: u32) -> Self {
        Self {
            block: Arc::new(Block {
                shown: Mutex::new(None),
                phys,
                session: Arc::clone(session),
                length,
            }),
        }
    }

    pub(crate) fn phys(&self) -> &Phys {
        &self.block.phys
    }

    pub(crate) fn length(&self) -> u32 {
        self.block.length
    }

    /// Makes it appear for the program, if it does not yet.
    fn shown(&self) -> PyResult<Arc<Shown>> {
        let block = &self.block;
        let mut shown = block.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shown) = &*shown {
            return Ok(Arc::clone(shown));
        }
        let made = block.session.processor.show(&block.phys).for_python()?;
        Ok(Arc::clone(shown.insert(Arc::new(made))))
    }
}

#[pymethods]
impl Memory {
    /// Bytes asked for.
    #[getter]
    fn nbytes(&self) -> u32 {
        self.block.length
    }

    /// Bytes that it has: whole pages.
    #[getter]
    fn size(&self) -> u32 {
        self.block.phys.size()
    }

    /// Its contiguous pieces, in order: physical address and size of each.
    #[getter]
    fn parts(&self) -> Vec<(u32, u32)> {
        let parts = self.block.phys.parts();
        parts
            .iter()
            .map(|part| (part.start.get(), part.size))
            .collect()
    }

    /// To how many reservations it is bound: the program's own view counts.
    #[getter]
    fn bindings(&self) -> u32 {
        self.block.phys.bindings()
    }

    /// A NumPy array over it, which keeps it alive.
    #[pyo3(signature = (dtype=None, shape=None))]
    pub(crate) fn array<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<Bound<'py, PyAny>>,
        shape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let view = View::new(self.shown()?, self.block.length as usize);
        view.into_array(py, dtype, shape)
    }

    /// Makes what the program has written visible to masters.
    pub(crate) fn sync_to_device(&self) -> PyResult<()> {
        self.sync(|view| view.sync_for_device())
    }

    /// Makes what masters have written visible to the program.
    pub(crate) fn sync_from_device(&self) -> PyResult<()> {
        self.sync(|view| view.sync_for_cpu())
    }

    fn __len__(&self) -> usize {
        self.block.length as usize
    }

    fn __repr__(&self) -> String {
        let parts = self.block.phys.parts().len();
        format!("Memory({} bytes in {parts} parts)", self.block.length)
    }
}

impl Memory {
    fn sync(&self, sync: impl Fn(&vcm_linux::View<'_>)) -> PyResult<()> {
        let memory = &self.block.session.machine.memory;
        let before = memory.sync_failures();
        let shown = self.shown()?;
        let view = shown
            .view()
            .map_err(|error| failed(vcm::Errno::EIO, &error))?;
        sync(&view);
        if memory.sync_failures() == before {
            return Ok(());
        }
        let why = "the kernel did not keep cache and memory the same: the files sync_* of the \
                   u-dma-buf in /sys have to be writable (run as root), or open it uncached";
        Err(failed(vcm::Errno::EIO, &why))
    }
}
