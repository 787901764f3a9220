//! The measurements as pictures.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::measurement::{Measurement, Outcome};

const SIZE: (u32, u32) = (900, 540);
/// Height of the strip that says which line is which.
const KEY_HEIGHT: i32 = 36;
/// Width of what is left of the chart.
const LEFT: i32 = 72;
/// Pixels of a dash, and to the next.
const DASH: (i32, i32) = (8, 5);
const FONT: &str = "sans-serif";
/// Colours that those who see no red or no green tell apart, too (Okabe and Ito).
const COLOURS: [RGBColor; 5] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
];

/// A line of a chart.
struct Line {
    name: String,
    points: Vec<(f64, f64)>,
    /// What is compared with: grey and dashed.
    yardstick: bool,
}

/// A chart.
struct Chart {
    file: &'static str,
    title: &'static str,
    x: &'static str,
    /// Where the axis has ticks, and what is written there.
    ticks: Vec<(f64, String)>,
    lines: Vec<Line>,
}

/// Writes all pictures for which there are measurements into a folder; gives their names.
///
/// # Errors
/// When a file cannot be written.
pub fn write(all: &[Measurement], folder: &Path) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let charts = [page_size(all), working_set(all), latency(all), burst(all)];
    let drawable = charts.into_iter().filter(|chart| chart.has_lines());
    drawable
        .map(|chart| {
            let file = folder.join(chart.file);
            chart.draw(&file)?;
            Ok(file)
        })
        .collect()
}

/// Bytes a cycle of the traffic that was translated, and of that which was bypassed.
fn rates(measured: &Measurement) -> Option<(f64, f64)> {
    match measured.outcome {
        Outcome::Cycles {
            translated,
            bypass,
            bytes,
        } => Some((
            bytes as f64 / translated as f64,
            bytes as f64 / bypass as f64,
        )),
        _ => None,
    }
}

/// How a measurement is usual: all but what the chart is about.
fn is_usual(measured: &Measurement, but: &str) -> bool {
    let usual = [("latency", 40.0), ("ids", 8.0), ("burst", 64.0)];
    let number = |name| measured.params.number(name);
    let text = measured.params.text("page");
    usual
        .iter()
        .all(|(name, value)| *name == but || number(name) == Some(*value))
        && (but == "page" || text == Some("4KiB"))
}

/// Lines of the scenarios, and before them those of the same bypassed.
fn lines(
    all: &[Measurement],
    about: &str,
    scenarios: &[(&str, &str)],
    x: impl Fn(&Measurement) -> Option<f64>,
) -> Vec<Line> {
    let of = |scenario: &str| {
        let those = (all.iter()).filter(|m| m.scenario == scenario && is_usual(m, about));
        let mut points: Vec<_> = those.filter_map(|m| x(m).zip(rates(m))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    let named = scenarios
        .iter()
        .map(|(scenario, name)| (*name, of(scenario)));
    with_bypassed(named.collect())
}

/// A place on the axis, and the rates there: translated, and bypassed.
type Point = (f64, (f64, f64));

/// Lines through what was translated, and before them those through what was bypassed, unless another
/// one is already there.
fn with_bypassed(named: Vec<(&str, Vec<Point>)>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (_, points) in &named {
        let points: Vec<_> = points.iter().map(|(x, rates)| (*x, rates.1)).collect();
        if !lines.iter().any(|line| is_same(&line.points, &points)) {
            let name = if lines.is_empty() { "bypassed" } else { "" };
            lines.push(Line {
                name: name.to_owned(),
                points,
                yardstick: true,
            });
        }
    }
    lines.extend(named.into_iter().map(|(name, points)| Line {
        name: name.to_owned(),
        points: points.into_iter().map(|(x, rates)| (x, rates.0)).collect(),
        yardstick: false,
    }));
    lines
}

/// Whether nobody could tell two lines apart.
fn is_same(one: &[(f64, f64)], other: &[(f64, f64)]) -> bool {
    let near = |(a, b): (&(f64, f64), &(f64, f64))| a.0 == b.0 && (a.1 / b.1 - 1.0).abs() < 0.02;
    one.len() == other.len() && one.iter().zip(other).all(near)
}

const READS: [(&str, &str); 3] = [
    ("seq_read", "sequential"),
    ("random_2MiB_read", "random, over 2 MiB"),
    ("random_64MiB_read", "random, over 64 MiB"),
];

fn page_size(all: &[Measurement]) -> Chart {
    let pages = ["4KiB", "64KiB", "1MiB", "16MiB"];
    let place = |m: &Measurement| {
        let page = m.params.text("page")?;
        pages
            .iter()
            .position(|name| *name == page)
            .map(|n| n as f64)
    };
    let shown = ["4 KiB", "64 KiB", "1 MiB", "16 MiB"].into_iter();
    Chart {
        file: "bandwidth-page-size.svg",
        title: "Reads over page size (64-byte bursts, memory latency 40 cycles)",
        x: "page size",
        ticks: shown
            .enumerate()
            .map(|(n, name)| (n as f64, name.to_owned()))
            .collect(),
        lines: lines(all, "page", &READS, place),
    }
}

fn latency(all: &[Measurement]) -> Chart {
    let ticks = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
    Chart {
        file: "bandwidth-latency.svg",
        title: "Reads over memory latency (64-byte bursts, 4 KiB pages)",
        x: "memory latency (cycles)",
        ticks: ticks.map(|n| (f64::from(n), n.to_string())).to_vec(),
        lines: lines(all, "latency", &READS, |m| m.params.number("latency")),
    }
}

fn burst(all: &[Measurement]) -> Chart {
    let scenarios = [
        ("seq_read", "reads"),
        ("seq_write", "writes"),
        ("seq_both", "reads and writes together"),
    ];
    let bytes = [8, 16, 32, 64, 128, 256, 512, 1024];
    Chart {
        file: "bandwidth-burst.svg",
        title: "Sequential traffic over burst size (4 KiB pages, memory latency 40 cycles)",
        x: "bytes a burst",
        ticks: bytes.map(|n| (f64::from(n).log2(), n.to_string())).to_vec(),
        lines: lines(all, "burst", &scenarios, |m| {
            m.params.number("burst").map(f64::log2)
        }),
    }
}

fn working_set(all: &[Measurement]) -> Chart {
    let all = all.iter().filter(|m| m.scenario == "working_set");
    let of = |page: &str| {
        let those = all.clone().filter(|m| m.params.text("page") == Some(page));
        let point = |m: &Measurement| Some((m.params.number("set_KiB")?.log2(), rates(m)?));
        those.filter_map(point).collect()
    };
    let lines = with_bypassed(vec![
        ("4 KiB pages", of("4KiB")),
        ("64 KiB pages", of("64KiB")),
    ]);
    let tick = |log: u32| {
        let name = if log < 10 {
            format!("{} KiB", 1 << log)
        } else {
            format!("{} MiB", 1 << (log - 10))
        };
        (f64::from(log), name)
    };
    Chart {
        file: "bandwidth-working-set.svg",
        title: "Random reads over working set (64-byte bursts, memory latency 40 cycles)",
        x: "working set",
        ticks: (6..=16).map(tick).collect(),
        lines,
    }
}

impl Chart {
    fn has_lines(&self) -> bool {
        self.lines.iter().any(|line| line.points.len() > 1)
    }

    fn draw(&self, file: &Path) -> Result<()> {
        let area = SVGBackend::new(file, SIZE).into_drawing_area();
        let drawn = self.draw_on(&area).and_then(|()| Ok(area.present()?));
        drawn.map_err(|error| anyhow!("cannot write {}: {error}", file.display()))
    }

    /// The lines with something on them, and how they are drawn: each is narrower than those before, so
    /// that none hides another, and the yardsticks come last.
    fn styled(&self) -> Vec<(&Line, ShapeStyle)> {
        let drawn = self.lines.iter().filter(|line| !line.points.is_empty());
        let (yardsticks, lines): (Vec<_>, Vec<_>) = drawn.partition(|line| line.yardstick);
        let widths = (0..lines.len() as u32).rev().map(|inner| 3 + 3 * inner);
        let styles = COLOURS.iter().zip(widths);
        let lines = lines.into_iter().zip(styles);
        let lines = lines.map(|(line, (colour, width))| (line, colour.stroke_width(width)));
        let yardsticks = yardsticks.into_iter();
        let yardsticks = yardsticks.map(|line| (line, BLACK.stroke_width(1)));
        lines.chain(yardsticks).collect()
    }

    /// Says which line is which, side by side above the chart, where no line can run.
    fn draw_key(
        &self,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let middle = KEY_HEIGHT / 2;
        let text = TextStyle::from((FONT, 15).into_font()).pos(Pos::new(HPos::Left, VPos::Center));
        let mut x = LEFT;
        for (line, style) in self.styled() {
            if line.name.is_empty() {
                continue;
            }
            // A dash is as long as in the chart.
            let dash = if line.yardstick { DASH } else { (28, 0) };
            for from in (0..28).step_by((dash.0 + dash.1) as usize) {
                let to = (from + dash.0).min(28);
                let part = vec![(x + from, middle), (x + to, middle)];
                area.draw(&PathElement::new(part, style))?;
            }
            area.draw(&Text::new(
                line.name.clone(),
                (x + 36, middle),
                text.clone(),
            ))?;
            // Letters of this size are about 8 pixels wide.
            x += 36 + 8 * line.name.len() as i32 + 24;
        }
        Ok(())
    }

    fn draw_on(
        &self,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        area.fill(&WHITE)?;
        let area = area.margin(12, 12, 12, 24);
        let title = (FONT, 20).into_font().color(&BLACK);
        let (key, area) = area.titled(self.title, title)?.split_vertically(KEY_HEIGHT);
        self.draw_key(&key)?;
        let points = self.lines.iter().flat_map(|line| &line.points);
        let highest = points.map(|point| point.1).fold(0.0, f64::max);
        let (low, high) = match (self.ticks.first(), self.ticks.last()) {
            (Some(first), Some(last)) => (first.0, last.0),
            _ => (0.0, 1.0),
        };
        let edge = 0.04 * (high - low);
        let mut chart = ChartBuilder::on(&area)
            .x_label_area_size(52)
            .y_label_area_size(LEFT)
            .build_cartesian_2d(low - edge..high + edge, 0.0..(highest * 1.08).max(1.0))?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(0)
            .x_desc(self.x)
            .y_desc("bytes a cycle")
            .y_label_formatter(&|y| format!("{y:.0}"))
            .light_line_style(WHITE.mix(0.0))
            .bold_line_style(BLACK.mix(0.12))
            .axis_desc_style((FONT, 17))
            .label_style((FONT, 15))
            .draw()?;
        let centred =
            TextStyle::from((FONT, 15).into_font()).pos(Pos::new(HPos::Center, VPos::Top));
        let plotting = chart.plotting_area();
        let bottom = plotting.get_pixel_range().1.end;
        for (x, name) in &self.ticks {
            let at = plotting.map_coordinate(&(*x, 0.0)).0;
            // Pixels of the whole picture, not of the part that the chart has.
            let root = area.strip_coord_spec();
            let (left, top) = root.get_base_pixel();
            let tick = vec![(at - left, bottom - top), (at - left, bottom - top + 5)];
            root.draw(&PathElement::new(tick, BLACK))?;
            root.draw(&Text::new(
                name.clone(),
                (at - left, bottom - top + 9),
                centred.clone(),
            ))?;
        }
        for (line, style) in self.styled() {
            let points = line.points.iter().copied();
            if line.yardstick {
                chart.draw_series(DashedLineSeries::new(points, DASH.0, DASH.1, style))?;
            } else {
                chart.draw_series(LineSeries::new(points.clone(), style))?;
                let dot = 3 + style.stroke_width / 2;
                chart.draw_series(points.map(|at| Circle::new(at, dot, style.filled())))?;
            }
        }
        Ok(())
    }
}
