//! An MMU.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use spin::Mutex;

use crate::addr::{Iova, PhysAddr};
use crate::mmu::{Attributes, Mmu, MmuError, PhysPart, Quiet};
use crate::vcm::PAGE_SIZE;

/// A call of [`Mmu`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Of `map`, at this address.
    Map(Iova),
    /// Of `unmap`, at this address.
    Unmap(Iova),
    /// Of `activate`.
    Activate,
    /// Of `deactivate`.
    Deactivate,
    /// Of `hold`.
    Hold,
    /// Of `release`.
    Release,
}

/// An MMU with the pages of the short-descriptor format, that fails when told to. Clones are the same
/// MMU.
#[derive(Clone, Default)]
pub struct Iommu {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    active: bool,
    holds: u32,
    pages: BTreeMap<u32, (PhysAddr, Attributes)>,
    /// Pages whose removal was not confirmed: translated still.
    stale: BTreeMap<u32, PhysAddr>,
    calls: Vec<Call>,
    /// The call with this number fails.
    failures: BTreeMap<usize, MmuError>,
}

impl Iommu {
    /// Nothing mapped, not active.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the call after `skip` others fail.
    pub fn fail(&self, skip: usize, error: MmuError) {
        let mut state = self.state.lock();
        let number = state.calls.len() + skip;
        state.failures.insert(number, error);
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.state.lock().calls.clone()
    }

    /// Whether masters are let through.
    pub fn is_active(&self) -> bool {
        self.state.lock().active
    }

    /// How many 4 KiB pages the table maps.
    pub fn pages(&self) -> usize {
        self.state.lock().pages.len()
    }

    /// Where a master's access goes; `None` if it faults.
    pub fn access(&self, at: Iova) -> Option<PhysAddr> {
        let state = self.state.lock();
        if !state.active {
            return None;
        }
        let page = at.get() / PAGE_SIZE;
        let mapped = state.pages.get(&page).map(|(start, _)| start);
        let start = mapped.or_else(|| state.stale.get(&page))?;
        start.checked_add(at.get() % PAGE_SIZE)
    }

    /// Whether a master's access neither goes anywhere nor faults, but waits.
    pub fn waits(&self, at: Iova) -> bool {
        let missed = self.access(at).is_none();
        let state = self.state.lock();
        missed && state.active && state.holds > 0
    }

    /// How often masters are held.
    pub fn holds(&self) -> u32 {
        self.state.lock().holds
    }

    /// What masters may do there.
    pub fn attributes(&self, at: Iova) -> Option<Attributes> {
        let state = self.state.lock();
        let page = state.pages.get(&(at.get() / PAGE_SIZE))?;
        Some(page.1)
    }

    /// What hardware may still translate, though the table no longer does: by pages.
    pub fn stale(&self) -> Vec<(Iova, PhysAddr)> {
        let state = self.state.lock();
        let pages = state.stale.iter();
        pages
            .map(|(page, &frame)| (Iova::new(page * PAGE_SIZE), frame))
            .collect()
    }
}

impl State {
    fn begin(&mut self, call: Call) -> Result<(), MmuError> {
        let number = self.calls.len();
        self.calls.push(call);
        self.failures.remove(&number).map_or(Ok(()), Err)
    }
}

fn pages(at: Iova, size: u32) -> impl Iterator<Item = u32> {
    let first = at.get() / PAGE_SIZE;
    first..first + size / PAGE_SIZE
}

fn checked(at: Iova, sizes: impl Iterator<Item = u32>) -> Result<(), MmuError> {
    let pages_only = |value: u32| match value % PAGE_SIZE {
        0 => Ok(()),
        _ => Err(MmuError::Misaligned { value }),
    };
    pages_only(at.get())?;
    let mut end = u64::from(at.get());
    for value in sizes {
        pages_only(value)?;
        if value == 0 {
            return Err(MmuError::Misaligned { value });
        }
        end += u64::from(value);
    }
    if end > 1 << 32 {
        return Err(MmuError::OutOfRange { at });
    }
    Ok(())
}

impl Mmu for Iommu {
    fn page_sizes(&self) -> &[u32] {
        &[0x100_0000, 0x10_0000, 0x1_0000, 0x1000]
    }

    fn map(&self, at: Iova, parts: &[PhysPart], attributes: Attributes) -> Result<(), MmuError> {
        checked(at, parts.iter().map(|part| part.size))?;
        let mut state = self.state.lock();
        state.begin(Call::Map(at))?;
        let size = parts.iter().map(|part| part.size).sum();
        if let Some(page) = pages(at, size).find(|page| state.pages.contains_key(page)) {
            return Err(MmuError::Overlap {
                at: Iova::new(page * PAGE_SIZE),
            });
        }
        let frames = parts.iter().flat_map(|part| {
            let offsets = (0..part.size).step_by(PAGE_SIZE as usize);
            offsets.map(|offset| PhysAddr::new(part.start.get() + offset))
        });
        for (page, frame) in pages(at, size).zip(frames) {
            state.pages.insert(page, (frame, attributes));
        }
        Ok(())
    }

    fn unmap(&self, at: Iova, size: u32) -> Result<Quiet, MmuError> {
        checked(at, [size].into_iter())?;
        let mut state = self.state.lock();
        let result = state.begin(Call::Unmap(at));
        if let Err(error) = result {
            if !error.is_unconfirmed() {
                return Err(error);
            }
        }
        if let Some(page) = pages(at, size).find(|page| !state.pages.contains_key(page)) {
            return Err(MmuError::NotMapped {
                at: Iova::new(page * PAGE_SIZE),
            });
        }
        for page in pages(at, size) {
            let removed = state.pages.remove(&page);
            match (result, removed) {
                (Err(_), Some((frame, _))) => state.stale.insert(page, frame),
                _ => state.stale.remove(&page),
            };
        }
        result.map(|()| Quiet::confirmed())
    }

    fn activate(&self) -> Result<(), MmuError> {
        let mut state = self.state.lock();
        state.begin(Call::Activate)?;
        state.active = true;
        Ok(())
    }

    fn deactivate(&self) -> Result<Quiet, MmuError> {
        let mut state = self.state.lock();
        state.begin(Call::Deactivate)?;
        state.active = false;
        Ok(Quiet::confirmed())
    }

    fn can_hold(&self) -> bool {
        true
    }

    fn hold(&self) -> Result<(), MmuError> {
        let mut state = self.state.lock();
        state.begin(Call::Hold)?;
        state.holds += 1;
        Ok(())
    }

    fn release(&self) -> Result<(), MmuError> {
        let mut state = self.state.lock();
        state.begin(Call::Release)?;
        state.holds = state.holds.saturating_sub(1);
        Ok(())
    }
}
