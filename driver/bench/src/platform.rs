//! A platform that counts, and costs next to nothing: table memory in an array, an IOMMU that confirms
//! at once, time that passes a microsecond with each look at the clock.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use vcm::addr::PhysAddr;
use vcm::iommu::{Config, ContextConfig, Iommu, IommuContext, StreamId};
use vcm::mmu::Mmu;
use vcm::seam::{Bus, BusError, Clock, MemError, PhysMem};
use vcm_regs::{RegisterInfo, context, global};

/// Where the memory for tables begins, and its size.
const TABLES: u32 = 0x1000_0000;
const TABLES_SIZE: u32 = 32 << 20;
/// Where the memory for buffers begins: nobody looks at its content.
const BUFFERS: u32 = 0x4000_0000;

/// What has been asked of the platform so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) words: u64,
    pub(crate) syncs: u64,
    pub(crate) commands: u64,
}

impl Counts {
    /// What was added since `before`, an operation of `ops`.
    pub(crate) fn since(self, before: Self, ops: usize) -> [f64; 3] {
        [
            self.words - before.words,
            self.syncs - before.syncs,
            self.commands - before.commands,
        ]
        .map(|count| count as f64 / ops as f64)
    }
}

#[derive(Default)]
struct Free {
    /// Next address that has never been given out.
    fresh: u32,
    /// What came back, by size.
    returned: BTreeMap<u32, Vec<u32>>,
}

struct State {
    words: Box<[AtomicU32]>,
    tables: RefCell<Free>,
    buffers: Cell<u32>,
    time: Cell<u64>,
    counts: Cell<Counts>,
}

/// All seams in one. Clones are the same platform.
#[derive(Clone)]
pub(crate) struct Platform(Rc<State>);

/// A context of the IOMMU on this platform.
pub(crate) type Context = IommuContext<Platform, Platform, Platform>;

impl Platform {
    pub(crate) fn new() -> Self {
        let words = (0..TABLES_SIZE / 4).map(|_| AtomicU32::new(0)).collect();
        Self(Rc::new(State {
            words,
            tables: RefCell::new(Free {
                fresh: TABLES,
                returned: BTreeMap::new(),
            }),
            buffers: Cell::new(BUFFERS),
            time: Cell::new(0),
            counts: Cell::default(),
        }))
    }

    /// A context whose stream is translated.
    pub(crate) fn context(&self) -> Context {
        let iommu = Iommu::probe(self.clone(), self.clone(), self.clone(), Config::default())
            .expect("the platform answers");
        let context = iommu
            .context(ContextConfig::default())
            .expect("a bank is free");
        context
            .attach(StreamId::new(0))
            .expect("the stream is free");
        context.activate().expect("the platform answers");
        context
    }

    pub(crate) fn counts(&self) -> Counts {
        self.0.counts.get()
    }

    fn count(&self, add: impl FnOnce(&mut Counts)) {
        let mut counts = self.0.counts.get();
        add(&mut counts);
        self.0.counts.set(counts);
    }

    fn words(&self, at: PhysAddr, bytes: usize) -> Result<&[AtomicU32], MemError> {
        let size = bytes as u32;
        let from = at.get().wrapping_sub(TABLES) as usize / 4;
        let words = self.0.words.get(from..from + bytes / 4);
        words
            .filter(|_| at.is_aligned(4) && bytes % 4 == 0)
            .ok_or(MemError { at, size })
    }
}

impl PhysMem for Platform {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        if size > 1 << 20 {
            let at = self.0.buffers.get().next_multiple_of(align);
            self.0.buffers.set(at + size);
            return Some(PhysAddr::new(at));
        }
        let mut free = self.0.tables.borrow_mut();
        let returned = free.returned.get_mut(&size).and_then(Vec::pop);
        let at = returned.unwrap_or_else(|| {
            let at = free.fresh.next_multiple_of(align);
            free.fresh = at + size;
            at
        });
        (at + size <= TABLES + TABLES_SIZE).then_some(PhysAddr::new(at))
    }

    fn free(&self, at: PhysAddr, size: u32) {
        let mut free = self.0.tables.borrow_mut();
        free.returned.entry(size).or_default().push(at.get());
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        let words = self.words(at, into.len())?;
        for (to, from) in into.chunks_exact_mut(4).zip(words) {
            to.copy_from_slice(&from.load(Ordering::Relaxed).to_le_bytes());
        }
        Ok(())
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        let words = self.words(at, from.len())?;
        for (to, from) in words.iter().zip(from.chunks_exact(4)) {
            let word = [from[0], from[1], from[2], from[3]];
            to.store(u32::from_le_bytes(word), Ordering::Relaxed);
        }
        self.count(|counts| counts.words += words.len() as u64);
        Ok(())
    }

    fn sync_for_device(&self, _: PhysAddr, _: u32) {
        self.count(|counts| counts.syncs += 1);
    }

    fn sync_for_cpu(&self, _: PhysAddr, _: u32) {}
}

/// Whether a register of the window is one that begins an invalidation or a sync.
fn is_command(offset: u32) -> bool {
    let is_global = |register: &RegisterInfo| offset == global::BLOCK.at(0) + register.offset;
    let Some(in_banks) = offset.checked_sub(context::BLOCK.base) else {
        return is_global(&global::TLBIALL) || is_global(&global::TLBSYNC);
    };
    let register = in_banks % context::BLOCK.stride;
    (context::TLBIVA.offset..=context::TLBSYNC.offset).contains(&register)
}

impl Bus for Platform {
    fn read32(&self, offset: u32) -> Result<u32, BusError> {
        let id = |register: &RegisterInfo| global::BLOCK.at(0) + register.offset == offset;
        Ok(match offset {
            _ if id(&global::IDR0) => global::Idr0::default().bits(),
            _ if id(&global::IDR1) => global::Idr1::default().bits(),
            _ if id(&global::IDR2) => global::Idr2::default().bits(),
            _ if id(&global::IDR3) => global::Idr3::default().bits(),
            _ if id(&global::IDR4) => global::Idr4::default().bits(),
            _ => 0,
        })
    }

    fn write32(&self, offset: u32, _: u32) -> Result<(), BusError> {
        if is_command(offset) {
            self.count(|counts| counts.commands += 1);
        }
        Ok(())
    }
}

impl Clock for Platform {
    fn now(&self) -> Duration {
        self.0.time.set(self.0.time.get() + 1);
        Duration::from_micros(self.0.time.get())
    }
}
