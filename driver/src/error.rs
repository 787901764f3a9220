//! Why a call could not do it: a variant for each cause, and the errno that the RFC gives it.

use core::fmt;

use crate::addr::Iova;
use crate::mmu::MmuError;
use crate::seam::MemError;
use crate::vcm::{PhysId, Region, ResId, VcmId};

/// The error numbers of the RFC, and two for hardware that does not answer as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
#[allow(clippy::upper_case_acronyms)] // spelled as errno.h spells them
pub enum Errno {
    /// Input/output error.
    EIO = 5,
    /// Out of memory.
    ENOMEM = 12,
    /// In use.
    EBUSY = 16,
    /// Invalid argument.
    EINVAL = 22,
    /// No space left.
    ENOSPC = 28,
    /// The driver does not support the operation.
    EOPNOTSUPP = 95,
    /// Something else is bound there.
    EADDRINUSE = 98,
    /// The hardware did not answer in time.
    ETIMEDOUT = 110,
    /// It is bound there already.
    EALREADY = 114,
}

impl Errno {
    /// The number Linux gives it on ARM and x86.
    pub const fn code(self) -> i32 {
        self as i32
    }
}

/// An operation of a VCM driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Allocation of physical memory together with a reservation.
    Alloc,
    /// Reservation of addresses.
    Res,
    /// Allocation of physical memory.
    Phys,
    /// Reservation for given physical memory, and binding.
    Map,
    /// Binding of physical memory to a reservation.
    Bind,
    /// The reverse of binding.
    Unbind,
    /// Activation of a context.
    Activate,
    /// Deactivation of a context.
    Deactivate,
    /// Exchange of bound memory while masters use it.
    Move,
    /// Keeping the masters of memory that moves waiting, and letting them go on.
    Hold,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alloc => "alloc",
            Self::Res => "res",
            Self::Phys => "phys",
            Self::Map => "map",
            Self::Bind => "bind",
            Self::Unbind => "unbind",
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Move => "move",
            Self::Hold => "hold",
        })
    }
}

/// What is wrong with something a driver has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A reservation is empty or not page-aligned.
    Misaligned(Region),
    /// A reservation leaves its context.
    OutsideContext(Region),
    /// A reservation overlaps a live one.
    Overlaps(Region),
    /// A reservation is not at the wanted address, not aligned as wanted, or not in the wanted range.
    Misplaced(Region),
    /// A reservation is smaller than asked for.
    TooSmall {
        /// Bytes asked for.
        wanted: u32,
        /// Bytes returned.
        got: u32,
    },
    /// Physical memory without parts.
    NoParts,
    /// A part of physical memory is empty, not page-aligned, or leaves the 32-bit space.
    BadPart {
        /// Its place in the list.
        index: usize,
    },
    /// Two parts of physical memory overlap.
    PartsOverlap,
    /// The sizes of the parts do not add up to what was asked for.
    PartSum {
        /// Bytes asked for.
        wanted: u32,
        /// Sum of the parts.
        got: u64,
    },
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misaligned(r) => write!(f, "the reservation {r} is empty or not page-aligned"),
            Self::OutsideContext(r) => write!(f, "the reservation {r} leaves the context"),
            Self::Overlaps(r) => write!(f, "the reservation {r} overlaps a live one"),
            Self::Misplaced(r) => {
                write!(f, "the reservation {r}, not where or not aligned as wanted")
            }
            Self::TooSmall { wanted, got } => {
                write!(f, "a reservation of {got:#x} instead of {wanted:#x} bytes")
            }
            Self::NoParts => write!(f, "physical memory without parts"),
            Self::BadPart { index } => write!(
                f,
                "part {index} of physical memory is empty, not page-aligned or out of range"
            ),
            Self::PartsOverlap => write!(f, "two parts of physical memory overlap"),
            Self::PartSum { wanted, got } => {
                write!(f, "parts of {got:#x} instead of {wanted:#x} bytes in all")
            }
        }
    }
}

/// Why a call failed. A call that fails has changed nothing, unless its documentation says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A size of 0 bytes.
    ZeroSize,
    /// A size that cannot be rounded up to pages within 32 bits.
    SizeOverflow {
        /// The size in bytes.
        size: u32,
    },
    /// The start or the size of a context is not a multiple of the page size.
    ContextMisaligned(Region),
    /// A context that goes beyond the 32-bit space.
    ContextWraps(Region),
    /// A driver with no operation that reserves, allocates or maps.
    DriverIncomplete,
    /// A wanted alignment is not a power of two.
    BadAlignment {
        /// The alignment in bytes.
        align: u32,
    },
    /// A wanted address is not aligned to pages, or as wanted too, or not in the context or the range
    /// wanted.
    BadAddress {
        /// The address.
        at: Iova,
    },
    /// Memory that may be written but not read: no page format has it.
    WriteOnly,
    /// This context no longer exists.
    StaleContext(VcmId),
    /// This reservation no longer exists.
    StaleReservation(ResId),
    /// This physical memory no longer exists.
    StalePhys(PhysId),
    /// Nothing is bound to this reservation.
    NotBound(ResId),
    /// This context is not active.
    NotActive(VcmId),
    /// A driver has returned something impossible; it was not used.
    DriverResult {
        /// By which operation.
        operation: Operation,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// Physical memory that cannot be imported like this.
    BadImport(Flaw),
    /// No physical memory left.
    OutOfMemory {
        /// Bytes asked for.
        size: u32,
    },
    /// No free range of addresses.
    NoAddresses {
        /// Bytes asked for.
        size: u32,
        /// Wanted alignment.
        align: u32,
    },
    /// Physical memory that is larger than the reservation.
    ReservationTooSmall {
        /// The reservation.
        reservation: ResId,
        /// Its size in bytes.
        size: u32,
        /// The size of the physical memory in bytes.
        wanted: u32,
    },
    /// Physical memory that a one-to-one context does not reach.
    OutsideContext(Region),
    /// This physical memory is bound to this reservation already.
    AlreadyBound {
        /// The reservation.
        reservation: ResId,
        /// The physical memory.
        phys: PhysId,
    },
    /// Other physical memory is bound to this reservation.
    ReservationInUse {
        /// The reservation.
        reservation: ResId,
        /// What is bound to it.
        phys: PhysId,
    },
    /// The wanted addresses are not free.
    AddressInUse(Region),
    /// The driver does not have this operation, or not for these arguments.
    Unsupported(Operation),
    /// Physical memory in several pieces, where only one will do.
    Scattered {
        /// How many pieces.
        parts: usize,
    },
    /// In a one-to-one context, this reservation fits other physical memory only.
    NotOneToOne {
        /// The reservation.
        reservation: Region,
    },
    /// This physical memory is still bound.
    PhysBusy {
        /// The physical memory.
        phys: PhysId,
        /// To how many reservations.
        bindings: u32,
    },
    /// This physical memory is just moving elsewhere, or a driver is just binding or unbinding it.
    PhysMoving(PhysId),
    /// The content of this physical memory could not be copied.
    Copy(MemError),
    /// Memory could not be moved, nor could a context get back what it had: nothing is bound to these
    /// of its addresses in hardware, or the place where the memory was to go (which nobody else gets),
    /// until it is activated anew.
    Adrift {
        /// The context.
        vcm: VcmId,
        /// The addresses.
        region: Region,
    },
    /// Hardware may still use this physical memory through a translation that was removed.
    PoisonedPhys(PhysId),
    /// Memory is bound to this reservation when it is touched, and by nobody else.
    OnDemand(ResId),
    /// This context still has reservations or activations.
    ContextBusy {
        /// The context.
        vcm: VcmId,
        /// Live reservations.
        reservations: usize,
        /// Activations without deactivation.
        activations: u32,
    },
    /// This context is active as often as can be counted.
    TooOftenActive(VcmId),
    /// Other handles of this context exist.
    ContextShared {
        /// The context.
        vcm: VcmId,
        /// How many others.
        others: usize,
    },
    /// The hardware may still translate this reservation: nothing can be bound to it any more.
    Poisoned(ResId),
    /// The MMU could not do it.
    Mmu {
        /// What it was asked for.
        operation: Operation,
        /// For the reservation that starts here; `None` for the context as a whole.
        at: Option<Iova>,
        /// Why not.
        error: MmuError,
    },
    /// A cause that only the driver knows.
    Driver {
        /// What it was asked for.
        operation: Operation,
        /// In words.
        reason: &'static str,
        /// As a number.
        errno: Errno,
    },
}

impl Error {
    /// The RFC's error number.
    pub const fn errno(&self) -> Errno {
        match self {
            Self::ZeroSize
            | Self::SizeOverflow { .. }
            | Self::ContextMisaligned(_)
            | Self::ContextWraps(_)
            | Self::DriverIncomplete
            | Self::BadAlignment { .. }
            | Self::BadAddress { .. }
            | Self::StaleContext(_)
            | Self::StaleReservation(_)
            | Self::StalePhys(_)
            | Self::NotBound(_)
            | Self::NotActive(_)
            | Self::BadImport(_)
            | Self::DriverResult { .. } => Errno::EINVAL,
            Self::OutOfMemory { .. } => Errno::ENOMEM,
            Self::NoAddresses { .. }
            | Self::ReservationTooSmall { .. }
            | Self::OutsideContext(_) => Errno::ENOSPC,
            Self::AlreadyBound { .. } => Errno::EALREADY,
            Self::ReservationInUse { .. } | Self::AddressInUse(_) | Self::OnDemand(_) => {
                Errno::EADDRINUSE
            }
            Self::Unsupported(_)
            | Self::WriteOnly
            | Self::Scattered { .. }
            | Self::NotOneToOne { .. } => Errno::EOPNOTSUPP,
            Self::PhysBusy { .. }
            | Self::PhysMoving(_)
            | Self::ContextBusy { .. }
            | Self::TooOftenActive(_)
            | Self::ContextShared { .. } => Errno::EBUSY,
            Self::Poisoned(_) | Self::PoisonedPhys(_) | Self::Copy(_) | Self::Adrift { .. } => {
                Errno::EIO
            }
            Self::Mmu { error, .. } => match error {
                MmuError::OutOfMemory => Errno::ENOMEM,
                MmuError::Misaligned { .. }
                | MmuError::OutOfRange { .. }
                | MmuError::NotMapped { .. } => Errno::EINVAL,
                MmuError::Overlap { .. } => Errno::EADDRINUSE,
                MmuError::WriteOnly | MmuError::MixedSecurity { .. } => Errno::EOPNOTSUPP,
                MmuError::Bus(_) | MmuError::Memory(_) | MmuError::Unrevoked(_) => Errno::EIO,
                MmuError::SyncTimeout => Errno::ETIMEDOUT,
                MmuError::Cpu(error) => error.errno,
                MmuError::Unsupported => Errno::EOPNOTSUPP,
            },
            Self::Driver { errno, .. } => *errno,
        }
    }

    /// Whether hardware may still use translations that the driver has removed, so that memory and
    /// addresses must not be used for anything else.
    pub const fn is_unconfirmed(&self) -> bool {
        match self {
            // Who is not held uses what is mapped.
            Self::Mmu {
                operation: Operation::Hold,
                ..
            } => false,
            Self::Mmu { error, .. } => error.is_unconfirmed(),
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroSize => write!(f, "a size of 0 bytes"),
            Self::SizeOverflow { size } => {
                write!(
                    f,
                    "{size:#x} bytes cannot be rounded up to pages in 32 bits"
                )
            }
            Self::ContextMisaligned(r) => write!(f, "the context {r} is not page-aligned"),
            Self::ContextWraps(r) => write!(f, "the context {r} leaves the 32-bit space"),
            Self::DriverIncomplete => {
                write!(f, "the driver can neither reserve nor allocate nor map")
            }
            Self::BadAlignment { align } => {
                write!(f, "the alignment {align:#x} is not a power of two")
            }
            Self::BadAddress { at } => {
                write!(
                    f,
                    "{at} is not aligned to pages or as wanted, or not in the context"
                )
            }
            Self::WriteOnly => write!(f, "memory to write but not to read"),
            Self::StaleContext(id) => write!(f, "{id} no longer exists"),
            Self::StaleReservation(id) => write!(f, "{id} no longer exists"),
            Self::StalePhys(id) => write!(f, "{id} no longer exists"),
            Self::NotBound(id) => write!(f, "nothing is bound to {id}"),
            Self::NotActive(id) => write!(f, "{id} is not active"),
            Self::DriverResult { operation, flaw } => {
                write!(f, "the driver's {operation} returned {flaw}")
            }
            Self::BadImport(flaw) => write!(f, "the memory to import is {flaw}"),
            Self::OutOfMemory { size } => {
                write!(f, "no physical memory for {size:#x} bytes")
            }
            Self::NoAddresses { size, align } => write!(
                f,
                "no free addresses for {size:#x} bytes aligned to {align:#x}"
            ),
            Self::ReservationTooSmall {
                reservation,
                size,
                wanted,
            } => write!(
                f,
                "{reservation} has {size:#x} bytes, the physical memory {wanted:#x}"
            ),
            Self::OutsideContext(r) => write!(f, "memory at {r} is outside the context"),
            Self::AlreadyBound { reservation, phys } => {
                write!(f, "{phys} is bound to {reservation} already")
            }
            Self::ReservationInUse { reservation, phys } => {
                write!(f, "{reservation} is in use: {phys} is bound to it")
            }
            Self::AddressInUse(r) => write!(f, "the addresses {r} are not free"),
            Self::Unsupported(operation) => {
                write!(f, "the driver does not support {operation}")
            }
            Self::Scattered { parts } => write!(
                f,
                "physical memory in {parts} parts, where one contiguous part is needed"
            ),
            Self::NotOneToOne { reservation } => write!(
                f,
                "the one-to-one reservation {reservation} is for other physical memory"
            ),
            Self::PhysBusy { phys, bindings } => {
                write!(f, "{phys} is still bound to {bindings} reservations")
            }
            Self::PhysMoving(id) => write!(f, "{id} is being moved, bound or unbound"),
            Self::Copy(error) => write!(f, "copying: {error}"),
            Self::Adrift { vcm, region } => write!(
                f,
                "moving memory failed, and so did going back: {vcm} has nothing at {region}"
            ),
            Self::PoisonedPhys(id) => {
                write!(f, "{id} is poisoned: the hardware may still use it")
            }
            Self::OnDemand(id) => write!(f, "memory is bound to {id} on demand only"),
            Self::ContextBusy {
                vcm,
                reservations,
                activations,
            } => write!(
                f,
                "{vcm} still has {reservations} reservations and {activations} activations"
            ),
            Self::TooOftenActive(id) => {
                write!(f, "{id} is active as often as can be counted")
            }
            Self::ContextShared { vcm, others } => {
                write!(f, "{vcm} is still in use by {others} other handles")
            }
            Self::Poisoned(id) => {
                write!(f, "{id} is poisoned: the hardware may still translate it")
            }
            Self::Mmu {
                operation,
                at,
                error,
            } => match at {
                Some(at) => write!(f, "{operation} at {at}: {error}"),
                None => write!(f, "{operation}: {error}"),
            },
            Self::Driver {
                operation, reason, ..
            } => write!(f, "{operation}: {reason}"),
        }
    }
}

impl core::error::Error for Error {}
