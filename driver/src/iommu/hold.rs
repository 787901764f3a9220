//! Holding the masters of a context: whoever misses a mapping waits until it is there again.

use vcm_regs::context::Fsynr0;
use vcm_regs::global::StallCtrl;

use super::context::{Running, State};
use super::{HardwareError, IommuContext, Shared, StallLimits};
use crate::mmu::MmuError;
use crate::seam::{Bus, BusError, Clock, PhysMem};

impl StallLimits {
    /// Everything may stall, for ever.
    pub(super) const fn none() -> Self {
        Self {
            transactions: StallCtrl::LIMIT.max() as u8,
            timeout_ticks: 0,
        }
    }
}

impl<B: Bus, M: PhysMem, C: Clock> IommuContext<B, M, C> {
    pub(super) fn hold_masters(&self) -> Result<(), MmuError> {
        let shared = &self.iommu().shared;
        if shared.need("stalling").is_err() {
            return Err(MmuError::Unsupported);
        }
        let mut state = self.state.lock();
        shared.raise_limits()?;
        state.holds += 1;
        if state.running == Running::Active {
            if let Err(error) = self.enable(&mut state) {
                state.holds -= 1;
                // The write may have arrived.
                let _undone = self.enable(&mut state);
                shared.abandon_limits();
                return Err(error.into());
            }
        }
        Ok(())
    }

    pub(super) fn release_masters(&self) -> Result<(), MmuError> {
        let shared = &self.iommu().shared;
        let mut state = self.state.lock();
        let Some(left) = state.holds.checked_sub(1) else {
            return Ok(());
        };
        let before = core::mem::replace(&mut state.holds, left);
        if let Err(error) = self.let_go(&mut state).and_then(|()| {
            shared.lower_limits()?;
            Ok(())
        }) {
            state.holds = before;
            return Err(error.into());
        }
        Ok(())
    }

    /// Has what stands stalled translated anew.
    fn let_go(&self, state: &mut State<M>) -> Result<(), HardwareError> {
        if state.running == Running::Inactive {
            return Ok(());
        }
        let shared = &self.iommu().shared;
        // A walk from before the mapping may be under way, and is to stall still, not to terminate.
        let _quiet = shared.sync(self.bank())?;
        let only_held = !state.stall && state.holds == 0;
        if only_held {
            // It tells of a fault that was none.
            let first: Fsynr0 = shared.bank(self.bank()).read()?;
            if first.has(Fsynr0::STALLED) {
                let _fault = shared.take_context_fault(self.bank())?;
            }
        }
        if state.running == Running::Active {
            self.enable(state)?;
        }
        let records = &mut shared.state.lock().records;
        Ok(shared.retry_all(records, self.bank())?)
    }
}

impl<B: Bus, M, C: Clock> Shared<B, M, C> {
    /// Suspends the limits of stalling, in all contexts together, until they are lowered as often.
    fn raise_limits(&self) -> Result<(), BusError> {
        let raised = {
            let mut state = self.state.lock();
            state.holds += 1;
            match state.holds {
                1 => self.global().write(StallLimits::none().register()),
                _ => Ok(()),
            }
        };
        // The write may have arrived.
        raised.inspect_err(|_| self.abandon_limits())
    }

    fn lower_limits(&self) -> Result<(), BusError> {
        let mut state = self.state.lock();
        if state.holds == 1 {
            self.global().write(state.limits.register())?;
        }
        state.holds = state.holds.saturating_sub(1);
        Ok(())
    }

    /// As `lower_limits`, when nobody is left to try that again: what fails is made good by the next
    /// activation, or the next hold.
    pub(super) fn abandon_limits(&self) {
        if self.lower_limits().is_err() {
            let mut state = self.state.lock();
            state.holds = state.holds.saturating_sub(1);
            state.unlimited = true;
        }
    }

    /// Makes good that limits could not be lowered.
    pub(super) fn settle_limits(&self) -> Result<(), BusError> {
        let mut state = self.state.lock();
        if state.unlimited && state.holds == 0 {
            self.global().write(state.limits.register())?;
        }
        state.unlimited = false;
        Ok(())
    }
}
