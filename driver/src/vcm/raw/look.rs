//! Looking things up. These calls take the bookkeeping lock only, so drivers and fault handlers may
//! make them at any time.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::System;
use crate::addr::Iova;
use crate::error::Error;
use crate::mmu::{Attributes, PhysPart};
use crate::vcm::driver::Driver;
use crate::vcm::graph::{Context, Graph, Memory};
use crate::vcm::id::{PhysId, ResId, VcmId};
use crate::vcm::region::Region;

/// A context, at the moment of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextInfo {
    /// Its addresses.
    pub space: Region,
    /// Activations without deactivation.
    pub activations: u32,
    /// Live reservations.
    pub reservations: usize,
}

/// A reservation, at the moment of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservationInfo {
    /// Its context.
    pub vcm: VcmId,
    /// Its addresses.
    pub region: Region,
    /// Bytes bound, from its start on; anywhere, if bound on demand.
    pub bound_size: u32,
    /// What is bound to it; `None` if bound on demand.
    pub phys: Option<PhysId>,
    /// Whether anything was ever bound to it.
    pub was_bound: bool,
    /// Who may do what with memory bound here.
    pub attributes: Attributes,
    /// How many [`unreserve`](System::unreserve) it takes to give it back.
    pub owners: u32,
    /// Whether hardware may still use a translation of it that was removed.
    pub poisoned: bool,
}

/// An allocation of physical memory, at the moment of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhysInfo {
    /// Its contiguous parts, in order.
    pub parts: Arc<[PhysPart]>,
    /// Sum of the parts in bytes.
    pub size: u32,
    /// To how many reservations it is bound.
    pub bindings: u32,
    /// Whether another allocator owns it ([`import`](System::import)).
    pub imported: bool,
    /// Whether hardware may still use a translation to it that was removed.
    pub poisoned: bool,
}

/// Where in a context a device address lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In a reservation.
    InReservation {
        /// In which one.
        id: ResId,
        /// So many bytes after its start.
        offset: u32,
        /// Whether memory is bound there.
        bound: bool,
    },
    /// In the context, but in no reservation.
    InSpace,
    /// Not in the context.
    Outside,
}

impl<D: Driver + ?Sized> System<D> {
    /// What a context is.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn context(&self, vcm: VcmId) -> Result<ContextInfo, Error> {
        Ok(self.graph.lock().contexts.get(vcm)?.info())
    }

    /// What a reservation is, and what is bound to it.
    ///
    /// # Errors
    /// [`StaleReservation`](Error::StaleReservation).
    pub fn reservation(&self, id: ResId) -> Result<ReservationInfo, Error> {
        self.graph.lock().reservation_info(id)
    }

    /// What an allocation of physical memory is.
    ///
    /// # Errors
    /// [`StalePhys`](Error::StalePhys).
    pub fn phys(&self, id: PhysId) -> Result<PhysInfo, Error> {
        Ok(self.graph.lock().memories.get(id)?.info())
    }

    /// The reservations of a context, by address.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn reservations(&self, vcm: VcmId) -> Result<Vec<ResId>, Error> {
        let graph = self.graph.lock();
        let context = graph.contexts.get(vcm)?;
        Ok(context.reservations.iter().map(|&(_, id)| id).collect())
    }

    /// Where in a context a device address lies: for the report of a fault.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn resolve(&self, vcm: VcmId, at: Iova) -> Result<Where, Error> {
        let graph = self.graph.lock();
        if !graph.contexts.get(vcm)?.space.contains(at) {
            return Ok(Where::Outside);
        }
        let Some(id) = graph.find(vcm, at)? else {
            return Ok(Where::InSpace);
        };
        let reservation = graph.reservations.get(id)?;
        let offset = at.get() - reservation.region.start.get();
        let bound = match reservation.bound_at(offset) {
            Some((phys, offset)) => offset < graph.memories.get(phys)?.size,
            None => false,
        };
        Ok(Where::InReservation { id, offset, bound })
    }
}

impl<D: ?Sized> Context<D> {
    pub(super) fn info(&self) -> ContextInfo {
        ContextInfo {
            space: self.space,
            activations: self.activations,
            reservations: self.reservations.len(),
        }
    }
}

impl<D: ?Sized> Memory<D> {
    pub(super) fn info(&self) -> PhysInfo {
        PhysInfo {
            parts: self.parts.clone(),
            size: self.size,
            bindings: self.exposure.lent(),
            imported: self.origin.is_lender(),
            poisoned: self.exposure.is_poisoned(),
        }
    }
}

impl<D: ?Sized> Graph<D> {
    pub(super) fn reservation_info(&self, id: ResId) -> Result<ReservationInfo, Error> {
        let reservation = self.reservations.get(id)?;
        let bound_size = match (&reservation.demand, reservation.bound) {
            (Some(demand), _) => {
                let bound = demand.bound.values();
                let sizes = bound.map(|granule| Ok(self.memories.get(granule.phys)?.size));
                sizes.sum::<Result<u32, Error>>()?
            }
            (None, Some(phys)) => self.memories.get(phys)?.size,
            (None, None) => 0,
        };
        Ok(ReservationInfo {
            vcm: reservation.vcm,
            region: reservation.region,
            bound_size,
            phys: reservation.bound,
            was_bound: reservation.was_bound,
            attributes: reservation.attributes,
            owners: reservation.claims,
            poisoned: reservation.exposure.is_poisoned(),
        })
    }
}
