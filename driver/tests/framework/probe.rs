//! A core driver that logs its calls, has the operations a test wants, and returns what it is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use vcm::addr::{Iova, PhysAddr};
use vcm::driver::{AllocOp, BindOp, Driver, Fate, FreeOp, MapOp, Mapping, PhysOp, ResOp};
use vcm::error::{Errno, Operation};
use vcm::mmu::{MmuError, PhysPart, Quiet};
use vcm::raw::System;
use vcm::{AllocFlags, Error, Region, ResFlags};
use vcm::{Misuse, VcmId};

pub const START: u32 = 0x4000_0000;
pub const SIZE: u32 = 0x100_0000;
pub const PAGE: u32 = 0x1000;

/// Which of the operations are there that decide about fallbacks.
#[derive(Clone, Copy, Default)]
pub struct Has {
    pub alloc: bool,
    pub res: bool,
    pub phys: bool,
    pub map: bool,
    pub bind: bool,
}

/// What an MMU has: res, phys and bind.
pub const MMU_LIKE: Has = Has {
    alloc: false,
    res: true,
    phys: true,
    map: false,
    bind: true,
};

#[derive(Default)]
pub struct State {
    has: Has,
    pub log: Vec<&'static str>,
    /// These operations fail the next time.
    pub fail: HashMap<&'static str, Error>,
    /// Returned by the next reservation.
    pub region: Option<Region>,
    /// Returned by the next allocation.
    pub parts: Option<Vec<PhysPart>>,
    reserved: u32,
    allocated: u32,
}

#[derive(Clone)]
pub struct Probe(Arc<Mutex<State>>);

pub fn failure(operation: Operation) -> Error {
    Error::Driver {
        operation,
        reason: "told to fail",
        errno: Errno::EIO,
    }
}

pub fn unconfirmed(operation: Operation) -> Error {
    Error::Mmu {
        operation,
        at: None,
        error: MmuError::SyncTimeout,
    }
}

pub fn part(start: u32, size: u32) -> PhysPart {
    PhysPart {
        start: PhysAddr::new(start),
        size,
    }
}

pub const fn region(start: u32, size: u32) -> Region {
    Region::new(Iova::new(start), size)
}

impl Probe {
    pub fn new(has: Has) -> Self {
        Self(Arc::new(Mutex::new(State {
            has,
            ..State::default()
        })))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The calls since the last time.
    pub fn log(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.state().log)
    }

    pub fn fail(&self, call: &'static str, error: Error) {
        self.state().fail.insert(call, error);
    }

    pub fn create(&self, system: &System) -> VcmId {
        let driver = Box::new(self.clone());
        system.create(Iova::new(START), SIZE, driver).unwrap()
    }

    fn call(&self, call: &'static str) -> Result<(), Error> {
        let mut state = self.state();
        state.log.push(call);
        state.fail.remove(call).map_or(Ok(()), Err)
    }

    fn region(&self, size: u32) -> Region {
        let mut state = self.state();
        let next = region(START + state.reserved, size);
        state.reserved += size;
        state.region.take().unwrap_or(next)
    }

    fn parts(&self, size: u32) -> Vec<PhysPart> {
        let mut state = self.state();
        let next = vec![part(0x1000_0000 + state.allocated, size)];
        state.allocated += size;
        state.parts.take().unwrap_or(next)
    }
}

impl Driver for Probe {
    fn alloc_op(&mut self) -> Option<&mut dyn AllocOp> {
        let has = self.state().has.alloc;
        has.then_some(self)
    }
    fn res_op(&mut self) -> Option<&mut dyn ResOp> {
        let has = self.state().has.res;
        has.then_some(self)
    }
    fn phys_op(&mut self) -> Option<&mut dyn PhysOp> {
        let has = self.state().has.phys;
        has.then_some(self)
    }
    fn map_op(&mut self) -> Option<&mut dyn MapOp> {
        let has = self.state().has.map;
        has.then_some(self)
    }
    fn bind_op(&mut self) -> Option<&mut dyn BindOp> {
        let has = self.state().has.bind;
        has.then_some(self)
    }
    fn unreserve(&mut self, _: Region, fate: Fate) {
        self.state().log.push(match fate {
            Fate::Reuse(_) => "unreserve",
            Fate::Poison => "poison addresses",
        });
    }
    fn unbind(&mut self, _: &Mapping<'_>) -> Result<Quiet, Error> {
        self.call("unbind").map(|()| Quiet::confirmed())
    }
    fn activate(&mut self) -> Result<(), Error> {
        self.call("activate")
    }
    fn deactivate(&mut self) -> Result<Quiet, Error> {
        self.call("deactivate").map(|()| Quiet::confirmed())
    }
    fn cleanup(&mut self) {
        self.state().log.push("cleanup");
    }
}

impl FreeOp for Probe {
    fn free(&mut self, _: &[PhysPart], fate: Fate) {
        self.state().log.push(match fate {
            Fate::Reuse(_) => "free",
            Fate::Poison => "poison memory",
        });
    }
}

impl AllocOp for Probe {
    fn both(
        &mut self,
        size: u32,
        _: &AllocFlags,
        _: &ResFlags,
    ) -> Result<(Vec<PhysPart>, Region), Error> {
        self.call("alloc both")?;
        Ok((self.parts(size), self.region(size)))
    }
    fn phys_only(&mut self, size: u32, _: &AllocFlags) -> Result<Vec<PhysPart>, Error> {
        self.call("alloc phys")?;
        Ok(self.parts(size))
    }
    fn res_only(&mut self, size: u32, _: &ResFlags) -> Result<Region, Error> {
        self.call("alloc res")?;
        Ok(self.region(size))
    }
}

impl ResOp for Probe {
    fn res(&mut self, size: u32, _: &ResFlags) -> Result<Region, Error> {
        self.call("res")?;
        Ok(self.region(size))
    }
}

impl PhysOp for Probe {
    fn phys(&mut self, size: u32, _: &AllocFlags) -> Result<Vec<PhysPart>, Error> {
        self.call("phys")?;
        Ok(self.parts(size))
    }
}

impl MapOp for Probe {
    fn map(&mut self, _: &[PhysPart], size: u32, _: &ResFlags) -> Result<Region, Error> {
        self.call("map")?;
        Ok(self.region(size))
    }
}

impl BindOp for Probe {
    fn bind(&mut self, _: &Mapping<'_>) -> Result<(), Error> {
        self.call("bind")
    }
}

/// A system in which misuse panics.
pub fn strict() -> System {
    System::with_sink(|misuse: &Misuse| panic!("{misuse}"))
}

/// A system, and the misuse it has reported.
pub fn recording() -> (System, Arc<Mutex<Vec<Misuse>>>) {
    let seen = Arc::<Mutex<Vec<_>>>::default();
    let sink = seen.clone();
    let system = System::with_sink(move |misuse: &Misuse| sink.lock().unwrap().push(*misuse));
    (system, seen)
}

pub fn alloc() -> AllocFlags {
    AllocFlags::default()
}

pub fn res() -> ResFlags {
    ResFlags::default()
}
