//! Performance counters.

use vcm_regs::global::{
    CntCtrl, CntFaults, CntHitR, CntHitW, CntMainMiss, CntMissR, CntMissW, CntPrefetches, CntReads,
    CntStallCycles, CntWalkCycles, CntWalks, CntWrites,
};

use super::{Iommu, IommuError};
use crate::seam::{Bus, Clock, PhysMem};

/// Counts since the last snapshot, all of the same moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Read bursts accepted from masters.
    pub reads: u32,
    /// Write bursts accepted from masters.
    pub writes: u32,
    /// Translated reads whose first lookup hit.
    pub read_hits: u32,
    /// Translated reads whose first lookup missed.
    pub read_misses: u32,
    /// Translated writes whose first lookup hit.
    pub write_hits: u32,
    /// Translated writes whose first lookup missed.
    pub write_misses: u32,
    /// Table walks begun.
    pub walks: u32,
    /// Clock cycles in which a table walk was under way.
    pub walk_cycles: u32,
    /// Faults of every kind, recorded or lost.
    pub faults: u32,
    /// Lookups that none of the shared TLBs answered. (This and what follows is 0 before minor version
    /// 1 of the register interface.)
    pub main_misses: u32,
    /// Clock cycles in which a transaction stood stalled.
    pub stall_cycles: u32,
    /// Prefetched pages that a transaction then used.
    pub prefetches: u32,
}

impl<B: Bus, M: PhysMem, C: Clock> Iommu<B, M, C> {
    /// Takes a snapshot of all counters; they start again from 0.
    ///
    /// # Errors
    /// `Bus`.
    pub fn counters(&self) -> Result<Counters, IommuError> {
        let _registers = self.shared.state.lock();
        let global = self.shared.global();
        global.write(CntCtrl::default().with(CntCtrl::SNAPSHOT, 1))?;
        let mut counters = Counters {
            reads: global.read::<CntReads>()?.get(CntReads::COUNT),
            writes: global.read::<CntWrites>()?.get(CntWrites::COUNT),
            read_hits: global.read::<CntHitR>()?.get(CntHitR::COUNT),
            read_misses: global.read::<CntMissR>()?.get(CntMissR::COUNT),
            write_hits: global.read::<CntHitW>()?.get(CntHitW::COUNT),
            write_misses: global.read::<CntMissW>()?.get(CntMissW::COUNT),
            walks: global.read::<CntWalks>()?.get(CntWalks::COUNT),
            walk_cycles: global.read::<CntWalkCycles>()?.get(CntWalkCycles::COUNT),
            faults: global.read::<CntFaults>()?.get(CntFaults::COUNT),
            ..Counters::default()
        };
        if self.features().is_pipelined() {
            counters.main_misses = global.read::<CntMainMiss>()?.get(CntMainMiss::COUNT);
            counters.stall_cycles = global.read::<CntStallCycles>()?.get(CntStallCycles::COUNT);
            counters.prefetches = global.read::<CntPrefetches>()?.get(CntPrefetches::COUNT);
        }
        Ok(counters)
    }
}
