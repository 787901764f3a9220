//! A context, as the calls need it.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

use spin::Mutex;
use vcm::addr::Iova;
use vcm::driver::Driver;
use vcm::iommu::IommuContext;
use vcm::{PhysId, ResId, VcmId};

use crate::handles::{self, Memory, Reservation};
use crate::iommu::Device;
use crate::platform::{CBus, CClock, CMemory};
use crate::pointer::Pointer;
use crate::refusal::Refusal;
use crate::structures::Own;
use crate::system::System;
use crate::types::{Vcm, VcmPhys, VcmRes};

/// What a `struct vcm` stands for.
pub(crate) struct Context {
    pub(crate) system: Arc<System>,
    pub(crate) id: VcmId,
    pub(crate) pointer: Pointer<Vcm>,
    kind: Kind,
    /// One call at a time. (The framework sees to that by itself; but who holds this can leave notes
    /// for a driver in C.)
    turn: Mutex<()>,
}

/// Whose the driver is.
pub(crate) enum Kind {
    /// Of the framework, for masters wired to the memory.
    Wired,
    /// Of the framework, with a bank of an IOMMU.
    Bank(Bank),
    /// Of C.
    Foreign(Arc<Notes>),
}

/// A context bank, and the IOMMU that it is of.
pub(crate) struct Bank {
    pub(crate) device: Arc<Device>,
    pub(crate) mmu: Arc<IommuContext<CBus, CMemory, CClock>>,
}

/// Which structures a call is about: the framework's operations are told addresses only, and C's are
/// given structures.
#[derive(Default)]
pub(crate) struct Notes {
    /// What the caller has passed.
    pub(crate) res: AtomicPtr<VcmRes>,
    pub(crate) phys: AtomicPtr<VcmPhys>,
    /// What the driver has made.
    pub(crate) made_res: AtomicPtr<VcmRes>,
    pub(crate) made_phys: AtomicPtr<VcmPhys>,
}

impl Notes {
    fn set(&self, res: *mut VcmRes, phys: *mut VcmPhys) {
        self.res.store(res, Ordering::Relaxed);
        self.phys.store(phys, Ordering::Relaxed);
        self.made_res.store(null_mut(), Ordering::Relaxed);
        self.made_phys.store(null_mut(), Ordering::Relaxed);
    }
}

impl Context {
    /// Makes a context with a driver of the framework.
    pub(crate) fn create(
        system: &Arc<System>,
        (start, size): (u32, u32),
        driver: Box<dyn Driver + Send>,
        bank: Option<Bank>,
    ) -> Result<*mut Vcm, Refusal> {
        let id = system.graph.create(Iova::new(start), size, driver)?;
        let (pointer, own) = Own::vcm(Vcm {
            start,
            size,
            activations: 0,
            driver: core::ptr::null(),
            system: system.pointer(),
        });
        let kind = bank.map_or(Kind::Wired, Kind::Bank);
        let context = Self::new(system, id, pointer, kind);
        handles::add_context(Arc::new(context), Some(own));
        Ok(pointer.get())
    }

    pub(crate) fn new(system: &Arc<System>, id: VcmId, pointer: Pointer<Vcm>, kind: Kind) -> Self {
        Self {
            system: Arc::clone(system),
            id,
            pointer,
            kind,
            turn: Mutex::new(()),
        }
    }

    /// Whether its driver is written in C.
    pub(crate) const fn is_foreign(&self) -> bool {
        matches!(self.kind, Kind::Foreign(_))
    }

    /// Its bank, if it has one.
    pub(crate) const fn bank(&self) -> Option<&Bank> {
        match &self.kind {
            Kind::Bank(bank) => Some(bank),
            _ => None,
        }
    }

    /// Makes a call that is about these structures, and reports if it fails.
    pub(crate) fn call<T>(
        &self,
        res: *mut VcmRes,
        phys: *mut VcmPhys,
        body: impl FnOnce() -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let turn = self.turn.lock();
        if let Kind::Foreign(notes) = &self.kind {
            notes.set(res, phys);
        }
        let result = body();
        if let Kind::Foreign(notes) = &self.kind {
            notes.set(null_mut(), null_mut());
        }
        drop(turn);
        self.system.told(result)
    }

    /// The structure for a reservation that a call has just made. Call with the turn held.
    pub(crate) fn adopt_reservation(self: &Arc<Self>, id: ResId) -> Result<*mut VcmRes, Refusal> {
        let info = self.system.graph.reservation(id)?;
        if let Some(phys) = info.phys {
            self.adopt_memory(phys)?;
        }
        let made = VcmRes {
            start: info.region.start.get(),
            bound_size: 0,
            res_size: info.region.size,
            poisoned: 0,
            vcm: self.pointer.get(),
            phys: null_mut(),
        };
        let (pointer, own) = match &self.kind {
            Kind::Foreign(notes) => (Pointer::new(notes.made_res.load(Ordering::Relaxed)), None),
            _ => {
                let (pointer, own) = Own::res(made);
                (pointer, Some(own))
            }
        };
        let reservation = Reservation {
            context: Arc::clone(self),
            id,
            pointer,
        };
        handles::add_reservation(reservation.clone(), own);
        handles::refresh_reservation(&reservation);
        Ok(pointer.get())
    }

    /// The structure for physical memory; a new one if a call has just made it. Call with the turn
    /// held.
    pub(crate) fn adopt_memory(&self, id: PhysId) -> Result<*mut VcmPhys, Refusal> {
        if handles::memory_of(&self.system, id).is_none() {
            let info = self.system.graph.phys(id)?;
            let (pointer, own) = match &self.kind {
                Kind::Foreign(notes) => {
                    (Pointer::new(notes.made_phys.load(Ordering::Relaxed)), None)
                }
                _ => {
                    let (pointer, own) = Own::phys(&info.parts, info.size);
                    (pointer, Some(own))
                }
            };
            let system = Arc::clone(&self.system);
            let memory = Memory {
                system,
                id,
                pointer,
            };
            handles::add_memory(memory, own);
        }
        handles::refresh_memory(&self.system, id);
        let pointer = handles::memory_of(&self.system, id);
        pointer
            .map(Pointer::get)
            .ok_or(Refusal::Pointer("physical memory"))
    }
}
