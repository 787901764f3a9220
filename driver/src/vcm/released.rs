//! What a context remembers of reservations that are gone, so that a late access can be told from a
//! stray one.

use alloc::collections::VecDeque;

use super::id::ResId;
use super::region::Region;
use crate::addr::Iova;

/// So many are remembered; the oldest are forgotten first.
pub(super) const REMEMBERED: usize = 32;

/// A reservation that was given back.
#[derive(Clone, Copy)]
pub(super) struct Released {
    pub(super) id: ResId,
    pub(super) region: Region,
    pub(super) was_bound: bool,
}

/// The last reservations that were given back, the oldest first.
#[derive(Default)]
pub(super) struct History {
    released: VecDeque<Released>,
}

impl History {
    pub(super) fn remember(&mut self, released: Released) {
        if self.released.len() == REMEMBERED {
            self.released.pop_front();
        }
        self.released.push_back(released);
    }

    /// The last one that `at` belonged to.
    pub(super) fn find(&self, at: Iova) -> Option<&Released> {
        let mut latest = self.released.iter().rev();
        latest.find(|released| released.region.contains(at))
    }
}
