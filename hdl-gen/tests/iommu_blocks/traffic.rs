//! A bus master, a memory and page tables around the whole IOMMU. Each checks what it can see: the
//! master its answers, the memory its requests, both the rules of the bus.

use std::collections::{HashMap, VecDeque};
use std::fmt::Debug;

use hdl_gen::axi::{AxiMaster, AxiReadMaster, AxiUserSlave};
use hdl_gen::equiv::Rng;
use hdl_gen::iommu::config::WALKS;
use hdl_gen::iommu::types::{Burst, ReadBeat, WriteAnswer, WriteBeat};

use crate::fate::Fate;
use crate::iommu::n;
use crate::mapping::Tables;
use crate::writes;

/// Cycles that a transaction may take.
const PATIENCE: u64 = 3000;

/// A channel's payload must stand until it is taken (AXI A3.2.1).
struct Stable<T>(Option<T>);

impl<T: Copy + PartialEq + Debug> Stable<T> {
    /// Returns the payload if it is taken.
    fn sample(&mut self, name: &str, valid: bool, ready: bool, payload: T) -> Option<T> {
        let seen = valid.then_some(payload);
        if self.0.is_some() {
            assert_eq!(seen, self.0, "{name} changed while it waited");
        }
        self.0 = seen.filter(|_| !ready);
        seen.filter(|_| ready)
    }
}

/// What memory holds in a beat of a burst, and how it answers: `None` is an error.
fn content(addr: u64, beat: u64) -> (u64, u64) {
    let data = (addr + 8 * beat).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (data, if data >> 40 & 31 == 0 { 2 } else { 0 })
}

/// How memory answers the write of a burst.
fn write_resp(addr: u64) -> u64 {
    content(addr ^ 0x55AA_0000, 0).1
}

struct Due {
    burst: Burst,
    fate: Fate,
    /// Of a write: its WLAST has been sent, and whether it stood on the last beat.
    last_sent: bool,
    malformed: bool,
    beats: u64,
    since: u64,
}

/// The master on `s_axi`, and what the IOMMU owes to it and to memory.
pub struct Master {
    rng: Rng,
    now: u64,
    ar: VecDeque<(Burst, Fate)>,
    aw: VecDeque<(Burst, Fate)>,
    /// Data of the bursts in `aw` and of those accepted, with AWLEN+1 of each.
    w: VecDeque<(WriteBeat, bool)>,
    valid: [bool; 3],
    ready: [bool; 2],
    reads: VecDeque<Due>,
    writes: VecDeque<Due>,
    /// Of all writes whose WLAST is to come: whether they are malformed, in order of AW.
    open: VecDeque<bool>,
    ended: VecDeque<bool>,
    r: Stable<ReadBeat>,
    b: Stable<WriteAnswer>,
    /// What memory is to get.
    pub to_ar: VecDeque<Burst>,
    pub to_aw: VecDeque<Burst>,
    pub to_w: VecDeque<WriteBeat>,
    /// Answered: passed, terminated, malformed.
    pub seen: [u32; 3],
}

impl Master {
    pub fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed),
            now: 0,
            ar: VecDeque::new(),
            aw: VecDeque::new(),
            w: VecDeque::new(),
            valid: [false; 3],
            ready: [false; 2],
            reads: VecDeque::new(),
            writes: VecDeque::new(),
            open: VecDeque::new(),
            ended: VecDeque::new(),
            r: Stable(None),
            b: Stable(None),
            to_ar: VecDeque::new(),
            to_aw: VecDeque::new(),
            to_w: VecDeque::new(),
            seen: [0; 3],
        }
    }

    /// Forgets what is under way.
    pub fn reset(&mut self) {
        let seen = self.seen;
        *self = Self {
            seen,
            ..Self::new(self.rng.below(1 << 32))
        };
    }

    pub fn idle(&self) -> bool {
        self.reads.len() + self.writes.len() + self.ar.len() + self.aw.len() + self.w.len() == 0
    }

    /// What is not yet over: AR, AW, W, reads, writes.
    pub fn left(&self) -> String {
        let left = [
            self.ar.len(),
            self.aw.len(),
            self.w.len(),
            self.reads.len(),
            self.writes.len(),
        ];
        format!("{left:?} at {}", self.now)
    }

    /// Whether there is place for more to do.
    pub fn wants(&self) -> [bool; 2] {
        [self.ar.len() < 4, self.aw.len() < 4]
    }

    pub fn read(&mut self, burst: Burst, fate: Fate) {
        self.ar.push_back((burst, fate));
    }

    pub fn write(&mut self, burst: Burst, fate: Fate) {
        let data = writes::data(&mut self.rng, n(burst.len) as usize, fate_terminates(&fate));
        if !data.terminated {
            self.to_w.extend(writes::expected(&data));
        }
        let malformed = data.beats.len() != data.len + 1;
        self.w
            .extend(data.beats.iter().map(|&beat| (beat, malformed)));
        self.open.push_back(malformed);
        self.aw.push_back((burst, fate));
    }

    pub fn drive(&mut self, port: &mut AxiUserSlave<8, 4>) {
        let pending = [self.ar.len(), self.aw.len(), self.w.len()];
        for (valid, pending) in self.valid.iter_mut().zip(pending) {
            *valid |= pending > 0 && self.rng.chance(2, 3);
        }
        self.ready = [self.rng.chance(3, 4), self.rng.chance(3, 4)];
        let mut any = || crate::iommu::burst(&mut self.rng);
        let ar = self.ar.front().map_or_else(&mut any, |(burst, _)| *burst);
        let aw = self.aw.front().map_or_else(&mut any, |(burst, _)| *burst);
        let w = self
            .w
            .front()
            .map_or_else(WriteBeat::default, |(beat, _)| *beat);
        port.arvalid.next = self.valid[0];
        port.arid.next = ar.id;
        port.araddr.next = ar.addr;
        port.arlen.next = ar.len;
        port.arsize.next = ar.size;
        port.arburst.next = ar.burst;
        port.arlock.next = self.rng.bit() && !self.valid[0];
        port.arcache.next = ar.cache;
        port.arprot.next = ar.prot;
        port.arqos.next = ar.qos;
        port.aruser.next = ar.stream;
        port.awvalid.next = self.valid[1];
        port.awid.next = aw.id;
        port.awaddr.next = aw.addr;
        port.awlen.next = aw.len;
        port.awsize.next = aw.size;
        port.awburst.next = aw.burst;
        port.awlock.next = self.rng.bit() && !self.valid[1];
        port.awcache.next = aw.cache;
        port.awprot.next = aw.prot;
        port.awqos.next = aw.qos;
        port.awuser.next = aw.stream;
        port.wvalid.next = self.valid[2];
        port.wdata.next = w.data;
        port.wstrb.next = w.strb;
        port.wlast.next = w.last;
        port.rready.next = self.ready[0];
        port.bready.next = self.ready[1];
    }

    pub fn sample(&mut self, port: &AxiUserSlave<8, 4>) {
        self.now += 1;
        if let Some(beat) = self.r.sample(
            "R",
            port.rvalid.val(),
            port.rready.val(),
            ReadBeat {
                id: port.rid.val(),
                data: port.rdata.val(),
                resp: port.rresp.val(),
                last: port.rlast.val(),
            },
        ) {
            self.read_beat(beat);
        }
        if let Some(answer) = self.b.sample(
            "B",
            port.bvalid.val(),
            port.bready.val(),
            WriteAnswer {
                id: port.bid.val(),
                resp: port.bresp.val(),
            },
        ) {
            self.write_answer(answer);
        }
        let due = |burst, fate, now| Due {
            burst,
            fate,
            last_sent: false,
            malformed: false,
            beats: 0,
            since: now,
        };
        if self.valid[0] && port.arready.val() {
            self.valid[0] = false;
            let (burst, fate) = self.ar.pop_front().unwrap();
            self.to_ar.extend(translated(&burst, &fate));
            self.reads.push_back(due(burst, fate, self.now));
        }
        if self.valid[1] && port.awready.val() {
            self.valid[1] = false;
            let (burst, fate) = self.aw.pop_front().unwrap();
            self.to_aw.extend(translated(&burst, &fate));
            self.writes.push_back(due(burst, fate, self.now));
        }
        if self.valid[2] && port.wready.val() {
            self.valid[2] = false;
            let (beat, _) = self.w.pop_front().unwrap();
            if beat.last {
                self.ended.extend(self.open.pop_front());
            }
        }
        // Which write a WLAST belongs to is known when both have come.
        for write in self.writes.iter_mut().filter(|write| !write.last_sent) {
            let Some(malformed) = self.ended.pop_front() else {
                break;
            };
            (write.last_sent, write.malformed) = (true, malformed);
        }
        for due in self.reads.iter().chain(&self.writes) {
            assert!(
                self.now < due.since + PATIENCE,
                "{:?} is not answered",
                due.burst
            );
        }
    }

    fn read_beat(&mut self, beat: ReadBeat) {
        let of_id = |due: &Due| due.burst.id == beat.id;
        let at = self.reads.iter().position(of_id).expect("R of no read");
        let due = &mut self.reads[at];
        let expected = match due.fate {
            Fate::Pass { addr, .. } => content(addr, due.beats),
            Fate::Fault { decode_error, .. } => (0, if decode_error { 3 } else { 2 }),
        };
        let got = (n(beat.data), n(beat.resp));
        assert_eq!(got, expected, "beat {} of {:?}", due.beats, due.burst);
        assert_eq!(
            beat.last,
            due.beats == n(due.burst.len),
            "RLAST of {:?}",
            due.burst
        );
        due.beats += 1;
        if beat.last {
            let due = self.reads.remove(at).unwrap();
            self.seen[usize::from(fate_terminates(&due.fate))] += 1;
        }
    }

    fn write_answer(&mut self, answer: WriteAnswer) {
        let of_id = |due: &Due| due.burst.id == answer.id;
        let at = self.writes.iter().position(of_id).expect("B of no write");
        let due = self.writes.remove(at).unwrap();
        assert!(due.last_sent, "B before WLAST of {:?}", due.burst);
        let expected = match due.fate {
            Fate::Fault { decode_error, .. } => 2 + u64::from(decode_error),
            Fate::Pass { .. } if due.malformed => 2,
            Fate::Pass { addr, .. } => write_resp(addr),
        };
        assert_eq!(n(answer.resp), expected, "{:?}", due.burst);
        self.seen[usize::from(fate_terminates(&due.fate))] += 1;
        self.seen[2] += u32::from(due.malformed);
    }
}

fn fate_terminates(fate: &Fate) -> bool {
    matches!(fate, Fate::Fault { .. })
}

/// What memory gets of a burst; the stream ID goes no further.
fn translated(burst: &Burst, fate: &Fate) -> Option<Burst> {
    let Fate::Pass { addr, cache } = *fate else {
        return None;
    };
    Some(Burst {
        addr: addr.into(),
        cache: cache.into(),
        stream: 0.into(),
        ..*burst
    })
}

/// The memory on `m_axi`.
pub struct Memory {
    rng: Rng,
    /// Beats to come, of each ID, in order.
    reads: HashMap<u64, VecDeque<ReadBeat>>,
    /// Addresses seen whose data is not complete, with beats that came.
    writes: VecDeque<(Burst, u64)>,
    /// The answer to a write whose data is complete, but whose address is not yet accepted.
    early: Option<WriteAnswer>,
    cycles: u64,
    /// WVALID was high in the last cycle.
    w_seen: bool,
    /// Answers, of each ID, in order.
    answers: HashMap<u64, VecDeque<WriteAnswer>>,
    ready: [bool; 3],
    r: Option<ReadBeat>,
    b: Option<WriteAnswer>,
    ar: Stable<Burst>,
    aw: Stable<Burst>,
    w: Stable<WriteBeat>,
    /// Bursts read and written.
    pub seen: [u32; 2],
}

impl Memory {
    pub fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed),
            reads: HashMap::new(),
            writes: VecDeque::new(),
            early: None,
            cycles: 0,
            w_seen: false,
            answers: HashMap::new(),
            ready: [false; 3],
            r: None,
            b: None,
            ar: Stable(None),
            aw: Stable(None),
            w: Stable(None),
            seen: [0; 2],
        }
    }

    /// Forgets what is under way.
    pub fn reset(&mut self) {
        let seen = self.seen;
        *self = Self {
            seen,
            ..Self::new(self.rng.below(1 << 32))
        };
    }

    /// The next of some ID, now and then.
    fn choose<T>(rng: &mut Rng, of: &mut HashMap<u64, VecDeque<T>>) -> Option<T> {
        let mut ids: Vec<u64> = of
            .iter()
            .filter(|(_, q)| !q.is_empty())
            .map(|(&id, _)| id)
            .collect();
        ids.sort_unstable();
        let id = rng.pick(&ids).filter(|_| rng.chance(2, 3))?;
        of.get_mut(&id)?.pop_front()
    }

    pub fn drive(&mut self, port: &mut AxiMaster<8>) {
        let rng = &mut self.rng;
        self.ready = [rng.chance(2, 3), rng.chance(2, 3), rng.chance(3, 4)];
        // For some time it waits for data before it takes an address, as it may (AXI A3.3.1).
        self.cycles += 1;
        self.ready[1] &= self.w_seen || self.cycles & 0x100 == 0;
        self.r = self.r.or_else(|| Self::choose(rng, &mut self.reads));
        self.b = self.b.or_else(|| Self::choose(rng, &mut self.answers));
        port.arready.next = self.ready[0];
        port.awready.next = self.ready[1];
        port.wready.next = self.ready[2];
        port.rvalid.next = self.r.is_some();
        let r = self.r.unwrap_or_else(|| crate::iommu::read_beat(rng));
        port.rid.next = r.id;
        port.rdata.next = r.data;
        port.rresp.next = r.resp;
        port.rlast.next = r.last;
        port.bvalid.next = self.b.is_some();
        port.bid.next = self.b.map_or_else(|| rng.bits(), |b| b.id);
        port.bresp.next = self.b.map_or_else(|| rng.bits(), |b| b.resp);
    }

    /// Returns AR, AW and W that were taken.
    pub fn sample(
        &mut self,
        port: &AxiMaster<8>,
    ) -> (Option<Burst>, Option<Burst>, Option<WriteBeat>) {
        if port.rready.val() {
            self.r = None;
        }
        if port.bready.val() {
            self.b = None;
        }
        assert!(!port.arlock.val() && !port.awlock.val());
        let ar = Burst {
            id: port.arid.val(),
            addr: port.araddr.val(),
            len: port.arlen.val(),
            size: port.arsize.val(),
            burst: port.arburst.val(),
            cache: port.arcache.val(),
            prot: port.arprot.val(),
            qos: port.arqos.val(),
            ..Burst::default()
        };
        let aw = Burst {
            id: port.awid.val(),
            addr: port.awaddr.val(),
            len: port.awlen.val(),
            size: port.awsize.val(),
            burst: port.awburst.val(),
            cache: port.awcache.val(),
            prot: port.awprot.val(),
            qos: port.awqos.val(),
            ..Burst::default()
        };
        let w = WriteBeat {
            data: port.wdata.val(),
            strb: port.wstrb.val(),
            last: port.wlast.val(),
        };
        self.w_seen = port.wvalid.val();
        if port.awvalid.val() && self.aw.0.is_none() {
            self.writes.push_back((aw, 0));
        }
        assert!(!self.w_seen || !self.writes.is_empty(), "W before its AW");
        let ar = self.ar.sample("AR", port.arvalid.val(), self.ready[0], ar);
        let w = self.w.sample("W", port.wvalid.val(), self.ready[2], w);
        let aw = self.aw.sample("AW", port.awvalid.val(), self.ready[1], aw);
        if let Some(ar) = ar {
            let beat = |i| {
                let (data, resp) = content(n(ar.addr), i);
                ReadBeat {
                    id: ar.id,
                    data: data.into(),
                    resp: resp.into(),
                    last: i == n(ar.len),
                }
            };
            let beats = (0..n(ar.len) + 1).map(beat);
            self.reads.entry(n(ar.id)).or_default().extend(beats);
            self.seen[0] += 1;
        }
        if let Some(w) = w {
            let (aw, beats) = self.writes.front_mut().unwrap();
            assert_eq!(w.last, *beats == n(aw.len), "WLAST of {aw:?}");
            *beats += 1;
            if w.last {
                let answer = WriteAnswer {
                    id: aw.id,
                    resp: write_resp(n(aw.addr)).into(),
                };
                self.early = Some(answer);
                self.writes.pop_front();
                self.seen[1] += 1;
            }
        }
        let stands = self.aw.0.is_some() && self.writes.is_empty();
        if let Some(answer) = self.early.take_if(|_| !stands) {
            let of_id = self.answers.entry(n(answer.id)).or_default();
            of_id.push_back(answer);
        }
        (ar, aw, w)
    }
}

/// Page tables on `m_axi_ptw`. Walks are answered in any order.
pub struct TableMemory {
    rng: Rng,
    pub tables: Tables,
    /// Addresses that walks read, by ID.
    reading: [Option<u32>; WALKS],
    /// The walk that is being answered.
    offered: Option<usize>,
    ready: bool,
    ar: Stable<(u64, u32)>,
    pub reads: u32,
    /// Most walks at the same time.
    pub most: usize,
}

impl TableMemory {
    pub fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed),
            tables: Tables::default(),
            reading: [None; WALKS],
            offered: None,
            ready: false,
            ar: Stable(None),
            reads: 0,
            most: 0,
        }
    }

    /// Forgets what is under way.
    pub fn reset(&mut self) {
        (self.reading, self.offered, self.ar) = ([None; WALKS], None, Stable(None));
    }

    pub fn drive(&mut self, port: &mut AxiReadMaster<2>) {
        self.ready = self.rng.chance(2, 3);
        if self.offered.is_none() && self.rng.bit() {
            let reading: Vec<usize> = (0..WALKS).filter(|&i| self.reading[i].is_some()).collect();
            self.offered = self.rng.pick(&reading);
        }
        port.arready.next = self.ready;
        port.rvalid.next = self.offered.is_some();
        let walk = self.offered.unwrap_or(0);
        let addr = self.reading[walk].unwrap_or(0);
        let words = [addr, addr | 4].map(|addr| self.tables.read(addr));
        let [low, high] = words.map(|word| u64::from(word.unwrap_or(0xDEAD)));
        port.rid.next = (walk as u64).into();
        port.rdata.next = (high << 32 | low).into();
        port.rresp.next = if words.contains(&None) { 2 } else { 0 }.into();
        port.rlast.next = true;
    }

    pub fn sample(&mut self, port: &AxiReadMaster<2>) {
        if let Some(walk) = self.offered.take_if(|_| port.rready.val()) {
            self.reading[walk] = None;
        }
        let asked = (n(port.arid.val()), n(port.araddr.val()) as u32);
        if let Some((walk, addr)) = self
            .ar
            .sample("walk AR", port.arvalid.val(), self.ready, asked)
        {
            let reading = &mut self.reading[walk as usize];
            assert!(reading.is_none(), "two reads of a walk at once");
            assert_eq!(addr & 7, 0);
            *reading = Some(addr);
            self.reads += 1;
            self.most = self.most.max(self.reading.iter().flatten().count());
        }
    }
}
