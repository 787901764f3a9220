//! Traces by hand: a cycle is built from the channels that do something in it.

use crate::check::{AxiChecker, AxiPort, Rule, Side, Violation};
use crate::signals::{AxiAddr, AxiCycle, AxiRead, AxiResp, AxiWrite, Burst, Resp};

/// A legal address that is taken at once.
pub(super) fn addr(id: u8, len: u8) -> AxiAddr {
    AxiAddr {
        valid: true,
        ready: true,
        id,
        addr: 0x1000,
        len,
        size: 3,
        burst: Burst::Incr,
        cache: 0b0011,
        ..AxiAddr::default()
    }
}

pub(super) fn ar(ar: AxiAddr) -> AxiCycle {
    AxiCycle {
        ar,
        ..AxiCycle::default()
    }
}

pub(super) fn aw(aw: AxiAddr) -> AxiCycle {
    AxiCycle {
        aw,
        ..AxiCycle::default()
    }
}

/// A full write beat that is taken at once.
pub(super) fn w(last: bool) -> AxiCycle {
    AxiCycle {
        w: AxiWrite {
            valid: true,
            ready: true,
            strb: 0xFF,
            last,
            ..AxiWrite::default()
        },
        ..AxiCycle::default()
    }
}

/// A response that is taken at once.
pub(super) fn b(id: u8, resp: Resp) -> AxiCycle {
    AxiCycle {
        b: AxiResp {
            valid: true,
            ready: true,
            id,
            resp,
        },
        ..AxiCycle::default()
    }
}

/// A read beat that is taken at once.
pub(super) fn r(id: u8, last: bool) -> AxiCycle {
    AxiCycle {
        r: AxiRead {
            valid: true,
            ready: true,
            id,
            last,
            ..AxiRead::default()
        },
        ..AxiCycle::default()
    }
}

pub(super) fn idle() -> AxiCycle {
    AxiCycle::default()
}

/// Runs a trace without reset.
pub(super) fn run(port: AxiPort, trace: &[AxiCycle]) -> AxiChecker {
    let mut checker = AxiChecker::new(port);
    for (number, now) in trace.iter().enumerate() {
        checker.cycle(number as u64, false, now);
    }
    checker
}

/// The rules that a trace breaks on `m_axi`, with cycle and side.
pub(super) fn broken(trace: &[AxiCycle]) -> Vec<(u64, Side, Rule)> {
    brief(run(AxiPort::m_axi(), trace).violations())
}

pub(super) fn brief(violations: &[Violation]) -> Vec<(u64, Side, Rule)> {
    violations
        .iter()
        .map(|v| (v.cycle, v.side, v.rule))
        .collect()
}
