//! Every name that is looked for in a waveform, in one place: what stands here has to stay as it is in
//! the hardware, or the waveforms tell less.
//!
//! The ports are the contract of the IP. Of what is inside only ports of its large blocks are used, and
//! only those that say *that* something happens; all of it is optional.

/// Suffixes after which a trailing direction is left out of a name: `awaddr_i`, `awaddr_o`.
pub(super) const DIRECTIONS: [&str; 4] = ["_i", "_o", "_in", "_out"];

/// Names of clocks, the most telling first; a port's own prefix may stand before them.
pub(super) const CLOCKS: [&str; 8] = [
    "aclk", "clk", "clock", "clk_i", "aclk_i", "i_clk", "sys_clk", "clk_in",
];

/// Names of resets, and whether they are active when low.
pub(super) const RESETS: [(&str, bool); 14] = [
    ("aresetn", true),
    ("aresetn_i", true),
    ("resetn", true),
    ("reset_n", true),
    ("rst_n", true),
    ("rst_ni", true),
    ("rstn", true),
    ("nrst", true),
    ("nreset", true),
    ("reset", false),
    ("rst", false),
    ("rst_i", false),
    ("i_reset", false),
    ("areset", false),
];

/// Prefixes of the four ports of `vcm_iommu`: registers, masters, memory, table walks.
pub(super) const IOMMU: [&str; 4] = ["s_axil", "s_axi", "m_axi", "m_axi_ptw"];

/// Cycles from the handshake of an address on `s_axi` to its VALID on `m_axi`, if nothing is in the way.
pub(super) const HIT_LATENCY: u64 = 2;

/// Cycles from the answer to the first read of a walk to VALID of its second, at most, if AR is free.
pub(super) const WALK_STEP: u64 = 4;

/// Bursts of a direction that may be outstanding to memory (`IDR3.OUTSTANDING`).
pub(super) const OUTSTANDING: usize = 8;

/// The block of each path, by the name of its instance: reads, writes.
pub(super) const PATHS: [&str; 2] = ["reads", "writes"];

/// Ports of the block of a path.
pub(super) mod path {
    /// One cycle: a burst of a translated stream hit the micro-TLB as it was first looked up.
    pub(in super::super) const HIT: &str = "count_hit";
    /// One cycle: it missed.
    pub(in super::super) const MISS: &str = "count_miss";
    /// A burst that parked asks the translator, in the cycle of `TAKEN`.
    pub(in super::super) const ASK: &str = "ask";
    /// The translator takes the question.
    pub(in super::super) const TAKEN: &str = "taken";
    /// The translator's answer comes.
    pub(in super::super) const ANSWER: &str = "answer";
    /// The micro-TLB is filled.
    pub(in super::super) const FILL: &str = "fill";
    /// A burst goes to the terminator.
    pub(in super::super) const TERMINATE: &str = "terminate";
    /// A fault of a burst that is terminated or stalls.
    pub(in super::super) const FAULT_VALID: &str = "fault_valid";
    /// It is recorded.
    pub(in super::super) const FAULT_READY: &str = "fault_ready";
    /// Which: see [`super::FaultLayout`].
    pub(in super::super) const FAULT: &str = "fault";
}

/// Where the fields of a fault stand in the vector of `fault`: lowest bit and width. A vector
/// of another width than [`Self::WIDTH`] is not looked at.
pub(super) struct FaultLayout;

impl FaultLayout {
    pub(super) const WIDTH: u32 = 59;
    pub(super) const IOVA: (u32, u32) = (0, 32);
    pub(super) const STATUS: (u32, u32) = (32, 5);
    pub(super) const WRITE: (u32, u32) = (37, 1);
    pub(super) const PRIVILEGED: (u32, u32) = (38, 1);
    pub(super) const INSTRUCTION: (u32, u32) = (39, 1);
    pub(super) const IN_CONTEXT: (u32, u32) = (40, 1);
    pub(super) const CONTEXT: (u32, u32) = (41, 3);
    pub(super) const STREAM: (u32, u32) = (44, 4);
    pub(super) const ID: (u32, u32) = (48, 8);
    pub(super) const STALLED: (u32, u32) = (56, 1);
    pub(super) const SLOT: (u32, u32) = (57, 2);
}
