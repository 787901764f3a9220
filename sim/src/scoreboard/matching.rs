//! Which burst on `s_axi` a burst on `m_axi` is.

use super::mismatch::{BurstName, Mismatch, MismatchKind};
use super::predict::{Golden, Outcome, Window, list};
use crate::signals::AxiAddr;

/// Follows an address channel: since when the address that stands on it does.
#[derive(Debug, Default)]
pub(super) struct Presented {
    since: Option<u64>,
}

impl Presented {
    /// Takes in one cycle; returns since when the address on the channel has stood there.
    pub(super) fn step(&mut self, number: u64, ax: &AxiAddr) -> Option<u64> {
        if !ax.valid {
            self.since = None;
            return None;
        }
        let since = *self.since.get_or_insert(number);
        if ax.ready {
            self.since = None;
        }
        Some(since)
    }
}

/// An address on `s_axi`, and when it came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) ax: AxiAddr,
    pub(super) write: bool,
    /// When it stood on the port first.
    pub(super) since: u64,
}

impl Request {
    pub(super) const fn name(&self) -> BurstName {
        BurstName {
            write: self.write,
            stream: self.ax.user,
            id: self.ax.id,
            iova: self.ax.addr,
        }
    }

    /// What may have become of it until `to`.
    pub(super) fn outcomes(&self, golden: &Golden<'_>, to: u64) -> Vec<Outcome> {
        let window = Window {
            from: self.since,
            to,
        };
        golden.predict(&self.ax, self.write, window)
    }

    /// What may have become of it if it goes to memory at `at`: a change of the registers counts for everything
    /// that has not left, while an error may have been decided long before it is seen.
    fn outcomes_leaving(&self, golden: &Golden<'_>, at: u64) -> Vec<Outcome> {
        let window = Window { from: at, to: at };
        golden.predict(&self.ax, self.write, window)
    }
}

/// Why a burst on `m_axi` is not what it should be.
#[derive(Debug)]
pub(super) struct Wrong {
    /// For the report.
    pub(super) mismatch: Mismatch,
    /// The burst on `s_axi` that it probably is.
    pub(super) probably: Option<usize>,
}

/// Finds the burst that appears on `m_axi` at `at` among those of its ID that wait, in their order.
/// Each burst that is passed over must be one that may be terminated.
pub(super) fn find(
    golden: &Golden<'_>,
    waiting: &[(usize, Request)],
    seen: &AxiAddr,
    at: u64,
) -> Result<usize, Box<Wrong>> {
    let mut first_wrong = None;
    for (index, request) in waiting {
        let outcomes = request.outcomes_leaving(golden, at);
        let differences: Vec<(MismatchKind, String)> = outcomes
            .iter()
            .filter_map(|outcome| difference(request, outcome, seen))
            .collect();
        if differences.len() < outcomes.iter().filter(|o| is_forward(o)).count() {
            return Ok(*index);
        }
        let wrong = || Wrong {
            mismatch: explain(request, &outcomes, &differences, seen),
            probably: Some(*index),
        };
        first_wrong.get_or_insert_with(wrong);
        if request.outcomes(golden, at).iter().all(is_forward) {
            break;
        }
    }
    Err(Box::new(first_wrong.unwrap_or_else(|| Wrong {
        mismatch: Mismatch {
            expected: "no burst of that ID to appear".to_owned(),
            got: format!("{seen:x?}"),
            ..Mismatch::new(MismatchKind::Unexplained, "m_axi")
        },
        probably: None,
    })))
}

/// Something came of a burst, or of one behind it, that stands stalled.
pub(super) fn stalled(request: &Request, got: String) -> Mismatch {
    Mismatch {
        burst: Some(request.name()),
        expected: "nothing before it is resumed, as its record says that it stalls".to_owned(),
        got,
        ..Mismatch::new(MismatchKind::Stall, "vcm_iommu")
    }
}

const fn is_forward(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Forward { .. })
}

/// In what a burst on `m_axi` differs from an outcome that sends it there.
fn difference(
    request: &Request,
    outcome: &Outcome,
    seen: &AxiAddr,
) -> Option<(MismatchKind, String)> {
    let Outcome::Forward { pa, cache } = outcome else {
        return None;
    };
    if seen.addr != *pa {
        return Some((MismatchKind::Translation, outcome.to_string()));
    }
    let ax = &request.ax;
    let cache_is_right = match cache {
        None => seen.cache == ax.cache,
        Some(attributes) => attributes.allows_axcache(request.write, seen.cache),
    };
    let fields = [
        ("AxLEN", seen.len == ax.len),
        ("AxSIZE", seen.size == ax.size),
        ("AxBURST", seen.burst == ax.burst),
        ("AxPROT", seen.prot == ax.prot),
        ("AxQOS", seen.qos == ax.qos),
        ("AxCACHE", cache_is_right),
        ("AxLOCK", !seen.lock),
    ];
    let wrong: Vec<&str> = fields
        .iter()
        .filter(|(_, right)| !right)
        .map(|(name, _)| *name)
        .collect();
    (!wrong.is_empty()).then(|| {
        let text = format!("another {}: {outcome}, and {ax:x?}", wrong.join(", "));
        (MismatchKind::Attributes, text)
    })
}

fn explain(
    request: &Request,
    outcomes: &[Outcome],
    differences: &[(MismatchKind, String)],
    seen: &AxiAddr,
) -> Mismatch {
    let attributes = differences
        .iter()
        .find(|(kind, _)| *kind == MismatchKind::Attributes);
    let (kind, expected) = match attributes {
        Some((kind, text)) => (*kind, text.clone()),
        None => (MismatchKind::Translation, list(outcomes)),
    };
    Mismatch {
        burst: Some(request.name()),
        expected,
        got: format!("{seen:x?}"),
        ..Mismatch::new(kind, "m_axi")
    }
}
