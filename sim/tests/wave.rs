//! `vcm-wave` as a program: what it prints, and how it exits.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// An AXI4 read port of some design: two reads, the second answered with SLVERR.
const WAVEFORM: &str = "$timescale 1ns $end
$scope module tb $end
$var wire 1 c clk $end
$var wire 1 v s_axi_arvalid $end
$var wire 1 r s_axi_arready $end
$var wire 32 a s_axi_araddr $end
$var wire 4 i s_axi_arid $end
$var wire 8 l s_axi_arlen $end
$var wire 1 V s_axi_rvalid $end
$var wire 1 R s_axi_rready $end
$var wire 4 I s_axi_rid $end
$var wire 2 S s_axi_rresp $end
$var wire 1 L s_axi_rlast $end
$var wire 64 D s_axi_rdata $end
$upscope $end
$enddefinitions $end
#0
0c 0v 1r 0V 1R b0 l b0 S 1L b1 I b0 D
#5
1c
#10
0c 1v b1000 a b1 i
#15
1c
#20
0c b10000 a
#25
1c
#30
0c 0v 1V
#35
1c
#40
0c b10 S
#45
1c
#50
0c 0V
#55
1c
#60
";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vcm-wave"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("can be run")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn folder(waveform: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    fs::write(folder.path().join("a.vcd"), waveform).expect("can be written");
    folder
}

#[test]
fn a_list_is_a_table_or_json_or_csv() {
    let folder = folder(WAVEFORM);
    let output = run(folder.path(), &["list", "a.vcd"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    assert_eq!(table.lines().count(), 3, "{table}");
    assert!(
        table.contains("0x00000010") && table.contains("SLVERR"),
        "{table}"
    );

    let json = run(folder.path(), &["list", "a.vcd", "--format", "json"]);
    let json: Value = serde_json::from_slice(&json.stdout).expect("is JSON");
    assert_eq!(json[1]["burst"]["resp"], 2);
    assert_eq!(json[0]["port"], "tb.s_axi");
    assert_eq!(json[0]["burst"]["taken"], 1);

    let csv = run(folder.path(), &["list", "a.vcd", "--format", "csv"]);
    let mut csv = csv::Reader::from_reader(&csv.stdout[..]);
    assert_eq!(
        csv.headers().expect("has headings").iter().nth(8),
        Some("address")
    );
    assert_eq!(csv.records().count(), 2);
}

#[test]
fn filters_choose_and_nothing_chosen_is_an_empty_list() {
    let folder = folder(WAVEFORM);
    let rows = |filter: &[&str]| {
        let output = run(folder.path(), &[&["list", "a.vcd"], filter].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).lines().count() - 1
    };
    assert_eq!(rows(&["--kind", "error"]), 1);
    assert_eq!(rows(&["--address", "0x8-0xf"]), 1);
    assert_eq!(rows(&["--to", "15ns"]), 1);
    assert_eq!(rows(&["--from", "5"]), 0);
    assert_eq!(rows(&["--id", "1", "--limit", "1"]), 1);
    assert_eq!(rows(&["--kind", "write"]), 0);
    let empty = run(
        folder.path(),
        &["list", "a.vcd", "--id", "7", "--format", "json"],
    );
    assert_eq!(text(&empty.stdout).trim(), "[]");
}

#[test]
fn the_exit_status_says_whether_a_file_was_good() {
    let folder = folder(WAVEFORM);
    let code = |arguments: &[&str]| run(folder.path(), arguments).status.code();
    assert_eq!(code(&["check", "a.vcd"]), Some(0));
    assert_eq!(code(&["diff", "a.vcd", "a.vcd"]), Some(0));
    assert_eq!(code(&["stats", "a.vcd"]), Some(0));
    assert_eq!(code(&["explain", "a.vcd", "0x10"]), Some(0));
    assert_eq!(code(&["explain", "a.vcd", "fault#7"]), Some(1));
    assert_eq!(code(&["explain", "a.vcd", "whatever"]), Some(2));
    assert_eq!(code(&["list", "none.vcd"]), Some(2));
    let cut = WAVEFORM.len() - 12;
    fs::write(folder.path().join("cut.vcd"), &WAVEFORM[..cut]).expect("can be written");
    let output = run(folder.path(), &["list", "cut.vcd"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("what came before has been read"));
    assert_eq!(text(&output.stdout).lines().count(), 3);
    let broken = WAVEFORM
        .replace("0c b10000 a", "0c 0v")
        .replace("b10 S", "b10 S 1V b11 I");
    fs::write(folder.path().join("b.vcd"), broken).expect("can be written");
    assert_eq!(code(&["diff", "a.vcd", "b.vcd"]), Some(1));
}

#[test]
fn an_fst_file_that_cannot_be_read_says_why() {
    let folder = folder(WAVEFORM);
    // How every one begins, and nothing more.
    let header = [0, 0, 0, 0, 0, 0, 0, 1, 0x49, 0, 0, 0, 0];
    fs::write(folder.path().join("a.fst"), header).expect("can be written");
    let without = Command::new(env!("CARGO_BIN_EXE_vcm-wave"))
        .args(["list", "a.fst"])
        .current_dir(folder.path())
        .env("PATH", folder.path())
        .output()
        .expect("can be run");
    assert_eq!(without.status.code(), Some(2));
    let said = text(&without.stderr);
    assert!(
        said.contains("a.fst: fst2vcd is missing: install GTKWave"),
        "{said}"
    );
    let damaged = run(folder.path(), &["list", "a.fst"]);
    assert_eq!(damaged.status.code(), Some(2));
    let said = text(&damaged.stderr);
    assert!(said.contains("a.fst: fst2vcd "), "{said}");
}
