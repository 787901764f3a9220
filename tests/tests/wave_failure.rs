//! What a test that fails tells of itself.

use std::process::Command;

use anyhow::Result;
use vcm_sim::axi::Request;
use vcm_tests::bench::{DATA, cosimulate, quick};
use vcm_tests::tables::Page;

const IOVA: u32 = 0x2000_0000;

/// Fails on purpose, for the test below.
#[test]
#[ignore = "fails on purpose"]
fn expects_what_is_not_mapped() {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        tables.map(Page::small(IOVA, DATA))?;
        bench.passes(Request::read(IOVA, 8))?;
        bench.passes(Request::read(IOVA + 0x1000, 8)).map(drop)
    })
    .expect("is mapped");
}

#[test]
fn a_test_that_fails_explains_what_went_wrong() -> Result<()> {
    let done = Command::new(std::env::current_exe()?)
        .args(["--exact", "expects_what_is_not_mapped", "--ignored"])
        .env_remove("VCM_TRACE")
        .output()?;
    assert!(!done.status.success());
    let mut said = String::from_utf8_lossy(&done.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&done.stderr));
    for expected in [
        "the last transactions:",
        "0x20001000 8x8 to -",
        "fault#0 TRANSLATION_L2",
        "the first that is wrong:",
        "bits [1:0] = 0b00: not valid",
        "gtkwave /",
        "timeline /",
    ] {
        assert!(said.contains(expected), "{expected:?} is not in: {said}");
    }
    Ok(())
}
