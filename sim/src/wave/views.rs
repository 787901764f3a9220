//! What viewers of waveforms are to show: signals in groups by port and by block, states by their names,
//! and a marker at every fault. For GTKWave a save file; for Surfer a command file, as what it saves of its
//! state is another with every version.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::discover::{Channel, Field, Port};
use super::error::WaveError;
use super::hardware::{States, states};
use super::header::Declared;
use super::player::Wave;
use super::reader::Listener;
use super::transaction::FaultEvent;
use super::{fault_name, last_part};

/// Markers that GTKWave has names for.
const MARKERS: usize = 26;

/// What GTKWave shows at first: a few times two to that many units of time, from as much before the first
/// marker on.
const ZOOM: u32 = 18;

/// Of GTKWave, in hexadecimal: how a trace is shown.
mod flag {
    pub(super) const HEX: u32 = 0x2;
    pub(super) const BINARY: u32 = 0x8;
    pub(super) const RIGHT: u32 = 0x20;
    pub(super) const BLANK: u32 = 0x200;
    pub(super) const TRANSLATED: u32 = 0x2000;
    pub(super) const BEGIN: u32 = 0x80_0000;
    pub(super) const END: u32 = 0x100_0000;
    pub(super) const CLOSED: u32 = 0x40_0000;
}

/// A signal that is shown.
struct Trace {
    /// Full path, with its range.
    path: String,
    width: u32,
    /// Names of its values, by the name of their list.
    names: Option<String>,
}

/// Some signals under a heading.
struct Group {
    name: String,
    open: bool,
    traces: Vec<Trace>,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewFiles {
    /// For GTKWave.
    pub gtkwave: PathBuf,
    /// For Surfer.
    pub surfer: PathBuf,
    /// Names of values: for GTKWave, and for Surfer.
    pub names: Vec<PathBuf>,
    /// Faults that are marked.
    pub markers: usize,
}

impl ViewFiles {
    /// The commands that open them. Surfer finds the names of values from the folder that they are in.
    pub fn commands(&self) -> [String; 2] {
        let (gtkwave, surfer) = (self.gtkwave.display(), self.surfer.display());
        let folder = self.surfer.parent().unwrap_or(Path::new(""));
        [
            format!("gtkwave {gtkwave}"),
            format!("cd {} && surfer --command-file {surfer}", folder.display()),
        ]
    }
}

/// Views that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The waveform cannot be read.
    #[error(transparent)]
    Wave(#[from] WaveError),
    /// A file cannot be written.
    #[error("cannot write {}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// The first faults of a recording.
#[derive(Default)]
struct Faults(Vec<FaultEvent>);

impl Listener for Faults {
    fn fault(&mut self, fault: FaultEvent) {
        if self.0.len() < MARKERS {
            self.0.push(fault);
        }
    }

    fn goes_on(&self) -> bool {
        self.0.len() < MARKERS
    }
}

/// Writes views of a waveform beside it: `x.gtkw`, `x.sucl` and `x-names/` for `x.vcd`, and the names of
/// values that Surfer looks for where it is started, `.surfer/mappings/`.
///
/// # Errors
/// [`ViewError`].
pub fn write_views(wave: &Wave) -> Result<ViewFiles, ViewError> {
    let mut faults = Faults::default();
    wave.read(&mut faults)?;
    let file = wave.file();
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
    let views = Views::of(wave, &file, faults.0);
    let mut written = ViewFiles {
        gtkwave: beside(&file, ".gtkw"),
        surfer: beside(&file, ".sucl"),
        names: Vec::new(),
        markers: views.markers.len(),
    };
    for (name, list) in &views.names {
        for (path, text) in [
            (views.names_file(name), list.gtkwave()),
            (views.mapping_file(name), list.surfer(name)),
        ] {
            write(&path, &text)?;
            written.names.push(path);
        }
    }
    write(&written.gtkwave, &views.gtkwave())?;
    write(&written.surfer, &views.surfer())?;
    Ok(written)
}

fn write(path: &Path, text: &str) -> Result<(), ViewError> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = folder.and_then(|()| fs::write(path, text));
    written.map_err(|source| ViewError::Write {
        file: path.to_path_buf(),
        source,
    })
}

/// A file of the same name with another ending.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut stem = &*name;
    for known in [".gz", ".vcd", ".fst"] {
        stem = stem.strip_suffix(known).unwrap_or(stem);
    }
    file.with_file_name(format!("{stem}{ending}"))
}

/// Names of the values of signals.
struct Names {
    /// Bits of the signals.
    width: u32,
    values: BTreeMap<u64, String>,
}

impl Names {
    /// A translate file of GTKWave.
    fn gtkwave(&self) -> String {
        let lines = self.values.iter();
        lines
            .map(|(value, name)| format!("{value:x} {name}\n"))
            .collect()
    }

    /// A mapping of Surfer.
    fn surfer(&self, list: &str) -> String {
        let mut out = format!("Name = {list}\nBits = {}\n", self.width);
        for (value, name) in &self.values {
            let _ = writeln!(out, "{value:#x} {name}");
        }
        out
    }
}

struct Views {
    file: PathBuf,
    groups: Vec<Group>,
    /// Names of values, by the name of their list.
    names: BTreeMap<String, Names>,
    /// Time stamps, and what is there.
    markers: Vec<(u64, String)>,
}

impl Views {
    fn of(wave: &Wave, file: &Path, faults: Vec<FaultEvent>) -> Self {
        let base = wave.timebase(0);
        let unit = wave.header().unit_fs.max(1);
        let markers = faults.iter().map(|fault| {
            let stamp = base.picoseconds(fault.cycle) * 1000 / unit;
            let names: Vec<String> = fault.status.iter().map(|s| fault_name(*s)).collect();
            let what = format!("fault{}_{}", fault.number, names.join("_or_"));
            (u64::try_from(stamp).unwrap_or(u64::MAX), what)
        });
        let mut views = Self {
            file: file.to_path_buf(),
            groups: Vec::new(),
            names: BTreeMap::new(),
            markers: markers.collect(),
        };
        views.clocks(wave);
        for port in &wave.layout().ports {
            views.port(wave, port);
        }
        for device in &wave.layout().devices {
            views.blocks(wave, &device.scope);
        }
        views.groups.retain(|group| !group.traces.is_empty());
        views
    }

    fn trace(&self, wave: &Wave, signal: &Declared) -> Trace {
        let mut path = wave.header().path(signal);
        if signal.width > 1 {
            let _ = write!(path, "[{}:0]", signal.width - 1);
        }
        Trace {
            path,
            width: signal.width,
            names: None,
        }
    }

    fn clocks(&mut self, wave: &Wave) {
        let header = wave.header();
        let clocks = wave.layout().clocks.iter();
        let signals = clocks.flat_map(|pair| [pair.signals.0, pair.signals.1]);
        let mut traces: Vec<Trace> = signals
            .flatten()
            .map(|signal| self.trace(wave, &header.signals[signal]))
            .collect();
        for device in &wave.layout().devices {
            let own = header.signals.iter().filter(|signal| {
                signal.name == "irq" && header.scopes[signal.scope] == device.scope
            });
            traces.extend(own.map(|signal| self.trace(wave, signal)));
        }
        traces.dedup_by(|one, other| one.path == other.path);
        self.groups.push(Group {
            name: "clock, reset, interrupt".to_owned(),
            open: true,
            traces,
        });
    }

    /// A group for each channel of a port.
    fn port(&mut self, wave: &Wave, port: &Port) {
        for channel in Channel::ALL {
            let own = port.signals.iter().filter(|(own, _, _)| *own == channel);
            let mut traces = Vec::new();
            for &(_, field, signal) in own {
                let mut trace = self.trace(wave, &wave.header().signals[signal]);
                let values: &[&str] = match field {
                    Field::Resp => &["OKAY", "EXOKAY", "SLVERR", "DECERR"],
                    Field::Burst => &["FIXED", "INCR", "WRAP"],
                    _ => &[],
                };
                if !values.is_empty() {
                    let list = format!("axi_{}", field.name());
                    let values = (0..).zip(values.iter().map(|name| (*name).to_owned()));
                    self.name(&mut trace, &list, values.collect());
                }
                traces.push(trace);
            }
            let name = port.name.split_once('.').map_or("", |(_, rest)| rest);
            let name = if name.is_empty() { &port.name } else { name };
            self.groups.push(Group {
                name: format!("{name} {}", channel.name()),
                open: port.device.is_some() && matches!(channel, Channel::Aw | Channel::Ar),
                traces,
            });
        }
    }

    /// A group for each block of an IOMMU: its registers, and of those within it the states.
    fn blocks(&mut self, wave: &Wave, device: &str) {
        let header = wave.header();
        let states = states();
        let mut groups: BTreeMap<&str, Vec<Trace>> = BTreeMap::new();
        for signal in &header.signals {
            let scope = header.scopes[signal.scope].as_str();
            let Some(inner) = scope.strip_prefix(device).and_then(|x| x.strip_prefix('.')) else {
                continue;
            };
            let (block, deeper) = inner.split_once('.').unwrap_or((inner, ""));
            let named = states_of(wave, signal, &states);
            let register = deeper.is_empty() && signal.name.ends_with("_q") && signal.width <= 64;
            let event = deeper.is_empty() && EVENTS.contains(&signal.name.as_str());
            if named.is_none() && !register && !event {
                continue;
            }
            let mut trace = self.trace(wave, signal);
            if let Some(states) = named {
                self.name(&mut trace, &states.name, states.values.clone());
            }
            groups.entry(block).or_default().push(trace);
        }
        for (block, mut traces) in groups {
            // States first, then events, then the rest.
            traces.sort_by_key(|trace| (trace.names.is_none(), trace.width > 1));
            self.groups.push(Group {
                name: format!("{} {block}", last_part(device)),
                open: false,
                traces,
            });
        }
    }

    /// Has the values of a signal shown by names.
    fn name(&mut self, trace: &mut Trace, list: &str, values: BTreeMap<u64, String>) {
        let width = trace.width;
        self.names.insert(list.to_owned(), Names { width, values });
        trace.names = Some(list.to_owned());
    }

    fn names_file(&self, list: &str) -> PathBuf {
        beside(&self.file, "-names").join(format!("{list}.txt"))
    }

    fn mapping_file(&self, list: &str) -> PathBuf {
        self.file.with_file_name(".surfer/mappings").join(list)
    }

    /// A save file of GTKWave.
    fn gtkwave(&self) -> String {
        let mut out = format!("[dumpfile] \"{}\"\n", self.file.display());
        let first = self.markers.first().map_or(-1, |(stamp, _)| *stamp as i128);
        if let Ok(first) = u64::try_from(first) {
            let _ = writeln!(out, "[timestart] {}", first.saturating_sub(1 << ZOOM));
        }
        // The zoom, the primary marker, and the markers by name.
        let _ = write!(out, "*-{ZOOM}.0 {first}");
        for n in 0..MARKERS {
            let stamp = self.markers.get(n).map_or(-1, |(stamp, _)| *stamp as i128);
            let _ = write!(out, " {stamp}");
        }
        out.push('\n');
        // What the markers are stands where it can be read.
        for (n, (_, what)) in self.markers.iter().enumerate() {
            let letter = char::from(b'A' + n as u8);
            let _ = write!(out, "@{:x}\n-{letter}: {what}\n", flag::BLANK);
        }
        for group in &self.groups {
            let closed = if group.open { 0 } else { flag::CLOSED };
            let begin = flag::BLANK | flag::BEGIN | closed;
            let end = flag::BLANK | flag::END | closed;
            let _ = write!(out, "@{begin:x}\n-{}\n", group.name);
            for trace in &group.traces {
                let mut flags = flag::RIGHT
                    | if trace.width > 1 {
                        flag::HEX
                    } else {
                        flag::BINARY
                    };
                if let Some(list) = &trace.names {
                    flags |= flag::TRANSLATED;
                    let file = self.names_file(list);
                    let _ = write!(out, "@{flags:x}\n^1 {}\n{}\n", file.display(), trace.path);
                } else {
                    let _ = write!(out, "@{flags:x}\n{}\n", trace.path);
                }
            }
            let _ = write!(out, "@{end:x}\n-{}\n", group.name);
        }
        out
    }

    /// A command file of Surfer. What is added later would come behind what has the focus: so formats and
    /// markers, which move that, come last.
    fn surfer(&self) -> String {
        let mut out = format!("load_file {}\n", self.file.display());
        let mut formats = String::new();
        let mut item = 0;
        for group in &self.groups {
            let _ = writeln!(out, "divider_add {}", word(&group.name));
            item += 1;
            for trace in &group.traces {
                let path = trace.path.split('[').next().unwrap_or_default();
                let _ = writeln!(out, "variable_add {path}");
                if let Some(list) = &trace.names {
                    let _ = write!(
                        formats,
                        "item_focus {}\nitem_set_format {list}\n",
                        item_name(item)
                    );
                }
                item += 1;
            }
        }
        out += &formats;
        out.push_str("item_unfocus\nzoom_fit\n");
        for (stamp, what) in &self.markers {
            let _ = writeln!(out, "marker_set {what} {stamp}");
        }
        if let Some((stamp, _)) = self.markers.first() {
            let _ = writeln!(out, "cursor_set {stamp}");
        }
        out
    }
}

/// A heading of Surfer is a single word.
fn word(heading: &str) -> String {
    let letters = heading.chars().map(|letter| {
        if letter.is_alphanumeric() {
            letter
        } else {
            '_'
        }
    });
    letters.collect()
}

/// How Surfer calls an item by its place: in hexadecimal, with the letters from `a` on.
fn item_name(place: usize) -> String {
    let digits = format!("{place:x}");
    let digits = digits.chars().filter_map(|digit| digit.to_digit(16));
    digits.map(|digit| char::from(b'a' + digit as u8)).collect()
}

/// Signals of a path that tell what becomes of bursts.
const EVENTS: [&str; 11] = [
    "count_hit",
    "count_miss",
    "ask",
    "taken",
    "answer",
    "fill",
    "terminate",
    "fault_valid",
    "fault_ready",
    "fault",
    "events",
];

/// The states that a signal has: those of which its scope declares the names.
fn states_of<'a>(wave: &Wave, signal: &Declared, all: &'a [States]) -> Option<&'a States> {
    let header = wave.header();
    let mut own = all
        .iter()
        .filter(|states| states.signals.contains(&signal.name));
    own.find(|states| {
        let Some(variant) = states.values.values().next() else {
            return false;
        };
        let name = format!("{}_{variant}", states.name);
        let mut beside = header.signals.iter();
        beside.any(|other| {
            other.scope == signal.scope && other.name == name && other.width == signal.width
        })
    })
}
