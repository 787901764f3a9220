//! The RFC's calls one to one: identifiers instead of pointers, and every call a `Result`.
//!
//! An identifier whose object is gone is an error, never another object. What the RFC answers with
//! `WARN_ON` is an error here too (or done as the RFC says), and is reported to the [`Sink`].
//!
//! | RFC | here |
//! |---|---|
//! | `vcm_init` | [`System::create`] |
//! | `vcm_destroy` | [`System::destroy`] |
//! | `vcm_make_binding`, `vcm_destroy_binding` | [`System::make_binding`], [`System::destroy_binding`] |
//! | `vcm_map`, `vcm_unmap` | [`System::map`], [`System::unmap`] |
//! | `vcm_alloc`, `vcm_free` | [`System::alloc`], [`System::free`] |
//! | `vcm_reserve`, `vcm_unreserve` | [`System::reserve`], [`System::unreserve`] |
//! | `vcm_bind`, `vcm_unbind` | [`System::bind`], [`System::unbind`] |
//! | `vcm_activate`, `vcm_deactivate` | [`System::activate`], [`System::deactivate`] |
//! | (not in the RFC) | [`System::retain_reservation`], [`System::import`], [`System::migrate`], [`System::reserve_on_demand`], [`System::serve`] |
//! | `res->start`, `res->phys`, … | [`System::reservation`], [`System::phys`], [`System::context`] |

mod attribute;
mod binding;
mod context;
mod cross;
mod demand;
mod import;
mod look;
mod memory;
mod migrate;
mod snapshot;

use alloc::boxed::Box;

pub use cross::{Extent, MappedAt};
pub use demand::Served;
pub use look::{ContextInfo, PhysInfo, ReservationInfo, Where};
pub use snapshot::{ContextState, MemoryState, Occupancy, ReservationState, Snapshot};

use super::driver::Driver;
use super::graph::Graph;
use super::id::{ResId, VcmId};
use super::session::Session;
use super::sink::{Count, Misuse, Sink};
use crate::error::Error;
use crate::sync::{AtomicU32, Mutex, Ordering};

/// A mapping graph: contexts of any drivers, and the physical memory they share.
///
/// `D` is what all drivers are kept as: `dyn Driver + Send` makes the system `Send` and `Sync`;
/// `dyn Driver` also takes drivers that are bound to a thread.
pub struct System<D: Driver + ?Sized = dyn Driver + Send> {
    graph: Mutex<Graph<D>>,
    misuses: AtomicU32,
    sink: Box<dyn Sink>,
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

impl<D: Driver + ?Sized> System<D> {
    /// An empty system that counts misuse and reports it to `sink`.
    pub fn with_sink(sink: impl Sink + 'static) -> Self {
        Self {
            graph: Mutex::new(Graph::new()),
            misuses: AtomicU32::new(0),
            sink: Box::new(sink),
        }
    }

    /// How often misuse was reported.
    pub fn misuses(&self) -> u32 {
        self.misuses.load(Ordering::Relaxed)
    }

    /// Counts and reports. Call without any lock.
    pub(super) fn report(&self, misuse: &Misuse) {
        self.misuses.fetch_add(1, Ordering::Relaxed);
        self.sink.report(misuse);
    }

    /// Runs `call` with the driver of a context, and afterwards what it has put aside.
    fn session<R>(
        &self,
        vcm: VcmId,
        call: impl FnOnce(&mut Session<'_, D>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let home = self.graph.lock().contexts.get(vcm)?.home.clone();
        let mut driver = home.lock();
        let mut session = Session::new(&self.graph, vcm, &home, &mut **driver)?;
        let result = call(&mut session);
        let aside = session.finish();
        drop(driver);
        for memory in aside.unused {
            memory.give_back();
        }
        for misuse in &aside.misuses {
            self.report(misuse);
        }
        result
    }

    /// As [`session`](Self::session), with the context of a reservation.
    fn session_of<R>(
        &self,
        reservation: ResId,
        call: impl FnOnce(&mut Session<'_, D>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let vcm = self.graph.lock().reservations.get(reservation)?.vcm;
        self.session(vcm, call)
    }
}
