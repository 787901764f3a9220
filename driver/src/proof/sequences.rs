//! Random sequences of all calls.

use alloc::vec::Vec;
use std::env;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::model::World;
use super::steps::{Fault, Step, disturbed_step, step};

fn run(steps: Vec<(Step, Option<Fault>)>) {
    let mut world = World::new();
    for (step, fault) in steps {
        world.disturbed(step, fault);
    }
    world.end();
}

/// So many sequences, the same every time.
fn seeded(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x5643_4D21),
        ..ProptestConfig::default()
    }
}

/// As many sequences as `VCM_CAMPAIGN` says (`make campaign` sets it), others every time.
fn campaign() -> ProptestConfig {
    let cases = env::var("VCM_CAMPAIGN").ok();
    let cases = cases.map_or(10_000, |cases| cases.parse().expect("a number"));
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(seeded(150))]

    #[test]
    fn random_calls_lead_to_what_the_rfc_says(steps in prop::collection::vec(step(), 1..60)) {
        run(steps.into_iter().map(|step| (step, None)).collect());
    }

    #[test]
    fn whatever_fails_hardware_and_bookkeeping_agree(
        steps in prop::collection::vec(disturbed_step(), 1..60),
    ) {
        run(steps);
    }
}

proptest! {
    #![proptest_config(campaign())]

    #[test]
    #[ignore = "takes minutes: make campaign"]
    fn campaign_of_random_calls(steps in prop::collection::vec(step(), 1..120)) {
        run(steps.into_iter().map(|step| (step, None)).collect());
    }

    #[test]
    #[ignore = "takes minutes: make campaign"]
    fn campaign_of_random_calls_and_faults(
        steps in prop::collection::vec(disturbed_step(), 1..120),
    ) {
        run(steps);
    }
}
