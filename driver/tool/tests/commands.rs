//! Every command, on a machine that is served at a socket.
#![cfg(target_os = "linux")]

mod served;

use std::io::{BufRead, BufReader, Write};

use anyhow::{Context, Result};
use served::{Bench, holds};
use vcm_sim::platform::Config;

fn bench() -> Result<Bench> {
    Bench::new(vec![env!("CARGO_BIN_EXE_vcm-tool").into()])
}

#[test]
fn probe_says_what_is_there_and_changes_nothing() -> Result<()> {
    let bench = bench()?;
    bench.says(&["map", "64k", "--keep", "--stream", "3", "--stream", "5"])?;
    for _ in 0..2 {
        let text = bench.says(&["probe"])?;
        holds(
            &text,
            &[
                "register interface 1.1",
                "8 contexts, 16 streams",
                "DMA       4 channels",
                "interrupt yes",
                "128 MiB at 0x10000000",
                "context 0: tables at",
                "streams 3, 5",
            ],
        );
    }
    bench.says(&["unmap"])?;
    holds(&bench.says(&["probe"])?, &["every stream is refused"]);
    Ok(())
}

#[test]
fn the_demonstration_copies_a_file_and_all_its_checks_hold() -> Result<()> {
    let bench = bench()?;
    let mut bytes = vec![0; 70_001];
    fastrand::Rng::with_seed(7).fill(&mut bytes);
    std::fs::write(bench.folder().join("file"), &bytes)?;
    let text = bench.says(&["demo", "file", "--output", "copy"])?;
    holds(
        &text,
        &[
            "checks held",
            "150 MHz",
            "permission fault",
            "guard + 0x40",
            "wrote copy",
        ],
    );
    assert!(std::fs::read(bench.folder().join("copy"))? == bytes);
    // Another program may begin where this one has ended.
    bench.says(&["demo", "file"])?;
    Ok(())
}

#[test]
fn a_file_that_does_not_fit_is_refused_with_what_to_do() -> Result<()> {
    let bench = bench()?;
    let file = std::fs::File::create(bench.folder().join("large"))?;
    file.set_len(60 << 20)?;
    let refused = bench.run(&["demo", "large"])?;
    assert_eq!(refused.status, Some(2), "{refused:?}");
    holds(&refused.errors, &["128 MiB", "modprobe u-dma-buf"]);
    let refused = bench.run(&["demo", "missing"])?;
    assert_eq!(refused.status, Some(2), "{refused:?}");
    holds(&refused.errors, &["missing: there is no such file"]);
    Ok(())
}

#[test]
fn what_is_mapped_stays_until_enter_is_pressed() -> Result<()> {
    let bench = bench()?;
    let mut map = bench.start(&["map", "200k", "--at", "0x90000000", "--page", "64k"])?;
    let mut lines = BufReader::new(map.stdout.take().context("it has an output")?).lines();
    for line in lines.by_ref() {
        if line?.contains("until Enter") {
            break;
        }
    }
    let walk = bench.says(&["walk"])?;
    holds(
        &walk,
        &["0x90000000", "3 × 64 KiB", "2 × 4 KiB", "read, write"],
    );
    let one = bench.says(&["walk", "0x9000_1234"])?;
    holds(
        &one,
        &["64 KiB page", "hardware, read : 0x", "hardware, write: 0x"],
    );
    let refused = bench.run(&["selftest"])?;
    assert_eq!(refused.status, Some(2), "{refused:?}");
    holds(&refused.errors, &["context 0 is enabled", "--force"]);

    map.stdin
        .take()
        .context("it has an input")?
        .write_all(b"\n")?;
    assert_eq!(lines.last().context("it says so")??, "unmapped");
    assert_eq!(map.wait()?.code(), Some(0));
    holds(&bench.says(&["walk"])?, &["no context is enabled"]);
    Ok(())
}

#[test]
fn memory_that_is_read_only_is_refused_to_writers_by_the_hardware_too() -> Result<()> {
    let bench = bench()?;
    bench.says(&["map", "1m", "--at", "0x8000_0000", "--read-only", "--keep"])?;
    let text = bench.says(&["walk", "0x80000000"])?;
    holds(
        &text,
        &["1 MiB page, read-only", "hardware, write: permission fault"],
    );
    Ok(())
}

#[test]
fn a_page_of_any_size_is_unmapped_for_the_hardware_too() -> Result<()> {
    for (size, page, left) in [
        ("8k", "4k", "1 × 4 KiB"),
        ("128k", "64k", "1 × 64 KiB"),
        ("2m", "1m", "1 × 1 MiB"),
        ("32m", "16m", "1 × 16 MiB"),
    ] {
        let bench = bench()?;
        bench.says(&["map", size, "--at", "0x90000000", "--page", page, "--keep"])?;
        // It is in the TLB before.
        holds(
            &bench.says(&["walk", "0x90000000"])?,
            &["hardware, read : 0x"],
        );
        bench.says(&["unmap", "0x90000004"])?;
        let gone = bench.says(&["walk", "0x90000000"])?;
        holds(&gone, &["hardware, read : translation fault"]);
        holds(&bench.says(&["walk"])?, &[left]);
        let again = bench.run(&["unmap", "0x90000000"])?;
        assert_eq!(again.status, Some(2), "{again:?}");
        holds(&again.errors, &["is not mapped"]);
        holds(&bench.says(&["unmap"])?, &["context 0 and its 1 streams"]);
        assert_eq!(bench.run(&["unmap"])?.status, Some(2));
    }
    Ok(())
}

#[test]
fn the_selftest_passes_and_leaves_nothing() -> Result<()> {
    let bench = bench()?;
    let text = bench.says(&["selftest"])?;
    holds(&text, &["All 10 tests passed"]);
    assert!(!text.contains("FAILED"), "{text}");
    holds(&bench.says(&["probe"])?, &["every stream is refused"]);
    Ok(())
}

#[test]
fn the_selftest_passes_with_back_pressure_on_every_bus() -> Result<()> {
    let program = vec![env!("CARGO_BIN_EXE_vcm-tool").into()];
    let bench = Bench::with(program, Config::default().stressed(11))?;
    holds(&bench.says(&["selftest"])?, &["All 10 tests passed"]);
    Ok(())
}

#[test]
fn faults_are_shown_once_and_watched_for() -> Result<()> {
    let bench = bench()?;
    bench.says(&["selftest"])?;
    let text = bench.says(&["faults"])?;
    holds(&text, &["translation fault", "read at 0x80", "by stream 0"]);
    assert_eq!(bench.says(&["faults"])?, "no faults\n");

    let mut watch = bench.start(&["faults", "--watch", "--every", "0.02"])?;
    // Either may be the first to see the fault, so that the test of oneself may miss it.
    bench.run(&["selftest", "--force"])?;
    let watched = BufReader::new(watch.stdout.take().context("it says nothing")?);
    let told = watched.lines().map_while(Result::ok);
    let told = told
        .map(|line| line.contains("translation fault"))
        .find(|&is| is);
    watch.kill()?;
    watch.wait()?;
    assert_eq!(told, Some(true));
    bench.says(&["faults", "--watch", "--every", "0.01", "--times", "2"])?;
    Ok(())
}

#[test]
fn counters_are_shown_as_a_table_and_watched_as_rows() -> Result<()> {
    let bench = bench()?;
    bench.says(&["selftest"])?;
    let text = bench.says(&["counters"])?;
    holds(
        &text,
        &["since the last look", "read misses", "walk cycles"],
    );
    let text = bench.says(&["counters", "--watch", "--every", "0.01", "--times", "3"])?;
    assert_eq!(text.lines().count(), 4, "{text}");
    holds(&text, &["  read misses"]);
    Ok(())
}

#[test]
fn what_cannot_be_mapped_is_refused_with_the_reason() -> Result<()> {
    let bench = bench()?;
    for (arguments, reason) in [
        (&["map", "0"][..], "at least 1 byte"),
        (&["map", "1g"], "too little"),
        (&["map", "4k", "--stream", "99"], "no stream 99"),
        (&["map", "4k", "--at", "0x90000004"], "0x90000004"),
        (&["walk", "--context", "8"], "no context 8"),
        (&["unmap", "--context", "2"], "not enabled"),
        (&["faults", "--every", "0"], "--every 0"),
        (&["map", "4q"], "0x1000 or 4k"),
    ] {
        let refused = bench.run(arguments)?;
        assert_eq!(refused.status, Some(2), "{arguments:?}: {refused:?}");
        holds(&refused.errors, &[reason]);
    }
    holds(&bench.says(&["selftest", "--force"])?, &["All 10"]);
    Ok(())
}
