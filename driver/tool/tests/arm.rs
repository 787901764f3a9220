//! The tool as a static program for the board's processor, run by an emulator of that (a Cortex-A9), on
//! a machine that this process serves.
//!
//! `make setup-arm` gets what this needs; without it, these tests say so and do nothing.
#![cfg(target_os = "linux")]

mod served;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use served::{Bench, holds};
use vcm_sim::platform::Config;

/// The emulator with the program, or `None` where they cannot be had.
fn program() -> Result<Option<Vec<PathBuf>>> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize()?;
    if !root.join(".arm/qemu").exists() {
        eprintln!("SKIPPED: no tools for the board's processor here: run 'make setup-arm'");
        return Ok(None);
    }
    let built = Command::new(root.join("tools/arm"))
        .args(["--quiet", "-p", "vcm-tool", "--release"])
        .output()?;
    let errors = String::from_utf8_lossy(&built.stderr);
    ensure!(
        built.status.success(),
        "the build for armv7 failed:\n{errors}"
    );
    let tool = root.join("target/arm/armv7-unknown-linux-gnueabihf/release/vcm-tool");
    is_static(&tool)?;
    let cpu = ["-cpu", "cortex-a9"].map(PathBuf::from);
    let program = [root.join(".arm/qemu")].into_iter().chain(cpu);
    Ok(Some(program.chain([tool]).collect()))
}

/// A 32-bit ARM program without an interpreter: nothing of the board's system is needed (ELF
/// specification, chapter 5: PT_INTERP).
fn is_static(path: &Path) -> Result<()> {
    let elf = fs::read(path)?;
    let half = |at: usize| Some(u16::from_le_bytes([*elf.get(at)?, *elf.get(at + 1)?]));
    let word = |at: usize| Some(u32::from(half(at)?) | u32::from(half(at + 2)?) << 16);
    ensure!(elf.starts_with(b"\x7fELF\x01\x01"), "no 32-bit program");
    ensure!(half(18) == Some(40), "not for ARM");
    let cut = "the program is cut off";
    let first = word(28).context(cut)? as usize;
    let (size, count) = (half(42).context(cut)?, half(44).context(cut)?);
    for header in 0..usize::from(count) {
        let kind = word(first + header * usize::from(size)).context(cut)?;
        ensure!(kind != 3, "it needs a dynamic linker");
    }
    Ok(())
}

#[test]
fn the_board_s_binary_probes_tests_and_maps() -> Result<()> {
    let Some(program) = program()? else {
        return Ok(());
    };
    let bench = Bench::new(program)?;
    holds(
        &bench.says(&["probe"])?,
        &["8 contexts, 16 streams", "4 channels"],
    );
    holds(&bench.says(&["selftest"])?, &["All 10 tests passed"]);
    holds(
        &bench.says(&["faults"])?,
        &["translation fault", "by stream 0"],
    );
    holds(&bench.says(&["counters"])?, &["walk cycles"]);
    bench.says(&["map", "3m", "--at", "0x90000000", "--keep"])?;
    holds(&bench.says(&["walk"])?, &["0x90000000", "1 MiB"]);
    holds(
        &bench.says(&["walk", "0x90100010"])?,
        &["hardware, write: 0x"],
    );
    holds(&bench.says(&["unmap"])?, &["stopped"]);
    Ok(())
}

#[test]
fn the_board_s_binary_runs_the_demonstration() -> Result<()> {
    let Some(program) = program()? else {
        return Ok(());
    };
    let bench = Bench::new(program)?;
    let mut bytes = vec![0; (1 << 20) + 70_001];
    fastrand::Rng::with_seed(9).fill(&mut bytes);
    fs::write(bench.folder().join("file"), &bytes)?;
    let text = bench.says(&["demo", "file", "--output", "copy"])?;
    holds(&text, &["All 12 checks held", "permission fault"]);
    assert!(fs::read(bench.folder().join("copy"))? == bytes);
    Ok(())
}

#[test]
fn the_board_s_binary_holds_against_back_pressure() -> Result<()> {
    let Some(program) = program()? else {
        return Ok(());
    };
    let bench = Bench::with(program, Config::default().stressed(5))?;
    holds(&bench.says(&["selftest"])?, &["All 10 tests passed"]);
    Ok(())
}

#[test]
fn the_board_s_binary_says_what_to_do_without_a_device() -> Result<()> {
    let Some(program) = program()? else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let output = Command::new(&program[0])
        .args(&program[1..])
        .arg("--root")
        .arg(folder.path())
        .arg("probe")
        .output()?;
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr)?;
    holds(&message, &["generic-uio", "there are: none"]);
    Ok(())
}
