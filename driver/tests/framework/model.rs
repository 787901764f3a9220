//! Random sequences of calls against a simple model of what must come out.

use std::collections::BTreeMap;

use proptest::prelude::*;
use vcm::addr::{Iova, PhysAddr};
use vcm::fake::{Addresses, Iommu, Ram};
use vcm::mmu::MmuError;
use vcm::raw::System;
use vcm::wrap::{OneToOne, VcmMmu};
use vcm::{Errno, Error};
use vcm::{PhysId, ResId, VcmId};

use crate::probe::{PAGE, alloc, recording, region, res};

const RAM: u32 = 0x1000_0000;
const RAM_SIZE: u32 = 64 * PAGE;

/// Contexts and objects are chosen by number, modulo how many there are (stale ones included).
#[derive(Clone, Copy, Debug)]
enum Step {
    MakeBinding {
        vcm: usize,
        pages: u32,
    },
    DestroyBinding(usize),
    Alloc {
        vcm: usize,
        pages: u32,
    },
    Free(usize),
    Reserve {
        vcm: usize,
        pages: u32,
    },
    Unreserve(usize),
    Bind {
        res: usize,
        phys: usize,
    },
    Unbind(usize),
    Map {
        vcm: usize,
        phys: usize,
    },
    Unmap(usize),
    Activate(usize),
    Deactivate(usize),
    /// One of the next calls of the MMU fails, without confirmation or before anything was done.
    Fail {
        skip: usize,
        unconfirmed: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let vcm = || 0..3usize;
    let pages = || 1..6u32;
    let object = || 0..64usize;
    prop_oneof![
        4 => (vcm(), pages()).prop_map(|(vcm, pages)| Step::MakeBinding { vcm, pages }),
        2 => object().prop_map(Step::DestroyBinding),
        2 => (vcm(), pages()).prop_map(|(vcm, pages)| Step::Alloc { vcm, pages }),
        2 => object().prop_map(Step::Free),
        2 => (vcm(), pages()).prop_map(|(vcm, pages)| Step::Reserve { vcm, pages }),
        2 => object().prop_map(Step::Unreserve),
        3 => (object(), object()).prop_map(|(res, phys)| Step::Bind { res, phys }),
        2 => object().prop_map(Step::Unbind),
        3 => (vcm(), object()).prop_map(|(vcm, phys)| Step::Map { vcm, phys }),
        2 => object().prop_map(Step::Unmap),
        2 => vcm().prop_map(Step::Activate),
        2 => vcm().prop_map(Step::Deactivate),
        1 => (0..3usize, any::<bool>())
            .prop_map(|(skip, unconfirmed)| Step::Fail { skip, unconfirmed }),
    ]
}

#[derive(Clone, Copy)]
struct Memory {
    size: u32,
    owners: u32,
}

#[derive(Clone, Copy)]
struct Reservation {
    vcm: usize,
    size: u32,
    bound: Option<PhysId>,
}

/// What there should be.
#[derive(Default)]
struct Model {
    memories: BTreeMap<PhysId, Memory>,
    reservations: BTreeMap<ResId, Reservation>,
    activations: [u32; 3],
}

impl Model {
    fn bindings(&self, phys: PhysId) -> u32 {
        let bound = self.reservations.values();
        bound.filter(|r| r.bound == Some(phys)).count() as u32
    }

    fn settle(&mut self, phys: PhysId) {
        if self.memories.get(&phys).is_some_and(|m| m.owners == 0) && self.bindings(phys) == 0 {
            self.memories.remove(&phys);
        }
    }

    fn unbind(&mut self, id: ResId) -> Option<PhysId> {
        self.reservations.get_mut(&id)?.bound.take()
    }
}

struct World {
    system: System,
    /// Two behind MMUs, one without.
    contexts: [VcmId; 3],
    mmus: [Iommu; 2],
    addresses: [Addresses; 2],
    ram: Ram,
    model: Model,
    /// Every identifier ever seen.
    phys: Vec<PhysId>,
    res: Vec<ResId>,
}

fn nth<T: Copy>(list: &[T], n: usize) -> Option<T> {
    list.get(n % list.len().max(1)).copied()
}

impl World {
    fn new() -> Self {
        let system = recording().0;
        let ram = Ram::new(PhysAddr::new(RAM), RAM_SIZE);
        let mmus = [Iommu::new(), Iommu::new()];
        let space = region(0x4000_0000, 32 * PAGE);
        let addresses = [Addresses::new(space), Addresses::new(space)];
        let behind = |n: usize| {
            let driver = VcmMmu::new(mmus[n].clone(), ram.clone(), addresses[n].clone());
            system.create(space.start, space.size, Box::new(driver))
        };
        let direct = OneToOne::new(ram.clone(), region(RAM, RAM_SIZE));
        let direct = system.create(Iova::new(RAM), RAM_SIZE, Box::new(direct));
        Self {
            contexts: [behind(0).unwrap(), behind(1).unwrap(), direct.unwrap()],
            system,
            mmus,
            addresses,
            ram,
            model: Model::default(),
            phys: Vec::new(),
            res: Vec::new(),
        }
    }

    /// Makes the call, and changes the model if it succeeded. What must fail must fail as told.
    fn step(&mut self, step: Step) {
        let (model, system) = (&mut self.model, &self.system);
        match step {
            Step::MakeBinding { vcm, pages } => {
                let size = pages * PAGE;
                let made = system.make_binding(self.contexts[vcm], size, alloc(), res());
                if let Ok(id) = made {
                    let phys = system.reservation(id).unwrap().phys.unwrap();
                    let bound = Some(phys);
                    model.memories.insert(phys, Memory { size, owners: 1 });
                    model
                        .reservations
                        .insert(id, Reservation { vcm, size, bound });
                    self.phys.push(phys);
                    self.res.push(id);
                }
            }
            Step::Alloc { vcm, pages } => {
                let size = pages * PAGE;
                if let Ok(phys) = system.alloc(self.contexts[vcm], size, alloc()) {
                    model.memories.insert(phys, Memory { size, owners: 1 });
                    self.phys.push(phys);
                }
            }
            Step::Reserve { vcm, pages } => {
                let size = pages * PAGE;
                match system.reserve(self.contexts[vcm], size, res()) {
                    Ok(id) => {
                        assert_ne!(vcm, 2, "one-to-one without memory");
                        let bound = None;
                        model
                            .reservations
                            .insert(id, Reservation { vcm, size, bound });
                        self.res.push(id);
                    }
                    Err(error) if vcm == 2 => assert_eq!(error.errno(), Errno::EOPNOTSUPP),
                    Err(error) => assert_eq!(error.errno(), Errno::ENOSPC),
                }
            }
            Step::Map { vcm, phys } => {
                let Some(phys) = nth(&self.phys, phys) else {
                    return;
                };
                let mapped = system.map(self.contexts[vcm], phys, res());
                let Some(memory) = model.memories.get(&phys) else {
                    assert_eq!(mapped, Err(Error::StalePhys(phys)));
                    return;
                };
                if let Ok(id) = mapped {
                    let (size, bound) = (memory.size, Some(phys));
                    model
                        .reservations
                        .insert(id, Reservation { vcm, size, bound });
                    self.res.push(id);
                }
            }
            Step::Free(phys) => {
                let Some(phys) = nth(&self.phys, phys) else {
                    return;
                };
                let freed = system.free(phys);
                let bindings = model.bindings(phys);
                if !model.memories.contains_key(&phys) {
                    assert_eq!(freed, Err(Error::StalePhys(phys)));
                } else if bindings > 0 {
                    assert_eq!(freed, Err(Error::PhysBusy { phys, bindings }));
                } else {
                    assert_eq!(freed, Ok(()));
                    model.memories.remove(&phys);
                }
            }
            Step::Bind { res, phys } => {
                let (Some(id), Some(phys)) = (nth(&self.res, res), nth(&self.phys, phys)) else {
                    return;
                };
                let result = system.bind(id, phys);
                let Some(reservation) = model.reservations.get_mut(&id) else {
                    assert_eq!(result, Err(Error::StaleReservation(id)));
                    return;
                };
                let Some(memory) = model.memories.get(&phys) else {
                    assert_eq!(result, Err(Error::StalePhys(phys)));
                    return;
                };
                let errno = result.err().map(|error| error.errno());
                match reservation.bound {
                    Some(bound) if bound == phys => assert_eq!(errno, Some(Errno::EALREADY)),
                    Some(_) => assert_eq!(errno, Some(Errno::EADDRINUSE)),
                    None if memory.size > reservation.size => {
                        assert_eq!(errno, Some(Errno::ENOSPC));
                    }
                    None if result.is_ok() => reservation.bound = Some(phys),
                    None => {}
                }
            }
            Step::Unbind(res) => {
                let Some(id) = nth(&self.res, res) else {
                    return;
                };
                if let Ok(phys) = system.unbind(id) {
                    assert_eq!(model.unbind(id), Some(phys));
                    let bindings = model.bindings(phys);
                    let memory = model.memories.get_mut(&phys).unwrap();
                    if memory.owners == 0 && bindings == 0 {
                        memory.owners = 1;
                    }
                }
            }
            Step::Unreserve(res) | Step::Unmap(res) | Step::DestroyBinding(res) => {
                let Some(id) = nth(&self.res, res) else {
                    return;
                };
                let result = match step {
                    Step::Unreserve(_) => system.unreserve(id),
                    Step::Unmap(_) => system.unmap(id),
                    _ => system.destroy_binding(id),
                };
                if !model.reservations.contains_key(&id) {
                    assert_eq!(result, Err(Error::StaleReservation(id)));
                } else if result.is_ok() {
                    if let Some(phys) = model.unbind(id) {
                        let memory = model.memories.get_mut(&phys).unwrap();
                        if matches!(step, Step::DestroyBinding(_)) {
                            memory.owners = memory.owners.saturating_sub(1);
                        }
                        model.settle(phys);
                    }
                    model.reservations.remove(&id);
                }
            }
            Step::Activate(vcm) => {
                if system.activate(self.contexts[vcm]).is_ok() {
                    model.activations[vcm] += 1;
                }
            }
            Step::Deactivate(vcm) => {
                let result = system.deactivate(self.contexts[vcm]);
                if model.activations[vcm] == 0 {
                    assert_eq!(result, Err(Error::NotActive(self.contexts[vcm])));
                } else if result.is_ok() {
                    model.activations[vcm] -= 1;
                }
            }
            Step::Fail { skip, unconfirmed } => {
                let error = if unconfirmed {
                    MmuError::SyncTimeout
                } else {
                    MmuError::OutOfMemory
                };
                self.mmus[skip % 2].fail(skip, error);
            }
        }
    }

    /// The system is what the model says, and so is the hardware.
    fn check(&self) {
        for &phys in &self.phys {
            let info = self.system.phys(phys);
            match self.model.memories.get(&phys) {
                Some(memory) => {
                    let info = info.unwrap();
                    assert_eq!(info.size, memory.size);
                    assert_eq!(info.bindings, self.model.bindings(phys));
                    let bindings = self.system.bindings(phys).unwrap();
                    assert_eq!(bindings.len() as u32, info.bindings);
                }
                None => assert_eq!(info, Err(Error::StalePhys(phys))),
            }
        }
        for &id in &self.res {
            match self.model.reservations.get(&id) {
                Some(reservation) => self.check_reservation(id, reservation),
                None => assert!(self.system.reservation(id).is_err()),
            }
        }
        for (vcm, &id) in self.contexts.iter().enumerate() {
            let info = self.system.context(id).unwrap();
            assert_eq!(info.activations, self.model.activations[vcm]);
            let live = self.model.reservations.values();
            assert_eq!(info.reservations, live.filter(|r| r.vcm == vcm).count());
        }
        let memory: u32 = self.model.memories.values().map(|m| m.size).sum();
        assert_eq!(self.ram.used(), memory);
        for (vcm, addresses) in self.addresses.iter().enumerate() {
            let live = self.model.reservations.values();
            let live = live.filter(|r| r.vcm == vcm).count();
            assert_eq!(addresses.used().len(), live);
            // What the hardware may still use is not for others.
            for (at, frame) in self.mmus[vcm].stale() {
                assert!(!addresses.is_free(at), "{at}");
                assert!(!self.ram.is_free(frame), "{frame}");
            }
        }
    }

    fn check_reservation(&self, id: ResId, reservation: &Reservation) {
        let info = self.system.reservation(id).unwrap();
        assert_eq!(info.phys, reservation.bound);
        assert_eq!(info.region.size, reservation.size);
        let Some(mmu) = self.mmus.get(reservation.vcm) else {
            return;
        };
        let is_active = self.model.activations[reservation.vcm] > 0;
        assert_eq!(mmu.is_active(), is_active);
        // What was unbound without confirmation may go either way.
        if is_active && !info.poisoned {
            let at = info.region.start;
            let expected = self.system.translate(info.vcm, at).unwrap();
            assert_eq!(mmu.access(at), expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_calls_agree_with_the_model(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
            world.check();
        }
    }
}
