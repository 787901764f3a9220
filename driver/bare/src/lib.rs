//! What the crate `vcm` needs of a Zynq-7000 without an operating system: memory at the addresses where
//! it is, caches that are looked after by line, and the processor's own timer and interrupt controller.
//!
//! | for | there is |
//! |---|---|
//! | registers ([`Bus`](vcm::seam::Bus)) | [`Window`] |
//! | memory ([`PhysMem`](vcm::seam::PhysMem)) | [`Identity`], over the [`Cache`] |
//! | time ([`Clock`](vcm::seam::Clock)) | [`GlobalTimer`] |
//! | interrupt ([`Irq`](vcm::seam::Irq)) | [`Gic`] |
//!
//! On a board the four are `Window::new(vcm_regs::ZYNQ_BASE)`, `Identity::new(cache, range)` and, at the
//! addresses in [`zynq`], the timer and the interrupt of `IRQ_F2P[0]`.
//!
//! What has to do with the processor is there only where the target is one of ARM's: [`Cp15`], and [`mmu`], which
//! asks the processor's own MMU what it makes of page tables. Everything else runs, and is tested,
//! anywhere.
//!
//! Sources: UG585 is the Zynq-7000 Technical Reference Manual, DDI 0406C the ARM Architecture Reference Manual
//! (ARMv7-A), DDI 0407 the Cortex-A9 MPCore's, DDI 0246 the L2C-310's, IHI 0048 the GIC's.
#![no_std]

#[cfg(test)]
extern crate std;

mod barrier;
mod cache;
#[cfg(target_arch = "arm")]
mod cp15;
mod gic;
mod identity;
mod io;
#[cfg(target_arch = "arm")]
pub mod mmu;
mod timer;
mod uart;
mod window;
pub mod zynq;

pub use barrier::{device_barrier, memory_barrier};
pub use cache::{Cache, Inner, LINE};
#[cfg(target_arch = "arm")]
pub use cp15::Cp15;
pub use gic::Gic;
pub use identity::Identity;
pub use io::{Io, Volatile};
pub use timer::GlobalTimer;
pub use uart::Uart;
pub use window::Window;
