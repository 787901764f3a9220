//! Bytes at addresses.

use std::fmt;
#[cfg(target_os = "linux")]
use std::sync::Arc;

use super::bytes::{Bytes, Private};
use crate::axi::Beat;

/// A range of memory, whose parts are allocated when they are first written to.
pub struct Memory {
    base: u32,
    size: u32,
    bytes: Bytes,
}

/// An access that is not entirely within the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no memory at {at:#010x} for {size} bytes")]
pub struct OutsideMemory {
    /// Address of its first byte.
    pub at: u32,
    /// Its length in bytes.
    pub size: usize,
}

impl Memory {
    /// `size` bytes from `base` on, each `fill`. What would lie beyond 4 GiB is cut off.
    pub fn new(base: u32, size: u32, fill: u8) -> Self {
        let size = size.min(u32::MAX - base);
        Self {
            base,
            size,
            bytes: Bytes::Private(Private::new(size, fill)),
        }
    }

    /// The bytes of a file, which others may read and write at the same time: as another master would,
    /// with every aligned word by one access.
    #[cfg(target_os = "linux")]
    pub fn shared(memory: Arc<vcm_linux::Memory>) -> Self {
        Self {
            base: memory.base().get(),
            size: memory.size(),
            bytes: Bytes::Shared(memory),
        }
    }

    /// The file, if it is one of [`shared`](Self::shared).
    #[cfg(target_os = "linux")]
    pub fn file(&self) -> Option<&Arc<vcm_linux::Memory>> {
        match &self.bytes {
            Bytes::Shared(memory) => Some(memory),
            Bytes::Private(_) => None,
        }
    }

    /// Address of the first byte.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// Size in bytes.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// Reads `into.len()` bytes.
    ///
    /// # Errors
    /// [`OutsideMemory`]; `into` is then unchanged.
    pub fn read(&self, at: u32, into: &mut [u8]) -> Result<(), OutsideMemory> {
        let offset = self.offset(at, into.len())?;
        self.bytes.read(offset, into);
        Ok(())
    }

    /// Writes these bytes.
    ///
    /// # Errors
    /// [`OutsideMemory`]; nothing is then written.
    pub fn write(&mut self, at: u32, from: &[u8]) -> Result<(), OutsideMemory> {
        let offset = self.offset(at, from.len())?;
        self.bytes.write(offset, from);
        Ok(())
    }

    /// Reads a little-endian word.
    ///
    /// # Errors
    /// [`OutsideMemory`].
    pub fn read32(&self, at: u32) -> Result<u32, OutsideMemory> {
        let mut word = [0; 4];
        self.read(at, &mut word)?;
        Ok(u32::from_le_bytes(word))
    }

    /// Writes a little-endian word.
    ///
    /// # Errors
    /// [`OutsideMemory`].
    pub fn write32(&mut self, at: u32, value: u32) -> Result<(), OutsideMemory> {
        self.write(at, &value.to_le_bytes())
    }

    /// Reads the lanes of a beat; the other lanes are 0.
    pub(crate) fn read_beat(&self, beat: Beat) -> Result<u64, OutsideMemory> {
        let Some((at, low, bytes)) = span(beat) else {
            return Ok(0);
        };
        let mut data = [0; 8];
        self.read(at, &mut data[low..low + bytes])?;
        Ok(u64::from_le_bytes(data))
    }

    /// Writes those lanes of a beat whose strobe is set; the beat must be within the memory even if
    /// none is.
    pub(crate) fn write_beat(
        &mut self,
        beat: Beat,
        data: u64,
        strb: u8,
    ) -> Result<(), OutsideMemory> {
        let Some((at, low, bytes)) = span(beat) else {
            return Ok(());
        };
        let offset = self.offset(at, bytes)?;
        let data = data.to_le_bytes();
        let strobed = |lane: &usize| beat.lanes & strb & (1 << lane) != 0;
        let mut lane = low;
        // Neighbours are written together.
        while let Some(first) = (lane..low + bytes).find(strobed) {
            let end = (first..low + bytes).find(|lane| !strobed(lane));
            let end = end.unwrap_or(low + bytes);
            self.bytes.write(offset + first - low, &data[first..end]);
            lane = end;
        }
        Ok(())
    }

    /// Offset of an access, if it is within.
    fn offset(&self, at: u32, size: usize) -> Result<usize, OutsideMemory> {
        let offset = at.checked_sub(self.base).map(|offset| offset as usize);
        offset
            .filter(|offset| {
                let end = offset.checked_add(size);
                end.is_some_and(|end| end <= self.size as usize)
            })
            .ok_or(OutsideMemory { at, size })
    }
}

/// Address of the first byte of a beat, its lane, and the number of bytes.
fn span(beat: Beat) -> Option<(u32, usize, usize)> {
    let low = beat.lanes.trailing_zeros();
    (low < 8).then(|| {
        let bytes = beat.lanes.count_ones() as usize;
        (beat.word + low, low as usize, bytes)
    })
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({:#010x}, {:#x} bytes)", self.base, self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_across_chunks() {
        let mut memory = Memory::new(0x1000_0000, 4 << 20, 0xa5);
        let bytes: Vec<u8> = (0..200_000u32).map(|n| (n % 251) as u8).collect();
        memory.write(0x1000_fff3, &bytes).unwrap();
        let mut back = vec![0; bytes.len() + 2];
        memory.read(0x1000_fff2, &mut back).unwrap();
        assert_eq!(back[1..=bytes.len()], bytes);
        assert_eq!((back[0], back[bytes.len() + 1]), (0xa5, 0xa5));
    }

    #[test]
    fn only_what_is_entirely_within_is_accessed() {
        let mut memory = Memory::new(0x1000_0000, 0x2_0000, 0);
        assert!(memory.write(0x1001_fffc, &[1; 4]).is_ok());
        assert!(memory.write(0x1001_fffd, &[2; 4]).is_err());
        assert!(memory.read(0x0fff_ffff, &mut [0; 4]).is_err());
        assert!(memory.read(0xffff_ffff, &mut [0; 4]).is_err());
        assert_eq!(memory.read32(0x1001_fffc), Ok(0x0101_0101));
    }

    #[test]
    fn strobes_select_the_bytes_of_a_beat() {
        let mut memory = Memory::new(0, 0x1_0000, 0xff);
        let beat = Beat {
            word: 0x100,
            lanes: 0xf0,
        };
        memory
            .write_beat(beat, 0x1122_3344_5566_7788, 0x5f)
            .unwrap();
        assert_eq!(memory.read32(0x100), Ok(0xffff_ffff));
        assert_eq!(memory.read32(0x104), Ok(0xff22_ff44));
        assert_eq!(memory.read_beat(beat), Ok(0xff22_ff44_0000_0000));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_shared_is_read_and_written_by_both_sides() {
        use vcm::addr::PhysAddr;
        use vcm::seam::PhysMem;

        let base = 0x1000_0000;
        let file = vcm_linux::Memory::anonymous(PhysAddr::new(base), 0x2_0000).unwrap();
        let file = Arc::new(file);
        let mut memory = Memory::shared(Arc::clone(&file));
        assert_eq!((memory.base(), memory.size()), (base, 0x2_0000));
        assert_eq!(memory.read32(base), Ok(0), "an anonymous file is zeroes");
        memory.write(base + 0xffff, &[1, 2]).unwrap();
        assert_eq!(file.read32(PhysAddr::new(base + 0x1_0000)), Ok(2));
        let beat = Beat {
            word: base + 8,
            lanes: 0xff,
        };
        memory
            .write_beat(beat, 0x8877_6655_4433_2211, 0b1011_0110)
            .unwrap();
        assert_eq!(memory.read_beat(beat), Ok(0x8800_6655_0033_2200));
        file.write(PhysAddr::new(base + 8), &[9; 8]).unwrap();
        assert_eq!(memory.read_beat(beat), Ok(0x0909_0909_0909_0909));
        assert!(memory.write(base + 0x1_ffff, &[0; 2]).is_err());
        assert!(memory.file().is_some());
    }
}
