//! Which events raise the interrupt, and which are pending.

use vcm_regs::global::{IrqEnable, IrqStatus};

use super::{Iommu, IommuError};
use crate::seam::{Bus, Clock, PhysMem};

/// Global events that raise the interrupt. (Contexts: see
/// [`ContextConfig::fault_interrupt`](super::ContextConfig::fault_interrupt).)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interrupts {
    /// The fault queue is not empty.
    pub fault: bool,
    /// A fault was lost because the queue was full.
    pub overflow: bool,
}

/// Events that are pending, whether they are enabled or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PendingInterrupts {
    /// The fault queue is not empty.
    pub fault: bool,
    /// A fault was lost because the queue was full.
    pub overflow: bool,
    /// Bit n: context bank n had a fault, and its fault interrupt is enabled.
    pub contexts: u8,
}

impl PendingInterrupts {
    /// Whether anything is pending.
    pub const fn any(self) -> bool {
        self.fault || self.overflow || self.contexts != 0
    }
}

impl<B: Bus, M: PhysMem, C: Clock> Iommu<B, M, C> {
    /// Enables these events, and disables the others.
    ///
    /// # Errors
    /// `Bus`.
    pub fn enable_interrupts(&self, interrupts: Interrupts) -> Result<(), IommuError> {
        let mut state = self.shared.state.lock();
        let enable = IrqEnable::default()
            .with(IrqEnable::FAULT, interrupts.fault.into())
            .with(IrqEnable::FQOVERFLOW, interrupts.overflow.into());
        self.shared.global().write(enable)?;
        state.interrupts = enable;
        Ok(())
    }

    /// Which events are pending.
    ///
    /// # Errors
    /// `Bus`.
    pub fn pending_interrupts(&self) -> Result<PendingInterrupts, IommuError> {
        let status: IrqStatus = self.shared.global().read()?;
        Ok(PendingInterrupts {
            fault: status.has(IrqStatus::FAULT),
            overflow: status.has(IrqStatus::FQOVERFLOW),
            contexts: status.get(IrqStatus::CTX) as u8,
        })
    }
}
