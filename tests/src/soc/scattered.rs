//! Physical memory in as many pieces as there are pages, in no order.

use std::sync::{Arc, Mutex, PoisonError};

use vcm::Error;
use vcm::frames::Frames;
use vcm::mmu::{PhysPart, Quiet};
use vcm::wrap::{FrameRequest, FrameSource};
use vcm_sim::platform::SimMemory;

/// Allocates every page by itself, the largest first, and shuffles those of one size: no page lies
/// where the one before it would suggest.
pub struct Scattered {
    frames: Arc<Frames<SimMemory>>,
    rng: Mutex<fastrand::Rng>,
}

impl Scattered {
    /// Memory of `frames`, in the order that belongs to this seed.
    pub fn new(frames: Arc<Frames<SimMemory>>, seed: u64) -> Self {
        Self {
            frames,
            rng: Mutex::new(fastrand::Rng::with_seed(seed)),
        }
    }
}

impl FrameSource for Scattered {
    fn allocate(&self, request: &FrameRequest<'_>) -> Result<Vec<PhysPart>, Error> {
        if request.contiguous || request.page_sizes.is_empty() {
            return FrameSource::allocate(&*self.frames, request);
        }
        let mut parts = Vec::new();
        let mut left = request.size;
        for &page in request.page_sizes {
            let first = parts.len();
            while left >= page {
                match Frames::allocate(&self.frames, page, &[page], page) {
                    Ok(part) => parts.extend(part),
                    Err(_) => break,
                }
                left -= page;
            }
            let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
            rng.shuffle(&mut parts[first..]);
        }
        if left == 0 {
            return Ok(parts);
        }
        FrameSource::free(self, &parts, Quiet::never_shared());
        Err(Error::OutOfMemory { size: request.size })
    }

    fn free(&self, parts: &[PhysPart], quiet: Quiet) {
        FrameSource::free(&*self.frames, parts, quiet);
    }

    fn poison(&self, parts: &[PhysPart]) {
        FrameSource::poison(&*self.frames, parts);
    }
}
