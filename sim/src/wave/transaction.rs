//! What is told about a waveform: transactions, table walks, faults and register accesses. All of it can
//! be serialised, and is complete in itself.

use serde::{Deserialize, Serialize};

use super::burst::Burst;

/// Where a stream went, by `S2CR` and `SCTLR`, or by what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// It cannot be told.
    #[default]
    Unknown,
    /// `S2CR.TYPE` is TERMINATE.
    Terminate,
    /// `S2CR.TYPE` is BYPASS.
    Bypass,
    /// A context with `SCTLR.ONE2ONE`.
    OneToOne,
    /// A context that translates, or is disabled.
    Translate,
}

/// What answered the lookup of a transaction.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Lookup {
    /// Nothing: it was not looked up in a TLB, or that cannot be told.
    #[default]
    None,
    /// The micro-TLB of its path.
    Micro,
    /// The main TLB, a cached section, or a locked page.
    Main,
    /// A page that had been prefetched.
    Prefetch,
    /// A table walk.
    Walk,
}

impl Lookup {
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "-",
            Self::Micro => "micro",
            Self::Main => "main",
            Self::Prefetch => "prefetch",
            Self::Walk => "walk",
        }
    }
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Answered in full.
    #[default]
    Answered,
    /// The recording ends before.
    Recording,
    /// There is a gap in the recording.
    Gap,
    /// Reset.
    Reset,
}

/// Where it is known from what a fault was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Signals within the IOMMU.
    Inside,
    /// Registers and descriptors that were seen, as the golden model reads them.
    Model,
    /// What is left when all else is excluded: the error response, and the burst.
    Response,
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultEvent {
    /// Its number among all of its IOMMU, the first is 0.
    pub number: u64,
    /// Index of the IOMMU.
    pub device: usize,
    /// Cycle in which it was recorded, or the response that shows it.
    pub cycle: u64,
    /// Fault status codes that it may have had (`vcm_regs::fault`): one, if it is known.
    pub status: Vec<u32>,
    /// Where that is known from.
    pub source: Source,
    /// Address that the master sent.
    pub iova: u32,
    /// A write.
    pub write: bool,
    /// AxPROT[0].
    pub privileged: bool,
    /// AxPROT[2].
    pub instruction: bool,
    /// Context, if it is of one and that is known.
    pub context: Option<u8>,
    /// Stream ID.
    pub stream: u8,
    /// AXI ID.
    pub id: u8,
    /// The transaction stalls, in this slot.
    pub stalled: Option<u8>,
    /// Number of the transaction.
    pub transaction: Option<u64>,
}

/// A descriptor as the hardware read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// Its physical address.
    pub address: u32,
    /// The word; `None`: the read was answered with an error.
    pub word: Option<u32>,
    /// Cycle in which it arrived.
    pub read: u64,
    /// The walk that read it.
    pub walk: u64,
}

/// What the fate of a transaction rests on, as far as it was seen: registers as they stood, and
/// descriptors as they had been read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// `S2CR` of its stream.
    pub s2cr: Option<u32>,
    /// `SCTLR` of its context.
    pub sctlr: Option<u32>,
    /// `TTBR0`.
    pub ttbr0: Option<u32>,
    /// `TTBR0` was not written in the recording: it is taken from where walks read.
    pub ttbr0_inferred: bool,
    /// `DACR`.
    pub dacr: Option<u32>,
    /// `CONTEXTIDR`.
    pub contextidr: Option<u32>,
    /// First-level descriptor.
    pub first: Option<Descriptor>,
    /// Second-level descriptor.
    pub second: Option<Descriptor>,
    /// The golden model, with all that, comes to what happened.
    pub agrees: bool,
}

/// A transaction of a bus master through the IOMMU.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Its number among all of the recording, in the order in which they were taken.
    pub number: u64,
    /// Index of the IOMMU in [`Layout::devices`](super::Layout::devices).
    pub device: usize,
    /// Time stamp of the file at which it was taken.
    pub time: u64,
    /// On `s_axi`.
    pub burst: Burst,
    /// On `m_axi`, if it came there.
    pub forwarded: Option<Burst>,
    /// Stream ID.
    pub stream: u8,
    /// Context, if it is of one and that is known.
    pub context: Option<u8>,
    /// Where it was sent.
    pub route: Route,
    /// What answered its lookup.
    pub lookup: Lookup,
    /// Walks that it waited for, by number.
    pub walks: Vec<u64>,
    /// When those reads of tables were under way, from VALID of AR to R.
    pub walking: Vec<(u64, u64)>,
    /// Cycles in which it asked the translator, if that is seen.
    pub asked: Vec<u64>,
    /// Cycles within its wait in which the channel to memory was held up.
    pub held_up: u32,
    /// Its fault: the first, if it stalled and was tried again.
    pub fault: Option<FaultEvent>,
    /// Further faults.
    pub more_faults: Vec<FaultEvent>,
    /// What that rests on.
    pub evidence: Evidence,
    /// How it ended.
    pub end: End,
}

/// What a transaction is doing, or waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Its address waits for READY of the IOMMU.
    Accept,
    /// The fixed cycles through the IOMMU.
    Pipeline,
    /// It waits for the translator.
    Lookup,
    /// It waits for a table walk.
    Walk,
    /// It stands stalled by a fault.
    Stalled,
    /// It waits for its turn: bursts before it, or the terminator.
    Order,
    /// It, or what is before it, waits for READY of memory.
    BackPressure,
    /// It waits for memory's answer.
    Memory,
    /// It waits for the master's write data.
    WriteData,
    /// Data, or the answer, is handed over or waits for the master.
    Response,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Accept,
        Self::Pipeline,
        Self::Lookup,
        Self::Walk,
        Self::Stalled,
        Self::Order,
        Self::BackPressure,
        Self::Memory,
        Self::WriteData,
        Self::Response,
    ];

    /// In a word or two.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accept => "acceptance",
            Self::Pipeline => "pipeline",
            Self::Lookup => "lookup",
            Self::Walk => "walk",
            Self::Stalled => "stalled",
            Self::Order => "order",
            Self::BackPressure => "back-pressure",
            Self::Memory => "memory",
            Self::WriteData => "write data",
            Self::Response => "response",
        }
    }
}

/// A stretch of cycles of a transaction, `from` included, `to` not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// What it is doing.
    pub phase: Phase,
    /// First cycle.
    pub from: u64,
    /// Cycle after the last.
    pub to: u64,
}

impl Transaction {
    /// First and last cycle: VALID of the address, and the last handshake of the answer.
    pub fn span(&self) -> (u64, Option<u64>) {
        (self.burst.valid, self.burst.done)
    }

    /// Cycles from VALID of the address to the answer, both included.
    pub fn latency(&self) -> Option<u64> {
        self.burst.done.map(|done| done + 1 - self.burst.valid)
    }

    /// Cycles from the handshake on `s_axi` to VALID on `m_axi`.
    pub fn translation(&self) -> Option<u64> {
        let forwarded = self.forwarded.as_ref()?;
        Some(forwarded.valid.saturating_sub(self.burst.taken))
    }

    /// What it was doing in each of its cycles, in order and without a gap.
    pub fn phases(&self) -> Vec<Stretch> {
        let Some(done) = self.burst.done else {
            return Vec::new();
        };
        let mut out = Stretches::new(self.burst.valid, done + 1);
        // The handshake itself is the first cycle of the way through the IOMMU.
        out.until(Phase::Accept, self.burst.taken);
        out.until(
            Phase::Pipeline,
            self.burst.taken + super::names::HIT_LATENCY,
        );
        let decided = self.forwarded.as_ref().map(|burst| burst.valid);
        let decided = decided.or(self.burst.first_data.filter(|_| !self.burst.write));
        let decided = decided.unwrap_or(done);
        self.waits(&mut out, decided);
        if let Some(forwarded) = &self.forwarded {
            out.until(Phase::BackPressure, forwarded.taken);
            if self.burst.write {
                let data = self.burst.last_data.unwrap_or(forwarded.taken);
                out.until(Phase::WriteData, data.saturating_add(1));
                out.until(Phase::Memory, forwarded.done.unwrap_or(done));
            } else {
                out.until(Phase::Memory, forwarded.first_data.unwrap_or(done));
            }
        }
        out.until(Phase::Response, done + 1);
        out.list
    }

    /// What it waits for until it is decided.
    fn waits(&self, out: &mut Stretches, decided: u64) {
        let stalls = self.stalls();
        let mut walking = self.walking.clone();
        walking.sort_unstable();
        let mut events: Vec<(Phase, u64, u64)> = (walking.into_iter())
            .map(|(from, to)| (Phase::Walk, from, to + 1))
            .chain(stalls.iter().map(|&(from, to)| (Phase::Stalled, from, to)))
            .collect();
        events.sort_by_key(|&(_, from, to)| (from, to));
        let last_event = events.iter().map(|event| event.2).max().unwrap_or(0);
        for (phase, from, to) in events {
            out.until(Phase::Lookup, from.min(decided));
            out.until(phase, to.min(decided));
        }
        // What is left is the way of the answer, and then its turn.
        let answered = match self.lookup {
            Lookup::Walk => last_event + AFTER_WALK,
            Lookup::Main | Lookup::Prefetch => {
                self.asked.last().map_or(out.at, |asked| asked + AFTER_ASK)
            }
            Lookup::None | Lookup::Micro => out.at,
        };
        // What is refused has been looked up when it is recorded.
        let answered = answered.max(self.recorded().unwrap_or(0));
        out.until(Phase::Lookup, answered.min(decided));
        let held_up = u64::from(self.held_up).min(decided.saturating_sub(out.at));
        out.until(Phase::Order, decided - held_up);
        out.until(Phase::BackPressure, decided);
    }

    /// When the IOMMU recorded the fault that ends it, if that is seen.
    fn recorded(&self) -> Option<u64> {
        let faults = self.fault.iter().chain(&self.more_faults);
        let ends = |fault: &&FaultEvent| fault.source == Source::Inside && fault.stalled.is_none();
        faults.filter(ends).map(|fault| fault.cycle).max()
    }

    /// When it stood stalled.
    fn stalls(&self) -> Vec<(u64, u64)> {
        let end = self.forwarded.as_ref().map(|burst| burst.valid);
        let end = end.or(self.burst.done).unwrap_or(u64::MAX);
        let faults = self.fault.iter().chain(&self.more_faults);
        let stalled = faults.filter(|fault| fault.stalled.is_some());
        // Which of its retries found nothing is told by the next fault.
        stalled.map(|fault| (fault.cycle, end)).collect()
    }
}

/// Cycles from the last read of a walk to the burst on `m_axi`, and from the question to the answer of
/// the translator, about.
const AFTER_WALK: u64 = 6;
const AFTER_ASK: u64 = 8;

/// Stretches that are being made.
struct Stretches {
    at: u64,
    end: u64,
    list: Vec<Stretch>,
}

impl Stretches {
    fn new(from: u64, end: u64) -> Self {
        Self {
            at: from,
            end,
            list: Vec::new(),
        }
    }

    fn until(&mut self, phase: Phase, to: u64) {
        let to = to.min(self.end);
        if to <= self.at {
            return;
        }
        let from = self.at;
        self.at = to;
        if let Some(last) = self.list.last_mut().filter(|last| last.phase == phase) {
            last.to = to;
            return;
        }
        self.list.push(Stretch { phase, from, to });
    }
}

/// A read of translation tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRead {
    /// Address of the beat.
    pub address: u32,
    /// The level of its table, 1 or 2; 0 if that cannot be told.
    pub level: u8,
    /// First cycle of VALID of AR.
    pub asked: u64,
    /// Cycle of R.
    pub answered: Option<u64>,
    /// The words from `address` on; a read of 4 bytes has one.
    pub words: Vec<u32>,
    /// The answer was an error.
    pub error: bool,
}

/// Why a walk was made.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// For transactions that waited.
    Demand,
    /// Nobody waited when it began: a page looked up ahead.
    #[default]
    Prefetch,
    /// For a command of software: V2P, preload.
    Probe,
}

/// A table walk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// Its number among all of the recording.
    pub number: u64,
    /// Index of the IOMMU.
    pub device: usize,
    /// ID on `m_axi_ptw`.
    pub id: u8,
    /// Its reads.
    pub reads: Vec<TableRead>,
    /// Why it was made.
    pub purpose: Purpose,
    /// The pages it may be for, as I/O virtual addresses, as far as that can be told.
    pub pages: Vec<u32>,
    /// Transactions that waited for it.
    pub transactions: Vec<u64>,
}

impl Walk {
    /// Its first cycle.
    pub fn began(&self) -> u64 {
        self.reads.first().map_or(0, |read| read.asked)
    }

    /// Its last cycle so far.
    pub fn ended(&self) -> Option<u64> {
        self.reads.last().and_then(|read| read.answered)
    }
}

/// An access of the registers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterAccess {
    /// Index of the IOMMU.
    pub device: usize,
    /// Cycle of the address.
    pub asked: u64,
    /// Cycle of the answer.
    pub done: u64,
    /// A write.
    pub write: bool,
    /// Offset in the window.
    pub offset: u32,
    /// What was written or read.
    pub value: u32,
    /// Its name, such as `CONTEXT3.SCTLR`, if there is such a register.
    pub name: Option<String>,
    /// It was answered with an error.
    pub error: bool,
}
