//! Synchronisations: when software has learnt that one is complete, nothing that it waits for is under way.
//!
//! It waits for what was on `m_axi` before `TLBSYNC` was written, until that has been answered; and for whatever
//! went there later by a translation that had been invalidated before. Which context a burst is of has to be
//! certain, for all of its ID: which of those came out on `m_axi` shows in their answers only.

use super::matching::Request;
use super::mismatch::{Mismatch, MismatchKind, Report};
use super::predict::{Golden, Outcome};

/// A synchronisation of which software has learnt that it is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Synchronised {
    /// The context; `None`: everything.
    pub(super) context: Option<u32>,
    /// Cycle in which `TLBSYNC` was written.
    pub(super) issued: u64,
}

/// A burst that has not been answered in full.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unanswered {
    pub(super) request: Request,
    /// If memory has still to answer it: its address on `m_axi`, and the cycle in which it appeared there.
    pub(super) at_memory: Option<(u32, u64)>,
}

impl Synchronised {
    /// Holds that it did wait.
    pub(super) fn judge(
        &self,
        unanswered: &[Unanswered],
        golden: &Golden<'_>,
        report: &mut Report,
        now: u64,
    ) {
        for burst in unanswered {
            let Some((pa, at)) = burst.at_memory else {
                continue;
            };
            let mut same_id = unanswered.iter().filter(|other| {
                let (a, b) = (&burst.request, &other.request);
                (a.write, a.ax.id) == (b.write, b.ax.id)
            });
            if !same_id.all(|other| self.concerns(&other.request, golden, now)) {
                continue;
            }
            let waits_for = if at < self.issued {
                "what was sent before it"
            } else if !may_go_to(&burst.request, pa, golden, now) {
                "what was sent by a translation that it has dropped"
            } else {
                continue;
            };
            report.mismatch(Mismatch {
                burst: Some(burst.request.name()),
                expected: format!("a synchronisation to wait for {waits_for}"),
                got: format!("SACTIVE 0 while it is under way at {pa:#010x}"),
                ..Mismatch::new(MismatchKind::Synchronisation, "s_axil")
            });
        }
    }

    /// Whether it certainly waits for bursts like this.
    fn concerns(&self, request: &Request, golden: &Golden<'_>, now: u64) -> bool {
        self.context.is_none_or(|context| {
            let bound = golden.bindings(request.ax.user, request.since, now);
            bound.iter().all(|bound| *bound == Some(context))
        })
    }
}

/// Whether a burst may go to an address by what has not been dropped.
fn may_go_to(request: &Request, pa: u32, golden: &Golden<'_>, now: u64) -> bool {
    let there = |outcome: &Outcome| matches!(outcome, Outcome::Forward { pa: to, .. } if *to == pa);
    request.outcomes(golden, now).iter().any(there)
}
