//! The VCM MMU wrapper: a driver on top of any MMU.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::source::{FrameRequest, FrameSource, IovaSource};
use crate::addr::Iova;
use crate::error::{Error, Operation};
use crate::mmu::{Attributes, Mmu, MmuError, PhysPart, Quiet};
use crate::vcm::driver::{BindOp, Driver, Fate, FreeOp, Mapping, MoveOp, PhysOp, ResOp};
use crate::vcm::{AllocFlags, PAGE_SIZE, Region, ResFlags};

/// Driver of a context behind an MMU.
///
/// While the context is inactive a binding is only recorded, and the page table stays empty.
/// Activation replays the records into the page table and then lets the masters through;
/// deactivation stops the masters and empties the table. In between, bindings change the table at
/// once.
///
/// Reservations are aligned to the largest page that fits into them, so that it can be used; when
/// there is no such place left, to the next smaller one.
pub struct VcmMmu<M, F, I> {
    mmu: M,
    frames: F,
    addresses: I,
    active: bool,
    records: BTreeMap<Iova, Record>,
    /// So often the MMU has not let go of masters that it held: it is asked again on activation.
    held: u32,
}

/// A binding.
struct Record {
    parts: Vec<PhysPart>,
    size: u32,
    attributes: Attributes,
    state: State,
    /// Its masters wait: not to be mapped before it is resumed.
    suspended: bool,
}

/// Where a binding is.
enum State {
    /// Not in the page table, nor in any TLB.
    Out(Quiet),
    /// In the page table.
    Mapped,
    /// No longer in the page table, but the hardware has not confirmed that.
    Unconfirmed(MmuError),
}

impl<M: Mmu, F: FrameSource, I: IovaSource> VcmMmu<M, F, I> {
    /// From the MMU, and the allocators of physical memory and of this context's addresses.
    pub fn new(mmu: M, frames: F, addresses: I) -> Self {
        Self {
            mmu,
            frames,
            addresses,
            active: false,
            records: BTreeMap::new(),
            held: 0,
        }
    }

    /// Lets masters go on, if need be later.
    fn release(&mut self) {
        if self.mmu.release().is_err() {
            self.held += 1;
        }
    }

    /// Lets masters go on that could not before.
    fn release_held(&mut self) -> Result<(), MmuError> {
        while let Some(left) = self.held.checked_sub(1) {
            self.mmu.release()?;
            self.held = left;
        }
        Ok(())
    }

    /// Maps every record that the page table does not have.
    fn replay(&mut self) -> Result<(), Error> {
        for (&at, record) in &mut self.records {
            if !record.is_mapped() && !record.suspended {
                record.map(&self.mmu, at, Operation::Activate)?;
            }
        }
        Ok(())
    }

    /// Unmaps every record. Where the hardware does not confirm that, the record remembers it.
    fn empty(&mut self) {
        for (&at, record) in &mut self.records {
            // An error leaves the record as it is; unbinding will meet it again and report it.
            let _ = record.unmap(&self.mmu, at);
        }
    }
}

impl Record {
    const fn is_mapped(&self) -> bool {
        matches!(self.state, State::Mapped)
    }

    fn map(&mut self, mmu: &impl Mmu, at: Iova, operation: Operation) -> Result<(), Error> {
        match mmu.map(at, &self.parts, self.attributes) {
            Ok(()) => {
                self.state = State::Mapped;
                Ok(())
            }
            Err(error) => {
                if error.is_unconfirmed() {
                    self.state = State::Unconfirmed(error);
                }
                Err(Error::Mmu {
                    operation,
                    at: Some(at),
                    error,
                })
            }
        }
    }

    /// The proof that the hardware does not have it.
    fn into_quiet(self) -> Result<Quiet, MmuError> {
        match self.state {
            State::Out(quiet) => Ok(quiet),
            // Not one that is mapped: see the caller.
            State::Mapped => Err(MmuError::SyncTimeout),
            State::Unconfirmed(error) => Err(error),
        }
    }

    fn unmap(&mut self, mmu: &impl Mmu, at: Iova) -> Result<(), MmuError> {
        if !self.is_mapped() {
            return Ok(());
        }
        match mmu.unmap(at, self.size) {
            // This confirms earlier removals of the same range too.
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

impl<M: Mmu, F: FrameSource, I: IovaSource> Driver for VcmMmu<M, F, I> {
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
        self.mmu.can_hold().then_some(self)
    }

    fn unreserve(&mut self, region: Region, fate: Fate) {
        match fate {
            Fate::Reuse(quiet) => self.addresses.release(region, quiet),
            Fate::Poison => self.addresses.poison(region),
        }
    }

    fn unbind(&mut self, mapping: &Mapping<'_>) -> Result<Quiet, Error> {
        let at = mapping.reservation.start;
        let failed = |error| Error::Mmu {
            operation: Operation::Unbind,
            at: Some(at),
            error,
        };
        let Some(record) = self.records.get_mut(&at) else {
            return Err(failed(MmuError::NotMapped { at }));
        };
        let unmapped = record.unmap(&self.mmu, at);
        match (unmapped, self.records.remove(&at)) {
            (Err(error), Some(record)) if record.is_mapped() => {
                self.records.insert(at, record);
                Err(failed(error))
            }
            (_, Some(record)) => record.into_quiet().map_err(failed),
            (_, None) => Err(failed(MmuError::NotMapped { at })),
        }
    }

    fn activate(&mut self) -> Result<(), Error> {
        // After a deactivation that failed, everything is still mapped.
        let replayed = match self.active {
            true => Ok(()),
            false => self.replay(),
        };
        let activated = replayed.and_then(|()| {
            let released = self.release_held();
            let activated = released.and_then(|()| self.mmu.activate());
            activated.map_err(|error| Error::Mmu {
                operation: Operation::Activate,
                at: None,
                error,
            })
        });
        match activated {
            Ok(()) => self.active = true,
            Err(_) if !self.active => self.empty(),
            Err(_) => {}
        }
        activated
    }

    fn deactivate(&mut self) -> Result<Quiet, Error> {
        let quiet = self.mmu.deactivate().map_err(|error| Error::Mmu {
            operation: Operation::Deactivate,
            at: None,
            error,
        })?;
        // Every access faults by now, so the context is inactive whatever becomes of the table.
        self.active = false;
        self.empty();
        Ok(quiet)
    }
}

impl<M: Mmu, F: FrameSource, I: IovaSource> ResOp for VcmMmu<M, F, I> {
    fn res(&mut self, size: u32, flags: &ResFlags) -> Result<Region, Error> {
        let floor = flags.align.max(PAGE_SIZE);
        if flags.at.is_some() {
            let start = self.addresses.reserve(size, floor, flags.at)?;
            return Ok(Region::new(start, size));
        }
        let addresses = &mut self.addresses;
        let mut reserve = |align| match flags.within {
            Some(within) => addresses.reserve_within(size, align, within),
            None => addresses.reserve(size, align, None),
        };
        let pages = self.mmu.page_sizes().iter().copied();
        let larger = pages.filter(|&page| page > floor && page <= size);
        for align in larger {
            match reserve(align) {
                Ok(start) => return Ok(Region::new(start, size)),
                Err(Error::NoAddresses { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let start = reserve(floor)?;
        Ok(Region::new(start, size))
    }
}

impl<M: Mmu, F: FrameSource, I: IovaSource> FreeOp for VcmMmu<M, F, I> {
    fn free(&mut self, parts: &[PhysPart], fate: Fate) {
        match fate {
            Fate::Reuse(quiet) => self.frames.free(parts, quiet),
            Fate::Poison => self.frames.poison(parts),
        }
    }
}

impl<M: Mmu, F: FrameSource, I: IovaSource> PhysOp for VcmMmu<M, F, I> {
    fn phys(&mut self, size: u32, flags: &AllocFlags) -> Result<Vec<PhysPart>, Error> {
        let largest = if flags.max_page == 0 {
            u32::MAX
        } else {
            flags.max_page
        };
        let all = self.mmu.page_sizes();
        let smaller = all.iter().position(|&page| page <= largest);
        self.frames.allocate(&FrameRequest {
            size,
            page_sizes: smaller.map_or(&[], |first| &all[first..]),
            contiguous: flags.contiguous,
            align: flags.align.max(PAGE_SIZE),
        })
    }
}

impl<M: Mmu, F: FrameSource, I: IovaSource> BindOp for VcmMmu<M, F, I> {
    fn bind(&mut self, mapping: &Mapping<'_>) -> Result<(), Error> {
        let at = mapping.reservation.start;
        let mut record = Record {
            parts: Vec::from(mapping.parts),
            size: mapping.size,
            attributes: mapping.attributes,
            state: State::Out(Quiet::never_shared()),
            suspended: false,
        };
        if self.active {
            record.map(&self.mmu, at, Operation::Bind)?;
        }
        self.records.insert(at, record);
        Ok(())
    }
}

/// An MMU's error when masters are to be held or let go: nothing has changed.
const fn not_held(at: Iova, error: MmuError) -> Error {
    Error::Mmu {
        operation: Operation::Hold,
        at: Some(at),
        error,
    }
}

/// An MMU's error while memory moves.
const fn not_moved(at: Iova, error: MmuError) -> Error {
    Error::Mmu {
        operation: Operation::Move,
        at: Some(at),
        error,
    }
}

impl<M: Mmu, F: FrameSource, I: IovaSource> MoveOp for VcmMmu<M, F, I> {
    fn suspend(&mut self, mapping: &Mapping<'_>) -> Result<Quiet, Error> {
        let at = mapping.reservation.start;
        let Some(record) = self.records.get_mut(&at) else {
            return Err(not_moved(at, MmuError::NotMapped { at }));
        };
        self.mmu.hold().map_err(|error| not_held(at, error))?;
        record.suspended = true;
        let unmapped = record.unmap(&self.mmu, at);
        match (
            unmapped,
            core::mem::replace(&mut record.state, State::Mapped),
        ) {
            (Ok(()), State::Out(quiet)) => {
                let (kept, proof) = quiet.split();
                record.state = State::Out(kept);
                Ok(proof)
            }
            (_, State::Unconfirmed(error)) => {
                record.state = State::Unconfirmed(error);
                Err(not_moved(at, error))
            }
            (unmapped, state) => {
                record.state = state;
                record.suspended = false;
                self.release();
                let error = unmapped.err().unwrap_or(MmuError::NotMapped { at });
                Err(not_moved(at, error))
            }
        }
    }

    fn resume(&mut self, mapping: &Mapping<'_>) -> Result<(), Error> {
        let at = mapping.reservation.start;
        let Some(record) = self.records.get_mut(&at).filter(|record| record.suspended) else {
            return Err(not_moved(at, MmuError::NotMapped { at }));
        };
        record.parts = Vec::from(mapping.parts);
        if self.active {
            record.map(&self.mmu, at, Operation::Move)?;
        }
        if let Err(error) = self.mmu.release() {
            return Err(match record.unmap(&self.mmu, at) {
                Ok(()) => not_held(at, error),
                Err(error) if error.is_unconfirmed() => not_moved(at, error),
                // It is still mapped.
                Err(_) => not_moved(at, MmuError::SyncTimeout),
            });
        }
        record.suspended = false;
        Ok(())
    }

    fn abandon(&mut self, mapping: &Mapping<'_>) {
        let at = mapping.reservation.start;
        let Some(record) = self.records.get_mut(&at) else {
            return;
        };
        // If it could not even be suspended, it may still lead to where it was to go.
        let _left_to_deactivation = record.unmap(&self.mmu, at);
        record.parts = Vec::from(mapping.parts);
        if core::mem::take(&mut record.suspended) {
            self.release();
        }
    }
}

macro_rules! mmu_by_pointer {
    ($($Pointer:ty),+) => {$(
        impl<M: Mmu + ?Sized> Mmu for $Pointer {
            fn page_sizes(&self) -> &[u32] {
                (**self).page_sizes()
            }
            fn map(
                &self,
                at: Iova,
                parts: &[PhysPart],
                attributes: Attributes,
            ) -> Result<(), MmuError> {
                (**self).map(at, parts, attributes)
            }
            fn unmap(&self, at: Iova, size: u32) -> Result<Quiet, MmuError> {
                (**self).unmap(at, size)
            }
            fn activate(&self) -> Result<(), MmuError> {
                (**self).activate()
            }
            fn deactivate(&self) -> Result<Quiet, MmuError> {
                (**self).deactivate()
            }
            fn can_hold(&self) -> bool {
                (**self).can_hold()
            }
            fn hold(&self) -> Result<(), MmuError> {
                (**self).hold()
            }
            fn release(&self) -> Result<(), MmuError> {
                (**self).release()
            }
        }
    )+};
}

mmu_by_pointer!(&M, Arc<M>, Rc<M>, Box<M>);
