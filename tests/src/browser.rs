//! Chromium without a screen, to see pages as they will be seen.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// Names under which Chromium is installed; `VCM_CHROMIUM` goes before them.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// A browser.
#[derive(Debug)]
pub struct Browser {
    program: PathBuf,
}

/// A page as it stands when its scripts have run.
#[derive(Debug)]
pub struct Shown {
    /// Its elements, as HTML.
    pub html: String,
    /// What its scripts complained of, and what else the browser says.
    pub complaints: String,
}

impl Browser {
    /// The browser that is installed. Without one it says loudly which test is not run.
    pub fn find(test: &str) -> Option<Self> {
        let named = std::env::var_os("VCM_CHROMIUM").map(PathBuf::from);
        let known = named.into_iter().chain(NAMES.map(PathBuf::from));
        let works = |program: &PathBuf| {
            let mut command = Command::new(program);
            let run = command.arg("--version").output();
            run.is_ok_and(|done| done.status.success())
        };
        let found = known.into_iter().find(works);
        if found.is_none() {
            eprintln!("SKIPPED: {test}: no Chromium is installed (Debian: apt install chromium)");
        }
        found.map(|program| Self { program })
    }

    /// Shows a file; `fragment` is what comes after `#` in its address.
    ///
    /// # Errors
    /// When the browser fails.
    pub fn show(&self, file: &Path, fragment: &str) -> Result<Shown> {
        let folder = file.parent().context("a file in a folder")?;
        let done = Command::new(&self.program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
            .args(["--enable-logging=stderr", "--window-size=1400,700"])
            .arg(format!(
                "--user-data-dir={}",
                folder.join("browser").display()
            ))
            .arg(format!("file://{}#{fragment}", file.display()))
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("{} cannot be run", self.program.display()))?;
        let complaints = String::from_utf8_lossy(&done.stderr).into_owned();
        ensure!(done.status.success(), "{}: {complaints}", done.status);
        Ok(Shown {
            html: String::from_utf8_lossy(&done.stdout).into_owned(),
            complaints,
        })
    }
}

impl Shown {
    /// The text of an element by its `id`, if there is no other element in it.
    pub fn text(&self, id: &str) -> Option<&str> {
        let (_, after) = self.html.split_once(&format!("id=\"{id}\""))?;
        let (_, after) = after.split_once('>')?;
        Some(after.split_once('<').map_or(after, |(text, _)| text))
    }

    /// Whether a script went wrong.
    ///
    /// # Errors
    /// With what it says.
    pub fn ran_well(&self) -> Result<()> {
        ensure!(
            self.html.contains("data-ready=\"yes\""),
            "the script did not come to its end: {}",
            self.complaints
        );
        let trouble = self.text("trouble").unwrap_or("there is no such element");
        ensure!(trouble.is_empty(), "the page says: {trouble}");
        ensure!(!self.complaints.contains("Uncaught"), "{}", self.complaints);
        Ok(())
    }
}
