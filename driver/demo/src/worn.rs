//! Memory as it is on a machine that has been running for a while: in pieces, with other owners in
//! between.

use alloc::vec;
use alloc::vec::Vec;

use spin::{Mutex, MutexGuard};
use vcm::Error;
use vcm::frames::{FrameError, Frames};
use vcm::mmu::{PhysPart, Quiet};
use vcm::seam::PhysMem;
use vcm::wrap::{FrameRequest, FrameSource};
use vcm_regs::descriptor::{LARGE_PAGE_SIZE, SECTION_SIZE, SMALL_PAGE_SIZE};

use crate::mix::{self, PAGES};

/// A physical allocator whose free memory is scattered, and which hands it out in no order, in the mix
/// of page sizes that is shown: all of [`PAGES`].
pub struct WornMemory<M: PhysMem> {
    frames: Frames<M>,
    /// The whole pool, in blocks of 1 MiB.
    blocks: Vec<PhysPart>,
    state: Mutex<State>,
}

struct State {
    rng: fastrand::Rng,
    /// How many pages of each of [`PAGES`] are free.
    holes: [usize; 3],
    /// What belongs to others.
    others: Vec<PhysPart>,
}

/// What a pool is cut into, for so many pages of each size.
struct Plan {
    /// Pages of each of [`PAGES`] that are to be free: more than are needed, so that there is a choice.
    holes: [usize; 3],
    /// Large pages that are cut into small ones.
    cut_large: usize,
    /// Sections that are cut into large pages.
    cut_sections: usize,
    /// Sections in all.
    sections: usize,
}

impl Plan {
    fn new(needed: [usize; 3]) -> Self {
        let holes = needed.map(|pages| pages + pages / 2 + 2);
        let [small, large, whole] = holes;
        // Of 16 small pages in a large one, 6 are free; of 16 large pages in a section, 8 are free or
        // cut.
        let cut_large = small.div_ceil(6);
        let cut_sections = (large + cut_large).div_ceil(8);
        let used = whole + cut_sections;
        Self {
            holes,
            cut_large,
            cut_sections,
            // A third as many belong to others as a whole.
            sections: used + used / 3 + 1,
        }
    }

    /// Bytes of the pool.
    fn pool(&self) -> u32 {
        self.sections as u32 * SECTION_SIZE
    }
}

/// Bytes of the pool that [`WornMemory`] takes for so many pages of each of [`PAGES`].
pub(crate) fn pool_size(needed: [usize; 3]) -> u32 {
    Plan::new(needed).pool()
}

impl<M: PhysMem> WornMemory<M> {
    /// Takes a pool from `memory` in which `needed` pages of each of [`PAGES`] can be had, and wears it
    /// out: the same way for the same `seed`.
    ///
    /// # Errors
    /// [`FrameError::NoPool`] when the platform has no such pool.
    pub fn new(memory: M, needed: [usize; 3], seed: u64) -> Result<Self, FrameError> {
        let plan = Plan::new(needed);
        let mut rng = fastrand::Rng::with_seed(seed);
        let frames = Frames::new(memory);
        frames.add_pool(plan.pool())?;

        let mut blocks = take(&frames, SECTION_SIZE, plan.sections)?;
        let mut sections = blocks.clone();
        blocks.sort_by_key(|block| block.start);
        rng.shuffle(&mut sections);
        let mut others = sections.split_off(plan.holes[2] + plan.cut_sections);
        let whole = sections.split_off(plan.cut_sections);

        // Nothing but the piece that is given back is free, so the smaller ones come out of it.
        let mut large = cut(&frames, &sections, LARGE_PAGE_SIZE)?;
        rng.shuffle(&mut large);
        others.extend(large.split_off(plan.holes[1] + plan.cut_large));
        let to_cut = large.split_off(plan.holes[1]);
        let mut small = cut(&frames, &to_cut, SMALL_PAGE_SIZE)?;
        rng.shuffle(&mut small);
        others.extend(small.split_off(plan.holes[0]));

        for part in [small, large, whole].into_iter().flatten() {
            frames.free(part)?;
        }
        Ok(Self {
            frames,
            blocks,
            state: Mutex::new(State {
                rng,
                holes: plan.holes,
                others,
            }),
        })
    }

    /// The whole pool, in blocks of 1 MiB, by address.
    pub fn blocks(&self) -> &[PhysPart] {
        &self.blocks
    }

    /// What belongs to others.
    pub fn others(&self) -> Vec<PhysPart> {
        self.state().others.clone()
    }

    /// Bytes that are free.
    pub fn free_bytes(&self) -> u64 {
        self.frames.free_bytes()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// `count` pages of the size `PAGES[index]`, any of those that are free.
    fn pick(
        &self,
        state: &mut State,
        index: usize,
        count: usize,
    ) -> Result<Vec<PhysPart>, FrameError> {
        // The allocator hands out the lowest first: take all, and choose.
        let mut pages = take(&self.frames, PAGES[index], state.holes[index])?;
        state.rng.shuffle(&mut pages);
        let rest = pages.split_off(count.min(pages.len()));
        for page in rest {
            self.frames.free(page)?;
        }
        if pages.len() < count {
            let free = self.frames.free_bytes();
            give(&self.frames, pages)?;
            let size = PAGES[index].saturating_mul(count as u32);
            return Err(FrameError::OutOfMemory { size, free });
        }
        state.holes[index] -= count;
        Ok(pages)
    }

    fn scattered(&self, size: u32) -> Result<Vec<PhysPart>, FrameError> {
        let sizes = mix::page_sizes(size);
        let mut state = self.state();
        let mut supply: [Vec<PhysPart>; 3] = Default::default();
        // The small ones first, so that no larger page is cut up for them.
        for (index, count) in mix::count(&sizes).into_iter().enumerate() {
            match self.pick(&mut state, index, count) {
                Ok(pages) => supply[index] = pages,
                Err(error) => {
                    for (index, pages) in supply.into_iter().enumerate() {
                        state.holes[index] += pages.len();
                        give(&self.frames, pages)?;
                    }
                    return Err(error);
                }
            }
        }
        let place = |size| PAGES.iter().position(|page| *page == size);
        let parts = sizes
            .into_iter()
            .filter_map(|size| supply[place(size)?].pop());
        Ok(parts.collect())
    }
}

/// `count` pages of a size, each for itself.
fn take<M: PhysMem>(
    frames: &Frames<M>,
    size: u32,
    count: usize,
) -> Result<Vec<PhysPart>, FrameError> {
    let mut pages = Vec::with_capacity(count);
    for _ in 0..count {
        pages.extend(frames.allocate(size, &[size], size)?);
    }
    Ok(pages)
}

fn give<M: PhysMem>(frames: &Frames<M>, pages: Vec<PhysPart>) -> Result<(), FrameError> {
    pages.into_iter().try_for_each(|page| frames.free(page))
}

/// Cuts allocated parts into pages of `size`.
fn cut<M: PhysMem>(
    frames: &Frames<M>,
    parts: &[PhysPart],
    size: u32,
) -> Result<Vec<PhysPart>, FrameError> {
    let mut pieces = Vec::new();
    for part in parts {
        frames.free(*part)?;
        pieces.extend(take(frames, size, (part.size / size) as usize)?);
    }
    Ok(pieces)
}

impl<M: PhysMem> FrameSource for WornMemory<M> {
    fn allocate(&self, request: &FrameRequest<'_>) -> Result<Vec<PhysPart>, Error> {
        let size = request.size;
        let parts = if request.contiguous {
            self.frames
                .allocate_contiguous(size, request.align)
                .map(|part| vec![part])
        } else {
            self.scattered(size)
        };
        parts.map_err(|_| Error::OutOfMemory { size })
    }

    fn free(&self, parts: &[PhysPart], _: Quiet) {
        let mut state = self.state();
        for part in parts {
            let freed = self.frames.free(*part);
            debug_assert_eq!(freed, Ok(()));
            if let Some(index) = PAGES.iter().position(|page| *page == part.size) {
                state.holes[index] += 1;
            }
        }
    }

    fn poison(&self, parts: &[PhysPart]) {
        for part in parts {
            let poisoned = self.frames.poison(*part);
            debug_assert_eq!(poisoned, Ok(()));
        }
    }
}

impl<M: PhysMem> Drop for WornMemory<M> {
    /// The others give back what they have, so that the pool can go back to the platform.
    fn drop(&mut self) {
        let others = core::mem::take(&mut self.state().others);
        let freed = give(&self.frames, others);
        debug_assert_eq!(freed, Ok(()));
    }
}
