//! What the cosimulation tests share.
//!
//! - `arm`: an emulator of the board's processing system (on Linux).
//! - [`mod@bench`]: `vcm_iommu` with its memory, watched by protocol checkers and scoreboard, for tests
//!   that are the bus masters and the software themselves.
//! - [`browser`]: Chromium without a screen, to see pages as they will be seen.
//! - [`capi`]: the platform of vcm-capi on the board of `soc`, and the examples in C.
//! - [`failure`]: what a test leaves that fails: a waveform, and what it tells.
//! - [`registers`]: its registers, by type, and the fault queue and counters behind them.
//! - [`tables`]: page tables, written past all ports.
//! - [`timeline`]: when bursts came and left.
//! - [`traffic`]: random bursts.
//! - [`waveform`]: a run recorded, and its waveform read back.
//! - [`soc`]: `vcm_soc` and the driver on it.

#[cfg(target_os = "linux")]
pub mod arm;
pub mod bench;
pub mod browser;
pub mod capi;
pub mod failure;
pub mod registers;
pub mod soc;
pub mod tables;
pub mod timeline;
pub mod waveform;

pub use vcm_sim::soak::traffic;
