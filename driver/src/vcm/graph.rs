//! The bookkeeping: contexts, reservations and physical memory, and what is bound to what.

use alloc::boxed::Box;
use alloc::collections::{BTreeSet, btree_set::Range};
use alloc::sync::Arc;

use spin::Mutex;

use super::driver::{Driver, Fate};
use super::id::{Key, PhysId, ResId, Store, VcmId};
use super::region::Region;
use crate::addr::Iova;
use crate::error::Error;
use crate::mmu::{Attributes, PhysPart};

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
}

pub(super) struct Reservation {
    pub(super) vcm: VcmId,
    pub(super) region: Region,
    pub(super) attributes: Attributes,
    pub(super) bound: Option<PhysId>,
    pub(super) was_bound: bool,
    pub(super) poisoned: bool,
}

pub(super) struct Memory<D: ?Sized> {
    pub(super) parts: Arc<[PhysPart]>,
    pub(super) size: u32,
    pub(super) home: Home<D>,
    /// Owners: the caller of `alloc`, handles. Without owners it lives while it is bound.
    pub(super) claims: u32,
    /// Reservations it is bound to, those included that a driver is just binding.
    pub(super) bindings: u32,
    pub(super) poisoned: bool,
}

pub(super) const fn fate(poisoned: bool) -> Fate {
    if poisoned { Fate::Poison } else { Fate::Reuse }
}

impl<D: ?Sized> Context<D> {
    fn starting_below(&self, end: u64) -> Range<'_, (Iova, ResId)> {
        match u32::try_from(end) {
            Ok(end) => self
                .reservations
                .range(..(Iova::new(end), ResId::new(0, 0))),
            Err(_) => self.reservations.range(..),
        }
    }
}

impl<D: Driver + ?Sized> Memory<D> {
    /// Gives the memory back to its driver. Call without any lock.
    pub(super) fn give_back(self) {
        let mut driver = self.home.lock();
        let fate = fate(self.poisoned);
        if let Some(op) = driver.alloc_op() {
            op.free(&self.parts, fate);
        } else if let Some(op) = driver.phys_op() {
            op.free(&self.parts, fate);
        }
    }
}

impl<D: ?Sized> Graph<D> {
    pub(super) const fn new() -> Self {
        Self {
            contexts: Store::new(),
            reservations: Store::new(),
            memories: Store::new(),
        }
    }

    /// Takes the memory out if it has neither owner nor binding.
    pub(super) fn take_if_unused(&mut self, phys: PhysId) -> Option<Memory<D>> {
        match self.memories.get(phys) {
            Ok(memory) if memory.claims == 0 && memory.bindings == 0 => {
                self.memories.remove(phys).ok()
            }
            _ => None,
        }
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
