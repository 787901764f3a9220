//! What an allocation costs does not depend on how many there are.

use alloc::vec::Vec;
use std::time::{Duration, Instant};

use crate::addr::{Iova, PhysAddr};
use crate::frames::Frames;
use crate::iova::{IovaSpace, Request};
use crate::seam::{MemError, PhysMem};
use crate::table::PAGE_SIZES;

const PAGE: u32 = 0x1000;
const FEW: usize = 100;
const MANY: usize = 100 * FEW;
/// A cost in proportion would grow a hundredfold.
const MOST: u32 = 12;

/// The shortest of several times of a thousand calls: what else runs only makes them longer.
fn time(mut call: impl FnMut()) -> Duration {
    let times = (0..9).map(|_| {
        let start = Instant::now();
        (0..1000).for_each(|_| call());
        start.elapsed()
    });
    times.min().unwrap()
}

/// Holds that `many` take about as long as `few`.
fn check(few: Duration, many: Duration) {
    assert!(
        many < few * MOST,
        "{few:?} beside few, {many:?} beside many"
    );
}

#[test]
fn addresses_cost_the_same_beside_many_ranges() {
    let [few, many] = [FEW, MANY].map(|live| {
        let space = IovaSpace::new(Iova::new(0), 1 << 32).unwrap();
        let request = |n: usize| Request::new((n as u32 % 7 + 1) * PAGE);
        let ranges: Vec<_> = (0..2 * live)
            .map(|n| space.reserve(&request(n)).unwrap())
            .collect();
        // Every other one: as fragmented as can be.
        for range in ranges.iter().step_by(2) {
            space.free(range.start).unwrap();
        }
        let mut n = 0;
        time(|| {
            n += 1;
            let range = space.reserve(&request(n)).unwrap();
            space.free(range.start).unwrap();
        })
    });
    check(few, many);
}

/// Addresses with nothing behind them.
struct Land;

impl PhysMem for Land {
    fn allocate(&self, _: u32, _: u32) -> Option<PhysAddr> {
        Some(PhysAddr::new(0))
    }
    fn free(&self, _: PhysAddr, _: u32) {}
    fn read(&self, at: PhysAddr, _: &mut [u8]) -> Result<(), MemError> {
        Err(MemError { at, size: 0 })
    }
    fn write(&self, at: PhysAddr, _: &[u8]) -> Result<(), MemError> {
        Err(MemError { at, size: 0 })
    }
    fn sync_for_device(&self, _: PhysAddr, _: u32) {}
    fn sync_for_cpu(&self, _: PhysAddr, _: u32) {}
}

#[test]
fn frames_cost_the_same_beside_many_parts() {
    let [few, many] = [FEW, MANY].map(|live| {
        let frames = Frames::new(Land);
        frames.add_pool(1 << 30).unwrap();
        let take = |pages: u32| frames.allocate(pages * PAGE, &PAGE_SIZES, 0x10_0000);
        let parts: Vec<_> = (0..2 * live).map(|_| take(1).unwrap()).collect();
        for part in parts.iter().step_by(2) {
            frames.free(part[0]).unwrap();
        }
        let mut n = 0;
        time(|| {
            n += 1;
            for part in take(n % 7 + 1).unwrap() {
                frames.free(part).unwrap();
            }
        })
    });
    check(few, many);
}
