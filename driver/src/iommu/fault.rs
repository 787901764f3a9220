//! Fault records: the queue of the IOMMU, and the fault registers of a context.

use alloc::vec::Vec;
use core::fmt;

use vcm_regs::context::{Far, Fsr, Fsynr0, Fsynr1};
use vcm_regs::fault as code;
use vcm_regs::global::{FqIova, FqPop, FqStatus, FqSynd0, FqSynd1};

use super::stall::faults_of;
use super::{Iommu, IommuError, Shared, StallTag, StreamId};
use crate::addr::Iova;
use crate::mmu::Access;
use crate::seam::{Bus, BusError, Clock, PhysMem};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The first-level descriptor is not valid.
    TranslationL1,
    /// The second-level descriptor is not valid.
    TranslationL2,
    /// The access flag of a section or supersection is 0.
    AccessFlagL1,
    /// The access flag of a page is 0.
    AccessFlagL2,
    /// The domain of a section or supersection is denied.
    DomainL1,
    /// The domain of a page is denied.
    DomainL2,
    /// A section or supersection does not permit this access.
    PermissionL1,
    /// A page does not permit this access.
    PermissionL2,
    /// A first-level descriptor could not be read.
    WalkAbortL1,
    /// A second-level descriptor could not be read.
    WalkAbortL2,
    /// The memory answered a transaction with an error.
    ExternalAbort,
    /// The stream is terminated.
    UnmappedStream,
    /// The stream is bound to a context that is disabled.
    ContextDisabled,
    /// The burst breaks a rule of AXI4.
    IllegalBurst,
    /// A stalled transaction was not resumed in time, and was terminated.
    StallTimeout,
    /// No TLB entry was free to be locked: only of [`preload`](super::IommuContext::preload).
    LockFull,
    /// A fault status that this driver does not know.
    Unknown(u8),
}

impl FaultKind {
    /// From the fault status in a register.
    pub const fn from_code(fs: u32) -> Self {
        match fs {
            code::TRANSLATION_L1 => Self::TranslationL1,
            code::TRANSLATION_L2 => Self::TranslationL2,
            code::ACCESS_FLAG_L1 => Self::AccessFlagL1,
            code::ACCESS_FLAG_L2 => Self::AccessFlagL2,
            code::DOMAIN_L1 => Self::DomainL1,
            code::DOMAIN_L2 => Self::DomainL2,
            code::PERMISSION_L1 => Self::PermissionL1,
            code::PERMISSION_L2 => Self::PermissionL2,
            code::WALK_ABORT_L1 => Self::WalkAbortL1,
            code::WALK_ABORT_L2 => Self::WalkAbortL2,
            code::EXTERNAL_ABORT => Self::ExternalAbort,
            code::UNMAPPED_STREAM => Self::UnmappedStream,
            code::CONTEXT_DISABLED => Self::ContextDisabled,
            code::ILLEGAL_BURST => Self::IllegalBurst,
            code::STALL_TIMEOUT => Self::StallTimeout,
            code::LOCK_FULL => Self::LockFull,
            other => Self::Unknown(other as u8),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::TranslationL1 => "translation fault, first level",
            Self::TranslationL2 => "translation fault, second level",
            Self::AccessFlagL1 => "access flag fault, first level",
            Self::AccessFlagL2 => "access flag fault, second level",
            Self::DomainL1 => "domain fault, first level",
            Self::DomainL2 => "domain fault, second level",
            Self::PermissionL1 => "permission fault, first level",
            Self::PermissionL2 => "permission fault, second level",
            Self::WalkAbortL1 => "external abort on a table walk, first level",
            Self::WalkAbortL2 => "external abort on a table walk, second level",
            Self::ExternalAbort => "external abort",
            Self::UnmappedStream => "terminated stream",
            Self::ContextDisabled => "disabled context",
            Self::IllegalBurst => "illegal burst",
            Self::StallTimeout => "stall timeout",
            Self::LockFull => "no free lock",
            Self::Unknown(fs) => return write!(f, "unknown fault {fs:#04x}"),
        };
        f.write_str(text)
    }
}

/// One fault, with all that is known of the access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultRecord {
    /// The address that the master sent.
    pub iova: Iova,
    /// What happened.
    pub kind: FaultKind,
    /// It was a write.
    pub write: bool,
    /// It was a privileged access.
    pub privileged: bool,
    /// It was an instruction fetch.
    pub instruction: bool,
    /// The stream of the access.
    pub stream: StreamId,
    /// The bank of the context that the stream was bound to, if it was.
    pub context: Option<u8>,
    /// The AXI ID of the access.
    pub id: u16,
    /// The transaction stands stalled: what [`resume`](super::IommuContext::resume) takes to mean it.
    /// `None`, too, if it was terminated with its context before the record was read.
    pub stalled: Option<StallTag>,
}

impl From<&FaultRecord> for Access {
    fn from(record: &FaultRecord) -> Self {
        Self {
            write: record.write,
            privileged: record.privileged,
            instruction: record.instruction,
        }
    }
}

impl fmt::Display for FaultRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let access = Access::from(self);
        write!(
            f,
            "{}: {access} at {} by {} (ID {})",
            self.kind, self.iova, self.stream, self.id
        )?;
        if let Some(bank) = self.context {
            write!(f, " in context {bank}")?;
        }
        match self.stalled {
            Some(tag) => write!(f, ", stalled in {tag}"),
            None => Ok(()),
        }
    }
}

/// What [`Iommu::drain_faults`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Records taken from the queue.
    pub records: usize,
    /// Further faults have been lost because the queue was full.
    pub overflowed: bool,
}

/// What a context's own fault registers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextFault {
    /// The first fault since they were last read. If it stalled it may have gone on by now, and its tag be
    /// another's: the fault queue tells what stands stalled.
    pub first: FaultRecord,
    /// There were more.
    pub more: bool,
}

impl<B: Bus, M: PhysMem, C: Clock> Iommu<B, M, C> {
    /// Moves the records of the fault queue to the end of `records`, the oldest first, and clears the
    /// overflow flag. Ends after two queues full, as faults may come as fast as they are read: ask
    /// [`pending_interrupts`](Self::pending_interrupts) whether there is more.
    ///
    /// # Errors
    /// `Bus`; what had been read until then is in `records`.
    pub fn drain_faults(&self, records: &mut Vec<FaultRecord>) -> Result<Drained, IommuError> {
        let mut queue = self.shared.state.lock();
        let mut drained = Drained::default();
        for _ in 0..2 * self.shared.features.fault_queue {
            let Some(record) = self.shared.pop_fault()? else {
                break;
            };
            // Who waited while its memory moved has met no fault.
            if let Some(record) = queue.records.current(record) {
                records.push(record);
                drained.records += 1;
            }
            queue.records.dropped();
        }
        let global = self.shared.global();
        drained.overflowed = global.read::<FqStatus>()?.has(FqStatus::OVERFLOW);
        if drained.overflowed {
            global.write(FqStatus::default().with(FqStatus::OVERFLOW, 1))?;
        }
        Ok(drained)
    }
}

impl<B: Bus, M, C: Clock> Shared<B, M, C> {
    /// Takes the oldest record out of the queue.
    pub(super) fn pop_fault(&self) -> Result<Option<FaultRecord>, BusError> {
        let oldest = self.peek_fault()?;
        if oldest.is_some() {
            self.drop_fault()?;
        }
        Ok(oldest)
    }

    /// Removes the oldest record.
    pub(super) fn drop_fault(&self) -> Result<(), BusError> {
        self.global().write(FqPop::default().with(FqPop::POP, 1))
    }

    /// The oldest record, which stays in the queue.
    pub(super) fn peek_fault(&self) -> Result<Option<FaultRecord>, BusError> {
        let global = self.global();
        let what: FqSynd0 = global.read()?;
        if !what.has(FqSynd0::VALID) {
            return Ok(None);
        }
        let at: FqIova = global.read()?;
        let who: FqSynd1 = global.read()?;
        Ok(Some(FaultRecord {
            iova: Iova::new(at.get(FqIova::IOVA)),
            kind: FaultKind::from_code(what.get(FqSynd0::FS)),
            write: what.has(FqSynd0::WNR),
            privileged: what.has(FqSynd0::PNU),
            instruction: what.has(FqSynd0::IND),
            stream: StreamId::new(who.get(FqSynd1::SID) as u16),
            context: what
                .has(FqSynd0::CBVALID)
                .then_some(what.get(FqSynd0::CBNDX) as u8),
            id: who.get(FqSynd1::AXID) as u16,
            stalled: what.has(FqSynd0::STALLED).then_some(StallTag {
                write: what.has(FqSynd0::WNR),
                slot: what.get(FqSynd0::SLOT) as u8,
                times: 0,
            }),
        }))
    }

    /// Reads and clears the fault registers of a context.
    pub(super) fn take_context_fault(&self, index: u8) -> Result<Option<ContextFault>, BusError> {
        let bank = self.bank(index);
        if faults_of(bank.read()?).bits() == 0 {
            return Ok(None);
        }
        let at: Far = bank.read()?;
        let what: Fsynr0 = bank.read()?;
        let who: Fsynr1 = bank.read()?;
        // The address and syndrome stay those of the first fault until all bits are clear, so clear
        // also those that have been set in the meantime.
        let status = faults_of(bank.read()?);
        bank.write(status)?;
        let tag = StallTag {
            write: what.has(Fsynr0::WNR),
            slot: what.get(Fsynr0::SLOT) as u8,
            times: 0,
        };
        let stalled = what.has(Fsynr0::STALLED);
        Ok(Some(ContextFault {
            first: FaultRecord {
                iova: Iova::new(at.get(Far::IOVA)),
                kind: FaultKind::from_code(what.get(Fsynr0::FS)),
                write: what.has(Fsynr0::WNR),
                privileged: what.has(Fsynr0::PNU),
                instruction: what.has(Fsynr0::IND),
                stream: StreamId::new(who.get(Fsynr1::SID) as u16),
                context: Some(index),
                id: who.get(Fsynr1::AXID) as u16,
                stalled: stalled.then(|| self.state.lock().records.named(index, tag)),
            },
            more: status.has(Fsr::MULTI),
        }))
    }
}
