//! The handle of an activation.

use core::fmt;

use super::{Failed, Vcm, report_dropped};
use crate::vcm::driver::Driver;

/// One activation of a context: while any lives, its bindings are in hardware. Dropping it
/// deactivates.
#[must_use = "the context is deactivated when its last activation is dropped"]
pub struct Active<D: Driver + ?Sized = dyn Driver + Send> {
    vcm: Vcm<D>,
    alive: bool,
}

impl<D: Driver + ?Sized> Active<D> {
    pub(super) fn new(vcm: Vcm<D>) -> Self {
        Self { vcm, alive: true }
    }

    /// The context.
    pub fn vcm(&self) -> &Vcm<D> {
        &self.vcm
    }

    /// Takes the activation back (`vcm_deactivate`).
    ///
    /// # Errors
    /// As [`raw::System::deactivate`](crate::vcm::raw::System::deactivate).
    pub fn deactivate(mut self) -> Result<(), Failed<Self>> {
        match self.vcm.system().deactivate(self.vcm.id()) {
            Ok(()) => {
                self.alive = false;
                Ok(())
            }
            Err(error) => Err(Failed { error, value: self }),
        }
    }
}

impl<D: Driver + ?Sized> Drop for Active<D> {
    fn drop(&mut self) {
        if self.alive {
            let system = self.vcm.system();
            report_dropped(system, system.deactivate(self.vcm.id()));
        }
    }
}

impl<D: Driver + ?Sized> fmt::Debug for Active<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Active").field(&self.vcm).finish()
    }
}
