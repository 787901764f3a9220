//! Allocating and freeing physical memory.

use alloc::sync::Arc;
use core::ffi::{c_int, c_uint};
use core::ptr::null_mut;

use super::binding::memory_in;
use super::bytes;
use crate::context::Context;
use crate::flags::alloc_flags;
use crate::handles::{self, Memory};
use crate::pointer::answer;
use crate::refusal::Refusal;
use crate::structures::Own;
use crate::types::{Vcm, VcmPhys};

/// Allocates physical memory (`vcm_alloc`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_alloc(vcm: *mut Vcm, size: u64, flags: c_uint) -> *mut VcmPhys {
    answer(handles::context(vcm).and_then(|context| {
        context.call(null_mut(), null_mut(), || {
            let (size, flags) = (bytes(size)?, alloc_flags(flags)?);
            let id = context.system.graph.alloc(context.id, size, flags)?;
            context.adopt_memory(id)
        })
    }))
}

/// Frees physical memory (`vcm_free`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_free(phys: *mut VcmPhys) -> c_int {
    answer(handles::memory(phys).and_then(|memory| {
        let freed = memory.system.graph.free(memory.id);
        handles::refresh_memory(&memory.system, memory.id);
        memory.system.told(freed.map(|()| 0).map_err(Into::into))
    }))
}

/// Moves physical memory to frames of a context, while it is bound and in use.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_migrate(phys: *mut VcmPhys, vcm: *mut Vcm, flags: c_uint) -> *mut VcmPhys {
    answer(handles::context(vcm).and_then(|context| {
        let moved = migrate(&context, phys, flags);
        context.system.told(moved)
    }))
}

fn migrate(context: &Context, phys: *mut VcmPhys, flags: c_uint) -> Result<*mut VcmPhys, Refusal> {
    let system = &context.system;
    let memory = memory_in(system, phys)?;
    if context.is_foreign() {
        return Err(Refusal::Unsupported(
            "memory moves to contexts of the framework's own drivers only",
        ));
    }
    let flags = alloc_flags(flags)?;
    let graph = &system.graph;
    graph.migrate_to(memory.id, context.id, &system.memory, flags)?;
    // The structure has room for so many parts as there were.
    let info = graph.phys(memory.id)?;
    let (pointer, own) = Own::phys(&info.parts, info.size);
    let moved = Memory {
        system: Arc::clone(system),
        id: memory.id,
        pointer,
    };
    handles::replace_memory(moved, own);
    Ok(pointer.get())
}
