//! Whose fault a fault is: what the framework knows of an address that a master could not access.

use core::fmt;

use super::id::{ResId, VcmId};
use crate::addr::{Iova, PhysAddr};
use crate::mmu::{Access, Refusal};

/// Why nothing refused an access to memory that is bound, or what did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The attributes of the reservation refuse it.
    Refused(Refusal),
    /// The context is not active.
    Inactive,
    /// Nothing: the fault is none of the mapping's (a terminated stream, a table or memory that cannot
    /// be read, a TLB that was not invalidated), or the memory was bound after it.
    Allowed,
}

/// What an address that faulted belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A reservation that nothing was ever bound to.
    NeverBound {
        /// Which one.
        reservation: ResId,
        /// Bytes after its start.
        offset: u32,
    },
    /// A reservation that something was bound to, but is not any more.
    Unbound {
        /// Which one.
        reservation: ResId,
        /// Bytes after its start.
        offset: u32,
    },
    /// The end of a reservation, where the memory bound to it does not reach.
    Beyond {
        /// Which one.
        reservation: ResId,
        /// Bytes after its start.
        offset: u32,
        /// Bytes bound, from its start on.
        bound: u32,
    },
    /// Memory that is bound.
    Bound {
        /// To which reservation.
        reservation: ResId,
        /// Bytes after its start.
        offset: u32,
        /// Where that is in memory.
        phys: PhysAddr,
        /// Why it could not be accessed all the same.
        verdict: Verdict,
    },
    /// A reservation that is gone: a late access, or one through an old pointer. A context remembers
    /// the last 32 of them.
    Stale {
        /// Which one it was.
        reservation: ResId,
        /// Bytes after its start.
        offset: u32,
        /// Whether anything was ever bound to it.
        was_bound: bool,
    },
    /// The context, but no reservation.
    InSpace,
    /// Nothing of the context.
    Outside,
}

/// A fault, attributed. [`Display`](fmt::Display) says it in one sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attribution {
    /// The context of the master.
    pub vcm: VcmId,
    /// The address that it sent.
    pub at: Iova,
    /// What it wanted to do there.
    pub access: Access,
    /// What is there.
    pub cause: Cause,
}

impl fmt::Display for Attribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} in {}: ", self.access, self.at, self.vcm)?;
        match self.cause {
            Cause::NeverBound {
                reservation,
                offset,
            } => write!(
                f,
                "{offset:#x} into {reservation}, to which nothing was ever bound"
            ),
            Cause::Unbound {
                reservation,
                offset,
            } => {
                write!(
                    f,
                    "{offset:#x} into {reservation}, whose memory was unbound"
                )
            }
            Cause::Beyond {
                reservation,
                offset,
                bound,
            } => write!(
                f,
                "{offset:#x} into {reservation}, beyond the {bound:#x} bytes bound to it"
            ),
            Cause::Bound {
                reservation,
                offset,
                phys,
                verdict,
            } => {
                write!(f, "{offset:#x} into {reservation}, bound to {phys}, ")?;
                match verdict {
                    Verdict::Refused(refusal) => write!(f, "where {refusal}"),
                    Verdict::Inactive => write!(f, "but the context is not active"),
                    Verdict::Allowed => write!(f, "where it is allowed"),
                }
            }
            Cause::Stale {
                reservation,
                offset,
                was_bound,
            } => {
                let bound = if was_bound { "" } else { ", never bound," };
                write!(
                    f,
                    "{offset:#x} into what was {reservation}{bound} until it was given back"
                )
            }
            Cause::InSpace => write!(f, "in no reservation"),
            Cause::Outside => write!(f, "outside the context"),
        }
    }
}

/// How many faults were reported of a context, by [`Cause`]. Counting ends at the largest number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FaultCounts {
    /// In a reservation that nothing was ever bound to.
    pub never_bound: u32,
    /// In a reservation whose memory was unbound.
    pub unbound: u32,
    /// Beyond the memory that is bound.
    pub beyond: u32,
    /// In memory that is bound.
    pub bound: u32,
    /// In a reservation that is gone.
    pub stale: u32,
    /// In no reservation.
    pub in_space: u32,
    /// Outside the context.
    pub outside: u32,
}

impl FaultCounts {
    /// All of them together.
    pub fn total(&self) -> u32 {
        let all = [
            self.never_bound,
            self.unbound,
            self.beyond,
            self.bound,
            self.stale,
            self.in_space,
            self.outside,
        ];
        all.into_iter().fold(0, u32::saturating_add)
    }

    pub(super) fn count(&mut self, cause: &Cause) {
        let counter = match cause {
            Cause::NeverBound { .. } => &mut self.never_bound,
            Cause::Unbound { .. } => &mut self.unbound,
            Cause::Beyond { .. } => &mut self.beyond,
            Cause::Bound { .. } => &mut self.bound,
            Cause::Stale { .. } => &mut self.stale,
            Cause::InSpace => &mut self.in_space,
            Cause::Outside => &mut self.outside,
        };
        *counter = counter.saturating_add(1);
    }
}

/// Is told of the faults of a context: where a device driver resets its device, or a tool logs.
///
/// Called with no lock held, so it may call the framework; by whoever reports the fault, so in an
/// interrupt handler it must do with what an interrupt handler may.
pub trait FaultHook: Send + Sync {
    /// A fault was reported.
    fn fault(&self, fault: &Attribution);
}

impl<F: Fn(&Attribution) + Send + Sync> FaultHook for F {
    fn fault(&self, fault: &Attribution) {
        self(fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_ends_at_the_largest_number() {
        let mut counts = FaultCounts {
            outside: u32::MAX - 1,
            ..FaultCounts::default()
        };
        for _ in 0..3 {
            counts.count(&Cause::Outside);
        }
        counts.count(&Cause::InSpace);
        assert_eq!((counts.outside, counts.in_space), (u32::MAX, 1));
        assert_eq!(counts.total(), u32::MAX);
    }
}
