//! The fixed share of the random campaigns: `make soak` has as many more as there is time for.

use vcm_sim::soak::{Plan, Statistics, run};

/// Runs the plans of these seeds, and holds that none fails.
fn campaign(seeds: std::ops::Range<u64>) -> Statistics {
    let mut sum = Statistics::default();
    for seed in seeds {
        let verdict = run(&Plan::new(seed), None);
        if let Some(failure) = verdict.failure {
            panic!("cargo run -p vcm-sim --bin vcm-soak -- --replay {seed}\n{failure}");
        }
        sum.add(&verdict.statistics);
    }
    sum
}

#[test]
fn a_fixed_share_of_the_campaign_finds_nothing() {
    let sum = campaign(0..30);
    assert!(sum.bursts > 10_000 && sum.refused > 1_000, "{sum:?}");
    assert!(sum.resets > 5 && sum.overflows > 20, "{sum:?}");
    assert!(sum.records > 500 && sum.resumed > 20, "{sum:?}");
}

#[test]
fn another_share_finds_nothing() {
    campaign(1_000..1_030);
}

#[test]
fn a_plan_does_the_same_every_time() {
    let plan = Plan::new(5);
    let [one, other] = [(); 2].map(|()| run(&plan, None).statistics);
    assert_eq!(one, other);
}
