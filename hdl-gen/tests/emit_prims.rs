//! The hand-written Verilog of the primitives does what their Rust models do.

use hdl_gen::equiv::Check;
use hdl_gen::prim::{BlockRam, ByteRam, LutRam, Reg};
use rust_hdl::prelude::*;

#[test]
fn lut_ram_reads_in_the_same_cycle() {
    Check::new("lut_ram")
        .clock(|b: &mut LutRam<Bits<12>, 3>| &mut b.clock)
        .run(LutRam::default(), |b, rng, _| {
            b.write.next = rng.bit();
            b.write_address.next = rng.bits();
            b.write_data.next = rng.bits();
            b.read_address.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn block_ram_reads_one_cycle_later_and_the_old_word_on_a_collision() {
    Check::new("block_ram")
        .clock(|b: &mut BlockRam<Bits<70>, 3>| &mut b.clock)
        .run(BlockRam::default(), |b, rng, _| {
            b.write.next = rng.bit();
            b.write_address.next = rng.bits();
            b.write_data.next = rng.bits();
            b.read.next = rng.chance(3, 4);
            b.read_address.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn byte_ram_writes_the_bytes_that_are_named() {
    Check::new("byte_ram")
        .clock(|b: &mut ByteRam<3>| &mut b.clock)
        .run(ByteRam::default(), |b, rng, _| {
            b.write.next = rng.bits();
            b.write_address.next = rng.bits();
            b.write_data.next = rng.bits();
            b.read.next = rng.chance(3, 4);
            b.read_address.next = rng.bits();
        })
        .unwrap();
}

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum Phase {
    Idle,
    Fill,
    Drain,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, LogicStruct)]
struct Entry {
    valid: Bit,
    tag: Bits<5>,
}

/// Registers of every kind of type, beside memories, with two resets.
#[derive(LogicBlock, Default)]
struct Store {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    clear: Signal<In, Bit>,
    go: Signal<In, Bit>,
    data: Signal<In, Bits<8>>,
    at: Signal<In, Bits<2>>,
    phase_out: Signal<Out, Phase>,
    entry_out: Signal<Out, Entry>,
    fast: Signal<Out, Bits<8>>,
    slow: Signal<Out, Bits<8>>,
    phase: Reg<Phase>,
    entry: Reg<Entry>,
    lut: LutRam<Bits<8>, 2>,
    block: BlockRam<Bits<8>, 2>,
}

impl Logic for Store {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, phase, entry, lut, block);
        self.phase.reset.next = self.reset.val();
        self.entry.reset.next = self.reset.val() | self.clear.val();
        self.phase.d.next = self.phase.q.val();
        self.entry.d.next = self.entry.q.val();
        self.lut.write.next = false;
        match self.phase.q.val() {
            Phase::Idle => {
                if self.go.val() {
                    self.phase.d.next = Phase::Fill;
                }
            }
            Phase::Fill => {
                self.lut.write.next = self.go.val();
                self.entry.d.next.valid = self.go.val();
                self.entry.d.next.tag = self.data.val().get_bits::<5>(2);
                if self.data.val().get_bit(0) {
                    self.phase.d.next = Phase::Drain;
                }
            }
            Phase::Drain => self.phase.d.next = Phase::Idle,
        }
        self.lut.write_address.next = self.at.val();
        self.lut.write_data.next = self.data.val();
        self.lut.read_address.next = self.at.val();
        self.block.write.next = self.entry.q.val().valid;
        self.block.write_address.next = self.entry.q.val().tag.get_bits::<3>(1).get_bits::<2>(1);
        self.block.write_data.next = self.data.val();
        self.block.read.next = true;
        self.block.read_address.next = self.at.val();
        self.phase_out.next = self.phase.q.val();
        self.entry_out.next = self.entry.q.val();
        self.fast.next = self.lut.read_data.val();
        self.slow.next = self.block.read_data.val();
    }
}

#[test]
fn registers_and_memories_work_inside_a_block() {
    Check::new("store")
        .clock(|b: &mut Store| &mut b.clock)
        .run(Store::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 100);
            b.clear.next = rng.chance(1, 20);
            b.go.next = rng.bit();
            b.data.next = rng.bits();
            b.at.next = rng.bits();
        })
        .unwrap();
}
