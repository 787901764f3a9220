//! Seed after seed, on all cores, until the time is over or something was found.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use indicatif::{ProgressBar, ProgressStyle};
use vcm_sim::soak::{Plan, Statistics, run};

use crate::arguments::Arguments;
use crate::found;
use crate::table;

/// The shared state of all threads.
struct Campaign<'a> {
    next: AtomicU64,
    /// The seed after the last one, if that is how the campaign ends.
    end: Option<u64>,
    deadline: Option<Instant>,
    over: AtomicBool,
    sum: Mutex<Statistics>,
    failed: Mutex<Vec<(u64, String)>>,
    bar: &'a ProgressBar,
    /// For how many minutes it had run when that was said last.
    minutes: AtomicU64,
}

/// Runs a campaign. Returns whether nothing was found.
pub(crate) fn campaign(arguments: &Arguments) -> Result<bool, String> {
    let from = arguments.from.unwrap_or_else(of_the_time);
    let begun = Instant::now();
    let length = Duration::try_from_secs_f64(60.0 * arguments.minutes);
    let length = length.map_err(|_| "the number of minutes is too small or too large")?;
    let jobs = arguments.jobs.unwrap_or_else(cores).max(1);
    let bar = bar(arguments, length);
    let campaign = Campaign {
        next: AtomicU64::new(from),
        end: arguments.seeds.map(|seeds| from.saturating_add(seeds)),
        deadline: arguments.seeds.is_none().then(|| begun + length),
        over: AtomicBool::new(false),
        sum: Mutex::default(),
        failed: Mutex::default(),
        bar: &bar,
        minutes: AtomicU64::new(0),
    };
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| campaign.work());
        }
    });
    bar.finish_and_clear();
    let sum = *lock(&campaign.sum);
    say(&table::of(&sum, begun.elapsed()));
    say(&format!("seeds from {from} on"));
    let failed = std::mem::take(&mut *lock(&campaign.failed));
    let mut failed = failed.into_iter();
    let Some((seed, kind)) = failed.next() else {
        return Ok(true);
    };
    for (seed, kind) in failed {
        say(&format!("seed {seed} fails, too: {kind}"));
    }
    found::shrunk(seed, arguments)?;
    say(&format!("it was: {kind}"));
    Ok(false)
}

impl Campaign<'_> {
    fn work(&self) {
        while !self.over.load(Ordering::Relaxed) {
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            let late = self.deadline.is_some_and(|end| Instant::now() >= end);
            if late || self.end.is_some_and(|end| seed >= end) {
                return;
            }
            let verdict = run(&Plan::new(seed), None);
            let mut sum = lock(&self.sum);
            sum.add(&verdict.statistics);
            self.show(&sum);
            if let Some(failure) = verdict.failure {
                lock(&self.failed).push((seed, failure.to_string()));
                self.over.store(true, Ordering::Relaxed);
            }
        }
    }

    /// A bar on a terminal, and a line each minute elsewhere.
    fn show(&self, sum: &Statistics) {
        match self.deadline {
            Some(_) => self.bar.set_position(self.bar.elapsed().as_secs()),
            None => self.bar.set_position(sum.runs),
        }
        let (runs, bursts) = (sum.runs, sum.bursts);
        let done = format!("{runs} runs, {bursts} bursts");
        let minutes = self.bar.elapsed().as_secs() / 60;
        if self.bar.is_hidden() && self.minutes.swap(minutes, Ordering::Relaxed) != minutes {
            eprintln!("{minutes} min: {done}");
        }
        self.bar.set_message(done);
    }
}

fn bar(arguments: &Arguments, length: Duration) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(arguments.seeds.unwrap_or(length.as_secs()));
    let what = if arguments.seeds.is_some() { "" } else { " s" };
    let template = format!("{{bar:40}} {{pos}} of {{len}}{what}  {{msg}}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style.progress_chars("█▌░"));
    }
    bar
}

/// A seed that no campaign before has had.
fn of_the_time() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes to standard output. That nobody reads it is no reason to complain.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}
