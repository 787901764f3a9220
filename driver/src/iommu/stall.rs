//! Stalling: a transaction that faults waits until software has made good what it missed.

use core::fmt;

use vcm_regs::context::{FSR, Fsr, Resume as ResumeRegister};
use vcm_regs::global::StallCtrl;

use super::context::Running;
use super::{Checked, Iommu, IommuContext, IommuError, Shared};
use crate::seam::{Bus, BusError, Clock, PhysMem};

/// Which of the transactions of a context stands stalled: the name that
/// [`resume`](IommuContext::resume) takes. It is a stalled transaction's until that has been resumed or
/// has timed out, and may then be another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StallTag {
    pub(super) write: bool,
    pub(super) slot: u8,
    /// How often all of the context had been tried again or terminated before.
    pub(super) times: u32,
}

impl fmt::Display for StallTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = if self.write { "write" } else { "read" };
        write!(f, "{direction} slot {}", self.slot)
    }
}

/// How a stalled transaction goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// It is translated again; if it faults again, it stalls again, with a new record.
    Retry,
    /// It is answered with SLVERR.
    Terminate,
}

/// How far transactions may stall, in all contexts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StallLimits {
    /// Reads that may stand stalled at the same time, and as many writes; a further one that faults is
    /// terminated. Up to 15; more than [`Features::slots`](super::Features::slots) are no limit.
    pub transactions: u8,
    /// Ticks of 1024 clock cycles until a stalled transaction is terminated. 0: never; then only
    /// software keeps a master from waiting for ever.
    pub timeout_ticks: u16,
}

impl Default for StallLimits {
    /// What the hardware has after a reset.
    fn default() -> Self {
        Self::from_register(StallCtrl::default())
    }
}

impl StallLimits {
    pub(super) fn register(self) -> StallCtrl {
        StallCtrl::default()
            .with(StallCtrl::LIMIT, self.transactions.into())
            .with(StallCtrl::TIMEOUT, self.timeout_ticks.into())
    }

    const fn from_register(register: StallCtrl) -> Self {
        Self {
            transactions: register.get(StallCtrl::LIMIT) as u8,
            timeout_ticks: register.get(StallCtrl::TIMEOUT) as u16,
        }
    }
}

impl<B: Bus, M: PhysMem, C: Clock> Iommu<B, M, C> {
    /// Limits stalling. While masters are held ([`Mmu::hold`](crate::mmu::Mmu::hold)) there are no
    /// limits; these are in force after that.
    ///
    /// # Errors
    /// `Missing`, `OutOfRange`, `Bus`.
    pub fn set_stall_limits(&self, limits: StallLimits) -> Result<(), IommuError> {
        self.shared.need("stalling")?;
        let transactions = u32::from(limits.transactions);
        StallCtrl::LIMIT.check("stalled transactions", transactions)?;
        let mut state = self.shared.state.lock();
        if state.holds == 0 {
            self.shared.global().write(limits.register())?;
        }
        state.limits = limits;
        Ok(())
    }

    /// The limits of stalling.
    ///
    /// # Errors
    /// `Missing`, `Bus`.
    pub fn stall_limits(&self) -> Result<StallLimits, IommuError> {
        self.shared.need("stalling")?;
        let state = self.shared.state.lock();
        match state.holds {
            0 => Ok(StallLimits::from_register(self.shared.global().read()?)),
            _ => Ok(state.limits),
        }
    }
}

impl<B: Bus, M: PhysMem, C: Clock> IommuContext<B, M, C> {
    /// Whether a transaction of this context that faults stalls until it is [resumed](Self::resume), or
    /// is terminated, as it is at first. What stands stalled already is not changed by it.
    ///
    /// # Errors
    /// `Missing`, `Bus`: it is not known which it is.
    pub fn set_stall(&self, stall: bool) -> Result<(), IommuError> {
        self.iommu().shared.need("stalling")?;
        let mut state = self.state.lock();
        state.stall = stall;
        if state.running == Running::Active {
            self.enable(&mut state)?;
        }
        Ok(())
    }

    /// Lets a stalled transaction go on, that of a fault record; `None`: all of this context. A record
    /// from before the context was stopped, lost a stream, or had its memory moved names none any more:
    /// nothing is done then.
    ///
    /// # Errors
    /// `Missing`, `Bus`.
    pub fn resume(&self, which: Option<StallTag>, how: Resume) -> Result<(), IommuError> {
        let shared = &self.iommu().shared;
        shared.need("stalling")?;
        let _state = self.state.lock();
        let over = which.is_some_and(|tag| !shared.state.lock().records.knows(self.bank(), tag));
        if over {
            return Ok(());
        }
        Ok(shared.resume(self.bank(), which, how)?)
    }

    /// Whether a transaction of this context stands stalled now.
    ///
    /// # Errors
    /// `Missing`, `Bus`.
    pub fn stalled(&self) -> Result<bool, IommuError> {
        let shared = &self.iommu().shared;
        shared.need("stalling")?;
        let status: Fsr = shared.bank(self.bank()).read()?;
        Ok(status.has(Fsr::SS))
    }
}

impl<B: Bus, M, C: Clock> Shared<B, M, C> {
    pub(super) fn resume(
        &self,
        bank: u8,
        which: Option<StallTag>,
        how: Resume,
    ) -> Result<(), BusError> {
        let all = ResumeRegister::default().with(
            ResumeRegister::TERMINATE,
            u32::from(how == Resume::Terminate),
        );
        self.bank(bank).write(match which {
            None => all,
            Some(tag) => all
                .with(ResumeRegister::ONE, 1)
                .with(ResumeRegister::WNR, tag.write.into())
                .with(ResumeRegister::SLOT, tag.slot.into()),
        })
    }
}

/// The bits of `FSR` that a fault sets; the others tell what is.
pub(super) fn faults_of(status: Fsr) -> Fsr {
    Fsr::from_bits(status.bits() & FSR.mask(vcm_regs::Access::WriteOneToClear))
}
