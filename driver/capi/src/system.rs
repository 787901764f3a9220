//! A mapping graph on a platform.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::sync::Arc;
use core::ffi::{c_int, c_uint};
use core::fmt;

use spin::Mutex;
use vcm::addr::Iova;
use vcm::frames::Frames;
use vcm::wrap::OneToOne;
use vcm::{Misuse, Region, raw};

use crate::context::Context;
use crate::handles;
use crate::platform::{CClock, CMemory};
use crate::pointer::answer;
use crate::refusal::Refusal;
use crate::structures::{Own, Retired};
use crate::types::{Vcm, VcmPlatform, VcmReport, VcmSystem};

/// What a `struct vcm_system` stands for.
pub(crate) struct System {
    pub(crate) graph: raw::System,
    pub(crate) memory: CMemory,
    pub(crate) clock: CClock,
    /// Memory for buffers.
    pub(crate) frames: Arc<Frames<CMemory>>,
    retired: Mutex<Retired>,
}

impl System {
    fn new(platform: &VcmPlatform) -> Result<Self, Refusal> {
        let memory = CMemory::new(platform)?;
        Ok(Self {
            graph: raw::System::with_sink(move |misuse: &Misuse| {
                report(&memory, VcmReport::Misuse, 0, misuse);
            }),
            memory,
            clock: CClock::new(platform)?,
            frames: Arc::new(Frames::new(memory)),
            retired: Mutex::new(Retired::default()),
        })
    }

    pub(crate) fn pointer(self: &Arc<Self>) -> *mut VcmSystem {
        Arc::as_ptr(self).cast::<VcmSystem>().cast_mut()
    }

    /// Keeps a structure whose object is gone for a while.
    pub(crate) fn retire(&self, own: Own) {
        self.retired.lock().push(own);
    }

    /// Reports what has failed.
    pub(crate) fn told<T>(&self, result: Result<T, Refusal>) -> Result<T, Refusal> {
        if let Err(refusal) = &result {
            let code = -refusal.errno().code();
            report(&self.memory, VcmReport::Error, code, refusal);
        }
        result
    }
}

fn report(memory: &CMemory, kind: VcmReport, code: c_int, what: &dyn fmt::Display) {
    let platform = memory.platform();
    if let Some(report) = platform.report {
        let mut text = what.to_string();
        text.push('\0');
        // SAFETY: vcm.h says what the function may do; the text ends with a 0 and lives.
        unsafe { report(platform.context, kind, code, text.as_ptr().cast()) };
    }
}

/// Makes a system on a platform.
///
/// # Safety
/// `platform` is NULL or points to what vcm.h describes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcm_system_create(platform: *const VcmPlatform) -> *mut VcmSystem {
    // SAFETY: by contract.
    let platform = unsafe { platform.as_ref() }.ok_or(Refusal::Pointer("platform"));
    let system = platform.and_then(System::new);
    answer(system.map(|system| handles::add_system(Arc::new(system))))
}

/// Takes `size` bytes of the platform for buffers.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_system_add_memory(system: *mut VcmSystem, size: u32) -> c_int {
    answer(handles::system(system).and_then(|system| {
        let added = system.frames.add_pool(size).map_err(Refusal::from);
        system.told(added.map(|()| 0))
    }))
}

/// How often misuse was reported.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_system_misuses(system: *const VcmSystem) -> c_uint {
    handles::system(system).map_or(0, |system| system.graph.misuses())
}

/// Ends a system that nothing is left of.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_system_destroy(system: *mut VcmSystem) -> c_int {
    answer(handles::remove_system(system).map(|_| 0))
}

/// Makes a context of masters that are wired to the memory.
#[unsafe(no_mangle)]
pub extern "C" fn vcm_one_to_one_create(system: *mut VcmSystem, start: u32, size: u32) -> *mut Vcm {
    answer(handles::system(system).and_then(|system| {
        let reach = Region::new(Iova::new(start), size);
        let driver = OneToOne::new(Arc::clone(&system.frames), reach);
        let made = Context::create(&system, (start, size), Box::new(driver), None);
        system.told(made)
    }))
}
