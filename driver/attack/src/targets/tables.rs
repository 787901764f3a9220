//! Sequences of mapping, unmapping and splitting, with arguments that make no sense, memory that runs
//! out and writes that fail: afterwards the tables in memory say what they should, and nothing leaks.

use vcm::addr::{Iova, PhysAddr};
use vcm::mmu::{Attributes, MemoryType, MmuError, PhysPart, Quiet};
use vcm::seam::PhysMem;
use vcm::table::{Invalidation, PageTable, Translation};

use super::walk::translation;
use crate::input::Input;
use crate::memory::Memory;
use crate::reference::{self, Leaf};

const END: u64 = 1 << 32;
const PAGE: u64 = 1 << 12;
const SECTION: u64 = 1 << 20;
/// So many calls are enough for every way of two to meet.
const MOST_CALLS: usize = 24;

/// What is mapped from `start` to `end`.
#[derive(Clone, Copy, Debug)]
struct Mapped {
    start: u64,
    end: u64,
    phys: u64,
    attributes: Attributes,
}

struct World {
    memory: Memory,
    table: PageTable<Memory>,
    mapped: Vec<Mapped>,
}

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let memory = Memory::new(if input.once_in(4) { 40 << 10 } else { 1 << 20 });
    let Ok(table) = PageTable::new(memory.clone(), input.flag()) else {
        return;
    };
    let mut world = World {
        memory: memory.clone(),
        table,
        mapped: Vec::new(),
    };
    for _ in 0..MOST_CALLS {
        if input.is_empty() {
            break;
        }
        let fails = input.once_in(6).then(|| input.below(6));
        world.memory.fail_after(fails);
        match input.below(8) {
            0..4 => world.map(&mut input),
            4..7 => world.unmap(&mut input),
            _ => world.split(&mut input),
        }
        world.check();
    }
    world.table.end(Quiet::confirmed());
    // What may still be reachable, because a map could not be taken back, is never used again.
    let poisoned = world.table.poisoned() as u32;
    drop(world);
    assert!(
        memory.given() <= poisoned << 12,
        "table memory is left over"
    );
}

/// An address that others are near to.
fn address(input: &mut Input<'_>) -> u32 {
    let base = input.one_of(&[0, 0x4000_0000, 0x4010_0000, 0xFE00_0000, 0xFFFF_0000]);
    let unit = input.one_of(&[0x1000, 0x1000, 0x1_0000, 0x10_0000, 0x100_0000]);
    let at = unit * input.below(20);
    match input.once_in(24) {
        true => input.edge(),
        false => at.wrapping_add(base),
    }
}

fn size(input: &mut Input<'_>) -> u32 {
    let unit = input.one_of(&[0x1000, 0x1000, 0x1_0000, 0x10_0000, 0x100_0000]);
    match input.once_in(24) {
        true => input.edge(),
        false => unit * (1 + input.below(18)),
    }
}

fn attributes(input: &mut Input<'_>) -> Attributes {
    use MemoryType::{Device, NonCacheable, StronglyOrdered, WriteBack, WriteThrough};
    let memories = [
        NonCacheable,
        StronglyOrdered,
        Device,
        WriteThrough,
        WriteBack,
    ];
    let bits = input.byte();
    Attributes {
        read: bits & 1 == 0,
        write: bits & 2 == 0,
        execute: bits & 4 != 0,
        user: bits & 8 == 0,
        secure: bits & 0x30 == 0x30,
        memory: input.one_of(&memories),
    }
}

impl World {
    fn overlap(&self, start: u64, end: u64) -> bool {
        self.mapped.iter().any(|m| m.start < end && start < m.end)
    }

    /// Whether all of a range is mapped.
    fn covers(&self, start: u64, end: u64) -> bool {
        let bytes = |m: &Mapped| m.end.min(end).saturating_sub(m.start.max(start));
        self.mapped.iter().map(bytes).sum::<u64>() == end - start
    }

    fn map(&mut self, input: &mut Input<'_>) {
        let at = address(input);
        let attributes = attributes(input);
        let parts: Vec<PhysPart> = (0..1 + input.below(3))
            .map(|_| PhysPart {
                start: PhysAddr::new(address(input)),
                size: size(input),
            })
            .collect();
        let start = u64::from(at);
        let size: u64 = parts.iter().map(|part| u64::from(part.size)).sum();
        let end = start + size;
        let whole = |part: &PhysPart| {
            let (start, size) = (u64::from(part.start.get()), u64::from(part.size));
            size != 0 && (start | size) % PAGE == 0 && start + size <= END
        };
        let sensible = parts.iter().all(whole) && start % PAGE == 0 && end <= END;
        let refused = self.memory.refused();
        match self.table.map(Iova::new(at), &parts, attributes) {
            Ok(()) => {
                assert!(sensible, "{at:#x}, {parts:?}");
                assert!(attributes.read || !attributes.write);
                assert!(!self.overlap(start, end));
                let mut start = start;
                for part in parts {
                    let end = start + u64::from(part.size);
                    let phys = part.start.get().into();
                    self.mapped.push(Mapped {
                        start,
                        end,
                        phys,
                        attributes,
                    });
                    start = end;
                }
            }
            Err(MmuError::WriteOnly) => assert!(!attributes.read && attributes.write),
            Err(MmuError::Misaligned { .. } | MmuError::OutOfRange { .. }) => assert!(!sensible),
            Err(MmuError::Overlap { at }) => {
                assert!(self.overlap(at.get().into(), u64::from(at.get()) + PAGE));
            }
            Err(MmuError::MixedSecurity { at }) => {
                let section = u64::from(at.get()) / SECTION * SECTION;
                let mut near = self.mapped.iter();
                assert!(near.any(|m| m.start < section + SECTION
                    && section < m.end
                    && m.attributes.secure != attributes.secure));
            }
            Err(MmuError::OutOfMemory) => assert!(self.memory.refused() > refused),
            Err(error @ MmuError::Memory(_)) => self.settle(error),
            Err(other) => panic!("map: {other}"),
        }
    }

    fn unmap(&mut self, input: &mut Input<'_>) {
        let of = self
            .mapped
            .get(input.below(1 + self.mapped.len() as u32) as usize);
        // All of a mapping, a part of one, or anything.
        let (at, size) = match of {
            Some(m) if input.flag() => (m.start as u32, (m.end - m.start) as u32),
            Some(m) => {
                let pages = ((m.end - m.start) / PAGE) as u32;
                let skip = input.below(pages);
                let left = pages - skip;
                let pages = 1 + input.below(left);
                ((m.start as u32) + (skip << 12), pages << 12)
            }
            None => (address(input), size(input)),
        };
        let (start, end) = (u64::from(at), u64::from(at) + u64::from(size));
        let sensible = size != 0 && (start | end) % PAGE == 0 && end <= END;
        let refused = self.memory.refused();
        match self.table.unmap(Iova::new(at), size) {
            Ok(invalidation) => {
                assert!(sensible && self.covers(start, end), "{at:#x}, {size:#x}");
                check_invalidation(&invalidation, start, end);
                self.remove(start, end);
                self.confirm(input);
            }
            Err(MmuError::Misaligned { .. } | MmuError::OutOfRange { .. }) => assert!(!sensible),
            Err(MmuError::NotMapped { at }) => {
                assert!(!self.overlap(at.get().into(), u64::from(at.get()) + PAGE));
            }
            Err(MmuError::OutOfMemory) => assert!(self.memory.refused() > refused),
            Err(error @ MmuError::Memory(_)) => self.settle(error),
            Err(other) => panic!("unmap: {other}"),
        }
    }

    fn split(&mut self, input: &mut Input<'_>) {
        let of = self
            .mapped
            .get(input.below(1 + self.mapped.len() as u32) as usize);
        let at = match of {
            Some(m) => m.start as u32 + (input.below(((m.end - m.start) / PAGE) as u32) << 12),
            None => address(input),
        };
        let refused = self.memory.refused();
        match self.table.split(Iova::new(at)) {
            Ok(None) => {}
            Ok(Some(invalidation)) => {
                let (start, size) = invalidation.range();
                let start = u64::from(start.get());
                assert!((start..start + size).contains(&at.into()));
                self.confirm(input);
            }
            Err(MmuError::Misaligned { .. }) => assert_ne!(u64::from(at) % PAGE, 0),
            Err(MmuError::OutOfMemory) => assert!(self.memory.refused() > refused),
            Err(error @ MmuError::Memory(_)) => self.settle(error),
            Err(other) => panic!("split: {other}"),
        }
    }

    fn remove(&mut self, start: u64, end: u64) {
        let mut left = Vec::new();
        for m in &self.mapped {
            if m.start < start {
                let end = m.end.min(start);
                left.push(Mapped { end, ..*m });
            }
            if m.end > end {
                let skipped = end.saturating_sub(m.start);
                left.push(Mapped {
                    start: m.start + skipped,
                    phys: m.phys + skipped,
                    ..*m
                });
            }
        }
        self.mapped = left;
    }

    /// The hardware confirms; if memory fails, it does so again when it works.
    fn confirm(&mut self, input: &mut Input<'_>) {
        if input.once_in(8) {
            self.memory.fail_after(Some(0));
        }
        if self.table.confirm(Quiet::confirmed()).is_err() {
            assert!(!self.table.is_settled());
            self.memory.fail_after(None);
            let settled = self.table.settle();
            assert_eq!(settled, Ok(()));
        }
    }

    /// What failed in memory is made good when that works again.
    fn settle(&mut self, error: MmuError) {
        assert!(!error.to_string().is_empty());
        self.memory.fail_after(None);
        let settled = self.table.confirm(Quiet::confirmed());
        assert_eq!(settled, Ok(()));
        assert!(self.table.is_settled());
    }

    /// At every edge, the tables in memory say what they should.
    fn check(&self) {
        assert!(self.table.is_settled());
        for m in &self.mapped {
            for at in [m.start, ((m.start + m.end) / 2) & !3, m.end - 1] {
                self.probe(at, Some(m));
            }
            for at in [m.start.wrapping_sub(1), m.end] {
                if at < END {
                    let other = self.mapped.iter().find(|m| (m.start..m.end).contains(&at));
                    self.probe(at, other);
                }
            }
        }
    }

    fn probe(&self, at: u64, mapped: Option<&Mapped>) {
        let at = at as u32;
        let walked = self.table.walk(Iova::new(at));
        let read = |at| self.memory.read32(PhysAddr::new(at));
        let found = reference::walk(read, self.table.root().get(), at);
        let Some(m) = mapped else {
            assert!(found.is_err(), "{at:#x} is not mapped, but {found:x?}");
            assert!(walked.is_err());
            return;
        };
        let Ok(leaf) = found else {
            panic!("{at:#x} is mapped, but {found:?}");
        };
        let found = translation(&leaf);
        assert_eq!(walked.ok(), found);
        let Some(Translation {
            phys, attributes, ..
        }) = found
        else {
            panic!(
                "{at:#x} has a descriptor that says nothing: {:#x}",
                leaf.word
            );
        };
        assert_eq!(u64::from(phys.get()), m.phys + (u64::from(at) - m.start));
        // Without access nobody needs to be told who has it.
        let user = m.attributes.user || !m.attributes.read;
        assert_eq!(
            attributes,
            Attributes {
                user,
                ..m.attributes
            }
        );
        self.check_repeats(&leaf);
    }

    /// Pages of 64 KiB and 16 MiB stand in 16 equal words (B3.5.1).
    fn check_repeats(&self, leaf: &Leaf) {
        if leaf.bits == 12 || leaf.bits == 20 {
            return;
        }
        for at in (0..16).map(|n| (leaf.at & !0x3F) + 4 * n) {
            assert_eq!(self.memory.read32(PhysAddr::new(at)), Ok(leaf.word));
        }
    }
}

/// An invalidation names a page in what was unmapped for each that stood there.
fn check_invalidation(invalidation: &Invalidation, start: u64, end: u64) {
    let (first, size) = invalidation.range();
    let first = u64::from(first.get());
    assert!(first <= start && end <= first + size && first + size <= END);
    for at in invalidation.pages().unwrap_or_default() {
        assert!((first..first + size).contains(&at.get().into()));
    }
}
