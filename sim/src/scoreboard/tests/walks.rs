use vcm_regs::context;

use super::bench::{Bench, TABLE, TTBR0, addr, beat, context_0};
use crate::golden::BusFault;
use crate::scoreboard::{MismatchKind, Scoreboard};
use crate::signals::{AxiAddr, AxiCycle, AxiRead, Cycle, Resp};

#[test]
fn a_walk_may_go_ahead_within_the_tables_and_nowhere_else() {
    let mut bench = Bench::translating();
    bench.walk(TTBR0 + 4, TABLE | 1);
    bench.walk(TTBR0 + 0x3FFC, 0);
    bench.walk(TABLE + 0x3FC, 0);
    assert_eq!(bench.kinds(), []);
    for outside in [TABLE + 0x400, TABLE - 4, TTBR0 + 0x4000, TTBR0 - 4] {
        let before = bench.kinds().len();
        bench.walk(outside, 0);
        assert_eq!(bench.kinds()[before..], [MismatchKind::Walk]);
    }
}

#[test]
fn a_context_that_is_not_enabled_has_no_tables() {
    let mut bench = Bench::new();
    bench.write(context_0(&context::TTBR0), TTBR0);
    bench.walk(TTBR0, 0);
    assert_eq!(bench.kinds(), [MismatchKind::Walk]);
    // One that has just been disabled may have its walks finished.
    let mut bench = Bench::translating();
    bench.write(context_0(&context::SCTLR), 0);
    bench.walk(TTBR0, 0);
    assert_eq!(bench.kinds(), []);
    bench.idle(5_000);
    bench.walk(TTBR0, 0);
    assert_eq!(bench.kinds(), [MismatchKind::Walk]);
}

#[test]
fn a_walk_reads_one_aligned_beat_of_a_word_or_two() {
    let read = |ar: AxiAddr| {
        let mut bench = Bench::translating();
        bench.cycle(Cycle {
            m_axi_ptw: AxiCycle {
                ar,
                ..AxiCycle::default()
            },
            ..Cycle::default()
        });
        bench.kinds()
    };
    let of = |size, at, len| AxiAddr {
        size,
        prot: 0b001,
        ..addr(at, len)
    };
    assert_eq!(read(of(2, TTBR0 + 4, 0)), []);
    assert_eq!(read(of(3, TTBR0 + 8, 0)), []);
    let told = [MismatchKind::Walk];
    assert_eq!(read(of(3, TTBR0 + 4, 0)), told);
    assert_eq!(read(of(2, TTBR0 + 2, 0)), told);
    assert_eq!(read(of(1, TTBR0, 0)), told);
    assert_eq!(read(of(2, TTBR0, 1)), told);
}

/// Reads of 8 bytes, accepted one after another; the ID is the place in the list.
fn ask(bench: &mut Bench, addresses: &[u32]) {
    for (id, &at) in (0..).zip(addresses) {
        let ar = AxiAddr {
            id,
            prot: 0b001,
            ..addr(at, 0)
        };
        bench.cycle(Cycle {
            m_axi_ptw: AxiCycle {
                ar,
                ..AxiCycle::default()
            },
            ..Cycle::default()
        });
    }
}

fn answer(bench: &mut Bench, id: u8, low: u32, high: u32) {
    let data = u64::from(high) << 32 | u64::from(low);
    let r = AxiRead {
        id,
        ..beat(data, Resp::Okay, true)
    };
    bench.cycle(Cycle {
        m_axi_ptw: AxiCycle {
            r,
            ..AxiCycle::default()
        },
        ..Cycle::default()
    });
}

#[test]
fn both_descriptors_of_a_read_may_be_used() {
    let mut bench = Bench::translating();
    ask(&mut bench, &[TTBR0]);
    answer(&mut bench, 0, 0x4000_0C02, TABLE | 1);
    ask(&mut bench, &[TABLE]);
    answer(&mut bench, 0, 0x5000_0032, 0x5000_1032);
    bench.forwarded(0x0004_0000, &[], 0x4004_0000);
    bench.forwarded(0x0010_0000, &[], 0x5000_0000);
    bench.forwarded(0x0010_1000, &[], 0x5000_1000);
    bench.assert_clean();
    assert_eq!(bench.scoreboard.counts().walk_reads, 2);
    bench.forwarded(0x0010_2000, &[], 0x5000_2000);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn walks_of_different_ids_are_answered_in_any_order() {
    let sections = |order: [u8; 4]| {
        let mut bench = Bench::translating();
        ask(&mut bench, &[TTBR0, TTBR0 + 8, TTBR0 + 16, TTBR0 + 24]);
        for id in order {
            answer(&mut bench, id, (u32::from(id) + 4) << 28 | 0xC02, 0);
        }
        for id in 0..4 {
            let pa = (id + 4) << 28;
            bench.forwarded(id * 0x20_0000 + 0x1000, &[], pa + 0x1000);
        }
        bench.kinds()
    };
    assert_eq!(sections([0, 1, 2, 3]), []);
    assert_eq!(sections([2, 0, 3, 1]), []);
    // The answer of one read is not that of another.
    let mut bench = Bench::translating();
    ask(&mut bench, &[TTBR0, TTBR0 + 8]);
    answer(&mut bench, 1, 0x4000_0C02, 0);
    bench.forwarded(0x1000, &[], 0x4000_1000);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn a_late_answer_does_not_make_what_was_read_since_old() {
    // The first read is answered last; in between the page was invalidated.
    let mut bench = Bench::translating();
    ask(&mut bench, &[TTBR0]);
    bench.write(context_0(&context::TLBIVAA), 0x1000);
    bench.walk_as(1, TTBR0, 0x4000_0C02);
    answer(&mut bench, 0, 0x4000_0C02, 0);
    bench.sync();
    bench.forwarded(0x1000, &[], 0x4000_1000);
    bench.assert_clean();
}

#[test]
fn a_known_first_level_needs_no_second_read_until_it_is_invalidated() {
    let page = |n: u32| (TABLE + 4 * n, 0x5000_0032 + (n << 12));
    let mut bench = Bench::translating();
    bench.forwarded(0, &[(TTBR0, TABLE | 1), page(0)], 0x5000_0000);
    bench.idle(5_000);
    bench.forwarded(0x7000, &[page(7)], 0x5000_7000);
    bench.write(context_0(&context::TLBIVAA), 0x9000);
    bench.sync();
    // Another address was invalidated, but not this one.
    bench.forwarded(0x8000, &[page(8)], 0x5000_8000);
    bench.assert_clean();
    bench.forwarded(0x9000, &[page(9)], 0x5000_9000);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn descriptors_are_held_against_the_memory_behind_the_port() {
    let memory = |pa: u32| match pa {
        TTBR0 => Ok(0x4000_0C02),
        _ => Err(BusFault),
    };
    let scoreboard = Scoreboard::default().with_tables(memory);
    let mut bench = Bench::with(scoreboard);
    bench.enable_context_0();
    bench.forwarded(0x1000, &[(TTBR0, 0x4000_0C02)], 0x4000_1000);
    bench.assert_clean();
    bench.terminated(0x1000, &[(TTBR0, 0)], Resp::SlvErr);
    assert_eq!(bench.kinds(), [MismatchKind::Walk]);
}
