//! What is shown while it runs.

use alloc::format;
use std::io::Write;

use crate::{Stage, Watcher};
use indicatif::{ProgressBar, ProgressStyle};

/// Writes a line to standard output. That nobody reads it is no reason to stop.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Shows notes as lines, and the copy as a bar, which is there on a terminal only.
#[derive(Default)]
pub struct Screen {
    stage: Option<Stage>,
    /// Whether the stage has been named.
    named: bool,
    bar: Option<ProgressBar>,
}

impl Screen {
    /// Nothing more will come.
    pub fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Watcher for Screen {
    fn stage(&mut self, stage: Stage) {
        self.finish();
        self.stage = Some(stage);
        self.named = false;
    }

    fn note(&mut self, text: &str) {
        self.finish();
        let name = match self.stage {
            Some(stage) if !self.named => stage.name(),
            _ => "",
        };
        self.named = true;
        line(&format!("  {name:<9}{text}"));
    }

    fn progress(&mut self, copied: u32, total: u32) {
        let bar = self.bar.get_or_insert_with(|| bar(total));
        bar.set_position(u64::from(copied));
    }
}

fn bar(total: u32) -> ProgressBar {
    let bar = ProgressBar::new(u64::from(total));
    let template = "  copy     {bar:40} {percent:>3} %  {bytes} of {total_bytes}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("█▌░"));
    }
    bar
}
