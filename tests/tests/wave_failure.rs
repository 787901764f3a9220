//! What a test that fails tells of itself.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::Result;
use tempfile::tempdir;
use vcm_sim::axi::Request;
use vcm_tests::bench::{DATA, cosimulate, quick};
use vcm_tests::tables::Page;
use vcm_tests::waveform::read;

const IOVA: u32 = 0x2000_0000;

/// Has the test below fail on purpose.
const FAILS: &str = "VCM_TEST_FAILS";

fn expects_what_is_not_mapped() {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        tables.map(Page::small(IOVA, DATA))?;
        bench.passes(Request::read(IOVA, 8))?;
        bench.passes(Request::read(IOVA + 0x1000, 8)).map(drop)
    })
    .expect("is mapped");
}

/// Runs itself once more, and there fails.
#[test]
fn a_test_that_fails_explains_what_went_wrong() -> Result<()> {
    if std::env::var_os(FAILS).is_some() {
        expects_what_is_not_mapped();
        return Ok(());
    }
    let done = Command::new(std::env::current_exe()?)
        .args(["--exact", "a_test_that_fails_explains_what_went_wrong"])
        .env(FAILS, "yes")
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

/// What a test may be: many reads that are translated, one that is not, and many again.
#[test]
fn what_is_not_mapped_is_refused_among_what_is() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        tables.map(Page::small(IOVA, DATA))?;
        for at in [IOVA, IOVA + 0x1000, IOVA] {
            if at == IOVA {
                for n in 0..300 {
                    bench.passes(Request::read(at + n % 64 * 0x40, 8))?;
                }
            } else {
                bench.refused(Request::read(at, 8))?;
            }
        }
        bench.settle()
    })
}

/// Runs that with environment variables; returns the file that is asked for.
fn traced(folder: &Path, variables: &[(&str, &str)]) -> Result<(Output, PathBuf)> {
    let file = folder.join("a.vcd");
    let done = Command::new(std::env::current_exe()?)
        .args([
            "--exact",
            "what_is_not_mapped_is_refused_among_what_is",
            "--nocapture",
        ])
        .env("VCM_TRACE", &file)
        .envs(variables.iter().copied())
        .output()?;
    Ok((done, file))
}

#[test]
fn a_test_leaves_the_part_of_its_run_that_is_asked_for_with_views() -> Result<()> {
    let (from, to) = ("VCM_TRACE_FROM", "VCM_TRACE_TO");
    for (variables, cycles, faults) in [
        (&[("VCM_TRACE_ON", "fault")][..], 2_000..6_002, 1),
        (&[(from, "1000"), (to, "10us")], 500..501, 0),
        (&[("VCM_TRACE_LAST", "400")], 400..801, 0),
        (&[], 6_000..100_000, 1),
    ] {
        let folder = tempdir()?;
        let (done, file) = traced(folder.path(), variables)?;
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        let told = read(&file)?;
        let seen = told.summary.ending.cycles[0];
        assert!(cycles.contains(&seen), "{seen} for {variables:?}");
        assert_eq!(told.faults.len(), faults, "{variables:?}");
        for ending in ["gtkw", "sucl"] {
            assert!(file.with_extension(ending).is_file(), "{ending}");
        }
    }
    Ok(())
}

#[test]
fn a_part_that_cannot_be_understood_is_told() -> Result<()> {
    let folder = tempdir()?;
    for (name, value) in [("VCM_TRACE_ON", "Tuesday"), ("VCM_TRACE_TO", "12 apples")] {
        let (done, _) = traced(folder.path(), &[(name, value)])?;
        let mut said = String::from_utf8_lossy(&done.stdout).into_owned();
        said.push_str(&String::from_utf8_lossy(&done.stderr));
        assert!(!done.status.success());
        assert!(said.contains(&format!("{name}={value}: ")), "{said}");
    }
    Ok(())
}
