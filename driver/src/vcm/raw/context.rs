//! Creating, activating and destroying contexts.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::sync::Arc;

use super::System;
use crate::addr::Iova;
use crate::error::Error;
use crate::sync::Mutex;
use crate::vcm::check;
use crate::vcm::driver::Driver;
use crate::vcm::fault::FaultCounts;
use crate::vcm::graph::Context;
use crate::vcm::id::VcmId;
use crate::vcm::region::Region;
use crate::vcm::released::History;
use crate::vcm::sink::Misuse;

impl<D: Driver + ?Sized> System<D> {
    /// Makes a context of `size` bytes of device addresses from `start` on (`vcm_init`). It is
    /// inactive at first.
    ///
    /// # Errors
    /// [`ZeroSize`](Error::ZeroSize), [`ContextMisaligned`](Error::ContextMisaligned),
    /// [`ContextWraps`](Error::ContextWraps), [`DriverIncomplete`](Error::DriverIncomplete).
    pub fn create(&self, start: Iova, size: u32, mut driver: Box<D>) -> Result<VcmId, Error> {
        let space = Region::new(start, size);
        check::space(space)?;
        check::driver(&mut *driver)?;
        let aliases = driver.aliases();
        Ok(self.graph.lock().contexts.insert(Context {
            space,
            activations: 0,
            half_stopped: false,
            home: Arc::new(Mutex::new(driver)),
            aliases,
            reservations: BTreeSet::new(),
            history: History::default(),
            faults: FaultCounts::default(),
            hook: None,
        }))
    }

    /// Destroys a context (`vcm_destroy`). Memory allocated in it lives on.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext); [`ContextBusy`](Error::ContextBusy), which is misuse,
    /// while there are reservations or activations.
    pub fn destroy(&self, vcm: VcmId) -> Result<(), Error> {
        let removed = self.session(vcm, |session| {
            let removed = {
                let mut graph = session.graph();
                let context = graph.contexts.get(vcm)?;
                let (reservations, activations) = (context.reservations.len(), context.activations);
                if reservations == 0 && activations == 0 {
                    Ok(graph.contexts.remove(vcm)?)
                } else {
                    Err(Error::ContextBusy {
                        vcm,
                        reservations,
                        activations,
                    })
                }
            };
            match removed {
                Ok(_) => session.driver.cleanup(),
                Err(_) => session.misuse(Misuse::DestroyedWhileBusy(vcm)),
            }
            removed
        });
        // Its fault hook is not ours: it is dropped without any lock.
        removed.map(drop)
    }

    /// Brings all bindings of a context to the hardware, now and from now on (`vcm_activate`). Only
    /// the first of several activations calls the driver; the others return after it has finished. One
    /// after a deactivation that failed calls it again, for its masters may have been stopped.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext); [`TooOftenActive`](Error::TooOftenActive); and what the
    /// driver returns. The activation then does not count.
    pub fn activate(&self, vcm: VcmId) -> Result<(), Error> {
        self.session(vcm, |session| {
            let (counted, needed) = {
                let graph = session.graph();
                let context = graph.contexts.get(vcm)?;
                let counted = context.activations.checked_add(1);
                let needed = context.activations == 0 || context.half_stopped;
                (counted.ok_or(Error::TooOftenActive(vcm))?, needed)
            };
            if needed {
                session.driver.activate()?;
            }
            let mut graph = session.graph();
            let context = graph.contexts.get_mut(vcm)?;
            context.half_stopped = false;
            context.activations = counted;
            Ok(())
        })
    }

    /// Takes one activation back (`vcm_deactivate`). Only the last one calls the driver.
    ///
    /// # Errors
    /// [`StaleContext`](Error::StaleContext); [`NotActive`](Error::NotActive), which is misuse; and
    /// what the driver returns. The context then counts as active until it is deactivated again, but
    /// its masters may be stopped already; activating it lets them through again.
    pub fn deactivate(&self, vcm: VcmId) -> Result<(), Error> {
        self.session(vcm, |session| {
            let activations = session.graph().contexts.get(vcm)?.activations;
            let Some(left) = activations.checked_sub(1) else {
                session.misuse(Misuse::DeactivatedWhileInactive(vcm));
                return Err(Error::NotActive(vcm));
            };
            let stopped = match left {
                0 => session.driver.deactivate().map(drop),
                _ => Ok(()),
            };
            let mut graph = session.graph();
            let context = graph.contexts.get_mut(vcm)?;
            match stopped {
                Ok(()) if left == 0 => context.half_stopped = false,
                Ok(()) => {}
                Err(_) => context.half_stopped = true,
            }
            if stopped.is_ok() {
                context.activations = left;
            }
            stopped
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addr::PhysAddr;
    use crate::error::Errno;
    use crate::fake::Ram;
    use crate::wrap::OneToOne;

    #[test]
    fn activations_that_cannot_be_counted_are_ebusy() {
        let system: System = System::new();
        let ram = Ram::new(PhysAddr::new(0), 0x1000);
        let driver = OneToOne::new(ram, Region::new(Iova::new(0), 0x1000));
        let vcm = system.create(Iova::new(0), 0x1000, Box::new(driver));
        let vcm = vcm.unwrap();
        system
            .graph
            .lock()
            .contexts
            .get_mut(vcm)
            .unwrap()
            .activations = u32::MAX - 1;
        assert_eq!(system.activate(vcm), Ok(()));
        let error = system.activate(vcm).unwrap_err();
        assert_eq!(error.errno(), Errno::EBUSY, "{error}");
        assert_eq!(system.context(vcm).unwrap().activations, u32::MAX);
        assert_eq!(system.deactivate(vcm), Ok(()));
    }
}
