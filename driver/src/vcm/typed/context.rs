//! The handle of a context.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::{Active, Binding, Failed, OnDemand, Phys, Reservation, report_dropped};
use crate::addr::{Iova, PhysAddr};
use crate::error::Error;
use crate::mmu::Access;
use crate::vcm::driver::Driver;
use crate::vcm::fault::{Attribution, FaultCounts, FaultHook};
use crate::vcm::flags::{AllocFlags, ResFlags};
use crate::vcm::id::VcmId;
use crate::vcm::raw::{self, Served, Where};
use crate::vcm::region::Region;

/// A context: the address space that devices see through one MMU, or directly.
///
/// Clones are the same context, to be passed to whoever uses it; each reservation, binding and
/// activation has one too. The context is destroyed when the last of them is gone.
#[must_use = "the context is destroyed when its last handle is dropped"]
pub struct Vcm<D: Driver + ?Sized = dyn Driver + Send> {
    owner: Arc<Owner<D>>,
}

struct Owner<D: Driver + ?Sized> {
    system: Arc<raw::System<D>>,
    id: VcmId,
    alive: bool,
}

impl<D: Driver + ?Sized> Drop for Owner<D> {
    fn drop(&mut self) {
        if self.alive {
            report_dropped(&self.system, self.system.destroy(self.id));
        }
    }
}

impl<D: Driver + ?Sized> Clone for Vcm<D> {
    fn clone(&self) -> Self {
        Self {
            owner: self.owner.clone(),
        }
    }
}

impl<D: Driver + ?Sized> fmt::Debug for Vcm<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Vcm").field(&self.owner.id).finish()
    }
}

impl<D: Driver + ?Sized> Vcm<D> {
    pub(super) fn new(system: Arc<raw::System<D>>, id: VcmId) -> Self {
        Self {
            owner: Arc::new(Owner {
                system,
                id,
                alive: true,
            }),
        }
    }

    pub(super) fn system(&self) -> &Arc<raw::System<D>> {
        &self.owner.system
    }

    /// Its identifier in the raw layer.
    pub fn id(&self) -> VcmId {
        self.owner.id
    }

    /// Its addresses.
    pub fn space(&self) -> Region {
        let info = self.system().context(self.id());
        info.map_or(Region::new(Iova::new(0), 0), |info| info.space)
    }

    /// Allocates memory, reserves addresses and binds them, in the one way that works with and without
    /// an MMU (`vcm_make_binding`). `size` is rounded up to pages.
    ///
    /// # Errors
    /// As [`raw::System::make_binding`].
    pub fn make_binding(
        &self,
        size: u32,
        alloc: AllocFlags,
        res: ResFlags,
    ) -> Result<Binding<D>, Error> {
        let id = self.system().make_binding(self.id(), size, alloc, res)?;
        let info = self.system().reservation(id)?;
        let phys = info.phys.ok_or(Error::NotBound(id))?;
        Ok(Binding::new(
            Reservation::new(self.clone(), id, info.region),
            Phys::new(self.system().clone(), phys),
        ))
    }

    /// Reserves addresses and binds memory to them (`vcm_map`).
    ///
    /// # Errors
    /// As [`raw::System::map`].
    pub fn map(&self, phys: &Phys<D>, flags: ResFlags) -> Result<Binding<D>, Error> {
        let phys = phys.share()?;
        let id = self.system().map(self.id(), phys.id(), flags)?;
        let region = self.system().reservation(id)?.region;
        Ok(Binding::new(
            Reservation::new(self.clone(), id, region),
            phys,
        ))
    }

    /// Allocates physical memory (`vcm_alloc`); `size` is rounded up to pages.
    ///
    /// # Errors
    /// As [`raw::System::alloc`].
    pub fn alloc(&self, size: u32, flags: AllocFlags) -> Result<Phys<D>, Error> {
        let id = self.system().alloc(self.id(), size, flags)?;
        Ok(Phys::new(self.system().clone(), id))
    }

    /// Reserves device addresses (`vcm_reserve`); `size` is rounded up to pages.
    ///
    /// # Errors
    /// As [`raw::System::reserve`].
    pub fn reserve(&self, size: u32, flags: ResFlags) -> Result<Reservation<D>, Error> {
        let id = self.system().reserve(self.id(), size, flags)?;
        let region = self.system().reservation(id)?.region;
        Ok(Reservation::new(self.clone(), id, region))
    }

    /// Reserves device addresses that get memory granule by granule, each when [`serve`](Self::serve) is
    /// told that a master has touched it.
    ///
    /// # Errors
    /// As [`raw::System::reserve_on_demand`].
    pub fn reserve_on_demand(
        &self,
        size: u32,
        granule: u32,
        alloc: AllocFlags,
        res: ResFlags,
    ) -> Result<OnDemand<D>, Error> {
        let system = self.system();
        let id = system.reserve_on_demand(self.id(), size, granule, alloc, res)?;
        let region = system.reservation(id)?.region;
        Ok(OnDemand::new(Reservation::new(self.clone(), id, region)))
    }

    /// Binds memory on demand to where an access has missed a translation, and says what is to become of
    /// the access.
    ///
    /// # Errors
    /// As [`raw::System::serve`].
    pub fn serve(&self, at: Iova) -> Result<Served, Error> {
        self.system().serve(self.id(), at)
    }

    /// Brings all bindings to the hardware, for as long as what is returned lives (`vcm_activate`).
    ///
    /// # Errors
    /// As [`raw::System::activate`].
    pub fn activate(&self) -> Result<Active<D>, Error> {
        self.system().activate(self.id())?;
        Ok(Active::new(self.clone()))
    }

    /// Where a device address lies: for the report of a fault.
    pub fn resolve(&self, at: Iova) -> Where {
        let found = self.system().resolve(self.id(), at);
        found.unwrap_or(Where::Outside)
    }

    /// What an address belongs to that a master could not access.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext), only if it was destroyed through the raw layer.
    pub fn attribute(&self, at: Iova, access: Access) -> Result<Attribution, Error> {
        self.system().attribute(self.id(), at, access)
    }

    /// Attributes a fault, counts it, and calls the [hook](Self::set_fault_hook).
    ///
    /// # Errors
    /// As [`attribute`](Self::attribute).
    pub fn report_fault(&self, at: Iova, access: Access) -> Result<Attribution, Error> {
        self.system().report_fault(self.id(), at, access)
    }

    /// Sets who is told of faults that are reported, in place of who was before. The hook should not
    /// own this context, which would then never be destroyed.
    ///
    /// # Errors
    /// As [`attribute`](Self::attribute).
    pub fn set_fault_hook(&self, hook: impl FaultHook + 'static) -> Result<(), Error> {
        let before = self
            .system()
            .set_fault_hook(self.id(), Some(Arc::new(hook)));
        before.map(drop)
    }

    /// How many faults were reported.
    pub fn fault_counts(&self) -> FaultCounts {
        self.system().fault_counts(self.id()).unwrap_or_default()
    }

    /// The addresses in another context under which it has the memory that this one has at `at`, in
    /// ascending order.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext), only if one was destroyed through the raw layer, or the
    /// other is of another system.
    pub fn translate_to(&self, at: Iova, to: &Self) -> Result<Vec<Iova>, Error> {
        if !Arc::ptr_eq(self.system(), to.system()) {
            return Err(Error::StaleContext(to.id()));
        }
        self.system().translate_to(self.id(), at, to.id())
    }

    /// The physical address that a device address is bound to, if any.
    pub fn translate(&self, at: Iova) -> Option<PhysAddr> {
        self.system().translate(self.id(), at).ok().flatten()
    }

    /// Destroys the context (`vcm_destroy`).
    ///
    /// # Errors
    /// [`ContextShared`](Error::ContextShared) while there are clones, reservations, bindings or
    /// activations; [`ContextBusy`](Error::ContextBusy) while the raw layer has some.
    pub fn destroy(self) -> Result<(), Failed<Self>> {
        match Arc::try_unwrap(self.owner) {
            Ok(mut owner) => match owner.system.destroy(owner.id) {
                Ok(()) => {
                    owner.alive = false;
                    Ok(())
                }
                Err(error) => Err(Failed {
                    error,
                    value: Self {
                        owner: Arc::new(owner),
                    },
                }),
            },
            Err(owner) => Err(Failed {
                error: Error::ContextShared {
                    vcm: owner.id,
                    others: Arc::strong_count(&owner).saturating_sub(1),
                },
                value: Self { owner },
            }),
        }
    }
}
