//! One call at a context: what is done while its driver is held.
//!
//! A session has the driver for itself, and takes the bookkeeping lock only between driver calls.
//! What it must not do while it holds the driver (give memory back, which may need the same driver;
//! report misuse, which may call anything) it puts aside for the time after.

mod binding;
mod demand;
mod memory;
mod moving;
mod reservation;

use alloc::vec::Vec;

pub(super) use binding::After;

use super::driver::Driver;
use super::graph::{Graph, Home, Memory};
use super::id::VcmId;
use super::region::Region;
use super::sink::Misuse;
use crate::error::{Error, Flaw, Operation};
use crate::sync::{Mutex, MutexGuard};

pub(super) struct Session<'a, D: Driver + ?Sized> {
    graph: &'a Mutex<Graph<D>>,
    pub(super) vcm: VcmId,
    space: Region,
    home: &'a Home<D>,
    pub(super) driver: &'a mut D,
    unused: Vec<Memory<D>>,
    misuses: Vec<Misuse>,
}

/// What a session has put aside.
pub(super) struct Aside<D: ?Sized> {
    pub(super) unused: Vec<Memory<D>>,
    pub(super) misuses: Vec<Misuse>,
}

impl<'a, D: Driver + ?Sized> Session<'a, D> {
    pub(super) fn new(
        graph: &'a Mutex<Graph<D>>,
        vcm: VcmId,
        home: &'a Home<D>,
        driver: &'a mut D,
    ) -> Result<Self, Error> {
        // Only now is it certain that the context was not destroyed while we waited for its driver.
        let space = graph.lock().contexts.get(vcm)?.space;
        Ok(Self {
            graph,
            vcm,
            space,
            home,
            driver,
            unused: Vec::new(),
            misuses: Vec::new(),
        })
    }

    pub(super) fn finish(self) -> Aside<D> {
        Aside {
            unused: self.unused,
            misuses: self.misuses,
        }
    }

    pub(super) fn graph(&self) -> MutexGuard<'a, Graph<D>> {
        self.graph.lock()
    }

    pub(super) fn misuse(&mut self, misuse: Misuse) {
        self.misuses.push(misuse);
    }

    fn flawed(&mut self, operation: Operation, flaw: Flaw) -> Error {
        self.misuse(Misuse::DriverResult { operation, flaw });
        Error::DriverResult { operation, flaw }
    }
}
