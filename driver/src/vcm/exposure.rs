//! What hardware may know of memory or of addresses, and the proof that it no longer does.

use super::driver::Fate;
use crate::mmu::Quiet;

/// Kept by everything that goes back to a pool: what was lent to a driver is poisoned unless the driver
/// gives a proof for it back.
#[derive(Debug)]
pub(super) struct Exposure {
    /// Bindings that a driver has, or is just making.
    lent: u32,
    /// For as long as nothing is lent: the proof.
    quiet: Option<Quiet>,
    /// A proof was missing.
    poisoned: bool,
}

impl Exposure {
    pub(super) const fn never_shared() -> Self {
        Self {
            lent: 0,
            quiet: Some(Quiet::never_shared()),
            poisoned: false,
        }
    }

    /// How often it is lent.
    pub(super) const fn lent(&self) -> u32 {
        self.lent
    }

    pub(super) const fn is_poisoned(&self) -> bool {
        self.poisoned
    }

    /// From now on hardware may use it.
    pub(super) fn lend(&mut self) {
        self.lent += 1;
        self.quiet = None;
    }

    /// One that it was lent to does not use it any more. `None`: that is not certain.
    pub(super) fn give_back(&mut self, quiet: Option<Quiet>) {
        self.lent = self.lent.saturating_sub(1);
        self.poisoned |= quiet.is_none();
        if self.lent == 0 && !self.poisoned {
            self.quiet = quiet;
        }
    }

    /// It will not be certain, whatever comes back.
    pub(super) const fn poison(&mut self) {
        self.poisoned = true;
    }

    /// What may become of it.
    pub(super) fn fate(self) -> Fate {
        match self.quiet {
            Some(quiet) if !self.poisoned => Fate::Reuse(quiet),
            _ => Fate::Poison,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lent_is_reused_only_with_a_proof_from_everyone() {
        let mut exposure = Exposure::never_shared();
        exposure.lend();
        exposure.lend();
        exposure.give_back(Some(Quiet::confirmed()));
        assert_eq!(exposure.lent(), 1);
        exposure.give_back(Some(Quiet::confirmed()));
        assert_eq!(exposure.fate(), Fate::Reuse(Quiet::confirmed()));

        let mut exposure = Exposure::never_shared();
        exposure.lend();
        exposure.lend();
        exposure.give_back(None);
        exposure.give_back(Some(Quiet::confirmed()));
        assert_eq!(exposure.fate(), Fate::Poison);
    }

    #[test]
    fn what_is_still_lent_is_poisoned() {
        let mut exposure = Exposure::never_shared();
        exposure.lend();
        assert_eq!(exposure.fate(), Fate::Poison);
    }
}
