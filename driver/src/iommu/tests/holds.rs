//! Masters that are held, and contexts that are programmed anew.

use super::*;
use crate::mock::Request;
use vcm_regs::global::STALL_CTRL;

fn drain(iommu: &Device) -> Vec<FaultRecord> {
    let mut records = Vec::new();
    iommu.drain_faults(&mut records).unwrap();
    records
}

fn limits(platform: &Platform) -> u32 {
    platform.world().device.get(offset(&STALL_CTRL))
}

fn unlimited() -> u32 {
    StallLimits::none().register().bits()
}

#[test]
fn who_misses_a_mapping_waits_without_limit_and_is_tried_again() {
    let (platform, iommu, context) = setup();
    let before = StallLimits {
        transactions: 2,
        timeout_ticks: 9,
    };
    iommu.set_stall_limits(before).unwrap();
    map(&context, AT, PHYS, 4 * K).unwrap();
    assert!(context.can_hold());
    context.hold().unwrap();
    unmap(&context, AT, 4 * K).unwrap();
    assert_eq!(limits(&platform), unlimited());
    assert!(access(&platform, AT).is_err());
    assert_eq!(context.stalled(), Ok(true));
    // Limits set meanwhile are in force afterwards.
    let after = StallLimits {
        transactions: 4,
        timeout_ticks: 5,
    };
    iommu.set_stall_limits(after).unwrap();
    assert_eq!(
        (limits(&platform), iommu.stall_limits()),
        (unlimited(), Ok(after))
    );
    map(&context, AT, PHYS + 64 * K, 4 * K).unwrap();
    context.release().unwrap();
    assert_eq!(context.stalled(), Ok(false));
    let request = Request {
        stream: 3,
        va: AT,
        write: true,
    };
    assert_eq!(platform.world().device.retried, [request]);
    assert_eq!(iommu.stall_limits(), Ok(after));
    assert_eq!(access(&platform, AT), Ok(PHYS + 64 * K));
    // It was no fault, and later ones are told.
    assert!(drain(&iommu).is_empty());
    context.set_stall(true).unwrap();
    assert!(access(&platform, AT + M).is_err());
    let [fault] = drain(&iommu)[..] else {
        panic!("one fault")
    };
    assert_eq!(fault.iova, Iova::new(AT + M));
}

#[test]
fn holds_are_counted_in_a_context_and_in_all() {
    let (platform, iommu, context) = setup();
    let other = iommu.context(ContextConfig::default()).unwrap();
    context.hold().unwrap();
    context.hold().unwrap();
    other.hold().unwrap();
    context.release().unwrap();
    assert!(access(&platform, AT).is_err());
    assert_eq!(context.stalled(), Ok(true));
    context.release().unwrap();
    assert_ne!(iommu.stall_limits(), Ok(StallLimits::none()));
    assert_eq!(limits(&platform), unlimited());
    other.release().unwrap();
    assert_ne!(limits(&platform), unlimited());
    // One release too many does nothing.
    other.release().unwrap();
    context.hold().unwrap();
    drop(context);
    assert_ne!(limits(&platform), unlimited());
}

#[test]
fn a_context_that_is_activated_meanwhile_holds_from_the_start() {
    let (platform, _iommu, context) = setup();
    context.deactivate().map(drop).unwrap();
    context.hold().unwrap();
    context.activate().unwrap();
    assert!(access(&platform, AT).is_err());
    assert_eq!(context.stalled(), Ok(true));
    context.release().unwrap();
    assert_eq!(platform.world().device.get(bank(0, &SCTLR)) & 0x80, 0);
}

#[test]
fn who_was_held_leaves_no_fault_of_the_context() {
    let (platform, _iommu, context) = setup();
    context.hold().unwrap();
    assert!(access(&platform, AT).is_err());
    for (register, value) in [(&FSR, 1 << 1), (&FSYNR0, 1 << 16 | 1 << 8)] {
        let at = bank(0, register);
        platform.world().device.registers.insert(at, value);
    }
    context.release().unwrap();
    assert_eq!(context.take_fault(), Ok(None));
}

#[test]
fn a_fault_that_does_not_wait_is_told_though_its_context_is_held() {
    let (platform, iommu, context) = setup();
    context.hold().unwrap();
    assert!(access(&platform, AT).is_err());
    let external = [AT, 1 << 31 | 1 << 15 | fault::EXTERNAL_ABORT, 3];
    platform.world().device.faults.push_back(external);
    assert!(access(&platform, AT + M).is_err());
    context.release().unwrap();
    let records = drain(&iommu);
    let kinds: Vec<FaultKind> = records.iter().map(|record| record.kind).collect();
    assert_eq!(kinds, [FaultKind::ExternalAbort]);
}

#[test]
fn nobody_is_tried_again_before_old_walks_have_ended() {
    let (platform, _iommu, context) = setup();
    context.hold().unwrap();
    assert!(access(&platform, AT).is_err());
    platform.world().device.sync_hangs = true;
    assert_eq!(context.release(), Err(MmuError::SyncTimeout));
    assert!(platform.world().device.retried.is_empty());
    assert_eq!(context.stalled(), Ok(true));
    platform.world().device.sync_hangs = false;
    context.release().unwrap();
    assert_eq!(context.stalled(), Ok(false));
}

#[test]
fn records_of_other_stalls_stay() {
    let (platform, iommu, context) = setup();
    let other = iommu.context(ContextConfig::default()).unwrap();
    other.attach(StreamId::new(4)).unwrap();
    other.set_stall(true).unwrap();
    other.activate().unwrap();
    context.hold().unwrap();
    assert!(access(&platform, AT).is_err());
    assert!(platform.world().access(4, AT, false).is_err());
    context.release().unwrap();
    context.set_stall(true).unwrap();
    assert!(access(&platform, AT).is_err());
    let records = drain(&iommu);
    let seen: Vec<_> = records
        .iter()
        .map(|r| (r.context, r.stalled.is_some()))
        .collect();
    assert_eq!(seen, [(Some(1), true), (Some(0), true)]);
}

#[test]
fn whatever_register_access_fails_holding_and_releasing_can_be_tried_again() {
    for k in 0.. {
        let (platform, iommu, context) = setup();
        let before = limits(&platform);
        platform.world().bus = FailIn::after(k);
        let held = context.hold();
        if held.is_err() {
            assert_eq!(limits(&platform), before);
            context.hold().unwrap();
        }
        assert!(access(&platform, AT).is_err());
        map(&context, AT, PHYS, 4 * K).unwrap();
        let released = context.release();
        let done = platform.world().bus.is_pending();
        platform.world().bus = FailIn::default();
        if released.is_err() {
            context.release().unwrap();
        }
        assert_eq!(context.stalled(), Ok(false));
        assert_eq!(limits(&platform), before);
        assert_eq!(access(&platform, AT), Ok(PHYS));
        drop(iommu);
        if done {
            assert!(k > 6, "{k}");
            break;
        }
    }
}

#[test]
fn everything_is_programmed_anew_after_a_loss_of_power() {
    let (platform, iommu, context) = setup();
    let idle = iommu.context(ContextConfig::default()).unwrap();
    map(&context, AT, PHYS, 4 * K).unwrap();
    iommu.bypass(StreamId::new(5)).unwrap();
    let interrupts = Interrupts {
        fault: true,
        overflow: true,
    };
    iommu.enable_interrupts(interrupts).unwrap();
    let lost = |platform: &Platform| {
        let mut world = platform.world();
        let device = &mut world.device;
        device.registers.clear();
        device.log.clear();
    };
    for k in 0.. {
        lost(&platform);
        platform.world().bus = FailIn::after(k);
        let restored = iommu.restore().is_ok() && context.restore().is_ok();
        let done = platform.world().bus.is_pending();
        platform.world().bus = FailIn::default();
        assert_eq!(restored, done);
        if !restored {
            iommu.restore().unwrap();
            context.restore().unwrap();
            context.activate().unwrap();
        }
        idle.restore().unwrap();
        assert_eq!(access(&platform, AT), Ok(PHYS));
        assert_eq!(platform.world().access(5, PHYS, true), Ok(PHYS));
        assert_eq!(platform.world().device.get(offset(&global::IRQ_ENABLE)), 3);
        assert_eq!(platform.world().device.get(bank(1, &SCTLR)), 0);
        if done {
            break;
        }
    }
    unmap(&context, AT, 4 * K).unwrap();
    assert!(access(&platform, AT).is_err());
}

#[test]
fn another_iommu_is_not_programmed() {
    let (platform, iommu, _context) = setup();
    let id = 0xDEAD_BEEF;
    platform
        .world()
        .device
        .registers
        .insert(offset(&global::IDR0), id);
    assert_eq!(iommu.restore(), Err(ProbeError::WrongId { read: id }));
}
