//! The rules, by name.

use std::fmt;

/// Who drives the signals that a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// AW, W and AR; the READY of B and R.
    Master,
    /// B and R; the READY of AW, W and AR.
    Slave,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Master => "master",
            Self::Slave => "slave",
        })
    }
}

macro_rules! rules {
    ($( $(#[doc = $doc:literal])+ $Name:ident, $section:literal, $text:literal; )*) => {
        /// A rule that a port has to keep.
        ///
        /// Its `Display` names the rule, what it says, and the section of IHI 0022E that has it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $( $(#[doc = $doc])+ #[doc = concat!("\n\nSource: ", $section, ".")] $Name, )*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$Name),*];

            /// Where the rule stands: a section of IHI 0022E, or this design's own contract.
            pub const fn source(self) -> &'static str {
                match self { $( Self::$Name => $section, )* }
            }

            /// What the rule says, in a few words.
            pub const fn text(self) -> &'static str {
                match self { $( Self::$Name => $text, )* }
            }
        }
    };
}

rules! {
    /// VALID is low while reset is asserted. The first cycle of a reset is left out: a synchronous
    /// reset acts at the end of it.
    ValidInReset, "A3.1.2", "VALID is low in reset";
    /// VALID is low in the first cycle after reset; it may rise at the end of it.
    ValidAfterReset, "A3.1.2", "VALID is low in the first cycle after reset";
    /// VALID, once high, stays so until READY.
    ValidStable, "A3.2.1", "VALID stays high until READY";
    /// While VALID waits for READY the payload does not change.
    PayloadStable, "A3.2.1", "the payload is stable while VALID waits for READY";
    /// A beat is not wider than the bus.
    BurstWidth, "A3.4.1", "AxSIZE is not wider than the bus";
    /// AxBURST is not the reserved encoding.
    BurstType, "A3.4.1", "AxBURST is not reserved";
    /// FIXED bursts have at most 16 beats; WRAP bursts have 2, 4, 8 or 16.
    BurstLength, "A3.4.1", "FIXED has at most 16 beats, WRAP 2, 4, 8 or 16";
    /// The address of a WRAP burst is aligned to its beats.
    WrapAlignment, "A3.4.1", "a WRAP address is aligned to AxSIZE";
    /// No burst crosses a 4 KiB boundary.
    Boundary4K, "A3.4.1", "no burst crosses 4 KiB";
    /// `AxCACHE[3:2]` are 0 when `AxCACHE[1]`, modifiable, is 0.
    CacheEncoding, "A4.4", "AxCACHE is not a reserved encoding";
    /// An exclusive burst moves a power of two of at most 128 bytes in at most 16 beats, and is
    /// aligned to that.
    ExclusiveShape, "A7.2.4", "an exclusive burst is small and aligned";
    /// AxID fits in the port's ID width.
    IdWidth, "A5.1", "an ID fits in the ID width";
    /// WLAST does not come before the last beat.
    WlastEarly, "A3.2.2", "WLAST is low before the last beat";
    /// WLAST comes on the last beat.
    WlastLate, "A3.2.2", "WLAST is high on the last beat";
    /// WSTRB selects only byte lanes that the beat has.
    StrobeLanes, "A3.4.3", "WSTRB stays within the beat's byte lanes";
    /// Write data does not go ahead of its address. AXI4 allows that; a port may forbid it. It may not
    /// wait for AWREADY either (A3.3.1), so WVALID may rise together with AWVALID.
    DataAfterAddress, "contract of m_axi", "WVALID comes with or after the AWVALID of its burst";
    /// A write is answered only after its address and its last beat were accepted.
    ResponseAfterData, "A3.3.1", "B comes only after AW and the last W";
    /// There is a write with that ID to answer.
    UnexpectedWriteResponse, "A5.3", "B answers an outstanding AWID";
    /// There is a read with that ID to answer.
    UnexpectedReadData, "A3.3.1, A5.3", "R answers an outstanding ARID";
    /// RLAST does not come before beat ARLEN+1.
    RlastEarly, "A3.2.2", "RLAST is low before the last beat";
    /// RLAST comes on beat ARLEN+1.
    RlastLate, "A3.2.2", "RLAST is high on the last beat";
    /// Reads with the same ID are answered in the order of their addresses. Seen where the beats fit a
    /// later read, and not the one whose turn it is.
    SameIdOrder, "A5.3", "reads of one ID are answered in order";
    /// EXOKAY answers exclusive accesses only.
    ExclusiveOkay, "A7.2.3", "EXOKAY answers exclusive accesses only";
    /// AXI4-Lite has no EXOKAY.
    LiteExclusiveOkay, "B1.1.1", "AXI4-Lite has no EXOKAY";
    /// A port without write channels does not use them.
    NoWrites, "A2", "a read-only port has no write channels";
    /// VALID is answered by READY within the port's bound. (AXI4 has no bound.)
    ReadyTimeout, "liveness bound", "READY comes in bounded time";
    /// Outstanding transactions are answered within the port's bound.
    ResponseTimeout, "liveness bound", "responses come in bounded time";
    /// Write data follows its address within the port's bound.
    WriteDataTimeout, "liveness bound", "W follows AW in bounded time";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?} ({}: {})", self.source(), self.text())
    }
}

/// Which rules are held.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RuleSet(u64);

impl RuleSet {
    /// Every rule.
    pub const ALL: Self = Self(u64::MAX);
    /// No rule.
    pub const NONE: Self = Self(0);

    /// Whether a rule is held.
    pub const fn has(self, rule: Rule) -> bool {
        self.0 & (1 << rule as u64) != 0
    }

    /// The set and one more rule.
    #[must_use]
    pub const fn with(self, rule: Rule) -> Self {
        Self(self.0 | 1 << rule as u64)
    }

    /// The set less a rule.
    #[must_use]
    pub const fn without(self, rule: Rule) -> Self {
        Self(self.0 & !(1 << rule as u64))
    }
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(Rule::ALL.iter().filter(|&&rule| self.has(rule)))
            .finish()
    }
}

/// The rules that a port is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// For what the master drives.
    pub master: RuleSet,
    /// For what the slave drives.
    pub slave: RuleSet,
}

impl Rules {
    /// Every rule, for both sides.
    pub const ALL: Self = Self {
        master: RuleSet::ALL,
        slave: RuleSet::ALL,
    };

    /// Whether a side is held to a rule.
    pub const fn has(&self, side: Side, rule: Rule) -> bool {
        match side {
            Side::Master => self.master.has(rule),
            Side::Slave => self.slave.has(rule),
        }
    }

    /// Less a rule, for both sides.
    #[must_use]
    pub const fn without(self, rule: Rule) -> Self {
        Self {
            master: self.master.without(rule),
            slave: self.slave.without(rule),
        }
    }

    /// Less all rules on the master: it misbehaves on purpose.
    #[must_use]
    pub const fn slave_only(self) -> Self {
        Self {
            master: RuleSet::NONE,
            slave: self.slave,
        }
    }
}
