//! The demonstration: what it leaves behind, what it says to bad input, and that it can fail.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use vcm::addr::PhysAddr;
use vcm_sim::demo::{self, FILE_LIMIT, PAGES, Report, Stage, Watcher, simulated};
use vcm_sim::platform::Platform;

/// The program, a folder for its input, and one for its output that does not exist yet.
struct Demo {
    folder: TempDir,
}

impl Demo {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        Ok(Self { folder })
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("output")
    }

    /// Makes a file of so many bytes.
    fn file(&self, name: &str, size: usize) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        fs::write(&path, content(size))?;
        Ok(path)
    }

    /// Runs it in the folder of the input.
    fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Result<Output> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vcm-demo"));
        let command = command.arg("--output").arg(self.output());
        let command = command.args(arguments).current_dir(&self.folder);
        Ok(command.output()?)
    }

    /// It ends with status 2 and one line that holds `what`, and has written nothing.
    fn refuses(&self, arguments: &[impl AsRef<OsStr>], what: &str) -> Result<()> {
        let output = self.run(arguments)?;
        let message = String::from_utf8(output.stderr)?;
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(
            message.ends_with('\n') && message.contains(what),
            "{message}"
        );
        assert!(output.stdout.is_empty());
        assert!(!self.output().exists());
        Ok(())
    }
}

/// Bytes of which no two pages are alike.
fn content(size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    fastrand::Rng::with_seed(size as u64).fill(&mut bytes);
    bytes
}

fn succeeded(output: &Output) -> Result<String> {
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == Some(0), "{errors}");
    ensure!(errors.is_empty(), "{errors}");
    Ok(String::from_utf8(output.stdout.clone())?)
}

/// The map is well-formed, and shows pages of every size.
fn check_map(folder: &Path) -> Result<()> {
    let text = fs::read_to_string(folder.join("map.svg"))?;
    let map = roxmltree::Document::parse(&text)?;
    ensure!(map.root_element().tag_name().name() == "svg");
    let ribbons = |size: &str| {
        let class = format!("ribbon {size}");
        map.descendants()
            .filter(|node| node.attribute("class") == Some(&class))
            .count()
    };
    // At least one in the source and one in the destination.
    let counts = ["small", "large", "section"].map(ribbons);
    ensure!(counts.iter().all(|count| *count >= 2), "{counts:?}");
    Ok(())
}

/// The waveforms can be read to their end, are not large, and show translated bursts.
fn check_trace(folder: &Path) -> Result<()> {
    let path = folder.join("demo.vcd");
    ensure!(fs::metadata(&path)?.len() < 8 << 20);
    let mut parser = vcd::Parser::new(BufReader::new(File::open(&path)?));
    let header = parser.parse_header()?;
    let valid = header
        .find_var(&["TOP", "vcm_soc", "m_axi_arvalid"])
        .or_else(|| header.find_var(&["vcm_soc", "m_axi_arvalid"]))
        .context("m_axi_arvalid is not there")?
        .code;
    let mut bursts = 0;
    for command in parser {
        if let vcd::Command::ChangeScalar(id, vcd::Value::V1) = command? {
            bursts += u32::from(id == valid);
        }
    }
    ensure!(bursts > 0);
    Ok(())
}

/// A file of so many bytes is copied, and everything is left behind.
fn copies(size: usize) -> Result<()> {
    let demo = Demo::new()?;
    let file = demo.file("a file.bin", size)?;
    let text = succeeded(&demo.run(&[&file])?)?;
    assert!(text.contains("checks held"), "{text}");
    for fact in [
        "TLB",
        "walks",
        "150 MHz",
        "guard + 0x40",
        "permission fault",
    ] {
        assert!(text.contains(fact), "{fact} is not in\n{text}");
    }
    let copy = fs::read(demo.output().join("copy-of-a file.bin"))?;
    assert!(copy == content(size), "the copy differs");
    check_map(&demo.output())?;
    check_trace(&demo.output())
}

#[test]
fn a_file_of_1_byte_is_copied() -> Result<()> {
    copies(1)
}

#[test]
fn a_file_of_a_page_less_a_byte_is_copied() -> Result<()> {
    copies(4095)
}

#[test]
fn a_file_of_a_page_and_a_byte_is_copied() -> Result<()> {
    copies(4097)
}

#[test]
fn a_file_that_reaches_pages_of_all_sizes_is_copied() -> Result<()> {
    copies((1 << 20) + 70_001)
}

#[test]
fn without_a_file_a_picture_is_copied() -> Result<()> {
    let demo = Demo::new()?;
    let text = succeeded(&demo.run(&[""; 0])?)?;
    assert!(text.contains("back door"), "{text}");
    let picture = fs::read(demo.output().join("picture.png"))?;
    assert!(picture == fs::read(demo.output().join("copy-of-picture.png"))?);
    let mut reader = png::Decoder::new(std::io::Cursor::new(&picture)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().context("too large")?];
    reader.next_frame(&mut pixels)?;
    check_map(&demo.output())
}

#[test]
fn the_name_of_a_file_may_have_any_characters() -> Result<()> {
    let demo = Demo::new()?;
    let name = "<a> & \"b\"\u{7}\nc.bin";
    let file = demo.file(name, 100)?;
    succeeded(&demo.run(&[&file])?)?;
    let copy = demo.output().join(format!("copy-of-{name}"));
    assert!(fs::read(copy)? == content(100));
    check_map(&demo.output())
}

#[test]
fn a_file_is_found_from_where_the_program_is_run() -> Result<()> {
    let demo = Demo::new()?;
    demo.file("here", 10)?;
    succeeded(&demo.run(&["here"])?)?;
    assert!(demo.output().join("copy-of-here").exists());
    Ok(())
}

#[test]
fn a_missing_file_is_refused() -> Result<()> {
    Demo::new()?.refuses(&["missing"], "missing: there is no such file")?;
    Demo::new()?.refuses(&["a\nb"], "a\\nb: there is no such file")
}

#[test]
fn an_empty_file_is_refused() -> Result<()> {
    let demo = Demo::new()?;
    demo.file("empty", 0)?;
    demo.refuses(&["empty"], "empty: is empty")
}

#[test]
fn a_folder_is_refused() -> Result<()> {
    Demo::new()?.refuses(&["."], "is a folder")
}

#[test]
fn a_file_larger_than_memory_is_refused_with_the_limit() -> Result<()> {
    let demo = Demo::new()?;
    let file = demo.folder.path().join("large");
    File::create(&file)?.set_len(FILE_LIMIT as u64 + 1)?;
    demo.refuses(&[&file], "at most 64 MiB")
}

#[test]
fn wrong_arguments_are_refused() -> Result<()> {
    Demo::new()?.refuses(&["--wrong"], "--wrong")?;
    Demo::new()?.refuses(&["one", "two"], "two")?;
    Demo::new()?.refuses(&[""], "FILE")
}

#[test]
fn the_mapping_graph_is_shown_as_a_tree() -> Result<()> {
    let demo = Demo::new()?;
    let file = demo.file("file", 5_000)?;
    let text = succeeded(&demo.run(&[OsStr::new("--graph"), file.as_os_str()])?)?;
    for line in [
        "PYNQ-Z2, simulated",
        "├── MMU VCM-IOMMU",
        "│   └── context translated, 256 MiB at 0x80000000, active: ",
        "physical memory 2.0, 2052 KiB, bound 3 times",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    Ok(())
}

#[test]
fn the_mapping_graph_is_written_for_graphviz_or_as_its_picture() -> Result<()> {
    let demo = Demo::new()?;
    demo.file("file", 5_000)?;
    let text = succeeded(&demo.run(&["--graph=graph.dot", "file"])?)?;
    assert!(text.contains("wrote graph.dot"), "{text}");
    let dot = fs::read_to_string(demo.folder.path().join("graph.dot"))?;
    assert!(dot.starts_with("digraph \"PYNQ-Z2, simulated\" {"), "{dot}");
    if Command::new("dot").arg("-V").output().is_err() {
        return Ok(());
    }
    succeeded(&demo.run(&["--graph=graph.svg", "file"])?)?;
    let picture = fs::read_to_string(demo.folder.path().join("graph.svg"))?;
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        ..Default::default()
    };
    let picture = roxmltree::Document::parse_with_options(&picture, options)?;
    let root = picture.root_element();
    assert_eq!(root.tag_name().name(), "svg");
    let text = |node: roxmltree::Node<'_, '_>| node.text() == Some("context translated");
    assert!(root.descendants().any(text));
    Ok(())
}

#[test]
fn a_graph_that_cannot_be_drawn_is_refused_at_once() -> Result<()> {
    Demo::new()?.refuses(&["--graph=graph.png"], "ends in .dot or .svg")?;
    Demo::new()?.refuses(&["--graph="], "--graph")?;
    let demo = Demo::new()?;
    let output = Command::new(env!("CARGO_BIN_EXE_vcm-demo"))
        .arg("--graph=graph.svg")
        .current_dir(&demo.folder)
        .env("PATH", demo.folder.path())
        .output()?;
    let message = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("needs Graphviz"), "{message}");
    assert_eq!(message.lines().count(), 1);
    Ok(())
}

#[test]
fn an_output_folder_that_cannot_be_made_is_an_error() -> Result<()> {
    let demo = Demo::new()?;
    demo.file("output", 1)?;
    let output = demo.run(&["output"])?;
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8(output.stderr)?.lines().count(), 1);
    Ok(())
}

/// Runs the demonstration without the program.
fn run(file: &[u8], watcher: impl FnOnce(Platform) -> Saboteur) -> Result<Report> {
    let platform = simulated::machine()?;
    let mut saboteur = watcher(platform.clone());
    let report = demo::run(&platform, file, &mut saboteur)?;
    assert!(simulated::check(&platform).held());
    Ok(report)
}

/// Changes memory behind the demonstration's back, once.
struct Saboteur {
    platform: Platform,
    /// Changed is what begins like this.
    file: Vec<u8>,
    /// In this stage.
    when: Option<Stage>,
    now: Option<Stage>,
}

impl Saboteur {
    fn strike(&mut self) {
        let door = self.platform.back_door();
        for page in (0x0400_0000..0x0700_0000).step_by(0x1000) {
            let at = PhysAddr::new(page);
            let mut begin = vec![0; self.file.len()];
            door.read(at, &mut begin).unwrap();
            if begin == self.file {
                door.write(at, &[!begin[0]]).unwrap();
            }
        }
        self.when = None;
    }
}

impl Watcher for Saboteur {
    fn stage(&mut self, stage: Stage) {
        self.now = Some(stage);
    }

    fn note(&mut self, _: &str) {
        if self.when == Some(Stage::Protect) && self.now == self.when {
            self.strike();
        }
    }

    fn progress(&mut self, copied: u32, total: u32) {
        if self.when == Some(Stage::Copy) && copied == total {
            self.strike();
        }
    }
}

fn failures(when: Option<Stage>) -> Result<Vec<String>> {
    let file = content(64);
    let report = run(&file, |platform| Saboteur {
        platform,
        file: file.clone(),
        when,
        now: None,
    })?;
    Ok(report.failures().map(|check| check.what.clone()).collect())
}

#[test]
fn everything_holds_if_nobody_interferes() -> Result<()> {
    assert_eq!(failures(None)?, [""; 0]);
    Ok(())
}

#[test]
fn a_byte_that_was_not_copied_is_found() -> Result<()> {
    let failures = failures(Some(Stage::Copy))?;
    let expected = [
        "every byte of the copy is that of the file",
        "nothing but the copy has changed in memory",
    ];
    assert_eq!(failures, expected);
    Ok(())
}

#[test]
fn a_byte_that_a_fault_has_changed_is_found() -> Result<()> {
    let failures = failures(Some(Stage::Protect))?;
    assert_eq!(failures.len(), 1);
    assert!(failures[0].starts_with("no fault has changed anything"));
    Ok(())
}

#[test]
fn pages_are_scattered_and_no_memory_is_used_twice() -> Result<()> {
    let file = content(5_000_000);
    let report = run(&file, |platform| Saboteur {
        platform,
        file: Vec::new(),
        when: None,
        now: None,
    })?;
    let mut all = Vec::new();
    for buffer in &report.map.buffers {
        let places: Vec<u32> = buffer.pages.iter().map(|page| page.phys.get()).collect();
        for page in &buffer.pages {
            assert!(PAGES.contains(&page.size));
            assert_eq!((page.iova.get() | page.phys.get()) % page.size, 0);
            all.push((page.phys.get(), page.size));
        }
        if buffer.filled > 0 {
            assert!(!places.is_sorted(), "{}", buffer.describe());
        }
    }
    all.extend(
        report
            .map
            .others
            .iter()
            .map(|part| (part.start.get(), part.size)),
    );
    all.sort_unstable();
    for pair in all.windows(2) {
        assert!(pair[0].0 + pair[0].1 <= pair[1].0, "{pair:x?}");
    }
    assert!(report.copy == file);
    Ok(())
}
