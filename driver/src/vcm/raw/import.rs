//! Memory of other allocators.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::sync::Arc;

use super::System;
use crate::error::Error;
use crate::mmu::PhysPart;
use crate::vcm::check;
use crate::vcm::driver::Driver;
use crate::vcm::exposure::Exposure;
use crate::vcm::graph::{Memory, Origin};
use crate::vcm::id::PhysId;
use crate::vcm::lender::Lender;

impl<D: Driver + ?Sized> System<D> {
    /// Takes in physical memory that another allocator owns, in parts (as Linux's `map_sg` does), with
    /// the caller as its owner here. It is bound, shared and freed like any other; at the end, when it
    /// has neither owner nor binding, it is given back to `lender`, never to a driver.
    ///
    /// That nothing else uses the memory meanwhile is the caller's concern.
    ///
    /// # Errors
    /// [`BadImport`](Error::BadImport) if there is no part, or one that is empty, not page-aligned, out
    /// of range, or overlaps another. `lender` is dropped uncalled then.
    pub fn import(
        &self,
        parts: &[PhysPart],
        lender: impl Lender + 'static,
    ) -> Result<PhysId, Error> {
        let size = check::parts(parts, 0).map_err(Error::BadImport)?;
        let memory = Memory {
            parts: Arc::from(parts),
            size,
            origin: Origin::Lender(Box::new(lender)),
            claims: 1,
            exposure: Exposure::never_shared(),
            busy: 0,
            moving: false,
            bound: BTreeSet::new(),
        };
        Ok(self.graph.lock().memories.insert(memory))
    }
}
