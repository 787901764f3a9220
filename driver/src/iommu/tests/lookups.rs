//! Look-ups on command.

use super::*;
use crate::iommu::PhysProbe;
use crate::table::PageSize;

#[test]
fn an_address_is_looked_up_in_pages_of_every_size() {
    let (platform, _iommu, context) = setup();
    for page in PageSize::ALL {
        let size = page.bytes();
        map(&context, AT, PHYS, size).unwrap();
        let at = size - 4 * K + 0x123;
        let found = context.probe_address(Iova::new(AT + at), Access::WRITE);
        let phys = PhysAddr::new(PHYS + at);
        assert_eq!(found, Ok(PhysProbe { phys, page }));
        unmap(&context, AT, size).unwrap();
    }
    assert!(platform.world().device.faults.is_empty());
}

#[test]
fn a_look_up_is_for_its_kind_of_access() {
    let (_platform, _iommu, context) = setup();
    let part = PhysPart {
        start: PhysAddr::new(PHYS),
        size: 4 * K,
    };
    for (write, user) in [(true, true), (true, false), (false, true), (false, false)] {
        let attributes = Attributes {
            write,
            user,
            ..Attributes::default()
        };
        context.map(Iova::new(AT), &[part], attributes).unwrap();
        for (access, allowed) in [
            (Access::READ, user),
            (Access::WRITE, user && write),
            (Access::READ.privileged(), true),
            (Access::WRITE.privileged(), write),
        ] {
            let found = context.probe_address(Iova::new(AT), access);
            assert_eq!(found.is_ok(), allowed, "{access:?}");
        }
        unmap(&context, AT, 4 * K).unwrap();
    }
}

#[test]
fn what_does_not_translate_is_told_why_and_not_recorded() {
    let (platform, iommu, context) = setup();
    let found = context.probe_address(Iova::new(AT), Access::READ);
    let expected = LookupError::Fault(FaultKind::TranslationL1);
    assert_eq!(found, Err(expected));
    assert!(expected.to_string().contains("first level"));
    assert_eq!(context.take_fault(), Ok(None));
    assert!(platform.world().device.faults.is_empty());
    let inactive = iommu.context(ContextConfig::default()).unwrap();
    let found = inactive.probe_address(Iova::new(AT), Access::READ);
    assert_eq!(found, Err(LookupError::Fault(FaultKind::ContextDisabled)));
}

#[test]
fn pages_are_locked_until_they_are_unmapped() {
    let (platform, iommu, context) = setup();
    let locks = iommu.features().locks;
    map(&context, AT, PHYS + 4 * K, M).unwrap();
    assert_eq!(iommu.locked(), Ok(0));
    context.preload(Iova::new(AT + M - 4 * K), false).unwrap();
    for n in 0..locks {
        context.preload(Iova::new(AT + n * 4 * K), true).unwrap();
        assert_eq!(iommu.locked(), Ok(n + 1));
    }
    let full = context.preload(Iova::new(AT + 16 * K), true);
    assert_eq!(full, Err(LookupError::Fault(FaultKind::LockFull)));
    assert_eq!(access(&platform, AT), Ok(PHYS + 4 * K));
    unmap(&context, AT, 8 * K).unwrap();
    assert_eq!(iommu.locked(), Ok(locks - 2));
    assert!(access(&platform, AT).is_err());
    let _quiet = context.deactivate().unwrap();
    assert_eq!(iommu.locked(), Ok(0));
}

#[test]
fn a_look_up_without_an_answer_ends_at_its_deadline() {
    let (platform, _iommu, context) = setup();
    map(&context, AT, PHYS, 4 * K).unwrap();
    platform.world().device.sync_hangs = true;
    let late = Err(LookupError::Iommu(IommuError::SyncTimeout));
    let probed = || context.probe_address(Iova::new(AT), Access::READ);
    let commands = || platform.world().device.log.len();
    assert_eq!(probed(), late);
    // It goes on still: no other is begun.
    let before = commands();
    assert_eq!(probed(), late);
    assert_eq!(context.preload(Iova::new(AT), true), late);
    assert_eq!(commands(), before);
    platform.world().device.sync_hangs = false;
    assert_eq!(probed().map(|found| found.phys), Ok(PhysAddr::new(PHYS)));
}

#[test]
fn a_failed_register_access_is_told() {
    for k in 0.. {
        let (platform, _iommu, context) = setup();
        map(&context, AT, PHYS, 4 * K).unwrap();
        platform.world().bus = FailIn::after(k);
        let found = context.preload(Iova::new(AT), true);
        if platform.world().bus.is_pending() {
            found.unwrap();
            assert!(k > 3);
            break;
        }
        let failed = matches!(found, Err(LookupError::Iommu(IommuError::Bus(_))));
        assert!(failed, "{k}");
    }
}
