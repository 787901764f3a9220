//! What went wrong in a run.

use std::fmt;

use crate::platform::PlatformError;

/// What went wrong first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of thing it is: two failures of the same kind are taken for the same when a plan is shrunk.
    pub kind: String,
    /// The first cycle in which it showed.
    pub cycle: u64,
    /// Number of the step that was under way; `None`: it showed at the end.
    pub step: Option<u32>,
    /// All that is known.
    pub text: String,
}

impl Failure {
    /// Something that the driver, or who waits, says.
    pub(super) fn new(kind: &str, cycle: u64, text: impl fmt::Display) -> Self {
        Self {
            kind: kind.to_owned(),
            cycle,
            step: None,
            text: text.to_string(),
        }
    }

    /// What a watcher, or the platform, says.
    pub(super) fn of_platform(error: &PlatformError, now: u64) -> Self {
        let (kind, cycle) = match error {
            PlatformError::Violations { first, .. } => match first.first() {
                // The first words of what is told name the rule.
                Some(told) => {
                    let end = told.what.find([':', '(']).unwrap_or(told.what.len());
                    let words = told.what[..end]
                        .split(" of the ")
                        .next()
                        .unwrap_or_default();
                    (format!("{} {}", told.place, words.trim()), told.cycle)
                }
                None => ("rule broken".to_owned(), now),
            },
            PlatformError::Deadline { .. } => ("no answer".to_owned(), now),
            PlatformError::Model(_) => ("no model".to_owned(), now),
        };
        Self {
            kind,
            cycle,
            step: None,
            text: error.to_string(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in cycle {}", self.kind, self.cycle)?;
        match self.step {
            Some(step) => write!(f, ", step {step}")?,
            None => write!(f, ", at the end")?,
        }
        write!(f, ": {}", self.text)
    }
}

impl std::error::Error for Failure {}
