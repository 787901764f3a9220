//! What stands beside the driver: page tables by `aarch64-paging`, addresses by
//! `buddy_system_allocator`.

use aarch64_paging::Mapping;
use aarch64_paging::linearmap::LinearTranslation;
use aarch64_paging::paging::{
    Attributes, Constraints, MemoryRegion, PhysicalAddress, TranslationRegime, VaRange,
};
use buddy_system_allocator::FrameAllocator;
use vcm::addr::Iova;
use vcm::mmu::PhysPart;

/// What is measured beside [`Paging::map`].
pub(crate) const PAGING_MAP: &str = "aarch64-paging map";
/// What is measured beside [`Buddy`].
pub(crate) const BUDDY: &str = "buddy_system_allocator";

/// An AArch64 page table, of 4 KiB pages, that no CPU uses.
pub(crate) struct Paging(Mapping<LinearTranslation>);

fn region(at: Iova, size: u32) -> MemoryRegion {
    let start = at.get() as usize;
    MemoryRegion::new(start, start + size as usize)
}

impl Paging {
    pub(crate) fn new() -> Self {
        let translation = LinearTranslation::new(0);
        let level = 1;
        let asid = 1;
        Self(Mapping::new(
            translation,
            asid,
            level,
            TranslationRegime::El1And0,
            VaRange::Lower,
        ))
    }

    fn set(&mut self, at: Iova, part: PhysPart, flags: Attributes) {
        let to = PhysicalAddress(part.start.get() as usize);
        self.0
            .map_range(&region(at, part.size), to, flags, Constraints::empty())
            .expect("the range is free");
    }

    /// Maps `parts`, one after the other.
    pub(crate) fn map(&mut self, at: Iova, parts: &[PhysPart]) {
        let flags = Attributes::VALID | Attributes::ACCESSED | Attributes::NON_GLOBAL;
        let mut at = at.get();
        for part in parts {
            self.set(Iova::new(at), *part, flags);
            at += part.size;
        }
    }

    /// Unmaps `size` bytes.
    pub(crate) fn unmap(&mut self, at: Iova, size: u32) {
        let start = vcm::addr::PhysAddr::new(0);
        self.set(at, PhysPart { start, size }, Attributes::empty());
    }
}

/// A buddy allocator over as many pages as an address space has. It rounds up to powers of two.
pub(crate) struct Buddy(FrameAllocator<21>);

impl Buddy {
    pub(crate) fn new() -> Self {
        let mut pages = FrameAllocator::new();
        pages.insert(0..1 << 20);
        Self(pages)
    }

    pub(crate) fn take(&mut self, pages: usize) -> usize {
        self.0.alloc(pages).expect("there is room")
    }

    pub(crate) fn give(&mut self, at: usize, pages: usize) {
        self.0.dealloc(at, pages);
    }
}
