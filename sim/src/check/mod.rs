//! Protocol checkers: each watches one port, every cycle, and knows the rules of AXI4 or AXI4-Lite
//! (AMBA AXI and ACE Protocol Specification, IHI 0022E).
//!
//! | type | watches |
//! |---|---|
//! | [`AxiChecker`] | an AXI4 port, with or without write channels |
//! | [`AxilChecker`] | an AXI4-Lite port |
//! | [`PortChecks`] | all four ports of the device, as an [`Observer`](crate::signals::Observer) |
//!
//! Every rule is a [`Rule`], and can be switched off by itself. What the master of a port drives and
//! what its slave drives are judged apart: [`Rules`] has a [`RuleSet`] for each, so that a test whose
//! master misbehaves on purpose still holds the slave to every rule.
//!
//! Checkers go on after a violation. They resynchronise where the protocol lets them (a burst ends
//! with its `last`), so one fault seldom looks like many.

mod axi;
mod axil;
mod handshake;
mod log;
mod port;
mod ports;
mod reads;
mod reset;
mod rule;
mod writes;

#[cfg(test)]
mod tests;

pub use axi::AxiChecker;
pub use axil::AxilChecker;
pub use log::Violation;
pub use port::{AxiPort, AxilPort, DEFAULT_MAX_WAIT};
pub use ports::PortChecks;
pub use rule::{Rule, RuleSet, Rules, Side};
