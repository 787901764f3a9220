//! Binding and unbinding in a session.

use alloc::sync::Arc;

use super::Session;
use crate::error::{Error, Flaw, Operation};
use crate::mmu::{Attributes, PhysPart};
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
    phys: PhysId,
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
        self.graph().memories.get_mut(phys)?.bindings += 1;
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
                let overlaps = matches!(flaw, Flaw::Overlaps(_));
                if overlaps || self.driver.unbind(&mapping).is_err() {
                    self.poison_memory(phys);
                } else {
                    self.driver.unreserve(region, Fate::Reuse);
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
                if error.is_unconfirmed() {
                    self.poison_memory(phys);
                }
                self.uncount(phys, After::Settle);
                Err(error)
            }
        }
    }

    pub(in crate::vcm) fn bind(&mut self, id: ResId, phys: PhysId) -> Result<(), Error> {
        let has_bind = self.driver.bind_op().is_some();
        let bound = {
            let mut graph = self.graph();
            let reservation = graph.reservations.get(id)?;
            let (region, attributes) = (reservation.region, reservation.attributes);
            let (was, poisoned) = (reservation.bound, reservation.poisoned);
            let memory = graph.memories.get_mut(phys)?;
            match was {
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
            if memory.size > region.size {
                return Err(Error::ReservationTooSmall {
                    reservation: id,
                    size: region.size,
                    wanted: memory.size,
                });
            }
            if poisoned {
                return Err(Error::Poisoned(id));
            }
            if !has_bind {
                return Err(Error::Unsupported(Operation::Bind));
            }
            // Counted before the driver is called: from here on nobody can free the memory.
            memory.bindings += 1;
            Bound {
                phys,
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
        match result {
            Ok(()) => self.set_bound(id, phys),
            Err(error) => {
                if error.is_unconfirmed() {
                    self.poison_reservation(id);
                    self.poison_memory(phys);
                }
                self.uncount(phys, After::Settle);
                Err(error)
            }
        }
    }

    /// Unbinds, and returns the memory that was bound.
    pub(in crate::vcm) fn unbind(&mut self, id: ResId, after: After) -> Result<PhysId, Error> {
        let (bound, is_gone) = {
            let graph = self.graph();
            let reservation = graph.reservations.get(id)?;
            let phys = match reservation.bound {
                Some(phys) => phys,
                None => {
                    drop(graph);
                    self.misuse(Misuse::UnboundWhileFree(id));
                    return Err(Error::NotBound(id));
                }
            };
            let memory = graph.memories.get(phys)?;
            let bound = Bound {
                phys,
                region: reservation.region,
                parts: memory.parts.clone(),
                size: memory.size,
                attributes: reservation.attributes,
            };
            (bound, reservation.poisoned)
        };
        // A poisoned reservation has been unbound by the driver before, without confirmation.
        if !is_gone {
            if let Err(error) = self.driver.unbind(&bound.mapping()) {
                if error.is_unconfirmed() {
                    self.poison_reservation(id);
                    self.poison_memory(bound.phys);
                }
                return Err(error);
            }
        }
        self.graph().reservations.get_mut(id)?.bound = None;
        self.uncount(bound.phys, after);
        Ok(bound.phys)
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
        Ok(())
    }

    /// Takes one binding off the count.
    fn uncount(&mut self, phys: PhysId, after: After) {
        let mut graph = self.graph();
        let Ok(memory) = graph.memories.get_mut(phys) else {
            return;
        };
        memory.bindings = memory.bindings.saturating_sub(1);
        match after {
            After::Handed if memory.claims == 0 && memory.bindings == 0 => memory.claims = 1,
            After::Disclaim => memory.claims = memory.claims.saturating_sub(1),
            _ => {}
        }
        self.unused.extend(graph.take_if_unused(phys));
    }

    fn poison_reservation(&mut self, id: ResId) {
        if let Ok(reservation) = self.graph().reservations.get_mut(id) {
            reservation.poisoned = true;
        }
    }

    fn poison_memory(&mut self, phys: PhysId) {
        if let Ok(memory) = self.graph().memories.get_mut(phys) {
            memory.poisoned = true;
        }
    }
}
