//! Where violations are kept.

use std::fmt;

use super::rule::{Rule, Rules, Side};
use crate::signals;

/// Violations kept; more are only counted.
const KEPT: usize = 256;

/// A rule that a port broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Number of the cycle in which it showed.
    pub cycle: u64,
    /// Name of the port, such as `m_axi`.
    pub port: &'static str,
    /// The rule.
    pub rule: Rule,
    /// Whose signals broke it.
    pub side: Side,
    /// What was seen.
    pub details: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cycle,
            port,
            rule,
            side,
            details,
        } = self;
        write!(f, "cycle {cycle}: {port}: {side} breaks {rule}: {details}")
    }
}

impl std::error::Error for Violation {}

impl From<&Violation> for signals::Violation {
    fn from(violation: &Violation) -> Self {
        Self {
            cycle: violation.cycle,
            place: violation.port,
            what: format!(
                "{} breaks {}: {}",
                violation.side, violation.rule, violation.details
            ),
        }
    }
}

/// The violations of one port.
#[derive(Debug)]
pub(super) struct Log {
    port: &'static str,
    pub(super) rules: Rules,
    pub(super) cycle: u64,
    kept: Vec<Violation>,
    total: u64,
}

impl Log {
    pub(super) const fn new(port: &'static str, rules: Rules) -> Self {
        Self {
            port,
            rules,
            cycle: 0,
            kept: Vec::new(),
            total: 0,
        }
    }

    /// Records that `side` broke `rule` in this cycle, if it is held to it.
    pub(super) fn report(&mut self, side: Side, rule: Rule, details: impl FnOnce() -> String) {
        if !self.rules.has(side, rule) {
            return;
        }
        self.total += 1;
        if self.kept.len() < KEPT {
            self.kept.push(Violation {
                cycle: self.cycle,
                port: self.port,
                rule,
                side,
                details: details(),
            });
        }
    }

    pub(super) fn kept(&self) -> &[Violation] {
        &self.kept
    }

    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn take(&mut self) -> Vec<Violation> {
        self.total = 0;
        std::mem::take(&mut self.kept)
    }

    /// The first violation of this cycle.
    pub(super) fn now(&self) -> Option<&Violation> {
        let first = self.kept.partition_point(|v| v.cycle < self.cycle);
        self.kept.get(first)
    }
}
