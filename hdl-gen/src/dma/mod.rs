//! The memory-to-memory DMA engine of `vcm_soc`: four channels that share one data path.
//!
//! ```text
//!  registers ─► channels ─► planner ─► AR        R ─► buffer ─► stream ─► W
//!                  │   ▲                                ▲          ▲
//!                  │   └── B, errors        channels ───┘          │
//!                  └─────────────────────► scheduler ─► AW ────────┘
//! ```
//!
//! A copy is cut into chunks of at most 256 bytes, each one read burst and one write burst. The buffer
//! holds four chunks of each channel, so that reads run ahead of writes. Chunks of one channel are
//! read and written in order; channels take turns, and one whose memory is slow does not hold up
//! what the others read.

mod channel;
mod engine;
mod planner;
mod round_robin;
mod scheduler;
mod stream;

pub use channel::DmaChannel;
pub use engine::DmaEngine;
pub use planner::ChunkPlanner;
pub use round_robin::RoundRobin;
pub use scheduler::WriteScheduler;
pub use stream::BeatStream;
