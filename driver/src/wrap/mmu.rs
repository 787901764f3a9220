//! The VCM MMU wrapper: a driver on top of any MMU.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::source::{FrameRequest, FrameSource, IovaSource};
use crate::addr::Iova;
use crate::error::{Error, Operation};
use crate::mmu::{Attributes, Mmu, MmuError, PhysPart};
use crate::vcm::driver::{BindOp, Driver, Fate, FreeOp, Mapping, PhysOp, ResOp};
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
}

/// A binding.
struct Record {
    parts: Vec<PhysPart>,
    size: u32,
    attributes: Attributes,
    /// Whether the page table has it.
    mapped: bool,
    /// Whether the page table had it, and the hardware has not confirmed its removal.
    unconfirmed: Option<MmuError>,
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
        }
    }

    /// Maps every record that the page table does not have.
    fn replay(&mut self) -> Result<(), Error> {
        for (&at, record) in &mut self.records {
            if !record.mapped {
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
    fn map(&mut self, mmu: &impl Mmu, at: Iova, operation: Operation) -> Result<(), Error> {
        match mmu.map(at, &self.parts, self.attributes) {
            Ok(()) => {
                self.mapped = true;
                Ok(())
            }
            Err(error) => {
                if error.is_unconfirmed() {
                    self.unconfirmed = Some(error);
                }
                Err(Error::Mmu {
                    operation,
                    at: Some(at),
                    error,
                })
            }
        }
    }

    fn unmap(&mut self, mmu: &impl Mmu, at: Iova) -> Result<(), MmuError> {
        if !self.mapped {
            return Ok(());
        }
        match mmu.unmap(at, self.size) {
            Ok(()) => {
                self.mapped = false;
                // This confirms earlier removals of the same range too.
                self.unconfirmed = None;
                Ok(())
            }
            Err(error) => {
                if error.is_unconfirmed() {
                    self.mapped = false;
                    self.unconfirmed = Some(error);
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

    fn unreserve(&mut self, region: Region, fate: Fate) {
        match fate {
            Fate::Reuse => self.addresses.release(region),
            Fate::Poison => self.addresses.poison(region),
        }
    }

    fn unbind(&mut self, mapping: &Mapping<'_>) -> Result<(), Error> {
        let at = mapping.reservation.start;
        let failed = |error| Error::Mmu {
            operation: Operation::Unbind,
            at: Some(at),
            error,
        };
        let Some(record) = self.records.get_mut(&at) else {
            return Err(failed(MmuError::NotMapped { at }));
        };
        let result = record.unmap(&self.mmu, at);
        if record.mapped {
            return result.map_err(failed);
        }
        let unconfirmed = record.unconfirmed;
        self.records.remove(&at);
        unconfirmed.map_or(Ok(()), |error| Err(failed(error)))
    }

    fn activate(&mut self) -> Result<(), Error> {
        // After a deactivation that failed, everything is still mapped.
        let replayed = match self.active {
            true => Ok(()),
            false => self.replay(),
        };
        let activated = replayed.and_then(|()| {
            self.mmu.activate().map_err(|error| Error::Mmu {
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

    fn deactivate(&mut self) -> Result<(), Error> {
        self.mmu.deactivate().map_err(|error| Error::Mmu {
            operation: Operation::Deactivate,
            at: None,
            error,
        })?;
        // Every access faults by now, so the context is inactive whatever becomes of the table.
        self.active = false;
        self.empty();
        Ok(())
    }
}

impl<M: Mmu, F: FrameSource, I: IovaSource> ResOp for VcmMmu<M, F, I> {
    fn res(&mut self, size: u32, flags: &ResFlags) -> Result<Region, Error> {
        let floor = flags.align.max(PAGE_SIZE);
        if flags.at.is_some() {
            let start = self.addresses.reserve(size, floor, flags.at)?;
            return Ok(Region::new(start, size));
        }
        let pages = self.mmu.page_sizes().iter().copied();
        let larger = pages.filter(|&page| page > floor && page <= size);
        for align in larger {
            match self.addresses.reserve(size, align, None) {
                Ok(start) => return Ok(Region::new(start, size)),
                Err(Error::NoAddresses { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let start = self.addresses.reserve(size, floor, None)?;
        Ok(Region::new(start, size))
    }
}

impl<M: Mmu, F: FrameSource, I: IovaSource> FreeOp for VcmMmu<M, F, I> {
    fn free(&mut self, parts: &[PhysPart], fate: Fate) {
        match fate {
            Fate::Reuse => self.frames.free(parts),
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
            mapped: false,
            unconfirmed: None,
        };
        if self.active {
            record.map(&self.mmu, at, Operation::Bind)?;
        }
        self.records.insert(at, record);
        Ok(())
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
            fn unmap(&self, at: Iova, size: u32) -> Result<(), MmuError> {
                (**self).unmap(at, size)
            }
            fn activate(&self) -> Result<(), MmuError> {
                (**self).activate()
            }
            fn deactivate(&self) -> Result<(), MmuError> {
                (**self).deactivate()
            }
        }
    )+};
}

mmu_by_pointer!(&M, Arc<M>, Rc<M>, Box<M>);
