//! The checkers of all ports of the device.

use super::axi::AxiChecker;
use super::axil::AxilChecker;
use super::log::Violation;
use super::port::{AxiPort, AxilPort};
use crate::signals::{self, Cycle, Observer};

/// Checkers of `s_axil`, `s_axi`, `m_axi` and `m_axi_ptw`.
#[derive(Debug)]
pub struct PortChecks {
    /// The register window.
    pub s_axil: AxilChecker,
    /// From the bus masters; silent with `vcm_soc`.
    pub s_axi: AxiChecker,
    /// Translated traffic.
    pub m_axi: AxiChecker,
    /// Table walks.
    pub m_axi_ptw: AxiChecker,
}

impl Default for PortChecks {
    /// Every rule on every port.
    fn default() -> Self {
        Self::new(
            AxilPort::s_axil(),
            AxiPort::s_axi(),
            AxiPort::m_axi(),
            AxiPort::m_axi_ptw(),
        )
    }
}

impl PortChecks {
    /// Checkers of these ports.
    pub fn new(s_axil: AxilPort, s_axi: AxiPort, m_axi: AxiPort, m_axi_ptw: AxiPort) -> Self {
        Self {
            s_axil: AxilChecker::new(s_axil),
            s_axi: AxiChecker::new(s_axi),
            m_axi: AxiChecker::new(m_axi),
            m_axi_ptw: AxiChecker::new(m_axi_ptw),
        }
    }

    /// With the masters at `s_axi` not judged: they misbehave on purpose.
    #[must_use]
    pub fn with_unruly_masters(self) -> Self {
        let port = self.s_axi.port();
        Self {
            s_axi: AxiChecker::new(port.with_rules(port.rules.slave_only())),
            ..self
        }
    }

    /// With bursts at `s_axi` that may stand stalled as long as they like.
    #[must_use]
    pub fn with_patient_masters(self) -> Self {
        let port = AxiPort {
            max_wait: None,
            ..self.s_axi.port()
        };
        Self {
            s_axi: AxiChecker::new(port),
            ..self
        }
    }

    /// The violations of all ports so far, by cycle.
    pub fn violations(&self) -> Vec<Violation> {
        let mut all = [
            self.s_axil.violations(),
            self.s_axi.violations(),
            self.m_axi.violations(),
            self.m_axi_ptw.violations(),
        ]
        .concat();
        all.sort_by_key(|violation| violation.cycle);
        all
    }

    /// Transactions that have not been answered, on all ports.
    pub fn outstanding(&self) -> usize {
        self.s_axil.outstanding()
            + self.s_axi.outstanding()
            + self.m_axi.outstanding()
            + self.m_axi_ptw.outstanding()
    }

    /// For tests: no rule has been broken.
    ///
    /// # Panics
    /// When one has; the message lists the violations.
    pub fn assert_clean(&self) {
        let list: Vec<String> = self.violations().iter().map(ToString::to_string).collect();
        assert!(list.is_empty(), "protocol violations:\n{}", list.join("\n"));
    }
}

impl Observer for PortChecks {
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), signals::Violation> {
        let (number, reset) = (cycle.number, cycle.reset);
        self.s_axil.cycle(number, reset, &cycle.s_axil);
        self.s_axi.cycle(number, reset, &cycle.s_axi);
        self.m_axi.cycle(number, reset, &cycle.m_axi);
        self.m_axi_ptw.cycle(number, reset, &cycle.m_axi_ptw);
        let broken = [
            self.s_axil.now(),
            self.s_axi.now(),
            self.m_axi.now(),
            self.m_axi_ptw.now(),
        ];
        match broken.into_iter().flatten().next() {
            Some(violation) => Err(violation.into()),
            None => Ok(()),
        }
    }
}
