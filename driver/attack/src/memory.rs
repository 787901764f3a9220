//! Memory under attack: it runs out, fails, and holds what nobody has written.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vcm::addr::PhysAddr;
use vcm::seam::{MemError, PhysMem};

/// A megabyte of memory with its allocator. Clones are the same memory.
#[derive(Clone)]
pub struct Memory(Arc<Mutex<State>>);

struct State {
    bytes: Vec<u8>,
    /// Size by address of what has been given out.
    given: BTreeMap<u32, u32>,
    /// Calls until writes fail; then all do.
    writes_left: Option<u32>,
    /// Allocations that could not be made.
    refused: u32,
}

/// Where it begins.
const BASE: u32 = 0x1000_0000;

impl Memory {
    /// Of `size` bytes.
    pub fn new(size: u32) -> Self {
        Self(Arc::new(Mutex::new(State {
            bytes: vec![0xA7; size as usize],
            given: BTreeMap::new(),
            writes_left: None,
            refused: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes fail after so many more; `None`: never.
    pub fn fail_after(&self, writes: Option<u32>) {
        self.state().writes_left = writes;
    }

    /// How often there was no memory.
    pub fn refused(&self) -> u32 {
        self.state().refused
    }

    /// Bytes given out.
    pub fn given(&self) -> u32 {
        self.state().given.values().sum()
    }
}

impl State {
    fn range(&self, at: PhysAddr, size: usize) -> Result<std::ops::Range<usize>, MemError> {
        let error = MemError {
            at,
            size: size as u32,
        };
        let start = at.get().checked_sub(BASE).ok_or(error)? as usize;
        match start.checked_add(size) {
            Some(end) if end <= self.bytes.len() => Ok(start..end),
            _ => Err(error),
        }
    }
}

impl PhysMem for Memory {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        let mut state = self.state();
        let mut at = u64::from(BASE).next_multiple_of(align.into());
        for (start, bytes) in &state.given {
            if at + u64::from(size) <= u64::from(*start) {
                break;
            }
            let end = u64::from(*start) + u64::from(*bytes);
            at = at.max(end.next_multiple_of(align.into()));
        }
        if at + u64::from(size) > u64::from(BASE) + state.bytes.len() as u64 {
            state.refused += 1;
            return None;
        }
        state.given.insert(at as u32, size);
        Some(PhysAddr::new(at as u32))
    }

    fn free(&self, at: PhysAddr, size: u32) {
        let freed = self.state().given.remove(&at.get());
        assert_eq!(freed, Some(size), "free of {at}, {size:#x} bytes");
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        let state = self.state();
        let range = state.range(at, into.len())?;
        into.copy_from_slice(&state.bytes[range]);
        Ok(())
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        let mut state = self.state();
        let range = state.range(at, from.len())?;
        match &mut state.writes_left {
            Some(0) => {
                let size = from.len() as u32;
                return Err(MemError { at, size });
            }
            Some(left) => *left -= 1,
            None => {}
        }
        state.bytes[range].copy_from_slice(from);
        Ok(())
    }

    fn sync_for_device(&self, _: PhysAddr, _: u32) {}

    fn sync_for_cpu(&self, _: PhysAddr, _: u32) {}
}

/// Memory that holds something everywhere in a range, and is none outside.
pub struct Wild {
    /// Its first address.
    pub start: u32,
    /// Its last one.
    pub last: u32,
    /// What the words are made of.
    pub seed: u64,
    /// Words that stand somewhere.
    pub words: BTreeMap<u32, u32>,
}

impl Wild {
    /// The word at an aligned address.
    ///
    /// # Errors
    /// Outside of the range.
    pub fn word(&self, at: u32) -> Result<u32, MemError> {
        if at < self.start || at.checked_add(3).is_none_or(|last| last > self.last) {
            let at = PhysAddr::new(at);
            return Err(MemError { at, size: 4 });
        }
        Ok(self.words.get(&at).copied().unwrap_or_else(|| {
            // SplitMix64: any spread of bits would do.
            let mut x = self.seed ^ u64::from(at).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            (x ^ (x >> 27)) as u32
        }))
    }
}

impl PhysMem for Wild {
    fn allocate(&self, _: u32, _: u32) -> Option<PhysAddr> {
        None
    }

    fn free(&self, _: PhysAddr, _: u32) {}

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        let size = into.len() as u32;
        let word = self
            .word(at.get())
            .map_err(|_| MemError { at, size })?
            .to_le_bytes();
        assert_eq!(into.len(), word.len(), "descriptors are read by words");
        into.copy_from_slice(&word);
        Ok(())
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        let size = from.len() as u32;
        Err(MemError { at, size })
    }

    fn sync_for_device(&self, _: PhysAddr, _: u32) {}

    fn sync_for_cpu(&self, _: PhysAddr, _: u32) {}
}
