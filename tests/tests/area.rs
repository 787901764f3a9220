//! `tools/area`: what it counts, and when it fails.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with a module that has a carry chain, and in it two memories of LUTs.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let verilog = "module store(input wire clock, input wire put, input wire [4:0] at,\n\
                   input wire [4:0] look, input wire [5:0] d, output wire [5:0] q);\n\
                   reg [5:0] words [0:31];\n\
                   always @(posedge clock) if (put) words[at] <= d;\n\
                   assign q = words[look];\nendmodule\n\
                   module top(input wire clock, input wire reset, input wire put, input wire [4:0] at,\n\
                   input wire [4:0] look, input wire [5:0] d, output reg [5:0] q);\n\
                   wire [5:0] a, b;\n\
                   store s(.clock(clock), .put(put), .at(at), .look(look), .d(d), .q(a));\n\
                   store t(.clock(clock), .put(put), .at(look), .look(at), .d(d), .q(b));\n\
                   always @(posedge clock) if (!reset) q <= 6'd0; else q <= a & b;\nendmodule\n";
    fs::write(folder.path().join("top.v"), verilog).expect("can be written");
    folder
}

/// Runs `tools/area` there, with the distribution's Yosys, which starts sooner.
fn area(folder: &TempDir, arguments: &[&str]) -> Output {
    Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/area"))
        .args(arguments)
        .env("YOSYS", "yosys")
        .current_dir(folder)
        .output()
        .expect("can be run")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The row of a resource: what is used, what may be, whether it is.
fn row(table: &str, resource: &str) -> Vec<String> {
    let cells =
        |line: &str| -> Vec<String> { line.split('|').map(|c| c.trim().to_owned()).collect() };
    let rows = table.lines().map(cells);
    let mut found = rows.filter(|cells| cells.len() == 7 && cells[2] == resource);
    found.next().expect("is in the table")[3..6].to_vec()
}

#[test]
fn memories_count_as_the_luts_that_they_take() {
    let folder = folder();
    let output = area(&folder, &["top.v:20,6,0,100"]);
    let table = stdout(&output);
    assert!(output.status.success(), "{table}{}", stderr(&output));
    assert_eq!(row(&table, "FF"), ["6", "6", "yes"]);
    assert_eq!(row(&table, "(memory)"), ["8", "", ""]);
    let lut: u32 = row(&table, "LUT")[0].parse().expect("is a number");
    // Two memories of 4, a gate for each bit, and one inverter for the reset of them all.
    assert!((14..=16).contains(&lut), "{table}");
}

#[test]
fn more_than_there_may_be_or_slower_is_a_failure() {
    let folder = folder();
    for (limits, resource, limit) in [
        ("top.v:20,5,0,1", "FF", "5"),
        ("top.v:20,6,0,900", "MHz (est.)", "900"),
    ] {
        let output = area(&folder, &[limits]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(row(&stdout(&output), resource)[1..], [limit, "no"]);
        assert_eq!(stderr(&output), "area: too large, or too slow\n");
    }
}

#[test]
fn the_longest_paths_are_shown() {
    let folder = folder();
    let output = area(&folder, &["--paths", "2", "top.v:20,6,0,100"]);
    let text = stderr(&output);
    assert!(output.status.success(), "{text}");
    assert!(
        text.lines().count() == 2 && text.contains("look[0] ->"),
        "{text}"
    );
    assert_eq!(row(&stdout(&output), "MHz (est.)")[1..], ["100", "yes"]);
}

#[test]
fn modules_are_shown_with_how_often_they_are_there() {
    let folder = folder();
    let output = area(&folder, &["--modules", "top.v"]);
    let text = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    let mut lines = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let store = lines.find(|words| words.first() == Some(&"store"));
    assert_eq!(store.expect("is shown")[1..], ["2", "4", "4", "0", "0"]);
}

#[test]
fn the_table_goes_into_a_document_between_its_marks() {
    let folder = folder();
    let file = folder.path().join("document.md");
    fs::write(&file, "before\n<!-- area -->\nold\n<!-- end -->\nafter\n").expect("can be written");
    for _ in 0..2 {
        let output = area(&folder, &["--document", "document.md", "top.v"]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let text = fs::read_to_string(&file).expect("is there");
    assert!(
        text.starts_with("before\n<!-- area -->\n\n| top "),
        "{text}"
    );
    assert!(text.ends_with("\n\n<!-- end -->\nafter\n"), "{text}");
    assert!(!text.contains("old"));
    assert_eq!(text.matches("| FF ").count(), 1);
}

#[test]
fn what_yosys_cannot_read_is_refused_with_its_line() {
    let folder = folder();
    fs::write(
        folder.path().join("broken.v"),
        "module broken(input wire a output wire q);\n",
    )
    .expect("can be written");
    let output = area(&folder, &["broken.v"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("broken.v:1: ERROR"),
        "{}",
        stderr(&output)
    );
    assert!(!Path::new(&folder.path().join("target/area/broken.flat.stat")).exists());
}
