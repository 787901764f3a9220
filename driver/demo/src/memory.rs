//! The bytes of buffers: read and written part by part, through one door or the other.

use alloc::vec;
use alloc::vec::Vec;
use core::hash::Hasher;

use siphasher::sip::SipHasher13;
use vcm::Phys;
use vcm::addr::PhysAddr;
use vcm::mmu::PhysPart;
use vcm::seam::{MemError, PhysMem};
use vcm_regs::descriptor::SMALL_PAGE_SIZE;

use crate::machine::{Door, Machine};

/// Files of up to this many bytes are put into memory, and compared, by the processor's own accesses;
/// larger ones through the machine's [`Door`].
pub const FRONT_DOOR_LIMIT: usize = 64 << 10;

/// How the file got into memory, and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the processor's own accesses.
    Front,
    /// Through the [`Door`] of this name.
    Back(&'static str),
}

impl Way {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Front => "the processor's port",
            Self::Back(name) => name,
        }
    }
}

/// Access to the bytes of buffers.
pub(crate) struct Contents<M: Machine> {
    memory: M::Memory,
    door: M::Door,
    way: Way,
}

impl<M: Machine> Contents<M> {
    /// By the way that suits this many bytes.
    pub(crate) fn new(machine: &M, bytes: usize) -> Self {
        let door = machine.door();
        let way = if bytes <= FRONT_DOOR_LIMIT {
            Way::Front
        } else {
            Way::Back(door.name())
        };
        Self {
            memory: machine.memory(),
            door,
            way,
        }
    }

    pub(crate) fn way(&self) -> Way {
        self.way
    }

    /// Writes to a buffer from byte `offset` on.
    pub(crate) fn write(&self, phys: &Phys, offset: u32, from: &[u8]) -> Result<(), MemError> {
        let mut rest = from;
        for part in pieces(&phys.parts(), offset, from.len()) {
            let (now, later) = rest.split_at(part.size as usize);
            match self.way {
                Way::Front => self.memory.write(part.start, now)?,
                Way::Back(_) => self.door.write(part.start, now)?,
            }
            self.memory.sync_for_device(part.start, part.size);
            rest = later;
        }
        Ok(())
    }

    /// Reads `length` bytes of a buffer from byte `offset` on.
    pub(crate) fn read(
        &self,
        phys: &Phys,
        offset: u32,
        length: usize,
    ) -> Result<Vec<u8>, MemError> {
        let mut bytes = vec![0; length];
        let mut rest = &mut bytes[..];
        for part in pieces(&phys.parts(), offset, length) {
            let (now, later) = rest.split_at_mut(part.size as usize);
            self.memory.sync_for_cpu(part.start, part.size);
            match self.way {
                Way::Front => self.memory.read(part.start, now)?,
                Way::Back(_) => self.door.read(part.start, now)?,
            }
            rest = later;
        }
        Ok(bytes)
    }
}

/// Where `length` bytes from byte `offset` on lie; less, if `parts` end before.
fn pieces(parts: &[PhysPart], offset: u32, length: usize) -> Vec<PhysPart> {
    let (mut skip, mut left) = (offset, length as u32);
    let mut pieces = Vec::new();
    for part in parts {
        let skipped = skip.min(part.size);
        let size = left.min(part.size - skipped);
        if size > 0 {
            let start = PhysAddr::new(part.start.get() + skipped);
            pieces.push(PhysPart { start, size });
        }
        skip -= skipped;
        left -= size;
    }
    pieces
}

/// What stood in some memory at some moment: a hash of every small page.
pub(crate) struct Fingerprint {
    pages: Vec<(PhysAddr, u64)>,
}

impl Fingerprint {
    /// Of all these parts, always through the machine's [`Door`].
    pub(crate) fn of<M: Machine>(machine: &M, parts: &[PhysPart]) -> Result<Self, MemError> {
        let (door, memory) = (machine.door(), machine.memory());
        let mut page = vec![0; SMALL_PAGE_SIZE as usize];
        let mut pages = Vec::new();
        for part in parts {
            memory.sync_for_cpu(part.start, part.size);
            for offset in (0..part.size).step_by(page.len()) {
                let at = PhysAddr::new(part.start.get() + offset);
                door.read(at, &mut page)?;
                let mut hasher = SipHasher13::new();
                hasher.write(&page);
                pages.push((at, hasher.finish()));
            }
        }
        Ok(Self { pages })
    }

    /// The pages that differ from those of `earlier`, which is of the same parts.
    pub(crate) fn changed_since(&self, earlier: &Self) -> Vec<PhysAddr> {
        let both = self.pages.iter().zip(&earlier.pages);
        both.filter(|(now, then)| now != then)
            .map(|((at, _), _)| *at)
            .collect()
    }

    /// How many bytes it is of.
    pub(crate) fn bytes(&self) -> u64 {
        self.pages.len() as u64 * u64::from(SMALL_PAGE_SIZE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(start: u32, size: u32) -> PhysPart {
        let start = PhysAddr::new(start);
        PhysPart { start, size }
    }

    #[test]
    fn bytes_are_found_across_parts() {
        let parts = [
            part(0x8000, 0x1000),
            part(0x2000, 0x2000),
            part(0xf000, 0x1000),
        ];
        assert_eq!(pieces(&parts, 0, 0x4000), parts);
        assert_eq!(pieces(&parts, 0xfff, 3), [part(0x8fff, 1), part(0x2000, 2)]);
        assert_eq!(pieces(&parts, 0x3000, 1), [part(0xf000, 1)]);
        assert_eq!(pieces(&parts, 0x4000, 1), []);
    }
}
