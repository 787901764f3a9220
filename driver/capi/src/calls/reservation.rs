//! Reserving and giving back addresses.

use core::ffi::{c_int, c_uint};
use core::ptr::null_mut;

use vcm::addr::Iova;

use super::binding::take_down;
use super::bytes;
use crate::flags::{alloc_flags, res_flags};
use crate::handles;
use crate::pointer::answer;
use crate::refusal::Refusal;
use crate::types::{Vcm, VcmRes};

/// Reserves device addresses (`vcm_reserve`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_reserve(vcm: *mut Vcm, size: u64, flags: c_uint) -> *mut VcmRes {
    reserve(vcm, None, size, flags)
}

/// Reserves these device addresses and no others.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_reserve_at(
    vcm: *mut Vcm,
    start: u32,
    size: u64,
    flags: c_uint,
) -> *mut VcmRes {
    reserve(vcm, Some(Iova::new(start)), size, flags)
}

/// Reserves device addresses that get memory when they are touched.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_reserve_on_demand(
    vcm: *mut Vcm,
    size: u64,
    granule: u32,
    alloc: c_uint,
    flags: c_uint,
) -> *mut VcmRes {
    answer(handles::context(vcm).and_then(|context| {
        context.call(null_mut(), null_mut(), || {
            let (size, alloc, flags) = (bytes(size)?, alloc_flags(alloc)?, res_flags(flags)?);
            if context.is_foreign() {
                let why = "memory on demand is for contexts of the framework's own drivers only";
                return Err(Refusal::Unsupported(why));
            }
            let graph = &context.system.graph;
            let id = graph.reserve_on_demand(context.id, size, granule, alloc, flags)?;
            context.adopt_reservation(id)
        })
    }))
}

fn reserve(vcm: *mut Vcm, at: Option<Iova>, size: u64, flags: c_uint) -> *mut VcmRes {
    answer(handles::context(vcm).and_then(|context| {
        context.call(null_mut(), null_mut(), || {
            let (size, mut flags) = (bytes(size)?, res_flags(flags)?);
            flags.at = at;
            let id = context.system.graph.reserve(context.id, size, flags)?;
            context.adopt_reservation(id)
        })
    }))
}

/// Gives a reservation back (`vcm_unreserve`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_unreserve(res: *mut VcmRes) -> c_int {
    take_down(res, |graph, id| graph.unreserve(id))
}
