//! What was read of translation tables, put together to walks.

use std::collections::{BTreeMap, HashMap};

use super::discover::{Channel, Field};
use super::names::WALK_STEP;
use super::transaction::{Descriptor, Purpose, TableRead, Walk};
use super::wires::PortWires;
use crate::golden::{FirstLevel, first_level};

/// Descriptors kept; when there are more, those not asked for since the last so many go.
const KEPT: usize = 1 << 16;

/// First-level tables that were told from walks.
const BASES: usize = 64;

/// Bytes of tables of both levels.
const FIRST_TABLE: u32 = 0x4000;
const SECOND_TABLE: u32 = 0x400;

/// Bytes of the descriptors of a large page, or of a supersection.
const SIXTEEN: u32 = 64;

/// A transaction that may wait for a walk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) number: u64,
    pub(super) iova: u32,
    /// `TTBR0` of its context, if known.
    pub(super) ttbr0: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    last: Descriptor,
    before: Option<Descriptor>,
}

/// Follows `m_axi_ptw`.
#[derive(Debug, Default)]
pub(super) struct Tables {
    device: usize,
    numbers: u64,
    shown: bool,
    /// By ID: the walk that reads, or read last.
    walks: BTreeMap<u8, Walking>,
    /// Cycles in which AR was free.
    free: u64,
    young: HashMap<u32, Kept>,
    old: HashMap<u32, Kept>,
    /// Second-level tables that a descriptor points to.
    pointers: HashMap<u32, u32>,
    /// First-level tables, told from walks that went on.
    bases: Vec<u32>,
}

/// A walk under way.
#[derive(Debug, Default)]
struct Walking {
    walk: Walk,
    /// Those that waited for it when it began.
    began_for: Vec<Waiting>,
    /// [`Tables::free`] when its last read was answered.
    answered: u64,
}

/// What happened.
pub(super) enum WalkEvent {
    /// A read of this walk ended: it lasted from the first cycle to the second, and served these.
    Read(u64, (u64, u64), Vec<u64>),
    /// A walk is over.
    Over(Walk),
}

impl Tables {
    pub(super) fn new(device: usize) -> Self {
        Self {
            device,
            ..Self::default()
        }
    }

    /// First-level tables that were told from walks, the newest first.
    pub(super) fn bases(&self) -> impl Iterator<Item = u32> + '_ {
        self.bases.iter().rev().copied()
    }

    /// The last two different words that were read of a descriptor, the newest first.
    pub(super) fn read(&self, address: u32) -> impl Iterator<Item = Descriptor> + use<> {
        let kept = self.young.get(&address).or_else(|| self.old.get(&address));
        let kept = kept.copied();
        kept.into_iter()
            .flat_map(|kept| std::iter::once(kept.last).chain(kept.before))
    }

    /// What was read of a descriptor, or of another of its sixteen that says that they are sixteen, of a
    /// large page or a supersection (ARM DDI 0406C B3.5.1); the newest first.
    pub(super) fn read_alike(
        &self,
        address: u32,
        are_sixteen: impl Fn(u32) -> bool,
    ) -> Vec<Descriptor> {
        let sixteen = (address & !(SIXTEEN - 1)..).step_by(4).take(16);
        let of_page =
            |read: &Descriptor| read.address == address || read.word.is_some_and(&are_sixteen);
        let mut all: Vec<Descriptor> = sixteen
            .flat_map(|at| self.read(at))
            .filter(of_page)
            .collect();
        all.sort_by_key(|read| std::cmp::Reverse(read.read));
        all
    }

    /// Whether a read is under way that a transaction may wait for.
    pub(super) fn serves(&self, waiting: &Waiting) -> bool {
        self.walks.values().any(|walking| {
            let under_way = walking
                .walk
                .reads
                .last()
                .filter(|read| read.answered.is_none());
            under_way.is_some_and(|read| self.is_for(read, waiting))
        })
    }

    /// Whether a read is of a descriptor on the way of an address. (Its neighbour comes along with it.)
    fn is_for(&self, read: &TableRead, waiting: &Waiting) -> bool {
        match read.level {
            1 => self.is_first_for(read, waiting),
            2 => self.is_second_for(read, waiting),
            // Before its tables are known.
            _ => self.is_first_for(read, waiting) || self.is_second_for(read, waiting),
        }
    }

    fn is_first_for(&self, read: &TableRead, waiting: &Waiting) -> bool {
        let index = (waiting.iova >> 20) << 2;
        let beat = read.address & !7;
        match waiting.ttbr0 {
            Some(base) => first(base, waiting) & !7 == beat,
            None => (beat ^ index) & (FIRST_TABLE - 8) == 0,
        }
    }

    fn is_second_for(&self, read: &TableRead, waiting: &Waiting) -> bool {
        let index = (waiting.iova >> 20) << 2;
        let second = ((waiting.iova >> 12) & 0xFF) << 2;
        if (read.address ^ second) & (SECOND_TABLE - 8) != 0 {
            return false;
        }
        let table = read.address & !(SECOND_TABLE - 1);
        match (waiting.ttbr0, self.pointers.get(&table)) {
            // Where the pointer to its table stands says which MiB it is of.
            (Some(base), Some(&at)) => {
                let first = first(base, waiting);
                self.points(first, table) || at == first
            }
            (None, Some(&at)) => (at ^ index) & (FIRST_TABLE - 4) == 0,
            (_, None) => true,
        }
    }

    /// Whether the first-level descriptor at an address points to a table.
    fn points(&self, at: u32, table: u32) -> bool {
        self.read(at).any(|descriptor| {
            let level = descriptor.word.map(first_level);
            matches!(level, Some(FirstLevel::Table { base, .. }) if base == table)
        })
    }

    /// Gives up what is under way.
    pub(super) fn forget(&mut self, events: &mut Vec<WalkEvent>) {
        self.shown = false;
        let walks = std::mem::take(&mut self.walks);
        let walks = walks.into_values();
        events.extend(walks.map(|walking| WalkEvent::Over(walking.walk)));
    }

    /// Takes in one cycle.
    pub(super) fn step(
        &mut self,
        cycle: u64,
        wires: &PortWires,
        waiting: &[Waiting],
        probed: &[u32],
        is_base: impl Fn(u32) -> bool,
        events: &mut Vec<WalkEvent>,
    ) {
        let r = wires.channel(Channel::R);
        if r.fires() {
            let error = r.get(Field::Resp) >= 2;
            self.answer(
                cycle,
                r.get(Field::Id) as u8,
                r.get(Field::Data),
                error,
                waiting,
                events,
            );
        }
        let ar = wires.channel(Channel::Ar);
        if !ar.valid() {
            self.shown = false;
            self.free += 1;
            return;
        }
        if !self.shown {
            let address = ar.get(Field::Addr) as u32;
            let id = ar.get(Field::Id) as u8;
            let read = TableRead {
                address,
                level: 0,
                asked: cycle,
                answered: None,
                words: vec![0; if ar.get(Field::Size) >= 3 { 2 } else { 1 }],
                error: false,
            };
            self.begin(id, read, waiting, probed, is_base, events);
        }
        self.shown = !ar.ready();
    }

    fn begin(
        &mut self,
        id: u8,
        mut read: TableRead,
        waiting: &[Waiting],
        probed: &[u32],
        is_base: impl Fn(u32) -> bool,
        events: &mut Vec<WalkEvent>,
    ) {
        let table = read.address & !(SECOND_TABLE - 1);
        let goes_on = self.goes_on(id, &read);
        let first_table = read.address & !(FIRST_TABLE - 1);
        read.level = if goes_on {
            2
        } else if is_base(first_table) || self.bases.contains(&first_table) {
            1
        } else if self.pointers.contains_key(&table) {
            2
        } else {
            0
        };
        if goes_on {
            if let Some(walking) = self.walks.get_mut(&id) {
                let first = &mut walking.walk.reads[0];
                first.level = 1;
                let base = first.address & !(FIRST_TABLE - 1);
                if !self.bases.contains(&base) {
                    if self.bases.len() == BASES {
                        self.bases.remove(0);
                    }
                    self.bases.push(base);
                }
            }
        } else {
            if let Some(over) = self.walks.remove(&id) {
                events.push(WalkEvent::Over(over.walk));
            }
            let walk = Walk {
                number: self.numbers,
                device: self.device,
                id,
                ..Walk::default()
            };
            self.numbers += 1;
            let walking = Walking {
                walk,
                ..Walking::default()
            };
            self.walks.insert(id, walking);
        }
        let served: Vec<Waiting> = (waiting.iter())
            .filter(|waiting| self.is_for(&read, waiting))
            .copied()
            .collect();
        let probes = probed.iter().any(|&iova| {
            let probe = Waiting {
                number: 0,
                iova,
                ttbr0: None,
            };
            self.is_for(&read, &probe)
        });
        let Some(walking) = self.walks.get_mut(&id) else {
            return;
        };
        let walk = &mut walking.walk;
        if !served.is_empty() {
            walk.purpose = Purpose::Demand;
        } else if probes && walk.purpose == Purpose::Prefetch {
            walk.purpose = Purpose::Probe;
        }
        walk.pages = served.iter().map(|waiting| waiting.iova & !0xFFF).collect();
        walk.pages.dedup();
        walk.reads.push(read);
        walking.began_for = served;
    }

    /// Whether a read is the second one of the walk of this ID.
    fn goes_on(&self, id: u8, read: &TableRead) -> bool {
        let Some(walking) = self.walks.get(&id) else {
            return false;
        };
        let [first] = &walking.walk.reads[..] else {
            return false;
        };
        let table = read.address & !(SECOND_TABLE - 1);
        if !points_to(first, table) {
            return false;
        }
        let answered = first.answered.unwrap_or(read.asked);
        if read.asked <= answered + WALK_STEP {
            return true;
        }
        if self.free > walking.answered + WALK_STEP {
            return false;
        }
        // Those it was begun for want that read, too.
        let second = TableRead {
            level: 2,
            ..read.clone()
        };
        let begun = &walking.began_for;
        begun.is_empty() || begun.iter().any(|waiting| self.is_for(&second, waiting))
    }

    fn answer(
        &mut self,
        cycle: u64,
        id: u8,
        data: u64,
        error: bool,
        waiting: &[Waiting],
        events: &mut Vec<WalkEvent>,
    ) {
        let Some(walking) = self.walks.get_mut(&id) else {
            return;
        };
        walking.answered = self.free;
        let walk = &mut walking.walk;
        let number = walk.number;
        let Some(read) = walk.reads.last_mut().filter(|read| read.answered.is_none()) else {
            return;
        };
        read.answered = Some(cycle);
        read.error = error;
        let low = (read.address & 4) / 4;
        for (n, word) in read.words.iter_mut().enumerate() {
            *word = (data >> (32 * ((n as u32 + low) & 1))) as u32;
        }
        let read = read.clone();
        for (n, &word) in read.words.iter().enumerate() {
            let address = read.address + 4 * n as u32;
            self.keep(Descriptor {
                address,
                word: (!error).then_some(word),
                read: cycle,
                walk: number,
            });
            if read.level != 2 && !error {
                if let FirstLevel::Table { base, .. } = first_level(word) {
                    self.pointers.insert(base, address);
                    if self.pointers.len() > KEPT {
                        self.pointers.clear();
                    }
                }
            }
        }
        let served: Vec<u64> = (waiting.iter())
            .filter(|waiting| self.is_for(&read, waiting))
            .map(|waiting| waiting.number)
            .collect();
        let is_last = read.level == 2;
        if let Some(Walking { walk, .. }) = self.walks.get_mut(&id) {
            for number in &served {
                if !walk.transactions.contains(number) {
                    walk.transactions.push(*number);
                }
            }
            if !served.is_empty() {
                walk.purpose = Purpose::Demand;
            }
        }
        events.push(WalkEvent::Read(number, (read.asked, cycle), served));
        if is_last {
            let over = self.walks.remove(&id);
            events.extend(over.map(|walking| WalkEvent::Over(walking.walk)));
        }
    }

    fn keep(&mut self, descriptor: Descriptor) {
        let known = self.read(descriptor.address).next();
        let before = match known {
            Some(last) if last.word != descriptor.word => Some(last),
            _ => self.read(descriptor.address).nth(1),
        };
        if self.young.len() >= KEPT {
            self.old = std::mem::take(&mut self.young);
        }
        let kept = Kept {
            last: descriptor,
            before,
        };
        self.young.insert(descriptor.address, kept);
    }
}

/// Where the first-level descriptor of an address is.
const fn first(base: u32, waiting: &Waiting) -> u32 {
    (base & !(FIRST_TABLE - 1)) | ((waiting.iova >> 20) << 2)
}

/// Whether one of the words of a read points to a second-level table.
fn points_to(read: &TableRead, table: u32) -> bool {
    let mut words = read.words.iter();
    read.answered.is_some()
        && !read.error
        && words.any(
            |&word| matches!(first_level(word), FirstLevel::Table { base, .. } if base == table),
        )
}
