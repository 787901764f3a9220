//! The values of a register over time.

use std::collections::VecDeque;

/// Spans kept a register. Older values than that cannot matter in practice: an entry of a TLB would
/// have to outlive as many changes of its context without an invalidation.
const KEPT: usize = 256;

/// A value and when it may have been in effect, both ends included.
#[derive(Clone, Copy, Debug)]
struct Span {
    value: u32,
    from: u64,
    until: u64,
}

/// What a register has held. While a write is under way, the old and the new value may both be in
/// effect.
#[derive(Clone, Debug)]
pub(super) struct History {
    spans: VecDeque<Span>,
}

impl History {
    /// A register that has held its reset value from the beginning.
    pub(super) fn new(reset: u32) -> Self {
        Self {
            spans: VecDeque::from([Span {
                value: reset,
                from: 0,
                until: u64::MAX,
            }]),
        }
    }

    /// The value that was written last.
    pub(super) fn latest(&self) -> u32 {
        self.spans.back().map_or(0, |span| span.value)
    }

    /// A write was handed over; it takes effect from now on at the earliest.
    pub(super) fn begin(&mut self, value: u32, at: u64) {
        if self.spans.len() == KEPT {
            self.spans.pop_front();
        }
        self.spans.push_back(Span {
            value,
            from: at,
            until: u64::MAX,
        });
    }

    /// The write that was handed over at `begun` has been in effect since `done`.
    pub(super) fn commit(&mut self, begun: u64, done: u64) {
        for span in self.spans.iter_mut().filter(|span| span.from < begun) {
            span.until = span.until.min(done);
        }
    }

    /// The write that was handed over at `begun` was refused.
    pub(super) fn revoke(&mut self, begun: u64) {
        self.spans
            .retain(|span| span.from != begun || span.from == 0);
    }

    /// The different values that may have been in effect at some time from `from` to `to`.
    pub(super) fn during(&self, from: u64, to: u64) -> Vec<u32> {
        let mut values = Vec::with_capacity(1);
        for span in &self.spans {
            if span.from <= to && span.until >= from && !values.contains(&span.value) {
                values.push(span.value);
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_value_overlap_while_a_write_is_under_way() {
        let mut history = History::new(1);
        history.begin(2, 10);
        assert_eq!(history.during(0, 9), [1]);
        assert_eq!(history.during(12, 12), [1, 2]);
        history.commit(10, 14);
        assert_eq!(history.during(13, 20), [1, 2]);
        assert_eq!(history.during(15, 20), [2]);
    }

    #[test]
    fn a_refused_write_leaves_nothing() {
        let mut history = History::new(1);
        history.begin(2, 10);
        history.revoke(10);
        assert_eq!(history.latest(), 1);
        assert_eq!(history.during(0, 100), [1]);
    }
}
