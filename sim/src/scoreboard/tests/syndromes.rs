use vcm_regs::context::{FAR, FSR, FSYNR0, FSYNR1, Fsr, Fsynr0, Fsynr1, SCTLR, Sctlr};
use vcm_regs::fault;
use vcm_regs::global::{self, FqSynd0, FqSynd1};

use super::bench::{Bench, TTBR0, addr, beat, context_0};
use crate::scoreboard::MismatchKind;
use crate::signals::Resp;

const IOVA: u32 = 0x1000;
const OTHER: u32 = 0x2000;
/// Cycles after which a fault is certainly recorded.
const LATER: u32 = 100;
const TF: u32 = Fsr::TF.mask();
const PF: u32 = Fsr::PF.mask();
const MULTI: u32 = Fsr::MULTI.mask();
/// A section that can be read only by privileged masters.
const PRIVILEGED: u32 = 0x4000_0402;

fn what() -> Fsynr0 {
    Fsynr0::default().with(Fsynr0::FS, fault::TRANSLATION_L1)
}

fn who() -> Fsynr1 {
    Fsynr1::default().with(Fsynr1::AXID, 5)
}

fn read_first(bench: &mut Bench, far: u32, what: Fsynr0, who: Fsynr1) {
    bench.read(context_0(&FAR), far);
    bench.read(context_0(&FSYNR0), what.bits());
    bench.read(context_0(&FSYNR1), who.bits());
}

fn fail(bench: &mut Bench, iova: u32) {
    bench.terminated(iova, &[(TTBR0, 0)], Resp::SlvErr);
    bench.idle(LATER);
}

/// A read that nothing is mapped for, some time ago.
fn faulted() -> Bench {
    let mut bench = Bench::translating();
    fail(&mut bench, IOVA);
    bench
}

fn status(bench: &mut Bench, value: u32) {
    bench.read(context_0(&FSR), value);
}

#[test]
fn the_bank_has_the_kind_and_the_first_fault() {
    let mut bench = Bench::translating();
    status(&mut bench, 0);
    fail(&mut bench, IOVA);
    status(&mut bench, TF);
    fail(&mut bench, OTHER);
    status(&mut bench, TF | MULTI);
    read_first(&mut bench, IOVA, what(), who());
    bench.write(context_0(&FSR), TF | MULTI);
    status(&mut bench, 0);
    fail(&mut bench, OTHER);
    status(&mut bench, TF);
    read_first(&mut bench, OTHER, what(), who());
    bench.assert_clean();
}

#[test]
fn bits_that_are_not_what_has_been_are_told() {
    for value in [0, PF, TF | PF, TF | MULTI, TF | Fsr::SS.mask()] {
        let mut bench = faulted();
        status(&mut bench, value);
        assert!(bench.kinds().contains(&MismatchKind::Record), "{value:#x}");
    }
    let mut bench = faulted();
    fail(&mut bench, OTHER);
    status(&mut bench, TF);
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
    let mut bench = Bench::translating();
    status(&mut bench, TF);
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}

#[test]
fn a_bit_that_goes_or_comes_by_itself_is_told() {
    let mut bench = faulted();
    status(&mut bench, TF);
    bench.write(context_0(&FSR), PF);
    status(&mut bench, TF);
    bench.assert_clean();
    bench.write(context_0(&FSR), PF);
    status(&mut bench, 0);
    assert!(bench.kinds().contains(&MismatchKind::Record));
    let mut bench = faulted();
    bench.write(context_0(&FSR), u32::MAX);
    status(&mut bench, TF);
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}

#[test]
fn a_first_fault_that_differs_in_anything_is_told() {
    let good = what();
    for (far, what, who) in [
        (IOVA + 8, good, who()),
        (IOVA, good.with(Fsynr0::FS, fault::TRANSLATION_L2), who()),
        (IOVA, good.with(Fsynr0::FS, fault::PERMISSION_L1), who()),
        (IOVA, good.with(Fsynr0::WNR, 1), who()),
        (IOVA, good.with(Fsynr0::PNU, 1), who()),
        (IOVA, good.with(Fsynr0::IND, 1), who()),
        (IOVA, good.with(Fsynr0::STALLED, 1), who()),
        (IOVA, good, who().with(Fsynr1::AXID, 4)),
        (IOVA, good, who().with(Fsynr1::SID, 1)),
    ] {
        let mut bench = faulted();
        status(&mut bench, TF);
        read_first(&mut bench, far, what, who);
        let kinds = bench.kinds();
        assert_eq!(kinds, [MismatchKind::Record], "{far:#x} {what:?} {who:?}");
    }
}

#[test]
fn a_later_fault_in_the_place_of_the_first_is_told() {
    let mut bench = faulted();
    fail(&mut bench, OTHER);
    status(&mut bench, TF | MULTI);
    read_first(&mut bench, OTHER, what(), who());
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
    // Or one from before it was cleared.
    let mut bench = faulted();
    bench.write(context_0(&FSR), u32::MAX);
    fail(&mut bench, OTHER);
    status(&mut bench, TF);
    read_first(&mut bench, IOVA, what(), who());
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}

#[test]
fn the_first_fault_stays_while_another_kind_is_cleared() {
    let mut bench = faulted();
    bench.terminated(0x10_0000, &[(TTBR0 + 4, PRIVILEGED)], Resp::SlvErr);
    bench.idle(LATER);
    status(&mut bench, TF | PF | MULTI);
    bench.write(context_0(&FSR), TF | MULTI);
    status(&mut bench, PF);
    read_first(&mut bench, IOVA, what(), who());
    bench.read(context_0(&FAR), IOVA);
    fail(&mut bench, OTHER);
    bench.write(context_0(&FSR), PF | MULTI);
    status(&mut bench, TF);
    read_first(&mut bench, IOVA, what(), who());
    bench.assert_clean();
    bench.read(context_0(&FAR), OTHER);
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}

#[test]
fn a_fault_may_be_the_further_one_of_a_kind_that_is_cleared_meanwhile() {
    let mut bench = Bench::translating();
    bench.terminated(0x10_0000, &[(TTBR0 + 4, PRIVILEGED)], Resp::SlvErr);
    bench.idle(LATER);
    status(&mut bench, PF);
    bench.write_begins(context_0(&FSR), PF);
    fail(&mut bench, IOVA);
    bench.write_ends(Resp::Okay);
    bench.idle(LATER);
    status(&mut bench, TF | MULTI);
    bench.assert_clean();
    bench.write(context_0(&FSR), MULTI);
    status(&mut bench, TF | MULTI);
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}

#[test]
fn a_burst_that_is_not_answered_may_have_been_recorded() {
    let mut bench = Bench::translating();
    bench.s_ar(addr(IOVA, 0));
    bench.walk(TTBR0, 0);
    status(&mut bench, TF);
    read_first(&mut bench, IOVA, what(), who());
    bench.s_r(beat(0, Resp::SlvErr, true));
    bench.assert_clean();
}

#[test]
fn what_stalls_is_in_the_bank_while_it_does_and_needs_no_further_record() {
    let mut bench = Bench::translating();
    let sctlr = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::CFCFG, 1);
    bench.write(context_0(&SCTLR), sctlr.bits());
    bench.s_ar(addr(IOVA, 0));
    bench.walk(TTBR0, 0);
    status(&mut bench, TF | Fsr::SS.mask());
    read_first(&mut bench, IOVA, what().with(Fsynr0::STALLED, 1), who());
    bench.write(context_0(&FSR), TF);
    bench.s_r(beat(0, Resp::SlvErr, true));
    bench.idle(LATER);
    status(&mut bench, 0);
    bench.assert_clean();
    status(&mut bench, Fsr::SS.mask());
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}

#[test]
fn a_bank_that_forgets_what_stands_stalled_in_it_is_told() {
    let mut bench = Bench::translating();
    let sctlr = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::CFCFG, 1);
    bench.write(context_0(&SCTLR), sctlr.bits());
    bench.s_ar(addr(IOVA, 0));
    bench.walk(TTBR0, 0);
    let what = FqSynd0::default()
        .with(FqSynd0::VALID, 1)
        .with(FqSynd0::FS, fault::TRANSLATION_L1)
        .with(FqSynd0::CBVALID, 1)
        .with(FqSynd0::STALLED, 1);
    let who = FqSynd1::default().with(FqSynd1::AXID, 5);
    for (register, value) in [
        (&global::FQ_SYND0, what.bits()),
        (&global::FQ_SYND1, who.bits()),
        (&global::FQ_IOVA, IOVA),
    ] {
        bench.read(global::BLOCK.base + register.offset, value);
    }
    status(&mut bench, TF | Fsr::SS.mask());
    bench.assert_clean_but_open();
    status(&mut bench, TF);
    assert_eq!(bench.kinds(), [MismatchKind::Record]);
}
