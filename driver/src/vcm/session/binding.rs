//! Binding and unbinding in a session.

use alloc::sync::Arc;

use super::Session;
use crate::error::{Error, Flaw, Operation};
use crate::mmu::{Attributes, PhysPart, Quiet};
use crate::vcm::check;
use crate::vcm::driver::{Driver, Fate, Mapping};
use crate::vcm::flags::{AllocFlags, ResFlags};
use crate::vcm::id::{PhysId, ResId};
use crate::vcm::region::Region;
use crate::vcm::sink::Misuse;

/// What becomes of memory after it was unbound.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::vcm) enum After {
    /// It goes to the caller, who owns it from now on if nobody else does.
    Handed,
    /// It goes back to its driver if nobody owns it and nothing else is bound to it.
    Settle,
    /// As `Settle`, after one claim to it was dropped.
    Disclaim,
}

/// A binding as the bookkeeping has it, to be passed to the driver without the lock.
struct Bound {
    region: Region,
    parts: Arc<[PhysPart]>,
    size: u32,
    attributes: Attributes,
}

impl Bound {
    fn mapping(&self) -> Mapping<'_> {
        Mapping {
            reservation: self.region,
            parts: &self.parts,
            size: self.size,
            attributes: self.attributes,
        }
    }
}

/// What a failed bind or map says: nothing is bound, unless it cannot know.
const fn unbound_by(error: &Error) -> Option<Quiet> {
    if error.is_unconfirmed() {
        None
    } else {
        Some(Quiet::confirmed())
    }
}

impl<D: Driver + ?Sized> Session<'_, D> {
    /// Allocates, reserves and binds, in the way that the driver's operations allow.
    pub(in crate::vcm) fn make_binding(
        &mut self,
        size: u32,
        alloc: &AllocFlags,
        res: &ResFlags,
    ) -> Result<ResId, Error> {
        if self.driver.alloc_op().is_none() && self.driver.map_op().is_some() {
            let phys = self.alloc(size, alloc)?;
            return self.map(phys, res).inspect_err(|_| self.disclaim(phys));
        }
        let (phys, reservation) = self.alloc_and_reserve(size, alloc, res)?;
        match self.bind(reservation, phys) {
            Ok(()) => Ok(reservation),
            Err(error) => {
                self.withdraw(reservation);
                self.disclaim(phys);
                Err(error)
            }
        }
    }

    /// By the map operation, or else by reserving and binding.
    pub(in crate::vcm) fn map(&mut self, phys: PhysId, flags: &ResFlags) -> Result<ResId, Error> {
        let (parts, size) = self.memory(phys)?;
        if self.driver.map_op().is_none() {
            if self.driver.bind_op().is_none() {
                return Err(Error::Unsupported(Operation::Map));
            }
            let reservation = self.reserve(size, flags)?;
            return match self.bind(reservation, phys) {
                Ok(()) => Ok(reservation),
                Err(error) => {
                    self.withdraw(reservation);
                    Err(error)
                }
            };
        }
        check::res_flags(flags, size, self.space)?;
        // Counted before the driver is called: from here on nobody can free the memory.
        self.graph().lend(phys)?;
        let mapped = match self.driver.map_op() {
            Some(op) => op.map(&parts, size, flags),
            None => Err(Error::Unsupported(Operation::Map)),
        };
        let entered = mapped.and_then(|region| match self.inspect(region, size, flags) {
            Ok(()) => self.enter(region, flags),
            Err(flaw) => {
                let mapping = Mapping {
                    reservation: region,
                    parts: &parts,
                    size,
                    attributes: flags.attributes,
                };
                // What overlaps a live reservation cannot be unbound without unbinding that one.
                let unbound = match flaw {
                    Flaw::Overlaps(_) => None,
                    _ => self.driver.unbind(&mapping).ok(),
                };
                match unbound {
                    Some(quiet) => self.driver.unreserve(region, Fate::Reuse(quiet)),
                    None => self.poison_memory(phys),
                }
                Err(self.flawed(Operation::Map, flaw))
            }
        });
        match entered {
            Ok(id) => {
                self.set_bound(id, phys)?;
                Ok(id)
            }
            Err(error) => {
                self.uncount(phys, unbound_by(&error), After::Settle);
                Err(error)
            }
        }
    }

    pub(in crate::vcm) fn bind(&mut self, id: ResId, phys: PhysId) -> Result<(), Error> {
        let region = {
            let graph = self.graph();
            let reservation = graph.reservations.get(id)?;
            let memory = graph.memories.get(phys)?;
            if reservation.demand.is_some() {
                return Err(Error::OnDemand(id));
            }
            match reservation.bound {
                Some(other) if other == phys => {
                    return Err(Error::AlreadyBound {
                        reservation: id,
                        phys,
                    });
                }
                Some(other) => {
                    return Err(Error::ReservationInUse {
                        reservation: id,
                        phys: other,
                    });
                }
                None => {}
            }
            if memory.size > reservation.region.size {
                return Err(Error::ReservationTooSmall {
                    reservation: id,
                    size: reservation.region.size,
                    wanted: memory.size,
                });
            }
            reservation.region
        };
        self.bind_part(id, region, phys)?;
        self.set_bound(id, phys)
    }

    /// Binds memory to a reservation, or to a granule of it.
    pub(super) fn bind_part(
        &mut self,
        id: ResId,
        region: Region,
        phys: PhysId,
    ) -> Result<(), Error> {
        let has_bind = self.driver.bind_op().is_some();
        let bound = {
            let mut graph = self.graph();
            let reservation = graph.reservations.get(id)?;
            let attributes = reservation.attributes;
            if reservation.exposure.is_poisoned() {
                return Err(Error::Poisoned(id));
            }
            if !has_bind {
                return Err(Error::Unsupported(Operation::Bind));
            }
            // Counted before the driver is called: from here on nobody can free the memory.
            let memory = graph.lend(phys)?;
            Bound {
                region,
                parts: memory.parts.clone(),
                size: memory.size,
                attributes,
            }
        };
        let result = match self.driver.bind_op() {
            Some(op) => op.bind(&bound.mapping()),
            None => Err(Error::Unsupported(Operation::Bind)),
        };
        if let Err(error) = result {
            if error.is_unconfirmed() {
                self.poison_reservation(id);
            }
            self.uncount(phys, unbound_by(&error), After::Settle);
        }
        result
    }

    /// Unbinds, and returns the memory that was bound.
    pub(in crate::vcm) fn unbind(&mut self, id: ResId, after: After) -> Result<PhysId, Error> {
        let (bound, region, is_gone) = {
            let graph = self.graph();
            let reservation = graph.reservations.get(id)?;
            if reservation.demand.is_some() {
                return Err(Error::OnDemand(id));
            }
            // It has been unbound by the driver before, without confirmation.
            let is_gone = reservation.exposure.is_poisoned();
            (reservation.bound, reservation.region, is_gone)
        };
        let Some(phys) = bound else {
            self.misuse(Misuse::UnboundWhileFree(id));
            return Err(Error::NotBound(id));
        };
        let addresses = self.unbind_part(id, region, phys, is_gone, after)?;
        let mut graph = self.graph();
        graph
            .reservations
            .get_mut(id)?
            .exposure
            .give_back(addresses);
        Ok(phys)
    }

    /// Unbinds a reservation or a granule of it, and returns the proof for its addresses. `is_gone`: the
    /// driver does not have it any more.
    pub(super) fn unbind_part(
        &mut self,
        id: ResId,
        region: Region,
        phys: PhysId,
        is_gone: bool,
        after: After,
    ) -> Result<Option<Quiet>, Error> {
        let bound = {
            let mut graph = self.graph();
            let reservation = graph.reservations.get(id)?;
            let attributes = reservation.attributes;
            let memory = graph.memories.get_mut(phys)?;
            if memory.moving {
                return Err(Error::PhysMoving(phys));
            }
            memory.busy += 1;
            Bound {
                region,
                parts: memory.parts.clone(),
                size: memory.size,
                attributes,
            }
        };
        let unbound = match is_gone {
            true => Ok(None),
            false => self.driver.unbind(&bound.mapping()).map(Some),
        };
        match unbound {
            Ok(quiet) => {
                let (addresses, memory) = quiet.map(Quiet::split).unzip();
                self.set_unbound(id, phys);
                self.uncount(phys, memory, after);
                Ok(addresses)
            }
            Err(error) => {
                if error.is_unconfirmed() {
                    self.poison_reservation(id);
                    self.poison_memory(phys);
                }
                if let Ok(memory) = self.graph().memories.get_mut(phys) {
                    memory.busy = memory.busy.saturating_sub(1);
                }
                Err(error)
            }
        }
    }

    fn memory(&self, phys: PhysId) -> Result<(Arc<[PhysPart]>, u32), Error> {
        let graph = self.graph();
        let memory = graph.memories.get(phys)?;
        Ok((memory.parts.clone(), memory.size))
    }

    fn set_bound(&mut self, id: ResId, phys: PhysId) -> Result<(), Error> {
        let mut graph = self.graph();
        let reservation = graph.reservations.get_mut(id)?;
        reservation.bound = Some(phys);
        reservation.was_bound = true;
        reservation.exposure.lend();
        let memory = graph.memories.get_mut(phys)?;
        memory.bound.insert(id);
        memory.busy = memory.busy.saturating_sub(1);
        Ok(())
    }

    /// The driver has unbound it; the memory still counts as bound.
    fn set_unbound(&mut self, id: ResId, phys: PhysId) {
        let mut graph = self.graph();
        if let Ok(reservation) = graph.reservations.get_mut(id) {
            reservation.forget(phys);
        }
        if let Ok(memory) = graph.memories.get_mut(phys) {
            memory.bound.remove(&id);
        }
    }

    /// Takes one binding off the count, with the proof that it is gone.
    fn uncount(&mut self, phys: PhysId, quiet: Option<Quiet>, after: After) {
        let mut graph = self.graph();
        let Ok(memory) = graph.memories.get_mut(phys) else {
            return;
        };
        memory.busy = memory.busy.saturating_sub(1);
        memory.exposure.give_back(quiet);
        match after {
            After::Handed if memory.claims == 0 && memory.exposure.lent() == 0 => memory.claims = 1,
            After::Disclaim => memory.claims = memory.claims.saturating_sub(1),
            _ => {}
        }
        self.unused.extend(graph.take_if_unused(phys));
    }

    fn poison_reservation(&mut self, id: ResId) {
        if let Ok(reservation) = self.graph().reservations.get_mut(id) {
            reservation.exposure.poison();
        }
    }

    fn poison_memory(&mut self, phys: PhysId) {
        if let Ok(memory) = self.graph().memories.get_mut(phys) {
            memory.exposure.poison();
        }
    }
}
