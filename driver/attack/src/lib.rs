//! What the driver is attacked with.
//!
//! A [`Target`] takes any bytes, makes calls or devices of them, and panics when something does not
//! hold. The same targets run in two ways: by libFuzzer in `driver/fuzz` (`make fuzz`), and with inputs
//! from a fixed seed in this crate's tests.
//!
//! Where a target knows what is right, it knows it from elsewhere than the driver: page tables from the
//! ARM Architecture Reference Manual ([`mod@reference`]), registers from the numbers in
//! `docs/registers.md`.

pub mod input;
pub mod memory;
pub mod reference;
pub mod registers;
mod targets;

pub use targets::{TARGETS, Target, run};
