//! `timeline`: a picture of what went on.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};

use vcm_sim::wave::Timeline;

use crate::arguments::TimelineOf;
use crate::output;
use crate::progress::Bar;

pub(crate) fn run(arguments: &TimelineOf) -> Result<bool, String> {
    let path = &arguments.output;
    let shown = path.display();
    let extension = path.extension().and_then(|extension| extension.to_str());
    let svg = match extension {
        Some("svg") => true,
        Some("html" | "htm") => false,
        _ => return Err(format!("{shown}: what is written is .html or .svg")),
    };
    let wave = arguments.file.open()?;
    output::found(&wave);
    let limit = usize::try_from(arguments.limit).unwrap_or(usize::MAX);
    let mut timeline = Timeline::new(&wave, arguments.choice.filter(), limit);
    let bar = Bar::of(&wave);
    let summary = wave
        .read(&mut timeline)
        .map_err(|error| output::chain(&error));
    drop(bar);
    let well = output::summed_up(&wave, &summary?);
    let failed = |error: io::Error| format!("{shown}: {error}");
    if svg {
        let text = timeline.svg().map_err(|error| error.to_string())?;
        std::fs::write(path, text).map_err(failed)?;
    } else if timeline.transactions() == 0 {
        return Err("there is no transaction to draw".to_owned());
    } else {
        let mut out = BufWriter::new(File::create(path).map_err(failed)?);
        timeline.write_page(&mut out).map_err(failed)?;
        out.flush().map_err(failed)?;
    }
    eprintln!("{shown}: {} transactions", timeline.transactions());
    if timeline.left_out() > 0 {
        eprintln!(
            "{} more are left out: choose with --from and --to, or raise --limit",
            timeline.left_out()
        );
    }
    Ok(well)
}
