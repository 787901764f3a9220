//! The whole graph at one moment.

use alloc::vec::Vec;

use super::System;
use super::look::{ContextInfo, PhysInfo, ReservationInfo};
use crate::error::Error;
use crate::vcm::driver::Driver;
use crate::vcm::fault::FaultCounts;
use crate::vcm::graph::Graph;
use crate::vcm::id::{PhysId, ResId, VcmId};
use crate::vcm::region::Region;

/// How full a context is, in bytes. Addresses of several reservations count once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Occupancy {
    /// Of all its addresses.
    pub size: u32,
    /// Reserved.
    pub reserved: u32,
    /// Bound.
    pub bound: u32,
    /// The longest range without reservation. What is free may be less, as far as the driver keeps
    /// addresses back that are poisoned, say.
    pub largest_free: u32,
}

/// A context with its reservations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextState {
    /// Which one.
    pub id: VcmId,
    /// What it is.
    pub info: ContextInfo,
    /// How full it is.
    pub occupancy: Occupancy,
    /// Faults that were reported.
    pub faults: FaultCounts,
    /// Its reservations, by address.
    pub reservations: Vec<ReservationState>,
}

/// A reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservationState {
    /// Which one.
    pub id: ResId,
    /// What it is.
    pub info: ReservationInfo,
}

/// An allocation of physical memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryState {
    /// Which one.
    pub id: PhysId,
    /// What it is.
    pub info: PhysInfo,
}

/// All contexts, reservations and physical memory of a system, at the moment of asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The contexts.
    pub contexts: Vec<ContextState>,
    /// The physical memory.
    pub memories: Vec<MemoryState>,
}

impl<D: Driver + ?Sized> System<D> {
    /// How full a context is.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn occupancy(&self, vcm: VcmId) -> Result<Occupancy, Error> {
        let graph = self.graph.lock();
        Ok(occupancy(
            graph.contexts.get(vcm)?.space,
            &graph.states(vcm)?,
        ))
    }

    /// Everything at once. Takes the bookkeeping lock for as long as copying it all takes: for tools,
    /// not for interrupt handlers.
    ///
    /// # Errors
    /// None in a system that is whole.
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        let graph = self.graph.lock();
        let contexts = graph.contexts.iter().map(|(id, context)| {
            let reservations = graph.states(id)?;
            Ok(ContextState {
                id,
                info: context.info(),
                occupancy: occupancy(context.space, &reservations),
                faults: context.faults,
                reservations,
            })
        });
        let memories = graph.memories.iter().map(|(id, memory)| MemoryState {
            id,
            info: memory.info(),
        });
        Ok(Snapshot {
            contexts: contexts.collect::<Result<_, Error>>()?,
            memories: memories.collect(),
        })
    }
}

impl<D: ?Sized> Graph<D> {
    fn states(&self, vcm: VcmId) -> Result<Vec<ReservationState>, Error> {
        let ids = self.contexts.get(vcm)?.reservations.iter();
        ids.map(|&(_, id)| {
            let info = self.reservation_info(id)?;
            Ok(ReservationState { id, info })
        })
        .collect()
    }
}

/// Bytes that ranges, ordered by their start, take together, and the longest gap between them.
fn cover(space: Region, ranges: impl Iterator<Item = Region>) -> (u64, u64) {
    let mut end = u64::from(space.start.get());
    let (mut covered, mut longest) = (0, 0);
    for range in ranges {
        let start = u64::from(range.start.get());
        longest = longest.max(start.saturating_sub(end));
        covered += range.end().saturating_sub(start.max(end));
        end = end.max(range.end());
    }
    (covered, longest.max(space.end().saturating_sub(end)))
}

fn occupancy(space: Region, reservations: &[ReservationState]) -> Occupancy {
    let reserved = reservations.iter().map(|state| state.info.region);
    let bound = reservations.iter().map(|state| {
        let ReservationInfo {
            region, bound_size, ..
        } = state.info;
        Region::new(region.start, bound_size)
    });
    let (reserved, largest_free) = cover(space, reserved);
    // No more than the context, whose size is of 32 bits.
    Occupancy {
        size: space.size,
        reserved: reserved as u32,
        bound: cover(space, bound).0 as u32,
        largest_free: largest_free as u32,
    }
}
