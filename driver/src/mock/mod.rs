//! A platform for tests on the host: memory, registers and a TLB that catch a driver's mistakes.
//!
//! Devices see memory only after `sync_for_device`. A TLB keeps what it has been filled with until it
//! is invalidated, and panics when two entries match. Freeing a table panics when an enabled context
//! reaches it, or has walked it since the last completed sync. Any call can be made to fail.

mod device;
pub(crate) mod walker;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use std::vec;
use std::vec::Vec;

use crate::addr::PhysAddr;
use crate::seam::{Bus, BusError, Clock, MemError, PhysMem};

pub(crate) use device::{Device, Held, Request, bank, channel, global};

/// Where the memory begins.
pub(crate) const BASE: u32 = 0x1000_0000;

/// Fails a call, or every call from one on.
#[derive(Default)]
pub(crate) struct FailIn {
    /// Calls until then; `None`: no call fails.
    left: Option<u32>,
    lasting: bool,
    happened: bool,
}

impl FailIn {
    /// The `calls`-th call from now on fails, and none after it.
    pub(crate) fn after(calls: u32) -> Self {
        Self {
            left: Some(calls),
            ..Self::default()
        }
    }

    /// The `calls`-th call from now on fails, and so does every one after it.
    pub(crate) fn from(calls: u32) -> Self {
        Self {
            lasting: true,
            ..Self::after(calls)
        }
    }

    /// Whether this call fails.
    pub(crate) fn fails(&mut self) -> bool {
        match self.left {
            Some(0) => {
                self.happened = true;
                self.left = self.lasting.then_some(0);
                true
            }
            Some(calls) => {
                self.left = Some(calls - 1);
                false
            }
            None => false,
        }
    }

    /// Whether the failure has not happened yet.
    pub(crate) fn is_pending(&self) -> bool {
        self.left.is_some() && !self.happened
    }

    /// Whether a call has failed.
    pub(crate) fn has_happened(&self) -> bool {
        self.happened
    }
}

/// What a walker may see of a page while words are being written: nothing, or one of these addresses.
pub(crate) struct Observer {
    pub(crate) root: u32,
    pub(crate) allowed: BTreeMap<u32, Vec<u32>>,
}

/// Everything behind the seams.
pub(crate) struct World {
    cpu: Vec<u8>,
    /// Memory as devices see it.
    seen: Vec<u8>,
    pub(crate) allocated: BTreeMap<u32, u32>,
    pub(crate) allocations: FailIn,
    pub(crate) writes: FailIn,
    pub(crate) reads: FailIn,
    pub(crate) bus: FailIn,
    /// A register write that fails arrives all the same: only its answer is lost.
    pub(crate) writes_arrive: bool,
    /// Where it fails an hour passes.
    pub(crate) clock: FailIn,
    syncs: usize,
    memory_writes: usize,
    /// By all of these writes.
    pub(crate) bytes_written: usize,
    pub(crate) observer: Option<Observer>,
    /// Masters that never rest: streams and addresses that are read whenever devices see something new.
    pub(crate) masters: Vec<(u32, u32)>,
    pub(crate) device: Device,
    now: Duration,
}

impl World {
    /// A word as devices see it.
    pub(crate) fn seen_word(&self, at: u32) -> u32 {
        let offset = (at - BASE) as usize;
        u32::from_le_bytes(self.seen[offset..offset + 4].try_into().unwrap())
    }

    /// Whether devices see all that has been written: no part of it is in a cache only.
    pub(crate) fn is_clean(&self) -> bool {
        self.cpu == self.seen
    }

    /// What a device's walk from `root` finds.
    pub(crate) fn walk(&self, root: u32, at: u32) -> Result<walker::Leaf, u32> {
        walker::walk(&|at| self.seen_word(at), root, at)
    }

    /// A device's access.
    pub(crate) fn access(&mut self, stream: u32, at: u32, write: bool) -> Result<u32, u32> {
        let seen = &self.seen;
        let read = |at: u32| {
            let offset = (at - BASE) as usize;
            u32::from_le_bytes(seen[offset..offset + 4].try_into().unwrap())
        };
        self.device.access(&read, stream, at, write)
    }

    /// Memory writes and syncs so far.
    pub(crate) const fn written(&self) -> (usize, usize) {
        (self.memory_writes, self.syncs)
    }

    fn observe(&self) {
        let Some(observer) = &self.observer else {
            return;
        };
        for (at, allowed) in &observer.allowed {
            if let Ok(leaf) = self.walk(observer.root, *at) {
                assert!(
                    allowed.contains(&leaf.phys),
                    "{at:#x} is seen at {:#x}",
                    leaf.phys
                );
            }
        }
    }

    fn check(&self, at: PhysAddr, size: usize) -> Result<usize, MemError> {
        let error = MemError {
            at,
            size: size as u32,
        };
        let start = u64::from(at.get());
        let inside = self.allocated.range(..=at.get()).next_back();
        match inside {
            Some((from, bytes)) if start + size as u64 <= u64::from(*from) + u64::from(*bytes) => {
                Ok((at.get() - BASE) as usize)
            }
            _ => Err(error),
        }
    }
}

/// The platform: all three seams in one object.
pub(crate) struct Platform(Mutex<World>);

impl Platform {
    /// With `size` bytes of memory.
    pub(crate) fn new(size: usize) -> Self {
        Self(Mutex::new(World {
            cpu: vec![0xA7; size],
            seen: vec![0xA7; size],
            allocated: BTreeMap::new(),
            allocations: FailIn::default(),
            writes: FailIn::default(),
            reads: FailIn::default(),
            bus: FailIn::default(),
            writes_arrive: false,
            clock: FailIn::default(),
            syncs: 0,
            memory_writes: 0,
            bytes_written: 0,
            observer: None,
            masters: Vec::new(),
            device: Device::default(),
            now: Duration::ZERO,
        }))
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl PhysMem for Platform {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        let mut world = self.world();
        if world.allocations.fails() {
            return None;
        }
        let end = u64::from(BASE) + world.cpu.len() as u64;
        let mut at = u64::from(BASE).next_multiple_of(u64::from(align));
        for (start, bytes) in &world.allocated {
            if at + u64::from(size) <= u64::from(*start) {
                break;
            }
            at = at.max((u64::from(*start) + u64::from(*bytes)).next_multiple_of(align.into()));
        }
        if at + u64::from(size) > end {
            return None;
        }
        world.allocated.insert(at as u32, size);
        Some(PhysAddr::new(at as u32))
    }

    fn free(&self, at: PhysAddr, size: u32) {
        let mut world = self.world();
        let freed = world.allocated.remove(&at.get());
        assert_eq!(freed, Some(size), "free of {at}, {size:#x} bytes");
        world.device.check_unused(
            &|word| world.seen_word(word),
            at.get()..at.get().saturating_add(size),
        );
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        let mut world = self.world();
        let offset = world.check(at, into.len())?;
        if world.reads.fails() {
            let size = into.len() as u32;
            return Err(MemError { at, size });
        }
        into.copy_from_slice(&world.cpu[offset..offset + into.len()]);
        Ok(())
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        let mut world = self.world();
        let offset = world.check(at, from.len())?;
        let failed_before = world.writes.has_happened();
        if world.writes.fails() {
            // As bad as can be: half of it is written, but what would take that back is not.
            let half = if failed_before { 0 } else { from.len() / 8 * 4 };
            world.cpu[offset..offset + half].copy_from_slice(&from[..half]);
            let size = from.len() as u32;
            return Err(MemError { at, size });
        }
        world.memory_writes += 1;
        world.bytes_written += from.len();
        world.cpu[offset..offset + from.len()].copy_from_slice(from);
        if world.observer.is_some() {
            // A coherent port sees each word at once.
            for (word, bytes) in from.chunks(4).enumerate() {
                let range = offset + 4 * word..offset + 4 * word + bytes.len();
                world.seen[range].copy_from_slice(bytes);
                world.observe();
            }
        }
        Ok(())
    }

    fn sync_for_device(&self, at: PhysAddr, size: u32) {
        let mut world = self.world();
        let world = &mut *world;
        let range = world.check(at, size as usize).expect("sync outside memory");
        let range = range..range + size as usize;
        world.seen[range.clone()].copy_from_slice(&world.cpu[range]);
        world.syncs += 1;
        for (stream, at) in world.masters.clone() {
            let _seen = world.access(stream, at, false);
        }
    }

    fn sync_for_cpu(&self, _: PhysAddr, _: u32) {}
}

impl Bus for Platform {
    fn read32(&self, offset: u32) -> Result<u32, BusError> {
        let mut world = self.world();
        if world.bus.fails() {
            let write = false;
            return Err(BusError { offset, write });
        }
        Ok(world.device.read(offset))
    }

    fn write32(&self, offset: u32, value: u32) -> Result<(), BusError> {
        let mut world = self.world();
        let failed = world.bus.fails();
        let write = true;
        if failed && !world.writes_arrive {
            return Err(BusError { offset, write });
        }
        let world = &mut *world;
        world.device.write(offset, value);
        let seen = &world.seen;
        world.device.finish_lookup(&|at: u32| {
            let offset = (at - BASE) as usize;
            u32::from_le_bytes(seen[offset..offset + 4].try_into().unwrap())
        });
        match failed {
            true => Err(BusError { offset, write }),
            false => Ok(()),
        }
    }
}

impl Clock for Platform {
    fn now(&self) -> Duration {
        let mut world = self.world();
        world.now += Duration::from_micros(10);
        if world.clock.fails() {
            world.now += Duration::from_secs(3600);
        }
        world.now
    }
}
