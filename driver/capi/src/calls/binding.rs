//! Binding memory to reservations, and both at once.

use alloc::sync::Arc;
use core::ffi::{c_int, c_uint};
use core::ptr::null_mut;

use vcm::{Error, ResId, raw};

use super::bytes;
use crate::flags::{alloc_flags, res_flags};
use crate::handles::{self, Memory};
use crate::pointer::{Pointer, answer};
use crate::refusal::Refusal;
use crate::system::System;
use crate::types::{Vcm, VcmPhys, VcmRes};

/// Physical memory of this system.
pub(super) fn memory_in(system: &Arc<System>, phys: *mut VcmPhys) -> Result<Memory, Refusal> {
    let memory = handles::memory(phys)?;
    if Arc::ptr_eq(&memory.system, system) {
        Ok(memory)
    } else {
        Err(Refusal::Argument("the memory is of another system"))
    }
}

/// Allocates memory, reserves addresses and binds them (`vcm_make_binding`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_make_binding(
    vcm: *mut Vcm,
    size: u64,
    alloc: c_uint,
    res: c_uint,
) -> *mut VcmRes {
    answer(handles::context(vcm).and_then(|context| {
        context.call(null_mut(), null_mut(), || {
            let (size, alloc, res) = (bytes(size)?, alloc_flags(alloc)?, res_flags(res)?);
            let graph = &context.system.graph;
            let id = graph.make_binding(context.id, size, alloc, res)?;
            context.adopt_reservation(id)
        })
    }))
}

/// Reserves addresses and binds memory to them (`vcm_map`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_map(vcm: *mut Vcm, phys: *mut VcmPhys, flags: c_uint) -> *mut VcmRes {
    answer(handles::context(vcm).and_then(|context| {
        context.call(null_mut(), phys, || {
            let memory = memory_in(&context.system, phys)?;
            let graph = &context.system.graph;
            let mapped = graph.map(context.id, memory.id, res_flags(flags)?);
            context.adopt_reservation(mapped?)
        })
    }))
}

/// Binds memory to a reservation (`vcm_bind`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_bind(res: *mut VcmRes, phys: *mut VcmPhys) -> c_int {
    answer(handles::reservation(res).and_then(|reservation| {
        let context = &reservation.context;
        context.call(res, phys, || {
            let memory = memory_in(&context.system, phys)?;
            let bound = context.system.graph.bind(reservation.id, memory.id);
            handles::refresh_reservation(&reservation);
            handles::refresh_memory(&context.system, memory.id);
            Ok(bound.map(|()| 0)?)
        })
    }))
}

/// Unbinds a reservation and returns the memory (`vcm_unbind`); NULL if there was none.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_unbind(res: *mut VcmRes) -> *mut VcmPhys {
    answer(handles::reservation(res).and_then(|reservation| {
        let context = &reservation.context;
        context.call(res, null_mut(), || {
            let graph = &context.system.graph;
            let bound = graph.reservation(reservation.id)?.phys;
            let unbound = graph.unbind(reservation.id);
            handles::refresh_reservation(&reservation);
            if let Some(phys) = bound {
                handles::refresh_memory(&context.system, phys);
            }
            match unbound {
                Ok(id) => {
                    let phys = handles::memory_of(&context.system, id);
                    Ok(phys.map_or(null_mut(), Pointer::get))
                }
                Err(Error::NotBound(_)) => Ok(null_mut()),
                Err(error) => Err(error.into()),
            }
        })
    }))
}

/// Unbinds a reservation and gives it back (`vcm_unmap`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_unmap(res: *mut VcmRes) -> c_int {
    take_down(res, |graph, id| graph.unmap(id))
}

/// Unbinds a reservation, frees the memory and gives the reservation back (`vcm_destroy_binding`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_destroy_binding(res: *mut VcmRes) -> c_int {
    take_down(res, |graph, id| graph.destroy_binding(id))
}

/// Makes a call that ends a reservation.
pub(super) fn take_down(
    res: *mut VcmRes,
    end: impl FnOnce(&raw::System, ResId) -> Result<(), Error>,
) -> c_int {
    answer(handles::reservation(res).and_then(|reservation| {
        let context = &reservation.context;
        context.call(res, null_mut(), || {
            let graph = &context.system.graph;
            let bound = graph.reservation(reservation.id)?.phys;
            let ended = end(graph, reservation.id);
            handles::refresh_reservation(&reservation);
            if let Some(phys) = bound {
                handles::refresh_memory(&context.system, phys);
            }
            Ok(ended.map(|()| 0)?)
        })
    }))
}
