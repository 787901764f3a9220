//! What a scoreboard counts, and where it leaves that.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, fs, io, process};

use super::{FOLDER, Functional, points};
use crate::golden::{BurstShape, PageSize};
use crate::signals::AxiAddr;

/// How the names of the files begin.
pub(super) const PREFIX: &str = "functional-";

/// Bytes of the data bus.
const BUS_BYTES: u32 = 8;

/// Where the descriptors of a translation came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// From a TLB or a cache: they had been read before the burst came.
    Held,
    /// The second level was read for the burst, the first was held.
    Second,
    /// All were read since the burst came.
    Walked,
}

/// How a burst came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// Its stream is bypassed.
    Bypass,
    /// Its context is one-to-one.
    OneToOne,
    /// Translated.
    Translated(PageSize, Origin),
}

/// Counts what happens; what it has is left in the folder when it is dropped.
#[derive(Debug)]
pub(crate) struct Collector {
    folder: PathBuf,
    functional: Functional,
}

impl Collector {
    /// Where the variable asks for it.
    pub(crate) fn from_environment() -> Option<Self> {
        let folder = env::var_os(FOLDER).filter(|folder| !folder.is_empty())?;
        Some(Self {
            folder: folder.into(),
            functional: Functional::default(),
        })
    }

    /// A burst came at `s_axi`.
    pub(crate) fn came(&mut self, ax: &AxiAddr, write: bool) {
        if BurstShape::from(ax).check(BUS_BYTES).is_ok() {
            let (kind, length) = (points::burst(ax.burst), points::length(ax.len));
            let (bytes, write) = (1 << ax.size, points::direction(write));
            let point = format!("shape {kind} {bytes} {length} {write}");
            self.functional.hit(point);
        }
    }

    /// A burst came out at `m_axi`.
    pub(crate) fn passed(&mut self, ax: &AxiAddr, write: bool, how: Passage) {
        let rest = format!("{} {}", points::direction(write), points::burst(ax.burst));
        self.functional.hit(match how {
            Passage::Bypass => format!("passed bypass {rest}"),
            Passage::OneToOne => format!("passed one-to-one {rest}"),
            Passage::Translated(size, origin) => {
                let origin = points::ORIGINS[origin as usize];
                format!("translated {size:?} {origin} {rest}")
            }
        });
    }

    /// A burst has faulted.
    pub(crate) fn fault(&mut self, ax: &AxiAddr, write: bool, status: u32, page: Option<PageSize>) {
        use vcm_regs::fault::{PERMISSION_L1, PERMISSION_L2};
        let write = points::direction(write);
        let (name, size, kind) = (
            points::status(status),
            points::size(page),
            points::burst(ax.burst),
        );
        self.functional
            .hit(format!("fault {name} {size} {write} {kind}"));
        if matches!(status, PERMISSION_L1 | PERMISSION_L2) {
            let who = ["user", "privileged"][usize::from(ax.prot & 1)];
            let what = ["data", "instruction"][usize::from(ax.prot >> 2 & 1)];
            self.functional
                .hit(format!("permission {name} {who} {what} {write}"));
        }
    }

    /// A record says that a burst stalls.
    pub(crate) fn stalled(&mut self, write: bool, status: u32) {
        let (name, write) = (points::status(status), points::direction(write));
        self.functional.hit(format!("stalled {name} {write}"));
    }

    /// A command that invalidates was given.
    pub(crate) fn invalidated(&mut self, command: usize, traffic: bool) {
        let when = ["quiet", "under-way"][usize::from(traffic)];
        let command = points::COMMANDS[command];
        self.functional.hit(format!("invalidated {command} {when}"));
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        if let Err(error) = leave(&self.functional, &self.folder) {
            eprintln!(
                "no functional coverage in {}: {error}",
                self.folder.display()
            );
        }
    }
}

/// Leaves a file of its own in a folder.
pub(super) fn leave(functional: &Functional, folder: &Path) -> io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    if functional.points.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("{PREFIX}{}-{number}.json", process::id());
    fs::write(folder.join(name), serde_json::to_vec(functional)?)
}
