//! Allocating and freeing physical memory.

use core::ffi::{c_int, c_uint};
use core::ptr::null_mut;

use super::bytes;
use crate::flags::alloc_flags;
use crate::handles;
use crate::pointer::answer;
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
