//! An allocator of device addresses.

use alloc::sync::Arc;
use alloc::vec::Vec;

use spin::Mutex;

use crate::addr::Iova;
use crate::error::Error;
use crate::mmu::Quiet;
use crate::vcm::Region;
use crate::wrap::IovaSource;

/// First fit over a range of addresses. Clones are the same allocator.
#[derive(Clone)]
pub struct Addresses {
    space: Region,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    used: Vec<Region>,
    poisoned: Vec<Region>,
}

impl Addresses {
    /// All of `space` is free.
    pub fn new(space: Region) -> Self {
        Self {
            space,
            state: Arc::default(),
        }
    }

    /// What is reserved, by address.
    pub fn used(&self) -> Vec<Region> {
        self.state.lock().used.clone()
    }

    /// What will never be reserved again.
    pub fn poisoned(&self) -> Vec<Region> {
        self.state.lock().poisoned.clone()
    }

    /// Whether `at` may be reserved.
    pub fn is_free(&self, at: Iova) -> bool {
        let state = self.state.lock();
        let mut taken = state.used.iter().chain(&state.poisoned);
        !taken.any(|taken| taken.contains(at))
    }

    fn take(&self, region: Region) -> Option<()> {
        let mut state = self.state.lock();
        let index = state.used.iter().position(|used| *used == region)?;
        state.used.remove(index);
        Some(())
    }
}

impl Addresses {
    fn find(&self, size: u32, align: u32, at: Option<Iova>, within: Region) -> Result<Iova, Error> {
        let mut state = self.state.lock();
        let is_free = |region: &Region| {
            let mut taken = state.used.iter().chain(&state.poisoned);
            self.space.encloses(region)
                && within.encloses(region)
                && !taken.any(|taken| taken.overlaps(region))
        };
        let found = if let Some(at) = at {
            let region = Region::new(at, size);
            if !is_free(&region) {
                return Err(Error::AddressInUse(region));
            }
            region
        } else {
            let ends = state.used.iter().chain(&state.poisoned).map(Region::end);
            let starts = [self.space.start, within.start].map(|start| u64::from(start.get()));
            let candidates = ends.chain(starts);
            candidates
                .filter_map(|at| u32::try_from(at).ok()?.checked_next_multiple_of(align))
                .map(|at| Region::new(Iova::new(at), size))
                .filter(is_free)
                .min_by_key(|region| region.start)
                .ok_or(Error::NoAddresses { size, align })?
        };
        state.used.push(found);
        state.used.sort_by_key(|used| used.start);
        Ok(found.start)
    }
}

impl IovaSource for Addresses {
    fn reserve(&mut self, size: u32, align: u32, at: Option<Iova>) -> Result<Iova, Error> {
        self.find(size, align, at, self.space)
    }

    fn reserve_within(&mut self, size: u32, align: u32, within: Region) -> Result<Iova, Error> {
        self.find(size, align, None, within)
    }

    fn release(&mut self, region: Region, _: Quiet) {
        assert!(self.take(region).is_some(), "{region} was not reserved");
    }

    fn poison(&mut self, region: Region) {
        assert!(self.take(region).is_some(), "{region} was not reserved");
        self.state.lock().poisoned.push(region);
    }
}
