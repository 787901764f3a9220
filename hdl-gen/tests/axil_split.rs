//! The split of the register window, in rust-hdl's own simulation.

mod axil_host;

use axil_host::{settle, AxilHost, Done, Rng};
use hdl_gen::axi::AxilMaster;
use hdl_gen::axil::AxilSplit;
use rust_hdl::prelude::*;
use std::collections::HashMap;

/// A slave of 64 KiB that takes its time, and checks that what it is offered stays put.
struct Target {
    rng: Rng,
    eager: u64,
    words: HashMap<u16, u32>,
    aw: Option<u16>,
    w: Option<(u32, u8)>,
    b: Option<u8>,
    r: Option<(u8, u32)>,
    ready: (bool, bool, bool),
    offer: (bool, bool),
    held: [Option<u64>; 3],
    writes: usize,
    reads: usize,
}

impl Target {
    fn new(seed: u64, eager: u64) -> Self {
        Self {
            rng: Rng(seed),
            eager,
            words: HashMap::new(),
            aw: None,
            w: None,
            b: None,
            r: None,
            ready: (false, false, false),
            offer: (false, false),
            held: [None; 3],
            writes: 0,
            reads: 0,
        }
    }
    /// SLVERR at odd kilobytes, so that responses differ.
    fn resp(address: u16) -> u8 {
        2 * u8::from(address & 0x400 != 0)
    }
    fn drive(&mut self, port: &mut AxilMaster<16>) {
        let go = |rng: &mut Rng, eager| rng.chance(eager);
        self.ready.0 = self.aw.is_none() && go(&mut self.rng, self.eager);
        self.ready.1 = self.w.is_none() && go(&mut self.rng, self.eager);
        self.ready.2 = self.r.is_none() && go(&mut self.rng, self.eager);
        self.offer.0 = self.b.is_some() && (self.offer.0 || go(&mut self.rng, self.eager));
        self.offer.1 = self.r.is_some() && (self.offer.1 || go(&mut self.rng, self.eager));
        port.awready.next = self.ready.0;
        port.wready.next = self.ready.1;
        port.arready.next = self.ready.2;
        port.bvalid.next = self.offer.0;
        port.bresp.next = u64::from(self.b.unwrap_or(1)).into();
        port.rvalid.next = self.offer.1;
        port.rresp.next = u64::from(self.r.map_or(1, |r| r.0)).into();
        port.rdata.next = u64::from(self.r.map_or(0xBAD, |r| r.1)).into();
    }
    fn sample(&mut self, port: &AxilMaster<16>) {
        let seen = [
            port.awvalid.val().then(|| u64::from(port.awaddr.val())),
            port.wvalid
                .val()
                .then(|| u64::from(port.wdata.val()) << 4 | u64::from(port.wstrb.val())),
            port.arvalid.val().then(|| u64::from(port.araddr.val())),
        ];
        let ready = [self.ready.0, self.ready.1, self.ready.2];
        for i in 0..3 {
            if self.held[i].is_some() {
                assert_eq!(
                    seen[i], self.held[i],
                    "channel {i} changed before it was taken"
                );
            }
            self.held[i] = seen[i].filter(|_| !ready[i]);
        }
        if self.offer.0 && port.bready.val() {
            self.b = None;
            self.offer.0 = false;
        }
        if self.offer.1 && port.rready.val() {
            self.r = None;
            self.offer.1 = false;
        }
        if let (Some(address), true) = (seen[0], ready[0]) {
            self.aw = Some(address as u16);
        }
        if let (Some(w), true) = (seen[1], ready[1]) {
            self.w = Some(((w >> 4) as u32, w as u8 & 15));
        }
        if let (Some(address), true) = (seen[2], ready[2]) {
            let address = address as u16;
            let data = self.words.get(&address).copied().unwrap_or(0);
            self.r = Some((Self::resp(address), data));
            self.reads += 1;
        }
        if let (Some(address), Some((data, strobes)), None) = (self.aw, self.w, self.b) {
            let word = self.words.entry(address).or_default();
            for byte in (0..4).filter(|byte| strobes >> byte & 1 == 1) {
                let mask = 0xFF << (8 * byte);
                *word = *word & !mask | data & mask;
            }
            (self.aw, self.w, self.b) = (None, None, Some(Self::resp(address)));
            self.writes += 1;
        }
    }
}

struct Bench {
    uut: Box<AxilSplit>,
    host: AxilHost,
    iommu: Target,
    dma: Target,
}

impl Bench {
    fn new(seed: u64, eager: [u64; 3]) -> Self {
        let mut uut = Box::new(AxilSplit::default());
        uut.connect_all();
        check_all(uut.as_ref()).expect("rust-hdl's checks");
        Self {
            uut,
            host: AxilHost::new(seed, eager[0]),
            iommu: Target::new(seed + 1, eager[1]),
            dma: Target::new(seed + 2, eager[2]),
        }
    }
    fn cycle(&mut self) {
        self.host.drive(&mut self.uut.s_axil);
        self.iommu.drive(&mut self.uut.iommu);
        self.dma.drive(&mut self.uut.dma);
        self.uut.clock.next = false.into();
        settle(self.uut.as_mut());
        self.host.sample(&self.uut.s_axil);
        self.iommu.sample(&self.uut.iommu);
        self.dma.sample(&self.uut.dma);
        self.uut.clock.next = true.into();
        settle(self.uut.as_mut());
    }
    fn finish(&mut self) -> Vec<Done> {
        for _ in 0..5000 {
            if self.host.idle() {
                return std::iter::from_fn(|| self.host.take()).collect();
            }
            self.cycle();
        }
        panic!("accesses are not answered");
    }
}

#[test]
fn each_access_reaches_the_block_of_its_address() {
    let mut b = Bench::new(11, [100, 100, 100]);
    for (address, to_dma) in [
        (0x0000, false),
        (0x3FFC, false),
        (0x4000, true),
        (0x4FFC, true),
        (0x5000, false),
        (0xC000, false),
        (0xFFFC, false),
    ] {
        let before = (b.dma.reads, b.dma.writes, b.iommu.reads, b.iommu.writes);
        b.host.write(address, 0x1234_5678, 15);
        b.finish();
        b.host.read(address);
        let done = b.finish();
        assert!(matches!(
            done[0],
            Done::Read {
                data: 0x1234_5678,
                ..
            }
        ));
        let d = usize::from(to_dma);
        assert_eq!(
            (b.dma.reads, b.dma.writes, b.iommu.reads, b.iommu.writes),
            (
                before.0 + d,
                before.1 + d,
                before.2 + 1 - d,
                before.3 + 1 - d
            ),
            "{address:#x}"
        );
    }
}

#[test]
fn responses_come_back_in_order_under_any_back_pressure() {
    for (seed, eager) in [
        (1, [100, 100, 100]),
        (2, [20, 90, 90]),
        (3, [90, 20, 70]),
        (4, [50, 50, 10]),
    ] {
        let mut b = Bench::new(seed * 77, eager);
        let mut rng = Rng(seed * 31 + 5);
        let mut expect = HashMap::new();
        let mut addresses = vec![];
        for _ in 0..60 {
            let address = (rng.below(0x10) << 12 | rng.below(4) << 9 | rng.below(2) << 2) as u16;
            let data = rng.next() as u32;
            b.host.write(address, data, 15);
            expect.insert(address, data);
            addresses.push(address);
        }
        let resps: Vec<_> = addresses
            .iter()
            .map(|&a| Done::Write {
                resp: Target::resp(a),
            })
            .collect();
        assert_eq!(b.finish(), resps);
        for &address in &addresses {
            b.host.read(address);
        }
        let reads: Vec<_> = addresses
            .iter()
            .map(|a| Done::Read {
                resp: Target::resp(*a),
                data: expect[a],
            })
            .collect();
        assert_eq!(b.finish(), reads);
    }
}

#[test]
fn a_read_does_not_wait_for_a_stuck_write() {
    let mut b = Bench::new(5, [100, 100, 100]);
    b.dma.eager = 0;
    b.host.write(0x4000, 1, 15);
    b.host.read(0x8000);
    for _ in 0..30 {
        b.cycle();
    }
    assert_eq!(b.host.take(), Some(Done::Read { resp: 0, data: 0 }));
    b.dma.eager = 100;
    assert_eq!(b.finish(), [Done::Write { resp: 0 }]);
}
