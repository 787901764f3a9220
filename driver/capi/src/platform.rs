//! The seams of the driver over functions written in C.

use core::ffi::c_void;
use core::time::Duration;

use vcm::addr::PhysAddr;
use vcm::seam::{Bus, BusError, Clock, MemError, PhysMem};

use crate::refusal::Refusal;
use crate::types::{VcmBus, VcmPlatform};

const MISSING: Refusal = Refusal::Argument("a function that is required is NULL");

/// Functions that the platform has given, with what they are called with.
#[derive(Clone, Copy)]
struct Functions<T>(T);

// SAFETY: vcm.h says that they may be called by any thread that calls the framework.
unsafe impl<T> Send for Functions<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Functions<T> {}

/// Memory of the platform.
#[derive(Clone, Copy)]
pub(crate) struct CMemory {
    functions: Functions<VcmPlatform>,
}

/// Time of the platform.
#[derive(Clone, Copy)]
pub(crate) struct CClock {
    context: Functions<*mut c_void>,
    now: unsafe extern "C" fn(*mut c_void) -> u64,
}

/// A register window.
#[derive(Clone, Copy)]
pub(crate) struct CBus {
    context: Functions<*mut c_void>,
    read32: unsafe extern "C" fn(*mut c_void, u32, *mut u32) -> i32,
    write32: unsafe extern "C" fn(*mut c_void, u32, u32) -> i32,
}

impl CMemory {
    /// # Errors
    /// A required function is missing.
    pub(crate) fn new(platform: &VcmPlatform) -> Result<Self, Refusal> {
        let complete = platform.alloc.is_some()
            && platform.free.is_some()
            && platform.read.is_some()
            && platform.write.is_some();
        if !complete {
            return Err(MISSING);
        }
        Ok(Self {
            functions: Functions(*platform),
        })
    }

    /// The functions, for reports.
    pub(crate) const fn platform(&self) -> &VcmPlatform {
        &self.functions.0
    }
}

impl CClock {
    /// # Errors
    /// A required function is missing.
    pub(crate) fn new(platform: &VcmPlatform) -> Result<Self, Refusal> {
        Ok(Self {
            context: Functions(platform.context),
            now: platform.now.ok_or(MISSING)?,
        })
    }
}

impl CBus {
    /// # Errors
    /// A required function is missing.
    pub(crate) fn new(bus: &VcmBus) -> Result<Self, Refusal> {
        Ok(Self {
            context: Functions(bus.context),
            read32: bus.read32.ok_or(MISSING)?,
            write32: bus.write32.ok_or(MISSING)?,
        })
    }
}

impl Bus for CBus {
    fn read32(&self, offset: u32) -> Result<u32, BusError> {
        let mut value = 0;
        // SAFETY: vcm.h says what the function may do with its arguments; `value` lives.
        match unsafe { (self.read32)(self.context.0, offset, &raw mut value) } {
            0 => Ok(value),
            _ => Err(BusError {
                offset,
                write: false,
            }),
        }
    }

    fn write32(&self, offset: u32, value: u32) -> Result<(), BusError> {
        // SAFETY: vcm.h says what the function may do.
        match unsafe { (self.write32)(self.context.0, offset, value) } {
            0 => Ok(()),
            _ => Err(BusError {
                offset,
                write: true,
            }),
        }
    }
}

impl Clock for CClock {
    fn now(&self) -> Duration {
        // SAFETY: vcm.h says what the function may do.
        Duration::from_nanos(unsafe { (self.now)(self.context.0) })
    }
}

fn refused(at: PhysAddr, size: usize) -> MemError {
    MemError {
        at,
        size: u32::try_from(size).unwrap_or(u32::MAX),
    }
}

impl PhysMem for CMemory {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        let platform = &self.functions.0;
        let mut at = 0;
        // SAFETY: vcm.h says what the function may do with its arguments; `at` lives.
        let code = unsafe { (platform.alloc?)(platform.context, size, align, &raw mut at) };
        (code == 0).then_some(PhysAddr::new(at))
    }

    fn free(&self, at: PhysAddr, size: u32) {
        let platform = &self.functions.0;
        if let Some(free) = platform.free {
            // SAFETY: it was allocated in this size.
            unsafe { free(platform.context, at.get(), size) };
        }
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        let platform = &self.functions.0;
        let error = refused(at, into.len());
        let (Some(read), Ok(size)) = (platform.read, u32::try_from(into.len())) else {
            return Err(error);
        };
        let into = into.as_mut_ptr().cast();
        // SAFETY: `size` bytes can be written to `into`.
        match unsafe { read(platform.context, at.get(), into, size) } {
            0 => Ok(()),
            _ => Err(error),
        }
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        let platform = &self.functions.0;
        let error = refused(at, from.len());
        let (Some(write), Ok(size)) = (platform.write, u32::try_from(from.len())) else {
            return Err(error);
        };
        let from = from.as_ptr().cast();
        // SAFETY: `size` bytes can be read from `from`.
        match unsafe { write(platform.context, at.get(), from, size) } {
            0 => Ok(()),
            _ => Err(error),
        }
    }

    fn sync_for_device(&self, at: PhysAddr, size: u32) {
        let platform = &self.functions.0;
        if let Some(sync) = platform.sync_for_device {
            // SAFETY: vcm.h says what the function may do.
            unsafe { sync(platform.context, at.get(), size) };
        }
    }

    fn sync_for_cpu(&self, at: PhysAddr, size: u32) {
        let platform = &self.functions.0;
        if let Some(sync) = platform.sync_for_cpu {
            // SAFETY: vcm.h says what the function may do.
            unsafe { sync(platform.context, at.get(), size) };
        }
    }
}
