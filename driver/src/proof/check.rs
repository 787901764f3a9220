//! Whether bookkeeping, allocators and hardware are what the model says.

use std::collections::BTreeMap;
use std::vec::Vec;

use vcm_regs::context::SCTLR;

use super::machine::{CONTEXTS, GATED, Kind, kind, space};
use super::model::{Reservation, World};
use crate::addr::{Iova, PhysAddr};
use crate::error::Error;
use crate::mmu::{Attributes, MemoryType, PhysPart};
use crate::mock::{self, BASE, bank};
use crate::vcm::raw::Where;
use crate::vcm::{PAGE_SIZE, ResId};

/// Addresses that lie one after the other, with what is behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    va: u32,
    phys: u32,
    size: u64,
    rights: Rights,
}

/// What a descriptor allows, by the ARM ARM's table B3-8 and B3-10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rights {
    write: bool,
    user: bool,
    execute: bool,
    texcb: u32,
}

impl Rights {
    fn of(attributes: &Attributes) -> Self {
        Self {
            write: attributes.write,
            user: attributes.user,
            execute: attributes.execute,
            texcb: match attributes.memory {
                MemoryType::StronglyOrdered => 0b00000,
                MemoryType::Device => 0b00001,
                MemoryType::WriteThrough => 0b00010,
                MemoryType::NonCacheable => 0b00100,
                MemoryType::WriteBack => 0b00111,
            },
        }
    }

    fn found(leaf: &mock::walker::Leaf) -> Self {
        let (write, user) = match leaf.ap {
            1 => (true, false),
            3 => (true, true),
            5 => (false, false),
            6 | 7 => (false, true),
            ap => panic!("AP = {ap}"),
        };
        assert!(leaf.ng && !leaf.s && leaf.domain == 0);
        Self {
            write,
            user,
            execute: !leaf.xn,
            texcb: leaf.texcb,
        }
    }
}

/// Appends a run, or makes the last one longer.
fn push(runs: &mut Vec<Run>, run: Run) {
    if let Some(last) = runs.last_mut() {
        let follows = u64::from(last.va) + last.size == u64::from(run.va)
            && u64::from(last.phys) + last.size == u64::from(run.phys);
        if follows && last.rights == run.rights {
            last.size += run.size;
            return;
        }
    }
    runs.push(run);
}

impl World {
    /// The system is what the model says, and so are the allocators and the hardware.
    pub(super) fn check(&self) {
        self.check_objects();
        self.check_allocators();
        self.check_nobody_waits();
        assert!(self.machine.platform.world().is_clean());
        for vcm in 0..CONTEXTS {
            match kind(vcm) {
                Kind::Translated => self.check_table(vcm),
                Kind::Direct if vcm == GATED => self.check_gate(),
                Kind::Direct => {}
                Kind::AllocAndBind => self.check_ledger(vcm, 0),
                Kind::PhysAndMap => self.check_ledger(vcm, 1),
            }
        }
    }

    fn check_objects(&self) {
        let system = &self.machine.system;
        for &phys in &self.all_phys {
            let info = system.phys(phys);
            match self.memories.get(&phys) {
                Some(memory) => {
                    let info = info.unwrap();
                    assert_eq!((info.size, &*info.parts), (memory.size, &*memory.parts));
                    assert_eq!(info.bindings, self.bindings(phys));
                    assert_eq!(info.poisoned, memory.poisoned);
                    let bindings = system.bindings(phys).unwrap();
                    assert_eq!(bindings.len() as u32, info.bindings);
                }
                None => assert_eq!(info, Err(Error::StalePhys(phys))),
            }
        }
        for &id in &self.all_res {
            match self.reservations.get(&id) {
                Some(reservation) => self.check_reservation(id, reservation),
                None => assert_eq!(system.reservation(id), Err(Error::StaleReservation(id))),
            }
        }
        for (vcm, context) in self.contexts.iter().enumerate() {
            let info = system.context(self.machine.contexts[vcm]).unwrap();
            assert_eq!(info.activations, context.activations);
            let live = self.reservations.values().filter(|r| r.vcm == vcm);
            assert_eq!(info.reservations, live.count());
        }
    }

    fn check_reservation(&self, id: ResId, reservation: &Reservation) {
        let system = &self.machine.system;
        let info = system.reservation(id).unwrap();
        assert_eq!(info.phys, reservation.bound);
        assert_eq!(info.region, reservation.region);
        assert_eq!(info.attributes, reservation.attributes);
        assert_eq!(info.poisoned, reservation.poisoned);
        let bound: Vec<(u32, u32)> = reservation
            .bindings()
            .map(|bound| (bound.offset, self.memories[&bound.phys].size))
            .collect();
        let sizes = bound.iter().map(|(_, size)| size);
        assert_eq!(info.bound_size, sizes.sum::<u32>());
        if kind(reservation.vcm) == Kind::Direct {
            // Others may lie over it.
            return;
        }
        let region = reservation.region;
        let ends = bound.iter().flat_map(|(at, size)| [*at, at + size - 1]);
        for offset in ends.chain([0, region.size - 1]) {
            let at = Iova::new(region.start.get() + offset);
            let bound = self.binding_at(reservation, offset).is_some();
            let found = system.resolve(info.vcm, at);
            assert_eq!(found, Ok(Where::InReservation { id, offset, bound }));
            let phys = self.expected(reservation, offset).map(PhysAddr::new);
            assert_eq!(system.translate(info.vcm, at), Ok(phys));
        }
    }

    fn check_allocators(&self) {
        self.machine.pool.check();
        let parts = self.memories.values().flat_map(|memory| &memory.parts);
        let live: BTreeMap<u32, u32> = parts.map(|part| (part.start.get(), part.size)).collect();
        assert_eq!(self.machine.pool.ranges().used, live);
        assert_eq!(self.machine.pool.ranges().bytes().1, self.lost);
        for (vcm, addresses) in self.machine.addresses.iter().enumerate() {
            if kind(vcm) == Kind::Direct {
                continue;
            }
            addresses.check();
            let live = self.reservations.values().filter(|r| r.vcm == vcm);
            let live: BTreeMap<u32, u32> = live
                .map(|r| (r.region.start.get(), r.region.size))
                .collect();
            assert_eq!(addresses.ranges().used, live);
            assert_eq!(addresses.ranges().bytes().1, self.lost_addresses[vcm]);
        }
    }

    /// What a byte of a reservation is bound to.
    fn expected(&self, reservation: &Reservation, offset: u32) -> Option<u32> {
        let bound = self.binding_at(reservation, offset)?;
        let mut offset = offset - bound.offset;
        for part in &self.memories[&bound.phys].parts {
            if offset < part.size {
                return Some(part.start.get() + offset);
            }
            offset -= part.size;
        }
        None
    }

    /// What a context's table must hold.
    fn runs(&self, vcm: usize) -> Vec<Run> {
        let mut live: Vec<&Reservation> = self
            .reservations
            .values()
            .filter(|r| r.vcm == vcm)
            .collect();
        live.sort_unstable_by_key(|r| r.region.start);
        let mut runs = Vec::new();
        let bound = live
            .iter()
            .flat_map(|r| r.bindings().map(move |bound| (r, bound)));
        for (reservation, bound) in bound.filter(|(_, bound)| !bound.gone) {
            let mut va = reservation.region.start.get() + bound.offset;
            for PhysPart { start, size } in &self.memories[&bound.phys].parts {
                let run = Run {
                    va,
                    phys: start.get(),
                    size: u64::from(*size),
                    rights: Rights::of(&reservation.attributes),
                };
                push(&mut runs, run);
                va = va.wrapping_add(*size);
            }
        }
        runs
    }

    /// What a walker in hardware finds, without what nobody is to use again.
    fn found(&self, vcm: usize) -> Vec<Run> {
        let root = self.machine.mmus[vcm].table_base().get();
        let world = self.machine.platform.world();
        let (first, end) = (space(vcm).start.get(), space(vcm).end());
        for section in 0..4096_u32 {
            if (section << 20) < first || u64::from(section) << 20 >= end {
                assert_eq!(
                    world.seen_word(root + 4 * section),
                    0,
                    "outside the context"
                );
            }
        }
        let mut runs = Vec::new();
        let mut at = u64::from(first);
        while at < end {
            let va = at as u32;
            match world.walk(root, va) {
                Err(1) => at = ((at >> 20) + 1) << 20,
                Err(_) => at += u64::from(PAGE_SIZE),
                Ok(leaf) => {
                    assert_eq!(leaf.phys & (PAGE_SIZE - 1), 0);
                    // A page need not begin where the walk does.
                    let size = (1_u64 << leaf.bits) - (at & ((1 << leaf.bits) - 1));
                    if self.is_dead(vcm, va) {
                        self.check_safe(vcm, va, leaf.phys);
                        at += u64::from(PAGE_SIZE);
                        continue;
                    }
                    let run = Run {
                        va,
                        phys: leaf.phys,
                        size,
                        rights: Rights::found(&leaf),
                    };
                    push(&mut runs, run);
                    at += size;
                }
            }
        }
        runs
    }

    /// Whether the address is never to be used again.
    fn is_dead(&self, vcm: usize, va: u32) -> bool {
        let live = self.around(vcm, va);
        live.map_or(
            self.machine.addresses[vcm].ranges().is_grave(va),
            |reservation| {
                let offset = va - reservation.region.start.get();
                let bound = self.binding_at(reservation, offset);
                reservation.poisoned && bound.is_none_or(|bound| bound.gone)
            },
        )
    }

    fn around(&self, vcm: usize, va: u32) -> Option<&Reservation> {
        self.reservations
            .values()
            .find(|r| r.vcm == vcm && r.region.contains(Iova::new(va)))
    }

    /// Holds that a master that still gets from `va` to `phys` harms nobody.
    fn check_safe(&self, vcm: usize, va: u32, phys: u32) {
        if !self.is_dead(vcm, va) {
            let bound = self.around(vcm, va).and_then(|reservation| {
                self.expected(reservation, va - reservation.region.start.get())
            });
            assert_eq!(bound, Some(phys), "context {vcm}, {va:#x}");
            return;
        }
        let in_poisoned = self.memories.values().any(|memory| {
            let mut parts = memory.parts.iter();
            memory.poisoned && parts.any(|part| phys.wrapping_sub(part.start.get()) < part.size)
        });
        let buried = self.machine.pool.ranges().is_grave(phys);
        assert!(in_poisoned || buried, "context {vcm}, {va:#x}: {phys:#x}");
    }

    fn is_enabled(&self, vcm: usize) -> bool {
        let world = self.machine.platform.world();
        world.device.get(bank(vcm as u32, &SCTLR)) & 1 == 1
    }

    fn check_table(&self, vcm: usize) {
        let (context, stats) = (&self.contexts[vcm], self.machine.mmus[vcm].stats());
        // What masters reach is theirs, whatever has failed.
        if self.is_enabled(vcm) {
            self.check_held(vcm);
        }
        if stats.unwritten {
            // Memory that cannot be written holds anything.
            return;
        }
        if context.adrift {
            return self.check_adrift(vcm);
        }
        let (runs, found) = (self.runs(vcm), self.found(vcm));
        if self.is_enabled(vcm) {
            self.check_found(vcm);
        }
        if context.runs() {
            assert!(self.is_enabled(vcm) && stats.active);
            assert_eq!(found, runs, "context {vcm}");
            self.check_masters(vcm, &runs);
        } else if context.activations == 0 && !context.shaken {
            assert!(!self.is_enabled(vcm) && !stats.active);
            assert_eq!(found, [], "context {vcm} is not active");
            let mut world = self.machine.platform.world();
            let at = space(vcm).start.get();
            assert!(world.access(vcm as u32, at, false).is_err());
        }
    }

    /// What the table holds is right, or nobody else's; something may be missing.
    fn check_adrift(&self, vcm: usize) {
        for run in self.found(vcm) {
            for offset in (0..run.size as u32).step_by(PAGE_SIZE as usize) {
                let (va, phys) = (run.va + offset, run.phys + offset);
                if !self.machine.pool.ranges().is_grave(phys) {
                    self.check_safe(vcm, va, phys);
                }
            }
        }
    }

    /// What the table holds leads nowhere else.
    fn check_found(&self, vcm: usize) {
        for run in self.found(vcm) {
            for offset in (0..run.size as u32).step_by(PAGE_SIZE as usize) {
                self.check_safe(vcm, run.va + offset, run.phys + offset);
            }
        }
    }

    /// What the TLB holds leads nowhere else.
    fn check_held(&self, vcm: usize) {
        let held: Vec<mock::Held> = {
            let world = self.machine.platform.world();
            let all = world.device.held();
            all.filter(|held| held.bank == vcm as u32).collect()
        };
        for held in held {
            for offset in (0..held.size).step_by(PAGE_SIZE as usize) {
                self.check_safe(vcm, held.va + offset, held.phys + offset);
            }
        }
    }

    /// Masters get where the table leads; what they do fills the TLB.
    fn check_masters(&self, vcm: usize, runs: &[Run]) {
        let mut world = self.machine.platform.world();
        for run in runs {
            for offset in [0, (run.size - 1) as u32] {
                let got = world.access(vcm as u32, run.va + offset, false);
                assert_eq!(got, Ok(run.phys + offset));
            }
        }
    }

    fn check_gate(&self) {
        let context = &self.contexts[GATED];
        let mut world = self.machine.platform.world();
        let at = space(GATED).start.get();
        let got = world.access(GATED as u32, at, true);
        if context.runs() {
            assert_eq!(got, Ok(at));
        } else if context.activations == 0 && !context.shaken {
            assert!(got.is_err());
        }
    }

    fn check_ledger(&self, vcm: usize, ledger: usize) {
        let live = self.reservations.values().filter(|r| r.vcm == vcm);
        let bound: BTreeMap<Iova, Vec<PhysPart>> = live
            .flat_map(|r| r.bindings().map(|bound| (r.region.start, bound)))
            .filter(|(_, bound)| !bound.gone)
            .map(|(start, bound)| {
                let parts = self.memories[&bound.phys].parts.clone();
                (Iova::new(start.get() + bound.offset), parts)
            })
            .collect();
        let state = self.machine.ledgers[ledger].state();
        assert_eq!(state.bound, bound);
        assert_eq!(state.active, self.contexts[vcm].activations > 0);
    }

    /// All table memory is given back, but for what the hardware may still read.
    pub(super) fn check_table_memory(self) {
        let poisoned: usize = self
            .machine
            .mmus
            .iter()
            .map(|mmu| mmu.stats().poisoned_tables)
            .sum();
        let platform = self.machine.platform.clone();
        drop(self);
        let world = platform.world();
        let left: u32 = world.allocated.values().sum();
        assert!(
            left <= poisoned as u32 * PAGE_SIZE,
            "{left:#x} from {BASE:#x}"
        );
    }
}
