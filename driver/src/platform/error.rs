//! What can be wrong with a description, or with its use.

use alloc::string::String;
use core::fmt;

use crate::error::Error;

/// Why a platform could not be made, or a context on it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlatformError {
    /// Two memories, two MMUs, two contexts or two masters have this name.
    TwiceNamed(String),
    /// A memory is empty or leaves the 32-bit space.
    BadMemory(String),
    /// A context is behind an MMU that is not described.
    NoMmu {
        /// The context.
        context: String,
        /// The name that no MMU has.
        mmu: String,
    },
    /// A master belongs to a context that is not described, or it is to be created.
    NoContext(String),
    /// This context is there already.
    Exists(String),
    /// The framework refuses.
    Framework(Error),
}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwiceNamed(name) => write!(f, "there are two of the name {name}"),
            Self::BadMemory(name) => write!(f, "the memory {name} is empty or out of range"),
            Self::NoMmu { context, mmu } => {
                write!(f, "the context {context} is behind {mmu}, which is no MMU")
            }
            Self::NoContext(name) => write!(f, "no context {name} is described"),
            Self::Exists(name) => write!(f, "the context {name} exists already"),
            Self::Framework(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for PlatformError {}

impl From<Error> for PlatformError {
    fn from(error: Error) -> Self {
        Self::Framework(error)
    }
}
