//! The processor's port and registers around [`RegisterPort`].

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::zynq::RegisterPort;

use crate::bursts::{Ax, Stable};
use crate::iommu::{n, Sim};
use crate::rules::{Answer, Channel, Cycle, Port, ReadBeat, Rules, WriteBeat};

const PATIENCE: u64 = 2000;
const SLVERR: u64 = 2;
const DECERR: u64 = 3;

/// What a register reads as, and how it answers.
fn register(offset: u64) -> (u64, u64) {
    let data = offset.wrapping_mul(0x9E37_79B9) & 0xFFFF_FFFF;
    (data, if data >> 20 & 15 == 0 { SLVERR } else { 0 })
}

/// How a register answers a write.
fn write_resp(offset: u64) -> u64 {
    register(offset ^ 0xA500).1
}

fn in_window(addr: u64) -> bool {
    addr >> 16 == 0x4000
}

/// What has been begun and is not finished.
#[derive(Default)]
struct Traffic {
    // The processor.
    ar: VecDeque<Ax>,
    aw: VecDeque<Ax>,
    w: VecDeque<([u64; 2], bool)>,
    valid: [bool; 3],
    reads: VecDeque<(Ax, usize)>,
    writes: VecDeque<Ax>,
    r: Stable<[u64; 4]>,
    bb: Stable<[u64; 2]>,
    // The registers.
    ask: Stable<u64>,
    aw_taken: VecDeque<u64>,
    w_taken: VecDeque<[u64; 2]>,
    m_aw: Stable<u64>,
    m_w: Stable<[u64; 2]>,
    asked: VecDeque<u64>,
    answering: [bool; 2],
    expected_reads: VecDeque<u64>,
    expected_writes: VecDeque<(u64, [u64; 2])>,
}

impl Traffic {
    fn bursts(&self) -> usize {
        self.ar.len() + self.aw.len() + self.w.len() + self.reads.len() + self.writes.len()
    }
}

pub struct RegistersBench {
    pub b: Sim<RegisterPort>,
    pub rng: Rng,
    now: u64,
    since: u64,
    eager: u32,
    rules: Rules,
    under_way: Traffic,
    /// Bursts answered.
    pub seen: [u64; 2],
    /// Accesses made.
    pub accesses: u64,
}

impl RegistersBench {
    pub fn new(seed: u64, eager: u32) -> Self {
        let mut b = Sim::new(RegisterPort::default(), |b| &mut b.clock);
        b.reset.next = true;
        b.cycle();
        b.reset.next = false;
        Self {
            b,
            rng: Rng::new(seed),
            now: 0,
            since: 0,
            eager,
            rules: Rules::new(Port::GP0),
            under_way: Traffic::default(),
            seen: [0; 2],
            accesses: 0,
        }
    }

    pub fn read(&mut self, ax: Ax) {
        let beats = ax.beats().into_iter().filter(|&addr| in_window(addr));
        self.under_way
            .expected_reads
            .extend(beats.map(|addr| addr & 0xFFFF));
        self.under_way.ar.push_back(ax);
    }

    pub fn write(&mut self, ax: Ax) {
        let addresses = ax.beats();
        let mut beats = addresses.len();
        for addr in addresses {
            let strb = self.rng.below(16) & ax.lanes(addr, 2);
            let beat = [self.rng.below(1 << 32), strb];
            beats -= 1;
            self.under_way.w.push_back((beat, beats == 0));
            if in_window(addr) {
                self.under_way
                    .expected_writes
                    .push_back((addr & 0xFFFF, beat));
            }
        }
        self.under_way.aw.push_back(ax);
    }

    pub fn finish(&mut self) {
        while self.under_way.bursts() > 0 {
            self.cycle();
        }
        assert!(self.under_way.expected_reads.is_empty());
        assert!(self.under_way.expected_writes.is_empty());
        assert_eq!(self.rules.outstanding(), 0);
    }

    /// Resets the bridge and what is around it, whatever is under way.
    pub fn reset(&mut self) {
        for cycle in 0..4 {
            self.b.reset.next = cycle < 3;
            self.b.settle();
            self.hold_to_rules();
            self.b.edge();
            self.forget();
        }
    }

    /// Nothing is under way, and no VALID goes into the bridge.
    fn forget(&mut self) {
        let port = &mut self.b.s_axi;
        port.arvalid.next = false;
        port.awvalid.next = false;
        port.wvalid.next = false;
        let port = &mut self.b.m_axil;
        port.rvalid.next = false;
        port.bvalid.next = false;
        self.under_way = Traffic::default();
        self.since = self.now;
    }

    fn hold_to_rules(&mut self) {
        let port = &self.b.s_axi;
        let aw = Ax {
            id: n(port.awid.val()),
            addr: n(port.awaddr.val()),
            len: n(port.awlen.val()),
            size: n(port.awsize.val()),
            burst: n(port.awburst.val()),
            prot: n(port.awprot.val()),
            ..Ax::default()
        };
        let ar = Ax {
            id: n(port.arid.val()),
            addr: n(port.araddr.val()),
            len: n(port.arlen.val()),
            size: n(port.arsize.val()),
            burst: n(port.arburst.val()),
            prot: n(port.arprot.val()),
            ..Ax::default()
        };
        // WLAST, which the bridge does not look at, is where the rules want it.
        let last = self.under_way.w.front().is_some_and(|(_, last)| *last);
        let w = WriteBeat {
            id: 0,
            data: n(port.wdata.val()),
            strb: n(port.wstrb.val()),
            last,
        };
        let b = Answer {
            id: n(port.bid.val()),
            resp: n(port.bresp.val()),
        };
        let r = ReadBeat {
            id: n(port.rid.val()),
            data: n(port.rdata.val()),
            resp: n(port.rresp.val()),
            last: port.rlast.val(),
        };
        let cycle = Cycle {
            reset: self.b.reset.val(),
            aw: Channel::new(port.awvalid.val(), port.awready.val(), aw),
            w: Channel::new(port.wvalid.val(), port.wready.val(), w),
            b: Channel::new(port.bvalid.val(), port.bready.val(), b),
            ar: Channel::new(port.arvalid.val(), port.arready.val(), ar),
            r: Channel::new(port.rvalid.val(), port.rready.val(), r),
        };
        if let Err(broken) = self.rules.cycle(&cycle) {
            panic!("cycle {}: {broken:?}", self.now);
        }
    }

    fn acts(&mut self) -> bool {
        self.rng.chance(self.eager, 100)
    }

    pub fn cycle(&mut self) {
        self.drive();
        self.b.settle();
        self.hold_to_rules();
        self.sample_processor();
        self.sample_registers();
        self.b.edge();
        self.now += 1;
        assert!(self.now - self.since < PATIENCE, "nothing moves");
    }

    fn drive(&mut self) {
        let empty = [
            self.under_way.ar.is_empty(),
            self.under_way.aw.is_empty(),
            self.under_way.w.is_empty(),
        ];
        for (channel, empty) in empty.into_iter().enumerate() {
            self.under_way.valid[channel] |= !empty && self.acts();
        }
        let acts = [(); 5].map(|()| self.acts());
        let port = &mut self.b.s_axi;
        let ax = self
            .under_way
            .ar
            .front()
            .copied()
            .filter(|_| self.under_way.valid[0])
            .unwrap_or_default();
        port.arvalid.next = self.under_way.valid[0];
        (port.arid.next, port.araddr.next) = (ax.id.into(), ax.addr.into());
        (port.arlen.next, port.arsize.next) = (ax.len.into(), ax.size.into());
        (port.arburst.next, port.arprot.next) = (ax.burst.into(), ax.prot.into());
        let ax = self
            .under_way
            .aw
            .front()
            .copied()
            .filter(|_| self.under_way.valid[1])
            .unwrap_or_default();
        port.awvalid.next = self.under_way.valid[1];
        (port.awid.next, port.awaddr.next) = (ax.id.into(), ax.addr.into());
        (port.awlen.next, port.awsize.next) = (ax.len.into(), ax.size.into());
        (port.awburst.next, port.awprot.next) = (ax.burst.into(), ax.prot.into());
        let ([data, strb], _) = self
            .under_way
            .w
            .front()
            .copied()
            .filter(|_| self.under_way.valid[2])
            .unwrap_or_default();
        port.wvalid.next = self.under_way.valid[2];
        (port.wdata.next, port.wstrb.next) = (data.into(), strb.into());
        (port.rready.next, port.bready.next) = (acts[0], acts[1]);

        // A B or R once offered stays.
        let complete = !self.under_way.aw_taken.is_empty() && !self.under_way.w_taken.is_empty();
        let chances = [self.acts(), self.acts()];
        self.under_way.answering[0] |= complete && chances[0];
        self.under_way.answering[1] |= !self.under_way.asked.is_empty() && chances[1];
        let port = &mut self.b.m_axil;
        (port.arready.next, port.awready.next, port.wready.next) = (acts[2], acts[3], acts[4]);
        port.bvalid.next = self.under_way.answering[0];
        port.bresp.next = self
            .under_way
            .aw_taken
            .front()
            .map_or(0, |&at| write_resp(at))
            .into();
        let (data, resp) = self
            .under_way
            .asked
            .front()
            .map_or((0, 0), |&at| register(at));
        port.rvalid.next = self.under_way.answering[1];
        (port.rdata.next, port.rresp.next) = (data.into(), resp.into());
    }

    fn sample_processor(&mut self) {
        let port = &self.b.s_axi;
        let beat = [
            n(port.rid.val()),
            n(port.rdata.val()),
            n(port.rresp.val()),
            port.rlast.val().into(),
        ];
        let (_, taken) = self
            .under_way
            .r
            .sample("R", port.rvalid.val(), port.rready.val(), beat);
        let answer = [n(port.bid.val()), n(port.bresp.val())];
        let (_, answered) =
            self.under_way
                .bb
                .sample("B", port.bvalid.val(), port.bready.val(), answer);
        let ready = [port.arready.val(), port.awready.val(), port.wready.val()];
        if let Some(beat) = taken {
            self.since = self.now;
            let (ax, beats) = self
                .under_way
                .reads
                .front_mut()
                .expect("a read is outstanding");
            let addr = ax.beats()[*beats];
            *beats += 1;
            let last = *beats as u64 == ax.len + 1;
            let (data, resp) = match in_window(addr) {
                true => register(addr & 0xFFFF),
                false => (0, DECERR),
            };
            assert_eq!(beat, [ax.id, data, resp, last.into()], "{ax:x?}");
            if last {
                self.under_way.reads.pop_front();
                self.seen[0] += 1;
            }
        }
        if let Some(answer) = answered {
            self.since = self.now;
            let ax = self
                .under_way
                .writes
                .pop_front()
                .expect("a write is outstanding");
            let resp = |addr| match in_window(addr) {
                true => write_resp(addr & 0xFFFF),
                false => DECERR,
            };
            let worst = ax.beats().into_iter().map(resp).max().unwrap_or(0);
            assert_eq!(answer, [ax.id, worst], "{ax:x?}");
            self.seen[1] += 1;
        }
        if self.under_way.valid[0] && ready[0] {
            self.under_way
                .reads
                .extend(self.under_way.ar.pop_front().map(|ax| (ax, 0)));
            self.under_way.valid[0] = false;
        }
        if self.under_way.valid[1] && ready[1] {
            self.under_way.writes.extend(self.under_way.aw.pop_front());
            self.under_way.valid[1] = false;
        }
        if self.under_way.valid[2] && ready[2] {
            self.under_way.w.pop_front();
            self.under_way.valid[2] = false;
        }
    }

    fn sample_registers(&mut self) {
        let port = &self.b.m_axil;
        if self.under_way.answering[0] && port.bready.val() {
            self.under_way.answering[0] = false;
            let addr = self.under_way.aw_taken.pop_front();
            let beat = self.under_way.w_taken.pop_front();
            assert_eq!(addr.zip(beat), self.under_way.expected_writes.pop_front());
            self.accesses += 1;
        }
        if self.under_way.answering[1] && port.rready.val() {
            self.under_way.answering[1] = false;
            self.under_way.asked.pop_front();
            self.accesses += 1;
        }
        let addr = n(port.araddr.val());
        let (_, asked) =
            self.under_way
                .ask
                .sample("AR", port.arvalid.val(), port.arready.val(), addr);
        if asked.is_some() {
            assert_eq!(asked, self.under_way.expected_reads.pop_front());
            self.under_way.asked.extend(asked);
        }
        let addr = n(port.awaddr.val());
        let (_, taken) =
            self.under_way
                .m_aw
                .sample("AW", port.awvalid.val(), port.awready.val(), addr);
        self.under_way.aw_taken.extend(taken);
        let beat = [n(port.wdata.val()), n(port.wstrb.val())];
        let (_, taken) = self
            .under_way
            .m_w
            .sample("W", port.wvalid.val(), port.wready.val(), beat);
        self.under_way.w_taken.extend(taken);
    }
}
