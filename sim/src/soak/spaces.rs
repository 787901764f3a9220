//! A context that the driver has made, and what is mapped in it.

use fastrand::Rng;
use vcm::addr::{Iova, PhysAddr};
use vcm::iommu::IommuContext;
use vcm::mmu::{Attributes, MemoryType, PhysPart};

use super::plan::SLOTS;
use crate::platform::{SimBus, SimClock, SimMemory};

/// A context of the IOMMU on this board.
pub(super) type SimContext = IommuContext<SimBus, SimMemory, SimClock>;

/// First address of the first place; there is no memory at these addresses.
const SPACE: u32 = 0x4000_0000;
/// Distance of the places.
const DISTANCE: u32 = 0x0200_0000;
/// Memory that is given to masters.
const FRAMES: u32 = 0x0800_0000;
/// Bytes of it; it is shared by chance.
const FRAMES_SIZE: u32 = 0x0400_0000;
/// Where there is no memory.
const NOWHERE: u32 = 0xF000_0000;

/// What is mapped at a place.
#[derive(Clone, Debug)]
pub(super) struct Mapped {
    pub(super) at: Iova,
    pub(super) parts: Vec<PhysPart>,
    pub(super) attributes: Attributes,
}

impl Mapped {
    /// What is mapped next at a place.
    pub(super) fn draw(slot: u8, rng: &mut Rng) -> Self {
        let parts = parts(rng);
        // So that the largest page that fits can be used, or so that it cannot.
        let offset = match rng.u8(0..4) {
            0 => rng.u32(0..0x100) * 0x1000,
            1 => rng.u32(0..0x10) * 0x1_0000,
            _ => 0,
        };
        Self {
            at: Iova::new(place(slot) + offset),
            parts,
            attributes: attributes(rng),
        }
    }

    /// The same with other memory.
    pub(super) fn moved(&self, rng: &mut Rng) -> Self {
        let moved = |part: &PhysPart| PhysPart {
            start: frame(rng, part.size),
            size: part.size,
        };
        Self {
            parts: self.parts.iter().map(moved).collect(),
            ..self.clone()
        }
    }

    /// Bytes.
    pub(super) fn size(&self) -> u32 {
        self.parts.iter().map(|part| part.size).sum()
    }

    /// Address of one of its pages.
    pub(super) fn page(&self, rng: &mut Rng) -> u32 {
        self.at.get() + rng.u32(0..self.size() / 0x1000) * 0x1000
    }
}

/// A context and what is in it.
pub(super) struct Space {
    pub(super) mmu: SimContext,
    pub(super) slots: [Option<Mapped>; SLOTS as usize],
    pub(super) active: bool,
}

impl Space {
    pub(super) fn new(mmu: SimContext) -> Self {
        Self {
            mmu,
            slots: Default::default(),
            active: false,
        }
    }

    /// An address: mostly at a place, or the next one, where something is mapped.
    pub(super) fn address(&self, slot: u8, rng: &mut Rng) -> u32 {
        let turned = (0..SLOTS).map(|n| (slot + n) % SLOTS);
        let mapped = turned
            .filter_map(|slot| self.slots[usize::from(slot)].as_ref())
            .next();
        match mapped {
            Some(mapped) if rng.u8(0..12) != 0 => mapped.page(rng),
            _ => anywhere(slot, rng),
        }
    }
}

/// First address of a place.
pub(super) fn place(slot: u8) -> u32 {
    SPACE + u32::from(slot) * DISTANCE
}

/// An address at a place, mapped or not.
pub(super) fn anywhere(slot: u8, rng: &mut Rng) -> u32 {
    place(slot) + rng.u32(0..DISTANCE / 0x1000) * 0x1000
}

/// Memory in pieces: of pages of one size, or of several.
fn parts(rng: &mut Rng) -> Vec<PhysPart> {
    let (size, most) = [
        (0x1000, 40),
        (0x1000, 12),
        (0x1_0000, 6),
        (0x10_0000, 3),
        (0x100_0000, 1),
    ][rng.usize(0..5)];
    let mut parts: Vec<PhysPart> = (0..rng.u32(1..=most))
        .map(|_| PhysPart {
            start: frame(rng, size),
            size,
        })
        .collect();
    if rng.u8(0..4) == 0 {
        let size = 0x1000 * rng.u32(1..=20);
        parts.push(PhysPart {
            start: frame(rng, 0x1000),
            size,
        });
    }
    parts
}

/// Memory of a size, aligned to the largest page that fits in it.
fn frame(rng: &mut Rng, size: u32) -> PhysAddr {
    let align = 1 << size.ilog2();
    let base = match rng.u8(0..24) {
        0 => NOWHERE,
        _ => FRAMES,
    };
    let last = (FRAMES_SIZE - size) / align;
    PhysAddr::new(base + rng.u32(0..=last) * align)
}

fn attributes(rng: &mut Rng) -> Attributes {
    let read = rng.u8(0..10) != 0;
    Attributes {
        read,
        write: read && rng.u8(0..8) != 0,
        execute: rng.bool(),
        user: rng.u8(0..8) != 0,
        memory: [
            MemoryType::StronglyOrdered,
            MemoryType::Device,
            MemoryType::NonCacheable,
            MemoryType::WriteThrough,
            MemoryType::WriteBack,
        ][rng.usize(0..5)],
        secure: false,
    }
}
