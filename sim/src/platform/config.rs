//! What a platform is made of.

use std::ops::Range;

use crate::axi::MasterConfig;
use crate::ddr::{DdrConfig, Order, PortConfig};
use crate::model::Top;
use crate::pressure::{PortPressure, Pressure};

/// What a platform is made of. The default is everything at full speed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The hardware.
    pub top: Top,
    /// The memory.
    pub ddr: DdrConfig,
    /// Whether the memory is a file, which [`super::Platform::shared_memory`] hands out. It is zeroes at
    /// first, whatever [`DdrConfig::fill`] is. On Linux only.
    pub shared: bool,
    /// Addresses out of which [`super::SimMemory`] allocates; within the memory.
    pub pool: Range<u32>,
    /// The master of the register window.
    pub s_axil: MasterConfig,
    /// The bus master.
    pub s_axi: MasterConfig,
    /// The processor's memory port.
    pub cpu: MasterConfig,
    /// Cycles after which waiting for an answer is given up.
    pub deadline: u64,
}

impl Default for Config {
    /// `vcm_iommu` at a PYNQ-Z2's memory, the upper 128 MiB being the pool.
    fn default() -> Self {
        Self {
            top: Top::default(),
            ddr: DdrConfig::default(),
            shared: false,
            pool: 0x1800_0000..0x2000_0000,
            s_axil: MasterConfig::default(),
            s_axi: MasterConfig::default(),
            cpu: MasterConfig::default(),
            deadline: 100_000,
        }
    }
}

impl Config {
    /// The default with another top.
    pub fn with_top(top: Top) -> Self {
        Self {
            top,
            ..Self::default()
        }
    }

    /// With memory that is a file, for others to map.
    #[must_use]
    pub fn shared(mut self) -> Self {
        self.shared = true;
        self
    }

    /// Random back-pressure on every channel, and answers of the memory in random order: the same
    /// for the same seed.
    #[must_use]
    pub fn stressed(mut self, seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let pressure = PortPressure::all(Pressure::Mixed);
        for master in [&mut self.s_axil, &mut self.s_axi, &mut self.cpu] {
            master.pressure = pressure;
            master.seed = rng.u64(..);
        }
        for port in [&mut self.ddr.data, &mut self.ddr.walk, &mut self.ddr.cpu] {
            *port = PortConfig {
                pressure,
                order: Order::Interleaved,
                seed: rng.u64(..),
                ..*port
            };
        }
        self
    }
}
