//! The registers of `vcm_iommu`, by type; and what stands behind several of them together.

use anyhow::Result;
use vcm::seam::Bus;
use vcm_regs::context::{self, Atsr, Contextidr, Dacr, Par, Sctlr, Ttbr0};
use vcm_regs::global::{
    self, CntCtrl, CntFaults, CntHitR, CntHitW, CntMissR, CntMissW, CntReads, CntWalkCycles,
    CntWalks, CntWrites, FqIova, FqPop, FqSynd0, FqSynd1, S2CR, S2cr, stream_type,
};
use vcm_regs::{Register, RegisterInfo};

use crate::bench::Bench;
use crate::tables::Tables;

/// Reads of TLBSTATUS, or of ATSR, after which a command is given up.
const POLLS: u32 = 20_000;

/// Cycles that a fault has on its way from the answer to the records, and on to the interrupt.
pub const RECORDING: u64 = 16;

/// Where a stream goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// To a context bank.
    Context(u32),
    /// Unchanged to memory.
    Bypass,
    /// Nowhere.
    Terminate,
}

/// A fault, as the fault queue records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultRecord {
    /// Fault status code.
    pub status: u32,
    /// Address that the master sent.
    pub iova: u32,
    /// A write.
    pub write: bool,
    /// AxPROT[0].
    pub privileged: bool,
    /// AxPROT[2].
    pub instruction: bool,
    /// Context bank, if the stream is bound to one.
    pub context: Option<u32>,
    /// Stream ID.
    pub stream: u32,
    /// AXI ID.
    pub id: u32,
    /// Slot in which the burst stands stalled, if it does.
    pub stalled: Option<u32>,
}

/// All counters, of the same cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are those of the registers
pub struct Counters {
    pub reads: u32,
    pub writes: u32,
    pub miss_r: u32,
    pub miss_w: u32,
    pub hit_r: u32,
    pub hit_w: u32,
    pub walks: u32,
    pub walk_cycles: u32,
    pub faults: u32,
}

/// Offset in the window of a register of a context bank.
pub fn bank_offset(index: u32, register: &RegisterInfo) -> u32 {
    context::BLOCK.at(index) + register.offset
}

impl Bench {
    /// Reads a global register.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn global<R: Register>(&self) -> Result<R> {
        let offset = global::BLOCK.at(0) + R::INFO.offset;
        Ok(R::from_bits(self.platform.bus().read32(offset)?))
    }

    /// Writes a global register.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn set_global<R: Register>(&self, value: R) -> Result<()> {
        let offset = global::BLOCK.at(0) + R::INFO.offset;
        Ok(self.platform.bus().write32(offset, value.bits())?)
    }

    /// Reads a register of a context bank.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn bank<R: Register>(&self, index: u32) -> Result<R> {
        let offset = bank_offset(index, R::INFO);
        Ok(R::from_bits(self.platform.bus().read32(offset)?))
    }

    /// Writes a register of a context bank.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn set_bank<R: Register>(&self, index: u32, value: R) -> Result<()> {
        let offset = bank_offset(index, R::INFO);
        Ok(self.platform.bus().write32(offset, value.bits())?)
    }

    /// Writes the stream map.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn route(&self, stream: u8, route: Route) -> Result<()> {
        let (kind, index) = match route {
            Route::Context(index) => (stream_type::TRANSLATE, index),
            Route::Bypass => (stream_type::BYPASS, 0),
            Route::Terminate => (stream_type::TERMINATE, 0),
        };
        let value = S2cr::default()
            .with(S2cr::TYPE, kind)
            .with(S2cr::CBNDX, index);
        let offset = global::BLOCK.at(0) + S2CR.offset + 4 * u32::from(stream);
        Ok(self.platform.bus().write32(offset, value.bits())?)
    }

    /// Turns a context on with empty tables, ASID 0 and every domain a client, and routes the stream of
    /// the same number to it.
    ///
    /// # Errors
    /// When the bus answers with an error, or there is no memory.
    pub fn context(&self, index: u32) -> Result<Tables> {
        let tables = self.tables(index)?;
        self.set_bank(index, Ttbr0::from_bits(tables.base()))?;
        self.set_bank(index, Dacr::from_bits(0x5555_5555))?;
        self.set_bank(index, Sctlr::default().with(Sctlr::M, 1))?;
        self.route(index as u8, Route::Context(index))?;
        Ok(tables)
    }

    /// Changes the current ASID and table of a context.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn switch(&self, index: u32, asid: u32, tables: &Tables) -> Result<()> {
        self.set_bank(index, Contextidr::default().with(Contextidr::ASID, asid))?;
        self.set_bank(index, Ttbr0::from_bits(tables.base()))
    }

    /// Synchronises a context.
    ///
    /// # Errors
    /// When it does not come to an end.
    pub fn sync(&self, index: u32) -> Result<()> {
        self.set_bank(index, context::Tlbsync::default())?;
        self.poll(|bench| Ok(!bench.is_syncing(index)?))
    }

    /// Synchronises everything.
    ///
    /// # Errors
    /// When it does not come to an end.
    pub fn sync_all(&self) -> Result<()> {
        self.set_global(global::Tlbsync::default())?;
        self.poll(|bench| Ok(!bench.is_syncing_all()?))
    }

    fn poll(&self, done: impl Fn(&Self) -> Result<bool>) -> Result<()> {
        for _ in 0..POLLS {
            if done(self)? {
                return Ok(());
            }
        }
        anyhow::bail!("a command does not come to an end")
    }

    /// Whether a context's synchronisation goes on.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn is_syncing(&self, index: u32) -> Result<bool> {
        let status = self.bank::<context::Tlbstatus>(index)?;
        Ok(status.has(context::Tlbstatus::SACTIVE))
    }

    /// Whether a global synchronisation goes on.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn is_syncing_all(&self) -> Result<bool> {
        let status = self.global::<global::Tlbstatus>()?;
        Ok(status.has(global::Tlbstatus::SACTIVE))
    }

    /// Invalidates a context and synchronises it.
    ///
    /// # Errors
    /// When the bus answers with an error, or it does not come to an end.
    pub fn invalidate(&self, index: u32) -> Result<()> {
        self.set_bank(index, context::Tlbiall::default())?;
        self.sync(index)
    }

    /// Has an address translated or preloaded by a command of a context; its result.
    ///
    /// # Errors
    /// When the bus answers with an error, or it does not come to an end.
    pub fn probe<R: Register>(&self, index: u32, command: R) -> Result<Par> {
        self.set_bank(index, command)?;
        self.poll(|bench| Ok(!bench.bank::<Atsr>(index)?.has(Atsr::ACTIVE)))?;
        self.bank::<Par>(index)
    }

    /// The oldest record of the fault queue, which stays there. A record may come a few cycles after the
    /// answer to its burst.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn first_fault(&self) -> Result<Option<FaultRecord>> {
        self.platform.step(RECORDING);
        let synd0 = self.global::<FqSynd0>()?;
        if !synd0.has(FqSynd0::VALID) {
            return Ok(None);
        }
        let synd1 = self.global::<FqSynd1>()?;
        let iova = self.global::<FqIova>()?.get(FqIova::IOVA);
        Ok(Some(FaultRecord {
            status: synd0.get(FqSynd0::FS),
            iova,
            write: synd0.has(FqSynd0::WNR),
            privileged: synd0.has(FqSynd0::PNU),
            instruction: synd0.has(FqSynd0::IND),
            context: synd0
                .has(FqSynd0::CBVALID)
                .then(|| synd0.get(FqSynd0::CBNDX)),
            stream: synd1.get(FqSynd1::SID),
            id: synd1.get(FqSynd1::AXID),
            stalled: synd0
                .has(FqSynd0::STALLED)
                .then(|| synd0.get(FqSynd0::SLOT)),
        }))
    }

    /// Removes the oldest record of the fault queue.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn pop_fault(&self) -> Result<()> {
        self.set_global(FqPop::default().with(FqPop::POP, 1))
    }

    /// Empties the fault queue.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn faults(&self) -> Result<Vec<FaultRecord>> {
        let mut records = Vec::new();
        while let Some(record) = self.first_fault()? {
            records.push(record);
            self.pop_fault()?;
        }
        Ok(records)
    }

    /// The counters since the last call.
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn counters(&self) -> Result<Counters> {
        self.set_global(CntCtrl::default().with(CntCtrl::SNAPSHOT, 1))?;
        Ok(Counters {
            reads: self.global::<CntReads>()?.bits(),
            writes: self.global::<CntWrites>()?.bits(),
            miss_r: self.global::<CntMissR>()?.bits(),
            miss_w: self.global::<CntMissW>()?.bits(),
            hit_r: self.global::<CntHitR>()?.bits(),
            hit_w: self.global::<CntHitW>()?.bits(),
            walks: self.global::<CntWalks>()?.bits(),
            walk_cycles: self.global::<CntWalkCycles>()?.bits(),
            faults: self.global::<CntFaults>()?.bits(),
        })
    }

    /// Table walks since the last call of this or [`counters`](Self::counters).
    ///
    /// # Errors
    /// When the bus answers with an error.
    pub fn walks(&self) -> Result<u32> {
        self.set_global(CntCtrl::default().with(CntCtrl::SNAPSHOT, 1))?;
        Ok(self.global::<CntWalks>()?.bits())
    }
}
