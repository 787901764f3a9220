//! The handle of a reservation whose memory is bound when it is touched.

use core::fmt;

use super::{Failed, Reservation, Vcm};
use crate::addr::Iova;
use crate::vcm::driver::Driver;
use crate::vcm::id::ResId;
use crate::vcm::region::Region;

/// Reserved device addresses that get memory granule by granule, when masters touch them. Dropping it
/// unbinds and frees all of it.
#[must_use = "the addresses and their memory are given back when it is dropped"]
pub struct OnDemand<D: Driver + ?Sized = dyn Driver + Send> {
    reservation: Reservation<D>,
}

impl<D: Driver + ?Sized> OnDemand<D> {
    pub(super) const fn new(reservation: Reservation<D>) -> Self {
        Self { reservation }
    }

    /// The identifier of its reservation in the raw layer.
    pub fn id(&self) -> ResId {
        self.reservation.id()
    }

    /// Its context.
    pub fn vcm(&self) -> &Vcm<D> {
        self.reservation.vcm()
    }

    /// Its addresses.
    pub fn region(&self) -> Region {
        self.reservation.region()
    }

    /// Its first address, as devices see it.
    pub fn start(&self) -> Iova {
        self.reservation.start()
    }

    /// Its size in bytes.
    pub fn size(&self) -> u32 {
        self.reservation.size()
    }

    /// Bytes that have been bound until now.
    pub fn bound(&self) -> u32 {
        let info = self.vcm().system().reservation(self.id());
        info.map_or(0, |info| info.bound_size)
    }

    /// Unbinds and frees all memory, and gives the addresses back (`vcm_unreserve`).
    ///
    /// # Errors
    /// [`PhysMoving`](crate::Error::PhysMoving), and what the driver returns: what could be unbound has
    /// been. If [`Error::is_unconfirmed`](crate::Error::is_unconfirmed), trying again succeeds without
    /// the hardware, and memory and addresses are never reused.
    pub fn unreserve(self) -> Result<(), Failed<Self>> {
        let unreserved = self.reservation.unreserve();
        unreserved.map_err(|failed| Failed {
            error: failed.error,
            value: Self::new(failed.value),
        })
    }
}

impl<D: Driver + ?Sized> fmt::Debug for OnDemand<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OnDemand")
            .field(&self.id())
            .field(&format_args!("{}", self.region()))
            .finish()
    }
}
