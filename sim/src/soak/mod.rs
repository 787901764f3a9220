//! Random campaigns: masters send bursts of every kind while the driver maps, unmaps, migrates and
//! invalidates, memory refuses, descriptors are corrupted and resets come, and everything is watched.
//!
//! A seed makes a [`Plan`]: what the board is like ([`Setup`]), and a list of [`Step`]s, each with a
//! seed of its own. So steps can be left out, and what remains does the same as before: that is how a
//! plan that fails is [shrunk](shrink()).
//!
//! [`run`] carries a plan out on `vcm_iommu`, with
//!
//! | watcher | holds that |
//! |---|---|
//! | [`check`](crate::check) | no port breaks a rule of AXI |
//! | [`scoreboard`](crate::scoreboard) | every burst becomes what the golden model says |
//! | `fence` | no master reaches memory that the driver has not mapped, or has unmapped |
//! | the driver | nothing it asks for fails, and all it took is given back |
//! | the clock | everything is answered |

mod board;
mod failure;
mod fence;
mod machine;
mod plan;
mod run;
mod shrink;
mod spaces;
mod step;
pub mod traffic;

pub use failure::Failure;
pub use plan::{Keep, KeepError, Numbered, Plan, Setup, Speed};
pub use run::{Statistics, Verdict, run};
pub use shrink::shrink;
pub use step::{Manner, Reach, Step};
