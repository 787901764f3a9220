//! Moving memory: what it must lead to.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::vec::Vec;

use vcm_regs::context::{SCTLR, Sctlr};
use vcm_regs::global::STALL_CTRL;

use super::machine::{CONTEXTS, Kind, kind};
use super::model::{Reservation, World, nth};
use crate::error::{Error, Operation};
use crate::mmu::PhysPart;
use crate::mock::{self, FailIn, Platform, bank};
use crate::seam::MemError;
use crate::vcm::{AllocFlags, Copier, ResFlags};

/// Copies nothing, as there is nothing behind the addresses; but sees whether it could.
pub(super) struct Copies {
    platform: Arc<Platform>,
    fail: Mutex<FailIn>,
    /// Something may fail during the call.
    disturbed: AtomicBool,
}

impl Copies {
    pub(super) fn new(platform: Arc<Platform>) -> Self {
        Self {
            platform,
            fail: Mutex::default(),
            disturbed: AtomicBool::new(false),
        }
    }

    pub(super) fn fail(&self) -> MutexGuard<'_, FailIn> {
        self.fail.lock().unwrap()
    }

    /// Holds that no TLB leads to these.
    fn check_unused(&self, parts: &[PhysPart]) {
        let world = self.platform.world();
        for held in world.device.held() {
            for part in parts {
                let (start, end) = (u64::from(part.start.get()), u64::from(part.size));
                let (phys, size) = (u64::from(held.phys), u64::from(held.size));
                let clear = phys + size <= start || start + end <= phys;
                assert!(clear, "masters get to {phys:#x} while it is copied");
            }
        }
    }
}

impl Copier for Copies {
    fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
        let size = |parts: &[PhysPart]| parts.iter().map(|part| part.size).sum::<u32>();
        assert_eq!(size(from), size(to));
        if !self.disturbed.load(Ordering::Relaxed) {
            self.check_unused(from);
            self.check_unused(to);
        }
        match self.fail().fails() {
            false => Ok(()),
            true => Err(MemError {
                at: from[0].start,
                size: from[0].size,
            }),
        }
    }
}

impl World {
    /// Moves memory, by its number. Returns whether something has failed meanwhile.
    pub(super) fn migrate(&mut self, phys: usize, flags: AllocFlags, armed: bool) -> bool {
        let Some(phys) = nth(&self.all_phys, phys) else {
            return armed && self.disarm();
        };
        let (system, copies) = (&self.machine.system, &self.machine.copies);
        copies.disturbed.store(armed, Ordering::Relaxed);
        let result = system.migrate(phys, copies, flags);
        let disturbed = armed && self.disarm();
        let Some(memory) = self.memories.get(&phys) else {
            assert_eq!(result, Err(Error::StalePhys(phys)));
            return disturbed;
        };
        let (home, size, poisoned) = (memory.home, memory.size, memory.poisoned);
        let binds = |r: &&Reservation| r.bindings().any(|bound| bound.phys == phys);
        let bound = self.reservations.values().filter(binds);
        let contexts: Vec<usize> = bound.map(|reservation| reservation.vcm).collect();
        let shaken = contexts.iter().any(|vcm| self.contexts[*vcm].shaken);
        let all_move = contexts.iter().all(|vcm| kind(*vcm) == Kind::Translated);
        match result {
            Ok(()) => {
                assert!(all_move && !poisoned);
                self.unlimited &= disturbed || contexts.is_empty();
                let parts = self.machine.system.phys(phys).unwrap().parts;
                self.memories.get_mut(&phys).unwrap().parts = parts.to_vec();
            }
            Err(Error::PoisonedPhys(_)) => assert!(poisoned),
            Err(Error::Unsupported(Operation::Move)) => assert!(!all_move),
            Err(_) if disturbed => {}
            // Of what was not confirmed before.
            Err(error) if error.is_unconfirmed() => assert!(shaken, "{error}"),
            Err(error) => self.is_plausible(home, size, &flags, &ResFlags::default(), error),
        }
        self.unlimited |= disturbed;
        if disturbed || shaken {
            let adrift = matches!(result, Err(Error::Adrift { .. }));
            self.note_disturbed_move(size, &contexts, adrift);
        }
        disturbed
    }

    fn note_disturbed_move(&mut self, size: u32, contexts: &[usize], adrift: bool) {
        // The new frames may be lost: all of them or none.
        let lost = self.machine.pool.ranges().bytes().1 - self.lost;
        assert!(lost == 0 || lost == u64::from(size));
        self.lost += lost;
        for vcm in contexts {
            self.contexts[*vcm].shaken = true;
            self.contexts[*vcm].adrift |= adrift;
        }
    }

    /// Nobody is kept waiting when nothing moves.
    pub(super) fn check_nobody_waits(&self) {
        let world = self.machine.platform.world();
        for (vcm, context) in self.contexts.iter().enumerate().take(CONTEXTS) {
            if kind(vcm) == Kind::Translated && !context.adrift {
                let control = Sctlr::from_bits(world.device.get(bank(vcm as u32, &SCTLR)));
                assert!(!control.has(Sctlr::CFCFG), "context {vcm} stalls");
            }
        }
        if !self.unlimited && !self.contexts.iter().any(|context| context.adrift) {
            let limits = world.device.get(mock::global(&STALL_CTRL));
            assert_eq!(limits, STALL_CTRL.reset(), "stalling has no limits");
        }
    }
}
