//! Every call of the framework, with every access of it to the platform failing in turn.

use alloc::vec::Vec;

use super::machine::{CONTEXTS, GATED};
use super::model::World;
use super::steps::{Fault, Step, What, Wish};
use crate::vcm::AllocFlags;

const ALL: [What; 7] = [
    What::Bus,
    What::Allocate,
    What::Write,
    What::Clock,
    What::Copy,
    What::Operation { unconfirmed: false },
    What::Operation { unconfirmed: true },
];

/// Pages of a binding that takes several tables, and large pages too.
const PAGES: u32 = 0x230;

fn make(vcm: usize) -> Step {
    Step::MakeBinding {
        vcm,
        pages: PAGES,
        alloc: AllocFlags::default(),
        res: Wish::default(),
    }
}

fn alloc(vcm: usize) -> Step {
    Step::Alloc {
        vcm,
        pages: PAGES,
        flags: AllocFlags::default(),
    }
}

fn reserve(vcm: usize) -> Step {
    Step::Reserve {
        vcm,
        pages: PAGES,
        flags: Wish::default(),
    }
}

fn reserve_on_demand(vcm: usize) -> Step {
    Step::ReserveOnDemand {
        vcm,
        pages: PAGES,
        granule: 0x2_0000,
        alloc: AllocFlags::default(),
        res: Wish::default(),
    }
}

fn page_in(res: usize, page: u32) -> Step {
    Step::PageIn { res, page }
}

fn map(vcm: usize, phys: usize) -> Step {
    let flags = Wish::default();
    Step::Map { vcm, phys, flags }
}

/// Makes `before`, then `call` while something fails, whatever that can be; then `call` again, and
/// gives everything back. Returns how often something has failed.
fn exhaust(before: &[Step], call: Step) -> usize {
    exhaust_and(before, call, &[])
}

/// The same, with `after` between the two calls.
fn exhaust_and(before: &[Step], call: Step, after: &[Step]) -> usize {
    let mut failures = 0;
    for what in ALL {
        for lasting in [false, true] {
            for skip in 0.. {
                let mut world = World::new();
                for step in before {
                    world.step(*step);
                }
                let fault = Fault {
                    what,
                    skip,
                    lasting,
                };
                let happened = world.disturbed(call, Some(fault));
                if happened && !lasting {
                    // One failure can always be taken back.
                    for mmu in &world.machine.mmus {
                        assert!(!mmu.stats().unwritten, "{what:?} after {skip}: {call:?}");
                    }
                    let adrift = world.contexts.iter().any(|context| context.adrift);
                    assert!(!adrift, "{what:?} after {skip}: {call:?}");
                    world.unlimited = false;
                    world.check();
                }
                for step in after.iter().chain([&call]) {
                    world.step(*step);
                }
                world.end();
                if !happened && (skip > 8 || !matches!(what, What::Operation { .. })) {
                    break;
                }
                failures += usize::from(happened);
            }
        }
    }
    failures
}

/// Before an inactive context is used, and an active one.
fn both(vcm: usize, before: &[Step]) -> [Vec<Step>; 2] {
    let inactive = before.to_vec();
    let active = [&[Step::Activate(vcm)], before].concat();
    [inactive, active]
}

#[test]
fn making_a_binding_survives_every_failure() {
    for vcm in 0..CONTEXTS {
        let [inactive, active] = both(vcm, &[make(vcm)]);
        exhaust(&inactive, make(vcm));
        exhaust(&active, make(vcm));
    }
    assert!(exhaust(&[Step::Activate(0)], make(0)) > 5);
}

#[test]
fn mapping_survives_every_failure() {
    for vcm in 0..CONTEXTS {
        // Memory of a one-to-one context can be mapped anywhere.
        let [inactive, active] = both(vcm, &[alloc(GATED), make(vcm)]);
        exhaust(&inactive, map(vcm, 0));
        exhaust(&active, map(vcm, 0));
    }
}

#[test]
fn binding_survives_every_failure() {
    for vcm in [0, 1, 4] {
        let [inactive, active] = both(vcm, &[alloc(vcm), reserve(vcm)]);
        let bind = Step::Bind { res: 0, phys: 0 };
        exhaust(&inactive, bind);
        assert!(exhaust(&active, bind) > 1);
    }
}

#[test]
fn unbinding_survives_every_failure() {
    for vcm in 0..CONTEXTS {
        // The memory is shared, and there are neighbours in the same tables.
        let [inactive, active] = both(vcm, &[make(vcm), make(vcm), map(1, 0), make(vcm)]);
        for call in [
            Step::Unbind(0),
            Step::Unmap(0),
            Step::DestroyBinding(0),
            Step::Unreserve(0),
        ] {
            exhaust(&inactive, call);
            exhaust(&active, call);
        }
    }
}

#[test]
fn memory_on_demand_survives_every_failure() {
    for vcm in [0, 1, 4] {
        // A granule that is shared, and two in other tables, the last one half as large.
        let touched = [page_in(0, 0), page_in(0, 0x110), page_in(0, PAGES - 1)];
        let before = [&[reserve_on_demand(vcm)], &touched[..], &[map(1, 0)]].concat();
        let [inactive, active] = both(vcm, &before);
        for call in [page_in(0, 0x20), Step::Unreserve(0)] {
            exhaust(&inactive, call);
            assert!(exhaust(&active, call) > 1, "{call:?}");
        }
        let (flags, phys) = (AllocFlags::default(), 0);
        let failures = exhaust(&active, Step::Migrate { phys, flags });
        // The driver without an MMU does not move.
        assert_eq!(failures > 10, vcm != 4, "{failures}");
        // What is bound already, and what is outside, is not touched.
        for page in [0, PAGES] {
            assert_eq!(exhaust(&active, page_in(0, page)), 0);
        }
    }
}

#[test]
fn activating_and_deactivating_survive_every_failure() {
    for vcm in 0..CONTEXTS {
        let bound = [make(vcm), make(vcm), reserve(vcm)];
        let [inactive, active] = both(vcm, &bound);
        exhaust(&inactive, Step::Activate(vcm));
        exhaust(&active, Step::Deactivate(vcm));
        // Only the last of several stops the hardware.
        let twice = [&active[..], &[Step::Activate(vcm)]].concat();
        let failures = exhaust(&twice, Step::Deactivate(vcm));
        assert_eq!(failures, 0);
    }
    assert!(exhaust(&[make(0)], Step::Activate(0)) > 20);
}

#[test]
fn moving_survives_every_failure() {
    // Bound twice in one context and once in another, with neighbours in the same tables.
    let bound = [make(0), make(0), map(1, 0), map(0, 0), make(1)];
    let (flags, mut failures) = (AllocFlags::default(), 0);
    let migrate = Step::Migrate { phys: 0, flags };
    for active in [&[][..], &[0], &[1], &[0, 1]] {
        let start = active.iter().map(|vcm| Step::Activate(*vcm));
        let before: Vec<Step> = start.clone().chain(bound).collect();
        failures = exhaust(&before, migrate);
        // What went adrift is there again, and nobody waits, when the contexts have been started anew.
        let stop = active.iter().map(|vcm| Step::Deactivate(*vcm));
        let anew: Vec<Step> = stop.chain(start).collect();
        exhaust_and(&before, migrate, &anew);
    }
    assert!(failures > 100, "{failures}");
}

#[test]
fn allocating_reserving_and_destroying_touch_no_hardware() {
    for vcm in 0..CONTEXTS {
        for call in [
            alloc(vcm),
            reserve(vcm),
            reserve_on_demand(vcm),
            Step::Free(0),
            Step::Destroy(vcm),
        ] {
            assert_eq!(exhaust(&[alloc(vcm)], call), 0);
        }
    }
}
