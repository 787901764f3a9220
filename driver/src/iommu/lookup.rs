//! Translation on command: what the hardware makes of an address, and pages that are in its TLBs
//! before a master asks.

use core::fmt;

use vcm_regs::context::{Atsr, Par, Tlbpreload, V2ppr, V2ppw, V2pur, V2puw, page_size};
use vcm_regs::global::TlbLocks;

use super::{FaultKind, HardwareError, Iommu, IommuContext, IommuError, Shared};
use crate::addr::{Iova, PhysAddr};
use crate::registers::Registers;
use crate::seam::{Bus, BusError, Clock, PhysMem};
use crate::table::PageSize;

/// What kind of access an address is looked up for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Access {
    /// A write, not a read.
    pub write: bool,
    /// A privileged access.
    pub privileged: bool,
}

impl Access {
    /// An unprivileged read.
    pub const READ: Self = Self {
        write: false,
        privileged: false,
    };
    /// An unprivileged write.
    pub const WRITE: Self = Self {
        write: true,
        privileged: false,
    };

    /// The same access, privileged.
    #[must_use]
    pub const fn privileged(self) -> Self {
        Self {
            privileged: true,
            ..self
        }
    }
}

/// Where the hardware finds an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhysProbe {
    /// The physical address.
    pub phys: PhysAddr,
    /// The page that it is in.
    pub page: PageSize,
}

/// Why a look-up found nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupError {
    /// An access would fault. The fault is not recorded.
    Fault(FaultKind),
    /// The IOMMU could not tell.
    Iommu(IommuError),
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(kind) => write!(f, "the address does not translate: {kind}"),
            Self::Iommu(e) => write!(f, "{e}"),
        }
    }
}

impl core::error::Error for LookupError {}

impl From<IommuError> for LookupError {
    fn from(e: IommuError) -> Self {
        Self::Iommu(e)
    }
}

impl From<BusError> for LookupError {
    fn from(e: BusError) -> Self {
        Self::Iommu(e.into())
    }
}

impl From<HardwareError> for LookupError {
    fn from(e: HardwareError) -> Self {
        Self::Iommu(e.into())
    }
}

impl<B: Bus, M: PhysMem, C: Clock> IommuContext<B, M, C> {
    /// Where the hardware finds an address for this access, by its TLBs and tables as they are.
    ///
    /// # Errors
    /// `Fault`; `Iommu`: `Missing`, `Bus`, `SyncTimeout` when there is no answer in time.
    pub fn probe_address(&self, at: Iova, access: Access) -> Result<PhysProbe, LookupError> {
        let shared = &self.iommu().shared;
        shared.need("address translation commands")?;
        let _state = self.state.lock();
        let page = at.get() >> V2ppr::VA.lsb;
        shared.look_up(self.bank(), at, |bank| {
            match (access.privileged, access.write) {
                (true, false) => bank.write(V2ppr::default().with(V2ppr::VA, page)),
                (true, true) => bank.write(V2ppw::default().with(V2ppw::VA, page)),
                (false, false) => bank.write(V2pur::default().with(V2pur::VA, page)),
                (false, true) => bank.write(V2puw::default().with(V2puw::VA, page)),
            }
        })
    }

    /// Makes the hardware look up the page around an address, as a privileged read would, so that it is
    /// in the TLB when a master asks. With `lock` it stays there until it is invalidated, by unmapping
    /// for example; [`Features::locks`](super::Features::locks) tells how many pages all contexts can
    /// lock.
    ///
    /// # Errors
    /// `Fault`: `LockFull` when no entry is free to be locked. `Iommu`: `Missing`, `Bus`, `SyncTimeout`
    /// when there is no answer in time.
    pub fn preload(&self, at: Iova, lock: bool) -> Result<PhysProbe, LookupError> {
        let shared = &self.iommu().shared;
        shared.need("preloading")?;
        let _state = self.state.lock();
        shared.look_up(self.bank(), at, |bank| {
            bank.write(
                Tlbpreload::default()
                    .with(Tlbpreload::LOCK, lock.into())
                    .with(Tlbpreload::VA, at.get() >> Tlbpreload::VA.lsb),
            )
        })
    }
}

impl<B: Bus, M: PhysMem, C: Clock> Iommu<B, M, C> {
    /// How many TLB entries are locked, in all contexts.
    ///
    /// # Errors
    /// `Missing`, `Bus`.
    pub fn locked(&self) -> Result<u32, IommuError> {
        self.shared.need("locking")?;
        let locks: TlbLocks = self.shared.global().read()?;
        Ok(locks.get(TlbLocks::COUNT))
    }
}

impl<B: Bus, M, C: Clock> Shared<B, M, C> {
    /// Gives a command, and waits for its result.
    fn look_up(
        &self,
        bank: u8,
        at: Iova,
        command: impl Fn(&Registers<'_, B>) -> Result<(), BusError>,
    ) -> Result<PhysProbe, LookupError> {
        let bank = self.bank(bank);
        let is_idle = || Ok(!bank.read::<Atsr>()?.has(Atsr::ACTIVE));
        // The last one may have been given up.
        self.wait(is_idle)?;
        command(&bank)?;
        self.wait(is_idle)?;
        let result: Par = bank.read()?;
        if result.has(Par::F) {
            let kind = FaultKind::from_code(result.get(Par::FS));
            return Err(LookupError::Fault(kind));
        }
        let page = match result.get(Par::SIZE) {
            page_size::SMALL => PageSize::SmallPage,
            page_size::LARGE => PageSize::LargePage,
            page_size::SECTION => PageSize::Section,
            _ => PageSize::Supersection,
        };
        let offset = page.bytes() - 1;
        let start = (result.get(Par::PA) << Par::PA.lsb) & !offset;
        Ok(PhysProbe {
            phys: PhysAddr::new(start | (at.get() & offset)),
            page,
        })
    }
}
