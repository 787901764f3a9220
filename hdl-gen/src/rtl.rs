//! The generated files of `rtl/`: writing them, and comparing them with the sources.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{bail, Context, Result};
use clap::Args;

/// A file of `rtl/`, and what makes its text.
pub type Top = (&'static str, fn() -> Result<String>);

/// Write the Verilog of `rtl/`.
#[derive(Args, Clone, Debug)]
pub struct RtlArgs {
    /// Write nothing; fail if a file is missing or differs from what would be written
    #[arg(long)]
    pub check: bool,
    /// Where the files are, instead of `rtl/`
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

impl RtlArgs {
    /// Runs the command on the repository at `root`.
    ///
    /// # Errors
    /// As [`write`]; with `check`, as [`check`].
    pub fn run(&self, root: &Path) -> Result<()> {
        let folder = self.out.clone().unwrap_or_else(|| root.join("rtl"));
        let tops = crate::tops();
        if self.check {
            check(&tops, &folder)
        } else {
            write(&tops, &folder)
        }
    }
}

/// Writes the file of every top to `folder`.
///
/// # Errors
/// If a design is refused, or a file cannot be written.
pub fn write(tops: &[Top], folder: &Path) -> Result<()> {
    for (file, emit) in tops {
        let text = emit().with_context(|| format!("emitting {file}"))?;
        let path = folder.join(file);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// Compares the file of every top with the one in `folder`.
///
/// # Errors
/// Names every file that is missing or differs; or if a design is refused.
pub fn check(tops: &[Top], folder: &Path) -> Result<()> {
    let mut stale = Vec::new();
    for (file, emit) in tops {
        let text = emit().with_context(|| format!("emitting {file}"))?;
        let path = folder.join(file);
        match fs::read_to_string(&path) {
            Ok(found) if found == text => {}
            Ok(found) => {
                let same = found
                    .lines()
                    .zip(text.lines())
                    .take_while(|(a, b)| a == b)
                    .count();
                stale.push(format!(
                    "{} differs from line {} on",
                    path.display(),
                    same + 1
                ));
            }
            Err(error) => stale.push(format!("{}: {error}", path.display())),
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    bail!(
        "not what the sources give; run `make rtl`:\n{}",
        stale.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_names_what_is_missing_and_what_differs() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("hdl-gen-rtl-{}", std::process::id()));
        let tops: [Top; 2] = [
            ("a.v", || Ok("one\ntwo\n".into())),
            ("b.v", || Ok("three\n".into())),
        ];
        write(&tops, &folder)?;
        check(&tops, &folder)?;
        fs::write(folder.join("a.v"), "one\n2\n")?;
        fs::remove_file(folder.join("b.v"))?;
        let message = check(&tops, &folder).unwrap_err().to_string();
        fs::remove_dir_all(&folder)?;
        assert!(message.contains("a.v differs from line 2 on"), "{message}");
        assert!(message.contains("b.v: "), "{message}");
        Ok(())
    }
}
