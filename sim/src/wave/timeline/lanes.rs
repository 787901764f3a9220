//! Bars put into lanes, and within a lane into rows, so that none covers another.

use std::collections::BTreeMap;

use super::{Bar, What};

/// Rows of a lane at most; what finds no place goes to the last.
const MOST_ROWS: usize = 64;

/// Where a lane stands among the others: IOMMU, kind, stream or port, direction.
type Order = (usize, u8, u64, bool);

/// From a cycle to another, and what is there.
type Span = (u64, u64, What);

/// A lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) rows: usize,
}

/// Lanes that are being filled.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: BTreeMap<Order, (String, Vec<Span>)>,
}

impl Lanes {
    /// Adds a bar to a lane.
    pub(super) fn add(&mut self, order: Order, name: String, span: (u64, u64), what: What) {
        let (_, bars) = self.lanes.entry(order).or_insert((name, Vec::new()));
        bars.push((span.0, span.1.max(span.0 + 1), what));
    }

    /// The lanes in their order, and the bars in that of lanes and time.
    pub(super) fn finish(self) -> (Vec<Lane>, Vec<Bar>) {
        let (mut lanes, mut all) = (Vec::new(), Vec::new());
        for (name, mut spans) in self.lanes.into_values() {
            spans.sort_by_key(|&(from, to, _)| (from, to));
            // Where each row is free again.
            let mut free: Vec<u64> = Vec::new();
            for (from, to, what) in spans {
                let row = free.iter().position(|&free| free <= from);
                let row = row.unwrap_or_else(|| {
                    if free.len() < MOST_ROWS {
                        free.push(0);
                    }
                    free.len() - 1
                });
                free[row] = free[row].max(to);
                let lane = lanes.len();
                all.push(Bar {
                    lane,
                    row,
                    from,
                    to,
                    what,
                });
            }
            let rows = free.len();
            lanes.push(Lane { name, rows });
        }
        (lanes, all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_of_a_lane_do_not_cover_each_other() {
        let mut lanes = Lanes::default();
        let name = || "a".to_owned();
        for (n, span) in [(0, 10), (5, 8), (8, 12), (10, 11), (3, 3)]
            .into_iter()
            .enumerate()
        {
            lanes.add((0, 0, 0, false), name(), span, What::Walk(n));
        }
        let (lanes, bars) = lanes.finish();
        assert_eq!(
            lanes,
            [Lane {
                name: name(),
                rows: 2
            }]
        );
        for (n, one) in bars.iter().enumerate() {
            for other in &bars[n + 1..] {
                let apart = one.row != other.row || one.to <= other.from || other.to <= one.from;
                assert!(apart, "{one:?} {other:?}");
            }
        }
    }
}
