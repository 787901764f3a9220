//! A driver as C writes it, with structures of its own.

use core::ffi::{c_int, c_uint};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};

use vcm_capi::calls::*;
use vcm_capi::types::{Vcm, VcmDriver, VcmPhys, VcmPhysPart, VcmRes};

use crate::machine::{Machine, PAGE, error_in};

const SPACE: u32 = 0x4000_0000;
const EINVAL: c_int = 22;

/// Where the next addresses and the next memory are, in pages.
static NEXT: AtomicU32 = AtomicU32::new(0);
/// Structures that have not been given back.
static LIVE: AtomicU32 = AtomicU32::new(0);

/// Memory with room for two parts.
#[repr(C)]
struct Pages {
    phys: VcmPhys,
    parts: [VcmPhysPart; 2],
}

/// A context with the driver's own things behind it: C passes the first of them.
#[repr(C)]
struct Own {
    vcm: Vcm,
    binds: AtomicU32,
}

unsafe extern "C" fn res(vcm: *mut Vcm, size: u32, _: c_uint) -> *mut VcmRes {
    LIVE.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the context lives.
    let start = unsafe { (*vcm).start };
    let at = NEXT.fetch_add(size / PAGE, Ordering::Relaxed);
    Box::into_raw(Box::new(VcmRes {
        start: start + at * PAGE,
        bound_size: 7,
        res_size: size,
        poisoned: 7,
        vcm: null_mut(),
        phys: null_mut(),
    }))
}

unsafe extern "C" fn unreserve(res: *mut VcmRes) {
    LIVE.fetch_sub(1, Ordering::Relaxed);
    // SAFETY: it comes out of such a box, and is given back once.
    drop(unsafe { Box::from_raw(res) });
}

unsafe extern "C" fn phys(_: *mut Vcm, size: u32, _: c_uint) -> *mut VcmPhys {
    LIVE.fetch_add(1, Ordering::Relaxed);
    let at = 0x1000_0000 + NEXT.fetch_add(size / PAGE, Ordering::Relaxed) * PAGE;
    let half = size / PAGE / 2 * PAGE;
    let part = |start, size| VcmPhysPart { start, size };
    let (first, second) = (part(at + size - half, half), part(at, size - half));
    let pages = Box::into_raw(Box::new(Pages {
        phys: VcmPhys {
            count: if half == 0 { 1 } else { 2 },
            size,
            free: Some(free),
            bindings: 7,
            poisoned: 7,
            parts: [],
        },
        parts: if half == 0 {
            [second, first]
        } else {
            [first, second]
        },
    }));
    pages.cast()
}

unsafe extern "C" fn free(phys: *mut VcmPhys) {
    LIVE.fetch_sub(1, Ordering::Relaxed);
    // SAFETY: it comes out of such a box, and is given back once.
    drop(unsafe { Box::from_raw(phys.cast::<Pages>()) });
}

unsafe extern "C" fn bind(res: *mut VcmRes, phys: *mut VcmPhys) -> c_int {
    // SAFETY: both live, and so does the context.
    unsafe {
        assert!((*phys).size <= (*res).res_size);
        (*(*res).vcm.cast::<Own>())
            .binds
            .fetch_add(1, Ordering::Relaxed);
    }
    0
}

unsafe extern "C" fn unbind(res: *mut VcmRes) -> c_int {
    // SAFETY: both live.
    unsafe {
        assert!(!(*res).phys.is_null());
        (*(*res).vcm.cast::<Own>())
            .binds
            .fetch_sub(1, Ordering::Relaxed);
    }
    0
}

unsafe extern "C" fn cleanup(vcm: *mut Vcm) {
    LIVE.fetch_sub(1, Ordering::Relaxed);
    // SAFETY: it comes out of such a box, and is destroyed once.
    drop(unsafe { Box::from_raw(vcm.cast::<Own>()) });
}

static DRIVER: VcmDriver = VcmDriver {
    cleanup: Some(cleanup),
    alloc: None,
    res: Some(res),
    phys: Some(phys),
    unreserve: Some(unreserve),
    map: None,
    bind: Some(bind),
    unbind: Some(unbind),
    activate: None,
    deactivate: None,
    aliases: 0,
};

#[test]
fn a_driver_frees_its_own_structures_when_it_is_told_and_nobody_looks_at_them_after_that() {
    let machine = Machine::new();
    let vcm: *mut Vcm = Box::into_raw(Box::new(Own {
        vcm: Vcm {
            start: SPACE,
            size: 64 * PAGE,
            activations: 7,
            driver: null(),
            system: machine.system,
        },
        binds: AtomicU32::new(0),
    }))
    .cast();
    LIVE.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the structure is complete, and lives until it is cleaned up; so does the driver.
    unsafe {
        (*vcm).driver = &raw const DRIVER;
        assert_eq!(vcm_init(vcm), vcm);
        assert_eq!((error_in(vcm_init(vcm)), (*vcm).activations), (Some(16), 0));
    }
    let one = vcm_make_binding(vcm, (3 * PAGE).into(), 0, 0);
    assert!(error_in(one).is_none());
    // SAFETY: it lives, and so does what is bound to it.
    let memory = unsafe {
        assert_eq!(((*one).bound_size, (*one).poisoned), (3 * PAGE, 0));
        let memory = (*one).phys;
        assert_eq!(((*memory).bindings, (*memory).poisoned), (1, 0));
        memory
    };
    let two = vcm_map(vcm, memory, 0);
    let three = vcm_reserve(vcm, PAGE.into(), 0);
    // SAFETY: it lives.
    assert_eq!(unsafe { ((*three).bound_size, (*three).poisoned) }, (0, 0));
    assert_eq!(vcm_bind(three, memory), -28);
    assert_eq!(vcm_activate(vcm), 0);
    // SAFETY: it lives.
    let looked = |at: u32| unsafe {
        let mut found = 0;
        let answer = vcm_translate(vcm, (*two).start + at, &raw mut found);
        (answer, found)
    };
    // SAFETY: it lives, with as many parts as it says.
    let parts = unsafe { &raw const (*memory).parts }.cast::<VcmPhysPart>();
    // SAFETY: there are two.
    let (first, second) = unsafe { (parts.read(), parts.add(1).read()) };
    assert_eq!(looked(4), (1, first.start + 4));
    assert_eq!(looked(first.size + 8), (1, second.start + 8));
    assert_eq!(vcm_resolve(vcm, SPACE + 63 * PAGE), null_mut());
    // SAFETY: it lives.
    let binds = || unsafe { (*vcm.cast::<Own>()).binds.load(Ordering::Relaxed) };
    assert_eq!(binds(), 2);
    assert_eq!(vcm_unbind(two), memory);
    assert_eq!((binds(), vcm_unreserve(two)), (1, 0));
    assert_eq!(vcm_unreserve(two), -EINVAL);
    assert_eq!(vcm_destroy_binding(one), 0);
    assert_eq!(
        (vcm_destroy_binding(one), vcm_free(memory)),
        (-EINVAL, -EINVAL)
    );
    assert_eq!((vcm_unreserve(three), vcm_deactivate(vcm)), (0, 0));
    assert_eq!(vcm_destroy(vcm), 0);
    assert_eq!(vcm_destroy(vcm), -EINVAL);
    assert_eq!(LIVE.load(Ordering::Relaxed), 0);
}
