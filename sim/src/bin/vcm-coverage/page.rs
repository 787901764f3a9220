//! The report as a page.

use std::fmt::Write as _;

use vcm_sim::coverage::{Group, Structural, exclusions};

use crate::screen::percent;

const STYLE: &str = "body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}\
    td,th{border:1px solid #ccc;padding:.2em .6em;text-align:right}\
    td:first-child,th:first-child{text-align:left}code{white-space:pre}";

/// The whole page.
pub(crate) fn html(groups: &[Group], structural: &Structural) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Coverage</title>\
         <style>{STYLE}</style></head>\n<body><h1>Coverage</h1>\n"
    );
    // Writing to a String does not fail.
    let _ = functional(&mut page, groups);
    let _ = verilog(&mut page, structural);
    page.push_str("</body></html>\n");
    page
}

fn functional(page: &mut String, groups: &[Group]) -> std::fmt::Result {
    page.push_str("<h2>Functional</h2>\n<table><tr><th>group<th>hit<th>of<th></tr>\n");
    for Group { name, hit, all, .. } in groups {
        let share = percent((*hit, *all));
        writeln!(page, "<tr><td>{name}<td>{hit}<td>{all}<td>{share}</tr>")?;
    }
    page.push_str("</table>\n<h3>Never hit</h3>\n<ul>\n");
    for point in groups.iter().flat_map(|group| &group.missing) {
        writeln!(page, "<li>{}", escaped(point))?;
    }
    page.push_str("</ul>\n<h3>Excluded</h3>\n<ul>\n");
    for exclusion in exclusions() {
        let (points, reason) = (escaped(&exclusion.points), escaped(&exclusion.reason));
        writeln!(page, "<li><code>{points}</code>: {reason}")?;
    }
    page.push_str("</ul>\n");
    Ok(())
}

fn verilog(page: &mut String, structural: &Structural) -> std::fmt::Result {
    if structural.lines.is_empty() {
        return Ok(());
    }
    page.push_str(
        "<h2>Verilog</h2>\n<table><tr><th>module<th>lines<th>of<th><th>toggles<th>of<th></tr>\n",
    );
    for (name, of) in structural.modules() {
        let ((lines, all_lines), (toggles, all_toggles)) = (of.lines, of.toggles);
        writeln!(
            page,
            "<tr><td>{name}<td>{lines}<td>{all_lines}<td>{}<td>{toggles}<td>{all_toggles}<td>{}</tr>",
            percent(of.lines),
            percent(of.toggles)
        )?;
    }
    page.push_str("</table>\n<h3>Lines never passed</h3>\n<ul>\n");
    for place in structural.never() {
        let text = escaped(structural.text(place));
        writeln!(
            page,
            "<li>{} +{}: <code>{text}</code>",
            place.module, place.line
        )?;
    }
    page.push_str("</ul>\n");
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
