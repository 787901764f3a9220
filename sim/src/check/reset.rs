//! When the rules of reset apply.

use super::handshake::Valids;
use super::log::Log;
use super::rule::Rule;

/// Follows `aresetn` (IHI 0022E A3.1.2).
#[derive(Debug, Default)]
pub(super) struct ResetWatch {
    in_reset: bool,
}

impl ResetWatch {
    /// Takes in one cycle. Returns whether it is one of reset, in which nothing is handed over.
    pub(super) fn step(&mut self, log: &mut Log, reset: bool, valids: &Valids) -> bool {
        // A synchronous reset acts at the end of the cycle in which it is first seen.
        let rule = match (self.in_reset, reset) {
            (true, true) => Some(Rule::ValidInReset),
            (true, false) => Some(Rule::ValidAfterReset),
            (false, _) => None,
        };
        self.in_reset = reset;
        if let Some(rule) = rule {
            for &(channel, side, valid) in valids {
                if valid {
                    log.report(side, rule, || format!("{channel}VALID is high"));
                }
            }
        }
        reset
    }
}
