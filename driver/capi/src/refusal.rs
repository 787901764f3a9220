//! Why a call failed: one errno for all kinds of causes.

use core::ffi::c_int;
use core::fmt;

use vcm::frames::FrameError;
use vcm::iommu::{IommuError, ProbeError};
use vcm::iova::IovaError;
use vcm::{Errno, Error};

#[derive(Debug)]
pub(crate) enum Refusal {
    /// The framework says so.
    Core(Error),
    /// There is no IOMMU, or not one for this driver.
    Probe(ProbeError),
    /// The IOMMU says so.
    Iommu(IommuError),
    /// The platform has no memory for buffers.
    Frames(FrameError),
    /// A context's addresses cannot be managed.
    Addresses(IovaError),
    /// NULL, or a pointer to nothing that exists.
    Pointer(&'static str),
    /// An argument that makes no sense.
    Argument(&'static str),
    /// It is still in use.
    Busy(&'static str),
    /// Nothing of the sort here.
    Unsupported(&'static str),
}

impl Refusal {
    pub(crate) const fn errno(&self) -> Errno {
        match self {
            Self::Core(error) => error.errno(),
            Self::Probe(error) => match error {
                ProbeError::SyncTimeout => Errno::ETIMEDOUT,
                ProbeError::Bus(_) => Errno::EIO,
                _ => Errno::EOPNOTSUPP,
            },
            Self::Iommu(error) => match error {
                IommuError::NoContext { .. } => Errno::ENOSPC,
                IommuError::StreamInUse { .. } => Errno::EBUSY,
                IommuError::Missing { .. } => Errno::EOPNOTSUPP,
                IommuError::OutOfMemory => Errno::ENOMEM,
                IommuError::Memory(_) | IommuError::Bus(_) => Errno::EIO,
                IommuError::SyncTimeout => Errno::ETIMEDOUT,
                _ => Errno::EINVAL,
            },
            Self::Frames(FrameError::OutOfMemory { .. } | FrameError::NoPool { .. }) => {
                Errno::ENOMEM
            }
            Self::Busy(_) => Errno::EBUSY,
            Self::Unsupported(_) => Errno::EOPNOTSUPP,
            Self::Frames(_) | Self::Addresses(_) | Self::Pointer(_) | Self::Argument(_) => {
                Errno::EINVAL
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core(error) => error.fmt(f),
            Self::Probe(error) => error.fmt(f),
            Self::Iommu(error) => error.fmt(f),
            Self::Frames(error) => error.fmt(f),
            Self::Addresses(error) => error.fmt(f),
            Self::Pointer(what) => write!(f, "this is no {what}, or no longer"),
            Self::Argument(what) | Self::Busy(what) | Self::Unsupported(what) => f.write_str(what),
        }
    }
}

macro_rules! from {
    ($($Error:ident => $Variant:ident),+) => {$(
        impl From<$Error> for Refusal {
            fn from(error: $Error) -> Self {
                Self::$Variant(error)
            }
        }
    )+};
}

from!(Error => Core, ProbeError => Probe, IommuError => Iommu, FrameError => Frames);
from!(IovaError => Addresses);

/// The errno that a function written in C has returned, without its sign.
pub(crate) fn errno_of(code: c_int) -> Errno {
    use Errno::*;
    [
        EIO, ENOMEM, EBUSY, EINVAL, ENOSPC, EOPNOTSUPP, EADDRINUSE, ETIMEDOUT, EALREADY,
    ]
    .into_iter()
    .find(|errno| errno.code() == code)
    .unwrap_or(EIO)
}
