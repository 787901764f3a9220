//! Benchmarks of the simulated hardware: translated traffic beside the same traffic bypassed.
//!
//! A [`Case`](case::Case) is one line of the report: it runs on a [`Rig`](rig::Rig) and gives
//! [`Measurement`]s. [`cases`](case::cases) lists them all, in a full and in a quick form.

mod bandwidth;
pub mod case;
pub mod document;
pub mod driver;
mod fairness;
mod hits;
mod invalidation;
mod latency;
mod measurement;
mod misses;
mod pattern;
pub mod plot;
mod rig;
mod sim_speed;
pub mod table;
pub mod target;
mod watch;
mod wave;

pub use measurement::{Measurement, Outcome, Params, to_json};
pub use rig::Rig;
