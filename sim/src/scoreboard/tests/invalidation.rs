use vcm_regs::{RegisterInfo, context, fault, global};

use super::bench::{BYPASS, Bench, TABLE, TTBR0, addr, beat, context_0, s2cr};
use crate::scoreboard::MismatchKind;
use crate::signals::Resp;

const POINTER: (u32, u32) = (TTBR0, TABLE | 1);
/// Small pages of all rights for IOVA 0x1000 and 0x2000.
const PAGE_1: (u32, u32) = (TABLE + 4, 0x5000_1032);
const PAGE_2: (u32, u32) = (TABLE + 8, 0x5000_2032);
/// Not-global bit of a page.
const NG: u32 = 1 << 11;

/// Both pages are in the TLB.
fn filled() -> Bench {
    let mut bench = Bench::translating();
    bench.forwarded(0x1000, &[POINTER, PAGE_1], 0x5000_1000);
    bench.forwarded(0x2000, &[POINTER, PAGE_2], 0x5000_2000);
    bench
}

fn hit_1(bench: &mut Bench) {
    bench.forwarded(0x1000, &[], 0x5000_1000);
}

fn hit_2(bench: &mut Bench) {
    bench.forwarded(0x2000, &[], 0x5000_2000);
}

#[test]
fn entries_hold_until_an_invalidation_is_complete() {
    let mut bench = filled();
    bench.write(context_0(&context::TLBIALL), 0);
    hit_1(&mut bench);
    bench.write(context_0(&context::TLBSYNC), 0);
    hit_1(&mut bench);
    bench.read(context_0(&context::TLBSTATUS), 1);
    hit_1(&mut bench);
    bench.assert_clean();
    bench.read(context_0(&context::TLBSTATUS), 0);
    hit_1(&mut bench);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn after_an_invalidation_new_walks_make_new_entries() {
    let mut bench = filled();
    bench.write(context_0(&context::TLBIALL), 0);
    bench.sync();
    let moved = (PAGE_1.0, 0x6000_1032);
    bench.forwarded(0x1000, &[POINTER, moved], 0x6000_1000);
    bench.forwarded(0x1000, &[], 0x6000_1000);
    bench.assert_clean();
    hit_1(&mut bench);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

/// Which of the two pages is stale after a command and a synchronisation.
fn stale_after(register: &RegisterInfo, value: u32) -> [bool; 2] {
    [hit_1, hit_2].map(|hit| {
        let mut bench = filled();
        bench.write(context_0(register), value);
        bench.sync();
        hit(&mut bench);
        !bench.kinds().is_empty()
    })
}

#[test]
fn invalidation_by_address_reaches_that_page_only() {
    assert_eq!(stale_after(&context::TLBIVA, 0x1000), [true, false]);
    assert_eq!(stale_after(&context::TLBIVAA, 0x2000), [false, true]);
    // Global pages match every ASID, but not TLBIASID.
    assert_eq!(stale_after(&context::TLBIVA, 0x1007), [true, false]);
    assert_eq!(stale_after(&context::TLBIASID, 0), [false, false]);
    assert_eq!(stale_after(&context::TLBIALL, 0), [true, true]);
}

#[test]
fn invalidation_of_a_range_reaches_all_that_it_touches() {
    let range = &context::TLBRANGE;
    assert_eq!(stale_after(range, 0x1000), [true, false]);
    assert_eq!(stale_after(range, 0x1001), [true, true]);
    assert_eq!(stale_after(range, 0x1), [true, false]);
    assert_eq!(stale_after(range, 0x2010), [false, true]);
    assert_eq!(stale_after(range, 0x3000), [false, false]);
    // Up to the very end of the address space, and not around it.
    assert_eq!(stale_after(range, 0xFFFF_F0FF), [false, false]);
    // So long a range is the whole context.
    assert_eq!(stale_after(range, 0x8000_0100), [true, true]);
}

#[test]
fn the_global_invalidation_reaches_every_context() {
    let mut bench = filled();
    bench.write(global::TLBIALL.offset, 0);
    bench.write(global::TLBSYNC.offset, 0);
    bench.read(global::TLBSTATUS.offset, 0);
    hit_1(&mut bench);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn a_status_read_that_began_before_its_synchronisation_completes_nothing() {
    let mut bench = filled();
    bench.write(context_0(&context::TLBIALL), 0);
    bench.read(context_0(&context::TLBSTATUS), 0);
    hit_1(&mut bench);
    bench.assert_clean();
}

#[test]
fn an_invalidation_by_address_covers_the_whole_large_page() {
    let large: (u32, u32) = (TABLE + 4 * 0x11, 0x7000_0031);
    let mut bench = Bench::translating();
    bench.forwarded(0x1_1000, &[POINTER, large], 0x7000_1000);
    bench.forwarded(0x1_F000, &[], 0x7000_F000);
    bench.assert_clean();
    bench.write(context_0(&context::TLBIVA), 0x1_5000);
    bench.sync();
    bench.forwarded(0x1_F000, &[], 0x7000_F000);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn a_non_global_entry_answers_for_its_asid_only() {
    let private = (PAGE_1.0, PAGE_1.1 | NG);
    let mut bench = Bench::translating();
    bench.write(context_0(&context::CONTEXTIDR), 1);
    bench.forwarded(0x1000, &[POINTER, private], 0x5000_1000);
    bench.idle(64);
    bench.write(context_0(&context::CONTEXTIDR), 2);
    let moved = (PAGE_1.0, 0x6000_1032 | NG);
    bench.forwarded(0x1000, &[POINTER, moved], 0x6000_1000);
    bench.idle(64);
    bench.write(context_0(&context::CONTEXTIDR), 1);
    hit_1(&mut bench);
    bench.assert_clean();
    bench.forwarded(0x1000, &[], 0x6000_1000);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn a_translation_fault_is_never_answered_from_a_tlb() {
    let mut bench = Bench::translating();
    bench.terminated(0x1000, &[(TTBR0, 0)], Resp::SlvErr);
    bench.assert_clean();
    assert_eq!(bench.statuses(), [[fault::TRANSLATION_L1]]);
    bench.idle(64);
    bench.terminated(0x1000, &[], Resp::SlvErr);
    assert_eq!(bench.kinds(), [MismatchKind::Termination]);
}

#[test]
fn bursts_that_wait_through_an_invalidation_use_new_tables() {
    let mut bench = filled();
    bench.s_ar(addr(0x1000, 0));
    bench.write(context_0(&context::TLBIALL), 0);
    bench.sync();
    bench.m_ar(addr(0x5000_1000, 0));
    bench.m_r(beat(0, Resp::Okay, true));
    bench.s_r(beat(0, Resp::Okay, true));
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

/// A read of page 1 that memory has not answered.
fn under_way(bench: &mut Bench) {
    bench.s_ar(addr(0x1000, 0));
    bench.m_ar(addr(0x5000_1000, 0));
}

fn answered(bench: &mut Bench) {
    bench.m_r(beat(0x1234, Resp::Okay, true));
    bench.s_r(beat(0x1234, Resp::Okay, true));
}

#[test]
fn a_synchronisation_waits_for_what_was_sent_before_it() {
    for (answer_first, kinds) in [(true, &[][..]), (false, &[MismatchKind::Synchronisation])] {
        let mut bench = filled();
        under_way(&mut bench);
        bench.write(context_0(&context::TLBSYNC), 0);
        if answer_first {
            answered(&mut bench);
        }
        bench.read(context_0(&context::TLBSTATUS), 0);
        assert_eq!(bench.kinds(), kinds);
    }
}

#[test]
fn the_global_synchronisation_waits_for_bypassed_streams_and_that_of_a_context_does_not() {
    for (sync, status, kinds) in [
        (
            global::TLBSYNC.offset,
            global::TLBSTATUS.offset,
            &[MismatchKind::Synchronisation][..],
        ),
        (
            context_0(&context::TLBSYNC),
            context_0(&context::TLBSTATUS),
            &[],
        ),
    ] {
        let mut bench = Bench::new();
        bench.write(s2cr(0), BYPASS);
        bench.s_ar(addr(0x1000, 0));
        bench.m_ar(addr(0x1000, 0));
        bench.write(sync, 0);
        bench.read(status, 0);
        assert_eq!(bench.kinds(), kinds);
    }
}

#[test]
fn a_synchronisation_waits_for_what_is_sent_after_it_by_a_translation_that_was_dropped() {
    for (command, kinds) in [
        (&context::TLBIVAA, &[MismatchKind::Synchronisation][..]),
        (&context::TLBIASID, &[]),
    ] {
        let mut bench = filled();
        bench.write(context_0(command), 0x1000);
        bench.write(context_0(&context::TLBSYNC), 0);
        under_way(&mut bench);
        bench.read(context_0(&context::TLBSTATUS), 0);
        assert_eq!(bench.kinds(), kinds);
    }
}
