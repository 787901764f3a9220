use vcm_regs::fault;

use super::bench::{BYPASS, Bench, TTBR0, addr, data, s2cr};
use crate::scoreboard::MismatchKind;
use crate::signals::{AxiAddr, Burst, Resp};

fn bypassing() -> Bench {
    let mut bench = Bench::new();
    bench.write(s2cr(0), BYPASS);
    bench
}

#[test]
fn a_write_passes_with_its_data_and_response() {
    let mut bench = bypassing();
    bench.s_aw(addr(0x1000, 1));
    bench.m_aw(addr(0x1000, 1));
    bench.s_w(data(1, 0xFF, false));
    bench.s_w(data(2, 0x0F, true));
    bench.m_w(data(1, 0xFF, false));
    // Bytes that no strobe selects do not count.
    bench.m_w(data(0xAA00_0000_0000_0002, 0x0F, true));
    bench.m_b(Resp::SlvErr);
    bench.s_b(Resp::SlvErr);
    bench.assert_clean();
    assert_eq!(bench.scoreboard.counts().writes_forwarded, 1);
}

#[test]
fn data_may_come_before_its_address() {
    let mut bench = bypassing();
    bench.s_w(data(1, 0xFF, true));
    bench.s_w(data(2, 0xFF, true));
    bench.s_aw(addr(0x1000, 0));
    bench.s_aw(addr(0x2000, 0));
    for n in 1..=2 {
        bench.m_aw(addr(0x1000 * n, 0));
        bench.m_w(data(u64::from(n), 0xFF, true));
        bench.m_b(Resp::Okay);
        bench.s_b(Resp::Okay);
    }
    bench.assert_clean();
}

#[test]
fn changed_data_strobes_and_wlast_are_told() {
    for seen in [
        data(2, 0xFF, true),
        data(1, 0x7F, true),
        data(1, 0xFF, false),
    ] {
        let mut bench = bypassing();
        bench.s_aw(addr(0x1000, 0));
        bench.s_w(data(1, 0xFF, true));
        bench.m_aw(addr(0x1000, 0));
        bench.m_w(seen);
        assert_eq!(bench.kinds(), [MismatchKind::WriteData], "{seen:?}");
    }
}

#[test]
fn data_that_the_master_has_not_sent_is_told() {
    let mut bench = bypassing();
    bench.s_aw(addr(0x1000, 0));
    bench.m_aw(addr(0x1000, 0));
    bench.m_w(data(1, 0xFF, true));
    bench.m_w(data(1, 0xFF, true));
    assert_eq!(bench.kinds(), [MismatchKind::WriteData; 2]);
}

#[test]
fn data_of_a_terminated_write_does_not_reach_memory() {
    // The second stream is bypassed, the first terminated.
    let mut bench = Bench::new();
    bench.write(s2cr(1), BYPASS);
    let passed = AxiAddr {
        user: 1,
        id: 6,
        ..addr(0x2000, 0)
    };
    bench.s_aw(addr(0x1000, 0));
    bench.s_aw(passed);
    bench.s_w(data(1, 0xFF, true));
    bench.s_w(data(2, 0xFF, true));
    bench.m_aw(passed);
    bench.m_w(data(1, 0xFF, true));
    assert_eq!(bench.kinds(), [MismatchKind::WriteData]);
    bench.s_b(Resp::DecErr);
    assert_eq!(bench.statuses(), [[fault::UNMAPPED_STREAM]]);
}

#[test]
fn a_terminated_write_is_answered_after_its_last_beat() {
    let mut bench = Bench::new();
    bench.s_aw(addr(0x1000, 1));
    bench.s_w(data(1, 0xFF, false));
    bench.s_b(Resp::DecErr);
    assert_eq!(bench.kinds(), [MismatchKind::Termination]);
}

#[test]
fn a_response_is_that_of_memory() {
    let start = || {
        let mut bench = bypassing();
        bench.s_aw(addr(0x1000, 0));
        bench.s_w(data(1, 0xFF, true));
        bench.m_aw(addr(0x1000, 0));
        bench.m_w(data(1, 0xFF, true));
        bench
    };
    let mut bench = start();
    bench.s_b(Resp::Okay);
    assert_eq!(bench.kinds(), [MismatchKind::Response]);
    let mut bench = start();
    bench.m_b(Resp::DecErr);
    bench.s_b(Resp::Okay);
    assert_eq!(bench.kinds(), [MismatchKind::Response]);
}

#[test]
fn a_write_to_a_read_only_page_is_terminated() {
    let read_only = (TTBR0, 0x4000_8C02);
    let mut bench = Bench::translating();
    bench.forwarded(0x1000, &[read_only], 0x4000_1000);
    bench.s_aw(addr(0x1000, 0));
    bench.s_w(data(1, 0xFF, true));
    bench.s_b(Resp::SlvErr);
    bench.assert_clean();
    assert_eq!(bench.statuses(), [[fault::PERMISSION_L1]]);
    bench.s_aw(addr(0x1000, 0));
    bench.m_aw(addr(0x4000_1000, 0));
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn missing_beats_are_made_up_without_strobes() {
    let run = |strb| {
        let mut bench = bypassing();
        bench.s_aw(addr(0x1000, 1));
        bench.s_w(data(1, 0xFF, true));
        bench.m_aw(addr(0x1000, 1));
        bench.m_w(data(1, 0xFF, false));
        bench.m_w(data(0, strb, true));
        bench.m_b(Resp::Okay);
        bench.s_b(Resp::SlvErr);
        bench.kinds()
    };
    assert_eq!(run(0), []);
    assert_eq!(run(1), [MismatchKind::WriteData]);
}

#[test]
fn an_illegal_write_is_terminated() {
    let illegal = AxiAddr {
        burst: Burst::Reserved,
        ..addr(0x1000, 0)
    };
    let mut bench = bypassing();
    bench.s_aw(illegal);
    bench.s_w(data(1, 0xFF, true));
    bench.s_b(Resp::SlvErr);
    bench.assert_clean();
    assert_eq!(bench.statuses(), [[fault::ILLEGAL_BURST]]);
}
