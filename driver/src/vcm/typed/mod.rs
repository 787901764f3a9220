//! The same system behind handles that cannot be misused.

mod active;
mod binding;
mod context;
mod failed;
mod on_demand;
mod phys;
mod reservation;

use alloc::boxed::Box;
use alloc::sync::Arc;

pub use active::Active;
pub use binding::Binding;
pub use context::Vcm;
pub use failed::Failed;
pub use on_demand::OnDemand;
pub use phys::Phys;
pub use reservation::Reservation;

use super::driver::Driver;
use super::lender::Lender;
use super::raw;
use super::sink::{Count, Misuse, Sink};
use crate::addr::Iova;
use crate::error::Error;
use crate::mmu::PhysPart;

/// A mapping graph: contexts of any drivers, and the physical memory they share. Clones are the same
/// system.
///
/// `D` is what all drivers are kept as: with the default everything is `Send` and `Sync`;
/// `System<dyn Driver>` also takes drivers that are bound to a thread, and
/// `System<dyn Driver + 'a>` those that borrow.
pub struct System<D: Driver + ?Sized = dyn Driver + Send> {
    raw: Arc<raw::System<D>>,
}

impl System {
    /// An empty system that counts misuse.
    pub fn new() -> Self {
        Self::with_sink(Count)
    }
}

impl Default for System {
    fn default() -> Self {
        Self::new()
    }
}

impl<D: Driver + ?Sized> Clone for System<D> {
    fn clone(&self) -> Self {
        Self {
            raw: self.raw.clone(),
        }
    }
}

impl<D: Driver + ?Sized> System<D> {
    /// An empty system that counts misuse and reports it to `sink`.
    pub fn with_sink(sink: impl Sink + 'static) -> Self {
        Self {
            raw: Arc::new(raw::System::with_sink(sink)),
        }
    }

    /// Makes a context of `size` bytes of device addresses from `start` on. It is inactive at first.
    ///
    /// # Errors
    /// As [`raw::System::create`].
    pub fn create(&self, start: Iova, size: u32, driver: Box<D>) -> Result<Vcm<D>, Error> {
        let id = self.raw.create(start, size, driver)?;
        Ok(Vcm::new(self.raw.clone(), id))
    }

    /// Takes in physical memory that another allocator owns, and gives it back to `lender` when its
    /// last owner and binding are gone.
    ///
    /// # Errors
    /// As [`raw::System::import`].
    pub fn import(
        &self,
        parts: &[PhysPart],
        lender: impl Lender + 'static,
    ) -> Result<Phys<D>, Error> {
        let id = self.raw.import(parts, lender)?;
        Ok(Phys::new(self.raw.clone(), id))
    }

    /// The calls on identifiers, for the same objects.
    pub fn raw(&self) -> &raw::System<D> {
        &self.raw
    }

    /// How often misuse was reported.
    pub fn misuses(&self) -> u32 {
        self.raw.misuses()
    }
}

/// Reports that giving back failed when a handle was dropped.
fn report_dropped<D: Driver + ?Sized>(system: &raw::System<D>, result: Result<(), Error>) {
    if let Err(error) = result {
        system.report(&Misuse::Dropped { error });
    }
}
