//! Masters and software of a run, and what they know.

mod software;
mod trouble;

use std::time::Duration;

use fastrand::Rng;
use vcm::iommu::{Config, ContextConfig, Iommu, Resume};

use super::board::{BYPASSED, BYPASSED_SIZE, Board};
use super::failure::Failure;
use super::plan::{BANKS, CONTEXTS, SLOTS, Setup};
use super::run::Statistics;
use super::spaces::{Space, anywhere};
use super::step::{Manner, Step};
use super::traffic;
use crate::axi::Request;
use crate::platform::{Recording, SimBus, SimClock, SimMemory};
use trouble::Patch;

/// The IOMMU on this board.
pub(super) type SimIommu = Iommu<SimBus, SimMemory, SimClock>;

/// Bursts that are under way at most when a step begins.
const AHEAD: u64 = 60;
/// Cycles between two looks at what has been answered.
const LOOK: u64 = 50;
/// Cycles without an answer after which somebody resumes what may stand stalled.
const PATIENCE: u64 = 1_500;
/// Cycles without an answer after which there will be none.
const LOST: u64 = 300_000;
/// How long the hardware may take to confirm an invalidation.
const SYNC_TIMEOUT: Duration = Duration::from_millis(2);

/// Masters and software.
pub(super) struct Machine {
    pub(super) board: Board,
    pub(super) statistics: Statistics,
    iommu: SimIommu,
    spaces: Vec<Space>,
    /// Bursts that have not been answered.
    under_way: u64,
    /// Descriptors that are not as the driver has written them.
    patches: Vec<Patch>,
    /// Tables may hold what the driver has not written.
    tainted: bool,
    setup: Setup,
}

/// What the driver could not do although it ought to.
fn driver<T, E: std::fmt::Display>(
    board: &Board,
    what: &str,
    done: Result<T, E>,
) -> Result<T, Failure> {
    done.map_err(|error| {
        let kind = format!("driver: {what}");
        Failure::new(&kind, board.platform.now(), error)
    })
}

impl Machine {
    /// A board with the driver on it, and its contexts: nothing is mapped, nobody is let through.
    pub(super) fn new(setup: &Setup, recording: Option<Recording>) -> Result<Self, Failure> {
        let board = Board::new(setup, recording)?;
        let platform = &board.platform;
        let config = Config {
            sync_timeout: SYNC_TIMEOUT,
        };
        let probed = Iommu::probe(platform.bus(), platform.memory(), platform.clock(), config);
        let iommu = driver(&board, "probe", probed)?;
        // Contexts come bank by bank; those that nobody uses are given back.
        let mut contexts = Vec::new();
        for bank in 0..BANKS {
            let used = setup.banks.iter().position(|used| *used == bank);
            let config = used.map_or_else(ContextConfig::default, |n| ContextConfig {
                fault_interrupt: true,
                memory_types: setup.memory_types[n],
                one_to_one: setup.one_to_one[n],
            });
            contexts.push((used, driver(&board, "context", iommu.context(config))?));
        }
        contexts.retain(|(used, _)| used.is_some());
        contexts.sort_by_key(|(used, _)| *used);
        let spaces = contexts.into_iter().map(|(_, mmu)| Space::new(mmu));
        let spaces: Vec<Space> = spaces.collect();
        Ok(Self {
            board,
            statistics: Statistics::default(),
            iommu,
            spaces,
            under_way: 0,
            patches: Vec::new(),
            tainted: false,
            setup: *setup,
        })
    }

    /// Does what a step says.
    pub(super) fn carry_out(&mut self, step: &Step) -> Result<(), Failure> {
        self.take_answers();
        if self.under_way > AHEAD {
            self.wait_until(AHEAD / 2)?;
        }
        match *step {
            Step::Send {
                seed,
                bursts,
                manner,
            } => self.send(&mut Rng::with_seed(seed), bursts, manner),
            Step::Wait { cycles } => self.board.platform.step(cycles.into()),
            Step::Settle => return self.wait_until(0),
            Step::Reset => return self.reset(),
            Step::Corrupt { .. }
            | Step::Repair
            | Step::BusErrors { .. }
            | Step::NoBusErrors
            | Step::Latency { .. }
            | Step::Pressure { .. } => return self.trouble(step),
            _ => return self.software(step),
        }
        Ok(())
    }

    /// The end of a run: everything is answered, and nothing is left over.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.wait_until(0)?;
        self.software(&Step::Drain)?;
        self.software(&Step::Counters)?;
        self.board.rest()?;
        self.board.check()
    }

    /// Gives everything back to the platform.
    pub(super) fn end(self) -> Result<(), Failure> {
        let Self {
            board,
            iommu,
            spaces,
            ..
        } = self;
        drop((spaces, iommu));
        board.check()?;
        let left = board.platform.memory().live();
        if left.is_empty() {
            return Ok(());
        }
        let text = format!("{left:x?} was not given back");
        Err(Failure::new("memory lost", board.platform.now(), text))
    }

    fn send(&mut self, rng: &mut Rng, bursts: u16, manner: Manner) {
        let mut line = rng.u32(..);
        let (one, slot) = (rng.u8(0..CONTEXTS), rng.u8(0..SLOTS));
        for _ in 0..bursts {
            let stream = match manner {
                Manner::Mixed | Manner::Illegal => stream(rng),
                Manner::Stream | Manner::Crowd => one,
            };
            let page = match manner {
                Manner::Mixed | Manner::Illegal => self.page(stream, rng.u8(0..SLOTS), rng),
                Manner::Crowd => self.page(stream, slot, &mut Rng::with_seed(line.into())),
                Manner::Stream => {
                    line = line.wrapping_add(u32::from(rng.u8(0..3) == 0));
                    self.nth_page(stream, slot, line)
                }
            };
            let request = match manner {
                Manner::Illegal if rng.u8(0..4) == 0 => traffic::illegal(rng, page),
                _ => traffic::burst(rng, page),
            };
            let request = Request {
                id: match rng.u8(0..3) {
                    0 => request.id,
                    _ => request.id % 4,
                },
                prot: if rng.u8(0..4) == 0 { rng.u8(0..8) } else { 0 },
                ..request.stream(stream)
            };
            self.board.platform.submit(request);
            self.under_way += 1;
            self.statistics.bursts += 1;
        }
    }

    /// A page that a stream may mean.
    fn page(&self, stream: u8, slot: u8, rng: &mut Rng) -> u32 {
        if stream == CONTEXTS {
            return BYPASSED + rng.u32(0..BYPASSED_SIZE / 0x1000) * 0x1000;
        }
        // Streams with higher numbers may be given to any context.
        match self.spaces.get(usize::from(stream % CONTEXTS)) {
            Some(space) => space.address(slot, rng),
            None => anywhere(slot, rng),
        }
    }

    /// The pages of what is mapped at a place, one after the other.
    fn nth_page(&self, stream: u8, slot: u8, n: u32) -> u32 {
        let space = self.spaces.get(usize::from(stream));
        let mapped = space.and_then(|space| space.slots[usize::from(slot)].as_ref());
        match mapped {
            Some(mapped) => mapped.at.get() + n % (mapped.size() / 0x1000) * 0x1000,
            None => anywhere(slot, &mut Rng::with_seed(n.into())),
        }
    }

    /// Takes in what has been answered.
    fn take_answers(&mut self) -> bool {
        let answers = self.board.platform.lock().master_mut().drain();
        for answer in &answers {
            self.under_way = self.under_way.saturating_sub(1);
            self.statistics.refused += u64::from(answer.resp.is_error());
        }
        !answers.is_empty()
    }

    /// Waits until only so many bursts are under way. Resumes what stands stalled, if nobody else does.
    fn wait_until(&mut self, left: u64) -> Result<(), Failure> {
        let mut waited = 0;
        loop {
            if self.take_answers() {
                waited = 0;
            }
            if self.under_way <= left {
                return Ok(());
            }
            if waited >= LOST {
                let text = format!("{} bursts, after {waited} cycles", self.under_way);
                return Err(Failure::new("hang", self.board.platform.now(), text));
            }
            self.board.platform.step(LOOK);
            waited += LOOK;
            if waited % PATIENCE == 0 {
                // First as a handler would that has brought the memory, then as one that has none.
                let how = match waited / PATIENCE {
                    1 => Resume::Retry,
                    _ => Resume::Terminate,
                };
                self.resume_all(how)?;
            }
        }
    }

    fn resume_all(&mut self, how: Resume) -> Result<(), Failure> {
        for space in &self.spaces {
            driver(&self.board, "resume", space.mmu.resume(None, how))?;
        }
        Ok(())
    }

    /// Resets the board under way, and has the driver restore what it had.
    fn reset(&mut self) -> Result<(), Failure> {
        self.take_answers();
        self.board.platform.reset();
        // VALID is low in the first cycle after reset (IHI 0022E A3.1.2).
        self.board.platform.step(1);
        self.take_answers();
        self.statistics.lost += std::mem::take(&mut self.under_way);
        self.statistics.resets += 1;
        driver(&self.board, "restore", self.iommu.restore())?;
        for space in &self.spaces {
            driver(&self.board, "restore a context", space.mmu.restore())?;
        }
        Ok(())
    }
}

/// Those of contexts mostly.
fn stream(rng: &mut Rng) -> u8 {
    match rng.u8(0..20) {
        0 | 1 => CONTEXTS,
        2 => rng.u8(CONTEXTS + 1..16),
        _ => rng.u8(0..CONTEXTS),
    }
}
