//! Memory at the addresses where it is.

use core::ops::Range;
use core::ptr::{read_volatile, write_volatile};

use buddy_system_allocator::FrameAllocator;
use spin::Mutex;
use vcm::addr::PhysAddr;
use vcm::seam::{MemError, PhysMem};

use crate::cache::{Cache, Inner, LINE};
use crate::io::Io;

/// Sizes are powers of two, up to 2 GiB.
const ORDERS: usize = 32;

/// Memory that the processor sees where devices see it: with the MMU off, or mapped one to one.
pub struct Identity<I, O> {
    range: Range<u32>,
    free: Mutex<FrameAllocator<ORDERS>>,
    cache: Cache<I, O>,
}

impl<I: Inner, O: Io> Identity<I, O> {
    /// The memory of a range, all of it free, its ends rounded inwards to lines of the cache.
    ///
    /// # Safety
    /// It is memory, at these addresses for the processor too, and from now on nobody else's.
    pub unsafe fn new(cache: Cache<I, O>, range: Range<u32>) -> Self {
        let start = range.start.div_ceil(LINE).saturating_mul(LINE);
        let end = (range.end / LINE * LINE).max(start);
        let mut free = FrameAllocator::new();
        free.add_frame(start as usize, end as usize);
        Self {
            range: start..end,
            free: Mutex::new(free),
            cache,
        }
    }

    /// The address for the processor, if all of it is in the range.
    fn pointer(&self, at: PhysAddr, size: usize) -> Result<*mut u8, MemError> {
        let end = u64::from(at.get()) + size as u64;
        if at.get() >= self.range.start && end <= u64::from(self.range.end) {
            Ok(at.get() as usize as *mut u8)
        } else {
            let size = u32::try_from(size).unwrap_or(u32::MAX);
            Err(MemError { at, size })
        }
    }
}

/// Bytes that so many take: a power of two. A line has one owner, else forgetting one's would forget the
/// other's.
fn unit(size: u32) -> Option<usize> {
    size.max(LINE)
        .checked_next_power_of_two()
        .map(|unit| unit as usize)
}

impl<I: Inner, O: Io> PhysMem for Identity<I, O> {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        let unit = unit(size)?;
        let whole = unit.max(align as usize);
        let mut free = self.free.lock();
        // A block is aligned to its size.
        let at = free.alloc(whole)?;
        let mut more = unit;
        while more < whole {
            free.dealloc(at + more, more);
            more *= 2;
        }
        u32::try_from(at).ok().map(PhysAddr::new)
    }

    fn free(&self, at: PhysAddr, size: u32) {
        if let Some(unit) = unit(size) {
            self.free.lock().dealloc(at.get() as usize, unit);
        }
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        let from = self.pointer(at, into.len())?;
        for (i, byte) in into.iter_mut().enumerate() {
            // SAFETY: it is in the range, which `new` was promised is memory of ours.
            *byte = unsafe { read_volatile(from.add(i)) };
        }
        Ok(())
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        let mut to = self.pointer(at, from.len())?;
        let head = (at.get().wrapping_neg() % 4).min(from.len() as u32) as usize;
        let (head, rest) = from.split_at(head);
        let words = rest.chunks_exact(4);
        let tail = words.remainder();
        // SAFETY: all of it is in the range, which `new` was promised is memory of ours; words are
        // written at aligned addresses.
        unsafe {
            for &byte in head {
                write_volatile(to, byte);
                to = to.add(1);
            }
            for word in words {
                let word = word
                    .iter()
                    .rev()
                    .fold(0, |word, &byte| word << 8 | u32::from(byte));
                write_volatile(to.cast(), word);
                to = to.add(4);
            }
            for &byte in tail {
                write_volatile(to, byte);
                to = to.add(1);
            }
        }
        Ok(())
    }

    fn read32(&self, at: PhysAddr) -> Result<u32, MemError> {
        let from = self.pointer(at, 4)?;
        // SAFETY: as `read`; the trait asks for an aligned address.
        Ok(unsafe { read_volatile(from.cast()) })
    }

    fn sync_for_device(&self, at: PhysAddr, size: u32) {
        self.cache.clean(at.get(), size);
    }

    fn sync_for_cpu(&self, at: PhysAddr, size: u32) {
        self.cache.invalidate(at.get(), size);
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    struct Nothing;

    impl Inner for Nothing {
        fn clean(&self, _: u32) {}
        fn invalidate(&self, _: u32) {}
        fn clean_and_invalidate(&self, _: u32) {}
    }

    impl Io for Nothing {
        fn read(&self, _: usize) -> u32 {
            0
        }
        fn write(&self, _: usize, _: u32) {}
    }

    /// 64 KiB at 1 MiB. Only its addresses are used.
    fn memory() -> Identity<Nothing, Nothing> {
        // SAFETY: nothing is read or written.
        unsafe { Identity::new(Cache::new(Nothing, Nothing), 0x10_0001..0x11_0001) }
    }

    #[test]
    fn nobody_shares_a_line_and_everybody_is_aligned() {
        let memory = memory();
        let taken: Vec<_> = [(4, 4), (4, 1), (1024, 1024), (4, 4096), (100, 8)]
            .into_iter()
            .map(|(size, align)| {
                let at = memory.allocate(size, align).expect("there is enough").get();
                assert_eq!(at % align.max(LINE), 0);
                (at, at + size.next_multiple_of(LINE))
            })
            .collect();
        for (i, one) in taken.iter().enumerate() {
            for other in &taken[..i] {
                assert!(one.1 <= other.0 || other.1 <= one.0, "{taken:x?}");
            }
        }
    }

    #[test]
    fn what_is_given_back_is_there_again() {
        let memory = memory();
        for _ in 0..1000 {
            let small = memory.allocate(4, 4096).expect("there is enough");
            let large = memory.allocate(0x4000, 0x4000).expect("there is enough");
            memory.free(small, 4);
            memory.free(large, 0x4000);
        }
        let last = memory.allocate(0x8000, 0x8000);
        assert!(last.is_some(), "{last:?}");
        assert_eq!(memory.allocate(0x1_0000, 4), None);
    }

    #[test]
    fn what_is_not_memory_is_refused() {
        let memory = memory();
        let at = PhysAddr::new;
        let mut byte = [0];
        let refused = |at, size| MemError { at, size };
        let low = at(0x10_0000);
        assert_eq!(memory.read(low, &mut byte), Err(refused(low, 1)));
        let end = at(0x10_FFFE);
        assert_eq!(memory.write(end, &[0; 40]), Err(refused(end, 40)));
        assert_eq!(
            memory.read32(at(u32::MAX - 3)),
            Err(refused(at(u32::MAX - 3), 4))
        );
    }
}
