//! The IOMMU's calls as C makes them, over registers in memory: faults, memory on demand, streams. In
//! Rust, so that Miri can run it.

mod drivers;
mod machine;

use std::ptr::null_mut;

use machine::{Machine, PAGE, bank_at, error_in, global_at};
use vcm_capi::calls::*;
use vcm_capi::iommu::*;
use vcm_capi::system::{vcm_one_to_one_create, vcm_system_destroy};
use vcm_capi::types::{Vcm, VcmFault, VcmFaultKind, VcmIommu, VcmRes};
use vcm_regs::{context, fault, global, global::stream_type};

const SPACE: u32 = 0x4000_0000;
const EINVAL: i32 = 22;
const ENOMEM: i32 = 12;
const EBUSY: i32 = 16;
const ETIMEDOUT: i32 = 110;

/// A context of a stream, active, in which faults stall.
fn stalling(iommu: *mut VcmIommu, stream: u32) -> *mut Vcm {
    let vcm = vcm_iommu_create(iommu, stream, SPACE, 64 * PAGE);
    assert!(error_in(vcm).is_none());
    assert_eq!((vcm_iommu_stall(vcm, 1), vcm_activate(vcm)), (0, 0));
    vcm
}

fn end(vcm: *mut Vcm) {
    assert_eq!((vcm_deactivate(vcm), vcm_destroy(vcm)), (0, 0));
}

/// How much is bound to a reservation that lives.
fn bytes_of(res: *mut VcmRes) -> u32 {
    // SAFETY: by contract.
    unsafe { (&raw const (*res).bound_size).read() }
}

/// What one of the two calls finds, or its answer if that is not 1.
fn next(iommu: *mut VcmIommu, page_in: bool) -> Result<VcmFault, i32> {
    let mut found = VcmFault {
        address: 0,
        stream: 0,
        kind: VcmFaultKind::Other,
        write: 0,
        privileged: 0,
        fetch: 0,
        lost: 0,
        stalled: 0,
        offset: 0,
        vcm: null_mut(),
        res: null_mut(),
    };
    // SAFETY: it can be written to.
    let answer = unsafe {
        match page_in {
            true => vcm_iommu_page_in(iommu, &raw mut found),
            false => vcm_iommu_fault(iommu, &raw mut found),
        }
    };
    if answer == 1 { Ok(found) } else { Err(answer) }
}

#[test]
fn the_time_to_wait_is_in_microseconds() {
    for (timeout, least, most) in [(500, 500_000, 700_000), (0, 10_000_000, 11_000_000)] {
        let machine = Machine::without_iommu();
        machine.state().hangs = true;
        let probed = machine.probe(timeout);
        assert_eq!(error_in(probed), Some(ETIMEDOUT));
        let passed = machine.state().time;
        assert!((least..most).contains(&passed), "{timeout}: {passed} ns");
        assert_eq!(machine.state().said, [-ETIMEDOUT]);
    }
}

#[test]
fn faults_are_told_in_order_and_the_last_one_before_others_were_lost_says_so() {
    let machine = Machine::new();
    let vcm = stalling(machine.iommu, 3);
    let res = vcm_reserve_at(vcm, SPACE + 8 * PAGE, (2 * PAGE).into(), 0);
    assert!(error_in(res).is_none());
    let at = [SPACE + 9 * PAGE + 4, SPACE, 0x1234];
    for at in at {
        machine.fault(at, 0, 3, fault::PERMISSION_L2 | 1 << 8, false);
    }
    machine.state().overflow = true;
    let found = at.map(|_| next(machine.iommu, false).unwrap_or_else(|e| panic!("{e}")));
    assert_eq!(found.each_ref().map(|fault| fault.address), at);
    assert_eq!(found.each_ref().map(|fault| fault.lost), [0, 0, 1]);
    assert_eq!(found.each_ref().map(|fault| fault.offset), [PAGE + 4, 0, 0]);
    assert_eq!(
        found.each_ref().map(|fault| fault.res),
        [res, null_mut(), null_mut()]
    );
    for fault in &found {
        assert_eq!((fault.stream, fault.vcm), (3, vcm));
        assert_eq!((fault.kind, fault.write), (VcmFaultKind::Permission, 1));
        assert_eq!((fault.privileged, fault.fetch, fault.stalled), (0, 0, 0));
    }
    assert_eq!(next(machine.iommu, false).err(), Some(0));
    assert!(!machine.state().overflow);
    assert_eq!(vcm_unreserve(res), 0);
    end(vcm);
}

#[test]
fn who_waits_for_memory_on_demand_gets_it_and_who_cannot_is_ended() {
    let machine = Machine::new();
    let vcm = stalling(machine.iommu, 3);
    let res = vcm_reserve_on_demand(vcm, (32 * PAGE).into(), 8 * PAGE, 0, 0);
    assert!(error_in(res).is_none());
    // SAFETY: it lives.
    let (start, bound) = unsafe { ((*res).start, &raw const (*res).bound_size) };
    machine.resumed(0);
    for page in [0, 9] {
        machine.fault(start + page * PAGE, 0, 3, fault::TRANSLATION_L1, true);
    }
    assert_eq!(next(machine.iommu, true).err(), Some(0));
    // Each is tried again by itself.
    assert_eq!(machine.resumed(0), [0b10, 0b10]);
    // SAFETY: it lives.
    assert_eq!(unsafe { bound.read() }, 16 * PAGE);
    // No memory is left; no right; no reservation; nobody waits.
    let last = start + 17 * PAGE;
    let outside = SPACE + 63 * PAGE;
    for (at, status, stalled) in [
        (last, fault::TRANSLATION_L2, true),
        (start, fault::PERMISSION_L2, true),
        (outside, fault::TRANSLATION_L1, true),
        (start, fault::TRANSLATION_L1, false),
    ] {
        machine.fault(at, 0, 3, status, stalled);
        let Ok(found) = next(machine.iommu, true) else {
            panic!("a fault")
        };
        assert_eq!((found.address, found.stalled), (at, 0));
        let ended: &[u32] = if stalled { &[0b11] } else { &[] };
        assert_eq!(machine.resumed(0), ended);
    }
    assert_eq!(machine.state().said, [-ENOMEM]);
    // What waits in no context of ours still does.
    machine.fault(start, 5, 9, fault::TRANSLATION_L1, true);
    assert_eq!(next(machine.iommu, true).map(|found| found.stalled), Ok(1));
    assert_eq!(vcm_unreserve(res), 0);
    end(vcm);
}

#[test]
fn each_bit_of_a_record_stands_in_its_own_field() {
    let machine = Machine::new();
    let vcm = vcm_iommu_create(machine.iommu, 6, SPACE, 64 * PAGE);
    for (bits, expected) in [
        (1 << 8, [1, 0, 0]),
        (1 << 9, [0, 1, 0]),
        (1 << 10, [0, 0, 1]),
    ] {
        machine.fault(SPACE, 0, 6, fault::EXTERNAL_ABORT | bits, false);
        let found = next(machine.iommu, false);
        let found = found.map(|f| [f.write, f.privileged, f.fetch]);
        assert_eq!(found, Ok(expected));
    }
    for (status, kind) in [
        (fault::TRANSLATION_L1, VcmFaultKind::Translation),
        (fault::TRANSLATION_L2, VcmFaultKind::Translation),
        (fault::ACCESS_FLAG_L1, VcmFaultKind::AccessFlag),
        (fault::ACCESS_FLAG_L2, VcmFaultKind::AccessFlag),
        (fault::DOMAIN_L1, VcmFaultKind::Domain),
        (fault::DOMAIN_L2, VcmFaultKind::Domain),
        (fault::PERMISSION_L1, VcmFaultKind::Permission),
        (fault::PERMISSION_L2, VcmFaultKind::Permission),
        (fault::WALK_ABORT_L1, VcmFaultKind::WalkAbort),
        (fault::WALK_ABORT_L2, VcmFaultKind::WalkAbort),
        (fault::EXTERNAL_ABORT, VcmFaultKind::ExternalAbort),
        (fault::UNMAPPED_STREAM, VcmFaultKind::UnmappedStream),
        (fault::CONTEXT_DISABLED, VcmFaultKind::ContextDisabled),
        (fault::ILLEGAL_BURST, VcmFaultKind::IllegalBurst),
        (fault::STALL_TIMEOUT, VcmFaultKind::StallTimeout),
        (0x1F, VcmFaultKind::Other),
    ] {
        // The stream tells whose it is where no context had part in it.
        let what = 1 << 31 | status;
        machine.state().faults.push_back([SPACE, what, 6]);
        let found = next(machine.iommu, false).map(|f| (f.kind, f.vcm));
        assert_eq!(found, Ok((kind, vcm)));
    }
    assert_eq!(vcm_destroy(vcm), 0);
}

#[test]
fn what_was_read_before_the_bus_failed_is_told_first() {
    let machine = Machine::new();
    for at in [1, 2] {
        machine.fault(at, 0, 3, fault::EXTERNAL_ABORT, false);
    }
    // A record is read by three accesses and taken by one.
    machine.state().accesses_left = Some(5);
    assert_eq!(next(machine.iommu, false).map(|found| found.address), Ok(1));
    assert_eq!(next(machine.iommu, false).err(), Some(-5));
    machine.state().accesses_left = None;
    assert_eq!(next(machine.iommu, false).map(|found| found.address), Ok(2));
}

#[test]
fn arguments_reach_their_registers() {
    let machine = Machine::new();
    let vcm = stalling(machine.iommu, 3);
    let control = || machine.register(bank_at(0, &context::SCTLR));
    for stall in [0, 1, 0, 2, 0, u32::MAX] {
        assert_eq!(vcm_iommu_stall(vcm, stall), 0);
        assert_eq!(control() >> 7 & 1, u32::from(stall != 0));
    }
    machine.resumed(0);
    for (retry, written) in [(0, 1), (1, 0), (2, 0), (u32::MAX, 0)] {
        assert_eq!(vcm_iommu_resume(vcm, retry), 0);
        assert_eq!(machine.resumed(0), [written]);
    }
    assert_eq!(vcm_iommu_stall_limits(machine.iommu, 3, 0x1234), 0);
    let limits = || machine.register(global_at(&global::STALL_CTRL));
    assert_eq!(limits(), 3 << 16 | 0x1234);
    for (transactions, ticks) in [(16, 0), (256, 0), (0, 0x1_0000)] {
        let set = vcm_iommu_stall_limits(machine.iommu, transactions, ticks);
        assert_eq!((set, limits()), (-EINVAL, 3 << 16 | 0x1234));
    }
    end(vcm);
    let direct = vcm_iommu_create_one_to_one(machine.iommu, 3, 0x1000_0000, 64 * PAGE);
    assert_eq!(vcm_activate(direct), 0);
    assert_eq!(control(), 1 | 1 << 8);
    end(direct);
}

#[test]
fn what_is_still_in_use_does_not_end() {
    let machine = Machine::new();
    let vcm = vcm_iommu_create(machine.iommu, 0, SPACE, 64 * PAGE);
    assert_eq!(vcm_iommu_release(machine.iommu), -EBUSY);
    assert_eq!(vcm_system_destroy(machine.system), -EBUSY);
    let direct = vcm_one_to_one_create(machine.system, 0x1000_0000, 64 * PAGE);
    let phys = vcm_alloc(direct, PAGE.into(), 0);
    assert_eq!((vcm_destroy(direct), vcm_destroy(vcm)), (0, 0));
    assert_eq!(vcm_system_destroy(machine.system), -EBUSY);
    let mut machine = machine;
    assert_eq!(vcm_iommu_release(machine.iommu), 0);
    machine.iommu = null_mut();
    // Memory alone keeps it, too.
    assert_eq!(vcm_system_destroy(machine.system), -EBUSY);
    assert_eq!(vcm_free(phys), 0);
}

#[test]
fn after_records_were_lost_all_that_waits_is_tried_again() {
    let machine = Machine::new();
    let contexts = [stalling(machine.iommu, 3), stalling(machine.iommu, 4)];
    machine.state().log.clear();
    machine.fault(SPACE, 0, 3, fault::PERMISSION_L1, false);
    machine.state().overflow = true;
    assert_eq!(next(machine.iommu, true).map(|found| found.lost), Ok(1));
    let log = core::mem::take(&mut machine.state().log);
    for bank in 0..2 {
        let resume = (bank_at(bank, &context::RESUME), 0);
        assert_eq!(log.iter().filter(|write| **write == resume).count(), 1);
    }
    contexts.into_iter().for_each(end);
}

#[test]
fn streams_of_a_context_that_is_destroyed_are_anothers_though_its_memory_lives() {
    let machine = Machine::new();
    let vcm = vcm_iommu_create(machine.iommu, 3, SPACE, 64 * PAGE);
    assert_eq!(vcm_iommu_attach(vcm, 4), 0);
    let taken = vcm_iommu_create(machine.iommu, 4, SPACE, PAGE);
    assert_eq!(error_in(taken), Some(EBUSY));
    let phys = vcm_alloc(vcm, PAGE.into(), 0);
    assert!(error_in(phys).is_none());
    assert_eq!(vcm_destroy(vcm), 0);
    for stream in [3, 4] {
        let route = machine.register(global_at(&global::S2CR) + 4 * stream);
        assert_eq!(route >> 16 & 3, stream_type::TERMINATE);
    }
    let other = vcm_iommu_create(machine.iommu, 4, SPACE, 64 * PAGE);
    assert_eq!(vcm_iommu_attach(other, 3), 0);
    let bound = vcm_map(other, phys, 0);
    assert!(error_in(bound).is_none());
    assert_eq!(
        (vcm_unmap(bound), vcm_free(phys), vcm_destroy(other)),
        (0, 0, 0)
    );
}

#[test]
fn a_fault_is_of_the_context_in_whose_bank_it_was_wherever_its_stream_is_now() {
    let machine = Machine::new();
    let contexts = [stalling(machine.iommu, 3), stalling(machine.iommu, 4)];
    for (bank, stream, of) in [(0, 4, 0), (1, 3, 1), (0, 3, 0), (1, 4, 1)] {
        machine.fault(SPACE, bank, stream, fault::TRANSLATION_L1, false);
        let found = next(machine.iommu, false).map(|found| found.vcm);
        assert_eq!(found, Ok(contexts[of]), "bank {bank}, stream {stream}");
    }
    // In no bank, as the stream was terminated: of whom the stream is now.
    for (stream, of) in [(3, contexts[0]), (4, contexts[1]), (5, null_mut())] {
        machine.unmapped(SPACE, stream);
        let found = next(machine.iommu, false).map(|found| found.vcm);
        assert_eq!(found, Ok(of), "stream {stream}");
    }
    contexts.into_iter().for_each(end);
}

#[test]
fn two_iommus_of_a_system_keep_faults_waits_and_ends_apart() {
    let machine = Machine::new();
    let beside = Machine::without_iommu();
    let second = machine.probe_of(&beside, 0);
    assert!(error_in(second).is_none());
    let boards = [(&machine, machine.iommu), (&beside, second)];
    // Each has a context in bank 0, of stream 3, at the same addresses.
    let contexts = boards.map(|(_, iommu)| stalling(iommu, 3));
    let waits = contexts.map(|vcm| vcm_reserve_on_demand(vcm, (8 * PAGE).into(), PAGE, 0, 0));
    assert!(waits.iter().all(|res| error_in(*res).is_none()));
    // SAFETY: both live.
    let starts = waits.map(|res| unsafe { (*res).start });
    assert_eq!(starts[0], starts[1]);
    let bytes = || waits.map(bytes_of);
    let resumed = || boards.map(|(registers, _)| registers.resumed(0));
    resumed();

    // Memory comes to who waits, and nobody else is resumed.
    boards[1]
        .0
        .fault(starts[1], 0, 3, fault::TRANSLATION_L1, true);
    assert_eq!(next(boards[0].1, true).err(), Some(0));
    assert_eq!(bytes(), [0, 0]);
    assert_eq!(next(boards[1].1, true).err(), Some(0));
    assert_eq!(bytes(), [0, PAGE]);
    assert_eq!(resumed(), [vec![], vec![0b10]]);
    boards[0]
        .0
        .fault(starts[0] + PAGE, 0, 3, fault::TRANSLATION_L2, true);
    assert_eq!(next(boards[0].1, true).err(), Some(0));
    assert_eq!(bytes(), [PAGE, PAGE]);
    assert_eq!(resumed(), [vec![0b10], vec![]]);

    // Faults are told of their own contexts; what was lost in one is tried again in that one.
    for (of, (registers, iommu)) in boards.into_iter().enumerate() {
        registers.fault(SPACE, 0, 3, fault::PERMISSION_L2, false);
        registers.state().overflow = true;
        let found = next(iommu, true).map(|found| (found.vcm, found.lost));
        assert_eq!(found, Ok((contexts[of], 1)));
        let mut tried = [vec![], vec![]];
        tried[of].push(0);
        assert_eq!(resumed(), tried);
    }

    // One ends before the other.
    assert_eq!(vcm_iommu_release(second), -EBUSY);
    assert_eq!(vcm_unreserve(waits[1]), 0);
    end(contexts[1]);
    assert_eq!(vcm_iommu_release(second), 0);
    boards[0]
        .0
        .fault(starts[0], 0, 3, fault::TRANSLATION_L1, true);
    assert_eq!(next(boards[0].1, true).err(), Some(0));
    assert_eq!(bytes_of(waits[0]), 2 * PAGE);
    assert_eq!(vcm_unreserve(waits[0]), 0);
    end(contexts[0]);
}

#[test]
fn memory_of_another_system_is_not_taken() {
    let machines = [Machine::new(), Machine::new()];
    let [own, other] = machines.each_ref().map(|machine| {
        let vcm = vcm_iommu_create(machine.iommu, 0, SPACE, 64 * PAGE);
        (vcm, vcm_alloc(vcm, PAGE.into(), 0))
    });
    let res = vcm_reserve(own.0, PAGE.into(), 0);
    assert_eq!(error_in(vcm_map(own.0, other.1, 0)), Some(EINVAL));
    assert_eq!(vcm_bind(res, other.1), -EINVAL);
    assert_eq!(error_in(vcm_migrate(other.1, own.0, 0)), Some(EINVAL));
    assert_eq!(machines[0].state().said, [-EINVAL; 3]);
    assert!(machines[1].state().said.is_empty());
    assert_eq!(vcm_unreserve(res), 0);
    for (vcm, phys) in [own, other] {
        assert_eq!((vcm_free(phys), vcm_destroy(vcm)), (0, 0));
    }
}
