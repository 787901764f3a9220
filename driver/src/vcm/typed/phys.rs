//! The handle of physical memory.

use alloc::sync::Arc;
use core::fmt;

use super::{Failed, Vcm, report_dropped};
use crate::error::Error;
use crate::mmu::PhysPart;
use crate::vcm::copier::Copier;
use crate::vcm::driver::Driver;
use crate::vcm::flags::AllocFlags;
use crate::vcm::id::PhysId;
use crate::vcm::raw;

/// Physical memory: one owner of it.
///
/// A binding has one too. The memory goes back to its driver when its last owner is gone.
#[must_use = "physical memory is freed when its last owner is dropped"]
pub struct Phys<D: Driver + ?Sized = dyn Driver + Send> {
    system: Arc<raw::System<D>>,
    id: PhysId,
    alive: bool,
}

impl<D: Driver + ?Sized> Phys<D> {
    pub(super) fn new(system: Arc<raw::System<D>>, id: PhysId) -> Self {
        Self {
            system,
            id,
            alive: true,
        }
    }

    /// Its identifier in the raw layer.
    pub fn id(&self) -> PhysId {
        self.id
    }

    /// Its contiguous parts, in order. (Empty if it was freed through the raw layer.)
    pub fn parts(&self) -> Arc<[PhysPart]> {
        let info = self.system.phys(self.id);
        info.map_or_else(|_| Arc::default(), |info| info.parts)
    }

    /// Sum of the parts in bytes.
    pub fn size(&self) -> u32 {
        self.system.phys(self.id).map_or(0, |info| info.size)
    }

    /// To how many reservations it is bound, in all contexts.
    pub fn bindings(&self) -> u32 {
        self.system.phys(self.id).map_or(0, |info| info.bindings)
    }

    /// One more owner.
    ///
    /// # Errors
    /// [`StalePhys`](Error::StalePhys), only if it was freed through the raw layer.
    pub fn share(&self) -> Result<Self, Error> {
        self.system.retain(self.id)?;
        Ok(Self::new(self.system.clone(), self.id))
    }

    /// Moves the memory to other frames, allocated as `flags` say, while it is bound and masters use it.
    ///
    /// # Errors
    /// As [`raw::System::migrate`].
    pub fn migrate(&self, copier: &(impl Copier + ?Sized), flags: AllocFlags) -> Result<(), Error> {
        self.system.migrate(self.id, copier, flags)
    }

    /// The same, to memory that the driver of `vcm` allocates.
    ///
    /// # Errors
    /// As [`raw::System::migrate_to`].
    pub fn migrate_to(
        &self,
        vcm: &Vcm<D>,
        copier: &(impl Copier + ?Sized),
        flags: AllocFlags,
    ) -> Result<(), Error> {
        self.system.migrate_to(self.id, vcm.id(), copier, flags)
    }

    /// Frees the memory (`vcm_free`), or leaves it to its other owners.
    ///
    /// # Errors
    /// [`PhysBusy`](Error::PhysBusy), which is misuse, while it is bound anywhere. (Dropping the handle
    /// is not: the memory then lives until it is unbound.)
    pub fn free(mut self) -> Result<(), Failed<Self>> {
        match self.system.free(self.id) {
            Ok(()) => {
                self.alive = false;
                Ok(())
            }
            Err(error) => Err(Failed { error, value: self }),
        }
    }
}

impl<D: Driver + ?Sized> Drop for Phys<D> {
    fn drop(&mut self) {
        if self.alive {
            report_dropped(&self.system, self.system.release(self.id));
        }
    }
}

impl<D: Driver + ?Sized> fmt::Debug for Phys<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Phys").field(&self.id).finish()
    }
}
