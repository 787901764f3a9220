//! TLB invalidation, and waiting for its confirmation.

use vcm_regs::descriptor::{REPEAT, SMALL_PAGE_SIZE};
use vcm_regs::{context, global};

use super::{HardwareError, Iommu, IommuError, Shared};
use crate::addr::Iova;
use crate::mmu::Quiet;
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
    /// Those that cover any of so many bytes from an address on, of every ASID. All of the context when
    /// there are 1 MiB or more of them, or the IOMMU has no such command.
    Range(Iova, u32),
}

/// From so many pages on the IOMMU takes a range for all of the context.
const WHOLE_CONTEXT: u32 = 256;
/// Invalidations by address that the IOMMU takes without one having been done.
const MOST_COMMANDS: usize = 8;

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
        Ok(self.shared.invalidate_everything().map(drop)?)
    }
}

impl<B: Bus, M, C: Clock> Shared<B, M, C> {
    pub(super) fn invalidate_everything(&self) -> Result<Quiet, HardwareError> {
        self.global().write(global::Tlbiall::default())?;
        self.sync_everything()
    }

    /// Waits until everything under way, bypassed too, has been answered.
    pub(super) fn sync_everything(&self) -> Result<Quiet, HardwareError> {
        let global = self.global();
        global.write(global::Tlbsync::default())?;
        self.wait(|| {
            let status: global::Tlbstatus = global.read()?;
            Ok(!status.has(global::Tlbstatus::SACTIVE))
        })?;
        Ok(Quiet::confirmed())
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
            Scope::Range(at, size) => {
                let last = at.get().saturating_add(size.saturating_sub(1));
                let more = page_number(Iova::new(last)) - page_number(at);
                if more + 1 >= WHOLE_CONTEXT || !self.features.is_pipelined() {
                    return bank.write(context::Tlbiall::default());
                }
                bank.write(
                    context::Tlbrange::default()
                        .with(context::Tlbrange::PAGES, more)
                        .with(context::Tlbrange::VA, page_number(at)),
                )
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
        let (start, size) = invalidation.range();
        let words = (size / u64::from(SMALL_PAGE_SIZE)) as usize;
        match invalidation.pages() {
            // By address, where the pages are few and large: a range is done a word at a time.
            Some(pages)
                if pages.len() == 1
                    || !self.features.is_pipelined()
                    || pages.len() <= MOST_COMMANDS && pages.len() * REPEAT as usize <= words =>
            {
                pages
                    .iter()
                    .try_for_each(|at| self.invalidate(bank, asid, Scope::Address(*at)))
            }
            _ => match u32::try_from(size) {
                Ok(size) => self.invalidate(bank, asid, Scope::Range(start, size)),
                Err(_) => self.invalidate(bank, asid, Scope::Context),
            },
        }
    }

    /// Waits until walks of the context that may have read old tables have been discarded, and
    /// everything that it had translated has been answered.
    pub(super) fn sync(&self, bank: u8) -> Result<Quiet, HardwareError> {
        let bank = self.bank(bank);
        bank.write(context::Tlbsync::default())?;
        self.wait(|| {
            let status: context::Tlbstatus = bank.read()?;
            Ok(!status.has(context::Tlbstatus::SACTIVE))
        })?;
        Ok(Quiet::confirmed())
    }

    /// Polls until `done`, or until the deadline. Looks once more after it, in case the CPU was away.
    pub(super) fn wait(
        &self,
        done: impl Fn() -> Result<bool, BusError>,
    ) -> Result<(), HardwareError> {
        // Mostly it is done at once, and the clock may take longer to ask than the IOMMU.
        if done()? {
            return Ok(());
        }
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
