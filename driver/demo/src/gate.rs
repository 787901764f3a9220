//! What lets the masters of the one-to-one context through.

use vcm::error::Operation;
use vcm::iommu::{Iommu, IommuError, StreamId};
use vcm::seam::{Bus, Clock, PhysMem};
use vcm::wrap::Gate;
use vcm::{Errno, Error};

/// A stream that passes the IOMMU untranslated while its context is active.
pub(crate) struct BypassedStream<B, M, C> {
    pub(crate) iommu: Iommu<B, M, C>,
    pub(crate) stream: StreamId,
}

impl<B: Bus, M: PhysMem, C: Clock> Gate for BypassedStream<B, M, C> {
    fn open(&mut self) -> Result<(), Error> {
        let opened = self.iommu.bypass(self.stream);
        opened.map_err(|error| failed(Operation::Activate, error))
    }

    fn close(&mut self) -> Result<(), Error> {
        let closed = self.iommu.terminate(self.stream);
        closed.map_err(|error| failed(Operation::Deactivate, error))
    }
}

fn failed(operation: Operation, error: IommuError) -> Error {
    let reason = match error {
        IommuError::NoStream { .. } => "there is no such stream",
        IommuError::StreamInUse { .. } => "the stream is attached to a context",
        _ => "the IOMMU does not answer",
    };
    Error::Driver {
        operation,
        reason,
        errno: Errno::EIO,
    }
}
