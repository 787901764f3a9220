//! Reservations, and binding memory to them.

use super::System;
use crate::error::Error;
use crate::vcm::driver::Driver;
use crate::vcm::flags::{AllocFlags, ResFlags};
use crate::vcm::id::{PhysId, ResId, VcmId};
use crate::vcm::session::{After, Session};

impl<D: Driver + ?Sized> System<D> {
    /// Reserves device addresses (`vcm_reserve`); `size` is rounded up to pages.
    ///
    /// # Errors
    /// [`ZeroSize`](Error::ZeroSize), [`SizeOverflow`](Error::SizeOverflow),
    /// [`BadAlignment`](Error::BadAlignment), [`BadAddress`](Error::BadAddress),
    /// [`StaleContext`](Error::StaleContext), [`Unsupported`](Error::Unsupported),
    /// [`DriverResult`](Error::DriverResult), and what the driver returns.
    pub fn reserve(&self, vcm: VcmId, size: u32, flags: ResFlags) -> Result<ResId, Error> {
        self.session(vcm, |session| session.reserve(size, &flags))
    }

    /// Adds an owner: the reservation lives until as many calls more of
    /// [`unreserve`](Self::unreserve), [`unmap`](Self::unmap) or
    /// [`destroy_binding`](Self::destroy_binding), of which the latter two unbind in any case. (The
    /// handles of the typed layer own what is bound together with the addresses, so there it is a
    /// [`Binding`](crate::Binding) that is shared, by an `Arc`, say.)
    ///
    /// # Errors
    /// [`StaleReservation`](Error::StaleReservation).
    pub fn retain_reservation(&self, reservation: ResId) -> Result<(), Error> {
        let mut graph = self.graph.lock();
        let reservation = graph.reservations.get_mut(reservation)?;
        reservation.claims = reservation.claims.saturating_add(1);
        Ok(())
    }

    /// Takes an owner of a reservation away; the last one gives it back (`vcm_unreserve`). If something
    /// is bound to it then, that is misuse, and it is unbound first.
    ///
    /// # Errors
    /// [`StaleReservation`](Error::StaleReservation), and what the driver's unbind returns.
    pub fn unreserve(&self, reservation: ResId) -> Result<(), Error> {
        self.session_of(reservation, |session| session.unreserve(reservation))
    }

    /// Binds memory to a reservation (`vcm_bind`); in hardware too, if the context is active.
    ///
    /// # Errors
    /// [`StaleReservation`](Error::StaleReservation), [`StalePhys`](Error::StalePhys),
    /// [`AlreadyBound`](Error::AlreadyBound), [`ReservationInUse`](Error::ReservationInUse),
    /// [`ReservationTooSmall`](Error::ReservationTooSmall), [`Poisoned`](Error::Poisoned),
    /// [`Unsupported`](Error::Unsupported), and what the driver returns.
    pub fn bind(&self, reservation: ResId, phys: PhysId) -> Result<(), Error> {
        self.session_of(reservation, |session| session.bind(reservation, phys))
    }

    /// Unbinds a reservation and returns the memory (`vcm_unbind`), which the caller has to free if
    /// nobody else owns it.
    ///
    /// # Errors
    /// [`StaleReservation`](Error::StaleReservation); [`NotBound`](Error::NotBound), which is misuse;
    /// and what the driver returns. The memory then stays bound. If [`Error::is_unconfirmed`], the next
    /// call succeeds without asking the driver again, and memory and addresses are never reused.
    pub fn unbind(&self, reservation: ResId) -> Result<PhysId, Error> {
        self.session_of(reservation, |session| {
            session.unbind(reservation, After::Handed)
        })
    }

    /// Reserves addresses and binds memory to them (`vcm_map`).
    ///
    /// # Errors
    /// Those of [`reserve`](Self::reserve) and [`bind`](Self::bind).
    pub fn map(&self, vcm: VcmId, phys: PhysId, flags: ResFlags) -> Result<ResId, Error> {
        self.session(vcm, |session| session.map(phys, &flags))
    }

    /// Unbinds a reservation and gives it back (`vcm_unmap`). Memory that nobody owns any more and
    /// that is bound nowhere else is freed.
    ///
    /// # Errors
    /// As [`unbind`](Self::unbind); but a reservation that nothing is bound to is given back (and that
    /// is misuse).
    pub fn unmap(&self, reservation: ResId) -> Result<(), Error> {
        self.take_down(reservation, After::Settle)
    }

    /// Allocates memory, reserves addresses and binds them (`vcm_make_binding`), in the one way that
    /// works with and without an MMU. `size` is rounded up to pages.
    ///
    /// # Errors
    /// Those of [`alloc`](Self::alloc), [`reserve`](Self::reserve) and [`bind`](Self::bind).
    pub fn make_binding(
        &self,
        vcm: VcmId,
        size: u32,
        alloc: AllocFlags,
        res: ResFlags,
    ) -> Result<ResId, Error> {
        self.session(vcm, |session| session.make_binding(size, &alloc, &res))
    }

    /// Unbinds a reservation, frees the memory and gives the reservation back
    /// (`vcm_destroy_binding`). Memory that is bound elsewhere too loses its owner, and is freed when
    /// it is unbound there.
    ///
    /// # Errors
    /// As [`unmap`](Self::unmap).
    pub fn destroy_binding(&self, reservation: ResId) -> Result<(), Error> {
        self.take_down(reservation, After::Disclaim)
    }

    /// Gives back a reservation whose handle is gone, bound or not. Where the hardware does not
    /// confirm the unbinding, memory and addresses are poisoned.
    pub(in crate::vcm) fn discard(&self, reservation: ResId) -> Result<(), Error> {
        self.session_of(reservation, |session| {
            if session.leave_if_moving(reservation)? {
                return Ok(());
            }
            let is_bound = |s: &Session<'_, D>| {
                let graph = s.graph();
                let bound = graph.reservations.get(reservation)?.bound;
                Ok::<_, Error>(bound.is_some())
            };
            let mut result = session.empty(reservation);
            match result {
                // The second time the driver is not asked again.
                Err(error) if error.is_unconfirmed() => session.empty(reservation)?,
                _ => result?,
            }
            if is_bound(session)? {
                result = session.unbind(reservation, After::Settle).map(drop);
                if result.is_err_and(|error| error.is_unconfirmed()) {
                    // The second time the driver is not asked again.
                    session.unbind(reservation, After::Settle)?;
                }
            }
            if !is_bound(session)? {
                session.withdraw(reservation);
            }
            result
        })
    }

    fn take_down(&self, reservation: ResId, after: After) -> Result<(), Error> {
        self.session_of(reservation, |session| {
            match session.unbind(reservation, after) {
                Ok(_) | Err(Error::NotBound(_)) => {}
                Err(error) => return Err(error),
            }
            session.withdraw(reservation);
            Ok(())
        })
    }
}
