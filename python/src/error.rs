//! Errors, as Python sees them.

use std::fmt::Display;

use pyo3::create_exception;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use vcm::Errno;
use vcm::dma;
use vcm::iommu::IommuError;

create_exception!(
    pynq_vcm,
    VcmError,
    PyOSError,
    "A call of the framework has failed. `errno` is the number that the VCM RFC has for it."
);
create_exception!(
    pynq_vcm,
    DmaError,
    VcmError,
    "A copy has failed. Where a transaction was refused, `end` is 'source' or 'destination', `at` the \
     address that was refused; `copied` says how many bytes were."
);

/// What failed, with this error number.
pub(crate) fn failed(errno: Errno, what: &dyn Display) -> PyErr {
    VcmError::new_err((errno.code(), what.to_string()))
}

/// Makes an error of the driver one of Python.
pub(crate) trait ForPython<T> {
    /// The same with an error of Python.
    fn for_python(self) -> PyResult<T>;
}

impl<T> ForPython<T> for Result<T, vcm::Error> {
    fn for_python(self) -> PyResult<T> {
        self.map_err(|error| failed(error.errno(), &error))
    }
}

impl<T> ForPython<T> for Result<T, IommuError> {
    fn for_python(self) -> PyResult<T> {
        self.map_err(|error| {
            let errno = match error {
                IommuError::OutOfMemory => Errno::ENOMEM,
                IommuError::NoContext { .. } => Errno::EBUSY,
                IommuError::SyncTimeout => Errno::ETIMEDOUT,
                IommuError::Bus(_) | IommuError::Memory(_) => Errno::EIO,
                _ => Errno::EINVAL,
            };
            failed(errno, &error)
        })
    }
}

impl<T> ForPython<T> for Result<T, dma::DmaError> {
    fn for_python(self) -> PyResult<T> {
        self.map_err(|error| Python::attach(|py| of_dma(py, error).unwrap_or_else(|other| other)))
    }
}

/// The error of a copy, with what is known of it.
fn of_dma(py: Python<'_>, error: dma::DmaError) -> PyResult<PyErr> {
    use dma::DmaError as Dma;
    let errno = match error {
        Dma::ChannelTaken { .. } | Dma::Busy { .. } => Errno::EBUSY,
        Dma::Timeout { .. } => Errno::ETIMEDOUT,
        Dma::Transfer { .. } | Dma::Aborted { .. } | Dma::Bus(_) => Errno::EIO,
        _ => Errno::EINVAL,
    };
    let made = DmaError::new_err((errno.code(), error.to_string()));
    let value = made.value(py);
    let (end, at, copied) = match error {
        Dma::Transfer {
            end, at, copied, ..
        } => (Some(end.to_string()), Some(at.get()), Some(copied)),
        Dma::Aborted { copied } | Dma::Timeout { copied, .. } => (None, None, Some(copied)),
        _ => (None, None, None),
    };
    value.setattr("end", end)?;
    value.setattr("at", at)?;
    value.setattr("copied", copied)?;
    Ok(made)
}

/// What has been given back, or closed, is used.
pub(crate) fn gone(what: &str) -> PyErr {
    PyValueError::new_err(format!("{what} was given back already"))
}
