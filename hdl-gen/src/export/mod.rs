//! What is written from the register table for readers that are not Rust: the register manual, a C
//! header, CMSIS-SVD and JSON.

mod c_header;
pub mod cli;
mod json;
mod markdown;
mod svd;
mod text;
mod values;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Path from the root of the repository.
    pub path: &'static str,
    /// The whole file.
    pub text: String,
}

/// Generates every file; writes nothing.
///
/// # Errors
/// The table has something that a format cannot express: the error names the file.
pub fn artifacts() -> Result<Vec<Artifact>> {
    let file = |path, text: Result<String>| -> Result<Artifact> {
        let text = text.with_context(|| format!("cannot generate {path}"))?;
        Ok(Artifact { path, text })
    };
    Ok(vec![
        file("docs/registers.md", Ok(markdown::render()))?,
        file("driver/regs/export/vcm_regs.h", Ok(c_header::render()))?,
        file("driver/regs/export/vcm_regs.svd", svd::render())?,
        file("driver/regs/export/vcm_regs.json", json::render())?,
    ])
}

/// Writes the files that are missing or differ, and returns their paths.
///
/// # Errors
/// As [`artifacts`] and [`stale`]; a file or its folder cannot be written.
pub fn write(root: &Path) -> Result<Vec<&'static str>> {
    let mut written = Vec::new();
    for artifact in stale(root)? {
        let path = root.join(artifact.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        fs::write(&path, artifact.text)
            .with_context(|| format!("cannot write {}", path.display()))?;
        written.push(artifact.path);
    }
    Ok(written)
}

/// The files that are missing or differ, as they should be.
///
/// # Errors
/// As [`artifacts`]; a file is there, but cannot be read.
pub fn stale(root: &Path) -> Result<Vec<Artifact>> {
    let mut stale = Vec::new();
    for artifact in artifacts()? {
        let path = root.join(artifact.path);
        match fs::read(&path) {
            Ok(bytes) if bytes == artifact.text.as_bytes() => {}
            Ok(_) => stale.push(artifact),
            Err(e) if e.kind() == ErrorKind::NotFound => stale.push(artifact),
            Err(e) => return Err(e).with_context(|| format!("cannot read {}", path.display())),
        }
    }
    Ok(stale)
}
