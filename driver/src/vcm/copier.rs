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
