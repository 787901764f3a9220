//! A driver written in C: the RFC's operations as those of [`Driver`].
//!
//! In the RFC the driver allocates `struct vcm_res` and `struct vcm_phys`, often as part of a larger
//! structure of its own. So each structure that it has made is remembered with what is in it, and goes
//! back to it in the operation that takes it. Structures are taken off the list of [`handles`] before.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ffi::{c_int, c_uint};
use core::ptr::null_mut;
use core::slice;
use core::sync::atomic::Ordering;

use vcm::addr::{Iova, PhysAddr};
use vcm::driver::{AllocOp, BindOp, Driver, Fate, FreeOp, MapOp, Mapping, PhysOp, ResOp};
use vcm::error::Operation;
use vcm::mmu::{MmuError, PhysPart, Quiet};
use vcm::{AllocFlags, Errno, Error, Region, ResFlags};

use crate::context::Notes;
use crate::flags::{alloc_bits, res_bits};
use crate::handles;
use crate::pointer::{Pointer, error_in};
use crate::refusal::errno_of;
use crate::types::{Vcm, VcmDriver, VcmPhys, VcmPhysPart, VcmRes};

/// The driver of one context.
pub(crate) struct Foreign {
    vcm: Pointer<Vcm>,
    operations: VcmDriver,
    notes: Arc<Notes>,
    reservations: Vec<(Region, Pointer<VcmRes>)>,
    memories: Vec<(Vec<PhysPart>, Pointer<VcmPhys>)>,
}

/// The pages of the 32-bit space.
const MOST_PARTS: u32 = 1 << 20;

const fn failed(operation: Operation, reason: &'static str, errno: Errno) -> Error {
    Error::Driver {
        operation,
        reason,
        errno,
    }
}

/// What a number means that an operation has returned. In the RFC a positive one is success here and
/// failure there; here it is success everywhere.
fn check(operation: Operation, code: c_int) -> Result<(), Error> {
    if code >= 0 {
        return Ok(());
    }
    let errno = errno_of(code.wrapping_neg());
    Err(failed(operation, "the driver refused", errno))
}

/// What a pointer means that an operation has returned.
fn made<T>(operation: Operation, pointer: *mut T) -> Result<*mut T, Error> {
    if pointer.is_null() || !pointer.is_aligned() && error_in(pointer).is_none() {
        let reason = "the driver returned no pointer to a structure";
        return Err(failed(operation, reason, Errno::EINVAL));
    }
    match error_in(pointer) {
        Some(code) => Err(failed(operation, "the driver refused", errno_of(code))),
        None => Ok(pointer),
    }
}

impl Foreign {
    pub(crate) const fn new(vcm: Pointer<Vcm>, operations: VcmDriver, notes: Arc<Notes>) -> Self {
        Self {
            vcm,
            operations,
            notes,
            reservations: Vec::new(),
            memories: Vec::new(),
        }
    }

    /// Whether the structure stands for something that has not been given back.
    fn is_in_use<T>(&self, at: *const T) -> bool {
        let address = at.addr();
        handles::is_listed(at)
            || self
                .reservations
                .iter()
                .any(|(_, res)| res.addr() == address)
            || self.memories.iter().any(|(_, phys)| phys.addr() == address)
    }

    /// A structure that the driver has returned, which is to be a new one.
    fn fresh<T>(&self, operation: Operation, pointer: *mut T) -> Result<*mut T, Error> {
        let pointer = made(operation, pointer)?;
        if self.is_in_use(pointer) {
            let reason = "the driver returned a structure that is in use";
            return Err(failed(operation, reason, Errno::EINVAL));
        }
        Ok(pointer)
    }

    /// Remembers a reservation that the driver has made.
    fn keep_res(&mut self, operation: Operation, res: *mut VcmRes) -> Result<Region, Error> {
        let res = self.fresh(operation, res)?;
        // SAFETY: vcm.h says that the operation returns a structure that it has filled in.
        let region = unsafe {
            (*res).vcm = self.vcm.get();
            (*res).phys = null_mut();
            (*res).bound_size = 0;
            (*res).poisoned = 0;
            Region::new(Iova::new((*res).start), (*res).res_size)
        };
        self.reservations.push((region, Pointer::new(res)));
        self.notes.made_res.store(res, Ordering::Relaxed);
        Ok(region)
    }

    /// Remembers physical memory that the driver has allocated.
    fn keep_phys(
        &mut self,
        operation: Operation,
        phys: *mut VcmPhys,
    ) -> Result<Vec<PhysPart>, Error> {
        let phys = self.fresh(operation, phys)?;
        // SAFETY: vcm.h says that the operation returns a structure that it has filled in.
        let (count, free) = unsafe {
            (*phys).bindings = 0;
            (*phys).poisoned = 0;
            ((*phys).count, (*phys).free)
        };
        let Some(free) = free else {
            let reason = "the driver returned physical memory without a free operation";
            return Err(failed(operation, reason, Errno::EINVAL));
        };
        if count > MOST_PARTS {
            // SAFETY: it is the driver's own operation, for what it has just returned.
            unsafe { free(phys) };
            let reason = "the driver returned physical memory of more parts than there are pages";
            return Err(failed(operation, reason, Errno::EINVAL));
        }
        // SAFETY: vcm.h says that there are `count` parts.
        let parts = unsafe {
            let first = (&raw const (*phys).parts).cast::<VcmPhysPart>();
            slice::from_raw_parts(first, count as usize)
        };
        let parts: Vec<PhysPart> = parts
            .iter()
            .map(|part| PhysPart {
                start: PhysAddr::new(part.start),
                size: part.size,
            })
            .collect();
        self.memories.push((parts.clone(), Pointer::new(phys)));
        self.notes.made_phys.store(phys, Ordering::Relaxed);
        Ok(parts)
    }

    /// The structure of a reservation: that of the call, or else the youngest with these addresses.
    fn place(&self, region: Region) -> Option<usize> {
        let current = self.notes.res.load(Ordering::Relaxed).addr();
        let is = |at: &usize| self.reservations[*at].0 == region;
        let all = || (0..self.reservations.len()).rev().filter(is);
        let mut same = all().filter(|&at| self.reservations[at].1.addr() == current);
        same.next().or_else(|| all().next())
    }

    fn find(&self, operation: Operation, region: Region) -> Result<*mut VcmRes, Error> {
        let place = self.place(region);
        let unknown = failed(operation, "this is not the driver's", Errno::EINVAL);
        place.map(|at| self.reservations[at].1.get()).ok_or(unknown)
    }

    /// The physical memory that the call is about.
    fn phys(&self, operation: Operation) -> Result<*mut VcmPhys, Error> {
        let passed = self.notes.phys.load(Ordering::Relaxed);
        let phys = match passed.is_null() {
            true => self.notes.made_phys.load(Ordering::Relaxed),
            false => passed,
        };
        let unknown = failed(operation, "there is no memory to bind", Errno::EINVAL);
        if phys.is_null() {
            Err(unknown)
        } else {
            Ok(phys)
        }
    }

    /// A wanted address cannot be told to an operation of the RFC.
    const fn anywhere(operation: Operation, flags: &ResFlags) -> Result<(), Error> {
        match flags.at {
            Some(_) => Err(Error::Unsupported(operation)),
            None => Ok(()),
        }
    }

    /// Calls the alloc operation, for one of the two or both.
    fn allocate(
        &mut self,
        size: u32,
        (phys, alloc_flags): (*mut *mut VcmPhys, c_uint),
        (res, res_flags): (*mut *mut VcmRes, c_uint),
    ) -> Result<(), Error> {
        let Some(alloc) = self.operations.alloc else {
            return Err(Error::Unsupported(Operation::Alloc));
        };
        // SAFETY: vcm.h says what the operation may do; the context lives, and what is not NULL can be
        // written to.
        let code = unsafe { alloc(self.vcm.get(), size, phys, alloc_flags, res, res_flags) };
        check(Operation::Alloc, code)
    }

    fn bound(res: *mut VcmRes, phys: *mut VcmPhys, size: u32) {
        // SAFETY: a structure that is remembered lives.
        unsafe {
            (*res).phys = phys;
            (*res).bound_size = size;
        }
    }
}

impl Driver for Foreign {
    fn alloc_op(&mut self) -> Option<&mut dyn AllocOp> {
        self.operations.alloc.is_some().then_some(self as _)
    }

    fn res_op(&mut self) -> Option<&mut dyn ResOp> {
        self.operations.res.is_some().then_some(self as _)
    }

    fn phys_op(&mut self) -> Option<&mut dyn PhysOp> {
        self.operations.phys.is_some().then_some(self as _)
    }

    fn map_op(&mut self) -> Option<&mut dyn MapOp> {
        self.operations.map.is_some().then_some(self as _)
    }

    fn bind_op(&mut self) -> Option<&mut dyn BindOp> {
        self.operations.bind.is_some().then_some(self as _)
    }

    fn unreserve(&mut self, region: Region, fate: Fate) {
        let Some(at) = self.place(region) else {
            return;
        };
        let (_, res) = self.reservations.remove(at);
        handles::forget_reservation(res);
        // SAFETY: a structure that is remembered lives; it was just forgotten.
        unsafe {
            (*res.get()).poisoned = c_uint::from(matches!(fate, Fate::Poison));
            if let Some(unreserve) = self.operations.unreserve {
                unreserve(res.get());
            }
        }
    }

    fn aliases(&self) -> bool {
        self.operations.aliases != 0
    }

    fn unbind(&mut self, mapping: &Mapping<'_>) -> Result<Quiet, Error> {
        let res = self.find(Operation::Unbind, mapping.reservation)?;
        let Some(unbind) = self.operations.unbind else {
            return Ok(Quiet::confirmed());
        };
        // SAFETY: a structure that is remembered lives.
        let code = unsafe { unbind(res) };
        match check(Operation::Unbind, code) {
            // The one way for C to say that it is gone, but not confirmed.
            Err(error) if error.errno() == Errno::ETIMEDOUT => Err(Error::Mmu {
                operation: Operation::Unbind,
                at: Some(mapping.reservation.start),
                error: MmuError::SyncTimeout,
            }),
            result => result.map(|()| Quiet::confirmed()),
        }
    }

    fn activate(&mut self) -> Result<(), Error> {
        match self.operations.activate {
            // SAFETY: the context lives.
            Some(activate) => check(Operation::Activate, unsafe { activate(self.vcm.get()) }),
            None => Ok(()),
        }
    }

    fn deactivate(&mut self) -> Result<Quiet, Error> {
        if let Some(stop) = self.operations.deactivate {
            // SAFETY: the context lives.
            check(Operation::Deactivate, unsafe { stop(self.vcm.get()) })?;
        }
        Ok(Quiet::confirmed())
    }

    fn cleanup(&mut self) {
        handles::remove_context(self.vcm);
        if let Some(cleanup) = self.operations.cleanup {
            // SAFETY: the context lives until here.
            unsafe { cleanup(self.vcm.get()) };
        }
    }
}

impl FreeOp for Foreign {
    fn free(&mut self, parts: &[PhysPart], fate: Fate) {
        let same = |(kept, _): &(Vec<PhysPart>, Pointer<VcmPhys>)| kept == parts;
        let Some(at) = self.memories.iter().position(same) else {
            return;
        };
        let (_, phys) = self.memories.swap_remove(at);
        handles::forget_memory(phys);
        // SAFETY: a structure that is remembered lives; it was just forgotten.
        unsafe {
            (*phys.get()).poisoned = c_uint::from(matches!(fate, Fate::Poison));
            if let Some(free) = (*phys.get()).free {
                free(phys.get());
            }
        }
    }
}

impl AllocOp for Foreign {
    fn both(
        &mut self,
        size: u32,
        alloc: &AllocFlags,
        res: &ResFlags,
    ) -> Result<(Vec<PhysPart>, Region), Error> {
        let operation = Operation::Alloc;
        Self::anywhere(operation, res)?;
        let (mut phys, mut reservation) = (null_mut(), null_mut());
        self.allocate(
            size,
            (&raw mut phys, alloc_bits(alloc)),
            (&raw mut reservation, res_bits(res)),
        )?;
        let region = self.keep_res(operation, reservation);
        let parts = self.keep_phys(operation, phys);
        match (parts, region) {
            (Ok(parts), Ok(region)) => Ok((parts, region)),
            (Ok(parts), Err(error)) => {
                self.free(&parts, Fate::Reuse(Quiet::never_shared()));
                Err(error)
            }
            (Err(error), Ok(region)) => {
                self.unreserve(region, Fate::Reuse(Quiet::never_shared()));
                Err(error)
            }
            (Err(error), Err(_)) => Err(error),
        }
    }

    fn phys_only(&mut self, size: u32, flags: &AllocFlags) -> Result<Vec<PhysPart>, Error> {
        let mut phys = null_mut();
        self.allocate(size, (&raw mut phys, alloc_bits(flags)), (null_mut(), 0))?;
        self.keep_phys(Operation::Alloc, phys)
    }

    fn res_only(&mut self, size: u32, flags: &ResFlags) -> Result<Region, Error> {
        Self::anywhere(Operation::Alloc, flags)?;
        let mut res = null_mut();
        self.allocate(size, (null_mut(), 0), (&raw mut res, res_bits(flags)))?;
        self.keep_res(Operation::Alloc, res)
    }
}

impl ResOp for Foreign {
    fn res(&mut self, size: u32, flags: &ResFlags) -> Result<Region, Error> {
        Self::anywhere(Operation::Res, flags)?;
        let Some(res) = self.operations.res else {
            return Err(Error::Unsupported(Operation::Res));
        };
        // SAFETY: the context lives.
        let res = unsafe { res(self.vcm.get(), size, res_bits(flags)) };
        self.keep_res(Operation::Res, res)
    }
}

impl PhysOp for Foreign {
    fn phys(&mut self, size: u32, flags: &AllocFlags) -> Result<Vec<PhysPart>, Error> {
        let Some(phys) = self.operations.phys else {
            return Err(Error::Unsupported(Operation::Phys));
        };
        // SAFETY: the context lives.
        let phys = unsafe { phys(self.vcm.get(), size, alloc_bits(flags)) };
        self.keep_phys(Operation::Phys, phys)
    }
}

impl MapOp for Foreign {
    fn map(&mut self, _: &[PhysPart], size: u32, flags: &ResFlags) -> Result<Region, Error> {
        let operation = Operation::Map;
        Self::anywhere(operation, flags)?;
        let phys = Self::phys(self, operation)?;
        let Some(map) = self.operations.map else {
            return Err(Error::Unsupported(operation));
        };
        // SAFETY: the context and the memory live.
        let res = unsafe { map(self.vcm.get(), phys, res_bits(flags)) };
        let region = self.keep_res(operation, res)?;
        Self::bound(res, phys, size);
        Ok(region)
    }
}

impl BindOp for Foreign {
    fn bind(&mut self, mapping: &Mapping<'_>) -> Result<(), Error> {
        let operation = Operation::Bind;
        let res = self.find(operation, mapping.reservation)?;
        let phys = Self::phys(self, operation)?;
        let Some(bind) = self.operations.bind else {
            return Err(Error::Unsupported(operation));
        };
        // SAFETY: a structure that is remembered lives, and so does the memory.
        check(operation, unsafe { bind(res, phys) })?;
        Self::bound(res, phys, mapping.size);
        Ok(())
    }
}
