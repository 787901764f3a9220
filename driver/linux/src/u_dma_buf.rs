//! Physically contiguous memory of the kernel module u-dma-buf.

use std::path::PathBuf;

use vcm::addr::PhysAddr;

use crate::error::Error;
use crate::file;
use crate::memory::{Memory, check_range};
use crate::roots::Roots;
use crate::sync::CacheSync;

/// Names of the class in `/sys/class`: of today, and until version 2.
const CLASSES: [&str; 2] = ["u-dma-buf", "udmabuf"];

/// A buffer of u-dma-buf, found but not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UDmaBuf {
    /// Its name, such as `udmabuf0`.
    pub name: String,
    /// Physical address of its first byte.
    pub base: PhysAddr,
    /// Its size in bytes.
    pub size: u32,
    /// Whether hardware keeps cache and memory the same for its devices.
    pub coherent: bool,
    folder: PathBuf,
    node: PathBuf,
}

/// Whether the CPU caches a buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caching {
    /// No: there is nothing to keep the same, and the CPU is slow. For page tables, and for
    /// buffers that are small or hardly read by the CPU.
    #[default]
    Off,
    /// Yes. The views' `sync_for_device` and `sync_for_cpu` keep cache and memory the same, unless
    /// the hardware does so.
    On,
}

impl UDmaBuf {
    /// All buffers of the system, by name.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::NotANumber`], [`Error::Range`].
    pub fn all(roots: &Roots) -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        for class in CLASSES {
            let folder = roots.sys.join("class").join(class);
            for name in file::names(&folder)? {
                all.push(Self::read(roots, folder.join(&name), name)?);
            }
        }
        Ok(all)
    }

    /// The buffer of this name.
    ///
    /// # Errors
    /// [`Error::NoDevice`], and as [`all`](Self::all).
    pub fn find(roots: &Roots, name: &str) -> Result<Self, Error> {
        let mut all = Self::all(roots)?;
        match all.iter().position(|buffer| buffer.name == name) {
            Some(found) => Ok(all.swap_remove(found)),
            None => Err(Error::NoDevice {
                wanted: format!("u-dma-buf device {name}"),
                hint: "load the module with a size (modprobe u-dma-buf udmabuf0=0x4000000), or name \
                       one that is there",
                found: all.into_iter().map(|buffer| buffer.name).collect(),
            }),
        }
    }

    fn read(roots: &Roots, folder: PathBuf, name: String) -> Result<Self, Error> {
        let base = file::number(&folder.join("phys_addr"))?;
        let size = file::number(&folder.join("size"))?;
        check_range(base, size)?;
        // Older versions do not have it.
        let coherent = file::number(&folder.join("dma_coherent")).is_ok_and(|value| value == 1);
        Ok(Self {
            node: roots.dev.join(&name),
            name,
            // Just checked.
            base: PhysAddr::new(base as u32),
            size: size as u32,
            coherent,
            folder,
        })
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Map`]; [`Error::CanShrink`] if its node is no device.
    pub fn open(&self, caching: Caching) -> Result<Memory, Error> {
        let uncached = caching == Caching::Off;
        let hint = "run as root, or give the user the right by a udev rule";
        let node = file::device(&self.node, uncached, hint)?;
        let managed = !uncached && !self.coherent;
        let cache = managed.then(|| CacheSync::new(self.folder.clone()));
        Memory::with_cache(node, 0, self.base, self.size, cache)
    }
}
