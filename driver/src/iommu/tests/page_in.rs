//! Fault records that are answered with memory on demand.

use super::*;
use crate::error::Error;
use crate::vcm::Served;
use crate::wrap::{PageInError, page_in_by};

/// Two masters stand stalled in two contexts, one of them twice.
fn waiting() -> (Arc<Platform>, [Context; 2], Vec<FaultRecord>) {
    let (platform, iommu, first) = setup();
    let second = iommu.context(ContextConfig::default()).unwrap();
    second.attach(StreamId::new(4)).unwrap();
    second.activate().unwrap();
    first.set_stall(true).unwrap();
    second.set_stall(true).unwrap();
    for (stream, at) in [(3, AT), (3, AT + M), (4, AT)] {
        assert!(platform.world().access(stream, at, false).is_err());
    }
    let mut records = Vec::new();
    iommu.drain_faults(&mut records).unwrap();
    (platform, [first, second], records)
}

fn resumed(platform: &Platform) -> (Vec<u32>, Vec<u32>) {
    let world = platform.world();
    let at = |of: &[crate::mock::Request]| of.iter().map(|request| request.va).collect();
    (at(&world.device.retried), at(&world.device.terminated))
}

#[test]
fn only_the_access_of_the_record_goes_on_and_as_it_was_served() {
    for (served, expected) in [
        (Ok(Served::Retry), (vec![AT + M], vec![])),
        (Ok(Served::Terminate), (vec![], vec![AT + M])),
        (Ok(Served::Wait), (vec![], vec![])),
        (Err(Error::ZeroSize), (vec![], vec![AT + M])),
    ] {
        let (platform, [first, _second], records) = waiting();
        let answer = page_in_by(&first, &records[1], |at| {
            assert_eq!(at, Iova::new(AT + M));
            served
        });
        assert_eq!(answer, served.map(Some).map_err(PageInError::Vcm));
        assert_eq!(resumed(&platform), expected);
        assert_eq!(first.stalled(), Ok(true));
    }
}

#[test]
fn a_record_of_another_context_or_of_nobody_who_waits_is_left_alone() {
    let (platform, [first, second], records) = waiting();
    let serve = |_| panic!("nobody asks for this");
    assert_eq!(page_in_by(&first, &records[2], serve), Ok(None));
    assert_eq!(page_in_by(&second, &records[0], serve), Ok(None));
    let over = FaultRecord {
        stalled: None,
        ..records[0]
    };
    assert_eq!(page_in_by(&first, &over, serve), Ok(None));
    assert_eq!(resumed(&platform), (vec![], vec![]));
}

#[test]
fn what_lacks_a_right_is_ended_and_not_served() {
    let rights = [
        FaultKind::PermissionL1,
        FaultKind::PermissionL2,
        FaultKind::DomainL1,
        FaultKind::DomainL2,
        FaultKind::AccessFlagL1,
        FaultKind::AccessFlagL2,
        FaultKind::WalkAbortL1,
        FaultKind::WalkAbortL2,
    ];
    for kind in rights {
        let (platform, [first, _second], records) = waiting();
        let record = FaultRecord { kind, ..records[0] };
        let answer = page_in_by(&first, &record, |_| panic!("{kind} is served"));
        assert_eq!(answer, Ok(Some(Served::Terminate)));
        assert_eq!(resumed(&platform), (vec![], vec![AT]));
    }
}
