//! The board of a run, and all that watches it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::failure::Failure;
use super::fence::Fence;
use super::plan::Setup;
use crate::check::PortChecks;
use crate::platform::{Platform, Recording};
use crate::scoreboard::{Scoreboard, Settings};

/// Addresses that bypassed streams use: always open.
pub(super) const BYPASSED: u32 = 0x0400_0000;
/// Bytes of that.
pub(super) const BYPASSED_SIZE: u32 = 0x10_0000;
/// Cycles that what nobody waits for may take to its end: walks ahead, and records.
const QUIET: u64 = 4_000;

/// The hardware, memory, masters, and the watchers.
pub(super) struct Board {
    pub(super) platform: Platform,
    checks: Arc<Mutex<PortChecks>>,
    scoreboard: Arc<Mutex<Scoreboard>>,
    fence: Arc<Mutex<Fence>>,
}

pub(super) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Board {
    pub(super) fn new(setup: &Setup, recording: Option<Recording>) -> Result<Self, Failure> {
        let config = setup.config();
        let platform = Platform::new(config.clone()).map_err(|e| Failure::of_platform(&e, 0))?;
        let mut scoreboard = Scoreboard::new(Settings::default());
        if let Some(recording) = recording {
            platform.record(recording);
            scoreboard = scoreboard.with_judgements();
        }
        let mut checks = PortChecks::default();
        if setup.unruly {
            checks = checks.with_unruly_masters();
        }
        let mut fence = Fence::new(config.ddr.base, config.ddr.size);
        fence.give(BYPASSED, BYPASSED_SIZE);
        let board = Self {
            checks: Arc::new(Mutex::new(checks)),
            scoreboard: Arc::new(Mutex::new(scoreboard)),
            fence: Arc::new(Mutex::new(fence)),
            platform,
        };
        board.platform.observe(Arc::clone(&board.checks));
        board.platform.observe(Arc::clone(&board.scoreboard));
        board.platform.observe(Arc::clone(&board.fence));
        Ok(board)
    }

    pub(super) fn fence(&self) -> MutexGuard<'_, Fence> {
        lock(&self.fence)
    }

    pub(super) fn scoreboard(&self) -> MutexGuard<'_, Scoreboard> {
        lock(&self.scoreboard)
    }

    /// What the watchers have found.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let now = self.platform.now();
        let checked = self.platform.check();
        checked.map_err(|error| Failure::of_platform(&error, now))
    }

    /// Waits until nothing is under way at any port, and holds that nothing stays so.
    pub(super) fn rest(&self) -> Result<(), Failure> {
        for _ in 0..QUIET {
            if lock(&self.checks).outstanding() == 0 && self.scoreboard().outstanding() == 0 {
                return Ok(());
            }
            self.platform.step(1);
        }
        let text = format!(
            "{} transactions on all ports, {} of them on s_axi, are never answered",
            lock(&self.checks).outstanding(),
            self.scoreboard().outstanding()
        );
        Err(Failure::new("never answered", self.platform.now(), text))
    }
}
