//! Reserving and giving back addresses.

use core::ffi::{c_int, c_uint};
use core::ptr::null_mut;

use vcm::addr::Iova;

use super::binding::take_down;
use super::bytes;
use crate::flags::res_flags;
use crate::handles;
use crate::pointer::answer;
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
