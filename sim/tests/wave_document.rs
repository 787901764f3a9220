//! docs/waveforms.md, followed to the letter on the waveform of the demonstration.

use std::fs;
use std::path::Path;
use std::process::Command;

const DOCUMENT: &str = include_str!("../../docs/waveforms.md");

/// The commands of a document, and what it says that they print.
fn commands(document: &str) -> Vec<(&str, Vec<&str>)> {
    let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut printing = false;
    for line in document.lines() {
        let code = line.strip_prefix("    ");
        match code.map(|code| (code, code.strip_prefix("$ vcm-wave "))) {
            Some((_, Some(command))) => {
                commands.push((command, Vec::new()));
                printing = true;
            }
            Some((code, None)) if printing => {
                commands.last_mut().expect("a command").1.push(code);
            }
            _ => printing = false,
        }
    }
    commands
}

/// A line without what another build of the hardware changes: numbers, and the width of their columns.
fn in_general(line: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        let mut general = String::new();
        for letter in word.chars() {
            match letter {
                '0'..='9' if general.ends_with('0') => {}
                '0'..='9' => general.push('0'),
                _ => general.push(letter),
            }
        }
        words.push(general);
    }
    words.join(" ")
}

fn demonstration(folder: &Path) {
    let done = Command::new(env!("CARGO_BIN_EXE_vcm-demo"))
        .arg("--output")
        .arg(folder)
        .output()
        .expect("can be run");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn the_commands_print_what_the_document_says() {
    let folder = tempfile::tempdir().expect("can be made");
    demonstration(folder.path());
    let commands = commands(DOCUMENT);
    assert!(commands.len() > 6, "{commands:?}");
    for (command, says) in commands {
        let done = Command::new(env!("CARGO_BIN_EXE_vcm-wave"))
            .args(command.split(' '))
            .current_dir(folder.path())
            .output()
            .expect("can be run");
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{command}: {errors}");
        let printed = String::from_utf8_lossy(&done.stdout);
        if !says.is_empty() {
            let general =
                |lines: Vec<&str>| -> Vec<String> { lines.into_iter().map(in_general).collect() };
            assert_eq!(
                general(printed.lines().collect()),
                general(says),
                "{command}"
            );
        }
        if let Some((_, drawn)) = command.split_once(" -o ") {
            let drawn = fs::read_to_string(folder.path().join(drawn)).expect("is drawn");
            assert!(
                drawn.contains("fault#0"),
                "the first fault is not in {command}"
            );
        }
    }
    for left in [
        "demo.gtkw",
        "demo.sucl",
        "demo-names/LookupStep.txt",
        ".surfer/mappings/LookupStep",
    ] {
        assert!(folder.path().join(left).is_file(), "{left}");
    }
}
