//! The framework.

pub mod driver;
pub mod raw;

mod check;
mod flags;
mod graph;
mod id;
mod region;
mod session;
mod sink;
mod typed;

pub use flags::{AllocFlags, ResFlags};
pub use id::{PhysId, ResId, VcmId};
pub use raw::Where;
pub use region::{PAGE_SIZE, Region};
pub use sink::{Count, Misuse, Sink};
pub use typed::{Active, Binding, Failed, Phys, Reservation, System, Vcm};
