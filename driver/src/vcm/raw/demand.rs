//! Memory that is bound when a master first touches it.

use super::System;
use crate::addr::Iova;
use crate::error::Error;
use crate::vcm::driver::Driver;
use crate::vcm::flags::{AllocFlags, ResFlags};
use crate::vcm::id::{PhysId, ResId, VcmId};

/// What is to become of an access that has missed a translation, and waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Served {
    /// It is to be translated again: there is memory now.
    Retry,
    /// It is to wait on: its memory is just moving, and who moves it has it tried again.
    Wait,
    /// It is an error: there is nothing, and nothing is to be there.
    Terminate,
}

impl<D: Driver + ?Sized> System<D> {
    /// Reserves device addresses that get memory granule by granule, each when [`serve`](Self::serve) is
    /// told that a master has touched it. `size` is rounded up to pages; `granule` is a power of two of
    /// 4 KiB or more, to which the reservation is aligned; each is allocated as `alloc` says. What new
    /// memory holds is undefined.
    ///
    /// Each granule is an allocation of its own, which looks, queries and
    /// [`migrate`](Self::migrate) work with. All of them are unbound and freed by
    /// [`unreserve`](Self::unreserve), and by nothing else. In hardware, faults of the context have to
    /// stall: see [`IommuContext::set_stall`](crate::iommu::IommuContext::set_stall).
    ///
    /// # Errors
    /// Those of [`reserve`](Self::reserve); [`BadAlignment`](Error::BadAlignment) of the granule too;
    /// [`Unsupported`](Error::Unsupported) where a driver cannot bind or allocate, or reserve alone, as
    /// that of a one-to-one context.
    pub fn reserve_on_demand(
        &self,
        vcm: VcmId,
        size: u32,
        granule: u32,
        alloc: AllocFlags,
        res: ResFlags,
    ) -> Result<ResId, Error> {
        self.session(vcm, |session| {
            session.reserve_on_demand(size, granule, &alloc, &res)
        })
    }

    /// The memory that is bound at a device address; `None` if there is none.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn phys_at(&self, vcm: VcmId, at: Iova) -> Result<Option<PhysId>, Error> {
        let graph = self.graph.lock();
        let Some(id) = graph.find(vcm, at)? else {
            return Ok(None);
        };
        let reservation = graph.reservations.get(id)?;
        let offset = at.get() - reservation.region.start.get();
        let Some((phys, offset)) = reservation.bound_at(offset) else {
            return Ok(None);
        };
        let size = graph.memories.get(phys)?.size;
        Ok((offset < size).then_some(phys))
    }

    /// Binds memory to the granule at `at`, if there is one without memory, and says what is to become
    /// of the access. Only for accesses that missed a translation: not for those that lack a permission.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext), [`Poisoned`](Error::Poisoned),
    /// [`DriverResult`](Error::DriverResult), and what the driver returns: the access should be
    /// terminated.
    pub fn serve(&self, vcm: VcmId, at: Iova) -> Result<Served, Error> {
        self.session(vcm, |session| session.serve(at))
    }
}
