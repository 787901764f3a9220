//! A platform of functions as C has them: memory, time, and the registers of an IOMMU.

use core::ffi::{c_char, c_int, c_void};
use std::collections::{BTreeMap, VecDeque};
use std::slice;
use std::sync::{Arc, Mutex, MutexGuard};

use vcm_capi::iommu::{vcm_iommu_probe, vcm_iommu_release};
use vcm_capi::system::{vcm_system_add_memory, vcm_system_create, vcm_system_destroy};
use vcm_capi::types::{VcmBus, VcmIommu, VcmPlatform, VcmReport, VcmSystem};
use vcm_regs::{MAP, context, fault, global};

const BASE: u32 = 0x1000_0000;
pub const PAGE: u32 = 0x1000;

/// Nanoseconds that pass whenever the clock is asked.
const TICK: u64 = 10_000;

/// What is behind the functions.
#[derive(Default)]
pub struct State {
    memory: Vec<u8>,
    /// Size by address of what has been given out.
    given: BTreeMap<u32, u32>,
    registers: BTreeMap<u32, u32>,
    /// Registers that were written, in order.
    pub log: Vec<(u32, u32)>,
    /// Address and syndromes.
    pub faults: VecDeque<[u32; 3]>,
    pub overflow: bool,
    /// No synchronisation ends.
    pub hangs: bool,
    /// Accesses to registers until all of them fail; `None`: never.
    pub accesses_left: Option<u32>,
    /// Nanoseconds.
    pub time: u64,
    /// Error numbers that were reported.
    pub said: Vec<c_int>,
}

/// A system on a platform with an IOMMU; both end with it.
pub struct Machine {
    state: Arc<Mutex<State>>,
    pub system: *mut VcmSystem,
    pub iommu: *mut VcmIommu,
}

pub const fn global_at(register: &vcm_regs::RegisterInfo) -> u32 {
    global::BLOCK.at(0) + register.offset
}

pub const fn bank_at(index: u32, register: &vcm_regs::RegisterInfo) -> u32 {
    context::BLOCK.at(index) + register.offset
}

impl Machine {
    pub fn new() -> Self {
        let mut machine = Self::without_iommu();
        machine.iommu = machine.probe(0);
        assert!(error_in(machine.iommu).is_none());
        assert_eq!(vcm_system_add_memory(machine.system, 16 * PAGE), 0);
        machine
    }

    pub fn without_iommu() -> Self {
        let state = Arc::new(Mutex::new(State {
            memory: vec![0xA7; 1 << 20],
            ..State::default()
        }));
        let platform = VcmPlatform {
            context: pointer(&state),
            alloc: Some(alloc),
            free: Some(free),
            read: Some(read),
            write: Some(write),
            sync_for_device: None,
            sync_for_cpu: None,
            now: Some(now),
            report: Some(report),
        };
        // SAFETY: the structure is complete, and what it points to outlives the system.
        let system = unsafe { vcm_system_create(&raw const platform) };
        assert!(error_in(system).is_none());
        let iommu = core::ptr::null_mut();
        Self {
            state,
            system,
            iommu,
        }
    }

    pub fn probe(&self, timeout_us: u32) -> *mut VcmIommu {
        self.probe_of(self, timeout_us)
    }

    /// The IOMMU that has the registers of `other`.
    pub fn probe_of(&self, other: &Self, timeout_us: u32) -> *mut VcmIommu {
        let bus = VcmBus {
            context: pointer(&other.state),
            read32: Some(read32),
            write32: Some(write32),
        };
        // SAFETY: the structure is complete, and what it points to outlives the system.
        unsafe { vcm_iommu_probe(self.system, &raw const bus, timeout_us) }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A fault of this kind, of a stream that is attached to a bank.
    pub fn fault(&self, at: u32, bank: u32, stream: u32, status: u32, stalled: bool) {
        let what = 1 << 31 | bank << 16 | 1 << 15 | u32::from(stalled) << 11 | status;
        self.state().faults.push_back([at, what, stream]);
    }

    /// A fault of a stream that is terminated.
    pub fn unmapped(&self, at: u32, stream: u32) {
        let what = 1 << 31 | fault::UNMAPPED_STREAM;
        self.state().faults.push_back([at, what, stream]);
    }

    /// What was written to the `RESUME` of a bank.
    pub fn resumed(&self, bank: u32) -> Vec<u32> {
        let at = bank_at(bank, &context::RESUME);
        let log = core::mem::take(&mut self.state().log);
        log.iter().filter(|w| w.0 == at).map(|w| w.1).collect()
    }

    pub fn register(&self, at: u32) -> u32 {
        self.state().read32(at)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        if !self.iommu.is_null() {
            assert_eq!(vcm_iommu_release(self.iommu), 0);
        }
        assert_eq!(vcm_system_destroy(self.system), 0);
        assert!(self.state().given.is_empty());
    }
}

/// The error in a pointer.
pub fn error_in<T>(pointer: *mut T) -> Option<c_int> {
    let code = pointer.addr().wrapping_neg();
    (1..=4095).contains(&code).then_some(code as c_int)
}

fn pointer(state: &Arc<Mutex<State>>) -> *mut c_void {
    Arc::as_ptr(state).cast_mut().cast()
}

impl State {
    /// Whether an access to a register is answered.
    fn answers(&mut self) -> bool {
        match &mut self.accesses_left {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }

    fn read32(&self, offset: u32) -> u32 {
        let oldest = self.faults.front().copied().unwrap_or_default();
        match offset {
            _ if offset == global_at(&global::FQ_IOVA) => oldest[0],
            _ if offset == global_at(&global::FQ_SYND0) => oldest[1],
            _ if offset == global_at(&global::FQ_SYND1) => oldest[2],
            _ if offset == global_at(&global::FQ_STATUS) => {
                self.faults.len() as u32 | u32::from(self.overflow) << 8
            }
            _ if offset == global_at(&global::TLBSTATUS) => self.hangs.into(),
            _ => {
                let written = self.registers.get(&offset).copied();
                written.unwrap_or_else(|| reset(offset))
            }
        }
    }

    fn write32(&mut self, offset: u32, value: u32) {
        self.log.push((offset, value));
        if offset == global_at(&global::FQ_POP) {
            self.faults.pop_front();
        } else if offset == global_at(&global::FQ_STATUS) {
            self.overflow &= value & 0x100 == 0;
        } else {
            self.registers.insert(offset, value);
        }
    }
}

/// What a register reads after reset.
fn reset(offset: u32) -> u32 {
    for block in MAP {
        for register in block.registers {
            let inside = offset.wrapping_sub(block.base) % block.stride;
            let is_in = (block.base..block.at(block.count)).contains(&offset);
            if is_in && (register.offset..register.offset + 4 * register.count).contains(&inside) {
                return register.reset();
            }
        }
    }
    0
}

/// # Safety
/// `context` is the pointer to the state of a machine that lives.
unsafe fn state<'a>(context: *mut c_void) -> MutexGuard<'a, State> {
    // SAFETY: by contract; it is only ever shared.
    let state = unsafe { &*context.cast::<Mutex<State>>() };
    state.lock().unwrap()
}

unsafe extern "C" fn alloc(context: *mut c_void, size: u32, align: u32, to: *mut u32) -> c_int {
    // SAFETY: vcm.h says what this is called with.
    let mut state = unsafe { state(context) };
    let mut at = BASE.next_multiple_of(align);
    for (start, bytes) in &state.given {
        if at + size <= *start {
            break;
        }
        at = at.max((start + bytes).next_multiple_of(align));
    }
    if at + size > BASE + state.memory.len() as u32 {
        return -1;
    }
    state.given.insert(at, size);
    // SAFETY: as above.
    unsafe { to.write(at) };
    0
}

unsafe extern "C" fn free(context: *mut c_void, at: u32, size: u32) {
    // SAFETY: vcm.h says what this is called with.
    let freed = unsafe { state(context) }.given.remove(&at);
    assert_eq!(freed, Some(size));
}

unsafe extern "C" fn read(context: *mut c_void, at: u32, to: *mut c_void, size: u32) -> c_int {
    // SAFETY: vcm.h says what this is called with.
    let (state, into) = unsafe {
        let into = slice::from_raw_parts_mut(to.cast::<u8>(), size as usize);
        (state(context), into)
    };
    let start = (at - BASE) as usize;
    into.copy_from_slice(&state.memory[start..start + into.len()]);
    0
}

unsafe extern "C" fn write(context: *mut c_void, at: u32, from: *const c_void, size: u32) -> c_int {
    // SAFETY: vcm.h says what this is called with.
    let (mut state, from) = unsafe {
        let from = slice::from_raw_parts(from.cast::<u8>(), size as usize);
        (state(context), from)
    };
    let start = (at - BASE) as usize;
    state.memory[start..start + from.len()].copy_from_slice(from);
    0
}

unsafe extern "C" fn now(context: *mut c_void) -> u64 {
    // SAFETY: vcm.h says what this is called with.
    let mut state = unsafe { state(context) };
    state.time += TICK;
    state.time
}

unsafe extern "C" fn report(context: *mut c_void, _: VcmReport, error: c_int, _: *const c_char) {
    // SAFETY: vcm.h says what this is called with.
    unsafe { state(context) }.said.push(error);
}

unsafe extern "C" fn read32(context: *mut c_void, offset: u32, to: *mut u32) -> c_int {
    // SAFETY: vcm.h says what this is called with.
    let mut state = unsafe { state(context) };
    if !state.answers() {
        return -1;
    }
    // SAFETY: as above.
    unsafe { to.write(state.read32(offset)) };
    0
}

unsafe extern "C" fn write32(context: *mut c_void, offset: u32, value: u32) -> c_int {
    // SAFETY: vcm.h says what this is called with.
    let mut state = unsafe { state(context) };
    if !state.answers() {
        return -1;
    }
    state.write32(offset, value);
    0
}
