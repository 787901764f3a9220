//! What the hardware has read of the translation tables.
//!
//! A read is one beat of 4 or 8 bytes. Of 8 bytes both descriptors count: the hardware may keep the
//! neighbour of the one it was after.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::Counts;
use super::mirror::Epoch;
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
    /// The epoch in which the address appeared.
    epoch: Epoch,
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
        // Of reads of one epoch that found the same the newest says it all: the one that was asked for last,
        // as answers overtake each other.
        let differs = |old: &DescriptorRead| old.value != read.value || old.epoch != read.epoch;
        reads.retain(|old| differs(old) || old.asked > read.asked);
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
    /// That of this cycle.
    pub(super) epoch: Epoch,
}

impl Walker<'_> {
    /// What stands at these addresses, if the memory can be looked at.
    fn look(&mut self, addresses: &[u32]) -> Option<Vec<Result<u32, BusFault>>> {
        let tables = self.tables.as_mut()?;
        Some(addresses.iter().map(|&at| tables.read32(at)).collect())
    }
}

/// A read that has been accepted.
#[derive(Debug)]
struct Asked {
    ar: AxiAddr,
    /// Cycle in which it appeared, and its epoch.
    at: (u64, Epoch),
    /// What stood there when it was accepted, if the memory can be looked at.
    memory: Option<Vec<Result<u32, BusFault>>>,
}

impl Asked {
    /// Addresses of the descriptors that it reads.
    fn descriptors(&self) -> Vec<u32> {
        descriptors(&self.ar)
    }
}

/// Addresses of the words that a read covers.
fn descriptors(ar: &AxiAddr) -> Vec<u32> {
    let first = ar.addr & !3;
    let words = if ar.size == 3 { 2 } else { 1 };
    (0..words).map(|n| first.wrapping_add(4 * n)).collect()
}

/// Follows `m_axi_ptw`. Several reads may be under way; those of different IDs are answered in any order.
#[derive(Debug, Default)]
pub(super) struct WalkWatch {
    log: WalkLog,
    presented: Option<(u64, Epoch)>,
    asked: BTreeMap<u8, VecDeque<Asked>>,
}

impl WalkWatch {
    pub(super) const fn log(&self) -> &WalkLog {
        &self.log
    }

    /// Takes in one cycle. Returns the read that appears in it.
    pub(super) fn cycle(
        &mut self,
        now: &Cycle,
        mut walker: Walker<'_>,
        report: &mut Report,
        counts: &mut Counts,
    ) -> Option<AxiAddr> {
        self.answer(now, &mut walker, report, counts);
        let ar = &now.m_axi_ptw.ar;
        if !ar.valid {
            self.presented = None;
            return None;
        }
        let appears = self.presented.is_none();
        let at = *self.presented.get_or_insert((now.number, walker.epoch));
        if appears && !is_descriptor_read(ar) {
            report.mismatch(Mismatch {
                expected: "one aligned beat of 4 or 8 bytes".to_owned(),
                got: format!("{ar:x?}"),
                ..Mismatch::new(MismatchKind::Walk, "m_axi_ptw")
            });
        }
        if ar.ready {
            self.presented = None;
            let memory = walker.look(&descriptors(ar));
            let asked = Asked {
                ar: *ar,
                at,
                memory,
            };
            self.asked.entry(ar.id).or_default().push_back(asked);
        }
        appears.then_some(*ar)
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
        counts.walk_reads += 1;
        let addresses = asked.descriptors();
        let memory = walker.look(&addresses);
        for (n, address) in addresses.into_iter().enumerate() {
            let value = if r.resp.is_error() {
                Err(BusFault)
            } else {
                Ok((r.data >> (8 * (address & 4))) as u32)
            };
            let stood = [&asked.memory, &memory].map(|words| words.as_ref().map(|words| words[n]));
            if memory.is_some() && !stood.contains(&Some(value)) {
                report.mismatch(Mismatch {
                    expected: format!("{:x?} of memory at {address:#010x}", stood[0]),
                    got: format!("{value:x?}"),
                    ..Mismatch::new(MismatchKind::Walk, "m_axi_ptw")
                });
            }
            let read = DescriptorRead {
                value,
                asked: asked.at.0,
                answered: now.number,
                epoch: asked.at.1,
            };
            self.log.record(address, read);
        }
    }
}

fn is_descriptor_read(ar: &AxiAddr) -> bool {
    matches!(ar.size, 2 | 3) && ar.len == 0 && ar.addr % (1 << ar.size) == 0 && !ar.lock
}
