//! Random bursts: legal ones, and ones that break a rule.

use fastrand::Rng;

use crate::axi::{Direction, Lead, Request, WriteBeat};
use crate::signals::Burst;

/// A legal burst within a page: any type, size, length and alignment, read or write, any attributes.
/// Write data is random, its strobes a random part of the lanes.
pub fn burst(rng: &mut Rng, page: u32) -> Request {
    let size = rng.u8(0..=3);
    let bytes = 1 << size;
    let kind = [Burst::Incr, Burst::Incr, Burst::Wrap, Burst::Fixed][rng.usize(0..4)];
    let beats = match kind {
        Burst::Wrap => 2 << rng.u16(0..4),
        Burst::Fixed => rng.u16(1..=16),
        _ if rng.u8(0..8) == 0 => rng.u16(1..=256),
        _ => rng.u16(1..=16),
    };
    let addr = match kind {
        Burst::Wrap => page + rng.u32(0..0x1000 / bytes) * bytes,
        Burst::Fixed => page + rng.u32(0..0x1000),
        _ => {
            let room = 0x1000 - (u32::from(beats) * bytes).min(0x1000);
            let first = page + rng.u32(0..=room) / bytes * bytes;
            // An INCR burst may begin within its first beat.
            first + rng.u32(0..bytes)
        }
    };
    let mut request = Request::read(addr, beats).burst(kind, size);
    if rng.bool() {
        let shape = request.shape();
        let lanes = (0..shape.beats()).map(|beat| shape.beat(beat).lanes);
        let data = lanes.map(|lanes| WriteBeat {
            data: rng.u64(..),
            strb: lanes & if rng.bool() { 0xFF } else { rng.u8(..) },
        });
        request = Request::write_beats(addr, data.collect()).burst(kind, size);
        let lead = match rng.u8(0..4) {
            0 => Lead::Address(rng.u32(0..20)),
            1 => Lead::Data(rng.u32(0..20)),
            _ => Lead::Either,
        };
        request = request.lead(lead);
    }
    request.lock = rng.u8(0..8) == 0 && is_small_and_aligned(&request);
    // AxCACHE[3:2] must be 0 where [1] is.
    request.cache = [0, 1, 2, 3, 6, 7, 10, 11, 14, 15][rng.usize(0..10)];
    request.qos = rng.u8(0..16);
    request.id(rng.u8(..))
}

/// A burst that breaks a rule of AXI: of its address, or of where WLAST belongs.
pub fn illegal(rng: &mut Rng, page: u32) -> Request {
    let mut request = burst(rng, page);
    match rng.u8(0..8) {
        0 => request.size = rng.u8(4..8),
        1 => request.burst = Burst::Reserved,
        2 => (request.burst, request.len) = (Burst::Fixed, rng.u8(16..=255)),
        3 => {
            request.burst = Burst::Wrap;
            request.len = [0, 2, 4, 8, 14, 16, 255][rng.usize(0..7)];
        }
        4 => {
            (request.burst, request.size, request.len) = (Burst::Wrap, 3, 3);
            request.addr = page + rng.u32(0..0x200) * 8 + rng.u32(1..8);
        }
        5 => {
            (request.burst, request.size) = (Burst::Incr, 3);
            request.len = rng.u8(1..=255);
            let beats = rng.u32(1..=u32::from(request.len));
            request.addr = (page + 0x1000).wrapping_sub(8 * beats);
        }
        // The address is legal, and the data are not.
        _ => return misplaced(rng, request),
    }
    fit(rng, &mut request);
    request.lock = false;
    request
}

/// A write whose WLAST comes too early or too late; a read stays what it is.
fn misplaced(rng: &mut Rng, mut request: Request) -> Request {
    if let Direction::Write { beats, .. } = &mut request.direction {
        let right = beats.len();
        let wrong = match rng.bool() && right > 1 {
            true => rng.usize(1..right),
            false => right + rng.usize(1..=8),
        };
        beats.resize(wrong, WriteBeat::default());
        request.lock = false;
    }
    request
}

/// Gives a write as many beats as it says, without strobes where it had none.
fn fit(rng: &mut Rng, request: &mut Request) {
    let right = usize::from(request.len) + 1;
    if let Direction::Write { beats, .. } = &mut request.direction {
        beats.resize_with(right, || WriteBeat {
            data: rng.u64(..),
            strb: rng.u8(..),
        });
    }
}

/// Whether AXI allows the burst to be exclusive.
fn is_small_and_aligned(request: &Request) -> bool {
    let shape = request.shape();
    let total = shape.beats() * shape.beat_bytes();
    shape.beats() <= 16 && total.is_power_of_two() && total <= 128 && shape.addr % total == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::BurstShape;

    fn shape(request: &Request) -> BurstShape {
        BurstShape {
            addr: request.addr,
            len: request.len,
            size: request.size,
            burst: request.burst,
        }
    }

    fn fits(request: &Request) -> bool {
        match &request.direction {
            Direction::Read => true,
            Direction::Write { beats, .. } => beats.len() == usize::from(request.len) + 1,
        }
    }

    #[test]
    fn bursts_are_legal_and_stay_in_their_page() {
        let mut rng = Rng::with_seed(1);
        for _ in 0..5_000 {
            let request = burst(&mut rng, 0x7000);
            assert_eq!(shape(&request).check(8), Ok(()), "{request:?}");
            assert!(fits(&request) && request.addr >> 12 == 7, "{request:?}");
        }
    }

    #[test]
    fn illegal_bursts_break_every_rule_and_writes_also_that_of_wlast() {
        let mut rng = Rng::with_seed(2);
        let (mut broken, mut misplaced) = (std::collections::HashSet::new(), 0);
        for _ in 0..5_000 {
            let request = illegal(&mut rng, 0x7000);
            match shape(&request).check(8) {
                Err(rule) => _ = broken.insert(rule),
                Ok(()) => misplaced += u32::from(!fits(&request)),
            }
        }
        assert_eq!(broken.len(), 6, "{broken:?}");
        assert!(misplaced > 200, "{misplaced}");
    }
}
