//! Where registers and memory are, as the user says it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::number;

/// Where the registers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The UIO device of this name, or with registers at this address.
    Uio(String),
    /// This physical address.
    DevMem(u32),
    /// The simulator that serves this socket.
    Sim(PathBuf),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("uio", name)) if !name.is_empty() => Ok(Self::Uio(name.to_owned())),
            Some(("devmem", address)) => number::parse(address).map(Self::DevMem),
            Some(("sim", socket)) if !socket.is_empty() => Ok(Self::Sim(socket.into())),
            _ => Err("give uio:NAME, devmem:ADDRESS or sim:SOCKET".to_owned()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uio(name) => write!(f, "uio:{name}"),
            Self::DevMem(address) => write!(f, "devmem:{address:#x}"),
            Self::Sim(socket) => write!(f, "sim:{}", socket.display()),
        }
    }
}

/// Where memory for devices is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemoryPlace {
    /// The u-dma-buf of this name.
    UDmaBuf(String),
    /// Physical memory that the kernel leaves alone.
    Reserved {
        /// First address.
        base: u32,
        /// Bytes.
        size: u32,
    },
}

impl FromStr for MemoryPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "give udmabuf:NAME or reserved:ADDRESS,SIZE".to_owned();
        match text.split_once(':').ok_or_else(wrong)? {
            ("udmabuf", name) if !name.is_empty() => Ok(Self::UDmaBuf(name.to_owned())),
            ("reserved", range) => {
                let (base, size) = range.split_once(',').ok_or_else(wrong)?;
                Ok(Self::Reserved {
                    base: number::parse(base)?,
                    size: number::parse(size)?,
                })
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_shown_alike() {
        for text in ["uio:fabric", "devmem:0x40000000", "sim:/tmp/a:b"] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
        for wrong in ["", "uio", "uio:", "sim:", "devmem:x", "pci:0"] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn memory_is_named_or_given_as_a_range() {
        let reserved = MemoryPlace::Reserved {
            base: 0x1000_0000,
            size: 16 << 20,
        };
        assert_eq!("reserved:0x10000000,16m".parse(), Ok(reserved));
        let named = MemoryPlace::UDmaBuf("udmabuf0".to_owned());
        assert_eq!("udmabuf:udmabuf0".parse(), Ok(named));
        for wrong in ["", "udmabuf:", "reserved:1", "other:1,2"] {
            assert!(wrong.parse::<MemoryPlace>().is_err(), "{wrong}");
        }
    }
}
