use vcm_regs::context::{self, Resume, Sctlr};
use vcm_regs::global::{self, FqPop, FqSynd0, FqSynd1, StallCtrl};
use vcm_regs::{RegisterInfo, fault};

use super::bench::{Bench, TTBR0, addr, beat, context_0, data};
use crate::scoreboard::MismatchKind;
use crate::signals::{AxiAddr, Resp};

/// A section of all rights at 0x4000_0000, for IOVA 0.
const SECTION: (u32, u32) = (TTBR0, 0x4000_0C02);
const SLOT: u32 = 6;

fn at(register: &RegisterInfo) -> u32 {
    global::BLOCK.base + register.offset
}

/// Context 0 stalls faults, and has nothing mapped.
fn stalling() -> Bench {
    let mut bench = Bench::translating();
    let sctlr = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::CFCFG, 1);
    bench.write(context_0(&context::SCTLR), sctlr.bits());
    bench
}

/// Software reads the record of a burst with the ID of the bench that stands stalled.
fn told(bench: &mut Bench, iova: u32, write: bool) {
    let what = FqSynd0::default()
        .with(FqSynd0::VALID, 1)
        .with(FqSynd0::FS, fault::TRANSLATION_L1)
        .with(FqSynd0::WNR, u32::from(write))
        .with(FqSynd0::CBVALID, 1)
        .with(FqSynd0::STALLED, 1)
        .with(FqSynd0::SLOT, SLOT);
    let who = FqSynd1::default().with(FqSynd1::AXID, 5);
    bench.read(at(&global::FQ_SYND0), what.bits());
    bench.read(at(&global::FQ_SYND1), who.bits());
    bench.read(at(&global::FQ_IOVA), iova);
    let pop = FqPop::default().with(FqPop::POP, 1);
    bench.write(at(&global::FQ_POP), pop.bits());
}

fn resume(bench: &mut Bench, command: Resume) {
    bench.write(context_0(&context::RESUME), command.bits());
}

/// A read of 0x1000 stands stalled, and software knows it.
fn stalled_read() -> Bench {
    let mut bench = stalling();
    bench.s_ar(addr(0x1000, 0));
    bench.walk(TTBR0, 0);
    told(&mut bench, 0x1000, false);
    bench
}

fn forwarded(bench: &mut Bench) {
    bench.walk(SECTION.0, SECTION.1);
    bench.m_ar(addr(0x4000_1000, 0));
    bench.m_r(beat(7, Resp::Okay, true));
    bench.s_r(beat(7, Resp::Okay, true));
}

#[test]
fn a_stalled_read_waits_for_resume() {
    let mut bench = stalled_read();
    forwarded(&mut bench);
    assert_eq!(bench.kinds(), [MismatchKind::Stall]);
    let mut bench = stalled_read();
    bench.s_r(beat(0, Resp::SlvErr, true));
    assert_eq!(bench.kinds(), [MismatchKind::Stall]);
    let mut bench = stalled_read();
    resume(&mut bench, Resume::default());
    forwarded(&mut bench);
    bench.assert_clean();
    let mut bench = stalled_read();
    resume(&mut bench, Resume::default().with(Resume::TERMINATE, 1));
    bench.s_r(beat(0, Resp::SlvErr, true));
    bench.assert_clean();
    assert_eq!(bench.statuses(), [[fault::TRANSLATION_L1]]);
}

#[test]
fn resume_of_one_leaves_the_others() {
    let one = |slot, write: bool| {
        Resume::default()
            .with(Resume::ONE, 1)
            .with(Resume::SLOT, slot)
            .with(Resume::WNR, u32::from(write))
    };
    for (command, goes_on) in [
        (one(SLOT, false), true),
        (one(SLOT, true), false),
        (one(SLOT - 1, false), false),
    ] {
        let mut bench = stalled_read();
        resume(&mut bench, command);
        forwarded(&mut bench);
        assert_eq!(bench.kinds().is_empty(), goes_on);
    }
}

#[test]
fn reads_of_other_ids_go_on_and_those_of_the_same_wait() {
    let mut bench = stalled_read();
    bench.s_ar(addr(0x2000, 0));
    let other = AxiAddr {
        id: 6,
        ..addr(0x3000, 0)
    };
    bench.s_ar(other);
    bench.walk(SECTION.0, SECTION.1);
    bench.m_ar(AxiAddr {
        addr: 0x4000_3000,
        ..other
    });
    assert_eq!(bench.kinds(), []);
    bench.m_ar(addr(0x4000_2000, 0));
    assert_eq!(bench.kinds(), [MismatchKind::Stall]);
}

#[test]
fn a_stalled_write_holds_up_all_writes_behind_it() {
    let stalled = || {
        let mut bench = stalling();
        bench.s_aw(addr(0x1000, 0));
        bench.s_w(data(1, 0xFF, true));
        bench.walk(TTBR0, 0);
        told(&mut bench, 0x1000, true);
        bench
    };
    let mut bench = stalled();
    let other = AxiAddr {
        id: 6,
        ..addr(0x2000, 0)
    };
    bench.s_aw(other);
    bench.walk(SECTION.0, SECTION.1);
    bench.m_aw(AxiAddr {
        addr: 0x4000_2000,
        ..other
    });
    assert_eq!(bench.kinds(), [MismatchKind::Stall]);
    let mut bench = stalled();
    resume(&mut bench, Resume::default());
    bench.walk(SECTION.0, SECTION.1);
    bench.m_aw(addr(0x4000_1000, 0));
    bench.m_w(data(1, 0xFF, true));
    bench.m_b(Resp::Okay);
    bench.s_b(Resp::Okay);
    bench.assert_clean();
}

#[test]
fn a_burst_that_stalls_for_too_long_is_terminated_and_not_before() {
    let with_timeout = |cycles| {
        let mut bench = stalling();
        let control = StallCtrl::default()
            .with(StallCtrl::TIMEOUT, 3)
            .with(StallCtrl::LIMIT, 4);
        bench.write(at(&global::STALL_CTRL), control.bits());
        bench.s_ar(addr(0x1000, 0));
        bench.walk(TTBR0, 0);
        told(&mut bench, 0x1000, false);
        bench.idle(cycles);
        bench.s_r(beat(0, Resp::SlvErr, true));
        bench
    };
    assert_eq!(with_timeout(1_900).kinds(), [MismatchKind::Stall]);
    let mut bench = with_timeout(2_100);
    bench.assert_clean();
    assert_eq!(
        bench.statuses(),
        [[fault::STALL_TIMEOUT, fault::TRANSLATION_L1]]
    );
}

#[test]
fn a_record_of_an_earlier_burst_of_the_same_name_holds_nothing() {
    // The first was resumed unseen; its record is read while the second is under way.
    let mut bench = stalling();
    bench.s_ar(addr(0x1000, 0));
    bench.walk(TTBR0, 0);
    resume(&mut bench, Resume::default());
    forwarded(&mut bench);
    bench.s_ar(addr(0x1000, 0));
    told(&mut bench, 0x1000, false);
    forwarded(&mut bench);
    bench.assert_clean();
    // Nor does one of before a retry.
    let mut bench = stalling();
    bench.s_ar(addr(0x1000, 0));
    bench.walk(TTBR0, 0);
    resume(&mut bench, Resume::default());
    told(&mut bench, 0x1000, false);
    forwarded(&mut bench);
    bench.assert_clean();
}
