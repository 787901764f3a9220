//! Running other programs.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output};

use super::error::Error;

/// Runs `command` in `directory`.
pub(super) fn output(command: &mut Command, directory: &Path) -> Result<Output, Error> {
    let tool = command.get_program().to_string_lossy().into_owned();
    command
        .current_dir(directory)
        .output()
        .map_err(|source| match source.kind() {
            ErrorKind::NotFound => Error::ToolMissing { tool },
            _ => Error::File {
                path: tool.into(),
                source,
            },
        })
}

/// Runs `command` in `directory`; it must succeed. Returns what it printed.
pub(super) fn success(command: &mut Command, directory: &Path) -> Result<String, Error> {
    let output = output(command, directory)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(failed(command, directory, &output))
}

/// Runs `command` in `directory`; it must succeed and not warn.
pub(super) fn silent(command: &mut Command, directory: &Path) -> Result<(), Error> {
    let output = output(command, directory)?;
    if output.status.success() && output.stderr.is_empty() {
        return Ok(());
    }
    Err(failed(command, directory, &output))
}

fn failed(command: &Command, directory: &Path, output: &Output) -> Error {
    let text = [&output.stderr[..], &output.stdout[..]].concat();
    Error::Tool {
        tool: command.get_program().to_string_lossy().into_owned(),
        directory: directory.into(),
        output: String::from_utf8_lossy(&text).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_an_error_that_names_make_setup() {
        let error = success(&mut Command::new("no-such-simulator"), Path::new("."));
        let message = error.unwrap_err().to_string();
        assert_eq!(message, "`no-such-simulator` is missing: run `make setup`");
    }
}
