//! `m_axi` alone, where the master side cannot be seen.

use std::ops::Range;

use vcm_regs::context::Sctlr;
use vcm_regs::global::{S2cr, stream_type};

use super::Counts;
use super::matching::Presented;
use super::mismatch::{Mismatch, MismatchKind, Report};
use super::predict::{Golden, Outcome, Window};
use crate::signals::{AxiAddr, Cycle};

/// Follows the address channels of `m_axi`.
#[derive(Debug)]
pub(super) struct Reduced {
    bypass: Vec<Range<u32>>,
    ar: Presented,
    aw: Presented,
}

impl Reduced {
    /// Bypassed streams, and contexts that map one to one, may use the ranges of `bypass`.
    pub(super) fn new(bypass: Vec<Range<u32>>) -> Self {
        Self {
            bypass,
            ar: Presented::default(),
            aw: Presented::default(),
        }
    }

    pub(super) fn reset(&mut self) {
        self.ar = Presented::default();
        self.aw = Presented::default();
    }

    /// Takes in one cycle.
    pub(super) fn cycle(
        &mut self,
        now: &Cycle,
        golden: &Golden<'_>,
        report: &mut Report,
        counts: &mut Counts,
    ) {
        let ar = self.ar.step(now.number, &now.m_axi.ar);
        if let Some(at) = ar.filter(|_| now.m_axi.ar.ready) {
            counts.reads_forwarded += 1;
            self.judge(&now.m_axi.ar, false, at, golden, report);
        }
        let aw = self.aw.step(now.number, &now.m_axi.aw);
        if let Some(at) = aw.filter(|_| now.m_axi.aw.ready) {
            counts.writes_forwarded += 1;
            self.judge(&now.m_axi.aw, true, at, golden, report);
        }
    }

    fn judge(&self, ax: &AxiAddr, write: bool, at: u64, golden: &Golden<'_>, report: &mut Report) {
        if ax.lock {
            report.mismatch(Mismatch {
                expected: "AxLOCK 0".to_owned(),
                got: format!("{ax:x?}"),
                ..Mismatch::new(MismatchKind::Attributes, "m_axi")
            });
        }
        let window = Window {
            from: at.saturating_sub(golden.settings.lookback),
            to: at,
        };
        let streams = golden.mirror.streams().iter().zip(0u8..);
        let explained = streams.into_iter().any(|(s2cr, stream)| {
            s2cr.during(window.from, window.to)
                .into_iter()
                .any(|s2cr| self.explains(golden, S2cr::from_bits(s2cr), stream, ax, write, window))
        });
        if !explained {
            let what = if write { "write" } else { "read" };
            report.mismatch(Mismatch {
                expected: format!("a {what} that some stream may make"),
                got: format!("{ax:x?}"),
                ..Mismatch::new(MismatchKind::Unexplained, "m_axi")
            });
        }
    }

    fn may_pass_unchanged(&self, ax: &AxiAddr) -> bool {
        self.bypass.iter().any(|range| range.contains(&ax.addr))
    }

    /// Whether a stream with this routing may have sent a burst.
    fn explains(
        &self,
        golden: &Golden<'_>,
        s2cr: S2cr,
        stream: u8,
        ax: &AxiAddr,
        write: bool,
        window: Window,
    ) -> bool {
        match s2cr.get(S2cr::TYPE) {
            stream_type::BYPASS => self.may_pass_unchanged(ax),
            stream_type::TRANSLATE => {
                let Some(bank) = golden.mirror.context(s2cr.get(S2cr::CBNDX)) else {
                    return false;
                };
                let unchanged =
                    bank.sctlr
                        .during(window.from, window.to)
                        .into_iter()
                        .any(|sctlr| {
                            let sctlr = Sctlr::from_bits(sctlr);
                            sctlr.has(Sctlr::M) && sctlr.has(Sctlr::ONE2ONE)
                        });
                if unchanged && self.may_pass_unchanged(ax) {
                    return true;
                }
                golden.reverse(bank, ax.addr, window).into_iter().any(|iova| {
                    let request = AxiAddr {
                        addr: iova,
                        user: stream,
                        ..*ax
                    };
                    golden
                        .predict(&request, write, window)
                        .iter()
                        .any(|outcome| matches!(outcome, Outcome::Forward { pa, .. } if *pa == ax.addr))
                })
            }
            _ => false,
        }
    }
}
