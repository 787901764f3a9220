//! The demonstration as a program shows it: what is copied, how far it is, and the tables at the end.

mod input;
mod picture;
mod screen;
mod tables;

use alloc::format;
use alloc::string::String;

pub use input::{Input, on_one_line};
pub use screen::{Screen, line};
pub use tables::show;

use crate::Report;

/// Shows the outcome of all checks; an error lists those that failed.
///
/// # Errors
/// What failed, in words, if anything did.
pub fn verdict(report: &Report) -> Result<(), String> {
    line(&format!("\n{}", report.verdict()?));
    Ok(())
}
