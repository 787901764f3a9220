//! Which bytes each beat of a burst is about (IHI 0022E A3.4.1).

use crate::axi::BUS_BYTES;
use crate::signals::{AxiAddr, Burst};

/// What determines the addresses of a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurstShape {
    /// AxADDR.
    pub addr: u32,
    /// AxLEN.
    pub len: u8,
    /// AxSIZE.
    pub size: u8,
    /// AxBURST.
    pub burst: Burst,
}

/// One beat's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Address of byte lane 0: a multiple of the bus width.
    pub word: u32,
    /// Byte lanes that carry data: bit n for lane n.
    pub lanes: u8,
}

impl From<&AxiAddr> for BurstShape {
    fn from(channel: &AxiAddr) -> Self {
        Self {
            addr: channel.addr,
            len: channel.len,
            size: channel.size,
            burst: channel.burst,
        }
    }
}

impl BurstShape {
    /// Beats in the burst.
    pub const fn beats(self) -> u32 {
        self.len as u32 + 1
    }

    /// Bytes of a full beat.
    pub const fn beat_bytes(self) -> u32 {
        1 << (self.size & 7)
    }

    /// Whether the burst keeps the rules of IHI 0022E A3.4.1: a beat not wider than the bus, at most
    /// 16 beats unless INCR, a WRAP of 2, 4, 8 or 16 aligned beats, and no 4 KiB boundary crossed.
    pub fn is_legal(self) -> bool {
        if self.beat_bytes() > BUS_BYTES {
            return false;
        }
        match self.burst {
            Burst::Fixed => self.beats() <= 16,
            Burst::Incr => {
                let first = self.addr & !(self.beat_bytes() - 1);
                (first & 0xfff) + self.beats() * self.beat_bytes() <= 0x1000
            }
            Burst::Wrap => {
                matches!(self.beats(), 2 | 4 | 8 | 16) && self.addr % self.beat_bytes() == 0
            }
            Burst::Reserved => false,
        }
    }

    /// The bytes of beat `index`, for a beat not wider than the bus.
    ///
    /// Of illegal bursts, a WRAP wraps at its length rounded up to a power of two, and a reserved
    /// type counts as INCR.
    pub fn beat(self, index: u32) -> Beat {
        let bytes = self.beat_bytes().min(BUS_BYTES);
        let aligned = self.addr & !(bytes - 1);
        let start = match self.burst {
            _ if index == 0 => self.addr,
            Burst::Fixed => self.addr,
            Burst::Incr | Burst::Reserved => aligned.wrapping_add(index * bytes),
            Burst::Wrap => {
                let container = (bytes * self.beats()).next_power_of_two();
                let offset = aligned.wrapping_add(index * bytes) & (container - 1);
                (aligned & !(container - 1)) | offset
            }
        };
        let low = start % BUS_BYTES;
        // From the start up to the end of the aligned beat.
        let end = (start & !(bytes - 1)) % BUS_BYTES + bytes;
        let lanes = (0xffu32 << low) & (0xffu32 >> (BUS_BYTES - end));
        Beat {
            word: start & !(BUS_BYTES - 1),
            lanes: lanes as u8,
        }
    }
}

impl Beat {
    /// The addresses and lane numbers of the bytes, in order.
    pub fn bytes(self) -> impl Iterator<Item = (u32, u32)> {
        let lanes = (0..BUS_BYTES).filter(move |lane| self.lanes & (1 << lane) != 0);
        lanes.map(move |lane| (self.word + lane, lane))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beats(addr: u32, len: u8, size: u8, burst: Burst) -> Vec<(u32, u8)> {
        let shape = BurstShape {
            addr,
            len,
            size,
            burst,
        };
        let beats = (0..shape.beats()).map(|index| shape.beat(index));
        beats.map(|beat| (beat.word, beat.lanes)).collect()
    }

    #[test]
    fn unaligned_incr_has_a_short_first_beat() {
        assert_eq!(
            beats(0x1003, 2, 3, Burst::Incr),
            [(0x1000, 0xf8), (0x1008, 0xff), (0x1010, 0xff)]
        );
        assert_eq!(
            beats(0x1003, 2, 2, Burst::Incr),
            [(0x1000, 0x08), (0x1000, 0xf0), (0x1008, 0x0f)]
        );
    }

    #[test]
    fn narrow_incr_walks_the_lanes() {
        assert_eq!(
            beats(0x1006, 3, 0, Burst::Incr),
            [(0x1000, 0x40), (0x1000, 0x80), (0x1008, 1), (0x1008, 2)]
        );
    }

    #[test]
    fn wrap_returns_to_its_boundary() {
        assert_eq!(
            beats(0x1030, 3, 3, Burst::Wrap),
            [
                (0x1030, 0xff),
                (0x1038, 0xff),
                (0x1020, 0xff),
                (0x1028, 0xff)
            ]
        );
        assert_eq!(
            beats(0x100c, 3, 2, Burst::Wrap),
            [
                (0x1008, 0xf0),
                (0x1000, 0x0f),
                (0x1000, 0xf0),
                (0x1008, 0x0f)
            ]
        );
    }

    #[test]
    fn fixed_stays_on_the_same_lanes() {
        assert_eq!(beats(0x1002, 2, 2, Burst::Fixed), [(0x1000, 0x0c); 3]);
    }

    #[test]
    fn bursts_that_break_a_rule_are_illegal() {
        let legal = |addr, len, size, burst| {
            BurstShape {
                addr,
                len,
                size,
                burst,
            }
            .is_legal()
        };
        assert!(legal(0x1000, 255, 3, Burst::Incr));
        assert!(legal(0x1ffc, 0, 2, Burst::Incr));
        assert!(legal(0x1fff, 0, 3, Burst::Incr));
        assert!(!legal(0x1ff8, 1, 3, Burst::Incr), "crosses 4 KiB");
        assert!(!legal(0x1000, 0, 4, Burst::Incr), "wider than the bus");
        assert!(legal(0x1008, 3, 3, Burst::Wrap));
        assert!(!legal(0x1008, 2, 3, Burst::Wrap), "three beats");
        assert!(!legal(0x1004, 3, 3, Burst::Wrap), "unaligned");
        assert!(!legal(0x1000, 16, 3, Burst::Fixed), "too long");
        assert!(!legal(0x1000, 0, 3, Burst::Reserved));
    }
}
