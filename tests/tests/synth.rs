//! `tools/synth`: what `make synth` accepts, and what it refuses.

use std::fs;
use std::process::{Command, Output};

/// Runs `tools/synth` on a module of that name.
fn synth(name: &str, verilog: &str) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = format!("{name}.v");
    fs::write(folder.path().join(&file), verilog).expect("can be written");
    Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/synth"))
        .arg(&file)
        .current_dir(&folder)
        .output()
        .expect("can be run")
}

fn assert_refused(output: &Output, says: &str) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains(says), "{message}");
}

#[test]
fn registers_and_logic_are_accepted() {
    let counter = "module counter(input wire clock, input wire [3:0] step, output reg [3:0] q);\n\
                   always @(posedge clock) q <= q + step;\nendmodule\n";
    let output = synth("counter", counter);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
    let report = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        report,
        "synth: counter.v: no latch, no combinational loop\n"
    );
}

#[test]
fn a_vector_whose_bits_follow_from_each_other_is_no_loop() {
    let chain = "module chain(input wire a, output wire [3:0] q);\n\
                 assign q = {~q[2:0], a};\nendmodule\n";
    assert!(synth("chain", chain).status.success());
}

#[test]
fn a_latch_is_refused_and_named() {
    let latch = "module latch(input wire enable, input wire d, output reg held);\n\
                 always @* if (enable) held = d;\nendmodule\n";
    assert_refused(&synth("latch", latch), "\\held");
}

#[test]
fn a_loop_through_two_modules_is_refused() {
    let ring = "module nand2(input wire a, input wire b, output wire q);\n\
                assign q = ~(a & b);\nendmodule\n\
                module ring(input wire a, output wire q);\nwire x;\n\
                nand2 i(.a(q), .b(a), .q(x));\nnand2 j(.a(x), .b(a), .q(q));\nendmodule\n";
    assert_refused(&synth("ring", ring), "logic loop in module ring");
}

/// A memory whose address follows from what is read there.
fn through_memory(read: &str) -> String {
    format!(
        "module through(input wire clock, input wire write, input wire [3:0] at, input wire [3:0] data,\n\
         output wire [3:0] q);\nreg [3:0] words [0:15];\nreg [3:0] seen;\n\
         always @(posedge clock) if (write) words[at] <= data;\n{read}\nassign q = seen;\nendmodule\n"
    )
}

#[test]
fn a_loop_through_a_memory_is_refused() {
    let at_once = through_memory("always @* seen = words[seen ^ at];");
    assert_refused(&synth("through", &at_once), "logic loop in module through");
}

#[test]
fn a_memory_that_is_read_by_a_clock_ends_a_loop() {
    let clocked = through_memory("always @(posedge clock) seen <= words[seen ^ at];");
    let output = synth("through", &clocked);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
}

#[test]
fn what_yosys_cannot_read_is_refused_with_its_line() {
    let broken = "module broken(input wire a output wire q);\nendmodule\n";
    assert_refused(&synth("broken", broken), "broken.v:1: ERROR");
}

#[test]
fn modules_of_other_files_and_primitives_are_known() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let top = "module top(output wire [3:0] led);\nwire [3:0] clock;\nwire buffered;\n\
               PS7 ps7(.FCLKCLK(clock));\nBUFG buffer(.I(clock[0]), .O(buffered));\n\
               below counter(.clock(buffered), .q(led));\nendmodule\n";
    let below = "module below(input wire clock, output reg [3:0] q);\n\
                 always @(posedge clock) q <= q + 1'b1;\nendmodule\n";
    fs::write(folder.path().join("top.v"), top).expect("can be written");
    fs::write(folder.path().join("below.v"), below).expect("can be written");
    let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/synth"))
        .arg("top.v+below.v")
        .current_dir(&folder)
        .output()
        .expect("can be run");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
}
