//! Transactions that stall.

use super::*;
use crate::iommu::StallTag;
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

fn one(iommu: &Device) -> FaultRecord {
    let [fault] = drain(iommu)[..] else {
        panic!("one fault")
    };
    fault
}

#[test]
fn a_page_that_is_missing_is_mapped_and_the_transaction_tried_again() {
    let (platform, iommu, context) = stalling();
    assert_eq!(context.stalled(), Ok(false));
    assert!(access(&platform, AT).is_err());
    assert_eq!(context.stalled(), Ok(true));
    let fault = one(&iommu);
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

/// That neither way of going on by `old` reaches what stands stalled now, but by its own tag does.
fn names_nothing_any_more(old: Option<StallTag>, now: &FaultRecord, context: &Context) {
    assert_eq!(now.stalled.map(|tag| tag.slot), old.map(|tag| tag.slot));
    for how in [Resume::Retry, Resume::Terminate] {
        context.resume(old, how).unwrap();
        assert_eq!(context.stalled(), Ok(true));
    }
    context.resume(now.stalled, Resume::Retry).unwrap();
    assert_eq!(context.stalled(), Ok(false));
}

#[test]
fn a_record_from_before_a_stop_names_nothing_after_it() {
    let (platform, iommu, context) = stalling();
    assert!(access(&platform, AT).is_err());
    let old = one(&iommu);
    // This one is not asked for before the stop.
    assert!(access(&platform, AT + M).is_err());
    let _quiet = context.deactivate().unwrap();
    context.activate().unwrap();
    assert!(access(&platform, AT + 2 * M).is_err());
    let [over, now] = drain(&iommu)[..] else {
        panic!("two faults")
    };
    assert_eq!((over.iova, over.stalled), (Iova::new(AT + M), None));
    names_nothing_any_more(old.stalled, &now, &context);
}

#[test]
fn what_came_first_decides_what_a_record_says_that_is_over_twice() {
    for stops_first in [true, false] {
        let (platform, iommu, context) = stalling();
        // Of another bank, so that the records stay in the queue behind it.
        let before = [AT, 1 << 31 | fault::UNMAPPED_STREAM, 5];
        platform.world().device.faults.push_back(before);
        assert!(access(&platform, AT).is_err());
        let turn = |stops: bool| match stops {
            true => {
                let _quiet = context.deactivate().unwrap();
                context.activate().unwrap();
            }
            false => {
                context.hold().unwrap();
                context.release().unwrap();
            }
        };
        turn(stops_first);
        turn(!stops_first);
        let told = drain(&iommu);
        // What was terminated is a fault, and what was tried again was none.
        assert_eq!(told.len(), 1 + usize::from(stops_first), "{told:?}");
        assert!(told.iter().all(|record| record.stalled.is_none()));
    }
}

#[test]
fn a_record_of_a_context_that_is_gone_names_nothing_in_the_next_one_of_its_bank() {
    let (platform, iommu, context) = stalling();
    assert!(access(&platform, AT).is_err());
    let old = one(&iommu);
    assert!(access(&platform, AT + M).is_err());
    drop(context);
    let next = iommu.context(ContextConfig::default()).unwrap();
    next.attach(StreamId::new(3)).unwrap();
    next.set_stall(true).unwrap();
    next.activate().unwrap();
    assert!(access(&platform, AT + 2 * M).is_err());
    let [over, now] = drain(&iommu)[..] else {
        panic!("two faults")
    };
    assert_eq!((over.iova, over.stalled), (Iova::new(AT + M), None));
    assert_eq!((old.context, now.context), (Some(0), Some(0)));
    names_nothing_any_more(old.stalled, &now, &next);
}

#[test]
fn who_is_tried_again_as_another_stream_leaves_has_a_new_record() {
    let (platform, iommu, context) = stalling();
    context.attach(StreamId::new(4)).unwrap();
    assert!(access(&platform, AT).is_err());
    let old = one(&iommu);
    // Behind the record of another stream, so that it stays in the queue for now.
    let unmapped = [AT, 1 << 31 | fault::UNMAPPED_STREAM, 5];
    platform.world().device.faults.push_back(unmapped);
    assert!(platform.world().access(4, AT + M, true).is_err());
    context.detach(StreamId::new(4)).unwrap();
    let again = core::mem::take(&mut platform.world().device.retried);
    assert_eq!(again.iter().map(|r| r.stream).collect::<Vec<_>>(), [3, 4]);
    assert!(access(&platform, AT).is_err());
    let told = drain(&iommu);
    let seen: Vec<_> = told.iter().map(|r| (r.stream.get(), r.kind)).collect();
    assert_eq!(
        seen,
        [
            (5, FaultKind::UnmappedStream),
            (3, FaultKind::TranslationL1)
        ]
    );
    names_nothing_any_more(old.stalled, &told[1], &context);
}

#[test]
fn a_record_from_before_a_loss_of_power_names_nothing_after_it() {
    let (platform, iommu, context) = stalling();
    assert!(access(&platform, AT).is_err());
    let old = one(&iommu);
    context.resume(None, Resume::Terminate).unwrap();
    platform.world().device.registers.clear();
    iommu.restore().unwrap();
    context.restore().unwrap();
    assert!(access(&platform, AT).is_err());
    let now = one(&iommu);
    names_nothing_any_more(old.stalled, &now, &context);
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
