//! Transactions that stall.

use super::*;
use crate::mock::Request;

/// As `setup`, with stalling.
fn stalling() -> (Arc<Platform>, Device, Context) {
    let (platform, iommu, context) = setup();
    context.set_stall(true).unwrap();
    (platform, iommu, context)
}

fn drain(iommu: &Device) -> Vec<FaultRecord> {
    let mut records = Vec::new();
    iommu.drain_faults(&mut records).unwrap();
    records
}

#[test]
fn a_page_that_is_missing_is_mapped_and_the_transaction_tried_again() {
    let (platform, iommu, context) = stalling();
    assert_eq!(context.stalled(), Ok(false));
    assert!(access(&platform, AT).is_err());
    assert_eq!(context.stalled(), Ok(true));
    let [fault] = drain(&iommu)[..] else {
        panic!("one fault")
    };
    assert_eq!((fault.iova, fault.context), (Iova::new(AT), Some(0)));
    assert!(
        fault.to_string().contains("stalled in write slot 0"),
        "{fault}"
    );
    map(&context, AT, PHYS, 4 * K).unwrap();
    context.resume(fault.stalled, Resume::Retry).unwrap();
    assert_eq!(context.stalled(), Ok(false));
    let again = platform.world().device.retried.pop().unwrap();
    assert_eq!(
        again,
        Request {
            stream: 3,
            va: AT,
            write: true
        }
    );
    assert_eq!(access(&platform, AT), Ok(PHYS));
}

#[test]
fn one_of_several_is_resumed_or_all() {
    let (platform, iommu, context) = stalling();
    for page in 0..4 {
        assert!(access(&platform, AT + page * 4 * K).is_err());
    }
    let faults = drain(&iommu);
    context
        .resume(faults[2].stalled, Resume::Terminate)
        .unwrap();
    let terminated = |platform: &Platform| -> Vec<u32> {
        let world = platform.world();
        world.device.terminated.iter().map(|r| r.va).collect()
    };
    assert_eq!(terminated(&platform), [AT + 8 * K]);
    assert_eq!(context.stalled(), Ok(true));
    context.resume(None, Resume::Terminate).unwrap();
    assert_eq!(
        terminated(&platform),
        [AT + 8 * K, AT, AT + 4 * K, AT + 12 * K]
    );
    assert_eq!(context.stalled(), Ok(false));
}

#[test]
fn nothing_stalls_unless_told() {
    let (platform, iommu, context) = setup();
    assert!(access(&platform, AT).is_err());
    context.set_stall(true).unwrap();
    context.set_stall(false).unwrap();
    assert!(access(&platform, AT).is_err());
    assert_eq!(context.stalled(), Ok(false));
    assert!(drain(&iommu).iter().all(|fault| fault.stalled.is_none()));
}

#[test]
fn it_is_remembered_until_the_context_is_active() {
    let (platform, _iommu, context) = setup();
    let _quiet = context.deactivate().unwrap();
    context.set_stall(true).unwrap();
    assert_eq!(platform.world().device.get(bank(0, &SCTLR)), 0);
    context.activate().unwrap();
    assert_eq!(platform.world().device.get(bank(0, &SCTLR)), 0x81);
    assert!(access(&platform, AT).is_err());
    assert_eq!(context.stalled(), Ok(true));
}

#[test]
fn a_context_that_stops_leaves_nothing_stalled() {
    let (platform, _iommu, context) = stalling();
    assert!(access(&platform, AT).is_err());
    // Nobody stalls any more, but this one does still.
    context.set_stall(false).unwrap();
    let _quiet = context.deactivate().unwrap();
    assert_eq!(platform.world().device.terminated.len(), 1);
    assert_eq!(context.stalled(), Ok(false));
}

#[test]
fn a_stream_that_leaves_takes_what_stands_stalled_with_it() {
    let (platform, _iommu, context) = stalling();
    assert!(access(&platform, AT).is_err());
    context.detach(StreamId::new(3)).unwrap();
    let again = platform.world().device.retried.pop().unwrap();
    let done = platform.world().access(again.stream, again.va, again.write);
    assert_eq!(done, Err(fault::UNMAPPED_STREAM));
    assert_eq!(context.stalled(), Ok(false));
}

#[test]
fn a_reset_leaves_nothing_stalled() {
    let (platform, iommu, _context) = stalling();
    assert!(access(&platform, AT).is_err());
    let limits = StallLimits {
        transactions: 1,
        timeout_ticks: 7,
    };
    iommu.set_stall_limits(limits).unwrap();
    assert_eq!(iommu.stall_limits(), Ok(limits));
    let again = probe(&platform).unwrap();
    assert_eq!(platform.world().device.terminated.len(), 1);
    assert_eq!(again.stall_limits(), Ok(StallLimits::default()));
}

#[test]
fn limits_that_have_no_room_are_refused() {
    let (_platform, iommu, _context) = setup();
    let most = StallLimits {
        transactions: 15,
        timeout_ticks: u16::MAX,
    };
    iommu.set_stall_limits(most).unwrap();
    let more = StallLimits {
        transactions: 16,
        ..most
    };
    let refused = iommu.set_stall_limits(more);
    assert!(matches!(
        refused,
        Err(IommuError::OutOfRange { value: 16, .. })
    ));
    assert_eq!(iommu.stall_limits(), Ok(most));
}

#[test]
fn whatever_register_access_fails_a_context_that_stalls_can_be_stopped() {
    for k in 0.. {
        let (platform, _iommu, context) = stalling();
        assert!(access(&platform, AT).is_err());
        platform.world().bus = FailIn::after(k);
        let stopped = context.deactivate().is_ok();
        let done = platform.world().bus.is_pending();
        platform.world().bus = FailIn::default();
        assert_eq!(stopped, done);
        let _quiet = context.deactivate().unwrap();
        assert_eq!(context.stalled(), Ok(false));
        if done {
            assert!(k > 4);
            break;
        }
    }
}
