//! The page: one HTML file with its style, its script and its data, that needs nothing else.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Bar, Shown, Timeline, TimelineError, What};
use crate::wave::burst::response;
use crate::wave::{End, Phase, Purpose, Route, fault_name, shown_time};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

impl Timeline<'_> {
    /// Writes the page.
    ///
    /// # Errors
    /// [`TimelineError::Empty`]; those of writing.
    pub fn write_page(&self, mut out: impl Write) -> io::Result<()> {
        let (lanes, bars) = self.bars();
        if self.transactions() == 0 {
            return Err(io::Error::other(TimelineError::Empty));
        }
        let title = self.title();
        let (from, to) = Self::span(&bars);
        let base = self.wave.timebase(0);
        let faults: Vec<Value> = (self.marks(&bars).into_iter())
            .map(|(lane, row, cycle, fault)| {
                let names: Vec<String> = fault.status.iter().map(|s| fault_name(*s)).collect();
                json!([
                    lane,
                    row,
                    cycle,
                    fault.number,
                    fault.transaction,
                    names.join(" or "),
                    fault.stalled.is_some()
                ])
            })
            .collect();
        let head = json!({
            "title": title,
            "file": self.wave.file().display().to_string(),
            "span": [from, to],
            // Picoseconds of the first cycle, and of a cycle.
            "time": [base.picoseconds(0) as f64, 1e12 / base.frequency().max(1.0)],
            "left_out": self.left_out,
            "phases": Phase::ALL.map(Phase::name),
            "lanes": lanes.iter().map(|lane| json!([lane.name, lane.rows])).collect::<Vec<_>>(),
            "faults": faults,
        });
        // The places of the template, in their order.
        let mut rest = PAGE;
        for (place, what) in [
            ("{{title}}", escaped(&title)),
            ("{{style}}", STYLE.to_owned()),
        ] {
            let (before, after) = rest.split_once(place).unwrap_or((rest, ""));
            write!(out, "{before}{what}")?;
            rest = after;
        }
        let (before, rest) = rest.split_once("{{data}}").unwrap_or((rest, ""));
        out.write_all(before.as_bytes())?;
        let mut inner = Inert(&mut out);
        write!(inner, "{{\"head\":")?;
        serde_json::to_writer(&mut inner, &head)?;
        write!(inner, ",\n\"transactions\":")?;
        self.list(&mut inner, &self.transactions, Self::transaction_row)?;
        write!(inner, ",\n\"walks\":")?;
        self.list(&mut inner, &self.walks, |own, walk| {
            let base = own.device_base(walk.device);
            let purpose = match walk.purpose {
                Purpose::Demand => 0,
                Purpose::Prefetch => 1,
                Purpose::Probe => 2,
            };
            let reads: Vec<Value> = (walk.reads.iter())
                .map(|read| {
                    let asked = own.common(read.asked, &base);
                    let answered = read.answered.map(|cycle| own.common(cycle, &base));
                    json!([
                        read.address,
                        read.level,
                        asked,
                        answered,
                        read.words,
                        read.error as u8
                    ])
                })
                .collect();
            json!([walk.number, walk.id, purpose, walk.transactions, reads])
        })?;
        write!(inner, ",\n\"registers\":")?;
        self.list(&mut inner, &self.registers, |_, access| {
            json!([
                access.write as u8,
                access.offset,
                access.value,
                access.name,
                access.error as u8
            ])
        })?;
        write!(inner, ",\n\"bursts\":")?;
        self.list(&mut inner, &self.bursts, |_, (_, burst)| {
            json!([
                burst.number,
                burst.write as u8,
                burst.id,
                burst.addr,
                burst.len,
                burst.size,
                burst.done.map(|_| response(burst.resp))
            ])
        })?;
        write!(inner, ",\n\"bars\":")?;
        self.list(&mut inner, &bars, |_, bar| bar_row(bar))?;
        write!(inner, "}}")?;
        let (before, after) = rest.split_once("{{script}}").unwrap_or((rest, ""));
        write!(out, "{before}{SCRIPT}{after}")?;
        out.flush()
    }

    /// What the picture is of.
    pub(super) fn title(&self) -> String {
        let file = self.wave.file();
        let name = file.file_name().unwrap_or(file.as_os_str());
        name.to_string_lossy().into_owned()
    }

    fn transaction_row(&self, shown: &Shown) -> Value {
        let t = &shown.transaction;
        let base = self.device_base(t.device);
        let burst = &t.burst;
        // Each stretch by its phase and its length.
        let phases: Vec<u64> = (shown.phases.iter())
            .flat_map(|stretch| [stretch.phase as u64, stretch.to - stretch.from])
            .collect();
        let by = match t.route {
            Route::Bypass => "bypass",
            Route::Terminate => "terminated",
            Route::OneToOne => "one-to-one",
            _ => t.lookup.name(),
        };
        let end = match t.end {
            End::Answered => 0,
            End::Recording => 1,
            End::Gap => 2,
            End::Reset => 3,
        };
        json!([
            t.number,
            burst.write as u8,
            t.stream,
            t.context,
            burst.id,
            burst.addr,
            burst.len,
            burst.size,
            t.forwarded.as_ref().map(|below| below.addr),
            by,
            burst.done.map(|_| response(burst.resp)),
            end,
            t.walks,
            phases,
            shown_time(base.picoseconds(burst.taken)),
            shown.story,
        ])
    }

    fn list<T, R: Serialize>(
        &self,
        out: &mut impl Write,
        items: &[T],
        row: impl Fn(&Self, &T) -> R,
    ) -> io::Result<()> {
        for (n, item) in items.iter().enumerate() {
            write!(out, "{}", if n == 0 { "[" } else { ",\n" })?;
            serde_json::to_writer(&mut *out, &row(self, item))?;
        }
        write!(out, "{}", if items.is_empty() { "[]" } else { "]" })
    }
}

/// A bar: lane, row, first cycle, length, kind, index.
fn bar_row(bar: &Bar) -> [u64; 6] {
    let (kind, index) = match bar.what {
        What::Transaction(n) => (0, n),
        What::Forwarded(n) => (1, n),
        What::Walk(n) => (2, n),
        What::Register(n) => (3, n),
        What::Burst(n) => (4, n),
    };
    let (lane, row) = (bar.lane as u64, bar.row as u64);
    [lane, row, bar.from, bar.to - bar.from, kind, index as u64]
}

/// Text as it may stand in a page.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Passes JSON on so that nothing in it can end the element it stands in: `<` is only in strings there.
struct Inert<W>(W);

impl<W: Write> Write for Inert<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut parts = bytes.split(|byte| *byte == b'<');
        if let Some(first) = parts.next() {
            self.0.write_all(first)?;
        }
        for part in parts {
            self.0.write_all(b"\\u003c")?;
            self.0.write_all(part)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<W> fmt::Debug for Inert<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inert")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_the_data_ends_its_element() {
        let mut out = Vec::new();
        let value = json!({ "file": "a</script><b>", "n": 1 });
        serde_json::to_writer(Inert(&mut out), &value).expect("a Vec can be written");
        let text = String::from_utf8(out).expect("is text");
        assert!(!text.contains('<'), "{text}");
        let back: Value = serde_json::from_str(&text).expect("is JSON");
        assert_eq!(back, value);
    }

    #[test]
    fn the_page_asks_for_nothing_from_elsewhere() {
        for part in [PAGE, STYLE, SCRIPT] {
            for word in ["http:", "https:", "src=", "@import", "url("] {
                assert!(!part.contains(word), "{word}");
            }
        }
    }
}
