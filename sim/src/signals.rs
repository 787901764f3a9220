//! What stood on the ports in one clock cycle, as checkers and scoreboards see it.
//!
//! Everything is sampled just before the rising edge of `aclk`: a channel whose `valid` and `ready`
//! are both high hands its payload over at that edge. Payload is whatever the wires carry, also
//! while `valid` is low. Names and widths are those of the AMBA AXI and ACE Protocol Specification,
//! IHI 0022E, chapter A2.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// AxBURST (IHI 0022E table A3-3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Burst {
    /// Every beat at the same address.
    Fixed,
    /// Each beat after the one before.
    #[default]
    Incr,
    /// As `Incr`, but wrapping at a boundary of the burst's size.
    Wrap,
    /// Not a burst type: illegal on the wires.
    Reserved,
}

impl Burst {
    /// From the two wires; higher bits are ignored.
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Fixed,
            1 => Self::Incr,
            2 => Self::Wrap,
            _ => Self::Reserved,
        }
    }

    /// As the two wires.
    pub const fn bits(self) -> u8 {
        self as u8
    }
}

/// xRESP (IHI 0022E table A3-4).
///
/// The order is that of severity, which is also that of the encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resp {
    /// Done.
    #[default]
    Okay,
    /// Exclusive access done.
    ExOkay,
    /// Refused by who was addressed.
    SlvErr,
    /// Nobody is there.
    DecErr,
}

impl Resp {
    /// From the two wires; higher bits are ignored.
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Okay,
            1 => Self::ExOkay,
            2 => Self::SlvErr,
            _ => Self::DecErr,
        }
    }

    /// As the two wires.
    pub const fn bits(self) -> u8 {
        self as u8
    }

    /// Whether this is SLVERR or DECERR.
    pub const fn is_error(self) -> bool {
        matches!(self, Self::SlvErr | Self::DecErr)
    }
}

/// Gives a channel struct `fires`.
macro_rules! channel {
    ($Name:ident) => {
        impl $Name {
            /// Whether the payload is handed over at the end of this cycle.
            pub const fn fires(&self) -> bool {
                self.valid && self.ready
            }
        }
    };
}

/// An AW or AR channel of AXI4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxiAddr {
    /// AxVALID.
    pub valid: bool,
    /// AxREADY.
    pub ready: bool,
    /// AxID.
    pub id: u8,
    /// AxADDR, in bytes.
    pub addr: u32,
    /// AxLEN: beats less one.
    pub len: u8,
    /// AxSIZE: log2 of the bytes a beat.
    pub size: u8,
    /// AxBURST.
    pub burst: Burst,
    /// AxLOCK.
    pub lock: bool,
    /// AxCACHE.
    pub cache: u8,
    /// AxPROT: bit 0 privileged, bit 1 non-secure, bit 2 instruction.
    pub prot: u8,
    /// AxQOS.
    pub qos: u8,
    /// AxUSER: the stream ID on `s_axi`, ACP's five bits on `m_axi_ptw`, 0 on `m_axi`.
    pub user: u8,
}
channel!(AxiAddr);

/// The W channel of AXI4, 64 bits wide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxiWrite {
    /// WVALID.
    pub valid: bool,
    /// WREADY.
    pub ready: bool,
    /// WDATA, byte lane 0 lowest.
    pub data: u64,
    /// WSTRB: bit n for byte lane n.
    pub strb: u8,
    /// WLAST.
    pub last: bool,
}
channel!(AxiWrite);

/// The B channel of AXI4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxiResp {
    /// BVALID.
    pub valid: bool,
    /// BREADY.
    pub ready: bool,
    /// BID.
    pub id: u8,
    /// BRESP.
    pub resp: Resp,
}
channel!(AxiResp);

/// The R channel of AXI4, 64 bits wide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxiRead {
    /// RVALID.
    pub valid: bool,
    /// RREADY.
    pub ready: bool,
    /// RID.
    pub id: u8,
    /// RDATA, byte lane 0 lowest.
    pub data: u64,
    /// RRESP of this beat.
    pub resp: Resp,
    /// RLAST.
    pub last: bool,
}
channel!(AxiRead);

/// The five channels of an AXI4 port in one cycle. On channels that a port lacks, `valid` and
/// `ready` stay low.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxiCycle {
    /// Write address.
    pub aw: AxiAddr,
    /// Write data.
    pub w: AxiWrite,
    /// Write response.
    pub b: AxiResp,
    /// Read address.
    pub ar: AxiAddr,
    /// Read data.
    pub r: AxiRead,
}

/// An AW or AR channel of AXI4-Lite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxilAddr {
    /// AxVALID.
    pub valid: bool,
    /// AxREADY.
    pub ready: bool,
    /// AxADDR: byte offset in the register window.
    pub addr: u16,
    /// AxPROT.
    pub prot: u8,
}
channel!(AxilAddr);

/// The W channel of AXI4-Lite, 32 bits wide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxilWrite {
    /// WVALID.
    pub valid: bool,
    /// WREADY.
    pub ready: bool,
    /// WDATA.
    pub data: u32,
    /// WSTRB, four bits.
    pub strb: u8,
}
channel!(AxilWrite);

/// The B channel of AXI4-Lite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxilResp {
    /// BVALID.
    pub valid: bool,
    /// BREADY.
    pub ready: bool,
    /// BRESP.
    pub resp: Resp,
}
channel!(AxilResp);

/// The R channel of AXI4-Lite, 32 bits wide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxilRead {
    /// RVALID.
    pub valid: bool,
    /// RREADY.
    pub ready: bool,
    /// RDATA.
    pub data: u32,
    /// RRESP.
    pub resp: Resp,
}
channel!(AxilRead);

/// The five channels of an AXI4-Lite port in one cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxilCycle {
    /// Write address.
    pub aw: AxilAddr,
    /// Write data.
    pub w: AxilWrite,
    /// Write response.
    pub b: AxilResp,
    /// Read address.
    pub ar: AxilAddr,
    /// Read data.
    pub r: AxilRead,
}

/// All ports of the device in one cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cycle {
    /// Number of the cycle since the simulation began, the first is 0. Reset does not restart it.
    pub number: u64,
    /// Whether reset is asserted (`aresetn` low).
    pub reset: bool,
    /// The register window.
    pub s_axil: AxilCycle,
    /// From the bus masters. Nothing is ever accepted here with `vcm_soc`, whose master is
    /// inside.
    pub s_axi: AxiCycle,
    /// Translated traffic.
    pub m_axi: AxiCycle,
    /// Table walks: `ar` and `r` only.
    pub m_axi_ptw: AxiCycle,
    /// The interrupt line.
    pub irq: bool,
}

/// Sees every cycle of the simulation, reset included.
///
/// It is called with the simulation locked, so it must not use the platform: it keeps what it learns
/// and is asked later. To keep a handle on it, attach an `Arc<Mutex<_>>` of it.
pub trait Observer: Send {
    /// Takes in one cycle; they come in order, none is left out.
    ///
    /// # Errors
    /// [`Violation`] when the cycle breaks a rule that this observer holds. The simulation goes on,
    /// and the platform reports the first ones when asked.
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Violation>;
}

impl<O: Observer + ?Sized> Observer for Arc<Mutex<O>> {
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Violation> {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .cycle(cycle)
    }
}

/// A rule that the ports broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Number of the cycle in which it showed.
    pub cycle: u64,
    /// The port or part it concerns, such as `m_axi`.
    pub place: &'static str,
    /// The rule and what was seen instead.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cycle {}: {}: {}", self.cycle, self.place, self.what)
    }
}

impl std::error::Error for Violation {}
