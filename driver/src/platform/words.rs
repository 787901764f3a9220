//! What the tree and the picture say alike.

use core::fmt;

use super::description::Through;
use super::graph::{Group, Kind, Node};
use crate::mmu::Attributes;
use crate::vcm::Region;
use crate::vcm::raw::{MemoryState, Occupancy, ReservationInfo};

/// From here on a number is too long to be read, and is rounded in a larger unit.
const LONG: u64 = 100_000;

/// A number of bytes, in the largest unit in which it is a whole number, unless that is long.
pub(super) struct Bytes(pub(super) u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = || [(30, "GiB"), (20, "MiB"), (10, "KiB")].into_iter();
        let has = |shift: u32| self.0 >> shift != 0;
        let mut exact = units().filter(|(shift, _)| has(*shift) && self.0 % (1 << shift) == 0);
        let exact = exact.next().unwrap_or((0, "bytes"));
        let number = self.0 >> exact.0;
        let (shift, unit) = match units().find(|(shift, _)| has(*shift)) {
            Some(largest) if number >= LONG => largest,
            _ => return write!(f, "{number} {}", exact.1),
        };
        let tenths = (self.0 * 10 + (1 << (shift - 1))) >> shift;
        write!(f, "{}.{} {unit}", tenths / 10, tenths % 10)
    }
}

/// Size and start of a range.
pub(super) struct Place(pub(super) u32, pub(super) u32);

impl From<Region> for Place {
    fn from(region: Region) -> Self {
        Self(region.start.get(), region.size)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:#010x}", Bytes(self.1.into()), self.0)
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Through(Through::Mmu(name)) => write!(f, "MMU {name}"),
            Kind::Through(Through::Direct) => write!(f, "direct"),
            Kind::Through(Through::Cpu) => write!(f, "CPU"),
            Kind::Unknown => write!(f, "not described"),
        }
    }
}

/// A context's name.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.described, &self.state) {
            (Some(described), _) => write!(f, "context {}", described.name),
            (None, Some(state)) => write!(f, "{}", state.id),
            (None, None) => write!(f, "context"),
        }
    }
}

/// How full a context is.
pub(super) struct Fullness(pub(super) Occupancy);

impl fmt::Display for Fullness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Occupancy {
            reserved,
            bound,
            largest_free,
            ..
        } = self.0;
        let [reserved, bound, free] = [reserved, bound, largest_free].map(|n| Bytes(n.into()));
        write!(f, "{reserved} reserved, {bound} bound, largest free {free}")
    }
}

/// What is unlike the default of attributes, each after a comma.
pub(super) struct Unusual<'a>(pub(super) &'a ReservationInfo);

impl fmt::Display for Unusual<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Attributes {
            read,
            write,
            execute,
            user,
            memory: _,
            secure,
        } = self.0.attributes;
        let said = [
            (!read, ", no access"),
            (read && !write, ", read-only"),
            (execute, ", executable"),
            (!user, ", privileged"),
            (secure, ", secure"),
            (self.0.poisoned, ", poisoned"),
        ];
        for (_, text) in said.iter().filter(|(is, _)| *is) {
            f.write_str(text)?;
        }
        match self.0.owners {
            0 | 1 => Ok(()),
            owners => write!(f, ", {owners} owners"),
        }
    }
}

/// What an allocation is.
pub(super) struct Allocation<'a>(pub(super) &'a MemoryState);

impl fmt::Display for Allocation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = &self.0.info;
        write!(f, "{}, ", Bytes(info.size.into()))?;
        match info.bindings {
            0 => write!(f, "not bound")?,
            1 => write!(f, "bound once")?,
            2 => write!(f, "bound twice")?,
            n => write!(f, "bound {n} times")?,
        }
        for (is, text) in [(info.imported, ", imported"), (info.poisoned, ", poisoned")] {
            if is {
                f.write_str(text)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn bytes_are_exact_unless_that_is_too_long_to_read() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 bytes"),
            (0x1000, "4 KiB"),
            (0x20_1000, "2052 KiB"),
            (0x1000_0000, "256 MiB"),
            (1 << 32, "4 GiB"),
            (0xFFFF_F000, "4.0 GiB"),
            (0x0FFF_F000, "256.0 MiB"),
            (99_999 << 10, "99999 KiB"),
        ] {
            assert_eq!(Bytes(bytes).to_string(), text);
        }
    }
}
