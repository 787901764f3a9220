//! A look at bound memory.

use std::sync::atomic::{AtomicU8, AtomicU32};

use vcm::addr::Iova;
use vcm::mmu::PhysPart;
use vcm::seam::PhysMem;

use crate::span::Span;
use crate::window::Window;

/// A look at bound memory: all of it as one contiguous piece, whatever parts it is in.
///
/// While there is one, the memory stays bound and the CPU's context active.
///
/// ```compile_fail,E0505
/// # fn unbound_while_looked_at(window: &vcm_linux::Window, buffer: vcm::Binding) {
/// let view = window.view(&buffer).unwrap();
/// buffer.destroy().unwrap(); // it is borrowed
/// view.write(0, b"too late").unwrap();
/// # }
/// ```
///
/// # Others
/// Devices may write to the memory at any time, and so may other views of the same memory. Therefore
/// the safe accesses are relaxed atomic ones: each sees some value that was written, and says nothing
/// about others. The order is that of the seams:
///
/// - before a device is told to read: write, then [`sync_for_device`](Self::sync_for_device);
/// - after a device has said that it has written: [`sync_for_cpu`](Self::sync_for_cpu), then read.
///
/// A plain slice is faster and fits other code, but nobody else may write meanwhile; that is for the
/// caller to know ([`as_slice`](Self::as_slice), [`as_mut_slice`](Self::as_mut_slice)).
#[derive(Debug)]
pub struct View<'a> {
    window: &'a Window,
    offset: u32,
    span: Span<'a>,
    write: bool,
    parts: Box<[PhysPart]>,
}

/// Why there is no view, or not of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ViewError {
    /// The CPU's context is not active.
    #[error("the CPU's context is not active: activate it first")]
    NotActive,
    /// It is not bound in the context of this window.
    #[error("nothing of that kind is bound at {at} of the window: bind it in the CPU's context")]
    NotHere {
        /// The address.
        at: Iova,
    },
    /// More than is bound.
    #[error("{size:#x} bytes at offset {offset:#x} are beyond the {bound:#x} bytes that are bound")]
    Beyond {
        /// Offset of the first byte.
        offset: usize,
        /// Bytes wanted.
        size: usize,
        /// Bytes bound.
        bound: usize,
    },
    /// The reservation permits no access at all.
    #[error("the reservation permits no access: reserve with the attribute `read`")]
    NoAccess,
    /// The reservation is read-only.
    #[error("the reservation permits no writing: reserve with the attribute `write`")]
    ReadOnly,
}

impl<'a> View<'a> {
    pub(crate) fn new(
        window: &'a Window,
        offset: u32,
        span: Span<'a>,
        write: bool,
        parts: Box<[PhysPart]>,
    ) -> Self {
        Self {
            window,
            offset,
            span,
            write,
            parts,
        }
    }

    /// Bytes bound.
    #[allow(clippy::len_without_is_empty)] // it never is
    pub const fn len(&self) -> usize {
        self.span.size()
    }

    /// The program's address of the first byte.
    pub const fn as_ptr(&self) -> *const u8 {
        self.span.start().as_ptr()
    }

    /// Whether it may be written to.
    pub const fn is_writable(&self) -> bool {
        self.write
    }

    /// Reads from `offset` on, as much as `into` holds.
    ///
    /// # Errors
    /// [`ViewError::Beyond`]; nothing is read then.
    pub fn read(&self, offset: usize, into: &mut [u8]) -> Result<(), ViewError> {
        self.part(offset, into.len())?.read(into);
        Ok(())
    }

    /// Writes from `offset` on.
    ///
    /// # Errors
    /// [`ViewError::ReadOnly`], [`ViewError::Beyond`]; nothing is written then.
    pub fn write(&self, offset: usize, from: &[u8]) -> Result<(), ViewError> {
        self.writable()?;
        let part = self.part(offset, from.len())?;
        // SAFETY: just checked.
        unsafe { part.write(from) };
        Ok(())
    }

    /// All of it as one slice of bytes, which others may change.
    ///
    /// # Errors
    /// [`ViewError::ReadOnly`], since they could be written to.
    pub fn bytes(&self) -> Result<&[AtomicU8], ViewError> {
        self.writable()?;
        Ok(self.span.bytes())
    }

    /// All of it as one slice of words in the CPU's byte order, which others may change.
    ///
    /// # Errors
    /// [`ViewError::ReadOnly`], since they could be written to.
    pub fn words(&self) -> Result<&[AtomicU32], ViewError> {
        self.writable()?;
        // It is whole pages.
        Ok(self.span.words().unwrap_or_default())
    }

    /// All of it as one plain slice.
    ///
    /// # Safety
    /// While the slice lives, nobody writes to the memory: no device, no other process, nothing in
    /// this program, by whatever context or address.
    pub const unsafe fn as_slice(&self) -> &[u8] {
        // SAFETY: mapped readable while there is a view; the rest is the caller's.
        unsafe { std::slice::from_raw_parts(self.as_ptr(), self.len()) }
    }

    /// All of it as one plain slice to write to.
    ///
    /// # Errors
    /// [`ViewError::ReadOnly`].
    ///
    /// # Safety
    /// While the slice lives, nobody else reads or writes the memory: no device, no other process,
    /// nothing in this program, by whatever context or address.
    pub unsafe fn as_mut_slice(&mut self) -> Result<&mut [u8], ViewError> {
        self.writable()?;
        let start = self.span.start().as_ptr();
        // SAFETY: mapped writable while there is a view; the rest is the caller's.
        Ok(unsafe { std::slice::from_raw_parts_mut(start, self.len()) })
    }

    /// Makes what the program has written visible to devices.
    pub fn sync_for_device(&self) {
        self.each_part(|memory, part| memory.sync_for_device(part.start, part.size));
    }

    /// Makes what devices have written visible to the program.
    pub fn sync_for_cpu(&self) {
        self.each_part(|memory, part| memory.sync_for_cpu(part.start, part.size));
    }

    fn each_part(&self, sync: impl Fn(&dyn PhysMem, PhysPart)) {
        for part in &self.parts {
            let mut rest = *part;
            for memory in self.window.memories() {
                // In the order of their addresses: a part may reach from one into the next.
                let Some((_, size)) = memory.locate(rest) else {
                    continue;
                };
                sync(&**memory, PhysPart { size, ..rest });
                rest.size -= size;
                match rest.start.checked_add(size) {
                    Some(start) if rest.size > 0 => rest.start = start,
                    _ => break,
                }
            }
        }
    }

    const fn writable(&self) -> Result<(), ViewError> {
        if self.write {
            Ok(())
        } else {
            Err(ViewError::ReadOnly)
        }
    }

    fn part(&self, offset: usize, size: usize) -> Result<Span<'_>, ViewError> {
        let bound = self.len();
        self.span.part(offset, size).ok_or(ViewError::Beyond {
            offset,
            size,
            bound,
        })
    }
}

impl Drop for View<'_> {
    fn drop(&mut self) {
        self.window.leave(self.offset);
    }
}
