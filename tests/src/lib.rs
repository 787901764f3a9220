//! What the cosimulation tests share.
//!
//! - [`mod@bench`]: `vcm_iommu` with its memory, watched by protocol checkers and scoreboard, for tests
//!   that are the bus masters and the software themselves.
//! - [`capi`]: the platform of vcm-capi on the board of `soc`, and the examples in C.
//! - [`registers`]: its registers, by type, and the fault queue and counters behind them.
//! - [`tables`]: page tables, written past all ports.
//! - [`timeline`]: when bursts came and left.
//! - [`traffic`]: random legal bursts.
//! - [`waveform`]: a run recorded, and its waveform read back.
//! - [`soc`]: `vcm_soc` and the driver on it.

pub mod bench;
pub mod capi;
pub mod registers;
pub mod soc;
pub mod tables;
pub mod timeline;
pub mod traffic;
pub mod waveform;
