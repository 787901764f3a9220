//! `vcm-coverage`: what the tests have covered, and what they have never hit.
//!
//! Exit status: 0 when all of the functional coverage was hit, 1 when not, 2 when the folder cannot be
//! used.

mod document;
mod page;
mod screen;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use vcm_sim::coverage::{Functional, Structural};

/// Puts together what tests have left that ran with VCM_COVERAGE set to a folder.
#[derive(Parser)]
#[command(name = "vcm-coverage", version)]
struct Arguments {
    /// The folder; functional.json and index.html are written there.
    folder: PathBuf,

    /// Lists also the lines of Verilog that were never passed.
    #[arg(long)]
    lines: bool,

    /// Writes the sums between the marks for them in this file.
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("vcm-coverage: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, String> {
    let folder = &arguments.folder;
    let told = |error: vcm_sim::coverage::MergeError| {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", source.unwrap_or_default())
    };
    let functional = Functional::merge(folder).map_err(told)?;
    let structural = Structural::merge(folder).map_err(told)?;
    let groups = functional.report();
    screen::functional(&groups);
    screen::structural(&structural, arguments.lines);
    let json = serde_json::to_vec_pretty(&functional).map_err(|e| e.to_string())?;
    write(&folder.join("functional.json"), &json)?;
    let page = folder.join("index.html");
    write(&page, page::html(&groups, &structural).as_bytes())?;
    screen::line(&format!("report: {}", page.display()));
    if let Some(file) = &arguments.document {
        document::write(file, &groups, &structural)?;
    }
    let whole = |group: &vcm_sim::coverage::Group| {
        group.missing.is_empty() && group.wrongly_excluded.is_empty()
    };
    Ok(groups.iter().all(whole))
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(file, bytes).map_err(|e| format!("cannot write {}: {e}", file.display()))
}
