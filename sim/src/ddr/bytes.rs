//! Where the bytes of a memory are.

#[cfg(target_os = "linux")]
use std::sync::Arc;

#[cfg(target_os = "linux")]
use vcm::addr::PhysAddr;
#[cfg(target_os = "linux")]
use vcm::seam::PhysMem;

/// Granule in which private memory is really allocated.
const CHUNK: usize = 1 << 16;

/// The bytes of a memory, by offset. Whoever asks has checked that they are within.
pub(super) enum Bytes {
    /// Of this simulation alone.
    Private(Private),
    /// Of a file that others may have mapped.
    #[cfg(target_os = "linux")]
    Shared(Arc<vcm_linux::Memory>),
}

impl Bytes {
    pub(super) fn read(&self, offset: usize, into: &mut [u8]) {
        match self {
            Self::Private(private) => private.read(offset, into),
            #[cfg(target_os = "linux")]
            Self::Shared(memory) => {
                let read = memory.read(address(memory, offset), into);
                debug_assert_eq!(read, Ok(()));
            }
        }
    }

    pub(super) fn write(&mut self, offset: usize, from: &[u8]) {
        match self {
            Self::Private(private) => private.write(offset, from),
            #[cfg(target_os = "linux")]
            Self::Shared(memory) => {
                let written = memory.write(address(memory, offset), from);
                debug_assert_eq!(written, Ok(()));
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn address(memory: &vcm_linux::Memory, offset: usize) -> PhysAddr {
    // The memory has less than 4 GiB.
    PhysAddr::new(memory.base().get() + offset as u32)
}

/// Bytes whose chunks are allocated when they are first written to.
pub(super) struct Private {
    fill: u8,
    chunks: Vec<Option<Box<[u8; CHUNK]>>>,
}

impl Private {
    /// `size` bytes, each `fill`.
    pub(super) fn new(size: u32, fill: u8) -> Self {
        let chunks = (size as usize).div_ceil(CHUNK);
        Self {
            fill,
            chunks: (0..chunks).map(|_| None).collect(),
        }
    }

    fn read(&self, mut offset: usize, into: &mut [u8]) {
        let mut rest = into;
        while !rest.is_empty() {
            let within = offset % CHUNK;
            let (part, tail) = rest.split_at_mut(rest.len().min(CHUNK - within));
            match &self.chunks[offset / CHUNK] {
                Some(chunk) => part.copy_from_slice(&chunk[within..within + part.len()]),
                None => part.fill(self.fill),
            }
            offset += part.len();
            rest = tail;
        }
    }

    fn write(&mut self, mut offset: usize, from: &[u8]) {
        let mut rest = from;
        while !rest.is_empty() {
            let within = offset % CHUNK;
            let (part, tail) = rest.split_at(rest.len().min(CHUNK - within));
            let chunk = &mut self.chunks[offset / CHUNK];
            let chunk = chunk.get_or_insert_with(|| Box::new([self.fill; CHUNK]));
            chunk[within..within + part.len()].copy_from_slice(part);
            offset += part.len();
            rest = tail;
        }
    }
}
