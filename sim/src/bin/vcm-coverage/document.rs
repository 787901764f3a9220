//! The sums, as a table in a document.

use std::fs;
use std::path::Path;

use vcm_sim::coverage::{Group, Structural};

use crate::screen::percent;

/// Between these lines of a document stands what is written.
const MARKS: [&str; 2] = [
    "<!-- make coverage begins -->\n",
    "<!-- make coverage ends -->\n",
];

/// Writes the table into a document.
///
/// # Errors
/// A message: the file cannot be read or written, lacks the marks, or no lines were counted.
pub(crate) fn write(file: &Path, groups: &[Group], structural: &Structural) -> Result<(), String> {
    if structural.lines.is_empty() {
        return Err("no lines were counted: the document is left as it was".to_owned());
    }
    let name = file.display();
    let old = fs::read_to_string(file).map_err(|e| format!("cannot read {name}: {e}"))?;
    let new = replaced(&old, &table(groups, structural))
        .ok_or_else(|| format!("{name} has not the marks that the table stands between"))?;
    fs::write(file, new).map_err(|e| format!("cannot write {name}: {e}"))
}

/// The text with another table between its marks.
fn replaced(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(MARKS[0])?;
    let (_, after) = rest.split_once(MARKS[1])?;
    Some(format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1]))
}

fn table(groups: &[Group], structural: &Structural) -> String {
    let mut text = String::from("| what | hit | of | share |\n|---|---:|---:|---:|\n");
    let mut row = |what: &str, (hit, all): (usize, usize)| {
        let share = percent((hit, all));
        text += &format!("| {what} | {hit} | {all} | {share} |\n");
    };
    let add = |(a, b): (usize, usize), (c, d): (usize, usize)| (a + c, b + d);
    let functional = groups.iter().map(|group| (group.hit, group.all));
    row("functional points", functional.fold((0, 0), add));
    let modules = structural.modules();
    let within = |prefix: &str| {
        let chosen = modules.iter().filter(|(name, _)| name.starts_with(prefix));
        let chosen: Vec<_> = chosen.map(|(_, of)| of).collect();
        let lines = chosen.iter().map(|of| of.lines).fold((0, 0), add);
        (lines, chosen.iter().map(|of| of.toggles).fold((0, 0), add))
    };
    for (what, prefix) in [
        ("all modules", ""),
        ("the IOMMU", "vcm_iommu"),
        ("the DMA engine", "vcm_soc"),
        ("the board's bridges", "vcm_zynq"),
    ] {
        let (lines, toggles) = within(prefix);
        row(&format!("lines, {what}"), lines);
        row(&format!("register bits that toggled, {what}"), toggles);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let [begins, ends] = MARKS;
        let old = format!("before\n{begins}old\n{ends}after\n");
        let new = format!("before\n{begins}new\n{ends}after\n");
        assert_eq!(replaced(&old, "new\n"), Some(new));
        assert_eq!(replaced("no marks", "new\n"), None);
    }
}
