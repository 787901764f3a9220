//! The report on the screen.

use std::io::{self, Write as _};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use vcm_sim::coverage::{Group, ModuleCoverage, Structural, exclusions};

/// Writes a line to standard output. That nobody reads it is no reason to complain.
pub(crate) fn line(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// A share in percent.
pub(crate) fn percent((hit, all): (usize, usize)) -> String {
    format!("{:.1} %", 100.0 * hit as f64 / all.max(1) as f64)
}

fn table(heading: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(heading);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The functional coverage, and what is missing.
pub(crate) fn functional(groups: &[Group]) {
    let mut table = table(&["functional", "hit", "of", ""]);
    let mut sum = (0, 0);
    for group in groups {
        sum = (sum.0 + group.hit, sum.1 + group.all);
        let share = percent((group.hit, group.all));
        table.add_row([
            &group.name,
            &group.hit.to_string(),
            &group.all.to_string(),
            &share,
        ]);
    }
    table.add_row(["all", &sum.0.to_string(), &sum.1.to_string(), &percent(sum)]);
    line(&table.to_string());
    line(&format!(
        "{} exclusions, with their reasons in sim/src/coverage/excluded.csv",
        exclusions().len()
    ));
    for group in groups {
        for point in &group.missing {
            line(&format!("never hit: {point}"));
        }
        for point in &group.wrongly_excluded {
            line(&format!("hit although it is excluded: {point}"));
        }
    }
}

/// The coverage of the Verilog, if it was counted.
pub(crate) fn structural(structural: &Structural, lines: bool) {
    if structural.lines.is_empty() {
        line("no lines and toggles were counted: build with VCM_MODEL_COVERAGE=1 for that");
        return;
    }
    let mut table = table(&["module", "lines", "of", "", "toggles", "of", ""]);
    let mut sum = ModuleCoverage::default();
    let mut row = |name: &str, of: &ModuleCoverage| {
        table.add_row([
            name.to_owned(),
            of.lines.0.to_string(),
            of.lines.1.to_string(),
            percent(of.lines),
            of.toggles.0.to_string(),
            of.toggles.1.to_string(),
            percent(of.toggles),
        ]);
    };
    for (name, module) in structural.modules() {
        for (sum, of) in [
            (&mut sum.lines, module.lines),
            (&mut sum.toggles, module.toggles),
        ] {
            *sum = (sum.0 + of.0, sum.1 + of.1);
        }
        row(name, &module);
    }
    row("all", &sum);
    line(&table.to_string());
    if lines {
        for place in structural.never() {
            let (module, at) = (&place.module, place.line);
            line(&format!(
                "never passed: {module} +{at}: {}",
                structural.text(place)
            ));
        }
    }
}
