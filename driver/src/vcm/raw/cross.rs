//! From device addresses to memory, from memory to device addresses, and from one context to another.

use alloc::vec::Vec;

use super::System;
use crate::addr::{Iova, PhysAddr};
use crate::error::Error;
use crate::vcm::driver::Driver;
use crate::vcm::graph::{Graph, Memory};
use crate::vcm::id::{PhysId, ResId, VcmId};
use crate::vcm::region::Region;

/// A device address under which a piece of memory can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MappedAt {
    /// In which context.
    pub vcm: VcmId,
    /// The address there.
    pub at: Iova,
    /// In which reservation.
    pub reservation: ResId,
    /// What is bound to it.
    pub phys: PhysId,
}

/// A piece of a reservation that is contiguous in memory, or has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Extent {
    /// Of which reservation.
    pub reservation: ResId,
    /// Its device addresses.
    pub region: Region,
    /// Where it begins in memory; `None` where nothing is bound.
    pub phys: Option<PhysAddr>,
}

impl<D: Driver + ?Sized> System<D> {
    /// The physical address that a device address of a context is bound to; `None` if to none. The
    /// context need not be active.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn translate(&self, vcm: VcmId, at: Iova) -> Result<Option<PhysAddr>, Error> {
        self.graph.lock().translate(vcm, at)
    }

    /// The addresses in context `to` under which it has the memory that context `from` has at `at`, in
    /// ascending order: none, one, or several.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext), of either.
    pub fn translate_to(&self, from: VcmId, at: Iova, to: VcmId) -> Result<Vec<Iova>, Error> {
        let graph = self.graph.lock();
        graph.contexts.get(to)?;
        let Some(phys) = graph.translate(from, at)? else {
            return Ok(Vec::new());
        };
        let mapped = graph.mappings_of(phys);
        Ok(mapped
            .into_iter()
            .filter(|mapped| mapped.vcm == to)
            .map(|mapped| mapped.at)
            .collect())
    }

    /// Everywhere that a byte of memory is mapped, ordered by context and address. Takes time in
    /// proportion to the parts of all memory that the system knows.
    pub fn mappings_of(&self, at: PhysAddr) -> Vec<MappedAt> {
        self.graph.lock().mappings_of(at)
    }

    /// A context from its first reservation to the last, each in its physically contiguous parts,
    /// followed by what is not bound of it.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn extents(&self, vcm: VcmId) -> Result<Vec<Extent>, Error> {
        let graph = self.graph.lock();
        let mut extents = Vec::new();
        for &(_, id) in &graph.contexts.get(vcm)?.reservations {
            graph.extents_of(id, &mut extents)?;
        }
        Ok(extents)
    }

    /// The reservations of all contexts to which an allocation of physical memory is bound, ordered by
    /// identifier.
    ///
    /// # Errors
    /// [`StalePhys`](Error::StalePhys).
    pub fn bindings(&self, phys: PhysId) -> Result<Vec<ResId>, Error> {
        let graph = self.graph.lock();
        Ok(graph.memories.get(phys)?.bound.iter().copied().collect())
    }
}

impl<D: ?Sized> Memory<D> {
    /// Where the byte with this offset lies.
    pub(super) fn at(&self, offset: u32) -> Option<PhysAddr> {
        let mut left = offset;
        for part in self.parts.iter() {
            if left < part.size {
                return part.start.checked_add(left);
            }
            left -= part.size;
        }
        None
    }

    /// The offsets that this byte has.
    fn offset_of(&self, at: PhysAddr) -> Option<u32> {
        let mut before = 0;
        for part in self.parts.iter() {
            match at.get().checked_sub(part.start.get()) {
                Some(offset) if offset < part.size => return Some(before + offset),
                _ => before += part.size,
            }
        }
        None
    }
}

impl<D: ?Sized> Graph<D> {
    fn translate(&self, vcm: VcmId, at: Iova) -> Result<Option<PhysAddr>, Error> {
        let Some(id) = self.find(vcm, at)? else {
            return Ok(None);
        };
        let reservation = self.reservations.get(id)?;
        let offset = at.get() - reservation.region.start.get();
        let Some((phys, offset)) = reservation.bound_at(offset) else {
            return Ok(None);
        };
        Ok(self.memories.get(phys)?.at(offset))
    }

    fn mappings_of(&self, at: PhysAddr) -> Vec<MappedAt> {
        let mut mapped = Vec::new();
        for (phys, memory) in self.memories.iter() {
            let Some(offset) = memory.offset_of(at) else {
                continue;
            };
            mapped.extend(self.places(phys).into_iter().filter_map(|place| {
                Some(MappedAt {
                    vcm: place.vcm,
                    at: place.region.start.checked_add(offset)?,
                    reservation: place.reservation,
                    phys,
                })
            }));
        }
        mapped.sort_unstable();
        mapped
    }

    fn extents_of(&self, id: ResId, extents: &mut Vec<Extent>) -> Result<(), Error> {
        let region = self.reservations.get(id)?.region;
        let mut offset = 0;
        // Where the bound part of a reservation ends, or a granule without memory begins.
        while offset < region.size {
            let (size, phys) = self.extent_at(id, offset)?;
            let size = size.min(region.size - offset);
            match extents.last_mut() {
                Some(last) if last.reservation == id && last.phys.is_none() && phys.is_none() => {
                    last.region.size += size;
                }
                _ => extents.push(Extent {
                    reservation: id,
                    // At the end of the space nothing is left.
                    region: Region::new(Iova::new(region.start.get().wrapping_add(offset)), size),
                    phys,
                }),
            }
            offset += size;
        }
        Ok(())
    }

    /// From this offset on: how many bytes are contiguous in memory, and where; or are not bound.
    fn extent_at(&self, id: ResId, offset: u32) -> Result<(u32, Option<PhysAddr>), Error> {
        let reservation = self.reservations.get(id)?;
        let Some((phys, mut left)) = reservation.bound_at(offset) else {
            let rest = reservation.region.size - offset;
            let granule = reservation.granule_at(offset);
            return Ok((granule.map_or(rest, |granule| granule.size), None));
        };
        for part in self.memories.get(phys)?.parts.iter() {
            if left < part.size {
                return Ok((part.size - left, part.start.checked_add(left)));
            }
            left -= part.size;
        }
        Ok((reservation.region.size - offset, None))
    }
}
