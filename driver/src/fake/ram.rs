//! Physical memory.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use spin::Mutex;

use crate::addr::PhysAddr;
use crate::error::Error;
use crate::mmu::{PhysPart, Quiet};
use crate::seam::{MemError, PhysMem};
use crate::vcm::PAGE_SIZE;
use crate::wrap::{FrameRequest, FrameSource};

/// Physical memory with its allocator: first fit, in pages. Clones are the same memory.
#[derive(Clone)]
pub struct Ram {
    start: PhysAddr,
    size: u32,
    scattered: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    used: BTreeMap<u32, Use>,
    content: BTreeMap<u32, Box<[u8]>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Allocated,
    Poisoned,
}

impl Ram {
    /// `size` bytes from `start` on, all free.
    pub fn new(start: PhysAddr, size: u32) -> Self {
        Self {
            start,
            size,
            scattered: false,
            state: Arc::default(),
        }
    }

    /// The same, but so fragmented that no two pages of an allocation are neighbours, unless it has to
    /// be contiguous.
    pub fn scattered(start: PhysAddr, size: u32) -> Self {
        Self {
            scattered: true,
            ..Self::new(start, size)
        }
    }

    /// Bytes allocated.
    pub fn used(&self) -> u32 {
        self.count(Use::Allocated)
    }

    /// Bytes that will never be allocated again.
    pub fn poisoned(&self) -> u32 {
        self.count(Use::Poisoned)
    }

    /// Whether the page at `at` may be allocated.
    pub fn is_free(&self, at: PhysAddr) -> bool {
        let state = self.state.lock();
        !state.used.contains_key(&(at.get() / PAGE_SIZE))
    }

    fn count(&self, wanted: Use) -> u32 {
        let state = self.state.lock();
        let pages = state.used.values().filter(|&&is| is == wanted).count();
        pages as u32 * PAGE_SIZE
    }

    /// Numbers of all pages.
    fn pages(&self) -> core::ops::Range<u32> {
        let first = self.start.get() / PAGE_SIZE;
        first..first + self.size / PAGE_SIZE
    }

    fn find(&self, state: &State, count: u32, align: u32) -> Option<u32> {
        let pages = self.pages();
        let starts = pages.clone().filter(|page| page % (align / PAGE_SIZE) == 0);
        starts
            .take_while(|start| start + count <= pages.end)
            .find(|start| {
                let mut run = *start..start + count;
                run.all(|page| !state.used.contains_key(&page))
            })
    }

    fn end(&self, parts: &[PhysPart], fate: Option<Use>) {
        let mut state = self.state.lock();
        for part in parts {
            let first = part.start.get() / PAGE_SIZE;
            for page in first..first + part.size / PAGE_SIZE {
                let was = match fate {
                    Some(fate) => state.used.insert(page, fate),
                    None => state.used.remove(&page),
                };
                assert!(was == Some(Use::Allocated), "page {page:#x} was not in use");
            }
        }
    }
}

impl FrameSource for Ram {
    fn allocate(&self, request: &FrameRequest<'_>) -> Result<Vec<PhysPart>, Error> {
        let none = Error::OutOfMemory { size: request.size };
        let mut state = self.state.lock();
        let mut left = request.size / PAGE_SIZE;
        let mut parts = Vec::new();
        while left > 0 {
            let mut choices = Vec::new();
            if request.contiguous {
                choices.push((left, request.align));
            } else if !self.scattered {
                let sizes = request.page_sizes.iter();
                choices.extend(sizes.map(|&size| (size / PAGE_SIZE, size)));
            }
            choices.push((
                1,
                if self.scattered {
                    2 * PAGE_SIZE
                } else {
                    PAGE_SIZE
                },
            ));
            let fitting = choices
                .into_iter()
                .filter(|&(count, _)| count <= left && (!request.contiguous || count == left));
            let found = fitting
                .filter_map(|(count, align)| Some((self.find(&state, count, align)?, count)))
                .next();
            let Some((first, count)) = found else {
                for part in &parts {
                    let PhysPart { start, size } = part;
                    let first = start.get() / PAGE_SIZE;
                    for page in first..first + size / PAGE_SIZE {
                        state.used.remove(&page);
                    }
                }
                return Err(none);
            };
            for page in first..first + count {
                state.used.insert(page, Use::Allocated);
            }
            parts.push(PhysPart {
                start: PhysAddr::new(first * PAGE_SIZE),
                size: count * PAGE_SIZE,
            });
            left -= count;
        }
        Ok(parts)
    }

    fn free(&self, parts: &[PhysPart], _: Quiet) {
        self.end(parts, None);
    }

    fn poison(&self, parts: &[PhysPart]) {
        self.end(parts, Some(Use::Poisoned));
    }
}

impl PhysMem for Ram {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        let request = FrameRequest {
            size: size.checked_next_multiple_of(PAGE_SIZE)?,
            page_sizes: &[],
            contiguous: true,
            align: align.max(PAGE_SIZE),
        };
        let parts = FrameSource::allocate(self, &request).ok()?;
        parts.first().map(|part| part.start)
    }

    fn free(&self, at: PhysAddr, size: u32) {
        let size = size.next_multiple_of(PAGE_SIZE);
        self.end(&[PhysPart { start: at, size }], None);
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        self.check(at, into.len())?;
        let state = self.state.lock();
        for (offset, byte) in into.iter_mut().enumerate() {
            let at = at.get() as usize + offset;
            let page = state.content.get(&((at / PAGE_SIZE as usize) as u32));
            *byte = page.map_or(0, |page| page[at % PAGE_SIZE as usize]);
        }
        Ok(())
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        self.check(at, from.len())?;
        let mut state = self.state.lock();
        for (offset, byte) in from.iter().enumerate() {
            let at = at.get() as usize + offset;
            let page = state.content.entry((at / PAGE_SIZE as usize) as u32);
            let page = page.or_insert_with(|| vec![0; PAGE_SIZE as usize].into());
            page[at % PAGE_SIZE as usize] = *byte;
        }
        Ok(())
    }

    fn sync_for_device(&self, _: PhysAddr, _: u32) {}

    fn sync_for_cpu(&self, _: PhysAddr, _: u32) {}
}

impl Ram {
    fn check(&self, at: PhysAddr, len: usize) -> Result<(), MemError> {
        let size = len as u32;
        let end = u64::from(at.get()) + u64::from(size);
        if at < self.start || end > u64::from(self.start.get()) + u64::from(self.size) {
            return Err(MemError { at, size });
        }
        Ok(())
    }
}
