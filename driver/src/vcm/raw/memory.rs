//! Allocating and freeing physical memory.

use super::System;
use crate::error::Error;
use crate::vcm::driver::Driver;
use crate::vcm::flags::AllocFlags;
use crate::vcm::id::{PhysId, VcmId};
use crate::vcm::sink::Misuse;

impl<D: Driver + ?Sized> System<D> {
    /// Allocates physical memory for use in a context (`vcm_alloc`); `size` is rounded up to pages.
    /// It can be bound in other contexts too, as far as their drivers can.
    ///
    /// # Errors
    /// [`ZeroSize`](Error::ZeroSize), [`SizeOverflow`](Error::SizeOverflow),
    /// [`BadAlignment`](Error::BadAlignment), [`StaleContext`](Error::StaleContext),
    /// [`Unsupported`](Error::Unsupported), [`DriverResult`](Error::DriverResult), and what the driver
    /// returns.
    pub fn alloc(&self, vcm: VcmId, size: u32, flags: AllocFlags) -> Result<PhysId, Error> {
        self.session(vcm, |session| session.alloc(size, &flags))
    }

    /// Frees physical memory (`vcm_free`).
    ///
    /// # Errors
    /// [`StalePhys`](Error::StalePhys); [`PhysBusy`](Error::PhysBusy), which is misuse, while it is
    /// bound anywhere; [`PhysMoving`](Error::PhysMoving).
    pub fn free(&self, phys: PhysId) -> Result<(), Error> {
        let unused = {
            let mut graph = self.graph.lock();
            let memory = graph.memories.get_mut(phys)?;
            if memory.moving {
                return Err(Error::PhysMoving(phys));
            }
            let bindings = memory.exposure.lent();
            if bindings > 0 {
                drop(graph);
                self.report(&Misuse::FreedWhileBound(phys));
                return Err(Error::PhysBusy { phys, bindings });
            }
            memory.claims = memory.claims.saturating_sub(1);
            graph.take_if_unused(phys)
        };
        if let Some(memory) = unused {
            memory.give_back();
        }
        Ok(())
    }

    /// Adds an owner: the memory lives until as many calls of `free` or `release`, and every unbind.
    pub(in crate::vcm) fn retain(&self, phys: PhysId) -> Result<(), Error> {
        let mut graph = self.graph.lock();
        let memory = graph.memories.get_mut(phys)?;
        memory.claims = memory.claims.saturating_add(1);
        Ok(())
    }

    /// Takes an owner away; bound memory then lives until it is unbound.
    pub(in crate::vcm) fn release(&self, phys: PhysId) -> Result<(), Error> {
        let unused = {
            let mut graph = self.graph.lock();
            let memory = graph.memories.get_mut(phys)?;
            memory.claims = memory.claims.saturating_sub(1);
            graph.take_if_unused(phys)
        };
        if let Some(memory) = unused {
            memory.give_back();
        }
        Ok(())
    }
}
