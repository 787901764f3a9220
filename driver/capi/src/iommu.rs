//! The IOMMU: probing, contexts of its streams, faults.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ffi::{c_int, c_uint};
use core::ptr::null_mut;
use core::time::Duration;

use spin::Mutex;
use vcm::addr::Iova;
use vcm::driver::Driver;
use vcm::iommu::{
    Config, ContextConfig, FaultKind, FaultRecord, Iommu, IommuContext, Resume, StallLimits,
    StreamId,
};
use vcm::iova::IovaSpace;
use vcm::wrap::{MmuGate, OneToOne, PageInError, VcmMmu, page_in_by};
use vcm::{Region, Served, Where};

use crate::context::{Bank, Context};
use crate::handles;
use crate::platform::{CBus, CClock, CMemory};
use crate::pointer::answer;
use crate::refusal::Refusal;
use crate::system::System;
use crate::types::{Vcm, VcmBus, VcmFault, VcmFaultKind, VcmIommu, VcmSystem};

/// What a `struct vcm_iommu` stands for.
pub(crate) struct Device {
    pub(crate) system: Arc<System>,
    iommu: Iommu<CBus, CMemory, CClock>,
    faults: Mutex<Faults>,
}

/// Faults that were taken from the IOMMU and not yet asked for.
#[derive(Default)]
struct Faults {
    records: VecDeque<FaultRecord>,
    lost: bool,
}

type Mmu = Arc<IommuContext<CBus, CMemory, CClock>>;

impl Device {
    fn probe(system: &Arc<System>, bus: &VcmBus, timeout_us: u32) -> Result<Arc<Self>, Refusal> {
        let config = match timeout_us {
            0 => Config::default(),
            us => Config {
                sync_timeout: Duration::from_micros(us.into()),
            },
        };
        let bus = CBus::new(bus)?;
        Ok(Arc::new(Self {
            system: Arc::clone(system),
            iommu: Iommu::probe(bus, system.memory, system.clock, config)?,
            faults: Mutex::default(),
        }))
    }

    pub(crate) fn pointer(self: &Arc<Self>) -> *mut VcmIommu {
        Arc::as_ptr(self).cast::<VcmIommu>().cast_mut()
    }

    /// A context of one stream.
    fn create(
        self: &Arc<Self>,
        stream: u32,
        (start, size): (u32, u32),
        config: ContextConfig,
        driver: impl FnOnce(Mmu) -> Result<Box<dyn Driver + Send>, Refusal>,
    ) -> Result<*mut Vcm, Refusal> {
        let stream = stream_id(stream)?;
        let mmu = Arc::new(self.iommu.context(config)?);
        mmu.attach(stream)?;
        let driver = driver(Arc::clone(&mmu))?;
        let bank = Bank {
            device: Arc::clone(self),
            mmu,
        };
        Context::create(&self.system, (start, size), driver, Some(bank))
    }

    /// The oldest fault, and whether others were lost before it.
    fn next_fault(&self) -> Result<Option<(FaultRecord, bool)>, Refusal> {
        let mut faults = self.faults.lock();
        if faults.records.is_empty() {
            let mut records = Vec::new();
            let drained = self.iommu.drain_faults(&mut records);
            faults.records.extend(records);
            match drained {
                Ok(drained) => faults.lost |= drained.overflowed,
                Err(error) if faults.records.is_empty() => return Err(error.into()),
                // First what has been read.
                Err(_) => {}
            }
        }
        let Some(record) = faults.records.pop_front() else {
            return Ok(None);
        };
        // The queue keeps the oldest: what was lost came after all of these.
        let lost = faults.lost && faults.records.is_empty();
        faults.lost &= !lost;
        Ok(Some((record, lost)))
    }

    /// The context that a fault is of: that of its bank, wherever its stream is now; without a bank,
    /// that which the stream is attached to.
    fn context_of(self: &Arc<Self>, record: &FaultRecord) -> Option<Arc<Context>> {
        handles::find_context(self, |context| {
            context.bank().is_some_and(|bank| match record.context {
                Some(index) => index == bank.mmu.bank(),
                None => bank.mmu.streams().contains(&record.stream),
            })
        })
    }

    /// Binds memory on demand to where a master waits. `None`: none does.
    fn page_in(self: &Arc<Self>, record: &FaultRecord) -> Result<Option<Served>, PageInError> {
        let Some(context) = self.context_of(record) else {
            return Ok(None);
        };
        let Some(bank) = context.bank() else {
            return Ok(None);
        };
        let graph = &self.system.graph;
        let served = page_in_by(&bank.mmu, record, |at| graph.serve(context.id, at));
        if let Ok(Where::InReservation { id, .. }) = graph.resolve(context.id, record.iova) {
            let pointer = handles::reservation_of(&self.system, id);
            if let Ok(reservation) = handles::reservation(pointer) {
                handles::refresh_reservation(&reservation);
            }
        }
        served
    }

    /// Has all that waits translated again: what still misses is recorded anew.
    fn retry_all(self: &Arc<Self>) -> Result<(), Refusal> {
        let mut result = Ok(());
        for context in handles::contexts_of(self) {
            if let Some(bank) = context.bank() {
                result = result.and(bank.mmu.resume(None, Resume::Retry));
            }
        }
        Ok(result?)
    }

    /// What a fault is to C.
    fn explain(self: &Arc<Self>, record: &FaultRecord, lost: bool) -> VcmFault {
        let mut fault = VcmFault {
            address: record.iova.get(),
            stream: record.stream.get().into(),
            kind: kind(record.kind),
            write: c_uint::from(record.write),
            privileged: c_uint::from(record.privileged),
            fetch: c_uint::from(record.instruction),
            lost: c_uint::from(lost),
            stalled: c_uint::from(record.stalled.is_some()),
            offset: 0,
            vcm: null_mut(),
            res: null_mut(),
        };
        if let Some(context) = self.context_of(record) {
            fault.vcm = context.pointer.get();
            let place = self.system.graph.resolve(context.id, record.iova);
            if let Ok(Where::InReservation { id, offset, .. }) = place {
                fault.res = handles::reservation_of(&self.system, id);
                fault.offset = offset;
            }
        }
        fault
    }
}

fn stream_id(stream: u32) -> Result<StreamId, Refusal> {
    let number = u16::try_from(stream);
    number
        .map(StreamId::new)
        .map_err(|_| Refusal::Argument("a stream beyond 16 bits"))
}

const fn kind(kind: FaultKind) -> VcmFaultKind {
    match kind {
        FaultKind::TranslationL1 | FaultKind::TranslationL2 => VcmFaultKind::Translation,
        FaultKind::AccessFlagL1 | FaultKind::AccessFlagL2 => VcmFaultKind::AccessFlag,
        FaultKind::DomainL1 | FaultKind::DomainL2 => VcmFaultKind::Domain,
        FaultKind::PermissionL1 | FaultKind::PermissionL2 => VcmFaultKind::Permission,
        FaultKind::WalkAbortL1 | FaultKind::WalkAbortL2 => VcmFaultKind::WalkAbort,
        FaultKind::ExternalAbort => VcmFaultKind::ExternalAbort,
        FaultKind::UnmappedStream => VcmFaultKind::UnmappedStream,
        FaultKind::ContextDisabled => VcmFaultKind::ContextDisabled,
        FaultKind::IllegalBurst => VcmFaultKind::IllegalBurst,
        FaultKind::StallTimeout => VcmFaultKind::StallTimeout,
        _ => VcmFaultKind::Other,
    }
}

/// Probes and resets an IOMMU.
///
/// # Safety
/// `bus` is NULL or points to what vcm.h describes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcm_iommu_probe(
    system: *mut VcmSystem,
    bus: *const VcmBus,
    timeout_us: u32,
) -> *mut VcmIommu {
    // SAFETY: by contract.
    let bus = unsafe { bus.as_ref() }.ok_or(Refusal::Pointer("bus"));
    answer(handles::system(system).and_then(|system| {
        let device = bus.and_then(|bus| Device::probe(&system, bus, timeout_us));
        system.told(device).map(handles::add_device)
    }))
}

/// Lets go of an IOMMU that has no contexts.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_iommu_release(iommu: *mut VcmIommu) -> c_int {
    answer(handles::remove_device(iommu).map(|_| 0))
}

/// Makes a context of a stream, behind the IOMMU.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_iommu_create(
    iommu: *mut VcmIommu,
    stream: u32,
    start: u32,
    size: u32,
) -> *mut Vcm {
    answer(handles::device(iommu).and_then(|device| {
        let config = ContextConfig::default();
        let made = device.create(stream, (start, size), config, |mmu| {
            let addresses = IovaSpace::new(Iova::new(start), size.into())?;
            let frames = Arc::clone(&device.system.frames);
            Ok(Box::new(VcmMmu::new(mmu, frames, addresses)))
        });
        device.system.told(made)
    }))
}

/// Makes a context of a stream that the IOMMU lets through untranslated while the context is active.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_iommu_create_one_to_one(
    iommu: *mut VcmIommu,
    stream: u32,
    start: u32,
    size: u32,
) -> *mut Vcm {
    answer(handles::device(iommu).and_then(|device| {
        let config = ContextConfig {
            one_to_one: true,
            ..ContextConfig::default()
        };
        let made = device.create(stream, (start, size), config, |mmu| {
            let reach = Region::new(Iova::new(start), size);
            let frames = Arc::clone(&device.system.frames);
            let driver = OneToOne::with_gate(frames, reach, MmuGate(mmu));
            Ok(Box::new(driver))
        });
        device.system.told(made)
    }))
}

/// Gives one more stream to a context.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_iommu_attach(vcm: *mut Vcm, stream: u32) -> c_int {
    with_mmu(vcm, |mmu| Ok(mmu.attach(stream_id(stream)?)?))
}

/// Takes a stream from a context.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_iommu_detach(vcm: *mut Vcm, stream: u32) -> c_int {
    with_mmu(vcm, |mmu| Ok(mmu.detach(stream_id(stream)?)?))
}

fn with_mmu(vcm: *mut Vcm, body: impl FnOnce(&Mmu) -> Result<(), Refusal>) -> c_int {
    answer(handles::context(vcm).and_then(|context| {
        let bank = context.bank();
        let bank = bank.ok_or(Refusal::Unsupported("this context is not behind an IOMMU"));
        let done = bank.and_then(|bank| body(&bank.mmu));
        context.system.told(done.map(|()| 0))
    }))
}

/// Takes the oldest fault: 1 if there was one, 0 if not.
///
/// # Safety
/// `fault` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcm_iommu_fault(iommu: *mut VcmIommu, fault: *mut VcmFault) -> c_int {
    answer(handles::device(iommu).and_then(|device| {
        if fault.is_null() {
            return device.system.told(Err(Refusal::Pointer("fault")));
        }
        let Some((record, lost)) = device.system.told(device.next_fault())? else {
            return Ok(0);
        };
        // SAFETY: by contract.
        unsafe { fault.write(device.explain(&record, lost)) };
        Ok(1)
    }))
}

/// Has the faults of a context wait instead of failing, or not.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_iommu_stall(vcm: *mut Vcm, stall: c_uint) -> c_int {
    with_mmu(vcm, |mmu| Ok(mmu.set_stall(stall != 0)?))
}

/// Lets all that waits in a context go on.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_iommu_resume(vcm: *mut Vcm, retry: c_uint) -> c_int {
    let how = match retry {
        0 => Resume::Terminate,
        _ => Resume::Retry,
    };
    with_mmu(vcm, |mmu| Ok(mmu.resume(None, how)?))
}

/// Limits how much may wait, and for how long.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_iommu_stall_limits(
    iommu: *mut VcmIommu,
    transactions: u32,
    timeout_ticks: u32,
) -> c_int {
    answer(handles::device(iommu).and_then(|device| {
        let limits = match (transactions.try_into(), timeout_ticks.try_into()) {
            (Ok(transactions), Ok(timeout_ticks)) => Ok(StallLimits {
                transactions,
                timeout_ticks,
            }),
            _ => Err(Refusal::Argument("a limit of stalling is out of range")),
        };
        let set = limits.and_then(|limits| Ok(device.iommu.set_stall_limits(limits)?));
        device.system.told(set.map(|()| 0))
    }))
}

/// Binds memory on demand to where masters wait; takes the oldest fault that is nothing of the sort: 1 if
/// there was one, 0 if not.
///
/// # Safety
/// `fault` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcm_iommu_page_in(iommu: *mut VcmIommu, fault: *mut VcmFault) -> c_int {
    answer(handles::device(iommu).and_then(|device| {
        let system = &device.system;
        if fault.is_null() {
            return system.told(Err(Refusal::Pointer("fault")));
        }
        while let Some((record, lost)) = system.told(device.next_fault())? {
            if lost {
                system.told(device.retry_all())?;
            }
            let served = match device.page_in(&record) {
                Ok(Some(Served::Retry | Served::Wait)) => continue,
                Ok(served) => served,
                // It has been ended, and is a fault like any other.
                Err(PageInError::Vcm(error)) => {
                    let _reported = system.told::<()>(Err(error.into()));
                    Some(Served::Terminate)
                }
                Err(PageInError::Iommu(error)) => {
                    let _reported = system.told::<()>(Err(error.into()));
                    None
                }
            };
            let mut found = device.explain(&record, lost);
            found.stalled &= c_uint::from(served.is_none());
            // SAFETY: by contract.
            unsafe { fault.write(found) };
            return Ok(1);
        }
        Ok(0)
    }))
}
