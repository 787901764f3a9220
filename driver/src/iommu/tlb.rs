//! TLB invalidation, and waiting for its confirmation.

use vcm_regs::{context, global};

use super::{HardwareError, Iommu, IommuError, Shared};
use crate::addr::Iova;
use crate::seam::{Bus, BusError, Clock, PhysMem};
use crate::table::Invalidation;

/// Which entries of a context's TLB to invalidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of the context.
    Context,
    /// Those of the context's own ASID that are not global.
    Asid,
    /// Those that cover an address, of the context's own ASID or global.
    Address(Iova),
    /// Those that cover an address, of every ASID.
    AddressAllAsids(Iova),
}

/// The bits of an address that an invalidation takes.
fn page_number(at: Iova) -> u32 {
    at.get() >> context::Tlbiva::VA.lsb
}

impl<B: Bus, M: PhysMem, C: Clock> Iommu<B, M, C> {
    /// Invalidates all TLB entries of all contexts, and waits until it is confirmed and everything that
    /// was under way has been answered.
    ///
    /// # Errors
    /// `Bus`, `SyncTimeout`.
    pub fn invalidate_all(&self) -> Result<(), IommuError> {
        let _registers = self.shared.state.lock();
        Ok(self.shared.invalidate_everything()?)
    }
}

impl<B: Bus, M, C: Clock> Shared<B, M, C> {
    pub(super) fn invalidate_everything(&self) -> Result<(), HardwareError> {
        self.global().write(global::Tlbiall::default())?;
        self.sync_everything()
    }

    /// Waits until everything under way, bypassed too, has been answered.
    pub(super) fn sync_everything(&self) -> Result<(), HardwareError> {
        let global = self.global();
        global.write(global::Tlbsync::default())?;
        self.wait(|| {
            let status: global::Tlbstatus = global.read()?;
            Ok(!status.has(global::Tlbstatus::SACTIVE))
        })
    }

    pub(super) fn invalidate(&self, bank: u8, asid: u8, scope: Scope) -> Result<(), BusError> {
        let bank = self.bank(bank);
        let asid = u32::from(asid);
        match scope {
            Scope::Context => bank.write(context::Tlbiall::default()),
            Scope::Asid => {
                bank.write(context::Tlbiasid::default().with(context::Tlbiasid::ASID, asid))
            }
            Scope::Address(at) => bank.write(
                context::Tlbiva::default()
                    .with(context::Tlbiva::ASID, asid)
                    .with(context::Tlbiva::VA, page_number(at)),
            ),
            Scope::AddressAllAsids(at) => {
                bank.write(context::Tlbivaa::default().with(context::Tlbivaa::VA, page_number(at)))
            }
        }
    }

    /// Invalidates all that an unmap demands, by as few commands as sensible.
    pub(super) fn invalidate_pages(
        &self,
        bank: u8,
        asid: u8,
        invalidation: &Invalidation,
    ) -> Result<(), BusError> {
        match invalidation.pages() {
            None => self.invalidate(bank, asid, Scope::Context),
            Some(pages) => pages
                .iter()
                .try_for_each(|at| self.invalidate(bank, asid, Scope::Address(*at))),
        }
    }

    /// Waits until walks of the context that may have read old tables have been discarded, and
    /// everything that it had translated has been answered.
    pub(super) fn sync(&self, bank: u8) -> Result<(), HardwareError> {
        let bank = self.bank(bank);
        bank.write(context::Tlbsync::default())?;
        self.wait(|| {
            let status: context::Tlbstatus = bank.read()?;
            Ok(!status.has(context::Tlbstatus::SACTIVE))
        })
    }

    /// Polls until `done`, or until the deadline. Looks once more after it, in case the CPU was away.
    fn wait(&self, done: impl Fn() -> Result<bool, BusError>) -> Result<(), HardwareError> {
        let deadline = self.clock.now().saturating_add(self.config.sync_timeout);
        loop {
            let late = self.clock.now() >= deadline;
            if done()? {
                return Ok(());
            }
            if late {
                return Err(HardwareError::SyncTimeout);
            }
            core::hint::spin_loop();
        }
    }
}
