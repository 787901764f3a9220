//! All that can be told apart, by name.

use vcm_regs::fault;

use crate::golden::PageSize;
use crate::scoreboard::may_stall;
use crate::signals::Burst;

/// Burst types of legal bursts.
const BURSTS: [Burst; 3] = [Burst::Fixed, Burst::Incr, Burst::Wrap];
/// Page sizes.
const SIZES: [PageSize; 4] = [
    PageSize::Small,
    PageSize::Large,
    PageSize::Section,
    PageSize::Supersection,
];
/// Where descriptors come from.
pub(super) const ORIGINS: [&str; 3] = ["held", "second", "walked"];
/// Classes of length.
const LENGTHS: [&str; 3] = ["1", "2-16", "17-256"];
/// Commands that invalidate.
pub(super) const COMMANDS: [&str; 6] = [
    "all",
    "context",
    "asid",
    "address",
    "address-of-all",
    "range",
];

pub(super) const fn direction(write: bool) -> &'static str {
    if write { "write" } else { "read" }
}

pub(super) const fn burst(burst: Burst) -> &'static str {
    match burst {
        Burst::Fixed => "FIXED",
        Burst::Incr => "INCR",
        Burst::Wrap => "WRAP",
        Burst::Reserved => "reserved",
    }
}

pub(super) fn status(status: u32) -> &'static str {
    let found = fault::ALL.iter().find(|value| value.value == status);
    found.map_or("unknown", |value| value.name)
}

pub(super) const fn length(len: u8) -> &'static str {
    match len {
        0 => LENGTHS[0],
        1..16 => LENGTHS[1],
        _ => LENGTHS[2],
    }
}

pub(super) fn size(size: Option<PageSize>) -> String {
    size.map_or_else(|| "none".to_owned(), |size| format!("{size:?}"))
}

/// The sizes of pages that a fault can be about.
fn sizes(status: u32) -> Vec<Option<PageSize>> {
    let of = |sizes: &[PageSize]| sizes.iter().copied().map(Some).collect();
    match status {
        fault::ACCESS_FLAG_L1 | fault::DOMAIN_L1 | fault::PERMISSION_L1 => of(&SIZES[2..]),
        fault::ACCESS_FLAG_L2 | fault::DOMAIN_L2 | fault::PERMISSION_L2 => of(&SIZES[..2]),
        fault::EXTERNAL_ABORT => {
            let mut all: Vec<Option<PageSize>> = of(&SIZES);
            all.push(None);
            all
        }
        _ => vec![None],
    }
}

/// Faults that bursts meet.
fn statuses() -> impl Iterator<Item = u32> {
    let all = fault::ALL.iter().map(|value| value.value);
    all.filter(|status| !matches!(*status, fault::NONE | fault::LOCK_FULL))
}

/// Faults that can stall.
fn stalling() -> impl Iterator<Item = u32> {
    statuses().filter(|&status| may_stall(status))
}

/// Every point, group by group.
pub(super) fn all() -> Vec<String> {
    let mut all = Vec::new();
    for write in [false, true].map(direction) {
        for kind in BURSTS.map(burst) {
            for size in SIZES {
                for origin in ORIGINS {
                    all.push(format!("translated {size:?} {origin} {write} {kind}"));
                }
            }
            for way in ["bypass", "one-to-one"] {
                all.push(format!("passed {way} {write} {kind}"));
            }
            for beat in 0..4 {
                for length in LENGTHS {
                    all.push(format!("shape {kind} {} {length} {write}", 1 << beat));
                }
            }
        }
        for code in statuses() {
            let name = status(code);
            for page in sizes(code) {
                for kind in BURSTS.map(burst) {
                    all.push(format!("fault {name} {} {write} {kind}", size(page)));
                }
            }
        }
        all.push(format!(
            "fault {} none {write} {}",
            status(fault::ILLEGAL_BURST),
            burst(Burst::Reserved)
        ));
        for code in [fault::PERMISSION_L1, fault::PERMISSION_L2] {
            for privileged in ["privileged", "user"] {
                for what in ["instruction", "data"] {
                    all.push(format!(
                        "permission {} {privileged} {what} {write}",
                        status(code)
                    ));
                }
            }
        }
        all.extend(stalling().map(|code| format!("stalled {} {write}", status(code))));
    }
    for command in COMMANDS {
        for traffic in ["quiet", "under-way"] {
            all.push(format!("invalidated {command} {traffic}"));
        }
    }
    // Group by group.
    all.sort_by_key(|point| point.split(' ').next().map(str::to_owned));
    all
}
