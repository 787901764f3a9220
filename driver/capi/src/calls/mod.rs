//! The RFC's calls.
//!
//! They return what the RFC's do, and where those return nothing, 0 or a negative errno.

mod binding;
mod context;
mod look;
mod memory;
mod reservation;

pub use binding::*;
pub use context::*;
pub use look::*;
pub use memory::*;
pub use reservation::*;

use crate::refusal::Refusal;

/// Sizes come with 64 bits, so that none is cut off on its way in.
fn bytes(size: u64) -> Result<u32, Refusal> {
    u32::try_from(size).map_err(|_| Refusal::Argument("a size beyond 32 bits"))
}
