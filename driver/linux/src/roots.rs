//! Where the system shows its devices.

use std::path::PathBuf;

/// The folders in which devices are found and opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    /// Where they are described: `/sys`.
    pub sys: PathBuf,
    /// Where their nodes are: `/dev`.
    pub dev: PathBuf,
}

impl Default for Roots {
    fn default() -> Self {
        Self {
            sys: "/sys".into(),
            dev: "/dev".into(),
        }
    }
}
