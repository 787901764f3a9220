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

/// 150 sequences, the same every time; or as many as `VCM_CAMPAIGN` says (`make campaign` sets it), others
/// every time.
fn sequences() -> ProptestConfig {
    let campaign = env::var("VCM_CAMPAIGN").ok();
    let campaign = campaign.map(|cases| cases.parse().expect("VCM_CAMPAIGN is a number"));
    ProptestConfig {
        cases: campaign.unwrap_or(150),
        failure_persistence: None,
        rng_seed: match campaign {
            Some(_) => RngSeed::Random,
            None => RngSeed::Fixed(0x5643_4D21),
        },
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(sequences())]

    #[test]
    fn random_calls_lead_to_what_the_rfc_says(steps in prop::collection::vec(step(), 1..90)) {
        run(steps.into_iter().map(|step| (step, None)).collect());
    }

    #[test]
    fn whatever_fails_hardware_and_bookkeeping_agree(
        steps in prop::collection::vec(disturbed_step(), 1..90),
    ) {
        run(steps);
    }
}
