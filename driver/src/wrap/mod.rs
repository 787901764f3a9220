//! Drivers for three kinds of masters: behind an MMU, with physical addresses, and the CPU. What they
//! need of allocators is here too.

mod allocators;
mod mmu;
mod one_to_one;
mod page_in;
mod shared_mmu;
mod source;
mod vmm;

pub use mmu::VcmMmu;
pub use one_to_one::{Gate, MmuGate, OneToOne};
pub use page_in::{PageInError, page_in, page_in_by};
pub use shared_mmu::{SharedMmu, Window};
pub use source::{FrameRequest, FrameSource, IovaSource};
pub use vmm::{CpuMapper, CpuMmu, Identity, Vmm};
