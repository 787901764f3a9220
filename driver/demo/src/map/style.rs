//! How the picture looks.

use crate::mix::PAGES;

/// The style sheet. Page sizes have a hue each; what the file does not fill is pale.
pub(super) const SHEET: &str = "\
text { font-family: 'DejaVu Sans', Verdana, 'Segoe UI', sans-serif; font-size: 12px; fill: #3b4252; }
.paper { fill: #fbfbf9; }
.title { font-size: 22px; font-weight: bold; fill: #1f2430; }
.subtitle { font-size: 13px; fill: #5b6475; }
.head { font-size: 14px; font-weight: bold; fill: #1f2430; }
.address { font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: 10px; fill: #5b6475; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.tile { fill: #ffffff; stroke: #aab2bf; stroke-width: 1; }
.others { fill: #dde1e7; }
.frame { fill: none; stroke: #7b8494; stroke-width: 1; }
.guard { fill: none; stroke: #c0392b; stroke-width: 1; stroke-dasharray: 4 3; }
.fault { fill: none; stroke: #c0392b; stroke-width: 2; }
.faulty { fill: #c0392b; font-size: 11px; }
.edge { fill: none; stroke: #fbfbf9; stroke-width: 0.6; }
.rule { fill: none; stroke: #d5d9e0; stroke-width: 1; }
.small { fill: #e07b1f; }
.large { fill: #1f9e8f; }
.section { fill: #4f62c4; }
.rest { fill-opacity: 0.3; }
.hatch { fill: url(#hatch); }
.ribbon { fill-opacity: 0.22; }
.ribbon.small { fill-opacity: 0.5; }
.ribbon.section { fill-opacity: 0.14; }
";

/// What the style sheet refers to: diagonal lines, over what is of the destination.
pub(super) const PATTERNS: &str = "\
<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
patternTransform=\"rotate(45)\"><rect width=\"2\" height=\"6\" fill=\"#ffffff\" \
fill-opacity=\"0.45\"/></pattern></defs>";

/// The class of a page of this size.
pub(super) fn class(page: u32) -> &'static str {
    match PAGES.iter().position(|size| *size == page) {
        Some(0) => "small",
        Some(1) => "large",
        _ => "section",
    }
}
