//! Physical memory that this program has a file of.

use std::fmt;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{MemfdFlags, SealFlags};
use vcm::PAGE_SIZE;
use vcm::addr::{Iova, PhysAddr};
use vcm::iova::{IovaSpace, Request};
use vcm::mmu::PhysPart;
use vcm::seam::{MemError, PhysMem};

use crate::barrier;
use crate::error::Error;
use crate::mapping::Mapping;
use crate::sync::{CacheSync, Next};

/// Physically contiguous memory that this program has a file of: a device of u-dma-buf, or an
/// anonymous file that stands for memory in a simulation.
///
/// As a [`PhysMem`] it gives out pages of 4 KiB: what is smaller takes a whole one. The CPU may use it
/// at the same time as devices; every aligned word is read and written by one access.
pub struct Memory {
    file: File,
    /// Where in the file it begins.
    first: u64,
    base: PhysAddr,
    size: u32,
    mapping: Mapping,
    /// What has been given out. It is an allocator of numbers, whatever they are called.
    given: IovaSpace,
    cache: Option<CacheSync>,
    sync_failures: AtomicU64,
}

impl Memory {
    /// `size` bytes of zeroes in an anonymous file, which stand for physical memory from `base` on.
    ///
    /// # Errors
    /// [`Error::Range`], [`Error::Map`].
    pub fn anonymous(base: PhysAddr, size: u32) -> Result<Self, Error> {
        check_range(base.get().into(), size.into())?;
        let file = anonymous(size).map_err(|error| Error::Map {
            what: "an anonymous file",
            error: error.into(),
            hint: "is the limit of open files or of memory reached?",
        })?;
        Self::of_file(file, base, size)
    }

    /// The first `size` bytes of a file are the physical memory from `base` on. The file is a device
    /// node, or a memfd that has been sealed against shrinking, such as another process may hand over.
    ///
    /// # Errors
    /// [`Error::Range`], [`Error::CanShrink`], [`Error::TooShort`], [`Error::Map`].
    pub fn of_file(file: File, base: PhysAddr, size: u32) -> Result<Self, Error> {
        Self::of_part(file, 0, base, size)
    }

    /// `size` bytes of a file from `first` on, a multiple of 4 KiB, are the physical memory from `base`
    /// on.
    ///
    /// # Errors
    /// As [`of_file`](Self::of_file).
    pub fn of_part(file: File, first: u64, base: PhysAddr, size: u32) -> Result<Self, Error> {
        Self::with_cache(file, first, base, size, None)
    }

    pub(crate) fn with_cache(
        file: File,
        first: u64,
        base: PhysAddr,
        size: u32,
        cache: Option<CacheSync>,
    ) -> Result<Self, Error> {
        check_range(base.get().into(), size.into())?;
        let hint = "is it as large as the device says, and is there address space left?";
        let mapping = Mapping::new(&file, first, size as usize, "the memory", hint)?;
        let numbers = IovaSpace::new(Iova::new(base.get()), size.into());
        let given = numbers.map_err(|_| Error::Range {
            base: base.get().into(),
            size: size.into(),
        })?;
        Ok(Self {
            file,
            first,
            base,
            size,
            mapping,
            given,
            cache,
            sync_failures: AtomicU64::new(0),
        })
    }

    /// Address of its first byte.
    pub const fn base(&self) -> PhysAddr {
        self.base
    }

    /// Its size in bytes.
    pub const fn size(&self) -> u32 {
        self.size
    }

    /// Its file, for another process to use the same memory.
    pub fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// How often the system has refused to keep cache and memory the same. It should be 0: the files
    /// of u-dma-buf in `/sys` have to be writable for this program.
    pub fn sync_failures(&self) -> u64 {
        self.sync_failures.load(Ordering::Relaxed)
    }

    pub(crate) const fn end(&self) -> u64 {
        self.base.get() as u64 + self.size as u64
    }

    /// Offset in the file of the first bytes of `part`, and how many of them are here.
    pub(crate) fn locate(&self, part: PhysPart) -> Option<(u64, u32)> {
        let offset = part.start.get().checked_sub(self.base.get())?;
        let room = self.size.checked_sub(offset).filter(|room| *room > 0)?;
        Some((self.first + u64::from(offset), part.size.min(room)))
    }

    fn offset(&self, at: PhysAddr) -> Option<usize> {
        Some(at.get().checked_sub(self.base.get())? as usize)
    }

    fn hand_over(&self, next: Next, at: PhysAddr, size: u32) {
        barrier::full();
        if let Some(cache) = &self.cache {
            let offset = at.get().wrapping_sub(self.base.get());
            if cache.hand_over(next, offset, size).is_err() {
                self.sync_failures.fetch_add(1, Ordering::Relaxed);
            }
            barrier::full();
        }
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({}, {:#x} bytes)", self.base, self.size)
    }
}

impl PhysMem for Memory {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        let size = size.checked_next_multiple_of(PAGE_SIZE)?;
        let request = Request::new(size).aligned(align.max(PAGE_SIZE));
        let range = self.given.reserve(&request).ok()?;
        Some(PhysAddr::new(range.start.get()))
    }

    fn free(&self, at: PhysAddr, _size: u32) {
        let freed = self.given.free(Iova::new(at.get()));
        debug_assert_eq!(freed, Ok(()));
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        let read = self
            .offset(at)
            .and_then(|offset| self.mapping.read(offset, into));
        read.ok_or(outside(at, into.len()))
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        let written = self
            .offset(at)
            .and_then(|offset| self.mapping.write(offset, from));
        written.ok_or(outside(at, from.len()))
    }

    fn sync_for_device(&self, at: PhysAddr, size: u32) {
        self.hand_over(Next::Device, at, size);
    }

    fn sync_for_cpu(&self, at: PhysAddr, size: u32) {
        self.hand_over(Next::Cpu, at, size);
    }
}

fn outside(at: PhysAddr, size: usize) -> MemError {
    MemError {
        at,
        size: u32::try_from(size).unwrap_or(u32::MAX),
    }
}

/// A file of zeroes in memory whose size nobody can change.
fn anonymous(size: u32) -> rustix::io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let file = File::from(rustix::fs::memfd_create("vcm", flags)?);
    rustix::fs::ftruncate(&file, size.into())?;
    let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
    rustix::fs::fcntl_add_seals(&file, seals)?;
    Ok(file)
}

/// Whether the system's pages and this range can be used.
pub(crate) fn check_range(base: u64, size: u64) -> Result<(), Error> {
    let page = rustix::param::page_size();
    if page != PAGE_SIZE as usize {
        return Err(Error::PageSize(page));
    }
    let aligned = (base | size) % u64::from(PAGE_SIZE) == 0;
    let fits = base.checked_add(size).is_some_and(|end| end <= 1 << 32);
    // A size of 4 GiB has no number of 32 bits.
    if size == 0 || size > u32::MAX.into() || !aligned || !fits {
        return Err(Error::Range { base, size });
    }
    Ok(())
}
