//! Fault records.

use pyo3::prelude::*;
use vcm::iommu::FaultRecord;

/// An access that was refused. `str` tells it in a sentence.
#[pyclass(frozen, module = "pynq_vcm")]
#[derive(Clone)]
pub(crate) struct Fault {
    pub(crate) record: FaultRecord,
}

#[pymethods]
impl Fault {
    /// The address that the master sent.
    #[getter]
    fn iova(&self) -> u32 {
        self.record.iova.get()
    }

    /// What happened, such as `TranslationL1` or `PermissionL2`: the names of `vcm::iommu::FaultKind`.
    #[getter]
    fn kind(&self) -> String {
        format!("{:?}", self.record.kind)
    }

    /// It was a write.
    #[getter]
    fn write(&self) -> bool {
        self.record.write
    }

    /// It was a privileged access.
    #[getter]
    fn privileged(&self) -> bool {
        self.record.privileged
    }

    /// It was an instruction fetch.
    #[getter]
    fn instruction(&self) -> bool {
        self.record.instruction
    }

    /// The stream of the access.
    #[getter]
    fn stream(&self) -> u16 {
        self.record.stream.get()
    }

    /// The bank of the context that the stream was bound to; `None` if it was to none.
    #[getter]
    fn bank(&self) -> Option<u8> {
        self.record.context
    }

    /// The AXI ID of the access.
    #[getter]
    fn id(&self) -> u16 {
        self.record.id
    }

    /// It waits until it is resumed.
    #[getter]
    fn stalled(&self) -> bool {
        self.record.stalled.is_some()
    }

    fn __str__(&self) -> String {
        self.record.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Fault {}>", self.record)
    }
}
