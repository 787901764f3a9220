//! Where everything lies: read back from the page tables, not from what was asked for.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use vcm::Binding;
use vcm::addr::{Iova, PhysAddr};
use vcm::mmu::PhysPart;

use crate::buffers::Buffers;
use crate::error::{DemoError, While};
use crate::machine::Machine;
use crate::mix::{PAGES, size_name};
use crate::report::Check;

/// What a buffer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The file, read-only.
    Source,
    /// Its copy.
    Destination,
    /// Shared with a master that is not translated.
    Shared,
}

impl Role {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Destination => "destination",
            Self::Shared => "shared buffer",
        }
    }
}

/// A page, as the page table has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where devices see it.
    pub iova: Iova,
    /// Where it lies.
    pub phys: PhysAddr,
    /// Its size in bytes.
    pub size: u32,
}

/// A contiguous range of device addresses.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// What it is for.
    pub role: Role,
    /// Its pages, in the order of device addresses.
    pub pages: Vec<Page>,
    /// Bytes of it that the file fills, from the start.
    pub filled: u32,
    /// Whether devices may write to it.
    pub writable: bool,
    /// Where the bypassed stream sees it, if it does.
    pub direct: Option<Iova>,
    /// Whether the page table leads to the memory that was bound.
    as_bound: bool,
}

/// Where everything lies.
#[derive(Clone, Debug)]
pub struct MemoryMap {
    /// The pool of scattered memory, in blocks of 1 MiB, by address.
    pub blocks: Vec<PhysPart>,
    /// What belongs to others in it.
    pub others: Vec<PhysPart>,
    /// What is bound.
    pub buffers: Vec<Buffer>,
}

impl Buffer {
    /// Its first device address.
    pub fn start(&self) -> Iova {
        self.pages.first().map_or(Iova::new(0), |page| page.iova)
    }

    /// Its size in bytes.
    pub fn size(&self) -> u32 {
        self.pages.iter().map(|page| page.size).sum()
    }

    /// How many pages of each of [`PAGES`] it has.
    pub fn page_counts(&self) -> [usize; 3] {
        PAGES.map(|size| self.pages.iter().filter(|page| page.size == size).count())
    }

    /// The same buffer, as a stream that is not translated sees it.
    pub(crate) fn one_to_one(&self) -> Self {
        let mut direct = self.clone();
        for page in &mut direct.pages {
            page.iova = Iova::new(page.phys.get());
        }
        direct
    }

    /// What it is, in words.
    pub fn describe(&self) -> String {
        let counts = PAGES.iter().zip(self.page_counts());
        let pages: Vec<String> = counts
            .filter(|(_, count)| *count > 0)
            .map(|(size, count)| format!("{count} × {}", size_name(*size)))
            .collect();
        let pages = pages.join(", ");
        let direct = self
            .direct
            .map_or(String::new(), |at| format!(", one-to-one at {at}"));
        let access = if self.writable { "" } else { ", read-only" };
        format!(
            "{} at {}, {} KiB{access}{direct}: {pages}",
            self.role.name(),
            self.start(),
            self.size() >> 10,
        )
    }
}

impl MemoryMap {
    /// Whether it is as it should be.
    pub(crate) fn check(&self) -> Check {
        let check = Check::new("the page tables lead to the memory bound, by pages of all sizes");
        let unlike = self.buffers.iter().find(|buffer| !buffer.as_bound);
        let missing = self
            .buffers
            .iter()
            .filter(|buffer| buffer.role != Role::Shared)
            .find(|buffer| buffer.page_counts().contains(&0));
        check
            .unless(unlike.map(|buffer| format!("the {} lies elsewhere", buffer.role.name())))
            .unless(missing.map(|buffer| format!("not so the {}", buffer.describe())))
    }
}

/// Walks the page table of the active context.
pub(crate) fn read<M: Machine>(buffers: &Buffers<M>, file: usize) -> Result<MemoryMap, DemoError> {
    let file = file as u32;
    let shared_direct = buffers.shared_direct.start();
    let all = [
        (Role::Source, &buffers.source, file, false, None),
        (Role::Destination, &buffers.destination, file, true, None),
        (Role::Shared, &buffers.shared, 0, true, Some(shared_direct)),
    ];
    let all = all
        .into_iter()
        .map(|(role, binding, filled, writable, direct)| {
            let (pages, as_bound) = pages(buffers, binding)?;
            Ok(Buffer {
                role,
                pages,
                filled,
                writable,
                direct,
                as_bound,
            })
        });
    Ok(MemoryMap {
        buffers: all.collect::<Result<_, DemoError>>()?,
        blocks: buffers.worn.blocks().to_vec(),
        others: buffers.worn.others(),
    })
}

/// The pages of a binding, and whether they are where the framework says.
fn pages<M: Machine>(
    buffers: &Buffers<M>,
    binding: &Binding,
) -> Result<(Vec<Page>, bool), DemoError> {
    let region = binding.region();
    let (mut pages, mut as_bound) = (Vec::new(), true);
    let mut offset = 0;
    while offset < region.size {
        let iova = Iova::new(region.start.get() + offset);
        let found = buffers.context.walk(iova).when("walking the page table")?;
        as_bound &= buffers.translated.translate(iova) == Some(found.phys);
        let size = found.page.bytes();
        pages.push(Page {
            iova,
            phys: found.phys,
            size,
        });
        offset += size;
    }
    Ok((pages, as_bound))
}
