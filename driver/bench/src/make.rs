//! All that a buffer takes: addresses, memory, a mapping; and back.

use vcm::addr::Iova;
use vcm::frames::Frames;
use vcm::iova::{IovaSpace, Request};
use vcm::mmu::{Attributes, Mmu, PhysPart};
use vcm::table::PAGE_SIZES;

use crate::platform::{Context, Platform};
use crate::sample::Samples;
use crate::{Measurement, human, param};

const SAMPLES: usize = 401;
/// Buffers made in a sample.
const BUFFERS: usize = 8;
const POOL: u32 = 256 << 20;

pub(crate) fn run(progress: &mut impl FnMut(&str), measured: &mut Vec<Measurement>) {
    for size in [4 << 10, 64 << 10, 1 << 20, 16 << 20] {
        progress(&format!("make and destroy: {}", human(size)));
        measured.push(measure(size));
    }
}

fn measure(size: u32) -> Measurement {
    let platform = Platform::new();
    let bench = Bench::new(&platform);
    let mut samples = Samples::default();
    for _ in 0..SAMPLES {
        samples.time(BUFFERS, || bench.turn(size));
    }
    let before = platform.counts();
    bench.turn(size);
    let counts = platform.counts().since(before, BUFFERS);
    Measurement {
        scenario: "make and destroy".to_owned(),
        params: vec![param("size", human(size))],
        ns_per_op: samples.median(),
        table_writes: counts[0],
        cache_syncs: counts[1],
        tlb_commands: counts[2],
        baseline: None,
    }
}

struct Bench {
    addresses: IovaSpace,
    frames: Frames<Platform>,
    context: Context,
}

/// A buffer.
struct Made {
    at: Iova,
    parts: Vec<PhysPart>,
}

impl Bench {
    fn new(platform: &Platform) -> Self {
        let addresses = IovaSpace::new(Iova::new(0), 1 << 32).expect("the whole space");
        let frames = Frames::new(platform.clone());
        frames.add_pool(POOL).expect("the platform has it");
        Self {
            addresses,
            frames,
            context: platform.context(),
        }
    }

    /// Makes buffers, and destroys them.
    fn turn(&self, size: u32) {
        let made: [Made; BUFFERS] = core::array::from_fn(|_| self.make(size));
        for buffer in made {
            self.destroy(&buffer, size);
        }
    }

    fn make(&self, size: u32) -> Made {
        let range = self.addresses.reserve(&Request::new(size));
        let at = range.expect("there is room").start;
        let parts = self.frames.allocate(size, &PAGE_SIZES, u32::MAX);
        let parts = parts.expect("there is memory");
        let mapped = self.context.map(at, &parts, Attributes::default());
        mapped.expect("the range is free");
        Made { at, parts }
    }

    fn destroy(&self, buffer: &Made, size: u32) {
        let unmapped = self.context.unmap(buffer.at, size);
        let _quiet = unmapped.expect("the range is mapped");
        for part in &buffer.parts {
            self.frames.free(*part).expect("it was allocated");
        }
        self.addresses.free(buffer.at).expect("it is reserved");
    }
}
