//! What is left behind: in `target/demo/` of the workspace, or elsewhere.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use vcm_sim::demo::terminal::Input;
use vcm_sim::demo::{Report, map};
use vcm_sim::trace::TraceOptions;
use vcm_sim::wave::chain;

/// The longest name that a copy is called by.
const LONGEST: usize = 200;

/// The folder that everything is written to.
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes it, if it is not there. An error is one line.
    pub(crate) fn make(wanted: Option<PathBuf>) -> Result<Self, String> {
        let path = wanted.unwrap_or_else(|| {
            let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
            let root = manifest.parent().unwrap_or(manifest);
            root.join("target").join("demo")
        });
        fs::create_dir_all(&path).map_err(|error| unwritable(&path, &error))?;
        Ok(Self { path })
    }

    /// Where the waveforms go.
    pub(crate) fn trace(&self) -> PathBuf {
        self.path.join("demo.vcd")
    }

    /// Writes the copy and the map, and views beside the waveform. Returns the names of all files in the
    /// folder that are of this run.
    pub(crate) fn write(
        &self,
        input: &Input,
        report: &Report,
        trace: Option<&Path>,
        options: &TraceOptions,
    ) -> Result<Vec<String>, String> {
        let mut written = Vec::new();
        let mut write = |name: &OsStr, bytes: &[u8]| {
            let path = self.path.join(name);
            fs::write(&path, bytes).map_err(|error| unwritable(&path, &error))?;
            written.push(shown(&path));
            Ok::<_, String>(())
        };
        if input.made {
            write(&input.name, &input.bytes)?;
        }
        write(&copy_name(&input.name), &report.copy)?;
        let picture = map::draw(&input.shown, report);
        write(OsStr::new("map.svg"), picture.as_bytes())?;
        if let Some(trace) = trace {
            let left = options.leave(trace).map_err(|error| chain(&error))?;
            written.extend(left.files().map(shown));
        }
        Ok(written)
    }
}

/// What the copy of a file is called: it keeps the ending.
fn copy_name(name: &OsStr) -> OsString {
    let mut copy = OsString::from("copy-of-");
    if name.len() <= LONGEST {
        copy.push(name);
    } else {
        copy.push("file");
    }
    copy
}

pub(crate) fn unwritable(path: &Path, error: &std::io::Error) -> String {
    let path = shown(path);
    format!("cannot write {path} ({error}): make room or give permission for it")
}

/// A path as short as it can be, from where the user is.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.and_then(|here| path.strip_prefix(here).ok());
    short.unwrap_or(path).display().to_string()
}
