//! A VCD file played back: cycle by cycle, what stood on the wires just before each rising edge.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::discover::{ClockChoice, Field, Layout};
use super::error::WaveError;
use super::header::{Header, end_of_header};
use super::scan::{Bits, Scanner, Sink, Stop, Wanted};
use super::source::{Progress, Source};
use super::wires::{Target, Wires};

/// Bytes of declarations that are read at most.
const LONGEST_HEADER: usize = 1 << 28;

/// Bytes of value changes in which the period of the clock is looked for.
const PROBED: u64 = 8 << 20;

/// Edges from which the period is told.
const EDGES: usize = 64;

/// How cycles and time go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timebase {
    /// Femtoseconds of a unit of time of the file.
    pub unit_fs: u128,
    /// The period of the clock in thirds of a unit: that of 150 MHz in picoseconds is 20 000.
    pub period_thirds: u64,
    /// Time stamp of the first rising edge, and the number of its cycle.
    pub first: (u64, u64),
}

impl Timebase {
    /// Picoseconds from the beginning at which a cycle ends: its rising edge.
    pub fn picoseconds(&self, cycle: u64) -> u128 {
        let (time, first) = self.first;
        let cycles = i128::from(cycle) - i128::from(first);
        let units_thirds = i128::from(time) * 3 + cycles * i128::from(self.period_thirds);
        let units_thirds = u128::try_from(units_thirds).unwrap_or(0);
        units_thirds * self.unit_fs / 3000
    }

    /// The cycle at a time in picoseconds.
    pub fn cycle_at(&self, picoseconds: u128) -> u64 {
        let thirds = picoseconds * 3000 / self.unit_fs.max(1);
        let (time, first) = self.first;
        let period = i128::from(self.period_thirds.max(1));
        let after = i128::try_from(thirds).unwrap_or(i128::MAX) - i128::from(time) * 3;
        // The cycle of an edge is the one that ends there.
        let cycle = i128::from(first) + (after + period - 1).div_euclid(period);
        u64::try_from(cycle.max(0)).unwrap_or(u64::MAX)
    }

    /// Cycles in a second.
    pub fn frequency(&self) -> f64 {
        3e15 / (self.period_thirds.max(1) as f64 * self.unit_fs.max(1) as f64)
    }
}

/// A cycle of a clock, as a visitor sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tick {
    /// Index of `Layout::clocks`.
    pub(super) clock: usize,
    /// Its number.
    pub(super) cycle: u64,
    /// Time stamp of its rising edge.
    pub(super) time: u64,
    /// Cycles before it that were not recorded.
    pub(super) gap: u64,
}

/// Sees every cycle.
pub(super) trait Visitor {
    /// A cycle. Returns whether to go on.
    fn tick(&mut self, tick: Tick, wires: &Wires) -> bool;
}

/// How playing ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Where and how the file goes wrong.
    pub damage: Option<String>,
    /// Cycles seen, by clock.
    pub cycles: Vec<u64>,
    /// Bytes of text read.
    pub bytes: u64,
}

/// A VCD file that can be played.
#[derive(Debug)]
pub struct Wave {
    file: PathBuf,
    header: Header,
    layout: Layout,
    timebases: Vec<Timebase>,
    wanted: Wanted,
    /// By signal of interest.
    targets: Vec<Vec<Target>>,
    progress: Progress,
    choice: ClockChoice,
}

impl Wave {
    /// Opens a file, finds its ports, and looks at its beginning to learn the periods of its clocks.
    ///
    /// # Errors
    /// [`WaveError`], when there is nothing in it that could be told.
    pub fn open(file: impl AsRef<Path>, choice: &ClockChoice) -> Result<Self, WaveError> {
        let file = file.as_ref();
        let mut source = Source::open(file)?;
        let (header, _) = read_header(file, &mut source)?;
        let layout = Layout::find(&header, choice).map_err(|what| WaveError::NoClock {
            file: file.to_path_buf(),
            what,
        })?;
        if layout.ports.is_empty() {
            return Err(no_ports(file, &header, &layout));
        }
        let (wanted, targets) = targets(&header, &layout);
        let mut wave = Self {
            file: file.to_path_buf(),
            timebases: Vec::new(),
            progress: source.progress.clone(),
            header,
            layout,
            wanted,
            targets,
            choice: choice.clone(),
        };
        wave.timebases = wave.learn_periods()?;
        Ok(wave)
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// What was found in it.
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What it declares.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Cycles and time, by index of [`Layout::clocks`].
    pub fn timebase(&self, clock: usize) -> Timebase {
        self.timebases.get(clock).copied().unwrap_or_default()
    }

    /// How far the file has been read, to be asked from another thread.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    fn learn_periods(&self) -> Result<Vec<Timebase>, WaveError> {
        let mut probe = Probe {
            state: State::new(self),
            edges: vec![Vec::new(); self.layout.clocks.len()],
            stamps: Vec::new(),
        };
        let mut source = Source::open(&self.file)?;
        let (_, rest) = read_header(&self.file, &mut source)?;
        let mut scanner =
            Scanner::new(&mut source, &self.wanted, rest.text, 0, 1).with_limit(PROBED);
        // A file that goes wrong here does so again when it is played.
        let _ = scanner.run(&mut probe);
        let unit_fs = self.header.unit_fs;
        let bases = probe.edges.iter().enumerate().map(|(clock, edges)| {
            let clockless = self.layout.clocks[clock].clock.is_none();
            let times = if clockless { &probe.stamps } else { edges };
            timebase(unit_fs, times, clockless)
        });
        Ok(bases.collect())
    }

    /// Plays the file for a visitor.
    ///
    /// # Errors
    /// [`WaveError::Read`] when it cannot be opened any more. Where it goes wrong later, that is told by
    /// [`Ending::damage`].
    pub(super) fn play(&self, visitor: &mut impl Visitor) -> Result<Ending, WaveError> {
        let mut source = Source::open_shown(&self.file, &self.progress)?;
        let (_, rest) = read_header(&self.file, &mut source)?;
        let clocks = self.layout.clocks.len();
        let mut player = Player {
            state: State::new(self),
            bases: self.timebases.clone(),
            visitor,
            cycles: vec![None; clocks],
            last: vec![0; clocks],
            seen: vec![0; clocks],
            time: None,
            off: false,
            clockless: self.choice == ClockChoice::None,
        };
        let mut scanner = Scanner::new(&mut source, &self.wanted, rest.text, rest.byte, rest.line);
        let stop = scanner.run(&mut player);
        let bytes = scanner.place().byte;
        if !matches!(stop, Stop::Enough) {
            player.flush();
        }
        Ok(Ending {
            damage: match stop {
                Stop::Damage(damage) => Some(damage.to_string()),
                Stop::End | Stop::Enough => None,
            },
            cycles: player.seen,
            bytes,
        })
    }
}

fn no_ports(file: &Path, header: &Header, layout: &Layout) -> WaveError {
    let hint = match layout.nearly.first() {
        Some(nearly) => nearly.clone(),
        None => "their names should end with those of the AXI signals, such as s_axi_araddr, \
                 s_axi_arvalid, s_axi_arready"
            .to_owned(),
    };
    WaveError::NoPorts {
        file: file.to_path_buf(),
        signals: header.signals.len(),
        hint,
    }
}

/// What has been read behind the declarations.
struct Rest {
    text: Vec<u8>,
    byte: u64,
    line: u64,
}

fn read_header(file: &Path, source: &mut Source) -> Result<(Header, Rest), WaveError> {
    let wrong = |line, what: &str| WaveError::Header {
        file: file.to_path_buf(),
        line,
        what: what.to_owned(),
    };
    let mut text = Vec::new();
    let mut searched = 0;
    let end = loop {
        let from = text.len();
        let read = source.fill(&mut text, 1 << 18);
        // A compressed file that is cut off may still have its declarations.
        if let (Err(error), true) = (&read, text.is_empty()) {
            return Err(WaveError::Read {
                file: file.to_path_buf(),
                source: std::io::Error::new(error.kind(), error.to_string()),
            });
        }
        // The end may stand astride what was read before.
        if let Some(end) = end_of_header(&text[usize::max(searched, 64) - 64..]) {
            break usize::max(searched, 64) - 64 + end;
        }
        searched = from.saturating_sub(64);
        let first = text.iter().find(|byte| **byte > b' ');
        if first.is_some_and(|byte| *byte != b'$') {
            return Err(wrong(1, "it does not begin with a declaration"));
        }
        if !matches!(read, Ok(count) if count > 0) {
            let line = memchr::memchr_iter(b'\n', &text).count() as u64 + 1;
            let what = if text.is_empty() {
                "it is empty"
            } else {
                "it ends before $enddefinitions"
            };
            return Err(wrong(line, what));
        }
        if text.len() > LONGEST_HEADER {
            return Err(wrong(1, "its declarations do not end"));
        }
    };
    let rest = text.split_off(end);
    let header = Header::parse(&text).map_err(|error| wrong(error.line, &error.what))?;
    let line = memchr::memchr_iter(b'\n', &text).count() as u64 + 1;
    let byte = text.len() as u64;
    Ok((
        header,
        Rest {
            text: rest,
            byte,
            line,
        },
    ))
}

/// Which signals are of interest, and where their values go.
fn targets(header: &Header, layout: &Layout) -> (Wanted, Vec<Vec<Target>>) {
    let mut by_code: std::collections::HashMap<&str, Vec<Target>> = Default::default();
    let mut add = |signal: usize, target| {
        let code = header.signals[signal].code.as_str();
        by_code.entry(code).or_default().push(target);
    };
    for (n, pair) in layout.clocks.iter().enumerate() {
        if let Some(clock) = pair.signals.0 {
            add(clock, Target::Clock(n));
        }
        if let (Some(reset), Some((_, low))) = (pair.signals.1, &pair.reset) {
            add(reset, Target::Reset(n, *low));
        }
    }
    for (n, port) in layout.ports.iter().enumerate() {
        for &(channel, field, signal) in &port.signals {
            add(signal, Target::Port(n, channel, field));
        }
    }
    for (n, device) in layout.devices.iter().enumerate() {
        for &(path, name, signal) in &device.inside {
            add(signal, Target::Inside(n, path, name));
        }
    }
    let mut wanted = Wanted::default();
    let mut targets = Vec::with_capacity(by_code.len());
    for (code, of_code) in by_code {
        wanted.add(code, targets.len() as u32);
        targets.push(of_code);
    }
    (wanted, targets)
}

/// The wires, and what changes them at the current time stamp.
struct State<'a> {
    targets: &'a [Vec<Target>],
    wires: Wires,
    clocks: Vec<bool>,
    pending: Vec<(u32, Bits)>,
}

impl<'a> State<'a> {
    fn new(wave: &'a Wave) -> Self {
        let layout = &wave.layout;
        let mut wires = Wires {
            ports: vec![Default::default(); layout.ports.len()],
            inside: vec![Default::default(); layout.devices.len()],
            resets: vec![false; layout.clocks.len()],
        };
        // What is not there is at rest, or ready.
        for (port, wires) in layout.ports.iter().zip(&mut wires.ports) {
            let known = |value| Bits {
                value,
                unknown: false,
            };
            for channel in super::discover::Channel::ALL {
                let defaults = [
                    (Field::Ready, 1),
                    (Field::Burst, 1),
                    (Field::Size, u64::from(port.data_bytes.trailing_zeros())),
                    (Field::Strb, u64::MAX),
                    (Field::Last, 1),
                    (Field::Cache, 0),
                ];
                for (field, value) in defaults {
                    if !port.has(channel, field) {
                        wires.channel_mut(channel).set(field, known(value));
                    }
                }
            }
        }
        Self {
            targets: &wave.targets,
            wires,
            // A clock that is high from the beginning has not risen.
            clocks: vec![true; layout.clocks.len()],
            pending: Vec::with_capacity(256),
        }
    }

    /// The clocks that rise at this time stamp, as a set of bits.
    fn rising(&self) -> u64 {
        let mut rising = 0;
        for &(signal, bits) in &self.pending {
            for target in &self.targets[signal as usize] {
                if let Target::Clock(clock) = *target {
                    let rises = bits.value != 0 && !bits.unknown && !self.clocks[clock];
                    rising |= u64::from(rises) << (clock & 63);
                }
            }
        }
        rising
    }

    /// The changes take effect.
    fn apply(&mut self) {
        for (signal, bits) in self.pending.drain(..) {
            for target in &self.targets[signal as usize] {
                let on = bits.value != 0 && !bits.unknown;
                match *target {
                    Target::Clock(clock) => self.clocks[clock] = on,
                    Target::Reset(clock, low) => {
                        self.wires.resets[clock] = !bits.unknown && on != low;
                    }
                    Target::Port(port, channel, field) => {
                        self.wires.ports[port].channel_mut(channel).set(field, bits);
                    }
                    Target::Inside(device, path, name) => {
                        self.wires.inside[device][path].set(name, bits);
                    }
                }
            }
        }
    }
}

/// Looks for the edges of clocks.
struct Probe<'a> {
    state: State<'a>,
    edges: Vec<Vec<u64>>,
    stamps: Vec<u64>,
}

impl Sink for Probe<'_> {
    fn time(&mut self, time: u64) -> bool {
        if let Some(&now) = self.stamps.last() {
            let rising = self.state.rising();
            for (clock, edges) in self.edges.iter_mut().enumerate() {
                if rising >> (clock & 63) & 1 == 1 && edges.len() < EDGES {
                    edges.push(now);
                }
            }
        }
        self.state.apply();
        self.stamps.push(time);
        self.stamps.len() < 4 * EDGES * self.edges.len().max(1)
            && self.edges.iter().any(|edges| edges.len() < EDGES)
    }

    fn change(&mut self, signal: u32, bits: Bits) {
        self.state.pending.push((signal, bits));
    }
}

/// The period of edges: the mean of those that are not far from the shortest.
fn timebase(unit_fs: u128, edges: &[u64], clockless: bool) -> Timebase {
    let first = edges.first().copied().unwrap_or(0);
    let periods = || edges.windows(2).map(|pair| pair[1] - pair[0]);
    let shortest = periods().filter(|&period| period > 0).min().unwrap_or(1);
    let regular = || periods().filter(|&period| period * 2 < shortest * 3);
    let count = regular().count().max(1) as u64;
    let sum: u64 = regular().sum();
    let thirds = if clockless || sum == 0 {
        shortest * 3
    } else {
        (3 * sum + count / 2) / count
    };
    let thirds = thirds.max(1);
    Timebase {
        unit_fs,
        period_thirds: thirds,
        first: (first, first.saturating_mul(3) / thirds),
    }
}

/// Passes the cycles on to a visitor.
struct Player<'a, V> {
    state: State<'a>,
    bases: Vec<Timebase>,
    visitor: &'a mut V,
    /// By clock: the last cycle.
    cycles: Vec<Option<u64>>,
    /// By clock: time of its edge.
    last: Vec<u64>,
    seen: Vec<u64>,
    time: Option<u64>,
    off: bool,
    clockless: bool,
}

impl<V: Visitor> Player<'_, V> {
    /// What has changed at the last time stamp takes effect. Returns whether to go on.
    fn flush(&mut self) -> bool {
        let mut goes_on = true;
        if self.clockless {
            self.state.apply();
            if let Some(time) = self.time.filter(|_| !self.off) {
                for clock in 0..self.cycles.len() {
                    goes_on &= self.edge(clock, time);
                }
            }
            return goes_on;
        }
        let rising = self.state.rising();
        if rising != 0 && !self.off {
            if let Some(time) = self.time {
                for clock in 0..self.cycles.len() {
                    if rising >> (clock & 63) & 1 == 1 {
                        goes_on &= self.edge(clock, time);
                    }
                }
            }
        }
        self.state.apply();
        goes_on
    }

    fn edge(&mut self, clock: usize, time: u64) -> bool {
        let base = self.bases[clock];
        let (cycle, gap) = match self.cycles[clock] {
            None => {
                let (first, cycle) = base.first;
                let passed = time.saturating_sub(first).saturating_mul(3) + base.period_thirds / 2;
                (cycle + passed / base.period_thirds, 0)
            }
            Some(cycle) => {
                let passed = (time - self.last[clock]).saturating_mul(3) + base.period_thirds / 2;
                let passed = (passed / base.period_thirds).max(1);
                (cycle + passed, passed - 1)
            }
        };
        self.cycles[clock] = Some(cycle);
        self.last[clock] = time;
        self.seen[clock] += 1;
        let tick = Tick {
            clock,
            cycle,
            time,
            gap,
        };
        self.visitor.tick(tick, &self.state.wires)
    }
}

impl<V: Visitor> Sink for Player<'_, V> {
    fn time(&mut self, time: u64) -> bool {
        if self.time == Some(time) {
            return true;
        }
        let goes_on = self.flush();
        self.time = Some(time);
        goes_on
    }

    #[inline]
    fn change(&mut self, signal: u32, bits: Bits) {
        self.state.pending.push((signal, bits));
    }

    fn recording(&mut self, on: bool) {
        self.off = !on;
    }
}
