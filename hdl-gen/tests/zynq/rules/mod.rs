//! AXI3's rules, for one port, cycle by cycle.
//!
//! Sections are those of IHI 0022E, part A; what only the ports of the processing system ask for is marked
//! UG585. Each rule is shown to see what breaks it in [`seen`].

mod address;
mod channels;
mod data;
mod seen;

use std::fmt;

pub use channels::{Answer, Channel, Cycle, ReadBeat, WriteBeat};

use crate::bursts::Ax;
use channels::Waiting;
use data::{Reads, Writes};

/// What a port is held to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Rule {
    /// VALID is low in reset, from its second cycle on, and in the first cycle after it (A3.1.2).
    Reset,
    /// VALID stays until READY, and the payload with it (A3.2.1).
    Stable,
    /// A beat is not wider than the bus (A3.4.1).
    Size,
    /// AxBURST is not reserved (A3.4.1).
    BurstType,
    /// At most 16 beats, and 2, 4, 8 or 16 if they wrap (A3.4.1).
    Length,
    /// The first address of a wrapping burst is aligned to its beats (A3.4.1).
    WrapAlignment,
    /// No burst crosses 4 KiB (A3.4.1).
    Boundary,
    /// A burst that allocates is modifiable: AxCACHE is not 0b0100, 0b0101, 0b1000, 0b1001, 0b1100 or 0b1101
    /// (A4.4).
    Cache,
    /// AxLOCK is not reserved (A7.4), and asks for no locked access, which these ports do not know (UG585).
    Lock,
    /// An exclusive burst moves a power of two of at most 128 bytes, and is aligned to it (A7.2.4).
    Exclusive,
    /// An ID fits in the port's (A5.1, UG585 tables 5-1 and 5-3).
    Id,
    /// Data comes with its address or after it, never before (this design's contract).
    DataAfterAddress,
    /// Write data comes in the order of the addresses, one burst after the other: WID is that of the
    /// oldest burst that has not all its data. HP ports have an interleaving depth of 1 (A5.3.3, UG585).
    Interleaving,
    /// WLAST is high in the last beat and only there (A3.2.2).
    WriteLast,
    /// Strobes only on the lanes of the beat (A3.4.3).
    Strobes,
    /// B answers a write of its ID whose address and last beat have been taken (A3.3.1, A5.3).
    WriteAnswer,
    /// R answers a read of its ID, whose address has been taken, and the oldest one (A3.3.1, A5.3).
    ReadAnswer,
    /// RLAST is high in the last beat and only there (A3.2.2).
    ReadLast,
    /// EXOKAY answers only exclusive accesses (A7.2.3).
    ExclusiveOkay,
}

impl Rule {
    pub const ALL: [Self; 19] = [
        Self::Reset,
        Self::Stable,
        Self::Size,
        Self::BurstType,
        Self::Length,
        Self::WrapAlignment,
        Self::Boundary,
        Self::Cache,
        Self::Lock,
        Self::Exclusive,
        Self::Id,
        Self::DataAfterAddress,
        Self::Interleaving,
        Self::WriteLast,
        Self::Strobes,
        Self::WriteAnswer,
        Self::ReadAnswer,
        Self::ReadLast,
        Self::ExclusiveOkay,
    ];
}

/// A rule that was broken, and how.
pub struct Broken {
    pub rule: Rule,
    pub how: String,
}

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is broken: {}", self.rule, self.how)
    }
}

/// What is different from port to port.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    pub name: &'static str,
    pub id_bits: u32,
    /// log2 of the bytes of a beat, at most.
    pub widest: u64,
    /// WVALID may come before AWVALID, which AXI3 allows: then data may not be taken before its address
    /// is there.
    pub data_may_lead: bool,
    /// It is without WID, since its master never interleaves.
    pub without_wid: bool,
}

impl Port {
    pub const HP0: Self = Self {
        name: "S_AXI_HP0",
        id_bits: 6,
        widest: 3,
        data_may_lead: false,
        without_wid: false,
    };
    pub const ACP: Self = Self {
        name: "S_AXI_ACP",
        id_bits: 3,
        ..Self::HP0
    };
    pub const GP0: Self = Self {
        name: "M_AXI_GP0",
        id_bits: 12,
        widest: 2,
        data_may_lead: true,
        without_wid: true,
    };

    fn broken(&self, rule: Rule, how: String) -> Broken {
        Broken {
            rule,
            how: format!("{}: {how}", self.name),
        }
    }
}

/// Holds a port to the rules.
pub struct Rules {
    port: Port,
    in_reset: bool,
    aw: Waiting<Ax>,
    w: Waiting<WriteBeat>,
    b: Waiting<Answer>,
    ar: Waiting<Ax>,
    r: Waiting<ReadBeat>,
    writes: Writes,
    reads: Reads,
}

impl Rules {
    pub fn new(port: Port) -> Self {
        Self {
            port,
            in_reset: false,
            aw: Waiting::new("AW"),
            w: Waiting::new("W"),
            b: Waiting::new("B"),
            ar: Waiting::new("AR"),
            r: Waiting::new("R"),
            writes: Writes::default(),
            reads: Reads::default(),
        }
    }

    /// Bursts that have not been answered.
    pub fn outstanding(&self) -> usize {
        self.writes.outstanding() + self.reads.outstanding()
    }

    /// Takes in what is at the port before a rising edge.
    pub fn cycle(&mut self, cycle: &Cycle) -> Result<(), Broken> {
        if self.reset(cycle)? {
            return Ok(());
        }
        let port = self.port;
        // What is new, before it is taken.
        if let Some(ax) = self.aw.offered(&port, &cycle.aw)? {
            address::check(&port, "AW", &ax)?;
            self.writes.offer(ax);
        }
        if let Some(ax) = self.ar.offered(&port, &cycle.ar)? {
            address::check(&port, "AR", &ax)?;
        }
        let mut beat = self.w.offered(&port, &cycle.w)?;
        if port.data_may_lead {
            beat = cycle.w.fires().then_some(cycle.w.payload);
        }
        if let Some(beat) = beat {
            self.writes.beat(&port, &beat)?;
        }
        // An answer in the cycle in which its question is taken is too early: VALID was there before.
        if let Some(answer) = self.b.offered(&port, &cycle.b)? {
            self.writes.answer(&port, &answer)?;
        }
        if let Some(beat) = self.r.offered(&port, &cycle.r)? {
            self.reads.beat(&port, &beat)?;
        }
        if cycle.b.fires() {
            self.writes.answered(cycle.b.payload.id);
        }
        if cycle.r.fires() {
            self.reads.received(&cycle.r.payload);
        }
        if cycle.aw.fires() {
            self.writes.accepted();
        }
        if cycle.w.fires() {
            self.writes.received();
        }
        if cycle.ar.fires() {
            self.reads.ask(cycle.ar.payload);
        }
        Ok(())
    }

    /// Whether it is a cycle of reset.
    fn reset(&mut self, cycle: &Cycle) -> Result<bool, Broken> {
        let after = std::mem::replace(&mut self.in_reset, cycle.reset);
        if after {
            // A synchronous reset acts at the end of its first cycle.
            if let Some(channel) = cycle.valid() {
                let how = format!("{channel}VALID is high");
                return Err(self.port.broken(Rule::Reset, how));
            }
        }
        if cycle.reset {
            *self = Self {
                in_reset: true,
                ..Self::new(self.port)
            };
        }
        Ok(cycle.reset)
    }
}
