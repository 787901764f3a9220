//! Allocating physical memory in a session.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Session;
use crate::error::{Error, Operation};
use crate::mmu::{PhysPart, Quiet};
use crate::vcm::check;
use crate::vcm::driver::{Driver, Fate};
use crate::vcm::exposure::Exposure;
use crate::vcm::flags::AllocFlags;
use crate::vcm::graph::{Memory, Origin};
use crate::vcm::id::PhysId;

impl<D: Driver + ?Sized> Session<'_, D> {
    /// By the alloc operation, or else by the phys operation.
    pub(in crate::vcm) fn alloc(&mut self, size: u32, flags: &AllocFlags) -> Result<PhysId, Error> {
        let size = check::round_up(size)?;
        check::alloc_flags(flags)?;
        let (operation, parts) = if let Some(op) = self.driver.alloc_op() {
            (Operation::Alloc, op.phys_only(size, flags)?)
        } else if let Some(op) = self.driver.phys_op() {
            (Operation::Phys, op.phys(size, flags)?)
        } else {
            return Err(Error::Unsupported(Operation::Phys));
        };
        self.adopt_parts(operation, parts, size)
    }

    /// Enters what the driver has allocated, with the caller as its owner.
    pub(super) fn adopt_parts(
        &mut self,
        operation: Operation,
        parts: Vec<PhysPart>,
        wanted: u32,
    ) -> Result<PhysId, Error> {
        match check::parts(&parts, wanted) {
            Ok(size) => Ok(self.graph().memories.insert(Memory {
                parts: Arc::from(parts),
                size,
                origin: Origin::Driver(self.home.clone()),
                claims: 1,
                exposure: Exposure::never_shared(),
                bound: BTreeSet::new(),
                busy: 0,
                moving: false,
            })),
            Err(flaw) => {
                let fate = Fate::Reuse(Quiet::never_shared());
                if let Some(op) = self.driver.alloc_op() {
                    op.free(&parts, fate);
                } else if let Some(op) = self.driver.phys_op() {
                    op.free(&parts, fate);
                }
                Err(self.flawed(operation, flaw))
            }
        }
    }

    /// Drops one claim; what has neither claims nor bindings is given back after the session.
    pub(in crate::vcm) fn disclaim(&mut self, phys: PhysId) {
        let mut graph = self.graph();
        if let Ok(memory) = graph.memories.get_mut(phys) {
            memory.claims = memory.claims.saturating_sub(1);
        }
        self.unused.extend(graph.take_if_unused(phys));
    }
}
