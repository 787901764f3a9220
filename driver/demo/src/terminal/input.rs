//! What is copied.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;
use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::FILE_LIMIT;

use super::picture;

/// What is copied.
pub struct Input {
    /// Its name without folders, to name the copy by.
    pub name: OsString,
    /// Its name, to be shown: on one line.
    pub shown: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Whether it was made here.
    pub made: bool,
}

impl Input {
    /// Reads the file, or makes a picture.
    ///
    /// # Errors
    /// One line: why the file cannot be copied, and what to do.
    pub fn read(file: Option<&Path>) -> Result<Self, String> {
        let Some(path) = file else {
            let name = "picture.png";
            return Ok(Self {
                name: name.into(),
                shown: name.to_owned(),
                bytes: picture::png().map_err(|error| format!("cannot make a picture: {error}"))?,
                made: true,
            });
        };
        let shown = on_one_line(&path.display().to_string());
        let bytes = content(path).map_err(|why| format!("{shown}: {why}"))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_owned();
        Ok(Self {
            shown: on_one_line(&name.to_string_lossy()),
            name,
            bytes,
            made: false,
        })
    }
}

/// Reads a file that can be copied, or says what to do.
fn content(path: &Path) -> Result<Vec<u8>, String> {
    let limit = FILE_LIMIT >> 20;
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => "there is no such file: check the path".to_owned(),
        ErrorKind::PermissionDenied => "may not be read: change its permissions".to_owned(),
        _ => format!("cannot be read ({error}): give another file"),
    };
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err("is a folder: give a file in it".to_owned());
    }
    let mut bytes = Vec::new();
    // One byte more tells that it is too large, even if it never ends.
    file.take(FILE_LIMIT as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.is_empty() {
        return Err("is empty: give a file of at least 1 byte".to_owned());
    }
    if bytes.len() > FILE_LIMIT {
        return Err(format!(
            "is larger than the demonstration takes: give a file of at most {limit} MiB"
        ));
    }
    Ok(bytes)
}

/// A name without what would break the line.
pub fn on_one_line(name: &str) -> String {
    let escaped = |c: char| {
        let control = c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        control.then(|| c.escape_default().to_string())
    };
    name.chars()
        .map(|c| escaped(c).unwrap_or_else(|| c.to_string()))
        .collect()
}
