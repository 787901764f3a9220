//! The bookkeeping: contexts, reservations and physical memory, and what is bound to what.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, btree_set::Range};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::driver::Driver;
use super::exposure::Exposure;
use super::fault::{FaultCounts, FaultHook};
use super::flags::AllocFlags;
use super::id::{Key, PhysId, ResId, Store, SystemId, VcmId};
use super::lender::Lender;
use super::region::Region;
use super::released::History;
use crate::addr::Iova;
use crate::error::Error;
use crate::mmu::{Attributes, PhysPart};
use crate::sync::Mutex;

/// A driver; it outlives its context while there is memory that it has allocated.
pub(super) type Home<D> = Arc<Mutex<Box<D>>>;

/// The mapping graph of a system.
pub(super) struct Graph<D: ?Sized> {
    pub(super) contexts: Store<VcmId, Context<D>>,
    pub(super) reservations: Store<ResId, Reservation>,
    pub(super) memories: Store<PhysId, Memory<D>>,
}

pub(super) struct Context<D: ?Sized> {
    pub(super) space: Region,
    pub(super) activations: u32,
    /// The last deactivation failed: the driver may have stopped the masters.
    pub(super) half_stopped: bool,
    pub(super) home: Home<D>,
    /// Whether reservations may overlap.
    pub(super) aliases: bool,
    /// Ordered by address.
    pub(super) reservations: BTreeSet<(Iova, ResId)>,
    /// Reservations that are gone.
    pub(super) history: History,
    /// Faults that were reported.
    pub(super) faults: FaultCounts,
    /// Who is told of them.
    pub(super) hook: Option<Arc<dyn FaultHook>>,
}

pub(super) struct Reservation {
    pub(super) vcm: VcmId,
    pub(super) region: Region,
    pub(super) attributes: Attributes,
    pub(super) bound: Option<PhysId>,
    pub(super) was_bound: bool,
    /// Memory is bound when it is touched.
    pub(super) demand: Option<Demand>,
    /// Its handle was dropped while its memory moved: to be given back after that.
    pub(super) orphan: bool,
    /// What hardware may know of its addresses.
    pub(super) exposure: Exposure,
    /// Owners: it is given back by as many calls.
    pub(super) claims: u32,
}

pub(super) struct Memory<D: ?Sized> {
    pub(super) parts: Arc<[PhysPart]>,
    pub(super) size: u32,
    pub(super) origin: Origin<D>,
    /// Owners: the caller of `alloc`, handles. Without owners it lives while it is bound.
    pub(super) claims: u32,
    /// Lent to the reservations it is bound to, those included that a driver is just binding.
    pub(super) exposure: Exposure,
    /// The reservations it is bound to.
    pub(super) bound: BTreeSet<ResId>,
    /// Drivers that are just binding or unbinding it.
    pub(super) busy: u32,
    /// It is being moved elsewhere.
    pub(super) moving: bool,
}

/// Where memory comes from, and goes back to.
pub(super) enum Origin<D: ?Sized> {
    /// This driver has allocated it.
    Driver(Home<D>),
    /// It was imported.
    Lender(Box<dyn Lender>),
}

impl<D: ?Sized> Origin<D> {
    pub(super) const fn is_lender(&self) -> bool {
        matches!(self, Self::Lender(_))
    }
}

/// What is bound to a reservation granule by granule, as they are touched.
pub(super) struct Demand {
    /// Bytes; a power of two. The last granule may be smaller.
    pub(super) granule: u32,
    pub(super) alloc: AllocFlags,
    /// By offset in the reservation.
    pub(super) bound: BTreeMap<u32, Granule>,
}

#[derive(Clone, Copy)]
pub(super) struct Granule {
    pub(super) phys: PhysId,
    /// The driver has unbound it, without confirmation.
    pub(super) gone: bool,
}

/// A place at which memory is bound.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) vcm: VcmId,
    pub(super) reservation: ResId,
    /// The reservation, or the granule of it.
    pub(super) region: Region,
    pub(super) attributes: Attributes,
}

impl Reservation {
    /// What is bound so many bytes after its start, and how many bytes before that it begins.
    pub(super) fn bound_at(&self, offset: u32) -> Option<(PhysId, u32)> {
        match &self.demand {
            None => Some((self.bound?, offset)),
            Some(demand) => {
                let start = offset & !(demand.granule - 1);
                Some((demand.bound.get(&start)?.phys, offset - start))
            }
        }
    }

    /// Whether the driver has unbound what is bound so many bytes after its start, without confirmation.
    pub(super) fn is_gone_at(&self, offset: u32) -> bool {
        match &self.demand {
            None => self.exposure.is_poisoned(),
            Some(demand) => {
                let granule = demand.bound.get(&(offset & !(demand.granule - 1)));
                granule.is_some_and(|granule| granule.gone)
            }
        }
    }

    /// The granule that `offset` lies in: its addresses.
    pub(super) fn granule_at(&self, offset: u32) -> Option<Region> {
        let granule = self.demand.as_ref()?.granule;
        let start = offset & !(granule - 1);
        let at = self.region.start.checked_add(start)?;
        Some(Region::new(at, granule.min(self.region.size - start)))
    }

    /// `phys` is no longer bound in it.
    pub(super) fn forget(&mut self, phys: PhysId) {
        match &mut self.demand {
            None => self.bound = None,
            Some(demand) => demand.bound.retain(|_, granule| granule.phys != phys),
        }
    }

    /// Where `phys` is bound in it.
    pub(super) fn places_of(&self, phys: PhysId) -> Vec<Region> {
        match &self.demand {
            None if self.bound == Some(phys) => Vec::from([self.region]),
            None => Vec::new(),
            Some(demand) => {
                let bound = demand
                    .bound
                    .iter()
                    .filter(|(_, granule)| granule.phys == phys);
                bound
                    .filter_map(|(offset, _)| self.granule_at(*offset))
                    .collect()
            }
        }
    }
}

impl<D: ?Sized> Context<D> {
    fn starting_below(&self, end: u64) -> Range<'_, (Iova, ResId)> {
        match u32::try_from(end) {
            Ok(end) => self
                .reservations
                .range(..(Iova::new(end), ResId::new(SystemId::FIRST, 0, 0))),
            Err(_) => self.reservations.range(..),
        }
    }
}

impl<D: Driver + ?Sized> Memory<D> {
    /// Gives the memory back to where it came from. Call without any lock.
    pub(super) fn give_back(self) {
        let fate = self.exposure.fate();
        let home = match self.origin {
            Origin::Driver(home) => home,
            Origin::Lender(lender) => return lender.give_back(&self.parts, fate),
        };
        let mut driver = home.lock();
        if let Some(op) = driver.alloc_op() {
            op.free(&self.parts, fate);
        } else if let Some(op) = driver.phys_op() {
            op.free(&self.parts, fate);
        }
    }
}

impl<D: ?Sized> Graph<D> {
    pub(super) fn new() -> Self {
        let system = SystemId::next();
        Self {
            contexts: Store::new(system),
            reservations: Store::new(system),
            memories: Store::new(system),
        }
    }

    /// Takes the memory out if it has neither owner nor binding.
    pub(super) fn take_if_unused(&mut self, phys: PhysId) -> Option<Memory<D>> {
        match self.memories.get(phys) {
            Ok(memory) if memory.claims == 0 && memory.exposure.lent() == 0 && !memory.moving => {
                self.memories.remove(phys).ok()
            }
            _ => None,
        }
    }

    /// Memory that a driver is about to bind: nobody frees or moves it from now on.
    pub(super) fn lend(&mut self, phys: PhysId) -> Result<&mut Memory<D>, Error> {
        let memory = self.memories.get_mut(phys)?;
        if memory.moving {
            return Err(Error::PhysMoving(phys));
        }
        memory.exposure.lend();
        memory.busy += 1;
        Ok(memory)
    }

    /// Where memory is bound, in all contexts.
    pub(super) fn places(&self, phys: PhysId) -> Vec<Place> {
        let memory = self.memories.get(phys);
        let all = memory.iter().flat_map(|memory| &memory.bound);
        all.filter_map(|&id| Some((id, self.reservations.get(id).ok()?)))
            .flat_map(|(id, reservation)| {
                let places = reservation.places_of(phys).into_iter();
                places.map(move |region| Place {
                    vcm: reservation.vcm,
                    reservation: id,
                    region,
                    attributes: reservation.attributes,
                })
            })
            .collect()
    }

    /// Whether a live reservation of the context is in the way of `region`.
    pub(super) fn is_taken(&self, vcm: VcmId, region: &Region) -> Result<bool, Error> {
        let context = self.contexts.get(vcm)?;
        if context.aliases {
            return Ok(false);
        }
        let overlaps = |id| {
            let reservation = self.reservations.get(id);
            reservation.is_ok_and(|r| r.region.overlaps(region))
        };
        // Only the last one that starts below the end can overlap.
        let last = context.starting_below(region.end()).next_back();
        Ok(last.is_some_and(|&(_, id)| overlaps(id)))
    }

    /// The reservation of the context that `at` lies in.
    pub(super) fn find(&self, vcm: VcmId, at: Iova) -> Result<Option<ResId>, Error> {
        let context = self.contexts.get(vcm)?;
        let depth = if context.aliases { usize::MAX } else { 1 };
        let found = context
            .starting_below(u64::from(at.get()) + 1)
            .rev()
            .take(depth)
            .find(|&&(_, id)| {
                let reservation = self.reservations.get(id);
                reservation.is_ok_and(|r| r.region.contains(at))
            });
        Ok(found.map(|&(_, id)| id))
    }
}
