//! A master and a memory around [`DataPort`]. The memory holds the bridge to the rules of AXI3, the
//! master to those of AXI4; that the parts make up the bursts both see by the beats' addresses.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::zynq::DataPort;

use crate::bursts::{Ax, Stable};
use crate::iommu::{n, Sim};
use crate::rules::{Answer, Channel, Cycle, Port, ReadBeat, Rules, WriteBeat};

/// Cycles that a transaction may take.
const PATIENCE: u64 = 20_000;

/// What memory holds at an aligned address, and how it answers reads there.
fn content(addr: u64) -> (u64, u64) {
    let data = (addr & !7).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (
        data,
        if data >> 40 & 63 == 0 {
            2 + (data >> 50 & 1)
        } else {
            0
        },
    )
}

/// How memory answers the write of a beat.
fn write_resp(addr: u64) -> u64 {
    content(addr ^ 0x55AA_0000).1
}

/// EXOKAY for an exclusive access that succeeds.
fn exclusive(lock: u64, resp: u64) -> u64 {
    if lock == 1 && resp == 0 {
        1
    } else {
        resp
    }
}

/// A write burst on the AXI3 side, since its AWVALID.
struct Part {
    ax: Ax,
    beats: Vec<u64>,
    received: usize,
    accepted: bool,
}

/// A beat as it was written: address, data, strobes.
type Written = (u64, u64, u64);

/// How often things happen, in percent of the cycles.
#[derive(Clone, Copy)]
pub struct Pace {
    pub master: u32,
    pub memory: u32,
    /// AWREADY waits for WVALID.
    pub address_after_data: bool,
}

impl Pace {
    pub const FULL: Self = Self {
        master: 100,
        memory: 100,
        address_after_data: false,
    };
}

/// What has been begun and is not finished.
#[derive(Default)]
struct Traffic {
    // The master.
    ar: VecDeque<Ax>,
    aw: VecDeque<Ax>,
    w: VecDeque<(u64, u64, bool)>,
    valid: [bool; 3],
    reads: Vec<(Ax, usize)>,
    writes: Vec<Ax>,
    r: Stable<[u64; 4]>,
    bb: Stable<[u64; 2]>,
    expected: VecDeque<Written>,
    // The memory.
    memory_reads: Vec<(Ax, usize)>,
    offered_read: Option<usize>,
    parts: Vec<Part>,
    /// Parts before this one have all their data.
    filling: usize,
    offered_answer: Option<usize>,
    aw_waits: bool,
    w_waits: bool,
}

pub struct DataBench {
    pub b: Sim<DataPort>,
    pub rng: Rng,
    pub now: u64,
    pace: Pace,
    rules: Rules,
    under_way: Traffic,
    since: u64,
    /// Answered: reads, writes, and parts of them.
    pub seen: [u64; 4],
    /// IDs that were on the AXI3 side at the same time, at most.
    pub ids: usize,
    /// Cycles with an R beat to the master.
    pub r_beats: Vec<u64>,
    /// Cycles with a W beat to the memory.
    pub w_beats: Vec<u64>,
}

impl DataBench {
    pub fn new(seed: u64, pace: Pace) -> Self {
        let mut b = Sim::new(DataPort::default(), |b| &mut b.clock);
        b.reset.next = true;
        b.cycle();
        b.reset.next = false;
        Self {
            b,
            rng: Rng::new(seed),
            now: 0,
            pace,
            rules: Rules::new(Port::HP0),
            under_way: Traffic::default(),
            since: 0,
            seen: [0; 4],
            ids: 0,
            r_beats: vec![],
            w_beats: vec![],
        }
    }

    pub fn read(&mut self, ax: Ax) {
        self.under_way.ar.push_back(ax);
    }

    pub fn write(&mut self, ax: Ax) {
        let beats = ax.beats();
        for (i, addr) in beats.iter().enumerate() {
            let (data, strb) = (
                n(self.rng.bits::<64>()),
                self.rng.below(256) & ax.lanes(*addr, 3),
            );
            self.under_way
                .w
                .push_back((data, strb, i + 1 == beats.len()));
            self.under_way.expected.push_back((*addr, data, strb));
        }
        self.under_way.aw.push_back(ax);
    }

    pub fn idle(&self) -> bool {
        self.under_way.reads.len()
            + self.under_way.writes.len()
            + self.under_way.ar.len()
            + self.under_way.aw.len()
            + self.under_way.w.len()
            == 0
    }

    /// Runs until everything has been answered.
    pub fn finish(&mut self) {
        while !self.idle() {
            self.cycle();
        }
        assert!(self.under_way.parts.is_empty() && self.under_way.memory_reads.is_empty());
        assert_eq!(self.rules.outstanding(), 0);
        assert!(self.under_way.expected.is_empty());
    }

    pub fn cycle(&mut self) {
        self.drive_master();
        self.drive_memory();
        self.b.settle();
        let port = self.hold_to_rules();
        // Responses first: one in the cycle of the handshake that it answers would be too early.
        self.sample_master();
        self.sample_memory(&port);
        self.b.edge();
        self.now += 1;
        assert!(self.now - self.since < PATIENCE, "nothing moves");
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
        let port = &mut self.b.m_axi;
        port.rvalid.next = false;
        port.bvalid.next = false;
        self.under_way = Traffic::default();
        self.since = self.now;
    }

    /// What is on the AXI3 side.
    fn at_memory(&self) -> Cycle {
        let port = &self.b.m_axi;
        let aw = Ax {
            id: n(port.awid.val()),
            addr: n(port.awaddr.val()),
            len: n(port.awlen.val()),
            size: n(port.awsize.val()),
            burst: n(port.awburst.val()),
            lock: n(port.awlock.val()),
            cache: n(port.awcache.val()),
            prot: n(port.awprot.val()),
            qos: n(port.awqos.val()),
        };
        let ar = Ax {
            id: n(port.arid.val()),
            addr: n(port.araddr.val()),
            len: n(port.arlen.val()),
            size: n(port.arsize.val()),
            burst: n(port.arburst.val()),
            lock: n(port.arlock.val()),
            cache: n(port.arcache.val()),
            prot: n(port.arprot.val()),
            qos: n(port.arqos.val()),
        };
        let w = WriteBeat {
            id: n(port.wid.val()),
            data: n(port.wdata.val()),
            strb: n(port.wstrb.val()),
            last: port.wlast.val(),
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
        Cycle {
            reset: self.b.reset.val(),
            aw: Channel::new(port.awvalid.val(), port.awready.val(), aw),
            w: Channel::new(port.wvalid.val(), port.wready.val(), w),
            b: Channel::new(port.bvalid.val(), port.bready.val(), b),
            ar: Channel::new(port.arvalid.val(), port.arready.val(), ar),
            r: Channel::new(port.rvalid.val(), port.rready.val(), r),
        }
    }

    fn hold_to_rules(&mut self) -> Cycle {
        let cycle = self.at_memory();
        if let Err(broken) = self.rules.cycle(&cycle) {
            panic!("cycle {}: {broken:?}", self.now);
        }
        cycle
    }

    fn master_acts(&mut self) -> bool {
        self.rng.chance(self.pace.master, 100)
    }

    fn memory_acts(&mut self) -> bool {
        self.rng.chance(self.pace.memory, 100)
    }

    fn drive_master(&mut self) {
        let empty = [
            self.under_way.ar.is_empty(),
            self.under_way.aw.is_empty(),
            self.under_way.w.is_empty(),
        ];
        for (channel, empty) in empty.into_iter().enumerate() {
            self.under_way.valid[channel] |= !empty && self.master_acts();
        }
        let (rready, bready) = (self.master_acts(), self.master_acts());
        let port = &mut self.b.s_axi;
        let ax = self
            .under_way
            .ar
            .front()
            .copied()
            .filter(|_| self.under_way.valid[0])
            .unwrap_or_default();
        port.arvalid.next = self.under_way.valid[0];
        port.arid.next = ax.id.into();
        port.araddr.next = ax.addr.into();
        port.arlen.next = ax.len.into();
        port.arsize.next = ax.size.into();
        port.arburst.next = ax.burst.into();
        port.arlock.next = ax.lock == 1;
        port.arcache.next = ax.cache.into();
        port.arprot.next = ax.prot.into();
        port.arqos.next = ax.qos.into();
        let ax = self
            .under_way
            .aw
            .front()
            .copied()
            .filter(|_| self.under_way.valid[1])
            .unwrap_or_default();
        port.awvalid.next = self.under_way.valid[1];
        port.awid.next = ax.id.into();
        port.awaddr.next = ax.addr.into();
        port.awlen.next = ax.len.into();
        port.awsize.next = ax.size.into();
        port.awburst.next = ax.burst.into();
        port.awlock.next = ax.lock == 1;
        port.awcache.next = ax.cache.into();
        port.awprot.next = ax.prot.into();
        port.awqos.next = ax.qos.into();
        let (data, strb, last) = self
            .under_way
            .w
            .front()
            .copied()
            .filter(|_| self.under_way.valid[2])
            .unwrap_or_default();
        port.wvalid.next = self.under_way.valid[2];
        port.wdata.next = data.into();
        port.wstrb.next = strb.into();
        port.wlast.next = last;
        port.rready.next = rready;
        port.bready.next = bready;
    }

    fn sample_master(&mut self) {
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
        if let Some([id, data, resp, last]) = taken {
            self.since = self.now;
            self.r_beats.push(self.now);
            let due = self.under_way.reads.iter().position(|(ax, _)| ax.id == id);
            let due = due.expect("a read of that ID is outstanding");
            let (ax, beats) = &mut self.under_way.reads[due];
            let addr = ax.beats()[*beats];
            let (expected, error) = content(addr);
            assert_eq!(
                (data, resp),
                (expected, exclusive(ax.lock, error)),
                "{ax:x?}"
            );
            *beats += 1;
            let end = *beats as u64 == ax.len + 1;
            assert_eq!(last == 1, end, "RLAST at beat {beats} of {ax:x?}");
            if end {
                self.under_way.reads.remove(due);
                self.seen[0] += 1;
            }
        }
        if let Some([id, resp]) = answered {
            self.since = self.now;
            let due = self.under_way.writes.iter().position(|ax| ax.id == id);
            let ax = self
                .under_way
                .writes
                .remove(due.expect("a write of that ID is outstanding"));
            let worst = ax.beats().into_iter().map(write_resp).max();
            assert_eq!(resp, exclusive(ax.lock, worst.unwrap_or(0)), "{ax:x?}");
            self.seen[1] += 1;
        }
        if self.under_way.valid[0] && self.b.s_axi.arready.val() {
            self.under_way
                .reads
                .extend(self.under_way.ar.pop_front().map(|ax| (ax, 0)));
            self.under_way.valid[0] = false;
            self.since = self.now;
        }
        if self.under_way.valid[1] && self.b.s_axi.awready.val() {
            self.under_way.writes.extend(self.under_way.aw.pop_front());
            self.under_way.valid[1] = false;
            self.since = self.now;
        }
        if self.under_way.valid[2] && self.b.s_axi.wready.val() {
            self.under_way.w.pop_front();
            self.under_way.valid[2] = false;
            self.since = self.now;
        }
    }

    fn drive_memory(&mut self) {
        // Of each ID the oldest; IDs in any order, and their beats mixed.
        if self.under_way.offered_read.is_none() && self.memory_acts() {
            let reads = &self.under_way.memory_reads;
            let firsts: Vec<usize> = (0..reads.len())
                .filter(|&i| !reads[..i].iter().any(|(ax, _)| ax.id == reads[i].0.id))
                .collect();
            self.under_way.offered_read = self.rng.pick(&firsts);
        }
        if self.under_way.offered_answer.is_none() && self.memory_acts() {
            let parts = &self.under_way.parts;
            let firsts: Vec<usize> = (0..parts.len())
                .filter(|&i| {
                    let first = !parts[..i].iter().any(|part| part.ax.id == parts[i].ax.id);
                    first && parts[i].accepted && parts[i].received == parts[i].beats.len()
                })
                .collect();
            self.under_way.offered_answer = self.rng.pick(&firsts);
        }
        let ready = [self.memory_acts(), self.memory_acts(), self.memory_acts()];
        let read = self
            .under_way
            .offered_read
            .map(|i| &self.under_way.memory_reads[i]);
        let port = &mut self.b.m_axi;
        port.arready.next = ready[0];
        port.awready.next = ready[1] && (!self.pace.address_after_data || self.under_way.w_waits);
        port.wready.next = ready[2];
        port.rvalid.next = read.is_some();
        if let Some((ax, beat)) = read {
            let (data, resp) = content(ax.beats()[*beat]);
            port.rid.next = ax.id.into();
            port.rdata.next = data.into();
            port.rresp.next = exclusive(ax.lock, resp).into();
            port.rlast.next = *beat as u64 == ax.len;
        }
        port.bvalid.next = self.under_way.offered_answer.is_some();
        if let Some(part) = self
            .under_way
            .offered_answer
            .map(|i| &self.under_way.parts[i])
        {
            let worst = part.beats.iter().map(|&addr| write_resp(addr)).max();
            port.bid.next = part.ax.id.into();
            port.bresp.next = exclusive(part.ax.lock, worst.unwrap_or(0)).into();
        }
    }

    fn sample_memory(&mut self, port: &Cycle) {
        if port.r.fires() {
            if let Some(i) = self.under_way.offered_read.take() {
                self.under_way.memory_reads[i].1 += 1;
                if self.under_way.memory_reads[i].1 as u64 > self.under_way.memory_reads[i].0.len {
                    self.under_way.memory_reads.remove(i);
                    self.seen[2] += 1;
                }
            }
        }
        if port.b.fires() {
            if let Some(i) = self.under_way.offered_answer.take() {
                self.under_way.parts.remove(i);
                self.under_way.filling -= 1;
                self.seen[3] += 1;
            }
        }
        if port.ar.fires() {
            let ax = port.ar.payload;
            assert!(
                self.under_way
                    .reads
                    .iter()
                    .any(|(whole, _)| is_part(whole, &ax)),
                "{ax:x?}"
            );
            self.under_way.memory_reads.push((ax, 0));
        }
        self.sample_writes(port);
        let mut ids: Vec<u64> = self
            .under_way
            .memory_reads
            .iter()
            .map(|(ax, _)| ax.id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        self.ids = self.ids.max(ids.len());
    }

    fn sample_writes(&mut self, port: &Cycle) {
        if port.aw.valid && !self.under_way.aw_waits {
            let ax = port.aw.payload;
            assert!(
                self.under_way
                    .writes
                    .iter()
                    .any(|whole| is_part(whole, &ax)),
                "{ax:x?}"
            );
            let beats = ax.beats();
            self.under_way.parts.push(Part {
                ax,
                beats,
                received: 0,
                accepted: false,
            });
        }
        if port.aw.fires() {
            let offered = self
                .under_way
                .parts
                .last_mut()
                .expect("it has been offered");
            offered.accepted = true;
        }
        self.under_way.aw_waits = port.aw.valid && !port.aw.ready;
        self.under_way.w_waits = port.w.valid;
        if port.w.fires() {
            self.w_beats.push(self.now);
            let part = &mut self.under_way.parts[self.under_way.filling];
            let addr = part.beats[part.received];
            let beat = (addr, port.w.payload.data, port.w.payload.strb);
            assert_eq!(Some(beat), self.under_way.expected.pop_front());
            part.received += 1;
            self.under_way.filling += usize::from(part.received == part.beats.len());
        }
    }
}

/// Whether an AXI3 burst begins at a beat of this AXI4 burst where it may be cut.
fn is_part(whole: &Ax, part: &Ax) -> bool {
    let beats = whole.beats();
    let starts = beats.iter().step_by(16);
    let mut lens = (0..=whole.len)
        .step_by(16)
        .map(|at| (whole.len - at).min(15));
    starts
        .copied()
        .any(|addr| lens.next() == Some(part.len) && addr == part.addr)
        && part.attributes() == whole.attributes()
}
