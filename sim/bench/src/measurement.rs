//! What a benchmark has come to.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value, json};

/// What a scenario was run with: names and values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(Vec<(String, Value)>);

impl Params {
    /// With another parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value)
    }

    /// The value of a parameter, if it is a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    /// The value of a parameter, if it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (name, value)) in self.0.iter().enumerate() {
            let space = if n == 0 { "" } else { " " };
            match value {
                Value::String(text) => write!(f, "{space}{name}={text}")?,
                value => write!(f, "{space}{name}={value}")?,
            }
        }
        Ok(())
    }
}

/// The result of one scenario with one set of parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// What was done.
    pub scenario: String,
    /// With what.
    pub params: Params,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The same traffic through a context and bypassed, in clock cycles.
    Cycles {
        /// Translated.
        translated: u64,
        /// Bypassed.
        bypass: u64,
        /// Bytes moved by each.
        bytes: u64,
    },
    /// A number.
    Value {
        /// The number.
        value: f64,
        /// What it counts.
        unit: &'static str,
    },
    /// A speed beside another one that was measured in the same run.
    Beside {
        /// Ours.
        value: f64,
        /// The other.
        native: f64,
        /// What both count.
        unit: &'static str,
    },
    /// An operation of the driver.
    Driver {
        /// Nanoseconds of the host.
        ns_per_op: f64,
        /// What the operation did to its seams.
        counts: BTreeMap<&'static str, f64>,
        /// Who was measured beside it, and their nanoseconds.
        baseline: Option<(String, f64)>,
    },
}

impl Measurement {
    /// The same traffic translated and bypassed.
    pub fn cycles(
        scenario: &str,
        params: Params,
        translated: u64,
        bypass: u64,
        bytes: u64,
    ) -> Self {
        Self {
            scenario: scenario.to_owned(),
            params,
            outcome: Outcome::Cycles {
                translated,
                bypass,
                bytes,
            },
        }
    }

    /// A number of something.
    pub fn value(scenario: &str, params: Params, value: f64, unit: &'static str) -> Self {
        Self {
            scenario: scenario.to_owned(),
            params,
            outcome: Outcome::Value { value, unit },
        }
    }

    /// How fast it is beside what it was measured against: 1 is as fast, more is faster.
    pub fn ratio(&self) -> Option<f64> {
        match &self.outcome {
            Outcome::Cycles {
                translated, bypass, ..
            } => Some(*bypass as f64 / *translated as f64),
            Outcome::Beside { value, native, .. } => Some(value / native),
            Outcome::Value { .. } | Outcome::Driver { .. } => None,
        }
    }

    /// How many times as long an operation of the driver takes as that of another crate: less is faster.
    pub fn times_baseline(&self) -> Option<f64> {
        let Outcome::Driver {
            ns_per_op,
            baseline: Some((_, other)),
            ..
        } = &self.outcome
        else {
            return None;
        };
        Some(ns_per_op / other)
    }

    /// As a JSON object.
    pub fn to_json(&self) -> Value {
        let params: Map<String, Value> = (self.params.0.iter())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let mut object = Map::new();
        object.insert("scenario".to_owned(), json!(self.scenario));
        object.insert("params".to_owned(), Value::Object(params));
        let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
        match &self.outcome {
            Outcome::Cycles {
                translated,
                bypass,
                bytes,
            } => {
                put("translated_cycles", json!(translated));
                put("bypass_cycles", json!(bypass));
                put("bytes", json!(bytes));
            }
            Outcome::Value { value, unit } => {
                put("value", json!(value));
                put("unit", json!(unit));
            }
            Outcome::Beside {
                value,
                native,
                unit,
            } => {
                put("value", json!(value));
                put("native", json!(native));
                put("unit", json!(unit));
            }
            Outcome::Driver {
                ns_per_op,
                counts,
                baseline,
            } => {
                put("ns_per_op", json!(ns_per_op));
                for (name, count) in counts {
                    put(name, json!(count));
                }
                if let Some((name, ns)) = baseline {
                    put("baseline", json!(name));
                    put("baseline_ns_per_op", json!(ns));
                }
            }
        }
        for (name, ratio) in [
            ("ratio", self.ratio()),
            ("times_baseline", self.times_baseline()),
        ] {
            if let Some(ratio) = ratio {
                object.insert(name.to_owned(), json!((ratio * 1e4).round() / 1e4));
            }
        }
        Value::Object(object)
    }
}

/// All of them, as a JSON list.
pub fn to_json(all: &[Measurement]) -> Value {
    all.iter().map(Measurement::to_json).collect()
}
