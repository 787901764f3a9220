//! Where misuse is reported that the RFC answers with `WARN_ON`.

use core::fmt;

use super::id::{PhysId, ResId, VcmId};
use crate::error::{Error, Flaw, Operation};

/// Misuse of the framework, by a caller or by a driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misuse {
    /// Physical memory was freed while bound. It was not freed.
    FreedWhileBound(PhysId),
    /// A reservation was unreserved while bound. It was unbound first.
    UnreservedWhileBound(ResId),
    /// A reservation was unbound that nothing is bound to.
    UnboundWhileFree(ResId),
    /// A context was deactivated that is not active.
    DeactivatedWhileInactive(VcmId),
    /// A context was destroyed with reservations or activations. It was not destroyed.
    DestroyedWhileBusy(VcmId),
    /// A driver has returned something impossible.
    DriverResult {
        /// By which operation.
        operation: Operation,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// A handle was dropped, and giving back what it stands for failed. Who calls the method for
    /// that instead of dropping gets the error and the handle.
    Dropped {
        /// Why not.
        error: Error,
    },
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FreedWhileBound(id) => write!(f, "{id} was freed while bound"),
            Self::UnreservedWhileBound(id) => write!(f, "{id} was unreserved while bound"),
            Self::UnboundWhileFree(id) => write!(f, "{id} was unbound, with nothing bound to it"),
            Self::DeactivatedWhileInactive(id) => {
                write!(f, "{id} was deactivated while inactive")
            }
            Self::DestroyedWhileBusy(id) => write!(f, "{id} was destroyed while in use"),
            Self::DriverResult { operation, flaw } => {
                write!(f, "a driver's {operation} returned {flaw}")
            }
            Self::Dropped { error } => write!(f, "a handle was dropped: {error}"),
        }
    }
}

/// Takes reports of misuse. Called with no lock held, so it may call the framework.
pub trait Sink: Send + Sync {
    /// Takes one report.
    fn report(&self, misuse: &Misuse);
}

/// Lets reports pass: they are only counted, by the system itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count;

impl Sink for Count {
    fn report(&self, _: &Misuse) {}
}

impl<F: Fn(&Misuse) + Send + Sync> Sink for F {
    fn report(&self, misuse: &Misuse) {
        self(misuse);
    }
}
