//! Copying the content of memory that moves.

use core::cmp::min;

use crate::addr::PhysAddr;
use crate::mmu::PhysPart;
use crate::seam::{MemError, PhysMem};

/// Copies the content of physical memory elsewhere: the processor by [`PhysMem`], which all
/// implementations of that are, or a DMA engine.
pub trait Copier {
    /// Copies what `from` holds, as masters see it, to `to`, so that masters see it there. Both are of
    /// the same size, in parts of any sizes, and do not overlap. No master uses either meanwhile.
    ///
    /// # Errors
    /// [`MemError`]; what `to` then holds does not matter.
    fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError>;
}

/// Bytes read and written at a time; on the stack.
const CHUNK: usize = 1024;

impl<M: PhysMem + ?Sized> Copier for M {
    fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
        for part in from {
            self.sync_for_cpu(part.start, part.size);
        }
        let mut buffer = [0; CHUNK];
        let (mut sources, mut targets) = (Pieces::new(from), Pieces::new(to));
        while let (Some((source, some)), Some((target, more))) = (sources.now(), targets.now()) {
            let size = min(min(some, more), CHUNK as u32);
            let bytes = &mut buffer[..size as usize];
            self.read(source, bytes)?;
            self.write(target, bytes)?;
            sources.advance(size);
            targets.advance(size);
        }
        for part in to {
            self.sync_for_device(part.start, part.size);
        }
        Ok(())
    }
}

/// A way through memory in parts.
struct Pieces<'a> {
    parts: &'a [PhysPart],
    done: u32,
}

impl<'a> Pieces<'a> {
    const fn new(parts: &'a [PhysPart]) -> Self {
        Self { parts, done: 0 }
    }

    /// Where it is, and how many bytes follow in the same part.
    fn now(&self) -> Option<(PhysAddr, u32)> {
        let part = self.parts.first()?;
        Some((part.start.checked_add(self.done)?, part.size - self.done))
    }

    fn advance(&mut self, size: u32) {
        self.done += size;
        if self
            .parts
            .first()
            .is_some_and(|part| part.size == self.done)
        {
            self.parts = &self.parts[1..];
            self.done = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::vec;

    use super::*;

    const PAGE: u32 = 0x1000;

    /// Memory behind a cache that is not coherent: `cached` is what the processor sees.
    struct Cached(Mutex<[vec::Vec<u8>; 2]>);

    impl Cached {
        fn new(pages: u32) -> Self {
            let byte = |at: u32| (at / PAGE * 31 + at % 251) as u8;
            let memory = (0..pages * PAGE).map(byte).collect();
            Self(Mutex::new([vec![0xEE; (pages * PAGE) as usize], memory]))
        }
        fn transfer(&self, at: PhysAddr, size: u32, to_memory: bool) {
            let [cached, memory] = &mut *self.0.lock().unwrap();
            let range = at.get() as usize..(at.get() + size) as usize;
            match to_memory {
                true => memory[range.clone()].copy_from_slice(&cached[range]),
                false => cached[range.clone()].copy_from_slice(&memory[range]),
            }
        }
        /// What masters see of these parts.
        fn seen(&self, parts: &[PhysPart]) -> vec::Vec<u8> {
            let [_, memory] = &*self.0.lock().unwrap();
            let of = |part: &PhysPart| {
                let start = part.start.get() as usize;
                memory[start..start + part.size as usize].to_vec()
            };
            parts.iter().flat_map(of).collect()
        }
    }

    impl PhysMem for Cached {
        fn allocate(&self, _: u32, _: u32) -> Option<PhysAddr> {
            None
        }
        fn free(&self, _: PhysAddr, _: u32) {}
        fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
            let start = at.get() as usize;
            into.copy_from_slice(&self.0.lock().unwrap()[0][start..start + into.len()]);
            Ok(())
        }
        fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
            let start = at.get() as usize;
            self.0.lock().unwrap()[0][start..start + from.len()].copy_from_slice(from);
            Ok(())
        }
        fn sync_for_device(&self, at: PhysAddr, size: u32) {
            self.transfer(at, size, true);
        }
        fn sync_for_cpu(&self, at: PhysAddr, size: u32) {
            self.transfer(at, size, false);
        }
    }

    fn parts(pages: &[(u32, u32)]) -> vec::Vec<PhysPart> {
        let part = |&(start, pages): &(u32, u32)| PhysPart {
            start: PhysAddr::new(start * PAGE),
            size: pages * PAGE,
        };
        pages.iter().map(part).collect()
    }

    #[test]
    fn masters_find_all_that_they_had_whatever_the_parts_and_the_caches() {
        for (from, to) in [
            (&[(0, 4)][..], &[(8, 4)][..]),
            (&[(3, 1), (0, 2), (5, 1)], &[(8, 3), (12, 1)]),
            (&[(0, 3), (4, 1)], &[(15, 1), (14, 1), (8, 2)]),
        ] {
            let memory = Cached::new(16);
            let (from, to) = (parts(from), parts(to));
            let before = memory.seen(&from);
            memory.copy(&from, &to).unwrap();
            assert!(memory.seen(&to) == before);
            assert!(memory.seen(&from) == before);
        }
    }
}
