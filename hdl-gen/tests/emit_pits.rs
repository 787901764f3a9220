//! Where rust-hdl's own Verilog goes wrong in silence, and ours must not.

use hdl_gen::equiv::{Check, Rng};
use hdl_gen::prim::Reg;
use rust_hdl::prelude::*;

/// Small values, all ones and anything, so that carries, wraps and equalities happen.
fn edgy<const N: usize>(rng: &mut Rng) -> Bits<N> {
    match rng.below(4) {
        0 => rng.below(2).into(),
        1 => Bits::<N>::mask(),
        _ => rng.bits(),
    }
}

#[derive(LogicBlock, Default)]
struct Precedence {
    a: Signal<In, Bits<8>>,
    b: Signal<In, Bits<8>>,
    both_clear: Signal<Out, Bit>,
    mixed: Signal<Out, Bits<8>>,
    ordered: Signal<Out, Bit>,
    logical: Signal<Out, Bit>,
}

impl Logic for Precedence {
    #[hdl_gen]
    fn update(&mut self) {
        self.both_clear.next = self.a.val() & self.b.val() == 0;
        self.mixed.next = (self.a.val() | self.b.val() ^ (self.a.val() << 1) & self.b.val()) - 3;
        self.ordered.next = self.a.val() + 1 > self.b.val() - 1;
        self.logical.next = self.a.val() == 0 || self.b.val() == 0 && self.a.val() < self.b.val();
    }
}

#[test]
fn operators_bind_as_in_rust() {
    Check::new("precedence")
        .run(Precedence::default(), |b, rng, _| {
            b.a.next = edgy(rng);
            b.b.next = edgy(rng);
        })
        .unwrap();
}

#[derive(LogicBlock, Default)]
struct Literals {
    a: Signal<In, Bits<8>>,
    b: Signal<In, Bits<8>>,
    wraps_down: Signal<Out, Bit>,
    wraps_up: Signal<Out, Bit>,
    complement: Signal<Out, Bit>,
    shifted: Signal<Out, Bit>,
    left_literal: Signal<Out, Bits<8>>,
    one_hot: Signal<Out, Bits<64>>,
    one_hot_short: Signal<Out, Bits<8>>,
    suffixed: Signal<Out, Bits<40>>,
    with_bool: Signal<Out, Bits<8>>,
}

impl Logic for Literals {
    #[hdl_gen]
    fn update(&mut self) {
        self.wraps_down.next = (self.a.val() - 1) == 255;
        self.wraps_up.next = self.a.val() + 1 > self.b.val();
        self.complement.next = !self.a.val() == 0xF0;
        self.shifted.next = (self.a.val() << 4) == 0x30;
        self.left_literal.next = 3 - self.a.val();
        self.one_hot.next = 1 << self.a.val();
        self.one_hot_short.next = bit_cast::<8, 64>(1 << self.a.val());
        self.suffixed.next = bit_cast::<40, 8>(self.a.val()) + 0xFF_FFFF_FFF0_u64;
        self.with_bool.next = self.a.val() + (self.b.val() == 0);
    }
}

#[test]
fn literals_take_the_width_of_their_context() {
    Check::new("literals")
        .run(Literals::default(), |b, rng, _| {
            b.a.next = if rng.bit() {
                rng.below(70).into()
            } else {
                edgy(rng)
            };
            b.b.next = edgy(rng);
        })
        .unwrap();
}

#[derive(LogicBlock, Default)]
struct Casts {
    a: Signal<In, Bits<8>>,
    b: Signal<In, Bits<8>>,
    wide_not: Signal<Out, Bits<16>>,
    wide_sum: Signal<Out, Bits<16>>,
    wide_shift: Signal<Out, Bits<16>>,
    carry: Signal<Out, Bit>,
    sum_high: Signal<Out, Bits<4>>,
    narrow_sum: Signal<Out, Bits<3>>,
    narrow_shift: Signal<Out, Bits<3>>,
    narrow_compare: Signal<Out, Bits<4>>,
    product: Signal<Out, Bits<32>>,
    square_middle: Signal<Out, Bits<8>>,
}

impl Logic for Casts {
    #[hdl_gen]
    fn update(&mut self) {
        self.wide_not.next = bit_cast::<16, 8>(!self.a.val());
        self.wide_sum.next = bit_cast::<16, 8>(self.a.val() + self.b.val());
        self.wide_shift.next = bit_cast::<16, 8>(self.a.val() << 4);
        self.carry.next =
            (bit_cast::<9, 8>(self.a.val()) + bit_cast::<9, 8>(self.b.val())).get_bit(8);
        self.sum_high.next = (self.a.val() - self.b.val()).get_bits::<4>(4);
        self.narrow_sum.next = bit_cast::<3, 8>(self.a.val() + self.b.val());
        self.narrow_shift.next = bit_cast::<3, 8>(self.a.val() >> self.b.val());
        self.narrow_compare.next =
            bit_cast::<4, 1>((self.a.val() < self.b.val()).into()) << 2 | bits::<4>(1);
        self.product.next = bit_cast::<16, 8>(self.a.val()) * bit_cast::<16, 8>(self.b.val());
        self.square_middle.next =
            (bit_cast::<16, 8>(self.a.val()) * bit_cast::<16, 8>(self.a.val())).get_bits::<8>(5);
    }
}

#[test]
fn casts_keep_no_bits_that_rust_drops() {
    Check::new("casts")
        .run(Casts::default(), |b, rng, _| {
            b.a.next = edgy(rng);
            b.b.next = if rng.bit() {
                rng.below(10).into()
            } else {
                edgy(rng)
            };
        })
        .unwrap();
}

#[derive(LogicBlock)]
struct Constants {
    magic: Constant<Bits<12>>,
    on: Constant<Bit>,
    word: Signal<Out, Bits<12>>,
    low: Signal<Out, Bits<4>>,
    flag: Signal<Out, Bit>,
    chosen: Signal<Out, Bits<4>>,
    sum: Signal<Out, Bits<4>>,
    halves: Signal<Out, Halves>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, LogicStruct)]
struct Halves {
    low: Bits<4>,
    high: Bits<4>,
}

impl Default for Constants {
    fn default() -> Self {
        Self {
            magic: Constant::new(0xACE.into()),
            on: Constant::new(true),
            word: Default::default(),
            low: Default::default(),
            flag: Default::default(),
            chosen: Default::default(),
            sum: Default::default(),
            halves: Default::default(),
        }
    }
}

impl Logic for Constants {
    #[hdl_gen]
    fn update(&mut self) {
        self.word.next = self.magic.val();
        self.low.next = self.magic.val().get_bits::<4>(4);
        self.flag.next = true;
        self.chosen.next = 3.into();
        if self.on.val() {
            self.chosen.next = 9.into();
        }
        self.sum.next = 0.into();
        for i in 0..4 {
            self.sum.next = (self.sum.val() << 1) + (self.on.val() ^ (i == 2));
        }
        self.halves.next.low = 5.into();
        self.halves.next.high = self.magic.val().get_bits::<4>(0);
        self.halves.next.low = 6.into();
    }
}

#[test]
fn a_kernel_of_constants_has_its_outputs_from_the_start() {
    Check::new("constants")
        .cycles(5)
        .run(Constants::default(), |_, _, _| {})
        .unwrap();
}

#[derive(LogicBlock, Default)]
struct StillCell {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    q: Signal<Out, Bits<4>>,
    held: Reg<Bits<4>>,
}

impl Logic for StillCell {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held);
        self.held.reset.next = self.reset.val();
        self.q.next = self.held.q.val();
    }
}

#[derive(LogicBlock, Default)]
struct Still {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    highest: Signal<Out, Bits<4>>,
    cell: [StillCell; 2],
    found: Signal<Local, Bits<4>>,
}

impl Logic for Still {
    #[hdl_gen]
    fn update(&mut self) {
        self.found.next = 5.into();
        for i in 0..2 {
            self.cell[i].clock.next = self.clock.val();
            self.cell[i].reset.next = self.reset.val();
            if self.cell[i].q.val() > self.found.val() {
                self.found.next = self.cell[i].q.val();
            }
        }
        self.highest.next = self.found.val();
    }
}

/// An event-driven simulator runs a process when something changes that it reads.
#[test]
fn a_process_that_reads_registers_alone_runs_before_they_change() {
    Check::new("still")
        .clock(|b: &mut Still| &mut b.clock)
        .cycles(5)
        .run(Still::default(), |_, _, _| {})
        .unwrap();
}

#[derive(LogicBlock, Default)]
struct Long {
    a: Signal<In, Bits<128>>,
    b: Signal<In, Bits<128>>,
    at: Signal<In, Bits<8>>,
    sum: Signal<Out, Bits<128>>,
    difference: Signal<Out, Bits<128>>,
    less: Signal<Out, Bit>,
    equal: Signal<Out, Bit>,
    shifted: Signal<Out, Bits<128>>,
    word: Signal<Out, Bits<32>>,
    folded: Signal<Out, Bits<65>>,
    parity: Signal<Out, Bit>,
}

impl Logic for Long {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = self.a.val() + self.b.val();
        self.difference.next = self.a.val() - self.b.val();
        self.less.next = self.a.val() < self.b.val();
        self.equal.next = self.a.val() == self.b.val();
        self.shifted.next = (self.a.val() << self.at.val()) | (self.b.val() >> self.at.val());
        self.word.next = (self.a.val() >> self.at.val()).get_bits::<32>(0);
        self.folded.next = bit_cast::<65, 128>(self.a.val() ^ self.b.val());
        self.parity.next = self.a.val().xor() ^ self.b.val().all() ^ self.b.val().any();
    }
}

#[test]
fn values_wider_than_a_machine_word_work() {
    Check::new("long")
        .cycles(800)
        .run(Long::default(), |b, rng, _| {
            b.a.next = edgy(rng);
            b.b.next = if rng.chance(1, 4) {
                b.a.next
            } else {
                edgy(rng)
            };
            b.at.next = rng.below(140).into();
        })
        .unwrap();
}

#[derive(LogicBlock, Default)]
struct Bitwise {
    a: Signal<In, Bits<8>>,
    at: Signal<In, Bits<3>>,
    distant: Signal<In, Bits<4>>,
    new_bit: Signal<In, Bit>,
    picked: Signal<Out, Bit>,
    nibble: Signal<Out, Bits<4>>,
    far_bits: Signal<Out, Bits<2>>,
    replaced: Signal<Out, Bits<8>>,
    replaced_high: Signal<Out, Bits<8>>,
    reversed: Signal<Out, Bits<8>>,
    picked_of_sum: Signal<Out, Bit>,
}

impl Logic for Bitwise {
    #[hdl_gen]
    fn update(&mut self) {
        self.picked.next = self.a.val().get_bit(self.at.val().index());
        // past the end rust-hdl reads zeros, a Verilog part-select X
        self.nibble.next = self.a.val().get_bits::<4>(self.at.val().index());
        self.far_bits.next = self.a.val().get_bits::<2>(self.distant.val().index());
        self.replaced.next = self
            .a
            .val()
            .replace_bit(self.at.val().index(), self.new_bit.val());
        self.replaced_high.next = self.a.val().replace_bit(7, self.new_bit.val());
        self.reversed.next = 0.into();
        for i in 0..8 {
            self.reversed.next = self
                .reversed
                .val()
                .replace_bit(7 - i, self.a.val().get_bit(i));
        }
        self.picked_of_sum.next = (self.a.val() + 7).get_bit(self.at.val().index());
    }
}

#[test]
fn variable_slices_read_zeros_past_the_end() {
    Check::new("bitwise")
        .run(Bitwise::default(), |b, rng, _| {
            b.a.next = rng.bits();
            b.at.next = rng.bits();
            b.distant.next = rng.below(9).into();
            b.new_bit.next = rng.bit();
        })
        .unwrap();
}

#[derive(LogicBlock, Default)]
struct OrderMatters {
    a: Signal<In, Bits<8>>,
    b: Signal<In, Bits<8>>,
    sel: Signal<In, Bits<2>>,
    step: Signal<Local, Bits<8>>,
    twice: Signal<Local, Bits<8>>,
    first: Signal<Out, Bits<8>>,
    last: Signal<Out, Bits<8>>,
    most: Signal<Out, Bits<8>>,
}

impl Logic for OrderMatters {
    #[hdl_gen]
    fn update(&mut self) {
        self.step.next = self.a.val();
        self.first.next = self.step.val() + 1;
        self.step.next = self.step.val() + self.b.val();
        self.twice.next = self.step.val() << 1;
        if self.sel.val() == 2 {
            self.step.next = self.twice.val();
        }
        self.last.next = self.step.val();
        self.most.next = self.a.val();
        match self.sel.val().index() {
            0 => {}
            0b01 => self.most.next = self.b.val(),
            0x2_usize => {
                if self.a.val() < self.b.val() {
                    self.most.next = self.most.val() + self.b.val();
                }
            }
            _ => self.most.next = self.step.val(),
        }
    }
}

#[test]
fn statements_take_effect_in_their_order() {
    Check::new("order_matters")
        .run(OrderMatters::default(), |b, rng, _| {
            b.a.next = edgy(rng);
            b.b.next = edgy(rng);
            b.sel.next = rng.bits();
        })
        .unwrap();
}
