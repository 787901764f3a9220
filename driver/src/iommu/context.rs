//! A translation context: one bank, its page table, and the streams attached to it.

use alloc::sync::Arc;
use alloc::vec::Vec;

use vcm_regs::context::{Contextidr, Dacr, Sctlr, Ttbr0};

use super::{
    Bank, ContextFault, HardwareError, Iommu, IommuError, Resume, Scope, StreamId, clear_all_faults,
};
use crate::addr::{Iova, PhysAddr};
use crate::mmu::{Attributes, Mmu, MmuError, PhysPart, Quiet};
use crate::seam::{Bus, BusError, Clock, PhysMem};
use crate::sync::Mutex;
use crate::table::{Invalidation, PAGE_SIZES, PageTable, Translation, WalkFault};

/// All pages are of domain 0, a client (permissions are checked); no other domain has access.
const DOMAIN_0_CLIENT: u32 = 1;

/// How a context is to behave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContextConfig {
    /// A fault of this context raises the interrupt.
    pub fault_interrupt: bool,
    /// AxCACHE comes from the memory type of the mapping; if not, it is passed on as the master sent
    /// it.
    pub memory_types: bool,
    /// Addresses pass unchanged and unchecked, whatever is mapped (one-to-one). Unlike a stream that is
    /// [bypassed](Iommu::bypass) its streams stop with the context.
    pub one_to_one: bool,
}

/// What the hardware does with a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Running {
    /// Confirmed: nothing is translated, and no TLB holds anything of it.
    Inactive,
    Active,
    /// Stopping it was not confirmed.
    Unknown,
}

pub(super) struct State<M: PhysMem> {
    table: PageTable<Arc<M>>,
    pub(super) running: Running,
    /// Transactions that fault are to stall.
    pub(super) stall: bool,
    /// How often its masters are held: they stall then, too.
    pub(super) holds: u32,
    /// Some may stand stalled.
    may_stall: bool,
    /// The last invalidation was not confirmed: the next one has to take all of the context.
    stale: bool,
}

impl<M: PhysMem> State<M> {
    /// The IOMMU was reset: it has nothing of this context.
    pub(super) fn reset(&mut self) {
        self.running = Running::Inactive;
        self.may_stall = false;
        self.stale = false;
    }
}

/// How a context fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextStats {
    /// Its masters are let through.
    pub active: bool,
    /// The hardware has not confirmed the last invalidation.
    pub unconfirmed: bool,
    /// Table memory could not be written and is behind what is mapped: some of it does not translate.
    /// The next call that changes the table makes it good.
    pub unwritten: bool,
    /// Second-level tables that are never used again, because the hardware did not confirm that it
    /// had stopped reading them.
    pub poisoned_tables: usize,
}

/// A context bank with a page table of its own: an [`Mmu`].
///
/// Dropping it deactivates it. If the hardware does not confirm that, the bank and the table memory
/// are never used again.
pub struct IommuContext<B: Bus, M: PhysMem, C: Clock> {
    iommu: Iommu<B, M, C>,
    bank: u8,
    asid: u8,
    config: ContextConfig,
    pub(super) state: Mutex<State<M>>,
}

impl<B: Bus, M: PhysMem, C: Clock> IommuContext<B, M, C> {
    pub(super) fn new(iommu: Iommu<B, M, C>, config: ContextConfig) -> Result<Self, IommuError> {
        let mut table =
            PageTable::new(Arc::clone(&iommu.shared.mem), false).map_err(|e| match e {
                MmuError::Memory(e) => IommuError::Memory(e),
                _ => IommuError::OutOfMemory,
            })?;
        let (bank, asid) = iommu
            .take_bank()
            .inspect_err(|_| table.end(Quiet::never_shared()))?;
        let context = Self {
            iommu,
            bank,
            asid,
            config,
            state: Mutex::new(State {
                table,
                running: Running::Inactive,
                stall: false,
                holds: 0,
                may_stall: false,
                stale: false,
            }),
        };
        context.iommu.shared.bank(bank).write(clear_all_faults())?;
        Ok(context)
    }

    /// The number of the bank: what fault records name.
    pub const fn bank(&self) -> u8 {
        self.bank
    }

    /// The address space identifier of its TLB entries.
    pub const fn asid(&self) -> u8 {
        self.asid
    }

    /// The IOMMU that this is a context of.
    pub const fn iommu(&self) -> &Iommu<B, M, C> {
        &self.iommu
    }

    /// Physical address of the first-level table.
    pub fn table_base(&self) -> PhysAddr {
        self.state.lock().table.root()
    }

    /// Attaches a stream: it is translated while the context is active, and terminated otherwise.
    ///
    /// # Errors
    /// `NoStream`; `StreamInUse` when it is attached already, here or elsewhere; `Bus`; `SyncTimeout`
    /// when it was bypassed and does not get quiet.
    pub fn attach(&self, stream: StreamId) -> Result<(), IommuError> {
        let state = self.state.lock();
        let active = state.running == Running::Active;
        self.iommu.shared.attach(stream, self.bank, active)
    }

    /// Detaches a stream: it is terminated, and what it had under way has been answered. If the context
    /// stalls, all that stands stalled is tried again, so that what is of this stream ends.
    ///
    /// # Errors
    /// `NoStream`, `NotAttached`, `Bus`, `SyncTimeout`; the stream is still attached then, and let
    /// through as before.
    pub fn detach(&self, stream: StreamId) -> Result<(), IommuError> {
        let state = self.state.lock();
        let active = state.running == Running::Active;
        let shared = &self.iommu.shared;
        shared.detach(stream, self.bank, active, state.may_stall)
    }

    /// The attached streams.
    pub fn streams(&self) -> Vec<StreamId> {
        self.iommu.shared.attached(self.bank).collect()
    }

    /// Translates an address by software, by what stands in the table.
    ///
    /// # Errors
    /// [`WalkFault`]: why it does not translate.
    pub fn walk(&self, at: Iova) -> Result<Translation, WalkFault> {
        self.state.lock().table.walk(at)
    }

    /// Makes a page begin at `at`: a larger page around it is split. Masters that use that page in the
    /// meantime fault.
    ///
    /// # Errors
    /// `Misaligned`, `OutOfMemory`: nothing has been split. `Memory`: if the table is
    /// [unwritten](ContextStats::unwritten), the page does not translate until it is written. `Bus`,
    /// `SyncTimeout`: the page does not translate until a later invalidation of the context has been
    /// confirmed.
    pub fn split(&self, at: Iova) -> Result<(), MmuError> {
        let mut state = self.state.lock();
        self.settle(&mut state)?;
        let split = state.table.split(at);
        match self.or_restored(&mut state, split)? {
            Some(invalidation) => {
                let _quiet = self.retire(&mut state, Some(&invalidation))?;
                Ok(state.table.settle()?)
            }
            None => Ok(()),
        }
    }

    /// Invalidates TLB entries of this context, and waits for the confirmation. Mapping and unmapping
    /// do by themselves what they need.
    ///
    /// # Errors
    /// `Bus`, `SyncTimeout`.
    pub fn invalidate(&self, scope: Scope) -> Result<(), IommuError> {
        let _state = self.state.lock();
        let shared = &self.iommu.shared;
        shared.invalidate(self.bank, self.asid, scope)?;
        Ok(shared.sync(self.bank).map(drop)?)
    }

    /// Reads and clears the fault registers of the bank. `None`: there was no fault.
    ///
    /// # Errors
    /// `Bus`.
    pub fn take_fault(&self) -> Result<Option<ContextFault>, IommuError> {
        let _state = self.state.lock();
        Ok(self.iommu.shared.take_context_fault(self.bank)?)
    }

    /// How it fares.
    pub fn stats(&self) -> ContextStats {
        let state = self.state.lock();
        ContextStats {
            active: state.running == Running::Active,
            unconfirmed: state.stale,
            unwritten: !state.table.is_settled(),
            poisoned_tables: state.table.poisoned(),
        }
    }

    /// Invalidates what has been unmapped (`None`: everything), waits for the confirmation, and only
    /// then frees tables.
    fn retire(
        &self,
        state: &mut State<M>,
        invalidation: Option<&Invalidation>,
    ) -> Result<Quiet, MmuError> {
        let quiet = if state.running == Running::Inactive {
            // It was when the context stopped, and since then nothing has been translated.
            Quiet::confirmed()
        } else {
            let everything = state.stale || invalidation.is_none();
            match self.confirm(invalidation.filter(|_| !everything)) {
                Ok(quiet) => quiet,
                Err(e) => {
                    state.stale = true;
                    state.table.poison_retired();
                    return Err(e.into());
                }
            }
        };
        state.stale = false;
        let (pages, tables) = quiet.split();
        // Twice, as there is no way back any more; what could not be written is remembered.
        let written = state.table.confirm(tables);
        let _remembered = written.or_else(|_| state.table.settle());
        Ok(pages)
    }

    /// Invalidates, and waits for the confirmation.
    fn confirm(&self, invalidation: Option<&Invalidation>) -> Result<Quiet, HardwareError> {
        let shared = &self.iommu.shared;
        match invalidation {
            Some(pages) => shared.invalidate_pages(self.bank, self.asid, pages)?,
            None => shared.invalidate(self.bank, self.asid, Scope::Context)?,
        }
        shared.sync(self.bank)
    }

    /// Makes up for an invalidation that had not been confirmed, and for what could not be written,
    /// before anything new is mapped.
    fn settle(&self, state: &mut State<M>) -> Result<(), MmuError> {
        if state.stale {
            let _quiet = self.retire(state, None)?;
        }
        Ok(state.table.settle()?)
    }

    /// What failed in memory has been put back: invalidates everything, for a walker may have seen
    /// parts of it missing. If that is not confirmed, what it has seen is still right.
    fn or_restored<T>(
        &self,
        state: &mut State<M>,
        result: Result<T, MmuError>,
    ) -> Result<T, MmuError> {
        if let Err(MmuError::Memory(_)) = result {
            let _made_good_later = self.retire(state, None);
        }
        result
    }

    /// A walker may have seen what failed in memory and has been taken back: invalidates everything.
    fn or_undone<T>(
        &self,
        state: &mut State<M>,
        result: Result<T, MmuError>,
    ) -> Result<T, MmuError> {
        if let Err(MmuError::Memory(_)) = result {
            let _quiet = self.retire(state, None)?;
        }
        result
    }

    /// Programs the bank and lets the streams through.
    fn start(&self, state: &mut State<M>) -> Result<(), HardwareError> {
        let root = state.table.root();
        let shared = &self.iommu.shared;
        shared.settle_limits()?;
        let bank = shared.bank(self.bank);
        bank.write(Ttbr0::default().with(Ttbr0::BASE, root.get() >> Ttbr0::BASE.lsb))?;
        bank.write(Contextidr::default().with(Contextidr::ASID, self.asid.into()))?;
        bank.write(Dacr::default().with(Dacr::D, DOMAIN_0_CLIENT))?;
        let _quiet = self.confirm(None)?;
        self.enable(state)?;
        shared.route_attached(self.bank, true)
    }

    /// Lets the bank translate, as configured.
    pub(super) fn enable(&self, state: &mut State<M>) -> Result<(), BusError> {
        let stall = state.stall || state.holds > 0;
        state.may_stall |= stall;
        let control = Sctlr::default()
            .with(Sctlr::M, 1)
            .with(Sctlr::CFIE, self.config.fault_interrupt.into())
            .with(Sctlr::CFCFG, stall.into())
            .with(Sctlr::ONE2ONE, self.config.one_to_one.into())
            .with(Sctlr::MTCFG, self.config.memory_types.into());
        self.iommu.shared.bank(self.bank).write(control)
    }

    /// Terminates the streams, disables the bank, and waits until it is quiet. Tries all of it,
    /// whatever fails.
    fn stop(&self, state: &mut State<M>) -> Result<Quiet, HardwareError> {
        let shared = &self.iommu.shared;
        let terminated = shared.route_attached(self.bank, false);
        let disabled = self.disable();
        // After it nothing begins to stall.
        let resumed = match state.may_stall {
            true => shared.resume(self.bank, None, Resume::Terminate),
            false => Ok(()),
        };
        let confirmed = self.confirm(None);
        let stopped = terminated
            .and(disabled.map_err(HardwareError::from))
            .and(resumed.map_err(HardwareError::from))
            .and(confirmed)
            .and_then(|quiet| {
                if state.may_stall {
                    shared.note_end(&mut shared.state.lock().records, self.bank)?;
                }
                Ok(quiet)
            });
        match stopped {
            Ok(quiet) => {
                state.running = Running::Inactive;
                state.may_stall = false;
                state.stale = false;
                let (context, tables) = quiet.split();
                // What cannot be written now is written before the next activation.
                let _retried = state.table.confirm(tables);
                Ok(context)
            }
            Err(error) => {
                state.running = Running::Unknown;
                state.stale = true;
                state.table.poison_retired();
                Err(error)
            }
        }
    }

    fn disable(&self) -> Result<(), BusError> {
        self.iommu.shared.bank(self.bank).write(Sctlr::default())
    }
}

impl<B: Bus, M: PhysMem, C: Clock> Mmu for IommuContext<B, M, C> {
    fn page_sizes(&self) -> &[u32] {
        &PAGE_SIZES
    }

    fn map(&self, at: Iova, parts: &[PhysPart], attributes: Attributes) -> Result<(), MmuError> {
        let mut state = self.state.lock();
        self.settle(&mut state)?;
        let mapped = state.table.map(at, parts, attributes);
        self.or_undone(&mut state, mapped).map_err(|e| match e {
            // The masters may use what could be written, but not taken back.
            MmuError::Memory(e)
                if !state.table.is_settled() && state.running != Running::Inactive =>
            {
                MmuError::Unrevoked(e)
            }
            other => other,
        })
    }

    fn unmap(&self, at: Iova, size: u32) -> Result<Quiet, MmuError> {
        let mut state = self.state.lock();
        let unmapped = state.table.unmap(at, size);
        let invalidation = self.or_restored(&mut state, unmapped)?;
        // It is unmapped, even if a neighbour could not be written.
        self.retire(&mut state, Some(&invalidation))
    }

    fn activate(&self) -> Result<(), MmuError> {
        let mut state = self.state.lock();
        if state.running == Running::Active {
            return Ok(());
        }
        if state.running == Running::Unknown {
            let _quiet = self.stop(&mut state)?;
        }
        // The context is inactive, and confirmed to be.
        state.table.confirm(Quiet::confirmed())?;
        let started = self.start(&mut state);
        match started {
            Ok(()) => state.running = Running::Active,
            // Its own error counts, not that of the retreat, which may fail for the same reason.
            Err(_) => {
                let _stopped = self.stop(&mut state);
            }
        }
        Ok(started?)
    }

    fn deactivate(&self) -> Result<Quiet, MmuError> {
        let mut state = self.state.lock();
        if state.running == Running::Inactive {
            return Ok(Quiet::confirmed());
        }
        Ok(self.stop(&mut state)?)
    }

    fn can_hold(&self) -> bool {
        self.iommu.shared.need("stalling").is_ok()
    }

    fn hold(&self) -> Result<(), MmuError> {
        self.hold_masters()
    }

    fn release(&self) -> Result<(), MmuError> {
        self.release_masters()
    }
}

impl<B: Bus, M: PhysMem, C: Clock> Iommu<B, M, C> {
    /// A free bank, and an ASID that has not been used for the longest time.
    fn take_bank(&self) -> Result<(u8, u8), IommuError> {
        let mut state = self.shared.state.lock();
        let free = (0_u8..)
            .zip(&mut state.banks)
            .find(|(_, bank)| **bank == Bank::Free);
        let Some((index, bank)) = free else {
            let contexts = self.shared.features.contexts;
            return Err(IommuError::NoContext { contexts });
        };
        *bank = Bank::Used;
        state.asid = state.asid.wrapping_add(1);
        Ok((index, state.asid))
    }

    fn give_bank(&self, index: u8, bank: Bank) {
        if bank == Bank::Free {
            self.shared.release_attached(index);
        }
        self.shared.state.lock().banks[usize::from(index)] = bank;
    }
}

impl<B: Bus, M: PhysMem, C: Clock> Drop for IommuContext<B, M, C> {
    fn drop(&mut self) {
        let mut state = self.state.lock();
        for _ in 0..state.holds {
            // The limits of stalling are those of all contexts.
            self.iommu.shared.abandon_limits();
        }
        let stopped = match state.running {
            Running::Inactive => Ok(Quiet::confirmed()),
            Running::Active | Running::Unknown => self.stop(&mut state),
        };
        match stopped {
            Ok(quiet) => {
                state.table.end(quiet);
                self.iommu.give_bank(self.bank, Bank::Free);
            }
            Err(_) => self.iommu.give_bank(self.bank, Bank::Poisoned),
        }
    }
}
