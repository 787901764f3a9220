//! Models that count which lines of the Verilog are passed and which bits of registers toggle.
//!
//! What lies between registers is told by the lines. Counting the toggles of it, too, makes the model ten
//! times as much C++.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Result;

/// The variable that asks for such models.
pub const VARIABLE: &str = "VCM_MODEL_COVERAGE";

/// Whether it does.
pub fn wanted() -> bool {
    env::var_os(VARIABLE).is_some_and(|value| !value.is_empty())
}

/// What Verilator is to be called with beside `files`: it has one of ours in `folder` that says what is not counted.
pub fn arguments(folder: &Path, files: &[PathBuf]) -> Result<Vec<String>> {
    let mut text = String::from("`verilator_config\n");
    for file in files {
        let verilog = fs::read_to_string(file)?;
        for (number, line) in (1..).zip(verilog.lines()) {
            if declares_other_than_a_register(line) {
                let file = file.display();
                text += &format!("coverage_off -file \"{file}\" -lines {number}\n");
            }
        }
    }
    let config = folder.with_extension("vlt");
    fs::write(&config, text)?;
    Ok(vec![
        "--coverage-line".to_owned(),
        "--coverage-toggle".to_owned(),
        config.display().to_string(),
    ])
}

/// Whether a line declares a port, or a signal whose name does not end as those of registers do.
fn declares_other_than_a_register(line: &str) -> bool {
    let line = line.trim_start();
    if ["input ", "output ", "inout "]
        .iter()
        .any(|port| line.starts_with(port))
    {
        return true;
    }
    let declares = ["wire ", "reg "]
        .iter()
        .any(|signal| line.starts_with(signal));
    // A memory has its size behind its name.
    let name = line
        .trim_end_matches(';')
        .split(" [0:")
        .next()
        .unwrap_or(line);
    declares && !name.ends_with("_q")
}
