//! Memory on demand: what it must lead to.

use std::collections::BTreeMap;
use std::vec::Vec;

use super::machine::{Kind, kind};
use super::model::{Reservation, World, nth, odd};
use crate::addr::Iova;
use crate::error::Error;
use crate::vcm::{AllocFlags, PAGE_SIZE, PhysId, ResFlags, ResId, Served};

/// What is bound to a reservation granule by granule.
pub(super) struct Demand {
    granule: u32,
    alloc: AllocFlags,
    /// By offset in the reservation.
    bound: BTreeMap<u32, Binding>,
}

/// Memory that is bound to a reservation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binding {
    /// Where in the reservation.
    pub(super) offset: u32,
    pub(super) phys: PhysId,
    /// The driver has unbound it, without confirmation.
    pub(super) gone: bool,
}

/// A granule without memory.
struct Empty {
    id: ResId,
    offset: u32,
    size: u32,
    alloc: AllocFlags,
}

impl Reservation {
    /// What is bound to it, by address.
    pub(super) fn bindings(&self) -> impl Iterator<Item = Binding> + '_ {
        let whole = self.bound.map(|phys| Binding {
            offset: 0,
            phys,
            gone: self.poisoned,
        });
        let granules = self.demand.iter().flat_map(|demand| demand.bound.values());
        whole.into_iter().chain(granules.copied())
    }
}

impl World {
    /// What is bound so many bytes after the start of a reservation.
    pub(super) fn binding_at(&self, reservation: &Reservation, offset: u32) -> Option<Binding> {
        let holds = |b: &Binding| offset.wrapping_sub(b.offset) < self.memories[&b.phys].size;
        reservation.bindings().find(holds)
    }

    /// Reserves on demand. Returns whether something has failed meanwhile.
    pub(super) fn reserve_on_demand(
        &mut self,
        vcm: usize,
        size: u32,
        granule: u32,
        alloc: AllocFlags,
        res: &ResFlags,
        armed: bool,
    ) -> bool {
        let (system, id) = (&self.machine.system, self.machine.contexts[vcm]);
        let reserved = system.reserve_on_demand(id, size, granule, alloc, *res);
        let disturbed = armed && self.disarm();
        let is_granule = granule >= PAGE_SIZE && granule.is_power_of_two();
        match reserved {
            Ok(id) => {
                let max_page = alloc.max_page;
                assert!(is_granule && !odd(res.align) && !odd(alloc.align) && !odd(max_page));
                assert!(max_page == 0 || max_page >= PAGE_SIZE);
                assert!(matches!(kind(vcm), Kind::Translated | Kind::AllocAndBind));
                let mut flags = *res;
                flags.align = res.align.max(granule);
                self.add_res(id, vcm, size, &flags);
                self.reservations.get_mut(&id).unwrap().demand = Some(Demand {
                    granule,
                    alloc,
                    bound: BTreeMap::new(),
                });
            }
            Err(error) if !is_granule => {
                assert_eq!(error, Error::BadAlignment { align: granule });
            }
            Err(error) => self.is_plausible(vcm, size, &alloc, res, error),
        }
        disturbed
    }

    /// Answers a master's miss. Returns whether something has failed meanwhile.
    pub(super) fn page_in(&mut self, res: usize, page: u32, armed: bool) -> bool {
        let Some(id) = nth(&self.all_res, res) else {
            return armed && self.disarm();
        };
        let (vcm, region) = self.regions[&id];
        // Not the first byte of the page.
        let page = page % (region.size / PAGE_SIZE + 1);
        let offset = page * PAGE_SIZE + (PAGE_SIZE - 4);
        let at = Iova::new(region.start.get().wrapping_add(offset));
        let served = self.machine.system.serve(self.machine.contexts[vcm], at);
        let disturbed = armed && self.disarm();
        match self.empty_at(vcm, at) {
            Some(empty) => self.paged_in(vcm, at, &empty, served, disturbed),
            None => {
                let answers = self.answers(vcm, at);
                assert!(answers.contains(&served), "{served:?} of {answers:?}");
            }
        }
        disturbed
    }

    fn reservations_at(&self, vcm: usize, at: Iova) -> impl Iterator<Item = (ResId, &Reservation)> {
        let all = self.reservations.iter().map(|(id, r)| (*id, r));
        all.filter(move |(_, r)| r.vcm == vcm && r.region.contains(at))
    }

    fn empty_at(&self, vcm: usize, at: Iova) -> Option<Empty> {
        let (id, reservation) = self.reservations_at(vcm, at).next()?;
        let demand = reservation.demand.as_ref()?;
        let touched = at.get() - reservation.region.start.get();
        let offset = touched - touched % demand.granule;
        let empty = Empty {
            id,
            offset,
            size: demand.granule.min(reservation.region.size - offset),
            alloc: demand.alloc,
        };
        (!demand.bound.contains_key(&offset)).then_some(empty)
    }

    /// What a miss may be told where no memory is to come. More than one only where reservations lie over
    /// each other.
    fn answers(&self, vcm: usize, at: Iova) -> Vec<Result<Served, Error>> {
        let found = self.reservations_at(vcm, at).map(|(_, reservation)| {
            let offset = at.get() - reservation.region.start.get();
            let bound = self.binding_at(reservation, offset);
            match bound.is_some_and(|bound| !bound.gone) {
                true => Ok(Served::Retry),
                false => Ok(Served::Terminate),
            }
        });
        let found: Vec<_> = found.collect();
        match found.is_empty() {
            true => [Ok(Served::Terminate)].into(),
            false => found,
        }
    }

    /// What a miss in a granule without memory has led to.
    fn paged_in(
        &mut self,
        vcm: usize,
        at: Iova,
        empty: &Empty,
        served: Result<Served, Error>,
        disturbed: bool,
    ) {
        let &Empty {
            id, offset, size, ..
        } = empty;
        let poisoned = self.reservations[&id].poisoned;
        match served {
            Ok(served) => {
                assert_eq!(served, Served::Retry);
                assert!(!poisoned);
                let context = self.machine.contexts[vcm];
                let phys = self.machine.system.phys_at(context, at).unwrap().unwrap();
                self.add_phys(phys, vcm, size);
                // It lives as long as it is bound.
                self.memories.get_mut(&phys).unwrap().owners = 0;
                let demand = &mut self.reservations.get_mut(&id).unwrap().demand;
                let gone = false;
                let binding = Binding { offset, phys, gone };
                demand.as_mut().unwrap().bound.insert(offset, binding);
            }
            Err(Error::Poisoned(which)) => assert!(which == id && poisoned),
            Err(error) if error.is_unconfirmed() => {
                assert!(disturbed && !poisoned, "{error}");
                self.reservations.get_mut(&id).unwrap().poisoned = true;
                self.lost += u64::from(size);
            }
            Err(_) if disturbed => {}
            Err(error) => {
                assert!(matches!(error, Error::OutOfMemory { .. }), "{error}");
                self.is_plausible(vcm, size, &empty.alloc, &ResFlags::default(), error);
            }
        }
    }

    /// What giving back a reservation on demand has led to.
    pub(super) fn emptied(&mut self, id: ResId, result: Result<(), Error>, disturbed: bool) {
        let reservation = &self.reservations[&id];
        let shaken = self.contexts[reservation.vcm].shaken;
        let before: Vec<Binding> = reservation.bindings().collect();
        let left = match result {
            Ok(()) => BTreeMap::new(),
            Err(error) => {
                assert!(disturbed || shaken && error.is_unconfirmed(), "{error}");
                // The driver is not asked about those that are gone any more.
                assert!(before.iter().any(|bound| !bound.gone), "{error}");
                self.still_bound(reservation, &before, disturbed)
            }
        };
        for bound in left.values().filter(|bound| bound.gone) {
            self.poison_memory(bound.phys);
        }
        let reservation = self.reservations.get_mut(&id).unwrap();
        reservation.poisoned |= left.values().any(|bound| bound.gone);
        reservation.demand.as_mut().unwrap().bound = left.clone();
        for bound in before {
            if !left.contains_key(&bound.offset) {
                self.forget_memory_if_unused(bound.phys);
            }
        }
        if result.is_ok() {
            self.forget_reservation(id);
        }
    }

    /// What is bound after an error: the system tells. Whether that is so, tables and ledger will.
    fn still_bound(
        &self,
        reservation: &Reservation,
        before: &[Binding],
        disturbed: bool,
    ) -> BTreeMap<u32, Binding> {
        let (system, context) = (&self.machine.system, self.machine.contexts[reservation.vcm]);
        let mut left = BTreeMap::new();
        for bound in before {
            let at = Iova::new(reservation.region.start.get() + bound.offset);
            let Some(phys) = system.phys_at(context, at).unwrap() else {
                continue;
            };
            let gone = system.serve(context, at) == Ok(Served::Terminate);
            // One that was gone has been forgotten by now, and the others have all been tried.
            assert!(phys == bound.phys && !bound.gone && (gone || disturbed));
            left.insert(bound.offset, Binding { gone, ..*bound });
        }
        left
    }
}
