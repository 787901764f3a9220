//! The step between a fault record of the IOMMU and memory on demand.

use core::fmt;

use crate::addr::Iova;
use crate::error::Error;
use crate::iommu::{FaultKind, FaultRecord, IommuContext, IommuError, Resume};
use crate::seam::{Bus, Clock, PhysMem};
use crate::vcm::driver::Driver;
use crate::vcm::{Served, Vcm};

/// Why memory could not be given on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageInError {
    /// The framework could not; the access was terminated.
    Vcm(Error),
    /// The IOMMU could not be told; the access waits still, or until its timeout.
    Iommu(IommuError),
}

impl fmt::Display for PageInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vcm(error) => write!(f, "memory on demand: {error}"),
            Self::Iommu(error) => write!(f, "going on after a fault: {error}"),
        }
    }
}

impl core::error::Error for PageInError {}

/// Answers a fault record: binds memory on demand to where a master waits, and lets it go on. `vcm` is
/// the context on top of `context`, whose faults [stall](IommuContext::set_stall).
///
/// `None`: the record is not for this, since nothing waits or in another context; what it tells is a
/// fault. [`Served::Terminate`]: so it is, and the access has been ended.
///
/// A handler drains the records and answers one after the other:
///
/// ```
/// # use vcm::iommu::{Iommu, IommuContext};
/// # use vcm::seam::{Bus, Clock, PhysMem};
/// # use vcm::wrap::page_in;
/// # use vcm::Vcm;
/// fn handle<B: Bus, M: PhysMem, C: Clock>(
///     vcm: &Vcm,
///     context: &IommuContext<B, M, C>,
/// ) -> Result<(), Box<dyn std::error::Error>> {
///     let mut records = Vec::new();
///     context.iommu().drain_faults(&mut records)?;
///     for record in &records {
///         match page_in(vcm, context, record)? {
///             Some(vcm::Served::Retry | vcm::Served::Wait) => {}
///             Some(vcm::Served::Terminate) | None => println!("{record}"),
///         }
///     }
///     Ok(())
/// }
/// ```
///
/// # Errors
/// [`PageInError`].
pub fn page_in<D, B, M, C>(
    vcm: &Vcm<D>,
    context: &IommuContext<B, M, C>,
    record: &FaultRecord,
) -> Result<Option<Served>, PageInError>
where
    D: Driver + ?Sized,
    B: Bus,
    M: PhysMem,
    C: Clock,
{
    page_in_by(context, record, |at| vcm.serve(at))
}

/// The same, for who has no [`Vcm`]: `serve` is [`System::serve`](crate::raw::System::serve) of the context
/// on top of `context`.
///
/// # Errors
/// [`PageInError`].
pub fn page_in_by<B: Bus, M: PhysMem, C: Clock>(
    context: &IommuContext<B, M, C>,
    record: &FaultRecord,
    serve: impl FnOnce(Iova) -> Result<Served, Error>,
) -> Result<Option<Served>, PageInError> {
    let Some(tag) = record.stalled else {
        return Ok(None);
    };
    if record.context != Some(context.bank()) {
        return Ok(None);
    }
    let served = match record.kind {
        FaultKind::TranslationL1 | FaultKind::TranslationL2 => serve(record.iova),
        _ => Ok(Served::Terminate),
    };
    let how = match served {
        Ok(Served::Wait) => return Ok(Some(Served::Wait)),
        Ok(Served::Retry) => Resume::Retry,
        Ok(Served::Terminate) | Err(_) => Resume::Terminate,
    };
    context.resume(Some(tag), how).map_err(PageInError::Iommu)?;
    served.map(Some).map_err(PageInError::Vcm)
}
