//! Looking addresses up. These calls wait for no other.

use core::ffi::c_int;
use core::ptr::null_mut;

use vcm::Where;
use vcm::addr::Iova;

use crate::handles;
use crate::pointer::answer;
use crate::refusal::Refusal;
use crate::types::{Vcm, VcmRes};

/// The physical address that a device address is bound to: 1 if there is one, 0 if not.
///
/// # Safety
/// `phys` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcm_translate(vcm: *mut Vcm, address: u32, phys: *mut u32) -> c_int {
    answer(handles::context(vcm).and_then(|context| {
        if phys.is_null() {
            return context.system.told(Err(Refusal::Pointer("result")));
        }
        let graph = &context.system.graph;
        let Some(at) = graph.translate(context.id, Iova::new(address))? else {
            return Ok(0);
        };
        // SAFETY: by contract.
        unsafe { phys.write(at.get()) };
        Ok(1)
    }))
}

/// The reservation that a device address lies in; NULL if in none.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_resolve(vcm: *mut Vcm, address: u32) -> *mut VcmRes {
    answer(handles::context(vcm).and_then(|context| {
        let graph = &context.system.graph;
        Ok(match graph.resolve(context.id, Iova::new(address))? {
            Where::InReservation { id, .. } => handles::reservation_of(&context.system, id),
            Where::InSpace | Where::Outside => null_mut(),
        })
    }))
}
