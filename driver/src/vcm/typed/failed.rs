//! An error with the handle that the call had taken.

use core::fmt;

use crate::error::Error;

/// A call that took a handle has failed: the error, and the handle, as usable as before.
pub struct Failed<T> {
    /// Why.
    pub error: Error,
    /// What the call had taken.
    pub value: T,
}

impl<T> fmt::Debug for Failed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failed")
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Display for Failed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T> core::error::Error for Failed<T> {}

/// Drops the handle.
impl<T> From<Failed<T>> for Error {
    fn from(failed: Failed<T>) -> Self {
        failed.error
    }
}
