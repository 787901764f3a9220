//! The picture as an SVG, for what is small enough to be printed or put into a document.

use std::fmt::Write as _;

use super::page::escaped;
use super::{Bar, Timeline, TimelineError, What};
use crate::wave::{Phase, Purpose, fault_name, shown_time};

/// Bars that an SVG has at most.
pub const MOST_DRAWN: usize = 2_000;

const WIDTH: f64 = 1200.0;
const LABEL: f64 = 150.0;
const TOP: f64 = 26.0;
const ROW: f64 = 14.0;
const GAP: f64 = 8.0;
const LEGEND: f64 = 30.0;

/// The colour of a phase: that of the page.
const fn colour(phase: Phase) -> &'static str {
    match phase {
        Phase::Accept => "#9aa5b1",
        Phase::Pipeline => "#b9c8d8",
        Phase::Lookup => "#e9c46a",
        Phase::Walk => "#e07a3f",
        Phase::Stalled => "#c1121f",
        Phase::Order => "#8e7cc3",
        Phase::BackPressure => "#7f5539",
        Phase::Memory => "#4f8fc0",
        Phase::WriteData => "#c58fb5",
        Phase::Response => "#6aa86a",
    }
}

/// Places of lanes and cycles in the picture.
struct Places {
    tops: Vec<f64>,
    from: u64,
    scale: f64,
}

impl Places {
    fn x(&self, cycle: u64) -> f64 {
        LABEL + (cycle as f64 - self.from as f64) * self.scale
    }

    fn y(&self, lane: usize, row: usize) -> f64 {
        self.tops[lane] + row as f64 * ROW
    }

    /// A rectangle from a cycle to another.
    fn bar(&self, bar: &Bar, from: u64, to: u64, colour: &str) -> String {
        let (x, y) = (self.x(from), self.y(bar.lane, bar.row));
        let width = (self.x(to) - x).max(0.6);
        let height = ROW - 3.0;
        format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height}\" fill=\"{colour}\"/>"
        )
    }
}

impl Timeline<'_> {
    /// The picture as an SVG.
    ///
    /// # Errors
    /// [`TimelineError`].
    pub fn svg(&self) -> Result<String, TimelineError> {
        let (lanes, bars) = self.bars();
        if self.transactions() == 0 {
            return Err(TimelineError::Empty);
        }
        if bars.len() > MOST_DRAWN {
            return Err(TimelineError::TooMany { bars: bars.len() });
        }
        let (from, to) = Self::span(&bars);
        let mut tops = Vec::new();
        let mut height = TOP;
        for lane in &lanes {
            tops.push(height);
            height += lane.rows as f64 * ROW + GAP;
        }
        let scale = (WIDTH - LABEL - 10.0) / (to - from) as f64;
        let places = Places { tops, from, scale };
        let bottom = height;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {0:.0}\" font-family=\"sans-serif\" \
             font-size=\"11\">\n<title>{1}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
            bottom + LEGEND,
            escaped(&self.title()),
        );
        // Writing to a String does not fail.
        self.axis(&mut out, &places, to, bottom);
        for (lane, top) in lanes.iter().zip(&places.tops) {
            let (text, line) = (top + ROW / 2.0 + 3.0, top - GAP / 2.0);
            let name = escaped(&lane.name);
            let _ = writeln!(
                out,
                "<text x=\"6\" y=\"{text:.1}\">{name}</text><path d=\"M0 {line:.1}H{WIDTH}\" stroke=\"#ddd\"/>"
            );
        }
        for bar in &bars {
            self.draw_bar(&mut out, &places, bar);
        }
        self.links(&mut out, &places, &bars);
        for (lane, row, cycle, fault) in self.marks(&bars) {
            let (x, y) = (places.x(cycle), places.y(lane, row));
            let names: Vec<String> = fault.status.iter().map(|s| fault_name(*s)).collect();
            let _ = writeln!(
                out,
                "<path d=\"M{:.1} {:.1}h10l-5 10z\" fill=\"#d00000\"><title>fault#{} {}</title></path>",
                x - 5.0,
                y - 3.0,
                fault.number,
                names.join(" or "),
            );
        }
        legend(&mut out, bottom);
        out.push_str("</svg>\n");
        Ok(out)
    }

    /// Lines at round cycles.
    fn axis(&self, out: &mut String, places: &Places, to: u64, bottom: f64) {
        let base = self.wave.timebase(0);
        let (mut step, mut next) = (1u64, [2, 5, 10].into_iter().cycle());
        let mut decade = 1;
        while step as f64 * places.scale < 130.0 {
            let factor = next.next().unwrap_or(10);
            step = decade * factor;
            if factor == 10 {
                decade = step;
            }
        }
        let mut cycle = places.from.next_multiple_of(step);
        while cycle < to {
            let x = places.x(cycle);
            let time = shown_time(base.picoseconds(cycle));
            let _ = writeln!(
                out,
                "<path d=\"M{x:.1} 16V{bottom:.0}\" stroke=\"#e4e4e0\"/><text x=\"{x:.1}\" y=\"12\" \
                 fill=\"#555\">{cycle} ({time})</text>"
            );
            cycle += step;
        }
    }

    fn draw_bar(&self, out: &mut String, places: &Places, bar: &Bar) {
        let whole = |colour: &str| places.bar(bar, bar.from, bar.to, colour);
        let (text, shapes) = match bar.what {
            What::Transaction(n) => {
                let shown = &self.transactions[n];
                let t = &shown.transaction;
                let base = self.device_base(t.device);
                let mut shapes = String::new();
                for part in &shown.phases {
                    let (from, to) = (self.common(part.from, &base), self.common(part.to, &base));
                    shapes.push_str(&places.bar(bar, from, to, colour(part.phase)));
                }
                if shapes.is_empty() {
                    shapes = whole("#d0d0d0");
                }
                (format!("#{} {:#010x}", t.number, t.burst.addr), shapes)
            }
            What::Forwarded(n) => {
                let t = &self.transactions[n].transaction;
                let to = t.forwarded.as_ref().map_or(0, |below| below.addr);
                (format!("#{} {to:#010x}", t.number), whole("#4f8fc0"))
            }
            What::Walk(n) => {
                let walk = &self.walks[n];
                let colour = match walk.purpose {
                    Purpose::Demand => "#e07a3f",
                    Purpose::Prefetch => "#f0b78f",
                    Purpose::Probe => "#c9a227",
                };
                (format!("walk#{}", walk.number), whole(colour))
            }
            What::Register(n) => {
                let access = &self.registers[n];
                let name = access.name.clone();
                let name = name.unwrap_or_else(|| format!("{:#x}", access.offset));
                let colour = if access.write { "#777" } else { "#bbb" };
                (format!("{name}: {:#x}", access.value), whole(colour))
            }
            What::Burst(n) => {
                let burst = &self.bursts[n].1;
                (format!("{:#010x}", burst.addr), whole("#4f8fc0"))
            }
        };
        let text = escaped(&text);
        let room = (bar.to - bar.from) as f64 * places.scale;
        let written = if room > text.len() as f64 * 5.6 {
            let (x, y) = (places.x(bar.from) + 2.0, places.y(bar.lane, bar.row));
            let y = y + ROW / 2.0 + 2.0;
            format!("<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"9.5\">{text}</text>")
        } else {
            String::new()
        };
        let cycles = format!("cycles {} to {}", bar.from, bar.to - 1);
        let _ = writeln!(
            out,
            "<g><title>{text}, {cycles}</title>{shapes}{written}</g>"
        );
    }

    /// Lines from transactions to their walks and to their bursts at memory.
    fn links(&self, out: &mut String, places: &Places, bars: &[Bar]) {
        let place = |bar: &Bar| {
            let middle = places.y(bar.lane, bar.row) + ROW / 2.0 - 1.0;
            (places.x(bar.from), middle)
        };
        for bar in bars {
            let What::Transaction(n) = bar.what else {
                continue;
            };
            let t = &self.transactions[n].transaction;
            for other in bars {
                let tied = match other.what {
                    What::Forwarded(m) => m == n,
                    What::Walk(m) => {
                        let walk = &self.walks[m];
                        walk.device == t.device && t.walks.contains(&walk.number)
                    }
                    _ => false,
                };
                if tied {
                    let ((x, y), (u, v)) = (place(bar), place(other));
                    let half = (y + v) / 2.0;
                    let _ = writeln!(
                        out,
                        "<path d=\"M{x:.1} {y:.1}C{x:.1} {half:.1} {u:.1} {half:.1} {u:.1} {v:.1}\" fill=\"none\" \
                         stroke=\"#0006\"/>"
                    );
                }
            }
        }
    }
}

fn legend(out: &mut String, top: f64) {
    let mut x = 6.0;
    let y = top + 8.0;
    for phase in Phase::ALL {
        let _ = writeln!(
            out,
            "<rect x=\"{x:.0}\" y=\"{y:.0}\" width=\"10\" height=\"10\" fill=\"{}\"/><text x=\"{:.0}\" \
             y=\"{:.0}\">{}</text>",
            colour(phase),
            x + 14.0,
            y + 9.0,
            phase.name(),
        );
        x += 34.0 + phase.name().len() as f64 * 6.5;
    }
    let _ = writeln!(
        out,
        "<path d=\"M{x:.0} {y:.0}h10l-5 10z\" fill=\"#d00000\"/><text x=\"{:.0}\" y=\"{:.0}\">fault</text>",
        x + 14.0,
        y + 9.0
    );
}
