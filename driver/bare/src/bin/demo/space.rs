//! The processor's own address space: memory and the processing system one to one, and no register window.

use core::sync::atomic::{AtomicU32, Ordering};

use vcm_bare::mmu::{Mmu, Regime};
use vcm_regs::descriptor::{SECTION_SIZE, SectionDescriptor, ap, first};

use crate::MEMORY_SIZE;

/// A first-level table (DDI 0406C B3.5.1): aligned to its size.
#[repr(align(0x4000))]
struct Table([AtomicU32; 4096]);

static TABLE: Table = Table([const { AtomicU32::new(0) }; 4096]);

/// Sections with registers that are used: serial ports; system-level control; timer, interrupt controller and
/// second-level cache.
const REGISTERS: [u32; 3] = [0xE000_0000, 0xF800_0000, 0xF8F0_0000];

/// Turns the MMU on. The caches stay off.
pub fn enter() -> Mmu {
    let memory = SectionDescriptor::default()
        .with(SectionDescriptor::TYPE, first::SECTION)
        .with(SectionDescriptor::AP, ap::RW);
    // Normal memory that is not cached, in which exclusive accesses work (DDI 0406C A3.4.5).
    let normal = memory.with(SectionDescriptor::TEX, 0b001);
    for at in (0..MEMORY_SIZE).step_by(SECTION_SIZE as usize) {
        map(at, normal);
    }
    let device = memory
        .with(SectionDescriptor::B, 1)
        .with(SectionDescriptor::XN, 1);
    for at in REGISTERS {
        map(at, device);
    }
    let regime = Regime {
        table: &raw const TABLE as u32,
        domains: 1,
        access_flag: false,
    };
    // SAFETY: the program, and all that it touches except the register window, is mapped one to one; an access to
    // the window is an abort, which is forwarded. Nothing is cached.
    unsafe { Mmu::on(regime) }
}

fn map(at: u32, section: SectionDescriptor) {
    let entry = &TABLE.0[(at / SECTION_SIZE) as usize];
    entry.store(section.bits() | at, Ordering::Relaxed);
}
