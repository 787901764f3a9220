//! Samples and their median.

use std::time::Instant;

/// Nanoseconds an operation, a sample each.
#[derive(Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    /// Times `work`, which makes `ops` operations.
    pub(crate) fn time<T>(&mut self, ops: usize, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.0.push(start.elapsed().as_nanos() as f64 / ops as f64);
        result
    }

    /// The median, without the first tenth of the samples: the caches were cold.
    pub(crate) fn median(&self) -> f64 {
        let mut warm = self.0[self.0.len() / 10..].to_vec();
        warm.sort_by(f64::total_cmp);
        warm.get(warm.len() / 2).copied().unwrap_or_default()
    }
}

/// Pseudo-random numbers (xorshift): the same in every run.
pub(crate) struct Random(u32);

impl Random {
    pub(crate) const fn new() -> Self {
        Self(0x2545_F491)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        ((u64::from(self.0) * bound as u64) >> 32) as usize
    }
}
