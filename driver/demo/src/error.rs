//! Why the demonstration could not go on.

use alloc::boxed::Box;
use core::error::Error;
use core::fmt;

/// What was being done, and why it failed.
#[derive(Debug)]
pub struct DemoError {
    doing: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.doing, self.source)
    }
}

impl Error for DemoError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.source()
    }
}

/// Says what was being done when something failed.
pub(crate) trait While<T> {
    fn when(self, doing: &'static str) -> Result<T, DemoError>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> While<T> for Result<T, E> {
    fn when(self, doing: &'static str) -> Result<T, DemoError> {
        self.map_err(|source| DemoError {
            doing,
            source: source.into(),
        })
    }
}
