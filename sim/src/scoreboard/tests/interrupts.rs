use vcm_regs::context::{FSR, Fsr, SCTLR, Sctlr};
use vcm_regs::global::{
    FQ_POP, FQ_STATUS, IRQ_ENABLE, IRQ_STATUS, IrqEnable, IrqStatus, WALK_ATTR,
};

use super::bench::{Bench, TTBR0, addr, context_0};
use crate::scoreboard::MismatchKind;
use crate::signals::{AxiCycle, Cycle, Resp};

const IOVA: u32 = 0x1000;
/// Cycles after which a fault is certainly recorded.
const LATER: u32 = 100;
const FAULT: u32 = IrqStatus::FAULT.mask();
const CTX_0: u32 = 1 << IrqStatus::CTX.mask().trailing_zeros();

/// Context 0 raises the interrupt.
fn enabled() -> Bench {
    let mut bench = Bench::translating();
    let sctlr = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::CFIE, 1);
    bench.write(context_0(&SCTLR), sctlr.bits());
    bench
}

/// The queue raises the interrupt.
fn queue() -> Bench {
    let mut bench = Bench::translating();
    bench.write(IRQ_ENABLE.offset, IrqEnable::FAULT.mask());
    bench
}

fn fail(bench: &mut Bench) {
    bench.terminated(IOVA, &[(TTBR0, 0)], Resp::SlvErr);
}

fn line(bench: &mut Bench, irq: bool, cycles: u32) {
    for _ in 0..cycles {
        bench.cycle(Cycle {
            irq,
            ..Cycle::default()
        });
    }
}

fn clear(bench: &mut Bench) {
    bench.write_begins(context_0(&FSR), Fsr::TF.mask());
    bench.write_ends(Resp::Okay);
}

fn told(bench: &Bench) -> bool {
    bench.kinds().contains(&MismatchKind::Interrupt)
}

#[test]
fn the_line_rises_with_a_fault_that_is_enabled_and_falls_when_it_is_cleared() {
    let mut bench = enabled();
    fail(&mut bench);
    line(&mut bench, true, LATER);
    clear(&mut bench);
    line(&mut bench, false, LATER);
    bench.assert_clean();
}

#[test]
fn an_interrupt_of_nothing_is_told() {
    for mut bench in [enabled(), queue(), Bench::translating()] {
        line(&mut bench, true, 1);
        assert!(told(&bench));
    }
}

#[test]
fn an_interrupt_that_is_not_enabled_is_told() {
    let mut bench = Bench::translating();
    fail(&mut bench);
    line(&mut bench, true, 1);
    assert!(told(&bench));
}

#[test]
fn an_interrupt_that_does_not_come_is_told() {
    for mut bench in [enabled(), queue()] {
        fail(&mut bench);
        line(&mut bench, false, 2 * LATER);
        assert!(told(&bench));
    }
}

#[test]
fn an_interrupt_that_stays_is_told() {
    let mut bench = enabled();
    fail(&mut bench);
    line(&mut bench, true, LATER);
    clear(&mut bench);
    line(&mut bench, true, LATER);
    assert!(told(&bench));
}

#[test]
fn an_interrupt_that_ends_by_itself_is_told() {
    for mut bench in [enabled(), queue()] {
        fail(&mut bench);
        line(&mut bench, true, LATER);
        line(&mut bench, false, 1);
        assert!(told(&bench));
    }
}

#[test]
fn the_queue_raises_the_line_until_it_is_empty() {
    let mut bench = queue();
    fail(&mut bench);
    line(&mut bench, true, LATER);
    bench.write_begins(FQ_POP.offset, 1);
    bench.write_ends(Resp::Okay);
    line(&mut bench, false, 2 * LATER);
    bench.read(FQ_STATUS.offset, 0);
    bench.assert_clean();
    line(&mut bench, true, 1);
    assert!(told(&bench));
}

#[test]
fn the_status_is_held_against_what_is_pending() {
    for (value, right) in [
        (FAULT | CTX_0, true),
        (FAULT, false),
        (CTX_0, false),
        (FAULT | CTX_0 | CTX_0 << 1, false),
        (0, false),
    ] {
        let mut bench = enabled();
        fail(&mut bench);
        line(&mut bench, true, LATER);
        bench.read(IRQ_STATUS.offset, value);
        // The bench drives the line low while it reads.
        let status = |mismatch: &&crate::scoreboard::Mismatch| mismatch.place == "s_axil";
        let wrong = bench.scoreboard.mismatches().iter().filter(status).count();
        assert_eq!(wrong == 0, right, "{value:#x}");
    }
}

#[test]
fn walks_have_the_attributes_that_software_chose() {
    for (written, right) in [(0x3, true), (0x1003, false), (0xB, false)] {
        let mut bench = Bench::translating();
        bench.write(WALK_ATTR.offset, written);
        fail(&mut bench);
        assert_eq!(bench.kinds().is_empty(), right, "{written:#x}");
    }
    let mut bench = Bench::translating();
    let mut ar = addr(TTBR0, 0);
    ar.size = 2;
    bench.cycle(Cycle {
        m_axi_ptw: AxiCycle {
            ar,
            ..AxiCycle::default()
        },
        ..Cycle::default()
    });
    assert_eq!(bench.kinds(), [MismatchKind::Walk], "unprivileged");
}
