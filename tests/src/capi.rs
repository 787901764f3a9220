//! The board of [`soc`](crate::soc) as the platform of vcm-capi, and the examples written in C.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::slice;
use std::sync::Mutex;

use vcm::addr::{Iova, PhysAddr};
use vcm::seam::{Bus, Clock, PhysMem};
use vcm_capi::types::{Vcm, VcmBus, VcmPlatform, VcmReport, VcmRes};

use crate::soc::Soc;

/// A board, and what was reported. Functions in C get a pointer to it.
pub struct Board {
    /// The board.
    pub soc: Soc,
    reports: Mutex<Vec<(VcmReport, c_int, String)>>,
}

/// `struct foo_machine` of `examples/foo.h`.
#[repr(C)]
pub struct FooMachine {
    context: *mut c_void,
    write: unsafe extern "C" fn(*mut c_void, u32, *const c_void, u32) -> c_int,
    read: unsafe extern "C" fn(*mut c_void, u32, *mut c_void, u32) -> c_int,
    run: unsafe extern "C" fn(*mut c_void, u32, u32, u32) -> c_int,
}

/// `struct foo_platform_data`.
#[repr(C)]
pub struct FooPlatformData {
    /// The context of the device.
    pub vcm: *mut Vcm,
    /// Its machine.
    pub machine: *const FooMachine,
}

/// `struct foo_device`.
#[repr(C)]
pub struct FooDevice {
    /// What the platform tells its driver.
    pub platform: *mut FooPlatformData,
    /// What the driver keeps.
    pub private: *mut c_void,
}

/// `use_buffer` of `examples/share.h`.
pub type UseBuffer = unsafe extern "C" fn(*mut c_void, *const VcmRes, *const VcmRes) -> c_int;

unsafe extern "C" {
    /// Loads the firmware and activates the context.
    pub fn foo_probe(dev: *mut FooDevice, firmware: *const c_void, size: u32) -> c_int;
    /// Has the device copy its firmware.
    pub fn foo_do_something(dev: *mut FooDevice, result: *mut c_void, size: u32) -> c_int;
    /// The reverse of `foo_probe`.
    pub fn foo_remove(dev: *mut FooDevice) -> c_int;
    /// The document's second example.
    pub fn share_buffer(
        onetoone: *mut Vcm,
        iommu: *mut Vcm,
        body: UseBuffer,
        context: *mut c_void,
    ) -> c_int;
}

impl Board {
    /// Of this board.
    pub fn new(soc: Soc) -> Box<Self> {
        Box::new(Self {
            soc,
            reports: Mutex::default(),
        })
    }

    /// What functions in C are passed.
    pub fn context(&self) -> *mut c_void {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// The functions of its platform.
    pub fn platform(&self) -> VcmPlatform {
        VcmPlatform {
            context: self.context(),
            alloc: Some(alloc),
            free: Some(free),
            read: Some(read),
            write: Some(write),
            sync_for_device: None,
            sync_for_cpu: None,
            now: Some(now),
            report: Some(report),
        }
    }

    /// The register window of its IOMMU.
    pub fn bus(&self) -> VcmBus {
        VcmBus {
            context: self.context(),
            read32: Some(read32),
            write32: Some(write32),
        }
    }

    /// The foo device: channel 0 of the DMA engine.
    pub fn foo(&self) -> FooMachine {
        FooMachine {
            context: self.context(),
            write,
            read,
            run,
        }
    }

    /// Takes what was reported.
    pub fn reports(&self) -> Vec<(VcmReport, c_int, String)> {
        let mut reports = self.reports.lock().unwrap_or_else(|e| e.into_inner());
        std::mem::take(&mut reports)
    }
}

/// # Safety
/// The context is that of a [`Board`] which lives.
unsafe fn board<'a>(context: *mut c_void) -> &'a Board {
    // SAFETY: by contract.
    unsafe { &*context.cast::<Board>() }
}

const fn failed(failed: bool) -> c_int {
    if failed { -5 } else { 0 }
}

unsafe extern "C" fn alloc(context: *mut c_void, size: u32, align: u32, phys: *mut u32) -> c_int {
    // SAFETY: called with what `platform` has.
    let soc = unsafe { &board(context).soc };
    let Some(at) = soc.memory.allocate(size, align) else {
        return -12;
    };
    // SAFETY: vcm-capi passes where the result is to be written.
    unsafe { phys.write(at.get()) };
    0
}

unsafe extern "C" fn free(context: *mut c_void, phys: u32, size: u32) {
    // SAFETY: called with what `platform` has.
    let soc = unsafe { &board(context).soc };
    soc.memory.free(PhysAddr::new(phys), size);
}

unsafe extern "C" fn read(context: *mut c_void, phys: u32, into: *mut c_void, size: u32) -> c_int {
    // SAFETY: called with what `platform` or `foo` has, and with room for `size` bytes.
    let (soc, into) = unsafe {
        let into = slice::from_raw_parts_mut(into.cast(), size as usize);
        (&board(context).soc, into)
    };
    failed(soc.memory.read(PhysAddr::new(phys), into).is_err())
}

unsafe extern "C" fn write(
    context: *mut c_void,
    phys: u32,
    from: *const c_void,
    size: u32,
) -> c_int {
    // SAFETY: called with what `platform` or `foo` has, and with `size` bytes.
    let (soc, from) = unsafe {
        let from = slice::from_raw_parts(from.cast(), size as usize);
        (&board(context).soc, from)
    };
    failed(soc.memory.write(PhysAddr::new(phys), from).is_err())
}

unsafe extern "C" fn now(context: *mut c_void) -> u64 {
    // SAFETY: called with what `platform` has.
    let soc = unsafe { &board(context).soc };
    soc.platform.clock().now().as_nanos() as u64
}

unsafe extern "C" fn report(
    context: *mut c_void,
    kind: VcmReport,
    error: c_int,
    text: *const c_char,
) {
    // SAFETY: called with what `platform` has, and with a text that ends.
    let (board, text) = unsafe { (board(context), CStr::from_ptr(text)) };
    let text = text.to_string_lossy().into_owned();
    let mut reports = board.reports.lock().unwrap_or_else(|e| e.into_inner());
    reports.push((kind, error, text));
}

unsafe extern "C" fn read32(context: *mut c_void, offset: u32, value: *mut u32) -> c_int {
    // SAFETY: called with what `bus` has.
    let soc = unsafe { &board(context).soc };
    let Ok(read) = soc.bus.read32(offset) else {
        return -5;
    };
    // SAFETY: vcm-capi passes where the result is to be written.
    unsafe { value.write(read) };
    0
}

unsafe extern "C" fn write32(context: *mut c_void, offset: u32, value: u32) -> c_int {
    // SAFETY: called with what `bus` has.
    let soc = unsafe { &board(context).soc };
    failed(soc.bus.write32(offset, value).is_err())
}

unsafe extern "C" fn run(context: *mut c_void, from: u32, to: u32, size: u32) -> c_int {
    // SAFETY: called with what `foo` has.
    let soc = unsafe { &board(context).soc };
    let copied = soc.copy(0, Iova::new(from), Iova::new(to), size);
    failed(copied != Ok(size))
}
