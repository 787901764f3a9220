//! What the hardware has read of the translation tables.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::Counts;
use super::mismatch::{Mismatch, MismatchKind, Report};
use crate::golden::{BusFault, FirstLevel, PageSize, SecondLevel, WalkMemory};
use crate::golden::{first_level, second_level};
use crate::signals::{AxiAddr, Cycle};

/// Different reads kept of one descriptor.
const KEPT: usize = 64;

/// Bytes of the 16 words that hold the same supersection or large page.
const REPEATED: u32 = 64;

/// One read of a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DescriptorRead {
    /// What was read.
    pub(super) value: Result<u32, BusFault>,
    /// Cycle in which the address appeared.
    pub(super) asked: u64,
    /// Cycle in which the data was handed over.
    pub(super) answered: u64,
    /// Which ASIDs were current then; see `Mirror::epoch`.
    epoch: u64,
}

/// Everything that was read, by physical address.
#[derive(Debug, Default)]
pub(super) struct WalkLog {
    reads: BTreeMap<u32, Vec<DescriptorRead>>,
    /// Where descriptors stand that could map a physical page, by its size and address.
    leaves: HashMap<(PageSize, u32), BTreeSet<u32>>,
    /// Where first-level descriptors stand that could point to a second-level table.
    pointers: HashMap<u32, BTreeSet<u32>>,
}

impl WalkLog {
    /// The reads that may stand for the first-level descriptor at an address: its own, and those of
    /// the 15 others of the same supersection.
    pub(super) fn first_level(&self, address: u32) -> impl Iterator<Item = &DescriptorRead> {
        self.alike(address, |word| {
            matches!(first_level(word), FirstLevel::Leaf(leaf) if leaf.size == PageSize::Supersection)
        })
    }

    /// The same for a second-level descriptor and large pages.
    pub(super) fn second_level(&self, address: u32) -> impl Iterator<Item = &DescriptorRead> {
        self.alike(address, |word| {
            matches!(second_level(word, 0), SecondLevel::Leaf(leaf) if leaf.size == PageSize::Large)
        })
    }

    fn alike(
        &self,
        address: u32,
        repeated: impl Fn(u32) -> bool,
    ) -> impl Iterator<Item = &DescriptorRead> {
        let first = address & !(REPEATED - 1);
        self.reads
            .range(first..=first + (REPEATED - 4))
            .flat_map(|(&at, reads)| reads.iter().map(move |read| (at, read)))
            .filter(move |(at, read)| *at == address || read.value.is_ok_and(&repeated))
            .map(|(_, read)| read)
    }

    /// Where descriptors were read that could map the page of a size that holds a physical address.
    pub(super) fn leaves(&self, size: PageSize, pa: u32) -> impl Iterator<Item = u32> {
        let base = pa & !(size.bytes() - 1);
        self.leaves
            .get(&(size, base))
            .into_iter()
            .flatten()
            .copied()
    }

    /// Where first-level descriptors were read that could point to a table.
    pub(super) fn pointers(&self, table: u32) -> impl Iterator<Item = u32> {
        self.pointers.get(&table).into_iter().flatten().copied()
    }

    fn record(&mut self, address: u32, read: DescriptorRead) {
        if let Ok(word) = read.value {
            // Which level it is of is not known here, so it is noted as either.
            match first_level(word) {
                FirstLevel::Leaf(leaf) => self.leaf(leaf.size, leaf.base, address),
                FirstLevel::Table { base, .. } => {
                    self.pointers.entry(base).or_default().insert(address);
                }
                FirstLevel::Invalid => {}
            }
            if let SecondLevel::Leaf(leaf) = second_level(word, 0) {
                self.leaf(leaf.size, leaf.base, address);
            }
        }
        let reads = self.reads.entry(address).or_default();
        // Of reads that found the same under the same ASIDs the newest says it all.
        reads.retain(|old| old.value != read.value || old.epoch != read.epoch);
        if reads.len() == KEPT {
            reads.remove(0);
        }
        reads.push(read);
    }

    fn leaf(&mut self, size: PageSize, base: u32, address: u32) {
        self.leaves.entry((size, base)).or_default().insert(address);
    }
}

/// The memory behind the port.
pub(super) type Tables = Box<dyn WalkMemory + Send>;

/// What the watch needs for a cycle.
pub(super) struct Walker<'a> {
    /// The memory behind the port, if it can be looked at.
    pub(super) tables: &'a mut Option<Tables>,
    /// Which ASIDs are current.
    pub(super) epoch: u64,
}

/// A descriptor that has been asked for.
#[derive(Debug)]
struct Asked {
    address: u32,
    at: u64,
    /// What stood there then, if the memory can be looked at.
    memory: Option<Result<u32, BusFault>>,
}

/// Follows `m_axi_ptw`.
#[derive(Debug, Default)]
pub(super) struct WalkWatch {
    log: WalkLog,
    presented: Option<u64>,
    asked: BTreeMap<u8, VecDeque<Asked>>,
}

impl WalkWatch {
    pub(super) const fn log(&self) -> &WalkLog {
        &self.log
    }

    /// Takes in one cycle. Returns the address of a read that appears in it.
    pub(super) fn cycle(
        &mut self,
        now: &Cycle,
        mut walker: Walker<'_>,
        report: &mut Report,
        counts: &mut Counts,
    ) -> Option<u32> {
        self.answer(now, &mut walker, report, counts);
        let ar = &now.m_axi_ptw.ar;
        if !ar.valid {
            self.presented = None;
            return None;
        }
        let appears = self.presented.is_none();
        let at = *self.presented.get_or_insert(now.number);
        if appears && !is_descriptor_read(ar) {
            report.mismatch(Mismatch {
                expected: "one aligned beat of 4 bytes".to_owned(),
                got: format!("{ar:x?}"),
                ..Mismatch::new(MismatchKind::Walk, "m_axi_ptw")
            });
        }
        if ar.ready {
            self.presented = None;
            let memory = walker.tables.as_mut().map(|tables| tables.read32(ar.addr));
            self.asked.entry(ar.id).or_default().push_back(Asked {
                address: ar.addr,
                at,
                memory,
            });
        }
        appears.then_some(ar.addr)
    }

    fn answer(
        &mut self,
        now: &Cycle,
        walker: &mut Walker<'_>,
        report: &mut Report,
        counts: &mut Counts,
    ) {
        let r = &now.m_axi_ptw.r;
        if !r.fires() {
            return;
        }
        // An answer to nothing is a matter of the protocol checker.
        let Some(asked) = self.asked.get_mut(&r.id).and_then(VecDeque::pop_front) else {
            return;
        };
        let word = (r.data >> (8 * (asked.address & 4))) as u32;
        let value = if r.resp.is_error() {
            Err(BusFault)
        } else {
            Ok(word)
        };
        let memory = walker
            .tables
            .as_mut()
            .map(|tables| tables.read32(asked.address));
        if memory.is_some() && ![asked.memory, memory].contains(&Some(value)) {
            report.mismatch(Mismatch {
                expected: format!("{:x?} of memory at {:#010x}", asked.memory, asked.address),
                got: format!("{value:x?}"),
                ..Mismatch::new(MismatchKind::Walk, "m_axi_ptw")
            });
        }
        counts.descriptors += 1;
        let read = DescriptorRead {
            value,
            asked: asked.at,
            answered: now.number,
            epoch: walker.epoch,
        };
        self.log.record(asked.address, read);
    }
}

fn is_descriptor_read(ar: &AxiAddr) -> bool {
    ar.size == 2 && ar.len == 0 && ar.addr % 4 == 0 && !ar.lock
}
