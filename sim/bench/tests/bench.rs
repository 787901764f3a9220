//! `vcm-bench`: that it measures, and what it writes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use vcm_bench::table::NAMES;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/performance.md");

fn bench(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vcm-bench"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("can be run")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The objects of bench.json.
fn measured(folder: &Path) -> Vec<Value> {
    let file = folder.join("target/bench/bench.json");
    let text = fs::read_to_string(file).expect("was written");
    let json: Value = serde_json::from_str(&text).expect("is JSON");
    json.as_array().expect("is a list").clone()
}

#[test]
fn the_quick_form_measures_every_scenario_and_fills_the_document() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    fs::create_dir(folder.path().join("docs")).expect("can be made");
    let document = folder.path().join("docs/performance.md");
    fs::copy(DOCUMENT, &document).expect("can be copied");
    let output = bench(folder.path(), &["--quick", "--documents", "docs"]);
    assert!(output.status.success(), "{}", text(&output.stderr));

    let measured = measured(folder.path());
    for scenario in [
        "seq_read",
        "seq_both",
        "random_2MiB_write",
        "random_64MiB_read",
        "working_set",
        "hit_throughput",
        "hit_latency",
        "main_tlb_latency",
        "miss",
        "misses_at_once",
        "longest_wait",
        "invalidate",
        "sim_speed",
        "wave",
    ] {
        assert!(
            measured.iter().any(|m| m["scenario"] == scenario),
            "{scenario} is missing"
        );
    }
    for one in &measured {
        let number = |name: &str| one[name].as_f64();
        assert!(one["params"].is_object(), "{one}");
        match (number("translated_cycles"), number("bypass_cycles")) {
            (Some(translated), Some(bypass)) => {
                let ratio = number("ratio").expect("is there");
                assert!((ratio - bypass / translated).abs() < 1e-3, "{one}");
            }
            _ => assert!(number("value").is_some(), "{one}"),
        }
    }
    assert!(
        folder
            .path()
            .join("docs/plots/bandwidth-working-set.svg")
            .is_file()
    );
    let filled = fs::read_to_string(&document).expect("is there");
    assert!(filled.contains("| working_set |"), "{filled}");
}

#[test]
fn a_filter_chooses_by_name_and_parameters() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let output = bench(folder.path(), &["--list", "--filter", "page=1MiB"]);
    let list = text(&output.stdout);
    assert!(list.lines().count() > 3, "{list}");
    assert!(
        list.lines().all(|line| line.contains("page=1MiB")),
        "{list}"
    );
    let output = bench(folder.path(), &["--quick", "--filter", "hit_latency"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let measured = measured(folder.path());
    assert!(measured.iter().all(|m| m["scenario"] == "hit_latency"));
    let way = |m: &Value| m["params"]["way"].as_str().map(str::to_owned);
    assert!(
        measured
            .iter()
            .any(|m| way(m).as_deref() == Some("no IOMMU"))
    );
}

#[test]
fn a_filter_that_chooses_nothing_is_one_line() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let output = bench(folder.path(), &["--filter", "no such thing"]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.contains("no such thing"), "{message}");
}

#[test]
fn the_document_has_a_place_for_every_table() {
    let document = fs::read_to_string(DOCUMENT).expect("is there");
    for name in NAMES {
        let mark = format!("\n<!-- bench: {name} -->\n");
        assert_eq!(document.matches(&mark).count(), 1, "{name}");
    }
}
