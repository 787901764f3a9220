//! Why something of the system could not be used, and what to do.

use std::io;
use std::path::PathBuf;

use vcm::addr::PhysAddr;

/// Why something of the system could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system's pages are not those of the framework.
    #[error(
        "the system's pages have {0} bytes, and only 4096 can be used: boot a kernel with pages of 4 KiB"
    )]
    PageSize(usize),
    /// A base or a size is not a multiple of 4 KiB, a size is 0, or the range leaves the 32-bit space.
    #[error(
        "{size:#x} bytes at {base:#x} cannot be used: both have to be multiples of 4 KiB, below 4 GiB; set the size of the buffer or its place so"
    )]
    Range {
        /// First address.
        base: u64,
        /// Bytes.
        size: u64,
    },
    /// A file that can shrink while it is used as memory.
    #[error(
        "the file is neither a device nor a memfd sealed against shrinking: give a device node, or seal it with F_SEAL_SHRINK"
    )]
    CanShrink,
    /// A file with fewer bytes than it is to be used with.
    #[error("the file has {has:#x} bytes, {wanted:#x} are needed: make it larger")]
    TooShort {
        /// Bytes that it has.
        has: u64,
        /// Bytes that are needed.
        wanted: u64,
    },
    /// There is no such device.
    #[error("no {wanted}; {hint}; there are: {}", if found.is_empty() { "none".to_owned() } else { found.join(", ") })]
    NoDevice {
        /// What was looked for.
        wanted: String,
        /// What to do.
        hint: &'static str,
        /// What was found instead.
        found: Vec<String>,
    },
    /// A file of `/sys` does not hold what it should.
    #[error("{file} holds {content:?}, which is not a number: is the driver of another version?", file = file.display())]
    NotANumber {
        /// The file.
        file: PathBuf,
        /// What it holds.
        content: String,
    },
    /// A file could not be read or opened.
    #[error("{file}: {error}; {hint}", file = file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why not.
        error: io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// Who serves the socket is no simulator of this version.
    #[error(
        "{socket}: what is served there is not a VCM machine of this version: give the socket of vcm-sim serve, of the same version as this program",
        socket = socket.display()
    )]
    OtherProtocol {
        /// The socket.
        socket: PathBuf,
    },
    /// Memory could not be mapped.
    #[error("{what} cannot be mapped: {error}; {hint}")]
    Map {
        /// What.
        what: &'static str,
        /// Why not.
        error: io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// Two memories of one window overlap.
    #[error("two memories of one window both have {at}: give each physical address once")]
    Overlap {
        /// First address that both have.
        at: PhysAddr,
    },
}
