use super::bench::{Bench, TABLE, TTBR0, addr};
use crate::golden::BusFault;
use crate::scoreboard::{MismatchKind, Scoreboard, Settings};
use crate::signals::{AxiAddr, AxiCycle, Cycle, Resp};

#[test]
fn a_walk_that_no_burst_needs_is_told() {
    let mut bench = Bench::translating();
    bench.walk(TTBR0, 0);
    assert_eq!(bench.kinds(), [MismatchKind::Walk]);
    let mut bench = Bench::translating();
    bench.s_ar(addr(0x10_0000, 0));
    bench.walk(TTBR0 + 4, TABLE | 1);
    bench.walk(TABLE, 0);
    assert_eq!(bench.kinds(), []);
    bench.walk(TABLE + 4, 0);
    assert_eq!(bench.kinds(), [MismatchKind::Walk]);
}

#[test]
fn walking_ahead_can_be_allowed() {
    let mut bench = Bench::with(Scoreboard::new(Settings {
        walks_on_demand: false,
        ..Settings::default()
    }));
    bench.walk(TTBR0, 0);
    assert_eq!(bench.kinds(), []);
}

#[test]
fn a_walk_reads_single_words() {
    let mut bench = Bench::translating();
    bench.s_ar(addr(0, 0));
    let ar = AxiAddr {
        size: 3,
        ..addr(TTBR0, 0)
    };
    bench.cycle(Cycle {
        m_axi_ptw: AxiCycle {
            ar,
            ..AxiCycle::default()
        },
        ..Cycle::default()
    });
    assert_eq!(bench.kinds(), [MismatchKind::Walk]);
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
