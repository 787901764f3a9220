use vcm_regs::context::{self, Sctlr};
use vcm_regs::fault;

use super::bench::{BYPASS, Bench, TO_CONTEXT_0, TTBR0, addr, context_0, s2cr};
use crate::scoreboard::MismatchKind;
use crate::signals::{Cycle, Resp};

#[test]
fn after_reset_every_stream_is_terminated() {
    let mut bench = Bench::new();
    bench.terminated(0x1000, &[], Resp::DecErr);
    assert_eq!(bench.statuses(), [[fault::UNMAPPED_STREAM]]);
    bench.assert_clean();
    bench.s_ar(addr(0x1000, 0));
    bench.m_ar(addr(0x1000, 0));
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn an_unmapped_stream_gets_decerr_and_not_slverr() {
    let mut bench = Bench::new();
    bench.terminated(0x1000, &[], Resp::SlvErr);
    assert_eq!(bench.kinds(), [MismatchKind::Termination]);
}

#[test]
fn a_bypassed_stream_passes_as_it_is() {
    let mut bench = Bench::new();
    bench.write(s2cr(0), BYPASS);
    bench.forwarded(0x1000, &[], 0x1000);
    bench.assert_clean();
    bench.forwarded(0x1000, &[], 0x2000);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn while_a_write_is_under_way_old_and_new_value_are_right() {
    let mut bench = Bench::new();
    bench.write_begins(s2cr(0), BYPASS);
    bench.terminated(0x1000, &[], Resp::DecErr);
    bench.forwarded(0x1000, &[], 0x1000);
    bench.write_ends(Resp::Okay);
    bench.assert_clean();
    bench.idle(8);
    bench.terminated(0x1000, &[], Resp::DecErr);
    assert_eq!(bench.kinds(), [MismatchKind::Termination]);
}

#[test]
fn a_refused_write_has_no_effect() {
    let mut bench = Bench::new();
    bench.write_begins(s2cr(0), BYPASS);
    bench.write_ends(Resp::SlvErr);
    bench.idle(8);
    bench.forwarded(0x1000, &[], 0x1000);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn a_disabled_context_faults() {
    let mut bench = Bench::new();
    bench.write(s2cr(0), TO_CONTEXT_0);
    bench.terminated(0x1000, &[], Resp::SlvErr);
    bench.assert_clean();
    assert_eq!(bench.statuses(), [[fault::CONTEXT_DISABLED]]);
}

#[test]
fn reset_takes_the_registers_back() {
    let mut bench = Bench::new();
    bench.write(s2cr(0), BYPASS);
    bench.write(context_0(&context::SCTLR), 1);
    bench.s_ar(addr(0x1000, 0));
    bench.cycle(Cycle {
        reset: true,
        ..Cycle::default()
    });
    bench.terminated(0x1000, &[], Resp::DecErr);
    bench.assert_clean();
}

#[test]
fn a_context_that_maps_one_to_one_passes_addresses_unchanged() {
    let one_to_one = |enabled| {
        let sctlr = Sctlr::default()
            .with(Sctlr::M, enabled)
            .with(Sctlr::ONE2ONE, 1)
            .with(Sctlr::MTCFG, 1);
        let mut bench = Bench::new();
        bench.write(context_0(&context::SCTLR), sctlr.bits());
        bench.write(s2cr(0), TO_CONTEXT_0);
        bench
    };
    let mut bench = one_to_one(1);
    bench.forwarded(0x1000, &[], 0x1000);
    bench.assert_clean();
    bench.forwarded(0x1000, &[], 0x2000);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
    let mut bench = one_to_one(0);
    bench.terminated(0x1000, &[], Resp::SlvErr);
    bench.assert_clean();
    assert_eq!(bench.statuses(), [[fault::CONTEXT_DISABLED]]);
}

#[test]
fn a_change_counts_for_what_has_not_left_and_not_for_an_error_that_waits() {
    const TERMINATE: u32 = 2 << 16;
    let mut bench = Bench::new();
    bench.write(s2cr(0), BYPASS);
    bench.s_ar(addr(0x1000, 0));
    bench.write(s2cr(0), TERMINATE);
    bench.m_ar(addr(0x1000, 0));
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);

    let mut bench = Bench::new();
    bench.s_ar(addr(0x1000, 0));
    bench.write(s2cr(0), BYPASS);
    bench.terminated(0x2000, &[], Resp::DecErr);
    bench.assert_clean_but_open();
}

#[test]
fn what_was_cached_before_access_flags_is_remembered_though_its_table_was_read_again() {
    const WITHOUT_FLAG: u32 = 0x4000_0802;
    let lookups = |before: bool| {
        let mut bench = Bench::translating();
        if before {
            bench.forwarded(0x1000, &[(TTBR0, WITHOUT_FLAG)], 0x4000_1000);
        }
        let sctlr = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::AFE, 1);
        bench.write(context_0(&context::SCTLR), sctlr.bits());
        bench.idle(1000);
        bench.terminated(0x2000, &[(TTBR0, WITHOUT_FLAG)], Resp::SlvErr);
        bench.assert_clean();
        bench.idle(1000);
        bench.terminated(0x3000, &[], Resp::SlvErr);
        bench.kinds()
    };
    assert_eq!(lookups(true), []);
    assert_eq!(lookups(false), [MismatchKind::Termination]);
}
