//! `list`: a row for each transaction.

use std::io::{self, BufWriter, Write};

use vcm_sim::wave::filter::Filter;
use vcm_sim::wave::{
    Burst, End, Listener, Route, Timebase, Transaction, Wave, fault_name, last_part, shown_time,
};

use crate::arguments::{Format, List};
use crate::output;
use crate::progress::Bar;

/// The columns: heading, and width in a table.
const COLUMNS: [(&str, usize); 15] = [
    ("#", 7),
    ("cycle", 9),
    ("time", 12),
    ("port", 10),
    ("", 1),
    ("stream", 6),
    ("ctx", 3),
    ("id", 4),
    ("address", 10),
    ("size", 8),
    ("to", 10),
    ("by", 8),
    ("wait", 6),
    ("cycles", 7),
    ("answer", 6),
];

/// Writes rows.
struct Rows<'a> {
    wave: &'a Wave,
    filter: Filter,
    port: Option<String>,
    format: Format,
    left: u64,
    out: Box<dyn Write>,
    csv: Option<csv::Writer<Box<dyn Write>>>,
    first: bool,
    failed: bool,
    past: bool,
}

impl Rows<'_> {
    fn base(&self, port: Option<usize>) -> Timebase {
        let layout = self.wave.layout();
        let clock = port.map_or(0, |port| layout.ports[port].clock);
        self.wave.timebase(clock)
    }

    /// Counts a row. Returns whether it is to be written.
    fn takes(&mut self) -> bool {
        let takes = self.left > 0;
        self.left = self.left.saturating_sub(1);
        takes
    }

    fn row(&mut self, cells: [String; COLUMNS.len()], note: &str) {
        let done = match &mut self.csv {
            Some(csv) => csv
                .write_record(cells.iter().map(String::as_str).chain([note]))
                .map_err(io::Error::other),
            None => {
                let mut text = String::new();
                for (cell, (_, width)) in cells.iter().zip(COLUMNS) {
                    text.push_str(&format!("{cell:>width$} "));
                }
                text.push(' ');
                text.push_str(note);
                writeln!(self.out, "{}", text.trim_end())
            }
        };
        self.failed |= done.is_err();
    }

    fn json(&mut self, value: &impl serde::Serialize) {
        let comma = if self.first { "[\n" } else { ",\n" };
        self.first = false;
        let done = write!(self.out, "{comma}")
            .and_then(|()| serde_json::to_writer(&mut self.out, value).map_err(io::Error::other));
        self.failed |= done.is_err();
    }

    fn heading(&mut self) {
        match self.format {
            Format::Json => {}
            Format::Table => self.row(COLUMNS.map(|(name, _)| name.to_owned()), ""),
            Format::Csv => {
                let names =
                    COLUMNS.map(|(name, _)| if name.is_empty() { "direction" } else { name });
                self.row(names.map(str::to_owned), "note");
            }
        }
    }

    fn end(&mut self) {
        if self.format == Format::Json {
            let text = if self.first { "[]\n" } else { "\n]\n" };
            let _ = write!(self.out, "{text}");
        }
        if let Some(csv) = &mut self.csv {
            let _ = csv.flush();
        }
        let _ = self.out.flush();
    }
}

fn common(number: u64, port: &str, burst: &Burst, base: &Timebase) -> [String; COLUMNS.len()] {
    let mut cells: [String; COLUMNS.len()] = Default::default();
    cells[0] = number.to_string();
    cells[1] = burst.taken.to_string();
    cells[2] = shown_time(base.picoseconds(burst.taken));
    cells[3] = port.to_owned();
    cells[4] = if burst.write { "W" } else { "R" }.to_owned();
    cells[5] = burst.user.to_string();
    cells[7] = format!("{:#x}", burst.id);
    cells[8] = format!("{:#010x}", burst.addr);
    cells[9] = format!("{}x{}", u32::from(burst.len) + 1, 1u32 << burst.size.min(7));
    cells[13] = burst
        .done
        .map_or("-".to_owned(), |done| (done + 1 - burst.valid).to_string());
    cells[14] = if burst.done.is_some() {
        burst.response()
    } else {
        "-"
    }
    .to_owned();
    cells
}

impl Listener for Rows<'_> {
    fn transaction(&mut self, t: Transaction) {
        let base = self.base(self.wave.layout().devices[t.device].ports[1]);
        let layout = self.wave.layout();
        let name = &layout.devices[t.device].scope;
        let asked = self
            .port
            .as_ref()
            .is_none_or(|port| name.contains(port.as_str()));
        self.past |= self.filter.is_past(t.burst.valid, &base);
        if !asked || !self.filter.wants(&t, &base) || !self.takes() {
            return;
        }
        if self.format == Format::Json {
            return self.json(&t);
        }
        let name = last_part(name).to_owned();
        let mut cells = common(t.number, &name, &t.burst, &base);
        cells[5] = t.stream.to_string();
        cells[6] = t
            .context
            .map_or("-".to_owned(), |context| context.to_string());
        let below = t.forwarded.as_ref();
        cells[10] = below.map_or("-".to_owned(), |burst| format!("{:#010x}", burst.addr));
        cells[11] = match t.route {
            Route::Bypass => "bypass",
            Route::OneToOne if t.forwarded.is_some() => "one2one",
            _ => t.lookup.name(),
        }
        .to_owned();
        cells[12] = t
            .translation()
            .map_or("-".to_owned(), |delay| delay.to_string());
        let mut notes: Vec<String> = Vec::new();
        for fault in t.fault.iter().chain(&t.more_faults) {
            let names: Vec<String> = fault.status.iter().map(|s| fault_name(*s)).collect();
            let names = if names.is_empty() {
                "?".to_owned()
            } else {
                names.join(" or ")
            };
            let stalled = if fault.stalled.is_some() {
                ", stalled"
            } else {
                ""
            };
            notes.push(format!("fault#{} {names}{stalled}", fault.number));
        }
        match t.end {
            End::Answered => {}
            End::Recording => notes.push("the recording ends".to_owned()),
            End::Gap => notes.push("gap".to_owned()),
            End::Reset => notes.push("reset".to_owned()),
        }
        if t.burst.unknown {
            notes.push("X or Z".to_owned());
        }
        self.row(cells, &notes.join("; "));
    }

    fn burst(&mut self, port: usize, burst: Burst) {
        let base = self.base(Some(port));
        let name = &self.wave.layout().ports[port].name;
        // Where there is an IOMMU, that is what is asked for.
        let asked = match &self.port {
            Some(text) => name.contains(text.as_str()),
            None => self.wave.layout().devices.is_empty(),
        };
        if !asked || !self.filter.wants_burst(&burst, &base) || !self.takes() {
            return;
        }
        if self.format == Format::Json {
            return self.json(&serde_json::json!({ "port": name, "burst": burst }));
        }
        let mut cells = common(burst.number, last_part(name), &burst, &base);
        for cell in [6, 10, 11, 12] {
            cells[cell] = "-".to_owned();
        }
        let note = match (burst.done, burst.unknown) {
            (None, _) => "not answered in the recording",
            (_, true) => "X or Z",
            _ => "",
        };
        self.row(cells, note);
    }

    fn wants_all_ports(&self) -> bool {
        self.port.is_some()
    }

    fn goes_on(&self) -> bool {
        // Those that began before the end may still be told.
        !self.failed && self.left > 0 && !self.past
    }
}

pub(crate) fn run(arguments: &List) -> Result<bool, String> {
    let wave = arguments.file.open()?;
    output::found(&wave);
    let standard = || -> Box<dyn Write> { Box::new(BufWriter::new(io::stdout())) };
    let mut rows = Rows {
        wave: &wave,
        filter: arguments.choice.filter(),
        port: arguments.choice.port.clone(),
        format: arguments.format,
        left: arguments.limit.unwrap_or(u64::MAX),
        csv: (arguments.format == Format::Csv).then(|| csv::Writer::from_writer(standard())),
        out: standard(),
        first: true,
        failed: false,
        past: false,
    };
    rows.heading();
    let bar = Bar::of(&wave);
    let summary = wave.read(&mut rows).map_err(|error| output::chain(&error));
    drop(bar);
    rows.end();
    Ok(output::summed_up(&wave, &summary?))
}
