//! Files of `/sys` and `/dev`.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{OFlags, SealFlags};

use crate::error::Error;

/// What a file of one line holds.
pub(crate) fn line(file: &Path) -> Result<String, Error> {
    let content = fs::read_to_string(file).map_err(|error| Error::File {
        file: file.into(),
        error,
        hint: "is the driver of the device loaded, and of a version that has this file?",
    })?;
    Ok(content.trim().to_owned())
}

/// The number that a file holds: hexadecimal after 0x, else decimal.
pub(crate) fn number(file: &Path) -> Result<u64, Error> {
    let content = line(file)?;
    let number = match content.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => content.parse(),
    };
    number.map_err(|_| Error::NotANumber {
        file: file.into(),
        content,
    })
}

/// The names in a folder, sorted; none if there is no such folder.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let failed = |error| Error::File {
        file: folder.into(),
        error,
        hint: "is /sys mounted and readable?",
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        if let Ok(name) = entry.map_err(failed)?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Opens a device node for reading and writing; `uncached`: with O_SYNC.
pub(crate) fn device(node: &Path, uncached: bool, hint: &'static str) -> Result<File, Error> {
    let sync = if uncached {
        OFlags::SYNC
    } else {
        OFlags::empty()
    };
    OpenOptions::new()
        .read(true)
        .write(true)
        // The flags of open(2) fit, on every architecture.
        .custom_flags(sync.bits() as i32)
        .open(node)
        .map_err(|error| Error::File {
            file: node.into(),
            error,
            hint,
        })
}

/// Makes sure that a mapping of `size` bytes of a file stays whole: behind the end of a file that has
/// shrunk is no memory.
pub(crate) fn holds(file: &File, size: u64) -> Result<(), Error> {
    let about = file.metadata().map_err(|error| Error::Map {
        what: "the file",
        error,
        hint: "is it open?",
    })?;
    if about.file_type().is_char_device() {
        // A device knows its size by itself, and refuses to be mapped beyond.
        return Ok(());
    }
    let is_sealed = rustix::fs::fcntl_get_seals(file.as_fd())
        .is_ok_and(|seals| seals.contains(SealFlags::SHRINK));
    if !is_sealed {
        return Err(Error::CanShrink);
    }
    if about.len() < size {
        return Err(Error::TooShort {
            has: about.len(),
            wanted: size,
        });
    }
    Ok(())
}
