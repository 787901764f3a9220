//! Bytes at addresses.

use std::fmt;

use crate::axi::Beat;

/// Granule in which memory is really allocated.
const CHUNK: usize = 1 << 16;

/// A range of memory, whose parts are allocated when they are first written to.
pub struct Memory {
    base: u32,
    size: u32,
    fill: u8,
    chunks: Vec<Option<Box<[u8; CHUNK]>>>,
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
        let chunks = (size as usize).div_ceil(CHUNK);
        Self {
            base,
            size,
            fill,
            chunks: (0..chunks).map(|_| None).collect(),
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
        let mut offset = self.offset(at, into.len())?;
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
        Ok(())
    }

    /// Writes these bytes.
    ///
    /// # Errors
    /// [`OutsideMemory`]; nothing is then written.
    pub fn write(&mut self, at: u32, from: &[u8]) -> Result<(), OutsideMemory> {
        let mut offset = self.offset(at, from.len())?;
        let mut rest = from;
        while !rest.is_empty() {
            let within = offset % CHUNK;
            let (part, tail) = rest.split_at(rest.len().min(CHUNK - within));
            self.chunk(offset / CHUNK)[within..within + part.len()].copy_from_slice(part);
            offset += part.len();
            rest = tail;
        }
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
        for lane in (low..low + bytes).filter(|lane| beat.lanes & strb & (1 << lane) != 0) {
            let place = offset + lane - low;
            self.chunk(place / CHUNK)[place % CHUNK] = data[lane];
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

    fn chunk(&mut self, index: usize) -> &mut [u8; CHUNK] {
        let fill = self.fill;
        self.chunks[index].get_or_insert_with(|| Box::new([fill; CHUNK]))
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
}
