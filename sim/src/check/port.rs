//! What a checker is told about its port.

use super::rule::{Rule, Rules};

/// Bound of the watchdogs in cycles, unless a port sets another.
pub const DEFAULT_MAX_WAIT: u32 = 100_000;

/// An AXI4 port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxiPort {
    /// Name for messages.
    pub name: &'static str,
    /// Whether it has AW, W and B.
    pub writes: bool,
    /// Width of IDs in bits.
    pub id_bits: u32,
    /// Width of the data bus in bytes.
    pub bus_bytes: u32,
    /// Rules it is held to.
    pub rules: Rules,
    /// Cycles after which a wait is too long; `None`: it never is.
    pub max_wait: Option<u32>,
}

impl AxiPort {
    /// The port that bus masters use. Its write data may go ahead of the address.
    pub const fn s_axi() -> Self {
        Self {
            name: "s_axi",
            writes: true,
            id_bits: 8,
            bus_bytes: 8,
            rules: Rules::ALL.without(Rule::DataAfterAddress),
            max_wait: Some(DEFAULT_MAX_WAIT),
        }
    }

    /// The port of translated traffic.
    pub const fn m_axi() -> Self {
        Self {
            name: "m_axi",
            rules: Rules::ALL,
            ..Self::s_axi()
        }
    }

    /// The port of table walks.
    pub const fn m_axi_ptw() -> Self {
        Self {
            name: "m_axi_ptw",
            writes: false,
            id_bits: 2,
            ..Self::m_axi()
        }
    }

    /// With other rules.
    #[must_use]
    pub const fn with_rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// With another bound of the watchdogs.
    #[must_use]
    pub const fn with_max_wait(self, max_wait: Option<u32>) -> Self {
        Self { max_wait, ..self }
    }
}

/// An AXI4-Lite port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxilPort {
    /// Name for messages.
    pub name: &'static str,
    /// Rules it is held to.
    pub rules: Rules,
    /// Cycles after which a wait is too long; `None`: it never is.
    pub max_wait: Option<u32>,
}

impl AxilPort {
    /// The register window.
    pub const fn s_axil() -> Self {
        Self {
            name: "s_axil",
            rules: Rules::ALL,
            max_wait: Some(DEFAULT_MAX_WAIT),
        }
    }

    /// With other rules.
    #[must_use]
    pub const fn with_rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// With another bound of the watchdogs.
    #[must_use]
    pub const fn with_max_wait(self, max_wait: Option<u32>) -> Self {
        Self { max_wait, ..self }
    }
}
