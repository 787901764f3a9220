//! The structures that C sees. `include/vcm.h` describes them; a test compares the two.

use core::ffi::{c_char, c_int, c_uint, c_void};

/// `struct vcm_system`: a mapping graph with the platform under it. Opaque.
#[repr(C)]
pub struct VcmSystem {
    _opaque: [u8; 0],
}

/// `struct vcm_iommu`: an IOMMU that was probed. Opaque.
#[repr(C)]
pub struct VcmIommu {
    _opaque: [u8; 0],
}

/// `struct vcm`: a context.
#[repr(C)]
pub struct Vcm {
    /// Its first address.
    pub start: u32,
    /// Its size in bytes.
    pub size: u32,
    /// Activations without deactivation.
    pub activations: c_uint,
    /// Operations of a driver written in C; NULL for a context of the framework's own drivers.
    pub driver: *const VcmDriver,
    /// The graph that it belongs to.
    pub system: *mut VcmSystem,
}

/// `struct vcm_res`: a reservation.
#[repr(C)]
pub struct VcmRes {
    /// Its first address.
    pub start: u32,
    /// Bytes bound.
    pub bound_size: u32,
    /// Its size in bytes.
    pub res_size: u32,
    /// 1: hardware may still translate it, so its addresses must never be used again.
    pub poisoned: c_uint,
    /// Its context.
    pub vcm: *mut Vcm,
    /// What is bound to it; NULL: nothing.
    pub phys: *mut VcmPhys,
}

/// `struct vcm_phys_part`: a contiguous part of physical memory.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct VcmPhysPart {
    /// Its first address.
    pub start: u32,
    /// Its size in bytes.
    pub size: u32,
}

/// `struct vcm_phys`: an allocation of physical memory.
#[repr(C)]
pub struct VcmPhys {
    /// How many parts.
    pub count: c_uint,
    /// Their sum in bytes.
    pub size: u32,
    /// Takes it back: of memory that a driver written in C has allocated.
    pub free: Option<unsafe extern "C" fn(*mut VcmPhys)>,
    /// To how many reservations it is bound.
    pub bindings: c_uint,
    /// 1: hardware may still write to it, so it must never be used again.
    pub poisoned: c_uint,
    /// The parts, in order.
    pub parts: [VcmPhysPart; 0],
}

/// `struct vcm_driver`: the operations of a driver written in C.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct VcmDriver {
    /// The context was destroyed.
    pub cleanup: Option<unsafe extern "C" fn(*mut Vcm)>,
    /// Memory and addresses for each other, or one of the two.
    pub alloc: Option<
        unsafe extern "C" fn(
            *mut Vcm,
            u32,
            *mut *mut VcmPhys,
            c_uint,
            *mut *mut VcmRes,
            c_uint,
        ) -> c_int,
    >,
    /// Reserves addresses.
    pub res: Option<unsafe extern "C" fn(*mut Vcm, u32, c_uint) -> *mut VcmRes>,
    /// Allocates memory.
    pub phys: Option<unsafe extern "C" fn(*mut Vcm, u32, c_uint) -> *mut VcmPhys>,
    /// Gives a reservation back. Required.
    pub unreserve: Option<unsafe extern "C" fn(*mut VcmRes)>,
    /// Reserves addresses for given memory, and binds it.
    pub map: Option<unsafe extern "C" fn(*mut Vcm, *mut VcmPhys, c_uint) -> *mut VcmRes>,
    /// Binds.
    pub bind: Option<unsafe extern "C" fn(*mut VcmRes, *mut VcmPhys) -> c_int>,
    /// Unbinds.
    pub unbind: Option<unsafe extern "C" fn(*mut VcmRes) -> c_int>,
    /// Brings the bindings to the hardware.
    pub activate: Option<unsafe extern "C" fn(*mut Vcm) -> c_int>,
    /// The reverse.
    pub deactivate: Option<unsafe extern "C" fn(*mut Vcm) -> c_int>,
    /// 1: reservations may overlap, because an address always means the same memory (one-to-one).
    pub aliases: c_uint,
}

/// `struct vcm_platform`: memory, time and reports.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct VcmPlatform {
    /// Passed to every function.
    pub context: *mut c_void,
    /// Takes contiguous memory.
    pub alloc: Option<unsafe extern "C" fn(*mut c_void, u32, u32, *mut u32) -> c_int>,
    /// Gives it back.
    pub free: Option<unsafe extern "C" fn(*mut c_void, u32, u32)>,
    /// Reads memory by the CPU.
    pub read: Option<unsafe extern "C" fn(*mut c_void, u32, *mut c_void, u32) -> c_int>,
    /// Writes memory by the CPU.
    pub write: Option<unsafe extern "C" fn(*mut c_void, u32, *const c_void, u32) -> c_int>,
    /// Cleans the cache. May be NULL.
    pub sync_for_device: Option<unsafe extern "C" fn(*mut c_void, u32, u32)>,
    /// Invalidates the cache. May be NULL.
    pub sync_for_cpu: Option<unsafe extern "C" fn(*mut c_void, u32, u32)>,
    /// Nanoseconds since some fixed moment.
    pub now: Option<unsafe extern "C" fn(*mut c_void) -> u64>,
    /// Takes a report. May be NULL.
    pub report: Option<unsafe extern "C" fn(*mut c_void, VcmReport, c_int, *const c_char)>,
}

/// `enum vcm_report`: what is reported.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VcmReport {
    /// A call failed.
    Error = 0,
    /// What the RFC answers with `WARN_ON`.
    Misuse = 1,
}

/// `struct vcm_bus`: the register window of an IOMMU.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct VcmBus {
    /// Passed to both functions.
    pub context: *mut c_void,
    /// Reads a register.
    pub read32: Option<unsafe extern "C" fn(*mut c_void, u32, *mut u32) -> c_int>,
    /// Writes a register.
    pub write32: Option<unsafe extern "C" fn(*mut c_void, u32, u32) -> c_int>,
}

/// `enum vcm_fault_kind`: what was wrong with an access.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VcmFaultKind {
    /// Nothing is mapped there.
    Translation = 0,
    /// The access flag of the page is 0.
    AccessFlag = 1,
    /// The domain of the page is denied.
    Domain = 2,
    /// The page does not permit this access.
    Permission = 3,
    /// The page table could not be read.
    WalkAbort = 4,
    /// The memory answered with an error.
    ExternalAbort = 5,
    /// The stream is terminated: its context is inactive, or it has none.
    UnmappedStream = 6,
    /// The context is disabled.
    ContextDisabled = 7,
    /// The burst breaks a rule of AXI.
    IllegalBurst = 8,
    /// A stalled access was not resumed in time.
    StallTimeout = 9,
    /// Anything else.
    Other = 10,
}

/// `struct vcm_fault`: an access that was refused.
#[repr(C)]
pub struct VcmFault {
    /// The address that the master sent.
    pub address: u32,
    /// The stream of the master.
    pub stream: u32,
    /// What was wrong with it.
    pub kind: VcmFaultKind,
    /// It was a write.
    pub write: c_uint,
    /// It was privileged.
    pub privileged: c_uint,
    /// It was an instruction fetch.
    pub fetch: c_uint,
    /// Faults after this one were lost, because the queue was full.
    pub lost: c_uint,
    /// The access waits until it is resumed.
    pub stalled: c_uint,
    /// Bytes from the start of the reservation.
    pub offset: u32,
    /// The context of the stream; NULL: unknown.
    pub vcm: *mut Vcm,
    /// The reservation that the address lies in; NULL: none.
    pub res: *mut VcmRes,
}
