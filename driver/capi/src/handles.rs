//! Every pointer that C may use, and what it stands for.
//!
//! The one thing of this crate that is not of an instance, for C passes pointers and nothing else. A
//! pointer is looked up here before it is followed. What is listed is alive: a structure of the
//! framework's own because it is freed later, one of a driver in C because it is taken off the list
//! before the driver is told to free it. So structures are written with the list locked.
//!
//! The lock is held for look-ups only. The framework's bookkeeping lock may be taken inside of it, and
//! nothing is called.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ffi::c_uint;
use core::ptr::null_mut;

use spin::Mutex;
use vcm::{PhysId, ResId};

use crate::context::Context;
use crate::iommu::Device;
use crate::pointer::Pointer;
use crate::refusal::Refusal;
use crate::structures::Own;
use crate::system::System;
use crate::types::{Vcm, VcmIommu, VcmPhys, VcmRes, VcmSystem};

static HANDLES: Mutex<Handles> = Mutex::new(Handles::new());

struct Handles {
    systems: BTreeMap<usize, Arc<System>>,
    devices: BTreeMap<usize, Arc<Device>>,
    contexts: BTreeMap<usize, (Arc<Context>, Option<Own>)>,
    reservations: BTreeMap<usize, (Reservation, Option<Own>)>,
    memories: BTreeMap<usize, (Memory, Option<Own>)>,
    /// By system and identifier.
    memory_of: BTreeMap<(usize, PhysId), Pointer<VcmPhys>>,
}

/// What a `struct vcm_res` stands for.
#[derive(Clone)]
pub(crate) struct Reservation {
    pub(crate) context: Arc<Context>,
    pub(crate) id: ResId,
    pub(crate) pointer: Pointer<VcmRes>,
}

/// What a `struct vcm_phys` stands for.
#[derive(Clone)]
pub(crate) struct Memory {
    pub(crate) system: Arc<System>,
    pub(crate) id: PhysId,
    pub(crate) pointer: Pointer<VcmPhys>,
}

impl Handles {
    const fn new() -> Self {
        Self {
            systems: BTreeMap::new(),
            devices: BTreeMap::new(),
            contexts: BTreeMap::new(),
            reservations: BTreeMap::new(),
            memories: BTreeMap::new(),
            memory_of: BTreeMap::new(),
        }
    }

    fn remove_memory(&mut self, address: usize) -> Option<(Memory, Option<Own>)> {
        let removed = self.memories.remove(&address)?;
        let key = (key(&removed.0.system), removed.0.id);
        self.memory_of.remove(&key);
        Some(removed)
    }
}

fn key(system: &Arc<System>) -> usize {
    Arc::as_ptr(system).addr()
}

// --- systems and devices

pub(crate) fn add_system(system: Arc<System>) -> *mut VcmSystem {
    let pointer = system.pointer();
    HANDLES.lock().systems.insert(pointer.addr(), system);
    pointer
}

pub(crate) fn system(pointer: *const VcmSystem) -> Result<Arc<System>, Refusal> {
    let found = HANDLES.lock().systems.get(&pointer.addr()).cloned();
    found.ok_or(Refusal::Pointer("system"))
}

/// Takes a system off the list that nothing is left of.
pub(crate) fn remove_system(pointer: *const VcmSystem) -> Result<Arc<System>, Refusal> {
    let mut handles = HANDLES.lock();
    let address = pointer.addr();
    let system = handles.systems.get(&address);
    let system = system.ok_or(Refusal::Pointer("system"))?;
    let is_of = |other: &Arc<System>| Arc::ptr_eq(other, system);
    let busy = handles.devices.values().any(|d| is_of(&d.system))
        || handles.contexts.values().any(|(c, _)| is_of(&c.system))
        || handles.memories.values().any(|(m, _)| is_of(&m.system));
    if busy {
        return Err(Refusal::Busy(
            "the system still has contexts, memory or IOMMUs",
        ));
    }
    let removed = handles.systems.remove(&address);
    removed.ok_or(Refusal::Pointer("system"))
}

pub(crate) fn add_device(device: Arc<Device>) -> *mut VcmIommu {
    let pointer = device.pointer();
    HANDLES.lock().devices.insert(pointer.addr(), device);
    pointer
}

pub(crate) fn device(pointer: *const VcmIommu) -> Result<Arc<Device>, Refusal> {
    let found = HANDLES.lock().devices.get(&pointer.addr()).cloned();
    found.ok_or(Refusal::Pointer("IOMMU"))
}

/// Takes an IOMMU off the list that no context is left of.
pub(crate) fn remove_device(pointer: *const VcmIommu) -> Result<Arc<Device>, Refusal> {
    let mut handles = HANDLES.lock();
    let address = pointer.addr();
    let device = handles.devices.get(&address);
    let device = device.ok_or(Refusal::Pointer("IOMMU"))?;
    let uses = |c: &Context| c.bank().is_some_and(|b| Arc::ptr_eq(&b.device, device));
    if handles.contexts.values().any(|(c, _)| uses(c)) {
        return Err(Refusal::Busy("the IOMMU still has contexts"));
    }
    let removed = handles.devices.remove(&address);
    removed.ok_or(Refusal::Pointer("IOMMU"))
}

// --- contexts

/// Lists a context. `false`: that pointer is listed already.
pub(crate) fn add_context(context: Arc<Context>, own: Option<Own>) -> bool {
    let mut handles = HANDLES.lock();
    let address = context.pointer.addr();
    let is_new = !handles.contexts.contains_key(&address);
    if is_new {
        handles.contexts.insert(address, (context, own));
    }
    is_new
}

pub(crate) fn is_context(pointer: *const Vcm) -> bool {
    HANDLES.lock().contexts.contains_key(&pointer.addr())
}

pub(crate) fn context(pointer: *const Vcm) -> Result<Arc<Context>, Refusal> {
    let handles = HANDLES.lock();
    let found = handles.contexts.get(&pointer.addr());
    let found = found.map(|(context, _)| Arc::clone(context));
    found.ok_or(Refusal::Pointer("context"))
}

/// The context of a device that `is` one looks for.
pub(crate) fn find_context(
    device: &Arc<Device>,
    is: impl Fn(&Context) -> bool,
) -> Option<Arc<Context>> {
    // Not asked with the list locked: an answer may need the device.
    contexts_of(device).into_iter().find(|context| is(context))
}

/// The contexts of a device.
pub(crate) fn contexts_of(device: &Arc<Device>) -> Vec<Arc<Context>> {
    let handles = HANDLES.lock();
    let contexts = handles.contexts.values().map(|(context, _)| context);
    let of_device = |c: &&Arc<Context>| c.bank().is_some_and(|b| Arc::ptr_eq(&b.device, device));
    contexts.filter(of_device).cloned().collect()
}

/// Takes a context off the list.
pub(crate) fn remove_context(pointer: Pointer<Vcm>) {
    let removed = HANDLES.lock().contexts.remove(&pointer.addr());
    if let Some((context, Some(own))) = removed {
        context.system.retire(own);
    }
}

/// Writes into the structure what has changed.
pub(crate) fn refresh_context(context: &Context) {
    let handles = HANDLES.lock();
    let address = context.pointer.addr();
    let listed = handles.contexts.get(&address);
    if listed.is_none_or(|(listed, _)| listed.id != context.id) {
        return;
    }
    if let Ok(info) = context.system.graph.context(context.id) {
        // SAFETY: it is listed.
        unsafe { (*context.pointer.get()).activations = info.activations };
    }
}

// --- reservations

pub(crate) fn add_reservation(reservation: Reservation, own: Option<Own>) {
    let mut handles = HANDLES.lock();
    let address = reservation.pointer.addr();
    handles.reservations.insert(address, (reservation, own));
}

pub(crate) fn reservation(pointer: *const VcmRes) -> Result<Reservation, Refusal> {
    let handles = HANDLES.lock();
    let found = handles.reservations.get(&pointer.addr());
    let found = found.map(|(reservation, _)| reservation.clone());
    found.ok_or(Refusal::Pointer("reservation"))
}

/// The structure of a reservation.
pub(crate) fn reservation_of(system: &Arc<System>, id: ResId) -> *mut VcmRes {
    let handles = HANDLES.lock();
    let mut all = handles.reservations.values().map(|(r, _)| r);
    let found = all.find(|r| r.id == id && Arc::ptr_eq(&r.context.system, system));
    found.map_or(null_mut(), |r| r.pointer.get())
}

/// Whether this is the structure of something that lives.
pub(crate) fn is_listed<T>(pointer: *const T) -> bool {
    let handles = HANDLES.lock();
    let address = pointer.addr();
    handles.reservations.contains_key(&address) || handles.memories.contains_key(&address)
}

/// Takes a structure off the list that its driver is about to free.
pub(crate) fn forget_reservation(pointer: Pointer<VcmRes>) {
    // Dropped with the list unlocked.
    let removed = HANDLES.lock().reservations.remove(&pointer.addr());
    drop(removed);
}

/// Writes into the structure what has changed, or retires it.
pub(crate) fn refresh_reservation(reservation: &Reservation) {
    let system = &reservation.context.system;
    let mut handles = HANDLES.lock();
    let address = reservation.pointer.addr();
    let listed = handles.reservations.get(&address);
    let is_listed = |r: &Reservation| {
        r.id == reservation.id && Arc::ptr_eq(&r.context.system, &reservation.context.system)
    };
    if !listed.is_some_and(|(listed, _)| is_listed(listed)) {
        return;
    }
    match system.graph.reservation(reservation.id) {
        Ok(info) => {
            let memory_of = |id| handles.memory_of.get(&(key(system), id));
            let phys = info.phys.and_then(memory_of);
            let at = reservation.pointer.get();
            // SAFETY: it is listed.
            unsafe {
                (*at).bound_size = info.bound_size;
                (*at).phys = phys.map_or(null_mut(), |p| p.get());
                (*at).poisoned = c_uint::from(info.poisoned);
            }
        }
        Err(_) => {
            let removed = handles.reservations.remove(&address);
            drop(handles);
            if let Some((_, Some(own))) = removed {
                system.retire(own);
            }
        }
    }
}

// --- physical memory

pub(crate) fn add_memory(memory: Memory, own: Option<Own>) {
    let mut handles = HANDLES.lock();
    let key = (key(&memory.system), memory.id);
    handles.memory_of.insert(key, memory.pointer);
    let address = memory.pointer.addr();
    handles.memories.insert(address, (memory, own));
}

/// Lists another structure for memory that has moved, and retires that which it had.
pub(crate) fn replace_memory(memory: Memory, own: Own) {
    let replaced = {
        let mut handles = HANDLES.lock();
        let key = (key(&memory.system), memory.id);
        let before = handles.memory_of.get(&key).copied();
        before.and_then(|pointer| handles.remove_memory(pointer.addr()))
    };
    if let Some((before, Some(own))) = replaced {
        before.system.retire(own);
    }
    let (system, id) = (Arc::clone(&memory.system), memory.id);
    add_memory(memory, Some(own));
    refresh_memory(&system, id);
    for bound in system.graph.bindings(id).unwrap_or_default() {
        if let Ok(reservation) = reservation(reservation_of(&system, bound)) {
            refresh_reservation(&reservation);
        }
    }
}

pub(crate) fn memory(pointer: *const VcmPhys) -> Result<Memory, Refusal> {
    let handles = HANDLES.lock();
    let found = handles.memories.get(&pointer.addr());
    let found = found.map(|(memory, _)| memory.clone());
    found.ok_or(Refusal::Pointer("physical memory"))
}

/// The structure of physical memory, if it has one already.
pub(crate) fn memory_of(system: &Arc<System>, id: PhysId) -> Option<Pointer<VcmPhys>> {
    HANDLES.lock().memory_of.get(&(key(system), id)).copied()
}

/// Takes a structure off the list that its driver is about to free.
pub(crate) fn forget_memory(pointer: Pointer<VcmPhys>) {
    // Dropped with the list unlocked.
    let removed = HANDLES.lock().remove_memory(pointer.addr());
    drop(removed);
}

/// Writes into the structure what has changed, or retires it.
pub(crate) fn refresh_memory(system: &Arc<System>, id: PhysId) {
    let mut handles = HANDLES.lock();
    let Some(&pointer) = handles.memory_of.get(&(key(system), id)) else {
        return;
    };
    match system.graph.phys(id) {
        // SAFETY: it is listed.
        Ok(info) => unsafe {
            (*pointer.get()).bindings = info.bindings;
            (*pointer.get()).poisoned = c_uint::from(info.poisoned);
        },
        Err(_) => {
            let removed = handles.remove_memory(pointer.addr());
            drop(handles);
            if let Some((_, Some(own))) = removed {
                system.retire(own);
            }
        }
    }
}
