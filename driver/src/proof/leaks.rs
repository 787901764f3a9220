//! Long use: what is given back is there again, round after round.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::model::World;
use super::steps::disturbed_step;

const ROUNDS: usize = 60;
const STEPS: usize = 60;

/// Bytes of table memory in use.
fn table_memory(world: &World) -> u32 {
    let platform = world.machine.platform.world();
    platform.allocated.values().sum()
}

/// Uses one machine for many rounds, giving everything back after each.
fn rounds(disturbed: bool, check: impl Fn(&World)) {
    let mut runner = TestRunner::deterministic();
    let steps = prop::collection::vec(disturbed_step(), STEPS);
    let mut world = World::new();
    for _ in 0..ROUNDS {
        for (step, fault) in steps.new_tree(&mut runner).unwrap().current() {
            world.disturbed(step, fault.filter(|_| disturbed));
        }
        world.give_back();
        check(&world);
    }
    world.end();
}

#[test]
fn table_memory_does_not_creep_away() {
    // First-level tables; each keeps one frame of second-level tables.
    let most = 3 * (0x4000 + 0x1000);
    rounds(false, |world| {
        assert!(table_memory(world) <= most);
        assert_eq!(world.lost, 0);
    });
}

#[test]
fn only_what_was_poisoned_is_gone_after_failures() {
    rounds(true, |world| {
        let tables = world.machine.mmus.iter();
        let poisoned: usize = tables.map(|mmu| mmu.stats().poisoned_tables).sum();
        let most = 3 * (0x4000 + 0x1000) + poisoned as u32 * 0x1000;
        assert!(table_memory(world) <= most);
    });
}
