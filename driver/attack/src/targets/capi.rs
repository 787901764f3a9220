//! The C interface: calls in any order, with pointers to nothing, to what is gone, and to something
//! else.

use core::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::ptr::{null, null_mut, without_provenance_mut};
use std::slice;
use std::sync::{Arc, Mutex, PoisonError};

use vcm::addr::PhysAddr;
use vcm::seam::{Bus, Clock, PhysMem};
use vcm_capi::calls::*;
use vcm_capi::iommu::*;
use vcm_capi::system::*;
use vcm_capi::types::{
    Vcm, VcmBus, VcmFault, VcmFaultKind, VcmIommu, VcmPhys, VcmPlatform, VcmReport, VcmRes,
    VcmSystem,
};

use crate::input::Input;
use crate::memory::Memory;
use crate::registers::{Manner, Window};

const MOST_CALLS: usize = 40;
const EIO: c_int = 5;
const EINVAL: c_int = 22;
const ETIMEDOUT: c_int = 110;
/// All that vcm.h names.
const ERRORS: [c_int; 9] = [EIO, 12, 16, EINVAL, 28, 95, 98, ETIMEDOUT, 114];

/// What the platform's functions are called with.
struct Platform {
    memory: Memory,
    window: Window,
    /// What was reported last.
    said: Mutex<String>,
}

struct World {
    platform: Arc<Platform>,
    system: *mut VcmSystem,
    iommu: *mut VcmIommu,
    contexts: Vec<*mut Vcm>,
    reservations: Vec<*mut VcmRes>,
    memories: Vec<*mut VcmPhys>,
    /// What is gone.
    gone: Vec<usize>,
    /// Memory that is gone, or not, with the binding that it was made for.
    doubtful: Vec<*mut VcmPhys>,
    disturbed: bool,
}

/// What the framework has given out is listed once for all: another thread's things are none of ours.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

pub(super) fn run(bytes: &[u8]) {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut input = Input::new(bytes);
    let mut world = World::new(&mut input);
    for _ in 0..MOST_CALLS {
        if input.is_empty() {
            break;
        }
        if input.once_in(12) {
            world.disturbed = true;
            let manner = input.one_of(&[Manner::Refused, Manner::Ones, Manner::Zeros]);
            world.platform.window.behave(manner);
            world.call(&mut input);
            world.platform.window.behave(Manner::Honest);
        } else {
            world.call(&mut input);
        }
    }
    world.end();
}

impl World {
    fn new(input: &mut Input<'_>) -> Self {
        let platform = Arc::new(Platform {
            memory: Memory::new(1 << 20),
            window: Window::new(Manner::Honest),
            said: Mutex::default(),
        });
        let context: *mut c_void = Arc::as_ptr(&platform).cast_mut().cast();
        let mut functions = VcmPlatform {
            context,
            alloc: Some(alloc),
            free: Some(free),
            read: Some(read),
            write: Some(write),
            sync_for_device: None,
            sync_for_cpu: None,
            now: Some(now),
            report: Some(report),
        };
        // SAFETY: NULL, or the structure, of which functions may be missing.
        unsafe {
            is_refused(vcm_system_create(null()));
            let now = functions.now.take();
            is_refused(vcm_system_create(&raw const functions));
            functions.now = now;
        }
        // SAFETY: the structure, complete.
        let system = unsafe { vcm_system_create(&raw const functions) };
        assert!(error_in(system).is_none() && !system.is_null());
        let bus = VcmBus {
            context,
            read32: Some(read32),
            write32: Some(write32),
        };
        let half = VcmBus {
            write32: None,
            ..bus
        };
        // SAFETY: NULL, or the structure, of which functions may be missing.
        let iommu = unsafe {
            is_refused(vcm_iommu_probe(system, null(), 0));
            is_refused(vcm_iommu_probe(system, &raw const half, 0));
            is_refused(vcm_iommu_probe(null_mut(), &raw const bus, 0));
            vcm_iommu_probe(system, &raw const bus, 100)
        };
        assert!(error_in(iommu).is_none());
        let pool = 0x1000 * (1 + input.below(64));
        assert_eq!(vcm_system_add_memory(system, pool), 0);
        let mut world = Self {
            platform,
            system,
            iommu,
            contexts: Vec::new(),
            reservations: Vec::new(),
            memories: Vec::new(),
            gone: Vec::new(),
            doubtful: Vec::new(),
            disturbed: false,
        };
        for stream in 0..2 {
            world.enter(
                vcm_iommu_create(iommu, stream, 0x4000_0000, 0x10_0000),
                true,
            );
        }
        world
    }

    /// A pointer of the list, or anything else. Says whether it is of the list.
    fn pointer<T>(&self, list: &[*mut T], input: &mut Input<'_>) -> (*mut T, bool) {
        let other = |all: &[usize], input: &mut Input<'_>| match all.len() {
            0 => 0,
            many => all[input.below(many as u32) as usize],
        };
        let own = |input: &mut Input<'_>| match list.len() {
            0 => null_mut(),
            many => list[input.below(many as u32) as usize],
        };
        let pointer = match input.below(16) {
            0 => null_mut(),
            1 => own(input).wrapping_byte_add(1 + input.below(8) as usize),
            2 => without_provenance_mut(other(&self.gone, input)),
            3 => self.system.cast(),
            4 => self.reservations.first().map_or(null_mut(), |p| p.cast()),
            5 => self.contexts.first().map_or(null_mut(), |p| p.cast()),
            6 => without_provenance_mut(input.edge() as usize),
            7 => without_provenance_mut((input.byte() as usize).wrapping_neg()),
            _ => own(input),
        };
        (pointer, list.iter().any(|p| p.addr() == pointer.addr()))
    }

    fn enter(&mut self, vcm: *mut Vcm, is_right: bool) {
        if check_pointer(vcm, is_right) {
            // SAFETY: the framework has just made it.
            let (start, activations) = unsafe { ((*vcm).start, (*vcm).activations) };
            assert!(start % 4096 == 0 && activations == 0);
            self.contexts.push(vcm);
        }
    }

    fn enter_reservation(&mut self, res: *mut VcmRes, is_right: bool, with_memory: bool) {
        if check_pointer(res, is_right) {
            self.reservations.push(res);
            // SAFETY: the framework has just made it.
            let phys = unsafe { (*res).phys };
            if with_memory {
                assert!(!phys.is_null());
                self.doubtful.push(phys);
            }
        }
    }

    fn call(&mut self, input: &mut Input<'_>) {
        let (vcm, right_vcm) = self.pointer(&self.contexts, input);
        let (res, right_res) = self.pointer(&self.reservations, input);
        let (mut phys, mut right_phys) = self.pointer(&self.memories, input);
        // What came with a binding counts as memory while that stands.
        let in_doubt = |phys: *mut VcmPhys| self.doubtful.iter().any(|p| p.addr() == phys.addr());
        if in_doubt(phys) {
            (phys, right_phys) = (null_mut(), false);
        }
        let size = match input.once_in(8) {
            true => input.long(),
            false => u64::from(0x800 * input.below(40)),
        };
        let flags = match input.once_in(4) {
            true => input.word(),
            false => 0,
        };
        match input.below(22) {
            0 => {
                let (start, size) = (input.edge(), input.edge());
                let stream = input.below(20);
                let (iommu, right) = self.pointer(&[self.iommu], input);
                self.enter(vcm_iommu_create(iommu, stream, start, size), right);
            }
            1 => {
                let (start, size) = (input.below(512) << 12, input.below(512) << 12);
                let stream = input.below(20);
                let (iommu, right) = self.pointer(&[self.iommu], input);
                let made = vcm_iommu_create_one_to_one(iommu, stream, start, size);
                self.enter(made, right);
            }
            2 => {
                let (start, size) = (input.edge(), input.edge());
                let (system, right) = self.pointer(&[self.system], input);
                self.enter(vcm_one_to_one_create(system, start, size), right);
            }
            3 | 4 => {
                let made = vcm_make_binding(vcm, size, flags, input.byte().into());
                self.enter_reservation(made, right_vcm, true);
            }
            5 => {
                let memory = vcm_alloc(vcm, size, flags);
                if check_pointer(memory, right_vcm) {
                    check_parts(memory);
                    self.memories.push(memory);
                }
            }
            6 => {
                let made = vcm_reserve(vcm, size, flags);
                self.enter_reservation(made, right_vcm, false);
            }
            7 => {
                let start = 0x4000_0000_u32.wrapping_add(input.below(300) << 12);
                let made = vcm_reserve_at(vcm, start, size, flags);
                self.enter_reservation(made, right_vcm, false);
            }
            8 => {
                let made = vcm_map(vcm, phys, flags);
                self.enter_reservation(made, right_vcm && right_phys, false);
            }
            9 | 10 => {
                let _done = check(vcm_bind(res, phys), right_res && right_phys);
            }
            11 => {
                let unbound = vcm_unbind(res);
                assert!(right_res || error_in(unbound) == Some(EINVAL));
            }
            12 => {
                if check(vcm_free(phys), right_phys) {
                    leave(&mut self.memories, &mut self.gone, phys);
                    is_negative(vcm_free(phys));
                }
            }
            13 => {
                let _done = check(vcm_activate(vcm), right_vcm);
            }
            14 => {
                let _done = check(vcm_deactivate(vcm), right_vcm);
            }
            15 => {
                if check(vcm_destroy(vcm), right_vcm) {
                    leave(&mut self.contexts, &mut self.gone, vcm);
                    is_negative(vcm_destroy(vcm));
                }
            }
            16 => {
                let end = input.one_of(&[vcm_destroy_binding, vcm_unmap, vcm_unreserve]);
                if check(end(res), right_res) {
                    leave(&mut self.reservations, &mut self.gone, res);
                    is_negative(end(res));
                }
            }
            17 => {
                let stream = input.edge();
                let _done = check(vcm_iommu_attach(vcm, stream), right_vcm);
                let _done = check(vcm_iommu_detach(vcm, stream), right_vcm);
            }
            18 => self.look(vcm, right_vcm, input),
            19 => {
                let _done = check(vcm_iommu_stall(vcm, input.below(2)), right_vcm);
                let _done = check(vcm_iommu_resume(vcm, input.below(2)), right_vcm);
            }
            20 => {
                let moved = vcm_migrate(phys, vcm, flags);
                if check_pointer(moved, right_vcm && right_phys) {
                    check_parts(moved);
                    leave(&mut self.memories, &mut self.gone, phys);
                    is_negative(vcm_free(phys));
                    self.memories.push(moved);
                }
            }
            _ => self.look_at_devices(input),
        }
    }

    fn look(&self, vcm: *mut Vcm, is_right: bool, input: &mut Input<'_>) {
        let address = match input.flag() {
            true => input.edge(),
            false => 0x4000_0000 + (input.below(0x200) << 11),
        };
        let mut at = 0;
        // SAFETY: NULL, or a number to write to.
        let found = unsafe {
            is_negative(vcm_translate(vcm, address, null_mut()));
            vcm_translate(vcm, address, &raw mut at)
        };
        assert!((0..=1).contains(&found) || !is_right && found == -EINVAL);
        let res = vcm_resolve(vcm, address);
        if !is_right {
            assert_eq!(error_in(res), Some(EINVAL));
        } else if !res.is_null() {
            assert!(self.reservations.contains(&res));
            // SAFETY: it is alive.
            let (start, size, bound) =
                unsafe { ((*res).start, (*res).res_size, (*res).bound_size) };
            assert!(address >= start && address - start < size);
            assert_eq!(found == 1, address - start < bound);
            assert!(found == 0 || (at ^ address) & 0xFFF == 0);
        }
    }

    fn look_at_devices(&mut self, input: &mut Input<'_>) {
        let (system, right_system) = self.pointer(&[self.system], input);
        let (iommu, right_iommu) = self.pointer(&[self.iommu], input);
        let _done = check(vcm_system_add_memory(system, input.edge()), right_system);
        let _misuses = vcm_system_misuses(system);
        let is_used =
            !self.iommu.is_null() || !self.contexts.is_empty() || !self.memories.is_empty();
        if is_used || !right_system {
            is_negative(vcm_system_destroy(system));
        }
        if !self.contexts.is_empty() || !right_iommu {
            // Contexts without it do not count.
            let released = vcm_iommu_release(iommu);
            if released == 0 {
                self.gone.push(self.iommu.addr());
                self.iommu = null_mut();
                return;
            }
        }
        let mut fault = VcmFault {
            address: 0,
            stream: 0,
            kind: VcmFaultKind::Other,
            write: 0,
            privileged: 0,
            fetch: 0,
            lost: 0,
            stalled: 0,
            offset: 0,
            vcm: null_mut(),
            res: null_mut(),
        };
        // SAFETY: NULL, or a structure to write to.
        let found = unsafe {
            is_negative(vcm_iommu_fault(iommu, null_mut()));
            is_negative(vcm_iommu_page_in(iommu, null_mut()));
            match input.flag() {
                true => vcm_iommu_fault(iommu, &raw mut fault),
                false => vcm_iommu_page_in(iommu, &raw mut fault),
            }
        };
        let limits = vcm_iommu_stall_limits(iommu, input.edge(), input.edge());
        assert!(limits == 0 || is_known(limits));
        assert!((0..=1).contains(&found) || is_known(found));
    }

    /// What was reported last.
    fn said(&self) -> String {
        let said = self.platform.said.lock();
        said.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Everything can be given back, and then nothing is left.
    fn end(mut self) {
        for res in std::mem::take(&mut self.reservations) {
            let mut done = vcm_destroy_binding(res);
            if self.disturbed && [-EIO, -ETIMEDOUT].contains(&done) {
                // What an earlier deactivation could not confirm. The same call succeeds now.
                done = vcm_destroy_binding(res);
            }
            assert_eq!(done, 0, "{}", self.said());
            is_negative(vcm_destroy_binding(res));
        }
        for phys in self.doubtful.drain(..) {
            let freed = vcm_free(phys);
            assert!(freed == 0 || freed == -EINVAL);
        }
        for phys in self.memories.drain(..) {
            // It may have gone with a binding.
            let freed = vcm_free(phys);
            assert!(freed == 0 || freed == -EINVAL);
        }
        for vcm in self.contexts.drain(..) {
            while vcm_deactivate(vcm) == 0 {}
            assert_eq!(vcm_destroy(vcm), 0);
        }
        if !self.iommu.is_null() {
            assert_eq!(vcm_iommu_release(self.iommu), 0);
        }
        assert_eq!(vcm_system_destroy(self.system), 0);
        is_negative(vcm_system_destroy(self.system));
        assert!(self.disturbed || self.platform.memory.given() == 0);
    }
}

fn leave<T>(list: &mut Vec<*mut T>, gone: &mut Vec<usize>, pointer: *mut T) {
    list.retain(|p| *p != pointer);
    gone.push(pointer.addr());
}

/// The error in a pointer.
fn error_in<T>(pointer: *mut T) -> Option<c_int> {
    let code = pointer.addr().wrapping_neg();
    (1..=4095).contains(&code).then_some(code as c_int)
}

fn is_known(answer: c_int) -> bool {
    ERRORS.contains(&-answer)
}

#[track_caller]
fn is_negative(answer: c_int) {
    assert!(is_known(answer), "{answer}");
}

#[track_caller]
fn is_refused<T>(pointer: *mut T) {
    assert_eq!(error_in(pointer), Some(EINVAL));
}

/// Whether a call has succeeded, which it may only do with the right pointers.
fn check(answer: c_int, is_right: bool) -> bool {
    assert!(answer == 0 || is_known(answer), "{answer}");
    assert!(is_right || answer == -EINVAL, "{answer}");
    answer == 0
}

fn check_pointer<T>(pointer: *mut T, is_right: bool) -> bool {
    assert!(!pointer.is_null());
    match error_in(pointer) {
        Some(error) => {
            assert!(is_known(-error) && (is_right || error == EINVAL), "{error}");
            false
        }
        None => {
            assert!(is_right);
            true
        }
    }
}

/// Memory is as large as its parts, which are whole pages.
fn check_parts(phys: *mut VcmPhys) {
    // SAFETY: the framework has just made it, with as many parts as it says.
    let (size, parts) = unsafe {
        let parts = (&raw const (*phys).parts).cast();
        let count = (*phys).count as usize;
        (
            (*phys).size,
            slice::from_raw_parts::<[u32; 2]>(parts, count),
        )
    };
    assert_eq!(parts.iter().map(|[_, size]| *size).sum::<u32>(), size);
    assert!(parts.iter().flatten().all(|number| number % 4096 == 0));
}

/// # Safety
/// `context` is that of [`World::new`].
unsafe fn platform<'a>(context: *mut c_void) -> &'a Platform {
    // SAFETY: by contract; it lives as long as the world, and is only ever shared.
    unsafe { &*context.cast::<Platform>() }
}

unsafe extern "C" fn alloc(context: *mut c_void, size: u32, align: u32, to: *mut u32) -> c_int {
    // SAFETY: vcm.h says what this is called with.
    let memory = unsafe { &platform(context).memory };
    match PhysMem::allocate(memory, size, align) {
        Some(at) => {
            // SAFETY: as above.
            unsafe { to.write(at.get()) };
            0
        }
        None => -1,
    }
}

unsafe extern "C" fn free(context: *mut c_void, at: u32, size: u32) {
    // SAFETY: vcm.h says what this is called with.
    let memory = unsafe { &platform(context).memory };
    PhysMem::free(memory, PhysAddr::new(at), size);
}

unsafe extern "C" fn read(context: *mut c_void, at: u32, to: *mut c_void, size: u32) -> c_int {
    // SAFETY: vcm.h says what this is called with.
    let (memory, into) = unsafe {
        let bytes = slice::from_raw_parts_mut(to.cast::<u8>(), size as usize);
        (&platform(context).memory, bytes)
    };
    c_int::from(memory.read(PhysAddr::new(at), into).is_err())
}

unsafe extern "C" fn write(context: *mut c_void, at: u32, from: *const c_void, size: u32) -> c_int {
    // SAFETY: vcm.h says what this is called with.
    let (memory, from) = unsafe {
        let bytes = slice::from_raw_parts(from.cast::<u8>(), size as usize);
        (&platform(context).memory, bytes)
    };
    c_int::from(memory.write(PhysAddr::new(at), from).is_err())
}

unsafe extern "C" fn now(context: *mut c_void) -> u64 {
    // SAFETY: vcm.h says what this is called with.
    let now = unsafe { platform(context).window.now() };
    now.as_nanos() as u64
}

unsafe extern "C" fn report(context: *mut c_void, _: VcmReport, error: c_int, text: *const c_char) {
    // SAFETY: vcm.h says what this is called with.
    let (platform, text) = unsafe { (platform(context), CStr::from_ptr(text)) };
    let said = format!("{error}: {}", text.to_string_lossy());
    *platform.said.lock().unwrap_or_else(PoisonError::into_inner) = said;
}

unsafe extern "C" fn read32(context: *mut c_void, offset: u32, to: *mut u32) -> c_int {
    // SAFETY: vcm.h says what this is called with.
    match unsafe { platform(context).window.read32(offset) } {
        Ok(word) => {
            // SAFETY: as above.
            unsafe { to.write(word) };
            0
        }
        Err(_) => -1,
    }
}

unsafe extern "C" fn write32(context: *mut c_void, offset: u32, value: u32) -> c_int {
    // SAFETY: vcm.h says what this is called with.
    let written = unsafe { platform(context).window.write32(offset, value) };
    c_int::from(written.is_err())
}

/// The flags are of this width in C.
const _: () = assert!(size_of::<c_uint>() == size_of::<u32>());
