//! Which addresses a master asks for, and how.

use fastrand::Rng;

use crate::rig::{WINDOW, Way};
use vcm_sim::axi::{Request, WriteBeat};

/// Which way the data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Read,
    Write,
    /// As many reads as writes, at the same time.
    Both,
}

impl Direction {
    pub(super) const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Both];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Both => "both",
        }
    }

    /// Whether it has writes; or else reads.
    pub(super) const fn is(self, write: bool) -> bool {
        match self {
            Self::Read => !write,
            Self::Write => write,
            Self::Both => true,
        }
    }
}

/// In what order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// One burst after the other.
    Sequential,
    /// Random bursts within so many bytes.
    Random { set: u32, seed: u64 },
}

/// Bursts of a kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pattern {
    pub(super) direction: Direction,
    pub(super) order: Order,
    /// Bursts of each direction.
    pub(super) count: u32,
    /// Bytes of a burst: a multiple of 8, at most 2 048, a power of two.
    pub(super) burst: u32,
    /// IDs that take turns.
    pub(super) ids: u8,
}

/// Distance of what is written from what is read, when both go on sequentially.
const APART: u32 = 32 << 20;

impl Pattern {
    /// The bursts, as a master sends them that way.
    pub(super) fn bursts(&self, way: Way) -> Vec<Request> {
        let mut bursts = Vec::new();
        for write in [false, true] {
            if self.direction.is(write) {
                self.add(&mut bursts, write, way);
            }
        }
        bursts
    }

    fn add(&self, bursts: &mut Vec<Request>, write: bool, way: Way) {
        let apart = if write { APART } else { 0 };
        let mut rng = match self.order {
            Order::Sequential => Rng::with_seed(0),
            Order::Random { seed, .. } => Rng::with_seed(seed + u64::from(write)),
        };
        for n in 0..self.count {
            let offset = match self.order {
                Order::Sequential => apart + n * self.burst,
                Order::Random { set, .. } => rng.u32(0..set / self.burst) * self.burst,
            };
            let burst = burst(write, WINDOW + offset, self.burst / 8);
            let id = (n % u32::from(self.ids)) as u8;
            bursts.push(burst.id(id).stream(way.stream()));
        }
    }
}

/// A burst of full beats.
pub(super) fn burst(write: bool, addr: u32, beats: u32) -> Request {
    if !write {
        return Request::read(addr, beats as u16);
    }
    let beat = |n| WriteBeat {
        data: u64::from(addr + 8 * n),
        strb: 0xff,
    };
    Request::write_beats(addr, (0..beats).map(beat).collect())
}
