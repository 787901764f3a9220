//! Moving physical memory elsewhere while it is bound and in use.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::System;
use crate::error::{Error, Flaw, Operation};
use crate::mmu::{PhysPart, Quiet};
use crate::vcm::check;
use crate::vcm::copier::Copier;
use crate::vcm::driver::Driver;
use crate::vcm::exposure::Exposure;
use crate::vcm::flags::AllocFlags;
use crate::vcm::graph::{Graph, Home, Memory, Origin, Place};
use crate::vcm::id::{PhysId, ResId, VcmId};

/// What is to be moved.
struct Load {
    parts: Arc<[PhysPart]>,
    size: u32,
    places: Vec<Place>,
}

/// Frames, and what hardware may know of them.
struct Frames {
    parts: Arc<[PhysPart]>,
    exposure: Exposure,
}

impl<D: Driver + ?Sized> System<D> {
    /// Moves physical memory to other frames, newly allocated as `flags` say by the driver that has
    /// allocated the old ones. It may be bound in any number of contexts, active or not, with masters
    /// at work: they wait until it is over. Identifiers, addresses and contents stay the same.
    ///
    /// In each context in turn the mapping is taken from the hardware, then the content is copied, then
    /// the new frames are mapped and the masters go on; the old frames are freed at last. Meanwhile the
    /// memory cannot be bound, unbound, freed or moved; other memory can. Where one master waits, others
    /// of the same IOMMU may too: a write that stalls holds up the writes behind it.
    ///
    /// # Errors
    /// The memory is where it was, and as usable as before:
    /// - [`StalePhys`](Error::StalePhys), [`BadAlignment`](Error::BadAlignment);
    ///   [`PhysMoving`](Error::PhysMoving), [`PoisonedPhys`](Error::PoisonedPhys);
    /// - [`Unsupported`](Error::Unsupported): it is bound in a context whose driver cannot exchange it,
    ///   a one-to-one context for example, or it was [imported](Self::import), so that no driver has more
    ///   of it; no master was kept waiting;
    /// - [`DriverResult`](Error::DriverResult) and what the drivers return;
    /// - [`Copy`](Error::Copy).
    ///
    /// Not so: [`Adrift`](Error::Adrift), if going back fails too, in one context or more.
    pub fn migrate(
        &self,
        phys: PhysId,
        copier: &(impl Copier + ?Sized),
        flags: AllocFlags,
    ) -> Result<(), Error> {
        let home = match &self.graph.lock().memories.get(phys)?.origin {
            Origin::Driver(home) => home.clone(),
            Origin::Lender(_) => return Err(Error::Unsupported(Operation::Phys)),
        };
        self.move_to(phys, home, copier, &flags)
    }

    /// As [`migrate`](Self::migrate), to memory that the driver of `vcm` allocates, and that goes back
    /// to it in the end. Imported memory can be moved so: its old place goes back to its lender.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate), and [`StaleContext`](Error::StaleContext).
    pub fn migrate_to(
        &self,
        phys: PhysId,
        vcm: VcmId,
        copier: &(impl Copier + ?Sized),
        flags: AllocFlags,
    ) -> Result<(), Error> {
        let home = self.graph.lock().contexts.get(vcm)?.home.clone();
        self.move_to(phys, home, copier, &flags)
    }

    fn move_to(
        &self,
        phys: PhysId,
        home: Home<D>,
        copier: &(impl Copier + ?Sized),
        flags: &AllocFlags,
    ) -> Result<(), Error> {
        check::alloc_flags(flags)?;
        let load = self.graph.lock().depart(phys)?;
        let moved = self.carry(&load, &home, copier, flags);
        let (arrived, result) = match moved {
            Ok((new, old)) => (Some((new, home, old)), Ok(())),
            Err(error) => (None, Err(error)),
        };
        let (unused, orphans) = self.graph.lock().arrive(phys, arrived);
        for memory in unused {
            memory.give_back();
        }
        for orphan in orphans {
            // It cannot tell anybody; as always, what is not confirmed is poisoned.
            let _discarded = self.discard(orphan);
        }
        result
    }

    /// The new frames, and what hardware may know of the old ones.
    fn carry(
        &self,
        load: &Load,
        home: &Home<D>,
        copier: &(impl Copier + ?Sized),
        flags: &AllocFlags,
    ) -> Result<(Arc<[PhysPart]>, Exposure), Error> {
        for place in &load.places {
            self.session(place.vcm, |session| session.check_movable())?;
        }
        let mut new = Frames {
            parts: self.allocate_at(home, load.size, flags)?,
            exposure: Exposure::never_shared(),
        };
        let mut old = Exposure::never_shared();
        match self.exchange(load, &mut new, &mut old, copier) {
            Ok(()) => Ok((new.parts, old)),
            Err(error) => {
                Memory::of(
                    new.parts,
                    load.size,
                    Origin::Driver(home.clone()),
                    new.exposure,
                )
                .give_back();
                Err(error)
            }
        }
    }

    fn exchange(
        &self,
        load: &Load,
        new: &mut Frames,
        old: &mut Exposure,
        copier: &(impl Copier + ?Sized),
    ) -> Result<(), Error> {
        let (mut suspended, mut resumed) = (0, 0);
        let result = (|| {
            for place in &load.places {
                old.lend();
                let result = self.suspend(place, &load.parts, load.size);
                let stands = matches!(&result, Err(error) if !error.is_unconfirmed());
                suspended += usize::from(!stands);
                old.give_back(Some(result?));
            }
            copier.copy(&load.parts, &new.parts).map_err(Error::Copy)?;
            for place in &load.places {
                new.exposure.lend();
                if let Err(error) = self.resume(place, &new.parts, load.size) {
                    let quiet = (!error.is_unconfirmed()).then(Quiet::confirmed);
                    new.exposure.give_back(quiet);
                    return Err(error);
                }
                resumed += 1;
            }
            Ok(())
        })();
        result.or_else(|error| {
            self.go_back(&load.places[..suspended], resumed, load, new, copier)?;
            Err(error)
        })
    }

    /// Undoes what was done at `places`, the first `resumed` of which have the new frames.
    fn go_back(
        &self,
        places: &[Place],
        resumed: usize,
        load: &Load,
        new: &mut Frames,
        copier: &(impl Copier + ?Sized),
    ) -> Result<(), Error> {
        for place in &places[..resumed] {
            let quiet = self.suspend(place, &new.parts, load.size);
            new.exposure.give_back(quiet.ok());
        }
        let mut result = Ok(());
        if resumed > 0 {
            // Masters may have written to the new place already.
            result = copier.copy(&new.parts, &load.parts).map_err(Error::Copy);
        }
        for place in places {
            if self.resume(place, &load.parts, load.size).is_err() {
                let abandoned = self.session(place.vcm, |session| {
                    session.abandon(place, &load.parts, load.size);
                    Ok(())
                });
                let (vcm, region) = (place.vcm, place.region);
                result = abandoned.and(Err(Error::Adrift { vcm, region }));
            }
        }
        result
    }

    fn suspend(&self, place: &Place, parts: &[PhysPart], size: u32) -> Result<Quiet, Error> {
        self.session(place.vcm, |session| session.suspend(place, parts, size))
    }

    fn resume(&self, place: &Place, parts: &[PhysPart], size: u32) -> Result<(), Error> {
        self.session(place.vcm, |session| session.resume(place, parts, size))
    }

    /// Memory of exactly this size, of the driver `home`.
    fn allocate_at(
        &self,
        home: &Home<D>,
        size: u32,
        flags: &AllocFlags,
    ) -> Result<Arc<[PhysPart]>, Error> {
        let (parts, operation) = {
            let mut driver = home.lock();
            if let Some(op) = driver.alloc_op() {
                (op.phys_only(size, flags)?, Operation::Alloc)
            } else if let Some(op) = driver.phys_op() {
                (op.phys(size, flags)?, Operation::Phys)
            } else {
                return Err(Error::Unsupported(Operation::Phys));
            }
        };
        let flaw = match check::parts(&parts, size) {
            Ok(got) if got == size => return Ok(Arc::from(parts)),
            Ok(got) => Flaw::PartSum {
                wanted: size,
                got: got.into(),
            },
            Err(flaw) => flaw,
        };
        let exposure = Exposure::never_shared();
        Memory::of(
            Arc::from(parts),
            size,
            Origin::Driver(home.clone()),
            exposure,
        )
        .give_back();
        self.report(&crate::vcm::Misuse::DriverResult { operation, flaw });
        Err(Error::DriverResult { operation, flaw })
    }
}

impl<D: Driver + ?Sized> Memory<D> {
    /// Frames to be given back.
    const fn of(parts: Arc<[PhysPart]>, size: u32, origin: Origin<D>, exposure: Exposure) -> Self {
        Self {
            parts,
            size,
            origin,
            claims: 0,
            exposure,
            bound: BTreeSet::new(),
            busy: 0,
            moving: false,
        }
    }
}

impl<D: Driver + ?Sized> Graph<D> {
    /// From now on the memory is moving.
    fn depart(&mut self, phys: PhysId) -> Result<Load, Error> {
        let memory = self.memories.get_mut(phys)?;
        if memory.moving || memory.busy > 0 {
            return Err(Error::PhysMoving(phys));
        }
        if memory.exposure.is_poisoned() {
            return Err(Error::PoisonedPhys(phys));
        }
        memory.moving = true;
        let (parts, size) = (memory.parts.clone(), memory.size);
        Ok(Load {
            parts,
            size,
            places: self.places(phys),
        })
    }

    /// The memory is moving no longer, and lies elsewhere if it has arrived. What is to be given back
    /// now: memory, and reservations whose handles were dropped.
    fn arrive(
        &mut self,
        phys: PhysId,
        arrived: Option<(Arc<[PhysPart]>, Home<D>, Exposure)>,
    ) -> (Vec<Memory<D>>, Vec<ResId>) {
        let mut unused = Vec::new();
        if let Ok(memory) = self.memories.get_mut(phys) {
            memory.moving = false;
            if let Some((parts, home, old)) = arrived {
                let parts = core::mem::replace(&mut memory.parts, parts);
                let origin = core::mem::replace(&mut memory.origin, Origin::Driver(home));
                unused.push(Memory::of(parts, memory.size, origin, old));
            }
        }
        let places = self.places(phys).into_iter();
        let mut orphans: Vec<ResId> = places.map(|place| place.reservation).collect();
        orphans.retain(|id| self.reservations.get(*id).is_ok_and(|r| r.orphan));
        unused.extend(self.take_if_unused(phys));
        (unused, orphans)
    }
}
