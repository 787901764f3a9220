//! Waveforms as transactions: reads VCD and FST files, of this simulator or of others, and tells what
//! went on at the AXI ports in them.

mod account;
mod burst;
mod device;
mod difference;
mod discover;
mod error;
mod explain;
pub mod filter;
mod fst;
mod hardware;
mod header;
mod judge;
mod names;
mod player;
mod reader;
mod register_port;
mod registers;
mod replay;
mod scan;
mod source;
mod statistics;
mod tables;
mod timeline;
mod transaction;
mod views;
mod wires;

pub use account::{Account, Doing};
pub use burst::Burst;
pub use difference::{Difference, Divergence, compare};
pub use discover::{Channel, ClockChoice, ClockPair, DevicePorts, Field, Layout, Port, Protocol};
pub use error::{Damage, Place, WaveError, chain};
pub use explain::{explain, shown_time};
pub use fst::{PackError, pack};
pub use header::{Declared, Header};
pub use player::{Ending, Timebase, Wave};
pub use reader::{Listener, Summary};
pub use registers::{fault_name, register_name};
pub use replay::Findings;
pub use source::Progress;
pub use statistics::{Bandwidth, DirectionFigures, Figures, Histogram, Statistics};
pub use timeline::{MOST_DRAWN, Timeline, TimelineError};
pub use transaction::{
    Descriptor, End, Evidence, FaultEvent, Lookup, Phase, Purpose, RegisterAccess, Route, Source,
    Stretch, TableRead, Transaction, Walk,
};
pub use views::{ViewError, ViewFiles, write_views};

/// The last part of a name such as `TOP.vcm_iommu.s_axi`.
pub fn last_part(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}
