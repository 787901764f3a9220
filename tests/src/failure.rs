//! What a test leaves that fails: a waveform of its end, the last transactions in it, the story of the
//! first one that is wrong, and how to look further.
//!
//! Tests run without a waveform, which takes two to three times as long. One that fails is run once more
//! with one: tests do the same every time.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, thread};

use anyhow::Result;
use vcm_sim::platform::{Platform, Recording};
use vcm_sim::trace::{Left, TraceOptions};
use vcm_sim::wave::{Transaction, ViewFiles, explain, fault_name};

use crate::waveform::{Recorded, read};

/// The file for the waveform of a test. Where it is set, nothing is run again.
const FILE: &str = "VCM_TRACE";
/// Only so many cycles before the end are kept, if no other part is asked for: see [`TraceOptions`].
const LAST: &str = "VCM_TRACE_LAST";
/// That is for a test that is run again.
const LAST_CYCLES: u64 = 20_000;
/// Transactions that are listed.
const LISTED: usize = 12;
/// Where the report begins in what a test prints.
const MARK: &str = "---- what the waveform tells ----";

/// A waveform that is asked for by environment variables.
#[derive(Debug)]
struct Trace {
    file: PathBuf,
    options: TraceOptions,
    last: Option<u64>,
}

impl Trace {
    /// # Panics
    /// When a variable cannot be understood.
    fn from_environment() -> Option<Self> {
        let file = PathBuf::from(env::var_os(FILE)?);
        let last = env::var(LAST).ok().map(|text| {
            let parsed = text.parse();
            parsed.unwrap_or_else(|_| panic!("{LAST}={text}: no number of cycles"))
        });
        match TraceOptions::from_environment(&file) {
            Ok(options) => Some(Self {
                file,
                options,
                last,
            }),
            Err(error) => panic!("{error}"),
        }
    }

    fn recording(&self) -> Recording {
        let vcd = self.file.with_extension("vcd");
        let asked = self.options.recording(&vcd);
        asked.unwrap_or_else(|| Recording {
            last: self.last,
            ..Recording::new(vcd)
        })
    }
}

/// Reports when it is dropped by a panic.
pub struct Guard {
    platform: Platform,
    /// The waveform that is asked for.
    trace: Option<Trace>,
    /// The first cycle in which something is known to be wrong.
    wrong: Box<dyn Fn() -> Option<u64> + Send + Sync>,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

impl Guard {
    /// Watches over a test on a platform; records it, if that is asked for. `wrong` tells the first cycle
    /// in which something went wrong.
    pub fn new(
        platform: &Platform,
        wrong: impl Fn() -> Option<u64> + Send + Sync + 'static,
    ) -> Self {
        let trace = Trace::from_environment();
        if let Some(trace) = &trace {
            platform.record(trace.recording());
        }
        Self {
            platform: platform.clone(),
            trace,
            wrong: Box::new(wrong),
        }
    }

    /// Tells what the waveform tells of a failure.
    pub fn report(&self) {
        let told = match &self.trace {
            None => again(),
            Some(trace) => self
                .leave(trace)
                .and_then(|left| left.map(|left| story(&left, (self.wrong)())).transpose()),
        };
        match told {
            Ok(Some(text)) => eprintln!("{MARK}\n{text}"),
            Ok(None) => {}
            Err(error) => eprintln!("{MARK}\nnothing: {error:#}"),
        }
    }

    /// Ends the recording.
    fn leave(&self, trace: &Trace) -> Result<Option<Left>> {
        let written = self.platform.finish_recording()?;
        let left = written.map(|vcd| trace.options.leave(&vcd));
        Ok(left.transpose()?)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if thread::panicking() {
            self.report();
            return;
        }
        let Some(trace) = &self.trace else { return };
        match self.leave(trace) {
            Ok(Some(left)) => left
                .files()
                .for_each(|file| eprintln!("{}", file.display())),
            // What the report has taken is told there.
            Ok(None) => {}
            Err(error) => eprintln!("no waveform: {error:#}"),
        }
    }
}

/// Runs the test of this thread once more, with a waveform. Returns what it tells of that.
fn again() -> Result<Option<String>> {
    // libtest names the thread after the test; others have no name that would find it.
    let current = thread::current();
    let Some(test) = current.name().filter(|name| *name != "main") else {
        return Ok(Some(format!(
            "run it with {FILE}=FILE.vcd to have a waveform"
        )));
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/failed");
    fs::create_dir_all(&folder)?;
    let file = folder
        .canonicalize()?
        .join(format!("{}.vcd", test.replace("::", "-")));
    let done = Command::new(env::current_exe()?)
        .args(["--exact", test, "--nocapture"])
        .env(FILE, &file)
        .env(LAST, LAST_CYCLES.to_string())
        .output()?;
    let said = String::from_utf8_lossy(&done.stderr);
    Ok(Some(match said.split_once(MARK) {
        Some((_, told)) => told.trim().to_owned(),
        None => "run again it does not fail: it depends on something else".to_owned(),
    }))
}

/// What a waveform tells: `wrong` is the first cycle in which something is known to be wrong.
fn story(left: &Left, wrong: Option<u64>) -> Result<String> {
    let file = &left.waveform;
    let recorded = read(file)?;
    let mut text = String::from("the last transactions:\n");
    let all = &recorded.transactions;
    for t in &all[all.len().saturating_sub(LISTED)..] {
        let _ = writeln!(text, "{}", row(t));
    }
    if let Some(t) = first_wrong(&recorded, wrong) {
        let _ = writeln!(text, "\nthe first that is wrong:");
        for sentence in explain(t, &recorded.base) {
            let _ = writeln!(text, "{sentence}");
        }
    }
    let _ = writeln!(text, "\nto look further:");
    let run = "cargo run -p vcm-sim --bin vcm-wave --";
    let page = file.with_extension("html");
    let _ = writeln!(text, "  {run} list {}", file.display());
    let _ = write!(
        text,
        "  {run} timeline {} -o {}",
        file.display(),
        page.display()
    );
    for command in left.views.iter().flat_map(ViewFiles::commands) {
        let _ = write!(text, "\n  {command}");
    }
    Ok(text)
}

/// The transaction in which something went wrong; if that is not known, the last that was refused or
/// not answered, or the last.
fn first_wrong(recorded: &Recorded, wrong: Option<u64>) -> Option<&Transaction> {
    let all = &recorded.transactions;
    let at = wrong.and_then(|cycle| {
        all.iter()
            .find(|t| t.burst.valid <= cycle && t.burst.done.is_none_or(|done| cycle <= done))
    });
    let refused = || {
        all.iter()
            .rfind(|t| t.fault.is_some() || t.burst.done.is_none())
    };
    at.or_else(refused).or(all.last())
}

/// A transaction in a line.
fn row(t: &Transaction) -> String {
    let way = if t.burst.write { "W" } else { "R" };
    let to = t.forwarded.as_ref();
    let to = to.map_or("-".to_owned(), |below| format!("{:#010x}", below.addr));
    let answer = match t.burst.done {
        Some(done) => format!("{} in cycle {done}", t.burst.response()),
        None => "not answered".to_owned(),
    };
    let faults = t.fault.iter().chain(&t.more_faults).map(|fault| {
        let names: Vec<String> = fault.status.iter().map(|s| fault_name(*s)).collect();
        format!(" fault#{} {}", fault.number, names.join(" or "))
    });
    format!(
        "#{:<5} {:>9} {way} stream {:<2} ID {:<3} {:#010x} {}x{} to {to:<10} by {:<8} {answer}{}",
        t.number,
        t.burst.taken,
        t.stream,
        t.burst.id,
        t.burst.addr,
        u32::from(t.burst.len) + 1,
        1u32 << t.burst.size.min(7),
        t.lookup.name(),
        faults.collect::<String>(),
    )
}
