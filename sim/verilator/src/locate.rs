//! Finding Verilator: installed, or in the project's `.venv` as the Python package `verilator`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fmt, fs};

/// The program proper; `verilator` without `_bin` is a Perl wrapper around it.
const BINARY: &str = "verilator_bin";

/// The oldest major version that will do.
const MAJOR: u32 = 5;

/// An installed Verilator.
#[derive(Clone, Debug)]
pub struct Verilator {
    binary: PathBuf,
    root: PathBuf,
}

impl Verilator {
    /// Looks on `PATH`, in `$VERILATOR_ROOT/bin`, then in the project's `.venv`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when none of the places has it, [`Error::TooOld`] when it is not Verilator
    /// 5, [`Error::NoRuntime`] when its C++ sources are missing.
    pub fn find() -> Result<Self, Error> {
        let binary = places()
            .into_iter()
            .map(|folder| folder.join(BINARY))
            .find(|file| file.is_file())
            .ok_or(Error::NotFound)?;
        // The binary knows where it was installed; in a Python package that is not where it is now.
        let said = ask(&binary, &["--getenv", "VERILATOR_ROOT"]).map(PathBuf::from);
        let beside = binary.ancestors().nth(2).map(Path::to_path_buf);
        let mut roots = said.into_iter().chain(beside);
        let Some(root) = roots.find(|root| has_runtime(root)) else {
            return Err(Error::NoRuntime { binary });
        };
        // Not asked of the binary: that of a Python package does not know.
        let config = fs::read_to_string(root.join("include/verilated_config.h"));
        let version = version(&config.unwrap_or_default()).to_string();
        match major(&version) {
            Some(major) if major >= MAJOR => Ok(Self { binary, root }),
            _ => Err(Error::TooOld { binary, version }),
        }
    }

    /// A command that runs it, with the environment it needs.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.env("VERILATOR_ROOT", &self.root);
        command
    }

    /// The folder of the C++ headers and run-time sources.
    pub fn include(&self) -> PathBuf {
        self.root.join("include")
    }
}

/// Why there is no usable Verilator.
#[derive(Clone, Debug)]
pub enum Error {
    /// It is in none of the places.
    NotFound,
    /// It is not Verilator 5.
    TooOld {
        /// The program found.
        binary: PathBuf,
        /// Its version, as far as it is known.
        version: String,
    },
    /// Its C++ sources are missing.
    NoRuntime {
        /// The program found.
        binary: PathBuf,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => write!(
                f,
                "Verilator {MAJOR} is missing: `{BINARY}` is neither on PATH, nor in \
                 VERILATOR_ROOT/bin, nor in the project's .venv"
            )?,
            Self::TooOld { binary, version } => write!(
                f,
                "Verilator {MAJOR} is needed, but {} is `{version}`",
                binary.display()
            )?,
            Self::NoRuntime { binary } => write!(
                f,
                "the include folder with verilated.cpp of {} is missing",
                binary.display()
            )?,
        }
        write!(f, ". Run `make setup`.")
    }
}

impl std::error::Error for Error {}

/// Folders in which the program may be, the preferred first.
fn places() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = env::split_paths(&path).collect();
    places.extend(env::var_os("VERILATOR_ROOT").map(|root| PathBuf::from(root).join("bin")));
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv");
    places.push(venv.join("bin"));
    // The Python package keeps its program inside: lib/python3.11/site-packages/verilator/bin.
    let pythons = fs::read_dir(venv.join("lib"))
        .into_iter()
        .flatten()
        .flatten();
    places.extend(pythons.map(|python| python.path().join("site-packages/verilator/bin")));
    places
}

/// One line that the program prints, if it runs at all.
fn ask(binary: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(binary).args(arguments).output().ok()?;
    let line = String::from_utf8_lossy(&output.stdout).trim().to_string();
    (output.status.success() && !line.is_empty()).then_some(line)
}

/// What `verilated_config.h` defines as `VERILATOR_VERSION`, such as `5.006 2023-01-22`.
fn version(config: &str) -> &str {
    let mut lines = config.lines();
    let quoted = lines.find_map(|line| line.strip_prefix("#define VERILATOR_VERSION "));
    quoted.unwrap_or_default().trim().trim_matches('"')
}

/// 5 of `5.006 2023-01-22`.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

fn has_runtime(root: &Path) -> bool {
    root.join("include/verilated.cpp").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn major_version_is_read_from_the_header() {
        let header = |version| {
            format!("#define VERILATOR_PRODUCT \"Verilator\"\n#define VERILATOR_VERSION \"{version}\"\n")
        };
        assert_eq!(major(version(&header("5.006 2023-01-22"))), Some(5));
        assert_eq!(major(version(&header("5.49"))), Some(5));
        assert_eq!(major(version(&header("4.038 2020-07-11"))), Some(4));
        assert_eq!(major(version("")), None);
    }

    #[test]
    fn every_error_says_what_to_do() {
        let binary = PathBuf::from("/opt/verilator_bin");
        let version = String::from("4.038");
        for error in [
            Error::NotFound,
            Error::TooOld {
                binary: binary.clone(),
                version,
            },
            Error::NoRuntime { binary },
        ] {
            assert!(error.to_string().ends_with("Run `make setup`."), "{error}");
        }
    }
}
