//! Creating, activating and destroying contexts.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::ffi::c_int;
use core::ptr::null_mut;

use vcm::Error;
use vcm::addr::Iova;

use crate::context::{Context, Kind, Notes};
use crate::foreign::Foreign;
use crate::handles;
use crate::pointer::{Pointer, answer};
use crate::refusal::Refusal;
use crate::types::Vcm;

/// Makes a context of a driver written in C (`vcm_init`).
///
/// # Safety
/// `vcm` is NULL or points to what vcm.h describes, and it and its driver live until the context is
/// destroyed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcm_init(vcm: *mut Vcm) -> *mut Vcm {
    // SAFETY: by contract.
    answer(unsafe { init(vcm) })
}

/// # Safety
/// As [`vcm_init`].
unsafe fn init(vcm: *mut Vcm) -> Result<*mut Vcm, Refusal> {
    if vcm.is_null() || !vcm.is_aligned() {
        return Err(Refusal::Pointer("context"));
    }
    if handles::is_context(vcm) {
        return Err(Refusal::Busy("the context is initialised already"));
    }
    // SAFETY: by contract.
    let (system, driver) = unsafe { ((*vcm).system, (*vcm).driver.as_ref()) };
    let system = handles::system(system)?;
    let operations = driver.filter(|driver| driver.unreserve.is_some());
    let Some(&operations) = operations else {
        return system.told(Err(Error::DriverIncomplete.into()));
    };
    // SAFETY: by contract.
    let (start, size) = unsafe { ((*vcm).start, (*vcm).size) };
    let pointer = Pointer::new(vcm);
    let notes = Arc::new(Notes::default());
    let driver = Foreign::new(pointer, operations, Arc::clone(&notes));
    let created = system
        .graph
        .create(Iova::new(start), size, Box::new(driver));
    let id = system.told(created.map_err(Refusal::from))?;
    // SAFETY: by contract.
    unsafe { (*vcm).activations = 0 };
    let context = Context::new(&system, id, pointer, Kind::Foreign(notes));
    handles::add_context(Arc::new(context), None);
    Ok(vcm)
}

/// Destroys a context (`vcm_destroy`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_destroy(vcm: *mut Vcm) -> c_int {
    answer(handles::context(vcm).and_then(|context| {
        context.call(null_mut(), null_mut(), || {
            context.system.graph.destroy(context.id)?;
            // A context of C has been taken off the list before its driver has cleaned up.
            if !context.is_foreign() {
                handles::remove_context(context.pointer);
            }
            // Memory that was allocated in the context keeps its bank, but not its streams.
            if let Some(bank) = context.bank() {
                for stream in bank.mmu.streams() {
                    let detached = bank.mmu.detach(stream);
                    // The context is gone all the same, and its streams are terminated.
                    let _reported = context.system.told(detached.map_err(Refusal::from));
                }
            }
            Ok(0)
        })
    }))
}

/// Brings the bindings of a context to the hardware (`vcm_activate`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_activate(vcm: *mut Vcm) -> c_int {
    turn(vcm, |context| context.system.graph.activate(context.id))
}

/// Takes one activation back (`vcm_deactivate`).
#[unsafe(no_mangle)]
pub extern "C" fn vcm_deactivate(vcm: *mut Vcm) -> c_int {
    turn(vcm, |context| context.system.graph.deactivate(context.id))
}

fn turn(vcm: *mut Vcm, body: impl FnOnce(&Context) -> Result<(), Error>) -> c_int {
    answer(handles::context(vcm).and_then(|context| {
        context.call(null_mut(), null_mut(), || {
            let done = body(&context);
            handles::refresh_context(&context);
            Ok(done.map(|()| 0)?)
        })
    }))
}
