//! Drivers for two kinds of hardware: masters behind an MMU, and masters that see physical
//! addresses. What they need of allocators is here too.

mod allocators;
mod mmu;
mod one_to_one;
mod source;

pub use mmu::VcmMmu;
pub use one_to_one::{Gate, MmuGate, OneToOne};
pub use source::{FrameRequest, FrameSource, IovaSource};
