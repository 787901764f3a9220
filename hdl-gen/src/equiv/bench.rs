//! The files both simulators work on.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::{Error, Simulator};
use super::record::{Port, Record};

/// A folder with the design and the vectors, and what a bench has to know of them.
pub(super) struct Bench<'a> {
    pub name: &'a str,
    pub directory: PathBuf,
    pub clock: Option<&'a str>,
    pub ports: &'a [Port],
    cycles: &'a [Vec<String>],
}

/// The emitted Verilog.
pub(super) const DESIGN: &str = "design.v";
/// One line a cycle, the ports' values in their order, in hexadecimal.
pub(super) const VECTORS: &str = "vectors.txt";

impl<'a> Bench<'a> {
    pub(super) fn new(name: &'a str, verilog: &str, record: &'a Record) -> Result<Self, Error> {
        let bench = Self {
            name,
            directory: folder().join(name),
            clock: record.clock.as_deref(),
            ports: &record.ports,
            cycles: &record.cycles,
        };
        match fs::remove_dir_all(&bench.directory) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::File {
                    path: bench.directory,
                    source,
                });
            }
            _ => {}
        }
        make_folder(&bench.directory)?;
        bench.write(DESIGN, verilog)?;
        let lines: Vec<String> = record
            .cycles
            .iter()
            .map(|values| values.join(" ") + "\n")
            .collect();
        bench.write(VECTORS, &lines.concat())?;
        Ok(bench)
    }

    pub(super) fn write(&self, file: &str, text: &str) -> Result<(), Error> {
        write(&self.directory.join(file), text)
    }

    pub(super) fn cycles(&self) -> usize {
        self.cycles.len()
    }

    /// Reads what a bench printed: `MISMATCH cycle port value`, or `DONE cycles`.
    pub(super) fn verdict(&self, simulator: Simulator, output: &str) -> Result<(), Error> {
        let mut done = false;
        for line in output.lines() {
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["MISMATCH", cycle, port, value] => {
                    let (cycle, port) = (cycle.parse().unwrap_or(0), port.parse().unwrap_or(0));
                    let rust = self.cycles.get(cycle).and_then(|values| values.get(port));
                    return Err(Error::Mismatch {
                        simulator,
                        cycle,
                        signal: self
                            .ports
                            .get(port)
                            .map_or_else(String::new, |port| port.name.clone()),
                        verilog: value.into(),
                        rust: rust.cloned().unwrap_or_default(),
                    });
                }
                ["DONE", cycles] => done = cycles.parse() == Ok(self.cycles()),
                _ => {}
            }
        }
        if done {
            return Ok(());
        }
        Err(Error::Tool {
            tool: simulator.to_string(),
            directory: self.directory.clone(),
            output: format!(
                "the bench did not run all {} cycles:\n{output}",
                self.cycles()
            ),
        })
    }
}

pub(super) fn make_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::File {
        path: path.into(),
        source,
    })
}

pub(super) fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|source| Error::File {
        path: path.into(),
        source,
    })
}

/// `equiv` beside the running test's `deps`, so that it is cleaned with `target`.
pub(super) fn folder() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let test = program.file_stem().unwrap_or_default().to_string_lossy();
    let test = test.rsplit_once('-').map_or(&*test, |(name, _hash)| name);
    let profile = program
        .ancestors()
        .find(|path| path.ends_with("deps"))
        .and_then(Path::parent);
    profile
        .map_or_else(std::env::temp_dir, Path::to_path_buf)
        .join("equiv")
        .join(test)
}
