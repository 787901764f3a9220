use super::bench::{BYPASS, Bench, TABLE, TTBR0, addr, s2cr};
use crate::scoreboard::{MismatchKind, Scoreboard, Settings};

fn soc() -> Bench {
    let scoreboard = Scoreboard::for_soc(
        Settings {
            lookback: 100,
            ..Settings::default()
        },
        vec![0x1000_0000..0x1000_1000, 0x1800_0000..0x1800_1000],
    );
    let mut bench = Bench::with(scoreboard);
    bench.enable_context_0();
    bench.idle(200);
    bench
}

#[test]
fn bursts_to_pages_that_were_walked_are_explained() {
    let mut bench = soc();
    bench.walk(TTBR0 + 4, TABLE | 1);
    bench.walk(TABLE + 8, 0x5000_0032);
    bench.walk(TTBR0 + 8, 0x6000_0C02);
    bench.m_ar(addr(0x5000_0F00, 0));
    bench.m_aw(addr(0x600F_F000, 0));
    bench.assert_clean();
    bench.m_ar(addr(0x5000_1000, 0));
    bench.m_aw(addr(0x6010_0000, 0));
    assert_eq!(bench.kinds(), [MismatchKind::Unexplained; 2]);
}

#[test]
fn a_write_to_a_page_that_is_read_only_is_not_explained() {
    let mut bench = soc();
    bench.walk(TTBR0 + 4, TABLE | 1);
    bench.walk(TABLE + 8, 0x5000_0232);
    bench.m_ar(addr(0x5000_0000, 0));
    bench.assert_clean();
    bench.m_aw(addr(0x5000_0000, 0));
    assert_eq!(bench.kinds(), [MismatchKind::Unexplained]);
}

#[test]
fn a_bypassed_stream_explains_its_own_memory_only() {
    let mut bench = soc();
    bench.m_ar(addr(0x1000_0000, 0));
    assert_eq!(bench.kinds(), [MismatchKind::Unexplained]);
    let mut bench = soc();
    bench.write(s2cr(3), BYPASS);
    bench.m_ar(addr(0x1000_0000, 0));
    bench.assert_clean();
    bench.m_ar(addr(0x1000_1000, 0));
    assert_eq!(bench.kinds(), [MismatchKind::Unexplained]);
}

#[test]
fn walks_stay_within_the_tables() {
    let mut bench = soc();
    bench.walk(TTBR0 + 0x3FFC, TABLE | 1);
    bench.walk(TABLE + 0x3FC, 0);
    bench.assert_clean();
    bench.walk(TABLE + 0x400, 0);
    assert_eq!(bench.kinds(), [MismatchKind::Walk]);
}
