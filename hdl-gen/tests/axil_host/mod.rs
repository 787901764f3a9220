//! Drives an AXI4-Lite slave port of a block, cycle by cycle, and checks the protocol.
//!
//! A test alternates `drive` (before the clock edge, sets the port's inputs) and `sample` (after the
//! circuit has settled, before the edge: sees which handshakes happen).

#![allow(dead_code)] // each test binary uses a part of it

use hdl_gen::axi::AxilSlave;
use rust_hdl::prelude::*;
use std::collections::VecDeque;

/// Xorshift64*: the tests' only source of randomness, so that a seed repeats a run.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }
    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    /// True in `percent` of the calls.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// Settles a block after its inputs were set.
pub fn settle<U: Block>(uut: &mut U) {
    assert!(simulate(uut, 50), "the circuit does not settle");
}

/// AXI response codes.
pub const OKAY: u8 = 0;
pub const SLVERR: u8 = 2;

/// A finished access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Write { resp: u8 },
    Read { resp: u8, data: u32 },
}

/// One VALID/READY channel that the host drives.
struct Source<T> {
    queue: VecDeque<T>,
    valid: bool,
}

impl<T> Default for Source<T> {
    fn default() -> Self {
        Self {
            queue: VecDeque::new(),
            valid: false,
        }
    }
}

impl<T> Source<T> {
    /// Once valid, it stays so until taken (AXI A3.2.1).
    fn raise(&mut self, rng: &mut Rng, eager: u64) {
        self.valid |= !self.queue.is_empty() && rng.chance(eager);
    }
    fn took(&mut self, ready: bool) {
        if self.valid && ready {
            self.queue.pop_front();
            self.valid = false;
        }
    }
}

/// The master at the other end of an [`AxilSlave`] port.
pub struct AxilHost {
    rng: Rng,
    /// Chance in percent, in each cycle, that a waiting item is offered or a response accepted.
    pub eager: u64,
    /// Whether write responses are accepted at all.
    pub take_b: bool,
    aw: Source<u16>,
    w: Source<(u32, u8)>,
    ar: Source<u16>,
    bready: bool,
    rready: bool,
    held_b: Option<u8>,
    held_r: Option<(u8, u32)>,
    done: VecDeque<Done>,
    outstanding: usize,
}

impl AxilHost {
    pub fn new(seed: u64, eager: u64) -> Self {
        Self {
            rng: Rng(seed),
            eager,
            take_b: true,
            aw: Source::default(),
            w: Source::default(),
            ar: Source::default(),
            bready: false,
            rready: false,
            held_b: None,
            held_r: None,
            done: VecDeque::new(),
            outstanding: 0,
        }
    }

    /// Queues a write; AW and W are offered independently of each other.
    pub fn write(&mut self, address: u16, data: u32, strobes: u8) {
        self.aw.queue.push_back(address);
        self.w.queue.push_back((data, strobes));
        self.outstanding += 1;
    }

    /// Queues a read.
    pub fn read(&mut self, address: u16) {
        self.ar.queue.push_back(address);
        self.outstanding += 1;
    }

    /// The oldest response not yet taken.
    pub fn take(&mut self) -> Option<Done> {
        self.done.pop_front()
    }

    /// Whether every access has been answered.
    pub fn idle(&self) -> bool {
        self.outstanding == 0
    }

    /// Forgets everything, as a reset does.
    pub fn reset(&mut self) {
        *self = Self::new(self.rng.next() | 1, self.eager);
    }

    pub fn drive(&mut self, port: &mut AxilSlave<16>) {
        let eager = self.eager;
        self.aw.raise(&mut self.rng, eager);
        self.w.raise(&mut self.rng, eager);
        self.ar.raise(&mut self.rng, eager);
        self.bready = self.rng.chance(eager) && self.take_b;
        self.rready = self.rng.chance(eager);
        let aw = self.aw.queue.front().copied().filter(|_| self.aw.valid);
        let w = self.w.queue.front().copied().filter(|_| self.w.valid);
        let ar = self.ar.queue.front().copied().filter(|_| self.ar.valid);
        port.awvalid.next = aw.is_some();
        port.awaddr.next = u64::from(aw.unwrap_or(0xDEAD)).into();
        port.awprot.next = 0.into();
        port.wvalid.next = w.is_some();
        port.wdata.next = u64::from(w.map_or(0xDEAD_BEEF, |w| w.0)).into();
        port.wstrb.next = u64::from(w.map_or(5, |w| w.1)).into();
        port.bready.next = self.bready;
        port.arvalid.next = ar.is_some();
        port.araddr.next = u64::from(ar.unwrap_or(0xDEAD)).into();
        port.arprot.next = 0.into();
        port.rready.next = self.rready;
    }

    pub fn sample(&mut self, port: &AxilSlave<16>) {
        self.aw.took(port.awready.val());
        self.w.took(port.wready.val());
        self.ar.took(port.arready.val());
        let b = port.bvalid.val().then(|| u64::from(port.bresp.val()) as u8);
        let r = port.rvalid.val().then(|| {
            (
                u64::from(port.rresp.val()) as u8,
                u64::from(port.rdata.val()) as u32,
            )
        });
        if self.held_b.is_some() {
            assert_eq!(b, self.held_b, "B changed before it was taken");
        }
        if self.held_r.is_some() {
            assert_eq!(r, self.held_r, "R changed before it was taken");
        }
        self.held_b = b.filter(|_| !self.bready);
        self.held_r = r.filter(|_| !self.rready);
        if let (Some(resp), true) = (b, self.bready) {
            self.finish(Done::Write { resp });
        }
        if let (Some((resp, data)), true) = (r, self.rready) {
            self.finish(Done::Read { resp, data });
        }
    }

    fn finish(&mut self, done: Done) {
        assert!(self.outstanding > 0, "{done:?} without a request");
        self.outstanding -= 1;
        self.done.push_back(done);
    }
}
