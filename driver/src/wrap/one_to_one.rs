//! The VCM one-to-one wrapper: a driver for masters without an MMU, to which a device address is the
//! physical address.

use alloc::vec::Vec;

use super::source::{FrameRequest, FrameSource};
use crate::addr::{Iova, PhysAddr};
use crate::error::{Error, Operation};
use crate::mmu::{Mmu, MmuError, PhysPart, Quiet};
use crate::vcm::driver::{AllocOp, BindOp, Driver, Fate, FreeOp, MapOp, Mapping};
use crate::vcm::{AllocFlags, PAGE_SIZE, Region, ResFlags};

/// What lets the masters of a one-to-one context through, if anything: a stream set to bypass, say.
pub trait Gate {
    /// Lets the masters through.
    ///
    /// # Errors
    /// The masters are not let through.
    fn open(&mut self) -> Result<(), Error>;

    /// Stops the masters.
    ///
    /// # Errors
    /// The masters may still get through.
    fn close(&mut self) -> Result<(), Error>;
}

/// No gate: the masters are wired to the memory.
impl Gate for () {
    fn open(&mut self) -> Result<(), Error> {
        Ok(())
    }
    fn close(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// A context of an MMU as a gate: of one that passes addresses on unchanged, such as
/// [`ContextConfig::one_to_one`](crate::iommu::ContextConfig::one_to_one) makes it.
pub struct MmuGate<M>(pub M);

impl<M: Mmu> Gate for MmuGate<M> {
    fn open(&mut self) -> Result<(), Error> {
        let opened = self.0.activate();
        opened.map_err(|error| failed(Operation::Activate, error))
    }
    fn close(&mut self) -> Result<(), Error> {
        let closed = self.0.deactivate().map(drop);
        closed.map_err(|error| failed(Operation::Deactivate, error))
    }
}

const fn failed(operation: Operation, error: MmuError) -> Error {
    Error::Mmu {
        operation,
        at: None,
        error,
    }
}

/// Driver of a context whose device addresses are physical addresses.
///
/// Memory and addresses come together, physically contiguous (`alloc`), or the addresses come with
/// the memory (`map`); a reservation alone is not supported. The context's range says which physical
/// addresses the masters reach. Attributes of a reservation have no effect: nothing is there to
/// enforce them.
pub struct OneToOne<F, G = ()> {
    frames: F,
    reach: Region,
    gate: G,
}

impl<F: FrameSource> OneToOne<F> {
    /// From the allocator of physical memory and the context's range.
    pub const fn new(frames: F, reach: Region) -> Self {
        Self {
            frames,
            reach,
            gate: (),
        }
    }
}

impl<F: FrameSource, G: Gate> OneToOne<F, G> {
    /// The same with a gate, opened on activation and closed on deactivation.
    pub const fn with_gate(frames: F, reach: Region, gate: G) -> Self {
        Self {
            frames,
            reach,
            gate,
        }
    }

    /// One contiguous part that the masters reach.
    fn contiguous(&mut self, size: u32, align: u32) -> Result<(Vec<PhysPart>, Region), Error> {
        let parts = self.frames.allocate(&FrameRequest {
            size,
            page_sizes: &[],
            contiguous: true,
            align: align.max(PAGE_SIZE),
        })?;
        match self.identity(&parts) {
            Ok(region) => Ok((parts, region)),
            Err(error) => {
                self.frames.free(&parts, Quiet::never_shared());
                Err(error)
            }
        }
    }

    /// The addresses under which the masters see `parts`.
    fn identity(&self, parts: &[PhysPart]) -> Result<Region, Error> {
        let [part] = parts else {
            return Err(Error::Scattered { parts: parts.len() });
        };
        let region = Region::new(same(part.start), part.size);
        if self.reach.encloses(&region) {
            Ok(region)
        } else {
            Err(Error::OutsideContext(region))
        }
    }
}

/// Whether the masters that are meant reach all of it.
fn is_within(region: Region, flags: &ResFlags) -> bool {
    flags.within.is_none_or(|within| within.encloses(&region))
}

/// The device address that is this physical address.
const fn same(at: PhysAddr) -> Iova {
    Iova::new(at.get())
}

impl<F: FrameSource, G: Gate> Driver for OneToOne<F, G> {
    fn alloc_op(&mut self) -> Option<&mut dyn AllocOp> {
        Some(self)
    }

    fn map_op(&mut self) -> Option<&mut dyn MapOp> {
        Some(self)
    }

    fn bind_op(&mut self) -> Option<&mut dyn BindOp> {
        Some(self)
    }

    /// The addresses are the memory's; there is nothing to give back.
    fn unreserve(&mut self, _: Region, _: Fate) {}

    fn aliases(&self) -> bool {
        true
    }

    fn activate(&mut self) -> Result<(), Error> {
        self.gate.open()
    }

    fn deactivate(&mut self) -> Result<Quiet, Error> {
        self.gate.close()?;
        Ok(Quiet::untranslated())
    }
}

impl<F: FrameSource, G: Gate> FreeOp for OneToOne<F, G> {
    fn free(&mut self, parts: &[PhysPart], fate: Fate) {
        match fate {
            Fate::Reuse(quiet) => self.frames.free(parts, quiet),
            Fate::Poison => self.frames.poison(parts),
        }
    }
}

impl<F: FrameSource, G: Gate> AllocOp for OneToOne<F, G> {
    fn both(
        &mut self,
        size: u32,
        alloc: &AllocFlags,
        res: &ResFlags,
    ) -> Result<(Vec<PhysPart>, Region), Error> {
        if res.at.is_some() {
            // The allocator chooses the address.
            return Err(Error::Unsupported(Operation::Alloc));
        }
        let (parts, region) = self.contiguous(size, alloc.align.max(res.align))?;
        match is_within(region, res) {
            true => Ok((parts, region)),
            false => {
                self.frames.free(&parts, Quiet::never_shared());
                Err(Error::OutsideContext(region))
            }
        }
    }

    fn phys_only(&mut self, size: u32, flags: &AllocFlags) -> Result<Vec<PhysPart>, Error> {
        let (parts, _) = self.contiguous(size, flags.align)?;
        Ok(parts)
    }

    fn res_only(&mut self, _: u32, _: &ResFlags) -> Result<Region, Error> {
        Err(Error::Unsupported(Operation::Res))
    }
}

impl<F: FrameSource, G: Gate> MapOp for OneToOne<F, G> {
    fn map(&mut self, parts: &[PhysPart], _: u32, flags: &ResFlags) -> Result<Region, Error> {
        let region = self.identity(parts)?;
        if !is_within(region, flags) {
            return Err(Error::OutsideContext(region));
        }
        let is_elsewhere = flags.at.is_some_and(|at| at != region.start);
        if is_elsewhere || !region.start.is_aligned(flags.align.max(PAGE_SIZE)) {
            return Err(Error::NotOneToOne {
                reservation: region,
            });
        }
        Ok(region)
    }
}

impl<F: FrameSource, G: Gate> BindOp for OneToOne<F, G> {
    fn bind(&mut self, mapping: &Mapping<'_>) -> Result<(), Error> {
        let region = self.identity(mapping.parts)?;
        if region.start == mapping.reservation.start {
            Ok(())
        } else {
            Err(Error::NotOneToOne {
                reservation: mapping.reservation,
            })
        }
    }
}
