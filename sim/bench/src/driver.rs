//! The driver's benchmarks, which need no simulation.

use std::collections::BTreeMap;

use crate::measurement::{Measurement, Outcome, Params};

/// Measures all of them. `progress` is told what is about to be measured.
pub fn measure(progress: impl FnMut(&str)) -> Vec<Measurement> {
    let measured = vcm_bench_driver::run(progress);
    measured.into_iter().map(Measurement::from).collect()
}

impl From<vcm_bench_driver::Measurement> for Measurement {
    fn from(measured: vcm_bench_driver::Measurement) -> Self {
        let params = measured.params.into_iter();
        let params = params.fold(Params::default(), |params, (name, value)| {
            params.with(&name, value)
        });
        let counts = BTreeMap::from([
            ("table_writes", measured.table_writes),
            ("cache_syncs", measured.cache_syncs),
            ("tlb_commands", measured.tlb_commands),
        ]);
        Self {
            scenario: format!("driver {}", measured.scenario),
            params,
            outcome: Outcome::Driver {
                ns_per_op: measured.ns_per_op,
                counts,
                baseline: measured.baseline,
            },
        }
    }
}
