//! Random vectors.

use rust_hdl::prelude::*;

/// A seeded source of random values of hardware types.
#[derive(Clone, Debug)]
pub struct Rng(fastrand::Rng);

impl Rng {
    /// The sequence of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// Any value of `N` bits.
    pub fn bits<const N: usize>(&mut self) -> Bits<N> {
        let mut value = Bits::<N>::default();
        for start in (0..N).step_by(64) {
            let word = self.0.u64(..);
            for bit in start..N.min(start + 64) {
                value = value.replace_bit(bit, word >> (bit - start) & 1 == 1);
            }
        }
        value
    }

    /// True or false.
    pub fn bit(&mut self) -> bool {
        self.0.bool()
    }

    /// True `hits` times out of `of`. False if `of` is 0.
    pub fn chance(&mut self, hits: u32, of: u32) -> bool {
        of > 0 && self.0.u32(..of) < hits
    }

    /// A number below `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        if end == 0 {
            0
        } else {
            self.0.u64(..end)
        }
    }

    /// One of `choices`.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let at = self.below(choices.len() as u64) as usize;
        choices.get(at).copied()
    }
}
