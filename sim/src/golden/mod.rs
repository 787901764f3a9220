//! Golden models: what the hardware ought to do, written from the specifications alone.
//!
//! [`translate`] is the stage 1 translation of ARMv7-A's short-descriptor format (ARM Architecture
//! Reference Manual, ARMv7-A and ARMv7-R edition, DDI 0406C, chapter B3); [`Burst`](BurstShape) is
//! the address arithmetic of AXI4 (AMBA AXI and ACE Protocol Specification, IHI 0022E, chapter A3).
//!
//! They share no code with the driver or with the hardware description, so that a mistake there
//! does not repeat itself here. The descriptors are taken apart by this model's own bit numbers; only
//! the fault status codes come from [`vcm_regs::fault`], because they are an interface.

mod attributes;
mod burst;
mod descriptor;
mod memory;
mod permission;
mod translate;

pub use attributes::{MemoryAttributes, OuterCache};
pub use burst::{BurstShape, IllegalBurst};
pub use descriptor::{FirstLevel, Leaf, SecondLevel, first_level, second_level};
pub use memory::{BusFault, WalkMemory};
pub use permission::{DomainAccess, domain_access, permits};
pub(crate) use translate::second_level_address;
pub use translate::{Access, Context, Fault, Level, PageSize, Translation, translate};
