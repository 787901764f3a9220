//! What a burst may be.

use super::{Broken, Port, Rule};
use crate::bursts::{Ax, INCR, WRAP};

/// Holds an address to the rules.
pub(super) fn check(port: &Port, channel: &str, ax: &Ax) -> Result<(), Broken> {
    match broken(port, ax) {
        None => Ok(()),
        Some(rule) => Err(port.broken(rule, format!("{channel}: {ax:x?}"))),
    }
}

fn broken(port: &Port, ax: &Ax) -> Option<Rule> {
    let bytes = 1 << ax.size;
    let total = bytes * (ax.len + 1);
    let wraps = ax.burst == WRAP;
    let end = ax.addr / bytes * bytes + total;
    let rules = [
        (Rule::Size, ax.size > port.widest),
        (Rule::BurstType, ax.burst > WRAP),
        (
            Rule::Length,
            ax.len > 15 || wraps && ![1, 3, 7, 15].contains(&ax.len),
        ),
        (Rule::WrapAlignment, wraps && ax.addr % bytes != 0),
        (
            Rule::Boundary,
            ax.burst == INCR && ax.addr >> 12 != (end - 1) >> 12,
        ),
        (Rule::Cache, ax.cache & 2 == 0 && ax.cache & 12 != 0),
        (Rule::Lock, ax.lock > 1),
        (
            Rule::Exclusive,
            ax.lock == 1 && !(total.is_power_of_two() && total <= 128 && ax.addr % total == 0),
        ),
        (Rule::Id, ax.id >> port.id_bits != 0),
    ];
    let first = rules.into_iter().find(|(_, broken)| *broken);
    first.map(|(rule, _)| rule)
}
