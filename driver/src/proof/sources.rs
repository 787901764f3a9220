//! The driver's own allocators, watched.

use alloc::sync::Arc;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::vec::Vec;

use crate::addr::{Iova, PhysAddr};
use crate::error::Error;
use crate::frames::Frames;
use crate::iova::IovaSpace;
use crate::mmu::{PhysPart, Quiet};
use crate::seam::{MemError, PhysMem};
use crate::vcm::Region;
use crate::wrap::{FrameRequest, FrameSource, IovaSource};

/// Where the memory for buffers begins.
pub(super) const LAND: u32 = 0x2000_0000;
/// Its bytes.
pub(super) const LAND_SIZE: u32 = 24 << 20;

/// One pool; nobody reads or writes it.
struct Land;

impl PhysMem for Land {
    fn allocate(&self, _: u32, _: u32) -> Option<PhysAddr> {
        Some(PhysAddr::new(LAND))
    }
    fn free(&self, _: PhysAddr, _: u32) {}
    fn read(&self, at: PhysAddr, _: &mut [u8]) -> Result<(), MemError> {
        Err(MemError { at, size: 0 })
    }
    fn write(&self, at: PhysAddr, _: &[u8]) -> Result<(), MemError> {
        Err(MemError { at, size: 0 })
    }
    fn sync_for_device(&self, _: PhysAddr, _: u32) {}
    fn sync_for_cpu(&self, _: PhysAddr, _: u32) {}
}

/// Ranges by their first address: in use, and never to be used again.
#[derive(Default)]
pub(super) struct Ranges {
    pub(super) used: BTreeMap<u32, u32>,
    pub(super) graves: BTreeMap<u32, u32>,
}

/// The range of `ranges` around `at`.
fn around(ranges: &BTreeMap<u32, u32>, at: u32) -> bool {
    let below = ranges.range(..=at).next_back();
    below.is_some_and(|(start, size)| u64::from(at) < u64::from(*start) + u64::from(*size))
}

fn sum(ranges: &BTreeMap<u32, u32>) -> u64 {
    ranges.values().map(|size| u64::from(*size)).sum()
}

impl Ranges {
    fn add(&mut self, start: u32, size: u32) {
        let end = u64::from(start) + u64::from(size);
        for (at, bytes) in self.used.iter().chain(&self.graves) {
            let clear = end <= u64::from(*at) || u64::from(*at) + u64::from(*bytes) <= start.into();
            assert!(clear, "{start:#x} is given out twice");
        }
        self.used.insert(start, size);
    }

    fn take(&mut self, start: u32, size: u32) {
        let was = self.used.remove(&start);
        assert_eq!(was, Some(size), "{start:#x} was not given out");
    }

    fn bury(&mut self, start: u32, size: u32) {
        self.take(start, size);
        self.graves.insert(start, size);
    }

    /// Whether `at` is never to be used again.
    pub(super) fn is_grave(&self, at: u32) -> bool {
        around(&self.graves, at)
    }

    /// Bytes in use, and bytes never to be used again.
    pub(super) fn bytes(&self) -> (u64, u64) {
        (sum(&self.used), sum(&self.graves))
    }
}

/// Physical memory for buffers. Clones are the same.
#[derive(Clone)]
pub(super) struct Pool {
    frames: Arc<Frames<Land>>,
    ranges: Arc<Mutex<Ranges>>,
}

impl Pool {
    pub(super) fn new() -> Self {
        let frames = Frames::new(Land);
        frames.add_pool(LAND_SIZE).unwrap();
        Self {
            frames: Arc::new(frames),
            ranges: Arc::default(),
        }
    }

    pub(super) fn ranges(&self) -> MutexGuard<'_, Ranges> {
        self.ranges.lock().unwrap()
    }

    pub(super) fn free_bytes(&self) -> u64 {
        self.frames.free_bytes()
    }

    /// Every byte is in use, poisoned or free.
    pub(super) fn check(&self) {
        let (used, graves) = self.ranges().bytes();
        assert_eq!(used + graves + self.free_bytes(), u64::from(LAND_SIZE));
        assert_eq!(self.frames.poisoned_bytes(), graves);
    }
}

impl FrameSource for Pool {
    fn allocate(&self, request: &FrameRequest<'_>) -> Result<Vec<PhysPart>, Error> {
        let parts = FrameSource::allocate(&*self.frames, request)?;
        let size: u32 = parts.iter().map(|part| part.size).sum();
        assert_eq!(size, request.size);
        if request.contiguous {
            assert!(parts.len() == 1 && parts[0].start.is_aligned(request.align));
        }
        for part in &parts {
            self.ranges().add(part.start.get(), part.size);
        }
        Ok(parts)
    }
    fn free(&self, parts: &[PhysPart], quiet: Quiet) {
        for part in parts {
            self.ranges().take(part.start.get(), part.size);
        }
        FrameSource::free(&*self.frames, parts, quiet);
    }
    fn poison(&self, parts: &[PhysPart]) {
        for part in parts {
            self.ranges().bury(part.start.get(), part.size);
        }
        FrameSource::poison(&*self.frames, parts);
    }
}

/// The addresses of a context. Clones are the same.
#[derive(Clone)]
pub(super) struct Addresses {
    space: Arc<IovaSpace>,
    ranges: Arc<Mutex<Ranges>>,
}

impl Addresses {
    pub(super) fn new(space: Region) -> Self {
        let space = IovaSpace::new(space.start, space.size.into()).unwrap();
        Self {
            space: Arc::new(space),
            ranges: Arc::default(),
        }
    }

    pub(super) fn ranges(&self) -> MutexGuard<'_, Ranges> {
        self.ranges.lock().unwrap()
    }

    /// Every address is in use, poisoned or free.
    pub(super) fn check(&self) {
        let (used, graves) = self.ranges().bytes();
        let bounds = self.space.bounds();
        let all = bounds.end - bounds.start;
        assert_eq!(used + graves + self.space.free_bytes(), all);
        assert_eq!(self.space.poisoned_bytes(), graves);
    }
}

impl IovaSource for Addresses {
    fn reserve(&mut self, size: u32, align: u32, at: Option<Iova>) -> Result<Iova, Error> {
        let start = IovaSpaceRef(&self.space).reserve(size, align, at)?;
        self.ranges().add(start.get(), size);
        match at {
            Some(at) => assert_eq!(start, at),
            None => assert!(start.is_aligned(align)),
        }
        Ok(start)
    }
    fn release(&mut self, region: Region, _: Quiet) {
        self.ranges().take(region.start.get(), region.size);
        self.space.free(region.start).unwrap();
    }
    fn poison(&mut self, region: Region) {
        self.ranges().bury(region.start.get(), region.size);
        self.space.poison(region.start).unwrap();
    }
}

/// What the wrapper asks of the space, of one that is shared.
struct IovaSpaceRef<'a>(&'a IovaSpace);

impl IovaSpaceRef<'_> {
    fn reserve(&self, size: u32, align: u32, at: Option<Iova>) -> Result<Iova, Error> {
        let range = match at {
            Some(at) => self
                .0
                .reserve_at(at, size)
                .map_err(|_| Error::AddressInUse(Region::new(at, size))),
            None => self
                .0
                .reserve(&crate::iova::Request::new(size).aligned(align))
                .map_err(|_| Error::NoAddresses { size, align }),
        };
        range.map(|range| range.start)
    }
}
