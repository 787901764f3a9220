//! Binding on demand in a session.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{After, Session};
use crate::addr::Iova;
use crate::error::{Error, Operation};
use crate::vcm::check;
use crate::vcm::driver::Driver;
use crate::vcm::flags::{AllocFlags, ResFlags};
use crate::vcm::graph::{Demand, Granule};
use crate::vcm::id::{PhysId, ResId};
use crate::vcm::raw::Served;
use crate::vcm::region::{PAGE_SIZE, Region};

/// What an access finds.
enum Found {
    /// What to do, without binding anything.
    Served(Served),
    /// A granule without memory.
    Empty(ResId, Region, AllocFlags),
}

impl<D: Driver + ?Sized> Session<'_, D> {
    /// A reservation whose granules get memory when they are touched.
    pub(in crate::vcm) fn reserve_on_demand(
        &mut self,
        size: u32,
        granule: u32,
        alloc: &AllocFlags,
        res: &ResFlags,
    ) -> Result<ResId, Error> {
        if granule < PAGE_SIZE || !granule.is_power_of_two() {
            return Err(Error::BadAlignment { align: granule });
        }
        check::alloc_flags(alloc)?;
        check::res_flags(res, check::round_up(size)?, self.space)?;
        if self.driver.bind_op().is_none() {
            return Err(Error::Unsupported(Operation::Bind));
        }
        if self.driver.alloc_op().is_none() && self.driver.phys_op().is_none() {
            return Err(Error::Unsupported(Operation::Phys));
        }
        let flags = ResFlags {
            align: res.align.max(granule),
            ..*res
        };
        if let Some(at) = res.at.filter(|at| !at.is_aligned(granule)) {
            return Err(Error::BadAddress { at });
        }
        let id = self.reserve(size, &flags)?;
        self.graph().reservations.get_mut(id)?.demand = Some(Demand {
            granule,
            alloc: *alloc,
            bound: BTreeMap::new(),
        });
        Ok(id)
    }

    /// Gives memory to the granule that an access has missed.
    pub(in crate::vcm) fn serve(&mut self, at: Iova) -> Result<Served, Error> {
        let (id, region, alloc) = match self.look(at)? {
            Found::Served(served) => return Ok(served),
            Found::Empty(id, region, alloc) => (id, region, alloc),
        };
        let phys = self.alloc(region.size, &alloc)?;
        if let Err(error) = self.bind_part(id, region, phys) {
            self.disclaim(phys);
            return Err(error);
        }
        let mut graph = self.graph();
        // From here on it lives as long as it is bound.
        let memory = graph.memories.get_mut(phys)?;
        memory.claims = memory.claims.saturating_sub(1);
        memory.busy = memory.busy.saturating_sub(1);
        memory.bound.insert(id);
        let reservation = graph.reservations.get_mut(id)?;
        reservation.was_bound = true;
        reservation.exposure.lend();
        let offset = region.start.get() - reservation.region.start.get();
        if let Some(demand) = &mut reservation.demand {
            demand.bound.insert(offset, Granule { phys, gone: false });
        }
        Ok(Served::Retry)
    }

    fn look(&self, at: Iova) -> Result<Found, Error> {
        let graph = self.graph();
        let Some(id) = graph.find(self.vcm, at)? else {
            return Ok(Found::Served(Served::Terminate));
        };
        let reservation = graph.reservations.get(id)?;
        let offset = at.get() - reservation.region.start.get();
        let is_gone = reservation.is_gone_at(offset);
        if let Some((phys, offset)) = reservation.bound_at(offset) {
            let memory = graph.memories.get(phys)?;
            return Ok(Found::Served(if memory.moving {
                Served::Wait
            } else if offset < memory.size && !is_gone {
                Served::Retry
            } else {
                Served::Terminate
            }));
        }
        let granule = reservation.granule_at(offset);
        Ok(match (granule, &reservation.demand) {
            (Some(region), Some(demand)) => Found::Empty(id, region, demand.alloc),
            _ => Found::Served(Served::Terminate),
        })
    }

    /// Unbinds all granules of a reservation on demand, and frees their memory. Goes on after an error,
    /// and returns the first.
    pub(in crate::vcm) fn empty(&mut self, id: ResId) -> Result<(), Error> {
        let granules: Vec<(u32, Granule, Option<Region>)> = {
            let graph = self.graph();
            let reservation = graph.reservations.get(id)?;
            let bound = reservation.demand.iter().flat_map(|demand| &demand.bound);
            let granules = bound.map(|(&at, &granule)| (at, granule, reservation.granule_at(at)));
            granules.collect()
        };
        if let Some(phys) = self.moving_one(granules.iter().map(|(_, granule, _)| granule.phys)) {
            return Err(Error::PhysMoving(phys));
        }
        let mut result = Ok(());
        for (offset, granule, region) in granules {
            let Some(region) = region else { continue };
            let unbound = self.unbind_part(id, region, granule.phys, granule.gone, After::Settle);
            let mut graph = self.graph();
            let reservation = graph.reservations.get_mut(id)?;
            let Some(demand) = &mut reservation.demand else {
                continue;
            };
            match unbound {
                Ok(quiet) => {
                    reservation.exposure.give_back(quiet);
                }
                Err(error) => {
                    if let Some(granule) = demand.bound.get_mut(&offset) {
                        granule.gone = error.is_unconfirmed();
                    }
                    result = result.and(Err(error));
                }
            }
        }
        result
    }

    /// Whether memory of the reservation is moving: it is then given back after that.
    pub(in crate::vcm) fn leave_if_moving(&mut self, id: ResId) -> Result<bool, Error> {
        let mut graph = self.graph();
        let reservation = graph.reservations.get(id)?;
        let granules = reservation.demand.iter().flat_map(|demand| &demand.bound);
        let granules = granules.map(|(_, granule)| granule.phys);
        let is_moving = |phys| graph.memories.get(phys).is_ok_and(|memory| memory.moving);
        let moving = reservation.bound.into_iter().chain(granules).any(is_moving);
        if moving {
            graph.reservations.get_mut(id)?.orphan = true;
        }
        Ok(moving)
    }

    fn moving_one(&self, all: impl Iterator<Item = PhysId>) -> Option<PhysId> {
        let graph = self.graph();
        let is_moving = |phys: &PhysId| graph.memories.get(*phys).is_ok_and(|m| m.moving);
        all.into_iter().find(is_moving)
    }
}
