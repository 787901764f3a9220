//! What can go wrong with the IOMMU itself. (With mappings: [`MmuError`].)

use core::fmt;

use super::{HardwareError, Route, StreamId};
use crate::mmu::MmuError;
use crate::seam::{BusError, MemError};

/// Why probing failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeError {
    /// `IDR0` is not that of this IOMMU.
    WrongId {
        /// What it reads.
        read: u32,
    },
    /// The register interface has another major version.
    WrongVersion {
        /// Its major version.
        major: u32,
        /// Its minor version.
        minor: u32,
    },
    /// The IOMMU has more of something than the register map has room for, or none.
    Unsupported {
        /// Of what.
        what: &'static str,
        /// What the ID register tells.
        read: u32,
        /// How many there is room for.
        most: u32,
    },
    /// A register access failed.
    Bus(BusError),
    /// The reset was not confirmed before the deadline.
    SyncTimeout,
}

impl fmt::Display for ProbeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongId { read } => write!(
                f,
                "no IOMMU: IDR0 reads {read:#010x}, not {:#010x}",
                vcm_regs::global::IDR0_MAGIC
            ),
            Self::WrongVersion { major, minor } => write!(
                f,
                "the IOMMU has register interface {major}.{minor}, this driver knows {}",
                super::MAJOR
            ),
            Self::Unsupported { what, read, most } => {
                write!(
                    f,
                    "the IOMMU has {read} {what}, this driver takes up to {most}"
                )
            }
            Self::Bus(e) => write!(f, "probing the IOMMU: {e}"),
            Self::SyncTimeout => write!(f, "the IOMMU did not confirm its reset in time"),
        }
    }
}

impl core::error::Error for ProbeError {}

impl From<BusError> for ProbeError {
    fn from(e: BusError) -> Self {
        Self::Bus(e)
    }
}

impl From<HardwareError> for ProbeError {
    fn from(e: HardwareError) -> Self {
        match e {
            HardwareError::Bus(e) => Self::Bus(e),
            HardwareError::SyncTimeout => Self::SyncTimeout,
        }
    }
}

/// Why the IOMMU could not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IommuError {
    /// All context banks are in use.
    NoContext {
        /// How many there are.
        contexts: u32,
    },
    /// There is no such stream.
    NoStream {
        /// The stream asked for.
        stream: StreamId,
        /// How many there are.
        streams: u32,
    },
    /// The stream belongs to a context (another one).
    StreamInUse {
        /// The stream.
        stream: StreamId,
        /// Where it goes.
        route: Route,
    },
    /// The stream does not belong to this context.
    NotAttached {
        /// The stream.
        stream: StreamId,
    },
    /// This IOMMU is older than what is asked of it.
    Missing {
        /// What it cannot do.
        what: &'static str,
    },
    /// A number is larger than its register takes.
    OutOfRange {
        /// Of what.
        what: &'static str,
        /// The number.
        value: u32,
        /// The largest.
        most: u32,
    },
    /// AxCACHE asks to allocate what is not modifiable, which IHI 0022E A4.4 reserves.
    ReservedCache {
        /// AxCACHE.
        cache: u8,
    },
    /// No memory for a page table.
    OutOfMemory,
    /// Table memory could not be accessed.
    Memory(MemError),
    /// A register access failed.
    Bus(BusError),
    /// The hardware did not confirm before the deadline.
    SyncTimeout,
}

impl fmt::Display for IommuError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoContext { contexts } => write!(f, "all {contexts} context banks are in use"),
            Self::NoStream { stream, streams } => {
                write!(f, "there is no {stream}, the IOMMU has {streams} streams")
            }
            Self::StreamInUse { stream, route } => write!(f, "{stream} is in use: {route}"),
            Self::NotAttached { stream } => write!(f, "{stream} is not attached to this context"),
            Self::Missing { what } => write!(f, "this IOMMU has no {what}"),
            Self::OutOfRange { what, value, most } => {
                write!(f, "{what}: {value}, the IOMMU takes up to {most}")
            }
            Self::ReservedCache { cache } => {
                write!(
                    f,
                    "AxCACHE {cache:#06b} is reserved: it allocates what is not modifiable"
                )
            }
            Self::OutOfMemory => write!(f, "no memory for a page table"),
            Self::Memory(e) => write!(f, "page table: {e}"),
            Self::Bus(e) => write!(f, "{e}"),
            Self::SyncTimeout => write!(f, "the IOMMU did not confirm in time"),
        }
    }
}

impl core::error::Error for IommuError {}

impl From<BusError> for IommuError {
    fn from(e: BusError) -> Self {
        Self::Bus(e)
    }
}

impl From<HardwareError> for IommuError {
    fn from(e: HardwareError) -> Self {
        match e {
            HardwareError::Bus(e) => Self::Bus(e),
            HardwareError::SyncTimeout => Self::SyncTimeout,
        }
    }
}

impl From<MmuError> for IommuError {
    fn from(e: MmuError) -> Self {
        match e {
            MmuError::Bus(e) => Self::Bus(e),
            MmuError::Memory(e) | MmuError::Unrevoked(e) => Self::Memory(e),
            MmuError::OutOfMemory => Self::OutOfMemory,
            _ => Self::SyncTimeout,
        }
    }
}

impl From<HardwareError> for MmuError {
    fn from(e: HardwareError) -> Self {
        match e {
            HardwareError::Bus(e) => Self::Bus(e),
            HardwareError::SyncTimeout => Self::SyncTimeout,
        }
    }
}
