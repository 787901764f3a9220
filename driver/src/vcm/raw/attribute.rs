//! Faults: attributed, counted, and passed on to who wants to know.

use alloc::sync::Arc;

use super::System;
use crate::addr::Iova;
use crate::error::Error;
use crate::mmu::Access;
use crate::vcm::driver::Driver;
use crate::vcm::fault::{Attribution, Cause, FaultCounts, FaultHook, Verdict};
use crate::vcm::graph::Graph;
use crate::vcm::id::VcmId;

impl<D: Driver + ?Sized> System<D> {
    /// What an address belongs to that a master of this context could not access, as things are now.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn attribute(&self, vcm: VcmId, at: Iova, access: Access) -> Result<Attribution, Error> {
        self.graph.lock().attribute(vcm, at, access)
    }

    /// Attributes a fault as [`attribute`](Self::attribute) does, counts it, and calls the hook of the
    /// context with no lock held.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn report_fault(&self, vcm: VcmId, at: Iova, access: Access) -> Result<Attribution, Error> {
        let (fault, hook) = {
            let mut graph = self.graph.lock();
            let fault = graph.attribute(vcm, at, access)?;
            let context = graph.contexts.get_mut(vcm)?;
            context.faults.count(&fault.cause);
            (fault, context.hook.clone())
        };
        if let Some(hook) = hook {
            hook.fault(&fault);
        }
        Ok(fault)
    }

    /// Sets who is told of the faults of a context, or nobody. Returns who was before. A call that is
    /// under way still goes to that one.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn set_fault_hook(
        &self,
        vcm: VcmId,
        hook: Option<Arc<dyn FaultHook>>,
    ) -> Result<Option<Arc<dyn FaultHook>>, Error> {
        // After an error `hook` is dropped without the lock, as it was here before.
        let mut graph = self.graph.lock();
        let result = match graph.contexts.get_mut(vcm) {
            Ok(context) => Ok(core::mem::replace(&mut context.hook, hook)),
            Err(error) => {
                drop(graph);
                drop(hook);
                return Err(error);
            }
        };
        drop(graph);
        result
    }

    /// How many faults were reported of a context.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext).
    pub fn fault_counts(&self, vcm: VcmId) -> Result<FaultCounts, Error> {
        Ok(self.graph.lock().contexts.get(vcm)?.faults)
    }
}

impl<D: ?Sized> Graph<D> {
    fn attribute(&self, vcm: VcmId, at: Iova, access: Access) -> Result<Attribution, Error> {
        Ok(Attribution {
            vcm,
            at,
            access,
            cause: self.cause(vcm, at, access)?,
        })
    }

    fn cause(&self, vcm: VcmId, at: Iova, access: Access) -> Result<Cause, Error> {
        let context = self.contexts.get(vcm)?;
        if !context.space.contains(at) {
            return Ok(Cause::Outside);
        }
        let Some(id) = self.find(vcm, at)? else {
            return Ok(context
                .history
                .find(at)
                .map_or(Cause::InSpace, |gone| Cause::Stale {
                    reservation: gone.id,
                    offset: at.get() - gone.region.start.get(),
                    was_bound: gone.was_bound,
                }));
        };
        let reservation = self.reservations.get(id)?;
        let offset = at.get() - reservation.region.start.get();
        let Some((phys, within)) = reservation.bound_at(offset) else {
            // A granule that was bound once is bound until the end.
            return Ok(
                match reservation.was_bound && reservation.demand.is_none() {
                    true => Cause::Unbound {
                        reservation: id,
                        offset,
                    },
                    false => Cause::NeverBound {
                        reservation: id,
                        offset,
                    },
                },
            );
        };
        let memory = self.memories.get(phys)?;
        let Some(phys) = memory.at(within) else {
            return Ok(Cause::Beyond {
                reservation: id,
                offset,
                bound: memory.size,
            });
        };
        let refusal = match context.aliases {
            // Nothing enforces the attributes of a one-to-one context.
            true => None,
            false => reservation.attributes.refuse(access),
        };
        let verdict = match refusal {
            _ if context.activations == 0 => Verdict::Inactive,
            Some(refusal) => Verdict::Refused(refusal),
            None => Verdict::Allowed,
        };
        Ok(Cause::Bound {
            reservation: id,
            offset,
            phys,
            verdict,
        })
    }
}
