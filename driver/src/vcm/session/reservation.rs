//! Reserving and giving back addresses in a session.

use super::{After, Session};
use crate::error::{Error, Flaw, Operation};
use crate::mmu::Quiet;
use crate::vcm::check;
use crate::vcm::driver::{Driver, Fate};
use crate::vcm::exposure::Exposure;
use crate::vcm::flags::{AllocFlags, ResFlags};
use crate::vcm::graph::Reservation;
use crate::vcm::id::{PhysId, ResId};
use crate::vcm::region::Region;
use crate::vcm::released::Released;
use crate::vcm::sink::Misuse;

impl<D: Driver + ?Sized> Session<'_, D> {
    /// By the alloc operation, or else by the res operation.
    pub(in crate::vcm) fn reserve(&mut self, size: u32, flags: &ResFlags) -> Result<ResId, Error> {
        let size = check::round_up(size)?;
        check::res_flags(flags, size, self.space)?;
        let (operation, region) = if let Some(op) = self.driver.alloc_op() {
            (Operation::Alloc, op.res_only(size, flags)?)
        } else if let Some(op) = self.driver.res_op() {
            (Operation::Res, op.res(size, flags)?)
        } else {
            return Err(Error::Unsupported(Operation::Res));
        };
        match self.inspect(region, size, flags) {
            Ok(()) => self.enter(region, flags),
            Err(flaw) => {
                self.return_flawed(region, flaw);
                Err(self.flawed(operation, flaw))
            }
        }
    }

    /// Memory and addresses for each other: by the alloc operation, or else one after the other.
    pub(in crate::vcm) fn alloc_and_reserve(
        &mut self,
        size: u32,
        alloc: &AllocFlags,
        res: &ResFlags,
    ) -> Result<(PhysId, ResId), Error> {
        let size = check::round_up(size)?;
        check::alloc_flags(alloc)?;
        check::res_flags(res, size, self.space)?;
        let Some(op) = self.driver.alloc_op() else {
            // Look before allocating, so that a missing operation costs nothing.
            if self.driver.phys_op().is_none() {
                return Err(Error::Unsupported(Operation::Phys));
            }
            let reservation = self.reserve(size, res)?;
            return match self.alloc(size, alloc) {
                Ok(phys) => Ok((phys, reservation)),
                Err(error) => {
                    self.withdraw(reservation);
                    Err(error)
                }
            };
        };
        let (parts, region) = op.both(size, alloc, res)?;
        if let Err(flaw) = self.inspect(region, size, res) {
            self.return_flawed(region, flaw);
            if let Some(op) = self.driver.alloc_op() {
                op.free(&parts, Fate::Reuse(Quiet::never_shared()));
            }
            return Err(self.flawed(Operation::Alloc, flaw));
        }
        let phys = match self.adopt_parts(Operation::Alloc, parts, size) {
            Ok(phys) => phys,
            Err(error) => {
                self.driver
                    .unreserve(region, Fate::Reuse(Quiet::never_shared()));
                return Err(error);
            }
        };
        Ok((phys, self.enter(region, res)?))
    }

    /// Checks a reservation that the driver has made.
    pub(super) fn inspect(
        &mut self,
        region: Region,
        wanted: u32,
        flags: &ResFlags,
    ) -> Result<(), Flaw> {
        check::reservation(region, wanted, flags, self.space)?;
        let taken = self.graph().is_taken(self.vcm, &region);
        if taken.unwrap_or(true) {
            return Err(Flaw::Overlaps(region));
        }
        Ok(())
    }

    /// Gives a useless reservation back, unless that would give back a live one.
    pub(super) fn return_flawed(&mut self, region: Region, flaw: Flaw) {
        if !matches!(flaw, Flaw::Overlaps(_)) {
            self.driver
                .unreserve(region, Fate::Reuse(Quiet::never_shared()));
        }
    }

    /// Enters a reservation.
    pub(super) fn enter(&mut self, region: Region, flags: &ResFlags) -> Result<ResId, Error> {
        let mut graph = self.graph();
        let id = graph.reservations.insert(Reservation {
            vcm: self.vcm,
            region,
            attributes: flags.attributes,
            bound: None,
            was_bound: false,
            demand: None,
            orphan: false,
            exposure: Exposure::never_shared(),
            claims: 1,
        });
        let context = graph.contexts.get_mut(self.vcm)?;
        context.reservations.insert((region.start, id));
        Ok(id)
    }

    /// Drops one claim. The last one gives the reservation back; if something is bound to it then, that
    /// is misuse, and it is unbound.
    pub(in crate::vcm) fn unreserve(&mut self, id: ResId) -> Result<(), Error> {
        let (is_bound, is_last) = {
            let graph = self.graph();
            let reservation = graph.reservations.get(id)?;
            (reservation.bound.is_some(), reservation.claims <= 1)
        };
        if is_last {
            self.empty(id)?;
        }
        if is_bound && is_last {
            self.misuse(Misuse::UnreservedWhileBound(id));
            self.unbind(id, After::Settle)?;
        }
        self.withdraw(id);
        Ok(())
    }

    /// Drops one claim to a reservation; with the last one, when nothing may be bound to it, it is
    /// given back.
    pub(in crate::vcm) fn withdraw(&mut self, id: ResId) {
        let removed = {
            let mut graph = self.graph();
            if let Ok(reservation) = graph.reservations.get_mut(id) {
                reservation.claims = reservation.claims.saturating_sub(1);
                if reservation.claims > 0 {
                    return;
                }
            }
            let removed = graph.reservations.remove(id);
            if let (Ok(reservation), Ok(context)) = (&removed, graph.contexts.get_mut(self.vcm)) {
                let &Reservation {
                    region, was_bound, ..
                } = reservation;
                context.reservations.remove(&(region.start, id));
                context.history.remember(Released {
                    id,
                    region,
                    was_bound,
                });
            }
            removed
        };
        if let Ok(reservation) = removed {
            let fate = reservation.exposure.fate();
            self.driver.unreserve(reservation.region, fate);
        }
    }
}
