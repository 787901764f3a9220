//! Looking things up. These calls take the bookkeeping lock only, so drivers and fault handlers may
//! make them at any time.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::System;
use crate::addr::{Iova, PhysAddr};
use crate::error::Error;
use crate::mmu::{Attributes, PhysPart};
use crate::vcm::driver::Driver;
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
    /// Bytes bound, from its start on.
    pub bound_size: u32,
    /// What is bound to it.
    pub phys: Option<PhysId>,
    /// Whether anything was ever bound to it.
    pub was_bound: bool,
    /// Who may do what with memory bound here.
    pub attributes: Attributes,
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
        let graph = self.graph.lock();
        let context = graph.contexts.get(vcm)?;
        Ok(ContextInfo {
            space: context.space,
            activations: context.activations,
            reservations: context.reservations.len(),
        })
    }

    /// What a reservation is, and what is bound to it.
    ///
    /// # Errors
    /// [`StaleReservation`](Error::StaleReservation).
    pub fn reservation(&self, id: ResId) -> Result<ReservationInfo, Error> {
        let graph = self.graph.lock();
        let reservation = graph.reservations.get(id)?;
        let bound_size = match reservation.bound {
            Some(phys) => graph.memories.get(phys)?.size,
            None => 0,
        };
        Ok(ReservationInfo {
            vcm: reservation.vcm,
            region: reservation.region,
            bound_size,
            phys: reservation.bound,
            was_bound: reservation.was_bound,
            attributes: reservation.attributes,
            poisoned: reservation.poisoned,
        })
    }

    /// What an allocation of physical memory is.
    ///
    /// # Errors
    /// [`StalePhys`](Error::StalePhys).
    pub fn phys(&self, id: PhysId) -> Result<PhysInfo, Error> {
        let graph = self.graph.lock();
        let memory = graph.memories.get(id)?;
        Ok(PhysInfo {
            parts: memory.parts.clone(),
            size: memory.size,
            bindings: memory.bindings,
            poisoned: memory.poisoned,
        })
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

    /// The reservations of all contexts to which an allocation of physical memory is bound.
    ///
    /// # Errors
    /// [`StalePhys`](Error::StalePhys).
    pub fn bindings(&self, phys: PhysId) -> Result<Vec<ResId>, Error> {
        let graph = self.graph.lock();
        graph.memories.get(phys)?;
        let bound = graph.reservations.iter();
        Ok(bound
            .filter(|(_, reservation)| reservation.bound == Some(phys))
            .map(|(id, _)| id)
            .collect())
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
        let bound = match reservation.bound {
            Some(phys) => offset < graph.memories.get(phys)?.size,
            None => false,
        };
        Ok(Where::InReservation { id, offset, bound })
    }

    /// The physical address that a device address of a context is bound to; `None` if to none. The
    /// context need not be active.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn translate(&self, vcm: VcmId, at: Iova) -> Result<Option<PhysAddr>, Error> {
        let graph = self.graph.lock();
        let Some(id) = graph.find(vcm, at)? else {
            return Ok(None);
        };
        let reservation = graph.reservations.get(id)?;
        let Some(phys) = reservation.bound else {
            return Ok(None);
        };
        let mut offset = at.get() - reservation.region.start.get();
        for part in graph.memories.get(phys)?.parts.iter() {
            if offset < part.size {
                return Ok(part.start.checked_add(offset));
            }
            offset -= part.size;
        }
        Ok(None)
    }
}
