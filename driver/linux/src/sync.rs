//! Keeping the CPU's cache and the memory the same.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The cache of a u-dma-buf device, managed through its files in `/sys`.
#[derive(Debug)]
pub(crate) struct CacheSync {
    folder: PathBuf,
    /// The files are written one after the other.
    turn: Mutex<()>,
}

/// Who uses the memory next.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    Cpu,
    Device,
}

impl CacheSync {
    /// With the device's folder in `/sys/class`.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            turn: Mutex::new(()),
        }
    }

    /// Hands bytes over. u-dma-buf flushes or invalidates what its other files say, when a 1 is
    /// written to `sync_for_device` or `sync_for_cpu`.
    pub(crate) fn hand_over(&self, next: Next, offset: u32, size: u32) -> io::Result<()> {
        let (file, direction) = match next {
            Next::Cpu => ("sync_for_cpu", 2),
            Next::Device => ("sync_for_device", 1),
        };
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.write("sync_offset", offset)?;
        self.write("sync_size", size)?;
        self.write("sync_direction", direction)?;
        self.write(file, 1)
    }

    fn write(&self, file: &str, value: u32) -> io::Result<()> {
        fs::write(self.folder.join(file), value.to_string())
    }
}
