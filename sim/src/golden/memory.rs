//! What a table walk needs of memory, and no more.

use std::fmt;

/// A read that the memory system answered with SLVERR or DECERR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusFault;

impl fmt::Display for BusFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("external abort")
    }
}

impl std::error::Error for BusFault {}

/// Memory as a table walk sees it.
///
/// Closures of the same shape are such memory too.
pub trait WalkMemory {
    /// Reads the little-endian word at a physical address, a multiple of 4.
    ///
    /// # Errors
    /// [`BusFault`] when there is nothing to read there.
    fn read32(&mut self, pa: u32) -> Result<u32, BusFault>;
}

impl<F: FnMut(u32) -> Result<u32, BusFault>> WalkMemory for F {
    fn read32(&mut self, pa: u32) -> Result<u32, BusFault> {
        self(pa)
    }
}
