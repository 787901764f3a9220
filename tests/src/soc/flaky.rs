//! The driver's seams, with faults that come when they are asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vcm::addr::PhysAddr;
use vcm::seam::{Bus, BusError, MemError, PhysMem};
use vcm_sim::platform::{SimBus, SimMemory};

/// Says which of a row of calls fail.
#[derive(Clone, Debug, Default)]
pub struct Trip {
    state: Arc<Mutex<TripState>>,
}

#[derive(Debug, Default)]
struct TripState {
    calls: u64,
    failed: u64,
    fails: Fails,
}

#[derive(Clone, Copy, Debug, Default)]
enum Fails {
    #[default]
    Never,
    /// Only the call after so many others.
    At(u64),
    /// That call and all after it.
    From(u64),
}

impl Trip {
    /// Of the calls from now on only number `n` fails; the first is 0.
    pub fn at(&self, n: u64) {
        self.arm(Fails::At(n));
    }

    /// The calls from number `n` on fail, counted from now; the first is 0.
    pub fn from(&self, n: u64) {
        self.arm(Fails::From(n));
    }

    /// No call fails any more. Returns how many calls there were since it was armed, and how many of
    /// them have failed.
    pub fn disarm(&self) -> (u64, u64) {
        let counts = {
            let state = lock(&self.state);
            (state.calls, state.failed)
        };
        self.arm(Fails::Never);
        counts
    }

    fn arm(&self, fails: Fails) {
        *lock(&self.state) = TripState {
            calls: 0,
            failed: 0,
            fails,
        };
    }

    /// Counts a call, and says whether it fails.
    fn next(&self) -> bool {
        let mut state = lock(&self.state);
        let call = state.calls;
        state.calls += 1;
        let fails = match state.fails {
            Fails::Never => false,
            Fails::At(n) => call == n,
            Fails::From(n) => call >= n,
        };
        state.failed += u64::from(fails);
        fails
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How an access to a register fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Failure {
    /// It does not reach the device.
    #[default]
    Lost,
    /// It is done, and yet answered with an error.
    Done,
}

/// The register window, over a bus that can fail and lie.
#[derive(Clone, Debug)]
pub struct FlakyBus {
    bus: SimBus,
    /// Which accesses fail.
    pub trip: Trip,
    failure: Arc<Mutex<Failure>>,
    lies: Arc<Mutex<BTreeMap<u32, u32>>>,
}

impl FlakyBus {
    /// A bus that is reliable at first.
    pub fn new(bus: SimBus) -> Self {
        Self {
            bus,
            trip: Trip::default(),
            failure: Arc::default(),
            lies: Arc::default(),
        }
    }

    /// How accesses fail from now on.
    pub fn fail_by(&self, failure: Failure) {
        *lock(&self.failure) = failure;
    }

    /// The register at `offset` reads `value`, whatever it holds.
    pub fn lie(&self, offset: u32, value: u32) {
        lock(&self.lies).insert(offset, value);
    }

    /// All registers read what they hold.
    pub fn tell_the_truth(&self) {
        lock(&self.lies).clear();
    }

    fn fails(
        &self,
        error: BusError,
        access: impl FnOnce() -> Result<u32, BusError>,
    ) -> Result<u32, BusError> {
        if !self.trip.next() {
            return access();
        }
        if *lock(&self.failure) == Failure::Done {
            access()?;
        }
        Err(error)
    }
}

impl Bus for FlakyBus {
    fn read32(&self, offset: u32) -> Result<u32, BusError> {
        let write = false;
        let value = self.fails(BusError { offset, write }, || self.bus.read32(offset))?;
        Ok(lock(&self.lies).get(&offset).copied().unwrap_or(value))
    }

    fn write32(&self, offset: u32, value: u32) -> Result<(), BusError> {
        let write = true;
        let done = || self.bus.write32(offset, value).map(|()| 0);
        self.fails(BusError { offset, write }, done).map(|_| ())
    }
}

/// Memory for page tables, of which there may not be enough, and which may refuse to be written.
#[derive(Clone, Debug)]
pub struct FlakyMemory {
    memory: SimMemory,
    /// Which allocations fail.
    pub allocations: Trip,
    /// Which writes fail.
    pub writes: Trip,
}

impl FlakyMemory {
    /// Memory that is plentiful at first.
    pub fn new(memory: SimMemory) -> Self {
        Self {
            memory,
            allocations: Trip::default(),
            writes: Trip::default(),
        }
    }
}

impl PhysMem for FlakyMemory {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        if self.allocations.next() {
            return None;
        }
        self.memory.allocate(size, align)
    }

    fn free(&self, at: PhysAddr, size: u32) {
        self.memory.free(at, size);
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        self.memory.read(at, into)
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        if self.writes.next() {
            let size = from.len() as u32;
            return Err(MemError { at, size });
        }
        self.memory.write(at, from)
    }

    fn sync_for_device(&self, at: PhysAddr, size: u32) {
        self.memory.sync_for_device(at, size);
    }

    fn sync_for_cpu(&self, at: PhysAddr, size: u32) {
        self.memory.sync_for_cpu(at, size);
    }
}
