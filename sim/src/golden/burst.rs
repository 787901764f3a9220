//! The address arithmetic of AXI4 bursts, and which bursts are legal (IHI 0022E A3.4.1).

use std::fmt;

use crate::signals::{AxiAddr, Burst};

/// No burst crosses a boundary of this many bytes (IHI 0022E A3.4.1).
const BOUNDARY: u64 = 0x1000;

/// AxADDR, AxLEN, AxSIZE and AxBURST of a burst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BurstShape {
    /// Address of the first beat.
    pub addr: u32,
    /// Beats less one.
    pub len: u8,
    /// log2 of the bytes a beat.
    pub size: u8,
    /// How addresses go on.
    pub burst: Burst,
}

/// Why a burst is not legal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IllegalBurst {
    /// A beat is wider than the bus.
    TooWide,
    /// AxBURST is the reserved encoding.
    ReservedType,
    /// A FIXED burst of more than 16 beats.
    FixedLength,
    /// A WRAP burst that has not 2, 4, 8 or 16 beats.
    WrapLength,
    /// A WRAP burst whose address is not aligned to a beat.
    WrapAlignment,
    /// Its beats lie on both sides of a 4 KiB boundary.
    Crosses4K,
}

impl fmt::Display for IllegalBurst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooWide => "AxSIZE is wider than the bus",
            Self::ReservedType => "AxBURST is reserved",
            Self::FixedLength => "FIXED burst of more than 16 beats",
            Self::WrapLength => "WRAP burst of other than 2, 4, 8 or 16 beats",
            Self::WrapAlignment => "WRAP burst at an unaligned address",
            Self::Crosses4K => "burst crosses a 4 KiB boundary",
        })
    }
}

impl std::error::Error for IllegalBurst {}

impl From<&AxiAddr> for BurstShape {
    fn from(ax: &AxiAddr) -> Self {
        Self {
            addr: ax.addr,
            len: ax.len,
            size: ax.size,
            burst: ax.burst,
        }
    }
}

impl BurstShape {
    /// Number of beats.
    pub const fn beats(&self) -> u32 {
        self.len as u32 + 1
    }

    /// Bytes a beat moves at most.
    pub const fn beat_bytes(&self) -> u32 {
        1 << (self.size & 7)
    }

    /// Address of beat `n`, the first is 0. Later beats are aligned to their size.
    pub fn beat_addr(&self, n: u32) -> u32 {
        let bytes = self.beat_bytes();
        let aligned = self.addr & !(bytes - 1);
        match self.burst {
            Burst::Fixed => self.addr,
            _ if n == 0 => self.addr,
            Burst::Incr | Burst::Reserved => aligned.wrapping_add(n * bytes),
            Burst::Wrap => {
                let container = bytes * self.beats();
                let boundary = self.addr - self.addr % container;
                boundary.wrapping_add((aligned - boundary + n * bytes) % container)
            }
        }
    }

    /// Byte lanes that beat `n` may use on a bus of `bus_bytes` (at most 8), bit i for lane i
    /// (IHI 0022E A3.4.3).
    pub fn lanes(&self, n: u32, bus_bytes: u32) -> u8 {
        let first = self.beat_addr(n);
        let end = (first & !(self.beat_bytes() - 1)) + (self.beat_bytes() - 1);
        let bus = bus_bytes - 1;
        let (low, high) = if self.beat_bytes() > bus_bytes {
            (first & bus, bus)
        } else {
            (first & bus, end & bus)
        };
        (low..=high).fold(0, |lanes, lane| lanes | 1 << lane)
    }

    /// Whether a master may send this on a bus of `bus_bytes`.
    ///
    /// # Errors
    /// The first rule of [`IllegalBurst`] that it breaks.
    pub fn check(&self, bus_bytes: u32) -> Result<(), IllegalBurst> {
        let beats = self.beats();
        let bytes = self.beat_bytes();
        if self.size > 7 || bytes > bus_bytes {
            return Err(IllegalBurst::TooWide);
        }
        match self.burst {
            Burst::Reserved => Err(IllegalBurst::ReservedType),
            Burst::Fixed if beats > 16 => Err(IllegalBurst::FixedLength),
            Burst::Wrap if !matches!(beats, 2 | 4 | 8 | 16) => Err(IllegalBurst::WrapLength),
            Burst::Wrap if self.addr % bytes != 0 => Err(IllegalBurst::WrapAlignment),
            Burst::Incr if self.crosses_4k() => Err(IllegalBurst::Crosses4K),
            _ => Ok(()),
        }
    }

    /// Only INCR can: a FIXED beat and a WRAP container are aligned to a size below 4 KiB.
    fn crosses_4k(&self) -> bool {
        let bytes = u64::from(self.beat_bytes());
        let first = u64::from(self.addr);
        let last = (first & !(bytes - 1)) + bytes * u64::from(self.beats()) - 1;
        first / BOUNDARY != last / BOUNDARY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(addr: u32, len: u8, size: u8, burst: Burst) -> BurstShape {
        BurstShape {
            addr,
            len,
            size,
            burst,
        }
    }

    fn addrs(shape: BurstShape) -> Vec<u32> {
        (0..shape.beats()).map(|n| shape.beat_addr(n)).collect()
    }

    #[test]
    fn an_unaligned_incr_burst_is_aligned_from_its_second_beat_on() {
        let burst = shape(0x1003, 2, 2, Burst::Incr);
        assert_eq!(addrs(burst), [0x1003, 0x1004, 0x1008]);
        assert_eq!(burst.lanes(0, 8), 0b0000_1000);
        assert_eq!(burst.lanes(1, 8), 0b1111_0000);
        assert_eq!(burst.lanes(2, 8), 0b0000_1111);
    }

    #[test]
    fn a_wrap_burst_stays_in_its_container() {
        let burst = shape(0x1018, 3, 3, Burst::Wrap);
        assert_eq!(addrs(burst), [0x1018, 0x1000, 0x1008, 0x1010]);
    }

    #[test]
    fn a_fixed_burst_stays_where_it_is() {
        assert_eq!(addrs(shape(0x1002, 1, 1, Burst::Fixed)), [0x1002, 0x1002]);
    }

    #[test]
    fn a_burst_may_end_at_a_4_kib_boundary_but_not_cross_it() {
        assert_eq!(shape(0x0800, 255, 3, Burst::Incr).check(8), Ok(()));
        assert_eq!(
            shape(0x0808, 255, 3, Burst::Incr).check(8),
            Err(IllegalBurst::Crosses4K)
        );
        // The last beat is aligned, so an unaligned first beat does not push the end over.
        assert_eq!(shape(0x0FFF, 0, 3, Burst::Incr).check(8), Ok(()));
        assert_eq!(
            shape(0xFFFF_FFF8, 1, 3, Burst::Incr).check(8),
            Err(IllegalBurst::Crosses4K)
        );
    }

    #[test]
    fn each_rule_of_a_burst_is_told() {
        let cases = [
            (shape(0, 0, 4, Burst::Incr), IllegalBurst::TooWide),
            (shape(0, 0, 3, Burst::Reserved), IllegalBurst::ReservedType),
            (shape(0, 16, 3, Burst::Fixed), IllegalBurst::FixedLength),
            (shape(0, 2, 3, Burst::Wrap), IllegalBurst::WrapLength),
            (shape(4, 3, 3, Burst::Wrap), IllegalBurst::WrapAlignment),
        ];
        for (burst, rule) in cases {
            assert_eq!(burst.check(8), Err(rule), "{rule}");
        }
        assert_eq!(shape(0, 15, 3, Burst::Fixed).check(8), Ok(()));
        assert_eq!(shape(0xFF8, 15, 3, Burst::Wrap).check(8), Ok(()));
    }
}
