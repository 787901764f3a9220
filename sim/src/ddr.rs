//! The DDR memory with its controller: three AXI4 ports that share one memory and its bandwidth.

mod bytes;
mod controller;
mod memory;
mod port;

pub use controller::{Ddr, DdrConfig, InjectedError, Timing};
pub use memory::{Memory, OutsideMemory};
pub use port::{Order, PortConfig};

/// Who a port of the memory belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Port {
    /// `m_axi`: translated traffic.
    Data,
    /// `m_axi_ptw`: table walks, read only.
    Walk,
    /// The processor.
    Cpu,
}

impl Port {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Data, Self::Walk, Self::Cpu];
}
