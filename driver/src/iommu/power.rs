//! Programming the IOMMU anew after it has lost power. Page tables are in memory, and stay.

use super::context::Running;
use super::{Iommu, IommuContext, IommuError, ProbeError, Route, StreamId, identify};
use crate::mmu::Mmu as _;
use crate::seam::{Bus, Clock, PhysMem};

impl<B: Bus, M: PhysMem, C: Clock> Iommu<B, M, C> {
    /// Brings the IOMMU back to what it was told before it lost power or was reset: bypassed streams,
    /// interrupts, limits of stalling, attributes of walks. Contexts stay stopped until each has been
    /// [restored](IommuContext::restore) too.
    ///
    /// Call it before anything else after the loss, with the memory of tables and buffers kept, and the
    /// masters idle. What is lost: fault records, counters, pages that were locked in the TLB.
    ///
    /// # Errors
    /// `WrongId`, `WrongVersion`, `Unsupported`: this is not what was probed. `Bus`, `SyncTimeout`: it
    /// did not answer. Nothing passes then; it can be tried again.
    pub fn restore(&self) -> Result<(), ProbeError> {
        let shared = &self.shared;
        let features = identify(&shared.bus)?;
        if features != shared.features {
            return Err(ProbeError::Unsupported {
                what: "context banks, where another IOMMU was probed",
                read: features.contexts,
                most: shared.features.contexts,
            });
        }
        shared.reset()?;
        let mut state = shared.state.lock();
        state.records.reset();
        let global = shared.global();
        if features.is_pipelined() {
            let limits = match state.holds {
                0 => state.limits,
                _ => super::StallLimits::none(),
            };
            global.write(limits.register())?;
            global.write(state.walks)?;
        }
        for (number, route) in (0..).zip(&state.routes) {
            if *route == Route::Bypass {
                shared.write_route(StreamId::new(number), *route)?;
            }
        }
        Ok(global.write(state.interrupts)?)
    }
}

impl<B: Bus, M: PhysMem, C: Clock> IommuContext<B, M, C> {
    /// Brings the context back to what it was after the IOMMU has been [restored](Iommu::restore): with
    /// the same page table, and its streams let through if it was active.
    ///
    /// # Errors
    /// `Bus`, `SyncTimeout`, `Memory`: the context is inactive; [`activate`](crate::mmu::Mmu::activate)
    /// tries again.
    pub fn restore(&self) -> Result<(), IommuError> {
        let was = {
            let mut state = self.state.lock();
            let was = state.running;
            // The reset has confirmed that nothing of it is left in hardware.
            state.reset();
            was
        };
        if was != Running::Active {
            return Ok(());
        }
        self.activate().map_err(IommuError::from)
    }
}
