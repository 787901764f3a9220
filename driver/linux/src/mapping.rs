//! A part of a file, mapped.

use std::fs::File;
use std::os::fd::AsFd;
use std::ptr::{self, NonNull};

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use crate::error::Error;
use crate::file;
use crate::span::Span;

/// A part of a file, mapped readable and writable, shared with all who have it mapped.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: NonNull<u8>,
    size: usize,
}

// SAFETY: it owns the mapping, and is accessed as `Span` allows.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps `size` bytes of a file (a device, or one that cannot shrink) from `offset` on, a multiple
    /// of the page size.
    pub(crate) fn new(
        file: &File,
        offset: u64,
        size: usize,
        what: &'static str,
        hint: &'static str,
    ) -> Result<Self, Error> {
        file::holds(file, offset.saturating_add(size as u64))?;
        let (prot, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
        // SAFETY: at an address of the kernel's choice; nothing of the program is there.
        let mapped = unsafe { mmap(ptr::null_mut(), size, prot, flags, file.as_fd(), offset) };
        let start = mapped.ok().and_then(|start| NonNull::new(start.cast()));
        start.map(|start| Self { start, size }).ok_or_else(|| {
            let error = mapped
                .err()
                .map_or(std::io::ErrorKind::Other.into(), Into::into);
            Error::Map { what, error, hint }
        })
    }

    pub(crate) const fn span(&self) -> Span<'_> {
        // SAFETY: mapped until `drop`; only spans are handed out.
        unsafe { Span::new(self.start, self.size) }
    }

    /// Writes `from` at `offset`, if there is room.
    pub(crate) fn write(&self, offset: usize, from: &[u8]) -> Option<()> {
        let span = self.span().part(offset, from.len())?;
        // SAFETY: mapped writable.
        unsafe { span.write(from) };
        Some(())
    }

    /// Reads as much as `into` holds from `offset` on, if there is as much.
    pub(crate) fn read(&self, offset: usize, into: &mut [u8]) -> Option<()> {
        self.span().part(offset, into.len())?.read(into);
        Some(())
    }

    /// A word of a device's registers, if there is one.
    pub(crate) fn register(&self, offset: usize) -> Option<NonNull<u32>> {
        let word = self.span().part(offset, 4)?.start().cast::<u32>();
        word.is_aligned().then_some(word)
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: nothing refers to it any more: spans borrow it.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), self.size) };
        debug_assert_eq!(unmapped, Ok(()));
    }
}
