use vcm_regs::RegisterInfo;
use vcm_regs::global::{self, CntCtrl};

use super::bench::{Bench, TTBR0, addr, beat};
use crate::scoreboard::MismatchKind;
use crate::signals::Resp;

/// A section of all rights at 0x4000_0000, for IOVA 0.
const SECTION: (u32, u32) = (TTBR0, 0x4000_0C02);
/// Cycles after which all that happened has been counted.
const LATER: u32 = 100;

fn at(register: &RegisterInfo) -> u32 {
    global::BLOCK.base + register.offset
}

fn snapshot(bench: &mut Bench) {
    bench.idle(LATER);
    let command = CntCtrl::default().with(CntCtrl::SNAPSHOT, 1);
    bench.write(at(&global::CNT_CTRL), command.bits());
}

/// Three reads that pass, two that fault, and a snapshot.
fn counted() -> Bench {
    let mut bench = Bench::translating();
    bench.forwarded(0x1000, &[SECTION], 0x4000_1000);
    for _ in 0..2 {
        bench.forwarded(0x2000, &[], 0x4000_2000);
        bench.terminated(0x10_0000, &[(TTBR0 + 4, 0)], Resp::SlvErr);
    }
    snapshot(&mut bench);
    bench
}

/// A register and what it may read after `counted`.
fn cases() -> [(&'static RegisterInfo, std::ops::RangeInclusive<u32>); 7] {
    [
        (&global::CNT_READS, 5..=5),
        (&global::CNT_WRITES, 0..=0),
        (&global::CNT_FAULTS, 2..=2),
        (&global::CNT_WALKS, 2..=11),
        (&global::CNT_STALL_CYCLES, 0..=0),
        (&global::CNT_PREFETCHES, 0..=5),
        (&global::CNT_WALK_CYCLES, 3..=100),
    ]
}

#[test]
fn what_a_counter_may_have_is_not_told() {
    for (register, values) in cases() {
        for value in [*values.start(), *values.end()] {
            let mut bench = counted();
            bench.read(at(register), value);
            bench.assert_clean();
        }
    }
}

#[test]
fn a_counter_that_has_counted_too_much_or_too_little_is_told() {
    for (register, values) in cases() {
        let (low, high) = (*values.start(), *values.end());
        for wrong in [low.checked_sub(1), Some(high + 1_000)]
            .into_iter()
            .flatten()
        {
            let mut bench = counted();
            bench.read(at(register), wrong);
            let kinds = bench.kinds();
            assert!(
                kinds.contains(&MismatchKind::Counter),
                "{} {wrong}",
                register.name
            );
        }
    }
}

#[test]
fn hits_and_misses_are_held_together() {
    for (hits, misses, right) in [(3, 2, true), (0, 5, true), (3, 1, false), (5, 1, false)] {
        let mut bench = counted();
        bench.read(at(&global::CNT_HIT_R), hits);
        bench.read(at(&global::CNT_MISS_R), misses);
        assert_eq!(bench.kinds().is_empty(), right, "{hits} and {misses}");
    }
}

#[test]
fn a_snapshot_does_not_change_while_it_is_read() {
    let mut bench = counted();
    bench.read(at(&global::CNT_READS), 5);
    bench.forwarded(0x2000, &[], 0x4000_2000);
    bench.read(at(&global::CNT_READS), 5);
    bench.assert_clean();
    bench.read(at(&global::CNT_READS), 6);
    assert_eq!(bench.kinds(), [MismatchKind::Counter]);
}

#[test]
fn what_one_snapshot_had_the_next_has_not() {
    let mut bench = counted();
    bench.read(at(&global::CNT_READS), 5);
    snapshot(&mut bench);
    bench.read(at(&global::CNT_READS), 0);
    bench.assert_clean();
    snapshot(&mut bench);
    bench.read(at(&global::CNT_READS), 1);
    assert!(bench.kinds().contains(&MismatchKind::Counter));
}

#[test]
fn a_burst_in_the_cycles_of_a_snapshot_is_in_the_one_or_the_next() {
    for (first, second, right) in [(1, 0, true), (0, 1, true), (1, 1, false), (0, 0, false)] {
        let mut bench = Bench::translating();
        let command = CntCtrl::default().with(CntCtrl::SNAPSHOT, 1);
        bench.idle(LATER);
        bench.write_begins(at(&global::CNT_CTRL), command.bits());
        bench.s_ar(addr(0x1000, 0));
        bench.write_ends(Resp::Okay);
        bench.idle(8);
        bench.read(at(&global::CNT_READS), first);
        bench.walk(SECTION.0, SECTION.1);
        bench.m_ar(addr(0x4000_1000, 0));
        bench.m_r(beat(1, Resp::Okay, true));
        bench.s_r(beat(1, Resp::Okay, true));
        snapshot(&mut bench);
        bench.read(at(&global::CNT_READS), second);
        assert_eq!(bench.kinds().is_empty(), right, "{first}, then {second}");
    }
}
