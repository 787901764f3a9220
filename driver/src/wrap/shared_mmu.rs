//! One MMU for several contexts: masters that share a page table, each context with a window of it.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::sync::Mutex;

use crate::addr::Iova;
use crate::error::Error;
use crate::mmu::{Attributes, Mmu, MmuError, PhysPart, Quiet};
use crate::vcm::Region;

/// An MMU that is shared out in [windows](Self::window). It is active while any of them is.
pub struct SharedMmu<M> {
    shared: Arc<Shared<M>>,
}

struct Shared<M> {
    mmu: M,
    state: Mutex<Windows>,
}

#[derive(Default)]
struct Windows {
    regions: Vec<Region>,
    /// How many of them are active.
    active: u32,
}

/// A range of addresses of a [`SharedMmu`]: an [`Mmu`] of its own, to be wrapped in a
/// [`VcmMmu`](super::VcmMmu) with an allocator of the same addresses. While it is inactive, nothing of
/// it is in the page table, so that every access to it faults.
///
/// All masters of the MMU reach all windows that are active; each has its own addresses, not its own
/// protection. Dropping the window deactivates it and gives its range back, unless that fails.
pub struct Window<M: Mmu> {
    shared: Arc<Shared<M>>,
    region: Region,
    own: Mutex<Own>,
}

#[derive(Default)]
struct Own {
    active: bool,
    ranges: BTreeMap<Iova, Range>,
}

/// What one call of `map` has mapped.
struct Range {
    parts: Vec<PhysPart>,
    size: u32,
    attributes: Attributes,
    state: State,
}

enum State {
    Out(Quiet),
    Mapped,
    Unconfirmed(MmuError),
}

impl<M: Mmu> SharedMmu<M> {
    /// Nobody else may activate, deactivate or map in `mmu` from now on.
    pub fn new(mmu: M) -> Self {
        Self {
            shared: Arc::new(Shared {
                mmu,
                state: Mutex::new(Default::default()),
            }),
        }
    }

    /// The MMU.
    pub fn mmu(&self) -> &M {
        &self.shared.mmu
    }

    /// A window of these addresses.
    ///
    /// # Errors
    /// [`ContextMisaligned`](Error::ContextMisaligned), [`ContextWraps`](Error::ContextWraps);
    /// [`AddressInUse`](Error::AddressInUse), if another window has some of them.
    pub fn window(&self, region: Region) -> Result<Window<M>, Error> {
        if region.size == 0 || !region.is_page_aligned() {
            return Err(Error::ContextMisaligned(region));
        }
        if region.end() > 1 << 32 {
            return Err(Error::ContextWraps(region));
        }
        let mut state = self.shared.state.lock();
        if let Some(other) = state.regions.iter().find(|other| other.overlaps(&region)) {
            return Err(Error::AddressInUse(*other));
        }
        state.regions.push(region);
        Ok(Window {
            shared: Arc::clone(&self.shared),
            region,
            own: Mutex::new(Default::default()),
        })
    }
}

impl<M> Clone for SharedMmu<M> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl Range {
    fn map(&mut self, mmu: &impl Mmu, at: Iova) -> Result<(), MmuError> {
        if matches!(self.state, State::Mapped) {
            return Ok(());
        }
        match mmu.map(at, &self.parts, self.attributes) {
            Ok(()) => {
                self.state = State::Mapped;
                Ok(())
            }
            Err(error) => {
                if error.is_unconfirmed() {
                    self.state = State::Unconfirmed(error);
                }
                Err(error)
            }
        }
    }

    fn unmap(&mut self, mmu: &impl Mmu, at: Iova) -> Result<(), MmuError> {
        if !matches!(self.state, State::Mapped) {
            return Ok(());
        }
        match mmu.unmap(at, self.size) {
            Ok(quiet) => {
                self.state = State::Out(quiet);
                Ok(())
            }
            Err(error) => {
                if error.is_unconfirmed() {
                    self.state = State::Unconfirmed(error);
                }
                Err(error)
            }
        }
    }
}

impl Own {
    /// Takes all ranges out of the page table; goes on after an error, and returns the first.
    fn take_out(&mut self, mmu: &impl Mmu) -> Result<(), MmuError> {
        let mut result = Ok(());
        for (&at, range) in &mut self.ranges {
            result = result.and(range.unmap(mmu, at));
        }
        result
    }
}

impl<M: Mmu> Window<M> {
    /// Its addresses.
    pub const fn region(&self) -> Region {
        self.region
    }

    fn check(&self, at: Iova, size: u64) -> Result<(), MmuError> {
        let end = u64::from(at.get()) + size;
        if self.region.contains(at) && end <= self.region.end() {
            Ok(())
        } else {
            Err(MmuError::OutOfRange { at })
        }
    }
}

impl<M: Mmu> Mmu for Window<M> {
    fn page_sizes(&self) -> &[u32] {
        self.shared.mmu.page_sizes()
    }

    fn map(&self, at: Iova, parts: &[PhysPart], attributes: Attributes) -> Result<(), MmuError> {
        let size = parts.iter().map(|part| u64::from(part.size)).sum();
        self.check(at, size)?;
        let mut own = self.own.lock();
        let overlaps = own
            .ranges
            .iter()
            .find(|(start, range)| {
                let (start, end) = (u64::from(start.get()), u64::from(range.size));
                start < u64::from(at.get()) + size && u64::from(at.get()) < start + end
            })
            .map(|(start, _)| *start);
        if let Some(at) = overlaps {
            return Err(MmuError::Overlap { at });
        }
        let mut range = Range {
            parts: Vec::from(parts),
            // It lies in the window.
            size: size as u32,
            attributes,
            state: State::Out(Quiet::never_shared()),
        };
        if own.active {
            range.map(&self.shared.mmu, at)?;
        }
        own.ranges.insert(at, range);
        Ok(())
    }

    /// Takes what one call of `map` has mapped, as a whole.
    fn unmap(&self, at: Iova, size: u32) -> Result<Quiet, MmuError> {
        self.check(at, size.into())?;
        let mut own = self.own.lock();
        let Some(range) = own.ranges.get_mut(&at) else {
            return Err(MmuError::NotMapped { at });
        };
        if range.size != size {
            return Err(MmuError::Unsupported);
        }
        let unmapped = range.unmap(&self.shared.mmu, at);
        if let (Err(error), State::Mapped) = (unmapped, &range.state) {
            return Err(error);
        }
        match own.ranges.remove(&at).map(|range| range.state) {
            Some(State::Out(quiet)) => Ok(quiet),
            Some(State::Unconfirmed(error)) => Err(error),
            Some(State::Mapped) | None => Err(MmuError::NotMapped { at }),
        }
    }

    fn activate(&self) -> Result<(), MmuError> {
        let mut windows = self.shared.state.lock();
        let mut own = self.own.lock();
        let mmu = &self.shared.mmu;
        let mut result = Ok(());
        for (&at, range) in &mut own.ranges {
            result = range.map(mmu, at);
            if result.is_err() {
                break;
            }
        }
        // Called again by the first activation after a failure, too.
        let result = result.and_then(|()| mmu.activate());
        match result {
            Ok(()) if !own.active => {
                own.active = true;
                windows.active += 1;
            }
            Err(_) if !own.active => {
                // Its own error counts, not that of the retreat.
                let _emptied = own.take_out(mmu);
            }
            _ => {}
        }
        result
    }

    fn deactivate(&self) -> Result<Quiet, MmuError> {
        let mut windows = self.shared.state.lock();
        let mut own = self.own.lock();
        if !own.active {
            return Ok(Quiet::confirmed());
        }
        let mmu = &self.shared.mmu;
        let last = windows.active == 1;
        if last {
            let quiet = mmu.deactivate()?;
            own.active = false;
            windows.active = 0;
            // What fails is met again, and reported, when it is unmapped.
            let _emptied = own.take_out(mmu);
            return Ok(quiet);
        }
        own.take_out(mmu)?;
        own.active = false;
        windows.active -= 1;
        // Nothing of the window is in the table, and each removal has been confirmed.
        Ok(Quiet::confirmed())
    }

    fn can_hold(&self) -> bool {
        self.shared.mmu.can_hold()
    }

    fn hold(&self) -> Result<(), MmuError> {
        self.shared.mmu.hold()
    }

    fn release(&self) -> Result<(), MmuError> {
        self.shared.mmu.release()
    }
}

impl<M: Mmu> Drop for Window<M> {
    fn drop(&mut self) {
        let stopped = self.deactivate().is_ok();
        let ranges = &self.own.lock().ranges;
        let clean = ranges.values().all(|r| matches!(r.state, State::Out(_)));
        if stopped && clean {
            let mut windows = self.shared.state.lock();
            windows.regions.retain(|region| *region != self.region);
        }
    }
}
