//! The processor's memory behind a cache that no hardware keeps the same as memory, as on the HP ports
//! of the Zynq-7000 (UG585, chapter 5): what was not synced is not seen, and is found.
//!
//! Three things break a rule of [`Platform::check`]: a device that reads or writes a line which the
//! processor has written and not [synced](PhysMem::sync_for_device); a processor that reads from its
//! cache what a device has changed since; and a sync for the processor that would lose what it has
//! written. The cache is as large as memory, so that nothing is written back by chance.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vcm::addr::PhysAddr;
use vcm::platform::Description;
use vcm::seam::{MemError, PhysMem};
use vcm_demo_core::{Door, Machine};

use crate::platform::{Platform, SimBus, SimClock, SimIrq, SimMemory, Simulation};
use crate::signals::{AxiAddr, Cycle, Observer, Violation};

/// Bytes of a line of the Cortex-A9's caches (UG585, chapter 3).
const LINE: u32 = 32;
/// Broken rules of the processor that are kept until the next cycle.
const KEPT: usize = 20;

/// The processor's memory, behind a cache. Clones share it.
#[derive(Clone, Debug)]
pub struct CachedMemory {
    platform: Platform,
    memory: SimMemory,
    cache: Arc<Mutex<Cache>>,
}

#[derive(Debug, Default)]
struct Cache {
    /// By the address of the first byte.
    lines: HashMap<u32, Line>,
    /// Rules that the processor has broken.
    broken: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    bytes: [u8; LINE as usize],
    dirty: bool,
}

impl CachedMemory {
    /// The platform's memory, with an empty cache.
    pub fn new(platform: &Platform) -> Self {
        let cache = Arc::default();
        platform.observe(Watch(Arc::clone(&cache)));
        Self {
            platform: platform.clone(),
            memory: platform.memory(),
            cache,
        }
    }

    /// The simulation first, always: the observer is called with it locked.
    fn lock(&self) -> (MutexGuard<'_, Simulation>, MutexGuard<'_, Cache>) {
        (self.platform.lock(), lock(&self.cache))
    }

    /// Does something with each line of a range, and the bytes of it that are in the range.
    fn each(
        &self,
        at: PhysAddr,
        size: usize,
        mut what: impl FnMut(&mut Simulation, &mut Cache, u32, Range<usize>) -> Option<()>,
    ) -> Result<(), MemError> {
        let error = MemError {
            at,
            size: u32::try_from(size).unwrap_or(u32::MAX),
        };
        let (mut simulation, mut cache) = self.lock();
        let end = u64::from(at.get()) + size as u64;
        let mut start = u64::from(at.get());
        while start < end {
            let line = start - start % u64::from(LINE);
            let until = end.min(line + u64::from(LINE));
            let part = (start - line) as usize..(until - line) as usize;
            let line = u32::try_from(line).map_err(|_| error)?;
            what(&mut simulation, &mut cache, line, part).ok_or(error)?;
            start = until;
        }
        Ok(())
    }
}

impl Cache {
    /// The line at this address, brought from memory if it is not here.
    fn line(&mut self, simulation: &Simulation, at: u32) -> Option<&mut Line> {
        let mut bytes = [0; LINE as usize];
        simulation.ddr().memory().read(at, &mut bytes).ok()?;
        let fresh = Line {
            bytes,
            dirty: false,
        };
        let line = *self.lines.entry(at).or_insert(fresh);
        if !line.dirty && line.bytes != bytes {
            self.complain(format!(
                "the processor uses the line at {at:#010x} of its cache, which a device has changed: \
                 sync_for_cpu is missing"
            ));
        }
        self.lines.get_mut(&at)
    }

    fn complain(&mut self, what: String) {
        if self.broken.len() < KEPT {
            self.broken.push(what);
        }
    }

    /// The first line of a burst that the processor has written and not synced.
    fn dirty(&self, burst: &AxiAddr) -> Option<u32> {
        let beat = 1_u32 << burst.size;
        let bytes = beat * (u32::from(burst.len) + 1);
        // A burst stays in its 4 KiB (IHI 0022E A3.4.1), so the end has a number.
        let first = burst.addr & !(beat - 1) & !(LINE - 1);
        let last = (burst.addr & !(beat - 1)).saturating_add(bytes - 1);
        (first..=last)
            .step_by(LINE as usize)
            .find(|at| self.lines.get(at).is_some_and(|line| line.dirty))
    }
}

impl PhysMem for CachedMemory {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        self.memory.allocate(size, align)
    }

    fn free(&self, at: PhysAddr, size: u32) {
        self.memory.free(at, size);
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        let mut rest = &mut into[..];
        self.each(at, rest.len(), |simulation, cache, line, part| {
            let (now, later) = std::mem::take(&mut rest).split_at_mut(part.len());
            now.copy_from_slice(&cache.line(simulation, line)?.bytes[part]);
            rest = later;
            Some(())
        })
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        let mut rest = from;
        self.each(at, from.len(), |simulation, cache, line, part| {
            let (now, later) = rest.split_at(part.len());
            let line = cache.line(simulation, line)?;
            line.bytes[part].copy_from_slice(now);
            line.dirty = true;
            rest = later;
            Some(())
        })
    }

    fn sync_for_device(&self, at: PhysAddr, size: u32) {
        // Beyond memory is no line to be written back.
        let _ = self.each(at, size as usize, |simulation, cache, at, _| {
            if let Some(line) = cache.lines.get_mut(&at).filter(|line| line.dirty) {
                line.dirty = false;
                let bytes = line.bytes;
                simulation.ddr_mut().memory_mut().write(at, &bytes).ok()?;
            }
            Some(())
        });
    }

    fn sync_for_cpu(&self, at: PhysAddr, size: u32) {
        let _ = self.each(at, size as usize, |_, cache, at, _| {
            if cache.lines.remove(&at).is_some_and(|line| line.dirty) {
                cache.complain(format!(
                    "sync_for_cpu loses what the processor has written to the line at {at:#010x}"
                ));
            }
            Some(())
        });
    }
}

fn lock(cache: &Mutex<Cache>) -> MutexGuard<'_, Cache> {
    // Nothing panics halfway through a change.
    cache.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sees what devices do to memory.
struct Watch(Arc<Mutex<Cache>>);

impl Observer for Watch {
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Violation> {
        let mut cache = lock(&self.0);
        let violation = |place, what| Violation {
            cycle: cycle.number,
            place,
            what,
        };
        if let Some(what) = cache.broken.pop() {
            return Err(violation("cache", what));
        }
        for (place, verb, burst) in [
            ("m_axi", "reads", &cycle.m_axi.ar),
            ("m_axi_ptw", "reads", &cycle.m_axi_ptw.ar),
            ("m_axi", "writes", &cycle.m_axi.aw),
        ] {
            let dirty = burst.fires().then(|| cache.dirty(burst)).flatten();
            if let Some(line) = dirty {
                let what = format!(
                    "a device {verb} the line at {line:#010x}, which the processor has written: \
                     sync_for_device is missing"
                );
                return Err(violation(place, what));
            }
        }
        Ok(())
    }
}

/// A platform whose processor has a cache.
#[derive(Clone, Debug)]
pub struct Cached<M> {
    platform: Platform,
    memory: M,
}

impl<M: PhysMem + Clone> Cached<M> {
    /// The processor sees memory through `memory`: a [`CachedMemory`], or what wraps one.
    pub fn new(platform: &Platform, memory: M) -> Self {
        Self {
            platform: platform.clone(),
            memory,
        }
    }
}

/// The processor's accesses, through its cache.
#[derive(Clone, Debug)]
pub struct Through<M>(M);

impl<M: PhysMem + Clone + Send + Sync + 'static> Machine for Cached<M> {
    type Bus = SimBus;
    type Memory = M;
    type Clock = SimClock;
    type Irq = SimIrq;
    type Door = Through<M>;

    fn describe(&self) -> Description {
        self.platform.describe()
    }

    fn bus(&self) -> SimBus {
        self.platform.bus()
    }

    fn memory(&self) -> M {
        self.memory.clone()
    }

    fn clock(&self) -> SimClock {
        self.platform.clock()
    }

    fn irq(&self) -> SimIrq {
        self.platform.irq()
    }

    fn door(&self) -> Through<M> {
        Through(self.memory.clone())
    }
}

impl<M: PhysMem> Door for Through<M> {
    fn name(&self) -> &'static str {
        "the processor's cache"
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        self.0.read(at, into)
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        self.0.write(at, from)
    }
}
