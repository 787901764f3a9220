//! The RFC, as simple as can be: what each call leads to.

use std::collections::BTreeMap;
use std::vec::Vec;

use super::demand::Demand;
use super::machine::{CONTEXTS, Kind, Machine, UNGATED, kind, space};
use super::steps::{Fault, Step, What, Wish};
use crate::addr::Iova;
use crate::error::{Errno, Error};
use crate::mmu::{Attributes, PhysPart};
use crate::mock::FailIn;
use crate::vcm::{AllocFlags, PAGE_SIZE, PhysId, Region, ResFlags, ResId};

pub(super) struct Memory {
    pub(super) size: u32,
    pub(super) parts: Vec<PhysPart>,
    /// The context that it was allocated in.
    pub(super) home: usize,
    pub(super) owners: u32,
    pub(super) poisoned: bool,
}

pub(super) struct Reservation {
    pub(super) vcm: usize,
    pub(super) region: Region,
    pub(super) attributes: Attributes,
    pub(super) bound: Option<PhysId>,
    pub(super) demand: Option<Demand>,
    pub(super) poisoned: bool,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Context {
    pub(super) activations: u32,
    pub(super) half_stopped: bool,
    /// Something has failed while it was activated or deactivated: whether the table is empty while
    /// it is inactive is not known, and unbinding may report it later.
    pub(super) shaken: bool,
    /// Moving memory that is bound here has failed, and so did going back: what of it is in the table,
    /// and whether masters that miss wait, is not known until the next activation.
    pub(super) adrift: bool,
}

impl Context {
    /// Whether its masters are let through.
    pub(super) fn runs(&self) -> bool {
        self.activations > 0 && !self.half_stopped
    }
}

/// A machine, and what there should be.
pub(super) struct World {
    pub(super) machine: Machine,
    pub(super) memories: BTreeMap<PhysId, Memory>,
    pub(super) reservations: BTreeMap<ResId, Reservation>,
    pub(super) contexts: [Context; CONTEXTS],
    /// A move was disturbed: the limits of stalling may be in force only after the next one, or the next
    /// activation.
    pub(super) unlimited: bool,
    /// Bytes of memory, and of addresses by context, that must never be used again.
    pub(super) lost: u64,
    pub(super) lost_addresses: [u64; CONTEXTS],
    /// Every identifier ever seen.
    pub(super) all_phys: Vec<PhysId>,
    pub(super) all_res: Vec<ResId>,
    /// Context and addresses of every reservation ever seen.
    pub(super) regions: BTreeMap<ResId, (usize, Region)>,
}

/// Who has addresses to lose.
fn keeps_addresses(vcm: usize) -> bool {
    kind(vcm) != Kind::Direct
}

pub(super) fn nth<T: Copy>(list: &[T], n: usize) -> Option<T> {
    list.get(n % list.len().max(1)).copied()
}

#[allow(clippy::needless_update, reason = "there may be more flags one day")]
pub(super) fn flags(vcm: usize, wish: Wish) -> ResFlags {
    let start = space(vcm).start.get();
    ResFlags {
        at: wish
            .page
            .map(|page| Iova::new(start.wrapping_add(page * PAGE_SIZE))),
        align: wish.align,
        attributes: wish.attributes,
        ..ResFlags::default()
    }
}

pub(super) const fn odd(align: u32) -> bool {
    align != 0 && !align.is_power_of_two()
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            machine: Machine::new(),
            memories: BTreeMap::new(),
            reservations: BTreeMap::new(),
            contexts: [Context::default(); CONTEXTS],
            unlimited: false,
            lost: 0,
            lost_addresses: [0; CONTEXTS],
            all_phys: Vec::new(),
            all_res: Vec::new(),
            regions: BTreeMap::new(),
        }
    }

    /// Makes the call, during which something may fail. Returns whether it did.
    pub(super) fn disturbed(&mut self, step: Step, fault: Option<Fault>) -> bool {
        if let Some(fault) = fault {
            self.arm(fault);
        }
        let disturbed = self.call(step, fault.is_some());
        self.check();
        disturbed
    }

    /// Makes the call. It leads to what it must.
    pub(super) fn step(&mut self, step: Step) {
        self.disturbed(step, None);
    }

    fn arm(&self, fault: Fault) {
        let fail = match fault.lasting {
            true => FailIn::from(fault.skip),
            false => FailIn::after(fault.skip),
        };
        let mut platform = self.machine.platform.world();
        match fault.what {
            What::Bus => platform.bus = fail,
            What::Allocate => platform.allocations = fail,
            What::Write => platform.writes = fail,
            What::Clock => platform.clock = fail,
            What::Copy => *self.machine.copies.fail() = fail,
            What::Operation { unconfirmed } => {
                for ledger in &self.machine.ledgers {
                    let mut state = ledger.state();
                    state.unconfirmed = unconfirmed;
                    state.calls = match fault.lasting {
                        true => FailIn::from(fault.skip / 4),
                        false => FailIn::after(fault.skip / 4),
                    };
                }
            }
        }
    }

    /// Nothing fails any more. Returns whether something has.
    pub(super) fn disarm(&self) -> bool {
        let mut platform = self.machine.platform.world();
        let platform = &mut *platform;
        let mut happened = false;
        for fail in [
            &mut platform.bus,
            &mut platform.allocations,
            &mut platform.writes,
            &mut platform.clock,
        ] {
            happened |= core::mem::take(fail).has_happened();
        }
        happened |= core::mem::take(&mut *self.machine.copies.fail()).has_happened();
        for ledger in &self.machine.ledgers {
            happened |= core::mem::take(&mut ledger.state().calls).has_happened();
        }
        happened
    }

    pub(super) fn bindings(&self, phys: PhysId) -> u32 {
        let bound = self.reservations.values().flat_map(Reservation::bindings);
        bound.filter(|bound| bound.phys == phys).count() as u32
    }

    fn live(&self, vcm: usize) -> usize {
        self.reservations.values().filter(|r| r.vcm == vcm).count()
    }

    pub(super) fn poison_memory(&mut self, phys: PhysId) {
        self.memories.get_mut(&phys).unwrap().poisoned = true;
    }

    pub(super) fn add_phys(&mut self, phys: PhysId, home: usize, size: u32) {
        let info = self.machine.system.phys(phys).unwrap();
        assert_eq!(info.size, size);
        let memory = Memory {
            size,
            parts: info.parts.to_vec(),
            home,
            owners: 1,
            poisoned: false,
        };
        let was = self.memories.insert(phys, memory);
        assert!(was.is_none());
        self.all_phys.push(phys);
    }

    pub(super) fn add_res(&mut self, id: ResId, vcm: usize, size: u32, flags: &ResFlags) {
        let info = self.machine.system.reservation(id).unwrap();
        assert_eq!(info.vcm, self.machine.contexts[vcm]);
        assert_eq!(info.region.size, size);
        assert!(flags.at.is_none_or(|at| at == info.region.start));
        assert!(info.region.start.is_aligned(flags.align.max(PAGE_SIZE)));
        let reservation = Reservation {
            vcm,
            region: info.region,
            attributes: flags.attributes,
            bound: info.phys,
            demand: None,
            poisoned: false,
        };
        let was = self.reservations.insert(id, reservation);
        assert!(was.is_none());
        self.all_res.push(id);
        self.regions.insert(id, (vcm, info.region));
    }

    pub(super) fn forget_memory_if_unused(&mut self, phys: PhysId) {
        if self.memories[&phys].owners > 0 || self.bindings(phys) > 0 {
            return;
        }
        let memory = self.memories.remove(&phys).unwrap();
        if memory.poisoned {
            self.lost += u64::from(memory.size);
        }
    }

    pub(super) fn forget_reservation(&mut self, id: ResId) {
        let gone = self.reservations.remove(&id).unwrap();
        if gone.poisoned && keeps_addresses(gone.vcm) {
            self.lost_addresses[gone.vcm] += u64::from(gone.region.size);
        }
    }

    /// Whether there is a reason for an allocation or reservation to fail so.
    pub(super) fn is_plausible(
        &self,
        vcm: usize,
        size: u32,
        alloc: &AllocFlags,
        res: &ResFlags,
        error: Error,
    ) {
        let plausible = match error {
            Error::BadAlignment { align } => {
                odd(align) || align == alloc.max_page && align < PAGE_SIZE
            }
            Error::BadAddress { at } => res.at == Some(at),
            Error::AddressInUse(region) => res.at == Some(region.start),
            Error::OutOfMemory { .. } => {
                let in_pages = kind(vcm) != Kind::Direct && !alloc.contiguous;
                !in_pages || self.machine.pool.free_bytes() < u64::from(size)
            }
            Error::NoAddresses { .. } => self.live(vcm) > 0 || self.lost_addresses[vcm] > 0,
            Error::Unsupported(_) => matches!(kind(vcm), Kind::Direct | Kind::PhysAndMap),
            Error::OutsideContext(_) => vcm == UNGATED,
            Error::Scattered { .. } | Error::NotOneToOne { .. } => kind(vcm) == Kind::Direct,
            Error::DriverResult { .. } => false,
            _ => false,
        };
        assert!(plausible, "{error}, of context {vcm}");
    }

    fn call(&mut self, step: Step, armed: bool) -> bool {
        let disarm = |world: &Self| armed && world.disarm();
        match step {
            Step::MakeBinding {
                vcm,
                pages,
                alloc,
                res,
            } => {
                let (size, res) = (pages * PAGE_SIZE, flags(vcm, res));
                let id = self.machine.contexts[vcm];
                let made = self.machine.system.make_binding(id, size, alloc, res);
                let disturbed = disarm(self);
                match made {
                    Ok(id) => {
                        let info = self.machine.system.reservation(id).unwrap();
                        self.add_phys(info.phys.unwrap(), vcm, size);
                        self.add_res(id, vcm, size, &res);
                    }
                    Err(error) if error.is_unconfirmed() => {
                        assert!(disturbed);
                        self.lost += u64::from(size);
                        if matches!(kind(vcm), Kind::Translated | Kind::AllocAndBind) {
                            self.lost_addresses[vcm] += u64::from(size);
                        }
                    }
                    Err(_) if disturbed => {}
                    Err(error) => self.is_plausible(vcm, size, &alloc, &res, error),
                }
                disturbed
            }
            Step::Alloc { vcm, pages, flags } => {
                let (size, id) = (pages * PAGE_SIZE, self.machine.contexts[vcm]);
                let allocated = self.machine.system.alloc(id, size, flags);
                let disturbed = disarm(self);
                match allocated {
                    Ok(phys) => self.add_phys(phys, vcm, size),
                    Err(error) => {
                        let res = ResFlags::default();
                        self.is_plausible(vcm, size, &flags, &res, error);
                    }
                }
                disturbed
            }
            Step::Reserve {
                vcm,
                pages,
                flags: wish,
            } => {
                let (size, flags) = (pages * PAGE_SIZE, flags(vcm, wish));
                let id = self.machine.contexts[vcm];
                let reserved = self.machine.system.reserve(id, size, flags);
                let disturbed = disarm(self);
                match reserved {
                    Ok(id) => self.add_res(id, vcm, size, &flags),
                    Err(error) => {
                        let alloc = AllocFlags::default();
                        self.is_plausible(vcm, size, &alloc, &flags, error);
                    }
                }
                disturbed
            }
            Step::Map {
                vcm,
                phys,
                flags: wish,
            } => {
                let Some(phys) = nth(&self.all_phys, phys) else {
                    return disarm(self);
                };
                let (flags, id) = (flags(vcm, wish), self.machine.contexts[vcm]);
                let mapped = self.machine.system.map(id, phys, flags);
                let disturbed = disarm(self);
                let size = self.memories.get(&phys).map(|memory| memory.size);
                match (mapped, size) {
                    (result, None) => assert_eq!(result, Err(Error::StalePhys(phys))),
                    (Ok(id), Some(size)) => self.add_res(id, vcm, size, &flags),
                    (Err(error), Some(size)) if error.is_unconfirmed() => {
                        assert!(disturbed);
                        self.poison_memory(phys);
                        if matches!(kind(vcm), Kind::Translated | Kind::AllocAndBind) {
                            self.lost_addresses[vcm] += u64::from(size);
                        }
                    }
                    (Err(_), _) if disturbed => {}
                    (Err(error), Some(size)) => {
                        let alloc = AllocFlags::default();
                        self.is_plausible(vcm, size, &alloc, &flags, error);
                    }
                }
                disturbed
            }
            Step::Free(phys) => {
                let Some(phys) = nth(&self.all_phys, phys) else {
                    return disarm(self);
                };
                let freed = self.machine.system.free(phys);
                let disturbed = disarm(self);
                let bindings = self.bindings(phys);
                if !self.memories.contains_key(&phys) {
                    assert_eq!(freed, Err(Error::StalePhys(phys)));
                } else if bindings > 0 {
                    assert_eq!(freed, Err(Error::PhysBusy { phys, bindings }));
                } else {
                    assert_eq!(freed, Ok(()));
                    self.memories.get_mut(&phys).unwrap().owners = 0;
                    self.forget_memory_if_unused(phys);
                }
                disturbed
            }
            Step::Bind { res, phys } => {
                let (Some(id), Some(phys)) = (nth(&self.all_res, res), nth(&self.all_phys, phys))
                else {
                    return disarm(self);
                };
                let result = self.machine.system.bind(id, phys);
                let disturbed = disarm(self);
                self.bound(id, phys, result, disturbed);
                disturbed
            }
            Step::Unbind(res) => {
                let Some(id) = nth(&self.all_res, res) else {
                    return disarm(self);
                };
                let result = self.machine.system.unbind(id);
                let disturbed = disarm(self);
                if let Some(phys) = self.unbound(id, result.map(Some), disturbed) {
                    let bindings = self.bindings(phys);
                    let memory = self.memories.get_mut(&phys).unwrap();
                    if memory.owners == 0 && bindings == 0 {
                        memory.owners = 1;
                    }
                }
                disturbed
            }
            Step::Unreserve(res) | Step::Unmap(res) | Step::DestroyBinding(res) => {
                let Some(id) = nth(&self.all_res, res) else {
                    return disarm(self);
                };
                let system = &self.machine.system;
                let result = match step {
                    Step::Unreserve(_) => system.unreserve(id),
                    Step::Unmap(_) => system.unmap(id),
                    _ => system.destroy_binding(id),
                };
                let disturbed = disarm(self);
                let reservation = self.reservations.get(&id);
                let on_demand = reservation.is_some_and(|r| r.demand.is_some());
                let free = reservation.is_some_and(|r| r.bound.is_none());
                if on_demand && matches!(step, Step::Unreserve(_)) {
                    self.emptied(id, result, disturbed);
                } else if free && !on_demand {
                    assert_eq!(result, Ok(()));
                    self.forget_reservation(id);
                } else if let Some(phys) = self.unbound(id, result.map(|()| None), disturbed) {
                    self.forget_reservation(id);
                    if matches!(step, Step::DestroyBinding(_)) {
                        let memory = self.memories.get_mut(&phys).unwrap();
                        memory.owners = memory.owners.saturating_sub(1);
                    }
                    self.forget_memory_if_unused(phys);
                }
                disturbed
            }
            Step::ReserveOnDemand {
                vcm,
                pages,
                granule,
                alloc,
                res,
            } => {
                let (size, res) = (pages * PAGE_SIZE, flags(vcm, res));
                self.reserve_on_demand(vcm, size, granule, alloc, &res, armed)
            }
            Step::PageIn { res, page } => self.page_in(res, page, armed),
            Step::Migrate { phys, flags } => self.migrate(phys, flags, armed),
            Step::Activate(vcm) => {
                let id = self.machine.contexts[vcm];
                let result = self.machine.system.activate(id);
                let disturbed = disarm(self);
                let context = &mut self.contexts[vcm];
                context.shaken |= disturbed;
                match result {
                    Ok(()) => {
                        let first = context.activations == 0;
                        context.adrift &= !first;
                        self.unlimited &= !(first && kind(vcm) == Kind::Translated);
                        context.activations += 1;
                        context.half_stopped = false;
                    }
                    Err(error) => assert!(context.shaken, "{error}"),
                }
                disturbed
            }
            Step::Deactivate(vcm) => {
                let id = self.machine.contexts[vcm];
                let result = self.machine.system.deactivate(id);
                let disturbed = disarm(self);
                let context = &mut self.contexts[vcm];
                context.shaken |= disturbed;
                match result {
                    Err(error) if context.activations == 0 => {
                        assert_eq!(error, Error::NotActive(id));
                    }
                    Ok(()) => {
                        context.activations -= 1;
                        context.half_stopped &= context.activations > 0;
                    }
                    Err(error) => {
                        assert!(context.shaken && context.activations == 1, "{error}");
                        context.half_stopped = true;
                    }
                }
                disturbed
            }
            Step::Destroy(vcm) => {
                let id = self.machine.contexts[vcm];
                let result = self.machine.system.destroy(id);
                let disturbed = disarm(self);
                let reservations = self.live(vcm);
                let activations = self.contexts[vcm].activations;
                if reservations > 0 || activations > 0 {
                    let busy = Error::ContextBusy {
                        vcm: id,
                        reservations,
                        activations,
                    };
                    assert_eq!(result, Err(busy));
                } else {
                    assert_eq!(result, Ok(()));
                    let stale = self.machine.system.activate(id);
                    assert_eq!(stale, Err(Error::StaleContext(id)));
                    self.machine.create(vcm);
                }
                disturbed
            }
        }
    }

    /// What a bind has led to.
    fn bound(&mut self, id: ResId, phys: PhysId, result: Result<(), Error>, disturbed: bool) {
        let Some(reservation) = self.reservations.get_mut(&id) else {
            assert_eq!(result, Err(Error::StaleReservation(id)));
            return;
        };
        let Some(memory) = self.memories.get_mut(&phys) else {
            assert_eq!(result, Err(Error::StalePhys(phys)));
            return;
        };
        let errno = result.err().map(|error| error.errno());
        let kind = kind(reservation.vcm);
        match reservation.bound {
            _ if reservation.demand.is_some() => assert_eq!(result, Err(Error::OnDemand(id))),
            Some(bound) if bound == phys => assert_eq!(errno, Some(Errno::EALREADY)),
            Some(_) => assert_eq!(errno, Some(Errno::EADDRINUSE)),
            None if memory.size > reservation.region.size => {
                assert_eq!(errno, Some(Errno::ENOSPC));
            }
            None if reservation.poisoned => assert_eq!(result, Err(Error::Poisoned(id))),
            None if kind == Kind::PhysAndMap => assert_eq!(errno, Some(Errno::EOPNOTSUPP)),
            None => match result {
                Ok(()) => {
                    if kind == Kind::Direct {
                        let start = memory.parts[0].start.get();
                        assert_eq!(reservation.region.start.get(), start);
                    }
                    reservation.bound = Some(phys);
                }
                Err(error) if error.is_unconfirmed() => {
                    assert!(disturbed, "{error}");
                    reservation.poisoned = true;
                    memory.poisoned = true;
                }
                Err(_) if kind == Kind::Direct => {
                    let identity = memory.parts.len() == 1
                        && memory.parts[0].start.get() == reservation.region.start.get();
                    assert!(!identity, "{result:?}");
                }
                Err(error) => assert!(disturbed, "{error}"),
            },
        }
    }

    /// What an unbind has led to; returns the memory if it has been unbound.
    fn unbound(
        &mut self,
        id: ResId,
        result: Result<Option<PhysId>, Error>,
        disturbed: bool,
    ) -> Option<PhysId> {
        let Some(reservation) = self.reservations.get_mut(&id) else {
            assert_eq!(result, Err(Error::StaleReservation(id)));
            return None;
        };
        if reservation.demand.is_some() {
            assert_eq!(result, Err(Error::OnDemand(id)));
            return None;
        }
        let Some(phys) = reservation.bound else {
            assert_eq!(result, Err(Error::NotBound(id)));
            return None;
        };
        let shaken = self.contexts[reservation.vcm].shaken;
        match result {
            Ok(returned) => {
                assert!(returned.is_none_or(|returned| returned == phys));
                reservation.bound = None;
                Some(phys)
            }
            // The driver is not asked about it any more.
            Err(error) if reservation.poisoned => panic!("{error}"),
            Err(error) if error.is_unconfirmed() => {
                assert!(disturbed || shaken, "{error}");
                reservation.poisoned = true;
                self.poison_memory(phys);
                None
            }
            Err(error) => {
                assert!(disturbed, "{error}");
                None
            }
        }
    }

    /// Gives everything back, and holds that everything is there but what was lost.
    pub(super) fn give_back(&mut self) {
        for vcm in 0..CONTEXTS {
            while self.contexts[vcm].activations > 0 {
                self.step(Step::Deactivate(vcm));
            }
        }
        for (index, id) in self.all_res.clone().into_iter().enumerate() {
            // Once more, if the first time it was not confirmed.
            for _ in 0..2 {
                match self.reservations.get(&id) {
                    Some(r) if r.demand.is_some() => self.step(Step::Unreserve(index)),
                    Some(_) => self.step(Step::Unmap(index)),
                    None => {}
                }
            }
        }
        assert!(self.reservations.is_empty());
        for (index, phys) in self.all_phys.clone().into_iter().enumerate() {
            if self.memories.contains_key(&phys) {
                self.step(Step::Free(index));
            }
        }
        assert!(self.memories.is_empty());
        self.all_res.clear();
        self.regions.clear();
        self.all_phys.clear();
        assert_eq!(self.machine.pool.ranges().bytes(), (0, self.lost));
        for (addresses, lost) in self.machine.addresses.iter().zip(self.lost_addresses) {
            assert_eq!(addresses.ranges().bytes(), (0, lost));
        }
    }

    /// Gives everything back and ends: nothing has leaked.
    pub(super) fn end(mut self) {
        self.give_back();
        for id in self.machine.contexts {
            self.machine.system.destroy(id).unwrap();
        }
        self.check_table_memory();
    }
}
