//! FST files, a tenth of the size of VCD: packed and unpacked by the programs of GTKWave.

use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// What an FST file begins with: a block of type 0, the header, of 329 bytes.
pub(super) const MAGIC: [u8; 9] = [0, 0, 0, 0, 0, 0, 0, 1, 0x49];

/// A waveform that cannot be packed.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", file.display())]
pub struct PackError {
    /// The file.
    pub file: PathBuf,
    /// Why not.
    pub source: io::Error,
}

/// Packs a VCD file as FST.
///
/// # Errors
/// [`PackError`]: `vcd2fst` is missing, or it fails.
pub fn pack(vcd: &Path, fst: &Path) -> Result<(), PackError> {
    let mut command = Command::new("vcd2fst");
    let run = command.arg("--vcdname").arg(vcd).arg("--fstname").arg(fst);
    let done = run.stdin(Stdio::null()).output();
    let done = done.map_err(|error| not_run("vcd2fst", &error));
    let packed = done.and_then(|done| match done.status.success() {
        true => Ok(()),
        false => {
            let said = String::from_utf8_lossy(&done.stderr);
            Err(io::Error::other(format!("vcd2fst fails: {}", said.trim())))
        }
    });
    packed.map_err(|source| PackError {
        file: fst.to_path_buf(),
        source,
    })
}

fn not_run(program: &str, error: &io::Error) -> io::Error {
    let what = match error.kind() {
        ErrorKind::NotFound => {
            format!("{program} is missing: install GTKWave (Debian: apt install gtkwave)")
        }
        _ => format!("{program} cannot be run: {error}"),
    };
    io::Error::new(error.kind(), what)
}

/// An FST file, read as VCD.
pub(super) struct Unpacked {
    child: Child,
    text: ChildStdout,
}

impl Unpacked {
    pub(super) fn open(file: &Path) -> io::Result<Self> {
        let mut command = Command::new("fst2vcd");
        let run = command.arg("--fstname").arg(file);
        let run = run.stdin(Stdio::null()).stderr(Stdio::null());
        let spawned = run.stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| not_run("fst2vcd", &error))?;
        match child.stdout.take() {
            Some(text) => Ok(Self { child, text }),
            None => Err(io::Error::other("fst2vcd has no output")),
        }
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.text.read(buffer)?;
        if count == 0 && !buffer.is_empty() {
            let status = self.child.wait()?;
            if !status.success() {
                let what = format!("fst2vcd fails ({status}): the file is damaged, or cut off");
                return Err(io::Error::new(ErrorKind::InvalidData, what));
            }
        }
        Ok(count)
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        // Who has seen enough does not wait for the rest.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
