//! Every error says what was wrong, and where: whatever it knows stands in its text.

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::io::ErrorKind;

use vcm::addr::{Iova, PhysAddr};
use vcm::dma::{DmaError, End, Response};
use vcm::error::{Flaw, Operation};
use vcm::frames::FrameError;
use vcm::iommu::{FaultKind, IommuError, LookupError, ProbeError, Route, StreamId};
use vcm::iova::IovaError;
use vcm::mmu::{Access, CpuError, MmuError, Refusal};
use vcm::platform::PlatformError;
use vcm::seam::{BusError, MemError};
use vcm::table::WalkFault;
use vcm::wrap::PageInError;
use vcm::{Errno, Error, Misuse};

use crate::probe::{MMU_LIKE, PAGE, Probe, alloc, part, region, res, strict};

/// Numbers that do not stand in each other, nor in any text.
const AT: u32 = 0x7531_0000;
const SIZE: u32 = 0x2A_9000;
const OTHER: u32 = 0x4_D000;
const MEMORY: MemError = MemError {
    at: PhysAddr::new(AT),
    size: SIZE,
};
const BUS: BusError = BusError {
    offset: 0x6B0C,
    write: true,
};
const IOVA: Iova = Iova::new(AT);

#[track_caller]
fn says<E: Debug + Display>(error: E, all: &[&dyn Display]) {
    let text = error.to_string();
    let is_plain = !text.contains(['{', '}']) && !text.ends_with('.') && text.len() > 3;
    assert!(is_plain, "{error:?}: {text}");
    for what in all {
        let what = what.to_string();
        assert!(!what.is_empty(), "{error:?}");
        assert!(text.contains(&what), "{error:?}: {text}: no {what}");
    }
}

/// A number as it stands in texts.
fn hex(number: u32) -> String {
    format!("{number:#x}")
}

#[test]
fn what_the_platform_refuses() {
    says(MEMORY, &[&MEMORY.at, &SIZE]);
    says(BUS, &[&"write", &"0x6b0c"]);
    says(
        BusError {
            write: false,
            ..BUS
        },
        &[&"read", &"0x6b0c"],
    );
}

#[test]
fn what_a_description_lacks() {
    let name = || "video".to_owned();
    for error in [
        PlatformError::TwiceNamed(name()),
        PlatformError::BadMemory(name()),
        PlatformError::NoContext(name()),
        PlatformError::Exists(name()),
    ] {
        says(error, &[&"video"]);
    }
    let (context, mmu) = (name(), "IOMMU".to_owned());
    says(PlatformError::NoMmu { context, mmu }, &[&"video", &"IOMMU"]);
    let error = Error::ZeroSize;
    says(PlatformError::Framework(error), &[&error]);
}

#[test]
fn what_a_region_is() {
    assert_eq!(region(0x4000_1000, 0x3000).to_string(), "0x40001000+0x3000");
}

/// That these say something, each something else.
fn differ(all: &[&dyn Display]) {
    let texts: BTreeSet<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), all.len(), "{texts:?}");
    assert!(texts.iter().all(|text| text.len() > 2), "{texts:?}");
}

#[test]
fn what_an_access_is_and_why_it_is_refused() {
    says(Refusal::NoAccess, &[&"nobody"]);
    says(Refusal::Unprivileged, &[&"privileged"]);
    says(Refusal::Write, &[&"writing"]);
    says(Refusal::Execute, &[&"instruction"]);
    let read = Access::default();
    let write = Access {
        write: true,
        ..read
    };
    let fetch = Access {
        instruction: true,
        ..read
    };
    let privileged = Access {
        privileged: true,
        ..write
    };
    differ(&[&read, &write, &fetch, &privileged]);
    says(privileged, &[&"privileged write"]);
}

#[test]
fn what_kind_a_fault_is() {
    let kinds = (0..=u8::MAX).map(|code| FaultKind::from_code(code.into()));
    let known: Vec<FaultKind> = kinds
        .filter(|kind| !matches!(kind, FaultKind::Unknown(_)))
        .collect();
    assert_eq!(known.len(), 16);
    let all: Vec<&dyn Display> = known.iter().map(|kind| kind as _).collect();
    differ(&all);
    says(FaultKind::Unknown(0x7E), &[&"0x7e"]);
}

#[test]
fn error_numbers_are_those_of_the_system() {
    for (errno, kind) in [
        (Errno::ENOMEM, ErrorKind::OutOfMemory),
        (Errno::EBUSY, ErrorKind::ResourceBusy),
        (Errno::EINVAL, ErrorKind::InvalidInput),
        (Errno::ENOSPC, ErrorKind::StorageFull),
        (Errno::EOPNOTSUPP, ErrorKind::Unsupported),
        (Errno::EADDRINUSE, ErrorKind::AddrInUse),
        (Errno::ETIMEDOUT, ErrorKind::TimedOut),
    ] {
        let error = std::io::Error::from_raw_os_error(errno.code());
        assert_eq!(error.kind(), kind, "{errno:?}: {error}");
    }
    // These are of no kind of their own.
    for (errno, says) in [
        (Errno::EIO, "put"),
        (Errno::EALREADY, "already in progress"),
    ] {
        let error = std::io::Error::from_raw_os_error(errno.code());
        assert!(error.to_string().contains(says), "{errno:?}: {error}");
    }
}

#[test]
fn what_an_mmu_refuses() {
    let cpu = CpuError {
        reason: "somebody looks",
        errno: Errno::EBUSY,
    };
    says(cpu, &[&cpu.reason]);
    let at = IOVA;
    let value = SIZE;
    says(MmuError::OutOfMemory, &[&"memory"]);
    says(MmuError::Misaligned { value }, &[&hex(value)]);
    says(MmuError::OutOfRange { at }, &[&at]);
    says(MmuError::Overlap { at }, &[&at]);
    says(MmuError::NotMapped { at }, &[&at]);
    says(MmuError::Bus(BUS), &[&BUS]);
    says(MmuError::Memory(MEMORY), &[&MEMORY]);
    says(MmuError::Unrevoked(MEMORY), &[&MEMORY]);
    says(MmuError::WriteOnly, &[&"write", &"read"]);
    says(MmuError::MixedSecurity { at }, &[&at]);
    says(MmuError::SyncTimeout, &[&"in time"]);
    says(MmuError::Cpu(cpu), &[&cpu.reason]);
    says(MmuError::Unsupported, &[&"cannot"]);
    says(WalkFault::TranslationL1, &[&"first-level"]);
    says(WalkFault::TranslationL2, &[&"second-level"]);
    says(WalkFault::Foreign { word: AT }, &[&hex(AT)]);
    says(WalkFault::Memory(MEMORY), &[&MEMORY]);
}

#[test]
fn what_allocators_refuse() {
    let (size, at, align) = (SIZE, IOVA, OTHER);
    says(FrameError::Misaligned { size }, &[&hex(size)]);
    says(FrameError::PageSize { size }, &[&hex(size)]);
    let free = u64::from(OTHER);
    says(
        FrameError::OutOfMemory { size, free },
        &[&hex(size), &hex(OTHER)],
    );
    says(FrameError::NoPool { size }, &[&hex(size)]);
    let part = part(AT, SIZE);
    says(
        FrameError::NotAllocated { part },
        &[&part.start, &hex(SIZE)],
    );
    says(IovaError::Misaligned { value: size }, &[&hex(size)]);
    says(IovaError::OutOfRange { at }, &[&at]);
    says(IovaError::InUse { at }, &[&at]);
    says(
        IovaError::NoSpace { size, align },
        &[&hex(size), &hex(align)],
    );
    says(IovaError::NotReserved { at }, &[&at]);
}

#[test]
fn what_the_iommu_refuses() {
    let what = "stalled things";
    let stream = StreamId::new(1234);
    let route = Route::Context(5);
    says(ProbeError::WrongId { read: AT }, &[&hex(AT)]);
    let (major, minor) = (77, 88);
    says(ProbeError::WrongVersion { major, minor }, &[&"77.88"]);
    let (read, most) = (4321, 1717);
    says(
        ProbeError::Unsupported { what, read, most },
        &[&what, &read, &most],
    );
    says(ProbeError::Bus(BUS), &[&BUS]);
    says(ProbeError::SyncTimeout, &[&"in time"]);
    says(IommuError::NoContext { contexts: 4321 }, &[&4321]);
    let streams = 4321;
    says(
        IommuError::NoStream { stream, streams },
        &[&stream, &streams],
    );
    says(
        IommuError::StreamInUse { stream, route },
        &[&stream, &route],
    );
    says(IommuError::NotAttached { stream }, &[&stream]);
    says(IommuError::Missing { what }, &[&what]);
    let value = 4321;
    says(
        IommuError::OutOfRange { what, value, most },
        &[&what, &value, &most],
    );
    says(IommuError::OutOfMemory, &[&"memory"]);
    says(IommuError::Memory(MEMORY), &[&MEMORY]);
    says(IommuError::Bus(BUS), &[&BUS]);
    says(IommuError::SyncTimeout, &[&"in time"]);
    let kind = FaultKind::PermissionL2;
    says(LookupError::Fault(kind), &[&kind]);
    let error = IommuError::Bus(BUS);
    says(LookupError::Iommu(error), &[&error]);
    says(PageInError::Iommu(error), &[&error]);
    says(PageInError::Vcm(Error::ZeroSize), &[&Error::ZeroSize]);
}

#[test]
fn what_the_dma_engine_refuses() {
    let (channel, channels, at, copied) = (77, 88, IOVA, 4321);
    says(DmaError::WrongId { read: AT }, &[&hex(AT)]);
    says(
        DmaError::NoChannel { channel, channels },
        &[&channel, &channels],
    );
    says(DmaError::ChannelTaken { channel }, &[&channel]);
    says(DmaError::Busy { channel }, &[&channel]);
    says(DmaError::Empty, &[&"length 0"]);
    for end in [End::Source, End::Destination] {
        let length = SIZE;
        says(
            DmaError::OutOfRange { end, at, length },
            &[&end, &at, &hex(length)],
        );
        for response in [Response::SlaveError, Response::DecodeError] {
            let error = DmaError::Transfer {
                end,
                at,
                response,
                copied,
            };
            says(error, &[&end, &at, &response, &copied]);
        }
    }
    says(DmaError::Aborted { copied }, &[&copied]);
    says(DmaError::Idle { channel }, &[&channel]);
    says(DmaError::Timeout { channel, copied }, &[&channel, &copied]);
    says(DmaError::Bus(BUS), &[&BUS]);
}

#[test]
fn what_drivers_return_and_should_not() {
    let r = region(AT, SIZE);
    for flaw in [
        Flaw::Misaligned(r),
        Flaw::OutsideContext(r),
        Flaw::Overlaps(r),
        Flaw::Misplaced(r),
    ] {
        says(flaw, &[&r]);
        says(Error::BadImport(flaw), &[&flaw]);
        let operation = Operation::Map;
        says(
            Error::DriverResult { operation, flaw },
            &[&operation, &flaw],
        );
    }
    let (wanted, got) = (SIZE, OTHER);
    says(Flaw::TooSmall { wanted, got }, &[&hex(wanted), &hex(got)]);
    says(Flaw::NoParts, &[&"parts"]);
    says(Flaw::BadPart { index: 4321 }, &[&4321]);
    says(Flaw::PartsOverlap, &[&"overlap"]);
    let got = got.into();
    says(Flaw::PartSum { wanted, got }, &[&hex(wanted), &hex(OTHER)]);
}

#[test]
fn what_the_framework_refuses() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    let phys = system.reservation(id).unwrap().phys.unwrap();
    let (r, size, wanted, at) = (region(AT, SIZE), SIZE, OTHER, IOVA);
    let align = OTHER;
    let of_vcm = [
        Error::StaleContext(vcm),
        Error::NotActive(vcm),
        Error::TooOftenActive(vcm),
        Error::Adrift { vcm, region: r },
        Error::ContextShared { vcm, others: 4321 },
    ];
    let of_res = [
        Error::StaleReservation(id),
        Error::NotBound(id),
        Error::OnDemand(id),
        Error::Poisoned(id),
        Error::ReservationTooSmall {
            reservation: id,
            size,
            wanted,
        },
        Error::AlreadyBound {
            reservation: id,
            phys,
        },
        Error::ReservationInUse {
            reservation: id,
            phys,
        },
    ];
    let of_phys = [
        Error::StalePhys(phys),
        Error::PhysMoving(phys),
        Error::PoisonedPhys(phys),
        Error::PhysBusy {
            phys,
            bindings: 4321,
        },
        of_res[5],
        of_res[6],
    ];
    let of_region = [
        Error::ContextMisaligned(r),
        Error::ContextWraps(r),
        Error::OutsideContext(r),
        Error::AddressInUse(r),
        Error::NotOneToOne { reservation: r },
        of_vcm[3],
    ];
    let all = |errors: &[Error], what: &dyn Display| errors.iter().for_each(|e| says(*e, &[what]));
    all(&of_vcm, &vcm);
    all(&of_res, &id);
    all(&of_phys, &phys);
    all(&of_region, &r);
    all(&[of_vcm[4], of_phys[3]], &4321);
    says(of_res[4], &[&hex(size), &hex(wanted)]);
    let busy = Error::ContextBusy {
        vcm,
        reservations: 77,
        activations: 88,
    };
    says(busy, &[&vcm, &"77 reservations", &"88 activations"]);
    says(Misuse::FreedWhileBound(phys), &[&phys, &"freed"]);
    says(Misuse::UnreservedWhileBound(id), &[&id, &"unreserved"]);
    says(Misuse::UnboundWhileFree(id), &[&id, &"unbound"]);
    says(
        Misuse::DeactivatedWhileInactive(vcm),
        &[&vcm, &"deactivated"],
    );
    says(Misuse::DestroyedWhileBusy(vcm), &[&vcm, &"destroyed"]);
    let (operation, flaw) = (Operation::Phys, Flaw::NoParts);
    says(
        Misuse::DriverResult { operation, flaw },
        &[&operation, &flaw],
    );
    says(Misuse::Dropped { error: busy }, &[&"dropped", &busy]);
    says(Error::ZeroSize, &[&"0 bytes"]);
    says(Error::SizeOverflow { size }, &[&hex(size)]);
    says(Error::DriverIncomplete, &[&"driver"]);
    says(Error::BadAlignment { align }, &[&hex(align)]);
    says(Error::BadAddress { at }, &[&at]);
    says(Error::WriteOnly, &[&"write", &"read"]);
    says(Error::OutOfMemory { size }, &[&hex(size)]);
    says(
        Error::NoAddresses { size, align },
        &[&hex(size), &hex(align)],
    );
    says(Error::Scattered { parts: 4321 }, &[&4321]);
    says(Error::Copy(MEMORY), &[&MEMORY]);
    let operations = [
        Operation::Alloc,
        Operation::Res,
        Operation::Phys,
        Operation::Map,
        Operation::Bind,
        Operation::Unbind,
        Operation::Activate,
        Operation::Deactivate,
        Operation::Hold,
        Operation::Move,
    ];
    let error = MmuError::SyncTimeout;
    for operation in operations {
        says(Error::Unsupported(operation), &[&operation]);
        let (reason, errno) = ("too hot", Errno::EIO);
        let driver = Error::Driver {
            operation,
            reason,
            errno,
        };
        says(driver, &[&operation, &reason]);
        let mmu = |at| Error::Mmu {
            operation,
            at,
            error,
        };
        says(mmu(Some(at)), &[&operation, &at, &error]);
        says(mmu(None), &[&operation, &error]);
    }
    let names: BTreeSet<String> = operations.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), operations.len());
}
