//! Once, or again and again.

use std::thread;
use std::time::Duration;

use crate::arguments::Watch;
use crate::failure::Failure;

/// Shortest time from one look to the next.
const SHORTEST: f64 = 0.01;
/// Longest time from one look to the next: a day.
const LONGEST: f64 = 86_400.0;

/// Looks as often as is wanted.
pub(super) fn each(
    watch: &Watch,
    mut look: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let pause = pause(watch)?;
    let mut left = if watch.watch { watch.times } else { Some(1) };
    loop {
        if left == Some(0) {
            return Ok(());
        }
        look()?;
        left = left.map(|left| left - 1);
        if left != Some(0) {
            thread::sleep(pause);
        }
    }
}

/// Time from one look to the next.
pub(super) fn pause(watch: &Watch) -> Result<Duration, Failure> {
    if !(SHORTEST..=LONGEST).contains(&watch.every) {
        return Err(Failure::Unusable(format!(
            "--every {}: give seconds from {SHORTEST} to {LONGEST}",
            watch.every
        )));
    }
    Ok(Duration::from_secs_f64(watch.every))
}
