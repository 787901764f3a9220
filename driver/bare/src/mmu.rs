//! What the processor's own MMU makes of page tables: they have the format of the IOMMU's.

use core::arch::asm;

use crate::barrier::device_barrier;

/// What a translation depends on, beside the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regime {
    /// Address of the first-level table, aligned to 16 KiB.
    pub table: u32,
    /// DACR: two bits a domain.
    pub domains: u32,
    /// SCTLR.AFE: `AP[0]` is the access flag.
    pub access_flag: bool,
}

/// What an address is looked up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// A privileged read.
    PrivilegedRead,
    /// A privileged write.
    PrivilegedWrite,
    /// An unprivileged read.
    UserRead,
    /// An unprivileged write.
    UserWrite,
}

impl Lookup {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::PrivilegedRead,
        Self::PrivilegedWrite,
        Self::UserRead,
        Self::UserWrite,
    ];
}

/// Bits of SCTLR (DDI 0406C B4.1.130).
const MMU: u32 = 1;
const ACCESS_FLAG: u32 = 1 << 29;
const REMAP: u32 = 1 << 28;

/// The MMU, on.
#[derive(Debug)]
pub struct Mmu {
    control: u32,
}

impl Mmu {
    /// Turns it on with these tables. It is off again when this is dropped.
    ///
    /// # Safety
    /// The program's code, stack and data, and what it touches until then, are mapped one to one, for privileged
    /// reads, writes and instructions. The tables are in memory, not in a cache alone. The MMU is off, and
    /// so are the caches.
    pub unsafe fn on(regime: Regime) -> Self {
        let control: u32;
        // SAFETY: the caller's promise. TTBCR 0 has TTBR0 translate everything, and walks are not cached.
        unsafe {
            asm!("mrc p15, 0, {}, c1, c0, 0", out(reg) control, options(nostack));
            let mut on = control & !(ACCESS_FLAG | REMAP) | MMU;
            if regime.access_flag {
                on |= ACCESS_FLAG;
            }
            device_barrier();
            asm!(
                "mcr p15, 0, {zero}, c2, c0, 2",    // TTBCR
                "mcr p15, 0, {table}, c2, c0, 0",   // TTBR0
                "mcr p15, 0, {domains}, c3, c0, 0", // DACR
                "isb",
                "mcr p15, 0, {zero}, c8, c7, 0",    // TLBIALL
                "mcr p15, 0, {zero}, c7, c5, 6",    // BPIALL
                "dsb",
                "isb",
                "mcr p15, 0, {on}, c1, c0, 0",      // SCTLR
                "isb",
                zero = in(reg) 0,
                table = in(reg) regime.table,
                domains = in(reg) regime.domains,
                on = in(reg) on,
                options(nostack),
            );
        }
        Self { control }
    }

    /// PAR, for an address (DDI 0406C B4.1.112): bit 0 tells whether it is a fault, and then bits 6 to 1
    /// have its status; else bits 31 to 12 are the physical address, and bit 1 is that of a supersection.
    pub fn look_up(&self, at: u32, what: Lookup) -> u32 {
        let par: u32;
        // SAFETY: ATS1CPR, ATS1CPW, ATS1CUR and ATS1CUW change PAR alone.
        unsafe {
            match what {
                Lookup::PrivilegedRead => {
                    asm!("mcr p15, 0, {}, c7, c8, 0", in(reg) at, options(nostack));
                }
                Lookup::PrivilegedWrite => {
                    asm!("mcr p15, 0, {}, c7, c8, 1", in(reg) at, options(nostack));
                }
                Lookup::UserRead => {
                    asm!("mcr p15, 0, {}, c7, c8, 2", in(reg) at, options(nostack));
                }
                Lookup::UserWrite => {
                    asm!("mcr p15, 0, {}, c7, c8, 3", in(reg) at, options(nostack));
                }
            }
            asm!("isb", "mrc p15, 0, {}, c7, c4, 0", out(reg) par, options(nostack));
        }
        par
    }
}

impl Drop for Mmu {
    fn drop(&mut self) {
        // SAFETY: code and data are where they are with it on.
        unsafe {
            asm!(
                "dsb",
                "mcr p15, 0, {control}, c1, c0, 0",
                "isb",
                "mcr p15, 0, {zero}, c8, c7, 0",
                "dsb",
                "isb",
                control = in(reg) self.control,
                zero = in(reg) 0,
                options(nostack),
            );
        }
    }
}
