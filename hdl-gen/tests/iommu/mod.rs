//! What the tests of the IOMMU's blocks share: a clocked block, and random values of its bundles.
//!
//! The values are drawn from few, so that hits, conflicts and matches are frequent.

#![allow(dead_code)] // each test binary uses a part of it

use std::ops::{Deref, DerefMut};

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::types::*;
use rust_hdl::prelude::*;

/// A block in rust-hdl's own simulation.
pub struct Sim<U> {
    uut: Box<U>,
    clock: fn(&mut U) -> &mut Signal<In, Clock>,
}

impl<U: Block> Sim<U> {
    pub fn new(uut: U, clock: fn(&mut U) -> &mut Signal<In, Clock>) -> Self {
        let mut uut = Box::new(uut);
        uut.connect_all();
        check_all(uut.as_ref()).expect("rust-hdl's checks");
        Self { uut, clock }
    }

    /// What holds before the rising edge.
    pub fn settle(&mut self) {
        (self.clock)(&mut self.uut).next = Clock { clk: false };
        settle(self.uut.as_mut());
    }

    /// The rising edge.
    pub fn edge(&mut self) {
        (self.clock)(&mut self.uut).next = Clock { clk: true };
        settle(self.uut.as_mut());
    }

    /// A whole cycle.
    pub fn cycle(&mut self) {
        self.settle();
        self.edge();
    }
}

impl<U> Deref for Sim<U> {
    type Target = U;
    fn deref(&self) -> &U {
        &self.uut
    }
}

impl<U> DerefMut for Sim<U> {
    fn deref_mut(&mut self) -> &mut U {
        &mut self.uut
    }
}

/// Settles a block whose inputs were set.
pub fn settle<U: Block>(uut: &mut U) {
    assert!(simulate(uut, 200), "the circuit does not settle");
}

/// The number in a vector of at most 64 bits.
pub fn n<const N: usize>(bits: Bits<N>) -> u64 {
    bits.to_u64()
}

pub fn burst(rng: &mut Rng) -> Burst {
    Burst {
        id: rng.below(4).into(),
        addr: address(rng),
        len: if rng.chance(1, 8) {
            rng.bits()
        } else {
            rng.below(4).into()
        },
        size: if rng.chance(1, 20) {
            rng.bits()
        } else {
            3.into()
        },
        burst: if rng.chance(1, 8) {
            rng.bits()
        } else {
            1.into()
        },
        cache: rng.bits(),
        prot: rng.bits(),
        qos: rng.bits(),
        stream: rng.below(4).into(),
    }
}

/// Some pages, and mostly not at their end.
pub fn address(rng: &mut Rng) -> Bits<32> {
    let offset = if rng.chance(1, 10) {
        0xFF8
    } else {
        rng.below(0xF00)
    };
    (n(vpn(rng)) << 12 | offset).into()
}

/// One of 64 pages that differ in every size of page.
pub fn vpn(rng: &mut Rng) -> Bits<20> {
    (rng.below(2) << 12 | rng.below(2) << 8 | rng.below(4) << 4 | rng.below(4)).into()
}

pub fn route(rng: &mut Rng) -> Route {
    let kind = rng.below(10);
    Route {
        bypass: kind == 0,
        translate: kind > 1,
        context: rng.below(2).into(),
    }
}

/// Mostly on, and without page tables of its own.
pub fn bank(rng: &mut Rng) -> Bank {
    Bank {
        enabled: !rng.chance(1, 12),
        one_to_one: rng.chance(1, 12),
        afe: rng.chance(1, 4),
        mtcfg: rng.bit(),
        stall: rng.bit(),
        asid: rng.below(2).into(),
        base: rng.bits(),
        dacr: if rng.bit() {
            0x5555_5555.into()
        } else {
            rng.bits()
        },
    }
}

pub fn translation(rng: &mut Rng) -> Translation {
    Translation {
        context: rng.below(2).into(),
        asid: rng.below(3).into(),
        not_global: rng.bit(),
        vpn: vpn(rng),
        large: rng.pick(&[0, 0, 1, 3, 7]).unwrap_or(0).into(),
        ppn: rng.bits(),
        ap: rng.bits(),
        xn: rng.bit(),
        domain: rng.bits(),
        memory: rng.bits(),
    }
}

pub fn key(rng: &mut Rng) -> Key {
    Key {
        context: rng.below(2).into(),
        asid: rng.below(3).into(),
        vpn: vpn(rng),
    }
}

/// Mostly none; else a command as one of the command registers makes it.
pub fn command(rng: &mut Rng, hits: u32, of: u32) -> TlbCommand {
    let mut command = TlbCommand {
        context: rng.below(2).into(),
        asid: rng.below(3).into(),
        vpn: vpn(rng),
        ..TlbCommand::default()
    };
    if !rng.chance(hits, of) {
        return command;
    }
    let kind = rng.below(7);
    command.sync = kind < 2;
    command.invalidate = kind > 1;
    command.by_context = kind != 0 && kind != 2;
    command.by_asid = kind == 4 || kind == 6;
    command.spare_global = kind == 6;
    command.by_va = kind == 4 || kind == 5;
    command
}

pub fn fault(rng: &mut Rng) -> Fault {
    Fault {
        iova: rng.bits(),
        status: rng.below(0x13).into(),
        write: rng.bit(),
        privileged: rng.bit(),
        instruction: rng.bit(),
        in_context: !rng.chance(1, 5),
        context: rng.bits(),
        stream: rng.bits(),
        id: rng.bits(),
        stalled: rng.bit(),
        slot: rng.bits(),
    }
}

pub fn outstanding(rng: &mut Rng) -> Outstanding {
    Outstanding {
        id: rng.below(4).into(),
        iova: rng.bits(),
        privileged: rng.bit(),
        instruction: rng.bit(),
        in_context: !rng.chance(1, 4),
        context: rng.below(3).into(),
        stream: rng.bits(),
    }
}

pub fn read_beat(rng: &mut Rng) -> ReadBeat {
    ReadBeat {
        id: rng.below(4).into(),
        data: rng.bits(),
        resp: rng.bits(),
        last: rng.chance(1, 3),
    }
}

pub fn write_beat(rng: &mut Rng) -> WriteBeat {
    WriteBeat {
        data: rng.bits(),
        strb: rng.bits(),
        last: rng.chance(1, 3),
    }
}
