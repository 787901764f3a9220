//! The demonstration without an operating system: on an emulated Cortex-A9, with the framework, the seams of
//! `vcm-bare`, and the simulated hardware in another process than the program.
//!
//! `make setup-arm` gets what this needs; without it, these tests say so and do nothing.
#![cfg(target_os = "linux")]

mod fabric;
mod instructions;

use std::io::{self, Read as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use fabric::Fabric;
use vcm::addr::PhysAddr;
use vcm_sim::demo::{self, table};
use vcm_sim::platform::{Config, Platform};
use vcm_sim::serve;
use vcm_tests::arm::{Emulator, memory};
use vcm_tests::soc::noise;

/// Where the program has what is copied: a word, the number of bytes, and the bytes.
const FILE: u32 = 0x0800_0000;
const LEFT: u32 = 0x3F4D_4356;
const COPIED: u32 = 0x214D_4356;
/// On pages of two sizes.
const SIZE: u32 = 100_003;
/// On small pages alone.
const SMALL: u32 = 5_001;
/// How long the emulator may take until it has opened its sockets.
const PATIENCE: Duration = Duration::from_secs(60);

/// The emulator's end of a socket.
fn accept(listener: &UnixListener, emulator: &mut Child) -> Result<UnixStream> {
    listener.set_nonblocking(true)?;
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match listener.accept() {
            Ok((socket, _)) => return Ok(socket),
            Err(e) if e.kind() != io::ErrorKind::WouldBlock => return Err(e.into()),
            Err(_) => thread::sleep(Duration::from_millis(10)),
        }
        if let Some(status) = emulator.try_wait()? {
            let mut errors = String::new();
            if let Some(mut stream) = emulator.stderr.take() {
                stream.read_to_string(&mut errors)?;
            }
            bail!("the emulator has ended, {status}: {errors}");
        }
    }
    bail!("the emulator does not open its sockets");
}

/// What the program has come to, and how many accesses to registers there were.
fn run(emulator: &Emulator, platform: &Platform, folder: &Path) -> Result<(Output, u32)> {
    let (registers, control) = (folder.join("registers"), folder.join("control"));
    let listeners = (
        UnixListener::bind(&registers)?,
        UnixListener::bind(&control)?,
    );
    let unix = |path: &Path| format!("unix:{}", path.display());
    let mut child = emulator
        .command("vcm-bare-demo", platform)?
        .args(["-serial", "stdio", "-serial", &unix(&registers)])
        .args([
            "-accel",
            "tcg",
            "-qtest",
            &unix(&control),
            "-qtest-log",
            "none",
        ])
        .args(["-semihosting-config", "enable=on,target=native"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run the emulator")?;
    let registers = accept(&listeners.0, &mut child)?;
    let control = accept(&listeners.1, &mut child)?;
    let (fabric, over) = (
        Fabric::new(platform.clone(), control),
        AtomicBool::new(false),
    );
    thread::scope(|scope| {
        let served = scope.spawn(|| {
            let served = fabric.serve(&registers);
            over.store(true, Ordering::Relaxed);
            served
        });
        let passed = scope.spawn(|| fabric.run(&over));
        let output = child.wait_with_output()?;
        let failed = |_| io::Error::other("the simulation panicked");
        let passed = passed.join().map_err(failed)?;
        let accesses = served
            .join()
            .map_err(failed)?
            .context("serving registers")?;
        // When the emulator ends, so does its line.
        if let Err(e) = passed {
            eprintln!("the interrupt's line: {e}");
        }
        Ok((output, accesses))
    })
}

/// The cells of all lines that are a row of a table with so many columns.
fn rows(text: &str, columns: usize) -> Vec<Vec<&str>> {
    let cells = |line| str::split(line, " | ").map(str::trim).collect();
    let all = text.lines().map(cells);
    all.filter(|cells: &Vec<_>| cells.len() == columns)
        .collect()
}

/// The program's tables are those of the demonstration in the simulator, but for what depends on time.
fn compare(text: &str, file: &[u8]) -> Result<()> {
    let simulated = serve::machine(memory(Config::default()))?;
    let report = demo::run(&simulated, file, &mut ())?;
    let transfers = table::transfers(&report, None);
    let seen = rows(text, transfers.head.len());
    assert_eq!(seen.len(), 1 + transfers.rows.len(), "with its head");
    for (seen, expected) in seen[1..].iter().zip(&transfers.rows) {
        let [name, bytes, .., due, faults] = &expected[..] else {
            bail!("a row with fewer columns");
        };
        let last = seen.len() - 2;
        assert_eq!([seen[0], seen[1]], [name, bytes]);
        assert_eq!(seen[last..], [due, faults], "{name}");
    }
    let faults = table::faults(&report);
    let seen = rows(text, faults.head.len());
    assert_eq!(seen[0], faults.head);
    assert_eq!(seen[1..], faults.rows);
    let verdict = report.verdict().map_err(anyhow::Error::msg)?;
    assert!(text.contains(&verdict), "not: {verdict}");
    Ok(())
}

/// Copies so many bytes with a fabric like that.
fn demonstrate(config: Config, size: u32) -> Result<()> {
    let Some(emulator) = Emulator::find()? else {
        return Ok(());
    };
    let platform = serve::machine(memory(config))?;
    let file = noise(7, size);
    let (door, at) = (platform.back_door(), |n| PhysAddr::new(FILE + n));
    door.write32(at(0), LEFT)?;
    door.write32(at(4), size)?;
    door.write(at(8), &file)?;
    let folder = tempfile::tempdir()?;
    let (output, accesses) = run(&emulator, &platform, folder.path())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    println!("{text}\n{accesses} accesses to registers\n{errors}");
    ensure!(output.status.success(), "{}", output.status);
    platform.check()?;

    compare(&text, &file)?;
    assert_eq!(door.read32(at(0))?, COPIED);
    let mut copy = vec![0; file.len()];
    door.read(at(8 + size), &mut copy)?;
    assert!(copy == file, "the copy that the program has left");
    let interrupts = text
        .lines()
        .find_map(|line| line.strip_suffix(" interrupts came."));
    let interrupts: u32 = interrupts
        .context("it says nothing of interrupts")?
        .parse()?;
    assert!(
        interrupts > 0,
        "it has seen the end of transfers by looking alone"
    );
    Ok(())
}

#[test]
fn the_demonstration_runs_without_an_operating_system_as_it_does_in_the_simulator() -> Result<()> {
    demonstrate(Config::default(), SIZE)
}

#[test]
fn the_demonstration_without_an_operating_system_holds_against_back_pressure() -> Result<()> {
    demonstrate(Config::default().stressed(5), SMALL)
}

#[test]
fn the_program_says_why_it_ends_and_ends_the_machine_with_a_status() -> Result<()> {
    let Some(emulator) = Emulator::find()? else {
        return Ok(());
    };
    let platform = serve::machine(memory(Config::default()))?;
    let folder = tempfile::tempdir()?;
    let (output, accesses) = run(&emulator, &platform, folder.path())?;
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(
        text.trim(),
        "FAILED: no file of 1 to 4194304 bytes was left at 0x8000000"
    );
    assert_eq!(accesses, 0);
    Ok(())
}
