//! The registers of the IOMMU and of the DMA engine, as far as their drivers can tell.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::vec::Vec;

use vcm_regs::{RegisterInfo, context, dma, fault, global};

use super::walker::{self, Leaf};

/// Polls of TLBSTATUS until a sync is complete.
const SYNC_POLLS: u32 = 3;

struct Entry {
    bank: u32,
    asid: u32,
    va: u32,
    leaf: Leaf,
}

impl Entry {
    fn covers(&self, va: u32) -> bool {
        (self.va ^ va) >> self.leaf.bits == 0
    }
}

/// A fault record as it stands in the queue: address, syndromes.
pub(crate) type RawFault = [u32; 3];

#[derive(Default)]
pub(crate) struct Device {
    /// Plain registers, by offset.
    pub(crate) registers: BTreeMap<u32, u32>,
    /// All writes, in order.
    pub(crate) log: Vec<(u32, u32)>,
    pub(crate) sync_hangs: bool,
    /// Polls left, by offset of the TLBSTATUS.
    syncing: BTreeMap<u32, u32>,
    tlb: Vec<Entry>,
    /// (bank, second-level table) walked since the last sync.
    walked: BTreeSet<(u32, u32)>,
    pub(crate) faults: VecDeque<RawFault>,
    pub(crate) overflow: bool,
}

/// Offset of a global register.
pub(crate) fn global(register: &RegisterInfo) -> u32 {
    global::BLOCK.at(0) + register.offset
}

/// Offset of a register of a context bank.
pub(crate) fn bank(index: u32, register: &RegisterInfo) -> u32 {
    context::BLOCK.at(index) + register.offset
}

/// Offset of a register of a DMA channel.
pub(crate) fn channel(index: u32, register: &RegisterInfo) -> u32 {
    dma::CHANNEL.at(index) + register.offset
}

impl Device {
    pub(crate) fn get(&self, offset: u32) -> u32 {
        self.registers
            .get(&offset)
            .copied()
            .unwrap_or_else(|| reset_value(offset))
    }

    /// How often a register has been written.
    pub(crate) fn written(&self, offset: u32) -> usize {
        self.log.iter().filter(|(at, _)| *at == offset).count()
    }

    pub(crate) fn read(&mut self, offset: u32) -> u32 {
        let oldest = self.faults.front().copied().unwrap_or_default();
        if let Some(left) = self.syncing.get_mut(&offset) {
            if !self.sync_hangs {
                *left -= 1;
            }
            if *left == 0 {
                self.syncing.remove(&offset);
                let everything = offset == global(&global::TLBSTATUS);
                self.walked.retain(|(index, _)| {
                    !everything && offset != bank(*index, &context::TLBSTATUS)
                });
                return 0;
            }
            return 1;
        }
        match offset {
            _ if offset == global(&global::FQ_IOVA) => oldest[0],
            _ if offset == global(&global::FQ_SYND0) => oldest[1],
            _ if offset == global(&global::FQ_SYND1) => oldest[2],
            _ if offset == global(&global::FQ_STATUS) => {
                self.faults.len() as u32 | u32::from(self.overflow) << 8
            }
            _ => self.get(offset),
        }
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32) {
        self.log.push((offset, value));
        if offset >= context::BLOCK.base {
            let index = (offset - context::BLOCK.base) / context::BLOCK.stride;
            self.write_bank(index, offset - context::BLOCK.at(index), value);
        } else if offset == global(&global::TLBIALL) {
            self.tlb.clear();
        } else if offset == global(&global::TLBSYNC) {
            self.syncing.insert(global(&global::TLBSTATUS), SYNC_POLLS);
        } else if offset == global(&global::FQ_POP) {
            self.faults.pop_front();
        } else if offset == global(&global::FQ_STATUS) {
            self.overflow &= value & 0x100 == 0;
        } else {
            self.registers.insert(offset, value);
        }
    }

    fn write_bank(&mut self, index: u32, register: u32, value: u32) {
        let offset = context::BLOCK.at(index) + register;
        let (asid, va) = (value & 0xFF, value & 0xFFFF_F000);
        let other_asid = |entry: &Entry| entry.leaf.ng && entry.asid != asid;
        if register == context::TLBIALL.offset {
            self.tlb.retain(|entry| entry.bank != index);
        } else if register == context::TLBIASID.offset {
            self.tlb
                .retain(|entry| entry.bank != index || !entry.leaf.ng || entry.asid != asid);
        } else if register == context::TLBIVA.offset {
            self.tlb
                .retain(|entry| entry.bank != index || !entry.covers(va) || other_asid(entry));
        } else if register == context::TLBIVAA.offset {
            self.tlb
                .retain(|entry| entry.bank != index || !entry.covers(va));
        } else if register == context::TLBSYNC.offset {
            self.syncing
                .insert(bank(index, &context::TLBSTATUS), SYNC_POLLS);
        } else if register == context::FSR.offset {
            let left = self.get(offset) & !value;
            self.registers.insert(offset, left);
        } else {
            self.registers.insert(offset, value);
        }
    }

    /// Translates as the hardware does; `Err`: the fault status.
    pub(super) fn access(
        &mut self,
        read: &dyn Fn(u32) -> u32,
        stream: u32,
        va: u32,
        write: bool,
    ) -> Result<u32, u32> {
        let route = self.get(global(&global::S2CR) + 4 * stream);
        match route >> 16 & 3 {
            0 => {}
            1 => return Ok(va),
            _ => return Err(fault::UNMAPPED_STREAM),
        }
        let index = route & 7;
        if self.get(bank(index, &context::SCTLR)) & 1 == 0 {
            return Err(fault::CONTEXT_DISABLED);
        }
        let asid = self.get(bank(index, &context::CONTEXTIDR)) & 0xFF;
        let hits: Vec<&Entry> = self
            .tlb
            .iter()
            .filter(|e| e.bank == index && e.covers(va) && (!e.leaf.ng || e.asid == asid))
            .collect();
        assert!(hits.len() < 2, "two TLB entries match {va:#x}");
        let leaf = match hits.first() {
            Some(entry) => entry.leaf,
            None => {
                let root = self.get(bank(index, &context::TTBR0));
                let leaf = walker::walk(read, root, va).map_err(|level| match level {
                    1 => fault::TRANSLATION_L1,
                    _ => fault::TRANSLATION_L2,
                })?;
                if let Some(table) = leaf.table {
                    self.walked.insert((index, table));
                }
                let size = 1_u64 << leaf.bits;
                let start = u64::from(va) & !(size - 1);
                for other in self.tlb.iter().filter(|e| e.bank == index) {
                    let other_size = 1_u64 << other.leaf.bits;
                    let other_start = u64::from(other.va) & !(other_size - 1);
                    assert!(
                        start + size <= other_start || other_start + other_size <= start,
                        "the TLB holds an overlapping entry for {va:#x}"
                    );
                }
                self.tlb.push(Entry {
                    bank: index,
                    asid,
                    va,
                    leaf,
                });
                leaf
            }
        };
        let domain = self.get(bank(index, &context::DACR)) >> (2 * leaf.domain) & 3;
        if domain != 1 {
            return Err(fault::DOMAIN_L1);
        }
        if write && !matches!(leaf.ap, 1..=3) {
            return Err(fault::PERMISSION_L1);
        }
        let offset = (1 << leaf.bits) - 1;
        Ok(leaf.phys & !offset | va & offset)
    }

    /// Panics if a walker may still read this memory.
    pub(super) fn check_unused(&self, read: &dyn Fn(u32) -> u32, range: Range<u32>) {
        for (index, table) in &self.walked {
            assert!(
                !range.contains(table),
                "table {table:#x}, walked for context {index}, freed before a sync"
            );
        }
        for index in 0..context::BLOCK.count {
            if self.get(bank(index, &context::SCTLR)) & 1 == 0 {
                continue;
            }
            let root = self.get(bank(index, &context::TTBR0));
            assert!(!range.contains(&root), "first-level table in use freed");
            for section in 0..4096 {
                let word = read(root + 4 * section);
                assert!(
                    word & 3 != 1 || !range.contains(&(word & 0xFFFF_FC00)),
                    "second-level table in use freed"
                );
            }
        }
    }
}

fn reset_value(offset: u32) -> u32 {
    let s2cr = global(&global::S2CR);
    match offset {
        _ if offset == global(&global::IDR0) => global::Idr0::default().bits(),
        _ if offset == global(&global::IDR1) => global::Idr1::default().bits(),
        _ if offset == global(&global::IDR2) => global::Idr2::default().bits(),
        _ if offset == global(&global::IDR3) => global::Idr3::default().bits(),
        _ if (s2cr..s2cr + 4 * global::S2CR.count).contains(&offset) => {
            global::S2cr::default().bits()
        }
        _ if offset == dma::BLOCK.at(0) + dma::DMA_IDR0.offset => dma::DmaIdr0::default().bits(),
        _ if offset == dma::BLOCK.at(0) + dma::DMA_IDR1.offset => dma::DmaIdr1::default().bits(),
        _ => 0,
    }
}
