//! The demonstration in simulation: `make demo [FILE=path]`.
//!
//! Exit status: 0 when everything held, 1 when something did not, 2 when the arguments or the file
//! cannot be used (then nothing is written) or the results cannot be written.

mod arguments;
mod graph;
mod output;

use std::process::ExitCode;

use vcm_sim::demo::terminal::{self, Input, Screen, line};
use vcm_sim::demo::{self, number, simulated};
use vcm_sim::model::CLOCK_HZ;

use arguments::{Arguments, Parsed};
use graph::GraphTo;
use output::Folder;

/// What does not hold, or could not be done.
enum Failure {
    /// The user can do something about it.
    Usage(String),
    /// The demonstration has failed.
    Demonstration(String),
}

fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args_os()) {
        Ok(Parsed::Run(arguments)) => arguments,
        Ok(Parsed::Show(text)) => {
            line(text.trim_end());
            return ExitCode::SUCCESS;
        }
        Err(message) => return end(Failure::Usage(message)),
    };
    let done = graph::choose(arguments.graph.clone())
        .and_then(|graph| Ok((Input::read(arguments.file.as_deref())?, graph)))
        .map_err(Failure::Usage)
        .and_then(|(input, graph)| run(&input, &arguments, graph));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => end(failure),
    }
}

fn end(failure: Failure) -> ExitCode {
    let (message, status) = match failure {
        Failure::Usage(message) => (message, 2),
        Failure::Demonstration(message) => (message, 1),
    };
    eprintln!("vcm-demo: {message}");
    ExitCode::from(status)
}

fn run(input: &Input, arguments: &Arguments, graph: Option<GraphTo>) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Demonstration(error.to_string());
    let folder = Folder::make(arguments.output.clone()).map_err(Failure::Usage)?;
    line(&format!(
        "VCM-IOMMU, simulated: {}, {}\n",
        input.shown,
        number::bytes(input.bytes.len() as u64)
    ));

    let platform = simulated::machine().map_err(|error| failed(&error))?;
    let unwritable = |error: &dyn std::fmt::Display| {
        Failure::Usage(format!("{error}: make room or give permission for it"))
    };
    let (report, trace) = if let Some(recording) = arguments.trace.recording(folder.trace()) {
        platform.record(recording);
        let mut screen = Screen::default();
        let report = demo::run(&platform, &input.bytes, &mut screen);
        screen.finish();
        let trace = platform.finish_recording();
        (report, trace.map_err(|error| unwritable(&error))?)
    } else {
        let mut watcher =
            simulated::Traced::new(platform.clone(), &folder.trace(), Screen::default())
                .map_err(|error| unwritable(&error))?;
        let report = demo::run(&platform, &input.bytes, &mut watcher);
        watcher.finish().finish();
        (report, Some(folder.trace()))
    };
    let mut report = report.map_err(|error| failed(&error))?;
    report.checks.push(simulated::check(&platform));

    let mut written = folder
        .write(input, &report, trace.as_deref(), &arguments.trace)
        .map_err(Failure::Usage)?;
    terminal::show(&report, Some(CLOCK_HZ));
    if let Some(to) = graph {
        written.extend(to.write(&report.graph).map_err(Failure::Usage)?);
    }
    for path in written {
        line(&format!("wrote {path}"));
    }
    terminal::verdict(&report).map_err(Failure::Demonstration)
}
