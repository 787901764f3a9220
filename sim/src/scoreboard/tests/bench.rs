//! Builds traces one cycle at a time.

use vcm_regs::{RegisterInfo, context, global};

use crate::scoreboard::{MismatchKind, Scoreboard, Settings, Termination};
use crate::signals::{
    AxiAddr, AxiCycle, AxiRead, AxiResp, AxiWrite, AxilAddr, AxilCycle, AxilRead, AxilResp,
    AxilWrite, Burst, Cycle, Observer, Resp,
};

/// Where the first-level table of context 0 stands.
pub(super) const TTBR0: u32 = 0x0010_0000;
/// A second-level table.
pub(super) const TABLE: u32 = 0x0020_0400;

/// S2CR values.
pub(super) const TO_CONTEXT_0: u32 = 0;
pub(super) const BYPASS: u32 = 1 << 16;

/// Byte offsets in the window.
pub(super) fn s2cr(stream: u32) -> u32 {
    global::BLOCK.base + global::S2CR.offset + 4 * stream
}
pub(super) fn context_0(register: &RegisterInfo) -> u32 {
    context::BLOCK.at(0) + register.offset
}

/// A scoreboard and the cycles that it is fed with.
pub(super) struct Bench {
    pub(super) scoreboard: Scoreboard,
    number: u64,
}

/// An address that is accepted at once.
pub(super) fn addr(addr: u32, len: u8) -> AxiAddr {
    AxiAddr {
        valid: true,
        ready: true,
        id: 5,
        addr,
        len,
        size: 3,
        burst: Burst::Incr,
        cache: 0b0011,
        ..AxiAddr::default()
    }
}

pub(super) fn beat(data: u64, resp: Resp, last: bool) -> AxiRead {
    AxiRead {
        valid: true,
        ready: true,
        id: 5,
        data,
        resp,
        last,
    }
}

pub(super) fn data(data: u64, strb: u8, last: bool) -> AxiWrite {
    AxiWrite {
        valid: true,
        ready: true,
        data,
        strb,
        last,
    }
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::with(Scoreboard::new(Settings::default()))
    }

    pub(super) fn with(scoreboard: Scoreboard) -> Self {
        let mut bench = Self {
            scoreboard,
            number: 0,
        };
        bench.cycle(Cycle {
            reset: true,
            ..Cycle::default()
        });
        bench
    }

    /// With stream 0 in context 0, which translates; domain 0 is a client.
    pub(super) fn translating() -> Self {
        let mut bench = Self::new();
        bench.enable_context_0();
        bench
    }

    pub(super) fn enable_context_0(&mut self) {
        self.write(context_0(&context::TTBR0), TTBR0);
        self.write(context_0(&context::DACR), 1);
        self.write(context_0(&context::SCTLR), 1);
        self.write(s2cr(0), TO_CONTEXT_0);
    }

    pub(super) fn cycle(&mut self, cycle: Cycle) {
        let number = self.number;
        self.number += 1;
        let before = self.scoreboard.mismatches().len();
        let told = self.scoreboard.cycle(&Cycle { number, ..cycle });
        assert_eq!(told.is_err(), self.scoreboard.mismatches().len() > before);
    }

    pub(super) fn idle(&mut self, cycles: u32) {
        for _ in 0..cycles {
            self.cycle(Cycle::default());
        }
    }

    fn axil(&mut self, s_axil: AxilCycle) {
        self.cycle(Cycle {
            s_axil,
            ..Cycle::default()
        });
    }

    pub(super) fn write_begins(&mut self, offset: u32, value: u32) {
        self.axil(AxilCycle {
            aw: AxilAddr {
                valid: true,
                ready: true,
                addr: offset as u16,
                prot: 0,
            },
            w: AxilWrite {
                valid: true,
                ready: true,
                data: value,
                strb: 0xF,
            },
            ..AxilCycle::default()
        });
    }

    pub(super) fn write_ends(&mut self, resp: Resp) {
        self.axil(AxilCycle {
            b: AxilResp {
                valid: true,
                ready: true,
                resp,
            },
            ..AxilCycle::default()
        });
    }

    /// Writes a register, and waits until the write is sure to have taken effect.
    pub(super) fn write(&mut self, offset: u32, value: u32) {
        self.write_begins(offset, value);
        self.write_ends(Resp::Okay);
        self.idle(8);
    }

    pub(super) fn read(&mut self, offset: u32, value: u32) {
        self.axil(AxilCycle {
            ar: AxilAddr {
                valid: true,
                ready: true,
                addr: offset as u16,
                prot: 0,
            },
            ..AxilCycle::default()
        });
        self.axil(AxilCycle {
            r: AxilRead {
                valid: true,
                ready: true,
                data: value,
                resp: Resp::Okay,
            },
            ..AxilCycle::default()
        });
    }

    /// A synchronisation of context 0, to its end.
    pub(super) fn sync(&mut self) {
        self.write(context_0(&context::TLBSYNC), 0);
        self.read(context_0(&context::TLBSTATUS), 1);
        self.read(context_0(&context::TLBSTATUS), 0);
    }

    pub(super) fn s_axi(&mut self, s_axi: AxiCycle) {
        self.cycle(Cycle {
            s_axi,
            ..Cycle::default()
        });
    }

    pub(super) fn m_axi(&mut self, m_axi: AxiCycle) {
        self.cycle(Cycle {
            m_axi,
            ..Cycle::default()
        });
    }

    pub(super) fn s_ar(&mut self, ar: AxiAddr) {
        self.s_axi(AxiCycle {
            ar,
            ..AxiCycle::default()
        });
    }

    pub(super) fn s_aw(&mut self, aw: AxiAddr) {
        self.s_axi(AxiCycle {
            aw,
            ..AxiCycle::default()
        });
    }

    pub(super) fn s_w(&mut self, w: AxiWrite) {
        self.s_axi(AxiCycle {
            w,
            ..AxiCycle::default()
        });
    }

    pub(super) fn s_r(&mut self, r: AxiRead) {
        self.s_axi(AxiCycle {
            r,
            ..AxiCycle::default()
        });
    }

    pub(super) fn s_b(&mut self, resp: Resp) {
        self.s_axi(AxiCycle {
            b: response(resp),
            ..AxiCycle::default()
        });
    }

    pub(super) fn m_ar(&mut self, ar: AxiAddr) {
        self.m_axi(AxiCycle {
            ar,
            ..AxiCycle::default()
        });
    }

    pub(super) fn m_aw(&mut self, aw: AxiAddr) {
        self.m_axi(AxiCycle {
            aw,
            ..AxiCycle::default()
        });
    }

    pub(super) fn m_w(&mut self, w: AxiWrite) {
        self.m_axi(AxiCycle {
            w,
            ..AxiCycle::default()
        });
    }

    pub(super) fn m_r(&mut self, r: AxiRead) {
        self.m_axi(AxiCycle {
            r,
            ..AxiCycle::default()
        });
    }

    pub(super) fn m_b(&mut self, resp: Resp) {
        self.m_axi(AxiCycle {
            b: response(resp),
            ..AxiCycle::default()
        });
    }

    /// A read of a descriptor on `m_axi_ptw`.
    pub(super) fn walk(&mut self, address: u32, value: u32) {
        self.walk_as(0, address, value);
    }

    /// The same with an ID.
    pub(super) fn walk_as(&mut self, id: u8, address: u32, value: u32) {
        let mut ar = addr(address, 0);
        ar.size = 2;
        ar.id = id;
        ar.prot = 0b001;
        let ask = AxiCycle {
            ar,
            ..AxiCycle::default()
        };
        let mut r = beat(u64::from(value) << (8 * (address & 4)), Resp::Okay, true);
        r.id = id;
        let answer = AxiCycle {
            r,
            ..AxiCycle::default()
        };
        for m_axi_ptw in [ask, answer] {
            self.cycle(Cycle {
                m_axi_ptw,
                ..Cycle::default()
            });
        }
    }

    /// A read of one beat that is forwarded to `pa`, after these descriptor reads.
    pub(super) fn forwarded(&mut self, iova: u32, walks: &[(u32, u32)], pa: u32) {
        self.s_ar(addr(iova, 0));
        for &(address, value) in walks {
            self.walk(address, value);
        }
        self.m_ar(addr(pa, 0));
        self.m_r(beat(0x1234, Resp::Okay, true));
        self.s_r(beat(0x1234, Resp::Okay, true));
    }

    /// A read of one beat that is terminated, after these descriptor reads.
    pub(super) fn terminated(&mut self, iova: u32, walks: &[(u32, u32)], resp: Resp) {
        self.s_ar(addr(iova, 0));
        for &(address, value) in walks {
            self.walk(address, value);
        }
        self.s_r(beat(0, resp, true));
    }

    pub(super) fn kinds(&self) -> Vec<MismatchKind> {
        self.scoreboard
            .mismatches()
            .iter()
            .map(|mismatch| mismatch.kind)
            .collect()
    }

    pub(super) fn assert_clean(&self) {
        self.scoreboard.assert_clean();
    }

    /// Everything agreed; what is under way may be unanswered.
    pub(super) fn assert_clean_but_open(&self) {
        assert_eq!(self.scoreboard.mismatches(), []);
    }

    /// The statuses of the terminations so far.
    pub(super) fn statuses(&mut self) -> Vec<Vec<u32>> {
        let terminations: Vec<Termination> = self.scoreboard.take_terminations();
        terminations.into_iter().map(|t| t.status).collect()
    }
}

fn response(resp: Resp) -> AxiResp {
    AxiResp {
        valid: true,
        ready: true,
        id: 5,
        resp,
    }
}
