//! `diff`: the first transaction in which two waveforms differ.

use vcm_sim::wave::{Wave, compare};

use crate::arguments::Diff;
use crate::output::{self, line, moment};
use crate::progress::Bar;

pub(crate) fn run(arguments: &Diff) -> Result<bool, String> {
    let left = arguments.file.open()?;
    let right = Wave::open(&arguments.other, &arguments.file.choice())
        .map_err(|error| output::chain(&error))?;
    let bar = Bar::of(&left);
    let difference = compare(&left, &right, arguments.timing);
    drop(bar);
    let difference = difference.map_err(|error| output::chain(&error))?;
    let files = [left.file().display(), right.file().display()];
    for (side, name) in &difference.alone {
        line(&format!("only {} has {name}", files[*side]));
    }
    for divergence in &difference.divergences {
        let direction = if divergence.write { "writes" } else { "reads" };
        line(&format!(
            "{direction} of {}: the same {} times, and then differ:",
            divergence.place, divergence.same
        ));
        for (side, wave) in [&left, &right].into_iter().enumerate() {
            if let Some(cycle) = divergence.cycles[side] {
                line(&format!(
                    "  {}: {}",
                    files[side],
                    moment(&wave.timebase(0), cycle)
                ));
            }
        }
        for (name, a, b) in &divergence.fields {
            line(&format!("  {name}: {a} | {b}"));
        }
    }
    line(&format!("{} transactions are the same", difference.same));
    let mut well = difference.divergences.is_empty() && difference.alone.is_empty();
    for (wave, summary) in [&left, &right].into_iter().zip(&difference.summaries) {
        well &= output::ended(wave, &summary.ending);
    }
    Ok(well)
}
