//! `views`: files for viewers of waveforms.

use vcm_sim::wave::write_views;

use crate::arguments::ViewsOf;
use crate::output::{self, line};
use crate::progress::Bar;

pub(crate) fn run(arguments: &ViewsOf) -> Result<bool, String> {
    let wave = arguments.file.open()?;
    output::found(&wave);
    let bar = Bar::of(&wave);
    let written = write_views(&wave).map_err(|error| output::chain(&error));
    drop(bar);
    let written = written?;
    for command in written.commands() {
        line(&command);
    }
    eprintln!("{} faults are marked", written.markers);
    Ok(true)
}
