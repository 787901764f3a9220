//! Devices whose registers and interrupt the kernel hands to programs (UIO).

use std::path::PathBuf;

use crate::error::Error;
use crate::file;
use crate::irq::UioIrq;
use crate::mapping::Mapping;
use crate::registers::Registers;
use crate::roots::Roots;

const HINT: &str = "the device tree needs a node with compatible = \"generic-uio\" for it, and the \
                    kernel the module uio_pdrv_genirq with of_id=generic-uio";

/// A UIO device, found but not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uio {
    /// Name of its node, such as `uio0`.
    pub node: String,
    /// Its name in the device tree.
    pub name: String,
    /// Its registers: `map0`. `None` for an interrupt without any.
    pub registers: Option<UioMap>,
    path: PathBuf,
}

/// A range of registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UioMap {
    /// Physical address of the page they begin in.
    pub base: u64,
    /// Offset of the first of them in that page.
    pub offset: u64,
    /// Bytes, from `base` on.
    pub size: u64,
}

impl Uio {
    /// All UIO devices of the system, by name of their node.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::NotANumber`].
    pub fn all(roots: &Roots) -> Result<Vec<Self>, Error> {
        let class = roots.sys.join("class/uio");
        let mut all = Vec::new();
        for node in file::names(&class)? {
            let folder = class.join(&node);
            let map = folder.join("maps/map0");
            let number = |name: &str| file::number(&map.join(name));
            let registers = match map.exists() {
                true => Some(UioMap {
                    base: number("addr")?,
                    // Older kernels do not have it.
                    offset: number("offset").unwrap_or(0),
                    size: number("size")?,
                }),
                false => None,
            };
            all.push(Self {
                name: file::line(&folder.join("name"))?,
                registers,
                path: roots.dev.join(&node),
                node,
            });
        }
        Ok(all)
    }

    /// The first device of this name.
    ///
    /// # Errors
    /// [`Error::NoDevice`], and as [`all`](Self::all).
    pub fn named(roots: &Roots, name: &str) -> Result<Self, Error> {
        Self::first(roots, format!("UIO device named {name}"), |uio| {
            uio.name == name
        })
    }

    /// The device whose registers begin at this physical address.
    ///
    /// # Errors
    /// [`Error::NoDevice`], and as [`all`](Self::all).
    pub fn at(roots: &Roots, base: u64) -> Result<Self, Error> {
        let wanted = format!("UIO device with registers at {base:#x}");
        Self::first(roots, wanted, |uio| {
            uio.registers
                .is_some_and(|map| map.base.saturating_add(map.offset) == base)
        })
    }

    fn first(
        roots: &Roots,
        wanted: String,
        is_wanted: impl Fn(&Self) -> bool,
    ) -> Result<Self, Error> {
        let mut all = Self::all(roots)?;
        match all.iter().position(is_wanted) {
            Some(found) => Ok(all.swap_remove(found)),
            None => Err(Error::NoDevice {
                wanted,
                hint: HINT,
                found: all.iter().map(Self::describe).collect(),
            }),
        }
    }

    fn describe(&self) -> String {
        match self.registers {
            Some(map) => format!(
                "{} ({} at {:#x})",
                self.node,
                self.name,
                map.base + map.offset
            ),
            None => format!("{} ({})", self.node, self.name),
        }
    }

    /// Opens its registers and its interrupt, which is armed.
    ///
    /// # Errors
    /// [`Error::NoDevice`] if it has no registers; [`Error::File`], [`Error::Map`];
    /// [`Error::CanShrink`] if its node is no device.
    pub fn open(&self) -> Result<(Registers, UioIrq), Error> {
        let map = self.registers.ok_or_else(|| Error::NoDevice {
            wanted: format!("registers of {}", self.node),
            hint: "its device-tree node needs a reg property",
            found: Vec::new(),
        })?;
        let hint = "run as root, or give the user the right by a udev rule";
        let node = file::device(&self.path, true, hint)?;
        let range = Error::Range {
            base: map.base,
            size: map.size,
        };
        let (Ok(size), Ok(first)) = (usize::try_from(map.size), usize::try_from(map.offset)) else {
            return Err(range);
        };
        // Map N of a device is at offset N pages of its node.
        let mapping = Mapping::new(
            &node,
            0,
            size,
            "the registers",
            "is another program using them?",
        )?;
        let registers = Registers::new(mapping, first).ok_or(range)?;
        Ok((registers, UioIrq::new(node.into())))
    }
}
