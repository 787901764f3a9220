//! The speed that the design is to reach.

use serde_json::Value;

use crate::measurement::{Measurement, Outcome};

/// A figure that has to be reached.
#[derive(Debug)]
pub struct Target {
    /// What is wanted.
    pub name: &'static str,
    /// How much of it.
    pub wanted: Wanted,
    /// What has been measured.
    pub measured: f64,
}

/// How much is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    /// Not less.
    AtLeast(f64),
    /// Not more.
    AtMost(f64),
}

impl Target {
    /// Whether it is reached.
    pub fn is_met(&self) -> bool {
        match self.wanted {
            Wanted::AtLeast(least) => self.measured >= least,
            Wanted::AtMost(most) => self.measured <= most,
        }
    }
}

/// Which measurement a target is about, and how much it wants.
struct Figure {
    name: &'static str,
    scenario: &'static str,
    /// Parameters that it must have, as text.
    params: &'static [(&'static str, &'static str)],
    wanted: Wanted,
}

/// The setting of the bandwidth targets.
const USUAL: [(&str, &str); 4] = [
    ("page", "4KiB"),
    ("latency", "40"),
    ("ids", "8"),
    ("burst", "64"),
];

use Wanted::{AtLeast, AtMost};

const FIGURES: [Figure; 21] = [
    Figure {
        name: "lookups a cycle that hit, AR alone",
        scenario: "lookups_per_cycle",
        params: &[("channel", "AR"), ("page", "4KiB")],
        wanted: AtLeast(0.99),
    },
    Figure {
        name: "lookups a cycle that hit, AW alone",
        scenario: "lookups_per_cycle",
        params: &[("channel", "AW"), ("page", "4KiB")],
        wanted: AtLeast(0.99),
    },
    Figure {
        name: "lookups a cycle that hit, AR and AW",
        scenario: "lookups_per_cycle",
        params: &[("channel", "AR+AW"), ("page", "4KiB")],
        wanted: AtLeast(1.98),
    },
    Figure {
        name: "cycles added to AR by a hit",
        scenario: "hit_latency",
        params: &[
            ("channel", "AR"),
            ("way", "micro-TLB"),
            ("cycles", "handshake to VALID"),
        ],
        wanted: AtMost(2.0),
    },
    Figure {
        name: "cycles added to AW by a hit",
        scenario: "hit_latency",
        params: &[
            ("channel", "AW"),
            ("way", "micro-TLB"),
            ("cycles", "handshake to VALID"),
        ],
        wanted: AtMost(2.0),
    },
    Figure {
        name: "sequential reads, 4 KiB pages, of bypass",
        scenario: "seq_read",
        params: &USUAL,
        wanted: AtLeast(0.99),
    },
    Figure {
        name: "sequential writes, 4 KiB pages, of bypass",
        scenario: "seq_write",
        params: &USUAL,
        wanted: AtLeast(0.99),
    },
    Figure {
        name: "random reads over 2 MiB, 4 KiB pages, of bypass",
        scenario: "random_2MiB_read",
        params: &USUAL,
        wanted: AtLeast(0.95),
    },
    Figure {
        name: "random reads over 64 MiB, 4 KiB pages, of bypass",
        scenario: "random_64MiB_read",
        params: &USUAL,
        wanted: AtLeast(0.5),
    },
    Figure {
        name: "table reads of a cold miss",
        scenario: "miss",
        params: &[
            ("page", "4KiB"),
            ("latency", "40"),
            ("kind", "cold"),
            ("what", "table reads"),
        ],
        wanted: AtMost(2.0),
    },
    Figure {
        name: "table reads of a miss, first level cached",
        scenario: "miss",
        params: &[
            ("page", "4KiB"),
            ("latency", "40"),
            ("kind", "first level cached"),
            ("what", "table reads"),
        ],
        wanted: AtMost(1.0),
    },
    Figure {
        name: "table reads of 8 misses of one page",
        scenario: "misses_at_once",
        params: &[
            ("latency", "40"),
            ("kind", "of one page"),
            ("count", "8"),
            ("what", "table reads"),
        ],
        wanted: AtMost(2.0),
    },
    Figure {
        name: "simulation, of a native C++ loop",
        scenario: "sim_speed",
        params: &[],
        wanted: AtLeast(0.97),
    },
    Figure {
        name: "waveforms read, MB a second",
        scenario: "wave",
        params: &[("what", "MB/s")],
        wanted: AtLeast(100.0),
    },
    Figure {
        name: "driver: map 256 pages, times aarch64-paging's map",
        scenario: "driver map",
        params: &[
            ("pages", "256"),
            ("page", "4 KiB"),
            ("memory", "contiguous"),
        ],
        wanted: AtMost(0.5),
    },
    Figure {
        name: "driver: map 256 scattered pages, times aarch64-paging's map",
        scenario: "driver map",
        params: &[("pages", "256"), ("page", "4 KiB"), ("memory", "scattered")],
        wanted: AtMost(0.5),
    },
    Figure {
        name: "driver: unmap 256 pages, times aarch64-paging's map",
        scenario: "driver unmap",
        params: &[
            ("pages", "256"),
            ("page", "4 KiB"),
            ("memory", "contiguous"),
        ],
        wanted: AtMost(0.5),
    },
    Figure {
        name: "driver: unmap 256 scattered pages, times aarch64-paging's map",
        scenario: "driver unmap",
        params: &[("pages", "256"), ("page", "4 KiB"), ("memory", "scattered")],
        wanted: AtMost(0.5),
    },
    Figure {
        name: "driver: addresses, 64 live, times a buddy allocator",
        scenario: "driver iova churn",
        params: &[("live", "64"), ("aligned", "to pages")],
        wanted: AtMost(1.3),
    },
    Figure {
        name: "driver: addresses, 1024 live, times a buddy allocator",
        scenario: "driver iova churn",
        params: &[("live", "1024"), ("aligned", "to pages")],
        wanted: AtMost(1.3),
    },
    Figure {
        name: "driver: addresses, 16384 live, times a buddy allocator",
        scenario: "driver iova churn",
        params: &[("live", "16384"), ("aligned", "to pages")],
        wanted: AtMost(1.3),
    },
];

/// The number that a target is about.
fn figure(measured: &Measurement) -> Option<f64> {
    match measured.outcome {
        Outcome::Value { value, .. } => Some(value),
        _ => measured.ratio().or_else(|| measured.times_baseline()),
    }
}

/// Nanoseconds of an operation of the driver.
fn nanoseconds(all: &[Measurement], scenario: &str, params: &[(&str, &str)]) -> Option<f64> {
    let found = find(all, scenario, params)?;
    match found.outcome {
        Outcome::Driver { ns_per_op, .. } => Some(ns_per_op),
        _ => None,
    }
}

fn find<'a>(
    all: &'a [Measurement],
    scenario: &str,
    params: &[(&str, &str)],
) -> Option<&'a Measurement> {
    let has = |measured: &Measurement, name: &str, wanted: &str| {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        measured.params.get(name).map(text).as_deref() == Some(wanted)
    };
    all.iter().find(|measured| {
        measured.scenario == scenario
            && params
                .iter()
                .all(|(name, wanted)| has(measured, name, wanted))
    })
}

/// The targets for which there are measurements.
pub fn targets(all: &[Measurement]) -> Vec<Target> {
    let mut targets: Vec<Target> = (FIGURES.iter())
        .filter_map(|wants| {
            Some(Target {
                name: wants.name,
                wanted: wants.wanted,
                measured: figure(find(all, wants.scenario, wants.params)?)?,
            })
        })
        .collect();
    let make = |size| nanoseconds(all, "driver make and destroy", &[("size", size)]);
    if let Some((large, small)) = make("16 MiB").zip(make("4 KiB")) {
        targets.push(Target {
            name: "driver: make and destroy 16 MiB, times 4 KiB",
            wanted: AtMost(10.0),
            measured: large / small,
        });
    }
    let churn = |live| {
        let params = [("live", live), ("aligned", "to pages")];
        nanoseconds(all, "driver iova churn", &params)
    };
    if let Some((many, few)) = churn("16384").zip(churn("64")) {
        targets.push(Target {
            name: "driver: addresses, 16384 live, times 64 live",
            wanted: AtMost(3.0),
            measured: many / few,
        });
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Params;

    #[test]
    fn what_is_measured_decides() {
        let params = USUAL
            .iter()
            .fold(Params::default(), |params, (name, value)| {
                match value.parse::<u32>() {
                    Ok(number) => params.with(name, number),
                    Err(_) => params.with(name, *value),
                }
            });
        let run = |translated| Measurement::cycles("seq_read", params.clone(), translated, 99, 1);
        let met = |all: &[Measurement]| targets(all).iter().map(Target::is_met).collect::<Vec<_>>();
        assert_eq!(met(&[run(100)]), [true]);
        assert_eq!(met(&[run(101)]), [false]);
        assert!(targets(&[]).is_empty());
    }
}
