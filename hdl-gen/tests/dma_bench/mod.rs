//! The DMA engine between an AXI4-Lite host and an AXI4 memory that checks every rule it can see.

#![allow(dead_code)] // each test binary uses a part of it

#[path = "../axil_host/mod.rs"]
pub mod axil_host;

use axil_host::{settle, AxilHost, Done, Rng, OKAY};
use hdl_gen::axi::AxiUserMaster;
use hdl_gen::dma::DmaEngine;
use rust_hdl::prelude::*;
use std::collections::VecDeque;
use std::ops::Range;
use vcm_regs::dma::{Ctrl, Status, CHANNEL, COUNT, CTRL, DST, ERR_ADDR, LEN, SRC, STATUS};

/// Where the memory stands, and how large it is.
pub const BASE: u32 = 0x1000_0000;
pub const SIZE: u32 = 0x2_0000;

/// How the memory answers.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Chance in percent, in each cycle, of READY on AR, AW and W.
    pub ready: [u64; 3],
    /// Chance in percent, in each cycle, that a waiting R beat or B is offered.
    pub answer: u64,
    /// Least and greatest number of cycles from a request to its answer.
    pub latency: (u64, u64),
    /// Beats of reads of different IDs are mixed.
    pub interleave: bool,
}

impl Pace {
    /// Never a cycle lost, but `latency`.
    pub const fn ideal(latency: u64) -> Self {
        Self {
            ready: [100; 3],
            answer: 100,
            latency: (latency, latency),
            interleave: false,
        }
    }
    /// Everything at random.
    pub const fn rough() -> Self {
        Self {
            ready: [60, 60, 70],
            answer: 70,
            latency: (0, 40),
            interleave: true,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Address {
    id: u8,
    addr: u32,
    beats: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Beat {
    data: u64,
    strb: u8,
    last: bool,
}

struct Read {
    burst: Address,
    beat: u32,
    from: u64,
}

struct Response {
    id: u8,
    resp: u8,
    from: u64,
}

/// A range of addresses that answers with an error.
pub struct Fault {
    pub range: Range<u32>,
    pub write: bool,
    pub resp: u8,
}

/// What a channel may touch.
#[derive(Clone, Default)]
pub struct Fence {
    pub read: Range<u32>,
    pub write: Range<u32>,
}

pub struct Memory {
    pub bytes: Vec<u8>,
    pub pace: Pace,
    pub faults: Vec<Fault>,
    pub fences: [Fence; 4],
    /// Beats written, and the cycles of the first and last of them.
    pub w_beats: u64,
    pub w_first: u64,
    pub w_last: u64,
    rng: Rng,
    now: u64,
    reads: Vec<Read>,
    writes: VecDeque<Address>,
    data: VecDeque<Beat>,
    responses: Vec<Response>,
    ready: [bool; 3],
    r_offer: Option<(usize, u64, u8, bool)>,
    b_offer: Option<usize>,
    held: (Option<Address>, Option<Address>, Option<Beat>),
    in_reset: bool,
}

impl Memory {
    pub fn new(seed: u64, pace: Pace) -> Self {
        let mut rng = Rng(seed);
        Self {
            bytes: (0..SIZE).map(|_| rng.next() as u8).collect(),
            pace,
            faults: vec![],
            fences: Default::default(),
            w_beats: 0,
            w_first: 0,
            w_last: 0,
            rng,
            now: 0,
            reads: vec![],
            writes: VecDeque::new(),
            data: VecDeque::new(),
            responses: vec![],
            ready: [false; 3],
            r_offer: None,
            b_offer: None,
            held: (None, None, None),
            in_reset: false,
        }
    }

    /// Forgets what is under way.
    pub fn reset(&mut self) {
        self.reads.clear();
        self.writes.clear();
        self.data.clear();
        self.responses.clear();
        self.r_offer = None;
        self.b_offer = None;
        self.held = (None, None, None);
    }

    /// Bursts not yet answered.
    pub fn outstanding(&self) -> usize {
        self.reads.len() + self.writes.len() + self.responses.len()
    }

    /// Lets a channel touch what the copy needs, and nothing else.
    pub fn allow(&mut self, channel: u32, copy: Copy) {
        self.fences[channel as usize] = Fence {
            read: copy.src..copy.src + copy.len,
            write: copy.dst..copy.dst + copy.len,
        };
    }

    fn fault(&self, addr: u32, write: bool) -> u8 {
        self.faults
            .iter()
            .find(|f| f.write == write && f.range.start < addr + 8 && addr < f.range.end)
            .map_or(OKAY, |f| f.resp)
    }

    fn word(&self, addr: u32) -> u64 {
        let at = (addr - BASE) as usize;
        u64::from_le_bytes(self.bytes[at..at + 8].try_into().unwrap())
    }

    fn due(&mut self) -> u64 {
        let (least, most) = self.pace.latency;
        self.now + least + self.rng.below(most - least + 1)
    }

    /// An index of those that are the oldest of their ID, and due.
    fn choose(&mut self, heads: Vec<(usize, u8, u64)>) -> Option<usize> {
        let mut seen = [false; 4];
        let mut ready = vec![];
        for (index, id, from) in heads {
            if !std::mem::replace(&mut seen[usize::from(id)], true) && from <= self.now {
                ready.push(index);
            }
        }
        if ready.is_empty() || !self.rng.chance(self.pace.answer) {
            return None;
        }
        let pick = if self.pace.interleave {
            self.rng.below(ready.len() as u64) as usize
        } else {
            0
        };
        Some(ready[pick])
    }

    pub fn drive(&mut self, port: &mut AxiUserMaster<8, 4>) {
        for i in 0..3 {
            self.ready[i] = self.rng.chance(self.pace.ready[i]);
        }
        port.arready.next = self.ready[0];
        port.awready.next = self.ready[1];
        port.wready.next = self.ready[2];
        if self.r_offer.is_none() {
            let heads = self.reads.iter().enumerate();
            let heads = heads.map(|(i, r)| (i, r.burst.id, r.from)).collect();
            if let Some(i) = self.choose(heads) {
                let (burst, beat) = (self.reads[i].burst, self.reads[i].beat);
                let addr = burst.addr + 8 * beat;
                let resp = self.fault(addr, false);
                let data = if resp == OKAY {
                    self.word(addr)
                } else {
                    0xBAD0_BAD0_BAD0_BAD0
                };
                self.r_offer = Some((i, data, resp, beat + 1 == burst.beats));
            }
        }
        let r = self.r_offer;
        port.rvalid.next = r.is_some();
        port.rid.next = u64::from(r.map_or(0xEE, |r| self.reads[r.0].burst.id)).into();
        port.rdata.next = r.map_or(0xEEEE, |r| r.1).into();
        port.rresp.next = u64::from(r.map_or(1, |r| r.2)).into();
        port.rlast.next = r.is_none_or(|r| r.3);
        if self.b_offer.is_none() {
            let heads = self.responses.iter().enumerate();
            let heads = heads.map(|(i, b)| (i, b.id, b.from)).collect();
            self.b_offer = self.choose(heads);
        }
        let b = self.b_offer.map(|i| &self.responses[i]);
        port.bvalid.next = b.is_some();
        port.bid.next = u64::from(b.map_or(0xEE, |b| b.id)).into();
        port.bresp.next = u64::from(b.map_or(1, |b| b.resp)).into();
    }

    pub fn sample(&mut self, port: &AxiUserMaster<8, 4>) {
        self.now += 1;
        if self.in_reset {
            assert!(!port.arvalid.val() && !port.awvalid.val() && !port.wvalid.val());
        }
        let address = |valid: bool, id: Bits<8>, addr: Bits<32>, len: Bits<8>| {
            valid.then(|| Address {
                id: u64::from(id) as u8,
                addr: u64::from(addr) as u32,
                beats: u64::from(len) as u32 + 1,
            })
        };
        let ar = address(
            port.arvalid.val(),
            port.arid.val(),
            port.araddr.val(),
            port.arlen.val(),
        );
        let aw = address(
            port.awvalid.val(),
            port.awid.val(),
            port.awaddr.val(),
            port.awlen.val(),
        );
        let w = port.wvalid.val().then(|| Beat {
            data: u64::from(port.wdata.val()),
            strb: u64::from(port.wstrb.val()) as u8,
            last: port.wlast.val(),
        });
        // AXI A3.2.1: once valid, a channel keeps its payload until it is taken.
        assert!(self.held.0.is_none() || self.held.0 == ar, "AR changed");
        assert!(self.held.1.is_none() || self.held.1 == aw, "AW changed");
        assert!(self.held.2.is_none() || self.held.2 == w, "W changed");
        self.held.0 = ar.filter(|_| !self.ready[0]);
        self.held.1 = aw.filter(|_| !self.ready[1]);
        self.held.2 = w.filter(|_| !self.ready[2]);

        if let (Some(i), true) = (self.b_offer, port.bready.val()) {
            self.responses.remove(i);
            self.b_offer = None;
        }
        if let (Some((i, _, _, last)), true) = (self.r_offer, port.rready.val()) {
            self.reads[i].beat += 1;
            if last {
                self.reads.remove(i);
            }
            self.r_offer = None;
        }
        if let (Some(ar), true) = (ar, self.ready[0]) {
            assert_eq!(u64::from(port.arsize.val()), 3);
            assert_eq!(u64::from(port.arburst.val()), 1);
            assert_eq!(u64::from(port.arcache.val()), 3);
            assert_eq!(u64::from(port.arprot.val()), 0);
            assert!(!port.arlock.val());
            assert_eq!(u64::from(port.aruser.val()) as u8, ar.id);
            self.check(ar, false);
            let from = self.due();
            self.reads.push(Read {
                burst: ar,
                beat: 0,
                from,
            });
        }
        if let (Some(aw), true) = (aw, self.ready[1]) {
            assert_eq!(u64::from(port.awsize.val()), 3);
            assert_eq!(u64::from(port.awburst.val()), 1);
            assert_eq!(u64::from(port.awcache.val()), 3);
            assert_eq!(u64::from(port.awprot.val()), 0);
            assert!(!port.awlock.val());
            assert_eq!(u64::from(port.awuser.val()) as u8, aw.id);
            self.check(aw, true);
            self.writes.push_back(aw);
        }
        if let (Some(w), true) = (w, self.ready[2]) {
            self.data.push_back(w);
            self.w_beats += 1;
            if self.w_beats == 1 {
                self.w_first = self.now;
            }
            self.w_last = self.now;
        }
        self.store();
    }

    /// A burst keeps to its page and its channel's fence.
    fn check(&self, burst: Address, write: bool) {
        let end = burst.addr + 8 * burst.beats;
        assert_eq!(burst.addr % 8, 0, "{burst:x?}");
        assert!(burst.beats <= 32, "{burst:x?} is too long");
        assert_eq!(
            burst.addr >> 12,
            (end - 1) >> 12,
            "{burst:x?} crosses 4 KiB"
        );
        let fence = &self.fences[usize::from(burst.id)];
        let fence = if write { &fence.write } else { &fence.read };
        assert!(
            fence.start & !7 <= burst.addr && end <= fence.end.next_multiple_of(8),
            "{burst:x?} (write: {write}) leaves {fence:x?}"
        );
    }

    /// Carries out the oldest write once all its data has come.
    fn store(&mut self) {
        let Some(&aw) = self.writes.front() else {
            return;
        };
        let beats = aw.beats as usize;
        let have = self.data.len().min(beats);
        for (i, beat) in self.data.iter().take(have).enumerate() {
            assert_eq!(beat.last, i + 1 == beats, "WLAST at beat {i} of {aw:x?}");
        }
        if have < beats {
            return;
        }
        self.writes.pop_front();
        let mut resp = OKAY;
        for i in 0..aw.beats {
            let beat = self.data.pop_front().unwrap();
            let addr = aw.addr + 8 * i;
            assert_ne!(beat.strb, 0, "a beat of {aw:x?} writes nothing");
            if i > 0 {
                assert_eq!(beat.strb & 1, 1, "a gap in {aw:x?}");
            }
            if i + 1 < aw.beats {
                assert_eq!(beat.strb >> 7, 1, "a gap in {aw:x?}");
            }
            let fault = self.fault(addr, true);
            resp = resp.max(fault);
            for lane in (0..8).filter(|lane| beat.strb >> lane & 1 == 1) {
                let byte = addr + lane;
                let fence = &self.fences[usize::from(aw.id)].write;
                assert!(fence.contains(&byte), "{byte:#x} is outside {fence:x?}");
                if fault == OKAY {
                    self.bytes[(byte - BASE) as usize] = (beat.data >> (8 * lane)) as u8;
                }
            }
        }
        let from = self.due();
        self.responses.push(Response {
            id: aw.id,
            resp,
            from,
        });
    }
}

/// A copy to be made.
#[derive(Clone, Copy, Debug)]
pub struct Copy {
    pub src: u32,
    pub dst: u32,
    pub len: u32,
}

pub struct Bench {
    pub uut: Box<DmaEngine>,
    pub host: AxilHost,
    pub memory: Memory,
    pub cycles: u64,
}

impl Bench {
    pub fn new(seed: u64, pace: Pace) -> Self {
        let mut uut = Box::new(DmaEngine::default());
        uut.connect_all();
        check_all(uut.as_ref()).expect("rust-hdl's checks");
        let mut bench = Self {
            uut,
            host: AxilHost::new(seed, 100),
            memory: Memory::new(seed, pace),
            cycles: 0,
        };
        bench.reset(1);
        bench
    }

    pub fn reset(&mut self, cycles: usize) {
        self.host.reset();
        self.memory.reset();
        self.uut.reset.next = true;
        self.cycle();
        self.host.reset();
        self.memory.reset();
        for _ in 1..cycles {
            self.memory.in_reset = true;
            self.cycle();
        }
        self.memory.in_reset = false;
        self.uut.reset.next = false;
    }

    pub fn cycle(&mut self) {
        self.host.drive(&mut self.uut.s_axil);
        self.memory.drive(&mut self.uut.m_axi);
        self.uut.clock.next = false.into();
        settle(self.uut.as_mut());
        self.host.sample(&self.uut.s_axil);
        self.memory.sample(&self.uut.m_axi);
        self.uut.clock.next = true.into();
        settle(self.uut.as_mut());
        self.cycles += 1;
    }

    fn answered(&mut self) -> Done {
        for _ in 0..100 {
            if let Some(done) = self.host.take() {
                return done;
            }
            self.cycle();
        }
        panic!("a register access is not answered");
    }

    pub fn write_at(&mut self, address: u32, data: u32) -> u8 {
        self.host.write(address as u16, data, 15);
        match self.answered() {
            Done::Write { resp } => resp,
            done => panic!("{done:?}"),
        }
    }

    pub fn read_at(&mut self, address: u32) -> (u8, u32) {
        self.host.read(address as u16);
        match self.answered() {
            Done::Read { resp, data } => (resp, data),
            done => panic!("{done:?}"),
        }
    }

    pub fn write(&mut self, channel: u32, offset: u32, data: u32) {
        assert_eq!(self.write_at(CHANNEL.at(channel) + offset, data), OKAY);
    }

    pub fn read(&mut self, channel: u32, offset: u32) -> u32 {
        let (resp, data) = self.read_at(CHANNEL.at(channel) + offset);
        assert_eq!(resp, OKAY);
        data
    }

    pub fn status(&mut self, channel: u32) -> Status {
        Status::from_bits(self.read(channel, STATUS.offset))
    }

    pub fn count(&mut self, channel: u32) -> u32 {
        self.read(channel, COUNT.offset)
    }

    pub fn error_addr(&mut self, channel: u32) -> u32 {
        self.read(channel, ERR_ADDR.offset)
    }

    /// Programs a channel and starts it, with interrupt.
    pub fn start(&mut self, channel: u32, copy: Copy) {
        self.memory.allow(channel, copy);
        self.write(channel, SRC.offset, copy.src);
        self.write(channel, DST.offset, copy.dst);
        self.write(channel, LEN.offset, copy.len);
        let go = Ctrl::default().with(Ctrl::START, 1).with(Ctrl::IE, 1);
        self.write(channel, CTRL.offset, go.bits());
    }

    /// Waits until the channel has ended, and clears DONE.
    pub fn wait(&mut self, channel: u32) -> Status {
        for _ in 0..20_000 {
            let ended = vcm_regs::dma::BLOCK.base + vcm_regs::dma::DMA_IRQ_STATUS.offset;
            if self.uut.irq.val() && self.read_at(ended).1 >> channel & 1 == 1 {
                let status = self.status(channel);
                self.write(channel, STATUS.offset, Status::DONE.mask());
                return status;
            }
            self.cycle();
        }
        panic!("channel {channel} does not end");
    }

    /// Makes the copies on the channels of their number, all at once, and compares all memory.
    pub fn run(&mut self, copies: &[Copy]) {
        let mut expect = self.memory.bytes.clone();
        for copy in copies {
            let at = |address: u32| (address - BASE) as usize;
            let data = self.memory.bytes[at(copy.src)..at(copy.src + copy.len)].to_vec();
            expect[at(copy.dst)..at(copy.dst + copy.len)].copy_from_slice(&data);
        }
        for (channel, &copy) in copies.iter().enumerate() {
            self.start(channel as u32, copy);
        }
        for (channel, copy) in copies.iter().enumerate() {
            let channel = channel as u32;
            let status = self.wait(channel);
            assert_eq!(status, Status::default().with(Status::DONE, 1), "{copy:x?}");
            assert_eq!(self.count(channel), copy.len, "{copy:x?}");
        }
        assert!(!self.uut.irq.val());
        assert_eq!(self.memory.outstanding(), 0);
        self.same(&expect);
    }

    /// Compares all memory.
    pub fn same(&self, expect: &[u8]) {
        if let Some(at) = (0..expect.len()).find(|&i| self.memory.bytes[i] != expect[i]) {
            panic!(
                "memory differs at {:#x}: {:02x?}, expected {:02x?}",
                at + BASE as usize,
                &self.memory.bytes[at..(at + 16).min(expect.len())],
                &expect[at..(at + 16).min(expect.len())]
            );
        }
    }
}
