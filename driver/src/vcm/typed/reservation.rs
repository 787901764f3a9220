//! The handle of a reservation.

use core::fmt;

use super::{Binding, Failed, Phys, Vcm, report_dropped};
use crate::addr::Iova;
use crate::vcm::driver::Driver;
use crate::vcm::id::ResId;
use crate::vcm::region::Region;

/// Reserved device addresses that nothing is bound to. Dropping it gives them back.
#[must_use = "the addresses are given back when the reservation is dropped"]
pub struct Reservation<D: Driver + ?Sized = dyn Driver + Send> {
    vcm: Vcm<D>,
    id: ResId,
    region: Region,
    alive: bool,
}

impl<D: Driver + ?Sized> Reservation<D> {
    pub(super) fn new(vcm: Vcm<D>, id: ResId, region: Region) -> Self {
        Self {
            vcm,
            id,
            region,
            alive: true,
        }
    }

    /// Its identifier in the raw layer.
    pub fn id(&self) -> ResId {
        self.id
    }

    /// Its context.
    pub fn vcm(&self) -> &Vcm<D> {
        &self.vcm
    }

    /// Its addresses.
    pub fn region(&self) -> Region {
        self.region
    }

    /// Its first address, as devices see it.
    pub fn start(&self) -> Iova {
        self.region.start
    }

    /// Its size in bytes.
    pub fn size(&self) -> u32 {
        self.region.size
    }

    /// Binds memory to it (`vcm_bind`); in hardware too, if the context is active.
    ///
    /// # Errors
    /// As [`raw::System::bind`](crate::vcm::raw::System::bind).
    pub fn bind(self, phys: &Phys<D>) -> Result<Binding<D>, Failed<Self>> {
        let bound = phys
            .share()
            .and_then(|phys| self.vcm.system().bind(self.id, phys.id()).map(|()| phys));
        match bound {
            Ok(phys) => Ok(Binding::new(self, phys)),
            Err(error) => Err(Failed { error, value: self }),
        }
    }

    /// Gives the addresses back (`vcm_unreserve`).
    ///
    /// # Errors
    /// Only if it was used through the raw layer too.
    pub fn unreserve(mut self) -> Result<(), Failed<Self>> {
        match self.vcm.system().unreserve(self.id) {
            Ok(()) => {
                self.defuse();
                Ok(())
            }
            Err(error) => Err(Failed { error, value: self }),
        }
    }

    /// For when the reservation is gone.
    pub(super) fn defuse(&mut self) {
        self.alive = false;
    }
}

impl<D: Driver + ?Sized> Drop for Reservation<D> {
    fn drop(&mut self) {
        if self.alive {
            let system = self.vcm.system();
            report_dropped(system, system.discard(self.id));
        }
    }
}

impl<D: Driver + ?Sized> fmt::Debug for Reservation<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reservation")
            .field(&self.id)
            .field(&format_args!("{}", self.region))
            .finish()
    }
}
