//! Random legal bursts.

use fastrand::Rng;
use vcm_sim::axi::{Lead, Request, WriteBeat};
use vcm_sim::signals::Burst;

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

/// Whether AXI allows the burst to be exclusive.
fn is_small_and_aligned(request: &Request) -> bool {
    let shape = request.shape();
    let total = shape.beats() * shape.beat_bytes();
    shape.beats() <= 16 && total.is_power_of_two() && total <= 128 && shape.addr % total == 0
}
