//! A waveform of a part of a run: between two cycles, or around the first thing that went wrong.
//!
//! What goes wrong is not known beforehand: until then the waveform is written in pieces, of which all but
//! the last two are thrown away.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use vcm_regs::global::{FQ_STATUS, FQ_SYND0, FqStatus};

use crate::model::{Model, TraceError};
use crate::signals::Cycle;

/// Cycles before and after a fault that are kept, if nothing else is said.
pub const AROUND: u64 = 2_000;

/// Bytes of a piece in which its declarations must end.
const LONGEST_HEADER: usize = 1 << 26;

/// Which part of a run a waveform is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The file.
    pub file: PathBuf,
    /// The first cycle.
    pub from: u64,
    /// The cycle after the last.
    pub to: u64,
    /// Only if something goes wrong, and then only so many cycles before and after it (before: up to
    /// twice as many).
    ///
    /// That is: a burst of `s_axi` is answered with an error, software finds a record in the fault queue,
    /// or a rule is broken.
    pub on_fault: Option<u64>,
    /// Only so many cycles before the end, or up to twice as many; with `on_fault`, that counts.
    pub last: Option<u64>,
}

impl Recording {
    /// Of everything.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            from: 0,
            to: u64::MAX,
            on_fault: None,
            last: None,
        }
    }

    /// Of what is around the first thing that goes wrong.
    pub fn on_fault(file: impl Into<PathBuf>) -> Self {
        Self {
            on_fault: Some(AROUND),
            ..Self::new(file)
        }
    }
}

/// Makes a recording.
#[derive(Debug)]
pub(super) struct Recorder {
    what: Recording,
    /// First cycle of the piece that is being written.
    piece: Option<u64>,
    /// Pieces that are kept, the oldest first, with the one that is being written.
    pieces: VecDeque<PathBuf>,
    count: u64,
    /// Where something went wrong.
    fault: Option<u64>,
    over: bool,
    /// Reads of registers that are not answered yet.
    asked: VecDeque<u16>,
    error: Option<TraceError>,
}

impl Recorder {
    pub(super) fn new(what: Recording) -> Self {
        Self {
            what,
            piece: None,
            pieces: VecDeque::new(),
            count: 0,
            fault: None,
            over: false,
            asked: VecDeque::new(),
            error: None,
        }
    }

    /// Before a cycle.
    pub(super) fn before(&mut self, model: &mut Model, now: u64) {
        if self.over || now < self.what.from {
            return;
        }
        let around = self.what.on_fault.or(self.what.last).unwrap_or(u64::MAX);
        let end = self.fault.map_or(u64::MAX, |at| at.saturating_add(around));
        if now >= self.what.to.min(end) {
            model.stop_trace();
            self.over = true;
            return;
        }
        match self.piece {
            Some(begun) if self.fault.is_some() || now - begun < around => {}
            _ => self.next_piece(model, now),
        }
    }

    fn next_piece(&mut self, model: &mut Model, now: u64) {
        model.stop_trace();
        if self.pieces.len() == 2 {
            // That there is one file too many does no harm.
            let _ = self.pieces.pop_front().map(fs::remove_file);
        }
        let mut name = self.what.file.as_os_str().to_owned();
        name.push(format!(".{}", self.count));
        self.count += 1;
        let file = PathBuf::from(name);
        if let Err(error) = model.start_trace(&file) {
            self.error = Some(error);
            self.over = true;
        }
        self.pieces.push_back(file);
        self.piece = Some(now);
    }

    /// After a cycle; `broken`: a rule was broken in it.
    pub(super) fn after(&mut self, cycle: &Cycle, broken: bool) {
        if self.what.on_fault.is_none() || self.fault.is_some() || self.piece.is_none() {
            return;
        }
        if self.is_wrong(cycle) || broken {
            self.fault = Some(cycle.number);
        }
    }

    fn is_wrong(&mut self, cycle: &Cycle) -> bool {
        let Cycle { s_axi, s_axil, .. } = cycle;
        if cycle.reset {
            self.asked.clear();
        }
        if s_axil.ar.fires() {
            self.asked.push_back(s_axil.ar.addr);
        }
        let mut found = false;
        if s_axil.r.fires() {
            let (asked, data) = (self.asked.pop_front().map(u32::from), s_axil.r.data);
            let records = FqStatus::from_bits(data).get(FqStatus::COUNT);
            found = (asked == Some(FQ_STATUS.offset) && records > 0)
                || (asked == Some(FQ_SYND0.offset) && data != 0);
        }
        found
            || (s_axi.r.fires() && s_axi.r.resp.is_error())
            || (s_axi.b.fires() && s_axi.b.resp.is_error())
    }

    /// Puts the pieces together. Returns the file, if there is one.
    pub(super) fn finish(mut self, model: &mut Model) -> Result<Option<PathBuf>, TraceError> {
        if !self.over {
            model.stop_trace();
        }
        let unwanted = self.what.on_fault.is_some() && self.fault.is_none();
        let failed = self.error.take();
        let done = if unwanted || failed.is_some() || self.pieces.is_empty() {
            Ok(None)
        } else {
            let file = self.what.file.clone();
            let joined = join(self.pieces.make_contiguous(), &file);
            let named = |source| TraceError {
                file: file.clone(),
                source,
            };
            joined.map(|()| Some(file.clone())).map_err(named)
        };
        for piece in &self.pieces {
            let _ = fs::remove_file(piece);
        }
        match failed {
            Some(error) => Err(error),
            None => done,
        }
    }
}

/// Appends files of the same model: the first whole, of the others the value changes.
fn join(pieces: &[PathBuf], to: &Path) -> io::Result<()> {
    if let [single] = pieces {
        return fs::rename(single, to);
    }
    let mut out = BufWriter::new(File::create(to)?);
    let mut declared: Option<Vec<u8>> = None;
    for piece in pieces {
        let mut text = BufReader::new(File::open(piece)?);
        let header = header(&mut text)?;
        match &declared {
            None => {
                out.write_all(&header)?;
                declared = Some(header);
            }
            Some(first) if same_signals(first, &header) => {}
            Some(_) => return Err(io::Error::other("its parts declare different signals")),
        }
        io::copy(&mut text, &mut out)?;
    }
    out.flush()
}

/// Reads up to the end of the declarations.
fn header(text: &mut impl Read) -> io::Result<Vec<u8>> {
    const END: &[u8] = b"$enddefinitions $end\n";
    let mut header = Vec::new();
    let mut byte = [0];
    while !header.ends_with(END) {
        text.read_exact(&mut byte)?;
        header.push(byte[0]);
        if header.len() > LONGEST_HEADER {
            return Err(io::Error::other("its declarations have no end"));
        }
    }
    Ok(header)
}

/// The date may be another.
fn same_signals(one: &[u8], other: &[u8]) -> bool {
    let signals = |header: &[u8]| {
        let at = memchr::memmem::find(header, b"$scope").unwrap_or(0);
        header[at..].to_vec()
    };
    signals(one) == signals(other)
}
