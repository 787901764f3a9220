//! The handle of a reservation with memory bound to it.

use core::fmt;

use super::{Failed, Phys, Reservation, Vcm};
use crate::addr::Iova;
use crate::error::Error;
use crate::vcm::driver::Driver;
use crate::vcm::id::ResId;
use crate::vcm::region::Region;

/// A reservation, and the memory that is bound to it. Dropping it unbinds and gives both back.
#[must_use = "memory is unbound when the binding is dropped"]
pub struct Binding<D: Driver + ?Sized = dyn Driver + Send> {
    // Dropped in this order: the memory is free only after it is unbound.
    reservation: Reservation<D>,
    phys: Phys<D>,
}

impl<D: Driver + ?Sized> Binding<D> {
    pub(super) fn new(reservation: Reservation<D>, phys: Phys<D>) -> Self {
        Self { reservation, phys }
    }

    /// The identifier of its reservation in the raw layer.
    pub fn id(&self) -> ResId {
        self.reservation.id()
    }

    /// Its context.
    pub fn vcm(&self) -> &Vcm<D> {
        self.reservation.vcm()
    }

    /// The memory.
    pub fn phys(&self) -> &Phys<D> {
        &self.phys
    }

    /// All its addresses, bound or not.
    pub fn region(&self) -> Region {
        self.reservation.region()
    }

    /// Its first address, as devices see it.
    pub fn start(&self) -> Iova {
        self.reservation.start()
    }

    /// Bytes bound, from its start on.
    pub fn size(&self) -> u32 {
        self.phys.size()
    }

    /// Takes reservation and memory apart (`vcm_unbind`).
    ///
    /// # Errors
    /// What the driver returns; the memory stays bound. If [`Error::is_unconfirmed`], trying again
    /// succeeds without the hardware, and memory and addresses are never reused.
    pub fn unbind(self) -> Result<(Reservation<D>, Phys<D>), Failed<Self>> {
        let result = self.vcm().system().unbind(self.id());
        let this = self.or_failed(result.map(drop))?;
        Ok((this.reservation, this.phys))
    }

    /// Unbinds the memory, gives the addresses back, and returns the memory (`vcm_unmap`).
    ///
    /// # Errors
    /// As [`unbind`](Self::unbind).
    pub fn unmap(self) -> Result<Phys<D>, Failed<Self>> {
        let result = self.vcm().system().unmap(self.id());
        let mut this = self.or_failed(result)?;
        this.reservation.defuse();
        Ok(this.phys)
    }

    /// Unbinds the memory and gives everything back (`vcm_destroy_binding`); memory with other owners
    /// remains theirs.
    ///
    /// # Errors
    /// As [`unbind`](Self::unbind).
    pub fn destroy(self) -> Result<(), Failed<Self>> {
        self.unmap().map(drop)
    }

    fn or_failed(self, result: Result<(), Error>) -> Result<Self, Failed<Self>> {
        match result {
            Ok(()) => Ok(self),
            Err(error) => Err(Failed { error, value: self }),
        }
    }
}

impl<D: Driver + ?Sized> fmt::Debug for Binding<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Binding")
            .field("reservation", &self.reservation)
            .field("phys", &self.phys)
            .finish()
    }
}
