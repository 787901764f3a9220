//! Views for viewers of waveforms, and waveforms of a part of a run.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use tempfile::tempdir;
use vcm_sim::axi::Request;
use vcm_sim::platform::Recording;
use vcm_sim::wave::{ClockChoice, Wave, write_views};
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::tables::Page;
use vcm_tests::waveform::read;

const IOVA: u32 = 0x2000_0000;

/// Many reads that are translated, one that is not, and many again.
fn run(bench: &Bench, faults: bool) -> Result<()> {
    let mut tables = bench.context(0)?;
    tables.map(Page::small(IOVA, DATA))?;
    for round in 0..2 {
        for n in 0..300 {
            bench.transfer(Request::read(IOVA + n % 64 * 0x40, 8))?;
        }
        if round == 0 && faults {
            bench.transfer(Request::read(IOVA + 0x9000, 8))?;
        }
    }
    bench.settle()
}

#[test]
fn a_recording_on_fault_has_what_was_before_and_after() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("a.vcd");
    cosimulate(quick(), |bench| {
        bench.platform.record(Recording {
            on_fault: Some(500),
            ..Recording::new(&file)
        });
        run(bench, true)?;
        let written = bench.platform.finish_recording()?;
        assert_eq!(written.as_deref(), Some(file.as_path()));
        let recorded = read(&file)?;
        let damage = &recorded.summary.ending.damage;
        assert!(damage.is_none(), "{damage:?}");
        let [fault] = &recorded.faults[..] else {
            panic!("{:?}", recorded.faults)
        };
        let first = recorded.transactions.first().context("there are some")?;
        let last = recorded.transactions.last().context("there are some")?;
        let before = fault.cycle - first.burst.valid;
        let after = last.burst.taken - fault.cycle;
        assert!((400..1100).contains(&before), "{before}");
        assert!((300..600).contains(&after), "{after}");
        // The pieces are gone.
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        bench.faults().map(drop)
    })
}

#[test]
fn a_recording_on_fault_of_a_run_without_one_leaves_nothing() -> Result<()> {
    let folder = tempdir()?;
    cosimulate(quick(), |bench| {
        let recording = Recording::on_fault(folder.path().join("a.vcd"));
        bench.platform.record(recording);
        run(bench, false)?;
        assert_eq!(bench.platform.finish_recording()?, None);
        assert_eq!(fs::read_dir(folder.path())?.count(), 0);
        Ok(())
    })
}

#[test]
fn a_recording_from_a_cycle_to_another_has_those() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("a.vcd");
    cosimulate(quick(), |bench| {
        let from = bench.platform.now() + 1000;
        bench.platform.record(Recording {
            from,
            to: from + 300,
            ..Recording::new(&file)
        });
        run(bench, false)?;
        bench.platform.finish_recording()?;
        let recorded = read(&file)?;
        assert_eq!(recorded.summary.ending.cycles, [300]);
        let within = |cycle| (from..from + 300).contains(&cycle);
        let mut all = recorded.transactions.iter();
        assert!(all.all(|t| within(t.burst.taken)));
        Ok(())
    })
}

#[test]
fn views_group_signals_name_states_and_mark_faults() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("a.vcd");
    cosimulate(quick(), |bench| {
        bench.platform.start_trace(&file)?;
        let mut tables = bench.context(0)?;
        tables.map(Page::small(IOVA, DATA))?;
        bench.transfer(Request::read(IOVA, 8))?;
        bench.transfer(Request::read(IOVA + 0x9000, 8))?;
        bench.settle()?;
        bench.platform.stop_trace();
        bench.faults().map(drop)
    })?;
    let wave = Wave::open(&file, &ClockChoice::Search)?;
    let views = write_views(&wave)?;
    assert_eq!(views.markers, 1);
    let gtkwave = fs::read_to_string(&views.gtkwave)?;
    for expected in [
        "-A: fault0_TRANSLATION_L2",
        "[timestart] ",
        "-vcm_iommu.s_axi AR",
        "vcm_iommu.s_axi_araddr[31:0]",
        "-vcm_iommu translator",
        "LookupStep.txt\nTOP.vcm_iommu.translator.state_q[2:0]",
        "axi_resp.txt\nTOP.vcm_iommu.m_axi_rresp[1:0]",
    ] {
        assert!(gtkwave.contains(expected), "{expected:?} in {gtkwave}");
    }
    // Every signal that is named is declared.
    let header = wave.header();
    let declared: HashSet<String> = (header.signals.iter())
        .map(|signal| header.path(signal))
        .collect();
    let mut count = 0;
    for line in gtkwave.lines().filter(|line| line.starts_with("TOP.")) {
        let path = line.split_once('[').map_or(line, |(path, _)| path);
        assert!(declared.contains(path), "{path}");
        count += 1;
    }
    assert!(count > 100, "{count}");
    let begun = gtkwave
        .lines()
        .filter(|line| line.starts_with("@8") || line.starts_with("@c"));
    let ended = gtkwave.lines().filter(|line| line.starts_with("@1"));
    assert_eq!(begun.count(), ended.count());
    let names = views
        .names
        .iter()
        .find(|path| path.ends_with("LookupStep.txt"));
    let names = fs::read_to_string(names.context("there are names")?)?;
    assert!(names.starts_with("0 Idle\n1 Probe\n"), "{names}");
    surfer(
        &fs::read_to_string(&views.surfer)?,
        &declared,
        folder.path(),
    )
}

/// Holds a command file against what Surfer makes of it: the commands and their parameters are those of its
/// `command_parser.rs`, versions 0.3 to 0.7.
fn surfer(text: &str, declared: &HashSet<String>, folder: &Path) -> Result<()> {
    let is_word = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
    let mut items: Vec<Option<&str>> = Vec::new();
    let (mut focus, mut named, mut markers) = (None, Vec::new(), Vec::new());
    for line in text.lines() {
        // A `#` begins a comment, and `;` another command.
        assert!(!line.contains(['#', ';']), "{line}");
        match line.split_once(' ').unwrap_or((line, "")) {
            ("load_file", file) => assert!(items.is_empty() && Path::new(file).is_file()),
            ("divider_add", name) if is_word(name) => items.push(None),
            ("variable_add", path) => {
                assert!(declared.contains(path), "{path}");
                assert!(
                    focus.is_none() && markers.is_empty(),
                    "{line} comes elsewhere"
                );
                items.push(Some(path));
            }
            ("item_focus", place) => {
                let digits = place.bytes().map(|letter| usize::from(letter - b'a'));
                let place = digits.fold(0, |place, digit| 16 * place + digit);
                focus = Some(items[place].context("is a signal")?);
            }
            ("item_set_format", format) => {
                let mapping = fs::read_to_string(folder.join(".surfer/mappings").join(format))?;
                assert!(
                    mapping.starts_with(&format!("Name = {format}\nBits = ")),
                    "{mapping}"
                );
                named.push((focus.context("something has the focus")?, format));
            }
            ("item_unfocus", "") => focus = None,
            ("zoom_fit", "") => {}
            ("marker_set", rest) => {
                let (name, time) = rest.split_once(' ').context("a name and a time")?;
                markers.push((name, time.parse::<u64>()?));
            }
            ("cursor_set", time) => assert_eq!(time.parse::<u64>()?, markers[0].1),
            _ => panic!("{line}"),
        }
    }
    assert!(items.len() > 100, "{}", items.len());
    for expected in [
        ("TOP.vcm_iommu.translator.state_q", "LookupStep"),
        ("TOP.vcm_iommu.m_axi_rresp", "axi_resp"),
        ("TOP.vcm_iommu.s_axi_arburst", "axi_burst"),
    ] {
        assert!(named.contains(&expected), "{expected:?} in {named:?}");
    }
    let [(name, _)] = markers[..] else {
        panic!("{markers:?}")
    };
    assert_eq!(name, "fault0_TRANSLATION_L2");
    let steps = fs::read_to_string(folder.join(".surfer/mappings/LookupStep"))?;
    assert!(steps.contains("Bits = 3\n0x0 Idle\n0x1 Probe\n"), "{steps}");
    Ok(())
}
