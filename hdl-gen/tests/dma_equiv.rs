//! Emitted Verilog of the DMA engine and its parts against rust-hdl's own simulation.

mod dma_bench;

use dma_bench::{Bench, Copy, Pace, BASE};
use hdl_gen::dma::{BeatStream, ChunkPlanner, DmaChannel, DmaEngine, RoundRobin, WriteScheduler};
use hdl_gen::equiv::Check;
use hdl_gen::prim::{BlockRam, LutRam};
use rust_hdl::prelude::*;

#[test]
fn lut_ram() {
    Check::new("lut_ram")
        .clock(|b: &mut LutRam<Bits<9>, 5>| &mut b.clock)
        .run(LutRam::default(), |b, rng, _| {
            b.write.next = rng.bit();
            b.write_address.next = rng.bits();
            b.write_data.next = rng.bits();
            b.read_address.next = rng.bits();
        })
        .unwrap();
}
