//! What drivers return is checked, and never used if it cannot be.

use vcm::Misuse;
use vcm::error::{Flaw, Operation};
use vcm::{Errno, Error};

use crate::probe::*;

fn reserve_flaw(bad: vcm::Region) -> (Flaw, Vec<&'static str>) {
    let (system, seen) = recording();
    let probe = Probe::new(MMU_LIKE);
    let vcm = probe.create(&system);
    system.reserve(vcm, PAGE, res()).unwrap();
    probe.log();
    probe.state().region = Some(bad);
    let error = system.reserve(vcm, 2 * PAGE, res()).unwrap_err();
    assert_eq!(error.errno(), Errno::EINVAL);
    let Error::DriverResult { operation, flaw } = error else {
        panic!("{error}");
    };
    let expected = [Misuse::DriverResult { operation, flaw }];
    assert_eq!(*seen.lock().unwrap(), expected);
    assert_eq!(system.context(vcm).unwrap().reservations, 1);
    (flaw, probe.log())
}

#[test]
fn reservations_outside_the_context_are_given_back() {
    for bad in [
        region(START - PAGE, 2 * PAGE),
        region(START + SIZE - PAGE, 2 * PAGE),
        region(0xFFFF_F000, 2 * PAGE),
    ] {
        let outcome = reserve_flaw(bad);
        assert_eq!(
            outcome,
            (Flaw::OutsideContext(bad), vec!["res", "unreserve"])
        );
    }
}

#[test]
fn reservations_that_are_unaligned_or_too_small_are_given_back() {
    let bad = region(START + PAGE + 4, 2 * PAGE);
    assert_eq!(reserve_flaw(bad).0, Flaw::Misaligned(bad));
    let (wanted, got) = (2 * PAGE, PAGE);
    let flaw = reserve_flaw(region(START + PAGE, PAGE)).0;
    assert_eq!(flaw, Flaw::TooSmall { wanted, got });
}

#[test]
fn a_reservation_over_a_live_one_is_not_given_back() {
    let bad = region(START, 2 * PAGE);
    assert_eq!(reserve_flaw(bad), (Flaw::Overlaps(bad), vec!["res"]));
}

#[test]
fn every_overlap_is_found_and_nothing_else_taken_for_one() {
    for (first, pages) in (0..6).flat_map(|first| (1..4).map(move |pages| (first, pages))) {
        let (system, _) = recording();
        let probe = Probe::new(MMU_LIKE);
        let vcm = probe.create(&system);
        let at = |page: u32, pages: u32| region(START + page * PAGE, pages * PAGE);
        for live in [at(2, 2), at(6, 1)] {
            probe.state().region = Some(live);
            system.reserve(vcm, live.size, res()).unwrap();
        }
        let new = at(first, pages);
        probe.state().region = Some(new);
        let free = !new.overlaps(&at(2, 2)) && !new.overlaps(&at(6, 1));
        let made = system.reserve(vcm, new.size, res());
        assert_eq!(made.is_ok(), free, "{new}");
    }
}

#[test]
fn a_reservation_that_is_not_aligned_as_wanted_is_given_back() {
    let (system, _) = recording();
    let probe = Probe::new(MMU_LIKE);
    let vcm = probe.create(&system);
    let flags = vcm::ResFlags {
        align: 4 * PAGE,
        ..res()
    };
    let bad = region(START + 2 * PAGE, PAGE);
    probe.state().region = Some(bad);
    let error = system.reserve(vcm, PAGE, flags).unwrap_err();
    let (operation, flaw) = (Operation::Res, Flaw::Misplaced(bad));
    assert_eq!(error, Error::DriverResult { operation, flaw });
    assert_eq!(probe.log(), ["res", "unreserve"]);
    probe.state().region = Some(region(START + 4 * PAGE, PAGE));
    system.reserve(vcm, PAGE, flags).unwrap();
}

#[test]
fn memory_whose_parts_do_not_add_up_is_given_back() {
    let (system, seen) = recording();
    let probe = Probe::new(MMU_LIKE);
    let vcm = probe.create(&system);
    for bad in [
        vec![],
        vec![part(0x8000, PAGE)],
        vec![part(0x8000, PAGE), part(0x8000, PAGE)],
        vec![part(0x8000, 0), part(0x9000, 2 * PAGE)],
        vec![part(0x8004, 2 * PAGE)],
        vec![part(0xFFFF_F000, 2 * PAGE)],
        vec![part(0, 0x8000_0000), part(0x8000_0000, 0x8000_0000)],
    ] {
        probe.state().parts = Some(bad);
        let error = system.alloc(vcm, 2 * PAGE, alloc()).unwrap_err();
        assert_eq!(error.errno(), Errno::EINVAL);
        assert_eq!(probe.log(), ["phys", "free"]);
    }
    assert_eq!(seen.lock().unwrap().len(), 7);
}

#[test]
fn either_half_of_an_alloc_being_wrong_gives_both_back() {
    let (system, _) = recording();
    let probe = Probe::new(Has {
        alloc: true,
        bind: true,
        ..Has::default()
    });
    let vcm = probe.create(&system);
    probe.state().parts = Some(vec![]);
    system.make_binding(vcm, PAGE, alloc(), res()).unwrap_err();
    assert_eq!(probe.log(), ["alloc both", "free", "unreserve"]);
    probe.state().region = Some(region(0, PAGE));
    system.make_binding(vcm, PAGE, alloc(), res()).unwrap_err();
    assert_eq!(probe.log(), ["alloc both", "unreserve", "free"]);
    system.destroy(vcm).unwrap();
}

#[test]
fn a_map_to_a_wrong_place_is_undone() {
    let (system, _) = recording();
    let probe = Probe::new(Has {
        phys: true,
        map: true,
        ..Has::default()
    });
    let vcm = probe.create(&system);
    probe.state().region = Some(region(0, PAGE));
    let error = system.make_binding(vcm, PAGE, alloc(), res()).unwrap_err();
    assert!(matches!(
        error,
        Error::DriverResult {
            operation: Operation::Map,
            ..
        }
    ));
    assert_eq!(probe.log(), ["phys", "map", "unbind", "unreserve", "free"]);
}

#[test]
fn memory_to_move_to_that_is_not_of_the_same_size_is_given_back() {
    let (system, _) = recording();
    let probe = Probe::new(MMU_LIKE);
    let vcm = probe.create(&system);
    let phys = system.alloc(vcm, 2 * PAGE, alloc()).unwrap();
    let ram = vcm::fake::Ram::new(vcm::addr::PhysAddr::new(0), 0);
    for pages in [1, 3] {
        probe.log();
        probe.state().parts = Some(vec![part(0x8000, pages * PAGE)]);
        let error = system.migrate(phys, &ram, alloc()).unwrap_err();
        let (wanted, got) = (2 * PAGE, u64::from(pages * PAGE));
        let (operation, flaw) = (Operation::Phys, Flaw::PartSum { wanted, got });
        assert_eq!(error, Error::DriverResult { operation, flaw });
        assert_eq!(probe.log(), ["phys", "free"]);
        assert_eq!(system.phys(phys).unwrap().size, 2 * PAGE);
    }
}
