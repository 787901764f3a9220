//! A range of the program's addresses, in which scattered memory becomes contiguous.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::BorrowedFd;
use std::ptr::{self, NonNull};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};
use vcm::Binding;
use vcm::addr::Iova;
use vcm::driver::Driver;
use vcm::mmu::{Attributes, CpuError, PhysPart};
use vcm::wrap::CpuMapper;
use vcm::{Errno, Region};

use crate::error::Error;
use crate::memory::{Memory, check_range};
use crate::span::Span;
use crate::view::{View, ViewError};

/// A range of the program's addresses that is set aside for the CPU's context.
///
/// Nothing can be accessed there but what the context has bound while it is active, and the program
/// gets at that by a [`View`]. What is looked at stays: unbinding it, or deactivating its context,
/// fails with [`EBUSY`](Errno::EBUSY) while there is a view, also through the raw layer.
///
/// The addresses of the context have 32 bits. On a machine whose addresses have no more, they are the
/// program's own; otherwise the context begins at 0, and its addresses are offsets from
/// [`base`](Self::base).
///
/// Of the attributes of a reservation, `read`, `write` and `execute` are obeyed. A process is not privileged,
/// so that `user` makes no difference; and how the memory is cached was decided when its file was
/// opened.
#[derive(Debug)]
pub struct Window {
    base: NonNull<u8>,
    region: Region,
    memories: Vec<Arc<Memory>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    open: bool,
    /// What appears where: by offset.
    shown: BTreeMap<u32, Shown>,
    /// Addresses that are no longer the window's: offsets and sizes.
    lost: Vec<(u32, u32)>,
}

#[derive(Debug)]
struct Shown {
    size: u32,
    parts: Vec<PhysPart>,
    read: bool,
    write: bool,
    /// How many views there are of it.
    views: usize,
}

// SAFETY: the pointer is that of a range of addresses which the window owns; what is there is reached
// by `Span` only, and the book of it is behind a lock.
unsafe impl Send for Window {}
// SAFETY: as above.
unsafe impl Sync for Window {}

impl Window {
    /// Sets `size` bytes of addresses aside, in which memory of these files can appear.
    ///
    /// # Errors
    /// [`Error::Range`], [`Error::Map`] if there are not as many addresses left, [`Error::Overlap`].
    pub fn new(size: u32, memories: impl IntoIterator<Item = Arc<Memory>>) -> Result<Self, Error> {
        check_range(0, size.into())?;
        let mut memories: Vec<Arc<Memory>> = memories.into_iter().collect();
        memories.sort_by_key(|memory| memory.base());
        for pair in memories.windows(2) {
            let at = pair[1].base();
            if pair[0].end() > at.get().into() {
                return Err(Error::Overlap { at });
            }
        }
        // SAFETY: at addresses that are free.
        let mapped = unsafe { set_aside(None, size as usize, MapFlags::empty()) };
        let mapped = mapped.map_err(|error| Error::Map {
            what: "the window",
            error,
            hint: "ask for a smaller one, or raise the limit of the address space (ulimit -v)",
        })?;
        // Where the program's addresses have 32 bits, the context has the same.
        let start = if cfg!(target_pointer_width = "32") {
            mapped.as_ptr().addr() as u32
        } else {
            0
        };
        Ok(Self {
            base: mapped,
            region: Region::new(Iova::new(start), size),
            memories,
            state: Mutex::default(),
        })
    }

    /// The program's address of the first byte of the window.
    pub const fn base(&self) -> *const u8 {
        self.base.as_ptr()
    }

    /// A look at the memory that is bound to a reservation of the CPU's context.
    ///
    /// # Errors
    /// [`ViewError::NotActive`], [`ViewError::NoAccess`], [`ViewError::NotHere`] if the binding is none of
    /// this window's.
    pub fn view<'a, D: Driver + ?Sized>(
        &'a self,
        binding: &'a Binding<D>,
    ) -> Result<View<'a>, ViewError> {
        let at = binding.start();
        self.look(at, |shown| shown.parts == *binding.phys().parts())
    }

    /// A look at what is bound to the reservation that starts at `at`, for users of the raw layer.
    ///
    /// # Errors
    /// [`ViewError::NotActive`], [`ViewError::NotHere`], [`ViewError::NoAccess`].
    pub fn view_at(&self, at: Iova) -> Result<View<'_>, ViewError> {
        self.look(at, |_| true)
    }

    fn look(&self, at: Iova, is_wanted: impl Fn(&Shown) -> bool) -> Result<View<'_>, ViewError> {
        let mut state = self.state();
        if !state.open {
            return Err(ViewError::NotActive);
        }
        let offset = at.get().wrapping_sub(self.region.start.get());
        let shown = state
            .shown
            .get_mut(&offset)
            .filter(|shown| is_wanted(shown));
        let shown = shown.ok_or(ViewError::NotHere { at })?;
        if !shown.read {
            return Err(ViewError::NoAccess);
        }
        shown.views += 1;
        // SAFETY: `offset` is that of something mapped, hence in the window.
        let start = unsafe { self.base.add(offset as usize) };
        // SAFETY: it is mapped readable until the view, which is counted, is gone.
        let span = unsafe { Span::new(start, shown.size as usize) };
        let parts = shown.parts.clone().into_boxed_slice();
        Ok(View::new(self, offset, span, shown.write, parts))
    }

    /// A view is gone.
    pub(crate) fn leave(&self, offset: u32) {
        if let Some(shown) = self.state().shown.get_mut(&offset) {
            shown.views = shown.views.saturating_sub(1);
        }
    }

    pub(crate) fn memories(&self) -> &[Arc<Memory>] {
        &self.memories
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the state is changed half.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Offset of a range of the context's addresses, if it is in the window.
    fn offset(&self, at: Iova, size: u32) -> Result<u32, CpuError> {
        if self.region.encloses(&Region::new(at, size)) {
            Ok(at.get() - self.region.start.get())
        } else {
            Err(refused("addresses that are not in the window"))
        }
    }

    /// Where the bytes of `parts` are: file, offset in it, and how many.
    fn pieces(&self, parts: &[PhysPart]) -> Option<Vec<(BorrowedFd<'_>, u64, u32)>> {
        let mut pieces = Vec::with_capacity(parts.len());
        for part in parts {
            let mut rest = *part;
            while rest.size > 0 {
                let mut found = self.memories.iter().filter_map(|memory| {
                    let (offset, size) = memory.locate(rest)?;
                    Some((memory.file(), offset, size))
                });
                let piece = found.next()?;
                pieces.push(piece);
                rest.size -= piece.2;
                if rest.size > 0 {
                    // It goes on in the next memory.
                    rest.start = rest.start.checked_add(piece.2)?;
                }
            }
        }
        Some(pieces)
    }

    /// Has nothing appear in these `size` bytes. If it fails, what appears there still does.
    ///
    /// # Safety
    /// They are of the window, and nobody looks at them.
    unsafe fn clear(&self, state: &mut State, offset: u32, size: u32) -> Result<(), CpuError> {
        // SAFETY: the caller's.
        let start = unsafe { self.base.add(offset as usize) };
        let size = size as usize;
        // SAFETY: the caller's.
        if unsafe { set_aside(Some(start), size, MapFlags::FIXED) }.is_ok() {
            return Ok(());
        }
        // At the limit of mappings nothing can be replaced. Then the addresses are free for a moment.
        // SAFETY: the caller's.
        unsafe { munmap(start.as_ptr().cast(), size) }.map_err(|_| CpuError {
            reason: "the kernel cannot take the mapping away",
            errno: Errno::ENOMEM,
        })?;
        // SAFETY: nothing is replaced.
        let again = unsafe { set_aside(Some(start), size, MapFlags::FIXED_NOREPLACE) };
        // If somebody else has taken them in that moment, the window must not touch them any more.
        match again {
            Ok(at) if at == start => return Ok(()),
            // A kernel before 4.17 takes the address for a wish.
            // SAFETY: just mapped, and nobody knows of it.
            Ok(at) => drop(unsafe { munmap(at.as_ptr().cast(), size) }),
            Err(_) => {}
        }
        state.lost.push((offset, size as u32));
        Ok(())
    }
}

impl CpuMapper for Window {
    fn window(&self) -> Region {
        self.region
    }

    fn map(&self, at: Iova, parts: &[PhysPart], attributes: Attributes) -> Result<(), CpuError> {
        let total = parts.iter().map(|part| u64::from(part.size)).sum::<u64>();
        let size = u32::try_from(total).map_err(|_| refused("more than the window holds"))?;
        let offset = self.offset(at, size)?;
        let pieces = self.pieces(parts).ok_or(refused(
            "physical memory that the window has no file of: name it when the window is made",
        ))?;
        let mut state = self.state();
        let end = u64::from(offset) + total;
        let before = state.shown.range(..offset).next_back();
        let after = state.shown.range(offset..).next();
        let is_taken = before.is_some_and(|(start, shown)| start + shown.size > offset)
            || after.is_some_and(|(start, _)| u64::from(*start) < end);
        if is_taken || size == 0 {
            return Err(refused(
                "addresses where something is mapped, or none at all",
            ));
        }
        let overlaps = |(start, size): &(u32, u32)| {
            u64::from(*start) < end && u64::from(offset) < u64::from(*start) + u64::from(*size)
        };
        if state.lost.iter().any(overlaps) {
            return Err(LOST);
        }
        let mut prot = ProtFlags::empty();
        prot.set(ProtFlags::READ, attributes.read);
        prot.set(ProtFlags::WRITE, attributes.write);
        prot.set(ProtFlags::EXEC, attributes.execute);
        let mut done = 0;
        for (file, from, bytes) in pieces {
            // SAFETY: within the window, where nothing is mapped.
            let start = unsafe { self.base.add((offset + done) as usize) };
            let flags = MapFlags::SHARED | MapFlags::FIXED;
            let (start, bytes_here) = (start.as_ptr().cast(), bytes as usize);
            // SAFETY: as above: it replaces addresses that were set aside, and nobody looks there.
            let mapped = unsafe { mmap(start, bytes_here, prot, flags, file, from) };
            if let Err(error) = mapped {
                if done > 0 {
                    // What cannot be cleared stays unseen, and is replaced by the next mapping there.
                    // SAFETY: nobody has been told of it yet.
                    let _ = unsafe { self.clear(&mut state, offset, done) };
                }
                return Err(not_mapped(error));
            }
            done += bytes;
        }
        let shown = Shown {
            size,
            parts: parts.to_vec(),
            read: attributes.read,
            write: attributes.write,
            views: 0,
        };
        state.shown.insert(offset, shown);
        Ok(())
    }

    fn unmap(&self, at: Iova, size: u32) -> Result<(), CpuError> {
        let offset = self.offset(at, size)?;
        let mut state = self.state();
        match state.shown.get(&offset) {
            Some(shown) if shown.size == size && shown.views > 0 => return Err(BUSY),
            Some(shown) if shown.size == size => {}
            _ => return Err(refused("addresses where nothing is mapped in this size")),
        }
        // SAFETY: of the window, and there is no view, nor will there be while the state is locked.
        unsafe { self.clear(&mut state, offset, size) }?;
        state.shown.remove(&offset);
        Ok(())
    }

    fn open(&self) -> Result<(), CpuError> {
        self.state().open = true;
        Ok(())
    }

    fn close(&self) -> Result<(), CpuError> {
        let mut state = self.state();
        if state.shown.values().any(|shown| shown.views > 0) {
            return Err(BUSY);
        }
        state.open = false;
        Ok(())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if !state.lost.is_empty() {
            // Some of the range is somebody else's: the rest of it stays as it is.
            return;
        }
        // SAFETY: the range is the window's, and views borrow the window: there are none.
        let unmapped = unsafe { munmap(self.base.as_ptr().cast(), self.region.size as usize) };
        // At the limit of mappings it can fail; what stays is addresses that nobody uses.
        let _ = unmapped;
    }
}

/// Takes addresses that cannot be accessed: anywhere, or at `at` as the flags say.
///
/// # Safety
/// With [`MapFlags::FIXED`], what is there is the caller's, and nobody uses it.
unsafe fn set_aside(
    at: Option<NonNull<u8>>,
    size: usize,
    flags: MapFlags,
) -> io::Result<NonNull<u8>> {
    let flags = flags | MapFlags::PRIVATE | MapFlags::NORESERVE;
    let start = at.map_or(ptr::null_mut(), |at| at.as_ptr().cast());
    // SAFETY: without FIXED the kernel chooses free addresses; with it, the caller's word.
    let mapped = unsafe { mmap_anonymous(start, size, ProtFlags::empty(), flags) }?;
    NonNull::new(mapped.cast()).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}

const LOST: CpuError = CpuError {
    reason: "other parts of the program have taken these addresses, at the limit of mappings: \
             raise vm.max_map_count",
    errno: Errno::ENOMEM,
};

const BUSY: CpuError = CpuError {
    reason: "the program looks at it: drop its views first",
    errno: Errno::EBUSY,
};

const fn refused(reason: &'static str) -> CpuError {
    CpuError {
        reason,
        errno: Errno::EINVAL,
    }
}

fn not_mapped(error: rustix::io::Errno) -> CpuError {
    match error {
        rustix::io::Errno::NOMEM => CpuError {
            reason: "the kernel has no room for another mapping: allocate in larger parts, or raise \
                     vm.max_map_count",
            errno: Errno::ENOMEM,
        },
        rustix::io::Errno::ACCESS | rustix::io::Errno::PERM => CpuError {
            reason: "the file of the memory does not permit such a mapping",
            errno: Errno::EOPNOTSUPP,
        },
        _ => CpuError {
            reason: "the kernel cannot map the file of the memory",
            errno: Errno::EIO,
        },
    }
}
