//! What NumPy asks for the memory of an array.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::processor::Shown;

/// The memory under an array: it stays where it is for as long as there is one.
///
/// It speaks NumPy's array interface (version 3), which, unlike the buffer protocol, an extension for
/// all versions of Python may implement.
#[pyclass(frozen, module = "pynq_vcm")]
pub(crate) struct View {
    shown: Arc<Shown>,
    length: usize,
}

impl View {
    pub(crate) fn new(shown: Arc<Shown>, length: usize) -> Self {
        Self { shown, length }
    }

    /// An array over all of it.
    pub(crate) fn into_array<'py>(
        self,
        py: Python<'py>,
        dtype: Option<Bound<'py, PyAny>>,
        shape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let bytes = py.import("numpy")?.call_method1("asarray", (self,))?;
        let items = match dtype {
            Some(dtype) => bytes.call_method1("view", (dtype,))?,
            None => bytes,
        };
        match shape {
            Some(shape) => items.call_method1("reshape", (shape,)),
            None => Ok(items),
        }
    }
}

#[pymethods]
impl View {
    /// Where the memory is.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let view = self
            .shown
            .view()
            .map_err(|error| pyo3::exceptions::PyRuntimeError::new_err(error.to_string()))?;
        let interface = PyDict::new(py);
        interface.set_item("version", 3)?;
        interface.set_item("typestr", "|u1")?;
        interface.set_item("shape", PyTuple::new(py, [self.length])?)?;
        let read_only = !view.is_writable();
        interface.set_item("data", (view.as_ptr().addr(), read_only))?;
        Ok(interface)
    }
}
