//! The first-level cache of a Cortex-A9, by CP15.

use core::arch::asm;

use crate::cache::Inner;

/// Operations by virtual address, to the point of coherency (DDI 0406C B4.2.1).
#[derive(Clone, Copy, Debug, Default)]
pub struct Cp15;

impl Inner for Cp15 {
    fn clean(&self, at: u32) {
        // SAFETY: DCCMVAC; what memory holds, as the program sees it, does not change.
        unsafe { asm!("mcr p15, 0, {}, c7, c10, 1", in(reg) at, options(nostack, preserves_flags)) }
    }

    fn invalidate(&self, at: u32) {
        // SAFETY: DCIMVAC; the caller of `PhysMem::sync_for_cpu` gives a range that the device has written,
        // and only lines that are wholly in it come here.
        unsafe { asm!("mcr p15, 0, {}, c7, c6, 1", in(reg) at, options(nostack, preserves_flags)) }
    }

    fn clean_and_invalidate(&self, at: u32) {
        // SAFETY: DCCIMVAC; what memory holds, as the program sees it, does not change.
        unsafe { asm!("mcr p15, 0, {}, c7, c14, 1", in(reg) at, options(nostack, preserves_flags)) }
    }
}
