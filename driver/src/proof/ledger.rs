//! A core driver: no wrapper, no MMU, only a ledger of what it has been told.

use alloc::sync::Arc;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::vec::Vec;

use super::sources::{Addresses, Pool};
use crate::addr::Iova;
use crate::error::{Error, Operation};
use crate::mmu::{MmuError, PhysPart, Quiet};
use crate::mock::FailIn;
use crate::vcm::driver::{AllocOp, BindOp, Driver, Fate, FreeOp, MapOp, Mapping, PhysOp, ResOp};
use crate::vcm::{AllocFlags, PAGE_SIZE, Region, ResFlags};
use crate::wrap::{FrameRequest, FrameSource, IovaSource};

/// Which operations it has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Has {
    /// All of them but `map`.
    AllocAndBind,
    /// Memory and mapping: there is no reservation without memory.
    PhysAndMap,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) bound: BTreeMap<Iova, Vec<PhysPart>>,
    pub(super) active: bool,
    pub(super) calls: FailIn,
    /// What fails, fails without confirmation.
    pub(super) unconfirmed: bool,
}

/// Clones are the same driver.
#[derive(Clone)]
pub(super) struct Ledger {
    has: Has,
    pool: Pool,
    pub(super) addresses: Addresses,
    state: Arc<Mutex<State>>,
}

impl Ledger {
    pub(super) fn new(has: Has, pool: Pool, addresses: Addresses) -> Self {
        Self {
            has,
            pool,
            addresses,
            state: Arc::default(),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn call(&self, operation: Operation) -> Result<(), Error> {
        let mut state = self.state();
        if !state.calls.fails() {
            return Ok(());
        }
        let error = match state.unconfirmed {
            true => MmuError::SyncTimeout,
            false => MmuError::OutOfMemory,
        };
        let at = None;
        Err(Error::Mmu {
            operation,
            at,
            error,
        })
    }

    fn allocate(&self, size: u32, flags: &AllocFlags) -> Result<Vec<PhysPart>, Error> {
        self.pool.allocate(&FrameRequest {
            size,
            page_sizes: &[],
            contiguous: flags.contiguous,
            align: flags.align.max(PAGE_SIZE),
        })
    }

    fn reserve(&mut self, size: u32, flags: &ResFlags) -> Result<Region, Error> {
        let align = flags.align.max(PAGE_SIZE);
        let start = self.addresses.reserve(size, align, flags.at)?;
        let region = Region::new(start, size);
        if start.is_aligned(align) {
            return Ok(region);
        }
        self.addresses.release(region, Quiet::never_shared());
        Err(Error::BadAddress { at: start })
    }

    fn enter(&self, at: Iova, parts: &[PhysPart]) {
        let was = self.state().bound.insert(at, Vec::from(parts));
        assert!(was.is_none(), "{at} is bound twice");
    }
}

impl Driver for Ledger {
    fn alloc_op(&mut self) -> Option<&mut dyn AllocOp> {
        (self.has == Has::AllocAndBind).then_some(self)
    }
    fn phys_op(&mut self) -> Option<&mut dyn PhysOp> {
        Some(self)
    }
    fn res_op(&mut self) -> Option<&mut dyn ResOp> {
        (self.has == Has::AllocAndBind).then_some(self)
    }
    fn map_op(&mut self) -> Option<&mut dyn MapOp> {
        (self.has == Has::PhysAndMap).then_some(self)
    }
    fn bind_op(&mut self) -> Option<&mut dyn BindOp> {
        (self.has == Has::AllocAndBind).then_some(self)
    }
    fn unreserve(&mut self, region: Region, fate: Fate) {
        assert!(!self.state().bound.keys().any(|at| region.contains(*at)));
        match fate {
            Fate::Reuse(quiet) => self.addresses.release(region, quiet),
            Fate::Poison => self.addresses.poison(region),
        }
    }
    fn unbind(&mut self, mapping: &Mapping<'_>) -> Result<Quiet, Error> {
        let called = self.call(Operation::Unbind);
        if called.is_ok() || called.is_err_and(|error| error.is_unconfirmed()) {
            let was = self.state().bound.remove(&mapping.reservation.start);
            assert_eq!(was.as_deref(), Some(mapping.parts));
        }
        called.map(|()| Quiet::confirmed())
    }
    fn activate(&mut self) -> Result<(), Error> {
        self.call(Operation::Activate)?;
        self.state().active = true;
        Ok(())
    }
    fn deactivate(&mut self) -> Result<Quiet, Error> {
        self.call(Operation::Deactivate)?;
        self.state().active = false;
        Ok(Quiet::confirmed())
    }
}

impl FreeOp for Ledger {
    fn free(&mut self, parts: &[PhysPart], fate: Fate) {
        match fate {
            Fate::Reuse(quiet) => self.pool.free(parts, quiet),
            Fate::Poison => self.pool.poison(parts),
        }
    }
}

impl AllocOp for Ledger {
    fn both(
        &mut self,
        size: u32,
        alloc: &AllocFlags,
        res: &ResFlags,
    ) -> Result<(Vec<PhysPart>, Region), Error> {
        let region = self.reserve(size, res)?;
        match self.allocate(size, alloc) {
            Ok(parts) => Ok((parts, region)),
            Err(error) => {
                self.addresses.release(region, Quiet::never_shared());
                Err(error)
            }
        }
    }
    fn phys_only(&mut self, size: u32, flags: &AllocFlags) -> Result<Vec<PhysPart>, Error> {
        self.allocate(size, flags)
    }
    fn res_only(&mut self, size: u32, flags: &ResFlags) -> Result<Region, Error> {
        self.reserve(size, flags)
    }
}

impl ResOp for Ledger {
    fn res(&mut self, _: u32, _: &ResFlags) -> Result<Region, Error> {
        panic!("alloc comes before res");
    }
}

impl PhysOp for Ledger {
    fn phys(&mut self, size: u32, flags: &AllocFlags) -> Result<Vec<PhysPart>, Error> {
        assert!(self.has == Has::PhysAndMap, "alloc comes before phys");
        self.allocate(size, flags)
    }
}

impl MapOp for Ledger {
    fn map(&mut self, parts: &[PhysPart], size: u32, flags: &ResFlags) -> Result<Region, Error> {
        self.call(Operation::Map)?;
        let region = self.reserve(size, flags)?;
        self.enter(region.start, parts);
        Ok(region)
    }
}

impl BindOp for Ledger {
    fn bind(&mut self, mapping: &Mapping<'_>) -> Result<(), Error> {
        self.call(Operation::Bind)?;
        self.enter(mapping.reservation.start, mapping.parts);
        Ok(())
    }
}
