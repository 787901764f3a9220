//! How blocks become modules: hierarchy, arrays, bundles, sharing, names.

use hdl_gen::axi::{AxilMaster, AxilSlave};
use hdl_gen::emit::verilog;
use hdl_gen::equiv::Check;
use hdl_gen::prim::Reg;
use rust_hdl::prelude::*;

/// Counts up by its own step and shows whether it is at its own mark.
#[derive(LogicBlock)]
struct Cell {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    enable: Signal<In, Bit>,
    value: Signal<Out, Bits<8>>,
    at_mark: Signal<Out, Bit>,
    low_mark: Signal<Out, Bit>,
    step: Constant<Bits<8>>,
    mark: Constant<Bits<8>>,
    held: Reg<Bits<8>>,
}

impl Cell {
    fn new(step: u64, mark: u64) -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            enable: Default::default(),
            value: Default::default(),
            at_mark: Default::default(),
            low_mark: Default::default(),
            step: Constant::new(step.into()),
            mark: Constant::new(mark.into()),
            held: Default::default(),
        }
    }
}

impl Logic for Cell {
    #[hdl_gen]
    fn update(&mut self) {
        self.held.clock.next = self.clock.val();
        self.held.reset.next = self.reset.val();
        self.held.d.next = self.held.q.val();
        if self.enable.val() {
            self.held.d.next = self.held.q.val() + self.step.val();
        }
        self.value.next = self.held.q.val();
        self.at_mark.next = self.held.q.val() == self.mark.val();
        self.low_mark.next = self.held.q.val().get_bits::<2>(0) == self.mark.val().get_bits::<2>(1);
    }
}

/// Two cells, each enabled at the other's mark.
#[derive(LogicBlock)]
struct Couple {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    enable: Signal<In, Bit>,
    both: Signal<Out, Bits<16>>,
    flip: Constant<Bits<16>>,
    left: Cell,
    right: Cell,
}

impl Couple {
    fn new(flip: u64, mark: u64) -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            enable: Default::default(),
            both: Default::default(),
            flip: Constant::new(flip.into()),
            left: Cell::new(3, mark),
            right: Cell::new(5, 0x31),
        }
    }
}

impl Logic for Couple {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, left, right);
        self.left.reset.next = self.reset.val();
        self.right.reset.next = self.reset.val();
        self.left.enable.next = self.enable.val() | self.right.at_mark.val();
        self.right.enable.next =
            !self.enable.val() | self.left.at_mark.val() | self.left.low_mark.val();
        self.both.next = (bit_cast::<16, 8>(self.left.value.val()) << 8
            | bit_cast::<16, 8>(self.right.value.val()))
            ^ self.flip.val();
    }
}

/// A row of couples that differ in constants two levels down.
#[derive(LogicBlock)]
struct Row {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    enable: Signal<In, Bits<3>>,
    sum: Signal<Out, Bits<16>>,
    couple: [Couple; 3],
}

impl Default for Row {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            enable: Default::default(),
            sum: Default::default(),
            couple: [
                Couple::new(0, 6),
                Couple::new(0xFFFF, 9),
                Couple::new(0x1234, 0x60),
            ],
        }
    }
}

impl Logic for Row {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = 0.into();
        for i in 0..3 {
            self.couple[i].clock.next = self.clock.val();
            self.couple[i].reset.next = self.reset.val();
            self.couple[i].enable.next = self.enable.val().get_bit(i);
            self.sum.next = self.sum.val() + self.couple[i].both.val();
        }
    }
}

#[test]
fn blocks_that_differ_in_constants_share_a_parametrised_module() {
    let text = verilog(&Row::default(), "row").unwrap();
    let modules: Vec<&str> = text.lines().filter(|l| l.starts_with("module ")).collect();
    assert_eq!(
        modules,
        [
            "module row (",
            "module row_couple #(",
            "module row_couple_left #("
        ]
    );
    let parameters = text
        .lines()
        .filter(|l| l.starts_with("    parameter "))
        .count();
    assert_eq!(
        parameters, 4,
        "FLIP and LEFT_MARK of a couple, STEP and MARK of a cell:\n{text}"
    );
    Check::new("row")
        .clock(|b: &mut Row| &mut b.clock)
        .run(Row::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 200);
            b.enable.next = rng.bits();
        })
        .unwrap();
}

#[derive(LogicBlock, Default)]
struct Invert {
    a: Signal<In, Bit>,
    o: Signal<Out, Bit>,
}

impl Logic for Invert {
    #[hdl_gen]
    fn update(&mut self) {
        self.o.next = !self.a.val();
    }
}

#[derive(LogicBlock, Default)]
struct Grid {
    a: Signal<In, Bits<6>>,
    row: [Signal<In, Bits<3>>; 2],
    o: Signal<Out, Bits<6>>,
    crossed: [Signal<Out, Bits<3>>; 2],
    cell: [[Invert; 3]; 2],
}

impl Logic for Grid {
    #[hdl_gen]
    fn update(&mut self) {
        self.o.next = 0.into();
        for y in 0..2 {
            for x in 0..3 {
                self.cell[y][x].a.next = self.a.val().get_bit(y * 3 + x);
                self.o.next = self
                    .o
                    .val()
                    .replace_bit(y * 3 + x, self.cell[y][x].o.val() & (x != y));
            }
            self.crossed[y].next = self.row[1 - y].val();
        }
    }
}

#[test]
fn arrays_of_arrays_and_arrays_of_signals_work() {
    Check::new("grid")
        .cycles(300)
        .run(Grid::default(), |b, rng, _| {
            b.a.next = rng.bits();
            b.row[0].next = rng.bits();
            b.row[1].next = rng.bits();
        })
        .unwrap();
}

/// Accepts a write when both channels are there; reads back what was written last.
#[derive(LogicBlock, Default)]
struct OneWord {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    port: AxilSlave<4>,
    word: Reg<Bits<32>>,
    b: Reg<Bit>,
    r: Reg<Bit>,
    go: Signal<Local, Bit>,
}

impl Logic for OneWord {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, word, b, r);
        self.word.reset.next = self.reset.val();
        self.b.reset.next = self.reset.val();
        self.r.reset.next = self.reset.val();
        self.go.next = self.port.awvalid.val() & self.port.wvalid.val() & !self.b.q.val();
        self.port.awready.next = self.go.val();
        self.port.wready.next = self.go.val();
        if self.go.val() {
            self.word.d.next = self.port.wdata.val() ^ bit_cast::<32, 4>(self.port.awaddr.val());
            self.b.d.next = true;
        } else if self.port.bready.val() {
            self.b.d.next = false;
        }
        self.port.bvalid.next = self.b.q.val();
        self.port.bresp.next = 0.into();
        self.port.arready.next = !self.r.q.val();
        self.port.rvalid.next = self.r.q.val();
        if !self.r.q.val() {
            self.r.d.next = self.port.arvalid.val();
        } else if self.port.rready.val() {
            self.r.d.next = false;
        }
        self.port.rdata.next = self.word.q.val();
        self.port.rresp.next = 2.into();
    }
}

/// Turns a slave's port into a master's.
#[derive(LogicBlock, Default)]
struct Pass {
    from: AxilSlave<4>,
    to: AxilMaster<4>,
}

impl Logic for Pass {
    #[hdl_gen]
    fn update(&mut self) {
        self.to.awaddr.next = self.from.awaddr.val();
        self.to.awprot.next = self.from.awprot.val();
        self.to.awvalid.next = self.from.awvalid.val();
        self.from.awready.next = self.to.awready.val();
        self.to.wdata.next = !self.from.wdata.val();
        self.to.wstrb.next = self.from.wstrb.val();
        self.to.wvalid.next = self.from.wvalid.val();
        self.from.wready.next = self.to.wready.val();
        self.from.bresp.next = self.to.bresp.val();
        self.from.bvalid.next = self.to.bvalid.val();
        self.to.bready.next = self.from.bready.val();
        self.to.araddr.next = self.from.araddr.val();
        self.to.arprot.next = self.from.arprot.val();
        self.to.arvalid.next = self.from.arvalid.val();
        self.from.arready.next = self.to.arready.val();
        self.from.rdata.next = self.to.rdata.val();
        self.from.rresp.next = self.to.rresp.val();
        self.from.rvalid.next = self.to.rvalid.val();
        self.to.rready.next = self.from.rready.val();
    }
}

/// Two slaves behind an array of bundles, one linked, one joined through a [`Pass`].
#[derive(LogicBlock, Default)]
struct Bus {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    gate: Signal<In, Bit>,
    s_axil: [AxilSlave<4>; 2],
    direct: OneWord,
    pass: Pass,
    behind: OneWord,
}

impl Logic for Bus {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, direct, behind);
        self.direct.reset.next = self.reset.val();
        self.behind.reset.next = self.reset.val();
        AxilSlave::<4>::link(&mut self.s_axil[0], &mut self.direct.port);
        AxilSlave::<4>::link(&mut self.s_axil[1], &mut self.pass.from);
        AxilMaster::<4>::join(&mut self.pass.to, &mut self.behind.port);
        // what comes after a link overrides it
        self.direct.port.arvalid.next = self.s_axil[0].arvalid.val() & self.gate.val();
    }
}

#[test]
fn bundles_are_linked_joined_and_overridden() {
    Check::new("bus")
        .clock(|b: &mut Bus| &mut b.clock)
        .run(Bus::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2;
            b.gate.next = rng.chance(3, 4);
            for port in &mut b.s_axil {
                port.awaddr.next = rng.bits();
                port.awvalid.next = rng.bit();
                port.wdata.next = rng.bits();
                port.wvalid.next = rng.bit();
                port.bready.next = rng.bit();
                port.arvalid.next = rng.bit();
                port.rready.next = rng.bit();
            }
        })
        .unwrap();
}

#[test]
fn ports_are_plain_verilog_names_and_modules_start_with_the_tops_name() {
    let text = verilog(&Bus::default(), "vcm_bus").unwrap();
    assert!(text.starts_with("// vcm_bus, generated from "), "{text}");
    assert!(
        text.contains("    input  wire [3:0] s_axil_0_awaddr,\n"),
        "{text}"
    );
    assert!(!text.contains('$'), "{text}");
    let names = text.lines().filter_map(|line| line.strip_prefix("module "));
    for name in names {
        assert!(name.starts_with("vcm_bus"), "{name}");
    }
}

#[test]
fn the_same_design_gives_the_same_text() {
    assert_eq!(
        verilog(&Bus::default(), "bus"),
        verilog(&Bus::default(), "bus")
    );
    assert_eq!(
        verilog(&Row::default(), "row"),
        verilog(&Row::default(), "row")
    );
}

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum Level {
    Low,
    Middle,
    High,
}

/// Valid and ready each depend on the other side's, through two kernels that set a default first.
#[derive(LogicBlock, Default)]
struct Stage {
    up_valid: Signal<In, Bit>,
    up_ready: Signal<Out, Bit>,
    down_valid: Signal<Out, Bit>,
    down_ready: Signal<In, Bit>,
    level: Signal<In, Level>,
    next_level: Signal<Out, Level>,
}

impl Logic for Stage {
    #[hdl_gen]
    fn update(&mut self) {
        self.up_ready.next = true;
        if !self.down_ready.val() {
            self.up_ready.next = false;
        }
        self.down_valid.next = false;
        if self.up_valid.val() {
            self.down_valid.next = true;
        }
        match self.level.val() {
            Level::Low => self.next_level.next = Level::Middle,
            Level::Middle => self.next_level.next = Level::High,
            Level::High => self.next_level.next = Level::Low,
        }
    }
}

#[derive(LogicBlock, Default)]
struct Chain {
    valid: Signal<In, Bit>,
    ready: Signal<In, Bit>,
    level: Signal<In, Level>,
    out_valid: Signal<Out, Bit>,
    out_ready: Signal<Out, Bit>,
    out_level: Signal<Out, Level>,
    stage: [Stage; 4],
    hold: Signal<Local, Bit>,
}

impl Logic for Chain {
    #[hdl_gen]
    fn update(&mut self) {
        self.stage[0].up_valid.next = self.valid.val();
        self.stage[0].level.next = self.level.val();
        for i in 1..4 {
            self.stage[i].up_valid.next = false;
            if self.stage[i - 1].down_valid.val() {
                self.stage[i].up_valid.next = true;
            }
            self.stage[i - 1].down_ready.next = self.stage[i].up_ready.val();
            self.stage[i].level.next = self.stage[i - 1].next_level.val();
        }
        self.hold.next = self.stage[3].next_level.val() == Level::Middle;
        self.stage[3].down_ready.next = self.ready.val() & !self.hold.val();
        self.out_valid.next = self.stage[3].down_valid.val();
        self.out_ready.next = self.stage[0].up_ready.val();
        self.out_level.next = self.stage[3].next_level.val();
    }
}

#[test]
fn handshakes_through_several_kernels_settle_and_make_no_false_loop() {
    Check::new("chain")
        .cycles(300)
        .run(Chain::default(), |b, rng, _| {
            b.valid.next = rng.bit();
            b.ready.next = rng.bit();
            b.level.next = rng.pick(&[Level::Low, Level::Middle, Level::High]).unwrap();
        })
        .unwrap();
}
