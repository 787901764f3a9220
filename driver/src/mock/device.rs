//! The registers of the IOMMU and of the DMA engine, as far as their drivers can tell.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::vec::Vec;

use vcm_regs::{RegisterInfo, context, dma, fault, global};

use super::walker::{self, Leaf};

/// Polls of TLBSTATUS until a sync is complete, unless a test says otherwise.
const SYNC_POLLS: u32 = 3;

/// TLB entries that can be locked.
const LOCKS: usize = 4;

struct Entry {
    bank: u32,
    asid: u32,
    va: u32,
    leaf: Leaf,
    locked: bool,
}

/// An access by a master.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) stream: u32,
    pub(crate) va: u32,
    pub(crate) write: bool,
}

/// A transaction that stands stalled.
struct Stalled {
    bank: u32,
    slot: u32,
    request: Request,
}

/// A command that looks an address up.
struct Lookup {
    bank: u32,
    va: u32,
    write: bool,
    privileged: bool,
    lock: bool,
}

impl Entry {
    fn covers(&self, va: u32) -> bool {
        (self.va ^ va) >> self.leaf.bits == 0
    }
}

/// What a TLB entry says: addresses of this bank, from `va` on, are those from `phys` on.
pub(crate) struct Held {
    pub(crate) bank: u32,
    pub(crate) va: u32,
    pub(crate) phys: u32,
    pub(crate) size: u32,
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
    pub(crate) sync_polls: Option<u32>,
    /// Polls left, by offset of the TLBSTATUS.
    syncing: BTreeMap<u32, u32>,
    tlb: Vec<Entry>,
    /// (bank, second-level table) walked since the last sync.
    walked: BTreeSet<(u32, u32)>,
    pub(crate) faults: VecDeque<RawFault>,
    pub(crate) overflow: bool,
    stalled: Vec<Stalled>,
    /// What is to be tried again, and what has been terminated, by `RESUME`.
    pub(crate) retried: Vec<Request>,
    pub(crate) terminated: Vec<Request>,
    lookup: Option<Lookup>,
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

    /// What the TLB holds.
    pub(crate) fn held(&self) -> impl Iterator<Item = Held> {
        self.tlb.iter().map(|entry| {
            let size = 1 << entry.leaf.bits;
            Held {
                bank: entry.bank,
                va: entry.va & !(size - 1),
                phys: entry.leaf.phys & !(size - 1),
                size,
            }
        })
    }

    /// From now on this status register says that something goes on, for some polls.
    fn begin(&mut self, status: u32) {
        let polls = self.sync_polls.unwrap_or(SYNC_POLLS);
        self.syncing.insert(status, polls);
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
            _ if offset == global(&global::TLB_LOCKS) => {
                self.tlb.iter().filter(|entry| entry.locked).count() as u32
            }
            _ => self.get(offset) | self.stands_stalled(offset) << 30,
        }
    }

    /// Bit `SS`, if this is the `FSR` of a bank.
    fn stands_stalled(&self, offset: u32) -> u32 {
        let of = |stalled: &Stalled| bank(stalled.bank, &context::FSR) == offset;
        self.stalled.iter().any(of).into()
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32) {
        self.log.push((offset, value));
        if offset >= context::BLOCK.base {
            let index = (offset - context::BLOCK.base) / context::BLOCK.stride;
            self.write_bank(index, offset - context::BLOCK.at(index), value);
        } else if offset == global(&global::TLBIALL) {
            self.tlb.clear();
        } else if offset == global(&global::TLBSYNC) {
            self.begin(global(&global::TLBSTATUS));
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
        } else if register == context::TLBRANGE.offset {
            let (first, last) = (va >> 12, (va >> 12) + (value & 0xFFF));
            let whole = value & 0xFFF > 0xFF;
            let in_range = |e: &Entry| {
                let bits = e.leaf.bits - 12;
                (e.va >> 12 >> bits << bits) <= last && (e.va >> 12 | ((1 << bits) - 1)) >= first
            };
            self.tlb
                .retain(|entry| entry.bank != index || !whole && !in_range(entry));
        } else if register == context::RESUME.offset {
            self.resume(index, value);
        } else if let Some((write, privileged)) = look_up(register) {
            let lock = register == context::TLBPRELOAD.offset && value & 1 == 1;
            self.lookup = Some(Lookup {
                bank: index,
                va,
                write,
                privileged,
                lock,
            });
        } else if register == context::TLBSYNC.offset {
            self.begin(bank(index, &context::TLBSTATUS));
        } else if register == context::FSR.offset {
            let left = self.get(offset) & !value;
            self.registers.insert(offset, left);
        } else {
            self.registers.insert(offset, value);
        }
    }

    fn resume(&mut self, index: u32, value: u32) {
        let (terminate, one) = (value & 1 == 1, value & 2 == 2);
        let named =
            |s: &Stalled| s.request.write == (value >> 4 & 1 == 1) && s.slot == value >> 8 & 7;
        let (resumed, left) = core::mem::take(&mut self.stalled)
            .into_iter()
            .partition(|s| s.bank == index && (!one || named(s)));
        self.stalled = left;
        let resumed: Vec<Stalled> = resumed;
        let to = match terminate {
            true => &mut self.terminated,
            false => &mut self.retried,
        };
        to.extend(resumed.into_iter().map(|s| s.request));
    }

    /// Does what a look-up command says, for which it needs the memory.
    pub(super) fn finish_lookup(&mut self, read: &dyn Fn(u32) -> u32) {
        let Some(lookup) = self.lookup.take() else {
            return;
        };
        let Lookup {
            bank: index, va, ..
        } = lookup;
        let found = match self.get(bank(index, &context::SCTLR)) & 1 {
            0 => Err(fault::CONTEXT_DISABLED),
            _ => self.translate(read, index, va, lookup.write, lookup.privileged),
        };
        let locked = self.tlb.iter().filter(|entry| entry.locked).count();
        let par = match found {
            Ok(_) if lookup.lock && locked == LOCKS => fault::LOCK_FULL << 1 | 1,
            Err(status) => status << 1 | 1,
            Ok(phys) => {
                let entry = self
                    .tlb
                    .iter_mut()
                    .find(|e| e.bank == index && e.covers(va));
                let entry = entry.expect("it has just been filled");
                entry.locked |= lookup.lock;
                let size = [12, 16, 20, 24].iter().position(|b| *b == entry.leaf.bits);
                phys & 0xFFFF_F000 | (size.unwrap() as u32) << 8
            }
        };
        self.registers.insert(bank(index, &context::PAR), par);
        self.begin(bank(index, &context::ATSR));
    }

    /// Translates as the hardware does; `Err`: the fault status. If the context says so, what faults
    /// stalls.
    pub(super) fn access(
        &mut self,
        read: &dyn Fn(u32) -> u32,
        stream: u32,
        va: u32,
        write: bool,
    ) -> Result<u32, u32> {
        let result = self.attempt(read, stream, va, write);
        let route = self.get(global(&global::S2CR) + 4 * stream);
        let index = route & 7;
        let stalls = self.get(bank(index, &context::SCTLR)) & 0x81 == 0x81;
        if let (Err(status), 0, true) = (result, route >> 16 & 3, stalls) {
            let taken = |slot: &u32| !self.stalled.iter().any(|s| s.slot == *slot);
            let slot = (0..8).find(taken).expect("a slot is free");
            let what = 1 << 31 | index << 16 | 1 << 15 | slot << 12 | 1 << 11;
            let what = what | u32::from(write) << 8 | status;
            self.faults.push_back([va, what, stream]);
            let request = Request { stream, va, write };
            self.stalled.push(Stalled {
                bank: index,
                slot,
                request,
            });
        }
        result
    }

    fn attempt(
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
        if self.get(bank(index, &context::SCTLR)) & 0x100 != 0 {
            return Ok(va);
        }
        self.translate(read, index, va, write, true)
    }

    fn translate(
        &mut self,
        read: &dyn Fn(u32) -> u32,
        index: u32,
        va: u32,
        write: bool,
        privileged: bool,
    ) -> Result<u32, u32> {
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
                    locked: false,
                });
                leaf
            }
        };
        let domain = self.get(bank(index, &context::DACR)) >> (2 * leaf.domain) & 3;
        if domain != 1 {
            return Err(fault::DOMAIN_L1);
        }
        // ARM ARM table B3-8.
        let allowed = match (privileged, write) {
            (true, false) => !matches!(leaf.ap, 0 | 4),
            (true, true) => matches!(leaf.ap, 1..=3),
            (false, false) => matches!(leaf.ap, 2 | 3 | 6 | 7),
            (false, true) => leaf.ap == 3,
        };
        if !allowed {
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

/// Whether a register is that of a look-up command: for a write, by a privileged access.
fn look_up(register: u32) -> Option<(bool, bool)> {
    [
        (&context::V2PPR, false, true),
        (&context::V2PPW, true, true),
        (&context::V2PUR, false, false),
        (&context::V2PUW, true, false),
        (&context::TLBPRELOAD, false, true),
    ]
    .into_iter()
    .find(|(info, ..)| info.offset == register)
    .map(|(_, write, privileged)| (write, privileged))
}

fn reset_value(offset: u32) -> u32 {
    let s2cr = global(&global::S2CR);
    match offset {
        _ if offset == global(&global::IDR0) => global::Idr0::default().bits(),
        _ if offset == global(&global::IDR1) => global::Idr1::default().bits(),
        _ if offset == global(&global::IDR2) => global::Idr2::default().bits(),
        _ if offset == global(&global::IDR3) => global::Idr3::default().bits(),
        _ if offset == global(&global::IDR4) => global::Idr4::default().bits(),
        _ if offset == global(&global::STALL_CTRL) => global::StallCtrl::default().bits(),
        _ if offset == global(&global::WALK_ATTR) => global::WalkAttr::default().bits(),
        _ if (s2cr..s2cr + 4 * global::S2CR.count).contains(&offset) => {
            global::S2cr::default().bits()
        }
        _ if offset == dma::BLOCK.at(0) + dma::DMA_IDR0.offset => dma::DmaIdr0::default().bits(),
        _ if offset == dma::BLOCK.at(0) + dma::DMA_IDR1.offset => dma::DmaIdr1::default().bits(),
        _ => 0,
    }
}
