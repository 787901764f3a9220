use vcm_regs::context::{self, Sctlr};
use vcm_regs::global::{self, FqPop, FqStatus, FqSynd0, FqSynd1};
use vcm_regs::{RegisterInfo, fault};

use super::bench::{Bench, TTBR0, addr, beat, context_0, data};
use crate::scoreboard::MismatchKind;
use crate::signals::{AxiAddr, Burst, Resp};

const IOVA: u32 = 0x1000;
/// Cycles after which a record is certainly there.
const LATER: u32 = 100;

fn at(register: &RegisterInfo) -> u32 {
    global::BLOCK.base + register.offset
}

/// The record of the read of `terminated`.
fn synd0() -> FqSynd0 {
    FqSynd0::default()
        .with(FqSynd0::VALID, 1)
        .with(FqSynd0::FS, fault::TRANSLATION_L1)
        .with(FqSynd0::CBVALID, 1)
}

fn read_record(bench: &mut Bench, what: FqSynd0, who: FqSynd1, iova: u32) {
    bench.read(at(&global::FQ_SYND0), what.bits());
    bench.read(at(&global::FQ_SYND1), who.bits());
    bench.read(at(&global::FQ_IOVA), iova);
}

fn pop(bench: &mut Bench) {
    let pop = FqPop::default().with(FqPop::POP, 1);
    bench.write(at(&global::FQ_POP), pop.bits());
}

fn who() -> FqSynd1 {
    FqSynd1::default().with(FqSynd1::AXID, 5)
}

/// The queue is read empty.
fn empty(bench: &mut Bench, overflow: bool) {
    bench.idle(LATER);
    bench.read(at(&global::FQ_SYND0), 0);
    let status = FqStatus::default().with(FqStatus::OVERFLOW, overflow.into());
    bench.read(at(&global::FQ_STATUS), status.bits());
}

/// A read that nothing is mapped for.
fn faulted() -> Bench {
    let mut bench = Bench::translating();
    bench.terminated(IOVA, &[(TTBR0, 0)], Resp::SlvErr);
    bench
}

#[test]
fn every_fault_has_its_record() {
    let mut bench = faulted();
    read_record(&mut bench, synd0(), who(), IOVA);
    pop(&mut bench);
    empty(&mut bench, false);
    bench.assert_clean();
}

#[test]
fn a_record_may_come_before_the_answer_and_only_once() {
    let mut bench = Bench::translating();
    bench.s_ar(addr(IOVA, 0));
    bench.walk(TTBR0, 0);
    read_record(&mut bench, synd0(), who(), IOVA);
    pop(&mut bench);
    bench.s_r(beat(0, Resp::SlvErr, true));
    bench.assert_clean();
    read_record(&mut bench, synd0(), who(), IOVA);
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}

#[test]
fn a_record_that_differs_in_anything_is_told() {
    let good = synd0();
    for (what, who, iova) in [
        (good.with(FqSynd0::FS, fault::PERMISSION_L1), who(), IOVA),
        (good.with(FqSynd0::WNR, 1), who(), IOVA),
        (good.with(FqSynd0::PNU, 1), who(), IOVA),
        (good.with(FqSynd0::IND, 1), who(), IOVA),
        (good.with(FqSynd0::CBVALID, 0), who(), IOVA),
        (good.with(FqSynd0::CBNDX, 1), who(), IOVA),
        (good.with(FqSynd0::STALLED, 1), who(), IOVA),
        (good, who().with(FqSynd1::AXID, 4), IOVA),
        (good, who().with(FqSynd1::SID, 1), IOVA),
        (good, who(), IOVA + 8),
    ] {
        let mut bench = faulted();
        read_record(&mut bench, what, who, iova);
        let kinds = bench.kinds();
        assert_eq!(kinds, [MismatchKind::Record], "{what:?} {who:?} {iova:#x}");
    }
}

#[test]
fn a_record_that_the_answer_does_not_bear_out_is_told() {
    let mut bench = Bench::translating();
    bench.s_ar(addr(IOVA, 0));
    bench.walk(TTBR0, 0x4000_0C02);
    read_record(&mut bench, synd0(), who(), IOVA);
    pop(&mut bench);
    bench.m_ar(addr(0x4000_1000, 0));
    bench.m_r(beat(7, Resp::Okay, true));
    bench.s_r(beat(7, Resp::Okay, true));
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}

#[test]
fn a_record_that_changes_before_it_is_removed_is_told() {
    let mut bench = faulted();
    bench.terminated(IOVA + 8, &[(TTBR0, 0)], Resp::SlvErr);
    read_record(&mut bench, synd0(), who(), IOVA);
    read_record(&mut bench, synd0(), who(), IOVA);
    bench.assert_clean();
    bench.read(at(&global::FQ_IOVA), IOVA + 8);
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}

#[test]
fn a_fault_without_a_record_is_told_but_after_an_overflow() {
    let mut bench = faulted();
    empty(&mut bench, false);
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
    let mut bench = faulted();
    empty(&mut bench, true);
    bench.assert_clean();
    let mut bench = Bench::translating();
    empty(&mut bench, true);
    bench.terminated(IOVA, &[(TTBR0, 0)], Resp::SlvErr);
    empty(&mut bench, false);
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}

#[test]
fn errors_of_memory_and_a_misplaced_wlast_are_recorded_too() {
    let abort = |status: u32| {
        let mut bench = Bench::translating();
        bench.s_aw(addr(IOVA, 0));
        bench.s_w(data(1, 0xFF, true));
        bench.walk(TTBR0, 0x4000_0C02);
        bench.m_aw(addr(0x4000_1000, 0));
        bench.m_w(data(1, 0xFF, true));
        bench.m_b(Resp::SlvErr);
        bench.s_b(Resp::SlvErr);
        let what = synd0().with(FqSynd0::FS, status).with(FqSynd0::WNR, 1);
        read_record(&mut bench, what, who(), IOVA);
        bench.kinds()
    };
    assert_eq!(abort(fault::EXTERNAL_ABORT), []);
    assert_eq!(abort(fault::ILLEGAL_BURST), [MismatchKind::Record]);
}

#[test]
fn what_stalled_may_have_a_record_for_each_lookup() {
    let mut bench = Bench::translating();
    let sctlr = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::CFCFG, 1);
    bench.write(context_0(&context::SCTLR), sctlr.bits());
    bench.s_ar(addr(IOVA, 0));
    let stalled = synd0().with(FqSynd0::STALLED, 1);
    for _ in 0..2 {
        bench.walk(TTBR0, 0);
        read_record(&mut bench, stalled, who(), IOVA);
        pop(&mut bench);
        bench.write(context_0(&context::RESUME), 0);
    }
    bench.assert_clean_but_open();
    let other = stalled.with(FqSynd0::FS, fault::TRANSLATION_L2);
    read_record(&mut bench, other, who(), IOVA);
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}

#[test]
fn a_stall_is_told_where_its_context_or_its_fault_does_not_stall() {
    let stalled = |cfcfg: u32, ax: AxiAddr, status: u32| {
        let mut bench = Bench::translating();
        let sctlr = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::CFCFG, cfcfg);
        bench.write(context_0(&context::SCTLR), sctlr.bits());
        bench.s_ar(ax);
        bench.walk(TTBR0, 0);
        let what = synd0().with(FqSynd0::FS, status);
        read_record(&mut bench, what.with(FqSynd0::STALLED, 1), who(), IOVA);
        bench.kinds()
    };
    let legal = addr(IOVA, 0);
    let illegal = AxiAddr {
        burst: Burst::Reserved,
        ..legal
    };
    assert_eq!(stalled(1, legal, fault::TRANSLATION_L1), []);
    let record = [MismatchKind::Record];
    assert_eq!(stalled(0, legal, fault::TRANSLATION_L1), record);
    assert_eq!(stalled(1, illegal, fault::ILLEGAL_BURST), record);
}
