//! `hdl-gen regs`: writes or checks the files of [`super::artifacts`].

use std::path::Path;

use anyhow::{bail, Result};
use clap::Args;

/// Write what is generated from the register table: manual, C header, SVD, JSON.
#[derive(Args, Clone, Copy, Debug)]
pub struct RegsArgs {
    /// Write nothing; fail if a file is missing or differs from what would be written
    #[arg(long)]
    pub check: bool,
}

impl RegsArgs {
    /// Runs the command on the repository at `root`.
    ///
    /// # Errors
    /// As [`super::write`]; with `check`, the files that are not up to date.
    pub fn run(self, root: &Path) -> Result<()> {
        if self.check {
            let stale = super::stale(root)?;
            if !stale.is_empty() {
                let paths: Vec<_> = stale.iter().map(|artifact| artifact.path).collect();
                bail!("not up to date: {}; run `make regs`", paths.join(", "));
            }
            return Ok(());
        }
        for path in super::write(root)? {
            println!("wrote {path}");
        }
        Ok(())
    }
}
