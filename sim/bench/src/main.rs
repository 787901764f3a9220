//! The benchmarks: `make bench`.
//!
//! Exit status: 0 when all was measured, 1 when something failed or, with `--check`, a target is
//! missed.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use vcm_bench::case::{Length, cases};
use vcm_bench::table::{Style, tables};
use vcm_bench::target::targets;
use vcm_bench::{Measurement, Rig, document, driver, plot, to_json};

/// Measures the simulated IOMMU beside bypass, and the driver beside other crates.
#[derive(Parser)]
#[command(name = "vcm-bench", version)]
struct Arguments {
    /// A short form of a few seconds, without the driver's part.
    #[arg(long)]
    quick: bool,
    /// Only what has this text in its name or parameters, such as "seq_read" or "page=64KiB".
    #[arg(long, value_name = "TEXT", default_value = "")]
    filter: String,
    /// Where to write bench.json and the plots.
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    output: PathBuf,
    /// Also writes the plots and the tables of performance.md into this folder of documents.
    #[arg(long, value_name = "FOLDER")]
    documents: Option<PathBuf>,
    /// Fails when a target is missed.
    #[arg(long)]
    check: bool,
    /// Lists what would be measured.
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("vcm-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Writes to standard output. That nobody reads it is no reason to stop.
fn show(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn run(arguments: &Arguments) -> Result<()> {
    let length = if arguments.quick {
        Length::Quick
    } else {
        Length::Full
    };
    let mut chosen = cases(length);
    chosen.retain(|case| case.to_string().contains(&arguments.filter));
    let with_driver = !arguments.quick && "driver".contains(&arguments.filter);
    if arguments.list {
        chosen.iter().for_each(|case| show(&case.to_string()));
        return Ok(());
    }
    if chosen.is_empty() && !with_driver {
        bail!("nothing has {:?} in its name: see --list", arguments.filter);
    }
    let bar = bar(chosen.len() as u64 + u64::from(with_driver));
    let mut measured: Vec<Measurement> = Vec::new();
    if !chosen.is_empty() {
        bar.set_message("setting up");
        let rig = Rig::new()?;
        for case in chosen {
            bar.set_message(case.to_string());
            measured.extend(case.run(&rig)?);
            bar.inc(1);
        }
    }
    if with_driver {
        measured.extend(driver::measure(|what| {
            bar.set_message(format!("driver: {what}"))
        }));
        bar.inc(1);
    }
    bar.finish_and_clear();
    for named in tables(&measured, Style::Terminal) {
        show(&format!("{}\n{}\n", named.name, named.table));
    }
    write(&measured, &arguments.output)?;
    if let Some(folder) = &arguments.documents {
        write_documents(&measured, folder)?;
    }
    if arguments.check {
        check(&measured)?;
    }
    Ok(())
}

fn bar(steps: u64) -> ProgressBar {
    let bar = ProgressBar::new(steps);
    let template = "{bar:30} {pos:>3}/{len} {elapsed_precise}  {wide_msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("█▌░"));
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}

fn write(measured: &[Measurement], folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let file = folder.join("bench.json");
    let text = format!("{:#}\n", to_json(measured));
    fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    show(&format!("wrote {}", file.display()));
    for file in plot::write(measured, folder)? {
        show(&format!("wrote {}", file.display()));
    }
    Ok(())
}

fn write_documents(measured: &[Measurement], folder: &Path) -> Result<()> {
    for file in plot::write(measured, &folder.join("plots"))? {
        show(&format!("wrote {}", file.display()));
    }
    let file = folder.join("performance.md");
    let about = || format!("cannot rewrite {}", file.display());
    let text = fs::read_to_string(&file).with_context(about)?;
    let filled = document::fill(&text, &tables(measured, Style::Markdown));
    fs::write(&file, filled).with_context(about)?;
    show(&format!("wrote {}", file.display()));
    Ok(())
}

fn check(measured: &[Measurement]) -> Result<()> {
    let targets = targets(measured);
    let missed: Vec<&str> = (targets.iter())
        .filter(|target| !target.is_met())
        .map(|target| target.name)
        .collect();
    if missed.is_empty() {
        return Ok(());
    }
    bail!(
        "{} of {} targets missed: {}",
        missed.len(),
        targets.len(),
        missed.join("; ")
    )
}
