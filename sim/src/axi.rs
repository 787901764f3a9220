//! AXI4: the arithmetic of bursts, and a bus master.

mod burst;
mod master;
mod request;

pub use burst::{Beat, BurstShape};
pub use master::{Master, MasterConfig};
pub use request::{
    Completion, Direction, Lead, ReadBeat, Request, Ticket, WriteBeat, read_bytes, write_beats,
};

/// Bytes of a data beat on the bus.
pub const BUS_BYTES: u32 = 8;
