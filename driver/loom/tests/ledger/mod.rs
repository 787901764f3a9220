//! A driver that notes what it has given out and bound, and panics where the framework breaks its
//! word.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use vcm_loom::addr::{Iova, PhysAddr};
use vcm_loom::driver::{BindOp, Driver, Fate, FreeOp, Mapping, MoveOp, PhysOp, ResOp};
use vcm_loom::mmu::{PhysPart, Quiet};
use vcm_loom::seam::MemError;
use vcm_loom::{AllocFlags, Copier, Error, Region, ResFlags, System, raw};

pub type Raw = raw::System;
pub type Typed = System;

pub const START: u32 = 0x4000_0000;
pub const SIZE: u32 = 0x10_0000;

#[derive(Default)]
struct State {
    next: u32,
    allocated: BTreeSet<PhysAddr>,
    reserved: BTreeSet<Iova>,
    bound: BTreeSet<(Iova, PhysAddr)>,
    active: bool,
    cleaned_up: bool,
}

/// Clones are the same driver. Its lock is none of loom's, since it is never waited for: the
/// framework calls a driver from one thread at a time.
#[derive(Clone)]
pub struct Ledger(Arc<(u32, Mutex<State>)>);

impl Ledger {
    /// Gives out physical memory from `base` on.
    pub fn new(base: u32) -> Self {
        Self(Arc::new((base, Mutex::default())))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.1.try_lock().expect("one thread at a time")
    }

    pub fn is_active(&self) -> bool {
        self.state().active
    }

    pub fn is_cleaned_up(&self) -> bool {
        self.state().cleaned_up
    }

    pub fn allocated(&self) -> usize {
        self.state().allocated.len()
    }

    pub fn check_empty(&self) {
        let state = self.state();
        assert!(state.allocated.is_empty(), "memory leaked");
        assert!(state.reserved.is_empty(), "addresses leaked");
        assert!(state.bound.is_empty(), "bindings leaked");
        assert!(!state.active);
    }
}

impl Driver for Ledger {
    fn res_op(&mut self) -> Option<&mut dyn ResOp> {
        Some(self)
    }
    fn phys_op(&mut self) -> Option<&mut dyn PhysOp> {
        Some(self)
    }
    fn bind_op(&mut self) -> Option<&mut dyn BindOp> {
        Some(self)
    }
    fn move_op(&mut self) -> Option<&mut dyn MoveOp> {
        Some(self)
    }
    fn unreserve(&mut self, region: Region, _: Fate) {
        let mut state = self.state();
        assert!(state.reserved.remove(&region.start), "reserved once");
        assert!(state.bound.iter().all(|(at, _)| *at != region.start));
    }
    fn unbind(&mut self, mapping: &Mapping<'_>) -> Result<Quiet, Error> {
        let pair = (mapping.reservation.start, mapping.parts[0].start);
        assert!(self.state().bound.remove(&pair), "bound once");
        Ok(Quiet::confirmed())
    }
    fn activate(&mut self) -> Result<(), Error> {
        let was = std::mem::replace(&mut self.state().active, true);
        assert!(!was, "activated once");
        Ok(())
    }
    fn deactivate(&mut self) -> Result<Quiet, Error> {
        let was = std::mem::replace(&mut self.state().active, false);
        assert!(was, "deactivated once");
        Ok(Quiet::confirmed())
    }
    fn cleanup(&mut self) {
        let was = std::mem::replace(&mut self.state().cleaned_up, true);
        assert!(!was, "cleaned up once");
    }
}

impl ResOp for Ledger {
    fn res(&mut self, size: u32, _: &ResFlags) -> Result<Region, Error> {
        let mut state = self.state();
        state.next += size;
        let start = Iova::new(START + state.next);
        state.reserved.insert(start);
        Ok(Region::new(start, size))
    }
}

impl FreeOp for Ledger {
    fn free(&mut self, parts: &[PhysPart], _: Fate) {
        let mut state = self.state();
        assert!(state.allocated.remove(&parts[0].start), "freed once");
        assert!(state.bound.iter().all(|(_, phys)| *phys != parts[0].start));
    }
}

impl PhysOp for Ledger {
    fn phys(&mut self, size: u32, _: &AllocFlags) -> Result<Vec<PhysPart>, Error> {
        let mut state = self.state();
        state.next += size;
        let start = PhysAddr::new(self.0.0 + state.next);
        state.allocated.insert(start);
        Ok(vec![PhysPart { start, size }])
    }
}

impl BindOp for Ledger {
    fn bind(&mut self, mapping: &Mapping<'_>) -> Result<(), Error> {
        let pair = (mapping.reservation.start, mapping.parts[0].start);
        assert!(self.state().bound.insert(pair), "bound once");
        Ok(())
    }
}

impl MoveOp for Ledger {
    fn suspend(&mut self, mapping: &Mapping<'_>) -> Result<Quiet, Error> {
        Driver::unbind(self, mapping)
    }
    fn resume(&mut self, mapping: &Mapping<'_>) -> Result<(), Error> {
        BindOp::bind(self, mapping)
    }
    fn abandon(&mut self, mapping: &Mapping<'_>) {
        panic!(
            "{:?} is abandoned, though nothing fails",
            mapping.reservation
        );
    }
}

/// Copies nothing, but holds that nobody gets to either place meanwhile.
pub struct Watch(pub [Ledger; 2]);

impl Copier for Watch {
    fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
        for ledger in &self.0 {
            // A driver may be at work for somebody else just now.
            let Ok(state) = ledger.0.1.try_lock() else {
                continue;
            };
            for part in from.iter().chain(to) {
                assert!(state.bound.iter().all(|(_, phys)| *phys != part.start));
            }
        }
        Ok(())
    }
}

/// Copies nothing.
pub struct Unwatched;

impl Copier for Unwatched {
    fn copy(&self, _: &[PhysPart], _: &[PhysPart]) -> Result<(), MemError> {
        Ok(())
    }
}
