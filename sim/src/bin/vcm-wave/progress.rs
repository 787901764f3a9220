//! A bar that shows how far a file has been read, on a terminal only.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use vcm_sim::wave::Wave;

/// How often it moves.
const EVERY: Duration = Duration::from_millis(100);

/// The bar; it goes when it is dropped.
pub(crate) struct Bar {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    /// Begins to show how a file is read.
    pub(crate) fn of(wave: &Wave) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        if !std::io::stderr().is_terminal() {
            return Self { over, thread: None };
        }
        let progress = wave.progress();
        let bar = ProgressBar::new(progress.size());
        let template = match progress.size() {
            0 => "{spinner} {bytes}, {bytes_per_sec}",
            _ => "{bar:40} {percent:>3} %  {bytes} of {total_bytes}, {bytes_per_sec}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("█▌░"));
        }
        let stop = over.clone();
        let thread = std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                bar.set_position(progress.read());
                std::thread::park_timeout(EVERY);
            }
            bar.finish_and_clear();
        });
        Self {
            over,
            thread: Some(thread),
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}
