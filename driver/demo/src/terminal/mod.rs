//! The demonstration as a program shows it: what is copied, how far it is, and the tables at the end.

mod input;
mod picture;
mod screen;
mod tables;

pub use input::{Input, on_one_line};
pub use screen::{Screen, line};
pub use tables::show;

use crate::Report;

/// Shows the outcome of all checks; an error lists those that failed.
///
/// # Errors
/// What failed, in words, if anything did.
pub fn verdict(report: &Report) -> Result<(), String> {
    let failures: Vec<String> = report
        .failures()
        .map(|check| {
            let why = check.failure.as_deref().unwrap_or_default();
            format!("{}: {why}", check.what)
        })
        .collect();
    let all = report.checks.len();
    if failures.is_empty() {
        line(&format!("\nAll {all} checks held."));
        return Ok(());
    }
    Err(format!(
        "{} of {all} checks failed:\n  {}",
        failures.len(),
        failures.join("\n  ")
    ))
}
